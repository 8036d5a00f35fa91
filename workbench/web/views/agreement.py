"""Where annotators agree, and where not: for whoever leads the project."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from markupsafe import Markup

from workbench.adjudication.agreeing import Agreement
from workbench.adjudication.counting import Standing, read_standing, request_count
from workbench.agreement.figures import (
    LOWER_BAND,
    UPPER_BAND,
    Arm,
    Arms,
    Between,
    Difference,
    Figure,
    Report,
)
from workbench.agreement.words import (
    ARM_NAMES,
    ARM_NOTES,
    BANDS,
    MEASURES,
    NO_ARMS,
    NONE_IN_ARM,
    NOTES,
    UNDEFINED_WORDS,
    FigureWords,
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
from workbench.clock import utc_now
from workbench.errors import InvalidInputError
from workbench.factcheck.judging import VerdictAgreement, measure_agreement
from workbench.jobs.runner import wake_runner
from workbench.pictures import Interval, Limit, Picture, draw_pictures
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say_again
from workbench.web.forms.account import ButtonForm
from workbench.web.languages import page_language

ALPHA = "alpha"
NAMED = 3  # most frequent values beside a figure
SHADES = 10

blueprint = Blueprint("agreement", __name__, url_prefix="/projects/<slug>/agreement")


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it."""

    figure: Figure
    words: FigureWords
    language: str
    names: Names

    @property
    def name(self) -> str:
        """What it is called."""
        return self.words.name[self.language]

    @property
    def question(self) -> str:
        """What it asks."""
        return self.words.question[self.language]

    @property
    def remedy(self) -> str:
        """What to do when it is low."""
        return self.words.remedy[self.language]

    @property
    def measure(self) -> str:
        """How it is computed."""
        return MEASURES[self.figure.measure][self.language]

    @property
    def value(self) -> str:
        """Its value."""
        return show_number(self.figure.value, self.language)

    @property
    def undefined(self) -> str:
        """Why it has no value; empty if it has one."""
        reason = self.figure.undefined
        return UNDEFINED_WORDS[reason][self.language] if reason else ""

    @property
    def interval(self) -> str:
        """Its interval, or why it has none; empty where none is drawn."""
        if self.figure.low is None and self.figure.no_interval is None:
            return ""
        return show_interval(self.figure, self.language)

    @property
    def n(self) -> str:
        """How much was compared."""
        return show_count(self.figure.n, self.language)

    @property
    def same(self) -> str:
        """The share of pairs of values that are the same."""
        found = self.figure.observed
        return "" if found is None else show_share(found, self.language)

    @property
    def prevalence(self) -> str:
        """The most frequent values."""
        return name_prevalence(self.figure, self.names, self.language, NAMED)

    @property
    def shade(self) -> int:
        """How dark a cell of it is, from 0 to 10."""
        return round(SHADES * min(1, max(0, self.figure.value or 0)))


@dataclass(frozen=True)
class ShownContrast:
    """A figure in both arms, and their difference, as a page shows them."""

    shown: Shown
    withheld: Shown
    difference: Difference

    @property
    def gap(self) -> str:
        """The difference, or a dash."""
        return show_difference(self.difference, self.shown.language)

    @property
    def interval(self) -> str:
        """The interval of the difference, or why it has none."""
        return show_interval(self.difference, self.shown.language)


@dataclass(frozen=True)
class Row:
    """One annotator, or one time, beside what the chosen figure is there, series by series."""

    label: str
    shown: Sequence[Shown | None]


@blueprint.get("/")
@in_project(Action.SEE_AGREEMENT)
def show_report(project: ProjectAccess) -> ResponseReturnValue:
    """Show all figures, and one of them by annotators and over time.

    A page with script asks again for the part that says how far the counting is, until it is done.
    """
    standing = read_standing(db.session(), project_id=project.id, reader=project.person.id)
    if "HX-Request" in request.headers:
        return _show_count(project, standing)
    if standing.found is None or not standing.found.report.figures:
        return render_template(
            "agreement/agreement.html",
            project=project,
            standing=standing,
            problem=_problem(standing),
            figures=(),
            verdicts=_read_verdicts(project),
        )
    return _show_figures(project, standing, standing.found)


