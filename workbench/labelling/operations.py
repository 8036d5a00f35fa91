"""What annotators do: begin an article, save answers, finish it, open it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act, record_event
from workbench.canonical import Json
from workbench.corpus.queries import find_article, newest_zone
from workbench.corpus.tables import Article, Sentence
from workbench.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
    WorkbenchError,
)
from workbench.labelling.answers import load_answers, newest_revision, read_parts
from workbench.labelling.checking import CheckedAnswer, Place, try_each, unless_refused
from workbench.labelling.editions import carry_on
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
from workbench.labelling.slots import lock_article, next_number
from workbench.labelling.storing import NewRevision, insert_revisions
from workbench.labelling.suggesting import is_withheld
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    ClaimRevision,
    RegisterRevision,
)
from workbench.labelling.taking import (
    begin,
    find_untouched,
    take_next,
    take_of_article,
)
from workbench.labelling.training import Learner, find_learner
from workbench.projects.queries import get_project
from workbench.projects.rules import WorkGiven
from workbench.projects.tables import Membership, Project
from workbench.storage.base import make_public_id
from workbench.storage.database import read_columns, sent_together, share_project

# A lease is renewed once so much of it has gone by, so that saving seldom costs a statement more.
RENEWED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class SavedRevision:
    """What the browser is told once the database has the answer.

    An extra one was kept after the slot had been given to somebody else.
    """

    id: str
    number: int
    made_at: datetime
    brings_suggestions: bool
    is_extra: bool


def submit_annotation(
    session: Session, *, checked: CheckedAnswer, by: int, now: datetime, cause: str = "human"
) -> SavedRevision:
    """Record a new revision of a person's answer, or of the agreed one, for one sentence.

    The same id and content again answer as the first time. Raises ``ConflictError`` when the id
    or a claim's id is taken, ``StaleRevisionError`` with the newest answer when another revision
    was saved since the answer's base, ``InvalidInputError`` when the article or the sentence
    takes no decision. A lease's end or a finished article is no hindrance. ``cause`` is one of
    those that revisions know, such as ``import``.
    """
    (saved,) = submit_annotations(session, answers=[checked], by=by, now=now, cause=cause)
    return unless_refused(saved)


def submit_annotations(
    session: Session,
    *,
    answers: Sequence[CheckedAnswer],
    by: int,
    now: datetime,
    cause: str = "human",
) -> list[SavedRevision | WorkbenchError]:
    """Record a person's answers to sentences of one text, none of them twice.

    They are saved as ``submit_annotation`` would save one after the other, in as few statements
    as one takes. What it would raise for one of them stands in its place.
    """
    if not answers:
        return []
    first = answers[0]
    with sent_together(session):
        share_project(session, first.project_id)
        _lock_place(session, first.place)
    present = _read_present(session, answers)
    earlier = _EarlierClaims(session, answers)
    new: list[NewRevision] = []

    def submit(checked: CheckedAnswer) -> SavedRevision:
        now_there = present[checked.place.sentence_id]
        is_fresh = checked.answer.base == now_there.newest
        if not is_fresh and (saved := _find_repeated(session, checked, now_there)):
            return saved
        _refuse_closed(checked, now_there)
        if not is_fresh:
            raise _stale(session, checked)
        if checked.answer.decision is Decision.NO_CLAIM:
            earlier.refuse_continued(checked)
        revision = NewRevision(checked, (now_there.number or 0) + 1, by=by, now=now, cause=cause)
        new.append(revision)
        earlier.add(checked)
        return _saved(checked, now_there, revision.number, now)

    done = try_each(answers, submit)
    insert_revisions(session, new)
    if new:  # All of them are of one slot.
        slot, of_slot = first.place.assignment_id, present[first.place.sentence_id]
        _renew(session, slot, of_slot.lease_until, minutes=of_slot.lease_minutes, now=now)
    return done


def start_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> Slot:
    """Give the person a slot of the article on its newest text; they keep one they have.

    A learner gets a training article, on its reference's text; ``ForbiddenError`` for any other,
    and where the project gives articles out in another way. ``ConflictError`` when as many people
    as it asks for have one. A slot that had lapsed counts again if one is free, else stays so.
    """
    share_project(session, project_id)
    article = find_article(session, project_id=project_id, name=slug)
    if article.withdrawn_at is not None:
        raise closed_article(is_erased=article.erased_at is not None)
    lock_article(session, article_id=article.id)  # Else a slot taken back just now is begun.
    mine = session.scalar(
        select(Assignment).where(
            Assignment.project_id == project_id,
            Assignment.article_id == article.id,
            Assignment.membership_id == membership_id,
        )
    )
    if mine is None or mine.state in {AssignmentState.OPEN, AssignmentState.LAPSED}:
        taken = _begin_article(session, article, membership_id, mine, by=by, now=now)
        if taken is not None:
            record_act(session, taken, "start_assignment", by=by, now=now)
    return get_slot(session, project_id=project_id, membership_id=membership_id, slug=article.slug)


def start_next(
    session: Session, *, project_id: int, membership_id: int, by: int, now: datetime
) -> str | None:
    """Give the person the next article of the project to read, and return its slug.

    That is one they were given and have not touched, else the first free one in the project's
    order; none if there is none. A learner gets what they have to train on. Whoever is paused, or
    is given their articles by name, gets no new one.
    """
    share_project(session, project_id)
    _lock_membership(session, membership_id)
    learner = find_learner(session, project_id=project_id, membership_id=membership_id)
    if learner and not learner.is_through:
        return _start_lesson(session, project_id, learner, by=by, now=now)
    slot = find_untouched(session, project_id=project_id, membership_id=membership_id)
    if slot is not None:
        is_new = slot.started_at is None
        begin(session, slot, now=now)
    else:
        refusal = _refuse_new(session, project_id, membership_id, WorkGiven.NAMED)
        if refusal is not None:
            raise refusal
        slot = take_next(session, project_id=project_id, membership_id=membership_id, now=now)
        is_new = True
    if slot is None:
        return None
    if is_new:
        record_act(session, slot, "start_assignment", by=by, now=now)
    return session.scalar(select(Article.slug).where(Article.id == slot.article_id))


def renew_lease(
    session: Session, *, project_id: int, membership_id: int, slug: str, now: datetime
) -> Slot:
    """Lend the person's slot on, as long as nobody else has it; return it as it is then."""
    slot = get_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    minutes = get_project(session, project_id=project_id).lease_minutes
    _renew(session, slot.id, slot.lease_until, minutes=minutes, now=now)
    return slot


