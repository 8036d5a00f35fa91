"""Hold what an adjudicator's browser sends against what is there, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.adjudication.rules import Reason
from workbench.canonical import Json, JsonObject
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError
from workbench.labelling.checking import CheckedAnswer, check_gold
from workbench.labelling.frames import SentenceId
from workbench.labelling.parsing import parse_browser_id, parse_object, parse_sentence_id

MAX_NOTE = 2000
MAX_IDS = 1000


@dataclass(frozen=True)
class Grounds:
    """What a decision rests on: the revisions that were compared, and why they differed."""

    compared: frozenset[str]
    reason: Reason | None
    note: str | None


@dataclass(frozen=True)
class CheckedAdjudication:
    """An agreed answer that is right as far as what never changes can tell.

    ``sources`` has the ids of the annotators' claims that each of its claims was made from.
    """

    answer: CheckedAnswer
    grounds: Grounds
    sources: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Deferral:
    """That a sentence is to be decided later; ``id`` was made by the browser."""

    id: str
    sentence: SentenceId
    grounds: Grounds


def check_adjudication(
    session: Session, *, project_id: int, slug: str, payload: Json
) -> CheckedAdjudication:
    """Read what a browser sends and hold it against scheme, text and registers.

    It is an answer with ``adjudication`` beside its fields. Reads only, and only what never
    changes. Raises ``InvalidInputError``, or ``NotFoundError`` for a sentence that is not there.
    """
    fields = dict(payload) if isinstance(payload, dict) else {}
    given = parse_object(
        fields.pop("adjudication", None), "adjudication", "compared", "reason note sources"
    )
    grounds, sources = _parse_grounds(given), _parse_sources(given.get("sources", {}))
    answer = check_gold(session, project_id=project_id, slug=slug, payload=fields, beside=given)
    if unknown := sources.keys() - {claim.id for claim in answer.answer.claims}:
        raise InvalidInputError(
            "Sources are given of the claim %(id)s, which the answer does not have.",
            id=min(unknown)[:40],
        )
    return CheckedAdjudication(answer=answer, grounds=grounds, sources=sources)


def parse_deferral(payload: Json) -> Deferral:
    """Read that a sentence is put off."""
    entry = parse_object(payload, "deferral", "id sentence compared", "reason note")
    return Deferral(
        id=parse_browser_id(entry["id"], "id"),
        sentence=parse_sentence_id(entry["sentence"]),
        grounds=_parse_grounds(entry),
    )


def _parse_grounds(entry: JsonObject) -> Grounds:
    reason, note = entry.get("reason"), entry.get("note")
    if reason is not None and reason not in [*Reason]:  # A list has no hash, and is none of them.
        raise InvalidInputError(
            "The reason is none of %(known)s.", known=", ".join(one.value for one in Reason)
        )
    if note is not None and not isinstance(note, str):
        raise InvalidInputError("The note is not a text.")
    if note and len(note) > MAX_NOTE:
        raise InvalidInputError("A note has at most %(most)s characters.", most=MAX_NOTE)
    if note:
        refuse_unstorable(note, "note")
    return Grounds(
        compared=_parse_ids(entry["compared"], "compared"),
        reason=Reason(str(reason)) if reason is not None else None,
        note=(note or "").strip() or None,
    )


def _parse_sources(value: Json) -> dict[str, frozenset[str]]:
    if not isinstance(value, dict):
        raise InvalidInputError("The sources of the claims are not an object.")
    return {
        parse_browser_id(claim, "a claim in sources"): _parse_ids(ids, "sources")
        for claim, ids in value.items()
    }


def _parse_ids(value: Json, place: str) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MAX_IDS:
        raise InvalidInputError("%(place)s is not a list of ids.", place=place)
    return frozenset(parse_browser_id(one, place) for one in value)
