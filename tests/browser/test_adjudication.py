"""The pages of adjudication with something on them: accessible, and no wider than a telephone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.adjudicators import make_shared_corpus, read_by_two, sit_down
from tests.browser.test_pages import problems_of
from tests.people import send
from tests.server import Server

QUEUE = "/projects/demo/adjudicate/"
ARTICLE = "/projects/demo/annotate/article/"
OBJECTIONS = "/projects/demo/contests/"


@pytest.fixture
def visits(app: Flask, server: Server) -> list[tuple[FlaskClient, str]]:
    """Pages and whose they are: an article is decided, with a reason, and two object."""
    make_shared_corpus(app)
    people = read_by_two(app)
    lead = sit_down(app)
    lead.open()
    body = lead.take(1, "A")
    body["adjudication"] |= {"reason": "boundary_rule", "note": "Without the full stop."}
    assert lead.post("answers", body).status_code == 200
    found = [(lead.client, path) for path in (QUEUE, f"{QUEUE}article/", OBJECTIONS)]
    for one in people.values():
        sent = send(one.client, f"{ARTICLE}contest", text="It belongs to it.", position="1")
        assert sent.status_code == 303
        found += [(one.client, path) for path in ("/projects/demo/final/", f"{ARTICLE}final")]
    return found


def be(page: Page, client: FlaskClient, url: str) -> None:
    """Let the browser be somebody's."""
    cookie = client.get_cookie("workbench")
    assert cookie
    page.context.add_cookies([{"name": "workbench", "value": cookie.value, "url": url}])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_the_pages_of_adjudication_are_accessible_and_fit(
    page: Page,
    server: Server,
    visits: list[tuple[FlaskClient, str]],
    scheme: str,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    found: list[object] = []
    for client, path in visits:
        be(page, client, server.url)
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, path
        found += [(path, *problem) for problem in problems_of(page)]

    assert found == []
