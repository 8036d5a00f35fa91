/**
 * Around the article: what is done, what is saved, a button for every action, the search, and the
 * sheets.
 */

import { el, fill, keycap, nameOfKey, present, sayStuck } from "./dom.js";
import { CAPS, DOUBT } from "./scheme.js";
import { finder, shortened } from "./text.js";

const ARROWS = "← →";
const LATEST = 10;
/** The signs where answers are compared, by the words for them. */
const COMPARED = {
  standing_agreed: "=",
  standing_majority: "≈",
  standing_single: "·",
  standing_deferred: "…",
  standing_changed: "↻",
};

export class Bars {
  #desk;
  #talk;
  #run;
  #root;
  #buttons = {};

  /** `root` finds the places on the page by their `data-place`. */
  constructor({ desk, talk, run, root }) {
    this.#talk = talk;
    this.#desk = desk;
    this.#run = run;
    this.#root = root;
    this.#place("toolbar").append(...this.#toolbar());
    const { words } = desk;
    this.#place("count").append(this.#button("recent", "", [CAPS.recent], "quiet"));
    this.#place("look").append(
      this.#button("search", "⌕", [CAPS.search], "quiet glyph", [], words.search_long),
    );
    this.#place("finish").append(
      this.#button("finish", words.finish, [], "main"),
      this.#button("reopen", words.reopen),
    );
  }

  #place(name) {
    return this.#root.querySelector(`[data-place="${name}"]`);
  }

  #toolbar() {
    const { scheme, words } = this.#desk;
    const decisions = scheme.field("decision").values.map((value) => {
      const [name, ...rest] = value.name === "claims" ? ["claim"] : ["decide", value.name];
      return this.#button(name, scheme.label(value), [value.key], "decide", rest);
    });
    return [
      ...decisions,
      this.#button("undo", words.undo, [CAPS.undo]),
      this.#button("redo", words.redo, [CAPS.redo]),
      this.#button("ask", words.question_short, [CAPS.ask], "", [], words.question),
      el("span", { class: "grow" }),
      this.#button("previous", "↑", [CAPS.previous], "", [], words.previous_long),
      this.#button("next", "↓", [CAPS.next], "", [], words.next_long),
      this.#button("nextOpen", words.next_open, [CAPS.nextOpen]),
      this.#button("sheet", words.keys, [CAPS.sheet]),
      this.#button("confirm", words.confirm, [CAPS.confirm], "go main"),
    ];
  }

  #button(name, label, keys = [], kind = "", rest = [], said = null) {
    const attributes = {
      type: "button",
      class: kind || null,
      "aria-label": said,
      title: said,
      onclick: () => this.#run(name, ...rest),
    };
    const button = el("button", attributes, el("span", {}, label), keycap(...keys));
    this.#buttons[[name, ...rest].join(" ")] = button;
    return button;
  }

  /** Bring the bars up to date. */
  render({ state, problems, mayRun }) {
    const { work, words } = this.#desk;
    const { done, total } = work.progress;
    this.#count(done, total);
    const can = { undo: work.canUndo, redo: work.canRedo };
    for (const command of Object.keys(this.#buttons))
      this.#able(command, mayRun(command.split(" ")[0]) && (can[command] ?? true));
    this.#buttons.finish.hidden = state === "finished";
    this.#buttons.reopen.hidden = state !== "finished";
    this.#buttons.finish.classList.toggle("ready", done === total);
    this.#buttons.confirm.classList.toggle("main", done < total);
    this.#saving(problems);
    this.#talking();
  }

  #count(done, total) {
    const progress = this.#place("progress");
    const { firstChild } = this.#buttons.recent;
    const counted = fill(this.#desk.words.progress, { done, total, left: total - done });
    if (firstChild.textContent === counted) return;
    firstChild.textContent = counted;
    progress.max = Math.max(1, total);
    progress.value = done;
  }

  /** How many questions have answers to be read, else how many are open here. */
  #talking() {
    const { words, page } = this.#desk;
    const { open, answered } = this.#talk;
    const count = (name, n) => n && fill(words[`${name}_${n === 1 ? "one" : "other"}`], { n });
    const counted = count("answers", answered) || count("questions", open);
    const link = el("a", { href: page.urls.talk, class: answered ? "news" : null }, counted);
    this.#show("talk", "asked", counted ? [link] : []);
  }

  #able(name, can) {
    // Not `disabled`: a button that has the focus would lose it.
    const { [name]: button } = this.#buttons;
    if (button.ariaDisabled !== String(!can)) button.ariaDisabled = String(!can);
  }

  /** In short above: saved when, or how much is not; why it is not, in a line of its own. */
  #saving(problems) {
    const { work, words, page } = this.#desk;
    const { waiting, trouble } = work.outbox;
    const unsent = waiting
      ? fill(waiting === 1 ? words.unsent_one : words.unsent_other, { n: waiting })
      : "";
    const saved = work.savedAt
      ? `✓ ${fill(words.saved, { time: clock(work.savedAt, page.locale) })}`
      : "";
    const isStuck = Boolean(problems.length || trouble || work.stuck.length);
    this.#show("saved", isStuck ? "problem" : waiting ? "sending" : "fine", [
      waiting ? `${isStuck ? "⚠" : "…"} ${unsent}` : saved,
    ]);
    const line = {
      signed_out: () => [
        words.signed_out,
        " ",
        el("a", { href: page.urls.sign_in, target: "_blank", rel: "opener" }, words.sign_in),
        " · ",
        this.#again(),
      ],
      other_person: () => [
        words.other_person,
        " · ",
        el("a", { href: `${page.urls.sign_in}?again=yes`, target: "_blank", rel: "opener" }, words.sign_in),
        " · ",
        this.#again(),
      ],
      offline: () => [words.offline, " · ", this.#again()],
      unreadable: () => [words.unreadable, " · ", this.#again()],
    }[trouble];
    const loose = waiting && !work.outbox.isKept ? [words.not_kept] : [];
    const needed = () => [
      el(
        "button",
        { type: "button", class: "link", onclick: () => this.#run("go", problems[0]) },
        fill(words.needs_you, { n: work.sentences[problems[0]].number }),
      ),
    ];
    const discard = (entry) => this.#run("discard", entry);
    const stuck = work.stuck.length ? sayStuck(work.stuck[0], words, discard) : null;
    // A sentence that waits for its annotator does not hide why nothing goes out at all.
    const reasons = [line?.(), problems.length ? needed() : stuck].filter(Boolean);
    const told = reasons.length ? reasons : [loose];
    this.#show(
      "trouble",
      "problem",
      told.flatMap((parts, nth) => (nth ? [" · ", ...parts] : parts)),
    );
  }

  #show(name, kind, content) {
    const place = this.#place(name);
    const said = content.map((part) => part.textContent ?? part).join("");
    if (place.dataset.said === said) return;
    place.dataset.said = said;
    place.dataset.kind = kind;
    place.replaceChildren(...content);
  }

  #again() {
    return el(
      "button",
      { type: "button", class: "link", onclick: () => this.#run("sendNow") },
      this.#desk.words.send_now,
    );
  }
}

