"""How far people are: the articles on an annotator's start page, with what is decided of each."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TypeVarTuple

from sqlalchemy import (
    Case,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from workbench.corpus.queries import newest_zone, read_headings
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import newest_revision, read_by_ids, read_parts
from workbench.labelling.frames import Decision, Span
from workbench.labelling.remembered import stored_scheme
from workbench.labelling.rules import UNREAD, AssignmentState, continued_positions, reading
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    ClaimRevision,
    TrainingArticle,
)
from workbench.labelling.training import of_lesson
from workbench.projects.rules import Role
from workbench.projects.tables import Membership, Project, SchemeRevision

AFTER_LESSONS = 1_000_000

_Columns = TypeVarTuple("_Columns")


@dataclass(frozen=True)
class HomeArticle:
    """An article a person may label; ``state`` is none where they have not begun.

    It is not open to a learner who has still to train; a lesson is an article they train on.
    ``decided`` counts the sentences that have a decision among the ``total`` that need one.
    """

    project: str
    project_name: str
    slug: str
    heading: str
    outlet: str | None
    published: str | None
    language: str
    state: AssignmentState | None
    decided: int
    total: int
    is_lesson: bool
    is_open: bool


def count_home_articles(session: Session, *, user_id: int, learning: Collection[int] = ()) -> int:
    """Count the articles that ``home_list`` would list without a limit."""
    count = select(func.count(Article.id))
    return session.scalar(_for_annotator(count, user_id, learning)) or 0


def home_list(
    session: Session,
    *,
    user_id: int,
    learning: Collection[int] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[HomeArticle]:
    """List the articles a person may label: those at hand first, then new ones, then finished.

    ``learning`` are those of the person's memberships that have still to train: what they train
    on comes before all else, in the order the lead gave it.
    """
    is_lesson = of_lesson(learning)
    rows = session.execute(
        _for_annotator(
            select(
                Project.id.label("project_id"),
                Project.slug.label("project"),
                Project.name.label("project_name"),
                Article.id.label("article_id"),
                Article.slug,
                Article.outlet,
                Article.published,
                Article.language,
                Assignment.state,
                Membership.id.label("membership_id"),
                func.coalesce(Assignment.edition_id, _newest_edition()).label("edition_id"),
                or_(is_lesson, func.coalesce(Assignment.is_training, false())).label("is_lesson"),
            ),
            user_id,
            learning,
        )
        .order_by(_course(is_lesson), _rank(), func.lower(Project.name), Article.id)
        .limit(limit)
        .offset(offset)
    ).all()
    headings = read_headings(session, article_ids=[row.article_id for row in rows])
    editions = {row.edition_id for row in rows}
    counts = _count_decided(
        session, {row.project_id for row in rows}, editions, {row.membership_id for row in rows}
    )
    return [
        HomeArticle(
            project=row.project,
            project_name=row.project_name,
            slug=row.slug,
            heading=headings[row.article_id],
            outlet=row.outlet,
            published=row.published,
            language=row.language,
            state=AssignmentState(row.state) if row.state else None,
            decided=counts[row.edition_id][0],
            total=counts[row.edition_id][1],
            is_lesson=row.is_lesson,
            is_open=row.is_lesson or row.membership_id not in learning,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class NextArticle:
    """The article a person goes on with."""

    slug: str
    heading: str
    language: str


def find_next_article(
    session: Session, *, user_id: int, project_id: int, learning: Collection[int] = ()
) -> NextArticle | None:
    """Return the first article of the project that the person has to read, in the list's order.

    For a learner (see ``home_list``) none is new but what they train on.
    """
    is_lesson = of_lesson(learning)
    row = session.execute(
        _for_annotator(select(Article.id, Article.slug, Article.language), user_id, learning)
        .where(
            Project.id == project_id,
            or_(Assignment.id.is_not(None), is_lesson, Membership.id.not_in(learning)),
            or_(Assignment.state.is_(None), Assignment.state != AssignmentState.FINISHED.value),
        )
        .order_by(_course(is_lesson), _rank(), Article.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    heading = read_headings(session, article_ids=[row.id])[row.id]
    return NextArticle(row.slug, heading, row.language)


def _course(is_lesson: ColumnElement[bool]) -> Case[int]:
    """Put what somebody trains on in its order, and all else behind it."""
    position = (
        select(TrainingArticle.position)
        .where(
            TrainingArticle.project_id == Article.project_id,
            TrainingArticle.article_id == Article.id,
        )
        .scalar_subquery()
    )
    return case((is_lesson, position), else_=AFTER_LESSONS)


def _rank() -> Case[int]:
    """Put what is at hand first, then what is new, then what is finished."""
    return case((Assignment.state == "finished", 2), (Assignment.state.is_(None), 1), else_=0)


def _for_annotator(
    chosen: Select[*_Columns], user_id: int, learning: Collection[int]
) -> Select[*_Columns]:
    """Choose from all articles of the projects in which the person is an annotator.

    Those they have not begun are chosen as long as fewer people have than are to read them, and
    always if they have to train on them.
    """
    return (
        chosen.select_from(Membership)
        .join(Project, Project.id == Membership.project_id)
        .join(Article, Article.project_id == Membership.project_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.project_id == Membership.project_id,
                Assignment.article_id == Article.id,
                Assignment.membership_id == Membership.id,
            ),
        )
        .where(
            Membership.user_id == user_id,
            Membership.role == Role.ANNOTATOR,
            Membership.ended_at.is_(None),
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
            or_(
                Assignment.id.is_not(None),
                _count_readers() < Project.overlap,
                of_lesson(learning),
            ),
        )
    )


def is_wanted(session: Session, *, article: Article) -> bool:
    """Tell whether fewer people have begun the article than are to read it."""
    wanted = select(_count_readers() < Project.overlap).where(
        Project.id == Article.project_id, Article.id == article.id
    )
    return bool(session.scalar(wanted))


def _count_readers() -> ScalarSelect[int]:
    """Count who has begun the article, but for learners and those who left unfinished work."""
    others, members = aliased(Assignment), aliased(Membership)
    return (
        select(func.count(others.id))
        .join(members, members.id == others.membership_id)
        .where(
            others.project_id == Article.project_id,
            others.article_id == Article.id,
            others.is_training.is_(False),
            or_(others.state == AssignmentState.FINISHED.value, members.ended_at.is_(None)),
        )
        .correlate(Article)
        .scalar_subquery()
    )


def _newest_edition() -> ScalarSelect[int]:
    return (
        select(TextEdition.id)
        .where(TextEdition.project_id == Article.project_id, TextEdition.article_id == Article.id)
        .order_by(TextEdition.number.desc())
        .limit(1)
        .scalar_subquery()
    )


@dataclass
class _Progress:
    """What is needed to count one edition: its sentences, and what one person said of them."""

    sentences: list[tuple[int, int]] = field(default_factory=list)
    needed: list[int] = field(default_factory=list)
    decisions: dict[int, Decision] = field(default_factory=dict)
    claims: dict[int, list[tuple[Span, ...]]] = field(default_factory=dict)

    def count(self) -> tuple[int, int]:
        """Count the sentences that are decided, and those that need it."""
        every_claim = chain.from_iterable(self.claims.values())
        continued = continued_positions(self.sentences, every_claim)
        words = (
            reading(
                self.decisions.get(position),
                has_claims=position in self.claims,
                is_continued=position in continued,
            )
            for position in self.needed
        )
        return sum(word != UNREAD for word in words), len(self.needed)


def _count_decided(
    session: Session, projects: set[int], editions: set[int], memberships: set[int]
) -> dict[int, tuple[int, int]]:
    """Count for each edition the sentences that are decided, and those that need it."""
    outside = _zones_outside(session, projects)
    progress = {edition: _Progress() for edition in editions}
    places: dict[int, tuple[_Progress, int]] = {}
    for row in session.execute(
        select(
            Sentence.id,
            Sentence.project_id,
            Sentence.edition_id,
            Sentence.position,
            Sentence.start,
            Sentence.end,
            newest_zone().label("zone"),
        )
        .where(Sentence.project_id.in_(projects), Sentence.edition_id.in_(editions))
        .order_by(Sentence.edition_id, Sentence.position)
    ):
        one = progress[row.edition_id]
        places[row.id] = one, row.position
        one.sentences.append((row.start, row.end))
        if (row.project_id, row.zone) not in outside:
            one.needed.append(row.position)
    values = {"projects": [*projects], "memberships": [*memberships]}
    for answered in read_by_ids(session, _select_present(), list(places), values):
        one, position = places[answered.sentence_id]
        one.decisions[position] = Decision(answered.decision)
        if answered.parts:
            one.claims.setdefault(position, []).append(read_parts(answered.parts))
    return {edition: one.count() for edition, one in progress.items()}


@cache
def _select_present() -> Select[*tuple[object, ...]]:
    """Select each newest decision of some memberships, once for each of its claims."""
    return (
        select(Annotation.sentence_id, AnnotationRevision.decision, ClaimRevision.parts)
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .outerjoin(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .where(
            # The unique index begins with the project.
            Annotation.project_id.in_(bindparam("projects", expanding=True)),
            Annotation.sentence_id.in_(bindparam("ids", expanding=True)),
            Annotation.membership_id.in_(bindparam("memberships", expanding=True)),
        )
    )


def _zones_outside(session: Session, projects: set[int]) -> set[tuple[int, str]]:
    """Return the zones of each project whose sentences need no decision."""
    newest = session.execute(
        select(SchemeRevision.project_id, func.max(SchemeRevision.number).label("number"))
        .where(SchemeRevision.project_id.in_(projects))
        .group_by(SchemeRevision.project_id)
    ).all()
    return {
        (row.project_id, zone.name)
        for row in newest
        for zone in stored_scheme(
            session, project_id=row.project_id, number=row.number
        ).scheme.zones.values()
        if not zone.annotatable
    }
