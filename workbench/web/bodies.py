"""Read the JSON that a page's script sends: strictly, and no more of it than expected."""

import json
from typing import NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from workbench.canonical import Json
from workbench.errors import InvalidInputError

MAX_BYTES = 256 * 1024


def read_json() -> Json:
    """Return the request's body; ``InvalidInputError`` when it is not JSON, plain and simple.

    Doubled keys, NaN and nesting without end are refused; a larger body answers 413.
    """
    if (request.content_length or 0) > MAX_BYTES:
        raise RequestEntityTooLarge
    data = request.stream.read(MAX_BYTES + 1)  # A chunked body does not say its length.
    if len(data) > MAX_BYTES:
        raise RequestEntityTooLarge
    try:
        body: Json = json.loads(
            data,
            object_pairs_hook=_refuse_doubled_keys,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("What was sent is not JSON.") from error
    return body


def _refuse_doubled_keys(pairs: list[tuple[str, Json]]) -> Json:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise InvalidInputError("What was sent has a key twice.")
    return fields


def _refuse_constant(_constant: str) -> NoReturn:
    raise ValueError("no JSON")
