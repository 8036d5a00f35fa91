"""Pages of evidence: kept by a job, looked at again, and told of when they are not as they were."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from tests.evidence import GIVEN, Case, let_fetch, open_case
from tests.hostile import Names, Site, article, open_site, page, raw, redirect
from workbench.app import JOBS
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.errors import NotFoundError
from workbench.factcheck.evidence import remove_evidence
from workbench.factcheck.keeping import (
    FetchJob,
    Unsound,
    list_fetches,
    list_page_states,
    needs_look,
    read_jobs,
    read_page_text,
    request_fetch,
    request_recheck,
)
from workbench.factcheck.queries import current_revision
from workbench.factcheck.rules import FetchOutcome
from workbench.factcheck.tables import (
    EvidenceFetch,
    Verdict,
    VerdictEvidence,
    VerdictRevision,
    VerdictScaleRevision,
)
from workbench.jobs.queries import read_results
from workbench.jobs.runner import run_waiting_jobs
from workbench.storage.base import make_public_id
from workbench.storage.database import db, transaction

FIRST = "Les modèles sont fermés. " + "Ils le sont depuis 2019, dit l’office dans son rapport. " * 3
OTHER = "Ils ne le sont plus. " + "Ils le sont depuis 2019, dit l’office dans son rapport. " * 3
LATIN = "<meta charset=iso-8859-1>" + article(FIRST.replace("’", "'"), "C\u2019est tout.")


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose pages a test may change."""
    with open_site({"/": page(article(FIRST, OTHER[21:]))}) as site:
        yield site


@pytest.fixture
def case(app: Flask, site: Site) -> Case:
    """A statement whose evidence stands on that site."""
    let_fetch(app, site)
    return open_case(app)


def add(case: Case, site: Site, path: str = "/", **more: object) -> str:
    return case.add(url=site.url(path), private_hosts=frozenset({site.place}), **more)


def recheck(case: Case) -> dict[str, object]:
    """Look at all pages again; return what the job says."""
    with case.app.app_context(), transaction() as session:
        job = request_recheck(session, project_id=case.checker.project_id, by=None, now=utc_now())
    assert job
    case.work()
    with case.app.app_context():
        results = read_results(db.session(), project_id=case.checker.project_id, public_ids=[job])
    result = results[job]
    assert isinstance(result, dict)
    return result


def job_of(case: Case, evidence: str) -> FetchJob:
    with case.app.app_context():
        return read_jobs(db.session(), project_id=case.checker.project_id, evidence={evidence})[
            evidence
        ]


def kept_text(case: Case, evidence: str) -> str:
    item = case.find(evidence)
    with case.app.app_context():
        return read_page_text(db.session(), item=item, sha256=case.page(evidence).sha256)


def count(case: Case) -> int:
    with case.app.app_context():
        return db.session.scalar(select(func.count(EvidenceFetch.id))) or 0


def test_a_page_is_kept_with_the_place_of_its_passage(case: Case, site: Site) -> None:
    evidence = add(case, site)

    kept = case.fetch(evidence)

    text = kept_text(case, evidence)
    assert kept.outcome is FetchOutcome.STORED
    assert kept.anchor is not None
    assert text[kept.anchor.start : kept.anchor.end] == GIVEN.passage
    assert job_of(case, evidence) == FetchJob(is_under_way=False, problem=None)


def test_a_passage_that_is_not_there_is_told(case: Case, site: Site) -> None:
    evidence = add(case, site, passage="Les modèles sont ouverts.")

    kept = case.fetch(evidence)

    assert (kept.is_kept, kept.has_text, kept.anchor) == (True, True, None)


SAID = [
    (page("Un\r\ntexte.", "text/plain"), "Un\ntexte."),
    (page(LATIN.encode("cp1252"), "text/html"), "depuis 2019"),
    (page(article(FIRST).encode("utf-16"), "text/html"), "sont fermés"),
    (page(article(FIRST).encode() + b"\xff", "text/html"), "sont fermés"),
    (page(article(FIRST).encode("cp1252", "replace"), "text/html; charset=latin1"), "fermés"),
    (page(article(FIRST), "text/html; charset=no-such-thing"), "sont fermés"),
    (page("%PDF-1.7 …", "application/pdf"), ""),
    (page(b"\x89PNG", "image/png"), ""),
    (page("a\0b", "text/plain"), ""),
    (page("", "text/html"), ""),
    (page("<p>", "text/html"), ""),
    (page("{}", "application/json"), ""),
    (page(article(FIRST), ""), ""),
]


