"""The map of stances and the line of time as SVG that needs nothing else: in a page or a file.

Marks differ by shape and by whether they are filled, not by colour alone. Colours stand in the
picture, for paper; a page may give others to the classes.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from workbench.adjudication.stance_words import (
    DESCRIBED,
    NUMBERS,
    OWN,
    SIDES,
    UNDATED,
    describe_cell,
)
from workbench.adjudication.stances import Cell, Mark, Side
from workbench.corpus.dates import day_range

INK, SOFT, LINE, PAPER = "#1d1f24", "#5f636d", "#e4e1d9", "#ffffff"
COLOURS = {
    Side.FAVOR: "#17658f",
    Side.AGAINST: "#b3470f",
    Side.NEUTRAL: "#5f636d",
    Side.OTHER: "#7a3fb5",
}
# In a square of 16.
SHAPES = {
    Side.FAVOR: "M8 1.5L15 14H1Z",
    Side.AGAINST: "M8 14.5L1 2H15Z",
    Side.NEUTRAL: "M1 5.5H15V10.5H1Z",
    Side.OTHER: "M8 1L15 8L8 15L1 8Z",
}
SIZES = (0, 11, 13, 15, 18, 21)  # of a mark by its level
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
LETTER = 6.7  # pixels of one at 12.5 pixels
NAMES, COLUMN, LINE_HEIGHT, MARGIN = 232, 106, 21, 24
PLOT, UNKNOWN, LANE, AXIS = 620, 120, 24, 34
LEAST_DAYS = 90  # on the line of time, so that one month does not fill it
MOST_TICKS = 9


@dataclass(frozen=True)
class MapPicture:
    """A map to draw: labels of rows and columns, cells where there are stances, a few lines."""

    title: str
    lines: Sequence[str]
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Mapping[tuple[int, int], Cell]
    language: str


@dataclass(frozen=True)
class Moment:
    """What a row has at one date, as EDTF; without one where it is not known."""

    row: int
    published: str | None
    cell: Cell


@dataclass(frozen=True)
class TimePicture:
    """A line of time to draw: a row for each label; ``link`` leads to what a mark counts.

    A bare one has neither title, lines nor legend: the page around it says them.
    """

    title: str
    lines: Sequence[str]
    rows: Sequence[str]
    moments: Sequence[Moment]
    language: str
    link: Callable[[Moment], str] | None = None
    is_bare: bool = False


def draw_map(picture: MapPicture) -> str:
    """Return the map as an SVG element."""
    heads = [_wrap(label, 16, 5) for label in picture.columns]
    width = max(2 * MARGIN + NAMES + COLUMN * len(heads), 640)
    top, parts = _open(picture.title, picture.lines, picture.language, width)
    top += 15 * max((len(lines) for lines in heads), default=0) + 12
    for number, lines in enumerate(heads):
        x = MARGIN + NAMES + COLUMN * number + COLUMN / 2
        for step, line in enumerate(reversed(lines)):
            parts.append(
                _text(x, top - 12 - 15 * step, line, size=11.5, anchor="middle", bold=True)
            )
    for row, label in enumerate(picture.rows):
        cells = {
            number: picture.cells[row, number]
            for number in range(len(heads))
            if (row, number) in picture.cells
        }
        lines = _wrap(label, 32, 2)
        most = max((len({mark.side for mark in cell.marks}) for cell in cells.values()), default=1)
        height = max(most * LINE_HEIGHT, 15 * len(lines)) + 10
        parts.append(_rule(MARGIN, top, width - MARGIN))
        middle = top + height / 2
        for step, line in enumerate(lines):
            parts.append(_text(MARGIN, middle + 4 + 15 * (step - (len(lines) - 1) / 2), line))
        for number, cell in cells.items():
            x = MARGIN + NAMES + COLUMN * number
            words = f"{label} – {picture.columns[number]}: {describe_cell(cell, picture.language)}"
            parts.append(f"<g><title>{_safe(words)}</title>")
            parts.append(_ground(cell, x + 2, top + 2, COLUMN - 4, height - 4))
            parts.append(_cell(cell, x + COLUMN / 2, middle))
            parts.append("</g>")
        top += height
    parts.append(_rule(MARGIN, top, width - MARGIN))
    return _close(parts, width, top + MARGIN, picture.title)


def draw_timeline(picture: TimePicture) -> str:
    """Return the line of time as an SVG element: what is not dated has a band of its own."""
    width = 2 * MARGIN + NAMES + PLOT + UNKNOWN
    top, parts = 0.0, list[str]()
    if not picture.is_bare:
        top, parts = _open(picture.title, picture.lines, picture.language, width)
    ranges = {one.published: day_range(one.published) for one in picture.moments if one.published}
    begin, end = _span(list(ranges.values()))
    left, right = MARGIN + NAMES, MARGIN + NAMES + PLOT
    scale = PLOT / max((end - begin).days, 1)

    def place(day: date) -> float:
        return left + (day - begin).days * scale

    top += AXIS
    body: list[str] = []
    start = top
    for row, label in enumerate(picture.rows):
        mine = [one for one in picture.moments if one.row == row]
        runs = []
        for one in mine:
            days = ranges[one.published] if one.published else None
            centre = (place(days[0]) + place(days[1])) / 2 if days else right + UNKNOWN / 2
            runs.append((centre, days, one))
        drawn, lanes = _lay_out(sorted(runs, key=lambda run: (run[0], str(run[2].published))))
        words = _wrap(label, 32, 2)
        height = max(lanes * LANE, 15 * len(words)) + 10
        body.append(_rule(MARGIN, top, width - MARGIN))
        for step, line in enumerate(words):
            y = top + height / 2 + 4 + 15 * (step - (len(words) - 1) / 2)
            body.append(_text(MARGIN, y, line))
        for lane, (centre, days, one) in drawn:
            y = top + 5 + LANE * lane + LANE / 2 + (height - 10 - lanes * LANE) / 2
            body.append(_moment(picture, one, centre, y, days and (place(days[0]), place(days[1]))))
        top += height
    parts += _axis(begin, end, place, start, top) if ranges else []
    parts.append(
        f'<rect class="unknown" x="{right + 8}" y="{start - AXIS + 8}" width="{UNKNOWN - 8}"'
        f' height="{_n(top - start + AXIS - 8)}" fill="{LINE}" fill-opacity="0.45"/>'
    )
    middle = right + UNKNOWN / 2 + 4
    parts.append(
        _text(middle, start - 8, UNDATED[picture.language], size=11.5, anchor="middle", soft=True)
    )
    parts += body
    parts.append(_rule(MARGIN, top, width - MARGIN))
    return _close(parts, width, top + MARGIN, picture.title)


def _lay_out(
    runs: Sequence[tuple[float, tuple[date, date] | None, Moment]],
) -> tuple[list[tuple[int, tuple[float, tuple[date, date] | None, Moment]]], int]:
    """Give each run of marks the first lane in which it has room; return how many there are."""
    ends: list[float] = []
    drawn = []
    for run in runs:
        half = _width(run[2].cell.marks) / 2 + 3
        lane = next((n for n, end in enumerate(ends) if end <= run[0] - half), len(ends))
        ends[lane : lane + 1] = [run[0] + half]
        drawn.append((lane, run))
    return drawn, max(len(ends), 1)


def _moment(
    picture: TimePicture,
    one: Moment,
    centre: float,
    y: float,
    band: tuple[float, float] | None,
) -> str:
    words = (
        f"{picture.rows[one.row]}, {one.published or UNDATED[picture.language]}:"
        f" {describe_cell(one.cell, picture.language)}"
    )
    parts = [f"<title>{_safe(words)}</title>"]
    if band and band[1] - band[0] > 1:
        parts.append(
            f'<rect class="band" x="{_n(band[0])}" y="{_n(y + 9)}" width="{_n(band[1] - band[0])}"'
            f' height="4" rx="2" fill="{SOFT}" fill-opacity="0.35"/>'
        )
    parts.append(_run(one.cell.marks, centre, y))
    if doubt := _doubt(one.published or ""):
        x = centre + _width(one.cell.marks) / 2 + 2
        parts.append(_text(x, y - 2, doubt, size=10, soft=True))
    drawn = "".join(parts)
    if picture.link is None:
        return f"<g>{drawn}</g>"
    return f'<a href="{_safe(picture.link(one))}" aria-label="{_safe(words)}">{drawn}</a>'


def _doubt(published: str) -> str:
    """Return the signs of a date that is uncertain, about, or both."""
    is_both = "%" in published
    return ("?" if is_both or "?" in published else "") + (
        "~" if is_both or "~" in published else ""
    )


def _axis(
    begin: date, end: date, place: Callable[[date], float], top: float, bottom: float
) -> list[str]:
    months = [
        date(year, month, 1)
        for year in range(begin.year, end.year + 1)
        for month in range(1, 13)
        if begin <= date(year, month, 1) <= end
    ]
    years = [day for day in months if day.month == 1]
    steps = (months[::step] for step in (1, 2, 3, 6))
    shown = next((some for some in steps if len(some) <= MOST_TICKS), None)
    is_yearly = shown is None
    if shown is None:
        shown = years[:: -(-len(years) // MOST_TICKS)]
    parts = []
    for day in shown:
        x = place(day)
        line = f"M{_n(x)} {_n(top - 4)}V{_n(bottom)}"
        parts.append(f'<path class="line" d="{line}" stroke="{LINE}" fill="none"/>')
        words = f"{day.year}" if is_yearly else f"{day:%Y-%m}"
        parts.append(_text(x, top - 8, words, size=11.5, anchor="middle", soft=True))
    return parts


def _span(ranges: Sequence[tuple[date, date]]) -> tuple[date, date]:
    if not ranges:
        return date(2000, 1, 1), date(2000, 12, 31)
    begin, end = min(first for first, _ in ranges), max(last for _, last in ranges)
    spare = max((LEAST_DAYS - (end - begin).days) // 2, (end - begin).days // 20, 12)
    few = timedelta(days=spare)
    return (
        begin - few if begin > date.min + few else begin,
        end + few if end < date.max - few else end,
    )


def _open(title: str, lines: Sequence[str], language: str, width: float) -> tuple[float, list[str]]:
    parts = [_text(MARGIN, MARGIN + 16, title, size=20, bold=True)]
    top = MARGIN + 16.0
    for line in lines:
        for part in _wrap(line, int((width - 2 * MARGIN) / LETTER), 3):
            top += 19
            parts.append(_text(MARGIN, top, part, soft=True))
    top += 26
    x = float(MARGIN)
    for side in (Side.FAVOR, Side.AGAINST, Side.NEUTRAL):
        words = SIDES[side][language]
        parts.append(_glyph(Mark(side, is_own=True, count=3), x + 8, top - 4, 13))
        parts.append(_text(x + 20, top, words))
        x += 20 + LETTER * len(words) + 22
    for is_own, label in ((True, OWN), (False, DESCRIBED)):
        words = label[language]
        parts.append(_glyph(Mark(Side.FAVOR, is_own, 3), x + 8, top - 4, 13))
        parts.append(_glyph(Mark(Side.AGAINST, is_own, 3), x + 24, top - 4, 13))
        parts.append(_text(x + 36, top, words))
        x += 36 + LETTER * len(words) + 22
    parts.append(_text(x, top, NUMBERS[language], soft=True))
    return top + 16, parts


def _close(parts: Sequence[str], width: float, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}"'
        f' viewBox="0 0 {_n(width)} {_n(height)}" font-family="{FONT}" font-size="12.5">'
        f"<title>{_safe(title)}</title>"
        f'<rect class="ground" width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def _ground(cell: Cell, x: float, y: float, width: float, height: float) -> str:
    """Tint a cell by its sides: each a part as high as its share."""
    parts, top = [], y
    strength = 0.07 + 0.04 * cell.level
    for side in Side:
        if share := cell.on(side) / cell.total:
            parts.append(
                f'<rect class="tint {side}" rx="2" x="{_n(x)}" y="{_n(top)}" width="{_n(width)}"'
                f' height="{_n(share * height)}" fill="{COLOURS[side]}"'
                f' fill-opacity="{strength:.2f}"/>'
            )
            top += share * height
    return "".join(parts)


def _cell(cell: Cell, centre: float, middle: float) -> str:
    """Draw a cell's marks: a line for each side."""
    lines = [[mark for mark in cell.marks if mark.side is side] for side in Side if cell.on(side)]
    return "".join(
        _run(line, centre, middle + LINE_HEIGHT * (step - (len(lines) - 1) / 2))
        for step, line in enumerate(lines)
    )


