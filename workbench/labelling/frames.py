"""An answer as a value: a decision, claims with their chains, stances; checked and compared.

Offsets are half-open code-point ranges into the text edition of the article, with their quotes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache

from workbench.canonical import (
    Json,
    JsonObject,
    canonical_json,
    content_hash,
    frame_json,
    in_canonical_order,
)
from workbench.errors import InvalidInputError

AUTHOR = "author"
UNSPECIFIED = "unspecified"

Attributes = Mapping[str, str | None]


class Decision(StrEnum):
    """What a person can decide about a sentence."""

    CLAIMS = "claims"
    NO_CLAIM = "no_claim"
    UNDECIDED = "undecided"
    NOT_ANNOTATABLE = "not_annotatable"


@dataclass(frozen=True)
class SentenceId:
    """The public name of a sentence: article, number of the text edition, place in it from 1."""

    article: str
    edition: int
    position: int

    def beside(self, position: int) -> "SentenceId":
        """Return the id of the sentence at another position of the same edition."""
        return replace(self, position=position)

    def __str__(self) -> str:
        return f"{self.article}.{self.edition}.{self.position}"


@dataclass(frozen=True)
class Span:
    """A half-open range of the text with the characters that stand there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Link:
    """One link of a chain: who says it, named where, attributed by which word."""

    speaker: str
    mention: Span | None = None
    cue: Span | None = None
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True)
class ClaimFrame:
    """A claim: its content in one or more parts, and its chain from the author inward.

    The chain is empty until somebody has said who says it. ``suggestion`` is the one it was made
    from, if any.
    """

    id: str
    parts: tuple[Span, ...]
    attributes: Attributes
    chain: tuple[Link, ...]
    suggestion: str | None = None


@dataclass(frozen=True)
class StanceFrame:
    """Who is for or against what; of one of the answer's claims, or of none."""

    claim: str | None
    holder: str
    target: str
    target_span: Span | None
    value: str
    attributes: Attributes


