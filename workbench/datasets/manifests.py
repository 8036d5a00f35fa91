"""The manifest of a release: the SHA-256 of each file, as ``sha256sum --check`` reads it."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

MANIFEST = "MANIFEST.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def write_manifest(folder: Path) -> str:
    """Write the manifest of all files in a folder, and return the SHA-256 of its own bytes."""
    paths = list_files(folder)
    with ThreadPoolExecutor(2) as threads:  # Hashing lets another thread run meanwhile.
        hashes = threads.map(lambda path: file_hash(folder / path), paths)
        lines = [f"{found}  {path}\n" for found, path in zip(hashes, paths, strict=True)]
    content = "".join(lines).encode()
    (folder / MANIFEST).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Iterator[tuple[int, str, str | None]]:
    """Yield number, path and hash of each line; no hash where a line is none of a manifest.

    A path that would lead out of the folder is none either.
    """
    text = (folder / MANIFEST).read_text("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match and is_inside(match[2]):
            yield number, match[2], match[1]
        else:
            yield number, line, None


def list_files(folder: Path) -> list[str]:
    """Return the paths of all files and links in a folder but the manifest, sorted."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and path != folder / MANIFEST
    )


def is_inside(path: str) -> bool:
    """Tell whether a path of a manifest stays in the manifest's folder, whatever lies there."""
    parts = PurePosixPath(path).parts
    return not (path.startswith("/") or "\\" in path or ".." in parts or path != "/".join(parts))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, a piece at a time in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
