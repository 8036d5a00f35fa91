"""Users, their sessions and links, failed sign-ins, and the audit trail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import Base, JsonColumn, MaybeUserId, RowId, UserId


class User(Base):
    """A person; ``email`` is stored case-folded, a disabled or erased account keeps its row."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("public_id"), UniqueConstraint("email"))

    id: Mapped[RowId]
    public_id: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None]
    locale: Mapped[str | None] = mapped_column(String(8))
    keys: Mapped[JsonColumn] = mapped_column(default=dict, server_default="{}")
    active: Mapped[bool]
    is_site_admin: Mapped[bool]
    welcomed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class BrowserSession(Base):
    """One signed-in browser; the cookie holds the secret of which only the hash is kept."""

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "user_id"))

    id: Mapped[RowId]
    token_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UserId]
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time link that signs a person in; ``purpose`` says what they do first."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose IN ('sign_in', 'new_password')", name="purpose"),
    )

    id: Mapped[RowId]
    token_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UserId]
    purpose: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A try to sign in, counted by account and by address; both are stored hashed."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "account_hash", "at"), Index(None, "address_hash", "at"))

    id: Mapped[RowId]
    account_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    succeeded: Mapped[bool]
    at: Mapped[datetime]


class Invitation(Base):
    """A link that lets one person make an account and join a project in the named roles."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("public_id"), UniqueConstraint("token_hash"))

    id: Mapped[RowId]
    public_id: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    roles: Mapped[JsonColumn]
    email: Mapped[str] = mapped_column(String(254))
    invited_by: Mapped[MaybeUserId]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiToken(Base):
    """A key to the API: only its hash is kept, ``start`` is enough of it to know it again.

    It can do what its scopes and its owner's roles both allow; ``project_id`` binds it to one
    project. ``successor_id`` is the token that it was rotated into.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        UniqueConstraint("public_id"),
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
    )

    id: Mapped[RowId]
    public_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UserId]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(100))
    start: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[JsonColumn]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))


class AuditEvent(Base):
    """Who did what to which thing: ids only, never changed (a trigger sees to it)."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "project_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[RowId]
    at: Mapped[datetime]
    user_id: Mapped[MaybeUserId]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[JsonColumn]
