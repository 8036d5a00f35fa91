"""All files of a release in one ZIP."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from workbench.datasets.archives import PIECE, archive, archive_size
from workbench.datasets.queries import KnownFile

AT = datetime(2025, 5, 1, 12, tzinfo=UTC)
CONTENTS = {"README.md": b"# Card\n", "data/é.jsonl": b"x" * (2 * PIECE + 1), "empty": b""}


@pytest.fixture
def files(tmp_path: Path) -> Sequence[KnownFile]:
    for path, content in CONTENTS.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return [KnownFile(path, len(content), "") for path, content in CONTENTS.items()]


def test_an_archive_has_all_files_and_the_same_bytes_each_time(
    tmp_path: Path, files: Sequence[KnownFile]
) -> None:
    pieces = list(archive(tmp_path, files, root="demo/1.0.0", at=AT))

    content = b"".join(pieces)
    with ZipFile(BytesIO(content)) as zipped:
        found = {name: zipped.read(name) for name in zipped.namelist()}
    assert found == {f"demo/1.0.0/{path}": held for path, held in CONTENTS.items()}
    assert len(content) == archive_size(files, root="demo/1.0.0")
    assert max(map(len, pieces)) < PIECE + 1000
    assert hashlib.sha256(content).hexdigest() == (
        "1f3629fcbc1922a76ed12e1b354ac0683b23be4b9ff7e84a9283e96c127da8fb"
    )


def test_a_long_archive_does_not_tell_its_size_before() -> None:
    assert archive_size([KnownFile("a", 1 << 31, "")], root="demo/1.0.0") is None
