"""What an e-mail address, a name and a password must be, and how guessing is slowed down."""

import re
from datetime import timedelta

from workbench.errors import InvalidInputError, NotFoundError, TooManyAttemptsError

LOCALES = ("en", "fr")
PASSWORD_LENGTHS = range(8, 129)
LINK_LIFETIME = timedelta(hours=24)
INVITATION_LIFETIME = timedelta(days=14)
TOUCH_INTERVAL = timedelta(minutes=5)
ATTEMPTS_REMEMBERED = timedelta(hours=24)
MAX_EMAIL_LENGTH = 254
MAX_NAME_LENGTH = 200

FAILURES_OF_ADDRESS_COUNT = timedelta(hours=1)
FREE_FAILURES_OF_ACCOUNT = 5
FREE_FAILURES_OF_ADDRESS = 10  # Of accounts that nobody has signed in to since.
FREE_FAILURES_OF_KNOWN_ADDRESS = 30
LONGEST_DELAY = timedelta(minutes=5)
LONGEST_CHECK = timedelta(minutes=1)  # Later a try's end is not awaited any more.

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


class SpentLinkError(NotFoundError):
    """A one-time link or an invitation opens nothing any more, or never did."""

    code = "spent_link"
    status = 410


class CrowdedAddressError(TooManyAttemptsError):
    """As many tries of one address are being checked as may fail; the next waits for one."""

    code = "crowded_address"


def parse_email(text: str) -> str:
    """Return the address as it is stored and compared: without outer blanks, case-folded."""
    email = text.strip().casefold()
    if len(email) > MAX_EMAIL_LENGTH or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise InvalidInputError(
            "“%(text)s” is no e-mail address; give one such as ada@example.org.", text=text[:80]
        )
    return email


def parse_name(text: str) -> str:
    """Return a person's or project's name with single blanks between its words."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidInputError("Give a name of 1 to 200 letters, without control characters.")
    return name


def nameless(public_id: str) -> tuple[str, str]:
    """Return the name and the address that stand where an erased person's stood.

    Mail to the address goes nowhere (RFC 2606).
    """
    return f"person-{public_id[:8]}", f"{public_id}@erased.invalid"


def check_locale(locale: str) -> str:
    """Return ``locale`` if the pages exist in it."""
    if locale not in LOCALES:
        raise InvalidInputError("The pages exist in French (fr) and English (en) only.")
    return locale


def check_password(password: str, *, email: str, common: frozenset[str]) -> None:
    """Refuse a password that is too short, too long, well known, or the address itself.

    No other rule (NIST SP 800-63B, 3.1.1.2): nothing is cut off, and blanks count.
    """
    if len(password) not in PASSWORD_LENGTHS:
        raise InvalidInputError("A password has 8 to 128 characters.")
    folded = password.casefold()
    if folded in common or folded in {email, email.partition("@")[0]} or len(set(folded)) == 1:
        raise InvalidInputError(
            "This password is among the first that are guessed; choose another."
        )


def free_failures_of_address(accounts: int) -> int:
    """Say how many tries of one address may fail before the next has to wait.

    Each of the ``accounts`` that were signed in to from there within a day adds one, up to 30 in
    all: a newsroom behind one address may mistype more than somebody who knows no password.
    """
    return min(FREE_FAILURES_OF_ADDRESS + accounts, FREE_FAILURES_OF_KNOWN_ADDRESS)


def delay_after(failures: int, *, free: int) -> timedelta:
    """Say how long to wait after so many failures in a row: it doubles, up to five minutes."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2.0 ** min(failures - free, 16)), LONGEST_DELAY)
