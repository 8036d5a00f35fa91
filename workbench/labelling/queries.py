"""Reads of slots and answers: what the workspace shows, and what came since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypedDict, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import SentenceInZone, read_sentences
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
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
from workbench.labelling.remembered import StoredScheme, edition_text, stored_scheme
from workbench.labelling.rules import AssignmentState
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    Claim,
    ClaimRevision,
    RegisterRevision,
    Stance,
)
from workbench.projects.tables import GuidelineRevision, SchemeRevision
from workbench.storage.database import settle_project

Row = tuple[object, ...]


@dataclass(frozen=True)
class Slot:
    """An assignment with the article and text edition it is of."""

    id: int
    public_id: str
    state: AssignmentState
    membership_id: int
    edition_id: int
    edition_number: int
    edition_sha256: str
    article_id: int
    article: str
    slug: str
    title: str | None
    outlet: str | None
    author: str | None
    published: str | None
    language: str
    is_withdrawn: bool
    is_erased: bool


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


@dataclass(frozen=True)
class Workspace:
    """Everything the workspace shows of one slot, at one moment."""

    slot: Slot
    text: str
    sentences: Sequence[SentenceInZone]
    answers: Sequence[StoredAnswer]
    registers: Registers
    register_number: int
    scheme: StoredScheme
    guideline_number: int
    article_number: int
    article_count: int
    is_first: bool


@dataclass(frozen=True)
class Change:
    """One revision of an answer in the order of the cursor."""

    cursor: int
    revision: str
    number: int
    sentence: str
    answerer: str
    cause: str
    made_at: datetime


def answerer_of(membership_id: int) -> str:
    """Return the word by which a membership is named among those who answer."""
    return str(membership_id)


def find_slot(session: Session, *, project_id: int, membership_id: int, slug: str) -> Slot | None:
    """Return the person's slot of an article, if they have begun it."""
    row = session.execute(
        select(
            Assignment.id,
            Assignment.public_id,
            Assignment.state,
            Assignment.membership_id,
            Assignment.edition_id,
            TextEdition.number.label("edition_number"),
            TextEdition.sha256.label("edition_sha256"),
            Article.id.label("article_id"),
            Article.public_id.label("article"),
            Article.slug,
            Article.title,
            Article.outlet,
            Article.author,
            Article.published,
            Article.language,
            Article.withdrawn_at.is_not(None).label("is_withdrawn"),
            Article.erased_at.is_not(None).label("is_erased"),
        )
        .join(Assignment, _slot_of(Article.id, project_id, membership_id))
        .join(TextEdition, TextEdition.id == Assignment.edition_id)
        .where(Article.project_id == project_id, Article.slug == slug)
    ).one_or_none()
    if row is None:
        return None
    return Slot(**{**row._asdict(), "state": AssignmentState(row.state)})


def get_slot(session: Session, *, project_id: int, membership_id: int, slug: str) -> Slot:
    """Return the person's slot of an article they have begun."""
    slot = find_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    if slot is None:
        raise NotFoundError("You have not begun this article; start it from the list of articles.")
    return slot


def get_workspace(session: Session, *, project_id: int, slot: Slot) -> Workspace:
    """Return what the workspace shows of a slot: the person's own answers, nobody else's."""
    registers = load_registers(session, project_id=project_id)
    values = {
        "project": project_id,
        "article": slot.article_id,
        "membership": slot.membership_id,
    }
    numbers = session.execute(_select_numbers(), values).one()
    return Workspace(
        slot=slot,
        text=edition_text(session, edition_id=slot.edition_id),
        sentences=read_sentences(session, project_id=project_id, edition_id=slot.edition_id),
        answers=load_answers(
            session,
            project_id=project_id,
            edition_ids=[slot.edition_id],
            registers=registers,
            answerer=answerer_of(slot.membership_id),
        ),
        registers=registers,
        register_number=numbers.registers,
        scheme=stored_scheme(session, project_id=project_id, number=numbers.scheme),
        guideline_number=numbers.guideline,
        article_number=numbers.number,
        article_count=numbers.articles,
        is_first=numbers.slots == 1,
    )


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


