"""Snapshots of a project, written from a real database."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from tests.annotators import make_corpus
from tests.compared import make_compared, make_weighed
from tests.factories import NOW, make_article
from tests.postgres import PostgresServer
from tests.press import BASE, LATER, add_statement, correct, open_press, publish, take_back
from workbench.accounts.tables import User
from workbench.adjudication.agreeing import report_agreement
from workbench.adjudication.tables import Adjudication
from workbench.agreement.document import report_document
from workbench.app import create_app
from workbench.canonical import JsonObject, canonical_json
from workbench.corpus.tables import Article, Sentence
from workbench.datasets import article_lines
from workbench.datasets.aggregating import Method
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.rules import Version
from workbench.datasets.snapshots import Snapshot, open_snapshot
from workbench.datasets.snapshotting import (
    NothingToReleaseError,
    SnapshotFacts,
    SnapshotHead,
    UnsettledError,
    annotator_names_of,
    rename_annotators,
    write_snapshot,
)
from workbench.datasets.soft_labels import soft_labels
from workbench.factcheck.tables import Approval, Comment, EvidenceRevision
from workbench.projects.queries import project_by_slug
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.base import Base
from workbench.storage.database import (
    close_connections,
    db,
    join_instant,
    share_instant,
    transaction,
)

SCHEMA = resource_folder("schemas") / "snapshot-line.v1.schema.json"
INSTANT = datetime(2026, 11, 22, 18, tzinfo=UTC)
SECRETS = ("Planted", "planted@", "demo.example.org")


def write(
    app: Flask,
    path: Path,
    *,
    allow_unsettled: bool = True,
    version: str = "1.0.0",
    soft: Method = Method.VOTES,
) -> tuple[SnapshotFacts, Snapshot]:
    """Write the snapshot of the project; return what it is, and the snapshot."""
    with app.app_context():
        session = db.session()
        facts = write_snapshot(
            session,
            path,
            project_id=project_by_slug(session, slug="demo").id,
            head=SnapshotHead(instant=INSTANT, base_url=BASE, version=Version.parse(version)),
            soft=soft,
            allow_unsettled=allow_unsettled,
        )
    return facts, open_snapshot(path, expected=facts.id)


def problems(path: Path) -> list[str]:
    """Return what is wrong with lines by the schema."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    lines = path.read_text("utf-8").splitlines()
    errors = (best_match(validator.iter_errors(json.loads(line))) for line in lines)
    return [f"{[*error.path]}: {error.message}" for error in errors if error]


def find_objects(found: object) -> Iterator[JsonObject]:
    """Yield all objects in a line, however deep."""
    if isinstance(found, dict):
        yield found
        for one in found.values():
            yield from find_objects(one)
    elif isinstance(found, list):
        for one in found:
            yield from find_objects(one)


@pytest.fixture
def checked(app: Flask) -> Flask:
    """A project with a corrected check, one taken back, and words that must not leave it."""
    with app.app_context(), transaction() as session:
        case = open_press(session)
        publish(session, case)
        correct(session, case)
        other = add_statement(session, case, 1)
        publish(session, other)
        take_back(session, other)
        case.log_search(session)
        by = case.people["felix"]
        sentence = session.scalars(select(Sentence.id).order_by(Sentence.id)).first()
        session.add(
            Adjudication(
                project_id=case.project_id,
                public_id="decision1",
                sentence_id=sentence,
                compared=[],
                outcome="defer",
                note="Planted note",
                made_by=by,
                made_at=NOW,
            )
        )
        session.add(
            Comment(
                project_id=case.project_id,
                public_id="comment1",
                statement_id=case.row,
                text="Planted comment",
                made_by=by,
                made_at=NOW,
            )
        )
        session.execute(update(EvidenceRevision).values(note="Planted note"))
        session.execute(update(Approval).values(note="Planted approval"))
        session.execute(update(User).values(name="Planted Name"))
        session.execute(update(User).values(email="planted@" + User.email))
    return app


def test_a_snapshot_is_valid_and_holds_nothing_private(checked: Flask, tmp_path: Path) -> None:
    facts, snapshot = write(checked, tmp_path / "snapshot.jsonl")

    whole = snapshot.path.read_text()
    assert problems(snapshot.path) == []
    assert [word for word in SECRETS if word in whole] == []
    assert not re.search(r'"(made_at|made_by|note|elapsed_ms|revision)":', whole)
    assert snapshot.head["counts"] == dict(facts.counts)
    assert (facts.size, facts.unsettled) == (len(snapshot.path.read_bytes()), 0)
    assert [path.name for path in tmp_path.glob("snapshot*")] == ["snapshot.jsonl"]
    with checked.app_context():
        members = db.session().scalars(select(User.public_id)).all()
    assert not any(member in whole for member in members)


