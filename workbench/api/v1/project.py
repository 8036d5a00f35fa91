"""What managers change: members, settings, and who reads which article."""

from datetime import date
from functools import partial
from typing import cast

from flask import current_app, url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from workbench.accounts.api_tokens import Scope
from workbench.accounts.operations import revoke_invitation
from workbench.accounts.rules import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, Count, Flag, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.clock import utc_now
from workbench.corpus.queries import find_article
from workbench.labelling import assigning
from workbench.labelling.progress import count_open_slots
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import fit_slots
from workbench.labelling.training import hides_answers
from workbench.projects.operations import change_project, end_membership, set_roles, take_in
from workbench.projects.queries import (
    Member,
    get_member,
    get_project,
    invited_roles,
    list_members,
    list_valid_invitations,
)
from workbench.projects.rules import (
    MAX_OVERLAP,
    Action,
    Role,
    WorkGiven,
    WorkOrder,
    WorkRules,
)
from workbench.settings import Settings
from workbench.storage.database import db, transaction

MEMBER = "/projects/<slug>/members/<member>"
WHOLE = 100

blueprint = Part("project", "Members, settings, who reads what")
managing = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_PROJECT, action=Action.MANAGE_MEMBERS
)
giving_work = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_PROJECT, action=Action.ASSIGN_WORK
)


def _roles() -> fields.List[str]:
    return fields.List(
        fields.String(validate=OneOf([role.value for role in Role])),
        required=True,
        validate=Length(1, len(Role)),
    )


class MemberAnswer(Schema):
    """A member with their roles."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    is_active = fields.Boolean(
        required=True, metadata={"description": "Whether the account is open."}
    )
    roles = fields.List(fields.String(), required=True)


class InvitationAnswer(Schema):
    """Somebody who was invited and has not come yet."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    expires_at = fields.AwareDateTime(required=True)


class MembersAnswer(Schema):
    """All members of a project, and who is invited."""

    items = fields.List(fields.Nested(MemberAnswer), required=True)
    invitations = fields.List(fields.Nested(InvitationAnswer), required=True)


class TakeInBody(Schema):
    """Somebody to take in."""

    email = Text(required=True, validate=Length(1, MAX_EMAIL_LENGTH))
    roles = _roles()


class TakenInAnswer(Schema):
    """What came of it: for who has no account a link to pass on, told this once."""

    link = fields.String(required=True, allow_none=True)


class RolesBody(Schema):
    """What a member is from now on."""

    roles = _roles()


class PauseBody(Schema):
    """What becomes of a member's unfinished articles."""

    frees_slots = Flag(
        load_default=False, metadata={"description": "Others get them; else they wait."}
    )


class FreedAnswer(Schema):
    """How many slots are open to others now."""

    freed = fields.Integer(required=True)


class PausedAnswer(Schema):
    """Whether a member is given new articles."""

    is_paused = fields.Boolean(required=True)


class SettingsBody(Schema):
    """What a manager can change about a project, all of it."""

    name = Text(required=True, validate=Length(1, MAX_NAME_LENGTH))
    overlap = Count("Annotators per article.", least=1, most=MAX_OVERLAP)
    single_settles = Flag(required=True)
    unanimous_settles = Flag(required=True)
    majority_settles = Flag(required=True)
    suggestion_free_percent = Count(
        "The share of sentences that show suggestions only after the first answer.", most=WHOLE
    )


class WorkBody(Schema):
    """How articles are given to annotators, all of it."""

    given = fields.String(required=True, validate=OneOf([one.value for one in WorkGiven]))
    order = fields.String(required=True, validate=OneOf([one.value for one in WorkOrder]))
    lease_minutes = Count(
        "How long an article of the queue is kept for somebody.",
        least=assigning.MIN_LEASE_MINUTES,
        most=assigning.MAX_LEASE_MINUTES,
    )
    overlap_percent = Count("The share of articles that several people read.", most=WHOLE)
    extra_percent = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=Range(1, WHOLE),
        metadata={"description": "From which share of differing sentences on one more reads."},
    )
    deadline = fields.Date(required=True, allow_none=True)


class SettingsAnswer(SettingsBody):
    """A project's settings, with how articles are given out."""

    work = fields.Nested(WorkBody, required=True)


class HolderAnswer(Schema):
    """Who has or had a slot of an article."""

    slot = fields.String(required=True)
    member = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"enum": [state.value for state in AssignmentState]}
    )


class SlotsAnswer(Schema):
    """Who reads an article, and how many places are open; who still labels it is told neither."""

    is_hidden = fields.Boolean(required=True)
    open = fields.Integer(required=True, allow_none=True)
    items = fields.List(fields.Nested(HolderAnswer), required=True)


