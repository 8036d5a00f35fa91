"""Where the desk stands: statements by state, and what each person has to do next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import User
from workbench.corpus.rules import words_of
from workbench.factcheck.desks import read_desk
from workbench.factcheck.queries import (
    is_decided,
    is_judged,
    newest_state,
    newest_wording,
    read_scheme,
    unrated_types,
)
from workbench.factcheck.rules import Rating, ReviewStep, State
from workbench.factcheck.scales import SHOWN_AS, ShownAs
from workbench.factcheck.tables import (
    FINAL,
    Approval,
    ReviewInvitation,
    Statement,
    StatementRevision,
    Verdict,
    VerdictRevision,
    WorkflowStep,
)

NOBODY = 0
OPEN_STATES = (State.OPEN, State.ASSIGNED, State.IN_REVIEW)
MOST = 100  # statements in one list of somebody's desk


@dataclass(frozen=True)
class Filters:
    """Which statements are wanted: with these words, of this type, of this person, only late ones.

    ``assignee`` is a user's row, or ``NOBODY``.
    """

    words: str = ""
    claim_type: str = ""
    assignee: int | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Stamp:
    """What is approved; ``invited_by`` is who sent the link by which that was done, if one was."""

    shown_as: ShownAs
    invited_by: str | None


@dataclass(frozen=True)
class Card:
    """A statement on the board; ``stamp`` is that of what is approved."""

    row: int
    id: str
    wording: str
    language: str
    claim_type: str
    state: State
    assignee: str | None
    due_on: date | None
    is_late: bool
    stamp: Stamp | None


@dataclass(frozen=True)
class Column:
    """The statements in one state: how many there are, and those of the page that is shown."""

    state: State
    count: int
    cards: Sequence[Card]


@dataclass(frozen=True)
class OwnDesk:
    """What one person has to do.

    ``mine`` are theirs, by the day they are due; ``returned`` those of them whose verdict came
    back; ``to_review`` wait for somebody else than their author; ``to_judge`` for a verdict of
    one's own.
    """

    mine: Sequence[Card]
    returned: frozenset[int]
    to_review: Sequence[Card]
    to_judge: Sequence[Card]


def read_board(
    session: Session,
    *,
    project_id: int,
    filters: Filters,
    today: date,
    limit: int,
    pages: Mapping[State, int],
) -> list[Column]:
    """Return the statements by state, so many of each; ``pages`` says which page of which state."""
    found = _select_matching(project_id, filters, today).order_by(None).subquery()
    counted = session.execute(
        select(found.c.state, func.count().label("number")).group_by(found.c.state)
    )
    counts = {State(row.state): int(row.number) for row in counted}
    order = (found.c.due_on.is_(None), found.c.due_on, found.c.id.desc())
    place = func.row_number().over(partition_by=found.c.state, order_by=order)
    placed = select(found.c.id, found.c.state, place.label("place")).subquery()
    first = {state: (_page(pages, state, counts[state], limit) - 1) * limit for state in counts}
    wanted = [
        and_(placed.c.state == state, placed.c.place > start, placed.c.place <= start + limit)
        for state, start in first.items()
    ]
    chosen = select(placed.c.id).where(or_(false(), *wanted)).order_by(placed.c.place)
    rows = session.scalars(chosen).all()
    cards = {card.row: card for card in read_cards(session, rows=rows, today=today)}
    shown = [cards[row] for row in rows]
    return [
        Column(state, counts.get(state, 0), [card for card in shown if card.state is state])
        for state in State
    ]


def read_own_desk(session: Session, *, project_id: int, user_id: int, today: date) -> OwnDesk:
    """Return what one person has to do next, what is due first at the top."""
    final = _newest_final(project_id)
    own = Statement.assignee_id == user_id
    busy = newest_state().in_([State.ASSIGNED, State.IN_REVIEW])
    mine = _list(session, project_id, and_(own, busy))
    wrote = select(final.c.statement_id).where(final.c.author_id == user_id)
    waiting = _list(
        session,
        project_id,
        and_(newest_state() == State.IN_REVIEW, Statement.id.not_in(wrote)),
    )
    to_judge: list[int] = []
    if read_desk(session, project_id=project_id).blind_verdicts:
        asked = and_(busy, ~is_judged(user_id), ~is_decided(), _is_rated(session, project_id))
        to_judge = _list(session, project_id, asked)
    cards = {
        card.row: card
        for card in read_cards(session, rows={*mine, *waiting, *to_judge}, today=today)
    }
    return OwnDesk(
        mine=[cards[row] for row in mine],
        returned=_find_returned(session, project_id, mine, user_id),
        to_review=[cards[row] for row in waiting],
        to_judge=[cards[row] for row in to_judge],
    )


def list_theirs(session: Session, *, project_id: int, user_id: int) -> list[int]:
    """Return the statements that are a person's, in work or published, by row, due ones first."""
    own = and_(Statement.assignee_id == user_id, newest_state() != State.WITHDRAWN)
    return list(session.scalars(_select_rows(project_id).where(own)))


