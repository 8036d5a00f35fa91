"""What readers see of a project's fact-check desk: approved verdicts and what these froze.

A page is made of the newest approved revision and nothing later. It is shown only while the desk
publishes and says who it is, while the statement is not withdrawn, and if it keeps all rules.
What was corrected and withdrawn stays on record as it happened, whatever comes after.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Row, Select, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import AuditEvent
from workbench.corpus.rules import words_of
from workbench.errors import InvalidInputError, NotFoundError
from workbench.factcheck.claimants import claimant_of, read_speakers
from workbench.factcheck.dates import is_later
from workbench.factcheck.desks import DeskSettings, describe_organisation, read_desk
from workbench.factcheck.eligibility import (
    Breach,
    list_advice,
    list_breaches,
    list_missing_disclosures,
)
from workbench.factcheck.frozen import (
    FrozenAppearance,
    FrozenEvidence,
    FrozenVerdict,
    read_frozen,
)
from workbench.factcheck.gates import Place
from workbench.factcheck.published import (
    SAYING,
    Appearance,
    Organisation,
    PublishedCheck,
    Search,
    Source,
    TakenBack,
    Version,
)
from workbench.factcheck.queries import read_scheme, unrated_types
from workbench.factcheck.rules import Rating, ReviewStep, State
from workbench.factcheck.scales import ScaleValue, find_scales
from workbench.factcheck.tables import (
    FINAL,
    Approval,
    Desk,
    Erratum,
    SearchLog,
    Statement,
    StatementRevision,
    Verdict,
    VerdictRevision,
    WorkflowStep,
)
from workbench.labelling.remembered import Recent
from workbench.labelling.tables import Speaker
from workbench.projects.tables import Project

BATCH = 200  # checks read at a time where all are wanted
SETTLED = (State.PUBLISHED, State.CORRECTED, State.WITHDRAWN)
REMEMBERED = 50_000  # checks of which it is known whether they keep all rules
_CHANGES = ("edit_article", "withdraw_article", "restore_article", "erase_article", "change_desk")
_SEEN: WeakKeyDictionary[Engine, Recent[tuple[object, ...], bool]] = WeakKeyDictionary()
_Withdrawals = Mapping[int, Sequence[TakenBack]]


@dataclass(frozen=True)
class PublicDesk:
    """A project that publishes, with what it says of itself; ``root`` is its public address."""

    project_id: int
    slug: str
    name: str
    language: str
    root: str
    organisation: Organisation

    def address(self, statement: str) -> str:
        """Return where the check of a statement stands."""
        return f"{self.root}{quote(statement)}/"


@dataclass(frozen=True)
class Withdrawal:
    """That a published check was taken back, when and why; it has no verdict any more."""

    id: str
    url: str
    wording: str
    language: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Correction:
    """That a published verdict was replaced by another, or taken back, and why.

    ``is_shown`` says whether there is anything at ``url``: what breaks a rule is not. ``before``
    and ``after`` are none of a check that was withdrawn; ``wording`` is what readers saw from then
    on, or last, ``earlier_wording`` what it replaced if it did. ``old`` is the verdict that was
    replaced or taken back, ``new`` what replaced it.
    """

    id: str
    statement: str
    url: str
    wording: str
    language: str
    reason: str
    at: datetime
    before: ScaleValue | None
    after: ScaleValue | None
    old: "Given"
    new: "Given | None"
    earlier_wording: str | None = None
    is_shown: bool = True


@dataclass(frozen=True)
class Given:
    """A revision of a verdict: its row, its number, and what it says."""

    row: int
    number: int
    verdict: ScaleValue


@dataclass(frozen=True)
class Wanted:
    """Which published checks are asked for: words of the wording, classes of the verdict."""

    text: str = ""
    ratings: Collection[Rating] = ()


@dataclass(frozen=True)
class LeftOut:
    """How many statements of a project readers do not see, by the reason."""

    not_rated: int
    not_approved: int
    withdrawn: int
    against_rules: int


@dataclass(frozen=True)
class Standing:
    """Whether readers see a statement, where, and what keeps it from them.

    ``is_approved`` says that a verdict is approved and not withdrawn; ``breaches`` and ``advice``
    are of that.
    """

    is_public: bool
    url: str
    publishes: bool
    is_approved: bool
    breaches: Sequence[Breach]
    advice: Sequence[Breach]


def root_address(base_url: str, slug: str) -> str:
    """Return where the checks of a project are listed."""
    return f"{base_url}/checks/{quote(slug)}/"


def list_desks(session: Session, *, base_url: str) -> list[PublicDesk]:
    """List the projects that publish and say who they are, by their names."""
    projects = session.scalars(
        select(Project)
        .join(Desk, Desk.project_id == Project.id)
        .where(Desk.publishes.is_(True))
        .order_by(func.lower(Project.name), Project.id)
    )
    found = (_read_desk(session, project, base_url) for project in projects)
    return [desk for desk in found if desk is not None]


def find_desk(session: Session, *, slug: str, base_url: str) -> PublicDesk:
    """Return a project that publishes; ``NotFoundError`` for any other, be it there or not."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    desk = _read_desk(session, project, base_url) if project else None
    if desk is None:
        raise NotFoundError("There is nothing published at this address.")
    return desk


