"""The engine, the session, and ``transaction()``: the one place that commits."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVarTuple

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    URL,
    CompoundSelect,
    Connection,
    CursorResult,
    Engine,
    Pool,
    Select,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from workbench.errors import ConflictError, UnavailableError
from workbench.storage.base import Base

if TYPE_CHECKING:
    import psycopg

try:
    import fcntl
except ImportError:  # Windows: SQLite's own busy handler has to do.
    fcntl = None  # type: ignore[assignment]

Columns = TypeVarTuple("Columns")

db = SQLAlchemy(model_class=Base)

UNIQUE_VIOLATIONS = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}
READ_ONLY = "25006"  # PostgreSQL's word for a standby, or one that was told to change nothing.
PROJECT_LOCK = 0x636C_616D  # Namespace of our advisory locks: "clam".
LEAST_ROOM = 16 << 20  # bytes free on the disk, for what is saved and SQLite's journal
IN_USE = 0x7573_6564  # "used": our advisory lock, shared by all who are connected.
# A read asks PostgreSQL for no transaction, and so for no BEGIN and no ROLLBACK, after which
# psycopg would forget the statements it has prepared. READ COMMITTED is its own default.
READING = {"isolation_level": "AUTOCOMMIT"}
WRITING = {"isolation_level": "READ COMMITTED"}
KEEPALIVE_SECONDS = 60


def engine_options(url: str) -> dict[str, object]:
    """Say how the engine of a database is made."""
    if url.startswith("sqlite"):
        return {}
    # Packets at rest keep a silent line open, and tell when there is nobody at its other end.
    return {**READING, "connect_args": {"keepalives_idle": KEEPALIVE_SECONDS}}


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit everything done inside the block, or nothing.

    Raises ``ConflictError`` when somebody saved the same thing first, ``UnavailableError`` when
    the database cannot be reached or has no room.
    """
    session = db.session()
    if session.info.get("writing") or session.new or session.dirty or session.deleted:
        raise RuntimeError("transaction() needs a session without unsaved changes")
    session.rollback()
    with _writer_turn(db.engine):
        try:
            _begin_writing(session)
            session.info["writing"] = True
            yield session
            session.commit()
        except BaseException as error:
            session.rollback()
            if isinstance(error, DBAPIError):
                _translate(error)
            raise
        finally:
            session.info["writing"] = False


def _begin_writing(session: Session) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"} if is_sqlite else WRITING)


def _translate(error: DBAPIError) -> None:
    if isinstance(error, IntegrityError) and _broken_rule(error) in UNIQUE_VIOLATIONS:
        raise ConflictError("Somebody saved the same thing first; load it again.") from error
    if isinstance(error, OperationalError) or _broken_rule(error) == READ_ONLY:
        raise UnavailableError(
            "The database cannot be written to just now (stopped, or its disk is full);"
            " nothing was saved, try again in a moment."
        ) from error


def _broken_rule(error: DBAPIError) -> str | None:
    # SQLite names the broken constraint's kind; psycopg gives its SQLSTATE.
    return getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)


@contextmanager
def _writer_turn(engine: Engine) -> Iterator[None]:
    """Queue for SQLite's one writer: its busy handler polls, so some would starve."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database:
        yield
        return
    with file_lock(Path(f"{database}-writer")):
        yield


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the file's lock, waiting for it; the kernel frees it when the process dies."""
    try:
        lock = path.open("ab")
    except OSError as error:
        raise UnavailableError(f"The data folder cannot be written to: {error}.") from error
    with lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_columns(
    session: Session,
    statement: Select[*Columns] | CompoundSelect[*Columns],
    values: Mapping[str, object],
) -> CursorResult[*Columns]:
    """Run a read of plain columns past the ORM, which takes as long as all the rest of it."""
    return session.connection().execute(statement, values)


@contextmanager
def sent_together(session: Session) -> Iterator[Connection]:
    """Lend the transaction's connection for statements whose results nobody waits for.

    PostgreSQL gets them in one round trip and may report an error only at the end of the block.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield connection
        return
    with past_sqlalchemy(connection) as driver, driver.pipeline():
        yield connection


@contextmanager
def past_sqlalchemy(connection: Connection) -> Iterator["psycopg.Connection"]:
    """Lend PostgreSQL's own connection; an error in the block comes out as SQLAlchemy's."""
    import psycopg  # noqa: PLC0415  # SQLite starts sooner without it

    driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=driver.closed
        ) from error


def share_project(session: Session, project_id: int) -> None:
    """Announce a write to a project; held until the transaction ends.

    Together with ``settle_project`` this keeps a cursor from skipping: SQLite needs nothing,
    having one writer whose ids come in the order of commits.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARE, {"space": PROJECT_LOCK, "project": project_id})


def settle_project(session: Session, project_id: int) -> None:
    """Wait until no write to the project is in flight, so that no smaller id can still appear.

    Ends the session's open read, so that what is read next is newer than what was waited for.
    """
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_SETTLE, {"space": PROJECT_LOCK, "project": project_id})
        session.rollback()


