"""What is being written is kept in the browser, for the form that it is about and no other."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.adjudicators import LONG, SHORT, TEXT, make_shared_corpus, read, sit_down
from tests.annotators import make_corpus, open_desk
from tests.browser.workplace import COOKIE
from tests.factories import SENTENCES, claim_on
from tests.functional.test_editions import correct
from tests.functional.test_scheme_change import NO_POSITION, adding, document, label
from tests.people import browser_of, hidden, join, make_person, send
from tests.server import Server
from workbench.factcheck.desks import read_desk
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db

GUIDELINE = "/projects/demo/guideline/change"
CORRECT = "/projects/demo/articles/article/correct"
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft/')).length"
DESK = "/projects/demo/desk/settings"
SCHEME = "/projects/demo/scheme/"


@pytest.fixture
def manager(app: Flask, server: Server, page: Page) -> Page:
    """A browser of a manager of a project where somebody has labelled an article."""
    make_corpus(app)
    label(open_desk(app))
    cookie = browser_of(app, make_lead(app, "ada")).get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    return page


def make_lead(app: Flask, name: str = "bea") -> int:
    """Make a manager of the project and return the row id."""
    user = make_person(app, f"{name}@example.org", name=name.title())
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
    join(app, project_id, f"{name}@example.org", [Role.MANAGER])
    return user


def show_plan(page: Page, scheme: object) -> None:
    page.goto(SCHEME)
    content = json.dumps(scheme).encode()
    page.get_by_label("Un fichier").set_input_files(
        {"name": "scheme.json", "mimeType": "application/json", "buffer": content}
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Montrer le plan").click()
    wait_for_drafts(page)


def wait_for_drafts(page: Page) -> None:
    """Wait until the page has looked for what was being written."""
    page.wait_for_load_state("networkidle")


def test_a_plan_is_of_the_document_that_was_sent(manager: Page) -> None:
    show_plan(manager, NO_POSITION)
    manager.locator("select[name=steps]").first.select_option("claim_type.position?")
    manager.get_by_label("J’ai lu le plan").check()

    other = document(adding("claim_type", "event"))
    show_plan(manager, other)

    shown = manager.locator("textarea[name=document]").input_value()
    assert json.loads(shown) == other
    expect(manager.get_by_label("J’ai lu le plan")).not_to_be_checked()
    expect(manager.locator(".draft")).to_have_count(0)
    manager.get_by_label("J’ai lu le plan").check()
    manager.get_by_role("button", name="Modifier le schéma").click()
    expect(manager.locator(".notice.message")).to_be_visible()
    wait_for_drafts(manager)
    manager.goto(SCHEME)
    wait_for_drafts(manager)
    expect(manager.locator(".draft")).to_have_count(0)


def test_what_was_saved_is_no_draft_though_a_page_without_forms_follows(
    app: Flask, manager: Page
) -> None:
    manager.goto(GUIDELINE)
    wait_for_drafts(manager)
    manager.locator("[name=fr]").fill("## Le mien")
    manager.get_by_role("button", name="Enregistrer").click()
    expect(manager.locator(".notice.message")).to_be_visible()
    wait_for_drafts(manager)

    newer = send(browser_of(app, make_lead(app)), GUIDELINE, base="2", fr="## Le sien", en="")
    assert newer.status_code == 303
    manager.goto(GUIDELINE)
    wait_for_drafts(manager)

    expect(manager.locator("[name=fr]")).to_have_value("## Le sien")
    expect(manager.locator(".draft")).to_have_count(0)


def test_a_draft_sets_no_switch_of_a_colleague_back(app: Flask, manager: Page) -> None:
    manager.goto(DESK)
    wait_for_drafts(manager)
    manager.locator("[name=method_fr]").fill("Nous lisons.")
    colleague = browser_of(app, make_lead(app))
    state = hidden(colleague.get(DESK).text, "state")
    newer = send(colleague, DESK, act="save", state=state, blind_verdicts="y")
    assert newer.status_code == 303

    manager.reload()
    expect(manager.locator("[name=method_fr]")).to_have_value("Nous lisons.")
    manager.get_by_role("button", name="Enregistrer les réglages").click()

    told = manager.locator("dl.newest")
    expect(told).to_contain_text("Demander d’abord à chacun son propre verdict")
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
        assert read_desk(db.session(), project_id=project_id).blind_verdicts
    manager.locator("[name=blind_verdicts]").check()
    manager.get_by_role("button", name="Enregistrer les réglages").click()
    expect(manager.locator(".notice.message")).to_be_visible()
    wait_for_drafts(manager)
    expect(manager.locator("[name=method_fr]")).to_have_value("Nous lisons.")
    expect(manager.locator("[name=blind_verdicts]")).to_be_checked()
    expect(manager.locator(".draft")).to_have_count(0)


def test_a_correction_that_was_made_is_no_draft(app: Flask, manager: Page) -> None:
    manager.goto(CORRECT)
    wait_for_drafts(manager)
    manager.locator("[name=text]").fill("Un tout autre texte.")
    manager.get_by_role("button", name="Montrer ce qui change").click()
    manager.get_by_role("button", name="En faire l’édition 2").click()  # Is it meant?
    expect(manager).to_have_url(re.compile("/apply$"))
    manager.get_by_label("C’est tout de même le texte de cet article").check()
    manager.get_by_role("button", name="En faire l’édition 2").click()
    expect(manager.locator(".notice.message")).to_be_visible()
    wait_for_drafts(manager)
    correct(app, "Neuf.\n" + TEXT, after=2)
    manager.goto(CORRECT)
    wait_for_drafts(manager)

    expect(manager.locator("[name=text]")).to_have_value("Neuf.\n" + TEXT)
    expect(manager.locator(".draft")).to_have_count(0)


def test_what_is_too_long_to_keep_leaves_nothing_shorter_behind(manager: Page) -> None:
    manager.goto(GUIDELINE)
    wait_for_drafts(manager)
    given = manager.locator("[name=fr]").input_value()
    manager.locator("[name=fr]").fill("## Le mien")
    manager.locator("[name=fr]").fill("Long. " * 20_000)
    manager.reload()
    wait_for_drafts(manager)

    expect(manager.locator("[name=fr]")).to_have_value(given)
    expect(manager.locator(".draft")).to_have_count(0)


def test_a_draft_is_forgotten_after_a_month_wherever_it_was_written(manager: Page) -> None:
    manager.goto(GUIDELINE)
    wait_for_drafts(manager)
    manager.locator("[name=fr]").fill("## Le mien")
    assert manager.evaluate(DRAFTS) == 1
    manager.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=29))
    manager.goto(DESK)
    wait_for_drafts(manager)
    assert manager.evaluate(DRAFTS) == 1

    manager.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=31))
    manager.goto(DESK)
    wait_for_drafts(manager)

    assert manager.evaluate(DRAFTS) == 0


def test_an_objection_stays_with_its_sentence(app: Flask, server: Server, page: Page) -> None:
    make_shared_corpus(app)
    read(app, "ada", SHORT)
    bob = read(app, "bob", LONG, s2=claim_on(TEXT, 28, 45))
    lead = sit_down(app)
    lead.open()
    for position in (1, 2):
        body = lead.decision(position)
        body["adjudication"] |= {"reason": "ambiguous_text", "note": "Nobody says it."}
        assert lead.post("answers", body).status_code == 200
    cookie = bob.client.get_cookie(COOKIE)
    assert cookie
    page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": server.url}])
    page.goto("/projects/demo/annotate/article/final")
    wait_for_drafts(page)
    forms = page.locator("form:has([name=position])")
    assert forms.count() > 1
    contest(forms.nth(1), "La citation est plus longue.")
    page.reload()

    expect(page.locator(".draft")).to_have_count(1)
    expect(forms.nth(1).locator("textarea")).to_be_visible()
    expect(forms.nth(1).locator("textarea")).to_have_value("La citation est plus longue.")
    expect(forms.nth(0).locator("textarea")).to_have_value("")
    positions = [one.get_attribute("value") for one in page.locator("[name=position]").all()]
    assert len({*positions}) == len(positions)

    contest(forms.nth(0), "Elle est plus courte.")
    correct(app, " ".join(SENTENCES[1:]))
    page.reload()
    wait_for_drafts(page)
    expect(forms).to_have_count(1)  # of the second sentence, which is the first one now
    expect(forms.locator("textarea")).to_have_value("")


def contest(form: Locator, words: str) -> None:
    form.locator("xpath=ancestor::details").locator("summary").click()
    form.locator("textarea").fill(words)
