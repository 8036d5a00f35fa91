/**
 * The fewest keys that bring a span from where it is to where it is to stand: every key is tried,
 * and the workspace's own desk says where it leads. Null when no way is short enough.
 */
async ({ kind, from, to, parts, done, sentence: position }) => {
  const load = (name) => import(`/static/js/${name}.js`);
  const names = ["desk", "scheme", "registers", "text"];
  const [{ Desk }, { Scheme }, { Registers }, { quotations, same }] = await Promise.all(names.map(load));
  const page = JSON.parse(document.getElementById("workspace").textContent);
  const { text } = page.edition;
  const scheme = new Scheme(page.scheme, page.locale);
  const registers = new Registers({ page: { ...page, answers: [] }, scheme, text });
  const sentences = page.sentences.map((one) => ({ ...one, annotatable: scheme.zone(one.zone).annotatable }));
  const range = (pair) => pair && { start: pair[0], end: pair[1] };
  const claimOn = (id, ranges, link) => ({
    id, parts: ranges.map(range), attributes: {}, chain: link ? [{ speaker: "author" }, link] : [{ speaker: "author" }],
  });
  const others = done.map((ranges, index) => claimOn(`done ${index}`, ranges));
  const isSpan = kind !== "pick";
  const link = { speaker: "somebody", mention: null, cue: null, attributes: {} };
  if (kind === "mention" || kind === "cue") link[kind] = range(from);
  const own = isSpan ? [claimOn("own", parts, kind === "part" ? null : link)] : [];
  let answer = { claims: [...others, ...own], stances: [] };
  const work = {
    text,
    sentences,
    answerAt: () => answer,
    sentenceAt: (place) => sentences.findLastIndex((one) => one.start <= place),
    commit: (_, next) => Boolean((answer = next)),
  };
  const stage = { announce() {}, focusArticle() {}, clearSelection() {}, lineFrom: () => null, sayStanding: () => "" };
  const desk = new Desk({ page, scheme, work, registers, quoted: quotations(text), words: page.words, stage });
  desk.at = sentences.findIndex((one) => one.position === position);
  desk.claimId = isSpan ? "own" : null;
  if (isSpan && (from || kind === "part")) desk.span = { kind, index: kind === "part" ? 0 : 1 };
  const isThere = () => {
    const [found, ...more] = isSpan && !desk.pick ? [desk.spanRange] : kind === "pick" ? desk.pickedParts() : [desk.pick];
    return Boolean(found) && !more.length && same(found, range(to));
  };
  const keys = {
    e: () => desk.grow(),
    "Shift+E": () => desk.shrink(),
    ArrowLeft: () => desk.move(-1, "start"),
    ArrowRight: () => desk.move(1, "start"),
    "Shift+ArrowLeft": () => desk.move(-1, "end"),
    "Shift+ArrowRight": () => desk.move(1, "end"),
    i: () => kind === "part" || desk.caret || desk.walk(),
    Home: () => desk.caret && desk.edge(-1, false),
    End: () => desk.caret && desk.edge(1, false),
    "Shift+Home": () => desk.caret && desk.edge(-1, true),
    "Shift+End": () => desk.caret && desk.edge(1, true),
  };
  const now = () => ({ pick: desk.pick, caret: desk.caret, span: desk.span && { ...desk.span }, answer });
  const put = (state) => {
    ({ answer } = state);
    Object.assign(desk, { pick: state.pick, caret: state.caret, span: state.span && { ...state.span } });
  };
  /** Whether an arrow brings an edge nearer; with nothing chosen it turns to another claim. */
  const leads = (key) => {
    const now = desk.pick ?? desk.spanRange;
    if (!now) return false;
    const isEnd = key.startsWith("Shift");
    const edge = isEnd ? "end" : "start";
    const place = !desk.caret ? now[edge] : desk.caret.focus[edge];
    return Math.sign(range(to)[edge] - place) === (key.endsWith("Right") ? 1 : -1);
  };
  const told = () => JSON.stringify([desk.pick, desk.caret, desk.span, answer.claims.at(-1)]);
  const seen = new Set([told()]);
  let reached = [{ state: now(), way: [] }];
  while (reached.length && seen.size < 20000) {
    const next = [];
    for (const { state, way } of reached) {
      for (const [key, press] of Object.entries(keys)) {
        put(state);
        if (key.includes("Arrow") && !leads(key)) continue;
        press();
        if (seen.has(told())) continue;
        seen.add(told());
        if (isThere()) return [...way, key];
        next.push({ state: now(), way: [...way, key] });
      }
    }
    reached = next;
  }
  return null;
}
