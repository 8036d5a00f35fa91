"""Answers: agreed, everybody's, what changed since, one's own; and how far annotators agree."""

from functools import partial

from flask import jsonify, url_for
from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.asking import ask_where_answers_differ
from workbench.adjudication.counting import Standing, read_standing, request_count
from workbench.agreement.document import report_document
from workbench.api.access import ProjectCaller
from workbench.api.fields import Identifier, QueryNumber
from workbench.api.routes import Nothing, Part, operation
from workbench.api.schemas import part
from workbench.bodies import read_json
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.queries import find_article
from workbench.datasets.changes import changes_since
from workbench.datasets.records import RecordKind, sentence_records
from workbench.errors import NotFoundError
from workbench.jobs.runner import wake_runner
from workbench.labelling.checking import check_annotation
from workbench.labelling.operations import (
    finish_assignment,
    renew_lease,
    reopen_assignment,
    start_assignment,
    start_next,
    submit_annotation,
)
from workbench.labelling.queries import Slot, get_slot, get_workspace
from workbench.labelling.rules import AssignmentState, closed_article
from workbench.labelling.suggesting import (
    REJECTED,
    REOPENED,
    decide_suggestion,
    list_suggestions,
    parse_decision,
)
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, read_one_instant, transaction

MOST_CHANGES = 1000

blueprint = Part("annotations", "Answers and agreement")
labelling = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_ANNOTATIONS, action=Action.ANNOTATE
)


class KindQuery(Schema):
    """Whose answers are asked for."""

    kind = fields.String(
        load_default=RecordKind.GOLD.value,
        validate=OneOf([kind.value for kind in RecordKind]),
        metadata={"description": "gold: the settled answers; all: every annotator's."},
    )


class ChangesQuery(Schema):
    """Where the changes begin."""

    since = Identifier(
        "The last revision that is known; from the beginning without.", required=False
    )
    limit = QueryNumber(load_default=MOST_CHANGES, validate=Range(1, MOST_CHANGES))


class ChangeAnswer(Schema):
    """A new revision of an answer."""

    revision = fields.String(required=True, metadata={"description": "The cursor: go on from it."})
    article = fields.String(required=True)
    sentence = fields.String(required=True)
    number = fields.Integer(required=True)
    annotator = fields.String(
        required=True, allow_none=True, metadata={"description": "A pseudonym; null in gold."}
    )
    is_gold = fields.Boolean(required=True)
    decision = fields.String(required=True)
    cause = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class ChangesAnswer(Schema):
    """Changes in their order; `since` goes on behind the last one."""

    items = fields.List(fields.Nested(ChangeAnswer), required=True)
    since = fields.String(required=True, allow_none=True)
    hidden = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Articles that you still label: nothing of others' answers to them is"
            " told. Read an article anew when it is among them no more."
        },
    )
    is_all = fields.Boolean(
        required=True, metadata={"description": "Whether nothing more had changed."}
    )


class NextAnswer(Schema):
    """The article that you are at now; null where there is none for you just now."""

    article = fields.String(required=True, allow_none=True)


class SlotAnswer(Schema):
    """One's own slot of an article."""

    article = fields.String(required=True)
    edition = fields.Integer(required=True)
    state = fields.String(
        required=True, metadata={"enum": [state.value for state in AssignmentState]}
    )


