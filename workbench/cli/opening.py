"""Open the workbench for a command: its settings, its application, a database fit for it."""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec

import click
from flask import Flask, current_app
from sqlalchemy import make_url

from workbench.errors import ConflictError, NotFoundError
from workbench.jobs.runner import Handler
from workbench.settings import Settings
from workbench.storage.application import SETTINGS, create_bare_app
from workbench.storage.database import close_connections, db
from workbench.storage.schema import SchemaState, schema_state

try:
    import fcntl
except ImportError:  # Windows: nothing tells whether a server runs.
    fcntl = None  # type: ignore[assignment]

CreateApp = Callable[[Settings], Flask]
P = ParamSpec("P")

project_option = click.option(
    "--project", required=True, metavar="SLUG", help="The project's short name."
)


def in_workbench(command: Callable[P, None]) -> Callable[P, None]:
    """Run the command inside the application, on a database with this program's schema."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with opened_workbench(Settings.from_environ()):
            command(*args, **kwargs)

    return run


def with_settings(command: Callable[Concatenate[Settings, P], None]) -> Callable[P, None]:
    """Hand the settings to the command as its first argument."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        command(Settings.from_environ(), *args, **kwargs)

    return run


@contextmanager
def opened_workbench(settings: Settings, *, served: bool = False) -> Iterator[Flask]:
    """Give the application with its context open and its database found fit for it.

    Only one to be ``served`` has pages and jobs, which take half a second to load.
    """
    refuse_missing_database(settings)
    app = served_application(settings) if served else create_bare_app(settings)
    with app.app_context():
        try:
            refuse_other_schema()
            yield app
        finally:
            close_connections()


def served_application(settings: Settings) -> Flask:
    """Build the application with all its parts, by the factory that the entry point gave."""
    create_app: CreateApp = click.get_current_context().find_root().obj
    return create_app(settings)


def job_handlers() -> Mapping[str, Handler]:
    """Return what carries out each kind of job in the workbench that is open."""
    is_served = "WORKBENCH_JOBS" in current_app.extensions
    app = current_app if is_served else served_application(opened_settings())
    handlers: Mapping[str, Handler] = app.extensions["WORKBENCH_JOBS"]
    return handlers


def opened_settings() -> Settings:
    """Return the settings of the application that is open."""
    settings: Settings = current_app.extensions[SETTINGS]
    return settings


def sqlite_file(settings: Settings) -> Path | None:
    """Return the file of an SQLite database; ``None`` where the database is a server."""
    url = make_url(settings.database)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def shown_database(settings: Settings) -> str:
    """Name the database without its password."""
    return str(sqlite_file(settings) or make_url(settings.database).set(password=None))


@contextmanager
def hold_for_serving(settings: Settings) -> Iterator[None]:
    """Show, as long as the block lasts, that a server works on the data; several may."""
    with _lock_of_servers(settings).open("ab") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def refuse_running_server(settings: Settings) -> None:
    """Refuse while a server works on the data."""
    if fcntl is None or not settings.data_dir.is_dir():
        return
    with _lock_of_servers(settings).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError("The workbench is being served; stop it first.") from None


def _lock_of_servers(settings: Settings) -> Path:
    return settings.data_dir / "server.lock"


def refuse_missing_database(settings: Settings) -> None:
    """Refuse a file that is not there, which connecting to it would make."""
    path = sqlite_file(settings)
    if path is not None and not path.exists():
        refuse_cut_restore(settings)
        raise NotFoundError(f"There is no database {path} yet: run `workbench init`.")


def refuse_cut_restore(settings: Settings) -> None:
    """Refuse to take a database for new that a restore cut short has moved away."""
    if problem := cut_restore(settings):
        raise ConflictError(f"{problem}.")


def cut_restore(settings: Settings) -> str:
    """Say which databases lie beside a missing one and how to go on; empty where none does."""
    path = sqlite_file(settings)
    if path is None or path.exists():
        return ""
    from workbench.storage.backup import left_by_restore  # noqa: PLC0415  # almost never needed

    left = left_by_restore(path)
    if not left:
        return ""
    return (
        f"{path} is not there, but beside it {' and '.join(file.name for file in left)}: run"
        " `workbench restore FILE --replace` again, or give the former database its name back"
    )


def refuse_other_schema() -> None:
    """Refuse a database whose schema is not the one this program was written for."""
    with db.engine.connect() as connection:
        state = schema_state(connection)
    if state is SchemaState.EMPTY:
        raise ConflictError("The database is empty: run `workbench init`.")
    if state is SchemaState.OLDER:
        raise ConflictError(
            "The database has an older schema: back it up and run `workbench init`."
        )
    if state is SchemaState.NEWER:
        raise ConflictError(
            "The database was made by a newer workbench: install that version, or restore an "
            "older backup and run `workbench init`."
        )
