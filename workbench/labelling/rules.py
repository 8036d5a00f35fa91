"""How far an article is read: what each sentence counts as, and what is missing to be finished."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from workbench.errors import InvalidInputError
from workbench.labelling.frames import Answer, Attributes, Decision, Span
from workbench.projects.scheme import Scheme

CONTINUES = "continues"
UNREAD = "unread"
SCHEME_CHANGE = "scheme_change"  # what made a revision of an answer
WORDS = (*(decision.value for decision in Decision), CONTINUES, UNREAD)
_CLAIMS = Decision.CLAIMS.value
_WITHOUT_CLAIMS: Mapping[Decision | None, str] = {
    **{decision: decision.value for decision in Decision},
    Decision.CLAIMS: UNREAD,
    None: UNREAD,
}


class AssignmentState(StrEnum):
    """How far a slot is.

    An open one is nobody's, or waits for the person it is named for. A lapsed one was given to
    somebody else: what its person answers is kept, and counts as no reading of the project's.
    """

    OPEN = "open"
    WORKING = "working"
    FINISHED = "finished"
    PAUSED = "paused"
    LAPSED = "lapsed"


class UnfinishedArticleError(InvalidInputError):
    """An article has sentences without a decision, or claims that lack an asked field."""

    code = "unfinished_article"

    def __init__(self, unread: Sequence[str], incomplete: Sequence[str]) -> None:
        """Name the sentences by their public ids."""
        super().__init__(
            "The article is not finished: %(unread)s sentences are unread and %(incomplete)s"
            " incomplete; each is marked in the text.",
            unread=len(unread),
            incomplete=len(incomplete),
        )
        self.extra = {"unread": [*unread], "incomplete": [*incomplete]}


def closed_article(*, is_erased: bool) -> InvalidInputError:
    """Return the refusal of a withdrawn or erased article."""
    if is_erased:
        return InvalidInputError("The text of this article was erased; it takes no more answers.")
    return InvalidInputError(
        "This article was withdrawn and takes no answers until a manager brings it back."
    )


def continued_positions(
    sentences: Sequence[tuple[int, int]], claims: Iterable[Sequence[Span]]
) -> set[int]:
    """Return the positions, from 1, that ``claims`` touch after the sentence they start in.

    ``sentences`` are the ranges of all sentences of one edition, in order; a claim is given by
    its parts.
    """
    starts = [start for start, _ in sentences]
    ends = [end for _, end in sentences]
    touched: set[int] = set()
    for parts in claims:
        home = bisect_right(starts, parts[0].start)
        if home and parts[-1].end <= ends[home - 1]:
            continue  # Nearly all claims end where they begin.
        for part in parts:
            first = max(bisect_right(ends, part.start), home)
            touched.update(range(first + 1, bisect_left(starts, part.end) + 1))
    return touched


def reading(decision: Decision | None, *, has_claims: bool, is_continued: bool) -> str:
    """Return what a sentence counts as: its decision, ``continues`` or ``unread``.

    An answer whose last claim was taken out again, with no other decision, is none.
    """
    if has_claims:
        return _CLAIMS
    return CONTINUES if is_continued else _WITHOUT_CLAIMS[decision]


def words_of(
    sentences: Sequence[tuple[int, int]],
    decisions: Mapping[int, Decision],
    claims: Iterable[tuple[int, Sequence[Span]]],
) -> list[str]:
    """Return what each sentence of an edition counts as for one person, in the order of the text.

    ``sentences`` are the ranges of all of them; decisions are given by position, from 1, claims
    as the position they start in and their parts. A sentence without a decision is unread.
    """
    parts_at = list(claims)
    with_claims = {position for position, _ in parts_at}
    continued = continued_positions(sentences, [parts for _, parts in parts_at])
    return [
        reading(
            decisions.get(position),
            has_claims=position in with_claims,
            is_continued=position in continued,
        )
        for position in range(1, len(sentences) + 1)
    ]


def answer_reading(answer: Answer | None, *, is_continued: bool) -> str:
    """Return what a sentence counts as with this answer."""
    return reading(
        answer.decision if answer else None,
        has_claims=bool(answer and answer.claims),
        is_continued=is_continued,
    )


def is_complete(answer: Answer, scheme: Scheme) -> bool:
    """Tell whether everything that is always asked of such an answer has a value.

    A claim with an empty chain was marked without saying who says it.
    """
    return all(claim.chain for claim in answer.claims) and all(
        attributes.get(field.name) is not None
        for level, attributes in _levels(answer)
        for field in scheme.on(level)
        if field.name in attributes and field.kind == "choice" and field.ask == "always"
    )


def is_asked_again(answer: Answer, scheme: Scheme, *, cause: str) -> bool:
    """Tell whether a change of the scheme has left something of an answer open, and it still is."""
    is_open = answer.decision is Decision.CLAIMS and not answer.claims
    return cause == SCHEME_CHANGE and (is_open or not is_complete(answer, scheme))


def _levels(answer: Answer) -> Iterator[tuple[str, Attributes]]:
    if answer.decision in {Decision.CLAIMS, Decision.NO_CLAIM}:
        yield "annotation", answer.attributes
    for claim in answer.claims:
        yield "claim", claim.attributes
        yield from (("link", link.attributes) for link in claim.chain)
    yield from (("stance", stance.attributes) for stance in answer.stances)
