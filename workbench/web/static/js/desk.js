/**
 * What lies on the desk: the sentence at hand, the claim and the span selected in it, the words
 * picked for the next step, the field that is open, and what a digit would choose there.
 */

import { claimOf, speakerOf } from "./answers.js";
import { AUTHOR, findCues, gap, KINDS, mentionCandidates, UNSPECIFIED } from "./registers.js";
import { overlaps } from "./text.js";

export class Desk {
  at = 0;
  claimId = null;
  /** The span of the answer that the arrows move: `{kind, index}` or null. */
  span = null;
  /** Words picked in the text for the next step, and earlier parts of the same content. */
  pick = null;
  kept = [];
  /** In caret mode: the two words or characters the pick runs between. */
  caret = null;
  exact = false;
  /** The field that takes the digits: `{name, depth, stance, typing, creating}` or null. */
  open = null;
  /** The stance being made, until it has a value. */
  draft = null;
  /** Claims made from a selection, whose speaker is still to be asked. */
  unasked = new Set();
  showsMore = false;
  showsRule = false;

  constructor({ page, scheme, work, registers, quoted, words }) {
    Object.assign(this, { page, scheme, work, registers, quoted, words });
    this.text = work.text;
    this.language = page.article.language;
  }

  get sentence() {
    return this.work.sentences[this.at];
  }

  get answer() {
    return this.work.answerAt(this.at);
  }

  get claim() {
    return claimOf(this.answer, this.claimId);
  }

  /** The depth of whoever says the selected claim; 0 is the author. */
  get innermost() {
    return this.claim ? this.claim.chain.length - 1 : 0;
  }

  /** Turn to a sentence; its first claim is selected and nothing is open. */
  turnTo(index, claimId = null) {
    if (index !== this.at) this.work.arrive();
    this.at = index;
    const claims = this.answer?.claims ?? [];
    this.claimId = (claims.find((claim) => claim.id === claimId) ?? claims[0])?.id ?? null;
    this.leaveField();
    this.span = null;
    this.clearPick();
    this.showsMore = false;
  }

  leaveField() {
    this.open = null;
    this.draft = null;
    this.showsRule = false;
    if (this.span && this.span.kind !== "part") this.span = null;
  }

  clearPick() {
    this.pick = null;
    this.kept = [];
    this.caret = null;
  }

  /** The range of the selected span; null when none is selected or it is gone. */
  get spanRange() {
    if (!this.span) return null;
    const { kind, index } = this.span;
    if (kind === "part") return this.claim?.parts[index] ?? null;
    if (kind === "target") return (this.answer?.stances[index] ?? this.draft)?.target_span ?? null;
    return this.claim?.chain[index]?.[kind] ?? null;
  }

  /** The name of the next asked field of a claim without an answer; null when all are answered. */
  nextAsked(claim) {
    if (!claim) return null;
    const missing = this.scheme.missing(claim)[0]?.name;
    return missing ?? (this.unasked.has(claim.id) && this.scheme.field("speaker") ? "speaker" : null);
  }

  /** The stances shown with the selected claim, or with the sentence: `{stance, index}`. */
  stancesOf(claimId) {
    return (this.answer?.stances ?? []).map((stance, index) => ({ stance, index })).filter(({ stance }) => stance.claim === claimId);
  }

  /** Whose stance it is when nobody else is chosen. */
  get defaultHolder() {
    return speakerOf(this.claim);
  }

  /** The value the open field has now. */
  get openValue() {
    if (!this.open) return null;
    return this.valueOf(this.open);
  }

  /** The value of a field of the answer, of the selected claim, of a link or of a stance. */
  valueOf({ name, depth = this.innermost, stance }) {
    const field = this.scheme.field(name);
    const holder = stance === undefined || stance === null ? this.draft : this.answer?.stances[stance];
    if (name === "stance_target") return holder?.target ?? null;
    if (name === "stance_value") return holder?.value ?? null;
    if (name === "stance_holder") return holder?.holder ?? null;
    if (name === "stance_target_span") return holder?.target_span ?? null;
    if (name === "speaker") return this.claim?.chain[depth]?.speaker ?? null;
    if (name === "mention" || name === "cue") return this.claim?.chain[depth]?.[name] ?? null;
    const attributes = {
      annotation: this.answer?.attributes,
      claim: this.claim?.attributes,
      link: this.claim?.chain[depth]?.attributes,
      stance: holder?.attributes,
    }[field?.on];
    return attributes?.[name] ?? null;
  }

