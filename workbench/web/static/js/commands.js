/** What keys and buttons do beside the fields: moving on, deciding, removing, undoing. */

import { blank, decided, newId, withClaim, withoutClaim } from "./answers.js";
import { fill } from "./dom.js";
import { same, shortened } from "./text.js";

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
  go(index, claimId = null) {
    const { desk } = this;
    desk.turnTo(index, claimId);
    this.desk.stage.clearSelection();
    this.#describe();
    const claim = desk.claim ?? desk.answer?.claims[0];
    const name = this.fields.nextAsked(claim);
    if (name) desk.open = { name, depth: desk.innermost, came: true };
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
    return this.desk.tell(this.words.all_decided);
  }

  #step(direction) {
    const { sentences } = this.work;
    for (
      let index = this.desk.at + direction;
      index >= 0 && index < sentences.length;
      index += direction
    ) {
      if (sentences[index].annotatable) return this.go(index);
    }
    return this.desk.tell(direction > 0 ? this.words.last_sentence : this.words.first_sentence);
  }

  /** Go on when the sentence is decided and complete; else say what is missing. */
  confirm() {
    const { desk } = this;
    if (desk.caret) return this.#takeWalked();
    const standing = this.work.standing(desk.at);
    if (standing === "open") return this.desk.tell(this.words.nothing_decided);
    if (standing === "incomplete") {
      const claim = desk.answer.claims.find((one) => this.scheme.missing(one).length);
      desk.claimId = claim.id;
      return this.fields.askNext(this.words.still_asked);
    }
    const { done, total } = this.work.progress;
    if (done === total && desk.at >= this.#lastIndex())
      return this.desk.tell(this.words.all_decided);
    return this.next();
  }

  /** What the caret has walked over becomes the open span, else a claim. */
  #takeWalked() {
    const { desk } = this;
    const name = desk.open?.name;
    if (name && this.scheme.field(name).kind === "span") return this.fields.choose(desk.pick);
    return this.claim();
  }

  #lastIndex() {
    return this.work.sentences.findLastIndex((sentence) => sentence.annotatable);
  }

  // --- decisions -----------------------------------------------------------------------------

  /** Decide that the sentence has no claim, is undecided, or is not annotatable; and go on. */
  decide(decision) {
    const { desk } = this;
    if (desk.isOutside()) return;
    if (this.work.isContinued(desk.at)) return this.desk.tell(this.words.continues_claim);
    const before = desk.answer ?? blank(desk.sentence.id);
    const answer = decided(before, decision);
    desk.commit(decision === "not_annotatable" ? { ...answer, stances: [] } : answer);
    const { number } = desk.sentence;
    const label = this.scheme.valueLabel("decision", decision);
    this.#step(1);
    const lost = before.claims.map((claim) => `«\u00a0${shortened(desk.quote(claim.parts), 60)}\u00a0»`);
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
    const twin = answer.claims.find((claim) => sameParts(claim.parts, parts));
    if (twin) {
      desk.selectClaim(twin.id);
      return desk.tell(this.words.claimed_already);
    }
    const id = newId();
    const isAsked = this.scheme.field("speaker") && (picked.length || desk.isQuotation(parts));
    desk.commit(withClaim(answer, id, parts, { isAsked }));
    desk.claimId = id;
    desk.span = { kind: "part", index: 0 };
    desk.dropPick();
    return this.fields.askNext(this.words.claim_added);
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
    desk.stage.focusArticle();
    desk.say(desk.title);
    if (desk.caret) desk.caret = null;
    else if (desk.open?.typing) desk.open = { ...desk.open, typing: false };
    else if (desk.open) desk.leaveField();
    else if (desk.pick || desk.kept.length) desk.dropPick();
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
    if (!sentence) return this.desk.tell(nothing);
    const { desk } = this;
    desk.turnTo(this.work.indices.get(sentence), desk.claimId);
    return desk.say(`${done} ${desk.title}`);
  }

  /** Show or hide the rule of the field at hand. */
  rule() {
    this.desk.showsRule = !this.desk.showsRule;
  }

  /** Show or fold the fields that are rarely needed. */
  more() {
    const { desk, words } = this;
    if (!desk.answer) return desk.tell(words.nothing_decided);
    if (desk.answer.decision === "not_annotatable") return desk.tell(words.outside);
    desk.showsMore = !desk.showsMore;
    const fields = ["claim", "link", "annotation"]
      .filter((level) => desk.claim || level === "annotation")
      .flatMap((level) => this.scheme.fieldsOn(level, "more"));
    const names = fields.map((field) => this.scheme.label(field)).join(", ");
    return desk.say(desk.showsMore ? `${words.more_shown} ${names}` : words.more_folded);
  }

  #describe() {
    const { desk } = this;
    const { start, end } = desk.sentence;
    desk.say(`${desk.text.slice(start, end)} ${desk.stage.sayStanding(desk.at)}`);
  }
}

function sameParts(one, other) {
  return one.length === other.length && one.every((part, index) => same(part, other[index]));
}
