"""Questions to the lead: asked at the workspace, answered on pages of their own."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.bodies import read_json
from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.labelling import questions
from workbench.labelling.parsing import parse_browser_id, parse_object
from workbench.labelling.queries import get_slot
from workbench.labelling.threads import (
    ThreadInText,
    Viewer,
    count_answered,
    count_questions,
    find_thread,
    list_own_threads,
    list_questions,
)
from workbench.labelling.training import viewer_of as viewer_in_project
from workbench.projects.rules import Action, Role
from workbench.storage.base import make_public_id
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, answers_json, in_project
from workbench.web.addresses import go_to
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.questions import AnswerForm, ReadForm
from workbench.web.paging import page_of
from workbench.web.views.articles import SENTENCES_PER_PAGE

STATES = {"": None, "open": False, "settled": True}

blueprint = Blueprint("questions", __name__, url_prefix="/projects/<slug>")


@dataclass(frozen=True)
class Answered:
    """How many of one's questions have answers to be read, and where they are."""

    count: int
    address: str


def viewer_of(project: ProjectAccess) -> Viewer:
    """Return who looks at the project's questions."""
    return viewer_in_project(
        db.session(), project_id=project.id, user_id=project.person.id, roles=project.roles
    )


@blueprint.app_template_global("answered_questions")
def find_answered() -> Answered | None:
    """Return what the header of a project's pages says of the person's own questions."""
    project: ProjectAccess | None = g.get("project")
    if project is None or Role.ANNOTATOR not in project.roles:
        return None
    count = count_answered(db.session(), project_id=project.id, user_id=project.person.id)
    address = url_for("questions.show_list", slug=project.slug)
    return Answered(count, address) if count else None


@blueprint.get("/questions/")
@in_project(Action.SEE_QUESTIONS)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List questions, open ones first: everybody's for a lead, one's own for an annotator."""
    session, viewer = db.session(), viewer_of(project)
    state = request.args.get("state", "")
    settled = STATES.get(state)
    paging = page_of(
        count_questions(session, project_id=project.id, viewer=viewer, settled=settled)
    )
    return render_template(
        "questions/list.html",
        project=project,
        questions=list_questions(
            session,
            project_id=project.id,
            viewer=viewer,
            settled=settled,
            limit=paging.limit,
            offset=paging.offset,
        ),
        paging=paging,
        state=state if state in STATES else "",
    )


@blueprint.route("/questions/<question>/", methods=["GET", "POST"])
@in_project(Action.SEE_QUESTIONS)
def show_thread(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Show a question at its words with all messages; take a further one."""
    viewer = viewer_of(project)
    shown = find_thread(db.session(), project_id=project.id, viewer=viewer, question=question)
    form = AnswerForm(data={"id": make_public_id()})
    if form.is_sent_well():
        try:
            _send_answer(project, question, form)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("Your answer is sent."))
            return go_to("questions.show_thread", slug=project.slug, question=question)
    page = render_template(
        "questions/thread.html",
        project=project,
        shown=shown,
        thread=shown.thread,
        place=_place_of(project, shown),
        is_own=shown.thread.asked_by == viewer.user_id,
        hidden=None if viewer.may_know(shown.thread.asked_by) else shown.thread.asked_by,
        form=form,
    )
    return page, form.status


@blueprint.post("/questions/<question>/settle")
@in_project(Action.SEE_QUESTIONS)
def settle(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Say that a question is settled."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            questions.settle(
                session,
                project_id=project.id,
                viewer=viewer_of(project),
                question=question,
                now=utc_now(),
            )
        flash(gettext("The question is settled."))
    return go_to("questions.show_thread", slug=project.slug, question=question)


@blueprint.post("/questions/<question>/reopen")
@in_project(Action.SEE_QUESTIONS)
def reopen(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Say that a question is open again."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            questions.reopen(
                session,
                project_id=project.id,
                viewer=viewer_of(project),
                question=question,
                now=utc_now(),
            )
        flash(gettext("The question is open again."))
    return go_to("questions.show_thread", slug=project.slug, question=question)


