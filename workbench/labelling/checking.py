"""Hold what a browser sends against scheme, text and registers, before anything is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar, cast

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject, content_hash
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import InvalidInputError, NotFoundError, WorkbenchError
from workbench.labelling.answers import answerer_of
from workbench.labelling.frames import Answer, SentenceId, answer_hash, answer_json, answer_problems
from workbench.labelling.parsing import Stamps, parse_answer, split_stamps
from workbench.labelling.remembered import (
    StoredScheme,
    edition_text,
    register_rows,
    stored_guideline,
    stored_scheme,
)
from workbench.labelling.rules import closed_article
from workbench.labelling.slots import has_begun
from workbench.labelling.tables import GOLD, Assignment, Suggestion, SuggestionRun
from workbench.storage.database import read_columns

_T = TypeVar("_T")
_U = TypeVar("_U")


@dataclass(frozen=True)
class Place:
    """Where an answer belongs: a sentence of the edition the person's slot is on, or was before.

    The agreed answer has no slot.
    """

    assignment_id: int | None
    article_id: int
    edition_id: int
    sentence_id: int
    start: int
    end: int


@dataclass(frozen=True)
class CheckedAnswer:
    """An answer that is right as far as what never changes can tell; ready to be saved.

    It is a member's, or without one the agreed answer.
    """

    project_id: int
    membership_id: int | None
    place: Place
    answer: Answer
    content_hash: str
    scheme: StoredScheme
    guideline_id: int
    register_number: int
    elapsed_ms: int
    speakers: Mapping[str, int]
    targets: Mapping[str, int]
    suggestions: Mapping[str, int]

    @property
    def answerer(self) -> str:
        """The word by which whoever answers is named."""
        return GOLD if self.membership_id is None else answerer_of(self.membership_id)


def check_annotation(
    session: Session, *, project_id: int, membership_id: int, slug: str, payload: Json
) -> CheckedAnswer:
    """Read what a browser sends and hold it against scheme, text and registers.

    Reads only, and only what never changes, so that it need not happen inside the transaction
    that saves. Raises ``InvalidInputError``, or ``NotFoundError`` for an article not begun.
    """
    (checked,) = check_annotations(
        session, project_id=project_id, membership_id=membership_id, slug=slug, payloads=[payload]
    )
    return unless_refused(checked)


def check_annotations(
    session: Session, *, project_id: int, membership_id: int, slug: str, payloads: Sequence[Json]
) -> list[CheckedAnswer | WorkbenchError]:
    """Read answers of one person to sentences of one article as ``check_annotation`` does each.

    What it would raise for one of them stands in its place.
    """
    sent = try_each(payloads, lambda payload: read_sent(session, project_id, payload))
    return check_sent(
        session, project_id=project_id, membership_id=membership_id, slug=slug, sent=sent
    )


def check_sent(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    slug: str,
    sent: Sequence["SentAnswer | WorkbenchError"],
) -> list[CheckedAnswer | WorkbenchError]:
    """Hold against text and registers what ``read_sent`` read; what it refused stays so."""
    answers = [one.answer for one in sent if not isinstance(one, WorkbenchError)]
    places = _find_places(
        session,
        project_id=project_id,
        membership_id=membership_id,
        slug=slug,
        sentences=[answer.sentence for answer in answers],
    )
    suggestions = _find_suggestions(session, project_id, answers)

    def check(one: SentAnswer) -> CheckedAnswer:
        place = places(one.answer.sentence)
        whole = answer_hash(one.answer)
        return _check(
            session,
            project_id,
            one,
            place,
            membership_id=membership_id,
            whole=whole,
            suggestions=suggestions,
        )

    return try_each(sent, check)


def try_each(
    ones: Iterable[_T | WorkbenchError], do: Callable[[_T], _U]
) -> list[_U | WorkbenchError]:
    """Do something with each that was not refused before; one that is now stands as its error."""
    done: list[_U | WorkbenchError] = []
    for one in ones:
        try:
            done.append(one if isinstance(one, WorkbenchError) else do(one))
        except WorkbenchError as error:
            done.append(error)
    return done


def unless_refused(one: _T | WorkbenchError) -> _T:
    """Return what became of one of several, or raise why nothing did."""
    if isinstance(one, WorkbenchError):
        raise one
    return one


def check_gold(
    session: Session, *, project_id: int, slug: str, payload: Json, beside: JsonObject
) -> CheckedAnswer:
    """Read an agreed answer as ``check_annotation`` does a person's.

    ``beside`` is what else was sent with it: a repeat has to say the same there, too.
    """
    sent = read_sent(session, project_id, payload)
    sentence = sent.answer.sentence
    place = find_gold_place(session, project_id=project_id, slug=slug, sentence=sentence)
    whole = content_hash({"answer": answer_json(sent.answer), "beside": beside})
    suggestions = _find_suggestions(session, project_id, [sent.answer])
    return _check(
        session,
        project_id,
        sent,
        place,
        membership_id=None,
        whole=whole,
        suggestions=suggestions,
    )


@dataclass(frozen=True)
class SentAnswer:
    """What was sent, as a value that the scheme takes."""

    stamps: Stamps
    scheme: StoredScheme
    answer: Answer


def read_sent(session: Session, project_id: int, payload: Json) -> SentAnswer:
    """Read what was sent by the scheme that it names; ``InvalidInputError`` if it does not fit."""
    stamps, entry = split_stamps(payload)
    scheme = stored_scheme(session, project_id=project_id, number=stamps.scheme)
    return SentAnswer(stamps, scheme, parse_answer(entry, scheme.scheme))


def _check(
    session: Session,
    project_id: int,
    sent: SentAnswer,
    place: Place,
    *,
    membership_id: int | None,
    whole: str,
    suggestions: "_Suggestions",
) -> CheckedAnswer:
    answer, stamps = sent.answer, sent.stamps
    text = edition_text(session, edition_id=place.edition_id)
    if problems := answer_problems(answer, text, place.start, place.end):
        raise problems[0]
    speakers, targets = _find_entries(session, project_id, answer)
    return CheckedAnswer(
        project_id=project_id,
        membership_id=membership_id,
        place=place,
        answer=answer,
        content_hash=whole,
        scheme=sent.scheme,
        guideline_id=stored_guideline(session, project_id=project_id, number=stamps.guideline).id,
        register_number=stamps.registers,
        elapsed_ms=stamps.elapsed_ms,
        speakers=speakers,
        targets=targets,
        suggestions=_own_suggestions(answer, suggestions, place.edition_id),
    )


def find_place(
    session: Session, *, project_id: int, membership_id: int, slug: str, sentence: SentenceId
) -> Place:
    """Return the place of a sentence in what the person has begun of an article.

    ``NotFoundError`` for every other sentence, ``InvalidInputError`` when the text is erased.
    """
    return _find_places(
        session,
        project_id=project_id,
        membership_id=membership_id,
        slug=slug,
        sentences=[sentence],
    )(sentence)


def _find_places(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    slug: str,
    sentences: Sequence[SentenceId],
) -> Callable[[SentenceId], Place]:
    """Return what does for each of some sentences what ``find_place`` does for one."""
    rows = read_columns(
        session,
        _select_places(),
        {
            "project": project_id,
            "membership": membership_id,
            "slug": slug,
            "editions": [*{one.edition for one in sentences}],
            "positions": [*{one.position for one in sentences}],
        },
    )
    found = {
        SentenceId(article, edition, position): (Place(*place), erased_at)
        for *place, erased_at, article, edition, position in rows
    }

    def find(sentence: SentenceId) -> Place:
        if sentence not in found:
            raise NotFoundError(
                "There is no sentence %(sentence)s in what you have begun of this article.",
                sentence=str(sentence),
            )
        place, erased_at = found[sentence]
        if erased_at is not None:
            raise closed_article(is_erased=True)
        return place

    return find


def find_gold_place(session: Session, *, project_id: int, slug: str, sentence: SentenceId) -> Place:
    """Return the place of a sentence of an article, whoever has begun it.

    ``NotFoundError`` for every other sentence, ``InvalidInputError`` when the text is erased.
    """
    row = session.execute(
        select(
            Article.id,
            TextEdition.id,
            Sentence.id,
            Sentence.start,
            Sentence.end,
            Article.erased_at,
        )
        .join(TextEdition, TextEdition.article_id == Article.id)
        .join(Sentence, Sentence.edition_id == TextEdition.id)
        .where(
            Article.project_id == project_id,
            Article.slug == slug,
            Article.public_id == sentence.article,
            TextEdition.project_id == project_id,
            TextEdition.number == sentence.edition,
            Sentence.project_id == project_id,
            Sentence.position == sentence.position,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            "There is no sentence %(sentence)s in this article.", sentence=str(sentence)
        )
    *place, erased_at = row
    if erased_at is not None:
        raise closed_article(is_erased=True)
    return Place(None, *place)


@cache  # Building a statement takes longer than running it.
def _select_places() -> Select[int, int, int, int, int, int, datetime | None, str, int, int]:
    project: BindParameter[int] = bindparam("project")
    return (
        select(
            Assignment.id,
            Assignment.article_id,
            TextEdition.id,
            Sentence.id,
            Sentence.start,
            Sentence.end,
            Article.erased_at,
            Article.public_id,
            TextEdition.number,
            Sentence.position,
        )
        .join(Article, Article.id == Assignment.article_id)
        # What was answered before the slot went on to a corrected text is still taken.
        .join(TextEdition, TextEdition.article_id == Assignment.article_id)
        .join(Sentence, Sentence.edition_id == TextEdition.id)
        .where(
            Article.project_id == project,
            Article.slug == bindparam("slug"),
            TextEdition.id <= Assignment.edition_id,
            Assignment.project_id == project,
            Assignment.membership_id == bindparam("membership"),
            has_begun(),
            TextEdition.number.in_(bindparam("editions", expanding=True)),
            Sentence.project_id == project,
            Sentence.position.in_(bindparam("positions", expanding=True)),
        )
    )


def _find_entries(
    session: Session, project_id: int, answer: Answer
) -> tuple[dict[str, int], dict[str, int]]:
    rows = register_rows(
        session,
        project_id=project_id,
        speakers=sorted(answer.speakers),
        targets=sorted(answer.targets),
    )
    wanted = {"speaker": answer.speakers, "target": answer.targets}
    for register, ids in wanted.items():
        if unknown := sorted(ids - rows[register].keys()):
            raise InvalidInputError(
                "The %(register)s %(id)s is not in the project's register.",
                register=register,
                id=unknown[0],
            )
    return rows["speaker"], rows["target"]


@dataclass(frozen=True)
class _Suggested:
    """A suggestion's row, and the sentences for which it was made."""

    row: int
    edition_id: int
    positions: Sequence[int]


