"""Every page in a real browser: nothing serious for axe, no page wider than a telephone."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, FloatRect, Page, expect
from sqlalchemy import select, update

from tests.addresses import calls, make_things
from tests.browser.workplace import DRAWN
from tests.compared import make_compared
from tests.people import PASSWORD, browser_of, join, make_person
from tests.press import DISCLOSED
from tests.server import Server
from tests.stances import make_stances
from workbench.accounts.operations import make_sign_in_link
from workbench.accounts.tables import User
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.factcheck.desks import change_desk, read_desk
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.storage.database import db, transaction

NO_PAGE = {
    "static",
    "account.show_csrf",
    "api.send_document",
    "desk.send_scale",
    "download.send_all",
    "download.send_features",
    "download.send_gold",
    "download.send_soft_labels",
    "public.send_check",
    "public.send_errata",
    "public.send_feed",
    "public.send_list",
    "public.send_robots",
    "public.send_sitemap",
    "questions.list_own",
    "releases.send",
    "releases.send_all",
    "scheme.send_document",
    "stances.send_map",
    "stances.send_table",
    "stances.send_timeline",
    "workspace.show_own_work",
}


@pytest.fixture
def addresses(app: Flask, server: Server, page: Page) -> list[str]:
    """The address of every page, and a browser of somebody who may see them all."""
    things = make_things(app)
    sign_in(app, page, server.url)
    let_publish(app)
    found = {
        path
        for rule, method, path in calls(app, things)
        if method == "GET" and rule.endpoint not in NO_PAGE | {"account.use_link"}
        if not rule.endpoint.startswith("health.")
    }
    return [*sorted(found), link_of(app, make_person(app, "new@example.org"))]


def let_publish(app: Flask) -> None:
    """Let the desk of the project say who it is, so that readers have pages of it."""
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        settings = replace(read_desk(session, project_id=project.id), **DISCLOSED)  # type: ignore[arg-type]
        someone = session.scalars(select(User.id)).first()
        assert someone
        change_desk(session, project_id=project.id, settings=settings, by=someone, now=utc_now())


def link_of(app: Flask, user_id: int) -> str:
    with app.app_context(), transaction() as session:
        token = make_sign_in_link(
            session, user_id=user_id, purpose="new_password", by=None, now=utc_now()
        )
    return f"/link/{token}"


def sign_in(app: Flask, page: Page, url: str) -> None:
    """Let the browser belong to somebody who may do everything."""
    user = make_person(app, is_site_admin=True)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "ada@example.org", set(Role))
    cookie = browser_of(app, user).get_cookie("workbench")
    assert cookie
    page.context.add_cookies([{"name": "workbench", "value": cookie.value, "url": url}])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_every_page_is_accessible_and_fits(
    page: Page, addresses: list[str], scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})

    found: list[object] = []
    for address in ["/nowhere", *addresses]:
        page.goto(address)
        found += [(address, *problem) for problem in problems_of(page)]

    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_the_page_of_agreement_fills_itself(
    app: Flask, page: Page, server: Server, scheme: str, width: int
) -> None:
    make_compared(app)
    with app.app_context(), transaction() as session:
        session.execute(update(Project).values(suggestion_free_percent=90))
    sign_in(app, page, server.url)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})

    page.goto("/projects/demo/agreement/?figure=speaker")

    expect(page.get_by_text("rien n’a changé depuis")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("img", name="Tous les chiffres")).to_be_visible()
    expect(page.get_by_role("table", name="Deux à deux : qui le dit")).to_be_visible()
    expect(page.get_by_role("img", name="avec suggestions et d’abord sans")).to_be_visible()
    expect(page.get_by_role("table", name="Avec et sans suggestions")).to_be_visible()
    assert list(problems_of(page)) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_the_map_of_stances_leads_to_its_sentences(
    app: Flask, page: Page, server: Server, scheme: str, width: int
) -> None:
    make_stances(app)
    sign_in(app, page, server.url)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})

    page.goto("/projects/demo/stances/timeline")
    assert list(problems_of(page)) == []
    page.get_by_role("link", name="Carte", exact=True).click()
    assert list(problems_of(page)) == []
    page.get_by_role("link", name="Meta – OpenAI : contre 1 (dit par l’intéressé)").click()

    expect(page.get_by_text("C'est une erreur").first).to_be_visible()
    assert list(problems_of(page)) == []


def test_the_line_at_the_top_never_overprints_itself(page: Page, addresses: list[str]) -> None:
    for address in [one for one in addresses if "annotate" in one or "articles" in one]:
        for width in (320, 390, 680, 900, 1360):
            page.set_viewport_size({"width": width, "height": 430})
            page.goto(address)
            parts = page.locator("body > header > :visible")
            boxes = [box for part in parts.all() if (box := part.bounding_box())]
            assert not any(overlap(one, other) for one, other in combinations(boxes, 2)), width
            assert all(box["x"] + box["width"] <= width for box in boxes), (address, width)
            page.locator("header button.me").click()
            expect(page.get_by_role("button", name="Se déconnecter")).to_be_in_viewport(ratio=1)


def test_names_without_a_place_to_break_fit_into_every_page(
    app: Flask, page: Page, addresses: list[str]
) -> None:
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.name = "N" * 200
        session.execute(update(User).values(name="M" * 200))
        session.execute(update(Article).values(title="T" * 200, outlet="O" * 200, author="A" * 200))
    for width in (320, 680, 1360):
        page.set_viewport_size({"width": width, "height": 844})
        for address in addresses:
            page.goto(address)
            assert not is_too_wide(page), (address, width)


@pytest.mark.parametrize("width", [390, 1360])
def test_a_page_under_a_long_headline_still_shows_its_own_name(
    app: Flask, page: Page, addresses: list[str], width: int
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(title="Un titre bien long " * 10))
    page.set_viewport_size({"width": width, "height": 844})
    for address in [one for one in addresses if one.endswith(("/erase", "/withdraw"))]:
        page.goto(address)
        own_name = page.locator(".crumbs li").last
        assert own_name.evaluate("li => li.scrollWidth <= li.clientWidth"), address


def test_on_paper_a_page_has_no_bar_and_no_ways(page: Page, addresses: list[str]) -> None:
    wanted = ("balance", "claims", "stances", "agreement", "releases", "statements")
    page.emulate_media(media="print")
    for address in [one for one in addresses if any(word in one for word in wanted)]:
        page.goto(address)
        ways = page.locator("body > header, .skip, .pages, .ways").filter(visible=True)
        assert page.locator("main").is_visible()
        assert ways.count() == 0, address


def overlap(one: FloatRect, other: FloatRect) -> bool:
    """Tell whether two boxes share more than an edge."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 1 and down > 1


