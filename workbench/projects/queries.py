"""Reads of projects, their members, and the newest revisions of scheme and guideline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from workbench.accounts.queries import (
    SignedIn,
    list_invitations,
    select_signed_in,
    session_values,
    usable_invitation,
)
from workbench.accounts.rules import SpentLinkError
from workbench.accounts.tables import Invitation, User
from workbench.errors import NotFoundError
from workbench.projects.rules import Action, Role, may
from workbench.projects.scheme import Scheme, parse_scheme
from workbench.projects.tables import GuidelineRevision, Membership, Project, SchemeRevision
from workbench.storage.database import read_columns

Revision = TypeVar("Revision", SchemeRevision, GuidelineRevision)


@dataclass(frozen=True)
class Access:
    """What a person is in a project: the row ids of their memberships, by role."""

    project_id: int
    slug: str
    name: str
    language: str
    memberships: Mapping[Role, int]


@dataclass(frozen=True)
class Visitor:
    """Who a browser's session belongs to, and what they are in the project they ask for."""

    signed_in: SignedIn
    access: Access | None


@dataclass(frozen=True)
class Member:
    """A person with all their present roles in a project."""

    user_id: int
    public_id: str
    name: str
    email: str
    active: bool
    roles: frozenset[Role]


@dataclass(frozen=True)
class GuidelineStamp:
    """A revision of the guideline: its number, when it was made, and by whom if by a person."""

    number: int
    made_at: datetime
    by: str | None


def find_visitor(
    session: Session,
    *,
    token: str,
    slug: str | None,
    now: datetime,
    idle: timedelta,
    lifetime: timedelta,
) -> Visitor | None:
    """Return whose session the cookie's token belongs to, and what they are in a project.

    By one statement, since every request asks. Nothing for a session that has ended or run out.
    """
    values = session_values(token=token, now=now, idle=idle, lifetime=lifetime)
    rows = read_columns(session, _select_visitor(), {**values, "slug": slug}).all()
    if not rows:
        return None
    first = rows[0]
    memberships = {Role(row.role): row.membership_id for row in rows if row.membership_id}
    access = Access(
        project_id=first.project_id,
        slug=first.slug,
        name=first.project_name,
        language=first.language,
        memberships=memberships,
    )
    return Visitor(
        signed_in=SignedIn(**{name: first._mapping[name] for name in SignedIn.__match_args__}),
        access=access if memberships else None,
    )


@cache  # Building the statement takes longer than running it.
def _select_visitor() -> Select[*tuple[object, ...]]:
    return (
        select_signed_in()
        .outerjoin(Project, Project.slug == bindparam("slug"))
        .outerjoin(
            Membership,
            and_(
                Membership.project_id == Project.id,
                Membership.user_id == User.id,
                Membership.ended_at.is_(None),
            ),
        )
        .add_columns(
            Project.id.label("project_id"),
            Project.slug,
            Project.name.label("project_name"),
            Project.language,
            Membership.role,
            Membership.id.label("membership_id"),
        )
    )


def list_own_projects(session: Session, *, user_id: int) -> Sequence[Access]:
    """List the projects in which the person has a role, by name."""
    rows = session.execute(
        select(Project, Membership.role, Membership.id)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(func.lower(Project.name), Project.id)
    ).all()
    found: dict[int, tuple[Project, dict[Role, int]]] = {}
    for project, role, membership_id in rows:
        found.setdefault(project.id, (project, {}))[1][Role(role)] = membership_id
    return [
        Access(project.id, project.slug, project.name, project.language, memberships)
        for project, memberships in found.values()
    ]


def get_project(session: Session, *, project_id: int) -> Project:
    """Return the project with this row id."""
    project = session.get(Project, project_id)
    if project is None:
        raise NotFoundError("There is no such project.")
    return project


