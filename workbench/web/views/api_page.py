"""The API for people: a page made from its OpenAPI document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from workbench.canonical import Json, JsonObject
from workbench.web.access import everybody

DEPTH = 2  # of what is inside of what is sent or answered; the document has the rest

blueprint = Blueprint("manual", __name__, url_prefix="/api")


@dataclass(frozen=True)
class NamedField:
    """Something that is sent or answered: its name, its type, and what it is."""

    name: str
    kind: str
    is_needed: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """What a program can ask."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    asked: tuple[NamedField, ...]
    sent: tuple[NamedField, ...]
    answered: tuple[NamedField, ...]
    statuses: tuple[str, ...]


@blueprint.get("/")
@everybody
def show_page() -> ResponseReturnValue:
    """Show everything that programs can ask, and what they get."""
    read: Callable[[], JsonObject] = current_app.extensions["WORKBENCH_API_DOCUMENT"]
    document = read()
    return render_template(
        "api/page.html",
        about=str(_object(document["info"])["description"]).replace("`", ""),
        parts=[
            (
                str(tag["description"]),
                [one for part, one in _operations(document) if part == tag["name"]],
            )
            for tag in map(_object, _list(document["tags"]))
        ],
    )


def _operations(document: JsonObject) -> Iterator[tuple[str, Operation]]:
    for path, methods in _object(document["paths"]).items():
        for method, told in _object(methods).items():
            if method == "parameters":
                continue
            one = _object(told)
            answers = _object(one["responses"])
            usual = next(status for status in answers if status.startswith("2"))
            yield (
                str(_list(one["tags"])[0]),
                Operation(
                    id=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
                    method=method.upper(),
                    path=path,
                    summary=str(one.get("summary", "")),
                    about=str(one.get("description", "")).replace("`", ""),
                    asked=tuple(map(_parameter, _list(one.get("parameters", [])))),
                    sent=tuple(_fields(document, one.get("requestBody"))),
                    answered=tuple(_fields(document, answers[usual])),
                    statuses=tuple(sorted(answers)),
                ),
            )


def _parameter(given: Json) -> NamedField:
    told = _object(given)
    return NamedField(
        name=str(told["name"]),
        kind=_kind(_object(told["schema"])),
        is_needed=bool(told.get("required")),
        about=str(told.get("description", "")).replace("`", ""),
    )


def _fields(document: JsonObject, given: Json) -> Iterator[NamedField]:
    """Yield the fields of a body, and those of what is inside of it."""
    contents = _object(_object(given or {}).get("content", {}))
    schema = _object(_object(contents.get("application/json", {})).get("schema", {}))
    yield from _named(document, _object(schema.get("items", schema)), "", DEPTH)


def _named(
    document: JsonObject, schema: JsonObject, before: str, depth: int
) -> Iterator[NamedField]:
    found = _resolve(document, schema)
    needed = _list(found.get("required", []))
    for name, told in _object(found.get("properties", {})).items():
        described = _object(told)
        yield NamedField(
            name=f"{before}{name}",
            kind=_kind(described),
            is_needed=name in needed,
            about=str(described.get("description", "")).replace("`", ""),
        )
        inner = _object(described.get("items", described))
        if depth and "$ref" in inner:
            mark = "[]." if "items" in described else "."
            yield from _named(document, inner, f"{before}{name}{mark}", depth - 1)


def _resolve(document: JsonObject, schema: JsonObject) -> JsonObject:
    if not isinstance(reference := schema.get("$ref"), str):
        return schema
    found: Json = document
    for step in reference.removeprefix("#/").split("/"):
        found = _object(found)[step]
    return _object(found)


def _kind(schema: Mapping[str, Json]) -> str:
    """Say of what type a field is: a word, the values that there are, or what a list has."""
    if isinstance(values := schema.get("enum"), list):
        return " | ".join(str(value) for value in values)
    if isinstance(reference := schema.get("$ref"), str):
        return reference.rpartition("/")[2]
    if isinstance(choices := schema.get("anyOf", schema.get("oneOf")), list):
        return " | ".join(_kind(_object(choice)) for choice in choices)
    kind = schema.get("type", "")
    words = " | ".join(map(str, kind)) if isinstance(kind, list) else str(kind)
    if "array" in words and isinstance(items := schema.get("items"), dict):
        return f"{words} of {_kind(items)}"
    return words


def _object(value: Json) -> JsonObject:
    return cast(JsonObject, value)


def _list(value: Json) -> list[Json]:
    return cast(list[Json], value)
