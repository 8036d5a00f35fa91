"""Reduce an HTML page to its article: nothing is fetched."""

import re

from lxml import etree, html  # type: ignore[import-untyped]  # lxml comes without types.

from workbench.corpus.readers.page_metadata import read_page_metadata
from workbench.corpus.readers.page_text import extract_text
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


def read_html(name: str, data: bytes) -> list[ArticleSource]:
    """Return the article of a page, its blocks parted by blank lines, and what the page states."""
    source = decode(data, name=name)
    _check_declarations(source, name, marked=data.startswith(_BYTE_ORDER_MARKS))
    page = _parse(source, name)
    metadata = read_page_metadata(page)
    article = extract_text(page)
    if not article.text:
        raise UnreadableFileError(
            "%(name)s has no article text that can be found: save the article as .txt.", name=name
        )
    if "\ufffd" in article.text and "\ufffd" not in source:
        raise UnreadableFileError(
            "%(name)s has a reference to no character, such as &#0;: remove it.", name=name
        )
    return [
        make_source(
            name, article.text, metadata, captions=article.captions, headings=article.headings
        )
    ]


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