@dataclass(frozen=True)
class Answer:
    """One person's answer for one sentence; ``base`` is the revision it was made from."""

    id: str
    base: str | None
    sentence: SentenceId
    decision: Decision
    attributes: Attributes
    claims: tuple[ClaimFrame, ...] = ()
    stances: tuple[StanceFrame, ...] = ()

    @property
    def speakers(self) -> set[str]:
        """The register ids of everybody who says or holds something."""
        named = {link.speaker for claim in self.claims for link in claim.chain}
        named |= {stance.holder for stance in self.stances}
        return named - {AUTHOR, UNSPECIFIED}

    @property
    def suggestions(self) -> set[str]:
        """The ids of the suggestions that claims were made from."""
        return {claim.suggestion for claim in self.claims if claim.suggestion}

    @property
    def targets(self) -> set[str]:
        """The register ids of everything a stance is towards."""
        return {stance.target for stance in self.stances}

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield every span with its place in the answer."""
        for number, claim in enumerate(self.claims):
            for index, part in enumerate(claim.parts):
                yield f"claims[{number}].parts[{index}]", part
            for depth, link in enumerate(claim.chain):
                if link.mention:
                    yield f"claims[{number}].chain[{depth}].mention", link.mention
                if link.cue:
                    yield f"claims[{number}].chain[{depth}].cue", link.cue
        for number, stance in enumerate(self.stances):
            if stance.target_span:
                yield f"stances[{number}].target_span", stance.target_span


def answer_problems(answer: Answer, text: str, start: int, end: int) -> list[InvalidInputError]:
    """Say what is wrong with the spans of an answer for the sentence ``text[start:end]``.

    An empty list means valid: every quote is what stands in the text, parts are in order and
    apart, and each claim starts inside the sentence.
    """
    problems = [
        wrong for place, span in answer.spans() if (wrong := quote_problem(place, span, text))
    ]
    for number, claim in enumerate(answer.claims):
        if not start <= claim.parts[0].start < end:
            problems.append(
                InvalidInputError(
                    "%(place)s starts at %(at)s, outside the sentence (%(start)s to %(end)s);"
                    " it belongs to the sentence in which it starts.",
                    place=f"claims[{number}]",
                    at=claim.parts[0].start,
                    start=start,
                    end=end,
                )
            )
        for index, (part, following) in enumerate(
            zip(claim.parts, claim.parts[1:], strict=False), start=1
        ):
            if following.start < part.end:
                problems.append(
                    InvalidInputError(
                        "%(place)s starts at %(start)s, before the part in front of it ends at"
                        " %(end)s; parts go in the order of the text.",
                        place=f"claims[{number}].parts[{index}]",
                        start=following.start,
                        end=part.end,
                    )
                )
    return problems


def answer_json(answer: Answer) -> JsonObject:
    """Return the answer as it travels: ``parse_answer`` reads it back."""
    return {
        "id": answer.id,
        "base": answer.base,
        "sentence": str(answer.sentence),
        "decision": answer.decision.value,
        "attributes": dict(answer.attributes),
        "claims": [
            {
                "id": claim.id,
                "parts": [span_json(part) for part in claim.parts],
                "attributes": dict(claim.attributes),
                "chain": [_link_json(link) for link in claim.chain],
                "suggestion": claim.suggestion,
            }
            for claim in answer.claims
        ],
        "stances": [
            {
                "claim": stance.claim,
                "holder": stance.holder,
                "target": stance.target,
                "target_span": _maybe_span_json(stance.target_span),
                "value": stance.value,
                "attributes": dict(stance.attributes),
            }
            for stance in answer.stances
        ],
    }


def span_json(span: Span) -> JsonObject:
    """Return a span as it is stored and as it travels."""
    return {"start": span.start, "end": span.end, "text": span.text}


def answer_hash(answer: Answer) -> str:
    """Return what tells a repeat of the answer from another answer under the same id."""
    return content_hash(answer_json(answer))


def canonical_frame(answer: Answer) -> str:
    """Return what the answer says in one form only: equal answers give equal strings.

    Ids, times and origin are left out, and the order of claims and stances does not count.
    """
    if not (answer.claims or answer.stances or answer.attributes):
        return _bare_frame(answer.decision)
    return frame_json(
        {
            "decision": answer.decision.value,
            "attributes": dict(answer.attributes),
            "claims": in_canonical_order(
                {
                    "parts": [[part.start, part.end] for part in claim.parts],
                    "attributes": dict(claim.attributes),
                    "chain": [_bare_link(link) for link in claim.chain],
                    "stances": _bare_stances(answer, claim.id),
                }
                for claim in answer.claims
            ),
            "stances": _bare_stances(answer, None),
        }
    )


def follow_redirects(
    answer: Answer, speakers: Mapping[str, str], targets: Mapping[str, str]
) -> Answer:
    """Return the answer with each merged register entry replaced by the one it was merged into."""
    if not (speakers or targets):
        return answer
    if speakers.keys().isdisjoint(answer.speakers) and targets.keys().isdisjoint(answer.targets):
        return answer
    return replace(
        answer,
        claims=tuple(
            replace(
                claim,
                chain=tuple(
                    replace(link, speaker=speakers.get(link.speaker, link.speaker))
                    for link in claim.chain
                ),
            )
            for claim in answer.claims
        ),
        stances=tuple(
            replace(
                stance,
                holder=speakers.get(stance.holder, stance.holder),
                target=targets.get(stance.target, stance.target),
            )
            for stance in answer.stances
        ),
    )


@cache  # Most answers say nothing else.
def _bare_frame(decision: Decision) -> str:
    return canonical_json(
        {"decision": decision.value, "attributes": {}, "claims": [], "stances": []}
    )


def _link_json(link: Link) -> JsonObject:
    if link.speaker == AUTHOR:
        return {"speaker": AUTHOR}
    return {
        "speaker": link.speaker,
        "mention": _maybe_span_json(link.mention),
        "cue": _maybe_span_json(link.cue),
        "attributes": dict(link.attributes),
    }


def _maybe_span_json(span: Span | None) -> Json:
    return span_json(span) if span else None


def _bare_link(link: Link) -> Json:
    return [link.speaker, _bare_span(link.mention), _bare_span(link.cue), dict(link.attributes)]


def _bare_stances(answer: Answer, claim: str | None) -> list[Json]:
    return in_canonical_order(
        [
            stance.holder,
            stance.target,
            _bare_span(stance.target_span),
            stance.value,
            dict(stance.attributes),
        ]
        for stance in answer.stances
        if stance.claim == claim
    )


def _bare_span(span: Span | None) -> Json:
    return [span.start, span.end] if span else None


def quote_problem(place: str, span: Span, text: str) -> InvalidInputError | None:
    """Say what is wrong with a span of this text, if anything; ``place`` says where it stands."""
    if not 0 <= span.start < span.end <= len(text):
        return InvalidInputError(
            "%(place)s goes from %(start)s to %(end)s, which is no range of the text"
            " (0 to %(length)s).",
            place=place,
            start=span.start,
            end=span.end,
            length=len(text),
        )
    if (found := text[span.start : span.end]) != span.text:
        return InvalidInputError(
            "%(place)s quotes “%(quote)s”, but the text reads “%(found)s” at %(start)s to %(end)s;"
            " read the text anew.",
            place=place,
            quote=span.text[:40],
            found=found[:40],
            start=span.start,
            end=span.end,
        )
    return None
