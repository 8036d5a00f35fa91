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
  return node;
}

/** The key that does something, as it is printed on its button. */
export function keycap(...keys) {
  return present(keys).map((key) => el("kbd", { "aria-hidden": "true" }, key));
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
