"""Reads of slots: what the workspace shows of one, and what came since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy import Row as DatabaseRow
from sqlalchemy.orm import Session

from workbench.corpus.queries import SentenceInZone, opening_line, read_sentences
from workbench.corpus.rules import heading_of
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
from workbench.labelling.answers import StoredAnswer, answerer_of, load_answers, read_by_ids
from workbench.labelling.frames import SentenceId
from workbench.labelling.refitting import fit_answer
from workbench.labelling.registers import Registers
from workbench.labelling.remembered import (
    StoredScheme,
    edition_text,
    stored_registers,
    stored_scheme,
)
from workbench.labelling.rules import AssignmentState, is_asked_again
from workbench.labelling.slots import has_begun
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    Question,
    RegisterRevision,
)
from workbench.labelling.threads import answered_by_others
from workbench.labelling.training import was_training
from workbench.projects.tables import GuidelineRevision, Membership, SchemeRevision
from workbench.storage.among import among
from workbench.storage.database import read_columns, settle_project

Row = tuple[object, ...]
PieceColumn = (
    SQLColumnExpression[int]
    | SQLColumnExpression[str]
    | SQLColumnExpression[str | None]
    | SQLColumnExpression[bool]
)
NOBODY = 0  # no membership's row
NOTHING_HIDDEN: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True)
class Piece:
    """A text edition with its article: what one reads and labels."""

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

    def sentence_id(self, position: int) -> SentenceId:
        """Return the public id of the sentence at a position."""
        return SentenceId(self.article, self.edition_number, position)


@dataclass(frozen=True)
class Slot(Piece):
    """An assignment with the article and text edition it is of."""

    id: int
    public_id: str
    state: AssignmentState
    is_finished: bool
    lease_until: datetime | None
    membership_id: int
    is_training: bool


@dataclass(frozen=True)
class Matter:
    """What a page shows on which a text is labelled, with the newest answers."""

    heading: str
    text: str
    sentences: Sequence[SentenceInZone]
    answers: Sequence[StoredAnswer]
    registers: Registers
    register_number: int
    scheme: StoredScheme
    guideline_number: int
    article_number: int
    article_count: int


@dataclass(frozen=True)
class Workspace(Matter):
    """Everything the workspace shows of one slot, at one moment."""

    slot: Slot
    is_first: bool
    questions: int
    answered: int

    @property
    def asked_again(self) -> list[int]:
        """The positions of the sentences of which the changed scheme asks something again."""
        return [
            stored.answer.sentence.position
            for stored in self.answers
            if is_asked_again(stored.answer, self.scheme.scheme, cause=stored.cause)
        ]


@dataclass(frozen=True)
class Change:
    """One revision of an answer in the order of the cursor."""

    cursor: int
    revision: str
    number: int
    sentence: str
    answerer: str
    decision: str
    cause: str
    made_at: datetime


def find_slot(session: Session, *, project_id: int, membership_id: int, slug: str) -> Slot | None:
    """Return the person's slot of an article, if they have begun it."""
    values = {"project": project_id, "membership": membership_id, "slug": slug}
    row = read_columns(session, _select_slot(), values).one_or_none()
    if row is None:
        return None
    return Slot(**{**row._asdict(), "state": AssignmentState(row.state)})


@cache  # Building it takes longer than running it.
def _select_slot() -> Select[*Row]:
    project: BindParameter[int] = bindparam("project")
    return (
        select(
            Assignment.id,
            Assignment.public_id,
            Assignment.state,
            Assignment.finished_at.is_not(None).label("is_finished"),
            Assignment.lease_until,
            Assignment.membership_id,
            Assignment.is_training,
            *piece_columns(),
        )
        .select_from(Article)
        .join(Assignment, Assignment.article_id == Article.id)
        .join(TextEdition, TextEdition.id == Assignment.edition_id)
        .where(
            Article.project_id == project,
            Article.slug == bindparam("slug"),
            Assignment.project_id == project,
            Assignment.membership_id == bindparam("membership"),
            has_begun(),
        )
    )


def get_slot(session: Session, *, project_id: int, membership_id: int, slug: str) -> Slot:
    """Return the person's slot of an article they have begun."""
    slot = find_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    if slot is None:
        raise NotFoundError("You have not begun this article; start it from the list of articles.")
    return slot


def get_workspace(session: Session, *, project_id: int, slot: Slot) -> Workspace:
    """Return what the workspace shows of a slot: the person's own answers, nobody else's."""
    numbers = _read_numbers(session, project_id, slot, slot.membership_id)
    matter = _read_matter(session, project_id, slot, answerer_of(slot.membership_id), numbers)
    return Workspace(
        **vars(matter),
        slot=slot,
        is_first=numbers.slots == 1,
        questions=numbers.questions,
        answered=numbers.answered,
    )


def get_matter(session: Session, *, project_id: int, piece: Piece) -> Matter:
    """Return the same of a text edition with everybody's answers: no slot is asked for."""
    numbers = _read_numbers(session, project_id, piece, NOBODY)
    return _read_matter(session, project_id, piece, None, numbers)


