"""Stored answers, read back whole: the newest revision of each, with claims, chains and stances."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, TypedDict, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    select,
)
from sqlalchemy import Row as DatabaseRow
from sqlalchemy.orm import Session, aliased

from workbench.canonical import Json, JsonObject
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
    canonical_frame,
)
from workbench.labelling.registers import Registers
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    AttributionLink,
    CarriedAnswer,
    Claim,
    ClaimRevision,
    Speaker,
    Stance,
    Suggestion,
    Target,
)
from workbench.storage.among import among
from workbench.storage.database import read_columns

IDS_AT_A_TIME = 5000

_BY_HAND, _BY_SYNC, _BY_EDITION = ("human", "import"), "sync", "new_edition"

_DECISIONS = {one.value: one for one in Decision}  # Asking the class takes five times as long.

Row = tuple[object, ...]
Value = int | str | list[int] | list[str]


class StoredAnswer(NamedTuple):
    """A revision of an answer as it is stored, with what identifies it."""

    answer: Answer
    sentence_row: int
    answerer: str
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


class Synced(NamedTuple):
    """What a sync brought to a sentence: whether it stands, and the newest revision besides it."""

    stands: bool
    own: int | None


def answerer_of(membership_id: int) -> str:
    """Return the word by which a membership is named among those who answer."""
    return str(membership_id)


def load_answers(
    session: Session,
    *,
    project_id: int,
    sentences: Mapping[int, SentenceId],
    registers: Registers,
    answerer: str | None = None,
) -> list[StoredAnswer]:
    """Return the newest answers to these sentences, everybody's or one answerer's.

    ``sentences`` has public ids by row; the answers come in that order, each with all its claims,
    chains and stances.
    """
    of_one = {} if answerer is None else {"answerer": answerer}
    rows = read_by_ids(
        session,
        _select_newest(of_one=bool(of_one)),
        list(sentences),
        {"project": project_id, **of_one},
    )
    return _read_answers(session, rows, sentences=sentences, registers=registers)


def load_revisions(
    session: Session,
    revisions: Sequence[int],
    *,
    project_id: int,
    sentences: Mapping[int, SentenceId],
    registers: Registers,
) -> list[StoredAnswer]:
    """Return these revisions of answers to sentences, as ``load_answers`` does the newest."""
    rows = read_by_ids(session, _select_revisions(), revisions, {"project": project_id})
    return _read_answers(session, rows, sentences=sentences, registers=registers)


def _read_answers(
    session: Session,
    rows: list[DatabaseRow[*Row]],
    *,
    sentences: Mapping[int, SentenceId],
    registers: Registers,
) -> list[StoredAnswer]:
    order = {row: number for number, row in enumerate(sentences)}
    rows.sort(key=lambda row: (order[row.sentence_id], row.annotation_id))
    ids = [row.id for row in rows]
    speakers = _Ids(session, Speaker, {entry.row: entry.id for entry in registers.speakers})
    targets = _Ids(session, Target, {entry.row: entry.id for entry in registers.targets})
    claims = _load_claims(session, ids, speakers)
    stances = _load_stances(session, ids, speakers, targets)
    return [
        StoredAnswer(
            answer=Answer(
                id=row.public_id,
                base=row.base,
                sentence=sentences[row.sentence_id],
                decision=_DECISIONS[row.decision],
                attributes=_attributes(row.attributes),
                claims=tuple(claims.get(row.id, ())),
                stances=tuple(stances.get(row.id, ())),
            ),
            sentence_row=row.sentence_id,
            answerer=row.answerer,
            number=row.number,
            made_at=row.made_at,
            cause=row.cause,
            scheme_revision_id=row.scheme_revision_id,
            guideline_revision_id=row.guideline_revision_id,
            register_number=row.register_number,
        )
        for row in rows
    ]


def find_synced(
    session: Session,
    *,
    project_id: int,
    sentences: Mapping[int, SentenceId],
    registers: Registers,
    answerer: str,
) -> dict[int, Synced]:
    """Return to which sentences, of all editions of a text, a sync brought an answer.

    What says no more than the answerer did themselves was not brought. What follows from an answer
    by itself, as where the label scheme or the text is changed, came from where that one came.
    """
    rows = read_by_ids(
        session, _select_causes(), [*sentences], {"project": project_id, "answerer": answerer}
    )
    synced = {row.sentence_id for row in rows if row.cause == _BY_SYNC}
    stored = load_revisions(
        session,
        [row.id for row in rows if row.sentence_id in synced],
        project_id=project_id,
        sentences=sentences,
        registers=registers,
    )
    frames = {one.answer.id: canonical_frame(one.answer) for one in stored}
    sources: dict[int, list[int]] = defaultdict(list)
    for row in rows:  # One for each answer that a revision was carried from.
        sources[row.id].append(row.source)
    came: dict[int, bool] = {}
    own: dict[int, DatabaseRow[*Row]] = {}
    newest: dict[int, int] = {}
    for _, row in sorted({row.id: row for row in rows}.items()):  # What follows comes later.
        sentence, said = row.sentence_id, own.get(row.sentence_id)
        if row.cause == _BY_SYNC:
            is_synced = said is None or frames[said.public_id] != frames[row.public_id]
        elif row.cause in _BY_HAND:
            is_synced = False
        else:
            before = sources[row.id] if row.cause == _BY_EDITION else [newest[sentence]]
            is_synced = any(came.get(one, False) for one in before)
        came[row.id], newest[sentence] = is_synced, row.id
        if not is_synced:
            own[sentence] = row
    brought = {row.sentence_id for row in rows if came[row.id]}
    return {
        at: Synced(came[newest[at]], own[at].id if at in own else None) for at in sorted(brought)
    }


def read_by_ids(
    session: Session,
    statement: Select[*Row] | CompoundSelect[*Row],
    ids: Sequence[int],
    values: Mapping[str, Value] = MappingProxyType({}),
) -> list[DatabaseRow[*Row]]:
    """Run a statement with a parameter ``ids``, as many at a time as every database takes."""
    rows: list[DatabaseRow[*Row]] = []
    for start in range(0, len(ids), IDS_AT_A_TIME):
        chunk = ids[start : start + IDS_AT_A_TIME]
        rows += read_columns(session, statement, {**values, "ids": chunk}).all()
    return rows


def newest_revision(annotation: type[Annotation] = Annotation) -> ScalarSelect[int]:
    """Select the row of an answer's newest revision, in a statement over the annotation table."""
    later = aliased(AnnotationRevision)
    return (
        select(later.id)
        .where(later.annotation_id == annotation.id)
        .order_by(later.number.desc())
        .limit(1)
        .correlate(annotation)
        .scalar_subquery()
    )


