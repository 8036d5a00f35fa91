"""Keys to the API: shown once, known by their form, rotated and revoked."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import PASSWORD, browser_of, csrf_token, join, make_person, make_project, send
from tests.programs import make_secret_of
from workbench.accounts.api_tokens import (
    OVERLAP,
    Scope,
    add_token,
    is_secret,
    is_usable,
    list_tokens,
    make_secret,
    revoke_token,
    rotate_token,
)
from workbench.accounts.operations import create_user, disable_user
from workbench.accounts.tables import ApiToken
from workbench.clock import utc_now
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.projects.bearers import find_bearer
from workbench.projects.rules import Role
from workbench.storage.base import Base
from workbench.storage.database import db

KEY = re.compile(r"cwb_[0-9A-Za-z]{49}")
NOW = utc_now()


def new_token(session: Session, user_id: int, **changes: object) -> tuple[ApiToken, str]:
    given: dict[str, object] = {"name": "nightly", "scopes": {Scope.READ_CORPUS}, "days": 90}
    given |= {"project_id": None, "by": user_id, "now": NOW} | changes
    return add_token(session, user_id=user_id, **given)  # type: ignore[arg-type]  # a test's own


def ada(session: Session, *, is_site_admin: bool = False) -> int:
    return create_user(
        session, email="ada@x.org", name="Ada", by=None, now=NOW, is_site_admin=is_site_admin
    ).id


def test_a_key_has_a_checksum_and_is_never_the_same_twice() -> None:
    one, other = make_secret(), make_secret()

    assert KEY.fullmatch(one)
    assert one != other
    assert is_secret(one)
    assert not is_secret(one[:-1] + ("A" if one[-1] != "A" else "B"))


def test_a_token_opens_until_it_is_revoked_runs_out_or_its_owner_leaves(session: Session) -> None:
    user = ada(session)
    token, secret = new_token(session, user)
    _, later = new_token(session, user, days=100)

    def opens(key: str, days: int = 0) -> bool:
        now = NOW + timedelta(days=days)
        return find_bearer(session, secret=key, slug=None, now=now) is not None

    assert opens(secret)
    assert opens(secret, 89)
    assert not opens(secret, 90)
    assert not opens(make_secret())
    revoke_token(session, user_id=user, public_id=token.public_id, by=user, now=NOW)
    session.flush()
    assert not opens(secret)
    disable_user(session, user_id=user, by=None, now=NOW)
    session.flush()
    assert not opens(later)


def test_a_rotated_token_goes_on_for_a_day(session: Session) -> None:
    user = ada(session)
    old, secret = new_token(session, user)

    made, fresh = rotate_token(session, user_id=user, public_id=old.public_id, by=user, now=NOW)
    session.flush()

    assert (made.name, made.scopes, made.expires_at) == (
        "nightly",
        ["read:corpus"],
        NOW + 90 * OVERLAP,
    )
    for key, hours, opens in ((secret, 23, True), (secret, 24, False), (fresh, 24, True)):
        now = NOW + timedelta(hours=hours)
        assert bool(find_bearer(session, secret=key, slug=None, now=now)) is opens
    with pytest.raises(ConflictError):
        rotate_token(session, user_id=user, public_id=old.public_id, by=user, now=NOW)
    with pytest.raises(NotFoundError):
        revoke_token(session, user_id=user + 1, public_id=made.public_id, by=user, now=NOW)


def test_a_revoked_token_takes_those_along_that_it_was_rotated_from(session: Session) -> None:
    user = ada(session)
    given: dict[str, Any] = {"user_id": user, "by": user, "now": NOW}
    first, one = new_token(session, user)
    second, two = rotate_token(session, public_id=first.public_id, **given)
    session.flush()
    third, three = rotate_token(session, public_id=second.public_id, **given)
    _, other = new_token(session, user)
    session.flush()

    revoke_token(session, public_id=third.public_id, **given)
    session.flush()

    opens = [
        find_bearer(session, secret=key, slug=None, now=NOW) is not None
        for key in (one, two, three, other)
    ]
    assert opens == [False, False, False, True]


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 366}, {"scopes": ()}, {"name": " "}])
def test_a_token_without_scope_name_or_end_is_refused(
    session: Session, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError):
        new_token(session, ada(session), **wrong)


def test_the_page_shows_a_key_once_and_the_database_never_has_it(app: Flask) -> None:
    user, project = make_person(app), make_project(app)
    join(app, project, "ada@example.org", {Role.DATA_USER})
    browser = browser_of(app, user)
    fields: dict[str, str | list[str]] = {"scopes": ["read:releases"], "days": "30"}
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', browser.get("/account/tokens/").text)
    assert len(boxes) == len(Scope)
    assert not any("required" in box for box in boxes)  # A browser would ask for each of them.

    answer = send(browser, "/account/tokens/", name="loader", project="demo", **fields)

    keys = KEY.findall(answer.text)
    assert (answer.status_code, len(keys)) == (200, 1)
    assert answer.headers["Cache-Control"] == "no-store"
    page = browser.get("/account/tokens/").text
    assert KEY.search(page) is None
    assert f"{keys[0][:10]}…" in page
    with app.app_context():
        rows = [
            str(row)
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
        ]
        (token,) = list_tokens(db.session(), user_id=user)
        assert (token.project_id, token.scopes) == (project, ["read:releases"])
    assert not any(keys[0] in row for row in rows)


def test_the_page_rotates_and_revokes_ones_own_tokens_only(app: Flask) -> None:
    browser = browser_of(app, make_person(app))
    other = browser_of(app, make_person(app, "bob@example.org"))
    fields: dict[str, str | list[str]] = {"scopes": ["read:corpus"], "project": "", "days": "9"}
    send(browser, "/account/tokens/", name="mine", **fields)
    with app.app_context():
        (mine,) = [token.public_id for token in list_tokens(db.session())]

    for act in ("rotate", "revoke"):
        assert send(other, f"/account/tokens/{mine}/{act}").status_code == 404
    assert KEY.search(send(browser, f"/account/tokens/{mine}/rotate").text)
    assert send(browser, f"/account/tokens/{mine}/revoke").status_code == 303
    assert send(browser, f"/account/tokens/{mine}/revoke").status_code == 404


def test_a_project_that_is_not_ones_own_is_not_offered(app: Flask) -> None:
    make_project(app, "secret")
    browser = browser_of(app, make_person(app))
    sent = {"name": "x", "scopes": "read:corpus", "days": "9", "project": "secret"}

    answer = browser.post("/account/tokens/", data={"csrf_token": csrf_token(browser), **sent})

    assert answer.status_code == 422
    assert KEY.search(answer.text) is None


@pytest.mark.parametrize("choice", [{"revokes_tokens": "y"}, {}])
def test_a_new_password_takes_ones_tokens_along_unless_told_not_to(
    app: Flask, choice: dict[str, str]
) -> None:
    ada = make_person(app, with_password=True)
    browser = browser_of(app, ada)
    assert "revokes_tokens" not in browser.get("/account").text
    for user in (ada, make_person(app, "bob@example.org")):
        make_secret_of(app, user)
    box = re.search(r'<input[^>]*name="revokes_tokens"[^>]*>', browser.get("/account").text)
    assert box
    assert "checked" in box[0]

    new = "another walk in the sun"
    send(browser, "/account/password", current=PASSWORD, password=new, repeated=new, **choice)

    with app.app_context():
        usable = [is_usable(one, utc_now()) for one in list_tokens(db.session())]
    assert usable == [True, not choice]


def test_the_command_line_gives_and_takes_tokens(app: Flask, cli: Callable[..., Result]) -> None:
    project = make_project(app)
    make_person(app)
    join(app, project, "ada@example.org", {Role.DATA_USER})
    add = ("token", "add", "ada@example.org", "--name", "x", "--scope", "read:releases")

    made = cli(*add, "--project", "demo")
    (listed,) = map(json.loads, cli("token", "list", "--format", "jsonl").stdout.splitlines())
    rotated = cli("token", "rotate", listed["id"])

    assert is_secret(made.stdout.strip())
    assert is_secret(rotated.stdout.strip())
    assert (listed["project"], listed["state"]) == ("demo", "usable")
    assert cli("token", "revoke", listed["id"]).exit_code == 0
    assert cli("token", "revoke", listed["id"]).exit_code == 2
    assert cli(*add, "--project", "nowhere").exit_code == 2
    assert "revoked" in cli("token", "list").stdout