def project_by_slug(session: Session, *, slug: str) -> Project:
    """Return the project with this short name."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        raise NotFoundError("There is no project %(slug)s.", slug=slug)
    return project


def list_projects(
    session: Session, *, limit: int | None = None, offset: int = 0
) -> Sequence[Project]:
    """List all projects, by name."""
    return session.scalars(
        select(Project).order_by(func.lower(Project.name), Project.id).limit(limit).offset(offset)
    ).all()


def count_projects(session: Session) -> int:
    """Count all projects."""
    return session.scalar(select(func.count(Project.id))) or 0


def list_members(session: Session, *, project_id: int) -> Sequence[Member]:
    """List the people who have a role in the project, by name."""
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.ended_at.is_(None))
        .order_by(func.lower(User.name), User.id)
    ).all()
    people: dict[int, User] = {}
    roles: dict[int, set[Role]] = {}
    for user, role in rows:
        people[user.id] = user
        roles.setdefault(user.id, set()).add(Role(role))
    return [
        Member(user.id, user.public_id, user.name, user.email, user.active, frozenset(roles[id_]))
        for id_, user in people.items()
    ]


def count_members(session: Session, *, project_id: int) -> int:
    """Count the people who have a role in the project."""
    people = select(func.count(Membership.user_id.distinct())).where(
        Membership.project_id == project_id, Membership.ended_at.is_(None)
    )
    return session.scalar(people) or 0


def get_member(session: Session, *, project_id: int, public_id: str) -> Member:
    """Return one person of the project; ``NotFoundError`` for everybody else."""
    for member in list_members(session, project_id=project_id):
        if member.public_id == public_id:
            return member
    raise NotFoundError("There is no such member in this project.")


def valid_invitation(session: Session, *, token: str, now: datetime) -> Invitation:
    """Return the invitation, unless whoever made it may invite nobody any more.

    Raises ``SpentLinkError`` then, and once it is used, withdrawn or has run out.
    """
    invitation = usable_invitation(session, token=token, now=now)
    if invitation.project_id is None or invitation.invited_by is None:
        return invitation  # made on the command line
    if invitation.invited_by not in _inviters(session, invitation.project_id):
        raise SpentLinkError("Whoever made this invitation may not invite any more; ask for one.")
    return invitation


def list_valid_invitations(
    session: Session, *, project_id: int, now: datetime
) -> Sequence[Invitation]:
    """List the project's invitations that somebody can still accept, the newest first."""
    inviters = _inviters(session, project_id) | {None}  # None: made on the command line.
    found = list_invitations(session, project_id=project_id, now=now)
    return [invitation for invitation in found if invitation.invited_by in inviters]


def _inviters(session: Session, project_id: int) -> set[int | None]:
    """Return who may invite to the project at present."""
    return {
        member.user_id
        for member in list_members(session, project_id=project_id)
        if member.active and may(member.roles, Action.MANAGE_MEMBERS)
    }


def invited_roles(invitation: Invitation) -> tuple[Role, ...]:
    """Return the roles that an invitation gives, in the order of ``Role``."""
    named = invitation.roles
    return tuple(role for role in Role if isinstance(named, list) and role.value in named)


def find_newest(session: Session, table: type[Revision], *, project_id: int) -> Revision | None:
    """Return the newest revision of the project's scheme or guideline, if it has one."""
    return session.scalar(
        select(table).where(table.project_id == project_id).order_by(table.number.desc()).limit(1)
    )


def newest_scheme(session: Session, *, project_id: int) -> SchemeRevision:
    """Return the project's present label scheme."""
    revision = find_newest(session, SchemeRevision, project_id=project_id)
    if revision is None:
        raise NotFoundError("The project has no label scheme.")
    return revision


def list_schemes(session: Session, *, project_id: int) -> list[Scheme]:
    """Return every label scheme that the project has had, the first one first."""
    documents = session.scalars(
        select(SchemeRevision.document)
        .where(SchemeRevision.project_id == project_id)
        .order_by(SchemeRevision.number)
    )
    return [parse_scheme(document) for document in documents]


def newest_guideline(session: Session, *, project_id: int) -> GuidelineRevision:
    """Return the project's present guideline."""
    revision = find_newest(session, GuidelineRevision, project_id=project_id)
    if revision is None:
        raise NotFoundError("The project has no guideline.")
    return revision


def guideline_texts(revision: GuidelineRevision) -> dict[str, str]:
    """Return the texts of a guideline, Markdown by language."""
    texts = revision.texts if isinstance(revision.texts, dict) else {}
    return {language: str(text) for language, text in texts.items()}


def list_guidelines(session: Session, *, project_id: int) -> list[GuidelineStamp]:
    """Return the revisions of the guideline, the newest first."""
    rows = session.execute(
        select(GuidelineRevision.number, GuidelineRevision.created_at, User.name)
        .outerjoin(User, User.id == GuidelineRevision.created_by)
        .where(GuidelineRevision.project_id == project_id)
        .order_by(GuidelineRevision.number.desc())
    )
    return [GuidelineStamp(number, made_at, by) for number, made_at, by in rows]


def guideline_by_number(session: Session, *, project_id: int, number: int) -> GuidelineRevision:
    """Return one revision of the project's guideline."""
    revision = _find_numbered(session, GuidelineRevision, project_id, number)
    if revision is None:
        raise NotFoundError("The project has no guideline %(number)s.", number=number)
    return revision


def _find_numbered(
    session: Session, table: type[Revision], project_id: int, number: int
) -> Revision | None:
    return session.scalar(
        select(table).where(table.project_id == project_id, table.number == number)
    )
