"""The OpenAPI document tells the truth: a tester makes up requests from it and holds us to it."""

import re

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import events, from_schema

from tests.addresses import make_things
from tests.people import join, make_person
from tests.programs import make_secret_of
from workbench.api.access import BUCKETS
from workbench.canonical import JsonObject
from workbench.limits import Buckets
from workbench.projects.rules import Role

# Requests that are wrong in every way are made for these. The others read the same kinds of fields
# by the same code, and get those that are right.
WRONG_TOO = (
    "GET /api/v1/projects/{slug}/annotations/changes",
    "GET /api/v1/projects/{slug}/articles/{article}/sentences",
    "GET /api/v1/projects/{slug}/questions",
    "POST /api/v1/projects/{slug}/articles",
    "POST /api/v1/projects/{slug}/articles/{article}/zones",
    "POST /api/v1/projects/{slug}/builds",
    "POST /api/v1/projects/{slug}/members",
    "POST /api/v1/projects/{slug}/own/{article}/answers",
    "POST /api/v1/projects/{slug}/own/{article}/questions",
    "POST /api/v1/projects/{slug}/own/{article}/start",
    "POST /api/v1/projects/{slug}/scheme",
    "POST /api/v1/projects/{slug}/statements/{statement}/evidence",
)
# What these take is what others above take; that they take it is tried elsewhere.
ALIKE = (
    ("POST", "/api/v1/projects/{slug}/cases/{article}/answers"),
    ("PUT", "/api/v1/projects/{slug}/statements/{statement}/evidence/{evidence}"),
)
OFF = {"enabled": False}
CONFIG = {
    "seed": 7,
    "generation": {"deterministic": True, "max-examples": 1, "mode": "all", "database": "none"},
    # The same rule answers each other method for all addresses: one of them is enough.
    "phases": {
        **dict.fromkeys(("examples", "fuzzing", "stateful"), OFF),
        "coverage": {"unexpected-methods": ["DELETE"]},
    },
    "operations": [
        {
            "include-name-regex": f"^(?!({'|'.join(map(re.escape, WRONG_TOO))})$)",
            "generation": {"mode": "positive"},
        }
    ],
    "checks": {
        # A schema cannot say that a base is the newest revision, or a type one of the scheme's.
        "positive_data_acceptance": OFF,
        # The walk over all operations sees to it.
        "ignored_auth": OFF,
    },
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read_document(app: Flask) -> JsonObject:
    document: JsonObject = app.test_client().get("/api/v1/openapi.json").json
    return document


def test_no_answer_is_other_than_the_document_says(app: Flask) -> None:
    app.extensions[BUCKETS] = Buckets(at_once=10**9)
    things, user = make_things(app), make_person(app)
    join(app, 1, "ada@example.org", set(Role))
    config = schemathesis.Config.from_dict(
        {
            **CONFIG,
            "headers": {"Authorization": f"Bearer {make_secret_of(app, user)}"},
            "parameters": {
                f"path.{name}": things[name]
                for name in ("slug", "article", "statement", "evidence")
            },
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    for method, path in ALIKE:
        schema = schema.exclude(method=method, path=path)

    problems, cases = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            problems.append(str(vars(event)))
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info:
                        asked = event.recorder.interactions[case].request
                        failure = check.failure_info.failure
                        problems.append(f"{asked.method} {asked.uri} {asked.body!r}: {failure}")

    assert problems == []
    assert cases > 1000


def test_the_document_says_what_each_operation_needs(app: Flask) -> None:
    document = read_document(app)

    paths: dict[str, dict[str, dict[str, object]]] = document["paths"]  # type: ignore[assignment]
    save = paths["/api/v1/projects/{slug}/own/{article}/answers"]["post"]
    assert document["openapi"] == "3.1.0"
    assert save["security"] == [{"token": ["write:annotations"]}]
    assert {"200", "401", "404", "409", "412", "422", "429"} <= set(save["responses"])  # type: ignore[call-overload]
    operations = [told for path in paths.values() for told in path.values() if "get" in path]
    assert all("summary" in told for told in operations if isinstance(told, dict))


def test_people_read_the_same_on_a_page(app: Flask) -> None:
    page = app.test_client().get("/api/").text

    for path in read_document(app)["paths"]:  # type: ignore[union-attr]
        assert f"<code>{path}</code>" in page
    assert "elapsed_ms" in page
