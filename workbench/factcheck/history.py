"""What happened to a statement, in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import User
from workbench.factcheck.tables import (
    FINAL,
    Appearance,
    Approval,
    Evidence,
    EvidenceRevision,
    ReviewInvitation,
    SearchLog,
    Statement,
    StatementRevision,
    Verdict,
    VerdictRevision,
    WorkflowStep,
)


class Happening(StrEnum):
    """What can happen to a statement."""

    MADE = "made"
    REWORDED = "reworded"
    APPEARED = "appeared"
    APPEARANCE_REMOVED = "appearance_removed"
    EVIDENCE_ADDED = "evidence_added"
    EVIDENCE_CHANGED = "evidence_changed"
    EVIDENCE_REMOVED = "evidence_removed"
    SEARCHED = "searched"
    STATE = "state"
    JUDGED = "judged"
    VERDICT = "verdict"
    INVITED = "invited"
    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True)
class Event:
    """One thing that happened; ``about`` is a title or a number, ``words`` what was said of it.

    ``invited_by`` is who sent the link by which somebody from outside did it.
    """

    at: datetime
    kind: Happening
    who: str | None
    about: str = ""
    words: str = ""
    invited_by: str | None = None


def list_events(session: Session, *, statement: Statement) -> list[Event]:
    """Return what happened to a statement, the newest first; which verdicts were given is not told.

    Several may have happened at one moment; they stand in the order of the sections of its page.
    """
    row = statement.id
    events = [
        *_wording(session, row),
        *_appearances(session, row),
        *_evidence(session, row),
        *_searches(session, row),
        *_steps(session, row),
        *_verdicts(session, row),
        *_reviews(session, row),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _wording(session: Session, row: int) -> Iterator[Event]:
    for revision, who in session.execute(
        select(StatementRevision, User.name)
        .join(User, User.id == StatementRevision.made_by)
        .where(StatementRevision.statement_id == row)
        .order_by(StatementRevision.id)
    ):
        kind = Happening.MADE if revision.number == 1 else Happening.REWORDED
        yield Event(revision.made_at, kind, who, words=revision.wording)


def _appearances(session: Session, row: int) -> Iterator[Event]:
    remover = aliased(User)
    for appearance, who, by in session.execute(
        select(Appearance, User.name, remover.name)
        .join(User, User.id == Appearance.made_by)
        .outerjoin(remover, remover.id == Appearance.removed_by)
        .where(Appearance.statement_id == row)
        .order_by(Appearance.id)
    ):
        yield Event(appearance.made_at, Happening.APPEARED, who)
        if appearance.removed_at is not None:
            yield Event(appearance.removed_at, Happening.APPEARANCE_REMOVED, by)


def _evidence(session: Session, row: int) -> Iterator[Event]:
    for revision, who in session.execute(
        select(EvidenceRevision, User.name)
        .join(Evidence, Evidence.id == EvidenceRevision.evidence_id)
        .join(User, User.id == EvidenceRevision.made_by)
        .where(Evidence.statement_id == row)
        .order_by(EvidenceRevision.id)
    ):
        kind = Happening.EVIDENCE_ADDED if revision.number == 1 else Happening.EVIDENCE_CHANGED
        kind = Happening.EVIDENCE_REMOVED if revision.is_removed else kind
        yield Event(revision.made_at, kind, who, about=revision.title or revision.url)


def _searches(session: Session, row: int) -> Iterator[Event]:
    for search, who in session.execute(
        select(SearchLog, User.name)
        .join(User, User.id == SearchLog.made_by)
        .where(SearchLog.statement_id == row)
        .order_by(SearchLog.id)
    ):
        yield Event(search.made_at, Happening.SEARCHED, who, about=search.query)


def _steps(session: Session, row: int) -> Iterator[Event]:
    for step, who in session.execute(
        select(WorkflowStep, User.name)
        .outerjoin(User, User.id == WorkflowStep.made_by)
        .where(WorkflowStep.statement_id == row)
        .order_by(WorkflowStep.id)
    ):
        yield Event(step.made_at, Happening.STATE, who, about=step.state, words=step.reason or "")


def _verdicts(session: Session, row: int) -> Iterator[Event]:
    for revision, judge, who in session.execute(
        select(VerdictRevision, Verdict.judge, User.name)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .join(User, User.id == VerdictRevision.author_id)
        .where(Verdict.statement_id == row)
        .order_by(VerdictRevision.id)
    ):
        kind = Happening.VERDICT if judge == FINAL else Happening.JUDGED
        about = str(revision.number)
        yield Event(revision.made_at, kind, who, about, words=revision.correction or "")


def _reviews(session: Session, row: int) -> Iterator[Event]:
    inviter = aliased(User)
    for approval, number, who, outside, invited_by in session.execute(
        select(Approval, VerdictRevision.number, User.name, ReviewInvitation.name, inviter.name)
        .join(VerdictRevision, VerdictRevision.id == Approval.verdict_revision_id)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .outerjoin(User, User.id == Approval.made_by)
        .outerjoin(ReviewInvitation, ReviewInvitation.id == Approval.invitation_id)
        .outerjoin(inviter, inviter.id == ReviewInvitation.invited_by)
        .where(Verdict.statement_id == row)
        .order_by(Approval.id)
    ):
        kind, about = Happening(approval.step), str(number)
        yield Event(approval.made_at, kind, who or outside, about, approval.note, invited_by)
    for invitation, number, who in session.execute(
        select(ReviewInvitation, VerdictRevision.number, User.name)
        .join(VerdictRevision, VerdictRevision.id == ReviewInvitation.verdict_revision_id)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .join(User, User.id == ReviewInvitation.invited_by)
        .where(Verdict.statement_id == row)
        .order_by(ReviewInvitation.id)
    ):
        about = str(number)
        yield Event(invitation.created_at, Happening.INVITED, who, about, words=invitation.name)
