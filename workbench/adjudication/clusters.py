"""Where several readings of a text differ, claim by claim and slot by slot.

Everything here is symmetric: the order of readers and of their claims does not count. Readers go
by letters; what somebody has not read is no value of theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from workbench.adjudication.rules import SentenceReading
from workbench.agreement.comparing import LEAST_OVERLAP, Range, ReadClaim, match_claims, overlap
from workbench.canonical import Json, JsonObject, canonical_json, in_canonical_order
from workbench.labelling.frames import AUTHOR, Answer, ClaimFrame, Decision, Link, Span
from workbench.labelling.rules import UNREAD

DECISION, CONTENT, SPEAKER, MENTION, CUE, STANCE = (
    "decision",
    "content",
    "speaker",
    "mention",
    "cue",
    "stance",
)
# How much a difference weighs, from 0 to 1; a sentence weighs as much as its gravest one.
WEIGHTS = {
    DECISION: 1.0,
    SPEAKER: 0.8,
    STANCE: 0.6,
    "claim_type": 0.5,
    CONTENT: 0.4,
    "check_worthiness": 0.3,
    MENTION: 0.2,
    CUE: 0.2,
    "confidence": 0.05,
}
LACKING_WEIGHT = 0.9
OTHER_WEIGHT = 0.3


_Place = tuple[str, int | None, str | None]  # of a slot: its name, link and target


class Value(NamedTuple):
    """One value of a slot, and the letters of those who gave it."""

    value: Json
    who: tuple[str, ...]


class SlotValues(NamedTuple):
    """What was put in one slot, the most frequent value first.

    ``link`` counts from whoever says it (0) outwards to those who relay it; ``target`` is what a
    stance is towards.
    """

    name: str
    values: tuple[Value, ...]
    link: int | None = None
    target: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether all gave the same value."""
        return len(self.values) <= 1

    def json(self) -> JsonObject:
        """Return the slot as a page's script gets it."""
        return {
            "slot": self.name,
            "link": self.link,
            "target": self.target,
            "agrees": self.agrees,
            "values": [{"who": [*one.who], "value": one.value} for one in self.values],
        }


@dataclass(frozen=True)
class Row:
    """Claims that stand for one another, at most one of each reader's, by letter.

    ``lacking`` are those who have read the sentence and have no such claim.
    """

    claims: Mapping[str, ClaimFrame]
    lacking: tuple[str, ...]
    slots: tuple[SlotValues, ...]

    @property
    def agrees(self) -> bool:
        """Whether all have this claim, with the same in every slot."""
        return not self.lacking and all(slot.agrees for slot in self.slots)

    def json(self) -> JsonObject:
        """Return the row as a page's script gets it."""
        return {
            "claims": {who: claim.id for who, claim in self.claims.items()},
            "lacking": [*self.lacking],
            "agrees": self.agrees,
            "slots": [slot.json() for slot in self.slots],
        }


@dataclass(frozen=True)
class Cluster:
    """Claims that share characters, directly or through others; ``sentence`` is the first one's."""

    sentence: int
    rows: tuple[Row, ...]

    @property
    def agrees(self) -> bool:
        """Whether all have the same claims here."""
        return all(row.agrees for row in self.rows)

    def json(self) -> JsonObject:
        """Return the cluster as a page's script gets it."""
        return {"agrees": self.agrees, "rows": [row.json() for row in self.rows]}


@dataclass(frozen=True)
class Compared:
    """A sentence as all who have read it have it: what is said of it as a whole, and its claims.

    A cluster stands with the sentence in which its first claim begins.
    """

    readings: Mapping[str, SentenceReading]
    clusters: tuple[Cluster, ...]

    @cached_property
    def slots(self) -> tuple[SlotValues, ...]:
        """What was said of the sentence as a whole."""
        return tuple(_of_sentence(self.readings))

    @cached_property
    def agrees(self) -> bool:
        """Whether everybody's answer is the same."""
        return len({one.frame for one in self.readings.values()}) <= 1

    @property
    def weight(self) -> float:
        """How grave the gravest difference is, from 0 to 1."""
        if self.agrees:
            return 0.0
        rows = [row for cluster in self.clusters for row in cluster.rows]
        slots = [*self.slots, *(slot for row in rows for slot in row.slots)]
        weights = [WEIGHTS.get(slot.name, OTHER_WEIGHT) for slot in slots if not slot.agrees]
        weights += [LACKING_WEIGHT for row in rows if row.lacking]
        return max(weights, default=OTHER_WEIGHT)  # The rest of a cluster from the sentence before

    def json(self) -> JsonObject:
        """Return what differs as a page's script gets it."""
        return {
            "slots": [slot.json() for slot in self.slots],
            "clusters": [cluster.json() for cluster in self.clusters],
        }


