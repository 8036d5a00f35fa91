"""A hint brings here what is new there; hints end with the connection, there too if they can."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.annotators import make_corpus
from tests.label_studio import TOKEN, LabelStudio
from tests.label_studio_fake import running_fake
from tests.people import browser_of, join, make_person, make_project, send
from tests.server import free_port, running_server
from tests.synced import Pair, draw
from workbench.canonical import JsonObject
from workbench.labelstudio.client import SECRET_HEADER
from workbench.labelstudio.connections import get_connection, hint_path, tell_changes
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db

PAGE = "/projects/demo/label-studio/"
HOOKS = "/api/webhooks/?project=1"


@pytest.fixture
def machine() -> Iterator[ExitStack]:
    """What runs until the test is over, or until it closes this."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def there(machine: ExitStack) -> LabelStudio:
    return machine.enter_context(running_fake())


@pytest.fixture
def settings(settings: Settings, there: LabelStudio) -> Settings:
    return replace(settings, allowed_private_hosts=urlsplit(there.url).netloc)


@pytest.fixture
def lead(app: Flask, there: LabelStudio) -> FlaskClient:
    """The browser of somebody who has hints given."""
    user = make_person(app)
    join(app, make_project(app), "ada@example.org", [Role.MANAGER])
    browser = browser_of(app, user)
    send(browser, PAGE, address=there.url, token=TOKEN, project="Débat")
    send(browser, f"{PAGE}hints")
    assert len(there.call("GET", HOOKS)) == 1
    return browser


def test_disconnecting_deletes_the_webhook_there(lead: FlaskClient, there: LabelStudio) -> None:
    send(lead, f"{PAGE}disconnect")
    assert there.call("GET", HOOKS) == []


def test_a_webhook_that_stays_there_is_named(lead: FlaskClient, machine: ExitStack) -> None:
    machine.close()
    send(lead, f"{PAGE}disconnect")
    page = lead.get(PAGE).text
    assert "delete the webhook there" in page
    assert "no longer connected" in page


@pytest.mark.labelstudio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_answered_there_is_here_within_seconds_and_its_token_nowhere(
    app: Flask, database_url: str, tmp_path: Path, settings: Settings, label_studio: LabelStudio
) -> None:
    settings = replace(
        settings, port=free_port(), allowed_private_hosts=urlsplit(label_studio.url).netloc
    )
    make_corpus(app)
    pair = Pair(app, settings, label_studio, label_studio.url)
    noor = pair.open_desk(name="noor")
    pair.connect()
    pair.run()
    with app.app_context():
        path = hint_path(get_connection(db.session(), project_id=pair.project_id))
        tell = {"key": pair.key, "door": pair.door, "by": None}
        tell_changes(project_id=pair.project_id, to=f"{settings.base_url}{path}", **tell)
    region: list[JsonObject] = []
    draw("no_claim", 0, len("OpenAI a fermé ses modèles."))(region)
    body: JsonObject = {"result": region, "completed_by": pair.account("noor")}
    (task,) = pair.tasks()

    with running_server(settings) as server:
        label_studio.call("POST", f"/api/tasks/{task['id']}/annotations/", body)
        give_up = time.monotonic() + 30
        while not pair.said(noor) and time.monotonic() < give_up:
            time.sleep(0.1)
        log = server.log

    assert pair.said(noor)[1].decision == "no_claim"
    assert TOKEN not in log
    assert SECRET_HEADER not in log
    stored = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert TOKEN.encode() not in stored
    (hook,) = label_studio.call("GET", f"/api/webhooks/?project={pair.remote_id}")
    assert hook["headers"][SECRET_HEADER].encode() not in stored
