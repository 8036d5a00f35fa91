"""Reading a label scheme, and what is said of a bad one."""

import copy
import json
from collections.abc import Callable

import pytest

from workbench.canonical import JsonObject
from workbench.errors import InvalidInputError
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

DEFAULT: JsonObject = json.loads((resource_folder("seeds") / "claims.v1.json").read_text())


def test_the_default_scheme_is_read() -> None:
    scheme = parse_scheme(DEFAULT)

    assert [field.name for field in scheme.on("annotation")] == [
        "decision",
        "subjectivity",
        "confidence",
    ]
    assert list(scheme.fields["claim_type"].values)[-1] == "prediction"
    assert not scheme.zones["caption"].annotatable
    assert set(scheme.reserved_speakers) == {"author", "unspecified"}


@pytest.mark.parametrize(
    ("claim_type", "fixed"), [("opinion", "no"), ("prediction", "no"), ("fact", None), (None, None)]
)
def test_check_worthiness_is_not_asked_of_opinions(
    claim_type: str | None, fixed: str | None
) -> None:
    field = parse_scheme(DEFAULT).fields["check_worthiness"]

    assert field.fixed_value({"claim_type": claim_type}) == fixed


@pytest.mark.parametrize(
    ("name", "default"),
    [("act", "asserts"), ("quote_type", None), ("claim_type", None), ("content", None)],
)
def test_only_a_value_is_a_default_value(name: str, default: str | None) -> None:
    assert parse_scheme(DEFAULT).fields[name].default_value == default


def _field(document: JsonObject, name: str) -> JsonObject:
    return next(field for field in document["fields"] if field["name"] == name)  # type: ignore


def _add_field_twice(document: JsonObject) -> None:
    document["fields"].append(_field(document, "act"))  # type: ignore


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(format="label-scheme.v2"), r"at format: .*was expected"),
        (lambda d: d.pop("zones"), "'zones' is a required property"),
        (lambda d: d.update(extra=1), "Additional properties are not allowed"),
        (lambda d: _field(d, "act").update(kind="guess"), r"at fields\[8\].kind: 'guess'"),
        (lambda d: _field(d, "act").pop("values"), r"at fields\[8\]: 'values' is a required"),
        (_add_field_twice, "two fields are named act"),
        (lambda d: _field(d, "act").update(default="shouts"), "the default of act, shouts,"),
        (lambda d: _field(d, "act").update(key="S"), "two fields on link have the key S"),
        (
            lambda d: _field(d, "check_worthiness")["not_asked_when"].update(then="never"),
            "check_worthiness cannot be never",
        ),
        (
            lambda d: _field(d, "check_worthiness")["not_asked_when"].update(field="act"),
            "check_worthiness depends on act",
        ),
        (lambda d: _field(d, "act")["label"].pop("fr"), "the field act has no label in fr"),
        (lambda d: d["zones"].append(d["zones"][0]), "two zones are named headline"),
    ],
)
def test_a_bad_scheme_is_refused_in_one_sentence(
    spoil: Callable[[JsonObject], object], sentence: str
) -> None:
    document = copy.deepcopy(DEFAULT)
    spoil(document)

    with pytest.raises(InvalidInputError, match=sentence) as refusal:
        parse_scheme(document)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("document", [None, [], "x", 1, {}, {"fields": 3}])
def test_anything_else_is_refused(document: object) -> None:
    with pytest.raises(InvalidInputError, match="Label scheme, at"):
        parse_scheme(document)  # type: ignore[arg-type]
