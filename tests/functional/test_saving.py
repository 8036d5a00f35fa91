"""Saving an answer: nothing lost, nothing doubled, nothing taken that is not right."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES, claim_on
from tests.people import browser_of
from tests.statements import counted_statements
from workbench.canonical import Json, JsonObject
from workbench.corpus.tables import Article, ZoneMark
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    Claim,
    ClaimRevision,
    Stance,
)
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)


@pytest.fixture
def desk(app: Flask) -> Desk:
    return open_desk(app, make_corpus(app))


def full_answer(desk: Desk, position: int = 1, **changes: object) -> JsonObject:
    """Make an answer with a claim of two links, its speaker's cue, and a stance."""
    chain = [
        {"speaker": "author"},
        {
            "speaker": "meta",
            "mention": {"start": 58, "end": 62, "text": "Meta"},
            "cue": {"start": 50, "end": 57, "text": "affirme"},
            "attributes": {"quote_type": "direct"},
        },
    ]
    claim = claim_on(TEXT, 0, 27, chain=chain)
    stance = {"claim": claim["id"], "holder": "meta", "target": "openai", "value": "against"}
    answer = desk.answer(position, decision="claims", claims=[claim], stances=[stance])
    return {**answer, **changes}  # type: ignore[dict-item]  # tests send what they like


def count(app: Flask, *tables: type) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def problem(desk: Desk, answer: Json) -> tuple[int, str]:
    reply = desk.post("answers", answer)
    assert reply.content_type == "application/problem+json"
    return reply.status_code, reply.json["detail"]


def test_what_was_saved_is_on_the_page_after_a_reload(desk: Desk) -> None:
    answer = full_answer(desk)

    reply = desk.post("answers", answer)

    assert reply.status_code == 200, reply.text
    (loaded,) = desk.open()["answers"]
    assert (reply.status_code, reply.json["number"]) == (200, 1)
    assert reply.json == {name: loaded[name] for name in ("id", "number", "made_at")}
    sent = {name: answer[name] for name in ("id", "base", "sentence", "decision")}
    assert sent.items() <= loaded.items()
    assert loaded["claims"][0]["parts"] == answer["claims"][0]["parts"]
    assert loaded["claims"][0]["chain"][1]["cue"]["text"] == "affirme"
    assert loaded["claims"][0]["chain"][1]["attributes"]["act"] == "asserts"
    assert loaded["stances"][0]["attributes"] == {"stance_strength": "clear"}


def test_a_repeat_answers_as_the_first_time_did(desk: Desk) -> None:
    answer = full_answer(desk)
    first = desk.post("answers", answer)
    desk.save(1, base=answer["id"])
    before = count(desk.app, AnnotationRevision, ClaimRevision, AttributionLink, Stance)

    again = desk.post("answers", {**answer, "elapsed_ms": 5000})

    assert (again.status_code, again.json) == (200, first.json)
    assert count(desk.app, AnnotationRevision, ClaimRevision, AttributionLink, Stance) == before


def test_a_repeat_is_answered_even_when_the_article_is_closed_meanwhile(desk: Desk) -> None:
    answer = full_answer(desk)
    first = desk.post("answers", answer)
    withdraw(desk.app)

    assert desk.post("answers", answer).json == first.json


def test_the_same_id_with_other_content_is_a_conflict(desk: Desk) -> None:
    answer = desk.answer(1)
    desk.post("answers", answer)

    assert problem(desk, {**answer, "decision": "undecided"})[0] == 409
    assert count(desk.app, AnnotationRevision) == [1]


def test_somebody_elses_id_is_a_conflict(desk: Desk) -> None:
    answer = full_answer(desk)
    desk.post("answers", answer)
    other = open_desk(desk.app, name="bob")

    assert problem(other, answer)[0] == 409
    assert problem(other, {**answer, "id": "0" * 20})[0] == 409  # the claim's id is anna's
    assert count(desk.app, AnnotationRevision, Claim) == [1, 1]


def test_a_base_that_is_not_the_newest_is_told_the_newest(desk: Desk) -> None:
    first = full_answer(desk)
    desk.post("answers", first)
    desk.save(1, base=first["id"], decision="undecided")

    reply = desk.save(1, base=first["id"])

    assert (reply.status_code, reply.json["code"]) == (412, "stale_revision")
    assert (reply.json["newest"]["decision"], reply.json["newest"]["number"]) == ("undecided", 2)
    assert desk.save(1, base=reply.json["newest"]["id"]).status_code == 200


def test_a_base_without_any_answer_is_stale(desk: Desk) -> None:
    reply = desk.save(1, base="0" * 20)

    assert (reply.status_code, reply.json["newest"]) == (412, None)


