"""Ask the lead about words of the text, and talk until it is settled; nothing is ever changed.

The first message of a question has the question's id, which the browser makes: a repeat of what
was sent changes nothing, and other content under the same id is a conflict.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.canonical import Json
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.corpus.text import UNSTORABLE
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.labelling.answers import answerer_of
from workbench.labelling.checking import Place, find_place
from workbench.labelling.frames import SentenceId, Span, quote_problem, span_json
from workbench.labelling.parsing import (
    parse_browser_id,
    parse_object,
    parse_sentence_id,
    parse_span,
)
from workbench.labelling.remembered import edition_text
from workbench.labelling.rules import closed_article
from workbench.labelling.tables import Annotation, Claim, Question, QuestionMessage
from workbench.labelling.threads import SETTLED, Viewer, is_visible
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

MAX_TEXT = 2000
TEXT = "text"
REOPENED = "reopened"


@dataclass(frozen=True)
class GivenQuestion:
    """A question as an annotator's browser sends it; ``claim`` is one of the own answers."""

    id: str
    sentence: SentenceId
    span: Span
    claim: str | None
    text: str


@dataclass(frozen=True)
class GivenMessage:
    """A further message as a browser sends it."""

    id: str
    text: str


def parse_question(payload: Json) -> GivenQuestion:
    """Read ``{"id", "sentence", "span", "claim", "text"}``."""
    entry = parse_object(payload, "question", "id sentence span claim text")
    claim = entry["claim"]
    return GivenQuestion(
        id=parse_browser_id(entry["id"], "id"),
        sentence=parse_sentence_id(entry["sentence"]),
        span=parse_span(entry["span"], "span"),
        claim=None if claim is None else parse_browser_id(claim, "claim"),
        text=check_text(entry["text"]),
    )


def parse_message(payload: Json) -> GivenMessage:
    """Read ``{"id", "text"}``."""
    entry = parse_object(payload, "message", "id text")
    return GivenMessage(parse_browser_id(entry["id"], "id"), check_text(entry["text"]))


def check_text(text: Json) -> str:
    """Return what somebody wrote, with one kind of line end and no blanks around it."""
    given = text.replace("\r\n", "\n").strip() if isinstance(text, str) else ""
    if not 1 <= len(given) <= MAX_TEXT:
        raise InvalidInputError("Write 1 to %(most)s characters.", most=MAX_TEXT)
    if found := UNSTORABLE.search(given):
        raise InvalidInputError(
            "The message has U+%(code)s, which cannot be stored, at character %(position)s: "
            "remove it.",
            code=f"{ord(found[0]):04X}",
            position=found.start() + 1,
        )
    return given


def ask(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    slug: str,
    given: GivenQuestion,
    by: int,
    now: datetime,
) -> None:
    """Record a person's question about an article they have begun; a repeat changes nothing."""
    share_project(session, project_id)
    place = find_place(
        session,
        project_id=project_id,
        membership_id=membership_id,
        slug=slug,
        sentence=given.sentence,
    )
    claim_id = _find_claim(session, project_id, membership_id, place, given.claim)
    _lock_article(session, place.article_id)
    if first := _find_question(session, project_id, given.id):
        if first != (place.sentence_id, span_json(given.span), claim_id, by, given.text):
            raise _taken()
        return
    _refuse_wrong_span(session, place, given.span)
    question = Question(
        project_id=project_id,
        public_id=given.id,
        sentence_id=place.sentence_id,
        span=span_json(given.span),
        claim_id=claim_id,
        asked_by=by,
        asked_at=now,
        seen=0,
    )
    session.add(question)
    session.flush()
    _add_message(session, question, given.id, TEXT, given.text, by=by, now=now)


def reply(
    session: Session,
    *,
    project_id: int,
    viewer: Viewer,
    question: str,
    given: GivenMessage,
    now: datetime,
) -> None:
    """Add a message to a question; one that was settled is open again. A repeat changes nothing."""
    found = _lock_question(session, project_id, viewer, question)
    same = session.scalar(
        select(QuestionMessage).where(
            QuestionMessage.project_id == project_id, QuestionMessage.public_id == given.id
        )
    )
    if same is None:
        _add_message(session, found, given.id, TEXT, given.text, by=viewer.user_id, now=now)
    elif (same.question_id, same.made_by, same.text) != (found.id, viewer.user_id, given.text):
        raise _taken()


def settle(
    session: Session, *, project_id: int, viewer: Viewer, question: str, now: datetime
) -> None:
    """Say that a question is settled; a settled one stays as it is."""
    found = _lock_question(session, project_id, viewer, question)
    _turn(session, found, SETTLED, by=viewer.user_id, now=now)


