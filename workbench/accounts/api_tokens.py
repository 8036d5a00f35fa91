"""Keys to the API: made, shown once, rotated, revoked; only their hash is kept.

A key is ``cwb_``, 32 random bytes and a checksum, in letters and digits: a scanner of leaked
secrets finds it, and one that was mistyped is known without asking the database.
"""

import re
import secrets
import string
import zlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.tables import ApiToken
from workbench.accounts.tokens import hash_token
from workbench.canonical import Json
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.storage.base import make_public_id

PREFIX = "cwb_"
DAYS = range(1, 366)
USUAL_DAYS = 90
OVERLAP = timedelta(hours=24)
TOUCH_INTERVAL = timedelta(minutes=1)
MOST_TOKENS = 50  # of a person that can be used
MAX_NAME = 100

_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_LETTERS = 43  # 62 ** 43 > 256 ** 32
_CHECK_LETTERS = 6  # 62 ** 6 > 2 ** 32
_SHOWN = len(PREFIX) + 6
_FORM = re.compile(f"{PREFIX}[0-9A-Za-z]{{{_SECRET_LETTERS + _CHECK_LETTERS}}}")


class Scope(StrEnum):
    """What a token is for; its owner's roles must allow it as well."""

    READ_RELEASES = "read:releases"
    WRITE_RELEASES = "write:releases"
    READ_CORPUS = "read:corpus"
    WRITE_CORPUS = "write:corpus"
    READ_ANNOTATIONS = "read:annotations"
    WRITE_ANNOTATIONS = "write:annotations"
    WRITE_ADJUDICATION = "write:adjudication"
    READ_AGREEMENT = "read:agreement"
    READ_FACTCHECK = "read:factcheck"
    WRITE_FACTCHECK = "write:factcheck"
    WRITE_PROJECT = "write:project"


def make_secret() -> str:
    """Make a key: the prefix, 32 random bytes, and their checksum."""
    secret = PREFIX + _spell(int.from_bytes(secrets.token_bytes(32)), _SECRET_LETTERS)
    return secret + _checksum(secret)


def is_secret(text: str) -> bool:
    """Tell whether a text has the form of a key and its checksum is right."""
    return (
        bool(_FORM.fullmatch(text)) and _checksum(text[:-_CHECK_LETTERS]) == text[-_CHECK_LETTERS:]
    )


def add_token(
    session: Session,
    *,
    user_id: int,
    name: str,
    scopes: Collection[Scope],
    project_id: int | None,
    days: int,
    by: int | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its key, which is stored nowhere."""
    if days not in DAYS:
        raise InvalidInputError("A token is good for 1 to 365 days.")
    if not scopes:
        raise InvalidInputError("Say what the token is for: choose at least one scope.")
    words = " ".join(name.split())
    if not words or len(words) > MAX_NAME or not words.isprintable():
        raise InvalidInputError("Give the token a name of 1 to 100 letters to know it by.")
    usable = [one for one in list_tokens(session, user_id=user_id) if is_usable(one, now)]
    if len(usable) >= MOST_TOKENS:
        raise ConflictError("You have %(most)s tokens already; revoke one first.", most=MOST_TOKENS)
    return _add(
        session,
        user_id=user_id,
        name=words,
        scopes=[scope.value for scope in Scope if scope in scopes],
        project_id=project_id,
        lifetime=timedelta(days=days),
        action="add_token",
        by=by,
        now=now,
    )


def rotate_token(
    session: Session, *, user_id: int | None, public_id: str, by: int | None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token in place of another, good for as long; the old one goes on for 24 hours.

    ``user_id`` is whose token it has to be, if not anybody's.
    """
    old = _usable(session, user_id, public_id, now)
    if old.successor_id is not None:
        raise ConflictError("This token was rotated already; rotate the new one.")
    made, secret = _add(
        session,
        user_id=old.user_id,
        name=old.name,
        scopes=old.scopes,
        project_id=old.project_id,
        lifetime=old.expires_at - old.created_at,
        action="rotate_token",
        by=by,
        now=now,
    )
    old.successor_id = made.id
    old.expires_at = min(old.expires_at, now + OVERLAP)
    return made, secret


def revoke_token(
    session: Session, *, user_id: int | None, public_id: str, by: int | None, now: datetime
) -> None:
    """Let a token open nothing from now on, nor those that it was rotated from."""
    token: ApiToken | None = _usable(session, user_id, public_id, now)
    while token is not None:
        token.revoked_at = now
        _record(session, token, "revoke_token", by=by, now=now)
        token = _predecessor(session, token, now)


def revoke_all(session: Session, *, user_id: int, by: int | None, now: datetime) -> int:
    """Let none of a person's tokens open anything from now on; return how many did."""
    usable = [one for one in list_tokens(session, user_id=user_id) if is_usable(one, now)]
    for token in usable:
        token.revoked_at = now
        _record(session, token, "revoke_token", by=by, now=now)
    return len(usable)


def touch_token(session: Session, *, token_id: int, now: datetime) -> None:
    """Note that a token is in use, unless another request has just done so."""
    session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - TOUCH_INTERVAL),
        )
        .values(last_used_at=now)
    )


