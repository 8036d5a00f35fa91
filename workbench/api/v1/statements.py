"""Claims as the desk sees them, and the statements that they are appearances of."""

from collections.abc import Callable
from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf
from sqlalchemy.orm import Session

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Identifier, PageQuery, Text
from workbench.api.routes import Nothing, Part, operation, paged
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.factcheck.appearances import (
    AppearanceView,
    add_appearance,
    feature,
    feature_appearance,
    keep_appearance,
    read_appearances,
    remove_appearance,
)
from workbench.factcheck.claims import SeenClaim, find_claim, list_hidden, read_claims
from workbench.factcheck.links import add_link, read_links, remove_link
from workbench.factcheck.listing import ListedStatement, read_listed
from workbench.factcheck.queries import describe_statement, find_statement
from workbench.factcheck.queue import find_listed
from workbench.factcheck.rules import LinkKind, Relation, State, Strategy
from workbench.factcheck.statements import LANGUAGES, Wording, make_statement, reword_statement
from workbench.factcheck.tables import Statement
from workbench.factcheck.workflow import MAX_REASON, reopen, withdraw
from workbench.labelling.frames import Span, span_json
from workbench.labelling.tables import Claim
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.storage.paging import page_after

MOST_PARTS = 20
ONE = "/projects/<slug>/statements/<statement>"

blueprint = Part("statements", "Claims and statements")
reading = partial(operation, blueprint, scope=Scope.READ_FACTCHECK, action=Action.SEE_DESK)
checking = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_FACTCHECK, action=Action.CHECK_FACTS
)


class SpanFields(Schema):
    """A range of code points in the article's text, half-open, with what stands there."""

    start = Count("Where it begins.")
    end = Count("Where it ends.")
    text = Text(required=True)


class ClaimAnswer(Schema):
    """A claim that stands today: in the newest answer, the agreed one where there is one."""

    id = fields.String(required=True)
    is_agreed = fields.Boolean(required=True)
    parts = fields.List(fields.Nested(SpanFields), required=True)
    quote = fields.String(required=True)
    claim_type = fields.String(required=True, allow_none=True)
    check_worthiness = fields.String(required=True, allow_none=True)
    wording = fields.String(required=True, allow_none=True)
    speaker = fields.String(
        required=True,
        metadata={"description": "Its id in the register, or author or unspecified."},
    )
    speaker_name = fields.String(required=True, allow_none=True)
    article = fields.String(required=True, metadata={"description": "The article's slug."})
    published = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    sentence = fields.String(required=True, metadata={"description": "All of its sentence."})


