"""Pages of evidence, kept and looked at again: a job fetches them, outside of any transaction.

What is kept first is what later looks compare with, until somebody keeps the page anew. Nothing
that happens to a page changes evidence or verdict: a person is told, and looks.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.operations import record_event
from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.errors import FetchError, InvalidInputError, NotFoundError, PageGoneError
from workbench.factcheck.appearances import read_appearances
from workbench.factcheck.evidence import EvidenceItem, find_evidence, own_pages, read_evidence
from workbench.factcheck.page_texts import PageText, read_page
from workbench.factcheck.passages import find_passage
from workbench.factcheck.queries import find_statement, lock_statement
from workbench.factcheck.rules import FetchOutcome, ReviewStep
from workbench.factcheck.tables import (
    FINAL,
    Approval,
    Evidence,
    EvidenceFetch,
    EvidenceRevision,
    Verdict,
    VerdictEvidence,
    VerdictRevision,
)
from workbench.jobs.operations import forget_jobs, request_job
from workbench.jobs.queries import list_jobs, read_results
from workbench.jobs.rules import JobState, JobStatus
from workbench.jobs.runner import JobRun
from workbench.labelling.answers import read_by_ids, read_span
from workbench.labelling.frames import Span, span_json
from workbench.links import host_of, same_page
from workbench.storage.among import among
from workbench.storage.database import db, share_project, transaction

if TYPE_CHECKING:  # The client is loaded when a page is fetched.
    from workbench.fetching import Door

FETCH = "fetch_evidence"  # of one page
RECHECK = "recheck_evidence"  # of all pages of a project
FAILED, OVERTAKEN = "failed", "overtaken"  # beside the outcomes
KEPT_JOBS = 100
SHOWN_FAILURES = 100
PAUSE_SECONDS = 1.0  # between two pages of one site
AGAIN_SECONDS = 3.0  # until a name is asked for again that the DNS does not know

UNSOUND = frozenset({FetchOutcome.DRIFTED, FetchOutcome.GONE})


@dataclass(frozen=True)
class KeptPage:
    """What is known of the page of a piece of evidence.

    ``outcome`` is what it was found to be at last, ``checked_at``, when it had the
    hash ``seen_sha256``; none if it was never had.
    ``anchor`` is the place of the passage in what was kept; ``still_there`` says of a page that
    has changed whether the passage stands in it.
    """

    outcome: FetchOutcome | None = None
    checked_at: datetime | None = None
    kept_at: datetime | None = None
    sha256: str | None = None
    seen_sha256: str | None = None
    has_text: bool = False
    anchor: Span | None = None
    still_there: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether what the page said, or its hash, is kept."""
        return self.kept_at is not None

    @property
    def is_unsound(self) -> bool:
        """Whether somebody has to look: the page has changed, or is gone."""
        return self.outcome in UNSOUND