def read_cards(session: Session, *, rows: Collection[int], today: date) -> list[Card]:
    """Return statements as the board shows them, in no order; by a fixed number of statements."""
    if not rows:
        return []
    wording, later, step, last = (
        StatementRevision,
        aliased(StatementRevision),
        WorkflowStep,
        aliased(WorkflowStep),
    )
    newest = select(func.max(later.number)).where(later.statement_id == Statement.id)
    state = select(func.max(last.id)).where(last.statement_id == Statement.id)
    found = session.execute(
        select(
            Statement.id,
            Statement.public_id,
            Statement.due_on,
            wording.wording,
            wording.language,
            wording.claim_type,
            step.state,
            User.name.label("assignee"),
        )
        .join(wording, wording.statement_id == Statement.id)
        .join(step, step.statement_id == Statement.id)
        .outerjoin(User, User.id == Statement.assignee_id)
        .where(
            Statement.id.in_(list(rows)),
            wording.number == newest.correlate(Statement).scalar_subquery(),
            step.id == state.correlate(Statement).scalar_subquery(),
        )
    )
    stamps = read_stamps(session, rows=rows)
    return [
        Card(
            row=row.id,
            id=row.public_id,
            wording=row.wording,
            language=row.language,
            claim_type=row.claim_type,
            state=State(row.state),
            assignee=row.assignee,
            due_on=row.due_on,
            is_late=_is_late(row.due_on, State(row.state), today),
            stamp=stamps.get(row.id) if State(row.state) is not State.WITHDRAWN else None,
        )
        for row in found
    ]


def read_stamps(session: Session, *, rows: Iterable[int]) -> dict[int, Stamp]:
    """Return the stamp of each of these statements that has an approved verdict."""
    found = session.execute(
        select(Verdict.statement_id, VerdictRevision.rating, User.name.label("invited_by"))
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .join(Approval, Approval.verdict_revision_id == VerdictRevision.id)
        .outerjoin(ReviewInvitation, ReviewInvitation.id == Approval.invitation_id)
        .outerjoin(User, User.id == ReviewInvitation.invited_by)
        .where(
            Verdict.statement_id.in_(list(rows)),
            Verdict.judge == FINAL,
            Approval.step == ReviewStep.APPROVED,
        )
        .order_by(Approval.id)
    )
    return {row.statement_id: Stamp(SHOWN_AS[Rating(row.rating)], row.invited_by) for row in found}


def _select_matching(project_id: int, filters: Filters, today: date) -> Select[*tuple[object, ...]]:
    wanted = _select(project_id)
    if filters.words or filters.claim_type:
        newest = (
            select(
                StatementRevision.statement_id,
                func.max(StatementRevision.number).label("number"),
            )
            .where(StatementRevision.project_id == project_id)
            .group_by(StatementRevision.statement_id)
            .subquery()
        )
        wanted = wanted.join(newest, newest.c.statement_id == Statement.id).join(
            StatementRevision,
            and_(
                StatementRevision.statement_id == newest.c.statement_id,
                StatementRevision.number == newest.c.number,
            ),
        )
        words = words_of(filters.words)
        for word in words:
            wanted = wanted.where(StatementRevision.search_text.contains(word, autoescape=True))
        if filters.words.strip() and not words:
            wanted = wanted.where(false())
        if filters.claim_type:
            wanted = wanted.where(StatementRevision.claim_type == filters.claim_type)
    if filters.assignee is not None:
        is_nobody = filters.assignee == NOBODY
        wanted = wanted.where(
            Statement.assignee_id.is_(None)
            if is_nobody
            else Statement.assignee_id == filters.assignee
        )
    if filters.is_late:
        wanted = wanted.where(
            Statement.due_on < today,
            newest_state().in_(OPEN_STATES),
        )
    return wanted


def _is_rated(session: Session, project_id: int) -> ColumnElement[bool]:
    unrated = unrated_types(read_scheme(session, project_id=project_id))
    wording = select(StatementRevision.claim_type).where(StatementRevision.id == newest_wording())
    return wording.correlate(Statement).scalar_subquery().not_in(sorted(unrated))


def _newest_final(project_id: int) -> Subquery:
    """Select who wrote the newest revision of each statement's final verdict."""
    later = aliased(VerdictRevision)
    newest = select(func.max(later.number)).where(later.verdict_id == Verdict.id)
    return (
        select(Verdict.statement_id, VerdictRevision.id, VerdictRevision.author_id)
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .where(
            Verdict.project_id == project_id,
            Verdict.judge == FINAL,
            VerdictRevision.number == newest.correlate(Verdict).scalar_subquery(),
        )
        .subquery()
    )


def _select(project_id: int) -> Select[*tuple[object, ...]]:
    """Select the project's statements with their states, what is due first at the top."""
    return _select_rows(project_id).add_columns(Statement.due_on, newest_state().label("state"))


def _select_rows(project_id: int) -> Select[int]:
    """Select the project's statements, what is due first at the top."""
    return (
        select(Statement.id)
        .where(Statement.project_id == project_id)
        .order_by(Statement.due_on.is_(None), Statement.due_on, Statement.id.desc())
    )


def _list(session: Session, project_id: int, wanted: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(_select_rows(project_id).where(wanted).limit(MOST)))


def _find_returned(
    session: Session, project_id: int, rows: Collection[int], user_id: int
) -> frozenset[int]:
    """Return which of these statements have a verdict of this person that was returned last."""
    final = _newest_final(project_id)
    last = (
        select(func.max(Approval.id))
        .where(Approval.verdict_revision_id == final.c.id)
        .correlate(final)
        .scalar_subquery()
    )
    found = session.scalars(
        select(final.c.statement_id)
        .join(Approval, Approval.id == last)
        .where(
            final.c.author_id == user_id,
            final.c.statement_id.in_(list(rows)),
            Approval.step == ReviewStep.RETURNED,
        )
    )
    return frozenset(found)


def _page(pages: Mapping[State, int], state: State, count: int, limit: int) -> int:
    return max(1, min(pages.get(state, 1), -(-count // limit)))


def _is_late(due_on: date | None, state: State, today: date) -> bool:
    return due_on is not None and due_on < today and state in OPEN_STATES
