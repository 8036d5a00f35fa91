/**
 * Questions to the lead: asked at the words at hand, kept and sent like every answer, and talked
 * over in place.
 *
 * What others wrote is fetched only where there are questions, and again when the page is looked
 * at after a while. Spans are in UTF-16 units here.
 */

import { newId } from "./answers.js";
import { el, fill, keycap } from "./dom.js";
import { CAPS } from "./scheme.js";
import { shortened } from "./text.js";

const MAX_LENGTH = 2000;
const COUNTED_FROM = 1800;
const FRESH_MS = 30000;
const SEND = "Ctrl Enter";
const KINDS = new Set(["question", "message"]);

export class Talk {
  #page;
  #desk;
  #ruler;
  #run;
  #draw;
  #threads = new Map(); // own questions about this article, by id
  #sent = []; // messages of this page that the server's list may not have yet: {question, ...}
  #drafts = new Map(); // what is being written: by index a question, by id an answer
  #opened = null;
  #wanted = null; // what gets the focus when it is drawn
  #touched = new Set(); // indices whose mark may have changed since they were last drawn
  #loadedAt = -Infinity;

  /** How many own questions of the project have answers that are not read. */
  answered;

  /** `run(name, ...arguments)` runs a command, `draw()` shows what has changed. */
  constructor({ page, desk, ruler, run, draw }) {
    this.#page = page;
    this.#desk = desk;
    this.#ruler = ruler;
    this.#run = run;
    this.#draw = draw;
    this.answered = page.questions.answered;
    const again = () => !document.hidden && this.#threads.size && this.load({ unless: FRESH_MS });
    for (const event of ["focus", "online"]) addEventListener(event, again);
    document.addEventListener("visibilitychange", again);
  }

