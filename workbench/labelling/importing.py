"""Import articles with suggestions: what the rules propose is there when the article is."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.corpus.importing import NamedFile, Record, import_in_batches
from workbench.corpus.importing import run_import as run_corpus_import
from workbench.corpus.rules import FileOutcome, StoredArticle, in_chunks
from workbench.corpus.searching import request_indexing
from workbench.corpus.searching import run_indexing as run_corpus_indexing
from workbench.jobs.runner import JobRun
from workbench.labelling.slots import fit_slots, order_by_worth
from workbench.labelling.suggesting import (
    EditionToRead,
    as_edition,
    editions_to_read,
    known_targets,
    propose,
    store_proposals,
)
from workbench.storage.database import db, transaction
from workbench.suggestions.registers import Register

# So many editions are read at a time: their suggestions hold SQLite's write lock for an instant.
EDITIONS_AT_A_TIME = 50


def import_files(
    files: Iterable[NamedFile | FileOutcome],
    *,
    project_id: int,
    by: int | None,
    record: Record = lambda _session, _outcomes: None,
) -> Iterator[list[FileOutcome]]:
    """Import files and yield, batch by batch, what became of each once its suggestions are there.

    Each article's slots are made with it, and its words are asked to be indexed. At the end,
    articles are read that an import before had stored and was killed before reading.
    """

    def record_with_slots(session: Session, outcomes: Sequence[FileOutcome]) -> None:
        slugs = {slug for one in outcomes for slug in one.articles}
        fit_slots(session, project_id=project_id, slugs=slugs)
        if slugs:
            request_indexing(session, project_id=project_id, by=by, now=utc_now())
        record(session, outcomes)

    def read(articles: Sequence[StoredArticle]) -> None:
        register = _known_targets(project_id)
        for some in in_chunks(articles, EDITIONS_AT_A_TIME):
            _suggest(project_id, [as_edition(article) for article in some], register)

    yield from import_in_batches(
        files, project_id=project_id, by=by, record=record_with_slots, read=read
    )
    suggest_articles(project_id)


def suggest_articles(project_id: int, articles: Collection[str] | None = None) -> int:
    """Read every article that the present rules have not read; return how many there were."""
    count = 0
    while True:
        session = db.session()
        editions = editions_to_read(
            session, project_id=project_id, limit=EDITIONS_AT_A_TIME, articles=articles
        )
        if not editions:
            session.rollback()
            return count
        _suggest(project_id, editions, _known_targets(project_id))
        count += len(editions)


def _known_targets(project_id: int) -> Register:
    session = db.session()
    register = known_targets(session, project_id=project_id)
    session.rollback()  # No read stays open while the rules read.
    return register


def _suggest(project_id: int, editions: Sequence[EditionToRead], register: Register) -> None:
    proposals = {edition.id: propose(edition, register) for edition in editions}
    with transaction() as writing:
        store_proposals(writing, project_id=project_id, proposals=proposals, now=utc_now())
        order_by_worth(writing, project_id=project_id, editions=proposals)


def run_import(run: JobRun) -> None:
    """Carry an import job out, or what is left of it, with suggestions."""
    run_corpus_import(run, import_files)


def run_indexing(run: JobRun) -> None:
    """Carry an indexing job out; before that, read the articles that no rules have read yet.

    A corrected text asks for the job in the transaction that stores it: its suggestions come even
    where the process that corrected it was killed before it made them.
    """
    assert run.job.project_id is not None  # noqa: S101  # request_indexing wants one
    suggest_articles(run.job.project_id)
    run_corpus_indexing(run)
