"""Speakers and targets: proposing one; accepting, changing and merging them as a lead."""

from collections.abc import Callable
from functools import partial

from flask import jsonify
from flask.wrappers import Response
from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.labelling.queries import get_slot
from workbench.labelling.register_changes import (
    REGISTERS,
    accept_entry,
    change_entry,
    get_entry,
    merge_entries,
    unmerge_entry,
)
from workbench.labelling.registers import load_registers, parse_proposal, propose_entry
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction

ENTRY = "/projects/<slug>/registers/<register>/<entry>"

blueprint = Part("registers", "Speakers and targets")
keeping = partial(
    operation,
    blueprint,
    method="POST",
    scope=Scope.WRITE_ADJUDICATION,
    action=Action.EDIT_REGISTERS,
)

BOOKS: JsonObject = {
    "type": "object",
    "required": ["speakers", "targets"],
    "properties": {
        name: {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "kind", "aliases", "proposed", "merged_into"],
                "properties": {
                    "id": {"type": "string"},
                    "kind": {"type": "string"},
                    "proposed": {"type": "boolean"},
                    "merged_into": {"type": ["string", "null"]},
                },
            },
        }
        for name in ("speakers", "targets")
    },
}


class ProposalBody(Schema):
    """An entry that the register lacks."""

    register = fields.String(required=True, validate=OneOf(REGISTERS))
    id = Identifier("Made by you, 16 to 32 small letters and digits: sent again, nothing happens.")
    name = Text(required=True)
    kind = Identifier("person, organisation and so on, as the register file has them.")


class NumberedAnswer(Schema):
    """The number at which the registers are."""

    number = fields.Integer(required=True)


class EntryAnswer(Schema):
    """An entry with all that is known of it, as a register file has it."""

    id = fields.String(required=True)
    is_proposed = fields.Boolean(required=True)
    merged_into = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"description": "To send with a change."})
    document = fields.Dict(keys=fields.String(), required=True)


class EntryBody(Schema):
    """An entry as it is from now on, and the state it was changed from."""

    state = Identifier("As it was shown.")
    document = fields.Dict(keys=fields.String(), required=True)


class MergeBody(Schema):
    """Which entry it is the same as."""

    into = Identifier("An entry of the same register.")


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/registers",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ANNOTATE,
    answer=BOOKS,
)
def list_own(project: ProjectCaller, article: str) -> object:
    """List who can be said to speak, and what stances are towards, as the workspace offers them."""
    membership = project.memberships[Role.ANNOTATOR]
    get_slot(db.session(), project_id=project.id, membership_id=membership, slug=article)
    return _list(project)


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/registers",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    action=Action.ANNOTATE,
    body=ProposalBody,
    answer=NumberedAnswer,
    status=201,
)
def propose(project: ProjectCaller, article: str, **given: str) -> object:
    """Propose a speaker or a target that an article needs; a label is in the project's language."""
    membership = project.memberships[Role.ANNOTATOR]
    get_slot(db.session(), project_id=project.id, membership_id=membership, slug=article)
    return _propose(project, given)


@operation(
    blueprint,
    "/projects/<slug>/registers",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.EDIT_REGISTERS,
    answer=BOOKS,
)
def list_all(project: ProjectCaller) -> object:
    """List all entries of both registers."""
    return _list(project)


@operation(
    blueprint,
    "/projects/<slug>/registers",
    method="POST",
    scope=Scope.WRITE_ADJUDICATION,
    action=Action.ADJUDICATE,
    body=ProposalBody,
    answer=NumberedAnswer,
    status=201,
)
def add(project: ProjectCaller, **given: str) -> object:
    """Propose a speaker or a target that an agreed answer needs."""
    return _propose(project, given)


@operation(
    blueprint,
    ENTRY,
    scope=Scope.READ_ANNOTATIONS,
    action=Action.EDIT_REGISTERS,
    answer=EntryAnswer,
)
def show(project: ProjectCaller, register: str, entry: str) -> object:
    """Show an entry with all that is known of it."""
    found = get_entry(db.session(), project_id=project.id, register=register, public_id=entry)
    return {
        "id": found.id,
        "is_proposed": found.proposed,
        "merged_into": found.merged_into,
        "state": found.state,
        "document": found.document,
    }


@keeping(f"{ENTRY}/change", body=EntryBody, answer=EntryAnswer)
def change(
    project: ProjectCaller, register: str, entry: str, state: str, document: JsonObject
) -> object:
    """Say of an entry what the document says; 409 where it is not in that state any more."""
    with transaction() as session:
        change_entry(
            session,
            project_id=project.id,
            register=register,
            document={**document, "id": entry},
            state=state,
            by=project.user,
            now=utc_now(),
        )
    return show(project, register, entry)


@keeping(f"{ENTRY}/accept", body=Nothing, answer=EntryAnswer)
def accept(project: ProjectCaller, register: str, entry: str) -> object:
    """Take a proposed entry into the register."""
    return _act(project, register, entry, accept_entry)


@keeping(f"{ENTRY}/merge", body=MergeBody, answer=EntryAnswer)
def merge(project: ProjectCaller, register: str, entry: str, into: str) -> object:
    """Let an entry stand for another one from now on."""
    with transaction() as session:
        merge_entries(
            session,
            project_id=project.id,
            register=register,
            public_id=entry,
            into=into,
            by=project.user,
            now=utc_now(),
        )
    return show(project, register, entry)


@keeping(f"{ENTRY}/unmerge", body=Nothing, answer=EntryAnswer)
def unmerge(project: ProjectCaller, register: str, entry: str) -> object:
    """Let a merged entry stand for itself again."""
    return _act(project, register, entry, unmerge_entry)


def _list(project: ProjectCaller) -> Response:
    found = load_registers(db.session(), project_id=project.id)
    return jsonify(
        speakers=[one.json() for one in found.speakers],
        targets=[one.json() for one in found.targets],
    )


def _propose(project: ProjectCaller, given: dict[str, str]) -> object:
    words = "name" if given["register"] == "speaker" else "label"
    proposal = parse_proposal(
        {
            "register": given["register"],
            "id": given["id"],
            words: given["name"],
            "kind": given["kind"],
        }
    )
    with transaction() as session:
        number = propose_entry(
            session,
            project_id=project.id,
            proposal=proposal,
            language=project.language,
            by=project.user,
            now=utc_now(),
        )
    return {"number": number}


def _act(project: ProjectCaller, register: str, entry: str, act: Callable[..., int]) -> object:
    with transaction() as session:
        act(
            session,
            project_id=project.id,
            register=register,
            public_id=entry,
            by=project.user,
            now=utc_now(),
        )
    return show(project, register, entry)
