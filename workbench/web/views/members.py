"""Who is in a project, in which roles, and who is invited."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from workbench.accounts.operations import revoke_invitation
from workbench.clock import utc_now
from workbench.corpus.queries import read_headings
from workbench.errors import WorkbenchError
from workbench.labelling.assigning import (
    free_left_slots,
    is_paused,
    list_held,
    list_nameable,
)
from workbench.projects.operations import end_membership, set_roles, take_in
from workbench.projects.queries import Member, get_member, list_members, list_valid_invitations
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import full_address, go_to
from workbench.web.errors import tell
from workbench.web.forms.account import ButtonForm
from workbench.web.forms.project import AddMemberForm, PauseForm, RolesForm
from workbench.web.words import ROLES, SLOT_STATES

blueprint = Blueprint("members", __name__, url_prefix="/projects/<slug>/members")


@blueprint.get("/")
@in_project(Action.MANAGE_MEMBERS)
def show_members(project: ProjectAccess) -> ResponseReturnValue:
    """List members and open invitations."""
    return _members_page(project, AddMemberForm(formdata=None))


@blueprint.post("/")
@in_project(Action.MANAGE_MEMBERS)
def add(project: ProjectAccess) -> ResponseReturnValue:
    """Take somebody in; whoever has no account is invited by a link shown once."""
    form = AddMemberForm()
    if form.is_sent_well():
        try:
            link = _add_or_invite(project, form)
        except WorkbenchError as error:
            form.refuse(error)
        else:
            if link:
                flash(link, "link")
            else:
                flash(gettext("The project has a new member."))
            return go_to("members.show_members", slug=project.slug)
    return _members_page(project, form), form.status


@blueprint.route("/<member>/", methods=["GET", "POST"])
@in_project(Action.MANAGE_MEMBERS)
def change_roles(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """Show a member; change their roles."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    form = RolesForm(data={"roles": sorted(found.roles)})
    if form.is_sent_well():
        try:
            with transaction() as session:
                set_roles(
                    session,
                    project_id=project.id,
                    user_id=found.user_id,
                    roles=form.roles.roles,
                    by=project.person.id,
                    now=utc_now(),
                )
                free_left_slots(session, user_id=found.user_id, by=project.person.id, now=utc_now())
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The roles are changed."))
            return go_to("members.show_members", slug=project.slug)
    page = render_template(
        "members/member.html",
        project=project,
        member=found,
        form=form,
        button=ButtonForm(formdata=None),
        **_work_of(project, found),
    )
    return page, form.status


def _work_of(project: ProjectAccess, member: Member) -> dict[str, object]:
    """Say what an annotator has to read, and what they could be given."""
    session, ids = db.session(), {"project_id": project.id, "user_id": member.user_id}
    if Role.ANNOTATOR not in member.roles:
        return {"held": None}
    held = list_held(session, **ids, viewer=project.person.id)
    nameable = list_nameable(session, **ids)
    articles = {one.article_id for one in held} | {article_id for article_id, _ in nameable}
    return {
        "held": held,
        "slot_states": SLOT_STATES,
        "nameable": nameable,
        "headings": read_headings(session, article_ids=articles),
        "is_paused": is_paused(session, **ids),
        "pause": PauseForm(formdata=None),
    }


@blueprint.post("/<member>/end")
@in_project(Action.MANAGE_MEMBERS)
def end(project: ProjectAccess, member: str) -> ResponseReturnValue:
    """End a membership; what the person answered stays."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    if ButtonForm().is_sent_well():
        try:
            with transaction() as session:
                end_membership(
                    session,
                    project_id=project.id,
                    user_id=found.user_id,
                    by=project.person.id,
                    now=utc_now(),
                )
                free_left_slots(session, user_id=found.user_id, by=project.person.id, now=utc_now())
        except WorkbenchError as error:
            flash(tell(error), "problem")
        else:
            flash(gettext("The membership has ended."))
    return go_to("members.show_members", slug=project.slug)


@blueprint.post("/invitations/<invitation>/revoke")
@in_project(Action.MANAGE_MEMBERS)
def revoke(project: ProjectAccess, invitation: str) -> ResponseReturnValue:
    """Withdraw an invitation."""
    if ButtonForm().is_sent_well():
        with transaction() as session:
            revoke_invitation(
                session,
                project_id=project.id,
                public_id=invitation,
                by=project.person.id,
                now=utc_now(),
            )
        flash(gettext("The invitation is withdrawn."))
    return go_to("members.show_members", slug=project.slug)


def _add_or_invite(project: ProjectAccess, form: AddMemberForm) -> str | None:
    with transaction() as session:
        token = take_in(
            session,
            project_id=project.id,
            email=form.email.data,
            roles=form.roles.roles,
            by=project.person.id,
            now=utc_now(),
        )
    return full_address("account.use_invitation", token=token) if token else None


def _members_page(project: ProjectAccess, form: AddMemberForm) -> str:
    return render_template(
        "members/members.html",
        project=project,
        members=list_members(db.session(), project_id=project.id),
        invitations=list_valid_invitations(db.session(), project_id=project.id, now=utc_now()),
        roles=ROLES,
        form=form,
        button=ButtonForm(formdata=None),
    )
