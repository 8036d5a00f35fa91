"""brat standoff: the text in ``.txt``, spans, attributes, relations and notes in ``.ann``.

Spans may be in several pieces; brat breaks them at line ends, and so do we. What brat has no form
for, such as who a speaker is, stands as JSON in the note of its span.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.datasets.formats.documents import UNSETTLED, Document, Labelled
from workbench.datasets.formats.format import Books, Format, Head, Piece
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
from workbench.labelling.frames import (
    AUTHOR,
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    Span,
    StanceFrame,
)
from workbench.labelling.rules import CONTINUES, UNREAD

CONF = "annotation.conf"
SENTENCE, CLAIM, MENTION, CUE, STANCE = "Sentence", "Claim", "Mention", "Cue", "Stance"
DECISIONS = (*(decision.value for decision in Decision), CONTINUES, UNREAD, UNSETTLED)

REASONS = {
    "line_end": "brat divides spans at line ends: this one begins or ends with one, or has two"
    " parts with nothing else between.",
    "claim_lost": "The claim that it belongs to is lost.",
}
_NO_BLANKS = re.compile(r"\S+")
_Range = tuple[int, int]


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's text and its annotations."""
    text = document.text or ""
    lines = _Lines(text)
    for sentence in document.sentences:
        _write_sentence(document, sentence, books, lines)
    yield Piece(f"{document.path}.txt", text)
    yield Piece(f"{document.path}.ann", "".join(f"{line}\n" for line in lines.written))


def begin(head: Head) -> Iterator[Piece]:
    """Yield the configuration that brat shows the annotations with."""
    values = {"decision": DECISIONS, **head.values.get("annotation", {})}
    stance = {"value": head.values.get("stance", {}).get("stance_value", ())}
    stance |= {
        name: said for name, said in head.values.get("stance", {}).items() if name != "stance_value"
    }
    attributes = [
        *_conf_attributes(SENTENCE, {**values, "decision": DECISIONS}),
        *_conf_attributes(CLAIM, head.values.get("claim", {})),
        *_conf_attributes(STANCE, stance),
    ]
    relations = [f"said_by Arg1:{CLAIM}, Arg2:{MENTION}", f"cued_by Arg1:{CLAIM}, Arg2:{CUE}"]
    sections = {
        "entities": [SENTENCE, CLAIM, MENTION, CUE, STANCE],
        "relations": [*relations, "<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"],
        "events": [],
        "attributes": attributes,
    }
    for name, lines in sections.items():
        yield Piece(CONF, "".join(f"{line}\n" for line in (f"[{name}]", *lines, "")))


def _conf_attributes(type_: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"{name} Arg:{type_}, Value:{'|'.join(choices)}"
        for name, choices in values.items()
        if choices
    ]


class _Lines:
    """The lines of an ``.ann`` file, each numbered as it is made."""

    def __init__(self, text: str) -> None:
        self.written: list[str] = []
        self._text = text
        self._numbers = dict.fromkeys("TAR#", 0)

    def span(self, type_: str, pieces: Sequence[_Range]) -> str:
        ranges = ";".join(f"{start} {end}" for start, end in pieces)
        quote = " ".join(self._text[start:end] for start, end in pieces)
        return self._add("T", f"{type_} {ranges}\t{quote}")

    def attributes(self, span: str, said: Attributes) -> JsonObject:
        """Write what brat has a form for, and return the rest."""
        rest: JsonObject = {}
        for name, value in said.items():
            if value and _NO_BLANKS.fullmatch(value):
                self._add("A", f"{name} {span} {value}")
            else:
                rest[name] = value
        return rest

    def relation(self, name: str, first: str, second: str) -> None:
        self._add("R", f"{name} Arg1:{first} Arg2:{second}\t")

    def note(self, span: str, said: JsonObject) -> None:
        self._add("#", f"AnnotatorNotes {span}\t{canonical_json(said)}")

    def _add(self, letter: str, rest: str) -> str:
        self._numbers[letter] += 1
        id_ = f"{letter}{self._numbers[letter]}"
        self.written.append(f"{id_}\t{rest}")
        return id_


def _write_sentence(document: Document, sentence: Labelled, books: Books, lines: _Lines) -> None:
    text = document.text or ""
    whole = _break(text, [Span(sentence.start, sentence.end, "")])
    if whole:
        books.add_sentence(sentence)
        span = lines.span(SENTENCE, whole)
        rest = lines.attributes(span, {"decision": sentence.decision, **sentence.attributes})
        if rest:
            lines.note(span, {"attributes": rest})
    else:
        books.lose_sentence(document, sentence, "line_end")
    spans: dict[str, str] = {}
    for claim in sentence.claims:
        written = _write_claim(text, claim, lines)
        if written is None:
            books.lose_claim(document, sentence, claim, "line_end")
        else:
            books.add_claim(claim)
            spans[claim.id] = written
    for position, stance in enumerate(sentence.stances, start=1):
        place = _break(text, [stance.target_span]) if stance.target_span else whole
        if stance.claim and stance.claim not in spans:
            books.lose_stance(document, sentence, position, "claim_lost")
        elif not place:
            books.lose_stance(document, sentence, position, "line_end")
        else:
            books.add_stance(stance)
            _write_stance(stance, place, spans, lines)


