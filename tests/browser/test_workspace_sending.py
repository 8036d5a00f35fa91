"""How the workspace sends: nothing stops silently, and nobody sends what is another's."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.workplace import Workplace
from tests.factories import make_annotator
from workbench.labelling.tables import AnnotationRevision
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<h1>Hotel</h1>"),
        (403, "<h1>Forbidden</h1>"),
        (408, ""),
        (413, "{}"),
        (429, "{}"),
        (502, "<h1>Bad gateway</h1>"),
    ],
)
def test_an_answer_that_is_not_the_servers_is_no_refusal(
    work: Workplace, status: int, body: str
) -> None:
    work.page.route("**/answers", lambda route: route.fulfill(status=status, body=body))
    work.press("n")
    expect(work.trouble.get_by_role("button")).to_be_visible()
    expect(work.status).to_contain_text("1")
    work.page.unroute("**/answers")

    work.wait_until_saved()  # nobody pressed anything

    assert work.answers()[1]["decision"] == "no_claim"


def test_a_browser_that_stops_keeping_says_so_and_goes_on_sending(work: Workplace) -> None:
    work.page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw Error('full'); }; }")
    work.page.route("**/answers", lambda _: None)  # it stays on its way

    work.press("n")
    expect(work.trouble).to_contain_text("ne garde rien")
    work.page.unroute("**/answers")

    work.wait_until_saved()
    assert work.answers()[1]["decision"] == "no_claim"


def test_a_colleague_who_signs_in_meanwhile_never_sends_mine(work: Workplace) -> None:
    with work.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        colleague, _ = make_annotator(session, project, "bea")
    work.sign_in(colleague)

    work.press("n")
    expect(work.trouble).to_contain_text("autre")
    with work.app.app_context():
        assert db.session().scalars(select(AnnotationRevision)).all() == []

    with work.page.expect_popup() as opened:
        work.trouble.get_by_role("link", name="Se connecter").click()
    expect(opened.value.get_by_label("Mot de passe")).to_be_visible()
    work.sign_in(work.desk.user_id)
    work.trouble.get_by_role("button").click()
    work.wait_until_saved()
    assert work.answers()[1]["decision"] == "no_claim"


def test_a_version_says_nothing_of_what_is_not_asked(work: Workplace) -> None:
    work.press("c", "5").wait_until_saved()
    other = work.open(work.page.context.new_page())
    work.press("Delete", "n").wait_until_saved()

    other.press("k", "y", "6")

    versions = other.panel.get_by_role("alert")
    expect(versions).to_contain_text("Genre : Prévision")
    expect(versions).not_to_contain_text("À vérifier")


def test_two_versions_show_where_they_differ(work: Workplace) -> None:
    work.press("c", "1", "1").wait_until_saved()
    other = work.open(work.page.context.new_page())
    work.press("w", "3").wait_until_saved()

    other.press("k", "w", "2")

    marks = other.panel.get_by_role("alert").locator("mark")
    expect(marks).to_have_text(["≠ À vérifier : peut-être", "≠ À vérifier : oui"])


def test_each_refused_answer_is_led_to_in_turn(work: Workplace) -> None:
    problem = {"title": "No", "status": 422, "detail": "Not like this.", "code": "invalid"}
    work.page.route("**/answers", lambda route: route.fulfill(status=422, json=problem))
    work.press("n")
    expect(work.trouble).to_contain_text("phrase 1")
    with work.page.expect_response("**/answers"):
        work.press("n")
    work.page.unroute("**/answers")

    work.trouble.get_by_role("button").click()
    work.panel.get_by_role("button", name="Renvoyer la mienne").click()
    work.trouble.get_by_role("button", name="phrase 2").click()
    work.panel.get_by_role("button", name="Renvoyer la mienne").click()

    expect(work.trouble).to_be_empty()
    work.wait_until_saved()
    assert [answer["decision"] for answer in work.answers().values()] == ["no_claim"] * 2
