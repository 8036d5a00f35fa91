"""Tell which schema a database has and which one this program needs, without loading Alembic.

Every start of the server asks, and Alembic would take longer than all the rest of the start.
"""

import re
from enum import StrEnum
from functools import cache

from sqlalchemy import Connection, inspect, text

from workbench.resources import resource_folder

_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_PARENT = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


class SchemaState(StrEnum):
    """How a database's schema compares with the one the program was written for."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def schema_state(connection: Connection) -> SchemaState:
    """Compare the database's schema with the migrations of this program."""
    found = schema_revision(connection)
    if found is None:
        return SchemaState.EMPTY
    if found == newest_revision():
        return SchemaState.CURRENT
    return SchemaState.OLDER if found in known_revisions() else SchemaState.NEWER


def schema_revision(connection: Connection) -> str | None:
    """Return the migration step the database is at; ``None`` before the first one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def newest_revision() -> str:
    """Return the migration step that no other one follows."""
    revisions = known_revisions()
    (newest,) = set(revisions) - set(revisions.values())
    return newest


@cache
def known_revisions() -> dict[str, str | None]:
    """Return every migration step of this program with the one before it."""
    revisions: dict[str, str | None] = {}
    for path in sorted(resource_folder("migrations").glob("versions/*.py")):
        source = path.read_text()
        revision, parent = _REVISION.search(source), _PARENT.search(source)
        if revision:
            revisions[revision[1]] = parent[1] if parent else None
    return revisions
