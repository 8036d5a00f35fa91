"""Who gets checked: the share of check-worthy claims that are, by speaker, side and outlet.

Makes the first principle of the IFCN's code measurable, not to concentrate on any one side. Only
values here; ``weighing`` reads them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import comb

from workbench.adjudication.stances import Side
from workbench.agreement.proportions import Proportion, estimate_proportion

SIGNIFICANT = 0.05
_ROUNDING = 1 + 1e-9  # tables that are equally likely must not be told apart by rounding


class Leaning(StrEnum):
    """What the claims on two sides of a target tell: which side is checked less, if any."""

    EVEN = "even"
    LESS_FAVOR = "less_favor"
    LESS_AGAINST = "less_against"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Worthy:
    """A check-worthy claim: who says it, where, and which sides of which targets it takes."""

    row: int
    speaker: str
    outlet: str
    sides: frozenset[tuple[str, Side]]
    is_checked: bool


@dataclass(frozen=True)
class Share:
    """How many of so many claims are checked; ``of`` names whose they are."""

    of: str
    checked: int
    total: int

    @property
    def proportion(self) -> Proportion | None:
        """The share with its 95 % Wilson interval; none of no claims."""
        return estimate_proportion(self.checked, self.total)


@dataclass(frozen=True)
class Sides:
    """Claims for and against one target; ``chance`` is how likely so uneven a choice is by chance.

    It is Fisher's exact test of both sides, corrected by Holm for all targets that can be tested.
    """

    target: str
    favor: Share
    against: Share
    chance: float
    leaning: Leaning


@dataclass(frozen=True)
class Balance:
    """The balance of a desk's choice of claims."""

    whole: Share
    speakers: Sequence[Share]
    outlets: Sequence[Share]
    targets: Sequence[Sides]

    @property
    def one_sided(self) -> list[Sides]:
        """The targets of which one side is checked significantly less."""
        uneven = (Leaning.LESS_FAVOR, Leaning.LESS_AGAINST)
        return [one for one in self.targets if one.leaning in uneven]


def weigh(claims: Iterable[Worthy]) -> Balance:
    """Count what is checked; those with the most claims come first."""
    listed = list(claims)
    return Balance(
        whole=_share("", listed),
        speakers=_shares((one.speaker, one) for one in listed),
        outlets=_shares((one.outlet, one) for one in listed),
        targets=_weigh_targets(listed),
    )


def chance_of(one: Share, other: Share) -> float:
    """Return how likely two shares differ so much or more by chance: Fisher's exact test.

    R. A. Fisher, "On the interpretation of chi-squared from contingency tables", Journal of the
    Royal Statistical Society 85 (1922), 87–94; all tables that are no likelier are added up.
    """
    ways = _ways(one, other)
    seen = ways[one.checked]
    return min(1.0, sum(way for way in ways.values() if way <= seen * _ROUNDING))


def least_chance(one: Share, other: Share) -> float:
    """Return what ``chance_of`` is at least, however the same number of checks were shared out."""
    ways = _ways(one, other)
    return min(
        sum(way for way in ways.values() if way <= most * _ROUNDING) for most in ways.values()
    )


def _ways(one: Share, other: Share) -> dict[int, float]:
    """Return how likely each number of checks of the first is, if chance decides."""
    checked, whole = one.checked + other.checked, one.total + other.total
    fewest, most = max(0, checked - other.total), min(checked, one.total)
    all_ways = comb(whole, checked)
    return {
        number: comb(one.total, number) * comb(other.total, checked - number) / all_ways
        for number in range(fewest, most + 1)
    }


def _weigh_targets(claims: Sequence[Worthy]) -> list[Sides]:
    of: Mapping[str, dict[Side, list[Worthy]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        for target, side in claim.sides:
            of[target][side].append(claim)
    found = [
        Sides(
            target=target,
            favor=_share(target, sides[Side.FAVOR]),
            against=_share(target, sides[Side.AGAINST]),
            chance=1.0,
            leaning=Leaning.TOO_FEW,
        )
        for target, sides in of.items()
    ]
    ordered = sorted(found, key=lambda one: (-_size(one), one.target))
    return _test([one for one in ordered if _size(one)])


def _test(targets: Sequence[Sides]) -> list[Sides]:
    """Say of each target which side is checked less; Holm's correction for all that can be told."""
    testable = [one for one in targets if least_chance(one.favor, one.against) <= SIGNIFICANT]
    chances = {one.target: chance_of(one.favor, one.against) for one in testable}
    corrected: dict[str, float] = {}
    highest = 0.0
    for rank, (target, chance) in enumerate(sorted(chances.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, chance * (len(chances) - rank)))
        corrected[target] = highest
    return [_lean(one, corrected.get(one.target)) for one in targets]


def _lean(one: Sides, chance: float | None) -> Sides:
    if chance is None:
        return one
    if chance > SIGNIFICANT:
        return replace(one, chance=chance, leaning=Leaning.EVEN)
    favor, against = one.favor.proportion, one.against.proportion
    assert favor  # noqa: S101  # a side without claims can differ from none
    assert against  # noqa: S101
    leaning = Leaning.LESS_FAVOR if favor.value < against.value else Leaning.LESS_AGAINST
    return replace(one, chance=chance, leaning=leaning)


def _size(one: Sides) -> int:
    return one.favor.total + one.against.total


def _shares(named: Iterable[tuple[str, Worthy]]) -> list[Share]:
    groups: dict[Hashable, list[Worthy]] = defaultdict(list)
    for name, claim in named:
        groups[name].append(claim)
    shares = [_share(str(name), some) for name, some in groups.items()]
    return sorted(shares, key=lambda one: (-one.total, one.of))


def _share(name: str, claims: Sequence[Worthy]) -> Share:
    return Share(name, sum(one.is_checked for one in claims), len(claims))