  get #outbox() {
    return this.#desk.work.outbox;
  }

  // --- what there is --------------------------------------------------------------------------

  /** The own questions about a sentence. */
  at(index) {
    return [...this.#threads.values()].filter((thread) => thread.index === index);
  }

  /** How many own questions about this article are open. */
  get open() {
    return [...this.#threads.values()].filter((thread) => !thread.is_settled).length;
  }

  /** Whether something is written that has not been sent. */
  get isWriting() {
    return [...this.#drafts.values()].some(({ text }) => text.trim());
  }

  /** The sentences with a question or an answer that the server refused, by index. */
  get problems() {
    return [...this.#threads.values()].filter((one) => this.#isRefused(one)).map((one) => one.index);
  }

  /** What a sentence's questions are called beside what it counts as; empty without any. */
  say(index) {
    const { length: n } = this.at(index);
    const { asked_one, asked_other, new_answer } = this.#desk.words;
    if (!n) return "";
    const counted = fill(n === 1 ? asked_one : asked_other, { n });
    return this.at(index).some((thread) => thread.has_news) ? `${counted}, ${new_answer}` : counted;
  }

  /** The indices of sentences to draw anew; asked once, they count as drawn. */
  takeTouched() {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** The `data-key` of what gets the focus now; asked once, it has had it. */
  takeWanted() {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }

  /** Show what an earlier visit left in the outbox. */
  restore(entries) {
    for (const { kind, sentence, body } of entries) {
      // What somebody meddled with is left to the server to refuse.
      if (kind === "question" && body?.span) this.#keepOwn(body);
      if (kind === "message") this.#keepMessage(sentence.split(":")[1], body);
    }
  }

  /** Fetch the questions with what others wrote, where there are any. */
  async load({ unless = 0 } = {}) {
    if (performance.now() - this.#loadedAt < unless) return;
    this.#loadedAt = performance.now();
    const reply = await read(this.#page.urls.questions);
    // Somebody else may be signed in by now.
    if (reply?.person !== this.#page.person.id) return;
    this.answered = reply.answered;
    for (const thread of reply.questions) this.#keep(thread);
    const known = new Set(reply.questions.flatMap(({ messages }) => messages.map(({ id }) => id)));
    this.#sent = this.#sent.filter(({ id }) => !known.has(id));
    this.#draw();
  }

  /** Whether an entry of the outbox is a question or a message that this page shows. */
  shows(entry) {
    return Boolean(this.#threadOf(entry));
  }

  /** The server has a question or a message now, or refused it. */
  changed(entry) {
    const thread = this.#threadOf(entry);
    if (thread) this.#touched.add(thread.index);
  }

  #threadOf({ kind, sentence }) {
    return KINDS.has(kind) ? this.#threads.get(sentence.split(":")[1]) : undefined;
  }

  #keep(thread) {
    const index = this.#desk.work.indices.get(thread.sentence);
    if (index === undefined) return;
    const { start, end } = thread.span;
    const span = { start: this.#ruler.toUnit(start), end: this.#ruler.toUnit(end) };
    this.#threads.set(thread.id, { ...thread, index, span });
    this.#touched.add(index);
  }

  #keepOwn(body) {
    const { id, text } = body;
    const first = { id, kind: "text", text, by: this.#page.person.name, is_mine: true };
    this.#keep({ ...body, is_settled: false, has_news: false, messages: [first] });
  }

  #keepMessage(question, { id, text }) {
    const by = this.#page.person.name;
    this.#sent.push({ question, id, kind: "text", text, by, is_mine: true });
  }

  #messagesOf(thread) {
    const own = this.#sent.filter(
      (one) => one.question === thread.id && !thread.messages.some(({ id }) => id === one.id),
    );
    return [...thread.messages, ...own];
  }

  /** The outbox's entry of a message; undefined once the server has it. */
  #entryOf(thread, message) {
    const isFirst = message.id === thread.id;
    const key = isFirst ? `question:${thread.id}` : `message:${thread.id}:${message.id}`;
    return this.#outbox.of(key)[0];
  }

  #isRefused(thread) {
    return this.#messagesOf(thread).some((message) => this.#entryOf(thread, message)?.refused);
  }

  // --- what is done ---------------------------------------------------------------------------

  /**
   * Ask about the words picked, else the selected span, the claim, the sentence; where a question
   * was asked already and no words are at hand, open it, and then answer there.
   */
  ask() {
    const desk = this.#desk;
    const picked = desk.pick ?? desk.kept[0];
    const range = picked ?? desk.spanRange;
    const [thread] = this.#inOrder(desk.at);
    if (!range && !this.#drafts.has(desk.at) && thread) {
      if (this.#opened !== thread.id) this.openThread(thread.id);
      // Whoever comes by the key writes next; there is no box before the question is sent.
      if (!this.#entryOf(thread, thread)) this.#wanted = `answer ${thread.id}`;
      return;
    }
    const home = picked ? desk.work.sentenceAt(picked.start) : desk.at;
    if (home !== desk.at) desk.turnTo(home);
    const draft = this.#drafts.get(home);
    if (range || !draft) {
      const { start, end } = range ?? desk.claim?.parts[0] ?? desk.sentence;
      const claim = picked ? null : desk.claimId;
      this.#drafts.set(home, { span: { start, end }, claim, text: draft?.text ?? "" });
    }
    desk.dropPick();
    this.#wanted = `question ${home}`;
  }

  /** Keep the question that is being written, and send it. */
  sendQuestion() {
    const { words, at, text } = this.#desk;
    const draft = this.#drafts.get(at);
    if (!draft) return;
    if (!this.#maySend(draft)) return;
    this.#drafts.delete(at);
    this.#opened = this.#send(draft, draft.text.trim(), text);
    this.#desk.tell(words.question_kept);
  }

  #send({ span: { start, end }, claim }, words, text) {
    const { work } = this.#desk;
    const id = newId();
    const body = {
      id,
      sentence: work.sentences[work.sentenceAt(start)].id,
      span: {
        start: this.#ruler.toPoint(start),
        end: this.#ruler.toPoint(end),
        text: text.slice(start, end),
      },
      claim,
      text: words,
    };
    const url = this.#page.urls.questions;
    this.#keepOwn(body);
    this.#outbox.add({ kind: "question", url, sentence: `question:${id}`, body });
    return id;
  }

  /** Forget the question that is being written. */
  dropQuestion() {
    this.#drafts.delete(this.#desk.at);
    this.#desk.stage.focusArticle();
  }

  /** Turn to a question, and note that its messages are read. */
  openThread(id) {
    const thread = this.#threads.get(id);
    const desk = this.#desk;
    if (thread.index !== desk.at) this.#run("go", thread.index);
    this.#opened = id;
    this.#wanted = `thread ${id}`;
    const lines = this.#messagesOf(thread).map((message) => `${message.by}: ${this.#told(message)}`);
    desk.say(lines.join(" "));
    if (thread.has_news) this.#noteSeen(thread);
    this.load({ unless: FRESH_MS });
  }

  /** Fold a question again. */
  closeThread() {
    this.#opened = null;
    this.#desk.stage.focusArticle();
  }

  async #noteSeen(thread) {
    const message = thread.messages.at(-1).id;
    thread.has_news = false;
    this.#touched.add(thread.index);
    const url = `${this.#page.urls.talk}${thread.id}/seen`;
    const response = await this.#outbox.ask(url, { message });
    if (!response?.ok) return;
    this.answered = (await response.json()).answered;
    this.#draw();
  }

  /** Keep the answer that is being written to a question, and send it. */
  sendAnswer(id) {
    const { words } = this.#desk;
    const draft = this.#drafts.get(id);
    if (!this.#maySend(draft)) return;
    this.#drafts.delete(id);
    this.#answer(id, draft.text.trim());
    this.#desk.tell(words.answer_kept);
  }

  /** Whether the server would take what is written; says what is wrong where not. */
  #maySend(draft) {
    const { words } = this.#desk;
    const length = draft ? lengthOf(draft.text) : 0;
    if (!length) this.#desk.tell(words.write_first);
    else if (length > MAX_LENGTH) this.#desk.tell(this.#counted(length));
    return length > 0 && length <= MAX_LENGTH;
  }

  /** How much is written, once that comes near what can be sent; else empty. */
  #counted(length) {
    const { words } = this.#desk;
    if (length < COUNTED_FROM) return "";
    const phrase = length > MAX_LENGTH ? words.too_long : words.length_of;
    return fill(phrase, { n: length, most: MAX_LENGTH });
  }

  #answer(question, text) {
    const body = { id: newId(), text };
    this.#keepMessage(question, body);
    const thread = this.#threads.get(question);
    // What is written to a settled question opens it again.
    this.#threads.set(question, { ...thread, is_settled: false });
    this.#touched.add(thread.index);
    const url = `${this.#page.urls.talk}${question}/messages`;
    this.#outbox.add({ kind: "message", url, sentence: `message:${question}:${body.id}`, body });
  }

  /** Send once more, as a new one, what the server refused; a question without its claim. */
  sendOnceMore(id, messageId) {
    const thread = this.#threads.get(id);
    const { text } = this.#messagesOf(thread).find((message) => message.id === messageId);
    if (messageId === id) this.#opened = this.#send({ ...thread, claim: null }, text, this.#desk.text);
    else this.#answer(id, text);
    return this.letGo(id, messageId);
  }

  /** Let go what the server refused. */
  async letGo(id, messageId) {
    const thread = this.#threads.get(id);
    this.#touched.add(thread.index);
    const entry = this.#entryOf(thread, { id: messageId });
    if (messageId === id) this.#threads.delete(id);
    this.#sent = this.#sent.filter((message) => message.id !== messageId);
    if (entry) await this.#outbox.drop(entry.sentence);
  }

  // --- what is drawn --------------------------------------------------------------------------

  /** The button beside a sentence with questions; null without any. */
  mark(index) {
    const [thread] = this.#inOrder(index);
    if (!thread) return null;
    const label = this.say(index);
    const attributes = {
      type: "button",
      class: "asked",
      title: label,
      "aria-label": label,
      "data-news": this.at(index).some((one) => one.has_news),
      "data-settled": this.at(index).every((one) => one.is_settled),
      onclick: () => this.#run("openThread", thread.id),
    };
    return el("button", attributes, `\u2060${CAPS.ask}`);
  }

  /** The questions of a sentence, those with news first, then open ones. */
  #inOrder(index) {
    const rank = (thread) => (thread.has_news ? 0 : thread.is_settled ? 2 : 1);
    return this.at(index).sort((one, other) => rank(one) - rank(other));
  }

  /** The question that is being written at the sentence at hand. */
  drawDraft() {
    const { words, at } = this.#desk;
    const draft = this.#drafts.get(at);
    if (!draft) return null;
    return el(
      "section",
      { class: "card talk", "aria-label": words.ask_lead },
      el("h3", {}, words.ask_lead),
      this.#quote(draft.span),
      this.#box(at, `question ${at}`, words.your_question, "sendQuestion", "dropQuestion"),
      el(
        "div",
        { class: "tools" },
        this.#button(["sendQuestion"], "main", [words.send, keycap(SEND)]),
        this.#button(["dropQuestion"], null, words.let_go),
      ),
    );
  }

  /** The questions about the sentence at hand that want to be read: open, answered or refused. */
  drawRead() {
    const threads = this.#inOrder(this.#desk.at).filter((one) => this.#isWanted(one));
    return threads.map((one) => (this.#isOpened(one) ? this.#thread(one) : this.#folded(one)));
  }

  /** The other questions about it, folded. */
  drawOthers() {
    const threads = this.#inOrder(this.#desk.at).filter((one) => !this.#isWanted(one));
    return threads.map((one) => this.#folded(one));
  }

  #isOpened(thread) {
    return thread.id === this.#opened || this.#isRefused(thread);
  }

  #isWanted(thread) {
    return thread.has_news || this.#isOpened(thread);
  }

  #folded(thread) {
    const { words } = this.#desk;
    const first = thread.messages[0];
    return this.#button(["openThread", thread.id], "card talk folded", [
      el("span", { class: "hint" }, this.#standing(thread)),
      el("bdi", {}, shortened(this.#told(first), 120)),
      thread.has_news ? el("b", {}, ` ${words.new_answer}`) : null,
    ]);
  }

  #standing(thread) {
    const { words } = this.#desk;
    return `${words.question} · ${thread.is_settled ? words.settled : words.unsettled}`;
  }

  #thread(thread) {
    const { words, page } = this.#desk;
    const whole = `${page.urls.talk}${thread.id}/`;
    const isSent = !this.#entryOf(thread, thread);
    return el(
      "section",
      { class: "card talk", "aria-label": words.question },
      el("h3", { tabindex: "-1", "data-key": `thread ${thread.id}` }, this.#standing(thread)),
      this.#quote(thread.span),
      el(
        "ol",
        {},
        this.#messagesOf(thread).map((message) => this.#message(thread, message)),
      ),
      isSent
        ? this.#box(thread.id, `answer ${thread.id}`, words.your_answer, "sendAnswer", "closeThread")
        : null,
      el(
        "div",
        { class: "tools" },
        isSent
          ? this.#button(["sendAnswer", thread.id], null, [words.answer, keycap(SEND)])
          : null,
        this.#button(["closeThread"], null, words.fold),
        isSent ? el("a", { href: whole, "data-key": `whole ${thread.id}` }, words.whole_thread) : null,
      ),
    );
  }

  #message(thread, message) {
    const { words, page } = this.#desk;
    const entry = this.#entryOf(thread, message);
    const when = entry ? words.waits : message.made_at && moment(message.made_at, page.locale);
    return el(
      "li",
      { class: message.is_mine ? "mine" : null },
      el("p", { class: "hint" }, el("bdi", {}, message.by), when ? ` · ${when}` : ""),
      el("p", { class: "words", dir: "auto" }, this.#told(message)),
      entry?.refused
        ? el(
            "div",
            { class: "refusal", role: "alert" },
            el("p", {}, el("b", {}, words.not_accepted), ` ${entry.refused.detail ?? entry.refused.title}`),
            this.#button(["sendOnceMore", thread.id, message.id], null, words.send_again),
            this.#button(["letGo", thread.id, message.id], null, words.let_go),
          )
        : null,
    );
  }

  /** What a line of a thread says. */
  #told({ kind, text }) {
    const { words } = this.#desk;
    if (kind === "text") return text || words.erased;
    return kind === "settled" ? words.has_settled : words.has_reopened;
  }

  #quote({ start, end }) {
    const { text, page } = this.#desk;
    return el("q", { lang: page.article.language }, shortened(text.slice(start, end), 160));
  }

  /** A box to write in and how full it is; what is written is a draft until it is sent, by Ctrl+Enter too. */
  #box(draftKey, key, label, send, leave) {
    const draft = () => this.#drafts.get(draftKey) ?? { text: "" };
    const rest = typeof draftKey === "string" ? [draftKey] : [];
    const counted = el("output", { class: "hint" });
    const count = () => {
      const length = lengthOf(box.value);
      counted.textContent = this.#counted(length);
      counted.classList.toggle("problem", length > MAX_LENGTH);
    };
    const box = el("textarea", {
      "aria-label": label,
      placeholder: label,
      rows: 3,
      dir: "auto",
      "data-key": key,
      // What it holds after a step is the draft alone: what was sent is gone from it.
      "data-draft": true,
      oninput: () => {
        this.#drafts.set(draftKey, { ...draft(), text: box.value });
        count();
      },
      onkeydown: (event) => {
        if (event.isComposing) return;
        const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
        const isLeft = event.key === "Escape" && !box.value.trim();
        if (!isSend && !isLeft) return;
        event.preventDefault();
        this.#run(isSend ? send : leave, ...rest);
      },
    });
    box.value = draft().text;
    count();
    return [box, counted];
  }

  #button([name, ...rest], kind, content) {
    const attributes = {
      type: "button",
      class: kind,
      "data-key": [name, ...rest].join(" "),
      onclick: () => this.#run(name, ...rest),
    };
    return el("button", attributes, content);
  }
}

/** Read JSON from the server; null when it cannot be had just now. */
async function read(url) {
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** How many characters the server counts in what is written. */
const lengthOf = (text) => [...text.trim()].length;

function moment(time, locale) {
  return new Date(time).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}