class PeopleBody(Schema):
    """Annotators to whom the article is given."""

    members = fields.List(Identifier("A member."), required=True, validate=Length(1, MOST))


class GivenAnswer(Schema):
    """How many got it who did not have it."""

    given = fields.Integer(required=True)


class ToBody(Schema):
    """Who goes on with it."""

    member = Identifier("An annotator.")


class FreeAnswer(Schema):
    """The article of the slot."""

    article = fields.String(required=True)


@operation(
    blueprint,
    "/projects/<slug>/members",
    scope=Scope.WRITE_PROJECT,
    action=Action.MANAGE_MEMBERS,
    answer=MembersAnswer,
)
def list_people(project: ProjectCaller) -> object:
    """List the members, and the invitations that are open."""
    session = db.session()
    invited = list_valid_invitations(session, project_id=project.id, now=utc_now())
    return {
        "items": [_describe(one) for one in list_members(session, project_id=project.id)],
        "invitations": [
            {
                "id": one.public_id,
                "email": one.email,
                "roles": sorted(role.value for role in invited_roles(one)),
                "expires_at": one.expires_at,
            }
            for one in invited
        ],
    }


@managing("/projects/<slug>/members", body=TakeInBody, answer=TakenInAnswer, status=201)
def add(project: ProjectCaller, email: str, roles: list[str]) -> object:
    """Take somebody in, beside the roles they have; whoever has no account is invited."""
    with transaction() as session:
        token = take_in(
            session,
            project_id=project.id,
            email=email,
            roles={Role(role) for role in roles},
            by=project.user,
            now=utc_now(),
        )
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    path = url_for("account.use_invitation", token=token) if token else None
    return {"link": settings.base_url + path if path else None}


@managing("/projects/<slug>/invitations/<invitation>/revoke", body=Nothing, answer=MembersAnswer)
def revoke(project: ProjectCaller, invitation: str) -> object:
    """Take an invitation back."""
    with transaction() as session:
        revoke_invitation(
            session,
            project_id=project.id,
            public_id=invitation,
            by=project.user,
            now=utc_now(),
        )
    return list_people(project)


@managing(f"{MEMBER}/roles", body=RolesBody, answer=MemberAnswer)
def change_roles(project: ProjectCaller, member: str, roles: list[str]) -> object:
    """Let a member have exactly these roles; the last manager stays one."""
    with transaction() as session:
        found = get_member(session, project_id=project.id, public_id=member)
        set_roles(
            session,
            project_id=project.id,
            user_id=found.user_id,
            roles={Role(role) for role in roles},
            by=project.user,
            now=utc_now(),
        )
        assigning.free_left_slots(session, user_id=found.user_id, by=project.user, now=utc_now())
    return _describe(get_member(db.session(), project_id=project.id, public_id=member))


@managing(f"{MEMBER}/end", body=Nothing, answer=MembersAnswer)
def end(project: ProjectCaller, member: str) -> object:
    """End a membership; what the person answered stays, their unfinished articles are free."""
    with transaction() as session:
        found = get_member(session, project_id=project.id, public_id=member)
        end_membership(
            session,
            project_id=project.id,
            user_id=found.user_id,
            by=project.user,
            now=utc_now(),
        )
        assigning.free_left_slots(session, user_id=found.user_id, by=project.user, now=utc_now())
    return list_people(project)


@giving_work(f"{MEMBER}/pause", body=PauseBody, answer=PausedAnswer)
def pause(project: ProjectCaller, member: str, frees_slots: bool) -> object:
    """Give an annotator no new articles for now."""
    with transaction() as session:
        found = get_member(session, project_id=project.id, public_id=member)
        assigning.pause_member(
            session,
            project_id=project.id,
            user_id=found.user_id,
            frees_slots=frees_slots,
            by=project.user,
            now=utc_now(),
        )
    return {"is_paused": True}


@giving_work(f"{MEMBER}/resume", body=Nothing, answer=PausedAnswer)
def resume(project: ProjectCaller, member: str) -> object:
    """Give an annotator articles again."""
    with transaction() as session:
        found = get_member(session, project_id=project.id, public_id=member)
        assigning.resume_member(
            session, project_id=project.id, user_id=found.user_id, by=project.user, now=utc_now()
        )
    return {"is_paused": False}


@operation(
    blueprint,
    "/projects/<slug>/settings",
    scope=Scope.WRITE_PROJECT,
    action=Action.CHANGE_PROJECT,
    answer=SettingsAnswer,
)
def show_settings(project: ProjectCaller) -> object:
    """Show the project's settings."""
    row = get_project(db.session(), project_id=project.id)
    work = {**vars(assigning.work_rules_of(row))}
    return {
        **{name: getattr(row, name) for name in SettingsBody().fields},
        "work": {**work, "given": work["given"].value, "order": work["order"].value},
    }


