"""The desk's talk and work: comments, who checks what until when, claims that belong elsewhere."""

from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from workbench.accounts.api_tokens import Scope
from workbench.accounts.rules import MAX_EMAIL_LENGTH
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Flag, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.v1.statements import ONE, MadeAnswer
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.text import refuse_unstorable_json
from workbench.errors import InvalidInputError
from workbench.factcheck.appearances import change_appearance
from workbench.factcheck.claims import find_claim
from workbench.factcheck.comments import MAX_COMMENT, add_comment, list_comments
from workbench.factcheck.desks import (
    MAX_ORGANISATION,
    MAX_TEXT,
    DeskSettings,
    change_desk,
    read_desk,
)
from workbench.factcheck.proposals import dismiss_claim
from workbench.factcheck.queries import find_statement
from workbench.factcheck.rules import Relation
from workbench.factcheck.scales import read_scale, record_scale
from workbench.factcheck.workflow import assign, list_checkers
from workbench.links import MAX_LINK
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction

MAX_WORDS = 2000
SETTINGS, SCALE = "/projects/<slug>/desk/settings", "/projects/<slug>/desk/scale"

blueprint = Part("desk", "Work at the desk")
reading = partial(operation, blueprint, scope=Scope.READ_FACTCHECK, action=Action.SEE_DESK)
checking = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_FACTCHECK, action=Action.CHECK_FACTS
)


class CommentAnswer(Schema):
    """What somebody said of a statement to the others at the desk."""

    text = fields.String(required=True)
    by = fields.String(required=True, metadata={"description": "Their name."})
    is_own = fields.Boolean(required=True)
    at = fields.AwareDateTime(required=True)


class CommentsAnswer(Schema):
    """All comments on a statement, the oldest first."""

    items = fields.List(fields.Nested(CommentAnswer), required=True)


class CommentBody(Schema):
    """Something to say."""

    id = Identifier("Made by you: the same again says it once.")
    text = Text(required=True, validate=Length(1, MAX_COMMENT))


class CheckerAnswer(Schema):
    """Somebody who can be given a statement."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class CheckersAnswer(Schema):
    """All who check facts in the project."""

    items = fields.List(fields.Nested(CheckerAnswer), required=True)


class AssignBody(Schema):
    """Who checks the statement, and until when; null gives it to nobody."""

    checker = fields.String(
        required=True, allow_none=True, metadata={"description": "An id of `checkers`."}
    )
    due_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "From today on."}
    )


class AssignmentAnswer(Schema):
    """Who checks a statement, and until when."""

    checker = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)


class ChangeBody(Schema):
    """What a claim does with the statement, and which of its words do."""

    relation = fields.String(required=True, validate=OneOf([one.value for one in Relation]))
    first = Text(
        load_default="",
        validate=Length(0, MAX_WORDS),
        metadata={"description": "The words with which its part begins; all without."},
    )
    last = Text(
        load_default="",
        validate=Length(0, MAX_WORDS),
        metadata={"description": "The words with which its part ends."},
    )


class DeskTexts(Schema):
    """A text of the desk in Markdown; an empty one is none."""

    fr = Text(load_default="", validate=Length(0, MAX_TEXT))
    en = Text(load_default="", validate=Length(0, MAX_TEXT))


class DeskBody(Schema):
    """How the desk works, and what it tells its readers of itself, all of it."""

    publishes = Flag(required=True)
    blind_verdicts = Flag(required=True)
    organisation = Text(required=True, validate=Length(0, MAX_ORGANISATION))
    organisation_url = Text(required=True, validate=Length(0, MAX_LINK))
    contact = Text(required=True, validate=Length(0, MAX_EMAIL_LENGTH))
    is_nonpartisan = Flag(required=True)
    funding = fields.Nested(DeskTexts, required=True)
    method = fields.Nested(DeskTexts, required=True)
    corrections = fields.Nested(DeskTexts, required=True)


class ScaleAnswer(Schema):
    """The newest verdict scale."""

    number = fields.Integer(required=True)
    document = fields.Dict(required=True, metadata={"description": "As verdict-scale.v1 has it."})


class ScaleBody(Schema):
    """The verdict scale's next revision."""

    base = Count("The number of the revision it was made from.")
    document = fields.Dict(required=True, metadata={"description": "As verdict-scale.v1 has it."})


@reading("/projects/<slug>/checkers", answer=CheckersAnswer)
def list_people(project: ProjectCaller) -> object:
    """List who checks facts in the project at present."""
    found = list_checkers(db.session(), project_id=project.id).values()
    return {"items": [{"id": one.public_id, "name": one.name} for one in found]}


