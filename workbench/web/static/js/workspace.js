/** The annotation workspace: joins its parts, listens, and draws once per frame. */

import { measure } from "./answers.js";
import { Article } from "./article.js";
import {
  Bars,
  fillKeySheet,
  fillLeftSheet,
  fillRecentSheet,
  fillRuleSheet,
  Search,
} from "./bars.js";
import { Commands } from "./commands.js";
import { Desk } from "./desk.js";
import { el, fill, nameKeys } from "./dom.js";
import { Fields } from "./fields.js";
import { countDecisions, guardSignOut, keptOf, Outbox } from "./outbox.js";
import { Panel } from "./panel.js";
import { Registers } from "./registers.js";
import { commandOf, lettersOf, nameLetters, Scheme } from "./scheme.js";
import { Talk } from "./talk.js";
import { quotations } from "./text.js";
import { Work } from "./work.js";

const page = JSON.parse(document.getElementById("workspace").textContent);
const { words, urls } = page;
// Where the agreed answer is made, the same page compares everybody's.
const gold = page.kind === "gold" ? await import("./adjudicate.js") : null;
if (gold) Object.assign(words, page.gold_words);
const text = page.edition.text;
nameKeys(words);
const ruler = measure(text);
const scheme = new Scheme(page.scheme, page.locale, page.scheme_keys);
const place = (name) => document.querySelector(`[data-place="${name}"]`);
const keySheet = place("keys");
const leftSheet = place("left");
const ruleSheet = place("rule");
const recentSheet = place("recent");
const narrow = matchMedia("(max-width: 40rem)");
const pane = place("pane");

const outbox = new Outbox({
  person: page.person.id,
  project: page.project.slug,
  urls,
  csrf: page.csrf,
  registers: page.register_number,
  listener: {
    changed: () => draw(),
    accepted: (entry, reply) => {
      work.accepted(entry, reply);
      talk.changed(entry);
      if (reply.suggestions) showArrived(entry);
      if (entry.kind === "answer") showExtra(reply.is_extra ?? false);
    },
    refused: (entry, problem) => {
      if (talk.shows(entry)) talk.changed(entry);
      else if (work.refused(entry, problem)) stage.tell(words.same_elsewhere);
      if (entry.kind === "suggestion") stage.tell(problem.detail ?? problem.title);
      draw();
    },
  },
});
const work = new (gold?.GoldWork ?? Work)({ page, scheme, text, ruler, outbox });
const registers = new Registers({ page, scheme, text });
const stage = {
  announce: (said, shown = "") => {
    if (said) place("announcer").textContent = said;
    place("hint").textContent = shown;
  },
  tell: (said) => stage.announce(said, said),
  // Where the keys go is the sentence at hand, which is marked: a frame is for who tabs here.
  focusArticle: () => {
    pane.dataset.quiet = "";
    pane.focus({ preventScroll: true });
  },
  clearSelection: () => {
    if (article?.selection) document.getSelection().removeAllRanges();
  },
  lineFrom: (from, direction) => article.lineFrom(from, direction),
  sayStanding: (index) => article.say(index),
  mayFinish: () => mayRun("finish"),
  isOffered: () => isOffered(),
  sayAsked: (index) => talk.say(index),
};
const quoted = quotations(text);
const desk = new Desk({ page, scheme, work, registers, quoted, words, stage });
const fields = new (gold?.GoldFields ?? Fields)(desk);
const commands = new (gold?.GoldCommands ?? Commands)(desk, fields, { run, sheet: recentSheet });
const talk = new Talk({ page, desk, ruler, run, draw });
const letters = lettersOf(scheme, page.keys);
nameLetters(words, scheme);
let state = gold ? "working" : page.assignment.state;
let singles = localStorage.getItem("workbench-single-keys") !== "off";
let article = null;
let search = null;
let isLeaving = false;

// --- what is done --------------------------------------------------------------------------------

