"""After adjudication: one's answers beside the agreed ones, objections, and the leads' answers."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.adjudicators import (
    LONG,
    SHORT,
    TEXT,
    Bench,
    make_shared_corpus,
    read,
    read_by_two,
    set_project,
    sit_down,
)
from tests.annotators import Desk, open_desk
from tests.factories import NOW, SENTENCES, claim_on
from tests.functional.test_editions import correct
from tests.people import join, send
from tests.statements import counted_statements
from workbench.adjudication.erasure import blank_notes
from workbench.adjudication.tables import Adjudication, Contest
from workbench.corpus.tables import Article
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

FINAL = "/projects/demo/annotate/article/final"
CONTEST = "/projects/demo/annotate/article/contest"
OBJECTIONS = "/projects/demo/contests/"
PROJECT = "/projects/demo/"


@pytest.fixture
def people(app: Flask) -> dict[str, Desk]:
    """Two who have read an article and differ in the first sentence."""
    make_shared_corpus(app)
    return read_by_two(app)


@pytest.fixture
def lead(app: Flask, people: dict[str, Desk]) -> Bench:
    """A lead who has taken the shorter claim, which is Ada's."""
    lead = sit_down(app)
    lead.open()
    (letter,) = [
        who for who, one in lead.readings(1).items() if one["claims"][0]["parts"][0]["end"] == 26
    ]
    body = lead.take(1, letter)
    body["adjudication"] |= {"reason": "boundary_rule", "note": "Without the full stop."}
    assert lead.post("answers", body).status_code == 200
    return lead


def contest(desk: Desk, text: str = "It belongs to it.", position: int = 1) -> int:
    sent = send(desk.client, CONTEST, text=text, edition="1", position=str(position))
    return sent.status_code


def test_an_objection_to_a_sentence_of_an_older_text_goes_to_no_other(app: Flask) -> None:
    make_shared_corpus(app)
    read(app, "ada", SHORT)
    bob = read(app, "bob", LONG, s2=claim_on(TEXT, 28, 45))
    lead = sit_down(app)
    lead.open()
    for position in (1, 2):
        body = lead.decision(position)
        body["adjudication"] |= {"reason": "ambiguous_text", "note": "Nobody says it."}
        assert lead.post("answers", body).status_code == 200
    correct(app, " ".join(SENTENCES[1:]))

    refused = send(bob.client, CONTEST, text="The first is one.", edition="1", position="1")

    assert refused.status_code == 412, refused.text
    assert '<blockquote dir="auto">The first is one.</blockquote>' in refused.text
    assert refused.text.count("The first is one.") == 1
    sent = send(bob.client, CONTEST, text="So is this.", edition="2", position="1")
    assert sent.status_code == 303, sent.text


def objection(app: Flask) -> Contest:
    with app.app_context():
        return db.session.scalars(select(Contest)).one()


def test_whoever_differs_sees_both_with_the_reason(lead: Bench, people: dict[str, Desk]) -> None:
    page = people["bob"].client.get(FINAL).text

    assert "Where the words begin and end" in page
    assert "Without the full stop." in page
    assert page.count("<li id=") == 1
    assert "Nowhere do your answers differ" in people["ada"].client.get(FINAL).text