@reading(f"{ONE}/comments", answer=CommentsAnswer)
def list_said(project: ProjectCaller, statement: str) -> object:
    """List what the people at the desk said to each other about a statement."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    said = list_comments(session, statement_id=row.id, reader=project.user)
    return {"items": [vars(one) for one in said]}


@operation(
    blueprint,
    f"{ONE}/comments",
    method="POST",
    scope=Scope.WRITE_FACTCHECK,
    action=Action.SEE_DESK,
    body=CommentBody,
    answer=MadeAnswer,
    status=201,
)
def comment(project: ProjectCaller, statement: str, id: str, text: str) -> object:  # noqa: A002
    """Say something of a statement to the others at the desk; readers never see it."""
    with transaction() as session:
        add_comment(
            session,
            project_id=project.id,
            statement=statement,
            public_id=id,
            text=text,
            by=project.user,
            now=utc_now(),
        )
    return {"id": id}


@checking(f"{ONE}/assign", body=AssignBody, answer=AssignmentAnswer)
def give_to(project: ProjectCaller, statement: str, **given: object) -> object:
    """Say who checks a statement, and until when: on the board it moves by that.

    The other moves are asking for a review, approving, returning, withdrawing and reopening.
    """
    with transaction() as session:
        checkers = list_checkers(session, project_id=project.id)
        wanted = [row for row, one in checkers.items() if one.public_id == given["checker"]]
        if given["checker"] is not None and not wanted:
            raise InvalidInputError("Only a fact-checker of the project can be given a statement.")
        assign(
            session,
            project_id=project.id,
            public_id=statement,
            to=wanted[0] if wanted else None,
            due_on=given["due_on"],  # type: ignore[arg-type]  # as the schema has it
            by=project.user,
            now=utc_now(),
        )
    return given


@checking(f"{ONE}/appearances/<appearance>/change", body=ChangeBody, answer=MadeAnswer, status=201)
def change(project: ProjectCaller, statement: str, appearance: str, **given: str) -> object:
    """Put another appearance of the same claim in the place of one."""
    with transaction() as session:
        made = change_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            relation=Relation(given["relation"]),
            first=given["first"],
            last=given["last"],
            by=project.user,
            now=utc_now(),
        )
        return {"id": made.public_id}


@checking(f"{ONE}/claims/<claim>/dismiss", body=Nothing, answer=MadeAnswer)
def dismiss(project: ProjectCaller, statement: str, claim: str) -> object:
    """Note that a claim is about something else: it is not proposed for the statement any more."""
    with transaction() as session:
        found = find_claim(session, project_id=project.id, public_id=claim, reader=project.user)
        dismiss_claim(
            session,
            project_id=project.id,
            statement=statement,
            claim=found.row,
            by=project.user,
            now=utc_now(),
        )
        return {"id": found.id}


@operation(
    blueprint,
    SETTINGS,
    scope=Scope.READ_FACTCHECK,
    action=Action.LEAD_DESK,
    answer=DeskBody,
)
def show_settings(project: ProjectCaller) -> object:
    """Show how the desk works, and what it tells its readers of itself."""
    return vars(read_desk(db.session(), project_id=project.id))


@operation(
    blueprint,
    SETTINGS,
    method="POST",
    scope=Scope.WRITE_FACTCHECK,
    action=Action.LEAD_DESK,
    body=DeskBody,
    answer=DeskBody,
)
def change_settings(project: ProjectCaller, **given: object) -> object:
    """Change how the desk works, all of it; it publishes when readers can know who checks."""
    with transaction() as session:
        change_desk(
            session,
            project_id=project.id,
            settings=DeskSettings(**given),  # type: ignore[arg-type]  # as the schema has it
            by=project.user,
            now=utc_now(),
        )
    return show_settings(project)


@reading(SCALE, answer=ScaleAnswer)
def show_scale(project: ProjectCaller) -> object:
    """Show the newest verdict scale."""
    newest = read_scale(db.session(), project_id=project.id)
    return {"number": newest.number, "document": newest.scale.document}


@operation(
    blueprint,
    SCALE,
    method="POST",
    scope=Scope.WRITE_FACTCHECK,
    action=Action.LEAD_DESK,
    body=ScaleBody,
    problems=(412,),
    answer=ScaleAnswer,
)
def change_scale(project: ProjectCaller, base: int, document: JsonObject) -> object:
    """Make a document the next verdict scale; verdicts keep the one they were given by."""
    refuse_unstorable_json(document, "The verdict scale")
    with transaction() as session:
        record_scale(
            session,
            project_id=project.id,
            document=document,
            base=base,
            by=project.user,
            now=utc_now(),
        )
    return show_scale(project)
