"""Evidence for or against a statement: records that are only added, and taken away by another.

An appearance's own page is no evidence for it. The claimant's pages are, but a person says that
they are not independent, and they satisfy no gate alone.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.operations import record_act
from workbench.corpus.dates import check_edtf
from workbench.corpus.rules import fold
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError, NotFoundError, StaleRevisionError
from workbench.factcheck.appearances import AppearanceView, read_appearances
from workbench.factcheck.dates import check_times
from workbench.factcheck.prose import has_words
from workbench.factcheck.queries import find_statement, lock_statement, newest_wording
from workbench.factcheck.rules import AnswerType, Bearing, Medium, SourceKind
from workbench.factcheck.tables import (
    Evidence,
    EvidenceRevision,
    Statement,
    StatementRevision,
)
from workbench.labelling.tables import Speaker
from workbench.links import check_link, host_of, share_page
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

MAX_EVIDENCE = 200  # of a statement
LENGTHS = {
    "question": 500,
    "answer": 5000,
    "title": 500,
    "publisher": 200,
    "origin": 200,
    "passage": 5000,
    "note": 2000,
}
_LONG = frozenset({"answer", "passage", "note"})
_NEEDED = ("question", "title", "publisher")


class StaleEvidenceError(StaleRevisionError):
    """Somebody has changed the evidence since; the newest revision's number is in ``extra``."""

    code = "stale_evidence"


@dataclass(frozen=True)
class GivenEvidence:
    """What somebody writes down of a piece of evidence; ``published`` is EDTF."""

    question: str
    answer: str
    answer_type: AnswerType
    bearing: Bearing
    url: str
    title: str
    publisher: str
    origin: str
    published: str | None
    accessed: date
    archived_url: str | None
    passage: str
    medium: Medium
    source_kind: SourceKind
    is_independent: bool
    note: str

    @property
    def addresses(self) -> tuple[str, str | None]:
        """The address of the page, and of its copy in an archive."""
        return self.url, self.archived_url


@dataclass(frozen=True)
class EvidenceItem:
    """A piece of evidence as one revision of it has it; ``revision`` is that one's row."""

    row: int
    id: str
    statement_id: int
    revision: int
    number: int
    given: GivenEvidence
    is_removed: bool
    made_by: int
    made_at: datetime


@dataclass(frozen=True)
class NamedStatement:
    """A statement by its id and its newest wording."""

    id: str
    wording: str
    language: str


@dataclass(frozen=True)
class Claimants:
    """Who says a statement, and whom they work for, as far as the reader may know."""

    names: tuple[str, ...]
    keys: frozenset[str]

    def are_behind(self, *, publisher: str, url: str) -> bool:
        """Tell whether a page looks like one of theirs, by its publisher's name or its site's."""
        site = {label.replace("-", "") for label in host_of(url).split(".")}
        names = {key.replace("-", "") for key in self.keys}
        return fold(publisher) in self.keys or bool(site & names)


def add_evidence(
    session: Session,
    *,
    project_id: int,
    statement: str,
    given: GivenEvidence,
    by: int,
    now: datetime,
    private_hosts: Collection[str] = (),
) -> str:
    """Put evidence with a statement and return its public id; the same again changes nothing."""
    held = _hold(session, project_id, statement)
    checked = _check(session, held, given, now=now, private_hosts=private_hosts)
    there = list_evidence(session, statement_id=held.id)
    if same := next((one for one in there if one.given == checked), None):
        return same.id
    if len(there) >= MAX_EVIDENCE:
        raise InvalidInputError(
            "A statement can have %(most)s pieces of evidence: take one away first.",
            most=MAX_EVIDENCE,
        )
    evidence = Evidence(project_id=project_id, public_id=make_public_id(), statement_id=held.id)
    session.add(evidence)
    session.flush()
    _add_revision(session, evidence, checked, number=1, is_removed=False, by=by, now=now)
    record_act(
        session,
        held,
        "add_evidence",
        by=by,
        now=now,
        details={"evidence": evidence.public_id, "number": 1},
    )
    return evidence.public_id


def edit_evidence(
    session: Session,
    *,
    project_id: int,
    statement: str,
    evidence: str,
    base: int,
    given: GivenEvidence,
    by: int,
    now: datetime,
    private_hosts: Collection[str] = (),
) -> int:
    """Write evidence down anew, from its revision of number ``base``; return the new number.

    ``StaleEvidenceError`` when that is not the newest; the same words again change nothing.
    """
    held = _hold(session, project_id, statement)
    item = _open(session, held, evidence, base)
    checked = _check(session, held, given, now=now, private_hosts=private_hosts)
    if checked == item.given:
        return item.number
    row = session.get_one(Evidence, item.row)
    number = item.number + 1
    _add_revision(session, row, checked, number=number, is_removed=False, by=by, now=now)
    record_act(
        session,
        held,
        "edit_evidence",
        by=by,
        now=now,
        details={"evidence": evidence, "number": number},
    )
    return number


