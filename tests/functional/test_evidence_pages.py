"""The pages of evidence and searches: forms, cards, what a page is found to be, and who may."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.evidence import ARTICLE_URL, GIVEN, Case, let_fetch, open_case
from tests.hostile import Site, article, open_site, page
from tests.people import browser_of, join, make_person, send
from tests.statements import counted_statements
from workbench.app import JOBS
from workbench.corpus.tables import Article
from workbench.factcheck.evidence import list_evidence
from workbench.factcheck.tables import EvidenceRevision, SearchLog
from workbench.jobs.runner import run_waiting_jobs
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

PAGES = "/projects/demo/evidence/"
FIELDS = {
    "number": "0",
    "url": GIVEN.url,
    "title": GIVEN.title,
    "publisher": GIVEN.publisher,
    "published": "2023-11",
    "accessed": "2024-01-15",
    "bearing": "supports",
    "source_kind": "primary",
    "independence": "yes",
    "origin": GIVEN.origin,
    "question": GIVEN.question,
    "answer": GIVEN.answer,
    "answer_type": "abstractive",
    "passage": GIVEN.passage,
    "medium": "web_text",
    "archived_url": "",
    "note": "",
}
WRONG = [
    {"url": ""},
    {"url": "javascript:alert(1)"},
    {"url": "data:text/html,x"},
    {"url": "http://127.0.0.1/"},
    {"url": "http://169.254.169.254/latest/"},
    {"url": ARTICLE_URL},
    {"archived_url": "javascript:alert(1)"},
    {"title": ""},
    {"publisher": " "},
    {"question": ""},
    {"answer": ""},
    {"published": "soon"},
    {"published": "2023-02-30"},
    {"published": "2999"},
    {"accessed": ""},
    {"accessed": "15/01/2024"},
    {"accessed": "2999-01-01"},
    {"accessed": "2023-10-01"},
    {"bearing": "proves"},
    {"source_kind": ""},
    {"bearing": ""},
    {"medium": "rumour"},
    {"answer_type": "x"},
    {"independence": "perhaps"},
    {"independence": ""},
    {"passage": "p" * 5001},
]
BAD_VALUE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def case(app: Flask) -> Case:
    return open_case(app)


def post(case: Case, path: str, **fields: str) -> TestResponse:
    return send(case.checker.client, case.path + path, **fields)


def add(case: Case, **changes: str) -> TestResponse:
    return post(case, "evidence/new", **{**FIELDS, **changes})


def count(case: Case) -> int:
    with case.app.app_context():
        return len(list_evidence(db.session(), statement_id=case.row))


def section(shown: str) -> str:
    """Return the part of a statement's page that is about evidence."""
    return shown.partition('<section id="evidence"')[2].partition("</section>")[0]


def manager(case: Case) -> FlaskClient:
    user = make_person(case.app, "max@example.org", name="Max")
    join(case.app, case.checker.project_id, "max@example.org", {Role.MANAGER})
    return browser_of(case.app, user)


def test_what_a_form_says_is_kept_and_shown(case: Case) -> None:
    answer = add(case)

    (item,) = items(case)
    assert item.given == GIVEN
    assert answer.status_code == 303
    assert answer.location.endswith(f"#evidence-{item.id}")
    shown = case.checker.client.get(case.path).text
    for words in ("Rapport annuel", "Office des modèles", "Les modèles sont fermés.", "not kept"):
        assert words in shown
    assert f'href="{GIVEN.url}" class="title" rel="noopener noreferrer nofollow"' in shown


def items(case: Case) -> list[object]:
    with case.app.app_context():
        return list(list_evidence(db.session(), statement_id=case.row))


def test_a_page_that_is_there_already_is_kept_with_a_warning(case: Case) -> None:
    add(case, archived_url="")
    assert "of the same page" not in case.checker.client.get(case.path).text

    again = add(case, url=f"{GIVEN.url}/#part", title="Encore", publisher="Autre", origin="Autre")

    assert (again.status_code, count(case)) == (303, 2)
    assert "“Rapport annuel” is of the same page" in case.checker.client.get(case.path).text
    copy = f"https://web.archive.org/web/2023/{GIVEN.url}"
    add(case, url="https://other.example/a", title="Copie", archived_url=copy)
    assert "is of the same page" in case.checker.client.get(case.path).text


def test_what_is_no_evidence_is_shown_again_with_a_sentence(case: Case) -> None:
    for changes in WRONG:  # One case for all: making it takes longer than a form.
        answer = add(case, **changes)

        assert answer.status_code == 422, changes
        problems = ('class="notice problem" role="alert"', 'class="error"')
        assert any(problem in answer.text for problem in problems), changes

    assert count(case) == 0


