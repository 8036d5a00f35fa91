"""Blank what adjudicators and annotators wrote about an article whose text is erased."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.adjudication.tables import Adjudication, Contest
from workbench.corpus.tables import Sentence, TextEdition


def blank_notes(session: Session, *, article_id: int) -> None:
    """Blank the notes to decisions, what was held against them, and the answers to that.

    Belongs in the transaction that erases the text.
    """
    sentences = (
        select(Sentence.id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id == article_id, Sentence.project_id == TextEdition.project_id)
    )
    for statement in (
        update(Adjudication).where(Adjudication.sentence_id.in_(sentences)).values(note=None),
        update(Contest).where(Contest.sentence_id.in_(sentences)).values(text=""),
        update(Contest)
        .where(Contest.sentence_id.in_(sentences), Contest.answer.is_not(None))
        .values(answer=""),
    ):
        session.execute(statement)
