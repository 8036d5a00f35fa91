"""Comparing two readings: symmetric, whole with itself, and blind to order."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.agreement.comparing import (
    Range,
    ReadClaim,
    Reading,
    ReadStance,
    compare,
    mean_share,
    overlap,
    tally,
)

borders = st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True).map(sorted)
ranges = borders.map(
    lambda ends: tuple(zip(ends[::2], ends[1::2], strict=False))  # an odd one falls away
)
values = st.fixed_dictionaries(
    {"speaker": st.sampled_from(["author", "meta", None])},
    optional={"kind": st.sampled_from(["fact", None])},
)
stances = st.frozensets(
    st.builds(ReadStance, st.sampled_from(["open", "law"]), st.sampled_from(["favor", "against"])),
    max_size=3,
)
claims = st.builds(ReadClaim, st.integers(1, 3), ranges, values, stances)
readings = st.builds(
    Reading,
    st.dictionaries(st.integers(1, 3), st.sampled_from(["claims", "no_claim"])),
    st.lists(claims, max_size=5),
    st.dictionaries(st.integers(1, 3), stances),
)


@given(readings, readings)
def test_who_is_compared_with_whom_does_not_count(one: Reading, other: Reading) -> None:
    assert tally(compare(one, other)) == tally(compare(other, one))


@given(readings)
def test_a_reading_agrees_with_itself_in_everything(reading: Reading) -> None:
    judged = compare(reading, reading)

    assert all(each.agrees for each in judged)
    assert mean_share(tally(judged)) in {None, 1}


@given(readings, readings, st.permutations(range(5)))
def test_the_order_of_claims_does_not_count(one: Reading, other: Reading, order: list[int]) -> None:
    moved = [one.claims[place] for place in order if place < len(one.claims)]

    again = compare(Reading(one.decisions, moved, one.stances), other)

    assert tally(again) == tally(compare(one, other))


@given(ranges, ranges)
def test_an_overlap_is_a_share(one: tuple[Range, ...], other: tuple[Range, ...]) -> None:
    assert overlap(one, one) == 1
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1
