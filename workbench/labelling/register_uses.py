"""Where answers use the entries of a register, and as what the articles write them.

Only the newest revision of an answer counts. Whoever asks gives the rows of merged entries beside
that of the one which stands for them.
"""

from collections import Counter
from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import ColumnElement, Subquery, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import newest_revision, read_span
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    AttributionLink,
    ClaimRevision,
    Stance,
)

MENTIONS_READ = 500

_Key = TypeVar("_Key")


def count_uses(
    session: Session,
    *,
    project_id: int,
    register: str,
    rows: Collection[int],
    without: Collection[int],
) -> Counter[int]:
    """Count how often the newest answers use each of these entries, by row.

    ``without`` are articles to leave out, because they are hidden from whoever asks.
    """
    uses = _uses(project_id, register, rows)
    return _count(session, uses, uses.c.entry, without)


def count_by_article(
    session: Session,
    *,
    project_id: int,
    register: str,
    rows: Collection[int],
    without: Collection[int],
) -> Counter[str]:
    """Count how often the newest answers to each article use any of these entries, by its slug."""
    uses = _uses(project_id, register, rows)
    return _count(session, uses, Article.slug, without)


def list_mentions(
    session: Session,
    *,
    project_id: int,
    register: str,
    rows: Collection[int],
    without: Collection[int],
) -> list[str]:
    """List the words by which the articles name these entries, as annotators marked them."""
    spans = (
        select(
            AttributionLink.mention.label("span"),
            ClaimRevision.annotation_revision_id.label("revision"),
        )
        .join(ClaimRevision, ClaimRevision.id == AttributionLink.claim_revision_id)
        .where(AttributionLink.project_id == project_id, AttributionLink.speaker_id.in_(rows))
        if register == "speaker"
        else select(
            Stance.target_span.label("span"), Stance.annotation_revision_id.label("revision")
        ).where(Stance.project_id == project_id, Stance.target_id.in_(rows))
    ).subquery()
    found = session.scalars(
        select(spans.c.span)
        .join(AnnotationRevision, AnnotationRevision.id == spans.c.revision)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(AnnotationRevision.id == newest_revision())
        .where(TextEdition.article_id.not_in(without))
        .order_by(AnnotationRevision.id.desc())
        .limit(MENTIONS_READ)
    )
    texts = Counter(span.text for one in found if (span := read_span(one)) and span.text)
    return [text for text, _ in sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _count(
    session: Session,
    uses: Subquery,
    by: ColumnElement[_Key] | InstrumentedAttribute[_Key],
    without: Collection[int],
) -> Counter[_Key]:
    rows = session.execute(
        select(by, func.count())
        .select_from(uses)
        .join(AnnotationRevision, AnnotationRevision.id == uses.c.revision)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(AnnotationRevision.id == newest_revision())
        .where(Article.id.not_in(without))
        .group_by(by)
    )
    return Counter(dict(rows.all()))


def _uses(project_id: int, register: str, rows: Collection[int]) -> Subquery:
    """Each use of the entries: a link of a claim's chain, or a stance's holder or target."""
    if register == "target":
        return (
            select(Stance.target_id.label("entry"), Stance.annotation_revision_id.label("revision"))
            .where(Stance.project_id == project_id, Stance.target_id.in_(rows))
            .subquery()
        )
    return union_all(
        select(
            AttributionLink.speaker_id.label("entry"),
            ClaimRevision.annotation_revision_id.label("revision"),
        )
        .join(ClaimRevision, ClaimRevision.id == AttributionLink.claim_revision_id)
        .where(AttributionLink.project_id == project_id, AttributionLink.speaker_id.in_(rows)),
        select(Stance.speaker_id, Stance.annotation_revision_id).where(
            Stance.project_id == project_id, Stance.speaker_id.in_(rows)
        ),
    ).subquery()
