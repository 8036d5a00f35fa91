"""Read the JSON that a page's script or a program sends: strictly, no more than expected."""

import json
from typing import NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from workbench.canonical import Json
from workbench.errors import InvalidInputError, WorkbenchError

MAX_BYTES = 256 * 1024


class NotJsonError(WorkbenchError):
    """A program sent something else than JSON, or did not say that it is."""

    code = "not_json"
    status = 415
    exit_code = 2


def read_nothing() -> None:
    """Refuse a body that is not ``{}``: the address says all that is to be done."""
    if read_json() != {}:
        raise InvalidInputError("Nothing is asked here: send {}.")


def read_json(most: int = MAX_BYTES) -> Json:
    """Return the request's body; ``InvalidInputError`` when it is not JSON, plain and simple.

    Doubled keys, NaN and nesting without end are refused; a larger body answers 413, one that does
    not say that it is JSON 415.
    """
    if not request.is_json:
        raise NotJsonError("Send JSON, and say so: its content type is application/json.")
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    data = request.stream.read(most + 1)  # A chunked body does not say its length.
    if len(data) > most:
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
