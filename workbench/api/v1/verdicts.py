"""Verdicts on statements: reading, writing, and a second person's review."""

from collections.abc import Callable
from functools import partial

from flask import current_app, url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length

from workbench.accounts.api_tokens import Scope
from workbench.accounts.rules import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.v1.statements import ONE, NumberAnswer
from workbench.clock import utc_now
from workbench.factcheck.frozen import FrozenVerdict
from workbench.factcheck.gates import GateName
from workbench.factcheck.judging import MAX_REASONS, OwnVerdict, judge
from workbench.factcheck.queries import find_statement
from workbench.factcheck.reviewing import (
    MAX_NOTE,
    approve,
    ask_review,
    invite_reviewer,
    list_invited,
    return_verdict,
    revoke_reviewer,
)
from workbench.factcheck.rules import Rating, ReviewStep
from workbench.factcheck.verdicts import (
    MAX_CONTEXT,
    MAX_CORRECTION,
    MAX_JUSTIFICATION,
    GivenVerdict,
    describe,
    find_newest,
    submit_verdict,
)
from workbench.projects.rules import Action
from workbench.settings import Settings
from workbench.storage.database import db, transaction

blueprint = Part("verdicts", "Verdicts and reviews")
checking = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_FACTCHECK, action=Action.CHECK_FACTS
)


class RevisionAnswer(Schema):
    """A revision of a verdict, with the evidence and appearances that it froze."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    wording = fields.String(required=True)
    wording_number = fields.Integer(required=True)
    value = fields.String(required=True, metadata={"description": "Of the project's scale."})
    rating = fields.String(required=True, metadata={"enum": [one.value for one in Rating]})
    scale = fields.Integer(required=True)
    justification = fields.String(required=True)
    context = fields.String(required=True)
    correction = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    evidence = fields.List(
        fields.String(), required=True, metadata={"description": "Each as EVIDENCE.NUMBER."}
    )
    appearances = fields.List(fields.String(), required=True)


class GateAnswer(Schema):
    """Something that a verdict needs, and what is missing."""

    name = fields.String(required=True, metadata={"enum": [one.value for one in GateName]})
    missing = fields.String(required=True, allow_none=True)


class StepAnswer(Schema):
    """A step of the review of the newest revision."""

    step = fields.String(required=True, metadata={"enum": [one.value for one in ReviewStep]})
    note = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class VerdictAnswer(Schema):
    """The verdict on a statement; `is_blind` while you have to give your own before."""

    is_blind = fields.Boolean(required=True)
    newest = fields.Nested(RevisionAnswer, required=True, allow_none=True)
    approved = fields.Nested(
        RevisionAnswer,
        required=True,
        allow_none=True,
        metadata={"description": "The newest that a second person has approved."},
    )
    review = fields.List(fields.Nested(StepAnswer), required=True)
    gates = fields.List(fields.Nested(GateAnswer), required=True)


class VerdictBody(Schema):
    """The next revision of the verdict."""

    id = Identifier("Made by you: the same again answers as the first time.")
    base = Count("The number of the revision it was made from, 0 before the first.")
    wording = Count("The number of the wording that it judges.")
    value = Identifier("One of the project's scale.")
    justification = Text(required=True, validate=Length(0, MAX_JUSTIFICATION))
    context = Text(load_default="", validate=Length(0, MAX_CONTEXT))
    correction = Text(load_default="", validate=Length(0, MAX_CORRECTION))


class OwnBody(Schema):
    """A verdict of one's own, given before seeing those of others."""

    id = Identifier("Made by you: the same again answers as the first time.")
    base = Count("The number of your revision it was made from, 0 before the first.")
    value = Identifier("One of the project's scale.")
    justification = Text(load_default="", validate=Length(0, MAX_REASONS))


class AskBody(Schema):
    """Which revision is meant."""

    number = Count("The number of the revision.")


class DecisionBody(AskBody):
    """Which revision is meant, and a note."""

    note = Text(load_default="", validate=Length(0, MAX_NOTE))


class InviteBody(AskBody):
    """Somebody outside of the project, and the revision that they are to review."""

    name = Text(required=True, validate=Length(1, MAX_NAME_LENGTH))
    email = Text(required=True, validate=Length(1, MAX_EMAIL_LENGTH))


class ReviewLinkAnswer(Schema):
    """A link to pass on, told this once."""

    link = fields.String(required=True)


