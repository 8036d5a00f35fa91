"""Two people who do something at once: the second waits, and goes by what the first has done."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.adjudicators import make_shared_corpus, read_by_two, sit_down
from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, make_annotator
from tests.functional.test_assigning import make_queue
from tests.training import make_school
from workbench.accounts.tables import User
from workbench.adjudication.checking import check_adjudication, parse_deferral
from workbench.adjudication.erasure import blank_notes
from workbench.adjudication.operations import defer, submit_adjudication
from workbench.adjudication.tables import Adjudication
from workbench.corpus.operations import erase_article
from workbench.corpus.tables import Article
from workbench.labelling.assigning import name_annotators, take_back
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.operations import finish_assignment, start_next
from workbench.labelling.suggesting import (
    editions_to_read,
    known_targets,
    propose,
    store_proposals,
)
from workbench.labelling.tables import (
    Assignment,
    ClaimRevision,
    Suggestion,
    SuggestionRun,
    TrainingTry,
)
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
Step = Callable[[Session], object]


def do_at_once(app: Flask, first: Step, second: Step) -> None:
    """Do the second while the first is done and not committed; wait until it waits for that."""

    def follow() -> None:
        with app.app_context(), transaction() as session:
            second(session)

    with app.app_context(), ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            first(session)
            session.flush()
            following = pool.submit(follow)
            while db.engine.dialect.name == "postgresql" and not following.done():
                with db.engine.connect() as looking:
                    if looking.scalar(WAITING):
                        break
                time.sleep(0.01)
        following.result()


def finish(desk: Desk, slug: str = "article") -> Step:
    def step(session: Session) -> None:
        project_id = project_by_slug(session, slug="demo").id
        who = {"membership_id": desk.membership_id, "by": desk.user_id}
        finish_assignment(session, project_id=project_id, slug=slug, now=NOW, **who)

    return step


def give_back(session: Session) -> None:
    slot = session.scalars(select(Assignment)).one()
    which = {"project_id": slot.project_id, "slot": slot.public_id}
    take_back(session, **which, by=None, now=NOW)


def slots(app: Flask) -> list[tuple[int | None, str]]:
    with app.app_context():
        rows = db.session.execute(select(Assignment.membership_id, Assignment.state))
        return [tuple(row) for row in rows]


def test_a_lesson_finished_by_a_double_click_is_one_try(app: Flask) -> None:
    school = make_school(app)
    school.mark()
    school.switch_on()
    learner = school.learner()
    for position in (1, 2, 3):
        assert learner.save(position).status_code == 200

    do_at_once(app, finish(learner, "lesson"), finish(learner, "lesson"))

    with app.app_context():
        assert len(db.session.scalars(select(TrainingTry)).all()) == 1


def test_who_finishes_what_is_just_taken_back_has_the_slot_and_no_other_is_open(app: Flask) -> None:
    make_corpus(app)
    desk = open_desk(app)
    for position in (1, 2, 3, 4):
        desk.save(position)

    do_at_once(app, give_back, finish(desk))

    assert slots(app) == [(desk.membership_id, "finished")]


def test_nobody_begins_a_slot_that_is_just_taken_back(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        project = make_queue(session, articles=1)
        user_id, membership_id = make_annotator(session, project, "anna")
        name = session.get_one(User, user_id).public_id
        named = {"slugs": ["article-1"], "members": [name], "by": None, "now": NOW}
        name_annotators(session, project_id=project.id, **named)
        asked = {"project_id": project.id, "membership_id": membership_id, "by": user_id}

    do_at_once(app, give_back, lambda session: start_next(session, **asked, now=NOW))

    assert slots(app) in ([(membership_id, "working")], [(None, "open")])


def erase(session: Session) -> None:
    article = session.scalars(select(Article)).one()
    which = {"project_id": article.project_id, "article_id": article.id}
    erase_article(session, **which, reason="Asked.", by=None, now=NOW)
    blank_quotes(session, article_id=article.id)
    blank_notes(session, article_id=article.id)


def test_an_agreed_answer_saved_while_the_text_is_erased_keeps_no_quote(app: Flask) -> None:
    make_shared_corpus(app)
    read_by_two(app)
    bench = sit_down(app)
    bench.open()
    body = bench.take(1, "A")

    def decide(session: Session) -> None:
        which = {"project_id": project_by_slug(session, slug="demo").id, "slug": "article"}
        checked = check_adjudication(session, **which, payload=body)
        submit_adjudication(session, checked=checked, slug="article", by=bench.user_id, now=NOW)

    do_at_once(app, decide, erase)

    with app.app_context():
        parts = db.session.scalars(select(ClaimRevision.parts)).all()
        assert {part["text"] for some in parts for part in some} == {""}


def test_a_note_written_while_the_text_is_erased_does_not_stay(app: Flask) -> None:
    make_shared_corpus(app)
    read_by_two(app)
    bench = sit_down(app)
    bench.open()
    body = bench.take(1, "A")
    given = parse_deferral(
        {
            "id": body["id"],
            "sentence": body["sentence"],
            "compared": body["adjudication"]["compared"],
            "note": "Quotes the text.",
        }
    )

    def put_off(session: Session) -> None:
        project_id = project_by_slug(session, slug="demo").id
        defer(
            session, project_id=project_id, slug="article", given=given, by=bench.user_id, now=NOW
        )

    do_at_once(app, put_off, erase)

    with app.app_context():
        assert db.session.scalars(select(Adjudication.note)).all() == [None]


def test_what_the_rules_read_while_the_text_is_erased_is_not_stored(app: Flask) -> None:
    make_corpus(app)
    with app.app_context(), transaction() as session:
        project_id = project_by_slug(session, slug="demo").id
        for table in (Suggestion, SuggestionRun):
            session.execute(delete(table))
        register = known_targets(session, project_id=project_id)
        (edition,) = editions_to_read(session, project_id=project_id, limit=1)
    proposals = {edition.id: propose(edition, register)}

    do_at_once(
        app,
        erase,
        lambda session: store_proposals(
            session, project_id=project_id, proposals=proposals, now=NOW
        ),
    )

    with app.app_context():
        assert proposals[edition.id]
        assert db.session.scalars(select(Suggestion)).all() == []
