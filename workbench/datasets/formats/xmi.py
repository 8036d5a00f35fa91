"""UIMA CAS XMI with its type system, by dkpro-cassis: a CAS for each article.

UIMA counts in UTF-16 code units; the library converts our code points.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from workbench.canonical import canonical_json
from workbench.datasets.formats.documents import Document, Labelled
from workbench.datasets.formats.format import Books, Format, Head, Piece
from workbench.labelling.frames import ClaimFrame, Span, StanceFrame

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem  # type: ignore[import-untyped]  # has no types
    from cassis.typesystem import FeatureStructure  # type: ignore[import-untyped]  # as above

TYPES = "TypeSystem.xml"
_PREFIX = "claims"
# XML 1.0 has no way to write these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REASONS = {"no_xml": "The text has control characters, which XML cannot hold."}


def begin(_head: Head) -> Iterator[Piece]:
    """Yield the type system."""
    yield Piece(TYPES, f"{_type_system().to_xml()}\n")


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's CAS."""
    # It takes a tenth of a second, and the server rarely needs it.
    from cassis import Cas  # noqa: PLC0415

    text = document.text or ""
    if _UNWRITABLE.search(f"{text}{document.title}"):
        books.lose_document(document, "no_xml")
        return
    cas = Cas(typesystem=_type_system(), document_language=document.language)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    writer = _Writer(cas)
    writer.add_article(document)
    for sentence in document.sentences:
        books.add_sentence(sentence)
        for claim in sentence.claims:
            books.add_claim(claim)
        for stance in sentence.stances:
            books.add_stance(stance)
        writer.add_sentence(document, sentence)
    yield Piece(f"{document.path}.xmi", f"{cas.to_xmi()}\n")


class _Writer:
    """Adds an article's answers to a CAS."""

    def __init__(self, cas: "Cas") -> None:
        self._cas = cas
        types = _type_system()
        self._types = {
            name: types.get_type(f"{_PREFIX}.{name}")
            for name in ("Article", "Sentence", "Claim", "Part", "Link", "Mention", "Cue", "Stance")
        }
        self._array = types.get_type("uima.cas.FSArray")

    def add_article(self, document: Document) -> None:
        self._add(
            "Article",
            Span(0, len(document.text or ""), ""),
            id=document.id,
            slug=document.slug,
            title=document.title,
            sha256=document.sha256,
            annotator=document.annotator,
        )

    def add_sentence(self, document: Document, sentence: Labelled) -> None:
        place = Span(sentence.start, sentence.end, "")
        self._add(
            "Sentence",
            place,
            id=sentence.id,
            zone=sentence.zone,
            decision=sentence.decision,
            attributes=canonical_json(dict(sentence.attributes)),
        )
        claims = {claim.id: self._add_claim(claim) for claim in sentence.claims}
        for stance in sentence.stances:
            self._add_stance(stance, place, claims)

    def _add_claim(self, claim: ClaimFrame) -> "FeatureStructure":
        parts = [self._add("Part", part) for part in claim.parts]
        chain = [
            self._types["Link"](
                speaker=link.speaker,
                mention=self._add("Mention", link.mention) if link.mention else None,
                cue=self._add("Cue", link.cue) if link.cue else None,
                attributes=canonical_json(dict(link.attributes)),
            )
            for link in claim.chain
        ]
        return self._add(
            "Claim",
            Span(claim.parts[0].start, claim.parts[-1].end, ""),
            id=claim.id,
            parts=self._array(elements=parts),
            chain=self._array(elements=chain),
            attributes=canonical_json(dict(claim.attributes)),
        )

    def _add_stance(
        self, stance: StanceFrame, sentence: Span, claims: "dict[str, FeatureStructure]"
    ) -> None:
        self._add(
            "Stance",
            stance.target_span or sentence,
            claim=claims.get(stance.claim or ""),
            holder=stance.holder,
            target=stance.target,
            value=stance.value,
            isSpan=stance.target_span is not None,
            attributes=canonical_json(dict(stance.attributes)),
        )

    def _add(self, type_: str, span: Span, **features: object) -> "FeatureStructure":
        added = self._types[type_](begin=span.start, end=span.end, **features)
        self._cas.add(added)
        return added


@cache
def _type_system() -> "TypeSystem":
    from cassis import TypeSystem  # noqa: PLC0415  # see above

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
