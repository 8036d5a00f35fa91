"""Splits: what belongs together stays together, and nothing moves for no reason."""

from collections import Counter

import pytest

from workbench.datasets.splits import (
    Frozen,
    Rule,
    Split,
    SplitArticle,
    assign_splits,
    hashed_split,
    training_articles,
)


def articles(count: int, near: dict[int, int] | None = None) -> list[SplitArticle]:
    return [
        SplitArticle(f"slug-{number:03}", f"a{number}", f"a{(near or {}).get(number, number)}")
        for number in range(count)
    ]


def test_thirty_articles_are_split_and_fewer_are_left_out_in_turn() -> None:
    few, many = assign_splits(articles(29), {}), assign_splits(articles(30), {})

    assert (few.rule, many.rule) == (Rule.LEAVE_ONE_OUT, Rule.HASH)
    assert {place.split for place in few.articles.values()} == {Split.ALL}
    assert [few.articles[f"a{number}"].fold for number in range(29)] == [*range(1, 30)]
    assert {place.fold for place in many.articles.values()} == {None}


def test_the_shares_are_seventy_ten_twenty() -> None:
    counts = Counter(hashed_split(f"article-{number}") for number in range(10_000))

    assert counts[Split.TRAIN] == pytest.approx(7000, abs=150)
    assert counts[Split.VALIDATION] == pytest.approx(1000, abs=100)


def test_near_duplicates_and_a_shared_statement_make_one_group() -> None:
    splits = assign_splits(articles(40, near={7: 3}), {"s": ["a7", "a9"], "alone": []})

    [group] = [group for group in splits.groups if "a3" in group.articles]
    assert group.articles == ("a3", "a7", "a9")
    assert group.statements == ("s",)
    assert splits.articles["a9"].split is splits.statements["s"].split is hashed_split("a3")
    assert splits.statements["alone"].split is hashed_split("alone")


def test_what_was_tested_once_stays_for_testing_and_pulls_its_group() -> None:
    trained = next(one.id for one in articles(40) if hashed_split(one.id) is Split.TRAIN)

    splits = assign_splits(articles(40), {"s": [trained]}, Frozen(statements=frozenset({"s"})))

    [group] = [group for group in splits.groups if trained in group.articles]
    assert (group.split, group.is_frozen, group.is_pulled) == (Split.TEST, True, True)
    assert splits.articles[trained].split is Split.TEST


def test_something_frozen_keeps_the_splits_of_a_dataset_that_shrank() -> None:
    splits = assign_splits(articles(5), {}, Frozen(articles=frozenset({"a1"})))

    assert splits.rule is Rule.HASH
    assert splits.articles["a1"].split is Split.TEST


def test_a_fold_trains_on_nothing_that_hangs_together_with_what_it_tests() -> None:
    splits = assign_splits(articles(4), {"s": ["a0", "a2"]})

    assert training_articles(splits, "a0") == ["a1", "a3"]
    assert training_articles(splits, "a1") == ["a0", "a2", "a3"]
    assert (splits.statements["s"].fold, splits.articles["a2"].fold) == (None, 3)
