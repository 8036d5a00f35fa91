/** What every key and button does: each command changes the desk or the answer, and says so. */

import {
  blank,
  decided,
  newId,
  speakerOf,
  withClaim,
  withClaimChanged,
  withClaimValue,
  withLink,
  withLinkChanged,
  withoutClaim,
  withoutLink,
  withParts,
  withStance,
} from "./answers.js";
import { fill } from "./dom.js";
import { AUTHOR, findCues, proposeAttribution } from "./registers.js";
import { characterRange, grown, joined, overlaps, same, shrunk, snapped, speechOf, trimmed, unquoted, wordAfter, wordBefore } from "./text.js";

export class Commands {
  /** `stage` shows things: `announce(text)`, `focusArticle()`, `clearSelection()`, `lineFrom(place, direction)`. */
  constructor(desk, stage) {
    this.desk = desk;
    this.work = desk.work;
    this.scheme = desk.scheme;
    this.words = desk.words;
    this.stage = stage;
  }

  // --- from sentence to sentence -------------------------------------------------------------

  /** Turn to a sentence by its index; a question left open there is asked again. */
  go(index, claimId = null) {
    const { desk } = this;
    desk.turnTo(index, claimId);
    this.stage.clearSelection();
    this.#describe();
    const claim = desk.claim ?? desk.answer?.claims[0];
    const name = claim && this.scheme.missing(claim)[0]?.name;
    if (name) desk.open = { name, depth: desk.innermost };
  }

  next() {
    this.#step(1);
  }

  previous() {
    this.#step(-1);
  }

  /** Turn to the next sentence that still waits, from the beginning again after the last. */
  nextOpen() {
    const { sentences } = this.work;
    for (let hop = 1; hop <= sentences.length; hop++) {
      const index = (this.desk.at + hop) % sentences.length;
      if (["open", "incomplete"].includes(this.work.standing(index))) return this.go(index);
    }
    return this.stage.announce(this.words.all_decided);
  }

