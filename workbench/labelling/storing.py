"""Insert revisions of answers: table by table, as few statements as there are tables.

No statement waits for the row ids of the one before: each finds them by what identifies the
rows, so that all are sent together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    ScalarSelect,
    and_,
    bindparam,
    insert,
    select,
)
from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.labelling.checking import CheckedAnswer
from workbench.labelling.frames import AUTHOR, UNSPECIFIED, Span, span_json
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    AttributionLink,
    Claim,
    ClaimRevision,
    Stance,
)
from workbench.storage.database import sent_together

Row = dict[str, object]


@dataclass(frozen=True)
class NewRevision:
    """An answer that is to be stored, with its number among the revisions of the same answer."""

    checked: CheckedAnswer
    number: int
    by: int
    now: datetime
    cause: str = "human"

    @property
    def common(self) -> Row:
        """What all its rows have, or are found by."""
        return {
            "project_id": self.checked.project_id,
            "of_project": self.checked.project_id,
            "of_sentence": self.checked.place.sentence_id,
            "of_answerer": self.checked.answerer,
            "of_number": self.number,
        }


def insert_revisions(session: Session, revisions: Sequence[NewRevision]) -> None:
    """Add revisions with all they hold; the first of an answer makes the answer's identity."""
    rows: tuple[tuple[Insert, Callable[[NewRevision], Sequence[Row]]], ...] = (
        (_insert_annotation(), _annotation_rows),
        (_insert_revision(), _revision_rows),
        # A claim's id that is somebody else's breaks the unique constraint: a conflict.
        (_insert_claim(), _new_claim_rows),
        (_insert_claim_revision(), _claim_rows),
        (_insert_link(), _link_rows),
        (_insert_stance(), _stance_rows),
    )
    with sent_together(session) as connection:
        for statement, rows_of in rows:
            _send(
                connection,
                statement,
                [one.common | row for one in revisions for row in rows_of(one)],
            )


def _send(connection: Connection, statement: Insert, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(statement, rows)


def _annotation_rows(one: NewRevision) -> list[Row]:
    if one.number > 1:
        return []
    checked = one.checked
    return [
        {
            "sentence_id": checked.place.sentence_id,
            "answerer": checked.answerer,
            "membership_id": checked.membership_id,
        }
    ]


def _revision_rows(one: NewRevision) -> list[Row]:
    checked = one.checked
    row: Row = {
        "public_id": checked.answer.id,
        "number": one.number,
        "decision": checked.answer.decision.value,
        "attributes": checked.answer.attributes,
        "scheme_revision_id": checked.scheme.id,
        "guideline_revision_id": checked.guideline_id,
        "register_number": checked.register_number,
        "elapsed_ms": checked.elapsed_ms,
        "cause": one.cause,
        "made_by": one.by,
        "made_at": one.now,
        "content_hash": checked.content_hash,
    }
    return [row]


def _new_claim_rows(one: NewRevision) -> list[Row]:
    return [{"of_claim": claim.id} for claim in one.checked.answer.claims]


def _claim_rows(one: NewRevision) -> list[Row]:
    checked = one.checked
    return [
        {
            "of_claim": claim.id,
            "position": position,
            "parts": [span_json(part) for part in claim.parts],
            "attributes": claim.attributes,
            "suggestion_id": checked.suggestions.get(claim.suggestion or ""),
        }
        for position, claim in enumerate(checked.answer.claims)
    ]


def _link_rows(one: NewRevision) -> list[Row]:
    checked = one.checked
    return [
        {
            "of_claim": claim.id,
            "depth": depth,
            "source": _source(link.speaker),
            "speaker_id": checked.speakers.get(link.speaker),
            "mention": _stored(link.mention),
            "cue": _stored(link.cue),
            "attributes": link.attributes,
        }
        for claim in checked.answer.claims
        for depth, link in enumerate(claim.chain)
    ]


def _stance_rows(one: NewRevision) -> list[Row]:
    checked = one.checked
    return [
        {
            "of_claim": stance.claim,
            "position": position,
            "holder": _source(stance.holder),
            "speaker_id": checked.speakers.get(stance.holder),
            "target_id": checked.targets[stance.target],
            "target_span": _stored(stance.target_span),
            "value": stance.value,
            "attributes": stance.attributes,
        }
        for position, stance in enumerate(checked.answer.stances)
    ]


@cache
def _insert_annotation() -> Insert:
    return insert(Annotation).inline()


@cache
def _insert_revision() -> Insert:
    return insert(AnnotationRevision).values(annotation_id=_its_annotation()).inline()


@cache
def _insert_claim() -> Insert:
    """Insert the claims that no earlier revision of the answer had."""
    claim: ColumnElement[str] = bindparam("of_claim", type_=Claim.public_id.type)
    known = (
        select(Claim.id)
        .where(Claim.annotation_id == Annotation.id, Claim.public_id == claim)
        .exists()
    )
    new = select(Annotation.project_id, claim, Annotation.id).where(_is_its_annotation(), ~known)
    return insert(Claim).from_select(["project_id", "public_id", "annotation_id"], new).inline()


@cache
def _insert_claim_revision() -> Insert:
    return (
        insert(ClaimRevision)
        .values(annotation_revision_id=_its_revision(), claim_id=_its_claim())
        .inline()
    )


@cache
def _insert_link() -> Insert:
    claim_revision = (
        select(ClaimRevision.id)
        .where(
            ClaimRevision.annotation_revision_id == _its_revision(),
            ClaimRevision.claim_id == _its_claim(),
        )
        .scalar_subquery()
    )
    return insert(AttributionLink).values(claim_revision_id=claim_revision).inline()


@cache
def _insert_stance() -> Insert:
    values = {"annotation_revision_id": _its_revision(), "claim_id": _its_claim()}
    return insert(Stance).values(values).inline()


def _is_its_annotation() -> ColumnElement[bool]:
    return and_(
        Annotation.project_id == bindparam("of_project"),
        Annotation.sentence_id == bindparam("of_sentence"),
        Annotation.answerer == bindparam("of_answerer"),
    )


def _its_annotation() -> ScalarSelect[int]:
    return select(Annotation.id).where(_is_its_annotation()).scalar_subquery()


def _its_revision() -> ScalarSelect[int]:
    return (
        select(AnnotationRevision.id)
        .where(
            AnnotationRevision.annotation_id == _its_annotation(),
            AnnotationRevision.number == bindparam("of_number"),
        )
        .scalar_subquery()
    )


def _its_claim() -> ScalarSelect[int]:
    return (
        select(Claim.id)
        .where(
            Claim.project_id == bindparam("of_project"),
            Claim.public_id == bindparam("of_claim"),
        )
        .scalar_subquery()
    )


def _source(speaker: str) -> str:
    return speaker if speaker in {AUTHOR, UNSPECIFIED} else "speaker"


def _stored(span: Span | None) -> Json:
    return span_json(span) if span else None
