"""The fact-check desk: what I have to do, the board by state, and how the desk is set up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.agreement.words import MEASURES, UNDEFINED_WORDS, show_interval, show_number
from workbench.clock import utc_now
from workbench.errors import StaleRevisionError, WorkbenchError
from workbench.factcheck.appearances import find_moved, read_appearances
from workbench.factcheck.board import (
    MOST,
    NOBODY,
    Card,
    Column,
    Filters,
    list_theirs,
    read_board,
    read_cards,
    read_own_desk,
)
from workbench.factcheck.desks import LANGUAGES, change_desk, read_desk
from workbench.factcheck.judging import measure_agreement
from workbench.factcheck.keeping import needs_look
from workbench.factcheck.prose import render_prose
from workbench.factcheck.queries import read_scheme
from workbench.factcheck.rules import FetchOutcome, State
from workbench.factcheck.scales import default_scale, list_scales, read_scale, record_scale
from workbench.factcheck.workflow import list_checkers
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.desk import PREVIEW, TEXTS, DeskForm, ScaleForm
from workbench.web.forms.statements import STATES
from workbench.web.languages import page_language
from workbench.web.paging import Paging
from workbench.web.verdict_words import in_words
from workbench.web.views.statements import type_words

ON_BOARD = 20  # cards of a column on one page
READ_AT_ONCE = 200  # statements whose claims may have changed
ME = "me"

blueprint = Blueprint("desk", __name__, url_prefix="/projects/<slug>/desk")


@dataclass(frozen=True)
class Flagged:
    """A statement whose ground has moved since somebody last looked, and why."""

    card: Card
    reasons: list[str]


@blueprint.get("/")
@in_project(Action.SEE_DESK)
def show_own(project: ProjectAccess) -> ResponseReturnValue:
    """Show what the person has to do: theirs by due date, to review, to judge, changed."""
    session, today = db.session(), utc_now().date()
    own = read_own_desk(session, project_id=project.id, user_id=project.person.id, today=today)
    return render_template(
        "factcheck/desk.html",
        project=project,
        own=own,
        most=MOST,
        flagged=_list_flagged(project, today),
        states=STATES,
        publishes=read_desk(session, project_id=project.id).publishes,
    )


@blueprint.get("/board")
@in_project(Action.SEE_DESK)
def show_board(project: ProjectAccess) -> ResponseReturnValue:
    """Show the statements by state."""
    return render_board(project)


def render_board(project: ProjectAccess) -> str:
    """Return the board as a page: a column per state, each with pages of its own."""
    session = db.session()
    checkers = list_checkers(session, project_id=project.id)
    filters = _read_filters(project)
    columns = read_board(
        session,
        project_id=project.id,
        filters=filters,
        today=utc_now().date(),
        limit=ON_BOARD,
        pages={state: request.args.get(state.value, 1, type=int) for state in State},
    )
    return render_template(
        "factcheck/board.html",
        project=project,
        columns=[(column, _paging(column)) for column in columns],
        filters=filters,
        asked=request.args,
        checkers=checkers,
        types=type_words(read_scheme(session, project_id=project.id)),
        states=STATES,
        total=sum(column.count for column in columns),
    )


@blueprint.route("/settings", methods=["GET", "POST"])
@in_project(Action.LEAD_DESK)
def change_settings(project: ProjectAccess) -> ResponseReturnValue:
    """Show and change what the desk tells its readers, with a preview of the texts."""
    newest = read_desk(db.session(), project_id=project.id)
    form, newer = DeskForm(data={"state": newest.state, **DeskForm.values_of(newest)}), {}
    shows_texts = request.method == "GET"
    if form.is_sent_well():
        if form.act.data == PREVIEW:
            shows_texts = True
        else:
            try:
                with transaction() as session:
                    change_desk(
                        session,
                        project_id=project.id,
                        settings=form.read(),
                        state=form.state.data,
                        by=project.person.id,
                        now=utc_now(),
                    )
            except WorkbenchError as error:
                form.refuse(error)
                if isinstance(error, StaleRevisionError):
                    newest = read_desk(db.session(), project_id=project.id)
                    newer = form.rest_on_newest(form.values_of(newest), newest.state)
            else:
                flash(gettext("The settings of the desk are saved."))
                return go_to("desk.change_settings", slug=project.slug)
    page = render_template(
        "factcheck/desk_settings.html",
        project=project,
        form=form,
        newer=newer,
        texts=TEXTS,
        languages=LANGUAGES,
        prose=render_prose if shows_texts else None,
    )
    return page, form.status


@blueprint.route("/scale", methods=["GET", "POST"])
@in_project(Action.LEAD_DESK)
def change_scale(project: ProjectAccess) -> ResponseReturnValue:
    """Show the verdict scale and its revisions; make a document the next one."""
    newest = read_scale(db.session(), project_id=project.id)
    form = ScaleForm()
    if form.is_sent_well():
        try:
            document = form.read()
            with transaction() as session:
                number = record_scale(
                    session,
                    project_id=project.id,
                    document=document,
                    base=form.base.data,
                    by=project.person.id,
                    now=utc_now(),
                ).number
        except WorkbenchError as error:
            form.refuse(error)
            newest = read_scale(db.session(), project_id=project.id)
        else:
            flash(gettext("The verdict scale is at revision %(number)s.", number=number))
            return go_to("desk.change_scale", slug=project.slug)
    if request.method == "GET":
        form.base.data = newest.number
        form.document.data = _written(newest.scale.document)
    page = render_template(
        "factcheck/scale.html",
        project=project,
        form=form,
        newest=newest,
        revisions=list_scales(db.session(), project_id=project.id),
        in_words=in_words,
    )
    return page, form.status


@blueprint.get("/scale.json")
@in_project(Action.LEAD_DESK)
def send_scale(project: ProjectAccess) -> ResponseReturnValue:
    """Send the present verdict scale as a file."""
    newest = read_scale(db.session(), project_id=project.id)
    answer = Response(_written(newest.scale.document), mimetype="application/json")
    name = f"{project.slug}-verdict-scale-{newest.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/agreement")
@in_project(Action.SEE_DESK)
def show_agreement(project: ProjectAccess) -> ResponseReturnValue:
    """Show how far fact-checkers agree who judged before seeing each other's verdicts."""
    session, language = db.session(), page_language()
    found = measure_agreement(session, project_id=project.id)
    figure = found.figure
    return render_template(
        "factcheck/agreement.html",
        project=project,
        found=found,
        figure=figure,
        is_asked=read_desk(session, project_id=project.id).blind_verdicts,
        value=show_number(figure.value, language),
        interval=show_interval(figure, language),
        undefined=UNDEFINED_WORDS[figure.undefined][language] if figure.undefined else "",
        measure=MEASURES[figure.measure][language],
        classes={
            value.rating.value: in_words(value.words) for value in default_scale().values.values()
        },
    )


