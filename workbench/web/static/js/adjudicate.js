/**
 * Where answers differ: the workspace makes the agreed answer, with everybody's side by side.
 *
 * People go by letters. What is taken is an answer like any other: it is saved, undone and edited
 * as in the workspace, and carries why it was taken: `grounds`, `{reason, note, deferred}`.
 */

import {
  blank,
  decided,
  isOpen,
  newId,
  read,
  speakerOf,
  withClaimMade,
  withClaimValue,
  withHolder,
  withoutClaim,
} from "./answers.js";
import { Commands } from "./commands.js";
import { el, fill, keycap } from "./dom.js";
import { Fields } from "./fields.js";
import { AUTHOR } from "./registers.js";
import { CAPS } from "./scheme.js";
import { shortened, within } from "./text.js";
import { Work } from "./work.js";

const UNSAID = { speaker: null };
const WITHOUT_CLAIMS = ["no_claim", "undecided", "not_annotatable"];
const MAX_NOTE = 2000;
const WAITING = ["open", "incomplete"];

/** The agreed answers of one article, and what was answered by whom. */
export class GoldWork extends Work {
  #page;
  #ruler;
  #agreed = new Set(); // positions
  #toDecide = new Set(); // positions
  #claims = new Map(); // everybody's claims by id: {sentence, answer, claim}
  #drafts = new Map(); // what agrees, by sentence
  #pending = new Map(); // grounds of what is not decided yet, by sentence
  #rests = new Map(); // the revision that a deferral left as it was, by the deferral's id
  #compared = new Map(); // the revisions that a decision was made from, by sentence

  /** Everybody's answers: sentence -> letter -> answer. */
  readings = new Map();
  /** Where they differ, as the server says it, by sentence. */
  differences = new Map();
  /** What was decided of a sentence, the latest last: `{outcome, reason, note, made_at}`. */
  history = new Map();

  constructor(parts) {
    super({ ...parts, page: { ...parts.page, answers: withGrounds(parts.page) } });
    const { page, ruler } = parts;
    this.#page = page;
    this.#ruler = ruler;
    for (const [sentence, one] of Object.entries(page.decided)) {
      this.#compared.set(sentence, one.compared);
      this.history.set(sentence, [...one.earlier, one]);
      const kept = page.answers.find((answer) => answer.sentence === sentence);
      if (one.outcome === "defer" && !kept) this.#rests.set(one.id, null);
    }
    this.compare(page);
  }

  /** Show these readings side by side, and no others. */
  compare({ readings, compared, agreed, to_decide }) {
    this.readings = new Map();
    for (const [sentence, all] of Object.entries(readings)) this.#read(sentence, all);
    this.differences = new Map(Object.entries(compared));
    this.#agreed = new Set(agreed);
    this.#toDecide = new Set(to_decide);
    for (const index of this.sentences.keys()) this.touch(index);
  }

