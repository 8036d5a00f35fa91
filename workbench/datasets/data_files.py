"""Write data/ of a release: each config as JSON Lines, the exact form, and the same as Parquet.

Rows lie in files by their split, as ``layout`` says.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.columns import CONFIGS, arrow_schema
from workbench.datasets.configs import ARTICLE_ROWS, OTHER_ROWS, Piece, place_article
from workbench.datasets.features import LEVELS
from workbench.datasets.layout import DATA, FULL, LINES, PARQUET, data_path, part_of
from workbench.datasets.parquet import write_parquet
from workbench.datasets.snapshots import Snapshot
from workbench.datasets.splits import Splits
from workbench.labelling.parsing import attribute_fields
from workbench.projects.scheme import parse_scheme

WRITE_BUFFER = 1 << 18

Names = dict[str, set[str]]  # of attributes, by level
Statements = Mapping[str, list[str]]  # by the id of a claim
OnSentences = Callable[[int], None]


@dataclass(frozen=True)
class _Source:
    """What the rows of articles are made from."""

    snapshot: Snapshot
    splits: Splits
    statements: Statements


class _RowFiles:
    """The JSON Lines files of a release, each opened for its first rows: three a config at most."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._files: dict[tuple[str, str], IO[bytes]] = {}

    def write(self, config: str, part: str, lines: Sequence[str]) -> None:
        """Add rows, each a line, to the file of a part of the config."""
        if (config, part) not in self._files:
            path = self._folder / data_path(config, part, LINES)
            path.parent.mkdir(exist_ok=True)
            self._files[config, part] = self._stack.enter_context(path.open("wb", WRITE_BUFFER))
        self._files[config, part].write("\n".join([*lines, ""]).encode())


def write_data(
    snapshot: Snapshot, folder: Path, splits: Splits, *, on_sentences: OnSentences
) -> None:
    """Write the JSON Lines and Parquet files of all configs into a release's folder.

    ``on_sentences`` is told now and then how many sentences are written.
    """
    (folder / DATA).mkdir()
    source = _Source(snapshot, splits, _statements_of_claims(snapshot))
    found = _write_articles(source, folder, on_sentences)
    with ExitStack() as stack:
        files = _RowFiles(folder, stack)
        for config, rows in OTHER_ROWS.items():
            for row in rows(snapshot, splits):
                files.write(config, part_of(row), [canonical_json(row)])
    for config in CONFIGS:
        if not (folder / DATA / config).exists():
            (folder / DATA / config).mkdir()
            (folder / data_path(config, FULL, LINES)).touch()
    _write_parquet_files(folder / DATA, [_scheme_names(snapshot), found])


def _write_parquet_files(data: Path, found: Sequence[Names]) -> None:
    """Write all Parquet files, two at a time: pyarrow lets another thread run meanwhile."""
    names = {level: tuple(sorted(set().union(*(one[level] for one in found)))) for level in LEVELS}

    def write(lines: Path) -> None:
        schema = arrow_schema(lines.parent.name, names)
        write_parquet(lines, lines.with_suffix(f".{PARQUET}"), schema)

    large_first = sorted(data.glob(f"*/*.{LINES}"), key=lambda one: -one.stat().st_size)
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(write, large_first):
            pass


def _write_articles(source: _Source, folder: Path, on_sentences: OnSentences) -> Names:
    """Write the rows of the articles; return the attributes they have."""
    names: Names = {level: set() for level in LEVELS}
    done = 0
    with ExitStack() as stack:
        files = _RowFiles(folder, stack)
        for block in source.snapshot.articles():
            piece = place_article(
                block, source.splits, source.statements, source.snapshot.head["soft_labels"]
            )
            for config, rows in ARTICLE_ROWS.items():
                lines = [canonical_json(row) for row in rows(piece)]
                if lines:
                    files.write(config, part_of(piece.place), lines)
            _add_names(piece, names)
            done += len(piece.sentences)
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
