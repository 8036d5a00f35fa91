"""The coverage ledger: every sentence that needs a decision, in every slot."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from itertools import count as count_up
from random import Random

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_article, make_project
from workbench.corpus.tables import Article, Sentence, ZoneMark
from workbench.labelling.assigning import take_back
from workbench.labelling.coverage import Coverage, LedgerRow, count_coverage, read_ledger
from workbench.labelling.tables import Assignment
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
LONG = f"{TEXT} Fin."
numbers = count_up(1)


def read_rows(app: Flask) -> list[LedgerRow]:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        return list(read_ledger(db.session(), project_id=project))


def count(app: Flask, reader: int | None = None) -> Coverage:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        return count_coverage(db.session(), project_id=project, reader=reader)


@pytest.fixture
def anna(app: Flask) -> Desk:
    """Somebody at an article of four sentences and a caption."""
    return open_desk(app, make_corpus(app, *SENTENCES, "AFP", zones=[*["body"] * 4, "caption"]))


def test_the_ledger_has_a_word_for_each_sentence_of_a_slot(app: Flask, anna: Desk) -> None:
    anna.save(1, decision="claims", claims=[claim_on(TEXT, 0, 40)])
    anna.save(3)

    rows = read_rows(app)

    assert [(row.position, row.word) for row in rows] == [
        (1, "claims"),
        (2, "continues"),
        (3, "no_claim"),
        (4, "unread"),
    ]
    assert {(row.article, row.edition, row.annotator) for row in rows} == {("article", 1, "anna")}
    assert +count(app).words == Counter(row.word for row in rows)


@pytest.mark.parametrize(
    ("decision", "word"),
    [("undecided", "undecided"), ("not_annotatable", "not_annotatable"), ("claims", "unread")],
)
def test_an_answer_counts_as_what_it_says(app: Flask, anna: Desk, decision: str, word: str) -> None:
    anna.save(2, decision=decision)

    assert read_rows(app)[1].word == word
    assert count(app).words[word] == (4 if word == "unread" else 1)


def test_a_named_slot_is_unread_and_an_open_one_is_not_there(app: Flask, anna: Desk) -> None:
    bert = open_desk(app, "article", "bert")
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 3
        make_article(session, project.id, name="other")

    found = count(app)

    assert +found.words == {"unread": 8}
    assert [(one.name, one.sentences, one.never_read) for one in found.articles] == [
        ("article", 4, 4),
        ("other", 4, 4),
    ]
    bert.save(1)
    assert count(app).articles[0].never_read == 3


def test_what_lapsed_is_no_reading(app: Flask, anna: Desk) -> None:
    anna.save(1)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        slot = session.scalars(select(Assignment.public_id)).one()
        take_back(session, project_id=project, slot=slot, by=None, now=NOW)

    found = count(app)

    assert (read_rows(app), found.words) == ([], Counter())
    assert found.articles[0].never_read == 4


def test_what_is_withdrawn_is_not_in_the_ledger(app: Flask, anna: Desk) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=NOW))

    assert (read_rows(app), count(app).articles) == ([], [])


def test_a_lead_who_still_reads_an_article_gets_no_figure_of_it(app: Flask, anna: Desk) -> None:
    bert = open_desk(app, "article", "bert")
    with app.app_context(), transaction() as session:
        make_article(session, project_by_slug(session, slug="demo").id, name="other")

    found = count(app, reader=bert.user_id)

    assert [one.name for one in found.articles] == ["other"]
    assert (found.people, len(found.hidden)) == ([], 1)


@given(seed=st.randoms(use_true_random=False))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_words_add_up_to_the_sentences_of_the_slots(
    app: Flask, desks: list[Desk], seed: Random
) -> None:
    for desk in desks:
        for position in range(1, 6):
            if seed.random() < 0.6:
                save_something(app, desk, position, seed)
    with app.app_context(), transaction() as session:
        row = seed.choice(session.scalars(select(Sentence)).all())
        zone = seed.choice(["body", "caption"])
        session.add(
            ZoneMark(project_id=row.project_id, sentence_id=row.id, zone=zone, marked_at=NOW)
        )

    rows, found = read_rows(app), count(app)

    (article,) = found.articles
    assert len(rows) == sum(found.words.values()) == article.sentences * len(article.slots)
    assert +found.words == Counter(row.word for row in rows)
    for person in found.people:
        assert +person.words == Counter(row.word for row in rows if row.annotator == person.name)
    read = {row.position for row in rows if row.word != "unread"}
    assert article.never_read == len({row.position for row in rows} - read)


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """Three at one article."""
    slug = make_corpus(app, *SENTENCES, "Fin.")
    return [open_desk(app, slug, name) for name in ("anna", "bert", "cleo")]


def save_something(app: Flask, desk: Desk, position: int, seed: Random) -> None:
    """Save an answer by chance, upon the one before; what is refused is refused."""
    start = LONG.index([*SENTENCES, "Fin."][position - 1])
    end = seed.choice([start + 3, start + 30, len(LONG)])
    more = [(min(end + 2, len(LONG) - 1), len(LONG))] if end + 2 < len(LONG) else []
    parts = seed.choice([[], more])
    decision = seed.choice(["claims", "claims", "no_claim", "undecided", "not_annotatable"])
    claims = [claim_on(LONG, start, min(end, len(LONG)), *parts)] if decision == "claims" else []
    for claim in claims:
        claim["id"] = f"claim{next(numbers):015}"
    newest = next(
        (one["id"] for one in desk.open()["answers"] if one["sentence"].endswith(f".{position}")),
        None,
    )
    desk.save(
        position,
        id=f"again{next(numbers):019}",
        decision=decision,
        claims=claims if seed.random() < 0.8 else [],
        base=newest,
    )


@pytest.mark.parametrize("by", ["article", "annotator", "sentence"])
@pytest.mark.parametrize("format_", ["table", "jsonl", "csv"])
def test_the_command_lists_the_ledger(
    app: Flask, cli: Callable[..., Result], anna: Desk, by: str, format_: str
) -> None:
    anna.save(1, decision="claims", claims=[claim_on(TEXT, 0, 40)])

    done = cli("annotation", "coverage", "--project", "demo", "--by", by, "--format", format_)

    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len(lines) == (4 if by == "sentence" else 1) + (format_ != "jsonl")
    if format_ == "jsonl":
        row = json.loads(lines[0])
        assert row["word"] == "claims" if by == "sentence" else row["unread"] == 2


def test_an_empty_project_is_covered(app: Flask, cli: Callable[..., Result]) -> None:
    with app.app_context(), transaction() as session:
        make_project(session)

    done = cli("annotation", "coverage", "--project", "demo", "--format", "csv")

    assert list(csv.DictReader(io.StringIO(done.output))) == []
    assert done.output.startswith("article,sentences,slots,claims,")
