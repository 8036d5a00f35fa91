"""A report of agreement for people: aligned text, or a page that needs nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import fill

from workbench.adjudication.agreeing import Agreement
from workbench.agreement.figures import (
    BANDS_SOURCE,
    Between,
    Figure,
    Measure,
    Report,
)

UNDEFINED = "–"
COLUMNS = 100
NAMED = 3  # most frequent values beside a figure
LABELS = {
    "has_claim": "sentence has a claim",
    "claim_found": "claim found",
    "split": "split or merged claims",
    "boundary": "border of the claim",
    "claim_type": "type of the claim",
    "check_worthiness": "check-worthiness",
    "quote_type": "kind of quotation",
    "speaker": "speaker",
    "cue": "cue",
    "stance_value": "stance",
    "stance_target": "targets of stances",
}
SHORT = {
    "has_claim": "claim?",
    "claim_found": "found",
    "split": "split",
    "boundary": "border",
    "claim_type": "type",
    "check_worthiness": "worth",
    "quote_type": "quote",
    "stance_value": "stance",
    "stance_target": "target",
}
MEASURES = {
    Measure.NOMINAL: "alpha, nominal",
    Measure.ORDINAL: "alpha, ordinal",
    Measure.MASI: "alpha, MASI",
    Measure.F1: "F1",
    Measure.OVERLAP: "mean overlap",
    Measure.SHARE: "share (0 is best)",
}
HEADS = ("figure", "measure", "value", "95 % interval", "n", "articles", "same", "most frequent")
NOTES = (
    "n counts the sentences, claims or stances that at least two gave a value; of F1 and of split"
    " claims, claims of pairs of annotators.",
    "“same” is how many pairs of values are equal, before alpha takes out what chance would give.",
    "A claim cut in pieces by somebody counts as found, as split, and in nothing else; the figures"
    " below “claim found” are of claims that two have.",
    "Intervals come from 1,000 draws of the articles; few articles give wide ones.",
    BANDS_SOURCE,
)
STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
div { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
caption { text-align: start; font-weight: bold }
th, td { padding: .2rem .8rem .2rem 0; text-align: start; vertical-align: top }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
svg { max-width: 100%; height: auto }
"""

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def print_text(found: Agreement, project: str) -> str:
    """Return the report as text, in at most 100 columns for usual names."""
    if not found.report.articles:
        return _missing(found, project)
    lines = [_opening(found.report, project)]
    for table in _tables(found):
        lines += ["", *_text_table(table)]
    notes = (fill(note, COLUMNS, subsequent_indent="  ") for note in NOTES)
    return "\n".join([*lines, "", *notes])


def print_html(found: Agreement, project: str) -> str:
    """Return the report as a page with its pictures in it."""
    title = f"Agreement in {project}"
    if not found.report.articles:
        body = f"<p>{escape(_missing(found, project))}</p>"
    else:
        body = "\n".join(
            [
                f"<p>{escape(_opening(found.report, project))}</p>",
                _draw(found.report),
                *(_html_table(table) for table in _tables(found)),
                *(f"<p>{escape(note)}</p>" for note in NOTES),
            ]
        )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>"
    )


def _text_table(table: Table) -> list[str]:
    """Return a table as lines; the values of a figure, which are long, stand below its line."""
    title, heads, rows = table
    in_line = len(HEADS) - 1 if heads is HEADS else len(heads)
    lines: list[Sequence[str]] = [[head.upper() for head in heads[:in_line]]]
    for row in rows:
        lines += [row[:in_line], *([f"    {values}"] for values in row[in_line:] if values)]
    return [title, *_align(lines)]


def _missing(found: Agreement, project: str) -> str:
    if not found.finished:
        return f"Nothing can be compared in {project} yet: nobody has finished an article."
    return (
        f"Nothing can be compared in {project} yet: {_count(found.finishers, 'annotator')} finished"
        f" {_count(found.finished, 'article')}, but no article was finished by two. Let a second"
        " annotator finish one of them."
    )


def _opening(report: Report, project: str) -> str:
    left_out = (
        f", {report.left_out} of them left undecided by somebody, which is no value"
        if report.left_out
        else ""
    )
    return (
        f"Agreement in {project}: {_count(len(report.annotators), 'annotator')},"
        f" {_count(report.articles, 'article')} that at least two finished,"
        f" {_count(report.sentences, 'sentence')}{left_out}."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _tables(found: Agreement) -> Iterator[Table]:
    report, names = found.report, found.names
    yield "All together", HEADS, [_figure_row(figure) for figure in report.figures]
    shorts = [SHORT.get(figure.name, figure.name) for figure in report.figures]
    for title, several in (
        ("Each two annotators", report.pairs),
        ("Each annotator against all others", report.rest),
        ("Each annotator against the gold", report.gold),
    ):
        # Of two, either one is all others of the other.
        if several and (several is not report.rest or len(report.pairs) > 1):
            rows = [[_whose(each, names), *_values(each.figures)] for each in several]
            yield title, ["", *shorts], rows
    if report.periods:
        rows = [
            [f"{period.begins:%Y-%m-%d}", *_values(period.figures)] for period in report.periods
        ]
        yield "By when articles were finished", ["from", *shorts], rows


def _figure_row(figure: Figure) -> list[str]:
    head = [LABELS.get(figure.name, figure.name), MEASURES[figure.measure]]
    if figure.undefined:
        return [*head, UNDEFINED, figure.undefined.words]
    interval = (
        figure.no_interval.words
        if figure.no_interval
        else f"{_number(figure.low)} to {_number(figure.high)}"
    )
    same = "" if figure.observed is None else f"{figure.observed:.0%}"
    return [
        *head,
        _number(figure.value),
        interval,
        f"{figure.n:,}",
        f"{figure.articles:,}",
        same,
        _prevalence(figure.prevalence),
    ]


def _prevalence(prevalence: Mapping[str, float]) -> str:
    return ", ".join(f"{value} {share:.0%}" for value, share in list(prevalence.items())[:NAMED])


def _whose(between: Between, names: Mapping[str, str]) -> str:
    people = [names[one] for one in (between.one, between.other) if one in names]
    return ", ".join(people)


def _values(figures: Sequence[Figure]) -> list[str]:
    return [_number(figure.value) for figure in figures]


def _number(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.2f}"


def _align(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines whose columns stand under each other; a last cell may be as long as it likes."""
    count = max(map(len, rows))
    widths = [
        max((len(row[column]) for row in rows if len(row) > column + 1), default=0)
        for column in range(count)
    ]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "  ".join(cells).rstrip()


def _html_table(table: Table) -> str:
    title, heads, rows = table
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:-1])
        + f'<td colspan="{len(heads) - len(row) + 1}">{escape(row[-1])}</td></tr>'
        for row in rows
    )
    return (
        f"<div><table><caption>{escape(title)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _draw(report: Report) -> str:
    """Return the picture of all figures that have an interval."""
    from workbench.pictures import Interval, draw_intervals  # noqa: PLC0415  # with its imports

    intervals = [
        Interval(
            LABELS.get(figure.name, figure.name),
            "alpha" if figure.measure.is_alpha else MEASURES[figure.measure],
            figure.low,
            figure.value,
            figure.high,
        )
        for figure in report.figures
        if figure.value is not None and figure.low is not None and figure.high is not None
    ]
    if not intervals:
        return ""
    drawing = draw_intervals(
        intervals,
        title="Agreement, figure by figure",
        description="Each figure with its 95 % interval; the table below has the numbers.",
        language="en",
        unit="number",
    )
    return f"<div>{drawing}</div>"
