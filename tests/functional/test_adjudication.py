"""Adjudication: who may, what is compared, what is recorded, and what a later change does."""

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.adjudicators import (
    LONG,
    PATH,
    SHORT,
    TEXT,
    Bench,
    change_first,
    make_shared_corpus,
    read,
    read_by_two,
    set_project,
    sit_down,
)
from tests.annotators import Desk, open_desk
from tests.factories import NOW, claim_on
from tests.people import csrf_token, join
from tests.statements import counted_statements
from workbench.adjudication.tables import Adjudication, ClaimSource
from workbench.corpus.tables import Article
from workbench.labelling.tables import GOLD, Annotation, AnnotationRevision, Claim
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction


@pytest.fixture
def corpus(app: Flask) -> Flask:
    """An article for two annotators."""
    make_shared_corpus(app)
    return app


@pytest.fixture
def readers(corpus: Flask) -> Mapping[str, Desk]:
    """Two who differ in the first sentence by a full stop."""
    return read_by_two(corpus)


@pytest.fixture
def bench(corpus: Flask, readers: Mapping[str, Desk]) -> Bench:
    bench = sit_down(corpus)
    bench.open()
    return bench


def rows(app: Flask, table: type) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(select(table.__table__))]


def decisions(app: Flask) -> list[tuple[str, str | None, str | None]]:
    with app.app_context():
        found = db.session.scalars(select(Adjudication).order_by(Adjudication.id))
        return [(one.outcome, one.reason, one.note) for one in found]


def test_the_page_carries_the_readings_and_where_they_differ(bench: Bench) -> None:
    page, first = bench.page, bench.sentence(1)

    assert (page["kind"], page["readers"], page["answers"]) == ("gold", ["A", "B"], [])
    assert set(bench.readings(1)) == {"A", "B"}
    assert page["agreed"] == [2, 3, 4]
    assert page["to_decide"] == [1]
    (cluster,) = page["compared"][first]["clusters"]
    (row,) = cluster["rows"]
    (slot,) = [one for one in row["slots"] if not one["agrees"]]
    assert (slot["slot"], [one["who"] for one in slot["values"]]) == ("content", [["A"], ["B"]])
    assert page["urls"]["answers"] == f"{PATH}article/answers"


def test_nobody_is_named(bench: Bench) -> None:
    text = bench.client.get(f"{PATH}article/").text

    assert not re.search(r"\b(ada|bob)\b", text, re.IGNORECASE)


def test_taking_an_answer_whole_is_recorded_with_what_it_was_made_from(
    bench: Bench, corpus: Flask
) -> None:
    body = bench.take(1, "A")
    body["adjudication"] |= {"reason": "boundary_rule", "note": " No full stop. "}

    reply = bench.post("answers", body)

    assert (reply.status_code, reply.json["outcome"]) == (200, "accept")
    assert decisions(corpus) == [("accept", "boundary_rule", "No full stop.")]
    with corpus.app_context():
        annotation = db.session.scalars(select(Annotation).where(Annotation.answerer == GOLD)).one()
        assert annotation.membership_id is None
        ids = dict(db.session.execute(select(Claim.id, Claim.public_id)).all())
        (source,) = db.session.scalars(select(ClaimSource))
        assert ids[source.gold_claim_id] == body["claims"][0]["id"]
        assert ids[source.claim_id] == bench.readings(1)["A"]["claims"][0]["id"]
    page = bench.open()
    assert [one["decision"] for one in page["answers"]] == ["claims"]
    assert page["decided"][bench.sentence(1)]["note"] == "No full stop."
    assert (page["changed"], page["is_done"]) == ([], True)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"decision": "no_claim"}, "reject_all"),
        ({"decision": "undecided"}, "edit"),
        ({"decision": "claims", "claims": [{**SHORT, "id": "c" * 16}]}, "accept"),
        ({"decision": "claims", "claims": [claim_on(TEXT, 0, 6)]}, "edit"),
        ({"decision": "claims"}, "reopen"),
    ],
)
def test_what_the_outcome_is_follows_from_the_answers(
    bench: Bench, changes: dict[str, object], outcome: str
) -> None:
    reply = bench.post("answers", bench.decision(1, **changes))

    assert (reply.status_code, reply.json["outcome"]) == (200, outcome)


