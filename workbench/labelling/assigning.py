"""What managers do with slots: name annotators, hand over, take back, pause, ask for one more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act, record_event
from workbench.accounts.tables import User
from workbench.canonical import JsonObject
from workbench.corpus.queries import find_article
from workbench.corpus.tables import Article
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import (
    add_slot,
    counts_as_slot,
    fit_slots,
    is_open,
    lock_article,
    order_slots,
    select_at_hand,
)
from workbench.labelling.tables import Assignment
from workbench.labelling.taking import free_slot, lease_of
from workbench.projects.queries import get_project
from workbench.projects.rules import MAX_OVERLAP, Role, WorkGiven, WorkOrder, WorkRules
from workbench.projects.tables import Membership, Project
from workbench.storage.database import share_project

MAX_REASON_LENGTH = 200
MOST_LISTED = 200


MIN_LEASE_MINUTES, MAX_LEASE_MINUTES = 5, 7 * 24 * 60
WHOLE = 100


@dataclass(frozen=True)
class Holder:
    """Who has a slot of an article, and how far they are; an open one is named, and not begun."""

    slot: str
    member: str
    name: str
    state: AssignmentState
    is_finished: bool


def list_holders(session: Session, *, project_id: int, article_id: int) -> list[Holder]:
    """List who has or had a slot of the article, in the order of the slots."""
    rows = session.execute(
        select(
            Assignment.public_id,
            User.public_id.label("member"),
            User.name,
            Assignment.state,
            Assignment.finished_at,
        )
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Assignment.project_id == project_id,
            Assignment.article_id == article_id,
            Assignment.is_training.is_(False),
        )
        .order_by(Assignment.number)
    )
    return [
        Holder(
            row.public_id,
            row.member,
            row.name,
            AssignmentState(row.state),
            row.finished_at is not None,
        )
        for row in rows
    ]


def get_article_of(session: Session, *, project_id: int, slot: str) -> str:
    """Return the short name of the article that a slot is of."""
    slug = session.scalar(
        select(Article.slug)
        .join(Assignment, Assignment.article_id == Article.id)
        .where(Assignment.project_id == project_id, Assignment.public_id == slot)
    )
    if slug is None:
        raise NotFoundError("There is no such slot in this project.")
    return slug


@dataclass(frozen=True)
class Held:
    """An unfinished slot of a person, with its article."""

    slot: str
    article_id: int
    article: str
    state: AssignmentState


def list_held(session: Session, *, project_id: int, user_id: int, viewer: int) -> list[Held]:
    """List a person's unfinished slots by turn, but for articles that the viewer still works on."""
    rows = session.execute(
        select(
            Assignment.public_id.label("slot"),
            Assignment.article_id,
            Article.slug.label("article"),
            Assignment.state,
        )
        .join(Article, Article.id == Assignment.article_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == project_id,
            Membership.user_id == user_id,
            Article.withdrawn_at.is_(None),
            _is_held(),
            or_(
                Membership.user_id == viewer, Article.id.not_in(select_at_hand(project_id, viewer))
            ),
        )
        .order_by(Assignment.turn, Assignment.id)
    )
    return [Held(row.slot, row.article_id, row.article, AssignmentState(row.state)) for row in rows]


