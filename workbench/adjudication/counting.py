"""Reports of agreement, counted by a job and remembered until anything they rest on changes.

What a report rests on is compared by a hash; answers by the cursor of revisions, and only those to
articles that are finished, or the agreed ones, make it old.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.adjudication.agreeing import (
    Agreement,
    name_values,
    read_finished_slots,
    report_agreement,
)
from workbench.adjudication.queries import list_hidden_articles, policy_of
from workbench.agreement.document import read_report, report_document
from workbench.canonical import Json, content_hash
from workbench.corpus.tables import Sentence, TextEdition, ZoneMark
from workbench.jobs.operations import forget_jobs, request_job
from workbench.jobs.queries import get_job, list_jobs
from workbench.jobs.rules import JobState, JobStatus
from workbench.jobs.runner import JobRun
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import stored_registers, stored_scheme
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import counts_as_slot
from workbench.labelling.tables import GOLD, Annotation, AnnotationRevision, Assignment
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.tables import Membership, Project
from workbench.storage.database import db, settle_project, transaction

JOB = "agreement"
CONTENT = "arms, disputed"  # what a report has newly: those of before are counted again
KEPT = 4  # of ended jobs; readers who still label may each need another report


@dataclass(frozen=True)
class Basis:
    """What a report for one reader rests on, but for the answers; ``key`` is another for another.

    ``articles`` are counted: at least two have finished them. ``hidden`` are those whose answers
    by others are hidden from the reader; ``finished`` slots are of ``finishers``.
    """

    key: str
    articles: frozenset[int]
    hidden: frozenset[int]
    finished: int
    finishers: int


@dataclass(frozen=True)
class Standing:
    """How far the counting is for one reader.

    ``found`` is the newest report they may see, counted ``at`` a moment; ``job`` counts the
    present one, or failed to.
    """

    basis: Basis
    found: Agreement | None
    at: datetime | None
    is_current: bool
    job: JobStatus | None


def read_basis(session: Session, *, project_id: int, reader: int) -> Basis:
    """Return what a report for this user rests on now."""
    hidden = frozenset(
        article.id
        for article in list_hidden_articles(session, project_id=project_id, reader=reader)
    )
    slots = [
        theirs
        for theirs in read_finished_slots(session, project_id=project_id).values()
        if theirs[0].article_id not in hidden
    ]
    shared = [theirs for theirs in slots if len(theirs) > 1]
    zones = select(func.max(ZoneMark.id)).where(ZoneMark.project_id == project_id)
    rests_on: list[Json] = [
        CONTENT,
        newest_scheme(session, project_id=project_id).number,
        register_number(session, project_id=project_id),
        session.scalar(zones),
        *vars(policy_of(get_project(session, project_id=project_id))).values(),
        *sorted(
            f"{one.article_id} {one.answerer} {one.finished_at.isoformat()}"
            for theirs in shared
            for one in theirs
        ),
    ]
    return Basis(
        key=content_hash(rests_on),
        articles=frozenset(theirs[0].article_id for theirs in shared),
        hidden=hidden,
        finished=sum(map(len, slots)),
        finishers=len({one.answerer for theirs in slots for one in theirs}),
    )


def read_standing(session: Session, *, project_id: int, reader: int) -> Standing:
    """Return the report that this user may see, whether it is of now, and what counts the next."""
    basis = read_basis(session, project_id=project_id, reader=reader)
    if not basis.articles:
        return Standing(basis, found=None, at=None, is_current=True, job=None)
    jobs = list_jobs(session, project_id=project_id, kind=JOB)
    seen = [one for one in jobs if _may_be_seen(one, basis)]
    # A newer one may be another reader's, without what is hidden from them.
    seen.sort(key=lambda one: one.arguments["key"] != basis.key)
    done = next(iter(seen), None)
    found, cursor = _load(session, project_id, done) if done else (None, 0)
    is_current = (
        done is not None
        and done.arguments["key"] == basis.key
        and not _has_newer(session, project_id, cursor, basis.hidden)
    )
    newest = next((one for one in jobs if one.arguments["key"] == basis.key), None)
    return Standing(
        basis=basis,
        found=found,
        at=done.ended_at if done else None,
        is_current=is_current,
        job=newest if newest and newest.state is not JobState.DONE and not is_current else None,
    )


def request_count(
    session: Session, *, project_id: int, reader: int, by: int | None, now: datetime
) -> None:
    """Ask for a report that this user may see, unless it is being counted."""
    # One at a time on PostgreSQL: two would both ask.
    session.execute(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    )
    basis = read_basis(session, project_id=project_id, reader=reader)
    under_way = (
        job
        for job in list_jobs(session, project_id=project_id, kind=JOB)
        if job.arguments["key"] == basis.key and not job.has_ended
    )
    if not basis.articles or any(under_way):
        return
    forget_jobs(session, project_id=project_id, kind=JOB, keep=KEPT)
    request_job(
        session,
        kind=JOB,
        arguments={"key": basis.key, "articles": [*sorted(basis.articles)]},
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=len(basis.articles),
    )


def run_count(run: JobRun) -> None:
    """Count a report, which becomes the job's result with the cursor up to which it is true."""
    project_id = run.job.project_id
    assert project_id is not None  # noqa: S101  # request_count wants one

    def record(done: int, result: Json = None) -> None:
        with transaction() as session:
            run.record(session, done=done, result=result)

    with Session(db.engine) as reading:  # Recording must not end what is read at one instant.
        newest = select(func.max(AnnotationRevision.id)).where(
            AnnotationRevision.project_id == project_id
        )
        cursor = reading.scalar(newest) or 0
        settle_project(reading, project_id)
        found = report_agreement(
            reading, project_id=project_id, articles=_articles(run.job.arguments), record=record
        )
        slug = get_project(reading, project_id=project_id).slug
    # Without the names of people, which may change and be erased.
    nameless = dict.fromkeys(found.report.annotators, "")
    document = report_document(found.report, project=slug, names=nameless)
    record(found.report.articles, {"cursor": cursor, "report": document})


