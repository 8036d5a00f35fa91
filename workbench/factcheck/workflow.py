"""How far the check of a statement is: one table says which state may follow which.

Workflow is apart from the verdict. The newest step is the state.
``published`` means that a verdict is approved; what readers see is another question.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.canonical import JsonObject
from workbench.corpus.text import refuse_unstorable
from workbench.errors import ConflictError, InvalidInputError
from workbench.factcheck.prose import has_words
from workbench.factcheck.queries import current_state, find_statement, lock_statement
from workbench.factcheck.rules import State
from workbench.factcheck.tables import Statement, WorkflowStep
from workbench.projects.queries import Member, list_members
from workbench.projects.rules import Action, may
from workbench.storage.database import share_project

MAX_REASON = 2000

# A review that ends without approval goes back to where it was asked from.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.OPEN: frozenset({State.ASSIGNED, State.WITHDRAWN}),
        State.ASSIGNED: frozenset({State.OPEN, State.IN_REVIEW, State.WITHDRAWN}),
        State.IN_REVIEW: frozenset(
            {State.ASSIGNED, State.PUBLISHED, State.CORRECTED, State.WITHDRAWN}
        ),
        State.PUBLISHED: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
        State.CORRECTED: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
        State.WITHDRAWN: frozenset({State.OPEN}),
    }
)


def move(
    session: Session,
    *,
    statement: Statement,
    to: State,
    by: int | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Bring a locked statement into another state; ``ConflictError`` where the table has no way."""
    state = current_state(session, statement_id=statement.id)
    if to not in MOVES[state]:
        raise ConflictError(
            "The check of this statement is elsewhere by now, so that cannot be done; load the page"
            " again."
        )
    _add_step(session, statement, to, by=by, now=now, reason=reason)


def settle_review(
    session: Session, *, statement: Statement, by: int | None, now: datetime, reason: str | None
) -> None:
    """End a review without approval: the statement is again what it was before it was asked."""
    before = [
        State(state)
        for state in session.scalars(
            select(WorkflowStep.state)
            .where(WorkflowStep.statement_id == statement.id)
            .order_by(WorkflowStep.id.desc())
        )
    ]
    to = next((one for one in before if one is not State.IN_REVIEW), State.ASSIGNED)
    _add_step(session, statement, to, by=by, now=now, reason=reason)


def assign(
    session: Session,
    *,
    project_id: int,
    public_id: str,
    to: int | None,
    due_on: date | None,
    by: int,
    now: datetime,
) -> None:
    """Give a statement to a fact-checker until a day, or to nobody; it may be oneself.

    Raises ``InvalidInputError`` for whoever may not check facts in the project, and for a day that
    has passed, unless it was due then already.
    """
    statement = open_statement(session, project_id=project_id, public_id=public_id)
    if due_on is not None and due_on < now.date() and due_on != statement.due_on:
        raise InvalidInputError("This day has passed: give one from today on, or none.")
    if to is not None and to not in list_checkers(session, project_id=project_id):
        raise InvalidInputError("Only a fact-checker of the project can be given a statement.")
    state = current_state(session, statement_id=statement.id)
    if state is State.WITHDRAWN:
        raise ConflictError("The statement is withdrawn; reopen it first.")
    if to is None and state is State.IN_REVIEW:
        raise ConflictError("The statement is in review; end the review first.")
    statement.assignee_id, statement.due_on = to, due_on
    if to is not None and state is State.OPEN:
        move(session, statement=statement, to=State.ASSIGNED, by=by, now=now)
    elif to is None and state is State.ASSIGNED:
        move(session, statement=statement, to=State.OPEN, by=by, now=now)
    details: JsonObject = {"to": to, "due_on": due_on.isoformat() if due_on else None}
    record_act(session, statement, "assign_statement", by=by, now=now, details=details)


def withdraw(
    session: Session, *, project_id: int, public_id: str, reason: str, by: int, now: datetime
) -> None:
    """Take a statement off the desk, and its verdict from readers, for a reason they are told."""
    why = _parse_reason(reason)
    statement = open_statement(session, project_id=project_id, public_id=public_id)
    move(session, statement=statement, to=State.WITHDRAWN, by=by, now=now, reason=why)


def reopen(
    session: Session, *, project_id: int, public_id: str, reason: str, by: int, now: datetime
) -> None:
    """Take a withdrawn statement up again; readers see it once a verdict is approved anew."""
    why = _parse_reason(reason)
    statement = open_statement(session, project_id=project_id, public_id=public_id)
    if current_state(session, statement_id=statement.id) is not State.WITHDRAWN:
        raise ConflictError("Only a withdrawn statement is reopened.")
    statement.assignee_id = None
    move(session, statement=statement, to=State.OPEN, by=by, now=now, reason=why)


def open_statement(session: Session, *, project_id: int, public_id: str) -> Statement:
    """Announce a write and return the statement, locked until the transaction ends."""
    share_project(session, project_id)
    statement = find_statement(session, project_id=project_id, public_id=public_id)
    lock_statement(session, statement.id)
    return statement


def list_checkers(session: Session, *, project_id: int) -> dict[int, Member]:
    """Return who checks facts in the project at present, by their row."""
    return {
        member.user_id: member
        for member in list_members(session, project_id=project_id)
        if member.active and may(member.roles, Action.CHECK_FACTS)
    }


def parse_words(text: str, *, most: int) -> str:
    """Return what somebody wrote, without outer blanks; it must be there and not too long."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise InvalidInputError("Please fill this in.")
    if len(words) > most:
        raise InvalidInputError("At most %(most)s characters.", most=most)
    refuse_unstorable(words, "text")
    return words


def _parse_reason(text: str) -> str:
    """Return a reason that readers can see: marks and hidden characters alone are none."""
    reason = parse_words(text, most=MAX_REASON)
    if not has_words(reason):
        raise InvalidInputError("Please fill this in.")
    return reason


def _add_step(
    session: Session,
    statement: Statement,
    to: State,
    *,
    by: int | None,
    now: datetime,
    reason: str | None,
) -> None:
    session.add(
        WorkflowStep(
            project_id=statement.project_id,
            statement_id=statement.id,
            state=to,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )
    session.flush()
    record_act(session, statement, "move_statement", by=by, now=now, details={"to": to.value})
