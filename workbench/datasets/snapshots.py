"""Read a snapshot: everything a release says, in one file of canonical JSON lines.

Its form is ``schemas/snapshot-line.v1.schema.json``; the SHA-256 of the file is its id. All files
of a release are made from it, and nothing else is read for them.
"""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, cast

from workbench.canonical import JsonObject, read_line
from workbench.datasets.checking import line_problem, parse_object
from workbench.errors import InvalidInputError

FORMAT = "snapshot.v1"
TAIL = 1 << 20  # bytes after the articles, if there are not more
# Keys are sorted, and no other type has these first: most lines are told without parsing them.
_STARTS = {"article": b'{"annotators":', "sentence": b'{"answers":'}


class UnreadableSnapshotError(InvalidInputError):
    """A file is not the snapshot that it should be."""

    code = "unreadable_snapshot"


@dataclass(frozen=True)
class ArticleBlock:
    """An article with its sentences in the order of the text, as the lines have them."""

    article: JsonObject
    sentences: tuple[JsonObject, ...]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk; its lines are read anew each time they are asked for.

    ``id`` is the SHA-256 of the file, ``head`` its first line.
    """

    path: Path
    id: str
    head: JsonObject

    def lines(self, type_: str) -> Iterator[JsonObject]:
        """Yield the lines of a type, such as ``statement``, in their order."""
        skipped = tuple(start for name, start in _STARTS.items() if name != type_)
        begin, end = (0, 0) if type_ in _STARTS else self._body
        place = 0
        with self.path.open("rb") as file:
            for line in file:
                place += len(line)
                if not line.startswith(skipped):
                    found = read_line(line)
                    if found["type"] == type_:
                        yield found
                if place == begin:
                    file.seek(end)

    @cached_property
    def _body(self) -> tuple[int, int]:
        """Where in the file the articles begin and end: nearly all of it, which is not read."""
        starts = tuple(_STARTS.values())
        begin = 0
        with self.path.open("rb") as file:
            for line in file:
                if line.startswith(starts):
                    return begin, _end_of_last(file, starts)
                begin += len(line)
        return begin, begin

    def articles(self) -> Iterator[ArticleBlock]:
        """Yield each article with its sentences, one article at a time in memory."""
        article: JsonObject | None = None
        sentences: list[JsonObject] = []
        with self.path.open("rb") as file:
            for line in file:
                if article is not None and line.startswith(_STARTS["sentence"]):
                    sentences.append(read_line(line))
                    continue
                if article is not None:
                    yield ArticleBlock(article, tuple(sentences))
                    article, sentences = None, []
                if line.startswith(_STARTS["article"]):
                    article = read_line(line)
        if article is not None:
            yield ArticleBlock(article, tuple(sentences))


def open_snapshot(path: Path, *, expected: str | None = None) -> Snapshot:
    """Return the snapshot in a file; it must have the hash ``expected``, if one is.

    Of any other file, or a torn one, ``UnreadableSnapshotError`` says what is wrong.
    """
    with path.open("rb") as file:
        first = file.readline()
        file.seek(0)
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if expected is not None and found != expected:
        raise UnreadableSnapshotError(
            "%(path)s has the hash %(found)s and should have %(expected)s: it was changed or is"
            " torn.",
            path=str(path),
            found=found,
            expected=expected,
        )
    head = _read_head(first)
    if head is None:
        raise UnreadableSnapshotError(
            "%(path)s does not begin like a snapshot of the format %(format)s.",
            path=str(path),
            format=FORMAT,
        )
    return Snapshot(path, found, head)


def refuse_broken_lines(snapshot: Snapshot) -> None:
    """Hold each line against its schema: ``UnreadableSnapshotError`` names the first broken one."""
    with snapshot.path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if problem := line_problem(parse_object(raw)):
                raise UnreadableSnapshotError(
                    "%(path)s, line %(number)s:%(problem)s; take the snapshot from the release.",
                    path=str(snapshot.path),
                    number=number,
                    problem=problem,
                )


def _end_of_last(file: BinaryIO, starts: Collection[bytes]) -> int:
    """Return where the last line ends that has one of these starts; the first one, if none has."""
    size = file.seek(0, SEEK_END)
    length = TAIL
    while True:
        place = file.seek(max(0, size - length))
        tail = file.read()
        last = max(tail.rfind(b"\n" + start) for start in starts)
        if last >= 0 or place == 0:
            end = tail.find(b"\n", last + 1)
            return place + end + 1 if end >= 0 else size
        length *= 2


def _read_head(line: bytes) -> JsonObject | None:
    try:
        head = json.loads(line)
    except ValueError:
        return None
    is_head = isinstance(head, dict) and head.get("format") == FORMAT
    return cast(JsonObject, head) if is_head else None