def demand_desk(session: Session, *, project: Project, base_url: str) -> PublicDesk:
    """Return the desk of a project; ``InvalidInputError`` says why it publishes nothing."""
    settings = read_desk(session, project_id=project.id)
    desk = _describe_desk(project, settings, base_url)
    if not settings.publishes:
        raise InvalidInputError("The desk of this project does not publish: see its settings.")
    for problem in list_missing_disclosures(desk.organisation):
        raise problem
    return desk


def count_checks(session: Session, *, desk: PublicDesk, wanted: Wanted) -> int:
    """Count the published checks that are asked for, as ``list_checks`` lists them."""
    return len(_list_shown(session, desk, wanted))


def list_checks(
    session: Session, *, desk: PublicDesk, wanted: Wanted, limit: int, offset: int = 0
) -> list[PublishedCheck]:
    """List published checks, those approved last first; what breaks a rule is left out."""
    rows = _list_shown(session, desk, wanted)[offset : offset + limit]
    return [one for one in _read_checks(session, desk, rows) if not list_breaches(one)]


def read_all_checks(session: Session, *, desk: PublicDesk) -> Iterator[PublishedCheck]:
    """Yield all published checks, the newest first, without holding them all."""
    offset = 0
    while True:
        rows = session.execute(
            _select_public(session, desk.project_id, Wanted()).limit(BATCH).offset(offset)
        ).all()
        for check in _read_checks(session, desk, rows):
            if not list_breaches(check):
                yield check
        if len(rows) < BATCH:
            return
        offset += BATCH


def list_addresses(session: Session, *, desk: PublicDesk, limit: int) -> list[tuple[str, datetime]]:
    """List where published checks stand, with the day of their last approval, the newest first."""
    rows = _list_shown(session, desk, Wanted())[:limit]
    return [(desk.address(str(row.public_id)), row.approved_at) for row in rows]


def read_check(
    session: Session, *, desk: PublicDesk, statement: str
) -> PublishedCheck | Withdrawal:
    """Return what readers see at a statement's address; ``NotFoundError`` if that is nothing."""
    row = session.execute(
        _select_settled(desk.project_id).where(Statement.public_id == statement)
    ).one_or_none()
    if row is not None and row.state == State.WITHDRAWN:
        return _withdrawal(desk, row)
    if row is not None:
        (check,) = _read_checks(session, desk, [row])
        if not list_breaches(check):
            return check
    raise NotFoundError("There is nothing published at this address.")


def list_settled(session: Session, *, project_id: int) -> list[int]:
    """List the revisions of verdicts that are approved and not withdrawn, published or not."""
    settled = _select_settled(project_id).where(WorkflowStep.state != State.WITHDRAWN)
    return [int(str(row.verdict_revision_id)) for row in session.execute(settled)]


@dataclass(frozen=True)
class ApprovedVerdict:
    """An approved revision of a verdict, as readers got it with all that it rests on.

    ``replaced_at`` is when the next one was approved; ``is_public`` says of the newest one whether
    readers see it now.
    """

    check: PublishedCheck
    frozen: FrozenVerdict
    approved_at: datetime
    replaced_at: datetime | None
    is_public: bool


