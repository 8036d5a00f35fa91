"""Addresses on the web as people type them: which may stand as a link, and which name one page.

A link is kept in ASCII, its host as the DNS has it, so that nothing in it can hide. Which machine
a name leads to is asked only when a page is fetched: see ``workbench.fetching``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from workbench.errors import InvalidInputError

MAX_LINK = 2000  # characters, encoded
DEFAULT_PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address

# The last label decides for browsers whether a host is a number: 0x7f.1 and 127.1 are addresses.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_HOST = 253
_INSIDE = frozenset({"localhost", "local", "internal", "home.arpa", "localdomain", "lan"})
_HIDING = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})  # categories of Unicode
_PATH_SAFE = "!$%&'()*+,-./:;=@_~"
_QUERY_SAFE = _PATH_SAFE + "?[]"
_TRACKING = re.compile(
    r"(?:utm|at|pk|mtm|hsa)_.*|xtor|xtref|(?:fb|g|d|tt)clid|gbraid|wbraid|msclkid|yclid|twclid|igshid"
    r"|mc_[ce]id|_ga|_gl|cmpid",
    re.IGNORECASE,
)
# A copy in an archive has the address of its page in its own, its slashes often run together.
_ARCHIVE = re.compile(r"(?:www\.)?(?:web\.)?archive\.[a-z]+")
_ARCHIVED = re.compile(r"(https?):/{1,2}(.+)", re.IGNORECASE)
_SAME_SITE = re.compile(r"^(?:www|m|amp)\.")

# Of IPv6 only what is given out for the internet at large, without what leads on to IPv4.
_GIVEN_OUT = IPv6Network("2000::/3")
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # Teredo among others
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3fff::/20",
            "192.0.0.0/24",
            "192.88.99.0/24",  # the way to 6to4
        ),
    )
)
_NEVER = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "fe80::/10",
            "fd00:ec2::/32",
            "::/128",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
        ),
    )
)


class ClosedNetworkError(InvalidInputError):
    """An address leads to a machine that is not for everybody, and no setting names it."""

    code = "closed_network"


def check_link(text: str, *, private_hosts: Collection[str] = ()) -> str:
    """Return ``text`` as an address that may be linked to; refuse any other with a sentence.

    It is http or https, its host a name or an address of the internet at large, or one of
    ``private_hosts``, each ``host:port``. No name, no password, no character that hides.
    """
    text = text.strip()
    shown = text[:80]
    if hiding := next(_hiding(text), None):
        raise InvalidInputError(
            "%(url)s has a blank, a backslash or a hidden character (U+%(code)s): copy the address"
            " anew.",
            url=ascii(shown)[1:-1],
            code=f"{ord(hiding):04X}",
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_link(shown) from None
    if parts.scheme not in DEFAULT_PORTS or not parts.netloc:
        raise _no_link(shown)
    if "@" in parts.netloc:
        raise InvalidInputError(
            "%(url)s has a user name or a password in it: leave out what stands before the @.",
            url=_without_user(parts)[:80],
        )
    host = _check_host(parts.hostname or "", shown)
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if port == 0:
        raise _no_link(shown)
    if join_place(host, port) not in private_hosts:
        _refuse_inside(host, shown)
    link = _write(parts.scheme, host, port, parts)
    if len(link) > MAX_LINK:
        raise InvalidInputError(
            "The address has %(length)s characters and may have %(most)s: cut what only tracks the"
            " visitor.",
            length=len(link),
            most=MAX_LINK,
        )
    return link


def is_link(text: str) -> bool:
    """Tell, where a kept address is shown, whether it may stand as a link still."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in DEFAULT_PORTS
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not any(_hiding(text))
    )


def same_page(one: str, other: str) -> bool:
    """Tell whether two addresses name one page.

    Scheme, ``www`` (or ``m``, ``amp``), a slash at the end, the fragment, the usual port, and
    what only tracks visitors make no difference, nor does it that one is an archive's copy, nor
    how the path is written: ``%5F`` for ``_``, ``/a/../`` for ``/`` (RFC 3986, 6.2.2), ``//``.
    """
    return _page(one) == _page(other)


def share_page(some: Iterable[str | None], others: Iterable[str | None]) -> bool:
    """Tell whether any of some addresses names the same page as any of others."""
    pages = [url for url in others if url]
    return any(same_page(url, page) for url in some if url for page in pages)