class ReviewerAnswer(Schema):
    """Somebody who was invited to review from outside."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    is_open = fields.Boolean(required=True)


class InvitedAnswer(Schema):
    """Who was invited to review from outside, the newest first."""

    items = fields.List(fields.Nested(ReviewerAnswer), required=True)


@operation(
    blueprint,
    f"{ONE}/verdict",
    scope=Scope.READ_FACTCHECK,
    action=Action.SEE_DESK,
    answer=VerdictAnswer,
)
def show(project: ProjectCaller, statement: str) -> object:
    """Show the verdict on a statement, its review, and what it still needs."""
    return _show(project, statement)


@checking(f"{ONE}/verdict", body=VerdictBody, problems=(412,), answer=NumberAnswer)
def submit(project: ProjectCaller, statement: str, **given: object) -> object:
    """Write the next revision of the verdict; 412 where base or wording is not the newest."""
    with transaction() as session:
        revision = submit_verdict(
            session,
            project_id=project.id,
            statement=statement,
            given=GivenVerdict(**given),  # type: ignore[arg-type]  # as the schema has it
            by=project.user,
            now=utc_now(),
        )
        return {"number": revision.number}


@checking(f"{ONE}/own-verdict", body=OwnBody, problems=(412,), answer=NumberAnswer)
def give_own(project: ProjectCaller, statement: str, **given: object) -> object:
    """Give a verdict of your own, before you see those of the others."""
    with transaction() as session:
        revision = judge(
            session,
            project_id=project.id,
            statement=statement,
            given=OwnVerdict(**given),  # type: ignore[arg-type]  # as the schema has it
            by=project.user,
            now=utc_now(),
        )
        return {"number": revision.number}


@checking(f"{ONE}/review/ask", body=AskBody, problems=(412,), answer=VerdictAnswer)
def ask(project: ProjectCaller, statement: str, number: int) -> object:
    """Ask a second person to look at your verdict; each thing that is missing is named."""
    with transaction() as session:
        ask_review(
            session,
            project_id=project.id,
            statement=statement,
            number=number,
            by=project.user,
            now=utc_now(),
        )
    return _show(project, statement)


@checking(f"{ONE}/review/approve", body=DecisionBody, problems=(412,), answer=VerdictAnswer)
def sign(project: ProjectCaller, statement: str, number: int, note: str) -> object:
    """Approve a verdict that somebody else wrote: readers see it from now on."""
    return _decide(project, statement, number, note, approve)


@checking(f"{ONE}/review/return", body=DecisionBody, problems=(412,), answer=VerdictAnswer)
def send_back(project: ProjectCaller, statement: str, number: int, note: str) -> object:
    """Return a verdict to whoever wrote it, saying what is to be done."""
    return _decide(project, statement, number, note, return_verdict)


@operation(
    blueprint,
    f"{ONE}/review/invitations",
    scope=Scope.READ_FACTCHECK,
    action=Action.CHECK_FACTS,
    answer=InvitedAnswer,
)
def list_reviewers(project: ProjectCaller, statement: str) -> object:
    """List who was invited from outside to review the newest revision of the verdict."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    newest = find_newest(session, statement_id=row.id)
    if newest is None or describe(session, statement=row, reader=project.user).is_blind:
        return {"items": []}
    return {"items": map(vars, list_invited(session, verdict_revision=newest.id, now=utc_now()))}


@checking(
    f"{ONE}/review/invitations",
    body=InviteBody,
    problems=(412,),
    answer=ReviewLinkAnswer,
    status=201,
)
def invite(project: ProjectCaller, statement: str, number: int, name: str, email: str) -> object:
    """Invite somebody from outside to review, where nobody else of the desk can.

    The link to pass on is told this once.
    """
    with transaction() as session:
        token = invite_reviewer(
            session,
            project_id=project.id,
            statement=statement,
            number=number,
            name=name,
            email=email,
            by=project.user,
            now=utc_now(),
        )
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return {"link": settings.base_url + url_for("reviews.show", token=token)}


@checking(f"{ONE}/review/invitations/<reviewer>/revoke", body=Nothing, answer=InvitedAnswer)
def revoke(project: ProjectCaller, statement: str, reviewer: str) -> object:
    """Take a reviewer's link back."""
    with transaction() as session:
        find_statement(session, project_id=project.id, public_id=statement)
        revoke_reviewer(
            session,
            project_id=project.id,
            invitation=reviewer,
            by=project.user,
            now=utc_now(),
        )
    return list_reviewers(project, statement)


def _decide(
    project: ProjectCaller, statement: str, number: int, note: str, decide: Callable[..., None]
) -> object:
    with transaction() as session:
        decide(
            session,
            project_id=project.id,
            statement=statement,
            number=number,
            note=note,
            by=project.user,
            now=utc_now(),
        )
    return _show(project, statement)


def _show(project: ProjectCaller, statement: str) -> object:
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    view = describe(session, statement=row, reader=project.user)
    return {
        "is_blind": view.is_blind,
        "newest": _describe(view.newest) if view.newest else None,
        "approved": _describe(view.approved) if view.approved else None,
        "review": [{"step": one.step.value, "note": one.note, "at": one.at} for one in view.review],
        "gates": [
            {"name": gate.name.value, "missing": str(gate.missing) if gate.missing else None}
            for gate in view.gates
        ],
    }


def _describe(one: FrozenVerdict) -> dict[str, object]:
    return {
        "id": one.id,
        "number": one.number,
        "wording": one.wording,
        "wording_number": one.statement_number,
        "value": one.value.id,
        "rating": one.rating.value,
        "scale": one.scale.number,
        "justification": one.justification,
        "context": one.context,
        "correction": one.correction,
        "made_at": one.made_at,
        "evidence": [f"{item.id}.{item.number}" for item in one.evidence],
        "appearances": [item.id for item in one.appearances],
    }
