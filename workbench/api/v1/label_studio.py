"""The connection with Label Studio: how it fares, its runs, and what both sides changed.

Addresses, tokens and who is who are a person's to type: on the page, or for
``workbench labelstudio``.
"""

from functools import partial

from flask import url_for
from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.queries import list_hidden_articles
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, Flag, QueryNumber
from workbench.api.routes import Nothing, Part, operation, paged
from workbench.api.v1.corpus import JobAnswer, StartedAnswer, describe_job
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.errors import NotFoundError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.labelstudio.connections import (
    get_connection,
    list_remote_projects,
    pause_connection,
)
from workbench.labelstudio.rules import ConflictState, ConnectionState, SyncKind
from workbench.labelstudio.runs import JOB, ListedRun, get_run, list_runs, request_sync
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction

CONNECTION = "/projects/<slug>/label-studio"
KINDS = [kind.value for kind in SyncKind]
SIDES = [ConflictState.OURS.value, ConflictState.THEIRS.value]

blueprint = Part("label_studio", "Label Studio")
leading = partial(operation, blueprint, scope=Scope.WRITE_PROJECT, action=Action.CHANGE_PROJECT)
writing = partial(leading, method="POST")


class PlaceQuery(Schema):
    """Which page of a list."""

    cursor = QueryNumber(load_default=0, metadata={"description": "How many to pass over."})
    limit = QueryNumber(load_default=50, validate=Range(1, MOST))


class RemoteProjectAnswer(Schema):
    """A project there."""

    number = fields.Integer(required=True)
    title = fields.String(required=True)


class ConnectionAnswer(Schema):
    """How the connection fares; `problem` is what ended the last run, if anything did."""

    address = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"enum": [state.value for state in ConnectionState]}
    )
    submitted_means_read = fields.Boolean(required=True)
    sync_minutes = fields.Integer(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)
    projects = fields.List(fields.Nested(RemoteProjectAnswer), required=True)


class UndoneAnswer(Schema):
    """What a run could not do, and of which task or person."""

    subject = fields.String(required=True)
    problem = fields.String(required=True)


class RunAnswer(Schema):
    """A run; `problem` is what ended it, if anything did."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    is_trial = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    undone = fields.List(fields.Nested(UndoneAnswer), required=True)
    problem = fields.String(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class RunsAnswer(Schema):
    """A page of runs, the newest first."""

    items = fields.List(fields.Nested(RunAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class RunBody(Schema):
    """Which way things go; `sync` is both, theirs first."""

    kind = fields.String(required=True, validate=OneOf(KINDS))
    is_trial = Flag(load_default=True, metadata={"description": "Only told what would be done."})


class ConflictAnswer(Schema):
    """What both sides changed; each side as answers have it now, with its decision."""

    id = fields.String(required=True)
    sentence = fields.String(required=True)
    about = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    base = fields.Dict(required=True, metadata={"description": "What was agreed on last."})
    ours = fields.Dict(required=True)
    theirs = fields.Dict(required=True)
    shown = fields.String(required=True, metadata={"description": "Whoever settles it says this."})


class ConflictsAnswer(Schema):
    """A page of open conflicts, the oldest first, without those of articles that you label."""

    items = fields.List(fields.Nested(ConflictAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class SettleBody(Schema):
    """Which side stands; a choice from both is made on the page."""

    take = fields.String(required=True, validate=OneOf(SIDES))
    shown = fields.String(
        required=True, metadata={"description": "As the list had it of what you have looked at."}
    )


@leading(CONNECTION, answer=ConnectionAnswer)
def show(project: ProjectCaller) -> object:
    """Show how the connection with Label Studio fares."""
    session = db.session()
    connection = get_connection(session, project_id=project.id)
    used = list_remote_projects(session, connection_id=connection.id)
    return {
        "address": connection.address,
        "state": connection.state,
        "submitted_means_read": connection.submitted_means_read,
        "sync_minutes": connection.sync_minutes,
        "problem": connection.problem,
        "projects": [{"number": one.remote_id, "title": one.remote_title} for one in used],
    }


@writing(f"{CONNECTION}/pause", body=Nothing, answer=ConnectionAnswer)
def pause(project: ProjectCaller) -> object:
    """Let the connection rest: nothing goes either way."""
    return _pause(project, paused=True)


@writing(f"{CONNECTION}/resume", body=Nothing, answer=ConnectionAnswer)
def resume(project: ProjectCaller) -> object:
    """Let the connection go on."""
    return _pause(project, paused=False)


@leading(f"{CONNECTION}/runs", query=PlaceQuery, answer=RunsAnswer)
def list_made(project: ProjectCaller, cursor: int, limit: int) -> object:
    """List what was pushed, pulled and brought together."""
    found = list_runs(db.session(), project_id=project.id, limit=cursor + limit + 1)[cursor:]
    following = str(cursor + limit) if len(found) > limit else None
    return paged([_describe(one) for one in found[:limit]], following)


@writing(f"{CONNECTION}/runs", body=RunBody, answer=StartedAnswer, status=202)
def begin(project: ProjectCaller, kind: str, *, is_trial: bool) -> object:
    """Bring both sides together by a job, or be told what that would do."""
    with transaction() as session:
        job = request_sync(
            session,
            project_id=project.id,
            kind=SyncKind(kind),
            is_plan=is_trial,
            by=project.user,
            now=utc_now(),
        )
    wake_runner()
    return {"job": job, "url": url_for("api_label_studio.show_job", slug=project.slug, job=job)}


@leading(f"{CONNECTION}/jobs/<job>", answer=JobAnswer)
def show_job(project: ProjectCaller, job: str) -> object:
    """Tell how far a run is; its result names the run."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    if found.kind != JOB:
        raise NotFoundError("There is no such job.")
    return describe_job(found)


