/**
 * The article on the page: its sentences, their marks and highlights, and the way between places
 * in the text and places on the screen. The text comes from the page's data, never from the DOM.
 */

import { spansOf } from "./answers.js";
import { el, fill } from "./dom.js";
import { lines } from "./text.js";

const LAYERS = [
  "suggested",
  "proposed",
  "past",
  "quiet",
  "claim",
  "speaker",
  "cue",
  "target",
  "span",
  "pick",
  "found",
  "here",
];
const SIGNS = {
  no_claim: "–",
  undecided: "?",
  not_annotatable: "×",
  continues: "↳",
  open: "○",
  agreed: "=",
  majority: "≈",
  single: "·",
  deferred: "…",
  changed: "↻",
};

export class Article {
  #pane;
  #work;
  #desk;
  #words;
  #scheme;
  #talk;
  #starts = new WeakMap(); // where each text node starts
  #nodes = []; // each sentence's element, text node and mark
  #painted = []; // each sentence's ranges: `[layer, range]`
  #near; // the blocks in sight or not far from it
  #layers = {};
  #shown = -1;
  #size = { width: 0, height: 0 };

  constructor({ pane, root, work, desk, talk, scheme, words }) {
    this.#pane = pane;
    this.#work = work;
    this.#desk = desk;
    this.#scheme = scheme;
    this.#talk = talk;
    this.#words = words;
    for (const [priority, name] of LAYERS.entries()) {
      this.#layers[name] = new Highlight();
      this.#layers[name].priority = priority;
      CSS.highlights.set(name, this.#layers[name]);
    }
    const blocks = this.#blocks();
    root.append(...blocks);
    this.#near = new Set(blocks);
    for (const index of work.sentences.keys()) this.refresh(index);
    const observer = new IntersectionObserver((seen) => this.#paintNear(seen), {
      root: pane,
      rootMargin: "300% 0px",
    });
    for (const block of blocks) observer.observe(block);
  }

