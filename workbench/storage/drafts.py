"""Draft a file in a folder beside it, so that it appears only once all of it is there."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import InvalidInputError, UnavailableError

try:
    import fcntl
except ImportError:  # Windows: abandoned folders are left to their owner.
    fcntl = None  # type: ignore[assignment]

PREFIX = ".workbench-"
ABANDONED_SECONDS = 60  # Whoever lives has locked a new folder long before.


@contextmanager
def draft_folder(target: Path) -> Iterator[Path]:
    """Lend an empty folder beside ``target``, and remove those that killed programs left there.

    Errors name ``target``, not the folder, which nobody has asked for.
    """
    if not target.parent.is_dir():
        raise InvalidInputError("There is no folder %(folder)s.", folder=str(target.parent))
    _remove_abandoned(target.parent)
    with (
        _told_of(target),
        tempfile.TemporaryDirectory(prefix=PREFIX, dir=target.parent) as name,
        _held(Path(name)),
    ):
        yield Path(name)


@contextmanager
def kept_draft(parent: Path, name: str) -> Iterator[Path]:
    """Lend a folder in ``parent`` that a killed program leaves to the next, as it was.

    Whatever else ends the block removes it. Who holds it already keeps it: the other gets
    ``UnavailableError``. Other errors name ``parent``.
    """
    draft = parent / f"{PREFIX}{name}"
    with _told_of(parent):
        parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(parent, but=draft)
        draft.mkdir(exist_ok=True)
        with _held(draft, alone=True):
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    """Name ``target`` in what goes wrong with a folder that nobody has asked for."""
    try:
        yield
    except OSError as error:
        # A copy that fills the disk names its source first, then its target.
        names = f"{error.filename} {error.filename2}"
        if error.filename is not None and PREFIX not in names:
            raise
        raise UnavailableError(
            "%(path)s cannot be written: %(reason)s.", path=str(target), reason=error.strerror
        ) from error


@contextmanager
def _held(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Show, as long as the block lasts, that somebody uses the folder; ``alone``: nobody else."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            raise UnavailableError(
                "Another program works in %(folder)s; wait for it.", folder=str(folder)
            ) from None
        yield
    finally:
        os.close(handle)


def _remove_abandoned(parent: Path, *, but: Path | None = None) -> None:
    if fcntl is None:
        return
    for folder in set(parent.glob(f"{PREFIX}*")) - {but}:
        with contextlib.suppress(OSError):  # Somebody uses it, or it is somebody else's.
            if folder.stat().st_mtime > time.time() - ABANDONED_SECONDS:
                continue
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(handle)
