/**
 * Elements from plain values, where text only ever becomes a text node; and what several parts make
 * of them: a line about what was refused, the list to choose from.
 */

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

/**
 * What the server refused and this page cannot show: open its article, keep it as a file, or
 * `discard(entry)`.
 */
export function sayStuck({ entry, problem }, words, discard) {
  const article = entry.url?.match(/^\/projects\/[^/]+\/(?:annotate|adjudicate)\/[^/]+\//)?.[0];
  const isElsewhere = article && article !== location.pathname;
  const content = encodeURIComponent(JSON.stringify(entry.body, null, 2));
  const href = `data:application/json,${content}`;
  const onclick = () => confirm(words.discard_sure) && discard(entry);
  return [
    `${words.stuck} ${problem.detail ?? problem.title} `,
    ...(isElsewhere ? [el("a", { href: article }, words.open_its_article), " · "] : []),
    el("a", { href, download: "answer.json" }, words.keep_as_file),
    " · ",
    el("button", { type: "button", class: "link", onclick }, words.discard),
  ];
}

// --- choosing -----------------------------------------------------------------------------------

const SHOWN = 8;

/** A list to choose from by digit or click, and a type-ahead over the whole register, with creation. */
export class Chooser {
  #desk;
  #fields;
  #run;
  #active = 0;

  constructor({ desk, fields, run }) {
    this.#desk = desk;
    this.#fields = fields;
    this.#run = run;
  }

  /** The list for the open field; the type-ahead when it is being typed in. */
  draw() {
    const { open, words } = this.#desk;
    const { options, openValue } = this.#fields;
    if (open.typing) return this.#typeAhead();
    const isOn = (value) =>
      !open.creating && JSON.stringify(value) === JSON.stringify(openValue);
    const list = options.map((option) =>
      el(
        "button",
        {
          type: "button",
          class: "option",
          "data-key": `option ${option.digit}`,
          "aria-pressed": String(!option.typing && isOn(option.value)),
          onclick: () => this.#run("digit", option.digit),
        },
        keycap(option.digit),
        el("bdi", {}, option.label),
        option.note ? el("span", { class: "hint" }, words[`note_${option.note}`]) : null,
      ),
    );
    const question = open.creating
      ? el("p", {}, fill(words.what_kind, { name: open.creating.words }))
      : null;
    return el("div", { class: "options" }, question, list);
  }

  get #register() {
    return this.#desk.scheme.field(this.#desk.open.name).kind === "target" ? "target" : "speaker";
  }

  /** Whether words name no speaker: a pronoun is no entry of the register. */
  #isNobody(words) {
    return this.#register === "speaker" && this.#desk.registers.isPronoun(words);
  }

  #typeAhead() {
    const { words, pick, text, scheme, open } = this.#desk;
    this.#active = 0;
    const list = el("ul", {
      role: "listbox",
      id: "chooser-list",
      "aria-label": scheme.label(scheme.field(open.name)),
    });
    const box = el("input", {
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "true",
      "aria-controls": "chooser-list",
      "aria-autocomplete": "list",
      "aria-label": words.type_a_name,
      placeholder: words.type_a_name,
      maxlength: "200",
      "data-key": "chooser",
      oninput: () => this.#fill(box, list),
      onkeydown: (event) => this.#key(event, box, list),
    });
    const picked = pick ? text.slice(pick.start, pick.end) : "";
    if (!this.#isNobody(picked)) box.value = picked;
    this.#fill(box, list);
    return el("div", { class: "typeahead" }, box, list);
  }

  #fill(box, list) {
    const { registers, words } = this.#desk;
    const register = this.#register;
    const typed = box.value.trim();
    const offered = () => this.#fields.options.map(({ value }) => value).filter(Boolean);
    const ids = (typed ? registers.search(register, typed) : offered()).slice(0, SHOWN);
    const known = ids.some(
      (id) => registers.nameOf(register, id).toLowerCase() === typed.toLowerCase(),
    );
    const items = ids.map((id) => ({
      words: registers.nameOf(register, id),
      take: () => this.#run("choose", id),
    }));
    if (typed && !known && !this.#isNobody(typed)) {
      items.push({
        words: fill(words.create, { name: typed }),
        take: () => this.#run("create", register, typed),
      });
    }
    this.#active = Math.min(this.#active, Math.max(0, items.length - 1));
    list.replaceChildren(
      ...items.map((item, index) =>
        el(
          "li",
          {
            role: "option",
            id: `chooser-${index}`,
            "aria-selected": String(index === this.#active),
            onclick: item.take,
          },
          el("bdi", {}, item.words),
        ),
      ),
    );
    if (items.length) box.setAttribute("aria-activedescendant", `chooser-${this.#active}`);
    else box.removeAttribute("aria-activedescendant");
  }

  #key(event, box, list) {
    const count = list.children.length;
    if (event.isComposing || !count) return;
    if (event.key === "Enter") {
      event.preventDefault();
      list.children[this.#active].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#active = (this.#active + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
      this.#fill(box, list);
    }
  }
}
