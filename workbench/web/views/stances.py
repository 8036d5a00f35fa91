"""The map of stances: who is for and against what, over time, and in which sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select

from workbench.adjudication.stance_map import (
    COLUMNS,
    HOLDERS,
    TARGETS,
    Choice,
    Found,
    Name,
    Names,
    ShownMap,
    Timeline,
    choose,
    count_chosen,
    describe_count,
    describe_timeline,
    draw_shown_map,
    draw_shown_timeline,
    make_timeline,
    show_part,
    write_rows,
)
from workbench.adjudication.stance_pictures import SHAPES, Moment
from workbench.adjudication.stance_reading import (
    DatedArticle,
    Standing,
    read_standing,
    request_count,
)
from workbench.adjudication.stance_words import DESCRIBED, OWN, SIDES, describe_cell
from workbench.adjudication.stances import Cell, Held, Order, Range, Side, StanceMap
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings, read_sentences_of
from workbench.corpus.tables import TextEdition
from workbench.datasets.writers import write_table
from workbench.errors import InvalidInputError, NotFoundError
from workbench.jobs.runner import wake_runner
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say_again
from workbench.web.forms.account import ButtonForm
from workbench.web.languages import page_language
from workbench.web.paging import page_of
from workbench.web.views.articles import SENTENCES_PER_PAGE

MOST_DIGITS = 6
MOST_LISTED = 100  # articles or outlets of a choice
UNDATED = "unknown"

blueprint = Blueprint("stances", __name__, url_prefix="/projects/<slug>/stances")


@dataclass(frozen=True)
class Page:
    """What every page of stances shows: what is chosen of what may be seen, and by which names."""

    standing: Standing
    wanted: Choice
    order: Order
    names: Names
    chosen: Sequence[Found]
    found: StanceMap

    @property
    def has_any(self) -> bool:
        """Tell whether there is a stance at all, chosen or not."""
        return bool(self.standing.articles)

    @property
    def outlets(self) -> list[str]:
        """The outlets to choose from."""
        return sorted({one.outlet for one, _ in self.standing.articles if one.outlet})[:MOST_LISTED]

    @property
    def articles(self) -> list[DatedArticle]:
        """The articles to choose from; none where they are too many for a list."""
        found = [one for one, _ in self.standing.articles]
        return found if len(found) <= MOST_LISTED else []

    @property
    def arguments(self) -> dict[str, str]:
        """What an address says of the choice, without what is so by itself."""
        said = {
            "article": self.wanted.article,
            "outlet": self.wanted.outlet,
            "own": "1" if self.wanted.own else "",
            "named": "1" if self.wanted.named else "",
            "least": str(self.wanted.least) if self.wanted.least > 1 else "",
            "order": self.order.value if self.order is not Order.CAMPS else "",
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class ShownSentence:
    """A sentence that says something of stances: its words, some marked, and where it stands."""

    article: DatedArticle
    heading: str
    position: int
    pieces: Sequence[tuple[str, bool]]
    cell: Cell
    page: int
    is_newest: bool


@blueprint.get("/")
@in_project(Action.SEE_STANCES)
def show_map(project: ProjectAccess) -> ResponseReturnValue:
    """Show holders by targets.

    A page with script asks again for the part that says how far the counting is, until it is done.
    """
    if "HX-Request" in request.headers:
        return _show_count(project)
    page = _read_page(project)
    holders = page_of(len(page.found.holders), HOLDERS)
    targets = page_of(len(page.found.targets), TARGETS, "targets")
    shown = show_part(
        page.found, page.order, first_holder=holders.offset, first_target=targets.offset
    )
    return _render("stances/map.html", project, page, shown=shown, paging=holders, columns=targets)


@blueprint.get("/map.svg")
@in_project(Action.SEE_STANCES)
def send_map(project: ProjectAccess) -> ResponseReturnValue:
    """Send the part of the map that a page shows, as a picture."""
    page = _read_page(project)
    shown = show_part(
        page.found,
        page.order,
        first_holder=page_of(len(page.found.holders), HOLDERS).offset,
        first_target=page_of(len(page.found.targets), TARGETS, "targets").offset,
    )
    drawing = draw_shown_map(
        shown,
        page.names,
        project=project.name,
        standing=page.standing,
        language=page_language(),
    )
    return _send(drawing, f"{project.slug}-stances.svg", "image/svg+xml")


@blueprint.get("/map.csv")
@in_project(Action.SEE_STANCES)
def send_table(project: ProjectAccess) -> ResponseReturnValue:
    """Send all cells of the map that is chosen, for programs and spreadsheets."""
    page = _read_page(project)
    table = "".join(write_table(COLUMNS, write_rows(page.found, page.names)))
    return _send(table, f"{project.slug}-stances.csv", "text/csv")


@blueprint.get("/timeline")
@in_project(Action.SEE_STANCES)
def show_timeline(project: ProjectAccess) -> ResponseReturnValue:
    """Show the stances on one target, or of one holder, by the dates of the articles."""
    page = _read_page(project)
    holder, target = _read_subject(page)
    if not (holder or target):
        return _render("stances/timeline.html", project, page, timeline=None)
    timeline, rows, what = _timeline(page, holder, target)

    def link(one: Moment) -> str:
        row = timeline.rows[one.row]
        subject = {"holder": holder or row, "target": row if holder else target}
        date = {"published": one.published or UNDATED}
        kept = {**(request.view_args or {}), **page.arguments}
        return url_for("stances.show_sentences", **{**kept, **subject, **date})

    drawing = draw_shown_timeline(timeline, rows, what=what, language=page_language(), link=link)
    return _render(
        "stances/timeline.html",
        project,
        page,
        timeline=timeline,
        rows=rows,
        what=what,
        lines=describe_timeline(timeline, what=what, language=page_language()),
        holder=holder,
        target=target,
        link=link,
        drawing=Markup(drawing),  # noqa: S704  # it escapes what people wrote
        all_holders=page.names.of_holders(page.found.holders[:MOST_LISTED]),
        all_targets=page.names.of_targets(page.found.targets[:MOST_LISTED]),
    )


@blueprint.get("/timeline.svg")
@in_project(Action.SEE_STANCES)
def send_timeline(project: ProjectAccess) -> ResponseReturnValue:
    """Send a line of time as a picture."""
    page = _read_page(project)
    holder, target = _read_subject(page)
    if not (holder or target):
        raise NotFoundError("There is no stance to draw.")
    timeline, rows, what = _timeline(page, holder, target)
    drawing = draw_shown_timeline(
        timeline, rows, what=what, language=page_language(), lines=[project.name]
    )
    return _send(drawing, f"{project.slug}-stances-over-time.svg", "image/svg+xml")


@blueprint.get("/sentences")
@in_project(Action.SEE_STANCES)
def show_sentences(project: ProjectAccess) -> ResponseReturnValue:
    """List the sentences that say something of a holder, or of a target, or of both."""
    page = _read_page(project)
    holder, target = request.args.get("holder", ""), request.args.get("target", "")
    published = request.args.get("published", "")
    found = [
        (article, stances.edition_id, held)
        for article, stances, held in page.chosen
        if (not holder or held.holder == holder)
        and (not target or held.target == target)
        and (not published or (article.published or UNDATED) == published)
    ]
    entries: dict[tuple[str, str, int], list[tuple[DatedArticle, int, Held]]] = {}
    for one in found:
        key = (one[0].published or "~", one[0].slug, one[2].position)
        entries.setdefault(key, []).append(one)
    paging = page_of(len(entries))
    keys = sorted(entries)[paging.offset :][: paging.limit]
    return _render(
        "stances/sentences.html",
        project,
        page,
        sentences=_read_sentences(project, [entries[key] for key in keys]),
        holder=page.names.of_holders([holder])[holder] if holder else None,
        target=page.names.of_targets([target])[target] if target else None,
        published=published,
        paging=paging,
    )


@blueprint.post("/count")
@in_project(Action.SEE_STANCES)
def count(project: ProjectAccess) -> ResponseReturnValue:
    """Ask for the stances of now to be counted."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            request_count(session, project_id=project.id, by=project.person.id, now=utc_now())
        wake_runner()
    if "HX-Request" in request.headers:
        return _show_count(project)
    return go_to("stances.show_map", slug=project.slug)


