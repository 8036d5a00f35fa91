"""Looking around in the workspace: searching, the latest decisions, the way to the next article."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.factories import make_article
from tests.server import Server
from workbench.corpus.readers.source import Metadata
from workbench.labelling.tables import AnnotationRevision
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

FOUND = """(layer) => [...CSS.highlights.get(layer)].map((range) =>
    range.startContainer.data.slice(range.startOffset, range.endOffset))"""
FOLDED = [
    "L’Élève œuvre à l’E\u0301cole.",
    "Le prix de l'œuf a monté\u00a0: 5\u202f000 💶 l’œuf\u00a0!",
    "Rien ici, 👩🏽\u200d💻 dit « oui ».",
    "L’ÉCOLE de la Straße a fermé, dit l\u2019élève.",
]


@pytest.fixture
def school(app: Flask, server: Server, page: Page) -> Workplace:
    """An annotator before an article with accents, ligatures and emoji."""
    return Workplace.of_new_annotator(app, server.url, page, make_corpus(app, *FOLDED))


def search_in(work: Workplace) -> Locator:
    """Return what is shown of the search."""
    return work.page.locator("search")


def found_in(work: Workplace, layer: str = "here") -> list[str]:
    """Return the words of the article that are shown as found."""
    return list(work.page.evaluate(FOUND, layer))


def test_enter_goes_round_the_places_and_escape_gives_the_own_place_back(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1")
    before = work.here, work.asked.inner_text()
    work.wait_until_saved().press("/")
    saved = work.answers()
    work.page.keyboard.type("le")
    walked = []
    for key in ("Enter", "Enter", "Shift+Enter"):
        work.press(key)
        walked.append(search_in(work).locator("output").inner_text())
    assert walked[0] == walked[2] != walked[1]
    assert found_in(work, "found")
    work.press("n", "Escape")

    assert (work.here, work.asked.inner_text()) == before
    assert found_in(work) == found_in(work, "found") == []
    expect(search_in(work)).to_be_hidden()
    assert work.answers() == saved


def test_control_enter_stays_at_what_was_found(school: Workplace) -> None:
    school.press("/")
    school.page.keyboard.type("strasse")
    school.press("Control+Enter", "n").wait_until_saved()

    assert list(school.answers()) == [4]


def test_a_step_in_the_article_ends_the_search_there(school: Workplace) -> None:
    school.press("/")
    school.page.keyboard.type("elev")
    school.page.locator("#s2").click()

    expect(search_in(school)).to_be_hidden()
    assert school.here == FOLDED[1]


@pytest.mark.parametrize("size", [(1360, 860), (390, 844)])
def test_what_is_found_in_long_text_is_in_sight(
    app: Flask, server: Server, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    long = "Le modèle est sorti, dit-on, et personne ne sait pourquoi " * 12
    sentences = [f"{long} numéro {number}, voilà." for number in range(300)]
    work = Workplace.of_new_annotator(app, server.url, page, make_corpus(app, *sentences))

    work.press("/")
    work.page.keyboard.type("NUMERO 217,")

    expect(search_in(work).locator("output")).to_have_text("1 sur 1")
    assert found_in(work) == ["numéro 217,"]
    assert work.page.evaluate(
        """() => {
          const [found] = CSS.highlights.get("here"), live = document.createRange();
          live.setStart(found.startContainer, found.startOffset);
          live.setEnd(found.endContainer, found.endOffset);
          const pane = document.querySelector(".read").getBoundingClientRect();
          const bar = document.querySelector("search").getBoundingClientRect();
          const box = live.getBoundingClientRect();
          return box.top >= bar.bottom && box.bottom <= pane.bottom && bar.right <= innerWidth;
        }"""
    )


def recent_in(work: Workplace) -> Locator:
    """Return the sheet of the last decisions."""
    return work.page.get_by_role("dialog", name="Vos dernières décisions")


def begin(work: Workplace, slug: str) -> None:
    """Let the annotator begin another article."""
    work.page.goto(f"{work.url}/projects/demo/annotate/{slug}/")
    work.page.locator("main form button").click()
    work.page.wait_for_selector("body[data-ready]")


@pytest.fixture
def two(app: Flask, server: Server, page: Page) -> Workplace:
    """An annotator before the first of two articles of two sentences."""
    slug = make_corpus(app, "Il pleut, dit-on.", "Il neige, dit-on.")
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        title = Metadata(title="Le second", language="fr")
        sentences = "Il vente fort. ", "Il grêle."
        make_article(session, project.id, *sentences, name="second", metadata=title)
    return Workplace.of_new_annotator(app, server.url, page, slug)


def test_the_last_decisions_lead_back_to_their_sentences(two: Workplace) -> None:
    two.press("n", "u").wait_until_saved()
    begin(two, "second")
    two.press("c").wait_until_saved().press("q")

    rows = recent_in(two).locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("1 affirmation")
    expect(rows.nth(1)).to_contain_text("U Je ne sais pas")
    expect(rows.nth(1)).to_contain_text("Il neige, dit-on.")
    expect(recent_in(two)).to_contain_text("0 phrases sur 2, 2 encore à traiter")
    expect(recent_in(two)).to_contain_text("Aujourd’hui : 3 phrases")
    violations = Axe().run(two.page).response["violations"]
    assert [one["id"] for one in violations if one["impact"] in {"serious", "critical"}] == []
    rows.nth(1).get_by_role("link").click()

    two.page.wait_for_selector("body[data-ready]")
    assert two.here == "Il neige, dit-on."


def test_without_the_server_the_last_decisions_of_this_article_are_shown(two: Workplace) -> None:
    two.page.context.set_offline(True)
    two.press("n", "q")

    expect(recent_in(two)).to_contain_text("quand le serveur répond")
    recent_in(two).get_by_role("button", name="Il pleut, dit-on.").press("Enter")

    expect(recent_in(two)).to_be_hidden()
    assert two.here == "Il pleut, dit-on."
    two.page.context.set_offline(False)
    two.wait_until_saved()


def test_pauses_are_no_time_at_a_sentence(two: Workplace) -> None:
    two.page.clock.install()
    two.open()
    two.page.clock.fast_forward(20_000)
    two.press("ArrowDown", "ArrowUp")
    two.page.clock.fast_forward(600_000)
    two.press("n").wait_until_saved()

    with two.app.app_context():
        [elapsed] = db.session.scalars(select(AnnotationRevision.elapsed_ms)).all()

    assert 80_000 <= elapsed < 95_000  # twenty seconds, and a minute of the ten without a sign


def test_finishing_leads_to_the_next_article_and_at_last_to_the_list(two: Workplace) -> None:
    onward = two.page.locator("[data-key=onward]")
    two.press("n", "n").wait_until_saved()
    two.page.get_by_role("button", name="Terminer").click()
    expect(onward).to_be_focused()
    expect(onward).to_contain_text("Le second")
    two.press("Enter")
    expect(two.page.get_by_role("button", name="Commencer")).to_be_focused()
    two.press("Enter")
    two.page.wait_for_selector("body[data-ready]")

    two.press("n", "n").wait_until_saved()
    two.page.get_by_role("button", name="Terminer").click()

    expect(two.panel.locator(".onward")).to_contain_text("Bravo")
    expect(onward).to_be_focused()
    assert onward.get_attribute("href") == "/"


def test_f_marks_what_one_is_not_sure_of_until_finishing(two: Workplace) -> None:
    two.press("f")
    expect(two.told).to_contain_text("Rien n’est encore décidé")
    two.press("n", "n", "f").wait_until_saved()
    assert two.answers()[2]["attributes"]["confidence"] == "unsure"
    expect(two.page.locator("#s2 + .gap + .mark")).to_have_text("⁠– ⚑")
    two.press("k", "End")
    assert two.here == "Il neige, dit-on."
    two.page.get_by_role("button", name="Terminer").click()

    sheet = two.page.get_by_role("dialog", name="Une phrase dont vous doutez")
    expect(sheet).to_contain_text("Il neige, dit-on.")
    sheet.get_by_role("button", name="Terminer quand même").press("Enter")

    expect(two.page.locator("[data-key=onward]")).to_be_focused()
