"""Releases of a project's dataset, their files, and what a later release must know of them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import Base, JsonColumn, MaybeUserId, ProjectId, RowId, UserId


class DatasetProfile(Base):
    """What a project's releases say of themselves, in a lead's words.

    ``creators`` is a list of ``{"name", "url"}``; ``title`` and ``texts`` are by language, the
    latter by section of the data card. ``licence`` is an SPDX name: of the annotations, not of the
    articles.
    """

    __tablename__ = "dataset_profile"
    __table_args__ = (UniqueConstraint("project_id"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    title: Mapped[JsonColumn]
    texts: Mapped[JsonColumn]
    creators: Mapped[JsonColumn]
    licence: Mapped[str] = mapped_column(String(64))
    url: Mapped[str | None] = mapped_column(String(2000))
    contact: Mapped[str | None] = mapped_column(String(254))
    changed_by: Mapped[UserId]
    changed_at: Mapped[datetime]


class Release(Base):
    """One finished version of a dataset: never changed, at most withdrawn with a reason.

    ``snapshot_id`` is the SHA-256 of its snapshot, ``content_hash`` that of its manifest;
    ``instant`` the moment whose records it has.
    """

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("project_id", "version"),
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal IS NULL)", name="withdrawn"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    snapshot_id: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    instant: Mapped[datetime]
    counts: Mapped[JsonColumn]
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[MaybeUserId]
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[str | None]


class ReleaseFile(Base):
    """One file of a release: its path in the release's folder, its bytes counted and hashed."""

    __tablename__ = "release_file"
    __table_args__ = (UniqueConstraint("release_id", "path"),)

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    path: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class ReleaseVerdict(Base):
    """That a release has a revision of a verdict; what corrects it names the release."""

    __tablename__ = "release_verdict"
    __table_args__ = (
        UniqueConstraint("release_id", "verdict_revision_id"),
        Index(None, "verdict_revision_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    verdict_revision_id: Mapped[int] = mapped_column(ForeignKey("verdict_revision.id"))


class FrozenTest(Base):
    """That a release has an article or a statement in its test split: so have all later ones."""

    __tablename__ = "frozen_test"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "item"),
        CheckConstraint("kind IN ('article', 'statement')", name="kind"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    kind: Mapped[str] = mapped_column(String(16))
    item: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
