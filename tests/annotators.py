"""An annotator at work, sending what the workspace's script sends."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import answer_to, make_annotator, make_article, make_project
from tests.people import browser_of
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.labelling.progress import is_wanted
from workbench.labelling.slots import add_slot, fit_slots
from workbench.projects.queries import project_by_slug
from workbench.storage.database import transaction


def make_corpus(
    app: Flask,
    *sentences: str,
    zones: Sequence[str] = (),
    name: str = "article",
    metadata: Metadata | None = None,
) -> str:
    """Make the project ``demo`` with one article and return the article's slug."""
    with app.app_context(), transaction() as session:
        project = make_project(session)
        article = make_article(
            session, project.id, *sentences, zones=zones, name=name, metadata=metadata
        )
        return article.slug


@dataclass
class Desk:
    """The workspace of one person on one article."""

    app: Flask
    client: FlaskClient
    base: str
    user_id: int
    membership_id: int
    page: dict[str, Json] = field(default_factory=dict)
    sent: int = 0

    def open(self) -> dict[str, Json]:
        """Load the page and return the data in it."""
        answer = self.client.get(self.base)
        found = re.search(r'id="workspace">(.*?)</script>', answer.text, re.DOTALL)
        assert found, answer.text
        self.page = json.loads(found[1])
        return self.page

    def post(self, name: str, body: Json = None) -> TestResponse:
        """Post JSON to one of the page's addresses."""
        urls: dict[str, str] = self.page["urls"]  # type: ignore[assignment]
        body = {} if body is None else body
        return self.client.post(
            urls[name], json=body, headers={"X-CSRFToken": str(self.page["csrf"])}
        )

    def answer(self, position: int, **changes: object) -> JsonObject:
        """Make a new answer to the sentence at a position, from none before."""
        self.sent += 1
        sentences: list[dict[str, str]] = self.page["sentences"]  # type: ignore[assignment]
        number = 1000 * self.user_id + self.sent
        return answer_to(sentences[position - 1]["id"], number, **changes)

    def save(self, position: int, **changes: object) -> TestResponse:
        """Save a new answer to the sentence at a position."""
        return self.post("answers", self.answer(position, **changes))

    @property
    def text(self) -> str:
        """The text of the article."""
        edition: dict[str, str] = self.page["edition"]  # type: ignore[assignment]
        return edition["text"]


def open_desk(app: Flask, slug: str = "article", name: str = "anna") -> Desk:
    """Let a new annotator of the project ``demo`` begin the article and open the workspace.

    Where all its slots are taken, there is one more.
    """
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        user_id, membership_id = make_annotator(session, project, name)
        fit_slots(session, project_id=project.id)
        article = find_article(session, project_id=project.id, name=slug)
        if not is_wanted(session, article=article, membership_id=membership_id):
            add_slot(session, project_id=project.id, article_id=article.id, extra_reason=None)
    client = browser_of(app, user_id)
    desk = Desk(app, client, f"/projects/demo/annotate/{slug}/", user_id, membership_id)
    token = client.get("/csrf").json["token"]
    began = client.post(f"{desk.base}start", data={"csrf_token": token})
    assert began.status_code == 303, began.text
    desk.open()
    return desk
