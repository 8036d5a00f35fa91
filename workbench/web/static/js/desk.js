/**
 * What lies on the desk: the sentence at hand, the claim and the span selected in it, the words
 * picked for the next step, the field that is open; and how words are picked and borders moved.
 */

import {
  claimOf,
  speakerOf,
  withClaimChanged,
  withHolder,
  withLinkChanged,
  withoutSpeaker,
  withSpeech,
  withStance,
} from "./answers.js";
import { fill } from "./dom.js";
import { AUTHOR, findCues } from "./registers.js";
import {
  characterRange,
  finder,
  grown,
  joined,
  overlaps,
  same,
  shortened,
  shrunk,
  snapped,
  speechOf,
  trimmed,
  unquoted,
  within,
  wordAfter,
  wordBefore,
} from "./text.js";

/** Decisions that say that a sentence has no claim to be made. */
const UNCLAIMED = new Set(["no_claim", "undecided", "not_annotatable"]);

export class Desk {
  #find = null;
  at = 0;
  claimId = null;
  /** The span of the answer that the arrows move: `{kind, index, isNew}` or null. */
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
  /** Stances of an accepted suggestion that wait for their value, to be asked one by one. */
  unvalued = [];
  /** The suggestion that was chosen among those of the sentence. */
  suggestionId = null;
  showsMore = false;
  /** The rarely needed field that was opened last, as a place of `Fields.rare`. */
  rare = null;
  showsRule = false;
  /** After finishing: the next article, null when there is none; undefined before. */
  ahead = undefined;
  /** Whether a digit claimed the sentence, so that it goes on after the last answer. */
  runs = false;
  /** A claim that is applied to the same words elsewhere, place by place; see `Commands.repeat`. */
  repeating = null;
  /** The border that was moved last, to be scrolled into view. */
  moved = null;

