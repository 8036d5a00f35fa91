"""Whoever runs the workbench connects a project on the command line."""

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask

from tests.label_studio import EMAIL, TOKEN, LabelStudio
from tests.people import join, make_person, make_project
from workbench.projects.rules import Role
from workbench.settings import Settings

pytestmark = pytest.mark.labelstudio

PROJECT = ("--project", "demo")
ADA = "ada@nowhere.example"  # Who has no account on the server, which other tests use as well.
Cli = Callable[..., Result]


@pytest.fixture
def settings(settings: Settings, label_studio: LabelStudio) -> Settings:
    return replace(settings, allowed_private_hosts=urlsplit(label_studio.url).netloc)


@pytest.fixture
def url(app: Flask, label_studio: LabelStudio) -> str:
    """The server's address; Ada labels in the project ``demo``."""
    make_person(app, email=ADA)
    join(app, make_project(app), ADA, [Role.ANNOTATOR])
    return label_studio.url


def test_a_project_is_connected_its_people_linked_and_disconnected(cli: Cli, url: str) -> None:
    title = f"Débat {uuid4().hex[:9]}"
    connected = cli("labelstudio", "connect", *PROJECT, url, "--to", title, input=f"{TOKEN}\n")
    linked = ("--link", f"{EMAIL}={ADA}", "--format", "jsonl")
    people = cli("labelstudio", "people", *PROJECT, *linked).stdout.splitlines()
    cli("labelstudio", "pull", *PROJECT)
    unlinked = ("--link", f"{EMAIL}=nobody", "--format", "jsonl")
    nobody = cli("labelstudio", "people", *PROJECT, *unlinked).stdout.splitlines()
    status = json.loads(cli("labelstudio", "status", *PROJECT, "--format", "jsonl").stdout)
    doctor = cli("doctor").stdout
    again = cli("labelstudio", "connect", *PROJECT, url, input=TOKEN)
    ended = cli("labelstudio", "disconnect", *PROJECT)

    assert "is connected" in connected.stdout
    by_account = {row["account"]: row["annotator"] for row in map(json.loads, people)}
    assert by_account[EMAIL] == ADA
    assert {row["account"]: row["annotator"] for row in map(json.loads, nobody)}[EMAIL] == "nobody"
    assert (status["address"], status["title"], status["conflicts"]) == (url, title, 0)
    assert status["last_run"].endswith("Pull: nothing to do.")
    assert f"demo: active, {url}" in doctor
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    assert "no longer connected" in ended.stdout
    assert cli("labelstudio", "status", *PROJECT).exit_code == 2
    assert "Label Studio" not in cli("doctor").stdout


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("nobody", "ACCOUNT=ANNOTATOR"),
        (f"nobody@x={ADA}", "no account nobody@x there"),
        (f"{EMAIL}=nobody@example.org", "no annotator of this project"),
    ],
)
def test_a_link_between_people_of_whom_one_is_missing_is_refused(
    cli: Cli, url: str, link: str, words: str
) -> None:
    cli("labelstudio", "connect", *PROJECT, url, "--to", uuid4().hex, input=TOKEN)
    refused = cli("labelstudio", "people", *PROJECT, "--link", link)
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_a_token_that_cannot_be_read_any_more_is_found_by_the_doctor(
    cli: Cli, url: str, settings: Settings
) -> None:
    cli("labelstudio", "connect", *PROJECT, url, "--to", uuid4().hex, input=TOKEN)
    (settings.data_dir / "secret_key").write_text("x" * 64)
    found = cli("doctor")
    assert found.exit_code == 1
    assert "demo: its token cannot be read" in found.stdout
    assert "give the token again" in cli("labelstudio", "people", *PROJECT).stderr
