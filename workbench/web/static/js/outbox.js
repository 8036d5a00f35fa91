/**
 * The outbox: every revision is stored in this browser first, then sent, in order, until the
 * server has it. An entry leaves only when the server said so or the person decided.
 *
 * Entries belong to a person and a project; nobody else's are ever sent. A refused entry holds
 * back only what comes after it for the same sentence.
 */

const STORE = "entries";
const RETRY_MS = [1000, 2000, 4000, 8000];
const HIDDEN_RETRY_MS = 30000;
const TIMEOUT_MS = 15000;
const LEAVING_MS = 5000;

export class Outbox {
  #database;
  #owner;
  #entries = [];
  #sending = null;
  #failures = 0;
  #timer = null;
  #csrf;
  #urls;
  #person;
  #listener;
  #queue = [];
  #last = Promise.resolve();
  #leaving = Promise.resolve();

  /** What is happening: "" | "offline" | "unreadable" | "signed_out" | "other_person". */
  trouble = "";

  /** `listener` has: `changed()`, `accepted(entry, reply)`, `refused(entry, problem)`. */
  constructor({ person, project, urls, csrf, registers, listener }) {
    this.#owner = `${person}/${project}`;
    this.#person = person;
    this.#urls = urls;
    this.#csrf = csrf;
    this.#listener = listener;
    this.registers = registers;
    const again = () => this.waiting && !document.hidden && this.tryNow();
    for (const event of ["online", "focus"]) addEventListener(event, again);
    document.addEventListener("visibilitychange", again);
    // The next page may be made before the server has what is under way: it shall find it here.
    addEventListener("beforeunload", () => {
      this.#leaving = new Promise((done) => setTimeout(done, LEAVING_MS));
    });
  }

