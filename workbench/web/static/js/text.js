/**
 * Words, clauses and quotations of a text: what a selection snaps to, grows to and shrinks to.
 *
 * A range is `{start, end}` in UTF-16 units, end exclusive. Nothing here touches the page.
 */

const WORD = /[\p{L}\p{M}\p{N}]/u;
const SPACE = /\s/;
const APOSTROPHE = /['’]/;
const HYPHEN = /[-‐‑]/;
const CLAUSE_BORDER = /[,;:!?…—–()[\]«»“”„"]/u;
const DASH = /^\s[-‐‑]\s$/u;
const PAIRS = { "«": "»", "“": "”", "„": "“" };

/** Whether a range lies within another. */
export const within = (inner, outer) => inner.start >= outer.start && inner.end <= outer.end;

/** Whether two ranges share a character. */
export const overlaps = (one, other) => one.start < other.end && other.start < one.end;

/** Whether two ranges are the same. */
export const same = (one, other) => one.start === other.start && one.end === other.end;

/** The ranges in the order of the text, those that touch or overlap made one. */
export function joined(ranges) {
  const result = [];
  for (const range of [...ranges].sort((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ start: range.start, end: range.end });
  }
  return result;
}

/** A range without white space at its ends; null when nothing is left. */
export function trimmed(text, { start, end }) {
  while (start < end && SPACE.test(text[start])) start++;
  while (end > start && SPACE.test(text[end - 1])) end--;
  return start < end ? { start, end } : null;
}

/** Whether a place lies inside a word, so that a selection may not stop there. */
export function cutsWord(text, place, language) {
  if (place <= 0 || place >= text.length) return false;
  const before = characterBefore(text, place);
  const after = characterAt(text, place);
  if (before === "") return true; // between the halves of a surrogate pair
  if (WORD.test(before) && WORD.test(after)) return true;
  const farther = characterBefore(text, place - before.length);
  const next = characterAt(text, place + after.length);
  if (WORD.test(before) && WORD.test(next)) {
    if (HYPHEN.test(after) || APOSTROPHE.test(after)) return true;
    return /[.,]/.test(after) && /\d/.test(before) && /\d/.test(next);
  }
  if (WORD.test(farther) && WORD.test(after)) {
    if (HYPHEN.test(before)) return true;
    if (APOSTROPHE.test(before))
      return language !== "fr" || /aujourd.$/i.test(text.slice(0, place));
    return /[.,]/.test(before) && /\d/.test(farther) && /\d/.test(after);
  }
  return false;
}

/** The range widened to whole words, white space dropped; null for a range of blanks. */
export function snapped(text, range, language) {
  const bare = trimmed(text, range);
  if (!bare) return null;
  let { start, end } = bare;
  while (cutsWord(text, start, language)) start--;
  while (cutsWord(text, end, language)) end++;
  return { start, end };
}

/** The first word that starts at or after a place, up to a limit; null when there is none. */
export function wordAfter(text, place, limit, language) {
  let start = place;
  while (start < limit && (!WORD.test(characterAt(text, start)) || cutsWord(text, start, language)))
    start++;
  return start < limit ? wordFrom(text, start, language) : null;
}

/** The last word that starts before a place, down to a limit; null when there is none. */
export function wordBefore(text, place, limit, language) {
  let start = place - 1;
  while (
    start >= limit &&
    (!WORD.test(characterAt(text, start)) || cutsWord(text, start, language))
  )
    start--;
  return start >= limit ? wordFrom(text, start, language) : null;
}

function wordFrom(text, start, language) {
  let end = start + 1;
  while (cutsWord(text, end, language)) end++;
  return { start, end };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The character, as people count them, that contains a place. */
export function characterRange(text, place) {
  // A window is enough: no character is longer than a few dozen units.
  const from = Math.max(0, place - 64);
  const found = graphemes.segment(text.slice(from, place + 64)).containing(place - from);
  return found
    ? { start: from + found.index, end: from + found.index + found.segment.length }
    : null;
}

const ALIKE = [
  [/[’‘ʼ′`´]/g, "'"],
  [/[«»“”„‟]/g, '"'],
  [/[‐‑‒–—−]/g, "-"],
  [/œ/g, "oe"],
  [/æ/g, "ae"],
  [/ß/g, "ss"],
  [/ø/g, "o"],
  [/ł/g, "l"],
];
/** Accents, and what is not seen: soft hyphens, joiners, marks of direction. */
const UNSEEN = /[\p{Mn}\p{Cf}]/gu;

/** A character as it is searched for: any blank is one blank, what is not seen nothing. */
function folded(character) {
  if (SPACE.test(character)) return " ";
  const lower = character.toLowerCase();
  return ALIKE.reduce((left, [kinds, one]) => left.replace(kinds, one), lower)
    .normalize("NFKD")
    .replace(UNSEEN, "");
}

/**
 * The places of words in a text, as a function of what is typed: case, accents, and the kind of
 * apostrophe, quotation mark, dash and blank make no difference.
 */
export function finder(text) {
  let plain = "";
  const starts = [];
  const ends = [];
  for (let start = 0, end; start < text.length; start = end) {
    const character = characterAt(text, start);
    end = start + character.length;
    const seen = folded(character);
    // An accent that is a character of its own, or a further blank, belongs to what is before it.
    const joins = plain && (!seen || (seen === " " && plain.endsWith(" ")));
    if (joins) ends[ends.length - 1] = end;
    else {
      plain += seen;
      for (let unit = 0; unit < seen.length; unit++) {
        starts.push(start);
        ends.push(end);
      }
    }
  }
  return (typed) => {
    const wanted = [...typed].map(folded).join("").replace(/ +/g, " ").trim();
    const places = [];
    let at = wanted ? plain.indexOf(wanted) : -1;
    for (; at >= 0; at = plain.indexOf(wanted, at + wanted.length))
      places.push({ start: starts[at], end: ends[at + wanted.length - 1] });
    return places;
  };
}

/**
 * The quotations of a text, line by line: `open` and `close` around the marks, `start` and `end`
 * around what is said, without white space or the comma that belongs to the sentence around it.
 */
export function quotations(text) {
  const found = [];
  for (const { start, end } of lines(text)) {
    const opened = [];
    for (let place = start; place < end; place++) {
      const mark = text[place];
      const inner = opened.at(-1);
      if (inner && mark === inner.closedBy) {
        opened.pop();
        found.push(quotation(text, inner.open, place + 1));
      } else if (mark === '"') opened.push({ open: place, closedBy: '"' });
      else if (mark in PAIRS) opened.push({ open: place, closedBy: PAIRS[mark] });
    }
    // A quotation left open runs to the end of its line: it goes on in the next paragraph.
    for (const { open } of opened) found.push(quotation(text, open, end, 0));
  }
  return found
    .filter(Boolean)
    .sort((one, other) => one.open - other.open || other.close - one.close);
}

function quotation(text, open, close, closing = 1) {
  let content = trimmed(text, { start: open + 1, end: close - closing });
  if (content && text[content.end - 1] === ",")
    content = trimmed(text, { start: content.start, end: content.end - 1 });
  return content && { open, close, ...content };
}

/** The lines of a text, empty ones left out. */
export function lines(text) {
  const found = [];
  let start = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) found.push({ start, end: start + line.length });
    start += line.length + 1;
  }
  return found;
}

/** The pieces of a sentence between commas, colons, dashes, brackets and quotation marks. */
export function clauses(text, sentence) {
  const found = [];
  let start = sentence.start;
  for (let place = sentence.start; place <= sentence.end; place++) {
    const border =
      place === sentence.end ||
      DASH.test(text.slice(Math.max(0, place - 1), place + 2)) ||
      (CLAUSE_BORDER.test(text[place]) && !cutsWord(text, place, "en"));
    if (!border) continue;
    const clause = trimmed(text, { start, end: place });
    if (clause && WORD.test(text.slice(clause.start, clause.end))) found.push(clause);
    start = place + 1;
  }
  return found;
}

// What leads from a reporting word to what it reports; the last two behind some words alone.
const THAT = /^[^,;:.]{0,60}?\s(?:que\s|qu['’]|that\s)/iu;
const IDEA = /^[^,;:.]{0,30}?\sl['’]idée\s(?:de\s|d['’]|que\s|qu['’])/iu;
const TO_DO =
  /^[^,;:.]{0,60}?\s(?:de\s|d['’])(?=(?:(?:ne|pas|se|le|la|les|lui|leur|y|en)\s|[nsly]['’])*\p{Ll}+(?:er|ir|re)(?!\p{L}))/u;
const CHARGE =
  /^(?:(?:\s(?!aux?\s)\p{L}{2,}){0,2}?\s(?:à|aux?)\s(?:la\s|les?\s|l['’])?[^,;:.]{1,40}?)?\s(?=(?:la|les?|sa|son|ses|leurs?|une?|des)\s|l['’])/u;
// "Meta, accusée de A, ajoute": what the participle governs ends with its comma.
const INSERTED = /,\s$/u;
const PARTICIPLE = /é(?:e|s|es)?$/iu;
// "Elle soulève un point : A".
const POINT =
  /(?<!\p{L})(?:points?|questions?|constats?|idées?|arguments?|conclusions?|verdicts?|messages?|thèses?|hypothèses?|avis|critiques?|reproches?|raisons?)(?!\p{L})[^:]*$/iu;
const GOVERNS = /^(?:accus|demand|jur|prom|propos|réclam|regrett|reproch|sugg[éè]r)/iu;
const CHARGES = /^reproch/iu;

/**
 * What a sentence reports without quotation marks: behind a reporting word the clause after "que"
 * or "that", the infinitive after "de", what is called an idea or made a reproach; or what follows
 * the comma of an opening "Selon X,", or the colon behind a point made. Null when it does not look so.
 */
export function reported(text, sentence, cues) {
  for (const cue of cues) {
    const rest = text.slice(cue.end, sentence.end);
    const word = text.slice(cue.start, cue.end);
    const leads = [THAT, IDEA, GOVERNS.test(word) && TO_DO, CHARGES.test(word) && CHARGE];
    const [link] = leads
      .map((lead) => lead && lead.exec(rest))
      .filter(Boolean)
      .sort(([one], [other]) => one.length - other.length);
    const opening = cue.start === sentence.start && /^[^,;:]{0,80},/u.exec(rest);
    const found = opening || link;
    const core = /[.!?…]$/.test(text.slice(sentence.start, sentence.end))
      ? sentence.end - 1
      : sentence.end;
    const before = text.slice(sentence.start, cue.start);
    const isPoint = word === ":" && (POINT.test(before) || cues.some(({ end }) => end < cue.start));
    if (!found && !isPoint) continue;
    const start = cue.end + (found ? found[0].length : 0);
    const closed = INSERTED.test(before) && PARTICIPLE.test(word) ? text.indexOf(",", start) : -1;
    return trimmed(text, { start, end: closed > start && closed < core ? closed : core });
  }
  return null;
}

/**
 * The next larger of word, clause, quotation, sentence. With nothing selected, what somebody else
 * seems to say and is not `claimed`; from such a quotation to the next. One or two words between
 * marks are rarely speech.
 */
export function grown(text, range, sentence, { quoted, cues, claimed }, language) {
  const units = unitsOf(text, sentence, quoted);
  const isFree = (one) => one && !claimed?.some((part) => overlaps(one, part));
  const speeches = units.quotations.filter(
    (one) => isFree(one) && wordsIn(text, one) > 2,
  );
  if (!range) {
    const others = [reported(text, sentence, cues), ...units.quotations];
    const rest = claimed?.length ? restOf(text, sentence, [...claimed, ...cues]) : null;
    return speeches[0] ?? others.find(isFree) ?? rest ?? sentence;
  }
  const next = claimed && speeches.find((one) => one.start >= range.end);
  if (next && speeches.some((one) => same(one, range))) return next;
  const word = snapped(text, range, language) ?? sentence;
  const larger = [word, ...units.clauses, ...units.quotations, sentence].filter(
    (unit) => within(range, unit) && !same(range, unit),
  );
  return smallest(larger) ?? range;
}

/** The longest piece of a sentence between what is taken, without marks at its ends; or null. */
function restOf(text, sentence, taken) {
  const borders = [...taken].sort((one, other) => one.start - other.start);
  const pieces = [];
  let { start } = sentence;
  for (const one of [...borders, { start: sentence.end, end: sentence.end }]) {
    if (one.start > start) pieces.push(bared(text, { start, end: one.start }));
    start = Math.max(start, one.end);
  }
  return pieces.filter((one) => one && wordsIn(text, one) > 2).reduce(longer, null);
}

/**
 * Whether parts claimed in a sentence are about the words suggested there: half of either at least
 * is the other's. A claim of the whole sentence is not about a piece of it.
 */
export function isAbout(text, sentence, claimed, suggested) {
  const size = (ranges) => sum(ranges.map((one) => bared(text, one)).filter(Boolean).map(length));
  const isWhole = (ranges) => size(ranges) >= size([sentence]);
  if (isWhole(claimed) && !isWhole(suggested)) return false;
  const shared = sum(
    claimed.flatMap((one) =>
      suggested.map((other) =>
        Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start)),
      ),
    ),
  );
  return shared > 0 && 2 * shared >= Math.max(size(claimed), size(suggested));
}

/** A range without blanks and marks at its ends; null when it has no word. */
function bared(text, { start, end }) {
  while (start < end && !WORD.test(characterAt(text, start))) start++;
  while (end > start && !WORD.test(characterBefore(text, end))) end--;
  return start < end ? { start, end } : null;
}

/** The next smaller of sentence, quotation, clause, word; with nothing selected, the sentence. */
export function shrunk(text, range, sentence, { quoted }, language) {
  if (!range) return sentence;
  const units = unitsOf(text, sentence, quoted);
  const first = wordAfter(text, range.start, range.end, language);
  const inner = [...units.quotations, ...units.clauses, first].filter(
    (unit) => unit && within(unit, range) && !same(unit, range),
  );
  const longest = Math.max(...inner.map(length));
  return inner.find((unit) => length(unit) === longest) ?? range;
}

function unitsOf(text, sentence, quoted) {
  return {
    clauses: clauses(text, sentence),
    quotations: quoted
      .filter((one) => overlaps(one, sentence))
      .map((one) =>
        trimmed(text, {
          start: Math.max(one.start, sentence.start),
          end: Math.min(one.end, sentence.end),
        }),
      )
      .filter(Boolean),
  };
}

/** A selection that is a full quotation, without its marks; any other as it is. */
export function unquoted(text, range, quoted) {
  const bare = trimmed(text, range) ?? range;
  const core = /[.,]$/.test(text.slice(bare.start, bare.end))
    ? { start: bare.start, end: bare.end - 1 }
    : bare;
  const whole = quoted.find(
    (one) => one.open === bare.start && (one.close === bare.end || one.close === core.end),
  );
  return whole ? { start: whole.start, end: whole.end } : range;
}

/** Long words are shortened in the middle: both borders of the content stay to be seen. */
export function shortened(words, most = 160) {
  if (words.length <= most) return words;
  const tail = Math.min(60, Math.floor(most / 3));
  const start = words
    .slice(0, most - tail)
    .replace(/\S+$/, "")
    .trimEnd();
  const end = words.slice(-tail).replace(/^\S+/, "").trimStart();
  return `${start || words.slice(0, most - tail)} […] ${end}`.trimEnd();
}

/** direct, indirect or mixed: whether all, none or some words of the parts lie between marks. */
export function speechOf(text, parts, quoted) {
  let inside = 0;
  let outside = 0;
  for (const part of parts) {
    for (let place = part.start; place < part.end; place++) {
      if (!WORD.test(text[place])) continue;
      if (quoted.some((one) => place >= one.start && place < one.end)) inside++;
      else outside++;
    }
  }
  if (!inside) return "indirect";
  return outside ? "mixed" : "direct";
}

const length = ({ start, end }) => end - start;
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
const wordsIn = (text, { start, end }) => text.slice(start, end).split(/\s+/).length;
const longer = (best, one) => (!best || length(one) > length(best) ? one : best);
const smallest = (ranges) =>
  ranges.reduce((best, one) => (!best || length(one) < length(best) ? one : best), null);
const characterAt = (text, place) =>
  place < text.length && place >= 0 ? String.fromCodePoint(text.codePointAt(place)) : "";

/** The character that ends at a place; empty when the place is inside one. */
function characterBefore(text, place) {
  if (place <= 0) return "";
  const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;
  if (place < text.length && isLow(text.charCodeAt(place)) && text.codePointAt(place - 1) > 0xffff)
    return "";
  return isLow(text.charCodeAt(place - 1)) && place > 1
    ? characterAt(text, place - 2)
    : text[place - 1];
}

/** Words between quotation marks; words that begin with one have their own. */
export function quoted(words) {
  return /^[«“„]/u.test(words) ? words : `«\u00a0${words}\u00a0»`;
}
