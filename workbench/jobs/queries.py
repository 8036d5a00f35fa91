"""Read jobs: one by its public id, and whether any waits for a runner."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, defer

from workbench.canonical import Json, JsonObject
from workbench.errors import NotFoundError
from workbench.jobs.rules import FARTHEST_LEASE, JobState, JobStatus
from workbench.jobs.tables import Job


def get_job(session: Session, *, project_id: int | None, public_id: str) -> JobStatus:
    """Return one job of the project, without its payload."""
    job = session.scalar(
        select(Job)
        .where(Job.public_id == public_id, Job.project_id == project_id)
        .options(defer(Job.payload))
    )
    if job is None:
        raise NotFoundError(f"There is no job {public_id!r} here.")
    return _status(job, job.result)


def list_jobs(session: Session, *, project_id: int, kind: str) -> list[JobStatus]:
    """List the project's jobs of a kind, the newest first, without what came of them."""
    jobs = session.scalars(
        select(Job)
        .where(Job.project_id == project_id, Job.kind == kind)
        .order_by(Job.id.desc())
        .options(defer(Job.payload), defer(Job.result))
    )
    return [_status(job, None) for job in jobs]


def read_results(
    session: Session, *, project_id: int, public_ids: Collection[str]
) -> dict[str, Json]:
    """Return what came of these jobs of the project, by their public ids."""
    rows = session.execute(
        select(Job.public_id, Job.result).where(
            Job.project_id == project_id, Job.public_id.in_(sorted(public_ids))
        )
    )
    return {row.public_id: row.result for row in rows}


def has_runnable_job(session: Session, *, now: datetime) -> bool:
    """Tell whether a job waits, or runs under a lease that has lapsed."""
    return bool(session.scalar(select(exists().where(is_runnable(now)))))


def count_stuck_jobs(session: Session, *, before: datetime) -> int:
    """Count the jobs that were asked for before ``before`` and that nobody is working on."""
    jobs = select(Job.id).where(is_runnable(before), Job.created_at < before)
    return len(session.scalars(jobs).all())


def is_runnable(now: datetime) -> ColumnElement[bool]:
    """Select the jobs that a runner may take."""
    return or_(
        Job.state == JobState.WAITING,
        and_(
            Job.state == JobState.RUNNING,
            or_(Job.lease_until < now, Job.lease_until > now + FARTHEST_LEASE),
        ),
    )


def _status(job: Job, result: Json) -> JobStatus:
    return JobStatus(
        public_id=job.public_id,
        kind=job.kind,
        arguments=as_object(job),
        state=JobState(job.state),
        done=job.done,
        total=job.total,
        result=result,
        problem=job.problem,
        created_at=job.created_at,
        ended_at=job.ended_at,
    )


def as_object(job: Job) -> JsonObject:
    """Return the job's arguments, which are a JSON object always."""
    assert isinstance(job.arguments, dict)  # noqa: S101  # request_job takes nothing else
    return job.arguments
