"""What an address and a password must be, and how guessing is slowed down."""

from datetime import timedelta

import pytest

from workbench.accounts.passwords import common_passwords
from workbench.accounts.rules import check_password, delay_after, parse_email, parse_name
from workbench.errors import InvalidInputError


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.Lovelace@Example.ORG ", "ada.lovelace@example.org"),
        ("ÉMILE@exemple.fr", "émile@exemple.fr"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_stored_case_folded(typed: str, stored: str) -> None:
    assert parse_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "@b.org", "ada@", "a@b@c", "a b@c", "a@b\nBcc: c@d", "\x00@b", "a" * 250 + "@b.fr"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="no e-mail address"):
        parse_email(typed)


def test_a_name_has_single_blanks() -> None:
    assert parse_name("  Ada \t Lovelace ") == "Ada Lovelace"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201, "Ada\x07", "Ada\u202e"])
def test_a_bad_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="Give a name"):
        parse_name(typed)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "   blanks count   ", "pâté en croûte", "🐎🔋📎🐎🔋📎🐎🔋", "x1" * 64],
)
def test_any_long_and_unknown_password_will_do(password: str) -> None:
    check_password(password, email="ada@example.org", common=common_passwords())


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("seven77", "8 to 128"),
        ("x" * 129, "8 to 128"),
        ("password", "guessed"),
        ("PassWord", "guessed"),
        ("qwertyuiop", "guessed"),
        ("aaaaaaaaaaaa", "guessed"),
        ("ada@example.org", "guessed"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        check_password(password, email="ada@example.org", common=common_passwords())


def test_three_thousand_common_passwords_are_known() -> None:
    assert len(common_passwords()) >= 2900


def test_the_delay_doubles_up_to_five_minutes() -> None:
    seconds = [delay_after(failures, free=5).total_seconds() for failures in range(16)]

    assert seconds == [0] * 5 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_thousand_failures_still_mean_five_minutes() -> None:
    assert delay_after(1_000_000, free=5) == timedelta(minutes=5)