@blueprint.post("/questions/<question>/read")
@in_project(Action.SEE_QUESTIONS)
def note_read(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Note that whoever asked has read the thread up to a message."""
    form = ReadForm()
    if form.is_sent_well():
        _note_seen(project, question, form.message.data)
    return go_to("questions.show_thread", slug=project.slug, question=question)


@blueprint.post("/questions/<question>/seen")
@in_project(Action.SEE_QUESTIONS)
@answers_json
def note_seen(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Note the same for the workspace, and say how many answers are left to be read."""
    entry = parse_object(read_json(), "body", "message")
    _note_seen(project, question, parse_browser_id(entry["message"], "message"))
    session = db.session()
    return {"answered": count_answered(session, project_id=project.id, user_id=project.person.id)}


@blueprint.post("/questions/<question>/messages")
@in_project(Action.SEE_QUESTIONS)
@answers_json
def reply(project: ProjectAccess, question: str) -> ResponseReturnValue:
    """Add a message from the workspace to a thread; a repeat changes nothing."""
    given = questions.parse_message(read_json())
    with transaction() as session:
        questions.reply(
            session,
            project_id=project.id,
            viewer=viewer_of(project),
            question=question,
            given=given,
            now=utc_now(),
        )
    return {"id": given.id}


@blueprint.get("/annotate/<article>/questions")
@in_project(Action.ANNOTATE)
@answers_json
def list_own(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Return the person's own questions about the article, with what others wrote to them."""
    session, person = db.session(), project.person.id
    slot = get_slot(
        session,
        project_id=project.id,
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
    )
    threads = list_own_threads(
        session, project_id=project.id, user_id=person, edition_id=slot.edition_id
    )
    return {
        "person": project.person.public_id,
        "questions": [thread.json(person) for thread in threads],
        "answered": count_answered(session, project_id=project.id, user_id=person),
    }


@blueprint.post("/annotate/<article>/questions")
@in_project(Action.ANNOTATE)
@answers_json
def ask(project: ProjectAccess, article: str) -> ResponseReturnValue:
    """Record a question at words of the article; a repeat changes nothing."""
    given = questions.parse_question(read_json())
    with transaction() as session:
        questions.ask(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            given=given,
            by=project.person.id,
            now=utc_now(),
        )
    return {"id": given.id}


def _send_answer(project: ProjectAccess, question: str, form: AnswerForm) -> None:
    """Send what the form says, and settle the question where it says that too."""
    viewer, now = viewer_of(project), utc_now()
    with transaction() as session:
        questions.reply(
            session,
            project_id=project.id,
            viewer=viewer,
            question=question,
            given=form.message,
            now=now,
        )
        if form.settle.data:
            questions.settle(
                session, project_id=project.id, viewer=viewer, question=question, now=now
            )


def _note_seen(project: ProjectAccess, question: str, message: str) -> None:
    with transaction() as session:
        questions.note_seen(
            session,
            project_id=project.id,
            user_id=project.person.id,
            question=question,
            message=message,
        )


def _place_of(project: ProjectAccess, shown: ThreadInText) -> str | None:
    """Return the address of the question's sentence: in the own workspace, or in the article."""
    position = shown.thread.sentence.position
    anchor = f"s{position}"
    if shown.is_labelled_by_viewer and not shown.is_withdrawn:
        return url_for(
            "workspace.show_page", slug=project.slug, article=shown.article, _anchor=anchor
        )
    if not project.may(Action.SEE_ARTICLES):
        return None
    return url_for(
        "articles.show_article",
        slug=project.slug,
        article=shown.article,
        page=(position - 1) // SENTENCES_PER_PAGE + 1,
        _anchor=anchor,
    )
