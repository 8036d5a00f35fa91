"""Who may ask the API what: one table, and a walk over all of it as everybody."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.addresses import make_things
from tests.people import browser_of, join, make_person, make_project
from tests.programs import Program, make_secret_of, program_of
from workbench.accounts.api_tokens import Scope, make_secret
from workbench.accounts.tables import ApiToken
from workbench.api.access import BUCKETS
from workbench.clock import utc_now
from workbench.limits import Buckets
from workbench.projects.rules import PERMISSIONS, Action, Role
from workbench.storage.database import transaction

Right = tuple[Scope | None, Action | None]
NO_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
READ, WRITE = Scope.READ_FACTCHECK, Scope.WRITE_FACTCHECK
SEE: Right = (READ, Action.SEE_DESK)
CHECK: Right = (WRITE, Action.CHECK_FACTS)
LABEL: Right = (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE)
RELEASE: Right = (Scope.READ_RELEASES, Action.DOWNLOAD_RELEASE)
TRAIN: Right = (Scope.WRITE_PROJECT, Action.LEAD_TRAINING)
LEAD: Right = (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT)
CORPUS: Right = (Scope.READ_CORPUS, Action.SEE_ARTICLES)

# Every operation of the API and what it needs; a new one is written down here.
RIGHTS: dict[str, Right] = {
    "api_adjudication.answer": (Scope.WRITE_ADJUDICATION, Action.ANSWER_QUESTIONS),
    "api_adjudication.contest": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_adjudication.list_cases": (Scope.READ_ANNOTATIONS, Action.ADJUDICATE),
    "api_adjudication.list_contests": (Scope.READ_ANNOTATIONS, Action.ANSWER_QUESTIONS),
    "api_adjudication.list_own": (Scope.READ_ANNOTATIONS, Action.ANNOTATE),
    "api_adjudication.note_read": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_adjudication.put_off": (Scope.WRITE_ADJUDICATION, Action.ADJUDICATE),
    "api_adjudication.settle": (Scope.WRITE_ADJUDICATION, Action.ADJUDICATE),
    "api_adjudication.show_case": (Scope.READ_ANNOTATIONS, Action.ADJUDICATE),
    "api_adjudication.take_agreed": (Scope.WRITE_ADJUDICATION, Action.ADJUDICATE),
    "api_annotations.count": (Scope.READ_AGREEMENT, Action.SEE_AGREEMENT),
    "api_annotations.decide": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_annotations.finish": LABEL,
    "api_annotations.list_annotations": (Scope.READ_ANNOTATIONS, Action.EXPORT_GOLD),
    "api_annotations.list_changes": (Scope.READ_ANNOTATIONS, Action.EXPORT_ALL),
    "api_annotations.list_proposed": (Scope.READ_ANNOTATIONS, Action.ANNOTATE),
    "api_annotations.reopen": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_annotations.save_answer": LABEL,
    "api_annotations.show_agreement": (Scope.READ_AGREEMENT, Action.SEE_AGREEMENT),
    "api_annotations.show_own": (Scope.READ_ANNOTATIONS, Action.ANNOTATE),
    "api_annotations.start": LABEL,
    "api_annotations.keep": LABEL,
    "api_annotations.take_next": LABEL,
    "api_articles.erase": (Scope.WRITE_CORPUS, Action.EDIT_ARTICLES),
    "api_articles.edit": (Scope.WRITE_CORPUS, Action.EDIT_ARTICLES),
    "api_articles.mark": (Scope.WRITE_CORPUS, Action.MARK_ZONES),
    "api_articles.restore": (Scope.WRITE_CORPUS, Action.EDIT_ARTICLES),
    "api_articles.withdraw": (Scope.WRITE_CORPUS, Action.EDIT_ARTICLES),
    "api_corpus.import_articles": (Scope.WRITE_CORPUS, Action.IMPORT_ARTICLES),
    "api_corpus.list_articles": CORPUS,
    "api_corpus.list_sentences": CORPUS,
    "api_corpus.show_article": CORPUS,
    "api_corpus.show_job": (Scope.WRITE_CORPUS, Action.IMPORT_ARTICLES),
    "api_desk.change": CHECK,
    "api_desk.change_scale": (WRITE, Action.LEAD_DESK),
    "api_desk.change_settings": (WRITE, Action.LEAD_DESK),
    "api_desk.show_scale": SEE,
    "api_desk.show_settings": (READ, Action.LEAD_DESK),
    "api_editions.confirm_agreed": (Scope.WRITE_ADJUDICATION, Action.ADJUDICATE),
    "api_editions.confirm_own": LABEL,
    "api_editions.confirm_question": LABEL,
    "api_editions.correct": (Scope.WRITE_CORPUS, Action.EDIT_ARTICLES),
    "api_editions.cut": (Scope.WRITE_CORPUS, Action.MARK_ZONES),
    "api_editions.list_agreed_moved": (Scope.READ_ANNOTATIONS, Action.ADJUDICATE),
    "api_editions.list_own_moved": (Scope.READ_ANNOTATIONS, Action.ANNOTATE),
    "api_desk.comment": (WRITE, Action.SEE_DESK),
    "api_desk.dismiss": CHECK,
    "api_desk.give_to": CHECK,
    "api_desk.list_people": SEE,
    "api_desk.list_said": SEE,
    "api_evidence.add": CHECK,
    "api_evidence.edit": CHECK,
    "api_evidence.fetch": CHECK,
    "api_evidence.recheck_all": (WRITE, Action.LEAD_DESK),
    "api_evidence.show_job": SEE,
    "api_evidence.list_items": SEE,
    "api_evidence.list_log": SEE,
    "api_evidence.log": CHECK,
    "api_evidence.remove": CHECK,
    "api_general.list_projects": (None, None),
    "api_general.show_project": (None, Action.SEE_PROJECT),
    "api_general.show_token": (None, None),
    "api_guides.change": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_guides.change_guideline": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_guides.show_guideline": (Scope.READ_ANNOTATIONS, Action.SEE_PROJECT),
    "api_guides.show_job": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_guides.show_scheme": (Scope.READ_ANNOTATIONS, Action.SEE_PROJECT),
    "api_project.free": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.add": (Scope.WRITE_PROJECT, Action.MANAGE_MEMBERS),
    "api_project.change_roles": (Scope.WRITE_PROJECT, Action.MANAGE_MEMBERS),
    "api_project.change_settings": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_project.change_work": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_project.end": (Scope.WRITE_PROJECT, Action.MANAGE_MEMBERS),
    "api_project.hand_over": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.list_people": (Scope.WRITE_PROJECT, Action.MANAGE_MEMBERS),
    "api_project.list_slots": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.name_people": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.pause": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.resume": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_project.revoke": (Scope.WRITE_PROJECT, Action.MANAGE_MEMBERS),
    "api_project.show_settings": (Scope.WRITE_PROJECT, Action.CHANGE_PROJECT),
    "api_project.take_back": (Scope.WRITE_PROJECT, Action.ASSIGN_WORK),
    "api_label_studio.begin": LEAD,
    "api_label_studio.list_made": LEAD,
    "api_label_studio.list_open": LEAD,
    "api_label_studio.pause": LEAD,
    "api_label_studio.resume": LEAD,
    "api_label_studio.settle": LEAD,
    "api_label_studio.show": LEAD,
    "api_label_studio.show_job": LEAD,
    "api_label_studio.show_run": LEAD,
    "api_questions.ask": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_questions.list_asked": (Scope.READ_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_questions.note_read": (Scope.WRITE_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_questions.reopen": (Scope.WRITE_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_questions.reply": (Scope.WRITE_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_questions.settle": (Scope.WRITE_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_questions.show": (Scope.READ_ANNOTATIONS, Action.SEE_QUESTIONS),
    "api_registers.accept": (Scope.WRITE_ADJUDICATION, Action.EDIT_REGISTERS),
    "api_registers.add": (Scope.WRITE_ADJUDICATION, Action.ADJUDICATE),
    "api_registers.change": (Scope.WRITE_ADJUDICATION, Action.EDIT_REGISTERS),
    "api_registers.list_all": (Scope.READ_ANNOTATIONS, Action.EDIT_REGISTERS),
    "api_registers.list_own": (Scope.READ_ANNOTATIONS, Action.ANNOTATE),
    "api_registers.merge": (Scope.WRITE_ADJUDICATION, Action.EDIT_REGISTERS),
    "api_registers.propose": (Scope.WRITE_ANNOTATIONS, Action.ANNOTATE),
    "api_registers.show": (Scope.READ_ANNOTATIONS, Action.EDIT_REGISTERS),
    "api_registers.unmerge": (Scope.WRITE_ADJUDICATION, Action.EDIT_REGISTERS),
    "api_releases.build": (Scope.WRITE_RELEASES, Action.BUILD_RELEASE),
    "api_releases.change_texts": (Scope.WRITE_RELEASES, Action.BUILD_RELEASE),
    "api_releases.show_profile": (Scope.READ_RELEASES, Action.BUILD_RELEASE),
    "api_releases.list_all": RELEASE,
    "api_releases.list_datasets": (Scope.READ_RELEASES, None),
    "api_releases.send": RELEASE,
    "api_releases.send_all": RELEASE,
    "api_releases.show": RELEASE,
    "api_releases.show_build": (Scope.WRITE_RELEASES, Action.BUILD_RELEASE),
    "api_releases.withdraw": (Scope.WRITE_RELEASES, Action.BUILD_RELEASE),
    "api_stances.count": (Scope.READ_ANNOTATIONS, Action.SEE_STANCES),
    "api_stances.list_counts": (Scope.READ_ANNOTATIONS, Action.SEE_STANCES),
    "api_statements.add": CHECK,
    "api_statements.choose": CHECK,
    "api_statements.keep": CHECK,
    "api_statements.link": CHECK,
    "api_statements.list_claims": SEE,
    "api_statements.list_statements": SEE,
    "api_statements.make": CHECK,
    "api_statements.remove": CHECK,
    "api_statements.reword": CHECK,
    "api_statements.show": SEE,
    "api_statements.show_claim": SEE,
    "api_statements.take_off": CHECK,
    "api_statements.take_up": CHECK,
    "api_statements.unlink": CHECK,
    "api_training.change_rule": TRAIN,
    "api_training.give_reason": TRAIN,
    "api_training.let_through": TRAIN,
    "api_training.mark": TRAIN,
    "api_training.move_up": TRAIN,
    "api_training.show": TRAIN,
    "api_training.unmark": TRAIN,
    "api_verdicts.invite": CHECK,
    "api_verdicts.list_reviewers": (READ, Action.CHECK_FACTS),
    "api_verdicts.revoke": CHECK,
    "api_verdicts.ask": CHECK,
    "api_verdicts.give_own": CHECK,
    "api_verdicts.send_back": CHECK,
    "api_verdicts.show": SEE,
    "api_verdicts.sign": CHECK,
    "api_verdicts.submit": CHECK,
}

BY_ROLE, BY_SCOPE = "Your roles in this project", "This needs a token with the scope"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def things(app: Flask) -> dict[str, str]:
    app.extensions[BUCKETS] = Buckets(at_once=10**6)
    return make_things(app)


def operations(app: Flask, things: Mapping[str, str]) -> Iterator[tuple[Rule, str, str]]:
    """Yield each operation with its method and its path below the API's prefix."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            built = rule.build({name: things.get(name, "0" * 16) for name in rule.arguments})
            assert built
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            yield rule, method, built[1].removeprefix("/api/v1")