def list_nameable(
    session: Session, *, project_id: int, user_id: int, limit: int = MOST_LISTED
) -> list[tuple[int, str]]:
    """List the first articles by turn with an open slot that a person could be named for.

    Each by its row and short name.
    """
    theirs = (
        select(Assignment.article_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(Assignment.project_id == project_id, Membership.user_id == user_id)
    )
    rows = session.execute(
        select(Article.id, Article.slug)
        .join(Assignment, Assignment.article_id == Article.id)
        .where(
            Assignment.project_id == project_id,
            is_open(),
            Article.withdrawn_at.is_(None),
            Article.id.not_in(theirs),
        )
        .group_by(Article.id, Article.slug)
        .order_by(func.min(Assignment.turn), Article.id)
        .limit(limit)
    )
    return [(article_id, slug) for article_id, slug in rows]


def is_paused(session: Session, *, project_id: int, user_id: int) -> bool:
    """Tell whether somebody is given no new articles of a project for now."""
    paused = select(Membership.id).where(
        Membership.project_id == project_id,
        Membership.user_id == user_id,
        Membership.role == Role.ANNOTATOR,
        Membership.paused_at.is_not(None),
    )
    return session.scalar(paused) is not None


def list_paused(session: Session, *, project_id: int) -> frozenset[str]:
    """Return the public ids of the people who are given no new articles of a project for now."""
    return frozenset(
        session.scalars(
            select(User.public_id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.project_id == project_id,
                Membership.role == Role.ANNOTATOR,
                Membership.paused_at.is_not(None),
            )
        )
    )


def read_work_rules(session: Session, *, project_id: int) -> WorkRules:
    """Return how the project's articles are given to annotators."""
    return work_rules_of(get_project(session, project_id=project_id))


def work_rules_of(project: Project) -> WorkRules:
    """Return how a project's articles are given to annotators, as its row says."""
    return WorkRules(
        overlap=project.overlap,
        overlap_percent=project.overlap_percent,
        order=WorkOrder(project.work_order),
        given=WorkGiven(project.work_given),
        lease_minutes=project.lease_minutes,
        deadline=project.deadline,
        extra_percent=project.extra_annotator_percent,
    )


def change_work_rules(
    session: Session, *, project_id: int, rules: WorkRules, by: int | None, now: datetime
) -> None:
    """Change how articles are given to annotators, and make of their slots what follows from it."""
    if not 1 <= rules.overlap <= MAX_OVERLAP:
        raise InvalidInputError("An article gets 1 to 10 annotators.")
    if not 0 <= rules.overlap_percent <= WHOLE:
        raise InvalidInputError("The share that several people read is 0 to 100 per cent.")
    if not MIN_LEASE_MINUTES <= rules.lease_minutes <= MAX_LEASE_MINUTES:
        raise InvalidInputError("An article is lent for 5 minutes to a week.")
    if rules.extra_percent is not None and not 1 <= rules.extra_percent <= WHOLE:
        raise InvalidInputError("Another annotator is asked for from 1 to 100 per cent on.")
    share_project(session, project_id)
    before = read_work_rules(session, project_id=project_id)
    if rules.deadline and rules.deadline != before.deadline and rules.deadline < now.date():
        raise InvalidInputError("The deadline has passed already: choose today or a later day.")
    project = get_project(session, project_id=project_id)
    project.overlap, project.overlap_percent = rules.overlap, rules.overlap_percent
    project.work_order, project.work_given = rules.order.value, rules.given.value
    project.lease_minutes, project.deadline = rules.lease_minutes, rules.deadline
    project.extra_annotator_percent = rules.extra_percent
    session.flush()
    is_redrawn = rules.overlap_percent != before.overlap_percent
    fit_slots(session, project_id=project_id, draw_anew=is_redrawn)
    if rules.order is not before.order:
        order_slots(session, project_id=project_id)
    if rules.given is not before.given:
        _lend(session, project, now)
    details: JsonObject = {
        "overlap": rules.overlap,
        "overlap_percent": rules.overlap_percent,
        "order": rules.order.value,
        "given": rules.given.value,
        "lease_minutes": rules.lease_minutes,
        "deadline": rules.deadline.isoformat() if rules.deadline else None,
        "extra_percent": rules.extra_percent,
    }
    record_event(
        session,
        "change_work_rules",
        f"project {project.slug}",
        project_id=project_id,
        by=by,
        now=now,
        details=details,
    )


def _lend(session: Session, project: Project, now: datetime) -> None:
    """Lend what people work on from now on, or let them keep it, as articles are now given."""
    at_work = (
        Assignment.project_id == project.id,
        Assignment.state == AssignmentState.WORKING.value,
        Assignment.is_training.is_(False),
    )
    session.execute(update(Assignment).where(*at_work).values(lease_until=lease_of(project, now)))


def name_annotators(
    session: Session,
    *,
    project_id: int,
    slugs: Collection[str],
    members: Collection[str],
    by: int | None,
    now: datetime,
) -> int:
    """Give each of the people a slot of each of the articles; return how many are new.

    Whoever has one keeps it. An open slot is used first; where there is none the article gets one
    beyond its overlap.
    """
    share_project(session, project_id)
    people = [_get_annotator(session, project_id, member) for member in members]
    articles = [find_article(session, project_id=project_id, name=slug) for slug in slugs]
    # In one order, and before the project's row: two who name at once wait, and not in a circle.
    for article in sorted(articles, key=lambda article: article.id):
        if article.withdrawn_at is not None:
            raise InvalidInputError("The article %(slug)s is withdrawn.", slug=article.slug)
        lock_article(session, article_id=article.id)
    fit_slots(session, project_id=project_id, slugs=[article.slug for article in articles])
    return sum(
        _name(session, article, person, by=by, now=now) for article in articles for person in people
    )


def hand_over(
    session: Session, *, project_id: int, slot: str, member: str, by: int | None, now: datetime
) -> None:
    """Give somebody's unfinished slot to another person.

    What was answered stays the first person's, who may still save. ``ConflictError`` when the
    other has a slot of the article.
    """
    share_project(session, project_id)
    found = _get_held(session, project_id, slot)
    person = _get_annotator(session, project_id, member)
    if found.membership_id == person.id:
        raise ConflictError("That person has this article already.")
    article = session.get_one(Article, found.article_id)
    _free(session, found, "hand_over", by=by, now=now)
    if not _name(session, article, person, by=by, now=now):
        raise ConflictError("That person has this article already.")


def take_back(
    session: Session, *, project_id: int, slot: str, by: int | None, now: datetime
) -> None:
    """Open somebody's unfinished slot to others; what was answered stays theirs."""
    share_project(session, project_id)
    _free(session, _get_held(session, project_id, slot), "take_back", by=by, now=now)


def pause_member(
    session: Session,
    *,
    project_id: int,
    user_id: int,
    frees_slots: bool,
    by: int | None,
    now: datetime,
) -> None:
    """Give an annotator no new articles; their unfinished ones wait for them, or are freed."""
    share_project(session, project_id)
    membership = _find_membership(session, project_id, Membership.user_id == user_id)
    membership.paused_at = membership.paused_at or now
    details: JsonObject = {"frees_slots": frees_slots}
    record_act(session, membership, "pause_member", by=by, now=now, details=details)
    if frees_slots:
        _free_all(session, Assignment.membership_id == membership.id, by=by, now=now)
    else:
        session.execute(
            update(Assignment)
            .where(
                Assignment.membership_id == membership.id,
                Assignment.state == AssignmentState.WORKING,
                Assignment.is_training.is_(False),
            )
            .values(state=AssignmentState.PAUSED.value)
        )


def resume_member(
    session: Session, *, project_id: int, user_id: int, by: int | None, now: datetime
) -> None:
    """Give an annotator articles again; those that waited for them are lent to them anew."""
    share_project(session, project_id)
    membership = _find_membership(session, project_id, Membership.user_id == user_id)
    membership.paused_at = None
    session.execute(
        update(Assignment)
        .where(
            Assignment.membership_id == membership.id,
            Assignment.state == AssignmentState.PAUSED,
        )
        .values(
            state=AssignmentState.WORKING.value,
            lease_until=lease_of(get_project(session, project_id=project_id), now),
        )
    )
    record_act(session, membership, "resume_member", by=by, now=now)


def free_left_slots(
    session: Session, *, user_id: int, by: int | None, now: datetime, project_id: int | None = None
) -> int:
    """Open the unfinished slots of somebody who has left, everywhere; return how many.

    That is where their membership has ended, or everywhere once their account is disabled; in
    one project only, if it is given.
    Belongs in the transaction in which they leave.
    """
    has_left = or_(Membership.ended_at.is_not(None), User.active.is_(False))
    theirs = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.user_id == user_id, has_left)
    )
    if project_id is not None:
        theirs = theirs.where(Membership.project_id == project_id)
    return _free_all(session, Assignment.membership_id.in_(theirs), by=by, now=now)


