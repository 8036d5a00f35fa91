"""Signing in and out, passwords, one-time links, invitations, and one's own sessions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.people import (
    PASSWORD,
    browser_of,
    csrf_token,
    join,
    make_person,
    make_project,
    send,
)
from workbench.accounts import operations
from workbench.accounts.passwords import hash_password
from workbench.accounts.rules import (
    FREE_FAILURES_OF_ACCOUNT,
    FREE_FAILURES_OF_ADDRESS,
    LONGEST_CHECK,
    CrowdedAddressError,
)
from workbench.accounts.tables import AuditEvent, BrowserSession, SignInAttempt, SignInLink, User
from workbench.app import create_app
from workbench.clock import utc_now
from workbench.errors import ConflictError, NotFoundError, TooManyAttemptsError
from workbench.projects.operations import end_membership, invite_member, join_by_invitation
from workbench.projects.queries import find_visitor
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import close_connections, db, transaction

NEW = "another walk in the sun"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def sign_in(client: FlaskClient, email: str = "ada@example.org", password: str = PASSWORD) -> int:
    """Try the sign-in page as a person does; return the answer's status."""
    client.get("/sign-in")
    return send(client, "/sign-in", page="/sign-in", email=email, password=password).status_code


def make_link(app: Flask, user_id: int, purpose: str = "sign_in") -> str:
    with app.app_context(), transaction() as session:
        token = operations.make_sign_in_link(
            session, user_id=user_id, purpose=purpose, by=None, now=utc_now()
        )
    return f"/link/{token}"


def invitation(app: Flask, email: str, roles: set[Role]) -> str:
    project = make_project(app)
    with app.app_context(), transaction() as session:
        token = invite_member(
            session, project_id=project, email=email, roles=roles, by=None, now=utc_now()
        )
    return f"/invitation/{token}"


