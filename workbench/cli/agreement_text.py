"""A report of agreement for people: aligned text, or a page that needs nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

from workbench.adjudication.agreeing import Agreement
from workbench.agreement.figures import Arm, Between, Contrast, Difference, Figure, Report
from workbench.agreement.words import (
    ARM_NAMES,
    ARM_NOTES,
    BANDS,
    DIFFERENCE,
    MEASURES,
    NO_ARMS,
    NONE_IN_ARM,
    NOTES,
    Names,
    name_prevalence,
    show_arms,
    show_count,
    show_difference,
    show_interval,
    show_number,
    show_share,
    words_of,
)

COLUMNS = 100
NAMED = 3  # most frequent values beside a figure
HEADS = {
    "en": ("figure", "measure", "value", "95 % interval", "n", "articles", "same", "most frequent"),
    "fr": (
        *("chiffre", "mesure", "valeur", "intervalle à 95 %", "n", "articles", "égales"),
        "les plus fréquentes",
    ),
}
TITLES = {
    "en": "Agreement in {project}",
    "fr": "Accord dans {project}",
}
NOTHING_FINISHED = {
    "en": "Nothing can be compared in {project} yet: nobody has finished an article.",
    "fr": "Rien ne se compare encore dans {project} : personne n’a terminé d’article.",
}
NO_SECOND = {
    "en": (
        "Nothing can be compared in {project} yet: {people} finished {articles}, but no article was"
        " finished by two. Let a second annotator finish one of them."
    ),
    "fr": (
        "Rien ne se compare encore dans {project} : articles terminés : {articles}, par {people},"
        " mais aucun par deux personnes. Qu’une deuxième personne en termine un."
    ),
}
OPENING = {
    "en": (
        "Agreement in {project}: {people}, {articles} that at least two finished,"
        " {sentences}{left_out}."
    ),
    "fr": (
        "Accord dans {project} : {people}, {articles} que deux personnes au moins ont terminés,"
        " {sentences}{left_out}."
    ),
}
LEFT_OUT = {
    "en": ", {count} of them left undecided by somebody, which is no value",
    "fr": ", dont {count} où quelqu’un n’a pas tranché, ce qui n’est pas une valeur",
}
COUNTED = {
    "en": {
        "people": ("annotator", "annotators"),
        "articles": ("article", "articles"),
        "sentences": ("sentence", "sentences"),
    },
    "fr": {
        "people": ("personne", "personnes"),
        "articles": ("article", "articles"),
        "sentences": ("phrase", "phrases"),
    },
}
TOGETHER = {"en": "All together", "fr": "Tous ensemble"}
PAIRS = {"en": "Each two annotators", "fr": "Deux à deux"}
REST = {
    "en": "Each annotator against all others",
    "fr": "Chaque personne face à toutes les autres",
}
SETTLED = {
    "en": "Each annotator against the agreed answers, all settled sentences",
    "fr": "Chaque personne face aux réponses retenues, toutes les phrases tranchées",
}
DISPUTED = {
    "en": "Each annotator against the agreed answers, only sentences on which annotators differ",
    "fr": "Chaque personne face aux réponses retenues, seules les phrases où l’on diffère",
}
PERIODS = {"en": "By when articles were finished", "fr": "Par date de fin des articles"}
FROM = {"en": "from", "fr": "depuis"}
ARMS = {"en": "With and without suggestions", "fr": "Avec et sans suggestions"}
PICTURE_OF_ARMS = {
    "en": "Each figure with suggestions and without them at first",
    "fr": "Chaque chiffre avec suggestions et d’abord sans",
}
VERDICTS = {"en": "Verdicts", "fr": "Verdicts"}
PICTURE = {"en": "Agreement, figure by figure", "fr": "L’accord, chiffre par chiffre"}
DESCRIPTION = {
    "en": "Each figure with its 95 % interval; the table below has the numbers.",
    "fr": "Chaque chiffre avec son intervalle à 95 % ; le tableau ci-dessous les donne.",
}
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


def print_text(found: Agreement, project: str, language: str = "en", on_verdicts: str = "") -> str:
    """Return the report as text, in at most 100 columns for usual names.

    ``on_verdicts`` says how far fact-checkers agree, and comes last.
    """
    last = ["", *wrap(on_verdicts, COLUMNS)] if on_verdicts else []
    if not found.report.articles:
        return "\n".join([_missing(found, project, language), *last])
    lines = [*_wrap(_opening(found.report, project, language))]
    for table in _tables(found, language):
        lines += ["", *_text_table(table, HEADS[language])]
    lines += ["", *(line for note in _arm_notes(found, language) for line in _wrap(note))]
    notes = [line for note in _notes(language) for line in _wrap(note)]
    return "\n".join([*lines, "", *notes, *last])


def print_html(found: Agreement, project: str, language: str = "en", on_verdicts: str = "") -> str:
    """Return the report as a page with its pictures in it; ``on_verdicts`` as in the text."""
    title = TITLES[language].format(project=project)
    if not found.report.articles:
        body = f"<p>{escape(_missing(found, project, language))}</p>"
    else:
        body = "\n".join(
            [
                f"<p>{escape(_opening(found.report, project, language))}</p>",
                _draw(found, language),
                *(_html_table(table) for table in _tables(found, language)),
                *(f"<p>{escape(note)}</p>" for note in _arm_notes(found, language)),
                _draw_arms(found, language),
                *(f"<p>{escape(note)}</p>" for note in _notes(language)),
            ]
        )
    if on_verdicts:
        body += f"\n<h2>{VERDICTS[language]}</h2>\n<p>{escape(on_verdicts)}</p>"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>"
    )


def _arm_notes(found: Agreement, language: str) -> list[str]:
    arms = found.report.arms
    if arms is None:
        return [NO_ARMS[language]]
    if not arms.withheld:
        return [NONE_IN_ARM[language]]
    return [show_arms(arms, language), *(note[language] for note in ARM_NOTES)]


def _notes(language: str) -> list[str]:
    heads = {"compared": HEADS[language][4], "same": HEADS[language][6]}
    return [note[language].format(**heads) for note in (*NOTES, BANDS)]


def _wrap(text: str) -> list[str]:
    return wrap(text, COLUMNS, subsequent_indent="  ")


def _text_table(table: Table, figure_heads: Sequence[str]) -> list[str]:
    """Return a table as lines; the values of a figure, which are long, stand below its line."""
    title, heads, rows = table
    in_line = len(heads) - 1 if heads is figure_heads else len(heads)
    lines: list[Sequence[str]] = [[head.upper() for head in heads[:in_line]]]
    for row in rows:
        lines += [row[:in_line], *([f"    {values}"] for values in row[in_line:] if values)]
    return [title, *_align(lines)]


def _missing(found: Agreement, project: str, language: str) -> str:
    template = NO_SECOND if found.finished else NOTHING_FINISHED
    return template[language].format(
        project=project,
        people=_count(found.finishers, "people", language),
        articles=_count(found.finished, "articles", language),
    )


def _opening(report: Report, project: str, language: str) -> str:
    left_out = LEFT_OUT[language].format(count=show_count(report.left_out, language))
    return OPENING[language].format(
        project=project,
        people=_count(len(report.annotators), "people", language),
        articles=_count(report.articles, "articles", language),
        sentences=_count(report.sentences, "sentences", language),
        left_out=left_out if report.left_out else "",
    )


def _count(number: int, what: str, language: str) -> str:
    one, several = COUNTED[language][what]
    is_one = number == 1 or (number == 0 and language == "fr")
    return f"{show_count(number, language)} {one if is_one else several}"


def _tables(found: Agreement, language: str) -> Iterator[Table]:
    report, names = found.report, found.names
    rows = [_figure_row(figure, found.values, language) for figure in report.figures]
    yield TOGETHER[language], HEADS[language], rows
    shorts = [words_of(figure.name, found.values).short[language] for figure in report.figures]
    for title, several in (
        (PAIRS, report.pairs),
        (REST, report.rest),
        (SETTLED, report.settled),
        (DISPUTED, report.disputed),
    ):
        # Of two, either one is all others of the other.
        if several and (several is not report.rest or len(report.pairs) > 1):
            rows = [[_whose(each, names), *_values(each.figures, language)] for each in several]
            yield title[language], ["", *shorts], rows
    if report.periods:
        rows = [
            [f"{period.begins:%Y-%m-%d}", *_values(period.figures, language)]
            for period in report.periods
        ]
        yield PERIODS[language], [FROM[language], *shorts], rows
    if report.arms and report.arms.withheld:
        heads = [HEADS[language][0], *(ARM_NAMES[arm][language] for arm in Arm)]
        rows = [
            _contrast_row(each, found.values, language)
            for each in (*report.arms.figures, *report.arms.suggestions)
        ]
        yield ARMS[language], [*heads, DIFFERENCE[language]], rows


def _figure_row(figure: Figure, values: Names, language: str) -> list[str]:
    name = words_of(figure.name, values).name[language]
    head = [name, MEASURES[figure.measure][language], show_number(figure.value, language)]
    head.append(show_interval(figure, language))
    if figure.undefined:
        return head
    return [
        *head,
        show_count(figure.n, language),
        show_count(figure.articles, language),
        "" if figure.observed is None else show_share(figure.observed, language),
        name_prevalence(figure, values, language, NAMED),
    ]


def _contrast_row(each: Contrast, values: Names, language: str) -> list[str]:
    cells: list[tuple[str, Figure | Difference]] = [
        (show_number(each.shown.value, language), each.shown),
        (show_number(each.withheld.value, language), each.withheld),
        (show_difference(each.difference, language), each.difference),
    ]
    return [
        words_of(each.shown.name, values).name[language],
        *(
            shown if one.low is None else f"{shown} ({show_interval(one, language)})"
            for shown, one in cells
        ),
    ]


def _whose(between: Between, names: Mapping[str, str]) -> str:
    people = [names[one] for one in (between.one, between.other) if one in names]
    return ", ".join(people)


def _values(figures: Sequence[Figure], language: str) -> list[str]:
    return [show_number(figure.value, language) for figure in figures]


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


def _draw(found: Agreement, language: str) -> str:
    """Return the picture of all figures that have an interval."""
    figures = [
        (figure, "alpha" if figure.measure.is_alpha else MEASURES[figure.measure][language])
        for figure in found.report.figures
    ]
    return _draw_figures(figures, found.values, PICTURE, language)


def _draw_arms(found: Agreement, language: str) -> str:
    """Return the picture of the figures in both arms that have an interval."""
    arms = found.report.arms
    if arms is None or not arms.withheld:
        return ""
    figures = [
        (figure, ARM_NAMES[arm][language])
        for each in (*arms.figures, *arms.suggestions)
        for arm, figure in ((Arm.SHOWN, each.shown), (Arm.WITHHELD, each.withheld))
    ]
    return _draw_figures(figures, found.values, PICTURE_OF_ARMS, language)


def _draw_figures(
    figures: Sequence[tuple[Figure, str]],
    values: Names,
    title: Mapping[str, str],
    language: str,
) -> str:
    from workbench.pictures import Interval, draw_intervals  # noqa: PLC0415  # with its imports

    intervals = [
        Interval(
            words_of(figure.name, values).name[language],
            series,
            figure.low,
            figure.value,
            figure.high,
        )
        for figure, series in figures
        if figure.value is not None and figure.low is not None and figure.high is not None
    ]
    if not intervals:
        return ""
    drawing = draw_intervals(
        intervals,
        title=title[language],
        description=DESCRIPTION[language],
        language=language,
        unit="number",
    )
    return f"<div>{drawing}</div>"
