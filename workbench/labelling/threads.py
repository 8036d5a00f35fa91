"""Read questions to the lead with their messages: an annotator's own, everybody's for a lead.

A lead who is still labelling an article, or has still to train on it, sees of it the own questions
only: what others ask shows how they read it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from workbench.accounts.tables import User
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import read_headings
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
from workbench.labelling.frames import SentenceId, Span, span_json
from workbench.labelling.remembered import edition_text
from workbench.labelling.slots import is_unfinished
from workbench.labelling.tables import Assignment, Claim, Question, QuestionMessage
from workbench.projects.tables import Membership

SETTLED = "settled"

_Columns = TypeVarTuple("_Columns")
_Who = InstrumentedAttribute[int] | ScalarSelect[int] | int


@dataclass(frozen=True)
class Viewer:
    """Who looks at questions; a lead sees those of others too, but not on ``unseen`` articles.

    Who adjudicates is not told who asked: the answers they compare are nobody's.
    """

    user_id: int
    is_lead: bool
    unseen: Collection[int] = ()
    is_adjudicator: bool = False

    def may_know(self, asked_by: int) -> bool:
        """Tell whether the person is told who asked."""
        return asked_by == self.user_id or not self.is_adjudicator


@dataclass(frozen=True)
class ListedQuestion:
    """A question in a list, with its first words and who wrote last; none where it is hidden."""

    id: str
    article: str
    heading: str
    language: str
    position: int
    quote: str
    text: str
    asker: str | None
    is_settled: bool
    is_answered: bool
    last_by: str | None
    last_at: datetime


@dataclass(frozen=True)
class Message:
    """A line of a thread."""

    id: str
    kind: str
    text: str
    by: str
    user_id: int
    made_at: datetime


@dataclass(frozen=True)
class Thread:
    """A question with its messages; ``has_news`` when whoever asked has not read them all."""

    id: str
    sentence: SentenceId
    span: Span
    claim: str | None
    asked_by: int
    is_settled: bool
    has_news: bool
    messages: Sequence[Message]

    def json(self, user_id: int) -> JsonObject:
        """Return the thread as the workspace of that person gets it."""
        return {
            "id": self.id,
            "sentence": str(self.sentence),
            "span": span_json(self.span),
            "claim": self.claim,
            "is_settled": self.is_settled,
            "has_news": self.has_news,
            "messages": [
                {
                    "id": message.id,
                    "kind": message.kind,
                    "text": message.text,
                    "by": message.by,
                    "is_mine": message.user_id == user_id,
                    "made_at": message.made_at.isoformat(),
                }
                for message in self.messages
            ],
        }


@dataclass(frozen=True)
class ThreadInText:
    """A thread with where it stands: its sentence, cut around the quote, and those beside it."""

    thread: Thread
    article: str
    heading: str
    language: str
    is_withdrawn: bool
    is_labelled_by_viewer: bool
    before: str
    opening: str
    quote: str
    closing: str
    after: str


def list_questions(
    session: Session,
    *,
    project_id: int,
    viewer: Viewer,
    settled: bool | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ListedQuestion]:
    """List the questions that the person may see, open ones first, the last written to first."""
    last, writer, first = aliased(QuestionMessage), aliased(User), aliased(QuestionMessage)
    rows = session.execute(
        _seen_by(
            select(
                Question.public_id,
                Question.span,
                has_news().label("has_news"),
                Question.asked_by,
                Article.id.label("article_id"),
                Article.slug,
                Article.language,
                Sentence.position,
                User.name.label("asker"),
                first.text,
                last.kind,
                last.made_at,
                last.made_by,
                writer.name.label("writer"),
            ),
            project_id,
            viewer,
            last,
            settled,
        )
        .join(User, User.id == Question.asked_by)
        .join(writer, writer.id == last.made_by)
        # A question and its first message have the same id.
        .join(
            first,
            and_(first.project_id == Question.project_id, first.public_id == Question.public_id),
        )
        .order_by(last.kind == SETTLED, last.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    headings = read_headings(session, article_ids={row.article_id for row in rows})
    return [
        ListedQuestion(
            id=row.public_id,
            article=row.slug,
            heading=headings[row.article_id],
            language=row.language,
            position=row.position,
            quote=_span(row.span).text,
            text=row.text,
            asker=row.asker if viewer.may_know(row.asked_by) else None,
            is_settled=row.kind == SETTLED,
            is_answered=row.has_news and row.asked_by == viewer.user_id,
            last_by=(
                row.writer if row.made_by != row.asked_by or viewer.may_know(row.asked_by) else None
            ),
            last_at=row.made_at,
        )
        for row in rows
    ]


def count_questions(
    session: Session, *, project_id: int, viewer: Viewer, settled: bool | None = None
) -> int:
    """Count the questions that ``list_questions`` would list without a limit."""
    counted = select(func.count(Question.id))
    last = aliased(QuestionMessage)
    return session.scalar(_seen_by(counted, project_id, viewer, last, settled)) or 0


def count_answered(session: Session, *, project_id: int, user_id: int) -> int:
    """Count the person's own questions with messages of others that they have not read."""
    return session.scalar(select(answered_by_others(project_id, user_id))) or 0


