"""List the article files of a folder on this machine, and say what was passed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.corpus.readers.files import ENDINGS, check_name, ending
from workbench.corpus.readers.lists import MANIFEST, read_manifest
from workbench.corpus.readers.source import Metadata
from workbench.corpus.text import MAX_FILE_BYTES
from workbench.errors import NotFoundError, UnreadableFileError


@dataclass(frozen=True)
class Skipped:
    """An entry of a folder that is not imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Folder:
    """The article files of a folder in the order of their names; bytes are read one at a time."""

    path: Path
    names: tuple[str, ...]
    manifest: Mapping[str, Metadata]
    skipped: tuple[Skipped, ...]

    def read(self, name: str) -> bytes:
        """Return the bytes of one of the files."""
        return read_bytes(self.path / name)


def read_folder(path: Path) -> Folder:
    """Return the article files that lie in ``path`` itself, with their manifest if there is one."""
    if not path.is_dir():
        raise NotFoundError("%(path)s is not a folder.", path=str(path))
    names, skipped = [], []
    for entry in sorted(path.iterdir()):
        if reason := _reason_to_skip(entry, path):
            skipped.append(Skipped(entry.name, reason))
        else:
            check_name(entry.name)
            names.append(entry.name)
    manifest = {}
    if MANIFEST in names:
        names.remove(MANIFEST)
        manifest = read_manifest(read_bytes(path / MANIFEST), files=names)
    return Folder(path, tuple(names), manifest, tuple(skipped))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, unless there are more than a file may have."""
    try:
        size = path.stat().st_size
        if size <= MAX_FILE_BYTES:
            return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            "%(path)s cannot be read (%(reason)s).", path=str(path), reason=error.strerror
        ) from None
    raise UnreadableFileError(
        "%(name)s has %(size)s bytes and a file may have %(most)s: split it.",
        name=str(path),
        size=size,
        most=MAX_FILE_BYTES,
    )


def _reason_to_skip(entry: Path, folder: Path) -> str | None:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink() and not entry.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the folder"
    if entry.is_dir():
        return "a folder; import it by itself"
    if not entry.is_file():
        return "not a file"
    if ending(entry.name) not in ENDINGS:
        return f"not one of {', '.join(ENDINGS)}"
    return None
