"""Print lists: as a table for people, as JSON Lines or CSV for programs."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import click

from workbench.canonical import Json, canonical_json
from workbench.cli.errors import printable
from workbench.datasets.writers import write_table

LISTED = 3  # of a list in a table
FORMATS = ("table", "jsonl", "csv")
Row = Mapping[str, Json]
_Command = TypeVar("_Command", bound=Callable[..., object])


def format_option(command: _Command) -> _Command:
    """Add ``--format`` to a command that lists; it receives ``format_``."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print the list.",
    )(command)


def print_rows(columns: Sequence[str], rows: Iterable[Row], *, format_: str) -> None:
    """Print rows, each with a value for every column."""
    lines = {"table": _as_table, "jsonl": _as_jsonl, "csv": _as_csv}[format_](columns, rows)
    for line in lines:
        click.echo(line)


def _as_jsonl(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield canonical_json({column: row[column] for column in columns})


def _as_csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    cells = ({column: _cell(row[column]) for column in columns} for row in rows)
    for line in write_table(columns, cells):
        yield line.removesuffix("\n")


def _as_table(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    cells = [[printable(_short(row[column])) for column in columns] for row in rows]
    lines = [[column.upper() for column in columns], *cells]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()


def _short(value: Json) -> str:
    if not isinstance(value, list):
        return _cell(value)
    first = ", ".join(map(_cell, value[:LISTED]))
    return first if len(value) <= LISTED else f"{first} and {len(value) - LISTED:,} more"


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
