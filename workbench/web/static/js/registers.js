/**
 * Speakers and targets: where the text names them, which to offer first, and what attributes
 * words to a speaker. All of it is proposed; a person confirms.
 */

import { newId } from "./answers.js";
import { overlaps, within } from "./text.js";

const WORD = /[\p{L}\p{M}\p{N}]/u;
const OFFERED = { speaker: 7, target: 9 };
export const AUTHOR = "author";
export const UNSPECIFIED = "unspecified";
export const KINDS = {
  speaker: ["person", "organisation", "group", "document"],
  target: ["idea", "actor"],
};

export class Registers {
  #entries = { speaker: new Map(), target: new Map() };
  #names = {};
  #recent = { speaker: [], target: [] };
  #text;
  #scheme;
  #locale;
  #language;

  constructor({ page, scheme, text }) {
    this.#text = text;
    this.#scheme = scheme;
    this.#locale = page.locale;
    this.#language = page.article.language;
    for (const entry of page.speakers) this.#entries.speaker.set(entry.id, entry);
    for (const entry of page.targets) this.#entries.target.set(entry.id, entry);
    for (const register of ["speaker", "target"]) this.#find(register);
    const answers = [...page.answers].sort((one, other) => (one.made_at < other.made_at ? -1 : 1));
    for (const answer of answers) this.noteUse(answer);
  }

  /** The name of a speaker or the words of a target; the id itself when nobody knows it. */
  nameOf(register, id) {
    const reserved = register === "speaker" && this.#scheme.reserved(id);
    return reserved || this.#wordsOf(this.#entries[register].get(this.current(register, id))) || id;
  }

  /** The id an entry goes by today: merged entries lead on. */
  current(register, id) {
    const entries = this.#entries[register];
    let found = id;
    for (let hops = 0; entries.get(found)?.merged_into && hops < entries.size; hops++)
      found = entries.get(found).merged_into;
    return found;
  }

