"""Evidence: written down, changed, taken away; what is refused; and when it was there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.evidence import ARTICLE_URL, GIVEN, Case, open_case
from tests.factcheckers import make_one
from tests.unit.test_links import BAD
from workbench.accounts.tables import AuditEvent
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.errors import InvalidInputError, NotFoundError
from workbench.factcheck.appearances import read_appearances
from workbench.factcheck.evidence import (
    Claimants,
    StaleEvidenceError,
    check_evidence,
    list_evidence,
    list_revisions,
    read_claimants,
    read_evidence,
    remove_evidence,
)
from workbench.factcheck.evidence_section import list_time_safe
from workbench.factcheck.queries import find_statement
from workbench.factcheck.rules import AnswerType
from workbench.factcheck.searches import Search, list_searches, log_search
from workbench.storage.database import db, transaction

SEARCH = Search("Llama 2 licence", "archive of the OSI", date(2024, 1, 10), "Nothing.")


@pytest.fixture
def case(app: Flask) -> Case:
    return open_case(app)


def take_away(case: Case, evidence: str, base: int) -> None:
    with case.app.app_context(), transaction() as session:
        remove_evidence(
            session,
            project_id=case.checker.project_id,
            statement=case.statement,
            evidence=evidence,
            base=base,
            by=case.checker.user_id,
            now=utc_now(),
        )


def titles(case: Case, **values: object) -> list[str]:
    with case.app.app_context():
        found = list_evidence(db.session(), statement_id=case.row, **values)  # type: ignore[arg-type]
        return [item.given.title for item in found]


def test_evidence_is_kept_as_it_was_written(case: Case) -> None:
    evidence = case.add()

    item = case.find(evidence)

    assert (item.given, item.number, item.is_removed) == (GIVEN, 1, False)
    assert item.made_by == case.checker.user_id


def test_texts_and_addresses_are_kept_in_one_form(case: Case) -> None:
    evidence = case.add(
        url=" HTTPS://Office.example:443/rapport é".replace(" é", "é"),
        title="  Un \n titre ",
        passage="  deux\r\nlignes ",
        archived_url="  ",
    )

    given = case.find(evidence).given

    assert given.url == "https://office.example/rapport%C3%A9"
    assert (given.title, given.passage, given.archived_url) == ("Un titre", "deux\nlignes", None)


def test_the_same_evidence_twice_is_one(case: Case) -> None:
    assert case.add() == case.add()
    assert case.add(title="Other") != case.add()
    assert titles(case) == ["Rapport annuel", "Other"]


def test_a_change_is_another_revision(case: Case) -> None:
    evidence = case.add()
    first = case.find(evidence).revision

    assert case.edit(evidence, 1, replace(GIVEN, title="Nouveau")) == 2
    assert case.edit(evidence, 2, replace(GIVEN, title="Nouveau")) == 2

    assert titles(case) == ["Nouveau"]
    with case.app.app_context():
        revisions = list_revisions(db.session(), statement_id=case.row, public_id=evidence)
        assert [one.number for one in revisions] == [2, 1]
        (frozen,) = read_evidence(db.session(), revisions=[first])
    assert frozen.given == GIVEN


def test_who_comes_second_is_told(case: Case) -> None:
    evidence = case.add()
    case.edit(evidence, 1, replace(GIVEN, title="Nouveau"))

    with pytest.raises(StaleEvidenceError) as stale:
        case.edit(evidence, 1, replace(GIVEN, title="Autre"))
    with pytest.raises(StaleEvidenceError):
        take_away(case, evidence, 1)

    assert stale.value.extra == {"newest": 2}
    assert titles(case) == ["Nouveau"]


def test_what_is_taken_away_stays_in_the_records(case: Case) -> None:
    evidence = case.add()
    take_away(case, evidence, 1)

    assert titles(case) == []
    assert titles(case, with_removed=True) == ["Rapport annuel"]
    assert case.find(evidence).is_removed
    with pytest.raises(NotFoundError):
        case.edit(evidence, 2, replace(GIVEN, title="Wieder"))
    assert case.add() != evidence


def test_evidence_is_listed_as_it_was_at_a_moment(case: Case) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    evidence = case.add(now=start)
    case.add(title="Later", now=start + timedelta(hours=2))
    case.edit(evidence, 1, replace(GIVEN, title="Changed"))

    assert titles(case) == ["Changed", "Later"]
    assert titles(case, at=start + timedelta(hours=1)) == ["Rapport annuel"]
    assert titles(case, at=start - timedelta(hours=1)) == []


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": ""},
        {"url": "  "},
        {"url": "page 12 of the report"},
        {"archived_url": "javascript:alert(1)"},
        {"title": " "},
        {"publisher": ""},
        {"publisher": "\u200b"},
        {"question": ""},
        {"answer": ""},
        {"title": "t" * 501},
        {"publisher": "p" * 201},
        {"passage": "p" * 5001},
        {"note": "\0"},
        {"answer": "\ud800"},
        {"published": "yesterday"},
        {"published": "2023-02-30"},
        {"published": "2023-13"},
        {"published": "2024/2023"},
        {"published": "12/05/2023"},
        {"published": "2027"},
        {"published": "2026-12"},
        {"accessed": date(2026, 12, 1)},
        {"published": "2024-02", "accessed": date(2024, 1, 31)},
    ],
    ids=str,
)
def test_what_is_no_evidence_is_refused_with_a_sentence(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_evidence(replace(GIVEN, **changes), now=NOW)  # type: ignore[arg-type]

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("url", BAD, ids=ascii)
@pytest.mark.parametrize("name", ["url", "archived_url"])
def test_an_address_that_is_no_link_is_refused(url: str, name: str) -> None:
    if name == "archived_url" and not url.strip():
        return
    with pytest.raises(InvalidInputError):
        check_evidence(replace(GIVEN, **{name: url}), now=NOW)


def test_what_a_page_does_not_answer_needs_no_answer() -> None:
    given = replace(GIVEN, answer="", answer_type=AnswerType.UNANSWERABLE)

    assert check_evidence(given, now=NOW).answer == ""


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("url", ARTICLE_URL),
        ("url", "http://journal.example/articles/42/?utm_source=x#part"),
        ("url", f"https://web.archive.org/web/2024/{ARTICLE_URL}"),
        ("archived_url", f"https://web.archive.org/web/2024/{ARTICLE_URL}"),
    ],
)
def test_the_page_that_claims_it_is_no_evidence(case: Case, name: str, url: str) -> None:
    with pytest.raises(InvalidInputError, match="appears") as refused:
        case.add(**{name: url})

    assert refused.value.values["url"].startswith(url.partition("#")[0])
    assert titles(case) == []
    assert case.add(url="https://www.journal.example/articles/43")


def test_evidence_belongs_to_its_statement(case: Case) -> None:
    evidence = case.add()
    other = Case(case.app, case.checker, make_one(case.checker))

    assert titles(other) == []
    with pytest.raises(NotFoundError):
        other.edit(evidence, 1, GIVEN)


def test_a_statement_holds_only_so_much(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.factcheck.evidence.MAX_EVIDENCE", 1)
    case.add()

    with pytest.raises(InvalidInputError, match="take one away"):
        case.add(title="One more")


def test_each_act_is_in_the_audit_trail_without_words(case: Case) -> None:
    evidence = case.add()
    case.edit(evidence, 1, replace(GIVEN, title="Nouveau"))
    take_away(case, evidence, 2)

    with case.app.app_context():
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action.endswith("_evidence"))
        ).all()
    assert [event.action for event in events] == [
        "add_evidence",
        "edit_evidence",
        "remove_evidence",
    ]
    assert events[1].details == {"evidence": evidence, "number": 2}


def time_safe(case: Case) -> list[str] | None:
    with case.app.app_context():
        statement = find_statement(
            db.session(), project_id=case.checker.project_id, public_id=case.statement
        )
        found = list_time_safe(db.session(), statement=statement)
    return found and [item.given.title for item in found]


def test_what_is_later_than_the_claim_is_not_in_the_time_safe_view(case: Case) -> None:
    late = date(2024, 8, 1)
    case.add(title="before")
    case.add(title="in the same month", published="2023-12-30")
    case.add(title="after", published="2024-07", accessed=late)
    case.add(title="not known", published=None)
    case.add(title="about then", published="2024-01~", accessed=late)

    assert time_safe(case) == ["before", "in the same month", "not known", "about then"]


def test_a_claim_without_a_date_has_no_time_safe_view(app: Flask) -> None:
    case = open_case(app, published=None)
    case.add()

    assert time_safe(case) is None


def claimants(case: Case) -> Claimants:
    with case.app.app_context():
        appearances = read_appearances(
            db.session(), project_id=case.checker.project_id, statements=[case.row]
        )[case.row]
        return read_claimants(
            db.session(), project_id=case.checker.project_id, appearances=appearances
        )


def test_an_author_speaks_for_the_paper(case: Case) -> None:
    with case.app.app_context(), transaction() as session:
        for article in session.scalars(select(Article)):
            article.outlet, article.author = "Le Journal", "Ada Lovelace"

    found = claimants(case)

    assert found.names == ("Ada Lovelace", "Le Journal")
    assert found.are_behind(publisher="le  journal", url="https://a.example/")
    assert found.are_behind(publisher="X", url="https://blog.le-journal.example/")
    assert not found.are_behind(publisher="Le Journal officiel", url="https://journal.example/")


def test_the_search_log_is_only_added_to(case: Case) -> None:
    def log(search: Search) -> str:
        with case.app.app_context(), transaction() as session:
            return log_search(
                session,
                project_id=case.checker.project_id,
                statement=case.statement,
                search=search,
                by=case.checker.user_id,
                now=utc_now(),
            )

    assert log(SEARCH) == log(SEARCH)
    log(replace(SEARCH, outcome="Found it."))

    with case.app.app_context():
        logged = list_searches(db.session(), statement_id=case.row)
    assert [one.search.outcome for one in logged] == ["Nothing.", "Found it."]
    assert logged[0].made_by == "felix"
    for wrong in (
        {"query": " "},
        {"query": "\u200b"},
        {"place": ""},
        {"outcome": "\0"},
        {"query": "q" * 1001},
        {"searched_on": date(2999, 1, 1)},
    ):
        with pytest.raises(InvalidInputError):
            log(replace(SEARCH, **wrong))  # type: ignore[arg-type]
