/**
 * The panel beside the article: what the answer for the sentence at hand says, and what is asked.
 *
 * It is drawn anew after each step, from the desk alone; focus and what is being typed survive.
 */

import { isOpen, speakerOf } from "./answers.js";
import { Chooser, el, fill, keycap, present } from "./dom.js";
import { AUTHOR } from "./registers.js";
import { CAPS, DOUBT, isDate } from "./scheme.js";
import { quoted, shortened } from "./text.js";

const SIGNS = { favor: "+", against: "−", neutral: "=" };

export class Panel {
  #root;
  #desk;
  #fields;
  #talk;
  #gold;
  #run;
  #mayRun;
  #guideline;
  #chooser;
  #asked = null;
  #left = null; // how far the panel was scrolled when a rule was opened
  #isComposing = false;
  #isPressed = false;
  #isDue = false; // to be drawn when nothing is pressed any more
  #isDrawing = false;
  #unread = new Map(); // what was typed and is no date: sentence, claim and field -> words

  /**
   * `run(name, ...arguments)` runs a command; `mayRun(name)` says whether it would. `guideline`
   * holds the guideline's sections, each with the fields it is about; `gold` compares answers where
   * the agreed one is made, and is null elsewhere.
   */
  constructor({ root, guideline, desk, fields, talk, gold, run, mayRun }) {
    this.#root = root;
    this.#guideline = guideline;
    this.#desk = desk;
    this.#fields = fields;
    this.#talk = talk;
    this.#gold = gold;
    this.#run = run;
    this.#mayRun = mayRun;
    this.#chooser = new Chooser({ desk, fields, run });
    root.addEventListener("compositionstart", () => (this.#isComposing = true));
    root.addEventListener("compositionend", () => {
      this.#isComposing = false;
      this.render();
    });
    root.addEventListener("pointerdown", () => (this.#isPressed = true));
    for (const kind of ["pointerup", "pointercancel", "blur"])
      addEventListener(kind, () => this.#letGo());
    // To the browser a field that is drawn anew is left; its words are still being written.
    root.addEventListener(
      "change",
      (event) => this.#isDrawing && event.stopImmediatePropagation(),
      true,
    );
  }

  /**
   * Draw everything anew; the control that had the focus has it again. Letters that are still
   * being composed would be lost: then it is drawn when they are written. A control that is being
   * pressed would never be clicked: then it is drawn when it is let go.
   */
  render() {
    this.#isDue = this.#isPressed;
    if (this.#isComposing || this.#isPressed) return;
    const active = this.#root.contains(document.activeElement) ? document.activeElement : null;
    const { key } = active?.dataset ?? {};
    const typed = active?.matches("input, textarea") ? active : null;
    const caret = typed && [typed.selectionStart, typed.selectionEnd, typed.selectionDirection];
    const content = present(this.#content());
    this.#isDrawing = true;
    this.#root.replaceChildren(...content);
    this.#isDrawing = false;
    this.#reveal();
    this.#gold?.reveal(this.#root);
    const wanted = this.#talk.takeWanted() ?? this.#gold?.takeWanted();
    if (wanted) return this.#root.querySelector(`[data-key="${wanted}"]`)?.focus();
    const isTyping = this.#desk.open?.typing;
    const again = key && `[data-key="${CSS.escape(key)}"]`;
    const focus = isTyping ? this.box : again && this.#root.querySelector(again);
    if (!focus) {
      // What had the focus is gone: the next key goes to the article.
      if (active) this.#desk.stage.focusArticle();
      return;
    }
    focus.focus({ preventScroll: !isTyping });
    if (!typed || focus.dataset.key !== key) return;
    if (focus.value !== typed.value && !("draft" in focus.dataset)) {
      focus.value = typed.value;
      focus.dispatchEvent(new Event("input"));
      // To the browser nobody has typed here, so that it tells of no change when it is left.
      const tell = () => this.#isDrawing || focus.dispatchEvent(new Event("change"));
      focus.addEventListener("blur", tell, { once: true });
    }
    focus.setSelectionRange(...caret);
  }

  #letGo() {
    this.#isPressed = false;
    setTimeout(() => this.#isDue && this.render()); // the click comes first
  }

  /** The text field that takes what is typed; null without one. */
  get box() {
    return this.#root.querySelector(":is([role=combobox], .row[data-open] :is(input, textarea))");
  }

  /** Scroll the panel to what is asked, when that changes. */
  #reveal() {
    const { at, open, showsMore, showsRule, repeating } = this.#desk;
    const asked =
      (open || showsMore || showsRule || repeating) &&
      JSON.stringify([at, open, showsMore, showsRule, repeating?.at]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    const pane = this.#root.parentElement;
    // A rule that is closed leaves the panel where it was.
    if (showsRule) this.#left ??= pane.scrollTop;
    else if (this.#left !== null) {
      pane.scrollTop = this.#left;
      this.#left = null;
    }
    const row =
      (showsRule ? this.#root.querySelector(".rule") : null) ??
      this.#root.querySelector(":is(.opened, .stance[data-open], .row[data-open])") ??
      this.#root.querySelector(".suggestion[data-open]") ??
      (showsMore && this.#root.querySelector("button.more + .row"));
    if (!row) return;
    row.scrollIntoView({ block: row.offsetHeight > pane.clientHeight ? "start" : "nearest" });
  }

  /** What was typed in a text field and not yet taken over, taken over. */
  flush() {
    const active = document.activeElement;
    this.#gold?.flush(active);
    if (active?.dataset.field && active.value !== active.defaultValue) this.#takeText(active);
  }

  #content() {
    const { sentence, answer, work, words, page, ahead } = this.#desk;
    const isClosed = !this.#mayRun("claim");
    return [
      this.#refusal(work.refusals.get(sentence.id)),
      isClosed || ahead?.is_corrected ? this.#onward(ahead) : null,
      isClosed
        ? el(
            "p",
            { class: "told" },
            `${words.reopen_first} `,
            this.#button("reopen", { class: "link" }, words.reopen),
            " · ",
            el("a", { href: page.urls.home, "data-key": "articles" }, words.to_articles),
          )
        : null,
      el("div", { class: "titled" }, el("h2", {}, this.#desk.title), this.#doubt(answer)),
      this.#gold?.draw(),
      this.#talk.drawDraft(),
      this.#talk.drawRead(),
      this.#desk.repeating ? this.#repeated() : this.#suggestions(),
      this.#picked(),
      sentence.annotatable ? this.#answer(answer) : el("p", { class: "hint" }, words.outside),
      this.#talk.drawOthers(),
    ];
  }

  /** Where to go on after finishing; `ahead` is null when there is no more to read. */
  #onward(ahead) {
    const { words, page } = this.#desk;
    if (ahead === undefined) return null;
    const { url, heading, language, takes, is_corrected } = ahead ?? { url: page.urls.home };
    const leads = is_corrected ? words.corrected_text : words.next_article;
    if (takes)
      return el(
        "form",
        { class: "onward", method: "post", action: takes },
        el("input", { type: "hidden", name: "csrf_token", value: page.csrf }),
        el("button", { "data-key": "onward" }, words.take_next),
      );
    return el(
      "p",
      { class: "onward" },
      ahead ? null : el("span", {}, `${words.all_read} `),
      el(
        "a",
        { href: url, role: "button", "data-key": "onward" },
        ahead ? [`${leads} `, el("bdi", { lang: language }, heading)] : words.to_articles,
      ),
    );
  }

  /** The mark of an answer one is not sure of; offered where there is an answer. */
  #doubt(answer) {
    const { words, scheme, work, at } = this.#desk;
    if (!answer || !scheme.value(...DOUBT)) return null;
    const attributes = { class: "tool doubt", "aria-pressed": String(work.isDoubted(at)) };
    return this.#button("doubt", attributes, [`⚑ ${words.doubt}`, keycap(CAPS.doubt)]);
  }

  #answer(answer) {
    const { words, scheme, claimId, draft } = this.#desk;
    if (!answer?.claims.length) return [this.#decisions(), this.#ofSentence(answer)];
    const key = scheme.value("decision", "claims").key;
    return [
      answer.claims.map((claim, index) =>
        claim.id === claimId ? this.#card(claim, index) : this.#folded(claim, index),
      ),
      this.#desk.stancesOf(null).length || draft?.claim === null
        ? el("div", { class: "card plain" }, this.#stances(null))
        : null,
      el(
        "div",
        { class: "another" },
        this.#button("claim", {}, [words.another_claim, keycap(key)]),
        claimId && !this.#gold
          ? this.#button("repeat", {}, [words.repeat_short, keycap(CAPS.repeat)])
          : null,
      ),
    ];
  }

  // --- what is suggested ---------------------------------------------------------------------

  #suggestions() {
    const { suggestions, suggestion, rejected, open, words, work, at } = this.#desk;
    const { length: count } = suggestions;
    const counted = (index) =>
      count > 1 ? fill(words.suggestion_n, { n: index + 1, count }) : words.suggestion;
    const content = (one) => el("q", {}, shortened(this.#quote(work.partsAt(one, at)), 120));
    const folded = (one, label) => {
      const attributes = { class: "card suggestion folded" };
      return this.#button(["otherSuggestion", one.id], attributes, [label, content(one)]);
    };
    if (open?.name === "suggestion" && rejected.length)
      return this.#suggestion(rejected[0], words.suggestion, content(rejected[0]));
    return [
      ...suggestions.map((one, index) =>
        one === suggestion
          ? this.#suggestion(one, counted(index), content(one))
          : folded(one, hint(counted(index))),
      ),
      ...rejected.map((one) =>
        folded(one, [hint(words.suggestion_rejected), keycap(CAPS.otherSuggestion)]),
      ),
    ];
  }

  #suggestion(suggestion, label, content) {
    const { words, page, open, suggestions } = this.#desk;
    const { rule } = suggestion;
    const isAsked = open?.name === "suggestion";
    const places = this.#desk.placesOf(suggestion).length;
    const explained = page.rules[rule]?.replaceAll("'", "’");
    const several = places > 1 ? fill(words.in_sentences, { n: places }) : null;
    const other =
      suggestions.length > 1
        ? this.#button("otherSuggestion", { class: "bare" }, [
            words.other_suggestion,
            keycap(CAPS.otherSuggestion),
          ])
        : null;
    return el(
      "section",
      { class: "card suggestion", "aria-label": label, "data-open": isAsked },
      el("p", { class: "hint" }, el("b", {}, label), explained ? ` · ${explained} ` : " ", el("code", {}, rule), other),
      content,
      el(
        "dl",
        { class: "facts" },
        this.#suggested(suggestion).map(([name, fact]) => [el("dt", {}, name), el("dd", {}, fact)]),
      ),
      several ? el("p", { class: "hint" }, several) : null,
      isAsked ? this.#chooser.draw() : null,
      el(
        "div",
        { class: "tools" },
        this.#button("accept", { class: "main" }, [words.accept, keycap(CAPS.accept)]),
        this.#button("edit", {}, [words.edit, keycap(CAPS.edit)]),
        this.#button("reject", {}, [words.reject, keycap(CAPS.reject)]),
      ),
    );
  }

  /** What a suggestion says, as pairs of a field's name and what would stand there. */
  #suggested(suggestion) {
    const { quote_type, act, speaker, via, cue, claim_type, check_worthy } = suggestion;
    const { hearsay, stances, reason } = suggestion;
    const { scheme, registers, words } = this.#desk;
    const label = (name) => scheme.label(scheme.field(name)).replace(/\s*\?$/, "");
    const named = (name) => {
      if (registers.isPronoun(name)) return "…";
      const id = registers.idOf("speaker", name);
      return id ? registers.nameOf("speaker", id) : `${name} (${words.new_name})`;
    };
    const telling = (name, value) =>
      scheme.isTelling(scheme.field(name) ?? { default: value }, value) &&
      scheme.valueLabel(name, value);
    const chain = quote_type
      ? [via, speaker].map((name) => name && named(name)).filter(Boolean)
      : [registers.nameOf("speaker", AUTHOR)];
    const speech = [telling("quote_type", quote_type), telling("act", act)].filter(Boolean);
    const facts = [
      ["speaker", chain.join(" › ") || "…"],
      ["cue", cue && `«\u00a0${this.#quote([cue])}\u00a0»`],
      ["quote_type", speech.join(", ")],
      ["claim_type", telling("claim_type", claim_type)],
      ["check_worthiness", check_worthy && scheme.valueLabel("check_worthiness", "yes")],
      ["modality", hearsay && telling("modality", "hearsay")],
    ]
      .filter(([name, fact]) => fact && scheme.field(name))
      .map(([name, fact]) => [label(name), fact]);
    const held = stances
      .filter(({ target }) => registers.has("target", target))
      .map(({ target, value }) => [
        words.stance,
        [
          value ? `${SIGNS[value] ?? ""} ${scheme.valueLabel("stance_value", value)} : ` : "",
          registers.nameOf("target", target),
        ].join(""),
      ]);
    const signs = signsOf(reason).map(
      ([kind, found]) => words[`sign_${kind}`] + (found ? ` «\u00a0${found}\u00a0»` : ""),
    );
    return [...facts, ...(signs.length ? [[words.clues, signs.join(", ")]] : []), ...held];
  }

  // --- the same words elsewhere --------------------------------------------------------------

  #repeated() {
    const { repeating, words, sentence, overruled, scheme } = this.#desk;
    const { copy, places, at } = repeating;
    const label = fill(words.repeat_n, { n: at + 1, count: places.length });
    const type = copy.attributes.claim_type;
    const said = [type && `${scheme.valueLabel("claim_type", type)}.`, this.#fields.saidBy(copy)];
    return el(
      "section",
      { class: "card suggestion", "aria-label": label, "data-open": "" },
      el("p", { class: "hint" }, el("b", {}, label)),
      el("q", {}, shortened(this.#quote([sentence]), 240)),
      el("p", { class: "hint" }, said.filter(Boolean).join(" ")),
      overruled ? el("p", {}, overruled) : null,
      el(
        "div",
        { class: "tools" },
        this.#button("accept", { class: "main" }, [words.repeat_here, keycap(CAPS.accept)]),
        this.#button("reject", {}, [words.repeat_skip, keycap(CAPS.reject)]),
        this.#button("escape", {}, [words.repeat_end, keycap(CAPS.escape)]),
      ),
    );
  }

  // --- the words picked ----------------------------------------------------------------------

  #picked() {
    const { pick, kept, words, exact, claim, caret, scheme } = this.#desk;
    const picks = [...kept, ...(pick ? [pick] : [])];
    const tool = (name, sign, label, { key = CAPS[name], pressed = null } = {}) => {
      const attributes = {
        class: "tool",
        title: label,
        "aria-pressed": pressed,
      };
      return this.#button(name, attributes, [sign, keycap(key)]);
    };
    return el(
      "section",
      { class: picks.length ? "picked some" : "picked", "aria-label": words.selection },
      picks.length ? el("p", { class: "words" }, shortened(this.#quote(picks))) : null,
      el(
        "div",
        { class: "tools" },
        tool("grow", words.grow_short, words.grow),
        tool("shrink", words.shrink_short, words.shrink),
        tool("walk", words.caret_short, words.caret, { pressed: String(Boolean(caret)) }),
        tool("steps", exact ? words.characters : words.whole, words.exact, {
          pressed: String(exact),
        }),
        tool("part", words.part_short, claim ? words.part : words.keep_part, {
          key: scheme.field("content")?.key,
        }),
      ),
    );
  }

  // --- the sentence --------------------------------------------------------------------------

  #decisions() {
    const { scheme, words, answer } = this.#desk;
    const field = scheme.field("decision");
    const buttons = field.values.map((value) => {
      const isOn = !isOpen(answer) && value.name === answer.decision;
      const command = value.name === "claims" ? ["claim"] : ["decide", value.name];
      const attributes = { class: "decision", "aria-pressed": String(isOn) };
      const name = el("b", {}, isOn ? "✓ " : "", scheme.label(value));
      const help = hint(` ${scheme.help(value)}`);
      return this.#button(command, attributes, [name, keycap(value.key), help]);
    });
    const label = scheme.label(field) || words.decision;
    return el(
      "div",
      { class: "decisions", role: "group", "aria-label": label },
      buttons[0],
      isOpen(answer) && !this.#gold ? this.#firstAnswers() : null,
      buttons.slice(1),
    );
  }

  /** A claim by its first answer: one digit claims and says so. */
  #firstAnswers() {
    const field = this.#fields.firstAsked;
    if (!field) return null;
    const chips = this.#fields.choices(field).map(({ value, digit, label, help }) =>
      this.#button(["digit", digit], { class: `chip ${value}`, title: help || null }, [
        el("span", { class: "digit" }, digit),
        ` ${label}`,
      ]),
    );
    return el("div", { class: "chips", role: "group", "aria-label": this.#desk.scheme.label(field) }, chips);
  }

  #ofSentence(answer) {
    if (answer?.decision === "not_annotatable") return null;
    return el(
      "div",
      { class: "card plain" },
      this.#stances(null),
      answer ? this.#more(null) : null,
      this.#rule(),
    );
  }

  // --- claims --------------------------------------------------------------------------------

  #folded(claim, index) {
    const { scheme, registers, words } = this.#desk;
    const type = claim.attributes.claim_type;
    const said = [
      type && scheme.valueLabel("claim_type", type),
      registers.nameOf("speaker", speakerOf(claim)),
      scheme.missing(claim).length && words.incomplete,
    ].filter(Boolean);
    const attributes = { class: "card folded", "data-key": `claim ${index}` };
    return this.#button(["selectClaim", claim.id], attributes, [
      el("q", {}, this.#quote(claim.parts)),
      hint(said.join(" · ")),
    ]);
  }

  #card(claim, index) {
    const { scheme, words } = this.#desk;
    const asked = scheme.fieldsOn("claim", "always").filter((field) => field.kind === "choice");
    return el(
      "section",
      { class: "card", "aria-label": fill(words.claim_n, { n: index + 1 }) },
      this.#parts(claim),
      asked.map((field) => this.#choiceRow(field)),
      this.#speakers(claim),
      this.#stances(claim.id),
      this.#more(claim),
      this.#rule(),
    );
  }

  #parts(claim) {
    const { span, words } = this.#desk;
    const parts = claim.parts.map((part, index) => {
      const isOn = span?.kind === "part" && span.index === index;
      const attributes = { class: "part", "aria-pressed": String(isOn), title: words.select_part };
      return this.#button(
        ["selectSpan", "part", index],
        attributes,
        shortened(this.#quote([part])),
      );
    });
    const label = words.remove_claim;
    const remove = this.#button("remove", { class: "bare", title: label, "aria-label": label }, [
      "✕",
      keycap(CAPS.remove),
    ]);
    return el("div", { class: "parts" }, parts, remove);
  }

