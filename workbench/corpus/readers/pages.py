"""Reduce an HTML page to its article: trafilatura chooses what to keep, nothing is fetched."""

import re

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]  # lxml comes without types.

from workbench.corpus.readers.page_metadata import read_page_metadata
from workbench.corpus.readers.records import quote
from workbench.corpus.readers.source import ArticleSource, make_source
from workbench.corpus.text import decode
from workbench.errors import UnreadableFileError

# Time grows faster than these; a press page has some ten thousand elements at the very most.
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 1_000

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DECLARED_CHARSET = re.compile(
    r"<(?:meta\b[^>]*?charset|\?xml\b[^>]*?encoding)\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE
)
_ENTITIES = re.compile(r"<!DOCTYPE\b[^>]*\[", re.IGNORECASE)
_READ_FOR_DECLARATIONS = 4096
_CHARSETS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})
_PARAGRAPHS = frozenset({"p", "head", "quote", "list", "table", "div", "code", "figure"})
_LINES = frozenset({"item", "row", "cell", "lb"})
_BLANKS = re.compile(r"[ \t\r\f]+")
_PARAGRAPH_GAP = re.compile(r"\n{3,}")


def read_html(name: str, data: bytes) -> list[ArticleSource]:
    """Return the article of a page, its blocks parted by blank lines, and what the page states."""
    source = decode(data, name=name)
    _check_declarations(source, name, marked=data.startswith(_BYTE_ORDER_MARKS))
    page = _parse(source, name)
    text = _extract_text(page)
    if not text:
        raise UnreadableFileError(
            "%(name)s has no article text that can be found: save the article as .txt.", name=name
        )
    if "\ufffd" in text and "\ufffd" not in source:
        raise UnreadableFileError(
            "%(name)s has a reference to no character, such as &#0;: remove it.", name=name
        )
    return [make_source(name, text, read_page_metadata(page))]


def _check_declarations(source: str, name: str, *, marked: bool) -> None:
    declared = _DECLARED_CHARSET.search(source, 0, _READ_FOR_DECLARATIONS)
    if declared and not marked and declared[1].lower() not in _CHARSETS:
        raise UnreadableFileError(
            "%(name)s declares the encoding %(encoding)s: save it as UTF-8 and declare that.",
            name=name,
            encoding=quote(declared[1]),
        )
    if _ENTITIES.search(source, 0, _READ_FOR_DECLARATIONS):
        raise UnreadableFileError(
            "%(name)s declares entities of its own, as XML does: save it as HTML.", name=name
        )


class _Size:
    """Counts what a page's tree would cost, without building it."""

    def __init__(self) -> None:
        self.elements = 0
        self.attributes = 0

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.attributes = max(self.attributes, len(attributes))

    def close(self) -> "_Size":
        return self


def _parse(source: str, name: str) -> html.HtmlElement:
    size = etree.fromstring(source.encode(), etree.HTMLParser(target=_Size(), encoding="utf-8"))
    if size.elements > MAX_ELEMENTS or size.attributes > MAX_ATTRIBUTES:
        raise UnreadableFileError(
            "%(name)s has %(elements)s elements, one with %(attributes)s attributes, and may have "
            "%(most)s with %(most_attributes)s: save the article as .txt.",
            name=name,
            elements=size.elements,
            attributes=size.attributes,
            most=MAX_ELEMENTS,
            most_attributes=MAX_ATTRIBUTES,
        )
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(source.encode(), parser=parser)
    except etree.ParserError:
        raise UnreadableFileError(
            "%(name)s has nothing but comments: it should be a page.", name=name
        ) from None
    for fault in parser.error_log.filter_from_fatals():  # What follows one is missing in the tree.
        raise UnreadableFileError(
            "%(name)s cannot be read beyond line %(line)s, its elements are nested too deeply or "
            "too long: save the article as .txt.",
            name=name,
            line=fault.line,
        )
    return page


def _extract_text(page: html.HtmlElement) -> str:
    headings = [_collapse(heading.text_content()) for heading in page.iter("h1")]
    originals = _shield(page)
    article = trafilatura.bare_extraction(page, include_comments=False, favor_recall=True)
    if not isinstance(article, trafilatura.settings.Document):
        return ""
    text = _write_blocks(article.body).translate(originals)
    # The headline often stands above the part of the page that is taken for the article.
    if text and len(headings) == 1 and headings[0] not in text:
        text = f"{headings[0]}\n\n{text}"
    return text


def _shield(page: html.HtmlElement) -> dict[int, str]:
    """Stand rare letters in for what trafilatura would change; return what brings it back.

    It turns no-break spaces into plain ones, loses zero-width joiners, soft hyphens and bidi marks,
    and reads "&nbsp;" where an article writes about it.
    """
    used = set(page.text_content())
    letters = (letter for letter in map(chr, range(0x20000, 0x2A6D7)) if letter not in used)
    stand_ins = dict(zip(filter(_is_fragile, sorted(used)), letters, strict=False))
    table = str.maketrans(stand_ins)
    for element in page.iter(etree.Element):
        element.text = element.text and element.text.translate(table)
        element.tail = element.tail and element.tail.translate(table)
    return {ord(letter): character for character, letter in stand_ins.items()}


def _is_fragile(character: str) -> bool:
    if character in " \t\n\r\f":
        return False
    return character == "&" or character.isspace() or not character.isprintable()


def _write_blocks(body: etree._Element) -> str:
    pieces = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _PARAGRAPHS:
            pieces.append("\n\n")
        elif element.tag in _LINES and event == "start":
            pieces.append("\n")
        pieces.append((element.text if event == "start" else element.tail) or "")
    lines = (_collapse(line) for line in "".join(pieces).split("\n"))
    return _PARAGRAPH_GAP.sub("\n\n", "\n".join(lines)).strip("\n")


def _collapse(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip(" ")
