"""Find the text of the article in an HTML page: trafilatura chooses it, the page words it.

Each text of the page gets a mark of two signs that stand nowhere in it. The texts whose marks come
back are written from the page: in its order, its characters as they are, its blocks apart.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, product

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]  # lxml comes without types.

from workbench.corpus.language import detect_language
from workbench.corpus.readers.page_extras import CAPTION, PARAGRAPHS, find_extras, pairs


@dataclass(frozen=True)
class PageText:
    """The text of a page's article, and which of its lines the page itself calls what."""

    text: str
    captions: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()

    def translate(self, table: dict[int, str]) -> "PageText":
        """Return the same with characters replaced as by ``str.translate``."""
        return PageText(
            self.text.translate(table),
            frozenset(caption.translate(table) for caption in self.captions),
            frozenset(heading.translate(table) for heading in self.headings),
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text of the page with its mark; without one, what stands between texts."""

    text: str
    mark: str = ""
    in_headline: bool = False


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
_LINES = _tags("br caption dd dt li option tbody td tfoot th thead tr")
_HOLD_SENTENCES = _tags("p li dd dt blockquote h1 h2 h3 h4 h5 h6 td th")
_UNREAD = ("button", "nav", "noscript", "script", "select", "style", "svg", "template", "textarea")
_TAKEN_FOR_FURNITURE = ("label", "output", "time")
_QUOTATION_MARKS = {
    "fr": (("«\u00a0", "\u00a0»"), ("“", "”")),
    "en": (("“", "”"), ("‘", "’")),
}
_OPENING_MARKS = ("«", "‹", "“", "„", "‘", '"', "'")

# Arrows, Braille and mathematics, which are no letters; rare ideograms for a page full of these.
_SIGNS = (range(0x27C0, 0x2B60), range(0x20000, 0x20400))
_SIGNS_IN_FIRST_PLACE = 350  # Squared, more than the texts of the largest page.
_NEW_PARAGRAPH, _NEW_LINE, _CAPTION_SIGN, _HEADING_SIGN = "\n", "\r", "\f", "\v"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def extract_text(page: html.HtmlElement) -> PageText:
    """Return the article of a page, its paragraphs parted by blank lines; the page is changed.

    The text is empty if there is none.
    """
    # Of a short page trafilatura takes everything, but first an article on one line in a script.
    etree.strip_elements(page, *_UNREAD, with_tail=False)
    controls = _shield_controls(page)
    _reduce_figures(page)
    _write_quotation_marks(page)
    etree.strip_tags(page, "q", "code")
    for element in list(page.iter(*_TAKEN_FOR_FURNITURE)):
        if _stands_in_sentence(element):
            _make_span(element)
    pieces = _mark_texts(page)
    extras = find_extras(page)
    has_one_headline = len(page.findall(".//h1")) == 1
    chosen = trafilatura.bare_extraction(page, include_comments=False, favor_recall=True)
    if not isinstance(chosen, trafilatura.settings.Document):
        return PageText("")
    kept = pairs("".join(chosen.body.itertext())) & {piece.mark for piece in pieces if piece.mark}
    for extra in extras:
        if extra.belongs_to(kept):
            kept |= extra.marks
    article = _write(_choose(pieces, kept, with_headline=False))
    # The headline often stands above the part of the page that is taken for the article.
    headline = _write(piece for piece in pieces if piece.in_headline).text
    if article.text and has_one_headline and headline not in article.text:
        article = _write(_choose(pieces, kept, with_headline=True))
    return article.translate(controls)


def _shield_controls(page: html.HtmlElement) -> dict[int, str]:
    """Let signs stand in for the characters that lxml reads and will not write; return them."""
    text = page.text_content()
    controls = sorted(set(_UNWRITABLE.findall(text)))
    signs = dict(zip(controls, _unused_signs(text), strict=False))
    if table := str.maketrans(signs | {"\f": " "} if controls else {}):
        for element in page.iter(etree.Element):
            element.text = element.text and element.text.translate(table)
            element.tail = element.tail and element.tail.translate(table)
    return {ord(sign): control for control, sign in signs.items()}


def _reduce_figures(page: html.HtmlElement) -> None:
    """Leave of each figure its captions, as paragraphs of one line.

    Trafilatura reads figures with a table; it drops the others, among them pulled quotations.
    """
    for figure in list(page.iter("figure")):
        if figure.find(".//table") is None and figure.find(".//blockquote") is None:
            captions = list(figure.iter("figcaption"))
            tail = figure.tail
            figure.clear()
            figure.tag, figure.tail = "div", tail
            for caption in captions:
                caption.tail = None
                figure.append(caption)
    for caption in list(page.iter("figcaption")):
        for element in list(caption.iter(*PARAGRAPHS, *_LINES)):
            if element is not caption:
                element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
                _make_span(element)
        caption.tag = "p"
        caption.attrib.clear()
        caption.set(CAPTION, "")


def _write_quotation_marks(page: html.HtmlElement) -> None:
    """Write the marks that a browser shows around each ``q``, unless the page has its own."""
    quotations = list(page.iter("q"))
    otherwise = detect_language(page.text_content()) if quotations else "fr"
    for quotation in quotations:
        words = quotation.text_content().lstrip()
        if not words or words.startswith(_OPENING_MARKS):
            continue
        if _text_before(quotation).rstrip().endswith(_OPENING_MARKS):
            continue
        language = quotation.xpath("string(ancestor::*[@lang][1]/@lang)")[:2].lower()
        depth = sum(1 for _ in quotation.iterancestors("q"))
        pairs = _QUOTATION_MARKS.get(language, _QUOTATION_MARKS[otherwise])
        opening, closing = pairs[depth % len(pairs)]
        quotation.text = opening + (quotation.text or "").lstrip(" \t\r\n\f")
        if len(quotation):
            quotation[-1].tail = (quotation[-1].tail or "") + closing
        else:
            quotation.text += closing


def _stands_in_sentence(element: html.HtmlElement) -> bool:
    return (
        bool(_text_before(element).strip())
        or bool((element.tail or "").strip())
        or any(ancestor.tag in _HOLD_SENTENCES for ancestor in element.iterancestors())
    )


def _make_span(element: html.HtmlElement) -> None:
    element.tag = "span"
    element.attrib.clear()


def _text_before(element: html.HtmlElement) -> str:
    previous = element.getprevious()
    return (element.getparent().text if previous is None else previous.tail) or ""


def _mark_texts(page: html.HtmlElement) -> list[_Piece]:
    """Put a mark before each text of the page; return the texts as they were, and their gaps."""
    marks = _make_marks(page.text_content())
    pieces = []
    headlines = headings = preformatted = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        begins = event == "start"
        headings += (element.tag in _HEADINGS) * (1 if begins else -1)
        if gap := _gap(element, begins=begins, in_heading=headings > 0):
            pieces.append(_Piece(gap))
        headlines += (element.tag == "h1") * (1 if begins else -1)
        preformatted += (element.tag == "pre") * (1 if begins else -1)
        text = (element.text if begins else element.tail) or ""
        mark = next(marks) if text.strip() else ""
        written = _LINE_ENDS.sub(_NEW_LINE if preformatted else " ", text)
        pieces.append(_Piece(written, mark, headlines > 0))
        if begins:
            element.text = mark + text
        else:
            element.tail = mark + text
    return pieces


def _make_marks(text: str) -> Iterator[str]:
    signs = _unused_signs(text)
    first = list(islice(signs, _SIGNS_IN_FIRST_PLACE))
    return map("".join, product(first, islice(signs, _SIGNS_IN_FIRST_PLACE)))


def _unused_signs(text: str) -> Iterator[str]:
    used = set(text)
    return (sign for sign in map(chr, chain(*_SIGNS)) if sign not in used)


def _gap(element: html.HtmlElement, *, begins: bool, in_heading: bool) -> str:
    if begins and element.get(CAPTION) is not None:
        return _NEW_PARAGRAPH + _CAPTION_SIGN
    if element.tag in PARAGRAPHS:
        return _NEW_PARAGRAPH + _HEADING_SIGN * in_heading
    return _NEW_LINE if element.tag in _LINES else ""


def _choose(pieces: list[_Piece], kept: set[str], *, with_headline: bool) -> list[_Piece]:
    return [
        piece
        for piece in pieces
        if not piece.mark or piece.mark in kept or (with_headline and piece.in_headline)
    ]


def _write(pieces: Iterable[_Piece]) -> PageText:
    paragraphs: list[str] = []
    captions: set[str] = set()
    headings: set[str] = set()
    for paragraph in "".join(piece.text for piece in pieces).split(_NEW_PARAGRAPH):
        lines = [line for line in map(_collapse, paragraph.split(_NEW_LINE)) if line]
        if lines:
            paragraphs.append("\n".join(lines))
        if paragraph.startswith(_CAPTION_SIGN):
            captions.update(line.strip() for line in lines)
        elif paragraph.startswith(_HEADING_SIGN):
            headings.update(line.strip() for line in lines)
    return PageText("\n\n".join(paragraphs), frozenset(captions), frozenset(headings))


def _collapse(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")
