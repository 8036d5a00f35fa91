"""Compare a column with the rows' ids of one parameter, however many there are.

A parameter for each id takes SQLAlchemy, the driver and the database longer to read than the rows.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, SQLColumnExpression, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _Ids(TypeDecorator[Sequence[int]]):
    """Rows' ids: PostgreSQL's array, for SQLite the text of a JSON array."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that a database has for them."""
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(Integer()) if is_postgresql else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> object:
        """Write them as that type has them."""
        ids = list(value or ())
        return ids if dialect.name == "postgresql" else json.dumps(ids)


class _Among(FunctionElement[bool]):
    """A column and the ids that it is one of."""

    inherit_cache = True
    # SQLite's truth is a number: it would be compared with 1, past any index.
    type: Any = NullType()


def among(column: SQLColumnExpression[int] | SQLColumnExpression[int | None]) -> _Among:
    """Select the rows whose column is one of the statement's parameter ``ids``."""
    return _Among(column, bindparam("ids", type_=_Ids()))


@compiles(_Among, "postgresql")
def _compile_for_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_Among)
def _compile(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  # compiled, not typed
