"""What is done with accounts: made, signed in and out, disabled; every change leaves a trace."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from workbench.accounts.keys import check_keys
from workbench.accounts.queries import open_invitation, usable_invitation, usable_link
from workbench.accounts.rules import (
    ATTEMPTS_REMEMBERED,
    FAILURES_OF_ADDRESS_COUNT,
    FREE_FAILURES_OF_ACCOUNT,
    INVITATION_LIFETIME,
    LINK_LIFETIME,
    LONGEST_CHECK,
    LONGEST_DELAY,
    CrowdedAddressError,
    SpentLinkError,
    check_locale,
    delay_after,
    free_failures_of_address,
    nameless,
    parse_email,
    parse_name,
)
from workbench.accounts.tables import (
    ApiToken,
    AuditEvent,
    BrowserSession,
    Invitation,
    SignInAttempt,
    SignInLink,
    User,
)
from workbench.accounts.tokens import hash_token, make_token
from workbench.canonical import JsonObject
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, TooManyAttemptsError
from workbench.storage.base import make_public_id
from workbench.storage.database import take_turn

SIGN_IN_LOCK = 0x7369_676E  # "sign": our advisory lock while an attempt is counted.


class _Subject(Protocol):
    """A row that belongs to a project and has a public id."""

    __tablename__: str

    @property
    def project_id(self) -> int | None: ...

    @property
    def public_id(self) -> str: ...


def record_event(
    session: Session,
    action: str,
    subject: str,
    *,
    project_id: int | None,
    by: int | None,
    now: datetime,
    details: JsonObject | None = None,
) -> None:
    """Add a line to the audit trail: ids and plain values only, never a person's words."""
    session.add(
        AuditEvent(
            at=now,
            user_id=by,
            project_id=project_id,
            action=action,
            subject=subject,
            details=details or {},
        )
    )


def record_act(
    session: Session,
    row: _Subject,
    action: str,
    *,
    by: int | None,
    now: datetime,
    details: JsonObject | None = None,
) -> None:
    """Add what was done with a row of a project to the audit trail, as its table's and its id."""
    record_event(
        session,
        action,
        f"{row.__tablename__} {row.public_id}",
        project_id=row.project_id,
        by=by,
        now=now,
        details=details,
    )


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    by: int | None,
    now: datetime,
    password_hash: str | None = None,
    locale: str | None = None,
    is_site_admin: bool = False,
) -> User:
    """Make an account; without a password the person comes in by a one-time link."""
    email = parse_email(email)
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise ConflictError("There is already an account with the address %(email)s.", email=email)
    user = User(
        public_id=make_public_id(),
        email=email,
        name=parse_name(name),
        password_hash=password_hash,
        locale=locale and check_locale(locale),
        active=True,
        is_site_admin=is_site_admin,
        welcomed_at=None,
        created_at=now,
        erased_at=None,
    )
    session.add(user)
    session.flush()
    _record(session, user, "create_user", by=by, now=now, details={"site_admin": is_site_admin})
    return user


def disable_user(session: Session, *, user_id: int, by: int | None, now: datetime) -> None:
    """Close an account: its sessions end, its links die, its work stays."""
    user = _user(session, user_id)
    _keep_an_admin(session, user)
    user.active = False
    end_sessions(session, user_id=user_id, now=now)
    _use_up_links(session, user_id=user_id, now=now)
    _record(session, user, "disable_user", by=by, now=now)


def enable_user(session: Session, *, user_id: int, by: int | None, now: datetime) -> None:
    """Open a disabled account again; an erased one is gone for good."""
    user = _user(session, user_id)
    if user.erased_at is not None:
        raise ConflictError("This account was erased; it cannot come back.")
    user.active = True
    _record(session, user, "enable_user", by=by, now=now)


