"""Questions to the lead: asked once, seen by whom they concern, answered, settled, erased."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_article, make_project
from tests.people import browser_of, join, make_person, send
from tests.statements import counted_statements
from workbench.accounts.tables import AuditEvent, User
from workbench.canonical import JsonObject
from workbench.corpus.operations import erase_article
from workbench.corpus.queries import find_article
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.tables import Assignment, Question, QuestionMessage
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
ID = "q" * 20
LIST = "/projects/demo/questions/"
THREAD = f"{LIST}{ID}/"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return open_desk(app, make_corpus(app))


def question(desk: Desk, start: int = 0, end: int = 6, **changes: object) -> JsonObject:
    """Make what the browser sends: about the first word, where nothing else is said."""
    sentences = cast(list[dict[str, Any]], desk.page["sentences"])
    home = next(one["id"] for one in sentences if one["start"] <= start < one["end"])
    span = {"start": start, "end": end, "text": TEXT[start:end]}
    given = {"id": ID, "sentence": home, "span": span, "claim": None, "text": "Is it a claim?"}
    return cast(JsonObject, given | changes)


def say(desk: Desk, text: str, id_: str = "m" * 20) -> int:
    """Send a further message from the workspace."""
    head = {"X-CSRFToken": str(desk.page["csrf"])}
    body = {"id": id_, "text": text}
    return desk.client.post(f"{THREAD}messages", json=body, headers=head).status_code


def own(desk: Desk) -> list[dict[str, Any]]:
    """Return the person's questions as the workspace gets them."""
    return cast(list[dict[str, Any]], desk.client.get(f"{desk.base}questions").json["questions"])


def lead_of(app: Flask, name: str = "lead", role: Role = Role.ADJUDICATOR) -> FlaskClient:
    """Return the browser of a new lead of the project."""
    email = f"{name}@example.org"
    user = make_person(app, email, name=name.title())
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, email, {role})
    return browser_of(app, user)


def answer(client: FlaskClient, text: str = "Yes.", **fields: str) -> int:
    sent = {"id": "a" * 16, "text": text} | fields
    return send(client, THREAD, page=THREAD, **sent).status_code


def read_name(desk: Desk) -> str:
    with desk.app.app_context():
        return str(db.session.get_one(User, desk.user_id).name)


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_question_comes_to_the_lead_with_its_place(desk: Desk) -> None:
    assert desk.post("questions", question(desk, 28, 45)).json == {"id": ID}
    lead = lead_of(desk.app, role=Role.MANAGER)

    listed, thread = lead.get(LIST).text, lead.get(THREAD).text

    assert all(words in listed for words in ("Is it a claim?", "Un titre", "sentence 2", "anna"))
    assert f"<mark>{TEXT[28:45]}</mark>" in thread.replace("&#39;", "'")
    assert SENTENCES[0] in thread
    assert SENTENCES[2] in thread
    assert "/projects/demo/articles/article/?page=1#s2" in thread
    assert "<dd>1</dd>" in lead.get("/projects/demo/").text


@pytest.mark.parametrize("role", [Role.ADJUDICATOR, Role.MANAGER])
def test_the_answer_comes_back_until_it_is_read(desk: Desk, role: Role) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app, role=role)
    assert desk.open()["questions"] == {"here": 1, "answered": 0}

    assert answer(lead, "Yes.\r\nSee the guideline.") == 303

    assert desk.open()["questions"] == {"here": 1, "answered": 1}
    home = desk.client.get("/").text
    assert f'href="{LIST}">1 answer<' in home
    assert "1 answer<" in desk.client.get("/projects/demo/").text
    assert "new answer" in desk.client.get(LIST).text
    (thread,) = own(desk)
    last = thread["messages"][-1]
    assert (last["text"], last["by"], last["is_mine"]) == (
        "Yes.\nSee the guideline.",
        "Lead",
        False,
    )
    sent = send(desk.client, f"{THREAD}read", page=THREAD, message=last["id"])
    assert sent.status_code == 303
    assert desk.open()["questions"] == {"here": 1, "answered": 0}
    assert "answer<" not in desk.client.get("/projects/demo/").text


def test_what_comes_after_what_was_read_is_new_again(desk: Desk) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app)
    answer(lead)
    answer(lead, "And more.", id="b" * 16)
    head = {"X-CSRFToken": str(desk.page["csrf"])}

    first = desk.client.post(f"{THREAD}seen", json={"message": "a" * 16}, headers=head)
    last = desk.client.post(f"{THREAD}seen", json={"message": "b" * 16}, headers=head)
    again = desk.client.post(f"{THREAD}seen", json={"message": "a" * 16}, headers=head)

    assert [reply.json for reply in (first, last, again)] == [{"answered": n} for n in (1, 0, 0)]


