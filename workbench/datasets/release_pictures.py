"""The pictures of a release: where annotators agree, and how much of each source was read.

They stand in files of their own, on white, so that they can be read wherever the card is shown;
the card has their numbers in a table beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from workbench.agreement.figures import LOWER_BAND, UPPER_BAND, Arm, Measure
from workbench.agreement.words import ARM_NAMES, MEASURES, Names, words_of
from workbench.datasets.counting import Counts, Coverage
from workbench.datasets.texts import percent
from workbench.pictures import Interval, Limit, Picture, draw_pictures

ALPHA = "alpha"
MOST_OUTLETS = 12
ALL_ARTICLES, OTHER_OUTLETS = "all articles", "all other outlets"
COVERED = {"once": "read by one or more", "twice": "read by two or more", "settled": "settled"}
MARGIN = 12
LOOK = "background:#fff;color:#1f2328;font-family:system-ui,'Liberation Sans',Arial,sans-serif"


class Reason(TypedDict):
    """Why there is no number."""

    code: str
    words: str


class FigureLine(TypedDict):
    """A figure as the report of agreement has it."""

    name: str
    measure: str
    value: float | None
    undefined: Reason | None
    low: float | None
    high: float | None
    no_interval: Reason | None
    n: int
    articles: int
    observed: float | None


class DifferenceLine(TypedDict):
    """How far a figure is apart with and without suggestions."""

    value: float | None
    low: float | None
    high: float | None


class ContrastLine(TypedDict):
    """A figure with suggestions and without them at first."""

    shown: FigureLine
    withheld: FigureLine
    difference: DifferenceLine


class ArmsLine(TypedDict):
    """The report's part on suggestions."""

    sentences: dict[str, int]
    figures: list[ContrastLine]
    suggestions: list[ContrastLine]


@dataclass(frozen=True)
class ReleasePicture:
    """A picture of a release: its file's name, and what it says to who cannot see it."""

    name: str
    title: str
    alt: str
    picture: Picture


def figures_of(counts: Counts) -> list[FigureLine]:
    """Return the figures of all annotators together."""
    return cast(list[FigureLine], counts.agreement["figures"])


def arms_of(counts: Counts) -> ArmsLine | None:
    """Return the comparison with sentences read without suggestions, where there are any."""
    arms = cast(ArmsLine | None, counts.agreement["arms"])
    return arms if arms and arms["sentences"]["withheld"] else None


def figure_name(counts: Counts, name: str) -> str:
    """Return what a figure is called in English."""
    labels = {
        field: {"en": words.get("en") or field, "fr": words.get("fr") or field}
        for field, words in counts.labels.items()
    }
    return words_of(name, Names(labels, {})).name["en"]


def measure_name(figure: FigureLine) -> str:
    """Return how a figure is computed, in English."""
    return MEASURES[Measure(figure["measure"])]["en"]


def outlet_rows(counts: Counts) -> list[tuple[str, Coverage]]:
    """Return the coverage of all articles, then of outlets, the largest first, few in number."""
    ordered = sorted(counts.outlets.items(), key=lambda one: (-one[1].sentences, one[0]))
    rows = [(ALL_ARTICLES, counts.coverage), *ordered[:MOST_OUTLETS]]
    others = Coverage()
    for _, each in ordered[MOST_OUTLETS:]:
        for name in vars(others):
            setattr(others, name, getattr(others, name) + getattr(each, name))
    return [*rows, (OTHER_OUTLETS, others)] if ordered[MOST_OUTLETS:] else rows


def plan_pictures(counts: Counts) -> list[ReleasePicture]:
    """Return the pictures that there is anything to draw for."""
    planned = [_agreement(counts), _arms(counts), _coverage(counts)]
    return [one for one in planned if one and one.picture.intervals]


def draw_release(planned: Sequence[ReleasePicture]) -> dict[str, str]:
    """Return the drawings by file name, each an SVG file whole."""
    drawings = draw_pictures([one.picture for one in planned])
    return {one.name: _frame(drawing) for one, drawing in zip(planned, drawings, strict=True)}


def _agreement(counts: Counts) -> ReleasePicture:
    figures = [one for one in figures_of(counts) if one["value"] is not None]
    intervals = [
        _interval(
            figure_name(counts, one["name"]),
            ALPHA if Measure(one["measure"]).is_alpha else measure_name(one),
            one,
        )
        for one in figures
    ]
    bands = [Limit(ALPHA, LOWER_BAND), Limit(ALPHA, UPPER_BAND)]
    has_alpha = any(one.series == ALPHA for one in intervals)
    said = "; ".join(
        f"{one.label} {one.value:.2f}"
        + (f" ({one.low:.2f} to {one.high:.2f})" if one.low < one.high else "")
        for one in intervals
    )
    return _release_picture(
        "agreement.svg",
        "Agreement between annotators, figure by figure",
        f"Agreement between annotators with 95 % intervals: {said}. The table has the numbers.",
        intervals,
        bands if has_alpha else [],
    )


def _arms(counts: Counts) -> ReleasePicture | None:
    arms = arms_of(counts)
    if arms is None:
        return None
    intervals = [
        _interval(figure_name(counts, figure["name"]), ARM_NAMES[arm]["en"], figure)
        for each in (*arms["figures"], *arms["suggestions"])
        for arm, figure in ((Arm.SHOWN, each["shown"]), (Arm.WITHHELD, each["withheld"]))
        if figure["value"] is not None
    ]
    return _release_picture(
        "suggestions.svg",
        "Agreement with suggestions, and without them at first",
        f"{len({one.label for one in intervals})} figures, each on sentences with suggestions and"
        " on sentences that were answered before any was shown. The table has the numbers.",
        intervals,
    )


def _coverage(counts: Counts) -> ReleasePicture:
    rows = [(name, each) for name, each in outlet_rows(counts) if each.sentences]
    intervals = [
        Interval(name, words, share, share, share)
        for name, each in rows
        for kind, words in COVERED.items()
        for share in [each.share(kind)]
    ]
    total = counts.coverage
    return _release_picture(
        "coverage.svg",
        "How much was read and settled, by outlet",
        f"Of {total.sentences} sentences that need a decision, {percent(total.share('once'))} were"
        f" read by at least one annotator, {percent(total.share('twice'))} by at least two, and"
        f" {percent(total.share('settled'))} are settled. The table has the numbers by outlet.",
        intervals,
        unit_is_percent=True,
    )


def _release_picture(
    name: str,
    title: str,
    alt: str,
    intervals: Sequence[Interval],
    limits: Sequence[Limit] = (),
    *,
    unit_is_percent: bool = False,
) -> ReleasePicture:
    picture = Picture(
        intervals,
        title=title,
        description=alt,
        language="en",
        unit="percent" if unit_is_percent else "number",
        limits=limits,
    )
    return ReleasePicture(name, title, alt, picture)


def _interval(label: str, series: str, figure: FigureLine) -> Interval:
    value = figure["value"] or 0.0
    low, high = figure["low"], figure["high"]
    return Interval(
        label, series, value if low is None else low, value, value if high is None else high
    )


def _frame(drawing: str) -> str:
    """Return a drawing as a file: white behind it, a margin around it, letters of its own."""
    head, viewbox, rest = drawing.partition(' viewBox="0 0 ')
    size, _, body = rest.partition('"')
    width, height = (float(one) + 2 * MARGIN for one in size.split())
    around = f"{-MARGIN} {-MARGIN} {width:g} {height:g}"
    return f'{head}{viewbox[:-4]}{around}" style="{LOOK}"{body}\n'
