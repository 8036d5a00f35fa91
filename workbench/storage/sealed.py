"""One file made of several, in which no damage goes unnoticed.

It is a tar archive with a manifest of its members' SHA-256, and ends with the SHA-256 of all
before: so bytes that belong to no member are covered, too. Any tar program can open it.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path

from workbench.canonical import JsonObject, canonical_json
from workbench.errors import InvalidInputError

MANIFEST = "manifest.json"

_SEAL = b"workbench-sealed sha256 "
_SEAL_LENGTH = len(_SEAL) + 64 + 1
_CHUNK = 1 << 20


def pack(folder: Path, members: Collection[str], about: JsonObject) -> Path:
    """Make a sealed file of members of ``folder``, inside it; ``about`` goes into the manifest."""
    hashes: JsonObject = {member: _hash_file(folder / member) for member in members}
    (folder / MANIFEST).write_text(canonical_json({**about, "sha256": hashes}) + "\n", "utf-8")
    packed = folder / "packed"
    with tarfile.open(packed, "w", format=tarfile.PAX_FORMAT) as tar:
        for member in (MANIFEST, *members):
            tar.add(folder / member, member, filter=_without_owner)
    seal = _SEAL + _hash_file(packed).encode() + b"\n"
    with packed.open("ab") as file:
        file.write(seal)
        file.flush()
        os.fsync(file.fileno())
    packed.chmod(0o600)
    return packed


def unpack(source: Path, folder: Path, members: Collection[str]) -> JsonObject:
    """Prove a sealed file whole, lay those of ``members`` it has into ``folder``, tell what it is.

    Raises ``InvalidInputError`` where a single bit is not as it was.
    """
    if not _is_whole(source):
        raise InvalidInputError(
            "%(path)s is damaged, or no backup of the workbench: take another one.",
            path=str(source),
        )
    with tarfile.open(source, "r:") as tar:
        for name in tar.getnames():
            content = tar.extractfile(name)
            if content and (name in members or name == MANIFEST):
                with (folder / name).open("wb") as file:
                    shutil.copyfileobj(content, file, _CHUNK)
    manifest: JsonObject = json.loads((folder / MANIFEST).read_text("utf-8"))
    return manifest


def sync_folder(folder: Path) -> None:
    """Make sure that files just put into ``folder`` are still there after a power cut."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_whole(source: Path) -> bool:
    size = source.stat().st_size - _SEAL_LENGTH
    if size <= 0:
        return False
    with source.open("rb") as file:
        file.seek(size)
        seal = file.read()
    return seal.startswith(_SEAL) and seal == _SEAL + _hash_file(source, size).encode() + b"\n"


def _hash_file(path: Path, size: int | None = None) -> str:
    digest = hashlib.sha256()
    left = path.stat().st_size if size is None else size
    with path.open("rb") as file:
        while chunk := file.read(min(_CHUNK, left)):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
