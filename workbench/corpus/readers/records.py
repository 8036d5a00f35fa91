"""Read records strictly: JSON objects without surprises, each field as the schema says."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import NoReturn, cast
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, ValidationError

from workbench.corpus.dates import check_edtf
from workbench.corpus.language import Language
from workbench.corpus.readers.source import Metadata
from workbench.corpus.text import check_article_length, refuse_unstorable
from workbench.documents import validator
from workbench.errors import InvalidInputError, UnreadableFileError

FIELDS = ("text", "title", "outlet", "author", "published", "url", "language", "rights", "id")
MAX_DEPTH = 64

_SHOWN = 60
N_ = str  # Marks a sentence that tools/translations.py shall find.
_RIGHT = {
    "text": N_("%(place)s: text is %(value)s; it should be the whole text of the article."),
    "file": N_("%(place)s: file is %(value)s; it should be the name of a file in the folder."),
    "title": N_("%(place)s: title is %(value)s; it should be one line of 1 to 500 characters."),
    "outlet": N_("%(place)s: outlet is %(value)s; it should be one line of 1 to 200 characters."),
    "author": N_("%(place)s: author is %(value)s; it should be one line of 1 to 200 characters."),
    "published": N_(
        "%(place)s: published is %(value)s; it should be a date as far as it is known: 2023, "
        "2023-12 or 2023-12-05, with ?, ~ or %% where it is uncertain, or two with / between."
    ),
    "url": N_(
        "%(place)s: url is %(value)s; it should begin with http:// or https:// and a host, "
        "without user name, password or blanks."
    ),
    "language": N_("%(place)s: language is %(value)s; it should be fr or en."),
    "rights": N_("%(place)s: rights is %(value)s; it should be one line of 1 to 500 characters."),
    "id": N_(
        "%(place)s: id is %(value)s; it should be 1 to 64 letters, digits, dots, hyphens and "
        "underscores, a letter or digit first."
    ),
}
_ARTICLE, _MANIFEST_ENTRY = "article", "manifestEntry"
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|([\[{])|[\]}]', re.DOTALL)


def parse_object(text: str, place: str) -> dict[str, object]:
    """Return the JSON object that ``text`` is."""
    value = parse_json(text, place)
    if not isinstance(value, dict):
        raise UnreadableFileError(
            "%(place)s is no JSON object: write {…} on each line.", place=place
        )
    return value


def parse_json(text: str, place: str) -> object:
    """Return the JSON value that ``text`` is; refuse doubled keys, NaN and deep nesting."""
    if _measure_depth(text) > MAX_DEPTH:
        raise UnreadableFileError(
            "%(place)s is nested more than %(most)s levels deep: write a flat JSON object.",
            place=place,
            most=MAX_DEPTH,
        )

    def refuse_constant(constant: str) -> NoReturn:
        raise UnreadableFileError(
            "%(place)s has %(constant)s, which is not JSON: write null.",
            place=place,
            constant=constant,
        )

    def refuse_doubled_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
        fields: dict[str, object] = {}
        for key, value in pairs:
            if key in fields:
                raise UnreadableFileError(
                    "%(place)s has the key %(key)s twice: keep one.", place=place, key=quote(key)
                )
            fields[key] = value
        return fields

    try:
        value: object = json.loads(
            text,
            parse_int=_parse_int,
            parse_constant=refuse_constant,
            object_pairs_hook=refuse_doubled_keys,
        )
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            "%(place)s is not JSON from character %(position)s on (%(reason)s): "
            "write one JSON object on each line.",
            place=place,
            position=error.pos,
            reason=error.msg,
        ) from None
    return value


def check_article(record: Mapping[str, object], place: str) -> tuple[str, Metadata]:
    """Return text and metadata of a record that is an article by the schema."""
    if isinstance(text := record.get("text"), str):
        check_article_length(text, place)
    fields = _check(record, place, _ARTICLE)
    return fields.pop("text"), _make_metadata(fields)


def check_manifest_entry(record: Mapping[str, object], place: str) -> tuple[str, Metadata]:
    """Return file name and metadata of a record that is a manifest entry by the schema."""
    fields = _check(record, place, _MANIFEST_ENTRY)
    return fields.pop("file"), _make_metadata(fields)


def usable_metadata(stated: Mapping[str, str]) -> Metadata:
    """Return what a page states of itself as far as the schema allows it; the rest is left out."""
    usable: dict[str, str] = {}
    for field, value in stated.items():
        try:
            usable |= _check({"file": "page", field: value}, "the page", _MANIFEST_ENTRY)
        except InvalidInputError:
            continue
    usable.pop("file", None)
    return _make_metadata(usable)


def _make_metadata(fields: Mapping[str, str]) -> Metadata:
    return Metadata(
        title=fields.get("title"),
        outlet=fields.get("outlet"),
        author=fields.get("author"),
        published=fields.get("published"),
        url=fields.get("url"),
        language=cast("Language | None", fields.get("language")),
        rights=fields.get("rights"),
        id=fields.get("id"),
    )


def _check(record: Mapping[str, object], place: str, schema: str) -> dict[str, str]:
    for field, value in record.items():
        if isinstance(value, str):
            refuse_unstorable(value, f"{place}, {quote(field)},")
    for error in _validator(schema).iter_errors(record):
        raise _explain(error, record, place)
    fields = {field: value for field, value in record.items() if isinstance(value, str)}
    for field, satisfies in (("published", _is_date), ("url", _is_address)):
        if field in fields and not satisfies(fields[field]):
            raise _refuse(field, record, place)
    return fields


def _explain(error: ValidationError, record: Mapping[str, object], place: str) -> InvalidInputError:
    if error.validator == "required":
        missing = next(field for field in error.schema["required"] if field not in record)
        return InvalidInputError(
            "%(place)s lacks the field %(field)s; it has %(found)s.",
            place=place,
            field=missing,
            found=", ".join(map(quote, list(record)[:20])) or "{}",
        )
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        return InvalidInputError(
            "%(place)s has an unknown field %(field)s; known are %(known)s.",
            place=place,
            field=quote(next(field for field in record if field not in known)),
            known=", ".join(known),
        )
    return _refuse(str(error.absolute_path[0]), record, place)


def _refuse(field: str, record: Mapping[str, object], place: str) -> InvalidInputError:
    value = record[field]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return InvalidInputError(
            "%(place)s: %(field)s is a number; it should be text, in quotation marks.",
            place=place,
            field=field,
        )
    shown = quote(value) if isinstance(value, str) else json.dumps(value)
    return InvalidInputError(_RIGHT[field], place=place, value=shown[:_SHOWN])


def _is_date(published: str) -> bool:
    try:
        return bool(check_edtf(published))
    except InvalidInputError:
        return False


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Return what checks a record, each field's rule put where the schema refers to it.

    Following the references took half of the time.
    """
    whole = validator("article.v1")
    rules = whole.schema["$defs"]
    record = rules.get(schema, whole.schema)
    return whole.evolve(
        schema=record | {"properties": {field: rules[field] for field in record["properties"]}}
    )


def _parse_int(digits: str) -> float:
    # No field is a number, and int() refuses very long ones its own way.
    return int(digits) if len(digits) < _SHOWN else float(digits)


def _measure_depth(text: str) -> int:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def quote(name: str) -> str:
    """Return a name from a file as a message may show it: short, and nothing in it hidden."""
    return repr(name[:_SHOWN])
