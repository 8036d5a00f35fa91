"""A real server and a real browser: what a person meets, with nothing in between replaced."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.conftest import require
from tests.factories import make_project
from tests.machine import CHROMIUM
from tests.server import Server, running_server
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.database import transaction

ALLIANCE = "001_261cb179200dd163.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One journey on one database is enough here: the rest of the suite runs on both."""
    copy = shutil.copy(migrated_sqlite, tmp_path / "workbench.sqlite3")
    return f"sqlite:///{copy}"


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """`workbench serve` on this test's own data; `server.kill()` is a power cut."""
    with running_server(settings, is_forked=True) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    program = require("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A fresh French browser.

    A script's error, a request to elsewhere, or what the page's own policy forbids fails the test.
    """
    wrong: list[str] = []

    def note_foreign(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            wrong.append(f"asked for {request.url}")

    def note_forbidden(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    context = browser.new_context(base_url=server.url, locale="fr-FR")
    context.on("request", note_foreign)
    context.on("console", note_forbidden)
    context.on("weberror", lambda event: wrong.append(str(event.error)))
    yield context.new_page()
    context.close()
    assert wrong == []


@pytest.fixture
def work(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before an article of four sentences."""
    return Workplace.of_new_annotator(app, server.url, page, make_corpus(app))


@pytest.fixture
def alliance(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before the article on the AI Alliance."""
    path = resource_folder("seeds") / "articles" / ALLIANCE
    with app.app_context():
        with transaction() as session:
            project_id = make_project(session).id
        outcomes = import_in_batches(
            [NamedFile(path.name, path.read_bytes())], project_id=project_id, by=None
        )
        [slug] = [name for batch in outcomes for outcome in batch for name in outcome.articles]
    return Workplace.of_new_annotator(app, server.url, page, slug)
