"""The pages of releases in a real browser: a version, one that was taken back, and many."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.addresses import make_things
from tests.browser.test_pages import problems_of
from tests.people import browser_of, join, make_person
from tests.released import build_release
from tests.releases import put_release
from tests.server import Server
from workbench.datasets.manifests import MANIFEST, list_files
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db

PAGE = "/projects/demo/releases/"
CARD = "/projects/demo/releases/2.0.0/"


@pytest.fixture
def releases(app: Flask, server: Server, page: Page, settings: Settings, tmp_path: Path) -> None:
    """Two versions that stand, one that does not, and somebody who may do everything with them."""
    make_things(app)
    lead = make_person(app)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "ada@example.org", [Role.MANAGER])
    cookie = browser_of(app, lead).get_cookie("workbench")
    assert cookie
    page.context.add_cookies([{"name": "workbench", "value": cookie.value, "url": server.url}])
    folder = build_release(tmp_path / "release")
    files = {path: (folder / path).read_bytes() for path in (*list_files(folder), MANIFEST)}
    put_release(app, settings, project, {}, version="1.0.0", withdrawal="Un nom de trop.")
    put_release(app, settings, project, files, version="1.1.0")
    put_release(app, settings, project, files, version="2.0.0")
    shutil.rmtree(folder)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
@pytest.mark.usefixtures("releases")
def test_pages_of_releases_are_accessible_and_fit(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})

    found: list[object] = []
    for name in ("", "1.0.0/", "1.1.0/", "2.0.0/", "2.0.0/changes", "build", "profile"):
        page.goto(PAGE + name)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [(name, *problem) for problem in problems_of(page)]

    assert found == [], "\n".join(map(str, found))


@pytest.mark.usefixtures("releases")
def test_a_release_is_downloaded_and_its_programs_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(CARD)

    with page.expect_download() as download:
        page.get_by_role("button", name="Tout télécharger").press("Enter")
    page.get_by_role("button", name="Copier : pandas").press("Enter")

    assert download.value.suggested_filename == "demo-2.0.0.zip"
    expect(page.get_by_role("button", name="Copier : pandas")).to_have_text("Copié")
    assert "demo/1.1.0/data/sentences" in page.evaluate("navigator.clipboard.readText()")
    for picture in page.locator(".pictures img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("async one => (await one.decode(), one.naturalWidth)") > 0
