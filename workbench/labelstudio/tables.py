"""Where a project meets Label Studio, what both sides last agreed on, and what is to be settled."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import Base, JsonColumn, MaybeMessage, MaybeUserId, ProjectId, RowId


class RemoteConnection(Base):
    """A Label Studio server that a project is kept in step with; the token is enciphered.

    It is synced every ``sync_minutes``, or only when somebody asks. ``accounts`` are the numbers of
    all that wrote there by its tokens, one after the other. Where only a hash of the
    webhooks' secret is kept, nobody can read the secret here.
    """

    __tablename__ = "remote_connection"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
        CheckConstraint("token_kind IN ('legacy', 'personal')", name="token_kind"),
        CheckConstraint("sync_minutes >= 1", name="sync_minutes"),
        Index(None, "project_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(2000))
    token_cipher: Mapped[str]
    token_kind: Mapped[str] = mapped_column(String(16))
    accounts: Mapped[JsonColumn] = mapped_column(default=list, server_default="[]")
    submitted_means_read: Mapped[bool]
    sync_minutes: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16))
    problem: Mapped[MaybeMessage]
    webhook_hash: Mapped[str | None] = mapped_column(String(64))
    made_by: Mapped[MaybeUserId]
    made_at: Mapped[datetime]


class RemoteProject(Base):
    """A project there: everybody's, or in a blind project one annotator's own.

    Numbers are used again there; ``remote_made_at`` tells one project from another. ``config_sha``
    is of the configuration that we gave it. ``watermark`` is up to when, by their clock, it was
    read; ``cursor`` is the newest revision of ours that was looked at; ``swept_at`` is when all its
    tasks were last compared.
    """

    __tablename__ = "remote_project"
    __table_args__ = (
        UniqueConstraint("connection_id", "remote_id"),
        UniqueConstraint("connection_id", "membership_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    connection_id: Mapped[int] = mapped_column(ForeignKey("remote_connection.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    remote_id: Mapped[int]
    remote_title: Mapped[str] = mapped_column(String(200))
    remote_made_at: Mapped[str] = mapped_column(String(32))
    config_sha: Mapped[str] = mapped_column(String(64))
    watermark: Mapped[str | None] = mapped_column(String(32))
    cursor: Mapped[int] = mapped_column(default=0)
    swept_at: Mapped[datetime | None]


class RemotePerson(Base):
    """Somebody with an account there, and who of the project it is, if that is known.

    Of one who ``is_nobody`` somebody said so: no e-mail address makes them anybody.
    """

    __tablename__ = "remote_person"
    __table_args__ = (
        UniqueConstraint("connection_id", "remote_id"),
        Index(None, "membership_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    connection_id: Mapped[int] = mapped_column(ForeignKey("remote_connection.id"))
    remote_id: Mapped[int]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    is_nobody: Mapped[bool] = mapped_column(default=False, server_default=false())


class RemoteTask(Base):
    """A text edition as a task there; ``data_sha`` is of what the task was last given.

    A deleted task's number may be given to the next one; ``remote_made_at`` tells them apart. A
    task that was made just now has none until it is listed. ``predicted_sha`` is of the suggestions
    that it was given, empty while that is not known, and ``predicted_from`` of what they follow
    from.
    """

    __tablename__ = "remote_task"
    __table_args__ = (
        UniqueConstraint("remote_project_id", "edition_id"),
        CheckConstraint("state IN ('there', 'gone')", name="state"),
        Index(None, "edition_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    remote_project_id: Mapped[int] = mapped_column(ForeignKey("remote_project.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("text_edition.id"))
    remote_id: Mapped[int]
    remote_made_at: Mapped[str | None] = mapped_column(String(32))
    data_sha: Mapped[str] = mapped_column(String(64))
    predicted_from: Mapped[str | None] = mapped_column(String(64))
    predicted_sha: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))


class RemoteAnswer(Base):
    """One person's answers to a text as an annotation there, and what both sides last agreed on.

    ``base`` lists what was said of each sentence, ``earlier`` what they said before we wrote there,
    as long as they have not saved since; ``unique_id`` is the annotation's, chosen here.
    Without ``remote_id`` its number there was not seen yet. One that is ``gone`` was deleted there.
    ``account`` is whose it is there, by which it is another annotator's once the account is.
    ``seen_sha`` is of all that was looked at when both sides said the same (``seen``): as long as
    it is the same, there is nothing to be done.
    """

    __tablename__ = "remote_answer"
    __table_args__ = (
        UniqueConstraint("remote_task_id", "membership_id"),
        UniqueConstraint("unique_id"),
        CheckConstraint("state IN ('there', 'gone')", name="state"),
        Index(None, "membership_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    remote_task_id: Mapped[int] = mapped_column(ForeignKey("remote_task.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    unique_id: Mapped[str] = mapped_column(String(36))
    remote_id: Mapped[int | None]
    account: Mapped[int | None]
    base: Mapped[JsonColumn]
    earlier: Mapped[JsonColumn] = mapped_column(default=list, server_default="[]")
    seen_sha: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))


class RemoteWrite(Base):
    """What is still to be written there; a row goes once it is known to be there.

    ``subject`` names a task, or a task and a person. Of one that was ``sent`` nobody knows yet
    whether it arrived.
    """

    __tablename__ = "remote_write"
    __table_args__ = (
        UniqueConstraint("remote_project_id", "operation", "subject"),
        CheckConstraint("operation IN ('task', 'answer', 'delete')", name="operation"),
        CheckConstraint("state IN ('pending', 'sent', 'failed')", name="state"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    remote_project_id: Mapped[int] = mapped_column(ForeignKey("remote_project.id"))
    operation: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(160))
    payload: Mapped[JsonColumn]
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    problem: Mapped[MaybeMessage]


class SyncRun(Base):
    """One push, pull or both: what was done, or would have been, and what could not be."""

    __tablename__ = "sync_run"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint("kind IN ('push', 'pull', 'sync')", name="kind"),
        Index(None, "connection_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    connection_id: Mapped[int] = mapped_column(ForeignKey("remote_connection.id"))
    public_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    is_plan: Mapped[bool]
    counts: Mapped[JsonColumn]
    problems: Mapped[JsonColumn]
    problem: Mapped[MaybeMessage]
    asked_by: Mapped[MaybeUserId]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SyncConflict(Base):
    """A claim, a decision or stances that both sides changed, each in its own way.

    ``item`` names it; ``base``, ``ours`` and ``theirs`` say it alone. An open one goes by itself
    (``gone``) where both sides come to say the same, or the connection ends.
    """

    __tablename__ = "sync_conflict"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint("state IN ('open', 'ours', 'theirs', 'edited', 'gone')", name="state"),
        Index(None, "connection_id", "state"),
        Index(None, "remote_answer_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    connection_id: Mapped[int] = mapped_column(ForeignKey("remote_connection.id"))
    public_id: Mapped[str] = mapped_column(String(64))
    remote_answer_id: Mapped[int] = mapped_column(ForeignKey("remote_answer.id"))
    position: Mapped[int]
    item: Mapped[JsonColumn]
    base: Mapped[JsonColumn]
    ours: Mapped[JsonColumn]
    theirs: Mapped[JsonColumn]
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    settled_by: Mapped[MaybeUserId]
    settled_at: Mapped[datetime | None]
