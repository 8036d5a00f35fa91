"""W3C Web Annotation (JSON-LD, 2017): a page of annotations for each article.

Each range has a ``TextPositionSelector``, in code points as the model asks, and a
``TextQuoteSelector`` with what stands around it. The state of the source is its text's SHA-256.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from workbench.canonical import Json, JsonObject, canonical_line
from workbench.datasets.formats.conll import CLAIM
from workbench.datasets.formats.documents import Document, Labelled
from workbench.datasets.formats.format import Books, Format, Piece
from workbench.datasets.formats.reading import (
    FoundClaim,
    FoundDecision,
    FoundDocument,
    FoundStance,
    Refusal,
    SourceFile,
    read_attributes,
    refuse,
)
from workbench.labelling.frames import AUTHOR, ClaimFrame, Link, Span, StanceFrame

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Our own words beside the model's, which are those of a claim, its chain and a stance.
VOCABULARY = "urn:claim-workbench:terms#"
AROUND = 32  # characters before and after a quote
_SENTENCE, _CLAIM, _STANCE = "claims:Sentence", "claims:Claim", "claims:Stance"


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's page of annotations."""
    items: list[Json] = []
    for sentence in document.sentences:
        books.add_sentence(sentence)
        items.append(_sentence(document, sentence))
        for claim in sentence.claims:
            books.add_claim(claim)
            items.append(_claim(document, sentence, claim))
        for position, stance in enumerate(sentence.stances, start=1):
            books.add_stance(stance)
            items.append(_stance(document, sentence, position))
    page: JsonObject = {
        "@context": [CONTEXT, {"claims": VOCABULARY}],
        "id": _urn(f"article:{document.path}"),
        "type": "AnnotationPage",
        "startIndex": 0,
        "claims:article": {
            "claims:slug": document.slug,
            "claims:title": document.title,
            "claims:sha256": document.sha256,
            "claims:text": document.text,
        },
        "items": items,
    }
    yield Piece(f"{document.path}.jsonld", canonical_line(page).decode())


def _sentence(document: Document, sentence: Labelled) -> JsonObject:
    body: JsonObject = {
        "type": ["TextualBody", _SENTENCE],
        "purpose": "classifying",
        "value": sentence.decision,
        "claims:attributes": dict(sentence.attributes),
    }
    name = f"sentence:{document.sentence_name(sentence)}"
    whole = _target(document, sentence.start, sentence.end)
    return _annotation(name, "classifying", body, [whole])


def _claim(document: Document, sentence: Labelled, claim: ClaimFrame) -> JsonObject:
    body: JsonObject = {
        "type": ["TextualBody", _CLAIM],
        "purpose": "tagging",
        "value": claim.attributes.get("claim_type") or CLAIM,
        "claims:id": claim.id,
        "claims:attributes": dict(claim.attributes),
        "claims:chain": [
            {
                "claims:speaker": link.speaker,
                "claims:name": document.names.get(link.speaker),
                "claims:mention": _maybe_target(document, link.mention),
                "claims:cue": _maybe_target(document, link.cue),
                "claims:attributes": dict(link.attributes),
            }
            for link in claim.chain
        ],
    }
    name = f"claim:{document.claim_name(sentence, claim)}"
    parts = [_target(document, part.start, part.end, part.text) for part in claim.parts]
    return _annotation(name, "tagging", body, parts)


def _stance(document: Document, sentence: Labelled, position: int) -> JsonObject:
    stance = sentence.stances[position - 1]
    body: JsonObject = {
        "type": ["TextualBody", _STANCE],
        "purpose": "assessing",
        "value": stance.value,
        "claims:claim": stance.claim,
        "claims:holder": stance.holder,
        "claims:holderName": document.names.get(stance.holder),
        "claims:target": stance.target,
        "claims:targetName": document.names.get(stance.target),
        "claims:isSpan": stance.target_span is not None,
        "claims:attributes": dict(stance.attributes),
    }
    span = stance.target_span or Span(sentence.start, sentence.end, "")
    target = _target(document, span.start, span.end, span.text)
    name = f"stance:{document.sentence_name(sentence)}/{position}"
    return _annotation(name, "assessing", body, [target])


def _annotation(name: str, motivation: str, body: JsonObject, targets: list[Json]) -> JsonObject:
    return {
        "id": _urn(name),
        "type": "Annotation",
        "motivation": motivation,
        "body": body,
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _urn(name: str) -> str:
    return f"urn:claim-workbench:{name}"


def _maybe_target(document: Document, span: Span | None) -> Json:
    return _target(document, span.start, span.end, span.text) if span else None


def _target(document: Document, start: int, end: int, quote: str = "") -> Json:
    selectors: list[Json] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    text = document.text
    if text is not None:
        selectors.append(
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - AROUND) : start],
                "suffix": text[end : end + AROUND],
            }
        )
    elif quote:
        selectors.append({"type": "TextQuoteSelector", "exact": quote})
    return {
        "type": "SpecificResource",
        "source": document.url or _urn(f"article:{document.slug}"),
        "selector": selectors,
        "state": {"type": "claims:TextState", "claims:sha256": document.sha256},
    }


def read(file: SourceFile) -> Iterator[FoundDocument]:
    """Yield the articles of a page or a single annotation, each by the text that it selects in."""
    page = file.json()
    article = page.get("claims:article")
    said = article if isinstance(article, dict) else {}
    first = page.get("first")
    items = page.get("items", first.get("items") if isinstance(first, dict) else [page])
    found = _Found(file.name, _maybe(said.get("claims:text")))
    for number, item in enumerate(items if isinstance(items, list) else [], start=1):
        found.take(f"{file.name}, annotation {number}", item)
    yield FoundDocument(
        file.name,
        text=found.text,
        sha256=found.sha256 or _maybe(said.get("claims:sha256")),
        name=_maybe(said.get("claims:slug")) or found.source,
        annotator=file.annotator,
        decisions=tuple(found.decisions),
        claims=tuple(found.claims),
        stances=tuple(found.stances),
        unfit=tuple(found.unfit),
    )


