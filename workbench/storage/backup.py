"""Copy database and secret key into one file while others work, and bring them back."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from workbench.canonical import JsonObject
from workbench.errors import ConflictError, InvalidInputError, UnavailableError
from workbench.settings import Settings
from workbench.storage.database import sole_use
from workbench.storage.drafts import draft_folder
from workbench.storage.postgres_tools import dump, load
from workbench.storage.schema import known_revisions, schema_revision
from workbench.storage.sealed import pack, sync_folder, unpack

FORMAT = "workbench-backup.v1"
SECRET_KEY = "secret_key"  # noqa: S105  # the name of a file
SQLITE, POSTGRESQL = "database.sqlite3", "database.pgdump"
_JOURNALS = ("-wal", "-shm")
KINDS = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


@dataclass(frozen=True)
class Place:
    """Where a workbench keeps what must not be lost."""

    url: URL
    secret_key: Path

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """Return the place that the settings name."""
        return cls(make_url(settings.database), settings.data_dir / SECRET_KEY)

    @property
    def database(self) -> str:
        """What the database is called in a backup, by its kind."""
        return SQLITE if self.url.get_backend_name() == "sqlite" else POSTGRESQL

    @property
    def file(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.database or "")

    def is_used(self) -> bool:
        """Tell whether there is a database or a secret key already."""
        has_database = self.file.exists() if self.database == SQLITE else bool(_tables(self.url))
        return has_database or self.secret_key.exists()


def write_backup(settings: Settings, target: Path, *, replace: bool, now: datetime) -> None:
    """Write a copy of everything as it is at one moment to ``target``, keeping out no writer.

    Raises ``ConflictError`` where ``target`` exists and may not be replaced, ``InvalidInputError``
    where it is a device or a folder, which nothing can replace.
    """
    if target.exists() and not target.is_file():
        raise InvalidInputError("%(path)s is no file: name one to write to.", path=str(target))
    if target.exists() and not replace:
        raise ConflictError(
            "%(path)s exists: choose another name, or say --replace.", path=str(target)
        )
    target = target.resolve()  # What a link leads to is replaced, not the link.
    place = Place.of(settings)
    schema = _schema(place.url)
    if schema is None:
        raise ConflictError("The database is empty; there is nothing to back up.")
    about: JsonObject = {
        "format": FORMAT,
        "database": place.database,
        "schema": schema,
        "made_at": now.isoformat(timespec="seconds"),
    }
    with draft_folder(target) as folder:
        shutil.copyfile(place.secret_key, folder / SECRET_KEY)
        if place.database == SQLITE:
            _copy_sqlite(place.file, folder / SQLITE, shown=target)
        else:
            dump(place.url, folder / POSTGRESQL)
        pack(folder, (SECRET_KEY, place.database), about).replace(target)
        sync_folder(target.parent)


def restore_backup(settings: Settings, source: Path, *, replace: bool) -> Path | None:
    """Put the backup's database and secret key in place, after proving them whole.

    Raises ``InvalidInputError`` for a damaged file, ``ConflictError`` where there is something
    that may not be replaced. Of a replaced SQLite file the new path is returned.
    """
    place = Place.of(settings)
    if place.is_used() and not replace:
        raise ConflictError(
            "There is a workbench already in %(folder)s or in its database: restore into an empty"
            " place, or say --replace.",
            folder=str(place.secret_key.parent),
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with draft_folder(place.secret_key) as folder:
        about = unpack(source, folder, (SECRET_KEY, *KINDS))
        _refuse_other_kind(place, about, source)
        if place.database == SQLITE:
            _check_sqlite(folder / SQLITE)
            kept = _put_in_place(folder / SQLITE, place.file)
        else:
            is_used = bool(_tables(place.url))
            with sole_use(place.url):
                load(place.url, folder / POSTGRESQL, replace=is_used)
            kept = None
        (folder / SECRET_KEY).chmod(0o600)
        (folder / SECRET_KEY).replace(place.secret_key)
        sync_folder(settings.data_dir)
    return kept


def _refuse_other_kind(place: Place, about: JsonObject, source: Path) -> None:
    if about["format"] != FORMAT or about["schema"] not in known_revisions():
        raise ConflictError(
            "%(path)s was made by a newer workbench: install that version.", path=str(source)
        )
    if about["database"] != place.database:
        raise InvalidInputError(
            "%(path)s holds a %(kind)s database: set WORKBENCH_DATABASE_URL to one.",
            path=str(source),
            kind=KINDS[str(about["database"])],
        )


def _copy_sqlite(live: Path, copy: Path, *, shown: Path) -> None:
    try:
        with closing(sqlite3.connect(live, isolation_level=None)) as source:
            # One moment's state without free pages; SQLite lets others write on meanwhile.
            source.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.DatabaseError as error:
        raise UnavailableError(
            "The database cannot be copied to %(path)s: %(reason)s.",
            path=str(shown),
            reason=str(error),
        ) from error
    _check_sqlite(copy)


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            found = "; ".join(row[0] for row in copy.execute("PRAGMA integrity_check(3)"))
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise UnavailableError("The database is damaged: %(problems)s.", problems=found)


def left_by_restore(place: Path) -> list[Path]:
    """Return the databases that a restore cut short has left beside a missing one, by name."""
    kept = sorted(place.parent.glob(f"{place.name}-replaced-*"))
    found = [path for path in kept if not path.name.endswith(_JOURNALS)]
    staged = Path(f"{place}-restored")
    return [*found, staged] if staged.exists() else found


def _put_in_place(source: Path, place: Path) -> Path | None:
    """Move a database file in place; what was there, its journal too, is kept beside it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(shutil.move(source, f"{place}-restored"))
    staged.chmod(0o600)
    kept = None
    # A journal left behind by itself would be taken for one of the new file.
    for suffix in ("", *_JOURNALS):
        part = Path(f"{place}{suffix}")
        if part.exists():
            kept = kept or _unused(place)
            part.replace(f"{kept}{suffix}")
    staged.replace(place)
    sync_folder(place.parent)
    return kept


def _unused(place: Path) -> Path:
    number = 1
    while (kept := Path(f"{place}-replaced-{number}")).exists():
        number += 1
    return kept


def _tables(url: URL) -> list[str]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        return inspect(engine).get_table_names()
    except OperationalError as error:
        raise UnavailableError(
            "The database cannot be reached: %(reason)s.", reason=str(error.orig).strip()
        ) from None
    finally:
        engine.dispose()


def _schema(url: URL) -> str | None:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return schema_revision(connection)
    finally:
        engine.dispose()
