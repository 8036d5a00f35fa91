"""The workspace's panes on screens of many sizes: each in its place, none over another."""

import pytest
from flask import Flask
from playwright.sync_api import Page

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
