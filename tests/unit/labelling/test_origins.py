"""The origin of each slot, from the suggestion a claim came from."""

from dataclasses import replace

import pytest

from workbench.canonical import JsonObject
from workbench.labelling.frames import AUTHOR, ClaimFrame, Link, Span, StanceFrame
from workbench.labelling.origins import (
    Origin,
    Suggested,
    claim_origins,
    is_accepted,
    stance_origin,
)

SENTENCE = (0, 30)
FRAME: JsonObject = {
    "sentences": [0, 1],
    "parts": [[2, 10], [12, 20], [31, 40]],
    "quote_type": "direct",
    "act": "asserts",
    "speaker": "Meta",
    "via": None,
    "mention": [25, 29],
    "cue": [21, 24],
    "check_worthy": True,
    "hearsay": False,
    "certain": True,
    "claim_type": None,
    "reason": "",
    "stances": [{"target": "open-weights", "span": None, "value": "favor"}],
}
SUGGESTED = Suggested("incise", 1, FRAME, {"meta": frozenset({"meta", "meta platforms"})})
LINK = Link(
    "meta", Span(25, 29, "Meta"), Span(21, 24, "dit"), {"quote_type": "direct", "act": "asserts"}
)
CLAIM = ClaimFrame(
    id="claim1",
    parts=(Span(2, 10, "x" * 8), Span(12, 20, "x" * 8)),
    attributes={"claim_type": "fact", "check_worthiness": "yes", "modality": "asserted"},
    chain=(Link(AUTHOR), LINK),
)


def test_a_claim_made_by_hand_is_human() -> None:
    assert set(claim_origins(CLAIM, None, SENTENCE).values()) == {Origin.HUMAN}


def test_what_a_suggestion_said_is_the_machines_and_the_rest_human() -> None:
    origins = claim_origins(CLAIM, SUGGESTED, SENTENCE)

    assert {slot for slot, origin in origins.items() if origin is Origin.HUMAN} == {
        "claim_type",
        "modality",
        "via",
    }
    assert is_accepted(origins)


@pytest.mark.parametrize(
    ("slot", "claim"),
    [
        ("content", replace(CLAIM, parts=CLAIM.parts[:1])),
        ("check_worthiness", replace(CLAIM, attributes={"check_worthiness": "no"})),
        ("speaker", replace(CLAIM, chain=(Link(AUTHOR), replace(LINK, speaker="openai")))),
        ("mention", replace(CLAIM, chain=(Link(AUTHOR), replace(LINK, mention=None)))),
        ("cue", replace(CLAIM, chain=(Link(AUTHOR), replace(LINK, cue=Span(0, 1, "x"))))),
    ],
)
def test_a_change_shows_in_its_own_slot_only(slot: str, claim: ClaimFrame) -> None:
    origins = claim_origins(claim, SUGGESTED, SENTENCE)

    assert [name for name, one in origins.items() if one is Origin.MACHINE_EDITED] == [slot]
    assert not is_accepted(origins)


RELAY = Link("lemonde")


@pytest.mark.parametrize(
    ("proposed", "relays", "origin"),
    [
        ("Le Monde", (RELAY,), Origin.MACHINE),
        ("Le Monde", (), Origin.MACHINE_EDITED),
        ("Le Monde", (Link("meta"),), Origin.MACHINE_EDITED),
        (None, (RELAY,), Origin.HUMAN),
        (None, (), Origin.HUMAN),
    ],
)
def test_who_relays_the_words_has_an_origin(
    proposed: str | None, relays: tuple[Link, ...], origin: Origin
) -> None:
    names = {**SUGGESTED.names, "lemonde": frozenset({"le monde"})}
    suggested = replace(SUGGESTED, frame={**FRAME, "via": proposed}, names=names)
    claim = replace(CLAIM, chain=(Link(AUTHOR), *relays, LINK))

    assert claim_origins(claim, suggested, SENTENCE)["via"] is origin


@pytest.mark.parametrize(
    ("target", "value", "origin"),
    [
        ("open-weights", "favor", Origin.MACHINE),
        ("open-weights", "against", Origin.MACHINE_EDITED),
        ("meta", "favor", Origin.HUMAN),
    ],
)
def test_a_stance_is_the_machines_where_target_and_value_were_proposed(
    target: str, value: str, origin: Origin
) -> None:
    stance = StanceFrame("claim1", "meta", target, None, value, {})

    assert stance_origin(stance, SUGGESTED) is origin
    assert stance_origin(stance, None) is Origin.HUMAN
