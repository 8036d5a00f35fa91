"""Reading snapshots, and the small one that tests of releases read."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.snapshots import SNAPSHOT, small_lines, write_lines
from workbench.canonical import Json
from workbench.datasets import snapshots
from workbench.datasets.snapshots import UnreadableSnapshotError, open_snapshot
from workbench.resources import resource_folder

SCHEMAS = resource_folder("schemas")
DOCUMENTS = {"scheme": "label-scheme", "verdict_scale": "verdict-scale"}


def problem(schema: str, document: object) -> str | None:
    """Return what is wrong with a document by one of our schemas, if anything."""
    validator = Draft202012Validator(json.loads((SCHEMAS / schema).read_text()))
    error = best_match(validator.iter_errors(document))
    return f"{[*error.path]}: {error.message}" if error else None


def find_spans(found: Json) -> Iterator[dict[str, Json]]:
    if isinstance(found, dict):
        if {"start", "end", "text", "sha256"} <= found.keys() and "zone" not in found:
            yield found
        for one in found.values():
            yield from find_spans(one)
    elif isinstance(found, list):
        for one in found:
            yield from find_spans(one)


def test_the_small_snapshot_is_canonical_and_each_line_is_valid(tmp_path: Path) -> None:
    lines = small_lines()

    written = write_lines(tmp_path / "again.jsonl", lines)

    assert written.read_bytes() == SNAPSHOT.read_bytes()
    assert [problem("snapshot-line.v1.schema.json", line) for line in lines] == [None] * len(lines)
    assert problem("agreement-report.v1.schema.json", lines[-1]["document"]) is None
    for line in lines:
        if name := DOCUMENTS.get(str(line["type"])):
            assert problem(f"{name}.v1.schema.json", line["document"]) is None
        if review := line.get("claim_review"):
            assert problem("claimreview.v1.schema.json", review) is None


@pytest.mark.parametrize("tail", [1, 1_000, 1 << 20])
def test_lines_after_the_articles_are_found_however_many(
    tail: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "TAIL", tail)
    snapshot = open_snapshot(SNAPSHOT)

    for name in ("speaker", "statement", "evidence", "agreement"):
        wanted = [line for line in small_lines() if line["type"] == name]
        assert [*snapshot.lines(name)] == wanted != []


def test_lines_are_found_by_type_and_sentences_with_their_article() -> None:
    snapshot = open_snapshot(SNAPSHOT)
    lines = small_lines()

    blocks = [*snapshot.articles()]

    assert snapshot.head == lines[0]
    assert snapshot.id == hashlib.sha256(SNAPSHOT.read_bytes()).hexdigest()
    for type_ in {str(line["type"]) for line in lines}:
        assert [*snapshot.lines(type_)] == [line for line in lines if line["type"] == type_]
    assert [len(block.sentences) for block in blocks] == [10, 4]
    assert all(one["article"] == block.article["id"] for block in blocks for one in block.sentences)


def test_the_spans_of_the_small_snapshot_are_what_the_text_says() -> None:
    shown, withheld = open_snapshot(SNAPSHOT).articles()

    spans = [*find_spans([*shown.sentences])]
    hidden = [*find_spans([*withheld.sentences])]

    text = str(shown.article["text"])
    assert len(spans) > 30
    assert all(text[int(str(one["start"])) : int(str(one["end"]))] == one["text"] for one in spans)
    assert {one["sha256"] for one in spans} == {None}
    assert {one["text"] is None for one in hidden} == {True, False}
    assert all(
        one["text"] is None
        or one["sha256"] == hashlib.sha256(str(one["text"]).encode()).hexdigest()
        for one in hidden
    )


@pytest.mark.parametrize(
    ("content", "expected", "words"),
    [
        (SNAPSHOT.read_bytes()[:-9], hashlib.sha256(SNAPSHOT.read_bytes()).hexdigest(), "torn"),
        (b'{"format":"sentence-record.v1"}\n', None, "does not begin like a snapshot"),
        (b"\xff", None, "does not begin like a snapshot"),
        (b"", None, "does not begin like a snapshot"),
    ],
)
def test_a_file_that_is_no_snapshot_is_refused(
    tmp_path: Path, content: bytes, expected: str | None, words: str
) -> None:
    path = tmp_path / "snapshot.jsonl"
    path.write_bytes(content)

    with pytest.raises(UnreadableSnapshotError, match=words):
        open_snapshot(path, expected=expected)