def answered_by_others(
    project: ColumnElement[int] | int, user: ScalarSelect[int] | int
) -> ScalarSelect[int]:
    """Select the count of ``count_answered``, as part of another statement."""
    return (
        select(func.count(Question.id))
        .where(Question.project_id == project, Question.asked_by == user, has_news())
        .scalar_subquery()
    )


def count_answered_by_project(session: Session, *, user_id: int) -> dict[int, int]:
    """Count the same in each project that has such questions, by the project's row id."""
    rows = session.execute(
        select(Question.project_id, func.count(Question.id).label("asked"))
        .where(Question.asked_by == user_id, has_news())
        .group_by(Question.project_id)
    ).all()
    return {row.project_id: row.asked for row in rows}


def has_news() -> ColumnElement[bool]:
    """Select whether others have written what whoever asked has not read."""
    message = aliased(QuestionMessage)
    return exists(
        select(message.id)
        .where(
            message.question_id == Question.id,
            message.id > Question.seen,
            message.made_by != Question.asked_by,
        )
        .correlate(Question)
    )


def list_own_threads(
    session: Session, *, project_id: int, user_id: int, edition_id: int
) -> list[Thread]:
    """Return the person's own questions about a text edition, in the order they were asked."""
    own = _select_threads(project_id).where(
        Question.asked_by == user_id, Sentence.edition_id == edition_id
    )
    return _read_threads(session, own)


