"""Read the stances that are settled in a project: at once where it is small, else by a job.

What is counted holds positions and offsets, no words: names, texts and what is withdrawn are those
of whoever looks, and articles on which they still work are left out for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.adjudication.queries import (
    AnsweredEdition,
    count_characters,
    policy_of,
    read_agreed_editions,
)
from workbench.adjudication.rules import Policy
from workbench.adjudication.stances import Held, read_held
from workbench.canonical import Json, content_hash
from workbench.corpus.rules import fold
from workbench.corpus.tables import Article, Sentence, TextEdition, ZoneMark
from workbench.jobs.operations import forget_jobs, request_job
from workbench.jobs.queries import get_job, list_jobs
from workbench.jobs.rules import JobState, JobStatus
from workbench.jobs.runner import JobRun
from workbench.labelling.frames import AUTHOR
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import Recent
from workbench.labelling.rules import AssignmentState
from workbench.labelling.tables import Annotation, AnnotationRevision, Assignment
from workbench.labelling.training import find_hidden
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.tables import Project
from workbench.storage.database import db, read_one_instant, settle_project, transaction

JOB = "stances"
KEPT = 2  # of ended jobs
MOST_CHARACTERS = 300_000  # that are read while somebody waits for the page
EDITIONS_A_STEP = 50
REMEMBERED = 2_000_000  # numbers of counted projects that a process keeps

NAMED_AUTHOR, UNNAMED_AUTHOR = "author:", "article:"


@dataclass(frozen=True)
class ArticleStances:
    """The stances of one article on its newest text that anybody has answered, by position."""

    article_id: int
    edition_id: int
    held: Sequence[Held]


@dataclass(frozen=True)
class DatedArticle:
    """What is known of an article; ``published`` as far as its date is known."""

    id: int
    slug: str
    outlet: str | None
    author: str | None
    published: str | None
    language: str

    @property
    def author_id(self) -> str:
        """The holder that its author is: known by name, or only as the author of this article."""
        name = fold(self.author or "")
        return f"{NAMED_AUTHOR}{name}" if name else f"{UNNAMED_AUTHOR}{self.slug}"


@dataclass(frozen=True)
class Standing:
    """The settled stances that a reader may see, and whether they are those of now.

    ``at`` is when a job counted them, none where they were read at once; ``job`` counts the
    present ones, or failed to. ``hidden`` articles are left out because the reader works on them.
    """

    articles: Sequence[tuple[DatedArticle, ArticleStances]]
    hidden: int
    at: datetime | None
    is_current: bool
    job: JobStatus | None

    @property
    def is_known(self) -> bool:
        """Tell whether anything is counted yet."""
        return self.is_current or self.at is not None

    def held(self) -> Iterator[tuple[DatedArticle, ArticleStances, Held]]:
        """Yield each stance with its article, an author under the name of that author."""
        for article, found in self.articles:
            for one in found.held:
                is_author = one.holder == AUTHOR
                yield article, found, replace(one, holder=article.author_id) if is_author else one


def read_standing(session: Session, *, project_id: int, reader: int) -> Standing:
    """Return the stances that this user may see: of a large project those counted last."""
    if count_characters(session, project_id=project_id) <= MOST_CHARACTERS:
        return read_settled_standing(session, project_id=project_id, reader=reader)
    jobs = list_jobs(session, project_id=project_id, kind=JOB)
    key = _read_key(session, project_id)
    done = next((one for one in jobs if one.state is JobState.DONE), None)
    newest = jobs[0] if jobs else None
    is_current = (
        done is not None
        and done.arguments["key"] == key
        and not _has_newer(session, project_id, reader, done.arguments.get("cursor"))
    )
    return _show(
        session,
        project_id,
        reader,
        _load(session, project_id, done) if done else [],
        at=done.ended_at if done else None,
        is_current=is_current,
        job=newest if newest and newest is not done and not is_current else None,
    )


def read_settled_standing(
    session: Session, *, project_id: int, reader: int | None = None
) -> Standing:
    """Return the stances that this user may see, all of them without one, read now."""
    found = [one for one in read_settled_stances(session, project_id=project_id) if one.held]
    return _show(session, project_id, reader, found, is_current=True)


def read_settled_stances(session: Session, *, project_id: int) -> Iterator[ArticleStances]:
    """Yield the settled stances article by article, those without any too, few in memory.

    Of a corrected article, those on its newest text that anybody has answered.
    """
    policy = policy_of(get_project(session, project_id=project_id))
    for edition in read_agreed_editions(session, project_id=project_id):
        yield _settle(edition, policy)


def request_count(session: Session, *, project_id: int, by: int | None, now: datetime) -> None:
    """Ask for the stances of now to be counted, unless they are being counted."""
    # One at a time on PostgreSQL: two would both ask.
    session.execute(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    )
    if any(not job.has_ended for job in list_jobs(session, project_id=project_id, kind=JOB)):
        return
    forget_jobs(session, project_id=project_id, kind=JOB, keep=KEPT)
    request_job(
        session,
        kind=JOB,
        arguments={
            "key": _read_key(session, project_id),
            "cursor": _newest_revision(session, project_id),
        },
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=_count_articles(session, project_id),
    )


def run_count(run: JobRun) -> None:
    """Count the stances of the job's project; they become the job's result."""
    project_id = run.job.project_id
    assert project_id is not None  # noqa: S101  # request_count wants one

    def record(done: int, result: Json = None) -> None:
        with transaction() as session:
            run.record(session, done=done, result=result)

    articles: list[Json] = []
    with Session(db.engine) as reading:  # Recording must not end what is read at one instant.
        settle_project(reading, project_id)
        read_one_instant(reading)
        count = 0
        for count, found in enumerate(
            read_settled_stances(reading, project_id=project_id), start=1
        ):
            if found.held:
                articles.append(_pack(found))
            if count % EDITIONS_A_STEP == 0:
                record(count)
    record(count, articles)


def _settle(edition: AnsweredEdition, policy: Policy) -> ArticleStances:
    settlements = zip(edition.sentences, edition.settle(policy), strict=True)
    return ArticleStances(
        article_id=edition.article.id,
        edition_id=edition.edition.id,
        held=[
            held
            for sentence, settlement in settlements
            if settlement.answer and sentence.position not in edition.outside
            for held in read_held(settlement.answer, sentence.position)
        ],
    )


def _show(
    session: Session,
    project_id: int,
    reader: int | None,
    found: Sequence[ArticleStances],
    *,
    is_current: bool,
    at: datetime | None = None,
    job: JobStatus | None = None,
) -> Standing:
    """Leave out what is hidden from the reader or was withdrawn since."""
    rows = session.execute(
        select(
            Article.id,
            Article.slug,
            Article.outlet,
            Article.author,
            Article.published,
            Article.language,
        ).where(
            Article.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
        )
    )
    articles = {row.id: DatedArticle(*row) for row in rows}
    hidden = find_hidden(session, project_id=project_id, user_id=reader) & articles.keys()
    return Standing(
        articles=[
            (articles[one.article_id], one)
            for one in found
            if one.held and one.article_id in articles and one.article_id not in hidden
        ],
        hidden=len(hidden),
        at=at,
        is_current=is_current,
        job=job,
    )


def _read_key(session: Session, project_id: int) -> str:
    """Return what is another for other stances: all on which they rest but answers, in short."""
    project = get_project(session, project_id=project_id)
    policy = policy_of(project)
    newest = [
        select(func.max(table.id)).where(table.project_id == project_id)
        for table in (ZoneMark, TextEdition)
    ]
    lapsed = select(func.count(Assignment.id), func.sum(Assignment.id)).where(
        Assignment.project_id == project_id,
        (Assignment.state == AssignmentState.LAPSED) | Assignment.is_training,
    )
    return content_hash(
        [
            policy.single,
            policy.unanimous,
            policy.majority,
            newest_scheme(session, project_id=project_id).number,
            register_number(session, project_id=project_id),
            *(session.scalar(statement) for statement in newest),
            *(int(number or 0) for number in session.execute(lapsed).one()),
            _count_articles(session, project_id),
        ]
    )


def _newest_revision(session: Session, project_id: int) -> int:
    newest = select(func.max(AnnotationRevision.id)).where(
        AnnotationRevision.project_id == project_id
    )
    return session.scalar(newest) or 0


def _has_newer(session: Session, project_id: int, reader: int, cursor: Json) -> bool:
    """Tell whether anything was answered since, but in articles that the reader still works on."""
    newer = (
        select(AnnotationRevision.id)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(
            AnnotationRevision.project_id == project_id,
            AnnotationRevision.id > (cursor if isinstance(cursor, int) else 0),
            TextEdition.article_id.not_in(
                find_hidden(session, project_id=project_id, user_id=reader)
            ),
        )
        .limit(1)
    )
    return session.scalar(newer) is not None


def _count_articles(session: Session, project_id: int) -> int:
    shown = select(func.count(Article.id)).where(
        Article.project_id == project_id, Article.withdrawn_at.is_(None)
    )
    return session.scalar(shown) or 0


def _pack(found: ArticleStances) -> Json:
    """Return the stances of an article as a job keeps them: marks flat, the rest in order."""
    rows: list[Json] = []
    for one in found.held:
        borders = (border for mark in one.marks for border in mark)
        rows.append([one.position, one.holder, one.target, one.value, int(one.is_own), *borders])
    return [found.article_id, found.edition_id, rows]


def _unpack(packed: Json) -> ArticleStances:
    article_id, edition_id, rows = cast(tuple[int, int, list[_Packed]], packed)
    return ArticleStances(article_id, edition_id, [_unpack_held(row) for row in rows])


_Packed = tuple[int | str, ...]


def _unpack_held(row: "_Packed") -> Held:
    position, holder, target, value, is_own, *borders = row
    offsets = [int(border) for border in borders]
    return Held(
        position=int(position),
        holder=str(holder),
        target=str(target),
        value=str(value),
        is_own=bool(is_own),
        marks=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
    )


_recent: Recent[str, Sequence[ArticleStances]] = Recent(
    REMEMBERED, lambda articles: sum(8 * len(one.held) for one in articles)
)


def _load(session: Session, project_id: int, job: JobStatus) -> Sequence[ArticleStances]:
    """Return what a job has counted; the process remembers it, since it never changes."""
    found = _recent.get(job.public_id)
    if found is None:
        result = get_job(session, project_id=project_id, public_id=job.public_id).result
        found = [_unpack(one) for one in result] if isinstance(result, list) else []
        _recent.put(job.public_id, found)
    return found
