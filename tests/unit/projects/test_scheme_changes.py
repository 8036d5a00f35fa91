"""What may change in a label scheme, and what is refused."""

import copy
import json
from collections.abc import Callable

import pytest

from workbench.canonical import JsonObject
from workbench.errors import InvalidInputError
from workbench.projects.scheme import Scheme, parse_scheme
from workbench.projects.scheme_changes import (
    FieldChange,
    Step,
    check_steps,
    compare_schemes,
    parse_step,
)
from workbench.resources import resource_folder

SEED: JsonObject = json.loads((resource_folder("seeds") / "claims.v1.json").read_text())
Fields = dict[str, dict[str, object]]


def changed(change: Callable[[Fields], object], document: JsonObject = SEED) -> Scheme:
    """Return the scheme with its fields changed in place, by name."""
    made = copy.deepcopy(document)
    fields = {field["name"]: field for field in made["fields"]}
    change(fields)
    made["fields"] = list(fields.values())
    return parse_scheme(made)


def without(field: str, value: str) -> Callable[[Fields], object]:
    def change(fields: Fields) -> None:
        fields[field]["values"] = [v for v in fields[field]["values"] if v["name"] != value]

    return change


def adding(field: str, value: str, label: str = "New") -> Callable[[Fields], object]:
    new = {"name": value, "key": "9", "label": {"fr": label, "en": label}}
    return lambda fields: fields[field]["values"].append(new)


def wording(field: str, value: str, label: str) -> Callable[[Fields], object]:
    def change(fields: Fields) -> None:
        (found,) = [v for v in fields[field]["values"] if v["name"] == value]
        found["label"] = {"fr": label, "en": label}

    return change


def compare(new: Scheme, *earlier: Scheme, old: Scheme | None = None) -> list[FieldChange]:
    old = old or parse_scheme(SEED)
    return compare_schemes(old, new, earlier=[*earlier, old])


def told(fields: list[FieldChange]) -> list[str]:
    return [
        f"{field.name}.{value.name} {value.kind}"
        for field in fields
        for value in field.values
        if value.kind != "kept"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without("claim_type", "position"), ["claim_type.position retired"]),
        (adding("claim_type", "rumour"), ["claim_type.rumour added"]),
        (wording("claim_type", "fact", "Fait"), ["claim_type.fact renamed"]),
        (lambda fields: fields.pop("modality"), [f"modality.{one} retired" for one in
            ("asserted", "possible", "hypothetical", "hearsay")]),
    ],
)  # fmt: skip
def test_changes_are_told_label_by_label(
    change: Callable[[Fields], object], expected: list[str]
) -> None:
    assert told(compare(changed(change))) == expected


def test_only_retired_values_and_such_as_may_be_split_are_to_be_decided() -> None:
    def split(fields: Fields) -> None:
        without("claim_type", "position")(fields)
        without("medium", "essay")(fields)
        adding("claim_type", "demand")(fields)

    decided = {
        field.name: [value.name for value in field.to_decide()]
        for field in compare(changed(split))
        if list(field.to_decide())
    }

    assert decided == {
        "claim_type": ["fact", "number", "cause", "opinion", "prediction", "position"],
        "medium": ["essay"],
    }


def move(fields: Fields) -> None:
    fields["modality"]["on"] = "link"


def rename(fields: Fields) -> None:
    values = fields["claim_type"]["values"]
    values[0] = {**values[0], "name": "event"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda fields: fields.pop("decision"), "part of every answer"),
        (lambda fields: fields.pop("content"), "part of every answer"),
        (without("decision", "undecided"), "the program's own"),
        (move, "for ever"),
        (rename, "fact cannot be renamed to event"),
    ],
)
def test_what_is_permanent_is_refused_with_its_place(
    change: Callable[[Fields], object], words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        compare(changed(change))


def test_a_retired_name_comes_back_only_as_what_it_was() -> None:
    first = parse_scheme(SEED)
    second = changed(without("claim_type", "position"))

    assert told(compare(first, first, old=second)) == ["claim_type.position added"]
    with pytest.raises(InvalidInputError, match="was retired and cannot be used again"):
        compare(changed(wording("claim_type", "position", "Posture")), first, old=second)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("claim_type.position=opinion", Step("claim_type", "position", "opinion")),
        ("claim_type.position?", Step("claim_type", "position", None)),
    ],
)
def test_a_step_is_read_as_it_is_written(text: str, step: Step) -> None:
    assert (parse_step(text), str(step)) == (step, text)


@pytest.mark.parametrize("text", ["", "position", "a.b", "a.b=", "a.b?=c", ".b?", "a.?"])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is no step"):
        parse_step(text)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["claim_type.fact?"], "neither retired"),
        (["claim_type.position?", "claim_type.position=fact"], "two steps"),
        (["claim_type.position=nothing"], "cannot become nothing"),
        (["claim_type.position=position"], "cannot become position"),
        (["claim_type.position=fact"], "no stance goes without"),
    ],
)
def test_steps_that_fit_nothing_are_refused(steps: list[str], words: str) -> None:
    def change(fields: Fields) -> None:
        without("claim_type", "position")(fields)
        without("stance_value", "neutral")(fields)

    fields = compare(changed(change))

    with pytest.raises(InvalidInputError, match=words):
        check_steps([parse_step(step) for step in steps], fields)
