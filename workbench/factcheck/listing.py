"""The list of a project's statements, and the search in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, false, func, select
from sqlalchemy.orm import Session

from workbench.corpus.searching import matches, parse_words
from workbench.factcheck.queries import newest_state, newest_wording
from workbench.factcheck.rules import State
from workbench.factcheck.tables import Appearance, Statement, StatementRevision


@dataclass(frozen=True)
class ListedStatement:
    """A statement in a list, with how many claims are with it."""

    id: str
    wording: str
    language: str
    claim_type: str
    state: State
    appearances: int
    made_at: datetime


def list_statements(
    session: Session,
    *,
    project_id: int,
    search: str = "",
    state: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[ListedStatement]:
    """List the statements whose newest wording has the words sought, the newest first."""
    rows = session.execute(
        _select_listed()
        .where(*_chosen(session, project_id, search, state))
        .order_by(Statement.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_listed(row) for row in rows]


def read_listed(session: Session, *, statements: Collection[int]) -> list[ListedStatement]:
    """Return these statements, by row, as a list has them, as they were made."""
    rows = session.execute(
        _select_listed().where(Statement.id.in_(sorted(statements))).order_by(Statement.id)
    )
    return [_listed(row) for row in rows]


def count_listed(session: Session, *, project_id: int, search: str = "", state: str = "") -> int:
    """Count the statements that ``list_statements`` would list without a limit."""
    chosen = _chosen(session, project_id, search, state)
    counted = select(func.count(Statement.id)).where(*chosen)
    if parse_words(search):
        counted = counted.join(StatementRevision, StatementRevision.id == newest_wording())
    return session.scalar(counted) or 0


def _select_listed() -> Select[*tuple[object, ...]]:
    claims = (
        select(func.count(Appearance.id))
        .where(Appearance.statement_id == Statement.id, Appearance.removed_at.is_(None))
        .correlate(Statement)
        .scalar_subquery()
    )
    return select(
        Statement.public_id,
        StatementRevision.wording,
        StatementRevision.language,
        StatementRevision.claim_type,
        newest_state().label("state"),
        claims.label("claims"),
        Statement.made_at,
    ).join(StatementRevision, StatementRevision.id == newest_wording())


def _listed(row: Row[*tuple[object, ...]]) -> ListedStatement:
    return ListedStatement(
        id=row.public_id,
        wording=row.wording,
        language=row.language,
        claim_type=row.claim_type,
        state=State(row.state),
        appearances=row.claims,
        made_at=row.made_at,
    )


def _chosen(
    session: Session, project_id: int, search: str, state: str
) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [Statement.project_id == project_id]
    if words := parse_words(search):
        chosen.append(matches(session, StatementRevision.id, words))
    elif search.strip():
        chosen.append(false())
    if state in set(State):
        chosen.append(newest_state() == state)
    return chosen
