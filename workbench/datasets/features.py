"""The types of a project's sentence records, for programs that would guess them from a file.

A file may begin with thousands of sentences without a claim, which do not tell what a claim is. The
types follow from ``schemas/sentence-record.v1.schema.json`` and the project's label schemes.
"""

import json
from collections.abc import Mapping
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.canonical import JsonObject
from workbench.labelling.parsing import attribute_fields
from workbench.labelling.remembered import stored_scheme
from workbench.projects.tables import SchemeRevision
from workbench.resources import resource_folder

LEVELS = ("annotation", "claim", "link", "stance")
AttributeNames = Mapping[str, tuple[str, ...]]


def attribute_names(session: Session, *, project_id: int) -> AttributeNames:
    """Return the attributes of each level under any revision of the project's label scheme."""
    numbers = session.scalars(
        select(SchemeRevision.number)
        .where(SchemeRevision.project_id == project_id)
        .order_by(SchemeRevision.number)
    ).all()
    schemes = [
        stored_scheme(session, project_id=project_id, number=number).scheme for number in numbers
    ]
    return {
        level: tuple(
            sorted({name for scheme in schemes for name in attribute_fields(scheme, level)})
        )
        for level in LEVELS
    }


def record_features(names: AttributeNames) -> JsonObject:
    """Return the types of a record as ``datasets.Features.from_dict`` takes them."""
    path = resource_folder("schemas") / "sentence-record.v1.schema.json"
    schema: JsonObject = json.loads(path.read_text("utf-8"))
    return _Reader(cast(JsonObject, schema["$defs"]), names).read(schema, "annotation")


class _Reader:
    """Reads types out of the schema, in which ``attributes`` stands for a level's names."""

    def __init__(self, definitions: JsonObject, names: AttributeNames) -> None:
        self._definitions, self._names = definitions, names

    def read(self, schema: JsonObject, level: str) -> JsonObject:
        """Return the type of what a part of the schema describes, on a level of the answer."""
        match schema:
            case {"$ref": "#/$defs/attributes"}:
                return {name: _value("string") for name in self._names[level]}
            case {"$ref": str(reference)}:
                name = reference.removeprefix("#/$defs/")
                definition = cast(JsonObject, self._definitions[name])
                return self.read(definition, name if name in LEVELS else level)
            case {"oneOf": [{"type": "null"}, dict(other)]}:
                return self.read(other, level)
            case {"properties": dict(fields)}:
                return {
                    name: self.read(cast(JsonObject, field), level)
                    for name, field in fields.items()
                }
            case {"items": dict(items)}:
                return {"feature": self.read(items, level), "_type": "List"}
        kinds = schema.get("type")
        is_number = kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds)
        return _value("int64" if is_number else "string")


def _value(kind: str) -> JsonObject:
    return {"dtype": kind, "_type": "Value"}
