"""A private PostgreSQL server: its own data folder, no network port, gone when its starter is.

Run as a program it keeps one server until its standard input closes, which happens however
its starter ends, a crash included.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.machine import find_postgresql

OWNER = "postgres"
ANSWERS = 0  # pg_isready's word for it; 1 is "still starting", 2 "nobody there".
# Nothing here outlives the run, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


@dataclass(frozen=True)
class Server:
    """A running server, reached through the socket in its folder."""

    folder: Path

    def url(self, database: str = OWNER) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}"

    def run(self, statement: sql.Composed) -> None:
        """Carry out a statement that cannot be part of a transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Lend the name of a new database, a copy of ``template``; drop it afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(copy.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and stop it again, data and all."""
    # A session of its own: Ctrl-C is for the tests, the server goes when they are done.
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
        text=True,
    ) as keeper:
        folder = keeper.stdout.readline().strip()
        if not folder:
            raise RuntimeError("the private PostgreSQL server did not start; its log is above")
        yield Server(Path(folder))
        keeper.stdin.close()


def keep_server() -> None:
    """Run a server in a temporary folder until standard input closes."""
    programs = find_postgresql()
    user = unprivileged_user()
    # Short and open to the unprivileged user: a socket's path has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="workbench-pg-", dir="/tmp") as name:  # noqa: S108
        folder = Path(name)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
...