def finish_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> None:
    """Mark the person's slot as finished; ``UnfinishedArticleError`` names what is missing.

    A lesson is compared with its reference. Where the text was corrected meanwhile, the slot goes
    on to the new one.
    """
    share_project(session, project_id)
    slot = _hold_slot(session, project_id, membership_id, slug)
    unread, incomplete = _find_unfinished(session, project_id, slot)
    if unread or incomplete:
        raise UnfinishedArticleError(unread, incomplete)
    if slot.state is AssignmentState.LAPSED:
        taken = take_of_article(
            session,
            project_id=project_id,
            article_id=slot.article_id,
            membership_id=membership_id,
            now=now,
        )
        if taken is not None:
            slot = replace(slot, state=AssignmentState(taken.state), is_finished=False)
    if not slot.is_finished:
        _change_state(session, project_id, slot, AssignmentState.FINISHED, by=by, now=now)
        record_try(session, project_id=project_id, assignment_id=slot.id, by=by, now=now)
        carry_on(session, project_id=project_id, assignment_id=slot.id, now=now)


def reopen_assignment(
    session: Session, *, project_id: int, membership_id: int, slug: str, by: int, now: datetime
) -> None:
    """Let the person go on with an article they had finished."""
    share_project(session, project_id)
    slot = _hold_slot(session, project_id, membership_id, slug)
    _change_state(session, project_id, slot, AssignmentState.WORKING, by=by, now=now)


def _hold_slot(session: Session, project_id: int, membership_id: int, slug: str) -> Slot:
    """Return the person's slot as it is once nobody else can change it."""
    slot = get_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)
    if session.get_bind().dialect.name != "postgresql":
        return slot
    # The article first, as whoever takes slots back or corrects its text does.
    lock_article(session, article_id=slot.article_id)
    _lock_slot(session, slot.id)
    return get_slot(session, project_id=project_id, membership_id=membership_id, slug=slug)


