"""Reads of people, their sessions, links and invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from workbench.accounts.rules import LINK_LIFETIME, SpentLinkError
from workbench.accounts.tables import BrowserSession, Invitation, SignInLink, User
from workbench.accounts.tokens import hash_token
from workbench.canonical import Json
from workbench.errors import NotFoundError


@dataclass(frozen=True)
class SignedIn:
    """Who a browser's session belongs to."""

    session_id: int
    last_seen: datetime
    user_id: int
    public_id: str
    name: str
    email: str
    locale: str | None
    is_site_admin: bool
    is_welcomed: bool
    keys: Json


@dataclass(frozen=True)
class OwnSession:
    """A browser in which a person is signed in; ``handle`` names it on their pages."""

    id: int
    handle: str
    created_at: datetime
    last_seen: datetime


@dataclass(frozen=True)
class Credentials:
    """What is needed to check a password outside of a transaction."""

    user_id: int
    password_hash: str | None


@cache  # Every request asks, and building the statement takes longer than running it.
def select_signed_in() -> Select[*tuple[object, ...]]:
    """Select whose session a cookie's token belongs to, unless it has ended or run out.

    The columns are those of ``SignedIn``; ``session_values`` has the parameters.
    """
    return (
        select(
            BrowserSession.id.label("session_id"),
            BrowserSession.last_seen,
            User.id.label("user_id"),
            User.public_id,
            User.name,
            User.email,
            User.locale,
            User.is_site_admin,
            User.welcomed_at.is_not(None).label("is_welcomed"),
            User.keys,
        )
        .join(User, User.id == BrowserSession.user_id)
        .where(
            BrowserSession.token_hash == bindparam("token_hash"),
            BrowserSession.ended_at.is_(None),
            BrowserSession.last_seen > bindparam("seen_after"),
            BrowserSession.created_at > bindparam("created_after"),
            User.active,
        )
    )


def session_values(
    *, token: str, now: datetime, idle: timedelta, lifetime: timedelta
) -> dict[str, object]:
    """Return what ``select_signed_in`` is to be asked with."""
    return {
        "token_hash": hash_token(token),
        "seen_after": now - idle,
        "created_after": now - lifetime,
    }


def find_credentials(session: Session, *, email: str) -> Credentials | None:
    """Return the active account with this (case-folded) address, or nothing."""
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == email, User.active)
    ).one_or_none()
    return Credentials(*row) if row else None


def user_by_email(session: Session, *, email: str) -> User:
    """Return the account with this (case-folded) address."""
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        raise NotFoundError("There is no account with the address %(email)s.", email=email)
    return user


def user_by_public_id(session: Session, *, public_id: str) -> User:
    """Return the account with this public id."""
    user = session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFoundError("There is no such account.")
    return user


def list_users(
    session: Session, *, search: str = "", limit: int | None = None, offset: int = 0
) -> Sequence[User]:
    """List accounts whose name or address contains ``search``, by name."""
    return session.scalars(
        select(User)
        .where(_matching(search))
        .order_by(func.lower(User.name), User.id)
        .limit(limit)
        .offset(offset)
    ).all()


def count_users(session: Session, *, search: str = "") -> int:
    """Count the accounts that ``list_users`` would list without a limit."""
    return session.scalar(select(func.count(User.id)).where(_matching(search))) or 0


def list_browser_sessions(
    session: Session, *, user_id: int, now: datetime, idle: timedelta, lifetime: timedelta
) -> Sequence[OwnSession]:
    """List the sessions in which the person is signed in, the last used first."""
    rows = session.scalars(
        select(BrowserSession)
        .where(
            BrowserSession.user_id == user_id,
            BrowserSession.ended_at.is_(None),
            BrowserSession.last_seen > now - idle,
            BrowserSession.created_at > now - lifetime,
        )
        .order_by(BrowserSession.last_seen.desc(), BrowserSession.id.desc())
    )
    return [OwnSession(row.id, row.token_hash[:16], row.created_at, row.last_seen) for row in rows]


def usable_link(session: Session, *, token: str, now: datetime) -> tuple[SignInLink, User]:
    """Return the one-time link and whom it signs in; ``SpentLinkError`` once used or run out."""
    row = session.execute(
        select(SignInLink, User)
        .join(User, User.id == SignInLink.user_id)
        .where(
            SignInLink.token_hash == hash_token(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            User.active,
        )
    ).one_or_none()
    if row is None:
        raise SpentLinkError(
            "This link was used, replaced by a newer one, or is older than %(hours)s hours; "
            "ask for a new one.",
            hours=int(LINK_LIFETIME.total_seconds() // 3600),
        )
    return row[0], row[1]


def usable_invitation(session: Session, *, token: str, now: datetime) -> Invitation:
    """Return the invitation; ``SpentLinkError`` once used, withdrawn or run out."""
    invitation = session.scalar(
        select(Invitation).where(Invitation.token_hash == hash_token(token), *_open(now))
    )
    if invitation is None:
        raise SpentLinkError(
            "This invitation was used, withdrawn or has run out; ask for a new one."
        )
    return invitation


def list_invitations(
    session: Session, *, project_id: int | None, now: datetime
) -> Sequence[Invitation]:
    """List a project's invitations that can still be used, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.project_id == project_id, *_open(now))
        .order_by(Invitation.id.desc())
    ).all()


def open_invitation(
    session: Session, *, project_id: int | None, public_id: str, now: datetime
) -> Invitation:
    """Return one of a project's invitations that can still be used."""
    invitation = session.scalar(
        select(Invitation).where(
            Invitation.public_id == public_id, Invitation.project_id == project_id, *_open(now)
        )
    )
    if invitation is None:
        raise NotFoundError("There is no such open invitation.")
    return invitation


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )


def _matching(search: str) -> ColumnElement[bool]:
    if not search:
        return true()
    return or_(
        func.lower(User.name).contains(search.lower(), autoescape=True),
        User.email.contains(search.casefold(), autoescape=True),
    )
