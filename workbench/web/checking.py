"""Check passwords for the pages: each try is counted first, and hashing is in no transaction."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import request

from workbench.accounts import operations, passwords
from workbench.accounts.operations import Attempt
from workbench.accounts.queries import find_credentials
from workbench.accounts.rules import CrowdedAddressError, check_password
from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.storage.database import db, transaction
from workbench.web.access import Person

PATIENCE = timedelta(seconds=20)  # A check takes a tenth of a second, more under load.
POLL_SECONDS = 0.05


class WrongPasswordError(WorkbenchError):
    """The address or the password is wrong; which of the two is not said."""

    code = "wrong_password"
    status = 422


def check_and_start(email: str, password: str) -> str:
    """Check a password and start a session; each try counts before it is looked at."""
    email = email.strip().casefold()
    with _counted_attempt(email) as attempt:
        found = find_credentials(db.session(), email=email)
        password_hash = found.password_hash if found else None
        db.session().rollback()  # Hashing is slow; no read stays open meanwhile.
        if not passwords.matches(password_hash, password) or not found or not password_hash:
            raise WrongPasswordError("The address or the password is wrong.")
    fresh = passwords.hash_password(password) if passwords.is_outdated(password_hash) else None
    with transaction() as session:
        if fresh:
            operations.refresh_password_hash(session, user_id=found.user_id, password_hash=fresh)
        return operations.start_session(
            session, user_id=found.user_id, now=utc_now(), attempt=attempt
        )


def hash_new(password: str, email: str) -> str:
    """Check a new password against the rules and return its hash."""
    check_password(password, email=email, common=passwords.common_passwords())
    db.session().rollback()
    return passwords.hash_password(password)


def check_current(person: Person, password: str) -> None:
    """Check the present password of somebody who changes it; ``WrongPasswordError`` if wrong."""
    found = find_credentials(db.session(), email=person.email)
    if found is None or found.password_hash is None:
        return  # Came by a one-time link and has no password yet.
    with _counted_attempt(person.email) as attempt:
        if not passwords.matches(found.password_hash, password):
            raise WrongPasswordError("The present password is wrong.")
    with transaction() as session:
        operations.clear_attempt(session, attempt=attempt)


@contextmanager
def _counted_attempt(email: str) -> Iterator[Attempt]:
    """Count a try before the block that checks it, and note when it fails."""
    attempt = _wait_to_be_admitted(email)
    try:
        yield attempt
    except WrongPasswordError:
        with transaction() as session:
            operations.fail_attempt(session, attempt=attempt)
        raise


def _wait_to_be_admitted(email: str) -> Attempt:
    """Count a try, once so few others of the address are being checked that all may fail."""
    address = request.remote_addr or ""
    give_up = utc_now() + PATIENCE
    while True:
        now = utc_now()
        try:
            with transaction() as session:
                return operations.admit_attempt(session, email=email, address=address, now=now)
        except CrowdedAddressError:
            if now > give_up:
                raise
        time.sleep(POLL_SECONDS)