  #read(sentence, all) {
    const theirs = new Map(all.map(({ who, answer }) => [who, read(answer, this.#ruler)]));
    this.readings.set(sentence, theirs);
    for (const answer of theirs.values())
      for (const claim of answer.claims) this.#claims.set(claim.id, { sentence, answer, claim });
    this.#drafts.delete(sentence);
  }

  /** Ask the server what everybody says now; whether it could be asked. */
  async compareAgain() {
    const reply = await fetch(location.pathname, { redirect: "error" }).catch(() => null);
    const html = reply?.ok ? await reply.text().catch(() => "") : "";
    const found = new DOMParser().parseFromString(html, "text/html").getElementById("workspace");
    if (found) this.compare(JSON.parse(found.textContent));
    return Boolean(found);
  }

  /** The letters that have read a sentence. */
  readersOf(sentence) {
    const slot = this.differences.get(sentence)?.slots.find((one) => one.slot === "decision");
    return new Set((slot?.values ?? []).flatMap(({ who }) => who));
  }

  /** What a reader's claim is: `{sentence, answer, claim}`; undefined when it is gone. */
  theirClaim(id) {
    return this.#claims.get(id);
  }

  /** The rows of claims of a sentence that stand for one another. */
  rowsOf(sentence) {
    return (this.differences.get(sentence)?.clusters ?? []).flatMap(({ rows }) => rows);
  }

  // --- how far it is -------------------------------------------------------------------------

  standing(index) {
    const own = super.standing(index);
    const { id, position } = this.sentences[index];
    if (own === "outside") return own;
    if (this.answers.get(id)?.grounds?.deferred) return "deferred";
    const isDisputed = own === "continues" && this.#isClaimed(id) && this.#toDecide.has(position);
    if (own !== "open" && !isDisputed) return this.isChanged(index) ? "changed" : own;
    if (this.#toDecide.has(position)) return "open";
    if (this.#agreed.has(position)) return "agreed";
    if (!this.differences.has(id)) return "unread";
    return this.readersOf(id).size > 1 ? "majority" : "single";
  }

  #isClaimed(sentence) {
    return [...(this.readings.get(sentence)?.values() ?? [])].some(({ claims }) => claims.length);
  }

  /** Whether the person has decided a sentence. */
  isDecided(index) {
    const answer = this.answers.get(this.sentences[index].id);
    return Boolean(answer) && (!isOpen(answer) || answer.stances.length > 0);
  }

  isDraft(index) {
    return !this.isDecided(index);
  }

  /** Whether somebody has answered anew since a sentence was decided. */
  isChanged(index) {
    const { id } = this.sentences[index];
    if (!this.isDecided(index) || !this.#compared.has(id)) return false;
    return String([...this.#compared.get(id)].sort()) !== String(this.#newest(id).sort());
  }

  #newest(sentence) {
    return [...(this.readings.get(sentence)?.values() ?? [])].map(({ id }) => id);
  }

  /** Whether a sentence is one for an adjudicator: they differ, or it was decided. */
  isCase(index) {
    const { position, annotatable } = this.sentences[index];
    if (!annotatable) return false;
    const isDeferred = this.standing(index) === "deferred";
    return this.#toDecide.has(position) || this.isDecided(index) || isDeferred;
  }

  /** Whether a sentence waits for a decision. */
  waits(index) {
    return [...WAITING, "changed", "deferred"].includes(this.standing(index));
  }

  get progress() {
    const cases = [...this.sentences.keys()].filter((index) => this.isCase(index));
    return { done: cases.filter((index) => !this.waits(index)).length, total: cases.length };
  }

  // --- the answer at hand --------------------------------------------------------------------

  /** The agreed answer; where there is none yet, what all agree on. */
  answerAt(index) {
    const own = super.answerAt(index);
    if (!own) return this.draftAt(index);
    return { ...own, grounds: this.groundsAt(index) };
  }

  /** What all agree on in a sentence, as an answer that nobody has made yet; null without any. */
  draftAt(index) {
    const { id, annotatable } = this.sentences[index];
    if (!annotatable) return null;
    if (!this.#drafts.has(id)) this.#drafts.set(id, this.#draft(id));
    const draft = this.#drafts.get(id);
    return draft && { ...draft, grounds: this.groundsAt(index) };
  }

  /** Why a sentence was decided as it is, or will be: `{reason, note}`. */
  groundsAt(index) {
    const { id } = this.sentences[index];
    const known = this.answers.get(id)?.grounds ?? this.#pending.get(id);
    return groundsOf({ ...known, deferred: false });
  }

  /** Keep grounds for a sentence that is not decided yet. */
  keepGrounds(index, grounds) {
    this.#pending.set(this.sentences[index].id, grounds);
    this.#drafts.delete(this.sentences[index].id);
  }

  #draft(sentence) {
    const { slots } = this.differences.get(sentence) ?? { slots: [] };
    const rows = this.rowsOf(sentence).filter((row) => !row.lacking.length);
    const made = rows.map((row) => this.draftOf(row, sentence)).filter(Boolean);
    const decision = slots.find((one) => one.slot === "decision" && one.agrees)?.values[0].value;
    if (!made.length && !WITHOUT_CLAIMS.includes(decision)) return null;
    const attributes = {};
    for (const { slot, agrees, values } of slots)
      if (agrees && !["decision", "stance"].includes(slot)) attributes[slot] = values[0].value;
    const [first] = this.readings.get(sentence)?.values() ?? [];
    const held = first ? stancesAgreed(slots, first, null, null) : [];
    const draft = {
      ...blank(sentence),
      attributes,
      stances: [...held, ...made.flatMap((one) => one.stances)],
    };
    if (!made.length) return { ...draft, decision };
    return made.reduce((answer, { claim }) => withClaimMade(answer, claim), draft);
  }

  /**
   * What all who have a claim agree on, as a claim with the stances on it. What differs is left
   * open; of several contents it has the most frequent. Null where nobody's begins in the sentence.
   */
  draftOf(row, sentence) {
    const content = slotOf(row, "content");
    const letters = [
      ...(content?.values.flatMap(({ who }) => who) ?? []),
      ...Object.keys(row.claims),
    ];
    const at = letters
      .map((who) => this.#claims.get(row.claims[who]))
      .find((one) => one?.sentence === sentence);
    if (!at) return null;
    const id = newId();
    const attributes = Object.fromEntries(
      Object.entries(at.claim.attributes).filter(([name]) => slotOf(row, name)?.agrees),
    );
    const isSaid = row.slots.every(({ slot, agrees }) => slot !== "speaker" || agrees);
    const innermost = at.claim.chain.length - 1;
    const agreed = (name, depth) => slotOf(row, name, innermost - depth)?.agrees;
    const chain = at.claim.chain.map((link, depth) =>
      !depth || !link.attributes
        ? link
        : {
            ...link,
            mention: agreed("mention", depth) ? link.mention : null,
            cue: agreed("cue", depth) ? link.cue : null,
            attributes: Object.fromEntries(
              Object.entries(link.attributes).filter(([name]) => agreed(name, depth)),
            ),
          },
    );
    const { parts } = at.claim;
    const sources = Object.values(row.claims);
    return {
      claim: { id, parts, attributes, chain: isSaid ? chain : [UNSAID], sources },
      stances: stancesAgreed(row.slots, at.answer, at.claim.id, id),
    };
  }

  // --- what is sent --------------------------------------------------------------------------

  entryOf({ grounds, claims, ...body }) {
    const { sentence } = body;
    const compared = this.#newest(sentence);
    const base = this.#rests.has(body.base) ? this.#rests.get(body.base) : body.base;
    const { reason = null, note = null, deferred } = grounds ?? {};
    this.#compared.set(sentence, compared);
    this.#pending.delete(sentence);
    if (deferred) {
      this.#rests.set(body.id, base);
      const deferral = { id: body.id, sentence, compared, reason, note };
      return { kind: "deferral", url: this.#page.urls.defer, sentence, body: deferral };
    }
    const sources = {};
    for (const claim of claims) {
      const known = (claim.sources ?? []).filter((id) => this.#isCompared(id, sentence));
      if (known.length) sources[claim.id] = known;
    }
    const own = claims.map(({ sources: _, ...claim }) => claim);
    const adjudication = { compared, reason, note, sources };
    return super.entryOf({ ...body, base, claims: own, adjudication });
  }

  #isCompared(id, sentence) {
    const theirs = [...(this.readings.get(sentence)?.values() ?? [])];
    return theirs.some(({ claims }) => claims.some((claim) => claim.id === id));
  }

  contentOf(body) {
    const { adjudication, ...answer } = super.contentOf(body);
    const { reason, note, sources = {} } = adjudication ?? {};
    const claims = answer.claims.map((claim) =>
      sources[claim.id] ? { ...claim, sources: sources[claim.id] } : claim,
    );
    return { ...answer, claims, grounds: groundsOf({ reason, note }) };
  }

  restore(entries) {
    super.restore(entries);
    for (const { kind, url, body } of entries) {
      const { id, sentence, reason, note } = body;
      if (kind !== "deferral" || url !== this.#page.urls.defer || !this.indices.has(sentence))
        continue;
      const before = this.answers.get(sentence);
      const grounds = groundsOf({ reason, note, deferred: true });
      if (!before) this.#rests.set(id, null);
      this.show({ ...(before ?? { ...blank(sentence), id }), grounds });
    }
  }

  accepted(entry, reply) {
    super.accepted(entry, reply);
    const { sentence, body } = entry;
    const { reason, note } = body.adjudication ?? body;
    const outcome = entry.kind === "deferral" ? "defer" : reply.outcome;
    if (!outcome || !this.indices.has(sentence)) return;
    const made = { outcome, reason, note, made_at: reply.made_at ?? new Date().toISOString() };
    this.history.set(sentence, [...(this.history.get(sentence) ?? []), made]);
  }

  /** As in the workspace; what somebody has answered anew meanwhile is shown, and told. */
  refused(entry, problem) {
    if (problem.readings && this.indices.has(entry.sentence)) {
      this.#read(entry.sentence, problem.readings);
      this.compareAgain().then(() => this.outbox.tryNow());
    }
    if (entry.kind !== "deferral" || !this.indices.has(entry.sentence))
      return super.refused(entry, problem);
    this.outbox.drop(entry.sentence);
    this.giveBack(entry.sentence);
    return false;
  }

  /** Take over what was decided by the server, as for all sentences that agree. */
  take({ answers, decided: known }) {
    this.receive(withGrounds({ answers, decided: {} }));
    for (const { sentence } of answers) {
      const one = known[sentence];
      this.#compared.set(sentence, one.compared);
      this.history.set(sentence, [...one.earlier, one]);
    }
  }
}

/** The fields of the workspace; of a sentence that one comes to, nothing is asked by itself. */
export class GoldFields extends Fields {
  askAgain() {}
}

/** The keys of the workspace, as far as they do something else where answers are compared. */
export class GoldCommands extends Commands {
  #row = 0;
  #asking = false; // whether the digits choose a reason
  #wanted = null; // the control that is to have the focus
  #at = null; // the sentence of the row
  #revealed = "";
  #edge = ""; // the sentence at whose first or last row an arrow was pressed last, and which way
  #run;
  #sheet;

  constructor(desk, fields, { run, sheet }) {
    super(desk, fields);
    this.#run = run;
    this.#sheet = sheet;
    this.letters = desk.page.readers;
  }

  // --- from difference to difference ---------------------------------------------------------

  go(index, claimId = null, before = "") {
    const { desk } = this;
    desk.turnTo(index, claimId);
    desk.stage.clearSelection();
    const { start, end } = desk.sentence;
    const rows = this.#rows.length ? this.#sayRow() : "";
    const said = [before, desk.text.slice(start, end), desk.stage.sayStanding(index), rows];
    desk.say(said.filter(Boolean).join(" "));
  }

  step(direction, before = "") {
    const { sentences } = this.work;
    for (let index = this.desk.at + direction; sentences[index]; index += direction)
      if (this.work.isCase(index)) return this.go(index, null, before);
    return direction > 0 ? this.tellEnd(before) : this.desk.tell(this.words.first_sentence, before);
  }

  /** The next difference that waits; then what has changed since, then what was put off. */
  nextOpen() {
    const { sentences } = this.work;
    for (const wanted of [WAITING, ["changed"], ["deferred"]])
      for (let hop = 1; hop <= sentences.length; hop++) {
        const index = (this.desk.at + hop) % sentences.length;
        if (wanted.includes(this.work.standing(index))) return this.go(index);
      }
    return this.tellEnd();
  }

  /** The row below; below the last one, pressed twice, the next sentence, whatever they say there. */
  down() {
    if (this.fields.isRareOpen) return super.down();
    return this.#turnTo(1);
  }

  up() {
    if (this.fields.isRareOpen) return super.up();
    return this.#turnTo(-1);
  }

  #turnTo(direction) {
    const { desk } = this;
    const row = this.#here + direction;
    if (this.#rows[row]) {
      desk.leaveField();
      this.#asking = false;
      this.#row = row;
      this.#wanted = null;
      this.#edge = "";
      return desk.say(this.#sayRow());
    }
    // A press too many shall not lead away: the next digit would take something elsewhere.
    const edge = `${this.#at} ${direction}`;
    if (this.#rows.length && this.#edge !== edge) {
      this.#edge = edge;
      return desk.tell(direction > 0 ? this.words.gold_last_row : this.words.gold_first_row);
    }
    return super.step(direction);
  }

  confirm() {
    const { desk, work } = this;
    if (desk.stage.isOffered()) return this.finish();
    if (this.#asking) return this.#leaveReasons(desk.title);
    if (desk.caret || this.fields.isRareOpen) return super.confirm();
    const standing = work.standing(desk.at);
    if (standing === "open") return desk.tell(this.words.gold_waits);
    if (standing === "incomplete") return super.confirm();
    return this.step(1);
  }

  /** Go back to the list of articles once everything is sent. */
  async finish() {
    const { desk, words, work } = this;
    if (!(await work.outbox.settle())) return desk.tell(words.finish_offline);
    return location.assign(desk.page.urls.home);
  }

  escape() {
    if (this.#asking) return this.#leaveReasons(this.desk.title);
    return super.escape();
  }

  // --- what is taken -------------------------------------------------------------------------

  /** A digit takes what one of them says in the row at hand; in an open list it chooses there. */
  digit(digit) {
    const { desk, words } = this;
    if (this.#asking) return this.#chooseReason(digit);
    if (desk.open || desk.showsMore || desk.pick) return super.digit(digit);
    const who = this.letters[Number(digit) - 1];
    if (!who || !this.#rows.length) return desk.tell(words.gold_nobody);
    return this.takeFrom(this.#here, who);
  }

  /** Take what somebody says in a row: everything, a claim, or one of its slots. */
  takeFrom(at, who) {
    const { desk, work, words } = this;
    if (desk.isOutside()) return null;
    this.#row = at;
    this.#edge = "";
    const row = this.#rows[at];
    if (!row) return null;
    if (!work.readersOf(desk.sentence.id).has(who))
      return desk.tell(fill(words.gold_unread, { who }));
    desk.leaveField();
    const next = this.#taken(row, who);
    if (!next) return null;
    this.#commit(next);
    const label = this.#labelOf(row);
    const said = fill(words.gold_taken, { who, what: label, value: this.#sayValue(row, who) });
    return desk.say(`${said} ${desk.title}`);
  }

  /** The answer with what somebody says in a row; undefined, and told, where it cannot be taken. */
  #taken(row, who) {
    if (row.kind === "whole") return this.#whole(who);
    return row.kind === "claim" ? this.#claim(row, who) : this.#slot(row, who);
  }

  #commit(answer) {
    const { desk, work } = this;
    desk.dropPick();
    desk.commit({ ...answer, grounds: work.groundsAt(desk.at) });
    const claims = desk.answer?.claims ?? [];
    if (!claims.some(({ id }) => id === desk.claimId)) desk.claimId = claims[0]?.id ?? null;
    desk.span = null;
  }

  #whole(who) {
    const { desk, work, words } = this;
    const { id } = desk.sentence;
    const theirs = work.readings.get(id)?.get(who);
    if (!theirs || (isOpen(theirs) && !theirs.stances.length))
      return void desk.tell(fill(words.gold_continues, { who }));
    if (!theirs.claims.length && work.isContinued(desk.at))
      return void desk.tell(words.continues_claim);
    const ids = new Map(theirs.claims.map((claim) => [claim.id, newId()]));
    return {
      ...blank(id),
      decision: theirs.decision,
      attributes: theirs.attributes,
      claims: theirs.claims.map((claim) => copyOf(claim, ids.get(claim.id))),
      stances: theirs.stances.map((one) => ({ ...one, claim: one.claim && ids.get(one.claim) })),
    };
  }

  /** The answer with somebody's claim as it is, or without it where they have none. */
  #claim({ row }, who) {
    const { desk, words } = this;
    const before = desk.answer ?? blank(desk.sentence.id);
    const own = this.#pairs(before).get(row);
    const theirs = this.#theirs(row, who);
    if (theirs && theirs.sentence !== desk.sentence.id) return void this.#tellHome(theirs, who);
    const without = own ? withoutClaim(before, own.id) : before;
    if (!theirs) {
      if (!row.lacking.includes(who)) return void desk.tell(fill(words.gold_unread, { who }));
      return without.claims.length ? without : decided(without, "no_claim");
    }
    const id = own?.id ?? newId();
    const held = theirs.answer.stances.filter(({ claim }) => claim === theirs.claim.id);
    const stances = [...without.stances, ...held.map((one) => ({ ...one, claim: id }))];
    return withClaimMade({ ...without, stances }, copyOf(theirs.claim, id));
  }

  /** The answer with one slot of a claim, or of the sentence, as somebody has it. */
  #slot({ row, slot }, who) {
    const { desk, work, words } = this;
    const before = desk.answer ?? blank(desk.sentence.id);
    if (!row) return this.#ofSentence(before, slot, who);
    const theirs = this.#theirs(row, who);
    if (!theirs) return void desk.tell(fill(words.gold_lacks, { who }));
    if (slot.slot === "content" && theirs.sentence !== desk.sentence.id)
      return void this.#tellHome(theirs, who);
    let answer = before;
    let own = this.#pairs(before).get(row);
    if (!own) {
      const draft = work.draftOf(row, desk.sentence.id);
      if (!draft) return void this.#tellHome(theirs, who);
      own = draft.claim;
      answer = withClaimMade({ ...before, stances: [...before.stances, ...draft.stances] }, own);
    }
    const sources = [...new Set([...(own.sources ?? []), theirs.claim.id])];
    const claim = { ...this.#withSlot(own, theirs.claim, slot), sources };
    const claims = answer.claims.map((one) => (one.id === own.id ? claim : one));
    const changed = withHolder({ ...answer, claims }, own.id, speakerOf(own));
    desk.claimId = own.id;
    if (slot.slot !== "stance") return changed;
    return withStances(changed, theirs.answer, slot.target, theirs.claim.id, own.id);
  }

  #ofSentence(before, { slot, target }, who) {
    const theirs = this.work.readings.get(this.desk.sentence.id)?.get(who) ?? blank("");
    const answer =
      isOpen(before) && !before.stances.length ? { ...before, decision: "no_claim" } : before;
    if (slot === "stance") return withStances(answer, theirs, target, null, null);
    const value = theirs.attributes[slot] ?? null;
    return { ...answer, attributes: { ...answer.attributes, [slot]: value } };
  }

  /** A claim with one slot as another claim has it; a speaker comes with what belongs to them. */
  #withSlot(own, theirs, { slot: name, link: place }) {
    const field = this.scheme.field(name);
    if (name === "content") return { ...own, parts: theirs.parts };
    if (name === "stance") return own;
    if (place === null)
      return withClaimValue(own, field ?? { name }, theirs.attributes[name] ?? null, this.scheme);
    const theirLink = linkAt(theirs, place);
    const link = linkAt(own, place);
    if (name !== "speaker") {
      if (!link || link.speaker === AUTHOR || link.speaker === null) return own;
      const isSpan = name === "mention" || name === "cue";
      const value = (isSpan ? theirLink : theirLink?.attributes)?.[name] ?? null;
      const change = isSpan
        ? { [name]: value }
        : { attributes: { ...link.attributes, [name]: value } };
      return {
        ...own,
        chain: own.chain.map((one) => (one === link ? { ...one, ...change } : one)),
      };
    }
    if (place === 0 && (!theirLink || theirLink.speaker === AUTHOR || own.chain.length < 2))
      return { ...own, chain: theirs.chain };
    const depth = own.chain.length - 1 - place;
    const chain = [...own.chain];
    if (depth < 1) chain.splice(1, 0, ...(theirLink ? [theirLink] : []));
    else chain.splice(depth, 1, ...(theirLink ? [theirLink] : []));
    return { ...own, chain };
  }

  #theirs(row, who) {
    return this.work.theirClaim(row.claims[who]);
  }

  #tellHome({ sentence }, who) {
    const { desk, work, words } = this;
    const { number } = work.sentences[work.indices.get(sentence)];
    return desk.tell(fill(words.gold_elsewhere, { who, n: number }));
  }

  /** Take what all agree on: their answer, or a draft that is still open where they differ. */
  accept() {
    const { desk, work, words } = this;
    if (desk.isOutside()) return null;
    const draft = work.draftAt(desk.at);
    if (work.isDecided(desk.at)) return desk.tell(words.gold_decided);
    if (!draft) return desk.tell(words.gold_nothing_agreed);
    desk.leaveField();
    this.#commit(draft);
    return desk.say(`${words.gold_agreed_taken} ${desk.title}`);
  }

  /** The same, with the borders of the content at hand; of a decided sentence only that. */
  edit() {
    const { desk } = this;
    if (!this.work.isDecided(desk.at)) this.accept();
    desk.claimId = (desk.claim ?? desk.answer?.claims[0])?.id ?? null;
    if (desk.claim) desk.selectSpan("part", 0);
  }

  /** Decide that there is nothing here, whatever they say. */
  reject() {
    const { desk, work, words } = this;
    if (desk.isOutside()) return null;
    if (work.isContinued(desk.at)) return desk.tell(words.continues_claim);
    desk.leaveField();
    this.#commit(decided(blank(desk.sentence.id), "no_claim"));
    return desk.say(`${words.gold_rejected} ${desk.title}`);
  }

  /** Put the sentence off, and go on. */
  otherSuggestion() {
    const { desk, work, words } = this;
    const { id } = desk.sentence;
    if (desk.isOutside()) return null;
    if (work.standing(desk.at) === "deferred") return this.step(1, words.gold_deferred);
    const before = work.answers.get(id) ?? blank(id);
    const grounds = groundsOf({ ...work.groundsAt(desk.at), deferred: true });
    work.commit(id, { ...before, grounds });
    return this.step(1, words.gold_deferred);
  }

  /** Take over every sentence to which all gave the same answer and that does not settle itself. */
  async repeat() {
    const { desk, work, words } = this;
    if (!(await work.outbox.settle())) return desk.tell(words.finish_offline);
    const response = await work.outbox.ask(desk.page.urls.agreed);
    const reply = await response?.json().catch(() => null);
    if (!reply) return desk.tell(words.finish_offline);
    if (!response.ok) return desk.tell(reply.detail ?? reply.title);
    work.take(reply);
    const { length: n } = reply.answers;
    return desk.tell(
      n ? fill(n === 1 ? words.gold_all_one : words.gold_all_other, { n }) : words.gold_all_none,
    );
  }

  // --- why -----------------------------------------------------------------------------------

  /** Ask why they differ; again: write a note. */
  ask() {
    const { desk, words } = this;
    if (desk.isOutside()) return null;
    if (this.#asking) return this.#writeNote();
    desk.leaveField();
    this.#asking = true;
    const told = this.#reasons.map(([digit, , name]) => `${digit} ${name}`);
    return desk.say(
      `${words.gold_reason} ? ${told.join(", ")}, ${words.gold_no_reason}, ${words.gold_note_long}`,
    );
  }

  get #reasons() {
    return this.desk.page.reasons.map(([value, name], index) => [String(index + 1), value, name]);
  }

  #reasonNamed(reason) {
    return this.desk.page.reasons.find(([value]) => value === reason)?.[1];
  }

  #chooseReason(digit) {
    const { words } = this;
    if (digit === "9") return this.#writeNote();
    const found = this.#reasons.find(([one]) => one === digit);
    if (!found && digit !== "0") return null;
    const [, reason, name] = found ?? ["0", null, words.gold_no_reason];
    this.#setGrounds({ reason });
    return this.#leaveReasons(`${words.gold_reason} : ${name}.`);
  }

  #writeNote() {
    this.#asking = true;
    this.#wanted = "note";
  }

  #leaveReasons(said) {
    this.#asking = false;
    this.desk.stage.focusArticle();
    this.desk.say(said);
  }

  #setGrounds(change) {
    const { desk, work } = this;
    const { id } = desk.sentence;
    const known = work.answers.get(id);
    const isDeferred = Boolean(known?.grounds?.deferred);
    const grounds = groundsOf({ ...work.groundsAt(desk.at), ...change, deferred: isDeferred });
    if (work.isDecided(desk.at) || isDeferred) work.commit(id, { ...known, grounds });
    else work.keepGrounds(desk.at, grounds);
  }

  /** Take over a note that is being written. */
  flush(active) {
    if (active?.dataset?.key !== "note" || active.value === active.defaultValue) return;
    active.defaultValue = active.value;
    this.#setGrounds({ note: active.value.trim() || null });
  }

  /** Scroll to the row at hand, or to the reasons, once that changes; else to the top. */
  reveal(root) {
    const now = `${this.#at} ${this.#row} ${this.#asking}`;
    if (now === this.#revealed) return;
    this.#revealed = now;
    const wanted = this.#asking ? ".readings .opened" : ".sides [aria-current]";
    if (this.#asking || this.#row) root.querySelector(wanted)?.scrollIntoView({ block: "nearest" });
    else root.parentElement.scrollTop = 0;
  }

  /** The control that is to have the focus now; asked once. */
  takeWanted() {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted ?? undefined;
  }

  /** Show what was decided of the sentence so far; from there it can be opened again. */
  recent() {
    const { desk, work, words } = this;
    const { history } = work;
    const made = history.get(desk.sentence.id) ?? [];
    const canReopen = work.isDecided(desk.at) || work.standing(desk.at) === "deferred";
    const row = ({ outcome, reason, note, made_at }) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, words[`outcome_${outcome}`]),
        el(
          "td",
          {},
          [this.#reasonNamed(reason), note && el("q", {}, note)]
            .filter(Boolean)
            .map((one) => [one, " "]),
        ),
        el("td", {}, el("time", { datetime: made_at }, this.#sayTime(made_at))),
      );
    const reopen = {
      class: "main",
      autofocus: true,
      "data-key": "openAgain",
      onclick: () => this.#run("openAgain"),
    };
    this.#sheet.replaceChildren(
      el("h2", { id: "recent-title", tabindex: "-1", autofocus: !canReopen }, words.gold_history),
      made.length
        ? el("table", { class: "latest" }, el("tbody", {}, made.map(row)))
        : el("p", {}, words.gold_no_history),
      el(
        "form",
        { method: "dialog", class: "tools" },
        canReopen ? el("button", reopen, words.gold_reopen) : null,
        el("button", {}, words.close),
      ),
    );
    this.#sheet.showModal();
  }

  #sayTime(moment) {
    const how = { dateStyle: "medium", timeStyle: "short" };
    return new Date(moment).toLocaleString(this.desk.page.locale, how);
  }

  /** Open a decided sentence again; what was decided stays in its history. */
  openAgain() {
    const { desk, work, words } = this;
    work.commit(desk.sentence.id, null);
    desk.turnTo(desk.at);
    desk.tell(words.gold_reopened);
  }

  // --- what is shown -------------------------------------------------------------------------

  /** What can be taken: everything, each claim where they have others, each slot that differs. */
  get #rows() {
    const { sentence } = this.desk;
    const compared = this.work.differences.get(sentence.id);
    if (!compared) return [];
    const claims = this.work.rowsOf(sentence.id);
    const differing = (row, slots) =>
      slots
        .filter(({ slot, agrees }) => !agrees && slot !== "decision")
        .map((slot) => ({ kind: "slot", row, slot }));
    const own = differing(null, compared.slots);
    const ofClaims = claims
      .filter((row) => !row.agrees)
      .flatMap((row) => [
        ...(claims.length > 1 || row.lacking.length ? [{ kind: "claim", row }] : []),
        ...differing(row, row.slots),
      ]);
    const isSame =
      compared.slots.every(({ agrees }) => agrees) && claims.every(({ agrees }) => agrees);
    return isSame ? [] : [{ kind: "whole" }, ...own, ...ofClaims];
  }

  /** The row at hand; another sentence begins with its first. */
  get #here() {
    const { id } = this.desk.sentence;
    if (this.#at !== id) {
      this.#at = id;
      this.#row = 0;
      this.#asking = false;
    }
    return Math.min(this.#row, Math.max(0, this.#rows.length - 1));
  }

  #sayRow() {
    const row = this.#rows[this.#here];
    const values = this.letters.map(
      (who, index) => `${index + 1} ${who} ${this.#sayValue(row, who)}`,
    );
    return `${this.#labelOf(row)} : ${values.join(" ; ")}.`;
  }

  /** The agreed claims by the rows of theirs that they stand for. */
  #pairs(answer) {
    const pairs = new Map();
    const free = new Set(answer?.claims ?? []);
    const rows = this.work.rowsOf(this.desk.sentence.id);
    const note = (row, claim) => {
      if (!claim || pairs.has(row)) return;
      pairs.set(row, claim);
      free.delete(claim);
    };
    for (const row of rows) {
      const ids = Object.values(row.claims);
      note(
        row,
        [...free].find((claim) => claim.sources?.some((id) => ids.includes(id))),
      );
    }
    for (const row of rows) {
      const parts = Object.values(row.claims).flatMap(
        (id) => this.work.theirClaim(id)?.claim.parts ?? [],
      );
      const shared = (claim) => common(claim.parts, parts);
      const [best] = [...free].filter(shared).sort((one, other) => shared(other) - shared(one));
      note(row, best);
    }
    return pairs;
  }

  /** Whether the agreed answer has in a row what somebody says. */
  #isTaken(row, who) {
    const { desk, work } = this;
    if (!work.isDecided(desk.at)) return false;
    const { answer } = desk;
    const theirs = work.readings.get(desk.sentence.id)?.get(who);
    if (row.kind === "whole") return Boolean(theirs) && frameOf(theirs) === frameOf(answer);
    if (!row.row)
      return (
        JSON.stringify(valueIn(theirs, null, row.slot)) ===
        JSON.stringify(valueIn(answer, null, row.slot))
      );
    const own = this.#pairs(answer).get(row.row);
    const claim = this.#theirs(row.row, who);
    if (row.kind === "claim" && !claim) return row.row.lacking.includes(who) && !own;
    if (!own || !claim) return false;
    const slots = row.kind === "claim" ? row.row.slots : [row.slot];
    return slots.every(
      (slot) =>
        JSON.stringify(valueIn(claim.answer, claim.claim, slot)) ===
        JSON.stringify(valueIn(answer, own, slot)),
    );
  }