def test_a_field_that_the_form_does_not_have_is_refused(case: Case) -> None:
    assert add(case, is_removed="1").status_code == 422
    assert add(case, made_by="1").status_code == 422
    assert count(case) == 0


def test_the_claimants_own_page_is_proposed_as_such(case: Case) -> None:
    with case.app.app_context(), transaction() as session:
        session.execute(update(Article).values(author="Ada Lovelace", outlet="Le Journal"))

    answer = add(case, publisher="ada lovelace", independence="")

    assert answer.status_code == 422
    assert '<option selected value="no">' in answer.text
    assert "Ada Lovelace" in case.checker.client.get(f"{case.path}evidence/new").text
    assert add(case, publisher="ada lovelace", independence="no").status_code == 303
    assert "the claimant’s own" in case.checker.client.get(case.path).text


def test_who_comes_second_sees_both(case: Case) -> None:
    evidence = case.add()
    address = f"evidence/{evidence}/edit"
    case.edit(evidence, 1, replace(GIVEN, title="Theirs"))

    answer = post(case, address, **{**FIELDS, "number": "1", "title": "Mine"})

    assert answer.status_code == 412
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert 'name="number" type="hidden" value="2"' in answer.text
    assert case.find(evidence).given.title == "Theirs"
    assert post(case, address, **{**FIELDS, "number": "2", "title": "Mine"}).status_code == 303
    assert case.find(evidence).given.title == "Mine"


def test_the_form_of_a_change_holds_what_is_known(case: Case) -> None:
    evidence = case.add(note="A note", is_independent=False)

    shown = case.checker.client.get(f"{case.path}evidence/{evidence}/edit").text

    for words in (GIVEN.title, GIVEN.publisher, "2024-01-15", "A note"):
        assert words in shown
    assert '<option selected value="no">' in shown
    assert '<option selected value="primary">' in shown


def test_evidence_is_taken_away_once(case: Case) -> None:
    evidence = case.add()
    path = f"evidence/{evidence}/remove"

    assert post(case, path, number="7").status_code == 303
    assert count(case) == 1
    assert post(case, path, number="1").status_code == 303
    assert post(case, path, number="1").status_code == 303
    assert count(case) == 0
    assert "1 piece was taken away." in case.checker.client.get(case.path).text
    shown = case.checker.client.get(f"{case.path}evidence/{evidence}/")
    assert (shown.status_code, "was taken away" in shown.text) == (200, True)
    assert case.checker.client.get(f"{case.path}evidence/{evidence}/edit").status_code == 404


def test_the_history_shows_what_was_there_before(case: Case) -> None:
    evidence = case.add()
    case.edit(evidence, 1, replace(GIVEN, title="Nouveau titre"))

    shown = case.checker.client.get(f"{case.path}evidence/{evidence}/").text

    assert "Nouveau titre" in shown
    assert "Rapport annuel" in shown


def test_what_is_later_than_the_claim_is_marked_and_dropped_on_request(case: Case) -> None:
    case.add(title="Earlier")
    case.add(title="Afterwards", published="2024-07", accessed=date(2024, 8, 1))

    everything = section(case.checker.client.get(case.path).text)
    time_safe = section(case.checker.client.get(f"{case.path}?time_safe=1").text)

    assert "later than the claim" in everything
    assert ("Afterwards" in everything, "Afterwards" in time_safe) == (True, False)
    assert "Earlier" in time_safe
    assert "1 later piece is left out." in time_safe


def test_without_a_date_there_is_no_time_safe_view(app: Flask) -> None:
    case = open_case(app, published=None)
    case.add(title="Afterwards", published="2024-07", accessed=date(2024, 8, 1))

    shown = case.checker.client.get(f"{case.path}?time_safe=1").text

    assert "there is no time-safe view" in shown
    assert "Afterwards" in shown


def test_words_of_people_are_words(case: Case) -> None:
    case.add(
        title=BAD_VALUE,
        publisher=BAD_VALUE,
        passage=BAD_VALUE,
        answer=BAD_VALUE,
        url="https://a.example/" + BAD_VALUE.replace(" ", ""),
    )

    shown = case.checker.client.get(case.path).text

    assert BAD_VALUE not in shown
    assert "&lt;img src=x" in shown


