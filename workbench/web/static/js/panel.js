/**
 * The panel beside the article: what the answer for the sentence at hand says, and what is asked.
 *
 * It is drawn anew after each step from the desk alone; focus and what is being typed survive.
 */

import { isOpen, speakerOf } from "./answers.js";
import { Chooser } from "./chooser.js";
import { el, fill, keycap, present } from "./dom.js";
import { CAPS } from "./keys.js";
import { AUTHOR } from "./registers.js";

const SIGNS = { favor: "+", against: "−", neutral: "=" };

export class Panel {
  #root;
  #desk;
  #run;
  #say;
  #chooser;
  #asked = null;

  /** `run(name, ...arguments)` runs a command; `say(index)` tells what a sentence counts as. */
  constructor({ root, desk, run, say }) {
    this.#root = root;
    this.#desk = desk;
    this.#run = run;
    this.#say = say;
    this.#chooser = new Chooser({ desk, run });
  }

  /** Draw everything anew; the control that had the focus has it again. */
  render() {
    const active = this.#root.contains(document.activeElement) ? document.activeElement : null;
    const key = active?.dataset.key;
    const typed = active && "value" in active && active.tagName !== "BUTTON" ? active.value : null;
    this.#root.replaceChildren(...present(this.#content()));
    const typing = this.#desk.open?.typing;
    this.#reveal();
    const focus = typing ? this.#root.querySelector("[role=combobox]") : key && this.#root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!focus) return;
    focus.focus({ preventScroll: !typing });
    if (typed === null || focus.dataset.key !== key || focus.value === typed) return;
    focus.value = typed;
    focus.dispatchEvent(new Event("input"));
  }