def revisions_after(
    session: Session, *, project_id: int, cursor: int, limit: int = 1000
) -> list[Change]:
    """Return the project's revisions after ``cursor``, in order; none can appear behind the last.

    Waits for the writes in flight and ends the session's open read.
    """
    settle_project(session, project_id)
    rows = session.execute(
        select(
            AnnotationRevision.id,
            AnnotationRevision.public_id,
            AnnotationRevision.number,
            AnnotationRevision.cause,
            AnnotationRevision.made_at,
            Annotation.answerer,
            Sentence.position,
            TextEdition.number.label("edition"),
            Article.public_id.label("article"),
        )
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(AnnotationRevision.project_id == project_id, AnnotationRevision.id > cursor)
        .order_by(AnnotationRevision.id)
        .limit(limit)
    )
    return [
        Change(
            cursor=row.id,
            revision=row.public_id,
            number=row.number,
            sentence=str(SentenceId(row.article, row.edition, row.position)),
            answerer=row.answerer,
            cause=row.cause,
            made_at=row.made_at,
        )
        for row in rows
    ]


def _slot_of(
    article_id: InstrumentedAttribute[int], project_id: int, membership_id: int
) -> ColumnElement[bool]:
    return and_(
        Assignment.project_id == project_id,
        Assignment.article_id == article_id,
        Assignment.membership_id == membership_id,
    )


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


@cache
def _select_numbers() -> Select[*Row]:
    project: BindParameter[int] = bindparam("project")
    present = (Article.project_id == project, Article.withdrawn_at.is_(None))
    newest = (
        select(func.coalesce(func.max(table.number), 0))
        .where(table.project_id == project)
        .scalar_subquery()
        .label(name)
        for name, table in (
            ("scheme", SchemeRevision),
            ("guideline", GuidelineRevision),
            ("registers", RegisterRevision),
        )
    )
    slots = select(func.count(Assignment.id)).where(
        Assignment.membership_id == bindparam("membership")
    )
    return select(
        *newest,
        _count(*present, Article.id <= bindparam("article")).label("number"),
        _count(*present).label("articles"),
        slots.scalar_subquery().label("slots"),
    )


def _count(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(Article.id)).where(*which).scalar_subquery()


def _load_claims(
    session: Session, revision_ids: Sequence[int], speakers: Mapping[int, str]
) -> dict[int, list[ClaimFrame]]:
    if not revision_ids:
        return {}
    rows = session.execute(
        select(
            ClaimRevision.id,
            ClaimRevision.annotation_revision_id,
            Claim.public_id,
            ClaimRevision.parts,
            ClaimRevision.attributes,
        )
        .join(Claim, Claim.id == ClaimRevision.claim_id)
        .where(ClaimRevision.annotation_revision_id.in_(revision_ids))
        .order_by(ClaimRevision.annotation_revision_id, ClaimRevision.position)
    ).all()
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
    if not claim_revision_ids:
        return {}
    rows = session.execute(
        select(
            AttributionLink.claim_revision_id,
            AttributionLink.source,
            AttributionLink.speaker_id,
            AttributionLink.mention,
            AttributionLink.cue,
            AttributionLink.attributes,
        )
        .where(AttributionLink.claim_revision_id.in_(claim_revision_ids))
        .order_by(AttributionLink.claim_revision_id, AttributionLink.depth)
    )
    found: dict[int, list[Link]] = {}
    for row in rows:
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
    if not revision_ids:
        return {}
    rows = session.execute(
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
        .where(Stance.annotation_revision_id.in_(revision_ids))
        .order_by(Stance.annotation_revision_id, Stance.position)
    )
    found: dict[int, list[StanceFrame]] = {}
    for row in rows:
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


def read_parts(value: Json) -> tuple[Span, ...]:
    """Return the parts of a claim as they are stored."""
    return tuple(Span(**part) for part in cast(list[_StoredSpan], value))


class _StoredSpan(TypedDict):
    start: int
    end: int
    text: str


def _read_span(value: Json) -> Span | None:
    return Span(**cast(_StoredSpan, value)) if value else None


def _attributes(value: Json) -> Attributes:
    return cast(Attributes, value)
