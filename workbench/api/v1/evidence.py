"""Evidence of a statement, and the log of what was searched."""

from datetime import date
from functools import partial

from flask import current_app
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Flag, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.v1.corpus import JobAnswer, describe_job
from workbench.api.v1.statements import ONE, MadeAnswer, NumberAnswer
from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.errors import NotFoundError
from workbench.factcheck.evidence import (
    LENGTHS,
    EvidenceItem,
    GivenEvidence,
    add_evidence,
    edit_evidence,
    list_evidence,
    no_address,
    remove_evidence,
)
from workbench.factcheck.keeping import FETCH, RECHECK, request_fetch, request_recheck
from workbench.factcheck.queries import find_statement
from workbench.factcheck.rules import AnswerType, Bearing, Medium, SourceKind
from workbench.factcheck.searches import LENGTHS as SEARCH_LENGTHS
from workbench.factcheck.searches import Search, list_searches, log_search
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.links import MAX_LINK
from workbench.messages import Message
from workbench.projects.rules import Action
from workbench.settings import Settings
from workbench.storage.database import db, transaction

blueprint = Part("evidence", "Evidence and searches")
reading = partial(operation, blueprint, scope=Scope.READ_FACTCHECK, action=Action.SEE_DESK)
checking = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_FACTCHECK, action=Action.CHECK_FACTS
)


class EvidenceBody(Schema):
    """A piece of evidence, for or against."""

    question = Text(required=True, validate=Length(1, LENGTHS["question"]))
    answer = Text(load_default="", validate=Length(0, LENGTHS["answer"]))
    answer_type = fields.String(required=True, validate=OneOf([one.value for one in AnswerType]))
    bearing = fields.String(required=True, validate=OneOf([one.value for one in Bearing]))
    url = Text(
        required=True,
        validate=[Length(min=1, error=str(no_address())), Length(max=MAX_LINK)],
        error_messages={"required": str(no_address())},
    )
    title = Text(required=True, validate=Length(1, LENGTHS["title"]))
    publisher = Text(required=True, validate=Length(1, LENGTHS["publisher"]))
    origin = Text(
        load_default="",
        validate=Length(0, LENGTHS["origin"]),
        metadata={"description": "Where the publisher has it from."},
    )
    published = Text(load_default=None, allow_none=True, metadata={"description": "EDTF."})
    accessed = fields.Date(required=True)
    archived_url = Text(load_default=None, allow_none=True, validate=Length(0, MAX_LINK))
    passage = Text(load_default="", validate=Length(0, LENGTHS["passage"]))
    medium = fields.String(required=True, validate=OneOf([one.value for one in Medium]))
    source_kind = fields.String(required=True, validate=OneOf([one.value for one in SourceKind]))
    is_independent = Flag(
        required=True,
        metadata={"description": "Of whoever claims it; only a person can tell."},
    )
    note = Text(load_default="", validate=Length(0, LENGTHS["note"]))


class EditBody(EvidenceBody):
    """Evidence written down anew."""

    base = Count("The number of the revision it was made from.")


class KnownRevisionBody(Schema):
    """The revision that is known."""

    base = Count("The number of the newest revision.")


class EvidenceAnswer(EvidenceBody):
    """A piece of evidence as it is now."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True)


class EvidencesAnswer(Schema):
    """All evidence of a statement."""

    items = fields.List(fields.Nested(EvidenceAnswer), required=True)


class SearchBody(Schema):
    """What was looked for, where, when, and what came of it."""

    query = Text(required=True, validate=Length(1, SEARCH_LENGTHS["query"]))
    place = Text(required=True, validate=Length(1, SEARCH_LENGTHS["place"]))
    searched_on = fields.Date(required=True)
    outcome = Text(required=True, validate=Length(1, SEARCH_LENGTHS["outcome"]))


class SearchAnswer(SearchBody):
    """A search of the log."""

    id = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class SearchesAnswer(Schema):
    """The log of a statement."""

    items = fields.List(fields.Nested(SearchAnswer), required=True)


class FetchBody(Schema):
    """Whether the page is kept as it is now, or only compared with what was kept."""

    keeps = Flag(load_default=True)


class FetchJobAnswer(Schema):
    """The job that looks at pages."""

    job = fields.String(required=True, allow_none=True)


@reading(f"{ONE}/evidence", answer=EvidencesAnswer)
def list_items(project: ProjectCaller, statement: str) -> object:
    """List the evidence of a statement, 200 pieces at most."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    return {"items": [_describe(one) for one in list_evidence(session, statement_id=row.id)]}


@checking(f"{ONE}/evidence", body=EvidenceBody, answer=MadeAnswer, status=201)
def add(project: ProjectCaller, statement: str, **given: object) -> object:
    """Put evidence with a statement; the same again changes nothing."""
    with transaction() as session:
        return {
            "id": add_evidence(
                session,
                project_id=project.id,
                statement=statement,
                given=_read(given),
                by=project.user,
                now=utc_now(),
                private_hosts=_private_hosts(),
            )
        }


