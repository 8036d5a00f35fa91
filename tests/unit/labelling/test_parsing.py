"""Reading answers: strict, with the scheme's defaults, and as the published schema says."""

import json

import jsonschema
import pytest

from tests.factories import answer_to, claim_on
from workbench.canonical import Json, JsonObject
from workbench.errors import InvalidInputError
from workbench.labelling.frames import answer_json
from workbench.labelling.parsing import parse_answer, split_stamps
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((resource_folder("schemas") / "answer.v1.schema.json").read_text())
)
SENTENCE = "k3v9x2mq7rt1abcd.1.12"
SPAN = {"start": 3, "end": 8, "text": "pleut"}
CLAIM = claim_on("Il pleut.", 0, 8)
REPORTED = {"speaker": "meta", "mention": None, "cue": SPAN, "attributes": {"quote_type": "direct"}}
STANCE = {"claim": CLAIM["id"], "holder": "meta", "target": "openai", "value": "favor"}
FULL = answer_to(
    SENTENCE,
    decision="claims",
    claims=[{**CLAIM, "chain": [{"speaker": "author"}, REPORTED]}],
    stances=[STANCE],
)


def without_stamps(payload: JsonObject) -> JsonObject:
    return split_stamps(payload)[1]


def parsed(payload: JsonObject) -> JsonObject:
    return answer_json(parse_answer(without_stamps(payload), SCHEME))


def test_what_is_left_out_gets_the_schemes_default() -> None:
    answer = parsed(FULL)

    (claim,) = answer["claims"]
    assert answer["attributes"] == {"subjectivity": None, "confidence": "sure"}
    assert claim["attributes"]["modality"] == "asserted"
    assert claim["attributes"]["normalised_claim"] is None
    assert claim["chain"][0] == {"speaker": "author"}
    assert claim["chain"][1]["attributes"] == {
        "quote_type": "direct",
        "act": "asserts",
        "commitment": "neutral",
        "speaker_certainty": "certain",
        "medium": None,
    }


def test_an_answer_read_and_written_is_read_the_same_again() -> None:
    once = parsed(FULL)

    assert answer_json(parse_answer(once, SCHEME)) == once


@pytest.mark.parametrize("claim_type", ["opinion", "prediction"])
def test_what_is_not_asked_gets_the_value_that_stands_unasked(claim_type: str) -> None:
    attributes = {"claim_type": claim_type, "check_worthiness": "yes"}
    payload = answer_to(SENTENCE, decision="claims", claims=[{**CLAIM, "attributes": attributes}])

    assert parsed(payload)["claims"][0]["attributes"]["check_worthiness"] == "no"


def test_an_asked_field_may_still_be_empty() -> None:
    payload = answer_to(SENTENCE, decision="claims", claims=[{**CLAIM, "attributes": {}}])

    assert parsed(payload)["claims"][0]["attributes"]["claim_type"] is None


@pytest.mark.parametrize(
    "payload",
    [
        FULL,
        answer_to(SENTENCE),
        answer_to(SENTENCE, base="0" * 20, decision="claims"),
        answer_to(SENTENCE, stances=[{**STANCE, "claim": None, "target_span": SPAN}]),
        answer_to(SENTENCE, attributes=None),
    ],
)
def test_what_is_read_is_valid_by_the_schema(payload: JsonObject) -> None:
    VALIDATOR.validate(payload)

    assert parsed(payload)["id"] == payload["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"base": ""},
        {"sentence": "k3v9x2mq7rt1abcd.1.0"},
        {"sentence": "k3v9x2mq7rt1abcd.1"},
        {"decision": "claim"},
        {"attributes": {"confidence": 1}},
        {"claims": None},
        {"claims": [CLAIM] * 51},
        {"claims": [{**CLAIM, "parts": []}]},
        {"claims": [{**CLAIM, "parts": [SPAN] * 21}]},
        {"claims": [{**CLAIM, "chain": [{"speaker": "author"}] + [REPORTED] * 10}]},
        {"claims": [{**CLAIM, "chain": [{"speaker": "-"}]}]},
        {"claims": [{**CLAIM, "note": ""}]},
        {"stances": [{**STANCE, "target": None}]},
        {"stances": [STANCE] * 101},
        {"scheme": "1"},
        {"registers": -1},
        {"elapsed_ms": 2**31},
        {"made_at": "2026-11-22"},
    ],
    ids=repr,
)
def test_what_the_schema_refuses_is_refused(changes: JsonObject) -> None:
    payload = {**FULL, **changes}

    assert not VALIDATOR.is_valid(payload)
    with pytest.raises(InvalidInputError):
        parsed(payload)


@pytest.mark.parametrize("payload", [None, [], "answer", 1, True])
def test_what_is_no_object_is_refused(payload: Json) -> None:
    with pytest.raises(InvalidInputError, match="is not an object"):
        split_stamps(payload)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"decision": "no_claim"}, "An answer with claims cannot have the decision no_claim."),
        ({"claims": [CLAIM, CLAIM]}, "Two claims of the answer have the same id."),
        ({"claims": [CLAIM], "stances": [{**STANCE, "claim": "0" * 20}]}, "names no claim"),
        ({"claims": [{**CLAIM, "chain": [REPORTED]}]}, "must begin with the author"),
        ({"attributes": {"confidence": "very"}}, "attributes.confidence is none of sure, unsure"),
        ({"claims": [{**CLAIM, "attributes": {"mood": "x"}}]}, "has an unknown field 'mood'"),
        ({"claims": [{**CLAIM, "attributes": {"time_scope": "soon"}}]}, "is not a date"),
        ({"stances": [{**STANCE, "value": "none"}]}, "stances\\[0\\].value is none of favor"),
    ],
)
def test_what_no_schema_can_say_is_refused_too(changes: JsonObject, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        parsed({**FULL, **changes})
