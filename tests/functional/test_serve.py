"""The server and the demo as people start them: processes, signals, a port."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.people import make_project
from tests.server import (
    PATIENCE_SECONDS,
    WORKBENCH,
    Server,
    environment,
    free_port,
    running_server,
)
from workbench.clock import utc_now
from workbench.corpus.importing import request_import
from workbench.corpus.queries import count_articles, list_articles
from workbench.jobs.tables import Job
from workbench.projects.queries import count_projects, project_by_slug
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.storage.migrations import downgrade

T = TypeVar("T")

needs_proc = pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="only Linux lets us look at processes"
)


def run(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [WORKBENCH, *words],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def wait_for(look: Callable[[], T]) -> T:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return found


class Visitor:
    """A browser without script before a real server."""

    def __init__(self, server: Server) -> None:
        self._base = server.url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, address: str) -> str:
        with self._opener.open(self._full(address)) as answer:
            self.address = answer.url
            return str(answer.read().decode())

    def send(self, address: str, **fields: object) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(address))
        assert token
        boundary, body = encode_multipart({"csrf_token": token[1], **fields})
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = urllib.request.Request(self._full(address), body, kind)
        with self._opener.open(request) as answer:
            self.address = answer.url
            return str(answer.read().decode())

    def _full(self, address: str) -> str:
        return address if address.startswith("http") else self._base + address


def links_in(log: str) -> dict[str, str]:
    """Return the sign-in links that a demo printed last, by the person's name."""
    return dict(re.findall(r"^  \S.*?  +(\w+ \w+) +(http\S+/link/\S+)$", log, re.M))


@pytest.fixture
def demo(settings: Settings) -> Iterator[Server]:
    with running_server(settings, WORKBENCH, "demo") as server:
        wait_for(lambda: links_in(server.log))
        yield server


def test_the_demo_prints_a_link_for_each_invented_person(demo: Server) -> None:
    links = links_in(demo.log)

    assert len(links) == 9
    for name, link in links.items():
        visitor = Visitor(demo)
        assert name in visitor.send(link)
        assert name in visitor.get("/")


def test_the_demo_run_again_keeps_everything_and_prints_new_links(demo: Server, app: Flask) -> None:
    first = links_in(demo.log)
    demo.stop()
    before = len(demo.log)

    demo.start()

    wait_for(lambda: links_in(demo.log[before:]))
    assert first.keys() == links_in(demo.log[before:]).keys()
    assert not set(first.values()) & set(links_in(demo.log[before:]).values())
    with app.app_context():
        project = project_by_slug(db.session(), slug="open-ai-debate")
        listed = list_articles(db.session(), project_id=project.id)
        assert len(listed) == 5
        assert sum(entry.sentences for entry in listed) > 100


def test_an_empty_demo_has_people_and_no_articles(settings: Settings, app: Flask) -> None:
    with running_server(settings, WORKBENCH, "demo", "--empty") as server:
        wait_for(lambda: links_in(server.log))

    with app.app_context():
        assert count_articles(db.session(), project_id=1) == 0


def test_four_demos_started_at_once_on_an_empty_database_all_come_up(
    settings: Settings, app: Flask
) -> None:
    downgrade(settings.database, "base")
    demos = [
        Server(replace(settings, port=free_port(), workers=1), (WORKBENCH, "demo"), name=f"{n}.")
        for n in range(4)
    ]
    with ThreadPoolExecutor(len(demos)) as pool:
        list(pool.map(Server.start, demos))
    for demo in demos:
        wait_for(lambda demo=demo: len(links_in(demo.log)) == 9)
        demo.stop()

    with app.app_context():
        assert count_projects(db.session()) == 1
        assert count_articles(db.session(), project_id=1) == 5


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_said_and_nothing_is_made(
    settings: Settings, tmp_path: Path, command: str
) -> None:
    with socket.create_server((settings.host, settings.port)):
        failed = run(settings, command)

    assert failed.returncode == 1
    assert failed.stderr == (
        f"Error: Port {settings.port} of 127.0.0.1 is taken: stop the other program, or set "
        "WORKBENCH_PORT to a free one.\n"
    )
    assert not (settings.data_dir / "secret_key").exists()


def test_an_older_schema_is_not_served(settings: Settings) -> None:
    downgrade(settings.database, "base")

    failed = run(settings, "serve")

    assert failed.returncode == 1
    assert re.fullmatch(r"Error: [^\n]*run `workbench init`\.\n", failed.stderr)


def test_a_newer_schema_is_not_served(settings: Settings) -> None:
    engine = create_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    failed = run(settings, "serve")

    assert failed.returncode == 1
    assert "made by a newer workbench" in failed.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_well_when_told_to(settings: Settings, number: signal.Signals) -> None:
    with running_server(settings) as server:
        Visitor(server).get("/healthz")
        assert server.process

        server.process.send_signal(number)

        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert "Traceback" not in server.log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_half_sent_request_does_not_hold_its_thread_for_ever(settings: Settings) -> None:
    settings = replace(settings, workers=1, threads=1)
    address = (settings.host, settings.port)
    with running_server(settings) as server, socket.create_connection(address) as half_sent:
        half_sent.sendall(b"GET /sign-in HTTP/1.1\r\nHost: ")

        assert Visitor(server).get("/healthz")


