"""Find sentences by their words, whatever the accents and the case; fast however many there are.

Both databases index the same folded words, so that they find the same. What people type never
reaches a query as it is: it is cut into the same words first, which are letters or digits only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, compress

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    SQLColumnExpression,
    TableClause,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from workbench.corpus.rules import words_of
from workbench.corpus.tables import Article, Sentence, SentenceSearch, TextEdition
from workbench.jobs.operations import request_job
from workbench.jobs.rules import JobState
from workbench.jobs.runner import JobRun
from workbench.jobs.tables import Job
from workbench.storage.bulk import insert_rows
from workbench.storage.database import db, refresh_statistics, share_project, transaction

JOB = "search_index"
EDITIONS_AT_A_TIME = 50
MAX_CHARACTERS = 100_000  # of a sentence that are searched; the rest of a longer one is no sentence
MAX_WORD = 64
MAX_PHRASES = 12
LOOKED_AT = 5  # times as many rows as are wanted, before an index is asked for frequent words
LEAST_OPENING = 2  # letters of the last word, while it is still being typed
_ASKED = re.compile(r'"([^"]*)("?)|«([^»]*)(»?)|“([^”]*)(”?)|([^\s"«“]+)')


@dataclass(frozen=True)
class Words:
    """What is sought: phrases, all of which must occur; the last one may be typed in part."""

    phrases: tuple[tuple[str, ...], ...]
    is_open: bool


Record = Callable[[Session, int], None]


def parse_words(typed: str) -> Words | None:
    """Read what somebody typed: words, and phrases in quotation marks; none when nothing is left.

    Words joined by an apostrophe or a hyphen stand beside one another in the text as well.
    """
    phrases: list[tuple[str, ...]] = []
    is_open = False
    for match in _ASKED.finditer(typed):
        quoted = match[7] is None
        content = match[7] or match[1] or match[3] or match[5] or ""
        found = tuple(one[:MAX_WORD] for one in words_of(content))
        if not found or len(phrases) == MAX_PHRASES:
            continue
        phrases.append(found)
        is_open = not quoted and match.end() == len(typed) and len(found[-1]) >= LEAST_OPENING
    return Words(tuple(phrases), is_open) if phrases else None


def matches(session: Session, key: InstrumentedAttribute[int], words: Words) -> ColumnElement[bool]:
    """Select the rows that have these words; ``key`` is the key of a searched table.

    PostgreSQL's index knows no phrases: whether a row has one is read in its text, which takes far
    less than making its words anew.
    """
    if session.get_bind().dialect.name != "postgresql":
        return _matches(session, key, _for_sqlite(words), "")
    found = _matches(session, key, "", _for_postgresql(words))
    is_phrase = [len(phrase) > 1 for phrase in words.phrases]
    return and_(found, *compress(_contains(key.class_.search_text, words), is_phrase))


def select_matching(session: Session, key: InstrumentedAttribute[int], words: Words) -> Select[int]:
    """Select the keys of the rows that have these words, so that few of many are soon read."""
    if session.get_bind().dialect.name == "postgresql":
        return select(key).where(matches(session, key, words))
    return _select_rows(_index_of(key), _for_sqlite(words))


def matches_at(words: Words, at: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Select whether the sentence ``at`` has these words, read in its text.

    An index would be asked anew for each sentence: of frequent words that takes far longer. Nor is
    it asked whether such a sentence exists, for PostgreSQL would look at all sentences first.
    """
    has_words = select(and_(*_contains(SentenceSearch.search_text, words)))
    found = has_words.where(SentenceSearch.sentence_id == at)
    return found.correlate_except(SentenceSearch).scalar_subquery()


def matches_two(
    session: Session,
    key: InstrumentedAttribute[int],
    words: Sequence[str],
    *,
    project_id: int,
    most: int,
) -> ColumnElement[bool]:
    """Select a project's newest rows with two of these words, or the only one; so many at most."""
    searched = key.class_
    if session.get_bind().dialect.name == "postgresql":
        of_project = searched.project_id == project_id
        return key.in_(_select_two(session, key, words, of_project=of_project, most=most))
    index, row = _index_of(key), aliased(searched)
    is_ours = exists().where(getattr(row, key.key) == index.c.rowid, row.project_id == project_id)
    found = _select_rows(index, _any_two(words, '"{}"', " AND ", " OR ")).where(is_ours)
    return key.in_(found.order_by(index.c.rowid.desc()).limit(most))


