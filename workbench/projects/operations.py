"""What is done with projects: made, changed, given members, a label scheme and a guideline."""

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import create_user, invite, record_event, use_invitation
from workbench.accounts.queries import user_by_email
from workbench.accounts.rules import parse_name
from workbench.accounts.tables import Invitation, User
from workbench.canonical import Json, JsonObject, content_hash
from workbench.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
)
from workbench.projects.guideline import check_guideline
from workbench.projects.queries import find_newest, get_project, invited_roles, valid_invitation
from workbench.projects.rules import MAX_OVERLAP, Role
from workbench.projects.scheme import parse_scheme
from workbench.projects.tables import GuidelineRevision, Membership, Project, SchemeRevision
from workbench.resources import resource_folder
from workbench.storage.base import PUBLIC_ID, make_public_id
from workbench.storage.database import share_project

LANGUAGES = ("fr", "en")


def create_project(
    session: Session, *, slug: str, name: str, language: str, by: int | None, now: datetime
) -> Project:
    """Make a project with the default label scheme and guideline, and nobody in it yet."""
    if not PUBLIC_ID.fullmatch(slug):
        raise InvalidInputError(
            "“%(slug)s” cannot be part of an address; use lower-case letters, digits and hyphens,"
            " such as open-ai-debate.",
            slug=slug[:80],
        )
    if language not in LANGUAGES:
        raise InvalidInputError("A project's articles are in French (fr) or English (en).")
    if session.scalar(select(Project.id).where(Project.slug == slug)) is not None:
        raise ConflictError("There is already a project %(slug)s.", slug=slug)
    project = Project(
        slug=slug,
        name=parse_name(name),
        language=language,
        overlap=1,
        suggestion_free_percent=0,
        single_settles=True,
        seed=secrets.token_hex(16),
        dataset_secret=secrets.token_hex(32),
        created_at=now,
    )
    session.add(project)
    session.flush()
    share_project(session, project.id)
    record_event(
        session, "create_project", f"project {slug}", project_id=project.id, by=by, now=now
    )
    record_scheme(session, project_id=project.id, document=default_scheme(), by=by, now=now)
    record_guideline(session, project_id=project.id, texts=_default_guideline(), by=by, now=now)
    return project


def change_project(
    session: Session,
    *,
    project_id: int,
    name: str,
    overlap: int,
    single_settles: bool,
    unanimous_settles: bool,
    majority_settles: bool,
    suggestion_free_percent: int,
    by: int | None,
    now: datetime,
) -> Project:
    """Change a project's name, which answers settle a sentence, and how many lack suggestions.

    ``suggestion_free_percent`` of the sentences show theirs only after the first answer.
    """
    if not 1 <= overlap <= MAX_OVERLAP:
        raise InvalidInputError("An article gets 1 to 10 annotators.")
    if not 0 <= suggestion_free_percent <= 100:  # noqa: PLR2004  # per cent
        raise InvalidInputError("The share without suggestions is 0 to 100 per cent.")
    share_project(session, project_id)
    project = get_project(session, project_id=project_id)
    project.name = parse_name(name)
    project.overlap = overlap
    project.single_settles = single_settles
    project.unanimous_settles = unanimous_settles
    project.majority_settles = majority_settles
    project.suggestion_free_percent = suggestion_free_percent
    details: JsonObject = {
        "overlap": overlap,
        "single_settles": single_settles,
        "unanimous_settles": unanimous_settles,
        "majority_settles": majority_settles,
        "suggestion_free_percent": suggestion_free_percent,
    }
    record_event(
        session,
        "change_project",
        f"project {project.slug}",
        project_id=project_id,
        by=by,
        now=now,
        details=details,
    )
    return project


def add_member(
    session: Session,
    *,
    project_id: int,
    email: str,
    roles: Collection[Role],
    by: int | None,
    now: datetime,
) -> None:
    """Give the person with this address these roles, beside those they have already."""
    if not roles:
        raise InvalidInputError("Choose at least one role.")
    user = user_by_email(session, email=email.strip().casefold())
    share_project(session, project_id)
    for role in sorted(roles):
        _begin_role(session, project_id, user, role, by=by, now=now)


