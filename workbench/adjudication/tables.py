"""What adjudicators decide, what the agreed claims were made from, and what is held against it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.adjudication.rules import Outcome, Reason
from workbench.storage.base import Base, JsonColumn, MaybeUserId, ProjectId, RowId, UserId

OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome)
REASONS = ", ".join(f"'{reason}'" for reason in Reason)


class Adjudication(Base):
    """What somebody decided about the answers to a sentence; only added, the newest holds.

    ``compared`` are the public ids of the revisions they saw. Whatever was decided is a revision
    of the agreed answer; putting it off is none.
    """

    __tablename__ = "adjudication"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint(f"outcome IN ({OUTCOMES})", name="outcome"),
        CheckConstraint(f"reason IN ({REASONS})", name="reason"),
        CheckConstraint("(outcome = 'defer') = (annotation_revision_id IS NULL)", name="revision"),
        Index(None, "sentence_id"),
        Index(None, "annotation_revision_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    annotation_revision_id: Mapped[int | None] = mapped_column(ForeignKey("annotation_revision.id"))
    compared: Mapped[JsonColumn]
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class ClaimSource(Base):
    """That an agreed claim was made from an annotator's."""

    __tablename__ = "claim_source"
    __table_args__ = (
        UniqueConstraint("project_id", "gold_claim_id", "claim_id"),
        Index(None, "claim_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    gold_claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))


class Contest(Base):
    """What an annotator holds against the agreed answer to a sentence, once, and the answer."""

    __tablename__ = "contest"
    __table_args__ = (
        UniqueConstraint("project_id", "membership_id", "sentence_id"),
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("(answer IS NULL) = (answered_by IS NULL)", name="answered"),
        Index(None, "sentence_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    adjudication_id: Mapped[int] = mapped_column(ForeignKey("adjudication.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    text: Mapped[str]
    made_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[MaybeUserId]
    answered_at: Mapped[datetime | None]
    is_seen: Mapped[bool]
