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
    try:
        with (
            tempfile.TemporaryDirectory(prefix=PREFIX, dir=target.parent) as name,
            _held(Path(name)),
        ):
            yield Path(name)
    except OSError as error:
        # A copy that fills the disk names its source first, then its target.
        names = f"{error.filename} {error.filename2}"
        if error.filename is not None and PREFIX not in names:
            raise
        raise UnavailableError(
            "%(path)s cannot be written: %(reason)s.", path=str(target), reason=error.strerror
        ) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Show, as long as the block lasts, that somebody uses the folder."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _remove_abandoned(parent: Path) -> None:
    if fcntl is None:
        return
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # Somebody uses it, or it is somebody else's.
            if folder.stat().st_mtime > time.time() - ABANDONED_SECONDS:
                continue
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(handle)
