"""The columns of each config of a release and their types: from its JSON Schema, never guessed.

pyarrow is imported only where columns are asked for: it is large, and the server rarely needs it.
"""

from typing import TYPE_CHECKING, cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.checking import follow, load_schema
from workbench.datasets.features import LEVELS, AttributeNames

if TYPE_CHECKING:
    import pyarrow

# What data/ has, in the order of the data card.
CONFIGS = (
    "sentences",
    "claims",
    "attributions",
    "speakers",
    "stances",
    "targets",
    "statements",
    "verdicts",
    "evidence",
    "suggestions",
    "annotations",
    "soft_labels",
    "coverage",
)
# What schemas/ of a release has beside those of its rows.
OTHER_SCHEMAS = (
    "agreement-report.v1.schema.json",
    "changes.v1.schema.json",
    "claimreview.v1.schema.json",
    "dataset-splits.v1.schema.json",
    "errata.v1.schema.json",
    "label-scheme.v1.schema.json",
    "losses.v1.schema.json",
    "snapshot-line.v1.schema.json",
    "verdict-scale.v1.schema.json",
)
# Of what the attributes at the top of a row are.
_LEVELS = {"claims": "claim", "attributions": "link", "stances": "stance"}


def schema_name(config: str) -> str:
    """Return the name of the file in schemas/ that describes a row of the config."""
    return f"dataset-{config}.v1.schema.json"


def column_names(config: str) -> tuple[str, ...]:
    """Return the keys that each row of the config has, in the order of the Parquet file."""
    return tuple(cast(JsonObject, load_schema(schema_name(config))["properties"]))


def arrow_schema(config: str, names: AttributeNames) -> "pyarrow.Schema":
    """Return the types of the config's columns; ``names`` are the attributes of each level.

    A struct without fields, which Parquet lacks, is left out.
    """
    # See the top of the module.
    import pyarrow  # noqa: PLC0415

    level = _LEVELS.get(config, "annotation")
    found = _arrow(load_schema(schema_name(config)), schema_name(config), level, names)
    return pyarrow.schema(list(found or ()))


def _arrow(
    schema: JsonObject, base: str, level: str, names: AttributeNames
) -> "pyarrow.DataType | None":
    import pyarrow  # noqa: PLC0415

    match schema:
        case {"$ref": str(reference)}:
            last = reference.rpartition("/")[2]
            if last == "attributes":
                fields = [(one, pyarrow.string()) for one in names[level]]
                return pyarrow.struct(fields) if fields else None
            return _arrow(*follow(reference, base), last if last in LEVELS else level, names)
        case {"oneOf": [{"type": "null"}, dict(other)]}:
            return _arrow(other, base, level, names)
        case {"properties": dict(properties)}:
            columns = {
                name: _arrow(cast(JsonObject, field), base, level, names)
                for name, field in properties.items()
            }
            return pyarrow.struct([(name, kind) for name, kind in columns.items() if kind])
        case {"items": dict(items)}:
            kind = _arrow(items, base, level, names)
            return pyarrow.list_(kind) if kind else None
    return _scalar(schema.get("type"))


def _scalar(kinds: Json) -> "pyarrow.DataType":
    import pyarrow  # noqa: PLC0415

    names = kinds if isinstance(kinds, list) else [kinds]
    if "integer" in names:
        return pyarrow.int64()
    if "number" in names:
        return pyarrow.float64()
    return pyarrow.bool_() if "boolean" in names else pyarrow.string()
