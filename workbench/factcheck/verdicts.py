"""The final verdict on a statement: written by one person, revision by revision, never changed.

Each revision freezes what it rests on. Whether it may be published is decided by the gates, here
for its author and again, in the same transaction, for whoever approves it: see ``reviewing``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.operations import record_event
from workbench.accounts.tables import User
from workbench.canonical import JsonObject
from workbench.corpus.text import refuse_unstorable
from workbench.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
)
from workbench.factcheck.appearances import AppearanceView, read_whole
from workbench.factcheck.claimants import claimant_of, read_speakers
from workbench.factcheck.desks import read_desk
from workbench.factcheck.frozen import (
    FrozenVerdict,
    find_changes,
    freeze,
    list_evidence,
    read_frozen,
)
from workbench.factcheck.gates import Case, Gate, GateName, Place, Source, check_gates, demand
from workbench.factcheck.judging import is_kept_blind
from workbench.factcheck.prose import has_words
from workbench.factcheck.published import SAYING, Claimant
from workbench.factcheck.queries import current_revision, current_state, is_rated, read_scheme
from workbench.factcheck.rules import Bearing, Rating, ReviewStep, SourceKind, State
from workbench.factcheck.scales import NumberedScale, install_scale, read_scale
from workbench.factcheck.tables import (
    FINAL,
    Approval,
    ReviewInvitation,
    SearchLog,
    Statement,
    StatementRevision,
    Verdict,
    VerdictRevision,
)
from workbench.factcheck.workflow import open_statement, settle_review
from workbench.storage.base import PUBLIC_ID

MAX_JUSTIFICATION = 20_000
MAX_CONTEXT = 2_000
MAX_CORRECTION = 2_000


@dataclass(frozen=True)
class GivenVerdict:
    """A verdict as its author wrote it.

    ``id`` was made by the form and is the idempotency key; ``base`` is the number of the revision
    it was made from, 0 before the first, ``wording`` the number of the wording it judges.
    """

    id: str
    base: int
    wording: int
    value: str
    justification: str
    context: str = ""
    correction: str = ""


@dataclass(frozen=True)
class ReviewLine:
    """A step of a review: who asked, approved or returned, and the note they left.

    ``invited_by`` is who sent the link by which somebody from outside did it.
    """

    step: ReviewStep
    who: str
    invited_by: str | None
    note: str
    at: datetime


@dataclass(frozen=True)
class VerdictView:
    """The final verdict on a statement as the desk sees it.

    ``newest`` and ``approved`` are none while there is none, or while the reader has still to
    judge for themselves (``is_blind``). ``review`` is that of the newest; ``changes`` say what is
    no longer as that has it. ``gates`` are those of the newest, or of an empty verdict.
    """

    scale: NumberedScale
    is_blind: bool
    newest: FrozenVerdict | None
    approved: FrozenVerdict | None
    author: str
    review: tuple[ReviewLine, ...]
    changes: tuple[InvalidInputError, ...]
    gates: tuple[Gate, ...]
    needs_correction: bool

    @property
    def is_asked(self) -> bool:
        """Whether the newest revision waits for a second person."""
        return bool(self.review) and self.review[-1].step is ReviewStep.ASKED

    @property
    def is_approved(self) -> bool:
        """Whether the newest revision is approved."""
        return bool(self.review) and self.review[-1].step is ReviewStep.APPROVED

    @property
    def may_be_asked(self) -> bool:
        """Whether nothing but the second person is missing."""
        others = [gate for gate in self.gates if gate.name is not GateName.SECOND_PERSON]
        return self.newest is not None and not self.changes and all(one.is_met for one in others)


def submit_verdict(
    session: Session,
    *,
    project_id: int,
    statement: str,
    given: GivenVerdict,
    by: int,
    now: datetime,
) -> VerdictRevision:
    """Write the next revision of the final verdict; one in review is taken back.

    The same id and content again answer as the first time. Raises ``StaleRevisionError`` when
    somebody wrote one meanwhile or reworded the statement, ``UnmetGatesError`` for what is never
    rated, ``ConflictError`` for a correction without reason, ``ForbiddenError`` for a checker who
    has still to give a verdict of their own.
    """
    check_id(given.id)
    held = open_statement(session, project_id=project_id, public_id=statement)
    given = _parse(given)
    if repeated := _find_repeated(session, held, given, by):
        return repeated
    if current_state(session, statement_id=held.id) is State.WITHDRAWN:
        raise ConflictError("The statement is withdrawn; reopen it first.")
    _keep_blind(session, held, by)
    newest = find_newest(session, statement_id=held.id)
    _refuse_stale(session, held, newest, given)
    demand([one for one in gates_of(session, held, None, by) if one.name is GateName.CHECKABLE])
    scale = install_scale(session, project_id=project_id, now=now)
    value = scale.value(given.value)
    approved = find_approved(session, statement_id=held.id)
    if approved and not has_words(given.correction):
        raise InvalidInputError(
            "A verdict is published already: say in the correction why another takes its place."
        )
    revision = VerdictRevision(
        project_id=project_id,
        public_id=given.id,
        verdict_id=_final(session, held).id,
        number=newest.number + 1 if newest else 1,
        statement_revision_id=current_revision(session, statement_id=held.id).id,
        scale_revision_id=scale.row,
        value=value.id,
        rating=value.rating.value,
        justification=given.justification,
        context=given.context or None,
        correction=given.correction if approved else None,
        author_id=by,
        made_at=now,
    )
    session.add(revision)
    session.flush()
    freeze(session, statement=held, revision=revision)
    if current_state(session, statement_id=held.id) is State.IN_REVIEW:
        settle_review(session, statement=held, by=by, now=now, reason=None)
    details: JsonObject = {"number": revision.number, "rating": revision.rating}
    record_verdict(session, held, revision, "submit_verdict", by=by, now=now, details=details)
    return revision


def find_newest(session: Session, *, statement_id: int) -> VerdictRevision | None:
    """Return the newest revision of a statement's final verdict, if there is one."""
    return session.scalar(
        select(VerdictRevision)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .where(Verdict.statement_id == statement_id, Verdict.judge == FINAL)
        .order_by(VerdictRevision.number.desc())
        .limit(1)
    )


