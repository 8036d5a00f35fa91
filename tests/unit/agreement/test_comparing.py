"""Two readings of one text, compared."""

from fractions import Fraction

import pytest

from workbench.agreement.comparing import (
    Range,
    ReadClaim,
    Reading,
    ReadStance,
    Share,
    compare,
    match_claims,
    mean_share,
    overlap,
    tally,
)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ([(0, 10)], [(0, 10)], Fraction(1)),
        ([(0, 10)], [(10, 20)], Fraction(0)),
        ([(0, 10)], [(5, 10)], Fraction(1, 2)),
        ([(0, 4), (6, 10)], [(0, 10)], Fraction(4, 5)),
        ([(0, 4), (6, 10)], [(4, 6)], Fraction(0)),
        ([], [], Fraction(0)),
    ],
)
def test_overlap_is_the_share_of_the_characters_in_either(
    one: list[Range], other: list[Range], share: Fraction
) -> None:
    assert overlap(one, other) == overlap(other, one) == share


def claim(start: int, end: int, *stances: ReadStance, **values: str | None) -> ReadClaim:
    return ReadClaim(1, ((start, end),), values, frozenset(stances))


@pytest.mark.parametrize(
    ("one", "other", "pairs"),
    [
        ([claim(0, 10)], [claim(1, 10)], [(0, 0)]),
        ([claim(0, 10)], [claim(0, 4)], [(0, None), (None, 0)]),
        # The nearer one is taken, whichever comes first.
        ([claim(0, 10)], [claim(0, 8), claim(0, 9)], [(0, 1), (None, 0)]),
        # Of two on the same words, the one with more equal values.
        (
            [claim(0, 9, t="fact")],
            [claim(0, 9, t="opinion"), claim(0, 9, t="fact")],
            [(0, 1), (None, 0)],
        ),
        # Two good pairs share more than the best one alone.
        (
            [claim(0, 10), claim(0, 5)],
            [claim(0, 9), claim(0, 20)],
            [(0, 1), (1, 0)],
        ),
        ([], [claim(0, 5)], [(None, 0)]),
        ([], [], []),
    ],
)
def test_claims_are_matched_one_to_one(
    one: list[ReadClaim], other: list[ReadClaim], pairs: list[tuple[int | None, int | None]]
) -> None:
    assert match_claims(one, other) == pairs


def test_each_component_has_its_own_denominator() -> None:
    law = {2: frozenset({ReadStance("law", "favor")})}
    mine = Reading(
        {1: "claims", 2: "no_claim", 3: "no_claim"},
        [
            claim(0, 10, ReadStance("open", "favor"), speaker="meta", cue=None, kind=None),
            claim(20, 30),
        ],
        law,
    )
    reference = Reading(
        {1: "claims", 2: "claims", 9: "no_claim"},
        [claim(0, 9, ReadStance("open", "against"), speaker="meta", cue="says", kind=None)],
        law,
    )

    assert tally(compare(mine, reference)) == {
        "decision": Share(1, 2),
        "content": Share(1, 2),
        "boundaries": Share(0, 2),
        "speaker": Share(1, 1),
        "cue": Share(0, 1),
        "stance_target": Share(2, 2),
        "stance_value": Share(1, 2),
    }


def test_a_claim_that_only_one_has_differs_in_all_that_it_says_once() -> None:
    mine = Reading({}, [claim(0, 10, ReadStance("open", "favor"), cue=None)])

    shares = tally(compare(mine, Reading({})))

    assert set(shares) == {"content", "boundaries", "stance_target", "stance_value"}
    assert set(shares.values()) == {Share(0, 1)}


def test_what_is_not_asked_of_one_of_them_is_not_compared() -> None:
    opinion, fact = claim(0, 9, kind="opinion"), claim(0, 9, kind="fact", worth="no")

    shares = tally(compare(Reading({}, [opinion]), Reading({}, [fact])))

    assert shares == {
        "content": Share(1, 1),
        "boundaries": Share(1, 1),
        "kind": Share(0, 1),
    }


def test_a_claim_that_begins_a_sentence_later_is_the_same_claim() -> None:
    mine, theirs = ReadClaim(1, ((8, 30),)), ReadClaim(2, ((10, 30),))

    found = compare(Reading({}, [mine]), Reading({}, [theirs]))

    assert [(each.component, each.sentence, each.agrees) for each in found] == [
        ("content", 1, True),
        ("boundaries", 1, False),
    ]


def test_the_mean_leaves_out_what_was_never_compared() -> None:
    assert mean_share({"speaker": Share(5, 7), "cue": Share(0, 0)}) == Fraction(5, 7)
    assert mean_share({"speaker": Share(1, 1), "cue": Share(0, 4)}) == Fraction(1, 2)
    assert mean_share({}) is None


def test_a_claim_that_is_missed_counts_in_all_that_it_says() -> None:
    stance = ReadStance("open", "favor")
    reference = Reading({}, [claim(10 * n, 10 * n + 9, stance, speaker="meta") for n in range(10)])
    one_of_ten = Reading({}, reference.claims[:1])

    shares = tally(compare(one_of_ten, reference))

    assert set(shares.values()) == {Share(1, 10)}
    assert sum(each.is_matched for each in compare(one_of_ten, reference)) == 5