def _write_claim(text: str, claim: ClaimFrame, lines: _Lines) -> str | None:
    parts = _break(text, claim.parts)
    named = [
        _break(text, [span])
        for link in claim.chain
        for span in (link.mention, link.cue)
        if span is not None
    ]
    if parts is None or None in named:
        return None
    own = lines.span(CLAIM, parts)
    rest = lines.attributes(own, claim.attributes)
    chain: list[Json] = []
    for link in claim.chain:
        entry: JsonObject = {"speaker": link.speaker}
        for name, type_, relation, span in (
            ("mention", MENTION, "said_by", link.mention),
            ("cue", CUE, "cued_by", link.cue),
        ):
            pieces = _break(text, [span]) if span else None
            if pieces:
                entry[name] = lines.span(type_, pieces)
                lines.relation(relation, own, cast(str, entry[name]))
        if link.attributes:
            entry["attributes"] = dict(link.attributes)
        chain.append(entry)
    note: JsonObject = {"id": claim.id, "chain": chain}
    lines.note(own, note | ({"attributes": rest} if rest else {}))
    return own


def _write_stance(
    stance: StanceFrame, place: Sequence[_Range], spans: Mapping[str, str], lines: _Lines
) -> None:
    own = lines.span(STANCE, place)
    rest = lines.attributes(own, {"value": stance.value, **stance.attributes})
    note: JsonObject = {
        "claim": spans[stance.claim] if stance.claim else None,
        "holder": stance.holder,
        "target": stance.target,
        "is_span": stance.target_span is not None,
    }
    lines.note(own, note | ({"attributes": rest} if rest else {}))


def _break(text: str, parts: Iterable[Span]) -> list[_Range] | None:
    """Break spans at line ends; nothing where they could not be put together again."""
    wanted = [(part.start, part.end) for part in parts]
    pieces: list[_Range] = []
    for start, end in wanted:
        at = start
        for line in text[start:end].split("\n"):
            if line:
                pieces.append((at, at + len(line)))
            at += len(line) + 1
    return pieces if _join(text, pieces) == wanted else None


def _join(text: str, pieces: Iterable[_Range]) -> list[_Range]:
    """Put together what only line ends divide."""
    joined: list[_Range] = []
    for start, end in pieces:
        gap = text[joined[-1][1] : start] if joined else ""
        if gap and not gap.strip("\n"):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


@dataclass
class _Entity:
    """A span of an ``.ann`` file with all that is said of it."""

    place: str
    type: str
    parts: tuple[Span, ...]
    attributes: dict[str, str] = field(default_factory=dict)
    note: JsonObject = field(default_factory=dict)


def read(file: SourceFile) -> Iterator[FoundDocument]:
    """Yield the article of an ``.ann`` file and the ``.txt`` beside it."""
    text = file.beside(".txt")
    entities: dict[str, _Entity] = {}
    unfit: list[Refusal] = []
    for place, line in file.lines():
        try:
            _read_line(place, line, text, entities)
        except ValueError as error:
            unfit.append(Refusal(place, str(error)))
    found = _Found(entities, unfit)
    yield FoundDocument(
        file.name,
        text=text,
        name=file.stem,
        annotator=file.annotator,
        decisions=tuple(found.decisions()),
        claims=tuple(found.claims()),
        stances=tuple(found.stances()),
        unfit=tuple(unfit),
    )


def _read_line(place: str, line: str, text: str, entities: dict[str, _Entity]) -> None:
    id_, _, rest = line.partition("\t")
    head, _, said = rest.partition("\t")
    words = head.split(" ", 1)
    match id_[:1]:
        case "T":
            if len(words) < 2:  # noqa: PLR2004  # a type and its ranges
                refuse("is no span: a type and ranges such as 0 5;10 12 are needed")
            parts = _join(text, (_range(one, text) for one in words[1].split(";")))
            quote = " ".join(text[start:end] for start, end in _pieces(words[1]))
            if said and said != quote:
                refuse(f"quotes “{said[:40]}”, but the text reads “{quote[:40]}”")
            spans = tuple(Span(start, end, text[start:end]) for start, end in parts)
            entities[id_] = _Entity(place, words[0], spans)
        case "A" | "M":
            said_of = head.split(" ", 2)
            if len(said_of) < 2:  # noqa: PLR2004  # a name and a span
                refuse("is no attribute: a name and a span are needed")
            entity = _entity(said_of[1], entities)
            entity.attributes[said_of[0]] = said_of[2] if len(said_of) > 2 else "yes"  # noqa: PLR2004  # and a value
        case "#":
            target = words[-1]
            if said.startswith("{") and target in entities:
                entities[target].note = _note(said)
        case "R" if words[0] in {"said_by", "cued_by"}:
            pass  # Said once more in the note of the claim.
        case "":
            pass
        case _:
            refuse("is a relation or event, which has no place in a claim")


