"""Check values against our own JSON Schemas, fast enough for every row of a release.

It knows what schemas/ uses for rows: types, words, patterns, ranges, lists, objects whose keys are
all there, references to other schemas and "null or". What is more it refuses.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import cast

from workbench.canonical import Json, JsonObject, read_line
from workbench.resources import resource_folder

Checker = Callable[[Json], str | None]


@cache
def load_schema(name: str) -> JsonObject:
    """Return a schema of schemas/ by the name of its file."""
    return cast(JsonObject, json.loads((resource_folder("schemas") / name).read_text("utf-8")))


def follow(reference: str, base: str) -> tuple[JsonObject, str]:
    """Return what a reference in the schema ``base`` means, and the schema in which that stands."""
    name, _, pointer = reference.partition("#")
    found: Json = load_schema(name or base)
    for step in filter(None, pointer.split("/")):
        found = cast(JsonObject, found)[step]
    return cast(JsonObject, found), name or base


@cache
def schema_checker(name: str) -> Checker:
    """Return what says of a value where and how it breaks a schema of schemas/, or None."""
    return _checker(load_schema(name), name)


def parse_object(line: bytes) -> JsonObject | None:
    """Return the JSON object in a line, None if there is none."""
    try:
        value = read_line(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def line_problem(line: JsonObject | None) -> str | None:
    """Say how a line of a snapshot breaks the schema of its type, or None."""
    if line is None:
        return " is no JSON object"
    try:
        check = reference_checker(f"#/$defs/{line.get('type')}Line", "snapshot-line.v1.schema.json")
    except KeyError:
        return " has no type that is known"
    return check(line)


@cache
def reference_checker(reference: str, base: str) -> Checker:
    """Return the same for what a reference in the schema ``base`` means, else ``KeyError``."""
    return _checker(*follow(reference, base))


def _checker(schema: JsonObject, base: str) -> Checker:
    match schema:
        case {"$ref": str(reference)}:
            return reference_checker(reference, base)
        case {"oneOf": [{"type": "null"}, dict(other)]}:
            inner = _checker(other, base)
            return lambda value: None if value is None else inner(value)
        case {"properties": dict(properties)}:
            return _object_checker(
                {key: _checker(cast(JsonObject, one), base) for key, one in properties.items()}
            )
        case {"additionalProperties": dict(other)}:
            names = cast(JsonObject, schema.get("propertyNames", {}))
            return _mapping_checker(_checker(names, base), _checker(other, base))
        case {"items": dict(items)}:
            return _list_checker(_checker(items, base), cast(int, schema.get("minItems", 0)))
    return _scalar_checker(schema)


def _object_checker(fields: Mapping[str, Checker]) -> Checker:
    keys = fields.keys()
    pairs = tuple(fields.items())

    def check(value: Json) -> str | None:
        if type(value) is not dict:
            return " is no object"
        if value.keys() != keys:
            odd = sorted(value.keys() ^ keys)[0]
            return f" has no {odd}" if odd in keys else f" has {odd}, which it should not"
        for key, inner in pairs:
            problem = inner(value[key])
            if problem:
                return f".{key}{problem}"
        return None

    return check


def _mapping_checker(name: Checker, inner: Checker) -> Checker:
    def check(value: Json) -> str | None:
        if type(value) is not dict:
            return " is no object"
        for key, one in value.items():
            if problem := name(key):
                return f" has a name that{problem}"
            problem = inner(one)
            if problem:
                return f".{key}{problem}"
        return None

    return check


def _list_checker(inner: Checker, fewest: int) -> Checker:
    def check(value: Json) -> str | None:
        if type(value) is not list:
            return " is no list"
        if len(value) < fewest:
            return " is too short"
        for place, one in enumerate(value):
            problem = inner(one)
            if problem:
                return f"[{place}]{problem}"
        return None

    return check


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def _scalar_checker(schema: JsonObject) -> Checker:
    words = [schema["const"]] if "const" in schema else cast("list[Json]", schema.get("enum", []))
    if words:
        allowed = frozenset(cast("list[str | int | None]", words))
        return lambda value: (
            None if type(value) in _WORDS and value in allowed else f" is {_show(value)}"
        )
    kinds = schema.get("type", list(_TYPES))
    names = cast("list[str]", kinds if isinstance(kinds, list) else [kinds])
    types = frozenset(one for name in names for one in _TYPES[name])
    pattern = re.compile(cast(str, schema["pattern"])).search if "pattern" in schema else None
    least, most = schema.get("minimum"), schema.get("maximum")

    def check(value: Json) -> str | None:
        kind = type(value)
        if kind not in types:
            return f" is {_show(value)}"
        if kind is str:
            return None if pattern is None or pattern(cast(str, value)) else f" is {_show(value)}"
        if kind is int or kind is float:
            number = cast(float, value)
            if least is not None and number < cast(float, least):
                return f" is {number}, less than {least}"
            if most is not None and number > cast(float, most):
                return f" is {number}, more than {most}"
        return None

    return check


_WORDS = frozenset((str, int, type(None)))


def _show(value: Json) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"  # noqa: PLR2004 - what fits a sentence
