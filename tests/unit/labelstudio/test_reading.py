"""What people do in Label Studio's editor, read back: taken as meant, or listed and left out."""

import json
from typing import Any

import pytest

from workbench.canonical import JsonObject
from workbench.labelling.frames import ClaimFrame, Link, Span, StanceFrame
from workbench.labelstudio.config import make_config
from workbench.labelstudio.convert import Found, Place, Said, hide_astral, write_result
from workbench.labelstudio.reading import read_result
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

CONFIG = make_config(
    parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text())),
    language="fr",
)
TEXT = "«\u202fIl pleut 💧\u202f», dit Zoé, qui «\u202frefuse\u202f» Meta. Fin. Et puis non."
ENDS = [TEXT.index(" Fin"), TEXT.index(" Et"), len(TEXT)]
PLACES = [
    Place(1, 0, ENDS[0]),
    Place(2, ENDS[0] + 1, ENDS[1]),
    Place(3, ENDS[1] + 1, ENDS[2]),
]


def span(quote: str) -> Span:
    start = TEXT.index(quote)
    return Span(start, start + len(quote), quote)


CLAIMED = ClaimFrame(
    "k3v9x2mq7rt1abcd",
    (span("Il pleut 💧"), span("refuse")),
    {"claim_type": "fact", "time_scope": "2023-12"},
    (
        Link("author"),
        Link("unspecified", attributes={"act": "asserts"}),
        Link("zoe", span("Zoé"), span("dit"), {"quote_type": "mixed"}),
    ),
    "s7",
)
STANCE = StanceFrame("k3v9x2mq7rt1abcd", "zoe", "meta", None, "against", {})
SAID = [
    Said(1, "claims", {"confidence": "sure"}, (CLAIMED,), (STANCE,)),
    Said(2, "no_claim", {"subjectivity": "objective"}),
]
CLAIM, PART, MENTION, CUE = (f"1/{CLAIMED.id}{end}" for end in ("", "+2", "@2.mention", "@2.cue"))
OTHER = "_Ka4zsWoeo"


def result() -> list[Any]:
    return write_result(TEXT, PLACES, SAID, CONFIG).result


def read(result: Any) -> Found:
    return read_result(TEXT, PLACES, result, CONFIG)


def region(label: str, quote: str, id_: str = OTHER) -> JsonObject:
    found = span(quote)
    value = {"start": found.start, "end": found.end, "text": "?", "labels": [label]}
    return {"id": id_, "from_name": "span", "to_name": "text", "type": "labels", "value": value}


def value(name: str, said: str, id_: str = OTHER) -> JsonObject:
    value = {"start": 0, "end": 1, "text": "?", "choices": [said]}
    return {"id": id_, "from_name": name, "to_name": "text", "type": "choices", "value": value}


def relation(name: str, from_: str, to: str) -> JsonObject:
    return {"type": "relation", "from_id": from_, "to_id": to, "labels": [name]}


def item(result: list[Any], id_: str, name: str = "span") -> Any:
    return next(one for one in result if (one.get("id"), one.get("from_name")) == (id_, name))


def test_frames_come_back_as_they_were() -> None:
    assert read(result()) == Found(tuple(SAID), (), frozenset())


def test_a_claim_drawn_there_has_the_id_of_its_region() -> None:
    drawn = [
        region("claim", "Et puis non"),
        value("claim_type", "opinion"),
        region("mention", "Zoé", "m"),
        value("speaker", "zoe", "m"),
        relation("said_by", OTHER, "m"),
    ]

    found = read([*result(), *drawn])

    chain = (Link("author"), Link("zoe", span("Zoé")))
    expected = ClaimFrame(OTHER, (span("Et puis non"),), {"claim_type": "opinion"}, chain)
    assert found.said == (*SAID, Said(3, "claims", {}, (expected,)))
    assert found.drawn == {OTHER}


def test_what_was_changed_of_a_claim_is_taken() -> None:
    changed = result()
    item(changed, CLAIM, "claim_type")["value"]["choices"] = ["number"]
    item(changed, CLAIM, "confidence")["value"]["choices"] = ["unsure"]
    item(changed, PART)["value"] |= {"end": span("» Meta").start - 1}

    (first, _) = read(changed).said

    assert first.claims[0].attributes == {"claim_type": "number", "time_scope": "2023-12"}
    assert first.attributes == {"confidence": "unsure"}
    assert first.claims[0].chain == CLAIMED.chain


