"""Import: a file whole or not at all, known bytes once, bad input refused in one sentence."""

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.people import browser_of, csrf_token, join, make_person, make_project, send
from workbench.app import JOB_HANDLERS
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.corpus.queries import find_article, list_articles, newest_edition, read_sentences
from workbench.corpus.rules import FileOutcome, ImportState
from workbench.corpus.tables import SourceFile, TextEdition
from workbench.errors import ConflictError
from workbench.jobs.runner import run_waiting_jobs
from workbench.projects.rules import Role
from workbench.projects.tables import Project
from workbench.storage.base import Base
from workbench.storage.bulk import ROWS_A_STATEMENT, insert_and_find
from workbench.storage.database import db, transaction
from workbench.web.errors import MAX_FILES

Cli = Callable[..., Result]

TEXT = "L’IA ouverte\n\nLe code est ouvert. « Les poids aussi », dit Meta.\r\nFin.\n"


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "text")
    return buffer.getvalue()


# Name, bytes, and a word of the sentence that refuses them.
BAD = {
    "wrong encoding": ("a.txt", "d’accord, c’était l’été".encode("cp1252"), "line 1"),
    "NUL": ("a.txt", b"one\ntwo\0three", "NUL"),
    "lone surrogate": ("a.jsonl", b'{"text": "half a pair: \\ud83d"}', "surrogate"),
    "lone surrogate in UTF-8": ("a.txt", b"half a pair: \xed\xa0\xbd", "surrogate"),
    "one line of 50 MB": ("a.txt", b"mot " * 12_500_000, "2,000,000|2000000"),
    "10,000 levels": ("a.jsonl", b'{"text":' * 10_000 + b"1" + b"}" * 10_000, "deep"),
    "duplicate keys": ("a.jsonl", b'{"text": "a", "text": "b"}', "twice"),
    "missing column": ("a.csv", b"title,outlet\nA,B\n", "text"),
    "empty file": ("a.txt", b"", "empty"),
    "a path for a name": ("../../x", b"A text.", "not the name of a file"),
    "zip renamed": ("a.txt", zipped(), "ZIP"),
    "unknown kind": ("a.docx", b"A text.", "kind"),
}
bad_files = pytest.mark.parametrize("case", BAD)


def count_rows(app: Flask, *, without: tuple[str, ...] = ()) -> dict[str, int]:
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in without
        }


def import_now(app: Flask, project_id: int, *files: tuple[str, bytes]) -> list[FileOutcome]:
    with app.app_context():
        batches = import_in_batches(
            [NamedFile(name, content) for name, content in files], project_id=project_id, by=None
        )
        return [outcome for batch in batches for outcome in batch]


@pytest.fixture
def project_id(app: Flask) -> int:
    return make_project(app)


def test_a_text_too_short_to_tell_has_the_language_of_its_project(
    app: Flask, project_id: int
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Project, project_id).language = "en"

    import_now(app, project_id, ("a.txt", b"OpenAI, Meta"), ("b.txt", "Le débat".encode()))

    with app.app_context():
        listed = list_articles(db.session(), project_id=project_id)
        assert {one.article.slug: one.article.language for one in listed} == {"a": "en", "b": "fr"}


@pytest.mark.parametrize("count", [1, ROWS_A_STATEMENT, 2 * ROWS_A_STATEMENT + 1])
def test_every_sentence_is_stored_in_its_place(app: Flask, project_id: int, count: int) -> None:
    text = " ".join(f"Le point {number} est clair." for number in range(count))

    import_now(app, project_id, ("a.txt", text.encode()))

    with app.app_context():
        edition = db.session.scalars(select(TextEdition)).one()
        sentences = read_sentences(db.session(), project_id=project_id, edition_id=edition.id)
        printed = [text[sentence.start : sentence.end] for sentence in sentences]
    assert printed == [f"Le point {number} est clair." for number in range(count)]
    assert {sentence.zone for sentence in sentences} == {"body"}


def test_rows_that_are_there_already_are_a_conflict(app: Flask, project_id: int) -> None:
    import_now(app, project_id, ("a.txt", b"One text."))

    with app.app_context():
        columns = SourceFile.__table__.c
        there = dict(db.session.execute(select(*columns)).mappings().one())
        row = {**there, "id": there["id"] + 1, "public_id": "another"}
        with pytest.raises(ConflictError), transaction() as session:
            insert_and_find(session, SourceFile, [row], known_by="public_id")


