"""Where the rows of a release lie: ``data/CONFIG/PART.jsonl``, and beside it the same as Parquet.

The parts of a config are the splits its rows are in. Rows that are in none of them (of registers,
or of a release without a fixed test set) are one part, ``full``. A part without rows has no file,
since `datasets` refuses such files; but a config without any rows has an empty ``full``, which
tells its columns.
"""

from collections.abc import Collection

from workbench.canonical import JsonObject
from workbench.datasets.splits import Split

DATA = "data"
# Not "train": it may hold rows that are for testing. "all" is taken by the library `datasets`.
FULL = "full"
PARTS = (Split.TRAIN.value, Split.VALIDATION.value, Split.TEST.value, FULL)
LINES, PARQUET = "jsonl", "parquet"


def part_of(row: JsonObject) -> str:
    """Return the part of its config in which a row lies."""
    split = row.get("split", Split.ALL.value)
    return FULL if split == Split.ALL else str(split)


def data_path(config: str, part: str, ending: str) -> str:
    """Return the path in a release of a part of a config."""
    return f"{DATA}/{config}/{part}.{ending}"


def find_parts(paths: Collection[str], config: str, ending: str) -> tuple[str, ...]:
    """Return those parts of a config that are among the paths of a release, in fixed order."""
    return tuple(part for part in PARTS if data_path(config, part, ending) in paths)