def _lock_place(session: Session, place: Place) -> None:
    if place.assignment_id is not None:
        _lock_slot(session, place.assignment_id)
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_select_sentence_to_lock(), {"sentence": place.sentence_id})


def _begin_article(
    session: Session,
    article: Article,
    membership_id: int,
    mine: Assignment | None,
    *,
    by: int,
    now: datetime,
) -> Assignment | None:
    """Return the slot that the person begins; none for one that has lapsed and stays so."""
    lesson = open_article(
        session,
        project_id=article.project_id,
        membership_id=membership_id,
        article_id=article.id,
        by=by,
        now=now,
    )
    if mine is None and lesson is not None:
        return _begin_lesson(session, article, membership_id, lesson, now)
    if mine and mine.state == AssignmentState.OPEN:
        return begin(session, mine, now=now)
    refusal = _refuse_new(
        session, article.project_id, membership_id, WorkGiven.NAMED, WorkGiven.QUEUE
    )
    if mine is None and refusal is not None:
        raise refusal
    taken = None
    if refusal is None:
        taken = take_of_article(
            session,
            project_id=article.project_id,
            article_id=article.id,
            membership_id=membership_id,
            now=now,
        )
    if mine is None and taken is None:
        raise ConflictError("As many people as the project asks for read this article already.")
    return taken


def _begin_lesson(
    session: Session, article: Article, membership_id: int, edition_id: int, now: datetime
) -> Assignment:
    lock_article(session, article_id=article.id)
    slot = Assignment(
        project_id=article.project_id,
        public_id=make_public_id(),
        article_id=article.id,
        edition_id=edition_id,
        number=next_number(session, project_id=article.project_id, article_id=article.id),
        membership_id=membership_id,
        state=AssignmentState.WORKING.value,
        started_at=now,
        is_training=True,
    )
    session.add(slot)
    session.flush()
    return slot


def _start_lesson(
    session: Session, project_id: int, learner: Learner, *, by: int, now: datetime
) -> str | None:
    for lesson in learner.lessons:
        if lesson.state is not AssignmentState.FINISHED:
            return start_assignment(
                session,
                project_id=project_id,
                membership_id=learner.membership_id,
                slug=lesson.slug,
                by=by,
                now=now,
            ).slug
    return None


def _refuse_new(
    session: Session, project_id: int, membership_id: int, *ways: WorkGiven
) -> WorkbenchError | None:
    """Return why the person may not take an article in this way, if they may not."""
    if session.scalar(select(Membership.paused_at).where(Membership.id == membership_id)):
        return ForbiddenError(
            "You are given no new articles for now: a manager has paused you. What you have begun"
            " stays yours."
        )
    given = get_project(session, project_id=project_id).work_given
    if given == WorkGiven.NAMED and given in ways:
        return ForbiddenError("A manager says in this project who reads which article.")
    if given == WorkGiven.QUEUE and given in ways:
        return ForbiddenError(
            "The articles of this project are given out in turn; take the next one."
        )
    return None


def _lock_membership(session: Session, membership_id: int) -> None:
    # On PostgreSQL a double click takes its articles one after the other.
    session.execute(
        select(Membership.id).where(Membership.id == membership_id).with_for_update(key_share=True)
    )


def _renew(
    session: Session,
    slot_id: int | None,
    lease_until: datetime | None,
    *,
    minutes: int,
    now: datetime,
) -> None:
    """Lend a slot on from now, if it is lent at all and that was not said just before."""
    renewed = now + timedelta(minutes=minutes)
    if lease_until is None or renewed - lease_until < RENEWED_AFTER:
        return
    session.execute(
        update(Assignment)
        .where(Assignment.id == slot_id, Assignment.state == AssignmentState.WORKING)
        .values(lease_until=renewed)
    )


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

    sentence: int
    is_withdrawn: bool
    is_erased: bool
    zone: str | None
    register_number: int | None
    seed: str
    suggestion_free_percent: int
    annotation: int | None
    newest: str | None
    number: int | None
    state: str | None
    lease_until: datetime | None
    lease_minutes: int


def _read_present(session: Session, answers: Sequence[CheckedAnswer]) -> dict[int, _Present]:
    """Return what is there of each answer's sentence, by its row."""
    first = answers[0]
    values = {
        "project": first.project_id,
        "article": first.place.article_id,
        "sentences": [one.place.sentence_id for one in answers],
        "answerer": first.answerer,
        "slot": first.place.assignment_id,
    }
    rows = read_columns(session, _select_present(), values)
    return {one.sentence: one for one in (_Present(**row._mapping) for row in rows)}


