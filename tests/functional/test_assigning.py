"""Slots as rows: made with the articles, taken by one person each, lent, and given on."""

import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, make_annotator, make_article, make_project
from tests.people import browser_of, join, make_person, send
from tests.statements import counted_statements
from workbench.accounts.tables import AuditEvent, User
from workbench.adjudication.queries import read_answered_editions
from workbench.adjudication.rules import Policy, Settled
from workbench.clock import utc_now
from workbench.corpus.importing import NamedFile
from workbench.corpus.readers.source import Metadata
from workbench.corpus.tables import Article
from workbench.errors import ConflictError, ForbiddenError
from workbench.labelling.answers import answerer_of
from workbench.labelling.assigning import (
    change_work_rules,
    name_annotators,
    pause_member,
    read_work_rules,
    request_another,
    resume_member,
)
from workbench.labelling.importing import import_files
from workbench.labelling.operations import (
    renew_lease,
    reopen_assignment,
    start_assignment,
    start_next,
)
from workbench.labelling.progress import count_open_slots, find_next_article
from workbench.labelling.rules import AssignmentState
from workbench.labelling.sampling import draw
from workbench.labelling.slots import counts_as_slot, fit_slots, order_slots
from workbench.labelling.tables import Assignment
from workbench.labelling.taking import free_slot
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role, WorkGiven, WorkOrder, WorkRules
from workbench.projects.tables import Membership, Project
from workbench.storage.database import db, transaction

PEOPLE = 50
GIVING = ("name_annotator", "hand_over", "name_annotator", "start_assignment", "take_back")


def make_queue(session: Session, articles: int = 3, **settings: object) -> Project:
    """Make a project whose articles are given out in turn."""
    project = make_project(session)
    for name, value in {"work_given": "queue", **settings}.items():
        setattr(project, name, value)
    for number in range(1, articles + 1):
        metadata = Metadata(title=f"Titre {number}", outlet="RFI", language="fr")
        make_article(session, project.id, name=f"article-{number}", metadata=metadata)
    fit_slots(session, project_id=project.id)
    return project


def pull(session: Session, membership_id: int, now: datetime = NOW) -> str | None:
    """Let a person take the next article; return its slug."""
    one = session.get_one(Membership, membership_id)
    return start_next(
        session, project_id=one.project_id, membership_id=one.id, by=one.user_id, now=now
    )


def make_staff(app: Flask, *names: str) -> tuple[FlaskClient, list[User]]:
    """Give the project ``demo`` a manager and annotators; return the manager's browser."""
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project_id = project.id
        ids = [make_annotator(session, project, name)[0] for name in names]
        people = [session.get_one(User, id_) for id_ in ids]
        session.expunge_all()
    manager = make_person(app, "mia@example.org", name="Mia")
    join(app, project_id, "mia@example.org", {Role.MANAGER})
    return browser_of(app, manager), people


def read_slots(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Assignment.public_id)))


def token_of(desk: Desk) -> dict[str, str]:
    return {"X-CSRFToken": str(desk.page["csrf"])}


def slots_by_article(session: Session) -> dict[str, int]:
    rows = session.scalars(
        select(Article.slug)
        .join(Assignment, Assignment.article_id == Article.id)
        .where(counts_as_slot())
    )
    return dict(Counter(rows))


def states(session: Session, slug: str) -> list[tuple[int | None, str]]:
    rows = session.execute(
        select(Assignment.membership_id, Assignment.state)
        .join(Article, Article.id == Assignment.article_id)
        .where(Article.slug == slug)
        .order_by(Assignment.number)
    )
    return [(membership_id, state) for membership_id, state in rows]


