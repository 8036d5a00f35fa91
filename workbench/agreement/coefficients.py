"""Krippendorff's alpha and ratios, from tables that add up, with intervals over articles.

Alpha is counted from coincidences, kept by article: the table of any choice of articles is their
sum, and so a thousand resamples cost little more than one. Klaus Krippendorff, "Content Analysis"
(2nd edition, 2004), chapter 11. The ``krippendorff`` library is the oracle of the tests.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from workbench.agreement.figures import Measure, Undefined

DRAWS = 1_000
ALIKE = 1e-9  # between the highest and the lowest draw
LEAST_DEFINED = 0.9  # of all draws, for an interval
CELLS_AT_A_TIME = 2_000_000
# 97.5 % quantiles of Student's t with 1 to 30 degrees of freedom.
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True)
class Coincidences:
    """Pairs of values that two gave to the same thing, each once, whichever is first.

    Row by row: the article, both values as places in ``values``, and how much the pair weighs:
    1 / (m - 1) for each pair of values among m, so that every value counts once.
    """

    values: Sequence[Hashable]
    article: Whole
    one: Whole
    other: Whole
    weight: Floats


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, or why there is none."""

    value: float | None
    undefined: Undefined | None
    low: float | None = None
    high: float | None = None
    no_interval: Undefined | None = None


Count = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Quantity:
    """Something that has a value for any choice of articles.

    ``articles`` are those that have something of it, rising; ``over`` takes such articles, maybe
    more, and returns what counts the value for each row of weights of them, NaN where undefined.
    """

    articles: Whole
    over: Callable[[Whole], Count]


def alpha_of(table: Coincidences, measure: Measure) -> Quantity:
    """Return alpha; ``values`` are in their order where it is ordinal, sets where it is MASI."""

    def over(articles: Whole) -> Count:
        place = np.searchsorted(articles, table.article)
        return _alphas_of(table, place, len(articles), measure)

    return Quantity(np.unique(table.article), over)


def ratio_of(article: Whole, part: Floats, whole: Floats) -> Quantity:
    """Return the parts as a share of the wholes, row by row those of an article."""
    compared = whole > 0

    def over(articles: Whole) -> Count:
        place = np.searchsorted(articles, article[compared])
        parts = np.bincount(place, part[compared], len(articles))
        wholes = np.bincount(place, whole[compared], len(articles))

        def ratios(weights: Floats) -> Floats:
            below: Floats = weights @ wholes
            found = np.full(len(below), np.nan)
            np.divide(weights @ parts, below, out=found, where=below > 0)
            return found

        return ratios

    return Quantity(np.unique(article[compared]), over)


def estimate(quantity: Quantity, *, seed: int | None, draws: int = DRAWS) -> Estimate:
    """Return a value; with a seed also its interval, by drawing articles with replacement."""
    articles = quantity.articles
    return _estimate(quantity.over(articles), len(articles), seed=seed, draws=draws)


def estimate_difference(
    one: Quantity, other: Quantity, *, seed: int | None, draws: int = DRAWS
) -> Estimate:
    """Return by how much one is higher than the other; each draw of articles counts in both."""
    for each in (one, other):
        if (alone := estimate(each, seed=None)).undefined:
            return alone
    articles = np.union1d(one.articles, other.articles)
    first, second = one.over(articles), other.over(articles)
    return _estimate(
        lambda weights: first(weights) - second(weights), len(articles), seed=seed, draws=draws
    )


def estimate_alpha(
    table: Coincidences, measure: Measure, *, seed: int | None, draws: int = DRAWS
) -> Estimate:
    """Return alpha and its interval."""
    return estimate(alpha_of(table, measure), seed=seed, draws=draws)


def estimate_ratio(
    article: Whole, part: Floats, whole: Floats, *, seed: int | None, draws: int = DRAWS
) -> Estimate:
    """Return a share and its interval."""
    return estimate(ratio_of(article, part, whole), seed=seed, draws=draws)


