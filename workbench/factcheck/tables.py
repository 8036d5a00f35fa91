"""Statements with their appearances, evidence, verdicts, and what was published and corrected."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.factcheck.rules import (
    AnswerType,
    Bearing,
    FetchOutcome,
    LinkKind,
    Medium,
    Rating,
    Relation,
    ReviewStep,
    SourceKind,
    State,
    Strategy,
)
from workbench.storage.base import Base, JsonColumn, MaybeUserId, ProjectId, RowId, UserId

FINAL = "final"


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Desk(Base):
    """What a project's fact-check desk tells its readers of itself, and how it works.

    ``method``, ``corrections`` and ``funding`` are Markdown by language. Nothing is published
    before ``publishes``; with ``blind_verdicts`` each checker judges before seeing the others.
    """

    __tablename__ = "desk"
    __table_args__ = (UniqueConstraint("project_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    publishes: Mapped[bool]
    blind_verdicts: Mapped[bool]
    organisation: Mapped[str] = mapped_column(String(200))
    organisation_url: Mapped[str] = mapped_column(String(2000))
    contact: Mapped[str] = mapped_column(String(254))
    is_nonpartisan: Mapped[bool]
    funding: Mapped[JsonColumn]
    method: Mapped[JsonColumn]
    corrections: Mapped[JsonColumn]
    changed_by: Mapped[UserId]
    changed_at: Mapped[datetime]


class VerdictScaleRevision(Base):
    """One revision of a project's verdict scale: the document, never changed."""

    __tablename__ = "verdict_scale_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    number: Mapped[int]
    document: Mapped[JsonColumn]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]


class Statement(Base):
    """A checkable wording that groups claims with one meaning; its newest revision is the wording.

    ``assignee_id`` is who checks it, ``due_on`` until when.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        Index(None, "project_id", "assignee_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    assignee_id: Mapped[MaybeUserId]
    due_on: Mapped[date | None]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class WorkflowStep(Base):
    """That a statement came into a state; the newest step is the one it is in."""

    __tablename__ = "workflow_step"
    __table_args__ = (
        _one_of("state", State),
        Index(None, "statement_id", "id"),
        Index(None, "project_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None]
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]


class Appearance(Base):
    """That a claim, or parts of it, says something of a statement.

    ``parts`` are spans within the claim, null for all of it; ``noted_id`` is the claim as it was
    when somebody last looked, at ``looked_at``. Another relation is another appearance; one that
    is taken away stays.
    """

    __tablename__ = "appearance"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        _one_of("relation", Relation),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        Index(None, "statement_id"),
        Index(None, "claim_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    noted_id: Mapped[int] = mapped_column(ForeignKey("claim_revision.id"))
    parts: Mapped[JsonColumn]
    relation: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    removed_by: Mapped[MaybeUserId]
    removed_at: Mapped[datetime | None]


class StatementRevision(Base):
    """One wording of a statement; ``search_text`` is the wording folded.

    The featured appearance is the one whose speaker, date and place stand with the statement;
    without it, the first one does.
    """

    __tablename__ = "statement_revision"
    __table_args__ = (
        UniqueConstraint("statement_id", "number"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        _one_of("strategy", Strategy),
        Index(None, "project_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    number: Mapped[int]
    wording: Mapped[str] = mapped_column(String(500))
    search_text: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    claim_type: Mapped[str] = mapped_column(String(32))
    strategy: Mapped[str | None] = mapped_column(String(32))
    featured_id: Mapped[int | None] = mapped_column(ForeignKey("appearance.id"))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class DismissedClaim(Base):
    """That a claim was proposed for a statement and a person said it is about something else."""

    __tablename__ = "dismissed_claim"
    __table_args__ = (UniqueConstraint("project_id", "statement_id", "claim_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class StatementLink(Base):
    """What one statement is to another, as a person said; one that is taken away stays.

    Only ``supports`` has a direction, from ``one_id`` to ``other_id``.
    """

    __tablename__ = "statement_link"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        _one_of("kind", LinkKind),
        CheckConstraint("one_id <> other_id", name="two"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        Index(None, "one_id"),
        Index(None, "other_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    one_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    kind: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]
    removed_by: Mapped[MaybeUserId]
    removed_at: Mapped[datetime | None]


class Evidence(Base):
    """The identity of a piece of evidence for or against a statement."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("project_id", "public_id"), Index(None, "statement_id"))

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))


