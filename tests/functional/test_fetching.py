"""The one door to other sites, and a site that tries to get through it the other way."""

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.hostile import (
    NAME,
    Names,
    Site,
    article,
    bomb,
    local_names,
    open_site,
    page,
    raw,
    redirect,
)
from tests.unit.test_links import BAD
from workbench.errors import FetchError, InvalidInputError, PageGoneError, WorkbenchError
from workbench.fetching import MAX_BYTES, Door, Page, UnknownNameError, look_up

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SECRET = "the-secret-of-the-answer"
MANY = b"drop by drop " * 40
DROPS = tuple(bytes([letter]) for letter in MANY)

INSIDE = {
    "loopback.example": ["127.0.0.1"],
    "any.example": ["0.0.0.0"],  # noqa: S104  # where it must not lead
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "six-to-four.example": ["2002:7f00:1::1"],
    "teredo.example": ["2001:0:4136:e378::1"],
    "ten.example": ["10.0.0.1"],
    "home.example": ["192.168.1.1"],
    "carrier.example": ["100.64.0.1"],
    "cloud.example": ["169.254.169.254"],
    "scoped.example": ["fe80::1%1"],
    "own.example": ["fd00::1"],
    "many.example": ["224.0.0.1"],
    "all.example": ["255.255.255.255"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "six-both.example": ["2606:2800:220:1::1", "::1"],
}


@pytest.fixture
def canary() -> Iterator[Site]:
    """A server of a closed network that no test may touch."""
    with open_site({"/": page(SECRET)}) as canary:
        yield canary
        assert canary.asked == []


@pytest.fixture
def site(canary: Site) -> Iterator[Site]:
    """A site of the web, some pages of which are up to no good."""
    inside = f"http://127.0.0.1:{canary.server_port}/"
    answers = {
        "/good": page(article("Un paragraphe.")),
        "/plain": page("Un texte.", "text/plain"),
        "/packed": page(gzip.compress(b"a") + gzip.compress(b"b"), Content_Encoding="gzip"),
        "/once": redirect("/good"),
        "/thrice": redirect("/twice", 308),
        "/twice": redirect("once", 307),
        "/too-often": redirect("/thrice"),
        "/for-ever": redirect("/for-ever"),
        "/inside": redirect(inside),
        "/inside-later": redirect("/inside"),
        "/inside-in-hex": redirect(inside.replace("127.0.0.1", "0x7f000001")),
        "/inside-by-name": redirect(inside.replace("127.0.0.1", "loopback.example")),
        "/cloud": redirect("http://169.254.169.254/latest/meta-data/"),
        "/script": redirect("javascript:alert(1)"),
        "/file": redirect("file:///etc/passwd"),
        "/with-password": redirect(f"http://ada:{SECRET}@page.example/"),
        "/nonsense": redirect("http://[/"),
        "/line-break": raw(HEAD[:9] + b"302 Found\r\nLocation: \x00http://x\r\n\r\n"),
        "/many": page(b"a" * (MAX_BYTES + 1)),
        "/most": page(b"a" * MAX_BYTES, "text/plain"),
        "/many-unmeasured": raw(HEAD + b"\r\n", *[b"a" * 1_000_000] * 12),
        "/bomb": page(bomb(50_000_000), Content_Encoding="gzip"),
        "/bomb-of-bombs": page(bomb(50_000_000, 2), Content_Encoding="gzip, gzip"),
        "/other-packing": page(b"abc", Content_Encoding="br"),
        "/not-packed": page(SECRET, Content_Encoding="gzip"),
        "/too-short": raw(HEAD + b"Content-Length: 1000\r\n\r\n" + SECRET.encode()),
        "/negative": raw(HEAD + b"Content-Length: -1\r\n\r\n" + SECRET.encode()),
        "/twice-measured": raw(HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
        "/half-a-chunk": raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\nabc"),
        "/no-http": raw(SECRET.encode() * 10),
        "/nothing": raw(b""),
        "/endless-head": raw(HEAD, *[b"X-Much: " + b"a" * 60_000 + b"\r\n"] * 10),
        "/error": page(f"<h1>{SECRET}</h1>", status=500),
        "/forbidden": page(f"<h1>{SECRET}</h1>", status=403),
        "/no-content": page("", status=204),
        "/gone": page(f"<h1>{SECRET}</h1>", status=410),
        "/slow-head": raw(*DROPS, pause=0.05),
        "/slow-body": raw(HEAD + b"\r\n", *DROPS, pause=0.05),
    }
    with open_site(answers) as site:
        yield site


def door(site: Site, **changes: object) -> Door:
    """Return a door through which the site may be reached, and nothing else of this machine."""
    names = local_names()
    names.known |= {host: [found] for host, found in INSIDE.items()}
    return Door(**{"private_hosts": frozenset({site.place}), "resolve": names} | changes)


@pytest.mark.parametrize(
    ("path", "content", "content_type"),
    [
        ("/good", article("Un paragraphe.").encode(), "text/html"),
        ("/thrice", article("Un paragraphe.").encode(), "text/html"),
        ("/plain", b"Un texte.", "text/plain"),
        ("/packed", b"ab", "text/html"),
        ("/most", b"a" * MAX_BYTES, "text/plain"),
    ],
)
def test_a_page_is_fetched_as_it_is(
    site: Site, path: str, content: bytes, content_type: str
) -> None:
    found = door(site).fetch(site.url(path))

    assert (found.content, found.content_type) == (content, content_type)
    assert site.headers[0]["Host"] == site.place


def test_where_redirects_led_is_told(site: Site) -> None:
    found = door(site).fetch(site.url("/thrice"))

    assert found.url == site.url("/good")
    assert site.asked == ["/thrice", "/twice", "/once", "/good"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/too-often", FetchError),
        ("/for-ever", FetchError),
        ("/inside", InvalidInputError),
        ("/inside-later", InvalidInputError),
        ("/inside-in-hex", InvalidInputError),
        ("/inside-by-name", InvalidInputError),
        ("/cloud", InvalidInputError),
        ("/script", InvalidInputError),
        ("/file", InvalidInputError),
        ("/with-password", InvalidInputError),
        ("/nonsense", InvalidInputError),
        ("/line-break", WorkbenchError),
        ("/many", FetchError),
        ("/many-unmeasured", FetchError),
        ("/bomb", FetchError),
        ("/bomb-of-bombs", FetchError),
        ("/other-packing", FetchError),
        ("/not-packed", FetchError),
        ("/too-short", FetchError),
        ("/negative", FetchError),
        ("/twice-measured", FetchError),
        ("/half-a-chunk", FetchError),
        ("/no-http", FetchError),
        ("/nothing", FetchError),
        ("/endless-head", FetchError),
        ("/error", FetchError),
        ("/forbidden", FetchError),
        ("/no-content", FetchError),
        ("/gone", PageGoneError),
        ("/nowhere", PageGoneError),
    ],
)
def test_what_is_no_page_is_refused_with_a_sentence(
    site: Site, path: str, kind: type[WorkbenchError]
) -> None:
    with pytest.raises(kind) as refused:
        door(site).fetch(site.url(path))

    assert str(refused.value).endswith(".")
    assert SECRET not in str(refused.value)
    assert isinstance(refused.value, PageGoneError) == (kind is PageGoneError)


def test_who_sends_on_to_what_is_no_page_is_named(site: Site) -> None:
    for path, address in {
        "/script": "javascript:alert(1)",
        "/with-password": "http://page.example/",
        "/cloud": "http://169.254.169.254/latest/meta-data/",
    }.items():
        with pytest.raises(InvalidInputError) as refused:
            door(site).fetch(site.url(path))
        assert f" sends on to {address}, which is no page" in str(refused.value)


@pytest.mark.parametrize("path", ["/slow-head", "/slow-body"])
def test_what_comes_drop_by_drop_is_not_awaited(site: Site, path: str) -> None:
    with pytest.raises(FetchError, match="in time"):
        door(site, seconds=0.4).fetch(site.url(path))


def test_one_deadline_is_over_all_redirects(site: Site) -> None:
    site.answers["/for-ever"] = raw(
        b"", b"HTTP/1.1 302 Found\r\nLocation: /for-ever\r\n\r\n", pause=0.15
    )

    with pytest.raises(FetchError, match="in time"):
        door(site, seconds=0.5).fetch(site.url("/for-ever"))


@pytest.mark.parametrize("url", BAD, ids=ascii)
def test_an_address_that_is_no_link_is_never_asked(site: Site, url: str) -> None:
    def refuse(host: str, port: int) -> list[str]:
        pytest.fail(f"{host} was looked up")

    with pytest.raises(InvalidInputError):
        door(site, resolve=refuse).fetch(url)


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_inside_is_never_connected_to(site: Site, host: str, scheme: str) -> None:
    with pytest.raises(InvalidInputError, match="closed network"):
        door(site).fetch(f"{scheme}://{host}/")


def test_what_every_machine_has_for_itself_is_refused_though_listed(site: Site) -> None:
    listed = frozenset({"cloud.example:80", "mapped.example:80", "any.example:80"})

    for host in ("cloud.example", "mapped.example", "any.example"):
        with pytest.raises(InvalidInputError, match="closed network"):
            door(site, private_hosts=listed).fetch(f"http://{host}/")


@pytest.mark.parametrize("port", [22, 25, 3306, 8080])
def test_other_ports_are_never_connected_to(site: Site, port: int) -> None:
    with pytest.raises(InvalidInputError, match="80 and 443"):
        door(site).fetch(f"http://example.org:{port}/")


def test_a_name_is_looked_up_once_whatever_it_answers_next(canary: Site) -> None:
    names = Names({NAME: [["93.184.216.34"], ["127.0.0.1"]]})

    with pytest.raises(FetchError, match="connected"):  # Tests may not reach the internet.
        Door(resolve=names).fetch(f"http://{NAME}/")

    assert names.asked == [NAME]


def test_a_second_look_up_for_a_redirect_is_checked_again(site: Site) -> None:
    names = Names({NAME: [["127.0.0.1"], ["169.254.169.254"]]})

    with pytest.raises(InvalidInputError, match="closed network"):
        door(site, resolve=names).fetch(site.url("/once"))

    assert names.asked == [NAME, NAME]
    assert site.asked == ["/once"]


def test_a_name_that_is_none_is_told_apart_from_one_that_cannot_be_asked_for(site: Site) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(UnknownNameError):
        door(site).fetch("http://nobody.example/")
    with pytest.raises(FetchError, match="just now") as failed:
        door(site, resolve=fail).fetch("http://nobody.example/")
    assert not isinstance(failed.value, PageGoneError)


def test_a_name_service_that_never_answers_is_not_awaited(site: Site) -> None:
    never = threading.Event()

    def wait(host: str, port: int) -> list[str]:
        never.wait()
        return []

    with pytest.raises(FetchError, match="just now"):
        door(site, resolve=wait, seconds=0.2).fetch("http://nobody.example/")
    never.set()


def test_proxies_of_the_environment_are_not_used(
    site: Site, canary: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.server_port}")

    assert isinstance(door(site).fetch(site.url("/good")), Page)


def test_nobody_answers_at_a_closed_port(site: Site) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"{NAME}:{probe.getsockname()[1]}"

    with pytest.raises(FetchError, match="connected"):
        door(site, private_hosts=frozenset({closed})).fetch(f"http://{closed}/")


def test_this_machine_knows_its_own_name() -> None:
    assert "127.0.0.1" in look_up("127.0.0.1", 80)


@pytest.mark.skipif(which("openssl") is None, reason="openssl makes the certificate")
def test_the_certificate_is_of_the_name_though_the_address_was_connected_to(
    tmp_path: Path,
) -> None:
    served, trusted = make_certificate(tmp_path, NAME)

    with open_site({"/": page("Un texte.")}, served) as site:
        open_door = door(site, trusted=trusted)
        assert open_door.fetch(site.url("/")).content == b"Un texte."
        other = site.place.replace(NAME, "other.example")
        stranger = door(
            site,
            trusted=trusted,
            private_hosts=frozenset({other}),
            resolve=Names({"other.example": [["127.0.0.1"]]}),
        )
        with pytest.raises(FetchError, match="safely"):
            stranger.fetch(f"https://{other}/")
        with pytest.raises(FetchError, match="safely"):
            door(site).fetch(site.url("/"))


def make_certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what serves a name under TLS, and what trusts it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -subj /CN={name} -addext subjectAltName=DNS:{name} -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    return served, ssl.create_default_context(cafile=str(certificate))
