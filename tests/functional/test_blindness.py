"""Whoever still reads an article sees nothing of what others say of it, whatever their roles."""

import json
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.addresses import calls, make_things
from tests.annotators import Desk, open_desk
from tests.compared import quoted
from tests.factories import claim_on
from tests.people import browser_of
from tests.programs import API, program_of
from workbench.accounts.tables import User
from workbench.api.access import BUCKETS
from workbench.canonical import JsonObject
from workbench.labelling.importing import suggest_articles
from workbench.labelling.slots import fit_slots
from workbench.limits import Buckets
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


def read_answers(app: Flask, user_id: int, things: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return what the API answers the reader, with what says whether it has changed."""
    program = program_of(app, user_id)
    answers = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API) and "slug" in rule.arguments and "GET" in (rule.methods or ()):
            _, path = rule.build({name: things.get(name, "0" * 16) for name in rule.arguments})
            for asked in ("", "?kind=all"):
                with program.get(path.removeprefix(API) + asked) as answer:
                    headers = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
                    answers[path + asked] = (answer.get_data(as_text=True), *map(str, headers))
    return answers


def reject(desk: Desk, number: int) -> TestResponse:
    """Reject the suggestion of this number."""
    shown: JsonObject = desk.page["suggestions"][number]  # type: ignore
    said = {"id": f"{desk.user_id:010}{number:010}", "suggestion": shown["id"]}
    return desk.post("suggestions", {**said, "decision": "rejected"})


def read_through(desk: Desk) -> None:
    """Let somebody answer every sentence of the article, and finish."""
    claim = claim_on(desk.text, 0, 27, id=f"claim{desk.user_id:016}")
    said = {**quoted("speaker" * 3), "id": f"quote{desk.user_id:016}"}
    saved = [
        desk.save(1, decision="claims", claims=[claim], registers=0),
        desk.save(2, decision="claims", claims=[said], registers=1),
        desk.save(3, registers=0),
        desk.save(4, registers=0),
        *(reject(desk, number) for number, _ in enumerate(desk.open()["suggestions"])),  # type: ignore
    ]
    assert {one.status_code for one in saved} == {200}, [one.text for one in saved]
    assert desk.post("finish").status_code == 200


def test_what_others_do_changes_no_page_of_whoever_still_reads_the_article(app: Flask) -> None:
    things = make_things(app)
    app.extensions[BUCKETS] = Buckets(at_once=10**6)
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
    before, told_before = read_pages(app, reader, things), read_answers(app, member, things)

    for desk in others:
        read_through(desk)

    after, told = read_pages(app, reader, things), read_answers(app, member, things)
    assert [path for path in before if before[path] != after[path]] == []
    assert [path for path in told if told[path] != told_before[path]] == []
    changes = json.loads(told[f"{API}/projects/demo/annotations/changes"][0])
    assert (changes["items"], len(changes["hidden"])) == ([], 1)
    assert any("/download/" in path for path in before)
