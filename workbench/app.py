"""Where the parts are joined: the application factory and the command line's entry point."""

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
from workbench.storage.database import db, engine_options
from workbench.storage.secret_key import secret_key
from workbench.web.errors import MAX_FORM_PARTS

SETTINGS = "WORKBENCH_SETTINGS"
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
    app = Flask("workbench.web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=secret_key(settings.data_dir),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions[SETTINGS] = settings
    app.extensions[JOBS] = job_handlers(settings)
    db.init_app(app)
    web.register(app, settings)
    api.register(app)
    app.extensions[API_DOCUMENT] = api.read_document
    return app


def command_line() -> None:
    """Run ``workbench …``."""
    cli.run(create_app)


def command_group() -> click.Group:
    """Return the command line as click sees it, for tests."""
    return cli.build(create_app)
