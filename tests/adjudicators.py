"""Adjudicators at work, sending what the page's script sends, and articles for them to decide."""

import json
import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES, claim_on
from tests.people import browser_of, csrf_token, join, make_person
from workbench.canonical import Json, JsonObject
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
PATH = "/projects/demo/adjudicate/"
SHORT, LONG = claim_on(TEXT, 0, 26), claim_on(TEXT, 0, 27)


@dataclass
class Bench:
    """An adjudicator's page of one article, and what it sends."""

    app: Flask
    client: FlaskClient
    user_id: int
    page: dict[str, Json] = field(default_factory=dict)
    sent: int = 0
    base: str = f"{PATH}article/"

    def open(self) -> dict[str, Json]:
        answer = self.client.get(f"{PATH}article/")
        found = re.search(r'id="workspace">(.*?)</script>', answer.text, re.DOTALL)
        assert found, answer.text
        self.page = json.loads(found[1])
        return self.page

    def post(self, name: str, body: Json) -> TestResponse:
        head = {"X-CSRFToken": csrf_token(self.client)}
        return self.client.post(f"{PATH}article/{name}", json=body, headers=head)

    def sentence(self, position: int) -> str:
        sentences: list[dict[str, str]] = self.page["sentences"]  # type: ignore[assignment]
        return sentences[position - 1]["id"]

    def readings(self, position: int) -> dict[str, dict[str, Json]]:
        """The newest answers to a sentence by letter, as the page has them."""
        readings: dict[str, list[dict[str, dict[str, Json]]]] = self.page["readings"]  # type: ignore[assignment]
        return {str(one["who"]): one["answer"] for one in readings[self.sentence(position)]}

    def decision(self, position: int, **changes: object) -> JsonObject:
        """What the page sends for a sentence: by default that nothing is claimed there."""
        self.sent += 1
        compared = [one["id"] for one in self.readings(position).values()]
        answer: JsonObject = {
            "id": f"gold{self.user_id:06}{self.sent:010}",
            "base": None,
            "sentence": self.sentence(position),
            "decision": "no_claim",
            "scheme": 1,
            "guideline": 1,
            "registers": 1,
            "elapsed_ms": 900,
            "adjudication": {"compared": compared, "reason": None, "note": None},
        }
        return {**answer, **changes}  # type: ignore[dict-item]

    def take(self, position: int, who: str, **changes: object) -> JsonObject:
        """Take somebody's answer whole, with new ids."""
        answer = self.readings(position)[who]
        claims: list[dict[str, Json]] = answer["claims"]  # type: ignore[assignment]
        taken = [{**one, "id": f"taken{one['id']}"[:32]} for one in claims]
        body = self.decision(position)
        grounds: dict[str, Json] = body["adjudication"]  # type: ignore[assignment]
        grounds["sources"] = {
            str(new["id"]): [one["id"]] for new, one in zip(taken, claims, strict=True)
        }
        return {
            **body,
            "decision": answer["decision"],
            "attributes": answer["attributes"],
            "claims": taken,
            **changes,
        }  # type: ignore[dict-item]


def sit_down(app: Flask, name: str = "lead") -> Bench:
    """Let a new adjudicator open the article."""
    email = f"{name}@example.org"
    user = make_person(app, email, name=name)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, email, {Role.ADJUDICATOR})
    return Bench(app, browser_of(app, user), user)


def set_project(app: Flask, **values: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Project).values(**values))


def read(app: Flask, name: str, *claims: JsonObject, **more: JsonObject) -> Desk:
    """Let somebody read the whole article: these claims in the first sentence, none elsewhere.

    ``s2`` to ``s4`` are the claims of other sentences.
    """
    desk = open_desk(app, "article", name)
    others = {int(place.removeprefix("s")): (claim,) for place, claim in more.items()}
    for position in (1, 2, 3, 4):
        mine = claims if position == 1 else others.get(position, ())
        own = [{**one, "id": f"{desk.user_id:06}{one['id']}"} for one in mine]
        desk.save(position, decision="claims" if own else "no_claim", claims=own)
    assert desk.post("finish").status_code == 200
    return desk


def make_shared_corpus(app: Flask) -> None:
    """Make an article for two annotators."""
    make_corpus(app)
    set_project(app, overlap=2)


def read_by_two(app: Flask) -> dict[str, Desk]:
    """Let two people read it who differ in the first sentence by a full stop."""
    return {"ada": read(app, "ada", SHORT), "bob": read(app, "bob", LONG)}


def change_first(desk: Desk) -> str:
    """Let somebody change their first answer; return the new revision's id."""
    (base,) = [one for one in desk.open()["answers"] if one["sentence"].endswith(".1")]
    reply = desk.post("answers", desk.answer(1, base=base["id"], decision="undecided"))
    assert reply.status_code == 200, reply.text
    return str(reply.json["id"])