/**
 * Looking for words in the article: each letter turns to the first place from where it began on,
 * Enter to the next. Escape gives everything back as it was; any other step stays there.
 */
export class Search {
  #root;
  #article;
  #desk;
  #go;
  #comeBack;
  #find = null;
  #from = null; // where the search began
  #found = [];
  #at = 0;
  #box;
  #count = el("output", {});

  /** `go(index)` turns to a sentence, `comeBack(place)` to a place of the desk; both draw. */
  constructor({ root, article, desk, go, comeBack }) {
    this.#root = root;
    this.#article = article;
    this.#desk = desk;
    this.#go = go;
    this.#comeBack = comeBack;
    const { words } = desk;
    this.#box = el("input", {
      type: "search",
      "aria-label": words.search_long,
      placeholder: words.search_long,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
      oninput: () => this.#look(),
    });
    root.append(
      this.#box,
      this.#count,
      this.#button("↑", () => this.#step(-1), "Shift Enter", words.search_previous),
      this.#button("↓", () => this.#step(1), "Enter", words.search_next),
      this.#button(words.search_stay, () => this.stay(), "Ctrl Enter"),
      this.#button(words.search_back, () => this.#giveBack(), CAPS.escape),
    );
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  #button(label, onclick, key, said = null) {
    const attributes = { type: "button", title: said, "aria-label": said, onclick };
    return el("button", attributes, el("span", {}, label), keycap(key));
  }

  get isOpen() {
    return this.#from !== null;
  }

  /** Begin, with the words that are picked or were looked for before; they can be typed over. */
  open() {
    const desk = this.#desk;
    this.#find ??= finder(desk.text);
    this.#from = { place: desk.place, scrolled: this.#article.scrolled };
    if (desk.pick) this.#box.value = desk.text.slice(desk.pick.start, desk.pick.end).slice(0, 80);
    this.#root.hidden = false;
    this.#box.focus({ preventScroll: true });
    this.#box.select();
    this.#look();
  }

  /** Leave the search, and stay at what was found. */
  stay() {
    if (!this.isOpen) return;
    this.#close();
    this.#desk.stage.focusArticle();
  }

  #giveBack() {
    const from = this.#from;
    this.#close();
    this.#desk.stage.focusArticle();
    this.#return(from);
  }

  #return({ place, scrolled }) {
    this.#comeBack(place);
    this.#article.scrolled = scrolled;
  }

  #close() {
    this.#from = null;
    this.#found = [];
    this.#article.showFound([]);
    this.#root.hidden = true;
  }

  #look() {
    const { start } = this.#desk.work.sentences[this.#from.place.at];
    this.#found = this.#find(this.#box.value);
    this.#at = Math.max(0, this.#found.findIndex(({ end }) => end > start));
    if (this.#found.length) return this.#show();
    this.#article.showFound([]);
    this.#return(this.#from);
    this.#count.textContent = this.#box.value.trim() && this.#desk.words.search_none;
    return undefined;
  }

  #step(direction) {
    const { length } = this.#found;
    if (!length) return;
    this.#at = (this.#at + direction + length) % length;
    this.#show();
  }

  #show() {
    const here = this.#found[this.#at];
    const numbers = { n: this.#at + 1, count: this.#found.length };
    this.#go(this.#desk.work.sentenceAt(here.start));
    this.#article.showFound(this.#found, here, this.#root.offsetHeight);
    this.#count.textContent = fill(this.#desk.words.search_n, numbers);
  }

  #key(event) {
    const { key, ctrlKey, metaKey, shiftKey, isComposing, target } = event;
    if (isComposing) return;
    if (key === "Escape") this.#giveBack();
    else if (key !== "Enter" || target !== this.#box) return;
    else if (ctrlKey || metaKey) this.stay();
    else this.#step(shiftKey ? -1 : 1);
    event.preventDefault();
  }
}

