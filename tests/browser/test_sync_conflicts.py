"""Conflicts with Label Studio in a real browser: seen side by side, settled by one key."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_pages import problems_of
from tests.clashes import make_clashes
from tests.people import browser_of, join, make_person
from tests.server import Server
from workbench.projects.rules import Role
from workbench.storage.database import db

PAGE = "/projects/demo/label-studio/"


@pytest.fixture
def clashes(app: Flask, server: Server, page: Page) -> Iterator[None]:
    """Two conflicts over Anna's claim, one changed there and one deleted; a lead is signed in."""
    make_clashes(app)
    lead = make_person(app)
    join(app, 1, "ada@example.org", [Role.MANAGER])
    cookie = browser_of(app, lead).get_cookie("workbench")
    assert cookie
    page.context.add_cookies([{"name": "workbench", "value": cookie.value, "url": server.url}])
    yield
    with app.app_context():
        db.session.remove()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
@pytest.mark.usefixtures("clashes")
def test_pages_of_label_studio_are_accessible_and_fit(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{PAGE}conflicts/")
    paths = [one.get_attribute("href") or "" for one in page.locator(".conflicts a").all()]

    found: list[object] = []
    for path in (PAGE, f"{PAGE}conflicts/", *paths):
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [(path, *problem) for problem in problems_of(page)]

    assert len(paths) == 2
    assert found == [], "\n".join(map(str, found))


@pytest.mark.usefixtures("clashes")
def test_a_key_chooses_and_enter_confirms(page: Page) -> None:
    page.goto(f"{PAGE}conflicts/")
    with page.expect_navigation():
        page.locator(".conflicts a").first.press("Enter")
    page.keyboard.press("Digit3")
    expect(page.locator("input[value=edited]")).to_be_checked()
    page.keyboard.press("Digit2")
    expect(page.locator("input[value=theirs]")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".notice.message")).to_contain_text("Tranché")
    expect(page.locator("input[name=take]")).to_have_count(2)
    page.keyboard.press("Digit1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Il n’y a rien à trancher")).to_be_visible()