  /** Open the store and return what an earlier visit of this person left in it. */
  async open() {
    try {
      this.#database = await openDatabase();
      const left = await this.#transact("readonly", (store) =>
        store.index("owner").getAll(this.#owner),
      );
      this.#entries = left.map((entry) => ({ ...entry, refused: null }));
    } catch (error) {
      this.#loseStore(error);
    }
    return [...this.#entries];
  }

  /** Whether entries outlive this page. */
  get isKept() {
    return Boolean(this.#database);
  }

  /** How many decisions the server does not have yet; 0 where nothing waits. */
  get waiting() {
    return countDecisions(this.#entries);
  }

  /** The entries that wait for a sentence, in order. */
  of(sentence) {
    return this.#entries.filter((entry) => entry.sentence === sentence);
  }

  /**
   * Store an entry `{kind, url, sentence, body}` and send it; one that travels `beside` an answer is
   * no decision of its own. With `replaces`, it takes the place of
   * that revision when it was never sent, as when a border is moved step by step. With
   * `insteadOfAll`, it takes the place of all that waits for its sentence, in one transaction.
   */
  add(entry, { replaces = null, insteadOfAll = false } = {}) {
    const before = this.#entries.find((one) => replaces && one.body.id === replaces && !one.tried);
    const refused = this.#entries.find(
      (one) => one.sentence === entry.sentence && one.refused && !one.refused.newest,
    );
    const gone = insteadOfAll ? this.of(entry.sentence) : [before, refused].filter(Boolean);
    // What was refused is nobody's base: its successor rests on what came before it.
    const base = gone.length && !insteadOfAll ? gone[0].body.base : entry.body.base;
    // The time of what was not sent is the successor's.
    const elapsed_ms = [...gone, entry].reduce((sum, { body }) => sum + (body.elapsed_ms || 0), 0);
    const body = entry.kind === "answer" ? { ...entry.body, base, elapsed_ms } : entry.body;
    const added = { ...entry, body, owner: this.#owner, tried: false, refused: null };
    this.#entries = [...this.#entries.filter((one) => !gone.includes(one)), added];
    this.#listener.changed();
    // Stored in the order in which they were made, and before they are sent.
    this.#queue.push({ entry: added, gone });
    this.#last = this.#last.then(() => this.#storeQueue());
    this.#last.then(() => this.tryNow());
  }

  /** Send what waits, without waiting for the next try; done when all is sent or cannot be. */
  tryNow() {
    clearTimeout(this.#timer);
    this.trouble = "";
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  /** Wait until all that was added so far is sent or cannot be; whether nothing waits. */
  async settle() {
    await this.#last;
    await this.tryNow();
    return !this.#entries.length;
  }

  /** Drop one entry for good: the person said so. */
  async discard(entry) {
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#listener.changed();
    await this.#remove(entry);
  }

  /** Drop what waits for a sentence: the person took the server's answer, or made a new one. */
  async drop(sentence) {
    const gone = this.of(sentence);
    this.#entries = this.#entries.filter((entry) => !gone.includes(entry));
    this.#listener.changed();
    await Promise.all(gone.map((entry) => this.#remove(entry)));
  }

  async #sendAll() {
    await null; // So that the promise is kept before there can be nothing more to send.
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        if (!(await this.#send(entry))) break;
      }
    } catch (error) {
      console.error("Sending stopped; it is tried again.", error);
      this.#retryLater("unreadable");
    } finally {
      this.#sending = null;
      this.#listener.changed();
    }
  }

  /** The first entry that is stored and stands behind no refused one of its sentence. */
  #next() {
    const held = new Set();
    for (const entry of this.#entries) {
      if (entry.refused) held.add(entry.sentence);
      else if (!held.has(entry.sentence))
        return entry.key === undefined && this.#database ? undefined : entry;
    }
    return undefined;
  }

  async #send(entry) {
    if (!entry.tried) {
      // Written down before the first try, so that every repeat says the same.
      if (entry.kind === "answer") {
        const registers = Math.max(this.registers, entry.body.registers ?? 0);
        entry.body = { ...entry.body, registers };
      }
      entry.tried = true;
      await this.#put(entry);
    }
    let response = await this.#post(entry);
    if (response?.status === 400 && (await codeOf(response)) === "csrf") {
      response = (await this.#refreshToken()) ? await this.#post(entry) : null;
    }
    if (response?.status === 401) this.trouble = "signed_out";
    if (["signed_out", "other_person"].includes(this.trouble)) return false;
    if (!response || isPassing(response.status)) {
      this.#retryLater("offline");
      return false;
    }
    const reply = await response.json().catch(() => null);
    if (!reply || !(response.ok || reply.code)) {
      // Something between here and the server answered in its place.
      this.#retryLater("unreadable");
      return false;
    }
    this.#failures = 0;
    if (!response.ok) {
      await this.#refuse(entry, reply);
      return true;
    }
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#listener.accepted(entry, reply);
    this.#leaving.then(() => this.#remove(entry));
    return true;
  }

  async #refuse(entry, problem) {
    entry.refused = problem;
    const next = this.#entries.find(
      (one) => one.sentence === entry.sentence && one.url === entry.url && one !== entry,
    );
    if (entry.kind === "answer" && next && !("newest" in problem)) {
      // A later full answer is already here: it stands for the refused one as well.
      next.body = { ...next.body, base: entry.body.base };
      this.#entries = this.#entries.filter((one) => one !== entry);
      await this.#put(next);
      await this.#remove(entry);
    } else this.#listener.refused(entry, problem);
  }

  async #post(entry) {
    try {
      const response = await fetch(entry.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": this.#csrf,
        },
        body: JSON.stringify(entry.body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "error",
      });
      return response;
    } catch {
      return null;
    }
  }

  /** Ask for a fresh token, as after a new sign-in; somebody else's session is not used. */
  async #refreshToken() {
    try {
      const response = await fetch(this.#urls.csrf, {
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (response.status === 401) this.trouble = "signed_out";
      if (!response.ok) return false;
      const { token, person } = await response.json();
      if (person !== this.#person) {
        this.trouble = "other_person";
        return false;
      }
      this.#csrf = token;
      return true;
    } catch {
      return false;
    }
  }

  /** Post a small request that is no entry, such as finishing; null when the server is away. */
  async ask(url, body = {}) {
    const request = { url, body };
    const response = await this.#post(request);
    if (response?.status === 400 && (await this.#refreshToken())) return this.#post(request);
    return response;
  }

  #retryLater(trouble) {
    this.trouble = trouble;
    const pause = document.hidden
      ? HIDDEN_RETRY_MS
      : RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.tryNow(), pause * (0.75 + Math.random() / 4));
  }

  /** Without a store (a private window, a full disk) work goes on, kept by this page alone. */
  #loseStore(error) {
    console.warn("The outbox cannot be kept in this browser.", error);
    this.#database = null;
    this.#listener.changed();
  }