def newest_decision(annotation: type[Annotation] = Annotation) -> ScalarSelect[str]:
    """Select the decision of an answer, in a statement over the annotation table.

    Of many answers that takes far less than a join with the newest revision, for which PostgreSQL
    reads every revision there is.
    """
    later = aliased(AnnotationRevision)
    return (
        select(later.decision)
        .where(later.annotation_id == annotation.id)
        .order_by(later.number.desc())
        .limit(1)
        .correlate(annotation)
        .scalar_subquery()
    )


def read_parts(value: Json) -> tuple[Span, ...]:
    """Return the parts of a claim as they are stored."""
    return tuple(Span(**part) for part in cast(list[_StoredSpan], value))


def read_span(value: Json) -> Span | None:
    """Return a span as it is stored, or none."""
    return Span(**cast(_StoredSpan, value)) if value else None


@cache  # Building a statement takes longer than running it.
def _select_newest(*, of_one: bool) -> Select[*Row]:
    statement = _select_answers(AnnotationRevision.id == newest_revision()).where(
        among(Annotation.sentence_id)
    )
    return statement.where(Annotation.answerer == bindparam("answerer")) if of_one else statement


@cache
def _select_revisions() -> Select[*Row]:
    return _select_answers(AnnotationRevision.annotation_id == Annotation.id).where(
        among(AnnotationRevision.id)
    )


