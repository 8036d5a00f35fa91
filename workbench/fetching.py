"""The one door to other sites: fetch a page, and reach nothing that lies behind our own walls.

A name is looked up once, every address it has must belong to the internet at large, and the
connection goes to one of these addresses, so that no second answer of the DNS counts. Redirects
are followed here, each checked like the first address. Nothing of an answer gets into an error.
"""

import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import cast
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from workbench.errors import FetchError, InvalidInputError, PageGoneError
from workbench.links import (
    DEFAULT_PORTS,
    Address,
    ClosedNetworkError,
    check_link,
    join_place,
    may_be_reached,
    place_of,
)

SECONDS = 10.0  # for all of it: names, redirects, and an answer that comes drop by drop
MAX_BYTES = 10 * 1024 * 1024  # unpacked
MAX_REDIRECTS = 3
MAX_ADDRESSES = 4  # of a name that are tried

_ASKED_FOR = {
    "User-Agent": "claim-workbench",
    "Accept": "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Accept-Language": "fr, en;q=0.9",
}
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 64 * 1024
_SENT_ON = "sent_on"
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

Resolve = Callable[[str, int], Sequence[str]]


class UnknownNameError(PageGoneError):
    """The DNS has no such name: the site is gone, or its name was mistyped."""

    code = "unknown_name"


class UnclearError(FetchError):
    """No whole answer came: what was asked for may have been done, or still be done."""

    code = "unclear"


class TooLargeError(UnclearError):
    """The answer is more than whoever asked can take."""

    code = "too_large"


def look_up(host: str, port: int) -> list[str]:
    """Ask this machine for all addresses of a name; raise ``socket.gaierror`` if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Page:
    """What an address answered; ``url`` is where the last redirect led."""

    url: str
    content_type: str
    charset: str | None
    content: bytes


@dataclass(frozen=True)
class Reply:
    """What another program's interface answered, whatever its status."""

    status: int
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Door:
    """How pages are fetched; ``private_hosts`` are the ``host:port`` that may lie within a wall."""

    private_hosts: frozenset[str] = frozenset()
    seconds: float = SECONDS
    resolve: Resolve = look_up
    trusted: ssl.SSLContext | None = field(default=None, repr=False)

    def fetch(self, url: str) -> Page:
        """Return what an address answers.

        Raises ``PageGoneError`` where the page or its site is no more, ``FetchError`` where it
        cannot be had just now, ``InvalidInputError`` for an address that may not be asked.
        """
        sender = ""
        with self.open_client() as client:
            for _ in range(MAX_REDIRECTS + 1):
                try:
                    link = check_link(url, private_hosts=self.private_hosts)
                except InvalidInputError:
                    if sender:
                        raise _led_astray(sender, url) from None
                    raise
                answer = _ask(client, link)
                if isinstance(answer, Page):
                    return answer
                sender, url = _host(link), answer
        raise FetchError(
            "%(host)s sends on from address to address, more than %(most)s times.",
            host=_host(link),
            most=MAX_REDIRECTS,
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str],
        content: bytes = b"",
        most: int = MAX_BYTES,
    ) -> Reply:
        """Return what an interface answers to one request, which is sent once; follow nothing.

        Raises ``UnclearError`` where no whole answer of at most ``most`` bytes came,
        ``FetchError`` where nothing was sent, ``InvalidInputError`` for an address that may not
        be asked.
        """
        link = check_link(url, private_hosts=self.private_hosts)
        host = place_of(link)
        with self.open_client() as client:
            try:
                with client.stream(
                    method, link, params=query, headers=headers, content=content
                ) as response:
                    kind = response.headers.get("content-type", "").partition(";")[0]
                    whole = b"".join(_read(response, host, most))
                    return Reply(response.status_code, kind.strip().lower()[:100], whole)
            except httpx.ConnectError:
                raise FetchError("%(host)s cannot be connected to safely.", host=host) from None
            except httpx.TimeoutException:
                raise UnclearError("%(host)s did not answer in time.", host=host) from None
            except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                raise UnclearError(
                    "%(host)s broke off its answer, or it is not HTTP.", host=host
                ) from None

    def open_client(self) -> httpx.Client:
        """Return a client for one conversation: all of it has ``seconds`` from now on."""
        return httpx.Client(
            transport=_GuardedTransport(self),
            headers=_ASKED_FOR,
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113  # one deadline is over all
        )


def _ask(client: httpx.Client, link: str) -> Page | str:
    """Return the page, or the address that the answer sends on to."""
    host = _host(link)
    try:
        with client.stream("GET", link) as response:
            if _SENT_ON in response.extensions:
                return _join(link, response.extensions[_SENT_ON])
            _check_status(response.status_code, host)
            kind = response.headers.get("content-type", "").partition(";")[0]
            return Page(
                url=link,
                content_type=kind.strip().lower()[:100],
                charset=response.charset_encoding,
                content=b"".join(_read(response, host)),
            )
    except httpx.TimeoutException:
        raise FetchError("%(host)s did not answer in time.", host=host) from None
    except httpx.ConnectError:
        raise FetchError("%(host)s cannot be connected to safely.", host=host) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise FetchError("%(host)s broke off its answer, or it is not HTTP.", host=host) from None


