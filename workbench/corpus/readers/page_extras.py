"""Find what belongs to the article of a page though it stands beside what is taken for it.

That are captions of pictures above it, text in no paragraph among its paragraphs, and what its
header says under the headline. Texts are known by their marks, as in ``page_text``.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import html  # type: ignore[import-untyped]  # lxml comes without types.

CAPTION = "data-workbench-caption"
_PARAGRAPHS = (
    "address article aside blockquote body center details dialog dir div dl fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend main menu nav ol p pre "
    "search section summary table title ul"
)
PARAGRAPHS = frozenset(_PARAGRAPHS.split())

_Placed = tuple[html.HtmlElement, html.HtmlElement]  # A part of the page, and a block in it.
_ASIDE = ("aside", "footer", "form")
_FEWEST_PARAGRAPHS, _SHORTEST_SENTENCE = 3, 20
_ENDS_SENTENCE = (".", "?", "!", "…", "»", "”", '"')


@dataclass(frozen=True, slots=True)
class Extra:
    """Marks that are of the article if those of most of the elements around are."""

    around: tuple[set[str], ...]
    marks: set[str]

    def belongs_to(self, kept: set[str]) -> bool:
        """Tell whether it is part of an article whose marks are ``kept``."""
        return 2 * sum(not kept.isdisjoint(element) for element in self.around) > len(self.around)


def find_extras(page: html.HtmlElement) -> list[Extra]:
    """Return what is to be added to an article once it is known which part of the page it is."""
    articles: defaultdict[html.HtmlElement, set[str]] = defaultdict(set)
    for article, block in (*_find_captions(page), *_find_standfirsts(page)):
        articles[article] |= _pairs_of(block)
    extras = [Extra((_pairs_of(article),), marks) for article, marks in articles.items()]
    return [*extras, *_find_loose_texts(page)]


def pairs(text: str) -> set[str]:
    """Return each two characters that follow one another, marks among them."""
    return {first + second for first, second in pairwise(text)}


def _find_captions(page: html.HtmlElement) -> Iterator[_Placed]:
    for caption in page.iter("p"):
        if caption.get(CAPTION) is not None:
            around = next(caption.iterancestors("article", *_ASIDE), None)
            if around is not None and around.tag == "article":
                yield around, caption


def _find_loose_texts(page: html.HtmlElement) -> Iterator[Extra]:
    for parent in {paragraph.getparent(): None for paragraph in page.iter("p")}:
        paragraphs = parent.findall("p")
        if len(paragraphs) < _FEWEST_PARAGRAPHS or _is_aside(parent):
            continue
        if marks := set().union(*map(pairs, _loose_texts(parent))):
            yield Extra(tuple(map(_pairs_of, paragraphs)), marks)


def _loose_texts(parent: html.HtmlElement) -> Iterator[str]:
    """Yield the sentences that stand in an element itself, or in a ``div`` of its own."""
    text, linked = parent.text or "", 0
    for child in parent:
        if child.tag in PARAGRAPHS or _holds_paragraphs(child):
            if _is_prose(text, linked):
                yield text
            text, linked = child.tail or "", 0
            if child.tag == "div" and _reads_as_paragraph(child):
                yield "".join(child.itertext())
        else:
            linked += _count_linked(child)
            text += "".join(child.itertext()) + (child.tail or "")
    if _is_prose(text, linked):
        yield text


def _find_standfirsts(page: html.HtmlElement) -> Iterator[_Placed]:
    for header in page.iter("header"):
        around = next(header.iterancestors("article", "main"), None)
        if around is None or header.find(".//h1") is None or _is_aside(header):
            continue
        for block in header.iter("p", "div", "h2"):
            if _reads_as_paragraph(block):
                yield around, block


def _reads_as_paragraph(block: html.HtmlElement) -> bool:
    text = "".join(block.itertext())
    return not _holds_paragraphs(block) and _is_prose(text, _count_linked(block))


def _is_prose(text: str, linked: int) -> bool:
    """Tell a sentence from a label, a button or a line of links."""
    text = text.strip()
    return (
        len(text) >= _SHORTEST_SENTENCE and text.endswith(_ENDS_SENTENCE) and 2 * linked < len(text)
    )


def _count_linked(element: html.HtmlElement) -> int:
    """Count the characters of an element that are links."""
    return sum(len("".join(link.itertext())) for link in element.iter("a"))


def _holds_paragraphs(element: html.HtmlElement) -> bool:
    return any(inner.tag in PARAGRAPHS for inner in element.iterdescendants())


def _is_aside(element: html.HtmlElement) -> bool:
    return element.tag in _ASIDE or next(element.iterancestors(*_ASIDE), None) is not None


def _pairs_of(element: html.HtmlElement) -> set[str]:
    return pairs("".join(element.itertext()))
