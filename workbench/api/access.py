"""The door of the API: a token in the Authorization header, its scopes, its owner's roles.

No cookie is read. A project that the token does not reach looks like one that does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app, g, request

from workbench.accounts.api_tokens import TOUCH_INTERVAL, Scope, touch_token
from workbench.clock import utc_now
from workbench.errors import (
    ForbiddenError,
    NotFoundError,
    TooManyAttemptsError,
    UnavailableError,
    WorkbenchError,
)
from workbench.limits import Buckets
from workbench.projects.bearers import Bearer, find_bearer
from workbench.projects.rules import Action, Role, may
from workbench.storage.database import db, transaction

BUCKETS = "WORKBENCH_API_BUCKETS"


class TokenError(WorkbenchError):
    """No token was shown, or one that opens nothing."""

    code = "no_token"
    status = 401


class ScopeError(ForbiddenError):
    """The token is not for this."""

    code = "insufficient_scope"


@dataclass(frozen=True)
class ProjectCaller:
    """A project as whoever holds the token may see it."""

    id: int
    slug: str
    name: str
    language: str
    bearer: Bearer
    memberships: Mapping[Role, int]
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(self.memberships))

    @property
    def user(self) -> int:
        """The row of the token's owner, in whose name all is done."""
        return self.bearer.user_id

    def may(self, action: Action) -> bool:
        """Tell whether the owner's roles allow this here."""
        return may(self.roles, action)

    def demand(self, action: Action) -> None:
        """Refuse what the owner's roles do not allow here."""
        if not self.may(action):
            raise ForbiddenError("Your roles in this project do not allow this.")


def open_door(*, scope: Scope | None, slug: str | None) -> Bearer:
    """Return who asks; refuse without a good token, too often, or without the scope."""
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    now = utc_now()
    bearer = find_bearer(db.session(), secret=secret or "", slug=slug, now=now)
    if bearer is None:
        raise TokenError(
            "Show a token that is good: Authorization: Bearer cwb_…; none is read elsewhere."
        )
    buckets: Buckets = current_app.extensions[BUCKETS]
    if wait := buckets.take(bearer.token_id):
        g.retry_after = wait
        raise TooManyAttemptsError("This token asks too often; wait a moment, then go on.")
    if bearer.last_used_at is None or now - bearer.last_used_at >= TOUCH_INTERVAL:
        _note_use(bearer)
    if scope is not None and scope not in bearer.scopes:
        g.missing_scope = scope.value
        raise ScopeError("This needs a token with the scope %(scope)s.", scope=scope.value)
    return bearer


def open_project(bearer: Bearer, *, action: Action | None) -> ProjectCaller:
    """Return the project that is asked for; 404 where the token does not reach, 403 without right.

    Without an ``action`` any role is enough.
    """
    access = bearer.access
    if access is None:
        raise NotFoundError("There is no such project, or this token does not reach it.")
    project = ProjectCaller(
        id=access.project_id,
        slug=access.slug,
        name=access.name,
        language=access.language,
        bearer=bearer,
        memberships=access.memberships,
    )
    if action is not None:
        project.demand(action)
    return project


def _note_use(bearer: Bearer) -> None:
    try:
        with transaction() as writing:
            touch_token(writing, token_id=bearer.token_id, now=utc_now())
    except UnavailableError as error:  # Reading goes on although the disk is full.
        current_app.logger.warning("The use of a token was not noted: %s", error)
