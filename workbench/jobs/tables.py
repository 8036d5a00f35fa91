"""Long work as rows: what was asked, how far it is, and who holds it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import Base, JsonColumn, MaybeMessage, MaybeUserId, RowId


class Job(Base):
    """One piece of long work; written in the transaction of whatever asks for it."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("public_id"),
        Index(None, "state", "id"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    public_id: Mapped[str] = mapped_column(String(64))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[JsonColumn]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16))
    done: Mapped[int]
    total: Mapped[int]
    attempts: Mapped[int]
    lease_holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    result: Mapped[JsonColumn]
    problem: Mapped[MaybeMessage]
    created_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
