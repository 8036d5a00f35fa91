"""Fields of requests that Python and JSON Schema read alike, and the schemas that all share."""

import re
from collections.abc import Mapping
from typing import cast

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, Range

from workbench.canonical import Json, JsonObject
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError

MOST = 200  # things on one page
MAX_NUMBER = 2**31 - 1  # PostgreSQL's integer
MAX_ID = 64
_DIGITS = re.compile(r"[0-9]{1,9}")


class InvalidFieldsError(InvalidInputError):
    """A request has an unknown field, lacks one, or has one that is not as it must be."""

    code = "invalid_fields"


class Text(fields.String):
    """A text that every database can store."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            refuse_unstorable(text, attr or "text")
        except InvalidInputError as error:
            raise ValidationError(str(error)) from error
        return text


class Identifier(Text):
    """A public id."""

    def __init__(self, description: str, *, required: bool = True) -> None:
        super().__init__(
            required=required,
            validate=Length(1, MAX_ID),
            metadata={"description": description},
        )


class Count(fields.Integer):
    """A whole number in a body: 5, not "5"."""

    def __init__(self, description: str, *, least: int = 0, most: int = MAX_NUMBER) -> None:
        super().__init__(
            required=True,
            strict=True,
            validate=Range(least, most),
            metadata={"description": description},
        )


class Flag(fields.Boolean):
    """Yes or no: true or false, not 1, "yes" or null."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not a valid boolean.")
        return value


class QueryNumber(fields.Integer):
    """A whole number in an address, in plain digits."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise ValidationError("Not a whole number.")
        return int(value)


class PageQuery(Schema):
    """Which page of a list is asked for."""

    cursor = Text(
        load_default=None,
        validate=Length(1, MAX_ID),
        metadata={"description": "Where the page begins: from `next` of the one before."},
    )
    limit = QueryNumber(
        load_default=50,
        validate=Range(1, MOST),
        metadata={"description": "How many things there are on a page at most."},
    )


def read_query(schema: Schema) -> dict[str, object]:
    """Return what stands after the question mark, each name once and known."""
    asked: JsonObject = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise refusal(ValidationError({name: ["Given more than once."]}))
        asked[name] = values[0]
    return read_fields(schema, asked)


def read_fields(schema: Schema, given: Json) -> dict[str, object]:
    """Return what was given as the schema has it; an unknown field is refused by its name."""
    if not isinstance(given, dict):
        raise refusal(ValidationError({"body": ["Send an object."]}))
    try:
        found: dict[str, object] = schema.load(given, unknown=RAISE)
    except ValidationError as error:
        raise refusal(error) from error
    return found


def refusal(error: ValidationError) -> InvalidFieldsError:
    """Return the error that names each field that is wrong, the first one in its sentence."""
    found = dict(_flatten(error.messages))
    name, problem = next(iter(found.items()))
    refused = InvalidFieldsError("%(name)s: %(problem)s", name=name[:80], problem=problem)
    refused.extra = {"fields": cast(JsonObject, found)}
    return refused


def _flatten(messages: object, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [
            one
            for name, inner in messages.items()
            for one in _flatten(inner, path if name == "_schema" else f"{path}.{name}".strip("."))
        ]
    problems = messages if isinstance(messages, list) else [messages]
    return [(path, " ".join(map(str, problems)))]
