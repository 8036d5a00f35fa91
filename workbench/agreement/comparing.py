"""Compare two readings of one text, claim by claim: what both have, and where they differ.

Claims are matched one to one by the characters they share. Every thing that can be compared is
judged once; a share says how many of those agree, with its denominator. All of it is symmetric.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from types import MappingProxyType

from workbench.agreement.matching import best_pairs, split_apart

LEAST_OVERLAP, WHOLE = Fraction(1, 2), Fraction(1)
DECISION, CONTENT, BOUNDARIES = "decision", "content", "boundaries"
STANCE_TARGET, STANCE_VALUE = "stance_target", "stance_value"

Range = tuple[int, int]


@dataclass(frozen=True)
class ReadStance:
    """A stance as somebody has it: towards which target, what, and whose it is."""

    target: str
    value: Hashable
    holder: str = ""


@dataclass(frozen=True)
class ReadClaim:
    """A claim as somebody has it: the sentence it begins in, its characters, its values by name.

    ``ranges`` are half-open and apart. A value that is not asked of this claim is left out; one
    that was asked and not given is none.
    """

    sentence: int
    ranges: tuple[Range, ...]
    values: Mapping[str, Hashable] = field(default_factory=lambda: MappingProxyType({}))
    stances: frozenset[ReadStance] = frozenset()


@dataclass(frozen=True)
class Reading:
    """All that one person says of a text, by the position of the sentence.

    ``stances`` are those that belong to no claim.
    """

    decisions: Mapping[int, str]
    claims: Sequence[ReadClaim] = ()
    stances: Mapping[int, frozenset[ReadStance]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True)
class Judged:
    """One thing compared; the places of its claim in both readings, if it is about a claim."""

    component: str
    sentence: int
    agrees: bool
    one: int | None = None
    other: int | None = None
    target: str | None = None

    @property
    def is_matched(self) -> bool:
        """Whether this is not about a claim that only one of the readings has."""
        return (self.one is None) == (self.other is None)


@dataclass(frozen=True)
class Share:
    """So many agree of so many that were compared."""

    agreed: int
    of: int

    def __add__(self, more: "Share") -> "Share":
        return Share(self.agreed + more.agreed, self.of + more.of)


Shares = Mapping[str, Share]


def overlap(one: Sequence[Range], other: Sequence[Range]) -> Fraction:
    """Return the characters in both as a share of those in either."""
    if one == other and one:
        return WHOLE
    shared = shared_characters(one, other)
    whole = sum(end - start for start, end in (*one, *other)) - shared
    return Fraction(shared, whole) if whole else Fraction(0)


def shared_characters(one: Sequence[Range], other: Sequence[Range]) -> int:
    """Return how many characters are in both."""
    return sum(
        max(0, min(end, last) - max(start, first)) for start, end in one for first, last in other
    )


def match_claims(
    one: Sequence[ReadClaim], other: Sequence[ReadClaim]
) -> list[tuple[int | None, int | None]]:
    """Pair the claims that share at least half of their characters, each with one at most.

    The pairs together share most; of equal choices the one with more equal values, then the one
    that stands first in the text. The rest stand alone. Neither the order of the claims nor that
    of the readings counts.
    """
    candidates = {
        pair: shared
        for pair in meeting(one, other)
        if (shared := overlap(one[pair[0]].ranges, other[pair[1]].ranges)) >= LEAST_OVERLAP
    }
    pairs = dict(_choose(one, other, candidates))
    taken = set(pairs.values())
    return [
        *((place, pairs.get(place)) for place in range(len(one))),
        *((None, beside) for beside in range(len(other)) if beside not in taken),
    ]


def meeting(one: Sequence[ReadClaim], other: Sequence[ReadClaim]) -> list[tuple[int, int]]:
    """List the places of claims that can share a character, without looking at every pair."""
    waiting = sorted(range(len(other)), key=lambda place: other[place].ranges[0][0], reverse=True)
    near: list[int] = []
    found = []
    for place in sorted(range(len(one)), key=lambda place: one[place].ranges[0][0]):
        start, end = one[place].ranges[0][0], one[place].ranges[-1][1]
        while waiting and other[waiting[-1]].ranges[0][0] < end:
            near.append(waiting.pop())
        near = [beside for beside in near if other[beside].ranges[-1][1] > start]
        found += [(place, beside) for beside in near if other[beside].ranges[0][0] < end]
    return found


def compare(one: Reading, other: Reading) -> list[Judged]:
    """Judge everything in which two readings can agree, in the order of the text.

    Decisions on sentences that both have; whether a claim is found by both; its boundaries, each
    value that is asked of both and that either has, the targets of its stances, and the stance
    towards each target that both have. What a claim that only one has says is a difference, too,
    or whoever claims little would agree on all of it; ``is_matched`` leaves that out. A stance
    without a claim counts by its sentence.
    """
    judged = [
        Judged(DECISION, position, decision == other.decisions[position])
        for position, decision in one.decisions.items()
        if position in other.decisions
    ]
    for place, beside in match_claims(one.claims, other.claims):
        judged += _judge_claim(one, other, place, beside)
    for position in one.stances.keys() | other.stances.keys():
        stances = (each.stances.get(position, frozenset()) for each in (one, other))
        judged += _judge_stances(Judged("", position, True), *stances)
    return sorted(judged, key=lambda each: each.sentence)


def tally(judged: Iterable[Judged]) -> dict[str, Share]:
    """Count by component how many agree of how many were compared."""
    shares: dict[str, Share] = {}
    for each in judged:
        shares[each.component] = shares.get(each.component, Share(0, 0)) + Share(each.agrees, 1)
    return shares


def add_shares(several: Iterable[Shares]) -> dict[str, Share]:
    """Return the shares of several comparisons together."""
    together: dict[str, Share] = {}
    for shares in several:
        for component, share in shares.items():
            together[component] = together.get(component, Share(0, 0)) + share
    return together


def mean_share(shares: Shares) -> Fraction | None:
    """Return the mean over the components of which anything was compared; none without any."""
    parts = [Fraction(share.agreed, share.of) for share in shares.values() if share.of]
    return sum(parts, Fraction(0)) / len(parts) if parts else None


def _choose(
    one: Sequence[ReadClaim],
    other: Sequence[ReadClaim],
    candidates: Mapping[tuple[int, int], Fraction],
) -> list[tuple[int, int]]:
    """Choose among pairs; those that meet no other claim need no choice."""
    if len(candidates) == 1:
        return list(candidates)
    ones, others = Counter(pair[0] for pair in candidates), Counter(pair[1] for pair in candidates)
    alone = [pair for pair in candidates if ones[pair[0]] == others[pair[1]] == 1]
    for group in split_apart(candidates.keys() - alone):
        alone += best_pairs(_weigh(one, other, {pair: candidates[pair] for pair in group}))
    return alone


def _weigh(
    one: Sequence[ReadClaim],
    other: Sequence[ReadClaim],
    shared: Mapping[tuple[int, int], Fraction],
) -> dict[tuple[int, int], int]:
    """Put overlap, equal values and place in the text into one whole number, in that order."""
    pairs = [(one[place], other[beside]) for place, beside in shared]
    equal = [_count_equal(*pair) for pair in pairs]
    forms = [sorted(map(_in_one_form, pair)) for pair in pairs]
    order = sorted(forms, reverse=True)
    whole = lcm(*(share.denominator for share in shared.values()))
    # No sum of what is less important reaches one unit of what is more important.
    places = 1 << len(pairs)
    values = places * (sum(equal) + 1)
    return {
        pair: int(share * whole) * values + same * places + (1 << order.index(form))
        for (pair, share), same, form in zip(shared.items(), equal, forms, strict=True)
    }


def _count_equal(one: ReadClaim, other: ReadClaim) -> int:
    names = one.values.keys() | other.values.keys()
    equal = sum(one.values.get(name) == other.values.get(name) for name in names)
    return equal + len(one.stances & other.stances)


def _in_one_form(claim: ReadClaim) -> tuple[object, ...]:
    values = sorted((name, repr(value)) for name, value in claim.values.items())
    stances = sorted(
        (stance.target, repr(stance.holder), repr(stance.value)) for stance in claim.stances
    )
    return (claim.ranges, values, stances, claim.sentence)


def _judge_claim(
    one: Reading, other: Reading, place: int | None, beside: int | None
) -> Iterator[Judged]:
    mine = None if place is None else one.claims[place]
    theirs = None if beside is None else other.claims[beside]
    if mine is None or theirs is None:
        lonely = mine or theirs
        if lonely:
            names = [name for name, value in lonely.values.items() if value is not None]
            stances = [STANCE_TARGET, STANCE_VALUE] * len({one.target for one in lonely.stances})
            for component in (CONTENT, BOUNDARIES, *names, *stances):
                yield Judged(component, lonely.sentence, False, place, beside)
        return
    about = Judged(CONTENT, min(mine.sentence, theirs.sentence), True, place, beside)
    yield about
    yield replace(about, component=BOUNDARIES, agrees=mine.ranges == theirs.ranges)
    for name, value in mine.values.items():
        if name in theirs.values and (value, theirs.values[name]) != (None, None):
            yield replace(about, component=name, agrees=value == theirs.values[name])
    yield from _judge_stances(about, mine.stances, theirs.stances)


def _judge_stances(
    about: Judged, one: frozenset[ReadStance], other: frozenset[ReadStance]
) -> Iterator[Judged]:
    for target in sorted({stance.target for stance in one | other}):
        mine, theirs = (
            {(stance.holder, stance.value) for stance in stances if stance.target == target}
            for stances in (one, other)
        )
        is_shared = bool(mine and theirs)
        about = replace(about, target=target)
        yield replace(about, component=STANCE_TARGET, agrees=is_shared)
        if is_shared:
            yield replace(about, component=STANCE_VALUE, agrees=mine == theirs)
