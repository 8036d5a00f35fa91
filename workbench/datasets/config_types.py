"""What the data files of a release are: configs, their files, rows and the types of columns.

Read from the Parquet files themselves, so that the card and croissant.json say what is there.
pyarrow is imported only where files are read: it is large, and the server rarely needs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.canonical import Json, JsonObject
from workbench.datasets.columns import CONFIGS
from workbench.datasets.splits import Split

if TYPE_CHECKING:
    import pyarrow

# What the one file of a config is called by who loads it, where splits have none of their own.
# Not "train": it may hold rows that are for testing. "all" is taken by the library `datasets`.
FULL = "full"


@dataclass(frozen=True)
class SplitFile:
    """A Parquet file of a config, by its path in the release."""

    split: str
    path: str


@dataclass(frozen=True)
class Config:
    """A kind of rows: its files, how many rows they have, and the types of their columns."""

    name: str
    files: tuple[SplitFile, ...]
    rows: int
    schema: "pyarrow.Schema"

    @property
    def lines(self) -> str:
        """The path of the same rows as JSON Lines."""
        return f"data/{self.name}.jsonl"


def read_configs(folder: Path) -> list[Config]:
    """Return the configs whose Parquet files lie under ``data/``, in the order of the card.

    A config has one file ``CONFIG.parquet``, or ``CONFIG/SPLIT.parquet`` for each split.
    """
    # See the top of the module.
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    configs = []
    for name in CONFIGS:
        splits = [SplitFile(one.value, f"data/{name}/{one.value}.parquet") for one in Split]
        files = [SplitFile(FULL, f"data/{name}.parquet"), *splits]
        found = tuple(one for one in files if (folder / one.path).is_file())
        if not found:
            continue
        rows, schema = 0, None
        for one in found:
            with ParquetFile(folder / one.path) as file:
                rows += file.metadata.num_rows
                schema = file.schema_arrow
        configs.append(Config(name, found, rows, schema))
    return configs


def hugging_face_features(schema: "pyarrow.Schema") -> list[Json]:
    """Return the types of the columns as the head of a Hugging Face data card has them."""
    return [{"name": one.name, **_feature(one.type)} for one in schema]


def _feature(kind: "pyarrow.DataType") -> JsonObject:
    import pyarrow  # noqa: PLC0415

    if pyarrow.types.is_struct(kind):
        return {"struct": _fields(kind)}
    if not pyarrow.types.is_list(kind):
        return {"dtype": _name(kind)}
    inner = kind.value_type
    if pyarrow.types.is_struct(inner):
        return {"list": _fields(inner)}
    return {"list": _feature(inner) if pyarrow.types.is_list(inner) else _name(inner)}


def _fields(kind: "pyarrow.StructType") -> list[Json]:
    fields: Sequence[pyarrow.Field] = [kind.field(place) for place in range(kind.num_fields)]
    return [{"name": one.name, **_feature(one.type)} for one in fields]


def _name(kind: "pyarrow.DataType") -> str:
    return {"double": "float64", "float": "float32"}.get(str(kind), str(kind))
