"""Which articles several people read: the right share of each outlet and length, for good."""

from collections import Counter
from dataclasses import replace

import pytest

from workbench.labelling.sampling import Candidate, choose_doubled, draw

OUTLETS = ("Le Monde", "RFI", None)


def articles(count: int) -> list[Candidate]:
    return [
        Candidate(n, f"article{n:03}", OUTLETS[n % len(OUTLETS)], length=n // 3)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "percent", "chosen"),
    [(90, 20, 18), (90, 0, 0), (90, 100, 90), (5, 20, 1), (5, 50, 3), (1, 49, 0), (1, 50, 1)],
)
def test_the_share_of_all_articles_is_the_one_asked_for(
    count: int, percent: int, chosen: int
) -> None:
    assert len(choose_doubled(articles(count), percent=percent, seed="s")) == chosen


def test_each_outlet_and_each_third_of_the_lengths_has_its_share() -> None:
    chosen = choose_doubled(articles(90), percent=20, seed="s")

    assert Counter(OUTLETS[n % 3] for n in chosen) == dict.fromkeys(OUTLETS, 6)
    assert Counter(n // 30 for n in chosen) == {0: 6, 1: 6, 2: 6}


def test_the_seed_decides_and_nothing_else() -> None:
    forwards = choose_doubled(articles(90), percent=20, seed="s")
    backwards = choose_doubled(articles(90)[::-1], percent=20, seed="s")

    assert forwards == backwards
    assert forwards != choose_doubled(articles(90), percent=20, seed="t")


def test_what_was_chosen_stays_chosen_when_articles_come() -> None:
    first = choose_doubled(articles(30), percent=20, seed="s")
    known = [
        Candidate(one.id, one.public_id, one.outlet, one.length, one.id in first)
        for one in articles(30)
    ]

    both = choose_doubled([*known, *articles(90)[30:]], percent=20, seed="s")

    assert {one for one in both if one < 30} == first
    assert 14 <= len(both) <= 18


@pytest.mark.parametrize("seed", [f"seed{n}" for n in range(50)])
def test_the_share_is_filled_wherever_the_first_ones_were_drawn(seed: str) -> None:
    drawn = choose_doubled(articles(5), percent=40, seed=seed)
    first = [replace(one, is_doubled=one.id in drawn) for one in articles(5)]

    assert len(choose_doubled([*first, *articles(10)[5:]], percent=40, seed=seed)) == 4


def test_a_turn_by_chance_is_always_the_same_one() -> None:
    assert draw("seed", "article") == draw("seed", "article") < 2**31
