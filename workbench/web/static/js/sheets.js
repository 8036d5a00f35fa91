/** Sheets over the page: all keys, and what is left to do before an article is finished. */

import { el, fill } from "./dom.js";
import { CAPS } from "./keys.js";

const ARROWS = "← →";

/** Fill the sheet of all keys; single keys can be switched off there. */
export function fillKeySheet(dialog, { scheme, words, singles, onSingles }) {
  const row = (key, label) => el("tr", {}, el("th", { scope: "row" }, key.split(" / ").flatMap((one, index) => [index ? " " : "", el("kbd", {}, one)])), el("td", {}, label));
  const decisions = scheme.field("decision").values.map((value) => row(value.key, scheme.label(value)));
  const fields = scheme.document.fields.filter((field) => field.key).map((field) => row(field.key, scheme.label(field)));
  const table = (title, rows) => el("table", {}, el("caption", {}, title), el("tbody", {}, rows));
  const box = el("input", { type: "checkbox", onchange: (event) => onSingles(event.target.checked) });
  box.checked = singles;
  dialog.replaceChildren(
    el("h2", { id: "keys-title" }, words.all_keys),
    el(
      "div",
      { class: "tables" },
      table(words.keys_decide, [...decisions, row(CAPS.confirm, words.confirm), row("J / ↓", words.next_long), row("K / ↑", words.previous_long), row(CAPS.nextOpen, words.next_open_long), row(`${CAPS.undo} / Ctrl ⇧Z`, words.undo_redo)]),
      table(words.keys_fields, [...fields, row(CAPS.via, words.via_long), row("1 / 2 / 9 / 0", words.digits), row(CAPS.rule, words.rule), row(CAPS.escape, words.escape)]),
      table(words.keys_words, [row(CAPS.grow, words.grow), row(CAPS.shrink, words.shrink), row(CAPS.caret, words.caret_long), row(CAPS.exact, words.exact), row(ARROWS, words.move_start), row(`⇧ ${ARROWS}`, words.move_end), row(CAPS.remove, words.remove)]),
      table(words.signs, [["1", words.sign_claims], ["1…", words.sign_incomplete], ["–", scheme.valueLabel("decision", "no_claim")], ["?", scheme.valueLabel("decision", "undecided")], ["×", scheme.valueLabel("decision", "not_annotatable")], ["↳", words.continues], ["○", words.open]].map(([sign, label]) => el("tr", {}, el("th", { scope: "row" }, el("span", { class: "mark" }, sign)), el("td", {}, label)))),
    ),
    el("p", {}, el("label", {}, box, ` ${words.single_keys}`)),
    el("form", { method: "dialog" }, el("button", { class: "main" }, words.close)),
  );
}

/** Fill the sheet that names the sentences still to be decided; `go(index)` turns to one. */
export function fillLeftSheet(dialog, { left, work, words, go }) {
  const item = ({ index, why }) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "link",
          onclick: () => {
            dialog.close();
            go(index);
          },
        },
        el("b", {}, `${work.sentences[index].position}. `),
        shortened(work.text.slice(work.sentences[index].start, work.sentences[index].end)),
      ),
      el("span", { class: "hint" }, ` ${words[why]}`),
    );
  dialog.replaceChildren(
    el("h2", { id: "left-title" }, fill(left.length === 1 ? words.left_one : words.left_other, { n: left.length })),
    el("ul", {}, left.map(item)),
    el("form", { method: "dialog" }, el("button", { class: "main" }, words.close)),
  );
}

const shortened = (text) => (text.length > 90 ? `${text.slice(0, 85).trimEnd()} […]` : text);