@dataclass(frozen=True)
class FetchProblem:
    """Why a page could not be had: a message with its values, to be said in any language."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class FetchJob:
    """The newest job for a piece of evidence: under way, or with the reason why it failed."""

    is_under_way: bool
    problem: FetchProblem | None


@dataclass(frozen=True)
class PageState:
    """How the page of a piece of evidence fares; ``revision`` is the row of its newest one."""

    evidence: str
    revision: int
    outcome: FetchOutcome | None

    @property
    def is_unsound(self) -> bool:
        """Whether somebody has to look: the page has changed, or is gone."""
        return self.outcome in UNSOUND


@dataclass(frozen=True)
class Unsound:
    """A page that a verdict rests on and that is not as it was."""

    evidence: str
    title: str
    outcome: FetchOutcome
    found_at: datetime
    still_there: bool


def read_kept(session: Session, *, items: Sequence[EvidenceItem]) -> dict[int, KeptPage]:
    """Return what is known of the pages of evidence, by the rows of the revisions.

    What was found at another address than a revision has does not count for it.
    """
    if not items:
        return {}
    rows = session.execute(
        select(
            EvidenceFetch.evidence_id,
            EvidenceFetch.url,
            EvidenceFetch.outcome,
            EvidenceFetch.sha256,
            EvidenceFetch.anchor,
            EvidenceFetch.fetched_at,
            (func.length(EvidenceFetch.text) > 0).label("has_text"),
        )
        .where(EvidenceFetch.evidence_id.in_({item.row for item in items}))
        .order_by(EvidenceFetch.id)
    ).all()
    with_text = {(row.evidence_id, row.sha256) for row in rows if row.has_text}
    found: dict[tuple[int, str], KeptPage] = {}
    for row in rows:
        place = (row.evidence_id, row.url)
        before, outcome = found.get(place, KeptPage()), FetchOutcome(row.outcome)
        anchor = read_span(row.anchor)
        is_kept = outcome is FetchOutcome.STORED
        found[place] = KeptPage(
            outcome=outcome,
            checked_at=row.fetched_at,
            kept_at=row.fetched_at if is_kept else before.kept_at,
            sha256=row.sha256 if is_kept else before.sha256,
            seen_sha256=row.sha256,
            has_text=(row.evidence_id, row.sha256) in with_text if is_kept else before.has_text,
            anchor=anchor if is_kept else before.anchor,
            still_there=anchor is not None,
        )
    return {item.revision: found.get((item.row, item.given.url), KeptPage()) for item in items}


def read_page_text(session: Session, *, item: EvidenceItem, sha256: str | None) -> str:
    """Return the text of the page of evidence that has this hash, empty if none was kept."""
    text = session.scalar(
        select(EvidenceFetch.text)
        .where(
            EvidenceFetch.evidence_id == item.row,
            EvidenceFetch.sha256 == sha256,
            func.length(EvidenceFetch.text) > 0,
        )
        .order_by(EvidenceFetch.id)
        .limit(1)
    )
    return text or ""


def list_fetches(session: Session, *, item: EvidenceItem) -> list[EvidenceFetch]:
    """Return every look at the page of evidence, the newest first."""
    return list(
        session.scalars(
            select(EvidenceFetch)
            .where(EvidenceFetch.evidence_id == item.row)
            .order_by(EvidenceFetch.id.desc())
        )
    )


def request_fetch(
    session: Session,
    *,
    project_id: int,
    statement: str,
    evidence: str,
    keep: bool,
    by: int,
    now: datetime,
) -> str:
    """Ask for a job that fetches one page; with ``keep``, what it finds is what is kept now."""
    share_project(session, project_id)
    held = find_statement(session, project_id=project_id, public_id=statement)
    lock_statement(session, held.id)
    item = find_evidence(session, statement_id=held.id, public_id=evidence)
    if item.is_removed:
        raise NotFoundError("This evidence was taken away.")
    for job in list_jobs(session, project_id=project_id, kind=FETCH):
        if not job.has_ended and _wanted(job.arguments) == [evidence]:
            return job.public_id
    forget_jobs(session, project_id=project_id, kind=FETCH, keep=KEPT_JOBS)
    return request_job(
        session,
        kind=FETCH,
        arguments={"evidence": [evidence], "keep": keep},
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=1,
    )


def request_recheck(
    session: Session, *, project_id: int, by: int | None, now: datetime
) -> str | None:
    """Ask for a job that looks at all pages of a project again; none where it has no evidence."""
    share_project(session, project_id)
    for job in list_jobs(session, project_id=project_id, kind=RECHECK):
        if not job.has_ended:
            return job.public_id
    pages = list_page_states(session, project_id=project_id)
    if not pages:
        return None
    forget_jobs(session, project_id=project_id, kind=RECHECK, keep=1)
    record_event(
        session,
        "recheck_evidence",
        f"project {project_id}",
        project_id=project_id,
        by=by,
        now=now,
        details={"pages": len(pages)},
    )
    wanted: list[Json] = [page.evidence for page in pages]
    return request_job(
        session,
        kind=RECHECK,
        arguments={"evidence": wanted, "keep": False},
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=len(pages),
    )


def list_page_states(session: Session, *, project_id: int) -> list[PageState]:
    """Return how the pages of all evidence of a project fare, in the order it was added."""
    later = aliased(EvidenceRevision)
    newest = select(func.max(later.number)).where(later.evidence_id == Evidence.id)
    outcome = (
        select(EvidenceFetch.outcome)
        .where(EvidenceFetch.evidence_id == Evidence.id, EvidenceFetch.url == EvidenceRevision.url)
        .order_by(EvidenceFetch.id.desc())
        .limit(1)
        .correlate(Evidence, EvidenceRevision)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Evidence.public_id, EvidenceRevision.id, outcome)
        .join(EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id)
        .where(
            Evidence.project_id == project_id,
            EvidenceRevision.number == newest.correlate(Evidence).scalar_subquery(),
            EvidenceRevision.is_removed.is_(False),
        )
        .order_by(Evidence.id)
    )
    return [PageState(row[0], row[1], FetchOutcome(row[2]) if row[2] else None) for row in rows]


def name_evidence(
    session: Session, *, project_id: int, evidence: Collection[str]
) -> dict[str, str]:
    """Return the titles of these pieces of evidence, by their public ids."""
    rows = session.execute(
        select(Evidence.public_id, EvidenceRevision.title)
        .join(EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id)
        .where(Evidence.project_id == project_id, Evidence.public_id.in_(sorted(evidence)))
        .order_by(EvidenceRevision.number)
    )
    return {row[0]: row[1] for row in rows}


def read_jobs(
    session: Session, *, project_id: int, evidence: Collection[str]
) -> dict[str, FetchJob]:
    """Return the newest job for each of these pieces of evidence, by their public ids."""
    if not evidence:
        return {}
    newest: dict[str, JobStatus] = {}
    for job in list_jobs(session, project_id=project_id, kind=FETCH):
        for one in _wanted(job.arguments):
            if one in evidence:
                newest.setdefault(one, job)
    ended = [job.public_id for job in newest.values() if job.has_ended]
    results = read_results(session, project_id=project_id, public_ids=ended) if ended else {}
    return {
        one: FetchJob(not job.has_ended, _problem_of(job, results.get(job.public_id)))
        for one, job in newest.items()
    }


def needs_look(
    session: Session, *, project_id: int, statements: Collection[int]
) -> dict[int, list[Unsound]]:
    """Tell which of these statements' verdicts rest on pages that have changed or are gone, by row.

    That is the newest revision of the final verdict, and the newest that was approved.
    """
    rests_on = _read_grounds(session, project_id, statements)
    looks = (
        select(
            EvidenceFetch.evidence_id,
            EvidenceFetch.url,
            EvidenceFetch.outcome,
            EvidenceFetch.anchor,
            EvidenceFetch.fetched_at,
        )
        .where(
            EvidenceFetch.project_id == project_id,
            among(EvidenceFetch.evidence_id),
        )
        .order_by(EvidenceFetch.id)
    )
    pages = sorted({one.evidence_row for one in rests_on})
    newest = {(row.evidence_id, row.url): row for row in read_by_ids(session, looks, pages)}
    found: dict[int, dict[str, Unsound]] = {}
    for one in rests_on:
        look = newest.get((one.evidence_row, one.url))
        if look is not None and look.outcome in UNSOUND:
            found.setdefault(one.statement_id, {})[one.evidence] = Unsound(
                evidence=one.evidence,
                title=one.title,
                outcome=FetchOutcome(look.outcome),
                found_at=look.fetched_at,
                still_there=look.anchor is not None,
            )
    return {statement_id: list(listed.values()) for statement_id, listed in found.items()}


def run_fetch(
    run: JobRun,
    *,
    private_hosts: frozenset[str] = frozenset(),
    door: "Door | None" = None,
    pause: float = PAUSE_SECONDS,
    again: float = AGAIN_SECONDS,
) -> None:
    """Fetch the pages of a job, one after the other, and record what each was found to be.

    The result counts the outcomes, and names the pages that could not be had with the reason.
    """
    from workbench.fetching import Door  # noqa: PLC0415  # a fifth of a second, and memory

    assert run.job.project_id is not None  # noqa: S101  # who asks for it gives one
    project_id, door = run.job.project_id, door or Door(private_hosts)
    keep = run.job.arguments.get("keep") is True
    tally, failed = _read_result(run.job.result)
    last_host = ""
    for done, evidence in enumerate(_wanted(run.job.arguments), start=1):
        if done <= run.job.done:
            continue
        item = _find_item(db.session(), project_id, evidence)
        own = _own_pages(db.session(), project_id, item) if item else []
        is_known = bool(item and read_kept(db.session(), items=[item])[item.revision].is_kept)
        db.session.rollback()  # No read stays open while another site answers.
        found: _Found = None
        if item is not None:
            host = host_of(item.given.url)
            if host == last_host:
                run.stop.wait(pause)
            last_host = host
            found = _look(
                door,
                item.given.url,
                own,
                keep=keep,
                is_known=is_known,
                wait=lambda: run.stop.wait(again),
            )
        with transaction() as session:
            if isinstance(found, FetchProblem):
                word = FAILED
                values: JsonObject = {name: str(value) for name, value in found.values.items()}
                failed.append({"evidence": evidence, "problem": found.message, "values": values})
            else:
                word = _record(session, run, project_id, item, found, keep=keep)
            tally[word] += 1
            shown: list[Json] = [*failed[:SHOWN_FAILURES]]
            run.record(session, done=done, result={"tally": dict(tally), "failed": shown})


class _Gone:
    """That a page is no more."""


_Found = PageText | FetchProblem | _Gone | None


def _look(
    door: "Door",
    url: str,
    own: Sequence[str],
    *,
    keep: bool,
    is_known: bool,
    wait: Callable[[], object],
) -> _Found:
    """Return what a page says, that it is gone, or why it could not be had.

    The DNS is asked a second time for a name that it does not know; a site that was never reached
    is not gone by that, since a machine without a network may know no name at all. Whoever wants to
    keep a page is told why there is none. An address that only leads on to one of the statement's
    own pages is refused as those are.
    """
    from workbench.fetching import UnknownNameError  # noqa: PLC0415  # loaded by now

    try:
        try:
            page = door.fetch(url)
        except UnknownNameError:
            wait()
            page = door.fetch(url)
        if any(same_page(page.url, one) for one in own):
            raise InvalidInputError(
                "%(url)s leads on to the page on which the statement itself appears, and so is no"
                " evidence for it.",
                url=url,
            )
        return read_page(page)
    except PageGoneError as error:
        is_gone = is_known or not isinstance(error, UnknownNameError)
        return _Gone() if is_gone and not keep else FetchProblem(error.message, error.values)
    except (FetchError, InvalidInputError) as error:
        return FetchProblem(error.message, error.values)


def _record(
    session: Session,
    run: JobRun,
    project_id: int,
    item: EvidenceItem | None,
    found: PageText | _Gone | None,
    *,
    keep: bool,
) -> str:
    """Add what a page was found to be; nothing where the evidence has changed meanwhile."""
    if item is None or found is None:
        return OVERTAKEN
    share_project(session, project_id)
    lock_statement(session, item.statement_id)
    now = _find_item(session, project_id, item.id)
    if now is None or now.given.url != item.given.url:
        return OVERTAKEN
    kept = read_kept(session, items=[now])[now.revision]
    outcome, text, anchor, sha256 = FetchOutcome.GONE, "", None, None
    if isinstance(found, PageText):
        outcome = _compare(kept, found, keep=keep)
        sha256, anchor = found.sha256, find_passage(found.text, now.given.passage)
        text = "" if _has_text(session, now.row, sha256) else found.text
    moment = utc_now()
    session.add(
        EvidenceFetch(
            project_id=project_id,
            evidence_id=now.row,
            url=now.given.url,
            outcome=outcome,
            sha256=sha256,
            text=text,
            anchor=span_json(anchor) if anchor else None,
            fetched_by=run.job.created_by,
            fetched_at=moment,
        )
    )
    session.flush()
    record_event(
        session,
        "fetch_evidence",
        f"evidence {now.id}",
        project_id=project_id,
        by=run.job.created_by,
        now=moment,
        details={"outcome": outcome},
    )
    return outcome


def _compare(kept: KeptPage, found: PageText, *, keep: bool) -> FetchOutcome:
    if keep or not kept.is_kept:
        return FetchOutcome.STORED
    return FetchOutcome.UNCHANGED if kept.sha256 == found.sha256 else FetchOutcome.DRIFTED


def _has_text(session: Session, evidence: int, sha256: str) -> bool:
    found = select(EvidenceFetch.id).where(
        EvidenceFetch.evidence_id == evidence,
        EvidenceFetch.sha256 == sha256,
        func.length(EvidenceFetch.text) > 0,
    )
    return session.scalar(found.limit(1)) is not None


def _find_item(session: Session, project_id: int, public_id: str) -> EvidenceItem | None:
    newest = (
        select(EvidenceRevision.id)
        .join(Evidence, Evidence.id == EvidenceRevision.evidence_id)
        .where(Evidence.project_id == project_id, Evidence.public_id == public_id)
        .order_by(EvidenceRevision.number.desc())
        .limit(1)
    )
    revision = session.scalar(newest)
    (item,) = read_evidence(session, revisions=[revision]) if revision else (None,)
    return None if item is None or item.is_removed else item


def _own_pages(session: Session, project_id: int, item: EvidenceItem) -> list[str]:
    statement = item.statement_id
    found = read_appearances(session, project_id=project_id, statements=[statement])
    return own_pages(found[statement])


@dataclass(frozen=True)
class _Ground:
    """That a statement's verdict rests on a page, at this address."""

    statement_id: int
    evidence_row: int
    evidence: str
    url: str
    title: str