  #labelOf(row) {
    const { scheme, words, desk } = this;
    if (row.kind === "whole") return words.gold_whole;
    if (row.kind === "claim") return words.gold_claim;
    const { slot, link, target } = row.slot;
    if (slot === "stance") return `${words.stance}, ${desk.registers.nameOf("target", target)}`;
    const label = scheme.label(scheme.field(slot)).replace(/\s*\?$/, "") || slot;
    return link ? `${words.via}, ${label}` : label;
  }

  /** What somebody says in a row, in words. */
  #sayValue(row, who) {
    return this.#value(row, who).said;
  }

  /** What somebody says in a row: `said` in words, `shown` with what differs marked. */
  #value(row, who) {
    const { desk, work, scheme, words } = this;
    const { registers } = desk;
    const plain = (said) => ({ said, shown: said });
    const { id } = desk.sentence;
    if (!work.readersOf(id).has(who)) return plain(words.standing_unread);
    if (row.kind === "whole") return plain(this.#saySentence(who));
    const claim = row.row && this.#theirs(row.row, who);
    if (row.row && !claim) return plain(row.kind === "claim" ? words.gold_none : "—");
    if (row.kind === "claim") return plain(shortened(desk.quote(claim.claim.parts), 60));
    const answer = claim?.answer ?? work.readings.get(id)?.get(who);
    const value = valueIn(answer, claim?.claim ?? null, row.slot);
    const { slot } = row.slot;
    if (slot === "content") return this.#content(row.row, who);
    if (slot === "speaker") return plain(value ? (registers.nameOf("speaker", value) ?? "…") : "—");
    if (slot === "mention" || slot === "cue")
      return plain(value ? `«\u00a0${desk.quote([value])}\u00a0»` : "—");
    if (slot === "stance")
      return plain(
        value
          .map(
            ({ holder, value: one }) =>
              `${registers.nameOf("speaker", holder)} : ${scheme.valueLabel("stance_value", one)}`,
          )
          .join(" ; ") || "—",
      );
    return plain(value === null ? "—" : scheme.valueLabel(slot, value));
  }

  #saySentence(who) {
    const { work, words, scheme, desk } = this;
    const slot = work.differences
      .get(desk.sentence.id)
      .slots.find((one) => one.slot === "decision");
    const decision = slot.values.find((one) => one.who.includes(who))?.value;
    if (decision === "continues") return words.continues;
    const claims = work.readings.get(desk.sentence.id)?.get(who)?.claims.length ?? 0;
    if (claims) return fill(claims === 1 ? words.claims_one : words.claims_other, { n: claims });
    return scheme.valueLabel("decision", decision);
  }

  /** Somebody's content: what all have is shortened, what only some have is marked. */
  #content(row, who) {
    const { desk } = this;
    const all = Object.values(row.claims).map((id) => this.work.theirClaim(id).claim.parts);
    const { parts } = this.#theirs(row, who).claim;
    const shown = parts.flatMap((part, index) => [
      index ? " […] " : "",
      ...pieces(part, all).map(({ start, end, isShared }) => {
        const words = desk.text.slice(start, end);
        return isShared ? inShort(words) : el("mark", {}, words);
      }),
    ]);
    return { said: inShort(desk.quote(parts), 120), shown };
  }

  /** What all say of a claim where they agree, in words. */
  #agreedOn(row) {
    const [id] = Object.values(row.claims);
    const { answer, claim } = this.work.theirClaim(id);
    const [who] = Object.keys(row.claims);
    const { scheme } = this;
    const told = row.slots
      .filter(
        ({ slot, agrees, link }) =>
          agrees && slot !== "content" && !(slot === "speaker" && link && !linkAt(claim, link)),
      )
      .filter((slot) => {
        const value = valueIn(answer, claim, slot);
        const field = scheme.field(slot.slot);
        return Array.isArray(value)
          ? value.length
          : field
            ? scheme.isTelling(field, value)
            : value !== null;
      })
      .map((slot) => {
        const here = { kind: "slot", row, slot };
        const said = { field: this.#labelOf(here), value: this.#value(here, who).said };
        return fill(this.words.field_value, said);
      });
    return told.join(" · ");
  }

  /** What stands above the fields: what they say side by side, what can be done, and why. */
  draw() {
    const { desk, work, words } = this;
    if (!desk.sentence.annotatable) return null;
    const standing = work.standing(desk.at);
    const compared = work.differences.get(desk.sentence.id);
    const rows = this.#rows;
    const here = this.#here;
    const claims = work.rowsOf(desk.sentence.id);
    // What only one has is theirs, and nothing that is agreed.
    const labelled = ({ claims: own }) => {
      const [who, another] = Object.keys(own);
      return another ? `= ${words.gold_same} ` : `${fill(words.gold_cell, { who, value: "" })} `;
    };
    const line = (row) => {
      const [id] = Object.values(row.claims);
      const about = this.#agreedOn(row);
      const all = el("b", {}, "= ", words.gold_same, " ");
      return el(
        "p",
        { class: "same" },
        all,
        el("q", {}, inShort(desk.quote(work.theirClaim(id).claim.parts))),
        about ? ` ${about}` : "",
      );
    };
    const indexed = rows.map((row, index) => ({ row, index }));
    const general = indexed.filter(({ row }) => !row.row);
    const isOfOne = rows.length > 0 && claims.length === 1;
    return el(
      "section",
      { class: "readings", "aria-label": words.gold_compared },
      compared ? null : el("p", { class: "hint" }, words.standing_unread),
      standing === "changed" && !work.refusals.has(desk.sentence.id)
        ? el("p", { class: "told" }, `↻ ${words.gold_changed}`)
        : null,
      rows.length || !compared
        ? null
        : el(
            "p",
            { class: "same" },
            el("b", {}, `= ${words.gold_all_same} `),
            [...work.readersOf(desk.sentence.id)].join(", "),
          ),
      general.length ? this.#table(words.gold_whole, isOfOne ? indexed : general, here) : null,
      claims.map((row, number) => {
        const own = indexed.filter((one) => one.row.row === row);
        if (!rows.length || row.agrees) return rows.length ? line(row) : null;
        const about = this.#agreedOn(row);
        return [
          isOfOne ? null : this.#table(fill(words.claim_n, { n: number + 1 }), own, here),
          about ? el("p", { class: "same" }, el("b", {}, labelled(row)), about) : null,
        ];
      }),
      this.#tools(rows.length),
      this.#grounds(),
      this.#heading,
    );
  }

  get #heading() {
    const { work, desk, words } = this;
    if (work.isDecided(desk.at)) return el("h3", {}, words.gold_answer);
    return desk.answer ? el("h3", {}, words.gold_draft) : null;
  }

  #table(caption, rows, here) {
    const heads = this.letters.map((who, index) =>
      el("th", { scope: "col" }, who, index < 9 ? keycap(String(index + 1)) : null),
    );
    return el(
      "div",
      { class: "sides" },
      el(
        "table",
        {},
        el("caption", { class: "visually-hidden" }, caption),
        el("thead", {}, el("tr", {}, el("td", {}), heads)),
        el(
          "tbody",
          {},
          rows.map(({ row, index }) => this.#tableRow(row, index, index === here)),
        ),
      ),
    );
  }

  #tableRow(row, index, isHere) {
    const { words } = this;
    const cells = this.letters.map((who) => {
      const { shown, said } = this.#value(row, who);
      const isTaken = this.#isTaken(row, who);
      const attributes = {
        type: "button",
        class: "cell",
        "data-key": `takeFrom ${index} ${who}`,
        "aria-pressed": String(isTaken),
        "aria-label": fill(words.gold_cell, { who, value: said }),
        onclick: () => this.#run("takeFrom", index, who),
      };
      return el(
        "td",
        { "data-who": who },
        el(
          "button",
          attributes,
          isTaken ? el("span", { "aria-hidden": "true" }, "✓ ") : null,
          el("span", {}, shown),
        ),
      );
    });
    const label = [isHere ? el("span", { "aria-hidden": "true" }, "▸ ") : null, this.#labelOf(row)];
    return el(
      "tr",
      { "aria-current": isHere ? "true" : null },
      el("th", { scope: "row" }, label),
      cells,
    );
  }

  #tools(isDiffering) {
    const { words, desk, work } = this;
    const button = (name, label) =>
      el(
        "button",
        { type: "button", class: "tool", "data-key": name, onclick: () => this.#run(name) },
        label,
        keycap(CAPS[name]),
      );
    const isDecided = work.isDecided(desk.at);
    return el(
      "div",
      { class: "tools" },
      !isDecided && work.draftAt(desk.at) ? button("accept", words.gold_accept) : null,
      button("reject", words.gold_reject),
      isDiffering && work.standing(desk.at) !== "deferred"
        ? button("otherSuggestion", words.gold_defer)
        : null,
      button("ask", words.question_short),
      button("recent", words.gold_history_short),
      button("repeat", words.gold_all),
    );
  }

  #grounds() {
    const { desk, words, work } = this;
    const { reason, note } = work.groundsAt(desk.at) ?? {};
    if (!this.#asking) {
      const said = [reason && this.#reasonNamed(reason), note && el("q", {}, note)].filter(Boolean);
      return said.length
        ? el(
            "p",
            { class: "why" },
            el("b", {}, words.gold_reason, " : "),
            said.map((one) => [one, " "]),
          )
        : null;
    }
    const option = (digit, label, isOn) =>
      el(
        "button",
        {
          type: "button",
          class: "option",
          "data-key": `digit ${digit}`,
          "aria-pressed": String(isOn),
          onclick: () => this.#run("digit", digit),
        },
        keycap(digit),
        label,
      );
    const box = el("textarea", {
      "data-key": "note",
      "aria-label": words.gold_note,
      placeholder: words.gold_note,
      maxlength: MAX_NOTE,
      rows: 2,
      onchange: (event) => this.flush(event.target),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.flush(event.target);
        this.#run("leaveNote");
      },
    });
    box.defaultValue = note ?? "";
    return el(
      "div",
      { class: "card plain opened", role: "group", "aria-label": words.gold_reason },
      el("p", {}, el("b", {}, words.gold_why)),
      el(
        "div",
        { class: "options" },
        this.#reasons.map(([digit, value, name]) => option(digit, name, value === reason)),
        option("0", words.gold_no_reason, !reason),
        option("9", words.gold_note_long, false),
      ),
      box,
    );
  }

  /** Go back to the article from the note. */
  leaveNote() {
    document.activeElement.blur();
    this.#leaveReasons(this.words.gold_note_kept);
  }
}

