"""A fact-checker, and claims of articles for them to check."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.adjudicators import PATH, TEXT, make_shared_corpus, read_by_two
from tests.annotators import Desk
from tests.people import browser_of, join, make_person
from workbench.clock import utc_now
from workbench.factcheck.statements import Wording, make_statement
from workbench.labelling.tables import Claim
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

__all__ = ["PATH", "TEXT", "Checker", "make_shared_corpus", "read_by_two", "sit_at_desk"]
WORDING = Wording("OpenAI a fermé ses modèles.", "fr", "fact")


@dataclass
class Checker:
    """Somebody who checks facts in the project ``demo``."""

    app: Flask
    client: FlaskClient
    user_id: int
    project_id: int


def sit_at_desk(app: Flask, name: str = "felix") -> Checker:
    """Let a new fact-checker come into the project."""
    email = f"{name}@example.org"
    user = make_person(app, email, name=name)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, email, {Role.FACT_CHECKER})
    return Checker(app, browser_of(app, user), user, project)


def make_one(checker: Checker, wording: Wording = WORDING) -> str:
    """Make a statement without claims; return its public id."""
    with checker.app.app_context(), transaction() as session:
        return make_statement(
            session,
            project_id=checker.project_id,
            wording=wording,
            by=checker.user_id,
            now=utc_now(),
        ).public_id


def claim_of(desk: Desk, position: int = 1) -> str:
    """Return the public id of the newest claim of somebody's answer to a sentence."""
    answers: list[dict[str, object]] = desk.open()["answers"]  # type: ignore[assignment]
    (answer,) = [one for one in answers if str(one["sentence"]).endswith(f".{position}")]
    claims: list[dict[str, str]] = answer["claims"]  # type: ignore[assignment]
    return claims[-1]["id"]


def claim_ids(app: Flask) -> list[str]:
    """Return the public ids of all claims, in the order they were made."""
    with app.app_context():
        return list(db.session().scalars(select(Claim.public_id).order_by(Claim.id)))