const own = {
  nothing: () => {},
  sheet: () => {
    const onSingles = (on) => {
      singles = on;
      localStorage.setItem("workbench-single-keys", on ? "on" : "off");
    };
    fillKeySheet(keySheet, { scheme, words, singles, onSingles, address: urls.keys });
    keySheet.showModal();
  },
  rule: () => {
    const section = panel.ruling();
    if (section && narrow.matches) {
      fillRuleSheet(ruleSheet, { section, words });
      ruleSheet.showModal();
      return;
    }
    desk.showsRule = !desk.showsRule;
    stage.announce(
      desk.showsRule ? (section?.querySelector("h2").textContent ?? words.rule) : words.rule_closed,
    );
  },
  search: () => search.open(),
  recent: showRecent,
  sendNow: () => outbox.tryNow(),
  keepMine: (sentence) => work.keepMine(sentence),
  takeTheirs: (sentence) => work.takeTheirs(sentence),
  discard: (entry) => work.discard(entry),
  leaveText: () => {
    document.activeElement.blur();
    if (desk.open?.typing) desk.open = { ...desk.open, typing: false };
    stage.focusArticle();
  },
  // Enter finishes while it is told that it does.
  confirm: () => (isOffered() ? finish() : commands.confirm()),
  finish,
  reopen: () => settle(urls.reopen, "working"),
};
// What may still be done once the article is finished.
const READING = new Set(
  (
    "go next previous down up nextOpen selectClaim otherSuggestion escape rule more fold sheet search recent sendNow " +
    "keepMine takeTheirs discard reopen confirm nothing leaveText ask sendQuestion dropQuestion " +
    "openThread closeThread sendAnswer sendOnceMore letGo"
  ).split(" "),
);

// What goes on with the same words elsewhere; any other step ends that.
const REPEATING = new Set("accept confirm reject escape sheet nothing sendNow leaveText".split(" "));

const mayRun = (name) => state !== "finished" || READING.has(name);

/** Run a command by its name; what was typed before counts first. */
function run(name, ...rest) {
  if (name !== "set" && name !== "leaveText") panel.flush();
  search.stay();
  const owners = [...(gold ? [commands] : []), own, commands, fields, talk, desk];
  const owner = owners.find((one) => typeof one[name] === "function");
  if (!REPEATING.has(name)) desk.repeating = null;
  if (!mayRun(name)) stage.tell(words.reopen_first);
  else owner[name](...rest)?.then?.(draw);
  // The next key may come before the next frame, and must meet the focus where it belongs; but a
  // text field that is being left keeps its neighbours until the focus has moved to one of them.
  if (name === "set") draw();
  else drawNow();
}

const isOffered = () => place("hint").textContent === words.all_decided && !desk.pick;

/** Finish the article; one that has sentences marked as doubted only when it is `isSure`. */
async function finish(isSure = false) {
  const left = [...work.sentences.keys()]
    .map((index) => ({ index, why: work.standing(index) }))
    .filter(({ why }) => why === "open" || why === "incomplete");
  const doubted = [...work.sentences.keys()].filter((index) => work.isDoubted(index));
  const marked = doubted.map((index) => ({ index, why: "doubted" }));
  if (left.length) return showLeft(left);
  if (marked.length && !isSure) return showLeft(marked);
  if (!(await outbox.settle())) return stage.tell(words.finish_offline);
  return settle(urls.finish, "finished");
}

async function settle(url, next) {
  const response = await outbox.ask(url);
  if (!response) return stage.tell(words.finish_offline);
  const reply = await response.json().catch(() => ({}));
  if (response.ok) {
    state = reply.state ?? next;
    desk.ahead = reply.next;
    if (reply.differences) location.assign(reply.differences);
    const open = desk.ahead?.is_corrected ? words.finished_before : words.reopened;
    stage.tell(state === "finished" ? words.finished : open);
  } else if (reply.unread) {
    const named = (ids, why) => ids.map((id) => ({ index: work.indices.get(id), why }));
    showLeft([...named(reply.unread, "open"), ...named(reply.incomplete, "incomplete")]);
  } else stage.tell(reply.detail ?? response.statusText);
  drawNow();
  document.querySelector("[data-key=onward]")?.focus();
  return undefined;
}

/** What came with a first answer where nothing was suggested before: it waits beside the answer. */
function showArrived({ sentence }) {
  const index = work.indices.get(sentence);
  if (!work.pendingAt(index).length) return;
  stage.tell(fill(words.suggestions_arrived, { n: work.sentences[index].number }));
}

