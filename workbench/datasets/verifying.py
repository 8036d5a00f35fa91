"""Check a finished release again, whoever made it: nothing in its folder is taken for granted.

Hashes, schemas, every span against its text, every id, every count, Parquet against JSON Lines.
Files are read article by article, so that memory does not grow with a release.
"""

import json
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.canonical import Json
from workbench.datasets.columns import CONFIGS, column_names
from workbench.datasets.layout import DATA, FULL, LINES, PARQUET, PARTS, data_path, find_parts
from workbench.datasets.manifests import MANIFEST, file_hash, list_files, read_manifest
from workbench.datasets.parquet import ROWS_PER_GROUP, read_rows
from workbench.datasets.problems import Problem, Problems
from workbench.datasets.releasing import SCHEME, SNAPSHOT, SPLITS, write_release
from workbench.datasets.verifying_rows import RowVerifier
from workbench.documents import find_flaw

if TYPE_CHECKING:
    import pyarrow

SAMPLED = 100  # rows of which each nested value is compared one by one
CARD, CROISSANT = "README.md", "croissant.json"
_COUNTED_ROWS = re.compile(r"\| \[`(\w+)`\]\(data/\1\) \|.*\| ([\d\s,.]+) \|")
# What else is checked against a schema of its own, and may be absent.
DOCUMENTS = {
    SCHEME: "label-scheme.v1",
    "agreement.json": "agreement-report.v1",
    "ERRATA.json": "errata.v1",
}
# A level without attributes has no column for them.
_ALWAYS = {name for config in CONFIGS for name in column_names(config)} - {"attributes"}


def verify_release(folder: Path) -> list[Problem]:
    """Return all that is wrong with the release in a folder; of one file the first few.

    Nothing outside the folder is read, whatever the manifest says and wherever links lead.
    """
    found = Problems()
    files = _verify_files(folder, found)
    rows_at = {data_path(*one) for one in product(CONFIGS, PARTS, (LINES, PARQUET))}
    for path in sorted(files.keys() - rows_at):
        if path.startswith(f"{DATA}/"):
            found.add(path, None, "is named like no file of rows")
    parts = {config: find_parts(files.keys(), config, LINES) for config in CONFIGS}
    if {SNAPSHOT, SPLITS} <= files.keys() and all(parts.values()):
        rows = RowVerifier(folder, parts, found)
        rows.verify()
        if CARD in files:
            _verify_card(folder / CARD, rows.counts, found)
    for config, theirs in parts.items():
        tables = [one for one in theirs if data_path(config, one, PARQUET) in files]
        is_right = [_verify_parquet(folder, config, part, theirs, found) for part in tables]
        if config == "claims" and all(is_right) and _has_doubled_ids(folder, config, tables):
            found.add(f"{DATA}/{config}", None, "has an id twice")
    for path, schema in DOCUMENTS.items():
        if path in files:
            _verify_document(folder, path, schema, found)
    if CROISSANT in files:
        _verify_croissant(folder, files, found)
    return found.found


def compare_with_snapshot(folder: Path, *, previous: Path | None) -> list[Problem]:
    """Make all files of a release again from its snapshot; return which are other ones.

    In the folder ``verify_release`` has found nothing wrong. ``previous`` is the folder of the
    release that the snapshot names as the one before, else ``MissingReleaseError``.
    """
    found = Problems()
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        write_release(folder / SNAPSHOT, made, previous=previous, on_progress=lambda *_: None)
        theirs, ours = {*list_files(folder), MANIFEST}, {*list_files(made), MANIFEST}
        for path in sorted(ours - theirs):
            found.add(path, None, "is missing, and the snapshot makes it")
        for path in sorted(theirs - ours):
            found.add(path, None, "is not made from the snapshot")
        for path in sorted(ours & theirs):
            if file_hash(folder / path) != file_hash(made / path):
                found.add(path, None, "is not what the snapshot makes")
    return found.found


def _verify_files(folder: Path, found: Problems) -> dict[str, str]:
    """Compare the manifest with what is there; return the hashes of files that may be read."""
    there = list_files(folder)
    files = {path: file_hash(folder / path) for path in there if _is_plain(folder / path)}
    for path in there:
        if path not in files:
            found.add(path, None, "is a link or a device, and a release has none")
    if not _is_plain(folder / MANIFEST):
        found.add(MANIFEST, None, "is missing")
        return files
    listed: set[str] = set()
    for number, path, digest in read_manifest(folder):
        if digest is None:
            found.add(MANIFEST, number, "is no hash with the path of a file in this folder")
            continue
        if path in listed:
            found.add(MANIFEST, number, f"names {path} once more")
        listed.add(path)
        if files.get(path, digest) != digest:
            found.add(path, None, "was changed: it has not the hash that the manifest names")
    for path in sorted((listed | _needed(files)) - files.keys()):
        found.add(path, None, "is missing")
    for path in sorted(files.keys() - listed):
        found.add(path, None, "is not in the manifest")
    return files


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _needed(files: Collection[str]) -> set[str]:
    """Return what may not be missing: of each part of a config, JSON Lines and Parquet."""
    needed = {SNAPSHOT, SPLITS, SCHEME}
    for config in CONFIGS:
        found = {part for kind in (LINES, PARQUET) for part in find_parts(files, config, kind)}
        for part in found or {FULL}:
            needed |= {data_path(config, part, LINES), data_path(config, part, PARQUET)}
    return needed


