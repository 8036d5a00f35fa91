"""`workbench evidence`: look at the pages of all evidence again."""

import sys
from collections.abc import Mapping
from threading import Event

import click
from flask import current_app

from workbench.cli.errors import complain
from workbench.cli.opening import in_workbench, job_handlers, project_option
from workbench.clock import utc_now
from workbench.errors import InvalidInputError
from workbench.factcheck.keeping import (
    FAILED,
    OVERTAKEN,
    name_evidence,
    request_recheck,
)
from workbench.factcheck.rules import FetchOutcome
from workbench.jobs.queries import get_job, read_results
from workbench.jobs.runner import run_waiting_jobs
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

LOOK_EVERY_SECONDS = 0.5
WORDS = (*FetchOutcome, FAILED, OVERTAKEN)


@click.group()
def evidence() -> None:
    """Look after the pages that evidence stands on."""


@evidence.command("recheck")
@project_option
@in_workbench
def recheck(project: str) -> None:
    """Fetch the page of each piece of evidence and compare it with what was kept.

    Prints how many are unchanged, drifted, gone, kept for the first time, or could not be had.
    Evidence and verdicts stay as they are; verdicts that rest on a page that drifted or is gone
    are flagged for somebody to look.
    """
    with transaction() as session:
        project_id = project_by_slug(session, slug=project).id
        job = request_recheck(session, project_id=project_id, by=None, now=utc_now())
    if job is None:
        click.echo(f"{project} has no evidence yet.")
        return
    _carry_out(project_id, job)
    result = read_results(db.session(), project_id=project_id, public_ids=[job])[job]
    match result:
        case {"tally": dict(tally), "failed": list(failed)}:
            counts = [f"{tally[word]} {word}" for word in WORDS if tally.get(word)]
            click.echo(f"{', '.join(counts)}.")
            titles = name_evidence(
                db.session(),
                project_id=project_id,
                evidence={str(one["evidence"]) for one in failed if isinstance(one, dict)},
            )
            for one in failed:
                complain(_reason(one, titles))


def _carry_out(project_id: int, job: str) -> None:
    """Carry the job out here, or wait while a runner of the server does."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own
    handlers = job_handlers()
    status = get_job(db.session(), project_id=project_id, public_id=job)
    with click.progressbar(
        length=status.total, label="Looking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        while not status.has_ended:
            db.session.rollback()
            run_waiting_jobs(handlers, app_context=app.app_context, stop=Event())
            status = get_job(db.session(), project_id=project_id, public_id=job)
            bar.update(status.done - bar.pos)
            if not status.has_ended:
                Event().wait(LOOK_EVERY_SECONDS)
    if status.problem:
        raise InvalidInputError(status.problem)


def _reason(failure: object, titles: Mapping[str, str]) -> str:
    match failure:
        case {"evidence": str(evidence), "problem": str(message), "values": dict(values)}:
            return f"{titles.get(evidence, evidence)}: {message % values}"
        case _:
            return "A page could not be had."
