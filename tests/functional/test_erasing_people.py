"""A person's right to be erased: who they were is gone, what they did stays without a name."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.annotators import make_corpus, open_desk
from tests.factories import NOW
from tests.functional.test_administration import person_path
from tests.functional.test_building import build, make_dataset
from tests.people import browser_of, csrf_token, join, make_person, make_project, send
from tests.press import open_press
from workbench.accounts.api_tokens import Scope, add_token
from workbench.accounts.queries import user_by_email
from workbench.accounts.tables import Invitation
from workbench.clock import utc_now
from workbench.errors import NotFoundError
from workbench.factcheck.erasure import erase_person
from workbench.factcheck.reviewing import ask_review, invite_reviewer
from workbench.factcheck.tables import ReviewInvitation
from workbench.factcheck.verdicts import find_newest
from workbench.labelstudio.tables import RemoteConnection, RemotePerson, RemoteProject
from workbench.projects.operations import invite_member
from workbench.projects.queries import list_members
from workbench.projects.rules import Role
from workbench.projects.tables import Membership
from workbench.settings import Settings
from workbench.storage.base import Base
from workbench.storage.database import db, transaction

ANNOTATOR = "ada-article-demo@example.org"


def everything(app: Flask) -> str:
    """Return all that the database's tables hold, as one text."""
    with app.app_context():
        tables = (db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables)
        return "\n".join(str(row) for rows in tables for row in rows)


def erase(app: Flask, email: str) -> None:
    with app.app_context(), transaction() as session:
        erase_person(session, email=email, by=None, now=utc_now())


def connect(session: Session, *, project_id: int, person: str) -> None:
    """Let a connection with Label Studio know a person, whose project there has their name."""
    connection = RemoteConnection(
        project_id=project_id,
        public_id="connection" * 2,
        address="https://labels.example.org",
        token_cipher="",
        token_kind="legacy",
        submitted_means_read=True,
        state="active",
        made_at=utc_now(),
    )
    session.add(connection)
    session.flush()
    (membership,) = session.scalars(select(Membership.id))
    where = {"project_id": project_id, "connection_id": connection.id, "membership_id": membership}
    session.add(RemotePerson(**where, remote_id=1, email=person, name="Hedwig"))
    session.add(
        RemoteProject(
            **where, remote_id=7, remote_title="Demo, Hedwig", remote_made_at="", config_sha=""
        )
    )


def annotators(snapshot: Path) -> set[str]:
    lines = map(json.loads, snapshot.read_text().splitlines())
    return {answer["annotator"] for line in lines for answer in line.get("answers", ())}


def test_nothing_says_any_more_who_an_erased_person_was(
    app: Flask, settings: Settings, cli: Callable[..., Result]
) -> None:
    desk = open_desk(app, make_corpus(app), name="hedwig")
    saved = desk.save(1).status_code
    with app.app_context(), transaction() as session:
        email = user_by_email(session, email="hedwig@example.org").email
        add_token(
            session,
            user_id=desk.user_id,
            name="Hedwig's notebook",
            scopes=[Scope.READ_CORPUS],
            project_id=None,
            days=90,
            by=None,
            now=utc_now(),
        )
        invite_member(
            session, project_id=1, email=email, roles=[Role.MANAGER], by=None, now=utc_now()
        )
        connect(session, project_id=1, person=email)
    before = everything(app)

    asked = cli("user", "erase", email)
    done = cli("user", "erase", email, "--yes")

    assert (asked.exit_code, done.exit_code, saved) == (1, 0, 200)
    assert "hedwig" in before.casefold()
    assert "hedwig" not in everything(app).casefold()
    if db_file := next(settings.data_dir.parent.glob("*.sqlite3"), None):
        assert b"hedwig" not in db_file.read_bytes().lower()
    assert desk.client.get(desk.base).status_code == 303
    with app.app_context():
        assert list_members(db.session(), project_id=1) == []
        assert db.session.scalars(select(Invitation.revoked_at)).one() is not None
    assert cli("user", "erase", email, "--yes").exit_code == 2


def test_a_later_release_gives_an_erased_person_another_pseudonym(
    app: Flask, settings: Settings
) -> None:
    make_dataset(app)
    build(app)
    published = settings.export_dir / "demo/1.0.0/snapshot.jsonl"
    before = published.read_bytes()

    erase(app, ANNOTATOR)
    build(app)

    (later,) = set(settings.export_dir.glob("demo/*/snapshot.jsonl")) - {published}
    assert published.read_bytes() == before
    assert len(annotators(published)) == len(annotators(later)) == 1
    assert annotators(published) != annotators(later)


def test_who_reviewed_from_outside_is_erased_without_an_account(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session, checkers=("felix",))
        case.judge(session, "supported")
        newest = find_newest(session, statement_id=case.row)
        assert newest
        which = {"project_id": 1, "statement": case.statement, "number": newest.number}
        ask_review(session, **which, by=case.people["felix"], now=NOW)
        invite_reviewer(
            session, **which, name="Olga", email="olga@x.org", by=case.people["felix"], now=NOW
        )

    erase(app, "olga@x.org")

    assert "olga" not in everything(app).casefold()
    with app.app_context():
        assert db.session.scalars(select(ReviewInvitation.revoked_at)).one() is not None
    with pytest.raises(NotFoundError, match="no account with the address olga"):
        erase(app, "olga@x.org")


def test_an_administrator_erases_a_person_on_their_page(app: Flask) -> None:
    admin = browser_of(app, make_person(app, is_site_admin=True))
    make_person(app, "grace@example.org", name="Grace")
    project = make_project(app)
    join(app, project, "grace@example.org", [Role.MANAGER])
    page = person_path(admin.get("/admin/users/").text, "Grace")

    refused = send(admin, f"{page}erase")
    told = admin.get(refused.location).text
    join(app, project, "ada@example.org", [Role.MANAGER])
    done = send(admin, f"{page}erase")

    assert "last manager" in told
    assert done.location == "/admin/users/"
    assert "Grace" not in everything(app)
    people = admin.get("/admin/users/").text
    erased = re.search(r'href="(/admin/users/[^"]+)"><bdi>person-', people)
    assert erased
    assert "without a name" in admin.get(erased[1]).text
    assert (
        "cannot come back"
        in admin.post(
            f"{erased[1]}enable", data={"csrf_token": csrf_token(admin)}, follow_redirects=True
        ).text
    )
    assert admin.get(page).status_code == 404
