"""Whatever a hand or a line does twice has one effect."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.workplace import Workplace


def test_a_double_click_decides_one_sentence(work: Workplace) -> None:
    work.page.get_by_role("button", name="Aucune affirmation").last.dblclick()
    work.wait_until_saved()

    assert [(n, answer["number"]) for n, answer in work.answers().items()] == [(1, 1)]


def test_a_double_click_in_a_card_answers_one_question(work: Workplace) -> None:
    work.press("c")
    work.asked.get_by_role("button", name="fait").dblclick()
    work.wait_until_saved()

    attributes = work.claims(1)[0]["attributes"]
    assert (attributes["claim_type"], attributes["check_worthiness"]) == ("fact", None)


def test_three_clicks_on_a_button_that_goes_on_go_on_three_times(work: Workplace) -> None:
    work.page.get_by_role("button", name="phrase suivante").click(click_count=3)

    assert work.here == work.page.locator(".s").nth(3).inner_text()


def test_a_slow_answer_is_waited_for_and_not_asked_twice(work: Workplace) -> None:
    asked: list[str] = []

    def answer_late(route: Route) -> None:
        asked.append(str(route.request.post_data))
        work.page.wait_for_timeout(1500)
        route.continue_()

    work.page.route("**/answers", answer_late)
    work.press("n", "u")
    work.page.evaluate("dispatchEvent(new Event('online'))")
    work.page.evaluate("dispatchEvent(new Event('focus'))")
    work.wait_until_saved()

    assert len(asked) == 2
    assert [answer["number"] for answer in work.answers().values()] == [1, 1]


@pytest.mark.parametrize("steps", [1, 2])
def test_going_back_and_forth_sends_nothing_again(work: Workplace, steps: int) -> None:
    work.press("n", "u").wait_until_saved()
    for _ in range(steps):
        work.page.goto(f"{work.url}/")
        work.page.go_back()
        work.page.wait_for_selector("body[data-ready]")

    work.press("b").wait_until_saved()

    expect(work.panel.get_by_role("alert")).to_have_count(0)
    answers = work.answers().values()
    assert [(one["decision"], one["number"]) for one in answers] == [
        ("no_claim", 1),
        ("undecided", 1),
        ("not_annotatable", 1),
    ]


def test_a_page_made_before_the_server_had_the_answer_shows_it_all_the_same(
    work: Workplace,
) -> None:
    under_way: list[Route] = []

    def hold(route: Route) -> None:
        under_way.append(route)

    work.page.route("**/answers", hold, times=1)
    work.press("n")
    while not under_way:
        work.page.wait_for_timeout(20)

    def made_before(route: Route) -> None:
        page = route.fetch()
        answer = under_way.pop()
        answer.fulfill(response=answer.fetch())
        work.page.wait_for_timeout(500)  # the old page hears of it
        route.fulfill(response=page)

    work.page.route(f"**{work.desk.base}", made_before)
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.open()

    expect(work.page.locator(".s").first).to_have_attribute("data-standing", "no_claim")
    work.wait_until_saved()
    assert [one["number"] for one in work.answers().values()] == [1]
