"""A project that trains: an article with a reference, one for real work, a lead and learners."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import claim_on, make_annotator, make_article
from tests.people import browser_of, join, make_person, send
from workbench.canonical import JsonObject
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.projects.tables import Membership
from workbench.storage.database import db, transaction

LESSON = ("OpenAI a fermé ses modèles.", "« C'est une erreur », affirme Meta.", "Pourquoi ?")
WORK = ("Mistral publie ses poids.", "Nul ne le sait.")
TRAINING = "/projects/demo/training/"


@dataclass
class School:
    """The project ``demo``: ``reference`` has finished the article ``lesson``, ``lead`` leads."""

    app: Flask
    reference: Desk
    lead: FlaskClient

    def mark(self, slug: str = "lesson", desk: Desk | None = None) -> int:
        """Mark an article for training with somebody's answers as its reference."""
        choice = f"{slug} {membership_of(self.app, (desk or self.reference).user_id)}"
        return self.post("articles/", reference=choice)

    def switch_on(self, percent: int = 70) -> int:
        """Let new annotators train first."""
        return self.post("settings", is_on="y", percent=str(percent))

    def post(self, path: str, **fields: str) -> int:
        """Send a form of the lead's pages."""
        return send(self.lead, f"{TRAINING}{path}", page=TRAINING, **fields).status_code

    def learner(self, name: str = "lena", slug: str = "lesson") -> Desk:
        """Let a new annotator begin the training article."""
        return open_desk(self.app, slug, name)


def make_school(app: Flask) -> School:
    """Make the project with both articles; nothing is marked yet."""
    make_corpus(app, *LESSON, name="lesson")
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        make_article(session, project.id, *WORK, name="work")
        project_id = project.id
    reference = open_desk(app, "lesson", "rita")
    read_all(reference, claim_on(reference.text, 0, 27), quoted(reference))
    lead = make_person(app, "lea@example.org", name="Lea")
    join(app, project_id, "lea@example.org", {Role.MANAGER})
    return School(app, reference, browser_of(app, lead))


def quoted(desk: Desk, speaker: str = "meta", **attributes: str) -> JsonObject:
    """Make the claim inside the quotation marks of the second sentence, as the desk's person."""
    start = desk.text.index("C'est")
    link = {"speaker": speaker, "mention": None, "cue": None, "attributes": {}}
    return claim_on(
        desk.text,
        start,
        start + len("C'est une erreur"),
        attributes={"claim_type": "opinion", "check_worthiness": "no", **attributes},
        chain=[{"speaker": "author"}, link],
    )


def read_all(desk: Desk, *claims: JsonObject | None, scheme: int = 1) -> None:
    """Answer all three sentences, the first ones by these claims, and finish."""
    sentences: list[object] = desk.page["sentences"]  # type: ignore[assignment]
    for position in range(1, len(sentences) + 1):
        given = claims[position - 1] if position <= len(claims) else None
        answer: JsonObject = {}
        if given:
            answer = {
                "decision": "claims",
                "claims": [{**given, "id": f"claim{desk.user_id:06}{desk.sent:06}"}],
            }
        newest = next(
            (
                one["id"]
                for one in desk.open()["answers"]  # type: ignore[union-attr]
                if one["sentence"] == sentences[position - 1]["id"]  # type: ignore[index,call-overload]
            ),
            None,
        )
        saved = desk.save(position, base=newest, scheme=scheme, **answer)
        assert saved.status_code == 200, saved.text
    finished = desk.post("finish")
    assert finished.status_code == 200, finished.text


def make_learner(app: Flask, name: str = "lena") -> FlaskClient:
    """Return the browser of a new annotator who has begun nothing."""
    with app.app_context(), transaction() as session:
        user_id, _ = make_annotator(session, project_by_slug(session, slug="demo"), name)
    return browser_of(app, user_id)


def membership_of(app: Flask, user_id: int) -> str:
    """Return the public id of a person's membership as an annotator."""
    mine = select(Membership.public_id).where(
        Membership.user_id == user_id, Membership.role == Role.ANNOTATOR
    )
    with app.app_context():
        return db.session.scalars(mine).one()