def _verify_parquet(
    folder: Path, config: str, part: str, parts: Sequence[str], found: Problems
) -> bool:
    """Compare a Parquet file with the JSON Lines; tell whether nothing is wrong with it."""
    from pyarrow import ArrowException  # noqa: PLC0415

    path = data_path(config, part, PARQUET)
    lines = folder / data_path(config, part, LINES)
    if not lines.stat().st_size and tuple(parts) != (FULL,):
        found.add(data_path(config, part, LINES), None, "has no rows, and is therefore left out")
    try:
        problem = _parquet_problem(lines, folder / path, config)
    except (ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        problem = f"cannot be read as the rows of {config} ({reason})"
    if problem:
        found.add(path, None, problem)
    return not problem


def _parquet_problem(source: Path, target: Path, config: str) -> str | None:
    from pyarrow import Table  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    done = 0
    with ParquetFile(target) as file, source.open("rb") as lines:
        schema = file.schema_arrow
        wanted = [name for name in column_names(config) if name in {*schema.names, *_ALWAYS}]
        if schema.names != wanted:
            return "has not the columns that its schema names"
        for batch in file.iter_batches(ROWS_PER_GROUP):
            some = list(islice(lines, batch.num_rows))
            theirs = Table.from_batches([batch])
            ours = read_rows(b"".join(some), schema) if some else theirs.slice(0, 0)
            sample = [] if done else some[:SAMPLED]
            wrong = _first_difference(theirs, ours, sample)
            if wrong is not None:
                return f"has a row {done + wrong + 1} that is not that line of the JSON Lines"
            done += batch.num_rows
        if next(lines, None) is not None:
            return f"has {done} rows, and the JSON Lines have more"
    return None


def _has_doubled_ids(folder: Path, config: str, parts: Sequence[str]) -> bool:
    """Tell whether an id comes twice; those of other rows are made of where they stand."""
    from pyarrow import chunked_array  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    chunks = []
    for part in parts:
        with ParquetFile(folder / data_path(config, part, PARQUET)) as file:
            chunks += file.read(columns=["id"]).column("id").cast("string").chunks
    ids = chunked_array(chunks, "string")
    return len(ids.unique()) != len(ids)


def _first_difference(
    theirs: "pyarrow.Table", ours: "pyarrow.Table", sample: Sequence[bytes]
) -> int | None:
    """Return the place of the first row that differs; of a sample, what types may hide too."""
    if not theirs.equals(ours):
        pairs = zip(theirs.to_pylist(), ours.to_pylist(), strict=False)
        fewest = min(theirs.num_rows, ours.num_rows)
        return next((place for place, (one, other) in enumerate(pairs) if one != other), fewest)
    rows = theirs.slice(0, len(sample)).to_pylist()
    pairs = zip(rows, (_without_empty(json.loads(line)) for line in sample), strict=True)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), None)


def _without_empty(value: Json) -> Json:
    """Leave out objects without fields, which Parquet lacks."""
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_empty(one) for key, one in value.items() if one != {}}
    return value


def _verify_card(card: Path, counts: Mapping[str, int], found: Problems) -> None:
    """Compare the rows that the data card counts with those that are there."""
    for number, line in enumerate(card.read_text("utf-8", errors="replace").splitlines(), 1):
        match = _COUNTED_ROWS.fullmatch(line)
        if match and counts[match[1]] != int(re.sub(r"\D", "", match[2])):
            what = f"counts {match[2]} rows of {match[1]}, and there are {counts[match[1]]}"
            found.add(card.name, number, what)


def _verify_croissant(folder: Path, files: Mapping[str, str], found: Problems) -> None:
    """Compare the hashes of files in croissant.json with the files."""
    try:
        listed = json.loads((folder / CROISSANT).read_bytes())["distribution"]
        named = [(str(one["contentUrl"]), one["sha256"]) for one in listed if "sha256" in one]
    except (ValueError, KeyError, TypeError):
        found.add(CROISSANT, None, "lists no files that can be read")
        return
    for path, digest in named:
        if path in files and files[path] != digest:
            found.add(CROISSANT, None, f"has another hash of {path}")


def _verify_document(folder: Path, path: str, schema: str, found: Problems) -> None:
    try:
        flaw = find_flaw(schema, json.loads((folder / path).read_bytes()))
    except ValueError:
        found.add(path, None, "is no JSON")
        return
    if flaw is not None:
        place = "/".join(str(step) for step in flaw.absolute_path) or "its top"
        found.add(path, None, f"breaks its schema at {place}")
