"""A release is checked again: whatever was changed in it is found, and said where."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.released import build_release, lines_path
from workbench import processes
from workbench.canonical import canonical_json
from workbench.datasets import parquet
from workbench.datasets.manifests import write_manifest
from workbench.datasets.verifying import compare_with_snapshot, verify_release

Row = dict[str, Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("release") / "whole")


@pytest.fixture
def release(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "release"))


def problems(release: Path) -> list[str]:
    return [str(problem) for problem in verify_release(release)]


def problems_of_data(release: Path) -> list[str]:
    """Return all problems but that croissant.json has other hashes."""
    return [problem for problem in problems(release) if not problem.startswith("croissant.json")]


def change(release: Path, path: str, line: int, edit: Callable[[Row], object]) -> None:
    """Change a line of a file, and sign the release anew, so that its hashes are right."""
    file = release / path
    lines = file.read_text("utf-8").splitlines()
    row = json.loads(lines[line - 1])
    edit(row)
    lines[line - 1] = canonical_json(row)
    file.write_text("\n".join([*lines, ""]), "utf-8")
    write_manifest(release)


def test_a_whole_release_has_no_problem_with_its_texts_or_without(
    whole: Path, tmp_path: Path
) -> None:
    assert problems(whole) == []
    assert problems(build_release(tmp_path / "bare", stand_off=True)) == []


def test_one_flipped_byte_is_found_in_any_file(release: Path) -> None:
    files = [path for path in release.rglob("*") if path.is_file() and path.stat().st_size]
    for path in files:
        content = path.read_bytes()
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes(flipped)

    found = {problem.partition(":")[0].partition(",")[0] for problem in problems(release)}

    changed = {path.relative_to(release).as_posix() for path in files}
    assert changed - {"MANIFEST.sha256"} <= found


def test_files_too_many_and_too_few_are_found(release: Path) -> None:
    (release / "data/more.txt").write_text("?")
    (release / "data/claims/test.parquet").unlink()
    (release / "scheme.json").unlink()
    (release / "scheme.json").symlink_to("/etc/hostname")

    assert problems(release) == [
        "scheme.json: is a link or a device, and a release has none.",
        "data/claims/test.parquet: is missing.",
        "scheme.json: is missing.",
        "data/more.txt: is not in the manifest.",
        "data/more.txt: is named like no file of rows.",
    ]


@pytest.mark.parametrize("path", ["../outside", "/etc/hostname", "data/../../outside", "a\\b"])
def test_a_path_in_the_manifest_is_never_followed_outside(release: Path, path: str) -> None:
    (release.parent / "outside").write_text("x")
    with (release / "MANIFEST.sha256").open("a") as manifest:
        manifest.write(f"{'0' * 64}  {path}\n")

    [found] = problems(release)

    assert found.endswith("is no hash with the path of a file in this folder.")


# All at once, each in a line of its own: config, line, what is done to it, what is said of it.
CHANGES: list[tuple[str, int, Callable[[Row], object], str]] = [
    ("claims", 1, lambda row: row.update(speaker="nobody"), "names nobody, which speakers has not"),
    ("claims", 2, lambda row: row.update(start=row["start"] + 1), "has offsets that do not fit"),
    ("claims", 3, lambda row: row.update(statements=["x"]), "names x, which statements has not"),
    ("claims", 4, lambda row: row["parts"][0].update(end=row["end"] + 1), "has words at"),
    ("claims", 5, lambda row: row.update(id="other"), "has not its"),
    ("sentences", 1, lambda row: row.update(split="train"), "has another slug, split or fold"),
    ("sentences", 2, lambda row: row.update(decision="maybe"), "breaks its schema: the row.decis"),
    ("sentences", 3, lambda row: row.update(claims=7), "counts 7 claims, which are not"),
    ("sentences", 4, lambda row: row.update(next_text="x"), "has other texts beside it"),
    ("sentences", 5, lambda row: row.update(more=1), "breaks its schema: the row has more, which"),
    ("sentences", 6, lambda row: row.pop("zone"), "breaks its schema: the row has no zone"),
    ("stances", 1, lambda row: row.update(target="x"), "names x, which targets has not"),
    ("stances", 2, lambda row: row.update(claim="x"), "names claim x, which claims has not"),
    ("attributions", 1, lambda row: row.update(claim="x"), "names claim x, which claims has not"),
    ("annotations", 5, lambda row: row.update(sentence="a1open.1.99"), "names sentence a1open"),
    ("annotations", 6, lambda row: row.update(article="x"), "is of article x, which"),
    ("annotations", 7, lambda row: row.update(id="x"), "has an id that is not its own, x"),
    ("speakers", 3, lambda row: row.update(id="institut-lumen"), "or one before has an id"),
    ("coverage", 2, lambda row: row.update(unread=9), "has counts that do not add up"),
    ("verdicts", 1, lambda row: row.update(statement="x"), "names x, which statements has not"),
    ("verdicts", 2, lambda row: row.update(evidence=["x"]), "names x, which evidence has not"),
    ("statements", 1, lambda row: row.update(split="train"), "has another split than splits.json"),
]


def test_what_the_snapshot_does_not_make_is_found_by_making_it_again(release: Path) -> None:
    assert compare_with_snapshot(release, previous=None) == []
    statement = release / "DATASTATEMENT.md"
    statement.write_text(statement.read_text("utf-8") + "All is well.\n", "utf-8")
    (release / "formats/conll/more.txt").touch()
    (release / "CITATION.cff").unlink()
    write_manifest(release)

    assert problems(release) == ["croissant.json: has another hash of DATASTATEMENT.md."]
    assert [str(one) for one in compare_with_snapshot(release, previous=None)] == [
        "CITATION.cff: is missing, and the snapshot makes it.",
        "formats/conll/more.txt: is not made from the snapshot.",
        "DATASTATEMENT.md: is not what the snapshot makes.",
        "MANIFEST.sha256: is not what the snapshot makes.",
    ]


def test_changed_rows_are_found_though_the_hashes_are_right(release: Path) -> None:
    for config, line, edit, _ in CHANGES:
        change(release, lines_path(config), line, edit)

    found = problems(release)

    for config, line, _, expected in CHANGES:
        path = lines_path(config)
        said = f"{path}, line {line}: {expected}"
        assert any(problem.startswith(said) for problem in found), (said, found)
        assert any(
            problem.startswith(f"{path.removesuffix('jsonl')}parquet: ") for problem in found
        )


def test_rows_in_the_file_of_another_split_are_found(release: Path) -> None:
    for config in ("claims", "verdicts"):
        for ending in ("jsonl", "parquet"):
            file = release / f"data/{config}/test.{ending}"
            file.rename(file.with_stem("train"))
    (release / "data/stances/train.jsonl").touch()
    shutil.copy(release / "data/stances/test.parquet", release / "data/stances/train.parquet")
    write_manifest(release)

    found = problems_of_data(release)

    for expected in (
        "data/claims/train.jsonl, line 1: is of article a1open and belongs in test.jsonl.",
        "data/verdicts/train.jsonl, line 1: belongs in test.jsonl.",
        "data/stances/train.jsonl: has no rows, and is therefore left out.",
    ):
        assert expected in found


def test_a_dropped_row_is_found(release: Path) -> None:
    path = release / "data/annotations/test.jsonl"
    for one in (path, release / "data/coverage/test.jsonl"):
        one.write_bytes(b"".join(one.read_bytes().splitlines(keepends=True)[:-1]))
    write_manifest(release)

    found = problems_of_data(release)

    assert any("counts 28 rows of annotations" in one for one in found)
    assert [one for one in found if one.startswith("data")] == [
        "data/coverage/test.jsonl: has not a row for each annotator of proteger-en-fermant.",
        "data/annotations: has 27 rows, and the snapshot counts 28.",
        "data/annotations/test.parquet: has a row 28 that is not that line of the JSON Lines.",
        "data/coverage/test.parquet: has a row 4 that is not that line of the JSON Lines.",
    ]


def test_parquet_of_other_rows_is_found(release: Path) -> None:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    twice = release.parent / "twice.jsonl"
    twice.write_bytes((release / "data/evidence/test.jsonl").read_bytes() * 2)
    schema = ParquetFile(release / "data/evidence/test.parquet").schema_arrow
    parquet.write_parquet(twice, release / "data/evidence/test.parquet", schema)
    shutil.copy(release / "data/claims/test.parquet", release / "data/stances/test.parquet")
    write_manifest(release)

    assert problems_of_data(release) == [
        "data/stances/test.parquet: has not the columns that its schema names.",
        "data/evidence/test.parquet: has a row 2 that is not that line of the JSON Lines.",
    ]


def test_a_snapshot_that_does_not_hold_is_found(release: Path) -> None:
    change(release, "snapshot.jsonl", 10, lambda row: row.update(text="Other."))
    change(release, "snapshot.jsonl", 11, lambda row: row.pop("gold"))

    found = problems(release)

    assert "splits.json: names another snapshot than snapshot.jsonl." in found
    assert any("line 10: has a text of orvault" in problem for problem in found)
    assert "snapshot.jsonl, line 11: breaks its schema: the line has no gold." in found


def test_a_group_in_two_splits_is_found(release: Path) -> None:
    path = release / "splits.json"
    splits = json.loads(path.read_bytes())
    splits["splits"]["test"]["articles"].remove("a1open")
    splits["splits"]["train"] = {"articles": ["a1open"], "statements": []}
    path.write_text(json.dumps(splits), "utf-8")
    write_manifest(release)

    found = problems(release)

    assert "splits.json: has group a1open in two splits." in found
    assert "splits.json: parts statement st-cost from a1open." in found


def test_a_card_and_a_croissant_that_count_wrong_are_found(release: Path) -> None:
    card = (release / "README.md").read_text("utf-8")
    (release / "README.md").write_text(card.replace("| 14 |", "| 15 |", 1), "utf-8")
    write_manifest(release)

    number = next(at for at, line in enumerate(card.splitlines(), 1) if "data/sentences)" in line)
    assert problems(release) == [
        f"README.md, line {number}: counts 15 rows of sentences, and there are 14.",
        "croissant.json: has another hash of README.md.",
    ]


def test_two_processes_find_what_one_finds(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for config, line, edit, _ in CHANGES:
        change(release, lines_path(config), line, edit)
    alone = problems(release)

    monkeypatch.setattr(processes, "SHARED_BYTES", 1)

    assert sorted(problems(release)) == sorted(alone)


def test_of_one_file_the_first_problems_are_enough(release: Path) -> None:
    (release / "data/annotations/test.jsonl").write_text("{}\n" * 1000)

    found = [one for one in problems(release) if one.startswith("data/annotations/test.jsonl")]

    assert len(found) == 20
