"""A small snapshot made by hand: two articles, two annotators, one statement that was corrected."""

import json
from collections.abc import Iterable
from pathlib import Path

from workbench.canonical import JsonObject, canonical_json

SNAPSHOT = Path(__file__).parent / "data" / "snapshot.jsonl"


def small_lines() -> list[JsonObject]:
    """Return the lines of the small snapshot, to be changed and written elsewhere."""
    return [json.loads(line) for line in SNAPSHOT.read_text("utf-8").splitlines()]


def write_lines(path: Path, lines: Iterable[JsonObject]) -> Path:
    """Write lines as a snapshot has them."""
    path.write_bytes(b"".join(f"{canonical_json(line)}\n".encode() for line in lines))
    return path
