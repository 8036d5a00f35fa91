"""Registers, slots, and answers: identities that last, and revisions that are only added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import (
    Base,
    FrameJson,
    JsonColumn,
    MaybeUserId,
    ProjectId,
    RowId,
    UserId,
)

GOLD = "gold"


class Speaker(Base):
    """An entry of the speaker register; a merged one stays as a redirect."""

    __tablename__ = "speaker"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("kind IN ('person', 'organisation', 'group', 'document')", name="kind"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    named: Mapped[bool]
    aliases: Mapped[JsonColumn]
    periphrases: Mapped[JsonColumn]
    role: Mapped[str | None] = mapped_column(String(200))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    note: Mapped[str | None]
    wikidata: Mapped[str | None] = mapped_column(String(32))
    proposed: Mapped[bool]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]


class Target(Base):
    """An entry of the target register, what a stance is towards; labels by language."""

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("project_id", "public_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    labels: Mapped[JsonColumn]
    questions: Mapped[JsonColumn]
    aliases: Mapped[JsonColumn]
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    note: Mapped[str | None]
    proposed: Mapped[bool]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]


class RegisterRevision(Base):
    """One change of a register, in order; an answer is stamped with the newest number."""

    __tablename__ = "register_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    number: Mapped[int]
    change: Mapped[JsonColumn]
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]


class Assignment(Base):
    """A slot: this article, on this text edition, for one annotator.

    A slot with nobody's membership is open to whoever takes it; one that is open with a
    membership waits for that person. ``lease_until`` governs who may be given the slot, never the
    right to save; a slot that has lapsed keeps its person, and its place is another row's. Slots
    are taken by ``turn``, the smallest first; ``extra_reason`` says why one was added beyond the
    overlap. What was answered in training counts for nothing but the learner's score.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("project_id", "article_id", "number"),
        UniqueConstraint("project_id", "public_id"),
        UniqueConstraint("project_id", "article_id", "membership_id"),
        CheckConstraint(
            "state IN ('open', 'working', 'finished', 'paused', 'lapsed')", name="state"
        ),
        Index(None, "membership_id"),
        Index(None, "project_id", "state", "turn"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("text_edition.id"))
    number: Mapped[int]
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    state: Mapped[str] = mapped_column(String(16))
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    is_training: Mapped[bool] = mapped_column(default=False, server_default=false())
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    extra_reason: Mapped[str | None] = mapped_column(String(200))


class Annotation(Base):
    """The identity of one answer: a sentence and who answers, a membership or ``gold``."""

    __tablename__ = "annotation"
    __table_args__ = (
        UniqueConstraint("project_id", "sentence_id", "answerer"),
        CheckConstraint("(answerer = 'gold') = (membership_id IS NULL)", name="answerer"),
        Index(
            "ix_annotation_gold",
            "project_id",
            "id",
            sqlite_where=text("answerer = 'gold'"),
            postgresql_where=text("answerer = 'gold'"),
        ),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    answerer: Mapped[str] = mapped_column(String(64))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))


class AnnotationRevision(Base):
    """One version of an answer; the highest number is the current one.

    ``public_id`` is made by the browser and is the idempotency key; ``content_hash`` tells a
    repeat from another answer under the same id.
    """

    __tablename__ = "annotation_revision"
    __table_args__ = (
        UniqueConstraint("annotation_id", "number"),
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint(
            "decision IN ('claims', 'no_claim', 'undecided', 'not_annotatable')", name="decision"
        ),
        CheckConstraint(
            "cause IN ('human', 'merge', 'sync', 'scheme_change', 'import', 'new_edition')",
            name="cause",
        ),
        Index(None, "project_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"))
    number: Mapped[int]
    decision: Mapped[str] = mapped_column(String(16))
    attributes: Mapped[JsonColumn]
    scheme_revision_id: Mapped[int] = mapped_column(ForeignKey("scheme_revision.id"))
    guideline_revision_id: Mapped[int] = mapped_column(ForeignKey("guideline_revision.id"))
    register_number: Mapped[int]
    elapsed_ms: Mapped[int]
    cause: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))


class CarriedAnswer(Base):
    """That an answer to one edition of a text was made from one to an earlier edition.

    ``made_by`` is who confirmed an answer that moved; what is carried by itself has nobody.
    """

    __tablename__ = "carried_answer"
    __table_args__ = (
        UniqueConstraint("project_id", "from_revision_id", "to_revision_id"),
        CheckConstraint("fate IN ('exact', 'moved')", name="fate"),
        Index(None, "to_revision_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    from_revision_id: Mapped[int] = mapped_column(ForeignKey("annotation_revision.id"))
    to_revision_id: Mapped[int] = mapped_column(ForeignKey("annotation_revision.id"))
    fate: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]


class Claim(Base):
    """The identity of a claim: it outlives revisions, and others refer to it."""

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("project_id", "public_id"), Index(None, "annotation_id"))

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"))


