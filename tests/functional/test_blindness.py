"""Whoever still reads an article sees nothing of what others say of it, whatever their roles."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.addresses import calls, make_things
from tests.annotators import Desk, open_desk
from tests.factories import claim_on
from tests.people import browser_of
from workbench.accounts.tables import User
from workbench.labelling.importing import suggest_articles
from workbench.labelling.slots import fit_slots
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

# Tokens and the ids of forms to be filled in.
MADE_ANEW = re.compile(r'csrf[^"]*"[^"]{0,9}"?[^"]+"|value="[0-9a-z]{16}"')


def read_pages(app: Flask, reader: FlaskClient, things: dict[str, str]) -> dict[str, str]:
    """Return every page, file and JSON that the reader can get, by its address."""
    pages = {}
    for rule, method, path in calls(app, things):
        if method == "GET" and "slug" in rule.arguments:
            with reader.get(path) as answer:
                text = answer.get_data(as_text=True)
            pages[path] = MADE_ANEW.sub("", text)
    return pages


def read_through(desk: Desk) -> None:
    """Let somebody answer every sentence of the article, and finish."""
    claim = claim_on(desk.text, 0, 27, id=f"claim{desk.user_id:016}")
    saved = desk.save(1, decision="claims", claims=[claim], registers=0)
    assert saved.status_code == 200, saved.text
    for position in (2, 3, 4):
        assert desk.save(position, registers=0).status_code == 200
    assert desk.post("finish").status_code == 200


def test_what_others_do_changes_no_page_of_whoever_still_reads_the_article(app: Flask) -> None:
    things = make_things(app)
    with app.app_context():
        with transaction() as session:
            project = project_by_slug(session, slug="demo")
            project.overlap = 3
            fit_slots(session, project_id=project.id)
            project_id = project.id
        suggest_articles(project_id)
        member = db.session.scalars(select(User.id).where(User.email == "member@example.org")).one()
    reader = browser_of(app, member)
    others = [open_desk(app, name=name) for name in ("anna", "ben")]
    before = read_pages(app, reader, things)

    for desk in others:
        read_through(desk)

    after = read_pages(app, reader, things)
    assert [path for path in before if before[path] != after[path]] == []
    assert any("/download/" in path for path in before)
