"""Where the parts are joined: the application factory and the command line's entry point."""

import os
import secrets
from pathlib import Path

import click
from flask import Flask

from workbench import cli, web
from workbench.corpus import importing
from workbench.jobs.runner import Handler
from workbench.settings import Settings
from workbench.storage.database import db, engine_options
from workbench.web.errors import MAX_FORM_PARTS

SETTINGS = "WORKBENCH_SETTINGS"
JOBS = "WORKBENCH_JOBS"
JOB_HANDLERS: dict[str, Handler] = {importing.JOB: importing.run_import}


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
    app.extensions[JOBS] = JOB_HANDLERS
    db.init_app(app)
    web.register(app, settings)
    return app


def secret_key(data_dir: Path) -> str:
    """Return the instance's key; the first caller makes it, readable by its owner alone."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / "secret_key"
    if not path.exists():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # Fails when another process was first: its key counts.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def command_line() -> None:
    """Run ``workbench …``."""
    cli.run(create_app)


def command_group() -> click.Group:
    """Return the command line as click sees it, for tests."""
    return cli.build(create_app)
