"""Corrected texts: the next edition of an article, and answers that moved with it."""

from collections.abc import Callable
from functools import partial

from marshmallow import Schema, fields
from marshmallow.validate import Length

from workbench.accounts.api_tokens import Scope
from workbench.adjudication import editions as adjudication
from workbench.api.access import ProjectCaller
from workbench.api.fields import Count, Flag, Identifier, Text
from workbench.api.routes import Nothing, Part, operation
from workbench.api.v1.corpus import MOST_BYTES
from workbench.clock import utc_now
from workbench.corpus.correcting import Correction, correct_text, move_borders
from workbench.corpus.language import Language
from workbench.corpus.queries import find_article, newest_edition, read_version
from workbench.corpus.rules import Version
from workbench.corpus.tables import Article
from workbench.errors import ForbiddenError, InvalidInputError
from workbench.labelling.answers import answerer_of
from workbench.labelling.editions import confirm_moved
from workbench.labelling.editions import confirm_question as move_question
from workbench.labelling.importing import suggest_articles
from workbench.labelling.passages import (
    Carried,
    Standing,
    find_passage,
    read_carried,
    read_carried_questions,
    read_passage,
)
from workbench.labelling.queries import get_slot
from workbench.labelling.tables import GOLD
from workbench.labelling.training import hides_answers
from workbench.projects.rules import Action, Role
from workbench.storage.database import db, transaction

ARTICLE = "/projects/<slug>/articles/<article>"
OWN = "/projects/<slug>/own/<article>/moved"
AGREED = "/projects/<slug>/cases/<article>/moved"
MOST_POSITION = 999_999

blueprint = Part("editions", "Corrected texts")
own = partial(operation, blueprint, action=Action.ANNOTATE)
agreed = partial(operation, blueprint, action=Action.ADJUDICATE)


class CorrectionBody(Schema):
    """A correction of an article's newest text."""

    after = Count("The number of the edition that it was made from.", least=1)
    is_sure = Flag(
        load_default=False,
        metadata={"description": "It is this article's text although most sentences differ."},
    )
    is_trial = Flag(load_default=False, metadata={"description": "Only tell what would stay."})


class CorrectedTextBody(CorrectionBody):
    """The corrected text."""

    text = Text(required=True, validate=Length(1, MOST_BYTES))


class BordersBody(CorrectionBody):
    """The same text with other sentence borders."""

    lines = Text(
        required=True,
        validate=Length(1, MOST_BYTES),
        metadata={"description": "All of the text, one sentence to a line."},
    )


class CorrectedAnswer(Schema):
    """The newest edition, and how many sentences of the one before are in the text."""

    edition = fields.Integer(required=True)
    sentences = fields.Integer(required=True)
    kept = fields.Integer(required=True)
    is_doubtful = fields.Boolean(
        required=True, metadata={"description": "It may be another article's text."}
    )


class MovedAnswer(Schema):
    """An answer to the edition before, and where it stands on its way to the new one."""

    position = fields.Integer(required=True, metadata={"description": "In the edition before."})
    revision = fields.String(required=True)
    standing = fields.String(required=True, metadata={"enum": [one.value for one in Standing]})
    becomes = fields.List(
        fields.Integer(), required=True, metadata={"description": "Positions in the new edition."}
    )


class MovedAnswers(Schema):
    """Answers to the edition before."""

    items = fields.List(fields.Nested(MovedAnswer), required=True)


class MovedQuestionAnswer(Schema):
    """A question about the edition before, and whether its words are in the new one."""

    id = fields.String(required=True)
    position = fields.Integer(required=True)
    is_found = fields.Boolean(required=True)


class OwnMovedAnswers(MovedAnswers):
    """Your answers to the edition before, and your questions about it."""

    questions = fields.List(fields.Nested(MovedQuestionAnswer), required=True)


class ConfirmBody(Schema):
    """An answer that moved, as it was looked at."""

    position = Count("Its sentence in the edition before.", least=1, most=MOST_POSITION)
    revision = Identifier("Its newest revision.")


class ConfirmQuestionBody(Schema):
    """A question whose words moved."""

    question = Identifier("Its id.")


@operation(
    blueprint,
    f"{ARTICLE}/text",
    method="POST",
    scope=Scope.WRITE_CORPUS,
    action=Action.EDIT_ARTICLES,
    body=CorrectedTextBody,
    most_bytes=MOST_BYTES,
    answer=CorrectedAnswer,
)
def correct(
    project: ProjectCaller, article: str, text: str, after: int, *, is_sure: bool, is_trial: bool
) -> object:
    """Make a corrected text the article's next edition, or tell what would stay of this one.

    Answers whose words stand unchanged in one place go over; those that moved wait for whoever
    gave them.
    """

    def read(old: Version, language: Language) -> Correction:
        return correct_text(text.replace("\r\n", "\n"), old=old, language=language)

    return _correct(project, article, read, after, is_sure=is_sure, is_trial=is_trial)


@operation(
    blueprint,
    f"{ARTICLE}/borders",
    method="POST",
    scope=Scope.WRITE_CORPUS,
    action=Action.MARK_ZONES,
    body=BordersBody,
    most_bytes=MOST_BYTES,
    answer=CorrectedAnswer,
)
def cut(
    project: ProjectCaller, article: str, lines: str, after: int, *, is_sure: bool, is_trial: bool
) -> object:
    """Split and merge the sentences of an article; its words stay."""

    def read(old: Version, _language: Language) -> Correction:
        return move_borders(lines, old=old)

    return _correct(project, article, read, after, is_sure=is_sure, is_trial=is_trial)