def _read_page(project: ProjectAccess) -> Page:
    session = db.session()
    standing = read_standing(session, project_id=project.id, reader=project.person.id)
    wanted, order = _read_choice()
    names = Names(
        session,
        project_id=project.id,
        language=page_language(),
        articles=[article for article, _ in standing.articles],
    )
    chosen = choose(standing, wanted, names)
    return Page(standing, wanted, order, names, chosen, count_chosen(chosen, least=wanted.least))


def _read_choice() -> tuple[Choice, Order]:
    order, least = request.args.get("order", ""), request.args.get("least", "").strip()
    if order not in {"", *Order}:
        raise InvalidInputError("There is no order “%(name)s”.", name=order[:40])
    if least and not (least.isdecimal() and len(least) <= MOST_DIGITS):
        raise InvalidInputError("“%(number)s” is no number of stances.", number=least[:40])
    wanted = Choice(
        article=request.args.get("article", ""),
        outlet=request.args.get("outlet", ""),
        own=bool(request.args.get("own")),
        named=bool(request.args.get("named")),
        least=max(1, int(least or 1)),
    )
    return wanted, Order(order or Order.CAMPS)


def _read_subject(page: Page) -> tuple[str, str]:
    """Return whose stances are shown over time, or those on what: the most frequent target."""
    kind, _, chosen = request.args.get("subject", "").partition(".")
    holder = chosen if kind == "holder" else request.args.get("holder", "")
    target = chosen if kind == "target" else request.args.get("target", "")
    if holder in page.found.of_holders:
        return holder, ""
    if target in page.found.of_targets:
        return "", target
    return "", page.found.targets[0] if page.found.targets else ""