@operation(
    blueprint,
    f"{ONE}/evidence/<evidence>",
    method="PUT",
    scope=Scope.WRITE_FACTCHECK,
    action=Action.CHECK_FACTS,
    body=EditBody,
    problems=(412,),
    answer=NumberAnswer,
)
def edit(
    project: ProjectCaller, statement: str, evidence: str, base: int, **given: object
) -> object:
    """Write evidence down anew; 412 where the base is not its newest revision."""
    with transaction() as session:
        return {
            "number": edit_evidence(
                session,
                project_id=project.id,
                statement=statement,
                evidence=evidence,
                base=base,
                given=_read(given),
                by=project.user,
                now=utc_now(),
                private_hosts=_private_hosts(),
            )
        }


@checking(
    f"{ONE}/evidence/<evidence>/remove",
    body=KnownRevisionBody,
    problems=(412,),
    answer=EvidencesAnswer,
)
def remove(project: ProjectCaller, statement: str, evidence: str, base: int) -> object:
    """Take evidence away; verdicts that rest on it keep it."""
    with transaction() as session:
        remove_evidence(
            session,
            project_id=project.id,
            statement=statement,
            evidence=evidence,
            base=base,
            by=project.user,
            now=utc_now(),
        )
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    return {"items": [_describe(one) for one in list_evidence(session, statement_id=row.id)]}


@reading(f"{ONE}/searches", answer=SearchesAnswer)
def list_log(project: ProjectCaller, statement: str) -> object:
    """List what was searched for a statement, 500 searches at most."""
    session = db.session()
    row = find_statement(session, project_id=project.id, public_id=statement)
    return {
        "items": [
            {**vars(one.search), "id": one.id, "made_at": one.made_at}
            for one in list_searches(session, statement_id=row.id)
        ]
    }


@checking(f"{ONE}/searches", body=SearchBody, answer=MadeAnswer, status=201)
def log(
    project: ProjectCaller,
    statement: str,
    *,
    query: str,
    place: str,
    searched_on: date,
    outcome: str,
) -> object:
    """Add a search to the log; the same again adds nothing."""
    with transaction() as session:
        return {
            "id": log_search(
                session,
                project_id=project.id,
                statement=statement,
                search=Search(query, place, searched_on, outcome),
                by=project.user,
                now=utc_now(),
            )
        }


@checking(f"{ONE}/evidence/<evidence>/fetch", body=FetchBody, answer=FetchJobAnswer, status=202)
def fetch(project: ProjectCaller, statement: str, evidence: str, *, keeps: bool) -> object:
    """Let the page of evidence be fetched by a job and kept, or compared with what was kept."""
    with transaction() as session:
        job = request_fetch(
            session,
            project_id=project.id,
            statement=statement,
            evidence=evidence,
            keep=keeps,
            by=project.user,
            now=utc_now(),
        )
    wake_runner()
    return {"job": job}


@operation(
    blueprint,
    "/projects/<slug>/evidence/recheck",
    method="POST",
    scope=Scope.WRITE_FACTCHECK,
    action=Action.LEAD_DESK,
    body=Nothing,
    answer=FetchJobAnswer,
    status=202,
)
def recheck_all(project: ProjectCaller) -> object:
    """Let the pages of all evidence be looked at again by a job; null where there are none."""
    with transaction() as session:
        job = request_recheck(session, project_id=project.id, by=project.user, now=utc_now())
    wake_runner()
    return {"job": job}


@reading("/projects/<slug>/evidence/jobs/<job>", answer=JobAnswer)
def show_job(project: ProjectCaller, job: str) -> object:
    """Tell how far a job that looks at pages is, and what it found."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    if found.kind not in {FETCH, RECHECK}:
        raise NotFoundError("There is no such job.")
    return {**describe_job(found), "result": _say_failed(found.result)}


def _say_failed(result: Json) -> Json:
    """Return what a job found with each reason as a sentence; pages say it in other languages."""
    if isinstance(result, dict) and isinstance(failed := result.get("failed"), list):
        return {**result, "failed": [_say(one) for one in failed]}
    return result


def _say(failure: Json) -> Json:
    match failure:
        case {"evidence": str(evidence), "problem": str(message), "values": dict(values)}:
            return {"evidence": evidence, "problem": Message(message, **values)}
        case _:
            return failure


def _read(given: dict[str, object]) -> GivenEvidence:
    kinds = {
        "answer_type": AnswerType,
        "bearing": Bearing,
        "medium": Medium,
        "source_kind": SourceKind,
    }
    chosen = {name: kind(str(given[name])) for name, kind in kinds.items()}
    return GivenEvidence(**{**given, **chosen})  # type: ignore[arg-type]  # as the schema has it


def _describe(item: EvidenceItem) -> dict[str, object]:
    return {**vars(item.given), "id": item.id, "number": item.number, "made_at": item.made_at}


def _private_hosts() -> frozenset[str]:
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return settings.private_hosts
