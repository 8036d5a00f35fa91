"""Blank what statements quote of an article whose text is erased; their own wordings stay."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.corpus.tables import Sentence, TextEdition
from workbench.factcheck.tables import Appearance
from workbench.labelling.answers import read_parts
from workbench.labelling.frames import Span, span_json
from workbench.labelling.tables import Annotation, Claim


def blank_parts(session: Session, *, article_id: int) -> None:
    """Blank the words of claims that appearances have chosen; belongs where the text is erased."""
    rows = session.scalars(
        select(Appearance)
        .join(Claim, Claim.id == Appearance.claim_id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id == article_id)
    )
    for row in rows:
        if row.parts:
            blank: Json = [
                span_json(Span(part.start, part.end, "")) for part in read_parts(row.parts)
            ]
            row.parts = blank
    session.flush()
