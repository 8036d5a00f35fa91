"""What people see of their own work: the latest decisions, the day, the pace, what comes next."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.annotators import Desk, open_desk
from tests.factories import NOW, make_annotator, make_article, make_project
from tests.people import browser_of
from workbench.corpus.operations import withdraw_article
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.projects.queries import project_by_slug
from workbench.storage.database import transaction

LONG_AGO = "2000-01-01T00:00:00+01:00"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Anna before the first of three articles of two sentences."""
    with app.app_context(), transaction() as session:
        project = make_project(session)
        for name in ("one", "two", "three"):
            sentences = f"Voici {name}, dit-on. ", f"Il pleut sur {name}."
            title = Metadata(title=f"Article {name}", language="fr")
            make_article(session, project.id, *sentences, name=name, metadata=title)
    return open_desk(app, "one")


def beside(desk: Desk, slug: str) -> Desk:
    """Let the same person begin another article."""
    base = f"/projects/demo/annotate/{slug}/"
    other = Desk(desk.app, desk.client, base, desk.user_id, desk.membership_id, sent=desk.sent + 50)
    token = desk.client.get("/csrf").json["token"]
    desk.client.post(f"{base}start", data={"csrf_token": token})
    other.open()
    return other


def ask(desk: Desk, since: str = LONG_AGO) -> TestResponse:
    return desk.client.get(f"{desk.base}own-work", query_string={"since": since})


def test_the_latest_decisions_of_other_articles_come_newest_first(desk: Desk) -> None:
    other = beside(desk, "two")
    other.save(2)
    other.save(1, decision="undecided")
    desk.save(1)

    first, second = ask(desk).json["decisions"]

    assert (first["opening"], first["decision"]) == ("Voici two, dit-on.", "undecided")
    assert (first["article"], first["claims"]) == ("Article two", 0)
    assert second["url"] == "/projects/demo/annotate/two/#s2"
    assert [one["opening"] for one in ask(other).json["decisions"]] == ["Voici one, dit-on."]


def test_the_decisions_of_others_and_withdrawn_articles_are_left_out(desk: Desk) -> None:
    other = beside(desk, "two")
    other.save(1)
    open_desk(desk.app, "three", name="bob").save(1)
    with desk.app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        two = find_article(session, project_id=project_id, name="two").id
        withdraw_article(
            session, project_id=project_id, article_id=two, reason="gone", by=None, now=NOW
        )

    assert ask(desk).json["decisions"] == []


def test_a_sentence_counts_once_a_day_and_not_when_it_is_open_again(desk: Desk) -> None:
    beside(desk, "two").save(1)
    saved = desk.save(1).json["id"]
    desk.save(1, base=saved, decision="undecided")
    withdrawn = desk.save(2).json["id"]
    desk.save(2, base=withdrawn, decision="claims")

    assert ask(desk).json["today"] == 2
    assert ask(desk, "2999-01-01T00:00:00Z").json["today"] == 0


def test_the_pace_is_half_way_through_the_times_of_the_sentences(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        project = make_project(session)
        make_article(session, project.id, "Un. ", "Deux. ", "Trois.", name="one")
    desk = open_desk(app, "one")
    first = desk.save(1, elapsed_ms=4000).json["id"]
    desk.save(1, base=first, decision="undecided", elapsed_ms=5000)
    desk.save(2, elapsed_ms=2000)
    assert ask(desk).json["median_ms"] is None

    desk.save(3, elapsed_ms=70_000)

    assert ask(desk).json["median_ms"] == 9000


@pytest.mark.parametrize(
    "since",
    ["", "today", "2024-01-31", "2024-01-31T00:00:00", "0001-01-01T00:00:00+14:00"],
)
def test_a_day_that_is_no_moment_is_refused(desk: Desk, since: str) -> None:
    reply = ask(desk, since)

    assert (reply.status_code, reply.json["code"]) == (422, "invalid_input")


def test_who_has_not_begun_the_article_sees_nothing(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        user_id, _ = make_annotator(session, project, "bob")

    reply = browser_of(desk.app, user_id).get(f"{desk.base}own-work?since={LONG_AGO}")

    assert reply.status_code == 404


def test_after_an_article_what_is_begun_comes_before_what_is_new(desk: Desk) -> None:
    desk.save(1)
    desk.save(2)
    beside(desk, "three")

    following = desk.post("finish").json["next"]

    assert following == {
        "heading": "Article three",
        "language": "fr",
        "url": "/projects/demo/annotate/three/",
    }
