"""Pushes, pulls and syncs as they are asked for, carried out and read afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.errors import ConflictError, NotFoundError, WorkbenchError
from workbench.jobs.operations import forget_jobs, request_job
from workbench.jobs.queries import list_jobs
from workbench.jobs.rules import JobState
from workbench.jobs.runner import JobRun
from workbench.labelstudio.connections import (
    ACTIVE,
    get_connection,
    keep_account,
    list_accounts,
    list_people,
    list_remote_projects,
    look_again,
    open_server,
)
from workbench.labelstudio.rules import Problem, Report, SyncKind, read_problems
from workbench.labelstudio.tables import RemoteConnection, SyncRun
from workbench.messages import Message
from workbench.storage.base import make_public_id
from workbench.storage.database import db, file_lock, transaction

if TYPE_CHECKING:  # The client is loaded when a server is asked.
    from workbench.fetching import Door

JOB = "label_studio"
KEPT_JOBS = 20
KEPT_RUNS = 200

Step = Callable[[Session, Report], None]
INTERRUPTED = Message("The run was interrupted.")


@dataclass(frozen=True)
class ListedRun:
    """A run as it can be read afterwards; ``problem`` is what ended it, if anything did."""

    id: str
    kind: SyncKind
    is_plan: bool
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    problem: Message | None
    asked_by: int | None
    started_at: datetime
    ended_at: datetime | None


def request_sync(
    session: Session,
    *,
    project_id: int,
    kind: SyncKind,
    is_plan: bool = False,
    by: int | None,
    now: datetime,
) -> str:
    """Ask for a run and return its job's public id; one that waits for the same is returned again.

    ``NotFoundError`` for a project without a connection, ``ConflictError`` for one that rests.
    """
    connection = get_connection(session, project_id=project_id)
    session.refresh(connection, with_for_update=True)
    _refuse_resting(connection)
    arguments: JsonObject = {"kind": kind.value, "is_plan": is_plan}
    for job in list_jobs(session, project_id=project_id, kind=JOB):
        if job.state is JobState.WAITING and job.arguments == arguments:
            return job.public_id
    forget_jobs(session, project_id=project_id, kind=JOB, keep=KEPT_JOBS)
    return request_job(
        session,
        kind=JOB,
        arguments=arguments,
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
    )


def look_for_due() -> None:
    """Ask for the syncs whose time has come, in a transaction of its own."""
    now = utc_now()
    if is_due(db.session(), now=now):
        with transaction() as session:
            request_due(session, now=now)


def request_due(session: Session, *, now: datetime) -> None:
    """Ask for the syncs whose time has come, unless they are under way."""
    arguments: JsonObject = {"kind": SyncKind.SYNC.value, "is_plan": False}
    rows = session.scalars(
        select(RemoteConnection)
        .where(RemoteConnection.state == ACTIVE, RemoteConnection.sync_minutes.is_not(None))
        .order_by(RemoteConnection.id)
        .with_for_update()
    )
    for connection in rows.all():
        last = session.scalar(_select_last().where(RemoteConnection.id == connection.id))
        pause = timedelta(minutes=connection.sync_minutes or 0)
        jobs = list_jobs(session, project_id=connection.project_id, kind=JOB)
        is_under_way = any(not job.has_ended and job.arguments == arguments for job in jobs)
        if (last is None or now - last >= pause) and not is_under_way:
            kind, project = SyncKind.SYNC, connection.project_id
            request_sync(session, project_id=project, kind=kind, by=None, now=now)


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether a sync's time may have come, by one statement."""
    newest = _select_last().correlate(RemoteConnection).scalar_subquery()
    rows = session.execute(
        select(RemoteConnection.sync_minutes, newest).where(
            RemoteConnection.state == ACTIVE, RemoteConnection.sync_minutes.is_not(None)
        )
    ).all()
    return any(
        last is None or now - last >= timedelta(minutes=minutes or 0) for minutes, last in rows
    )


def _select_last() -> Select[datetime]:
    """Select when a connection's newest sync began: what hints ask for puts none off."""
    return (
        select(SyncRun.started_at)
        .where(
            SyncRun.connection_id == RemoteConnection.id,
            SyncRun.kind == SyncKind.SYNC,
            ~SyncRun.is_plan,
        )
        .order_by(SyncRun.id.desc())
        .limit(1)
    )


def run_job(run: JobRun, *, key: str, folder: Path, private_hosts: frozenset[str]) -> None:
    """Carry out a run that was asked for; a run that was interrupted is followed by another."""
    from workbench.fetching import Door  # noqa: PLC0415  # loads httpx

    project_id = cast(int, run.job.project_id)
    done = 0

    def step(session: Session, report: Report) -> None:
        nonlocal done
        done += 1
        run.record(session, done=done, result=report.counts_json())

    made = run_sync(
        project_id=project_id,
        kind=SyncKind(str(run.job.arguments["kind"])),
        is_plan=run.job.arguments["is_plan"] is True,
        key=key,
        folder=folder,
        door=Door(private_hosts),
        by=run.job.created_by,
        step=step,
    )
    with transaction() as session:
        run.record(session, done=done + 1, result={"run": made})


