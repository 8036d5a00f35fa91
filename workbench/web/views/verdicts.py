"""The verdict on a statement: written, judged by each, reviewed; and whose the statement is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.errors import ForbiddenError, InvalidInputError, StaleRevisionError, WorkbenchError
from workbench.factcheck.appearances import AppearanceView, hide_claims, read_whole
from workbench.factcheck.claims import list_hidden
from workbench.factcheck.comments import CommentView, add_comment, list_comments
from workbench.factcheck.frozen import ChangedSinceError, FrozenVerdict, list_evidence
from workbench.factcheck.gates import Gate, UnmetGatesError, never_rated
from workbench.factcheck.history import Event, list_events
from workbench.factcheck.judging import JudgementsView, describe_judgements, judge
from workbench.factcheck.prose import render_prose
from workbench.factcheck.queries import StatementView, describe_statement, find_statement
from workbench.factcheck.reviewing import (
    SentInvitation,
    approve,
    ask_review,
    invite_reviewer,
    list_invited,
    return_verdict,
    revoke_reviewer,
)
from workbench.factcheck.tables import Statement
from workbench.factcheck.verdicts import (
    VerdictView,
    describe,
    gates_of,
    submit_verdict,
)
from workbench.factcheck.workflow import assign, list_checkers, reopen, withdraw
from workbench.links import is_link
from workbench.projects.queries import Member
from workbench.projects.rules import Action
from workbench.storage.base import make_public_id
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import full_address, go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.evidence import BEARINGS, SOURCE_KINDS
from workbench.web.forms.statements import RELATIONS, STATES
from workbench.web.forms.verdicts import (
    ASK,
    CHECK,
    NOBODY,
    AssignForm,
    CommentForm,
    DecisionForm,
    InviteForm,
    OwnVerdictForm,
    ReasonForm,
    RevisionForm,
    VerdictForm,
)
from workbench.web.verdict_words import (
    HAPPENINGS,
    REVIEW_STEPS,
    GateLine,
    gate_lines,
    in_words,
)

blueprint = Blueprint("verdicts", __name__, url_prefix="/projects/<slug>/statements/<statement>")


@dataclass(frozen=True)
class VerdictSection:
    """The verdict of a statement as its page shows it, with what may be done about it."""

    view: VerdictView
    gates: list[GateLine]
    changes: list[str]
    judgements: JudgementsView
    invited: list[SentInvitation]
    checkers: dict[int, Member]
    is_author: bool
    may_invite: bool

    @property
    def shown(self) -> FrozenVerdict | None:
        """The newest revision, or while that is hidden the approved one."""
        return self.view.newest or self.view.approved


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened, in words."""

    event: Event
    what: str


def describe_verdict(
    project: ProjectAccess, statement: Statement, appearances: Sequence[AppearanceView]
) -> VerdictSection:
    """Return what the page of a statement shows of its verdict and of the review.

    ``appearances`` are those of the statement, none of them hidden.
    """
    session, reader = db.session(), project.person.id
    view = describe(session, statement=statement, reader=reader, appearances=appearances)
    checkers = list_checkers(session, project_id=project.id)
    author = view.newest.author_id if view.newest else None
    return VerdictSection(
        view=view,
        gates=gate_lines(view.gates),
        changes=[tell(change) for change in view.changes],
        judgements=describe_judgements(session, statement=statement, reader=reader),
        invited=list_invited(session, verdict_revision=view.newest.row, now=utc_now())
        if view.newest
        else [],
        checkers=checkers,
        is_author=author == reader,
        may_invite=view.is_asked and not set(checkers) - {author},
    )


def describe_comments(project: ProjectAccess, statement: Statement) -> list[CommentView]:
    """Return what was said of a statement."""
    return list_comments(db.session(), statement_id=statement.id, reader=project.person.id)


def describe_history(statement: Statement) -> list[HistoryLine]:
    """Return what happened to a statement, in words."""
    return [
        HistoryLine(event, _tell_event(event))
        for event in list_events(db.session(), statement=statement)
    ]