def take_in(
    session: Session,
    *,
    project_id: int,
    email: str,
    roles: Collection[Role],
    by: int | None,
    now: datetime,
) -> str | None:
    """Give the person with this address these roles; invite who has no account.

    Returns the invitation's token, if one was needed.
    """
    given = {"project_id": project_id, "email": email, "roles": roles, "by": by, "now": now}
    try:
        add_member(session, **given)  # type: ignore[arg-type]  # as this function has them
    except NotFoundError:
        return invite_member(session, **given)  # type: ignore[arg-type]
    return None


def set_roles(
    session: Session,
    *,
    project_id: int,
    user_id: int,
    roles: Collection[Role],
    by: int | None,
    now: datetime,
) -> None:
    """Let a member have exactly these roles from now on; none ends the membership.

    Ended memberships keep their rows and answers. The last manager stays one.
    """
    share_project(session, project_id)
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError("There is no such member in this project.")
    for role in sorted(roles):
        _begin_role(session, project_id, user, role, by=by, now=now)
    for membership in _open_memberships(session, project_id, user_id):
        if membership.role not in roles:
            _end_role(session, membership, user, by=by, now=now)


def end_membership(
    session: Session, *, project_id: int, user_id: int, by: int | None, now: datetime
) -> None:
    """Take all roles in the project from a person; what they answered stays."""
    set_roles(session, project_id=project_id, user_id=user_id, roles=(), by=by, now=now)


