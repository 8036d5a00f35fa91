"""The training of new annotators: what is trained on, the score, and who is let through."""

from collections.abc import Callable
from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Flag, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.clock import utc_now
from workbench.labelling import lessons
from workbench.labelling.training import list_learners, list_marks, list_references, read_rule
from workbench.projects.queries import get_member
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction

TRAINING = "/projects/<slug>/training"
ARTICLE = f"{TRAINING}/articles/<article>"
MOST_POSITION = 999_999

blueprint = Part("training", "Training")
lead = partial(operation, blueprint, scope=Scope.WRITE_PROJECT, action=Action.LEAD_TRAINING)


class RuleBody(Schema):
    """Whether new annotators train first, and the score they need."""

    is_on = Flag(required=True)
    percent = Count("The score that is needed.", least=1, most=100)


class LessonAnswer(Schema):
    """An article to train on, and whose answers are the reference."""

    article = fields.String(required=True)
    reference = fields.String(required=True, metadata={"description": "Their name."})
    is_withdrawn = fields.Boolean(required=True)


class ReferenceAnswer(Schema):
    """Somebody who has finished an article, and can be the reference."""

    article = fields.String(required=True)
    reference = fields.String(required=True, metadata={"description": "An id for `articles`."})
    name = fields.String(required=True)


class LearnerAnswer(Schema):
    """Somebody on their way through the training."""

    member = fields.String(required=True)
    name = fields.String(required=True)
    is_through = fields.Boolean(required=True)
    score = fields.Integer(required=True, allow_none=True)


class TrainingAnswer(Schema):
    """The training as it is now."""

    is_on = fields.Boolean(required=True)
    percent = fields.Integer(required=True)
    articles = fields.List(fields.Nested(LessonAnswer), required=True)
    references = fields.List(fields.Nested(ReferenceAnswer), required=True)
    learners = fields.List(fields.Nested(LearnerAnswer), required=True)


class MarkBody(Schema):
    """An article to train on."""

    article = Identifier("Its slug.")
    reference = Identifier("Of `references`, whose answers are compared with.")


class LessonReasonBody(Schema):
    """Why the reference to a sentence is as it is; an empty text takes the reason away."""

    position = Count("The sentence.", least=1, most=MOST_POSITION)
    text = Text(required=True, validate=Length(0, lessons.MAX_REASON))


@lead(TRAINING, answer=TrainingAnswer)
def show(project: ProjectCaller) -> object:
    """Show what is trained on, the score, and how the learners do."""
    session = db.session()
    rule = read_rule(session, project_id=project.id)
    offered = list_references(session, project_id=project.id, viewer=project.user)
    return {
        "is_on": rule.is_on,
        "percent": rule.percent,
        "articles": [
            {"article": one.slug, "reference": one.reference, "is_withdrawn": one.is_withdrawn}
            for one in list_marks(session, project_id=project.id)
        ],
        "references": [
            {"article": article.slug, "reference": membership.public_id, "name": name}
            for article, membership, name in offered
        ],
        "learners": [
            {
                "member": one.person,
                "name": one.name,
                "is_through": one.is_through,
                "score": one.score,
            }
            for one in list_learners(session, project_id=project.id)
        ],
    }


@lead(TRAINING, method="POST", body=RuleBody, answer=TrainingAnswer)
def change_rule(project: ProjectCaller, percent: int, *, is_on: bool) -> object:
    """Switch the training on or off, and set the score."""
    return _change(project, lessons.set_training, is_on=is_on, percent=percent)


@lead(f"{TRAINING}/articles", method="POST", body=MarkBody, answer=TrainingAnswer)
def mark(project: ProjectCaller, article: str, reference: str) -> object:
    """Mark an article for training, or give it another reference."""
    return _change(project, lessons.mark_article, slug=article, reference=reference)


@lead(f"{ARTICLE}/unmark", method="POST", body=Nothing, answer=TrainingAnswer)
def unmark(project: ProjectCaller, article: str) -> object:
    """Take an article out of the training."""
    return _change(project, lessons.unmark_article, slug=article)


@lead(f"{ARTICLE}/up", method="POST", body=Nothing, answer=TrainingAnswer)
def move_up(project: ProjectCaller, article: str) -> object:
    """Let a training article come one earlier."""
    with transaction() as session:
        lessons.move_article_up(session, project_id=project.id, slug=article)
    return show(project)


@lead(f"{ARTICLE}/reasons", method="POST", body=LessonReasonBody, answer=TrainingAnswer)
def give_reason(project: ProjectCaller, article: str, position: int, text: str) -> object:
    """Write why the reference to a sentence is as it is, which learners read."""
    given = text.replace("\r\n", "\n")
    return _change(project, lessons.give_reason, slug=article, position=position, text=given)


@lead("/projects/<slug>/members/<member>/pass", method="POST", body=Nothing, answer=TrainingAnswer)
def let_through(project: ProjectCaller, member: str) -> object:
    """Let an annotator begin real work, whatever their score."""
    found = get_member(db.session(), project_id=project.id, public_id=member)
    return _change(project, lessons.let_through, user_id=found.user_id)


def _change(project: ProjectCaller, act: Callable[..., None], **given: object) -> object:
    with transaction() as session:
        act(session, project_id=project.id, **given, by=project.user, now=utc_now())
    return show(project)