  /** Store what was added meanwhile in one go: a slow disk never lags behind the keys by much. */
  async #storeQueue() {
    const queue = this.#queue.splice(0);
    if (!this.#database || !queue.length) return;
    const gone = queue.flatMap((one) => one.gone);
    const added = queue.map(({ entry }) => entry).filter((entry) => !gone.includes(entry));
    try {
      const keys = await this.#transact(
        "readwrite",
        (store) => {
          for (const { key } of gone) if (key !== undefined) store.delete(key);
          return added.map((entry) => store.add(stored(entry)));
        },
        "strict",
      );
      added.forEach((entry, index) => {
        entry.key = keys[index];
      });
    } catch (error) {
      this.#loseStore(error);
    }
  }

  #put(entry) {
    return this.#change(entry, (store) => store.put({ ...stored(entry), key: entry.key }));
  }

  #remove(entry) {
    return this.#change(entry, (store) => store.delete(entry.key));
  }

  async #change(entry, act) {
    if (!this.#database || entry.key === undefined) return;
    try {
      await this.#transact("readwrite", act);
    } catch (error) {
      this.#loseStore(error);
    }
  }

  /** Ask in a transaction, once or several times; the promise holds the results once that has ended. */
  #transact(mode, act, durability = "relaxed") {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORE, mode, { durability });
      const asked = act(transaction.objectStore(STORE));
      const results = () => (Array.isArray(asked) ? asked.map(({ result }) => result) : asked.result);
      transaction.oncomplete = () => resolve(results());
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
}

const stored = ({ owner, kind, url, sentence, body, beside, tried }) => ({
  owner,
  kind,
  url,
  sentence,
  body,
  beside,
  tried,
});

/** How many decisions entries are for whoever made them: what travels beside an answer is none. */
export function countDecisions(entries) {
  return entries.filter(({ beside }) => !beside).length || Math.min(1, entries.length);
}

/** All that this browser keeps of a person, whatever the project; nothing where it cannot keep. */
export async function keptOf(person) {
  try {
    const database = await openDatabase();
    const owned = IDBKeyRange.bound(`${person}/`, `${person}/\uffff`);
    const request = database.transaction(STORE).objectStore(STORE).index("owner").getAll(owned);
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).finally(() => database.close());
  } catch {
    return [];
  }
}

/**
 * Let signing out ask first while something is not sent. `count()` says how many; `leaving()` is
 * told that the person wants to go all the same.
 */
export function guardSignOut({ count, leaving = () => {} }) {
  const form = document.getElementById("sign-out");
  const dialog = document.getElementById("leaving");
  form.addEventListener("submit", async (event) => {
    if (event.submitter && dialog.contains(event.submitter)) return leaving();
    event.preventDefault();
    const unsent = await count();
    if (!unsent) return form.submit();
    const said = dialog.querySelector("[data-place=unsent]");
    said.textContent = unsent === 1 ? said.dataset.one : said.dataset.other.replace("{n}", unsent);
    dialog.showModal();
  });
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("claim-workbench", 1);
    request.onupgradeneeded = () => {
      request.result
        .createObjectStore(STORE, { keyPath: "key", autoIncrement: true })
        .createIndex("owner", "owner");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older outbox open"));
  });
}

/** Whether a status says nothing about what was sent: it is tried again. */
const isPassing = (status) => status >= 500 || [408, 425, 429].includes(status);

/** What kind of problem a response tells of; its body can still be read. */
async function codeOf(response) {
  const problem = await response.clone().json().catch(() => null);
  return problem?.code;
}