def leave_projects(session: Session, *, user_id: int, by: int | None, now: datetime) -> None:
    """Take a person's roles in all projects; refused where they are a project's last manager."""
    projects = session.scalars(
        select(Membership.project_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .distinct()
        .order_by(Membership.project_id)
    ).all()
    for project_id in projects:
        end_membership(session, project_id=project_id, user_id=user_id, by=by, now=now)


def invite_member(
    session: Session,
    *,
    project_id: int,
    email: str,
    roles: Collection[Role],
    by: int | None,
    now: datetime,
) -> str:
    """Invite somebody without an account to the project; return the link's token."""
    if not roles:
        raise InvalidInputError("Choose at least one role.")
    share_project(session, project_id)
    return invite(session, email=email, project_id=project_id, roles=roles, by=by, now=now)


def accept_invitation(
    session: Session,
    *,
    token: str,
    name: str,
    password_hash: str,
    locale: str | None,
    now: datetime,
) -> User:
    """Make the invited person's account and give them the roles they were invited to."""
    valid_invitation(session, token=token, now=now)
    invitation = use_invitation(session, token=token, by=None, now=now)
    user = create_user(
        session,
        email=invitation.email,
        name=name,
        password_hash=password_hash,
        locale=locale,
        by=invitation.invited_by,
        now=now,
    )
    _join(session, invitation, user, now=now)
    return user


def join_by_invitation(session: Session, *, token: str, user_id: int, now: datetime) -> User:
    """Give somebody who has an account the roles they were invited to.

    The invitation must be for that person's own address.
    """
    valid_invitation(session, token=token, now=now)
    invitation = use_invitation(session, token=token, by=user_id, now=now)
    user = session.get_one(User, user_id)
    if user.email != invitation.email:
        raise ConflictError("This invitation is for another address than yours.")
    _join(session, invitation, user, now=now)
    return user


def record_scheme(
    session: Session, *, project_id: int, document: Json, by: int | None, now: datetime
) -> SchemeRevision:
    """Record a new revision of the label scheme; the same document again changes nothing."""
    scheme = parse_scheme(document)
    share_project(session, project_id)
    newest = find_newest(session, SchemeRevision, project_id=project_id)
    sha256 = content_hash(document)
    if newest and newest.sha256 == sha256:
        return newest
    number = newest.number + 1 if newest else 1
    revision = SchemeRevision(
        project_id=project_id,
        number=number,
        document=scheme.document,
        sha256=sha256,
        created_by=by,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    record_event(
        session, "record_scheme", f"scheme {number}", project_id=project_id, by=by, now=now
    )
    return revision


def record_guideline(
    session: Session,
    *,
    project_id: int,
    texts: Mapping[str, str],
    by: int | None,
    now: datetime,
    base: int | None = None,
) -> GuidelineRevision:
    """Record a new revision of the guideline (Markdown by language); the same again does not.

    Raises ``StaleRevisionError`` when ``base``, the number of the revision it was changed from, is
    no longer the newest.
    """
    if not texts or not set(texts) <= set(LANGUAGES):
        raise InvalidInputError("A guideline has a text in French (fr), English (en) or both.")
    check_guideline(texts)
    share_project(session, project_id)
    document: JsonObject = dict(texts)
    newest = find_newest(session, GuidelineRevision, project_id=project_id)
    if newest and base is not None and base != newest.number:
        error = StaleRevisionError(
            "The guideline was changed elsewhere meanwhile: it is at revision %(number)s. Make"
            " your change to that one.",
            number=newest.number,
        )
        error.extra = {"newest": {"number": newest.number}}
        raise error
    sha256 = content_hash(document)
    if newest and newest.sha256 == sha256:
        return newest
    number = newest.number + 1 if newest else 1
    revision = GuidelineRevision(
        project_id=project_id,
        number=number,
        texts=document,
        sha256=sha256,
        created_by=by,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    record_event(
        session, "record_guideline", f"guideline {number}", project_id=project_id, by=by, now=now
    )
    return revision


def _begin_role(
    session: Session, project_id: int, user: User, role: Role, *, by: int | None, now: datetime
) -> None:
    membership = session.scalar(
        select(Membership).where(
            Membership.project_id == project_id,
            Membership.user_id == user.id,
            Membership.role == role,
        )
    )
    if membership is None:
        session.add(
            Membership(
                project_id=project_id,
                public_id=make_public_id(),
                user_id=user.id,
                role=role,
                created_at=now,
                ended_at=None,
            )
        )
    elif membership.ended_at is not None:
        membership.ended_at = None
    else:
        return
    session.flush()
    _record_role(session, project_id, "begin_role", user, role, by=by, now=now)


def _end_role(
    session: Session, membership: Membership, user: User, *, by: int | None, now: datetime
) -> None:
    if membership.role == Role.MANAGER:
        _keep_a_manager(session, membership)
    membership.ended_at = now
    _record_role(
        session, membership.project_id, "end_role", user, Role(membership.role), by=by, now=now
    )


def _keep_a_manager(session: Session, leaving: Membership) -> None:
    managers = session.scalars(
        select(Membership.id)
        .where(
            Membership.project_id == leaving.project_id,
            Membership.role == Role.MANAGER,
            Membership.ended_at.is_(None),
        )
        .with_for_update()
    ).all()
    if not set(managers) - {leaving.id}:
        raise ConflictError("This is the project's last manager; name another one first.")


def _open_memberships(session: Session, project_id: int, user_id: int) -> list[Membership]:
    return list(
        session.scalars(
            select(Membership)
            .where(
                Membership.project_id == project_id,
                Membership.user_id == user_id,
                Membership.ended_at.is_(None),
            )
            .order_by(Membership.id)
        )
    )


def _join(session: Session, invitation: Invitation, user: User, *, now: datetime) -> None:
    if invitation.project_id is None:
        return
    share_project(session, invitation.project_id)
    for role in invited_roles(invitation):
        _begin_role(session, invitation.project_id, user, role, by=invitation.invited_by, now=now)


def _record_role(
    session: Session,
    project_id: int,
    action: str,
    user: User,
    role: Role,
    *,
    by: int | None,
    now: datetime,
) -> None:
    record_event(
        session,
        action,
        f"user {user.public_id}",
        project_id=project_id,
        by=by,
        now=now,
        details={"role": role.value},
    )


def default_scheme() -> JsonObject:
    """Return the label scheme that comes with the program: a new project's first."""
    document: JsonObject = json.loads((resource_folder("seeds") / "claims.v1.json").read_text())
    return document


def _default_guideline() -> dict[str, str]:
    seeds = resource_folder("seeds")
    return {one: (seeds / f"guideline.{one}.md").read_text() for one in LANGUAGES}