@leading(f"{CONNECTION}/runs/<run>", answer=RunAnswer)
def show_run(project: ProjectCaller, run: str) -> object:
    """Show what a run did, and what it could not do."""
    return _describe(get_run(db.session(), project_id=project.id, run=run))


@leading(f"{CONNECTION}/conflicts", query=PlaceQuery, answer=ConflictsAnswer)
def list_open(project: ProjectCaller, cursor: int, limit: int) -> object:
    """List what both sides changed, each in its own way."""
    from workbench.labelstudio.merging import said_json  # noqa: PLC0415  # loads lxml
    from workbench.labelstudio.settling import list_conflicts  # noqa: PLC0415

    hidden = _hidden(project)
    found = [
        one
        for one in list_conflicts(db.session(), project_id=project.id)
        if _article_of(one.sentence) not in hidden
    ]
    shown: list[JsonObject] = [
        {
            "id": one.id,
            "sentence": one.sentence,
            "about": one.conflict.item.kind.value,
            "opened_at": one.opened_at,  # type: ignore[dict-item]  # the schema writes it
            "base": said_json(one.conflict.base),
            "ours": said_json(one.conflict.ours),
            "theirs": said_json(one.conflict.theirs),
            "shown": one.shown,
        }
        for one in found[cursor : cursor + limit]
    ]
    return paged(shown, str(cursor + limit) if len(found) > cursor + limit else None)


@writing(
    f"{CONNECTION}/conflicts/<conflict>/settle",
    body=SettleBody,
    problems=(412,),
    answer=ConflictsAnswer,
)
def settle(project: ProjectCaller, conflict: str, take: str, shown: str) -> object:
    """Settle a conflict for one side; the next run writes it there. Shows what is still open.

    412 with the newest where a side says something else than was shown.
    """
    from workbench.labelstudio.settling import list_conflicts, settle_conflict  # noqa: PLC0415

    hidden = _hidden(project)
    listed = list_conflicts(db.session(), project_id=project.id)
    if any(one.id == conflict and _article_of(one.sentence) in hidden for one in listed):
        raise NotFoundError("There is no such conflict in this project.")
    with transaction() as session:
        settle_conflict(
            session,
            project_id=project.id,
            conflict=conflict,
            take=ConflictState(take),
            shown=shown,
            by=project.user,
            now=utc_now(),
        )
    return list_open(project, 0, MOST)


def _pause(project: ProjectCaller, *, paused: bool) -> object:
    with transaction() as session:
        pause_connection(
            session, project_id=project.id, paused=paused, by=project.user, now=utc_now()
        )
    return show(project)


def _hidden(project: ProjectCaller) -> set[str]:
    """Return the articles whose answers by others are hidden from the caller."""
    found = list_hidden_articles(db.session(), project_id=project.id, reader=project.user)
    return {one.public_id for one in found}


def _article_of(sentence: str) -> str:
    return sentence.partition(".")[0]


def _describe(run: ListedRun) -> JsonObject:
    return {
        "id": run.id,
        "kind": run.kind.value,
        "is_trial": run.is_plan,
        "counts": {**run.counts},
        "undone": [{"subject": one.subject, "problem": str(one)} for one in run.problems],
        "problem": run.problem,
        "started_at": run.started_at,  # type: ignore[dict-item]  # the schema writes it
        "ended_at": run.ended_at,  # type: ignore[dict-item]
    }
