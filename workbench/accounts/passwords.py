"""Hash passwords with Argon2id, a few at a time, so that many sign-ins cannot fill the memory."""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workbench.resources import resource_folder

# 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_AT_ONCE = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the Argon2id hash; slow on purpose, so never call it inside a transaction."""
    with _AT_ONCE:
        return _HASHER.hash(_as_bytes(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the right one; as slow when there is no hash to compare."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _dummy_hash(), _as_bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether the hash was made with other costs than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def common_passwords() -> frozenset[str]:
    """Return the well-known passwords, case-folded."""
    lines = (resource_folder("seeds") / "common_passwords.txt").read_text().splitlines()
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))


@cache
def _dummy_hash() -> str:
    return _HASHER.hash(b"nobody has this password")


def _as_bytes(password: str) -> bytes:
    # A lone surrogate has no UTF-8; such a password is merely a wrong one.
    return password.encode("utf-8", "surrogatepass")
