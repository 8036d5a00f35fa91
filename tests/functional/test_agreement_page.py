"""The page of agreement: counted by a job, remembered, blind where it must be."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.compared import make_compared, run_jobs
from tests.people import browser_of, join, make_person, send
from tests.statements import counted_statements
from tests.training import read_all
from workbench.accounts.tables import User
from workbench.adjudication import counting
from workbench.clock import utc_now
from workbench.jobs.tables import Job
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

PAGE = "/projects/demo/agreement/"
PROMPT = "The figures are not counted yet."


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """Two articles that anna and bert have finished; of the speaker in one they differ."""
    return make_compared(app)


@pytest.fixture
def lead(app: Flask, desks: list[Desk]) -> FlaskClient:
    """The browser of an adjudicator."""
    return browser_of(app, make_lead(app))


def make_lead(app: Flask) -> int:
    user = make_person(app, "lead@example.org", name="Lead")
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "lead@example.org", {Role.ADJUDICATOR})
    return user


def count(app: Flask, lead: FlaskClient) -> str:
    """Ask for the figures, let them be counted, and return the page."""
    assert send(lead, f"{PAGE}count").status_code == 303
    run_jobs(app)
    return lead.get(PAGE).text


def change(desk: Desk) -> None:
    """Answer the last sentence once more."""
    answers = desk.open()["answers"]
    saved = desk.save(4, base=answers[-1]["id"], decision="not_annotatable")  # type: ignore
    assert saved.status_code == 200, saved.text


def test_the_page_asks_counts_and_shows(app: Flask, lead: FlaskClient) -> None:
    assert PROMPT in lead.get(PAGE).text
    send(lead, f"{PAGE}count")
    assert "Waiting to count" in lead.get(PAGE).text
    send(lead, f"{PAGE}count")
    run_jobs(app)
    with app.app_context():
        assert db.session.scalar(select(func.count(Job.id))) == 1

    page = lead.get(PAGE).text

    assert "nothing has changed since" in page
    assert "<svg" in page
    assert "everybody gave the same value everywhere" in page
    assert "the author of the article 50%, Meta 38%" in page
    assert "Look at the boundary rule of the guideline." in page
    assert "shade-10" in page


def test_a_page_with_script_fills_itself(app: Flask, lead: FlaskClient) -> None:
    script = {"HX-Request": "true"}
    send(lead, f"{PAGE}count")
    waiting = lead.get(PAGE, headers=script)
    run_jobs(app)
    done = lead.get(PAGE, headers=script)

    assert 'hx-trigger="every 1s"' in waiting.text
    assert "HX-Refresh" not in waiting.headers
    assert done.headers["HX-Refresh"] == "true"


def test_one_figure_is_shown_by_annotators(app: Flask, lead: FlaskClient) -> None:
    count(app, lead)

    page = lead.get(f"{PAGE}?figure=speaker").text

    assert "Each two annotators: speaker" in " ".join(page.split())
    assert "shade-6" in page
    assert lead.get(f"{PAGE}?figure=nothing").status_code == 422


def test_old_figures_stand_until_new_ones_are_counted(
    app: Flask, lead: FlaskClient, desks: list[Desk]
) -> None:
    count(app, lead)
    change(desks[0])

    changed = lead.get(PAGE).text
    assert "answers or articles have changed" in changed
    assert "<svg" in changed

    assert "nothing has changed since" in count(app, lead)


def test_work_that_is_not_finished_makes_no_figure_old(
    app: Flask, lead: FlaskClient, desks: list[Desk]
) -> None:
    count(app, lead)
    with app.app_context(), transaction() as session:
        project_by_slug(session, slug="demo").overlap = 3
    open_desk(app, "article", "cleo").save(1)

    assert "nothing has changed since" in lead.get(PAGE).text


def test_names_are_those_of_now(app: Flask, lead: FlaskClient) -> None:
    count(app, lead)
    with app.app_context(), transaction() as session:
        session.execute(update(User).where(User.name == "anna").values(name="Anne-Marie"))
        results = session.scalars(select(Job.result)).all()

    assert "Anne-Marie" in lead.get(PAGE).text
    assert "anna" not in json.dumps(results)


def test_who_still_labels_an_article_gets_no_figure_of_it(app: Flask, desks: list[Desk]) -> None:
    cleo = open_desk(app, "article", "cleo")
    lead = browser_of(app, make_lead(app))
    count(app, lead)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        standing = counting.read_standing(db.session(), project_id=project, reader=cleo.user_id)
        assert standing.found is None
        assert len(standing.basis.articles) == 1

    with app.app_context(), transaction() as session:
        now = session.scalars(select(Job.created_at)).one()
        counting.request_count(
            session, project_id=project, reader=cleo.user_id, by=cleo.user_id, now=now
        )
    run_jobs(app)
    with app.app_context():
        standing = counting.read_standing(db.session(), project_id=project, reader=cleo.user_id)
        assert standing.is_current
        assert standing.found
        assert standing.found.report.articles == 1
    desks[0].base = desks[0].base.replace("other", "article")
    change(desks[0])
    with app.app_context():
        standing = counting.read_standing(db.session(), project_id=project, reader=cleo.user_id)
        assert standing.is_current


def test_what_is_counted_for_another_reader_makes_no_figure_old(
    app: Flask, desks: list[Desk], lead: FlaskClient
) -> None:
    cleo = open_desk(app, "article", "cleo")
    count(app, lead)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        by = cleo.user_id
        counting.request_count(session, project_id=project, reader=by, by=by, now=utc_now())
    run_jobs(app)

    assert "nothing has changed since" in lead.get(PAGE).text


def test_without_a_second_annotator_the_page_says_what_is_missing(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    lead = browser_of(app, make_lead(app))
    nobody = lead.get(PAGE).text
    read_all(desk)
    one = lead.get(PAGE).text

    assert "nobody has finished an article" in nobody
    assert "no article was finished by two annotators" in one
    assert PROMPT not in one


def test_one_article_has_no_interval_and_the_page_says_why(
    app: Flask, lead: FlaskClient, desks: list[Desk]
) -> None:
    desks[1].post("reopen")

    page = count(app, lead)

    assert "none of one article" in page
    assert "<svg" in page


def test_only_the_newest_reports_are_kept(app: Flask, lead: FlaskClient, desks: list[Desk]) -> None:
    for _ in range(counting.KEPT + 2):
        change(desks[0])
        count(app, lead)

    with app.app_context():
        assert db.session.scalar(select(func.count(Job.id))) == counting.KEPT + 1


def test_a_count_that_failed_says_so(
    app: Flask, lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(lead, f"{PAGE}count")
    with app.app_context(), transaction() as session:
        session.execute(
            update(Job).values(state="failed", problem="It failed.", ended_at=func.now())
        )

    page = lead.get(PAGE).text

    assert "Counting was broken off. It failed." in page
    assert 'hx-trigger="load' not in page
    assert "nothing has changed since" in count(app, lead)


def test_the_page_costs_a_fixed_number_of_statements(
    app: Flask, lead: FlaskClient, desks: list[Desk]
) -> None:
    count(app, lead)
    lead.get(PAGE)
    with counted_statements() as statements:
        lead.get(PAGE)

    assert len(statements) <= 20, statements


def test_both_arms_stand_side_by_side(app: Flask, lead: FlaskClient) -> None:
    without = count(app, lead)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.suggestion_free_percent = 50
        session.execute(update(Job).values(arguments={"key": "before", "articles": []}))

    page = " ".join(count(app, lead).split())

    assert "no share of the sentences is set to be read without them" in without
    assert "<caption>With and without suggestions</caption>" in page
    assert "Without them at first" in page