def reopen(
    session: Session, *, project_id: int, viewer: Viewer, question: str, now: datetime
) -> None:
    """Say that a settled question is open again; an open one stays as it is."""
    found = _lock_question(session, project_id, viewer, question)
    _turn(session, found, REOPENED, by=viewer.user_id, now=now)


def note_seen(
    session: Session, *, project_id: int, user_id: int, question: str, message: str
) -> None:
    """Note up to which message whoever asked has read; nothing happens for anybody else."""
    share_project(session, project_id)
    newest = session.scalar(
        select(QuestionMessage.id)
        .join(Question, Question.id == QuestionMessage.question_id)
        .where(
            Question.project_id == project_id,
            Question.public_id == question,
            Question.asked_by == user_id,
            QuestionMessage.project_id == project_id,
            QuestionMessage.public_id == message,
        )
    )
    if newest is None:
        raise _unknown()
    session.execute(
        update(Question)
        .where(
            Question.project_id == project_id,
            Question.public_id == question,
            Question.seen < newest,
        )
        .values(seen=newest)
    )


def _turn(session: Session, question: Question, kind: str, *, by: int, now: datetime) -> None:
    newest = session.scalars(
        select(QuestionMessage.kind)
        .where(QuestionMessage.question_id == question.id)
        .order_by(QuestionMessage.id.desc())
        .limit(1)
    ).one()
    if (newest == SETTLED) is (kind == SETTLED):
        return
    _add_message(session, question, make_public_id(), kind, "", by=by, now=now)
    record_act(
        session,
        question,
        "settle_question" if kind == SETTLED else "reopen_question",
        by=by,
        now=now,
    )


def _lock_question(session: Session, project_id: int, viewer: Viewer, public_id: str) -> Question:
    """Return a question the person may see; on PostgreSQL others who write to it wait."""
    share_project(session, project_id)
    row = session.execute(
        select(Question, TextEdition.article_id)
        .join(Sentence, Sentence.id == Question.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(
            Question.project_id == project_id,
            Question.public_id == public_id,
            is_visible(viewer),
        )
    ).one_or_none()
    if row is None:
        raise _unknown()
    question, article_id = row
    _lock_article(session, article_id)
    return question


def _lock_article(session: Session, article_id: int) -> None:
    """Let one after the other talk about an article, and none while its text is being erased."""
    erased_at = session.execute(
        select(Article.erased_at).where(Article.id == article_id).with_for_update(key_share=True)
    ).scalar_one()
    if erased_at is not None:
        raise closed_article(is_erased=True)


def _find_claim(
    session: Session, project_id: int, membership_id: int, place: Place, claim: str | None
) -> int | None:
    if claim is None:
        return None
    found = session.scalar(
        select(Claim.id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(
            Claim.project_id == project_id,
            Claim.public_id == claim,
            Annotation.answerer == answerer_of(membership_id),
            Sentence.edition_id == place.edition_id,
        )
    )
    if found is None:
        raise InvalidInputError("Your answers to this article have no claim %(id)s.", id=claim)
    return found


def _find_question(session: Session, project_id: int, public_id: str) -> tuple[object, ...] | None:
    """Return what was asked under an id: sentence, span, claim, person, text."""
    row = session.execute(
        select(
            Question.sentence_id,
            Question.span,
            Question.claim_id,
            Question.asked_by,
            QuestionMessage.text,
        )
        .join(QuestionMessage, QuestionMessage.question_id == Question.id)
        .where(
            Question.project_id == project_id,
            Question.public_id == public_id,
            QuestionMessage.public_id == public_id,
        )
    ).one_or_none()
    return tuple(row) if row else None


def _refuse_wrong_span(session: Session, place: Place, span: Span) -> None:
    text = edition_text(session, edition_id=place.edition_id)
    if wrong := quote_problem("span", span, text):
        raise wrong
    if not place.start <= span.start < place.end:
        raise InvalidInputError(
            "%(place)s starts at %(at)s, outside the sentence (%(start)s to %(end)s);"
            " it belongs to the sentence in which it starts.",
            place="span",
            at=span.start,
            start=place.start,
            end=place.end,
        )


def _add_message(
    session: Session,
    question: Question,
    public_id: str,
    kind: str,
    text: str,
    *,
    by: int,
    now: datetime,
) -> None:
    session.add(
        QuestionMessage(
            project_id=question.project_id,
            public_id=public_id,
            question_id=question.id,
            kind=kind,
            text=text,
            made_by=by,
            made_at=now,
        )
    )
    session.flush()


def _taken() -> ConflictError:
    return ConflictError("Another message has this id already; make a new id for a new message.")


def _unknown() -> NotFoundError:
    return NotFoundError("There is no such question in this project.")
