"""Read files that hold many articles, JSON Lines and CSV, and the manifest beside other files."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping

from workbench.corpus.readers.records import (
    FIELDS,
    check_article,
    check_manifest_entry,
    parse_object,
    quote,
)
from workbench.corpus.readers.source import ArticleSource, Metadata, make_source
from workbench.corpus.text import MAX_ARTICLE_CHARACTERS, decode
from workbench.errors import InvalidInputError, UnreadableFileError

MANIFEST = "manifest.jsonl"

# The csv module's own limit, 131,072, is less than an article; it can only be set for all readers.
csv.field_size_limit(MAX_ARTICLE_CHARACTERS)


def read_jsonl(name: str, data: bytes) -> list[ArticleSource]:
    """Return the articles of a JSON Lines file: an object on each line that is not blank."""
    return _make_sources(_parse_lines(name, data))


def read_csv(name: str, data: bytes) -> list[ArticleSource]:
    """Return the articles of a CSV file, one a row under a header; an empty cell says nothing."""
    sources = _make_sources(_parse_rows(name, data))
    if not sources:
        raise InvalidInputError("%(name)s has no article under its header.", name=name)
    return sources


def read_manifest(
    data: bytes, *, files: Collection[str], name: str = MANIFEST
) -> dict[str, Metadata]:
    """Return what a manifest says of each of the ``files`` beside it, by file name."""
    entries: dict[str, Metadata] = {}
    for place, record in _parse_lines(name, data):
        file, metadata = check_manifest_entry(record, place)
        if file not in files:
            raise InvalidInputError(
                "%(place)s describes %(file)s, but no file beside it has that name; "
                "each folder has a manifest of its own.",
                place=place,
                file=quote(file),
            )
        if file in entries:
            raise InvalidInputError(
                "%(place)s describes %(file)s a second time: keep one line for each file.",
                place=place,
                file=quote(file),
            )
        entries[file] = metadata
    return entries


def _make_sources(records: Iterable[tuple[str, Mapping[str, object]]]) -> list[ArticleSource]:
    sources = []
    places: dict[str, str] = {}
    for place, record in records:
        text, metadata = check_article(record, place)
        if metadata.id and (earlier := places.setdefault(metadata.id, place)) != place:
            raise InvalidInputError(
                "%(place)s has the id %(id)s, as %(earlier)s has: give each article its own.",
                place=place,
                id=metadata.id,
                earlier=earlier,
            )
        sources.append(make_source(place, text, metadata))
    return sources


def _parse_lines(name: str, data: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(decode(data, name=name).split("\n"), start=1):
        if line.strip():
            place = f"{name} line {number}"
            yield place, parse_object(line, place)


def _parse_rows(name: str, data: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    rows = csv.reader(io.StringIO(decode(data, name=name), newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for row in rows:
            place = f"{name} line {line}"
            line = rows.line_num + 1
            if not row:
                continue
            if not header:
                header = _check_header(row, place)
                continue
            if len(row) != len(header):
                raise UnreadableFileError(
                    "%(place)s has %(cells)s cells and the header %(columns)s columns: "
                    "put cells with commas or line breaks in quotes.",
                    place=place,
                    cells=len(row),
                    columns=len(header),
                )
            yield place, {field: cell for field, cell in zip(header, row, strict=True) if cell}
    except csv.Error as error:
        if str(error).startswith("field larger"):
            raise InvalidInputError(
                "%(place)s has a cell of more than %(most)s characters, and no article may have "
                "more: split it into articles.",
                place=f"{name} line {line}",
                most=MAX_ARTICLE_CHARACTERS,
            ) from None
        raise UnreadableFileError(
            "%(place)s is not CSV (%(reason)s): put cells in quotes and double the quotes inside.",
            place=f"{name} line {line}",
            reason=str(error),
        ) from None


def _check_header(columns: list[str], place: str) -> list[str]:
    if "text" not in columns:
        raise InvalidInputError(
            "%(place)s has no column text, it has %(found)s; "
            "known are %(known)s, with commas between.",
            place=place,
            found=", ".join(map(quote, columns[:20])),
            known=", ".join(FIELDS),
        )
    for column in columns:
        if column not in FIELDS:
            raise InvalidInputError(
                "%(place)s has an unknown column %(column)s; known are %(known)s.",
                place=place,
                column=quote(column),
                known=", ".join(FIELDS),
            )
        if columns.count(column) > 1:
            raise InvalidInputError(
                "%(place)s has the column %(column)s twice: keep one.", place=place, column=column
            )
    return columns