class _Found:
    """What the annotations of a file say of one article."""

    def __init__(self, file: str, text: str | None) -> None:
        self.text, self.sha256, self.source = text, "", ""
        self.decisions: list[FoundDecision] = []
        self.claims: list[FoundClaim] = []
        self.stances: list[FoundStance] = []
        self.unfit: list[Refusal] = []
        self._file = file

    def take(self, place: str, item: Json) -> None:
        try:
            self._take(place, item)
        except ValueError as error:
            self.unfit.append(Refusal(place, str(error)))

    def _take(self, place: str, item: Json) -> None:
        if not isinstance(item, dict):
            refuse("is no object")
        targets = item.get("target")
        spans = tuple(
            self._span(target) for target in (targets if isinstance(targets, list) else [targets])
        )
        if not spans:
            refuse("has no target")
        bodies = item.get("body")
        body = _tag(bodies if isinstance(bodies, list) else [bodies])
        types = body.get("type")
        value = body.get("value")
        if not isinstance(value, str):
            refuse("has no body with a text as its value")
        attributes = read_attributes(body.get("claims:attributes"))
        if _is_of(types, _SENTENCE):
            start, end = spans[0].start, spans[-1].end
            words = spans[0].text if len(spans) == 1 else ""
            self.decisions.append(FoundDecision(place, start, end, value, attributes, text=words))
        elif _is_of(types, _STANCE):
            stance = _read_stance(body, value, spans[0], attributes)
            self.stances.append(FoundStance(place, spans[0].start, stance))
        else:
            is_ours = _is_of(types, _CLAIM)
            chain = body.get("claims:chain") or []
            if not isinstance(chain, list):
                refuse("has a chain that is no list")
            own = _maybe(body.get("claims:id")) or ""
            links = tuple(self._link(entry) for entry in chain)
            claim = ClaimFrame(own, spans, attributes, links)
            label = None if is_ours else value
            self.claims.append(FoundClaim(place, claim, label=label, name=own))

    def _link(self, entry: Json) -> Link:
        if not isinstance(entry, dict) or not isinstance(entry.get("claims:speaker"), str):
            refuse("has a link that names no speaker")
        speaker = cast(str, entry["claims:speaker"])
        if speaker == AUTHOR:
            return Link(AUTHOR)
        mention, cue = entry.get("claims:mention"), entry.get("claims:cue")
        return Link(
            speaker,
            self._span(mention) if mention else None,
            self._span(cue) if cue else None,
            read_attributes(entry.get("claims:attributes")),
        )

    def _span(self, target: Json) -> Span:
        if not isinstance(target, dict):
            refuse("has no target with selectors")
        self._same_source(target)
        chosen = target.get("selector")
        selectors = [one for one in (chosen if isinstance(chosen, list) else [chosen]) if one]
        quote, place = "", None
        for selector in selectors:
            match selector:
                case {"type": "TextPositionSelector", "start": int(start), "end": int(end)}:
                    place = (start, end)
                case {"type": "TextQuoteSelector", "exact": str(exact)}:
                    quote = exact
        if place is None:
            refuse("has no TextPositionSelector; a quote alone is not looked for")
        return Span(*place, quote)

    def _same_source(self, target: Mapping[str, Json]) -> None:
        source = target.get("source")
        name = source.get("id") if isinstance(source, dict) else source
        state = target.get("state")
        sha256 = _maybe(state.get("claims:sha256")) if isinstance(state, dict) else None
        self.source = self.source or _maybe(name) or ""
        self.sha256 = self.sha256 or sha256 or ""
        if (_maybe(name) or "") != self.source or (sha256 or self.sha256) != self.sha256:
            refuse("is on another source than the annotations before it")


def _tag(bodies: Sequence[Json]) -> JsonObject:
    """Return the body that says what the range is; a plain text is one."""
    for body in bodies:
        if isinstance(body, str):
            return {"value": body}
        if isinstance(body, dict) and body.get("purpose", "tagging") != "commenting":
            return body
    return refuse("has no body that says what it is")


def _read_stance(
    body: JsonObject, value: str, span: Span, attributes: dict[str, str]
) -> StanceFrame:
    holder, target = body.get("claims:holder"), body.get("claims:target")
    if not isinstance(holder, str) or not isinstance(target, str):
        refuse("is a stance without holder or target")
    own = span if body.get("claims:isSpan") else None
    return StanceFrame(_maybe(body.get("claims:claim")), holder, target, own, value, attributes)


def _is_of(types: Json, type_: str) -> bool:
    return type_ in types if isinstance(types, list) else types == type_


def _maybe(value: Json) -> str | None:
    return value if isinstance(value, str) else None


WEB_ANNOTATION = Format(
    name="w3c",
    title="W3C Web Annotation",
    files="`ARTICLE.jsonld`",
    keeps={
        "sentences": "annotations that classify the sentence",
        "claims": "annotations that tag the ranges",
        "parts": "targets, in their order",
        "attributions": "in the body, with words of our own",
        "stances": "annotations that assess the range, with words of our own",
        "attributes": "in the bodies, with words of our own",
    },
    omits={},
    reasons={},
    attributes=None,
    needs_text=False,
    write=write,
)
