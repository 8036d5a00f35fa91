"""The way of a claim to a published check and its correction, by two people in real browsers."""

import json
import re

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.workplace import COOKIE
from tests.cases import make_claim, open_case
from tests.people import browser_of
from tests.press import DISCLOSED
from tests.server import Server
from workbench.canonical import JsonObject
from workbench.factcheck.claimreview import check_review
from workbench.factcheck.verdicts import find_newest
from workbench.storage.database import db, transaction

WORDING = "OpenAI ne publie plus les poids de ses modèles."
SLOW = 30_000  # milliseconds; a machine may have other things to do
EVIDENCE = {
    "title": "Model index",
    "publisher": "OpenAI",
    "published": "2024-01-05",
    "question": "Les poids sont-ils publiés ?",
    "answer": "Non.",
    "passage": "Weights are not released.",
}


class Person:
    """Somebody in a browser of their own."""

    def __init__(self, app: Flask, browser: Browser, url: str, user_id: int | None) -> None:
        context = browser.new_context(base_url=url, locale="fr-FR")
        context.set_default_timeout(SLOW)
        self.url, self.page = url, context.new_page()
        if user_id is not None:
            self.become(app, user_id)

    def become(self, app: Flask, user_id: int) -> None:
        """Be signed in as somebody from the next page on."""
        cookie = browser_of(app, user_id).get_cookie(COOKIE)
        assert cookie
        self.page.goto("about:blank")  # an answer under way would bring the last one's cookie
        self.page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.url}])

    def press(self, name: str | re.Pattern[str], *, role: str = "button") -> None:
        """Press what is called so, and wait for the page it leads to."""
        target = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # button or link
        with self.page.expect_navigation(timeout=SLOW):
            target.click()

    def sees(self, words: str) -> None:
        """Wait until the page shows these words."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=SLOW)

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names."""
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"]').fill(value)

    def choose(self, **fields: str) -> None:
        """Choose in lists by their names."""
        for name, value in fields.items():
            self.page.locator(f'main select[name="{name}"]').select_option(value)


def test_a_claim_becomes_a_published_check_and_is_corrected(
    app: Flask, server: Server, browser: Browser
) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        _, claim = make_claim(session, case.project_id, "demo", name="second")
    felix, greta, mona = (
        Person(app, browser, server.url, case.people[name]) for name in ("felix", "greta", "mona")
    )
    reader = Person(app, browser, server.url, None)

    set_up_desk(mona)
    statement = word_statement(felix, claim)
    reader.page.goto(f"/checks/demo/{statement}/")
    reader.sees("Rien n’est publié à cette adresse.")

    refuse_unproven_verdict(felix, statement)
    add_evidence(felix, statement, "https://source.example.org/models", "supports")
    write_verdict(felix, statement, "supported", "L’index **ne les donne plus**.")
    approve(greta, statement)

    reader.page.goto(f"/checks/demo/{statement}/?lang=fr")
    reader.sees("L’index ne les donne plus.")
    expect(reader.page.locator(".stamp").first).to_contain_text("Vérifié")
    assert review_of(reader.page)["reviewRating"]["alternateName"] == "Vrai"  # type: ignore[index,call-overload]
    assert_fits(reader.page)

    add_evidence(felix, statement, "https://other.example.org/weights", "refutes")
    write_verdict(
        felix,
        statement,
        "conflicting",
        "Un modèle fait exception.",
        context="Tous les autres sont fermés.",
        correction="Un modèle ouvert nous avait échappé.",
    )
    reader.page.reload()
    expect(reader.page.locator(".stamp").first).to_contain_text("Vérifié")  # till it is approved
    approve(greta, statement)

    reader.page.reload()
    expect(reader.page.locator(".stamp").first).to_contain_text("Contesté", timeout=SLOW)
    expect(reader.page.locator(".erratum")).to_contain_text("Un modèle ouvert nous avait échappé.")
    assert_fits(reader.page)
    review = review_of(reader.page)
    assert str(review["dateModified"]) > str(review["datePublished"])
    reader.page.goto("/checks/demo/corrections?lang=fr")
    reader.sees("Un modèle ouvert nous avait échappé.")
    reader.page.goto("/checks/demo/?lang=fr")
    reader.sees(WORDING)
    assert reader.page.context.cookies() == []