def find_thread(
    session: Session, *, project_id: int, viewer: Viewer, question: str
) -> ThreadInText:
    """Return a question in its place; ``NotFoundError`` for what the person may not see."""
    row = session.execute(
        select(
            Question.id,
            Sentence.position,
            TextEdition.id.label("edition_id"),
            Article.id.label("article_id"),
            Article.slug,
            Article.language,
            Article.withdrawn_at,
            Article.erased_at,
            exists(_slots_of(viewer.user_id)).label("is_labelled"),
        )
        .join(Sentence, Sentence.id == Question.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Question.project_id == project_id,
            Question.public_id == question,
            is_visible(viewer),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such question in this project.")
    (thread,) = _read_threads(session, _select_threads(project_id).where(Question.id == row.id))
    near = session.execute(
        select(Sentence.position, Sentence.start, Sentence.end).where(
            Sentence.project_id == project_id,
            Sentence.edition_id == row.edition_id,
            Sentence.position.between(row.position - 1, row.position + 1),
        )
    ).all()
    # A process may still remember a text that is erased.
    text = "" if row.erased_at else edition_text(session, edition_id=row.edition_id)
    ranges = {position: (start, end) for position, start, end in near}
    start, end = ranges[row.position]
    span = thread.span
    return ThreadInText(
        thread=thread,
        article=row.slug,
        heading=read_headings(session, article_ids=[row.article_id])[row.article_id],
        language=row.language,
        is_withdrawn=row.withdrawn_at is not None,
        is_labelled_by_viewer=row.is_labelled,
        before=text[slice(*ranges.get(row.position - 1, (0, 0)))],
        opening=text[start : span.start],
        quote=text[span.start : span.end],
        closing=text[span.end : max(end, span.end)],
        after=text[slice(*ranges.get(row.position + 1, (0, 0)))] if span.end <= end else "",
    )


def is_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Select whether the person may see a question, beside its sentence's text edition."""
    is_own = Question.asked_by == viewer.user_id
    if not viewer.is_lead:
        return is_own
    unfinished = _slots_of(viewer.user_id).where(is_unfinished())
    return or_(is_own, and_(~exists(unfinished), TextEdition.article_id.not_in(viewer.unseen)))


def _slots_of(user_id: int) -> Select[int]:
    """Select the person's slots of the article at hand."""
    return (
        select(Assignment.id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == TextEdition.project_id,
            Assignment.article_id == TextEdition.article_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
        .correlate(TextEdition)
    )


def _seen_by(
    chosen: Select[*_Columns],
    project_id: int,
    viewer: Viewer,
    last: type[QuestionMessage],
    settled: bool | None,
) -> Select[*_Columns]:
    """Choose from the questions the person may see, each beside its newest message ``last``."""
    of_question = aliased(QuestionMessage)
    newest = (
        select(func.max(of_question.id))
        .where(of_question.question_id == Question.id)
        .correlate(Question)
        .scalar_subquery()
    )
    seen = (
        chosen.select_from(Question)
        .join(Sentence, Sentence.id == Question.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .join(last, last.id == newest)
        .where(Question.project_id == project_id, is_visible(viewer))
    )
    if settled is None:
        return seen
    return seen.where(last.kind == SETTLED if settled else last.kind != SETTLED)


def _select_threads(project_id: int) -> Select[*tuple[object, ...]]:
    return (
        select(
            Question.public_id.label("question"),
            Question.span,
            Question.asked_by,
            has_news().label("has_news"),
            Claim.public_id.label("claim"),
            Article.public_id.label("article"),
            TextEdition.number.label("edition"),
            Sentence.position,
            QuestionMessage.public_id.label("message"),
            QuestionMessage.kind,
            QuestionMessage.text,
            QuestionMessage.made_by,
            QuestionMessage.made_at,
            User.name,
        )
        .select_from(Question)
        .join(Sentence, Sentence.id == Question.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .outerjoin(Claim, Claim.id == Question.claim_id)
        .join(QuestionMessage, QuestionMessage.question_id == Question.id)
        .join(User, User.id == QuestionMessage.made_by)
        .where(Question.project_id == project_id)
        .order_by(Question.id, QuestionMessage.id)
    )


def _read_threads(session: Session, threads: Select[*tuple[object, ...]]) -> list[Thread]:
    rows = session.execute(threads).all()
    messages: dict[str, list[Message]] = {}
    for row in rows:
        messages.setdefault(row.question, []).append(
            Message(row.message, row.kind, row.text, row.name, row.made_by, row.made_at)
        )
    questions = {row.question: row for row in rows}
    return [
        Thread(
            id=id_,
            sentence=SentenceId(row.article, row.edition, row.position),
            span=_span(row.span),
            claim=row.claim,
            asked_by=row.asked_by,
            is_settled=messages[id_][-1].kind == SETTLED,
            has_news=row.has_news,
            messages=messages[id_],
        )
        for id_, row in questions.items()
    ]


def _span(stored: Json) -> Span:
    span = cast(JsonObject, stored)
    return Span(cast(int, span["start"]), cast(int, span["end"]), str(span["text"]))
