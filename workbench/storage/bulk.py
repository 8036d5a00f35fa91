"""Insert many rows by each database's fastest way, past the ORM: an import has millions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.storage.base import Base
from workbench.storage.database import past_sqlalchemy, read_columns

# What SQLite does once for a statement costs as much as a row or two; in a table whose ids are
# never used again, two thirds of all.
ROWS_A_STATEMENT = 100
SOUGHT_AT_A_TIME = 500

Row = dict[str, object]


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
    from psycopg.sql import SQL  # noqa: PLC0415  # is loaded where the database is

    with (
        past_sqlalchemy(connection) as driver,
        driver.cursor() as cursor,
        cursor.copy(SQL("COPY {} FROM STDIN").format(SQL(target))) as copy,
    ):
        for row in values:
            copy.write_row(row)


def insert_and_find(
    session: Session, table: type[Base], rows: Sequence[Row], *, known_by: str
) -> list[int]:
    """Insert rows of a project, all with the same columns, and return their ids in that order.

    Of rows that have the same in the column ``known_by``, these are the newest. Reading the ids
    back is faster than ``RETURNING``, which the ORM asks for row by row.
    """
    if not rows:
        return []
    insert_rows(session, table, [*rows[0]], [[*row.values()] for row in rows], same={})
    columns = table.__table__.c
    names = [row[known_by] for row in rows]
    ids: dict[object, int] = {}
    for start in range(0, len(names), SOUGHT_AT_A_TIME):
        found = (
            select(columns[known_by], columns.id)
            .where(
                columns.project_id == rows[0]["project_id"],
                columns[known_by].in_(names[start : start + SOUGHT_AT_A_TIME]),
            )
            .order_by(columns.id)
        )
        ids.update((name, id_) for name, id_ in read_columns(session, found, {}))
    return [ids[name] for name in names]
