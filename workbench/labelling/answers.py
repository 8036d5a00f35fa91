"""Stored answers, read back whole: the newest revision of each, with claims, chains and stances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypedDict, cast

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select
from sqlalchemy import Row as DatabaseRow
from sqlalchemy.orm import Session, aliased

from workbench.canonical import Json, JsonObject
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.frames import (
    Answer,
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_json,
)
from workbench.labelling.registers import Registers, load_registers
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    AttributionLink,
    Claim,
    ClaimRevision,
    Stance,
)

IDS_AT_A_TIME = 5000

Row = tuple[object, ...]


@dataclass(frozen=True)
class StoredAnswer:
    """A revision of an answer as it is stored, with what identifies it."""

    row: int
    answer: Answer
    answerer: str
    membership_id: int | None
    edition_id: int
    number: int
    made_at: datetime
    cause: str
    scheme_revision_id: int
    guideline_revision_id: int
    register_number: int

    def json(self) -> JsonObject:
        """Return the answer as the workspace gets it."""
        return {
            **answer_json(self.answer),
            "number": self.number,
            "made_at": self.made_at.isoformat(),
        }


def answerer_of(membership_id: int) -> str:
    """Return the word by which a membership is named among those who answer."""
    return str(membership_id)


def load_answers(
    session: Session,
    *,
    project_id: int,
    edition_ids: Sequence[int],
    registers: Registers,
    answerer: str | None = None,
) -> list[StoredAnswer]:
    """Return the newest answers to the editions' sentences, everybody's or one answerer's.

    In the order of editions and text, each with all its claims, chains and stances.
    """
    values = {"project": project_id, "editions": edition_ids, "answerer": answerer}
    if answerer is None:
        del values["answerer"]
    statement = _select_newest(of_one=answerer is not None)
    rows = session.execute(statement, values).all()
    ids = [row.id for row in rows]
    speakers = {entry.row: entry.id for entry in registers.speakers}
    targets = {entry.row: entry.id for entry in registers.targets}
    claims = _load_claims(session, ids, speakers)
    stances = _load_stances(session, ids, speakers, targets)
    return [
        StoredAnswer(
            row=row.id,
            answer=Answer(
                id=row.public_id,
                base=row.base,
                sentence=SentenceId(row.article, row.edition_number, row.position),
                decision=Decision(row.decision),
                attributes=_attributes(row.attributes),
                claims=tuple(claims.get(row.id, ())),
                stances=tuple(stances.get(row.id, ())),
            ),
            answerer=row.answerer,
            membership_id=row.membership_id,
            edition_id=row.edition_id,
            number=row.number,
            made_at=row.made_at,
            cause=row.cause,
            scheme_revision_id=row.scheme_revision_id,
            guideline_revision_id=row.guideline_revision_id,
            register_number=row.register_number,
        )
        for row in rows
    ]


def newest_answer(
    session: Session, *, project_id: int, edition_id: int, position: int, answerer: str
) -> StoredAnswer | None:
    """Return the newest revision of one answer."""
    answers = load_answers(
        session,
        project_id=project_id,
        edition_ids=[edition_id],
        registers=load_registers(session, project_id=project_id),
        answerer=answerer,
    )
    return next((one for one in answers if one.answer.sentence.position == position), None)


def read_parts(value: Json) -> tuple[Span, ...]:
    """Return the parts of a claim as they are stored."""
    return tuple(Span(**part) for part in cast(list[_StoredSpan], value))


@cache  # Building a statement takes longer than running it.
def _select_newest(*, of_one: bool) -> Select[*Row]:
    base, later = aliased(AnnotationRevision), aliased(AnnotationRevision)
    project: BindParameter[int] = bindparam("project")
    newest = select(func.max(later.number)).where(later.annotation_id == Annotation.id)
    statement = (
        select(
            AnnotationRevision.id,
            AnnotationRevision.public_id,
            base.public_id.label("base"),
            AnnotationRevision.number,
            AnnotationRevision.decision,
            AnnotationRevision.attributes,
            AnnotationRevision.made_at,
            AnnotationRevision.cause,
            AnnotationRevision.scheme_revision_id,
            AnnotationRevision.guideline_revision_id,
            AnnotationRevision.register_number,
            Annotation.answerer,
            Annotation.membership_id,
            Sentence.edition_id,
            Sentence.position,
            TextEdition.number.label("edition_number"),
            Article.public_id.label("article"),
        )
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .outerjoin(
            base,
            and_(
                base.annotation_id == AnnotationRevision.annotation_id,
                base.number == AnnotationRevision.number - 1,
            ),
        )
        .where(
            # The unique indexes begin with the project.
            Annotation.project_id == project,
            Sentence.project_id == project,
            Sentence.edition_id.in_(bindparam("editions", expanding=True)),
            AnnotationRevision.number == newest.scalar_subquery(),
        )
        .order_by(Sentence.edition_id, Sentence.position, Annotation.id)
    )
    return statement.where(Annotation.answerer == bindparam("answerer")) if of_one else statement


def _read(session: Session, statement: Select[*Row], ids: Sequence[int]) -> list[DatabaseRow[*Row]]:
    """Run a statement for these ``ids``, as many at a time as every database takes."""
    rows: list[DatabaseRow[*Row]] = []
    for start in range(0, len(ids), IDS_AT_A_TIME):
        rows += session.execute(statement, {"ids": ids[start : start + IDS_AT_A_TIME]})
    return rows


@cache
def _select_claims() -> Select[*Row]:
    return (
        select(
            ClaimRevision.id,
            ClaimRevision.annotation_revision_id,
            Claim.public_id,
            ClaimRevision.parts,
            ClaimRevision.attributes,
        )
        .join(Claim, Claim.id == ClaimRevision.claim_id)
        .where(ClaimRevision.annotation_revision_id.in_(bindparam("ids", expanding=True)))
        .order_by(ClaimRevision.annotation_revision_id, ClaimRevision.position)
    )


@cache
def _select_links() -> Select[*Row]:
    return (
        select(
            AttributionLink.claim_revision_id,
            AttributionLink.source,
            AttributionLink.speaker_id,
            AttributionLink.mention,
            AttributionLink.cue,
            AttributionLink.attributes,
        )
        .where(AttributionLink.claim_revision_id.in_(bindparam("ids", expanding=True)))
        .order_by(AttributionLink.claim_revision_id, AttributionLink.depth)
    )


@cache
def _select_stances() -> Select[*Row]:
    return (
        select(
            Stance.annotation_revision_id,
            Claim.public_id,
            Stance.holder,
            Stance.speaker_id,
            Stance.target_id,
            Stance.target_span,
            Stance.value,
            Stance.attributes,
        )
        .outerjoin(Claim, Claim.id == Stance.claim_id)
        .where(Stance.annotation_revision_id.in_(bindparam("ids", expanding=True)))
        .order_by(Stance.annotation_revision_id, Stance.position)
    )


def _load_claims(
    session: Session, revision_ids: Sequence[int], speakers: Mapping[int, str]
) -> dict[int, list[ClaimFrame]]:
    rows = _read(session, _select_claims(), revision_ids)
    chains = _load_chains(session, [row.id for row in rows], speakers)
    found: dict[int, list[ClaimFrame]] = {}
    for row in rows:
        claim = ClaimFrame(
            id=row.public_id,
            parts=read_parts(row.parts),
            attributes=_attributes(row.attributes),
            chain=tuple(chains[row.id]),
        )
        found.setdefault(row.annotation_revision_id, []).append(claim)
    return found


def _load_chains(
    session: Session, claim_revision_ids: Sequence[int], speakers: Mapping[int, str]
) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = {}
    for row in _read(session, _select_links(), claim_revision_ids):
        link = Link(
            speaker=row.source if row.speaker_id is None else speakers[row.speaker_id],
            mention=_read_span(row.mention),
            cue=_read_span(row.cue),
            attributes=_attributes(row.attributes),
        )
        found.setdefault(row.claim_revision_id, []).append(link)
    return found


def _load_stances(
    session: Session,
    revision_ids: Sequence[int],
    speakers: Mapping[int, str],
    targets: Mapping[int, str],
) -> dict[int, list[StanceFrame]]:
    found: dict[int, list[StanceFrame]] = {}
    for row in _read(session, _select_stances(), revision_ids):
        stance = StanceFrame(
            claim=row.public_id,
            holder=row.holder if row.speaker_id is None else speakers[row.speaker_id],
            target=targets[row.target_id],
            target_span=_read_span(row.target_span),
            value=row.value,
            attributes=_attributes(row.attributes),
        )
        found.setdefault(row.annotation_revision_id, []).append(stance)
    return found


class _StoredSpan(TypedDict):
    start: int
    end: int
    text: str


def _read_span(value: Json) -> Span | None:
    return Span(**cast(_StoredSpan, value)) if value else None


def _attributes(value: Json) -> Attributes:
    return cast(Attributes, value)
