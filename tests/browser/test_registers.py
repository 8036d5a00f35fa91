"""The registers in a real browser: two speakers made one, by keyboard alone, and parted again."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import make_corpus
from tests.browser.workplace import COOKIE
from tests.factories import NOW
from tests.people import browser_of, join, make_person
from tests.server import Server
from workbench.labelling.registers import Proposal, propose_entry
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import transaction


@pytest.fixture
def lead(app: Flask, server: Server, page: Page) -> Page:
    """The browser of a lead; an annotator has proposed the speaker Zuckerberg."""
    make_corpus(app)
    user = make_person(app)
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        proposal = Proposal("speaker", "zuckerbergs" * 2, "Zuckerberg", "person")
        propose_entry(
            session, project_id=project_id, proposal=proposal, language="fr", by=user, now=NOW
        )
    join(app, project_id, "ada@example.org", [Role.ADJUDICATOR])
    cookie = browser_of(app, user).get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    return page


def go_by_tab(page: Page, name: str, role: str = "link") -> None:
    """Press Tab until the link or button of this name has the focus, and Enter."""
    reach_by_tab(page, name, role)
    page.keyboard.press("Enter")


def reach_by_tab(page: Page, name: str, role: str) -> None:
    """Press Tab until what has this name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {name}")


def test_two_speakers_are_made_one_by_keyboard_and_parted(lead: Page) -> None:
    lead.goto("/projects/demo/")
    go_by_tab(lead, "Locuteurs et cibles")
    go_by_tab(lead, "Fusionner: Zuckerberg")
    expect(lead.get_by_role("radio", name="Mark Zuckerberg")).to_be_focused()
    go_by_tab(lead, "Fusionner", "button")

    expect(lead.get_by_text("Les deux n’en font plus qu’une")).to_be_visible()
    expect(lead.get_by_role("main").get_by_role("link", name="Mark Zuckerberg")).to_be_visible()

    go_by_tab(lead, "Annuler la fusion", "button")

    expect(lead.get_by_text("L’entrée vaut de nouveau pour elle-même")).to_be_visible()


def test_an_entry_that_does_not_look_alike_is_found_by_its_name(lead: Page) -> None:
    lead.goto("/projects/demo/registers/speaker/" + "zuckerbergs" * 2 + "/merge")
    reach_by_tab(lead, "Une autre entrée", "searchbox")
    lead.keyboard.type("ibm")
    lead.keyboard.press("Enter")
    expect(lead.get_by_role("radio", name="IBM")).to_be_visible()
    lead.get_by_role("radio", name="IBM").focus()
    lead.keyboard.press("Space")
    go_by_tab(lead, "Fusionner", "button")

    expect(lead.get_by_role("main").get_by_role("link", name="IBM")).to_be_visible()
