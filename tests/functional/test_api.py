"""What programs read and write: the same operations and rules as the pages have."""

import threading
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.evidence import GIVEN
from tests.factcheckers import claim_of, make_shared_corpus, read_by_two, sit_at_desk
from tests.factories import make_article
from tests.people import join, make_person
from tests.programs import Program, program_of
from tests.releases import put_release
from tests.statements import counted_statements
from workbench.accounts.api_tokens import Scope
from workbench.accounts.operations import disable_user
from workbench.accounts.tables import ApiToken
from workbench.api.access import BUCKETS
from workbench.app import JOBS
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.jobs.runner import run_waiting_jobs
from workbench.limits import Buckets
from workbench.projects.operations import end_membership
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import db, transaction

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
P = "/projects/demo"


def somebody(app: Flask, *roles: Role, email: str = "ada@example.org") -> Program:
    """Let a program ask for a new person of the project ``demo``."""
    user = make_person(app, email, name=email.partition("@")[0].title())
    join(app, 1, email, roles)
    return program_of(app, user)


def program_at(desk: Desk) -> Program:
    return program_of(desk.app, desk.user_id)


def test_an_answer_is_saved_as_the_workspace_does_it(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    program = program_at(desk)
    first = desk.answer(1)

    saved = program.post(f"{P}/own/article/answers", first)
    again = program.post(f"{P}/own/article/answers", first)
    other = program.post(f"{P}/own/article/answers", {**first, "decision": "undecided"})
    stale = program.post(f"{P}/own/article/answers", desk.answer(1))
    unknown = program.post(f"{P}/own/article/answers", {**desk.answer(2), "note": "x"})

    assert (saved.status_code, saved.json["number"]) == (200, 1)
    assert (again.status_code, again.json) == (200, saved.json)
    assert other.status_code == 409
    assert (stale.status_code, stale.json["newest"]["id"]) == (412, first["id"])
    assert (unknown.status_code, "note" in unknown.json["detail"]) == (422, True)
    own = program.get(f"{P}/own/article").json
    assert [one["id"] for one in own["answers"]] == [first["id"]]
    missing = program.post(f"{P}/own/article/finish")
    assert missing.status_code in {409, 422}
    assert desk.open()["answers"] == own["answers"]


def test_changes_go_on_from_a_revision_and_hide_what_one_still_labels(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    for position in (1, 2, 3):
        desk.save(position)
    reader = somebody(app, Role.DATA_USER)

    first = reader.get(f"{P}/annotations/changes?limit=2").json
    rest = reader.get(f"{P}/annotations/changes?since={first['since']}").json
    none = reader.get(f"{P}/annotations/changes?since={rest['since']}").json

    assert [one["sentence"][-2:] for one in first["items"] + rest["items"]] == [".1", ".2", ".3"]
    assert first["items"][0]["annotator"].startswith("annotator-")
    assert [first["is_all"], rest["is_all"], none["items"]] == [False, True, []]
    assert none["since"] == rest["since"]
    busy = open_desk(app, name="ben")
    join(app, 1, "ben@example.org", {Role.DATA_USER})
    busy.save(1)
    seen = program_at(busy).get(f"{P}/annotations/changes").json["items"]
    assert [one["decision"] for one in seen] == ["no_claim"]
    records = program_at(busy).get(f"{P}/articles/article/annotations?kind=all").json
    assert len({one["annotator"] for one in records}) == 1
    assert (
        len({r["annotator"] for r in reader.get(f"{P}/articles/article/annotations?kind=all").json})
        == 2
    )


def test_an_article_of_ones_own_is_found_by_its_id_too(app: Flask) -> None:
    program = program_at(open_desk(app, make_corpus(app)))
    first = program.get(f"{P}/own/article").json["sentences"][0]["id"]
    article = first.partition(".")[0]

    for action in ("start", "lease"):
        assert program.post(f"{P}/own/{article}/{action}").json["article"] == "article"
    assert program.get(f"{P}/own/{article}").json == program.get(f"{P}/own/article").json
    assert program.get(f"{P}/own/none").status_code == 404


def test_changes_do_not_tell_how_much_others_do_in_an_article_that_one_still_labels(
    app: Flask,
) -> None:
    make_corpus(app)
    with app.app_context(), transaction() as session:
        make_article(session, 1, name="second")
    other, busy = open_desk(app), open_desk(app, name="ben")
    elsewhere = open_desk(app, "second", name="cleo")
    join(app, 1, "ben@example.org", {Role.DATA_USER})
    program = program_at(busy)
    busy.save(1)
    before = program.get(f"{P}/annotations/changes")

    other.save(1)
    unmoved = program.ask(
        "GET", f"{P}/annotations/changes", **{"If-None-Match": before.headers["ETag"]}
    )
    other.save(2)
    elsewhere.save(1)
    other.save(3)
    first = program.get(f"{P}/annotations/changes?limit=1").json
    second = program.get(f"{P}/annotations/changes?limit=1&since={first['since']}").json
    none = program.get(f"{P}/annotations/changes?since={second['since']}").json

    assert unmoved.status_code == 304
    articles = {one["article"] for one in before.json["items"]}
    assert [first["hidden"], none["hidden"]] == [[*articles], [*articles]]
    assert {one["article"] for one in first["items"]} == articles
    assert articles.isdisjoint(one["article"] for one in second["items"])
    assert (none["items"], none["since"], none["is_all"]) == ([], second["since"], True)


@ON_SQLITE
def test_articles_are_imported_and_listed_in_pages_that_stay(app: Flask) -> None:
    make_corpus(app)
    program = somebody(app, Role.MANAGER)
    articles = [
        {"text": f"Texte {number}. Encore une phrase.", "id": f"t{number}"} for number in (1, 2)
    ]

    asked = [
        program.post(f"{P}/articles", {"articles": given})
        for given in (articles, [{"text": "Un texte.", "colour": "red"}])
    ]
    with app.app_context():
        run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())
    jobs = [program.get(one.json["url"].removeprefix("/api/v1")).json for one in asked]
    page = program.get(f"{P}/articles?limit=2").json
    again = program.get(page["next"].removeprefix("/api/v1")).json

    assert [one.status_code for one in asked] == [202, 202]
    assert [job["state"] for job in jobs] == ["done", "done"]
    assert ["colour" in str(job["result"]) for job in jobs] == [False, True]
    assert [one["slug"] for one in page["items"]] == ["article", "t1"]
    assert ([one["slug"] for one in again["items"]], again["next"]) == (["t2"], None)
    sentences = program.get(f"{P}/articles/t1/sentences?limit=1").json
    whole = program.get(f"{P}/articles/t1").json
    assert [one["text"] for one in sentences["items"]] == ["Texte 1."]
    assert sentences["next"].endswith("limit=1&cursor=1")
    assert whole["edition"]["text"] == "Texte 1. Encore une phrase."


@ON_SQLITE
def test_what_is_sent_wrong_is_refused_by_its_name(app: Flask) -> None:
    make_corpus(app)
    program = somebody(app, *Role)
    made = {"wording": "La terre est ronde.", "language": "fr", "claim_type": "fact"}

    for path, body, name in (
        (f"{P}/articles?limit=0", None, "limit"),
        (f"{P}/articles?limit=201", None, "limit"),
        (f"{P}/articles?colour=red", None, "colour"),
        (f"{P}/articles?limit=1&limit=2", None, "limit"),
        (f"{P}/statements", {**made, "colour": "red"}, "colour"),
        (f"{P}/statements", {**made, "wording": "\ud800"}, "wording"),
        (f"{P}/statements", {"language": "fr"}, "wording"),
    ):
        answer = program.get(path) if body is None else program.post(path, body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields"), path
        assert name in answer.json["fields"]
        assert answer.json["detail"].startswith(name)
    assert program.get(f"{P}/articles?cursor=nothing").status_code == 422
    refused = program.ask("DELETE", f"{P}/articles")
    assert (refused.status_code, set(refused.allow)) == (405, {"GET", "HEAD", "OPTIONS", "POST"})
    assert refused.json["detail"] == "This address is asked by another method."
    assert program.get("/nothing").content_type == "application/problem+json"


@ON_SQLITE
def test_a_statement_is_checked_from_wording_to_review(app: Flask) -> None:
    make_shared_corpus(app)
    claim = claim_of(read_by_two(app)["ada"])
    checker = program_of(app, sit_at_desk(app).user_id)
    second = program_of(app, sit_at_desk(app, "gina").user_id)
    wording: JsonObject = {"wording": "OpenAI l’a fermé.", "language": "fr", "claim_type": "fact"}
    evidence: JsonObject = {name: str(value) for name, value in asdict(GIVEN).items() if value}
    evidence |= {"is_independent": True}

    one = f"{P}/statements/{checker.post(f'{P}/statements', wording).json['id']}"
    added = checker.post(f"{one}/appearances", {"claim": claim, "relation": "asserts"})
    better: JsonObject = {**wording, "wording": "OpenAI a fermé ses modèles.", "base": 1}
    assert checker.post(f"{one}/wordings", better).json == {"number": 2}
    assert checker.post(f"{one}/wordings", better).status_code == 412
    assert checker.post(f"{one}/evidence", evidence).status_code == 201
    search = {"query": "modèles", "place": "web", "searched_on": "2024-01-15", "outcome": "rien"}
    assert checker.post(f"{one}/searches", search).status_code == 201
    verdict = {
        "id": "v" * 16,
        "base": 0,
        "wording": 2,
        "value": "supported",
        "justification": "Oui.",
    }
    assert checker.post(f"{one}/verdict", verdict).json == {"number": 1}
    assert checker.post(f"{one}/verdict", verdict).json == {"number": 1}
    asked = checker.post(f"{one}/review/ask", {"number": 1})
    own = checker.post(f"{one}/review/approve", {"number": 1})
    old = second.post(f"{one}/review/approve", {"number": 7})
    signed = second.post(f"{one}/review/approve", {"number": 1, "note": "Vu."})
    seen = second.get(f"{one}/verdict").json

    assert (added.status_code, asked.status_code, signed.status_code) == (201, 200, 200)
    assert (own.status_code, own.json["code"]) == (422, "gates_not_met")
    assert [gate["name"] for gate in own.json["gates"]] == ["second_person"]
    assert (old.status_code, old.json["newest"]["number"]) == (412, 1)
    assert [step["step"] for step in seen["review"]] == ["asked", "approved"]
    assert (seen["approved"]["rating"], second.get(one).json["state"]) == ("supported", "published")
    assert seen["newest"]["evidence"] == [
        f"{item['id']}.1" for item in second.get(f"{one}/evidence").json["items"]
    ]
    shown = second.get(one).json
    assert [found["claim"]["id"] for found in shown["appearances"]] == [claim]
    assert claim in {found["id"] for found in second.get(f"{P}/claims").json["items"]}
    assert second.get(f"{P}/claims/{claim}").json["quote"] == shown["appearances"][0]["quote"]


@ON_SQLITE
def test_evidence_without_an_address_is_refused_with_a_sentence(app: Flask) -> None:
    make_corpus(app)
    program = somebody(app, Role.FACT_CHECKER)
    made = {"wording": "La terre est ronde.", "language": "fr", "claim_type": "fact"}
    one = f"{P}/statements/{program.post(f'{P}/statements', made).json['id']}"
    evidence: JsonObject = {name: str(value) for name, value in asdict(GIVEN).items() if value}
    evidence |= {"is_independent": True}
    without = {name: value for name, value in evidence.items() if name != "url"}

    for body in (without, {**evidence, "url": ""}, {**evidence, "url": " "}):
        answer = program.post(f"{one}/evidence", body)
        assert answer.status_code == 422
        assert "Evidence needs the address of a page" in answer.json["detail"]
    assert program.get(f"{one}/evidence").json == {"items": []}


@ON_SQLITE
def test_statements_are_linked_and_withdrawn(app: Flask) -> None:
    make_corpus(app)
    program = somebody(app, Role.FACT_CHECKER)
    made = {"wording": "La terre est ronde.", "language": "fr", "claim_type": "fact"}
    one, other = (program.post(f"{P}/statements", made).json["id"] for _ in range(2))
    path = f"{P}/statements/{one}"

    link = program.post(f"{path}/links", {"other": other, "kind": "supports"}).json["id"]
    linked = program.get(path).json["links"]
    left = program.post(f"{path}/links/{link}/remove").json["links"]
    states = [
        program.post(f"{path}/{act}", {"reason": "Un doublon."}).json["state"]
        for act in ("withdraw", "reopen")
    ]

    assert linked == [{"id": link, "kind": "supports", "one": one, "other": other}]
    assert left == []
    assert states == ["withdrawn", "open"]
    assert program.post(f"{path}/reopen", {"reason": "x"}).status_code == 409


@ON_SQLITE
def test_a_file_is_sent_whole_or_in_part(app: Flask, settings: Settings) -> None:
    make_corpus(app)
    put_release(app, settings, 1, {"data/claims.jsonl": b"0123456789"})
    program = somebody(app, Role.DATA_USER)
    file = f"{P}/releases/1.0.0/files/data/claims.jsonl"

    with program.get(file) as whole:
        assert (whole.status_code, whole.data) == (200, b"0123456789")
    tag = whole.headers["ETag"]
    for headers, status, body in (
        ({"Range": "bytes=2-4"}, 206, b"234"),
        ({"Range": "bytes=7-", "If-Range": tag}, 206, b"789"),
        ({"Range": "bytes=7-", "If-Range": '"other"'}, 200, b"0123456789"),
        ({"Range": "Bytes=-3"}, 206, b"789"),
        ({"Range": "bytes=-30"}, 200, b"0123456789"),
        # What is no range, or one that we do not know, is as if it was not there.
        ({"Range": "bytes=5-2"}, 200, b"0123456789"),
        ({"Range": "bytes=0-1,3-4"}, 200, b"0123456789"),
        ({"Range": "lines=1-2"}, 200, b"0123456789"),
        ({"If-None-Match": tag}, 304, b""),
        ({"If-Match": tag}, 200, b"0123456789"),
        ({"If-Match": "*"}, 200, b"0123456789"),
    ):
        with program.get(file, **headers) as answer:
            assert (answer.status_code, answer.data) == (status, body)
    with program.ask("HEAD", file) as head:
        assert head.content_length == 10
    for headers, status in (({"Range": "bytes=99-"}, 416), ({"If-Match": '"other"'}, 412)):
        refused = program.get(file, **headers)
        assert (refused.status_code, refused.content_type) == (status, "application/problem+json")
    with program.get(f"{P}/releases/1.0.0/archive") as zipped, ZipFile(BytesIO(zipped.data)) as one:
        assert one.read("demo/1.0.0/data/claims.jsonl") == b"0123456789"
    for path in ("data/../data/claims.jsonl", "../secret", "data/nothing"):
        assert program.get(f"{P}/releases/1.0.0/files/{path}").status_code == 404
    assert program.get(f"{P}/releases/1.0.0").json["files"][0]["url"] == f"/api/v1{file}"
    put_release(app, settings, 1, {}, version="1.1.0", withdrawal="A name.")
    gone = program.get(f"{P}/releases/1.1.0/files/README.md")
    assert (gone.status_code, gone.json["detail"]) == (410, "Release 1.1.0 was withdrawn: A name.")


@ON_SQLITE
def test_who_still_labels_gets_no_release(app: Flask, settings: Settings) -> None:
    open_desk(app, make_corpus(app)).save(1)
    busy = open_desk(app, name="ben")
    join(app, 1, "ben@example.org", {Role.DATA_USER})
    put_release(app, settings, 1, {"README.md": b"x"})

    answer = program_at(busy).get(f"{P}/releases/1.0.0/files/README.md")

    assert answer.status_code == 403


@ON_SQLITE
def test_reading_is_cheap_and_unchanged_answers_are_not_sent(app: Flask) -> None:
    make_shared_corpus(app)
    program = somebody(app, *Role)
    program.get("/token")  # It notes its use, for a minute.

    for path, most in (
        ("/token", 1),
        ("/projects", 2),
        ("/datasets", 3),
        (P, 2),
        (f"{P}/articles", 2),
        (f"{P}/articles/article", 4),
        (f"{P}/articles/article/sentences", 5),
        (f"{P}/claims", 8),
        (f"{P}/statements", 3),
        (f"{P}/releases", 2),
    ):
        with counted_statements() as seen:
            answer = program.get(path)
        assert len(seen) <= most, (path, seen)
        assert answer.status_code == 200
        unchanged = program.get(path, **{"If-None-Match": answer.headers["ETag"]})
        assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_the_last_use_is_noted_once_a_minute(app: Flask) -> None:
    make_corpus(app)
    program = somebody(app, Role.DATA_USER)

    def last_use() -> object:
        with app.app_context():
            return db.session().scalars(select(ApiToken.last_used_at)).one()

    program.get("/token")
    first = last_use()
    with counted_statements() as seen:
        program.get("/token")
    assert first is not None
    assert (last_use(), len(seen)) == (first, 1)
    with app.app_context(), transaction() as session:
        session.execute(update(ApiToken).values(last_used_at=utc_now() - timedelta(minutes=2)))
    program.get("/token")
    assert last_use() >= first  # type: ignore[operator]  # both are moments


@ON_SQLITE
def test_no_key_is_in_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    make_corpus(app)
    program = somebody(app, Role.DATA_USER)
    app.extensions[BUCKETS] = Buckets(at_once=1)

    with caplog.at_level("DEBUG"):
        for path in ("/token", "/token", f"{P}/nothing"):
            program.get(path)

    assert program.secret not in caplog.text


@ON_SQLITE
def test_a_narrow_token_is_told_which_scope_is_missing(app: Flask) -> None:
    make_corpus(app)
    user = make_person(app)
    join(app, 1, "ada@example.org", set(Role))
    program = program_of(app, user, scopes={Scope.READ_CORPUS})

    answer = program.get(f"{P}/statements")

    assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope")
    assert "read:factcheck" in answer.json["detail"]
    assert 'scope="read:factcheck"' in answer.headers["WWW-Authenticate"]


@ON_SQLITE
def test_who_leaves_the_project_or_their_account_takes_their_tokens_along(app: Flask) -> None:
    make_corpus(app)
    user = make_person(app)
    join(app, 1, "ada@example.org", {Role.DATA_USER})
    program = program_of(app, user)

    with app.app_context(), transaction() as session:
        end_membership(session, project_id=1, user_id=user, by=None, now=utc_now())
    left = program.get(P)
    with app.app_context(), transaction() as session:
        disable_user(session, user_id=user, by=None, now=utc_now())

    assert left.status_code == 404
    assert program.get("/token").status_code == 401