def find_approved(session: Session, *, statement_id: int) -> VerdictRevision | None:
    """Return the newest approved revision of a statement's final verdict, if there is one.

    Whether readers see it is another question: not while the statement is withdrawn, nor after,
    before one is approved anew; and only while the desk publishes.
    """
    return session.scalar(
        select(VerdictRevision)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .join(Approval, Approval.verdict_revision_id == VerdictRevision.id)
        .where(
            Verdict.statement_id == statement_id,
            Verdict.judge == FINAL,
            Approval.step == ReviewStep.APPROVED,
        )
        .order_by(Approval.id.desc())
        .limit(1)
    )


def gates_of(
    session: Session,
    statement: Statement,
    written: VerdictRevision | GivenVerdict | None,
    author: int | None,
    *,
    appearances: Sequence[AppearanceView] | None = None,
    approver: int | None = None,
    is_outside: bool = False,
) -> list[Gate]:
    """Return the gates of a verdict as it is being written, or of a revision, as things are now.

    ``appearances`` are those of the statement, none of them hidden, where they are read already.
    """
    wording = current_revision(session, statement_id=statement.id)
    scheme = read_scheme(session, project_id=statement.project_id)
    desk = read_desk(session, project_id=statement.project_id)
    searches = select(SearchLog.id).where(SearchLog.statement_id == statement.id).limit(1)
    if appearances is None:
        appearances = read_whole(session, statement=statement)
    claimant = _read_claimant(session, statement, appearances, wording.featured_id)
    case = Case(
        wording=wording.wording,
        claim_type=wording.claim_type,
        places=[
            Place(one.claim.passage.url, one.claim.passage.outlet, one.relation in SAYING)
            for one in appearances
            if one.claim
        ],
        rating=_rating_of(session, statement, written),
        justification=written.justification if written else "",
        context=(written.context or "") if written else "",
        sources=[
            Source(
                id=public_id,
                title=one.title,
                bearing=Bearing(one.bearing),
                kind=SourceKind(one.source_kind),
                is_independent=one.is_independent,
                publisher=one.publisher,
                origin=one.origin,
                url=one.url,
                archived_url=one.archived_url,
                passage=one.passage,
            )
            for public_id, one in list_evidence(session, statement_id=statement.id)
        ],
        searches=1 if session.scalar(searches) else 0,
        author=author,
        approver=approver,
        is_rated=is_rated(scheme, wording.claim_type),
        is_outside=is_outside,
        organisation=desk.organisation,
        claimant=claimant.name if claimant else "",
        claimant_page=claimant.same_as if claimant else None,
    )
    return check_gates(case)


