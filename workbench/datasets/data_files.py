"""Write data/ of a release: each config as JSON Lines, the exact form, and the same as Parquet.

A large snapshot is shared by two processes, each with half of the articles; the files are the same
as if one had written them.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.columns import CONFIGS, arrow_schema
from workbench.datasets.configs import ARTICLE_ROWS, OTHER_ROWS, Piece, place_article
from workbench.datasets.features import LEVELS
from workbench.datasets.parquet import write_parquet
from workbench.datasets.processes import second_process
from workbench.datasets.snapshots import Snapshot
from workbench.datasets.splits import Splits
from workbench.labelling.parsing import attribute_fields
from workbench.projects.scheme import parse_scheme

DATA = "data"
SHARED_BYTES = 30_000_000  # From here a second process repays its start.
WRITE_BUFFER = 1 << 20

Names = dict[str, set[str]]  # of attributes, by level
Statements = Mapping[str, list[str]]  # by the id of a claim
OnSentences = Callable[[int], None]


@dataclass(frozen=True)
class _Source:
    """What the rows of articles are made from."""

    snapshot: Snapshot
    splits: Splits
    statements: Statements


def write_data(
    snapshot: Snapshot, folder: Path, splits: Splits, *, on_sentences: OnSentences
) -> None:
    """Write data/CONFIG.jsonl and data/CONFIG.parquet of all configs into a release's folder.

    ``on_sentences`` is told now and then how many sentences are written.
    """
    data = folder / DATA
    data.mkdir()
    source = _Source(snapshot, splits, _statements_of_claims(snapshot))
    size = snapshot.path.stat().st_size
    if size < SHARED_BYTES:
        found = [_write_articles(source, data, (0, size), on_sentences)]
    else:
        found = _share_articles(source, data, size, on_sentences)
    for config, rows in OTHER_ROWS.items():
        with (data / f"{config}.jsonl").open("wb") as file:
            file.writelines(f"{canonical_json(row)}\n".encode() for row in rows(snapshot, splits))
    _write_parquet_files(data, [_scheme_names(snapshot), *found])


def _write_parquet_files(data: Path, found: Sequence[Names]) -> None:
    """Write all Parquet files, two at a time: pyarrow lets another thread run meanwhile."""
    names = {level: tuple(sorted(set().union(*(one[level] for one in found)))) for level in LEVELS}

    def write(config: str) -> None:
        schema = arrow_schema(config, names)
        write_parquet(data / f"{config}.jsonl", data / f"{config}.parquet", schema)

    large_first = sorted(CONFIGS, key=lambda one: -(data / f"{one}.jsonl").stat().st_size)
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(write, large_first):
            pass


def _share_articles(
    source: _Source, data: Path, size: int, on_sentences: OnSentences
) -> list[Names]:
    """Let another process write the second half of the articles, and put the halves together."""
    later, middle = data / "later", size // 2
    later.mkdir()
    with second_process() as processes:
        other = processes.submit(_write_articles, source, later, (middle, size))
        own = _write_articles(source, data, (0, middle), lambda done: on_sentences(2 * done))
        names = [own, other.result()]
    for config in ARTICLE_ROWS:
        with (
            (data / f"{config}.jsonl").open("ab") as target,
            (later / f"{config}.jsonl").open("rb") as more,
        ):
            shutil.copyfileobj(more, target, WRITE_BUFFER)
    shutil.rmtree(later)
    return names


def _write_articles(
    source: _Source,
    data: Path,
    part: tuple[int, int],
    on_sentences: OnSentences | None = None,
) -> Names:
    """Write the rows of the articles in a part of the snapshot; return the attributes they have."""
    names: Names = {level: set() for level in LEVELS}
    done, (begin, end) = 0, part
    with ExitStack() as stack:
        files = {
            config: stack.enter_context((data / f"{config}.jsonl").open("wb", WRITE_BUFFER))
            for config in ARTICLE_ROWS
        }
        for block in source.snapshot.articles(begin=begin, end=end):
            piece = place_article(
                block, source.splits, source.statements, source.snapshot.head["soft_labels"]
            )
            for config, rows in ARTICLE_ROWS.items():
                lines = [canonical_json(row) for row in rows(piece)]
                files[config].write("\n".join([*lines, ""]).encode())
            _add_names(piece, names)
            done += len(piece.sentences)
            if on_sentences:
                on_sentences(done)
    return names


def _add_names(piece: Piece, names: Names) -> None:
    """Note the attributes of each level: of the same level all have the same."""
    for sentence in piece.sentences:
        for answer in (sentence.gold, *sentence.answers):
            names["annotation"].update(cast(JsonObject, answer)["attributes"])  # type: ignore[arg-type]
            for claim in answer["claims"]:
                names["claim"].update(claim["attributes"])
                for link in claim["chain"]:
                    names["link"].update(cast(JsonObject, link["attributes"]))
            for stance in answer["stances"]:
                names["stance"].update(cast(JsonObject, stance["attributes"]))


def _scheme_names(snapshot: Snapshot) -> Names:
    schemes = [
        parse_scheme(cast(JsonObject, line["document"])) for line in snapshot.lines("scheme")
    ]
    return {
        level: {name for scheme in schemes for name in attribute_fields(scheme, level)}
        for level in LEVELS
    }


def _statements_of_claims(snapshot: Snapshot) -> Statements:
    found: dict[str, list[str]] = {}
    for claim, statement in _appearances(snapshot):
        theirs = found.setdefault(claim, [])
        if statement not in theirs:
            theirs.append(statement)
    return found


def _appearances(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for line in snapshot.lines("statement"):
        for one in cast("list[JsonObject]", line["appearances"]):
            yield str(one["claim"]), str(line["id"])