def test_verdicts_rest_on_evidence_and_claims_that_are_there(
    checked: Flask, tmp_path: Path
) -> None:
    facts, snapshot = write(checked, tmp_path / "snapshot.jsonl")

    checks, withdrawn = sorted(snapshot.lines("statement"), key=lambda one: str(one["state"]))
    first, second = snapshot.lines("verdict")
    (appearance,) = checks["appearances"]  # type: ignore[misc]  # it was JSON
    (block,) = snapshot.articles()
    claims = [one["id"] for line in block.sentences for one in line["gold"]["claims"]]  # type: ignore
    evidence = {str(one["id"]) for one in snapshot.lines("evidence")}
    corrected, taken_back = sorted(snapshot.lines("erratum"), key=lambda one: str(one["kind"]))
    assert (checks["state"], withdrawn["state"]) == ("corrected", "withdrawn")
    assert [appearance["claim"]] == claims  # type: ignore[index,call-overload]
    assert (first["is_current"], second["is_current"]) == (False, True)
    assert first["changed_on"] == second["published_on"]
    assert first["claim_review"] is None
    assert second["claim_review"]["@type"] == "ClaimReview"  # type: ignore[index,call-overload]
    assert {*first["evidence"], *second["evidence"]} == evidence  # type: ignore[misc]
    assert (corrected["verdict"], corrected["old"]["rating"]) == (second["id"], "supported")  # type: ignore
    assert (taken_back["kind"], taken_back["new"]) == ("withdrawn", None)
    assert len(facts.verdict_revisions) == 2
    assert snapshot.head["left_out"]["withdrawn_statements"] == 1  # type: ignore[index,call-overload]


def test_sentences_say_what_records_soft_labels_and_the_report_say(
    app: Flask, tmp_path: Path
) -> None:
    make_compared(app)
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(rights="CC BY 4.0"))

    facts, snapshot = write(app, tmp_path / "snapshot.jsonl")

    lines = {str(one["id"]): one for block in snapshot.articles() for one in block.sentences}
    (last,) = snapshot.lines("agreement")
    with app.app_context():
        session = db.session()
        project = project_by_slug(session, slug="demo")
        gold = [*sentence_records(session, project_id=project.id, kind=RecordKind.GOLD)]
        everybody = [*sentence_records(session, project_id=project.id, kind=RecordKind.ALL)]
        soft = [*soft_labels(session, project_id=project.id)]
        report = report_agreement(session, project_id=project.id).report
    figures = report_document(report, project="demo", names=dict.fromkeys(report.annotators, ""))

    assert (snapshot.head["text"], len(lines)) == ("full", len(gold))
    for record in gold:
        line = lines[record["sentence"]["id"]]  # type: ignore
        for key in ("settled", "decision", "attributes"):
            assert line["gold"][key] == record[key]  # type: ignore
        for key in ("claims", "stances"):
            bare = json.loads(canonical_json(line["gold"][key]).replace(',"sha256":null', ""))  # type: ignore
            assert bare == record[key]
    assert sum(len(line["answers"]) for line in lines.values()) == len(everybody)  # type: ignore
    for label in soft:
        kept = {key: label[key] for key in ("annotators", "decision", "claims")}
        assert lines[str(label["sentence"])]["soft"] == kept
    assert last["document"]["figures"] == json.loads(json.dumps(figures["figures"]))  # type: ignore
    assert [one["id"] for one in last["document"]["annotators"]] == [*facts.annotators]  # type: ignore


def test_a_model_of_annotators_weighs_as_in_its_own_file(app: Flask, tmp_path: Path) -> None:
    make_weighed(app)

    _, snapshot = write(app, tmp_path / "snapshot.jsonl", soft=Method.DAWID_SKENE)

    lines = {str(one["id"]): one for block in snapshot.articles() for one in block.sentences}
    with app.app_context():
        session = db.session()
        project = project_by_slug(session, slug="demo").id
        labels = [*soft_labels(session, project_id=project, method=Method.DAWID_SKENE)]
    assert snapshot.head["soft_labels"] == "dawid_skene"
    assert len(labels) == 30
    for label in labels:
        kept = {key: label[key] for key in ("annotators", "decision", "claims")}
        assert lines[str(label["sentence"])]["soft"] == kept


