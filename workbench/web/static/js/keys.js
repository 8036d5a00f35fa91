/**
 * The key map: which command a key press means, and the key printed on each button.
 *
 * Digits go by the physical key, with or without Shift, so that AZERTY and QWERTY agree; letters
 * by what they write; Alt, AltGr and the browser's own combinations are left alone.
 */

const LETTERS = {
  j: ["next"],
  k: ["previous"],
  v: ["via"],
  i: ["caret"],
  z: ["exact"],
  g: ["rule"],
  h: ["sheet"],
};
const DECISIONS = { claims: ["claim"] };
const NAMED = {
  ArrowDown: ["next"],
  ArrowUp: ["previous"],
  Enter: ["confirm"],
  End: ["nextOpen"],
  Delete: ["remove"],
  Backspace: ["remove"],
  Escape: ["escape"],
};
const REPEATABLE = new Set(["next", "previous", "move", "line", "grow", "shrink", "undo", "redo"]);

/** How keys are written; arrows are the same in every language. */
export const CAPS = {
  next: "J",
  previous: "K",
  nextOpen: "End",
  confirm: "Enter",
  undo: "Ctrl Z",
  redo: "Ctrl Y",
  remove: "Del",
  grow: "E",
  shrink: "⇧E",
  caret: "I",
  exact: "Z",
  rule: "G",
  via: "V",
  sheet: "?",
  escape: "Esc",
};

/** The letters of this scheme: its decisions and fields, beside those that never change. */
export function lettersOf(scheme) {
  const letters = { ...LETTERS };
  for (const value of scheme.field("decision").values) {
    letters[value.key.toLowerCase()] = DECISIONS[value.name] ?? ["decide", value.name];
  }
  for (const field of scheme.document.fields) {
    if (field.key) letters[field.key.toLowerCase()] = ["field", field.name];
  }
  return letters;
}

/**
 * The command of a key press as `[name, ...arguments]`; null leaves the key to the browser.
 *
 * `place` says where the focus is: "text" (a text field), "control" (a button, a link) or "";
 * `caret` whether the arrows walk through the words; `singles` whether single keys act at all.
 */
export function commandOf(event, { letters, place = "", caret = false, singles = true }) {
  if (event.altKey || event.isComposing || event.getModifierState?.("AltGraph")) return null;
  const command = event.ctrlKey || event.metaKey ? chord(event, place) : single(event, { letters, place, caret, singles });
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
  if (caret && (key === "Home" || key === "End")) return ["edge", key === "Home" ? -1 : 1, shiftKey];
  if (key in NAMED) return key === "Enter" && shiftKey ? null : NAMED[key];
  if (!singles) return null;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  // Without NumLock the number pad's keys are arrows and the like: their names say so.
  if (digit && !(code.startsWith("Numpad") && key.length > 1)) return ["digit", digit[1]];
  if (key === "?") return ["sheet"];
  const letter = key.toLowerCase();
  if (letter === "e") return [shiftKey ? "shrink" : "grow"];
  return letters[letter] ?? null;
}

function arrow(direction, shiftKey, caret) {
  const step = direction === "Left" || direction === "Up" ? -1 : 1;
  if (direction === "Left" || direction === "Right") return ["move", step, shiftKey ? "end" : "start"];
  if (caret) return ["line", step, shiftKey];
  return shiftKey ? null : [step > 0 ? "next" : "previous"];
}
