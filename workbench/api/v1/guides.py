"""What a project works by: its guideline and its label scheme, revision by revision."""

from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length
from sqlalchemy.orm import Session

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.queries import list_hidden_articles
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Flag, Text
from workbench.api.routes import Part, operation
from workbench.api.v1.corpus import JobAnswer, describe_job
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.text import refuse_unstorable_json
from workbench.datasets.queries import versions_since
from workbench.errors import NotFoundError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.labelling.scheme_changes import (
    JOB,
    Plan,
    change_scheme,
    check_base,
    check_choices,
    plan_change,
)
from workbench.projects.guideline import MAX_LENGTH
from workbench.projects.operations import record_guideline
from workbench.projects.queries import guideline_texts, newest_guideline, newest_scheme
from workbench.projects.rules import Action
from workbench.projects.scheme_changes import parse_step
from workbench.storage.database import db, transaction

GUIDELINE, SCHEME = "/projects/<slug>/guideline", "/projects/<slug>/scheme"
MOST_STEPS, MOST_BYTES = 1000, 1024 * 1024

blueprint = Part("guides", "Guideline and label scheme")
write = partial(
    operation,
    blueprint,
    method="POST",
    scope=Scope.WRITE_PROJECT,
    action=Action.CHANGE_PROJECT,
    most_bytes=MOST_BYTES,
)
read = partial(operation, blueprint, scope=Scope.READ_ANNOTATIONS, action=Action.SEE_PROJECT)


class GuidelineTexts(Schema):
    """The guideline as Markdown, in one language or both."""

    fr = Text(validate=Length(1, MAX_LENGTH))
    en = Text(validate=Length(1, MAX_LENGTH))


class GuidelineAnswer(Schema):
    """The newest guideline."""

    number = fields.Integer(required=True)
    texts = fields.Nested(GuidelineTexts, required=True)


class GuidelineBody(Schema):
    """The guideline's next revision."""

    base = Count("The number of the revision it was made from.")
    texts = fields.Nested(GuidelineTexts, required=True)


class SchemeAnswer(Schema):
    """The newest label scheme."""

    number = fields.Integer(required=True)
    document = fields.Dict(required=True, metadata={"description": "As label-scheme.v1 has it."})


class SchemeBody(Schema):
    """The label scheme's next revision, and what becomes of labels that it takes away."""

    base = Count("The number of the revision it was made from.")
    document = fields.Dict(required=True, metadata={"description": "As label-scheme.v1 has it."})
    steps = fields.List(
        Text(validate=Length(1, 200)),
        load_default=list,
        validate=Length(0, MOST_STEPS),
        metadata={"description": "claim_type.position=opinion replaces, …position? asks again."},
    )
    is_trial = Flag(load_default=False, metadata={"description": "Only tell what it would touch."})


class GiverAnswer(Schema):
    """How many newest answers with a label are somebody's."""

    name = fields.String(required=True)
    answers = fields.Integer(required=True)


class TouchedAnswer(Schema):
    """A label that is to be decided on, and in how many newest answers it is."""

    field = fields.String(required=True)
    value = fields.String(required=True)
    answers = fields.Integer(required=True)
    people = fields.List(fields.Nested(GiverAnswer), required=True)
    agreed = fields.Integer(
        required=True, metadata={"description": "How many of them are agreed answers."}
    )
    releases = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Versions that stand and were made since it was first given."},
    )


class ChangedSchemeAnswer(Schema):
    """The newest scheme's number, the labels in question, and the job that takes the steps."""

    number = fields.Integer(required=True)
    touched = fields.List(fields.Nested(TouchedAnswer), required=True)
    job = fields.String(required=True, allow_none=True)


@read(GUIDELINE, answer=GuidelineAnswer)
def show_guideline(project: ProjectCaller) -> object:
    """Show the newest guideline."""
    newest = newest_guideline(db.session(), project_id=project.id)
    return {"number": newest.number, "texts": guideline_texts(newest)}


@write(GUIDELINE, body=GuidelineBody, problems=(412,), answer=GuidelineAnswer)
def change_guideline(project: ProjectCaller, base: int, texts: dict[str, str]) -> object:
    """Write the guideline's next revision; answers keep the one they were given under."""
    given = {language: text.replace("\r\n", "\n") for language, text in texts.items()}
    with transaction() as session:
        record_guideline(
            session, project_id=project.id, texts=given, base=base, by=project.user, now=utc_now()
        )
    return show_guideline(project)


@read(SCHEME, answer=SchemeAnswer)
def show_scheme(project: ProjectCaller) -> object:
    """Show the newest label scheme."""
    newest = newest_scheme(db.session(), project_id=project.id)
    return {"number": newest.number, "document": newest.document}


@write(SCHEME, body=SchemeBody, problems=(412,), answer=ChangedSchemeAnswer)
def change(
    project: ProjectCaller, base: int, document: JsonObject, steps: list[str], *, is_trial: bool
) -> object:
    """Make a document the next label scheme, or tell which answers that would touch.

    Answers of articles that you still label are not counted. What is decided cannot be undone.
    """
    refuse_unstorable_json(document, "The label scheme")
    session = db.session()
    hidden = [
        one.id for one in list_hidden_articles(session, project_id=project.id, reader=project.user)
    ]
    plan = plan_change(session, project_id=project.id, document=document, without=hidden)
    taken = [parse_step(step) for step in steps]
    if is_trial and not taken:  # It tells which steps are to be chosen.
        check_base(plan, base=base)
    else:
        check_choices(plan, base=base, steps=taken)
    touched = _describe(session, project.id, plan)
    if is_trial:
        return {"number": plan.base, "touched": touched, "job": None}
    with transaction() as writing:
        asked = change_scheme(
            writing,
            project_id=project.id,
            document=document,
            base=base,
            steps=taken,
            by=project.user,
            now=utc_now(),
        )
    if asked.job is not None:
        wake_runner()
    return {"number": asked.number, "touched": touched, "job": asked.job}


@operation(
    blueprint,
    f"{SCHEME}/jobs/<job>",
    scope=Scope.WRITE_PROJECT,
    action=Action.CHANGE_PROJECT,
    answer=JobAnswer,
)
def show_job(project: ProjectCaller, job: str) -> object:
    """Tell how far a change of scheme is; without numbers while you label beside others."""
    session = db.session()
    found = get_job(session, project_id=project.id, public_id=job)
    if found.kind != JOB:
        raise NotFoundError("There is no such job.")
    is_blind = bool(list_hidden_articles(session, project_id=project.id, reader=project.user))
    return {**describe_job(found), **({"result": None} if is_blind else {})}


def _describe(session: Session, project_id: int, plan: Plan) -> list[dict[str, object]]:
    moments = {place: touched.since for place, touched in plan.touched.items()}
    releases = versions_since(session, project_id=project_id, moments=moments)
    return [
        {
            "field": place[0],
            "value": place[1],
            "answers": touched.answers,
            "people": [{"name": name, "answers": count} for name, count in touched.people.items()],
            "agreed": touched.agreed,
            "releases": [str(version) for version in releases[place]],
        }
        for place, touched in sorted(plan.touched.items())
    ]