@bad_files
def test_bad_input_by_command_line_changes_nothing(
    case: str, cli: Cli, app: Flask, project_id: int, tmp_path: Path
) -> None:
    name, content, reason = BAD[case]
    before = count_rows(app)

    if "/" in name:
        result = cli("article", "import", "-", "--name", name, "--project", "demo", input=content)
    else:
        (tmp_path / name).write_bytes(content)
        result = cli("article", "import", tmp_path / name, "--project", "demo")

    assert result.exit_code == 2
    assert re.fullmatch(rf"Error: [^\n]*({reason})[^\n]*\.\n", result.stderr)
    assert count_rows(app) == before


@bad_files
def test_bad_input_by_upload_changes_nothing_but_the_job(
    case: str, app: Flask, manager: FlaskClient
) -> None:
    name, content, reason = BAD[case]
    before = count_rows(app, without=("job",))

    page = upload(app, manager, (name, content))

    assert "refused" in page
    assert re.search(reason, page)
    assert count_rows(app, without=("job",)) == before


@pytest.fixture
def manager(app: Flask, project_id: int) -> FlaskClient:
    person = make_person(app)
    join(app, project_id, "ada@example.org", [Role.MANAGER])
    return browser_of(app, person)


def upload(app: Flask, browser: FlaskClient, *files: tuple[str, bytes]) -> str:
    """Upload files, let the job be done, and return its page."""
    answer = send_files(browser, *files)
    assert answer.status_code == 303
    assert "Waiting" in browser.get(answer.location).text
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=threading.Event())
    return browser.get(answer.location).text


def send_files(
    browser: FlaskClient, *files: tuple[str, bytes], field: str = "files"
) -> TestResponse:
    """Send the form of the import page with these files."""
    address = "/projects/demo/articles/import"
    chosen = [FileStorage(io.BytesIO(content), name) for name, content in files]
    # Encoded here: the client itself would leave a temporary file open.
    boundary, body = encode_multipart({"csrf_token": csrf_token(browser, address), field: chosen})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(address, data=body, content_type=kind)


def test_an_article_is_stored_with_its_text_sentences_and_zones(
    app: Flask, project_id: int
) -> None:
    (outcome,) = import_now(app, project_id, ("ia.txt", TEXT.encode()))

    with app.app_context():
        article = find_article(db.session(), project_id=project_id, name="ia")
        edition = newest_edition(db.session(), project_id=project_id, article_id=article.id)
        sentences = read_sentences(db.session(), project_id=project_id, edition_id=edition.id)
        assert outcome == FileOutcome("ia.txt", ImportState.IMPORTED, ("ia",), 4)
        assert edition.text == TEXT.replace("\r\n", "\n")
        assert edition.sha256 == hashlib.sha256(edition.text.encode()).hexdigest()
        assert [(s.position, edition.text[s.start : s.end]) for s in sentences] == [
            (1, "L’IA ouverte"),
            (2, "Le code est ouvert."),
            (3, "« Les poids aussi », dit Meta."),
            (4, "Fin."),
        ]
        assert [sentence.zone for sentence in sentences] == ["headline", "body", "body", "body"]
        assert (article.language, article.title, article.outlet) == ("fr", None, None)


def test_the_bytes_are_kept_as_they_came(app: Flask, project_id: int) -> None:
    content = "\ufeff".encode() + TEXT.encode()

    import_now(app, project_id, ("ia.txt", content))

    with app.app_context():
        source = db.session.scalars(select(SourceFile)).one()
        assert source.content == content
        assert source.sha256 == hashlib.sha256(content).hexdigest()


def test_the_same_bytes_again_change_nothing(app: Flask, project_id: int) -> None:
    import_now(app, project_id, ("ia.txt", TEXT.encode()))
    before = count_rows(app)

    again = import_now(app, project_id, ("ia.txt", TEXT.encode()), ("x.md", TEXT.encode()))

    assert [(outcome.state, outcome.articles) for outcome in again] == [
        (ImportState.KNOWN, ("ia",)),
        (ImportState.KNOWN, ("ia",)),
    ]
    assert count_rows(app) == before


