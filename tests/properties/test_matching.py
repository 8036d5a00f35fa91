"""The best matching against trying every one."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from workbench.agreement.matching import best_pairs, split_apart

pairs = st.tuples(st.integers(0, 4), st.integers(0, 4))
weights = st.dictionaries(pairs, st.integers(1, 9), max_size=12)


@given(weights)
def test_no_other_choice_of_pairs_weighs_more(weights: dict[tuple[int, int], int]) -> None:
    chosen = best_pairs(weights)

    best = max(
        sum(weights.get((one, other), 0) for one, other in enumerate(others))
        for others in permutations(range(5))
    )
    assert sum(weights[pair] for pair in chosen) == best
    assert len({one for one, _ in chosen}) == len({other for _, other in chosen}) == len(chosen)


@given(st.sets(pairs))
def test_groups_have_nothing_in_common(pairs: set[tuple[int, int]]) -> None:
    groups = split_apart(pairs)

    assert sorted(pair for group in groups for pair in group) == sorted(pairs)
    for side in (0, 1):
        places = [place for group in groups for place in {pair[side] for pair in group}]
        assert len(places) == len(set(places))