def _list_flagged(project: ProjectAccess, today: date) -> list[Flagged]:
    """Return the person's statements of which a claim or a source is no longer what it was.

    So many of them at most, those due first: others come once these are looked at.
    """
    session = db.session()
    rows = list_theirs(session, project_id=project.id, user_id=project.person.id)
    reasons = {row: [gettext("a claim has changed")] for row in _list_changed(project, rows)}
    for row, sources in needs_look(session, project_id=project.id, statements=rows).items():
        reasons.setdefault(row, []).extend(
            gettext("“%(title)s” is gone", title=one.title)
            if one.outcome is FetchOutcome.GONE
            else gettext("“%(title)s” has changed", title=one.title)
            for one in sources
        )
    shown = [row for row in rows if row in reasons][:MOST]
    cards = {card.row: card for card in read_cards(session, rows=shown, today=today)}
    return [Flagged(cards[row], reasons[row]) for row in shown]


def _list_changed(project: ProjectAccess, statements: list[int]) -> Iterator[int]:
    """Yield those of these statements of which a claim has changed, so many of them at most."""
    session, found = db.session(), 0
    moved = find_moved(session, project_id=project.id, statements=statements)
    for first in range(0, len(moved), READ_AT_ONCE):
        views = read_appearances(
            session,
            project_id=project.id,
            statements=moved[first : first + READ_AT_ONCE],
            reader=project.person.id,
        )
        for row, some in views.items():
            if found < MOST and any(view.change is not None for view in some):
                found += 1
                yield row
        if found == MOST:
            return


def _read_filters(project: ProjectAccess) -> Filters:
    asked = request.args.get("assignee", "")
    assignee = None
    if asked == ME:
        assignee = project.person.id
    elif asked == "nobody":
        assignee = NOBODY
    elif asked:
        checkers = list_checkers(db.session(), project_id=project.id)
        found = [row for row, one in checkers.items() if one.public_id == asked]
        assignee = found[0] if found else None
    return Filters(
        words=request.args.get("words", "")[:200],
        claim_type=request.args.get("type", "")[:64],
        assignee=assignee,
        is_late=request.args.get("late", "") == "yes",
    )


def _paging(column: Column) -> Paging:
    wanted = request.args.get(column.state.value, 1, type=int)
    last = Paging(column.count, 1, ON_BOARD).last
    return Paging(column.count, max(1, min(wanted, last)), ON_BOARD, column.state.value)


def _written(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
