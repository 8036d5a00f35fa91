"""Which articles and statements are for training, which for testing.

Nothing is drawn: what belongs together has one id, and a hash of it decides. An article that is
added moves no other, unless it joins what was apart. Pure: the same ids give the same splits.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from workbench.canonical import JsonObject
from workbench.datasets.snapshots import Snapshot

SEED = "splits.v1"
FEWEST_ARTICLES = 30  # Below, a test set of a fifth would be a handful: see ``Rule``.
KEYS = ("article", "near_duplicates", "statement")


class Rule(StrEnum):
    """How articles are told apart: by hash, or each in turn left out of the training."""

    HASH = "hash"
    LEAVE_ONE_OUT = "leave_one_article_out"


class Split(StrEnum):
    """What a row is for; ``all`` where there are folds instead."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
    ALL = "all"


# Of a hundred groups, by the hash of their id.
SHARES = {Split.TRAIN: 70, Split.VALIDATION: 10, Split.TEST: 20}


@dataclass(frozen=True, order=True)
class SplitArticle:
    """What the rules ask of an article: ``near`` names its group of near-duplicates."""

    slug: str
    id: str
    near: str


@dataclass(frozen=True)
class Place:
    """Where a row stands: its split and, where each article is left out in turn, its fold."""

    split: Split
    fold: int | None = None


@dataclass(frozen=True)
class Group:
    """Articles and statements that no split may part; named by its smallest id.

    ``is_frozen``: one of them was in the test split of an earlier release, and so all of it stays.
    ``is_pulled``: it would be elsewhere if it were not frozen.
    """

    id: str
    articles: tuple[str, ...]
    statements: tuple[str, ...]
    split: Split
    is_frozen: bool
    is_pulled: bool


@dataclass(frozen=True)
class Splits:
    """Where each article and statement is, by id, and what had to stay together."""

    rule: Rule
    articles: Mapping[str, Place]
    statements: Mapping[str, Place]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Frozen:
    """What an earlier release had in its test split."""

    articles: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()


NOTHING_FROZEN = Frozen()


def read_splits(snapshot: Snapshot) -> Splits:
    """Return the splits of a release from its snapshot."""
    frozen = cast("dict[str, list[str]]", snapshot.head["frozen_test"])
    return assign_splits(
        [
            SplitArticle(str(line["slug"]), str(line["id"]), str(line["fold_group"]))
            for line in snapshot.lines("article")
        ],
        {
            str(line["id"]): {
                str(one["article"]) for one in cast("list[JsonObject]", line["appearances"])
            }
            for line in snapshot.lines("statement")
        },
        Frozen(frozenset(frozen["articles"]), frozenset(frozen["statements"])),
    )


def assign_splits(
    articles: Collection[SplitArticle],
    statements: Mapping[str, Collection[str]],
    frozen: Frozen = NOTHING_FROZEN,
) -> Splits:
    """Put each article, and each statement with the articles it appears in, into one split.

    Near-duplicates and articles that share a statement are one group. A group with something
    frozen is for testing. Fewer than 30 articles are left out in turn, unless something of them
    is frozen: then it must stay what it was.
    """
    members = _join(articles, statements)
    known = frozen.articles.union(frozen.statements)
    is_small = len(articles) < FEWEST_ARTICLES and not any(
        one in known for group in members for one in (*group[0], *group[1])
    )
    groups = tuple(_group(theirs, said, frozen, is_small=is_small) for theirs, said in members)
    folds = {
        one.id: number if is_small else None for number, one in enumerate(sorted(articles), start=1)
    }
    placed = {one: Place(group.split, folds[one]) for group in groups for one in group.articles}
    return Splits(
        Rule.LEAVE_ONE_OUT if is_small else Rule.HASH,
        placed,
        {
            one: Place(group.split, _only({folds[article] for article in statements[one]}))
            for group in groups
            for one in group.statements
        },
        groups,
    )


def hashed_split(group: str) -> Split:
    """Return the split of a group by its id alone."""
    digest = hashlib.sha256(f"{SEED}:{group}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % sum(SHARES.values())
    for split, share in SHARES.items():
        if place < share:
            return split
        place -= share
    raise AssertionError("the shares add up to more than any remainder")


def training_articles(splits: Splits, held_out: str) -> list[str]:
    """Return what a fold may train on: all articles outside the group of the one held out."""
    [group] = [group for group in splits.groups if held_out in group.articles]
    return sorted(set(splits.articles) - set(group.articles))


def _group(
    articles: tuple[str, ...], statements: tuple[str, ...], frozen: Frozen, *, is_small: bool
) -> Group:
    name = min(articles or statements)
    hashed = Split.ALL if is_small else hashed_split(name)
    is_frozen = bool(frozen.articles.intersection(articles)) or bool(
        frozen.statements.intersection(statements)
    )
    split = Split.TEST if is_frozen else hashed
    return Group(name, articles, statements, split, is_frozen, split is not hashed)


def _join(
    articles: Iterable[SplitArticle], statements: Mapping[str, Collection[str]]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the articles and the statements of each group, sorted."""
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def top(one: tuple[str, str]) -> tuple[str, str]:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for article in articles:
        above[top(("near", article.near))] = top(("article", article.id))
    for statement, theirs in statements.items():
        top(("statement", statement))
        for one in theirs:
            above[top(("statement", statement))] = top(("article", one))
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for kind, one in sorted(above):
        found.setdefault(top((kind, one)), {}).setdefault(kind, []).append(one)
    groups = [
        (tuple(group.get("article", ())), tuple(group.get("statement", ())))
        for group in found.values()
    ]
    return sorted(groups)


def _only(folds: Collection[int | None]) -> int | None:
    return next(iter(folds)) if len(folds) == 1 else None
