"""A release folder made from a small snapshot: its rows, its types, and who can read them."""

import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from tests.released import build_release, rows
from workbench.datasets import data_files, parquet
from workbench.datasets.checking import schema_checker
from workbench.datasets.columns import CONFIGS, column_names, schema_name


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("release") / "1.1.0")


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


def test_parquet_has_the_rows_of_json_lines(release: Path) -> None:
    from pyarrow.parquet import read_table  # noqa: PLC0415

    for config in CONFIGS:
        table = read_table(release / "data" / f"{config}.parquet")
        assert table.to_pylist() == rows(release, config)
        assert tuple(table.column_names) == column_names(config)


def test_the_same_snapshot_gives_the_same_bytes_by_one_process_and_by_two(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "SHARED_BYTES", 1)

    again = build_release(tmp_path / "again")

    assert contents(again) == contents(release)


def test_a_row_group_is_bounded(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 5)
    schema = ParquetFile(release / "data/sentences.parquet").schema_arrow

    written = parquet.write_parquet(
        release / "data/sentences.jsonl", tmp_path / "some.parquet", schema
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


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_datasets_loads_each_config(release: Path, cache: str, kind: str) -> None:
    from datasets import load_dataset  # noqa: PLC0415

    ending = {"json": "jsonl"}.get(kind, kind)
    for config in CONFIGS:
        path = str(release / "data" / f"{config}.{ending}")
        loaded = load_dataset(kind, data_files=path, split="train", cache_dir=cache)
        assert loaded.num_rows == len(rows(release, config)), config
        assert set(loaded.column_names) == set(column_names(config))


def test_pandas_duckdb_and_polars_read_each_config(release: Path) -> None:
    import duckdb  # noqa: PLC0415
    import pandas  # noqa: PLC0415
    import polars  # noqa: PLC0415

    for config in CONFIGS:
        path = str(release / "data" / config)
        count = len(rows(release, config))
        [(found,)] = duckdb.sql(f"SELECT count(*) FROM '{path}.parquet'").fetchall()  # noqa: S608
        assert found == count
        assert len(pandas.read_parquet(f"{path}.parquet")) == count
        assert len(pandas.read_json(f"{path}.jsonl", lines=True)) == count
        assert polars.read_parquet(f"{path}.parquet").height == count
        assert polars.read_ndjson(f"{path}.jsonl").height == count
