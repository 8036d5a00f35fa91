"""The pages of adjudication with something on them: accessible, and no wider than a telephone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from tests.adjudicators import make_shared_corpus, read_by_two, sit_down
from tests.browser.test_pages import problems_of
from tests.factories import NOW, make_annotator, make_article, make_project
from tests.people import send
from tests.server import Server
from workbench.adjudication.queue import SENTENCES_AT_ONCE
from workbench.corpus.queries import newest_edition
from workbench.corpus.tables import Article
from workbench.labelling.tables import Assignment
from workbench.storage.database import transaction

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
    body = lead.decision(1)
    body["adjudication"] |= {"reason": "ambiguous_text", "note": "Nobody says it."}
    assert lead.post("answers", body).status_code == 200
    found = [(lead.client, path) for path in (QUEUE, f"{QUEUE}article/", OBJECTIONS)]
    for one in people.values():
        words = {"text": "It belongs to it.", "edition": "1", "position": "1"}
        sent = send(one.client, f"{ARTICLE}contest", **words)
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


def test_what_is_too_much_for_one_look_is_compared_while_the_page_is_open(
    page: Page, app: Flask, server: Server
) -> None:
    with app.app_context(), transaction() as session:
        project = make_project(session)
        long = ["Il pleut."] * (SENTENCES_AT_ONCE + 1)
        for name in ("one", "other"):
            make_article(session, project.id, *long, name=name)
        people = [make_annotator(session, project, name)[1] for name in ("ada", "bob")]
        session.execute(delete(Assignment))
        for article in session.scalars(select(Article)).all():
            edition = newest_edition(session, project_id=project.id, article_id=article.id)
            session.add_all(
                Assignment(
                    project_id=project.id,
                    public_id=f"slot-{article.id}-{number}",
                    article_id=article.id,
                    edition_id=edition.id,
                    number=number,
                    membership_id=person,
                    state="finished",
                    lease_until=None,
                    started_at=NOW,
                    finished_at=NOW,
                )
                for number, person in enumerate(people, start=1)
            )
    be(page, sit_down(app).client, server.url)

    page.goto(QUEUE)

    expect(page.get_by_text("pas encore comparé")).to_have_count(1)
    expect(page.get_by_text("Tous les articles sont comparés")).to_be_visible()
    page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_text("pas encore comparé")).to_have_count(0)
