"""Carry a job out in the foreground, with a progress bar, or watch a runner of the server do it."""

import sys
import time
from threading import Event

import click
from flask import current_app

from workbench.cli.opening import job_handlers
from workbench.errors import InvalidInputError
from workbench.jobs.queries import get_job
from workbench.jobs.rules import JobStatus
from workbench.jobs.runner import run_waiting_jobs
from workbench.storage.database import db

WATCH_EVERY_SECONDS = 0.5


def watch_job(project_id: int, job: str, *, label: str) -> JobStatus:
    """Return a project's job once it has ended well; ``InvalidInputError`` says why it has not."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own
    handlers = job_handlers()
    status = get_job(db.session(), project_id=project_id, public_id=job)
    with click.progressbar(
        length=status.total, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        db.session.rollback()
        while not status.has_ended:
            run_waiting_jobs(handlers, app_context=app.app_context, stop=Event())
            status = get_job(db.session(), project_id=project_id, public_id=job)
            bar.update(status.done - bar.pos)
            db.session.rollback()
            if not status.has_ended:  # A runner of the server has it.
                time.sleep(WATCH_EVERY_SECONDS)
    if status.problem:
        raise InvalidInputError(status.problem)
    return status