def read_approved(
    session: Session, *, project: Project, base_url: str
) -> Iterator[ApprovedVerdict]:
    """Yield each statement's approved verdicts, the first approved first; none of a withdrawn one.

    Whether the project publishes or not. Few statements at a time are in memory.
    """
    desk = _describe_desk(project, read_desk(session, project_id=project.id), base_url)
    publishes = _read_desk(session, project, base_url) is not None
    offset = 0
    while True:
        rows = session.execute(_select_settled(project.id).limit(BATCH).offset(offset)).all()
        standing = [row for row in rows if row.state != State.WITHDRAWN]
        yield from _read_all_approved(session, desk, standing, publishes=publishes)
        if len(rows) < BATCH:
            return
        offset += BATCH


def _read_all_approved(
    session: Session,
    desk: PublicDesk,
    rows: Sequence[Row[*tuple[object, ...]]],
    *,
    publishes: bool,
) -> Iterator[ApprovedVerdict]:
    around, approved, searches, frozen = _read_around(
        session, desk, [row.statement_id for row in rows]
    )
    for row in rows:
        versions = approved[row.statement_id]
        for number, one in enumerate(versions, start=1):
            later = versions[number : number + 1]
            check = _check(
                around,
                str(row.public_id),
                frozen[one.row],
                versions[:number],
                searches.get(row.statement_id, ()),
            )
            is_public = publishes and not later and check.is_rated and not list_breaches(check)
            yield ApprovedVerdict(
                check=check,
                frozen=frozen[one.row],
                approved_at=one.version.approved_at,
                replaced_at=later[0].version.approved_at if later else None,
                is_public=is_public,
            )


def list_corrections(
    session: Session, *, desk: PublicDesk, limit: int, offset: int = 0
) -> list[Correction]:
    """List what was corrected and taken back, the newest first; nothing ever leaves the list."""
    found = [*_read_errata(session, desk), *_read_taken_back(session, desk)]
    listed = sorted(found, key=lambda one: (one.at, one.id), reverse=True)[offset : offset + limit]
    shown = _list_addressed(session, desk, {one.statement for one in listed})
    return [replace(one, is_shown=one.statement in shown) for one in listed]


def read_corrections(session: Session, *, project: Project, base_url: str) -> list[Correction]:
    """List the same of a project that may publish or not, the oldest first."""
    desk = _describe_desk(project, read_desk(session, project_id=project.id), base_url)
    found = [*_read_errata(session, desk), *_read_taken_back(session, desk)]
    return sorted(found, key=lambda one: (one.at, one.id))


def count_corrections(session: Session, *, desk: PublicDesk) -> int:
    """Count what was corrected and taken back."""
    taken_back = _select_withdrawals(desk.project_id).order_by(None).subquery()
    errata = select(func.count(Erratum.id)).where(Erratum.project_id == desk.project_id)
    withdrawals = select(func.count()).select_from(taken_back)
    return (session.scalar(errata) or 0) + (session.scalar(withdrawals) or 0)


def _list_addressed(
    session: Session, desk: PublicDesk, statements: Collection[str]
) -> frozenset[str]:
    """Return which of these statements have a page: a check, or that it was withdrawn."""
    rows = session.execute(
        _select_settled(desk.project_id).where(Statement.public_id.in_(sorted(statements)))
    ).all()
    closed = {str(row.public_id) for row in rows if row.state == State.WITHDRAWN}
    checks = _read_checks(session, desk, [row for row in rows if row.state != State.WITHDRAWN])
    return frozenset(closed | {one.id for one in checks if not list_breaches(one)})


def count_left_out(session: Session, *, desk: PublicDesk) -> LeftOut:
    """Count the statements that readers do not see, each by the first reason that holds."""
    unrated = _list_unrated(session, desk.project_id)
    settled = {
        row.statement_id: row for row in session.execute(_select_settled(desk.project_id)).all()
    }
    newest = aliased(StatementRevision)
    types = session.execute(
        select(StatementRevision.statement_id, StatementRevision.claim_type).where(
            StatementRevision.project_id == desk.project_id,
            ~select(newest.id)
            .where(
                newest.statement_id == StatementRevision.statement_id,
                newest.number > StatementRevision.number,
            )
            .exists(),
        )
    ).all()
    not_rated = sum(
        (settled[one.statement_id].claim_type if one.statement_id in settled else one.claim_type)
        in unrated
        for one in types
    )
    rated = [one for one in settled.values() if one.claim_type not in unrated]
    withdrawn = sum(one.state == State.WITHDRAWN for one in rated)
    public = sum(1 for _ in read_all_checks(session, desk=desk))
    return LeftOut(
        not_rated=not_rated,
        not_approved=len(types) - not_rated - len(rated),
        withdrawn=withdrawn,
        against_rules=len(rated) - withdrawn - public,
    )