def inside(app: Flask, things: Mapping[str, str]) -> Iterator[tuple[Rule, str, str]]:
    return (one for one in operations(app, things) if "slug" in one[0].arguments)


def is_refused(answer: TestResponse, why: str) -> bool:
    """Tell whether it is refused for that; a case also is as long as somebody labels it."""
    return answer.status_code == 403 and answer.json["detail"].startswith(why)


def test_the_table_names_every_operation(app: Flask) -> None:
    found = {
        rule.endpoint: app.view_functions[rule.endpoint].rights  # type: ignore[attr-defined]
        for rule, _, _ in operations(app, {})
    }

    assert found == RIGHTS


def test_only_a_token_in_its_header_opens_anything(app: Flask, things: dict[str, str]) -> None:
    user = make_person(app)
    browser, secret = browser_of(app, user), make_secret_of(app, user)
    wrong = ({}, {"Authorization": f"Basic {secret}"}, {"Authorization": f"Bearer {secret}x"})

    for _, method, path in operations(app, things):
        for headers in wrong:
            answer = browser.open(f"/api/v1{path}?token={secret}", method=method, headers=headers)
            assert answer.status_code == 401, path
            assert answer.content_type == "application/problem+json"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    page = app.test_client().get("/account", headers={"Authorization": f"Bearer {secret}"})
    assert page.headers["Location"].startswith("/sign-in")