def test_the_same_again_answers_as_the_first_time_and_records_nothing(
    bench: Bench, corpus: Flask
) -> None:
    body = bench.take(1, "A")

    replies = [bench.post("answers", body) for _ in range(2)]

    assert replies[0].json == replies[1].json
    assert len(decisions(corpus)) == 1
    other = {**body, "adjudication": {**body["adjudication"], "note": "otherwise"}}
    assert bench.post("answers", other).status_code == 409


def test_of_two_adjudicators_the_second_is_shown_what_the_first_decided(
    bench: Bench, corpus: Flask
) -> None:
    other = sit_down(corpus, "boss")
    other.open()
    first = bench.post("answers", bench.take(1, "A"))

    reply = other.post("answers", other.decision(1))

    assert (reply.status_code, reply.json["code"]) == (412, "stale_revision")
    assert reply.json["newest"]["id"] == first.json["id"]
    again = other.decision(1, base=first.json["id"])
    assert other.post("answers", again).json["number"] == 2
    assert [one[0] for one in decisions(corpus)] == ["accept", "reject_all"]


def test_adjudicators_at_the_same_moment_leave_one_decision(bench: Bench, corpus: Flask) -> None:
    people = [bench, sit_down(corpus, "boss"), sit_down(corpus, "chief")]
    for one in people:
        one.open()
    bodies = [one.take(1, "A", claims=[]) | {"decision": "undecided"} for one in people]
    for body in bodies:
        body["adjudication"]["sources"] = {}
    tokens = [csrf_token(one.client) for one in people]

    def send(number: int) -> int:
        return (
            people[number]
            .client.post(
                f"{PATH}article/answers",
                json=bodies[number],
                headers={"X-CSRFToken": tokens[number]},
            )
            .status_code
        )

    with ThreadPoolExecutor(3) as pool:
        statuses = sorted(pool.map(send, range(3)))

    assert statuses == [200, 412, 412]
    assert len(decisions(corpus)) == 1


def test_stale_answers_are_told_with_the_new_ones_and_nothing_is_kept(
    bench: Bench, corpus: Flask, readers: Mapping[str, Desk]
) -> None:
    body = bench.take(1, "A")
    newest = change_first(readers["bob"])

    reply = bench.post("answers", body)

    assert (reply.status_code, reply.json["code"]) == (412, "stale_answers")
    shown = {one["answer"]["id"] for one in reply.json["readings"]}
    assert newest in shown
    assert decisions(corpus) == []
    assert count(corpus, AnnotationRevision, Annotation.answerer == GOLD) == 0
    bench.open()
    assert bench.post("answers", bench.decision(1)).status_code == 200


def count(app: Flask, table: type, *which: object) -> int:
    with app.app_context():
        statement = select(func.count(table.id)).join(Annotation).where(*which)
        return db.session.scalar(statement) or 0


def test_a_changed_answer_flags_the_agreed_one_and_leaves_it(
    bench: Bench, readers: Mapping[str, Desk]
) -> None:
    bench.post("answers", bench.take(1, "A"))
    before = bench.open()["answers"]

    change_first(readers["bob"])

    page = bench.open()
    assert (page["changed"], page["answers"]) == ([1], before)
    assert "<strong>1</strong>" in bench.client.get(PATH).text
    again = bench.decision(1, base=page["answers"][0]["id"])
    assert bench.post("answers", again).status_code == 200
    assert bench.open()["changed"] == []


