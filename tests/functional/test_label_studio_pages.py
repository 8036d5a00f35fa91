"""Whoever leads connects a project with Label Studio in the browser."""

import re
from dataclasses import replace
from threading import Event
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_article
from tests.label_studio import EMAIL, TOKEN, LabelStudio
from tests.people import browser_of, join, make_person, make_project, send
from workbench.app import JOBS
from workbench.canonical import JsonObject
from workbench.jobs.runner import run_waiting_jobs
from workbench.jobs.tables import Job
from workbench.labelstudio.client import SECRET_HEADER
from workbench.labelstudio.tables import RemoteConnection
from workbench.limits import Buckets
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.views.hints import HINTS

pytestmark = pytest.mark.labelstudio

PAGE = "/projects/demo/label-studio/"


@pytest.fixture
def settings(settings: Settings, label_studio: LabelStudio) -> Settings:
    return replace(settings, allowed_private_hosts=urlsplit(label_studio.url).netloc)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    """The browser of a manager, who labels as well, and has no account there."""
    user = make_person(app, "ada@nowhere.example")
    join(app, make_project(app), "ada@nowhere.example", [Role.MANAGER, Role.ANNOTATOR])
    return browser_of(app, user)


def fields(label_studio: LabelStudio, **changes: str) -> dict[str, str]:
    given = {"address": label_studio.url, "token": TOKEN, "project": f"Débat {uuid4().hex[:9]}"}
    return given | changes


def test_a_lead_connects_links_and_disconnects(
    lead: FlaskClient, label_studio: LabelStudio
) -> None:
    given = fields(label_studio, submitted_means_read="y", sync_minutes="5")
    answer = send(lead, PAGE, **given)
    assert answer.status_code == 303

    page = lead.get(PAGE).text
    assert given["project"] in page
    assert TOKEN not in page
    assert EMAIL in page.partition('id="unknown"')[2]
    before, _, after = page.partition(f"<bdi>{EMAIL}")
    number = re.findall(r'/people/(\d+)"', before)[-1]
    ada = re.findall(r'<option value="(\d+)">Ada', after)[0]
    send(lead, f"{PAGE}people/{number}", member=ada)
    assert EMAIL in lead.get(PAGE).text.partition("Correct who is who")[2]
    assert send(lead, f"{PAGE}people").status_code == 303
    send(lead, f"{PAGE}pause")
    assert "Go on" in lead.get(PAGE).text

    send(lead, f"{PAGE}disconnect")
    assert "made if there is none" in lead.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "http://labels.example.org"}, "over https only"),
        ({"address": "https://192.168.1.7:8080"}, "192.168.1.7:8080 is a machine of a closed"),
        ({"token": "f" * 40}, "does not know the token"),
        ({"project": "#999999"}, "There is no project #999999 at 127.0.0.1:"),
        ({"address": "http://labels.example.org:81"}, "labels.example.org:81 is asked over https"),
        ({"sync_minutes": "0"}, "1 to 1440 minutes"),
        ({"project": ""}, "Please fill this in."),
    ],
)
def test_what_is_wrong_is_said_above_the_form_and_the_token_not_repeated(
    lead: FlaskClient, label_studio: LabelStudio, changes: dict[str, str], words: str
) -> None:
    answer = send(lead, PAGE, **fields(label_studio, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert TOKEN not in answer.text
    assert "made if there is none" in lead.get(PAGE).text


def test_another_token_is_taken_only_if_it_is_known_there(
    lead: FlaskClient, label_studio: LabelStudio
) -> None:
    send(lead, PAGE, **fields(label_studio))
    assert "does not know the token" in send(lead, f"{PAGE}token", token="f" * 40).text
    assert send(lead, f"{PAGE}token", token=TOKEN).status_code == 303
    assert "1 to 1440" in send(lead, f"{PAGE}terms", sync_minutes="9999").text
    assert send(lead, f"{PAGE}terms", sync_minutes="10").status_code == 303


def test_a_run_is_asked_for_followed_and_read_afterwards(
    app: Flask, lead: FlaskClient, label_studio: LabelStudio
) -> None:
    with app.app_context(), transaction() as session:
        make_article(session, project_by_slug(session, slug="demo").id)
    send(lead, PAGE, **fields(label_studio))
    for is_plan, words in ((True, "nothing was changed on either side"), (False, "Done.")):
        begun = send(lead, f"{PAGE}run", kind="sync", **({"is_plan": "y"} if is_plan else {}))
        assert "Waiting to begin" in lead.get(begun.location).text
        work(app)
        ended = lead.get(begun.location).text
        assert words in ended
        assert "hx-get" not in ended
    page = lead.get(PAGE).text
    begun = send(lead, f"{PAGE}run", kind="sync", is_plan="y")
    work(app)
    assert "the same: there is nothing to do" in lead.get(begun.location).text
    runs = re.findall(r'href="([^"]+/runs/[^"]+)"', page)
    assert len(runs) == 2
    assert "nothing was changed" in lead.get(runs[1]).text
    send(lead, f"{PAGE}pause")
    send(lead, f"{PAGE}run", kind="push")
    assert "let it go on first" in lead.get(PAGE).text


def test_a_run_that_fails_says_why_on_the_page(
    app: Flask, lead: FlaskClient, label_studio: LabelStudio
) -> None:
    given = fields(label_studio)
    send(lead, PAGE, **given)
    number = re.findall(r"/projects/(\d+)/", lead.get(PAGE).text)[0]
    label_studio.call("DELETE", f"/api/projects/{number}/")
    begun = send(lead, f"{PAGE}run", kind="pull")
    work(app)
    assert "was deleted at" in lead.get(begun.location).text
    assert 'role="alert"' in lead.get(PAGE).text


def test_the_same_hint_three_times_has_us_look_once(
    app: Flask, lead: FlaskClient, label_studio: LabelStudio
) -> None:
    send(lead, PAGE, **fields(label_studio))
    send(lead, f"{PAGE}hints")
    (hook,) = hooks_of(app, label_studio)
    path = urlsplit(hook["url"]).path
    sent = {"json": {"action": "ANNOTATION_CREATED"}, "headers": hook["headers"]}
    stranger = app.test_client()
    app.extensions[HINTS] = Buckets(at_once=3, per_second=0.001)

    assert [stranger.post(path, **sent).status_code for _ in range(3)] == [204] * 3
    with app.app_context():
        assert [job.state for job in db.session.scalars(select(Job))] == ["waiting"]
    assert stranger.post(path, **sent).status_code == 429
    guesses = [stranger.post(path, headers={SECRET_HEADER: "x"}).status_code for _ in range(3)]
    assert guesses == [404] * 3
    assert stranger.post(path).status_code == 429

    app.extensions[HINTS] = Buckets()
    send(lead, f"{PAGE}hints/end")
    assert stranger.post(path, **sent).status_code == 404
    assert hooks_of(app, label_studio) == []


def hooks_of(app: Flask, server: LabelStudio) -> list[JsonObject]:
    """Return the webhooks there that lead to this connection: other tests have theirs."""
    with app.app_context():
        id_ = db.session.scalars(select(RemoteConnection.public_id)).one()
    return [one for one in server.call("GET", "/api/webhooks/") if one["url"].endswith(f"/{id_}")]


def work(app: Flask) -> None:
    """Carry out the jobs that wait."""
    run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=Event())