def describe(
    session: Session,
    *,
    statement: Statement,
    reader: int | None,
    appearances: Sequence[AppearanceView] | None = None,
) -> VerdictView:
    """Return the final verdict on a statement as this reader may see it, with its gates.

    ``appearances`` are those of the statement, none of them hidden, where they are read already.
    """
    if appearances is None:
        appearances = read_whole(session, statement=statement)
    is_blind = reader is not None and is_kept_blind(session, statement=statement, reader=reader)
    newest = find_newest(session, statement_id=statement.id)
    approved = find_approved(session, statement_id=statement.id)
    wanted = [one for one in {approved, newest} if one]
    needs_correction = approved is not None
    if is_blind:
        newest = approved = None  # approved before the statement was withdrawn, and known
    frozen = read_frozen(session, revisions=wanted)
    author = newest.author_id if newest else reader
    last = _last_approval(session, newest)
    is_outside = last is not None and last.invitation_id is not None
    return VerdictView(
        scale=read_scale(session, project_id=statement.project_id),
        is_blind=is_blind,
        newest=frozen[newest.id] if newest else None,
        approved=frozen[approved.id] if approved else None,
        author=session.get_one(User, newest.author_id).name if newest else "",
        review=tuple(read_review(session, revision=newest)) if newest else (),
        changes=tuple(
            find_changes(
                session,
                statement=statement,
                revision=newest,
                frozen=frozen[newest.id],
                appearances=appearances,
            )
        )
        if newest
        else (),
        gates=tuple(
            gates_of(
                session,
                statement,
                newest,
                author,
                appearances=appearances,
                approver=None if is_outside or last is None else last.made_by,
                is_outside=is_outside,
            )
        ),
        needs_correction=needs_correction,
    )


def read_review(session: Session, *, revision: VerdictRevision) -> list[ReviewLine]:
    """Return the steps of the review of a revision, the first one first."""
    inviter = aliased(User)
    rows = session.execute(
        select(Approval, User.name, ReviewInvitation.name, inviter.name)
        .outerjoin(User, User.id == Approval.made_by)
        .outerjoin(ReviewInvitation, ReviewInvitation.id == Approval.invitation_id)
        .outerjoin(inviter, inviter.id == ReviewInvitation.invited_by)
        .where(Approval.verdict_revision_id == revision.id)
        .order_by(Approval.id)
    )
    return [
        ReviewLine(
            step=ReviewStep(row[0].step),
            who=row[1] or row[2] or "",
            invited_by=row[3],
            note=row[0].note,
            at=row[0].made_at,
        )
        for row in rows
    ]


def check_id(public_id: str) -> None:
    """Refuse an id that no form of ours would have made."""
    if not PUBLIC_ID.fullmatch(public_id):
        raise InvalidInputError("“%(id)s” is no id: small letters and digits.", id=public_id[:40])


def record_verdict(
    session: Session,
    statement: Statement,
    revision: VerdictRevision,
    action: str,
    *,
    by: int | None,
    now: datetime,
    details: JsonObject,
) -> None:
    """Note an act upon a verdict in the audit trail."""
    record_event(
        session,
        action,
        f"verdict {revision.public_id}",
        project_id=statement.project_id,
        by=by,
        now=now,
        details={"statement": statement.public_id, **details},
    )


def _parse(given: GivenVerdict) -> GivenVerdict:
    return GivenVerdict(
        id=given.id,
        base=given.base,
        wording=given.wording,
        value=given.value,
        justification=_text(given.justification, MAX_JUSTIFICATION),
        context=_text(given.context, MAX_CONTEXT),
        correction=_text(given.correction, MAX_CORRECTION),
    )


