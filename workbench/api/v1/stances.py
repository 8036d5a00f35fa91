"""The map of stances: who is for and against what, in how many sentences."""

from functools import partial
from itertools import islice

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.stance_map import Choice, Names, choose, count_chosen, write_rows
from workbench.adjudication.stance_reading import Standing, read_standing, request_count
from workbench.adjudication.stance_words import LANGUAGES
from workbench.adjudication.stances import Side
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, QueryNumber, Text
from workbench.api.routes import Nothing, Part, operation, paged
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.jobs.runner import wake_runner
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction

YES_OR_NO = (YES, NO) = ("true", "false")

blueprint = Part("stances", "The map of stances")
seeing = partial(operation, blueprint, scope=Scope.READ_ANNOTATIONS, action=Action.SEE_STANCES)


class StancesQuery(Schema):
    """Which stances are counted, as on the page."""

    article = Text(load_default="", metadata={"description": "A short name."})
    outlet = Text(load_default="")
    own = fields.String(
        load_default="false",
        validate=OneOf(YES_OR_NO),
        metadata={"description": "Whether only what holders say of themselves is counted."},
    )
    named = fields.String(
        load_default="false",
        validate=OneOf(YES_OR_NO),
        metadata={"description": "Whether only holders with a name are."},
    )
    least = QueryNumber(
        load_default=1,
        validate=Range(1, 10**6),
        metadata={"description": "Leaves out holders with fewer stances."},
    )
    language = fields.String(load_default="en", validate=OneOf(LANGUAGES))
    cursor = QueryNumber(load_default=0, metadata={"description": "How many to pass over."})
    limit = QueryNumber(load_default=MOST, validate=Range(1, MOST))


class StanceCountAnswer(Schema):
    """In how many sentences a holder is said to have a stance on a target."""

    holder = fields.String(required=True)
    holder_name = fields.String(required=True)
    holder_kind = fields.String(required=True)
    is_named = fields.Boolean(required=True)
    target = fields.String(required=True)
    target_name = fields.String(required=True)
    stance = fields.String(required=True, metadata={"enum": [side.value for side in Side]})
    said_by = fields.String(required=True, metadata={"enum": ["holder", "others"]})
    sentences = fields.Integer(required=True)


class StanceStandingAnswer(Schema):
    """Whether what is counted is of now."""

    is_current = fields.Boolean(required=True)
    counted_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Null where nothing waits."}
    )
    is_counting = fields.Boolean(required=True)


class StancesAnswer(StanceStandingAnswer):
    """A page of the map; articles that you still label are left out."""

    items = fields.List(fields.Nested(StanceCountAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


@seeing("/projects/<slug>/stances", query=StancesQuery, answer=StancesAnswer)
def list_counts(
    project: ProjectCaller,
    *,
    article: str,
    outlet: str,
    least: int,
    language: str,
    cursor: int,
    limit: int,
    own: str,
    named: str,
) -> object:
    """List who is for and against what, as the map's table has it.

    Of a large project those that a job has counted last: ask for those of now by `count`.
    """
    session = db.session()
    standing = read_standing(session, project_id=project.id, reader=project.user)
    articles = [one for one, _ in standing.articles]
    names = Names(session, project_id=project.id, language=language, articles=articles)
    wanted = Choice(article, outlet, own=own == YES, named=named == YES, least=least)
    found = count_chosen(choose(standing, wanted, names), least=least)
    rows: list[JsonObject] = [
        {**row, "is_named": bool(row["holder_named"])}
        for row in islice(write_rows(found, names), cursor, cursor + limit + 1)
    ]
    following = str(cursor + limit) if len(rows) > limit else None
    return {**_describe(standing), **paged(rows[:limit], following)}


@seeing(
    "/projects/<slug>/stances/count",
    method="POST",
    body=Nothing,
    answer=StanceStandingAnswer,
    status=202,
)
def count(project: ProjectCaller) -> object:
    """Ask for the stances of now, which a job counts; ask again to see how far it is."""
    with transaction() as session:
        if not read_standing(session, project_id=project.id, reader=project.user).is_current:
            request_count(session, project_id=project.id, by=project.user, now=utc_now())
    wake_runner()
    return _describe(read_standing(db.session(), project_id=project.id, reader=project.user))


def _describe(standing: Standing) -> dict[str, object]:
    return {
        "is_current": standing.is_current,
        "counted_at": standing.at,
        "is_counting": standing.job is not None and not standing.job.has_ended,
    }
