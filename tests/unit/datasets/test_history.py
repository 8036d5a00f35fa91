"""What a release says of those before it, on the small snapshot and one made from it."""

import hashlib
import json
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.snapshots import small_lines, write_lines
from workbench.canonical import JsonObject
from workbench.datasets.differing import Splits, comparable, key_of, replay
from workbench.datasets.history import (
    MissingReleaseError,
    open_previous,
    read_changes,
    read_splits,
    write_history,
)
from workbench.datasets.snapshots import Snapshot, open_snapshot
from workbench.resources import resource_folder

SPLITS: Splits = {
    ("article", "a1open"): "train",
    ("article", "b2closed"): "test",
    ("statement", "st-cost"): "train",
}


def make_release(folder: Path, lines: list[JsonObject], previous: Path | None) -> Path:
    """Write the history of a release with these lines, and what a later one reads of it."""
    folder.mkdir()
    snapshot = open_snapshot(write_lines(folder / "snapshot.jsonl", lines))
    write_splits(folder, SPLITS)
    write_history(snapshot, folder, previous=previous, splits=SPLITS)
    return folder


def write_splits(folder: Path, splits: Splits) -> None:
    by_split: dict[str, dict[str, list[str]]] = {}
    for (kind, one), split in splits.items():
        by_split.setdefault(split, {"articles": [], "statements": []})[f"{kind}s"].append(one)
    (folder / "splits.json").write_text(json.dumps({"splits": by_split}))


