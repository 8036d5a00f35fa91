"""Splits hold whatever articles come and however they hang together."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.datasets.splits import Frozen, Split, SplitArticle, assign_splits

IDS = st.integers(0, 60).map(lambda number: f"a{number}")
ARTICLES = st.dictionaries(IDS, IDS, min_size=1, max_size=50).map(
    lambda near: [SplitArticle(f"slug-{one}", one, group) for one, group in near.items()]
)


@st.composite
def datasets(draw: st.DrawFn) -> tuple[list[SplitArticle], dict[str, list[str]], Frozen]:
    articles = draw(ARTICLES)
    ids = st.sampled_from([one.id for one in articles])
    statements = draw(st.dictionaries(st.sampled_from("stuvw"), st.lists(ids, max_size=3)))
    frozen = Frozen(draw(st.frozensets(ids, max_size=3)))
    return articles, statements, frozen


@given(datasets())
def test_no_group_crosses_and_what_was_tested_stays(
    dataset: tuple[list[SplitArticle], dict[str, list[str]], Frozen],
) -> None:
    articles, statements, frozen = dataset

    splits = assign_splits(articles, statements, frozen)

    assert set(splits.articles) == {one.id for one in articles}
    assert set(splits.statements) == set(statements)
    near: dict[str, set[Split]] = {}
    for one in articles:
        near.setdefault(one.near, set()).add(splits.articles[one.id].split)
    assert all(len(found) == 1 for found in near.values())
    for statement, theirs in statements.items():
        found = {splits.articles[one].split for one in theirs}
        assert found <= {splits.statements[statement].split}
    assert {splits.articles[one].split for one in frozen.articles} <= {Split.TEST}
    assert assign_splits(articles[::-1], dict(reversed(statements.items())), frozen) == splits


@given(datasets(), st.integers(1, 40))
def test_articles_that_join_nothing_move_nothing(
    dataset: tuple[list[SplitArticle], dict[str, list[str]], Frozen], more: int
) -> None:
    articles, statements, frozen = dataset
    before = assign_splits(articles, statements, frozen)
    tested = {one for one, place in before.articles.items() if place.split is Split.TEST}
    added = [SplitArticle(f"new-{number}", f"n{number}", f"n{number}") for number in range(more)]

    after = assign_splits([*articles, *added], statements, Frozen(frozen.articles | tested))

    for one, place in before.articles.items():
        assert place.split in (after.articles[one].split, Split.ALL)