def compare_readings(voices: Mapping[str, Sequence[SentenceReading]]) -> dict[int, Compared]:
    """Compare what each reader says of each sentence; by position, those that anybody has read.

    ``voices`` have the same sentences, in the order of the text.
    """
    letters = sorted(voices)
    readings = {
        position: {
            who: one for who, one in zip(letters, theirs, strict=True) if one.decision != UNREAD
        }
        for position, theirs in enumerate(
            zip(*(voices[who] for who in letters), strict=True), start=1
        )
    }
    clusters: dict[int, list[Cluster]] = {}
    for claims in _overlapping(voices):
        cluster = _compare_claims(claims, readings)
        clusters.setdefault(cluster.sentence, []).append(cluster)
    return {
        position: Compared(theirs, tuple(clusters.get(position, ())))
        for position, theirs in readings.items()
        if theirs
    }


def mean_weight(compared: Mapping[int, Compared]) -> float:
    """Return how much differs, from 0 to 1: the mean over the sentences that were read."""
    return sum(one.weight for one in compared.values()) / len(compared) if compared else 0.0


@dataclass(frozen=True)
class _Voiced:
    """A claim, whose it is, and the answer it is part of."""

    who: str
    answer: Answer
    claim: ClaimFrame
    ranges: tuple[Range, ...]

    @property
    def position(self) -> int:
        return self.answer.sentence.position

    @property
    def end(self) -> int:
        return self.ranges[-1][1]

    @cached_property
    def order(self) -> tuple[object, ...]:
        """What sorts claims, whoever made them and in whatever order."""
        said = canonical_json([[one.name, one.link, one.target, one.value] for one in self.filled])
        return (self.ranges, said, self.who)

    @cached_property
    def filled(self) -> list["_Filled"]:
        return list(_fill(self.claim, self.answer))

    @cached_property
    def read(self) -> ReadClaim:
        values = {
            f"{one.name} {one.link} {one.target}": canonical_json(one.value) for one in self.filled
        }
        return ReadClaim(self.position, self.ranges, values)


class _Filled(NamedTuple):
    """What one reader put in one slot."""

    name: str
    value: Json
    link: int | None = None
    target: str | None = None


def _overlapping(voices: Mapping[str, Sequence[SentenceReading]]) -> Iterator[list[_Voiced]]:
    """Yield groups of claims that share characters, directly or through others."""
    claims = [
        _Voiced(who, one.answer, claim, tuple([(part.start, part.end) for part in claim.parts]))
        for who, theirs in voices.items()
        for one in theirs
        if one.answer
        for claim in one.answer.claims
    ]
    groups: list[list[_Voiced]] = []
    for one in sorted(claims, key=lambda voiced: voiced.ranges):
        start = one.ranges[0][0]
        over = [group for group in groups if max(other.end for other in group) <= start]
        met = [group for group in groups if any(_share(one, other) for other in group)]
        groups = [group for group in groups if group not in over and group not in met]
        groups.append([*(other for group in met for other in group), one])
        yield from over
    yield from groups


def _share(one: _Voiced, other: _Voiced) -> bool:
    return any(
        start < last and first < end for start, end in one.ranges for first, last in other.ranges
    )


def _compare_claims(
    claims: Sequence[_Voiced], readings: Mapping[int, Mapping[str, SentenceReading]]
) -> Cluster:
    rows = []
    for row in _match(claims):
        readers = {who for one in row for who in readings[one.position]}
        lacking = tuple(sorted(readers - {one.who for one in row}))
        slots = tuple(_gather({one.who: one.filled for one in row}))
        rows.append(Row({one.who: one.claim for one in row}, lacking, slots))
    return Cluster(min(one.position for one in claims), tuple(rows))


def _match(claims: Sequence[_Voiced]) -> list[list[_Voiced]]:
    """Put the claims of a cluster in rows that have one of each reader's at most.

    Those of two readers are matched one to one; of the pairs, those with most in common first.
    """
    letters = sorted({one.who for one in claims})
    if len(letters) == len(claims) and all(
        one.ranges == other.ranges or overlap(one.ranges, other.ranges) >= LEAST_OVERLAP
        for one, other in combinations(claims, 2)
    ):
        return [sorted(claims, key=lambda one: one.who)]  # Nothing is to be chosen.
    own = {who: [one for one in claims if one.who == who] for who in letters}
    pairs = [
        (own[who][place], own[other][beside])
        for number, who in enumerate(letters)
        for other in letters[number + 1 :]
        for place, beside in match_claims(
            [one.read for one in own[who]], [one.read for one in own[other]]
        )
        if place is not None and beside is not None
    ]
    pairs.sort(key=lambda pair: (-overlap(pair[0].ranges, pair[1].ranges), _orders(pair)))
    rows = [[one] for one in claims]
    for pair in pairs:
        first, second = (next(row for row in rows if one in row) for one in pair)
        if first is not second and {one.who for one in first}.isdisjoint(one.who for one in second):
            rows = [row for row in rows if row is not first and row is not second]
            rows.append([*first, *second])
    rows = [sorted(row, key=lambda one: one.who) for row in rows]
    return sorted(rows, key=lambda row: min(one.order for one in row))


