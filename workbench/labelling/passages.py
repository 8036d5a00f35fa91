"""Reads of what becomes of answers and questions from one edition of a text to a later one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from workbench.corpus.aligning import Alignment, align
from workbench.corpus.correcting import Correction
from workbench.corpus.queries import SentenceInZone, read_sentences
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
from workbench.labelling.answers import (
    StoredAnswer,
    answerer_of,
    load_answers,
    read_by_ids,
    read_span,
)
from workbench.labelling.carrying import Fate, Outcome, carry, locate_span
from workbench.labelling.frames import SentenceId, Span
from workbench.labelling.registers import load_registers
from workbench.labelling.remembered import edition_text, stored_scheme
from workbench.labelling.rules import UNREAD, answer_reading
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    Assignment,
    CarriedAnswer,
    Question,
    QuestionMessage,
)
from workbench.projects.queries import newest_scheme

NEW_EDITION = "new_edition"  # the cause of what is carried

Row = tuple[object, ...]


@dataclass(frozen=True)
class Passage:
    """The way from one edition of an article's text to a later one."""

    project_id: int
    article: Article
    old: TextEdition
    new: TextEdition
    old_sentences: Sequence[SentenceInZone]
    new_sentences: Sequence[SentenceInZone]
    alignment: Alignment
    outside: frozenset[int]

    def old_name(self, position: int) -> SentenceId:
        """Return the public id of a sentence of the earlier edition."""
        return SentenceId(self.article.public_id, self.old.number, position)

    def old_names(self) -> dict[int, SentenceId]:
        """Return the public ids of the earlier edition's sentences by row."""
        return {one.id: self.old_name(one.position) for one in self.old_sentences}

    def new_names(self, positions: Collection[int] | None = None) -> dict[int, SentenceId]:
        """Return the public ids of the later edition's sentences, or of some, by row."""
        return {
            one.id: SentenceId(self.article.public_id, self.new.number, one.position)
            for one in self.new_sentences
            if positions is None or one.position in positions
        }


class Standing(StrEnum):
    """Where an answer stands on its way to the new edition."""

    CARRIED = "carried"
    TO_CONFIRM = "to_confirm"
    ANSWERED = "answered"
    ORPHANED = "orphaned"


@dataclass(frozen=True)
class Carried:
    """An answer of the earlier edition, what becomes of it, and where that stands."""

    stored: StoredAnswer
    row: int
    made_by: int
    outcome: Outcome
    standing: Standing

    @property
    def position(self) -> int:
        """The place of its sentence in the earlier edition."""
        return self.stored.answer.sentence.position


@dataclass(frozen=True)
class CarriedQuestion:
    """A question about the earlier edition, and what becomes of its words."""

    question: Question
    text: str
    position: int
    fate: Fate
    span: Span | None


def open_passage(
    session: Session, *, article: Article, old: TextEdition, new: TextEdition
) -> Passage:
    """Return the way between two editions of an article."""
    project_id = article.project_id
    before = read_sentences(session, project_id=project_id, edition_id=old.id)
    after = read_sentences(session, project_id=project_id, edition_id=new.id)
    return Passage(
        project_id=project_id,
        article=article,
        old=old,
        new=new,
        old_sentences=before,
        new_sentences=after,
        alignment=align(
            edition_text(session, edition_id=old.id),
            [(one.start, one.end) for one in before],
            edition_text(session, edition_id=new.id),
            [(one.start, one.end) for one in after],
        ),
        outside=_outside(session, project_id, [(one.position, one.zone) for one in after]),
    )


def _outside(session: Session, project_id: int, zones: Iterable[tuple[int, str]]) -> frozenset[int]:
    """Return the positions of the sentences that need no decision, given the zone of each."""
    number = newest_scheme(session, project_id=project_id).number
    known = stored_scheme(session, project_id=project_id, number=number).scheme.zones
    return frozenset(
        position for position, zone in zones if zone in known and not known[zone].annotatable
    )