def erase_user(session: Session, *, user_id: int, by: int | None, now: datetime) -> None:
    """Take name, address, password and settings from an account for good; its work stays.

    It gets another public id: its pseudonym in later releases is a new one, and nothing published
    says whose the old one was. Raises ``ConflictError`` for the last administrator, and where it
    is erased already.
    """
    user = _user(session, user_id)
    if user.erased_at is not None:
        raise ConflictError("This account was erased already.")
    disable_user(session, user_id=user_id, by=by, now=now)
    account = hash_token(f"account {user.email}")
    session.execute(delete(SignInAttempt).where(SignInAttempt.account_hash == account))
    session.execute(delete(SignInLink).where(SignInLink.user_id == user_id))
    session.execute(delete(BrowserSession).where(BrowserSession.user_id == user_id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id)
        .values(name="", revoked_at=func.coalesce(ApiToken.revoked_at, now))
    )
    address, user.public_id = user.email, make_public_id()
    user.name, user.email = nameless(user.public_id)
    session.execute(
        update(Invitation)
        .where(Invitation.email == address)
        .values(email=user.email, revoked_at=func.coalesce(Invitation.revoked_at, now))
    )
    user.password_hash = user.locale = user.welcomed_at = None
    user.keys = {}
    user.is_site_admin = False
    user.erased_at = now
    _record(session, user, "erase_user", by=by, now=now)


def set_site_admin(
    session: Session, *, user_id: int, is_site_admin: bool, by: int | None, now: datetime
) -> None:
    """Give or take the right to administer the whole instance."""
    user = _user(session, user_id)
    if not is_site_admin:
        _keep_an_admin(session, user)
    user.is_site_admin = is_site_admin
    action = "grant_site_admin" if is_site_admin else "revoke_site_admin"
    _record(session, user, action, by=by, now=now)


def rename_user(
    session: Session, *, user_id: int, name: str, by: int | None, now: datetime
) -> None:
    """Change the name under which a person is shown."""
    user = _user(session, user_id)
    user.name = parse_name(name)
    _record(session, user, "rename_user", by=by, now=now)


def set_locale(session: Session, *, user_id: int, locale: str) -> None:
    """Remember the language in which a person reads the pages."""
    _user(session, user_id).locale = check_locale(locale)


def set_keys(session: Session, *, user_id: int, keys: Mapping[str, str]) -> None:
    """Keep the keys that a person has chosen for the workspace; others stay as they come."""
    _user(session, user_id).keys = check_keys(keys)


def mark_welcomed(session: Session, *, user_id: int, now: datetime) -> None:
    """Remember that a person has read the three lines of the first visit."""
    _user(session, user_id).welcomed_at = now


def set_password(
    session: Session,
    *,
    user_id: int,
    password_hash: str,
    by: int | None,
    now: datetime,
    except_session: int | None = None,
) -> None:
    """Store a new password; every session but ``except_session`` ends, and open links die."""
    user = _user(session, user_id)
    user.password_hash = password_hash
    end_sessions(session, user_id=user_id, now=now, except_session=except_session)
    _use_up_links(session, user_id=user_id, now=now)
    _record(session, user, "change_password", by=by, now=now)


def refresh_password_hash(session: Session, *, user_id: int, password_hash: str) -> None:
    """Store the same password hashed with today's costs."""
    _user(session, user_id).password_hash = password_hash


@dataclass(frozen=True)
class Attempt:
    """A try to sign in that was admitted; ``place`` is the hash of its address."""

    id: int
    place: str


def admit_attempt(session: Session, *, email: str, address: str, now: datetime) -> Attempt:
    """Count a try to sign in before it is checked, or refuse it for coming too soon.

    While it is checked it counts as a failure, so that guesses sent all at once cannot pass each
    other. Raises ``TooManyAttemptsError``, or ``CrowdedAddressError`` where another try of the
    address must be checked first.
    """
    take_turn(session, SIGN_IN_LOCK)
    account, place = hash_token(f"account {email}"), hash_token(f"address {address}")
    # What lies in the future is of a clock that was put right: nobody waits until then.
    outdated = or_(
        SignInAttempt.at < now - ATTEMPTS_REMEMBERED, SignInAttempt.at > now + LONGEST_DELAY
    )
    session.execute(delete(SignInAttempt).where(outdated))
    _refuse_too_soon(session, _failed_since_success(account), FREE_FAILURES_OF_ACCOUNT, now)
    free = free_failures_of_address(_count_known_accounts(session, place))
    failures = _refuse_too_soon(session, _failed_recently(place, now), free, now)
    checked = _count_checked(session, place, now)
    if checked and failures + checked >= free:
        raise CrowdedAddressError("Too many attempts; wait a few minutes, then try again.")
    attempt = SignInAttempt(
        account_hash=account, address_hash=_while_checked(place), succeeded=False, at=now
    )
    session.add(attempt)
    session.flush()
    return Attempt(attempt.id, place)


