"""Write Parquet files from JSON Lines: the very rows, with types that are told, never guessed.

pyarrow is imported only where a file is written or read: it is large, and the server rarely needs
it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

# The bounds of a row group; together with the rows they decide the bytes.
ROWS_PER_GROUP = 10_000
BYTES_PER_GROUP = 16_000_000


def write_parquet(source: Path, target: Path, schema: "pyarrow.Schema") -> int:
    """Write the rows of a JSON Lines file as Parquet, and return how many there are.

    Equal rows give equal bytes. Few row groups at a time are in memory. A row that does not fit
    ``schema`` raises pyarrow's ``ArrowInvalid``.
    """
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    count = 0
    with (
        source.open("rb") as file,
        ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer,
    ):
        for block in _blocks(file):
            table = read_rows(block, schema)
            writer.write_table(table, row_group_size=table.num_rows)
            count += table.num_rows
    return count


def read_rows(lines: bytes, schema: "pyarrow.Schema") -> "pyarrow.Table":
    """Return some JSON lines as a table of these types; what the schema lacks is left out."""
    import pyarrow  # noqa: PLC0415
    from pyarrow.json import ParseOptions, ReadOptions, read_json  # noqa: PLC0415

    return read_json(
        pyarrow.BufferReader(lines),
        read_options=ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    ).combine_chunks()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for line in file:
        lines.append(line)
        size += len(line)
        if len(lines) >= ROWS_PER_GROUP or size >= BYTES_PER_GROUP:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)