def problems_of(page: Page) -> Iterator[tuple[str, str]]:
    if page.locator("#workspace").count():  # It is the script that draws it.
        page.wait_for_selector("body[data-ready]")
        page.evaluate(DRAWN)
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in {"serious", "critical"}:
            yield violation["id"], violation["nodes"][0]["html"]
    if is_too_wide(page):
        yield "wider than the screen", page.title()
    if page.locator("h1").count() != 1:
        yield "should have one heading of the first level", page.title()


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_folder_is_chosen_in_the_browser(
    page: Page, addresses: list[str], tmp_path: Path
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text("Un texte.")
    (news / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (news / "manifest.jsonl").write_text('{"file": "a.txt", "title": "Le titre du manifeste"}')
    page.goto("/projects/demo/articles/import")

    page.get_by_label("Ou un dossier").set_input_files(news)
    page.get_by_role("button", name="Importer").click()

    expect(page.get_by_role("link", name="Le titre du manifeste")).to_be_visible()
    expect(page.get_by_text("1 fichier du dossier n’a pas été pris")).to_be_visible()


def test_people_come_in_and_go_without_script(app: Flask, browser: Browser, server: Server) -> None:
    link = link_of(app, make_person(app))
    context = browser.new_context(base_url=server.url, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()

    page.goto(link)
    for label in ("Nouveau mot de passe", "Nouveau mot de passe, encore une fois"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer le mot de passe").click()
    page.get_by_role("button", name="Ada").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Ada").click()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    context.close()


def test_a_link_that_is_shown_once_is_copied(app: Flask, page: Page, addresses: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/projects/demo/members/")
    page.get_by_label("Adresse électronique").fill("nouvelle@example.org")
    page.get_by_label("Annotation").check()
    page.get_by_role("button", name="Ajouter ou inviter").click()

    page.get_by_role("button", name="Copier").click()

    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    assert (
        page.evaluate("() => navigator.clipboard.readText()") == page.locator("code").inner_text()
    )
