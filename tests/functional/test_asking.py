"""One more annotator where the answers to an article differ much."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_annotator
from tests.training import read_all
from workbench.accounts.tables import AuditEvent
from workbench.adjudication.asking import DISAGREEMENT, ask_where_answers_differ
from workbench.labelling.rules import AssignmentState
from workbench.labelling.tables import Assignment
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

FIRST = claim_on(" ".join(SENTENCES), 0, 27)


def work_at_once(
    app: Flask, percent: int | None, *names: str, is_somebody_left: bool = True
) -> list[Desk]:
    """Let these people begin the article; there may be one more annotator in the project."""
    slug = make_corpus(app)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap, project.extra_annotator_percent = len(names), percent
        if is_somebody_left:
            make_annotator(session, project, "zoe")
    return [open_desk(app, slug, name) for name in names]


def extra_slots(app: Flask) -> int:
    with app.app_context():
        extra = Assignment.extra_reason == DISAGREEMENT
        return db.session.scalar(select(func.count(Assignment.id)).where(extra)) or 0


@pytest.mark.parametrize(("percent", "expected"), [(25, 1), (26, 0), (None, 0)])
def test_from_the_share_on_one_more_is_asked_for(
    app: Flask, percent: int | None, expected: int
) -> None:
    anna, bert = work_at_once(app, percent, "anna", "bert")
    read_all(anna, FIRST)
    assert extra_slots(app) == 0
    read_all(bert)

    assert extra_slots(app) == expected


def test_alike_answers_ask_nobody(app: Flask) -> None:
    for desk in work_at_once(app, 1, "anna", "bert"):
        read_all(desk, FIRST)

    assert extra_slots(app) == 0


def test_an_article_asks_once(app: Flask) -> None:
    anna, bert = work_at_once(app, 25, "anna", "bert")
    read_all(anna, FIRST)
    read_all(bert)
    cleo = open_desk(app, "article", "cleo")
    read_all(cleo)
    for desk in (anna, cleo):
        desk.post("reopen")
        desk.post("finish")

    assert extra_slots(app) == 1
    with app.app_context():
        asked = AuditEvent.action == "request_another"
        assert db.session.scalar(select(func.count(AuditEvent.id)).where(asked)) == 1


def test_where_everybody_has_read_the_article_nobody_is_asked(app: Flask) -> None:
    anna, bert = work_at_once(app, 25, "anna", "bert", is_somebody_left=False)
    read_all(anna, FIRST)
    read_all(bert)

    assert extra_slots(app) == 0


def test_the_article_waits_for_the_one_who_was_asked(app: Flask) -> None:
    anna, bert = work_at_once(app, 25, "anna", "bert")
    read_all(anna, FIRST)
    read_all(bert)

    with app.app_context(), transaction() as session:
        states = session.scalars(select(Assignment.state).order_by(Assignment.number)).all()
        project = project_by_slug(session, slug="demo").id
        later = NOW + timedelta(days=1)
        again = ask_where_answers_differ(session, project_id=project, slug="article", now=later)

    assert states == [AssignmentState.FINISHED, AssignmentState.FINISHED, AssignmentState.OPEN]
    assert again is None