def list_tokens(session: Session, *, user_id: int | None = None) -> Sequence[ApiToken]:
    """List a person's tokens, or everybody's, the newest first."""
    tokens = select(ApiToken).order_by(ApiToken.id.desc())
    return session.scalars(tokens if user_id is None else tokens.filter_by(user_id=user_id)).all()


def is_usable(token: ApiToken, now: datetime) -> bool:
    """Tell whether a token opens anything."""
    return token.revoked_at is None and token.expires_at > now


def read_scopes(stored: Json) -> frozenset[Scope]:
    """Return a token's scopes; one that is no more opens nothing."""
    known = {scope.value: scope for scope in Scope}
    return frozenset(
        known[name]
        for name in (stored if isinstance(stored, list) else [])
        if isinstance(name, str) and name in known
    )


def _add(
    session: Session,
    *,
    user_id: int,
    name: str,
    scopes: Json,
    project_id: int | None,
    lifetime: timedelta,
    action: str,
    by: int | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    secret = make_secret()
    token = ApiToken(
        public_id=make_public_id(),
        user_id=user_id,
        project_id=project_id,
        name=name,
        start=secret[:_SHOWN],
        token_hash=hash_token(secret),
        scopes=scopes,
        created_at=now,
        expires_at=now + lifetime,
        last_used_at=None,
        revoked_at=None,
        successor_id=None,
    )
    session.add(token)
    session.flush()
    _record(session, token, action, by=by, now=now)
    return token, secret


def _usable(session: Session, user_id: int | None, public_id: str, now: datetime) -> ApiToken:
    token = session.scalar(
        select(ApiToken)
        .where(ApiToken.public_id == public_id, ApiToken.revoked_at.is_(None))
        .with_for_update()
    )
    if token is None or not is_usable(token, now) or user_id not in {None, token.user_id}:
        raise NotFoundError("There is no such token, or it is revoked or has run out.")
    return token


def _predecessor(session: Session, token: ApiToken, now: datetime) -> ApiToken | None:
    """Return the token that goes on for a day beside the one that it was rotated into."""
    return session.scalar(
        select(ApiToken)
        .where(
            ApiToken.successor_id == token.id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
        .with_for_update()
    )


def _record(
    session: Session, token: ApiToken, action: str, *, by: int | None, now: datetime
) -> None:
    record_event(
        session,
        action,
        f"token {token.public_id}",
        project_id=token.project_id,
        by=by,
        now=now,
        details={"scopes": token.scopes},
    )


def _spell(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))


def _checksum(text: str) -> str:
    return _spell(zlib.crc32(text.encode()), _CHECK_LETTERS)
