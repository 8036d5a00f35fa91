"""How far people are: the articles on an annotator's start page, with what is decided of each."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVarTuple

from sqlalchemy import (
    Case,
    ColumnElement,
    Label,
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
from workbench.labelling.answers import (
    StoredAnswer,
    Value,
    load_answers,
    newest_revision,
    read_by_ids,
    read_parts,
)
from workbench.labelling.frames import Decision, SentenceId, Span
from workbench.labelling.refitting import fit_answer
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import stored_registers, stored_scheme
from workbench.labelling.rules import (
    SCHEME_CHANGE,
    UNREAD,
    AssignmentState,
    is_asked_again,
    words_of,
)
from workbench.labelling.slots import is_open
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    ClaimRevision,
    TrainingArticle,
)
from workbench.labelling.training import of_lesson
from workbench.projects.rules import Role, WorkGiven
from workbench.projects.tables import Membership, Project, SchemeRevision

AFTER_LESSONS = 1_000_000

_Columns = TypeVarTuple("_Columns")


@dataclass(frozen=True)
class HomeArticle:
    """An article a person may label; ``state`` is none where they have no slot of it.

    One that is open was given to them by name. A lapsed slot reads as finished, or as at hand.
    The article is not open to a learner who has still to train; a lesson is one they train on.
    ``decided`` counts the sentences that have a decision among the ``total`` that need one, without
    the ``asked`` of which the changed scheme asks something again.
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
    asked: int
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
                _own_state(),
                Membership.id.label("membership_id"),
                func.coalesce(Assignment.edition_id, _newest_edition()).label("edition_id"),
                or_(is_lesson, func.coalesce(Assignment.is_training, false())).label("is_lesson"),
            ),
            user_id,
            learning,
        )
        .order_by(
            _course(is_lesson), _rank(), func.lower(Project.name), Project.id, _turn(), Article.id
        )
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
            asked=counts[row.edition_id][2],
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
            Assignment.finished_at.is_(None),
            # What somebody else was given since is nothing to be read.
            or_(Assignment.id.is_(None), Assignment.state != AssignmentState.LAPSED),
        )
        .order_by(_course(is_lesson), _rank(), _turn(), Article.id)
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
    return case((Assignment.finished_at.is_not(None), 2), (Assignment.id.is_(None), 1), else_=0)


def _own_state() -> Label[str | None]:
    is_lapsed = Assignment.state == AssignmentState.LAPSED
    is_done = Assignment.finished_at.is_not(None)
    return case(
        (is_lapsed & is_done, AssignmentState.FINISHED.value),
        (is_lapsed, AssignmentState.WORKING.value),
        else_=Assignment.state,
    ).label("state")


def _for_annotator(
    chosen: Select[*_Columns], user_id: int, learning: Collection[int]
) -> Select[*_Columns]:
    """Choose from all articles of the projects in which the person is an annotator.

    Of those they have no slot of, only what they may choose themselves, or have to train on.
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
                _may_choose(),
                of_lesson(learning),
            ),
        )
    )


def is_wanted(session: Session, *, article: Article, membership_id: int) -> bool:
    """Tell whether a person may begin the article: it was given to them, or they may choose it."""
    named = select(Assignment.id).where(
        Assignment.project_id == article.project_id,
        Assignment.article_id == article.id,
        Assignment.membership_id == membership_id,
    )
    wanted = (
        select(Article.id)
        .join(Project, Project.id == Article.project_id)
        .join(Membership, Membership.id == membership_id)
        .where(Article.id == article.id, or_(named.exists(), _may_choose()))
    )
    return session.scalar(wanted) is not None


def count_open_slots(session: Session, *, project_id: int, article_id: int | None = None) -> int:
    """Count the slots of a project, or of one article, that nobody has so far."""
    of_article = () if article_id is None else (Article.id == article_id,)
    return (
        session.scalar(
            select(func.count(Assignment.id))
            .join(Article, Article.id == Assignment.article_id)
            .where(
                Assignment.project_id == project_id,
                Article.withdrawn_at.is_(None),
                is_open(),
                *of_article,
            )
        )
        or 0
    )


def list_queues(session: Session, *, user_id: int) -> set[int]:
    """Return the projects in which a person takes the next article of a queue."""
    return set(
        session.scalars(
            select(Project.id)
            .join(Membership, Membership.project_id == Project.id)
            .where(
                Membership.user_id == user_id,
                Membership.role == Role.ANNOTATOR,
                Membership.ended_at.is_(None),
                Membership.paused_at.is_(None),
                Project.work_given == WorkGiven.QUEUE,
            )
        )
    )


def _may_choose() -> ColumnElement[bool]:
    """Select the articles with an open slot, where a person who is not paused may choose."""
    return and_(
        Project.work_given == WorkGiven.FREE, Membership.paused_at.is_(None), _has_open_slot()
    )


def _has_open_slot() -> ColumnElement[bool]:
    """Select the articles of which a slot is nobody's, or of which none were made so far."""
    others = aliased(Assignment)
    of_article = (
        select(others.id)
        .where(others.project_id == Article.project_id, others.article_id == Article.id)
        .correlate(Article)
    )
    return or_(of_article.where(is_open(others)).exists(), ~of_article.exists())


