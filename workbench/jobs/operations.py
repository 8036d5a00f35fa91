"""Ask for a job, take one, say how far it is, and end it."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.jobs.queries import as_object, is_runnable
from workbench.jobs.rules import LEASE, HeldJob, JobState, LeaseLostError, is_poison
from workbench.jobs.tables import Job
from workbench.messages import Message
from workbench.storage.base import make_public_id


def request_job(
    session: Session,
    *,
    kind: str,
    arguments: JsonObject,
    payload: bytes | None,
    project_id: int | None,
    by: int | None,
    now: datetime,
    total: int = 0,
) -> str:
    """Write down that a job is wanted and return its public id; a runner finds it."""
    job = Job(
        public_id=make_public_id(),
        project_id=project_id,
        kind=kind,
        arguments=arguments,
        payload=payload,
        state=JobState.WAITING,
        done=0,
        total=total,
        attempts=0,
        lease_holder=None,
        lease_until=None,
        result=None,
        problem=None,
        created_by=by,
        created_at=now,
        ended_at=None,
    )
    session.add(job)
    session.flush()
    return job.public_id


def take_job(session: Session, *, holder: str, now: datetime) -> HeldJob | None:
    """Lease the oldest job that waits or was abandoned to ``holder``; ``None`` if there is none.

    A job that was interrupted too often is ended as failed instead.
    """
    runnable = select(Job).where(is_runnable(now)).order_by(Job.id).limit(1)
    while job := session.scalar(runnable.with_for_update(skip_locked=True)):
        if not is_poison(job.attempts):
            break
        _end(job, JobState.FAILED, now)
        job.problem = Message(
            "It was interrupted %(times)s times; the server's log may say why.", times=job.attempts
        )
        session.flush()
    else:
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.lease_holder = holder
    job.lease_until = now + LEASE
    session.flush()
    return HeldJob(
        id=job.id,
        holder=holder,
        kind=job.kind,
        project_id=job.project_id,
        arguments=as_object(job),
        payload=job.payload or b"",
        done=job.done,
        result=job.result,
        created_by=job.created_by,
    )


def renew_lease(session: Session, *, job: HeldJob, now: datetime) -> None:
    """Hold the job for another while; raise ``LeaseLostError`` if it is held no more."""
    _change(session, job, lease_until=now + LEASE)


def record_progress(
    session: Session, *, job: HeldJob, done: int, result: Json, now: datetime
) -> None:
    """Say how far the job is, in the transaction of the work itself: each step counts once.

    Raises ``LeaseLostError``, and so undoes the step, if somebody else holds the job by now.
    """
    _change(session, job, done=done, result=result, lease_until=now + LEASE)


def finish_job(session: Session, *, job: HeldJob, now: datetime) -> None:
    """End the job well; what was uploaded for it is not kept."""
    _change(session, job, state=JobState.DONE, **_ended(now))


def fail_job(session: Session, *, job: HeldJob, problem: Message, now: datetime) -> None:
    """End the job with a sentence saying why; what was uploaded for it is not kept."""
    _change(session, job, state=JobState.FAILED, problem=problem, **_ended(now))


def release_job(session: Session, *, job: HeldJob) -> None:
    """Give the job back, to be taken up again where it is; that was no failed attempt."""
    _change(
        session,
        job,
        state=JobState.WAITING,
        lease_holder=None,
        lease_until=None,
        attempts=Job.attempts - 1,
    )


def forget_jobs(session: Session, *, project_id: int, kind: str, keep: int) -> None:
    """Delete the project's ended jobs of a kind, but for the newest ones."""
    ended = select(Job.id).where(
        Job.project_id == project_id,
        Job.kind == kind,
        Job.state.in_([JobState.DONE, JobState.FAILED]),
    )
    old = session.scalars(ended.order_by(Job.id.desc()).offset(keep)).all()
    session.execute(delete(Job).where(Job.id.in_(old)))


def _ended(now: datetime) -> dict[str, object]:
    return {"payload": None, "lease_holder": None, "lease_until": None, "ended_at": now}


def _end(job: Job, state: JobState, now: datetime) -> None:
    job.state = state
    for name, value in _ended(now).items():
        setattr(job, name, value)


def _change(session: Session, job: HeldJob, **values: object) -> None:
    held = update(Job).where(Job.id == job.id, Job.lease_holder == job.holder)
    changed = session.execute(
        held.values(**values).returning(Job.id), execution_options={"synchronize_session": False}
    )
    if changed.scalar_one_or_none() is None:
        raise LeaseLostError(f"The job is not held by {job.holder} any more; it was taken over.")