def _timeline(page: Page, holder: str, target: str) -> tuple[Timeline, Mapping[str, Name], Name]:
    chosen = [
        one
        for one in page.chosen
        if one[2].holder in page.found.of_holders
        and (one[2].holder == holder if holder else one[2].target == target)
    ]
    if holder:
        timeline = make_timeline(chosen, lambda held: held.target)
        rows = page.names.of_targets(timeline.rows)
        return timeline, rows, replace(page.names.of_holders([holder])[holder], more="")
    timeline = make_timeline(chosen, lambda held: held.holder)
    rows = page.names.of_holders(timeline.rows)
    return timeline, rows, page.names.of_targets([target])[target]


def _read_sentences(
    project: ProjectAccess, entries: Sequence[Sequence[tuple[DatedArticle, int, Held]]]
) -> list[ShownSentence]:
    session = db.session()
    editions = sorted({edition_id for entry in entries for _, edition_id, _ in entry})
    texts = {
        row.id: row.text
        for row in session.execute(
            select(TextEdition.id, TextEdition.text).where(TextEdition.id.in_(editions))
        )
    }
    articles = {one.id for entry in entries for one, _, _ in entry}
    newest = set(
        session.scalars(
            select(func.max(TextEdition.id))
            .where(TextEdition.article_id.in_(articles))
            .group_by(TextEdition.article_id)
        )
    )
    sentences = read_sentences_of(session, project_id=project.id, edition_ids=editions)
    headings = read_headings(session, article_ids=articles)
    shown = []
    for entry in entries:
        article, edition_id, first = entry[0]
        sentence = sentences[edition_id][first.position - 1]
        cell = Cell()
        for _, _, held in entry:
            cell.counts[held.side, held.is_own] += 1
        marks = [mark for _, _, held in entry for mark in held.marks]
        shown.append(
            ShownSentence(
                article=article,
                heading=headings[article.id],
                position=first.position,
                pieces=_cut(texts[edition_id], (sentence.start, sentence.end), marks),
                cell=cell,
                page=(first.position - 1) // SENTENCES_PER_PAGE + 1,
                is_newest=edition_id in newest,
            )
        )
    return shown


def _cut(text: str, sentence: Range, marks: Sequence[Range]) -> list[tuple[str, bool]]:
    """Cut a sentence where marks begin and end; what a mark has outside of it is not shown."""
    start, end = sentence
    borders = {start, end}
    borders.update(min(max(border, start), end) for mark in marks for border in mark)
    places = sorted(borders)
    return [
        (text[begin:stop], any(first <= begin and stop <= last for first, last in marks))
        for begin, stop in pairwise(places)
    ]


def _show_count(project: ProjectAccess) -> ResponseReturnValue:
    session = db.session()
    standing = read_standing(session, project_id=project.id, reader=project.person.id)
    part = render_template(
        "stances/_count.html", project=project, standing=standing, problem=_problem(standing)
    )
    answer = make_response(part)
    if standing.is_current:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _problem(standing: Standing) -> str:
    job = standing.job
    return say_again(job.problem) if job and job.problem else ""


def _render(template: str, project: ProjectAccess, page: Page, **values: object) -> str:
    language = page_language()
    shown = values.get("shown")
    holders = page.names.of_holders(shown.holders) if isinstance(shown, ShownMap) else {}
    targets = page.names.of_targets(shown.targets) if isinstance(shown, ShownMap) else {}
    return render_template(
        template,
        project=project,
        page=page,
        problem=_problem(page.standing),
        standing=page.standing,
        holders=holders,
        targets=targets,
        headings=read_headings(db.session(), article_ids=[one.id for one in page.articles]),
        Side=Side,
        shapes={side.value: shape for side, shape in SHAPES.items()},
        sides={side.value: words[language] for side, words in SIDES.items()},
        own=OWN[language],
        described=DESCRIBED[language],
        in_words=lambda cell: describe_cell(cell, language),
        counted=describe_count(page.found, page.standing, language),
        current=template.removeprefix("stances/").removesuffix(".html"),
        **values,
    )


def _send(text: str, name: str, mimetype: str) -> Response:
    answer = Response(text, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
