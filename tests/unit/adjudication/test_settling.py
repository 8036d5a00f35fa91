"""What readings come to by a project's policy, and which of it was disputed."""

from collections.abc import Sequence

import pytest

from workbench.adjudication.rules import Policy
from workbench.adjudication.settling import settle_readings
from workbench.agreement.comparing import ReadClaim, Reading
from workbench.agreement.reporting import SettledArticle

FACT = ReadClaim(1, ((0, 9),), {"speaker": "author", "claim_type": "fact"})
OPINION = ReadClaim(1, ((0, 9),), {"speaker": "author", "claim_type": "opinion"})
ALL = Policy(majority=True)


def reading(*words: str, claims: Sequence[ReadClaim] = ()) -> Reading:
    return Reading(dict(enumerate(words, 1)), claims)


def settle(*readings: Reading, gold: Reading | None = None, policy: Policy = ALL) -> SettledArticle:
    return settle_readings(readings, gold, policy=policy, asked=["claim_type"])


@pytest.mark.parametrize(
    ("words", "policy", "settled", "disputed", "alike"),
    [
        (("no_claim", "no_claim"), ALL, {1: "no_claim"}, set(), {1}),
        (("no_claim", "no_claim"), Policy(unanimous=False), {}, set(), set()),
        (("no_claim", "not_annotatable"), ALL, {}, set(), set()),
        (("no_claim", "no_claim", "undecided"), ALL, {1: "no_claim"}, {1}, set()),
        (("no_claim", "no_claim", "undecided"), Policy(), {}, set(), set()),
        (("no_claim", "no_claim", "unread"), ALL, {1: "no_claim"}, set(), set()),
        (("no_claim", "unread"), ALL, {}, set(), set()),
    ],
)
def test_the_policy_settles(
    words: tuple[str, ...],
    policy: Policy,
    settled: dict[int, str],
    disputed: set[int],
    alike: set[int],
) -> None:
    found = settle(*(reading(word) for word in words), policy=policy)

    assert found.reading.decisions == settled
    assert (found.disputed, found.alike) == (disputed, alike)


def test_an_adjudicator_settles_what_was_disputed() -> None:
    one, other = (reading("claims", claims=[claim]) for claim in (FACT, OPINION))

    found = settle(one, other, gold=one)

    assert (found.reading, found.disputed) == (one, {1})


def test_an_adjudicator_may_overrule_what_all_said() -> None:
    one = reading("claims", claims=[FACT])

    found = settle(one, one, gold=reading("no_claim"))

    assert found.reading.decisions == {1: "no_claim"}
    assert not found.disputed | found.alike


@pytest.mark.parametrize(
    "unfinished",
    [
        reading("claims"),  # taken back
        reading("unread"),
        reading("claims", claims=[ReadClaim(1, ((0, 9),), {"claim_type": "fact"})]),
        reading("claims", claims=[ReadClaim(1, ((0, 9),), {"speaker": "a", "claim_type": None})]),
    ],
)
def test_an_answer_that_is_not_finished_settles_nothing(unfinished: Reading) -> None:
    assert not settle(unfinished, unfinished).reading.decisions
    one, other = reading("no_claim"), reading("undecided")
    assert not settle(one, other, gold=unfinished).reading.decisions


def test_what_goes_on_is_settled_with_its_beginning() -> None:
    one = reading("claims", "continues", claims=[FACT])
    other = reading("claims", "continues", claims=[OPINION])

    assert not settle(one, other).reading.decisions
    assert settle(one, one).reading.decisions == {1: "claims", 2: "continues"}
