"""What every answer says to the browser, and which requests are refused unseen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.people import browser_of, csrf_token, make_person, make_project, send
from workbench.accounts.tables import BrowserSession
from workbench.app import create_app
from workbench.clock import utc_now
from workbench.settings import Settings
from workbench.storage import database
from workbench.storage.database import close_connections, db, transaction
from workbench.web.access import TOKEN
from workbench.web.security import HEADERS

PAGES = ("/", "/sign-in", "/nowhere", "/healthz", "/csrf", "/static/css/workbench.css", "/link/x")


@pytest.fixture
def https_app(settings: Settings) -> Iterator[Flask]:
    """The application as people reach it behind a proxy with TLS."""
    public = replace(settings, public_url="https://claims.example.org", trusted_proxies=1)
    app = create_app(public)
    yield app
    with app.app_context():
        close_connections()


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_headers(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        headers = answer.headers

    assert HEADERS.items() <= dict(headers).items()
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_only_static_files_are_kept_by_the_browser(client: FlaskClient, page: str) -> None:
    kept = "no-cache" if page.startswith("/static") else "no-store"

    with client.get(page) as answer:
        assert answer.headers["Cache-Control"] == kept


def test_https_is_remembered_and_the_cookie_belongs_to_this_host_alone(https_app: Flask) -> None:
    client = https_app.test_client()

    answer = client.get("/sign-in", base_url="https://claims.example.org")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-workbench=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_plain_http_is_not_told_to_become_https(client: FlaskClient) -> None:
    answer = client.get("/sign-in")

    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 303),
    ],
)
def test_what_another_site_sends_is_refused(
    app: Flask, headers: dict[str, str], status: int
) -> None:
    client = browser_of(app, make_person(app))
    fields = {"csrf_token": csrf_token(client)}

    assert client.post("/welcome", data=fields, headers=headers).status_code == status


@pytest.mark.parametrize("host", ["evil.example", "claims.example.org.evil.example", "", "[::1]"])
def test_an_unknown_host_is_refused(https_app: Flask, host: str) -> None:
    answer = https_app.test_client().get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400


def test_links_name_the_configured_host(https_app: Flask) -> None:
    client = browser_of(https_app, make_person(https_app, is_site_admin=True))
    here = {"base_url": "https://localhost"}
    token = client.get("/csrf", **here).get_json()["token"]

    fields = {"csrf_token": token, "name": "New", "email": "new@example.org"}
    answer = client.post("/admin/users/", data=fields, follow_redirects=True, **here)

    assert "https://claims.example.org/link/" in answer.text


def test_a_forwarded_address_counts_only_behind_a_proxy(app: Flask, https_app: Flask) -> None:
    assert not isinstance(app.wsgi_app, ProxyFix)
    assert isinstance(https_app.wsgi_app, ProxyFix)


@pytest.mark.parametrize("path", ["/projects/%00/", "/?page=%00", "/link/%00", "/admin/users/%00/"])
def test_a_nul_is_refused(app: Flask, path: str) -> None:
    client = browser_of(app, make_person(app, is_site_admin=True))

    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/projects/%ff%fe/", "/projects/..%2f..%2fetc/", "/projects/%F0%9F%90%8E/", "/%2e%2e"]
)
def test_a_strange_address_is_not_found(app: Flask, path: str) -> None:
    make_project(app)
    client = browser_of(app, make_person(app))

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "999999999999999999999", "x", "1.5", "٣"])
def test_a_strange_page_number_shows_a_page(app: Flask, page: str) -> None:
    client = browser_of(app, make_person(app, is_site_admin=True))

    assert client.get("/admin/users/", query_string={"page": page}).status_code == 200


@pytest.mark.parametrize("search", ["%", "_", "'", "\\", "ADA", "Ada"])
def test_a_search_takes_every_sign_as_itself(app: Flask, search: str) -> None:
    client = browser_of(app, make_person(app, is_site_admin=True))

    answer = client.get("/admin/users/", query_string={"search": search})

    assert ("ada@example.org" in answer.text.partition("<tbody>")[2]) is (search.lower() == "ada")


def test_a_request_without_a_page_is_not_told_that_one_was_open(client: FlaskClient) -> None:
    answer = client.post("/sign-in", headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert "This did not come from a page opened recently: load the page again" in answer.text


def test_an_error_answers_a_program_in_one_shape(client: FlaskClient) -> None:
    for path, accept in (("/csrf", "*/*"), ("/nowhere", "application/json")):
        answer = client.get(path, headers={"Accept": accept})

        assert answer.content_type == "application/problem+json"
        assert set(answer.get_json()) == {"title", "status", "detail", "code"}
        assert answer.get_json()["status"] == answer.status_code


def test_names_are_text_and_never_markup(app: Flask) -> None:
    make_person(app, name="<script>alert(1)</script>", is_site_admin=True)
    client = browser_of(app, 1)

    for page in ("/", "/account", "/admin/users/"):
        assert "<script>alert" not in client.get(page).text


@pytest.mark.parametrize(
    "database_url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_without_its_database_the_program_says_so(settings: Settings) -> None:
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = "some token"

    page, ready, alive = client.get("/"), client.get("/readyz"), client.get("/healthz")

    assert page.status_code == ready.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "The database cannot be reached" in page.text
    assert ready.get_json()["code"] == "unavailable"
    assert alive.status_code == 200


def test_a_database_that_takes_nothing_more_is_not_ready_and_can_still_be_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(app, make_person(app))
    is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    with app.app_context(), transaction() as session:
        session.execute(update(BrowserSession).values(last_seen=utc_now() - timedelta(hours=1)))
    assert client.get("/readyz").status_code == 200

    monkeypatch.setattr(database, "LEAST_ROOM", 1 << 60)
    with app.app_context(), db.engine.begin() as connection:  # the only one of the pool
        connection.exec_driver_sql(
            "PRAGMA query_only = ON" if is_sqlite else "SET default_transaction_read_only = on"
        )

    assert client.get("/readyz").status_code == 503
    assert client.get("/account").status_code == 200
    assert send(client, "/account/name", name="Ada L.").status_code == 503
