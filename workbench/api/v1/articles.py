"""What is known of articles: metadata, zones, taking one out of the work and back."""

from collections.abc import Callable
from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf
from sqlalchemy.orm import Session

from workbench.accounts.api_tokens import Scope
from workbench.adjudication.erasure import blank_notes
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, Count, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.v1.corpus import ArticleAnswer, describe_article
from workbench.clock import utc_now
from workbench.corpus import operations
from workbench.corpus.queries import find_article
from workbench.corpus.readers.records import check_manifest_entry
from workbench.corpus.rules import MAX_REASON_LENGTH
from workbench.corpus.tables import Article
from workbench.corpus.zones import Zone
from workbench.factcheck.erasure import blank_parts
from workbench.labelling.erasure import blank_quotes
from workbench.labelstudio.erasure import forget_agreed
from workbench.projects.operations import LANGUAGES
from workbench.projects.rules import Action
from workbench.storage.database import db, empty_journal, transaction

ONE = "/projects/<slug>/articles/<article>"

blueprint = Part("articles", "What is known of articles")
editing = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_CORPUS, action=Action.EDIT_ARTICLES
)


def _known(most: int) -> Text:
    return Text(required=True, allow_none=True, validate=Length(1, most))


class MetadataBody(Schema):
    """All that is known of an article; null says that it is not known."""

    title = _known(500)
    outlet = _known(200)
    author = _known(200)
    published = _known(32)
    url = _known(2000)
    language = fields.String(required=True, validate=OneOf(LANGUAGES))
    rights = _known(500)


class ZoneBody(Schema):
    """A sentence of the newest text, and its zone."""

    position = Count("Its number in the text.", least=1)
    zone = fields.String(required=True, validate=OneOf([zone.value for zone in Zone]))


class ZonesBody(Schema):
    """Sentences whose zone is another one."""

    zones = fields.List(fields.Nested(ZoneBody), required=True, validate=Length(1, MOST))


class WhyBody(Schema):
    """Why it is done."""

    reason = Text(required=True, validate=Length(1, MAX_REASON_LENGTH))


@editing(f"{ONE}/metadata", body=MetadataBody, answer=ArticleAnswer)
def edit(project: ProjectCaller, article: str, **given: object) -> object:
    """Say what is known of an article, all of it."""
    known = {
        name: " ".join(str(value).split()) or None if value is not None else None
        for name, value in given.items()
    }
    _, metadata = check_manifest_entry({"file": "-", **known}, "The article")

    def act(session: Session, found: Article) -> None:
        operations.edit_article(
            session,
            project_id=project.id,
            article_id=found.id,
            metadata=metadata,
            by=project.user,
            now=utc_now(),
        )

    return _change(project, article, act)


@operation(
    blueprint,
    f"{ONE}/zones",
    method="POST",
    scope=Scope.WRITE_CORPUS,
    action=Action.MARK_ZONES,
    body=ZonesBody,
    answer=ArticleAnswer,
)
def mark(project: ProjectCaller, article: str, zones: list[dict[str, object]]) -> object:
    """Mark sentences of an article's newest text with other zones, all or none."""

    def act(session: Session, found: Article) -> None:
        for one in zones:
            operations.change_zone(
                session,
                project_id=project.id,
                article_id=found.id,
                position=int(str(one["position"])),
                zone=str(one["zone"]),
                by=project.user,
                now=utc_now(),
            )

    return _change(project, article, act)


@editing(f"{ONE}/withdraw", body=WhyBody, answer=ArticleAnswer)
def withdraw(project: ProjectCaller, article: str, reason: str) -> object:
    """Take an article out of queues and exports; its answers stay, and it can come back."""

    def act(session: Session, found: Article) -> None:
        operations.withdraw_article(
            session,
            project_id=project.id,
            article_id=found.id,
            reason=reason,
            by=project.user,
            now=utc_now(),
        )

    return _change(project, article, act)


@editing(f"{ONE}/restore", body=Nothing, answer=ArticleAnswer)
def restore(project: ProjectCaller, article: str) -> object:
    """Bring a withdrawn article back."""

    def act(session: Session, found: Article) -> None:
        operations.restore_article(
            session, project_id=project.id, article_id=found.id, by=project.user, now=utc_now()
        )

    return _change(project, article, act)


@editing(f"{ONE}/erase", body=WhyBody, answer=ArticleAnswer)
def erase(project: ProjectCaller, article: str, reason: str) -> object:
    """Blank the text of an article, its file and every quote from it, for good.

    What stays is what is known of it, where each sentence and label stood, and the hashes.
    """

    def act(session: Session, found: Article) -> None:
        operations.erase_article(
            session,
            project_id=project.id,
            article_id=found.id,
            reason=reason,
            by=project.user,
            now=utc_now(),
        )
        blank_quotes(session, article_id=found.id)
        blank_notes(session, article_id=found.id)
        blank_parts(session, article_id=found.id)
        forget_agreed(session, article_id=found.id)

    answer = _change(project, article, act)
    db.session.rollback()  # The journal is emptied when nobody reads.
    empty_journal()
    return answer


def _change(
    project: ProjectCaller, article: str, act: Callable[[Session, Article], None]
) -> object:
    with transaction() as session:
        act(session, find_article(session, project_id=project.id, name=article))
    return describe_article(find_article(db.session(), project_id=project.id, name=article))