def read_carried(
    session: Session, passage: Passage, *, answerer: str | None = None
) -> list[Carried]:
    """Return what becomes of answers, everybody's or somebody's, in the order of the earlier text.

    One that was taken back is none. An answer given anew on the new edition stands for itself.
    """
    stored = [
        one
        for one in load_answers(
            session,
            project_id=passage.project_id,
            sentences=passage.old_names(),
            registers=load_registers(session, project_id=passage.project_id),
            answerer=answerer,
        )
        if answer_reading(one.answer, is_continued=False) != UNREAD
    ]
    rows = _read_rows(session, passage.project_id, [one.answer.id for one in stored])
    annotations = [annotation for _, _, annotation in rows.values()]
    done = {row.annotation_id for row in read_by_ids(session, _select_done(), annotations)}
    causes = _read_causes(session, passage, answerer)
    found = []
    for one in stored:
        row, made_by, annotation = rows[one.answer.id]
        outcome = carry(
            one.answer, passage.alignment, edition=passage.new.number, outside=passage.outside
        )
        standing = _stand(outcome, causes.get(one.answerer, {}), is_done=annotation in done)
        found.append(Carried(one, row, made_by, outcome, standing))
    return found


def _stand(outcome: Outcome, causes: Mapping[int, str], *, is_done: bool) -> Standing:
    if is_done:
        return Standing.CARRIED
    if outcome.fate is Fate.ORPHANED:
        return Standing.ORPHANED
    if all(causes.get(position, NEW_EDITION) != NEW_EDITION for position in outcome.pieces):
        return Standing.ANSWERED
    return Standing.TO_CONFIRM


def read_carried_questions(
    session: Session, passage: Passage, *, user_id: int
) -> list[CarriedQuestion]:
    """Return what becomes of the questions that a person asked about the earlier edition."""
    rows = session.execute(
        select(Question, QuestionMessage.text, Sentence.position)
        .join(Sentence, Sentence.id == Question.sentence_id)
        .join(QuestionMessage, QuestionMessage.public_id == Question.public_id)
        .where(
            Question.project_id == passage.project_id,
            Question.asked_by == user_id,
            QuestionMessage.project_id == passage.project_id,
            Sentence.project_id == passage.project_id,
            Sentence.edition_id == passage.old.id,
        )
        .order_by(Sentence.position, Question.id)
    )
    found = []
    for question, text, position in rows:
        span = read_span(question.span)
        fate, new = locate_span(span, passage.alignment) if span else (Fate.ORPHANED, None)
        if new is None or passage.alignment.sentence_at(new.start) is None:
            fate, new = Fate.ORPHANED, None
        found.append(CarriedQuestion(question, text, position, fate, new))
    return found


def read_passage(session: Session, *, article: Article, number: int) -> Passage:
    """Return the way to the edition of this number from the one before it."""
    editions = session.scalars(
        select(TextEdition)
        .where(
            TextEdition.project_id == article.project_id,
            TextEdition.article_id == article.id,
            TextEdition.number.in_([number - 1, number]),
        )
        .order_by(TextEdition.number)
    ).all()
    if [one.number for one in editions] != [number - 1, number]:
        raise NotFoundError("The text has no edition %(number)s and one before it.", number=number)
    return open_passage(session, article=article, old=editions[0], new=editions[1])


def find_passage(
    session: Session, *, article: Article, edition_id: int, answerer: str
) -> Passage | None:
    """Return the way to an edition from the last one before it that somebody answered, if any."""
    new = session.get_one(TextEdition, edition_id)
    before = (
        select(func.max(TextEdition.number))
        .join(Sentence, Sentence.edition_id == TextEdition.id)
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .where(
            TextEdition.project_id == article.project_id,
            TextEdition.article_id == article.id,
            TextEdition.number < new.number,
            Sentence.project_id == article.project_id,
            Annotation.project_id == article.project_id,
            Annotation.answerer == answerer,
        )
    )
    number = session.scalar(before)
    if number is None:
        return None
    old = session.scalars(
        select(TextEdition).where(
            TextEdition.project_id == article.project_id,
            TextEdition.article_id == article.id,
            TextEdition.number == number,
        )
    ).one()
    return open_passage(session, article=article, old=old, new=new)