def _text(text: str, most: int) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > most:
        raise InvalidInputError("At most %(most)s characters.", most=most)
    refuse_unstorable(words, "text")
    return words


def _find_repeated(
    session: Session, statement: Statement, given: GivenVerdict, by: int
) -> VerdictRevision | None:
    row = session.execute(
        select(VerdictRevision, Verdict, StatementRevision.number)
        .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
        .join(StatementRevision, StatementRevision.id == VerdictRevision.statement_revision_id)
        .where(
            VerdictRevision.project_id == statement.project_id,
            VerdictRevision.public_id == given.id,
        )
    ).one_or_none()
    if row is None:
        return None
    revision, verdict, wording = row
    is_same = (
        (verdict.statement_id, verdict.judge) == (statement.id, FINAL)
        and revision.author_id == by
        and (revision.number - 1, wording) == (given.base, given.wording)
        and (revision.value, revision.justification) == (given.value, given.justification)
        and (revision.context or "") == given.context
        and (revision.correction or "") in {given.correction, ""}
    )
    if not is_same:
        raise ConflictError("Another verdict has this id already; begin a new one.")
    found: VerdictRevision = revision
    return found


def _refuse_stale(
    session: Session, statement: Statement, newest: VerdictRevision | None, given: GivenVerdict
) -> None:
    number = newest.number if newest else 0
    if given.base != number:
        error = StaleRevisionError(
            "Somebody has written revision %(number)s of the verdict meanwhile: compare both, and"
            " send yours again if it is still right.",
            number=number,
        )
        if newest:
            error.extra = {
                "newest": {
                    "id": newest.public_id,
                    "number": newest.number,
                    "value": newest.value,
                    "justification": newest.justification,
                    "context": newest.context,
                    "correction": newest.correction,
                }
            }
        raise error
    wording = current_revision(session, statement_id=statement.id)
    if given.wording != wording.number:
        error = StaleRevisionError(
            "The statement was reworded meanwhile; it reads now: “%(wording)s”.",
            wording=wording.wording,
        )
        error.extra = {"wording": {"number": wording.number, "text": wording.wording}}
        raise error


def _keep_blind(session: Session, statement: Statement, by: int) -> None:
    if is_kept_blind(session, statement=statement, reader=by):
        raise ForbiddenError("Give your own verdict first; then you see those of the others.")


def _final(session: Session, statement: Statement) -> Verdict:
    found = session.scalar(
        select(Verdict).where(Verdict.statement_id == statement.id, Verdict.judge == FINAL)
    )
    if found is None:
        found = Verdict(
            project_id=statement.project_id,
            statement_id=statement.id,
            judge=FINAL,
            person_id=None,
        )
        session.add(found)
        session.flush()
    return found


def _rating_of(
    session: Session, statement: Statement, written: VerdictRevision | GivenVerdict | None
) -> Rating | None:
    if written is None or not written.value:
        return None
    if isinstance(written, VerdictRevision):
        return Rating(written.rating)
    return read_scale(session, project_id=statement.project_id).value(written.value).rating


def _read_claimant(
    session: Session,
    statement: Statement,
    views: Sequence[AppearanceView],
    featured_id: int | None,
) -> Claimant | None:
    """Return who made the claim, as readers will be told."""
    saying = [view for view in views if view.relation in SAYING and view.claim]
    main = next((view for view in saying if view.row == featured_id), next(iter(saying), None))
    if main is None or main.claim is None:
        return None
    claim = main.claim
    speakers = read_speakers(session, project_id=statement.project_id, ids={claim.source.id})
    return claimant_of(claim, speakers)


def _last_approval(session: Session, revision: VerdictRevision | None) -> Approval | None:
    """Return the last step of a review if that approved the verdict."""
    if revision is None:
        return None
    last = session.scalar(
        select(Approval)
        .where(Approval.verdict_revision_id == revision.id)
        .order_by(Approval.id.desc())
        .limit(1)
    )
    return last if last and last.step == ReviewStep.APPROVED else None