def test_a_moved_stance_has_a_span() -> None:
    changed = result()
    meta = span("Meta")
    item(changed, "1~0")["value"] |= {"start": meta.start, "end": meta.end}

    assert read(changed).said[0].stances[0].target_span == meta


def test_a_copied_region_is_a_claim_of_its_own() -> None:
    copied = item(result(), "2") | {"id": OTHER, "value": region("claim", "Et puis")["value"]}

    assert read([*result(), copied]).drawn == {OTHER}


NEW = region("claim", "Et puis")
SPOILED = {
    "a label of nobody": ([region("Foo", "Et puis")], {3}, "has the label “Foo”"),
    "a control of nobody": ([NEW, value("stars", "5")], {3}, "is of the control “stars”"),
    "a value of nobody": ([NEW, value("claim_type", "Foo")], {3}, "has “Foo” as claim_type"),
    "a value in the wrong place": (
        [NEW, value("act", "denies")],
        {3},
        "of a region with the label",
    ),
    "two values": ([NEW, value("claim_type", "fact"), value("claim_type", "cause")], {3}, "twice"),
    "a range outside": (
        [{**NEW, "value": {"start": 9, "end": 9999, "labels": ["claim"]}}],
        {1},
        "is no range of the text",
    ),
    "a mention of nothing": ([region("mention", "puis")], {3}, "joined to no claim"),
    "a mention of nobody": (
        [NEW, region("mention", "puis", "m"), relation("said_by", OTHER, "m")],
        {3},
        "does not say who speaks",
    ),
    "a stance without a value": ([region("stance", "puis")], {3}, "does not say whose"),
    "a decision beside claims": ([region("no_claim", "Zoé")], {1}, "that has claims"),
    "two decisions": ([region("undecided", "Fin")], {2}, "second decision"),
    "parts in a circle": (
        [NEW, region("claim", "non", "b")]
        + [relation("continues_in", *ends) for ends in ((OTHER, "b"), ("b", OTHER))],
        {3},
        "parts are joined to the first one",
    ),
    "a relation of nobody": ([NEW, relation("likes", OTHER, "1~0")], {1, 3}, "none of ours"),
    "a relation to nothing": ([NEW, relation("said_by", OTHER, "x")], {3}, "is not there"),
    "the same region twice": ([NEW, NEW], {3}, "is there twice"),
    "no region at all": ([{"foo": "bar"}], set(), "is of the control “None”"),
    "no object": ([7], set(), "is no object"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_not_understood_is_listed_and_leaves_the_rest(name: str) -> None:
    added, positions, why = SPOILED[name]

    found = read([*result(), *added])

    assert {position for one in found.refused for position in one.positions} == positions
    assert why in " ".join(one.reason for one in found.refused)
    assert found.said == tuple(one for one in SAID if one.position not in positions)


def test_a_first_part_that_was_deleted_leaves_no_half_claim() -> None:
    rest = [one for one in result() if CLAIM not in (one.get("id"), one.get("from_id"))]

    found = read([one for one in rest if one.get("to_id") != CLAIM])

    assert found.said == (SAID[1],)
    assert {position for one in found.refused for position in one.positions} == {1}


def test_astral_characters_are_hidden_without_moving_anything() -> None:
    hidden = hide_astral(TEXT)

    assert len(hidden) == len(TEXT)
    assert hidden.replace("□", "💧") == TEXT


def test_a_region_drawn_from_the_blank_before_a_sentence_begins_with_the_sentence() -> None:
    drawn, blank = region("claim", " Fin."), region("claim", " ", "_blank")
    blank["value"] |= {"start": ENDS[0], "end": ENDS[0] + 1}

    found = read([drawn, blank])

    (said,) = found.said
    assert (said.position, said.claims[0].parts) == (2, (span("Fin."),))
    assert [(one.place, one.positions) for one in found.refused] == [("_blank", frozenset())]