  /** The id of the entry whose name or alias this is, upper or lower case; null without one. */
  idOf(register, name) {
    const sought = folded(name.trim()).toLowerCase();
    const isIt = (words) => folded(words.trim()).toLowerCase() === sought;
    for (const entry of this.#entries[register].values())
      if (this.#known(register, entry).some(isIt)) return this.current(register, entry.id);
    return null;
  }

  /** Whether words are a pronoun of the article's language, which is no name for a register. */
  isPronoun(words) {
    const name = words.trim();
    const [found] = name.match(PRONOUNS[this.#language] ?? PRONOUNS.en) ?? [];
    return found === name || Boolean(UNNAMED[this.#language]?.test(name));
  }

  /** Whether the register has an entry of this id. */
  has(register, id) {
    return this.#entries[register].has(id);
  }

  isProposed(register, id) {
    return Boolean(this.#entries[register].get(id)?.proposed);
  }

  /** The names found in the text, in its order: `{id, start, end}`. */
  names(register) {
    return this.#names[register];
  }

  /** The place in a range that names an entry, nearest to its start; null when none does. */
  placeIn(register, id, range) {
    const found = this.#names[register].find((name) => name.id === id && within(name, range));
    return found ? { start: found.start, end: found.end } : null;
  }

  /**
   * Ids to offer: those the selection names, those named in the sentence (speakers outside the
   * content first, targets inside it), those used lately, then those named nearest before.
   */
  offered(register, { sentence, parts = [], pick = null, without = [] }) {
    const names = this.#names[register];
    const inside = names.filter((name) => within(name, sentence));
    const ids = [
      ...(pick ? names.filter((name) => overlaps(name, pick)) : []),
      ...inside.filter(
        (name) => parts.some((part) => overlaps(part, name)) === (register === "target"),
      ),
      ...inside,
    ].map((name) => name.id);
    const earlier = names.filter((name) => name.end <= sentence.start).reverse();
    ids.push(...this.#recent[register], ...earlier.map((name) => name.id));
    if (register === "target") ids.push(...this.#entries.target.keys());
    return [...new Set(ids.map((id) => this.current(register, id)))]
      .filter((id) => !without.includes(id))
      .slice(0, OFFERED[register]);
  }

  /** Entries whose name or alias contains what was typed, those that begin with it first. */
  search(register, typed) {
    const plain = (text) =>
      text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’]/g, "'").toLowerCase();
    const sought = plain(typed.trim());
    const reserved =
      register === "speaker"
        ? this.#scheme.document.reserved_speakers.map(({ id }) => ({
            id,
            words: [this.nameOf(register, id)],
          }))
        : [];
    const all = [
      ...reserved,
      ...[...this.#entries[register].values()]
        .filter((entry) => !entry.merged_into)
        .map((entry) => ({ id: entry.id, words: this.#spellings(register, entry) })),
    ];
    const rank = ({ words }) =>
      Math.min(
        ...words
          .map(plain)
          .map((word) =>
            word.startsWith(sought)
              ? 0
              : word.includes(` ${sought}`)
                ? 1
                : word.includes(sought)
                  ? 2
                  : 9,
          ),
      );
    return all
      .map((entry) => ({ id: entry.id, rank: rank(entry), name: this.nameOf(register, entry.id) }))
      .filter((entry) => entry.rank < 9)
      .sort(
        (one, other) => one.rank - other.rank || one.name.localeCompare(other.name, this.#locale),
      )
      .map((entry) => entry.id);
  }

  /** Make a proposed entry; returns what the server is to be told. */
  propose(register, words, kind) {
    const body = {
      register,
      id: newId(),
      kind,
      [register === "speaker" ? "name" : "label"]: words,
    };
    this.add(body);
    return body;
  }

  /** Add a proposed entry as the server is told of it; one that is known stays as it is. */
  add({ register, id, kind, name, label }) {
    if (this.#entries[register].has(id)) return;
    const entry = { id, kind, aliases: [name ?? label], proposed: true, merged_into: null };
    if (register === "speaker") this.#entries.speaker.set(id, { ...entry, name });
    else this.#entries.target.set(id, { ...entry, labels: { [this.#locale]: label } });
    this.#find(register);
  }

  /** Put whom and what an answer names first among the recent ones. */
  noteUse(answer) {
    const speakers = answer.claims.flatMap((claim) => claim.chain.map((link) => link.speaker));
    for (const id of [...speakers, ...answer.stances.map((stance) => stance.holder)])
      this.#use("speaker", id);
    for (const stance of answer.stances) this.#use("target", stance.target);
  }

  #use(register, id) {
    if (!id || id === AUTHOR || id === UNSPECIFIED) return;
    this.#recent[register] = [id, ...this.#recent[register].filter((other) => other !== id)];
  }

  #find(register) {
    const entries = [...this.#entries[register].values()].map((entry) => ({
      id: this.current(register, entry.id),
      aliases: entry.aliases,
    }));
    this.#names[register] = findNames(this.#text, entries);
  }

  #wordsOf(entry) {
    return (
      entry?.name ??
      (entry && (entry.labels[this.#locale] ?? entry.labels.en ?? Object.values(entry.labels)[0]))
    );
  }

  #known(register, entry) {
    const own = register === "speaker" ? [entry.name] : Object.values(entry.labels);
    return [...own, ...entry.aliases];
  }

  #spellings(register, entry) {
    return [...this.#known(register, entry), ...(entry.periphrases ?? [])];
  }
}

// --- what the text itself says -------------------------------------------------------------------

// Verbs of speech by stem; the endings are those of the present, past and participle.
const FRENCH_VERBS = {
  asserts:
    "accus affirm ajout alert annon[cç] argu argument assur avan[cç] clam comment confi confirm considér consid[èe]r constat " +
    "critiqu déclar démontr dénon[cç] déplor détaill estim évoqu expliqu indiqu insist jug jur martel montr murmur not observ pens précis " +
    "préconis proclam prôn propos racont rapport regrett rappell? remarqu répliqu reproch résum rétorqu rév[éè]l salu signal " +
    "soulign sugg[éè]r témoign tweet vant",
  denies: "contest ni récus réfut rejett?",
  wants: "demand exhort exig plaid réclam",
};
const FRENCH_ENDINGS = "(?:e|es|ent|ait|aient|eait|eaient|a|èrent|é|ée|és|ées|er|ant|eant|ons)";
const FRENCH_FORMS = {
  asserts:
    "admet admettent admis averti avertissent avertit conclu conclut concluent croient croit dirait dira disaient disait " +
    "disent dit dixit écrit écrivaient écrivait écrivent poursuit poursuivi poursuivent prédisent prédit prévenu prévient " +
    "préviennent promet promettent promis reconnaissent reconnait reconnaît reconnu répond répondait répondent répondu " +
    "selon souligne soutenait soutenu soutient soutiennent",
  denies: "dément démentent démenti démentait",
  wants: "appelle appellent appelé",
};
const ENGLISH_FORMS = {
  asserts:
    "according accused accuses acknowledged acknowledges add added adds admits admitted alleged alleges announced announces " +
    "argue argued argues believe believed believes claim claimed claims concluded concludes confirmed confirms criticised " +
    "criticized declared declares estimated estimates explain explained explains insisted insists note noted notes posted " +
    "predicted predicts promised promises recalled replied replies reported reports responded responds said say saying says " +
    "state stated states suggested suggests tell tells told thinks tweeted vowed vows warn warned warns write writes wrote",
  denies: "denied denies deny disputed disputes refuted refutes rejected rejects",
  wants: "asked asks called demanded demands pleaded pleads urge urged urges",
};
// Spelt like a verb, and nearly always a noun.
const NOUNS = /^(?:avancées?|critiques|demandes|reproches)$/iu;
// "En proposant des services" tells how something is done; "en affirmant que" reports.
const BY_DOING = /(?:^|\s)en\s$/iu;
// "Il se montre prudent" reports nothing, "il montre que c'est sûr" does.
const SHOWS = /^(?:dé)?montr/iu;
const REPORTS = /^\s*(?:que\s|qu['’]|:|«)/iu;
const PRONOUNS = {
  fr: new RegExp(
    "(?<![\\p{L}\\p{N}])(?:ils?|elles?|ce dernier|cette dernière|celui-ci|celle-ci|" +
      "l['’]une?(?! des? | d['’])|l['’]autre|les uns|les autres|" +
      "(?<=selon |d['’]après |pour )(?:lui|eux))(?![\\p{L}\\p{N}])",
    "giu",
  ),
  en: /(?<![\p{L}\p{N}])(?:he|she|they|it)(?![\p{L}\p{N}])/giu,
};

const anyOf = (words) => words.split(" ").join("|");
const CUES = {
  fr: ["denies", "wants", "asserts"].map((act) => ({
    act,
    pattern: new RegExp(
      `^(?:(?:${anyOf(FRENCH_VERBS[act])})${FRENCH_ENDINGS}|${anyOf(FRENCH_FORMS[act])})$`,
      "iu",
    ),
  })),
  en: ["denies", "wants", "asserts"].map((act) => ({
    act,
    pattern: new RegExp(`^(?:${anyOf(ENGLISH_FORMS[act])})$`, "iu"),
  })),
};

/** Words that stand for somebody and name nobody. */
const UNNAMED = {
  fr: /^(?:on|nous|lui|eux|ceux|celles?|celui|l['’]une?|(?:un|une|l['’]|les |d['’])\s?autres?|certain(?:e?s)?|ce(?:s|tte)? derni[eè]re?s?|c(?:eux|elles)-ci)$/iu,
  en: /^(?:one|we|him|her|them|this|these|the (?:latter|former|other)|(?:an)?other|others|some)$/iu,
};

/** The same text, character for character, with one spelling of apostrophes, blanks and hyphens. */
function folded(text) {
  const plain = text
    .replace(/[’ʼ]/g, "'")
    .replace(/[\u00a0\u202f]/g, " ")
    .replace(/[‐‑]/g, "-");
  const lower = plain.toLowerCase();
  return lower.length === plain.length ? lower : plain;
}

/**
 * Where entries `{id, aliases}` are named in a text, in its order; of matches that overlap the
 * longest stays. A single capitalised word must be capitalised in the text as well.
 */
export function findNames(text, entries) {
  const page = folded(text);
  const found = [];
  for (const { id, aliases } of entries) {
    for (const alias of aliases) {
      const sought = folded(alias.trim());
      if (!sought) continue;
      const asPrinted = !/\s/.test(alias) && alias[0] !== alias[0].toLowerCase();
      for (let start = page.indexOf(sought); start >= 0; start = page.indexOf(sought, start + 1)) {
        const end = start + sought.length;
        if (asPrinted && text[start] !== alias[0]) continue;
        if (WORD.test(text[start - 1] ?? "") && WORD.test(text[start])) continue;
        if (WORD.test(text[end] ?? "") && WORD.test(text[end - 1])) continue;
        found.push({ id, start, end });
      }
    }
  }
  found.sort(
    (one, other) => other.end - other.start - (one.end - one.start) || one.start - other.start,
  );
  const kept = [];
  for (const name of found) if (!kept.some((other) => overlaps(name, other))) kept.push(name);
  return kept.sort((one, other) => one.start - other.start);
}

/** The reporting words of a sentence and its colons, each with the act it stands for. */
export function findCues(text, sentence, language) {
  const found = [];
  const body = text.slice(sentence.start, sentence.end);
  for (const { 0: word, index } of body.matchAll(/d['’]après|\p{L}[\p{L}\p{M}]*/giu)) {
    const start = sentence.start + index;
    const known = /^d.après$/i.test(word)
      ? { act: "asserts" }
      : !NOUNS.test(word) && CUES[language]?.find(({ pattern }) => pattern.test(word));
    const isDeed = SHOWS.test(word) || (/ant$/iu.test(word) && BY_DOING.test(body.slice(0, index)));
    if (known && !(isDeed && !REPORTS.test(body.slice(index + word.length)))) found.push({ start, end: start + word.length, act: known.act });
  }
  for (const { index } of body.matchAll(/:(?!\d)/g)) {
    found.push({ start: sentence.start + index, end: sentence.start + index + 1, act: "asserts" });
  }
  return found;
}

// What stands between a reporting verb and what it reports.
const LEADS = /^\s+(?:que\s+|qu['’]|that\s+|de\s+|d['’])?$/iu;
// How far a word that does not lead to the content stands off when nobody is named beside it.
const APART = 16;

/** How many characters lie between two ranges; 0 when they touch or overlap. */
export function gap(one, other) {
  return Math.max(0, other.start - one.end, one.start - other.end);
}

const nearestGap = (range, ranges) =>
  ranges.length ? Math.min(...ranges.map((other) => gap(range, other))) : 0;

/**
 * Candidates for the mention and the cue of a speaker, best first: `{mentions, cues}`.
 *
 * `parts` is the content; what lies in it is no attribution, unless the content is the sentence.
 */
export function proposeAttribution({
  text,
  sentence,
  parts,
  names,
  speaker,
  taken = [],
  language,
}) {
  const everything = parts.some((part) => within(sentence, part));
  const free = (range) =>
    within(range, sentence) &&
    !taken.some((other) => overlaps(range, other)) &&
    (everything || !parts.some((part) => overlaps(range, part)));
  const byContent = (range) => nearestGap(range, parts);
  let mentions = names.filter((name) => name.id === speaker && free(name));
  mentions.sort((one, other) => byContent(one) - byContent(other));
  let cues = findCues(text, sentence, language).filter(free);
  const anchor = mentions.slice(0, 1);
  // A colon attributes only where no word does; "X a reconnu A, mais a rétorqué que B" tells of B.
  const leads = (cue) =>
    parts.some((part) => cue.end < part.start && LEADS.test(text.slice(cue.end, part.start)));
  if (!mentions.length && !everything && saysWho({ text, sentence, parts, names, language })) {
    const follows = (cue) =>
      parts.some((part) => part.end <= cue.start && INSERTED.test(text.slice(part.end, cue.start)));
    cues = cues.filter((cue) => leads(cue) || follows(cue));
  }
  const distance = (cue) =>
    (leads(cue) ? 0 : anchor.length ? nearestGap(cue, anchor) : APART) +
    byContent(cue) / 4 +
    (text[cue.start] === ":" ? text.length : 0);
  cues.sort((one, other) => distance(one) - distance(other));
  if (!mentions.length && cues.length) {
    mentions = pronouns(text, sentence, language).filter(
      (pronoun) => free(pronoun) && gap(pronoun, cues[0]) <= 16,
    );
    mentions.sort((one, other) => gap(one, cues[0]) - gap(other, cues[0]));
  }
  return { mentions: mentions.map(bare), cues };
}

// Between a content and the word that attributes it when the speaker comes after the word.
const INSERTED = /^[\s»”",]*(?:(?:he|she|they|it)\s)?$/iu;

/**
 * Whether a content says itself who says it, as in "l'un prône A": then "l'autre propose" in the
 * clause beside it tells of somebody else.
 */
function saysWho({ text, sentence, parts, names, language }) {
  const subjects = [...names, ...pronouns(text, sentence, language)];
  return parts.some((part) =>
    findCues(text, part, language).some((cue) =>
      subjects.some((one) => within(one, part) && one.end < cue.start && gap(one, cue) <= 16),
    ),
  );
}

/** What a person may mean by a mention: names of anybody, and pronouns, outside the content. */
export function mentionCandidates({ text, sentence, parts, names, speaker, language }) {
  const free = (range) => within(range, sentence) && !parts.some((part) => overlaps(range, part));
  const own = names.filter((name) => name.id === speaker && free(name));
  const others = names.filter((name) => name.id !== speaker && free(name));
  return [...own, ...pronouns(text, sentence, language).filter(free), ...others].map(bare);
}

function pronouns(text, sentence, language) {
  const body = text.slice(sentence.start, sentence.end);
  return [...body.matchAll(PRONOUNS[language] ?? PRONOUNS.en)].map(({ 0: word, index }) => ({
    start: sentence.start + index,
    end: sentence.start + index + word.length,
  }));
}

const bare = ({ start, end }) => ({ start, end });
