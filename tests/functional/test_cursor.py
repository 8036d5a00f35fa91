"""Reading up to a cursor: no revision can appear behind it, whoever is still writing."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask

from tests.annotators import Desk, make_corpus, open_desk
from tests.statements import counted_statements, query_plan
from workbench.clock import utc_now
from workbench.labelling.checking import check_annotation
from workbench.labelling.operations import submit_annotation
from workbench.labelling.queries import Change, newest_revisions, revisions_after
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

PATIENCE = 30


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    slug = make_corpus(app)
    return [open_desk(app, slug, name) for name in ("anna", "bob")]


def read_changes(app: Flask, cursor: int = 0) -> list[Change]:
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        return revisions_after(db.session(), project_id=project, cursor=cursor)


def save_slowly(desk: Desk, wrote: Event, go_on: Event) -> None:
    """Save an answer, but wait between writing it and committing."""
    with desk.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        checked = check_annotation(
            db.session(),
            project_id=project,
            membership_id=desk.membership_id,
            slug="article",
            payload=desk.answer(1),
        )
        with transaction() as session:
            submit_annotation(session, checked=checked, by=desk.user_id, now=utc_now())
            wrote.set()
            assert go_on.wait(PATIENCE)


def is_waiting(future: Future[object]) -> bool:
    """Tell whether something still has not happened after a while."""
    time.sleep(0.3)
    return not future.done()


def test_a_reader_misses_nothing_while_a_writer_is_open(app: Flask, desks: list[Desk]) -> None:
    is_sqlite = "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]
    slow, quick = desks
    wrote, go_on = Event(), Event()
    with ThreadPoolExecutor(3) as pool:
        run: Callable[..., Future[object]] = pool.submit
        try:
            first = run(save_slowly, slow, wrote, go_on)
            assert wrote.wait(PATIENCE)
            second = run(quick.save, 1)
            if is_sqlite:  # One writer: the second waits, and the reader sees neither.
                assert is_waiting(second)
                assert read_changes(app) == []
            else:  # The second may commit first, with a higher id: the reader has to wait.
                assert second.result(PATIENCE).status_code == 200
            reader = run(read_changes, app)
            assert is_sqlite or is_waiting(reader)
        finally:
            go_on.set()
        first.result(PATIENCE)
        assert second.result(PATIENCE).status_code == 200
        seen = reader.result(PATIENCE)
    cursor = seen[-1].cursor if seen else 0
    seen += read_changes(app, cursor)
    assert [change.answerer for change in seen] == [str(desk.membership_id) for desk in desks]
    assert [change.cursor for change in seen] == sorted({change.cursor for change in seen})


def test_a_cursor_goes_on_where_it_stopped(app: Flask, desks: list[Desk]) -> None:
    for position in (1, 2, 3):
        desks[0].save(position)
    everything = read_changes(app)

    assert [change.sentence[-4:] for change in everything] == [".1.1", ".1.2", ".1.3"]
    assert read_changes(app, everything[0].cursor) == everything[1:]
    assert read_changes(app, everything[-1].cursor) == []


def test_what_is_newest_is_sought_by_the_sentences_of_the_texts(
    app: Flask, desks: list[Desk]
) -> None:
    for desk, position in zip([*desks, desks[0]], (1, 1, 2), strict=True):
        desk.save(position)
    _, second, third = (change.cursor for change in read_changes(app))
    anna, bob = (desk.membership_id for desk in desks)
    with app.app_context(), counted_statements() as statements:
        newest = newest_revisions(db.session(), project_id=1, edition_ids=[1, 2])

        assert newest == {(1, anna): third, (1, bob): second}
        [search] = [
            step
            for step in query_plan(db.session(), statements[-1])
            if step.startswith("SEARCH annotation ")
        ]
    assert "project_id=? AND sentence_id=?" in search
