"""The pages of a correction: shown before it is made, side by side after, confirmed by Enter."""

import io
import re
import zlib
from base64 import b64encode
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES, claim_on
from tests.functional.test_editions import TEXT, TYPO, correct, finished, read
from tests.people import browser_of, csrf_token, hidden, join, make_person
from tests.statements import counted_statements
from workbench.corpus.preparing import hash_bytes
from workbench.corpus.queries import known_articles
from workbench.corpus.tables import SourceFile
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db

ARTICLE = "/projects/demo/articles/article"
MOVED = "/projects/demo/annotate/article/moved/"


@pytest.fixture
def anna(app: Flask) -> Desk:
    make_corpus(app)
    return finished(app)


def lead(app: Flask, *roles: Role) -> FlaskClient:
    user = make_person(app, "lead@example.org")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "lead@example.org", {*roles} or {Role.MANAGER})
    return browser_of(app, user)


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that does what a preview shows."""
    form = page[page.index('action="/projects/demo/articles/article/apply"') :]
    found = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def post(client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client), **data})


def test_a_correction_is_shown_before_it_is_made(app: Flask, anna: Desk) -> None:
    client = lead(app)

    shown = post(client, f"{ARTICLE}/correct", base="1", text=TYPO)

    assert shown.status_code == 200
    assert "3 of 4 sentences stay" in shown.text
    assert "Answers: 3 go over, 1 wait to be confirmed, 0 have no place in it" in shown.text
    assert "<del>sait</del>" in shown.text
    assert "<ins>savait</ins>" in shown.text
    assert read(anna).keys() == {1, 2, 3, 4}
    assert "it has one edition" in client.get(f"{ARTICLE}/editions/").text

    done = post(client, f"{ARTICLE}/apply", **fields(shown.text))

    assert (done.status_code, done.location) == (303, f"{ARTICLE}/editions/")
    page = client.get(done.location).text
    assert "<strong>3</strong> carried" in page
    assert "<strong>1</strong> to confirm" in page
    assert read(anna).keys() == {1, 2, 3}


def test_a_file_is_taken_before_what_is_written(app: Flask, anna: Desk) -> None:
    file = (io.BytesIO(f"Neuf.\n{TEXT}".encode()), "corrected.txt")

    shown = post(lead(app), f"{ARTICLE}/correct", base="1", text=TEXT, file=file)

    assert "4 of 4 sentences stay" in shown.text


def sources(app: Flask) -> list[bytes]:
    with app.app_context():
        return [*db.session.scalars(select(SourceFile.content).order_by(SourceFile.id))]


def test_the_bytes_of_a_corrected_file_are_kept(app: Flask, anna: Desk) -> None:
    client, before = lead(app), sources(app)
    content = f"\ufeffNeuf.\r\n\r\n{TEXT}\r\n".encode()
    file = (io.BytesIO(content), "corrected.txt")
    shown = post(client, f"{ARTICLE}/correct", base="1", text="", file=file)

    done = post(client, f"{ARTICLE}/apply", **fields(shown.text))

    assert done.location == f"{ARTICLE}/editions/"
    assert sources(app) == [*before, content]
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        hashes = [hash_bytes(content)]
        known = known_articles(db.session(), project_id=project, hashes=hashes)
    assert [*known.values()] == [("article",)]


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ("AAAA", "The file was cut on its way"),
        (b64encode(zlib.compress(TYPO.encode())).decode(), "The file has another text"),
    ],
)
def test_a_file_that_is_not_what_was_shown_changes_nothing(
    app: Flask, anna: Desk, other: str, problem: str
) -> None:
    client = lead(app)
    file = (io.BytesIO(f"Neuf. {TEXT}".encode()), "corrected.txt")
    sent = fields(post(client, f"{ARTICLE}/correct", base="1", text="", file=file).text)

    done = post(client, f"{ARTICLE}/apply", **{**sent, "file": other})

    assert problem in client.get(done.location).text
    assert "it has one edition" in client.get(f"{ARTICLE}/editions/").text
    assert len(sources(app)) == 1


def test_sentences_are_split_and_merged_by_lines(app: Flask, anna: Desk) -> None:
    client = lead(app, Role.ADJUDICATOR)
    assert f"{SENTENCES[0]}\n{SENTENCES[1]}" in unescape(client.get(f"{ARTICLE}/sentences").text)
    lines = f"{SENTENCES[0]} {SENTENCES[1]}\r\n{SENTENCES[2]}\r\n{SENTENCES[3]}"

    shown = post(client, f"{ARTICLE}/sentences", base="1", lines=lines)
    done = post(client, f"{ARTICLE}/apply", **fields(shown.text))

    assert done.location == f"{ARTICLE}/editions/"
    assert "<strong>2</strong> to confirm" in client.get(done.location).text


def test_an_adjudicator_changes_no_words(app: Flask, anna: Desk) -> None:
    manager = lead(app)
    sent = fields(post(manager, f"{ARTICLE}/correct", base="1", text=TYPO).text)
    join_as = make_person(app, "judge@example.org")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "judge@example.org", {Role.ADJUDICATOR})
    judge = browser_of(app, join_as)

    post(judge, f"{ARTICLE}/apply", **sent)

    assert "it has one edition" in judge.get(f"{ARTICLE}/editions/").text


@pytest.mark.parametrize(
    ("text", "problem"),
    [(TEXT, "Nothing changed: the article has this very text already."), ("  ", "is empty")],
)
def test_what_corrects_nothing_is_refused(app: Flask, anna: Desk, text: str, problem: str) -> None:
    refused = post(lead(app), f"{ARTICLE}/correct", base="1", text=text)

    assert refused.status_code == 422
    assert problem in refused.text


def test_another_articles_text_has_to_be_meant(app: Flask, anna: Desk) -> None:
    client = lead(app)
    shown = post(client, f"{ARTICLE}/correct", base="1", text="Un autre texte. Tout neuf.").text
    assert "is it another article’s text?" in shown
    sent = fields(shown)
    sent.pop("sure", None)

    assert post(client, f"{ARTICLE}/apply", **sent).status_code == 422
    assert post(client, f"{ARTICLE}/apply", **sent, sure="y").status_code == 303


def test_a_preview_of_an_older_text_is_told_so(app: Flask, anna: Desk) -> None:
    client = lead(app)
    sent = fields(post(client, f"{ARTICLE}/correct", base="1", text=TYPO).text)
    correct(app, f"Neuf.\n{TEXT}")

    done = post(client, f"{ARTICLE}/apply", **sent)

    assert "corrected meanwhile" in client.get(done.location).text


def test_what_was_written_over_an_older_text_is_told_so(app: Flask, anna: Desk) -> None:
    client = lead(app)
    correct(app, f"Neuf.\n{TEXT}")
    lines = "\r\n".join((f"{SENTENCES[0]} {SENTENCES[1]}", *SENTENCES[2:]))

    refused = [
        post(client, f"{ARTICLE}/correct", base="1", text=TYPO),
        post(client, f"{ARTICLE}/sentences", base="1", lines=lines),
    ]

    for one in refused:
        assert one.status_code == 412
        assert "corrected meanwhile: it has edition 2 now" in unescape(one.text)
        assert "<dt>Edition 2</dt><dd><bdi>Neuf.\n" in one.text
        assert hidden(one.text, "base") == "2"
    assert "Nul ne le savait" in refused[0].text.partition("<textarea")[2]
    assert post(client, f"{ARTICLE}/correct", base="2", text=TYPO).status_code == 200


def test_an_annotator_confirms_what_moved(app: Flask, anna: Desk) -> None:
    correct(app, TYPO)
    anna.open()
    assert "What became of your answers" in anna.client.get(anna.base).text
    page = anna.client.get(MOVED).text
    assert "3 of your answers went over" in page
    assert page.count("autofocus") == 1
    revision = re.findall(r'name="revision" value="(\w+)"', page)

    done = post(anna.client, f"{MOVED}confirm", position="4", revision=revision[0])

    assert (done.status_code, done.location) == (303, MOVED)
    assert "Nothing waits to be confirmed." in anna.client.get(MOVED).text
    assert read(anna).keys() == {1, 2, 3, 4}
    assert anna.post("finish").status_code == 200


def test_what_waits_to_be_confirmed_stands_beside_the_sentence_it_went_to(app: Flask) -> None:
    first, second, question, last = SENTENCES
    make_corpus(app)
    desk = finished(app)
    correct(app, " ".join((question, second, last, first)))

    page = desk.client.get(MOVED).text

    waiting = page[page.index('id="waiting"') : page.index("</ol>")]
    assert re.search(rf'<span class="number">4</span>\s*{re.escape(first)}', waiting)


def test_who_is_at_work_is_told_that_the_text_was_corrected(app: Flask) -> None:
    make_corpus(app)
    desk = open_desk(app)
    desk.save(1)
    correct(app, TYPO)

    assert "You finish on the one you began" in desk.client.get(MOVED).text


def test_a_lead_who_still_labels_the_article_sees_nothing_of_others(app: Flask, anna: Desk) -> None:
    client = lead(app, Role.MANAGER)
    correct(app, TYPO)
    assert "<strong>3</strong> carried" in client.get(f"{ARTICLE}/editions/").text
    ben = open_desk(app, name="ben")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "ben@example.org", {Role.MANAGER, Role.ADJUDICATOR})

    page = ben.client.get(f"{ARTICLE}/editions/").text

    assert "hidden from you" in page
    assert "carried" not in page
    refused = post(ben.client, f"{ARTICLE}/editions/confirm", position="1", revision="x")
    assert refused.status_code == 403


def test_many_annotators_cost_the_page_no_statement_more(app: Flask, anna: Desk) -> None:
    client = lead(app)
    finished(app, "ben", claims=[claim_on(TEXT, 0, 20)])
    correct(app, TYPO)
    with counted_statements() as few:
        client.get(f"{ARTICLE}/editions/")

    assert len(few) <= 22
