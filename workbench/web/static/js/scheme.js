/**
 * What is asked, in which words and by which keys: the label scheme, and the key map on top of it.
 *
 * Digits go by the physical key, with or without Shift, so that AZERTY and QWERTY agree; letters
 * by what they write; Alt, AltGr and the browser's own combinations are left alone.
 */

export class Scheme {
  #fields;
  #locale;

  /** `keys` are the letters that the person has given to fields and decisions, by their names. */
  constructor(document, locale, keys = {}) {
    const own = (thing) => ({ ...thing, key: keys[thing.name]?.toUpperCase() ?? thing.key });
    const decisions = (field) =>
      field.name === "decision" ? { ...field, values: field.values.map(own) } : own(field);
    this.document = { ...document, fields: document.fields.map(decisions) };
    this.#locale = locale;
    this.#fields = new Map(this.document.fields.map((field) => [field.name, field]));
  }

  /** The field of that name; undefined when this project's scheme has none. */
  field(name) {
    return this.#fields.get(name);
  }

  /** The fields of a level (annotation, claim, link, stance) that are asked in one of these ways. */
  fieldsOn(level, ...asks) {
    return this.document.fields.filter((field) => field.on === level && asks.includes(field.ask));
  }

  /** The word for a field, a value or anything else that has labels. */
  label(thing) {
    return this.#say(thing?.label);
  }

  /** The rule that goes with a field or a value; empty when there is none. */
  help(thing) {
    return this.#say(thing?.help);
  }

  /** The value of a field by its permanent name. */
  value(name, value) {
    return this.field(name)?.values?.find((one) => one.name === value);
  }

  /** The word for a field's value; the name itself when the scheme does not know it. */
  valueLabel(name, value) {
    return this.label(this.value(name, value)) || String(value ?? "");
  }

  /** The name of a reserved speaker, such as the author; undefined for an id of the register. */
  reserved(id) {
    const speaker = this.document.reserved_speakers.find((one) => one.id === id);
    return speaker && this.label(speaker);
  }

  /** The zone's entry; one that the scheme does not know may be annotated. */
  zone(name) {
    return (
      this.document.zones.find((zone) => zone.name === name) ?? {
        name,
        annotatable: true,
        label: {},
      }
    );
  }

  /** The letter that opens a field, in lower case. */
  keyOf(name) {
    return this.field(name)?.key?.toLowerCase();
  }

  /** What a claim's earlier answers settle for a field that is then not asked; undefined if asked. */
  settledBy(field, attributes) {
    const rule = field.not_asked_when;
    return rule && rule.values.includes(attributes[rule.field]) ? rule.then : undefined;
  }

  /** The asked fields of a claim that have no answer yet, in their order; who says it comes last. */
  missing(claim) {
    const fields = this.fieldsOn("claim", "always").filter(
      (field) =>
        field.kind === "choice" &&
        (claim.attributes[field.name] ?? null) === null &&
        this.settledBy(field, claim.attributes) === undefined,
    );
    const speaker = claim.chain.at(-1).speaker === null && this.field("speaker");
    return speaker ? [...fields, speaker] : fields;
  }

  /** Whether a folded field has something to show: a value that differs from its default. */
  isTelling(field, value) {
    return value !== undefined && value !== null && value !== "" && value !== field.default;
  }