def piece_columns() -> tuple[PieceColumn, ...]:
    """Return what a ``Piece`` is made of, for a statement over article and text edition."""
    return (
        TextEdition.id.label("edition_id"),
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


def _read_numbers(
    session: Session, project_id: int, piece: Piece, membership_id: int
) -> DatabaseRow[*Row]:
    values = {
        "project": project_id,
        "article": piece.article_id,
        "membership": membership_id,
        "edition": piece.edition_id,
    }
    return read_columns(session, _select_numbers(), values).one()


def _read_matter(
    session: Session,
    project_id: int,
    piece: Piece,
    answerer: str | None,
    numbers: DatabaseRow[*Row],
) -> Matter:
    sentences = read_sentences(session, project_id=project_id, edition_id=piece.edition_id)
    registers = stored_registers(session, project_id=project_id, number=numbers.registers)
    text = edition_text(session, edition_id=piece.edition_id)
    scheme = stored_scheme(session, project_id=project_id, number=numbers.scheme)
    answers = load_answers(
        session,
        project_id=project_id,
        sentences={sentence.id: piece.sentence_id(sentence.position) for sentence in sentences},
        registers=registers,
        answerer=answerer,
    )
    return Matter(
        heading=heading_of(piece.title, opening_line(text, sentences), piece.slug),
        text=text,
        sentences=sentences,
        answers=[_fit(one, scheme) for one in answers],
        registers=registers,
        register_number=numbers.registers,
        scheme=scheme,
        guideline_number=numbers.guideline,
        article_number=numbers.number,
        article_count=numbers.articles,
    )


def _fit(stored: StoredAnswer, scheme: StoredScheme) -> StoredAnswer:
    """Return an answer as it is worked on today; what an earlier scheme had more stands open."""
    if stored.scheme_revision_id == scheme.id:
        return stored
    return stored._replace(answer=fit_answer(stored.answer, scheme.scheme))


def revisions_after(
    session: Session,
    *,
    project_id: int,
    cursor: int,
    limit: int = 1000,
    own_only: Mapping[str, str | None] = NOTHING_HIDDEN,
) -> list[Change]:
    """Return the project's revisions after ``cursor``, in order; none can appear behind the last.

    What was answered in training is left out: it is part of no exchange either. Of the articles of
    ``own_only``, by public id, only the answers of the one who stands beside them are returned.
    Waits for the writes in flight and ends the session's open read.
    """
    settle_project(session, project_id)
    own = {answerer for answerer in own_only.values() if answerer is not None}
    rows = session.execute(
        select(
            AnnotationRevision.id,
            AnnotationRevision.public_id,
            AnnotationRevision.number,
            AnnotationRevision.decision,
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
        .where(
            AnnotationRevision.project_id == project_id,
            AnnotationRevision.id > cursor,
            ~was_training(Annotation.membership_id),
            or_(Article.public_id.not_in([*own_only]), Annotation.answerer.in_(own)),
        )
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
            decision=row.decision,
            cause=row.cause,
            made_at=row.made_at,
        )
        for row in rows
    ]


def newest_revisions(
    session: Session, *, project_id: int, edition_ids: Collection[int]
) -> dict[tuple[int, int], int]:
    """Return the row of each annotator's newest revision of texts, by edition and membership.

    As rows rise and are never changed, it tells whether anything was answered since.
    """
    rows = read_by_ids(session, _select_newest_rows(), [*edition_ids], {"project": project_id})
    return {(row.edition_id, row.membership_id): row.newest for row in rows}


@cache
def _select_newest_rows() -> Select[*Row]:
    project: BindParameter[int] = bindparam("project")
    # Chosen first, or SQLite looks through all answers of the project.
    chosen = select(Sentence.id).where(Sentence.project_id == project, among(Sentence.edition_id))
    return (
        select(
            Sentence.edition_id,
            Annotation.membership_id,
            func.max(AnnotationRevision.id).label("newest"),
        )
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
        .where(
            Annotation.project_id == project,
            Annotation.sentence_id.in_(chosen),
            Annotation.membership_id.is_not(None),
        )
        .group_by(Sentence.edition_id, Annotation.membership_id)
    )


@cache  # Building it takes longer than running it.
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
        Assignment.membership_id == bindparam("membership"), has_begun()
    )
    person = (
        select(Membership.user_id).where(Membership.id == bindparam("membership")).scalar_subquery()
    )
    questions = (
        select(func.count(Question.id))
        .join(Sentence, Sentence.id == Question.sentence_id)
        .where(
            Question.project_id == project,
            Question.asked_by == person,
            Sentence.edition_id == bindparam("edition"),
        )
    )
    return select(
        *newest,
        _count(*present, Article.id <= bindparam("article")).label("number"),
        _count(*present).label("articles"),
        slots.scalar_subquery().label("slots"),
        questions.scalar_subquery().label("questions"),
        answered_by_others(project, person).label("answered"),
    )


def _count(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(Article.id)).where(*which).scalar_subquery()