def _join(link: str, location: str) -> str:
    try:
        return urljoin(link, location)
    except ValueError:
        return location


def _led_astray(host: str, url: str) -> InvalidInputError:
    """Return the refusal of what a page sends on to; a password in it is not repeated."""
    shown = re.sub(r"//[^/]*@", "//", url)[:80]
    return InvalidInputError(
        "%(host)s sends on to %(url)s, which is no page on the web that readers can reach.",
        host=host,
        url=ascii(shown)[1:-1],
    )


def _check_status(status: int, host: str) -> None:
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise PageGoneError(
            "%(host)s has this page no more (answer %(status)s).", host=host, status=status
        )
    if status != HTTPStatus.OK:
        raise FetchError(
            "%(host)s does not give the page (answer %(status)s).", host=host, status=status
        )


def _read(response: httpx.Response, host: str, most: int = MAX_BYTES) -> Iterator[bytes]:
    """Yield the answer unpacked, as long as it is not too much."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise FetchError("%(host)s packs its answer in a way not asked for.", host=host)
    pieces = _limited(response.iter_raw(_PIECE), host, most)
    if coding.endswith("gzip"):
        pieces = _limited(_unpack(pieces, host), host, most)
    yield from pieces


def _limited(pieces: Iterable[bytes], host: str, most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooLargeError(
                "%(host)s answers with more than %(most)s MB.", host=host, most=most >> 20
            )
        yield piece


def _unpack(pieces: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Yield the content of gzip members, never more at a time than a piece."""
    member = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                yield member.decompress(rest, _PIECE)
                rest = member.unconsumed_tail
                if member.eof:
                    rest, member = member.unused_data, zlib.decompressobj(_GZIP)
    except zlib.error:
        raise FetchError("%(host)s broke off its answer, or it is not HTTP.", host=host) from None


def _host(link: str) -> str:
    return urlsplit(link).hostname or ""


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Deadline:
    """The moment at which everything must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; raise as the network does once there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _GuardedTransport(httpx.BaseTransport):
    """Carries requests to machines of the internet at large, and to no other."""

    def __init__(self, door: Door) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=door.trusted or _trusted(),
            max_keepalive_connections=0,
            network_backend=_Guard(door),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still to be read."""
        url = request.url
        with _told_as_httpx_does():
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=cast("Iterable[bytes]", request.stream),
                )
            )
        response = httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))
        if response.has_redirect_location:  # httpx would judge it, in words of its own
            response.extensions[_SENT_ON] = response.headers.pop("location")
        return response

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The body of an answer as it comes."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _told_as_httpx_does():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _told_as_httpx_does() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException:
        raise httpx.ReadTimeout("the deadline is over") from None
    except httpcore.ConnectError:
        raise httpx.ConnectError("no connection") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise httpx.RemoteProtocolError("the answer broke off, or is not HTTP") from None


class _Guard(httpcore.NetworkBackend):
    """Connects to public addresses only, and to what is listed, until the deadline."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._deadline = _Deadline(door.seconds)
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the addresses of a name, each of which must be allowed."""
        place = join_place(host, port)
        is_listed = place in self._door.private_hosts
        if port not in DEFAULT_PORTS.values() and not is_listed:
            raise InvalidInputError(
                "%(place)s: pages are fetched from the ports 80 and 443 only.", place=place
            )
        addresses = self._look_up(host, port)
        if not all(may_be_reached(one, is_listed=is_listed) for one in addresses):
            raise ClosedNetworkError(
                "%(host)s leads to a machine of a closed network, which is not asked: give an"
                " address on the web.",
                host=host,
            )
        problem: httpcore.ConnectError | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                stream = self._network.connect_tcp(str(address), port, self._deadline.left())
            except httpcore.ConnectError as error:
                problem = error
            else:
                return _TimedStream(stream, self._deadline)
        raise problem or httpcore.ConnectError

    def _look_up(self, host: str, port: int) -> list[Address]:
        """Ask for a name's addresses in a thread beside, since asking cannot be told to end."""
        found: list[str] = []
        failed: list[OSError] = []

        def ask() -> None:
            try:
                found.extend(self._door.resolve(host, port))
            except OSError as error:
                failed.append(error)

        thread = threading.Thread(target=ask, name="name look-up", daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if failed and isinstance(failed[0], socket.gaierror) and failed[0].errno in _NO_SUCH_NAME:
            raise UnknownNameError("There is no site %(host)s any more, or not yet.", host=host)
        if not found:
            raise FetchError("The name %(host)s cannot be looked up just now.", host=host)
        return [ip_address(one) for one in found]


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing takes longer than the deadline, however slowly it comes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on under TLS, the certificate being of the name that was asked for."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)
