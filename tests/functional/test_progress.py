"""The progress board: who is how far, what is left, and what nobody is told."""

from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, make_annotator, make_article, make_project
from tests.people import browser_of, csrf_token, join, make_person
from tests.statements import counted_statements
from workbench.accounts.tables import User
from workbench.clock import utc_now
from workbench.labelling.board import Board, Course, Filter, Forecast, read_board
from workbench.labelling.slots import fit_slots
from workbench.labelling.tables import Assignment
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

BOARD = "/projects/demo/progress/"


def board(app: Flask, reader: int = 0, wanted: Filter = Filter(), page: int = 1) -> Board:  # noqa: B008  # frozen
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        return read_board(
            db.session(),
            project_id=project,
            reader=reader,
            wanted=wanted,
            limit=2,
            page=page,
            now=utc_now(),
        )


def lead_of(app: Flask, role: Role = Role.MANAGER) -> FlaskClient:
    user = make_person(app)
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(app, project, "ada@example.org", {role})
    return browser_of(app, user)


def finish(desk: Desk) -> None:
    for position in range(1, 5):
        assert desk.save(position).status_code == 200
    assert desk.post("finish").status_code == 200


@pytest.fixture
def desks(app: Flask) -> Sequence[Desk]:
    """Three at one article, and a second that nobody has begun."""
    slug = make_corpus(app)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        make_article(session, project.id, name="other")
    return [open_desk(app, slug, name) for name in ("anna", "bert", "cleo")]


def test_the_board_says_who_is_how_far(app: Flask, desks: Sequence[Desk]) -> None:
    finish(desks[0])
    desks[1].save(1)

    found = board(app)

    first, second = found.articles
    states = [(cell.state, cell.percent) for cell in first.cells.values()]
    assert states == [("finished", 0), ("working", 25), ("working", 0)]
    assert (first.finished, first.course, second.course) == (1, Course.IN_WORK, Course.WAITING)
    assert [person.name for person in found.people] == ["anna", "bert", "cleo"]
    assert (found.slots["finished"], found.in_work, found.slots["open"]) == (1, 2, 1)
    assert found.forecast.open_sentences == 3 + 4 + 4


def test_articles_are_found_by_state_and_person(app: Flask, desks: Sequence[Desk]) -> None:
    with app.app_context():
        anna = db.session.scalars(select(User.public_id).where(User.name == "anna")).one()

    assert [one.slug for one in board(app, wanted=Filter(Course.WAITING)).articles] == ["other"]
    assert [one.slug for one in board(app, wanted=Filter(None, anna)).articles] == ["article"]
    assert board(app, wanted=Filter(Course.DONE)).found == 0
    assert [one.slug for one in board(app, page=9).articles] == ["article", "other"]


def test_times_are_shown_for_three_people_or_more(app: Flask, desks: Sequence[Desk]) -> None:
    for seconds, desk in enumerate(desks[:2], 1):
        desk.save(1, elapsed_ms=1000 * seconds)
    few = board(app)
    desks[2].save(1, elapsed_ms=6000)

    found = board(app)

    assert (few.articles[0].median_ms, few.forecast.median_ms, few.forecast.hours) == (None,) * 3
    assert (found.articles[0].median_ms, found.forecast.median_ms) == (2000, 2000)
    assert found.forecast.hours == pytest.approx(13 * 2000 / 3_600_000)


@pytest.mark.parametrize(
    ("week", "days", "is_late"),
    [(0, None, None), (19, None, None), (20, 15, True), (70, 5, False), (1000, 1, False)],
)
def test_a_forecast_needs_twenty_sentences(
    week: int, days: int | None, is_late: bool | None
) -> None:
    forecast = Forecast(open_sentences=42, median_ms=None, week=week, week_days=7)

    assert forecast.days == days
    assert forecast.is_late(date(2026, 11, 22), date(2026, 11, 29)) is is_late
    assert forecast.is_late(date(2026, 11, 22), None) is None


def test_the_pace_is_of_the_days_since_work_began(app: Flask, desks: Sequence[Desk]) -> None:
    finish(desks[0])

    found = board(app).forecast

    assert (found.week, found.week_days) == (4, 1)


def test_a_lead_who_still_reads_sees_nobody_elses_slot(app: Flask, desks: Sequence[Desk]) -> None:
    before = board(app, reader=desks[1].user_id)
    finish(desks[0])

    found = board(app, reader=desks[1].user_id)

    assert found == before
    assert len(found.articles[0].cells) == 1
    assert [one.slug for one in board(app, desks[1].user_id, Filter(Course.IN_WORK)).articles] == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADJUDICATOR])
def test_leads_see_the_board_and_what_is_read(
    app: Flask, desks: Sequence[Desk], role: Role
) -> None:
    desks[1].save(1)
    lead = lead_of(app, role)

    page = lead.get(BOARD).text
    assert "<bdi>bert</bdi>" in page
    assert '<span class="slot working p2">25' in page
    assert ">3</a>" in lead.get(f"{BOARD}coverage").text
    unread = lead.get(f"{BOARD}coverage/article").text
    assert "OpenAI a fermé" not in unread
    assert "Nul ne le sait." in unread
    assert desks[0].client.get(BOARD).status_code == 403


def test_an_empty_project_has_a_board(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_project(session)
    lead = lead_of(app)

    assert lead.get(BOARD).status_code == lead.get(f"{BOARD}coverage").status_code == 200


def test_slots_of_a_disabled_account_are_opened_by_one_button(
    app: Flask, desks: Sequence[Desk]
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(User).where(User.name == "bert").values(active=False))
        bert = session.scalars(select(User.public_id).where(User.name == "bert")).one()
    lead = lead_of(app)
    address = f"{BOARD}people/{bert}/free"
    assert address in lead.get(BOARD).text

    lead.post(address, data={"csrf_token": csrf_token(lead)})

    assert address not in lead.get(BOARD).text
    states = [cell.state for cell in board(app).articles[0].cells.values()]
    assert states == ["working", "working"]


def test_the_number_of_statements_does_not_grow(app: Flask, desks: Sequence[Desk]) -> None:
    lead = lead_of(app)
    lead.get(BOARD)
    with counted_statements() as few:
        lead.get(BOARD)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 3
        for number in range(30):
            make_article(session, project.id, name=f"more-{number}")
        people = [make_annotator(session, project, f"person{n}")[1] for n in range(12)]
        fit_slots(session, project_id=project.id)
        for number, slot in enumerate(
            session.scalars(select(Assignment).where(Assignment.membership_id.is_(None)))
        ):
            slot.membership_id, slot.state = people[number % 12], "working"
            slot.started_at = NOW
    with counted_statements() as many:
        page = lead.get(BOARD).text

    assert len(many) == len(few) <= 20, many
    assert page.count('class="slot working p0"') > 60