def free_slots_of(
    session: Session, *, project_id: int, member: str, by: int | None, now: datetime
) -> int:
    """Open the unfinished slots that somebody who has left still has here; return how many."""
    user_id = session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.public_id == member,
            Membership.project_id == project_id,
            Membership.role == Role.ANNOTATOR,
        )
    )
    if user_id is None:
        raise NotFoundError("There is no such annotator in this project.")
    return free_left_slots(session, user_id=user_id, by=by, now=now, project_id=project_id)


def request_another(
    session: Session,
    *,
    project_id: int,
    article: str,
    reason: str,
    by: int | None,
    now: datetime,
) -> str:
    """Ask for one more annotator than the overlap has; return the new slot's public id.

    Asked again for the same reason while that slot is unfinished, it stays at one.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise InvalidInputError(
            "Say why another annotator is asked for, on at most %(most)s characters.",
            most=MAX_REASON_LENGTH,
        )
    share_project(session, project_id)
    found = find_article(session, project_id=project_id, name=article)
    lock_article(session, article_id=found.id)
    present = session.scalar(
        select(Assignment.public_id)
        .where(
            Assignment.project_id == project_id,
            Assignment.article_id == found.id,
            Assignment.extra_reason == reason,
            Assignment.state != AssignmentState.FINISHED,
            counts_as_slot(),
        )
        .order_by(Assignment.number)
        .limit(1)
    )
    if present is not None:
        return present
    slot = add_slot(session, project_id=project_id, article_id=found.id, extra_reason=reason)
    record_act(session, slot, "request_another", by=by, now=now, details={"reason": reason})
    return slot.public_id


def _name(
    session: Session, article: Article, person: Membership, *, by: int | None, now: datetime
) -> bool:
    """Give a person an open slot of the article, whose lock is held; tell whether they had none."""
    of_article = select(Assignment).where(
        Assignment.project_id == article.project_id, Assignment.article_id == article.id
    )
    theirs = session.scalar(of_article.where(Assignment.membership_id == person.id))
    if theirs is not None and theirs.state != AssignmentState.LAPSED:
        return False
    free = session.scalar(
        of_article.where(is_open())
        .order_by(Assignment.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if free is None:
        free = add_slot(
            session, project_id=article.project_id, article_id=article.id, extra_reason="named"
        )
    if theirs is None:
        free.membership_id = person.id
    else:  # They go on where they were.
        theirs.state, theirs.extra_reason = AssignmentState.WORKING.value, free.extra_reason
        theirs.lease_until = lease_of(get_project(session, project_id=article.project_id), now)
        session.delete(free)
        free = theirs
    session.flush()
    details: JsonObject = {"membership": person.public_id}
    record_act(session, free, "name_annotator", by=by, now=now, details=details)
    return True


def _free(
    session: Session, slot: Assignment, action: str, *, by: int | None, now: datetime
) -> None:
    name = session.scalar(select(Membership.public_id).where(Membership.id == slot.membership_id))
    record_act(session, slot, action, by=by, now=now, details={"membership": name})
    free_slot(session, slot)


def _free_all(
    session: Session, whose: ColumnElement[bool], *, by: int | None, now: datetime
) -> int:
    held = session.execute(
        select(Assignment.id, Assignment.article_id, Assignment.project_id)
        .where(whose, _is_held())
        .order_by(Assignment.article_id)
    ).all()
    for slot_id, article_id, project_id in held:
        share_project(session, project_id)
        lock_article(session, article_id=article_id)
        slot = session.scalar(
            select(Assignment).where(Assignment.id == slot_id, _is_held()).with_for_update()
        )
        if slot is not None:
            _free(session, slot, "free_slot", by=by, now=now)
    return len(held)


def _is_held() -> ColumnElement[bool]:
    """Select the slots that somebody has and has not finished."""
    held = (AssignmentState.OPEN, AssignmentState.WORKING, AssignmentState.PAUSED)
    return and_(
        Assignment.membership_id.is_not(None),
        Assignment.state.in_(held),
        Assignment.is_training.is_(False),
    )


def _get_held(session: Session, project_id: int, public_id: str) -> Assignment:
    chosen = select(Assignment).where(
        Assignment.project_id == project_id, Assignment.public_id == public_id
    )
    slot = session.scalar(chosen)
    if slot is None:
        raise NotFoundError("There is no such slot in this project.")
    lock_article(session, article_id=slot.article_id)
    held = session.scalar(
        chosen.where(_is_held()).with_for_update().execution_options(populate_existing=True)
    )
    if held is None:
        raise ConflictError("Nobody works on that any more: it is finished, or somebody else's.")
    return held


def _get_annotator(session: Session, project_id: int, member: str) -> Membership:
    """Return the membership of somebody who can be given articles; no one who is paused."""
    user = session.scalar(select(User).where(User.public_id == member, User.active))
    found = _find_membership(session, project_id, Membership.user_id == (user and user.id))
    if user is not None and found.paused_at is not None:
        raise ConflictError(
            "%(name)s is paused and gets no new articles: resume them first, or choose somebody"
            " else.",
            name=user.name,
        )
    return found


def _find_membership(session: Session, project_id: int, who: ColumnElement[bool]) -> Membership:
    membership = session.scalar(
        select(Membership)
        .where(
            who,
            Membership.project_id == project_id,
            Membership.role == Role.ANNOTATOR,
            Membership.ended_at.is_(None),
        )
        .with_for_update(key_share=True)
    )
    if membership is None:
        raise NotFoundError("There is no such annotator in this project.")
    return membership