def _run(marks: Sequence[Mark], centre: float, y: float) -> str:
    """Draw marks beside each other, each with its number."""
    x = centre - _width(marks) / 2
    parts = []
    for mark in marks:
        size = SIZES[mark.level]
        parts.append(_glyph(mark, x + size / 2, y, size))
        parts.append(_text(x + size + 3, y + 4.5, str(mark.count), bold=mark.is_own))
        x += _mark_width(mark)
    return "".join(parts)


def _width(marks: Sequence[Mark]) -> float:
    return sum(map(_mark_width, marks)) - 6


def _mark_width(mark: Mark) -> float:
    return SIZES[mark.level] + 3 + 7.5 * len(str(mark.count)) + 6


def _glyph(mark: Mark, x: float, y: float, size: float) -> str:
    colour, factor = COLOURS[mark.side], size / 16
    whose, fill = ("own", colour) if mark.is_own else ("described", PAPER)
    return (
        f'<path class="mark {mark.side} {whose}" d="{SHAPES[mark.side]}" fill="{fill}"'
        f' stroke="{colour}" stroke-width="{_n(1.7 / factor)}" stroke-linejoin="round"'
        f' transform="translate({_n(x - size / 2)} {_n(y - size / 2)}) scale({_n(factor)})"/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12.5,
    anchor: str = "start",
    bold: bool = False,
    soft: bool = False,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text class="{"soft" if soft else "ink"}" x="{_n(x)}" y="{_n(y)}" font-size="{size:g}"'
        f' text-anchor="{anchor}" fill="{SOFT if soft else INK}"{weight}>{_safe(words)}</text>'
    )


def _rule(x: float, y: float, end: float) -> str:
    return f'<path class="line" d="M{_n(x)} {_n(y)}H{_n(end)}" stroke="{LINE}" fill="none"/>'


def _wrap(words: str, width: int, most: int) -> list[str]:
    return textwrap.wrap(words, width, max_lines=most, placeholder=" …") or [""]


def _safe(words: str) -> str:
    """Return words as they may stand in XML, which knows no control characters."""
    return escape("".join(one for one in words if one.isprintable() or one == " "))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