def test_a_claim_keeps_its_identity_from_revision_to_revision(desk: Desk) -> None:
    first = full_answer(desk)
    desk.post("answers", first)
    without = desk.answer(1, base=first["id"])
    desk.post("answers", without)

    reply = desk.post("answers", full_answer(desk, base=without["id"]))

    assert reply.json["number"] == 3
    assert count(desk.app, Annotation, Claim, ClaimRevision) == [1, 1, 2]


def test_an_answer_can_be_emptied_again_and_then_counts_as_none(desk: Desk) -> None:
    first = full_answer(desk)
    desk.post("answers", first)

    reply = desk.save(1, base=first["id"], decision="claims")

    assert reply.status_code == 200
    assert sentence_ids(desk, 1) <= set(desk.post("finish").json["unread"])


def sentence_ids(desk: Desk, *positions: int) -> set[str]:
    return {desk.page["sentences"][position - 1]["id"] for position in positions}


def changed(answer: JsonObject, path: str, value: object) -> JsonObject:
    """Copy an answer with the value at a path such as ``claims.0.id`` replaced."""
    copy = json.loads(json.dumps(answer))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = copy
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copy


SPAN = {"start": 7, "end": 8, "text": "a"}
BAD = [
    ("id", "short"),
    ("id", "UPPERCASE0000000000"),
    ("id", ...),
    ("id", 7),
    ("base", "author"),
    ("sentence", "nowhere"),
    ("decision", "unread"),
    ("decision", None),
    ("decision", "no_claim"),  # but there is a claim
    ("attributes", {"mood": "good"}),
    ("attributes", {"confidence": "very"}),
    ("attributes", []),
    ("extra", 1),
    ("number", 1),
    ("claims", {}),
    ("claims.0.id", None),
    ("claims.0.suggestion", "0" * 20),  # none of this text
    ("claims.0.parts", []),
    ("claims.0.parts", [SPAN] * 21),
    ("claims.0.parts", [SPAN, SPAN]),
    ("claims.0.parts.0.text", "OpenAI"),
    ("claims.0.parts.0.text", "\ud800"),
    ("claims.0.parts.0.start", -1),
    ("claims.0.parts.0.start", 0.0),
    ("claims.0.parts.0.start", True),
    ("claims.0.parts.0.end", 10**9),
    ("claims.0.parts.0.end", 10**30),
    ("claims.0.parts.0", {"start": 3, "end": 3, "text": ""}),
    ("claims.0.parts.0", {"start": 28, "end": 29, "text": "«"}),  # the next sentence
    ("claims.0.parts.0.more", 1),
    ("claims.0.attributes.claim_type", "Fact"),
    ("claims.0.attributes.normalised_claim", "x" * 501),
    ("claims.0.attributes.normalised_claim", "a\0b"),
    ("claims.0.attributes.normalised_claim", "\ud800"),
    ("claims.0.attributes.time_scope", "yesterday"),
    ("claims.0.chain", [{"speaker": "meta"}]),
    ("claims.0.chain", [{"speaker": "author"}, {"speaker": "author"}]),
    ("claims.0.chain", [{"speaker": "author", "cue": SPAN}]),
    ("claims.0.chain.1.speaker", "nobody"),
    ("claims.0.chain.1.speaker", "../etc"),
    ("claims.0.chain.1.cue.text", "nie"),
    ("claims.0.chain.1.attributes.act", "sings"),
    ("stances.0.claim", "0" * 20),
    ("stances.0.holder", "nobody"),
    ("stances.0.target", "author"),
    ("stances.0.value", "none"),
    ("stances.0.target_span", {"start": 0, "end": 6, "text": "Openai"}),
    ("scheme", 2),
    ("scheme", None),
    ("guideline", 2),
    ("registers", 2),
    ("elapsed_ms", -1),
    ("elapsed_ms", 2**31),
]


@pytest.mark.parametrize(("path", "value"), BAD)
def test_what_is_not_right_is_refused_with_its_place(desk: Desk, path: str, value: object) -> None:
    status, detail = problem(desk, changed(full_answer(desk), path, value))

    assert (status, count(desk.app, Annotation, AnnotationRevision, Claim)) == (422, [0, 0, 0])
    assert detail.endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"id": 1, "id": 2}',
        b'{"elapsed_ms": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 10_000,
        b"1" * 10_000,
    ],
    ids=repr,
)
def test_a_body_that_is_no_answer_is_refused(desk: Desk, body: bytes) -> None:
    headers = {"X-CSRFToken": str(desk.page["csrf"]), "Content-Type": "application/json"}

    reply = desk.client.post(desk.page["urls"]["answers"], data=body, headers=headers)

    assert (reply.status_code, reply.content_type) == (422, "application/problem+json")