def describe_standing(
    session: Session, *, project: Project, statement: Statement, base_url: str
) -> Standing:
    """Tell whether readers see a statement of a project, and what keeps it from them."""
    settings = read_desk(session, project_id=project.id)
    desk = _describe_desk(project, settings, base_url)
    row = session.execute(
        _select_settled(project.id).where(Statement.id == statement.id)
    ).one_or_none()
    is_approved = row is not None and row.state != State.WITHDRAWN
    checks = _read_checks(session, desk, [row]) if row is not None and is_approved else []
    breaches = [breach for check in checks for breach in list_breaches(check)]
    return Standing(
        is_public=is_approved and settings.publishes and not breaches,
        url=desk.address(statement.public_id),
        publishes=settings.publishes,
        is_approved=is_approved,
        breaches=breaches,
        advice=[one for check in checks for one in list_advice(check)],
    )


def without_later_evidence(check: PublishedCheck) -> list[Source] | None:
    """Return the evidence that was there when the claim was made; none of a claim without date.

    What has no date of its own is never taken for later.
    """
    if check.claimed is None:
        return None
    return [one for one in check.sources if not one.is_later]


def _read_desk(session: Session, project: Project, base_url: str) -> PublicDesk | None:
    settings = read_desk(session, project_id=project.id)
    if not settings.publishes:
        return None
    desk = _describe_desk(project, settings, base_url)
    return None if list_missing_disclosures(desk.organisation) else desk


def _describe_desk(project: Project, settings: DeskSettings, base_url: str) -> PublicDesk:
    root = root_address(base_url, project.slug)
    return PublicDesk(
        project_id=project.id,
        slug=project.slug,
        name=project.name,
        language=project.language,
        root=root,
        organisation=describe_organisation(settings, root=root),
    )


def _select_settled(project_id: int) -> Select[*tuple[object, ...]]:
    """Select the statements with an approved verdict: its revision, and what came of it last.

    A withdrawn statement that is taken up again stays withdrawn for readers until a verdict is
    approved anew.
    """
    step, later = aliased(WorkflowStep), aliased(Approval)
    approval = aliased(Approval)
    newest_approval = (
        select(func.max(approval.id))
        .select_from(approval)
        .join(VerdictRevision, VerdictRevision.id == approval.verdict_revision_id)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .where(
            Verdict.statement_id == Statement.id,
            Verdict.judge == FINAL,
            approval.step == ReviewStep.APPROVED,
            ~select(later.id)
            .where(
                later.verdict_revision_id == approval.verdict_revision_id, later.id > approval.id
            )
            .exists(),
        )
        .correlate(Statement)
        .scalar_subquery()
    )
    newest_step = (
        select(func.max(step.id))
        .where(step.statement_id == Statement.id, step.state.in_(SETTLED))
        .correlate(Statement)
        .scalar_subquery()
    )
    return (
        select(
            Statement.id.label("statement_id"),
            Statement.public_id,
            Approval.id.label("approval_id"),
            Approval.verdict_revision_id,
            Approval.made_at.label("approved_at"),
            VerdictRevision.rating,
            StatementRevision.wording,
            StatementRevision.language,
            StatementRevision.claim_type,
            WorkflowStep.state,
            WorkflowStep.reason,
            WorkflowStep.made_at.label("settled_at"),
        )
        .select_from(Statement)
        .join(Approval, Approval.id == newest_approval)
        .join(VerdictRevision, VerdictRevision.id == Approval.verdict_revision_id)
        .join(StatementRevision, StatementRevision.id == VerdictRevision.statement_revision_id)
        .join(WorkflowStep, WorkflowStep.id == newest_step)
        .where(Statement.project_id == project_id)
        .order_by(Approval.id.desc())
    )


