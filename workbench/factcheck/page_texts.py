"""What a fetched page says: its article, or its plain text, and a hash to compare it by later."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.corpus.text import check_article_length, normalise
from workbench.errors import WorkbenchError

if TYPE_CHECKING:  # The client is loaded when a page is fetched.
    from workbench.fetching import Page

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"text/plain", "text/markdown"})
_DECLARED = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_READ_FOR_DECLARATION = 4096
_LATIN_1 = frozenset({"iso8859-1", "ascii"})  # On the web both mean Windows-1252.
_TEXT_CODECS = re.compile(
    r"utf-8|cp125\d|iso8859-\d+|koi8-[ru]|mac-roman|gb.*|big5|shift_jis|euc_.*"
)


@dataclass(frozen=True)
class PageText:
    """A page as it is kept; ``text`` is empty where it could not be read as one.

    The hash is of the text, which stays while advertisements change; without one, of the bytes.
    """

    text: str
    sha256: str


def read_page(page: "Page") -> PageText:
    """Return what a page says."""
    try:
        text = _read(page)
    except WorkbenchError:
        text = ""
    return PageText(text, hashlib.sha256(text.encode() or page.content).hexdigest())


def _read(page: "Page") -> str:
    if page.content_type in _HTML:
        # Loaded when a page is read: the parsers cost a server's start a quarter of a second.
        from workbench.corpus.readers.pages import read_html  # noqa: PLC0415

        marked = codecs.BOM_UTF8 + _decode(page).encode()
        return read_html("page", marked)[0].text
    if page.content_type in _PLAIN:
        text = normalise(_decode(page), "page")
        check_article_length(text, "page")
        return text
    return ""


def _decode(page: "Page") -> str:
    """Return the characters of a page; bytes that are none in its encoding show as such."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        if page.content.startswith(mark):
            return page.content[len(mark) :].decode(encoding, "replace")
    declared = page.charset
    if declared is None and (found := _DECLARED.search(page.content, 0, _READ_FOR_DECLARATION)):
        declared = found[1].decode("ascii")
    return page.content.decode(_codec(declared or "utf-8"), "replace")


def _codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return "utf-8"
    if name in _LATIN_1:
        return "cp1252"
    return name if _TEXT_CODECS.fullmatch(name) else "utf-8"
