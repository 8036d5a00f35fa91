"""Projects, memberships, and the revisions of label scheme and guideline."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from workbench.projects.rules import Role
from workbench.storage.base import Base, JsonColumn, MaybeUserId, ProjectId, RowId, UserId

ROLE_LIST = ", ".join(f"'{role}'" for role in Role)


class Project(Base):
    """A corpus with its people, its label scheme and its secrets.

    ``overlap_percent`` of the articles get ``overlap`` annotators, the others one. Without an
    ``extra_annotator_percent`` nobody is asked to read an article that people disagree on.
    """

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("overlap >= 1", name="overlap"),
        CheckConstraint("overlap_percent BETWEEN 0 AND 100", name="overlap_percent"),
        CheckConstraint("work_order IN ('reading', 'priority', 'random')", name="work_order"),
        CheckConstraint("work_given IN ('free', 'named', 'queue')", name="work_given"),
        CheckConstraint("lease_minutes >= 5", name="lease_minutes"),
        CheckConstraint(
            "extra_annotator_percent BETWEEN 1 AND 100", name="extra_annotator_percent"
        ),
        CheckConstraint("suggestion_free_percent BETWEEN 0 AND 100", name="suggestion_free"),
    )

    id: Mapped[RowId]
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    overlap: Mapped[int]
    overlap_percent: Mapped[int] = mapped_column(default=100, server_default="100")
    work_order: Mapped[str] = mapped_column(String(16), default="reading", server_default="reading")
    work_given: Mapped[str] = mapped_column(String(16), default="free", server_default="free")
    lease_minutes: Mapped[int] = mapped_column(default=240, server_default="240")
    deadline: Mapped[date | None]
    extra_annotator_percent: Mapped[int | None]
    suggestion_free_percent: Mapped[int]
    single_settles: Mapped[bool]
    unanimous_settles: Mapped[bool] = mapped_column(default=True, server_default=true())
    majority_settles: Mapped[bool] = mapped_column(default=False, server_default=false())
    seed: Mapped[str] = mapped_column(String(64))
    dataset_secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Membership(Base):
    """One role of one person in one project; an ended one keeps its row and its answers.

    Who is paused is given no work, and keeps what they have.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("project_id", "user_id", "role"),
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint(f"role IN ({ROLE_LIST})", name="role"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UserId] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class SchemeRevision(Base):
    """One revision of a project's label scheme: the document, never changed."""

    __tablename__ = "scheme_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    number: Mapped[int]
    document: Mapped[JsonColumn]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]


class GuidelineRevision(Base):
    """One revision of the guideline: Markdown by language, never changed."""

    __tablename__ = "guideline_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    number: Mapped[int]
    texts: Mapped[JsonColumn]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]