def test_a_text_that_may_not_be_passed_on_is_quoted_only(app: Flask, tmp_path: Path) -> None:
    make_compared(app)

    _, snapshot = write(app, tmp_path / "snapshot.jsonl")

    blocks = [*snapshot.articles()]
    assert snapshot.head["text"] == "stand-off"
    assert {block.article["text"] for block in blocks} == {None}
    assert {one["text"] for block in blocks for one in block.sentences} == {None}
    for one in find_objects([[*block.sentences] for block in blocks]):
        assert "start" not in one or one["sha256"]


def test_sentences_that_are_not_settled_stop_a_release(app: Flask, tmp_path: Path) -> None:
    make_compared(app)

    with pytest.raises(UnsettledError, match="1 of 8 sentences are not settled"):
        write(app, tmp_path / "snapshot.jsonl", allow_unsettled=False)

    assert not any(tmp_path.glob("snapshot*"))


def test_a_project_without_answers_has_nothing_to_release(app: Flask, tmp_path: Path) -> None:
    make_corpus(app)

    with pytest.raises(NothingToReleaseError, match="nothing to release"):
        write(app, tmp_path / "snapshot.jsonl")


def test_articles_without_answers_and_withdrawn_ones_are_left_out_and_counted(
    app: Flask, tmp_path: Path
) -> None:
    make_compared(app)
    with app.app_context(), transaction() as session:
        other = session.scalars(select(Article).where(Article.slug == "other")).one()
        other.withdrawn_at = LATER
        make_article(session, other.project_id, name="unread")

    facts, snapshot = write(app, tmp_path / "snapshot.jsonl")

    assert facts.counts["articles"] == 1
    left_out = snapshot.head["left_out"]
    assert (left_out["withdrawn_articles"], left_out["unread_articles"]) == (1, 1)  # type: ignore


def test_another_major_version_names_annotators_anew(app: Flask, tmp_path: Path) -> None:
    make_compared(app)
    facts, _ = write(app, tmp_path / "one.jsonl")
    asked, _ = write(app, tmp_path / "two.jsonl", version="2.0.0")
    with app.app_context():
        session = db.session()
        project = project_by_slug(session, slug="demo").id
        names = annotator_names_of(session, project_id=project, old=1, new=2)

    id_ = rename_annotators(
        tmp_path / "one.jsonl",
        tmp_path / "renamed.jsonl",
        names=names,
        head={"version": "2.0.0"},
    )

    assert id_ == asked.id
    assert {*facts.annotators}.isdisjoint(asked.annotators)


def test_equal_data_give_equal_bytes_on_both_databases_and_by_two_processes(
    migrated_sqlite: Path,
    migrated_postgresql: tuple[PostgresServer, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = tmp_path / "workbench.sqlite3"
    shutil.copy(migrated_sqlite, copy)
    first = create_app(Settings(data_dir=tmp_path, database_url=f"sqlite:///{copy}"))
    make_compared(first)
    server, template = migrated_postgresql
    with server.database(template) as name:
        second = create_app(Settings(data_dir=tmp_path, database_url=server.url(name)))
        copy_rows(first, second)
        ids = [write(app, tmp_path / "snapshot.jsonl")[0].id for app in (first, first, second)]
        monkeypatch.setattr(article_lines, "SHARED_CHARACTERS", 0)
        ids += [write(app, tmp_path / "snapshot.jsonl")[0].id for app in (first, second)]
        for app in (first, second):
            with app.app_context():
                close_connections()

    assert len({*ids}) == 1


def test_two_processes_share_an_instant_whatever_is_saved_afterwards(app: Flask) -> None:
    make_compared(app)
    titles = select(Article.title).order_by(Article.id)
    with app.app_context(), Session(db.engine) as first, Session(db.engine) as second:
        before = [*db.session().scalars(titles)]
        with share_instant(first) as instant:
            join_instant(second, instant)
        with transaction() as session:
            session.execute(update(Article).values(title="Changed"))

        assert [*first.scalars(titles)] == [*second.scalars(titles)] == before
        assert {*db.session().scalars(titles)} == {"Changed"}


def copy_rows(source: Flask, target: Flask) -> None:
    """Copy all rows of one database into another, empty one, backwards where that makes no odds."""
    with source.app_context():
        rows = {
            table: [dict(row) for row in db.session().execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    with target.app_context():
        engine = db.engine
        with engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            for table, found in rows.items():
                connection.execute(table.delete())
                if found:
                    connection.execute(insert(table), found[::-1])