def _select_public(
    session: Session, project_id: int, wanted: Wanted
) -> Select[*tuple[object, ...]]:
    found = _select_settled(project_id).where(
        WorkflowStep.state != State.WITHDRAWN,
        StatementRevision.claim_type.not_in(sorted(_list_unrated(session, project_id))),
    )
    if wanted.ratings:
        found = found.where(VerdictRevision.rating.in_(sorted(wanted.ratings)))
    words = words_of(wanted.text)
    for word in words:
        found = found.where(_has_word(word))
    if wanted.text.strip() and not words:
        found = found.where(false())
    return found


def _list_shown(
    session: Session, desk: PublicDesk, wanted: Wanted
) -> list[Row[*tuple[object, ...]]]:
    """Return the rows of the checks that are asked for, but for those that break a rule.

    A rule that held when a verdict was approved is broken by what happens to an article, a speaker
    or the desk. Each check takes 2 ms to look at, so what was found is remembered until one of them
    changes, and of more than ``BATCH`` that are still to be looked at the rest waits for the next
    time.
    """
    rows = session.execute(_select_public(session, desk.project_id, wanted)).all()
    changed = session.scalar(
        select(func.max(AuditEvent.id)).where(
            AuditEvent.project_id == desk.project_id,
            or_(AuditEvent.action.in_(_CHANGES), AuditEvent.action.endswith("_register_entry")),
        )
    )
    seen = _SEEN.setdefault(session.get_bind().engine, Recent(REMEMBERED, lambda _: 1))
    name = desk.organisation.name
    keys = {(row.verdict_revision_id, name, changed): row for row in rows}
    unseen = [key for key in keys if seen.get(key) is None][:BATCH]
    checks = _read_checks(session, desk, [keys[key] for key in unseen])
    for key, check in zip(unseen, checks, strict=True):
        seen.put(key, not list_breaches(check))
    return [row for key, row in keys.items() if seen.get(key) is not False]


def _has_word(word: str) -> ColumnElement[bool]:
    return StatementRevision.search_text.contains(word, autoescape=True)


def _list_unrated(session: Session, project_id: int) -> frozenset[str]:
    return unrated_types(read_scheme(session, project_id=project_id))


def _read_checks(
    session: Session, desk: PublicDesk, rows: Sequence[Row[*tuple[object, ...]]]
) -> list[PublishedCheck]:
    """Return what these revisions froze, in the same order; by a fixed number of statements."""
    if not rows:
        return []
    statements = [row.statement_id for row in rows]
    around, approved, searches, frozen = _read_around(
        session, desk, statements, revisions=[row.verdict_revision_id for row in rows]
    )
    return [
        _check(
            around,
            str(row.public_id),
            frozen[row.verdict_revision_id],
            approved[row.statement_id],
            searches.get(row.statement_id, ()),
        )
        for row in rows
    ]


def _read_around(
    session: Session,
    desk: PublicDesk,
    statements: Sequence[int],
    *,
    revisions: Sequence[int] | None = None,
) -> tuple[
    "_Around",
    dict[int, list["_Approved"]],
    dict[int, list[tuple[Search, datetime]]],
    dict[int, FrozenVerdict],
]:
    """Return what the checks of statements are made of: of all approved revisions, or of these."""
    approved = _read_approved(session, statements)
    if revisions is None:
        revisions = [one.row for theirs in approved.values() for one in theirs]
    wanted = session.scalars(select(VerdictRevision).where(VerdictRevision.id.in_(revisions))).all()
    frozen = read_frozen(session, revisions=wanted)
    names = {
        one.now.source.id
        for held in frozen.values()
        for one in held.appearances
        if one.known is None
    }
    around = _Around(
        desk=desk,
        speakers=read_speakers(session, project_id=desk.project_id, ids=names),
        unrated=_list_unrated(session, desk.project_id),
        withdrawals=_read_withdrawals(session, desk.project_id, statements),
    )
    return around, approved, _read_searches(session, statements), frozen


@dataclass(frozen=True)
class _Around:
    """What the checks of a desk share."""

    desk: PublicDesk
    speakers: Mapping[str, Speaker]
    unrated: Collection[str]
    withdrawals: _Withdrawals


@dataclass(frozen=True)
class _Approved:
    row: int
    version: Version
    approver_id: int | None


