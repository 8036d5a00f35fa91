"""Alpha and its interval, against published examples, hand counts and another implementation."""

from collections.abc import Hashable, Sequence
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.agreement.coefficients import (
    Coincidences,
    Estimate,
    estimate_alpha,
    estimate_ratio,
    marginals,
    masi_distance,
    observed_agreement,
)
from workbench.agreement.figures import Measure, Undefined

_ = None
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", examples A to C.
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
TWO = [
    ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"],
    ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"],
]
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


def coincide(
    answers: Sequence[Sequence[Hashable]], articles: Sequence[int] | None = None
) -> Coincidences:
    """Count pairs of answers by unit; ``answers`` has a row for each annotator."""
    units = [[one for one in unit if one is not None] for unit in zip(*answers, strict=True)]
    values = sorted({one for unit in units for one in unit}, key=str)
    rows = [
        (articles[place] if articles else place, values.index(a), values.index(b), len(unit))
        for place, unit in enumerate(units)
        for a, b in combinations(unit, 2)
    ]
    article, one, other, given = np.array(rows or np.zeros((0, 4)), dtype=np.intp).T
    return Coincidences(values, article, one, other, 1 / np.maximum(given - 1, 1))


def alpha(answers: Sequence[Sequence[Hashable]], measure: Measure = Measure.NOMINAL) -> Estimate:
    return estimate_alpha(coincide(answers), measure, seed=None)


@pytest.mark.parametrize(
    ("answers", "measure", "published"),
    [
        (BINARY, Measure.NOMINAL, 0.095),
        (TWO, Measure.NOMINAL, 0.692),
        (FOUR, Measure.NOMINAL, 0.743),
        (FOUR, Measure.ORDINAL, 0.815),
    ],
)
def test_alpha_is_what_krippendorff_published(
    answers: Sequence[Sequence[Hashable]], measure: Measure, published: float
) -> None:
    assert alpha(answers, measure).value == pytest.approx(published, abs=0.0005)


def test_alpha_of_sets_as_counted_by_hand() -> None:
    a, ab, c = frozenset("a"), frozenset("ab"), frozenset("c")

    found = alpha([[a, a, c], [a, ab, c]], Measure.MASI)

    # Observed: two ordered pairs of 2/3. Expected: 3 a, 1 ab, 2 c; a-ab 2/3, all others 1.
    expected = 2 * (3 * 1 * (2 / 3) + 3 * 2 + 1 * 2)
    assert found.value == pytest.approx(1 - 5 * 2 * (2 / 3) / expected)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", 0),
        ("ab", "ab", 0),
        ("ab", "abcd", 2 / 3),
        ("abc", "bcd", 1 - 0.5 / 3),
        ("a", "b", 1),
        ("", "a", 1),
    ],
)
def test_masi_as_passonneau_defines_it(one: str, other: str, apart: float) -> None:
    found = masi_distance(frozenset(one), frozenset(other))

    assert found == masi_distance(frozenset(other), frozenset(one)) == pytest.approx(apart)


values = st.sampled_from([1, 2, 3, 4, None])
tables = st.integers(1, 12).flatmap(
    lambda units: st.lists(st.lists(values, min_size=units, max_size=units), min_size=2, max_size=4)
)


@given(tables, st.sampled_from(["nominal", "ordinal"]))
def test_alpha_is_what_the_library_says(answers: list[list[int | None]], level: str) -> None:
    found = alpha(answers, Measure(f"alpha_{level}"))

    table = coincide(answers)
    if found.value is None:
        assert np.count_nonzero(marginals(table)) < 2
    else:
        data = np.array(answers, dtype=float)
        assert found.value == pytest.approx(krippendorff.alpha(data, level_of_measurement=level))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([[1, None], [None, 2]], Undefined.NOTHING_COMPARED),
        ([[1, 1], [1, 1]], Undefined.NO_VARIATION),
    ],
)
def test_what_is_undefined_says_why(answers: list[list[int | None]], reason: Undefined) -> None:
    assert alpha(answers) == Estimate(None, reason)
    assert reason.words


def test_one_article_has_no_interval() -> None:
    table = coincide(BINARY, articles=[7] * 10)

    found = estimate_alpha(table, Measure.NOMINAL, seed=1)

    assert (found.low, found.no_interval) == (None, Undefined.ONE_ARTICLE)
    assert found.value == pytest.approx(0.095, abs=0.0005)


def test_the_same_seed_draws_the_same_interval_and_few_articles_a_wide_one() -> None:
    def interval(times: int) -> Estimate:
        answers = [row * times for row in TWO]
        articles = [unit // 3 for unit in range(12 * times)]
        return estimate_alpha(coincide(answers, articles), Measure.NOMINAL, seed=5)

    assert interval(1) == interval(1)
    assert width(interval(1)) > 0.5
    assert width(interval(20)) < 0.2


def width(found: Estimate) -> float:
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    return found.high - found.low


def test_articles_that_mostly_do_not_vary_give_no_interval() -> None:
    answers = [[1, 1, 1, 1, 2], [1, 1, 1, 1, 2]]

    found = estimate_alpha(coincide(answers, [0, 1, 2, 3, 4]), Measure.NOMINAL, seed=1)

    assert (found.value, found.no_interval) == (1, Undefined.FEW_DRAWS)


def test_a_ratio_adds_parts_and_wholes() -> None:
    article, part, whole = np.array([3, 3, 9]), np.array([1.0, 0, 2]), np.array([1.0, 1, 2])

    found = estimate_ratio(article, part, whole, seed=1)
    nothing = estimate_ratio(article, part, np.zeros(3), seed=1)

    assert found.value == 0.75
    assert (found.low, found.high) == (0.5, 1)
    assert nothing == Estimate(None, Undefined.NOTHING_COMPARED)


def test_prevalence_and_observed_agreement_come_from_the_same_table() -> None:
    table = coincide(BINARY)

    assert marginals(table).tolist() == [14, 6]
    assert observed_agreement(table) == 0.6
