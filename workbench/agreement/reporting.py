"""Add up articles into a report: who agrees with whom, on what, and whether that changes."""

from array import array
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbench.agreement.coefficients import (
    Coincidences,
    Estimate,
    Floats,
    Quantity,
    Whole,
    alpha_of,
    estimate,
    estimate_difference,
    marginals,
    observed_agreement,
    ratio_of,
)
from workbench.agreement.comparing import Reading
from workbench.agreement.figures import (
    Arm,
    Arms,
    Between,
    Contrast,
    Difference,
    Figure,
    Measure,
    Outcomes,
    Period,
    Report,
    Undefined,
)
from workbench.agreement.units import (
    BOUNDARY,
    CLAIM_FOUND,
    CUE,
    HAS_CLAIM,
    SPEAKER,
    SPLIT,
    STANCE,
    TARGETS,
    Units,
    collect_groups,
    collect_units,
)

PREVALENCES = 12  # values named at most
MOST_PERIODS, LEAST_PERIODS, LEAST_IN_PERIOD = 8, 2, 3
GOLD, REST = "gold", "rest"
DISPUTED = 1  # and 0 where all readers say the same
EMPTY_SET = "∅"
ARMS = {Arm.SHOWN: 1, Arm.WITHHELD: 2}  # and 0 where a sentence is in neither
OUTCOMES = tuple(field.name for field in fields(Outcomes) if field.name != "of")

Sides = tuple[int, int]
Chosen = NDArray[np.bool_]
Small = NDArray[np.signedinteger]


@dataclass(frozen=True)
class SettledArticle:
    """The settled sentences of an article, as a reading.

    In those that are ``disputed`` its readers differ; in those that are ``alike`` all of them say
    what was settled, which is why comparing says nothing of anybody.
    """

    reading: Reading
    disputed: frozenset[int] = frozenset()
    alike: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ReadArticle:
    """One article as everybody reads it who has finished it, by name, and when the last one did.

    ``gold`` is what was settled, if anything was. ``arms`` has by position the sentences that are
    in one of the arms, ``outcomes`` what became of the suggestions there.
    """

    readings: Mapping[str, Reading]
    finished_at: datetime
    gold: SettledArticle | None = None
    arms: Mapping[int, Arm] = field(default_factory=lambda: MappingProxyType({}))
    outcomes: Mapping[Arm, Outcomes] = field(default_factory=lambda: MappingProxyType({}))


@dataclass
class _Rows:
    """What was counted of one figure, row by row.

    The article, a group of its sentences, a pair of people, and two values;
    how often the two have these values; what these pairs weigh among those of all people, and how
    much of the units they are. Of a ratio, the part, then the whole twice.
    """

    article: "array[int]" = field(default_factory=lambda: array("i"))
    group: "array[int]" = field(default_factory=lambda: array("b"))
    pair: "array[int]" = field(default_factory=lambda: array("i"))
    one: "array[int]" = field(default_factory=lambda: array("i"))
    other: "array[int]" = field(default_factory=lambda: array("i"))
    of_pair: "array[float]" = field(default_factory=lambda: array("d"))
    of_all: "array[float]" = field(default_factory=lambda: array("d"))
    of_units: "array[float]" = field(default_factory=lambda: array("d"))
    values: dict[Hashable, int] = field(default_factory=dict)

    def append(self, cell: Sequence[int], sums: Sequence[float]) -> None:
        """Add a row."""
        article, group, pair, one, other = cell
        of_pair, of_all, of_units = sums
        self.article.append(article)
        self.group.append(group)
        self.pair.append(pair)
        self.one.append(one)
        self.other.append(other)
        self.of_pair.append(of_pair)
        self.of_all.append(of_all)
        self.of_units.append(of_units)

    def join(self, later: "_Rows", *, articles: int, pairs: Sequence[int]) -> None:
        """Add the rows of articles after so many; ``pairs`` has the numbers here of theirs."""
        values = [self.values.setdefault(value, len(self.values)) for value in later.values] or [0]
        self.article.extend(number + articles for number in later.article)
        self.group.extend(later.group)
        self.pair.extend(pairs[pair] for pair in later.pair)
        for one, other in zip(later.one, later.other, strict=True):
            self.one.append(min(values[one], values[other]))
            self.other.append(max(values[one], values[other]))
        self.of_pair.extend(later.of_pair)
        self.of_all.extend(later.of_all)
        self.of_units.extend(later.of_units)


