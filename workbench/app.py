"""Where the parts are joined: the application that is served, with its pages, API and jobs."""

from functools import partial

import click
from flask import Flask

from workbench import api, cli, web
from workbench.adjudication import counting, stance_reading
from workbench.corpus import searching
from workbench.corpus.importing import JOB
from workbench.datasets import building
from workbench.datasets.operations import JOB as BUILD
from workbench.factcheck import keeping
from workbench.jobs.runner import Handler
from workbench.labelling import importing, scheme_changes
from workbench.labelstudio import runs
from workbench.settings import Settings
from workbench.storage.application import create_bare_app
from workbench.storage.secret_key import secret_key
from workbench.web.errors import MAX_FORM_PARTS

JOBS = "WORKBENCH_JOBS"
API_DOCUMENT = "WORKBENCH_API_DOCUMENT"
JOB_HANDLERS: dict[str, Handler] = {
    JOB: importing.run_import,
    searching.JOB: importing.run_indexing,
    counting.JOB: counting.run_count,
    stance_reading.JOB: stance_reading.run_count,
    scheme_changes.JOB: scheme_changes.run_scheme_change,
}


def job_handlers(settings: Settings) -> dict[str, Handler]:
    """Return what carries out each kind of job."""
    fetch = partial(keeping.run_fetch, private_hosts=settings.private_hosts)
    build = partial(building.run_build, exports=settings.export_dir, base_url=settings.base_url)
    sync = partial(
        runs.run_job,
        key=secret_key(settings.data_dir),
        folder=settings.data_dir,
        private_hosts=settings.private_hosts,
    )
    return {
        **JOB_HANDLERS,
        keeping.FETCH: fetch,
        keeping.RECHECK: fetch,
        BUILD: build,
        runs.JOB: sync,
    }


def create_app(settings: Settings) -> Flask:
    """Build the application over a database that the migrations have made."""
    app = create_bare_app(settings)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions[JOBS] = job_handlers(settings)
    web.register(app, settings)
    api.register(app)
    app.extensions[API_DOCUMENT] = api.read_document
    return app


def command_group() -> click.Group:
    """Return the command line as click sees it, for tests."""
    return cli.build(create_app)
