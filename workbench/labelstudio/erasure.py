"""Blank what is kept of an article for Label Studio when its text is erased."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workbench.corpus.tables import Article, TextEdition
from workbench.labelstudio.tables import RemoteAnswer, RemoteTask, RemoteWrite, SyncConflict


def forget_agreed(session: Session, *, article_id: int) -> None:
    """Blank what both sides agreed on, what clashed and what is to be written.

    The next push deletes the task there. Belongs in the transaction that erases the text.
    """
    answers = (
        select(RemoteAnswer.id)
        .join(RemoteTask, RemoteTask.id == RemoteAnswer.remote_task_id)
        .join(TextEdition, TextEdition.id == RemoteTask.edition_id)
        .where(TextEdition.article_id == article_id)
    )
    session.execute(delete(SyncConflict).where(SyncConflict.remote_answer_id.in_(answers)))
    session.execute(update(RemoteAnswer).where(RemoteAnswer.id.in_(answers)).values(base=[]))
    name = select(Article.public_id).where(Article.id == article_id).scalar_subquery()
    session.execute(delete(RemoteWrite).where(RemoteWrite.subject.like(name + ".%")))