def numbered(lines: list[JsonObject], version: str, previous: Path | None) -> list[JsonObject]:
    before: JsonObject | None = None
    if previous is not None:
        content = (previous / "snapshot.jsonl").read_bytes()
        before = {
            "version": json.loads(content.partition(b"\n")[0])["version"],
            "snapshot": hashlib.sha256(content).hexdigest(),
        }
    return [{**lines[0], "version": version, "previous": before}, *lines[1:]]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The folder of a first release, of which the erratum and a verdict are not known yet."""
    lines = [
        line
        for line in small_lines()
        if line["type"] != "erratum" and line.get("id") != "st-cost.2"
    ]
    return make_release(tmp_path / "1.0.0", numbered(lines, "1.0.0", None), None)


@pytest.fixture
def second(tmp_path: Path, first: Path) -> Path:
    """The folder of the release after it, with both, and an answer less."""
    lines = numbered(small_lines(), "2.0.0", first)
    lines = [
        {**line, "gold": {**cast(JsonObject, line["gold"]), "decision": None}}
        if line.get("id") == "a1open.1.7"
        else line
        for line in lines
    ]
    return make_release(tmp_path / "2.0.0", lines, first)


def read(folder: Path, name: str) -> JsonObject:
    return cast(JsonObject, json.loads((folder / name).read_bytes()))


def snapshot_of(folder: Path) -> Snapshot:
    return open_snapshot(folder / "snapshot.jsonl")


def records(folder: Path) -> list[JsonObject]:
    lines = map(json.loads, (folder / "snapshot.jsonl").read_text().splitlines())
    return [line for line in lines if line["type"] not in {"release", "agreement"}]


def test_a_first_release_counts_what_it_has_and_lists_nothing(first: Path) -> None:
    changes = read(first, "CHANGES.json")

    assert (changes["step"], changes["previous"], changes["changes"]) == ("first", None, [])
    assert changes["snapshot"] == snapshot_of(first).id
    assert cast(JsonObject, changes["counts"])["sentence"] == {"added": 14}
    assert (first / "CHANGELOG.md").read_text() == (
        "# Changes of demo\n\n## 1.0.0 (2025-05-01)\n\nThe first release.\n"
    )


def test_a_later_release_names_what_changed_and_keeps_what_was_told(second: Path) -> None:
    changes = read(second, "CHANGES.json")

    assert changes["step"] == "major"
    assert changes["counts"] == {
        "erratum": {"added": 1},
        "sentence": {"changed": 1},
        "verdict": {"added": 1},
    }
    changelog = (second / "CHANGELOG.md").read_text()
    assert "- sentences: 1 changed\n" in changelog
    assert "- added verdict st-cost.2" in changelog
    assert changelog.index("## 2.0.0") < changelog.index("## 1.0.0")


def test_the_old_records_and_the_changes_give_the_new_ones(first: Path, second: Path) -> None:
    replayed = replay(records(first), read_changes(second / "CHANGES.json"))

    assert {key_of(one): one for one in replayed} == {
        key_of(one): comparable(one) for one in records(second)
    }


def test_errata_name_the_release_and_the_record_that_has_what_was_wrong(second: Path) -> None:
    errata = read(second, "ERRATA.json")

    (erratum,) = cast(list[JsonObject], errata["errata"])
    (touched,) = cast(list[JsonObject], erratum["releases"])
    assert (erratum["verdict"], touched["version"]) == ("st-cost.2", "1.0.0")
    assert {"config": "verdicts", "id": "st-cost.1"} in cast(list[JsonObject], touched["records"])


@pytest.mark.parametrize("name", ["CHANGES", "ERRATA"])
def test_the_files_keep_to_their_schemas(first: Path, second: Path, name: str) -> None:
    schemas = [json.loads(path.read_text()) for path in resource_folder("schemas").iterdir()]
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas
    )
    schema = registry.contents(f"{name.lower()}.v1.schema.json")

    for folder in (first, second):
        Draft202012Validator(schema, registry=registry).validate(read(folder, f"{name}.json"))


def test_the_same_snapshot_gives_the_same_bytes(tmp_path: Path, first: Path, second: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()

    write_history(snapshot_of(second), again, previous=first, splits=SPLITS)

    for name in ("CHANGES.json", "CHANGELOG.md", "ERRATA.json"):
        assert (again / name).read_bytes() == (second / name).read_bytes()


def test_a_moved_article_is_named(tmp_path: Path, first: Path) -> None:
    lines = numbered([*records_with_head(first)], "2.0.0", first)
    folder = tmp_path / "moved"
    folder.mkdir()
    snapshot = open_snapshot(write_lines(folder / "snapshot.jsonl", lines))

    write_history(
        snapshot, folder, previous=first, splits={**SPLITS, ("article", "a1open"): "test"}
    )

    (change,) = read_changes(folder / "CHANGES.json")
    assert change == {
        "change": "moved",
        "type": "article",
        "id": "a1open",
        "from": "train",
        "to": "test",
        "fields": [],
        "record": None,
    }
    assert "moved article a1open: train → test" in (folder / "CHANGELOG.md").read_text()


def test_a_hostile_title_makes_no_link_in_the_changelog(tmp_path: Path, first: Path) -> None:
    lines = numbered(records_with_head(first), "2.0.0", first)
    hostile = [
        {**line, "title": "[x](javascript:alert(1)) \u202e"} if line["type"] == "article" else line
        for line in lines
    ]

    told = (make_release(tmp_path / "hostile", hostile, first) / "CHANGELOG.md").read_text()

    assert r"\[x\](javascript" in told
    assert "⟨U+202E⟩" in told
    assert "\u202e" not in told


def records_with_head(folder: Path) -> list[JsonObject]:
    return [json.loads(line) for line in (folder / "snapshot.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda path: path.unlink(), "is not there"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "was changed"),
    ],
)
def test_without_the_release_before_it_is_said_what_to_put_back(
    first: Path, second: Path, spoil: object, problem: str
) -> None:
    snapshot = snapshot_of(second)
    spoil(first / "snapshot.jsonl")  # type: ignore[operator]

    with pytest.raises(MissingReleaseError, match=rf"Release 1.0.0.*{problem}.*SHA-256"):
        open_previous(snapshot, first)


def test_splits_are_read_back(first: Path) -> None:
    assert read_splits(first) == SPLITS
