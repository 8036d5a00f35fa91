"""What a verdict rests on: wording, appearances and evidence as they were when it was given.

A revision of a verdict freezes them; later changes alter nothing of it, and can be named.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from workbench.canonical import Json
from workbench.errors import ConflictError, InvalidInputError
from workbench.factcheck.appearances import AppearanceView
from workbench.factcheck.claimants import read_speakers
from workbench.factcheck.claims import SeenClaim, mark, read_noted
from workbench.factcheck.evidence import GivenEvidence, read_given
from workbench.factcheck.known import (
    Known,
    as_known,
    known_json,
    look_up,
    read_known,
    tell_apart,
)
from workbench.factcheck.queries import current_revision
from workbench.factcheck.rules import Rating, Relation
from workbench.factcheck.scales import NumberedScale, ScaleValue, find_scales
from workbench.factcheck.tables import (
    Appearance,
    Evidence,
    EvidenceRevision,
    Statement,
    StatementRevision,
    VerdictAppearance,
    VerdictEvidence,
    VerdictRevision,
)
from workbench.labelling.answers import read_parts
from workbench.labelling.frames import Span


@dataclass(frozen=True, kw_only=True)
class FrozenEvidence(GivenEvidence):
    """A piece of evidence as a verdict rests on it; ``row`` is its revision's."""

    row: int
    id: str
    number: int


@dataclass(frozen=True)
class FrozenAppearance:
    """An appearance as a verdict is about it; ``claim`` is what the article said then.

    ``known`` is what was known then of the article and of who says it, and the claim has it; where
    that was not kept, the claim has what is known now. ``now`` is the same claim with the latter.
    """

    row: int
    id: str
    relation: Relation
    claim: SeenClaim
    now: SeenClaim
    known: Known | None
    parts: tuple[Span, ...]
    is_featured: bool

    @property
    def quote(self) -> str:
        """The words that say it."""
        return " […] ".join(part.text for part in self.parts)

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The sentence cut into pieces, each with whether it is among the words that say it."""
        passage = self.claim.passage
        return mark(passage.sentence, passage.start, self.parts)


@dataclass(frozen=True)
class FrozenVerdict:
    """A revision of a verdict with all that it rests on: what readers see once it is approved."""

    row: int
    id: str
    number: int
    statement_id: int
    statement_number: int
    wording: str
    language: str
    claim_type: str
    scale: NumberedScale
    value: ScaleValue
    justification: str
    context: str
    correction: str
    author_id: int
    made_at: datetime
    evidence: tuple[FrozenEvidence, ...]
    appearances: tuple[FrozenAppearance, ...]

    @property
    def rating(self) -> Rating:
        """The class that the verdict maps to."""
        return self.value.rating


class ChangedSinceError(ConflictError):
    """What a verdict rests on has changed since it was written; ``changes`` says what."""

    code = "changed_since"

    def __init__(self, changes: Sequence[InvalidInputError]) -> None:
        first = changes[0]
        super().__init__(
            "It is not as it was when the verdict was written: %(first)s Write the verdict anew.",
            first=str(first),
        )
        self.changes = tuple(changes)
        self.extra = {"changes": [str(change) for change in changes]}


def list_evidence(session: Session, *, statement_id: int) -> list[tuple[str, EvidenceRevision]]:
    """Return a statement's evidence of now, each with its public id, in the order of its making."""
    later = aliased(EvidenceRevision)
    newest = (
        select(func.max(later.number)).where(later.evidence_id == Evidence.id).scalar_subquery()
    )
    rows = session.execute(
        select(Evidence.public_id, EvidenceRevision)
        .join(EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id)
        .where(
            Evidence.statement_id == statement_id,
            EvidenceRevision.number == newest,
            EvidenceRevision.is_removed.is_(False),
        )
        .order_by(Evidence.id)
    )
    return [(row[0], row[1]) for row in rows]


