"""The workspace's page and its routes: begin, propose, finish, open again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_annotator, make_article
from tests.people import browser_of
from tests.statements import counted_statements
from workbench.accounts.tables import AuditEvent
from workbench.corpus.tables import Article
from workbench.labelling.progress import count_home_articles, home_list
from workbench.labelling.slots import fit_slots
from workbench.labelling.tables import Assignment, RegisterRevision, Speaker, Target
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
SPEAKER = {"register": "speaker", "id": "a" * 20, "name": " Ada  Lovelace ", "kind": "person"}
TARGET = {"register": "target", "id": "b" * 20, "label": "poésie", "kind": "idea"}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return open_desk(app, make_corpus(app))


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_page_carries_all_that_the_script_needs(desk: Desk) -> None:
    page = desk.page

    assert page["edition"]["text"] == TEXT
    assert [TEXT[s["start"] : s["end"]] for s in page["sentences"]] == list(SENTENCES)
    assert page["sentences"][3]["id"] == f"{page['article']['id']}.1.4"
    assert page["sentences"][0]["zone"] == "body"
    assert page["scheme"]["format"] == "label-scheme.v1"
    assert (page["scheme_revision"], page["guideline_revision"]) == (1, 1)
    assert page["register_number"] == 1
    assert page["speakers"][0]["id"] == "meta"
    assert page["targets"][0]["labels"].keys() == {"fr", "en"}
    assert page["article"]["heading"] == "Un titre"
    assert page["article"]["number"] == page["article"]["count"] == 1
    assert page["assignment"]["state"] == "working"
    assert page["person"]["first_visit"] is True
    assert page["urls"]["answers"] == "/projects/demo/annotate/article/answers"


def test_the_page_has_none_of_the_answers_of_others(desk: Desk) -> None:
    open_desk(desk.app, name="bob").save(1)

    assert desk.open()["answers"] == []


def test_an_article_is_offered_to_no_more_people_than_are_to_read_it(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        bob, _ = make_annotator(session, project_by_slug(session, slug="demo"), "bob")
    client = browser_of(desk.app, bob)
    for page in ("/", desk.base):
        assert f"{desk.base}start" not in client.get(page).text

    with desk.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 2
        fit_slots(session, project_id=project.id)

    for page in ("/", desk.base):
        assert f"{desk.base}start" in client.get(page).text


def test_an_article_is_begun_by_a_button_and_only_once(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    token = desk.client.get("/csrf").json["token"]

    again = desk.client.post(f"{desk.base}start", data={"csrf_token": token})

    assert (again.status_code, again.location) == (303, desk.base)
    assert count(app, Assignment) == 1


def test_looking_at_an_article_begins_nothing(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        session.execute(
            update(Assignment).values(membership_id=None, state="open", started_at=None)
        )

    page = desk.client.get(desk.base)

    assert (page.status_code, f'action="{desk.base}start"' in page.text) == (200, True)
    assert count(desk.app, Assignment) == 1


def test_people_who_begin_at_the_same_moment_get_the_slots_there_are(app: Flask) -> None:
    slug = make_corpus(app)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 2
        people = [
            make_annotator(session, project, name)[0] for name in ("bob", "eve", "joe", "zoe")
        ]
    clients = [browser_of(app, user_id) for user_id in people]
    tokens = [client.get("/csrf").json["token"] for client in clients]

    def begin(client: FlaskClient, token: str) -> int:
        path = f"/projects/demo/annotate/{slug}/start"
        return client.post(path, data={"csrf_token": token}).status_code

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(begin, clients, tokens))

    assert sorted(replies) == [303, 303, 409, 409]
    assert count(app, Assignment) == 2


def test_finishing_names_each_sentence_that_is_unread_or_incomplete(desk: Desk) -> None:
    claim = claim_on(TEXT, 0, 40, attributes={"claim_type": "fact"})
    desk.save(1, decision="claims", claims=[claim])

    reply = desk.post("finish")

    first, _, third, fourth = (sentence["id"] for sentence in desk.page["sentences"])
    assert (reply.status_code, reply.json["code"]) == (422, "unfinished_article")
    assert reply.json["unread"] == [third, fourth]  # the second continues the claim
    assert reply.json["incomplete"] == [first]


def test_a_claim_may_be_saved_before_it_is_said_who_says_it(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app, "Bravo !"))
    answer = desk.answer(1, decision="claims", claims=[claim_on("Bravo !", 0, 5, chain=[])])
    assert desk.post("answers", answer).status_code == 200

    reply = desk.post("finish")

    assert reply.json["incomplete"] == [desk.page["sentences"][0]["id"]]
    assert desk.open()["answers"][0]["claims"][0]["chain"] == []


def test_what_is_not_asked_of_an_opinion_is_not_missing(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app, "Bravo !"))
    claim = claim_on("Bravo !", 0, 5, attributes={"claim_type": "opinion"})
    desk.save(1, decision="claims", claims=[claim])

    assert desk.post("finish").json == {"state": "finished", "next": None}
    assert desk.open()["answers"][0]["claims"][0]["attributes"]["check_worthiness"] == "no"


def test_captions_need_no_decision_to_finish(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app, "Photo AFP", "Il pleut.", zones=["caption", "body"]))
    desk.save(2)

    assert desk.post("finish").status_code == 200


def test_a_finished_article_can_be_opened_again(desk: Desk) -> None:
    for position in range(1, 5):
        desk.save(position, decision="undecided")
    assert (
        desk.post("finish").json == desk.post("finish").json == {"state": "finished", "next": None}
    )
    assert desk.open()["assignment"]["state"] == "finished"

    assert desk.post("reopen").json == {"state": "working"}

    with desk.app.app_context():
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-3:] == ["start_assignment", "finish_assignment", "reopen_assignment"]


def test_a_proposed_speaker_and_target_can_be_used_at_once(desk: Desk) -> None:
    replies = [desk.post("registers", SPEAKER), desk.post("registers", TARGET)]

    assert [reply.json["register_number"] for reply in replies] == [2, 3]
    assert replies[0].json["entry"]["name"] == "Ada Lovelace"
    stance = {"claim": None, "holder": "a" * 20, "target": "b" * 20, "value": "favor"}
    assert desk.save(3, stances=[stance], registers=3).status_code == 200
    page = desk.open()
    (speaker,) = [entry for entry in page["speakers"] if entry["id"] == "a" * 20]
    (target,) = [entry for entry in page["targets"] if entry["id"] == "b" * 20]
    assert (speaker["proposed"], speaker["name"]) == (True, "Ada Lovelace")
    assert (target["proposed"], target["labels"]) == (True, {"en": "poésie"})
    assert page["register_number"] == 3


def test_a_proposal_that_comes_again_changes_nothing(desk: Desk) -> None:
    first = desk.post("registers", SPEAKER)
    desk.post("registers", TARGET)
    with desk.app.app_context(), transaction() as session:
        session.execute(update(Speaker).values(name="renamed by a manager"))

    again = desk.post("registers", SPEAKER)

    assert (again.status_code, again.json) == (200, first.json)
    assert desk.post("registers", {**SPEAKER, "name": "Other"}).status_code == 409
    assert count(desk.app, RegisterRevision) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "meta"},
        {"id": "A" * 20},
        {"name": "  "},
        {"name": "x" * 201},
        {"name": "a\0b"},
        {"name": "a\x1b[31mb"},
        {"name": "a\u202eb"},
        {"name": "\u200b\u200d"},
        {"name": None},
        {"kind": "idea"},
        {"register": "cue"},
        {"register": ["speaker"]},
        {"label": "too much"},
    ],
    ids=repr,
)
def test_a_proposal_that_is_not_right_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    speakers, targets = count(desk.app, Speaker), count(desk.app, Target)

    assert desk.post("registers", {**SPEAKER, **changes}).status_code == 422
    assert (count(desk.app, Speaker), count(desk.app, Target)) == (speakers, targets)


def test_the_page_is_loaded_with_few_statements(desk: Desk) -> None:
    desk.save(1, decision="claims", claims=[claim_on(TEXT, 0, 27)])

    with counted_statements() as statements:
        desk.open()

    assert len(statements) <= 12, statements


def test_the_start_page_lists_my_articles_with_what_is_decided(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        project = session.scalars(select(Article.project_id)).one()
        make_article(session, project, "Un.", "AFP", name="second", zones=["body", "caption"])
        gone = make_article(session, project, "Zut.", name="gone")
        gone.withdrawn_at = NOW
    desk.save(1, decision="claims", claims=[claim_on(TEXT, 0, 40)])
    desk.save(3)

    with desk.app.app_context(), counted_statements() as statements:
        articles = home_list(db.session(), user_id=desk.user_id)
        assert count_home_articles(db.session(), user_id=desk.user_id) == 2

    found = [(one.slug, one.state, one.decided, one.total) for one in articles]
    assert found == [("article", "working", 3, 4), ("second", None, 0, 1)]
    assert len(statements) <= 6, statements


@pytest.mark.parametrize("action", ["finish", "reopen"])
def test_what_an_address_says_already_is_not_said_again(desk: Desk, action: str) -> None:
    answers = [desk.post(action, body) for body in ({"force": True}, [], "finish")]

    assert [answer.status_code for answer in answers] == [422] * 3


@pytest.mark.parametrize("name", ["answers", "registers", "finish", "reopen"])
def test_a_body_that_does_not_say_it_is_json_is_refused(desk: Desk, name: str) -> None:
    head = {"X-CSRFToken": str(desk.page["csrf"])}

    answer = desk.client.post(
        desk.page["urls"][name], data="{}", content_type="text/plain", headers=head
    )

    assert (answer.status_code, answer.json["code"]) == (415, "not_json")
