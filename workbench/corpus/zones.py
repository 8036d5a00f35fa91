"""Tell which part of a page a sentence belongs to: headline, standfirst, body, caption and so on.

The rules look at the shape of lines, at what stands around them, and at the wording of French and
English press sites. Furniture, captions and headlines are whole lines; what is doubtful stays body,
where a person reads it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from workbench.corpus.furniture import fold, has_credit, is_furniture, is_signature


class Zone(StrEnum):
    """A part of a page."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BODY = "body"
    CAPTION = "caption"
    GLOSSARY = "glossary"
    BOILERPLATE = "boilerplate"


@dataclass(slots=True, eq=False)
class _Line:
    """A line of sentences ``first`` to before ``stop``; blank lines before it set it ``apart``."""

    text: str
    last_sentence: str
    first: int
    stop: int
    apart: bool
    zone: Zone = Zone.BODY
    is_named: bool = False  # Its page calls it a heading.
    heads: bool = False  # It is named one or has the shape of one.

    @property
    def sentences(self) -> int:
        return self.stop - self.first


_LONGEST_CAPTION, _MOST_IN_CAPTION = 500, 4
_PAIR = 2
_SHORTEST_DOUBLE, _LONGEST_DOUBLE = 20, 160
_LONGEST_HEADLINE, _LONGEST_QUESTION, _MOST_SENTENCES_OF_HEADLINE = 160, 100, 2
_MOST_HEADLINES_IN_A_ROW = 2
_MOST_WORDS_OF_KICKER = 3
_FEWEST_WORDS_OF_DECK = 5
_LONGEST_STANDFIRST, _MOST_IN_STANDFIRST = 1000, 5
_FEWEST_GAPS = 3
_MOST_WORDS_OF_TERM = 4

_DATE_MARKER = re.compile(r"date \d{4}(?:-\d\d){0,2}")
_CLOSING_MARKS = "»”’\"')] \u00a0\u202f"
_LIST_ITEM = re.compile(r"[-•–—*·→+]\s")
_MARKED = re.compile(r"(?:#{1,6}\s|[►▶■●])\s*")
_CONNECTIVE = re.compile(r"(?:Mais|Et|Or|Alors|Donc|But|And|So|Then)\b")
_GLOSSARY = re.compile(r"(?:petit |mini-)?(?:glossaire|lexique|glossary)(?: .{1,40})?")
_GLOSSARY_ENTRY = re.compile(r"[^.?!]{1,60}, ?(?:[kq]u?[ée][sz]ako|c['’]est quoi)\s?\?")


def mark_zones(
    text: str,
    sentences: Sequence[tuple[int, int]],
    *,
    captions: Collection[str] = (),
    headings: Collection[str] = (),
) -> list[Zone]:
    """Return the zone of each sentence; ``sentences`` are ranges of ``text`` in its order.

    ``captions`` and ``headings`` are lines of the text that its page calls so.
    """
    lines = list(_split_lines(text, sentences))
    for line in lines:
        line.zone = _judge_wording(line, captions)
        line.is_named = line.text in headings and _may_be_headline(line)
        line.heads = line.zone is Zone.BODY and (line.is_named or _has_shape_of_headline(line))
    _mark_doubles(lines)
    _mark_glossaries(lines)
    content = [line for line in lines if line.zone is Zone.BODY]
    _mark_headlines(content)
    _mark_standfirst(content, lines)
    return [line.zone for line in lines for _ in range(line.sentences)]


def _split_lines(text: str, sentences: Sequence[tuple[int, int]]) -> Iterator[_Line]:
    first = end = 0
    while first < len(sentences):
        start = sentences[first][0]
        line_end = text.find("\n", start)
        stop = first + 1
        if first or not _DATE_MARKER.fullmatch(text, *sentences[0]):
            while stop < len(sentences) and (line_end < 0 or sentences[stop][0] < line_end):
                stop += 1
        apart = not first or text.count("\n", end, start) > 1
        last, end = sentences[stop - 1]
        yield _Line(text[start:end], text[last:end], first, stop, apart)
        first = stop


def _judge_wording(line: _Line, captions: Collection[str]) -> Zone:
    if is_furniture(line.text) or (line.first == 0 and _DATE_MARKER.fullmatch(line.text)):
        return Zone.BOILERPLATE
    if line.text in captions or _is_caption(line):
        return Zone.CAPTION
    return Zone.BODY


def _is_caption(line: _Line) -> bool:
    if len(line.text) > _LONGEST_CAPTION or line.sentences > _MOST_IN_CAPTION:
        return False
    if is_signature(line.last_sentence):  # After a paragraph, or in brackets, it signs that.
        return line.sentences == 1 or (
            line.sentences == _PAIR and line.last_sentence[0] not in "(["
        )
    return has_credit(line.last_sentence)