  #say(words) {
    if (!words) return "";
    const said = words[this.#locale] ?? words.en ?? Object.values(words)[0] ?? "";
    return said.replaceAll("'", "’");
  }
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?[?~%]?$/;

/** Whether words are a date as the server takes it: 2023, 2023-12?, 2023-12-05, or two with / between. */
export function isDate(words) {
  const dates = words.split("/");
  const [first, last = first] = dates.map((one) => one.replace(/[?~%]$/, ""));
  const known = Math.min(first.length, last.length);
  return dates.length < 3 && dates.every(isDay) && first.slice(0, known) <= last.slice(0, known);
}

function isDay(words) {
  const [found, year, month = "01", day = "01"] = DATE.exec(words) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00Z`);
  // The calendar of a script has a 30th of February: it is another day.
  return Boolean(found) && year !== "0000" && !Number.isNaN(date.valueOf()) && date.getUTCDate() === Number(day);
}

// --- keys ---------------------------------------------------------------------------------------

/** What a command's key does with Shift. */
const SHIFTED = { grow: "shrink", accept: "edit" };
const DECISIONS = { claims: ["claim"] };
const NAMED = {
  Enter: ["confirm"],
  End: ["nextOpen"],
  Delete: ["remove"],
  Backspace: ["remove"],
  Escape: ["escape"],
};
const REPEATABLE = new Set(
  "next previous down up move line grow shrink undo redo".split(" "),
);

/** The value of the field that says that one is not sure of an answer. */
export const DOUBT = ["confidence", "unsure"];

/** The keys of commands; `keycap` writes them as the reader's keyboard does. */
export const CAPS = {
  nextOpen: "End",
  confirm: "Enter",
  undo: "Ctrl Z",
  redo: "Ctrl Y",
  remove: "Delete",
  sheet: "?",
  escape: "Escape",
};

/**
 * The letters of the commands by their names, as the person has them, and of this scheme's
 * decisions and fields; `CAPS` knows them from then on.
 */
export function lettersOf(scheme, keys) {
  const letters = {};
  for (const [name, key] of Object.entries(keys)) {
    letters[key] = [name];
    CAPS[name] ??= key.toUpperCase();
    if (name in SHIFTED) CAPS[SHIFTED[name]] = `Shift ${key.toUpperCase()}`;
  }
  for (const value of scheme.field("decision").values) {
    letters[value.key.toLowerCase()] = DECISIONS[value.name] ?? ["decide", value.name];
  }
  for (const field of scheme.document.fields) {
    if (field.key) letters[field.key.toLowerCase()] = ["field", field.name];
  }
  return letters;
}

/** Have the words name keys as the person has them: `{key_accept}`, `{key_speaker}`, `{key_no_claim}`. */
export function nameLetters(words, scheme) {
  const letter = (_, name) =>
    CAPS[name] ?? scheme.field(name)?.key ?? scheme.value("decision", name)?.key ?? "";
  for (const [name, phrase] of Object.entries(words))
    words[name] = phrase.replace(/\{key_(\w+)\}/g, letter);
}

/**
 * The command of a key press as `[name, ...arguments]`; null leaves the key to the browser.
 *
 * `place` says where the focus is: "text" (a text field), "control" (a button, a link) or "";
 * `caret` whether the arrows walk through the words; `singles` whether single keys act at all.
 */
export function commandOf(event, { letters, place = "", caret = false, singles = true }) {
  if (event.altKey || event.isComposing || event.getModifierState?.("AltGraph")) return null;
  const command =
    event.ctrlKey || event.metaKey
      ? chord(event, place)
      : single(event, { letters, place, caret, singles });
  return event.repeat && command && !REPEATABLE.has(command[0]) ? ["nothing"] : command;
}

function chord(event, place) {
  if (place === "text") return null;
  const letter = event.key.toLowerCase();
  if (letter === "z") return [event.shiftKey ? "redo" : "undo"];
  if (letter === "y" && !event.shiftKey) return ["redo"];
  return null;
}

function single(event, { letters, place, caret, singles }) {
  const { key, code, shiftKey } = event;
  if (place === "text") return key === "Escape" ? ["leaveText"] : null;
  if (place === "control" && (key === "Enter" || key === " ")) return null;
  if (key.startsWith("Arrow")) return arrow(key.slice(5), shiftKey, caret);
  if (caret && (key === "Home" || key === "End"))
    return ["edge", key === "Home" ? -1 : 1, shiftKey];
  if (key in NAMED) return key === "Enter" && shiftKey ? null : NAMED[key];
  if (!singles) return null;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  // Without NumLock the number pad's keys are arrows and the like: their names say so.
  if (digit && !(code.startsWith("Numpad") && key.length > 1)) return ["digit", digit[1]];
  if (key === "?") return ["sheet"];
  const command = letters[key.toLowerCase()] ?? null;
  return shiftKey && command?.[0] in SHIFTED ? [SHIFTED[command[0]]] : command;
}

function arrow(direction, shiftKey, caret) {
  const step = direction === "Left" || direction === "Up" ? -1 : 1;
  if (direction === "Left" || direction === "Right")
    return ["move", step, shiftKey ? "end" : "start"];
  if (caret) return ["line", step, shiftKey];
  return shiftKey ? null : [step > 0 ? "down" : "up"];
}
