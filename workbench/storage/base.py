"""What every table shares: the declarative base, its column types, and public ids."""

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from sqlalchemy import DateTime, ForeignKey, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from workbench.canonical import Json, JsonObject, canonical_json, frame_json, read_stored
from workbench.messages import Message

PUBLIC_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
TEMPLATE = '{"template":'
# For each byte one of 32 letters and digits, without those easily mistaken for others.
_LETTERS = b"0123456789abcdefghjkmnpqrstvwxyz" * 8


def make_public_id() -> str:
    """Make a random id of 16 letters and digits (80 bits) for a thing made on the server."""
    return make_public_ids(1)[0]


def make_public_ids(count: int) -> list[str]:
    """Make so many public ids at once."""
    letters = secrets.token_bytes(16 * count).translate(_LETTERS).decode()
    return [letters[at : at + 16] for at in range(0, 16 * count, 16)]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without zone, store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CanonicalJson(TypeDecorator[Json]):
    """A JSON value stored as canonical text, the same bytes on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:
        """Write canonical JSON; an absent value is the JSON null."""
        return canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        """Read the JSON back."""
        if value is None or value == "null":  # These two are most of what is stored.
            return None
        return {} if value == "{}" else read_stored(value)


class FrameJson(CanonicalJson):
    """A claim frame, which has no numbers but offsets: the same bytes in a fifth of the time."""

    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:
        """Write canonical JSON."""
        return frame_json(value)


class StoredMessage(TypeDecorator[Message]):
    """A sentence; one with values in it is stored as JSON, so that any language can say it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write the sentence, or its template and values."""
        if isinstance(value, Message) and value.values:
            values: JsonObject = {name: str(one) for name, one in value.values.items()}
            return canonical_json({"template": value.template, "values": values})
        return value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message | None:
        """Read the sentence back."""
        if value is None:
            return None
        if value.startswith(TEMPLATE):
            match read_stored(value):
                case {"template": str(template), "values": dict(values)}:
                    return Message(template, **values)
        return Message(value)


class Base(DeclarativeBase):
    """The base of all tables; every constraint has a predictable name."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime},
    )


RowId = Annotated[int, mapped_column(primary_key=True)]
ProjectId = Annotated[int, mapped_column(ForeignKey("project.id"))]
UserId = Annotated[int, mapped_column(ForeignKey("user.id"))]
MaybeUserId = Annotated[int | None, mapped_column(ForeignKey("user.id"))]
MaybeMessage = Annotated[Message | None, mapped_column(StoredMessage)]
if TYPE_CHECKING:
    JsonColumn = Annotated[Json, mapped_column(CanonicalJson)]
else:  # SQLAlchemy cannot read a recursive type.
    JsonColumn = Annotated[object, mapped_column(CanonicalJson, nullable=False)]
