"""The Python client against a server of its own, over HTTP, on a line that is cut."""

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pandas
import pytest
from flask import Flask

from tests.annotators import make_corpus, open_desk
from tests.people import join, make_person
from tests.programs import make_secret_of
from tests.releases import put_release
from tests.server import running_server
from workbench.accounts.api_tokens import Scope
from workbench.client import Client, ClientError
from workbench.projects.rules import Role
from workbench.settings import Settings

TABLE = pandas.DataFrame({"id": ["a", "b"], "text": ["Un.", "Deux."]})
BIG = bytes(range(256)) * 12_000


@contextmanager
def cutting_line(port: int, after: int) -> Iterator[tuple[int, list[bytes]]]:
    """Lead to a port, and cut the first connection that brings more than ``after`` bytes.

    Yields the port to use and the requests that came.
    """
    requests: list[bytes] = []
    is_cut = threading.Event()

    def carry(near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            thread = threading.Thread(target=send, args=(near, far), daemon=True)
            thread.start()
            brought = 0
            while piece := far.recv(65536):
                brought += len(piece)
                if brought > after and not is_cut.is_set():
                    is_cut.set()
                    near.sendall(piece[: len(piece) // 2])
                    near.shutdown(socket.SHUT_RDWR)
                    return
                near.sendall(piece)

    def send(near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := near.recv(65536):
                requests.append(piece)
                far.sendall(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=carry, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield door.getsockname()[1], requests
        finally:
            door.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_program_downloads_follows_and_is_told_what_is_wrong(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    desk = open_desk(app, make_corpus(app))
    desk.save(1)
    desk.save(2)
    buffer = io.BytesIO()
    TABLE.to_parquet(buffer)
    files = {
        "README.md": b"# Demo\n",
        "data/sentences/train.parquet": buffer.getvalue(),
        "data/sentences/test.parquet": buffer.getvalue(),
        "big": BIG,
    }
    put_release(app, settings, 1, {}, version="1.1.0", withdrawal="wrong")
    put_release(app, settings, 1, files)
    user = make_person(app)
    join(app, 1, "ada@example.org", {Role.DATA_USER})
    secret = make_secret_of(app, user)
    narrow = make_secret_of(app, user, scopes={Scope.READ_CORPUS})
    folder = tmp_path / "got"

    with running_server(settings), cutting_line(settings.port, 1_000_000) as (port, asked):
        with Client(f"http://127.0.0.1:{port}", secret) as client:
            (dataset,) = client.datasets()
            assert (dataset.slug, dataset.versions) == ("demo", ("1.0.0",))
            assert [one.withdrawal for one in client.releases("demo")] == ["wrong", None]
            home = client.download("demo", folder=folder)
            assert {path: (home / path).read_bytes() for path in files} == files
            assert any(b"Range: bytes=" in one for one in asked)  # It went on where it was cut.
            assert not list(folder.rglob("*.part"))
            before = len(asked)
            client.download("demo", "1.0.0", folder=folder)
            assert len(asked) == before + 1  # Nothing but the list of files.
            both = pandas.concat([TABLE, TABLE], ignore_index=True)
            assert client.read_table("demo", folder=folder).equals(both)
            assert client.read_table("demo", split="test", folder=folder).equals(TABLE)
            changes = list(followed := client.changes("demo"))
            assert (followed.since, followed.hidden) == (changes[-1].revision, frozenset())
            assert [one.decision for one in changes] == ["no_claim", "no_claim"]
            assert list(client.changes("demo", since=changes[0].revision)) == changes[1:]
            with pytest.raises(ClientError, match="wrong") as withdrawn:
                client.download("demo", "1.1.0", folder=folder)
            assert withdrawn.value.status == 410
            with Client(f"http://127.0.0.1:{settings.port}", secret) as whole:
                zipped = whole.download_archive("demo", folder=folder)
            with ZipFile(zipped) as unpacked:
                names = sorted(unpacked.namelist())
            assert names == [f"demo/1.0.0/{path}" for path in sorted(files)]
            (settings.export_dir / "demo/1.0.0/README.md").write_bytes(b"# Dema\n")
            (home / "README.md").unlink()
            with pytest.raises(ClientError, match="damaged"):
                client.download("demo", folder=folder)
            with (
                Client(f"http://127.0.0.1:{settings.port}", secret) as whole,
                pytest.raises(ClientError, match=r"demo-1.0.0.zip came damaged"),
            ):
                whole.download_archive("demo", folder=folder)
        with (
            Client(f"http://127.0.0.1:{port}", narrow) as client,
            pytest.raises(ClientError, match="read:releases") as refused,
        ):
            client.datasets()
        assert (refused.value.status, refused.value.code) == (403, "insufficient_scope")


def test_a_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ClientError, match="https"):
        Client("http://claims.example.org", "cwb_x")
