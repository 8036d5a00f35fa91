"""What people at the desk say to each other about a statement; never shown to readers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.tables import User
from workbench.errors import ConflictError
from workbench.factcheck.queries import find_statement
from workbench.factcheck.tables import Comment
from workbench.factcheck.verdicts import check_id
from workbench.factcheck.workflow import parse_words
from workbench.storage.database import share_project

MAX_COMMENT = 5_000


@dataclass(frozen=True)
class CommentView:
    """A comment with its author's name."""

    text: str
    by: str
    is_own: bool
    at: datetime


def add_comment(
    session: Session,
    *,
    project_id: int,
    statement: str,
    public_id: str,
    text: str,
    by: int,
    now: datetime,
) -> None:
    """Say something of a statement to the others at the desk; the same id again says it once."""
    check_id(public_id)
    words = parse_words(text, most=MAX_COMMENT)
    share_project(session, project_id)
    held = find_statement(session, project_id=project_id, public_id=statement)
    repeated = session.scalar(
        select(Comment).where(Comment.project_id == project_id, Comment.public_id == public_id)
    )
    if repeated is not None:
        if (repeated.statement_id, repeated.made_by, repeated.text) != (held.id, by, words):
            raise ConflictError("Another comment has this id already; begin a new one.")
        return
    session.add(
        Comment(
            project_id=project_id,
            public_id=public_id,
            statement_id=held.id,
            text=words,
            made_by=by,
            made_at=now,
        )
    )
    session.flush()
    record_event(
        session,
        "comment_statement",
        f"statement {statement}",
        project_id=project_id,
        by=by,
        now=now,
        details={"comment": public_id},
    )


def list_comments(session: Session, *, statement_id: int, reader: int) -> list[CommentView]:
    """List what was said of a statement, the oldest first."""
    rows = session.execute(
        select(Comment, User.name)
        .join(User, User.id == Comment.made_by)
        .where(Comment.statement_id == statement_id)
        .order_by(Comment.id)
    )
    return [
        CommentView(row[0].text, row[1], row[0].made_by == reader, row[0].made_at) for row in rows
    ]
