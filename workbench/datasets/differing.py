"""What differs between two snapshots, record by record, and the old one brought up to the new.

Lines are read as they stand and few are in memory: an index of the old file's records has no
sentences, which are found beside their article. Records are compared without the pseudonyms of
annotators, which are others in each major version.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.datasets.rules import ChangeKind, Tally
from workbench.errors import UnreadableFileError

ARTICLE, SENTENCE = "article", "sentence"
TYPES = (
    "scheme",
    "guideline",
    "verdict_scale",
    "speaker",
    "target",
    ARTICLE,
    SENTENCE,
    "statement",
    "verdict",
    "evidence",
    "erratum",
)
# No records: what the release says of itself, and what is counted from the records.
ABOUT = frozenset({"release", "agreement"})
# A sentence's line ends in these two fields; inside its texts quotes are escaped.
SENTENCE_MARK = b'"type":"sentence","zone":'
SHOWN = 60  # characters of a value

Splits = Mapping[tuple[str, str], str]  # of articles and statements, by type and id


@dataclass(frozen=True)
class Change:
    """What became of one record; one that moved has the names of its splits instead."""

    kind: ChangeKind
    type: str
    id: str
    before: Json
    after: Json

    def document(self) -> JsonObject:
        """Return the change as ``CHANGES.json`` has it, enough to bring the old release up."""
        is_move = self.kind is ChangeKind.MOVED
        fields: list[Json] = []
        if self.kind is ChangeKind.CHANGED:
            fields += [place for place, _, _ in differences(self.before, self.after)]
        return {
            "change": self.kind,
            "type": self.type,
            "id": self.id,
            "fields": fields,
            "record": None if is_move else self.after,
            "from": self.before if is_move else None,
            "to": self.after if is_move else None,
        }


def list_changes(
    old: Path, new: Path, *, old_splits: Splits, new_splits: Splits
) -> Iterator[Change]:
    """Yield what changed from one snapshot to another, in the order of the new one.

    What was removed comes after, then the articles and statements that moved across splits.
    """
    with old.open("rb") as before, new.open("rb") as after:
        yield from _compare(before, after)
    for key in sorted(old_splits.keys() & new_splits.keys()):
        was, is_now = old_splits[key], new_splits[key]
        if was != is_now:
            yield Change(ChangeKind.MOVED, *key, was, is_now)


def count_changes(changes: Iterable[Change]) -> Tally:
    """Count changes by the type of the record and what became of it."""
    counts: defaultdict[str, Counter[ChangeKind]] = defaultdict(Counter)
    for change in changes:
        counts[change.type][change.kind] += 1
    return {kind: counts[kind] for kind in TYPES if counts[kind]}


def count_added(first: Path) -> Tally:
    """Count the records of a first release, all of which were added; sentences are not parsed."""
    counts: Counter[str] = Counter()
    with first.open("rb") as file:
        for line in file:
            counts[SENTENCE if SENTENCE_MARK in line else str(_parse(line)["type"])] += 1
    return {kind: Counter({ChangeKind.ADDED: counts[kind]}) for kind in TYPES if counts[kind]}


def replay(old: Iterable[JsonObject], changes: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield the new release's records from the old one's and what ``CHANGES.json`` says.

    Those that stay are in their old order; what was added comes after them. Pseudonyms are left
    out, as in the comparison.
    """
    news = {
        (str(change["type"]), str(change["id"])): change
        for change in changes
        if change["change"] != ChangeKind.MOVED
    }
    for line in old:
        if line["type"] in ABOUT:
            continue
        change = news.pop(key_of(line), None)
        if change is None:
            yield comparable(line)
        elif change["change"] == ChangeKind.CHANGED:
            yield cast(JsonObject, change["record"])
    yield from (cast(JsonObject, change["record"]) for change in news.values())


def comparable(line: JsonObject) -> JsonObject:
    """Return a record without the pseudonyms of annotators, nor an order that is theirs."""
    if line["type"] != SENTENCE:
        return line
    answers = [
        {name: value for name, value in cast(JsonObject, answer).items() if name != "annotator"}
        for answer in cast(list[Json], line["answers"])
    ]
    return {**line, "answers": [*sorted(answers, key=canonical_json)]}


def key_of(line: JsonObject) -> tuple[str, str]:
    """Return the type of a record and its id within that."""
    kind = str(line["type"])
    if kind == "erratum":
        return kind, "/".join(str(line[name]) for name in ("statement", "verdict", "at"))
    return kind, str(line["id"] if "id" in line else line["number"])


