"""Questions to the lead in a real browser: asked at the words, kept, sent once, talked over."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.browser.workplace import Workplace
from tests.people import browser_of, join, make_person, send
from workbench.labelling.tables import Question, QuestionMessage
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db

LIST = "/projects/demo/questions/"


def ask(work: Workplace, text: str) -> None:
    """Ask about the words at hand by keys alone."""
    work.press("m")
    work.page.keyboard.insert_text(text)
    work.press("Control+Enter")


def cards(work: Workplace):  # type: ignore[no-untyped-def]
    return work.panel.locator(".card.talk")


def lead_of(work: Workplace) -> FlaskClient:
    """Return a lead's own browser."""
    user = make_person(work.app, "lead@example.org", name="Lou")
    with work.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(work.app, project, "lead@example.org", {Role.ADJUDICATOR})
    return browser_of(work.app, user)


def asked(work: Workplace) -> list[tuple[str, str]]:
    """Return the quote and the text of every question that the server has, in their order."""
    with work.app.app_context():
        rows = db.session.query(Question.span, QuestionMessage.text).join(
            QuestionMessage, QuestionMessage.public_id == Question.public_id
        )
        return [(span["text"], text) for span, text in rows.order_by(Question.id)]


def answer(lead: FlaskClient, work: Workplace, text: str) -> str:
    """Let the lead answer the newest question; return the address of its thread."""
    with work.app.app_context():
        newest = db.session.query(Question.public_id).order_by(Question.id.desc()).first()
    assert newest
    thread = f"{LIST}{newest[0]}/"
    assert send(lead, thread, page=thread, id="a" * 16, text=text).status_code == 303
    return thread


def test_a_question_is_asked_about_the_words_at_hand_by_keys_alone(work: Workplace) -> None:
    ask(work, "Is this one?")
    work.press("j", "e")
    ask(work, "Who says it?")
    work.press("c", "5")
    work.page.keyboard.press("Escape")
    work.wait_until_saved()

    quoted = work.desk.text
    assert asked(work) == [
        ("OpenAI a fermé ses modèles.", "Is this one?"),
        (quoted[quoted.index("C'est") : quoted.index(" »,")], "Who says it?"),
    ]
    expect(work.page.locator("[data-place=talk]")).to_have_text("2 questions ouvertes")
    expect(work.page.locator("button.asked")).to_have_count(2)


def test_the_answer_is_read_and_answered_in_place(work: Workplace) -> None:
    ask(work, "Is this one?")
    work.wait_until_saved()
    answer(lead_of(work), work, "Yes:\nsee the guideline.")

    work.open()
    expect(work.page.locator("button.asked")).to_have_count(1)
    expect(work.page.locator("[data-place=talk]")).to_contain_text("1 nouvelle réponse")
    work.press("j")
    work.page.get_by_role("button", name="1 question au responsable, nouvelle réponse").click()
    expect(cards(work)).to_contain_text("see the guideline.")
    expect(work.page.locator("[data-place=talk]")).to_have_text("1 question ouverte")
    work.press("m")
    work.page.keyboard.insert_text("Thank you")
    work.press("Control+Enter").wait_until_saved()
    expect(cards(work)).to_contain_text("Thank you")

    assert work.open().desk.open()["questions"] == {"here": 1, "answered": 0}
    expect(work.page.locator("button.asked")).to_have_count(1)
    work.press("m")
    expect(cards(work)).to_contain_text("Thank you")


def test_one_m_leads_to_the_box_and_ctrl_enter_sends_once(work: Workplace) -> None:
    ask(work, "Is this one?")
    work.wait_until_saved()
    answer(lead_of(work), work, "Yes.")
    work.open()
    expect(work.page.locator("button.asked")).to_have_count(1)
    work.press("m")
    expect(cards(work).locator("textarea")).to_be_focused()
    work.page.keyboard.type("non")
    work.press("Control+Enter")
    expect(cards(work).locator("textarea")).to_have_value("")
    work.press("Control+Enter").wait_until_saved()

    with work.app.app_context():
        texts = [text for (text,) in db.session.query(QuestionMessage.text)]
    assert sorted(texts) == ["Is this one?", "Yes.", "non"]
    assert work.answers() == {}


def test_what_is_too_long_is_counted_and_kept_until_it_is_shortened(work: Workplace) -> None:
    box = cards(work).locator("textarea")
    ask(work, "🙂" * 2001)
    expect(cards(work).locator("output")).to_contain_text("2001 caractères")
    expect(box).to_have_value("🙂" * 2001)
    expect(work.told).to_contain_text("2000")
    work.press("Control+End", "Backspace")
    expect(cards(work).locator("output")).to_have_text("2000 caractères sur 2000 au plus")
    work.press("Control+Enter").wait_until_saved()

    assert [text for _, text in asked(work)] == ["🙂" * 2000]


