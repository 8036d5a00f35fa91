"""Read an answer strictly from JSON: every field known, every label the scheme's own.

What a browser sends is described in ``schemas/answer.v1.schema.json``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from workbench.canonical import Json, JsonObject
from workbench.corpus.dates import check_edtf
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError
from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    Attributes,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
)
from workbench.projects.scheme import Field, Scheme

MAX_CLAIMS = 50
MAX_PARTS = 20
MAX_LINKS = 10
MAX_STANCES = 100
MAX_NUMBER = 2**31 - 1  # PostgreSQL's integer
MAX_TEXT = 2000

BROWSER_ID = re.compile(r"[0-9a-z]{16,32}")
REGISTER_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SENTENCE_ID = re.compile(r"([a-z0-9-]{1,64})\.([1-9][0-9]{0,8})\.([1-9][0-9]{0,8})")
_COLUMNS = {"decision", "stance_value"}  # Choices that are stored in columns of their own.

_T = TypeVar("_T")


@dataclass(frozen=True)
class Stamps:
    """Under which revisions an answer was made, and how long it took."""

    scheme: int
    guideline: int
    registers: int
    elapsed_ms: int


def split_stamps(payload: Json) -> tuple[Stamps, JsonObject]:
    """Take the stamps out of what a browser sends; the rest is the answer, still to be parsed."""
    if not isinstance(payload, dict):
        raise _problem("answer", "is not an object")
    rest = dict(payload)
    numbers = {
        name: _number(rest.pop(name, None), name)
        for name in ("scheme", "guideline", "registers", "elapsed_ms")
    }
    return Stamps(**numbers), rest


def parse_answer(payload: Json, scheme: Scheme) -> Answer:
    """Read an answer; ``InvalidInputError`` names the first place that is not as it must be.

    Labels are checked against the scheme, its defaults are filled in, and a field that is not
    asked beside the others gets the value that stands unasked.
    """
    entry = parse_object(
        payload, "answer", "id base sentence decision", "attributes claims stances"
    )
    answer = Answer(
        id=_id(entry["id"], "id", BROWSER_ID),
        base=_maybe(entry["base"], lambda base: _id(base, "base", BROWSER_ID)),
        sentence=parse_sentence_id(entry["sentence"]),
        decision=_decision(entry["decision"], scheme),
        attributes=_attributes(entry.get("attributes"), "attributes", "annotation", scheme),
        claims=_each(
            entry.get("claims", []), "claims", MAX_CLAIMS, lambda c, p: _claim(c, p, scheme)
        ),
        stances=_each(
            entry.get("stances", []), "stances", MAX_STANCES, lambda s, p: _stance(s, p, scheme)
        ),
    )
    for problem in _shape_problems(answer):
        raise InvalidInputError(problem)
    return answer


def parse_sentence_id(value: Json) -> SentenceId:
    """Read a name such as ``k3v9x2mq7rt1abcd.1.12``."""
    found = _SENTENCE_ID.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _problem("sentence", "is no sentence id, such as k3v9x2mq7rt1abcd.1.12")
    return SentenceId(found[1], int(found[2]), int(found[3]))


def _shape_problems(answer: Answer) -> Iterator[str]:
    if answer.claims and answer.decision is not Decision.CLAIMS:
        yield f"An answer with claims cannot have the decision {answer.decision.value}."
    ids = [claim.id for claim in answer.claims]
    if len(set(ids)) < len(ids):
        yield "Two claims of the answer have the same id."
    for number, stance in enumerate(answer.stances):
        if stance.claim is not None and stance.claim not in ids:
            yield f"stances[{number}].claim names no claim of this answer."
    for number, claim in enumerate(answer.claims):
        authors = [depth for depth, link in enumerate(claim.chain) if link.speaker == AUTHOR]
        if claim.chain and authors != [0]:
            yield f"claims[{number}].chain must begin with the author, who stands nowhere else."


def _decision(value: Json, scheme: Scheme) -> Decision:
    name = _choice(value, "decision", scheme.fields["decision"])
    if name is None:
        raise _problem("decision", "is missing")
    return Decision(name)


def _claim(value: Json, place: str, scheme: Scheme) -> ClaimFrame:
    entry = parse_object(value, place, "id parts chain", "attributes suggestion")
    claim = ClaimFrame(
        id=_id(entry["id"], f"{place}.id", BROWSER_ID),
        parts=_each(entry["parts"], f"{place}.parts", MAX_PARTS, parse_span),
        attributes=_attributes(entry.get("attributes"), f"{place}.attributes", "claim", scheme),
        chain=_each(
            entry["chain"], f"{place}.chain", MAX_LINKS, lambda link, at: _link(link, at, scheme)
        ),
        suggestion=_maybe(
            entry.get("suggestion"), lambda one: _id(one, f"{place}.suggestion", REGISTER_ID)
        ),
    )
    if not claim.parts:
        raise _problem(f"{place}.parts", "is empty; a claim has at least one part")
    return claim


def _link(value: Json, place: str, scheme: Scheme) -> Link:
    entry = parse_object(value, place, "speaker", "mention cue attributes")
    speaker = _id(entry["speaker"], f"{place}.speaker", REGISTER_ID)
    if speaker == AUTHOR:
        if any(entry.get(name) for name in ("mention", "cue", "attributes")):
            raise _problem(place, "is the author's, who has no mention, no cue and no attributes")
        return Link(AUTHOR)
    return Link(
        speaker=speaker,
        mention=_maybe(entry.get("mention"), lambda span: parse_span(span, f"{place}.mention")),
        cue=_maybe(entry.get("cue"), lambda span: parse_span(span, f"{place}.cue")),
        attributes=_attributes(entry.get("attributes"), f"{place}.attributes", "link", scheme),
    )


def _stance(value: Json, place: str, scheme: Scheme) -> StanceFrame:
    entry = parse_object(value, place, "claim holder target value", "target_span attributes")
    stance_value = _choice(entry["value"], f"{place}.value", scheme.fields["stance_value"])
    if stance_value is None:
        raise _problem(f"{place}.value", "is missing")
    return StanceFrame(
        claim=_maybe(entry["claim"], lambda claim: _id(claim, f"{place}.claim", BROWSER_ID)),
        holder=_id(entry["holder"], f"{place}.holder", REGISTER_ID),
        target=_id(entry["target"], f"{place}.target", REGISTER_ID),
        target_span=_maybe(
            entry.get("target_span"), lambda span: parse_span(span, f"{place}.target_span")
        ),
        value=stance_value,
        attributes=_attributes(entry.get("attributes"), f"{place}.attributes", "stance", scheme),
    )


def parse_span(value: Json, place: str) -> Span:
    """Read a range of the text with its quote; ``place`` says where it stands."""
    entry = parse_object(value, place, "start end text")
    text = entry["text"]
    if not isinstance(text, str):
        raise _problem(f"{place}.text", "is not a text")
    refuse_unstorable(text, f"{place}.text")
    return Span(
        _number(entry["start"], f"{place}.start"), _number(entry["end"], f"{place}.end"), text
    )


def attribute_fields(scheme: Scheme, level: str) -> dict[str, Field]:
    """Return the fields of a level whose values are stored as attributes, by name."""
    return {
        field.name: field
        for field in scheme.on(level)
        if field.kind in {"choice", "text", "edtf"} and field.name not in _COLUMNS
    }


def _attributes(value: Json, place: str, level: str, scheme: Scheme) -> Attributes:
    fields = attribute_fields(scheme, level)
    entry = parse_object({} if value is None else value, place, "", " ".join(fields))
    found: dict[str, str | None] = {}
    for name, asked in fields.items():
        given = _attribute(entry.get(name), f"{place}.{name}", asked)
        found[name] = asked.default_value if given is None else given
    for name, asked in fields.items():
        found[name] = asked.fixed_value(found) or found[name]
    return found


def _attribute(value: Json, place: str, asked: Field) -> str | None:
    if asked.kind == "choice":
        return _choice(value, place, asked)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _problem(place, "is not a text")
    if len(value) > (asked.max_length or MAX_TEXT):
        raise _problem(place, f"has more than {asked.max_length or MAX_TEXT} characters")
    refuse_unstorable(value, place)
    return check_edtf(value) if asked.kind == "edtf" else value


def _choice(value: Json, place: str, asked: Field) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in asked.values:
        raise _problem(place, f"is none of {', '.join(asked.values)}")
    return value


def parse_object(value: Json, place: str, required: str, optional: str = "") -> JsonObject:
    """Return an object that has all required fields and no unknown one; names with blanks."""
    if not isinstance(value, dict):
        raise _problem(place, "is not an object")
    if missing := [name for name in required.split() if name not in value]:
        raise _problem(place, f"lacks {missing[0]}")
    if unknown := value.keys() - {*required.split(), *optional.split()}:
        raise _problem(place, f"has an unknown field {min(unknown)[:40]!r}")
    return value


def _each(value: Json, place: str, most: int, parse: Callable[[Json, str], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list):
        raise _problem(place, "is not a list")
    if len(value) > most:
        raise _problem(place, f"has {len(value)} entries and may have {most}")
    return tuple(parse(entry, f"{place}[{number}]") for number, entry in enumerate(value))


def _maybe(value: Json, parse: Callable[[Json], _T]) -> _T | None:
    return None if value is None else parse(value)


def parse_browser_id(value: Json, place: str) -> str:
    """Read the id of something that a browser made."""
    return _id(value, place, BROWSER_ID)


def _id(value: Json, place: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _problem(place, "is no id; ids are made of small letters and digits")
    return value


def _number(value: Json, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_NUMBER:
        raise _problem(place, f"is not a whole number from 0 to {MAX_NUMBER}")
    return value


def _problem(place: str, wrong: str) -> InvalidInputError:
    return InvalidInputError(
        "What was sent cannot be read: %(place)s %(wrong)s.", place=place, wrong=wrong
    )
