"""Programs that ask the API: with a token of somebody, for some scopes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from workbench.accounts.api_tokens import Scope, add_token
from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.storage.database import transaction

API = "/api/v1"


@dataclass
class Program:
    """A program with a token; it keeps no cookie."""

    client: FlaskClient
    secret: str

    def ask(self, method: str, path: str, body: Json = None, **headers: str) -> TestResponse:
        """Ask for a path below ``/api/v1``."""
        known = {"Authorization": f"Bearer {self.secret}", **headers}
        sent = {} if body is None and method not in {"GET", "HEAD"} else body
        if method in {"GET", "HEAD"}:
            return self.client.open(API + path, method=method, headers=known)
        return self.client.open(API + path, method=method, headers=known, json=sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read what lies there."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Json = None) -> TestResponse:
        """Send something there."""
        return self.ask("POST", path, body)


def make_secret_of(
    app: Flask,
    user_id: int,
    *,
    scopes: Collection[Scope] = tuple(Scope),
    project_id: int | None = None,
    now: datetime | None = None,
    days: int = 90,
) -> str:
    """Make a token of a person and return its key."""
    with app.app_context(), transaction() as session:
        _, secret = add_token(
            session,
            user_id=user_id,
            name="test",
            scopes=scopes,
            project_id=project_id,
            days=days,
            by=user_id,
            now=now or utc_now(),
        )
    return secret


def program_of(
    app: Flask,
    user_id: int,
    *,
    scopes: Collection[Scope] = tuple(Scope),
    project_id: int | None = None,
) -> Program:
    """Let a program ask in somebody's name."""
    secret = make_secret_of(app, user_id, scopes=scopes, project_id=project_id)
    return Program(app.test_client(use_cookies=False), secret)
