/** What keys and buttons do beside the fields: moving on, deciding, taking suggestions, undoing. */

import {
  blank,
  decided,
  newId,
  suggestedClaim,
  withClaim,
  withClaimMade,
  withoutClaim,
} from "./answers.js";
import { fill } from "./dom.js";
import { DOUBT } from "./scheme.js";
import { quoted, same, shortened } from "./text.js";

export class Commands {
  constructor(desk, fields) {
    this.desk = desk;
    this.fields = fields;
    this.work = desk.work;
    this.scheme = desk.scheme;
    this.words = desk.words;
  }

  // --- from sentence to sentence -------------------------------------------------------------

  /** Turn to a sentence by its index; a question left open there is asked again. */
  go(index, claimId = null, before = "") {
    const { desk } = this;
    desk.turnTo(index, claimId);
    this.desk.stage.clearSelection();
    this.#describe(before);
    this.fields.askAgain();
  }

  next() {
    this.step(1);
  }

  previous() {
    this.step(-1);
  }

  /** Turn to the next sentence that still waits, after all of them to those one doubts. */
  nextOpen() {
    const { sentences } = this.work;
    for (let hop = 1; hop <= sentences.length; hop++) {
      const index = (this.desk.at + hop) % sentences.length;
      if (this.work.waits(index)) return this.go(index);
    }
    for (let index = this.desk.at + 1; index < sentences.length; index++)
      if (this.work.isDoubted(index)) return this.go(index);
    return this.tellEnd();
  }

  /** The next sentence; from a rarely needed field the next of them. */
  down() {
    if (this.fields.isRareOpen) this.more();
    else this.next();
  }

  /** The sentence before; from a rarely needed field the one before it. */
  up() {
    if (!this.fields.isRareOpen) return this.previous();
    const before = this.fields.rareBeside(-1);
    return before && this.fields.openRare(before);
  }

  /** Turn to the sentence beside; one that takes no answer is passed. */
  step(direction, before = "") {
    const { sentences } = this.work;
    for (
      let index = this.desk.at + direction;
      index >= 0 && index < sentences.length;
      index += direction
    ) {
      if (sentences[index].annotatable) return this.go(index, null, before);
    }
    return direction > 0 ? this.tellEnd(before) : this.desk.tell(this.words.first_sentence, before);
  }

  /** Say that nothing follows; once all is decided, that Enter finishes the article now. */
  tellEnd(before = "") {
    const { desk, words } = this;
    const { done, total } = this.work.progress;
    const isOffered = done === total && desk.stage.mayFinish();
    return desk.tell(isOffered ? words.all_decided : words.last_sentence, before);
  }

  /** Go on when the sentence is decided and complete; else say what is missing. */
  confirm() {
    const { desk } = this;
    if (desk.repeating) return this.#repeatHere();
    if (desk.caret) return this.#takeWalked();
    if (this.fields.isRareOpen) return this.more();
    const standing = this.work.standing(desk.at);
    if (standing === "open") {
      const { nothing_decided, suggestion_waits } = this.words;
      return this.desk.tell(desk.suggestion ? suggestion_waits : nothing_decided);
    }
    if (standing === "incomplete") {
      const claim = desk.answer.claims.find((one) => this.scheme.missing(one).length);
      desk.claimId = claim.id;
      return this.fields.askNext(this.words.still_asked);
    }
    return this.next();
  }

