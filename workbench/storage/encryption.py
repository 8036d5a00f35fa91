"""Secrets that other servers gave us, as the database holds them: encrypted with our own key.

Whoever has the database alone, or a dump of it, has none of them; a backup has the key too.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workbench.errors import UnavailableError


class LostKeyError(UnavailableError):
    """A secret was encrypted with a key that this workbench does not have."""

    code = "lost_key"


def encrypt(secret: str, *, key: str, purpose: str) -> str:
    """Return a secret as it may be stored; ``purpose`` names what alone can read it again."""
    return _fernet(key, purpose).encrypt(secret.encode()).decode("ascii")


def decrypt(stored: str, *, key: str, purpose: str) -> str:
    """Return a secret that was encrypted for the same purpose; ``LostKeyError`` if it was not."""
    try:
        return _fernet(key, purpose).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise LostKeyError(
            "What was stored encrypted cannot be read with this workbench's secret key: put the"
            " key back that belongs to the database, or give the token again."
        ) from None


def _fernet(key: str, purpose: str) -> Fernet:
    # The instance's key signs cookies, too: what encrypts is derived from it, one for each purpose.
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
