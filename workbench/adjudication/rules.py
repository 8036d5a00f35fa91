"""How a gold record is settled: what the answers to each sentence of an article come to.

Answers differ when their canonical frames differ. A sentence that a later part of a claim
touches reads ``continues`` for whoever made that claim, unless they have claims of their own there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from workbench.labelling.frames import Answer, Decision, canonical_frame
from workbench.labelling.rules import (
    CONTINUES,
    UNREAD,
    answer_reading,
    continued_positions,
    is_complete,
)
from workbench.projects.scheme import Scheme

LEAST_FOR_MAJORITY = 3

Answers = Mapping[int, Answer]


class Outcome(StrEnum):
    """What an adjudicator did: took one answer whole, or made another, or none, or not yet."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT_ALL = "reject_all"
    REOPEN = "reopen"
    DEFER = "defer"


class Reason(StrEnum):
    """Why answers differed, as the adjudicator sees it."""

    GUIDELINE_GAP = "guideline_gap"
    AMBIGUOUS_TEXT = "ambiguous_text"
    SLIP = "slip"
    BOUNDARY_RULE = "boundary_rule"
    WRONG_LINK = "wrong_link"
    GRANULARITY = "granularity"
    WRONG_VALUE = "wrong_value"
    REGISTER_GAP = "register_gap"


@dataclass(frozen=True)
class Policy:
    """What settles a sentence by itself in a project: one answer, all alike, most alike."""

    single: bool = True
    unanimous: bool = True
    majority: bool = False


class Settled(StrEnum):
    """How the gold answer to a sentence came about."""

    ADJUDICATED = "adjudicated"
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    SINGLE = "single"
    CONTINUES = "continues"
    UNSETTLED = "unsettled"
    UNREAD = "unread"


class Settlement(NamedTuple):
    """The gold answer to a sentence: how it was settled, what it says, and whose wording it has.

    ``decision`` is none where nothing is settled, ``answer`` where there is nothing to show.
    """

    settled: Settled
    decision: str | None
    answer: Answer | None = None


class SentenceReading(NamedTuple):
    """What a sentence counts as for one person."""

    decision: str
    answer: Answer | None

    @property
    def frame(self) -> str:
        """What is compared: equal readings have equal frames."""
        if self.decision == CONTINUES and not (self.answer and self.answer.stances):
            return CONTINUES
        return f"{self.decision} {canonical_frame(self.answer) if self.answer else ''}"


def settle(
    sentences: Sequence[tuple[int, int]],
    readers: Sequence[Sequence[SentenceReading]],
    gold: Answers,
    *,
    policy: Policy,
    scheme: Scheme,
) -> list[Settlement]:
    """Settle every sentence of an edition, given by its range, in the order of the text.

    ``readers`` has in each entry how one person reads them; of equal readings the first gives the
    wording, and one in which the scheme still asks something settles nothing. ``gold`` are the
    answers of the adjudicators; one that was taken back, without claims though it says claims,
    counts as none.
    """
    positions = range(1, len(sentences) + 1)
    readings = [
        [own[position - 1] for own in readers if own[position - 1].decision != UNREAD]
        for position in positions
    ]
    own = [
        _adjudicated(gold[position])
        if position in gold and not is_taken_back(gold[position])
        else _agree(readings[position - 1], policy, scheme)
        for position in positions
    ]
    claimed = _continued(sentences, (one.answer for one in own if one.answer))
    return [
        _continue(own[position - 1], readings[position - 1])
        if position in claimed
        else _without_beginning(own[position - 1])
        for position in positions
    ]


def read_sentences(sentences: Sequence[tuple[int, int]], answers: Answers) -> list[SentenceReading]:
    """Return what each sentence counts as for one person, in the order of the text."""
    continued = _continued(sentences, answers.values())
    return [
        SentenceReading(answer_reading(own, is_continued=position in continued), own)
        for position in range(1, len(sentences) + 1)
        for own in [answers.get(position)]
    ]


def _adjudicated(answer: Answer) -> Settlement:
    return Settlement(Settled.ADJUDICATED, answer.decision.value, answer)


def is_taken_back(answer: Answer) -> bool:
    """Tell whether an agreed answer says that nothing is decided any more."""
    return answer.decision is Decision.CLAIMS and not answer.claims


def _agree(readings: Sequence[SentenceReading], policy: Policy, scheme: Scheme) -> Settlement:
    found = _compare(readings, policy)
    if found.answer and not is_complete(found.answer, scheme):
        return Settlement(Settled.UNSETTLED, None)
    return found


def _compare(readings: Sequence[SentenceReading], policy: Policy) -> Settlement:
    if not readings:
        return Settlement(Settled.UNREAD, UNREAD)
    if len(readings) == 1:
        return _settlement(Settled.SINGLE, readings[0], is_enough=policy.single)
    if not policy.majority and len({one.decision for one in readings}) > 1:
        return Settlement(Settled.UNSETTLED, None)  # Whatever else they say.
    frames = [one.frame for one in readings]
    if len(set(frames)) == 1:
        return _settlement(Settled.UNANIMOUS, readings[0], is_enough=policy.unanimous)
    frame, votes = Counter(frames).most_common(1)[0]
    first = readings[frames.index(frame)]
    is_majority = len(readings) >= LEAST_FOR_MAJORITY and 2 * votes > len(readings)
    return _settlement(Settled.MAJORITY, first, is_enough=is_majority and policy.majority)


def _settlement(settled: Settled, chosen: SentenceReading, *, is_enough: bool) -> Settlement:
    if not is_enough:
        return Settlement(Settled.UNSETTLED, None)
    return Settlement(settled, chosen.decision, chosen.answer)


def _continue(own: Settlement, readings: Sequence[SentenceReading]) -> Settlement:
    """Settle a sentence that a settled claim runs into."""
    has_claims = own.decision == Decision.CLAIMS
    disputed = own.settled is Settled.UNSETTLED and any(
        one.decision == Decision.CLAIMS for one in readings
    )
    return own if has_claims or disputed else Settlement(Settled.CONTINUES, CONTINUES, own.answer)


def _without_beginning(own: Settlement) -> Settlement:
    """Settle a sentence that no settled claim runs into: nothing is there to be continued."""
    return Settlement(Settled.UNSETTLED, None) if own.decision == CONTINUES else own


def _continued(sentences: Sequence[tuple[int, int]], answers: Iterable[Answer]) -> set[int]:
    return continued_positions(
        sentences, (claim.parts for answer in answers for claim in answer.claims)
    )
