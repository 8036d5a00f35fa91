/** Speakers and targets: their names, where the text names them, which to offer first. */

import { newId } from "./answers.js";
import { findNames } from "./names.js";
import { overlaps, within } from "./text.js";

const OFFERED = { speaker: 7, target: 9 };
export const AUTHOR = "author";
export const UNSPECIFIED = "unspecified";
export const KINDS = { speaker: ["person", "organisation", "group", "document"], target: ["idea", "actor"] };

export class Registers {
  #entries = { speaker: new Map(), target: new Map() };
  #names = {};
  #recent = { speaker: [], target: [] };
  #text;
  #scheme;
  #locale;

  constructor({ page, scheme, text }) {
    this.#text = text;
    this.#scheme = scheme;
    this.#locale = page.locale;
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
    for (let hops = 0; entries.get(found)?.merged_into && hops < entries.size; hops++) found = entries.get(found).merged_into;
    return found;
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
   * Ids to offer: those the selection names, those named in the sentence (outside the content
   * first), those used lately, then those named nearest before the sentence.
   */
  offered(register, { sentence, parts = [], pick = null, without = [] }) {
    const names = this.#names[register];
    const inside = names.filter((name) => within(name, sentence));
    const ids = [
      ...(pick ? names.filter((name) => overlaps(name, pick)) : []),
      ...inside.filter((name) => !parts.some((part) => overlaps(part, name))),
      ...inside,
    ].map((name) => name.id);
    const earlier = names.filter((name) => name.end <= sentence.start).reverse();
    ids.push(...this.#recent[register], ...earlier.map((name) => name.id));
    if (register === "target") ids.push(...this.#entries.target.keys());
    return [...new Set(ids.map((id) => this.current(register, id)))].filter((id) => !without.includes(id)).slice(0, OFFERED[register]);
  }

  /** Entries whose name or alias contains what was typed, those that begin with it first. */
  search(register, typed) {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’]/g, "'").toLowerCase();
    const sought = plain(typed.trim());
    const reserved = register === "speaker" ? this.#scheme.document.reserved_speakers.map(({ id }) => ({ id, words: [this.nameOf(register, id)] })) : [];
    const all = [...reserved, ...[...this.#entries[register].values()].filter((entry) => !entry.merged_into).map((entry) => ({ id: entry.id, words: this.#spellings(register, entry) }))];
    const rank = ({ words }) => Math.min(...words.map(plain).map((word) => (word.startsWith(sought) ? 0 : word.includes(` ${sought}`) ? 1 : word.includes(sought) ? 2 : 9)));
    return all
      .map((entry) => ({ id: entry.id, rank: rank(entry), name: this.nameOf(register, entry.id) }))
      .filter((entry) => entry.rank < 9)
      .sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name, this.#locale))
      .map((entry) => entry.id);
  }

  /** Make a proposed entry; returns what the server is to be told. */
  propose(register, words, kind) {
    const id = newId();
    const entry = { id, kind, aliases: [words], proposed: true, merged_into: null };
    if (register === "speaker") this.#entries.speaker.set(id, { ...entry, name: words });
    else this.#entries.target.set(id, { ...entry, labels: { [this.#locale]: words } });
    this.#find(register);
    return { register, id, kind, [register === "speaker" ? "name" : "label"]: words };
  }

  /** Put whom and what an answer names first among the recent ones. */
  noteUse(answer) {
    const speakers = answer.claims.flatMap((claim) => claim.chain.map((link) => link.speaker));
    for (const id of [...speakers, ...answer.stances.map((stance) => stance.holder)]) this.#use("speaker", id);
    for (const stance of answer.stances) this.#use("target", stance.target);
  }

  #use(register, id) {
    if (id === AUTHOR || id === UNSPECIFIED) return;
    this.#recent[register] = [id, ...this.#recent[register].filter((other) => other !== id)];
  }

  #find(register) {
    const entries = [...this.#entries[register].values()].map((entry) => ({ id: this.current(register, entry.id), aliases: entry.aliases }));
    this.#names[register] = findNames(this.#text, entries);
  }

  #wordsOf(entry) {
    return entry?.name ?? (entry && (entry.labels[this.#locale] ?? entry.labels.en ?? Object.values(entry.labels)[0]));
  }

  #spellings(register, entry) {
    const own = entry.name ? [entry.name] : Object.values(entry.labels);
    return [...own, ...entry.aliases, ...(entry.periphrases ?? [])];
  }
}
