"""Insert a revision of an answer: table by table, as few statements as there are tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.labelling.answers import answerer_of
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
from workbench.storage.base import Base

Row = Mapping[str, object]


def insert_revision(
    session: Session,
    checked: CheckedAnswer,
    annotation_id: int | None,
    number: int,
    *,
    by: int,
    now: datetime,
) -> None:
    """Add the revision ``number`` with all it holds; a first one makes the answer's identity."""
    answer, project = checked.answer, {"project_id": checked.project_id}
    known: dict[str, int] = {}
    if annotation_id is not None and answer.claims:
        known = _claims_of(session, annotation_id)
    if annotation_id is None:
        (annotation_id,) = _insert(
            session,
            Annotation,
            [
                {
                    **project,
                    "sentence_id": checked.place.sentence_id,
                    "answerer": answerer_of(checked.membership_id),
                    "membership_id": checked.membership_id,
                }
            ],
        )
    (revision_id,) = _insert(
        session,
        AnnotationRevision,
        [
            {
                **project,
                "public_id": answer.id,
                "annotation_id": annotation_id,
                "number": number,
                "decision": answer.decision.value,
                "attributes": answer.attributes,
                "scheme_revision_id": checked.scheme.id,
                "guideline_revision_id": checked.guideline_id,
                "register_number": checked.register_number,
                "elapsed_ms": checked.elapsed_ms,
                "cause": "human",
                "made_by": by,
                "made_at": now,
                "content_hash": checked.content_hash,
            }
        ],
    )
    # A claim's id that is somebody else's breaks the unique constraint, which becomes a conflict.
    new = [claim.id for claim in answer.claims if claim.id not in known]
    rows: list[Row] = [
        {**project, "public_id": claim, "annotation_id": annotation_id} for claim in new
    ]
    known |= zip(new, _insert(session, Claim, rows), strict=True)
    claim_revision_ids = _insert(
        session,
        ClaimRevision,
        [
            {
                **project,
                "annotation_revision_id": revision_id,
                "claim_id": known[claim.id],
                "position": position,
                "parts": [span_json(part) for part in claim.parts],
                "attributes": claim.attributes,
            }
            for position, claim in enumerate(answer.claims)
        ],
    )
    _insert(
        session,
        AttributionLink,
        [
            {
                **project,
                "claim_revision_id": claim_revision_id,
                "depth": depth,
                "source": _source(link.speaker),
                "speaker_id": checked.speakers.get(link.speaker),
                "mention": _stored(link.mention),
                "cue": _stored(link.cue),
                "attributes": link.attributes,
            }
            for claim_revision_id, claim in zip(claim_revision_ids, answer.claims, strict=True)
            for depth, link in enumerate(claim.chain)
        ],
        returning=False,
    )
    _insert(
        session,
        Stance,
        [
            {
                **project,
                "annotation_revision_id": revision_id,
                "position": position,
                "claim_id": known[stance.claim] if stance.claim else None,
                "holder": _source(stance.holder),
                "speaker_id": checked.speakers.get(stance.holder),
                "target_id": checked.targets[stance.target],
                "target_span": _stored(stance.target_span),
                "value": stance.value,
                "attributes": stance.attributes,
            }
            for position, stance in enumerate(answer.stances)
        ],
        returning=False,
    )


def _claims_of(session: Session, annotation_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Claim.public_id, Claim.id).where(Claim.annotation_id == annotation_id)
    )
    return {row.public_id: row.id for row in rows}


def _insert(
    session: Session, model: type[Base], rows: Sequence[Row], *, returning: bool = True
) -> Sequence[int]:
    """Insert rows with one statement and return their ids in the same order."""
    if not rows:
        return []
    table = cast(Table, model.__table__)
    connection = session.connection()
    if not returning:
        connection.execute(insert(table), rows)
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return connection.scalars(statement, rows).all()


def _source(speaker: str) -> str:
    return speaker if speaker in {AUTHOR, UNSPECIFIED} else "speaker"


def _stored(span: Span | None) -> Json:
    return span_json(span) if span else None
