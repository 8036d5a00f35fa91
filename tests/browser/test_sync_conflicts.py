"""Conflicts with Label Studio in a real browser: seen side by side, settled by one key."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.annotators import make_corpus, open_desk
from tests.browser.test_pages import problems_of
from tests.people import browser_of, join, make_person
from tests.server import Server
from tests.synced import save_claim
from workbench.clock import utc_now
from workbench.labelling.frames import Span
from workbench.labelstudio.convert import Said
from workbench.labelstudio.local import Local
from workbench.labelstudio.merging import Conflict, Item, Kind
from workbench.labelstudio.settling import keep_conflicts
from workbench.labelstudio.tables import (
    RemoteAnswer,
    RemoteConnection,
    RemoteProject,
    RemoteTask,
)
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

PAGE = "/projects/demo/label-studio/"
WORDS = "OpenAI a fermé ses modèles"


@pytest.fixture
def clashes(app: Flask, server: Server, page: Page) -> Iterator[None]:
    """Two conflicts over Anna's claim, one changed there and one deleted; a lead is signed in."""
    make_corpus(app)
    desk = open_desk(app, "article", "anna")
    save_claim(desk, 1, WORDS)
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        local = Local(session, project_id)
        (edition,) = local.editions.values()
        ours = local.answers(session, [edition])[edition.uid][desk.membership_id].said[1]
        own = {"project_id": project_id}
        connection = RemoteConnection(
            **own, public_id="connection", address="https://labels.example.org", token_cipher="",
            token_kind="legacy", submitted_means_read=False, state="active", made_at=utc_now(),
        )  # fmt: skip
        session.add(connection)
        session.flush()
        remote = RemoteProject(
            **own, connection_id=connection.id, remote_id=1, remote_title="Débat",
            remote_made_at="", config_sha="", cursor=0,
        )  # fmt: skip
        session.add(remote)
        session.flush()
        task = RemoteTask(
            **own, remote_project_id=remote.id, edition_id=edition.id, remote_id=1,
            data_sha="", state="there",
        )  # fmt: skip
        session.add(task)
        session.flush()
        answer = RemoteAnswer(
            **own, remote_task_id=task.id, membership_id=desk.membership_id, unique_id="1",
            remote_id=1, base=[], state="there",
        )  # fmt: skip
        session.add(answer)
        session.flush()
        (claim,) = ours.claims
        item = Item(Kind.CLAIM, (claim.id,))
        shorter = replace(claim, parts=(Span(0, 6, WORDS[:6]),))
        other = Item(Kind.CLAIM, ("claim-of-nobody",))
        conflicts = [
            Conflict(1, item, ours, ours, replace(ours, claims=(shorter,))),
            Conflict(1, other, ours, ours, Said(1, "unread")),
        ]
        keep_conflicts(
            session, answer=answer, connection_id=connection.id, conflicts=conflicts,
            left_alone=(), now=utc_now(),
        )  # fmt: skip
    lead = make_person(app)
    join(app, project_id, "ada@example.org", [Role.MANAGER])
    cookie = browser_of(app, lead).get_cookie("workbench")
    assert cookie
    page.context.add_cookies([{"name": "workbench", "value": cookie.value, "url": server.url}])
    yield
    with app.app_context():
        db.session.remove()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
@pytest.mark.usefixtures("clashes")
def test_pages_of_label_studio_are_accessible_and_fit(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{PAGE}conflicts/")
    paths = [one.get_attribute("href") or "" for one in page.locator(".conflicts a").all()]

    found: list[object] = []
    for path in (PAGE, f"{PAGE}conflicts/", *paths):
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [(path, *problem) for problem in problems_of(page)]

    assert len(paths) == 2
    assert found == [], "\n".join(map(str, found))


@pytest.mark.usefixtures("clashes")
def test_a_key_chooses_and_enter_confirms(page: Page) -> None:
    page.goto(f"{PAGE}conflicts/")
    with page.expect_navigation():
        page.locator(".conflicts a").first.press("Enter")
    page.keyboard.press("Digit3")
    expect(page.locator("input[value=edited]")).to_be_checked()
    page.keyboard.press("Digit2")
    expect(page.locator("input[value=theirs]")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".notice:visible")).to_contain_text("Tranché")
    expect(page.locator("input[name=take]")).to_have_count(2)
    page.keyboard.press("Digit1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Il n’y a rien à trancher")).to_be_visible()
