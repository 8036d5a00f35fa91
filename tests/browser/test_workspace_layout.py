"""The workspace's panes on screens of many sizes: each in its place, none over another."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.server import Server

BOXES = """() => ['.read', 'aside', '.toolbar'].map(name => {
  const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();
  return [left, top, right, bottom];
})"""


@pytest.mark.parametrize("size", [(1360, 860), (680, 430), (390, 844), (360, 640)])
def test_no_pane_lies_over_another(
    app: Flask, server: Server, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    Workplace.of_new_annotator(app, server.url, page, make_corpus(app))

    boxes = page.evaluate(BOXES)

    for number, (left, top, right, bottom) in enumerate(boxes):
        assert (left >= 0, right <= size[0], bottom <= size[1]) == (True, True, True)
        for other in boxes[number + 1 :]:
            is_beside = right <= other[0] + 1 or other[2] <= left + 1
            assert is_beside or bottom <= other[1] + 1 or other[3] <= top + 1


IN_THE_MIDDLE = """() => {
  const pane = document.querySelector('.read').getBoundingClientRect();
  const here = document.querySelector('.s[aria-current]').getBoundingClientRect();
  const middle = (here.top + here.bottom) / 2 - pane.top;
  return middle > pane.height / 3 && middle < pane.height * 2 / 3;
}"""


@pytest.mark.parametrize(("before", "after"), [((1360, 860), (680, 430)), ((844, 390), (390, 844))])
def test_the_sentence_at_hand_stays_in_the_middle_of_another_size(
    app: Flask, server: Server, page: Page, before: tuple[int, int], after: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": before[0], "height": before[1]})
    sentences = [f"Le modèle numéro {number} est sorti cette année-là." for number in range(60)]
    work = Workplace.of_new_annotator(app, server.url, page, make_corpus(app, *sentences))
    work.turn_to("numéro 30")

    page.set_viewport_size({"width": after[0], "height": after[1]})

    page.wait_for_function(IN_THE_MIDDLE)


OUTSIDE = """() => [...document.querySelectorAll('aside .card .chip')].filter(chip =>
  chip.getBoundingClientRect().right > chip.closest('.value').getBoundingClientRect().right + 0.5
).map(chip => chip.textContent)"""


@pytest.mark.parametrize("bar", [0, 15, 40])
def test_no_value_pokes_out_of_its_card_beside_a_scroll_bar(work: Workplace, bar: int) -> None:
    work.page.set_viewport_size({"width": 1360, "height": 860})
    work.page.locator("aside").evaluate(
        "(pane, bar) => pane.style.borderRight = `${bar}px solid`", bar
    )
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2")

    for _ in range(9):
        work.press("o")
        assert work.page.evaluate(OUTSIDE) == []


def test_the_first_saving_moves_nothing_on_a_phone(app: Flask, server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    work = Workplace.of_new_annotator(app, server.url, page, make_corpus(app))
    before = page.evaluate(BOXES)

    work.press("n").wait_until_saved()

    assert page.evaluate(BOXES) == before


def test_a_sheet_on_a_phone_has_its_button_in_sight_and_closes_by_a_tap_beside(
    app: Flask, server: Server, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    work = Workplace.of_new_annotator(app, server.url, page, make_corpus(app))
    work.press("c", "y", "g")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Fermer")).to_be_in_viewport(ratio=1)

    page.mouse.click(195, 400)
    expect(sheet).to_be_visible()
    page.mouse.click(195, 5)

    expect(sheet).to_have_count(0)


def test_without_colours_of_our_own_frames_show_what_is_at_hand(work: Workplace) -> None:
    work.page.emulate_media(forced_colors="active")
    work.press("c", "y")

    for place in (work.page.locator(".s[aria-current]"), work.asked):
        expect(place).to_have_css("outline-style", "solid")
    expect(work.page.locator(".s").first).to_have_css("forced-color-adjust", "none")


def test_the_article_has_a_frame_for_who_tabs_there_alone(work: Workplace) -> None:
    pane = work.page.locator(".read")
    work.press("i", "Escape")
    expect(pane).to_be_focused()
    expect(pane).to_have_css("outline-style", "none")

    work.press("Tab", "Shift+Tab")

    expect(pane).to_be_focused()
    expect(pane).to_have_css("outline-style", "solid")


def test_a_heading_and_what_it_counts_as_are_heard_apart(
    app: Flask, server: Server, page: Page
) -> None:
    slug = make_corpus(app, "Un titre.", "Il pleut.", zones=("headline", "body"))
    Workplace.of_new_annotator(app, server.url, page, slug)

    heading = page.locator("article").get_by_role("heading")

    expect(heading).to_have_accessible_name("Un titre. pas encore décidée")


def test_the_actions_stand_in_one_line_on_a_usual_screen(work: Workplace) -> None:
    work.page.set_viewport_size({"width": 1360, "height": 860})

    tops = work.page.evaluate(
        "() => [...document.querySelectorAll('.toolbar button')].map(one => one.offsetTop)"
    )

    assert len(set(tops)) == 1


def test_what_is_marked_far_away_is_marked_when_one_comes_there(
    app: Flask, server: Server, page: Page
) -> None:
    lines = [f"Le jour {number} est là." for number in range(100)]
    slug = make_corpus(app, *lines, zones=("body", "standfirst") * 50)
    work = Workplace.of_new_annotator(app, server.url, page, slug)
    marked = '() => CSS.highlights.get("claim").size'
    work.press("c").wait_until_saved()

    for top, size in ((9999, 0), (0, 1)):
        page.locator(".read").evaluate("(pane, top) => pane.scrollTop = top", top)
        page.wait_for_function(f"{marked} === {size}")