// --- answers and claims --------------------------------------------------------------------------

/** Grounds without what is empty; undefined when nothing is left. */
function groundsOf({ reason, note, deferred }) {
  const some = { ...(reason && { reason }), ...(note && { note }), ...(deferred && { deferred }) };
  return Object.keys(some).length ? some : undefined;
}

/** The server's agreed answers with their grounds; what was put off without one says nothing. */
function withGrounds({ answers, decided: known }) {
  const found = answers.map((answer) => {
    const one = known[answer.sentence];
    return one
      ? { ...answer, grounds: groundsOf({ ...one, deferred: one.outcome === "defer" }) }
      : answer;
  });
  const named = new Set(answers.map(({ sentence }) => sentence));
  const loose = Object.entries(known).filter(
    ([sentence, one]) => one.outcome === "defer" && !named.has(sentence),
  );
  const deferrals = loose.map(([sentence, { id, reason, note, made_at }]) => {
    const grounds = groundsOf({ reason, note, deferred: true });
    return { ...blank(sentence), id, number: 0, made_at, grounds };
  });
  return [...found, ...deferrals];
}

const copyOf = ({ suggestion, sources, ...claim }, id) => ({ ...claim, id, sources: [claim.id] });

/** The link of a chain by its distance from whoever says it; undefined when nobody stands there. */
function linkAt({ chain }, place) {
  return place === 0 ? chain.at(-1) : chain.slice(1).at(-1 - place);
}