def test_a_question_that_comes_again_is_asked_once(desk: Desk) -> None:
    replies = [desk.post("questions", question(desk)) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert [say(desk, "And?"), say(desk, "And?"), say(desk, "Other")] == [200, 200, 409]

    for changes in ({"text": "Another?"}, {"span": {"start": 0, "end": 2, "text": "Op"}}):
        assert desk.post("questions", question(desk, **changes)).status_code == 409
    assert (count(desk.app, Question), count(desk.app, QuestionMessage)) == (1, 2)


def test_a_question_that_comes_twice_at_once_is_asked_once(desk: Desk) -> None:
    clients = [browser_of(desk.app, desk.user_id) for _ in range(4)]
    heads = [{"X-CSRFToken": client.get("/csrf").json["token"]} for client in clients]
    path, body = f"{desk.base}questions", question(desk)

    def post(client: FlaskClient, head: dict[str, str]) -> int:
        return client.post(path, json=body, headers=head).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(post, clients, heads)) == [200] * 4
    assert count(desk.app, Question) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": "x" * 2001}, 422),
        ({"text": " \n "}, 422),
        ({"text": "a\0b"}, 422),
        ({"text": None}, 422),
        ({"id": "Q" * 20}, 422),
        ({"claim": "c" * 20}, 422),
        ({"span": {"start": 0, "end": 6, "text": "Openai"}}, 422),
        ({"span": {"start": 0, "end": 0, "text": ""}}, 422),
        ({"span": {"start": 28, "end": 30, "text": TEXT[28:30]}}, 422),
        ({"span": None}, 422),
        ({"sentence": "nobody.1.1"}, 404),
        ({"settled": True}, 422),
    ],
    ids=repr,
)
def test_a_question_that_is_not_right_is_refused(
    desk: Desk, changes: dict[str, object], status: int
) -> None:
    assert desk.post("questions", question(desk, **changes)).status_code == status
    assert count(desk.app, Question) == 0


def test_two_thousand_characters_are_not_too_many(desk: Desk) -> None:
    assert desk.post("questions", question(desk, text="é" * 2000)).status_code == 200


def test_a_question_can_name_a_claim_of_ones_own_only(desk: Desk) -> None:
    desk.save(1, decision="claims", claims=[claim_on(TEXT, 0, 27)])
    other = open_desk(desk.app, name="bob")
    other.save(1, decision="claims", claims=[claim_on(TEXT, 0, 27, id="b" * 20)])

    assert desk.post("questions", question(desk, claim="b" * 20)).status_code == 422
    mine = claim_on(TEXT, 0, 27)["id"]
    assert desk.post("questions", question(desk, claim=mine)).status_code == 200
    assert own(desk)[0]["claim"] == mine


def test_annotators_see_nothing_of_each_other(desk: Desk) -> None:
    desk.post("questions", question(desk))
    bob = open_desk(desk.app, name="bob")

    assert "You have not asked anything yet" in bob.client.get(LIST).text
    assert own(bob) == []
    assert bob.client.get(THREAD).status_code == 404
    assert say(bob, "Me too") == 404
    assert bob.post("questions", question(bob)).status_code == 409
    for action in ("settle", "reopen", "read"):
        fields = {"message": ID} if action == "read" else {}
        assert send(bob.client, f"{THREAD}{action}", **fields).status_code == 404


def test_a_lead_who_still_labels_the_article_sees_no_questions_of_others(desk: Desk) -> None:
    desk.post("questions", question(desk))
    bob = open_desk(desk.app, name="bob")
    with desk.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(desk.app, project, "bob@example.org", {Role.ANNOTATOR, Role.ADJUDICATOR})
    assert (bob.client.get(THREAD).status_code, "Is it a claim?" in bob.client.get(LIST).text) == (
        404,
        False,
    )
    assert "<dd>0</dd>" in bob.client.get("/projects/demo/").text

    with desk.app.app_context(), transaction() as session:
        session.execute(update(Assignment).values(state="finished"))

    assert (bob.client.get(THREAD).status_code, "Is it a claim?" in bob.client.get(LIST).text) == (
        200,
        True,
    )