function clock(time, locale) {
  return time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Fill the sheet of all keys; single keys can be switched off there. */
export function fillKeySheet(dialog, { scheme, words, singles, onSingles, address }) {
  const row = (key, label) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        key.split(" / ").map((one) => [el("kbd", {}, nameOfKey(one)), " "]),
      ),
      el("td", {}, label),
    );
  const decisions = scheme
    .field("decision")
    .values.map((value) => row(value.key, scheme.label(value)));
  const fields = scheme.document.fields
    .filter((field) => field.key)
    .map((field) => row(field.key, scheme.label(field)));
  // Keys that mean something else while a field is open.
  const again = [
    ["cue", "cue", "mention"],
    ["stance_target", "speaker", "stance_holder"],
  ]
    .filter((names) => names.every((name) => scheme.field(name)))
    .map(([first, second, opened]) =>
      row(`${scheme.field(first).key} ${scheme.field(second).key}`, scheme.label(scheme.field(opened))),
    );
  const table = (title, rows) => el("table", {}, el("caption", {}, title), el("tbody", {}, rows));
  const box = el("input", {
    type: "checkbox",
    onchange: (event) => onSingles(event.target.checked),
  });
  box.checked = singles;
  dialog.replaceChildren(
    // The heading has the focus, or the sheet would open at its end, where the first control is.
    el("h2", { id: "keys-title", tabindex: "-1", autofocus: true }, words.all_keys),
    el(
      "div",
      { class: "tables" },
      table(words.keys_decide, [
        ...decisions,
        row(CAPS.confirm, words.confirm),
        row(`${CAPS.next} / ↓`, words.next_long),
        row(`${CAPS.previous} / ↑`, words.previous_long),
        row(CAPS.nextOpen, words.next_open_long),
        row(CAPS.search, words.search_long),
        row(CAPS.recent, words.recent_long),
        scheme.value(...DOUBT) ? row(CAPS.doubt, words.doubt_long) : null,
        row(`${CAPS.undo} / Ctrl Shift Z`, words.undo_redo),
        row(CAPS.accept, words.accept_long),
        row(CAPS.edit, words.edit_long),
        row(CAPS.reject, words.reject_long),
        row(CAPS.otherSuggestion, words.other_suggestion),
      ]),
      table(words.keys_fields, [
        ...fields,
        ...again,
        row(CAPS.via, words.via_long),
        row("1 / 2 / 9 / 0", words.digits),
        row(CAPS.rule, words.rule_long),
        row(CAPS.ask, words.ask_long),
        row(CAPS.more, words.more_long),
        row(CAPS.repeat, words.repeat_long),
        row(CAPS.escape, words.escape),
      ]),
      table(words.keys_words, [
        row(CAPS.grow, words.grow),
        row(CAPS.shrink, words.shrink),
        row(CAPS.walk, words.caret_long),
        row(CAPS.steps, words.exact),
        row(ARROWS, words.move_start),
        row(`Shift ${ARROWS}`, words.move_end),
        row(CAPS.remove, words.remove),
      ]),
      table(
        words.signs,
        [
          ["1", words.sign_claims],
          ["1…", words.sign_incomplete],
          ["–", scheme.valueLabel("decision", "no_claim")],
          ["?", scheme.valueLabel("decision", "undecided")],
          ["×", scheme.valueLabel("decision", "not_annotatable")],
          ["↳", words.continues],
          ["○", words.open],
          ...Object.entries(COMPARED).map(([name, sign]) => words[name] && [sign, words[name]]).filter(Boolean),
          ...(scheme.value(...DOUBT) ? [["⚑", words.doubted]] : []),
          [CAPS.ask, words.sign_asked],
        ].map(([sign, label]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, el("span", { class: "mark" }, sign)),
            el("td", {}, label),
          ),
        ),
      ),
    ),
    el("p", {}, el("label", {}, box, ` ${words.single_keys}`)),
    el("p", {}, el("a", { href: address }, words.own_keys)),
    el("form", { method: "dialog" }, el("button", { class: "main" }, words.close)),
  );
}