@cache  # Building it takes longer than running it.
def _select_present() -> Select[*tuple[object, ...]]:
    project: BindParameter[int] = bindparam("project")
    newest_register = select(func.max(RegisterRevision.number)).where(
        RegisterRevision.project_id == project
    )
    return (
        select(
            Sentence.id.label("sentence"),
            Article.withdrawn_at.is_not(None).label("is_withdrawn"),
            Article.erased_at.is_not(None).label("is_erased"),
            newest_zone().label("zone"),
            newest_register.scalar_subquery().label("register_number"),
            Project.seed,
            Project.suggestion_free_percent,
            Annotation.id.label("annotation"),
            AnnotationRevision.public_id.label("newest"),
            AnnotationRevision.number,
            Assignment.state,
            Assignment.lease_until,
            Project.lease_minutes,
        )
        .select_from(Article)
        .join(Sentence, Sentence.id.in_(bindparam("sentences", expanding=True)))
        .join(Project, Project.id == Article.project_id)
        .outerjoin(
            Annotation,
            and_(
                Annotation.project_id == project,
                Annotation.sentence_id == Sentence.id,
                Annotation.answerer == bindparam("answerer"),
            ),
        )
        .outerjoin(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .outerjoin(Assignment, Assignment.id == bindparam("slot"))
        .where(Article.id == bindparam("article"))
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
    is_extra = present.state == AssignmentState.LAPSED
    return SavedRevision(checked.answer.id, number, made_at, is_first_withheld, is_extra)


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


class _EarlierClaims:
    """The ranges of the claims that answers have in the sentences before, as far as is known.

    What is stored is read once somebody asks; what was added counts instead.
    """

    def __init__(self, session: Session, answers: Sequence[CheckedAnswer]) -> None:
        self._session = session
        self._last = max(one.answer.sentence.position for one in answers)
        self._ranges: _Ranges = {}
        self._is_read = False

    def add(self, checked: CheckedAnswer) -> None:
        """Take an answer for the newest one of its sentence."""
        parts = [part for claim in checked.answer.claims for part in claim.parts]
        self._ranges[checked.answer.sentence.position] = [(one.start, one.end) for one in parts]

    def refuse_continued(self, checked: CheckedAnswer) -> None:
        """Raise ``InvalidInputError`` where an earlier sentence's claim reaches into this one."""
        if not self._is_read:
            self._ranges, self._is_read = self._read(checked) | self._ranges, True
        place, position = checked.place, checked.answer.sentence.position
        if any(
            start < place.end and place.start < end
            for at, ranges in self._ranges.items()
            if at < position
            for start, end in ranges
        ):
            raise InvalidInputError(
                "This sentence continues a claim that you marked in an earlier one, so it cannot be"
                " without a claim; shorten that claim first."
            )

    def _read(self, checked: CheckedAnswer) -> "_Ranges":
        values = {
            "project": checked.project_id,
            "edition": checked.place.edition_id,
            "position": self._last,
            "answerer": checked.answerer,
        }
        found: _Ranges = {}
        for position, parts in read_columns(self._session, _select_earlier_claims(), values):
            found.setdefault(position, []).extend((one.start, one.end) for one in read_parts(parts))
        return found


_Ranges = dict[int, list[tuple[int, int]]]  # by position


@cache
def _select_earlier_claims() -> Select[int, Json]:
    project: BindParameter[int] = bindparam("project")
    return (
        select(Sentence.position, ClaimRevision.parts)
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
    is_finished = state is AssignmentState.FINISHED
    if slot.is_finished is is_finished:
        return
    values: dict[str, object] = {"finished_at": now if is_finished else None}
    if slot.state is not AssignmentState.LAPSED:  # What has lapsed stays so, finished or not.
        # Reopened it is lent without end: nobody loses a whole reading to a second thought.
        values |= {"state": state.value, "lease_until": None}
    session.execute(update(Assignment).where(Assignment.id == slot.id).values(values))
    action = "finish_assignment" if is_finished else "reopen_assignment"
    record_event(
        session, action, f"assignment {slot.public_id}", project_id=project_id, by=by, now=now
    )
