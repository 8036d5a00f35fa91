"""Which articles several people read, and which come first: drawn from the project's seed."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WHOLE = 100
THIRDS = 3

_Stratum = tuple[str, int]


@dataclass(frozen=True)
class Candidate:
    """An article that several people may read; ``is_doubled`` is none where nothing is drawn yet.

    ``length`` is that of its text, in code points.
    """

    id: int
    public_id: str
    outlet: str | None
    length: int
    is_doubled: bool | None = None


def draw(seed: str, *names: str) -> int:
    """Return a number of 31 bits that the project's seed gives to a name, always the same."""
    drawn = hashlib.sha256(" ".join((seed, *names)).encode()).digest()
    return int.from_bytes(drawn[:4]) >> 1


def choose_doubled(candidates: Sequence[Candidate], *, percent: int, seed: str) -> set[int]:
    """Choose the articles that several people read: ``percent`` of all, as evenly as can be.

    Each outlet and each third of the lengths gets its share; the shares add up to the whole one.
    What was chosen once stays so, and makes one less to choose; what was not, too, and another
    part then fills the share.
    """
    if percent == WHOLE:
        return {one.id for one in candidates}
    strata: dict[_Stratum, list[Candidate]] = defaultdict(list)
    by_length = sorted(candidates, key=lambda one: (one.length, one.public_id))
    for rank, one in enumerate(by_length):
        strata[one.outlet or "", rank * THIRDS // len(by_length)].append(one)
    quotas = _share_out(strata, percent, seed)
    whole = _whole_share(len(candidates), percent)
    chosen = {one.id for one in candidates if one.is_doubled}
    for name, ones in strata.items():
        room = quotas[name] - sum(one.is_doubled is True for one in ones)
        chosen |= _draw_from(ones, min(room, whole - len(chosen)), seed)
    rest = [one for one in candidates if one.id not in chosen]
    return chosen | _draw_from(rest, whole - len(chosen), seed)


def _draw_from(candidates: Sequence[Candidate], count: int, seed: str) -> set[int]:
    """Draw so many, as far as there are, of those of which nothing is decided yet."""
    undecided = [one for one in candidates if one.is_doubled is None]
    undecided.sort(key=lambda one: (draw(seed, one.public_id), one.public_id))
    return {one.id for one in undecided[: max(0, count)]}


def _whole_share(count: int, percent: int) -> int:
    return (count * percent + WHOLE // 2) // WHOLE


def _share_out(
    strata: Mapping[_Stratum, Sequence[Candidate]], percent: int, seed: str
) -> dict[_Stratum, int]:
    """Share the whole number of doubled articles out among the strata, by largest remainders.

    Where more are chosen already than the stratum's whole share, it is rounded up first.
    """
    quotas = {name: len(ones) * percent // WHOLE for name, ones in strata.items()}
    whole = _whole_share(sum(map(len, strata.values())), percent)

    def order(name: _Stratum) -> tuple[bool, int, int]:
        has_more = sum(one.is_doubled is True for one in strata[name]) > quotas[name]
        remainder = len(strata[name]) * percent % WHOLE
        return not has_more, -remainder, draw(seed, name[0], str(name[1]))

    by_remainder = sorted(strata, key=order)
    for name in by_remainder[: whole - sum(quotas.values())]:
        quotas[name] += 1
    return quotas
