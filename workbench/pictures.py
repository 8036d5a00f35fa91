"""Pictures of numbers, as SVG that stands in a page, a data card or a file.

Drawn by Altair in a process of its own, since it and its renderer keep 100 MB of any that imports
them, and remembered by the data in them. Lines and letters take the colour and face of the text
around, so that one picture serves light, dark and paper; marks differ by shape, not by colour
alone. Whoever shows a picture puts its table beside it.
"""

import json
import re
import subprocess
import sys
import textwrap
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor
from threading import Lock
from typing import Literal

from workbench.canonical import content_hash

REMEMBERED = 64
LETTERS = 13  # pixels where the picture stands in its own width
ROW = 34  # pixels from one label to the next
LABEL = 22  # letters in a line of a label, of which there are two: it shall fit a telephone
WIDTH = 300  # pixels of the scale, without the labels
LEGEND_COLUMNS = 2  # or it would be wider than the rows, and all be smaller on a telephone
INK = "currentColor"
STEP, MOST_STEPS = 0.25, 9  # from one number of the scale to the next
Unit = Literal["percent", "number"]
FORMATS: dict[Unit, str] = {"percent": ".0%", "number": ".2f"}
MARKS = {"circle": INK, "diamond": "transparent", "square": INK, "triangle-up": "transparent"}
Locale = Literal["fr-FR", "en-US"]
LOCALES: dict[str, Locale] = {"fr": "fr-FR", "en": "en-US"}
PAINTER = (sys.executable, "-P", "-m", "workbench.pictures")
SECONDS = 60  # for the pictures of a page
_OPENING = re.compile(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"[^>]*>')


@dataclass(frozen=True)
class Interval:
    """A share up to 1 with the ends of its interval: one mark and its line."""

    label: str
    series: str
    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Limit:
    """A value that somebody has published as a limit, for the rows of one series."""

    series: str
    value: float


@dataclass(frozen=True)
class Picture:
    """Rows of intervals: one for each label, in the order given, with a mark for each series.

    ``title`` and ``description`` are for those who do not see it; ``language``, ``fr`` or ``en``,
    is how the scale writes its numbers, percent or not. It begins at 0, or below where an interval
    does. There is at least one interval, and at most four series. ``limits`` are thin lines
    through the rows of their series, with their values above.
    """

    intervals: Sequence[Interval]
    title: str
    description: str
    language: str
    unit: Unit = "percent"
    limits: Sequence[Limit] = ()

    @property
    def data(self) -> str:
        """What its drawing depends on, as the painter reads it."""
        return json.dumps(
            {
                "intervals": [vars(one) for one in self.intervals],
                "locale": LOCALES[self.language],
                "unit": self.unit,
                "limits": [vars(one) for one in self.limits],
            }
        )


def draw_intervals(
    intervals: Sequence[Interval],
    *,
    title: str,
    description: str,
    language: str,
    unit: Unit = "percent",
    limits: Sequence[Limit] = (),
) -> str:
    """Return one picture as an SVG element."""
    return draw_pictures([Picture(intervals, title, description, language, unit, limits)])[0]


def draw_pictures(pictures: Sequence[Picture]) -> list[str]:
    """Return each picture as an SVG element; one process draws all that are not remembered."""
    drawings = _recall([one.data for one in pictures])
    return [_describe(drawings[one.data], one.title, one.description) for one in pictures]


_drawn: OrderedDict[str, str] = OrderedDict()
_drawn_lock = Lock()


def _recall(wanted: Sequence[str]) -> dict[str, str]:
    """Return the drawings of these data."""
    with _drawn_lock:
        found = {data: _drawn[data] for data in wanted if data in _drawn}
    missing = [data for data in dict.fromkeys(wanted) if data not in found]
    if missing:
        done = subprocess.run(  # noqa: S603  # our own program
            PAINTER,
            input=f"[{','.join(missing)}]".encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=SECONDS,
        )
        found.update(zip(missing, json.loads(done.stdout), strict=True))
    with _drawn_lock:
        for data, drawing in found.items():
            _drawn[data] = drawing
            _drawn.move_to_end(data)
        while len(_drawn) > REMEMBERED:
            _drawn.popitem(last=False)
    return found


def _paint_intervals(
    intervals: Sequence[Interval], locale: Locale, unit: Unit, limits: Sequence[Limit]
) -> str:
    import altair  # noqa: PLC0415  # the painter alone needs them
    import vl_convert  # noqa: PLC0415

    labels = list(dict.fromkeys(one.label for one in intervals))
    wrapped = {label: _wrap(label) for label in labels}
    series = list(dict.fromkeys(one.series for one in intervals))
    marks = dict(list(MARKS.items())[: len(series)])
    legend = altair.Legend(
        title=None, orient="top", labelLimit=0, columns=min(len(series), LEGEND_COLUMNS)
    )

    def scale(values: Sequence[str]) -> altair.Scale:
        return altair.Scale(domain=series, range=list(values))

    rows = altair.Chart(altair.InlineData(values=[vars(one) for one in intervals])).encode(
        y=altair.Y(
            "label:N",
            sort=labels,
            title=None,
            axis=altair.Axis(grid=False, labelExpr=f"({json.dumps(wrapped)})[datum.value]"),
        ),
        # Marks of one label go below each other; a single one stands beside its label.
        yOffset=(
            altair.YOffset("series:N", sort=series)
            if len(intervals) > len(labels)
            else altair.Undefined
        ),
    )
    first = min(0, *(floor(one.low / STEP) for one in intervals))
    steps = [STEP * step for step in range(first, round(1 / STEP) + 1)]
    axis = altair.Axis(format=FORMATS[unit], values=steps, labelOverlap=len(steps) > MOST_STEPS)
    lines = rows.mark_rule(color=INK, strokeWidth=1.5).encode(
        x=altair.X("low:Q", title=None, scale=altair.Scale(domain=[steps[0], 1]), axis=axis),
        x2="high:Q",
    )
    dots = rows.mark_point(size=60, opacity=1, strokeWidth=1.5).encode(
        x="value:Q",
        shape=altair.Shape("series:N", scale=scale([*marks]), legend=legend),
        fill=altair.Fill("series:N", scale=scale([*marks.values()]), legend=legend),
        stroke=altair.Stroke("series:N", scale=scale([INK] * len(series)), legend=legend),
    )
    limited = [
        {"label": one.label, "limit": limit.value}
        for limit in limits
        for one in intervals
        if one.series == limit.series
    ]
    shown = sorted({one.value for one in limits}) if limited else []
    through = (
        altair.Chart(altair.InlineData(values=limited))
        .mark_tick(color=INK, opacity=0.6, thickness=1, size=ROW, orient="vertical")
        .encode(
            x="limit:Q",
            y=altair.Y("label:N", sort=labels),
        )
    )
    above = (
        altair.Chart(altair.InlineData(values=[{"limit": value} for value in shown]))
        .mark_text(color=INK, fontSize=LETTERS - 2, dy=-8)
        .encode(x="limit:Q", y=altair.value(0), text=altair.Text("limit:Q", format=".3f"))
    )
    chart = (
        altair.layer(*([through, above] if limited else []), lines, dots)
        .properties(width=WIDTH, height=altair.Step(ROW, **{"for": "position"}))
        .configure(background="transparent", font="inherit")
        .configure_view(stroke=None)
        .configure_legend(labelColor=INK, labelFontSize=LETTERS)
        .configure_axis(
            domain=False,
            ticks=False,
            gridColor=INK,
            gridOpacity=0.15,
            labelColor=INK,
            labelFontSize=LETTERS,
            labelLimit=0,
            labelPadding=8,
        )
    )
    return vl_convert.vegalite_to_svg(chart.to_dict(), format_locale=locale, allowed_base_urls=[])


def _wrap(label: str) -> list[str]:
    """Return the lines of a label; its end is cut where that is more than two."""
    return textwrap.wrap(label, LABEL, max_lines=2, placeholder=" …") or [""]


def _describe(drawing: str, title: str, description: str) -> str:
    """Put title and description into a drawing, and let it shrink where there is less room."""
    name = f"picture-{content_hash([drawing, title, description])[:12]}"
    words = (
        f'<title id="{name}">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}"'
        f' aria-describedby="{name}-desc" width="{{0}}" height="{{1}}" viewBox="0 0 {{0}} {{1}}">'
    )
    return _OPENING.sub(lambda found: opening.format(*found.groups()) + words, drawing, count=1)


if __name__ == "__main__":
    _drawings = [
        _paint_intervals(
            [Interval(**one) for one in _wanted["intervals"]],
            _wanted["locale"],
            _wanted["unit"],
            [Limit(**one) for one in _wanted["limits"]],
        )
        for _wanted in json.load(sys.stdin.buffer)
    ]
    sys.stdout.write(json.dumps(_drawings))