def test_what_a_page_says_is_kept_or_its_hash_alone(case: Case, site: Site) -> None:
    for number, (answer, words) in enumerate(SAID):  # One case for all: making it takes long.
        site.answers[f"/{number}"] = answer
        evidence = add(case, site, f"/{number}")

        kept = case.fetch(evidence)

        assert kept.is_kept
        assert len(kept.sha256 or "") == 64
        assert kept.has_text == bool(words), number
        assert words in kept_text(case, evidence), number


@pytest.mark.parametrize(
    "answer",
    [
        page("", status=500),
        page("", status=404),
        redirect("http://127.0.0.1/"),
        redirect("http://169.254.169.254/"),
        redirect("/wrong"),
        raw(b"nothing"),
        page(b"a" * 11_000_000),
    ],
)
def test_a_fetch_that_fails_changes_nothing_and_says_why(
    case: Case, site: Site, answer: object
) -> None:
    site.answers["/wrong"] = answer  # type: ignore[assignment]
    evidence = add(case, site, "/wrong")
    before = case.find(evidence)

    kept = case.fetch(evidence)

    problem = job_of(case, evidence).problem
    assert problem is not None
    assert (problem.message % problem.values).endswith(".")
    assert not kept.is_kept
    assert kept.outcome is None
    assert case.find(evidence) == before
    assert count(case) == 0


def test_an_address_that_leads_on_to_the_page_that_claims_it_is_refused(
    case: Case, site: Site
) -> None:
    with case.app.app_context(), transaction() as session:
        session.execute(update(Article).values(url=site.url("/article")))
    site.answers |= {"/short": redirect("/article"), "/article": page(article(FIRST))}
    evidence = add(case, site, "/short")

    kept = case.fetch(evidence)

    problem = job_of(case, evidence).problem
    assert problem
    assert "leads on to the page" in problem.message
    assert not kept.is_kept


def test_a_failure_leaves_what_was_kept(case: Case, site: Site) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    site.answers["/"] = page("", status=503)

    for keep in (True, False):
        kept = case.fetch(evidence, keep=keep)
        assert kept.outcome is FetchOutcome.STORED
        assert job_of(case, evidence).problem

    assert count(case) == 1


def test_a_page_that_stays_is_unchanged_and_kept_once(case: Case, site: Site) -> None:
    evidence = add(case, site)
    first = case.fetch(evidence)

    kept = case.fetch(evidence, keep=False)

    assert (kept.outcome, kept.kept_at) == (FetchOutcome.UNCHANGED, first.kept_at)
    assert not kept.is_unsound
    with case.app.app_context():
        assert [bool(one.text) for one in list_fetches(db.session(), item=case.find(evidence))] == [
            False,
            True,
        ]


def test_a_page_that_changes_has_drifted_until_it_is_kept_anew(case: Case, site: Site) -> None:
    evidence = add(case, site)
    first = case.fetch(evidence)
    site.answers["/"] = page(article(OTHER, OTHER[21:]))

    drifted = case.fetch(evidence, keep=False)
    again = case.fetch(evidence, keep=False)

    assert drifted.outcome is again.outcome is FetchOutcome.DRIFTED
    assert (drifted.anchor, drifted.still_there) == (first.anchor, False)
    assert "fermés" in kept_text(case, evidence)
    assert case.find(evidence).given.passage == GIVEN.passage

    anew = case.fetch(evidence)
    assert (anew.outcome, anew.anchor) == (FetchOutcome.STORED, None)
    assert "ne le sont plus" in kept_text(case, evidence)


def test_a_page_that_changes_around_its_passage_still_has_it(case: Case, site: Site) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    site.answers["/"] = page(article("Autre chose, bien plus haut.", FIRST, OTHER[21:]))

    kept = case.fetch(evidence, keep=False)

    assert (kept.outcome, kept.still_there) == (FetchOutcome.DRIFTED, True)


