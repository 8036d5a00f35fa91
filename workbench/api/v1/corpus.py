"""Articles and their sentences; importing more."""

from functools import partial

from flask import url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, PageQuery, QueryNumber
from workbench.api.routes import Part, operation, paged
from workbench.canonical import JsonObject, canonical_json
from workbench.clock import utc_now
from workbench.corpus.importing import JOB, request_import
from workbench.corpus.queries import find_article, newest_edition, read_sentences
from workbench.corpus.tables import Article
from workbench.errors import InvalidInputError, NotFoundError
from workbench.jobs.queries import get_job
from workbench.jobs.rules import JobState, JobStatus
from workbench.jobs.runner import wake_runner
from workbench.projects.rules import Action
from workbench.storage.database import db, transaction
from workbench.storage.paging import page_after

MOST_ARTICLES = 1000
MOST_BYTES = 16 * 1024 * 1024

blueprint = Part("corpus", "Articles and their sentences")
reading = partial(operation, blueprint, scope=Scope.READ_CORPUS, action=Action.SEE_ARTICLES)


class ArticleAnswer(Schema):
    """What is known of an article."""

    id = fields.String(required=True)
    slug = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    outlet = fields.String(required=True, allow_none=True)
    author = fields.String(required=True, allow_none=True)
    published = fields.String(
        required=True, allow_none=True, metadata={"description": "EDTF, such as 2023-12."}
    )
    url = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    rights = fields.String(required=True, allow_none=True)
    is_withdrawn = fields.Boolean(required=True)


class ArticlesAnswer(Schema):
    """A page of articles."""

    items = fields.List(fields.Nested(ArticleAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class EditionAnswer(Schema):
    """A text of an article; offsets count its Unicode code points."""

    number = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    text = fields.String(required=True)


class WholeArticleAnswer(ArticleAnswer):
    """An article with its newest text."""

    edition = fields.Nested(EditionAnswer, required=True)


class SentenceAnswer(Schema):
    """A sentence of the newest text."""

    id = fields.String(required=True, metadata={"description": "ARTICLE.EDITION.POSITION"})
    position = fields.Integer(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    zone = fields.String(required=True)
    text = fields.String(required=True)


class SentencesAnswer(Schema):
    """A page of sentences."""

    items = fields.List(fields.Nested(SentenceAnswer), required=True)
    next = fields.String(required=True, allow_none=True)


class SentencesQuery(Schema):
    """Which sentences are asked for."""

    cursor = QueryNumber(
        load_default=0, metadata={"description": "The position after which the page begins."}
    )
    limit = QueryNumber(load_default=MOST, validate=Range(1, MOST))


class JobAnswer(Schema):
    """A job that the server works on."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in JobState]})
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True)
    result = fields.Raw(required=True, metadata={"description": "What came of it."})


class StartedAnswer(Schema):
    """A job that was asked for."""

    job = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "Where to ask how far it is."})


class ArticlesBody(Schema):
    """Articles, each as in `schemas/article.v1.schema.json`."""

    name = fields.String(
        load_default="articles",
        validate=Length(1, 100),
        metadata={"description": "What the delivery is called, as a file would be."},
    )
    articles = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        validate=Length(1, MOST_ARTICLES),
    )


@reading("/projects/<slug>/articles", query=PageQuery, answer=ArticlesAnswer)
def list_articles(project: ProjectCaller, cursor: str | None, limit: int) -> object:
    """List the project's articles in the order of their import, withdrawn ones included."""
    rows, following = page_after(
        db.session(), Article, project_id=project.id, cursor=cursor, limit=limit
    )
    return paged([describe_article(row) for row in rows], following)


@operation(
    blueprint,
    "/projects/<slug>/articles",
    method="POST",
    scope=Scope.WRITE_CORPUS,
    action=Action.IMPORT_ARTICLES,
    body=ArticlesBody,
    most_bytes=MOST_BYTES,
    answer=StartedAnswer,
    status=202,
)
def import_articles(project: ProjectCaller, name: str, articles: list[JsonObject]) -> object:
    """Import articles by a job, with the rules of the import page.

    All are stored or, where one is wrong, none; the job's result says which and why. The same
    again is passed over.
    """
    if "/" in name or not name.isprintable():
        raise InvalidInputError("Give the delivery a name as of a file, without a path.")
    lines = "".join(f"{canonical_json(article)}\n" for article in articles)
    content = lines.encode("utf-8", "surrogatepass")  # The reader refuses them with their place.
    with transaction() as session:
        job = request_import(
            session,
            project_id=project.id,
            files=[(f"{name}.jsonl", content)],
            by=project.user,
            now=utc_now(),
        )
    wake_runner()
    return {"job": job, "url": url_for("api_corpus.show_job", slug=project.slug, job=job)}


@reading("/projects/<slug>/articles/<article>", answer=WholeArticleAnswer)
def show_article(project: ProjectCaller, article: str) -> object:
    """Show an article, by its slug or its id, with its newest text."""
    session = db.session()
    row = find_article(session, project_id=project.id, name=article)
    edition = newest_edition(session, project_id=project.id, article_id=row.id)
    text: JsonObject = {
        "number": edition.number,
        "sha256": edition.sha256,
        "text": edition.text,
    }
    return {**describe_article(row), "edition": text}


@reading(
    "/projects/<slug>/articles/<article>/sentences", query=SentencesQuery, answer=SentencesAnswer
)
def list_sentences(project: ProjectCaller, article: str, cursor: int, limit: int) -> object:
    """List the sentences of an article's newest text, in its order."""
    session = db.session()
    row = find_article(session, project_id=project.id, name=article)
    edition = newest_edition(session, project_id=project.id, article_id=row.id)
    found = [
        one
        for one in read_sentences(session, project_id=project.id, edition_id=edition.id)
        if one.position > cursor
    ]
    items: list[JsonObject] = [
        {
            "id": f"{row.public_id}.{edition.number}.{one.position}",
            "position": one.position,
            "start": one.start,
            "end": one.end,
            "zone": one.zone,
            "text": edition.text[one.start : one.end],
        }
        for one in found[:limit]
    ]
    return paged(items, str(found[limit - 1].position) if len(found) > limit else None)


@operation(
    blueprint,
    "/projects/<slug>/jobs/<job>",
    scope=Scope.WRITE_CORPUS,
    action=Action.IMPORT_ARTICLES,
    answer=JobAnswer,
)
def show_job(project: ProjectCaller, job: str) -> object:
    """Tell how far an import is, and what came of it."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    if found.kind != JOB:
        raise NotFoundError("There is no such job.")
    return describe_job(found)


def describe_job(found: JobStatus) -> JsonObject:
    """Return how far a job is, and what came of it."""
    return {
        "id": found.public_id,
        "kind": found.kind,
        "state": found.state.value,
        "done": found.done,
        "total": found.total,
        "problem": found.problem,
        "result": found.result,
    }


def describe_article(row: Article) -> JsonObject:
    """Return what is known of an article."""
    return {
        "id": row.public_id,
        "slug": row.slug,
        "title": row.title,
        "outlet": row.outlet,
        "author": row.author,
        "published": row.published,
        "url": row.url,
        "language": row.language,
        "rights": row.rights,
        "is_withdrawn": row.withdrawn_at is not None,
    }