def remove_evidence(
    session: Session,
    *,
    project_id: int,
    statement: str,
    evidence: str,
    base: int,
    by: int,
    now: datetime,
) -> None:
    """Take evidence away; it stays with the verdicts that rest on it, and in its history."""
    held = _hold(session, project_id, statement)
    item = _open(session, held, evidence, base)
    row = session.get_one(Evidence, item.row)
    number = item.number + 1
    _add_revision(session, row, item.given, number=number, is_removed=True, by=by, now=now)
    record_act(
        session,
        held,
        "remove_evidence",
        by=by,
        now=now,
        details={"evidence": evidence, "number": number},
    )


def list_evidence(
    session: Session,
    *,
    statement_id: int,
    at: datetime | None = None,
    with_removed: bool = False,
) -> list[EvidenceItem]:
    """Return a statement's evidence in the order it was added, as it is or was ``at`` a moment."""
    later = aliased(EvidenceRevision)
    newest = select(func.max(later.number)).where(later.evidence_id == Evidence.id)
    if at is not None:
        newest = newest.where(later.made_at <= at)
    rows = session.execute(
        _select_items()
        .where(
            Evidence.statement_id == statement_id,
            EvidenceRevision.number == newest.correlate(Evidence).scalar_subquery(),
        )
        .order_by(Evidence.id)
    )
    items = [_item(row[0], row[1]) for row in rows]
    return [item for item in items if with_removed or not item.is_removed]


def find_evidence(session: Session, *, statement_id: int, public_id: str) -> EvidenceItem:
    """Return a piece of a statement's evidence as it is now, even one that was taken away."""
    revisions = list_revisions(session, statement_id=statement_id, public_id=public_id)
    if not revisions:
        raise NotFoundError("There is no such evidence with this statement.")
    return revisions[0]


def list_revisions(session: Session, *, statement_id: int, public_id: str) -> list[EvidenceItem]:
    """Return all revisions of a piece of evidence, the newest first."""
    rows = session.execute(
        _select_items()
        .where(Evidence.statement_id == statement_id, Evidence.public_id == public_id)
        .order_by(EvidenceRevision.number.desc())
    )
    return [_item(row[0], row[1]) for row in rows]


def read_evidence(session: Session, *, revisions: Collection[int]) -> list[EvidenceItem]:
    """Return evidence as these revisions of it have it, in the order it was added."""
    rows = session.execute(
        _select_items()
        .where(EvidenceRevision.id.in_(sorted(revisions)))
        .order_by(Evidence.id, EvidenceRevision.id)
    )
    return [_item(row[0], row[1]) for row in rows]


def name_statements(session: Session, *, statements: Collection[int]) -> dict[int, NamedStatement]:
    """Return what these statements are called, by row."""
    rows = session.execute(
        select(Statement, StatementRevision)
        .join(StatementRevision, StatementRevision.statement_id == Statement.id)
        .where(Statement.id.in_(sorted(statements)), StatementRevision.id == newest_wording())
    )
    return {
        row[0].id: NamedStatement(row[0].public_id, row[1].wording, row[1].language) for row in rows
    }


def own_pages(appearances: Iterable[AppearanceView]) -> list[str]:
    """Return the addresses of the articles in which a statement appears."""
    found = (one.claim.passage.url for one in appearances if one.claim)
    return list(dict.fromkeys(url for url in found if url))


def is_own_page(given: GivenEvidence, pages: Sequence[str]) -> bool:
    """Tell whether evidence is a page on which the statement itself appears, or a copy of one."""
    return share_page(given.addresses, pages)


def list_same_pages(session: Session, *, statement_id: int, public_id: str) -> list[EvidenceItem]:
    """List a statement's other evidence that is of the same page as this piece, or a copy of it."""
    items = list_evidence(session, statement_id=statement_id)
    own = [item.given for item in items if item.id == public_id]
    return [
        item
        for item in items
        if item.id != public_id
        and any(share_page(given.addresses, item.given.addresses) for given in own)
    ]


def read_claimants(
    session: Session, *, project_id: int, appearances: Iterable[AppearanceView]
) -> Claimants:
    """Return who says a statement: the speakers of its claims, else the articles' authors."""
    names: list[str] = []
    aliases: list[str] = []
    speakers: list[str] = []
    for one in appearances:
        if one.claim is None:
            continue
        passage, source = one.claim.passage, one.claim.source
        if source.kind is None:
            names += [name for name in (source.name, passage.author, passage.outlet) if name]
        else:
            speakers.append(source.id)
    employer = aliased(Speaker)
    rows = session.execute(
        select(Speaker, employer)
        .outerjoin(employer, employer.id == Speaker.employer_id)
        .where(Speaker.project_id == project_id, Speaker.public_id.in_(sorted(set(speakers))))
        .order_by(Speaker.id)
    )
    for row in rows:
        for entry in row:
            if entry is not None:
                names.append(entry.name)
                aliases += [alias for alias in entry.aliases or () if isinstance(alias, str)]
    keys = frozenset(key for name in (*names, *aliases) if (key := fold(name)))
    return Claimants(tuple(dict.fromkeys(names)), keys)


