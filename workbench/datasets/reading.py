"""What a finished release says of itself, read from its files for who looks at it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.rules import ChangeKind, Step, Tally

CARD = "README.md"
LOADING = "\n## Load it\n"
LAST_LINE = 1 << 16  # bytes; counts of a dozen kinds are far shorter
PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?P<path>pictures/[\w.-]+\.svg)\)$", re.MULTILINE)
PROGRAM = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
IMPORTED = re.compile(r"(?:import|from) (\w+)")


@dataclass(frozen=True)
class ToldChanges:
    """What changed since the release before: by record, how many were added, changed and so on."""

    step: Step
    previous: str | None
    counts: Tally


@dataclass(frozen=True)
class Snippet:
    """Lines that load the release with one library."""

    library: str
    code: str


@dataclass(frozen=True)
class CardPicture:
    """A picture of the data card: its file, and what it says to who cannot see it."""

    path: str
    alt: str


@dataclass(frozen=True)
class Card:
    """A data card: its Markdown without the head for programs, and what can be had of it."""

    text: str
    snippets: tuple[Snippet, ...]
    pictures: tuple[CardPicture, ...]


def read_told(path: Path) -> ToldChanges | None:
    """Return what a ``CHANGES.json`` counts; only its end is read. None if it is not there."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LAST_LINE))
        last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    about = json.loads(b"{" + last.removeprefix(b"],"))
    previous = about["previous"]
    counts = cast(Mapping[str, Mapping[str, int]], about["counts"])
    return ToldChanges(
        step=Step(about["step"]),
        previous=previous and str(previous["version"]),
        counts={
            kind: {ChangeKind(name): count for name, count in some.items()}
            for kind, some in counts.items()
        },
    )


def read_some_changes(
    path: Path, *, kind: str | None, offset: int, limit: int
) -> Iterator[JsonObject]:
    """Yield some changes of a ``CHANGES.json``, of one type of record or of all, in its order.

    Those before are not looked into.
    """
    end = f'"type":"{kind}"}}'.encode() if kind else b"}"
    with path.open("rb") as file:
        lines = (line.rstrip(b",\n") for line in islice(file, 1, None) if line.startswith(b"{"))
        wanted = (line for line in lines if line.endswith(end))
        for line in islice(wanted, offset, offset + limit):
            yield cast(JsonObject, json.loads(line))


def name_record(record: Json) -> str:
    """Return the words by which people know a record, if it has such."""
    words = record if isinstance(record, dict) else {}
    name = words.get("wording") or words.get("title") or words.get("name") or words.get("text")
    return name if isinstance(name, str) else ""


def read_card(path: Path) -> Card:
    """Read the data card of a release; an empty one if it is not there."""
    text = path.read_text("utf-8") if path.is_file() else ""
    if text.startswith("---\n"):
        text = text.partition("\n---\n")[2]
    loading = text.partition(LOADING)[2].partition("\n## ")[0]
    return Card(
        text=text,
        snippets=tuple(_snippets(loading)),
        pictures=tuple(CardPicture(one["path"], one["alt"]) for one in PICTURE.finditer(text)),
    )


def _snippets(text: str) -> Iterator[Snippet]:
    for found in PROGRAM.finditer(text):
        code = found["code"].strip()
        if library := IMPORTED.match(code):
            yield Snippet(library[1], code)