def test_a_person_signs_in_with_any_case_of_their_address(app: Flask, client: FlaskClient) -> None:
    make_person(app, with_password=True)

    assert sign_in(client, " ADA@example.org") == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "not the password"),
        ("ada@example.org", PASSWORD + " "),
        ("nobody@example.org", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_every_wrong_try_gets_the_same_answer(
    app: Flask, client: FlaskClient, email: str, password: str
) -> None:
    make_person(app, with_password=True)

    answer = send(client, "/sign-in", page="/sign-in", email=email, password=password)

    assert answer.status_code == 422
    assert "The address or the password is wrong." in answer.text
    assert not is_signed_in(client)


def test_an_account_without_password_cannot_be_signed_in_to(
    app: Flask, client: FlaskClient
) -> None:
    make_person(app)

    assert sign_in(client) == 422


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/account?x=1", "/account?x=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\tevil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_our_own_pages_only(
    app: Flask, client: FlaskClient, target: str, place: str
) -> None:
    make_person(app, with_password=True)

    answer = send(
        client,
        "/sign-in",
        page="/sign-in",
        email="ada@example.org",
        password=PASSWORD,
        next=target,
    )

    assert answer.headers["Location"] == place


def test_signing_in_makes_a_new_session_and_a_new_token(app: Flask, client: FlaskClient) -> None:
    make_person(app, with_password=True)
    client.get("/sign-in")
    before = client.get_cookie("workbench")

    sign_in(client)

    after = client.get_cookie("workbench")
    assert before
    assert after
    assert before.value != after.value


def test_no_secret_of_the_cookie_is_in_the_database(app: Flask) -> None:
    client = browser_of(app, make_person(app))
    with client.session_transaction() as cookie:
        token = cookie["token"]

    with app.app_context():
        stored = db.session.scalars(select(BrowserSession.token_hash)).all()
    assert token not in stored
    assert len(stored[0]) == 64


def replay(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return another browser with a copy of this one's cookie."""
    cookie = client.get_cookie("workbench")
    assert cookie
    thief = app.test_client()
    thief.set_cookie("workbench", cookie.value)
    return thief


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask) -> None:
    client = browser_of(app, make_person(app))
    copy = replay(app, client)

    assert send(client, "/sign-out").headers["Location"] == "/sign-in"

    assert not is_signed_in(client)
    assert not is_signed_in(copy)


def test_signing_out_is_no_link(app: Flask) -> None:
    client = browser_of(app, make_person(app))

    assert client.get("/sign-out").status_code == 405
    assert is_signed_in(client)


def test_a_new_password_ends_every_other_session(app: Flask) -> None:
    user = make_person(app, with_password=True)
    here, there = browser_of(app, user), browser_of(app, user)

    answer = send(here, "/account/password", current=PASSWORD, password=NEW, repeated=NEW)

    assert answer.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(app.test_client(), password=NEW) == 303
    assert sign_in(app.test_client()) == 422


@pytest.mark.parametrize(
    ("current", "new", "repeated"),
    [
        ("wrong", NEW, NEW),
        ("", NEW, NEW),
        (PASSWORD, NEW, NEW + "!"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "password1", "password1"),
        (PASSWORD, "ada@example.org", "ada@example.org"),
        (PASSWORD, "x" * 129, "x" * 129),
        (PASSWORD, "x" * 5000, "x" * 5000),
    ],
)
def test_a_bad_new_password_changes_nothing(
    app: Flask, current: str, new: str, repeated: str
) -> None:
    client = browser_of(app, make_person(app, with_password=True))

    answer = send(client, "/account/password", current=current, password=new, repeated=repeated)

    assert answer.status_code == 422
    assert sign_in(app.test_client()) == 303


def test_a_password_manager_is_told_whose_password_is_set(app: Flask, client: FlaskClient) -> None:
    ada = make_person(app)
    with app.app_context(), transaction() as session:
        token = operations.make_sign_in_link(
            session, user_id=ada, purpose="new_password", by=None, now=utc_now()
        )

    for browser, path in (
        (browser_of(app, ada), "/account"),
        (client, f"/link/{token}"),
        (client, invitation(app, "ada@example.org", {Role.ANNOTATOR})),
    ):
        assert 'autocomplete="username" value="ada@example.org"' in browser.get(path).text


def test_disabling_an_account_ends_its_sessions_and_links(app: Flask) -> None:
    user = make_person(app, with_password=True)
    client, link = browser_of(app, user), make_link(app, user)

    with app.app_context(), transaction() as session:
        operations.disable_user(session, user_id=user, by=None, now=utc_now())

    assert not is_signed_in(client)
    assert client.get(link).status_code == 410
    assert sign_in(app.test_client()) == 422


@pytest.mark.parametrize(
    ("created", "seen", "stays"),
    [
        (timedelta(days=1), timedelta(hours=7), True),
        (timedelta(days=1), timedelta(hours=8), False),
        (timedelta(days=7), timedelta(minutes=1), False),
    ],
)
def test_a_session_ends_unused_and_after_a_week(
    app: Flask, created: timedelta, seen: timedelta, stays: bool
) -> None:
    client, now = browser_of(app, make_person(app)), utc_now()
    with app.app_context(), transaction() as session:
        session.execute(
            update(BrowserSession).values(created_at=now - created, last_seen=now - seen)
        )

    assert is_signed_in(client) is stays


def test_the_use_of_a_session_is_noted_every_five_minutes_only(app: Flask) -> None:
    client = browser_of(app, make_person(app))
    for minutes, is_noted in ((4, False), (6, True)):
        before = utc_now() - timedelta(minutes=minutes)
        with app.app_context(), transaction() as session:
            session.execute(update(BrowserSession).values(last_seen=before))

        client.get("/")

        with app.app_context():
            noted = db.session.scalars(select(BrowserSession.last_seen)).one()
        assert (noted > before) is is_noted


def test_a_person_ends_another_of_their_sessions_but_nobody_elses(app: Flask) -> None:
    user, other = make_person(app), make_person(app, "eve@example.org")
    here, there, eve = browser_of(app, user), browser_of(app, user), browser_of(app, other)
    with app.app_context():
        hashes = db.session.scalars(select(BrowserSession.token_hash).order_by(BrowserSession.id))
        first, second, _ = (token_hash[:16] for token_hash in hashes)

    assert send(eve, f"/account/sessions/{first}/end").status_code == 404
    assert send(here, f"/account/sessions/{second}/end").status_code == 303

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(eve)


# One-time links


def test_looking_at_a_link_does_not_use_it_up(app: Flask, client: FlaskClient) -> None:
    link = make_link(app, make_person(app))

    for _ in range(2):
        assert "Ada" in client.get(link).text
    assert not is_signed_in(client)
    assert send(client, link, page=link).status_code == 303
    assert is_signed_in(client)


def test_a_link_works_once(app: Flask, client: FlaskClient) -> None:
    link = make_link(app, make_person(app))
    send(client, link, page=link)

    again = app.test_client()
    assert again.get(link).status_code == 410
    token = csrf_token(again, "/sign-in")
    assert again.post(link, data={"csrf_token": token}).status_code == 410


def test_a_link_lasts_a_day(app: Flask, client: FlaskClient) -> None:
    link = make_link(app, make_person(app))
    with app.app_context(), transaction() as session:
        session.execute(update(SignInLink).values(expires_at=utc_now()))

    assert client.get(link).status_code == 410


def test_a_new_link_kills_the_one_before(app: Flask, client: FlaskClient) -> None:
    user = make_person(app)
    first, second = make_link(app, user), make_link(app, user)

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_a_link_for_a_new_password_wants_one(app: Flask, client: FlaskClient) -> None:
    user = make_person(app, with_password=True)
    other, link = browser_of(app, user), make_link(app, user, "new_password")

    assert send(client, link, page=link).status_code == 422
    assert send(client, link, page=link, password=NEW, repeated=NEW).status_code == 303

    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(app.test_client(), password=NEW) == 303


def test_two_presses_at_once_use_a_link_once(app: Flask) -> None:
    token = make_link(app, make_person(app)).rpartition("/")[2]

    def press(_: int) -> bool:
        with app.app_context():
            try:
                with transaction() as session:
                    operations.use_sign_in_link(session, token=token, now=utc_now())
            except NotFoundError:
                return False
            return True

    with ThreadPoolExecutor(6) as presses:
        assert sum(presses.map(press, range(6))) == 1


# Invitations


def test_an_invitation_makes_an_account_and_its_roles(app: Flask, client: FlaskClient) -> None:
    link = invitation(app, "new@example.org", {Role.ANNOTATOR, Role.FACT_CHECKER})

    answer = send(client, link, page=link, name="Newcomer", password=NEW, repeated=NEW)

    assert answer.status_code == 303
    assert "Fact-checker" in client.get("/projects/demo/").text
    assert sign_in(app.test_client(), "new@example.org", NEW) == 303
    assert app.test_client().get(link).status_code == 410


def test_an_invitation_is_for_its_own_address(app: Flask) -> None:
    eve = browser_of(app, make_person(app, "eve@example.org"))
    link = invitation(app, "ada@example.org", {Role.MANAGER})

    assert send(eve, link).status_code == 409
    assert eve.get("/projects/demo/").status_code == 404

    ada = browser_of(app, make_person(app, "ada@example.org"))
    assert send(ada, link).status_code == 303
    assert ada.get("/projects/demo/").status_code == 200


def test_a_withdrawn_invitation_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    manager = make_person(app)
    link = invitation(app, "new@example.org", {Role.ANNOTATOR})
    join(app, 1, "ada@example.org", {Role.MANAGER})
    browser = browser_of(app, manager)
    page = browser.get("/projects/demo/members/").text
    path = page.partition('action="/projects/demo/members/invitations/')[2].partition('"')[0]

    send(browser, f"/projects/demo/members/invitations/{path}")

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("is_disabled", [False, True])
def test_an_invitation_dies_with_its_makers_right_to_invite(
    app: Flask, client: FlaskClient, is_disabled: bool
) -> None:
    project, maker = make_project(app), make_person(app)
    new = make_person(app, "new@example.org")
    join(app, project, "ada@example.org", {Role.MANAGER})
    join(app, project, "new@example.org", {Role.MANAGER})
    with app.app_context(), transaction() as session:
        where = {"project_id": project, "by": maker, "now": utc_now()}
        token = invite_member(session, email="new@example.org", roles={Role.ANNOTATOR}, **where)
    link = f"/invitation/{token}"
    assert client.get(link).status_code == 200
    assert "/invitations/" in browser_of(app, new).get("/projects/demo/members/").text

    with app.app_context(), transaction() as session:
        if is_disabled:
            operations.disable_user(session, user_id=maker, by=None, now=utc_now())
        else:
            end_membership(session, project_id=project, user_id=maker, by=None, now=utc_now())

    assert client.get(link).status_code == 410
    assert "/invitations/" not in browser_of(app, new).get("/projects/demo/members/").text
    with app.app_context(), transaction() as session, pytest.raises(NotFoundError):
        join_by_invitation(session, token=token, user_id=new, now=utc_now())


def test_a_bad_password_leaves_the_invitation_open(app: Flask, client: FlaskClient) -> None:
    link = invitation(app, "new@example.org", {Role.ANNOTATOR})

    bad = send(client, link, page=link, name="Newcomer", password="12345678", repeated="12345678")

    assert bad.status_code == 422
    assert client.get(link).status_code == 200


# Guessing


def guess(app: Flask, email: str = "ada@example.org", address: str = "192.0.2.1") -> bool:
    """Try a wrong password; tell whether it was looked at."""
    with app.app_context():
        try:
            with transaction() as session:
                attempt = operations.admit_attempt(
                    session, email=email, address=address, now=utc_now()
                )
        except TooManyAttemptsError:
            return False
        with transaction() as session:
            operations.fail_attempt(session, attempt=attempt)
        return True


@pytest.mark.parametrize("is_stuffing", [False, True])
def test_of_a_thousand_guesses_over_two_workers_few_are_tried(
    app: Flask, settings: Settings, is_stuffing: bool
) -> None:
    other = create_app(settings)
    workers, threads = (app, other), 16

    def guess_once(number: int) -> bool:
        email = f"person{number}@example.org" if is_stuffing else "ada@example.org"
        address = "192.0.2.1" if is_stuffing else f"192.0.2.{number % 250}"
        return guess(workers[number % 2], email, address)

    with ThreadPoolExecutor(threads) as guesses:
        tried = sum(guesses.map(guess_once, range(1000)))
    with other.app_context():
        close_connections()

    free = FREE_FAILURES_OF_ADDRESS if is_stuffing else FREE_FAILURES_OF_ACCOUNT
    assert free <= tried <= free + 10  # the first delays last seconds only


def test_a_newsroom_signs_in_at_once_through_one_address(app: Flask) -> None:
    password_hash = hash_password(PASSWORD)
    people = [f"person{number}@example.org" for number in range(30)]
    for email in people:
        with app.app_context(), transaction() as session:
            operations.create_user(
                session, email=email, name="A", password_hash=password_hash, by=None, now=utc_now()
            )

    def come_in(number: int) -> list[int]:
        passwords = [PASSWORD] if number % 4 else ["mistyped", PASSWORD]
        return [sign_in(app.test_client(), people[number], password) for password in passwords]

    with ThreadPoolExecutor(16) as everybody:
        statuses = list(everybody.map(come_in, range(30)))

    assert statuses == [[303] if number % 4 else [422, 303] for number in range(30)]


def test_who_waited_for_their_turn_behind_a_later_failure_is_not_too_soon(session: Session) -> None:
    now = utc_now()
    later = {"address": "192.0.2.1", "now": now + timedelta(seconds=1)}
    attempt = operations.admit_attempt(session, email="ben@example.org", **later)
    operations.fail_attempt(session, attempt=attempt)

    assert operations.admit_attempt(session, email="ada@example.org", address="192.0.2.1", now=now)


def test_an_address_from_which_many_sign_in_may_fail_more(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        who = {"address": "192.0.2.1", "now": utc_now()}
        for number in range(12):
            came = operations.admit_attempt(session, email=f"person{number}@example.org", **who)
            operations.clear_attempt(session, attempt=came)

    failures = 0
    while guess(app, f"stranger{failures}@example.org"):
        failures += 1

    assert failures == FREE_FAILURES_OF_ADDRESS + 12


def test_a_check_that_never_ended_is_not_awaited_for_long(session: Session) -> None:
    who = {"address": "192.0.2.1", "now": utc_now()}
    for number in range(FREE_FAILURES_OF_ADDRESS):
        operations.admit_attempt(session, email=f"person{number}@example.org", **who)

    with pytest.raises(CrowdedAddressError):
        operations.admit_attempt(session, email="ada@example.org", **who)
    later = {**who, "now": who["now"] + LONGEST_CHECK}
    operations.admit_attempt(session, email="ada@example.org", **later)


def test_mistyped_passwords_of_a_newsroom_do_not_add_up(session: Session) -> None:
    for number in range(3 * FREE_FAILURES_OF_ADDRESS):
        who = {"email": f"person{number}@example.org", "address": "192.0.2.1", "now": utc_now()}
        wrong = operations.admit_attempt(session, **who)
        operations.fail_attempt(session, attempt=wrong)
        operations.clear_attempt(session, attempt=operations.admit_attempt(session, **who))


def test_the_right_password_comes_through_after_the_delay(app: Flask, client: FlaskClient) -> None:
    make_person(app, with_password=True)
    while guess(app):
        pass
    assert sign_in(client) == 429

    with app.app_context(), transaction() as session:
        an_hour_ago = utc_now() - timedelta(hours=1)
        session.execute(update(SignInAttempt).values(at=an_hour_ago))

    assert sign_in(client) == 303


def test_signing_in_clears_the_failures_of_the_account(app: Flask, client: FlaskClient) -> None:
    make_person(app, with_password=True)
    for _ in range(2):
        for _ in range(4):
            assert guess(app)
        assert sign_in(client) == 303
        client = app.test_client()


def test_neither_addresses_nor_names_of_guessers_are_stored(app: Flask) -> None:
    guess(app)

    with app.app_context():
        attempt = db.session.scalars(select(SignInAttempt)).one()
    assert len(attempt.account_hash) == len(attempt.address_hash) == 64


def test_old_attempts_are_forgotten(session: Session) -> None:
    for days in (2, 0):
        at = utc_now() - timedelta(days=days)
        operations.admit_attempt(session, email="a@b", address="::1", now=at)

    assert session.scalar(select(func.count(SignInAttempt.id))) == 1


def test_a_clock_that_is_set_back_shuts_nobody_out(app: Flask, client: FlaskClient) -> None:
    user_id = make_person(app, with_password=True)
    here = browser_of(app, user_id)
    with app.app_context(), transaction() as session:
        now = utc_now()
        link = operations.make_sign_in_link(
            session, user_id=user_id, purpose="sign_in", by=None, now=now
        )
    while guess(app):
        pass
    with app.app_context(), transaction() as session:
        later = now + timedelta(days=365)
        session.execute(update(SignInAttempt).values(at=later))
        session.execute(update(BrowserSession).values(created_at=later, last_seen=later))
        session.execute(update(SignInLink).values(expires_at=later))

    assert sign_in(client) == 303
    assert is_signed_in(here)
    assert client.get(f"/link/{link}").status_code == 200


# Operations


def test_two_accounts_cannot_share_an_address(session: Session) -> None:
    operations.create_user(session, email="a@b.org", name="A", by=None, now=utc_now())

    with pytest.raises(ConflictError, match=r"already an account with the address a@b\.org"):
        operations.create_user(session, email="A@B.org", name="B", by=None, now=utc_now())


def test_the_last_administrator_stays(session: Session) -> None:
    now = utc_now()
    first = operations.create_user(
        session, email="a@b.org", name="A", is_site_admin=True, by=None, now=now
    )

    with pytest.raises(ConflictError, match="last administrator"):
        operations.disable_user(session, user_id=first.id, by=None, now=now)
    with pytest.raises(ConflictError, match="last administrator"):
        operations.set_site_admin(session, user_id=first.id, is_site_admin=False, by=None, now=now)


def test_every_change_of_an_account_leaves_a_trace(session: Session) -> None:
    now = utc_now()
    user = operations.create_user(session, email="a@b.org", name="A", by=None, now=now)
    operations.rename_user(session, user_id=user.id, name="B", by=user.id, now=now)
    operations.set_password(session, user_id=user.id, password_hash="x", by=user.id, now=now)
    operations.set_site_admin(session, user_id=user.id, is_site_admin=True, by=None, now=now)
    operations.set_site_admin(
        session,
        user_id=operations.create_user(
            session, email="c@b.org", name="C", by=None, now=now, is_site_admin=True
        ).id,
        is_site_admin=False,
        by=None,
        now=now,
    )

    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == [
        "create_user",
        "rename_user",
        "change_password",
        "grant_site_admin",
        "create_user",
        "revoke_site_admin",
    ]
    assert "a@b.org" not in str(session.scalars(select(AuditEvent.details)).all())


def test_an_unknown_token_is_nobodys(session: Session) -> None:
    found = find_visitor(
        session,
        token="\ud800",
        slug=None,
        now=utc_now(),
        idle=timedelta(hours=8),
        lifetime=timedelta(days=7),
    )

    assert found is None
    assert session.scalar(select(func.count(User.id))) == 0
