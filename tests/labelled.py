"""Documents with any answers at all, for tests of what formats keep."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from workbench.datasets.formats.documents import Document, Labelled
from workbench.labelling.frames import AUTHOR, ClaimFrame, Link, Span, StanceFrame

PIECES = (
    "Il pleut",
    "💩",
    "e\u0301",
    " ",
    "\n",
    "\n\n",
    "\u00a0",
    "« oui »",
    "\u2028",
    "<&\"'>",
    ";",
)
WORDS = st.text('abcé <&"\t\n💩', min_size=1, max_size=8)
VALUES = st.sampled_from(["fact", "asserted", "sure", "unsure", "denies"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["claim_type", "modality", "confidence", "act", "note", "time_scope"]),
    VALUES | WORDS,
    max_size=4,
)
MOST_SPANS = 4


@st.composite
def spans(draw: st.DrawFn, text: str, start: int, end: int) -> Span:
    """Draw a span within a range of the text."""
    first = draw(st.integers(start, end - 1))
    last = draw(st.integers(first + 1, end))
    return Span(first, last, text[first:last])


@st.composite
def claims(draw: st.DrawFn, text: str, place: tuple[int, int], id_: str) -> ClaimFrame:
    """Draw a claim that starts in a sentence and may go on after it."""
    start, end = place
    parts = [draw(spans(text, start, end))]
    while len(parts) < MOST_SPANS and parts[-1].end < len(text) and draw(st.booleans()):
        parts.append(draw(spans(text, parts[-1].end, len(text))))
    maybe = st.none() | spans(text, 0, len(text))
    links = st.builds(Link, st.sampled_from(["meta", "unspecified"]), maybe, maybe, ATTRIBUTES)
    chain = draw(st.just(()) | st.lists(links, max_size=2).map(lambda more: (Link(AUTHOR), *more)))
    return ClaimFrame(id_, tuple(parts), draw(ATTRIBUTES), chain)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw an article with an answer to each of its sentences."""
    text = "".join(draw(st.lists(st.sampled_from(PIECES), min_size=2, max_size=9)))
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(1, len(text)), max_size=2))})
    sentences = [
        draw(_labelled(text, position, place))
        for position, place in enumerate(pairwise(cuts), start=1)
    ]
    annotator = draw(st.none() | st.just("annotator-0123456789ab"))
    return document_of(text, sentences, annotator)


def document_of(
    text: str | None, sentences: Sequence[Labelled], annotator: str | None = None
) -> Document:
    """Make an article of this text with these answers."""
    return Document(
        id="a1",
        slug="article",
        title="Un titre",
        author=None,
        url=None,
        language="fr",
        published=None,
        rights=None,
        edition=1,
        sha256="0" * 64,
        text=text,
        annotator=annotator,
        sentences=tuple(sentences),
        names={"meta": "Meta"},
    )


@st.composite
def _labelled(draw: st.DrawFn, text: str, position: int, place: tuple[int, int]) -> Labelled:
    said = [
        draw(claims(text, place, f"claim{position}{number}"))
        for number in range(draw(st.integers(0, 2)))
    ]
    stances = st.builds(
        StanceFrame,
        st.sampled_from([None, *(claim.id for claim in said)]),
        st.sampled_from(["author", "meta"]),
        st.just("open-models"),
        st.none() | spans(text, *place),
        st.sampled_from(["favor", "against"]),
        ATTRIBUTES,
    )
    return Labelled(
        f"a1.1.{position}",
        position,
        *place,
        "body",
        draw(st.sampled_from(["claims", "no_claim", "unsettled"])),
        draw(ATTRIBUTES),
        tuple(said),
        tuple(draw(st.lists(stances, max_size=2))),
    )
