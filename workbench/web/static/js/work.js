/**
 * The answers of one article and the decisions on its suggestions: what they say now, every step
 * back and forth, and their saving.
 *
 * Each change becomes a full new revision and goes to the outbox; undoing is a new revision with
 * the former content. Spans are in UTF-16 units here.
 */

import { blank, isOpen, newId, quotesOf, read, readSuggestion, sameContent, sayTheSame, write } from "./answers.js";
import { DOUBT } from "./scheme.js";
import { isAbout, overlaps } from "./text.js";

const MAX_MS = 2 ** 31 - 1;
const PAUSE_MS = 60_000;
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove", "input"];

/**
 * The time a person spends at each sentence: it stands still while the page is hidden, and from a
 * minute after the last sign of life on.
 */
class Stopwatch {
  #spent = new Map(); // what no revision has told yet, by sentence
  #sentence = null;
  #counted = performance.now();
  #alive = performance.now();

  constructor() {
    const note = () => {
      this.#count();
      this.#alive = this.#counted;
    };
    for (const name of SIGNS_OF_LIFE)
      addEventListener(name, note, { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => {
      // What came before a page is hidden counts, what comes before it is shown again does not.
      if (document.hidden) note();
      else this.#counted = this.#alive = performance.now();
    });
  }

  /** Count for this sentence from now on. */
  turnTo(sentence) {
    this.#count();
    this.#sentence = sentence;
  }

  /** The milliseconds spent at a sentence since they were last taken. */
  take(sentence) {
    this.#count();
    const spent = this.#spent.get(sentence) ?? 0;
    this.#spent.delete(sentence);
    return Math.min(MAX_MS, Math.round(spent));
  }

  #count() {
    const now = performance.now();
    const until = document.hidden ? this.#counted : Math.min(now, this.#alive + PAUSE_MS);
    const more = Math.max(0, until - this.#counted);
    this.#spent.set(this.#sentence, (this.#spent.get(this.#sentence) ?? 0) + more);
    this.#counted = now;
  }
}

export class Work {
  #page;
  #ruler;
  #history = [];
  #done = 0;
  #stopwatch = new Stopwatch();
  #madeAt = new Map(); // when each sentence was last decided
  #saved = new Map(); // what the server has, by sentence
  #reach = new Map(); // sentences that claims of another sentence touch: id -> indices
  #touched = new Set(); // indices whose look may have changed since they were last drawn
  #suggestions = new Map(); // those that touch a sentence: index -> suggestions
  #rejected = new Map(); // what this page knows better than what the server sent: id -> boolean

  /** Answers by sentence id; an answer that says nothing stands for a withdrawn one. */
  answers = new Map();
  /** Refusals that wait for the person, by sentence id: `{problem, theirs}`. */
  refusals = new Map();
  /** Refused entries that this page cannot show as answers: `{entry, problem}`. */
  stuck = [];
  savedAt = null;

  constructor({ page, scheme, text, ruler, outbox }) {
    this.#page = page;
    this.#ruler = ruler;
    this.text = text;
    this.scheme = scheme;
    this.outbox = outbox;
    // Sentences have the same numbers everywhere; those that need no answer show none.
    this.sentences = page.sentences.map((sentence, index) => {
      const { annotatable } = scheme.zone(sentence.zone);
      return {
        ...sentence,
        start: ruler.toUnit(sentence.start),
        end: ruler.toUnit(sentence.end),
        annotatable,
        number: annotatable ? index + 1 : null,
      };
    });
    this.indices = new Map(this.sentences.map((sentence, index) => [sentence.id, index]));
    this.receive(page.answers);
    this.suggest(page.suggestions);
  }

