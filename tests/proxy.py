"""A connection that breaks when a test says so, between the workbench and another server."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE = 1 << 16


@dataclass
class Proxy:
    """Forwards what comes to its port; ``listener`` is told how each request begins, and acts.

    It returns whether the answer is to be dropped once it has begun to come.
    """

    port: int
    upstream: str
    listener: Callable[[str], bool] = lambda _: False
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def on(self, number: int, words: str, act: Callable[[], bool]) -> None:
        """Act when so many requests of these words have come, counted from now."""
        seen = 0

        def listen(line: str) -> bool:
            nonlocal seen
            seen += words in line
            return act() if words in line and seen == number else False

        self.listener = listen

    def carry(self, client: socket.socket) -> None:
        """Carry one connection, which has one request."""
        with client, suppress(OSError):
            try:
                self._carry(client)
            finally:  # Closing alone would not do as long as the other thread waits for more.
                client.shutdown(socket.SHUT_RDWR)

    def _carry(self, client: socket.socket) -> None:
        first = client.recv(PIECE)
        line = first.split(b"\r\n", 1)[0].decode()
        self.requests.append(line)
        place = urlsplit(self.upstream)
        with socket.create_connection((place.hostname, place.port)) as server:
            server.sendall(first)
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()
            is_dropped = self.listener(line)
            while (piece := server.recv(PIECE)) and not is_dropped:
                client.sendall(piece)

    @staticmethod
    def _pump(client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(PIECE):
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)


@contextmanager
def open_proxy(upstream: str) -> Iterator[Proxy]:
    """Open a proxy to a server; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        proxy = Proxy(door.getsockname()[1], upstream)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = door.accept()
                    threading.Thread(target=proxy.carry, args=(client,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield proxy
