"""A web server that does to whoever asks it what the web does, and one that nobody may reach."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]
NAME = "page.example"


class Handler(BaseHTTPRequestHandler):
    """Answers each path as the server was told to."""

    server: "Site"
    timeout = 10

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers.append(dict(self.headers))
        answer = self.server.answers.get(self.path)
        with suppress(OSError):  # Who asked has gone.
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its own word
        pass


class Site(ThreadingHTTPServer):
    """A site on a port of this machine; ``asked`` are the paths that were asked for."""

    daemon_threads = True

    def __init__(self, answers: Mapping[str, Answer], context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # Whoever asks may break off; a test sees what they got.

    @property
    def place(self) -> str:
        """The name and port under which settings list it."""
        return f"{NAME}:{self.server_port}"

    def url(self, path: str) -> str:
        """Return the address of one of its pages."""
        return f"{self.scheme}://{self.place}{path}"


@contextmanager
def open_site(
    answers: Mapping[str, Answer], context: ssl.SSLContext | None = None
) -> Iterator[Site]:
    """Let a site answer for the time of the block."""
    site = Site(answers, context)
    thread = threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


@dataclass
class Names:
    """A name service that knows these names, each with its answers one after the other."""

    known: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.known.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def local_names() -> Names:
    """Return a name service by which the site's name leads to this machine."""
    return Names({NAME: [["127.0.0.1"]]})


def page(
    body: str | bytes,
    content_type: str = "text/html; charset=utf-8",
    status: int = 200,
    **headers: str,
) -> Answer:
    """Answer with this body."""
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            **named,
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def article(*paragraphs: str) -> str:
    """Write a page of paragraphs as a newspaper has it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<!doctype html><html><body><article><h1>Title</h1>{text}</article></body></html>"


def redirect(to: str, status: int = 302) -> Answer:
    """Send on to another address."""
    return page("", status=status, Location=to)


def raw(*pieces: bytes, pause: float = 0) -> Answer:
    """Answer with these bytes instead of HTTP, with a pause before each."""

    def answer(handler: Handler) -> None:
        for piece in pieces:
            time.sleep(pause)
            handler.wfile.write(piece)
            handler.wfile.flush()
        handler.close_connection = True

    return answer


@cache
def bomb(size: int, times: int = 1) -> bytes:
    """Return little that becomes much, packed more than once."""
    content = bytes(size)
    for _ in range(times):
        content = gzip.compress(content)
    return content
