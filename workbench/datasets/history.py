"""What a release says of those before it: ``CHANGES.json``, ``CHANGELOG.md``, ``ERRATA.json``.

A pure function of its snapshot, its splits and the folder of the release before.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import cast

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.datasets.differing import (
    TYPES,
    Change,
    Splits,
    count_added,
    count_changes,
    list_changes,
    tell_change,
)
from workbench.datasets.markup import escape_markdown
from workbench.datasets.rules import ChangeKind, Step, Tally, decide_step
from workbench.datasets.snapshots import Snapshot, UnreadableSnapshotError, open_snapshot
from workbench.errors import NotFoundError

SNAPSHOT, CHANGES, CHANGELOG, ERRATA, SPLITS = (
    "snapshot.jsonl",
    "CHANGES.json",
    "CHANGELOG.md",
    "ERRATA.json",
    "splits.json",
)
FORMAT, ERRATA_FORMAT = "changes.v1", "errata.v1"
TITLE = "# Changes of {dataset}\n"
STEPS = {
    Step.FIRST: "The first release.",
    Step.PATCH: "The same records as before.",
    Step.MINOR: "What was there stayed as it was; only additions.",
    Step.MAJOR: "Records were changed, removed or moved across splits: results on the release"
    " before cannot be compared with results on this one.",
}
# What is told one by one; of sentences and registers, counts say enough.
TOLD = ("article", "statement", "verdict")
MOST_TOLD = 20
NAMES = {
    "scheme": ("label scheme", "label schemes"),
    "guideline": ("guideline", "guidelines"),
    "verdict_scale": ("verdict scale", "verdict scales"),
    "evidence": ("piece of evidence", "pieces of evidence"),
    "erratum": ("erratum", "errata"),
}


class MissingReleaseError(NotFoundError):
    """The release before, which a new one is compared with, is not where it should be."""

    code = "missing_release"


def write_history(
    snapshot: Snapshot, folder: Path, *, previous: Path | None, splits: Splits
) -> None:
    """Write the three files of what changed and what was wrong into a release's folder.

    ``previous`` is the folder of the release that the snapshot names as the one before;
    ``MissingReleaseError`` says what must be put back if it is not that.
    """
    before = open_previous(snapshot, previous)
    step, tally = _write_changes(snapshot, folder / CHANGES, before, splits)
    earlier = "" if previous is None or before is None else _earlier(previous / CHANGELOG)
    told = "".join(
        f"{line}\n" for line in _tell(snapshot.head, step, tally, read_changes(folder / CHANGES))
    )
    title = TITLE.format(dataset=snapshot.head["dataset"])
    (folder / CHANGELOG).write_bytes(f"{title}\n{told}{earlier}".encode())
    (folder / ERRATA).write_bytes(_pretty(_errata(snapshot)))


def open_previous(snapshot: Snapshot, previous: Path | None) -> Snapshot | None:
    """Return the snapshot of the release before, if there is one; proved to be that."""
    match snapshot.head["previous"]:
        case {"version": str(version), "snapshot": str(expected)}:
            return open_release(previous, version=version, snapshot=expected)
    return None


def open_release(folder: Path | None, *, version: str, snapshot: str) -> Snapshot:
    """Return the snapshot in a release's folder; ``MissingReleaseError`` if it is not whole."""
    where = "the folder of that release" if folder is None else str(folder)
    problem = "is not there"
    if folder is not None and (folder / SNAPSHOT).is_file():
        try:
            return open_snapshot(folder / SNAPSHOT, expected=snapshot)
        except UnreadableSnapshotError:
            problem = "was changed"
    raise MissingReleaseError(
        "Release %(version)s, with which the new one is compared, %(problem)s: put %(where)s back"
        " from a backup or a download; its snapshot.jsonl has the SHA-256 %(snapshot)s.",
        version=version,
        problem=problem,
        where=where,
        snapshot=snapshot,
    )