def _orders(pair: tuple[_Voiced, _Voiced]) -> list[tuple[object, ...]]:
    return sorted(one.order for one in pair)


def _fill(claim: ClaimFrame, answer: Answer) -> Iterator[_Filled]:
    """Yield what stands in each slot of a claim.

    The author's link has nothing but the speaker; of a claim without chain nobody has said who
    says it.
    """
    yield _Filled(CONTENT, [[part.start, part.end] for part in claim.parts])
    for name, value in claim.attributes.items():
        yield _Filled(name, value)
    links: list[Link | None] = [*reversed(claim.chain[1:])] or [*claim.chain] or [None]
    for place, link in enumerate(links):
        yield _Filled(SPEAKER, link.speaker if link else None, place)
        if link and link.speaker != AUTHOR:
            yield from _fill_link(link, place)
    yield from _fill_stances(answer, claim.id)


def _fill_link(link: Link, place: int) -> Iterator[_Filled]:
    yield _Filled(MENTION, _range(link.mention), place)
    yield _Filled(CUE, _range(link.cue), place)
    for name, value in link.attributes.items():
        yield _Filled(name, value, place)


def _fill_stances(answer: Answer, claim: str | None) -> Iterator[_Filled]:
    own = [stance for stance in answer.stances if stance.claim == claim]
    for target in sorted({stance.target for stance in own}):
        said = in_canonical_order(
            {
                "holder": stance.holder,
                "value": stance.value,
                "target_span": _range(stance.target_span),
                "attributes": dict(stance.attributes),
            }
            for stance in own
            if stance.target == target
        )
        yield _Filled(STANCE, said, target=target)


def _of_sentence(readings: Mapping[str, SentenceReading]) -> Iterator[SlotValues]:
    filled = {
        who: [_Filled(DECISION, reading.decision), *_of_answer(reading.answer)]
        for who, reading in readings.items()
    }
    return _gather(filled)


def _of_answer(answer: Answer | None) -> Iterator[_Filled]:
    if answer is None:
        return
    if answer.decision in {Decision.CLAIMS, Decision.NO_CLAIM}:
        for name, value in answer.attributes.items():
            yield _Filled(name, value)
    yield from _fill_stances(answer, None)


def _gather(filled: Mapping[str, Sequence[_Filled]]) -> Iterator[SlotValues]:
    """Put together what the readers have in each slot.

    Whoever takes no stance towards a target, or has nobody in between, differs from who does; a
    slot that stands with another speaker only is compared among those who have it.
    """
    readers = sorted(filled)
    first = readers[0]
    if all(filled[who] == filled[first] for who in readers):
        for (name, link, target), found in _by_place({first: filled[first]}):
            yield SlotValues(name, (Value(found[first], tuple(readers)),), link, target)
        return
    for (name, link, target), found in _by_place(filled):
        if len(found) == len(readers) and all(found[who] == found[first] for who in readers):
            yield SlotValues(name, (Value(found[first], tuple(readers)),), link, target)
            continue
        values: dict[str, tuple[Json, list[str]]] = {}
        for who in readers:
            if who in found or name in {STANCE, SPEAKER}:
                value = found.get(who)
                values.setdefault(canonical_json(value), (value, []))[1].append(who)
        ordered = sorted(values.values(), key=lambda one: (-len(one[1]), one[1]))
        yield SlotValues(name, tuple(Value(one, tuple(who)) for one, who in ordered), link, target)


def _by_place(
    filled: Mapping[str, Sequence[_Filled]],
) -> Iterator[tuple[_Place, dict[str, Json]]]:
    """Yield who put what in each slot, in the order in which slots are shown."""
    given: dict[_Place, dict[str, Json]] = {}
    order: dict[str, int] = {}  # of the names, as they come first
    for who, theirs in filled.items():
        for one in theirs:
            order.setdefault(one.name, len(order))
            given.setdefault((one.name, one.link, one.target), {}).setdefault(who, one.value)
    for place in sorted(given, key=lambda place: _shown_order(place, order)):
        yield place, given[place]


def _shown_order(place: _Place, order: Mapping[str, int]) -> tuple[object, ...]:
    name, link, target = place
    return (name == STANCE, link or 0, order[name], target or "")


def _range(span: Span | None) -> Json:
    return [span.start, span.end] if span else None