  #step(direction) {
    const { sentences } = this.work;
    for (let index = this.desk.at + direction; index >= 0 && index < sentences.length; index += direction) {
      if (sentences[index].annotatable) return this.go(index);
    }
    return this.stage.announce(direction > 0 ? this.words.last_sentence : this.words.first_sentence);
  }

  /** Go on when the sentence is decided and complete; else say what is missing. */
  confirm() {
    const { desk } = this;
    if (desk.caret) return this.#takeCaret();
    const standing = this.work.standing(desk.at);
    if (standing === "open") return this.stage.announce(this.words.nothing_decided);
    if (standing === "incomplete") {
      const claim = desk.answer.claims.find((one) => this.scheme.missing(one).length);
      desk.claimId = claim.id;
      return this.field(desk.nextAsked(claim));
    }
    desk.unasked.delete(desk.claimId);
    const { done, total } = this.work.progress;
    if (done === total && desk.at >= this.#lastIndex()) return this.stage.announce(this.words.all_decided);
    return this.next();
  }

  #lastIndex() {
    return this.work.sentences.findLastIndex((sentence) => sentence.annotatable);
  }

  // --- decisions -----------------------------------------------------------------------------

  /** Decide that the sentence has no claim, is undecided, or is not annotatable; and go on. */
  decide(decision) {
    const { desk } = this;
    if (this.#isOutside()) return;
    if (decision === "no_claim" && this.work.isContinued(desk.at)) return this.stage.announce(this.words.continues_claim);
    const before = desk.answer ?? blank(desk.sentence.id);
    const answer = decided(before, decision);
    this.#commit(decision === "not_annotatable" ? { ...answer, stances: [] } : answer);
    const label = this.scheme.valueLabel("decision", decision);
    const lost = before.claims.length;
    this.stage.announce(lost ? fill(this.words.claims_removed, { decision: label, count: lost }) : label);
    this.#step(1);
  }

  /** Claim what is picked; with nothing picked the whole sentence, said by the author. */
  claim() {
    const { desk } = this;
    const picked = this.#pickedParts();
    const home = picked.length ? this.work.sentenceAt(picked[0].start) : desk.at;
    if (!this.work.sentences[home].annotatable) return this.stage.announce(this.words.outside);
    const sentence = this.work.sentences[home];
    const parts = picked.length ? picked : [{ start: sentence.start, end: sentence.end }];
    if (home !== desk.at) desk.turnTo(home);
    const answer = desk.answer ?? blank(sentence.id);
    const twin = answer.claims.find((claim) => sameParts(claim.parts, parts));
    if (twin) return this.#select(twin.id, this.words.claimed_already);
    const id = newId();
    this.#commit(withClaim(answer, id, parts));
    desk.claimId = id;
    desk.span = { kind: "part", index: 0 };
    if (picked.length) desk.unasked.add(id);
    this.#dropPick();
    return this.#askNext(this.words.claim_added);
  }

  #pickedParts() {
    const { desk } = this;
    const parts = [...desk.kept, ...(desk.pick ? [desk.pick] : [])];
    return joined(desk.exact ? parts : parts.map((part) => unquoted(desk.text, part, desk.quoted)));
  }

  /** Add what is picked as a part of the selected claim; with nothing picked select its parts in turn. */
  part() {
    const { desk } = this;
    if (!desk.pick) return this.#nextPart();
    if (!desk.claim) {
      desk.kept = joined([...desk.kept, desk.pick]);
      desk.pick = null;
      desk.caret = null;
      this.stage.clearSelection();
      return this.stage.announce(fill(this.words.part_kept, { count: desk.kept.length }));
    }
    const parts = joined([...desk.claim.parts, ...this.#pickedParts()]);
    if (this.work.sentenceAt(parts[0].start) !== desk.at) return this.stage.announce(this.words.part_before);
    this.#setParts(parts);
    this.#dropPick();
    desk.span = null;
    return this.stage.announce(fill(this.words.part_added, { count: parts.length }));
  }

  #nextPart() {
    const { desk } = this;
    if (!desk.claim) return this.stage.announce(this.words.pick_first);
    const index = desk.span?.kind === "part" ? (desk.span.index + 1) % desk.claim.parts.length : 0;
    return this.selectSpan("part", index);
  }

  #setParts(parts, gesture = null) {
    const { desk } = this;
    const speech = (some) => speechOf(desk.text, some, desk.quoted);
    this.#changeClaim((claim) => withParts(claim, parts, speech), gesture);
  }

  // --- fields --------------------------------------------------------------------------------

  /** Open a field by its name; a letter's own field, or any other by a click. */
  field(name, place = {}) {
    const { desk } = this;
    if (name === "stance_target" && place.stance === undefined) return this.stance();
    if (name === "content") return this.part();
    const field = this.scheme.field(name);
    if (!field) return;
    if (name === "speaker" && desk.open?.name.startsWith("stance_")) return this.#openHolder();
    if (name === desk.open?.name && ["speaker", "target"].includes(field.kind)) return this.type();
    if (["claim", "link"].includes(field.on) && !desk.claim) return this.stage.announce(this.words.no_claim_yet);
    if (field.on === "claim" && this.scheme.settledBy(field, desk.claim.attributes) !== undefined) {
      return this.stage.announce(fill(this.words.not_asked_of, { type: this.#typeWord(field) }));
    }
    if (field.on === "link" && name !== "speaker" && !desk.innermost) return this.stage.announce(this.words.author_says_it);
    const depth = place.depth ?? desk.innermost;
    if (field.kind === "span") return this.#openSpan(name, { ...place, depth });
    desk.open = { name, depth, ...place };
    return this.#ask();
  }

  #typeWord(field) {
    const { field: other } = field.not_asked_when;
    return this.scheme.valueLabel(other, this.desk.claim.attributes[other]);
  }

  /** Open the type-ahead of a speaker or target field. */
  type() {
    const { desk } = this;
    desk.open = { ...desk.open, typing: true };
  }

  /** Open a place in the chain for whoever relays the words. */
  via() {
    const { desk } = this;
    if (!desk.claim) return this.stage.announce(this.words.no_claim_yet);
    if (!desk.innermost) return this.stage.announce(this.words.speaker_first);
    desk.open = { name: "speaker", depth: desk.innermost, adding: true };
    return this.#ask(this.words.via);
  }

  /** Start a stance: of the selected claim, or of the sentence when it has none. */
  stance() {
    const { desk } = this;
    if (this.#isOutside()) return;
    if (desk.open?.name === "stance_target" && !desk.open.typing) return this.type();
    desk.draft = { claim: desk.claimId, holder: desk.defaultHolder, target: null, target_span: null, value: null, attributes: {} };
    desk.open = { name: "stance_target", stance: null };
    return this.#ask();
  }

  #openHolder() {
    const { desk } = this;
    if (!this.scheme.field("stance_holder")) return;
    desk.open = { name: "stance_holder", stance: desk.open.stance, back: desk.open.name === "stance_holder" ? desk.open.back : desk.open.name };
    this.#ask();
  }

  #openSpan(name, place) {
    const { desk } = this;
    const isOpen = desk.open?.name === name;
    if (desk.pick) {
      desk.open = { name, ...place };
      return this.choose(desk.pick);
    }
    // R again goes on from the cue to the mention, and back.
    const other = { cue: "mention", mention: "cue" }[name];
    const now = isOpen && other && this.scheme.field(other) ? other : name;
    desk.open = { name: now, ...place };
    desk.span = now === "stance_target_span" ? { kind: "target", index: place.stance ?? -1 } : { kind: now, index: place.depth };
    if (!desk.spanRange) desk.span = null;
    return this.#ask();
  }

  /** Let a digit choose in the open field. */
  digit(digit) {
    const option = this.desk.options.find((one) => one.digit === digit);
    if (!option) return;
    if (option.typing) this.type();
    else this.choose(option.value);
  }

  /** Set a field without opening it first, as by a click on a value. */
  set(name, place, value) {
    const { desk } = this;
    desk.open = { name, depth: desk.innermost, ...place };
    this.choose(value);
  }

  /** Give the open field a value, and open what is asked next. */
  choose(value) {
    const { desk } = this;
    const { name, creating } = desk.open;
    if (creating) return this.#create(value);
    const field = this.scheme.field(name);
    if (field.on === "stance") return this.#chooseStance(field, value);
    if (name === "speaker") return this.#chooseSpeaker(value);
    if (field.kind === "span") return this.#chooseSpan(name, value);
    const chosen = this.#orCleared(field, value);
    if (field.on === "annotation") this.#commit({ ...desk.answer, attributes: { ...desk.answer.attributes, [name]: chosen } });
    else if (field.on === "link") this.#changeLink(desk.open.depth, { attributes: { ...desk.claim.chain[desk.open.depth].attributes, [name]: chosen } });
    else this.#changeClaim((claim) => withClaimValue(claim, field, chosen, this.scheme));
    const said = `${this.scheme.label(field)}, ${field.kind === "choice" ? this.scheme.valueLabel(name, chosen) : (chosen ?? "")}.`;
    if (field.ask !== "always") return this.#leave(said);
    return this.#askNext(said);
  }

  /** A value that may be absent goes away when it is chosen again. */
  #orCleared(field, value) {
    if (field.kind !== "choice") return value || null;
    return field.default === null && field.ask === "more" && this.desk.openValue === value ? null : value;
  }

  #chooseSpeaker(id) {
    const { desk } = this;
    const { depth, adding } = desk.open;
    const claim = desk.claim;
    if (!adding && claim.chain[depth]?.speaker === id && id !== AUTHOR) return this.#askNext(this.#saidBy(claim));
    desk.unasked.delete(claim.id);
    if (id === AUTHOR) this.#changeClaim((one) => ({ ...one, chain: [{ speaker: AUTHOR }] }));
    else {
      const isRelay = adding || (depth > 0 && depth < desk.innermost);
      const link = this.#newLink(claim, id, isRelay, depth);
      this.#changeClaim((one) => withLink(one, Math.max(1, depth), link, { adding: adding || depth === 0 }));
      if (desk.pick && same(desk.pick, link.mention ?? { start: -1, end: -1 })) this.#dropPick();
    }
    return this.#askNext(this.#saidBy(desk.claim));
  }

  #newLink(claim, speaker, isRelay, depth) {
    const { desk } = this;
    const others = claim.chain.filter((_, index) => index > 0 && (isRelay || index !== depth));
    const taken = others.flatMap((link) => [link.mention, link.cue]).filter(Boolean);
    const { text, sentence, language } = desk;
    const names = desk.registers.names("speaker");
    const { mentions, cues } = proposeAttribution({ text, sentence, parts: claim.parts, names, speaker, taken, language });
    const picked = desk.pick && !claim.parts.some((part) => overlaps(part, desk.pick)) ? desk.pick : null;
    const cue = isRelay ? undefined : cues[0];
    const attributes = {};
    if (!isRelay && this.scheme.value("quote_type", "direct")) attributes.quote_type = speechOf(text, claim.parts, desk.quoted);
    if (cue && this.scheme.value("act", cue.act)) attributes.act = cue.act;
    return { speaker, mention: picked ?? mentions[0] ?? null, cue: cue ? { start: cue.start, end: cue.end } : null, attributes };
  }

  #saidBy(claim) {
    const names = claim.chain.map((link) => this.desk.registers.nameOf("speaker", link.speaker)).join(" › ");
    const { cue, attributes } = claim.chain.at(-1);
    const details = [
      attributes?.quote_type && this.scheme.valueLabel("quote_type", attributes.quote_type),
      cue && `${this.scheme.label(this.scheme.field("cue"))} « ${this.desk.text.slice(cue.start, cue.end)} »`,
    ];
    return `${[names, ...details.filter(Boolean)].join(", ")}.`;
  }

  #chooseSpan(name, range) {
    const { desk } = this;
    const { depth } = desk.open;
    this.#changeLink(depth, { [name]: range });
    this.#dropPick();
    const said = range ? `« ${desk.text.slice(range.start, range.end)} »` : this.words.no_words;
    this.#leave(`${this.scheme.label(this.scheme.field(name))}, ${said}.`);
  }

  #chooseStance(field, value) {
    const { desk } = this;
    const { stance: index = null, back } = desk.open;
    const key = { stance_holder: "holder", stance_target: "target", stance_target_span: "target_span", stance_value: "value" }[field.name];
    const before = index === null ? desk.draft : desk.answer.stances[index];
    const change = key ? { [key]: value } : { attributes: { ...before.attributes, [field.name]: this.#orCleared(field, value) } };
    if (key === "target") {
      change.target_span = desk.pick ?? desk.registers.placeIn("target", value, desk.sentence);
      this.#dropPick();
    }
    if (key === "target_span") this.#dropPick();
    const stance = { ...before, ...change };
    if (index !== null) {
      this.#commit(withStance(desk.answer, index, stance));
      return this.#leave(this.#stanceSaid(stance));
    }
    const twin = (desk.answer?.stances ?? []).findIndex((one) => one.claim === stance.claim && one.holder === stance.holder && one.target === stance.target);
    if (stance.target && twin >= 0 && !stance.value) {
      desk.draft = null;
      desk.open = { name: "stance_value", stance: twin };
      return this.#ask();
    }
    desk.draft = stance;
    if (!stance.value) {
      const name = stance.target ? "stance_value" : (back ?? "stance_target");
      desk.open = { name, stance: null };
      return this.#ask();
    }
    // A stance on a sentence without a decision: it has a stance, and no claim.
    const answer = desk.answer ?? { ...blank(desk.sentence.id), decision: "no_claim" };
    this.#commit(withStance(answer, answer.stances.length, stance));
    return this.#leave(this.#stanceSaid(stance));
  }

  #stanceSaid(stance) {
    const { registers } = this.desk;
    const value = this.scheme.valueLabel("stance_value", stance.value);
    return `${registers.nameOf("speaker", stance.holder)}, ${value}, ${registers.nameOf("target", stance.target)}.`;
  }

  /** Create a register entry from typed words: its kind is asked first. */
  create(register, words) {
    const { desk } = this;
    desk.open = { ...desk.open, typing: false, creating: { register, words } };
    this.#say(fill(this.words.what_kind, { name: words }));
  }

  #create(kind) {
    const { desk } = this;
    const { register, words } = desk.open.creating;
    const entry = desk.registers.propose(register, words, kind);
    this.work.register(entry);
    desk.open = { ...desk.open, creating: null };
    this.choose(entry.id);
  }

  /** Open what is asked next of the claim, else leave the field. */
  #askNext(said) {
    const { desk } = this;
    const name = desk.nextAsked(desk.claim);
    if (!name) return this.#leave(said);
    desk.open = { name, depth: desk.innermost };
    desk.draft = null;
    return this.#ask(said);
  }

  #ask(said = "") {
    const { open, options } = this.desk;
    const question = this.scheme.label(this.scheme.field(open.name)).replace(/\s*\?$/, "");
    const choices = options.filter((option) => !option.folded).map((option) => `${option.digit} ${option.label}`);
    this.stage.announce([said, `${question} ?`, choices.join(", ")].filter(Boolean).join(" "));
  }

  #leave(said) {
    this.desk.leaveField();
    this.desk.span = null;
    this.stage.announce(said);
  }

  #say(said) {
    const options = this.desk.options.map((option) => `${option.digit} ${option.label}`);
    this.stage.announce([said, ...options].join(" "));
  }

  // --- words and characters ------------------------------------------------------------------

  grow() {
    this.#resize(grown);
  }

  shrink() {
    this.#resize(shrunk);
  }

  #resize(change) {
    const { desk } = this;
    const range = desk.pick ?? desk.spanRange;
    const { text, sentence, quoted, language } = desk;
    const cues = findCues(text, sentence, language);
    this.#setRange(change(text, range, sentence, { quoted, cues }, language));
  }

  /** Move the start of the selected span, or its end; with none selected turn to the other claim. */
  move(direction, edge) {
    const { desk } = this;
    if (desk.caret) return this.#moveCaret(direction, edge === "end");
    const range = desk.pick ?? desk.spanRange;
    if (!range) return edge === "start" ? this.#otherClaim(direction) : null;
    const place = this.#step1(range, direction, edge);
    if (place === null) return null;
    return this.#setRange({ ...range, [edge]: place });
  }

  /** Where an edge of a range comes to stand one word, or one character, on; null when it cannot. */
  #step1({ start, end }, direction, edge) {
    const { text, exact, language } = this.desk;
    const from = edge === "start" ? start : end;
    let to;
    if (exact) to = direction > 0 ? characterRange(text, from)?.end : characterRange(text, from - 1)?.start;
    else if (edge === "start") to = (direction > 0 ? wordAfter(text, from + 1, end, language) : wordBefore(text, from, 0, language))?.start;
    else if (direction > 0) to = wordAfter(text, from, text.length, language)?.end;
    else {
      const last = wordBefore(text, from, start, language);
      to = last && last.end < from ? last.end : last && wordBefore(text, last.start, start, language)?.end;
    }
    const fits = edge === "start" ? to < end : to > start;
    return to === undefined || to === null || !fits ? null : to;
  }

  /** Put the pick, or the selected span of the answer, where the range says. */
  #setRange(range) {
    const { desk } = this;
    const { span, spanRange } = desk;
    if (desk.pick || !spanRange) {
      desk.pick = range;
      this.stage.clearSelection();
      return this.stage.announce(desk.text.slice(range.start, range.end));
    }
    const gesture = `${desk.claimId} ${span.kind} ${span.index}`;
    if (span.kind === "part") {
      const parts = joined(desk.claim.parts.map((part, index) => (index === span.index ? range : part)));
      if (this.work.sentenceAt(parts[0].start) !== desk.at) return null;
      this.#setParts(parts, gesture);
      desk.span.index = parts.findIndex((part) => overlaps(part, range));
    } else if (span.kind === "target") {
      if (span.index < 0) desk.draft = { ...desk.draft, target_span: range };
      else this.#commit(withStance(desk.answer, span.index, { ...desk.answer.stances[span.index], target_span: range }), gesture);
    } else this.#changeLink(span.index, { [span.kind]: range }, gesture);
    return this.stage.announce(desk.text.slice(range.start, range.end));
  }

  #otherClaim(direction) {
    const { desk } = this;
    const claims = desk.answer?.claims ?? [];
    if (claims.length < 2) return null;
    const index = claims.findIndex((claim) => claim.id === desk.claimId);
    return this.#select(claims[(index + direction + claims.length) % claims.length].id);
  }

  /** Select a claim of the sentence. */
  #select(id, said = "") {
    const { desk } = this;
    desk.leaveField();
    desk.claimId = id;
    desk.span = null;
    const { parts } = desk.claim;
    this.stage.announce(said || parts.map((part) => desk.text.slice(part.start, part.end)).join(" […] "));
  }

  selectClaim(id) {
    this.#select(id);
  }

  /** Select a span of the answer, so that the arrows move its borders. */
  selectSpan(kind, index) {
    const { desk } = this;
    this.#dropPick();
    desk.span = { kind, index };
    const range = desk.spanRange;
    if (range) this.stage.announce(desk.text.slice(range.start, range.end));
  }

  /** Whole words, or exact characters. */
  exact() {
    const { desk } = this;
    desk.exact = !desk.exact;
    this.stage.announce(desk.exact ? this.words.exact_characters : this.words.whole_words);
  }

  /** Words selected with the mouse or a finger; null when the selection was taken away. */
  pickFrom(range) {
    const { desk } = this;
    desk.caret = null;
    desk.pick = range && (desk.exact ? trimmed(desk.text, range) : snapped(desk.text, range, desk.language));
  }

  /** Walk through the words with the arrows; Shift extends, Enter takes. */
  caret() {
    const { desk } = this;
    const from = desk.pick ?? desk.spanRange;
    const first = from ?? wordAfter(desk.text, desk.sentence.start, desk.sentence.end, desk.language) ?? desk.sentence;
    desk.caret = { anchor: first, focus: first };
    desk.pick = { ...first };
    this.stage.clearSelection();
    this.stage.focusArticle();
    this.stage.announce(`${this.words.caret_mode} ${desk.text.slice(first.start, first.end)}`);
  }

  #moveCaret(direction, extends_) {
    const { desk } = this;
    const { text, exact, language } = desk;
    const { focus } = desk.caret;
    let next;
    if (exact) next = characterRange(text, direction > 0 ? focus.end : focus.start - 1);
    else next = direction > 0 ? wordAfter(text, focus.end, text.length, language) : wordBefore(text, focus.start, 0, language);
    this.#placeCaret(next, extends_);
  }

  /** In caret mode: a line up or down. */
  line(direction, extends_) {
    const { desk } = this;
    const place = this.stage.lineFrom(desk.caret.focus.start, direction);
    if (place === null) return;
    const range = desk.exact ? characterRange(desk.text, place) : snapped(desk.text, { start: place, end: place + 1 }, desk.language);
    this.#placeCaret(range, extends_);
  }

  /** In caret mode: the first or the last word of the sentence. */
  edge(direction, extends_) {
    const { text, sentence, language } = this.desk;
    const word = direction < 0 ? wordAfter(text, sentence.start, sentence.end, language) : wordBefore(text, sentence.end, sentence.start, language);
    this.#placeCaret(word, extends_);
  }

  #placeCaret(focus, extends_) {
    const { desk } = this;
    if (!focus) return;
    const anchor = extends_ ? desk.caret.anchor : focus;
    desk.caret = { anchor, focus };
    desk.pick = { start: Math.min(anchor.start, focus.start), end: Math.max(anchor.end, focus.end) };
    this.stage.announce(desk.text.slice(focus.start, focus.end));
  }

  #takeCaret() {
    const { desk } = this;
    const name = desk.open?.name;
    if (name && this.scheme.field(name).kind === "span") return this.choose(desk.pick);
    return this.claim();
  }

  #dropPick() {
    this.desk.clearPick();
    this.stage.clearSelection();
  }

  // --- back and away -------------------------------------------------------------------------

  /** Remove what is selected: the open stance or link, a span, a pick, else the claim. */
  remove() {
    const { desk } = this;
    const { open, span, answer } = desk;
    if (open?.name.startsWith("stance_") && (open.stance ?? null) !== null) return this.removeStance(open.stance);
    if (open?.name === "speaker" && !open.adding && open.depth > 0) return this.removeLink(open.depth);
    if (desk.pick || desk.kept.length) {
      this.#dropPick();
      return this.stage.announce(this.words.selection_cleared);
    }
    if (span?.kind === "mention" || span?.kind === "cue") {
      desk.open = { name: span.kind, depth: span.index };
      return this.choose(null);
    }
    if (span?.kind === "part" && desk.claim?.parts.length > 1) {
      this.#setParts(desk.claim.parts.filter((_, index) => index !== span.index));
      desk.span = null;
      return this.stage.announce(this.words.part_removed);
    }
    if (!desk.claim) return null;
    const next = withoutClaim(answer, desk.claimId);
    this.#commit(next.claims.length ? next : { ...next, decision: next.stances.length ? "no_claim" : "claims" });
    desk.turnTo(desk.at);
    return this.stage.announce(this.words.claim_removed);
  }

  removeStance(index) {
    const { desk } = this;
    this.#commit(withStance(desk.answer, index, null));
    this.#leave(this.words.stance_removed);
  }

  removeLink(depth) {
    this.#changeClaim((claim) => withoutLink(claim, depth));
    this.#leave(this.#saidBy(this.desk.claim));
  }

  /** Leave the caret, the field, the pick, the span, one after the other. */
  escape() {
    const { desk } = this;
    if (desk.caret) desk.caret = null;
    else if (desk.open?.typing) desk.open = { ...desk.open, typing: false };
    else if (desk.open) desk.leaveField();
    else if (desk.pick || desk.kept.length) this.#dropPick();
    else if (desk.span) desk.span = null;
    else desk.claimId = null;
  }

  undo() {
    this.#travel(this.work.undo(), this.words.undone, this.words.nothing_to_undo);
  }

  redo() {
    this.#travel(this.work.redo(), this.words.redone, this.words.nothing_to_redo);
  }

  #travel(sentence, done, nothing) {
    if (!sentence) return this.stage.announce(nothing);
    const { desk } = this;
    desk.turnTo(this.work.indices.get(sentence), desk.claimId);
    return this.stage.announce(`${done} ${this.#summary()}`);
  }

  /** Show or hide the rule of the field at hand. */
  rule() {
    this.desk.showsRule = !this.desk.showsRule;
  }

  /** Show or fold the fields that are rarely needed. */
  more() {
    this.desk.showsMore = !this.desk.showsMore;
  }

  // --- common --------------------------------------------------------------------------------

  #isOutside() {
    if (this.desk.sentence.annotatable) return false;
    this.stage.announce(this.words.outside);
    return true;
  }

  #commit(answer, gesture = null) {
    if (this.work.commit(this.desk.sentence.id, answer, { gesture })) this.desk.registers.noteUse(answer);
  }

  #changeClaim(change, gesture = null) {
    this.#commit(withClaimChanged(this.desk.answer, this.desk.claimId, change), gesture);
  }

  #changeLink(depth, change, gesture = null) {
    this.#changeClaim((claim) => withLinkChanged(claim, depth, change), gesture);
  }

  #describe() {
    const { desk } = this;
    this.stage.announce(`${desk.text.slice(desk.sentence.start, desk.sentence.end)} ${this.#summary()}`);
  }

  #summary() {
    return this.stage.sayStanding(this.desk.at);
  }
}

function sameParts(one, other) {
  return one.length === other.length && one.every((part, index) => same(part, other[index]));
}
