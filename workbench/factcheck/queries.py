"""Reads of statements: one by its public id, its wording of now, and how far its check is."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, exists, func, select
from sqlalchemy.orm import Session, aliased

from workbench.errors import NotFoundError
from workbench.factcheck.gates import NEVER_RATED
from workbench.factcheck.rules import State
from workbench.factcheck.tables import (
    Statement,
    StatementRevision,
    Verdict,
    VerdictRevision,
    WorkflowStep,
)
from workbench.labelling.remembered import stored_scheme
from workbench.projects.queries import newest_scheme
from workbench.projects.scheme import Scheme


@dataclass(frozen=True)
class StatementView:
    """A statement as its page shows it: its newest wording and the state it is in.

    One that is not rated is an opinion or a prediction: it is grouped, and gets no verdict.
    """

    row: int
    id: str
    number: int
    revision_id: int
    wording: str
    language: str
    claim_type: str
    strategy: str | None
    featured_id: int | None
    state: State
    assignee_id: int | None
    due_on: date | None
    is_rated: bool
    made_by: int
    made_at: datetime


def find_statement(session: Session, *, project_id: int, public_id: str) -> Statement:
    """Return the project's statement with this public id."""
    statement = session.scalar(
        select(Statement).where(
            Statement.project_id == project_id, Statement.public_id == public_id
        )
    )
    if statement is None:
        raise NotFoundError("There is no such statement in this project.")
    return statement


def lock_statement(session: Session, statement_id: int) -> None:
    """Hold a statement until the transaction ends: two who change it are one after the other."""
    session.execute(select(Statement.id).where(Statement.id == statement_id).with_for_update())


def current_revision(session: Session, *, statement_id: int) -> StatementRevision:
    """Return the newest wording of a statement; it has one always."""
    return session.scalars(
        select(StatementRevision)
        .where(StatementRevision.statement_id == statement_id)
        .order_by(StatementRevision.number.desc())
        .limit(1)
    ).one()


def current_state(session: Session, *, statement_id: int) -> State:
    """Return the state of a statement, which its newest step says."""
    return State(
        session.scalars(
            select(WorkflowStep.state)
            .where(WorkflowStep.statement_id == statement_id)
            .order_by(WorkflowStep.id.desc())
            .limit(1)
        ).one()
    )


def describe_statement(session: Session, *, statement: Statement) -> StatementView:
    """Return a statement as its page shows it."""
    revision = current_revision(session, statement_id=statement.id)
    scheme = read_scheme(session, project_id=statement.project_id)
    return StatementView(
        row=statement.id,
        id=statement.public_id,
        number=revision.number,
        revision_id=revision.id,
        wording=revision.wording,
        language=revision.language,
        claim_type=revision.claim_type,
        strategy=revision.strategy,
        featured_id=revision.featured_id,
        state=current_state(session, statement_id=statement.id),
        assignee_id=statement.assignee_id,
        due_on=statement.due_on,
        is_rated=is_rated(scheme, revision.claim_type),
        made_by=revision.made_by,
        made_at=revision.made_at,
    )


def read_scheme(session: Session, *, project_id: int) -> Scheme:
    """Return the project's present label scheme, which names the types of claims."""
    number = newest_scheme(session, project_id=project_id).number
    return stored_scheme(session, project_id=project_id, number=number).scheme


def is_rated(scheme: Scheme, claim_type: str) -> bool:
    """Tell whether statements of a type get a verdict: opinions and predictions never do."""
    return claim_type not in unrated_types(scheme)


def unrated_types(scheme: Scheme) -> frozenset[str]:
    """Return the types of claims that get no verdict, whatever the label scheme says of some."""
    field = scheme.fields.get("claim_type")
    values = field.values if field else {}
    return NEVER_RATED | {name for name, value in values.items() if value.rated is False}


def newest_wording(statement: type[Statement] = Statement) -> ScalarSelect[int]:
    """Select the row of a statement's newest wording, in a statement over that table."""
    later = aliased(StatementRevision)
    return (
        select(later.id)
        .where(later.statement_id == statement.id)
        .order_by(later.number.desc())
        .limit(1)
        .correlate(statement)
        .scalar_subquery()
    )


def newest_state(statement: type[Statement] = Statement) -> ScalarSelect[str]:
    """Select the state a statement is in, in a statement over that table."""
    step = aliased(WorkflowStep)
    return (
        select(step.state)
        .where(step.statement_id == statement.id)
        .order_by(step.id.desc())
        .limit(1)
        .correlate(statement)
        .scalar_subquery()
    )


def is_decided(statement: type[Statement] = Statement) -> ColumnElement[bool]:
    """Select whether a verdict was approved and the statement not withdrawn since."""
    step, later = aliased(WorkflowStep), aliased(WorkflowStep)
    return exists().where(
        step.statement_id == statement.id,
        step.state.in_([State.PUBLISHED, State.CORRECTED]),
        ~exists().where(
            later.statement_id == step.statement_id,
            later.state == State.WITHDRAWN,
            later.id > step.id,
        ),
    )


def is_judged(user_id: int, statement: type[Statement] = Statement) -> ColumnElement[bool]:
    """Select whether somebody gave a verdict of their own, and it was not withdrawn since."""
    own, revision = aliased(Verdict), aliased(VerdictRevision)
    return exists().where(
        own.statement_id == statement.id,
        own.person_id == user_id,
        revision.verdict_id == own.id,
        withdrawals(own.statement_id, since=revision.made_at) == 0,
    )


def withdrawals(
    statement_id: SQLColumnExpression[int], *, since: SQLColumnExpression[datetime]
) -> ScalarSelect[int]:
    """Count how often a statement was withdrawn since: what is said after is another round."""
    step = aliased(WorkflowStep)
    return (
        select(func.count(step.id))
        .where(
            step.statement_id == statement_id,
            step.state == State.WITHDRAWN,
            step.made_at >= since,
        )
        .correlate_except(step)
        .scalar_subquery()
    )


def count_statements(session: Session, *, project_id: int) -> int:
    """Count the project's statements."""
    count = select(func.count(Statement.id)).where(Statement.project_id == project_id)
    return session.scalar(count) or 0