@own(OWN, scope=Scope.READ_ANNOTATIONS, answer=OwnMovedAnswers)
def list_own_moved(project: ProjectCaller, article: str) -> object:
    """List what became of your answers and questions when the text was corrected."""
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    found = find_article(session, project_id=project.id, name=article)
    who = answerer_of(membership)
    passage = find_passage(session, article=found, edition_id=slot.edition_id, answerer=who)
    if passage is None or found.erased_at:
        return {"items": [], "questions": []}
    questions = read_carried_questions(session, passage, user_id=project.user)
    return {
        "items": _describe(read_carried(session, passage, answerer=who)),
        "questions": [
            {
                "id": one.question.public_id,
                "position": one.position,
                "is_found": one.span is not None,
            }
            for one in questions
        ],
    }


@own(
    f"{OWN}/confirm",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    body=ConfirmBody,
    answer=Nothing,
)
def confirm_own(project: ProjectCaller, article: str, position: int, revision: str) -> object:
    """Confirm an answer of yours that moved."""

    def act(found: Article, edition_id: int) -> None:
        with transaction() as session:
            confirm_moved(
                session,
                article=found,
                edition_id=edition_id,
                membership_id=project.memberships[Role.ANNOTATOR],
                position=position,
                revision=revision,
                by=project.user,
                now=utc_now(),
            )

    return _confirm_own(project, article, act)


@own(
    f"{OWN}/question",
    method="POST",
    scope=Scope.WRITE_ANNOTATIONS,
    body=ConfirmQuestionBody,
    answer=Nothing,
)
def confirm_question(project: ProjectCaller, article: str, question: str) -> object:
    """Put a question of yours at the words it has now."""

    def act(found: Article, edition_id: int) -> None:
        with transaction() as session:
            move_question(
                session,
                article=found,
                edition_id=edition_id,
                membership_id=project.memberships[Role.ANNOTATOR],
                question=question,
                by=project.user,
                now=utc_now(),
            )

    return _confirm_own(project, article, act)


@agreed(AGREED, scope=Scope.READ_ANNOTATIONS, answer=MovedAnswers)
def list_agreed_moved(project: ProjectCaller, article: str) -> object:
    """List what became of the agreed answers when the text was corrected."""
    session = db.session()
    found = _find_open(project, article)
    newest = newest_edition(session, project_id=project.id, article_id=found.id)
    if newest.number == 1 or found.erased_at:
        return {"items": []}
    passage = read_passage(session, article=found, number=newest.number)
    return {"items": _describe(read_carried(session, passage, answerer=GOLD))}


@agreed(
    f"{AGREED}/confirm",
    method="POST",
    scope=Scope.WRITE_ADJUDICATION,
    body=ConfirmBody,
    answer=Nothing,
)
def confirm_agreed(project: ProjectCaller, article: str, position: int, revision: str) -> object:
    """Confirm an agreed answer that moved."""
    found = _find_open(project, article)
    newest = newest_edition(db.session(), project_id=project.id, article_id=found.id)
    with transaction() as session:
        adjudication.confirm_agreed(
            session,
            article=found,
            edition_id=newest.id,
            position=position,
            revision=revision,
            by=project.user,
            now=utc_now(),
        )
    return {}


def _correct(
    project: ProjectCaller,
    article: str,
    read: Callable[[Version, Language], Correction],
    after: int,
    *,
    is_sure: bool,
    is_trial: bool,
) -> object:
    session = db.session()
    found = find_article(session, project_id=project.id, name=article)
    slug, edition = found.slug, newest_edition(session, project_id=project.id, article_id=found.id)
    old, number = read_version(session, edition=edition), edition.number
    correction = read(old, "en" if found.language == "en" else "fr")
    if not is_trial:
        if correction.is_doubtful and not is_sure:
            raise InvalidInputError(
                "Most sentences are other ones: say is_sure if it is this article's text."
            )
        with transaction() as writing:
            number = adjudication.correct_article(
                writing,
                project_id=project.id,
                article_id=found.id,
                after=after,
                version=correction.version,
                by=project.user,
                now=utc_now(),
            ).edition
        suggest_articles(project.id, [slug])
    return {
        "edition": number,
        "sentences": len(correction.version.sentences),
        "kept": correction.kept,
        "is_doubtful": correction.is_doubtful,
    }


def _confirm_own(
    project: ProjectCaller, article: str, act: Callable[[Article, int], None]
) -> object:
    session, membership = db.session(), project.memberships[Role.ANNOTATOR]
    slot = get_slot(session, project_id=project.id, membership_id=membership, slug=article)
    act(find_article(session, project_id=project.id, name=article), slot.edition_id)
    return {}


def _find_open(project: ProjectCaller, article: str) -> Article:
    """Return the article, unless whoever asks has still to label it."""
    session = db.session()
    found = find_article(session, project_id=project.id, name=article)
    if hides_answers(session, project_id=project.id, article_id=found.id, user_id=project.user):
        raise ForbiddenError("You have still to label this article yourself.")
    return found


def _describe(found: list[Carried]) -> list[dict[str, object]]:
    return [
        {
            "position": one.position,
            "revision": one.stored.answer.id,
            "standing": one.standing.value,
            "becomes": sorted(one.outcome.pieces),
        }
        for one in found
    ]
