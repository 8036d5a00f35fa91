"""What annotators do: begin an article, save answers, finish it, open it again."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import Json
from workbench.corpus.queries import find_article, newest_edition, newest_zone
from workbench.corpus.tables import Article, Sentence
from workbench.errors import ConflictError, InvalidInputError, StaleRevisionError
from workbench.labelling.answers import load_answers, newest_revision, read_parts
from workbench.labelling.checking import CheckedAnswer, Place
from workbench.labelling.frames import Decision
from workbench.labelling.lessons import open_article, record_try
from workbench.labelling.queries import Slot, get_slot, get_workspace
from workbench.labelling.registers import load_registers
from workbench.labelling.rules import (
    UNREAD,
    AssignmentState,
    UnfinishedArticleError,
    answer_reading,
    closed_article,
    continued_positions,
    is_complete,
)
from workbench.labelling.storing import insert_revision
from workbench.labelling.suggesting import is_withheld
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    ClaimRevision,
    RegisterRevision,
)
from workbench.projects.tables import Project
from workbench.storage.base import make_public_id
from workbench.storage.database import read_columns, sent_together, share_project


@dataclass(frozen=True)
class SavedRevision:
    """What the browser is told once the database has the answer."""

    id: str
    number: int
    made_at: datetime
    brings_suggestions: bool


def submit_annotation(
    session: Session, *, checked: CheckedAnswer, by: int, now: datetime
) -> SavedRevision:
    """Record a new revision of a person's answer, or of the agreed one, for one sentence.

    The same id and content again answer as the first time. Raises ``ConflictError`` when the id
    or a claim's id is taken, ``StaleRevisionError`` with the newest answer when another revision
    was saved since the answer's base, ``InvalidInputError`` when the article or the sentence
    takes no decision. A lease's end or a finished article is no hindrance.
    """
    with sent_together(session):
        share_project(session, checked.project_id)
        _lock_place(session, checked.place)
    present = _read_present(session, checked)
    is_fresh = checked.answer.base == present.newest
    if not is_fresh and (saved := _find_repeated(session, checked, present)):
        return saved
    _refuse_closed(checked, present)
    if not is_fresh:
        raise _stale(session, checked)
    if checked.answer.decision is Decision.NO_CLAIM:
        _refuse_continued(session, checked)
    number = (present.number or 0) + 1
    insert_revision(session, checked, number, by=by, now=now)
    return _saved(checked, present, number, now)


def start_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> Slot:
    """Give the person a slot of the article on its newest text; they keep one they have.

    A learner gets a training article, on its reference's text; ``ForbiddenError`` for any other.
    """
    share_project(session, project_id)
    article = find_article(session, project_id=project_id, name=slug)
    if article.withdrawn_at is not None:
        raise closed_article(is_erased=article.erased_at is not None)
    # On PostgreSQL two people who begin at once take their numbers one after the other.
    session.execute(
        select(Article.id).where(Article.id == article.id).with_for_update(key_share=True)
    )
    of_article = select(Assignment).where(
        Assignment.project_id == project_id, Assignment.article_id == article.id
    )
    mine = session.scalar(of_article.where(Assignment.membership_id == membership_id))
    if mine is None:
        lesson = open_article(
            session,
            project_id=project_id,
            membership_id=membership_id,
            article_id=article.id,
            by=by,
            now=now,
        )
        last = of_article.with_only_columns(func.max(Assignment.number))
        newest = newest_edition(session, project_id=project_id, article_id=article.id)
        mine = Assignment(
            project_id=project_id,
            public_id=make_public_id(),
            article_id=article.id,
            edition_id=lesson or newest.id,
            number=(session.scalar(last) or 0) + 1,
            membership_id=membership_id,
            state=AssignmentState.WORKING.value,
            lease_until=None,
            started_at=now,
            finished_at=None,
            is_training=lesson is not None,
        )
        session.add(mine)
        session.flush()
        _record(session, project_id, "start_assignment", mine.public_id, by=by, now=now)
    return get_slot(session, project_id=project_id, membership_id=membership_id, slug=article.slug)


def finish_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> None:
    """Mark the person's slot as finished; ``UnfinishedArticleError`` names what is missing.

    A lesson is compared with its reference.
    """
    share_project(session, project_id)
    slot = get_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    _lock_slot(session, slot.id)
    unread, incomplete = _find_unfinished(session, project_id, slot)
    if unread or incomplete:
        raise UnfinishedArticleError(unread, incomplete)
    if slot.state is not AssignmentState.FINISHED:
        _change_state(session, project_id, slot, AssignmentState.FINISHED, by=by, now=now)
        record_try(session, project_id=project_id, assignment_id=slot.id, by=by, now=now)


def reopen_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> None:
    """Let the person go on with an article they had finished."""
    share_project(session, project_id)
    slot = get_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    _lock_slot(session, slot.id)
    _change_state(session, project_id, slot, AssignmentState.WORKING, by=by, now=now)


def _lock_place(session: Session, place: Place) -> None:
    if place.assignment_id is not None:
        _lock_slot(session, place.assignment_id)
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_select_sentence_to_lock(), {"sentence": place.sentence_id})


def _lock_slot(session: Session, assignment_id: int) -> None:
    # SQLite has one writer; on PostgreSQL a repeat waits here for the first try.
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_select_slot_to_lock(), {"slot": assignment_id})


@cache
def _select_slot_to_lock() -> Select[int]:
    slot = Assignment.id == bindparam("slot")
    return select(Assignment.id).where(slot).with_for_update(key_share=True)


@cache
def _select_sentence_to_lock() -> Select[int]:
    sentence = Sentence.id == bindparam("sentence")
    return select(Sentence.id).where(sentence).with_for_update(key_share=True)


@dataclass(frozen=True)
class _Present:
    """What the database has of the sentence just now, read after the lock."""

    is_withdrawn: bool
    is_erased: bool
    zone: str | None
    register_number: int | None
    seed: str
    suggestion_free_percent: int
    annotation: int | None
    newest: str | None
    number: int | None


def _read_present(session: Session, checked: CheckedAnswer) -> _Present:
    values = {
        "project": checked.project_id,
        "article": checked.place.article_id,
        "sentence": checked.place.sentence_id,
        "answerer": checked.answerer,
    }
    return _Present(**read_columns(session, _select_present(), values).one()._mapping)


@cache  # Building it takes longer than running it.
def _select_present() -> Select[*tuple[object, ...]]:
    project: BindParameter[int] = bindparam("project")
    sentence: BindParameter[int] = bindparam("sentence")
    newest_register = select(func.max(RegisterRevision.number)).where(
        RegisterRevision.project_id == project
    )
    return (
        select(
            Article.withdrawn_at.is_not(None).label("is_withdrawn"),
            Article.erased_at.is_not(None).label("is_erased"),
            newest_zone().label("zone"),
            newest_register.scalar_subquery().label("register_number"),
            Project.seed,
            Project.suggestion_free_percent,
            Annotation.id.label("annotation"),
            AnnotationRevision.public_id.label("newest"),
            AnnotationRevision.number,
        )
        .select_from(Article)
        .join(Sentence, Sentence.id == sentence)
        .join(Project, Project.id == Article.project_id)
        .outerjoin(
            Annotation,
            and_(
                Annotation.project_id == project,
                Annotation.sentence_id == sentence,
                Annotation.answerer == bindparam("answerer"),
            ),
        )
        .outerjoin(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
        .where(Article.id == bindparam("article"))
        .order_by(AnnotationRevision.number.desc())
        .limit(1)
    )


def _find_repeated(
    session: Session, checked: CheckedAnswer, present: _Present
) -> SavedRevision | None:
    """Return what the first try was told, if this is the same answer sent again.

    A repeat is never based on the newest revision: that is itself, or a later one.
    """
    first = session.scalar(
        select(AnnotationRevision).where(
            AnnotationRevision.project_id == checked.project_id,
            AnnotationRevision.public_id == checked.answer.id,
        )
    )
    if first is None:
        return None
    if (first.annotation_id, first.content_hash) != (present.annotation, checked.content_hash):
        raise ConflictError("Another answer has this id already; make a new id for a new answer.")
    return _saved(checked, present, first.number, first.made_at)


def _saved(
    checked: CheckedAnswer, present: _Present, number: int, made_at: datetime
) -> SavedRevision:
    sentence = str(checked.answer.sentence)
    is_first_withheld = (
        number == 1
        and checked.membership_id is not None
        and is_withheld(present.seed, sentence, present.suggestion_free_percent)
    )
    return SavedRevision(checked.answer.id, number, made_at, is_first_withheld)


def _refuse_closed(checked: CheckedAnswer, present: _Present) -> None:
    if present.is_withdrawn:
        raise closed_article(is_erased=present.is_erased)
    zone = checked.scheme.scheme.zones.get(present.zone or "")
    if zone and not zone.annotatable:
        raise InvalidInputError(
            "This sentence stands in the zone %(zone)s, which needs no decision.", zone=zone.name
        )
    if checked.register_number > (present.register_number or 0):
        raise InvalidInputError(
            "The registers have no revision %(number)s.", number=checked.register_number
        )


def _stale(session: Session, checked: CheckedAnswer) -> StaleRevisionError:
    if checked.membership_id is None:
        error = StaleRevisionError(
            "The agreed answer to this sentence was changed elsewhere; compare both and choose."
        )
    else:
        error = StaleRevisionError(
            "Your answer to this sentence was changed elsewhere; compare both and choose."
        )
    newest = load_answers(
        session,
        project_id=checked.project_id,
        sentences={checked.place.sentence_id: checked.answer.sentence},
        registers=load_registers(session, project_id=checked.project_id),
        answerer=checked.answerer,
    )
    error.extra = {"newest": newest[0].json() if newest else None}
    return error


def _refuse_continued(session: Session, checked: CheckedAnswer) -> None:
    place = checked.place
    values = {
        "project": checked.project_id,
        "edition": place.edition_id,
        "position": checked.answer.sentence.position,
        "answerer": checked.answerer,
    }
    earlier = session.scalars(_select_earlier_claims(), values)
    if any(
        part.start < place.end and place.start < part.end
        for parts in earlier
        for part in read_parts(parts)
    ):
        raise InvalidInputError(
            "This sentence continues a claim that you marked in an earlier one, so it cannot be"
            " without a claim; shorten that claim first."
        )


@cache
def _select_earlier_claims() -> Select[Json]:
    project: BindParameter[int] = bindparam("project")
    return (
        select(ClaimRevision.parts)
        .select_from(Annotation)
        .join(ClaimRevision, ClaimRevision.annotation_revision_id == newest_revision())
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(
            Sentence.project_id == project,
            Sentence.edition_id == bindparam("edition"),
            Sentence.position < bindparam("position"),
            Annotation.project_id == project,
            Annotation.answerer == bindparam("answerer"),
        )
    )


def _find_unfinished(session: Session, project_id: int, slot: Slot) -> tuple[list[str], list[str]]:
    """Return the sentences without a decision, and those that lack an asked field."""
    workspace = get_workspace(session, project_id=project_id, slot=slot)
    answers = {stored.answer.sentence.position: stored for stored in workspace.answers}
    continued = continued_positions(
        [(sentence.start, sentence.end) for sentence in workspace.sentences],
        [claim.parts for stored in workspace.answers for claim in stored.answer.claims],
    )
    unread, incomplete = [], []
    for sentence in workspace.sentences:
        zone = workspace.scheme.scheme.zones.get(sentence.zone)
        if zone and not zone.annotatable:
            continue
        stored = answers.get(sentence.position)
        word = answer_reading(
            stored.answer if stored else None, is_continued=sentence.position in continued
        )
        name = str(slot.sentence_id(sentence.position))
        if word == UNREAD:
            unread.append(name)
        elif stored and not is_complete(stored.answer, workspace.scheme.scheme):
            incomplete.append(name)
    return unread, incomplete


def _change_state(
    session: Session,
    project_id: int,
    slot: Slot,
    state: AssignmentState,
    *,
    by: int,
    now: datetime,
) -> None:
    if slot.state is state:
        return
    is_finished = state is AssignmentState.FINISHED
    session.execute(
        update(Assignment)
        .where(Assignment.id == slot.id)
        .values(state=state.value, finished_at=now if is_finished else None)
    )
    action = "finish_assignment" if is_finished else "reopen_assignment"
    _record(session, project_id, action, slot.public_id, by=by, now=now)


def _record(
    session: Session, project_id: int, action: str, assignment: str, *, by: int, now: datetime
) -> None:
    record_event(
        session,
        at=now,
        user_id=by,
        project_id=project_id,
        action=action,
        subject=f"assignment {assignment}",
    )
