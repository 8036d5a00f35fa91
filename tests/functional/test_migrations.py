"""The way from an empty database to today's tables."""

import importlib
import multiprocessing
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.annotators import make_corpus, open_desk
from tests.compared import run_jobs
from tests.factories import make_article
from tests.functional.test_editions import TYPO, correct, finished, read
from tests.press import print_check
from workbench.clock import utc_now
from workbench.corpus.searching import index_sentences
from workbench.corpus.tables import Article
from workbench.labelling.tables import Assignment
from workbench.projects.operations import end_membership
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings
from workbench.storage.base import Base
from workbench.storage.database import close_connections, transaction
from workbench.storage.migrations import downgrade, upgrade

ROUNDS = 20
PROCESSES = 4
STEPS = sorted(Path(__file__).parents[2].glob("migrations/versions/*.py"))


@contextmanager
def connected(database: str) -> Iterator[Connection]:
    engine = sqlalchemy.create_engine(database)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def table_names(database: str) -> set[str]:
    with connected(database) as connection:
        return set(sqlalchemy.inspect(connection).get_table_names())


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what only a migration can say: indexes of words, and over an expression."""
    is_ours = name is not None and ("_words" in name or name == "ix_claim_revision_rank")
    return not (kind in {"table", "index"} and is_ours)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_newest_schema_is_the_one_the_tables_declare(settings: Settings) -> None:
    for path in Path(__file__).parents[2].glob("workbench/*/tables.py"):
        importlib.import_module(f"workbench.{path.parent.name}.tables")

    with connected(settings.database) as connection:
        options = {"compare_type": True, "include_name": is_declared}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, Base.metadata) == []


def test_a_new_database_file_and_its_journals_are_for_their_owner_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    upgrade(f"sqlite:///{tmp_path}/new.sqlite3")

    with connected(f"sqlite:///{tmp_path}/new.sqlite3") as connection:
        connection.execute(sqlalchemy.text("SELECT * FROM project"))
        files = sorted(tmp_path.glob("new.sqlite3*"))
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in files if "-m" not in path.name
        }

    assert modes == dict.fromkeys(["new.sqlite3", "new.sqlite3-shm", "new.sqlite3-wal"], 0o600)


def test_each_step_goes_up_and_down_and_up(settings: Settings) -> None:
    whole = table_names(settings.database)

    for _ in STEPS:
        downgrade(settings.database, "-1")
    bare = table_names(settings.database)
    for _ in STEPS:
        upgrade(settings.database, "+1")

    assert bare == {"alembic_version"}
    assert table_names(settings.database) == whole


def test_work_from_before_training_stays_real_work(app: Flask, settings: Settings) -> None:
    open_desk(app, make_corpus(app))
    with app.app_context():
        close_connections()

    downgrade(settings.database, "0002")
    upgrade(settings.database)

    with connected(settings.database) as connection:
        rows = connection.execute(sqlalchemy.select(Assignment.is_training, Assignment.state))
        assert rows.all() == [(False, "working")]


def test_a_database_with_work_in_it_goes_down_to_the_first_schema_and_up(
    app: Flask, settings: Settings
) -> None:
    desk = open_desk(app, make_corpus(app))
    desk.save(1)
    with app.app_context():
        close_connections()

    downgrade(settings.database, "0001")
    upgrade(settings.database)

    assert [answer["number"] for answer in desk.open()["answers"]] == [1]


def test_a_filled_database_gets_the_slots_that_are_still_to_be_read(
    app: Flask, settings: Settings
) -> None:
    open_desk(app, make_corpus(app))
    desk = open_desk(app, name="ben")
    with app.app_context():
        with transaction() as session:
            project = project_by_slug(session, slug="demo")
            make_article(session, project.id, name="unread")
            project.overlap = 3
            end_membership(
                session, project_id=project.id, user_id=desk.user_id, by=None, now=utc_now()
            )
        close_connections()
    downgrade(settings.database, "0005")

    upgrade(settings.database)

    with connected(settings.database) as connection:
        rows = connection.execute(
            sqlalchemy.select(Article.slug, Assignment.state, Assignment.membership_id)
            .join(Article, Article.id == Assignment.article_id)
            .order_by(Article.id, Assignment.number)
        )
        found = [(slug, state, membership is None) for slug, state, membership in rows]
    assert found == [
        ("article", "working", False),
        ("article", "lapsed", False),  # Whoever has left holds nobody's place.
        *[("article", "open", True)] * 2,
        *[("unread", "open", True)] * 3,
    ]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    with ExitStack() as lent:
        if request.param == "sqlite":
            urls = [f"sqlite:///{tmp_path / str(number)}" for number in range(ROUNDS)]
        else:
            server, _ = request.getfixturevalue("migrated_postgresql")
            names = [lent.enter_context(server.database()) for _ in range(ROUNDS)]
            urls = [server.url(name) for name in names]
        yield [Settings(database_url=url).database for url in urls]


def upgrade_together(start: Barrier, databases: list[str]) -> None:
    for database in databases:
        start.wait()
        upgrade(database)


def test_processes_that_start_at_once_all_succeed(empty_databases: list[str]) -> None:
    fresh = multiprocessing.get_context("spawn")
    arguments = (fresh.Barrier(PROCESSES, timeout=60), empty_databases)
    processes = [fresh.Process(target=upgrade_together, args=arguments) for _ in range(PROCESSES)]

    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert len({frozenset(table_names(database)) for database in empty_databases}) == 1


def test_what_was_carried_to_a_corrected_text_stays_on_the_way_down_and_up(
    app: Flask, settings: Settings
) -> None:
    make_corpus(app)
    desk = finished(app)
    correct(app, TYPO)
    with app.app_context():
        close_connections()

    downgrade(settings.database, "0006")
    upgrade(settings.database)

    assert sorted(read(desk)) == [1, 2, 3]
    assert desk.save(4).status_code == 200
    correct(app, f"Encore.\n{TYPO}", after=2)


def test_a_filled_database_asks_for_its_words_to_be_indexed(app: Flask, settings: Settings) -> None:
    make_corpus(app)
    with app.app_context():
        close_connections()

    downgrade(settings.database, "0009")
    upgrade(settings.database)

    with connected(settings.database) as connection:
        jobs = connection.execute(sqlalchemy.text("SELECT kind, state, project_id FROM job"))
        assert jobs.all() == [("search_index", "waiting", 1)]
    run_jobs(app)
    with app.app_context():
        assert index_sentences(1) == 0


def test_a_check_from_before_what_was_known_was_kept_stays_published(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    address = f"/checks/demo/{print_check(app).statement}/"
    before = client.get(address).text
    with app.app_context():
        close_connections()

    downgrade(settings.database, "0017")
    upgrade(settings.database)

    with connected(settings.database) as connection:
        kept = connection.execute(sqlalchemy.text("SELECT known FROM verdict_appearance"))
        assert kept.all() == [(None,)]
    assert client.get(address).text == before
