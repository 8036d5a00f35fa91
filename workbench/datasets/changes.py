"""What changed among the answers since a revision, for programs that keep a copy."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.adjudication.queries import find_blind_articles
from workbench.datasets.records import annotator_names
from workbench.errors import InvalidInputError
from workbench.labelling.queries import revisions_after
from workbench.labelling.tables import GOLD, AnnotationRevision
from workbench.projects.queries import get_project


@dataclass(frozen=True)
class AnswerChange:
    """A new revision of an answer; ``annotator`` is a pseudonym, none for the agreed answer.

    Of somebody else's that is hidden from the reader, who still labels the article, only that is
    said.
    """

    revision: str
    article: str
    is_hidden: bool
    sentence: str | None
    number: int | None
    annotator: str | None
    is_gold: bool | None
    decision: str | None
    cause: str | None
    made_at: datetime | None


def changes_since(
    session: Session, *, project_id: int, since: str | None, limit: int, reader: int
) -> list[AnswerChange]:
    """Return the revisions after the one with the public id ``since``, in order.

    None can ever appear behind the last one returned. What is hidden from the reader keeps its
    place, so that a program that goes on from there knows what to read again later.
    """
    cursor = 0 if since is None else _find_cursor(session, project_id, since)
    found = revisions_after(session, project_id=project_id, cursor=cursor, limit=limit)
    blind = find_blind_articles(session, project_id=project_id, reader=reader)
    secret = get_project(session, project_id=project_id).dataset_secret
    names = annotator_names(session, project_id=project_id, secret=secret)
    changes = []
    for one in found:
        article = one.sentence.partition(".")[0]
        is_hidden = article in blind and one.answerer != blind[article]
        changes.append(
            AnswerChange(
                revision=one.revision,
                article=article,
                is_hidden=is_hidden,
                sentence=None if is_hidden else one.sentence,
                number=None if is_hidden else one.number,
                annotator=None if is_hidden else names.get(one.answerer),
                is_gold=None if is_hidden else one.answerer == GOLD,
                decision=None if is_hidden else one.decision,
                cause=None if is_hidden else one.cause,
                made_at=None if is_hidden else one.made_at,
            )
        )
    return changes


def _find_cursor(session: Session, project_id: int, revision: str) -> int:
    cursor = session.scalar(
        select(AnnotationRevision.id).where(
            AnnotationRevision.project_id == project_id, AnnotationRevision.public_id == revision
        )
    )
    if cursor is None:
        raise InvalidInputError("There is no such revision in this project to go on from.")
    return cursor