@pytest.mark.parametrize(("role", "is_told"), [(Role.MANAGER, True), (Role.ADJUDICATOR, False)])
def test_who_adjudicates_is_not_told_who_asked(desk: Desk, role: Role, is_told: bool) -> None:
    desk.post("questions", question(desk))
    asker = read_name(desk)
    lead = lead_of(desk.app, role=role)

    pages = [lead.get(LIST).text, lead.get(THREAD).text]

    assert [asker in page for page in pages] == [is_told, is_told]
    assert ["an annotator" in page for page in pages] == [not is_told, not is_told]


def test_a_question_of_another_project_is_not_found(desk: Desk) -> None:
    desk.post("questions", question(desk))
    with desk.app.app_context(), transaction() as session:
        make_project(session, "other")
    lead = lead_of(desk.app)
    with desk.app.app_context():
        other = project_by_slug(db.session(), slug="other").id
    join(desk.app, other, "lead@example.org", {Role.MANAGER})

    assert lead.get(THREAD.replace("demo", "other")).status_code == 404
    assert send(lead, f"{THREAD.replace('demo', 'other')}settle").status_code == 404


def test_settled_questions_open_again_by_word_or_by_button(desk: Desk) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app)

    def settled() -> bool:
        return bool(own(desk)[0]["is_settled"])

    answer(lead, settle="y")
    assert settled()
    assert say(desk, "But why?") == 200
    assert not settled()
    send(lead, f"{THREAD}settle")
    assert settled()
    send(desk.client, f"{THREAD}reopen")
    assert not settled()
    with desk.app.app_context():
        actions = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject == f"question {ID}")
            .order_by(AuditEvent.id)
        ).all()
    assert actions == ["settle_question", "settle_question", "reopen_question"]


def test_two_people_who_settle_at_once_settle_it_once(desk: Desk) -> None:
    desk.post("questions", question(desk))
    leads = [lead_of(desk.app, name) for name in ("lou", "max", "kim")]

    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda lead: send(lead, f"{THREAD}settle").status_code, leads))

    assert replies == [303] * 3
    with desk.app.app_context():
        kinds = db.session.scalars(select(QuestionMessage.kind)).all()
    assert kinds == ["text", "settled"]


def test_the_list_is_filtered_and_open_questions_come_first(desk: Desk) -> None:
    for number, text in enumerate(["First?", "Second?"]):
        desk.post("questions", question(desk, id=f"{number}" * 20, text=text))
    lead = lead_of(desk.app)
    send(lead, f"{LIST}{'1' * 20}/settle")

    everything = lead.get(LIST).text

    assert 0 < everything.index("First?") < everything.index("Second?")
    shown = {
        state: [text for text in ("First?", "Second?") if text in lead.get(path).text]
        for state, path in (
            ("open", f"{LIST}?state=open"),
            ("settled", f"{LIST}?state=settled"),
        )
    }
    assert shown == {"open": ["First?"], "settled": ["Second?"]}
    with counted_statements() as statements:
        lead.get(LIST)
    assert len(statements) <= 5, statements


def test_erasing_the_article_blanks_what_was_asked_and_answered(desk: Desk) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app)
    answer(lead, "OpenAI says so.")

    with desk.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        article = find_article(session, project_id=project, name="article").id
        which = {"project_id": project, "article_id": article}
        erase_article(session, **which, reason="right", by=None, now=NOW)
        blank_quotes(session, article_id=article)

    with desk.app.app_context():
        spans = db.session.scalars(select(Question.span)).all()
        texts = db.session.scalars(select(QuestionMessage.text)).all()
    assert (spans, texts) == ([{"start": 0, "end": 6, "text": ""}], ["", ""])
    assert "The text is erased" in lead.get(THREAD).text
    assert desk.post("questions", question(desk, id="z" * 20)).status_code == 422
    assert say(desk, "And now?") == 422


def test_an_answer_of_too_many_characters_is_shown_again_for_shortening(desk: Desk) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app)

    page = send(lead, THREAD, page=THREAD, id="a" * 16, text="x" * 2001)

    assert page.status_code == 422
    assert "Write 1 to 2000 characters." in page.text
    assert "x" * 2001 in page.text


def test_a_second_article_has_its_own_questions(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 2
        make_article(session, project.id, name="second")
    desk.post("questions", question(desk))

    second = open_desk(desk.app, "second", name="cleo")
    assert second.page["questions"] == {"here": 0, "answered": 0}
    sentence = question(second)["sentence"]
    assert desk.post("questions", question(desk, id="w" * 20, sentence=sentence)).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_speak_the_readers_language(desk: Desk, language: str) -> None:
    desk.post("questions", question(desk))
    lead = lead_of(desk.app)
    send(lead, "/language", language=language, next="/")

    words = {"en": "Asked by", "fr": "Posée par"}[language]

    assert words in lead.get(LIST).text