def _select_two(
    session: Session,
    key: InstrumentedAttribute[int],
    words: Sequence[str],
    *,
    of_project: ColumnElement[bool],
    most: int,
) -> CompoundSelect[int]:
    """Select from PostgreSQL the newest rows with two of these words.

    Frequent words are read in the newest texts: rows from the index would all have to be sorted.
    Only where these are too few is the index asked, in no order, for to walk through the rows
    means to make the words of each anew.
    """
    newest = select(key.label("row"), key.class_.search_text).where(of_project)
    looked_at = newest.order_by(key.desc()).limit(LOOKED_AT * most).subquery()
    between = literal(" ").concat(looked_at.c.search_text).concat(" ")
    counted = sum(
        (cast(func.strpos(between, f" {word} ") > 0, Integer) for word in words), literal(0)
    )
    recent = (
        select(looked_at.c.row)
        .where(counted >= min(2, len(words)))
        .order_by(looked_at.c.row.desc())
        .limit(most)
        .cte()
    )
    is_short = select(func.count()).select_from(recent).scalar_subquery() < most
    everywhere = _matches(session, key, "", _any_two(words, "'{}'", " & ", " | "))
    indexed = select(key).where(is_short, everywhere, of_project)
    return union(select(recent.c.row), indexed.order_by((key + 0).desc()).limit(most))


def _any_two(words: Sequence[str], word: str, both: str, either: str) -> str:
    """Write a query for two of these words, or for the only one, in an index's language."""
    quoted = [word.format(one) for one in words]
    pairs = [f"({both.join(pair)})" for pair in combinations(quoted, 2)]
    return either.join(pairs or quoted)


def _matches(
    session: Session, key: InstrumentedAttribute[int], sqlite: str, postgresql: str
) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        found = func.to_tsvector(literal_column("'simple'"), key.class_.search_text)
        return found.bool_op("@@")(func.to_tsquery(literal_column("'simple'"), postgresql))
    return key.in_(_select_rows(_index_of(key), sqlite))


def _index_of(key: InstrumentedAttribute[int]) -> TableClause:
    """Return SQLite's index over the words of a table."""
    return table(f"{key.class_.__tablename__}_words", column("rowid", Integer))


def _select_rows(index: TableClause, query: str) -> Select[int]:
    """Select the rows that SQLite's index finds; what was typed is in a parameter."""
    typed: BindParameter[str] = bindparam("words", query, unique=True)
    return select(index.c.rowid).where(text(f"{index.name} MATCH :words").bindparams(typed))


def _contains(
    search_text: InstrumentedAttribute[str], words: Words
) -> Iterator[ColumnElement[bool]]:
    """Select for each phrase whether a text has it."""
    between = literal(" ").concat(search_text).concat(" ")
    for number, phrase in enumerate(words.phrases, 1):
        sought = f" {' '.join(phrase)}"
        is_open = words.is_open and number == len(words.phrases)
        yield between.contains(sought if is_open else f"{sought} ")


def _for_sqlite(words: Words) -> str:
    quoted = [f'"{" ".join(phrase)}"' for phrase in words.phrases]
    return " AND ".join(quoted) + (" *" if words.is_open else "")


def _for_postgresql(words: Words) -> str:
    quoted = " & ".join(f"'{word}'" for phrase in words.phrases for word in phrase)
    return f"{quoted}:*" if words.is_open else quoted


def request_indexing(session: Session, *, project_id: int, by: int | None, now: datetime) -> None:
    """Ask for the words of a project's new sentences to be indexed, unless that waits already."""
    waiting = select(Job.id).where(
        Job.kind == JOB, Job.project_id == project_id, Job.state == JobState.WAITING
    )
    if session.scalar(waiting.limit(1)) is None:
        request_job(
            session,
            kind=JOB,
            arguments={},
            payload=None,
            project_id=project_id,
            by=by,
            now=now,
        )


def run_indexing(run: JobRun) -> None:
    """Carry an indexing job out; a second one at the same time does what is left."""
    assert run.job.project_id is not None  # noqa: S101  # request_indexing wants one
    index_sentences(
        run.job.project_id,
        record=lambda session, done: run.record(session, done=done, result=None),
    )


