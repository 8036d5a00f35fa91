"""The pages on which people, projects and members are administered."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import browser_of, csrf_token, hidden, join, make_person, make_project, send
from workbench.accounts.operations import create_user
from workbench.accounts.tables import AuditEvent
from workbench.clock import utc_now
from workbench.errors import ConflictError, InvalidInputError
from workbench.projects import operations
from workbench.projects.queries import (
    guideline_by_number,
    list_members,
    newest_guideline,
    newest_scheme,
)
from workbench.projects.rules import Role
from workbench.projects.tables import Membership, Project

NEW = "another walk in the sun"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """A browser of an administrator of the instance."""
    return browser_of(app, make_person(app, is_site_admin=True))


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    """A browser of the manager of the project ``demo``."""
    user, project = make_person(app), make_project(app)
    join(app, project, "ada@example.org", {Role.MANAGER})
    return browser_of(app, user)


def shown_link(page: str) -> str:
    """Return the path of the link that a page shows once."""
    found = re.search(r"<code>http://[^/]+(/[^<]+)</code>", page)
    assert found, page
    return found[1]


def person_path(page: str, name: str) -> str:
    """Return where a list leads from somebody's name."""
    found = re.search(rf'<a href="([^"]+)"><bdi>{name}</bdi>', page.partition("<main")[2])
    assert found, page
    return found[1]


def test_a_new_account_comes_with_a_link_that_is_shown_once(app: Flask, admin: FlaskClient) -> None:
    page = follow_with(admin, "/admin/users/", name="Grace", email="Grace@example.org")
    link = shown_link(page)
    again = admin.get(person_path(admin.get("/admin/users/?search=grace").text, "Grace"))
    assert "<code>" not in again.text

    newcomer = app.test_client()
    send(newcomer, link, page=link, password=NEW, repeated=NEW)

    assert newcomer.get("/account").status_code == 200


def test_an_account_is_disabled_and_enabled(app: Flask, admin: FlaskClient) -> None:
    grace = browser_of(app, make_person(app, "grace@example.org", name="Grace"))
    path = person_path(admin.get("/admin/users/").text, "Grace")

    assert "disabled" in follow(admin, f"{path}disable")
    assert grace.get("/").status_code == 303

    assert "disabled" not in follow(admin, f"{path}enable")


def follow(client: FlaskClient, path: str) -> str:
    """Press a button and return the page that follows."""
    fields = {"csrf_token": csrf_token(client)}
    return client.post(path, data=fields, follow_redirects=True).text


def test_another_administrator_is_made_and_unmade(app: Flask, admin: FlaskClient) -> None:
    grace = browser_of(app, make_person(app, "grace@example.org", name="Grace"))
    path = person_path(admin.get("/admin/users/").text, "Grace")

    follow(admin, f"{path}make-admin")
    assert grace.get("/admin/users/").status_code == 200

    follow(admin, f"{path}unmake-admin")
    assert grace.get("/admin/users/").status_code == 403


def test_the_last_administrator_cannot_lock_everybody_out(admin: FlaskClient) -> None:
    path = person_path(admin.get("/admin/users/").text, "Ada")

    assert "last administrator" in follow(admin, f"{path}disable")
    assert admin.get("/admin/users/").status_code == 200


def test_people_are_listed_fifty_at_a_time(app: Flask, admin: FlaskClient) -> None:
    for number in range(51):
        make_person(app, f"p{number}@example.org", name=f"Person {number:02}")

    first, second = admin.get("/admin/users/"), admin.get("/admin/users/?page=2&search=person")

    assert first.text.count("@example.org") == 50
    assert "Page 1 of 2" in first.text
    assert second.text.count("@example.org") == 1
    assert "search=person" in second.text


