"""The door: who is signed in, and what they may do; a page that names nobody lets nobody in.

Flask-Login is met only here. The cookie holds a secret; the row in the table ``session`` that it
opens decides, so that signing out, a new password or a disabled account end it at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import TypeVar, cast

from flask import Flask, Request, Response, current_app, g, request, session
from flask_login import LoginManager, current_user

from workbench.accounts.keys import KEYS, own_keys
from workbench.accounts.operations import touch_session
from workbench.accounts.rules import TOUCH_INTERVAL
from workbench.clock import utc_now
from workbench.errors import ForbiddenError, NotFoundError, UnavailableError, WorkbenchError
from workbench.projects.queries import Access, find_visitor
from workbench.projects.rules import Action, Role, may
from workbench.settings import Settings
from workbench.storage.database import db, transaction

View = TypeVar("View", bound=Callable[..., object])

TOKEN = "token"  # noqa: S105  # the name under which the cookie holds it
LIMITS = "workbench-session-limits"
ANONYMOUS = "anonymous"
BEARER = "bearer"  # of the API, which lets in by a token and reads no cookie
EVERYBODY = "everybody"
SIGNED_IN = "signed in"
SITE_ADMIN = "site administrator"


class SignedOutError(WorkbenchError):
    """Somebody must sign in first, or again."""

    code = "signed_out"
    status = 401


@dataclass(frozen=True)
class Person:
    """Who is signed in: a value, not a row, so that no rollback expires it."""

    id: int
    public_id: str
    name: str
    email: str
    locale: str | None
    is_site_admin: bool
    is_welcomed: bool
    session_id: int
    keys: Mapping[str, str]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it."""
        return str(self.id)

    def key_of(self, action: str) -> str:
        """Return the key that does something for this person, as it is written on a keycap."""
        return self.keys.get(action, KEYS[action]).upper()


@dataclass(frozen=True)
class ProjectAccess:
    """A project as the person who asks may see it."""

    id: int
    slug: str
    name: str
    language: str
    person: Person
    memberships: Mapping[Role, int]
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(self.memberships))

    def may(self, action: Action | str) -> bool:
        """Tell whether the person may do this here."""
        return may(self.roles, Action(action))


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lasts unused, and in all."""

    idle: timedelta
    lifetime: timedelta


def register(app: Flask, settings: Settings) -> None:
    """Let the application know its visitors, and close every page that names nobody."""
    secure = settings.is_https
    app.config.update(
        SESSION_COOKIE_NAME="__Host-workbench" if secure else "workbench",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions[LIMITS] = SessionLimits(
        timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days)
    )
    app.after_request(_read_no_cookie)  # the first named is called last
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_load_person)
    manager.init_app(app)
    app.before_request(_check_the_door)
    app.context_processor(lambda: {"person": person_or_none()})
    _marked(app.view_functions["static"], ANONYMOUS)


def anonymous(view: View) -> View:
    """Mark an answer that is the same for all: who asks is not looked up."""
    return _marked(view, ANONYMOUS)


def everybody(view: View) -> View:
    """Mark a page that needs no sign-in."""
    return _marked(view, EVERYBODY)


def signed_in(view: View) -> View:
    """Let only people in who have signed in."""

    @wraps(view)
    def guarded(*arguments: object, **names: object) -> object:
        current_person()
        return view(*arguments, **names)

    return _marked(cast(View, guarded), SIGNED_IN)


def site_admin(view: View) -> View:
    """Let only administrators of the instance in."""

    @wraps(view)
    def guarded(*arguments: object, **names: object) -> object:
        if not current_person().is_site_admin:
            raise ForbiddenError("Only an administrator of this workbench may do this.")
        return view(*arguments, **names)

    return _marked(cast(View, guarded), SITE_ADMIN)


def in_project(action: Action) -> Callable[[View], View]:
    """Let only members in who may do ``action``; the view gets ``project``, not the ``slug``.

    Strangers and unknown projects get the same 404; a member without the right gets 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*, slug: str, **names: object) -> object:
            project = _open_project()
            if not project.may(action):
                raise ForbiddenError("Your roles in this project do not allow this.")
            g.project = project
            return view(project=project, **names)

        return _marked(cast(View, guarded), action)

    return decorate


def answers_json(view: View) -> View:
    """Mark a page that answers JSON, so that its errors do too."""
    view.answers_json = True  # type: ignore[attr-defined]
    return view


def person_or_none() -> Person | None:
    """Return who is signed in, if anybody."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def current_person() -> Person:
    """Return who is signed in; ``SignedOutError`` for visitors."""
    person = person_or_none()
    if person is None:
        raise SignedOutError("Sign in to see this page.")
    return person


def session_limits() -> SessionLimits:
    """Return how long sessions last."""
    limits: SessionLimits = current_app.extensions[LIMITS]
    return limits


def give_cookie(token: str) -> None:
    """Let this browser hold a new session's secret; nothing of an earlier one stays."""
    session.clear()
    session[TOKEN] = token


def take_cookie() -> None:
    """Take everything from this browser that we had given it."""
    session.clear()


def _check_the_door() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "access"):
        raise RuntimeError(f"{request.endpoint} does not say who may use it: see web/access.py")
    if view.access in {ANONYMOUS, BEARER}:
        g.is_person_known = g.is_same_for_all = True
    else:
        person_or_none()  # Loaded now, since noting its use needs a transaction of its own.


def _read_no_cookie(response: Response) -> Response:
    """Say that an answer for all depends on no cookie, though Flask-Login has looked for one."""
    if g.get("is_same_for_all"):
        session.accessed = False
    return response


def _load_person(_request: Request) -> Person | None:
    token = session.get(TOKEN)
    if not isinstance(token, str) or g.get("is_person_known"):
        return None  # A second time only when the first failed: the error page does without.
    g.is_person_known = True
    now, limits = utc_now(), session_limits()
    visitor = find_visitor(
        db.session(),
        token=token,
        slug=_project_asked_for(),
        now=now,
        idle=limits.idle,
        lifetime=limits.lifetime,
    )
    if visitor is None:
        return None
    found, g.access = visitor.signed_in, visitor.access
    _note_use(found.session_id, found.last_seen, now)
    return Person(
        id=found.user_id,
        public_id=found.public_id,
        name=found.name,
        email=found.email,
        locale=found.locale,
        is_site_admin=found.is_site_admin,
        is_welcomed=found.is_welcomed,
        session_id=found.session_id,
        keys=own_keys(found.keys),
    )


def _note_use(session_id: int, last_seen: datetime, now: datetime) -> None:
    if now - last_seen < TOUCH_INTERVAL:
        return
    try:
        with transaction() as writing:
            touch_session(writing, session_id=session_id, now=now)
    except UnavailableError as error:  # Reading goes on although the disk is full.
        current_app.logger.warning("The use of a session was not noted: %s", error)


def _project_asked_for() -> str | None:
    """Return the project's short name in the address of a page inside a project."""
    view = current_app.view_functions[request.endpoint] if request.endpoint else None
    is_inside = isinstance(getattr(view, "access", None), Action)
    slug = request.view_args.get("slug") if is_inside and request.view_args else None
    return slug if slug and "\0" not in slug else None  # refused later, but not by PostgreSQL


def _open_project() -> ProjectAccess:
    person = current_person()
    access: Access | None = g.access
    if access is None:
        raise NotFoundError("The address is wrong, or you have no access.")
    return ProjectAccess(
        id=access.project_id,
        slug=access.slug,
        name=access.name,
        language=access.language,
        person=person,
        memberships=access.memberships,
    )


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
