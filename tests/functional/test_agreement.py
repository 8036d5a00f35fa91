"""Agreement, from finished articles to the printed report."""

import json
import os
from collections.abc import Callable

import jsonschema
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.annotators import Desk, make_corpus, open_desk
from tests.compared import make_compared, run_jobs
from tests.functional.test_scheme_change import asking, change, document
from tests.training import make_school, read_all
from workbench.adjudication import agreeing
from workbench.adjudication.agreeing import Agreement, report_agreement
from workbench.adjudication.counting import read_basis, read_standing, request_count
from workbench.agreement.document import read_report, report_document
from workbench.agreement.figures import Figure, Undefined
from workbench.cli.agreement_text import print_html, print_text
from workbench.clock import utc_now
from workbench.jobs.rules import JobState
from workbench.labelling.tables import Speaker
from workbench.projects.queries import project_by_slug
from workbench.resources import resource_folder
from workbench.storage.database import db, transaction

SCHEMA = resource_folder("schemas") / "agreement-report.v1.schema.json"


def agreement(
    app: Flask, reader: int | None = None, record: Callable[[int], None] = lambda _done: None
) -> Agreement:
    """Return the report, whose JSON is checked against its schema."""
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo")
        basis = reader and read_basis(db.session(), project_id=project.id, reader=reader)
        articles = basis.articles if basis else None
        found = report_agreement(
            db.session(), project_id=project.id, articles=articles, record=record
        )
    document = report_document(found.report, project="demo", names=found.names)
    assert read_report(json.loads(json.dumps(document))).figures
    jsonschema.validate(
        json.loads(json.dumps(document, allow_nan=False)), json.loads(SCHEMA.read_text())
    )
    return found


def figure(found: Agreement, name: str) -> Figure:
    return next(one for one in found.report.figures if one.name == name)


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """Two articles that anna and bert have finished; of the speaker in one they differ."""
    return make_compared(app)


def test_the_report_says_where_two_differ(app: Flask, desks: list[Desk]) -> None:
    found = agreement(app)

    assert (found.report.articles, found.report.sentences) == (2, 8)
    assert [found.names[one] for one in found.report.annotators] == ["anna", "bert"]
    assert figure(found, "has_claim").value == figure(found, "claim_found").value == 1
    assert figure(found, "has_claim").prevalence == {"claim": 0.5, "no_claim": 0.5}
    assert figure(found, "speaker").observed == 0.75
    assert figure(found, "cue").value == 1
    assert figure(found, "quote_type").undefined is Undefined.NO_VARIATION


def test_merged_speakers_are_one(app: Flask, desks: list[Desk]) -> None:
    with app.app_context(), transaction() as session:
        rows = dict(session.execute(select(Speaker.public_id, Speaker.id)).all())
        merged = update(Speaker).where(Speaker.public_id == "openai")
        session.execute(merged.values(merged_into_id=rows["meta"]))

    assert figure(agreement(app), "speaker").value == 1


def test_an_article_that_is_taken_up_again_does_not_count(app: Flask, desks: list[Desk]) -> None:
    desks[1].post("reopen")

    assert agreement(app).report.articles == 1


def test_who_still_works_on_an_article_gets_no_figure_of_it(app: Flask, desks: list[Desk]) -> None:
    cleo = open_desk(app, "article", "cleo")

    assert agreement(app, reader=cleo.user_id).report.articles == 1
    assert agreement(app).report.articles == 2


def test_what_was_settled_stays_so_when_more_is_asked_from_now_on(
    app: Flask, desks: list[Desk]
) -> None:
    before = agreement(app).report.settled[0].figures[0]

    change(app, document(asking("novelty")))

    assert agreement(app).report.settled[0].figures[0] == before
    assert (before.name, before.n) == ("has_claim", 7)


def test_training_counts_for_nothing(app: Flask) -> None:
    school = make_school(app)
    school.mark()
    school.switch_on()
    read_all(school.learner())

    found = agreement(app)

    assert (found.report.articles, found.finishers) == (0, 1)


def test_one_annotator_is_told_what_is_missing(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    nobody = print_text(agreement(app), "demo")
    read_all(desk)

    found = agreement(app)

    assert {one.undefined for one in found.report.figures} == {Undefined.ONE_ANNOTATOR}
    assert "nobody has finished an article" in nobody
    assert "1 annotator finished 1 article, but no article was finished by two" in print_text(
        found, "demo"
    )
    assert "no article was finished by two" in print_html(found, "demo")


def test_the_text_stands_in_a_hundred_columns(app: Flask, desks: list[Desk]) -> None:
    lines = print_text(agreement(app), "demo").splitlines()

    assert max(map(len, lines)) <= 100
    assert any(line.startswith("speaker") and "75%" in line for line in lines)
    assert any("everybody gave the same value" in line for line in lines)


def test_values_are_called_as_people_call_them(app: Flask, desks: list[Desk]) -> None:
    english, french = (print_text(agreement(app), "demo", language) for language in ("en", "fr"))

    assert "claim 50%, no claim 50%" in english
    assert "affirmation 50 %, aucune affirmation 50 %" in french.replace("\xa0", " ")
    assert "Meta" in english
    assert "the author of the article" in english
    assert "l’auteur de l’article" in french
    assert "tous ont donné partout la même valeur" in french
    assert "1,00" in french
    assert max(map(len, french.splitlines())) <= 100


def test_the_page_needs_nothing_else(app: Flask, desks: list[Desk]) -> None:
    page = print_html(agreement(app), "demo")

    assert "<svg" in page
    assert not [word for word in ("<script", "<link", "src=", "nan") if word in page]


def test_two_processes_count_what_one_does(
    app: Flask, desks: list[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    by_one = agreement(app)
    monkeypatch.setattr(agreeing, "SHARED_CHARACTERS", 0)

    by_two = agreement(app, record=told.append)

    assert (by_two, told) == (by_one, [2])


def test_a_count_whose_second_process_is_killed_says_so(
    app: Flask, desks: list[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreeing, "SHARED_CHARACTERS", 0)
    monkeypatch.setattr(agreeing, "_count_second_half", be_killed)
    by = desks[0].user_id
    with app.app_context(), transaction() as session:
        request_count(session, project_id=1, reader=by, by=by, now=utc_now())

    run_jobs(app)

    with app.app_context():
        job = read_standing(db.session(), project_id=1, reader=by).job
        assert job
        assert job.state is JobState.FAILED
        assert "killed" in str(job.problem)


def be_killed(session: Session, **_: object) -> None:
    os._exit(9)
