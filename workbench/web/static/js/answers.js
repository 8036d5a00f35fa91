/**
 * Answers as values: every change makes a new one, and the old one stays as it was.
 *
 * Inside the page a span is `{start, end}` in UTF-16 units. `read` and `write` stand at the edge,
 * the one place that converts: outside, spans are Unicode code points with their quote.
 */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const AUTHOR = "author";
/** The chain of a claim of which nobody has said yet who says it; outside it is empty. */
const UNSAID = { speaker: null };

/** A public id for a revision, a claim or a register entry. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => ALPHABET[byte & 31]).join(
    "",
  );
}

/**
 * The ruler of a text: `{toPoint, toUnit}` between UTF-16 units and code points.
 *
 * Only characters beyond U+FFFF take two units; their places are noted once per article.
 */
export function measure(text) {
  const wide = [];
  for (let unit = 0; unit < text.length; unit++) {
    if (text.codePointAt(unit) > 0xffff) wide.push(unit++);
  }
  return {
    toPoint: (unit) => unit - count(wide.length, (index) => wide[index] < unit),
    toUnit: (point) => point + count(wide.length, (index) => wide[index] - index < point),
  };
}

/** How many indices from 0 fulfil a condition that holds up to some index and not after it. */
function count(length, holds) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The server's answer with its spans in units. */
export function read(answer, ruler) {
  const span = ({ start, end }) => ({ start: ruler.toUnit(start), end: ruler.toUnit(end) });
  return withSpans(answer, span, (chain) => (chain.length ? chain : [UNSAID]));
}

/** An answer as the server takes it: spans in code points, each with the text it covers. */
export function write(answer, ruler, text) {
  const span = ({ start, end }) => ({
    start: ruler.toPoint(start),
    end: ruler.toPoint(end),
    text: text.slice(start, end),
  });
  const said = (chain) => chain.filter(({ speaker }) => speaker !== null);
  const { number, made_at, ...content } = withSpans(answer, span, said);
  return content;
}

/** The quotes that an answer for the server has, in order. */
export function quotesOf(answer) {
  const quotes = [];
  withSpans(answer, ({ text }) => quotes.push(text), (chain) => chain);
  return quotes;
}

/** The server's suggestion with its spans in units. */
export function readSuggestion(suggestion, ruler) {
  const span = (range) =>
    range && { start: ruler.toUnit(range[0]), end: ruler.toUnit(range[1]) };
  return {
    ...suggestion,
    parts: suggestion.parts.map(span),
    mention: span(suggestion.mention),
    cue: span(suggestion.cue),
    stances: suggestion.stances.map((stance) => ({ ...stance, span: span(stance.span) })),
  };
}

function withSpans(answer, convert, chained) {
  const maybe = (span) => (span ? convert(span) : null);
  return {
    ...answer,
    claims: answer.claims.map((claim) => ({
      ...claim,
      parts: claim.parts.map(convert),
      chain: chained(claim.chain).map((link) =>
        "mention" in link ? { ...link, mention: maybe(link.mention), cue: maybe(link.cue) } : link,
      ),
    })),
    stances: answer.stances.map((stance) => ({
      ...stance,
      target_span: maybe(stance.target_span),
    })),
  };
}

/** An answer that says nothing yet; a sentence whose answer says nothing still waits for one. */
export function blank(sentence) {
  return { sentence, decision: "claims", attributes: {}, claims: [], stances: [] };
}

/** Whether a sentence with this answer still waits for a decision. */
export function isOpen(answer) {
  return !answer || (answer.decision === "claims" && !answer.claims.length);
}

/** Whether two answers say the same, whatever their ids and times. */
export function sameContent(one, other) {
  const content = (answer) =>
    answer && [answer.decision, answer.attributes, answer.claims, answer.stances, answer.grounds];
  return JSON.stringify(content(one)) === JSON.stringify(content(other));
}

/** Whether two answers say the same, though their claims were made apart; grounds do not count. */
export function sayTheSame(one, other) {
  const places = ({ claims }) => new Map(claims.map(({ id }, place) => [id, place]));
  const bare = (answer) => ({
    ...answer,
    claims: answer.claims.map(({ parts, attributes, chain }) => [parts, attributes, chain]),
    stances: answer.stances.map((one) => ({ ...one, claim: places(answer).get(one.claim) ?? null })),
    grounds: null,
  });
  return sameContent(bare(one), bare(other));
}

/** The answer with a decision that has no claims; stances of the sentence itself stay. */
export function decided(answer, decision) {
  return {
    ...answer,
    decision,
    claims: [],
    stances: answer.stances.filter((stance) => stance.claim === null),
  };
}

/** The answer with one more claim, said by the author, or by whom is still to be asked. */
export function withClaim(answer, id, parts, { isAsked = false } = {}) {
  const chain = [isAsked ? UNSAID : { speaker: AUTHOR }];
  return withClaimMade(answer, { id, parts, attributes: {}, chain });
}

/** The answer with one more claim, in the order of the text. */
export function withClaimMade(answer, claim) {
  const claims = [...answer.claims, claim].sort(
    (one, other) => one.parts[0].start - other.parts[0].start,
  );
  return { ...answer, decision: "claims", claims };
}

/**
 * The claim that a suggestion makes of these parts. `speakers` are those behind the author, who
 * relays before who says it; with a null among them it is asked who says it. `mentionOf(speaker)`
 * is where the sentence names who relays.
 */