def _select_answers(which: ColumnElement[bool]) -> Select[*Row]:
    base = aliased(AnnotationRevision)
    return (
        select(
            AnnotationRevision.id,
            AnnotationRevision.public_id,
            base.public_id.label("base"),
            AnnotationRevision.annotation_id,
            AnnotationRevision.number,
            AnnotationRevision.decision,
            AnnotationRevision.attributes,
            AnnotationRevision.made_at,
            AnnotationRevision.cause,
            AnnotationRevision.scheme_revision_id,
            AnnotationRevision.guideline_revision_id,
            AnnotationRevision.register_number,
            Annotation.answerer,
            Annotation.sentence_id,
        )
        .select_from(Annotation)
        .join(AnnotationRevision, which)
        .outerjoin(
            base,
            and_(
                base.annotation_id == AnnotationRevision.annotation_id,
                base.number == AnnotationRevision.number - 1,
            ),
        )
        # The unique index begins with it.
        .where(Annotation.project_id == bindparam("project"))
    )


@cache
def _select_causes() -> Select[*Row]:
    return (
        select(
            Annotation.sentence_id,
            AnnotationRevision.id,
            AnnotationRevision.public_id,
            AnnotationRevision.cause,
            CarriedAnswer.from_revision_id.label("source"),
        )
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .outerjoin(CarriedAnswer, CarriedAnswer.to_revision_id == AnnotationRevision.id)
        .where(
            Annotation.project_id == bindparam("project"),
            Annotation.answerer == bindparam("answerer"),
            among(Annotation.sentence_id),
        )
    )


@cache
def _select_claims() -> Select[*Row]:
    return (
        select(
            ClaimRevision.id,
            ClaimRevision.annotation_revision_id,
            Claim.public_id,
            ClaimRevision.parts,
            ClaimRevision.attributes,
            Suggestion.public_id.label("suggestion"),
        )
        .join(Claim, Claim.id == ClaimRevision.claim_id)
        .outerjoin(Suggestion, Suggestion.id == ClaimRevision.suggestion_id)
        .where(among(ClaimRevision.annotation_revision_id))
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
        .where(among(AttributionLink.claim_revision_id))
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
        .where(among(Stance.annotation_revision_id))
        .order_by(Stance.annotation_revision_id, Stance.position)
    )


def _load_claims(
    session: Session, revision_ids: Sequence[int], speakers: Mapping[int, str]
) -> dict[int, list[ClaimFrame]]:
    rows = read_by_ids(session, _select_claims(), revision_ids)
    chains = _load_chains(session, [row.id for row in rows], speakers)
    found: dict[int, list[ClaimFrame]] = {}
    for row in rows:
        claim = ClaimFrame(
            id=row.public_id,
            parts=read_parts(row.parts),
            attributes=_attributes(row.attributes),
            chain=tuple(chains.get(row.id, ())),
            suggestion=row.suggestion,
        )
        found.setdefault(row.annotation_revision_id, []).append(claim)
    return found


def _load_chains(
    session: Session, claim_revision_ids: Sequence[int], speakers: Mapping[int, str]
) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = {}
    for row in read_by_ids(session, _select_links(), claim_revision_ids):
        link = Link(
            speaker=row.source if row.speaker_id is None else speakers[row.speaker_id],
            mention=read_span(row.mention),
            cue=read_span(row.cue),
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
    for row in read_by_ids(session, _select_stances(), revision_ids):
        stance = StanceFrame(
            claim=row.public_id,
            holder=row.holder if row.speaker_id is None else speakers[row.speaker_id],
            target=targets[row.target_id],
            target_span=read_span(row.target_span),
            value=row.value,
            attributes=_attributes(row.attributes),
        )
        found.setdefault(row.annotation_revision_id, []).append(stance)
    return found


class _Ids(dict[int, str]):
    """The public ids of a register's entries by row.

    One that was added after the register was read, as PostgreSQL may show in the answers read
    next, is looked up.
    """

    def __init__(
        self, session: Session, table: type[Speaker] | type[Target], known: Mapping[int, str]
    ) -> None:
        super().__init__(known)
        self._session, self._table = session, table

    def __missing__(self, row: int) -> str:
        public_id = self._session.scalars(
            select(self._table.public_id).where(self._table.id == row)
        ).one()
        self[row] = public_id
        return public_id


class _StoredSpan(TypedDict):
    start: int
    end: int
    text: str


def _attributes(value: Json) -> Attributes:
    return cast(Attributes, value)
