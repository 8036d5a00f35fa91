"""How one comes in."""

from playwright.sync_api import Page, expect

from tests.server import Server


def test_a_visitor_is_asked_to_sign_in(page: Page) -> None:
    page.goto("/")

    expect(page.locator("input[type=password]")).to_be_visible()


def test_the_page_is_back_after_a_power_cut(page: Page, server: Server) -> None:
    page.goto("/")
    server.kill()
    server.start()

    page.reload()

    expect(page.locator("input[type=password]")).to_be_visible()
