"""Who is for or against what: the stances of answers, counted by holder and target.

Only values, no database. What is counted are sentences: one that says twice that the same holder
is for the same target counts once. A stance is its holder's own if the holder is anywhere in the
chain of the claim to which it belongs, or is the author; else somebody else describes it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import sqrt

from workbench.labelling.frames import AUTHOR, UNSPECIFIED, Answer, ClaimFrame, StanceFrame

ROUNDS = 30  # by which the order of similarity has long settled
LEVELS = 5  # of how big a mark is drawn

Range = tuple[int, int]


class Side(StrEnum):
    """On which side a value stands; a scheme may have values that are on none."""

    FAVOR = "favor"
    AGAINST = "against"
    NEUTRAL = "neutral"
    OTHER = "other"


class Order(StrEnum):
    """How the holders stand below each other."""

    CAMPS = "camps"
    COUNT = "count"


@dataclass(frozen=True)
class Held:
    """That a sentence, by its position, says of a holder that they take a stance on a target.

    ``marks`` are the ranges of the text that say so.
    """

    position: int
    holder: str
    target: str
    value: str
    is_own: bool
    marks: tuple[Range, ...] = ()

    @property
    def side(self) -> Side:
        """The side of its value."""
        return side_of(self.value)


@dataclass(frozen=True)
class Mark:
    """What is drawn in a cell: so many sentences on a side, the holder's own or described."""

    side: Side
    is_own: bool
    count: int

    @property
    def level(self) -> int:
        """How big it is drawn, from 1 to 5: one more each time the count doubles."""
        return min(LEVELS, self.count.bit_length())


