/**
 * What is asked: a field is opened by its letter, a digit chooses in it, and the next one opens.
 *
 * Which fields there are, in which order, comes from the scheme; what may be chosen, from the
 * scheme, the registers and the sentence at hand.
 */

import {
  blank,
  newId,
  speakerOf,
  suggestedLink,
  withClaimValue,
  withLink,
  withoutLink,
  withStance,
} from "./answers.js";
import { fill } from "./dom.js";
import {
  AUTHOR,
  findCues,
  gap,
  KINDS,
  mentionCandidates,
  proposeAttribution,
  UNSPECIFIED,
} from "./registers.js";
import { overlaps, same } from "./text.js";

export class Fields {
  constructor(desk) {
    this.desk = desk;
    this.scheme = desk.scheme;
    this.words = desk.words;
  }

  // --- what may be chosen ---------------------------------------------------------------------

  /** The value the open field has now. */
  get openValue() {
    if (!this.desk.open) return null;
    return this.valueOf(this.desk.open);
  }

  /** The value of a field of the answer, of the selected claim, of a link or of a stance. */
  valueOf({ name, depth = this.desk.innermost, stance }) {
    const field = this.scheme.field(name);
    const holder =
      stance === undefined || stance === null ? this.desk.draft : this.desk.answer?.stances[stance];
    if (name === "stance_target") return holder?.target ?? null;
    if (name === "stance_value") return holder?.value ?? null;
    if (name === "stance_holder") return holder?.holder ?? null;
    if (name === "stance_target_span") return holder?.target_span ?? null;
    if (name === "speaker") return this.desk.claim?.chain[depth]?.speaker ?? null;
    if (name === "mention" || name === "cue") return this.desk.claim?.chain[depth]?.[name] ?? null;
    const attributes = {
      annotation: this.desk.answer?.attributes,
      claim: this.desk.claim?.attributes,
      link: this.desk.claim?.chain[depth]?.attributes,
      stance: holder?.attributes,
    }[field?.on];
    return attributes?.[name] ?? null;
  }

  /** What the digits choose in the open field: `{digit, value, label, note}`, in their order. */
  get options() {
    if (!this.desk.open) return [];
    const { name, creating } = this.desk.open;
    if (creating) return this.#kinds(creating);
    const field = this.scheme.field(name);
    if (field.kind === "choice") return this.choices(field);
    if (field.kind === "speaker") return this.#speakers();
    if (field.kind === "target") return this.#targets();
    if (field.kind === "span") return this.#spans(name);
    return [];
  }

  /** The values of a choice, with their digits and words. */
  choices(field) {
    return field.values.map((value) => ({
      digit: value.key,
      value: value.name,
      label: this.scheme.label(value),
      help: this.scheme.help(value),
      folded: value.ask === "more",
    }));
  }

