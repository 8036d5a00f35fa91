"""Write sentence records as files: JSON Lines, the exact format, and CSV for spreadsheets.

pandas is imported only where a CSV file is written: it is large, and the server rarely needs it.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from workbench.canonical import Json, JsonObject, canonical_json

ROWS_AT_A_TIME = 2000

# Cells that begin so are run as formulas by one spreadsheet program or another.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

COLUMNS: dict[str, tuple[str, ...]] = {
    "format": (),
    "project": (),
    "article": (
        "id",
        "slug",
        "title",
        "outlet",
        "author",
        "published",
        "url",
        "language",
        "rights",
    ),
    "edition": ("number", "sha256"),
    "sentence": ("id", "position", "start", "end", "text", "zone"),
    "kind": (),
    "annotator": (),
    "settled": (),
    "decision": (),
    "revision": ("id", "number", "made_at", "cause", "scheme", "guideline", "registers"),
    "attributes": (),
    "claims": (),
    "stances": (),
}


def write_jsonl(records: Iterable[JsonObject]) -> Iterator[bytes]:
    """Yield a JSON Lines file piece by piece, UTF-8, one canonical object a line."""
    for record in records:
        yield f"{canonical_json(record)}\n".encode()


def write_csv(records: Iterable[JsonObject]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece, UTF-8, one row a record.

    Attributes, claims and stances are JSON in a cell. No cell is run as a formula: see ``defuse``.
    """
    # See the top of the module.
    from pandas import DataFrame  # noqa: PLC0415

    names = [_column(group, name) for group, parts in COLUMNS.items() for name in parts or ("",)]
    rows = (_row(record) for record in records)
    is_first = True
    while batch := list(islice(rows, ROWS_AT_A_TIME)):
        frame = DataFrame(batch, columns=names, dtype=object)
        yield frame.to_csv(index=False, header=is_first, lineterminator="\n").encode()
        is_first = False
    if is_first:
        yield DataFrame(columns=names).to_csv(index=False, lineterminator="\n").encode()


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str | int]]) -> Iterator[str]:
    """Yield a small CSV file line by line; no cell is run as a formula: see ``defuse``."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        cells = (row[column] for column in columns)
        writer.writerow(defuse(cell) if isinstance(cell, str) else cell for cell in cells)
    yield line.getvalue()


def defuse(text: str) -> str:
    """Put ``'`` before what a spreadsheet would run, and before what begins with ``'`` already."""
    return f"'{text}" if text.startswith(("'", *FORMULA_STARTS)) else text


def undefuse(text: str) -> str:
    """Return what ``defuse`` was given."""
    return text.removeprefix("'")


def _column(group: str, name: str) -> str:
    return f"{group}_{name}" if name else group


def _row(record: JsonObject) -> list[str | int | float | None]:
    cells: list[Json] = []
    for group, names in COLUMNS.items():
        value = record[group]
        if not names:
            cells.append(value)
        elif isinstance(value, dict):
            cells.extend(value[name] for name in names)
        else:
            cells.extend(None for _ in names)
    return [_cell(cell) for cell in cells]


def _cell(value: Json) -> str | int | float | None:
    if isinstance(value, dict | list):
        return canonical_json(value)
    return defuse(value) if isinstance(value, str) else value