def test_an_address_that_is_no_link_any_more_is_not_shown_as_one(case: Case) -> None:
    case.add()
    with case.app.app_context(), transaction() as session:
        session.execute(update(EvidenceRevision).values(url="javascript:alert(1)"))

    assert "javascript:" not in case.checker.client.get(case.path).text
    assert 'href="javascript' not in case.checker.client.get(PAGES).text


@pytest.fixture
def site() -> Iterator[Site]:
    text = "Les modèles sont fermés. " + "Ils le sont depuis 2019, dit l’office. " * 4
    with open_site({"/": page(article(text, text))}) as site:
        yield site


def work(app: Flask) -> None:
    run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())


def test_a_button_fetches_the_page(case: Case, site: Site) -> None:
    let_fetch(case.app, site)
    evidence = case.add(url=site.url("/"), private_hosts=frozenset({site.place}))
    button = f"evidence/{evidence}/"

    assert post(case, f"{button}fetch").status_code == 303
    assert "is being fetched" in case.checker.client.get(case.path).text
    work(case.app)

    assert "passage found in the page" in case.checker.client.get(case.path).text
    shown = case.checker.client.get(f"{case.path}{button}").text
    assert "<mark>Les modèles sont fermés.</mark>" in shown
    assert "SHA-256" in shown
    site.answers["/"] = page(article("Une autre page, tout à fait différente. " * 9))
    post(case, f"{button}recheck")
    work(case.app)

    drifted = case.checker.client.get(case.path).text
    assert "The page has changed since it was kept." in drifted
    assert "Keep the page as it is now" in drifted
    assert "Une autre page" in case.checker.client.get(f"{case.path}{button}").text


def test_a_fetch_that_fails_says_why_on_the_page(case: Case, site: Site) -> None:
    let_fetch(case.app, site)
    case.add(url="https://office.example/report")
    (item,) = items(case)

    post(case, f"evidence/{item.id}/fetch")  # type: ignore[attr-defined]
    work(case.app)

    shown = case.checker.client.get(case.path).text
    assert "There is no site office.example" in shown
    assert "Nothing was changed." in shown


def test_a_manager_lets_all_pages_be_looked_at(case: Case, site: Site) -> None:
    let_fetch(case.app, site)
    case.add(url=site.url("/"), private_hosts=frozenset({site.place}))
    case.add(title="Nowhere to be had")
    lead = manager(case)

    assert "There is no evidence" not in lead.get(PAGES).text
    assert send(lead, f"{PAGES}recheck").status_code == 303
    assert "0 of 2 pages looked at" in lead.get(PAGES).text
    work(case.app)

    shown = lead.get(PAGES).text
    assert "Nowhere to be had" in shown
    assert "All were last looked at:" in shown
    assert send(case.checker.client, f"{PAGES}recheck").status_code == 403


def test_a_project_without_evidence_says_so(case: Case) -> None:
    lead = manager(case)

    assert "There is no evidence in this project yet." in lead.get(PAGES).text
    answer = send(lead, f"{PAGES}recheck")
    assert answer.status_code == 303
    assert "There is no evidence to look at yet." in lead.get(PAGES).text


def test_a_search_is_noted_and_listed(case: Case) -> None:
    fields = {
        "query": "licence Llama",
        "place": "OSI",
        "searched_on": "2024-01-10",
        "outcome": "Rien.",
    }
    assert post(case, "searches", **fields).status_code == 303
    assert "licence Llama" in case.checker.client.get(case.path).text

    late = post(case, "searches", **{**fields, "searched_on": "2999-01-01"})
    assert "the day on which it was searched" in late.text
    for wrong in ({"query": ""}, {"searched_on": "2999-01-01"}, {"outcome": " "}):
        assert post(case, "searches", **{**fields, **wrong}).status_code == 422
    with case.app.app_context():
        assert len(db.session.scalars(select(SearchLog.id)).all()) == 1


def test_who_only_reads_the_desk_changes_nothing(case: Case) -> None:
    evidence = case.add()
    lead = manager(case)

    shown = lead.get(case.path)

    assert shown.status_code == 200
    assert "Add evidence" not in shown.text
    for path in ("evidence/new", f"evidence/{evidence}/edit", "searches"):
        assert send(lead, case.path + path).status_code == 403


def test_the_page_takes_few_statements_however_much_evidence(case: Case) -> None:
    case.add()
    with counted_statements() as one:
        case.checker.client.get(case.path)
    for number in range(8):
        case.add(title=f"Title {number}")

    with counted_statements() as many:
        case.checker.client.get(case.path)

    assert len(many) == len(one), many
