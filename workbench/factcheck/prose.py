"""What checkers write for readers: Markdown turned into safe HTML, or into plain words."""

import html
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

FIRST_HEADING = 3  # below the headings of the page that shows it
_LINKS = ("http", "https", "mailto")


@lru_cache(maxsize=128)
def render_prose(text: str) -> str:
    """Turn Markdown into HTML that is safe to show whoever wrote it.

    HTML in the text appears as it is written, images are left out, links lead to the web or to
    somebody's mail, and headings begin at the third level.
    """
    return _render(_MARKDOWN.parse(text))


@lru_cache(maxsize=128)
def plain_prose(text: str) -> str:
    """Return the words of a Markdown text without its marks, its blocks on lines of their own."""
    blocks = (
        "".join(_plain(child) for child in token.children or ())
        if token.type == "inline"
        else token.content.strip()
        for token in _MARKDOWN.parse(text)
        if token.type == "inline" or token.type in {"fence", "code_block"}
    )
    return "\n".join(block for block in blocks if block)


def has_words(text: str) -> bool:
    """Tell whether a text has a letter or digit: what nobody sees is no word."""
    return any(one.isalnum() for one in text)


def _render(tokens: Sequence[Token]) -> str:
    deepest = min((_level(one) for one in tokens if one.type == "heading_open"), default=1)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, _level(token) - deepest + FIRST_HEADING)}"
        elif token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", None)):
            token.attrSet("class", str(style).replace("text-align:", "to-"))  # no inline styles
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _level(heading: Token) -> int:
    return int(heading.tag[1])


def _plain(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content


def _may_lead_to(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in _LINKS and (parts.scheme == "mailto" or bool(parts.hostname))


def _open_link(
    renderer: object, tokens: Sequence[Token], place: int, options: object, env: object
) -> str:
    """Tell the page that is linked to nothing of this one, and search engines not to count it."""
    del renderer, options, env
    address = html.escape(str(tokens[place].attrGet("href") or ""))
    return f'<a href="{address}" rel="noopener noreferrer nofollow">'


def _make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.validateLink = _may_lead_to  # type: ignore[assignment,method-assign]  # see its manual
    markdown.add_render_rule("link_open", _open_link)
    return markdown


_MARKDOWN = _make_markdown()
