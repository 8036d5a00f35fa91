"""Sentences found by their words: the same on both databases, whatever is typed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.compared import run_jobs
from tests.factories import make_article, make_project
from workbench.clock import utc_now
from workbench.corpus.operations import erase_article
from workbench.corpus.searching import (
    JOB,
    index_now,
    index_sentences,
    matches,
    matches_at,
    matches_two,
    parse_words,
    request_indexing,
)
from workbench.corpus.tables import Sentence, SentenceSearch, TextEdition
from workbench.jobs.tables import Job
from workbench.settings import Settings
from workbench.storage.database import close_connections, db, empty_journal, transaction

SENTENCES = (
    "L’Élysée s’oppose à l'IA ouverte.",
    "Le cœur du modèle GPT-4 est fermé.",
    "LE CŒUR N'EST PAS OUVERT : « open source » ?",
    "Aujourd’hui, l’open-source progresse de 12,5 % en 2023.",
    "A3b9c 1e5a straße Ǆ ﬁn.",
)


@pytest.fixture
def corpus(app: Flask) -> Flask:
    with app.app_context():
        with transaction() as session:
            make_article(session, make_project(session).id, *SENTENCES)
        index_now(1)
    return app


def found(app: Flask, typed: str) -> list[int]:
    """The positions of the sentences that are found."""
    with app.app_context():
        session = db.session()
        words = parse_words(typed)
        assert words
        singly = session.scalars(
            select(Sentence.position)
            .where(matches_at(words, Sentence.id))
            .order_by(Sentence.position)
        ).all()
        together = list(
            session.scalars(
                select(Sentence.position)
                .join(SentenceSearch, SentenceSearch.sentence_id == Sentence.id)
                .where(matches(session, SentenceSearch.sentence_id, words))
                .order_by(Sentence.position)
            )
        )
        assert singly == together
        return together


@pytest.mark.parametrize(
    ("typed", "positions"),
    [
        ("elysee ", [1]),
        ("ÉLYSÉE ", [1]),
        ("l'ia ", [1]),
        ("l’ia ", [1]),
        ("lia ", []),
        ("ia l ", [1]),
        ('"ia l"', []),
        ("coeur ", [2, 3]),
        ("cœur ", [2, 3]),
        ("CŒUR modele ", [2]),
        ("open-source ", [3, 4]),
        ("open source ", [3, 4]),
        ('"source open"', []),
        ("« open source »", [3, 4]),
        ("“open source”", [3, 4]),
        ('"open sou', []),
        ("ouver", [1, 3]),
        ("ouver ", []),
        ("ouverte", [1]),
        ("o", []),
        ("gpt4 ", [2]),
        ("GPT-4 ", [2]),
        ("gp", [2]),
        ("aujourd'hui ", [4]),
        ("12,5 ", [4]),
        ("20", [4]),
        ("strasse ", [5]),
        ("fin ", [5]),
        ("1e5a ", [5]),
        ("a3b9c ", [5]),
        ("coeur OR elysee ", []),
        ("cœur -modele ", [2]),
        ("search_text:coeur ", []),
        ("coeur* ", [2, 3]),
        ("NEAR(coeur modele) ", []),
    ],
)
def test_words_are_found_whatever_accents_case_and_signs(
    corpus: Flask, typed: str, positions: list[int]
) -> None:
    assert found(corpus, typed) == positions


@pytest.mark.parametrize("typed", ["", "  ", '"', "' -", "«»", "???", "🙂", "\0"])
def test_without_words_nothing_is_sought(typed: str) -> None:
    assert parse_words(typed) is None


@pytest.mark.parametrize(
    "typed",
    ['"', "a\0b", "'; DROP TABLE x", "a:* & b", "((", "\\", "a | !b", "x" * 5000, "a " * 500],
)
def test_nothing_that_is_typed_reaches_the_query(corpus: Flask, typed: str) -> None:
    if parse_words(typed):
        found(corpus, typed)


def test_sentences_with_two_of_several_words_are_found(corpus: Flask) -> None:
    with corpus.app_context():
        session = db.session()
        words = ["coeur", "gpt", "open", "elysee", "progresse"]
        rows = session.scalars(
            select(SentenceSearch.sentence_id).where(
                matches_two(session, SentenceSearch.sentence_id, words, project_id=1, most=9)
            )
        )

        assert len(rows.all()) == 3


@pytest.mark.parametrize("words", [["elysee", "ia", "gpt"], ["elysee"]])
def test_old_sentences_with_two_words_are_found_behind_many_newer_ones(
    corpus: Flask, words: list[str]
) -> None:
    with corpus.app_context():
        with transaction() as session:
            make_article(session, 1, *["Encore un mot d’ia."] * 6, name="newer")
            other = make_project(session, slug="other").id
            make_article(session, other, SENTENCES[0], name="newest")
        index_now(1)
        index_now(other)
        session = db.session()

        found = select(SentenceSearch.sentence_id).where(
            matches_two(session, SentenceSearch.sentence_id, words, project_id=1, most=1)
        )

        (row,) = session.scalars(found).all()
        sentence = session.get_one(Sentence, row)
        assert (sentence.project_id, sentence.position) == (1, 1)


def test_a_job_goes_on_where_it_was_and_does_nothing_twice(corpus: Flask) -> None:
    with corpus.app_context():
        assert index_sentences(1) == 0
        with transaction() as session:
            make_article(session, 1, "Encore un mot.", name="more")
            for _ in range(2):
                request_indexing(session, project_id=1, by=None, now=utc_now())
        assert db.session().scalar(select(func.count(Job.id)).where(Job.kind == JOB)) == 1
        db.session().rollback()

    run_jobs(corpus)

    assert found(corpus, "encore ") == [1]


def test_an_import_from_the_command_line_is_searched_at_once_or_later(
    cli: Callable[..., Result], app: Flask, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"Le mot {name}.")
    cli("project", "add", "--slug", "demo", "--name", "Demo", "--language", "fr")
    cli("article", "import", tmp_path / "one.txt", "--project", "demo")
    cli("article", "import", tmp_path / "two.txt", "--project", "demo", "--index-later")

    assert found(app, "one ") == [1]
    assert found(app, "two ") == []
    assert "1 sentence" in cli("article", "index", "--project", "demo").output
    assert found(app, "two ") == [1]


def test_what_is_erased_is_in_no_index(corpus: Flask, settings: Settings) -> None:
    with corpus.app_context():
        with transaction() as session:
            article = session.scalars(select(TextEdition.article_id)).one()
            erase_article(
                session, project_id=1, article_id=article, reason="Weg.", by=None, now=utc_now()
            )
        empty_journal()
        close_connections()

    assert found(corpus, "elysee ") == []
    if settings.database.startswith("sqlite"):
        file = Path(settings.database.removeprefix("sqlite:///"))
        assert b"elysee" not in file.read_bytes()
    with corpus.app_context():
        assert index_sentences(1) == 0
