"""Make all files of a release from its snapshot, and from nothing else.

There is no clock, no chance, no database and no setting here: equal snapshots give equal bytes. A
new kind of file is one more line in ``PARTS``.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from workbench import processes
from workbench.canonical import Json, JsonObject
from workbench.datasets.columns import CONFIGS, OTHER_SCHEMAS, schema_name
from workbench.datasets.configs import ARTICLE_ROWS
from workbench.datasets.counting import Counts, count_article, count_short_lines
from workbench.datasets.data_files import open_rows, write_data
from workbench.datasets.formats.writing import write_formats
from workbench.datasets.history import write_history
from workbench.datasets.layout import DATA, FULL, LINES
from workbench.datasets.manifests import is_inside, write_manifest
from workbench.datasets.release_texts import write_pictures, write_texts
from workbench.datasets.snapshots import (
    ArticleBlock,
    Snapshot,
    UnreadableSnapshotError,
    open_snapshot,
)
from workbench.datasets.splits import (
    KEYS,
    SEED,
    SHARES,
    Rule,
    Split,
    Splits,
    read_splits,
    training_articles,
)
from workbench.resources import resource_folder

SNAPSHOT, SPLITS, SCHEME, FORMATS = "snapshot.jsonl", "splits.json", "scheme.json", "formats"
ATTACH = "attach_text.py"
LARGE = ("sentences", "annotations", "soft_labels")  # as much work as the rest with the formats
SMALLER = tuple(config for config in ARTICLE_ROWS if config not in LARGE)

# Which part is being written, how much of it is done, and of how much.
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Draft:
    """A release that is being written: what its files are made from, and where they go.

    ``previous`` is the folder of the release before, if there is one; ``derive`` writes the
    formats with half of the rows, once, and returns what it counted: for a large release another
    process does it.
    """

    snapshot: Snapshot
    folder: Path
    previous: Path | None
    splits: Splits
    on_progress: OnProgress
    derive: Callable[[], Counts]


def write_release(
    snapshot: Path, folder: Path, *, previous: Path | None = None, on_progress: OnProgress
) -> str:
    """Write all files of a release into an empty folder; return the SHA-256 of its manifest.

    ``snapshot`` may lie in that folder already, as ``snapshot.jsonl``; ``previous`` is the folder
    of the release that it names as the one before, else ``MissingReleaseError``.
    """
    source = open_snapshot(snapshot)
    with ExitStack() as stack:
        stack.enter_context(processes.few_collections())
        derive: Callable[[], Counts] = cache(lambda: write_derived(source, folder, on_progress))
        if snapshot.stat().st_size >= processes.SHARED_BYTES:
            second = stack.enter_context(processes.second_process())
            derive = second.submit(write_derived, source, folder).result
        draft = Draft(source, folder, previous, read_splits(source), on_progress, derive)
        for name, write in PARTS:
            on_progress(name, 0, 1)
            write(draft)
            on_progress(name, 1, 1)
    return write_manifest(folder)


def write_snapshot(draft: Draft) -> None:
    """Put the snapshot itself into the release."""
    target = draft.folder / SNAPSHOT
    if not (target.exists() and target.samefile(draft.snapshot.path)):
        shutil.copyfile(draft.snapshot.path, target)


def write_rows(draft: Draft) -> None:
    """Write data/, but for what is written with the formats."""
    counts = cast("dict[str, int]", draft.snapshot.head["counts"])
    write_data(
        draft.snapshot,
        draft.folder,
        draft.splits,
        configs=LARGE,
        on_sentences=lambda done: draft.on_progress("data", done, counts["sentences"]),
    )


def write_derived(
    snapshot: Snapshot, folder: Path, on_progress: OnProgress = lambda *_: None
) -> Counts:
    """Write formats/ and the smaller half of data/, count what the texts tell, and draw it.

    Formats, rows and counts look at every article; together that is half of all the work.
    """
    whole = cast("dict[str, int]", snapshot.head["counts"])["sentences"]
    counts = count_short_lines(snapshot)
    with (
        processes.few_collections(),
        open_rows(snapshot, folder, read_splits(snapshot), configs=SMALLER) as write,
    ):

        def take(block: ArticleBlock) -> None:
            count_article(counts, block)
            write(block)

        write_formats(
            snapshot,
            folder / FORMATS,
            on_article=take,
            on_sentences=lambda done: on_progress("formats", done, whole),
        )
    write_pictures(folder, counts)
    return counts


def await_derived(draft: Draft) -> None:
    """Write formats/ and what goes with them, or wait for the process that does."""
    draft.derive()


def write_documents(draft: Draft) -> None:
    """Write scheme, guidelines and verdict scales as used, and the schemas of all files.

    ``scheme.json`` is the newest revision; where records name more than one, schemes/ has all.
    """
    snapshot, folder = draft.snapshot, draft.folder
    schemes = {str(line["number"]): line["document"] for line in snapshot.lines("scheme")}
    write_document(folder / SCHEME, schemes[str(snapshot.head["scheme"])])
    for number, document in schemes.items() if len(schemes) > 1 else ():
        write_document(folder / "schemes" / f"{number}.json", document)
    for line in snapshot.lines("guideline"):
        for language, text in cast("dict[str, str]", line["texts"]).items():
            name = f"{line['number']}.{language}.md"
            if "/" in name or not is_inside(name):
                raise UnreadableSnapshotError(
                    "%(path)s has a guideline in %(language)s, which is no language; take the"
                    " snapshot from the release.",
                    path=str(snapshot.path),
                    language=repr(language),
                )
            _write(folder / "guidelines" / name, text)
    for line in snapshot.lines("verdict_scale"):
        write_document(folder / "verdict-scales" / f"{line['number']}.json", line["document"])
    for name in (*map(schema_name, CONFIGS), *OTHER_SCHEMAS):
        _write(folder / "schemas" / name, (resource_folder("schemas") / name).read_text("utf-8"))


def write_attaching(draft: Draft) -> None:
    """Put the program into the release that adds texts which it may not have itself."""
    if draft.snapshot.head["text"] != "full":
        shutil.copyfile(Path(__file__).with_name(ATTACH), draft.folder / ATTACH)


def write_splits(draft: Draft) -> None:
    """Write ``splits.json``: what is where, and the proof that nothing was parted."""
    write_document(draft.folder / SPLITS, splits_document(draft))


def splits_document(draft: Draft) -> JsonObject:
    """Return the splits of a release as ``splits.json`` has them."""
    head, splits = draft.snapshot.head, draft.splits
    members: dict[str, dict[str, list[str]]] = {}
    for kind, placed in (("articles", splits.articles), ("statements", splits.statements)):
        for one, place in sorted(placed.items()):
            both = members.setdefault(place.split.value, {"articles": [], "statements": []})
            both[kind].append(one)
    sentences = _sentences_by_split(draft)
    groups = Counter(group.split.value for group in splits.groups)
    return {
        "format": "splits.v1",
        "dataset": head["dataset"],
        "version": head["version"],
        "snapshot": draft.snapshot.id,
        "rule": splits.rule.value,
        "seed": SEED,
        "shares": {split.value: share for split, share in SHARES.items()},
        "keys": [*KEYS],
        "splits": cast(Json, members),
        "folds": [*_folds(splits)],
        "groups": [
            {
                "id": group.id,
                "split": group.split.value,
                "articles": [*group.articles],
                "statements": [*group.statements],
                "is_frozen": group.is_frozen,
                "is_pulled": group.is_pulled,
            }
            for group in splits.groups
        ],
        "moved": [*_moved(draft)],
        "proof": {
            "articles": len(splits.articles),
            "statements": len(splits.statements),
            "groups": len(splits.groups),
            "crossing": sum(_crosses(splits, group.articles) for group in splits.groups),
            "counts": {
                split: {
                    "groups": groups[split],
                    "articles": len(both["articles"]),
                    "statements": len(both["statements"]),
                    "sentences": sentences[split],
                }
                for split, both in members.items()
            },
        },
    }


def write_changes(draft: Draft) -> None:
    """Write what changed since the release before, and what was wrong in those before."""
    placed = {("article", one): place for one, place in draft.splits.articles.items()}
    placed |= {("statement", one): place for one, place in draft.splits.statements.items()}
    write_history(
        draft.snapshot,
        draft.folder,
        previous=draft.previous,
        splits={one: place.split.value for one, place in placed.items()},
    )


def write_all_texts(draft: Draft) -> None:
    """Write what tells of the release: the data card, croissant.json, citations."""
    write_texts(draft.snapshot, draft.folder, draft.derive())


def write_document(path: Path, document: Json) -> None:
    """Write a JSON document for people and programs: indented, its keys sorted."""
    _write(path, json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n")


# What a release is made of, in this order; the manifest comes after all of them.
PARTS: tuple[tuple[str, Callable[[Draft], None]], ...] = (
    ("snapshot", write_snapshot),
    ("data", write_rows),
    ("splits", write_splits),
    ("history", write_changes),
    ("documents", write_documents),
    ("formats", await_derived),
    ("attaching", write_attaching),
    # After all others: croissant.json has the hashes of their files.
    ("texts", write_all_texts),
)


def _folds(splits: Splits) -> Iterator[JsonObject]:
    if splits.rule is not Rule.LEAVE_ONE_OUT:
        return
    for one, place in sorted(splits.articles.items(), key=lambda item: item[1].fold or 0):
        train = training_articles(splits, one)
        neither = sorted(set(splits.articles) - {one, *train})
        yield {"fold": place.fold, "test": one, "train": [*train], "neither": [*neither]}


def _moved(draft: Draft) -> Iterator[JsonObject]:
    """Yield what the release before had in another split; folds are no splits."""
    if draft.previous is None:
        return
    before = json.loads((draft.previous / SPLITS).read_bytes())["splits"]
    for kind, placed in (
        ("articles", draft.splits.articles),
        ("statements", draft.splits.statements),
    ):
        old = {one: split for split, both in before.items() for one in both[kind]}
        for one in sorted(old.keys() & placed.keys()):
            split = placed[one].split.value
            if old[one] != split and Split.ALL.value not in (old[one], split):
                yield {"id": one, "from": old[one], "to": split}


def _crosses(splits: Splits, articles: tuple[str, ...]) -> bool:
    return len({splits.articles[one].split for one in articles}) > 1


def _sentences_by_split(draft: Draft) -> Counter[str]:
    """Count the sentences that were written."""
    found: Counter[str] = Counter()
    for path in (draft.folder / DATA / "sentences").glob(f"*.{LINES}"):
        with path.open("rb") as file:
            found[Split.ALL if path.stem == FULL else path.stem] = sum(1 for _ in file)
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
