"""How far the work is: the progress board, and which sentences are read."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext

from workbench.clock import utc_now
from workbench.corpus.queries import find_article, read_headings
from workbench.labelling.assigning import free_slots_of
from workbench.labelling.board import Board, BoardPerson, Course, Filter, read_board
from workbench.labelling.coverage import count_coverage, list_never_read
from workbench.labelling.training import find_hidden
from workbench.projects.queries import get_project
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.account import ButtonForm
from workbench.web.paging import page_of
from workbench.web.words import COURSES, SLOT_STATES, WORD_NAMES

ARTICLES, PEOPLE = 200, 20  # on one page

blueprint = Blueprint("progress", __name__, url_prefix="/projects/<slug>/progress")


@blueprint.get("/")
@in_project(Action.SEE_PROGRESS)
def show_board(project: ProjectAccess) -> ResponseReturnValue:
    """Show who is how far with which article, and how long the rest may take."""
    session, now = db.session(), utc_now()
    wanted = Filter(_course(), request.args.get("person") or None)
    board = read_board(
        session,
        project_id=project.id,
        reader=project.person.id,
        wanted=wanted,
        limit=ARTICLES,
        page=request.args.get("page", 1, type=int),
        now=now,
    )
    on_page = _people_of(board)
    people = page_of(len(on_page), PEOPLE, "people")
    return render_template(
        "progress/board.html",
        project=project,
        board=board,
        wanted=wanted,
        paging=page_of(board.found, ARTICLES),
        people_paging=people,
        columns=on_page[people.offset : people.offset + people.limit],
        headings=read_headings(session, article_ids=[one.id for one in board.articles]),
        deadline=(deadline := get_project(session, project_id=project.id).deadline),
        is_overdue=deadline is not None and deadline < now.date() and board.unfinished > 0,
        is_late=board.forecast.is_late(now.date(), deadline),
        courses=COURSES,
        slot_states=SLOT_STATES,
        decimal=format_decimal,
    )


@blueprint.post("/people/<member>/free")
@in_project(Action.ASSIGN_WORK)
def free_slots(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Open to others what somebody who has left has not finished."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            freed = free_slots_of(
                session, project_id=project.id, member=member, by=project.person.id, now=utc_now()
            )
        flash(
            ngettext("%(num)s slot is open to others.", "%(num)s slots are open to others.", freed)
        )
    return go_to("progress.show_board", slug=project.slug)


@blueprint.get("/coverage")
@in_project(Action.SEE_PROGRESS)
def show_coverage(project: ProjectAccess) -> ResponseReturnValue:
    """Show by article and by annotator what the sentences count as."""
    session = db.session()
    found = count_coverage(session, project_id=project.id, reader=project.person.id)
    paging = page_of(len(found.articles))
    articles = found.articles[paging.offset : paging.offset + paging.limit]
    return render_template(
        "progress/coverage.html",
        project=project,
        found=found,
        articles=articles,
        paging=paging,
        headings=read_headings(session, article_ids=[one.id for one in articles]),
        words=WORD_NAMES,
    )


@blueprint.get("/coverage/<article>")
@in_project(Action.SEE_PROGRESS)
def show_unread(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """List the sentences of an article that nobody has read; none while one still reads it."""
    session = db.session()
    found = find_article(session, project_id=project.id, name=article)
    hidden = find_hidden(session, project_id=project.id, user_id=project.person.id)
    sentences = (
        []
        if found.id in hidden
        else list_never_read(session, project_id=project.id, article_id=found.id)
    )
    return render_template(
        "progress/unread.html",
        project=project,
        article=found,
        heading=read_headings(session, article_ids=[found.id])[found.id],
        is_hidden=found.id in hidden,
        sentences=sentences,
    )


def _course() -> Course | None:
    value = request.args.get("state", "")
    return Course(value) if value in set(Course) else None


def _people_of(board: Board) -> list[BoardPerson]:
    """Return the people who have a slot of an article on this page."""
    have = {membership for one in board.articles for membership in one.cells}
    return [person for person in board.people if person.id in have]