class ClaimsAnswer(Schema):
    """A page of claims; it may have fewer than asked for, and more may follow."""

    items = fields.List(fields.Nested(ClaimAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class StatementAnswer(Schema):
    """A statement with its newest wording."""

    id = fields.String(required=True)
    wording = fields.String(required=True)
    language = fields.String(required=True)
    claim_type = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    made_at = fields.AwareDateTime(required=True)


class ListedStatementAnswer(StatementAnswer):
    """A statement in a list."""

    appearances = fields.Integer(required=True)


class StatementsAnswer(Schema):
    """A page of statements."""

    items = fields.List(fields.Nested(ListedStatementAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class AppearanceAnswer(Schema):
    """Where a statement appears; the claim is null while you still label its article."""

    id = fields.String(required=True)
    relation = fields.String(
        required=True, metadata={"enum": [relation.value for relation in Relation]}
    )
    is_featured = fields.Boolean(required=True)
    is_hidden = fields.Boolean(required=True)
    quote = fields.String(required=True)
    parts = fields.List(
        fields.Nested(SpanFields),
        required=True,
        allow_none=True,
        metadata={"description": "Null where all of the claim is meant."},
    )
    change = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What became of the claim since somebody looked."},
    )
    claim = fields.Nested(ClaimAnswer, required=True, allow_none=True)


class LinkAnswer(Schema):
    """What a statement is to another: `one` contradicts, supports or is the same as `other`."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in LinkKind]})
    one = fields.String(required=True)
    other = fields.String(required=True)


class WholeStatementAnswer(StatementAnswer):
    """A statement with its appearances."""

    number = fields.Integer(
        required=True, metadata={"description": "Of its newest wording: the base of the next."}
    )
    strategy = fields.String(required=True, allow_none=True)
    is_rated = fields.Boolean(required=True)
    appearances = fields.List(fields.Nested(AppearanceAnswer), required=True)
    links = fields.List(fields.Nested(LinkAnswer), required=True)


class WordingBody(Schema):
    """What is said of a statement."""

    wording = Text(required=True)
    language = fields.String(required=True, validate=OneOf(LANGUAGES))
    claim_type = Identifier("One of the label scheme's types of claims.")
    strategy = fields.String(
        load_default=None, allow_none=True, validate=OneOf([one.value for one in Strategy])
    )


class RewordingBody(WordingBody):
    """Another wording, and the one it was made from."""

    base = Count("The number of the wording it was made from.")


class MadeAnswer(Schema):
    """What was made."""

    id = fields.String(required=True)


class NumberAnswer(Schema):
    """The number of the newest revision."""

    number = fields.Integer(required=True)


class AppearanceBody(Schema):
    """A claim that says something of the statement."""

    claim = Identifier("The claim.")
    relation = fields.String(required=True, validate=OneOf([one.value for one in Relation]))
    parts = fields.List(
        fields.Nested(SpanFields),
        load_default=None,
        allow_none=True,
        validate=Length(1, MOST_PARTS),
        metadata={"description": "Which of the claim's words; all of them without."},
    )


class LinkBody(Schema):
    """Another statement, and what this one is to it."""

    other = Identifier("The other statement.")
    kind = fields.String(required=True, validate=OneOf([kind.value for kind in LinkKind]))


class ReasonBody(Schema):
    """Why it is done; of a withdrawal readers are told."""

    reason = Text(required=True, validate=Length(1, MAX_REASON))


@reading("/projects/<slug>/claims", query=PageQuery, answer=ClaimsAnswer)
def list_claims(project: ProjectCaller, cursor: str | None, limit: int) -> object:
    """List the claims that stand today, in the order in which they were first made.

    Those that another stands for, that were withdrawn, or whose article you still label are left
    out; of several with the same words the first is listed.
    """
    session = db.session()
    rows, following = page_after(session, Claim, project_id=project.id, cursor=cursor, limit=limit)
    listed = find_listed(session, project_id=project.id, claims=[row.id for row in rows])
    claims = read_claims(session, project_id=project.id, claims=listed)
    hidden = list_hidden(session, project_id=project.id, reader=project.user)
    shown = [
        claim
        for row in rows
        if (claim := claims.get(row.id)) is not None and claim.passage.article_id not in hidden
    ]
    return paged([_describe_claim(claim) for claim in shown], following)


@reading("/projects/<slug>/claims/<claim>", answer=ClaimAnswer)
def show_claim(project: ProjectCaller, claim: str) -> object:
    """Show a claim, or the one that stands for it today."""
    return _describe_claim(
        find_claim(db.session(), project_id=project.id, public_id=claim, reader=project.user)
    )


@reading("/projects/<slug>/statements", query=PageQuery, answer=StatementsAnswer)
def list_statements(project: ProjectCaller, cursor: str | None, limit: int) -> object:
    """List the statements in the order in which they were made."""
    session = db.session()
    rows, following = page_after(
        session, Statement, project_id=project.id, cursor=cursor, limit=limit
    )
    listed = read_listed(session, statements=[row.id for row in rows])
    return paged([_describe_listed(one) for one in listed], following)


@checking("/projects/<slug>/statements", body=WordingBody, answer=MadeAnswer, status=201)
def make(
    project: ProjectCaller, wording: str, language: str, claim_type: str, strategy: str | None
) -> object:
    """Word what is to be checked."""
    with transaction() as session:
        statement = make_statement(
            session,
            project_id=project.id,
            wording=Wording(wording, language, claim_type, strategy),
            by=project.user,
            now=utc_now(),
        )
        return {"id": statement.public_id}


@reading(ONE, answer=WholeStatementAnswer)
def show(project: ProjectCaller, statement: str) -> object:
    """Show a statement with its appearances."""
    return _show(db.session(), project, statement)


@checking(f"{ONE}/wordings", body=RewordingBody, problems=(412,), answer=NumberAnswer)
def reword(
    project: ProjectCaller,
    statement: str,
    *,
    wording: str,
    language: str,
    claim_type: str,
    strategy: str | None,
    base: int,
) -> object:
    """Give a statement another wording; 412 with the newest where that is not the base."""
    with transaction() as session:
        revision = reword_statement(
            session,
            project_id=project.id,
            public_id=statement,
            wording=Wording(wording, language, claim_type, strategy),
            base=base,
            by=project.user,
            now=utc_now(),
        )
        return {"number": revision.number}


@checking(f"{ONE}/appearances", body=AppearanceBody, answer=MadeAnswer, status=201)
def add(
    project: ProjectCaller,
    statement: str,
    claim: str,
    relation: str,
    parts: list[dict[str, object]] | None,
) -> object:
    """Say that a claim says something of the statement."""
    spans = [Span(**part) for part in parts] if parts else None  # type: ignore[arg-type]  # loaded
    with transaction() as session:
        appearance = add_appearance(
            session,
            project_id=project.id,
            statement=statement,
            claim=claim,
            relation=Relation(relation),
            parts=spans,
            by=project.user,
            now=utc_now(),
        )
        return {"id": appearance.public_id}


@checking(f"{ONE}/appearances/<appearance>/remove", body=Nothing, answer=WholeStatementAnswer)
def remove(project: ProjectCaller, statement: str, appearance: str) -> object:
    """Take a claim away from the statement."""
    with transaction() as session:
        remove_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            by=project.user,
            now=utc_now(),
        )
    return _show(db.session(), project, statement)


@checking(f"{ONE}/appearances/<appearance>/keep", body=Nothing, answer=WholeStatementAnswer)
def keep(project: ProjectCaller, statement: str, appearance: str) -> object:
    """Note that you looked at a changed claim, and that its appearance stands."""
    with transaction() as session:
        keep_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            by=project.user,
            now=utc_now(),
        )
    return _show(db.session(), project, statement)


class KnownWordingBody(Schema):
    """The wording that is known."""

    base = Count("The number of the newest wording.")


@checking(
    f"{ONE}/appearances/<appearance>/feature",
    body=KnownWordingBody,
    problems=(412,),
    answer=WholeStatementAnswer,
)
def choose(project: ProjectCaller, statement: str, appearance: str, base: int) -> object:
    """Let this appearance's speaker, date and place stand with the statement."""
    with transaction() as session:
        feature_appearance(
            session,
            project_id=project.id,
            statement=statement,
            appearance=appearance,
            base=base,
            by=project.user,
            now=utc_now(),
        )
    return _show(db.session(), project, statement)


@checking(f"{ONE}/links", body=LinkBody, answer=MadeAnswer, status=201)
def link(project: ProjectCaller, statement: str, other: str, kind: str) -> object:
    """Say what the statement is to another one."""
    with transaction() as session:
        made = add_link(
            session,
            project_id=project.id,
            one=statement,
            other=other,
            kind=LinkKind(kind),
            by=project.user,
            now=utc_now(),
        )
        return {"id": made.public_id}


@checking(f"{ONE}/links/<link>/remove", body=Nothing, answer=WholeStatementAnswer)
def unlink(project: ProjectCaller, statement: str, link: str) -> object:
    """Take a link away."""
    with transaction() as session:
        remove_link(
            session,
            project_id=project.id,
            statement=statement,
            link=link,
            by=project.user,
            now=utc_now(),
        )
    return _show(db.session(), project, statement)


@checking(f"{ONE}/withdraw", body=ReasonBody, answer=WholeStatementAnswer)
def take_off(project: ProjectCaller, statement: str, reason: str) -> object:
    """Take a statement off the desk, and its verdict from readers, for a reason they are told."""
    return _move(project, statement, reason, withdraw)


@checking(f"{ONE}/reopen", body=ReasonBody, answer=WholeStatementAnswer)
def take_up(project: ProjectCaller, statement: str, reason: str) -> object:
    """Take a withdrawn statement up again."""
    return _move(project, statement, reason, reopen)


def _move(project: ProjectCaller, statement: str, reason: str, act: Callable[..., None]) -> object:
    with transaction() as session:
        act(
            session,
            project_id=project.id,
            public_id=statement,
            reason=reason,
            by=project.user,
            now=utc_now(),
        )
    return _show(db.session(), project, statement)


def _show(session: Session, project: ProjectCaller, public_id: str) -> object:
    row = find_statement(session, project_id=project.id, public_id=public_id)
    found = describe_statement(session, statement=row)
    views = read_appearances(
        session, project_id=project.id, statements=[row.id], reader=project.user
    )
    appearances, _ = feature(views[row.id], found.featured_id)
    return {
        "id": found.id,
        "wording": found.wording,
        "language": found.language,
        "claim_type": found.claim_type,
        "state": found.state.value,
        "made_at": row.made_at,
        "number": found.number,
        "strategy": found.strategy,
        "is_rated": found.is_rated,
        "appearances": [_describe_appearance(view) for view in appearances],
        "links": [
            {"id": one.id, "kind": one.kind.value, "one": one.one.id, "other": one.other.id}
            for one in read_links(session, project_id=project.id, statements=[row.id])
        ],
    }


def _describe_listed(one: ListedStatement) -> JsonObject:
    return vars(one)


def _describe_appearance(view: AppearanceView) -> JsonObject:
    return {
        "id": view.id,
        "relation": view.relation.value,
        "is_featured": view.is_featured,
        "is_hidden": view.is_hidden,
        "quote": "" if view.is_hidden else view.quote,
        "parts": [span_json(part) for part in view.parts]
        if view.parts and not view.is_hidden
        else None,
        "change": view.change.value if view.change else None,
        "claim": _describe_claim(view.claim) if view.claim else None,
    }


def _describe_claim(claim: SeenClaim) -> JsonObject:
    return {
        "id": claim.id,
        "is_agreed": claim.is_agreed,
        "parts": [span_json(part) for part in claim.parts],
        "quote": claim.quote,
        "claim_type": claim.claim_type,
        "check_worthiness": claim.check_worthiness,
        "wording": claim.wording,
        "speaker": claim.source.id,
        "speaker_name": claim.source.name,
        "article": claim.passage.slug,
        "published": claim.passage.published,
        "url": claim.passage.url,
        "sentence": claim.passage.sentence,
    }
