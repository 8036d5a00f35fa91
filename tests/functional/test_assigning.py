"""Slots as rows: made with the articles, taken by one person each, lent, and given on."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOW, make_annotator, make_article, make_project
from workbench.corpus.importing import NamedFile
from workbench.corpus.readers.source import Metadata
from workbench.corpus.tables import Article
from workbench.labelling.importing import import_files
from workbench.labelling.operations import start_next
from workbench.labelling.progress import count_open_slots
from workbench.labelling.sampling import draw
from workbench.labelling.slots import counts_as_slot, fit_slots, order_slots
from workbench.labelling.tables import Assignment
from workbench.projects.tables import Membership, Project
from workbench.storage.database import db, transaction

PEOPLE = 50


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
