"""The administrator's pages: everybody's accounts, and all projects."""

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from workbench.accounts import operations
from workbench.accounts.queries import count_users, list_users, user_by_public_id
from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.factcheck.erasure import erase_person
from workbench.labelling.assigning import free_left_slots
from workbench.labelstudio.erasure import forget_person
from workbench.projects.operations import add_member, create_project
from workbench.projects.queries import count_projects, list_projects, project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, empty_journal, transaction
from workbench.web.access import current_person, site_admin
from workbench.web.addresses import full_address, go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.administration import AddManagerForm, CreateProjectForm, CreateUserForm
from workbench.web.paging import page_of

blueprint = Blueprint("administration", __name__, url_prefix="/admin")


@blueprint.get("/users/")
@site_admin
def show_users() -> ResponseReturnValue:
    """List and search accounts."""
    return _users_page(CreateUserForm(formdata=None))


@blueprint.post("/users/")
@site_admin
def create_user() -> ResponseReturnValue:
    """Make an account and show its one-time link once."""
    form, by = CreateUserForm(), current_person().id
    if form.is_sent_well():
        try:
            with transaction() as session:
                user = operations.create_user(
                    session,
                    email=form.email.data,
                    name=form.name.data,
                    is_site_admin=form.is_site_admin.data,
                    by=by,
                    now=utc_now(),
                )
                token = operations.make_sign_in_link(
                    session, user_id=user.id, purpose="new_password", by=by, now=utc_now()
                )
                public_id = user.public_id
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(full_address("account.use_link", token=token), "link")
            return go_to("administration.show_user", user=public_id)
    return _users_page(form), form.status


@blueprint.get("/users/<user>/")
@site_admin
def show_user(user: str) -> ResponseReturnValue:
    """Show one account and what can be done with it."""
    return render_template(
        "administration/user.html",
        user=user_by_public_id(db.session(), public_id=user),
        button=ButtonForm(formdata=None),
    )


@blueprint.post("/users/<user>/link")
@site_admin
def make_link(user: str) -> ResponseReturnValue:
    """Make a one-time link for a new password and show it once."""

    def make(session: Session, user_id: int, by: int) -> None:
        token = operations.make_sign_in_link(
            session, user_id=user_id, purpose="new_password", by=by, now=utc_now()
        )
        flash(full_address("account.use_link", token=token), "link")

    return _change(user, make)


@blueprint.post("/users/<user>/disable")
@site_admin
def disable_user(user: str) -> ResponseReturnValue:
    """Close an account and end its sessions."""

    def disable(session: Session, user_id: int, by: int) -> None:
        operations.disable_user(session, user_id=user_id, by=by, now=utc_now())
        free_left_slots(session, user_id=user_id, by=by, now=utc_now())

    return _change(user, disable)


@blueprint.post("/users/<user>/enable")
@site_admin
def enable_user(user: str) -> ResponseReturnValue:
    """Open an account again."""
    return _change(
        user,
        lambda session, user_id, by: operations.enable_user(
            session, user_id=user_id, by=by, now=utc_now()
        ),
    )


@blueprint.post("/users/<user>/erase")
@site_admin
def erase_user(user: str) -> ResponseReturnValue:
    """Take a person's name and address out of the workbench for good, and go to the others."""
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                email = user_by_public_id(session, public_id=user).email
                forget_person(session, email=email)
                erase_person(session, email=email, by=current_person().id, now=utc_now())
        except WorkbenchError as error:
            flash(tell(error), "problem")
            return go_to("administration.show_user", user=user)
        empty_journal()
        flash(gettext("The person is erased."))
    return go_to("administration.show_users")


@blueprint.post("/users/<user>/make-admin")
@site_admin
def grant_admin(user: str) -> ResponseReturnValue:
    """Let somebody administer this workbench."""
    return _change(
        user,
        lambda session, user_id, by: operations.set_site_admin(
            session, user_id=user_id, is_site_admin=True, by=by, now=utc_now()
        ),
    )


@blueprint.post("/users/<user>/unmake-admin")
@site_admin
def revoke_admin(user: str) -> ResponseReturnValue:
    """Let somebody administer this workbench no longer."""
    return _change(
        user,
        lambda session, user_id, by: operations.set_site_admin(
            session, user_id=user_id, is_site_admin=False, by=by, now=utc_now()
        ),
    )


@blueprint.get("/projects/")
@site_admin
def show_projects() -> ResponseReturnValue:
    """List all projects."""
    form = CreateProjectForm(formdata=None, manager=current_person().email)
    return _projects_page(form)


@blueprint.post("/projects/")
@site_admin
def make_project() -> ResponseReturnValue:
    """Make a project with its first manager."""
    form, by = CreateProjectForm(), current_person().id
    if form.is_sent_well():
        try:
            with transaction() as session:
                project = create_project(
                    session,
                    slug=form.slug.data,
                    name=form.name.data,
                    language=form.language.data,
                    by=by,
                    now=utc_now(),
                )
                add_member(
                    session,
                    project_id=project.id,
                    email=form.manager.data,
                    roles=[Role.MANAGER],
                    by=by,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The project is made."))
            return go_to("administration.show_projects")
    return _projects_page(form), form.status


@blueprint.post("/projects/<project_slug>/managers")
@site_admin
def add_manager(project_slug: str) -> ResponseReturnValue:
    """Give a project one more manager."""
    form = AddManagerForm()
    project = project_by_slug(db.session(), slug=project_slug)
    project_id = project.id
    if form.is_sent_well():
        try:
            with transaction() as session:
                add_member(
                    session,
                    project_id=project_id,
                    email=form.manager.data,
                    roles=[Role.MANAGER],
                    by=current_person().id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The project has a new manager."))
    return go_to("administration.show_projects")


def _change(public_id: str, change: Callable[[Session, int, int], None]) -> ResponseReturnValue:
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                user = user_by_public_id(session, public_id=public_id)
                change(session, user.id, current_person().id)
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("Done."))
    return go_to("administration.show_user", user=public_id)


def _users_page(form: CreateUserForm) -> str:
    search = request.args.get("search", "").strip()[:200]
    paging = page_of(count_users(db.session(), search=search))
    users = list_users(db.session(), search=search, limit=paging.limit, offset=paging.offset)
    return render_template(
        "administration/users.html", users=users, paging=paging, search=search, form=form
    )


def _projects_page(form: CreateProjectForm) -> str:
    paging = page_of(count_projects(db.session()))
    projects = list_projects(db.session(), limit=paging.limit, offset=paging.offset)
    return render_template(
        "administration/projects.html",
        projects=projects,
        paging=paging,
        form=form,
        manager_form=AddManagerForm(formdata=None),
    )
