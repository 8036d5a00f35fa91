"""Where a text puts words between quotation marks: « », “ ”, " ", ‹ ›, ‘ ’, ' ', << >>.

Marks are paired line by line, since a line is a paragraph. A quotation that a line leaves open goes
to the line's end, and on into the next lines where a closing mark is the next one to come. Nested
marks belong to the words between the outer ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = '«»“”„"‹›\n'
_ANY_MARK = re.compile(  # Apostrophes are many, and single marks are few.
    r"[«»“”„\"‹›\n]|<<|>>|(?<!\w)['‘](?=[^\W\d_])|(?<=[\w.,!?…»”])['’](?!\w)"
)
_OPENING_APOSTROPHE = re.compile(r"'(?<=[ \n(]')")
_CLOSING = {"«": "»", "“": "”", "„": "”“", '"': '"', "‹": "›", "‘": "’", "'": "'’", "<<": ">>"}
_OPENING = frozenset(_CLOSING)
_REOPENED = {"«": "«»", "“": "“", '"': '"', "‹": "‹", "<<": "<<"}
_FURTHEST_CLOSE = 3  # lines that a quotation may go on for after the one it opens in
_BLANK = " \t\u00a0\u202f\u2009"
_LONGEST_SINGLE = 400


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between marks: where the marks begin and end, and the words without them."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    goes_on: bool = False  # from the paragraph before


def find_quotations(text: str) -> list[Quotation]:
    """Return the outermost quotations in order; a comma before the closing mark is left out."""
    lines = list(_marks_by_line(text))
    found: list[Quotation] = []
    carried: str | None = None  # the opening mark of what the line before has left open
    for number, (start, end, marks) in enumerate(lines):
        opening = (start, start, carried) if carried else None
        rest = marks
        if (
            carried
            and marks
            and marks[0][1] in _REOPENED[carried]
            and _opens_line(text, marks[0], start)
        ):
            opening, rest = (marks[0][0], marks[0][0] + 1, carried), marks[1:]
        left = _pair(text, opening, rest, end, found)
        carried = left if _closes_later(left, lines, number) else None
    return found


_Marks = list[tuple[int, str]]
_Opening = tuple[int, int, str]  # where the mark begins and ends, and which it is


def _marks_by_line(text: str) -> Iterator[tuple[int, int, _Marks]]:
    """Yield start, end and marks of each line that is not blank."""
    start = 0
    marks: _Marks = []
    for at, mark in _find_marks(text):
        if mark != "\n":
            marks.append((at, mark))
            continue
        if marks or text[start:at].strip():
            yield start, at, marks
        start, marks = at + 1, []
    yield start, len(text), marks


def _find_marks(text: str) -> _Marks:
    """Return all marks and line ends in order; one search for each that is common is fastest."""
    if "‘" in text or "<<" in text or _OPENING_APOSTROPHE.search(text):
        return [(match.start(), match[0]) for match in _ANY_MARK.finditer(text)]
    found: _Marks = []
    for mark in _MARKS:
        at = text.find(mark)
        while at >= 0:
            found.append((at, mark))
            at = text.find(mark, at + 1)
    return sorted(found)


def _opens_line(text: str, mark: tuple[int, str], start: int) -> bool:
    return not text[start : mark[0]].strip()


def _closes_later(opened: str | None, lines: list[tuple[int, int, _Marks]], number: int) -> bool:
    """Tell whether the next marks after a line close what it leaves open, or open it anew."""
    if opened is None or opened not in _REOPENED:
        return False
    for start, _, marks in lines[number + 1 : number + 1 + _FURTHEST_CLOSE]:
        if marks:
            at, mark = marks[0]
            if mark == '"' == opened:
                return at == start and len(marks) % 2 == 1
            return mark in _CLOSING[opened] or (mark == opened and at - start <= 1)
    return False


def _pair(
    text: str, opening: _Opening | None, marks: _Marks, end: int, found: list[Quotation]
) -> str | None:
    """Pair the marks of a line; return the opening mark that nothing on it closes."""
    if opening is None and not marks:
        return None
    goes_on = opening is not None
    depth = int(goes_on)
    # Where more are opened than closed, an inner mark is missing: the first that closes wins.
    unclosed = {mark: _count(marks, mark) > _count(marks, _CLOSING[mark]) for mark in ("«", "“")}
    for position, (at, mark) in enumerate(marks):
        if opening is None:
            if mark in _OPENING and _may_open(text, at, mark, marks, position):
                opening, depth = (at, at + len(mark), mark), 1
        elif mark in _CLOSING[opening[2]]:
            depth -= 1
            if depth <= 0 or unclosed.get(opening[2]):
                _keep(found, _trim(text, opening, at, at + len(mark), goes_on=goes_on))
                opening, goes_on = None, False
        elif mark == opening[2]:
            depth += 1
    if opening is None or opening[2] not in _REOPENED:
        return None
    if opening[2] == '"' and not _begins_line(text, opening[0]):
        return None
    _keep(found, _trim(text, opening, end, end, goes_on=goes_on))
    return opening[2]


def _keep(found: list[Quotation], quotation: Quotation) -> None:
    if quotation.inner_start < quotation.inner_end:
        found.append(quotation)


def _count(marks: _Marks, mark: str) -> int:
    return sum(1 for _, other in marks if other == mark)


def _begins_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n" or text[:at][-2:-1] in ("\n", "-", "–", "—", ":")


def _may_open(text: str, at: int, mark: str, marks: _Marks, position: int) -> bool:
    if mark in "'‘":
        return any(
            closing in _CLOSING[mark] and where - at < _LONGEST_SINGLE and not _opens(text, where)
            for where, closing in marks[position + 1 : position + 4]
        )
    if mark == '"':  # 6" or 12'30" measure; a blank on both sides may be either.
        return not (at and text[at - 1].isdigit())
    return True


def _opens(text: str, at: int) -> bool:
    return (at == 0 or not text[at - 1].isalnum()) and text[at + 1 : at + 2].isalnum()


def _trim(text: str, opening: _Opening, inner_end: int, end: int, *, goes_on: bool) -> Quotation:
    start, inner_start, _ = opening
    while inner_start < inner_end and text[inner_start].isspace():
        inner_start += 1
    while inner_end > inner_start and text[inner_end - 1].isspace():
        inner_end -= 1
    if inner_end - inner_start > 1 and text[inner_end - 1] == ",":
        inner_end -= 1
        while inner_end > inner_start and text[inner_end - 1].isspace():
            inner_end -= 1
    return Quotation(start, end, inner_start, inner_end, goes_on)