def set_up_desk(mona: Person) -> None:
    """Let the desk publish: refused until it says who it is."""
    mona.page.goto("/projects/demo/desk/settings")
    mona.page.locator('[name="publishes"]').check()
    mona.press("Enregistrer les réglages")
    expect(mona.page.locator("main")).to_contain_text("organisation", timeout=SLOW)
    mona.fill(
        organisation=str(DISCLOSED["organisation"]),
        organisation_url=str(DISCLOSED["organisation_url"]),
        contact=str(DISCLOSED["contact"]),
        funding_fr="Nos lecteurs.",
    )
    mona.page.locator('[name="publishes"]').check()
    mona.page.locator('[name="is_nonpartisan"]').check()
    mona.press("Enregistrer les réglages")
    mona.page.goto("/checks/demo/?lang=fr")
    mona.sees("Rien n’est encore publié ici.")


def word_statement(felix: Person, claim: str) -> str:
    """Make a statement of a claim in the queue; return its id."""
    felix.page.goto("/projects/demo/claims/")
    entry = felix.page.locator(f"#claim-{claim}")
    with felix.page.expect_navigation(timeout=SLOW):
        entry.get_by_role("link").filter(has_text=re.compile("énoncé")).first.click()
    felix.fill(wording=WORDING)
    with felix.page.expect_navigation(timeout=SLOW):
        felix.page.locator(
            'main form button[type="submit"], main form button:not([type])'
        ).first.click()
    felix.sees(WORDING)
    return felix.page.url.rstrip("/").rsplit("/", 1)[1]


def refuse_unproven_verdict(felix: Person, statement: str) -> None:
    """Without evidence a verdict is not even sent to review; what is missing is named."""
    felix.page.goto(f"/projects/demo/statements/{statement}/verdict")
    felix.page.locator('[name="value"][value="supported"]').check()
    felix.fill(justification="On le sait.")
    with felix.page.expect_navigation(timeout=SLOW):
        felix.page.locator('button[name="act"][value="ask"]').click()
    felix.sees("Aucune preuve n’appuie ce verdict")


def add_evidence(felix: Person, statement: str, url: str, bearing: str) -> None:
    """Write down a primary source by its form."""
    felix.page.goto(f"/projects/demo/statements/{statement}/")
    felix.press(re.compile("^Ajouter un élément de preuve"))
    felix.fill(url=url, **EVIDENCE)
    felix.choose(bearing=bearing, source_kind="primary", independence="yes")
    felix.press(re.compile("Enregistrer"))
    expect(felix.page.locator("#evidence")).to_contain_text("Model index", timeout=SLOW)


def write_verdict(felix: Person, statement: str, value: str, reason: str, **more: str) -> None:
    """Write a revision of the verdict and ask for its review."""
    felix.page.goto(f"/projects/demo/statements/{statement}/verdict")
    felix.page.locator(f'[name="value"][value="{value}"]').check()
    felix.fill(justification=reason, **more)
    with felix.page.expect_navigation(timeout=SLOW):
        felix.page.locator('button[name="act"][value="ask"]').click()
    expect(felix.page.locator("#review")).to_contain_text("en relecture", timeout=SLOW)


def approve(greta: Person, statement: str) -> None:
    """Let somebody else approve what is in review."""
    greta.page.goto(f"/projects/demo/statements/{statement}/review")
    greta.press(re.compile("^Approuver"))
    greta.sees("Le verdict est approuvé.")


