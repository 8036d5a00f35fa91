"""A release folder made from a small snapshot: its rows, its types, and who can read them."""

import json
import re
import subprocess
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from tests.released import build_large_release, build_release, lines_path, rows
from workbench import processes
from workbench.datasets import parquet
from workbench.datasets.checking import schema_checker
from workbench.datasets.columns import CONFIGS, column_names, schema_name
from workbench.datasets.releasing import write_release
from workbench.datasets.snapshots import UnreadableSnapshotError
from workbench.datasets.verifying import verify_release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("release") / "1.1.0")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_large_release(tmp_path_factory.mktemp("large") / "1.1.0")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_row_is_as_its_schema_says(release: Path) -> None:
    schemas = {path.name: json.loads(path.read_text()) for path in release.glob("schemas/*")}
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )

    for config in CONFIGS:
        name = schema_name(config)
        validator = jsonschema.Draft202012Validator(schemas[name], registry=registry)
        found = rows(release, config)
        assert found, config
        for row in found:
            validator.validate(row)
            assert schema_checker(name)(row) is None
            assert row.keys() == set(column_names(config))


def test_the_manual_says_how_rows_are_held_against_the_schemas(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manual = (Path(__file__).parents[3] / "docs/ml-teams.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(import json, .*?)```", manual, re.DOTALL)
    program = program.replace("DATASET/VERSION", release.name).replace("train", "test")
    monkeypatch.chdir(release.parent)

    exec(program, {})  # noqa: S102  # as its reader does
    with pytest.raises(jsonschema.ValidationError):
        exec(program.replace("data/sentences", "data/claims"), {})  # noqa: S102


def test_a_guideline_of_no_language_is_refused(release: Path, tmp_path: Path) -> None:
    lines = (release / "snapshot.jsonl").read_text("utf-8")
    snapshot = tmp_path / "snapshot.jsonl"
    snapshot.write_text(
        lines.replace('"texts":{"en":"# Gui', '"texts":{"/../../x":"# Gui'), "utf-8"
    )
    (tmp_path / "release").mkdir()

    with pytest.raises(UnreadableSnapshotError, match="no language"):
        write_release(snapshot, tmp_path / "release", on_progress=lambda *_: None)


def test_parquet_has_the_rows_of_json_lines(release: Path) -> None:
    from pyarrow.parquet import read_table  # noqa: PLC0415

    for config in CONFIGS:
        table = read_table((release / lines_path(config)).with_suffix(".parquet"))
        assert table.to_pylist() == rows(release, config)
        assert tuple(table.column_names) == column_names(config)


def test_the_same_snapshot_gives_the_same_bytes_by_one_process_and_by_two(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SHARED_BYTES", 1)

    again = build_large_release(tmp_path / "again")

    assert contents(again) == contents(large)
    assert verify_release(again) == []


def test_a_row_group_is_bounded(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 5)
    schema = ParquetFile(release / "data/sentences/test.parquet").schema_arrow

    written = parquet.write_parquet(
        release / "data/sentences/test.jsonl", tmp_path / "some.parquet", schema
    )

    assert written == 14
    with ParquetFile(tmp_path / "some.parquet") as file:
        assert [file.metadata.row_group(at).num_rows for at in range(3)] == [5, 5, 4]
        assert file.read().to_pylist() == rows(release, "sentences")


def test_sha256sum_takes_the_manifest(release: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"]

    checked = subprocess.run(command, cwd=release, capture_output=True, check=False)

    assert (checked.returncode, checked.stdout) == (0, b"")
    listed = (release / "MANIFEST.sha256").read_text().splitlines()
    assert len(listed) == len(contents(release)) - 1


def test_rows_say_what_the_snapshot_says(release: Path) -> None:
    claims = {row["id"]: row for row in rows(release, "claims")}
    cost = claims["c-cost"]
    sentences = {row["id"]: row for row in rows(release, "sentences")}
    sentence = sentences[cost["sentence"]]

    assert cost["statements"] == ["st-cost"]
    assert (cost["found_by"], cost["annotators"], cost["share"]) == (2, 2, 1.0)
    assert sentence["previous_text"] == sentences["a1open.1.2"]["text"]
    assert sum(one["votes"] for one in sentence["decision_distribution"]) == sentence["annotators"]
    links = [row for row in rows(release, "attributions") if row["claim"] == "c-cost"]
    assert [row["depth"] for row in links] == [*range(cost["depth"])]
    for row in rows(release, "coverage"):
        parts = ("claims", "no_claim", "undecided", "not_annotatable", "continues", "unread")
        assert row["sentences"] == sum(row[part] for part in parts)


def test_splits_json_proves_that_nothing_crosses(release: Path) -> None:
    splits = json.loads((release / "splits.json").read_bytes())

    assert schema_checker(schema_name("splits"))(splits) is None
    assert splits["proof"]["crossing"] == 0
    counted = splits["proof"]["counts"]["test"]
    assert counted["sentences"] == len(rows(release, "sentences"))
    assert counted["articles"] == len(splits["splits"]["test"]["articles"]) == 2


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own making
        yield str(tmp_path_factory.mktemp("cache"))


def parts(release: Path, config: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each part of a config, as JSON Lines."""
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in (release / "data" / config).glob("*.jsonl")
    }


def test_each_row_lies_in_the_file_of_its_split(large: Path) -> None:
    assert verify_release(large) == []
    for config in CONFIGS:
        for part, found in parts(large, config).items():
            assert {row.get("split", "full") for row in found} == {part}
    assert parts(large, "claims").keys() == {"train", "validation", "test"}
    assert parts(large, "speakers").keys() == {"full"}


def test_datasets_loads_the_rows_of_each_split(large: Path, cache: str) -> None:
    from datasets import load_dataset  # noqa: PLC0415

    for config in CONFIGS:
        loaded = load_dataset(str(large), config, cache_dir=cache)
        found = {part: [row["id"] for row in loaded[part]] for part in loaded}
        wanted = {part: [row["id"] for row in some] for part, some in parts(large, config).items()}
        assert found == wanted, config
    [split] = {
        row["split"] for row in load_dataset(str(large), "claims", split="train", cache_dir=cache)
    }
    assert split == "train"


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_pandas_duckdb_and_polars_read_each_config(large: Path, ending: str) -> None:
    import duckdb  # noqa: PLC0415
    import pandas  # noqa: PLC0415
    import polars  # noqa: PLC0415

    if ending == "parquet":
        read, scan = pandas.read_parquet, polars.read_parquet
    else:
        read = partial(pandas.read_json, lines=True)
        scan = partial(polars.read_ndjson, infer_schema_length=None)
    for config in CONFIGS:
        files = [*(large / "data" / config).glob(f"*.{ending}")]
        count = len(rows(large, config))
        everything = f"{large}/data/{config}/*.{ending}"
        [(found,)] = duckdb.sql(f"SELECT count(*) FROM '{everything}'").fetchall()  # noqa: S608
        assert found == sum(scan(file).height for file in files) == count
        assert sum(len(read(file)) for file in files) == count


def test_croissant_reads_every_split(large: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries it is made of
        import mlcroissant  # noqa: PLC0415

        dataset = mlcroissant.Dataset(jsonld=large / "croissant.json")
        issues = dataset.metadata.ctx.issues
        found = list(dataset.records("claims"))

    assert (issues.errors, issues.warnings) == (set(), set())
    assert [(one["claims/id"].decode(), one["claims/split"].decode()) for one in found] == [
        (row["id"], row["split"]) for row in rows(large, "claims")
    ]


def test_snippets_of_a_card_with_splits_work_as_printed(
    large: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", cache)
    card = (large / "README.md").read_text("utf-8").replace("demo/1.1.0", str(large))
    found = []
    for snippet in re.findall(r"```python\n(.*?)```", card, re.DOTALL):
        names: dict[str, Any] = {}
        exec(snippet, names)  # noqa: S102  # as printed
        found.append(len(names.get("sentences", names.get("claims"))))

    train, claims = len(parts(large, "sentences")["train"]), len(rows(large, "claims"))
    assert found == [train, train, claims, claims]