def test_the_list_names_the_articles_that_are_adjudicated(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    assert FINAL in people["bob"].client.get("/projects/demo/final/").text
    other = open_desk(app, "article", "eve")
    assert FINAL not in other.client.get("/projects/demo/final/").text


def test_before_everything_is_decided_nothing_shows(app: Flask, people: dict[str, Desk]) -> None:
    assert people["bob"].client.get(FINAL).status_code == 403
    lead = sit_down(app)
    lead.open()
    body = {
        "id": "d" * 16,
        "sentence": lead.sentence(1),
        "compared": [one["id"] for one in lead.readings(1).values()],
    }
    assert lead.post("defer", body).status_code == 200
    assert people["bob"].client.get(FINAL).status_code == 403


def test_an_article_decided_in_part_is_not_listed(app: Flask) -> None:
    make_shared_corpus(app)
    ada = read(app, "ada", SHORT)
    read(app, "bob", LONG, s2=claim_on(TEXT, 28, 45))
    lead = sit_down(app)
    lead.open()
    listed = []
    for position in (1, 2):
        assert lead.post("answers", lead.decision(position)).status_code == 200
        listed.append(FINAL in ada.client.get("/projects/demo/final/").text)

    assert listed == [False, True]


def test_whoever_goes_on_with_the_article_sees_nothing_meanwhile(
    lead: Bench, people: dict[str, Desk]
) -> None:
    people["bob"].post("reopen")

    assert people["bob"].client.get(FINAL).status_code == 404


def test_an_objection_goes_to_the_leads_without_a_name_and_comes_back(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    bob = people["bob"]

    assert contest(bob) == 303

    assert "1 open" in lead.client.get(PROJECT).text
    page = lead.client.get(OBJECTIONS).text
    assert "It belongs to it." in page
    assert "bob" not in page
    path = f"{OBJECTIONS}{objection(app).public_id}"
    assert send(lead.client, path, text="The guideline says no.").status_code == 303
    assert "1 new answer" in bob.client.get(PROJECT).text
    assert "The guideline says no." in bob.client.get(FINAL).text
    send(bob.client, "/projects/demo/annotate/article/seen")
    assert "new answer" not in bob.client.get(PROJECT).text
    assert send(lead.client, path, text="Again.").status_code == 303
    assert objection(app).answer == "The guideline says no."


def test_what_is_the_same_as_ones_own_answer_cannot_be_contested(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    sent = send(people["ada"].client, CONTEST, text="I meant more.", edition="1", position="1")

    assert (sent.status_code, "the same as yours" in sent.text) == (422, True)
    with app.app_context():
        assert db.session.scalars(select(Contest)).all() == []


def test_a_lead_who_still_labels_the_article_is_told_of_no_objection(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    eve = open_desk(app, "article", "eve")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "eve@example.org", {Role.ADJUDICATOR})
    contest(people["bob"])

    assert "1 open" not in eve.client.get(PROJECT).text
    assert "It belongs to it." not in eve.client.get(OBJECTIONS).text
    assert "1 open" in lead.client.get(PROJECT).text


def test_one_objects_once_to_what_was_decided(lead: Bench, people: dict[str, Desk]) -> None:
    assert contest(people["bob"]) == 303

    assert contest(people["bob"]) == 409
    assert contest(people["ada"]) == 422  # whoever agrees has nothing to object to
    assert "It belongs to it." in people["bob"].client.get(FINAL).text
    assert contest(people["bob"], position=2) == 404
    assert contest(people["bob"], position=99) == 404


def test_who_was_right_after_all_reads_that(lead: Bench, people: dict[str, Desk]) -> None:
    contest(people["bob"])
    lead.open()
    (theirs,) = [
        who for who, one in lead.readings(1).items() if one["claims"][0]["parts"][0]["end"] != 26
    ]
    again = lead.take(1, theirs, base=lead.page["answers"][0]["id"])  # type: ignore[index,call-overload]
    assert lead.post("answers", again).status_code == 200

    page = people["bob"].client.get(FINAL).text

    assert "The agreed answer is the same as yours now." in page
    assert "<table" not in page


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_an_objection_has_words(
    app: Flask, lead: Bench, people: dict[str, Desk], text: str
) -> None:
    assert contest(people["bob"], text) == 422
    with app.app_context():
        assert db.session.scalars(select(Contest)).all() == []


def test_what_settles_by_majority_differs_without_a_decision(
    app: Flask, people: dict[str, Desk], lead: Bench
) -> None:
    set_project(app, overlap=3, majority_settles=True)
    third = open_desk(app, "article", "eve")
    for position in (1, 2, 3, 4):
        third.save(position, decision="undecided" if position == 3 else "no_claim")
    third.post("finish")
    lead.open()
    body = lead.decision(1, base=lead.page["answers"][0]["id"])
    assert lead.post("answers", body).status_code == 200

    page = third.client.get(FINAL)

    assert (page.status_code, "The others gave the same answer." in page.text) == (200, True)


def test_what_was_written_goes_with_the_text(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    contest(people["bob"])
    send(lead.client, f"{OBJECTIONS}{objection(app).public_id}", text="No.")

    with app.app_context(), transaction() as session:
        blank_notes(session, article_id=session.scalars(select(Article.id)).one())

    kept = objection(app)
    assert (kept.text, kept.answer) == ("", "")
    with app.app_context():
        assert db.session.scalars(select(Adjudication.note)).all() == [None]


def test_a_withdrawn_article_shows_nothing(
    app: Flask, lead: Bench, people: dict[str, Desk]
) -> None:
    contest(people["bob"])
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=NOW))

    assert people["bob"].client.get(FINAL).status_code == 422
    assert "It belongs to it." not in lead.client.get(OBJECTIONS).text
    assert "open</strong>" not in lead.client.get(PROJECT).text


def test_pages_take_few_statements(lead: Bench, people: dict[str, Desk]) -> None:
    contest(people["bob"])
    for client, path in ((people["bob"].client, FINAL), (lead.client, OBJECTIONS)):
        with counted_statements() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= 22, statements
