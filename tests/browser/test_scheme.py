"""The label scheme in a real browser: a plan is read and confirmed by keyboard."""

import json

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import make_corpus, open_desk
from tests.browser.workplace import COOKIE
from tests.functional.test_scheme_change import NO_POSITION, history, label
from tests.people import browser_of, join, make_person
from tests.server import Server
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db


def test_a_label_is_retired_and_asked_again(app: Flask, server: Server, page: Page) -> None:
    make_corpus(app)
    anna = label(open_desk(app))
    user = make_person(app)
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
    join(app, project_id, "ada@example.org", [Role.MANAGER])
    cookie = browser_of(app, user).get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    page.goto("/projects/demo/")
    page.get_by_role("link", name="Schéma d’annotation").click()
    content = json.dumps(NO_POSITION).encode()
    page.get_by_label("Un fichier").set_input_files(
        {"name": "scheme.json", "mimeType": "application/json", "buffer": content}
    )
    page.get_by_role("button", name="Montrer le plan").press("Enter")

    choice = page.get_by_role("combobox", name="Ce que devient")
    for width in (390, 1360):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(choice).to_have_value("claim_type.position?")
    page.get_by_label("J’ai lu le plan").press("Space")
    page.get_by_role("button", name="Modifier le schéma").press("Enter")

    expect(page.get_by_text("La modification est faite.")).to_be_visible(timeout=30_000)
    assert history(app)[-1] == ("scheme_change", "claims", None)

    cookie = anna.client.get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    page.goto("/projects/demo/annotate/article/")
    page.locator("body[data-ready]").wait_for()
    why = page.get_by_text("Le schéma d’annotation a changé")
    expect(page.get_by_text("3 sur 4 phrases")).to_be_visible()
    expect(why).to_be_visible()
    page.keyboard.press("End")  # to what waits
    expect(why).to_be_in_viewport()
    page.keyboard.press("1")  # Whether it is worth checking was said, and stays.
    expect(why).to_be_hidden()