class Tally:
    """Articles added one by one; only what they come to stays in memory."""

    def __init__(
        self,
        fields: Sequence[str],
        orders: Mapping[str, Sequence[str]],
        people: Sequence[str],
        *,
        has_arms: bool = False,
    ) -> None:
        """Compare these fields of claims; ``orders`` has the values of those that are ordinal.

        ``people`` are all who may appear, in the order in which the report has them. With arms,
        the report tells them apart, even where no article has any.
        """
        self._has_arms = has_arms
        self._places = {name: place for place, name in enumerate(people)}
        self._measures = {
            HAS_CLAIM: Measure.NOMINAL,
            CLAIM_FOUND: Measure.F1,
            SPLIT: Measure.SHARE,
            BOUNDARY: Measure.OVERLAP,
            **{name: Measure.ORDINAL if name in orders else Measure.NOMINAL for name in fields},
            SPEAKER: Measure.NOMINAL,
            CUE: Measure.OVERLAP,
            STANCE: Measure.NOMINAL,
            TARGETS: Measure.MASI,
        }
        self._rows = {name: _Rows() for name in self._measures}
        self._gold = {name: _Rows() for name in self._measures}
        for name, order in orders.items():
            for rows in (self._rows, self._gold):
                rows[name].values.update({value: place for place, value in enumerate(order)})
        self._people: dict[str, int] = {}
        self._pairs: dict[Sides, int] = {}
        self._finished: list[datetime] = []
        self._left_out = 0
        self._in_arms: Counter[int] = Counter()
        self._outcomes = {name: _Rows() for name in OUTCOMES}

    def add(self, article: ReadArticle) -> None:
        """Count one article, which at least two have finished."""
        names = sorted(article.readings, key=self._places.__getitem__)
        people = [self._people.setdefault(name, len(self._people)) for name in names]
        number = len(self._finished)
        self._finished.append(article.finished_at)
        arms = {position: ARMS[arm] for position, arm in article.arms.items()}
        for arm, units in collect_groups([article.readings[name] for name in names], arms).items():
            self._in_arms[arm] += units.sentences
            self._left_out += units.left_out
            self._store(self._rows, (number, arm), people, units)
        for chosen, counts in article.outcomes.items():
            for name, rows in self._outcomes.items():
                sums = getattr(counts, name), counts.of, counts.of
                rows.append((number, ARMS[chosen], 0, 0, 0), sums)
        if article.gold is not None:
            self._add_gold(number, people, [article.readings[name] for name in names], article.gold)

    def join(self, later: "Tally") -> None:
        """Add the articles of another tally of the same fields and people, as if one by one."""
        people = [self._people.setdefault(name, len(self._people)) for name in later._people]
        pairs = [
            self._number_pair([people[one] if one >= 0 else one for one in sides])
            for sides in later._pairs
        ]
        articles = len(self._finished)
        for ours, theirs in (
            (self._rows, later._rows),
            (self._gold, later._gold),
            (self._outcomes, later._outcomes),
        ):
            for name, rows in ours.items():
                rows.join(theirs[name], articles=articles, pairs=pairs)
        self._finished += later._finished
        self._left_out += later._left_out
        self._in_arms.update(later._in_arms)

    def _number_pair(self, whose: Sequence[int]) -> int:
        """Return the number of a pair of people, of whom the second may be what was settled."""
        one, other = whose
        key = (one, other) if other < 0 else (min(whose), max(whose))
        return self._pairs.setdefault(key, len(self._pairs))

    def _add_gold(
        self,
        number: int,
        people: Sequence[int],
        readings: Sequence[Reading],
        gold: SettledArticle,
    ) -> None:
        """Count each reader beside what was settled; where all are alike, once for all of them."""
        alike = _only(gold.reading, gold.alike)
        shared = collect_units([alike, alike])
        open_ = frozenset(gold.reading.decisions) - gold.alike
        rest = _only(gold.reading, open_)
        groups = dict.fromkeys(gold.disputed, DISPUTED)
        for reading, person in zip(readings, people, strict=True):
            self._store(self._gold, (number, 0), [person, -1], shared)
            for group, units in collect_groups([_only(reading, open_), rest], groups).items():
                self._store(self._gold, (number, group), [person, -1], units)

    def report(self, *, seed: int | None) -> Report:
        """Return all figures; intervals are drawn by the seed, none without one."""
        names = list(self._people)
        order = sorted(range(len(names)), key=lambda person: self._places[names[person]])
        among = {sides: number for sides, number in self._pairs.items() if sides[1] >= 0}
        ours, gold = self._freeze(self._rows), self._freeze(self._gold)

        def between(
            one: int,
            other: str,
            columns: Columns,
            *pairs: int,
            draw: bool,
            group: int | None = None,
        ) -> Between:
            figures = [
                one_figure.of_pairs(pairs, seed=seed if draw else None, group=group)
                for one_figure in columns
            ]
            return Between(names[one], other, figures)

        def with_gold(group: int | None) -> list[Between]:
            if not any(columns.has(group) for columns in gold):
                return []
            return [
                between(person, GOLD, gold, self._pairs[person, -1], draw=True, group=group)
                for person in order
                if (person, -1) in self._pairs
            ]

        return Report(
            annotators=[names[person] for person in order],
            articles=len(self._finished),
            sentences=self._in_arms.total(),
            left_out=self._left_out,
            figures=[self._explain(columns.of_all(seed=seed)) for columns in ours],
            pairs=[
                between(
                    one, names[other], ours, among[min(one, other), max(one, other)], draw=False
                )
                for one, other in combinations(order, 2)
                if (min(one, other), max(one, other)) in among
            ],
            rest=[
                between(
                    person,
                    REST,
                    ours,
                    *(number for sides, number in among.items() if person in sides),
                    draw=True,
                )
                for person in order
            ],
            settled=with_gold(None),
            disputed=with_gold(DISPUTED),
            periods=self._periods(ours, seed),
            arms=self._contrast(ours, seed) if self._has_arms else None,
        )

    def _contrast(self, columns: "Columns", seed: int | None) -> Arms:
        outcomes = [_Columns(name, Measure.OUTCOME, rows) for name, rows in self._outcomes.items()]
        return Arms(
            shown=self._in_arms[ARMS[Arm.SHOWN]],
            withheld=self._in_arms[ARMS[Arm.WITHHELD]],
            left_out=self._in_arms[0],
            figures=[one.contrast(seed=seed) for one in columns],
            suggestions=[_name_lack(one.contrast(seed=seed)) for one in outcomes],
        )

    def _freeze(self, rows: Mapping[str, _Rows]) -> "Columns":
        return [_Columns(name, measure, rows[name]) for name, measure in self._measures.items()]

    def _explain(self, figure: Figure) -> Figure:
        return figure if self._finished else replace(figure, undefined=Undefined.ONE_ANNOTATOR)

    def _store(
        self,
        rows: Mapping[str, _Rows],
        where: tuple[int, int],
        people: Sequence[int],
        units: Units,
    ) -> None:
        """Keep the pairs of values of a group of an article's sentences, equal ones added up."""
        numbers = {
            sides: self._number_pair([people[side] for side in sides])
            for sides in combinations(range(len(people)), 2)
        }
        for name, counted in units.values.items():
            if name not in rows:
                continue
            kept = rows[name]
            cells: dict[tuple[int, int, int], list[float]] = {}
            for unit, times in counted.items():
                given = [
                    (side, kept.values.setdefault(value, len(kept.values)))
                    for side, value in enumerate(unit)
                    if value is not None
                ]
                of_all = times / (len(given) - 1)
                of_units = 2 * of_all / len(given)
                for (one, first), (other, second) in combinations(given, 2):
                    cell = numbers[one, other], min(first, second), max(first, second)
                    sums = cells.setdefault(cell, [0.0, 0.0, 0.0])
                    sums[0] += times
                    sums[1] += of_all
                    sums[2] += of_units
            for (pair, first, second), sums in cells.items():
                kept.append((*where, pair, first, second), sums)
        for (name, sides), (part, whole) in units.ratios.items():
            rows[name].append((*where, numbers[sides], 0, 0), (part, whole, whole))

    def _periods(self, columns: "Columns", seed: int | None) -> list[Period]:
        """Cut the articles, in the order in which they were finished, into equal bins."""
        bins = min(MOST_PERIODS, len(self._finished) // LEAST_IN_PERIOD)
        if bins < LEAST_PERIODS:
            return []
        order = sorted(range(len(self._finished)), key=lambda number: self._finished[number])
        cuts = [number * len(order) // bins for number in range(bins + 1)]
        parts = [order[begin:end] for begin, end in pairwise(cuts)]
        return [
            Period(
                begins=self._finished[part[0]],
                ends=self._finished[part[-1]],
                figures=[one.of_all(seed=seed, articles=part) for one in columns],
            )
            for part in parts
        ]


def _name_lack(each: Contrast) -> Contrast:
    """Say that there were no suggestions where shares of them are undefined."""

    why = Undefined.NO_SUGGESTIONS
    return Contrast(
        replace(each.shown, undefined=each.shown.undefined and why),
        replace(each.withheld, undefined=each.withheld.undefined and why),
        replace(each.difference, undefined=each.difference.undefined and why),
    )


def _only(reading: Reading, sentences: Collection[int]) -> Reading:
    """Return what is said of these sentences."""
    return Reading(
        {place: word for place, word in reading.decisions.items() if place in sentences},
        [claim for claim in reading.claims if claim.sentence in sentences],
        {place: stances for place, stances in reading.stances.items() if place in sentences},
    )


class _Columns:
    """The rows of one figure as columns of numbers, which lie where they were counted."""

    def __init__(self, name: str, measure: Measure, rows: _Rows) -> None:
        self._name, self._measure = name, measure
        self._values = list(rows.values)
        self._article: Small = np.asarray(rows.article)
        self._group: Small = np.asarray(rows.group)
        self._pair: Small = np.asarray(rows.pair)
        self._one: Small = np.asarray(rows.one)
        self._other: Small = np.asarray(rows.other)
        self._of_pair: Floats = np.asarray(rows.of_pair)
        self._of_all: Floats = np.asarray(rows.of_all)
        self._of_units: Floats = np.asarray(rows.of_units)

    def has(self, group: int | None) -> bool:
        """Tell whether anything was counted, in one group of sentences or at all."""
        return bool(len(self._group) if group is None else (self._group == group).any())

    def of_all(self, *, seed: int | None, articles: Sequence[int] | None = None) -> Figure:
        """Return the figure of all people, over some articles or over all."""
        chosen = np.ones(len(self._article), dtype=bool)
        if articles is not None:
            chosen = np.isin(self._article, articles)
        return self._figure(chosen, self._of_all, self._of_units, seed)

    def of_pairs(
        self, pairs: Sequence[int], *, seed: int | None, group: int | None = None
    ) -> Figure:
        """Return the figure of some pairs, each for itself; of one group of sentences, or all."""
        chosen = np.isin(self._pair, pairs)
        if group is not None:
            chosen &= self._group == group
        return self._figure(chosen, self._of_pair, self._of_pair, seed)

    def contrast(self, *, seed: int | None) -> Contrast:
        """Return the figure of all people in either arm, and by how much they differ."""
        parts = {arm: self._group == number for arm, number in ARMS.items()}
        shown, withheld = (
            self._figure(parts[arm], self._of_all, self._of_units, seed) for arm in Arm
        )
        difference = estimate_difference(
            *(self._quantity(parts[arm], self._of_all) for arm in Arm), seed=seed
        )
        return Contrast(shown, withheld, Difference(**vars(difference)))

    def _figure(self, chosen: Chosen, weight: Floats, units: Floats, seed: int | None) -> Figure:
        article: Whole = self._article[chosen].astype(np.intp)
        if not self._measure.is_alpha:
            whole = self._of_all[chosen]
            found = estimate(self._quantity(chosen, weight), seed=seed)
            return self._fill(found, n=float(whole.sum()), articles=article[whole > 0])
        table = self._table(chosen, weight)
        found = estimate(alpha_of(table, self._measure), seed=seed)
        figure = self._fill(found, n=float(units[chosen].sum()), articles=article)
        return replace(
            figure, observed=observed_agreement(table), prevalence=_count_prevalence(table)
        )

    def _quantity(self, chosen: Chosen, weight: Floats) -> Quantity:
        if self._measure.is_alpha:
            return alpha_of(self._table(chosen, weight), self._measure)
        article: Whole = self._article[chosen].astype(np.intp)
        return ratio_of(article, self._of_pair[chosen], self._of_all[chosen])

    def _table(self, chosen: Chosen, weight: Floats) -> Coincidences:
        used, places = np.unique([self._one[chosen], self._other[chosen]], return_inverse=True)
        one, other = places.reshape(2, -1)
        return Coincidences(
            [self._values[place] for place in used],
            self._article[chosen].astype(np.intp),
            one,
            other,
            weight[chosen],
        )

    def _fill(self, estimate: Estimate, *, n: float, articles: Whole) -> Figure:
        return Figure(
            name=self._name,
            measure=self._measure,
            value=estimate.value,
            undefined=estimate.undefined,
            low=estimate.low,
            high=estimate.high,
            no_interval=estimate.no_interval,
            n=round(n),
            articles=len(np.unique(articles)),
        )


Columns = Sequence[_Columns]


def _count_prevalence(table: Coincidences) -> dict[str, float]:
    """Return the share of each value, the most frequent first; only so many are named."""
    counts = marginals(table)
    order = sorted(range(len(counts)), key=lambda place: (-counts[place], str(place)))
    return {
        _name_value(table.values[place]): float(counts[place] / counts.sum())
        for place in order[:PREVALENCES]
    }


def _name_value(value: Hashable) -> str:
    if isinstance(value, frozenset):
        return " + ".join(sorted(value)) or EMPTY_SET
    return str(value)
