"""Blank what is kept of an erased text for Label Studio, and forget who somebody is there."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.corpus.tables import Article, TextEdition
from workbench.labelstudio.people import hide_name
from workbench.labelstudio.tables import (
    RemoteAnswer,
    RemotePerson,
    RemoteProject,
    RemoteTask,
    RemoteWrite,
    SyncConflict,
)
from workbench.projects.tables import Membership


def forget_agreed(session: Session, *, article_id: int) -> None:
    """Blank what both sides agreed on and said before, what clashed and what is to be written.

    The next push deletes the task there. Belongs in the transaction that erases the text.
    """
    answers = (
        select(RemoteAnswer.id)
        .join(RemoteTask, RemoteTask.id == RemoteAnswer.remote_task_id)
        .join(TextEdition, TextEdition.id == RemoteTask.edition_id)
        .where(TextEdition.article_id == article_id)
    )
    session.execute(delete(SyncConflict).where(SyncConflict.remote_answer_id.in_(answers)))
    blank: dict[str, object] = {"base": [], "earlier": [], "seen_sha": None}
    session.execute(update(RemoteAnswer).where(RemoteAnswer.id.in_(answers)).values(blank))
    name = select(Article.public_id).where(Article.id == article_id).scalar_subquery()
    session.execute(delete(RemoteWrite).where(RemoteWrite.subject.like(name + ".%")))


def forget_person(session: Session, *, email: str) -> None:
    """Drop names and addresses of who has this address; belongs where the person is erased.

    Before that: by the address their memberships are found. Their account on the other server is
    that server's; while it is there, the next look at its people finds it again.
    """
    theirs = (
        select(Membership.id).join(User, User.id == Membership.user_id).where(User.email == email)
    )
    is_theirs = or_(RemotePerson.membership_id.in_(theirs), RemotePerson.email == email)
    session.execute(delete(RemotePerson).where(is_theirs))
    named = select(RemoteProject).where(RemoteProject.membership_id.in_(theirs))
    for project in session.scalars(named):
        project.remote_title = hide_name(project.remote_title, project.remote_id)
    session.flush()