def test_a_page_that_comes_back_is_unchanged(case: Case, site: Site) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    answer = site.answers.pop("/")
    assert case.fetch(evidence, keep=False).outcome is FetchOutcome.GONE
    site.answers["/"] = answer

    assert case.fetch(evidence, keep=False).outcome is FetchOutcome.UNCHANGED


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_no_more_is_gone(case: Case, site: Site, status: int) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    site.answers["/"] = page("", status=status)

    kept = case.fetch(evidence, keep=False)

    assert (kept.outcome, kept.is_unsound, kept.is_kept) == (FetchOutcome.GONE, True, True)
    assert "fermés" in kept_text(case, evidence)


def test_a_site_without_a_name_is_gone_once_it_was_asked_for_twice(case: Case, site: Site) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    names = Names()
    let_fetch(case.app, site, resolve=names)

    assert case.fetch(evidence, keep=False).outcome is FetchOutcome.GONE
    assert len(names.asked) == 2


def test_without_a_network_no_site_is_gone_that_was_never_reached(case: Case, site: Site) -> None:
    evidence = add(case, site)
    let_fetch(case.app, site, resolve=Names())

    result = recheck(case)

    assert result["tally"] == {"failed": 1}
    assert case.page(evidence).outcome is None


def test_another_address_is_another_page(case: Case, site: Site) -> None:
    evidence = add(case, site)
    case.fetch(evidence)
    given = replace(case.find(evidence).given, url="https://office.example/other")

    case.edit(evidence, 1, given)

    assert case.page(evidence).outcome is None


def test_what_was_changed_or_taken_away_meanwhile_is_left_alone(case: Case, site: Site) -> None:
    evidence, other = add(case, site), add(case, site, "/?other")
    given = replace(case.find(evidence).given, url="https://office.example/other")

    def change_meanwhile(host: str, port: int) -> list[str]:
        with case.app.app_context():
            if case.find(evidence).number == 1:
                case.edit(evidence, 1, given)
                with transaction() as session:
                    remove_evidence(
                        session,
                        project_id=case.checker.project_id,
                        statement=case.statement,
                        evidence=other,
                        base=1,
                        by=case.checker.user_id,
                        now=utc_now(),
                    )
        return ["127.0.0.1"]

    let_fetch(case.app, site, resolve=change_meanwhile)
    result = recheck(case)

    assert result["tally"] == {"overtaken": 2}
    assert count(case) == 0


def test_all_pages_of_a_project_are_looked_at_again(case: Case, site: Site) -> None:
    pages = {name: page(article(FIRST, name)) for name in ("/same", "/drifts", "/goes", "/fails")}
    site.answers |= pages
    evidence = {name: add(case, site, name) for name in pages}
    for one in evidence.values():
        case.fetch(one)
    new = add(case, site)
    site.answers |= {"/drifts": page(article(OTHER)), "/fails": page("", status=500)}
    del site.answers["/goes"]

    result = recheck(case)

    assert result["tally"] == {"unchanged": 1, "drifted": 1, "gone": 1, "failed": 1, "stored": 1}
    (failed,) = result["failed"]  # type: ignore[misc]
    assert failed["evidence"] == evidence["/fails"]
    assert case.page(new).outcome is FetchOutcome.STORED
    with case.app.app_context():
        listed = list_page_states(db.session(), project_id=case.checker.project_id)
    assert [state.evidence for state in listed] == [*evidence.values(), new]


def test_one_who_asks_again_gets_the_job_that_waits(case: Case, site: Site) -> None:
    evidence = add(case, site)
    values = {
        "project_id": case.checker.project_id,
        "statement": case.statement,
        "evidence": evidence,
        "by": case.checker.user_id,
        "now": utc_now(),
    }
    with case.app.app_context():
        with transaction() as session:
            first = request_fetch(session, keep=True, **values)  # type: ignore[arg-type]
        with transaction() as session:
            assert request_fetch(session, keep=True, **values) == first  # type: ignore[arg-type]
    assert job_of(case, evidence).is_under_way


def test_there_is_nothing_to_fetch_of_what_was_taken_away(case: Case, site: Site) -> None:
    with pytest.raises(NotFoundError):
        case.fetch("0" * 16)
    with case.app.app_context(), transaction() as session:
        nothing = request_recheck(
            session, project_id=case.checker.project_id, by=None, now=utc_now()
        )
    assert nothing is None


