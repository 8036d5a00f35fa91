"""The demo project: what its invented annotators have answered, given once and kept."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.demos import make_debate
from tests.people import browser_of, send
from workbench.accounts.queries import user_by_email
from workbench.accounts.tables import User
from workbench.adjudication.agreeing import report_agreement
from workbench.adjudication.contests import count_open_objections
from workbench.adjudication.tables import Adjudication, ClaimSource, Contest
from workbench.canonical import JsonObject
from workbench.cli.agreement_text import print_text
from workbench.cli.demo import DEBATE, INVENTED, make_demo
from workbench.cli.demo_statements import read_acts
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.factcheck.queries import newest_state
from workbench.factcheck.rules import State
from workbench.factcheck.tables import (
    Desk,
    Evidence,
    EvidenceFetch,
    EvidenceRevision,
    Statement,
    VerdictRevision,
)
from workbench.labelling.registers import load_registers
from workbench.labelling.rules import AssignmentState
from workbench.labelling.tables import AnnotationRevision, Assignment, Claim, Question
from workbench.labelling.threads import Viewer, count_questions
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import WorkGiven
from workbench.storage.base import Base
from workbench.storage.database import db, transaction

pytestmark = pytest.mark.begins_with(make=make_debate)
begins_empty = pytest.mark.begins_with(make=None)

FILES = ("answers.jsonl", "adjudication.jsonl")


def read_lines(folder: Path) -> list[JsonObject]:
    texts = [(folder / name).read_text("utf-8") for name in FILES]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def count(table: type[Base]) -> int:
    return db.session().scalar(select(func.count()).select_from(table)) or 0


def test_the_answers_have_the_ids_and_times_of_the_files(app: Flask) -> None:
    lines = read_lines(DEBATE.answers)

    with app.app_context():
        stored = db.session().execute(
            select(AnnotationRevision.public_id, AnnotationRevision.made_at)
        )
        assert {(id_, at.isoformat(timespec="milliseconds")) for id_, at in stored} == {
            (line["answer"]["id"], line["made_at"]) for line in lines
        }


def test_two_have_finished_every_article_and_a_third_may_read_two(app: Flask) -> None:
    with app.app_context():
        states = Counter(db.session().scalars(select(Assignment.state)))

    assert states == {AssignmentState.FINISHED: 10, AssignmentState.OPEN: 2}


def test_what_is_agreed_says_why_and_what_it_was_made_from(app: Flask) -> None:
    with app.app_context():
        rows = db.session().scalars(select(Adjudication)).all()

        assert Counter(row.outcome for row in rows) == {"accept": 7, "edit": 1}
        assert all(row.reason and row.note for row in rows)
        assert count(ClaimSource) > count(Adjudication)


def test_a_speaker_and_a_target_wait_to_be_accepted(app: Flask) -> None:
    with app.app_context():
        registers = load_registers(
            db.session(), project_id=project_by_slug(db.session(), slug=DEBATE.slug).id
        )

    assert [one.name for one in registers.speakers if one.proposed] == ["Certains acteurs de l’IA"]
    assert [one.id for one in registers.targets if one.proposed] == ["choixdufournisseur"]


def test_there_is_something_to_answer_and_something_answered(app: Flask) -> None:
    with app.app_context():
        project_id = project_by_slug(db.session(), slug=DEBATE.slug).id
        ada = user_by_email(db.session(), email="ada@example.org").id
        viewer = Viewer(ada, is_lead=True)

        assert count(Question) == 3
        assert [
            count_questions(db.session(), project_id=project_id, viewer=viewer, settled=settled)
            for settled in (False, True)
        ] == [2, 1]
        assert count(Contest) == 2
        assert count_open_objections(db.session(), project_id=project_id, reader=ada) == 1


def test_the_figures_in_the_readme_are_those_of_the_report(app: Flask) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (table,) = re.findall(r"the demo's two annotators.*?\n((?:\|.*\n)+)", readme)
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[1:]]
    with app.app_context():
        project = project_by_slug(db.session(), slug=DEBATE.slug)
        found = report_agreement(db.session(), project_id=project.id)
        printed = print_text(found, DEBATE.slug)

    assert len(rows) == 8
    for name, measure, value, n in rows:
        assert re.search(rf"^{name} +{measure} +{value} .* {n} +5\b", printed, re.MULTILINE), name


def test_statements_are_in_every_state(app: Flask) -> None:
    with app.app_context():
        states = Counter(db.session().scalars(select(newest_state()).select_from(Statement)))

    assert states == {
        State.OPEN: 2,
        State.ASSIGNED: 2,
        State.IN_REVIEW: 1,
        State.PUBLISHED: 3,
        State.CORRECTED: 1,
        State.WITHDRAWN: 1,
    }


def test_evidence_is_stored_with_the_passages_of_the_file(app: Flask) -> None:
    written = {
        (act.statement, act.evidence.url, act.evidence.passage)
        for act in read_acts(DEBATE.answers)
        if act.evidence
    }
    with app.app_context():
        stored = db.session().execute(
            select(Statement.public_id, EvidenceRevision.url, EvidenceRevision.passage)
            .join(Evidence, Evidence.statement_id == Statement.id)
            .join(EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id)
        )
        assert {(row[0], row[1], row[2]) for row in stored} == written
        assert count(EvidenceFetch) == 0


def test_readers_see_the_checks_and_that_they_are_a_demo(app: Flask) -> None:
    client = app.test_client()
    root = f"/checks/{DEBATE.slug}/"
    listed = client.get(f"{root}?lang=fr").text
    addresses = re.findall(rf'<h2 lang="fr"><a href="({root}[^"?]+)', listed)

    assert len(addresses) == 4
    pages = [root, *addresses, f"{root}method", f"{root}corrections"]
    for page in (client.get(address) for address in pages):
        assert page.status_code == 200
        assert "Demo, not a real fact-check" in page.text
    corrected = client.get(f"{root}alliance-quarante/").text
    assert "Dartmouth has joined more than 50 other leaders" in corrected
    assert "confirmait le nombre sans regarder qui sont les membres" in corrected


def test_vera_reviews_what_waits_and_readers_see_it(app: Flask) -> None:
    with app.app_context():
        vera = user_by_email(db.session(), email="vera@example.org").id
    browser, desk = browser_of(app, vera), f"/projects/{DEBATE.slug}"
    page, public = (
        f"{desk}/statements/treize-milliards/",
        f"/checks/{DEBATE.slug}/treize-milliards/",
    )

    assert public not in browser.get(page).text
    assert browser.get(public).status_code == 404
    assert f"{page}review" in browser.get(f"{desk}/desk/").text
    send(browser, f"{page}review/approve", page=f"{page}review", number="1", note="")
    assert f'href="{public}"' in browser.get(page).text
    assert "have made total funding commitments of $13 billion" in browser.get(public).text
    assert "Dartmouth Joins" in browser.get(f"{desk}/statements/alliance-quarante/").text


def test_a_demo_made_again_keeps_everything(app: Flask) -> None:
    tables = (
        *(User, Assignment, AnnotationRevision, Adjudication, Claim, Question, Contest),
        *(Statement, EvidenceRevision, VerdictRevision, Desk),
    )
    with app.app_context():
        before = [count(table) for table in tables]
        make_demo(DEBATE, utc_now())
        assert [count(table) for table in tables] == before


@begins_empty
def test_an_empty_demo_has_people_and_gets_its_answers_when_it_is_wanted(app: Flask) -> None:
    with app.app_context():
        make_demo(DEBATE, utc_now(), empty=True)
        assert (count(User), count(Assignment), count(AnnotationRevision)) == (9, 0, 0)

        make_demo(DEBATE, utc_now())
        assert count(AnnotationRevision) == 312


@begins_empty
def test_a_demo_whose_work_is_given_by_name_goes_without_the_answers(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        make_demo(DEBATE, utc_now(), empty=True)
        with transaction() as session:
            project_by_slug(session, slug=DEBATE.slug).work_given = WorkGiven.NAMED.value
        make_demo(DEBATE, utc_now())

        assert count(AnnotationRevision) == 0
    assert "left out: A manager says" in capsys.readouterr().err


@begins_empty
def test_the_invented_articles_have_a_project_of_their_own_and_the_same_people(app: Flask) -> None:
    with app.app_context():
        make_demo(DEBATE, utc_now(), empty=True)
        make_demo(INVENTED, utc_now())

        assert count(User) == 9
        assert count(AnnotationRevision) == len(read_lines(INVENTED.answers))
        rights = db.session().scalars(select(Article.rights)).all()
        assert len(rights) == 4
        assert all(one and one.startswith("Apache-2.0") for one in rights)
