"""The pages of the label scheme: shown, planned, changed after the plan was confirmed."""

import html
import io
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.annotators import make_corpus, open_desk
from tests.functional.test_releases import BUILT, record
from tests.functional.test_scheme_change import (
    NO_POSITION,
    adding,
    document,
    history,
    label,
    without,
)
from tests.people import browser_of, csrf_token, hidden, join, make_person, send
from workbench.app import JOB_HANDLERS
from workbench.clock import utc_now
from workbench.datasets.rules import Version
from workbench.jobs.runner import run_waiting_jobs
from workbench.labelling.scheme_changes import list_scheme_revisions
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

PATH = "/projects/demo/scheme/"


@dataclass
class Manager:
    """Somebody who changes the scheme."""

    app: Flask
    client: FlaskClient

    def plan(self, scheme: object) -> TestResponse:
        return send(self.client, PATH, document=json.dumps(scheme))

    def change(self, scheme: object, *steps: str, base: str = "1") -> TestResponse:
        fields = {"document": json.dumps(scheme), "base": base, "sure": "y"}
        return send(self.client, PATH + "change", steps=[*steps], **fields)

    @property
    def revisions(self) -> int:
        with self.app.app_context():
            project_id = project_by_slug(db.session, slug="demo").id
            return len(list_scheme_revisions(db.session(), project_id=project_id))


@pytest.fixture
def manager(app: Flask) -> Manager:
    """The manager of a project where somebody has labelled an article."""
    make_corpus(app)
    label(open_desk(app))
    user = make_person(app)
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
    join(app, project_id, "ada@example.org", [Role.MANAGER])
    return Manager(app, browser_of(app, user))


def test_the_scheme_is_shown_with_its_revisions_and_sent(manager: Manager) -> None:
    page = manager.client.get(PATH).text

    assert "prediction" in page
    assert "It is at revision 1." in page
    sent = manager.client.get(PATH + "document.json")
    assert sent.json["format"] == "label-scheme.v1"
    assert "demo-scheme-1.json" in sent.headers["Content-Disposition"]


def test_a_plan_is_shown_and_nothing_is_changed(manager: Manager) -> None:
    page = manager.plan(NO_POSITION)

    assert page.status_code == 200
    assert '<option value="claim_type.position?"' in page.text
    assert '<option value="claim_type.position=opinion"' in page.text
    assert "<bdi>anna</bdi> 1" in page.text
    assert "in no release" in page.text
    assert manager.revisions == 1


def test_a_plan_names_the_releases_that_have_the_label(app: Flask, manager: Manager) -> None:
    later = utc_now()
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        record(session, project_id, replace(BUILT, instant=later - timedelta(days=1)))
        record(session, project_id, replace(BUILT, version=Version(1, 1, 0), instant=later))

    assert "in releases 1.1.0" in manager.plan(NO_POSITION).text


def test_a_file_is_taken_before_what_is_written(manager: Manager) -> None:
    file = io.BytesIO(json.dumps(document(adding("medium", "podcast"))).encode())
    token = csrf_token(manager.client)

    page = manager.client.post(
        PATH, data={"csrf_token": token, "document": "{", "file": (file, "scheme.json")}
    )

    assert "podcast" in page.text
    assert "Plan of the change" in page.text


def test_a_confirmed_change_is_carried_out_and_followed(app: Flask, manager: Manager) -> None:
    asked = manager.change(NO_POSITION, "", "claim_type.position=opinion")

    assert asked.status_code == 303, asked.text
    assert "0 of 1 answers looked at" in manager.client.get(asked.location).text
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=Event())
    assert "The change is done." in manager.client.get(asked.location).text
    assert history(app)[-1][::2] == ("scheme_change", "opinion")


def test_without_steps_the_scheme_is_changed_at_once(manager: Manager) -> None:
    done = manager.change(document(adding("medium", "podcast")), "", "")

    assert (done.status_code, done.location) == (303, PATH)
    assert manager.revisions == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON from line 1, character 1 on"),
        ('{"format":\n 1,}', "no JSON from line 2, character 4 on"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "a number without end"),
        ('"\\ud800"', "lone surrogate"),
        ('{"\\ud800": ["\\u0000"]}', "lone surrogate"),
        ("{}", "Label scheme, at its top"),
        (json.dumps(document(without("decision", "undecided"))), "the program's own"),
        (json.dumps(document()), "nothing changes"),
    ],
)
def test_a_bad_document_is_refused_with_its_place(manager: Manager, text: str, words: str) -> None:
    page = send(manager.client, PATH, document=text)

    assert page.status_code == 422
    assert words in html.unescape(page.text)


def test_a_change_is_confirmed_and_based_on_the_newest(manager: Manager) -> None:
    fields = {"document": json.dumps(NO_POSITION), "base": "1"}
    unsure = send(manager.client, PATH + "change", **fields)
    assert unsure.status_code == 422
    assert "Please confirm that you have read the plan." in unsure.text

    assert send(manager.client, PATH + "change", base="1", sure="y").status_code == 422
    assert manager.change(NO_POSITION, "claim_type.fact?").status_code == 422
    stale = manager.change(NO_POSITION, base="7")
    assert (stale.status_code, hidden(stale.text, "base")) == (412, "1")
    assert 'name="sure" required type="checkbox" value="y">' in stale.text
    assert manager.revisions == 1


def test_a_manager_who_labels_is_told_nothing_of_others(app: Flask, manager: Manager) -> None:
    desk = open_desk(app, name="bert")
    with app.app_context():
        project_id = project_by_slug(db.session, slug="demo").id
    join(app, project_id, "bert@example.org", [Role.ANNOTATOR, Role.MANAGER])

    labelling = Manager(app, desk.client)

    page = labelling.plan(NO_POSITION).text

    assert "anna" not in page
    assert "Articles that you still work on are left out of these numbers" in page
    assert 'data-label="Answers that stand on it">0<' in desk.client.get(PATH).text
    asked = labelling.change(NO_POSITION, "claim_type.position=opinion")
    told = desk.client.get(asked.location).text
    assert "The answers are being looked at" in told
    assert "Mapped" not in told
