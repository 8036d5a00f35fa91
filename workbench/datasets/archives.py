"""All files of a release in one: a ZIP, sent as it is read, with the same bytes each time.

Nothing in it is compressed: Parquet files are already, and other versions of zlib would write
other bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zipfile import ZIP64_LIMIT, ZIP_FILECOUNT_LIMIT, ZipFile, ZipInfo

from workbench.datasets.queries import KnownFile

PIECE = 1 << 18
LOCAL, DESCRIPTOR, CENTRAL, END = 30, 16, 46, 22  # bytes of the parts of a ZIP without its names
READABLE = 0o644 << 16


class _Pieces:
    """Takes what is written and hands it on; it cannot be read again."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._held.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Keep all until it is taken."""

    def take(self) -> bytes:
        taken, self._held = b"".join(self._held), []
        return taken


def archive(
    folder: Path, files: Sequence[KnownFile], *, root: str, at: datetime
) -> Iterator[bytes]:
    """Yield a ZIP with these files of a folder under ``root``, a piece in memory at a time.

    All have the date ``at``, so that the bytes do not tell when it was asked for.
    """
    pieces = _Pieces()
    date = at.astimezone(UTC).timetuple()[:6]
    with ZipFile(cast("str", pieces), "w") as zipped:  # only its write() is asked for
        for file in files:
            info = ZipInfo(f"{root}/{file.path}", date_time=date)
            info.file_size, info.external_attr = file.size, READABLE
            with (folder / file.path).open("rb") as source, zipped.open(info, "w") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield pieces.take()
    yield pieces.take()


def archive_size(files: Sequence[KnownFile], *, root: str) -> int | None:
    """Return how many bytes ``archive`` will yield; None where a ZIP needs its longer form."""
    names = [len(f"{root}/{file.path}".encode()) for file in files]
    size = END + sum(
        LOCAL + DESCRIPTOR + CENTRAL + 2 * name + file.size
        for name, file in zip(names, files, strict=True)
    )
    return size if size * 1.05 < ZIP64_LIMIT and len(files) < ZIP_FILECOUNT_LIMIT else None