def fail_attempt(session: Session, *, attempt: Attempt) -> None:
    """Note that a counted try had a wrong password."""
    _end_attempt(session, attempt, succeeded=False)


def clear_attempt(session: Session, *, attempt: Attempt) -> None:
    """Note that a counted try had the right password; the account's next failure is its first."""
    _end_attempt(session, attempt, succeeded=True)


def start_session(
    session: Session, *, user_id: int, now: datetime, attempt: Attempt | None = None
) -> str:
    """Sign a person in and return the token for their cookie; it is stored nowhere."""
    user = _user(session, user_id)
    if not user.active:
        raise NotFoundError("There is no such account.")
    if attempt is not None:
        clear_attempt(session, attempt=attempt)
    token = make_token()
    session.add(
        BrowserSession(
            token_hash=hash_token(token),
            user_id=user_id,
            created_at=now,
            last_seen=now,
            ended_at=None,
        )
    )
    _record(session, user, "sign_in", by=user_id, now=now)
    return token


def touch_session(session: Session, *, session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    session.execute(
        update(BrowserSession).where(BrowserSession.id == session_id).values(last_seen=now)
    )


def end_session(session: Session, *, user_id: int, session_id: int, now: datetime) -> None:
    """End one of a person's sessions; its cookie is worth nothing from now on."""
    _end(session, BrowserSession.user_id == user_id, BrowserSession.id == session_id, now=now)
    _record(session, _user(session, user_id), "sign_out", by=user_id, now=now)


def end_sessions(
    session: Session, *, user_id: int, now: datetime, except_session: int | None = None
) -> None:
    """End all of a person's sessions, or all but one."""
    _end(
        session,
        BrowserSession.user_id == user_id,
        BrowserSession.id != (except_session or 0),
        now=now,
    )


def make_sign_in_link(
    session: Session, *, user_id: int, purpose: str, by: int | None, now: datetime
) -> str:
    """Make a one-time link, good for 24 hours, and return its token; earlier ones die.

    ``purpose`` is ``sign_in`` or ``new_password``: what the person does first.
    """
    user = _user(session, user_id)
    if not user.active:
        raise InvalidInputError("The account is disabled; enable it first.")
    _use_up_links(session, user_id=user_id, now=now)
    token = make_token()
    session.add(
        SignInLink(
            token_hash=hash_token(token),
            user_id=user_id,
            purpose=purpose,
            expires_at=now + LINK_LIFETIME,
            used_at=None,
        )
    )
    _record(session, user, "make_sign_in_link", by=by, now=now, details={"purpose": purpose})
    return token


def use_sign_in_link(
    session: Session, *, token: str, now: datetime, password_hash: str | None = None
) -> str:
    """Use a one-time link up, sign its person in, and return the token for their cookie.

    A link for a new password wants its hash.
    """
    link, user = usable_link(session, token=token, now=now)
    if link.purpose == "new_password" and password_hash is None:
        raise InvalidInputError("This link is for choosing a new password.")
    _use_up(session, SignInLink, SignInLink.id == link.id, now=now)
    if password_hash is not None:
        set_password(session, user_id=user.id, password_hash=password_hash, by=user.id, now=now)
    return start_session(session, user_id=user.id, now=now)


def invite(
    session: Session,
    *,
    email: str,
    project_id: int | None,
    roles: Collection[str],
    by: int | None,
    now: datetime,
) -> str:
    """Invite somebody to make an account and join a project; return the link's token."""
    token = make_token()
    invitation = Invitation(
        public_id=make_public_id(),
        token_hash=hash_token(token),
        project_id=project_id,
        roles=sorted(roles),
        email=parse_email(email),
        invited_by=by,
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
        used_at=None,
        revoked_at=None,
    )
    session.add(invitation)
    _record_invitation(session, invitation, "invite", by=by, now=now)
    return token


def revoke_invitation(
    session: Session, *, project_id: int | None, public_id: str, by: int | None, now: datetime
) -> None:
    """Withdraw an invitation that nobody has used yet."""
    invitation = open_invitation(session, project_id=project_id, public_id=public_id, now=now)
    invitation.revoked_at = now
    _record_invitation(session, invitation, "revoke_invitation", by=by, now=now)


def use_invitation(session: Session, *, token: str, by: int | None, now: datetime) -> Invitation:
    """Use an invitation up and return it; only one person can."""
    invitation = usable_invitation(session, token=token, now=now)
    _use_up(session, Invitation, Invitation.id == invitation.id, now=now)
    _record_invitation(session, invitation, "accept_invitation", by=by, now=now)
    return invitation


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError("There is no such account.")
    return user


def _keep_an_admin(session: Session, user: User) -> None:
    if not (user.is_site_admin and user.active):
        return
    others = select(User.id).where(User.is_site_admin, User.active, User.id != user.id)
    if session.scalar(others.with_for_update().limit(1)) is None:
        raise ConflictError(
            "This is the last administrator of the instance; name another one first."
        )


def _refuse_too_soon(
    session: Session, failed: ColumnElement[bool], free: int, now: datetime
) -> int:
    """Return how many tries failed, unless the next one comes too soon after them."""
    failures, last = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(failed)
    ).one()
    delay = delay_after(failures, free=free)
    # Without a delay nobody is too soon, who waited for their turn since ``now`` least of all.
    if last and delay and now < last + delay:
        raise TooManyAttemptsError("Too many attempts; wait a few minutes, then try again.")
    return failures


