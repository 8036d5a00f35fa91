"""What leads do about training, and what a learner's start and finish do to it."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.agreement.comparing import CONTENT, tally
from workbench.canonical import JsonObject
from workbench.corpus.queries import find_article
from workbench.corpus.tables import Sentence
from workbench.errors import ForbiddenError, InvalidInputError, NotFoundError
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import counts_as_slot, fit_slots
from workbench.labelling.tables import (
    Assignment,
    Training,
    TrainingArticle,
    TrainingPass,
    TrainingReason,
    TrainingTry,
)
from workbench.labelling.training import (
    compare_with_reference,
    find_learner,
    find_mark,
    get_mark,
    list_marks,
    list_references,
)
from workbench.projects.rules import Role
from workbench.projects.tables import Membership
from workbench.storage.database import share_project

MAX_REASON = 2000


def set_training(
    session: Session, *, project_id: int, is_on: bool, percent: int, by: int, now: datetime
) -> None:
    """Switch training on or off, and set the score that is needed.

    Whoever has finished an article before it is switched on needs none.
    """
    if not 1 <= percent <= 100:  # noqa: PLR2004  # per cent
        raise InvalidInputError("The score is 1 to 100 per cent.")
    share_project(session, project_id)
    if is_on and all(mark.is_withdrawn for mark in list_marks(session, project_id=project_id)):
        raise InvalidInputError("Mark an article first: without one nobody could train.")
    training = session.scalar(select(Training).where(Training.project_id == project_id))
    if training is None:
        training = Training(project_id=project_id, percent=percent, since=None)
        session.add(training)
    training.percent = percent
    if is_on and training.since is None:
        _let_experienced_through(session, project_id, by=by, now=now)
    training.since = (training.since or now) if is_on else None
    record_event(
        session,
        "change_training",
        "training",
        project_id=project_id,
        by=by,
        now=now,
        details={"is_on": is_on, "percent": percent},
    )


def mark_article(
    session: Session, *, project_id: int, slug: str, reference: str, by: int, now: datetime
) -> None:
    """Mark an article for training, or give it another reference.

    ``reference`` is the public id of a membership that has finished the article for real.
    """
    share_project(session, project_id)
    article = find_article(session, project_id=project_id, name=slug)
    for candidate, membership, _ in list_references(session, project_id=project_id, viewer=by):
        if candidate.id == article.id and membership.public_id == reference:
            break
    else:
        raise InvalidInputError("The reference is somebody who has finished this article.")
    mark = _find_row(session, project_id, article.id)
    if mark is None:
        last = session.scalar(
            select(func.max(TrainingArticle.position)).where(
                TrainingArticle.project_id == project_id
            )
        )
        mark = TrainingArticle(
            project_id=project_id, article_id=article.id, position=(last or 0) + 1
        )
        session.add(mark)
    mark.reference_id, mark.made_by, mark.made_at = membership.id, by, now
    subject = f"article {article.public_id}"
    details: JsonObject = {"reference": reference}
    record_event(
        session, "mark_training", subject, project_id=project_id, by=by, now=now, details=details
    )


def unmark_article(session: Session, *, project_id: int, slug: str, by: int, now: datetime) -> None:
    """Take an article out of the training; tries and reasons stay."""
    share_project(session, project_id)
    mark = get_mark(session, project_id=project_id, slug=slug)
    is_on = session.scalar(select(Training.since).where(Training.project_id == project_id))
    if is_on and len(list_marks(session, project_id=project_id)) == 1:
        raise InvalidInputError(
            "This is the only article to train on; switch the training off first."
        )
    session.execute(
        delete(TrainingArticle).where(
            TrainingArticle.project_id == project_id,
            TrainingArticle.article_id == mark.article_id,
        )
    )
    subject = f"article {mark.article}"
    record_event(session, "unmark_training", subject, project_id=project_id, by=by, now=now)


def move_article_up(session: Session, *, project_id: int, slug: str) -> None:
    """Let a training article come one earlier; the first one stays."""
    share_project(session, project_id)
    get_mark(session, project_id=project_id, slug=slug)
    order = [mark.article_id for mark in list_marks(session, project_id=project_id)]
    moved = find_article(session, project_id=project_id, name=slug).id
    place = order.index(moved)
    order.insert(max(0, place - 1), order.pop(place))
    for position, article_id in enumerate(order, start=1):
        session.execute(
            update(TrainingArticle)
            .where(
                TrainingArticle.project_id == project_id, TrainingArticle.article_id == article_id
            )
            .values(position=position)
        )


def give_reason(
    session: Session,
    *,
    project_id: int,
    slug: str,
    position: int,
    text: str,
    by: int,
    now: datetime,
) -> None:
    """Say why the reference to a sentence is as it is; an empty text takes the reason away."""
    text = text.strip()
    if len(text) > MAX_REASON:
        raise InvalidInputError(
            "A reason may have %(most)s characters; this one has %(length)s.",
            most=MAX_REASON,
            length=len(text),
        )
    share_project(session, project_id)
    mark = get_mark(session, project_id=project_id, slug=slug)
    sentence = session.scalar(
        select(Sentence.id).where(
            Sentence.project_id == project_id,
            Sentence.edition_id == mark.edition_id,
            Sentence.position == position,
        )
    )
    if sentence is None:
        raise NotFoundError("The article has no sentence %(number)s.", number=position)
    reason = session.scalar(
        select(TrainingReason).where(
            TrainingReason.project_id == project_id, TrainingReason.sentence_id == sentence
        )
    )
    if reason and not text:
        session.delete(reason)
    elif text:
        reason = reason or TrainingReason(project_id=project_id, sentence_id=sentence)
        reason.text, reason.made_by, reason.made_at = text, by, now
        session.add(reason)


def let_through(session: Session, *, project_id: int, user_id: int, by: int, now: datetime) -> None:
    """Let an annotator begin real work, whatever their score."""
    share_project(session, project_id)
    membership = session.scalar(
        select(Membership).where(
            Membership.project_id == project_id,
            Membership.user_id == user_id,
            Membership.role == Role.ANNOTATOR,
            Membership.ended_at.is_(None),
        )
    )
    if membership is None:
        raise NotFoundError("There is no such annotator in this project.")
    _give_pass(session, project_id, membership.id, "lead", by=by, now=now)


def open_article(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    article_id: int,
    by: int,
    now: datetime,
) -> int | None:
    """Return the text edition to learn on if a member begins this article as a lesson.

    None means real work; ``ForbiddenError`` that it is closed to them until they have trained.
    """
    learner = find_learner(session, project_id=project_id, membership_id=membership_id)
    if learner is None:
        return None
    if learner.is_through:
        _give_pass(session, project_id, membership_id, "score", by=by, now=now)
        return None
    if all(lesson.article_id != article_id for lesson in learner.lessons):
        raise ForbiddenError(
            "This article opens once you have reached %(percent)s%% in the training.",
            percent=learner.percent,
        )
    mark = find_mark(session, project_id=project_id, article_id=article_id)
    return mark.edition_id if mark else None


def record_try(
    session: Session, *, project_id: int, assignment_id: int, by: int, now: datetime
) -> None:
    """Compare a lesson that was just finished with its reference, and keep what agreed.

    A learner's work on a training article is a lesson, though they began it before it was one.
    """
    slot = session.get_one(Assignment, assignment_id)
    if slot.membership_id is None:
        return
    mark = find_mark(session, project_id=project_id, article_id=slot.article_id)
    if mark is None or mark.reference_id == slot.membership_id:
        return
    learner = find_learner(session, project_id=project_id, membership_id=slot.membership_id)
    if mark.edition_id != slot.edition_id or not (slot.is_training or learner):
        return
    if not slot.is_training:  # Somebody else is to read it for real.
        slot.is_training = True
        session.flush()
        fit_slots(session, project_id=project_id)
    compared = compare_with_reference(
        session, project_id=project_id, mark=mark, membership_id=slot.membership_id
    )
    missed: dict[int, list[str]] = {}
    for each in compared.judged:
        names = missed.setdefault(each.sentence, [])
        is_told = each.is_matched or each.component == CONTENT
        if not each.agrees and is_told and each.component not in names:
            names.append(each.component)
    last = session.scalar(
        select(func.max(TrainingTry.number)).where(
            TrainingTry.project_id == project_id, TrainingTry.assignment_id == slot.id
        )
    )
    session.add(
        TrainingTry(
            project_id=project_id,
            assignment_id=slot.id,
            number=(last or 0) + 1,
            shares={
                name: [share.agreed, share.of] for name, share in tally(compared.judged).items()
            },
            missed={str(position): [*names] for position, names in missed.items() if names},
            made_at=now,
        )
    )
    session.flush()
    learner = find_learner(session, project_id=project_id, membership_id=slot.membership_id)
    if learner and learner.is_through:
        _give_pass(session, project_id, slot.membership_id, "score", by=by, now=now)


def _let_experienced_through(session: Session, project_id: int, *, by: int, now: datetime) -> None:
    """Give a pass to all who have finished an article for real, and to the references."""
    finished = select(Assignment.membership_id).where(
        Assignment.project_id == project_id,
        Assignment.state == AssignmentState.FINISHED.value,
        counts_as_slot(),
    )
    references = select(TrainingArticle.reference_id).where(
        TrainingArticle.project_id == project_id
    )
    for membership_id in session.scalars(
        select(Membership.id)
        .where(
            Membership.project_id == project_id,
            or_(Membership.id.in_(finished), Membership.id.in_(references)),
        )
        .order_by(Membership.id)
    ).all():
        _give_pass(session, project_id, membership_id, "work", by=by, now=now)


def _give_pass(
    session: Session, project_id: int, membership_id: int, reason: str, *, by: int, now: datetime
) -> None:
    has_one = session.scalar(
        select(TrainingPass.id).where(
            TrainingPass.project_id == project_id, TrainingPass.membership_id == membership_id
        )
    )
    if has_one:
        return
    session.add(
        TrainingPass(
            project_id=project_id,
            membership_id=membership_id,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )
    session.flush()
    name = session.scalar(select(Membership.public_id).where(Membership.id == membership_id))
    record_event(
        session,
        "pass_training",
        f"membership {name}",
        project_id=project_id,
        by=by,
        now=now,
        details={"reason": reason},
    )


def _find_row(session: Session, project_id: int, article_id: int) -> TrainingArticle | None:
    return session.scalar(
        select(TrainingArticle).where(
            TrainingArticle.project_id == project_id, TrainingArticle.article_id == article_id
        )
    )
