"""What tests are given: a database built by the migrations, and the program over it.

Whatever asks for ``database_url``, directly or through ``settings``, ``app``, ``client``,
``session`` or ``cli``, runs twice: on SQLite and on PostgreSQL. The database is empty, or, with
``pytest.mark.begins_with(make=…)``, has what that function made, once for all tests marked so.
"""

import gc
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as of_examples
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.label_studio import LabelStudio, running_label_studio
from tests.label_studio_fake import running_fake
from tests.machine import MUST_RUN, NEEDS, write_to_memory
from tests.postgres import PostgresServer, running_postgres
from tests.server import environment, free_port
from workbench.app import command_group, create_app
from workbench.settings import Settings
from workbench.storage.database import close_connections, db, transaction
from workbench.storage.migrations import upgrade

# Properties hold on a slow machine, too: how long an example takes is no failure.
of_examples.register_profile("slow", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_examples.load_profile("slow")


def pytest_configure() -> None:
    """Write to memory; hear Ctrl-C, though a shell began us in the background.

    What we start then does likewise.
    """
    write_to_memory()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over the program and all tests, which stay to the end.

    Looking through them again and again took a tenth of the time.
    """
    gc.collect()
    gc.freeze()


def require(need: str) -> Path:
    """Return where the program lies; without it skip, or fail where all was promised."""
    if found := NEEDS[need].find():
        return found
    outcome = pytest.fail if MUST_RUN else pytest.skip
    raise outcome.Exception(f"{need} is missing; {NEEDS[need].remedy}")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that the migrations made once, to be copied."""
    template = tmp_path_factory.mktemp("template") / "workbench.sqlite3"
    upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[tuple[PostgresServer, str]]:
    """A private server and its database that the migrations made once, to be copied."""
    require("PostgreSQL")
    with running_postgres() as server, server.database() as template:
        upgrade(Settings(database_url=server.url(template)).database)
        yield server, template


Make = Callable[[], None]


@pytest.fixture(scope="session")
def filled_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Make], Path]:
    """Copies of that file, each filled once, to be copied in turn."""

    @cache
    def fill(make: Make) -> Path:
        folder = tmp_path_factory.mktemp("filled")
        template = shutil.copy(migrated_sqlite, folder / "workbench.sqlite3")
        fill_database(f"sqlite:///{template}", folder, make)
        return template

    return fill


@pytest.fixture(scope="session")
def filled_postgresql(
    migrated_postgresql: tuple[PostgresServer, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Make], str]]:
    """Copies of that database, each filled once, to be copied in turn."""
    server, template = migrated_postgresql
    with ExitStack() as databases:

        @cache
        def fill(make: Make) -> str:
            name = databases.enter_context(server.database(template))
            fill_database(server.url(name), tmp_path_factory.mktemp("filled"), make)
            return name

        yield fill


def fill_database(url: str, folder: Path, make: Make) -> None:
    """Let the function make its things in the database, and leave no connection behind."""
    with create_app(Settings(data_dir=folder, database_url=url)).app_context():
        make()
        close_connections()


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    """A real Label Studio server, new at the session's begin."""
    require("Label Studio")
    with running_label_studio(tmp_path_factory.mktemp("label-studio")) as server:
        yield server


@pytest.fixture(scope="session")
def fake_label_studio() -> Iterator[LabelStudio]:
    """As much of Label Studio as we use, in this process."""
    with running_fake() as server:
        yield server


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.labelstudio)])
def either_label_studio(request: pytest.FixtureRequest) -> LabelStudio:
    """A real server, and the fake that is to be like it."""
    name = {"fake": "fake_label_studio", "real": "label_studio"}[request.param]
    return cast(LabelStudio, request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of this test alone."""
    marker = request.node.get_closest_marker("begins_with")
    make = marker.kwargs["make"] if marker else None
    if request.param == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")
        if make:
            template = request.getfixturevalue("filled_sqlite")(make)
        copy = tmp_path / "workbench.sqlite3"
        shutil.copy(template, copy)
        yield f"sqlite:///{copy}"
    else:
        server, template = request.getfixturevalue("migrated_postgresql")
        if make:
            template = request.getfixturevalue("filled_postgresql")(make)
        with server.database(template) as name:
            yield server.url(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The program's settings, with nothing outside the test's own folder."""
    folders = {"data_dir": tmp_path / "data", "export_dir": tmp_path / "exports"}
    for folder in folders.values():
        folder.mkdir()
    return Settings(**folders, database_url=database_url, port=free_port())


class CompiledRule(Rule):
    """A rule that takes over what an earlier application compiled: there are thousands here."""

    builders: ClassVar[dict[tuple[str, bool], Callable[..., tuple[str, str]]]] = {}
    compiled: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def compile(self) -> None:
        """Do as the rule before this one that was written alike."""
        if self.rule in self.compiled:
            self._parts, self._trace, self._converters = self.compiled[self.rule]
            self.arguments.update(self._converters)
            self._build, self._build_unknown = (
                self.builders[self.rule, unknown].__get__(self, None) for unknown in (False, True)
            )
        else:
            super().compile()
            self.compiled[self.rule] = (self._parts, self._trace, self._converters)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        self.builders[self.rule, append_unknown] = super()._compile_builder(append_unknown)
        return self.builders[self.rule, append_unknown]


class CompiledStatements(dict[tuple[object, ...], object]):
    """Statements as an earlier application's engine compiled them, by their kind of database."""

    def get(self, key: tuple[Any, ...], default: object = None) -> object:
        """Return what was compiled for such a database."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], value: object) -> None:
        """Keep it for all databases of the kind."""
        super().__setitem__((key[0].name, *key[1:]), value)


COMPILED = CompiledStatements()


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates as Python code, compiled once."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    settings: Settings,
    compiled_pages: FileSystemBytecodeCache,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """The application; work on its database with ``app.app_context()`` and ``transaction()``."""
    monkeypatch.setattr(Flask, "url_rule_class", CompiledRule)
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_pages
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=COMPILED)
    yield app
    with app.app_context():
        close_connections()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script, signed in as nobody."""
    return app.test_client()


@pytest.fixture
def session(request: pytest.FixtureRequest, app: Flask) -> Iterator[Session]:
    """A session inside ``transaction()``, for tests of operations and queries."""
    if {"client", "cli"} & set(request.fixturenames):
        pytest.fail("client and cli would wait for ever for this session's write lock")
    with app.app_context(), transaction() as session:
        yield session


@pytest.fixture
def cli(settings: Settings) -> Callable[..., Result]:
    """The command line: ``cli("article", "list")``; ``input=`` is its standard input."""

    def run(*arguments: str | Path, input: str | bytes | None = None) -> Result:  # noqa: A002  # click's word
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(command_group(), words, input=input, env=environment(settings))

    return run


@sys.addaudithook
def _refuse_the_internet(event: str, arguments: tuple[object, ...]) -> None:
    """Let tests connect to this machine only; an audit hook also sees what libraries do."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not ip_address(address[0]).is_loopback:
            raise PermissionError(f"a test may not connect to {address[0]}")
