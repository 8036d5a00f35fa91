"""How often suggestions are accepted: counted for the lead, as page and as list."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import claim_on
from tests.people import browser_of, join, make_person
from tests.statements import counted_statements
from tests.suggested import quotation, suggest
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.labelling.precision import RulePrecision, Which, measure_precision
from workbench.labelling.tables import Speaker
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.storage.database import db, transaction

SENTENCES = ("« Un », dit Meta.", "« Deux », dit Meta.", "« Trois », dit Meta.", "Rien.")
TEXT = " ".join(SENTENCES)
WORDS = ("Un", "Deux", "Trois")
MADE_BY = ("incise", 1)  # the rule and its version that the suggestions of these tests are from
PAGE = "/projects/demo/suggestions/"


@pytest.fixture
def slug(app: Flask) -> str:
    """An article with three suggestions of one rule."""
    slug = make_corpus(app, *SENTENCES)
    suggest(app, *(quotation(TEXT, word, speaker="Meta", cue="dit") for word in WORDS))
    return slug


def take(desk: Desk, number: int, *, relays: Sequence[str] = (), **changes: object) -> None:
    """Accept the suggestion at a sentence, with these changes of the claim."""
    start = TEXT.index(WORDS[number - 1])
    shown: JsonObject = desk.page["suggestions"][number - 1]  # type: ignore
    spans = {
        name: {"start": s, "end": e, "text": TEXT[s:e]}
        for name in ("mention", "cue")
        for s, e in [shown[name]]  # type: ignore
    }
    says = {"quote_type": "direct", "act": "asserts"}
    claim = claim_on(
        TEXT,
        start,
        start + len(WORDS[number - 1]),
        id=f"claim{desk.user_id:04}{number:07}",
        suggestion=shown["id"],
        attributes={"claim_type": "opinion"},
        chain=[
            *({"speaker": one} for one in ("author", *relays)),
            {"speaker": "meta", **spans, "attributes": says},
        ],
    )
    saved = desk.save(number, decision="claims", claims=[{**claim, **changes}])
    assert saved.status_code == 200, saved.text


def reject(desk: Desk, number: int, decision: str = "rejected") -> None:
    """Reject the suggestion at a sentence, or take that back."""
    shown: JsonObject = desk.page["suggestions"][number - 1]  # type: ignore
    desk.sent += 1
    id_ = f"decision{1000 * desk.user_id + desk.sent:016}"
    said = {"id": id_, "suggestion": shown["id"], "decision": decision}
    assert desk.post("suggestions", said).status_code == 200


def measure(app: Flask, **changes: object) -> RulePrecision:
    """Return what became of the rule's suggestions."""
    with app.app_context():
        which = Which(db.session.scalar(select(Project.id)) or 0)
        rules = measure_precision(db.session(), replace(which, **changes))  # type: ignore
    found = (rule for rule in rules if (rule.rule, rule.version) == MADE_BY)
    return next(found, RulePrecision(*MADE_BY))


def lead_of(app: Flask, *roles: Role) -> FlaskClient:
    user = make_person(app, "lead@example.org")
    with app.app_context():
        project_id = db.session.scalar(select(Project.id)) or 0
    join(app, project_id, "lead@example.org", roles or {Role.MANAGER})
    return browser_of(app, user)


def test_each_persons_decision_counts_once_as_it_stands(app: Flask, slug: str) -> None:
    anna, ben = open_desk(app, slug), open_desk(app, slug, "ben")
    take(anna, 1)
    take(ben, 1, attributes={"claim_type": "fact"})
    reject(anna, 2)
    reject(ben, 2)
    reject(ben, 2, "reopened")

    assert measure(app) == RulePrecision("incise", 1, 1, 1, 1, waiting=1)


def test_who_accepts_after_rejecting_accepts(app: Flask, slug: str) -> None:
    anna = open_desk(app, slug)
    reject(anna, 1)
    take(anna, 1)

    assert measure(app) == RulePrecision("incise", 1, as_proposed=1, waiting=2)


def test_a_claim_that_is_gone_from_the_answer_counts_no_more(app: Flask, slug: str) -> None:
    anna = open_desk(app, slug)
    take(anna, 1)
    (answer,) = anna.open()["answers"]  # type: ignore
    assert anna.save(1, base=answer["id"]).status_code == 200  # type: ignore

    assert measure(app) == RulePrecision("incise", 1, waiting=3)