class SavedAnswer(Schema):
    """A revision that the database has."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True)
    is_extra = fields.Boolean(
        required=True, metadata={"description": "Kept beside those that were asked for."}
    )


class SuggestionBody(Schema):
    """What one does with a suggestion; it is taken by saving an answer that names it."""

    id = Identifier("Made by you: the same again changes nothing.")
    suggestion = Identifier("The suggestion.")
    decision = fields.String(required=True, validate=OneOf([REJECTED, REOPENED]))


class DecidedAnswer(Schema):
    """What was recorded."""

    id = fields.String(required=True)


class SuggestionsAnswer(Schema):
    """Suggestions that one may see, in the order of the text."""

    items = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        metadata={"description": "Each with id, rule, sentences, rejected, and its frame."},
    )


class StandingAnswer(Schema):
    """How far the counting of agreement is."""

    is_current = fields.Boolean(required=True)
    counted_at = fields.AwareDateTime(required=True, allow_none=True)
    is_counting = fields.Boolean(required=True)


OWN_WORK: JsonObject = {
    "type": "object",
    "required": ["slot", "text", "sentences", "answers", "scheme", "guideline", "registers"],
    "properties": {
        "slot": {
            "type": "object",
            "required": ["article", "edition", "state"],
            "properties": {
                "article": {"type": "string"},
                "edition": {"type": "integer"},
                "state": {"type": "string"},
            },
        },
        "text": {"type": "string"},
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "position", "start", "end", "zone"],
                "properties": {
                    "id": {"type": "string"},
                    "position": {"type": "integer"},
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                    "zone": {"type": "string"},
                },
            },
        },
        "answers": {
            "type": "array",
            "description": "As they are sent, without the stamps, with number and made_at.",
            "items": {"type": "object", "required": ["id", "sentence", "decision", "number"]},
        },
        "scheme": {"type": "integer", "description": "The revisions to send with an answer."},
        "guideline": {"type": "integer"},
        "registers": {"type": "integer"},
    },
}


@operation(
    blueprint,
    "/projects/<slug>/articles/<article>/annotations",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.EXPORT_GOLD,
    query=KindQuery,
    answer={"type": "array", "items": part("SentenceRecord")},
)
def list_annotations(project: ProjectCaller, article: str, kind: str) -> object:
    """List the answers to an article: sentence records as in the dataset file.

    An article that you still label gives nothing of others. All answers need the right
    `export_all`.
    """
    wanted = RecordKind(kind)
    if wanted is RecordKind.ALL:
        project.demand(Action.EXPORT_ALL)
    session = db.session()
    read_one_instant(session)
    found = find_article(session, project_id=project.id, name=article)
    return list(
        sentence_records(
            session, project_id=project.id, kind=wanted, reader=project.user, article_id=found.id
        )
    )


@operation(
    blueprint,
    "/projects/<slug>/annotations/changes",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.EXPORT_ALL,
    query=ChangesQuery,
    answer=ChangesAnswer,
)
def list_changes(project: ProjectCaller, limit: int, since: str | None = None) -> object:
    """List what was answered since a revision, in an order in which nothing appears behind.

    Go on with `since` as it was answered; what was done in training is left out.
    """
    found = changes_since(
        db.session(), project_id=project.id, since=since, limit=limit, reader=project.user
    )
    return {
        "items": [vars(one) for one in found.items],
        "since": found.items[-1].revision if found.items else since,
        "hidden": found.hidden,
        "is_all": found.is_all,
    }


@operation(
    blueprint,
    "/projects/<slug>/own/<article>",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ANNOTATE,
    answer=OWN_WORK,
)
def show_own(project: ProjectCaller, article: str) -> object:
    """Show an article that you have begun, with your answers and nobody else's."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    if slot.is_withdrawn:
        raise closed_article(is_erased=slot.is_erased)
    workspace = get_workspace(session, project_id=project.id, slot=slot)
    return jsonify(
        slot=_describe_slot(slot),
        text=workspace.text,
        sentences=[
            {
                "id": str(slot.sentence_id(one.position)),
                "position": one.position,
                "start": one.start,
                "end": one.end,
                "zone": one.zone,
            }
            for one in workspace.sentences
        ],
        answers=[stored.json() for stored in workspace.answers],
        scheme=workspace.scheme.number,
        guideline=workspace.guideline_number,
        registers=workspace.register_number,
    )


@labelling("/projects/<slug>/own/<article>/start", body=Nothing, answer=SlotAnswer)
def start(project: ProjectCaller, article: str) -> object:
    """Begin an article, or go on with it."""
    with transaction() as session:
        slot = start_assignment(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            by=project.user,
            now=utc_now(),
        )
    return _describe_slot(slot)


@labelling("/projects/<slug>/next", body=Nothing, answer=NextAnswer)
def take_next(project: ProjectCaller) -> object:
    """Begin the next article that is yours or free, in the project's order."""
    with transaction() as session:
        article = start_next(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            by=project.user,
            now=utc_now(),
        )
    return {"article": article}


@labelling("/projects/<slug>/own/<article>/lease", body=Nothing, answer=SlotAnswer)
def keep(project: ProjectCaller, article: str) -> object:
    """Keep an article for you that you are at, as long as nobody else has it."""
    with transaction() as session:
        slot = renew_lease(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            now=utc_now(),
        )
    return _describe_slot(slot)


@labelling(
    "/projects/<slug>/own/<article>/answers",
    body_document=part("Answer"),
    problems=(412,),
    answer=SavedAnswer,
)
def save_answer(project: ProjectCaller, article: str) -> object:
    """Save an answer to one sentence of an article that you have begun.

    Sent again under the same id it is answered as the first time. A base that is not your newest
    answer is refused with 412 and the newest.
    """
    checked = check_annotation(
        db.session(),
        project_id=project.id,
        membership_id=project.memberships[Role.ANNOTATOR],
        slug=article,
        payload=read_json(),
    )
    with transaction() as session:
        saved = submit_annotation(session, checked=checked, by=project.user, now=utc_now())
    return {
        "id": saved.id,
        "number": saved.number,
        "made_at": saved.made_at,
        "is_extra": saved.is_extra,
    }


