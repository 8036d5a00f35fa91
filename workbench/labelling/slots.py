"""Slots as rows: which of them count, and as many as each article needs.

A slot is there before anybody has begun it, so that what is left is a count.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from workbench.corpus.rules import in_chunks
from workbench.corpus.tables import Article, TextEdition
from workbench.labelling.rules import AssignmentState
from workbench.labelling.sampling import WHOLE, Candidate, choose_doubled, draw
from workbench.labelling.tables import Assignment, Suggestion, SuggestionRun
from workbench.projects.rules import WorkOrder
from workbench.projects.tables import Membership, Project
from workbench.storage.base import make_public_id
from workbench.storage.bulk import insert_rows


def counts_as_slot(slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots that count as readings of an article, those still to come among them.

    Not a slot that has lapsed, nor one in which somebody trained.
    """
    return and_(slot.state != AssignmentState.LAPSED, slot.is_training.is_(False))


def is_open(slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots that are nobody's."""
    return and_(slot.state == AssignmentState.OPEN, slot.membership_id.is_(None))


def has_run_out(now: datetime, slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots whose lease has ended, so that they may be given to somebody else."""
    return and_(slot.state == AssignmentState.WORKING, slot.lease_until < now)


def is_unfinished(slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots whose person has still to finish, and sees nobody else's answers till then.

    It goes on after the slot has lapsed: what that person saves is to be their own.
    """
    return and_(slot.finished_at.is_(None), slot.state != AssignmentState.FINISHED)


def select_at_hand(project_id: int, user_id: int | None) -> Select[int]:
    """Select the articles that somebody has still to finish: others' work on them is hidden."""
    return (
        select(Assignment.article_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == project_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            is_unfinished(),
        )
    )


def has_begun(slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots that their person has opened."""
    return slot.started_at.is_not(None)


def fit_slots(
    session: Session,
    *,
    project_id: int,
    slugs: Collection[str] | None = None,
    draw_anew: bool = False,
) -> int:
    """Give every article the open slots that it lacks, and take away those it has too many.

    Returns how many were added; ``slugs`` are the only articles that can lack any. Slots that
    somebody has, or was named for, stay; so do those added beyond the overlap. ``draw_anew``
    draws once more which articles are read by several people, as after a change of their share;
    those that several have begun come first.
    """
    # One at a time on PostgreSQL: two would each add what is missing.
    project = session.scalars(
        select(Project).where(Project.id == project_id).with_for_update(key_share=True)
    ).one()
    is_drawn = project.overlap > 1 and project.overlap_percent < WHOLE
    articles = list(_count_slots(session, project_id, None if is_drawn else slugs))
    doubled = _choose(articles, project, draw_anew=draw_anew)
    missing, surplus = [], []
    for one in articles:
        lacks = (project.overlap if one.id in doubled else 1) - one.slots
        if lacks > 0:
            missing += [(one, one.number + ahead) for ahead in range(1, lacks + 1)]
        elif lacks < 0 and one.open:
            surplus.append((one.id, min(-lacks, one.open)))
    turns = _find_turns(session, project, {one.id: one.public_id for one, _ in missing})
    insert_rows(
        session,
        Assignment,
        ("public_id", "article_id", "edition_id", "number", "turn"),
        [
            (make_public_id(), one.id, one.edition_id, number, turns[one.id])
            for one, number in missing
        ],
        same={
            "project_id": project_id,
            "state": AssignmentState.OPEN.value,
            "is_training": False,
        },
    )
    for article_id, count in surplus:
        _take_away(session, project_id, article_id, count)
    return len(missing)


def order_slots(
    session: Session, *, project_id: int, articles: Collection[int] | None = None
) -> None:
    """Give the slots of articles, or of all, their turn in the project's order."""
    project = session.get_one(Project, project_id)
    rows = select(Article.id, Article.public_id).where(Article.project_id == project_id)
    if articles is not None:
        rows = rows.where(Article.id.in_(articles))
    names = dict(session.execute(rows).all())
    turns = _find_turns(session, project, names)
    if turns:
        session.connection().execute(
            update(Assignment.__table__)  # type: ignore[arg-type]  # is a Table
            .where(
                Assignment.project_id == project_id,
                Assignment.article_id == bindparam("of_article"),
            )
            .values(turn=bindparam("its_turn")),
            [{"of_article": id_, "its_turn": turn} for id_, turn in turns.items()],
        )


def order_by_worth(session: Session, *, project_id: int, editions: Collection[int]) -> None:
    """Order the slots of articles anew whose texts the rules have just read, if that matters."""
    project = session.get_one(Project, project_id)
    if project.work_order == WorkOrder.PRIORITY:
        articles = session.scalars(
            select(TextEdition.article_id).where(TextEdition.id.in_(editions))
        ).all()
        order_slots(session, project_id=project_id, articles=articles)


def add_slot(
    session: Session, *, project_id: int, article_id: int, extra_reason: str | None
) -> Assignment:
    """Add an open slot to an article, beyond its overlap."""
    project = session.get_one(Project, project_id)
    article = session.get_one(Article, article_id)
    slot = Assignment(
        project_id=project_id,
        public_id=make_public_id(),
        article_id=article_id,
        edition_id=session.scalars(_newest_edition_of(article_id)).one(),
        number=next_number(session, project_id=project_id, article_id=article_id),
        membership_id=None,
        state=AssignmentState.OPEN.value,
        turn=_find_turns(session, project, {article_id: article.public_id})[article_id],
        extra_reason=extra_reason,
    )
    session.add(slot)
    session.flush()
    return slot


def next_number(session: Session, *, project_id: int, article_id: int) -> int:
    """Return the number of the article's next slot; whoever asks holds the article's lock."""
    last = select(func.max(Assignment.number)).where(
        Assignment.project_id == project_id, Assignment.article_id == article_id
    )
    return (session.scalar(last) or 0) + 1


def lock_article(session: Session, *, article_id: int) -> None:
    """Let nobody else make a slot of the article until the transaction ends.

    On PostgreSQL two people who begin at once take their slots one after the other.
    """
    session.execute(
        select(Article.id).where(Article.id == article_id).with_for_update(key_share=True)
    )


@dataclass(frozen=True)
class _Slots:
    """An article, and how many slots it has: those that count, and those of them that are open."""

    id: int
    public_id: str
    outlet: str | None
    length: int
    edition_id: int
    number: int
    slots: int
    open: int
    begun: int


def _count_slots(
    session: Session, project_id: int, slugs: Collection[str] | None
) -> Iterator[_Slots]:
    later = aliased(TextEdition)
    within = and_(counts_as_slot(), Assignment.extra_reason.is_(None))

    def count(*which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((and_(*which), Assignment.id)))

    chosen = (
        select(
            Article.id,
            Article.public_id,
            Article.outlet,
            TextEdition.length,
            TextEdition.id.label("edition_id"),
            func.coalesce(func.max(Assignment.number), 0).label("number"),
            count(within).label("slots"),
            count(within, is_open()).label("open"),
            count(within, has_begun()).label("begun"),
        )
        .join(TextEdition, TextEdition.article_id == Article.id)
        .outerjoin(
            Assignment,
            and_(Assignment.project_id == Article.project_id, Assignment.article_id == Article.id),
        )
        .where(
            Article.project_id == project_id,
            Article.erased_at.is_(None),
            TextEdition.project_id == project_id,
            ~select(later.id)
            .where(later.article_id == Article.id, later.number > TextEdition.number)
            .exists(),
        )
        .group_by(Article.id, Article.public_id, Article.outlet, TextEdition.length, TextEdition.id)
        .order_by(Article.id)
    )
    if slugs is None:
        pieces = [chosen]
    else:
        pieces = [chosen.where(Article.slug.in_(some)) for some in in_chunks(sorted(slugs))]
    for piece in pieces:
        for row in session.execute(piece):
            yield _Slots(**row._mapping)


def _choose(articles: Sequence[_Slots], project: Project, *, draw_anew: bool) -> set[int]:
    if project.overlap == 1 or project.overlap_percent == WHOLE:
        return {one.id for one in articles}
    return choose_doubled(
        [
            Candidate(
                one.id,
                one.public_id,
                one.outlet,
                one.length,
                _is_doubled(one, draw_anew=draw_anew),
            )
            for one in articles
        ],
        percent=project.overlap_percent,
        seed=project.seed,
    )


def _is_doubled(one: _Slots, *, draw_anew: bool) -> bool | None:
    """Tell whether several people read the article, as far as that is decided."""
    if draw_anew:
        return True if one.begun > 1 else None
    return one.slots > 1 if one.slots else None


def _take_away(session: Session, project_id: int, article_id: int, count: int) -> None:
    last = session.scalars(
        select(Assignment.id)
        .where(
            Assignment.project_id == project_id,
            Assignment.article_id == article_id,
            Assignment.extra_reason.is_(None),
            is_open(),
        )
        .order_by(Assignment.number.desc())
        .limit(count)
        # What somebody is just taking stays theirs.
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(delete(Assignment).where(Assignment.id.in_(last)))


def _find_turns(session: Session, project: Project, articles: dict[int, str]) -> dict[int, int]:
    """Return the turn of each article, given its public id by its row."""
    if project.work_order == WorkOrder.RANDOM:
        return {id_: draw(project.seed, name) for id_, name in articles.items()}
    if project.work_order == WorkOrder.PRIORITY:
        return {id_: -count for id_, count in _count_worthy(session, project.id, articles).items()}
    return {id_: id_ for id_ in articles}


def _count_worthy(session: Session, project_id: int, articles: Collection[int]) -> dict[int, int]:
    """Count the suggestions to check that the newest run over each article has."""
    counts = dict.fromkeys(articles, 0)
    for some in in_chunks(sorted(articles)):
        newest = (
            select(TextEdition.article_id, func.max(SuggestionRun.id).label("run_id"))
            .join(SuggestionRun, SuggestionRun.edition_id == TextEdition.id)
            .where(TextEdition.project_id == project_id, TextEdition.article_id.in_(some))
            .group_by(TextEdition.article_id)
            .subquery()
        )
        rows = session.execute(
            select(newest.c.article_id, Suggestion.frame)
            .select_from(newest)
            .join(Suggestion, Suggestion.run_id == newest.c.run_id)
        )
        for article_id, frame in rows:
            if isinstance(frame, dict) and frame["check_worthy"]:
                counts[article_id] += 1
    return counts


def _newest_edition_of(article_id: int) -> Select[int]:
    return (
        select(TextEdition.id)
        .where(TextEdition.article_id == article_id)
        .order_by(TextEdition.number.desc())
        .limit(1)
    )