/** Show the last decisions: at once what this page knows, then what the server adds. */
async function showRecent() {
  const shown = { desk, sayStanding: stage.sayStanding, go: (index) => run("go", index) };
  fillRecentSheet(recentSheet, { ...shown, own: undefined });
  recentSheet.showModal();
  const midnight = new Date(new Date().setHours(0, 0, 0, 0));
  const address = `${urls.own_work}?since=${encodeURIComponent(midnight.toISOString())}`;
  const headers = { Accept: "application/json" };
  const reply = await fetch(address, { headers, redirect: "error" }).catch(() => null);
  const own = reply?.ok ? await reply.json().catch(() => null) : null;
  if (recentSheet.open) fillRecentSheet(recentSheet, { ...shown, own });
}

function showLeft(left) {
  left.sort((one, other) => one.index - other.index);
  const go = (index) => run("go", index);
  fillLeftSheet(leftSheet, { left, work, words, go, finish: () => run("finish", true) });
  leftSheet.showModal();
}

// --- what is drawn -------------------------------------------------------------------------------

const placeKey = `workbench-place-${page.person.id}-${page.article.id}${gold ? "-gold" : ""}`;
let isDue = false;

/** Draw in the next frame, however often it is asked for until then. */
function draw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => isDue && drawNow());
}

function drawNow() {
  isDue = false;
  if (work.canUndo && !place("welcome").hidden) closeWelcome();
  for (const index of new Set([...work.takeTouched(), ...talk.takeTouched()]))
    article.refresh(index);
  const isTurned = article.show();
  const refused = [...work.refusals.keys()].map((id) => work.indices.get(id));
  const problems = [...refused, ...talk.problems];
  bars.render({ state, problems, mayRun });
  showAgain();
  document.body.dataset.state = state;
  panel.render();
  // All is written before anything is measured: the page is laid out once for a step.
  // While words are being selected the text stays where it is.
  const { ready } = document.body.dataset;
  if (isTurned && !desk.pick && !search?.isOpen) article.follow({ smooth: Boolean(ready) });
  const moved = desk.caret?.focus ?? desk.moved;
  if (moved) article.reveal(moved);
  desk.moved = null;
  sessionStorage.setItem(placeKey, desk.sentence.id);
}

const panel = new Panel({
  root: place("panel"),
  guideline: place("guideline"),
  desk,
  fields,
  talk,
  gold: gold && commands,
  run,
  mayRun,
});
const bars = new Bars({ desk, talk, run, root: document });

/** The title and what is known of the article; how it opens stands below, and is not said twice. */
function showTitle() {
  const { heading, is_titled, number, count, published, language, outlet } = page.article;
  const counted = fill(words.article_of, { n: number, count });
  const name = new Intl.DisplayNames([page.locale], { type: "language" }).of(language);
  const facts = [outlet, counted, published, name].filter(Boolean).join(" · ");
  const kind = is_titled ? "" : "visually-hidden";
  place("title").append(
    el("h1", { lang: language, class: kind }, heading),
    el("p", { class: "meta" }, facts),
  );
}

// --- what is listened to -------------------------------------------------------------------------

function focusPlace() {
  const { activeElement } = document;
  if (activeElement?.matches("input:not([type=checkbox]), textarea, select, [contenteditable]"))
    return "text";
  return activeElement?.matches("button, a, summary, input, [role=button]") ? "control" : "";
}

/** Whether a key writes a character: a name that is asked for takes it, wherever the focus is. */
const writes = ({ key, ctrlKey, metaKey }) =>
  key.length === 1 && key !== " " && !ctrlKey && !metaKey;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (desk.open?.typing && writes(event) && focusPlace() !== "text") {
    panel.box?.focus();
    return;
  }
  const command = commandOf(event, {
    letters,
    place: focusPlace(),
    caret: Boolean(desk.caret),
    singles,
  });
  if (!command) return;
  event.preventDefault();
  run(...command);
});

// A tap beside a sheet closes it.
for (const sheet of document.querySelectorAll("main dialog"))
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet && !holds(sheet, event)) sheet.close();
  });

function holds(sheet, { clientX, clientY }) {
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

ruleSheet.addEventListener("keydown", (event) => {
  if (commandOf(event, { letters, singles })?.[0] !== "rule") return;
  event.preventDefault();
  ruleSheet.close();
});

// A click on a button leaves the focus, and the words selected in the text, where they are.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("button, [role=option]") && !event.target.closest("dialog"))
    event.preventDefault();
});

