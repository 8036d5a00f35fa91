"""Count the SQL statements of a block, on every engine of the process, and see their plans."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collect what is sent to the database inside the block; BEGIN and COMMIT do not count."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def query_plan(session: Session, statement: str) -> list[str]:
    """Return the steps in which SQLite answers a statement, whatever its parameters are."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by how many rows there are")
    rows = session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement}", ("x",) * statement.count("?")
    )
    return [row[3] for row in rows]
