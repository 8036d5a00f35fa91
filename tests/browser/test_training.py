"""Training in a real browser: marked by the lead, learnt, compared, tried again, passed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.browser.workplace import COOKIE
from tests.server import Server
from tests.training import TRAINING, School, make_learner, make_school, quoted, read_all

REASON = "Meta dit cela : le verbe est « affirme »."


@pytest.fixture
def school(app: Flask, server: Server) -> School:
    return make_school(app)


def come_in(page: Page, server: Server, client: FlaskClient) -> None:
    cookie = client.get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])


def serious(page: Page) -> list[tuple[str, str]]:
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def test_training_from_the_mark_to_real_work(
    app: Flask, server: Server, page: Page, school: School
) -> None:
    come_in(page, server, school.lead)
    page.goto("/projects/demo/")
    page.get_by_role("link", name="Entraînement").click()
    page.get_by_role("button", name="Le prendre pour l’entraînement").click()
    page.get_by_role("button", name="Raisons").click()
    page.get_by_label("Raison de la phrase 2").first.click()
    page.get_by_role("textbox", name="Raison de la phrase 2").fill(REASON)
    page.get_by_role("button", name="Enregistrer la raison: phrase 2").click()
    expect(page.locator("#sentence-2")).to_contain_text(REASON)
    page.goto(TRAINING)
    page.get_by_label("Les nouveaux annotateurs s’entraînent d’abord").check()
    page.get_by_role("button", name="Enregistrer les réglages").click()
    expect(page.get_by_text("entraînement activé")).to_be_visible()

    come_in(page, server, make_learner(app))
    page.goto("/")
    expect(page.get_by_text("après l’entraînement")).to_be_visible()
    page.get_by_role("button", name="Commencer").click()
    page.wait_for_selector("body[data-ready]")
    for key in "nnn":
        page.keyboard.press(key)
    expect(page.locator(".saved")).to_contain_text("✓")
    page.get_by_role("button", name="Terminer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Vos réponses et la référence")
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_text("1 sur 3")).to_be_visible()
    page.get_by_role("link", name="Ouvrir la phrase 2 dans l’article").click()
    expect(page.locator(".s[aria-current]")).to_contain_text("C'est une erreur")
    page.go_back()
    page.get_by_role("button", name="Réessayer cet article").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.get_by_role("button", name="Terminer")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_the_pages_of_training_are_accessible_and_fit(
    server: Server, page: Page, school: School, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    school.mark()
    school.post("articles/lesson/reasons", position="2", text=REASON)
    school.switch_on()
    desk = school.learner()
    read_all(desk, None, quoted(desk, "openai", claim_type="fact"))

    found: list[object] = []
    for client, address in (
        (desk.client, "/"),
        (desk.client, "/projects/demo/"),
        (desk.client, f"{desk.base}differences"),
        (desk.client, "/projects/demo/annotate/work/"),
        (school.lead, TRAINING),
        (school.lead, f"{TRAINING}articles/lesson/"),
    ):
        come_in(page, server, client)
        page.goto(address)
        is_too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found += [(address, *problem) for problem in serious(page)] + [address] * is_too_wide

    assert found == []
