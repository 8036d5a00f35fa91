"""The search log of a statement: what was looked for, where, when, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.accounts.tables import User
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError
from workbench.factcheck.dates import latest_today
from workbench.factcheck.prose import has_words
from workbench.factcheck.queries import find_statement, lock_statement
from workbench.factcheck.tables import SearchLog
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

MAX_SEARCHES = 500  # of a statement
LENGTHS = {"query": 1000, "place": 500, "outcome": 2000}


@dataclass(frozen=True)
class Search:
    """One search: the words, the place, the day, and what came of it."""

    query: str
    place: str
    searched_on: date
    outcome: str


@dataclass(frozen=True)
class LoggedSearch:
    """A search as the log has it."""

    id: str
    search: Search
    made_by: str
    made_at: datetime


def log_search(
    session: Session, *, project_id: int, statement: str, search: Search, by: int, now: datetime
) -> str:
    """Add a search to a statement's log and return its public id; the same again adds nothing."""
    share_project(session, project_id)
    held = find_statement(session, project_id=project_id, public_id=statement)
    lock_statement(session, held.id)
    checked = _check(search, now)
    same = session.scalar(
        select(SearchLog.public_id).where(
            SearchLog.statement_id == held.id,
            SearchLog.query == checked.query,
            SearchLog.place == checked.place,
            SearchLog.searched_on == checked.searched_on,
            SearchLog.outcome == checked.outcome,
        )
    )
    if same is not None:
        return same
    if count_searches(session, statement_id=held.id) >= MAX_SEARCHES:
        raise InvalidInputError(
            "The search log of a statement holds %(most)s searches.", most=MAX_SEARCHES
        )
    row = SearchLog(
        project_id=project_id,
        public_id=make_public_id(),
        statement_id=held.id,
        made_by=by,
        made_at=now,
        **vars(checked),
    )
    session.add(row)
    session.flush()
    record_act(
        session,
        held,
        "log_search",
        by=by,
        now=now,
        details={"search": row.public_id},
    )
    return row.public_id


def list_searches(
    session: Session, *, statement_id: int, at: datetime | None = None
) -> list[LoggedSearch]:
    """Return a statement's searches in the order they were logged, as of now or of a moment."""
    wanted = (
        select(SearchLog, User.name)
        .join(User, User.id == SearchLog.made_by)
        .where(SearchLog.statement_id == statement_id)
        .order_by(SearchLog.id)
    )
    if at is not None:
        wanted = wanted.where(SearchLog.made_at <= at)
    return [
        LoggedSearch(
            id=row.public_id,
            search=Search(row.query, row.place, row.searched_on, row.outcome),
            made_by=name,
            made_at=row.made_at,
        )
        for row, name in session.execute(wanted)
    ]


def count_searches(session: Session, *, statement_id: int) -> int:
    """Count the searches in a statement's log."""
    of_it = select(func.count(SearchLog.id)).where(SearchLog.statement_id == statement_id)
    return session.scalar(of_it) or 0


def _check(search: Search, now: datetime) -> Search:
    texts = {name: getattr(search, name).replace("\r\n", "\n").strip() for name in LENGTHS}
    for name, text in texts.items():
        refuse_unstorable(text, name)
        if not has_words(text):
            raise InvalidInputError(
                "A search has its words, its place and what came of it; %(name)s is empty.",
                name=name,
            )
        if len(text) > LENGTHS[name]:
            raise InvalidInputError(
                "%(name)s has %(length)s characters and may have %(most)s.",
                name=name,
                length=len(text),
                most=LENGTHS[name],
            )
    if search.searched_on > latest_today(now):
        raise InvalidInputError(
            "%(date)s is still to come: give the day on which it was searched.",
            date=search.searched_on,
        )
    return Search(searched_on=search.searched_on, **texts)