def index_now(project_id: int) -> int:
    """Index what is not indexed yet in the foreground; return how many sentences there were.

    What was asked for before need not be done again.
    """
    newest = db.session().scalar(select(func.max(Job.id)).where(Job.kind == JOB)) or 0
    db.session().rollback()
    count = index_sentences(project_id)
    with transaction() as session:
        session.execute(
            delete(Job).where(
                Job.kind == JOB,
                Job.project_id == project_id,
                Job.state == JobState.WAITING,
                Job.id <= newest,
            )
        )
    return count


def index_sentences(project_id: int, *, record: Record = lambda _session, _done: None) -> int:
    """Index the words of every sentence that has none in the index; return how many.

    A few editions at a time, each whole or not at all; ``record`` is called in each transaction.
    """
    after = count = 0
    while True:
        session = db.session()
        editions = _find_editions(session, project_id, after)
        rows = _read_words(session, editions)
        session.rollback()  # No read stays open while others write.
        if not editions:
            if count:
                refresh_statistics(db.session(), SentenceSearch)
            return count
        with transaction() as writing:
            share_project(writing, project_id)
            missing = _lock_missing(writing, project_id, editions)
            new = [row[1:] for row in rows if row[0] in missing]
            insert_rows(
                writing,
                SentenceSearch,
                ("sentence_id", "search_text"),
                new,
                same={"project_id": project_id},
            )
            count += len(new)
            record(writing, count)
        after = editions[-1]


def forget_sentences(session: Session, *, article_id: int) -> None:
    """Take an article's words out of the index for good; belongs where its text is erased."""
    sentences = (
        select(Sentence.id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id == article_id, Sentence.project_id == TextEdition.project_id)
    )
    session.execute(delete(SentenceSearch).where(SentenceSearch.sentence_id.in_(sentences)))
    if session.get_bind().dialect.name == "sqlite":
        # The index would keep the words of what is deleted until its parts are merged.
        session.execute(
            text("INSERT INTO sentence_search_words(sentence_search_words) VALUES('optimize')")
        )


def _find_editions(session: Session, project_id: int, after: int) -> list[int]:
    return list(
        session.scalars(
            select(TextEdition.id)
            .where(
                TextEdition.project_id == project_id,
                TextEdition.id > after,
                TextEdition.text != "",
                _has_unindexed(),
            )
            .order_by(TextEdition.id)
            .limit(EDITIONS_AT_A_TIME)
        )
    )


def _has_unindexed() -> ColumnElement[bool]:
    """Select the editions whose first sentence is not in the index: they go in whole."""
    first = (
        select(Sentence.id)
        .where(
            Sentence.project_id == TextEdition.project_id,
            Sentence.edition_id == TextEdition.id,
            Sentence.position == 1,
        )
        .correlate(TextEdition)
        .scalar_subquery()
    )
    known = aliased(SentenceSearch)
    return first.is_not(None) & ~(
        select(known.sentence_id).where(known.sentence_id == first).correlate(TextEdition).exists()
    )


def _read_words(session: Session, editions: Sequence[int]) -> list[tuple[int, int, str]]:
    texts = {
        row.id: row.text
        for row in session.execute(
            select(TextEdition.id, TextEdition.text).where(TextEdition.id.in_(editions))
        )
    }
    rows = session.execute(
        select(Sentence.edition_id, Sentence.id, Sentence.start, Sentence.end)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(Sentence.project_id == TextEdition.project_id, Sentence.edition_id.in_(editions))
        .order_by(Sentence.id)
    )
    return [
        (edition, id_, search_text(texts[edition][start:end])) for edition, id_, start, end in rows
    ]


def search_text(words: str) -> str:
    """Return a text as it is indexed: its words with a blank between them."""
    return " ".join(word[:MAX_WORD] for word in words_of(words[:MAX_CHARACTERS]))


def _lock_missing(session: Session, project_id: int, editions: Sequence[int]) -> set[int]:
    """Hold the articles of these editions, and return those that are still to be indexed.

    One may have been erased or indexed since it was read.
    """
    articles = select(TextEdition.article_id).where(TextEdition.id.in_(editions))
    session.execute(
        select(Article.id).where(Article.id.in_(articles)).order_by(Article.id).with_for_update()
    )
    return set(
        session.scalars(
            select(TextEdition.id).where(
                TextEdition.project_id == project_id,
                TextEdition.id.in_(editions),
                TextEdition.text != "",
                _has_unindexed(),
            )
        )
    )
