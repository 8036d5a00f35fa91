"""Who stands behind a token of the API, and what they are in the project they ask for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from workbench.accounts.api_tokens import Scope, is_secret, read_scopes
from workbench.accounts.tables import ApiToken, User
from workbench.accounts.tokens import hash_token
from workbench.errors import NotFoundError
from workbench.projects.queries import Access, list_own_projects
from workbench.projects.rules import Role
from workbench.projects.tables import Membership, Project
from workbench.storage.database import read_columns


@dataclass(frozen=True)
class Bearer:
    """A token with its owner, and what they are in a project as far as the token goes there."""

    token_id: int
    token: str
    token_name: str
    project_id: int | None
    scopes: frozenset[Scope]
    expires_at: datetime
    last_used_at: datetime | None
    user_id: int
    user: str
    name: str
    access: Access | None


def find_bearer(session: Session, *, secret: str, slug: str | None, now: datetime) -> Bearer | None:
    """Return whose key this is, and what they are in a project, by one statement.

    Nothing for a key that is revoked or has run out, or whose owner's account is closed; a key
    with a wrong checksum is not even looked for.
    """
    if not is_secret(secret):
        return None
    values = {"token_hash": hash_token(secret), "now": now, "slug": slug}
    rows = read_columns(session, _select_bearer(), values).all()
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
    return Bearer(
        token_id=first.token_id,
        token=first.token,
        token_name=first.token_name,
        project_id=first.bound_to,
        scopes=read_scopes(first.scopes),
        expires_at=first.expires_at,
        last_used_at=first.last_used_at,
        user_id=first.user_id,
        user=first.public_id,
        name=first.name,
        access=access if memberships else None,
    )


def list_open_projects(session: Session, *, bearer: Bearer) -> list[Access]:
    """List the projects of a token's owner in which it can be used, by name."""
    return [
        access
        for access in list_own_projects(session, user_id=bearer.user_id)
        if bearer.project_id in {None, access.project_id}
    ]


def find_own_project(session: Session, *, user_id: int, slug: str) -> int:
    """Return the row of a project in which the person has a role."""
    for access in list_own_projects(session, user_id=user_id):
        if access.slug == slug:
            return access.project_id
    raise NotFoundError("There is no project %(slug)s with a role for this person.", slug=slug)


@cache  # Building it takes longer than running it.
def _select_bearer() -> Select[*tuple[object, ...]]:
    return (
        select(
            ApiToken.id.label("token_id"),
            ApiToken.public_id.label("token"),
            ApiToken.name.label("token_name"),
            ApiToken.project_id.label("bound_to"),
            ApiToken.scopes,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            User.id.label("user_id"),
            User.public_id,
            User.name,
            Project.id.label("project_id"),
            Project.slug,
            Project.name.label("project_name"),
            Project.language,
            Membership.role,
            Membership.id.label("membership_id"),
        )
        .join(User, User.id == ApiToken.user_id)
        .outerjoin(
            Project,
            and_(
                Project.slug == bindparam("slug"),
                or_(ApiToken.project_id.is_(None), ApiToken.project_id == Project.id),
            ),
        )
        .outerjoin(
            Membership,
            and_(
                Membership.project_id == Project.id,
                Membership.user_id == User.id,
                Membership.ended_at.is_(None),
            ),
        )
        .where(
            ApiToken.token_hash == bindparam("token_hash"),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > bindparam("now"),
            User.active,
        )
    )