export function suggestedClaim(suggestion, { parts, speakers, scheme, mentionOf }) {
  const links = speakers.map((speaker, index) => ({
    speaker,
    ...(index === speakers.length - 1
      ? suggestedLink(suggestion, scheme)
      : { mention: mentionOf(speaker), cue: null, attributes: {} }),
  }));
  const chain = speakers.includes(null) ? [UNSAID] : [{ speaker: AUTHOR }, ...links];
  const values = {
    claim_type: suggestion.claim_type,
    check_worthiness: suggestion.check_worthy && "yes",
    modality: suggestion.hearsay && "hearsay",
  };
  let claim = { id: newId(), suggestion: suggestion.id, parts, attributes: {}, chain };
  for (const [name, value] of Object.entries(values)) {
    const field = scheme.value(name, value) && scheme.field(name);
    if (field && scheme.settledBy(field, claim.attributes) === undefined)
      claim = withClaimValue(claim, field, value, scheme);
  }
  return claim;
}

/** What a suggestion says of its speaker's words: `{mention, cue, attributes}`. */
export function suggestedLink({ mention, cue, quote_type, act, certain }, scheme) {
  const values = { quote_type, act, speaker_certainty: certain ? null : "inferred" };
  const known = Object.entries(values).filter(([name, value]) => scheme.value(name, value));
  return { mention, cue, attributes: Object.fromEntries(known) };
}

/** The answer without a claim and the stances tied to it. */
export function withoutClaim(answer, id) {
  return {
    ...answer,
    claims: answer.claims.filter((claim) => claim.id !== id),
    stances: answer.stances.filter((stance) => stance.claim !== id),
  };
}

/** The claim of that id; undefined when the answer has none. */
export function claimOf(answer, id) {
  return answer?.claims.find((claim) => claim.id === id);
}

/** The answer with one claim replaced by what `change` makes of it. */
export function withClaimChanged(answer, id, change) {
  return {
    ...answer,
    claims: answer.claims.map((claim) => (claim.id === id ? change(claim) : claim)),
  };
}

/** The claim with a value; a field that this value settles gets what the scheme says, or is asked anew. */
export function withClaimValue(claim, field, value, scheme) {
  const attributes = { ...claim.attributes, [field.name]: value };
  for (const other of scheme.document.fields) {
    if (other.not_asked_when?.field !== field.name) continue;
    const before = scheme.settledBy(other, claim.attributes);
    const now = scheme.settledBy(other, attributes);
    if (now !== undefined) attributes[other.name] = now;
    else if (before !== undefined) attributes[other.name] = null;
  }
  return { ...claim, attributes };
}

/**
 * The changed claim with each link's kind of speech computed: that of a new link, and that which
 * was computed `before` the change; what a person has set stays. `speechOf(claim, depth)` computes.
 */
export function withSpeech(claim, before, speechOf) {
  const isMoved = claim.chain.length !== before.chain.length;
  const chain = claim.chain.map((link, depth) => {
    if (!depth) return link;
    const earlier = isMoved ? before.chain.indexOf(link) : depth;
    const said = link.attributes?.quote_type;
    if (said !== undefined && said !== speechOf(before, earlier)) return link;
    return { ...link, attributes: { ...link.attributes, quote_type: speechOf(claim, depth) } };
  });
  return { ...claim, chain };
}

/** The claim with a link put in place of the one at `depth`, or added there as a relaying source. */
export function withLink(claim, depth, link, { adding = false } = {}) {
  const chain = [...claim.chain];
  chain.splice(depth, adding ? 0 : 1, link);
  chain[0] = { speaker: AUTHOR };
  return { ...claim, chain };
}

/** The claim without the link at a depth; without its last speaker it is asked anew who says it. */
export function withoutLink(claim, depth) {
  if (!depth) return claim;
  const chain = claim.chain.filter((_, index) => index !== depth);
  return chain.length > 1 ? { ...claim, chain } : withoutSpeaker(claim);
}

/** The claim with the question open who says it. */
export function withoutSpeaker(claim) {
  return { ...claim, chain: [UNSAID] };
}

/** The claim with something changed in the link at a depth. */
export function withLinkChanged(claim, depth, change) {
  return {
    ...claim,
    chain: claim.chain.map((link, index) => (index === depth ? { ...link, ...change } : link)),
  };
}

/** Who says a claim: the innermost link's speaker; null while that is still to be asked. */
export function speakerOf(claim) {
  return claim ? claim.chain.at(-1).speaker : AUTHOR;
}

/** The answer with the stances that a claim's speaker `before` had now held by who speaks instead. */
export function withHolder(answer, id, before) {
  const holder = speakerOf(claimOf(answer, id));
  if (holder === before || holder === null) return answer;
  const stances = answer.stances.map((stance) =>
    stance.claim === id && stance.holder === before ? { ...stance, holder } : stance,
  );
  return { ...answer, stances };
}

/** The answer with a stance changed, added at the end, or, changed to null, taken out. */
export function withStance(answer, index, stance) {
  const stances = [...answer.stances];
  stances.splice(index, 1, ...(stance ? [stance] : []));
  return { ...answer, stances };
}

/** Every span of an answer with what it is: `{kind, claim, range}`. */
export function spansOf(answer) {
  const spans = [];
  for (const claim of answer?.claims ?? []) {
    for (const range of claim.parts) spans.push({ kind: "claim", claim: claim.id, range });
    for (const link of claim.chain) {
      if (link.mention) spans.push({ kind: "speaker", claim: claim.id, range: link.mention });
      if (link.cue) spans.push({ kind: "cue", claim: claim.id, range: link.cue });
    }
  }
  for (const stance of answer?.stances ?? []) {
    if (stance.target_span)
      spans.push({ kind: "target", claim: stance.claim, range: stance.target_span });
  }
  return spans;
}
