"""Read a label scheme: the document that says what is asked, in which words, by which keys.

The document is checked against ``schemas/label-scheme.v1.schema.json`` first, then for what a
schema cannot say: names and keys that occur once, defaults and conditions that exist.
"""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from workbench.canonical import Json, JsonObject
from workbench.documents import find_flaw
from workbench.errors import InvalidInputError

Words = Mapping[str, str]


@dataclass(frozen=True)
class Value:
    """One value of a choice; its name is permanent, its label a translation."""

    name: str
    key: str
    label: Words
    help: Words
    ask: str | None
    rated: bool | None


@dataclass(frozen=True)
class NotAskedWhen:
    """A field is not asked when another of the same claim has one of these values."""

    field: str
    values: frozenset[str]
    then: str


@dataclass(frozen=True)
class Field:
    """One thing that is asked; ``default`` is a value's name or a word the program knows.

    ``on`` is annotation, claim, link or stance; ``kind`` is choice, parts, span, speaker, target,
    edtf or text; ``ask`` is always, reported or more.
    """

    name: str
    on: str
    kind: str
    ask: str
    default: str | None
    label: Words
    help: Words
    key: str | None
    values: Mapping[str, Value]
    not_asked_when: NotAskedWhen | None
    max_length: int | None

    @property
    def default_value(self) -> str | None:
        """The value that stands when nothing was chosen; none where the program finds it."""
        return self.default if self.default in self.values else None

    def fixed_value(self, attributes: Mapping[str, Json]) -> str | None:
        """Return the value that stands unasked beside these attributes, if it is not asked."""
        condition = self.not_asked_when
        if condition and attributes.get(condition.field) in condition.values:
            return condition.then
        return None


@dataclass(frozen=True)
class Zone:
    """A part of the page; sentences of one that is not annotatable need no decision."""

    name: str
    label: Words
    annotatable: bool


@dataclass(frozen=True)
class Scheme:
    """A label scheme, read; ``document`` is what it was read from."""

    id: str
    label: Words
    languages: tuple[str, ...]
    fields: Mapping[str, Field]
    zones: Mapping[str, Zone]
    reserved_speakers: Mapping[str, Words]
    document: JsonObject

    def on(self, level: str) -> tuple[Field, ...]:
        """Return the fields of a level, in the order in which they are asked."""
        return self._levels.get(level, ())

    @cached_property
    def _levels(self) -> dict[str, tuple[Field, ...]]:
        levels = dict.fromkeys(field.on for field in self.fields.values())
        return {
            level: tuple(field for field in self.fields.values() if field.on == level)
            for level in levels
        }


def parse_scheme(document: Json) -> Scheme:
    """Read a label scheme; ``InvalidInputError`` says what is wrong first, and where."""
    error = find_flaw("label-scheme.v1", document)
    if error is not None:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
        what = textwrap.shorten(error.message, 300, placeholder=" …")
        raise InvalidInputError(f"Label scheme, at {place.lstrip('.') or 'its top'}: {what}.")
    checked = cast(JsonObject, document)
    scheme = Scheme(
        id=_text(checked["id"]),
        label=_words(checked["label"]),
        languages=tuple(_text(language) for language in _list(checked["languages"])),
        fields=_by_name("field", (_field(entry) for entry in _objects(checked["fields"]))),
        zones=_by_name("zone", (_zone(entry) for entry in _objects(checked["zones"]))),
        reserved_speakers={
            _text(entry["id"]): _words(entry["label"])
            for entry in _objects(checked["reserved_speakers"])
        },
        document=checked,
    )
    for problem in _problems(scheme):
        raise InvalidInputError(f"Label scheme: {problem}.")
    return scheme


def _problems(scheme: Scheme) -> Iterable[str]:
    for field in scheme.fields.values():
        keys = [value.key for value in field.values.values()]
        if doubled := _first_doubled(keys):
            yield f"in the field {field.name}, two values have the key {doubled}"
        if field.kind == "choice" and field.default not in {None, "computed", *field.values}:
            yield f"the default of {field.name}, {field.default}, is none of its values"
        yield from _condition_problems(scheme, field)
    for level in ("annotation", "claim", "link", "stance"):
        fields = [field for field in scheme.on(level) if field.key]
        if doubled := _first_doubled([field.key or "" for field in fields]):
            yield f"two fields on {level} have the key {doubled}"
    yield from _missing_words(scheme)


def _condition_problems(scheme: Scheme, field: Field) -> Iterable[str]:
    condition = field.not_asked_when
    if condition is None:
        return
    asked = scheme.fields.get(condition.field)
    if asked is None or asked.on != field.on or not condition.values <= set(asked.values):
        yield f"{field.name} depends on {condition.field}, which lacks those values on {field.on}"
    elif condition.then not in field.values:
        yield f"{field.name} cannot be {condition.then}, which is none of its values"


def _missing_words(scheme: Scheme) -> Iterable[str]:
    labelled: list[tuple[str, Words]] = [("the scheme", scheme.label)]
    labelled += [(f"the zone {zone.name}", zone.label) for zone in scheme.zones.values()]
    for field in scheme.fields.values():
        labelled.append((f"the field {field.name}", field.label))
        labelled += [(f"{field.name}={v.name}", v.label) for v in field.values.values()]
    for owner, words in labelled:
        for language in scheme.languages:
            if language not in words:
                yield f"{owner} has no label in {language}"


def _first_doubled(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _field(entry: JsonObject) -> Field:
    condition = entry.get("not_asked_when")
    return Field(
        name=_text(entry["name"]),
        on=_text(entry["on"]),
        kind=_text(entry["kind"]),
        ask=_text(entry["ask"]),
        default=_maybe(entry.get("default")),
        label=_words(entry["label"]),
        help=_words(entry.get("help", {})),
        key=_maybe(entry.get("key")),
        values=_by_name("value", (_value(value) for value in _objects(entry.get("values", [])))),
        not_asked_when=_condition(condition) if isinstance(condition, dict) else None,
        max_length=cast("int | None", entry.get("max_length")),
    )


def _value(entry: JsonObject) -> Value:
    return Value(
        name=_text(entry["name"]),
        key=_text(entry["key"]),
        label=_words(entry["label"]),
        help=_words(entry.get("help", {})),
        ask=_maybe(entry.get("ask")),
        rated=cast("bool | None", entry.get("rated")),
    )


def _condition(entry: JsonObject) -> NotAskedWhen:
    return NotAskedWhen(
        field=_text(entry["field"]),
        values=frozenset(_text(value) for value in _list(entry["values"])),
        then=_text(entry["then"]),
    )


def _zone(entry: JsonObject) -> Zone:
    return Zone(_text(entry["name"]), _words(entry["label"]), bool(entry["annotatable"]))


_Named = TypeVar("_Named", Field, Value, Zone)


def _by_name(kind: str, things: Iterable[_Named]) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for thing in things:
        if thing.name in found:
            raise InvalidInputError(f"Label scheme: two {kind}s are named {thing.name}.")
        found[thing.name] = thing
    return found


# The schema has made sure of these types.
def _text(value: Json) -> str:
    return cast(str, value)


def _maybe(value: Json) -> str | None:
    return cast("str | None", value)


def _words(value: Json) -> Words:
    return cast(Words, value)


def _list(value: Json) -> list[Json]:
    return cast(list[Json], value)


def _objects(value: Json) -> list[JsonObject]:
    return cast(list[JsonObject], value)
