"""An error of one kind moves the figure of its kind, and no other."""

from hypothesis import given
from hypothesis import strategies as st

from tests.readings import ERRORS, SENTENCES, plant, right_articles, tally_arms, tally_of
from workbench.agreement.comparing import Reading
from workbench.agreement.figures import Arm, Report
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


@given(
    st.sampled_from([HAS_CLAIM, *ERRORS]),
    places,
    st.lists(
        st.lists(st.sampled_from(Arm), min_size=SENTENCES, max_size=SENTENCES),
        min_size=4,
        max_size=4,
    ),
)
def test_who_copies_suggestions_raises_the_figures_of_that_arm_alone(
    error: str, places: list[set[int]], drawn: list[list[Arm]]
) -> None:
    right = [article["a"] for article in right_articles(4, "a")]
    arms = [dict(enumerate(some, 1)) for some in drawn]
    wrong = [plant(one, error, here) for one, here in zip(right, places, strict=True)]
    copied = [
        mix(*both, copies={place for place, arm in of_article.items() if arm is Arm.SHOWN})
        for *both, of_article in zip(right, wrong, arms, strict=True)
    ]

    alone, copying = (
        tally_arms([{"a": one, "b": other} for one, other in zip(right, some, strict=True)], arms)
        .report(seed=None)
        .arms
        for some in (wrong, copied)
    )

    assert alone
    assert copying
    for before, after in zip(alone.figures, copying.figures, strict=True):
        perfect = 0.0 if after.shown.name == SPLIT else 1.0
        assert after.withheld == before.withheld
        assert after.shown.value in {perfect, None}
        if after.difference.value is not None and after.withheld.value is not None:
            assert after.difference.value == perfect - after.withheld.value


def mix(right: Reading, wrong: Reading, *, copies: set[int]) -> Reading:
    """Return what somebody says who copies what is right in some sentences."""
    return Reading(
        {
            place: right.decisions[place] if place in copies else word
            for place, word in wrong.decisions.items()
        },
        [
            *(claim for claim in right.claims if claim.sentence in copies),
            *(claim for claim in wrong.claims if claim.sentence not in copies),
        ],
    )
