"""Long work: asked for in a row, held by a lease, taken up again after whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW
from tests.people import make_project
from tests.server import environment
from workbench.clock import utc_now
from workbench.corpus.importing import request_import
from workbench.corpus.queries import count_articles
from workbench.errors import InvalidInputError, NotFoundError
from workbench.jobs import runner
from workbench.jobs.operations import (
    finish_job,
    record_progress,
    release_job,
    renew_lease,
    request_job,
    take_job,
)
from workbench.jobs.queries import count_stuck_jobs, get_job, has_runnable_job
from workbench.jobs.rules import LEASE, MAX_ATTEMPTS, HeldJob, JobState, JobStatus, LeaseLostError
from workbench.jobs.runner import JobRun, run_waiting_jobs
from workbench.jobs.tables import Job
from workbench.settings import Settings
from workbench.storage.database import db, transaction

LATER = NOW + LEASE + timedelta(seconds=1)


def ask(session: Session, **changes: object) -> str:
    wanted = {
        "kind": "count",
        "arguments": {"to": 3},
        "payload": b"bytes",
        "project_id": None,
        "by": None,
        "now": NOW,
        "total": 3,
    }
    return request_job(session, **(wanted | changes))


def take(session: Session, holder: str = "one", now: object = NOW) -> HeldJob:
    job = take_job(session, holder=holder, now=now)
    assert job
    return job


def status(session: Session, public_id: str) -> JobStatus:
    session.expire_all()
    return get_job(session, project_id=None, public_id=public_id)


def test_the_oldest_job_is_taken_first_and_by_one_only(session: Session) -> None:
    first, second = ask(session), ask(session)

    taken = [take_job(session, holder="one", now=NOW) for _ in range(3)]

    assert [job and job.id for job in taken] == [1, 2, None]
    assert status(session, first).state is status(session, second).state is JobState.RUNNING


def test_a_job_belongs_to_its_project(session: Session) -> None:
    job = ask(session)

    with pytest.raises(NotFoundError):
        get_job(session, project_id=7, public_id=job)


def test_a_lapsed_lease_lets_another_go_on_where_the_first_was(session: Session) -> None:
    public_id = ask(session)
    first = take(session)
    record_progress(session, job=first, done=2, result=["a", "b"], now=NOW)

    second = take(session, "two", LATER)

    assert (second.done, second.result, second.payload) == (2, ["a", "b"], b"bytes")
    with pytest.raises(LeaseLostError):
        finish_job(session, job=first, now=LATER)
    assert status(session, public_id).state is JobState.RUNNING


def test_a_lease_from_a_clock_that_was_set_back_is_none(session: Session) -> None:
    ask(session)
    take_job(session, holder="one", now=NOW + timedelta(days=365))

    assert take_job(session, holder="two", now=NOW)


def test_a_renewed_lease_keeps_others_out(session: Session) -> None:
    ask(session)
    renew_lease(session, job=take(session), now=LATER)

    assert not has_runnable_job(session, now=LATER + LEASE / 2)
    assert has_runnable_job(session, now=LATER + 2 * LEASE)


def test_a_finished_job_keeps_its_result_and_not_its_upload(session: Session) -> None:
    public_id = ask(session)
    job = take(session)
    record_progress(session, job=job, done=3, result=["a"], now=NOW)

    finish_job(session, job=job, now=NOW)

    ended = status(session, public_id)
    assert (ended.state, ended.result, ended.has_ended) == (JobState.DONE, ["a"], True)
    assert session.scalar(select(Job.payload)) is None


def test_a_job_that_was_given_back_was_not_tried(session: Session) -> None:
    ask(session)
    for _ in range(2 * MAX_ATTEMPTS):
        release_job(session, job=take(session))

    assert take(session)


def test_a_job_that_kills_each_runner_is_given_up(session: Session) -> None:
    public_id = ask(session)
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        take(session, now=now)
        now += LEASE + timedelta(seconds=1)

    assert take_job(session, holder="last", now=now) is None
    assert "10 times" in (status(session, public_id).problem or "")


def test_jobs_that_nobody_works_on_are_counted(session: Session) -> None:
    ask(session)

    assert count_stuck_jobs(session, before=NOW) == 0
    assert count_stuck_jobs(session, before=LATER) == 1


def count(run: JobRun) -> None:
    """Count to the number asked for, a step a transaction."""
    for number in range(run.job.done + 1, 4):
        with transaction() as session:
            run.record(session, done=number, result=number)


def run_job(app: Flask, handler: runner.Handler, stop: threading.Event | None = None) -> JobStatus:
    with app.app_context(), transaction() as session:
        public_id = ask(session)
    run_waiting_jobs(
        {"count": handler}, app_context=app.app_context, stop=stop or threading.Event()
    )
    with app.app_context():
        return get_job(db.session(), project_id=None, public_id=public_id)


def test_a_runner_carries_out_what_waits(app: Flask) -> None:
    done = run_job(app, count)

    assert (done.state, done.done, done.result) == (JobState.DONE, 3, 3)


def test_an_expected_failure_ends_the_job_with_its_sentence(app: Flask) -> None:
    def refuse(_run: JobRun) -> None:
        raise InvalidInputError("%(name)s is empty.", name="a.txt")

    failed = run_job(app, refuse)

    assert (failed.state, failed.problem) == (JobState.FAILED, "a.txt is empty.")


def test_a_fault_of_the_program_ends_the_job_and_is_logged(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    failed = run_job(app, lambda _run: 1 / 0)  # type: ignore[arg-type, return-value]

    assert failed.state is JobState.FAILED
    assert "ZeroDivisionError" in (failed.problem or "")
    assert "ZeroDivisionError" in caplog.text


def test_a_runner_that_is_stopped_gives_its_job_back(app: Flask) -> None:
    stop = threading.Event()

    def count_until_stopped(run: JobRun) -> None:
        with transaction() as session:
            run.record(session, done=1, result=1)
        stop.set()
        count(run)

    given_back = run_job(app, count_until_stopped, stop)

    assert (given_back.state, given_back.done) == (JobState.WAITING, 1)


def test_the_step_of_a_runner_that_lost_its_lease_is_undone(app: Flask) -> None:
    def count_too_late(run: JobRun) -> None:
        with transaction() as session:
            session.get_one(Job, run.job.id).lease_holder = "another"
        count(run)

    running = run_job(app, count_too_late)

    assert (running.state, running.done) == (JobState.RUNNING, 0)


def test_the_lease_is_renewed_during_a_long_step(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RENEW_SECONDS", 0.01)
    leases: list[object] = []

    def work_long(run: JobRun) -> None:
        for _ in range(2):
            with app.app_context():
                leases.append(db.session.get_one(Job, run.job.id).lease_until)
            time.sleep(0.3)

    run_job(app, work_long)

    assert leases[0] != leases[1]


@pytest.fixture
def waiting_import(app: Flask) -> int:
    """A project with an import of 20 files, two a transaction, that waits."""
    project_id = make_project(app)
    line = "mot " * 200
    files = [(f"a{n}.txt", f"Phrase {n}, {line}.\n".encode() * 650) for n in range(20)]
    with app.app_context(), transaction() as session:
        request_import(session, project_id=project_id, files=files, by=None, now=NOW)
    return project_id


def test_an_import_whose_worker_is_killed_again_and_again_ends_once_in_effect(
    app: Flask, settings: Settings, waiting_import: int
) -> None:
    command = [sys.executable, "-m", "workbench", "worker"]
    for _ in range(2):
        worker = subprocess.Popen(command, env=environment(settings))
        wait_for_progress(app, worker)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        with app.app_context(), transaction() as session:
            session.get_one(Job, 1).lease_until = utc_now()  # as if a minute went by

    subprocess.run(command, env=environment(settings), check=True)

    with app.app_context():
        job = db.session.get_one(Job, 1)
        assert (job.state, job.done, job.problem) == ("done", 20, None)
        assert {outcome["state"] for outcome in job.result} == {"imported"}
        assert count_articles(db.session(), project_id=waiting_import) == 20


def wait_for_progress(app: Flask, worker: "subprocess.Popen[bytes]") -> None:
    """Wait until the worker has done a step, or has ended."""
    with app.app_context():
        before = db.session.get_one(Job, 1).done
        while db.session.get_one(Job, 1).done == before and worker.poll() is None:
            db.session.rollback()
            time.sleep(0.01)
