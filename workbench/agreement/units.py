"""What several readings of one article have to say of the same thing, ready to be counted.

A unit is one thing that several people gave a value: a sentence, a claim that they all found, a
stance. Its values stand in the order of the readings, none where somebody gave no value. Claims
that stand one against several are counted as that and in nothing else but as found, or one
disagreement would be counted in every figure.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from workbench.agreement.comparing import (
    Range,
    ReadClaim,
    Reading,
    ReadStance,
    match_claims,
    meeting,
    overlap,
    shared_characters,
)

HAS_CLAIM, CLAIM_FOUND, SPLIT, BOUNDARY = "has_claim", "claim_found", "split", "boundary"
SPEAKER, CUE, TARGETS, STANCE = "speaker", "cue", "stance_target", "stance_value"
CLAIM, NO_CLAIM, NOT_ANNOTATABLE = "claim", "no_claim", "not_annotatable"

# A sentence that a claim runs into has a claim. Who leaves a sentence undecided says nothing of
# it: taken as a value, two in doubt would agree, and taken as a negative they would be wrong.
WORDS = {
    "claims": CLAIM,
    "continues": CLAIM,
    "no_claim": NO_CLAIM,
    "not_annotatable": NOT_ANNOTATABLE,
}

Unit = tuple[Hashable, ...]
Sides = tuple[int, int]
Groups = Mapping[int, int]  # of sentences, by position; those that it leaves out are in group 0


@dataclass(frozen=True)
class Units:
    """The units of one article by figure, equal ones counted; and parts of wholes by pair.

    ``ratios`` has for a figure and two places of readings how much agrees, and of how much;
    ``decisions`` counts the sentences by what each reading says of them.
    """

    values: dict[str, Counter[Unit]] = field(default_factory=dict)
    ratios: dict[tuple[str, Sides], tuple[float, int]] = field(default_factory=dict)
    decisions: Counter[tuple[str | None, ...]] = field(default_factory=Counter)

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return self.decisions.total()

    @property
    def left_out(self) -> int:
        """How many of them somebody left undecided."""
        return sum(times for words, times in self.decisions.items() if "undecided" in words)


@dataclass
class _Collected:
    readings: Sequence[Reading]
    groups: Groups
    units: dict[int, Units] = field(default_factory=dict)

    def of(self, sentence: int) -> Units:
        """Return the units of the group of a sentence."""
        group = self.groups.get(sentence, 0)
        if group not in self.units:
            self.units[group] = Units()
        return self.units[group]

    def add_unit(
        self, sentence: int, figure: str, values: Mapping[int, Hashable], times: int = 1
    ) -> None:
        """Add a unit if two have a value."""
        if len(values) - [*values.values()].count(None) > 1:
            unit = tuple([values.get(place) for place in range(len(self.readings))])
            counted = self.of(sentence).values
            if figure not in counted:
                counted[figure] = Counter()
            counted[figure][unit] += times

    def add_part(self, sentence: int, figure: str, sides: Sides, part: float, whole: int) -> None:
        """Add so much of so much to what two readings share."""
        ratios = self.of(sentence).ratios
        before, of = ratios.get((figure, sides), (0.0, 0))
        ratios[figure, sides] = before + part, of + whole


def collect_units(readings: Sequence[Reading]) -> Units:
    """Return what the readings of one article, at least two, have to say of the same things."""
    return collect_groups(readings, {}).get(0, Units())


def collect_groups(readings: Sequence[Reading], groups: Groups) -> dict[int, Units]:
    """Return by group of sentences what the readings have to say of the same things.

    A claim belongs to the sentence in which it begins; one that they begin in several sentences,
    to the first of these.
    """
    found = _Collected(readings, groups)
    positions = {position for one in readings for position in one.decisions}
    for position in positions:
        words = tuple([one.decisions.get(position) for one in readings])
        found.of(position).decisions[words] += 1
    for units in found.units.values():
        _count_decisions(units)
    matches: list[_Match] = []
    for sides in combinations(range(len(readings)), 2):
        matches += _match(found, sides)
    for cluster in _join(matches):
        _add_claim(found, cluster)
    for position in {position for one in readings for position in one.stances}:
        none: frozenset[ReadStance] = frozenset()
        theirs = {place: one.stances.get(position, none) for place, one in enumerate(readings)}
        _add_stances(found, position, theirs)
    return found.units


def _count_decisions(units: Units) -> None:
    """Count of each sentence whether it has a claim."""
    counted: Counter[Unit] = Counter()
    for words, times in units.decisions.items():
        unit = tuple([WORDS.get(word or "") for word in words])
        if len(unit) - unit.count(None) > 1:
            counted[unit] += times
    if counted:
        units.values[HAS_CLAIM] = counted


@dataclass(frozen=True)
class _Match:
    """Two claims matched, each by reading and place, with what they share."""

    shared: Fraction
    one: tuple[int, int]
    other: tuple[int, int]


def _match(found: _Collected, sides: Sides) -> Iterator[_Match]:
    """Count what two readings find, how they cut it, and its borders; yield what they match."""
    one, other = (found.readings[side] for side in sides)
    splits = _find_splits(one.claims, other.claims)
    mine = {place for group, _ in splits for place in group}
    theirs = {place for _, group in splits for place in group}
    whole = [place for place in range(len(one.claims)) if place not in mine]
    beside = [place for place in range(len(other.claims)) if place not in theirs]
    pairs = match_claims(
        [one.claims[place] for place in whole], [other.claims[place] for place in beside]
    )

    def begin(place: int, beside: int) -> int:
        return min(one.claims[place].sentence, other.claims[beside].sentence)

    # Of F1 = 2 TP / (2 TP + FP + FN): those that both found, and those that only one did.
    for group, pieces in splits:
        sentence = begin(min(group), min(pieces))
        found.add_part(sentence, CLAIM_FOUND, sides, 2, 2)
        found.add_part(sentence, SPLIT, sides, 1, 1)
    for first, second in pairs:
        if first is None:
            if second is not None:
                _add_lonely(found, sides, one, other.claims[beside[second]])
        elif second is None:
            _add_lonely(found, sides, other, one.claims[whole[first]])
        else:
            ends = (sides[0], whole[first]), (sides[1], beside[second])
            shared = overlap(one.claims[ends[0][1]].ranges, other.claims[ends[1][1]].ranges)
            sentence = begin(ends[0][1], ends[1][1])
            found.add_part(sentence, BOUNDARY, sides, float(shared), 1)
            found.add_part(sentence, CLAIM_FOUND, sides, 2, 2)
            found.add_part(sentence, SPLIT, sides, 0, 1)
            yield _Match(shared, *ends)


def _add_lonely(found: _Collected, sides: Sides, reading: Reading, claim: ReadClaim) -> None:
    """Count a claim that another reading has if the sentence in which it begins was decided."""
    if reading.decisions.get(claim.sentence) in WORDS:
        found.add_part(claim.sentence, CLAIM_FOUND, sides, 0, 1)


def _find_splits(
    one: Sequence[ReadClaim], other: Sequence[ReadClaim]
) -> list[tuple[set[int], set[int]]]:
    """Return groups of a claim and the several that lie in it, most of each, apart; both ways."""
    inside: dict[tuple[int, int], list[int]] = {}
    pairs = meeting(one, other)
    for mine, theirs in pairs:
        shared = shared_characters(one[mine].ranges, other[theirs].ranges)
        if 2 * shared > _length(other[theirs]):
            inside.setdefault((0, mine), []).append(theirs)
        if 2 * shared > _length(one[mine]):
            inside.setdefault((1, theirs), []).append(mine)
    taken: tuple[set[int], set[int]] = (set(), set())
    groups = []
    for (side, place), pieces in sorted(inside.items()):
        claims = (other, one)[side]
        free = [piece for piece in sorted(pieces) if piece not in taken[1 - side]]
        apart = len(free) > 1 and not any(
            shared_characters(claims[a].ranges, claims[b].ranges) for a, b in combinations(free, 2)
        )
        if apart and place not in taken[side]:
            taken[side].add(place)
            taken[1 - side].update(free)
            groups.append(({place}, set(free)) if side == 0 else (set(free), {place}))
    return groups


def _length(claim: ReadClaim) -> int:
    return sum(end - start for start, end in claim.ranges)


def _join(matches: Sequence[_Match]) -> list[dict[int, int]]:
    """Join matches of two into claims that several found: the place of it by reading.

    The closest are joined first, and nobody is in one twice.
    """
    home: dict[tuple[int, int], dict[int, int]] = {}
    for match in sorted(matches, key=lambda match: (-match.shared, match.one, match.other)):
        mine = home.setdefault(match.one, dict([match.one]))
        theirs = home.setdefault(match.other, dict([match.other]))
        if mine.keys().isdisjoint(theirs):
            mine |= theirs
            home |= dict.fromkeys(theirs.items(), mine)
    return list({id(cluster): cluster for cluster in home.values()}.values())


def _add_claim(found: _Collected, cluster: Mapping[int, int]) -> None:
    """Count all that is said of a claim which several found."""
    claims = {side: found.readings[side].claims[place] for side, place in cluster.items()}
    names = {name for claim in claims.values() for name in claim.values} - {CUE}
    sentence = min(claim.sentence for claim in claims.values())
    for name in names:
        found.add_unit(
            sentence, name, {side: claim.values.get(name) for side, claim in claims.items()}
        )
    for sides in combinations(sorted(claims), 2):
        one, other = (claims[side].values for side in sides)
        if CUE in one and CUE in other and (one[CUE], other[CUE]) != (None, None):
            shared = overlap(_ranges(one[CUE]), _ranges(other[CUE]))
            found.add_part(sentence, CUE, sides, float(shared), 1)
    sets = {
        side: frozenset(stance.target for stance in claim.stances) for side, claim in claims.items()
    }
    found.add_unit(sentence, TARGETS, sets)
    if any(sets.values()):
        _add_stances(found, sentence, {side: claim.stances for side, claim in claims.items()})


def _ranges(value: Hashable) -> list[Range]:
    """Return a cue as ranges: one of a start and an end, or none."""
    match value:
        case (int(start), int(end)):
            return [(start, end)]
        case _:
            return []


def _add_stances(
    found: _Collected, sentence: int, stances: Mapping[int, frozenset[ReadStance]]
) -> None:
    """Count the values of stances that have the same holder and target."""
    values: dict[tuple[str, str], dict[int, Hashable]] = {}
    for side, theirs in stances.items():
        for stance in sorted(theirs, key=lambda stance: str(stance.value)):
            values.setdefault((stance.holder, stance.target), {})[side] = stance.value
    for by_side in values.values():
        found.add_unit(sentence, STANCE, by_side)