def differences(before: Json, after: Json, place: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Yield where two values differ, as deep as they are of one form, with both sides."""
    match before, after:
        case dict(), dict():
            for name in sorted(before.keys() | after.keys()):
                inner = f"{place}.{name}" if place else name
                yield from differences(before.get(name), after.get(name), inner)
        case list(), list() if len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True), start=1):
                yield from differences(one, other, f"{place}[{number}]")
        case _ if before != after:
            yield place, before, after


def tell_change(change: Change) -> Iterator[str]:
    """Yield lines that tell a person what became of a record."""
    yield f"{change.kind} {change.type} {change.id}{_told(change)}"
    if change.kind is ChangeKind.CHANGED:
        for place, before, after in differences(change.before, change.after):
            yield f"  {place}: {_short(before)} → {_short(after)}"


def _told(change: Change) -> str:
    if change.kind is ChangeKind.MOVED:
        return f": {change.before} → {change.after}"
    record = change.before if change.after is None else change.after
    words = record if isinstance(record, dict) else {}
    name = words.get("wording") or words.get("title") or words.get("name") or words.get("text")
    if change.type in {"scheme", "guideline", "verdict_scale"} or not isinstance(name, str):
        return ""
    return f": {_short(name)}"


def _short(value: Json) -> str:
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return f"{len(value)} entries" if len(value) > 1 else "1 entry"
    text = canonical_json(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _compare(old: BinaryIO, new: BinaryIO) -> Iterator[Change]:
    places = _index(old)
    line = new.readline()
    while line:
        record = _parse(line)
        if record["type"] in ABOUT:
            line = new.readline()
            continue
        kind, key = key_of(record)
        place = places.pop((kind, key), None)
        was = None if place is None else _line_at(old, place)
        yield from _changes(was, line, (kind, key))
        sentences, line = _sentences(new)
        former = _sentences(old)[0] if was is not None else []
        yield from _compare_sentences(former, sentences)
    for (kind, key), place in places.items():
        yield from _changes(_line_at(old, place), None, (kind, key))
        yield from _compare_sentences(_sentences(old)[0], [])


def _compare_sentences(old: list[bytes], new: list[bytes]) -> Iterator[Change]:
    """Compare the sentences of one article; those whose bytes are the same are not looked into."""
    same = set(old).intersection(new)
    if len(same) < len(new):  # Pseudonyms may differ: leave them out without parsing.
        bare = {_bare(line) for line in old}.intersection(map(_bare, new))
        same.update(line for line in (*old, *new) if _bare(line) in bare)
    former = {key_of(_parse(line)): line for line in old if line not in same}
    for line in new:
        if line not in same:
            key = key_of(_parse(line))
            yield from _changes(former.pop(key, None), line, key)
    for key, line in former.items():
        yield from _changes(line, None, key)


def _bare(line: bytes) -> tuple[bytes, ...]:
    """Return a sentence's line in pieces, without pseudonyms and an order of answers by them."""
    answers, _mark, rest = line.partition(b'],"article":')
    first, *others = answers.split(b'{"annotator":"annotator-')
    return (first, *sorted(one[12:].rstrip(b",") for one in others), rest)


def _changes(old: bytes | None, new: bytes | None, key: tuple[str, str]) -> Iterator[Change]:
    if old == new:
        return
    before = None if old is None else comparable(_parse(old))
    after = None if new is None else comparable(_parse(new))
    if before is None:
        yield Change(ChangeKind.ADDED, *key, before, after)
    elif after is None:
        yield Change(ChangeKind.REMOVED, *key, before, after)
    elif before != after:
        yield Change(ChangeKind.CHANGED, *key, before, after)


def _index(file: BinaryIO) -> dict[tuple[str, str], int]:
    """Return where each record stands in the file, but for sentences."""
    places = {}
    place = 0
    for line in file:
        if SENTENCE_MARK not in line:
            record = _parse(line)
            if record["type"] not in ABOUT:
                places[key_of(record)] = place
        place += len(line)
    return places


def _line_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.readline()


def _sentences(file: BinaryIO) -> tuple[list[bytes], bytes]:
    """Return the sentences that come next in the file, and the line after them."""
    found = []
    while SENTENCE_MARK in (line := file.readline()):
        found.append(line)
    return found, line


def _parse(line: bytes) -> JsonObject:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or record.get("type") not in ABOUT.union(TYPES):
        raise UnreadableFileError(
            "A line of the snapshot is no record: %(line)s.", line=repr(line[:SHOWN])
        )
    return record