  /** What the caret has walked over becomes the open span, else a claim. */
  #takeWalked() {
    const { desk } = this;
    const name = desk.open?.name;
    if (name && this.scheme.field(name)?.kind === "span") return this.fields.choose(desk.pick);
    return this.claim();
  }

  // --- decisions -----------------------------------------------------------------------------

  /**
   * Decide that the sentence has no claim, is undecided, or is not annotatable; and go on. What is
   * suggested there is rejected with it.
   */
  decide(decision) {
    const { desk } = this;
    if (desk.isOutside()) return;
    if (this.work.isContinued(desk.at)) return this.desk.tell(this.words.continues_claim);
    const before = desk.answer ?? blank(desk.sentence.id);
    const answer = decided(before, decision);
    const rejected = desk.suggestions.map(({ id }) => id);
    desk.commitAll(
      [decision === "not_annotatable" ? { ...answer, stances: [] } : answer],
      { rejected },
    );
    const { number } = desk.sentence;
    const label = this.scheme.valueLabel("decision", decision);
    this.step(1, rejected.length ? `${label}. ${this.words.suggestion_rejected}` : "");
    const lost = before.claims.map((claim) => quoted(shortened(desk.quote(claim.parts), 60)));
    const told = fill(this.words.claims_removed, { n: number, decision: label, lost: lost.join(", ") });
    // Said last, so that it stays until the next step.
    if (lost.length) desk.tell(told, desk.title);
  }

  /** Claim what is picked; with nothing picked the whole sentence, said by the author. */
  claim() {
    const { desk } = this;
    const picked = desk.pickedParts();
    const home = picked.length ? this.work.sentenceAt(picked[0].start) : desk.at;
    if (!this.work.sentences[home].annotatable) return this.desk.tell(this.words.outside);
    const sentence = this.work.sentences[home];
    const parts = picked.length ? picked : [{ start: sentence.start, end: sentence.end }];
    if (home !== desk.at) desk.turnTo(home);
    const answer = desk.answer ?? blank(sentence.id);
    // A claim of which nothing is said yet was made just now, as by Enter behind the words.
    const isNew = !picked.length && desk.claim && !Object.keys(desk.claim.attributes).length;
    const twin = isNew ? desk.claim : answer.claims.find((claim) => sameParts(claim.parts, parts));
    if (twin) {
      desk.dropPick();
      desk.selectClaim(twin.id);
      desk.tell(this.words.claimed_already);
      return this.fields.askAgain();
    }
    const id = newId();
    const isAsked = this.scheme.field("speaker") && (picked.length || desk.isQuotation(parts));
    desk.commit(withClaim(answer, id, parts, { isAsked }));
    desk.claimId = id;
    desk.span = { kind: "part", index: 0, isNew: true };
    desk.dropPick();
    return this.fields.askNext(this.words.claim_added);
  }

  /** Mark the answer as one to come back to because one is not sure of it; again: take that off. */
  doubt() {
    const { desk } = this;
    const [name, value] = DOUBT;
    if (!this.scheme.value(name, value)) return null;
    if (desk.isOutside()) return null;
    if (!desk.answer) return desk.tell(this.words.doubt_open);
    const isDoubted = this.work.isDoubted(desk.at);
    const { [name]: _, ...attributes } = desk.answer.attributes;
    if (!isDoubted) attributes[name] = value;
    desk.commit({ ...desk.answer, attributes });
    return desk.say(isDoubted ? this.words.doubt_gone : this.words.doubt_marked);
  }

  /**
   * Answer what is asked by a digit. Where nothing is asked, it claims what is picked, or the whole
   * open sentence, and is the first answer already; among the rarely needed fields it opens one.
   * A sentence that a digit has claimed goes on when all is answered, as other decisions do.
   */
  digit(digit) {
    const { desk, fields } = this;
    if (!desk.open && !this.#askBy(digit)) return;
    fields.digit(digit);
    if (desk.runs && !desk.open && this.work.standing(desk.at) === "claims" && !desk.suggestion)
      this.step(1, fields.typeOf(desk.claim));
  }

  /** Open the question that a digit answers where none is open; returns whether there is one. */
  #askBy(digit) {
    const { desk, fields } = this;
    const isPicked = desk.pickedParts().length > 0;
    if (!isPicked && this.work.standing(desk.at) !== "open") {
      const rare = desk.showsMore && fields.rare[Number(digit) - 1];
      if (rare) fields.openRare({ ...rare, isListed: true });
      return false;
    }
    const asked = fields.firstAsked;
    if (!asked?.values.some(({ key }) => key === digit)) return false;
    this.claim();
    desk.runs = !isPicked;
    return desk.open?.name === asked.name;
  }

  // --- suggestions ---------------------------------------------------------------------------

  /** Make the suggestion at hand a claim in each of its sentences; what it leaves open is asked. */
  accept() {
    if (this.desk.repeating) this.#repeatHere();
    else this.#take(false, []);
  }

  /** The same, with the content's borders at hand. */
  edit() {
    this.#take(true, []);
  }

  /** Reject the suggestion at hand; another one of the sentence comes to hand. */
  reject() {
    const { desk } = this;
    const { suggestion } = desk;
    if (desk.repeating) return this.#repeatAt(desk.repeating.at + 1);
    if (!suggestion) return desk.tell(this.words.no_suggestion);
    desk.leaveField();
    desk.commitAll([], { rejected: [suggestion.id] });
    return desk.say(`${this.words.suggestion_rejected} ${this.#whatWaits()}`);
  }

  /**
   * Turn to the next suggestion of the sentence, or to the one of that id. What a decision without
   * claims has rejected waits again.
   */
  otherSuggestion(id = null) {
    const { desk } = this;
    const { rejected } = desk;
    if (!desk.suggestion && !rejected.length) return desk.tell(this.words.no_suggestion);
    desk.leaveField();
    if (rejected.length) {
      desk.commitAll([], { reopened: rejected.map((one) => one.id) });
      desk.suggestionId = id;
      return desk.say(this.#whatWaits());
    }
    const { suggestions, suggestion } = desk;
    const next = suggestions[(suggestions.indexOf(suggestion) + 1) % suggestions.length];
    desk.suggestionId = id ?? next.id;
    return desk.say(this.#whatWaits());
  }

  #whatWaits() {
    const { suggestion, at } = this.desk;
    if (!suggestion) return this.desk.title;
    const content = this.desk.quote(this.work.partsAt(suggestion, at));
    return [this.words.suggestion, content, suggestion.speaker].filter(Boolean).join(", ");
  }

  /** Take the suggestion at hand; of a name that no register has, the kind is asked first. */
  #take(isEdited, unnamed) {
    const { desk, scheme, words } = this;
    const suggestion = desk.suggestion ?? desk.rejected[0];
    if (!suggestion) return desk.tell(words.no_suggestion);
    const isNobody = (name) =>
      name === null || unnamed.includes(name) || desk.registers.isPronoun(name);
    const names = this.#namesOf(suggestion);
    const speakers = names.map((name) =>
      isNobody(name) ? null : desk.registers.idOf("speaker", name),
    );
    const name = names.find((one, index) => speakers[index] === null && !isNobody(one));
    if (name) {
      const then = (id) => this.#take(isEdited, id ? unnamed : [...unnamed, name]);
      return this.fields.askKind(name, then);
    }
    desk.leaveField();
    desk.dropPick();
    const stances = suggestion.stances.filter(({ target }) => desk.registers.has("target", target));
    // Whose stance it is must be known before it can be put down.
    const isValued = ({ value }) =>
      !speakers.includes(null) && Boolean(scheme.value("stance_value", value));
    const made = desk.placesOf(suggestion).map((index) => {
      const parts = this.work.partsAt(suggestion, index);
      const sentence = this.work.sentences[index];
      const mentionOf = (id) => desk.registers.placeIn("speaker", id, sentence);
      const claim = desk.withSpeech(
        suggestedClaim(suggestion, { parts, speakers, scheme, mentionOf }),
      );
      const here = stances.filter(({ span }) => this.work.sentenceAt(span.start) === index);
      return { index, claim, here };
    });
    const answers = made.map(({ index, claim, here }) => {
      const answer = this.work.answerAt(index) ?? blank(this.work.sentences[index].id);
      const taken = here.filter(isValued).map((one) => desk.stanceOn(claim, one));
      const withStances = { ...answer, stances: [...answer.stances, ...taken] };
      return withClaimMade(withStances, claim);
    });
    const { claim, here } = made.find(({ index }) => index === desk.at);
    desk.commitAll(answers);
    desk.claimId = claim.id;
    desk.unvalued = here.filter((one) => !isValued(one));
    const several = made.length > 1 ? fill(words.claims_made, { n: made.length }) : "";
    const said = [words.suggestion_accepted, several, this.fields.saidBy(claim)];
    this.fields.askNext(said.filter(Boolean).join(" "), { isNamed: unnamed.length > 0 });
    desk.span = isEdited ? { kind: "part", index: 0 } : null;
    return undefined;
  }

  /** The names in a suggestion's chain behind the author; null where nobody is named. */
  #namesOf({ quote_type, via, speaker }) {
    if (!quote_type || !this.scheme.field("speaker")) return [];
    return [...(via ? [via] : []), speaker];
  }

  // --- the same words elsewhere --------------------------------------------------------------

  /**
   * Go through the other places of the selected claim's words: accepting, or Enter, gives the claim's
   * frame to a place, rejecting leaves one out, Escape ends. Any other step ends it where one is.
   */
  repeat() {
    const { desk, words } = this;
    const { claim, answer, at: home } = desk;
    if (!claim) return desk.tell(answer?.claims.length ? words.which_claim : words.no_claim_yet);
    if (this.scheme.missing(claim).length) return this.fields.askNext(words.still_asked);
    if (claim.parts.length > 1) return desk.tell(words.repeat_parts);
    const places = desk.placesLike(claim.parts[0]);
    if (!places.length) return desk.tell(words.repeat_none);
    const stances = desk.stancesOf(claim.id).map(({ stance }) => stance);
    desk.repeating = { claim, stances, home, places, done: 0 };
    return this.#repeatAt(0);
  }

  /** Turn to a place of the same words, and show what it would say; behind the last, back home. */
  #repeatAt(at) {
    const { desk, words } = this;
    const { repeating } = desk;
    const { claim, home, places, done } = repeating;
    desk.stage.clearSelection();
    if (at >= places.length) {
      desk.turnTo(home, claim.id);
      return desk.tell(fill(words.repeat_done, { n: done, count: places.length }), desk.title);
    }
    desk.turnTo(this.work.sentenceAt(places[at].start));
    const copy = this.fields.copyOf(claim, [places[at]]);
    desk.repeating = { ...repeating, at, copy };
    const counted = fill(words.repeat_n, { n: at + 1, count: places.length });
    const { start, end } = desk.sentence;
    const said = [`${counted}.`, desk.text.slice(start, end), desk.overruled, this.fields.saidBy(copy)];
    return desk.say(said.filter(Boolean).join(" "));
  }

  #repeatHere() {
    const { desk } = this;
    const { repeating } = desk;
    const { copy, stances } = repeating;
    const answer = desk.answer ?? blank(desk.sentence.id);
    const held = stances.map((stance) => {
      const named = [...copy.parts, desk.sentence].map((range) =>
        desk.registers.placeIn("target", stance.target, range),
      );
      return { ...stance, claim: copy.id, target_span: named.find(Boolean) ?? null };
    });
    desk.commit(withClaimMade({ ...answer, stances: [...answer.stances, ...held] }, copy));
    repeating.done += 1;
    this.#repeatAt(repeating.at + 1);
  }

  // --- back and away -------------------------------------------------------------------------

  /** Remove what is selected: the open stance or link, a span, a pick, else the claim. */
  remove() {
    const { desk } = this;
    const { open, span, answer } = desk;
    if (open?.name.startsWith("stance_") && (open.stance ?? null) !== null)
      return this.fields.removeStance(open.stance);
    if (open?.name === "speaker" && !open.adding && open.depth > 0)
      return this.fields.removeLink(open.depth);
    if (desk.pick || desk.kept.length) {
      desk.dropPick();
      return this.desk.say(this.words.selection_cleared);
    }
    if (span?.kind === "mention" || span?.kind === "cue") {
      desk.open = { name: span.kind, depth: span.index };
      return this.fields.choose(null);
    }
    if (span?.kind === "part" && desk.claim?.parts.length > 1) {
      desk.setParts(desk.claim.parts.filter((_, index) => index !== span.index));
      desk.span = null;
      return this.desk.say(this.words.part_removed);
    }
    if (!desk.claim) return null;
    const next = withoutClaim(answer, desk.claimId);
    desk.commit(
      next.claims.length
        ? next
        : { ...next, decision: next.stances.length ? "no_claim" : "claims" },
    );
    desk.turnTo(desk.at);
    return this.desk.say(this.words.claim_removed);
  }

  /** Leave the caret, the field, the pick, the span, one after the other; back to the article. */
  escape() {
    const { desk } = this;
    if (desk.repeating) return this.#repeatAt(desk.repeating.places.length);
    desk.runs = false;
    desk.stage.focusArticle();
    desk.say(desk.title);
    if (desk.caret) desk.caret = null;
    else if (desk.open?.typing) desk.open = { ...desk.open, typing: false };
    else if (desk.open) desk.leaveField();
    else if (desk.pick || desk.kept.length) desk.dropPick();
    else if (desk.span) desk.span = null;
    else desk.claimId = null;
    return undefined;
  }

  undo() {
    this.#travel(this.work.undo(), this.words.undone, this.words.nothing_to_undo);
  }

  redo() {
    this.#travel(this.work.redo(), this.words.redone, this.words.nothing_to_redo);
  }

  #travel(sentence, done, nothing) {
    if (!sentence) return this.desk.tell(nothing);
    const { desk } = this;
    desk.turnTo(this.work.indices.get(sentence), desk.claimId);
    desk.say(`${done} ${desk.title}`);
    return this.fields.askAgain();
  }

  /**
   * Show the fields that are rarely needed: a digit opens one. Then open the first of them, and one
   * after the other; after the last fold them.
   */
  more() {
    const { desk, words, fields } = this;
    if (!desk.answer) return desk.tell(words.nothing_decided);
    if (desk.answer.decision === "not_annotatable") return desk.tell(words.outside);
    if (!desk.showsMore) {
      desk.leaveField();
      desk.showsMore = true;
      const names = fields.rare.map(({ name }, index) =>
        `${index < 9 ? index + 1 : ""} ${this.scheme.label(this.scheme.field(name))}`.trim(),
      );
      return desk.say(`${words.more_shown} ${names.join(", ")}.`);
    }
    const next = fields.rareBeside();
    return next ? fields.openRare(next) : this.fold();
  }

  /** Fold the fields that are rarely needed. */
  fold() {
    const { desk } = this;
    if (this.fields.isRareOpen) desk.leaveField();
    desk.showsMore = false;
    desk.rare = null;
    desk.stage.focusArticle();
    return desk.say(this.words.more_folded);
  }

  #describe(before) {
    const { desk } = this;
    const { start, end } = desk.sentence;
    const { sayStanding, sayAsked } = desk.stage;
    const here = [sayStanding(desk.at), sayAsked(desk.at)].filter(Boolean).join(", ");
    desk.say(`${before} ${desk.text.slice(start, end)} ${here}`.trim());
  }
}

function sameParts(one, other) {
  return one.length === other.length && one.every((part, index) => same(part, other[index]));
}
