"""What annotators see once their article is adjudicated, and what they hold against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, func, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.adjudication.cases import (
    Case,
    CaseFile,
    Decided,
    list_case_files,
    open_case,
    read_cases,
)
from workbench.adjudication.rules import Outcome
from workbench.adjudication.tables import Adjudication, Contest
from workbench.corpus.queries import find_article, refuse_older
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.corpus.text import refuse_unstorable
from workbench.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from workbench.labelling.coverage import find_newest_scheme
from workbench.labelling.editions import hold_article
from workbench.labelling.queries import Matter
from workbench.labelling.registers import load_registers
from workbench.labelling.rules import closed_article
from workbench.labelling.training import (
    Compared,
    compare_answers,
    find_hidden,
    hides_answers,
)
from workbench.projects.queries import get_project
from workbench.projects.tables import Project
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project

MAX_TEXT = 2000


@dataclass(frozen=True)
class Objection:
    """What one annotator holds against the agreed answer to a sentence, and the answer to it."""

    id: str
    position: int
    text: str
    made_at: datetime
    answer: str | None
    answered_at: datetime | None
    is_seen: bool


@dataclass(frozen=True)
class ListedObjection:
    """An objection as leads see it: with its sentence, without a name."""

    objection: Objection
    article_id: int
    slug: str
    language: str
    sentence: str


@dataclass(frozen=True)
class Final:
    """One annotator's answers to an article beside the agreed ones."""

    file: CaseFile
    matter: Matter
    compared: Compared
    decided: Mapping[int, Decided]
    objections: Mapping[int, Objection]


def list_final_files(
    session: Session, *, project: Project, membership_id: int, reader: int
) -> list[CaseFile]:
    """Return the articles that a member has finished and of which ``read_final`` shows all."""
    begun = _decided_editions(session, project.id)
    hidden = find_hidden(session, project_id=project.id, user_id=reader)
    files = [
        file
        for file in list_case_files(session, project=project)
        if file.piece.edition_id in begun
        and file.piece.article_id not in hidden
        and _has_finished(file, membership_id)
    ]
    cases = read_cases(
        session,
        project=project,
        files=files,
        registers=load_registers(session, project_id=project.id),
        scheme=find_newest_scheme(session, project_id=project.id),
    )
    return [case.file for case in cases if _is_decided(case)]


def read_final(
    session: Session, *, project: Project, membership_id: int, slug: str, reader: int
) -> Final:
    """Return a member's answers beside the agreed ones; ``ForbiddenError`` before these are there.

    Of an article everything has to be decided first that differs.
    """
    file, case, matter = _open_final(
        session, project=project, membership_id=membership_id, slug=slug, reader=reader
    )
    return Final(
        file=file,
        matter=matter,
        compared=_compare(file, case, matter, membership_id),
        decided=case.decided,
        objections=_read_objections(session, project.id, membership_id, file.piece.edition_id),
    )


def contest(
    session: Session,
    *,
    project_id: int,
    membership_id: int,
    slug: str,
    position: int,
    text: str,
    edition: int | None = None,
    by: int,
    now: datetime,
) -> None:
    """Hold something against an adjudicator's decision; once per person and sentence.

    Raises ``ConflictError`` the second time, ``NotFoundError`` where nobody decided anything,
    ``InvalidInputError`` where the agreed answer is the same as theirs, and ``StaleRevisionError``
    where the sentence is one of an older ``edition``.
    """
    words = _parse(text)
    hold_article(session, find_article(session, project_id=project_id, name=slug))
    project = get_project(session, project_id=project_id)
    file, case, matter = _open_final(
        session, project=project, membership_id=membership_id, slug=slug, reader=by
    )
    if edition is not None:
        refuse_older(edition, newest=file.piece.edition_number, slug=slug)
    decided = case.decided.get(position)
    if decided is None or position not in case.settled:
        raise NotFoundError(
            "Nobody has decided anything about sentence %(number)s.", number=position
        )
    sentence_id = next(one.id for one in matter.sentences if one.position == position)
    if _find_own(session, project_id, membership_id, sentence_id):
        raise ConflictError("You have contested this sentence already.")
    differing = {one.sentence for one in _compare(file, case, matter, membership_id).differences}
    if position not in differing:
        raise InvalidInputError(
            "The agreed answer to sentence %(number)s is the same as yours; there is nothing to"
            " contest.",
            number=position,
        )
    session.add(
        Contest(
            project_id=project_id,
            public_id=make_public_id(),
            sentence_id=sentence_id,
            adjudication_id=decided.row,
            membership_id=membership_id,
            text=words,
            made_at=now,
            answer=None,
            answered_by=None,
            answered_at=None,
            is_seen=True,
        )
    )
    session.flush()


def answer_contest(
    session: Session, *, project_id: int, public_id: str, text: str, by: int, now: datetime
) -> None:
    """Answer an objection, once; the agreed answer is changed by adjudicating again."""
    words = _parse(text)
    share_project(session, project_id)
    row = session.execute(
        _select_objections(project_id)
        .where(Contest.public_id == public_id)
        .with_for_update(of=Contest)
    ).one_or_none()
    if row is None or _is_hidden(session, project_id, row.article_id, by):
        raise NotFoundError("There is no such objection.")
    if row.Contest.answer is not None:
        raise ConflictError("This objection has an answer already.")
    row.Contest.answer, row.Contest.answered_by, row.Contest.answered_at = words, by, now
    row.Contest.is_seen = False
    record_event(
        session,
        "answer_contest",
        f"contest {public_id}",
        project_id=project_id,
        by=by,
        now=now,
    )


