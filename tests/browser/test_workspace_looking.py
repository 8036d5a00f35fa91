"""Looking around in the workspace: searching, the latest decisions, the way to the next article."""

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.server import Server

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