def test_article_and_period_narrow_what_counts(app: Flask, slug: str) -> None:
    reject(open_desk(app, slug), 1)
    today = utc_now().date()
    tomorrow = today + timedelta(days=1)

    assert measure(app, article=slug, since=today, until=today).rejected == 1
    assert measure(app, since=tomorrow) == RulePrecision("incise", 1, waiting=2)
    assert measure(app, article="another") == RulePrecision("incise", 1)
    assert measure(app, except_articles=[1]) == RulePrecision("incise", 1)


def test_an_article_is_counted_again_after_a_decision_only(app: Flask, slug: str) -> None:
    anna = open_desk(app, slug)
    take(anna, 1)
    with counted_statements() as first:
        measure(app)
    with counted_statements() as second:
        assert measure(app) == RulePrecision("incise", 1, as_proposed=1, waiting=2)
    reject(anna, 2)

    assert len(second) == len(first) - 2
    assert measure(app) == RulePrecision("incise", 1, as_proposed=1, rejected=1, waiting=1)


def test_another_name_of_a_speaker_makes_another_count(app: Flask, slug: str) -> None:
    take(open_desk(app, slug), 1)
    assert measure(app).as_proposed == 1

    with app.app_context(), transaction() as session:
        renamed = {"name": "Meta Platforms", "aliases": []}
        session.execute(update(Speaker).where(Speaker.public_id == "meta").values(renamed))

    assert measure(app).changed == 1


@pytest.mark.parametrize(
    ("relays", "expected"),
    [(["le-monde"], {"as_proposed": 1}), (["meta"], {"changed": 1}), ([], {"changed": 1})],
)
def test_who_relays_the_words_belongs_to_what_is_proposed(
    app: Flask, relays: list[str], expected: dict[str, int]
) -> None:
    slug = make_corpus(app, *SENTENCES)
    suggest(app, quotation(TEXT, "Un", speaker="Meta", cue="dit", via="Le Monde"))
    desk = open_desk(app, slug)

    take(desk, 1, relays=relays)

    assert measure(app) == RulePrecision("incise", 1, **expected)


def test_the_lead_sees_picture_and_table(app: Flask, slug: str) -> None:
    take(open_desk(app, slug), 1)

    page = lead_of(app).get(PAGE).text

    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in page
    assert "20.7% – 100.0%" in page
    assert "nothing is decided yet" in page


def test_without_decisions_the_page_says_so(app: Flask, slug: str) -> None:
    page = lead_of(app).get(PAGE).text

    assert "Nobody has accepted or rejected a suggestion here yet." in page
    assert 'role="img"' not in page.partition("<main")[2]


def test_who_still_labels_an_article_sees_no_decision_on_it(app: Flask, slug: str) -> None:
    lead = lead_of(app, Role.MANAGER, Role.ANNOTATOR)
    token = lead.get("/csrf").json["token"]  # type: ignore
    lead.post(f"/projects/demo/annotate/{slug}/start", data={"csrf_token": token})
    take(open_desk(app, slug), 1)

    page = lead.get(PAGE).text

    assert "Left out for you" in page
    assert "Nobody has accepted or rejected" in page


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("since=yesterday", 422),
        ("since=2026-11-22&until=2026-11-21", 422),
        ("article=nothing", 404),
        ("article=article&since=2026-01-01", 200),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    app: Flask, slug: str, asked: str, status: int
) -> None:
    assert lead_of(app).get(f"{PAGE}?{asked}").status_code == status


def test_the_command_prints_the_same_figures(
    app: Flask, slug: str, cli: Callable[..., Result]
) -> None:
    take(open_desk(app, slug), 1)

    result = cli("project", "suggestions", "--project", "demo", "--format", "jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    (row,) = (row for row in rows if (row["rule"], row["version"]) == MADE_BY)

    assert {row["precision"] for row in rows if row["rule"] == "colon"} == {None}
    assert (row["decided"], row["waiting"]) == (1, 2)
    assert (row["low"], row["high"]) == (0.2065, 1.0)


def test_the_command_refuses_a_period_that_ends_before_it_begins(
    slug: str, cli: Callable[..., Result]
) -> None:
    period = ("--since", "2026-11-22", "--until", "2026-11-21")

    result = cli("project", "suggestions", "--project", "demo", *period)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The period ends before it begins" in result.stderr
