"""Questions to the lead: asked at words of an article, answered, settled."""

from collections.abc import Callable
from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, Identifier, QueryNumber, Text
from workbench.api.routes import Nothing, Part, operation, paged
from workbench.api.v1.statements import SpanFields
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.labelling import questions
from workbench.labelling.threads import (
    ListedQuestion,
    Message,
    Viewer,
    count_questions,
    find_thread,
    list_questions,
)
from workbench.labelling.training import viewer_of
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction

ONE = "/projects/<slug>/questions/<question>"
STATES = {"open": False, "settled": True}

blueprint = Part("questions", "Questions")
talking = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_ANNOTATIONS, action=Action.SEE_QUESTIONS
)


class QuestionsQuery(Schema):
    """Which questions are asked for."""

    state = fields.String(load_default=None, validate=OneOf(STATES))
    cursor = QueryNumber(load_default=0, metadata={"description": "How many to pass over."})
    limit = QueryNumber(load_default=50, validate=Range(1, MOST))


class QuestionAnswer(Schema):
    """A question in a list; `asker` is null for who adjudicates."""

    id = fields.String(required=True)
    article = fields.String(required=True)
    position = fields.Integer(required=True)
    quote = fields.String(required=True)
    text = fields.String(required=True)
    asker = fields.String(required=True, allow_none=True)
    is_settled = fields.Boolean(required=True)
    last_at = fields.AwareDateTime(required=True)


class QuestionsAnswer(Schema):
    """A page of questions, open ones first."""

    items = fields.List(fields.Nested(QuestionAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class MessageAnswer(Schema):
    """A line of the talk; `by` is null where one is not told who asked."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    by = fields.String(required=True, allow_none=True)
    is_own = fields.Boolean(required=True)
    made_at = fields.AwareDateTime(required=True)


class ThreadAnswer(Schema):
    """A question with its messages."""

    id = fields.String(required=True)
    article = fields.String(required=True)
    sentence = fields.String(required=True)
    quote = fields.String(required=True)
    is_settled = fields.Boolean(required=True)
    messages = fields.List(fields.Nested(MessageAnswer), required=True)


class QuestionBody(Schema):
    """A question at words of the text."""

    id = Identifier("Made by you, 16 to 32 small letters and digits: sent again, nothing happens.")
    sentence = Identifier("ARTICLE.EDITION.POSITION")
    span = fields.Nested(SpanFields, required=True)
    claim = Text(load_default=None, allow_none=True, validate=Length(1, 64))
    text = Text(required=True, validate=Length(1, questions.MAX_TEXT))


class MessageBody(Schema):
    """Something more to say."""

    id = Identifier("Made by you, 16 to 32 small letters and digits: sent again, nothing happens.")
    text = Text(required=True, validate=Length(1, questions.MAX_TEXT))


class ReadBody(Schema):
    """Up to which message you have read."""

    message = Identifier("A message of the question.")


@operation(
    blueprint,
    "/projects/<slug>/questions",
    scope=Scope.READ_ANNOTATIONS,
    action=Action.SEE_QUESTIONS,
    query=QuestionsQuery,
    answer=QuestionsAnswer,
)
def list_asked(project: ProjectCaller, state: str | None, cursor: int, limit: int) -> object:
    """List questions: everybody's for a lead, your own else.

    Those to articles that a lead still labels are left out. The list moves as people write.
    """
    session, viewer = db.session(), _viewer(project)
    wanted = {"project_id": project.id, "viewer": viewer, "settled": STATES.get(state or "")}
    total = count_questions(session, **wanted)  # type: ignore[arg-type]  # as it has them
    found = list_questions(session, **wanted, limit=limit, offset=cursor)  # type: ignore[arg-type]
    following = cursor + limit
    return paged([_describe(one) for one in found], str(following) if following < total else None)


@operation(
    blueprint,
    ONE,
    scope=Scope.READ_ANNOTATIONS,
    action=Action.SEE_QUESTIONS,
    answer=ThreadAnswer,
)
def show(project: ProjectCaller, question: str) -> object:
    """Show a question with all messages."""
    viewer = _viewer(project)
    shown = find_thread(db.session(), project_id=project.id, viewer=viewer, question=question)
    thread = shown.thread

    def describe(one: Message) -> JsonObject:
        is_known = one.user_id != thread.asked_by or viewer.may_know(thread.asked_by)
        return {
            "id": one.id,
            "kind": one.kind,
            "text": one.text,
            "by": one.by if is_known else None,
            "is_own": one.user_id == project.user,
            "made_at": one.made_at,  # type: ignore[dict-item]  # the schema writes it
        }

    return {
        "id": thread.id,
        "article": shown.article,
        "sentence": str(thread.sentence),
        "quote": shown.quote,
        "is_settled": thread.is_settled,
        "messages": [describe(one) for one in thread.messages],
    }


@operation(
    blueprint,
    "/projects/<slug>/own/<article>/questions",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    action=Action.ANNOTATE,
    body=QuestionBody,
    answer=ThreadAnswer,
    status=201,
)
def ask(project: ProjectCaller, article: str, **given: object) -> object:
    """Ask the lead about words of an article that you have begun."""
    asked = questions.parse_question({**given})  # type: ignore[dict-item]  # as the schema has it
    with transaction() as session:
        questions.ask(
            session,
            project_id=project.id,
            membership_id=project.memberships[Role.ANNOTATOR],
            slug=article,
            given=asked,
            by=project.user,
            now=utc_now(),
        )
    return show(project, asked.id)


@talking(f"{ONE}/messages", body=MessageBody, answer=ThreadAnswer, status=201)
def reply(project: ProjectCaller, question: str, **given: str) -> object:
    """Answer a question, or go on asking; a settled one is open again."""
    message = questions.parse_message({**given})
    with transaction() as session:
        questions.reply(
            session,
            project_id=project.id,
            viewer=_viewer(project),
            question=question,
            given=message,
            now=utc_now(),
        )
    return show(project, question)


@talking(f"{ONE}/settle", body=Nothing, answer=ThreadAnswer)
def settle(project: ProjectCaller, question: str) -> object:
    """Say that a question is settled."""
    return _turn(project, question, questions.settle)


@talking(f"{ONE}/reopen", body=Nothing, answer=ThreadAnswer)
def reopen(project: ProjectCaller, question: str) -> object:
    """Say that a question is open again."""
    return _turn(project, question, questions.reopen)


@talking(f"{ONE}/read", body=ReadBody, answer=ThreadAnswer)
def note_read(project: ProjectCaller, question: str, message: str) -> object:
    """Note that you have read the answers to your question up to a message."""
    with transaction() as session:
        questions.note_seen(
            session,
            project_id=project.id,
            user_id=project.user,
            question=question,
            message=message,
        )
    return show(project, question)


def _turn(project: ProjectCaller, question: str, act: Callable[..., None]) -> object:
    with transaction() as session:
        act(
            session,
            project_id=project.id,
            viewer=_viewer(project),
            question=question,
            now=utc_now(),
        )
    return show(project, question)


def _viewer(project: ProjectCaller) -> Viewer:
    return viewer_of(db.session(), project_id=project.id, user_id=project.user, roles=project.roles)


def _describe(one: ListedQuestion) -> JsonObject:
    return vars(one)
