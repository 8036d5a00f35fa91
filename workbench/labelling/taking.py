"""How a person comes to a slot, and how a slot goes on to others.

Whoever changes what slots an article has holds the article's lock; taking an open one needs none.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from workbench.corpus.queries import newest_edition
from workbench.corpus.tables import Article, Sentence
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import (
    fit_slots,
    has_begun,
    has_run_out,
    is_open,
    lock_article,
    next_number,
)
from workbench.labelling.tables import Annotation, Assignment
from workbench.projects.queries import get_project
from workbench.projects.rules import WorkGiven
from workbench.projects.tables import Project
from workbench.storage.base import make_public_id


def lease_of(project: Project, now: datetime) -> datetime | None:
    """Return until when a slot is lent; without end where no queue gives them out."""
    if project.work_given != WorkGiven.QUEUE:
        return None
    return now + timedelta(minutes=project.lease_minutes)


def take_of_article(
    session: Session, *, project_id: int, article_id: int, membership_id: int, now: datetime
) -> Assignment | None:
    """Give the person a free slot of the article, begun now; none where all are taken.

    A slot of theirs that had lapsed counts again.
    """
    lock_article(session, article_id=article_id)
    free = _select_free(project_id, now).where(Assignment.article_id == article_id)
    found = session.scalar(free)
    if found is None and _has_no_slots(session, project_id, article_id):
        fit_slots(session, project_id=project_id)
        found = session.scalar(free)
    return None if found is None else _give(session, found, membership_id, now)


def take_next(
    session: Session, *, project_id: int, membership_id: int, now: datetime
) -> Assignment | None:
    """Give the person the first free slot in the project's order, begun now; none if none is left.

    Never of an article of which they have or had a slot. However many ask at once, each slot is
    given once.
    """
    found = _find_first(session, project_id, membership_id, now)
    if found is None and _has_no_slots(session, project_id):
        fit_slots(session, project_id=project_id)
        found = _find_first(session, project_id, membership_id, now)
    return None if found is None else _give(session, found, membership_id, now)


def begin(session: Session, slot: Assignment, *, now: datetime) -> Assignment:
    """Let the person who has a slot work on it, from now on the article's newest text."""
    project = get_project(session, project_id=slot.project_id)
    if slot.started_at is None:
        newest = newest_edition(session, project_id=project.id, article_id=slot.article_id)
        slot.edition_id, slot.started_at = newest.id, now
    slot.state, slot.lease_until = AssignmentState.WORKING.value, lease_of(project, now)
    slot.finished_at = None  # What was finished as extra is no reading of this slot yet.
    session.flush()
    return slot


def free_slot(session: Session, slot: Assignment) -> None:
    """Open somebody's slot to others; whoever had begun keeps the row, which lapses.

    Whoever calls holds the article's lock.
    """
    if slot.started_at is None:
        slot.membership_id, slot.state = None, AssignmentState.OPEN.value
    else:
        _lapse(slot)
        session.add(_next_row(session, slot))
    session.flush()


def find_untouched(session: Session, *, project_id: int, membership_id: int) -> Assignment | None:
    """Return a slot that waits for the person, or in which they have answered nothing so far.

    It is theirs until the transaction ends.
    """
    answered = (
        select(Annotation.id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(
            Sentence.project_id == project_id,
            Sentence.edition_id == Assignment.edition_id,
            Annotation.project_id == project_id,
            Annotation.membership_id == membership_id,
        )
    )
    return session.scalar(
        select(Assignment)
        .join(Article, Article.id == Assignment.article_id)
        .where(
            Assignment.project_id == project_id,
            Assignment.membership_id == membership_id,
            Assignment.state.in_([AssignmentState.OPEN, AssignmentState.WORKING]),
            Assignment.is_training.is_(False),
            Article.withdrawn_at.is_(None),
            ~answered.exists(),
        )
        .order_by(has_begun().desc(), Assignment.turn, Assignment.id)
        .limit(1)
        .with_for_update(of=Assignment)
    )


def _find_first(
    session: Session, project_id: int, membership_id: int, now: datetime
) -> Assignment | None:
    """Return the first slot the person may take, theirs until the transaction ends."""
    given = _select_first(project_id, membership_id).where(is_open())
    run_out = _select_first(project_id, membership_id).where(has_run_out(now))
    while True:
        first = session.scalar(given.with_for_update(of=Assignment, skip_locked=True))
        older = session.execute(
            run_out.with_only_columns(Assignment.id, Assignment.article_id, Assignment.turn)
        ).one_or_none()
        if older is None or (first and first.turn <= older.turn):
            return first
        lock_article(session, article_id=older.article_id)
        still = _select_free(project_id, now).where(Assignment.id == older.id)
        if found := session.scalar(still):
            return found


def _select_first(project_id: int, membership_id: int) -> Select[Assignment]:
    theirs = select(Assignment.article_id).where(
        Assignment.project_id == project_id, Assignment.membership_id == membership_id
    )
    return (
        select(Assignment)
        .join(Article, Article.id == Assignment.article_id)
        .where(
            Assignment.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Assignment.article_id.not_in(theirs),
        )
        .order_by(Assignment.turn, Assignment.article_id, Assignment.number)
        .limit(1)
    )


def _select_free(project_id: int, now: datetime) -> Select[Assignment]:
    """Select a slot that nobody is just taking: an open one rather than one that has run out."""
    return (
        select(Assignment)
        .where(Assignment.project_id == project_id, is_open() | has_run_out(now))
        .order_by(is_open().desc(), Assignment.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _has_no_slots(session: Session, project_id: int, article_id: int | None = None) -> bool:
    """Tell whether an article was stored by something that makes no slots."""
    of_article = select(Assignment.id).where(
        Assignment.project_id == project_id, Assignment.article_id == Article.id
    )
    without = select(Article.id).where(
        Article.project_id == project_id, Article.erased_at.is_(None), ~of_article.exists()
    )
    if article_id is not None:
        without = without.where(Article.id == article_id)
    return session.scalar(without.limit(1)) is not None


def _give(session: Session, free: Assignment, membership_id: int, now: datetime) -> Assignment:
    """Give a free slot to a person, in the row they have of its article if there is one."""
    theirs = session.scalar(
        select(Assignment).where(
            and_(
                Assignment.project_id == free.project_id,
                Assignment.article_id == free.article_id,
                Assignment.membership_id == membership_id,
            )
        )
    )
    if free.membership_id is not None:
        _lapse(free)
        if theirs is None:
            theirs = _next_row(session, free)
            theirs.membership_id = membership_id
            session.add(theirs)
    elif theirs is None:
        theirs = free
        theirs.membership_id = membership_id
    else:
        session.delete(free)
    theirs.extra_reason = free.extra_reason
    return begin(session, theirs, now=now)


def _lapse(slot: Assignment) -> None:
    slot.state, slot.lease_until = AssignmentState.LAPSED.value, None


def _next_row(session: Session, former: Assignment) -> Assignment:
    """Return the open row that takes the place of one that has lapsed."""
    number = next_number(session, project_id=former.project_id, article_id=former.article_id)
    return Assignment(
        project_id=former.project_id,
        public_id=make_public_id(),
        article_id=former.article_id,
        edition_id=former.edition_id,
        number=number,
        membership_id=None,
        state=AssignmentState.OPEN.value,
        is_training=False,
        turn=former.turn,
        extra_reason=former.extra_reason,
    )
