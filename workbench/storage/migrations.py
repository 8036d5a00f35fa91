"""Bring the database to the newest schema, one process at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from workbench.errors import ConflictError, UnavailableError
from workbench.resources import resource_folder
from workbench.storage.database import file_lock

_MIGRATION_LOCK = 0x6D69_6772  # "migr": of this program alone on its database.


def upgrade(database: str, revision: str = "head") -> None:
    """Apply every missing step to the database; whoever comes second waits and finds it done.

    Raises ``ConflictError`` when a newer program has already changed the schema.
    """
    with _locked_connection(database) as connection:
        config = _config(connection)
        _refuse_newer_schema(connection, config)
        command.upgrade(config, revision)


def downgrade(database: str, revision: str) -> None:
    """Take steps back to ``revision``, or to nothing with ``base``."""
    with _locked_connection(database) as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _refuse_newer_schema(connection: Connection, config: Config) -> None:
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    connection.rollback()
    if found - known:
        raise ConflictError(
            f"The database was made by a newer workbench (schema {', '.join(sorted(found))});"
            " install that version or restore an older backup."
        )


@contextmanager
def _locked_connection(database: str) -> Iterator[Connection]:
    url = make_url(database)
    engine = create_engine(url, poolclass=NullPool)
    try:
        if url.get_backend_name() == "sqlite":
            path = Path(url.database or "")
            path.parent.mkdir(parents=True, exist_ok=True)
            # For its owner's eyes only, as are the journals, which take the file's mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with file_lock(Path(f"{path}-migration")), engine.connect() as connection:
                connection.execution_options(sqlite_begin="IMMEDIATE")
                yield connection
                connection.commit()
        else:
            with _advisory_lock(engine), engine.connect() as connection:
                yield connection
                connection.commit()
    except OperationalError as error:
        raise UnavailableError(f"The database cannot be opened: {error.orig}.") from error
    finally:
        engine.dispose()


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield
        guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