def test_a_token_that_is_over_opens_nothing(app: Flask, things: dict[str, str]) -> None:
    user = make_person(app)
    old = make_secret_of(app, user, now=utc_now() - timedelta(days=10), days=9)
    revoked = make_secret_of(app, user)
    with app.app_context(), transaction() as session:
        session.execute(update(ApiToken).values(revoked_at=utc_now()))

    for secret in (old, revoked, make_secret()):
        program = Program(app.test_client(use_cookies=False), secret)
        for _, method, path in operations(app, things):
            assert program.ask(method, path).status_code == 401, path


def test_what_a_token_does_not_reach_looks_as_if_it_were_not_there(
    app: Flask, things: dict[str, str]
) -> None:
    stranger = program_of(app, make_person(app, "eve@example.org", is_site_admin=True))
    both, other = make_person(app), make_project(app, "other")
    for project in (1, other):
        join(app, project, "ada@example.org", set(Role))
    bound = program_of(app, both, project_id=other)

    for program in (stranger, bound):
        for _, method, path in inside(app, things):
            hidden = program.ask(method, path)
            missing = program.ask(method, path.replace("/projects/demo", "/projects/nothing"))
            assert (hidden.status_code, hidden.text) == (404, missing.text), path
    assert [one["slug"] for one in bound.get("/projects").json["items"]] == ["other"]