def _check(
    around: _Around,
    statement: str,
    frozen: FrozenVerdict,
    approved: Sequence[_Approved],
    searches: Sequence[tuple[Search, datetime]],
) -> PublishedCheck:
    seen = next(one.version.approved_at for one in approved if one.row == frozen.row)
    check = PublishedCheck(
        id=statement,
        url=around.desk.address(statement),
        wording=frozen.wording,
        language=frozen.language,
        claim_type=frozen.claim_type,
        is_rated=frozen.claim_type not in around.unrated,
        worst_rating=frozen.scale.scale.worst_rating,
        best_rating=frozen.scale.scale.best_rating,
        justification=frozen.justification,
        context=frozen.context,
        appearances=_in_order([_appearance(one, around.speakers) for one in frozen.appearances]),
        featured=next((one.id for one in frozen.appearances if one.is_featured), None),
        sources=(),
        searches=[search for search, made_at in searches if made_at <= seen],
        versions=[one.version for one in approved],
        withdrawals=around.withdrawals.get(frozen.statement_id, ()),
        author_id=frozen.author_id,
        approver_id=approved[-1].approver_id,
        organisation=around.desk.organisation,
    )
    return replace(check, sources=[_source(one, check.claimed) for one in frozen.evidence])


def _source(one: FrozenEvidence, claimed: str | None) -> Source:
    return Source(
        id=one.id,
        question=one.question,
        answer=one.answer,
        bearing=one.bearing,
        url=one.url,
        title=one.title,
        publisher=one.publisher,
        origin=one.origin,
        published=one.published,
        accessed=one.accessed,
        archived_url=one.archived_url,
        passage=one.passage,
        medium=one.medium,
        kind=one.source_kind,
        is_independent=one.is_independent,
        note=one.note,
        is_later=is_later(one.published, claimed),
    )


def _appearance(one: FrozenAppearance, speakers: Mapping[str, Speaker]) -> Appearance:
    """Return where the claim stands; of an article that was withdrawn, no words any more."""
    passage, now = one.claim.passage, one.now.passage
    return Appearance(
        id=one.id,
        relation=one.relation,
        quote="" if passage.is_closed else one.quote,
        language=passage.language,
        title=None if passage.is_closed else passage.heading,
        outlet=passage.outlet,
        author=passage.author,
        published=passage.published,
        url=passage.url,
        claimant=one.known.claimant if one.known else claimant_of(one.claim, speakers),
        place=Place(now.url, now.outlet, one.relation in SAYING),
        is_closed=passage.is_closed,
    )


def _in_order(appearances: Sequence[Appearance]) -> list[Appearance]:
    """Return the earliest first, those without a date last."""
    return sorted(appearances, key=lambda one: (one.published is None, one.published or ""))


def _read_approved(session: Session, statements: Sequence[int]) -> dict[int, list[_Approved]]:
    """Return the approved revisions of each statement's verdict, the first approved first."""
    later = aliased(Approval)
    rows = session.execute(
        select(Verdict.statement_id, VerdictRevision, Approval, StatementRevision)
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .join(StatementRevision, StatementRevision.id == VerdictRevision.statement_revision_id)
        .join(Approval, Approval.verdict_revision_id == VerdictRevision.id)
        .where(
            Verdict.statement_id.in_(statements),
            Verdict.judge == FINAL,
            Approval.step == ReviewStep.APPROVED,
            ~select(later.id)
            .where(
                later.verdict_revision_id == Approval.verdict_revision_id, later.id > Approval.id
            )
            .exists(),
        )
        .order_by(Approval.id)
    ).all()
    scales = find_scales(session, rows={row[1].scale_revision_id for row in rows})
    found: dict[int, list[_Approved]] = {}
    for statement_id, revision, approval, words in rows:
        version = Version(
            number=revision.number,
            verdict=scales[revision.scale_revision_id].value(revision.value),
            approved_at=approval.made_at,
            correction=revision.correction,
            wording=words.wording,
            language=words.language,
        )
        found.setdefault(statement_id, []).append(_Approved(revision.id, version, approval.made_by))
    return found


def _read_searches(
    session: Session, statements: Sequence[int]
) -> dict[int, list[tuple[Search, datetime]]]:
    found: dict[int, list[tuple[Search, datetime]]] = {}
    for row in session.scalars(
        select(SearchLog).where(SearchLog.statement_id.in_(statements)).order_by(SearchLog.id)
    ):
        search = Search(row.query, row.place, row.searched_on, row.outcome)
        found.setdefault(row.statement_id, []).append((search, row.made_at))
    return found


