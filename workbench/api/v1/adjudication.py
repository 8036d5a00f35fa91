"""Adjudication: cases are read, settled, put off, reopened; agreed answers are contested."""

from functools import partial

from flask import jsonify
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.cases import (
    describe_decided,
    describe_readings,
    find_case_file,
    open_case,
)
from workbench.adjudication.checking import (
    MAX_IDS,
    MAX_NOTE,
    check_adjudication,
    parse_deferral,
)
from workbench.adjudication.contests import (
    MAX_TEXT,
    Objection,
    answer_contest,
    list_objections,
    note_answers_seen,
    read_final,
)
from workbench.adjudication.contests import contest as hold_against
from workbench.adjudication.operations import defer, submit_adjudication, take_all_agreed
from workbench.adjudication.queue import read_queue
from workbench.adjudication.rules import Outcome, Reason
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.schemas import part
from workbench.bodies import read_json
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.projects.queries import get_project
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction

CASE = "/projects/<slug>/cases/<article>"

blueprint = Part("adjudication", "Adjudication")
adjudicating = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_ADJUDICATION, action=Action.ADJUDICATE
)

WHOLE_CASE: JsonObject = {
    "type": "object",
    "required": ["article", "text", "sentences", "readers", "readings", "compared", "answers"],
    "properties": {
        "article": {"type": "string"},
        "edition": {"type": "integer"},
        "text": {"type": "string"},
        "sentences": {"type": "array", "items": {"type": "object"}},
        "readers": {"type": "array", "items": {"type": "string"}},
        "readings": {
            "type": "object",
            "description": "By sentence, each reader's answer under a letter, never a name.",
        },
        "compared": {"type": "object", "description": "By sentence, what differs."},
        "to_decide": {"type": "array", "items": {"type": "integer"}},
        "open": {"type": "array", "items": {"type": "integer"}},
        "changed": {"type": "array", "items": {"type": "integer"}},
        "decided": {"type": "object", "description": "By sentence, what was decided of it."},
        "answers": {"type": "array", "description": "The agreed ones.", "items": {}},
        "is_done": {"type": "boolean"},
        "scheme": {"type": "integer", "description": "The revisions to send with an answer."},
        "guideline": {"type": "integer"},
        "registers": {"type": "integer"},
    },
}


class QueuedAnswer(Schema):
    """An article that all have finished; its counts are null until it has been compared."""

    article = fields.String(required=True)
    differ = fields.Integer(required=True, allow_none=True)
    open = fields.Integer(required=True, allow_none=True)
    deferred = fields.Integer(required=True, allow_none=True)
    changed = fields.Integer(required=True, allow_none=True)


class QueueAnswer(Schema):
    """The articles that can be adjudicated, the hardest first."""

    items = fields.List(fields.Nested(QueuedAnswer), required=True)
    hidden = fields.Integer(
        required=True, metadata={"description": "How many wait until you have labelled them."}
    )


class SettledAnswer(Schema):
    """A revision of an agreed answer that the database has, and what was done by it."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, metadata={"enum": [one.value for one in Outcome]})


class DeferBody(Schema):
    """A sentence that is to be decided later."""

    id = Identifier("Made by you, 16 to 32 small letters and digits: sent again, nothing happens.")
    sentence = Identifier("ARTICLE.EDITION.POSITION")
    compared = fields.List(
        Identifier("The revision of a reader's answer."),
        required=True,
        validate=Length(0, MAX_IDS),
    )
    reason = fields.String(
        load_default=None, allow_none=True, validate=OneOf([one.value for one in Reason])
    )
    note = Text(load_default=None, allow_none=True, validate=Length(0, MAX_NOTE))


class DeferredAnswer(Schema):
    """What was recorded."""

    id = fields.String(required=True)


class TakenAnswer(Schema):
    """The agreed answers that were made."""

    items = fields.List(fields.String(), required=True)


class ObjectionAnswer(Schema):
    """What an annotator holds against an agreed answer; nobody is told who."""

    id = fields.String(required=True)
    article = fields.String(required=True)
    position = fields.Integer(required=True)
    text = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class ObjectionsAnswer(Schema):
    """Objections, the oldest first."""

    items = fields.List(fields.Nested(ObjectionAnswer), required=True)


class ContestBody(Schema):
    """What is wrong with the agreed answer to a sentence."""

    position = Count("The sentence's number in the text.", least=1)
    text = Text(required=True, validate=Length(1, MAX_TEXT))


class WordsBody(Schema):
    """An answer to an objection."""

    text = Text(required=True, validate=Length(1, MAX_TEXT))


@operation(
    blueprint,
    "/projects/<slug>/cases",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ADJUDICATE,
    answer=QueueAnswer,
)
def list_cases(project: ProjectCaller) -> object:
    """List the articles that all have finished, the hardest first."""
    session = db.session()
    queue = read_queue(
        session, project=get_project(session, project_id=project.id), reader=project.user
    )
    counted = ("differ", "open", "deferred", "changed")
    return {
        "items": [
            {
                "article": one.file.piece.slug,
                **{name: getattr(one.tally, name, None) for name in counted},
            }
            for one in queue.articles
        ],
        "hidden": queue.hidden,
    }


@operation(
    blueprint,
    CASE,
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ADJUDICATE,
    answer=WHOLE_CASE,
)
def show_case(project: ProjectCaller, article: str) -> object:
    """Show an article with everybody's answers side by side; 403 before all have finished it."""
    session = db.session()
    row = get_project(session, project_id=project.id)
    file = find_case_file(session, project=row, slug=article, reader=project.user)
    case, matter = open_case(session, project=row, file=file)
    piece = file.piece
    readings = {
        position: {
            who: theirs[position] for who, theirs in case.readings.items() if position in theirs
        }
        for position in case.compared
    }
    return jsonify(
        article=piece.slug,
        edition=piece.edition_number,
        text=matter.text,
        sentences=[
            {
                "id": str(piece.sentence_id(one.position)),
                "position": one.position,
                "start": one.start,
                "end": one.end,
                "zone": one.zone,
            }
            for one in matter.sentences
        ],
        readers=[reader.letter for reader in file.readers],
        readings={
            str(piece.sentence_id(position)): describe_readings(theirs)
            for position, theirs in readings.items()
        },
        compared={
            str(piece.sentence_id(position)): one.json() for position, one in case.compared.items()
        },
        to_decide=sorted(case.to_decide),
        open=sorted(case.open),
        changed=sorted(case.changed),
        decided=describe_decided(case),
        answers=[one.json() for one in matter.answers],
        is_done=case.tally().is_done,
        scheme=matter.scheme.number,
        guideline=matter.guideline_number,
        registers=matter.register_number,
    )