def test_the_same_bytes_twice_at_once_are_stored_once(app: Flask, project_id: int) -> None:
    outcomes = import_now(app, project_id, ("a.txt", b"A text."), ("b.txt", b"A text."))

    assert [outcome.state for outcome in outcomes] == [ImportState.IMPORTED, ImportState.KNOWN]
    assert outcomes[1].articles == ("a",)


def test_equal_names_get_numbers(app: Flask, project_id: int) -> None:
    outcomes = import_now(
        app, project_id, ("a.txt", b"One."), ("a.txt", b"Two."), ("A.md", b"Three.")
    )

    assert [outcome.articles for outcome in outcomes] == [("a",), ("a-2",), ("a-3",)]


def test_the_good_files_beside_a_bad_one_are_imported(app: Flask, project_id: int) -> None:
    outcomes = import_now(app, project_id, ("a.txt", b"One."), ("b.txt", b""), ("c.txt", b"Two."))

    assert [outcome.state.value for outcome in outcomes] == ["imported", "refused", "imported"]


def test_an_id_names_one_article_for_good(app: Flask, project_id: int) -> None:
    records = [json.dumps({"id": "n-1", "text": text}).encode() for text in ("One.", "Changed.")]

    first, second = import_now(app, project_id, ("a.jsonl", records[0]), ("b.jsonl", records[1]))

    assert first.articles == ("n-1",)
    assert second.reason == (
        "b.jsonl line 1 has the id n-1, which another article of the project has: change it."
    )


def test_one_file_may_hold_thousands_of_articles(app: Flask, project_id: int) -> None:
    lines = [json.dumps({"text": f"Phrase {number}. Fin."}) for number in range(2500)]

    (outcome,) = import_now(app, project_id, ("many.jsonl", "\n".join(lines).encode()))

    assert (len(outcome.articles), outcome.sentences) == (2500, 5000)
    with app.app_context():
        listed = list_articles(db.session(), project_id=project_id, limit=3)
        assert [entry.sentences for entry in listed] == [2, 2, 2]
        assert listed[0].article.slug == "many-2500"


def test_an_upload_may_bring_its_manifest(app: Flask, manager: FlaskClient) -> None:
    manifest = b'{"file": "a.txt", "title": "A title", "published": "2023-12"}\n'

    page = upload(app, manager, ("manifest.jsonl", manifest), ("a.txt", b"The text."))

    assert "imported" in page
    with app.app_context():
        ((article, _),) = [
            (entry.article, entry.sentences) for entry in list_articles(db.session(), project_id=1)
        ]
        assert (article.slug, article.published) == ("a-title", "2023-12")


def test_a_wrong_manifest_stops_the_upload_with_its_sentence(
    app: Flask, manager: FlaskClient
) -> None:
    answer = send_files(manager, ("manifest.jsonl", b'{"file": "b.txt"}'), ("a.txt", b"A text."))

    assert answer.status_code == 422
    assert "manifest.jsonl line 1 describes" in answer.text


def test_of_a_folder_the_files_are_taken_that_the_command_line_takes(
    app: Flask, manager: FlaskClient
) -> None:
    named = {
        "news/a.txt": b"Un texte.",
        "news/manifest.jsonl": b'{"file": "a.txt", "title": "Un titre"}',
        "news/photo.jpg": b"\xff\xd8\xff",
        "news/.hidden.txt": b"Not this.",
        "news/old/b.txt": b"Nor this.",
    }

    answer = send_files(manager, *named.items(), field="folder")

    assert "3 files of the folder were passed over" in manager.get(answer.location).text
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=threading.Event())
    with app.app_context():
        listed = list_articles(db.session(), project_id=1)
    assert [entry.heading for entry in listed] == ["Un titre"]


def test_more_files_than_an_upload_may_have_are_refused_with_their_number(
    app: Flask, manager: FlaskClient
) -> None:
    assert app.config["MAX_FORM_PARTS"] > MAX_FILES
    app.config["MAX_FORM_PARTS"] = 1  # What comes before the first file is one.

    answer = send_files(manager, ("a.txt", b"A text."))

    assert answer.status_code == 413
    assert f"64 MiB and {MAX_FILES} files" in answer.text


