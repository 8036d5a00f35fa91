"""Hashes of passwords."""

import pytest
from argon2 import PasswordHasher

from workbench.accounts.passwords import hash_password, is_outdated, matches


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("correct horse")

    assert matches(stored, "correct horse")
    assert not matches(stored, "correct horse ")


def test_the_costs_are_those_decided() -> None:
    assert hash_password("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_without_a_hash_nothing_matches(stored: str | None) -> None:
    assert not matches(stored, "anything")


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "x" * 4096])
def test_strange_passwords_are_merely_wrong(typed: str) -> None:
    assert not matches(hash_password("correct horse"), typed)


def test_an_old_hash_is_seen_as_outdated() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")

    assert is_outdated(old)
    assert not is_outdated(hash_password("correct horse"))