def take_turn(session: Session, key: int) -> None:
    """Wait until nobody else holds this turn; held until the transaction ends.

    SQLite needs nothing, having one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TAKE_TURN, {"key": key})


def read_one_instant(session: Session) -> None:
    """End the session's open read; whatever it reads next is of one instant, until it ends."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":  # SQLite's reads always are.
        one_instant = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        session.connection(execution_options=one_instant)


@contextmanager
def share_instant(session: Session) -> Iterator[str | None]:
    """End the session's open read and begin one of an instant that other processes can read, too.

    What is yielded is the name of the instant for ``join_instant``, which they must have called
    before the block ends; nobody writes to SQLite meanwhile.
    """
    with _writer_turn(session.get_bind().engine):
        read_one_instant(session)
        yield _begin_reading(session)


def join_instant(session: Session, name: str | None) -> None:
    """Begin to read the instant that another process shares just now."""
    read_one_instant(session)
    if name is not None:
        session.execute(text(f"SET TRANSACTION SNAPSHOT '{name}'"))
    else:
        _begin_reading(session)


def _begin_reading(session: Session) -> str | None:
    """Fix the instant, which is else that of the first read; return PostgreSQL's name for it."""
    if session.get_bind().dialect.name == "postgresql":
        return str(session.scalar(text("SELECT pg_export_snapshot()")))
    session.execute(text("SELECT 1 FROM sqlite_schema LIMIT 1")).all()
    return None


def refresh_statistics(session: Session, *tables: type[Base]) -> None:
    """Let PostgreSQL look at tables that have grown much: plans made for small ones scan them."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            session.execute(text(f"ANALYZE {table.__tablename__}"))


_SHARE = text("SELECT pg_advisory_xact_lock_shared(:space, :project)")
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:key)")
_SETTLE = text("SELECT pg_advisory_xact_lock(:space, :project)")


@event.listens_for(db.session, "before_flush")
def _refuse_stray_flushes(session: Session, *_: object) -> None:
    if not session.info.get("writing"):
        raise RuntimeError("rows are changed only inside transaction()")


@event.listens_for(db.session, "do_orm_execute")
def _refuse_stray_statements(state: object) -> None:
    is_write = any(getattr(state, kind) for kind in ("is_insert", "is_update", "is_delete"))
    session: Session = state.session  # type: ignore[attr-defined]  # ORMExecuteState
    if is_write and not session.info.get("writing"):
        raise RuntimeError("rows are changed only inside transaction()")


@event.listens_for(Engine, "connect")
def _set_up_connection(dbapi_connection: DBAPIConnection, _record: object) -> None:
    if isinstance(dbapi_connection, sqlite3.Connection):
        dbapi_connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver.
        for pragma in (
            "foreign_keys = ON",
            "journal_mode = WAL",
            "synchronous = FULL",
            "journal_size_limit = 67108864",
            "busy_timeout = 10000",
            "secure_delete = ON",  # What is erased leaves no trace in free pages.
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")
    else:
        _share_database(dbapi_connection)


def _share_database(dbapi_connection: DBAPIConnection) -> None:
    """Keep a restore from starting as long as the connection lives."""
    cursor = dbapi_connection.cursor()
    cursor.execute(f"SELECT pg_try_advisory_lock_shared({IN_USE})")
    (is_shared,) = cursor.fetchone() or (False,)
    dbapi_connection.commit()
    if not is_shared:
        dbapi_connection.close()
        raise UnavailableError("The database is being restored; try again in a moment.")


@contextmanager
def sole_use(url: URL) -> Iterator[None]:
    """Keep everybody else off a PostgreSQL database; ``ConflictError`` where somebody is on it."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            is_mine = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": IN_USE})
            connection.rollback()  # The lock is the connection's, not the transaction's.
            if not is_mine:
                raise ConflictError("The database is in use by a workbench; stop it first.")
            yield
            # The server notices only later that a connection was closed.
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
    finally:
        engine.dispose()


@event.listens_for(Pool, "checkout")
def _replace_dead_connection(dbapi_connection: object, *_about: object) -> None:
    """Notice without a round trip that PostgreSQL has closed a connection: its end can be read."""
    if isinstance(dbapi_connection, sqlite3.Connection):
        return
    import psycopg  # noqa: PLC0415  # SQLite starts sooner without it

    assert isinstance(dbapi_connection, psycopg.Connection)  # noqa: S101  # there is no third
    try:
        for _ in range(2):  # Its last words, then its end.
            dbapi_connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise DisconnectionError from error


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def is_writable(session: Session) -> bool:
    """Tell, without writing, whether the database takes what is written and its disk has room."""
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        return os.access(path, os.W_OK) and shutil.disk_usage(path.parent).free >= LEAST_ROOM
    return bool(session.scalar(text("SELECT current_setting('transaction_read_only') = 'off'")))


def empty_journal() -> bool:
    """Bring SQLite's journal home and empty it, so that it keeps nothing of what was erased.

    Waits for those who read; tells whether it came to its end. PostgreSQL needs ``VACUUM FULL``
    by its operator.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    with _writer_turn(db.engine), closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cursor.fetchone() == (0, 0, 0)


def close_connections() -> None:
    """Give every pooled connection back, as before a fork."""
    with contextlib.suppress(RuntimeError):
        db.session.remove()  # else its connection would go back to a pool that nobody closes
        db.engine.dispose()
