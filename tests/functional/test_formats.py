"""Answers out in other people's formats and in again: as they were, or named as not fitting."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from tests.annotators import make_corpus, open_desk
from tests.factories import SENTENCES, claim_on, make_annotator, make_article, make_project
from workbench.canonical import JsonObject
from workbench.corpus.tables import Article
from workbench.labelling.tables import AnnotationRevision
from workbench.projects.tables import Project
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
ZONES = ("body", "body", "body", "caption")
Cli = Callable[..., Result]

CHAIN = [
    {"speaker": "author"},
    {
        "speaker": "meta",
        "mention": {"start": 58, "end": 62, "text": "Meta"},
        "cue": {"start": 50, "end": 57, "text": "affirme"},
        "attributes": {"quote_type": "direct", "act": "asserts"},
    },
]
CLAIM = claim_on(TEXT, 30, 47, (58, 62), chain=CHAIN)
STANCE = {"claim": CLAIM["id"], "holder": "meta", "target": "open-models", "value": "favor"}


@pytest.fixture
def answered(app: Flask) -> Flask:
    """A project in which somebody has answered, and an empty one with the same article."""
    desk = open_desk(app, make_corpus(app, zones=ZONES))
    desk.save(1)
    desk.save(2, decision="claims", claims=[CLAIM], stances=[STANCE])
    desk.save(3, decision="undecided")
    with app.app_context(), transaction() as session:
        other = make_project(session, "other")
        make_article(session, other.id, zones=ZONES)
        make_annotator(session, other, "berta")
        third = make_project(session, "third")
        make_article(session, third.id, zones=ZONES)
        make_annotator(session, third, "carla")
    return app


def export(cli: Cli, *words: str | Path) -> bytes:
    done = cli("annotation", "export", *words)
    assert done.exit_code == 0, done.output
    return done.stdout_bytes


def bring(cli: Cli, format_: str, *words: str | Path, project: str = "other") -> Result:
    whose = () if "--annotator" in words else ("--annotator", "berta@example.org")
    return cli("annotation", "import", "--project", project, "--format", format_, *whose, *words)


def frames(lines: bytes) -> list[JsonObject]:
    """Return what was said, without the names of people, project and article."""
    kept = ("decision", "attributes", "stances", "claims")
    records = [{name: json.loads(line)[name] for name in kept} for line in lines.splitlines()]
    for record in records:
        for claim in record["claims"]:
            del claim["id"]
        for stance in record["stances"]:
            del stance["claim"]
    return records


def test_what_is_written_in_a_format_comes_in_again(
    answered: Flask, cli: Cli, tmp_path: Path
) -> None:
    said = frames(export(cli, "--project", "demo", "--kind", "all"))
    for format_ in ("brat", "w3c", "label-studio"):
        export(cli, "--project", "demo", "--format", format_, "--output", tmp_path / format_)

    tried = bring(cli, "brat", tmp_path / "brat", "--dry-run")
    nothing = export(cli, "--project", "other", "--kind", "all")
    done = bring(cli, "brat", tmp_path / "brat")
    again = bring(cli, "w3c", tmp_path / "w3c")
    once_more = bring(cli, "label-studio", tmp_path / "label-studio")

    assert (tried.exit_code, nothing) == (0, b""), tried.output
    assert done.output.split()[-5:] == ["article.ann", "3", "1", "1", "0"]
    assert again.output.split()[-5:] == ["article.jsonld", "0", "0", "0", "3"]
    assert once_more.output.split()[-5:] == ["article.json", "0", "0", "0", "3"]
    assert frames(export(cli, "--project", "other", "--kind", "all")) == said


def test_our_own_records_come_back_byte_for_byte(answered: Flask, cli: Cli, tmp_path: Path) -> None:
    """But for what names project, article and people, and for the word that it was imported."""
    files = [tmp_path / f"{number}.jsonl" for number in range(3)]
    files[0].write_bytes(export(cli, "--project", "demo", "--kind", "all"))
    name_as_in(answered, "demo")
    first = bring(cli, "jsonl", files[0])
    files[1].write_bytes(export(cli, "--project", "other", "--kind", "all"))
    name_as_in(answered, "other")
    second = bring(cli, "jsonl", files[1], "--annotator", "carla@example.org", project="third")
    files[2].write_bytes(export(cli, "--project", "third", "--kind", "all"))

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    texts = [renamed(file.read_text(), ("demo", "other", "third")) for file in files]
    assert texts[0].replace('"cause":"human"', '"cause":"import"') == texts[1] == texts[2]


def test_a_claim_whose_suggestion_is_none_here_does_not_fit(
    answered: Flask, cli: Cli, tmp_path: Path
) -> None:
    records = [
        json.loads(line) for line in export(cli, "--project", "demo", "--kind", "all").splitlines()
    ]
    origin = records[1]["claims"][0]["origin"]
    origin |= {"rule": "incise", "rule_version": 99, "content": "machine"}
    file = tmp_path / "made.jsonl"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    name_as_in(answered, "demo")

    refused = bring(cli, "jsonl", file)
    nothing = export(cli, "--project", "other", "--kind", "all")
    taken = bring(cli, "jsonl", "--skip-unfit", file)

    assert (refused.exit_code, nothing) == (2, b"")
    for done in (refused, taken):
        assert "made from a suggestion of the rule incise, version 99" in done.output
    back = [
        json.loads(line) for line in export(cli, "--project", "other", "--kind", "all").splitlines()
    ]
    assert back[1]["claims"][0]["origin"]["content"] == "human"


def name_as_in(app: Flask, slug: str) -> None:
    """Give the articles of all projects the id that the article of one has."""
    with app.app_context(), transaction() as session:
        of_project = select(Article.public_id).join(Project, Project.id == Article.project_id)
        id_ = session.scalars(of_project.where(Project.slug == slug)).one()
        session.execute(update(Article).values(public_id=id_))


def renamed(text: str, projects: tuple[str, ...]) -> str:
    """Return a file with one name for its project and one for its annotator."""
    for project in projects:
        text = text.replace(f'"project":"{project}"', '"project":""')
    return re.sub("annotator-[0-9a-f]{12}", "", text)


def test_a_foreign_projects_labels_become_claims(answered: Flask, cli: Cli, tmp_path: Path) -> None:
    file, map_ = tmp_path / "done.jsonl", tmp_path / "map.json"
    labels = [[0, 27, "Fait"], [30, 47, "judgement"], [64, 74, "aside"]]
    file.write_text(json.dumps({"text": TEXT, "label": labels}))
    map_.write_text(json.dumps({"judgement": "opinion", "aside": None}))

    refused = bring(cli, "doccano", file)
    done = bring(cli, "doccano", file, "--map", map_)

    assert refused.exit_code == 2
    assert "done.jsonl, line 1, label 2: has the label “judgement”" in refused.stderr
    assert done.exit_code == 0, done.output
    records = frames(export(cli, "--project", "other", "--kind", "all"))
    said = [
        (one["decision"], [claim["attributes"]["claim_type"] for claim in one["claims"]])
        for one in records
    ]
    assert said == [
        ("claims", ["fact"]),
        ("claims", ["opinion"]),
        ("unread", []),
        ("not_annotatable", []),
    ]
    with answered.app_context():
        causes = select(AnnotationRevision.cause, AnnotationRevision.project_id)
        assert {cause for cause, _ in db.session().execute(causes)} == {"human", "import"}


def test_what_does_not_fit_is_named_and_nothing_is_written_over(
    answered: Flask, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "done.jsonl"
    two = [64, 74, "fact"], [64, 74, "opinion"]
    lines = [
        {"text": TEXT, "label": [[0, 27, "fact"], [0, 900, "fact"], ["x"], [27, 28, "fact"], *two]},
        {"text": "Another text.", "label": [[0, 3, "fact"]]},
        {"label": []},
        {"text": TEXT, "label": [[64, 65, "fact"]], "annotator": "somebody else"},
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    refused = bring(cli, "doccano", file)
    nothing = export(cli, "--project", "other", "--kind", "all")
    rest = bring(cli, "doccano", file, "--skip-unfit")
    mine = ("--annotator", "anna@example.org")
    other = bring(cli, "doccano", file, "--skip-unfit", *mine, project="demo")

    assert (refused.exit_code, nothing) == (2, b"")
    for sentence in (
        "line 1, label 2: goes from 0 to 900, which is no range of its text (0 to 90)",
        "line 1, label 3: is no [start, end, label]",
        "line 1, label 4: starts at 27, where no sentence is",
        "line 2: has a text that no article of the project has",
        "line 3: has no text",
        "line 4: has answers of several people: say whose each are by --annotator NAME=EMAIL",
        "line 1, label 5: has the label “fact” on a range that has others: leave one label there",
        "line 1, label 6: has the label “opinion” on a range that has others",
    ):
        assert sentence.replace("90)", f"{len(TEXT)})") in " ".join(refused.stderr.split())
    assert rest.exit_code == 0
    assert frames(export(cli, "--project", "other", "--kind", "all"))[0]["decision"] == "claims"
    assert "the annotator gave another answer" in other.stderr
    assert frames(export(cli, "--project", "demo", "--kind", "all"))[0]["decision"] == "no_claim"


def test_a_sentence_quoted_otherwise_does_not_fit(
    answered: Flask, cli: Cli, tmp_path: Path
) -> None:
    export(cli, "--project", "demo", "--format", "w3c", "--output", tmp_path / "w3c")
    file = tmp_path / "w3c" / "article.jsonld"
    said = json.loads(file.read_text())
    target = next(one["target"] for one in said["items"] if one["motivation"] == "classifying")
    for selector in target["selector"]:
        if selector["type"] == "TextQuoteSelector":
            selector["exact"] = "other words"
    file.write_text(json.dumps(said))

    refused = bring(cli, "w3c", tmp_path / "w3c")

    assert refused.exit_code == 2
    assert "quotes “other words”, which does not stand there" in refused.stderr


def test_an_export_is_a_folder_a_zip_or_one_file(answered: Flask, cli: Cli, tmp_path: Path) -> None:
    line = json.loads(export(cli, "--project", "demo", "--format", "doccano"))
    zipped, losses = tmp_path / "brat.zip", tmp_path / "losses.json"
    words = ("--project", "demo", "--kind", "all", "--format", "brat", "--losses", losses)
    export(cli, *words, "--output", zipped)
    first = zipped.read_bytes()
    export(cli, *words, "--output", zipped)
    refused = cli("annotation", "export", "--project", "demo", "--format", "brat")
    checks = export(cli, "--project", "demo", "--format", "averitec")

    assert (line["text"], line["label"]) == (TEXT, [])
    assert first == zipped.read_bytes()
    names = zipfile.ZipFile(zipped).namelist()
    assert [Path(name).name for name in names] == [
        "annotation.conf",
        "article.txt",
        "article.ann",
        "losses.json",
    ]
    assert json.loads(losses.read_text())["kinds"]["claims"]["exported"] == 1
    assert json.loads(checks) == []
    assert refused.exit_code == 2
    assert "several files: name a new folder or a .zip" in refused.stderr
