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


@dataclass(frozen=True)
class Units:
    """The units of one article by figure, equal ones counted; and parts of wholes by pair.

    ``ratios`` has for a figure and two places of readings how much agrees, and of how much.
    """

    values: Mapping[str, Counter[Unit]]
    ratios: Mapping[tuple[str, Sides], tuple[float, int]]
    sentences: int
    left_out: int


@dataclass
class _Collected:
    readings: Sequence[Reading]
    values: dict[str, Counter[Unit]] = field(default_factory=dict)
    ratios: dict[tuple[str, Sides], tuple[float, int]] = field(default_factory=dict)

    def add_unit(self, figure: str, values: Mapping[int, Hashable], times: int = 1) -> None:
        """Add a unit if two have a value."""
        if len(values) - [*values.values()].count(None) > 1:
            unit = tuple([values.get(place) for place in range(len(self.readings))])
            self.values.setdefault(figure, Counter())[unit] += times

    def add_part(self, figure: str, sides: Sides, part: float, whole: int) -> None:
        """Add so much of so much to what two readings share."""
        before, of = self.ratios.get((figure, sides), (0.0, 0))
        self.ratios[figure, sides] = before + part, of + whole


def collect_units(readings: Sequence[Reading]) -> Units:
    """Return what the readings of one article, at least two, have to say of the same things."""
    found = _Collected(readings)
    positions = {position for one in readings for position in one.decisions}
    rows = [tuple(one.decisions.get(position) for one in readings) for position in positions]
    for words, times in Counter(rows).items():
        values = {place: WORDS.get(word or "") for place, word in enumerate(words)}
        found.add_unit(HAS_CLAIM, values, times)
    matches: list[_Match] = []
    for sides in combinations(range(len(readings)), 2):
        matches += _match(found, sides)
    for cluster in _join(matches):
        _add_claim(found, cluster)
    for position in {position for one in readings for position in one.stances}:
        none: frozenset[ReadStance] = frozenset()
        theirs = {place: one.stances.get(position, none) for place, one in enumerate(readings)}
        _add_stances(found, theirs)
    undecided = sum("undecided" in words for words in rows)
    return Units(found.values, found.ratios, len(positions), undecided)


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
    agreed = alone = 0
    for first, second in pairs:
        if first is None:
            alone += _is_read(one, other.claims[beside[second]]) if second is not None else 0
        elif second is None:
            alone += _is_read(other, one.claims[whole[first]])
        else:
            agreed += 1
            ends = (sides[0], whole[first]), (sides[1], beside[second])
            shared = overlap(one.claims[ends[0][1]].ranges, other.claims[ends[1][1]].ranges)
            found.add_part(BOUNDARY, sides, float(shared), 1)
            yield _Match(shared, *ends)
    # Of F1 = 2 TP / (2 TP + FP + FN).
    met = agreed + len(splits)
    found.add_part(CLAIM_FOUND, sides, 2 * met, 2 * met + alone)
    found.add_part(SPLIT, sides, len(splits), met)


def _is_read(reading: Reading, claim: ReadClaim) -> bool:
    """Tell whether the sentence in which somebody else's claim begins was decided here."""
    return reading.decisions.get(claim.sentence) in WORDS


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
    for name in names:
        found.add_unit(name, {side: claim.values.get(name) for side, claim in claims.items()})
    for sides in combinations(sorted(claims), 2):
        one, other = (claims[side].values for side in sides)
        if CUE in one and CUE in other and (one[CUE], other[CUE]) != (None, None):
            shared = overlap(_ranges(one[CUE]), _ranges(other[CUE]))
            found.add_part(CUE, sides, float(shared), 1)
    sets = {
        side: frozenset(stance.target for stance in claim.stances) for side, claim in claims.items()
    }
    found.add_unit(TARGETS, sets)
    if any(sets.values()):
        _add_stances(found, {side: claim.stances for side, claim in claims.items()})


def _ranges(value: Hashable) -> list[Range]:
    """Return a cue as ranges: one of a start and an end, or none."""
    match value:
        case (int(start), int(end)):
            return [(start, end)]
        case _:
            return []


def _add_stances(found: _Collected, stances: Mapping[int, frozenset[ReadStance]]) -> None:
    """Count the values of stances that have the same holder and target."""
    values: dict[tuple[str, str], dict[int, Hashable]] = {}
    for side, theirs in stances.items():
        for stance in sorted(theirs, key=lambda stance: str(stance.value)):
            values.setdefault((stance.holder, stance.target), {})[side] = stance.value
    for by_side in values.values():
        found.add_unit(STANCE, by_side)