/** Fill the sheet with a section of the guideline. */
export function fillRuleSheet(dialog, { section, words }) {
  const heading = section.querySelector("h2");
  heading.id = "rule-title";
  // The heading has the focus, or the sheet would open at its end.
  heading.tabIndex = -1;
  heading.autofocus = true;
  dialog.replaceChildren(
    section,
    el("form", { method: "dialog" }, el("button", { class: "main" }, words.close)),
  );
}

/**
 * Fill the sheet of the last decisions, of what is done and how fast. `own` is what the server knows
 * of the person's other articles, of the day and the pace; undefined while it is asked, null when it
 * cannot be. `go(index)` turns to a sentence of this article.
 */
export function fillRecentSheet(dialog, { own, desk, sayStanding, go }) {
  const { work, words, page, scheme } = desk;
  const { done, total } = work.progress;
  const key = (decision) => keycap(scheme.value("decision", decision)?.key ?? "");
  const when = (time) => el("time", { datetime: time.toISOString() }, sayTime(time, page.locale));
  const here = work.latest(LATEST).map(({ index, at }) => {
    const { start, end } = work.sentences[index];
    const { decision } = work.answerAt(index);
    const turn = () => {
      dialog.close();
      go(index);
    };
    const opening = el("bdi", {}, shortened(work.text.slice(start, end), 90));
    const link = el("button", { type: "button", class: "link", onclick: turn }, opening);
    return { at, item: [key(decision), sayStanding(index), link, when(at)] };
  });
  const elsewhere = (own?.decisions ?? []).map((one) => {
    const at = new Date(one.made_at);
    const claims = fill(one.claims === 1 ? words.claims_one : words.claims_other, { n: one.claims });
    const said = one.claims ? claims : scheme.valueLabel("decision", one.decision);
    const opening = el("bdi", { lang: one.language }, shortened(one.opening, 90));
    const link = el("a", { href: one.url }, opening, el("small", {}, ` (${one.article})`));
    return { at, item: [key(one.decision), said, link, when(at)] };
  });
  const latest = [...here, ...elsewhere].sort((one, other) => other.at - one.at).slice(0, LATEST);
  const facts = [
    fill(words.progress_open, { done, total, open: total - done }),
    own && fill(own.today === 1 ? words.today_one : words.today_other, { n: own.today }),
    own?.median_ms && fill(words.pace, { n: Math.max(1, Math.round(own.median_ms / 1000)) }),
    own === null && words.recent_offline,
  ];
  const row = ({ item: [cap, said, link, at] }) =>
    el("tr", {}, el("th", { scope: "row" }, cap, " ", said), el("td", {}, link), el("td", {}, at));
  dialog.replaceChildren(
    el("h2", { id: "recent-title", tabindex: "-1", autofocus: true }, words.recent),
    el("ul", { class: "facts-list" }, present(facts).map((fact) => el("li", {}, fact))),
    latest.length
      ? el("table", { class: "latest" }, el("tbody", {}, latest.map(row)))
      : el("p", {}, words.recent_none),
    el("form", { method: "dialog" }, el("button", { class: "main" }, words.close)),
  );
}