def test_a_job_that_is_stopped_goes_on_where_it_was(case: Case, site: Site) -> None:
    first, second = add(case, site), add(case, site, "/?second")
    site.answers["/?second"] = site.answers["/"]
    stop = threading.Event()

    def stop_at_second(host: str, port: int) -> list[str]:
        if site.asked:
            stop.set()
        return ["127.0.0.1"]

    let_fetch(case.app, site, resolve=stop_at_second)
    with case.app.app_context(), transaction() as session:
        request_recheck(session, project_id=case.checker.project_id, by=None, now=utc_now())
    run_waiting_jobs(case.app.extensions[JOBS], app_context=case.app.app_context, stop=stop)
    assert (case.page(first).is_kept, case.page(second).is_kept) == (True, False)
    case.work()

    assert case.page(second).is_kept
    assert site.asked == ["/", "/?second", "/?second"]
    assert count(case) == 2


def test_nothing_is_open_while_a_site_answers(case: Case, site: Site) -> None:
    evidence = add(case, site)

    def write_meanwhile(host: str, port: int) -> list[str]:
        thread = threading.Thread(target=case.add, kwargs={"title": "Meanwhile"})
        thread.start()
        thread.join()
        return ["127.0.0.1"]

    let_fetch(case.app, site, resolve=write_meanwhile)

    assert case.fetch(evidence).is_kept
    with case.app.app_context():
        assert len(list_page_states(db.session(), project_id=case.checker.project_id)) == 2


def rest_on(case: Case, *evidence: str) -> None:
    """Give a final verdict that rests on this evidence."""
    items = [case.find(one) for one in evidence]
    with case.app.app_context(), transaction() as session:
        project = case.checker.project_id
        by, now = case.checker.user_id, utc_now()
        scale = VerdictScaleRevision(
            project_id=project,
            number=99,
            document={},
            sha256="0" * 64,
            created_by=by,
            created_at=now,
        )
        verdict = Verdict(project_id=project, statement_id=case.row, judge="final", person_id=None)
        session.add_all([scale, verdict])
        session.flush()
        revision = VerdictRevision(
            project_id=project,
            public_id=make_public_id(),
            verdict_id=verdict.id,
            number=1,
            statement_revision_id=current_revision(session, statement_id=case.row).id,
            scale_revision_id=scale.id,
            value="supported",
            rating="supported",
            justification="Why.",
            context=None,
            correction=None,
            author_id=by,
            made_at=now,
        )
        session.add(revision)
        session.flush()
        for item in items:
            session.add(
                VerdictEvidence(
                    project_id=project,
                    verdict_revision_id=revision.id,
                    evidence_revision_id=item.revision,
                )
            )


def unsound(case: Case, row: int | None = None) -> dict[int, list[Unsound]]:
    with case.app.app_context():
        return needs_look(
            db.session(), project_id=case.checker.project_id, statements=[row or case.row]
        )


def test_a_verdict_on_a_page_that_drifted_or_went_needs_a_look(case: Case, site: Site) -> None:
    site.answers |= {"/b": page(article(FIRST)), "/c": page(article(FIRST))}
    kept = [add(case, site, path) for path in ("/", "/b", "/c")]
    for one in kept:
        case.fetch(one)
    rest_on(case, *kept[:2])
    assert unsound(case) == {}
    site.answers |= {"/": page(article(OTHER)), "/c": page(article(OTHER))}
    del site.answers["/b"]

    recheck(case)

    found = unsound(case)
    assert [(one.evidence, one.outcome) for one in found[case.row]] == [
        (kept[0], FetchOutcome.DRIFTED),
        (kept[1], FetchOutcome.GONE),
    ]
    assert unsound(case, case.row + 1) == {}
    case.fetch(kept[0])
    assert [one.evidence for one in unsound(case)[case.row]] == [kept[1]]


def test_a_command_looks_at_all_pages(
    case: Case, site: Site, cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = case.app.extensions[JOBS]
    monkeypatch.setattr("workbench.app.job_handlers", lambda settings: handlers)
    assert "no evidence yet" in cli("evidence", "recheck", "--project", "demo").stdout
    add(case, site)
    add(case, site, "/nowhere", title="Elsewhere")
    add(case, site, title="Private", passage="")
    site.answers["/broken"] = page("", status=500)
    add(case, site, "/broken", title="Broken")

    done = cli("evidence", "recheck", "--project", "demo")

    assert done.exit_code == 0
    assert done.stdout == "2 stored, 1 gone, 1 failed.\n"
    assert done.stderr.startswith("Error: Broken: page.example does not give the page")