  /**
   * `stage` shows things: `announce`, `focusArticle`, `clearSelection`, `lineFrom`,
   * `sayStanding`, `sayAsked`.
   */
  constructor({ page, scheme, work, registers, quoted, words, stage }) {
    Object.assign(this, { page, scheme, work, registers, quoted, words, stage });
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

  /** The suggestions that wait in the sentence. */
  get suggestions() {
    return this.work.pendingAt(this.at);
  }

  /** The suggestion at hand: the chosen one, else the first. */
  get suggestion() {
    const { suggestions, suggestionId } = this;
    return suggestions.find(({ id }) => id === suggestionId) ?? suggestions[0] ?? null;
  }

  /** What `N`, `U` or `B` has rejected with the sentence, unless a suggestion waits all the same. */
  get rejected() {
    return this.suggestions.length ? [] : this.work.rejectedAt(this.at);
  }

  /** What was decided of a sentence to which a claim would be applied now; empty without that. */
  get overruled() {
    const { answer, words, scheme } = this;
    if (!UNCLAIMED.has(answer?.decision)) return "";
    return fill(words.repeat_over, { decision: scheme.valueLabel("decision", answer.decision) });
  }

  /** The other places of a range's words that no claim touches, where every sentence takes answers. */
  placesLike(range) {
    const { text, work, language } = this;
    this.#find ??= finder(text);
    const claimed = [...work.answers.values()].flatMap(({ claims }) =>
      claims.flatMap(({ parts }) => parts),
    );
    return this.#find(text.slice(range.start, range.end)).filter((place) => {
      const [first, last] = [work.sentenceAt(place.start), work.sentenceAt(place.end - 1)];
      const isWhole = same(place, snapped(text, place, language) ?? range);
      const isFree = !claimed.some((part) => overlaps(part, place));
      const home = work.sentences.slice(first, last + 1);
      return isWhole && isFree && home.every(({ annotatable }) => annotatable);
    });
  }

  /** Where a suggestion would make claims: here, and wherever no other decision was made. */
  placesOf(suggestion) {
    const isFree = (index) => index === this.at || !UNCLAIMED.has(this.work.standing(index));
    return this.work.placesOf(suggestion).filter(isFree);
  }

  /** The depth of whoever says the selected claim; 0 is the author. */
  get innermost() {
    return this.claim ? this.claim.chain.length - 1 : 0;
  }

  /** Say something to whoever listens. */
  say(said) {
    this.stage.announce(said);
  }

  /** Say something that must be seen as well, such as why a key did nothing; and then more. */
  tell(said, more = "") {
    this.stage.announce(`${said} ${more}`.trim(), said);
  }

  /** The sentence at hand by its number in the ledger, with what it counts as. */
  get title() {
    const { number, zone } = this.sentence;
    const standing = this.stage.sayStanding(this.at);
    if (number) return fill(this.words.sentence_title, { n: number, standing });
    return [this.scheme.label(this.scheme.zone(zone)), standing].filter(Boolean).join(" – ");
  }

  /** The words of ranges of the text. */
  quote(ranges) {
    return ranges.map(({ start, end }) => this.text.slice(start, end)).join(" […] ");
  }

  /** Whether the sentence takes no answer; that is said. */
  isOutside() {
    if (!this.sentence.annotatable) this.tell(this.words.outside);
    return !this.sentence.annotatable;
  }

  /** Turn to a sentence; its first claim is selected and nothing is open. */
  turnTo(index, claimId = null) {
    this.work.arrive(index);
    this.at = index;
    const claims = this.answer?.claims ?? [];
    this.claimId = (claims.find((claim) => claim.id === claimId) ?? claims[0])?.id ?? null;
    this.leaveField();
    this.span = null;
    this.clearPick();
    this.runs = false;
    this.showsMore = false;
    this.rare = null;
    this.suggestionId = null;
    this.repeating = null;
  }

  /** What is at hand and open, to come back to: nothing of it is saved. */
  get place() {
    const { at, claimId, span, pick, kept, caret, open, draft } = this;
    const { unvalued, suggestionId, showsMore, rare, showsRule } = this;
    const here = { at, claimId, span, pick, kept, caret, open, draft };
    return { ...here, unvalued, suggestionId, showsMore, rare, showsRule };
  }

  /** Come back to a place. */
  comeBack(place) {
    this.turnTo(place.at, place.claimId);
    Object.assign(this, place);
  }

  leaveField() {
    this.open = null;
    this.draft = null;
    this.unvalued = [];
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

  /** The stances shown with the selected claim, or with the sentence: `{stance, index}`. */
  stancesOf(claimId) {
    return (this.answer?.stances ?? [])
      .map((stance, index) => ({ stance, index }))
      .filter(({ stance }) => stance.claim === claimId);
  }

  /** Whose stance it is when nobody else is chosen: whose the one before is, or who speaks. */
  get defaultHolder() {
    const before = this.claim && this.stancesOf(this.claimId).at(-1);
    return before?.stance.holder ?? speakerOf(this.claim) ?? AUTHOR;
  }

  /** A proposed stance of a claim's speaker, as it stands in an answer. */
  stanceOn(claim, { target, span, value }) {
    const holder = speakerOf(claim) ?? AUTHOR;
    return { claim: claim.id, holder, target, target_span: span, value, attributes: {} };
  }

  // --- what the answer says -------------------------------------------------------------------

  /** Make the sentence's answer say this. */
  commit(answer, gesture = null) {
    if (this.work.commit(this.sentence.id, answer, { gesture })) this.registers.noteUse(answer);
  }

  /** In one step, make several answers say what they say, and reject suggestions or take that back. */
  commitAll(answers, decisions = {}) {
    if (this.work.commitAll(this.sentence.id, answers, decisions))
      for (const answer of answers) this.registers.noteUse(answer);
  }

  /** Replace the selected claim by what `change` makes of it. */
  changeClaim(change, gesture = null) {
    const computed = (claim) => this.withSpeech(change(claim), claim);
    const answer = withClaimChanged(this.answer, this.claimId, computed);
    this.commit(withHolder(answer, this.claimId, speakerOf(this.claim)), gesture);
  }

  /** The claim with the kind of speech computed where nobody has set it; see `withSpeech`. */
  withSpeech(claim, before = claim) {
    if (!this.scheme.value("quote_type", "direct")) return claim;
    return withSpeech(claim, before, (one, depth) => this.#speechOf(one, depth));
  }

  /** Change something in the link at a depth of the selected claim. */
  changeLink(depth, change, gesture = null) {
    this.changeClaim((claim) => withLinkChanged(claim, depth, change), gesture);
  }

  /** Give the selected claim other content. */
  setParts(parts, gesture = null) {
    // The author's words that become a quotation are no longer the author's as a matter of course.
    const turns =
      speakerOf(this.claim) === AUTHOR &&
      this.scheme.field("speaker") &&
      this.isQuotation(parts) &&
      !this.isQuotation(this.claim.parts);
    this.changeClaim((claim) => ({ ...(turns ? withoutSpeaker(claim) : claim), parts }), gesture);
  }

  /**
   * The kind of speech of a link: by the quotation marks that are its speaker's own. Marks around
   * the words that attribute the content to the next speaker are the relaying source's.
   */
  #speechOf({ parts, chain }, depth) {
    const lies = (link, mark) => {
      const place = link?.cue ?? link?.mention;
      return Boolean(place) && within(place, mark);
    };
    const own = this.quoted.filter(
      (mark) =>
        (depth === 1 || !lies(chain[depth], mark)) &&
        (depth === chain.length - 1 || lies(chain[depth + 1], mark)),
    );
    return speechOf(this.text, parts, own);
  }

  /** Whether parts lie wholly between quotation marks, so that somebody in particular says them. */
  isQuotation(parts) {
    return speechOf(this.text, parts, this.quoted) === "direct";
  }

  // --- words and characters ------------------------------------------------------------------

  /**
   * Grow the selection; from one quotation to the next that is no claim yet, then to the sentence.
   * A claim made just now stays as it is until its borders are moved or its part is selected.
   */
  grow() {
    if (this.span?.isNew) this.span = null;
    const isFree = this.pick || !this.spanRange;
    const parts = (this.answer?.claims ?? []).flatMap((claim) => claim.parts);
    this.#resize(grown, { claimed: isFree ? [...parts, ...this.kept] : null });
  }

  shrink() {
    this.#resize(shrunk);
  }

  #resize(change, { claimed = null } = {}) {
    const range = this.pick ?? this.spanRange;
    const { text, sentence, quoted, language } = this;
    const cues = findCues(text, sentence, language);
    this.#setRange(change(text, range, sentence, { quoted, cues, claimed }, language));
  }

  /** Move the start of the selected span, or its end; with none selected turn to the other claim. */
  move(direction, edge) {
    if (this.caret) return this.#moveCaret(direction, edge === "end");
    const range = this.pick ?? this.spanRange;
    if (!range) return edge === "start" ? this.#otherClaim(direction) : null;
    const place = this.#edgeAfter(range, direction, edge);
    if (place === null) return null;
    return this.#setRange({ ...range, [edge]: place }, edge);
  }

  /** Where an edge of a range comes to stand one word, or one character, on; null when it cannot. */
  #edgeAfter({ start, end }, direction, edge) {
    const { text, exact, language } = this;
    const from = edge === "start" ? start : end;
    let to;
    if (exact)
      to = direction > 0 ? characterRange(text, from)?.end : characterRange(text, from - 1)?.start;
    else if (edge === "start")
      to = (
        direction > 0
          ? wordAfter(text, from + 1, end, language)
          : wordBefore(text, from, 0, language)
      )?.start;
    else if (direction > 0) to = wordAfter(text, from, text.length, language)?.end;
    else {
      const last = wordBefore(text, from, start, language);
      to =
        last && last.end < from
          ? last.end
          : last && wordBefore(text, last.start, start, language)?.end;
    }
    const fits = edge === "start" ? to < end : to > start;
    return to === undefined || to === null || !fits ? null : to;
  }

  /** Put the pick, or the selected span of the answer, where the range says. */
  #setRange(range, edge = "end") {
    const { span, spanRange } = this;
    const { start, end } = range;
    this.moved = edge === "end" ? { start: end - 1, end } : { start, end: start + 1 };
    if (this.pick || !spanRange) {
      this.pick = range;
      this.stage.clearSelection();
      return this.say(this.text.slice(range.start, range.end));
    }
    if (span.kind === "cue" && this.isLongCue(range)) return this.tell(this.words.cue_too_long);
    const gesture = `${this.claimId} ${span.kind} ${span.index}`;
    if (span.kind === "part") {
      const parts = joined(
        this.claim.parts.map((part, index) => (index === span.index ? range : part)),
      );
      if (this.work.sentenceAt(parts[0].start) !== this.at) return null;
      this.setParts(parts, gesture);
      this.span = { kind: "part", index: parts.findIndex((part) => overlaps(part, range)) };
    } else if (span.kind === "target") {
      if (span.index < 0) this.draft = { ...this.draft, target_span: range };
      else
        this.commit(
          withStance(this.answer, span.index, {
            ...this.answer.stances[span.index],
            target_span: range,
          }),
          gesture,
        );
    } else this.changeLink(span.index, { [span.kind]: range }, gesture);
    return this.say(this.text.slice(range.start, range.end));
  }

  #otherClaim(direction) {
    const claims = this.answer?.claims ?? [];
    const index = claims.findIndex((claim) => claim.id === this.claimId);
    if (!claims.length || (claims.length === 1 && index === 0)) return null;
    const next = index < 0 && direction < 0 ? claims.length - 1 : index + direction;
    return this.selectClaim(claims[(next + claims.length) % claims.length].id);
  }

  /** Select a claim of the sentence. */
  selectClaim(id) {
    this.leaveField();
    this.runs = false;
    this.claimId = id;
    this.rare = null;
    this.span = null;
    this.say(this.quote(this.claim.parts));
  }

  /** Select a span of the answer, so that the arrows move its borders. */
  selectSpan(kind, index) {
    this.dropPick();
    this.span = { kind, index };
    const range = this.spanRange;
    if (range) this.say(this.text.slice(range.start, range.end));
  }

  /** Whole words, or exact characters. */
  steps() {
    this.exact = !this.exact;
    this.say(this.exact ? this.words.exact_characters : this.words.whole_words);
  }

  /**
   * Words selected with the mouse or a finger; null when the selection was taken away. Their
   * sentence is the one at hand then, unless they are a further part or what an open field asks.
   */
  pickFrom(range) {
    this.caret = null;
    const inside = range && this.#withinLedger(range);
    if (range && !inside) {
      this.pick = null;
      return this.tell(this.words.outside);
    }
    const pick =
      inside &&
      (this.exact ? trimmed(this.text, inside) : snapped(this.text, inside, this.language));
    const home = pick ? this.work.sentenceAt(pick.start) : this.at;
    const isAsked = this.scheme.field(this.open?.name)?.kind === "span";
    if (home !== this.at && !this.kept.length && !isAsked) this.turnTo(home);
    this.pick = pick;
    return undefined;
  }

  /** A range without the lines at its ends that need no answer; null when it has no others. */
  #withinLedger({ start, end }) {
    const { sentences } = this.work;
    let [first, last] = [this.work.sentenceAt(start), this.work.sentenceAt(end - 1)];
    while (first <= last && !sentences[first].annotatable) first++;
    while (last >= first && !sentences[last].annotatable) last--;
    if (first > last) return null;
    return {
      start: Math.max(start, sentences[first].start),
      end: last < this.work.sentenceAt(end - 1) ? sentences[last].end : end,
    };
  }

  /** Walk through the words with the arrows; Shift extends, Enter takes. */
  walk() {
    const content = this.claim?.parts[0];
    const from =
      this.pick ??
      this.spanRange ??
      (content && wordAfter(this.text, content.start, content.end, this.language));
    const first =
      from ??
      wordAfter(this.text, this.sentence.start, this.sentence.end, this.language) ??
      this.sentence;
    this.caret = { anchor: first, focus: first };
    this.pick = { ...first };
    this.stage.clearSelection();
    this.stage.focusArticle();
    this.say(`${this.words.caret_mode} ${this.text.slice(first.start, first.end)}`);
  }

  #moveCaret(direction, extends_) {
    let next = this.caret.focus;
    do next = this.#stepFrom(next, direction);
    while (next && !this.#withinLedger(next));
    this.#placeCaret(next, extends_);
  }

  /** The next word or character; lines that need no answer are crossed in one step. */
  #stepFrom(range, direction) {
    const { text, exact, language } = this;
    const home = this.work.sentences[this.work.sentenceAt(range.start)];
    const { start, end } = home.annotatable ? range : home;
    if (exact && home.annotatable) return characterRange(text, direction > 0 ? end : start - 1);
    return direction > 0
      ? wordAfter(text, end, text.length, language)
      : wordBefore(text, start, 0, language);
  }

  /** In caret mode: a line up or down. */
  line(direction, extends_) {
    const place = this.stage.lineFrom(this.caret.focus.start, direction);
    if (place === null) return;
    const range = this.exact
      ? characterRange(this.text, place)
      : snapped(this.text, { start: place, end: place + 1 }, this.language);
    if (range && this.#withinLedger(range)) this.#placeCaret(range, extends_);
  }

  /** In caret mode: the first or the last word of the sentence. */
  edge(direction, extends_) {
    const { text, sentence, language } = this;
    const word =
      direction < 0
        ? wordAfter(text, sentence.start, sentence.end, language)
        : wordBefore(text, sentence.end, sentence.start, language);
    this.#placeCaret(word, extends_);
  }

  #placeCaret(focus, extends_) {
    if (!focus) return;
    const anchor = extends_ ? this.caret.anchor : focus;
    this.caret = { anchor, focus };
    this.pick = {
      start: Math.min(anchor.start, focus.start),
      end: Math.max(anchor.end, focus.end),
    };
    this.say(this.text.slice(focus.start, focus.end));
  }

  /** What is picked as the parts of a content; a full quotation without its marks. */
  pickedParts() {
    const parts = [...this.kept, ...(this.pick ? [this.pick] : [])];
    return joined(this.exact ? parts : parts.map((part) => unquoted(this.text, part, this.quoted)));
  }

  /** Add what is picked as a part of the selected claim; with nothing picked select its parts in turn. */
  part() {
    if (!this.pick) return this.#nextPart();
    if (!this.claim) {
      this.kept = joined([...this.kept, this.pick]);
      this.pick = null;
      this.caret = null;
      this.stage.clearSelection();
      const { part_kept_one, part_kept_other } = this.words;
      const { length: count } = this.kept;
      return this.tell(fill(count === 1 ? part_kept_one : part_kept_other, { count }));
    }
    const parts = joined([...this.claim.parts, ...this.pickedParts()]);
    if (this.work.sentenceAt(parts[0].start) !== this.at) return this.tell(this.words.part_before);
    const claim = shortened(this.quote(this.claim.parts), 60);
    this.setParts(parts);
    this.dropPick();
    this.span = null;
    const { part_joined, part_added } = this.words;
    const { length: count } = this.claim.parts;
    return this.tell(fill(count === 1 ? part_joined : part_added, { claim, count }));
  }

  #nextPart() {
    if (!this.claim) return this.tell(this.words.pick_first);
    const index = this.span?.kind === "part" ? (this.span.index + 1) % this.claim.parts.length : 0;
    return this.selectSpan("part", index);
  }

  /** Whether a range is too long to be a reporting word. */
  isLongCue({ start, end }) {
    return this.text.slice(start, end).trim().split(/\s+/).length > 4;
  }

  /** Forget what is picked, here and on the page. */
  dropPick() {
    this.clearPick();
    this.stage.clearSelection();
  }
}
