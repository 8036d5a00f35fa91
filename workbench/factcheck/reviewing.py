"""Review: a second person looks at one revision of a verdict, and approves or returns it.

Whoever wrote it only asks. All gates are looked at again in the transaction that approves, and so
is whether anything is still as the revision has it. On a desk of one person somebody from outside
is invited by a link, which opens that one revision and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.rules import SpentLinkError, parse_email, parse_name
from workbench.accounts.tables import User
from workbench.accounts.tokens import hash_token, make_token
from workbench.canonical import JsonObject
from workbench.corpus.rules import fold
from workbench.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
)
from workbench.factcheck.appearances import read_appearances, read_whole
from workbench.factcheck.frozen import ChangedSinceError, FrozenVerdict, find_changes, read_frozen
from workbench.factcheck.gates import GateName, demand
from workbench.factcheck.judging import is_kept_blind
from workbench.factcheck.prose import has_words
from workbench.factcheck.queries import current_state
from workbench.factcheck.rules import ReviewStep, State
from workbench.factcheck.tables import (
    Approval,
    Erratum,
    ReviewInvitation,
    Statement,
    Verdict,
    VerdictRevision,
)
from workbench.factcheck.verdicts import (
    find_approved,
    find_newest,
    gates_of,
    record_verdict,
)
from workbench.factcheck.workflow import (
    list_checkers,
    move,
    open_statement,
    parse_words,
    settle_review,
)
from workbench.projects.queries import list_members
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

LINK_LIFETIME = timedelta(days=14)
MAX_NOTE = 5_000


@dataclass(frozen=True)
class Invited:
    """An invitation that can still be used, and the revision that it opens."""

    project_id: int
    statement: str
    name: str
    email: str
    expires_at: datetime
    verdict: FrozenVerdict


@dataclass(frozen=True)
class SentInvitation:
    """An invitation as the desk sees it: never its link, of which nothing is kept."""

    id: str
    name: str
    email: str
    created_at: datetime
    expires_at: datetime
    is_open: bool


def ask_review(
    session: Session, *, project_id: int, statement: str, number: int, by: int, now: datetime
) -> None:
    """Ask for a second person, once nothing else is missing; only the author asks.

    Raises ``UnmetGatesError`` naming what is missing, ``ChangedSinceError`` naming what is no
    longer as the revision has it.
    """
    held = open_statement(session, project_id=project_id, public_id=statement)
    revision = _newest(session, held, number)
    if revision.author_id != by:
        raise ForbiddenError("Only whoever wrote the verdict asks for its review.")
    _refuse_blind(session, held, by)
    state = current_state(session, statement_id=held.id)
    if state is State.IN_REVIEW:
        raise ConflictError("The verdict is in review already.")
    steps = _steps_of(session, revision)
    if steps and steps[-1].step == ReviewStep.APPROVED:
        raise ConflictError("The verdict is approved already; write a new revision to change it.")
    _refuse_changed(session, held, revision)
    gates = gates_of(session, held, revision, by)
    demand(gates, but=frozenset({GateName.SECOND_PERSON}))
    if state is State.OPEN:
        held.assignee_id = by
        move(session, statement=held, to=State.ASSIGNED, by=by, now=now)
    move(session, statement=held, to=State.IN_REVIEW, by=by, now=now)
    _add_step(session, held, revision, ReviewStep.ASKED, "", by=by, now=now)


def approve(
    session: Session,
    *,
    project_id: int,
    statement: str,
    number: int,
    note: str,
    by: int,
    now: datetime,
) -> None:
    """Approve a revision that somebody else wrote: it is what readers see from now on.

    All gates are looked at again as things are now. Raises ``UnmetGatesError`` for whatever is
    missing, the second person included, ``ChangedSinceError`` for what changed meanwhile.
    """
    held, revision = _open_asked(session, project_id, statement, number)
    if revision.author_id != by:
        _refuse_blind(session, held, by)
        _refuse_hidden(session, held, by)
    _approve(session, held, revision, note, approver=by, invitation=None, now=now)


def return_verdict(
    session: Session,
    *,
    project_id: int,
    statement: str,
    number: int,
    note: str,
    by: int,
    now: datetime,
) -> None:
    """Return a revision to its author, saying what is to be done."""
    held, revision = _open_asked(session, project_id, statement, number)
    if revision.author_id == by:
        raise ForbiddenError(
            "Whoever wrote the verdict does not review it; write a new revision to take it back."
        )
    _refuse_blind(session, held, by)
    words = parse_words(note, most=MAX_NOTE)
    _add_step(session, held, revision, ReviewStep.RETURNED, words, by=by, now=now)
    settle_review(session, statement=held, by=by, now=now, reason=None)


def invite_reviewer(
    session: Session,
    *,
    project_id: int,
    statement: str,
    number: int,
    name: str,
    email: str,
    by: int,
    now: datetime,
) -> str:
    """Invite somebody from outside to review this revision; return the link's token.

    Only where nobody else in the project can; never by the name or the address of its author or
    of anybody who has a role in the project.
    """
    held, revision = _open_asked(session, project_id, statement, number)
    others = [
        member
        for user_id, member in list_checkers(session, project_id=project_id).items()
        if user_id != revision.author_id
    ]
    if others:
        raise ConflictError(
            "%(name)s can review it: somebody from outside is invited only where nobody else of"
            " the desk can.",
            name=others[0].name,
        )
    address, reviewer = parse_email(email), parse_name(name)
    _refuse_insider(session, revision, reviewer, address)
    token = make_token()
    invitation = ReviewInvitation(
        project_id=project_id,
        public_id=make_public_id(),
        verdict_revision_id=revision.id,
        token_hash=hash_token(token),
        name=reviewer,
        email=address,
        invited_by=by,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
        revoked_at=None,
    )
    session.add(invitation)
    session.flush()
    details: JsonObject = {"invitation": invitation.public_id}
    record_verdict(session, held, revision, "invite_reviewer", by=by, now=now, details=details)
    return token


def revoke_reviewer(
    session: Session, *, project_id: int, invitation: str, by: int, now: datetime
) -> None:
    """Let a reviewer's link open nothing any more."""
    share_project(session, project_id)
    row = session.scalar(
        select(ReviewInvitation)
        .where(
            ReviewInvitation.project_id == project_id,
            ReviewInvitation.public_id == invitation,
            ReviewInvitation.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("There is no such open invitation.")
    row.revoked_at = now
    record_event(
        session,
        "revoke_reviewer",
        f"review invitation {row.public_id}",
        project_id=project_id,
        by=by,
        now=now,
    )


def read_invited(session: Session, *, token: str, now: datetime) -> Invited:
    """Return what a reviewer's link opens; ``SpentLinkError`` once it opens nothing any more."""
    invitation = _usable(session, token, now)
    revision = session.get_one(VerdictRevision, invitation.verdict_revision_id)
    return Invited(
        project_id=invitation.project_id,
        statement=_statement_of(session, revision).public_id,
        name=invitation.name,
        email=invitation.email,
        expires_at=invitation.expires_at,
        verdict=read_frozen(session, revisions=[revision])[revision.id],
    )


def approve_by_link(
    session: Session, *, token: str, name: str, note: str, reader: int | None, now: datetime
) -> None:
    """Approve, as somebody from outside, the one revision that a link opens.

    ``reader`` is who is signed in to the browser, if anybody: nobody of the project.
    """
    held, revision, invitation = _open_invited(session, token, name, reader, now)
    _approve(session, held, revision, note, approver=None, invitation=invitation, now=now)


def return_by_link(
    session: Session, *, token: str, name: str, note: str, reader: int | None, now: datetime
) -> None:
    """Return, as somebody from outside, the one revision that a link opens."""
    words = parse_words(note, most=MAX_NOTE)
    held, revision, invitation = _open_invited(session, token, name, reader, now)
    step = ReviewStep.RETURNED
    _add_step(session, held, revision, step, words, by=None, invitation=invitation, now=now)
    settle_review(session, statement=held, by=None, now=now, reason=None)


def list_invited(session: Session, *, verdict_revision: int, now: datetime) -> list[SentInvitation]:
    """List the invitations to review a revision, the newest first."""
    rows = session.scalars(
        select(ReviewInvitation)
        .where(ReviewInvitation.verdict_revision_id == verdict_revision)
        .order_by(ReviewInvitation.id.desc())
    )
    revision = session.get_one(VerdictRevision, verdict_revision)
    steps = _steps_of(session, revision)
    return [
        SentInvitation(
            id=row.public_id,
            name=row.name,
            email=row.email,
            created_at=row.created_at,
            expires_at=row.expires_at,
            is_open=_is_open(row, steps, now),
        )
        for row in rows
    ]


def _approve(
    session: Session,
    statement: Statement,
    revision: VerdictRevision,
    note: str,
    *,
    approver: int | None,
    invitation: ReviewInvitation | None,
    now: datetime,
) -> None:
    _refuse_changed(session, statement, revision)
    is_outside = invitation is not None
    demand(
        gates_of(
            session,
            statement,
            revision,
            revision.author_id,
            approver=approver,
            is_outside=is_outside,
        )
    )
    before = find_approved(session, statement_id=statement.id)
    if before is not None and not has_words(revision.correction or ""):
        raise InvalidInputError(
            "A verdict is published already: say in the correction why another takes its place."
        )
    words = parse_words(note, most=MAX_NOTE) if note.strip() else ""
    step = ReviewStep.APPROVED
    _add_step(
        session, statement, revision, step, words, by=approver, invitation=invitation, now=now
    )
    to = State.PUBLISHED if before is None else State.CORRECTED
    move(session, statement=statement, to=to, by=approver, now=now)
    if before is not None:
        session.add(
            Erratum(
                project_id=statement.project_id,
                public_id=make_public_id(),
                statement_id=statement.id,
                verdict_revision_id=revision.id,
                corrected_id=before.id,
                reason=revision.correction,
                made_at=now,
            )
        )
        session.flush()


def _open_asked(
    session: Session, project_id: int, statement: str, number: int
) -> tuple[Statement, VerdictRevision]:
    """Lock a statement and return it with the revision of this number, which must be in review."""
    held = open_statement(session, project_id=project_id, public_id=statement)
    revision = _newest(session, held, number)
    _refuse_unasked(session, held, revision)
    return held, revision


def _refuse_unasked(session: Session, statement: Statement, revision: VerdictRevision) -> None:
    steps = _steps_of(session, revision)
    is_asked = bool(steps) and steps[-1].step == ReviewStep.ASKED
    if not is_asked or current_state(session, statement_id=statement.id) is not State.IN_REVIEW:
        raise ConflictError("Nobody asks for a review of this verdict any more.")


def _open_invited(
    session: Session, token: str, name: str, reader: int | None, now: datetime
) -> tuple[Statement, VerdictRevision, ReviewInvitation]:
    invitation = _usable(session, token, now)
    reviewer = parse_name(name)
    revision = session.get_one(VerdictRevision, invitation.verdict_revision_id)
    found = _statement_of(session, revision)
    held = open_statement(session, project_id=found.project_id, public_id=found.public_id)
    invitation = _usable(session, token, now)  # Again, now that nobody else can use it meanwhile.
    if _newest(session, held, revision.number).id != revision.id:
        raise _spent()
    if reader is not None and reader in {revision.author_id, invitation.invited_by}:
        raise ForbiddenError(
            "This link is for somebody else: whoever wrote the verdict, or sent the link, does not"
            " review it."
        )
    if reader is not None:
        user = session.get_one(User, reader)
        _refuse_insider(session, revision, user.name, user.email)
    _refuse_insider(session, revision, reviewer, invitation.email)
    invitation.name = reviewer
    return held, revision, invitation


def _refuse_insider(session: Session, revision: VerdictRevision, name: str, email: str) -> None:
    """Refuse, as a reviewer from outside, the author and whoever has a role in the project."""
    author = session.get_one(User, revision.author_id)
    members = list_members(session, project_id=revision.project_id)
    insiders = [(author.name, author.email), *((one.name, one.email) for one in members)]
    for known, address in insiders:
        if _mailbox(address) == _mailbox(email) or fold(known) == fold(name):
            raise InvalidInputError(
                "%(name)s is of this project: a link is for somebody from outside, with a name and"
                " an address of their own.",
                name=known,
            )


def _mailbox(email: str) -> str:
    """Return where mail arrives: what stands after a ``+`` only sorts it (RFC 5233)."""
    user, _, host = email.casefold().rpartition("@")
    return f"{user.partition('+')[0]}@{host}"


def _usable(session: Session, token: str, now: datetime) -> ReviewInvitation:
    invitation = session.scalar(
        select(ReviewInvitation)
        .where(ReviewInvitation.token_hash == hash_token(token))
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise _spent()
    revision = session.get_one(VerdictRevision, invitation.verdict_revision_id)
    statement = _statement_of(session, revision)
    newest = find_newest(session, statement_id=statement.id)
    if (
        newest is None
        or newest.id != revision.id
        or not _is_open(invitation, _steps_of(session, revision), now)
        or current_state(session, statement_id=statement.id) is not State.IN_REVIEW
    ):
        raise _spent()
    return invitation


def _is_open(invitation: ReviewInvitation, steps: Sequence[Approval], now: datetime) -> bool:
    """Tell whether a link may still be used: it is of the request that stands, and nobody has."""
    return (
        invitation.revoked_at is None
        and invitation.expires_at > now
        and bool(steps)
        and steps[-1].step == ReviewStep.ASKED
        and invitation.created_at >= steps[-1].made_at
        and all(step.invitation_id != invitation.id for step in steps)
    )


def _spent() -> SpentLinkError:
    return SpentLinkError(
        "This link was used, taken back or has run out, or the verdict was written anew; ask"
        " whoever sent it for a new one."
    )


def _newest(session: Session, statement: Statement, number: int) -> VerdictRevision:
    newest = find_newest(session, statement_id=statement.id)
    if newest is None:
        raise NotFoundError("The statement has no verdict yet.")
    if newest.number != number:
        error = StaleRevisionError(
            "The verdict is at revision %(number)s by now: look at that one.", number=newest.number
        )
        error.extra = {"newest": {"id": newest.public_id, "number": newest.number}}
        raise error
    return newest


def _refuse_changed(session: Session, statement: Statement, revision: VerdictRevision) -> None:
    frozen = read_frozen(session, revisions=[revision])[revision.id]
    changes = find_changes(
        session,
        statement=statement,
        revision=revision,
        frozen=frozen,
        appearances=read_whole(session, statement=statement),
    )
    if changes:
        raise ChangedSinceError(changes)


def _refuse_blind(session: Session, statement: Statement, by: int) -> None:
    if is_kept_blind(session, statement=statement, reader=by):
        raise ForbiddenError("Give your own verdict first; then you see those of the others.")


def _refuse_hidden(session: Session, statement: Statement, by: int) -> None:
    views = read_appearances(
        session, project_id=statement.project_id, statements=[statement.id], reader=by
    )[statement.id]
    if any(view.is_hidden for view in views):
        raise ForbiddenError(
            "You have still to label an article in which the statement appears; approve it once"
            " you have finished that."
        )


def _statement_of(session: Session, revision: VerdictRevision) -> Statement:
    verdict = session.get_one(Verdict, revision.verdict_id)
    return session.get_one(Statement, verdict.statement_id)


def _steps_of(session: Session, revision: VerdictRevision) -> Sequence[Approval]:
    """Return the steps of the review of a revision, the first one first."""
    return session.scalars(
        select(Approval).where(Approval.verdict_revision_id == revision.id).order_by(Approval.id)
    ).all()


def _add_step(
    session: Session,
    statement: Statement,
    revision: VerdictRevision,
    step: ReviewStep,
    note: str,
    *,
    by: int | None,
    now: datetime,
    invitation: ReviewInvitation | None = None,
) -> None:
    session.add(
        Approval(
            project_id=statement.project_id,
            verdict_revision_id=revision.id,
            step=step.value,
            note=note,
            made_by=by,
            invitation_id=invitation.id if invitation else None,
            made_at=now,
        )
    )
    session.flush()
    details: JsonObject = {
        "number": revision.number,
        "invitation": invitation.public_id if invitation else None,
    }
    record_verdict(
        session, statement, revision, f"{step.value}_verdict", by=by, now=now, details=details
    )
