"""The JSON Schemas of files as parts of the OpenAPI document."""

import json
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.resources import resource_folder

PARTS = {
    "Answer": "answer.v1",
    "AgreedAnswer": "answer.v1",
    "SentenceRecord": "sentence-record.v1",
    "AgreementReport": "agreement-report.v1",
}
_IDS: JsonObject = {"type": "array", "maxItems": 1000, "items": {"$ref": "#/$defs/browserId"}}
ADJUDICATION: JsonObject = {
    "description": "What the decision rests on: the readers' newest revisions.",
    "type": "object",
    "required": ["compared"],
    "additionalProperties": False,
    "properties": {
        "compared": _IDS,
        "reason": {"type": ["string", "null"], "description": "Why the readers differed."},
        "note": {"type": ["string", "null"], "maxLength": 2000},
        "sources": {
            "type": "object",
            "description": "By claim, the ids of the readers' claims that it was made from.",
            "additionalProperties": _IDS,
        },
    },
}


def part(name: str) -> JsonObject:
    """Refer to a part of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def read_part(name: str) -> JsonObject:
    """Return a schema as it stands inside the document: what it refers to lies in itself."""
    path = resource_folder("schemas") / f"{PARTS[name]}.schema.json"
    whole = cast(JsonObject, json.loads(path.read_text("utf-8")))
    rest = {key: value for key, value in whole.items() if key not in {"$schema", "$id"}}
    if name == "AgreedAnswer":
        properties, required = (
            cast(JsonObject, rest["properties"]),
            cast("list[Json]", rest["required"]),
        )
        properties["adjudication"], rest["required"] = ADJUDICATION, [*required, "adjudication"]
    return cast(JsonObject, _move(rest, name))


def _move(value: Json, name: str) -> Json:
    if isinstance(value, list):
        return [_move(one, name) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: one.replace("#/$defs/", f"#/components/schemas/{name}/$defs/")
        if key == "$ref" and isinstance(one, str)
        else _move(one, name)
        for key, one in value.items()
    }