def masi_distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two sets are apart, 0 to 1: one minus Jaccard times monotonicity.

    Rebecca Passonneau, "Measuring Agreement on Set-valued Items (MASI) for Semantic and Pragmatic
    Annotation", LREC 2006: monotonicity is 1 of equal sets, 2/3 where one holds the other, 1/3
    where both have something of their own, 0 of sets with nothing in common.
    """
    if one == other:
        return 0.0
    shared = len(one & other)
    monotonicity = (2 / 3 if one <= other or other <= one else 1 / 3) if shared else 0.0
    return 1 - monotonicity * shared / len(one | other)


def marginals(table: Coincidences) -> Floats:
    """Return how often each value was given where another could be compared with it."""
    size = len(table.values)
    counts: Floats = np.zeros(size)
    np.add.at(counts, table.one, table.weight)
    np.add.at(counts, table.other, table.weight)
    return counts


def observed_agreement(table: Coincidences) -> float | None:
    """Return the share of pairs whose values are the same; none of no pairs."""
    whole = float(table.weight.sum())
    return float(table.weight[table.one == table.other].sum()) / whole if whole else None


def _alphas_of(table: Coincidences, place: Whole, articles: int, measure: Measure) -> Count:
    """Return what counts alpha for each row of weights of the articles; NaN where undefined."""
    size = len(table.values)
    counts = np.zeros((articles, size))
    np.add.at(counts, (place, table.one), table.weight)
    np.add.at(counts, (place, table.other), table.weight)
    if measure is Measure.ORDINAL:
        cells = np.zeros((articles, size, size))
        np.add.at(cells, (place, table.one, table.other), table.weight)
        np.add.at(cells, (place, table.other, table.one), table.weight)

        def disagreement(weights: Floats, totals: Floats) -> tuple[Floats, Floats]:
            apart = _ordinal_distances(totals)
            observed = (weights @ cells.reshape(articles, -1)).reshape(-1, size, size)
            expected = np.einsum("dc,dk,dck->d", totals, totals, apart)
            return (observed * apart).sum(axis=(1, 2)), expected
    elif measure is Measure.MASI:
        apart = _set_distances(table.values)
        own = 2 * np.bincount(place, table.weight * apart[table.one, table.other], articles)

        def disagreement(weights: Floats, totals: Floats) -> tuple[Floats, Floats]:
            return weights @ own, ((totals @ apart) * totals).sum(axis=1)
    else:
        own = 2 * np.bincount(place, table.weight * (table.one != table.other), articles)

        def disagreement(weights: Floats, totals: Floats) -> tuple[Floats, Floats]:
            return weights @ own, totals.sum(axis=1) ** 2 - (totals**2).sum(axis=1)

    def alphas(weights: Floats) -> Floats:
        totals = weights @ counts
        whole = totals.sum(axis=1)
        observed, expected = disagreement(weights, totals)
        # Rounding must not make the same value everywhere look like variation.
        varies = expected > 1e-9 * np.maximum(whole, 1)
        found = np.full(len(whole), np.nan)
        np.divide((whole - 1) * observed, expected, out=found, where=varies)
        return 1 - found

    return alphas


def _set_distances(values: Sequence[Hashable]) -> Floats:
    sets = [value if isinstance(value, frozenset) else frozenset() for value in values]
    apart = np.array([[masi_distance(one, other) for other in sets] for one in sets])
    return apart.reshape(len(sets), len(sets))


def _ordinal_distances(totals: Floats) -> Floats:
    """Return the squared ordinal distances for each row of totals of the values in order."""
    below = np.cumsum(totals, axis=1) - totals / 2
    return np.asarray((below[:, :, None] - below[:, None, :]) ** 2)


def _estimate(count: Count, articles: int, *, seed: int | None, draws: int) -> Estimate:
    if not articles:
        return Estimate(None, Undefined.NOTHING_COMPARED)
    value = float(count(np.ones((1, articles)))[0])
    if np.isnan(value):
        return Estimate(None, Undefined.NO_VARIATION)
    if seed is None:
        return Estimate(value, None)
    if articles == 1:
        return Estimate(value, None, no_interval=Undefined.ONE_ARTICLE)
    drawn = _resample(count, articles, seed, draws)
    if reason := _refuse(drawn, draws):
        return Estimate(value, None, no_interval=reason)
    tail = _tail(articles)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Estimate(value, None, min(float(low), value), max(float(high), value))


def _refuse(drawn: Floats, draws: int) -> Undefined | None:
    if len(drawn) < LEAST_DEFINED * draws:
        return Undefined.FEW_DRAWS
    if np.ptp(drawn) < ALIKE:  # Articles that do not differ do not tell by how much others would.
        return Undefined.NO_SPREAD
    return None


def _resample(count: Count, articles: int, seed: int, draws: int) -> Floats:
    """Return the values of so many draws of the articles with replacement, undefined ones out."""
    step = max(1, CELLS_AT_A_TIME // articles)
    drawn = [
        count(_draw(seed + begun, articles, min(step, draws - begun)))
        for begun in range(0, draws, step)
    ]
    values = np.concatenate(drawn)
    defined: Floats = values[~np.isnan(values)]
    return defined


@lru_cache(2)  # The figures of a report are nearly all over the same articles.
def _draw(seed: int, articles: int, draws: int) -> Floats:
    """Return how often each article is in each of so many draws, with replacement."""
    drawn = np.random.default_rng(seed).integers(articles, size=(draws, articles))
    drawn += np.arange(draws)[:, None] * articles
    counts = np.bincount(drawn.ravel(), minlength=draws * articles)
    return counts.reshape(draws, articles).astype(float)


def _tail(articles: int) -> float:
    """Return what lies beyond each end of an interval of 95 % over so many articles.

    A plain percentile interval of few articles is too narrow; this one is expanded as in Tim
    Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician 69
    (2015), 371–386, section 5.3: Student's t and n - 1 take the place of the normal and n.
    """
    freedom = articles - 1
    normal = NormalDist()
    z = normal.inv_cdf(0.975)
    t = STUDENT[freedom - 1] if freedom <= len(STUDENT) else z + (z**3 + z) / (4 * freedom)
    return normal.cdf(-t * (articles / freedom) ** 0.5)