@adjudicating(
    f"{CASE}/answers", body_document=part("AgreedAnswer"), problems=(412,), answer=SettledAnswer
)
def settle(project: ProjectCaller, article: str) -> object:
    """Save the agreed answer to a sentence, with the readers' revisions that it rests on.

    An answer of `claims` without any reopens what was settled. 412 where somebody has answered
    anew.
    """
    checked = check_adjudication(
        db.session(), project_id=project.id, slug=article, payload=read_json()
    )
    with transaction() as session:
        done = submit_adjudication(
            session, checked=checked, slug=article, by=project.user, now=utc_now()
        )
    return {
        "id": done.saved.id,
        "number": done.saved.number,
        "made_at": done.saved.made_at,
        "outcome": done.outcome.value,
    }


@adjudicating(f"{CASE}/defer", body=DeferBody, problems=(412,), answer=DeferredAnswer)
def put_off(project: ProjectCaller, article: str, **given: object) -> object:
    """Record that a sentence is to be decided later."""
    deferral = parse_deferral({**given})  # type: ignore[dict-item]  # as the schema has it
    with transaction() as session:
        defer(
            session,
            project_id=project.id,
            slug=article,
            given=deferral,
            by=project.user,
            now=utc_now(),
        )
    return {"id": deferral.id}


@adjudicating(f"{CASE}/agreed", body=Nothing, answer=TakenAnswer)
def take_agreed(project: ProjectCaller, article: str) -> object:
    """Make agreed answers of all that everybody has answered alike."""
    with transaction() as session:
        taken = take_all_agreed(
            session, project_id=project.id, slug=article, by=project.user, now=utc_now()
        )
    return {"items": taken}


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/contests",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ANNOTATE,
    answer=ObjectionsAnswer,
)
def list_own(project: ProjectCaller, article: str) -> object:
    """List what you hold against the agreed answers to an article, and what was answered.

    403 before everything that differs is decided.
    """
    session = db.session()
    final = read_final(
        session,
        project=get_project(session, project_id=project.id),
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
        reader=project.user,
    )
    found = sorted(final.objections.values(), key=lambda one: one.made_at)
    return {"items": [_describe(one, final.file.piece.slug) for one in found]}


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/contests",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    action=Action.ANNOTATE,
    body=ContestBody,
    answer=ObjectionsAnswer,
    status=201,
)
def contest(project: ProjectCaller, article: str, position: int, text: str) -> object:
    """Hold something against the agreed answer to a sentence of an article that you labelled."""
    with transaction() as session:
        hold_against(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            position=position,
            text=text,
            by=project.user,
            now=utc_now(),
        )
    return list_own(project, article)


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/contests/read",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    action=Action.ANNOTATE,
    body=Nothing,
    answer=ObjectionsAnswer,
)
def note_read(project: ProjectCaller, article: str) -> object:
    """Note that you have read the answers to what you objected to."""
    with transaction() as session:
        note_answers_seen(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
        )
    return list_own(project, article)


@operation(
    blueprint,
    "/projects/<slug>/contests",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ANSWER_QUESTIONS,
    answer=ObjectionsAnswer,
)
def list_contests(project: ProjectCaller) -> object:
    """List what annotators hold against agreed answers: first what waits for an answer."""
    session = db.session()
    items = [
        _describe(one.objection, one.slug)
        for is_answered in (False, True)
        for one in list_objections(
            session, project_id=project.id, reader=project.user, answered=is_answered
        )
    ]
    return {"items": items}


@operation(
    blueprint,
    "/projects/<slug>/contests/<contest>/answer",
    method="POST",
    scope=Scope.WRITE_ADJUDICATION,
    action=Action.ANSWER_QUESTIONS,
    body=WordsBody,
    answer=ObjectionsAnswer,
)
def answer(project: ProjectCaller, contest: str, text: str) -> object:
    """Answer an objection, once; an agreed answer is changed by settling its sentence again."""
    with transaction() as session:
        answer_contest(
            session,
            project_id=project.id,
            public_id=contest,
            text=text,
            by=project.user,
            now=utc_now(),
        )
    return list_contests(project)


def _describe(one: Objection, article: str) -> dict[str, object]:
    return {**vars(one), "article": article}