def _read_grounds(session: Session, project_id: int, statements: Collection[int]) -> list[_Ground]:
    """Return what final verdicts rest on: their newest revisions, and the newest approved ones."""
    approved = exists().where(
        Approval.verdict_revision_id == VerdictRevision.id, Approval.step == ReviewStep.APPROVED
    )
    revisions = (
        select(Verdict.statement_id, VerdictRevision.id, approved.label("is_approved"))
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .where(
            Verdict.project_id == project_id,
            Verdict.judge == FINAL,
            among(Verdict.statement_id),
        )
        .order_by(VerdictRevision.number)
    )
    rests_on = (
        select(
            VerdictEvidence.verdict_revision_id,
            EvidenceRevision.evidence_id,
            EvidenceRevision.url,
            EvidenceRevision.title,
            Evidence.public_id,
        )
        .join(EvidenceRevision, EvidenceRevision.id == VerdictEvidence.evidence_revision_id)
        .join(Evidence, Evidence.id == EvidenceRevision.evidence_id)
        .where(
            VerdictEvidence.project_id == project_id,
            among(VerdictEvidence.verdict_revision_id),
        )
        .order_by(Evidence.id, EvidenceRevision.number)
    )
    counting: dict[tuple[int, bool], int] = {}
    for row in read_by_ids(session, revisions, sorted(statements)):
        counting[row.statement_id, False] = row.id
        if row.is_approved:
            counting[row.statement_id, True] = row.id
    statement_of = {revision: statement for (statement, _), revision in counting.items()}
    return [
        _Ground(
            statement_of[row.verdict_revision_id],
            row.evidence_id,
            row.public_id,
            row.url,
            row.title,
        )
        for row in read_by_ids(session, rests_on, sorted(statement_of))
    ]


def _wanted(arguments: Mapping[str, Json]) -> list[str]:
    evidence = arguments["evidence"]
    return [str(one) for one in evidence] if isinstance(evidence, list) else []


def _read_result(result: Json) -> tuple[Counter[str], list[JsonObject]]:
    match result:
        case {"tally": dict(tally), "failed": list(failed)}:
            counts = {word: count for word, count in tally.items() if isinstance(count, int)}
            return Counter(counts), [one for one in failed if isinstance(one, dict)]
        case _:
            return Counter(), []


def _problem_of(job: JobStatus, result: Json) -> FetchProblem | None:
    """Return why the page of a job that has ended was not had."""
    if job.state is JobState.FAILED:
        return FetchProblem(job.problem or "")
    match result:
        case {"failed": [{"problem": str(message), "values": dict(values)}]}:
            return FetchProblem(message, values)
        case _:
            return None
