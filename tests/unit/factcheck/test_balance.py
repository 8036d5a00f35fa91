"""Which side gets checked: shares, intervals, and when they tell something."""

import pytest

from workbench.adjudication.stances import Side
from workbench.factcheck.balance import Leaning, Share, Worthy, chance_of, least_chance, weigh

OPEN, CLOSED = "open", "closed"


def claims(
    favor: int,
    against: int,
    *,
    checked_favor: int = 0,
    checked_against: int = 0,
    target: str = OPEN,
) -> list[Worthy]:
    sides = [(Side.FAVOR, one < checked_favor) for one in range(favor)]
    sides += [(Side.AGAINST, one < checked_against) for one in range(against)]
    return [
        Worthy(number, "meta", "Le Journal", frozenset({(target, side)}), is_checked)
        for number, (side, is_checked) in enumerate(sides)
    ]


def test_checking_only_one_side_of_a_balanced_set_is_told() -> None:
    balance = weigh(claims(10, 10, checked_against=8))

    (sides,) = balance.one_sided
    assert sides.leaning is Leaning.LESS_FAVOR
    assert sides.chance < 0.01
    assert (sides.favor.checked, sides.against.checked) == (0, 8)


def test_checking_only_the_other_side_is_told_as_well() -> None:
    (sides,) = weigh(claims(10, 10, checked_favor=8)).one_sided

    assert sides.leaning is Leaning.LESS_AGAINST


@pytest.mark.parametrize(
    ("favor", "against", "checked_favor", "checked_against", "leaning"),
    [
        (10, 10, 4, 4, Leaning.EVEN),
        (20, 5, 8, 2, Leaning.EVEN),
        (10, 10, 3, 6, Leaning.EVEN),
        (2, 2, 0, 2, Leaning.TOO_FEW),
        (10, 10, 0, 0, Leaning.TOO_FEW),
        (10, 10, 10, 10, Leaning.TOO_FEW),
        (10, 0, 5, 0, Leaning.TOO_FEW),
        (1, 1, 0, 0, Leaning.TOO_FEW),
    ],
)
def test_few_numbers_tell_nothing_and_even_ones_are_even(
    favor: int, against: int, checked_favor: int, checked_against: int, leaning: Leaning
) -> None:
    balance = weigh(
        claims(favor, against, checked_favor=checked_favor, checked_against=checked_against)
    )

    assert [one.leaning for one in balance.targets] == [leaning]
    assert balance.one_sided == []


@pytest.mark.parametrize(
    ("table", "chance"),
    [
        ((3, 4, 1, 4), 34 / 70),  # Fisher's lady tasting tea
        ((1, 12, 9, 12), 0.0027594562),  # as R says of dieting women and men
        ((0, 10, 8, 10), 90 / 125970),
        ((5, 5, 0, 6), 1 / 462),
    ],
)
def test_the_chance_is_that_of_published_examples(
    table: tuple[int, int, int, int], chance: float
) -> None:
    one, other = Share("", *table[:2]), Share("", *table[2:])

    assert chance_of(one, other) == pytest.approx(chance, rel=1e-6)
    assert chance_of(other, one) == pytest.approx(chance, rel=1e-6)
    assert least_chance(one, other) <= chance * (1 + 1e-9)


def test_many_targets_are_not_tested_as_if_each_were_the_only_one() -> None:
    alone = claims(10, 10, checked_favor=2, checked_against=7)
    assert chance_of(Share("", 2, 10), Share("", 7, 10)) == pytest.approx(0.0698, abs=1e-4)
    clear = claims(10, 10, checked_favor=1, checked_against=7)
    assert len(weigh(clear).one_sided) == 1

    others = [
        one
        for number in range(5)
        for one in claims(10, 10, checked_favor=4, checked_against=4, target=str(number))
    ]

    assert weigh([*clear, *others]).one_sided == []
    assert weigh(alone).one_sided == []


def test_a_claim_on_no_side_counts_for_speakers_and_outlets_alone() -> None:
    balance = weigh([Worthy(1, "meta", "", frozenset(), True)])

    assert balance.targets == []
    assert [(one.of, one.checked, one.total) for one in balance.speakers] == [("meta", 1, 1)]
    assert balance.whole.proportion
    assert balance.whole.proportion.low < 0.25


def test_nothing_at_all_has_no_share() -> None:
    assert weigh([]).whole.proportion is None


def test_whoever_has_most_claims_comes_first() -> None:
    few = Worthy(1, "ada", "A", frozenset(), False)
    many = [Worthy(number, "meta", "B", frozenset(), False) for number in (2, 3)]

    assert [one.of for one in weigh([few, *many]).speakers] == ["meta", "ada"]
