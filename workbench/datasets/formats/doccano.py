"""doccano's JSON Lines: an article a line, its text with labelled ranges in code points.

Written as doccano's sequence labelling projects read it; read in that form, and in the one with
``entities`` that newer versions write.
"""

from collections.abc import Iterator

from workbench.canonical import Json, JsonObject, canonical_line
from workbench.datasets.formats.conll import CLAIM
from workbench.datasets.formats.documents import Document
from workbench.datasets.formats.format import Books, Format, Piece
from workbench.datasets.formats.reading import (
    FoundClaim,
    FoundDocument,
    Refusal,
    SourceFile,
    refuse,
)
from workbench.labelling.frames import ClaimFrame, Span

FILE = "doccano.jsonl"
REASONS = {"several_parts": "A label has one range, and the claim has several parts."}


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's line."""
    labels: list[Json] = []
    for sentence in document.sentences:
        books.add_sentence(sentence)
        for claim in sentence.claims:
            if len(claim.parts) > 1:
                books.lose_claim(document, sentence, claim, "several_parts")
                continue
            books.add_claim(claim)
            part = claim.parts[0]
            labels.append([part.start, part.end, claim.attributes.get("claim_type") or CLAIM])
        for stance in sentence.stances:
            books.add_stance(stance)
    line: JsonObject = {
        "text": document.text,
        "label": labels,
        "article": document.slug,
        "sha256": document.sha256,
        "annotator": document.annotator,
    }
    yield Piece(FILE, canonical_line(line).decode())


def read(file: SourceFile) -> Iterator[FoundDocument]:
    """Yield the articles of a file, each with what stands in it and what cannot be read."""
    for place, line in file.json_lines():
        text = line.get("text", line.get("data"))
        if not isinstance(text, str):
            yield FoundDocument(place, unfit=(Refusal(place, "has no text"),))
            continue
        claims: list[FoundClaim] = []
        unfit: list[Refusal] = []
        for number, entry in enumerate(_labels(line), start=1):
            try:
                claims.append(_claim(f"{place}, label {number}", entry, text))
            except ValueError as error:
                unfit.append(Refusal(f"{place}, label {number}", str(error)))
        if line.get("relations"):
            unfit.append(Refusal(place, "has relations, which have no place in a claim"))
        yield FoundDocument(
            place,
            text=text,
            claims=tuple(claims),
            unfit=tuple(unfit),
            name=_maybe(line.get("article")),
            annotator=_maybe(line.get("annotator")),
        )


def _labels(line: JsonObject) -> list[Json]:
    for name in ("label", "labels", "entities"):
        value = line.get(name)
        if isinstance(value, list) and value:
            return value
    return []


def _claim(place: str, entry: Json, text: str) -> FoundClaim:
    match entry:
        case [int(start), int(end), str(label)]:
            pass
        case {"start_offset": int(start), "end_offset": int(end), "label": str(label)}:
            pass
        case _:
            refuse("is no [start, end, label]")
    if not 0 <= start < end <= len(text):
        refuse(f"goes from {start} to {end}, which is no range of its text (0 to {len(text)})")
    span = Span(start, end, text[start:end])
    return FoundClaim(place, ClaimFrame("", (span,), {}, ()), label=label)


def _maybe(value: Json) -> str | None:
    return value if isinstance(value, str) else None


DOCCANO = Format(
    name="doccano",
    title="doccano",
    files=f"`{FILE}`",
    keeps={
        "claims": "labelled ranges, the claim's type as label; of one part",
        "parts": "the claim's one part",
        "attributes": "`claim_type`",
    },
    omits={
        "sentences": "the format has no place for a decision on a sentence",
        "attributions": "the format has no place for who says it",
        "stances": "the format has no place for stances",
    },
    reasons=REASONS,
    attributes=frozenset({"claim_type"}),
    needs_text=True,
    single=FILE,
    write=write,
)