class CarriedClaim(Base):
    """That a claim in one edition of a text is the one of an earlier edition."""

    __tablename__ = "carried_claim"
    __table_args__ = (
        UniqueConstraint("project_id", "from_claim_id", "to_claim_id"),
        Index(None, "to_claim_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    from_claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    to_claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))


class ClaimRevision(Base):
    """A claim as one revision of the answer has it: its parts with their quotes, its attributes.

    ``parts`` is a list of ``{"start", "end", "text"}``, in the order of the text.
    """

    __tablename__ = "claim_revision"
    __table_args__ = (
        UniqueConstraint("annotation_revision_id", "claim_id"),
        Index(None, "claim_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    annotation_revision_id: Mapped[int] = mapped_column(ForeignKey("annotation_revision.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    position: Mapped[int]
    parts: Mapped[JsonColumn]
    attributes: Mapped[JsonColumn]
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id"))


class AttributionLink(Base):
    """One link of a claim's chain, from the author (depth 0) inward to whoever says it.

    ``mention`` and ``cue`` are ``{"start", "end", "text"}`` or null.
    """

    __tablename__ = "attribution_link"
    __table_args__ = (
        UniqueConstraint("claim_revision_id", "depth"),
        CheckConstraint("source IN ('author', 'speaker', 'unspecified')", name="source"),
        CheckConstraint("(source = 'speaker') = (speaker_id IS NOT NULL)", name="speaker"),
        CheckConstraint("(depth = 0) = (source = 'author')", name="author_first"),
        Index(None, "speaker_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    claim_revision_id: Mapped[int] = mapped_column(ForeignKey("claim_revision.id"))
    depth: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    mention: Mapped[JsonColumn]
    cue: Mapped[JsonColumn]
    attributes: Mapped[JsonColumn]


class Stance(Base):
    """Who is for or against what, as one revision of the answer has it; of a claim or of none."""

    __tablename__ = "stance"
    __table_args__ = (
        UniqueConstraint("annotation_revision_id", "position"),
        CheckConstraint("holder IN ('author', 'speaker', 'unspecified')", name="holder"),
        CheckConstraint("(holder = 'speaker') = (speaker_id IS NOT NULL)", name="speaker"),
        Index(None, "target_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    annotation_revision_id: Mapped[int] = mapped_column(ForeignKey("annotation_revision.id"))
    position: Mapped[int]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    holder: Mapped[str] = mapped_column(String(16))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    target_span: Mapped[JsonColumn]
    value: Mapped[str] = mapped_column(String(32))
    attributes: Mapped[JsonColumn]


class SuggestionRun(Base):
    """That one version of the rules has read a text edition; the newest run's are shown."""

    __tablename__ = "suggestion_run"
    __table_args__ = (UniqueConstraint("project_id", "edition_id", "version"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("text_edition.id"))
    version: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class Suggestion(Base):
    """What a rule proposes, at the sentence where it begins; offsets only, never changed."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("project_id", "public_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[int] = mapped_column(ForeignKey("suggestion_run.id"), index=True)
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    rule: Mapped[str] = mapped_column(String(64))
    rule_version: Mapped[int]
    frame: Mapped[object] = mapped_column(FrameJson, nullable=False)


class SuggestionDecision(Base):
    """That somebody rejected a suggestion, or took that back; accepting shows in the claims."""

    __tablename__ = "suggestion_decision"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("decision IN ('rejected', 'reopened')", name="decision"),
        Index(None, "suggestion_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    decision: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]


class Question(Base):
    """What an annotator asks the lead, at the words in question; its text is its first message.

    ``span`` is ``{"start", "end", "text"}`` and starts in the sentence; ``seen`` is the newest
    message (its row) that whoever asked has read, 0 before the first.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        Index(None, "project_id", "asked_by"),
        Index(None, "sentence_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    span: Mapped[JsonColumn]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    asked_by: Mapped[UserId]
    asked_at: Mapped[datetime]
    seen: Mapped[int]


class QuestionMessage(Base):
    """One line of a question's thread; a question is settled while its newest line says so."""

    __tablename__ = "question_message"
    __table_args__ = (
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("kind IN ('text', 'settled', 'reopened')", name="kind"),
        Index(None, "question_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class Training(Base):
    """Whether new annotators of a project train first, since when, and the score they need."""

    __tablename__ = "training"
    __table_args__ = (
        UniqueConstraint("project_id"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    percent: Mapped[int]
    since: Mapped[datetime | None]


class TrainingArticle(Base):
    """An article to train on; the newest answers of one member are the reference."""

    __tablename__ = "training_article"
    __table_args__ = (UniqueConstraint("project_id", "article_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    position: Mapped[int]
    reference_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class TrainingReason(Base):
    """Why the reference to a sentence is as it is, in a lead's words; shown to learners."""

    __tablename__ = "training_reason"
    __table_args__ = (UniqueConstraint("project_id", "sentence_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    text: Mapped[str]
    made_by: Mapped[UserId]
    made_at: Mapped[datetime]


class TrainingTry(Base):
    """A training article as a learner finished it once: what agreed with the reference that day.

    ``shares`` has ``[agreed, of]`` by component, ``missed`` the components by sentence position.
    """

    __tablename__ = "training_try"
    __table_args__ = (
        UniqueConstraint("project_id", "assignment_id", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    number: Mapped[int]
    shares: Mapped[JsonColumn]
    missed: Mapped[JsonColumn]
    made_at: Mapped[datetime]


class TrainingPass(Base):
    """That a member may begin real work, and why; once given it stays."""

    __tablename__ = "training_pass"
    __table_args__ = (
        UniqueConstraint("project_id", "membership_id"),
        CheckConstraint("reason IN ('score', 'lead', 'work')", name="reason"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    reason: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]