def test_what_belongs_to_another_project_is_not_found(app: Flask, things: dict[str, str]) -> None:
    user, other = make_person(app), make_project(app, "other")
    join(app, other, "ada@example.org", set(Role))
    program = program_of(app, user)

    for rule, method, path in inside(app, things | {"slug": "other"}):
        if method in NO_BODY and rule.arguments - {"slug"}:
            assert program.ask(method, path).status_code == 404, path
        elif rule.arguments - {"slug"}:
            assert program.ask(method, path).status_code in {404, 422}, path


def test_a_role_opens_what_the_table_of_rights_says(app: Flask, things: dict[str, str]) -> None:
    for role in Role:
        email = f"{role.value}@example.org"
        user = make_person(app, email)
        join(app, 1, email, {role})
        program = program_of(app, user)
        for rule, method, path in inside(app, things):
            action = RIGHTS[rule.endpoint][1]
            answer = program.ask(method, path)
            assert action is not None
            assert is_refused(answer, BY_ROLE) is (role not in PERMISSIONS[action]), (role, path)
            assert answer.status_code < 500, path


def test_a_scope_opens_what_it_says(app: Flask, things: dict[str, str]) -> None:
    user = make_person(app)
    join(app, 1, "ada@example.org", set(Role))
    for scope in Scope:
        program = program_of(app, user, scopes={scope})
        for rule, method, path in operations(app, things):
            needed = RIGHTS[rule.endpoint][0]
            answer = program.ask(method, path)
            assert is_refused(answer, BY_SCOPE) is (needed not in {None, scope}), (scope, path)


def test_a_token_that_asks_too_often_waits_and_others_do_not(
    app: Flask, things: dict[str, str]
) -> None:
    app.extensions[BUCKETS] = Buckets(at_once=2, per_second=0.1)
    user = make_person(app)
    program, other = program_of(app, user), program_of(app, user)

    answers = [program.get("/token") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 10
    assert other.get("/token").status_code == 200