def host_of(link: str) -> str:
    """Return the host of an address that ``check_link`` gave."""
    return urlsplit(link).hostname or ""


def place_of(link: str) -> str:
    """Return the host of an address that ``check_link`` gave, with its port unless it is usual."""
    return urlsplit(link).netloc


def join_place(host: str, port: int) -> str:
    """Return ``host:port`` as settings list it; an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def may_be_reached(address: Address, *, is_listed: bool) -> bool:
    """Tell whether pages may be fetched from an address; ``is_listed`` says that settings name it.

    Never from one that every machine has for itself, where clouds keep their keys.
    """
    if is_public(address):
        return True
    return (
        is_listed
        and not any(address in network for network in _NEVER)
        and not address.is_multicast
        and (address.is_loopback or not address.is_reserved)
    )


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to a machine of the internet at large, and to one only."""
    if isinstance(address, IPv6Address) and address not in _GIVEN_OUT:
        return False  # Among these are those that hold an IPv4 address: mapped, and NAT64.
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NOT_PUBLIC)
    )


@dataclass(frozen=True)
class _Page:
    host: str
    port: int
    path: str
    query: str


def _page(link: str) -> _Page:
    try:
        parts = urlsplit(link.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = _ascii_host(host)
    except (ValueError, UnicodeError):
        return _Page("", 0, link, "")
    if _ARCHIVE.fullmatch(host) and (
        copy := _ARCHIVED.search(parts.path) or _ARCHIVED.search(unquote(parts.path))
    ):
        query = f"?{parts.query}" if parts.query else ""
        return _page(f"{copy[1]}://{copy[2]}{query}")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name)
    ]
    return _Page(
        host=_SAME_SITE.sub("", host),
        port=0 if port in (None, *DEFAULT_PORTS.values()) else int(port or 0),
        path="/".join(_walk(unquote(parts.path))),
        query=urlencode(sorted(kept)),
    )


def _walk(path: str) -> list[str]:
    """Return where a path leads, step by step; nothing is above the root."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return steps


def _hiding(text: str) -> Iterator[str]:
    return (one for one in text if one == "\\" or unicodedata.category(one) in _HIDING)


def _write(scheme: str, host: str, port: int, parts: SplitResult) -> str:
    place = join_place(host, port)
    if port == DEFAULT_PORTS[scheme]:
        place = place.removesuffix(f":{port}")
    return urlunsplit(
        (
            scheme,
            place,
            quote(parts.path, safe=_PATH_SAFE) or "/",
            quote(parts.query, safe=_QUERY_SAFE),
            quote(parts.fragment, safe=_QUERY_SAFE),
        )
    )


def _check_host(written: str, shown: str) -> str:
    """Return the host as the DNS knows it, or as an address is written."""
    if "%" in written:
        raise _no_link(shown)
    try:
        host = _ascii_host(written.removesuffix("."))
    except UnicodeError:
        raise _no_link(shown) from None
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise _no_link(shown) from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise _no_link(shown) from None
    if len(host) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise _no_link(shown)
    return host


def _ascii_host(host: str) -> str:
    """Return the host in the letters of the DNS; raise ``UnicodeError`` if it has none."""
    if host.isascii() and "xn--" not in host:
        return host.lower()
    import idna  # noqa: PLC0415  # its tables are large, and almost never needed

    labels = idna.uts46_remap(host, std3_rules=False).split(".")
    for label in labels:
        if label.startswith("xn--"):
            idna.ulabel(label)
    return ".".join(
        label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels
    )


def _refuse_inside(host: str, shown: str) -> None:
    try:
        is_outside = is_public(ip_address(host))
    except ValueError:
        labels = host.split(".")
        is_outside = len(labels) > 1 and _INSIDE.isdisjoint({labels[-1], ".".join(labels[-2:])})
    if not is_outside:
        raise ClosedNetworkError(
            "%(url)s leads to a machine of a closed network, which readers cannot reach: give an"
            " address on the web.",
            url=shown,
        )


def _without_user(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _no_link(shown: str) -> InvalidInputError:
    return InvalidInputError(
        "%(url)s is no address of a page: it should begin with http:// or https:// and the name of"
        " a site.",
        url=shown,
    )
