"""A corrected text in a real browser: looked at before it is made, confirmed by Enter."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import Desk, make_corpus, open_desk
from tests.browser.test_pages import problems_of
from tests.browser.test_training import come_in
from tests.factories import claim_on
from tests.functional.test_edition_pages import MOVED, lead
from tests.functional.test_editions import correct
from tests.server import Server
from workbench.projects.rules import Role

SENTENCES = (
    "OpenAI a fermé ses modèles.",
    "« C'est une erreur », affirme Meta.",
    "Pourquoi ?",
    "Nul ne le sait vraiment.",
    "Musk ataque OpenAI en justice.",
    "Tous attendent.",
)
TEXT = " ".join(SENTENCES)
CORRECTED = (
    TEXT.replace("vraiment", "encore").replace("ataque", "attaque").replace(" Tous att", " Att")
)
LOOKS = [("light", 1360, 860), ("dark", 390, 844)]


@pytest.fixture
def anna(app: Flask, server: Server) -> Desk:
    make_corpus(app, *SENTENCES)
    desk = open_desk(app)
    start = TEXT.index("Musk")
    claim = claim_on(TEXT, start, start + 4)
    for position in range(1, 7):
        claims = {"decision": "claims", "claims": [claim]} if position == 5 else {}
        assert desk.save(position, **claims).status_code == 200
    assert desk.post("finish").status_code == 200
    return desk


@pytest.fixture(params=LOOKS, ids=["light", "dark and narrow"])
def looked_at(request: pytest.FixtureRequest, page: Page) -> Page:
    scheme, width, height = request.param
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    return page


def test_a_lead_corrects_a_text_and_looks_at_what_became_of_it(
    app: Flask, server: Server, looked_at: Page, anna: Desk
) -> None:
    page = looked_at
    come_in(page, server, lead(app, Role.MANAGER))
    page.goto("/projects/demo/articles/article/")
    page.get_by_role("button", name="Corriger le texte…").click()
    page.get_by_label("Ou corrigez-le ici").fill(CORRECTED)
    page.get_by_role("button", name="Montrer ce qui change").click()

    expect(page.get_by_text("3 phrases sur 6 restent")).to_be_visible()
    expect(page.locator("ins", has_text="attaque")).to_be_visible()
    assert [*problems_of(page)] == []
    page.get_by_role("button", name="En faire l’édition 2").click()

    expect(page.get_by_role("heading", name="Éditions")).to_be_visible()
    expect(page.get_by_text("Le texte a une nouvelle édition.")).to_be_visible()
    assert [*problems_of(page)] == []


def test_a_lead_splits_a_sentence_with_a_line_break(
    app: Flask, server: Server, page: Page, anna: Desk
) -> None:
    come_in(page, server, lead(app, Role.ADJUDICATOR))
    page.goto("/projects/demo/articles/article/")
    page.get_by_role("button", name="Scinder et fusionner des phrases…").click()
    lines = page.get_by_label("Une phrase par ligne")
    expect(lines).to_have_value("\n".join(SENTENCES))
    lines.focus()
    page.keyboard.press("Control+Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Montrer ce qui change").click()

    expect(page.get_by_text("5 phrases sur 6 restent")).to_be_visible()
    page.get_by_role("button", name="En faire l’édition 2").click()
    expect(page.locator(".counts")).to_contain_text("1 à confirmer")


def test_an_annotator_confirms_what_moved_with_enter_alone(
    app: Flask, server: Server, looked_at: Page, anna: Desk
) -> None:
    page = looked_at
    correct(app, CORRECTED)
    come_in(page, server, anna.client)
    page.goto(MOVED)
    expect(page.get_by_role("button", name="Confirmer: phrase 4")).to_be_focused()
    assert [*problems_of(page)] == []

    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Confirmer: phrase 5")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Rien n’attend d’être confirmé.")).to_be_visible()
    assert [*problems_of(page)] == []
    expect(page.get_by_role("link", name="Vers l’article")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    expect(page.get_by_text("Le texte a été corrigé.")).to_be_visible()
