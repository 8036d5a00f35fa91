"""People in tests: made, signed in, and sending forms as a browser does."""

import re
from collections.abc import Collection

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from workbench.accounts.operations import create_user, start_session
from workbench.accounts.passwords import hash_password
from workbench.clock import utc_now
from workbench.projects.operations import add_member, create_project
from workbench.projects.rules import Role
from workbench.storage.database import transaction
from workbench.web.access import TOKEN

PASSWORD = "a long walk in the rain"  # of people who do not exist


def make_person(
    app: Flask,
    email: str = "ada@example.org",
    *,
    name: str = "Ada",
    with_password: bool = False,
    is_site_admin: bool = False,
) -> int:
    """Make an account and return its row id."""
    with app.app_context(), transaction() as session:
        return create_user(
            session,
            email=email,
            name=name,
            password_hash=hash_password(PASSWORD) if with_password else None,
            is_site_admin=is_site_admin,
            by=None,
            now=utc_now(),
        ).id


def make_project(app: Flask, slug: str = "demo") -> int:
    """Make a project without members and return its row id."""
    with app.app_context(), transaction() as session:
        return create_project(
            session, slug=slug, name=slug.title(), language="fr", by=None, now=utc_now()
        ).id


def join(app: Flask, project_id: int, email: str, roles: Collection[Role]) -> None:
    """Give somebody roles in a project."""
    with app.app_context(), transaction() as session:
        add_member(session, project_id=project_id, email=email, roles=roles, by=None, now=utc_now())


def browser_of(app: Flask, user_id: int) -> FlaskClient:
    """Return a browser in which the person is signed in."""
    with app.app_context(), transaction() as session:
        token = start_session(session, user_id=user_id, now=utc_now())
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def csrf_token(client: FlaskClient, page: str = "/account") -> str:
    """Return the token that a page's forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return found[1]


def hidden(page: str, name: str) -> str:
    """Return what a page's hidden field of this name says."""
    found = re.search(rf'<input[^>]* name="{name}" type="hidden" value="([^"]*)"', page)
    assert found, f"the page hides no {name}"
    return found[1]


def send(
    client: FlaskClient, path: str, *, page: str = "/account", **fields: str | list[str]
) -> TestResponse:
    """Send a form from a page, with its token."""
    return client.post(path, data={"csrf_token": csrf_token(client, page), **fields})
