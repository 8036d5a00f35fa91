"""Our own sentence records in JSON Lines, read back whole."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.checking import schema_checker
from workbench.datasets.formats.documents import read_claim, read_stance
from workbench.datasets.formats.reading import (
    FoundClaim,
    FoundDecision,
    FoundDocument,
    FoundStance,
    Refusal,
    SourceFile,
    Stamp,
    read_attributes,
    refuse,
)
from workbench.labelling.frames import Decision
from workbench.labelling.rules import UNREAD

SCHEMA = "sentence-record.v1.schema.json"
_Line = tuple[str, JsonObject]


def read(file: SourceFile) -> Iterator[FoundDocument]:
    """Yield each article of a file once for each of its annotators; one article is in memory."""
    for _, group in groupby(file.json_lines(), key=_article_of):
        lines: dict[str | None, list[_Line]] = {}
        unfit: list[Refusal] = []
        for place, record in group:
            if problem := schema_checker(SCHEMA)(record):
                unfit.append(Refusal(place, f"is no sentence record: it{problem}"))
            else:
                who = cast("str | None", record["annotator"])
                lines.setdefault(who, []).append((place, record))
        if unfit:
            yield FoundDocument(unfit[0].place, unfit=tuple(unfit))
        for annotator, theirs in lines.items():
            yield _Reader(annotator).read(theirs)


def _article_of(line: _Line) -> tuple[Json, Json]:
    _, record = line
    article, edition = record.get("article"), record.get("edition")
    return (
        article.get("id") if isinstance(article, dict) else None,
        edition.get("number") if isinstance(edition, dict) else None,
    )


class _Reader:
    """Reads one person's records of one article, which are of the schema."""

    def __init__(self, annotator: str | None) -> None:
        self._annotator = annotator
        self._decisions: list[FoundDecision] = []
        self._claims: list[FoundClaim] = []
        self._stances: list[FoundStance] = []
        self._unfit: list[Refusal] = []

    def read(self, lines: list[_Line]) -> FoundDocument:
        for place, record in lines:
            try:
                self._read(place, record)
            except ValueError as error:
                self._unfit.append(Refusal(place, str(error)))
        place, first = lines[0]
        article, edition = _object(first["article"]), _object(first["edition"])
        return FoundDocument(
            place,
            sha256=cast(str, edition["sha256"]),
            name=cast(str, article["slug"]),
            annotator=self._annotator,
            decisions=tuple(self._decisions),
            claims=tuple(self._claims),
            stances=tuple(self._stances),
            unfit=tuple(self._unfit),
        )

    def _read(self, place: str, record: JsonObject) -> None:
        sentence = _object(record["sentence"])
        start, end = cast(int, sentence["start"]), cast(int, sentence["end"])
        stamp = _stamp(record["revision"])
        decision = cast("str | None", record["decision"]) or UNREAD
        if stamp and decision == UNREAD:  # All its claims were taken out again.
            decision = Decision.CLAIMS
        claims = [self._claim(place, entry) for entry in _objects(record["claims"])]
        stances = [self._stance(place, start, entry) for entry in _objects(record["stances"])]
        attributes = read_attributes(record["attributes"])
        self._decisions.append(FoundDecision(place, start, end, decision, attributes, stamp))
        self._claims += claims
        self._stances += stances

    def _claim(self, place: str, entry: JsonObject) -> FoundClaim:
        for link in _objects(entry["chain"]):
            _check_speaker(link["source"], link["speaker"])
        claim = read_claim(entry, {})
        origin = _object(entry["origin"])
        return FoundClaim(place, claim, name=claim.id, origin=origin if origin["rule"] else None)

    def _stance(self, place: str, start: int, entry: JsonObject) -> FoundStance:
        _check_speaker(entry["holder"], entry["speaker"])
        return FoundStance(place, start, read_stance(entry, {}))


def _check_speaker(source: Json, speaker: Json) -> None:
    if (source == "speaker") is (speaker is None):
        refuse("has a speaker who is not named, or names one beside the author")


def _stamp(revision: Json) -> Stamp | None:
    if revision is None:
        return None
    entry = _object(revision)
    made_at = datetime.fromisoformat(cast(str, entry["made_at"]))
    if made_at.tzinfo is None:
        refuse("says when it was made without a time zone")
    numbers = {name: cast(int, entry[name]) for name in ("scheme", "guideline", "registers")}
    return Stamp(cast(str, entry["id"]), made_at, **numbers)


def _object(value: Json) -> JsonObject:
    return cast(JsonObject, value)


def _objects(value: Json) -> list[JsonObject]:
    return cast("list[JsonObject]", value)
