"""What people see while PostgreSQL stops and starts again, and that nothing is lost or doubled."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event, func, select

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import claim_on
from workbench.canonical import JsonObject
from workbench.labelling.tables import AnnotationRevision
from workbench.settings import Settings
from workbench.storage.database import db

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


@pytest.fixture
def desk(app: object) -> Desk:
    return open_desk(app, make_corpus(app))


def cut_connections(settings: Settings) -> None:
    """Close all connections to the database from its side, and wait for their end."""
    name = psycopg.conninfo.conninfo_to_dict(settings.database_url)["dbname"]
    with server_of(settings) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )


@contextmanager
def stopped(settings: Settings) -> Iterator[None]:
    """Let nobody connect inside the block."""
    name = psycopg.conninfo.conninfo_to_dict(settings.database_url)["dbname"]
    allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    with server_of(settings) as server:
        server.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        cut_connections(settings)
        yield
        server.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def server_of(settings: Settings) -> psycopg.Connection:
    parts = psycopg.conninfo.conninfo_to_dict(settings.database_url) | {"dbname": "postgres"}
    return psycopg.connect(psycopg.conninfo.make_conninfo(**parts), autocommit=True)


@contextmanager
def cut_at(settings: Settings, opening: str) -> Iterator[None]:
    """Cut the connections just before the first statement that begins like this is sent."""
    left = [opening]

    def cut(*arguments: object) -> None:
        if left and str(arguments[2]).startswith(left[0]):
            left.clear()
            cut_connections(settings)

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", cut)
    assert not left, "the statement was never sent"


def claiming_answer(desk: Desk) -> JsonObject:
    return desk.answer(1, decision="claims", claims=[claim_on(desk.text, 0, 27)])


def test_a_connection_that_was_closed_meanwhile_is_replaced(desk: Desk, settings: Settings) -> None:
    cut_connections(settings)

    assert desk.post("answers", claiming_answer(desk)).status_code == 200


@pytest.mark.parametrize(
    "moment",
    [
        "SELECT session.id",
        "SELECT pg_advisory_xact_lock_shared",
        "SELECT sentence.id AS sentence, article.withdrawn_at",
        "INSERT INTO annotation_revision",
        "INSERT INTO attribution_link",
    ],
)
def test_a_save_that_was_cut_off_says_so_and_arrives_once(
    desk: Desk, settings: Settings, moment: str
) -> None:
    answer = claiming_answer(desk)

    with cut_at(settings, moment):
        cut = desk.post("answers", answer)
    again = desk.post("answers", answer)

    assert (cut.status_code, cut.json["code"]) == (503, "unavailable")
    assert (again.status_code, again.json["number"]) == (200, 1)
    with desk.app.app_context():
        assert db.session.scalar(select(func.count(AnnotationRevision.id))) == 1


def test_while_it_is_stopped_every_page_says_so(desk: Desk, settings: Settings) -> None:
    with stopped(settings):
        pages = [desk.client.get(address) for address in (desk.base, "/", "/sign-in", "/readyz")]
        saved = desk.post("answers", claiming_answer(desk))

    assert [page.status_code for page in (*pages, saved)] == [503, 503, 503, 503, 503]
    assert "nothing was lost" in pages[0].text
    assert saved.headers["Retry-After"]
    assert desk.client.get(desk.base).status_code == 200


def test_a_page_that_is_cut_off_in_the_middle_says_so(desk: Desk, settings: Settings) -> None:
    with cut_at(settings, "SELECT sentence"):
        assert desk.client.get(desk.base).status_code == 503

    assert desk.client.get(desk.base).status_code == 200