  /** Paragraphs as the text has lines; what is outside the ledger is folded away. */
  #blocks() {
    const { sentences, text } = this.#work;
    const blocks = [];
    for (const line of lines(text)) {
      const here = [...sentences.keys()].filter(
        (index) => sentences[index].start >= line.start && sentences[index].start < line.end,
      );
      for (const run of runs(here, (index) => sentences[index].zone)) {
        const { zone, annotatable } = sentences[run[0]];
        const last = blocks.at(-1);
        if (!annotatable && last?.folded) last.lines.push(run);
        else blocks.push(annotatable ? { zone, runs: run } : { folded: true, lines: [run] });
      }
    }
    return blocks.map((block) =>
      block.folded ? this.#folded(block.lines) : this.#paragraph(block.runs, block.zone),
    );
  }

  #paragraph(indices, zone) {
    const heading = zone === "headline";
    return el(heading ? "h2" : "p", { class: `block ${zone}` }, this.#run(indices));
  }

  #folded(blockLines) {
    const zones = [...new Set(blockLines.flat().map((index) => this.#work.sentences[index].zone))];
    const phrase = blockLines.length === 1 ? this.#words.hidden_one : this.#words.hidden_other;
    const kinds = zones
      .map((zone) => this.#scheme.label(this.#scheme.zone(zone)) || zone)
      .join(", ");
    const summary = el("summary", {}, fill(phrase, { n: blockLines.length, kinds }));
    return el(
      "details",
      { class: "folded" },
      summary,
      blockLines.map((indices) => el("p", {}, this.#run(indices))),
    );
  }

  #run(indices) {
    const { sentences, text } = this.#work;
    return indices.flatMap((index, place) => {
      const { start, end, position, annotatable } = sentences[index];
      const words = this.#textNode(start, end);
      const mark = annotatable ? el("span", { class: "mark", role: "img" }) : null;
      const node = el("span", { class: "s", id: `s${position}`, "data-index": index }, words);
      this.#nodes[index] = { node, words, mark };
      const gap =
        place + 1 < indices.length
          ? [this.#textNode(end, sentences[indices[place + 1]].start, text)]
          : [];
      // The blank keeps the words and the mark apart for who listens; it does not wrap.
      const apart = el("span", { class: "gap" }, "\u00a0");
      return [node, ...(mark ? [apart, mark] : []), ...gap];
    });
  }

  #textNode(start, end) {
    const node = document.createTextNode(this.#work.text.slice(start, end));
    this.#starts.set(node, start);
    return node;
  }

  /** Show what a sentence's answer says now: its mark, its highlights. */
  refresh(index) {
    const place = this.#nodes[index];
    const { node, mark } = place;
    place.asked?.remove();
    place.asked = this.#talk.mark(index);
    if (place.asked) (mark ?? node).after(place.asked);
    const standing = this.#work.standing(index);
    node.dataset.standing = standing;
    if (mark) {
      const label = this.say(index);
      const claims = this.#work.claimsAt(index);
      const more = { incomplete: "…", deferred: " …", changed: " ↻" }[standing] ?? "";
      const sign = claims ? `${claims}${more}` : (SIGNS[standing] ?? "");
      const doubt = this.#work.isDoubted(index) ? " ⚑" : "";
      // The word joiner keeps the sign on the line of the last word.
      const shown = `\u2060${sign}${doubt}`;
      if (mark.textContent !== shown) mark.textContent = shown;
      mark.dataset.standing = standing;
      mark.setAttribute("aria-label", label);
      mark.title = label;
    }
    this.#paint(index);
  }

  /** What a sentence counts as, in words, and how many suggestions wait there. */
  say(index) {
    const waiting = this.#work.pendingAt(index).length;
    const { suggestions_one, suggestions_other } = this.#words;
    const counted = fill(waiting === 1 ? suggestions_one : suggestions_other, { n: waiting });
    const doubted = this.#work.isDoubted(index) ? this.#words.doubted : null;
    return [this.#say(index), doubted, waiting ? counted : null].filter(Boolean).join(", ");
  }

  #say(index) {
    const standing = this.#work.standing(index);
    const claims = this.#work.claimsAt(index);
    const inWords = this.#words[`standing_${standing}`];
    if (claims) {
      const counted = fill(claims === 1 ? this.#words.claims_one : this.#words.claims_other, {
        n: claims,
      });
      const also = standing === "incomplete" ? this.#words.incomplete : inWords;
      return [counted, also].filter(Boolean).join(", ");
    }
    if (inWords) return inWords;
    if (standing === "continues") return this.#words.continues;
    if (standing === "open") return this.#words.open;
    if (standing === "outside") return this.#words.outside;
    return this.#scheme.valueLabel("decision", standing);
  }

  #paint(index) {
    for (const [layer, range] of this.#painted[index] ?? []) this.#layers[layer].delete(range);
    const isHere = index === this.#desk.at;
    const painted = [];
    const add = (layer, { start, end }) => {
      for (const range of this.#ranges(start, end)) painted.push([layer, range]);
    };
    const isDraft = this.#work.isDraft(index);
    for (const { kind, claim, range } of spansOf(this.#work.answerAt(index))) {
      const isSelected = claim === this.#desk.claimId;
      const apart = isDraft ? "quiet" : "past";
      if (kind === "claim") add(isHere ? (isSelected ? "claim" : "quiet") : apart, range);
      else if (isHere ? isSelected : !isDraft) add(kind, range);
    }
    for (const one of this.#work.pendingAt(index)) {
      const layer = isHere && one === this.#desk.suggestion ? "proposed" : "suggested";
      for (const range of this.#work.partsAt(one, index)) add(layer, range);
    }
    if (isHere) {
      const { pick, kept, spanRange, draft, repeating } = this.#desk;
      for (const range of repeating?.copy.parts ?? []) add("proposed", range);
      if (draft?.target_span) add("target", draft.target_span);
      if (spanRange && !pick) add("span", spanRange);
      for (const range of [...kept, ...(pick ? [pick] : [])]) add("pick", range);
    }
    for (const [layer, range] of painted)
      if (this.#near.has(blockOf(range))) this.#layers[layer].add(range);
    this.#painted[index] = painted;
  }

  /** For each frame the browser goes through all highlights: they hold what is near alone. */
  #paintNear(seen) {
    for (const { target, isIntersecting } of seen)
      this.#near[isIntersecting ? "add" : "delete"](target);
    const turned = new Set(seen.map(({ target }) => target));
    for (const [layer, range] of this.#painted.flat()) {
      const block = blockOf(range);
      if (turned.has(block)) this.#layers[layer][this.#near.has(block) ? "add" : "delete"](range);
    }
  }

  /** A range of the text as ranges of the page, one per sentence and gap it touches. */
  *#ranges(start, end) {
    const [first, last] = [this.#work.sentenceAt(start), this.#work.sentenceAt(end - 1)];
    for (let index = first; index <= last; index++) {
      const { words } = this.#nodes[index];
      const from = Math.max(0, start - this.#starts.get(words));
      const to = Math.min(words.length, end - this.#starts.get(words));
      if (from < to)
        yield new StaticRange({
          startContainer: words,
          startOffset: from,
          endContainer: words,
          endOffset: to,
        });
    }
  }

  /** The first piece of a range of the text, as one that can be measured; null without one. */
  #measured({ start, end }) {
    const [range] = this.#ranges(start, end);
    if (!range) return null;
    const live = document.createRange();
    live.setStart(range.startContainer, range.startOffset);
    live.setEnd(range.endContainer, range.endOffset);
    return live;
  }

  /** Show which sentence is at hand; returns whether it is another one than before. */
  show() {
    const { at } = this.#desk;
    const { node } = this.#nodes[at];
    const isTurned = at !== this.#shown;
    if (isTurned) {
      const before = this.#shown;
      this.#shown = at;
      this.#nodes[before]?.node.removeAttribute("aria-current");
      if (before >= 0) this.#paint(before);
      node.setAttribute("aria-current", "true");
      const folded = node.closest("details");
      if (folded) folded.open = true;
    }
    this.#paint(at);
    return isTurned;
  }

  /** Bring the sentence at hand into the middle third of the pane. */
  follow({ smooth }) {
    this.#centre(this.#nodes[this.#shown].node, smooth);
  }

  /**
   * Show where words were found; `here` is the place looked at: it comes to the middle of the pane
   * below what is `covered` at its top.
   */
  showFound(ranges, here = null, covered = 0) {
    const paint = (layer, some) => {
      this.#layers[layer].clear();
      for (const { start, end } of some)
        for (const range of this.#ranges(start, end)) this.#layers[layer].add(range);
    };
    paint("found", ranges.filter((range) => range !== here));
    paint("here", here ? [here] : []);
    if (here) this.#centre(this.#measured(here), false, covered);
  }

  /** How far the article is scrolled. */
  get scrolled() {
    return this.#pane.scrollTop;
  }

  set scrolled(top) {
    this.#pane.scrollTo({ top, behavior: "instant" });
  }

  /**
   * Bring the sentence at hand back when the pane has another size; a line more or less, as when a
   * bar grows, leaves the text where a person has scrolled it.
   */
  resized() {
    const { offsetWidth: width, offsetHeight: height } = this.#pane;
    const before = this.#size;
    if (width === before.width && Math.abs(height - before.height) < before.height / 6) return;
    this.#size = { width, height };
    this.#centre(this.#nodes[this.#shown].node, false);
  }

  #centre(node, smooth, covered = 0) {
    const { top, bottom, height } = this.#pane.getBoundingClientRect();
    const place = node.getBoundingClientRect();
    const third = (height - covered) / 3;
    if (place.top >= top + covered + third * 0.9 && place.bottom <= bottom - third * 0.9) return;
    const above = covered + Math.max(third / 3, (height - covered - place.height) / 2);
    const still = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#pane.scrollBy({
      top: place.top - top - above,
      behavior: still ? "instant" : "smooth",
    });
  }

  /** The place in the text of a boundary point of the page; null when it is not in the article. */
  placeOf(node, offset, towards = "start") {
    if (this.#starts.has(node)) return this.#starts.get(node) + offset;
    const root = this.#pane.querySelector("article");
    if (!root.contains(node)) return null;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let last = null;
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (!this.#starts.has(text)) continue;
      const point = document.createRange();
      point.setStart(node, offset);
      if (point.comparePoint(text, 0) >= 0)
        return towards === "start" || last === null ? this.#starts.get(text) : last;
      last = this.#starts.get(text) + text.length;
    }
    return last;
  }

  /** What is selected on the page as a range of the text; null when nothing of the article is. */
  get selection() {
    const selection = document.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return null;
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    const start = this.placeOf(startContainer, startOffset, "start");
    const end = this.placeOf(endContainer, endOffset, "end");
    return start === null || end === null || start >= end ? null : { start, end };
  }

  /** The place in the text under a point of the screen; null when there is none. */
  placeAt(x, y) {
    const point = document.caretPositionFromPoint?.(x, y);
    if (point) return this.placeOf(point.offsetNode, point.offset);
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.placeOf(range.startContainer, range.startOffset) : null;
  }

  /** The place a line above or below a place; null at the edge of the article. */
  lineFrom(place, direction) {
    const measured = this.#measured({ start: place, end: place + 1 });
    if (!measured) return null;
    const box = measured.getBoundingClientRect();
    const height = box.height || 24;
    for (let step = 1; step <= 6; step++) {
      const y = box.top + height / 2 + direction * step * height;
      const found = this.placeAt(box.left + 1, y);
      if (found !== null && found !== place && Math.sign(found - place) === direction) return found;
    }
    return null;
  }

  /** Scroll a place into view, as the caret walks. */
  reveal({ start, end }) {
    const measured = this.#measured({ start, end });
    if (!measured) return;
    const [pane, box] = [this.#pane.getBoundingClientRect(), measured.getBoundingClientRect()];
    if (box.top < pane.top + 40) this.#pane.scrollBy({ top: box.top - pane.top - 80 });
    else if (box.bottom > pane.bottom - 40)
      this.#pane.scrollBy({ top: box.bottom - pane.bottom + 80 });
  }
}

/** The paragraph, or what is folded away, that a range begins in. */
const blockOf = ({ startContainer }) => startContainer.parentElement.closest(".block, .folded");

/** Neighbours that agree in something, together. */
function runs(items, key) {
  const found = [];
  for (const item of items) {
    if (found.length && key(found.at(-1)[0]) === key(item)) found.at(-1).push(item);
    else found.push([item]);
  }
  return found;
}
