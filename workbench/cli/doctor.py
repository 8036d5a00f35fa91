"""`workbench doctor`: is everything as it should be, and if not, what to do."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import click
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from workbench.cli.opening import cut_restore, shown_database, sqlite_file, with_settings
from workbench.cli.output import Row, format_option, print_rows
from workbench.clock import utc_now
from workbench.jobs.queries import count_stuck_jobs
from workbench.labelstudio.connections import can_read_token, list_connections
from workbench.settings import Settings
from workbench.storage.schema import SchemaState, schema_state
from workbench.storage.secret_key import is_long_enough

COLUMNS = ("state", "check", "found")
LITTLE_SPACE, NO_SPACE = 1 << 30, 1 << 27
LARGE_WAL = 256 << 20
OLDEST_POSTGRESQL = 130000
STUCK = timedelta(minutes=5)


class State(StrEnum):
    """How well something is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """What a look at one thing found, with what to do where it is not well."""

    check: str
    state: State
    found: str


def well(check: str, found: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(check, State.OK, found)


def doubtful(check: str, found: str) -> Finding:
    """Say that something needs looking after."""
    return Finding(check, State.WARN, found)


def bad(check: str, found: str) -> Finding:
    """Say that something must be put right."""
    return Finding(check, State.FAIL, found)


@click.command()
@format_option
@with_settings
def doctor(settings: Settings, format_: str) -> None:
    """Say whether everything is well, and if not, what to do.

    Looks at settings, files and database, and changes nothing.
    """
    findings = [
        well("settings", f"pages at {settings.base_url}"),
        *_look_at_folder(settings),
        *_look_at_database(settings),
    ]
    rows: list[Row] = [
        {"state": finding.state.value, "check": finding.check, "found": finding.found}
        for finding in findings
    ]
    print_rows(COLUMNS, rows, format_=format_)
    if any(finding.state is State.FAIL for finding in findings):
        click.get_current_context().exit(1)


def _look_at_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        yield bad("data folder", f"{folder} is not there: run `workbench init`")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield bad("data folder", f"{folder} cannot be written to: give it to this user")
    elif _mode(folder) & 0o077:
        yield doubtful("data folder", f"others may look into {folder}: chmod 700 {folder}")
    else:
        yield well("data folder", str(folder))
    yield _look_at_key(folder / "secret_key")
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB free"
    if free < NO_SPACE:
        yield bad("disk space", f"{found}: make room, or nothing more can be saved")
    elif free < LITTLE_SPACE:
        yield doubtful("disk space", f"{found}: make room soon")
    else:
        yield well("disk space", found)


def _look_at_key(path: Path) -> Finding:
    if not path.exists():
        return bad("secret key", f"{path} is not there: run `workbench init`")
    if _mode(path) & 0o077:
        return bad("secret key", f"others may read {path}: chmod 600 {path}")
    if not is_long_enough(path.read_text("latin-1")):
        return bad("secret key", f"{path} is too short: delete it and run `workbench init`")
    return well("secret key", "there, for its owner alone")


def _look_at_database(settings: Settings) -> Iterator[Finding]:
    path = sqlite_file(settings)
    if path is not None and not path.exists():
        problem = cut_restore(settings) or f"{path} is not there: run `workbench init`"
        yield bad("database", problem)
        return
    engine = create_engine(make_url(settings.database), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield well("database", shown_database(settings))
            if path is not None:
                yield from _look_at_sqlite(connection, path)
            else:
                yield _look_at_postgresql(connection)
            state = schema_state(connection)
            yield _SCHEMA[state]
            if state is SchemaState.CURRENT:
                yield _look_at_jobs(connection)
                yield from _look_at_label_studio(connection, settings)
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        if path is None:
            yield bad("database", f"{reason}: check WORKBENCH_DATABASE_URL and the server")
        elif isinstance(error, OperationalError):
            yield bad("database", f"{path}, {reason}: check the file, its folder and its disk")
        else:
            yield bad("database", f"{path}, {reason}: stop the server and restore a backup")
    finally:
        engine.dispose()


def _look_at_sqlite(connection: Connection, path: Path) -> Iterator[Finding]:
    journal = connection.scalar(text("PRAGMA journal_mode"))
    synchronous = connection.scalar(text("PRAGMA synchronous"))
    if (journal, synchronous) == ("wal", 2):
        yield well("durability", "write-ahead log, synchronous=FULL")
    else:
        found = f"journal_mode={journal}, synchronous={synchronous}"
        yield bad("durability", f"{found}: the file system does not allow a write-ahead log")
    problems = [row[0] for row in connection.execute(text("PRAGMA quick_check(3)"))]
    if problems == ["ok"]:
        yield well("integrity", "ok")
    else:
        yield bad("integrity", f"{'; '.join(problems)}: restore a backup")
    wal = Path(f"{path}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    found = f"{size / (1 << 20):.0f} MiB"
    if size > LARGE_WAL:
        yield doubtful("write-ahead log", f"{found}: stop the server and start it again")
    else:
        yield well("write-ahead log", found)


def _look_at_postgresql(connection: Connection) -> Finding:
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    encoding = connection.scalar(text("SHOW server_encoding"))
    if number < OLDEST_POSTGRESQL:
        return bad("PostgreSQL", f"version {number // 10000}: 13 or newer is needed")
    if encoding != "UTF8":
        return bad("PostgreSQL", f"encoding {encoding}: make the database with UTF8")
    return well("PostgreSQL", f"version {number // 10000}, {encoding}")


def _look_at_jobs(connection: Connection) -> Finding:
    count = count_stuck_jobs(Session(connection), before=utc_now() - STUCK)
    if count:
        return doubtful("jobs", f"{count} wait for more than five minutes: is the server running?")
    return well("jobs", "none is stuck")


def _look_at_label_studio(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Look whether projects are kept in step with Label Studio; say nothing where none is."""
    check = "Label Studio"
    found = list_connections(Session(connection))
    path = settings.data_dir / "secret_key"
    key = path.read_text("latin-1") if path.exists() else ""
    for one in found:
        if not can_read_token(one.connection, key=key):
            remedy = "give the token again, or put the secret key back that belongs to the database"
            yield bad(check, f"{one.slug}: its token cannot be read: {remedy}")
        elif one.connection.problem:
            yield doubtful(check, f"{one.slug}: {one.connection.problem}")
        elif one.conflicts:
            yield doubtful(check, f"{one.slug}: {one.conflicts} conflicts are to be settled")
        else:
            yield well(check, f"{one.slug}: {one.connection.state}, {one.connection.address}")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


_SCHEMA = {
    SchemaState.EMPTY: bad("schema", "the database is empty: run `workbench init`"),
    SchemaState.OLDER: bad("schema", "older than this program: back up, then `workbench init`"),
    SchemaState.CURRENT: well("schema", "this program's"),
    SchemaState.NEWER: bad("schema", "newer than this program: install the newer workbench"),
}
