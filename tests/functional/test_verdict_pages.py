"""The pages of the desk: writing a verdict, its review, the board, and how it is set up."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import update

from tests.cases import Case, open_case
from tests.factories import NOW
from tests.people import browser_of, hidden, send
from workbench.factcheck.desks import read_desk
from workbench.factcheck.judging import OwnVerdict, judge
from workbench.factcheck.queries import current_state
from workbench.factcheck.rules import State
from workbench.factcheck.scales import default_scale, read_scale
from workbench.factcheck.tables import Statement
from workbench.resources import resource_folder
from workbench.storage.base import make_public_id
from workbench.storage.database import db, transaction

SCHEMA = "agreement-report.v1.schema.json"


@dataclass
class Newsroom:
    """A statement, and the browsers of those who work on it."""

    app: Flask
    case: Case
    felix: FlaskClient
    mona: FlaskClient

    @property
    def page(self) -> str:
        return f"/projects/demo/statements/{self.case.statement}/"

    def state(self) -> State:
        with self.app.app_context():
            return current_state(db.session(), statement_id=self.case.row)

    def browser(self, name: str) -> FlaskClient:
        return browser_of(self.app, self.case.people[name])

    def hidden(self, client: FlaskClient, page: str = "verdict") -> dict[str, str]:
        """What the form on a page carries unseen."""
        text = client.get(self.page + page).text
        found = re.findall(r'<input[^>]*name="(id|base|wording|number)"[^>]*value="([^"]*)"', text)
        return dict(found)

    def write(self, client: FlaskClient, **fields: str):  # type: ignore[no-untyped-def]
        given = {"value": "supported", "justification": "It **says** so.", "act": "save"}
        page = f"{self.page}verdict"
        return send(client, page, **{**self.hidden(client), **given, **fields})


@pytest.fixture
def room(app: Flask) -> Newsroom:
    return open_room(app)


def open_room(app: Flask, *checkers: str) -> Newsroom:
    with app.app_context(), transaction() as session:
        case = open_case(session, checkers=checkers or ("felix", "greta"))
        case.add_evidence(session)
    people = case.people
    return Newsroom(app, case, browser_of(app, people["felix"]), browser_of(app, people["mona"]))


def test_a_verdict_goes_from_form_to_approval(room: Newsroom) -> None:
    assert room.write(room.felix, act="ask").status_code == 303
    assert room.state() is State.IN_REVIEW
    greta = room.browser("greta")
    assert "To review" in greta.get("/projects/demo/desk/").text
    review = greta.get(f"{room.page}review").text
    assert "<strong>says</strong>" in review
    assert 'hx-get="/projects/demo/balance/"' in review
    assert "The weights are no longer published." in review

    sent = send(greta, f"{room.page}review/approve", number="1", note="")

    assert (sent.status_code, room.state()) == (303, State.PUBLISHED)
    page = room.felix.get(room.page).text
    assert 'class="stamp verified"' in page
    assert "Verdict approved" in page


def test_the_author_is_told_that_somebody_else_approves(room: Newsroom) -> None:
    room.write(room.felix, act="ask")

    assert "You wrote it" in room.felix.get(f"{room.page}review").text
    refused = send(room.felix, f"{room.page}review/approve", number="1", note="")

    assert refused.status_code == 422
    assert "Somebody else than the author has to approve it." in refused.text
    assert room.state() is State.IN_REVIEW


def test_the_list_says_what_is_missing_and_nothing_typed_is_lost(room: Newsroom) -> None:
    client = room.felix
    checked = room.write(client, act="check", value="conflicting", justification="Half true.")

    assert checked.status_code == 200
    assert "Half true." in checked.text
    assert "needs a source that refutes it" in checked.text
    assert "Say in the context note" in checked.text
    with room.app.app_context():
        assert not db.session.execute(db.text("SELECT id FROM verdict_revision")).all()
    fields = {**room.hidden(client), "value": "", "justification": "", "act": "check"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert token
    part = client.post(
        f"{room.page}verdict",
        data={"csrf_token": token[1], **fields},
        headers={"HX-Request": "true"},
    )
    assert part.text.lstrip().startswith("{#") is False
    assert "No verdict is chosen yet." in part.text
    assert "<html" not in part.text


def test_what_is_not_ready_is_kept_and_not_asked_for(room: Newsroom) -> None:
    answer = room.write(room.felix, act="ask", value="not_enough_evidence")

    assert answer.status_code == 303
    assert "needs a search log" in room.felix.get(room.page).text
    assert room.state() is State.OPEN


def test_of_two_who_write_the_second_sees_both(room: Newsroom) -> None:
    greta = room.browser("greta")
    hers = room.hidden(greta)
    room.write(room.felix, justification="His words.")

    late = send(
        greta,
        f"{room.page}verdict",
        **{**hers, "value": "refuted", "justification": "Her words.", "act": "save"},
    )

    assert late.status_code == 412
    assert "His words." in late.text
    assert "Her words." in late.text
    again = dict(re.findall(r'<input[^>]*name="(id|base|wording)"[^>]*value="([^"]*)"', late.text))
    sent = send(
        greta,
        f"{room.page}verdict",
        **{**again, "value": "refuted", "justification": "Her words.", "act": "save"},
    )
    assert sent.status_code == 303


@pytest.mark.parametrize(
    "fields",
    [{"value": "true"}, {"value": ""}, {"rating": "supported"}, {"justification": "x" * 20_001}],
)
def test_odd_verdicts_are_refused_with_a_sentence(room: Newsroom, fields: dict[str, str]) -> None:
    refused = room.write(room.felix, **fields)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text or "no field" in refused.text


def test_a_reviewer_from_outside_sees_one_revision_and_nothing_else(app: Flask) -> None:
    room = open_room(app, "felix")
    room.write(room.felix, act="ask")
    invited = send(
        room.felix, f"{room.page}review/invite", number="1", name="Olga", email="olga@example.com"
    )
    assert invited.status_code == 303
    shown = room.felix.get(f"{room.page}review").text
    link = re.search(r"/review/[\w-]+", shown)
    assert link, shown
    olga = app.test_client()

    page = olga.get(link[0])

    assert page.status_code == 200
    assert "The weights are no longer published." in page.text
    assert "/projects/" not in page.text
    assert olga.get("/projects/demo/").status_code == 303
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    fields = {"csrf_token": token[1], "name": "Olga O.", "note": "", "act": "return"}
    assert olga.post(link[0], data=fields).status_code == 422
    assert room.state() is State.IN_REVIEW
    approved = olga.post(link[0], data={**fields, "act": "approve"})
    assert (approved.status_code, room.state()) == (200, State.PUBLISHED)
    assert olga.get(link[0]).status_code == 410
    own_page = room.felix.get(room.page).text
    for section in ("review", "history"):
        part = own_page.partition(f'<section id="{section}"')[2].partition("</section>")[0]
        assert "Olga O." in part
        assert "by link, invited by Felix" in part
    for page in (f"{room.page}review", "/projects/demo/desk/board"):
        assert "by link, invited by Felix" in room.felix.get(page).text


def test_an_opinion_has_no_form_for_a_verdict(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session, claim_type="opinion")
        case.set_desk(session, blind_verdicts=True)
    client = browser_of(app, case.people["felix"])
    page = f"/projects/demo/statements/{case.statement}/"

    assert "own verdict" not in client.get(page).text
    for form in ("verdict", "own-verdict"):
        answer = client.get(page + form)
        assert (answer.status_code, "never rated" in answer.text) == (422, True), form


def test_blind_verdicts_hide_what_others_think(room: Newsroom) -> None:
    with room.app.app_context(), transaction() as session:
        room.case.set_desk(session, blind_verdicts=True)
    assert "Give your own verdict first" in room.felix.get(room.page).text
    assert room.felix.get(f"{room.page}verdict").status_code == 403
    own = {**room.hidden(room.felix, "own-verdict"), "value": "supported", "justification": "Yes!"}
    assert send(room.felix, f"{room.page}own-verdict", **own).status_code == 303
    assert room.write(room.felix, act="ask").status_code == 303
    greta = room.browser("greta")

    for page in (room.page, f"{room.page}review", f"{room.page}own-verdict"):
        text = greta.get(page).text
        assert "Yes!" not in text
        assert "It <strong>says</strong> so." not in text
    assert send(greta, f"{room.page}review/approve", number="1", note="").status_code == 403

    assert "There is no figure yet" in greta.get("/projects/demo/desk/agreement").text


def test_comments_assignment_and_withdrawal_are_on_the_page(room: Newsroom) -> None:
    client = room.felix
    hidden = re.search(r'name="id" value="(\w+)"', client.get(room.page).text)
    assert hidden
    assert (
        send(room.mona, f"{room.page}comments", id=hidden[1], text="<b>Look</b>").status_code == 303
    )
    assert "&lt;b&gt;Look&lt;/b&gt;" in client.get(room.page).text
    with room.app.app_context():
        me = db.session.execute(
            db.text("SELECT public_id FROM \"user\" WHERE name = 'Felix'")
        ).scalar_one()
    for words, refused in (
        ({"to": me, "due_on": "0001-01-01"}, "This day has passed"),
        ({"to": "nobody-here"}, "Only a fact-checker of the project"),
    ):
        assert send(client, f"{room.page}assign", **words).status_code == 303
        assert refused in client.get(room.page).text
    assert send(client, f"{room.page}assign", to=me).status_code == 303
    with room.app.app_context(), transaction() as session:
        session.execute(update(Statement).values(due_on=date(2020, 1, 2)))
    assert "was due on" in client.get("/projects/demo/desk/").text
    assert send(client, f"{room.page}withdraw", reason="Not ours.").status_code == 303
    assert room.state() is State.WITHDRAWN
    assert send(client, f"{room.page}reopen", reason="It is.").status_code == 303
    assert "Not ours." in client.get(room.page).text


def test_a_list_of_ones_desk_that_is_cut_leads_to_the_board(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.write(room.felix, act="ask")
    desk = room.browser("greta")
    assert "the board has all" not in desk.get("/projects/demo/desk/").text

    monkeypatch.setattr("workbench.web.views.desk.MOST", 1)

    assert "At most 1 stand here; the board has all." in desk.get("/projects/demo/desk/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?words=MODELES+openai", True),
        ("?words=licence", False),
        ("?assignee=nobody", True),
        ("?assignee=me", False),
        ("?type=fact", True),
        ("?type=number", False),
        ("?late=yes", False),
        ("?open=99", True),
    ],
)
def test_the_board_shows_what_is_asked_for(room: Newsroom, query: str, found: bool) -> None:
    page = room.felix.get(f"/projects/demo/desk/board{query}")

    assert page.status_code == 200
    assert (f"statements/{room.case.statement}/" in page.text) is found


def test_managers_set_up_the_desk_and_see_the_texts_first(room: Newsroom) -> None:
    path = "/projects/demo/desk/settings"
    assert room.felix.get(path).status_code == 403
    fields = {"method_fr": "Nous **lisons**.", "corrections_fr": "x", "funding_fr": "y"}
    fields["state"] = hidden(room.mona.get(path).text, "state")
    preview = send(room.mona, path, **fields, act="preview")
    assert "<strong>lisons</strong>" in preview.text

    refused = send(room.mona, path, **fields, publishes="y", act="save")
    assert (refused.status_code, "which organisation" in refused.text) == (422, True)
    assert "Nous **lisons**." in refused.text
    named = {
        **fields,
        "organisation": "The Desk",
        "organisation_url": "https://desk.example.org/",
        "contact": "desk@example.org",
        "is_nonpartisan": "y",
    }
    assert send(room.mona, path, **named, publishes="y", act="save").status_code == 303
    with room.app.app_context():
        desk = read_desk(db.session(), project_id=room.case.project_id)
    assert (desk.publishes, desk.method["fr"]) == (True, "Nous **lisons**.")


def test_of_two_who_set_up_the_desk_the_second_is_told(room: Newsroom) -> None:
    path = "/projects/demo/desk/settings"
    fields = {"state": hidden(room.mona.get(path).text, "state"), "act": "save"}
    send(room.mona, path, **fields, blind_verdicts="y", corrections_en="We\r\ndo.")

    refused = send(room.mona, path, **fields, organisation="The Desk", corrections_en="We\r\ndo.")

    told = "<dt>Ask every fact-checker for a verdict of their own first</dt><dd><bdi>yes</bdi></dd>"
    assert refused.status_code == 412
    assert f'<dl class="newest">{told}<dt>Organisation</dt><dd><bdi>–</bdi></dd></dl>' in (
        refused.text
    )
    fields["state"] = hidden(refused.text, "state")
    assert send(room.mona, path, **fields, organisation="The Desk").status_code == 303
    with room.app.app_context():
        desk = read_desk(db.session(), project_id=room.case.project_id)
    assert (desk.blind_verdicts, desk.organisation) == (False, "The Desk")


def test_managers_give_the_project_another_scale(room: Newsroom) -> None:
    path = "/projects/demo/desk/scale"
    document = room.mona.get(f"{path}.json").text
    assert "supported" in document
    changed = document.replace("Confirmé", "Avéré")

    assert send(room.mona, path, document="{", base="1").status_code == 400
    wrong = send(room.mona, path, document=document.replace('"verified"', '"disputed"'), base="1")
    assert (wrong.status_code, "shown as verified" in wrong.text) == (422, True)
    assert send(room.mona, path, document=changed, base="1").status_code == 303

    assert "Revision 2" in room.mona.get(path).text
    with room.app.app_context():
        newest = read_scale(db.session(), project_id=room.case.project_id)
    assert newest.scale.values["supported"].words["fr"] == "Avéré"
    assert default_scale().values["supported"].words["fr"] == "Confirmé"

    other = changed.replace("Réfuté", "Démenti")
    stale = send(room.mona, path, document=other, base="1")
    assert (stale.status_code, "Avéré" in stale.text, "Démenti" in stale.text) == (412, True, True)
    base = hidden(stale.text, "base")
    assert send(room.mona, path, document=other, base=base).status_code == 303


def test_an_own_verdict_given_elsewhere_is_shown_beside(room: Newsroom) -> None:
    with room.app.app_context(), transaction() as session:
        room.case.set_desk(session, blind_verdicts=True)
    page, here = f"{room.page}own-verdict", room.hidden(room.felix, "own-verdict")
    there = room.hidden(room.felix, "own-verdict")
    given = {"value": "supported", "justification": "As I said there."}
    assert send(room.felix, page, **there, **given).status_code == 303

    mine = {"value": "refuted", "justification": "As I say here."}
    stale = send(room.felix, page, **here, **mine)

    assert stale.status_code == 412
    assert stale.text.index("As I said there.") < stale.text.index("As I say here.")
    here["base"] = hidden(stale.text, "base")
    assert send(room.felix, page, **here, **mine).status_code == 303


def test_an_own_verdict_of_before_a_reopening_is_given_anew(room: Newsroom) -> None:
    with room.app.app_context(), transaction() as session:
        room.case.set_desk(session, blind_verdicts=True)
    page, given = f"{room.page}own-verdict", {"value": "supported", "justification": "It says so."}
    send(room.felix, page, **room.hidden(room.felix, "own-verdict"), **given)
    here = room.hidden(room.felix, "own-verdict")
    for act in ("withdraw", "reopen"):
        assert send(room.felix, room.page + act, reason="New facts.").status_code == 303

    stale = send(room.felix, page, **here, **given | {"value": "refuted"})

    assert (stale.status_code, hidden(stale.text, "base")) == (412, "0")
    assert "You have no verdict here to change: where a statement was reopened" in stale.text
    assert "elsewhere" not in stale.text
    assert send(room.felix, page, **here | {"base": "0", "value": "refuted"}).status_code == 303


def test_the_report_of_agreement_has_the_classes_of_verdicts(
    room: Newsroom, cli: Callable[..., Result]
) -> None:
    assert "verdicts" not in json.loads(report(cli, "json"))
    with room.app.app_context(), transaction() as session:
        room.case.set_desk(session, blind_verdicts=True)
        for name, value in (("felix", "supported"), ("greta", "refuted")):
            judge(
                session,
                project_id=room.case.project_id,
                statement=room.case.statement,
                given=OwnVerdict(make_public_id(), 0, value, ""),
                by=room.case.people[name],
                now=NOW,
            )

    found = json.loads(report(cli, "json"))

    assert (found["verdicts"]["people"], found["verdicts"]["statements"]) == (2, 1)
    assert found["verdicts"]["figure"]["value"] == 0
    schema = json.loads((resource_folder("schemas") / SCHEMA).read_text())
    assert list(Draft202012Validator(schema).iter_errors(found)) == []
    for format_ in ("text", "html"):
        assert "verdict class, alpha, nominal: 0.00" in " ".join(report(cli, format_).split())
    assert "<h2>Verdicts</h2>" in report(cli, "html")
    page = room.mona.get("/projects/demo/agreement/").text
    assert "1 statement was judged by two fact-checkers" in page
    assert "There is no figure yet" not in room.mona.get("/projects/demo/desk/agreement").text


def test_a_scale_comes_from_a_file(
    room: Newsroom, cli: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "scale.json"
    file.write_text(json.dumps(default_scale().document).replace("True", "Correct"))

    done = cli("project", "scale", file, "--project", "demo")

    assert (done.exit_code, "revision 2" in done.output) == (0, True)
    file.write_text("{}")
    assert cli("project", "scale", file, "--project", "demo").exit_code == 2


def report(cli: Callable[..., Result], kind: str) -> str:
    done = cli("agreement", "report", "--project", "demo", "--format", kind)
    assert done.exit_code == 0, done.output
    return str(done.stdout)