def run_sync(
    *,
    project_id: int,
    kind: SyncKind,
    is_plan: bool = False,
    key: str,
    folder: Path,
    door: "Door",
    by: int | None,
    step: Step = lambda _session, _report: None,
) -> str:
    """Push, pull or both, or find out what that would do; return the public id of its record.

    One run at a time goes over a project; what it could not do is in its record. What ends it
    early, such as a server that does not answer, is raised and recorded.
    """
    with file_lock(folder / f"label-studio-{project_id}.lock"):
        made = _begin(project_id, kind, is_plan=is_plan, by=by)
        report = Report()
        try:
            _carry_out(project_id, kind, report, is_plan=is_plan, key=key, door=door, step=step)
        except BaseException as error:
            _end(made, report, error.sentence if isinstance(error, WorkbenchError) else INTERRUPTED)
            raise
        _end(made, report, None)
        return made


def _carry_out(
    project_id: int,
    kind: SyncKind,
    report: Report,
    *,
    is_plan: bool,
    key: str,
    door: "Door",
    step: Step,
) -> None:
    from workbench.labelstudio.exchange import Exchange, Terms  # noqa: PLC0415  # loads the client
    from workbench.labelstudio.syncing import sync  # noqa: PLC0415

    if not is_plan:
        look_again(project_id=project_id, key=key, door=door)
    session = db.session()
    connection = get_connection(session, project_id=project_id)
    people = list_people(session, connection_id=connection.id)
    terms = Terms(
        submitted_means_read=connection.submitted_means_read,
        people={one.id: one.membership_id for one in people if one.membership_id is not None},
        names={one.id: one.email for one in people},
        nobody={one.id for one in people if one.is_nobody},
        written_by=list_accounts(session, project_id=project_id, address=connection.address),
    )
    projects = [one.id for one in list_remote_projects(session, connection_id=connection.id)]
    session.expunge(connection)
    session.rollback()
    server = open_server(connection, key=key, door=door)
    if not is_plan and server.me.id not in terms.written_by:
        with transaction() as writing:
            keep_account(writing, project_id=project_id, account=server.me.id)
    for project in projects:
        exchange = Exchange(
            server,
            project,
            terms,
            report,
            kind=kind,
            is_plan=is_plan,
            # A plan has no transaction in which its steps could be noted.
            step=lambda session: None if is_plan else step(session, report),
        )
        sync(exchange)


def list_runs(session: Session, *, project_id: int, limit: int = KEPT_RUNS) -> list[ListedRun]:
    """List the runs of a project, the newest first."""
    rows = session.scalars(
        select(SyncRun)
        .where(SyncRun.project_id == project_id)
        .order_by(SyncRun.id.desc())
        .limit(limit)
    )
    return [_listed(row) for row in rows]


def get_run(session: Session, *, project_id: int, run: str) -> ListedRun:
    """Return one run of a project."""
    row = session.scalar(
        select(SyncRun).where(SyncRun.project_id == project_id, SyncRun.public_id == run)
    )
    if row is None:
        raise NotFoundError("There is no such run in this project.")
    return _listed(row)


def _listed(row: SyncRun) -> ListedRun:
    counts = row.counts if isinstance(row.counts, dict) else {}
    return ListedRun(
        id=row.public_id,
        kind=SyncKind(row.kind),
        is_plan=row.is_plan,
        counts={name: count for name, count in counts.items() if isinstance(count, int)},
        problems=tuple(read_problems(row.problems)),
        problem=row.problem,
        asked_by=row.asked_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _begin(project_id: int, kind: SyncKind, *, is_plan: bool, by: int | None) -> str:
    """Record that a run begins; one that never ended was killed, as nobody else holds the lock."""
    now = utc_now()
    with transaction() as session:
        connection = get_connection(session, project_id=project_id)
        _refuse_resting(connection)
        session.execute(
            update(SyncRun)
            .where(SyncRun.project_id == project_id, SyncRun.ended_at.is_(None))
            .values(ended_at=now, problem=INTERRUPTED)
        )
        run = SyncRun(
            project_id=project_id,
            connection_id=connection.id,
            public_id=make_public_id(),
            kind=kind.value,
            is_plan=is_plan,
            counts={},
            problems=[],
            problem=None,
            asked_by=by,
            started_at=now,
            ended_at=None,
        )
        session.add(run)
        return run.public_id


def _end(made: str, report: Report, problem: Message | None) -> None:
    """Record what a run did; what ended it is the connection's problem until a run goes well."""
    with transaction() as session:
        run = session.scalars(select(SyncRun).where(SyncRun.public_id == made)).one()
        problems: Json = report.problems_json()
        run.counts, run.problems, run.problem = report.counts_json(), problems, problem
        run.ended_at = utc_now()
        session.get_one(RemoteConnection, run.connection_id).problem = problem


def _refuse_resting(connection: RemoteConnection) -> None:
    if connection.state != ACTIVE:
        raise ConflictError("The connection rests: let it go on first.")