def _hold(session: Session, project_id: int, statement: str) -> Statement:
    share_project(session, project_id)
    held = find_statement(session, project_id=project_id, public_id=statement)
    lock_statement(session, held.id)
    return held


def _open(session: Session, statement: Statement, evidence: str, base: int) -> EvidenceItem:
    item = find_evidence(session, statement_id=statement.id, public_id=evidence)
    if item.number != base:
        error = StaleEvidenceError("Somebody has changed this evidence since: look at both.")
        error.extra = {"newest": item.number}
        raise error
    if item.is_removed:
        raise NotFoundError("This evidence was taken away.")
    return item


def _check(
    session: Session,
    statement: Statement,
    given: GivenEvidence,
    *,
    now: datetime,
    private_hosts: Collection[str],
) -> GivenEvidence:
    """Return evidence in the form in which it is kept; refuse with a sentence what cannot be."""
    checked = check_evidence(given, now=now, private_hosts=private_hosts)
    appearances = read_appearances(
        session, project_id=statement.project_id, statements=[statement.id]
    )[statement.id]
    own = own_pages(appearances)
    for url in checked.addresses:
        if share_page([url], own):
            raise InvalidInputError(
                "%(url)s is the page on which the statement itself appears, and so no evidence for"
                " it: give a page of somebody else.",
                url=url,
            )
    return checked


def check_evidence(
    given: GivenEvidence, *, now: datetime, private_hosts: Collection[str] = ()
) -> GivenEvidence:
    """Return evidence in the form in which it is kept, whatever statement it is for."""
    texts = {name: _text(name, getattr(given, name)) for name in LENGTHS}
    missing = [name for name in _NEEDED if not has_words(texts[name])]
    if given.answer_type is not AnswerType.UNANSWERABLE and not texts["answer"]:
        missing.append("answer")
    if missing:
        raise InvalidInputError(
            "Evidence needs a question with its answer, a title and a publisher; %(name)s is"
            " empty.",
            name=missing[0],
        )
    if not given.url.strip():
        raise no_address()
    archived = (given.archived_url or "").strip()
    published = (given.published or "").strip()
    if published:
        check_edtf(published)
    check_times(published or None, given.accessed, now)
    return replace(
        given,
        question=texts["question"],
        answer=texts["answer"],
        title=texts["title"],
        publisher=texts["publisher"],
        origin=texts["origin"],
        passage=texts["passage"],
        note=texts["note"],
        url=check_link(given.url, private_hosts=private_hosts),
        archived_url=check_link(archived, private_hosts=private_hosts) if archived else None,
        published=published or None,
    )


def no_address() -> InvalidInputError:
    """Say that evidence without an address is none."""
    return InvalidInputError("Evidence needs the address of a page on which readers find it.")


def _text(name: str, text: str) -> str:
    refuse_unstorable(text, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if name not in _LONG:
        text = " ".join(text.split())
    if len(text) > LENGTHS[name]:
        raise InvalidInputError(
            "%(name)s has %(length)s characters and may have %(most)s.",
            name=name,
            length=len(text),
            most=LENGTHS[name],
        )
    return text


def _add_revision(
    session: Session,
    evidence: Evidence,
    given: GivenEvidence,
    *,
    number: int,
    is_removed: bool,
    by: int,
    now: datetime,
) -> None:
    session.add(
        EvidenceRevision(
            project_id=evidence.project_id,
            evidence_id=evidence.id,
            number=number,
            is_removed=is_removed,
            made_by=by,
            made_at=now,
            **vars(given),
        )
    )
    session.flush()


def _select_items() -> Select[Evidence, EvidenceRevision]:
    return select(Evidence, EvidenceRevision).join(
        EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id
    )


def _item(evidence: Evidence, revision: EvidenceRevision) -> EvidenceItem:
    return EvidenceItem(
        row=evidence.id,
        id=evidence.public_id,
        statement_id=evidence.statement_id,
        revision=revision.id,
        number=revision.number,
        given=read_given(revision),
        is_removed=revision.is_removed,
        made_by=revision.made_by,
        made_at=revision.made_at,
    )


def read_given(revision: EvidenceRevision) -> GivenEvidence:
    """Return what somebody wrote down in one revision."""
    return GivenEvidence(
        question=revision.question,
        answer=revision.answer,
        answer_type=AnswerType(revision.answer_type),
        bearing=Bearing(revision.bearing),
        url=revision.url,
        title=revision.title,
        publisher=revision.publisher,
        origin=revision.origin,
        published=revision.published,
        accessed=revision.accessed,
        archived_url=revision.archived_url,
        passage=revision.passage,
        medium=Medium(revision.medium),
        source_kind=SourceKind(revision.source_kind),
        is_independent=revision.is_independent,
        note=revision.note,
    )