  #kinds({ register, then }) {
    const kinds = KINDS[register].map((kind, index) => ({
      digit: String(index + 1),
      value: kind,
      label: this.desk.words[`kind_${kind}`],
    }));
    const other = { digit: "0", value: null, label: this.desk.words.another_speaker };
    return then ? [...kinds, other] : kinds;
  }

  #speakers() {
    const { name, adding } = this.desk.open;
    const relays = name === "speaker" && (adding || this.desk.open.depth < this.desk.innermost);
    const without = relays ? this.desk.claim.chain.map((link) => link.speaker) : [];
    const offered = this.desk.registers.offered("speaker", {
      sentence: this.desk.sentence,
      parts: this.desk.claim?.parts,
      pick: this.desk.pick,
      without,
    });
    const ids = [...(relays ? [] : [AUTHOR]), ...offered];
    return [
      ...ids.map((id, index) => this.#entry("speaker", id, index + 1)),
      this.#entry("speaker", UNSPECIFIED, 9),
      { digit: "0", value: null, label: this.desk.words.another_speaker, typing: true },
    ];
  }

  #targets() {
    const { registers, sentence, pick, words, claim } = this.desk;
    const parts = this.desk.draft?.claim === null ? [] : (claim?.parts ?? []);
    const ids = registers.offered("target", { sentence, parts, pick });
    return [
      ...ids.map((id, index) => this.#entry("target", id, index + 1)),
      { digit: "0", value: null, label: words.another_target, typing: true },
    ];
  }

  /** An entry to choose; noted are those the sentence names, and those nobody has confirmed. */
  #entry(register, id, digit) {
    const { registers, sentence } = this.desk;
    const note = registers.placeIn(register, id, sentence)
      ? "named"
      : registers.isProposed(register, id)
        ? "proposed"
        : "";
    return { digit: String(digit), value: id, label: registers.nameOf(register, id), note };
  }

  /** Places a mention, a cue or a target may be, nearest to the content first. */
  #spans(name) {
    const { text, sentence, language, claim } = this.desk;
    const parts = claim?.parts ?? [];
    const covers = parts.some((part) => part.start <= sentence.start && part.end >= sentence.end);
    const outside = covers ? [] : parts;
    let found;
    if (name === "cue") {
      found = findCues(text, sentence, language).filter(
        (cue) => !outside.some((part) => overlaps(part, cue)),
      );
      const near = (cue) => Math.min(...parts.map((part) => gap(part, cue)));
      found.sort((one, other) => near(one) - near(other));
    } else if (name === "mention") {
      const speaker = claim?.chain[this.desk.open.depth]?.speaker;
      found = mentionCandidates({
        text,
        sentence,
        parts: outside,
        names: this.desk.registers.names("speaker"),
        speaker,
        language,
      });
    } else {
      found = this.desk.registers.names("target").filter((one) => overlaps(one, sentence));
    }
    const options = found.slice(0, 9).map(({ start, end }, index) => ({
      digit: String(index + 1),
      value: { start, end },
      label: `«\u00a0${text.slice(start, end)}\u00a0»`,
    }));
    return [...options, { digit: "0", value: null, label: this.desk.words.no_words }];
  }

  // --- what is rarely needed -----------------------------------------------------------------

  /** The rarely needed fields of the claim and the sentence, in their order: `{name, depth, stance}`. */
  get rare() {
    const { answer, claim, claimId } = this.desk;
    if (!answer) return [];
    const of = (level, place = {}) =>
      this.scheme
        .fieldsOn(level, "more")
        .filter(
          (field) =>
            level !== "claim" || this.scheme.settledBy(field, claim.attributes) === undefined,
        )
        .map(({ name }) => ({ name, ...place }));
    const links = (claim?.chain ?? []).flatMap((_, depth) => (depth ? of("link", { depth }) : []));
    const stances = this.desk.stancesOf(claimId).flatMap(({ index }) => of("stance", { stance: index }));
    return [...(claim ? of("claim") : []), ...links, ...stances, ...of("annotation")];
  }

  /** Whether a rarely needed field is open, so that the keys that go on lead to the next. */
  get isRareOpen() {
    return this.#rareIndex(this.desk.open) >= 0;
  }

  /** The rarely needed field that comes after the open one, or after the one opened last. */
  rareBeside(direction = 1) {
    const { open, rare } = this.desk;
    return this.rare[this.#rareIndex(this.isRareOpen ? open : rare) + direction] ?? null;
  }

  #rareIndex(place) {
    return this.rare.findIndex(
      ({ name, depth, stance = null }) =>
        name === place?.name &&
        (depth === undefined || depth === place.depth) &&
        stance === (place.stance ?? null),
    );
  }

  /** Open a rarely needed field of `rare`; one that is written has the focus. */
  openRare(place, said) {
    const { desk } = this;
    const { kind } = this.scheme.field(place.name);
    desk.rare = place;
    if (kind === "span") return this.#openSpan(place.name, place);
    const typing = kind === "text" || kind === "edtf";
    desk.open = { name: place.name, depth: desk.innermost, ...place, typing };
    return this.#ask(said);
  }

  // --- opening and answering ------------------------------------------------------------------

  /** The name of the next asked field of a claim without an answer; null when all are answered. */
  nextAsked(claim) {
    return (claim && this.scheme.missing(claim)[0]?.name) ?? null;
  }

  /** The field that is asked first of a claim; undefined when nothing is. */
  get firstAsked() {
    return this.scheme.fieldsOn("claim", "always").find(({ kind }) => kind === "choice");
  }

  /** The first answer about a claim, in words. */
  typeOf(claim) {
    const { name } = this.firstAsked;
    return `${this.scheme.valueLabel(name, claim.attributes[name])}.`;
  }

  /** Open a field by its name; a letter's own field, or any other by a click. */
  field(name, place = {}) {
    const { desk } = this;
    if (name === "stance_target" && place.stance === undefined) return this.stance();
    if (name === "content") return desk.part();
    const field = this.scheme.field(name);
    if (!field) return;
    if (name === "speaker" && desk.open?.name.startsWith("stance_")) return this.#openHolder();
    desk.runs = false;
    if (name === desk.open?.name && !desk.pick && ["speaker", "target"].includes(field.kind)) {
      // The letter of a question that came by itself stays there; once more, it types.
      if (!desk.open.came) return this.type();
      desk.open = { ...desk.open, came: false };
      return this.#ask();
    }
    if (["claim", "link"].includes(field.on) && !this.#hasClaim()) return;
    if (field.on === "claim" && this.scheme.settledBy(field, desk.claim.attributes) !== undefined) {
      return desk.tell(fill(this.words.not_asked_of, { type: this.#typeWord(field) }));
    }
    if (field.on === "link" && name !== "speaker" && !desk.innermost)
      return desk.tell(
        speakerOf(desk.claim) === null ? this.words.who_first : this.words.author_says_it,
      );
    const depth = place.depth ?? desk.innermost;
    if (field.kind === "span") return this.#openSpan(name, { ...place, depth });
    desk.open = { name, depth, ...place };
    return this.#ask();
  }

  /** Whether a claim is selected; the only one of a sentence is then, and of several it is told. */
  #hasClaim() {
    const { desk, words } = this;
    const claims = desk.answer?.claims ?? [];
    if (!desk.claim && claims.length === 1) desk.claimId = claims[0].id;
    if (!desk.claim) desk.tell(claims.length ? words.which_claim : words.no_claim_yet);
    return Boolean(desk.claim);
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
    if (!this.#hasClaim()) return undefined;
    if (!desk.innermost) return desk.tell(this.words.speaker_first);
    desk.open = { name: "speaker", depth: desk.innermost, adding: true };
    return this.#ask("", this.words.via_long);
  }

  /** Start a stance: of the selected claim, or of the sentence when it has none. */
  stance() {
    const { desk } = this;
    if (desk.isOutside()) return;
    if (desk.answer?.decision === "not_annotatable") return desk.tell(this.words.outside);
    if (desk.open?.name === "stance_target" && !desk.open.typing && !desk.pick) return this.type();
    desk.draft = {
      claim: desk.claim ? desk.claimId : null,
      holder: desk.defaultHolder,
      target: null,
      target_span: null,
      value: null,
      attributes: {},
    };
    // A position that the author reports is somebody else's.
    const isReported =
      desk.claim?.attributes.claim_type === "position" && speakerOf(desk.claim) === AUTHOR;
    desk.open =
      isReported && this.scheme.field("stance_holder")
        ? { name: "stance_holder", stance: null, back: "stance_target" }
        : { name: "stance_target", stance: null };
    return this.#ask();
  }

  #openHolder() {
    const { desk } = this;
    if (!this.scheme.field("stance_holder")) return undefined;
    if (desk.open.name === "stance_holder" && !desk.pick) return this.type();
    desk.open = {
      name: "stance_holder",
      stance: desk.open.stance,
      back: desk.open.name === "stance_holder" ? desk.open.back : desk.open.name,
    };
    return this.#ask();
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
    desk.span =
      now === "stance_target_span"
        ? { kind: "target", index: place.stance ?? -1 }
        : { kind: now, index: place.depth };
    if (!desk.spanRange) desk.span = null;
    return this.#ask();
  }

  /** Let a digit choose in the open field. */
  digit(digit) {
    if (digit === "0" && this.desk.open.isProposed) return this.skipStance();
    const option = this.options.find((one) => one.digit === digit);
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
    if (field.on === "annotation") {
      desk.commit({ ...desk.answer, attributes: { ...desk.answer.attributes, [name]: chosen } });
    } else if (field.on === "link") this.#setLinkValue(name, chosen);
    else desk.changeClaim((claim) => withClaimValue(claim, field, chosen, this.scheme));
    const word = field.kind === "choice" ? this.scheme.valueLabel(name, chosen) : (chosen ?? "");
    const said = `${this.scheme.label(field)}, ${word}.`;
    if (field.ask !== "always") return this.#leave(said);
    return this.askNext(said);
  }

  /** A value that may be absent goes away when it is chosen again. */
  #orCleared(field, value) {
    if (field.kind !== "choice") return value || null;
    return field.default === null && field.ask === "more" && this.openValue === value
      ? null
      : value;
  }

  #chooseSpeaker(id) {
    const { desk } = this;
    const { depth, adding } = desk.open;
    const claim = desk.claim;
    if (!adding && claim.chain[depth]?.speaker === id && id !== AUTHOR)
      return this.askNext(this.saidBy(claim));
    if (id === AUTHOR) desk.changeClaim((one) => ({ ...one, chain: [{ speaker: AUTHOR }] }));
    else {
      const isRelay = adding || (depth > 0 && depth < desk.innermost);
      const link = this.#suggestedLink(claim, id) ?? this.#newLink(claim, id, isRelay, depth);
      desk.changeClaim((one) =>
        withLink(one, Math.max(1, depth), link, { adding: adding || depth === 0 }),
      );
      if (desk.pick && same(desk.pick, link.mention ?? { start: -1, end: -1 })) desk.dropPick();
    }
    return this.askNext(this.saidBy(desk.claim));
  }

  /** What the suggestion of a claim says of words whose speaker it left open; else null. */
  #suggestedLink({ suggestion, chain }, speaker) {
    const said = chain.at(-1).speaker === null && this.desk.work.suggestionOf(suggestion);
    return said ? { speaker, ...suggestedLink(said, this.scheme) } : null;
  }

  #newLink(claim, speaker, isRelay, depth) {
    const { desk } = this;
    const others = claim.chain.filter((_, index) => index > 0 && (isRelay || index !== depth));
    // "L'un prône A, l'autre propose B": what names one speaker does not name the other.
    const beside = (desk.answer?.claims ?? [])
      .filter((one) => one.id !== claim.id)
      .flatMap(({ chain }) => chain.filter((link) => link.speaker !== speaker));
    const taken = [...others, ...beside]
      .flatMap((link) => [link.mention, link.cue])
      .filter(Boolean);
    const { text, sentence, language } = desk;
    const names = desk.registers.names("speaker");
    const { mentions, cues } = proposeAttribution({
      text,
      sentence,
      parts: claim.parts,
      names,
      speaker,
      taken,
      language,
    });
    const picked =
      desk.pick && !claim.parts.some((part) => overlaps(part, desk.pick)) ? desk.pick : null;
    const cue = isRelay ? undefined : cues[0];
    const named = isRelay && mentionBeside(desk.answer, speaker);
    // The kind of speech is computed by the desk, once the link stands in its chain.
    const attributes = {};
    if (cue && this.scheme.value("act", cue.act)) attributes.act = cue.act;
    return {
      speaker,
      mention: picked ?? (named || mentions[0] || null),
      cue: cue ? { start: cue.start, end: cue.end } : null,
      attributes,
    };
  }

  /**
   * A claim's frame on other words, in the sentence at hand: mention and cue are looked for there.
   * Where nobody is named, a reporting word tells of somebody else.
   */
  copyOf(claim, parts) {
    const { suggestion, ...frame } = claim;
    let copy = { ...frame, id: newId(), parts, chain: claim.chain.slice(0, 1) };
    // Who says it comes before who relays it, as by hand: the nearest words are the former's.
    for (let depth = claim.chain.length - 1; depth > 0; depth--) {
      const { speaker, attributes } = claim.chain[depth];
      const found = this.#newLink(copy, speaker, depth < claim.chain.length - 1, 1);
      const link = found.mention
        ? { ...found, attributes: { ...attributes, ...found.attributes } }
        : { ...found, cue: null, attributes };
      copy = withLink(copy, 1, link, { adding: true });
    }
    return this.desk.withSpeech(copy, claim);
  }

  /** Who says a claim, by whom, how and in which words. */
  saidBy(claim) {
    const names = claim.chain
      .map((link) => this.desk.registers.nameOf("speaker", link.speaker))
      .join(" › ");
    const { speaker, cue, attributes } = claim.chain.at(-1);
    if (speaker === null) return "";
    const act = this.scheme.field("act");
    const details = [
      act &&
        this.scheme.isTelling(act, attributes?.act) &&
        this.scheme.valueLabel("act", attributes.act),
      attributes?.quote_type && this.scheme.valueLabel("quote_type", attributes.quote_type),
      cue &&
        `${this.scheme.label(this.scheme.field("cue"))} «\u00a0${this.desk.text.slice(cue.start, cue.end)}\u00a0»`,
    ];
    const said = [names, ...details].filter(Boolean).join(", ");
    return said && `${said}.`;
  }

  #setLinkValue(name, value) {
    const { desk } = this;
    const { depth } = desk.open;
    const { attributes } = desk.claim.chain[depth];
    desk.changeLink(depth, { attributes: { ...attributes, [name]: value } });
  }

  #chooseSpan(name, range) {
    const { desk } = this;
    const { depth } = desk.open;
    if (name === "cue" && range && desk.isLongCue(range)) return desk.tell(this.words.cue_too_long);
    desk.changeLink(depth, { [name]: range, ...(name === "cue" ? this.#actOf(depth, range) : {}) });
    desk.dropPick();
    const said = range ? `«\u00a0${desk.text.slice(range.start, range.end)}\u00a0»` : this.words.no_words;
    const act = this.scheme.field("act");
    const done = desk.claim.chain[depth].attributes?.act;
    const telling = act && this.scheme.isTelling(act, done);
    const does = telling ? ` ${this.scheme.valueLabel("act", done)}.` : "";
    return this.#leave(`${this.scheme.label(this.scheme.field(name))}, ${said}.${does}`);
  }

  /** What the cue says the speaker does with the content, unless the person said so. */
  #actOf(depth, range) {
    const { claim, text, sentence, language } = this.desk;
    const { attributes } = claim.chain[depth];
    if (!range || (attributes?.act ?? "asserts") !== "asserts") return {};
    const cue = findCues(text, sentence, language).find((one) => same(one, range));
    if (!this.scheme.value("act", cue?.act)) return {};
    return { attributes: { ...attributes, act: cue.act } };
  }

  #chooseStance(field, value) {
    const { desk } = this;
    const { stance: index = null, back } = desk.open;
    const key = {
      stance_holder: "holder",
      stance_target: "target",
      stance_target_span: "target_span",
      stance_value: "value",
    }[field.name];
    const before = index === null ? desk.draft : desk.answer.stances[index];
    const change = key
      ? { [key]: value }
      : { attributes: { ...before.attributes, [field.name]: this.#orCleared(field, value) } };
    if (key === "target") {
      const content = desk.claim && before.claim === desk.claimId ? desk.claim.parts : [];
      const places = [...content, desk.sentence].map((range) =>
        desk.registers.placeIn("target", value, range),
      );
      change.target_span = desk.pick ?? places.find(Boolean) ?? null;
      desk.dropPick();
    }
    if (key === "target_span") desk.dropPick();
    const stance = { ...before, ...change };
    if (index !== null) {
      desk.commit(withStance(desk.answer, index, stance));
      return this.#leave(this.#stanceSaid(stance));
    }
    const twin = (desk.answer?.stances ?? []).findIndex(
      (one) =>
        one.claim === stance.claim && one.holder === stance.holder && one.target === stance.target,
    );
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
    const isNew = !desk.answer;
    const answer = desk.answer ?? { ...blank(desk.sentence.id), decision: "no_claim" };
    desk.commit(withStance(answer, answer.stances.length, stance));
    const decision = isNew ? `${this.scheme.valueLabel("decision", answer.decision)}. ` : "";
    return this.askNext(`${decision}${this.#stanceSaid(stance)}`);
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

  /** Ask what kind of speaker a suggestion names; `then` goes on with the new id, or with null. */
  askKind(words, then) {
    this.desk.leaveField();
    this.desk.open = { name: "suggestion", creating: { register: "speaker", words, then } };
    this.#say(fill(this.words.what_kind, { name: words }));
  }

  #create(kind) {
    const { desk } = this;
    const { register, words, then } = desk.open.creating;
    if (then && !kind) return then(null);
    const entry = desk.registers.propose(register, words, kind);
    desk.work.register(entry);
    if (then) return then(entry.id);
    desk.open = { ...desk.open, creating: null };
    this.choose(entry.id);
  }

  /**
   * Open what is asked next of the claim, else leave the field. With `isNamed` who says it comes
   * first when that is open, and is typed.
   */
  askNext(said, { isNamed = false } = {}) {
    const { desk } = this;
    const typing = isNamed && this.scheme.missing(desk.claim).some((one) => one.name === "speaker");
    const name = typing ? "speaker" : this.nextAsked(desk.claim);
    if (!name) return this.#leave(said);
    desk.open = { name, depth: desk.innermost, came: true, typing };
    desk.draft = null;
    return this.#ask(said);
  }

  /** Open the question that a claim of the sentence was left with, without saying so. */
  askAgain() {
    const { desk } = this;
    const name = this.nextAsked(desk.claim ?? desk.answer?.claims[0]);
    if (name) desk.open = { name, depth: desk.innermost, came: true };
  }

  #ask(said = "", asked = null) {
    const { name } = this.desk.open;
    const target = name === "stance_value" && this.desk.draft?.target;
    const label = target
      ? `${this.words.stance}, ${this.desk.registers.nameOf("target", target)}`
      : this.scheme.label(this.scheme.field(name));
    const question = (asked ?? label).replace(/\s*\?$/, "");
    const choices = this.options
      .filter((option) => !option.folded)
      .map((option) => `${option.digit} ${option.label}`);
    this.desk.say([said, `${question} ?`, choices.join(", ")].filter(Boolean).join(" "));
  }

  #leave(said) {
    if (this.desk.unvalued.length) return this.#askStance(said);
    this.desk.leaveField();
    this.desk.span = null;
    return this.desk.say(said);
  }

  /** Ask for the value of the next stance that was suggested without one. */
  #askStance(said) {
    const { desk } = this;
    const [proposed, ...rest] = desk.unvalued;
    desk.unvalued = rest;
    desk.draft = { ...desk.stanceOn(desk.claim, proposed), value: null };
    desk.open = { name: "stance_value", stance: null, isProposed: true };
    return this.#ask(said);
  }

  /** Leave out a stance that was suggested, and go on to the next. */
  skipStance() {
    this.#leave(this.words.stance_left_out);
  }

  #say(said) {
    const options = this.options.map((option) => `${option.digit} ${option.label}`);
    this.desk.say([said, ...options].join(" "));
  }

  removeStance(index) {
    const { desk } = this;
    desk.commit(withStance(desk.answer, index, null));
    this.#leave(this.words.stance_removed);
  }

  removeLink(depth) {
    this.desk.changeClaim((claim) => withoutLink(claim, depth));
    this.askNext(this.saidBy(this.desk.claim));
  }
}

/** The words by which another claim of the answer names who relays it; undefined without any. */
function mentionBeside(answer, speaker) {
  const relays = (answer?.claims ?? []).flatMap(({ chain }) => chain.slice(1, -1));
  return relays.find((link) => link.speaker === speaker && link.mention)?.mention;
}
