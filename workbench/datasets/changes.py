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
    """A new revision of an answer; ``annotator`` is a pseudonym, none for the agreed answer."""

    revision: str
    article: str
    sentence: str
    number: int
    annotator: str | None
    is_gold: bool
    decision: str
    cause: str
    made_at: datetime


@dataclass(frozen=True)
class Changes:
    """Changes in their order; ``is_all`` where nothing more that the reader may see had changed.

    Of the articles that are ``hidden``, by public id, others' answers are left out without a trace:
    the reader still works on them, or has to train on them.
    """

    items: list[AnswerChange]
    hidden: list[str]
    is_all: bool


def changes_since(
    session: Session, *, project_id: int, since: str | None, limit: int, reader: int
) -> Changes:
    """Return the revisions after the one with the public id ``since`` that the reader may see.

    None can ever appear behind the last one returned, but for those of hidden articles: whoever
    goes on from there reads an article anew when it is hidden no more.
    """
    cursor = 0 if since is None else _find_cursor(session, project_id, since)
    # Before the answers: what is hidden only now was for the reader's eyes a moment ago.
    blind = find_blind_articles(session, project_id=project_id, reader=reader)
    found = revisions_after(
        session, project_id=project_id, cursor=cursor, limit=limit, own_only=blind
    )
    secret = get_project(session, project_id=project_id).dataset_secret
    names = annotator_names(session, project_id=project_id, secret=secret)
    items = [
        AnswerChange(
            revision=one.revision,
            article=one.sentence.partition(".")[0],
            sentence=one.sentence,
            number=one.number,
            annotator=names.get(one.answerer),
            is_gold=one.answerer == GOLD,
            decision=one.decision,
            cause=one.cause,
            made_at=one.made_at,
        )
        for one in found
    ]
    return Changes(items, hidden=sorted(blind), is_all=len(found) < limit)


def _find_cursor(session: Session, project_id: int, revision: str) -> int:
    cursor = session.scalar(
        select(AnnotationRevision.id).where(
            AnnotationRevision.project_id == project_id, AnnotationRevision.public_id == revision
        )
    )
    if cursor is None:
        raise InvalidInputError("There is no such revision in this project to go on from.")
    return cursor