@operation(
    blueprint,
    "/projects/<slug>/settings",
    method="POST",
    scope=Scope.WRITE_PROJECT,
    action=Action.CHANGE_PROJECT,
    body=SettingsBody,
    answer=SettingsAnswer,
)
def change_settings(project: ProjectCaller, **given: object) -> object:
    """Change the project's name, and which answers settle a sentence."""
    with transaction() as session:
        change_project(
            session,
            project_id=project.id,
            **given,  # type: ignore[arg-type]  # as the schema has it
            by=project.user,
            now=utc_now(),
        )
        fit_slots(session, project_id=project.id)
    return show_settings(project)


@operation(
    blueprint,
    "/projects/<slug>/settings/work",
    method="POST",
    scope=Scope.WRITE_PROJECT,
    action=Action.CHANGE_PROJECT,
    body=WorkBody,
    answer=SettingsAnswer,
)
def change_work(project: ProjectCaller, given: str, order: str, **rest: object) -> object:
    """Change how articles are given to annotators."""
    with transaction() as session:
        rules = WorkRules(
            overlap=get_project(session, project_id=project.id).overlap,
            given=WorkGiven(given),
            order=WorkOrder(order),
            lease_minutes=cast(int, rest["lease_minutes"]),
            overlap_percent=cast(int, rest["overlap_percent"]),
            extra_percent=cast("int | None", rest["extra_percent"]),
            deadline=cast("date | None", rest["deadline"]),
        )
        assigning.change_work_rules(
            session, project_id=project.id, rules=rules, by=project.user, now=utc_now()
        )
    return show_settings(project)


@operation(
    blueprint,
    "/projects/<slug>/articles/<article>/slots",
    scope=Scope.WRITE_PROJECT,
    action=Action.ASSIGN_WORK,
    answer=SlotsAnswer,
)
def list_slots(project: ProjectCaller, article: str) -> object:
    """List who reads an article, and how far they are; count the places that nobody has so far."""
    session = db.session()
    row = find_article(session, project_id=project.id, name=article)
    is_hidden = hides_answers(
        session, project_id=project.id, article_id=row.id, user_id=project.user
    )
    found = assigning.list_holders(session, project_id=project.id, article_id=row.id)
    items = [
        {
            "slot": one.slot,
            "member": one.member,
            "name": one.name,
            "state": (AssignmentState.FINISHED if one.is_finished else one.state).value,
        }
        for one in found
    ]
    left = count_open_slots(session, project_id=project.id, article_id=row.id)
    return {
        "is_hidden": is_hidden,
        "open": None if is_hidden else left,
        "items": [] if is_hidden else items,
    }


@giving_work("/projects/<slug>/articles/<article>/annotators", body=PeopleBody, answer=GivenAnswer)
def name_people(project: ProjectCaller, article: str, members: list[str]) -> object:
    """Give an article to annotators, beyond its overlap where no place is free."""
    with transaction() as session:
        given = assigning.name_annotators(
            session,
            project_id=project.id,
            slugs=[article],
            members=members,
            by=project.user,
            now=utc_now(),
        )
    return {"given": given}


@giving_work(f"{MEMBER}/free", body=Nothing, answer=FreedAnswer)
def free(project: ProjectCaller, member: str) -> object:
    """Open to others what somebody who has left has not finished."""
    with transaction() as session:
        freed = assigning.free_slots_of(
            session, project_id=project.id, member=member, by=project.user, now=utc_now()
        )
    return {"freed": freed}


@giving_work("/projects/<slug>/slots/<slot>/hand-over", body=ToBody, answer=FreeAnswer)
def hand_over(project: ProjectCaller, slot: str, member: str) -> object:
    """Give somebody's unfinished slot to another annotator."""
    with transaction() as session:
        article = assigning.get_article_of(session, project_id=project.id, slot=slot)
        assigning.hand_over(
            session,
            project_id=project.id,
            slot=slot,
            member=member,
            by=project.user,
            now=utc_now(),
        )
    return {"article": article}


@giving_work("/projects/<slug>/slots/<slot>/take-back", body=Nothing, answer=FreeAnswer)
def take_back(project: ProjectCaller, slot: str) -> object:
    """Open somebody's unfinished slot to others; what was answered stays theirs."""
    with transaction() as session:
        article = assigning.get_article_of(session, project_id=project.id, slot=slot)
        assigning.take_back(
            session, project_id=project.id, slot=slot, by=project.user, now=utc_now()
        )
    return {"article": article}


def _describe(one: Member) -> dict[str, object]:
    return {
        "id": one.public_id,
        "name": one.name,
        "email": one.email,
        "is_active": one.active,
        "roles": sorted(role.value for role in one.roles),
    }
