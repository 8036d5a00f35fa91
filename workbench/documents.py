"""Check JSON documents against the schemas that travel with the program."""

import hashlib
import json
from functools import cache

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

from workbench.canonical import Json, JsonObject
from workbench.resources import resource_folder

REMEMBERED = 64

_right: set[tuple[str, str]] = set()


@cache
def validator(schema: str) -> Draft202012Validator:
    """Return what checks documents against ``schemas/SCHEMA.schema.json``, formats included."""
    return Draft202012Validator(
        _load(f"{schema}.schema.json"),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=Registry(retrieve=_retrieve),  # type: ignore[call-arg]  # attrs names it so
    )


def _load(name: str) -> JsonObject:
    document: JsonObject = json.loads((resource_folder("schemas") / name).read_text("utf-8"))
    return document


def _retrieve(name: str) -> Resource[JsonObject]:
    """Return a schema that another one names; none comes from elsewhere."""
    return Resource.from_contents(_load(name))


def find_flaw(schema: str, document: Json) -> ValidationError | None:
    """Return what is wrong with the document above all, if anything is.

    What was found right is remembered: a label scheme, which takes 7 ms, is read again and again.
    """
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    if (schema, digest) in _right:
        return None
    flaw: ValidationError | None = best_match(validator(schema).iter_errors(document))
    if flaw is None:
        if len(_right) >= REMEMBERED:
            _right.clear()
        _right.add((schema, digest))
    return flaw
