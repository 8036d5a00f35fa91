"""One article from its import to the gold file, by five people in five browsers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from tests.browser.workplace import COOKIE
from tests.factories import make_project
from tests.people import browser_of, join, make_person
from tests.server import Server
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.storage.database import transaction

TEXT = "OpenAI a fermé ses modèles. Pourquoi ? Nul ne le sait."
PROJECT = "/projects/demo/"
PATIENCE = 60_000  # milliseconds; a job starts a process


@contextmanager
def browser_for(
    app: Flask, browser: Browser, server: Server, name: str, role: Role
) -> Iterator[Page]:
    """Lend a French browser in which a new member of the project is signed in."""
    user = make_person(app, f"{name}@example.org", name=name)
    join(app, 1, f"{name}@example.org", {role})
    cookie = browser_of(app, user).get_cookie(COOKIE)
    assert cookie
    context = browser.new_context(base_url=server.url, locale="fr-FR")
    context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    yield context.new_page()
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_five_people_take_an_article_from_its_import_to_gold(
    app: Flask, browser: Browser, server: Server, tmp_path: Path
) -> None:
    with app.app_context(), transaction() as session:
        make_project(session)
        session.execute(update(Project).values(overlap=3))
    file = tmp_path / "article.txt"
    file.write_text(TEXT)

    with browser_for(app, browser, server, "mia", Role.MANAGER) as page:
        page.goto(f"{PROJECT}articles/import")
        page.locator("input[type=file]").first.set_input_files(file)
        page.get_by_role("button", name="Importer").click()
        expect(page.get_by_role("link", name="OpenAI a fermé")).to_be_visible(timeout=PATIENCE)

    for name, claim_type in (("anna", "1"), ("ben", "1"), ("cleo", "2")):
        with browser_for(app, browser, server, name, Role.ANNOTATOR) as page:
            page.goto(PROJECT)
            page.get_by_role("link", name="Articles à annoter").click()
            page.get_by_role("button", name="OpenAI a fermé").click()
            page.wait_for_selector("body[data-ready]")
            press(page, claim_type, "1", "End", "n", "End", "n")
            page.get_by_role("button", name="Terminer").click()
            expect(page.get_by_role("button", name="Rouvrir").first).to_be_visible()

    with browser_for(app, browser, server, "lea", Role.ADJUDICATOR) as page:
        page.goto(f"{PROJECT}adjudicate/")
        page.get_by_role("link", name="OpenAI a fermé").click()
        page.wait_for_selector("body[data-ready]")
        press(page, "1", "Enter")
        expect(page.locator("[data-place=hint]")).to_contain_text("Entrée ramène à la liste")
        press(page, "Enter")
        page.wait_for_url(f"**{PROJECT}adjudicate/")
        expect(page.get_by_role("row", name="OpenAI a fermé")).to_contain_text("terminé")
        with page.expect_download() as download:
            page.evaluate("location = '/projects/demo/download/gold.jsonl'")
        records = [json.loads(line) for line in download.value.path().read_text().splitlines()]

    assert [(one["decision"], one["settled"]) for one in records] == [
        ("claims", "adjudicated"),
        ("no_claim", "unanimous"),
        ("no_claim", "unanimous"),
    ]
