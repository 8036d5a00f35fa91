"""A private PostgreSQL server: its own data folder, no network port, gone when its starter is.

``python -m tests.postgres OPTIONS`` keeps one server until its standard input closes, and that
happens however its starter ends, a crash included.
"""

import os
import pwd
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.machine import find_postgresql

OWNER = "postgres"
INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
OPTIONS = "-c listen_addresses= -c jit=off"
# What tests write does not outlive the run, so it need not wait for the disk.
CARELESS = "-c fsync=off -c full_page_writes=off"


@dataclass(frozen=True)
class PostgresServer:
    """A running server, reached through the socket in its folder."""

    folder: Path

    def url(self, database: str = OWNER) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Lend the name of a new database, a copy of ``template``, and drop it afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield name
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server; stop it and remove its data afterwards.

    A ``durable`` one waits for the disk at each commit, as a real one does.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", "" if durable else CARELESS],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
    ) as keeper:
        folder = keeper.stdout.readline().strip()
        if not folder:
            raise RuntimeError("the private PostgreSQL server did not start, for the reason above")
        yield PostgresServer(Path(folder))
        # Leaving the block closes the keeper's input and waits for it.


def keep_server(options: str) -> None:
    """Run a server in a temporary folder until standard input closes."""
    programs = find_postgresql()
    if programs is None:
        sys.exit("PostgreSQL's programs are not on this machine")
    # Not among pytest's folders: a socket's path may have 107 bytes, and the unprivileged
    # user, as whom PostgreSQL wants to run, must be able to go there.
    with tempfile.TemporaryDirectory(prefix="workbench-pg-") as folder:
        as_user = _unprivileged_user(folder)
        data = f"--pgdata={folder}/data"
        start = ["start", f"--log={folder}/log", f"--options={OPTIONS} {options} -k {folder}"]
        for command in (
            [programs / "initdb", data, f"--username={OWNER}", *INITDB],
            [programs / "pg_ctl", data, *start],
        ):
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user)
        print(folder, flush=True)
        sys.stdin.read()
        stop = [programs / "pg_ctl", data, "stop", "--mode=immediate"]
        subprocess.run(stop, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user)


def _unprivileged_user(folder: str) -> dict[str, object]:
    """Give the folder to somebody else than root and return how to run a program as them."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    keep_server(sys.argv[1])
