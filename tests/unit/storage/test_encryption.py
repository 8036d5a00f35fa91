"""What other servers gave us is stored so that the database alone tells nobody."""

import pytest

from workbench.storage.encryption import LostKeyError, decrypt, encrypt

KEY = "k" * 64


def test_a_secret_is_read_again_with_the_same_key() -> None:
    stored = encrypt("é token", key=KEY, purpose="test")
    assert "token" not in stored
    assert stored != encrypt("é token", key=KEY, purpose="test")
    assert decrypt(stored, key=KEY, purpose="test") == "é token"


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [("K" * 64, "test", ""), (KEY, "other", ""), (KEY, "test", "A")],
)
def test_another_key_purpose_or_byte_reads_nothing(key: str, purpose: str, change: str) -> None:
    stored = encrypt("token", key=KEY, purpose="test")
    with pytest.raises(LostKeyError, match="give the token again"):
        decrypt(change + stored, key=key, purpose=purpose)