def _count_known_accounts(session: Session, place: str) -> int:
    known = select(func.count(SignInAttempt.account_hash.distinct())).where(
        SignInAttempt.address_hash == place, SignInAttempt.succeeded
    )
    return session.scalar(known) or 0


def _count_checked(session: Session, place: str, now: datetime) -> int:
    checked = select(func.count()).where(
        SignInAttempt.address_hash == _while_checked(place),
        SignInAttempt.at > now - LONGEST_CHECK,
    )
    return session.scalar(checked) or 0


def _while_checked(place: str) -> str:
    return hash_token(f"checked {place}")


def _end_attempt(session: Session, attempt: Attempt, *, succeeded: bool) -> None:
    session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.id == attempt.id)
        .values(address_hash=attempt.place, succeeded=succeeded)
    )


def _failed_since_success(account_hash: str) -> ColumnElement[bool]:
    of_account = SignInAttempt.account_hash == account_hash
    last_success = (
        select(func.coalesce(func.max(SignInAttempt.id), 0))
        .where(of_account, SignInAttempt.succeeded)
        .scalar_subquery()
    )
    return and_(of_account, SignInAttempt.id > last_success)


def _failed_recently(address_hash: str, now: datetime) -> ColumnElement[bool]:
    # A success clears the failures of its own account only: who guesses may have one, too.
    later = aliased(SignInAttempt)
    is_mended = (
        select(later.id)
        .where(
            later.account_hash == SignInAttempt.account_hash,
            later.id > SignInAttempt.id,
            later.succeeded,
        )
        .exists()
    )
    return and_(
        SignInAttempt.address_hash == address_hash,
        ~SignInAttempt.succeeded,
        SignInAttempt.at > now - FAILURES_OF_ADDRESS_COUNT,
        ~is_mended,
    )


def _end(session: Session, *which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(BrowserSession).where(BrowserSession.ended_at.is_(None), *which).values(ended_at=now)
    )


def _use_up_links(session: Session, *, user_id: int, now: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )


def _use_up(
    session: Session,
    table: type[SignInLink] | type[Invitation],
    which: ColumnElement[bool],
    *,
    now: datetime,
) -> None:
    # The condition decides when two people press the button at once.
    used = session.execute(
        update(table).where(which, table.used_at.is_(None)).values(used_at=now).returning(table.id)
    ).one_or_none()
    if used is None:
        raise SpentLinkError("This link was used before; ask for a new one.")


def _record(
    session: Session,
    user: User,
    action: str,
    *,
    by: int | None,
    now: datetime,
    details: JsonObject | None = None,
) -> None:
    record_event(
        session,
        action,
        f"user {user.public_id}",
        project_id=None,
        by=by,
        now=now,
        details=details,
    )


def _record_invitation(
    session: Session, invitation: Invitation, action: str, *, by: int | None, now: datetime
) -> None:
    record_event(
        session,
        action,
        f"invitation {invitation.public_id}",
        project_id=invitation.project_id,
        by=by,
        now=now,
        details={"roles": invitation.roles},
    )
