"""Make statements out of claims, and reword them; no wording is ever changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.canonical import JsonObject
from workbench.corpus.searching import search_text
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.factcheck.queries import (
    current_revision,
    find_statement,
    lock_statement,
    read_scheme,
)
from workbench.factcheck.rules import State, Strategy
from workbench.factcheck.tables import Statement, StatementRevision, WorkflowStep
from workbench.factcheck.wording import check_wording
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

LANGUAGES = ("fr", "en")


class StaleWordingError(StaleRevisionError):
    """Somebody has reworded the statement since; the newest wording is in ``extra``."""

    code = "stale_wording"


@dataclass(frozen=True)
class Wording:
    """What is said of a statement: its words, their language, its type, how it is checked."""

    text: str
    language: str
    claim_type: str
    strategy: str | None = None


def make_statement(
    session: Session,
    *,
    project_id: int,
    wording: Wording,
    by: int,
    now: datetime,
    public_id: str | None = None,
) -> Statement:
    """Make a statement, open and without appearances; one of the same words may be there.

    It gets an id of its own unless it comes with one.
    """
    share_project(session, project_id)
    checked = _check(session, project_id, wording)
    statement = Statement(
        project_id=project_id,
        public_id=public_id or make_public_id(),
        assignee_id=None,
        due_on=None,
        made_by=by,
        made_at=now,
    )
    session.add(statement)
    session.flush()
    session.add(
        WorkflowStep(
            project_id=project_id,
            statement_id=statement.id,
            state=State.OPEN,
            reason=None,
            made_by=by,
            made_at=now,
        )
    )
    _add_revision(session, statement, checked, number=1, featured_id=None, by=by, now=now)
    record_act(session, statement, "make_statement", by=by, now=now)
    return statement


def reword_statement(
    session: Session,
    *,
    project_id: int,
    public_id: str,
    wording: Wording,
    base: int,
    by: int,
    now: datetime,
) -> StatementRevision:
    """Give a statement a new wording, made from the revision of number ``base``.

    ``StaleWordingError`` when that is not the newest; the same words again change nothing.
    """
    statement, newest = open_statement(
        session, project_id=project_id, public_id=public_id, base=base
    )
    checked = _check(session, project_id, wording)
    if checked == _wording_of(newest):
        return newest
    revision = _add_revision(
        session,
        statement,
        checked,
        number=newest.number + 1,
        featured_id=newest.featured_id,
        by=by,
        now=now,
    )
    details: JsonObject = {"number": revision.number}
    record_act(session, statement, "reword_statement", by=by, now=now, details=details)
    return revision


def open_statement(
    session: Session, *, project_id: int, public_id: str, base: int | None = None
) -> tuple[Statement, StatementRevision]:
    """Hold a statement for a change, and return it with its newest wording.

    ``StaleWordingError`` when that is not of the number ``base``, if there is one.
    """
    share_project(session, project_id)
    statement = find_statement(session, project_id=project_id, public_id=public_id)
    lock_statement(session, statement.id)
    newest = current_revision(session, statement_id=statement.id)
    if base is not None and newest.number != base:
        error = StaleWordingError(
            "Somebody has reworded this statement since you opened it: look at both wordings and"
            " send yours again if it is still right."
        )
        error.extra = {"newest": {"number": newest.number, "wording": newest.wording}}
        raise error
    return statement, newest


def copy_revision(
    session: Session,
    *,
    statement: Statement,
    newest: StatementRevision,
    featured_id: int | None,
    by: int,
    now: datetime,
) -> StatementRevision:
    """Add a revision of the same words with another featured appearance."""
    return _add_revision(
        session,
        statement,
        _wording_of(newest),
        number=newest.number + 1,
        featured_id=featured_id,
        by=by,
        now=now,
    )


def list_revisions(session: Session, *, statement_id: int) -> list[StatementRevision]:
    """List all wordings of a statement, the newest first."""
    return list(
        session.scalars(
            select(StatementRevision)
            .where(StatementRevision.statement_id == statement_id)
            .order_by(StatementRevision.number.desc())
        )
    )


def _check(session: Session, project_id: int, wording: Wording) -> Wording:
    if wording.language not in LANGUAGES:
        raise InvalidInputError("The language is one of %(all)s.", all=", ".join(LANGUAGES))
    types = read_scheme(session, project_id=project_id).fields["claim_type"].values
    if wording.claim_type not in types:
        raise InvalidInputError("The type is one of %(all)s.", all=", ".join(types))
    if wording.strategy is not None and wording.strategy not in set(Strategy):
        raise InvalidInputError("The strategy is one of %(all)s.", all=", ".join(Strategy))
    return Wording(
        check_wording(wording.text), wording.language, wording.claim_type, wording.strategy
    )


def _wording_of(revision: StatementRevision) -> Wording:
    return Wording(revision.wording, revision.language, revision.claim_type, revision.strategy)


def _add_revision(
    session: Session,
    statement: Statement,
    wording: Wording,
    *,
    number: int,
    featured_id: int | None,
    by: int,
    now: datetime,
) -> StatementRevision:
    revision = StatementRevision(
        project_id=statement.project_id,
        statement_id=statement.id,
        number=number,
        wording=wording.text,
        search_text=search_text(wording.text),
        language=wording.language,
        claim_type=wording.claim_type,
        strategy=wording.strategy,
        featured_id=featured_id,
        made_by=by,
        made_at=now,
    )
    session.add(revision)
    session.flush()
    return revision