def _read_rows(
    session: Session, project_id: int, public_ids: Sequence[str]
) -> dict[str, tuple[int, int, int]]:
    """Return row, maker and annotation of revisions by their public ids."""
    rows = session.execute(
        select(
            AnnotationRevision.public_id,
            AnnotationRevision.id,
            AnnotationRevision.made_by,
            AnnotationRevision.annotation_id,
        ).where(
            AnnotationRevision.project_id == project_id,
            AnnotationRevision.public_id.in_(public_ids),
        )
    )
    return {public_id: (row, made_by, annotation) for public_id, row, made_by, annotation in rows}


def _read_causes(
    session: Session, passage: Passage, answerer: str | None
) -> dict[str, dict[int, str]]:
    """Return why the newest answers to the new edition were given, by answerer and position."""
    newest = (
        select(func.max(AnnotationRevision.number))
        .where(AnnotationRevision.annotation_id == Annotation.id)
        .correlate(Annotation)
        .scalar_subquery()
    )
    chosen = (
        select(Annotation.answerer, Sentence.position, AnnotationRevision.cause)
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
        .where(
            Sentence.project_id == passage.project_id,
            Sentence.edition_id == passage.new.id,
            Annotation.project_id == passage.project_id,
            AnnotationRevision.number == newest,
        )
    )
    if answerer is not None:
        chosen = chosen.where(Annotation.answerer == answerer)
    causes: dict[str, dict[int, str]] = {}
    for who, position, cause in session.execute(chosen):
        causes.setdefault(who, {})[position] = cause
    return causes


def _select_done() -> Select[*Row]:
    """Select the answers that were carried as they are; a new label scheme changes none."""
    is_own = AnnotationRevision.cause != "scheme_change"
    own = func.max(case((is_own, AnnotationRevision.number), else_=0))
    carried = func.max(case((CarriedAnswer.id.is_not(None), AnnotationRevision.number), else_=-1))
    return (
        select(AnnotationRevision.annotation_id)
        .outerjoin(
            CarriedAnswer,
            and_(
                CarriedAnswer.project_id == AnnotationRevision.project_id,
                CarriedAnswer.from_revision_id == AnnotationRevision.id,
            ),
        )
        .where(AnnotationRevision.annotation_id.in_(bindparam("ids", expanding=True)))
        .group_by(AnnotationRevision.annotation_id)
        .having(carried >= own)
    )


def foresee(
    session: Session, *, article: Article, edition: TextEdition, correction: Correction
) -> Counter[Fate]:
    """Count what would become of the answers that would go over now, agreed ones among them."""
    finished = session.scalars(
        select(Assignment.membership_id).where(
            Assignment.project_id == article.project_id,
            Assignment.article_id == article.id,
            Assignment.edition_id == edition.id,
            Assignment.finished_at.is_not(None),
            Assignment.is_training.is_(False),
        )
    )
    goes_over = {GOLD, *(answerer_of(one) for one in finished if one is not None)}
    sentences = read_sentences(session, project_id=article.project_id, edition_id=edition.id)
    stored = load_answers(
        session,
        project_id=article.project_id,
        sentences={
            one.id: SentenceId(article.public_id, edition.number, one.position) for one in sentences
        },
        registers=load_registers(session, project_id=article.project_id),
    )
    outside = _outside(session, article.project_id, enumerate(correction.version.zones, start=1))
    return Counter(
        carry(one.answer, correction.alignment, edition=edition.number + 1, outside=outside).fate
        for one in stored
        if one.answerer in goes_over and answer_reading(one.answer, is_continued=False) != UNREAD
    )