@blueprint.post("/count")
@in_project(Action.SEE_AGREEMENT)
def count(project: ProjectAccess) -> ResponseReturnValue:
    """Ask for the figures of now."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            request_count(
                session,
                project_id=project.id,
                reader=project.person.id,
                by=project.person.id,
                now=utc_now(),
            )
        wake_runner()
    if "HX-Request" in request.headers:
        standing = read_standing(db.session(), project_id=project.id, reader=project.person.id)
        return _show_count(project, standing)
    return go_to("agreement.show_report", slug=project.slug)


def _show_count(project: ProjectAccess, standing: Standing) -> ResponseReturnValue:
    part = render_template(
        "agreement/_count.html", project=project, standing=standing, problem=_problem(standing)
    )
    answer = make_response(part)
    if standing.is_current:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _problem(standing: Standing) -> str:
    job = standing.job
    return say_again(job.problem) if job and job.problem else ""


def _show_figures(
    project: ProjectAccess, standing: Standing, found: Agreement
) -> ResponseReturnValue:
    report, language = found.report, page_language()

    def shown(figure: Figure) -> Shown:
        return Shown(figure, words_of(figure.name, found.values), language, found.values)

    figures = [shown(figure) for figure in report.figures]
    offered = [one.figure.name for one in figures]
    chosen = request.args.get("figure", "").strip() or offered[0]
    if chosen not in offered:
        raise InvalidInputError("There is no figure “%(name)s”.", name=chosen[:40])
    place = offered.index(chosen)
    names = _tell_apart([(one, found.names.get(one, one)) for one in report.annotators])
    people = _people(report, place, names, shown)
    periods = [
        Row(_time(period.begins, period.ends), [shown(period.figures[place])])
        for period in report.periods
    ]
    contrasts = _contrasts(report.arms, shown) if report.arms else []
    heads = {"compared": gettext("Compared"), "same": gettext("The same")}
    series = [
        str(gettext("all others")),
        str(gettext("agreed answers, all settled sentences")),
        str(gettext("agreed answers, only where annotators differ")),
    ]
    return render_template(
        "agreement/agreement.html",
        project=project,
        standing=standing,
        problem=_problem(standing),
        verdicts=_read_verdicts(project),
        report=report,
        names=names,
        figures=figures,
        chosen=figures[place],
        pictures=_draw(
            figures=_picture_of_figures(figures),
            people=_picture_of_rows(people, series, figures[place].name),
            periods=_picture_of_rows(periods, [figures[place].name], figures[place].name),
            arms=_picture_of_arms(contrasts),
        ),
        contrasts=contrasts,
        arm_names=[ARM_NAMES[arm][language] for arm in Arm],
        arm_notes=_arm_notes(report.arms),
        cells=_cells(report.pairs, place, shown),
        people=people,
        series=series,
        has_gold=bool(report.settled),
        periods=periods,
        notes=[note[language].format(**heads) for note in NOTES],
        bands=BANDS[language],
    )


def _contrasts(arms: Arms, shown: Callable[[Figure], Shown]) -> list[ShownContrast]:
    """Return the figures in both arms; none where one of them has no sentence yet."""
    if not arms.withheld:
        return []
    return [
        ShownContrast(shown(each.shown), shown(each.withheld), each.difference)
        for each in (*arms.figures, *arms.suggestions)
    ]


def _arm_notes(arms: Arms | None) -> list[str]:
    language = page_language()
    if arms is None:
        return [NO_ARMS[language]]
    if not arms.withheld:
        return [NONE_IN_ARM[language]]
    return [show_arms(arms, language), *(note[language] for note in ARM_NOTES)]


def _picture_of_arms(contrasts: Sequence[ShownContrast]) -> Picture:
    language = page_language()
    return _picture(
        [
            _interval(one.name, ARM_NAMES[arm][language], one.figure)
            for each in contrasts
            for arm, one in ((Arm.SHOWN, each.shown), (Arm.WITHHELD, each.withheld))
        ],
        title=str(gettext("Each figure with suggestions and without them at first")),
    )


def _read_verdicts(project: ProjectAccess) -> VerdictAgreement | None:
    """Return how far fact-checkers agree who judged for themselves, once anybody has."""
    found = measure_agreement(db.session(), project_id=project.id)
    return found if found.people else None


def _time(begins: object, ends: object) -> str:
    first, last = format_date(begins, "d MMM y"), format_date(ends, "d MMM y")
    return f"{first} – {last}" if first != last else first


def _cells(
    pairs: Sequence[Between], place: int, shown: Callable[[Figure], Shown]
) -> dict[tuple[str, str], Shown]:
    """Return the matrix of the chosen figure, both ways."""
    cells = {(each.one, each.other): shown(each.figures[place]) for each in pairs}
    return cells | {(other, one): cell for (one, other), cell in cells.items()}


def _tell_apart(people: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the names of people by their ids; those of the same name are numbered."""
    times: Counter[str] = Counter()
    names = {}
    for one, name in people:
        times[name] += 1
        names[one] = f"{name} ({times[name]})" if times[name] > 1 else name
    return names


def _people(
    report: Report, place: int, names: Mapping[str, str], shown: Callable[[Figure], Shown]
) -> list[Row]:
    def by_person(several: Sequence[Between]) -> Mapping[str, Shown]:
        return {each.one: shown(each.figures[place]) for each in several}

    several = [by_person(each) for each in (report.rest, report.settled, report.disputed)]
    return [Row(names[one], [each.get(one) for each in several]) for one in report.annotators]


def _picture_of_figures(figures: Sequence[Shown]) -> Picture:
    return _picture(
        [
            _interval(one.name, ALPHA if one.figure.measure.is_alpha else one.measure, one.figure)
            for one in figures
        ],
        title=str(gettext("All figures, with their intervals")),
        limits=[Limit(ALPHA, LOWER_BAND), Limit(ALPHA, UPPER_BAND)],
    )


def _picture_of_rows(rows: Sequence[Row], series: Sequence[str], title: str) -> Picture:
    intervals = [
        _interval(row.label, name, one.figure)
        for row in rows
        for name, one in zip(series, row.shown, strict=True)
        if one
    ]
    return _picture(intervals, title=title)


def _interval(label: str, series: str, figure: Figure) -> Interval | None:
    """Return what is drawn of a figure: a mark alone where it has no interval."""
    if figure.value is None:
        return None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return Interval(label, series, low, figure.value, high)


def _picture(
    intervals: Sequence[Interval | None], *, title: str, limits: Sequence[Limit] = ()
) -> Picture:
    return Picture(
        [one for one in intervals if one],
        title=title,
        description=str(gettext("The table below has every figure.")),
        language=page_language(),
        unit="number",
        limits=limits,
    )


def _draw(**pictures: Picture) -> dict[str, Markup]:
    """Return by name the drawings of those pictures that have anything in them."""
    names = [name for name, picture in pictures.items() if picture.intervals]
    drawings = draw_pictures([pictures[name] for name in names])
    return dict(zip(names, map(Markup, drawings), strict=True))
