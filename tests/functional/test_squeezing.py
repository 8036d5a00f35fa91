"""What goes over the line is shorter, and tells nobody else how long it was."""

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import browser_of, make_person

SCRIPT = "/static/js/panel.js"


def test_a_file_is_squeezed_and_asked_for_once(client: FlaskClient) -> None:
    with client.get(SCRIPT) as plain:
        whole = plain.data
    with client.get(SCRIPT, headers={"Accept-Encoding": "br, gzip"}) as squeezed:
        first = squeezed
        assert brotli.decompress(squeezed.data) == whole

    known = {"Accept-Encoding": "br, gzip", "If-None-Match": first.headers["ETag"]}

    with client.get(SCRIPT, headers=known) as again:
        assert (again.status_code, again.data) == (304, b"")
    assert "Accept-Encoding" in first.headers["Vary"]
    assert len(first.data) < len(whole) / 3


def test_letters_come_as_they_are(client: FlaskClient) -> None:
    font = "/static/vendor/source-serif-4/latin-400-normal.woff2"

    with client.get(font, headers={"Accept-Encoding": "br"}) as answer:
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("site", "encoding"),
    [
        ("same-origin", "br"),
        ("none", "br"),
        ("cross-site", None),
        ("same-site", None),
        (None, None),
    ],
)
def test_a_page_is_squeezed_only_for_who_asked_here(
    app: Flask, site: str | None, encoding: str | None
) -> None:
    anna = browser_of(app, make_person(app))
    headers = {"Accept-Encoding": "br"} | ({"Sec-Fetch-Site": site} if site else {})

    answer = anna.get("/account", headers=headers)

    assert answer.headers.get("Content-Encoding") == encoding
