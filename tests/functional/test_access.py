"""Who may use which address: one table, compared with the addresses that exist."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.addresses import calls, make_things
from tests.people import browser_of, csrf_token, join, make_person, make_project
from workbench.clock import utc_now
from workbench.projects.operations import end_membership
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import PERMISSIONS, Action, Role
from workbench.storage.base import Base
from workbench.storage.database import db, transaction
from workbench.web.access import ANONYMOUS, EVERYBODY, SIGNED_IN, SITE_ADMIN

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

# Every address of the program and who may use it; a new one is written down here.
ROUTES: dict[str, str | Action] = {
    "account.change_keys": SIGNED_IN,
    "account.change_language": EVERYBODY,
    "account.change_name": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "account.end_session": SIGNED_IN,
    "account.forget_keys": SIGNED_IN,
    "account.show_account": SIGNED_IN,
    "account.show_csrf": SIGNED_IN,
    "account.sign_in": EVERYBODY,
    "account.sign_out": EVERYBODY,
    "account.use_invitation": EVERYBODY,
    "account.use_link": EVERYBODY,
    "adjudication.propose": Action.ADJUDICATE,
    "adjudication.put_off": Action.ADJUDICATE,
    "adjudication.save_answer": Action.ADJUDICATE,
    "adjudication.show_page": Action.ADJUDICATE,
    "adjudication.show_queue": Action.ADJUDICATE,
    "adjudication.take_agreed": Action.ADJUDICATE,
    "administration.add_manager": SITE_ADMIN,
    "administration.create_user": SITE_ADMIN,
    "administration.disable_user": SITE_ADMIN,
    "administration.enable_user": SITE_ADMIN,
    "administration.erase_user": SITE_ADMIN,
    "administration.grant_admin": SITE_ADMIN,
    "administration.make_link": SITE_ADMIN,
    "administration.make_project": SITE_ADMIN,
    "administration.revoke_admin": SITE_ADMIN,
    "administration.show_projects": SITE_ADMIN,
    "administration.show_user": SITE_ADMIN,
    "administration.show_users": SITE_ADMIN,
    "assigning.hand_over": Action.ASSIGN_WORK,
    "assigning.name_for_article": Action.ASSIGN_WORK,
    "assigning.name_for_member": Action.ASSIGN_WORK,
    "assigning.pause": Action.ASSIGN_WORK,
    "assigning.resume": Action.ASSIGN_WORK,
    "assigning.take_back": Action.ASSIGN_WORK,
    "assigning.take_next": Action.ANNOTATE,
    "agreement.count": Action.SEE_AGREEMENT,
    "agreement.show_report": Action.SEE_AGREEMENT,
    "api.send_document": ANONYMOUS,
    "articles.change_zones": Action.MARK_ZONES,
    "articles.edit_article": Action.EDIT_ARTICLES,
    "articles.erase": Action.EDIT_ARTICLES,
    "articles.import_files": Action.IMPORT_ARTICLES,
    "articles.restore": Action.EDIT_ARTICLES,
    "articles.show_article": Action.SEE_ARTICLES,
    "articles.show_list": Action.SEE_ARTICLES,
    "articles.withdraw": Action.EDIT_ARTICLES,
    "claims.show_queue": Action.SEE_DESK,
    "balance.show_balance": Action.SEE_DESK,
    "contests.answer": Action.ANSWER_QUESTIONS,
    "contests.contest": Action.ANNOTATE,
    "contests.note_seen": Action.ANNOTATE,
    "contests.show_final": Action.ANNOTATE,
    "contests.show_objections": Action.ANSWER_QUESTIONS,
    "contests.show_own": Action.ANNOTATE,
    "desk.change_scale": Action.LEAD_DESK,
    "desk.change_settings": Action.LEAD_DESK,
    "desk.send_scale": Action.LEAD_DESK,
    "desk.show_agreement": Action.SEE_DESK,
    "desk.show_board": Action.SEE_DESK,
    "desk.show_own": Action.SEE_DESK,
    "download.send_all": Action.EXPORT_ALL,
    "download.send_soft_labels": Action.EXPORT_ALL,
    "download.send_features": Action.EXPORT_GOLD,
    "download.send_gold": Action.EXPORT_GOLD,
    "download.show_page": Action.EXPORT_GOLD,
    "editions.apply": Action.MARK_ZONES,
    "editions.confirm": Action.ANNOTATE,
    "editions.confirm_agreed": Action.ADJUDICATE,
    "editions.confirm_question": Action.ANNOTATE,
    "editions.correct": Action.EDIT_ARTICLES,
    "editions.cut": Action.MARK_ZONES,
    "editions.show_editions": Action.SEE_ARTICLES,
    "editions.show_moved": Action.ANNOTATE,
    "evidence.add": Action.CHECK_FACTS,
    "evidence.edit": Action.CHECK_FACTS,
    "evidence.fetch": Action.CHECK_FACTS,
    "evidence.log": Action.CHECK_FACTS,
    "evidence.recheck": Action.CHECK_FACTS,
    "evidence.recheck_all": Action.LEAD_DESK,
    "evidence.remove": Action.CHECK_FACTS,
    "evidence.show": Action.SEE_DESK,
    "evidence.show_pages": Action.SEE_DESK,
    "health.show_life": ANONYMOUS,
    "health.show_readiness": ANONYMOUS,
    "home.close_welcome": SIGNED_IN,
    "hints.hear": ANONYMOUS,
    "home.show_home": SIGNED_IN,
    "jobs.show_job": Action.IMPORT_ARTICLES,
    "manual.show_page": EVERYBODY,
    "label_studio.begin": Action.CHANGE_PROJECT,
    "label_studio.begin_hints": Action.CHANGE_PROJECT,
    "label_studio.change_terms": Action.CHANGE_PROJECT,
    "label_studio.connect": Action.CHANGE_PROJECT,
    "label_studio.disconnect": Action.CHANGE_PROJECT,
    "label_studio.end_hints": Action.CHANGE_PROJECT,
    "label_studio.link": Action.CHANGE_PROJECT,
    "label_studio.look_for_people": Action.CHANGE_PROJECT,
    "label_studio.pause": Action.CHANGE_PROJECT,
    "label_studio.renew_token": Action.CHANGE_PROJECT,
    "label_studio.resume": Action.CHANGE_PROJECT,
    "label_studio.show_page": Action.CHANGE_PROJECT,
    "label_studio.show_progress": Action.CHANGE_PROJECT,
    "label_studio.show_run": Action.CHANGE_PROJECT,
    "members.add": Action.MANAGE_MEMBERS,
    "members.change_roles": Action.MANAGE_MEMBERS,
    "members.end": Action.MANAGE_MEMBERS,
    "members.revoke": Action.MANAGE_MEMBERS,
    "members.show_members": Action.MANAGE_MEMBERS,
    "guideline.change_guideline": Action.CHANGE_PROJECT,
    "guideline.show_guideline": Action.SEE_PROJECT,
    "public.send_check": ANONYMOUS,
    "public.send_errata": ANONYMOUS,
    "public.send_feed": ANONYMOUS,
    "public.send_list": ANONYMOUS,
    "public.send_robots": ANONYMOUS,
    "public.send_sitemap": ANONYMOUS,
    "public.show_check": ANONYMOUS,
    "public.show_corrections": ANONYMOUS,
    "public.show_desks": ANONYMOUS,
    "public.show_list": ANONYMOUS,
    "public.show_method": ANONYMOUS,
    "questions.ask": Action.ANNOTATE,
    "questions.list_own": Action.ANNOTATE,
    "questions.note_read": Action.SEE_QUESTIONS,
    "questions.note_seen": Action.SEE_QUESTIONS,
    "questions.reopen": Action.SEE_QUESTIONS,
    "questions.reply": Action.SEE_QUESTIONS,
    "questions.settle": Action.SEE_QUESTIONS,
    "questions.show_list": Action.SEE_QUESTIONS,
    "questions.show_thread": Action.SEE_QUESTIONS,
    "progress.free_slots": Action.ASSIGN_WORK,
    "progress.show_board": Action.SEE_PROGRESS,
    "progress.show_coverage": Action.SEE_PROGRESS,
    "progress.show_unread": Action.SEE_PROGRESS,
    "project.change_settings": Action.CHANGE_PROJECT,
    "project.change_work": Action.CHANGE_PROJECT,
    "project.show_project": Action.SEE_PROJECT,
    "registers.accept": Action.EDIT_REGISTERS,
    "registers.merge": Action.EDIT_REGISTERS,
    "registers.show_entry": Action.EDIT_REGISTERS,
    "registers.show_list": Action.EDIT_REGISTERS,
    "registers.unmerge": Action.EDIT_REGISTERS,
    "reviews.show": EVERYBODY,
    "scheme.change": Action.CHANGE_PROJECT,
    "scheme.send_document": Action.CHANGE_PROJECT,
    "scheme.show_job": Action.CHANGE_PROJECT,
    "scheme.show_scheme": Action.CHANGE_PROJECT,
    "releases.build": Action.BUILD_RELEASE,
    "releases.change_texts": Action.BUILD_RELEASE,
    "releases.send": Action.DOWNLOAD_RELEASE,
    "releases.send_all": Action.DOWNLOAD_RELEASE,
    "releases.show_changes": Action.DOWNLOAD_RELEASE,
    "releases.show_build": Action.BUILD_RELEASE,
    "releases.show_list": Action.DOWNLOAD_RELEASE,
    "releases.show_release": Action.DOWNLOAD_RELEASE,
    "releases.withdraw": Action.BUILD_RELEASE,
    "stances.count": Action.SEE_STANCES,
    "stances.send_map": Action.SEE_STANCES,
    "stances.send_table": Action.SEE_STANCES,
    "stances.send_timeline": Action.SEE_STANCES,
    "stances.show_map": Action.SEE_STANCES,
    "stances.show_sentences": Action.SEE_STANCES,
    "stances.show_timeline": Action.SEE_STANCES,
    "static": ANONYMOUS,
    "statements.add": Action.CHECK_FACTS,
    "statements.change": Action.CHECK_FACTS,
    "statements.choose": Action.CHECK_FACTS,
    "statements.dismiss": Action.CHECK_FACTS,
    "statements.edit": Action.CHECK_FACTS,
    "statements.keep": Action.CHECK_FACTS,
    "statements.link": Action.CHECK_FACTS,
    "statements.make": Action.CHECK_FACTS,
    "statements.remove": Action.CHECK_FACTS,
    "statements.show": Action.SEE_DESK,
    "statements.show_group": Action.SEE_DESK,
    "statements.show_list": Action.SEE_DESK,
    "statements.unlink": Action.CHECK_FACTS,
    "suggestions.show_precision": Action.JUDGE_RULES,
    "sync_conflicts.settle": Action.CHANGE_PROJECT,
    "sync_conflicts.show_list": Action.CHANGE_PROJECT,
    "tokens.revoke": SIGNED_IN,
    "tokens.rotate": SIGNED_IN,
    "tokens.show_list": SIGNED_IN,
    "training.change_settings": Action.LEAD_TRAINING,
    "training.mark": Action.LEAD_TRAINING,
    "training.move_up": Action.LEAD_TRAINING,
    "training.pass_learner": Action.LEAD_TRAINING,
    "training.save_reason": Action.LEAD_TRAINING,
    "training.show_article": Action.LEAD_TRAINING,
    "training.show_training": Action.LEAD_TRAINING,
    "training.unmark": Action.LEAD_TRAINING,
    "verdicts.ask": Action.CHECK_FACTS,
    "verdicts.comment": Action.SEE_DESK,
    "verdicts.give_own": Action.CHECK_FACTS,
    "verdicts.give_to": Action.CHECK_FACTS,
    "verdicts.invite": Action.CHECK_FACTS,
    "verdicts.revoke": Action.CHECK_FACTS,
    "verdicts.send_back": Action.CHECK_FACTS,
    "verdicts.show_review": Action.SEE_DESK,
    "verdicts.sign": Action.CHECK_FACTS,
    "verdicts.take_off": Action.CHECK_FACTS,
    "verdicts.take_up": Action.CHECK_FACTS,
    "verdicts.write": Action.CHECK_FACTS,
    "workspace.decide": Action.ANNOTATE,
    "workspace.keep": Action.ANNOTATE,
    "workspace.finish": Action.ANNOTATE,
    "workspace.propose": Action.ANNOTATE,
    "workspace.reopen": Action.ANNOTATE,
    "workspace.save_answer": Action.ANNOTATE,
    "workspace.show_own_work": Action.ANNOTATE,
    "workspace.show_differences": Action.ANNOTATE,
    "workspace.show_page": Action.ANNOTATE,
    "workspace.start": Action.ANNOTATE,
    "workspace.try_again": Action.ANNOTATE,
}


def access_of(app: Flask, rule: Rule) -> str | Action:
    access: str | Action = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    return access


def call(client: FlaskClient, method: str, path: str, token: str = "") -> TestResponse:
    return client.open(path, method=method, headers={"X-CSRFToken": token} if token else {})


def read_all(app: Flask) -> dict[str, list[str]]:
    """Return every row of every table."""
    with app.app_context():
        return {
            table.name: sorted(map(str, db.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def things(app: Flask) -> dict[str, str]:
    """The project ``demo`` and what is in it, by their names in addresses."""
    return make_things(app)


@pytest.fixture
def everything(app: Flask, things: dict[str, str]) -> FlaskClient:
    """A browser of somebody who may do everything in the project ``demo`` and the instance."""
    user = make_person(app, is_site_admin=True)
    with app.app_context():
        project = project_by_slug(db.session(), slug=things["slug"]).id
    join(app, project, "ada@example.org", set(Role))
    return browser_of(app, user)


def test_the_table_names_every_address(app: Flask) -> None:
    found = {rule.endpoint: access_of(app, rule) for rule in app.url_map.iter_rules()}
    pages = {name: access for name, access in found.items() if not name.startswith("api_")}

    assert pages == ROUTES


def test_nothing_is_written_without_the_token(
    app: Flask, everything: FlaskClient, things: dict[str, str]
) -> None:
    before = read_all(app)
    for rule, method, path in calls(app, things):
        if rule.endpoint == "hints.hear":  # It reads no cookie, and asks for a secret of its own.
            assert call(everything, method, path).status_code == 404
        elif method in UNSAFE:
            assert call(everything, method, path).status_code == 400, path
            assert call(everything, method, path, "forged").status_code == 400, path

    assert read_all(app) == before
    assert everything.get("/account").status_code == 200


def test_reading_writes_nothing(
    app: Flask, everything: FlaskClient, things: dict[str, str]
) -> None:
    before = read_all(app)
    for _rule, method, path in [*calls(app), *calls(app, things)]:
        if method not in UNSAFE:
            with call(everything, method, path) as answer:
                assert answer.status_code < 500, path

    assert read_all(app) == before


def test_strangers_find_no_project(app: Flask, things: dict[str, str]) -> None:
    stranger = browser_of(app, make_person(app, is_site_admin=True))
    token = csrf_token(stranger)
    before = read_all(app)

    for rule, method, path in calls(app, things):
        if "slug" in rule.arguments:
            assert call(stranger, method, path, token).status_code == 404, path
    assert read_all(app) == before


def test_what_belongs_to_another_project_is_not_found(app: Flask, things: dict[str, str]) -> None:
    user, other = make_person(app), make_project(app, "other")
    join(app, other, "ada@example.org", set(Role))
    member = browser_of(app, user)
    token = csrf_token(member)
    before = read_all(app)

    for rule, method, path in calls(app, things | {"slug": "other"}):
        if rule.arguments & {"article", "member", "invitation", "job", "question", "slot"}:
            # Before it looks, a form may go back to its page, and JSON say that it is no JSON.
            refusals = {404, 303, 415, 422} if method in UNSAFE else {404}
            assert call(member, method, path, token).status_code in refusals, path
    assert read_all(app) == before


def test_a_project_that_does_not_exist_looks_the_same(app: Flask) -> None:
    make_project(app)
    stranger = browser_of(app, make_person(app))

    hidden, missing = stranger.get("/projects/demo/"), stranger.get("/projects/nothing/")

    assert without_tokens(hidden.text.replace("demo", "nothing")) == without_tokens(missing.text)


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_visitors_are_sent_to_sign_in(
    app: Flask, client: FlaskClient, things: dict[str, str]
) -> None:
    token = csrf_token(client, "/sign-in")

    for rule, method, path in calls(app, things):
        if access_of(app, rule) not in {ANONYMOUS, EVERYBODY}:
            answer = call(client, method, path, token)
            is_sent = answer.headers.get("Location", "").startswith("/sign-in")
            assert is_sent or (answer.status_code == 401 and answer.is_json), path


def test_only_administrators_administer(app: Flask, things: dict[str, str]) -> None:
    person = browser_of(app, make_person(app))
    token = csrf_token(person)

    for rule, method, path in calls(app, things):
        if access_of(app, rule) == SITE_ADMIN:
            assert call(person, method, path, token).status_code == 403, path


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_of_rights_says(app: Flask, role: Role) -> None:
    user, project = make_person(app), make_project(app)
    join(app, project, "ada@example.org", {role})
    member = browser_of(app, user)
    token = csrf_token(member)

    for rule, method, path in calls(app, {"slug": "demo"}):
        access = access_of(app, rule)
        if isinstance(access, Action):
            answer = call(member, method, path, token)
            assert (answer.status_code == 403) is (role not in PERMISSIONS[access]), path


def test_an_ended_role_opens_nothing(app: Flask) -> None:
    user, project = make_person(app), make_project(app)
    join(app, project, "ada@example.org", {Role.ANNOTATOR})
    member = browser_of(app, user)
    assert member.get("/projects/demo/").status_code == 200

    with app.app_context(), transaction() as session:
        end_membership(session, project_id=project, user_id=user, by=None, now=utc_now())

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


@pytest.mark.parametrize(
    ("page", "statements"),
    # The settings ask for the project, and whoever annotates for answers to their questions.
    [("/healthz", 0), ("/sign-in", 1), ("/csrf", 1), ("/projects/demo/settings", 3)],
)
def test_the_door_costs_one_statement_of_a_project_too(
    app: Flask, everything: FlaskClient, page: str, statements: int
) -> None:
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    everything.get(page)
    event.remove(engine, "before_cursor_execute", note)

    asked = [statement for statement in seen if not statement.startswith("BEGIN")]
    assert len(asked) == statements, asked
