"""Correct an article's text, with what adjudication knows of the agreed answers it carries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.cases import stands_still
from workbench.adjudication.tables import Adjudication, ClaimSource
from workbench.corpus.rules import PreparedFile, Version
from workbench.corpus.tables import Article
from workbench.labelling import editions
from workbench.labelling.editions import Corrected, Written
from workbench.labelling.tables import AnnotationRevision, CarriedAnswer, CarriedClaim, Claim


def correct_article(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    after: int,
    version: Version,
    file: PreparedFile | None = None,
    by: int | None,
    now: datetime,
) -> Corrected:
    """Do as ``labelling.editions.correct_article``, and keep what agreed answers rest on."""
    corrected = editions.correct_article(
        session,
        project_id=project_id,
        article_id=article_id,
        after=after,
        version=version,
        file=file,
        by=by,
        now=now,
    )
    _carry_grounds(session, project_id, corrected.gold, now)
    return corrected


def confirm_agreed(
    session: Session,
    *,
    article: Article,
    edition_id: int,
    position: int,
    revision: str,
    by: int,
    now: datetime,
) -> None:
    """Confirm what became of the agreed answer to a sentence, as ``confirm_moved`` does."""
    written = editions.confirm_moved(
        session,
        article=article,
        edition_id=edition_id,
        membership_id=None,
        position=position,
        revision=revision,
        by=by,
        now=now,
    )
    _carry_grounds(session, article.project_id, written, now)


def _carry_grounds(
    session: Session, project_id: int, written: Sequence[Written], now: datetime
) -> None:
    """Say of each agreed answer that was carried what it rests on, in the new edition's words."""
    for one in written:
        given, newest = aliased(AnnotationRevision), aliased(AnnotationRevision)
        before = session.scalar(
            select(Adjudication)
            .join(given, given.id == Adjudication.annotation_revision_id)
            .join(newest, stands_still(given, newest))
            .where(Adjudication.project_id == project_id, newest.id.in_(one.made_from))
            .order_by(Adjudication.id.desc())
            .limit(1)
        )
        if before is not None:
            session.add(_copy(session, before, one, now))
    session.flush()
    for gold_claim_id, claim_id in _read_sources(session, project_id, written):
        session.add(
            ClaimSource(project_id=project_id, gold_claim_id=gold_claim_id, claim_id=claim_id)
        )
    session.flush()


def _copy(session: Session, before: Adjudication, one: Written, now: datetime) -> Adjudication:
    compared = [str(name) for name in before.compared] if isinstance(before.compared, list) else []
    given, old, new = (aliased(AnnotationRevision) for _ in range(3))
    carried = dict(
        session.execute(
            select(given.public_id, new.public_id)
            .select_from(given)
            .join(old, stands_still(given, old))
            .join(CarriedAnswer, CarriedAnswer.from_revision_id == old.id)
            .join(new, new.id == CarriedAnswer.to_revision_id)
            .where(
                given.project_id == before.project_id,
                given.public_id.in_(compared),
                CarriedAnswer.project_id == before.project_id,
            )
        ).all()
    )
    return Adjudication(
        project_id=before.project_id,
        public_id=one.public_id,
        sentence_id=one.sentence_id,
        annotation_revision_id=one.revision,
        compared=sorted(carried.get(name, name) for name in compared),
        outcome=before.outcome,
        reason=before.reason,
        note=before.note,
        made_by=before.made_by,
        made_at=now,
    )


def _read_sources(
    session: Session, project_id: int, written: Sequence[Written]
) -> list[tuple[int, int]]:
    """Return which carried claims the agreed ones were made from, as far as both were carried."""
    agreed, source = aliased(CarriedClaim), aliased(CarriedClaim)
    known = aliased(ClaimSource)
    rows = session.execute(
        select(agreed.to_claim_id, source.to_claim_id)
        .join(ClaimSource, ClaimSource.gold_claim_id == agreed.from_claim_id)
        .join(source, source.from_claim_id == ClaimSource.claim_id)
        .join(Claim, Claim.id == agreed.to_claim_id)
        .join(AnnotationRevision, AnnotationRevision.annotation_id == Claim.annotation_id)
        .where(
            agreed.project_id == project_id,
            source.project_id == project_id,
            ClaimSource.project_id == project_id,
            AnnotationRevision.id.in_([one.revision for one in written]),
            ~select(known.id)
            .where(
                known.project_id == project_id,
                known.gold_claim_id == agreed.to_claim_id,
                known.claim_id == source.to_claim_id,
            )
            .exists(),
        )
        .distinct()
    )
    return [(gold, claim) for gold, claim in rows]
