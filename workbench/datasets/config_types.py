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
from workbench.datasets.layout import DATA, PARQUET, PARTS, data_path

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class SplitFile:
    """A Parquet file of a config, by its path in the release, and how many rows it has.

    ``split`` is what who loads it calls it: one of the splits, or ``full`` where there are none;
    ``size`` is that of its rows in bytes, before they are compressed.
    """

    split: str
    path: str
    rows: int
    size: int


@dataclass(frozen=True)
class Config:
    """A kind of rows: its files, and the types of their columns."""

    name: str
    files: tuple[SplitFile, ...]
    schema: "pyarrow.Schema"

    @property
    def rows(self) -> int:
        """How many rows its files have together."""
        return sum(one.rows for one in self.files)

    @property
    def folder(self) -> str:
        """The path in the release of the folder of its files."""
        return f"{DATA}/{self.name}"


def read_configs(folder: Path) -> list[Config]:
    """Return the configs whose Parquet files lie under ``data/``, in the order of the card."""
    # See the top of the module.
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    configs = []
    for name in CONFIGS:
        files, schema = [], None
        for part in PARTS:
            path = data_path(name, part, PARQUET)
            if (folder / path).is_file():
                with ParquetFile(folder / path) as file:
                    about = file.metadata
                    groups = map(about.row_group, range(about.num_row_groups))
                    size = sum(group.total_byte_size for group in groups)
                    files.append(SplitFile(part, path, about.num_rows, size))
                    schema = file.schema_arrow
        if schema is not None:
            configs.append(Config(name, tuple(files), schema))
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
