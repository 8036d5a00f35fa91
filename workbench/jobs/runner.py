"""Carry jobs out, one after the other, and watch for jobs that need a runner.

The row is the truth: whoever is killed, here or in the server, leaves a job that waits or whose
lease lapses within a minute, and the next runner goes on where the last committed step ended.
"""

import contextlib
import logging
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.errors import UnavailableError, WorkbenchError
from workbench.jobs.operations import (
    fail_job,
    finish_job,
    record_progress,
    release_job,
    renew_lease,
    take_job,
)
from workbench.jobs.queries import has_runnable_job
from workbench.jobs.rules import RENEW_SECONDS, HeldJob, LeaseLostError
from workbench.messages import Message
from workbench.storage.base import make_public_id
from workbench.storage.database import db, transaction

try:
    import fcntl
except ImportError:  # Windows: several runners may start; leases keep them apart.
    fcntl = None  # type: ignore[assignment]

LOOK_EVERY_SECONDS = 3.0
GIVE_BACK_SECONDS = 15.0

log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The runner was asked to end; the job is given back, to be resumed."""


@dataclass(frozen=True)
class JobRun:
    """What a handler is given: the job, and how to record each step of it."""

    job: HeldJob
    stop: threading.Event

    def record(self, session: Session, *, done: int, result: Json) -> None:
        """Record a step in the transaction that does it; raise if the job is held no more.

        Raises ``StoppedError`` if the runner was asked to end: the step is left to the next.
        """
        if self.stop.is_set():
            raise StoppedError
        record_progress(session, job=self.job, done=done, result=result, now=utc_now())


# A handler is idempotent and resumable: it skips the steps that ``job.done`` says are done.
Handler = Callable[[JobRun], None]
AppContext = Callable[[], AbstractContextManager[object]]


def run_waiting_jobs(
    handlers: Mapping[str, Handler], *, app_context: AppContext, stop: threading.Event
) -> None:
    """Carry out jobs until none waits or ``stop`` is set."""
    holder = f"{socket.gethostname()[:24]}.{os.getpid()}.{make_public_id()}"
    while not stop.is_set():
        with app_context():
            with transaction() as session:
                job = take_job(session, holder=holder, now=utc_now())
            if job is None:
                return
            with _renewal(job, app_context):
                _carry_out(handlers, JobRun(job, stop))


def _carry_out(handlers: Mapping[str, Handler], run: JobRun) -> None:
    try:
        handlers[run.job.kind](run)
        with transaction() as session:
            finish_job(session, job=run.job, now=utc_now())
    except StoppedError:
        with transaction() as session:
            release_job(session, job=run.job)
    except (LeaseLostError, UnavailableError) as error:
        # Nothing can or need be written: another runner has it, or will once the lease lapses.
        log.warning("job %s: %s", run.job.id, error)
    except WorkbenchError as error:
        _fail(run.job, error.sentence)
    except Exception as error:
        log.exception("job %s (%s) failed", run.job.id, run.job.kind)
        told = Message(
            "The program failed (%(error)s); the server's log says where.",
            error=type(error).__name__,
        )
        _fail(run.job, told)


def _fail(job: HeldJob, problem: Message) -> None:
    with transaction() as session:
        fail_job(session, job=job, problem=problem, now=utc_now())


@contextlib.contextmanager
def _renewal(job: HeldJob, app_context: AppContext) -> Iterator[None]:
    """Renew the lease in a thread beside, since a single step may take long."""
    over = threading.Event()

    def renew() -> None:
        with contextlib.suppress(WorkbenchError):  # The next step finds out, and is undone.
            while not over.wait(RENEW_SECONDS):
                with app_context(), transaction() as session:
                    renew_lease(session, job=job, now=utc_now())

    thread = threading.Thread(target=renew, name="lease renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


_asked = threading.Event()


def wake_runner() -> None:
    """Let this process's watch look for jobs at once instead of at its next turn."""
    _asked.set()


def watch_for_jobs(
    *, app_context: AppContext, lock: Path, command: Sequence[str], look: Callable[[], object]
) -> Callable[[], None]:
    """Start ``command`` whenever a job needs a runner, from a thread that ends with the process.

    As long as none runs, it calls ``look`` at each turn, which may ask for one whose time has come.

    What is returned ends the runner and waits, for some seconds, until it gave its job back.

    Each server process watches; the lock, held by the runner itself as long as it lives, lets
    one run at a time. The runner ends when idle, or when its standard input closes because the
    process that started it is gone.
    """

    runner: subprocess.Popen[bytes] | None = None
    over = threading.Event()

    def watch() -> None:
        nonlocal runner
        while not over.is_set():
            _asked.clear()
            try:
                is_idle = runner is None or runner.poll() is not None
                if is_idle and _job_waits(app_context, look):
                    runner = _start_runner(lock, command)
            except (SQLAlchemyError, OSError, UnavailableError) as error:
                log.warning("cannot look after jobs: %s", error)
            _asked.wait(LOOK_EVERY_SECONDS)

    def end() -> None:
        over.set()
        _asked.set()
        thread.join(GIVE_BACK_SECONDS)  # It may be reading the database just now.
        if runner and runner.stdin:
            runner.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                runner.wait(GIVE_BACK_SECONDS)

    thread = threading.Thread(target=watch, name="job watch", daemon=True)
    thread.start()
    return end


def _job_waits(app_context: AppContext, look: Callable[[], object]) -> bool:
    with app_context():
        look()
        return has_runnable_job(db.session(), now=utc_now())


def _start_runner(lock: Path, command: Sequence[str]) -> subprocess.Popen[bytes] | None:
    with lock.open("ab") as file:
        if not _try_lock(file):
            return None
        kept = [] if fcntl is None else [file.fileno()]
        return subprocess.Popen(  # noqa: S603  # our own program
            command, stdin=subprocess.PIPE, pass_fds=kept
        )


def _try_lock(file: BinaryIO) -> bool:
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
