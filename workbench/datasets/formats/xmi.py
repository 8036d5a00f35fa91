"""UIMA CAS XMI, a CAS for each article, with the type system that dkpro-cassis makes.

UIMA counts in UTF-16 code units; readers such as dkpro-cassis turn them into code points again.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.formats.documents import Document, Labelled
from workbench.datasets.formats.format import Books, Format, Head, Piece
from workbench.labelling.frames import ClaimFrame, Span

if TYPE_CHECKING:
    from cassis import TypeSystem  # type: ignore[import-untyped]  # has no types

TYPES = "TypeSystem.xml"
_PREFIX = "claims"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"'
    f' xmlns:{_PREFIX}="http:///{_PREFIX}.ecore" xmi:version="2.0"><cas:NULL xmi:id="0"/>'
)
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
# XML 1.0 has no way to write these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REASONS = {"no_xml": "The text has control characters, which XML cannot hold."}


def begin(_head: Head) -> Iterator[Piece]:
    """Yield the type system."""
    yield Piece(TYPES, f"{_type_system().to_xml()}\n")


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's CAS."""
    text = document.text or ""
    if _UNWRITABLE.search(f"{text}{document.title}"):
        books.lose_document(document, "no_xml")
        return
    cas = _Cas(document)
    for sentence in document.sentences:
        books.add_sentence(sentence)
        for claim in sentence.claims:
            books.add_claim(claim)
        for stance in sentence.stances:
            books.add_stance(stance)
        cas.add_sentence(sentence)
    yield Piece(f"{document.path}.xmi", cas.close())


class _Cas:
    """Writes one CAS, element by element: the library takes five times as long."""

    def __init__(self, document: Document) -> None:
        self._document, self._text = document, document.text or ""
        self._units = _utf_16_units(self._text)
        self._elements = [_HEAD]
        self._last, self._members = 1, list[str]()  # The Sofa, which is the text, is number 1.
        self._add(
            "Article",
            Span(0, len(self._text), ""),
            id=document.id,
            slug=document.slug,
            title=document.title,
            sha256=document.sha256,
            annotator=document.annotator,
        )

    def add_sentence(self, sentence: Labelled) -> None:
        """Add a sentence with what is said of it."""
        place = Span(sentence.start, sentence.end, "")
        self._add(
            "Sentence",
            place,
            id=sentence.id,
            zone=sentence.zone,
            decision=sentence.decision,
            attributes=_json(dict(sentence.attributes)),
        )
        claims = {claim.id: self._add_claim(claim) for claim in sentence.claims}
        for stance in sentence.stances:
            self._add(
                "Stance",
                stance.target_span or place,
                claim=claims.get(stance.claim or ""),
                holder=stance.holder,
                target=stance.target,
                value=stance.value,
                isSpan="false" if stance.target_span is None else "true",
                attributes=_json(dict(stance.attributes)),
            )

    def close(self) -> str:
        """Return the CAS as XML."""
        self._elements.append(
            f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text/plain"'
            f" sofaString={_quoted(self._text)}/>"
            f'<cas:View sofa="1" members="{" ".join(self._members)}"/></xmi:XMI>\n'
        )
        return "".join(self._elements)

    def _add_claim(self, claim: ClaimFrame) -> str:
        parts = [self._add("Part", part) for part in claim.parts]
        chain = [
            self._element(
                "Link",
                speaker=link.speaker,
                mention=self._add("Mention", link.mention) if link.mention else None,
                cue=self._add("Cue", link.cue) if link.cue else None,
                attributes=_json(dict(link.attributes)),
            )
            for link in claim.chain
        ]
        return self._add(
            "Claim",
            Span(claim.parts[0].start, claim.parts[-1].end, ""),
            id=claim.id,
            parts=" ".join(parts),
            chain=" ".join(chain) or None,
            attributes=_json(dict(claim.attributes)),
        )

    def _add(self, type_: str, span: Span, **features: str | None) -> str:
        """Add an annotation on a range; return its number."""
        begin, end = self._units(span.start), self._units(span.end)
        number = self._element(type_, sofa="1", begin=str(begin), end=str(end), **features)
        self._members.append(number)
        return number

    def _element(self, type_: str, **features: str | None) -> str:
        self._last += 1
        said = "".join(
            f" {name}={_quoted(value)}" for name, value in features.items() if value is not None
        )
        self._elements.append(f'<{_PREFIX}:{type_} xmi:id="{self._last}"{said}/>')
        return str(self._last)


def _utf_16_units(text: str) -> Callable[[int], int]:
    """Return what counts the UTF-16 units before a character, of which some take two."""
    wide = [at for at, letter in enumerate(text) if letter > "\uffff"]
    return (lambda offset: offset + bisect_left(wide, offset)) if wide else (lambda offset: offset)


def _json(said: JsonObject) -> str:
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", canonical_json(said))


def _quoted(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'


@cache
def _type_system() -> "TypeSystem":
    # It takes a tenth of a second, and the server rarely needs it.
    from cassis import TypeSystem  # noqa: PLC0415

    types = TypeSystem()
    text, flag, array = "uima.cas.String", "uima.cas.Boolean", "uima.cas.FSArray"
    annotation, top = "uima.tcas.Annotation", "uima.cas.TOP"
    attributes = {"attributes": text}
    described: dict[str, tuple[str, str, dict[str, str]]] = {
        "Article": (
            annotation,
            "Which text this is.",
            dict.fromkeys(("id", "slug", "title", "sha256", "annotator"), text),
        ),
        "Sentence": (
            annotation,
            "A sentence and the decision on it.",
            {"id": text, "zone": text, "decision": text, **attributes},
        ),
        "Part": (annotation, "A part of a claim.", {}),
        "Mention": (annotation, "Where a speaker is named.", {}),
        "Cue": (annotation, "The word that attributes.", {}),
        "Link": (
            top,
            "Who says a claim, from the author inward.",
            {"speaker": text, "mention": "claims.Mention", "cue": "claims.Cue", **attributes},
        ),
        "Claim": (
            annotation,
            "A claim, from its first part to its last.",
            {"id": text, "parts": array, "chain": array, **attributes},
        ),
        "Stance": (
            annotation,
            "Who is for or against what, on the words that name it or on the sentence.",
            {
                "claim": "claims.Claim",
                "holder": text,
                "target": text,
                "value": text,
                "isSpan": flag,
                **attributes,
            },
        ),
    }
    for name, (parent, description, features) in described.items():
        made = types.create_type(f"{_PREFIX}.{name}", parent, description)
        for feature, range_ in features.items():
            types.create_feature(made, feature, range_)
    return types


XMI = Format(
    name="xmi",
    title="UIMA CAS XMI",
    files="`ARTICLE.xmi`, `TypeSystem.xml`",
    keeps={
        "sentences": "`claims.Sentence`",
        "claims": "`claims.Claim`",
        "parts": "`claims.Part`",
        "attributions": "`claims.Link` with `claims.Mention` and `claims.Cue`",
        "stances": "`claims.Stance`",
        "attributes": "as JSON in a feature",
    },
    omits={},
    reasons=REASONS,
    attributes=None,
    needs_text=True,
    write=write,
    begin=begin,
)
