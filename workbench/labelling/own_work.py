"""What a person sees of their own work: the latest decisions, the day, the pace, what comes next.

The pace is shown to the person alone; no other page reads ``elapsed_ms``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from workbench.corpus.queries import read_headings
from workbench.corpus.tables import Article, Sentence
from workbench.labelling.answers import newest_revision
from workbench.labelling.frames import Decision
from workbench.labelling.queries import Slot
from workbench.labelling.remembered import edition_text
from workbench.labelling.tables import Annotation, AnnotationRevision, Assignment, ClaimRevision

_Columns = TypeVarTuple("_Columns")

SHOWN = 10
FEWEST_FOR_A_PACE = 3
OPENING = 120


@dataclass(frozen=True)
class OwnDecision:
    """A decision the person made in another article of the project."""

    article: str
    heading: str
    language: str
    position: int
    opening: str
    decision: Decision
    claims: int
    made_at: datetime


@dataclass(frozen=True)
class OwnWork:
    """The person's latest decisions elsewhere, the sentences of their day, and their pace here.

    ``median_ms`` is half-way through the times of the article's sentences; none for too few.
    """

    decisions: Sequence[OwnDecision]
    today: int
    median_ms: int | None


def read_own_work(session: Session, *, project_id: int, slot: Slot, since: datetime) -> OwnWork:
    """Return what the owner of a slot sees of their own work; their day began at ``since``."""
    return OwnWork(
        decisions=_latest_elsewhere(session, project_id, slot),
        today=_count_since(session, project_id, slot.membership_id, since),
        median_ms=_find_pace(session, project_id, slot),
    )


def _latest_elsewhere(session: Session, project_id: int, slot: Slot) -> list[OwnDecision]:
    chosen = select(
        Article.id,
        Article.slug,
        Article.language,
        Sentence.edition_id,
        Sentence.position,
        Sentence.start,
        Sentence.end,
        AnnotationRevision.decision,
        _count_claims().label("claims"),
        AnnotationRevision.made_at,
    )
    rows = session.execute(
        _of_own_decisions(chosen, project_id, slot.membership_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(
            Assignment,
            and_(
                Assignment.edition_id == Sentence.edition_id,
                Assignment.membership_id == Annotation.membership_id,
            ),
        )
        .join(Article, Article.id == Assignment.article_id)
        .where(
            Article.id != slot.article_id,
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
        )
        .order_by(AnnotationRevision.id.desc())
        .limit(SHOWN)
    ).all()
    headings = read_headings(session, article_ids={row.id for row in rows})
    return [
        OwnDecision(
            article=row.slug,
            heading=headings[row.id],
            language=row.language,
            position=row.position,
            opening=_opening(edition_text(session, edition_id=row.edition_id), row.start, row.end),
            decision=Decision(row.decision),
            claims=row.claims,
            made_at=row.made_at,
        )
        for row in rows
    ]


def _opening(text: str, start: int, end: int) -> str:
    sentence = " ".join(text[start:end].split())
    return sentence if len(sentence) <= OPENING else f"{sentence[: OPENING - 1].rstrip()}…"


def _count_since(session: Session, project_id: int, membership_id: int, since: datetime) -> int:
    """Count the sentences whose decision is of the day."""
    chosen = _of_own_decisions(select(func.count(Annotation.id)), project_id, membership_id)
    return session.scalar(chosen.where(AnnotationRevision.made_at >= since)) or 0


def _find_pace(session: Session, project_id: int, slot: Slot) -> int | None:
    """Return the median time of the sentences of an article, all revisions of one together."""
    times = session.scalars(
        select(func.sum(AnnotationRevision.elapsed_ms))
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(
            Annotation.project_id == project_id,
            Annotation.membership_id == slot.membership_id,
            Sentence.edition_id == slot.edition_id,
            AnnotationRevision.cause == "human",
        )
        .group_by(Annotation.id)
    ).all()
    return round(median(map(int, times))) if len(times) >= FEWEST_FOR_A_PACE else None


def _of_own_decisions(
    chosen: Select[*_Columns], project_id: int, membership_id: int
) -> Select[*_Columns]:
    """Choose from the sentences the person has decided; a withdrawn answer decides nothing."""
    return (
        chosen.select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .where(
            Annotation.project_id == project_id,
            Annotation.membership_id == membership_id,
            AnnotationRevision.cause == "human",
            _is_decided(),
        )
    )


def _is_decided() -> ColumnElement[bool]:
    return or_(AnnotationRevision.decision != Decision.CLAIMS.value, _count_claims() > 0)


def _count_claims() -> ScalarSelect[int]:
    return (
        select(func.count(ClaimRevision.id))
        .where(ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .correlate(AnnotationRevision)
        .scalar_subquery()
    )
