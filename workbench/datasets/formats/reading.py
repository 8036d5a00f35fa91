"""What readers find in foreign files, before it is held against a project; and the files.

Files are anybody's: every reader goes through ``SourceFile``, which bounds what is read at once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn, cast

from workbench.canonical import Json, JsonObject
from workbench.corpus.text import refuse_unstorable, refuse_unstorable_json
from workbench.errors import UnreadableFileError
from workbench.labelling.frames import Attributes, ClaimFrame, StanceFrame

MAX_LINE_BYTES = 10 << 20
MAX_WHOLE_BYTES = 64 << 20  # of a file that has to be read at once


@dataclass(frozen=True)
class Refusal:
    """Something of a file that cannot be taken: where it stands, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True)
class Stamp:
    """Under which id and revisions an answer was given, and when: what our own records keep."""

    id: str
    made_at: datetime
    scheme: int
    guideline: int
    registers: int


@dataclass(frozen=True)
class FoundDecision:
    """What is said of a whole sentence, given by its range and, if the file has them, its words."""

    place: str
    start: int
    end: int
    decision: str
    attributes: Attributes
    stamp: Stamp | None = None
    text: str = ""


@dataclass(frozen=True)
class FoundClaim:
    """A claim; its id is empty where the file has none of ours.

    ``label`` is a word for its type that is still to be found in the label scheme; ``name`` is by
    which the file's stances refer to it; ``origin`` says which suggestion it was made from.
    """

    place: str
    claim: ClaimFrame
    label: str | None = None
    name: str = ""
    origin: JsonObject | None = None


@dataclass(frozen=True)
class FoundStance:
    """A stance of the sentence at an offset; ``claim`` in it is the name of a ``FoundClaim``."""

    place: str
    at: int
    stance: StanceFrame


@dataclass(frozen=True)
class FoundDocument:
    """An article as a file has it.

    ``sha256`` is of the text, where the file says so; ``name`` a slug or title; ``annotator``
    whoever answers, as the file calls them.
    """

    place: str
    text: str | None = None
    sha256: str | None = None
    name: str | None = None
    annotator: str | None = None
    decisions: tuple[FoundDecision, ...] = ()
    claims: tuple[FoundClaim, ...] = ()
    stances: tuple[FoundStance, ...] = ()
    unfit: tuple[Refusal, ...] = ()


def refuse(reason: str) -> NoReturn:
    """Say what is wrong with the place that is being read; a reader makes a refusal of it."""
    raise ValueError(reason)


def read_attributes(value: Json) -> dict[str, str]:
    """Return the attributes of an object, those with a text as value; ``ValueError`` else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        refuse("has attributes that are no object")
    said: dict[str, str] = {}
    for name, one in value.items():
        if isinstance(one, str):
            said[name] = one
        elif one is not None:
            refuse(f"has an attribute {name[:40]!r} that is no text")
    return said


@dataclass(frozen=True)
class SourceFile:
    """A file to be read; ``name`` is what to call it to people."""

    path: Path
    name: str

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.path.stem

    @property
    def annotator(self) -> str | None:
        """Whose answers they are, where the file lies in a folder of one annotator's."""
        folder = self.path.parent.name
        return folder if folder.startswith("annotator-") else None

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield each line that is not blank, with its place; only LF ends a line."""
        with self.path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                place = f"{self.name}, line {number}"
                if len(line) > MAX_LINE_BYTES:
                    raise UnreadableFileError(f"{place}: is longer than {MAX_LINE_BYTES} bytes.")
                text = _decode(line, place).rstrip("\r\n")
                text = text.removeprefix("\ufeff") if number == 1 else text
                if text.strip():
                    refuse_unstorable(text, place)
                    yield place, text

    def json_lines(self) -> Iterator[tuple[str, JsonObject]]:
        """Yield the object of each line with its place."""
        for place, line in self.lines():
            yield place, _object(line, place)

    def json(self) -> JsonObject:
        """Return the object that the file holds."""
        return _object(self._whole(self.path), self.name)

    def json_list(self) -> list[JsonObject]:
        """Return the objects of the list that the file holds, or the only one."""
        value = _value(self._whole(self.path), self.name)
        found = value if isinstance(value, list) else [value]
        return [_checked(one, f"{self.name}, {number}") for number, one in enumerate(found, 1)]

    def near(self, name: str) -> str:
        """Return the text of a file in the same folder, or above an annotator's."""
        folder = self.path.parent
        for path in (folder / name, *([folder.parent / name] if self.annotator else [])):
            if path.is_file() and not path.is_symlink():
                return self._whole(path)
        raise UnreadableFileError(f"{self.name}: there is no {name} beside it.")

    def beside(self, ending: str) -> str:
        """Return the text of the file of the same name with another ending, as it stands."""
        path = self.path.with_suffix(ending)
        if not path.is_file() or path.resolve().parent != self.path.parent.resolve():
            raise UnreadableFileError(f"{self.name}: there is no {path.name} beside it.")
        return self._whole(path)

    def _whole(self, path: Path) -> str:
        with path.open("rb") as file:
            content = file.read(MAX_WHOLE_BYTES + 1)
        if len(content) > MAX_WHOLE_BYTES:
            raise UnreadableFileError(f"{self.name}: has more than {MAX_WHOLE_BYTES} bytes.")
        text = _decode(content, self.name).removeprefix("\ufeff")
        refuse_unstorable(text, self.name)
        return text


def _decode(content: bytes, place: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{place}: is not UTF-8 (byte {error.start}).") from None


def _object(text: str, place: str) -> JsonObject:
    return _checked(_value(text, place), place)


def _value(text: str, place: str) -> Json:
    try:
        return cast(Json, json.loads(text, parse_constant=_refuse_constant))
    except RecursionError:
        raise UnreadableFileError(f"{place}: is nested too deeply.") from None
    except ValueError as error:
        raise UnreadableFileError(f"{place}: is no JSON ({error}).") from None


def _checked(value: Json, place: str) -> JsonObject:
    if not isinstance(value, dict):
        raise UnreadableFileError(f"{place}: is no JSON object.")
    refuse_unstorable_json(value, place)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
