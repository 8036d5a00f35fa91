/** The bars above and below: what is done, what is saved, and a button for every action. */

import { el, fill, keycap } from "./dom.js";
import { CAPS } from "./keys.js";

export class Bars {
  #desk;
  #run;
  #root;
  #buttons = {};

  /** `root` finds the places on the page by their `data-place`. */
  constructor({ desk, run, root }) {
    this.#desk = desk;
    this.#run = run;
    this.#root = root;
    this.#place("toolbar").append(...this.#toolbar());
    this.#place("finish").append(this.#button("finish", desk.words.finish, [], "main"), this.#button("reopen", desk.words.reopen));
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
      el("span", { class: "grow" }),
      this.#button("previous", "↑", [CAPS.previous], "", [], words.previous_long),
      this.#button("next", "↓", [CAPS.next], "", [], words.next_long),
      this.#button("nextOpen", words.next_open, [CAPS.nextOpen]),
      this.#button("sheet", words.keys, [CAPS.sheet]),
      this.#button("confirm", words.confirm, [CAPS.confirm], "go main"),
    ];
  }

  #button(name, label, keys = [], kind = "", rest = [], said = null) {
    const attributes = { type: "button", class: kind || null, "aria-label": said, title: said, onclick: () => this.#run(name, ...rest) };
    const button = el("button", attributes, el("span", {}, label), keycap(...keys));
    this.#buttons[[name, ...rest].join(" ")] = button;
    return button;
  }

  /** Bring the bars up to date. */
  render({ state, problems }) {
    const { work, words } = this.#desk;
    const { done, total } = work.progress;
    const progress = this.#place("progress");
    progress.max = Math.max(1, total);
    progress.value = done;
    this.#place("count").textContent = fill(words.progress, { done, total });
    this.#able("undo", work.canUndo);
    this.#able("redo", work.canRedo);
    this.#buttons.finish.hidden = state === "finished";
    this.#buttons.reopen.hidden = state !== "finished";
    this.#buttons.finish.classList.toggle("ready", done === total);
    this.#buttons.confirm.classList.toggle("main", done < total);
    this.#saving(problems);
  }

  #able(name, can) {
    // Not `disabled`: a button that has the focus would lose it.
    this.#buttons[name].setAttribute("aria-disabled", String(!can));
  }

  #saving(problems) {
    const { work, words, page } = this.#desk;
    const { waiting, trouble } = work.outbox;
    const place = this.#place("saved");
    const unsent = waiting ? fill(waiting === 1 ? words.unsent_one : words.unsent_other, { n: waiting }) : "";
    let kind = "fine";
    let content = work.savedAt ? [`✓ ${fill(words.saved, { time: clock(work.savedAt, page.locale) })}`] : [];
    if (problems.length) {
      kind = "problem";
      content = [el("button", { type: "button", class: "link", onclick: () => this.#run("go", problems[0]) }, `⚠ ${words.needs_you}`), unsent && ` · ${unsent}`];
    } else if (trouble === "signed_out") {
      kind = "problem";
      content = [`⚠ ${words.signed_out} `, el("a", { href: page.urls.sign_in, target: "_blank", rel: "opener" }, words.sign_in), ` · ${unsent} `, this.#again()];
    } else if (trouble === "other_person") {
      kind = "problem";
      content = [`⚠ ${words.other_person} · ${unsent}`];
    } else if (trouble === "offline") {
      kind = "problem";
      content = [`⚠ ${words.offline} · ${unsent} `, this.#again()];
    } else if (waiting) {
      kind = "sending";
      content = [`… ${unsent}`];
    }
    const said = content.map((part) => part.textContent ?? part).join("");
    if (place.dataset.said === said) return;
    place.dataset.said = said;
    place.dataset.kind = kind;
    place.replaceChildren(...content.filter(Boolean));
  }

  #again() {
    return el("button", { type: "button", class: "link", onclick: () => this.#run("sendNow") }, this.#desk.words.send_now);
  }
}

function clock(time, locale) {
  return time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
