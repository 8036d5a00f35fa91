"""The progress board: who is how far with which article, and how long the rest may take.

Articles that the person who asks has still to finish show nothing of others, and are in no sum.
Times of single people are in no figure here: medians come from three people or more.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.accounts.tables import User
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.coverage import (
    count_needed,
    count_slots,
    in_ledger,
)
from workbench.labelling.progress import count_asked
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import counts_as_slot
from workbench.labelling.tables import Annotation, AnnotationRevision, Assignment
from workbench.labelling.training import find_hidden
from workbench.projects.rules import Role
from workbench.projects.tables import Membership

PEOPLE_FOR_A_MEDIAN = 3
SENTENCES_FOR_A_FORECAST = 20
ANSWERS_TIMED = 20_000  # the newest ones
WEEK = timedelta(days=7)

Row = tuple[object, ...]
Columns = TypeVarTuple("Columns")


class Course(StrEnum):
    """How far an article is: all its slots finished, one begun, or none."""

    DONE = "done"
    IN_WORK = "in-work"
    WAITING = "waiting"


@dataclass(frozen=True)
class Filter:
    """Which articles are wanted: in one state, or those of one person; all without both."""

    course: Course | None = None
    member: str | None = None


@dataclass(frozen=True)
class Cell:
    """A slot that somebody has; ``read`` of ``sentences`` are known of those in work."""

    state: AssignmentState
    read: int = 0
    sentences: int = 0

    @property
    def percent(self) -> int:
        """How much is read, rounded down."""
        return 100 * self.read // self.sentences if self.sentences else 0


@dataclass(frozen=True)
class BoardArticle:
    """An article: its slots by state, and by member how far each is.

    ``median_ms`` is half-way through the times of its sentences; none where fewer than three
    people have read some. A hidden one has no more than the cell of whoever asks.
    """

    id: int
    slug: str
    slots: Counter[AssignmentState]
    cells: Mapping[int, Cell]
    median_ms: int | None
    is_hidden: bool

    @property
    def finished(self) -> int:
        """How many slots are finished."""
        return self.slots[AssignmentState.FINISHED]

    @property
    def nobodys(self) -> int:
        """How many slots nobody has."""
        return self.slots.total() - len(self.cells)

    @property
    def course(self) -> Course:
        """How far the article is."""
        return _course_of(self.slots)


@dataclass(frozen=True)
class BoardPerson:
    """An annotator with their slots by state; one who has left may still have some."""

    id: int
    member: str
    name: str
    slots: Counter[AssignmentState]
    is_paused: bool
    has_left: bool

    @property
    def unfinished(self) -> int:
        """How many slots they have and have not finished."""
        return self.slots.total() - self.slots[AssignmentState.FINISHED]


@dataclass(frozen=True)
class Forecast:
    """What is left to read, and how fast it went; times only of three people or more."""

    open_sentences: int
    median_ms: int | None
    week: int
    week_days: float

    @property
    def hours(self) -> float | None:
        """How long all that is left takes one person, reading at the usual pace."""
        return None if self.median_ms is None else self.open_sentences * self.median_ms / 3_600_000

    @property
    def days(self) -> int | None:
        """How many days it takes at the pace of the last week; none if too little was read."""
        if self.week < SENTENCES_FOR_A_FORECAST:
            return None
        return ceil(self.open_sentences * self.week_days / self.week)

    def is_late(self, today: date, deadline: date | None) -> bool | None:
        """Tell whether the deadline passes before; none without a deadline or a forecast."""
        if deadline is None or self.days is None:
            return None
        return today + timedelta(days=self.days) > deadline


@dataclass(frozen=True)
class Board:
    """A part of the board with the sums of all of it; ``found`` articles pass the filter."""

    articles: Sequence[BoardArticle]
    people: Sequence[BoardPerson]
    slots: Counter[AssignmentState]
    courses: Counter[Course]
    forecast: Forecast
    found: int
    hidden: Collection[int]

    @property
    def unfinished(self) -> int:
        """How many slots are not finished."""
        return self.slots.total() - self.slots[AssignmentState.FINISHED]

    @property
    def in_work(self) -> int:
        """How many slots somebody has begun and not finished."""
        return self.slots[AssignmentState.WORKING] + self.slots[AssignmentState.PAUSED]


def read_board(
    session: Session,
    *,
    project_id: int,
    reader: int,
    wanted: Filter,
    limit: int,
    page: int,
    now: datetime,
) -> Board:
    """Return the board as one person may see it, by a number of statements that does not grow.

    Articles stand in the order in which they are given out, ``limit`` on a page; after the last
    page comes none, but the last one again.
    """
    hidden = find_hidden(session, project_id=project_id, user_id=reader)
    people = session.execute(_select_people(project_id)).all()
    own = {row.id for row in people if row.user_id == reader}
    slugs: dict[int, str] = {}
    slots: dict[int, list[_Slot]] = {}
    for row in session.execute(_select_slots(project_id)):
        slugs[row.article_id] = row.slug
        theirs = slots.setdefault(row.article_id, [])
        if row.slot and (row.article_id not in hidden or row.membership_id in own):
            theirs.append(
                _Slot(row.slot, row.edition_id, row.membership_id, AssignmentState(row.state))
            )
    known = {key: theirs for key, theirs in slots.items() if key not in hidden}
    all_known = [slot for theirs in known.values() for slot in theirs]
    members = {row.id: row.member for row in people}
    chosen = [
        key
        for key, theirs in slots.items()
        if wanted == Filter() or (key in known and _passes(theirs, wanted, members))
    ]
    last = max(1, ceil(len(chosen) / limit))
    first = limit * (max(1, min(page, last)) - 1)
    shown = chosen[first : first + limit]
    covered = count_slots(session, project_id=project_id, which=_is_in_work())
    asked = count_asked(session, project_id=project_id, which=_is_in_work())
    in_work = {
        one.slot: _Done(one.read - asked[one.edition_id, one.membership_id], one.sentences)
        for one in covered
    }
    medians = _find_medians(session, project_id, [key for key in shown if key in known])
    return Board(
        articles=[
            BoardArticle(
                id=key,
                slug=slugs[key],
                slots=_by_state(slots[key]),
                cells={
                    slot.membership_id: _cell(slot, in_work)
                    for slot in slots[key]
                    if slot.membership_id is not None
                },
                median_ms=medians.get(key),
                is_hidden=key in hidden,
            )
            for key in shown
        ],
        people=[
            BoardPerson(
                id=row.id,
                member=row.member,
                name=row.name,
                slots=_by_state(slot for slot in all_known if slot.membership_id == row.id),
                is_paused=row.paused_at is not None,
                has_left=not row.active or row.ended_at is not None,
            )
            for row in people
        ],
        slots=_by_state(all_known),
        courses=Counter(_course_of(_by_state(theirs)) for theirs in known.values()),
        forecast=_forecast(
            session, project_id, slots=all_known, in_work=in_work, hidden=hidden, now=now
        ),
        found=len(chosen),
        hidden=hidden,
    )


@dataclass(frozen=True)
class _Slot:
    public_id: str
    edition_id: int
    membership_id: int | None
    state: AssignmentState


class _Done(NamedTuple):
    """How many sentences of a slot are done: read, and nothing of them asked again."""

    read: int
    sentences: int


def _select_people(project_id: int) -> Select[*Row]:
    return (
        select(
            Membership.id,
            Membership.user_id,
            User.public_id.label("member"),
            User.name,
            User.active,
            Membership.ended_at,
            Membership.paused_at,
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id, Membership.role == Role.ANNOTATOR)
        .order_by(func.lower(User.name), Membership.id)
    )


def _select_slots(project_id: int) -> Select[*Row]:
    """Select every slot with its article, and each article that has none."""
    return (
        select(
            Article.id.label("article_id"),
            Article.slug,
            Assignment.public_id.label("slot"),
            Assignment.edition_id,
            Assignment.membership_id,
            Assignment.state,
        )
        .select_from(Article)
        .outerjoin(
            Assignment,
            and_(
                Assignment.project_id == Article.project_id,
                Assignment.article_id == Article.id,
                counts_as_slot(),
            ),
        )
        .where(
            Article.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
        )
        .order_by(func.coalesce(Assignment.turn, 0), Article.id, Assignment.number)
    )


def _is_in_work() -> ColumnElement[bool]:
    return and_(
        Assignment.state.in_((AssignmentState.WORKING, AssignmentState.PAUSED)),
        Assignment.started_at.is_not(None),
    )


def _passes(slots: Sequence[_Slot], wanted: Filter, members: Mapping[int, str]) -> bool:
    if wanted.course is not None and _course_of(_by_state(slots)) is not wanted.course:
        return False
    return wanted.member is None or any(
        slot.membership_id is not None and members.get(slot.membership_id) == wanted.member
        for slot in slots
    )


def _by_state(slots: Iterable[_Slot]) -> Counter[AssignmentState]:
    return Counter(slot.state for slot in slots)


def _course_of(slots: Counter[AssignmentState]) -> Course:
    if slots.total() and slots[AssignmentState.FINISHED] == slots.total():
        return Course.DONE
    return Course.IN_WORK if slots[AssignmentState.OPEN] < slots.total() else Course.WAITING


def _cell(slot: _Slot, in_work: Mapping[str, _Done]) -> Cell:
    done = in_work.get(slot.public_id)
    return Cell(slot.state, *done) if done else Cell(slot.state)


def _forecast(
    session: Session,
    project_id: int,
    *,
    slots: Sequence[_Slot],
    in_work: Mapping[str, _Done],
    hidden: Collection[int],
    now: datetime,
) -> Forecast:
    unfinished = [slot for slot in slots if slot.state is not AssignmentState.FINISHED]
    needed = count_needed(
        session, project_id=project_id, edition_ids={slot.edition_id for slot in unfinished}
    )
    read = sum(in_work[slot.public_id].read for slot in unfinished if slot.public_id in in_work)
    first = (
        select(AnnotationRevision.made_at)
        .where(AnnotationRevision.project_id == project_id)
        .order_by(AnnotationRevision.id)
        .limit(1)
        .scalar_subquery()
    )
    week = session.execute(
        _of_slots(select(func.count(AnnotationRevision.id), first), project_id).where(
            AnnotationRevision.number == 1,
            AnnotationRevision.made_at >= now - WEEK,
            Assignment.article_id.not_in(hidden),
        )
    ).one()
    began = max(now - (week[1] or now), timedelta(days=1))
    return Forecast(
        open_sentences=sum(needed.get(slot.edition_id, 0) for slot in unfinished) - read,
        median_ms=_find_median(session, project_id, hidden),
        week=week[0],
        week_days=min(began, WEEK) / timedelta(days=1),
    )


def _find_median(session: Session, project_id: int, hidden: Collection[int]) -> int | None:
    newest = (
        select(AnnotationRevision.id)
        .where(AnnotationRevision.project_id == project_id)
        .order_by(AnnotationRevision.id.desc())
        .limit(1)
        .offset(ANSWERS_TIMED)
        .scalar_subquery()
    )
    times = _of_slots(_select_times(literal(0)), project_id).where(
        AnnotationRevision.id > func.coalesce(newest, 0), Assignment.article_id.not_in(hidden)
    )
    return _median_of(session, times).get(0)


def _find_medians(
    session: Session, project_id: int, article_ids: Collection[int]
) -> dict[int, int]:
    times = _of_slots(_select_times(Assignment.article_id), project_id)
    return _median_of(session, times.where(Assignment.article_id.in_(article_ids)))


def _select_times(key: ColumnElement[int] | InstrumentedAttribute[int]) -> Select[*Row]:
    """Select the time of each answer, all its revisions together, ranked within its key."""
    total = func.sum(AnnotationRevision.elapsed_ms)
    return select(
        key.label("key"),
        Annotation.membership_id,
        total.label("total"),
        func.row_number().over(partition_by=key, order_by=total).label("rank"),
        func.count().over(partition_by=key).label("times"),
    ).group_by(key, Annotation.id, Annotation.membership_id)


def _median_of(session: Session, times: Select[*Row]) -> dict[int, int]:
    """Return the median by key, where enough people have answered."""
    ranked = times.subquery()
    is_middle = ranked.c.rank.in_(((ranked.c.times + 1) // 2, (ranked.c.times + 2) // 2))
    rows = session.execute(
        select(ranked.c.key, func.avg(case((is_middle, ranked.c.total))))
        .group_by(ranked.c.key)
        .having(func.count(ranked.c.membership_id.distinct()) >= PEOPLE_FOR_A_MEDIAN)
    )
    return {key: round(median) for key, median in rows}


def _of_slots(chosen: Select[*Columns], project_id: int) -> Select[*Columns]:
    """Choose from what people answered in slots of the ledger."""
    return (
        chosen.select_from(AnnotationRevision)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(
            Assignment,
            and_(
                Assignment.project_id == project_id,
                Assignment.article_id == TextEdition.article_id,
                Assignment.membership_id == Annotation.membership_id,
            ),
        )
        .where(
            AnnotationRevision.project_id == project_id,
            AnnotationRevision.cause == "human",
            Assignment.edition_id == Sentence.edition_id,
            in_ledger(),
        )
    )