def _turn() -> ScalarSelect[int]:
    """Return an article's turn in its project's order."""
    others = aliased(Assignment)
    return (
        select(func.min(others.turn))
        .where(others.project_id == Article.project_id, others.article_id == Article.id)
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


def _count_decided(
    session: Session, projects: set[int], editions: set[int], memberships: set[int]
) -> dict[int, tuple[int, int, int]]:
    """Count for each edition the sentences decided, those that need it, and those asked again."""
    outside = _zones_outside(session, projects)
    ranges: dict[int, list[tuple[int, int]]] = {edition: [] for edition in editions}
    needed: dict[int, list[int]] = {edition: [] for edition in editions}
    places: dict[int, tuple[int, int]] = {}
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
        places[row.id] = row.edition_id, row.position
        ranges[row.edition_id].append((row.start, row.end))
        if (row.project_id, row.zone) not in outside:
            needed[row.edition_id].append(row.position)
    changed: dict[tuple[int, str], dict[int, SentenceId]] = {}
    decisions: dict[int, dict[int, Decision]] = {edition: {} for edition in editions}
    claims: dict[int, list[tuple[int, Sequence[Span]]]] = {edition: [] for edition in editions}
    values: dict[str, Value] = {"projects": [*projects], "memberships": [*memberships]}
    for answered in read_by_ids(session, _select_present(), list(places), values):
        edition, position = places[answered.sentence_id]
        decisions[edition][position] = Decision(answered.decision)
        if answered.cause == SCHEME_CHANGE:
            mine = changed.setdefault((answered.project_id, answered.answerer), {})
            mine[answered.sentence_id] = SentenceId("", edition, position)
        if answered.parts:
            claims[edition].append((position, read_parts(answered.parts)))
    asked = _list_asked(session, changed)
    counts = {}
    for edition, positions in needed.items():
        words = words_of(ranges[edition], decisions[edition], claims[edition])
        again = {position for position in positions if (edition, position) in asked}
        read = sum(
            words[position - 1] != UNREAD and position not in again for position in positions
        )
        counts[edition] = read, len(positions), len(again)
    return counts


def _list_asked(
    session: Session, changed: Mapping[tuple[int, str], Mapping[int, SentenceId]]
) -> set[tuple[int, int]]:
    """Return edition and position of the sentences of which something is asked again.

    ``changed`` are those whose newest answer a change of the scheme has made, by project and
    answerer.
    """
    found = set()
    for (project_id, answerer), sentences in changed.items():
        for stored in _find_asked(session, project_id, sentences, answerer):
            found.add((stored.answer.sentence.edition, stored.answer.sentence.position))
    return found


def count_asked(
    session: Session, *, project_id: int, which: ColumnElement[bool]
) -> Counter[tuple[int, int]]:
    """Count by edition and membership the sentences read of which something is asked again.

    Of the slots chosen by ``which``. A sentence that is asked again as a whole is none of them: the
    ledger has it as unread by itself.
    """
    if _newest_number(session, project_id) < 2:  # noqa: PLR2004  # a scheme that never changed
        return Counter()
    # Chosen first, or all answers of a project are looked through for those of a few slots.
    editions = select(Assignment.edition_id).where(Assignment.project_id == project_id, which)
    chosen = select(Sentence.id).where(
        Sentence.project_id == project_id, Sentence.edition_id.in_(editions)
    )
    rows = session.execute(
        select(Annotation.sentence_id, Annotation.answerer, Sentence.edition_id, Sentence.position)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(
            Assignment,
            and_(
                Assignment.edition_id == Sentence.edition_id,
                Assignment.membership_id == Annotation.membership_id,
            ),
        )
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .where(
            Annotation.project_id == project_id,
            Annotation.sentence_id.in_(chosen),
            AnnotationRevision.cause == SCHEME_CHANGE,
            newest_zone().not_in(
                [zone for _, zone in sorted(_zones_outside(session, {project_id}))]
            ),
            which,
        )
        .order_by(Sentence.edition_id, Sentence.position)
    ).all()
    changed = {(row.sentence_id, row.answerer) for row in rows}
    sentences = {row.sentence_id: SentenceId("", row.edition_id, row.position) for row in rows}
    found = Counter[tuple[int, int]]()
    for stored in _find_asked(session, project_id, sentences) if sentences else ():
        answer = stored.answer
        is_theirs = (stored.sentence_row, stored.answerer) in changed
        if is_theirs and (answer.claims or answer.decision is not Decision.CLAIMS):
            found[answer.sentence.edition, int(stored.answerer)] += 1
    return found


def _find_asked(
    session: Session,
    project_id: int,
    sentences: Mapping[int, SentenceId],
    answerer: str | None = None,
) -> Iterator[StoredAnswer]:
    """Yield the answers of which something is asked again, everybody's or one answerer's."""
    newest = _newest_number(session, project_id)
    scheme = stored_scheme(session, project_id=project_id, number=newest).scheme
    number = register_number(session, project_id=project_id)
    for stored in load_answers(
        session,
        project_id=project_id,
        sentences=sentences,
        registers=stored_registers(session, project_id=project_id, number=number),
        answerer=answerer,
    ):
        if is_asked_again(fit_answer(stored.answer, scheme), scheme, cause=stored.cause):
            yield stored


def _newest_number(session: Session, project_id: int) -> int:
    numbers = select(func.max(SchemeRevision.number))
    return session.scalar(numbers.where(SchemeRevision.project_id == project_id)) or 0


@cache
def _select_present() -> Select[*tuple[object, ...]]:
    """Select each newest decision of some memberships, once for each of its claims."""
    return (
        select(
            Annotation.project_id,
            Annotation.sentence_id,
            Annotation.answerer,
            AnnotationRevision.decision,
            AnnotationRevision.cause,
            ClaimRevision.parts,
        )
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