// A first click may bring another button, or another sentence, under the pointer: the second click
// of a double click then means what the first one meant, and does nothing more.
let clickedFirst = null;
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button");
    if (!button || !event.detail) return;
    const meant = `${button.textContent} ${button.matches(".toolbar :not(.decide)") || desk.at}`;
    if (event.detail === 1) clickedFirst = meant;
    else if (meant !== clickedFirst) event.stopPropagation();
  },
  true,
);

pane.addEventListener("blur", () => delete pane.dataset.quiet);

document.addEventListener("selectionchange", () => {
  const range = article?.selection;
  if (!range || state === "finished") return;
  panel.flush();
  desk.pickFrom(range);
  draw();
});

function clicked(event) {
  if (article.selection) return;
  const sentence = event.target.closest(".s");
  if (!sentence) return;
  const index = Number(sentence.dataset.index);
  const at = article.placeAt(event.clientX, event.clientY);
  const here = (claim) => claim.parts.some((part) => at >= part.start && at < part.end);
  const claim = work.answerAt(index)?.claims.find(here);
  if (index !== desk.at) run("go", index, claim?.id);
  else if (desk.pick || desk.kept.length) {
    desk.pickFrom(null);
    draw();
  } else if (claim && claim.id !== desk.claimId) run("selectClaim", claim.id);
}

addEventListener("beforeunload", (event) => {
  panel.flush();
  if ((outbox.waiting || talk.isWriting) && !isLeaving) event.preventDefault();
});

guardSignOut({
  count: async () => {
    panel.flush();
    await Promise.race([outbox.settle(), new Promise((done) => setTimeout(done, 2000))]);
    return Math.max(outbox.waiting, countDecisions(await keptOf(page.person.id)));
  },
  leaving: () => {
    isLeaving = true;
  },
});

// --- keeping the article -------------------------------------------------------------------------

const KEEP_EVERY_MS = 4 * 60_000;

/** Say quietly whether somebody else has the article now: what is saved here is kept all the same. */
function showExtra(isExtra) {
  const line = document.querySelector("[data-place=extra]");
  if (line) line.hidden = !isExtra;
}

/** Say why the article is back until what the changed scheme asks again is answered. */
function showAgain() {
  const line = document.querySelector("[data-place=again]");
  if (line) line.hidden = !page.asked_again.some((position) => work.waits(position - 1));
}

/** Tell the server that the article is still being read. */
async function keepArticle() {
  if (document.hidden || state === "finished") return;
  const response = await outbox.ask(urls.lease);
  if (response?.ok) showExtra((await response.json()).is_extra);
}

// --- beginning -----------------------------------------------------------------------------------

const welcomed = `workbench-welcomed-${page.person.id}`;

function showWelcome() {
  if (!page.person.first_visit || localStorage.getItem(welcomed)) return;
  place("welcome").hidden = false;
  place("welcome").querySelector("button").addEventListener("click", () => {
    closeWelcome();
    stage.focusArticle();
  });
}

function closeWelcome() {
  localStorage.setItem(welcomed, "yes");
  place("welcome").hidden = true;
}

const left = await outbox.open();
for (const { kind, body } of left) if (kind === "register") registers.add(body);
work.restore(left);
talk.restore(left);
showTitle();
article = new Article({ pane, root: place("text"), work, desk, talk, scheme, words });
place("text").addEventListener("click", clicked);
search = new Search({
  root: place("search"),
  article,
  desk,
  go: (index) => {
    commands.go(index);
    drawNow();
  },
  comeBack: (before) => {
    desk.comeBack(before);
    drawNow();
  },
});
const first = [...work.sentences.keys()].find((index) => work.waits(index));
const named = work.sentences.findIndex(({ position }) => location.hash === `#s${position}`);
const last = named >= 0 ? named : work.indices.get(sessionStorage.getItem(placeKey));
const start = last ?? first ?? work.sentences.findIndex((sentence) => sentence.annotatable);
commands.go(Math.max(0, start));
showWelcome();
drawNow();
new ResizeObserver(() => article.resized()).observe(pane);
document.body.dataset.ready = "yes";
if (page.questions.here) talk.load();
if (urls.lease) setInterval(keepArticle, KEEP_EVERY_MS);
await outbox.tryNow();