  /** Scroll the panel to what is asked, when that changes. */
  #reveal() {
    const { open } = this.#desk;
    const asked = open && `${this.#desk.at} ${open.name} ${open.depth} ${open.stance} ${Boolean(open.typing)}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const row = this.#root.querySelector(".opened, .stance[data-open], .row[data-open]");
    const pane = this.#root.parentElement;
    row?.scrollIntoView({ block: row.offsetHeight > pane.clientHeight ? "start" : "nearest" });
  }

  /** What was typed in a text field and not yet taken over, taken over. */
  flush() {
    const active = document.activeElement;
    if (active?.dataset.field && active.value !== active.defaultValue) this.#takeText(active);
  }

  #content() {
    const { sentence, answer, at, work, words } = this.#desk;
    const title = fill(words.sentence_title, { n: sentence.position, standing: this.#say(at) });
    const decision = answer?.decision;
    return [
      this.#refusal(work.refusals.get(sentence.id)),
      el("h2", {}, title),
      this.#picked(),
      sentence.annotatable ? null : el("p", { class: "hint" }, words.outside),
      answer?.claims.length ? this.#claims() : sentence.annotatable && this.#decisions(decision),
      sentence.annotatable && answer && !answer.claims.length && this.#sentenceCard(),
      answer?.claims.length ? this.#afterClaims() : null,
    ];
  }

  // --- the words picked ----------------------------------------------------------------------

  #picked() {
    const { pick, kept, text, words, exact, claim, caret } = this.#desk;
    const picks = [...kept, ...(pick ? [pick] : [])];
    const tool = (name, label, extra = {}) => this.#button(name, { class: "tool", title: label, "aria-label": label, ...extra }, extra.sign ?? label, keycap(CAPS[name] ?? extra.key));
    return el(
      "section",
      { class: picks.length ? "picked some" : "picked", "aria-label": words.selection },
      picks.length ? el("p", { class: "words" }, shortened(picks.map((range) => text.slice(range.start, range.end)).join(" […] "))) : null,
      el(
        "div",
        { class: "tools" },
        tool("grow", words.grow, { sign: "↔" }),
        tool("shrink", words.shrink, { sign: "→←" }),
        tool("caret", words.caret, { sign: "a|b", "aria-pressed": String(Boolean(caret)) }),
        tool("exact", words.exact, { sign: exact ? words.characters : words.whole, "aria-pressed": String(exact) }),
        tool("part", claim ? words.part : words.keep_part, { sign: "+", key: this.#fieldKey("content") }),
      ),
    );
  }

  // --- decisions -----------------------------------------------------------------------------

  #decisions(decision) {
    const { scheme, words } = this.#desk;
    const field = scheme.field("decision");
    const buttons = field.values.map((value) => {
      const [name, ...rest] = value.name === "claims" ? ["claim"] : ["decide", value.name];
      const isOn = !isOpen(this.#desk.answer) && value.name === decision;
      return el(
        "button",
        { type: "button", class: "decision", "data-key": `decision ${value.name}`, "aria-pressed": String(isOn), onclick: () => this.#run(name, ...rest) },
        el("b", {}, isOn ? "✓ " : "", scheme.label(value)),
        keycap(value.key),
        el("span", { class: "hint" }, scheme.help(value)),
      );
    });
    return el("div", { class: "decisions", role: "group", "aria-label": scheme.label(field) || words.decision }, buttons);
  }

  #sentenceCard() {
    const { answer } = this.#desk;
    if (answer.decision === "not_annotatable") return null;
    return el("div", { class: "card plain" }, this.#stances(null), this.#more("annotation", null), this.#rule());
  }

  // --- claims --------------------------------------------------------------------------------

  #claims() {
    const { answer, claimId } = this.#desk;
    return answer.claims.map((claim, index) => (claim.id === claimId ? this.#card(claim, index) : this.#folded(claim, index)));
  }

  #folded(claim, index) {
    const { text, scheme, registers, words } = this.#desk;
    const type = claim.attributes.claim_type;
    const said = [type ? scheme.valueLabel("claim_type", type) : words.incomplete, registers.nameOf("speaker", speakerOf(claim))];
    return el(
      "button",
      { type: "button", class: "card folded", "data-key": `claim ${index}`, onclick: () => this.#run("selectClaim", claim.id) },
      el("q", {}, claim.parts.map((part) => text.slice(part.start, part.end)).join(" […] ")),
      el("span", { class: "hint" }, said.join(" · ")),
    );
  }

  #card(claim, index) {
    const { scheme, words } = this.#desk;
    const asked = scheme.fieldsOn("claim", "always").filter((field) => field.kind === "choice");
    return el(
      "section",
      { class: "card", "aria-label": fill(words.claim_n, { n: index + 1 }) },
      this.#parts(claim),
      asked.map((field) => this.#choiceRow(field, {})),
      this.#speakerRow(claim),
      this.#stances(claim.id),
      this.#more("claim", claim),
      this.#rule(),
    );
  }

  #parts(claim) {
    const { text, span, words } = this.#desk;
    return el(
      "div",
      { class: "parts" },
      claim.parts.map((part, index) =>
        el(
          "button",
          {
            type: "button",
            class: "part",
            "data-key": `part ${index}`,
            "aria-pressed": String(span?.kind === "part" && span.index === index),
            title: words.select_part,
            onclick: () => this.#run("selectSpan", "part", index),
          },
          shortened(text.slice(part.start, part.end)),
        ),
      ),
      this.#button("remove", { class: "bare", title: words.remove_claim, "aria-label": words.remove_claim }, "✕", keycap(CAPS.remove)),
    );
  }

  /** A row: the field's name, which opens it, and what stands there. */
  #row(field, place, content, { label = null } = {}) {
    const { open, scheme } = this.#desk;
    const isOpen_ = open?.name === field.name && (open.depth ?? null) === (place.depth ?? open.depth ?? null) && (open.stance ?? null) === (place.stance ?? null);
    const name = label ?? scheme.label(field);
    return el(
      "div",
      { class: "row", role: "group", "aria-label": name, "data-open": isOpen_ },
      el(
        "button",
        { type: "button", class: "name", "data-key": `row ${field.name} ${place.depth ?? ""} ${place.stance ?? ""}`, onclick: () => this.#run("field", field.name, place) },
        name,
        field.key ? [" ", keycap(field.key)] : null,
      ),
      el("div", { class: "value" }, content),
    );
  }

  #choiceRow(field, place) {
    const desk = this.#desk;
    const { scheme, claim, words } = desk;
    if (field.on === "claim" && scheme.settledBy(field, claim.attributes) !== undefined) {
      const { field: other } = field.not_asked_when;
      const type = scheme.valueLabel(other, claim.attributes[other]);
      return this.#row(field, place, el("span", { class: "hint" }, fill(words.not_asked_of, { type })));
    }
    return this.#row(field, place, this.#chips(field, place));
  }

  #chips(field, place) {
    const desk = this.#desk;
    const value = desk.valueOf({ name: field.name, ...place }) ?? field.default;
    const isOpen_ = desk.open?.name === field.name;
    const options = desk.choices(field).filter((option) => !option.folded || isOpen_ || option.value === value);
    return el(
      "div",
      { class: "chips" },
      options.map((option) =>
        el(
          "button",
          {
            type: "button",
            class: `chip ${option.value}`,
            "data-key": `chip ${field.name} ${place.depth ?? ""} ${place.stance ?? ""} ${option.value}`,
            "aria-pressed": String(option.value === value),
            title: option.help || null,
            onclick: () => this.#run("set", field.name, place, option.value),
          },
          el("span", { class: "digit" }, option.digit),
          SIGNS[option.value] ? ` ${SIGNS[option.value]}` : "",
          ` ${option.label}`,
        ),
      ),
    );
  }

  // --- who says it ---------------------------------------------------------------------------

  #speakerRow(claim) {
    const { scheme, registers, open } = this.#desk;
    const field = scheme.field("speaker");
    if (!field) return null;
    const isOpen_ = open?.name === "speaker";
    const chain = claim.chain.flatMap((link, depth) => [
      depth ? el("span", { class: "arrow", "aria-hidden": "true" }, " › ") : null,
      el(
        "button",
        {
          type: "button",
          class: depth === claim.chain.length - 1 ? "who said" : "who",
          "data-key": `link ${depth}`,
          onclick: () => this.#run("field", "speaker", { depth: depth || claim.chain.length - 1 }),
        },
        el("bdi", {}, !depth && claim.chain.length > 1 ? this.#desk.words.author : registers.nameOf("speaker", link.speaker)),
        registers.isProposed("speaker", link.speaker) ? el("small", {}, ` (${this.#desk.words.proposed})`) : null,
      ),
    ]);
    const via = claim.chain.length > 1 ? this.#button("via", { class: "bare" }, this.#desk.words.via, keycap(CAPS.via)) : null;
    return [
      this.#row(field, {}, [el("div", { class: "chain" }, chain, via), isOpen_ ? this.#chooser.draw() : null]),
      claim.chain.map((link, depth) => (link.speaker === AUTHOR ? null : this.#attribution(link, depth, claim))),
    ];
  }

  #attribution(link, depth, claim) {
    const { scheme, registers, open } = this.#desk;
    const isRelay = depth < claim.chain.length - 1;
    const fields = ["quote_type", "cue", "mention"].map((name) => scheme.field(name)).filter((field) => field && !(isRelay && field.kind === "choice"));
    const items = fields.map((field) =>
      field.kind === "span"
        ? this.#spanItem(field, depth, link[field.name], isRelay)
        : el(
            "button",
            { type: "button", class: "item", "data-key": `item ${field.name} ${depth}`, onclick: () => this.#run("field", field.name, { depth }) },
            scheme.valueLabel(field.name, link.attributes?.[field.name]) || scheme.label(field),
            isRelay ? null : keycap(field.key),
          ),
    );
    const opened = open && open.depth === depth && fields.find((field) => field.name === open.name);
    return el(
      "div",
      { class: "attribution" },
      claim.chain.length > 2 ? el("span", { class: "hint" }, registers.nameOf("speaker", link.speaker), " : ") : null,
      items,
      opened ? el("div", { class: "opened", role: "group", "aria-label": scheme.label(opened) }, opened.kind === "choice" ? this.#chips(opened, { depth }) : this.#chooser.draw()) : null,
    );
  }

  #spanItem(field, depth, range, isRelay) {
    const { scheme, text, words, span } = this.#desk;
    return el(
      "button",
      {
        type: "button",
        class: `item ${field.name}`,
        "data-key": `item ${field.name} ${depth}`,
        "aria-pressed": String(span?.kind === field.name && span.index === depth),
        onclick: () => this.#run("field", field.name, { depth }),
      },
      el("span", { class: "hint" }, `${scheme.label(field)} `),
      range ? el("span", { class: "found" }, text.slice(range.start, range.end)) : el("span", { class: "hint" }, words.none),
      isRelay ? null : keycap(field.key),
    );
  }

  // --- stances -------------------------------------------------------------------------------

  #stances(claimId) {
    const desk = this.#desk;
    const { scheme, words, draft, open } = desk;
    const field = scheme.field("stance_target");
    if (!field) return null;
    const rows = desk.stancesOf(claimId).map(({ stance, index }) => this.#stance(stance, index));
    const isDrafting = draft && draft.claim === claimId;
    if (isDrafting) rows.push(this.#stance(draft, null));
    const add = isDrafting
      ? null
      : el("button", { type: "button", class: "bare", "data-key": "add stance", onclick: () => this.#run("stance") }, rows.length ? words.another_stance : words.add_stance, keycap(field.key));
    return el(
      "div",
      { class: "row stances", role: "group", "aria-label": words.stances, "data-open": Boolean(open?.name.startsWith("stance_")) },
      el("span", { class: "name" }, scheme.label(scheme.field("stance_value"))),
      el("div", { class: "value" }, rows, add),
    );
  }

  #stance(stance, index) {
    const { scheme, registers, open, words } = this.#desk;
    const place = { stance: index };
    const isOpen_ = open?.name.startsWith("stance_") && (open.stance ?? null) === index;
    const opens = (name, label, extra) =>
      el("button", { type: "button", "data-key": `${name} ${index}`, onclick: () => (index === null && name === "stance_target" ? this.#run("stance") : this.#run("field", name, place)), ...extra }, label);
    const target = stance.target ? registers.nameOf("target", stance.target) : "…";
    const folded = scheme.fieldsOn("stance", "more").filter((field) => this.#desk.showsMore || (field.kind === "choice" && scheme.isTelling(field, stance.attributes[field.name])));
    const asksChoice = isOpen_ && ["stance_target", "stance_holder", "stance_target_span"].includes(open.name);
    return el(
      "div",
      { class: "stance", "data-open": Boolean(isOpen_) },
      opens("stance_holder", el("bdi", {}, registers.nameOf("speaker", stance.holder)), { class: "who said", title: scheme.label(scheme.field("stance_holder")) }),
      index === null
        ? null
        : el("button", { type: "button", class: "bare away", "data-key": `remove stance ${index}`, title: words.remove_stance, "aria-label": words.remove_stance, onclick: () => this.#run("removeStance", index) }, "✕"),
      stance.target ? this.#chips(scheme.field("stance_value"), place) : null,
      opens("stance_target", [el("bdi", {}, target), registers.isProposed("target", stance.target) ? el("small", {}, ` (${words.proposed})`) : null], { class: "who target", title: scheme.label(scheme.field("stance_target")) }),
      asksChoice ? this.#chooser.draw() : null,
      folded.map((field) => (field.kind === "choice" ? this.#row(field, place, this.#chips(field, place)) : this.#targetSpan(field, stance, index))),
    );
  }

  #targetSpan(field, stance, index) {
    const { scheme, text, words } = this.#desk;
    const range = stance.target_span;
    return el(
      "button",
      { type: "button", class: "item target", "data-key": `item ${field.name} ${index}`, onclick: () => this.#run("field", field.name, { stance: index }) },
      el("span", { class: "hint" }, `${scheme.label(field)} `),
      range ? el("span", { class: "found" }, text.slice(range.start, range.end)) : el("span", { class: "hint" }, words.none),
    );
  }

  // --- what is rarely needed -----------------------------------------------------------------

  /** Fields that are folded; those that say something unusual show all the same. */
  #more(level, claim) {
    const desk = this.#desk;
    const { scheme, showsMore, words, open } = desk;
    const places = [
      ...scheme.fieldsOn(level, "more").map((field) => ({ field, place: {} })),
      ...(level === "claim" ? scheme.fieldsOn("annotation", "more").map((field) => ({ field, place: {} })) : []),
      ...(claim?.chain ?? []).flatMap((link, depth) => (depth ? scheme.fieldsOn("link", "more").map((field) => ({ field, place: { depth } })) : [])),
    ];
    const shown = places.filter(({ field, place }) => showsMore || field.name === open?.name || scheme.isTelling(field, desk.valueOf({ name: field.name, ...place })));
    const toggle = el(
      "button",
      { type: "button", class: "bare more", "data-key": "more", "aria-expanded": String(showsMore), onclick: () => this.#run("more") },
      showsMore ? `▾ ${words.less}` : `▸ ${words.more}`,
    );
    return [shown.map(({ field, place }) => (field.kind === "choice" ? this.#row(field, place, this.#chips(field, place)) : this.#textRow(field, place))), places.length ? toggle : null];
  }

  #textRow(field, place) {
    const { scheme } = this.#desk;
    const value = this.#desk.valueOf({ name: field.name, ...place }) ?? "";
    const isLong = field.kind === "text";
    const box = el(isLong ? "textarea" : "input", {
      "aria-label": scheme.label(field),
      title: scheme.help(field) || null,
      "data-key": `text ${field.name}`,
      "data-field": field.name,
      maxlength: field.max_length ?? null,
      rows: isLong ? 2 : null,
      placeholder: field.kind === "edtf" ? "2023-12" : null,
      onchange: (event) => this.#takeText(event.target),
    });
    box.defaultValue = value;
    return this.#row(field, place, box);
  }

  #takeText(box) {
    const value = box.value.trim();
    box.defaultValue = box.value;
    this.#run("set", box.dataset.field, {}, value);
  }

  #afterClaims() {
    const { words, scheme } = this.#desk;
    const claim = scheme.value("decision", "claims");
    return [
      this.#desk.stancesOf(null).length ? el("div", { class: "card plain" }, this.#stances(null)) : null,
      this.#button("claim", { class: "another" }, words.another_claim, keycap(claim.key)),
    ];
  }

  /** The rule of the field at hand: one line, or all its values. */
  #rule() {
    const { scheme, open, showsRule, claim, words } = this.#desk;
    const field = scheme.field(open?.name ?? "claim_type");
    if (!field || open?.creating) return null;
    const value = scheme.value(field.name, open ? this.#desk.openValue : claim?.attributes.claim_type);
    const own = value && scheme.help(value);
    const line = own ? [el("b", {}, `${scheme.label(value)}. `), own] : [el("b", {}, `${scheme.label(field)}. `), scheme.help(field)];
    const all = (field.values ?? []).filter((one) => scheme.help(one));
    return el(
      "div",
      { class: "rule" },
      showsRule
        ? [el("p", {}, el("b", {}, `${scheme.label(field)}. `), scheme.help(field)), el("dl", {}, all.map((one) => [el("dt", {}, `${one.key} ${scheme.label(one)}`), el("dd", {}, scheme.help(one))]))]
        : el("p", {}, line),
      this.#button("rule", { class: "bare", "aria-expanded": String(showsRule) }, words.rule, keycap(CAPS.rule)),
    );
  }

  // --- what the server refused ---------------------------------------------------------------

  #refusal(refusal) {
    if (!refusal) return null;
    const { work, sentence, words } = this.#desk;
    const { problem, theirs } = refusal;
    const version = (title, answer, command, label) =>
      el("div", { class: "version" }, el("h3", {}, title), this.#summary(answer), el("button", { type: "button", "data-key": command, onclick: () => this.#run(command, sentence.id) }, label));
    return el(
      "section",
      { class: "refusal", role: "alert" },
      el("p", {}, el("b", {}, problem.newest ? words.changed_elsewhere : words.not_accepted), " ", problem.detail ?? problem.title),
      version(words.mine, work.answers.get(sentence.id), "keepMine", problem.newest ? words.keep_mine : words.send_again),
      version(words.theirs, theirs, "takeTheirs", words.take_theirs),
    );
  }

  #summary(answer) {
    const { scheme, registers, text, words } = this.#desk;
    if (isOpen(answer) && !answer?.stances.length) return el("p", { class: "hint" }, words.open);
    const value = (name, one) => scheme.valueLabel(name, one);
    return el(
      "ul",
      {},
      answer.claims.length ? null : el("li", {}, value("decision", answer.decision)),
      answer.claims.map((claim) => {
        const words_ = claim.parts.map((part) => text.slice(part.start, part.end)).join(" […] ");
        const told = [value("claim_type", claim.attributes.claim_type), value("check_worthiness", claim.attributes.check_worthiness), claim.chain.map((link) => registers.nameOf("speaker", link.speaker)).join(" › ")];
        return el("li", {}, el("q", {}, shortened(words_)), el("span", { class: "hint" }, ` ${told.filter(Boolean).join(" · ")}`));
      }),
      answer.stances.map((stance) =>
        el("li", {}, `${registers.nameOf("speaker", stance.holder)} ${SIGNS[stance.value] ?? ""} ${value("stance_value", stance.value)} : ${registers.nameOf("target", stance.target)}`),
      ),
    );
  }

  // --- common --------------------------------------------------------------------------------

  #button(name, attributes, ...children) {
    const { sign, key, ...rest } = attributes;
    return el("button", { type: "button", "data-key": name, onclick: () => this.#run(name), ...rest }, ...children);
  }

  #fieldKey(name) {
    return this.#desk.scheme.field(name)?.key ?? "";
  }
}

/** Long words are shortened in the middle: both borders of the content stay to be seen. */
function shortened(words, most = 160) {
  if (words.length <= most) return words;
  const start = words.slice(0, most - 60).replace(/\S+$/, "").trimEnd();
  const end = words.slice(-60).replace(/^\S+/, "").trimStart();
  return `${start || words.slice(0, most - 60)} […] ${end}`;
}
