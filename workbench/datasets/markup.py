"""Write what people have typed into Markdown and YAML, as words and never as markup.

``Markdown`` marks text that is markup already; all else is escaped where it is put in a page, so
that no title breaks a table, makes a link or hides a direction mark.
"""

import json
import re
from collections.abc import Iterable, Sequence

from workbench.canonical import Json
from workbench.corpus.text import hidden_characters

_MARKUP = re.compile(r"([\\`*_\[\]<>|~$&]|^[#=+-])")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
# Some readers make links of these without being asked.
_LINKS = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=\bwww)\.|@")
_ENTITIES = {":": "&#58;", ".": "&#46;", "@": "&#64;"}
_BLANKS = re.compile(r"\s+")
_PARAGRAPHS = re.compile(r"(?:\r\n|\r|\n)\s*(?:\r\n|\r|\n)")
_CONTROLS = re.compile(r"[\0-\x1f\x7f-\x9f]")
# What a YAML reader may take for the end of a line or refuse, if it stands there as itself.
_NOT_NAMES = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_NOT_YAML = re.compile("[\x7f-\xa0\u2028\u2029\ufffe\uffff]")


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


def show_hidden(text: str, code: str = "⟨U+{:04X}⟩") -> str:
    """Return a text with each character that nobody sees replaced by its code."""
    for hidden in reversed(hidden_characters(text)):
        shown = code.format(ord(hidden.character))
        text = f"{text[: hidden.position]}{shown}{text[hidden.position + 1 :]}"
    return text


def escape_markdown(text: str) -> Markdown:
    """Return a text as one line of Markdown that shows it; hidden characters by their codes."""
    line = _BLANKS.sub(" ", _CONTROLS.sub(" ", show_hidden(text))).strip()
    line = _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line))
    return Markdown(_LINKS.sub(lambda found: _ENTITIES[found[0]], line))


def escape_paragraphs(text: str) -> Markdown:
    """Return a text of several paragraphs as Markdown that shows it, a line each."""
    lines = map(escape_markdown, _PARAGRAPHS.split(text))
    return Markdown("\n\n".join(line for line in lines if line))


def markdown_table(
    heads: Sequence[str], rows: Iterable[Sequence[str | int]], *, first: int = 1
) -> Markdown:
    """Return a table; its ``first`` columns are words, the others numbers and stand to the right.

    A number gets thin spaces between thousands; words are escaped unless they are Markdown. A
    table without rows says so.
    """
    rules = ["--" if place < first else "--:" for place in range(len(heads))]
    lines = [heads, rules, *([show(cell) for cell in row] for row in rows)]
    if len(lines) == len([heads, rules]):
        return Markdown("*None.*")
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def show(value: object) -> str:
    """Return any value as Markdown: what a template puts in its places."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    return escape_markdown(str(value))


def yaml_text(value: Json, indent: int = 0) -> str:
    """Return a value as YAML in blocks, ending with a line end; texts stand in quotation marks."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, dict):
        for name, one in value.items():
            lines.append(f"{pad}{_yaml_key(name)}:{_yaml_value(one, indent + 2)}")
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, dict) and one:
                lines.append(f"{pad}- {yaml_text(one, indent + 2).lstrip()}")
            else:
                lines.append(f"{pad}-{_yaml_value(one, indent + 2)}")
    return "".join(lines)


def _yaml_value(value: Json, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        return f"\n{yaml_text(value, indent)}"
    return f" {_yaml_scalar(value)}\n"


def _yaml_key(name: str) -> str:
    is_plain = re.fullmatch(r"[a-z][a-z0-9_-]*", name) and name not in _NOT_NAMES
    return name if is_plain else _yaml_scalar(name)


def _yaml_scalar(value: Json) -> str:
    text = show_hidden(json.dumps(value, ensure_ascii=False), r"\U{:08x}")
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