  /** What the digits choose in the open field: `{digit, value, label, note}`, in their order. */
  get options() {
    if (!this.open) return [];
    const { name, creating } = this.open;
    if (creating) return this.#kinds(creating.register);
    const field = this.scheme.field(name);
    if (field.kind === "choice") return this.choices(field);
    if (field.kind === "speaker") return this.#speakers();
    if (field.kind === "target") return this.#targets();
    if (field.kind === "span") return this.#spans(name);
    return [];
  }

  /** The values of a choice, with their digits and words. */
  choices(field) {
    return field.values.map((value) => ({ digit: value.key, value: value.name, label: this.scheme.label(value), help: this.scheme.help(value), folded: value.ask === "more" }));
  }

  #kinds(register) {
    return KINDS[register].map((kind, index) => ({ digit: String(index + 1), value: kind, label: this.words[`kind_${kind}`] }));
  }

  #speakers() {
    const { name, adding } = this.open;
    const relays = name === "speaker" && (adding || this.open.depth < this.innermost);
    const without = relays ? this.claim.chain.map((link) => link.speaker) : [];
    const offered = this.registers.offered("speaker", { sentence: this.sentence, parts: this.claim?.parts, pick: this.pick, without });
    const named = new Set(this.registers.names("speaker").filter((one) => overlaps(one, this.sentence)).map((one) => one.id));
    const options = (relays ? [] : [AUTHOR]).concat(offered).map((id) => this.#speaker(id, named));
    options.forEach((option, index) => (option.digit = String(index + 1)));
    return [...options, { ...this.#speaker(UNSPECIFIED, named), digit: "9" }, this.#other("another_speaker")];
  }

  #speaker(id, named) {
    const note = named.has(id) ? "named" : this.registers.isProposed("speaker", id) ? "proposed" : "";
    return { value: id, label: this.registers.nameOf("speaker", id), note };
  }

  #targets() {
    const offered = this.registers.offered("target", { sentence: this.sentence, pick: this.pick });
    const named = new Set(this.registers.names("target").filter((one) => overlaps(one, this.sentence)).map((one) => one.id));
    const options = offered.map((id, index) => ({
      digit: String(index + 1),
      value: id,
      label: this.registers.nameOf("target", id),
      note: named.has(id) ? "named" : this.registers.isProposed("target", id) ? "proposed" : "",
    }));
    return [...options, this.#other("another_target")];
  }

  #other(word) {
    return { digit: "0", value: null, label: this.words[word], typing: true };
  }

  /** Places a mention, a cue or a target may be, nearest to the content first. */
  #spans(name) {
    const { text, sentence, language, claim } = this;
    const parts = claim?.parts ?? [];
    const covers = parts.some((part) => part.start <= sentence.start && part.end >= sentence.end);
    const outside = covers ? [] : parts;
    let found;
    if (name === "cue") {
      found = findCues(text, sentence, language).filter((cue) => !outside.some((part) => overlaps(part, cue)));
      const near = (cue) => Math.min(...parts.map((part) => gap(part, cue)));
      found.sort((one, other) => near(one) - near(other));
    } else if (name === "mention") {
      const speaker = claim?.chain[this.open.depth]?.speaker;
      found = mentionCandidates({ text, sentence, parts: outside, names: this.registers.names("speaker"), speaker, language });
    } else {
      found = this.registers.names("target").filter((one) => overlaps(one, sentence));
    }
    const options = found.slice(0, 9).map(({ start, end }, index) => ({ digit: String(index + 1), value: { start, end }, label: `« ${text.slice(start, end)} »` }));
    return [...options, { digit: "0", value: null, label: this.words.no_words }];
  }
}
