"""What becomes of an answer when its text is corrected: carried, shown to confirm, or listed.

An answer is *exact* when its sentence and every word it marks stand unchanged in one place;
*moved* when they are found for certain, but the sentence changed or stands elsewhere; and
*orphaned* otherwise. Nothing is ever guessed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from workbench.corpus.aligning import Alignment
from workbench.labelling.frames import (
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
)

# What is true of a whole sentence is true of the sentences it is split into.
TRUE_OF_PARTS = {Decision.NO_CLAIM, Decision.NOT_ANNOTATABLE}


class Fate(StrEnum):
    """What becomes of an answer to a sentence of the text before."""

    EXACT = "exact"
    MOVED = "moved"
    ORPHANED = "orphaned"


@dataclass(frozen=True)
class Outcome:
    """The fate of an answer, and the answers it would be to the new text, by position."""

    fate: Fate
    pieces: Mapping[int, Answer]


ORPHANED = Outcome(Fate.ORPHANED, {})


def carry(
    answer: Answer, alignment: Alignment, *, edition: int, outside: Collection[int] = ()
) -> Outcome:
    """Say what becomes of an answer in the edition of this number.

    ``outside`` are the positions of new sentences that need no decision: none is put there.
    Claims keep their ids and lose the suggestion they were made from, which is of the old text.
    """
    finder = _Finder(alignment)
    claims = [finder.claim(claim) for claim in answer.claims]
    stances = [finder.stance(stance) for stance in answer.stances]
    if finder.is_lost:
        return ORPHANED
    sentence = answer.sentence.position - 1
    found = alignment.homes(sentence)
    homes = [alignment.sentence_at(claim.parts[0].start) for claim in claims] or [*found]
    pieces = _pieces(answer, claims, stances, homes, edition)
    if not pieces or any(position in outside for position in pieces):
        return ORPHANED
    is_exact = finder.is_exact and {*homes} == {alignment.same.get(sentence)}
    return Outcome(Fate.EXACT if is_exact else Fate.MOVED, pieces)


def locate_span(span: Span, alignment: Alignment) -> tuple[Fate, Span | None]:
    """Say what becomes of a single range of words."""
    located = alignment.locate(span.start, span.end)
    if located is None:
        return Fate.ORPHANED, None
    fate = Fate.EXACT if located.is_exact else Fate.MOVED
    return fate, Span(located.start, located.end, span.text)


def join_answers(first: Answer, second: Answer) -> Answer | None:
    """Put two answers together whose sentences became one; nothing where they contradict."""
    if first.decision is second.decision:
        decision = first.decision
    elif {first.decision, second.decision} == {Decision.CLAIMS, Decision.NO_CLAIM}:
        decision = Decision.CLAIMS
    else:
        return None
    leading = first if first.decision is decision else second
    claims = sorted((*first.claims, *second.claims), key=lambda claim: claim.parts[0].start)
    return replace(
        leading, decision=decision, claims=(*claims,), stances=(*first.stances, *second.stances)
    )


def rename_claims(answer: Answer, rename: Callable[[str], str]) -> Answer:
    """Give each claim another id, in the stances, too."""
    names = {claim.id: rename(claim.id) for claim in answer.claims}
    return replace(
        answer,
        claims=tuple(replace(claim, id=names[claim.id]) for claim in answer.claims),
        stances=tuple(
            replace(stance, claim=stance.claim and names[stance.claim]) for stance in answer.stances
        ),
    )


class _Finder:
    """Finds spans in the new text and remembers how well that went."""

    def __init__(self, alignment: Alignment) -> None:
        self._alignment = alignment
        self.is_exact = True
        self.is_lost = False

    def claim(self, claim: ClaimFrame) -> ClaimFrame:
        parts = tuple(self._span(part) for part in claim.parts)
        if any(part.end > after.start for part, after in pairwise(parts)):
            self.is_lost = True
        return replace(
            claim,
            parts=parts,
            chain=tuple(self._link(link) for link in claim.chain),
            suggestion=None,
        )

    def stance(self, stance: StanceFrame) -> StanceFrame:
        return replace(stance, target_span=self._maybe_span(stance.target_span))

    def _link(self, link: Link) -> Link:
        return replace(link, mention=self._maybe_span(link.mention), cue=self._maybe_span(link.cue))

    def _maybe_span(self, span: Span | None) -> Span | None:
        return span and self._span(span)

    def _span(self, span: Span) -> Span:
        fate, found = locate_span(span, self._alignment)
        self.is_exact &= fate is Fate.EXACT
        self.is_lost |= found is None
        return found or span


def _pieces(
    answer: Answer,
    claims: Sequence[ClaimFrame],
    stances: Sequence[StanceFrame],
    homes: Sequence[int | None],
    edition: int,
) -> dict[int, Answer]:
    """Return the answers to the new sentences; none where it is not certain what is whose."""
    among = {home for home in homes if home is not None}
    if len(among) != len({*homes}):
        return {}
    if len(among) > 1:
        is_loose = any(stance.claim is None for stance in stances)
        if is_loose or (not claims and answer.decision not in TRUE_OF_PARTS):
            return {}
    pieces = {}
    for home in sorted(among):
        own = (
            [claim for claim, at in zip(claims, homes, strict=True) if at == home] if claims else []
        )
        names = {None, *(claim.id for claim in own)}
        pieces[home + 1] = replace(
            answer,
            base=None,
            sentence=SentenceId(answer.sentence.article, edition, home + 1),
            claims=(*own,),
            stances=tuple(stance for stance in stances if stance.claim in names),
        )
    return pieces