@labelling("/projects/<slug>/own/<article>/finish", body=Nothing, answer=SlotAnswer)
def finish(project: ProjectCaller, article: str) -> object:
    """Say that you are done with an article; each sentence that is not is named."""
    membership = project.memberships[Role.ANNOTATOR]
    with transaction() as session:
        finish_assignment(
            session,
            project_id=project.id,
            membership_id=membership,
            slug=article,
            by=project.user,
            now=utc_now(),
        )
        ask_where_answers_differ(session, project_id=project.id, slug=article, now=utc_now())
    return _describe_slot(
        get_slot(db.session(), project_id=project.id, membership_id=membership, slug=article)
    )


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/suggestions",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.ANNOTATE,
    answer=SuggestionsAnswer,
)
def list_proposed(project: ProjectCaller, article: str) -> object:
    """List the suggestions to an article that you have begun; some come after your answer."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    if slot.is_withdrawn:
        raise closed_article(is_erased=slot.is_erased)
    shown = list_suggestions(
        session,
        project_id=project.id,
        edition_id=slot.edition_id,
        membership_id=membership,
        sentence_id=slot.sentence_id,
    )
    return {"items": [one.json() for one in shown]}


@labelling("/projects/<slug>/own/<article>/suggestions", body=SuggestionBody, answer=DecidedAnswer)
def decide(project: ProjectCaller, article: str, **given: str) -> object:
    """Reject a suggestion, or take that back."""
    decision, membership = parse_decision({**given}), project.memberships[Role.ANNOTATOR]
    with transaction() as session:
        slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
        decide_suggestion(
            session,
            project_id=project.id,
            membership_id=membership,
            edition_id=slot.edition_id,
            given=decision,
            now=utc_now(),
        )
    return {"id": decision.id}


@labelling("/projects/<slug>/own/<article>/reopen", body=Nothing, answer=SlotAnswer)
def reopen(project: ProjectCaller, article: str) -> object:
    """Go on with an article that you had finished."""
    membership = project.memberships[Role.ANNOTATOR]
    with transaction() as session:
        reopen_assignment(
            session,
            project_id=project.id,
            membership_id=membership,
            slug=article,
            by=project.user,
            now=utc_now(),
        )
    return _describe_slot(
        get_slot(db.session(), project_id=project.id, membership_id=membership, slug=article)
    )


@operation(
    blueprint,
    "/projects/<slug>/agreement/count",
    method="POST",
    scope=Scope.READ_AGREEMENT,
    action=Action.SEE_AGREEMENT,
    body=Nothing,
    answer=StandingAnswer,
    status=202,
)
def count(project: ProjectCaller) -> object:
    """Ask for a report of agreement of now, which a job counts; ask again to see how far it is."""
    with transaction() as session:
        if not read_standing(session, project_id=project.id, reader=project.user).is_current:
            request_count(
                session,
                project_id=project.id,
                reader=project.user,
                by=project.user,
                now=utc_now(),
            )
    wake_runner()
    standing: Standing = read_standing(db.session(), project_id=project.id, reader=project.user)
    return {
        "is_current": standing.is_current,
        "counted_at": standing.at,
        "is_counting": standing.job is not None and not standing.job.has_ended,
    }


@operation(
    blueprint,
    "/projects/<slug>/agreement",
    scope=Scope.READ_AGREEMENT,
    action=Action.SEE_AGREEMENT,
    problems=(404,),
    answer=part("AgreementReport"),
)
def show_agreement(project: ProjectCaller) -> object:
    """Show the newest report of agreement that you may see; 404 before the first was counted."""
    standing = read_standing(db.session(), project_id=project.id, reader=project.user)
    if standing.found is None:
        raise _no_report(standing, url_for("api_annotations.count", slug=project.slug))
    return report_document(standing.found.report, project=project.slug, names=standing.found.names)


def _no_report(standing: Standing, path: str) -> NotFoundError:
    """Say what is missing for a report of agreement."""
    if standing.job is not None and standing.job.problem:
        return NotFoundError(standing.job.problem.template, **standing.job.problem.values)
    if standing.job is not None:
        return NotFoundError("The report is being counted: ask again in a moment.")
    if standing.basis.articles:
        return NotFoundError(
            "No report was counted yet: ask for one by POST on %(path)s.", path=path
        )
    if standing.basis.finished:
        return NotFoundError(
            "Nothing can be compared yet: no article was finished by two annotators. Let a second"
            " annotator finish one that another has finished."
        )
    return NotFoundError("Nothing can be compared yet: nobody has finished an article.")


def _describe_slot(slot: Slot) -> JsonObject:
    state = AssignmentState.FINISHED if slot.is_finished else slot.state
    return {"article": slot.slug, "edition": slot.edition_number, "state": state.value}