def test_putting_off_is_recorded_and_leaves_the_sentence_to_decide(
    bench: Bench, corpus: Flask
) -> None:
    compared = [one["id"] for one in bench.readings(1).values()]
    body = {"id": "d" * 16, "sentence": bench.sentence(1), "compared": compared, "note": "Ask."}

    replies = [bench.post("defer", body) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert decisions(corpus) == [("defer", None, "Ask.")]
    assert bench.open()["decided"][bench.sentence(1)]["outcome"] == "defer"
    assert bench.post("defer", {**body, "note": "Else."}).status_code == 409
    assert bench.post("defer", {**body, "id": "f" * 16, "reason": ["slip"]}).status_code == 422
    stale = {**body, "id": "e" * 16, "compared": []}
    assert bench.post("defer", stale).json["code"] == "stale_answers"


def test_taking_back_keeps_the_history_and_settles_nothing(bench: Bench, corpus: Flask) -> None:
    first = bench.post("answers", bench.take(1, "A"))

    bench.post("answers", bench.decision(1, base=first.json["id"], decision="claims"))

    assert [one[0] for one in decisions(corpus)] == ["accept", "reopen"]
    page = bench.open()
    assert page["is_done"] is False
    assert [one["number"] for one in page["answers"]] == [2]
    decided = page["decided"][bench.sentence(1)]
    assert decided["outcome"] == "reopen"
    assert [one["outcome"] for one in decided["earlier"]] == ["accept"]


def test_an_answer_in_which_something_is_asked_settles_nothing(bench: Bench) -> None:
    unsaid = {**SHORT, "id": "c" * 16, "attributes": {"check_worthiness": "yes"}}

    bench.post("answers", bench.decision(1, decision="claims", claims=[unsaid]))

    page = bench.open()
    assert (page["open"], page["is_done"]) == ([1], False)
    with bench.client.get("/projects/demo/download/gold.jsonl") as file:
        assert json.loads(file.text.splitlines()[0])["settled"] == "unsettled"


def test_what_agrees_is_taken_over_where_it_does_not_settle_itself(
    bench: Bench, corpus: Flask
) -> None:
    assert bench.post("agreed", {}).json["answers"] == []
    set_project(corpus, unanimous_settles=False)
    assert bench.open()["to_decide"] == [1, 2, 3, 4]

    reply = bench.post("agreed", {})

    assert [one["decision"] for one in reply.json["answers"]] == ["no_claim"] * 3
    assert decisions(corpus) == [("accept", None, None)] * 3
    assert bench.post("agreed", {}).json["answers"] == []


def test_what_is_agreed_but_still_asks_something_is_not_taken_over(corpus: Flask) -> None:
    for name in ("ada", "bob"):
        desk = read(corpus, name, SHORT)
        (base,) = [one for one in desk.open()["answers"] if one["sentence"].endswith(".1")]
        unsaid = {**SHORT, "id": f"{desk.user_id:06}unsaidclaim", "chain": []}
        desk.save(1, base=base["id"], decision="claims", claims=[unsaid])
    bench = sit_down(corpus)
    page = bench.open()
    assert (page["agreed"], page["open"]) == ([1, 2, 3, 4], [1])

    reply = bench.post("agreed", {})

    assert reply.json["answers"] == []
    assert decisions(corpus) == []


def test_agreed_claims_are_taken_with_all_that_they_were_made_from(corpus: Flask) -> None:
    set_project(corpus, unanimous_settles=False)
    for name in ("ada", "bob"):
        read(corpus, name, SHORT)
    bench = sit_down(corpus)

    reply = bench.post("agreed", {})

    assert len(reply.json["answers"]) == 4
    assert len(rows(corpus, ClaimSource)) == 2


@pytest.mark.parametrize(
    ("grounds", "word"),
    [
        ({"reason": "because"}, "reason"),
        ({"reason": []}, "reason"),
        ({"reason": {}}, "reason"),
        ({"note": 5}, "note"),
        ({"note": "x" * 2001}, "2000"),
        ({"note": "\ud800"}, "surrogate"),
        ({"compared": "all"}, "compared"),
        ({"compared": ["A B"]}, "id"),
        ({"compared": ["\ud800"]}, "id"),
        ({"sources": {"nothing-of-mine": []}}, "claim"),
        ({"sources": {"0000nothing0of0mine": []}}, "claim"),
        ({"sources": {"\ud800": []}}, "claim"),
        ({"sources": []}, "sources"),
        ({"outcome": "accept"}, "unknown"),
    ],
)
def test_grounds_that_are_not_right_are_refused(
    bench: Bench, corpus: Flask, grounds: dict[str, object], word: str
) -> None:
    body = bench.take(1, "A")
    body["adjudication"] |= grounds

    reply = bench.post("answers", body)

    assert reply.status_code == 422
    assert word in reply.json["detail"]
    assert decisions(corpus) == []


def test_a_source_is_one_of_the_claims_that_were_compared(bench: Bench) -> None:
    body = bench.take(1, "A")
    (claim,) = body["adjudication"]["sources"]
    body["adjudication"]["sources"] = {claim: ["unknown0" * 2]}

    assert bench.post("answers", body).status_code == 422


def test_a_claim_of_an_annotator_keeps_its_id_to_itself(bench: Bench) -> None:
    body = bench.take(1, "A")
    own = bench.readings(1)["A"]["claims"]
    body |= {"claims": own, "adjudication": {**body["adjudication"], "sources": {}}}

    assert bench.post("answers", body).status_code == 409


def test_an_article_waits_until_all_have_finished_it(corpus: Flask) -> None:
    read(corpus, "ada", SHORT)
    second = open_desk(corpus, "article", "bob")
    lead = sit_down(corpus)

    assert f"{PATH}article/" not in lead.client.get(PATH).text
    assert lead.client.get(f"{PATH}article/").status_code == 403

    for position in (1, 2, 3, 4):
        second.save(position)
    second.post("finish")
    assert f"{PATH}article/" in lead.client.get(PATH).text


def test_whoever_labels_the_article_sees_the_others_only_once_done(corpus: Flask) -> None:
    desk = open_desk(corpus, "article", "ada")
    with corpus.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(corpus, project, "ada@example.org", {Role.ADJUDICATOR})
    read(corpus, "bob", SHORT)
    read(corpus, "eve", LONG)

    assert desk.client.get(f"{PATH}article/").status_code == 403
    assert f"{PATH}article/" not in desk.client.get(PATH).text
    for position in (1, 2, 3, 4):
        desk.save(position)
    desk.post("finish")
    assert desk.client.get(f"{PATH}article/").status_code == 200


def test_a_decided_article_stays_open_when_somebody_goes_on_with_it(
    bench: Bench, readers: Mapping[str, Desk]
) -> None:
    bench.post("answers", bench.take(1, "A"))

    before = bench.client.get(PATH).text

    readers["ada"].post("reopen")

    assert bench.client.get(f"{PATH}article/").status_code == 200
    after = bench.client.get(PATH).text
    assert (">done<" in before, "being labelled again" in before) == (True, False)
    assert (">done<" in after, "being labelled again" in after) == (False, True)


def test_a_withdrawn_article_takes_no_decisions(bench: Bench, corpus: Flask) -> None:
    body = bench.take(1, "A")
    with corpus.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=NOW))

    assert bench.post("answers", body).status_code == 422
    assert f"{PATH}article/" not in bench.client.get(PATH).text


