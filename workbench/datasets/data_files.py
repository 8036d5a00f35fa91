"""Write data/ of a release: each config as JSON Lines, the exact form, and the same as Parquet.

Rows lie in files by their split, as ``layout`` says.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from workbench.canonical import JsonObject, canonical_line
from workbench.datasets.columns import arrow_schema
from workbench.datasets.configs import ARTICLE_ROWS, OTHER_ROWS, Piece, place_article
from workbench.datasets.features import LEVELS
from workbench.datasets.layout import DATA, FULL, LINES, PARQUET, data_path, part_of
from workbench.datasets.parquet import write_parquet
from workbench.datasets.snapshots import ArticleBlock, Snapshot
from workbench.datasets.splits import Splits
from workbench.labelling.parsing import attribute_fields
from workbench.projects.scheme import parse_scheme

WRITE_BUFFER = 1 << 18

Names = dict[str, set[str]]  # of attributes, by level
Statements = Mapping[str, list[str]]  # by the id of a claim
OnSentences = Callable[[int], None]


class _RowFiles:
    """The JSON Lines files of a release, each opened for its first rows: three a config at most."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._files: dict[tuple[str, str], IO[bytes]] = {}

    def write(self, config: str, part: str, lines: Sequence[bytes]) -> None:
        """Add lines to the file of a part of the config."""
        if (config, part) not in self._files:
            path = self._folder / data_path(config, part, LINES)
            path.parent.mkdir(exist_ok=True)
            self._files[config, part] = self._stack.enter_context(path.open("wb", WRITE_BUFFER))
        self._files[config, part].write(b"".join(lines))


def write_data(
    snapshot: Snapshot,
    folder: Path,
    splits: Splits,
    *,
    configs: Collection[str],
    on_sentences: OnSentences,
) -> None:
    """Write the rows of articles, of some configs, and those of all other configs.

    ``on_sentences`` is told now and then how many sentences are written.
    """
    with open_rows(snapshot, folder, splits, configs=configs) as write:
        done = 0
        for block in snapshot.articles():
            write(block)
            done += len(block.sentences)
            on_sentences(done)
    with ExitStack() as stack:
        files = _RowFiles(folder, stack)
        for config, rows in OTHER_ROWS.items():
            for row in rows(snapshot, splits):
                files.write(config, part_of(row), [canonical_line(row)])
    _write_parquet_files(folder, OTHER_ROWS, [_scheme_names(snapshot)])


@contextmanager
def open_rows(
    snapshot: Snapshot, folder: Path, splits: Splits, *, configs: Collection[str]
) -> Iterator[Callable[[ArticleBlock], None]]:
    """Lend what writes the rows of an article, of some configs, as JSON Lines.

    After the last one the same rows are written as Parquet.
    """
    (folder / DATA).mkdir(exist_ok=True)
    chosen = {config: rows for config, rows in ARTICLE_ROWS.items() if config in configs}
    statements = _statements_of_claims(snapshot)
    method = snapshot.head["soft_labels"]
    names: Names = {}
    with ExitStack() as stack:
        files = _RowFiles(folder, stack)

        def write(block: ArticleBlock) -> None:
            piece = place_article(block, splits, statements, method)
            for config, rows in chosen.items():
                lines = [canonical_line(row) for row in rows(piece)]
                if lines:
                    files.write(config, part_of(piece.place), lines)
            _add_names(piece, names)

        yield write
    _write_parquet_files(folder, chosen, [_scheme_names(snapshot), names])


def _write_parquet_files(folder: Path, configs: Collection[str], found: Sequence[Names]) -> None:
    """Write the Parquet files of some configs; one that has no rows gets its empty files.

    Two at a time: pyarrow lets another thread run meanwhile.
    """
    names = {
        level: tuple(sorted(set().union(*(one.get(level, ()) for one in found))))
        for level in LEVELS
    }
    for config in configs:
        if not (folder / DATA / config).exists():
            (folder / DATA / config).mkdir()
            (folder / data_path(config, FULL, LINES)).touch()

    def write(lines: Path) -> None:
        schema = arrow_schema(lines.parent.name, names)
        write_parquet(lines, lines.with_suffix(f".{PARQUET}"), schema)

    files = [path for config in configs for path in (folder / DATA / config).glob(f"*.{LINES}")]
    large_first = sorted(files, key=lambda one: -one.stat().st_size)
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(write, large_first):
            pass


def _add_names(piece: Piece, names: Names) -> None:
    """Note the attributes of each level that was not met yet: on one level all have the same."""
    if len(names) == len(LEVELS):
        return

    def note(level: str, one: Mapping[str, object]) -> None:
        if level not in names:
            names[level] = set(cast(JsonObject, one["attributes"]))

    for sentence in piece.sentences:
        for answer in (sentence.gold, *sentence.answers):
            note("annotation", answer)
            for claim in answer["claims"]:
                note("claim", claim)
                for link in claim["chain"]:
                    note("link", link)
            for stance in answer["stances"]:
                note("stance", stance)


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