def test_a_project_is_made_with_its_manager(app: Flask, admin: FlaskClient) -> None:
    grace = browser_of(app, make_person(app, "grace@example.org", name="Grace"))

    answer = send(
        admin,
        "/admin/projects/",
        name="Vaccines",
        slug="vaccines",
        language="en",
        manager="grace@example.org",
    )

    assert answer.status_code == 303
    assert grace.get("/projects/vaccines/settings").status_code == 200
    assert admin.get("/projects/vaccines/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "Open AI"}, "cannot be part of an address"),
        ({"slug": "../x"}, "cannot be part of an address"),
        ({"slug": "demo"}, "There is already a project demo."),
        ({"manager": "nobody@example.org"}, "no account with the address nobody@example.org"),
        ({"language": "de"}, "Not a valid choice"),
        ({"name": "   "}, "Please fill this in."),
    ],
)
def test_a_project_that_cannot_be_made_is_not_made_by_half(
    app: Flask, admin: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    make_project(app)
    fields = {"name": "New", "slug": "new", "language": "fr", "manager": "ada@example.org"}

    answer = send(admin, "/admin/projects/", **{**fields, **changes})

    assert answer.status_code >= 400
    assert sentence in answer.text
    assert "<td>new</td>" not in admin.get("/admin/projects/").text


def test_a_project_that_lost_its_manager_gets_another(app: Flask, admin: FlaskClient) -> None:
    make_project(app)

    page = follow_with(admin, "/admin/projects/demo/managers", manager="ada@example.org")

    assert "The project has a new manager." in page
    assert admin.get("/projects/demo/members/").status_code == 200


def follow_with(client: FlaskClient, path: str, **fields: str | list[str]) -> str:
    """Send a form and return the page that follows."""
    data = {"csrf_token": csrf_token(client), **fields}
    return client.post(path, data=data, follow_redirects=True).text


def test_the_guideline_is_read_by_section_and_written_by_managers(manager: FlaskClient) -> None:
    path = "/projects/demo/guideline/change"

    first = send(
        manager, path, base=1, fr="## Qui ?\r\n\r\n<!-- fields: speaker -->\r\n\r\n<b>", en=""
    )
    second = send(manager, path, base=1, fr="autre", en="")
    page = manager.get("/projects/demo/guideline/").get_data(as_text=True)
    again = send(manager, path, base=hidden(second.text, "base"), fr="autre", en="")

    assert (first.status_code, second.status_code) == (303, 412)
    assert 'data-fields="speaker"' in page
    assert "&lt;b&gt;" in page
    assert "revision 2" in second.text
    assert '<pre lang="fr" tabindex="0">## Qui ?' in second.text
    assert "autre</textarea>" in second.text
    assert again.status_code == 303


def test_settings_are_saved(manager: FlaskClient) -> None:
    path = "/projects/demo/settings"

    sent = send(manager, path, name="Renamed", overlap="3", suggestion_free_percent="15")

    assert sent.status_code == 303
    page = manager.get(path).text
    assert 'value="15"' in page
    assert 'value="Renamed"' in page
    assert 'value="3"' in page
    assert "checked" not in page.partition("single_settles")[2].partition(">")[0]


@pytest.mark.parametrize("overlap", ["0", "11", "-1", "2.5", "many", ""])
def test_an_impossible_overlap_is_refused(manager: FlaskClient, overlap: str) -> None:
    answer = send(
        manager, "/projects/demo/settings", name="Demo", overlap=overlap, suggestion_free_percent=0
    )

    assert answer.status_code == 422


def test_somebody_with_an_account_is_taken_in_at_once(app: Flask, manager: FlaskClient) -> None:
    grace = browser_of(app, make_person(app, "grace@example.org", name="Grace"))

    page = follow_with(
        manager, "/projects/demo/members/", email="Grace@example.org", roles=["annotator"]
    )

    assert "The project has a new member." in page
    assert "Annotator" in grace.get("/projects/demo/").text


def test_somebody_without_account_is_invited_by_a_link(app: Flask, manager: FlaskClient) -> None:
    page = follow_with(
        manager, "/projects/demo/members/", email="new@example.org", roles=["annotator"]
    )

    link = shown_link(page)
    assert "new@example.org" in page
    assert "Annotator" in app.test_client().get(link).text


@pytest.mark.parametrize("roles", [[], ["king"], ["annotator", "site_admin"]])
def test_roles_are_chosen_from_the_list(manager: FlaskClient, roles: list[str]) -> None:
    answer = send(manager, "/projects/demo/members/", email="x@example.org", roles=roles)

    assert answer.status_code == 422
    assert "x@example.org" not in manager.get("/projects/demo/members/").text


def test_roles_are_changed_and_a_membership_ended(app: Flask, manager: FlaskClient) -> None:
    grace = browser_of(app, make_person(app, "grace@example.org", name="Grace"))
    join(app, 1, "grace@example.org", {Role.ANNOTATOR})
    path = person_path(manager.get("/projects/demo/members/").text, "Grace")

    send(manager, path, roles=["data_user", "adjudicator"])
    page = grace.get("/projects/demo/").text
    assert "Adjudicator" in page
    assert "Annotator" not in page

    follow(manager, f"{path}end")
    assert grace.get("/projects/demo/").status_code == 404


def test_a_member_of_another_project_is_no_member_here(app: Flask, manager: FlaskClient) -> None:
    make_person(app, "grace@example.org", name="Grace")
    join(app, make_project(app, "other"), "grace@example.org", {Role.ANNOTATOR})
    join(app, 1, "grace@example.org", {Role.DATA_USER})
    path = person_path(manager.get("/projects/demo/members/").text, "Grace")
    follow(manager, f"{path}end")

    assert manager.get(path).status_code == 404
    assert send(manager, path, roles=["manager"]).status_code == 404


def test_the_last_manager_stays(manager: FlaskClient) -> None:
    path = person_path(manager.get("/projects/demo/members/").text, "Ada")

    assert "last manager" in follow(manager, f"{path}end")
    assert send(manager, path, roles=["annotator"]).status_code == 409
    assert manager.get("/projects/demo/members/").status_code == 200


def test_the_welcome_is_shown_until_it_was_read(app: Flask) -> None:
    client = browser_of(app, make_person(app))
    join(app, make_project(app), "ada@example.org", [Role.MANAGER])
    assert "Welcome, Ada" in client.get("/").text

    assert "Welcome, Ada" not in follow(client, "/welcome")


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ([Role.MANAGER], ["import articles"]),
        ([Role.ANNOTATOR, Role.DATA_USER], ["as files"]),
        ([Role.ANNOTATOR], []),  # The workspace tells them, where they need it.
        ([], []),
    ],
)
def test_the_welcome_says_what_is_done_in_ones_roles(
    app: Flask, roles: list[Role], told: list[str]
) -> None:
    client = browser_of(app, make_person(app))
    project = make_project(app)
    if roles:
        join(app, project, "ada@example.org", roles)

    page = client.get("/").text

    assert [words for words in ("import articles", "as files") if words in page] == told
    assert ("Welcome" in page) is bool(told)


