"""Who may use which address: one table, compared with the addresses that exist."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from tests.people import browser_of, csrf_token, join, make_person, make_project
from workbench.projects.rules import PERMISSIONS, Action, Role
from workbench.storage.base import Base
from workbench.storage.database import db
from workbench.web.access import EVERYBODY, SIGNED_IN, SITE_ADMIN

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

# Every address of the program and who may use it; a new one is written down here.
ROUTES: dict[str, str | Action] = {
    "account.change_language": EVERYBODY,
    "account.change_name": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "account.end_session": SIGNED_IN,
    "account.show_account": SIGNED_IN,
    "account.show_csrf": SIGNED_IN,
    "account.sign_in": EVERYBODY,
    "account.sign_out": EVERYBODY,
    "account.use_invitation": EVERYBODY,
    "account.use_link": EVERYBODY,
    "administration.add_manager": SITE_ADMIN,
    "administration.create_user": SITE_ADMIN,
    "administration.disable_user": SITE_ADMIN,
    "administration.enable_user": SITE_ADMIN,
    "administration.grant_admin": SITE_ADMIN,
    "administration.make_link": SITE_ADMIN,
    "administration.make_project": SITE_ADMIN,
    "administration.revoke_admin": SITE_ADMIN,
    "administration.show_projects": SITE_ADMIN,
    "administration.show_user": SITE_ADMIN,
    "administration.show_users": SITE_ADMIN,
    "health.show_life": EVERYBODY,
    "health.show_readiness": EVERYBODY,
    "home.close_welcome": SIGNED_IN,
    "home.show_home": SIGNED_IN,
    "members.add": Action.MANAGE_MEMBERS,
    "members.change_roles": Action.MANAGE_MEMBERS,
    "members.end": Action.MANAGE_MEMBERS,
    "members.revoke": Action.MANAGE_MEMBERS,
    "members.show_members": Action.MANAGE_MEMBERS,
    "project.change_settings": Action.CHANGE_PROJECT,
    "project.show_project": Action.SEE_PROJECT,
    "static": EVERYBODY,
}


def access_of(app: Flask, rule: Rule) -> str | Action:
    access: str | Action = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    return access


def calls(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield each address, filled in with things that do not exist, with each of its methods."""
    for rule in app.url_map.iter_rules():
        values: dict[str, str | int] = {
            name: 999 if isinstance(rule._converters[name], IntegerConverter) else "0" * 16
            for name in rule.arguments
        }
        if "slug" in values:
            values["slug"] = "demo"
        built = rule.build(values)
        assert built
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule, method, built[1]


def call(client: FlaskClient, method: str, path: str, token: str = "") -> TestResponse:
    return client.open(path, method=method, headers={"X-CSRFToken": token} if token else {})


def count_rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def everything(app: Flask) -> FlaskClient:
    """A browser of somebody who may do everything in the project ``demo`` and the instance."""
    user, project = make_person(app, is_site_admin=True), make_project(app)
    join(app, project, "ada@example.org", set(Role))
    return browser_of(app, user)


def test_the_table_names_every_address(app: Flask) -> None:
    found = {rule.endpoint: access_of(app, rule) for rule in app.url_map.iter_rules()}

    assert found == ROUTES


def test_nothing_is_written_without_the_token(app: Flask, everything: FlaskClient) -> None:
    before = count_rows(app)
    for _rule, method, path in calls(app):
        if method in UNSAFE:
            assert call(everything, method, path).status_code == 400, path
            assert call(everything, method, path, "forged").status_code == 400, path

    assert count_rows(app) == before
    assert everything.get("/account").status_code == 200


def test_reading_writes_nothing(app: Flask, everything: FlaskClient) -> None:
    before = count_rows(app)
    for _rule, method, path in calls(app):
        if method not in UNSAFE:
            assert call(everything, method, path).status_code < 500, path

    assert count_rows(app) == before


def test_strangers_find_no_project(app: Flask) -> None:
    make_project(app)
    stranger = browser_of(app, make_person(app, is_site_admin=True))
    token = csrf_token(stranger)
    before = count_rows(app)

    for rule, method, path in calls(app):
        if "slug" in rule.arguments:
            assert call(stranger, method, path, token).status_code == 404, path
    assert count_rows(app) == before


def test_a_project_that_does_not_exist_looks_the_same(app: Flask) -> None:
    make_project(app)
    stranger = browser_of(app, make_person(app))

    hidden, missing = stranger.get("/projects/demo/"), stranger.get("/projects/nothing/")

    assert hidden.text.replace("demo", "nothing") == missing.text


def test_visitors_are_sent_to_sign_in(app: Flask, client: FlaskClient) -> None:
    make_project(app)
    token = csrf_token(client, "/sign-in")

    for rule, method, path in calls(app):
        if access_of(app, rule) != EVERYBODY:
            answer = call(client, method, path, token)
            is_sent = answer.headers.get("Location", "").startswith("/sign-in")
            assert is_sent or (answer.status_code == 401 and answer.is_json), path


def test_only_administrators_administer(app: Flask) -> None:
    person = browser_of(app, make_person(app))
    token = csrf_token(person)

    for rule, method, path in calls(app):
        if access_of(app, rule) == SITE_ADMIN:
            assert call(person, method, path, token).status_code == 403, path


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_of_rights_says(app: Flask, role: Role) -> None:
    user, project = make_person(app), make_project(app)
    join(app, project, "ada@example.org", {role})
    member = browser_of(app, user)
    token = csrf_token(member)

    for rule, method, path in calls(app):
        access = access_of(app, rule)
        if isinstance(access, Action):
            answer = call(member, method, path, token)
            assert (answer.status_code == 403) is (role not in PERMISSIONS[access]), path


def test_an_ended_role_opens_nothing(app: Flask) -> None:
    user, project = make_person(app), make_project(app)
    make_person(app, "boss@example.org")
    join(app, project, "boss@example.org", {Role.MANAGER})
    join(app, project, "ada@example.org", {Role.MANAGER})
    member = browser_of(app, user)
    assert member.get("/projects/demo/members/").status_code == 200
    person = member.get("/projects/demo/members/").text.partition("/projects/demo/members/")[2]
    assert person

    path = next(
        path
        for path in member.get("/projects/demo/members/").text.split('"')
        if path.startswith("/projects/demo/members/") and path.endswith("/") and len(path) > 30
    )
    member.post(f"{path}end", data={"csrf_token": csrf_token(member)})

    assert member.get("/projects/demo/").status_code == 404


@pytest.mark.parametrize("field", ["is_site_admin", "id", "password_hash", "role", "project_id"])
def test_a_field_that_a_form_lacks_is_refused(app: Flask, field: str) -> None:
    client = browser_of(app, make_person(app))
    fields = {"csrf_token": csrf_token(client), "name": "Eve", field: "1"}

    answer = client.post("/account/name", data=fields)

    assert answer.status_code == 422
    assert "Eve" not in client.get("/account").text


def test_a_page_that_names_nobody_lets_nobody_in(app: Flask) -> None:
    app.testing = True
    app.add_url_rule("/new", view_func=lambda: "secret", endpoint="new")

    with pytest.raises(RuntimeError, match="new does not say who may use it"):
        app.test_client().get("/new")
