"""What a suggestion takes from a register: targets, stances that a word says, relays."""

import json

import pytest

from workbench.corpus.segmentation import segment
from workbench.resources import resource_folder
from workbench.suggestions.registers import Register
from workbench.suggestions.rules import Suggestion
from workbench.suggestions.suggesting import suggest

SEED = json.loads((resource_folder("seeds") / "registers.json").read_text(encoding="utf-8"))
REGISTER = Register({target["id"]: target["aliases"] for target in SEED["targets"]})


def first(text: str, register: Register | None = REGISTER) -> Suggestion:
    return suggest(text, segment(text), "fr", register)[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Marc Andreessen prône l'ouverture des modèles AI.", [("open-models", "favor")]),
        ("Ana Roy plaide pour l’open source.", [("open-models", "favor")]),
        ("Ana Roy dénonce les modèles fermés.", [("closed-models", "against")]),
        ("Il a accusé Sam Altman d'avoir menti.", [("sam-altman", "against")]),
        ("Ana Roy affirme que l'open source progresse.", [("open-models", None)]),
        ("« Grok sera publié », dit Ana Roy.", [("grok-opening", None)]),
        ("« Il fait beau », dit Ana Roy.", []),
    ],
)
def test_a_target_is_named_and_its_stance_said_outright(
    text: str, wanted: list[tuple[str, str | None]]
) -> None:
    stances = first(text).stances

    assert [(stance.target, stance.value) for stance in stances] == wanted
    assert all(text[one.span.start : one.span.end] == one.span.text for one in stances)


def test_without_a_register_nothing_is_a_target() -> None:
    assert first("Ana Roy prône l'open source.", None).stances == ()
    assert first("Ana Roy prône l'open source.", Register({})).stances == ()


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("« Oui », dit Ana Roy dans un entretien au quotidien Le Monde.", "Le Monde"),
        ("« Oui », a déclaré Ana Roy à l'AFP.", "AFP"),
        ("« Oui », a assuré Ana Roy au micro de RTL.", "RTL"),
        ("Ana Roy, interrogée par Le Figaro, assure que tout va bien.", "Le Figaro"),
        ("« Oui », a déclaré Ana Roy à Paris.", None),
    ],
)
def test_a_medium_relays_the_words(text: str, via: str | None) -> None:
    suggestion = first(text)

    assert suggestion.via == via
    assert suggestion.chain == tuple(filter(None, ("author", via, "Ana Roy")))
