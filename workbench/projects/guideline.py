"""The guideline as it is read: Markdown turned into safe HTML, section by section.

A section begins at a heading of the second level. The comment ``<!-- fields: speaker cue -->``
under the heading names the fields of the label scheme that the section is about.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbench.errors import InvalidInputError

MAX_LENGTH = 100_000
# French marks stay with their words; a colon of a table's rule is none.
_FRENCH_SPACE = re.compile(r"(?<=«) | (?=»)|(?<=\S) (?=[?!;:](?:\s|$))")
_FIELDS = re.compile(r"<!--\s*fields:\s*([a-z_ ,]+?)\s*-->")


@dataclass(frozen=True)
class Section:
    """A part of the guideline: its heading, the fields it is about, and its HTML below."""

    title: str
    fields: tuple[str, ...]
    html: str


@dataclass(frozen=True)
class Guideline:
    """A guideline ready to be shown: title, what stands before the first section, sections."""

    title: str | None
    preface: str
    sections: tuple[Section, ...]


@lru_cache(maxsize=16)  # Every page of the workspace shows it; a text has one rendering.
def render_guideline(text: str) -> Guideline:
    """Turn Markdown into HTML that is safe to show whoever wrote it.

    HTML in the text appears as it is written, images are left out, and a link leads only to
    where a browser may go; headings begin at the third level.
    """
    tokens = _MARKDOWN.parse(_FRENCH_SPACE.sub("\u00a0", text))
    title = None
    if tokens and tokens[0].tag == "h1":
        title, tokens = _words(tokens[1]), tokens[3:]
    starts = [place for place, token in enumerate(tokens) if _is_section(token)]
    borders = [*starts, len(tokens)]
    return Guideline(
        title=title,
        preface=_html(tokens[: borders[0]]),
        sections=tuple(_section(tokens[start:end]) for start, end in pairwise(borders)),
    )


def check_guideline(texts: Mapping[str, str]) -> None:
    """Refuse a guideline that is empty or too long to be read beside an article."""
    for language, text in texts.items():
        if not text.strip():
            raise InvalidInputError(
                "The guideline's text in the language %(language)s is empty.", language=language
            )
        if len(text) > MAX_LENGTH:
            raise InvalidInputError(
                "The guideline's text in the language %(language)s has %(length)s characters and"
                " may have %(most)s.",
                language=language,
                length=len(text),
                most=MAX_LENGTH,
            )


def _make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("link_open", _open_link)
    return markdown


def _open_link(
    renderer: object, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    """A link leaves the article alone: it opens beside it, and is told nothing of it."""
    del renderer, options, env
    address = html.escape(str(tokens[place].attrGet("href") or ""))
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">'


def _section(tokens: list[Token]) -> Section:
    # A heading and a paragraph are three tokens each: where it opens, what it says, where it ends.
    title, after, body = _words(tokens[1]), tokens[3:6], tokens[6:]
    is_text = bool(after) and after[0].type == "paragraph_open"
    named = _FIELDS.fullmatch(after[1].content) if is_text else None
    if not named:
        return Section(title, fields=(), html=_html(after + body))
    return Section(title, fields=tuple(re.split(r"[ ,]+", named[1])), html=_html(body))


def _words(heading: Token) -> str:
    """Return what a heading says, without its marks."""
    return "".join(token.content for token in heading.children or ())


def _html(tokens: list[Token]) -> str:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{max(3, int(token.tag[1]))}"
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _is_section(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2" and token.level == 0


_MARKDOWN = _make_markdown()