def _withdrawal(desk: PublicDesk, row: Row[*tuple[object, ...]]) -> Withdrawal:
    return Withdrawal(
        id=str(row.public_id),
        url=desk.address(str(row.public_id)),
        wording=str(row.wording),
        language=str(row.language),
        reason=row.reason or "",
        at=row.settled_at,
    )


def _read_errata(session: Session, desk: PublicDesk) -> list[Correction]:
    before, after = aliased(VerdictRevision), aliased(VerdictRevision)
    earlier, now = aliased(StatementRevision), aliased(StatementRevision)
    errata = session.execute(
        select(Statement.public_id, Erratum, before, after, earlier, now)
        .select_from(Erratum)
        .join(Statement, Statement.id == Erratum.statement_id)
        .join(before, before.id == Erratum.corrected_id)
        .join(after, after.id == Erratum.verdict_revision_id)
        .join(earlier, earlier.id == before.statement_revision_id)
        .join(now, now.id == after.statement_revision_id)
        .where(Erratum.project_id == desk.project_id)
    ).all()
    scales = find_scales(
        session, rows={one.scale_revision_id for row in errata for one in (row[2], row[3])}
    )
    return [
        Correction(
            id=erratum.public_id,
            statement=statement,
            url=desk.address(statement),
            wording=new_words.wording,
            language=new_words.language,
            reason=erratum.reason,
            at=erratum.made_at,
            before=scales[old.scale_revision_id].value(old.value),
            after=scales[new.scale_revision_id].value(new.value),
            old=Given(old.id, old.number, scales[old.scale_revision_id].value(old.value)),
            new=Given(new.id, new.number, scales[new.scale_revision_id].value(new.value)),
            earlier_wording=None if old_words.wording == new_words.wording else old_words.wording,
        )
        for statement, erratum, old, new, old_words, new_words in errata
    ]


def _read_taken_back(session: Session, desk: PublicDesk) -> list[Correction]:
    steps = session.execute(_select_withdrawals(desk.project_id)).all()
    approved = _read_approved(session, sorted({row.statement_id for row in steps}))
    numbers: Counter[int] = Counter()
    found = []
    for row in steps:
        numbers[row.statement_id] += 1
        versions = approved[row.statement_id]
        seen = ([one for one in versions if one.version.at <= row.made_at] or versions[:1])[-1]
        number = numbers[row.statement_id]
        found.append(
            Correction(
                id=f"{row.public_id}-withdrawn{f'-{number}' if number > 1 else ''}",
                statement=str(row.public_id),
                url=desk.address(str(row.public_id)),
                wording=seen.version.wording,
                language=seen.version.language,
                reason=row.reason or "",
                at=row.made_at,
                before=None,
                after=None,
                old=Given(seen.row, seen.version.number, seen.version.verdict),
                new=None,
            )
        )
    return found


def _read_withdrawals(session: Session, project_id: int, statements: Sequence[int]) -> _Withdrawals:
    found: dict[int, list[TakenBack]] = {}
    rows = _select_withdrawals(project_id).where(WorkflowStep.statement_id.in_(statements))
    for row in session.execute(rows):
        found.setdefault(row.statement_id, []).append(TakenBack(row.made_at, row.reason or ""))
    return found


def _select_withdrawals(project_id: int) -> Select[*tuple[object, ...]]:
    """Select when something that had been published was withdrawn, the oldest first."""
    earlier = aliased(WorkflowStep)
    return (
        select(
            Statement.public_id,
            WorkflowStep.statement_id,
            WorkflowStep.reason,
            WorkflowStep.made_at,
        )
        .join(Statement, Statement.id == WorkflowStep.statement_id)
        .where(
            WorkflowStep.project_id == project_id,
            WorkflowStep.state == State.WITHDRAWN,
            select(earlier.id)
            .where(
                earlier.statement_id == WorkflowStep.statement_id,
                earlier.id < WorkflowStep.id,
                earlier.state.in_([State.PUBLISHED, State.CORRECTED]),
            )
            .exists(),
        )
        .order_by(WorkflowStep.id)
    )