_Suggestions = Mapping[str, _Suggested]


def _find_suggestions(
    session: Session, project_id: int, answers: Sequence[Answer]
) -> dict[str, _Suggested]:
    """Return the suggestions that answers name, by public id."""
    named = set[str]().union(*(answer.suggestions for answer in answers))
    if not named:
        return {}
    rows = session.execute(
        select(Suggestion.public_id, Suggestion.id, Suggestion.frame, SuggestionRun.edition_id)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(Suggestion.project_id == project_id, Suggestion.public_id.in_(sorted(named)))
    )
    return {
        row.public_id: _Suggested(
            row.id, row.edition_id, cast(dict[str, list[int]], row.frame)["sentences"]
        )
        for row in rows
    }


def _own_suggestions(answer: Answer, suggestions: _Suggestions, edition_id: int) -> dict[str, int]:
    """Return the rows of the suggestions that an answer names, which must be its sentence's."""
    found = {
        name: one.row
        for name in answer.suggestions
        if (one := suggestions.get(name))
        and (one.edition_id == edition_id and answer.sentence.position in one.positions)
    }
    if unknown := sorted(answer.suggestions - found.keys()):
        raise InvalidInputError(
            "The suggestion %(id)s does not belong to this sentence; read its suggestions anew.",
            id=unknown[0],
        )
    return found
