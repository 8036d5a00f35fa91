"""Insert many rows by each database's fastest way, past the ORM: an import has millions."""

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy.orm import Session

from workbench.storage.base import Base


def insert_rows(
    session: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Insert rows of values in the order of ``columns``: executemany on SQLite, COPY on PostgreSQL.

    Values are what the ORM takes; a column that is not named stays empty.
    """
    connection = session.connection()
    dialect = connection.dialect
    types = (table.__table__.c[name].type for name in columns)
    writers = [
        (place, write)
        for place, type_ in enumerate(types)
        if (write := type_.dialect_impl(dialect).bind_processor(dialect))
    ]
    values = [list(row) for row in rows]
    for row in values:
        for place, write in writers:
            row[place] = write(row[place])
    if not values:
        return
    quote = dialect.identifier_preparer.quote
    target = f"{quote(table.__tablename__)} ({', '.join(map(quote, columns))})"
    if dialect.name != "postgresql":
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {target} VALUES ({places})"  # noqa: S608  # our own names
        connection.exec_driver_sql(sql, [tuple(row) for row in values])
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
