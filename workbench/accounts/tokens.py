"""Secrets handed out in cookies and links: the person has the token, we keep only its hash."""

import hashlib
import secrets


def make_token() -> str:
    """Make a secret of 32 random bytes, fit for a cookie and for an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256, in hexadecimal, under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