function slotOf({ slots }, name, link = null) {
  return slots.find((one) => one.slot === name && (one.link ?? null) === link);
}

/** Stances of an answer that all share, tied to another claim. */
function stancesAgreed(slots, answer, from, to) {
  const targets = slots
    .filter(({ slot, agrees }) => slot === "stance" && agrees)
    .map(({ target }) => target);
  return answer.stances
    .filter(({ claim, target }) => claim === from && targets.includes(target))
    .map((one) => ({ ...one, claim: to }));
}

/** The answer with the stances on a target that another one has. */
function withStances(answer, theirs, target, from, to) {
  const others = answer.stances.filter((one) => one.claim !== to || one.target !== target);
  const taken = theirs.stances.filter((one) => one.claim === from && one.target === target);
  return { ...answer, stances: [...others, ...taken.map((one) => ({ ...one, claim: to }))] };
}

/** What stands in a slot of a claim, or of an answer. */
function valueIn(answer, claim, { slot, link, target }) {
  if (slot === "stance")
    return (answer?.stances ?? [])
      .filter((one) => one.claim === (claim?.id ?? null) && one.target === target)
      .map(({ claim: _, ...one }) => one);
  if (!claim) return answer?.attributes[slot] ?? null;
  if (slot === "content") return claim.parts;
  if (link === null) return claim.attributes[slot] ?? null;
  const at = linkAt(claim, link);
  if (slot === "speaker" || slot === "mention" || slot === "cue") return at?.[slot] ?? null;
  return at?.attributes?.[slot] ?? null;
}

