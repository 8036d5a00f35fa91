"""An error of one kind moves the figure of its kind, and no other."""

from hypothesis import given
from hypothesis import strategies as st

from tests.readings import ERRORS, SENTENCES, plant, right_articles, tally_of
from workbench.agreement.figures import Report
from workbench.agreement.units import HAS_CLAIM, SPLIT

CLAIMS = 2 * (SENTENCES - 2)
places = st.lists(
    st.sets(st.integers(0, CLAIMS), max_size=CLAIMS // 2), min_size=4, max_size=4
).filter(any)


def values(report: Report) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in report.figures}


@given(
    st.sampled_from([HAS_CLAIM, *ERRORS]),
    places,
    st.sampled_from([("noor", "elie"), ("a", "b", "c")]),
)
def test_an_error_moves_only_its_own_figure(
    error: str, places: list[set[int]], people: tuple[str, ...]
) -> None:
    right = list(right_articles(4, *people))
    wrong = [
        {**readings, people[0]: plant(readings[people[0]], error, here)}
        for readings, here in zip(right, places, strict=True)
    ]
    is_wrong = wrong != right

    before, after = (values(tally_of(*articles).report(seed=None)) for articles in (right, wrong))

    perfect = {name: 0.0 if name == SPLIT else 1.0 for name in before}
    assert before == perfect
    assert {name for name in after if after[name] != before[name]} == (
        {error} if is_wrong else set()
    )