def note_answers_seen(session: Session, *, project_id: int, membership_id: int, slug: str) -> None:
    """Note that a member has read the answers to what they objected to in an article."""
    share_project(session, project_id)
    article = find_article(session, project_id=project_id, name=slug)
    for row in session.execute(
        _select_objections(project_id).where(
            Contest.membership_id == membership_id, TextEdition.article_id == article.id
        )
    ):
        row.Contest.is_seen = True


def list_objections(
    session: Session, *, project_id: int, reader: int, answered: bool
) -> list[ListedObjection]:
    """List the objections that have an answer, or those that have none, the oldest first.

    Those to articles that the reader has still to label are left out.
    """
    hidden = find_hidden(session, project_id=project_id, user_id=reader)
    rows = session.execute(
        _select_objections(project_id)
        .where(Contest.answer.is_not(None) if answered else Contest.answer.is_(None))
        .order_by(Contest.id)
    )
    return [
        ListedObjection(
            objection=_objection(row.Contest, row.position),
            article_id=row.article_id,
            slug=row.slug,
            language=row.language,
            sentence=row.sentence,
        )
        for row in rows
        if row.article_id not in hidden
    ]


def count_open_objections(session: Session, *, project_id: int, reader: int) -> int:
    """Count the objections that ``list_objections`` lists as waiting for an answer."""
    rows = session.execute(
        _select_objections(project_id)
        .with_only_columns(Article.id, func.count())
        .where(Contest.answer.is_(None))
        .group_by(Article.id)
    ).all()
    if not rows:
        return 0
    hidden = find_hidden(session, project_id=project_id, user_id=reader)
    return sum(count for article_id, count in rows if article_id not in hidden)


def count_new_answers(session: Session, *, project_id: int, membership_id: int) -> int:
    """Count the answers to a member's objections that they have not read."""
    fresh = select(func.count(Contest.id)).where(
        Contest.project_id == project_id,
        Contest.membership_id == membership_id,
        Contest.is_seen.is_(False),
    )
    return session.scalar(fresh) or 0


def _open_final(
    session: Session, *, project: Project, membership_id: int, slug: str, reader: int
) -> tuple[CaseFile, Case, Matter]:
    article = find_article(session, project_id=project.id, name=slug)
    if article.withdrawn_at is not None:
        raise closed_article(is_erased=article.erased_at is not None)
    files = list_case_files(session, project=project, slug=article.slug)
    if not files or not _has_finished(files[0], membership_id):
        raise NotFoundError("You have not finished this article.")
    if hides_answers(session, project_id=project.id, article_id=article.id, user_id=reader):
        raise ForbiddenError(
            "You have still to label this article yourself; its answers show once you have"
            " finished it."
        )
    case, matter = open_case(session, project=project, file=files[0])
    if not _is_decided(case):
        raise ForbiddenError("The agreed answers show once everything that differs is decided.")
    return files[0], case, matter


def _compare(file: CaseFile, case: Case, matter: Matter, membership_id: int) -> Compared:
    """Compare a member's answers with the agreed ones."""
    letter = next(one.letter for one in file.readers if one.membership_id == membership_id)
    return compare_answers(
        {position: one.answer for position, one in case.readings[letter].items()},
        {
            position: one.answer
            for position, one in enumerate(case.settlements, start=1)
            if one.answer is not None
        },
        text=matter.text,
        sentences=matter.sentences,
        scheme=matter.scheme.scheme,
        registers=matter.registers,
    )


def _is_decided(case: Case) -> bool:
    tally = case.tally()
    return bool(case.decided) and not (tally.open or tally.deferred)


def _has_finished(file: CaseFile, membership_id: int) -> bool:
    return any(one.membership_id == membership_id and one.is_finished for one in file.readers)


def _decided_editions(session: Session, project_id: int) -> set[int]:
    return set(
        session.scalars(
            select(Sentence.edition_id)
            .join(Adjudication, Adjudication.sentence_id == Sentence.id)
            .where(Adjudication.project_id == project_id, Adjudication.outcome != Outcome.DEFER)
            .distinct()
        )
    )


def _read_objections(
    session: Session, project_id: int, membership_id: int, edition_id: int
) -> dict[int, Objection]:
    rows = session.execute(
        _select_objections(project_id).where(
            Contest.membership_id == membership_id, Sentence.edition_id == edition_id
        )
    )
    return {row.position: _objection(row.Contest, row.position) for row in rows}


def _select_objections(project_id: int) -> Select[*tuple[object, ...]]:
    return (
        select(
            Contest,
            Sentence.position,
            func.substr(
                TextEdition.text, Sentence.start + 1, Sentence.end - Sentence.start, type_=String
            ).label("sentence"),
            Article.id.label("article_id"),
            Article.slug,
            Article.language,
        )
        .join(Sentence, Sentence.id == Contest.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Contest.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
        )
    )


def _objection(row: Contest, position: int) -> Objection:
    return Objection(
        id=row.public_id,
        position=position,
        text=row.text,
        made_at=row.made_at,
        answer=row.answer,
        answered_at=row.answered_at,
        is_seen=row.is_seen,
    )


def _is_hidden(session: Session, project_id: int, article_id: int, reader: int) -> bool:
    return hides_answers(session, project_id=project_id, article_id=article_id, user_id=reader)


def _find_own(
    session: Session, project_id: int, membership_id: int, sentence_id: int
) -> int | None:
    return session.scalar(
        select(Contest.id).where(
            Contest.project_id == project_id,
            Contest.membership_id == membership_id,
            Contest.sentence_id == sentence_id,
        )
    )


def _parse(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise InvalidInputError("Please fill this in.")
    if len(words) > MAX_TEXT:
        raise InvalidInputError("At most %(most)s characters.", most=MAX_TEXT)
    refuse_unstorable(words, "text")
    return words