def freeze(session: Session, *, statement: Statement, revision: VerdictRevision) -> None:
    """Let a new revision of a verdict rest on what the statement has now."""
    session.add_all(
        VerdictEvidence(
            project_id=statement.project_id,
            verdict_revision_id=revision.id,
            evidence_revision_id=evidence.id,
        )
        for _, evidence in list_evidence(session, statement_id=statement.id)
    )
    appearances = _list_appearances(session, statement.id)
    known = _look_up(session, statement.project_id, {one.noted_id for one in appearances})
    session.add_all(
        VerdictAppearance(
            project_id=statement.project_id,
            verdict_revision_id=revision.id,
            appearance_id=appearance.id,
            claim_revision_id=appearance.noted_id,
            known=known.get(appearance.noted_id),
        )
        for appearance in appearances
    )
    session.flush()


def find_changes(
    session: Session,
    *,
    statement: Statement,
    revision: VerdictRevision,
    frozen: FrozenVerdict,
    appearances: Sequence[AppearanceView],
) -> list[InvalidInputError]:
    """Say, one sentence each, what is no longer as a revision of a verdict has it.

    ``frozen`` is what ``read_frozen`` returns of the revision, ``appearances`` are those of the
    statement now.
    """
    return [
        *_wording_changes(session, statement, revision),
        *_evidence_changes(session, statement, frozen),
        *_appearance_changes(session, statement, revision, appearances),
        *_known_changes(session, statement, frozen),
    ]


def read_frozen(
    session: Session, *, revisions: Sequence[VerdictRevision]
) -> dict[int, FrozenVerdict]:
    """Return what these revisions rest on, by their rows; by a fixed number of statements."""
    if not revisions:
        return {}
    rows = [revision.id for revision in revisions]
    wordings = {
        one.id: one
        for one in session.scalars(
            select(StatementRevision).where(
                StatementRevision.id.in_({one.statement_revision_id for one in revisions})
            )
        )
    }
    scales = find_scales(session, rows={one.scale_revision_id for one in revisions})
    evidence = _read_evidence(session, rows)
    featured = {one.id: wordings[one.statement_revision_id].featured_id for one in revisions}
    appearances = _read_appearances(session, featured)
    return {
        one.id: _frozen(
            one,
            wordings[one.statement_revision_id],
            scales[one.scale_revision_id],
            evidence.get(one.id, []),
            appearances.get(one.id, []),
        )
        for one in revisions
    }


def _frozen(
    revision: VerdictRevision,
    wording: StatementRevision,
    scale: NumberedScale,
    evidence: Sequence[FrozenEvidence],
    appearances: Sequence[FrozenAppearance],
) -> FrozenVerdict:
    return FrozenVerdict(
        row=revision.id,
        id=revision.public_id,
        number=revision.number,
        statement_id=wording.statement_id,
        statement_number=wording.number,
        wording=wording.wording,
        language=wording.language,
        claim_type=wording.claim_type,
        scale=scale,
        value=scale.value(revision.value),
        justification=revision.justification,
        context=revision.context or "",
        correction=revision.correction or "",
        author_id=revision.author_id,
        made_at=revision.made_at,
        evidence=tuple(evidence),
        appearances=tuple(appearances),
    )


def _read_evidence(session: Session, rows: Sequence[int]) -> dict[int, list[FrozenEvidence]]:
    found: dict[int, list[FrozenEvidence]] = {}
    for home, public_id, one in session.execute(
        select(VerdictEvidence.verdict_revision_id, Evidence.public_id, EvidenceRevision)
        .join(EvidenceRevision, EvidenceRevision.id == VerdictEvidence.evidence_revision_id)
        .join(Evidence, Evidence.id == EvidenceRevision.evidence_id)
        .where(VerdictEvidence.verdict_revision_id.in_(rows))
        .order_by(Evidence.id)
    ):
        found.setdefault(home, []).append(
            FrozenEvidence(row=one.id, id=public_id, number=one.number, **vars(read_given(one)))
        )
    return found