def _pieces(ranges: str) -> list[_Range]:
    pieces = []
    for one in ranges.split(";"):
        start, _, end = one.partition(" ")
        if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit()):
            refuse("is no span: a type and ranges such as 0 5;10 12 are needed")
        pieces.append((int(start), int(end)))
    return pieces


def _range(one: str, text: str) -> _Range:
    ((start, end),) = _pieces(one)
    if not 0 <= start < end <= len(text):
        refuse(f"goes from {start} to {end}, which is no range of the text (0 to {len(text)})")
    return start, end


def _entity(id_: str, entities: Mapping[str, _Entity]) -> _Entity:
    if id_ not in entities:
        refuse(f"names {id_[:20]}, which is no span before it")
    return entities[id_]


def _note(said: str) -> JsonObject:
    try:
        note = json.loads(said)
    except (ValueError, RecursionError):
        return {}  # A note for people.
    return note if isinstance(note, dict) else {}


class _Found:
    """What the spans of a file mean."""

    def __init__(self, entities: Mapping[str, _Entity], unfit: list[Refusal]) -> None:
        self._entities, self._unfit = entities, unfit

    def decisions(self) -> Iterator[FoundDecision]:
        for entity in self._of(SENTENCE):
            said = _attributes(entity)
            decision = said.pop("decision", None)
            if decision is None:
                continue
            span = Span(entity.parts[0].start, entity.parts[-1].end, "")
            yield FoundDecision(entity.place, span.start, span.end, decision, said)

    def claims(self) -> Iterator[FoundClaim]:
        for id_, entity in self._entities.items():
            if entity.type in {SENTENCE, STANCE}:
                continue
            if entity.type in {MENTION, CUE} and self._is_ours:
                continue
            try:
                yield self._claim(id_, entity)
            except ValueError as error:
                self._unfit.append(Refusal(entity.place, str(error)))

    def stances(self) -> Iterator[FoundStance]:
        for entity in self._of(STANCE):
            try:
                yield self._stance(entity)
            except ValueError as error:
                self._unfit.append(Refusal(entity.place, str(error)))

    @property
    def _is_ours(self) -> bool:
        return any("chain" in entity.note for entity in self._entities.values())

    def _of(self, type_: str) -> list[_Entity]:
        return [entity for entity in self._entities.values() if entity.type == type_]

    def _claim(self, id_: str, entity: _Entity) -> FoundClaim:
        chain = entity.note.get("chain", [])
        if not isinstance(chain, list):
            refuse("has a note whose chain is no list")
        links = tuple(self._link(entry) for entry in chain)
        is_named = entity.type != CLAIM
        own = entity.note.get("id")
        return FoundClaim(
            entity.place,
            ClaimFrame(
                own if isinstance(own, str) else "", entity.parts, _attributes(entity), links
            ),
            label=entity.type if is_named else None,
            name=id_,
        )

    def _link(self, entry: Json) -> Link:
        if not isinstance(entry, dict) or not isinstance(entry.get("speaker"), str):
            refuse("has a note with a link that names no speaker")
        speaker = cast(str, entry["speaker"])
        if speaker == AUTHOR:
            return Link(AUTHOR)
        return Link(
            speaker,
            self._span(entry.get("mention")),
            self._span(entry.get("cue")),
            read_attributes(entry.get("attributes")),
        )

    def _span(self, id_: Json) -> Span | None:
        if id_ is None:
            return None
        entity = self._entities.get(id_) if isinstance(id_, str) else None
        if entity is None or len(entity.parts) != 1:
            refuse("has a note that names a span which is not there")
        return entity.parts[0]

    def _stance(self, entity: _Entity) -> FoundStance:
        said = _attributes(entity)
        note = entity.note
        holder, target, value = note.get("holder"), note.get("target"), said.pop("value", None)
        if not isinstance(holder, str) or not isinstance(target, str) or value is None:
            refuse("is a stance without holder, target or value")
        span = entity.parts[0] if note.get("is_span") else None
        claim = note.get("claim")
        return FoundStance(
            entity.place,
            entity.parts[0].start,
            StanceFrame(
                claim if isinstance(claim, str) else None, holder, target, span, value, said
            ),
        )


def _attributes(entity: _Entity) -> dict[str, str]:
    return {**entity.attributes, **read_attributes(entity.note.get("attributes"))}


BRAT = Format(
    name="brat",
    title="brat standoff",
    files="`ARTICLE.txt`, `ARTICLE.ann`, `annotation.conf`",
    keeps={
        "sentences": "spans `Sentence` with the attribute `decision`",
        "claims": "spans `Claim`, in several pieces if they are",
        "parts": "pieces of the span",
        "attributions": "spans `Mention` and `Cue`, relations to them, the chain in a note",
        "stances": "spans `Stance` with a note",
        "attributes": "attributes; what has blanks, in a note",
    },
    omits={},
    reasons=REASONS,
    attributes=None,
    needs_text=True,
    write=write,
    begin=begin,
)
