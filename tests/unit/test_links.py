"""Which addresses may stand as links, and which name one page."""

import pytest

from workbench.errors import InvalidInputError
from workbench.links import check_link, host_of, is_link, same_page

GOOD = {
    "https://example.org/": "https://example.org/",
    "HTTPS://Example.ORG": "https://example.org/",
    "  https://example.org/a  ": "https://example.org/a",
    "http://example.org:80/": "http://example.org/",
    "https://example.org:8443/a": "https://example.org:8443/a",
    "https://example.org./a": "https://example.org/a",
    "https://example.org/a?b=c&d=%C3%A9#e": "https://example.org/a?b=c&d=%C3%A9#e",
    "https://fr.wikipedia.org/wiki/Modèle": "https://fr.wikipedia.org/wiki/Mod%C3%A8le",
    "https://élysée.fr/": "https://xn--lyse-9oad.fr/",
    "https://xn--lyse-9oad.fr/": "https://xn--lyse-9oad.fr/",
    "https://例え.jp/": "https://xn--r8jz45g.jp/",
    "https://my_site.example.org/": "https://my_site.example.org/",
    "https://web.archive.org/web/2023/https://a.example/b": (
        "https://web.archive.org/web/2023/https://a.example/b"
    ),
    "http://93.184.216.34/": "http://93.184.216.34/",
    "http://[2606:2800:220:1::1]/": "http://[2606:2800:220:1::1]/",
    'https://example.org/"><script>': "https://example.org/%22%3E%3Cscript%3E",
}
BAD = [
    "",
    "example.org",
    "//example.org/",
    "/path",
    "https:/example.org",
    "https://",
    "https:///path",
    "https://?a=b",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://example.org/%0aalert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "blob:https://example.org/1",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://example.org@evil.example/",
    "https://exa mple.org/",
    "https://example.org/a b",
    "https://example.org/\u00a0a",
    "https://example.org/a\nb",
    "https://example.org/a\x00",
    "https://example.org/\x7f",
    "https://example.org/\u202egpj.exe",
    "https://exam\u200bple.org/",
    "https://example.org/\ud800",
    "https://example.org\\@evil.example/",
    "https:\\\\example.org",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:port/",
    "https://[::1/",
    "https://[example.org]/",
    "https://[fe80::1%25eth0]/",
    "https://ex%61mple.org/",
    "https://.example.org/",
    "https://example..org/",
    "https://" + "a" * 64 + ".org/",
    "https://" + "a." * 130 + "org/",
    "https://xn--a/",
    "https://-\u0301.org/",
    "https://example.org/" + "a" * 2000,
    "https://example.org/" + "é" * 400,
    "http://localhost/",
    "http://localhost:8000/",
    "http://printer/",
    "http://printer.local/",
    "http://db.internal/",
    "http://nas.home.arpa/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://192.0.0.8/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
]


@pytest.mark.parametrize(("typed", "kept"), GOOD.items())
def test_a_link_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_link(typed) == kept
    assert check_link(kept) == kept
    assert is_link(kept)


@pytest.mark.parametrize("typed", BAD, ids=ascii)
def test_what_is_no_link_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_link(typed)

    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "secret" not in sentence


def test_a_listed_machine_of_a_closed_network_is_allowed() -> None:
    listed = {"127.0.0.1:8000", "labels:8080", "[::1]:80"}

    for link in ("http://127.0.0.1:8000/", "http://labels:8080/a", "http://[::1]/"):
        assert check_link(link, private_hosts=listed) == link
    with pytest.raises(InvalidInputError):
        check_link("http://127.0.0.1:8001/", private_hosts=listed)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.example.org/a/b?x=1&y=2",
        "http://example.org/a/b?y=2&x=1",
        "https://example.org:443/a/b/?x=1&y=2#part",
        "https://EXAMPLE.org/a/b?x=1&y=2&utm_source=news&fbclid=1&xtor=RSS-1",
        "https://example.org/%61/b?x=1&y=2",
        "https://web.archive.org/web/20231201000000/https://example.org/a/b?x=1&y=2",
        "https://web.archive.org/web/2023id_/http:/www.example.org/a/b?x=1&y=2",
        "https://archive.ph/2023.12.01-000000/https://example.org/a/b?x=1&y=2",
        "https://m.example.org/a/b?x=1&y=2",
        "https://example.org/a/../a/b?x=1&y=2",
        "https://example.org/c/d/../../a/./b?x=1&y=2",
        "https://example.org/../a/b/.?x=1&y=2",
        "https://example.org/a/c/%2e%2E/b?x=1&y=2",
        "https://example.org//a///b?x=1&y=2",
        "https://example.org/a/%62?%78=%31&y=2",
        "https://web.archive.org/web/2023/https://example.org/c/../a/%62?x=1&y=2",
        "https://web.archive.org/web/2023/https%3A%2F%2Fexample.org%2Fa%2Fb%3Fx=1%26y=2",
    ],
)
def test_one_page_has_many_addresses(other: str) -> None:
    page = "https://example.org/a/b?x=1&y=2"

    assert same_page(page, other)
    assert same_page(other, page)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/a",
        "https://example.org/a/b",
        "https://example.org/a/B?x=1&y=2",
        "https://example.org/a/b?x=2&y=2",
        "https://blog.example.org/a/b?x=1&y=2",
        "https://example.org:8443/a/b?x=1&y=2",
        "https://example.com/a/b?x=1&y=2",
        "https://example.org/a/b/..?x=1&y=2",
        "https://example.org/a/b/...?x=1&y=2",
        "https://example.org/a/%2562?x=1&y=2",
        "https://example.org/a/b?x=1/../1&y=2",
        "",
        "nothing",
    ],
)
def test_another_page_is_another(other: str) -> None:
    assert not same_page("https://example.org/a/b?x=1&y=2", other)


@pytest.mark.parametrize(
    "other",
    [
        "https://press.example.org/economie/../economie/llama_2-est~libre.html",
        "https://press.example.org/economie/llama%5F2%2Dest%7Elibre%2Ehtml",
        "https://press.example.org/economie/llama%5f2-est~libre.html",
        "https://press.example.org/%65conomie/%2E/llama_2-est~libre.html",
    ],
)
def test_other_writing_of_an_address_names_the_same_page(other: str) -> None:
    assert same_page("https://press.example.org/economie/llama_2-est~libre.html", other)


def test_the_same_name_in_other_letters_is_one_host() -> None:
    assert same_page("https://élysée.fr/a", "https://xn--lyse-9oad.fr/a")
    assert host_of("https://www.example.org:8443/a") == "www.example.org"


@pytest.mark.parametrize(
    "kept", ["javascript:alert(1)", "https://", "https://u@a.org/", "http://[", ""]
)
def test_what_is_no_link_is_not_shown_as_one(kept: str) -> None:
    assert not is_link(kept)