def read_splits(folder: Path) -> Splits:
    """Return where a release has its articles and statements."""
    splits = cast(JsonObject, json.loads((folder / SPLITS).read_bytes())["splits"])
    return {
        (kind.removesuffix("s"), str(one)): split
        for split, members in splits.items()
        for kind, ids in cast(Mapping[str, list[Json]], members).items()
        for one in ids
    }


def read_changes(path: Path) -> Iterator[JsonObject]:
    """Yield the changes of a ``CHANGES.json``, one at a time."""
    with path.open("rb") as file:
        for line in islice(file, 1, None):
            if line.startswith(b"]"):
                return
            yield json.loads(line.rstrip(b",\n"))


def _write_changes(
    snapshot: Snapshot, path: Path, before: Snapshot | None, splits: Splits
) -> tuple[Step, Tally]:
    """Write each change on a line of its own; of a first release only how many there are."""
    with path.open("wb") as file:
        file.write(b'{"changes":[')

        def written(before: Snapshot) -> Iterator[Change]:
            comma = b"\n"
            for change in list_changes(
                before.path,
                snapshot.path,
                old_splits=read_splits(before.path.parent),
                new_splits=splits,
            ):
                file.write(comma + canonical_json(change.document()).encode())
                comma = b",\n"
                yield change

        tally = count_changes(written(before)) if before else count_added(snapshot.path)
        step = decide_step(tally) if before else Step.FIRST
        about: JsonObject = {
            "counts": {
                kind: {change.value: counts[change] for change in ChangeKind if counts[change]}
                for kind, counts in tally.items()
            },
            "dataset": snapshot.head["dataset"],
            "format": FORMAT,
            "previous": snapshot.head["previous"],
            "snapshot": snapshot.id,
            "step": step,
            "version": snapshot.head["version"],
        }
        file.write(b"\n]," + canonical_json(about)[1:].encode() + b"\n")
    return step, tally


def _tell(
    head: JsonObject, step: Step, tally: Tally, changes: Iterator[JsonObject]
) -> Iterator[str]:
    yield f"## {head['version']} ({str(head['instant'])[:10]})"
    yield ""
    yield STEPS[step]
    if step is Step.FIRST or not tally:
        return
    yield ""
    for kind in TYPES:
        if counts := tally.get(kind):
            told = ", ".join(
                f"{counts[change]:,} {change}" for change in ChangeKind if counts[change]
            )
            yield f"- {name_of(kind, 2)}: {told}"
    named = _named(changes)
    if first := list(islice(named, MOST_TOLD)):
        yield ""
        yield from first
    if more := sum(1 for _ in named):
        yield f"- … and {more:,} more, in {CHANGES}"


def name_of(kind: str, count: int) -> str:
    """Return the word for records of a type."""
    one, several = NAMES.get(kind, (kind, f"{kind}s"))
    return one if count == 1 else several


def _named(changes: Iterator[JsonObject]) -> Iterator[str]:
    for one in changes:
        if one["type"] in TOLD:
            change = Change(
                ChangeKind(str(one["change"])),
                str(one["type"]),
                str(one["id"]),
                one["from"],
                one["to"] or one["record"],
            )
            yield f"- {escape_markdown(next(tell_change(change)))}"


def _earlier(path: Path) -> str:
    """Return what an earlier changelog says after its title."""
    return path.read_text("utf-8").partition("\n")[2] if path.is_file() else ""


def _errata(snapshot: Snapshot) -> JsonObject:
    errata: list[Json] = [
        {name: value for name, value in line.items() if name != "type"}
        for line in snapshot.lines("erratum")
    ]
    return {
        "format": ERRATA_FORMAT,
        "dataset": snapshot.head["dataset"],
        "version": snapshot.head["version"],
        "instant": snapshot.head["instant"],
        "errata": errata,
        "withdrawn_versions": snapshot.head["withdrawn_versions"],
    }


def _pretty(document: JsonObject) -> bytes:
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
