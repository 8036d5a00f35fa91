/** Elements from plain values: text only ever becomes a text node. */

/** Make an element; attributes that are null or false are left out, `onclick` and the like listen. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...present(children));
  const caps = tag === "button" ? [...node.children].filter((child) => child.dataset.keys) : [];
  if (caps.length)
    node.setAttribute("aria-keyshortcuts", caps.map((cap) => cap.dataset.keys).join(" "));
  return node;
}

let names = {};

/** Have keys written by their names on the reader's keyboard: `{key_Enter: "Entrée", …}`. */
export function nameKeys(given) {
  names = given;
}

/** The key that does something, as it is printed on its button; keys held together by blanks. */
export function keycap(...keys) {
  return present(keys).flatMap((key) => {
    const told = key.replace("Ctrl", "Control").replaceAll(" ", "+");
    return [" ", el("kbd", { "aria-hidden": "true", "data-keys": told }, nameOfKey(key))];
  });
}

/** How the reader's keyboard writes a key, or keys held together. */
export function nameOfKey(key) {
  return key
    .split(" ")
    .map((one) => names[`key_${one}`] ?? one)
    .join(" ");
}

/** Children without those that are null or false, lists opened. */
export function present(children) {
  return children
    .flat(3)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

/** Fill `{name}` places of a phrase. */
export function fill(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (place, name) =>
    name in values ? String(values[name]) : place,
  );
}