/** The time of today, else the day and the time. */
function sayTime(time, locale) {
  const isToday = time.toDateString() === new Date().toDateString();
  const day = isToday ? "" : `${time.toLocaleDateString(locale, { day: "numeric", month: "short" })} `;
  return `${day}${clock(time, locale)}`;
}

/**
 * Fill the sheet that names the sentences still to be decided, and those one is not sure of;
 * `go(index)` turns to one. When none is left to decide, `finish` finishes all the same.
 */
export function fillLeftSheet(dialog, { left, work, words, go, finish }) {
  const isDone = left.every(({ why }) => why === "doubted");
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
        el("b", {}, `${work.sentences[index].number}. `),
        shortened(work.text.slice(work.sentences[index].start, work.sentences[index].end), 90),
      ),
      el("span", { class: "hint" }, ` ${words[why]}`),
    );
  dialog.replaceChildren(
    el(
      "h2",
      { id: "left-title" },
      isDone
        ? fill(left.length === 1 ? words.doubted_one : words.doubted_other, { n: left.length })
        : fill(left.length === 1 ? words.left_one : words.left_other, { n: left.length }),
    ),
    el("ul", {}, left.map(item)),
    el(
      "form",
      { method: "dialog", class: "tools" },
      isDone ? el("button", { class: "main", autofocus: true, onclick: finish }, words.finish_all) : null,
      el("button", { class: isDone ? null : "main" }, words.close),
    ),
  );
}