@needs_proc
def test_an_upload_is_imported_by_a_worker_of_its_own(demo: Server) -> None:
    visitor = Visitor(demo)
    visitor.send(links_in(demo.log)["Max Manager"])
    path = Path(demo.settings.data_dir, "neuf.txt")
    path.write_text("Un texte tout neuf.")

    with path.open("rb") as file:
        visitor.send(
            "/projects/open-ai-debate/articles/import", files=FileStorage(file, "neuf.txt")
        )

    assert "/jobs/" in visitor.address
    page = wait_for(lambda: "The import is done." in visitor.get(visitor.address))
    assert page
    assert "/articles/neuf/" in visitor.get(visitor.address)
    wait_for(lambda: not workers(demo))


def workers(server: Server) -> list[int]:
    """Return the ids of the server's running job workers."""
    assert server.process
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            number = int(path.parent.name)
            is_its = os.getsid(number) == server.process.pid
            if is_its and b"workbench\0worker\0" in command_of(number):
                found.append(number)
    return found


def command_of(process: int) -> bytes:
    """Return the command line of a process; nothing once it has ended."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


@needs_proc
def test_a_job_is_done_once_although_worker_and_server_are_killed(
    settings: Settings, app: Flask
) -> None:
    project_id = make_project(app)
    line = "mot " * 200
    files = [(f"a{n}.txt", f"Phrase {n}, {line}.\n".encode() * 650) for n in range(20)]
    with app.app_context(), transaction() as session:
        request_import(session, project_id=project_id, files=files, by=None, now=utc_now())

    with running_server(settings) as server:
        wait_for(lambda: steps_done(app) > 0)
        for number in workers(server):
            os.kill(number, signal.SIGKILL)
        let_a_minute_go_by(app)
        done = steps_done(app)
        wait_for(lambda: steps_done(app) > done)
        server.kill()
        let_a_minute_go_by(app)
        server.start()
        wait_for(lambda: steps_done(app) == 20)

    with app.app_context():
        job = db.session.get_one(Job, 1)
        assert {outcome["state"] for outcome in job.result} == {"imported"}
        assert count_articles(db.session(), project_id=project_id) == 20


@pytest.mark.parametrize("is_by_web", [False, True])
def test_an_erased_text_is_in_no_file_although_it_is_being_read(
    demo: Server, is_by_web: bool
) -> None:
    if not demo.settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's files are its operator's")
    visitor = Visitor(demo)
    visitor.send(links_in(demo.log)["Max Manager"])
    file, article = "000_e7126b3bda593139.txt", "000-e7126b3bda593139"
    words = (resource_folder("seeds") / "articles" / file).read_bytes()[2000:2030]
    page = f"/projects/open-ai-debate/articles/{article}/"
    visitor.get(page)
    assert words_in(demo.settings, words)

    if is_by_web:
        visitor.send(f"{page}erase", reason="A court said so")
    else:
        words_of_command = ("--project", "open-ai-debate", "--reason", "A court said so", "--yes")
        erased = run(demo.settings, "article", "erase", article, *words_of_command)
        assert (erased.returncode, "journal" in erased.stdout) == (0, False), erased.stderr

    assert words_in(demo.settings, words) == []


def words_in(settings: Settings, words: bytes) -> list[str]:
    """Return the files of the database in which the words are."""
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    return [path.name for path in database.parent.glob("workbench*") if words in path.read_bytes()]


@needs_proc
def test_the_journal_is_gone_once_the_server_has_stopped(settings: Settings) -> None:
    with running_server(settings) as server:
        Visitor(server).get("/sign-in")

    journal = Path(f"{settings.database_url.removeprefix('sqlite:///')}-wal")
    assert not journal.exists()


def steps_done(app: Flask) -> int:
    with app.app_context():
        return db.session.get_one(Job, 1).done


def let_a_minute_go_by(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        job = session.get_one(Job, 1)
        job.lease_until = job.lease_until and utc_now()


@needs_proc
def test_the_worker_goes_when_the_server_does(settings: Settings, app: Flask) -> None:
    project_id = make_project(app)
    line = "mot " * 200
    files = [(f"a{n}.txt", f"Phrase {n}, {line}.\n".encode() * 650) for n in range(40)]
    with app.app_context(), transaction() as session:
        request_import(session, project_id=project_id, files=files, by=None, now=utc_now())

    with running_server(settings) as server:
        wait_for(lambda: steps_done(app) > 0)
        (worker,) = workers(server)
        server.stop()

        wait_for(lambda: not command_of(worker))

    with app.app_context():
        assert db.session.get_one(Job, 1).state == "waiting"
