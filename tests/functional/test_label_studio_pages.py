"""Whoever leads connects a project with Label Studio in the browser."""

import re
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.label_studio import EMAIL, TOKEN, LabelStudio
from tests.people import browser_of, join, make_person, make_project, send
from workbench.projects.rules import Role
from workbench.settings import Settings

pytestmark = pytest.mark.labelstudio

PAGE = "/projects/demo/label-studio/"


@pytest.fixture
def settings(settings: Settings, label_studio: LabelStudio) -> Settings:
    return replace(settings, allowed_private_hosts=urlsplit(label_studio.url).netloc)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    """The browser of a manager, who labels as well."""
    user = make_person(app)
    join(app, make_project(app), "ada@example.org", [Role.MANAGER, Role.ANNOTATOR])
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
    (number,) = re.findall(r'/people/(\d+)"', page)
    (ada,) = re.findall(r'<option value="(\d+)">Ada', page)
    send(lead, f"{PAGE}people/{number}", member=ada)
    assert 'id="unknown"' not in lead.get(PAGE).text
    assert send(lead, f"{PAGE}people").status_code == 303
    send(lead, f"{PAGE}pause")
    assert "Go on" in lead.get(PAGE).text

    send(lead, f"{PAGE}disconnect")
    assert "made if there is none" in lead.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "http://labels.example.org"}, "over https only"),
        ({"address": "https://192.168.1.7:8080"}, "closed network"),
        ({"token": "f" * 40}, "does not know the token"),
        ({"project": "#999999"}, "was deleted"),
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