def test_a_body_that_is_too_large_is_refused_unread(desk: Desk) -> None:
    assert problem(desk, {"id": "x" * 300_000})[0] == 413


def test_a_visitor_is_told_to_sign_in_and_sent_nowhere(desk: Desk) -> None:
    visitor = desk.app.test_client()
    token = visitor.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]

    reply = visitor.post(
        desk.page["urls"]["answers"], json=desk.answer(1), headers={"X-CSRFToken": token}
    )

    assert (reply.status_code, reply.content_type) == (401, "application/problem+json")


def test_a_sentence_that_a_claim_runs_into_cannot_be_without_a_claim(desk: Desk) -> None:
    claim = claim_on(TEXT, 0, 27, (28, 45))
    desk.save(1, decision="claims", claims=[claim])

    status, detail = problem(desk, desk.answer(2))

    assert (status, "continues a claim" in detail) == (422, True)
    assert desk.save(2, decision="undecided").status_code == 200
    assert desk.save(3).status_code == 200


def test_a_claim_shortened_again_frees_the_sentence_behind_it(desk: Desk) -> None:
    first = desk.answer(1, decision="claims", claims=[claim_on(TEXT, 0, 40)])
    desk.post("answers", first)
    desk.save(1, base=first["id"], decision="claims", claims=[claim_on(TEXT, 0, 27)])

    assert desk.save(2).status_code == 200


def test_a_claim_of_somebody_else_does_not_count(desk: Desk) -> None:
    desk.save(1, decision="claims", claims=[claim_on(TEXT, 0, 40)])

    assert open_desk(desk.app, name="bob").save(2).status_code == 200


def withdraw(app: Flask, **values: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=func.now(), **values))


def test_a_withdrawn_or_erased_article_takes_no_answers(desk: Desk) -> None:
    withdraw(desk.app)
    assert problem(desk, desk.answer(1))[0] == 422
    withdraw(desk.app, erased_at=func.now())
    assert "erased" in problem(desk, desk.answer(1))[1]
    assert desk.client.get(desk.base).status_code == 422


def test_a_caption_takes_no_decision(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        mark = session.scalars(select(ZoneMark).order_by(ZoneMark.id)).first()
        session.add(
            ZoneMark(
                project_id=mark.project_id,
                sentence_id=mark.sentence_id,
                zone="caption",
                marked_by=None,
                marked_at=mark.marked_at,
            )
        )

    assert problem(desk, desk.answer(1))[0] == 422
    assert desk.save(2).status_code == 200


def test_a_finished_article_and_a_lapsed_lease_are_no_hindrance(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        session.execute(update(Assignment).values(state="finished", lease_until=func.now()))

    assert desk.save(1).status_code == 200


def test_an_article_that_was_not_begun_takes_no_answer(desk: Desk) -> None:
    answer = desk.answer(1)
    with desk.app.app_context(), transaction() as session:
        session.execute(update(Assignment).values(membership_id=None))

    assert problem(desk, answer)[0] == 404


def test_repeats_at_the_same_moment_are_one_answer(desk: Desk) -> None:
    answer = full_answer(desk)
    clients = [same_browser(desk) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda other: other.post("answers", answer), clients))

    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.data for reply in replies}) == 1
    assert count(desk.app, AnnotationRevision, ClaimRevision) == [1, 1]


def test_of_two_tabs_only_one_wins(desk: Desk) -> None:
    answers = [full_answer(desk, claims=[], stances=[]) for _ in range(8)]
    clients = [same_browser(desk) for _ in answers]

    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(
                lambda pair: pair[0].post("answers", pair[1]), zip(clients, answers, strict=True)
            )
        )

    assert sorted(reply.status_code for reply in replies) == [200] + [412] * 7
    assert count(desk.app, Annotation, AnnotationRevision) == [1, 1]


def same_browser(desk: Desk) -> Desk:
    """Return another tab of the same person, fit to be used by another thread."""
    other = browser_of(desk.app, desk.user_id)
    tab = Desk(desk.app, other, desk.base, desk.user_id, desk.membership_id)
    tab.open()
    return tab


def test_a_full_frame_is_saved_with_few_statements(desk: Desk) -> None:
    desk.save(2)
    answer = full_answer(desk)

    with counted_statements() as statements:
        assert desk.post("answers", answer).status_code == 200

    assert len(statements) <= 12, statements