def assert_fits(page: Page) -> None:
    """Nothing is wrong for axe, and nothing is wider than the screen, at a desk or in the dark."""
    for scheme, width in (("light", 1360), ("dark", 390)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its words
        page.set_viewport_size({"width": width, "height": 844})
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def review_of(page: Page) -> JsonObject:
    """Return the ClaimReview that the page holds, valid by our schema."""
    block = page.locator('script[type="application/ld+json"]').text_content() or ""
    return check_review(json.loads(block))


def test_a_verdict_outlives_a_power_cut_while_it_is_sent(
    app: Flask, server: Server, browser: Browser
) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        case.add_evidence(session)
    felix = Person(app, browser, server.url, case.people["felix"])
    felix.page.goto(f"/projects/demo/statements/{case.statement}/verdict")
    felix.page.locator('[name="value"][value="supported"]').check()
    felix.fill(justification="Trois pages **de** raisons.")

    server.kill()
    with felix.page.expect_event("load"):  # of the browser's own page, which says so
        felix.page.locator('button[name="act"][value="save"]').click(no_wait_after=True)
    server.start()
    felix.page.reload()  # as the browser offers: it sends the form again

    felix.sees("Trois pages de raisons.")
    with app.app_context():
        newest = find_newest(db.session(), statement_id=case.row)
        assert newest
        assert newest.number == 1


def test_what_was_written_outlives_a_session_and_is_shown_to_nobody_else(
    app: Flask, server: Server, browser: Browser
) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        case.add_evidence(session)
    address = f"/projects/demo/statements/{case.statement}/verdict"
    felix = Person(app, browser, server.url, case.people["felix"])
    felix.page.goto(address)
    felix.page.locator('[name="value"][value="supported"]').check()
    felix.fill(justification="Une semaine de recherche.")
    felix.page.context.clear_cookies()
    felix.press("Enregistrer")
    expect(felix.page.locator('[name="justification"]')).to_have_count(0)

    felix.become(app, case.people["greta"])
    felix.page.goto(address)
    expect(felix.page.locator('[name="justification"]')).to_have_value("")
    felix.become(app, case.people["felix"])
    felix.page.goto(address)
    expect(felix.page.locator(".draft")).to_contain_text("n’a pas été envoyé")
    expect(felix.page.locator('[name="value"][value="supported"]')).to_be_checked()
    expect(felix.page.locator('[name="justification"]')).to_have_value("Une semaine de recherche.")
    assert_fits(felix.page)
    felix.press("Enregistrer")
    felix.sees("Une semaine de recherche.")

    felix.page.goto(address)
    felix.fill(justification="Autre chose.")
    felix.page.reload()
    felix.page.get_by_role("button", name="Repartir de zéro").click()
    expect(felix.page.locator('[name="justification"]')).to_have_value("Une semaine de recherche.")
    felix.page.reload()
    expect(felix.page.locator('[name="justification"]')).to_have_value("Une semaine de recherche.")
    expect(felix.page.locator(".draft")).to_have_count(0)


def test_of_two_who_write_at_once_the_second_loses_nothing(
    app: Flask, server: Server, browser: Browser
) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        case.add_evidence(session)
    felix, greta = (
        Person(app, browser, server.url, case.people[one]) for one in ("felix", "greta")
    )
    for person, value, reason in (
        (felix, "supported", "La fiche le dit."),
        (greta, "refuted", "La licence dit le contraire."),
    ):
        person.page.goto(f"/projects/demo/statements/{case.statement}/verdict")
        person.page.locator(f'[name="value"][value="{value}"]').check()
        person.fill(justification=reason)

    felix.press("Enregistrer")
    greta.press("Enregistrer")

    expect(greta.page.locator(".newest")).to_contain_text("La fiche le dit.")
    expect(greta.page.locator('[name="value"][value="refuted"]')).to_be_checked()
    kept = greta.page.locator('[name="justification"]')
    expect(kept).to_have_value("La licence dit le contraire.")
    assert_fits(greta.page)
    greta.press("Enregistrer")
    greta.sees("La licence dit le contraire.")
    with app.app_context():
        newest = find_newest(db.session(), statement_id=case.row)
        assert newest
        assert newest.number == 2