def test_what_is_asked_offline_arrives_once(work: Workplace) -> None:
    work.page.context.set_offline(True)
    ask(work, "First?")
    work.press("j", "c")
    ask(work, "Second?")
    expect(cards(work)).to_contain_text("pas encore envoyé")
    work.press("Escape", "j", "n")
    assert asked(work) == []

    work.page.context.set_offline(False)
    work.wait_until_saved()

    texts = [text for _, text in asked(work)]
    assert texts == ["First?", "Second?"]
    work.open()
    assert len(asked(work)) == 2
    expect(work.page.locator("button.asked")).to_have_count(2)


def test_a_reload_without_a_line_keeps_the_question(work: Workplace) -> None:
    work.page.route("**/questions", lambda route: route.abort())
    ask(work, "Still here?")
    expect(work.status).to_contain_text("1")
    work.open()
    expect(work.page.locator("button.asked")).to_have_count(1)
    work.press("m")
    expect(cards(work)).to_contain_text("Still here?")

    work.page.unroute("**/questions")
    work.wait_until_saved()

    assert [text for _, text in asked(work)] == ["Still here?"]


def test_what_the_server_refuses_stays_until_it_is_sent_again(work: Workplace) -> None:
    work.page.route(
        "**/questions",
        lambda route: route.fulfill(status=422, json={"detail": "No claim.", "code": "x"}),
        times=1,
    )
    ask(work, "What now?")
    refusal = cards(work).get_by_role("alert")
    expect(refusal).to_contain_text("No claim.", timeout=15_000)

    refusal.get_by_role("button").first.click()
    expect(cards(work).locator("textarea")).to_be_visible()  # The server has it.

    assert [text for _, text in asked(work)] == ["What now?"]


def test_nothing_that_is_being_written_is_lost_by_looking_elsewhere(work: Workplace) -> None:
    work.press("m")
    work.page.keyboard.insert_text("A long")
    work.press("Escape", "j")
    expect(cards(work)).to_have_count(0)
    work.press("k", "m")
    work.page.keyboard.insert_text(" question")

    expect(cards(work).locator("textarea")).to_have_value("A long question")
    work.press("Control+Enter").wait_until_saved()
    assert asked(work)[0][1] == "A long question"


def test_the_lead_comes_to_the_place_and_the_asker_too(work: Workplace, page: Page) -> None:
    work.press("j")
    ask(work, "Who?")
    work.wait_until_saved()
    thread = answer(lead_of(work), work, "Meta.")

    page.goto(f"{work.url}{thread}")
    expect(page.locator("blockquote mark")).to_have_text(work.desk.text[28:63])
    page.wait_for_selector("form[hx-post]", state="detached")  # What is shown counts as read.
    assert work.desk.open()["questions"] == {"here": 1, "answered": 0}
    page.get_by_role("link", name="Ouvrir à cet endroit").click()
    page.wait_for_selector("body[data-ready]")
    assert "affirme Meta" in work.here


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_about_questions(work: Workplace, scheme: str) -> None:
    work.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    ask(work, "Why?")
    work.wait_until_saved()
    thread = answer(lead_of(work), work, "Because.")
    work.open()
    expect(work.page.locator("button.asked")).to_have_count(1)
    work.press("m")
    expect(cards(work)).to_contain_text("Because.")
    work.select("OpenAI")
    work.press("m")
    expect(cards(work)).to_have_count(2)

    for place in ("", LIST, thread):
        if place:
            work.page.goto(f"{work.url}{place}")
        found = Axe().run(work.page)
        serious = [
            one["id"]
            for one in found.response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == [], found.generate_report()


@pytest.mark.parametrize("width", [1360, 1200, 1000, 910])
def test_the_names_of_project_and_article_have_room_beside_the_count_of_questions(
    work: Workplace, width: int
) -> None:
    ask(work, "Is this one?")
    work.press("Escape", "n")
    work.wait_until_saved()
    work.page.set_viewport_size({"width": width, "height": 860})

    header = work.page.locator("body > header")
    project, article = (crumb.bounding_box() for crumb in header.locator(".crumbs li").all())
    ledger = header.locator(".ledger").bounding_box()
    assert project
    assert article
    assert ledger
    assert article["x"] + article["width"] <= ledger["x"]
    assert project["width"] > 45
    assert ledger["height"] < 45