/** What an answer says, whatever its ids, as words to compare. */
function frameOf({ decision, attributes, claims, stances }) {
  const place = new Map(claims.map(({ id }, index) => [id, index]));
  const filled = (some) =>
    Object.entries(some ?? {})
      .filter(([, value]) => value !== null)
      .sort();
  const links = (chain) =>
    chain.map(({ speaker, mention, cue, attributes: own }) => [
      speaker,
      mention ?? null,
      cue ?? null,
      filled(own),
    ]);
  return JSON.stringify([
    decision,
    filled(attributes),
    claims.map((claim) => [claim.parts, filled(claim.attributes), links(claim.chain)]),
    stances.map(({ claim, attributes: own, ...one }) => [
      place.get(claim) ?? null,
      one,
      filled(own),
    ]),
  ]);
}

/** How many characters ranges have in common. */
function common(some, others) {
  const shared = (one, other) =>
    Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start));
  return some.reduce(
    (sum, one) => sum + others.reduce((most, other) => Math.max(most, shared(one, other)), 0),
    0,
  );
}

/** A range cut where any of several contents begins or ends; `isShared` is what all of them have. */
function pieces(range, contents) {
  const borders = contents.flat().flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set([range.start, ...borders, range.end])]
    .filter((place) => place >= range.start && place <= range.end)
    .sort((one, other) => one - other);
  const found = [];
  for (let index = 1; index < cuts.length; index++) {
    const piece = { start: cuts[index - 1], end: cuts[index] };
    const isShared = contents.every((parts) => parts.some((part) => within(piece, part)));
    const last = found.at(-1);
    if (last?.isShared === isShared) last.end = piece.end;
    else found.push({ ...piece, isShared });
  }
  return found;
}

/** Words with their middle left out where they are long. */
function inShort(words, most = 44) {
  if (words.length <= most) return words;
  const half = Math.floor(most / 2);
  const [start, end] = [words.slice(0, half), words.slice(-half)];
  return `${start.replace(/\s\S*$/, "")} … ${end.replace(/^\S*\s/, "")}`;
}