@dataclass
class Cell:
    """What a holder says of a target, or is said to."""

    counts: Counter[tuple[Side, bool]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many stances there are."""
        return self.counts.total()

    @property
    def marks(self) -> list[Mark]:
        """What is drawn: the sides in their order, on each first what is the holder's own."""
        return [
            Mark(side, is_own, count)
            for side in Side
            for is_own in (True, False)
            if (count := self.counts[side, is_own])
        ]

    @property
    def level(self) -> int:
        """How strongly it is drawn, from 1 to 5."""
        return min(LEVELS, self.total.bit_length())

    @property
    def kind(self) -> str:
        """What its ground says: the side on which it stands, or that it is divided."""
        if self.on(Side.FAVOR) and self.on(Side.AGAINST):
            return "divided"
        return next((side.value for side in Side if self.on(side)), "")

    @property
    def tenths(self) -> int:
        """How many tenths of those for and against are for, from 1 to 9 where there are both."""
        one, other = self.on(Side.FAVOR), self.on(Side.AGAINST)
        return min(9, max(1, round(10 * one / (one + other)))) if one and other else 0

    @property
    def leaning(self) -> float:
        """Where the cell stands between 1, all for, and -1, all against."""
        return (self.on(Side.FAVOR) - self.on(Side.AGAINST)) / self.total if self.total else 0

    def on(self, side: Side) -> int:
        """Count the stances on a side."""
        return self.counts[side, True] + self.counts[side, False]


@dataclass(frozen=True)
class StanceMap:
    """Holders by targets, each the most frequent first; cells only where there is a stance."""

    holders: Sequence[str]
    targets: Sequence[str]
    cells: Mapping[tuple[str, str], Cell]
    of_holders: Mapping[str, Cell]
    of_targets: Mapping[str, Cell]

    @property
    def total(self) -> int:
        """How many stances there are in all."""
        return sum(cell.total for cell in self.of_targets.values())


def side_of(value: str) -> Side:
    """Return the side of a value of the label scheme."""
    return Side(value) if value in set(Side) else Side.OTHER


def read_held(answer: Answer, position: int) -> list[Held]:
    """Return the stances of an answer to the sentence at a position, each once.

    Where it is both said by the holder and described, it is the holder's own.
    """
    claims = {claim.id: claim for claim in answer.claims}
    found: dict[tuple[str, str, str], Held] = {}
    for stance in answer.stances:
        claim = claims.get(stance.claim or "")
        key = (stance.holder, stance.target, stance.value)
        before = found.get(key, Held(position, *key, is_own=False))
        found[key] = replace(
            before,
            is_own=before.is_own or is_own_stance(stance, claim),
            marks=tuple(sorted({*before.marks, *_ranges(stance, claim)})),
        )
    return list(found.values())


def is_own_stance(stance: StanceFrame, claim: ClaimFrame | None) -> bool:
    """Tell whether the holder says it, at whatever depth, rather than somebody of the holder."""
    if stance.holder == AUTHOR:
        return True
    return claim is not None and any(link.speaker == stance.holder for link in claim.chain)


def _ranges(stance: StanceFrame, claim: ClaimFrame | None) -> set[Range]:
    spans = [*claim.parts] if claim else []
    spans += [
        link.mention
        for link in (claim.chain if claim else ())
        if link.mention and link.speaker == stance.holder != UNSPECIFIED
    ]
    if stance.target_span:
        spans.append(stance.target_span)
    return {(span.start, span.end) for span in spans}


def count_stances(held: Iterable[Held], *, least: int = 1) -> StanceMap:
    """Count stances by holder and target; holders with fewer than ``least`` are left out."""
    found: dict[tuple[str, str], Cell] = {}
    for one in held:
        cell = found.setdefault((one.holder, one.target), Cell())
        cell.counts[one.side, one.is_own] += 1
    sums = _add_up(found, 0)
    cells = {key: cell for key, cell in found.items() if sums[key[0]].total >= least}
    of_holders, of_targets = _add_up(cells, 0), _add_up(cells, 1)
    return StanceMap(
        holders=_by_count(of_holders),
        targets=_by_count(of_targets),
        cells=cells,
        of_holders=of_holders,
        of_targets=of_targets,
    )


def _add_up(cells: Mapping[tuple[str, str], Cell], side: int) -> dict[str, Cell]:
    sums: dict[str, Cell] = {}
    for key, cell in cells.items():
        sums.setdefault(key[side], Cell()).counts.update(cell.counts)
    return sums


def _by_count(sums: Mapping[str, Cell]) -> list[str]:
    return sorted(sums, key=lambda name: (-sums[name].total, name))


def order_by_camps(found: StanceMap, holders: Sequence[str], targets: Collection[str]) -> list[str]:
    """Return these holders so that those who take the same sides stand together.

    A position is 1 for, -1 against, between where somebody is both. Holders stand in the order in
    which they lie along the direction in which positions differ most, the first principal axis:
    first those who are for what is most spoken of. Who takes no side on it stands in the middle.
    """
    rows = {
        holder: {
            target: found.cells[holder, target].leaning
            for target in targets
            if (holder, target) in found.cells
        }
        for holder in holders
    }
    axis = {target: float(found.of_targets[target].total) for target in targets}
    for _ in range(ROUNDS):
        turned = dict.fromkeys(axis, 0.0)
        for row in rows.values():
            along = sum(axis[target] * leaning for target, leaning in row.items())
            for target, leaning in row.items():
                turned[target] += along * leaning
        length = sqrt(sum(weight * weight for weight in turned.values()))
        if not length:
            break
        axis = {target: weight / length for target, weight in turned.items()}
    first = next((target for target in found.targets if target in axis), None)
    sign = -1 if first is not None and axis[first] < 0 else 1

    def place(holder: str) -> tuple[float, int, str]:
        row = rows[holder]
        length = sqrt(sum(leaning * leaning for leaning in row.values()))
        along = sum(axis[target] * leaning for target, leaning in row.items())
        return (
            -round(sign * along / length, 6) if length else 0,
            -found.of_holders[holder].total,
            holder,
        )

    return sorted(holders, key=place)