def test_the_line_of_a_file_is_named_in_french(app: Flask, manager: FlaskClient) -> None:
    send(manager, "/language", language="fr", next="/")

    answer = send_files(manager, ("a.jsonl", b'{"text": 1}'))
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=threading.Event())

    assert "a.jsonl, ligne 1" in manager.get(answer.location).text


def test_an_upload_without_files_is_refused(app: Flask, manager: FlaskClient) -> None:
    address = "/projects/demo/articles/import"

    answer = manager.post(address, data={"csrf_token": csrf_token(manager, address)})

    assert answer.status_code == 422
    assert "Choose at least one article file." in answer.text


def test_an_upload_larger_than_the_setting_is_refused(app: Flask, manager: FlaskClient) -> None:
    address = "/projects/demo/articles/import"
    app.config["MAX_CONTENT_LENGTH"] = 1000
    token = csrf_token(manager, address)

    answer = manager.post(
        address, data={"csrf_token": token, "files": [(io.BytesIO(b"a" * 2000), "a.txt")]}
    )

    assert answer.status_code == 413
    assert "1000 files" in answer.text


def test_the_changing_part_of_a_jobs_page_comes_alone(app: Flask, manager: FlaskClient) -> None:
    page = upload(app, manager, ("a.txt", b"A text."))
    job = db_job_id(app)

    part = manager.get(f"/projects/demo/jobs/{job}", headers={"HX-Request": "true"}).text

    assert "<html" in page
    assert "<html" not in part
    assert "hx-get" not in part  # ended: nothing more to ask for
    assert 'href="/projects/demo/articles/a/"><bdi>A text.</bdi>' in part


def db_job_id(app: Flask) -> str:
    with app.app_context():
        job = Base.metadata.tables["job"]
        imported = select(job.c.public_id).where(job.c.kind == "article_import")
        return str(db.session.scalar(imported))


def test_a_folder_is_imported_with_its_manifest(cli: Cli, project_id: int, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("Un texte.")
    (folder / "b.md").write_text("The other text is here.")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "manifest.jsonl").write_text('{"file": "a.txt", "outlet": "Le Matin"}\n')

    result = cli("article", "import", folder, "--project", "demo", "--format", "jsonl")

    assert result.exit_code == 0
    assert [json.loads(line)["articles"] for line in result.stdout.splitlines()] == [["a"], ["b"]]
    assert "photo.jpg" in result.stderr
    listed = cli("article", "list", "--project", "demo", "--format", "csv").stdout
    assert "a,Un texte.,Le Matin,,fr,1,in use" in listed


def test_files_found_by_a_pattern_bring_their_manifest(
    cli: Cli, project_id: int, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "manifest.jsonl").write_text('{"file": "a.txt", "title": "T"}\n')

    paths = [tmp_path / "a.txt", tmp_path / "manifest.jsonl"]
    result = cli("article", "import", *paths, "--project", "demo")

    assert result.exit_code == 0
    assert "imported  t " in result.stdout


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("manifest.jsonl", '{"file": "b.txt"}'), "name those, or their folder"),
        (("a.jsonl", '{"text": 5}'), "text is a number; it should be"),
    ],
)
def test_an_import_of_nothing_says_why_and_prints_no_list(
    cli: Cli, project_id: int, tmp_path: Path, file: tuple[str, str], sentence: str
) -> None:
    name, content = file
    (tmp_path / name).write_text(content)

    result = cli("article", "import", tmp_path / name, "--project", "demo")

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_standard_input_is_a_file_with_the_name_given(cli: Cli, project_id: int) -> None:
    words = ["article", "import", "-", "--name", "a.csv", "--project", "demo"]

    result = cli(*words, input="text,title\nA text.,Named\n")

    assert "a.csv  imported  named" in result.stdout


@pytest.mark.parametrize(
    "words",
    [["import", "nowhere.txt", "--project", "demo"], ["import", ".", "--project", "other"]],
)
def test_what_is_not_there_is_said(cli: Cli, project_id: int, words: list[str]) -> None:
    result = cli("article", *words)

    assert result.exit_code == 2
    assert re.fullmatch(r"Error: There is no [^\n]+\.\n", result.stderr)