  /** Take over answers that the server has. */
  receive(answers) {
    for (const answer of answers) {
      const known = read(answer, this.#ruler);
      this.#madeAt.set(answer.sentence, new Date(answer.made_at));
      this.#saved.set(answer.sentence, known);
      this.#keep(known);
    }
  }

  /** Show these suggestions, and no others. */
  suggest(suggestions) {
    const before = [...this.#suggestions.keys()];
    const indices = new Map(this.sentences.map(({ position }, index) => [position, index]));
    this.#suggestions = new Map();
    for (const suggestion of suggestions.map((one) => readSuggestion(one, this.#ruler))) {
      for (const position of suggestion.sentences) {
        const index = indices.get(position);
        if (!this.sentences[index]?.annotatable) continue;
        const others = this.#suggestions.get(index) ?? [];
        this.#suggestions.set(index, [...others, suggestion]);
      }
    }
    for (const index of [...before, ...this.#suggestions.keys()]) this.#touched.add(index);
  }

  /** The suggestions that wait for a decision at a sentence: neither rejected nor settled there. */
  pendingAt(index) {
    return (this.#suggestions.get(index) ?? []).filter(
      (one) => !this.#isRejected(one) && !this.#isSettled(one, index),
    );
  }

  /**
   * The suggestions that were rejected together with a sentence, by a decision without claims:
   * they can be taken all the same, and come back when that decision goes.
   */
  rejectedAt(index) {
    if (!isUnclaimed(this.answerAt(index))) return [];
    return (this.#suggestions.get(index) ?? []).filter(
      (one) =>
        this.#isRejected(one) && !this.#isRejectedAlone(one) && !this.#isSettled(one, index),
    );
  }

  /** Whether a suggestion was rejected by itself; after a reload that is no longer known. */
  #isRejectedAlone({ id }) {
    const done = this.#history.slice(0, this.#done);
    return done.findLast(({ rejected }) => rejected?.includes(id))?.changes.length === 0;
  }

  #isRejected({ id, rejected }) {
    return this.#rejected.get(id) ?? rejected;
  }

  /** Whether a claim at a sentence came from a suggestion, or is about its words; see `isAbout`. */
  #isSettled(suggestion, index) {
    const own = this.answers.get(this.sentences[index].id)?.claims ?? [];
    const before = [...this.#reach]
      .filter(([, indices]) => indices.has(index))
      .flatMap(([sentence]) => this.answers.get(sentence).claims);
    const parts = this.partsAt(suggestion, index);
    return (
      own.some((claim) => claim.suggestion === suggestion.id) ||
      [...own, ...before].some((claim) =>
        isAbout(this.text, this.sentences[index], this.partsAt(claim, index), parts),
      )
    );
  }

  /** The suggestion of that id; undefined when the person does not see it. */
  suggestionOf(id) {
    return [...this.#suggestions.values()].flat().find((one) => one.id === id);
  }

  /** The parts of a claim, or of what is suggested as one, as far as they stand in a sentence. */
  partsAt({ parts }, index) {
    const sentence = this.sentences[index];
    return parts
      .filter((part) => overlaps(part, sentence))
      .map(({ start, end }) => ({
        start: Math.max(start, sentence.start),
        end: Math.min(end, sentence.end),
      }));
  }

  /** The sentences in which no claim has settled a suggestion yet, by index. */
  placesOf(suggestion) {
    return [...this.#suggestions]
      .filter(([index, all]) => all.includes(suggestion) && !this.#isSettled(suggestion, index))
      .map(([index]) => index);
  }

  /** Lay what an earlier visit left in the outbox over what the server sent. */
  restore(entries) {
    for (const { kind, url, body } of entries) {
      if (kind === "answer" && url === this.#page.urls.answers && this.indices.has(body.sentence)) {
        const answer = this.#readKept(body);
        if (answer) this.#keep(answer);
      }
      if (kind === "suggestion") this.#note(body.suggestion, body.decision === "rejected");
    }
  }

  /** An answer out of the browser's store; null where somebody meddled with it. */
  #readKept(body) {
    try {
      const answer = read(this.contentOf(body), this.#ruler);
      const again = write(answer, this.#ruler, this.text);
      return String(quotesOf(again)) === String(quotesOf(body)) ? answer : null;
    } catch {
      return null;
    }
  }

  /** The answer for the sentence at an index; null when it has none, or a withdrawn one. */
  answerAt(index) {
    const answer = this.answers.get(this.sentences[index].id);
    return isOpen(answer) && !answer?.stances.length ? null : answer;
  }

  /** How many claims the sentence's own answer has. */
  claimsAt(index) {
    return this.answers.get(this.sentences[index].id)?.claims.length ?? 0;
  }

  /** What the ledger says of a sentence: outside, open, incomplete, continues, or its decision. */
  standing(index) {
    const sentence = this.sentences[index];
    if (!sentence.annotatable) return "outside";
    const answer = this.answers.get(sentence.id);
    if (answer?.claims.length) {
      return answer.claims.some((claim) => this.scheme.missing(claim).length)
        ? "incomplete"
        : "claims";
    }
    if (this.isContinued(index)) return "continues";
    return isOpen(answer) ? "open" : answer.decision;
  }

  /** Whether what is shown of a sentence is an answer that nobody has given yet. */
  isDraft() {
    return false;
  }

  /** Whether a sentence waits for the person. */
  waits(index) {
    return ["open", "incomplete"].includes(this.standing(index));
  }

  /** Whether the person has marked their answer for a sentence as one they are not sure of. */
  isDoubted(index) {
    const [name, value] = DOUBT;
    return this.answerAt(index)?.attributes[name] === value;
  }

  /** Whether a claim that starts in another sentence touches this one. */
  isContinued(index) {
    return [...this.#reach.values()].some((indices) => indices.has(index));
  }

  /** The index of the sentence a place belongs to: the last one that starts at or before it. */
  sentenceAt(place) {
    const after = this.sentences.findIndex((sentence) => sentence.start > place);
    return Math.max(0, (after < 0 ? this.sentences.length : after) - 1);
  }

  /** `{done, total}` sentences, those outside the ledger left out. */
  get progress() {
    const standings = this.sentences
      .map((_, index) => this.standing(index))
      .filter((standing) => standing !== "outside");
    return {
      done: standings.filter((standing) => standing !== "open" && standing !== "incomplete").length,
      total: standings.length,
    };
  }

  /** Note that the person is at a sentence now, for the time a decision takes. */
  arrive(index) {
    this.#stopwatch.turnTo(this.sentences[index].id);
  }

  /** The sentences decided last, newest first: `{index, at}`. */
  latest(count) {
    return [...this.#madeAt]
      .map(([sentence, at]) => ({ index: this.indices.get(sentence), at }))
      .filter(({ index }) => this.answerAt(index))
      .sort((one, other) => other.at - one.at)
      .slice(0, count);
  }

  /**
   * Make a sentence's answer say `next`; null withdraws it. Returns whether anything changed.
   * Steps with the same `gesture` in a row are one step back, and one revision if not sent yet.
   */
  commit(sentence, next, { gesture = null } = {}) {
    const before = this.answers.get(sentence) ?? null;
    const reopened = this.#rejectedWith(next);
    const after = this.#revise(
      sentence,
      next,
      gesture && this.#lastGesture(sentence) === gesture ? before?.id : null,
    );
    if (!after) return false;
    const last = this.#history[this.#done - 1];
    if (gesture && last?.gesture === gesture && last.sentence === sentence)
      last.changes[0].after = after;
    else this.#step({ sentence, changes: [{ sentence, before, after }], gesture, reopened });
    return true;
  }

  /**
   * In one step, made in `sentence`: make these answers say what they say, reject suggestions, and
   * take the rejection of others back. Returns whether anything changed.
   */
  commitAll(sentence, answers, { rejected = [], reopened = [] } = {}) {
    const back = [...new Set([...reopened, ...answers.flatMap((one) => this.#rejectedWith(one))])];
    const changes = answers
      .map((next) => {
        const before = this.answers.get(next.sentence) ?? null;
        return { sentence: next.sentence, before, after: this.#revise(next.sentence, next) };
      })
      .filter(({ after }) => after);
    if (!changes.length && !rejected.length && !back.length) return false;
    this.#step({ sentence, changes, rejected, reopened: back });
    return true;
  }

  /** The ids of what was rejected with a sentence whose answer is to be one with claims now. */
  #rejectedWith(next) {
    if (!next || isUnclaimed(next)) return [];
    return this.rejectedAt(this.indices.get(next.sentence)).map(({ id }) => id);
  }

  get canUndo() {
    return this.#done > 0;
  }

  get canRedo() {
    return this.#done < this.#history.length;
  }

  /** Take the last step back; returns the sentence it was made in, or null. */
  undo() {
    if (!this.canUndo) return null;
    const { sentence, changes, rejected, reopened } = this.#history[--this.#done];
    for (const change of changes) this.#revise(change.sentence, change.before);
    this.#decideAll(reopened, rejected, changes);
    return sentence;
  }

  /** Do the step again that was taken back last; returns its sentence, or null. */
  redo() {
    if (!this.canRedo) return null;
    const { sentence, changes, rejected, reopened } = this.#history[this.#done++];
    for (const change of changes) this.#revise(change.sentence, change.after);
    this.#decideAll(rejected, reopened, changes);
    return sentence;
  }

  #step({ rejected = [], reopened = [], ...step }) {
    this.#decideAll(rejected, reopened, step.changes);
    this.#history.splice(this.#done, Infinity, { ...step, rejected, reopened });
    this.#done = this.#history.length;
  }

  /** Decide on suggestions beside the changes of the same step. */
  #decideAll(rejected, reopened, changes) {
    const beside = changes.length > 0;
    for (const id of rejected) this.#decide(id, true, beside);
    for (const id of reopened) this.#decide(id, false, beside);
  }

  /** Reject a suggestion, or take that back. */
  #decide(suggestion, isRejected, beside) {
    this.#note(suggestion, isRejected);
    const decision = isRejected ? "rejected" : "reopened";
    this.outbox.add({
      kind: "suggestion",
      url: this.#page.urls.suggestions,
      sentence: `suggestion:${suggestion}`,
      body: { id: newId(), suggestion, decision },
      beside,
    });
  }

  #note(suggestion, isRejected) {
    this.#rejected.set(suggestion, isRejected);
    for (const [index, suggestions] of this.#suggestions)
      if (suggestions.some(({ id }) => id === suggestion)) this.#touched.add(index);
  }

  /** Add a speaker or a target that a person made; it is sent before the answer that needs it. */
  register(body) {
    this.outbox.add({
      kind: "register",
      url: this.#page.urls.registers,
      sentence: `${body.register}:${body.id}`,
      body,
      beside: true,
    });
  }

  /** The server has an entry now. */
  accepted(entry, reply) {
    this.savedAt = new Date();
    if (entry.kind === "register") {
      this.outbox.registers = Math.max(this.outbox.registers, reply.register_number);
      return;
    }
    if (reply.suggestions) this.suggest(reply.suggestions);
    const { sentence } = entry;
    const known = this.#saved.get(sentence);
    if (!this.#isOfHere(entry)) return;
    if (known && known.number > reply.number) {
      // An old revision, sent again after a reload; a newer one was saved elsewhere meanwhile.
      if (!this.outbox.of(sentence).length) this.#keep(known);
      return;
    }
    // What an earlier visit left has no time of its own.
    if (!this.#madeAt.has(sentence)) this.#madeAt.set(sentence, new Date(reply.made_at));
    this.#saved.set(sentence, {
      ...read(this.contentOf(entry.body), this.#ruler),
      number: reply.number,
    });
    this.refusals.delete(sentence);
  }

  /**
   * The server refused an entry; both versions stay until the person has chosen. On a decision on
   * a suggestion nothing rests: it is let go, and the suggestion waits again. Returns whether both
   * say the same: then the server's stands, and there is nothing to choose.
   */
  refused(entry, problem) {
    if (entry.kind === "suggestion") {
      this.#note(entry.body.suggestion, false);
      this.outbox.drop(entry.sentence);
      return false;
    }
    if (!this.#isOfHere(entry) || (!problem.newest && !this.#readKept(entry.body))) {
      this.stuck.push({ entry, problem });
      return false;
    }
    const theirs = problem.newest
      ? read(problem.newest, this.#ruler)
      : (this.#saved.get(entry.sentence) ?? null);
    const mine = this.answers.get(entry.sentence);
    if (problem.newest && mine && !this.hasWords(mine) && sayTheSame(mine, theirs)) {
      this.outbox.drop(entry.sentence).then(() => this.#keep(theirs));
      return true;
    }
    this.refusals.set(entry.sentence, {
      problem,
      theirs,
      base: problem.newest ? problem.newest.id : entry.body.base,
    });
    return false;
  }

  /** Whether somebody wrote beside an answer why they gave it. */
  hasWords({ grounds }) {
    return Boolean(grounds?.reason || grounds?.note || grounds?.deferred);
  }

  /** Whether an entry is an answer that is made on this page. */
  #isOfHere({ sentence, url }) {
    return url === this.#page.urls.answers && this.indices.has(sentence);
  }

  /** Let an entry go that nothing can be made of. */
  discard(entry) {
    this.stuck = this.stuck.filter((one) => one.entry !== entry);
    return this.outbox.discard(entry);
  }

  /** Put mine upon what the server has, as a new revision. */
  async keepMine(sentence) {
    const { base, theirs, problem } = this.refusals.get(sentence);
    const mine = this.answers.get(sentence);
    if (problem.newest) this.#saved.set(sentence, theirs);
    this.refusals.delete(sentence);
    // Mine is stored anew in the moment in which what was refused goes.
    if (mine) this.#send({ ...mine, id: newId(), base }, { insteadOfAll: true });
    else await this.outbox.drop(sentence);
  }

  /** Take what the server has; mine can be had back by undoing. */
  async takeTheirs(sentence) {
    const { theirs } = this.refusals.get(sentence);
    const mine = this.answers.get(sentence) ?? null;
    this.refusals.delete(sentence);
    await this.outbox.drop(sentence);
    if (theirs) this.#keep(theirs);
    else this.#forget(sentence);
    this.#step({ sentence, changes: [{ sentence, before: mine, after: theirs }] });
  }

  #lastGesture(sentence) {
    const last = this.#history[this.#done - 1];
    return last?.sentence === sentence ? last.gesture : null;
  }

  #revise(sentence, content, replaces = null) {
    const before = this.answers.get(sentence) ?? null;
    const next = content ?? { ...blank(sentence), attributes: before?.attributes ?? {} };
    const isNothing = isOpen(next) && !next.stances.length && !next.grounds;
    if (sameContent(before, next) || (!before && isNothing)) return null;
    return this.#send({ ...next, id: newId(), base: before?.id ?? null }, { replaces });
  }

  #send(answer, how = {}) {
    const elapsed = this.#stopwatch.take(answer.sentence);
    this.#madeAt.set(answer.sentence, new Date());
    this.#keep(answer);
    const body = {
      ...write(answer, this.#ruler, this.text),
      scheme: this.#page.scheme_revision,
      guideline: this.#page.guideline_revision,
      registers: this.outbox.registers,
      elapsed_ms: elapsed,
    };
    this.outbox.add(this.entryOf(body), how);
    return answer;
  }

  /** The entry for the outbox that carries an answer, given as the server takes it. */
  entryOf(body) {
    return { kind: "answer", url: this.#page.urls.answers, sentence: body.sentence, body };
  }

  /** The answer that is in the body of an entry. */
  contentOf({ scheme, guideline, registers, elapsed_ms, ...answer }) {
    return answer;
  }

  /** Have a sentence drawn anew. */
  touch(index) {
    this.#touched.add(index);
  }

  /** Show an answer as that of its sentence; it is sent already, or waits. */
  show(answer) {
    this.#keep(answer);
  }

  /** Let a sentence say again what the server has of it. */
  giveBack(sentence) {
    const saved = this.#saved.get(sentence);
    if (saved) this.#keep(saved);
    else this.#forget(sentence);
  }

  /** The indices of sentences to draw anew; asked once, they count as drawn. */
  takeTouched() {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  #keep(answer) {
    const { number, made_at, ...content } = answer;
    this.answers.set(answer.sentence, content);
    this.#setReach(answer.sentence, this.#reachOf(answer));
  }

  #forget(sentence) {
    this.answers.delete(sentence);
    this.#setReach(sentence, new Set());
  }

  #setReach(sentence, reach) {
    for (const index of [
      this.indices.get(sentence),
      ...(this.#reach.get(sentence) ?? []),
      ...reach,
    ])
      this.#touched.add(index);
    if (reach.size) this.#reach.set(sentence, reach);
    else this.#reach.delete(sentence);
  }

  /** The other sentences that the parts of an answer's claims touch. */
  #reachOf(answer) {
    const home = this.indices.get(answer.sentence);
    const touched = new Set();
    for (const part of answer.claims.flatMap((claim) => claim.parts)) {
      for (
        let index = home + 1;
        index < this.sentences.length && this.sentences[index].start < part.end;
        index++
      ) {
        if (this.sentences[index].end > part.start) touched.add(index);
      }
    }
    return touched;
  }
}

/** Whether an answer says that a sentence has no claim to be made. */
function isUnclaimed(answer) {
  return Boolean(answer) && answer.decision !== "claims";
}
