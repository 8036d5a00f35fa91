"""The same words elsewhere: a claim's answers go to its other places, each confirmed."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.server import Server

SENTENCES = (
    "L’IA est un danger, affirme Meta.",
    "Il pleut.",
    "Or l'IA est un DANGER pour tous, et personne ne le conteste.",
    "L’IA est un dangereux pari.",
    "« L'IA est un danger », dément Meta.",
    "L’IA est un danger.",
)
ZONES = ("body", "body", "body", "body", "body", "boilerplate")
SAYS = ("claim_type", "check_worthiness")


@pytest.fixture
def work(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator who has just labelled the first place of the words: Meta says it."""
    slug = make_corpus(app, *SENTENCES, zones=ZONES)
    work = Workplace.of_new_annotator(app, server.url, page, slug)
    work.select("L’IA est un danger").press("c", "5", "2", "t", "1", "1")
    return work.wait_until_saved()


def quotes(claim: dict[str, Any]) -> list[str | None]:
    """Return the words of a claim: its content, and who says it, and how."""
    link = claim["chain"][1]
    spans = [*claim["parts"], link["mention"], link["cue"]]
    return [span and span["text"] for span in spans]


def test_each_place_takes_the_answers_and_its_own_words(work: Workplace) -> None:
    work.press("=")
    assert "tous" in work.here
    expect(work.panel).to_contain_text("Mêmes mots, 1 sur 2")
    work.press("a")
    assert "dément" in work.here
    work.press("Enter").wait_until_saved()

    assert "affirme" in work.here
    expect(work.told).to_contain_text("Reporté : 2 sur 2")
    [first], [second], [third] = (work.claims(position) for position in (1, 3, 5))
    assert [quotes(one) for one in (first, second, third)] == [
        ["L’IA est un danger", "Meta", "affirme"],
        ["l'IA est un DANGER", None, None],
        ["L'IA est un danger", "Meta", "dément"],
    ]
    assert first["attributes"] == second["attributes"] == third["attributes"]
    kinds = [one["chain"][1]["attributes"] for one in (first, second, third)]
    assert [(kind["quote_type"], kind.get("act")) for kind in kinds] == [
        ("indirect", "asserts"),
        ("indirect", "asserts"),
        ("direct", "denies"),
    ]
    stances = [work.answers()[position]["stances"] for position in (1, 3, 5)]
    assert [[(one["claim"], one["value"]) for one in some] for some in stances] == [
        [(claim["id"], "favor")] for claim in (first, second, third)
    ]
    assert len({first["id"], second["id"], third["id"]}) == 3


def test_a_place_can_be_left_out_and_each_application_undone(work: Workplace) -> None:
    work.press("=", "x", "a").wait_until_saved()
    expect(work.told).to_contain_text("Reporté : 1 sur 2")
    assert sorted(work.answers()) == [1, 5]

    work.press("Control+z").wait_until_saved()

    assert "dément" in work.here
    assert work.claims(5) == []


def test_a_decision_that_would_go_is_named_first(work: Workplace) -> None:
    work.turn_to("tous").press("n", "k", "k", "k")

    work.press("=")
    expect(work.panel).to_contain_text("Vous aviez décidé ici : Aucune affirmation")
    work.press("Escape").wait_until_saved()

    assert work.answers()[3]["decision"] == "no_claim"
    assert "affirme" in work.here


def test_any_other_step_ends_it_where_one_is(work: Workplace) -> None:
    work.press("=", "n").wait_until_saved()

    assert "dangereux" in work.here
    expect(work.panel).not_to_contain_text("Mêmes mots")
    assert work.answers()[3]["decision"] == "no_claim"
    assert 5 not in work.answers()


def test_without_such_a_place_that_is_said(work: Workplace) -> None:
    work.press("=", "a", "a", "=")
    expect(work.told).to_contain_text("Nulle part ailleurs")
    work.press("j", "=")
    expect(work.told).to_contain_text("d’abord")


def test_the_card_is_for_everybody(work: Workplace) -> None:
    work.panel.get_by_role("button", name="les mêmes mots ailleurs").click()
    buttons = work.panel.get_by_role("region", name="Mêmes mots, 1 sur 2").get_by_role("button")

    assert [one.get_attribute("aria-keyshortcuts") for one in buttons.all()] == ["A", "X", "Escape"]
    found = Axe().run(work.page).response["violations"]
    assert found == [], json.dumps(found, indent=2)
    buttons.first.click()
    work.panel.get_by_role("button", name="Fin", exact=True).click()
    work.wait_until_saved()
    assert sorted(work.answers()) == [1, 3]