def _read_appearances(
    session: Session, featured: Mapping[int, int | None]
) -> dict[int, list[FrozenAppearance]]:
    rows = session.execute(
        select(VerdictAppearance, Appearance)
        .join(Appearance, Appearance.id == VerdictAppearance.appearance_id)
        .where(VerdictAppearance.verdict_revision_id.in_(featured))
        .order_by(Appearance.id)
    ).all()
    if not rows:
        return {}
    claims = read_noted(
        session,
        project_id=rows[0][1].project_id,
        revisions={row[0].claim_revision_id for row in rows},
    )
    found: dict[int, list[FrozenAppearance]] = {}
    for held, appearance in rows:
        claim = claims.get(held.claim_revision_id)
        if claim is None:
            continue
        parts = read_parts(appearance.parts) if appearance.parts else claim.parts
        known = read_known(held.known)
        home = held.verdict_revision_id
        found.setdefault(home, []).append(
            FrozenAppearance(
                row=appearance.id,
                id=appearance.public_id,
                relation=Relation(appearance.relation),
                claim=as_known(claim, known) if known else claim,
                now=claim,
                known=known,
                parts=tuple(parts),
                is_featured=featured[home] == appearance.id,
            )
        )
    return found


def _look_up(session: Session, project_id: int, revisions: Collection[int]) -> dict[int, Json]:
    claims = read_noted(session, project_id=project_id, revisions=revisions)
    names = {claim.source.id for claim in claims.values()}
    speakers = read_speakers(session, project_id=project_id, ids=names)
    return {row: known_json(look_up(claim, speakers)) for row, claim in claims.items()}


def _list_appearances(session: Session, statement_id: int) -> list[Appearance]:
    return list(
        session.scalars(
            select(Appearance)
            .where(Appearance.statement_id == statement_id, Appearance.removed_at.is_(None))
            .order_by(Appearance.id)
        )
    )


def _wording_changes(
    session: Session, statement: Statement, revision: VerdictRevision
) -> Iterator[InvalidInputError]:
    newest = current_revision(session, statement_id=statement.id)
    if newest.id == revision.statement_revision_id:
        return
    before = session.get_one(StatementRevision, revision.statement_revision_id)
    if before.wording != newest.wording:
        yield InvalidInputError(
            "The statement was reworded: “%(wording)s”.", wording=newest.wording
        )
    else:
        yield InvalidInputError("What is known of the statement was changed.")


def _evidence_changes(
    session: Session, statement: Statement, given: FrozenVerdict
) -> Iterator[InvalidInputError]:
    before = {one.id: one for one in given.evidence}
    now = dict(list_evidence(session, statement_id=statement.id))
    for public_id, evidence in now.items():
        if public_id not in before:
            yield InvalidInputError(
                "The source “%(title)s” was added.", title=evidence.title or evidence.url
            )
        elif before[public_id].row != evidence.id:
            yield InvalidInputError(
                "The source “%(title)s” was changed.", title=evidence.title or evidence.url
            )
    for public_id, frozen in before.items():
        if public_id not in now:
            yield InvalidInputError(
                "The source “%(title)s” was taken away.", title=frozen.title or frozen.url
            )


def _appearance_changes(
    session: Session,
    statement: Statement,
    revision: VerdictRevision,
    views: Sequence[AppearanceView],
) -> Iterator[InvalidInputError]:
    before = dict(
        session.execute(
            select(VerdictAppearance.appearance_id, VerdictAppearance.claim_revision_id).where(
                VerdictAppearance.verdict_revision_id == revision.id
            )
        ).all()
    )
    now = {one.id: one.noted_id for one in _list_appearances(session, statement.id)}
    if now.keys() - before.keys():
        yield InvalidInputError("An appearance was added.")
    if before.keys() - now.keys():
        yield InvalidInputError("An appearance was taken away.")
    for view in views:
        is_other = view.row in before and before[view.row] != now.get(view.row)
        if view.change is not None or is_other:
            where = view.claim.passage.heading if view.claim else ""
            yield InvalidInputError(
                "The claim in “%(article)s” is no longer what it was.", article=where
            )


def _known_changes(
    session: Session, statement: Statement, frozen: FrozenVerdict
) -> Iterator[InvalidInputError]:
    names = {one.now.source.id for one in frozen.appearances if one.known}
    speakers = read_speakers(session, project_id=statement.project_id, ids=names)
    told = {
        str(change): change
        for one in frozen.appearances
        if one.known
        for change in tell_apart(one.known, look_up(one.now, speakers))
    }
    yield from told.values()  # Two claims of one article say the same once.