def test_the_agreed_answer_goes_into_the_gold_file(bench: Bench) -> None:
    bench.post("answers", bench.take(1, "A"))

    with bench.client.get("/projects/demo/download/gold.jsonl") as file:
        records = [json.loads(line) for line in file.text.splitlines()]

    assert [record["settled"] for record in records] == ["adjudicated", *["unanimous"] * 3]


def test_the_queue_counts_by_the_settings_of_now(corpus: Flask) -> None:
    set_project(corpus, overlap=3)
    for name, claim in (("ada", SHORT), ("bob", SHORT), ("eve", LONG)):
        read(corpus, name, claim)
    client = sit_down(corpus).client
    assert 'data-label="To decide">1<' in client.get(PATH).text

    set_project(corpus, majority_settles=True)

    assert 'data-label="To decide">0<' in client.get(PATH).text


def test_the_queue_says_that_there_is_nothing(corpus: Flask) -> None:
    page = sit_down(corpus).client.get(PATH)

    assert (page.status_code, "Nothing to adjudicate" in page.text) == (200, True)


def test_pages_and_saves_take_few_statements(bench: Bench) -> None:
    body = bench.take(1, "A")
    token = {"X-CSRFToken": csrf_token(bench.client)}
    counts = {}
    for name, ask in (
        ("queue", lambda: bench.client.get(PATH)),
        ("page", lambda: bench.client.get(f"{PATH}article/")),
        ("save", lambda: bench.client.post(f"{PATH}article/answers", json=body, headers=token)),
    ):
        with counted_statements() as statements:
            assert ask().status_code == 200
        counts[name] = len(statements)

    assert all(found <= most for found, most in zip(counts.values(), (20, 15, 31), strict=True)), (
        counts
    )
