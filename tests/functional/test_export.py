"""The dataset files: every sentence once, told how it is settled, the same bytes each time."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import jsonschema
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_article, make_project
from tests.people import browser_of, join, make_person
from tests.statements import counted_statements
from workbench.accounts.tables import User
from workbench.adjudication import queries as adjudication
from workbench.canonical import JsonObject
from workbench.corpus.readers.source import Metadata
from workbench.corpus.tables import Article, ZoneMark
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.writers import undefuse, write_csv, write_jsonl
from workbench.labelling.tables import Speaker, Target
from workbench.projects.operations import set_roles
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.projects.tables import Membership, Project
from workbench.resources import resource_folder
from workbench.storage.database import db, transaction
from workbench.web.views import download

TEXT = " ".join(SENTENCES)
SCHEMA = resource_folder("schemas") / "sentence-record.v1.schema.json"
FIRST = claim_on(TEXT, 0, 27)
LONG = claim_on(TEXT, 0, 27, (28, 45))


@pytest.fixture
def slug(app: Flask) -> str:
    return make_corpus(app)


def records(app: Flask, kind: str = "gold", reader: int | None = None) -> list[dict[str, object]]:
    """Return the records, each checked against the schema, as they are read from the file."""
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    found = [json.loads(line) for line in jsonl(app, kind, reader).splitlines()]
    for record in found:
        validator.validate(record)
    return found


def jsonl(app: Flask, kind: str = "gold", reader: int | None = None) -> bytes:
    with app.app_context():
        return b"".join(write_jsonl(stream(kind, reader)))


def stream(kind: str, reader: int | None = None) -> Iterator[JsonObject]:
    project = project_by_slug(db.session(), slug="demo").id
    return sentence_records(db.session(), project_id=project, kind=RecordKind(kind), reader=reader)


def settled(app: Flask) -> list[tuple[object, object]]:
    return [(record["settled"], record["decision"]) for record in records(app)]


def test_a_record_says_exactly_what_was_saved(app: Flask, slug: str) -> None:
    desk = open_desk(app, slug)
    chain = [
        {"speaker": "author"},
        {"speaker": "unspecified"},
        {
            "speaker": "meta",
            "mention": {"start": 58, "end": 62, "text": "Meta"},
            "cue": {"start": 50, "end": 57, "text": "affirme"},
            "attributes": {"quote_type": "direct", "act": "asserts"},
        },
    ]
    claim = claim_on(TEXT, 30, 47, chain=chain)
    stance = {
        "claim": claim["id"],
        "holder": "meta",
        "target": "open-models",
        "value": "favor",
    }
    desk.save(2, decision="claims", claims=[claim], stances=[stance])

    record = records(app)[1]

    assert record["sentence"]["text"] == SENTENCES[1] == TEXT[28:63]
    assert (record["decision"], record["settled"], record["annotator"]) == (
        "claims",
        "single",
        None,
    )
    (found,) = record["claims"]
    assert found["parts"] == [
        {
            "start": 30,
            "end": 47,
            "text": TEXT[30:47],
            "start_in_sentence": 2,
            "end_in_sentence": 19,
        }
    ]
    assert [(link["depth"], link["source"]) for link in found["chain"]] == [
        (0, "author"),
        (1, "unspecified"),
        (2, "speaker"),
    ]
    assert found["chain"][2]["speaker"] == {"id": "meta", "name": "Meta", "kind": "organisation"}
    assert found["chain"][2]["cue"] == {"start": 50, "end": 57, "text": "affirme"}
    (held,) = record["stances"]
    assert (held["claim"], held["value"], held["target"]["id"]) == (
        found["id"],
        "favor",
        "open-models",
    )
    assert (held["holder"], held["speaker"]["id"]) == ("speaker", "meta")
    assert (record["revision"]["number"], record["revision"]["registers"]) == (1, 1)


def test_no_decision_reads_as_unread(app: Flask, slug: str) -> None:
    open_desk(app, slug)

    assert settled(app) == [("unread", "unread")] * 4
    assert [record["decision"] for record in records(app, "all")] == ["unread"] * 4


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["no_claim"], ("single", "no_claim")),
        (["no_claim", "no_claim"], ("unanimous", "no_claim")),
        (["no_claim", "undecided"], ("unsettled", None)),
        (["no_claim", "undecided", "no_claim"], ("majority", "no_claim")),
        (["no_claim", "undecided", "not_annotatable"], ("unsettled", None)),
        (["claims"], ("single", "claims")),
        (["claims", "claims"], ("unanimous", "claims")),
        (["claims", "no_claim"], ("unsettled", None)),
    ],
)
def test_answers_are_settled_by_what_they_have_in_common(
    app: Flask, slug: str, answers: list[str], expected: tuple[str, str | None]
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Project).values(majority_settles=True))
    for number, decision in enumerate(answers):
        desk = open_desk(app, slug, f"person{number}")
        claims = [{**FIRST, "id": f"claim{number:020}"}] if decision == "claims" else []
        assert desk.save(1, decision=decision, claims=claims).status_code == 200

    assert settled(app)[0] == expected
    assert len(records(app, "all")) == 4 * len(answers)


def test_a_project_may_refuse_to_count_a_single_answer(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1)
    with app.app_context(), transaction() as session:
        session.execute(update(Project).values(single_settles=False))

    assert settled(app)[0] == ("unsettled", None)


def test_a_sentence_that_a_claim_runs_into_continues_it(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1, decision="claims", claims=[LONG])

    assert settled(app)[:3] == [
        ("single", "claims"),
        ("continues", "continues"),
        ("unread", "unread"),
    ]
    assert records(app, "all")[1]["decision"] == "continues"


def test_answers_of_somebody_who_left_still_count(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1)
    with app.app_context(), transaction() as session:
        session.execute(update(Membership).values(ended_at=NOW))

    assert settled(app)[0] == ("single", "no_claim")


def test_an_emptied_answer_is_no_answer(app: Flask, slug: str) -> None:
    desk = open_desk(app, slug)
    first = desk.answer(1)
    desk.post("answers", first)
    desk.save(1, base=first["id"], decision="claims")

    assert settled(app)[0] == ("unread", "unread")
    assert records(app, "all")[0]["decision"] == "unread"


def test_captions_are_written_down_as_not_annotatable(app: Flask) -> None:
    slug = make_corpus(app, "Photo AFP", "Il pleut.", zones=["caption", "body"])
    desk = open_desk(app, slug)
    desk.save(2)

    caption, body = records(app)

    assert (caption["decision"], caption["settled"]) == ("not_annotatable", None)
    assert (caption["sentence"]["zone"], caption["sentence"]["text"]) == ("caption", "Photo AFP")
    assert body["decision"] == "no_claim"


def test_an_answer_survives_a_zone_that_needs_none(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1)
    for zone, expected in (
        ("caption", (None, "not_annotatable")),
        ("body", ("single", "no_claim")),
    ):
        with app.app_context(), transaction() as session:
            mark = session.scalars(select(ZoneMark).order_by(ZoneMark.sentence_id)).first()
            session.add(
                ZoneMark(
                    project_id=mark.project_id,
                    sentence_id=mark.sentence_id,
                    zone=zone,
                    marked_by=None,
                    marked_at=NOW,
                )
            )

        assert settled(app)[0] == expected
        (said, unsaid) = records(app, "all")[:2]
        assert (said["decision"], said["revision"]["number"]) == ("no_claim", 1)
        assert unsaid["revision"] is None


def test_withdrawn_articles_are_left_out(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1)
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=func.now()))

    assert records(app) == records(app, "all") == []


def test_merged_speakers_and_targets_are_followed(app: Flask, slug: str) -> None:
    for name, speaker, target in (("anna", "meta", "open-models"), ("bob", "ibm", "meta")):
        desk = open_desk(app, slug, name)
        stance = {"claim": None, "holder": speaker, "target": target, "value": "favor"}
        desk.save(3, stances=[stance])
    assert settled(app)[2] == ("unsettled", None)
    with app.app_context(), transaction() as session:
        for table, old, new in ((Speaker, "ibm", "meta"), (Target, "meta", "open-models")):
            rows = dict(session.execute(select(table.public_id, table.id)).all())
            merged = update(table).where(table.id == rows[old])
            session.execute(merged.values(merged_into_id=rows[new]))

    assert settled(app)[2] == ("unanimous", "no_claim")
    assert records(app)[2]["stances"][0]["target"]["id"] == "open-models"


def test_annotators_have_pseudonyms_that_tell_nothing(app: Flask, slug: str) -> None:
    for name in ("anna", "bob"):
        open_desk(app, slug, name)

    found = [record["annotator"] for record in records(app, "all")]

    assert found == sorted(set(found)) * 4
    with app.app_context():
        secrets = db.session.scalars(select(User.name)).all()
        secrets += db.session.scalars(select(User.public_id)).all()
        secrets += db.session.scalars(select(Project.dataset_secret)).all()
    assert not any(secret in jsonl(app, "all").decode() for secret in secrets)


def test_records_go_by_slug_and_place_and_are_the_same_each_time(
    app: Flask, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), transaction() as session:
        project = session.scalars(select(Project.id)).one()
        for name in ("b-second", "A first", "a-2"):
            make_article(session, project, "Un.", "Deux.", name=name)
    open_desk(app, slug).save(1)
    before = jsonl(app) + jsonl(app, "all")
    monkeypatch.setattr(adjudication, "BATCH_CHARACTERS", 1)  # an article at a time

    order = [(record["article"]["slug"], record["sentence"]["position"]) for record in records(app)]

    assert order == sorted(order)
    assert jsonl(app) + jsonl(app, "all") == before


def test_an_article_more_in_memory_needs_no_statement_more(app: Flask, slug: str) -> None:
    with app.app_context(), transaction() as session:
        project = session.scalars(select(Project.id)).one()
        for number in range(30):
            make_article(session, project, "Un.", "Deux.", name=f"article {number}")
    open_desk(app, slug).save(1, decision="claims", claims=[FIRST])

    with counted_statements() as statements:
        assert len(records(app)) == 64

    assert len(statements) <= 20, len(statements)


HARD = ["=1+1", "+33 1", "-5", "@x", "'quoted'", "''", "\tTab", 'a "b", c', "ligne\nsuite", "é💩"]


def test_csv_cells_are_no_formulas_and_can_be_had_back(app: Flask) -> None:
    metadata = Metadata(title="=cmd()", author="'Ada'", outlet="NULL", language="fr")
    slug = make_corpus(app, *HARD, metadata=metadata)
    desk = open_desk(app, slug)
    desk.save(1, decision="claims", claims=[claim_on(desk.text, 0, 4)])
    with app.app_context():
        text = b"".join(write_csv(stream("gold"))).decode()

    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert [undefuse(row["sentence_text"]) for row in rows] == HARD
    assert undefuse(rows[0]["article_title"]) == "=cmd()"
    assert undefuse(rows[0]["article_author"]) == "'Ada'"
    assert json.loads(rows[0]["claims"]) == records(app)[0]["claims"]
    assert rows[1]["claims"] == "[]"
    assert rows[1]["revision_number"] == ""


def test_an_empty_project_gives_files_without_records(app: Flask, slug: str) -> None:
    with app.app_context():
        assert b"".join(write_jsonl(iter(()))) == b""
        header = b"".join(write_csv(iter(())))
        assert b"".join(write_csv(stream("gold"))).startswith(header)


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library datasets work in the test's folder alone."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")


def test_pandas_and_datasets_read_the_file(
    app: Flask, slug: str, tmp_path: Path, offline: None
) -> None:
    import pandas  # noqa: PLC0415  # large
    from datasets import load_dataset  # noqa: PLC0415  # reads its settings when imported

    desk = open_desk(app, slug)
    desk.save(1, decision="claims", claims=[FIRST])
    file = tmp_path / "gold.jsonl"
    file.write_bytes(jsonl(app))

    frame = pandas.read_json(file, lines=True)
    dataset = load_dataset("json", data_files=str(file), cache_dir=str(tmp_path), split="train")

    assert list(frame["decision"]) == dataset["decision"][:] == ["claims"] + ["unread"] * 3
    assert dataset[0]["claims"][0]["parts"][0]["text"] == SENTENCES[0]


def test_datasets_reads_a_file_that_begins_with_ten_million_bytes_without_a_claim(
    app: Flask, slug: str, tmp_path: Path, offline: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = open_desk(app, slug)
    chain = [
        {"speaker": "author"},
        {
            "speaker": "meta",
            "mention": {"start": 58, "end": 62, "text": "Meta"},
            "attributes": {"act": "asserts"},
        },
    ]
    stance = {"claim": None, "holder": "meta", "target": "meta", "value": "favor"}
    everything.save(2, decision="claims", claims=[{**FIRST, "chain": chain}], stances=[stance])
    unread, claims = (jsonl(app).splitlines(keepends=True)[n] for n in (2, 1))
    count = 11_000_000 // len(unread)
    monkeypatch.chdir(tmp_path)
    Path("demo-gold.jsonl").write_bytes(unread * count + claims)
    desk = lead(app, Role.DATA_USER)
    Path("features.json").write_bytes(desk.client.get(f"{desk.base}/features.json").data)
    page = desk.client.get(desk.base).text
    program = html.unescape(re.search("<code>(.*?)</code>", page, re.DOTALL)[1])

    names: dict[str, object] = {}
    exec(program, names)  # noqa: S102  # our own, as it is pasted
    loaded = names["gold"]

    assert loaded.num_rows == count + 1
    assert loaded[0]["claims"] == []
    assert loaded[count] == json.loads(claims)


def lead(app: Flask, *roles: Role) -> Desk:
    """Return somebody with these roles; their desk has no article."""
    user_id = make_person(app, "lead@example.org", name="Lead")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "lead@example.org", roles)
    return Desk(app, browser_of(app, user_id), "/projects/demo/download", user_id, 0)


def test_the_download_page_gives_the_same_bytes(app: Flask, slug: str) -> None:
    open_desk(app, slug).save(1)
    desk = lead(app, Role.MANAGER)

    page = desk.client.get(desk.base).text
    files = {kind: desk.client.get(f"{desk.base}/{kind}.jsonl") for kind in ("gold", "all")}

    assert "One answer" in page
    assert all(f"{desk.base}/{kind}.csv" in page for kind in files)
    for kind, file in files.items():
        assert file.data == jsonl(app, kind)
        assert file.content_length == len(file.data)
        assert file.headers["Content-Disposition"] == f"attachment; filename=demo-{kind}.jsonl"
        file.close()
    assert desk.client.get(f"{desk.base}/gold.exe").status_code == 404


def test_files_are_prepared_one_at_a_time_and_few_wait(app: Flask, slug: str) -> None:
    desk = lead(app, Role.MANAGER)
    browsers = [browser_of(app, desk.user_id) for _ in range(4)]

    with ThreadPoolExecutor() as people:
        with download.AT_WORK:
            asked = [people.submit(browser.get, f"{desk.base}/all.csv") for browser in browsers]
            refused, waiting = wait(asked, return_when=FIRST_COMPLETED)
        answers = [future.result() for future in (*refused, *waiting)]

    assert [answer.status_code for answer in answers] == [503, 200, 200, 200]
    assert answers[0].headers["Retry-After"]
    for answer in answers:
        answer.close()


def test_a_data_user_gets_the_settled_answers_and_everybodys(app: Flask, slug: str) -> None:
    desk = lead(app, Role.DATA_USER)

    page = desk.client.get(desk.base).text

    for kind in ("gold", "all"):
        assert f"{kind}.jsonl" in page
        with desk.client.get(f"{desk.base}/{kind}.csv") as file:
            assert file.data.startswith(b"format,project,")
            assert file.headers["Cache-Control"] == "no-store"


def test_a_fact_checker_gets_the_settled_answers_only(app: Flask, slug: str) -> None:
    desk = lead(app, Role.FACT_CHECKER)

    assert "all.jsonl" not in desk.client.get(desk.base).text
    assert desk.client.get(f"{desk.base}/all.csv").status_code == 403


def test_annotators_get_no_files(app: Flask, slug: str) -> None:
    desk = open_desk(app, slug)

    assert desk.client.get("/projects/demo/download").status_code == 403


def test_an_empty_project_has_nothing_to_download(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_project(session)

    desk = lead(app, Role.MANAGER)

    assert "nothing to download yet" in desk.client.get(desk.base).text


def test_a_large_corpus_is_not_counted_while_the_page_waits(
    app: Flask, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MOST_CHARACTERS", 10)

    page = lead(app, Role.MANAGER).client.get("/projects/demo/download").text

    assert "<table>" not in page
    assert "/projects/demo/download/gold.jsonl" in page


def test_whoever_still_works_on_an_article_does_not_see_others_answers(
    app: Flask, slug: str
) -> None:
    anna, bob = open_desk(app, slug), open_desk(app, slug, "bob")
    anna.save(1)
    bob.save(1, decision="undecided")
    join_as_manager(app, "anna@example.org")

    page = anna.client.get("/projects/demo/download").text
    with anna.client.get("/projects/demo/download/all.jsonl") as file:
        own = [json.loads(line) for line in file.data.splitlines()]

    assert "Un titre" in page
    assert [record["decision"] for record in own] == ["no_claim"] + ["unread"] * 3
    assert records(app, "gold", anna.user_id) == []
    for position in (2, 3, 4):
        anna.save(position)
    assert anna.post("finish").status_code == 200
    assert len(records(app, "gold", anna.user_id)) == 4
    assert len(records(app, "all", anna.user_id)) == 8


def test_whoever_annotates_no_more_sees_others_answers(app: Flask, slug: str) -> None:
    anna, bob = open_desk(app, slug), open_desk(app, slug, "bob")
    bob.save(1)
    join_as_manager(app, "anna@example.org")
    assert records(app, "gold", anna.user_id) == []

    with app.app_context(), transaction() as session:
        where = {"project_id": 1, "user_id": anna.user_id, "by": None, "now": NOW}
        set_roles(session, roles=[Role.MANAGER], **where)

    assert "Left out for you" not in anna.client.get("/projects/demo/download").text
    assert records(app, "gold", anna.user_id)[0]["decision"] == "no_claim"


def test_alone_on_an_article_one_sees_what_there_is(app: Flask, slug: str) -> None:
    anna = open_desk(app, slug)
    anna.save(1)

    assert len(records(app, "gold", anna.user_id)) == 4


def join_as_manager(app: Flask, email: str) -> None:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, email, {Role.MANAGER})
