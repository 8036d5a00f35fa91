"""What readings of an article come to by a project's policy, to compare each of them with it.

The rules are those by which gold records are settled, but over what the figures of agreement
compare: a note or a certainty in which answers differ makes no dispute here.
"""

from collections.abc import Collection, Sequence

from workbench.adjudication.rules import LEAST_FOR_MAJORITY, Policy
from workbench.agreement.comparing import ReadClaim, Reading, ReadStance
from workbench.agreement.reporting import SettledArticle
from workbench.agreement.units import SPEAKER
from workbench.labelling.frames import Decision
from workbench.labelling.rules import CONTINUES, UNREAD

Said = tuple[str, Sequence[ReadClaim], frozenset[ReadStance]]


def settle_readings(
    readings: Sequence[Reading], gold: Reading | None, *, policy: Policy, asked: Collection[str]
) -> SettledArticle:
    """Return the settled sentences as a reading, and which of them were disputed, which are alike.

    ``gold`` is what adjudicators said. Nobody's answer settles a sentence before each claim has who
    says it and a value in each of the ``asked`` fields that it was asked for.
    """
    sides = [_Side(one) for one in readings]
    agreed = _Side(gold or Reading({}))
    decided = {at for at in agreed.reading.decisions if _is_whole(agreed.at(at), asked)}
    settled: dict[int, Said] = {}
    disputed, alike = set(), set()
    before: str | None = None
    for position in sorted({place for one in readings for place in one.decisions}):
        said = [one.at(position) for one in sides]
        given = [one for one in said if one[0] != UNREAD]
        groups = _group(given)
        chosen = None
        if position in decided:
            chosen = agreed.at(position)
        elif _is_settled(groups, len(given), policy) and _is_whole(groups[0][0], asked):
            chosen = groups[0][0]
        # What goes on is settled only with what it goes on from.
        if chosen and chosen[0] == CONTINUES and before not in {Decision.CLAIMS, CONTINUES}:
            chosen = chosen if position in decided else None
        before = chosen[0] if chosen else None
        if chosen:
            settled[position] = chosen
            if len(groups) > 1:
                disputed.add(position)
            elif len(given) == len(said) and _is_same(chosen, given[0]):
                alike.add(position)
    return SettledArticle(
        Reading(
            {position: one[0] for position, one in settled.items()},
            [claim for one in settled.values() for claim in one[1]],
            {position: one[2] for position, one in settled.items() if one[2]},
        ),
        frozenset(disputed),
        frozenset(alike),
    )


class _Side:
    """A reading, sentence by sentence."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.claims: dict[int, list[ReadClaim]] = {}
        for claim in reading.claims:
            self.claims.setdefault(claim.sentence, []).append(claim)

    def at(self, position: int) -> Said:
        """Return what is said of a sentence."""
        return (
            self.reading.decisions.get(position, UNREAD),
            self.claims.get(position, ()),
            self.reading.stances.get(position, frozenset()),
        )


def _is_whole(said: Said, asked: Collection[str]) -> bool:
    """Tell whether a sentence is decided, nothing taken back or still asked in it."""
    word, claims, _ = said
    return (
        word != UNREAD
        and bool(claims or word != Decision.CLAIMS)
        and all(
            SPEAKER in claim.values
            and not any(claim.values.get(name, "") is None for name in asked)
            for claim in claims
        )
    )


def _group(given: Sequence[Said]) -> list[list[Said]]:
    """Put together what is the same, the most frequent first."""
    groups: list[list[Said]] = []
    for one in given:
        home = next((group for group in groups if _is_same(group[0], one)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return sorted(groups, key=len, reverse=True)


def _is_same(one: Said, other: Said) -> bool:
    return (
        one[0] == other[0]
        and len(one[1]) == len(other[1])
        and all(claim in other[1] for claim in one[1])
        and one[2] == other[2]
    )


def _is_settled(groups: Sequence[Sequence[Said]], of: int, policy: Policy) -> bool:
    if of < 2:  # noqa: PLR2004  # One answer is compared with nobody's.
        return False
    if len(groups) == 1:
        return policy.unanimous
    return policy.majority and of >= LEAST_FOR_MAJORITY and 2 * len(groups[0]) > of