# Operations


@pytest.fixture
def project(session: Session) -> Project:
    """A project as it is made."""
    return operations.create_project(
        session, slug="demo", name="Demo", language="fr", by=None, now=utc_now()
    )


def test_a_project_starts_with_scheme_and_guideline(session: Session, project: Project) -> None:
    scheme = newest_scheme(session, project_id=project.id)
    guideline = newest_guideline(session, project_id=project.id)

    assert scheme.number == guideline.number == 1
    assert isinstance(scheme.document, dict)
    assert scheme.document["id"] == "claims.v1"
    assert len(project.dataset_secret) == 64


def test_the_same_scheme_again_is_no_new_revision(session: Session, project: Project) -> None:
    document = newest_scheme(session, project_id=project.id).document
    assert isinstance(document, dict)
    changed = {**document, "id": "claims.v2"}

    numbers = [
        operations.record_scheme(
            session, project_id=project.id, document=given, by=None, now=utc_now()
        ).number
        for given in (document, changed, changed, document)
    ]

    assert numbers == [1, 2, 2, 3]


def test_a_guideline_is_kept_by_revision(session: Session, project: Project) -> None:
    operations.record_guideline(
        session, project_id=project.id, texts={"en": "# Guideline"}, by=None, now=utc_now()
    )

    assert newest_guideline(session, project_id=project.id).number == 2
    first = guideline_by_number(session, project_id=project.id, number=1)
    assert isinstance(first.texts, dict)
    assert "fr" in first.texts


@pytest.mark.parametrize("texts", [{}, {"de": "Leitfaden"}])
def test_a_guideline_is_french_or_english(
    session: Session, project: Project, texts: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError, match="A guideline has a text"):
        operations.record_guideline(
            session, project_id=project.id, texts=texts, by=None, now=utc_now()
        )


def test_an_ended_role_taken_up_again_is_the_same_membership(
    session: Session, project: Project
) -> None:
    now = utc_now()
    for email in ("ada@example.org", "grace@example.org"):
        create_user(session, email=email, name=email, by=None, now=now)
        operations.add_member(
            session, project_id=project.id, email=email, roles=[Role.ANNOTATOR], by=None, now=now
        )
    (ada, _) = list_members(session, project_id=project.id)

    for roles in ([], [Role.ANNOTATOR]):
        operations.set_roles(
            session, project_id=project.id, user_id=ada.user_id, roles=roles, by=None, now=now
        )

    assert len(session.scalars(select(Membership)).all()) == 2
    assert len(list_members(session, project_id=project.id)) == 2
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-2:] == ["end_role", "begin_role"]


def test_the_last_manager_cannot_step_down(session: Session, project: Project) -> None:
    now = utc_now()
    user = create_user(session, email="ada@example.org", name="Ada", by=None, now=now)
    operations.add_member(
        session, project_id=project.id, email=user.email, roles=[Role.MANAGER], by=None, now=now
    )

    with pytest.raises(ConflictError, match="last manager"):
        operations.end_membership(session, project_id=project.id, user_id=user.id, by=None, now=now)
