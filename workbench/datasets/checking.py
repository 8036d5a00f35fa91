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
            return _object_checker(cast("dict[str, JsonObject]", properties), base)
        case {"additionalProperties": dict(other)}:
            names = cast(JsonObject, schema.get("propertyNames", {}))
            return _mapping_checker(_checker(names, base), _checker(other, base))
        case {"items": dict(items)}:
            return _list_checker(_checker(items, base), cast(int, schema.get("minItems", 0)))
    return _scalar_checker(schema)


def _object_checker(properties: Mapping[str, JsonObject], base: str) -> Checker:
    keys = properties.keys()
    checkers = {key: _checker(one, base) for key, one in properties.items()}
    is_right = _fields_tester(properties, checkers, base)

    def check(value: Json) -> str | None:
        if type(value) is not dict:
            return " is no object"
        if value.keys() != keys:
            odd = sorted(value.keys() ^ keys)[0]
            return f" has no {odd}" if odd in keys else f" has {odd}, which it should not"
        if is_right(value):
            return None
        found = ((key, inner(value[key])) for key, inner in checkers.items())
        return next(f".{key}{problem}" for key, problem in found if problem)

    return check


def _fields_tester(
    properties: Mapping[str, JsonObject], checkers: Mapping[str, Checker], base: str
) -> Callable[[JsonObject], bool]:
    """Return what tells whether all fields are right: words and mere types without a call each."""
    schemas = {key: _followed(one, base) for key, one in properties.items()}
    of_words = [(key, words) for key, one in schemas.items() if (words := _words(one))]
    of_types = [
        (key, _types(one)) for key, one in schemas.items() if one.keys() <= {"type", "description"}
    ]
    told = {key for key, _ in (*of_words, *of_types)}
    others = [(key, inner) for key, inner in checkers.items() if key not in told]

    def is_right(value: JsonObject) -> bool:
        for key, types in of_types:
            if type(value[key]) not in types:
                return False
        for key, words in of_words:
            if type(one := value[key]) not in _WORDS or one not in words:
                return False
        for key, inner in others:  # noqa: SIM110  # A generator takes twice as long.
            if inner(value[key]):
                return False
        return True

    return is_right


def _followed(schema: JsonObject, base: str) -> JsonObject:
    """Return what the schema means if it is nothing but a reference."""
    while "$ref" in schema:
        schema, base = follow(cast(str, schema["$ref"]), base)
    return schema


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


def _words(schema: JsonObject) -> frozenset[Json]:
    """Return the only values that a schema allows; none if it allows all of some type."""
    words = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return frozenset(cast("list[Json]", words))


def _types(schema: JsonObject) -> frozenset[type]:
    kinds = schema.get("type", list(_TYPES))
    names = cast("list[str]", kinds if isinstance(kinds, list) else [kinds])
    return frozenset(one for name in names for one in _TYPES[name])


def _scalar_checker(schema: JsonObject) -> Checker:
    if allowed := _words(schema):
        return lambda value: (
            None if type(value) in _WORDS and value in allowed else f" is {_show(value)}"
        )
    types = _types(schema)
    pattern = re.compile(cast(str, schema["pattern"])).search if "pattern" in schema else None
    least = cast("float | None", schema.get("minimum"))
    most = cast("float | None", schema.get("maximum"))

    def check(value: Json) -> str | None:
        if type(value) not in types:
            return f" is {_show(value)}"
        if type(value) is str:
            return None if pattern is None or pattern(value) else f" is {_show(value)}"
        if type(value) is int or type(value) is float:
            if least is not None and value < least:
                return f" is {value}, less than {least}"
            if most is not None and value > most:
                return f" is {value}, more than {most}"
        return None

    return check


_WORDS = frozenset((str, int, type(None)))


def _show(value: Json) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"  # noqa: PLR2004 - what fits a sentence
