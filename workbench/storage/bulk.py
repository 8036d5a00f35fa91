"""Insert many rows by each database's fastest way, past the ORM: an import has millions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import cast

from sqlalchemy.orm import Session

from workbench.storage.base import Base

# What SQLite does once for a statement costs as much as a row or two; in a table whose ids are
# never used again, two thirds of all.
ROWS_A_STATEMENT = 100


def insert_rows(
    session: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    same: Mapping[str, object],
) -> None:
    """Insert rows of values in the order of ``columns``: executemany on SQLite, COPY on PostgreSQL.

    ``same`` are the columns that have one value in all rows. Values are what the ORM takes; a
    column that is not named stays empty.
    """
    connection = session.connection()
    dialect = connection.dialect

    def writer_of(column: str) -> Callable[[object], object] | None:
        return table.__table__.c[column].type.dialect_impl(dialect).bind_processor(dialect)

    ahead = tuple(
        write(value) if (write := writer_of(column)) else value for column, value in same.items()
    )
    values = [(*ahead, *row) for row in rows]
    for place, column in enumerate(columns, start=len(same)):
        if write := writer_of(column):
            values = [(*row[:place], write(row[place]), *row[place + 1 :]) for row in values]
    if not values:
        return
    quote = dialect.identifier_preparer.quote
    named = ", ".join(map(quote, (*same, *columns)))
    target = f"{quote(table.__tablename__)} ({named})"
    if dialect.name != "postgresql":
        places = f"({', '.join('?' * (len(same) + len(columns)))})"
        full = len(values) - len(values) % ROWS_A_STATEMENT
        for some, size in ((values[:full], ROWS_A_STATEMENT), (values[full:], 1)):
            if some:
                each = ", ".join([places] * size)
                sql = f"INSERT INTO {target} VALUES {each}"  # noqa: S608  # our own names
                together = zip(*[iter(some)] * size, strict=True)
                connection.exec_driver_sql(sql, [tuple(chain(*rows)) for rows in together])
        return
    from psycopg import Connection  # noqa: PLC0415  # is loaded where the database is
    from psycopg.sql import SQL  # noqa: PLC0415

    driver = cast("Connection[object]", connection.connection.driver_connection)
    with (
        driver.cursor() as cursor,
        cursor.copy(SQL("COPY {} FROM STDIN").format(SQL(target))) as copy,
    ):
        for row in values:
            copy.write_row(row)