class EvidenceRevision(Base):
    """Evidence as somebody wrote it down; the highest number is the current one.

    ``published`` is EDTF; ``origin`` says where the publisher has it from, so that two who repeat
    one source count once. What is taken away is a last revision with ``is_removed``.
    """

    __tablename__ = "evidence_revision"
    __table_args__ = (
        UniqueConstraint("evidence_id", "number"),
        _one_of("answer_type", AnswerType),
        _one_of("bearing", Bearing),
        _one_of("medium", Medium),
        _one_of("source_kind", SourceKind),
        Index(None, "project_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str]
    answer_type: Mapped[str] = mapped_column(String(16))
    bearing: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(500))
    publisher: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(200))
    published: Mapped[str | None] = mapped_column(String(32))
    accessed: Mapped[date]
    archived_url: Mapped[str | None] = mapped_column(String(2000))
    passage: Mapped[str]
    medium: Mapped[str] = mapped_column(String(16))
    source_kind: Mapped[str] = mapped_column(String(16))
    is_independent: Mapped[bool]
    note: Mapped[str]
    is_removed: Mapped[bool]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class EvidenceFetch(Base):
    """The page of a piece of evidence as it was found at a moment; the newest one holds.

    ``text`` is what the page says, empty where it is the same as before; ``anchor`` is the place of
    the passage in it, ``{"start", "end", "text"}``, or null.
    """

    __tablename__ = "evidence_fetch"
    __table_args__ = (
        _one_of("outcome", FetchOutcome),
        Index(None, "evidence_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    url: Mapped[str] = mapped_column(String(2000))
    outcome: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str]
    anchor: Mapped[JsonColumn]
    fetched_by: Mapped[MaybeUserId]
    fetched_at: Mapped[datetime]


class SearchLog(Base):
    """What was looked for in vain, or not, and where; only added."""

    __tablename__ = "search_log"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        Index(None, "statement_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    query: Mapped[str]
    place: Mapped[str] = mapped_column(String(500))
    searched_on: Mapped[date]
    outcome: Mapped[str]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class Verdict(Base):
    """The identity of a judgement of a statement: the ``final`` one, or one person's own."""

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("project_id", "statement_id", "judge"),
        CheckConstraint("(judge = 'final') = (person_id IS NULL)", name="judge"),
        Index(None, "statement_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    judge: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[MaybeUserId]


class VerdictRevision(Base):
    """One version of a verdict on one wording; the highest number is the current one.

    ``public_id`` is the idempotency key; ``value`` is one of its scale revision, ``rating`` the
    class that maps to. ``context`` is what readers of a partly true statement must know,
    ``correction`` why a published verdict is replaced; both null where not asked.
    """

    __tablename__ = "verdict_revision"
    __table_args__ = (
        UniqueConstraint("verdict_id", "number"),
        UniqueConstraint("project_id", "public_id"),
        _one_of("rating", Rating),
        Index(None, "project_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"))
    number: Mapped[int]
    statement_revision_id: Mapped[int] = mapped_column(ForeignKey("statement_revision.id"))
    scale_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_scale_revision.id"))
    value: Mapped[str] = mapped_column(String(64))
    rating: Mapped[str] = mapped_column(String(32))
    justification: Mapped[str]
    context: Mapped[str | None]
    correction: Mapped[str | None]
    author_id: Mapped[UserId]
    made_at: Mapped[datetime]


class VerdictEvidence(Base):
    """That a verdict rests on a piece of evidence as it was then."""

    __tablename__ = "verdict_evidence"
    __table_args__ = (
        UniqueConstraint("verdict_revision_id", "evidence_revision_id"),
        Index(None, "evidence_revision_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    evidence_revision_id: Mapped[int] = mapped_column(ForeignKey("evidence_revision.id"))


class VerdictAppearance(Base):
    """That a verdict is about a claim as it was then.

    ``known`` is what was known then of its article and of who says it; verdicts from before that
    was kept have none.
    """

    __tablename__ = "verdict_appearance"
    __table_args__ = (
        UniqueConstraint("verdict_revision_id", "appearance_id"),
        Index(None, "appearance_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    appearance_id: Mapped[int] = mapped_column(ForeignKey("appearance.id"))
    claim_revision_id: Mapped[int] = mapped_column(ForeignKey("claim_revision.id"))
    known: Mapped[JsonColumn] = mapped_column(nullable=True)


class ReviewInvitation(Base):
    """A link by which somebody outside the project reviews one revision of a verdict."""

    __tablename__ = "review_invitation"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        UniqueConstraint("token_hash"),
        Index(None, "verdict_revision_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    invited_by: Mapped[UserId]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Approval(Base):
    """A step of the review of a revision of the final verdict; the newest one holds.

    Made by a member, or by whoever an invitation was sent to; never by the revision's author,
    who may only ask.
    """

    __tablename__ = "approval"
    __table_args__ = (
        _one_of("step", ReviewStep),
        CheckConstraint("(made_by IS NULL) <> (invitation_id IS NULL)", name="made_by"),
        Index(None, "verdict_revision_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    step: Mapped[str] = mapped_column(String(16))
    note: Mapped[str]
    made_by: Mapped[MaybeUserId]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("review_invitation.id"))
    made_at: Mapped[datetime]


class Comment(Base):
    """What somebody at the desk says of a statement to the others."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        Index(None, "statement_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    text: Mapped[str]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class Erratum(Base):
    """That a published verdict was replaced by another, and why; only added."""

    __tablename__ = "erratum"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        UniqueConstraint("verdict_revision_id"),
        Index(None, "statement_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    corrected_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))
    reason: Mapped[str]
    made_at: Mapped[datetime]