def _mark_doubles(lines: Sequence[_Line]) -> None:
    """Of a caption that a page gives twice, keep the copy with its credit.

    A longer line that comes twice is a paragraph, unless a caption stands beside it.
    """
    for position, (line, following) in enumerate(pairwise(lines)):
        if len(line.text) < _SHORTEST_DOUBLE or Zone.BOILERPLATE in (line.zone, following.zone):
            continue
        beside = lines[max(position - 1, 0) : position + 3]
        may_be_caption = len(line.text) <= _LONGEST_DOUBLE or any(
            neighbour.zone is Zone.CAPTION for neighbour in beside
        )
        if (line.text == following.text and may_be_caption) or (
            line.zone is Zone.CAPTION and line.text.startswith(following.text)
        ):
            following.zone = Zone.BOILERPLATE
        elif following.zone is Zone.CAPTION and following.text.startswith(line.text):
            line.zone = Zone.BOILERPLATE


def _mark_glossaries(lines: Sequence[_Line]) -> None:
    """Mark what follows a heading "Glossaire", up to the next marker or full heading."""
    inside = begun = False
    for line in lines:
        if line.zone is not Zone.BODY:
            continue
        if line.heads:
            if begun and _GLOSSARY.fullmatch(fold(line.text)):
                inside = True
            elif _MARKED.match(line.text) or _count_words(line) > _MOST_WORDS_OF_TERM:
                inside = False
        if inside or _GLOSSARY_ENTRY.match(line.text):
            line.zone = Zone.GLOSSARY
        begun = True


def _mark_headlines(content: Sequence[_Line]) -> None:
    """Mark lines named headings, and rows of headline-like lines that have text below.

    A long row is a list or verse.
    """
    for line in content:
        if line.is_named:
            line.zone = Zone.HEADLINE
    below = 0
    for heads, row in groupby(content, key=lambda line: line.heads):
        lines = list(row)
        below += len(lines)
        if not heads or below == len(content) or content[below].text[0].islower():
            continue
        if len(lines) <= _MOST_HEADLINES_IN_A_ROW or lines[0] is content[0]:
            for line in lines:
                line.zone = Zone.HEADLINE


def _mark_standfirst(content: Sequence[_Line], lines: Sequence[_Line]) -> None:
    """Mark the line under the headline if it is a second one or a paragraph set apart."""
    place = 0
    while place + 1 < len(content) and content[place].zone is Zone.HEADLINE:
        place += 1
        if not (content[place].heads and _count_words(content[place - 1]) <= _MOST_WORDS_OF_KICKER):
            break
    if 0 < place < len(content) - 1 and _is_standfirst(content, place, lines):
        content[place].zone = Zone.STANDFIRST


def _is_standfirst(content: Sequence[_Line], place: int, lines: Sequence[_Line]) -> bool:
    line = content[place]
    if line.heads:
        return _count_words(line) >= _FEWEST_WORDS_OF_DECK and not line.text.endswith("?")
    if line.text.endswith(("...", "…")) and len(line.text) <= _LONGEST_HEADLINE:
        return True
    if len(line.text) > _LONGEST_STANDFIRST or line.sentences > _MOST_IN_STANDFIRST:
        return False
    position = lines.index(line)
    if lines[position + 1].zone in (Zone.CAPTION, Zone.BOILERPLATE):
        return all(above.zone is not Zone.CAPTION for above in lines[:position])
    gaps = [line.apart for line in content[place + 1 :]]
    return len(gaps) >= _FEWEST_GAPS and gaps[0] and not any(gaps[1:])


def _may_be_headline(line: _Line) -> bool:
    return len(line.text) <= _LONGEST_HEADLINE and line.sentences <= _MOST_SENTENCES_OF_HEADLINE


def _has_shape_of_headline(line: _Line) -> bool:
    text = line.text
    if not _may_be_headline(line):
        return False
    if _MARKED.match(text):
        return True
    if _LIST_ITEM.match(text) or _begins_small(text):
        return False
    last = text.rstrip(_CLOSING_MARKS)[-1:]
    if last in ("?", "!"):
        return len(text) <= _LONGEST_QUESTION and not _CONNECTIVE.match(text)
    return last.isalnum() or last in ("%", "€", "$", "£", "°", "+")


def _begins_small(text: str) -> bool:
    """Tell a line that goes on from the one before from one that begins with "iPhone" or "xAI"."""
    word = text.split(maxsplit=1)[0].lstrip("«“\"'(")
    return word[:1].islower() and word.islower()


def _count_words(line: _Line) -> int:
    return len(line.text.split())