def test_an_imported_article_has_its_slots_at_once(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            project = make_project(session)
            project.overlap = 2
            project_id = project.id
        file = NamedFile("a.txt", "OpenAI a fermé ses modèles. Nul ne sait pourquoi.".encode())

        list(import_files([file], project_id=project_id, by=None))

        assert slots_by_article(db.session()) == {"a": 2}
        assert count_open_slots(db.session(), project_id=project_id) == 2


def test_a_larger_overlap_adds_slots_and_a_smaller_one_takes_open_ones_away(
    session: Session,
) -> None:
    project = make_queue(session, articles=1)
    anna, ben = (make_annotator(session, project, name)[1] for name in ("anna", "ben"))
    found = []
    for overlap in (3, 1, 2):
        project.overlap = overlap
        fit_slots(session, project_id=project.id)
        found.append(slots_by_article(session)["article-1"])
        if overlap == 3:
            assert pull(session, anna) == pull(session, ben) == "article-1"

    assert found == [3, 2, 2]


def test_a_share_of_the_articles_is_read_by_several_people(session: Session) -> None:
    make_queue(session, articles=10, overlap=3, overlap_percent=20)

    assert sorted(slots_by_article(session).values()) == [1] * 8 + [3] * 2


def test_an_article_that_comes_later_is_drawn_and_the_others_stay(session: Session) -> None:
    project = make_queue(session, articles=5, overlap=2, overlap_percent=40)
    before = slots_by_article(session)
    for number in range(6, 11):
        make_article(session, project.id, name=f"article-{number}")

    fit_slots(session, project_id=project.id)

    after = slots_by_article(session)
    assert {slug: after[slug] for slug in before} == before
    assert sum(count == 2 for count in after.values()) == 4


def test_a_share_drawn_anew_keeps_what_several_have_begun(session: Session) -> None:
    project = make_queue(session, articles=10, overlap=2)
    for name in ("anna", "ben"):
        pull(session, make_annotator(session, project, name)[1])
    project.overlap_percent = 10

    fit_slots(session, project_id=project.id, draw_anew=True)

    assert slots_by_article(session) == {"article-1": 2} | {
        f"article-{number}": 1 for number in range(2, 11)
    }


@pytest.mark.parametrize("order", ["reading", "priority", "random"])
def test_the_next_article_is_the_first_in_the_projects_order(session: Session, order: str) -> None:
    project = make_queue(session, articles=5, work_order=order)
    order_slots(session, project_id=project.id)
    by_turn = session.scalars(
        select(Article.slug)
        .join(Assignment, Assignment.article_id == Article.id)
        .order_by(Assignment.turn, Article.id)
    ).all()
    people = [make_annotator(session, project, f"person{n}")[1] for n in range(5)]

    assert [pull(session, one) for one in people] == by_turn
    if order == "random":
        by_chance = session.scalars(select(Article)).all()
        by_chance.sort(key=lambda article: draw(project.seed, article.public_id))
        assert by_turn == [article.slug for article in by_chance]
    else:
        assert by_turn == sorted(by_turn)


def test_who_asks_twice_without_reading_keeps_the_article(session: Session) -> None:
    project = make_queue(session)
    _, anna = make_annotator(session, project)

    assert [pull(session, anna), pull(session, anna)] == ["article-1", "article-1"]


def test_nobody_is_given_an_article_twice(session: Session) -> None:
    project = make_queue(session, articles=1, overlap=3)
    _, anna = make_annotator(session, project)
    pull(session, anna)
    session.execute(update(Assignment).values(state="finished", finished_at=NOW))

    assert pull(session, anna) is None


@pytest.mark.parametrize("slots", [30, 70])
def test_fifty_people_who_ask_at_once_get_exactly_the_slots_there_are(
    app: Flask, slots: int
) -> None:
    with app.app_context(), transaction() as session:
        project = make_queue(session, articles=slots // 2, overlap=2)
        project_id = project.id
        people = [make_annotator(session, project, f"person{n}") for n in range(PEOPLE)]

    def ask(person: tuple[int, int]) -> str | None:
        user_id, membership_id = person
        with app.app_context(), transaction() as session:
            return start_next(
                session, project_id=project_id, membership_id=membership_id, by=user_id, now=NOW
            )

    with ThreadPoolExecutor(PEOPLE) as pool:
        given = list(pool.map(ask, people))

    taken = min(slots, PEOPLE)
    assert sum(slug is not None for slug in given) == taken
    assert max(count for slug, count in Counter(given).items() if slug) <= 2
    with app.app_context():
        assert count_open_slots(db.session(), project_id=project_id) == slots - taken
        assert sum(slots_by_article(db.session()).values()) == slots


def test_what_nobody_worked_on_for_a_while_goes_to_the_next_who_asks(session: Session) -> None:
    project = make_queue(session, articles=1, lease_minutes=60)
    anna, ben, eve = (make_annotator(session, project, name)[1] for name in ("anna", "ben", "eve"))
    pull(session, anna)

    assert pull(session, ben, NOW + timedelta(minutes=59)) is None
    assert pull(session, ben, NOW + timedelta(minutes=61)) == "article-1"
    assert pull(session, eve, NOW + timedelta(minutes=62)) is None
    assert states(session, "article-1") == [(anna, "lapsed"), (ben, "working")]
    assert slots_by_article(session) == {"article-1": 1}


def test_what_is_at_work_is_lent_from_the_day_a_queue_gives(session: Session) -> None:
    project = make_queue(session, articles=1, work_given="free", lease_minutes=60)
    anna, ben = (make_annotator(session, project, name)[1] for name in ("anna", "ben"))
    by = session.get_one(Membership, anna).user_id
    start_assignment(
        session, project_id=project.id, membership_id=anna, slug="article-1", by=by, now=NOW
    )
    free = read_work_rules(session, project_id=project.id)
    queue = replace(free, given=WorkGiven.QUEUE)

    change_work_rules(session, project_id=project.id, rules=queue, by=None, now=NOW)

    assert pull(session, ben, NOW + timedelta(minutes=59)) is None
    change_work_rules(session, project_id=project.id, rules=free, by=None, now=NOW)
    assert session.scalars(select(Assignment.lease_until)).all() == [None]
    change_work_rules(session, project_id=project.id, rules=queue, by=None, now=NOW)
    assert pull(session, ben, NOW + timedelta(minutes=61)) == "article-1"


def test_what_was_lent_to_somebody_else_since_is_not_the_next_to_read(session: Session) -> None:
    project = make_queue(session, articles=1, lease_minutes=60)
    anna, ben = (make_annotator(session, project, name)[1] for name in ("anna", "ben"))
    user = session.get_one(Membership, anna).user_id
    pull(session, anna)
    before = find_next_article(session, user_id=user, project_id=project.id)

    assert pull(session, ben, NOW + timedelta(minutes=61)) == "article-1"

    assert before is not None
    assert before.slug == "article-1"
    assert find_next_article(session, user_id=user, project_id=project.id) is None


def test_an_article_lent_on_is_nobody_elses(session: Session) -> None:
    project = make_queue(session, articles=1, lease_minutes=60)
    anna, ben = (make_annotator(session, project, name)[1] for name in ("anna", "ben"))
    pull(session, anna)

    slot = renew_lease(
        session,
        project_id=project.id,
        membership_id=anna,
        slug="article-1",
        now=NOW + timedelta(minutes=50),
    )

    assert slot.state is AssignmentState.WORKING
    assert pull(session, ben, NOW + timedelta(minutes=100)) is None


@pytest.mark.parametrize(("minutes", "is_renewed"), [(1, False), (4, True)])
def test_saving_lends_on_but_not_at_every_save(app: Flask, minutes: int, is_renewed: bool) -> None:
    desk = open_desk(app, make_corpus(app))
    until = utc_now() + timedelta(minutes=240 - minutes)
    with app.app_context(), transaction() as session:
        session.execute(update(Assignment).values(lease_until=until))

    with counted_statements() as statements:
        assert desk.save(1).status_code == 200

    assert any("UPDATE assignment" in one for one in statements) is is_renewed
    with app.app_context():
        assert (db.session().scalars(select(Assignment.lease_until)).one() > until) is is_renewed


def test_an_answer_after_the_article_went_on_is_kept_and_said_to_be_extra(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    with app.app_context(), transaction() as session:
        slot = session.scalars(select(Assignment)).one()
        free_slot(session, slot)

    saved = desk.save(1)

    assert (saved.status_code, saved.json["is_extra"]) == (200, True)
    assert desk.open()["answers"]
    page = desk.client.get(desk.base).text
    assert re.search(r'<p class="notice" data-place="extra">', page)
    kept = desk.client.post(f"{desk.base}lease", json={}, headers=token_of(desk))
    assert kept.json == {"is_extra": True}


def test_extra_answers_are_exported_and_settle_nothing(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    desk.save(1)
    with app.app_context():
        with transaction() as session:
            free_slot(session, session.scalars(select(Assignment)).one())
            project_id = project_by_slug(session, slug="demo").id
        (edition,) = read_answered_editions(db.session(), project_id=project_id)
        settled = edition.settle(Policy(single=True, unanimous=True, majority=False))

    assert edition.answers.keys() == edition.extra == {answerer_of(desk.membership_id)}
    assert {one.settled for one in settled} == {Settled.UNREAD}


def test_who_finishes_late_has_the_slot_again_if_it_is_free(session: Session) -> None:
    project = make_queue(session, articles=1, work_given="free")
    anna, ben = (make_annotator(session, project, name) for name in ("anna", "ben"))
    take = partial(start_assignment, session, project_id=project.id, slug="article-1", now=NOW)
    take(membership_id=anna[1], by=anna[0])
    free_slot(session, session.scalars(select(Assignment)).one())

    take(membership_id=anna[1], by=anna[0])

    assert states(session, "article-1") == [(anna[1], "working")]
    with pytest.raises(ConflictError, match="As many people as the project asks for"):
        take(membership_id=ben[1], by=ben[0])


@pytest.mark.parametrize("again", ["finish", "start"])
def test_an_extra_reading_that_is_finished_counts_once_a_slot_is_free(
    app: Flask, again: str
) -> None:
    desk = open_desk(app, make_corpus(app, "A sentence."))
    desk.save(1)
    with app.app_context(), transaction() as session:
        one = session.scalars(select(Assignment)).one()
        free_slot(session, one)
        other = make_annotator(session, session.get_one(Project, one.project_id), "ben")
        taken = session.scalars(select(Assignment).where(Assignment.state == "open")).one()
        taken.membership_id, taken.state = other[1], "working"
    assert desk.post("finish").status_code == 200
    with app.app_context(), transaction() as session:
        taken = session.scalars(select(Assignment).where(Assignment.state == "working")).one()
        free_slot(session, taken)

    if again == "start":
        send(desk.client, f"{desk.base}start")
    desk.post("finish")

    with app.app_context():
        assert (desk.membership_id, "finished") in states(db.session(), "article")


@pytest.mark.parametrize("given", ["named", "queue"])
def test_where_articles_are_given_out_nobody_chooses(app: Flask, given: str) -> None:
    slug = make_corpus(app)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.work_given = given
        user_id, _ = make_annotator(session, project)
    client = browser_of(app, user_id)

    assert f"/annotate/{slug}/" not in client.get("/").text
    start = f"/projects/demo/annotate/{slug}/start"
    assert start not in client.get(f"/projects/demo/annotate/{slug}/").text
    assert send(client, start).status_code == 403
    assert (send(client, "/projects/demo/next").location == f"/projects/demo/annotate/{slug}/") is (
        given == "queue"
    )


def test_a_manager_names_hands_over_and_takes_back(app: Flask) -> None:
    slug = make_corpus(app)
    manager, people = make_staff(app, "anna", "ben")
    page = f"/projects/demo/articles/{slug}/"
    anna, ben = people

    assert send(manager, f"{page}annotators", page=page, members=anna.public_id).status_code == 303
    assert "not begun" in manager.get(page).text
    assert f"annotate/{slug}/start" in browser_of(app, anna.id).get("/").text
    (slot,) = read_slots(app)
    send(manager, f"/projects/demo/slots/{slot}/hand-over", page=page, member=ben.public_id)
    assert "annotate" not in browser_of(app, anna.id).get("/").text
    client = browser_of(app, ben.id)
    assert f"annotate/{slug}/start" in client.get(f"/projects/demo/annotate/{slug}/").text
    assert send(client, f"/projects/demo/annotate/{slug}/start").status_code == 303
    send(manager, f"/projects/demo/slots/{slot}/take-back", page=page)

    with app.app_context():
        held = [state for _, state in states(db.session(), slug)]
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert held == ["lapsed", "open"]
    assert [one for one in actions if one in GIVING] == list(GIVING)


def test_a_paused_person_gets_nothing_and_keeps_or_gives_what_they_have(session: Session) -> None:
    project = make_queue(session, articles=2)
    (user, anna), (_, ben) = (make_annotator(session, project, name) for name in ("anna", "ben"))
    pull(session, anna)
    pause = partial(pause_member, session, project_id=project.id, user_id=user, by=None, now=NOW)
    pause(frees_slots=False)
    assert states(session, "article-1") == [(anna, "paused")]
    assert pull(session, ben, NOW + timedelta(days=9)) == "article-2"
    resume_member(session, project_id=project.id, user_id=user, by=None, now=NOW)
    assert states(session, "article-1") == [(anna, "working")]
    pause(frees_slots=True)

    assert states(session, "article-1") == [(anna, "lapsed"), (None, "open")]
    with pytest.raises(ForbiddenError, match="a manager has paused you"):
        pull(session, anna)
    with pytest.raises(ConflictError, match="anna is paused"):
        name_annotators(
            session,
            project_id=project.id,
            slugs=["article-2"],
            members=[session.get_one(User, user).public_id],
            by=None,
            now=NOW,
        )


def test_a_finished_article_that_is_opened_again_is_not_lost_to_silence(session: Session) -> None:
    project = make_queue(session, articles=1)
    (user, anna), (_, ben) = (make_annotator(session, project, name) for name in ("anna", "ben"))
    pull(session, anna)
    session.execute(update(Assignment).values(state="finished", finished_at=NOW, lease_until=None))

    reopen_assignment(
        session, project_id=project.id, membership_id=anna, slug="article-1", by=user, now=NOW
    )

    assert pull(session, ben, NOW + timedelta(days=9)) is None
    assert states(session, "article-1") == [(anna, "working")]


@pytest.mark.parametrize("leave", ["end", "disable"])
def test_who_leaves_leaves_their_open_slots_to_others(app: Flask, leave: str) -> None:
    desk = open_desk(app, make_corpus(app))
    manager, _ = make_staff(app)
    member = str(desk.page["person"]["id"])  # type: ignore[index,call-overload]
    if leave == "end":
        send(manager, f"/projects/demo/members/{member}/end")
    else:
        send(
            browser_of(app, make_person(app, is_site_admin=True)), f"/admin/users/{member}/disable"
        )

    with app.app_context():
        assert states(db.session(), "article") == [(desk.membership_id, "lapsed"), (None, "open")]
        freed = select(AuditEvent.subject).where(AuditEvent.action == "free_slot")
        assert len(db.session.scalars(freed).all()) == 1


def test_one_more_annotator_is_asked_for_once_a_reason(session: Session) -> None:
    project = make_queue(session, articles=1)
    ask = partial(
        request_another, session, project_id=project.id, article="article-1", by=None, now=NOW
    )

    slots = [ask(reason="disagreement"), ask(reason="disagreement"), ask(reason="by hand")]

    assert slots[0] == slots[1] != slots[2]
    assert slots_by_article(session) == {"article-1": 3}
    fit_slots(session, project_id=project.id)
    assert slots_by_article(session) == {"article-1": 3}


def test_a_slot_that_is_not_there_is_told_once(app: Flask) -> None:
    make_corpus(app)
    manager, _ = make_staff(app)

    told = send(manager, "/projects/demo/slots/nowhere/take-back")

    assert (told.status_code, told.text.count("There is no such slot")) == (404, 1)


def test_the_settings_say_who_reads_what(app: Flask) -> None:
    make_corpus(app)
    manager, _ = make_staff(app)
    sent = {"given": "queue", "order": "random", "lease_minutes": "30", "overlap_percent": "50"}

    reply = send(
        manager, "/projects/demo/settings/work", **sent, extra_percent="", deadline="2027-01-31"
    )

    assert reply.status_code == 303
    assert "2027" in manager.get("/projects/demo/").text
    with app.app_context():
        rules = read_work_rules(db.session(), project_id=1)
    assert rules == WorkRules(1, 50, WorkOrder.RANDOM, WorkGiven.QUEUE, 30, date(2027, 1, 31), None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lease_minutes", "4"),
        ("lease_minutes", "10081"),
        ("overlap_percent", "101"),
        ("overlap_percent", ""),
        ("extra_percent", "0"),
        ("deadline", "soon"),
        ("deadline", "2020-01-31"),
        ("given", "sold"),
    ],
)
def test_impossible_work_settings_are_refused(app: Flask, field: str, value: str) -> None:
    make_corpus(app)
    manager, _ = make_staff(app)
    sent = {"given": "free", "order": "reading", "lease_minutes": "30", "overlap_percent": "50"}

    reply = send(manager, "/projects/demo/settings/work", **{**sent, field: value})

    assert reply.status_code == 422


def test_the_command_changes_only_what_is_said(cli: Callable[..., Result], app: Flask) -> None:
    make_corpus(app)

    changed = cli("project", "change-work", "demo", "--overlap", "2", "--give", "queue")
    shown = cli("project", "show", "demo", "--format", "jsonl")

    assert changed.output == "The work of demo is changed; 2 slots are open.\n"
    row = json.loads(shown.output)
    assert (row["overlap"], row["given"], row["order"], row["open_slots"]) == (
        2,
        "queue",
        "reading",
        2,
    )
    refused = cli("project", "change-work", "demo", "--overlap-percent", "101")
    assert refused.exit_code == 2