def words_of_verdicts() -> dict[str, object]:
    """Return the words that the sections of a statement's page need."""
    return {
        "states": STATES,
        "review_steps": REVIEW_STEPS,
        "bearings": BEARINGS,
        "source_kinds": SOURCE_KINDS,
        "relations": RELATIONS,
        "in_words": in_words,
        "prose": render_prose,
        "new_id": make_public_id,
        "is_link": is_link,
    }


@blueprint.route("/verdict", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def write(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Write the next revision of the verdict, with the list of what is missing beside it.

    What was typed is never lost: to look at the list again, or to be told of somebody else's
    revision, shows it as it was typed.
    """
    _, view = _open(project, statement)
    form = VerdictForm()
    form.offer(view.scale)
    if request.method == "GET":
        _fill(form, view)
    elif form.is_sent_well() and form.act.data != CHECK:
        try:
            with transaction() as writing:
                number = submit_verdict(
                    writing,
                    project_id=project.id,
                    statement=statement,
                    given=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                ).number
        except WorkbenchError as error:
            form.refuse(error)
            return _show_writing(project, statement, form, error)
        flash(gettext("Revision %(number)s of the verdict is saved.", number=number))
        if form.act.data == ASK:
            return _ask(project, statement, number)
        return _go_back(project, statement)
    return _show_writing(project, statement, form)


def _show_writing(
    project: ProjectAccess, statement: str, form: VerdictForm, error: WorkbenchError | None = None
) -> ResponseReturnValue:
    row, view = _open(project, statement)
    found = describe_statement(db.session(), statement=row)
    stale = None
    if isinstance(error, StaleRevisionError):
        stale = "wording" if "wording" in error.extra else "verdict"
    if request.method == "GET" or stale:
        form.id.data = make_public_id()
        form.rest_on("base", view.newest.number if view.newest else 0)
        form.rest_on("wording", found.number)
    gates = gate_lines(_gates_of(row, form, project))
    if "HX-Request" in request.headers:
        return render_template("factcheck/_gates.html", gates=gates)
    page = render_template(
        "factcheck/verdict.html",
        project=project,
        statement=found,
        form=form,
        view=view,
        gates=gates,
        stale=stale,
        evidence=[one for _, one in list_evidence(db.session(), statement_id=row.id)],
        **words_of_verdicts(),
    )
    return page, form.status


def _open(project: ProjectAccess, statement: str) -> tuple[Statement, VerdictView]:
    """Return a statement and its verdict, unless the person has first to judge for themselves."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    view = describe(session, statement=row, reader=project.person.id)
    if view.is_blind:
        raise ForbiddenError("Give your own verdict first; then you see those of the others.")
    _refuse_unrated(row)
    return row, view


def _refuse_unrated(statement: Statement) -> None:
    """Show no empty form for a verdict that nobody may give; what was sent is answered beside."""
    found = describe_statement(db.session(), statement=statement)
    if request.method == "GET" and not found.is_rated:
        raise never_rated()


@blueprint.route("/own-verdict", methods=["GET", "POST"])
@in_project(Action.CHECK_FACTS)
def give_own(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Give a verdict of one's own, before seeing those of the others."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    view = describe(session, statement=row, reader=project.person.id)
    _refuse_unrated(row)
    seen = describe_judgements(session, statement=row, reader=project.person.id)
    form, is_stale = OwnVerdictForm(), False
    form.offer(view.scale)
    if form.is_sent_well():
        try:
            with transaction() as writing:
                judge(
                    writing,
                    project_id=project.id,
                    statement=statement,
                    given=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            if is_stale := isinstance(error, StaleRevisionError):
                seen = describe_judgements(db.session(), statement=row, reader=project.person.id)
                form.rest_on("base", seen.own.number if seen.own else 0)
        else:
            flash(gettext("Your verdict is kept; now you see those of the others."))
            return _go_back(project, statement)
    if request.method == "GET":
        form.id.data = make_public_id()
        form.base.data = seen.own.number if seen.own else 0
        form.value.data = seen.own.value.id if seen.own else ""
        form.justification.data = seen.own.justification if seen.own else ""
    row = find_statement(db.session(), project_id=project.id, public_id=statement)
    page = render_template(
        "factcheck/own_verdict.html",
        project=project,
        statement=describe_statement(db.session(), statement=row),
        form=form,
        newest=seen.own if is_stale else None,
        view=view,
        evidence=[one for _, one in list_evidence(db.session(), statement_id=row.id)],
        **words_of_verdicts(),
    )
    return page, form.status


@blueprint.get("/review")
@in_project(Action.SEE_DESK)
def show_review(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Show what readers would see of the newest revision; let a second person decide."""
    return _show_review(project, statement)


@blueprint.post("/review/ask")
@in_project(Action.CHECK_FACTS)
def ask(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Ask for a review of one's verdict."""
    form = RevisionForm()
    if form.is_sent_well():
        return _ask(project, statement, form.number.data)
    return _go_back(project, statement)


@blueprint.post("/review/approve")
@in_project(Action.CHECK_FACTS)
def sign(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Approve somebody else's verdict."""
    return _decide(project, statement, approve, gettext("The verdict is approved."))


@blueprint.post("/review/return")
@in_project(Action.CHECK_FACTS)
def send_back(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Return somebody else's verdict with a note."""
    return _decide(project, statement, return_verdict, gettext("The verdict is returned."))


@blueprint.post("/review/invite")
@in_project(Action.CHECK_FACTS)
def invite(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Invite somebody from outside to review; the link is shown once."""
    form = InviteForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                token = invite_reviewer(
                    session,
                    project_id=project.id,
                    statement=statement,
                    number=form.number.data,
                    name=form.name.data,
                    email=form.email.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(full_address("reviews.show", token=token), "link")
            return go_to("verdicts.show_review", slug=project.slug, statement=statement)
    return _show_review(project, statement, invite_form=form)


@blueprint.post("/review/invitations/<reviewer>/revoke")
@in_project(Action.CHECK_FACTS)
def revoke(project: ProjectAccess, statement: str, reviewer: str) -> ResponseReturnValue:
    """Take a reviewer's link back."""

    def act(session: Session) -> None:
        find_statement(session, project_id=project.id, public_id=statement)
        revoke_reviewer(
            session,
            project_id=project.id,
            invitation=reviewer,
            by=project.person.id,
            now=utc_now(),
        )

    if ButtonForm().is_sent_well():
        _do(act, gettext("The link opens nothing any more."))
    return go_to("verdicts.show_review", slug=project.slug, statement=statement)


@blueprint.post("/comments")
@in_project(Action.SEE_DESK)
def comment(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Say something of the statement to the others at the desk."""
    form = CommentForm()

    def act(session: Session) -> None:
        add_comment(
            session,
            project_id=project.id,
            statement=statement,
            public_id=form.id.data,
            text=form.text.data,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, form, act, gettext("Your comment is there."))


@blueprint.post("/assign")
@in_project(Action.CHECK_FACTS)
def give_to(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Say who checks the statement, and until when."""
    checkers = list_checkers(db.session(), project_id=project.id)
    form = AssignForm()
    form.to.choices = [(NOBODY, ""), *((one.public_id, one.name) for one in checkers.values())]
    form.to.validate_choice = False  # Who has left the desk since is refused in a sentence.

    def act(session: Session) -> None:
        wanted = [row for row, one in checkers.items() if one.public_id == form.to.data]
        if form.to.data != NOBODY and not wanted:
            raise InvalidInputError("Only a fact-checker of the project can be given a statement.")
        assign(
            session,
            project_id=project.id,
            public_id=statement,
            to=wanted[0] if wanted else None,
            due_on=form.due,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, form, act, gettext("It is noted who checks it."))


@blueprint.post("/withdraw")
@in_project(Action.CHECK_FACTS)
def take_off(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Withdraw the statement."""
    return _give_reason(project, statement, withdraw, gettext("The statement is withdrawn."))


@blueprint.post("/reopen")
@in_project(Action.CHECK_FACTS)
def take_up(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    """Take a withdrawn statement up again."""
    return _give_reason(project, statement, reopen, gettext("The statement is open again."))


def _fill(form: VerdictForm, view: VerdictView) -> None:
    if view.newest:
        form.value.data = view.newest.value.id
        form.justification.data = view.newest.justification
        form.context.data = view.newest.context
        form.correction.data = "" if view.is_approved else view.newest.correction


def _gates_of(statement: Statement, form: VerdictForm, project: ProjectAccess) -> list[Gate]:
    if form.value.data not in {value for value, _ in form.value.choices}:
        form.value.data = ""
    return gates_of(db.session(), statement, form.read(), project.person.id)


def _ask(project: ProjectAccess, statement: str, number: int) -> ResponseReturnValue:
    def act(session: Session) -> None:
        ask_review(
            session,
            project_id=project.id,
            statement=statement,
            number=number,
            by=project.person.id,
            now=utc_now(),
        )

    _do(act, gettext("A second person is asked to look at it."))
    return _go_back(project, statement)


def _decide(
    project: ProjectAccess, statement: str, decide: Callable[..., None], done: str
) -> ResponseReturnValue:
    form = DecisionForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                decide(
                    session,
                    project_id=project.id,
                    statement=statement,
                    number=form.number.data,
                    note=form.note.data or "",
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            return _show_review(project, statement, form=form, error=error)
        flash(done)
        return _go_back(project, statement)
    return _show_review(project, statement, form=form)


def _show_review(
    project: ProjectAccess,
    statement: str,
    *,
    form: DecisionForm | None = None,
    invite_form: InviteForm | None = None,
    error: WorkbenchError | None = None,
) -> ResponseReturnValue:
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    whole = read_whole(session, statement=row)
    hidden = list_hidden(session, project_id=project.id, reader=project.person.id)
    shown = hide_claims(whole, hidden)
    found: StatementView = describe_statement(session, statement=row)
    sent = form or invite_form
    page = render_template(
        "factcheck/review.html",
        project=project,
        statement=found,
        verdict=describe_verdict(project, row, whole),
        form=form or DecisionForm(formdata=None),
        invite_form=invite_form or InviteForm(formdata=None),
        refused=why_refused(error),
        hidden={view.row for view in shown if view.is_hidden},
        **words_of_verdicts(),
    )
    return page, sent.status if sent else 200


def why_refused(error: WorkbenchError | None) -> list[str]:
    """Return each thing that stands in the way, in words."""
    if isinstance(error, UnmetGatesError):
        return [line.missing for line in gate_lines(error.gates)]
    if isinstance(error, ChangedSinceError):
        return [tell(change) for change in error.changes]
    return []


def _give_reason(
    project: ProjectAccess, statement: str, act_on: Callable[..., None], done: str
) -> ResponseReturnValue:
    form = ReasonForm()

    def act(session: Session) -> None:
        act_on(
            session,
            project_id=project.id,
            public_id=statement,
            reason=form.reason.data,
            by=project.person.id,
            now=utc_now(),
        )

    return _press(project, statement, form, act, done)


def _press(
    project: ProjectAccess,
    statement: str,
    form: ButtonForm | CommentForm | AssignForm | ReasonForm,
    act: Callable[[Session], None],
    done: str,
) -> ResponseReturnValue:
    if form.is_sent_well():
        _do(act, done)
    else:
        flash(" ".join(str(one) for errors in form.errors.values() for one in errors), "problem")
    return _go_back(project, statement)


def _do(act: Callable[[Session], None], done: str) -> None:
    try:
        with transaction() as session:
            act(session)
    except WorkbenchError as error:
        for line in why_refused(error) or [tell(error)]:
            flash(line, "problem")
    else:
        flash(done)


def _go_back(project: ProjectAccess, statement: str) -> ResponseReturnValue:
    return go_to("statements.show", slug=project.slug, statement=statement)


def _tell_event(event: Event) -> str:
    what = str(HAPPENINGS[event.kind])
    if event.kind == "state":
        return f"{what}: {STATES[event.about]}"  # type: ignore[index]  # a state's own word
    return f"{what}: {event.about}" if event.about else what
