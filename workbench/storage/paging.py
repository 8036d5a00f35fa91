"""Pages of a list that stay where they are while others add to it: each begins after a thing."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workbench.errors import InvalidInputError
from workbench.storage.base import Base

Row = TypeVar("Row", bound=Base)


def page_after(
    session: Session,
    table: type[Row],
    *where: ColumnElement[bool],
    project_id: int,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row], str | None]:
    """Return the project's rows after the one with the public id ``cursor``, as they were made.

    Beside them is the cursor of the next page, if there is one. The table has ``id``,
    ``public_id`` and ``project_id``. ``InvalidInputError`` for a cursor that is none of it.
    """
    columns = table.__table__.c
    wanted = select(table).where(columns.project_id == project_id, *where).order_by(columns.id)
    if cursor is not None:
        of_cursor = select(columns.id).where(
            columns.project_id == project_id, columns.public_id == cursor
        )
        after = session.scalar(of_cursor)
        if after is None:
            raise InvalidInputError("The cursor is none of this list: take it from “next”.")
        wanted = wanted.where(columns.id > after)
    rows = session.scalars(wanted.limit(limit + 1)).all()
    page = rows[:limit]
    return page, str(vars(page[-1])["public_id"]) if len(rows) > limit else None