def _may_be_seen(job: JobStatus, basis: Basis) -> bool:
    return job.state is JobState.DONE and basis.hidden.isdisjoint(_articles(job.arguments))


def _articles(arguments: Mapping[str, Json]) -> frozenset[int]:
    articles = arguments["articles"]
    return frozenset(
        article
        for article in (articles if isinstance(articles, list) else [])
        if isinstance(article, int)
    )


def _load(session: Session, project_id: int, job: JobStatus) -> tuple[Agreement | None, int]:
    """Return what a job has counted, with the names of now, and its cursor."""
    result = get_job(session, project_id=project_id, public_id=job.public_id).result
    match result:
        case {"cursor": int(cursor), "report": dict(document)}:
            pass
        case _:
            return None, 0
    people = session.execute(
        select(Membership.public_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id)
    ).all()
    scheme = newest_scheme(session, project_id=project_id).number
    registers = register_number(session, project_id=project_id)
    found = Agreement(
        report=read_report(document),
        names={row.public_id: row.name for row in people},
        values=name_values(
            stored_scheme(session, project_id=project_id, number=scheme).scheme,
            stored_registers(session, project_id=project_id, number=registers),
        ),
        finished=0,
        finishers=0,
    )
    return found, cursor


def _has_newer(session: Session, project_id: int, cursor: int, hidden: Collection[int]) -> bool:
    """Tell whether something was saved since that a report would count, but of hidden articles."""
    is_finished = exists().where(
        Assignment.membership_id == Annotation.membership_id,
        Assignment.edition_id == Sentence.edition_id,
        Assignment.state == AssignmentState.FINISHED,
        counts_as_slot(),
    )
    newer = (
        select(AnnotationRevision.id)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(
            and_(AnnotationRevision.project_id == project_id, AnnotationRevision.id > cursor),
            TextEdition.article_id.not_in(hidden),
            or_(Annotation.answerer == GOLD, is_finished),
        )
        .limit(1)
    )
    return session.scalar(newer) is not None
