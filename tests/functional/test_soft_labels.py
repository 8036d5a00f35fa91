"""Soft labels, from finished articles to the file."""

import json
import re
from collections.abc import Callable

import jsonschema
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.annotators import Desk, make_corpus
from tests.compared import make_compared, make_weighed
from tests.people import browser_of, join, make_person
from workbench.canonical import JsonObject
from workbench.corpus.tables import Article
from workbench.datasets.soft_labels import soft_labels
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.resources import resource_folder
from workbench.storage.database import db

SCHEMA = resource_folder("schemas") / "soft-label.v1.schema.json"


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """Two articles that anna and bert have finished; of the speaker in one they differ."""
    return make_compared(app)


def read(cli: Callable[..., Result], *words: str) -> list[JsonObject]:
    """Return the records, each checked against the schema."""
    result = cli("annotation", "soft-labels", "--project", "demo", *words)
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    for record in records:
        jsonschema.validate(record, json.loads(SCHEMA.read_text()))
    return records


def test_votes_become_shares(desks: list[Desk], cli: Callable[..., Result]) -> None:
    record = next(one for one in read(cli) if (one["article"], one["position"]) == ("article", 2))
    (claim,) = record["claims"]  # type: ignore[misc]
    speakers = next(
        slot["values"]  # type: ignore[index,call-overload]
        for slot in claim["slots"]  # type: ignore[index,call-overload,union-attr]
        if (slot["slot"], slot["link"]) == ("speaker", 0)  # type: ignore[index,call-overload]
    )

    assert record["decision"] == [{"value": "claims", "votes": 2, "share": 1}]
    assert (claim["votes"], claim["share"]) == (2, 1)  # type: ignore[index,call-overload]
    assert sorted((one["value"], one["share"]) for one in speakers) == [  # type: ignore
        ("meta", 0.5),
        ("openai", 0.5),
    ]


def test_a_claim_that_one_found_has_half_the_votes(
    desks: list[Desk], cli: Callable[..., Result]
) -> None:
    desk = desks[1]
    newest = desk.open()["answers"][0]["id"]  # type: ignore
    assert desk.save(1, base=newest, decision="no_claim").status_code == 200

    record = next(one for one in read(cli) if (one["article"], one["position"]) == ("other", 1))

    assert [one["share"] for one in record["decision"]] == [0.5, 0.5]  # type: ignore
    assert [one["share"] for one in record["claims"]] == [0.5]  # type: ignore


def test_an_article_that_somebody_still_reads_is_left_out(
    desks: list[Desk], cli: Callable[..., Result]
) -> None:
    desks[1].post("reopen")

    records = read(cli)

    assert {one["article"] for one in records} == {"article"}
    assert "anna" not in json.dumps(records)


@pytest.mark.parametrize("method", ["dawid_skene", "mace"])
def test_a_model_weighs_choices_and_leaves_the_rest_to_votes(
    app: Flask, cli: Callable[..., Result], method: str
) -> None:
    make_weighed(app)
    records = read(cli, "--method", method)
    votes = read(cli)

    slots = [slot for one in records for claim in one["claims"] for slot in claim["slots"]]  # type: ignore
    assert {one["method"] for one in records} == {method}
    assert {slot["slot"]: slot["method"] for slot in slots}["speaker"] == "votes"  # type: ignore
    assert {slot["slot"]: slot["method"] for slot in slots}["claim_type"] == method  # type: ignore
    assert [one["annotators"] for one in records] == [one["annotators"] for one in votes]
    for record in records:
        assert sum(one["share"] for one in record["decision"]) == pytest.approx(1)  # type: ignore


def test_a_choice_that_few_claims_have_stays_with_the_votes(
    app: Flask, cli: Callable[..., Result]
) -> None:
    anna, bert, _ = make_weighed(app)
    for desk in (anna, bert):  # Too few are left that have the same claims.
        for position, answer in enumerate(desk.open()["answers"], 1):  # type: ignore
            if answer["decision"] == "claims" and position > 12:  # type: ignore[index]
                assert desk.save(position, base=answer["id"]).status_code == 200  # type: ignore

    records = read(cli, "--method", "dawid_skene")

    slots = [slot for one in records for claim in one["claims"] for slot in claim["slots"]]  # type: ignore
    assert {slot["slot"]: slot["method"] for slot in slots}["claim_type"] == "votes"  # type: ignore
    assert {one["method"] for one in records} == {"dawid_skene"}


@pytest.mark.parametrize("words", [("annotation", "soft-labels"), ("release", "build")])
def test_what_is_too_little_for_a_model_is_said(
    desks: list[Desk], cli: Callable[..., Result], words: tuple[str, str]
) -> None:
    option = {"soft-labels": ["--method"], "build": ["--allow-unsettled", "--soft-labels"]}[
        words[1]
    ]

    result = cli(*words, "--project", "demo", *option, "mace")

    assert result.exit_code == 2
    assert "MACE needs 3 annotators with 20 answers each" in result.stderr
    assert result.stdout == ""


def test_no_article_is_no_record_for_a_model(app: Flask, cli: Callable[..., Result]) -> None:
    make_corpus(app)

    assert read(cli, "--method", "mace") == []


def test_the_download_page_offers_every_method(app: Flask) -> None:
    make_weighed(app)
    user = make_person(app, "lead@example.org", name="Lead")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "lead@example.org", {Role.MANAGER})
    lead = browser_of(app, user)

    page = lead.get("/projects/demo/download").text
    links = re.findall(r'href="([^"]*soft-labels[^"]*)"', page)
    files = []
    for link in links:
        with lead.get(link) as file:
            files.append([json.loads(line) for line in file.text.splitlines()])

    assert [{one["method"] for one in file} for file in files] == [
        {"votes"},
        {"dawid_skene"},
        {"mace"},
    ]
    assert lead.get("/projects/demo/download/soft-labels-guess.jsonl").status_code == 404


def test_who_still_works_on_an_article_gets_no_share_of_it(app: Flask, desks: list[Desk]) -> None:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        hidden = [db.session.scalars(select(Article.id).where(Article.slug == "other")).one()]
        found = [*soft_labels(db.session(), project_id=project, hidden=hidden)]

    assert {one["article"] for one in found} == {"article"}