  // --- rows ----------------------------------------------------------------------------------

  /** A row: the field's name, which opens it, and what stands there. */
  #row(field, place, content, label = this.#desk.scheme.label(field)) {
    const { open } = this.#desk;
    const isOpen_ = this.#isAsked(field, place);
    const keys = field.key ? [field.key] : this.#rareKeys(field, place);
    return el(
      "div",
      { class: "row", role: "group", "aria-label": label, "data-open": isOpen_ },
      this.#button(["field", field.name, place], { class: "name" }, [
        label,
        keycap(...keys),
      ]),
      el("div", { class: "value" }, content),
    );
  }

  /** Whether a field, in its place, is the one that the digits answer. */
  #isAsked({ name }, { depth, stance = null }) {
    const { open } = this.#desk;
    return (
      open?.name === name &&
      (depth === undefined || depth === open.depth) &&
      stance === (open.stance ?? null)
    );
  }

  #choiceRow(field, place = {}, label = undefined) {
    const { scheme, claim, words } = this.#desk;
    const isSettled =
      field.on === "claim" && scheme.settledBy(field, claim.attributes) !== undefined;
    if (!isSettled) return this.#row(field, place, this.#chips(field, place), label);
    const other = field.not_asked_when.field;
    const type = scheme.valueLabel(other, claim.attributes[other]);
    return this.#row(field, place, hint(fill(words.not_asked_of, { type })));
  }

  #chips(field, place) {
    const current = () => this.#fields.valueOf({ name: field.name, ...place }) ?? field.default;
    const now = current();
    const isOpen_ = this.#isAsked(field, place);
    const options = this.#fields
      .choices(field)
      .filter((option) => !option.folded || isOpen_ || option.value === now);
    const chip = ({ value, digit, label, help }) =>
      this.#button(
        ["set", field.name, place, value],
        {
          class: `chip ${value}`,
          "aria-pressed": String(value === now),
          title: help || null,
          onkeydown: (event) => value === current() && this.#goOn(event),
        },
        [
          isOpen_ ? el("span", { class: "digit" }, digit) : null,
          field.name === "stance_value" ? ` ${SIGNS[value] ?? ""}` : "",
          isOpen_ || field.name === "stance_value" ? ` ${label}` : label,
        ],
      );
    const { open, words } = this.#desk;
    const leftOut =
      open?.isProposed && isOpen_
        ? this.#button("skipStance", { class: "chip" }, [
            el("span", { class: "digit" }, "0"),
            ` ${words.leave_out}`,
          ])
        : null;
    return el("div", { class: "chips" }, options.map(chip), leftOut);
  }

  /** Enter on a value that is set goes on, as it does elsewhere; it does not clear the value. */
  #goOn(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) this.#run("confirm");
  }

  // --- who says it ---------------------------------------------------------------------------

  #speakers(claim) {
    const { scheme, registers, open, words } = this.#desk;
    const field = scheme.field("speaker");
    if (!field) return null;
    const innermost = claim.chain.length - 1;
    const links = claim.chain.map(({ speaker }, depth) => {
      const isAuthor = speaker === AUTHOR && innermost > 0;
      const name = el("bdi", {}, isAuthor ? words.author : registers.nameOf("speaker", speaker) ?? "…");
      const attributes = {
        class: depth === innermost ? "who said" : "who",
        "data-key": `link ${depth}`,
      };
      const button = this.#button(["field", "speaker", { depth: depth || innermost }], attributes, [
        name,
        this.#proposed("speaker", speaker),
      ]);
      return depth
        ? [el("span", { class: "arrow", "aria-hidden": "true" }, " › "), button]
        : button;
    });
    const via = innermost
      ? this.#button("via", { class: "bare" }, [words.via, keycap(CAPS.via)])
      : null;
    const list = open?.name === "speaker" ? this.#chooser.draw() : null;
    const label = list && open.adding ? words.via_long : undefined;
    return [
      this.#row(field, {}, [el("div", { class: "chain" }, links, via), list], label),
      claim.chain.map((link, depth) => (depth ? this.#attribution(link, depth, claim) : null)),
    ];
  }

  /** What belongs to a speaker's words: kind of speech, cue, mention; of a relay the first is folded. */
  #attribution(link, depth, claim) {
    const { scheme, registers, open, showsMore } = this.#desk;
    const isRelay = depth < claim.chain.length - 1;
    const fields = ["quote_type", "cue", "mention"]
      .map((name) => scheme.field(name))
      .filter((field) => field && (showsMore || !isRelay || field.kind !== "choice"));
    const items = fields.map((field) => {
      const key = isRelay ? null : keycap(this.#keyOf(field));
      if (field.kind === "span") return this.#spanItem(field, { depth }, link[field.name], key);
      const word = scheme.valueLabel(field.name, link.attributes?.[field.name]);
      return this.#button(["field", field.name, { depth }], { class: "item" }, [
        word || scheme.label(field),
        key,
      ]);
    });
    const asked = open?.depth === depth && fields.find((field) => field.name === open.name);
    const list =
      asked && (asked.kind === "choice" ? this.#chips(asked, { depth }) : this.#chooser.draw());
    return el(
      "div",
      { class: "attribution" },
      claim.chain.length > 2 ? hint(`${registers.nameOf("speaker", link.speaker)} : `) : null,
      items,
      asked
        ? el("div", { class: "opened", role: "group", "aria-label": scheme.label(asked) }, list)
        : null,
    );
  }

  /** The key that opens what belongs to a link now: that of the cue leads on to the mention. */
  #keyOf({ name, key }) {
    const { scheme, open } = this.#desk;
    if (name !== "mention" && name !== "cue") return key;
    const next = open?.name === "cue" && scheme.field("mention") ? "mention" : "cue";
    return name === next ? scheme.field("cue")?.key : null;
  }

  #spanItem(field, place, range, key = null) {
    const { scheme, span } = this.#desk;
    const isOn = span?.kind === field.name && span.index === place.depth;
    const kind = field.on === "stance" ? "target" : field.name;
    const found = range ? el("span", { class: "found" }, this.#quote([range])) : hint("—");
    return this.#button(
      ["field", field.name, place],
      { class: `item ${kind}`, "aria-pressed": String(isOn) },
      [hint(`${scheme.label(field)} `), found, key],
    );
  }

  // --- stances -------------------------------------------------------------------------------

  #stances(claimId) {
    const { scheme, words, draft, open } = this.#desk;
    const field = scheme.field("stance_target");
    if (!field) return null;
    const rows = this.#desk
      .stancesOf(claimId)
      .map(({ stance, index }) => this.#stance(stance, index));
    const isDrafting = draft?.claim === claimId;
    const label = rows.length ? words.another_stance : words.add_stance;
    const add = this.#button("stance", { class: "bare" }, [label, keycap(field.key)]);
    return el(
      "div",
      {
        class: "row stances",
        role: "group",
        "aria-label": words.stances,
        "data-open": Boolean(open?.name.startsWith("stance_")),
      },
      el("span", { class: "name" }, words.stance),
      el("div", { class: "value" }, rows, isDrafting ? this.#stance(draft, null) : add),
    );
  }

  #stance(stance, index) {
    const { scheme, registers, open, words } = this.#desk;
    const place = { stance: index };
    const isOpen_ = Boolean(open?.name.startsWith("stance_") && open.stance === index);
    const lists =
      isOpen_ && ["stance_target", "stance_holder", "stance_target_span"].includes(open.name);
    const target = stance.target ? registers.nameOf("target", stance.target) : "…";
    const opens = (name, kind, content) => {
      const command =
        name === "stance_target" && index === null ? ["stance"] : ["field", name, place];
      const attributes = {
        class: `who ${kind}`,
        title: scheme.label(scheme.field(name)),
        "data-key": `${name} ${index}`,
      };
      return this.#button(command, attributes, content);
    };
    const label = words.remove_stance;
    const remove = this.#button(
      ["removeStance", index],
      { class: "bare away", title: label, "aria-label": label },
      "✕",
    );
    return el(
      "div",
      { class: "stance", "data-open": isOpen_ },
      opens("stance_holder", "said", [
        el("bdi", {}, registers.nameOf("speaker", stance.holder)),
        isOpen_ && open.name !== "stance_holder" ? keycap(scheme.field("speaker")?.key) : null,
      ]),
      index === null ? null : remove,
      stance.target ? this.#chips(scheme.field("stance_value"), place) : null,
      opens("stance_target", "target", [
        el("bdi", {}, target),
        this.#proposed("target", stance.target),
      ]),
      lists ? this.#chooser.draw() : null,
      this.#moreOfStance(stance, place),
    );
  }

  #moreOfStance(stance, place) {
    const { scheme, showsMore } = this.#desk;
    const isShown = (field) =>
      showsMore ||
      (field.kind === "choice" && scheme.isTelling(field, stance.attributes[field.name]));
    return scheme
      .fieldsOn("stance", "more")
      .filter(isShown)
      .map((field) =>
        field.kind === "choice"
          ? this.#choiceRow(field, place)
          : this.#spanItem(field, place, stance.target_span),
      );
  }

  // --- what is rarely needed -----------------------------------------------------------------

  /** Fields that are folded; those that say something unusual show all the same. */
  #more(claim) {
    const { scheme, showsMore, words, open } = this.#desk;
    const of = (level, place = {}, label = () => undefined) =>
      scheme.fieldsOn(level, "more").map((field) => ({ field, place, label: label(field) }));
    const links = (claim?.chain ?? []).flatMap((link, depth) =>
      depth ? of("link", { depth }, (field) => this.#labelOf(field, link, claim)) : [],
    );
    const all = [...(claim ? of("claim") : []), ...of("annotation"), ...links];
    const isTelling = ({ field, place }) =>
      scheme.isTelling(field, this.#fields.valueOf({ name: field.name, ...place }));
    const shown = all.filter((one) => showsMore || one.field.name === open?.name || isTelling(one) || this.#unread.has(this.#typedIn(one.field.name)));
    // The key leads through the fields, and folds them behind the last.
    const isKey = !showsMore || !this.#fields.rareBeside();
    const toggle = this.#button(
      showsMore ? "fold" : "more",
      { class: "bare more", "aria-expanded": String(showsMore), "data-key": "more" },
      [showsMore ? `▾ ${words.less}` : `▸ ${words.more}`, isKey ? keycap(CAPS.more) : null],
    );
    return [
      all.length ? toggle : null,
      shown.map(({ field, place, label }) =>
        field.kind === "choice" ? this.#choiceRow(field, place, label) : this.#textRow(field),
      ),
    ];
  }

  /** The keys that open a rarely needed field: its digit, and that which leads from one to the next. */
  #rareKeys({ name }, { depth, stance = null }) {
    const { showsMore, open } = this.#desk;
    // Where something is typed, the key is a letter.
    if (!showsMore || open?.typing) return [];
    const isThis = (one) =>
      one?.name === name && one.depth === depth && (one.stance ?? null) === stance;
    const index = this.#fields.rare.findIndex(isThis);
    const digit = !open && index >= 0 && index < 9 ? String(index + 1) : null;
    return [digit, isThis(this.#fields.rareBeside()) ? CAPS.more : null];
  }

  /** A link's field, with whose link it is where there are several. */
  #labelOf(field, link, claim) {
    const { scheme, registers } = this.#desk;
    if (claim.chain.length < 3) return undefined;
    return `${registers.nameOf("speaker", link.speaker)} : ${scheme.label(field)}`;
  }

  #textRow(field) {
    const { scheme, words } = this.#desk;
    const isLong = field.kind === "text";
    const box = el(isLong ? "textarea" : "input", {
      "aria-label": scheme.label(field),
      title: scheme.help(field) || null,
      "data-key": `text ${field.name}`,
      "data-field": field.name,
      maxlength: field.max_length ?? null,
      rows: isLong ? 2 : null,
      placeholder: field.kind === "edtf" ? words.date_example : null,
      readonly: !this.#mayRun("set"),
      onchange: (event) => this.#takeText(event.target),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        const { open } = this.#desk;
        if (!this.#takeText(event.target)) return this.#run("nothing");
        this.#run("leaveText");
        if (open?.name === field.name) this.#run(open.isListed ? "leaveField" : "more");
      },
    });
    box.defaultValue = this.#fields.valueOf({ name: field.name }) ?? "";
    const unread = this.#unread.get(this.#typedIn(field.name));
    if (unread === undefined) return this.#row(field, {}, box);
    box.value = unread;
    box.setAttribute("aria-invalid", "true");
    return this.#row(field, {}, [box, hint(fill(words.not_a_date, { words: unread }))]);
  }

  #typedIn(name) {
    return `${this.#desk.sentence.id} ${this.#desk.claimId} ${name}`;
  }

  /** Take over what was typed; what the server would refuse stays here, and why is told. */
  #takeText(box) {
    const { scheme, words } = this.#desk;
    const { field } = box.dataset;
    const typed = box.value.trim();
    const isRead = !typed || scheme.field(field).kind !== "edtf" || isDate(typed);
    if (isRead) this.#unread.delete(this.#typedIn(field));
    else this.#unread.set(this.#typedIn(field), typed);
    if (!isRead) this.#desk.tell(fill(words.not_a_date, { words: typed }));
    else if (box.value !== box.defaultValue) {
      box.defaultValue = box.value;
      this.#run("set", field, {}, typed);
    }
    return isRead;
  }

  /** The rule of the field at hand: one line, and the guideline's section when it is asked for. */
  #rule() {
    const { scheme, open, showsRule, answer, words } = this.#desk;
    const field = this.#ruled;
    if (!field || open?.creating) return null;
    const { claim } = this.#desk;
    const unasked = claim ? claim.attributes.claim_type : answer?.decision;
    const value = scheme.value(field.name, open ? this.#fields.openValue : unasked);
    const line = (thing) =>
      el("p", {}, el("b", {}, `${scheme.label(thing).replace(/[^?]$/, "$&.")} `), scheme.help(thing));
    const isUndecided = !answer && !open; // Each decision says what it means already.
    return el(
      "div",
      { class: "rule" },
      isUndecided ? el("p", {}) : line(value && scheme.help(value) ? value : field),
      this.#button("rule", { class: "bare", "aria-expanded": String(showsRule) }, [
        words.rule,
        keycap(CAPS.rule),
      ]),
      showsRule ? (this.ruling() ?? this.#allValues(field)) : null,
    );
  }

  get #ruled() {
    const { scheme, open, claim } = this.#desk;
    return scheme.field(open?.name ?? (claim ? "claim_type" : "decision"));
  }

  /** The guideline's section about the field at hand; null when it has none. */
  ruling() {
    const name = this.#ruled?.name;
    const section = name && this.#guideline?.querySelector(`[data-fields~="${CSS.escape(name)}"]`);
    if (!section) return null;
    const { words, page } = this.#desk;
    const whole = { href: `${page.urls.guideline}#${section.id}`, target: "_blank", rel: "noopener" };
    return el(
      "section",
      { class: "ruling", lang: this.#guideline.lang, "data-key": "ruling" },
      [...section.cloneNode(true).childNodes],
      el("p", { lang: page.locale }, el("a", whole, words.whole_guideline)),
    );
  }

  #allValues(field) {
    const { scheme } = this.#desk;
    const told = (field.values ?? []).filter((one) => scheme.help(one));
    return el(
      "dl",
      {},
      told.map((one) => [
        el("dt", {}, `${one.key} ${scheme.label(one)}`),
        el("dd", {}, scheme.help(one)),
      ]),
    );
  }

  // --- what the server refused ---------------------------------------------------------------

  #refusal(refusal) {
    if (!refusal) return null;
    const { work, sentence, words } = this.#desk;
    const { problem, theirs } = refusal;
    const mine = work.answers.get(sentence.id);
    const version = (title, answer, other, command, label) =>
      el(
        "div",
        { class: "version" },
        el("h3", {}, title),
        this.#summary(answer, other),
        this.#button([command, sentence.id], {}, label),
      );
    const what = problem.newest ? words.changed_elsewhere : words.not_accepted;
    return el(
      "section",
      { class: "refusal", role: "alert" },
      el("p", {}, el("b", {}, what), ` ${problem.detail ?? problem.title}`),
      version(
        words.mine,
        mine,
        theirs,
        "keepMine",
        problem.newest ? words.keep_mine : words.send_again,
      ),
      theirs
        ? version(words.theirs, theirs, mine, "takeTheirs", words.take_theirs)
        : this.#button(["takeTheirs", sentence.id], {}, words.drop_mine),
    );
  }

  /** An answer in short; what the other version says otherwise is marked. */
  #summary(answer, other) {
    const { words } = this.#desk;
    const isNothing = (one) => isOpen(one) && !one?.stances.length;
    if (isNothing(answer)) return el("p", { class: "hint" }, words.open);
    const others = isNothing(other) ? null : new Set(this.#facts(other).flat());
    const told = (fact) => (!others || others.has(fact) ? fact : el("mark", {}, `≠ ${fact}`));
    const list = (items) => (items.length ? el("ul", {}, items) : null);
    const item = ([first, ...rest]) =>
      el("li", {}, told(first), list(rest.map((fact) => el("li", {}, told(fact)))));
    return list(this.#facts(answer).map(item));
  }

  /** What an answer says, in words: for each claim its content and what is said of it, then the rest. */
  #facts(answer) {
    const { scheme, registers } = this.#desk;
    const values = (level, attributes, ...asks) =>
      scheme
        .fieldsOn(level, ...asks)
        .filter(
          (field) =>
            scheme.isTelling(field, attributes?.[field.name]) &&
            scheme.settledBy(field, attributes) === undefined,
        )
        .map((field) => {
          const value = attributes[field.name];
          const label = scheme.label(field).replace(/\s*\?$/, "");
          return `${label} : ${scheme.valueLabel(field.name, value)}`;
        });
    const span = (name, range) =>
      range ? [`${scheme.label(scheme.field(name))} : ${quoted(this.#quote([range]))}`] : [];
    const claims = answer.claims.map((claim) => [
      quoted(shortened(this.#quote(claim.parts))),
      ...values("claim", claim.attributes, "always", "more"),
      claim.chain.map((link) => registers.nameOf("speaker", link.speaker) ?? "…").join(" › "),
      ...claim.chain.flatMap((link) => [
        ...span("mention", link.mention),
        ...span("cue", link.cue),
        ...values("link", link.attributes, "reported", "more"),
      ]),
    ]);
    const stances = answer.stances.map((stance) => [
      `${registers.nameOf("speaker", stance.holder)} ${SIGNS[stance.value] ?? ""} ` +
        `${scheme.valueLabel("stance_value", stance.value)} : ` +
        registers.nameOf("target", stance.target),
      ...span("stance_target_span", stance.target_span),
      ...values("stance", stance.attributes, "more"),
    ]);
    const decision = claims.length ? [] : [[scheme.valueLabel("decision", answer.decision)]];
    const whole = values("annotation", answer.attributes, "more").map((fact) => [fact]);
    return [...claims, ...decision, ...stances, ...whole];
  }

  // --- common --------------------------------------------------------------------------------

  /** A button that runs a command, given by its name or with its arguments. */
  #button(command, attributes, content) {
    const [name, ...rest] = [command].flat();
    const key = [name, ...rest]
      .map((one) => (typeof one === "object" ? JSON.stringify(one) : one))
      .join(" ");
    return el(
      "button",
      {
        type: "button",
        "data-key": key,
        "aria-disabled": this.#mayRun(name) ? null : "true",
        onclick: () => this.#run(name, ...rest),
        ...attributes,
      },
      content,
    );
  }

  #proposed(register, id) {
    const { registers, words } = this.#desk;
    return registers.isProposed(register, id) ? el("small", {}, ` (${words.proposed})`) : null;
  }

  #quote(ranges) {
    return this.#desk.quote(ranges);
  }
}

/** The signs that made a rule call words worth a check, as pairs of a kind and the words, if any. */
function signsOf(reason) {
  const kinds = "figure|count|cause|comparison|name|past|hearsay";
  return reason
    .split(new RegExp(`; |, (?=(?:${kinds})(?:[:,]|$))`))
    .map((piece) => new RegExp(`^(${kinds})(?:: (.+))?$`).exec(piece)?.slice(1))
    .filter(Boolean);
}

const hint = (text) => el("span", { class: "hint" }, text);
