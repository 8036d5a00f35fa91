"""Import files a batch at a time: read outside of any transaction, store inside a short one.

The command line runs it in the foreground, the web as a job; a killed import is taken up again
after the last batch that was committed, and a file is stored whole or not at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.corpus.language import Language
from workbench.corpus.operations import store_files
from workbench.corpus.preparing import hash_bytes, prepare_file
from workbench.corpus.queries import known_articles
from workbench.corpus.readers import MANIFEST, Metadata, read_manifest
from workbench.corpus.rules import (
    FileOutcome,
    ImportState,
    PreparedFile,
    StoredArticle,
    outcome_as_json,
    refuse_file,
)
from workbench.corpus.tables import Article, Sentence, TextEdition, ZoneMark
from workbench.errors import ConflictError, WorkbenchError
from workbench.jobs.operations import request_job
from workbench.jobs.rules import HeldJob
from workbench.jobs.runner import JobRun
from workbench.projects.queries import get_project
from workbench.storage.database import db, refresh_statistics, transaction

JOB = "article_import"
# A batch holds SQLite's write lock for about a tenth of a second.
BATCH_BYTES = 1_000_000
BATCH_FILES = 200
ATTEMPTS = 3

Upload = tuple[str, bytes]


@dataclass(frozen=True)
class NamedFile:
    """A file to be imported: its name, its bytes, and what a manifest says of it."""

    name: str
    content: bytes
    metadata: Metadata | None = None


Record = Callable[[Session, Sequence[FileOutcome]], None]
Read = Callable[[Sequence[StoredArticle]], None]


class ImportFiles(Protocol):
    """A way to import files, batch by batch."""

    def __call__(
        self,
        files: Iterable[NamedFile | FileOutcome],
        *,
        project_id: int,
        by: int | None,
        record: Record,
    ) -> Iterator[list[FileOutcome]]:
        """Import files and yield, batch by batch, what became of each."""


def import_in_batches(
    files: Iterable[NamedFile | FileOutcome],
    *,
    project_id: int,
    by: int | None,
    record: Record = lambda _session, _outcomes: None,
    read: Read = lambda _articles: None,
) -> Iterator[list[FileOutcome]]:
    """Import files and yield, batch by batch, what became of each once it is committed.

    Among the files may be outcomes of those that could not even be opened. ``record`` is called
    in the transaction of each batch, with what became of its files; ``read`` after it, with the
    articles that were stored.
    """
    for batch in _in_batches(files):
        prepared = _prepare_batch(batch, project_id)
        outcomes, articles = _store_batch(prepared, project_id, by, record)
        read(articles)
        yield outcomes
    refresh_statistics(db.session(), Article, TextEdition, Sentence, ZoneMark)


def with_manifest(files: Sequence[Upload]) -> list[NamedFile]:
    """Return files that came together, each with what the manifest among them says of it."""
    articles = [(name, content) for name, content in files if name != MANIFEST]
    manifest: Mapping[str, Metadata] = {}
    for name, content in files:
        if name == MANIFEST:
            manifest = read_manifest(content, files=[article for article, _ in articles])
    return [NamedFile(name, content, manifest.get(name)) for name, content in articles]


def request_import(
    session: Session, *, project_id: int, files: Sequence[Upload], by: int | None, now: datetime
) -> str:
    """Ask for an import job of files that were uploaded together; return its public id."""
    sizes: list[Json] = [{"name": name, "size": len(content)} for name, content in files]
    return request_job(
        session,
        kind=JOB,
        arguments={"files": sizes},
        payload=b"".join(content for _, content in files),
        project_id=project_id,
        by=by,
        now=now,
        total=sum(name != MANIFEST for name, _ in files),
    )


def run_import(run: JobRun, import_files: ImportFiles) -> None:
    """Carry an import job out, or what is left of it; its result lists what became of each file.

    ``import_files`` does it as ``import_in_batches`` does, and may do more with each batch.
    """
    assert run.job.project_id is not None  # noqa: S101  # request_import wants one
    outcomes: list[Json] = list(run.job.result) if isinstance(run.job.result, list) else []

    def record(session: Session, batch: Sequence[FileOutcome]) -> None:
        result = [*outcomes, *map(outcome_as_json, batch)]
        run.record(session, done=len(result), result=result)

    for batch in import_files(
        with_manifest(_unpack(run.job))[len(outcomes) :],
        project_id=run.job.project_id,
        by=run.job.created_by,
        record=record,
    ):
        outcomes += map(outcome_as_json, batch)


def _in_batches(
    files: Iterable[NamedFile | FileOutcome],
) -> Iterator[list[NamedFile | FileOutcome]]:
    batch: list[NamedFile | FileOutcome] = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.content) if isinstance(file, NamedFile) else 0
        if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _prepare_batch(
    files: Sequence[NamedFile | FileOutcome], project_id: int
) -> list[PreparedFile | FileOutcome]:
    """Read the files that are not known yet; say of the others why they will not be stored."""
    hashes = {file: hash_bytes(file.content) for file in files if isinstance(file, NamedFile)}
    session = db.session()
    known = known_articles(session, project_id=project_id, hashes=set(hashes.values()))
    language = cast("Language", get_project(session, project_id=project_id).language)
    session.rollback()  # No read stays open while the files are read.
    return [
        _prepare(file, hashes[file], known, language) if isinstance(file, NamedFile) else file
        for file in files
    ]


def _prepare(
    file: NamedFile, sha256: str, known: Mapping[str, tuple[str, ...]], language: Language
) -> PreparedFile | FileOutcome:
    if sha256 in known:
        return FileOutcome(file.name, ImportState.KNOWN, known[sha256])
    try:
        return prepare_file(file.name, file.content, metadata=file.metadata, language=language)
    except WorkbenchError as error:
        return refuse_file(file.name, error)


def _store_batch(
    prepared: Sequence[PreparedFile | FileOutcome],
    project_id: int,
    by: int | None,
    record: Record,
    attempts: int = ATTEMPTS,
) -> tuple[list[FileOutcome], list[StoredArticle]]:
    """Store a batch; where another import took a slug or a file meanwhile, look again and retry."""
    good = [file for file in prepared if isinstance(file, PreparedFile)]
    try:
        with transaction() as session:
            stored, articles = store_files(
                session, project_id=project_id, files=good, by=by, now=utc_now()
            )
            each = iter(stored)
            outcomes = [next(each) if isinstance(file, PreparedFile) else file for file in prepared]
            record(session, outcomes)
    except ConflictError:
        if attempts == 1:
            raise
        return _store_batch(prepared, project_id, by, record, attempts - 1)
    return outcomes, articles


def _unpack(job: HeldJob) -> list[Upload]:
    files = job.arguments["files"]
    start = 0
    uploads = []
    for file in files if isinstance(files, list) else []:
        match file:
            case {"name": str(name), "size": int(size)}:
                uploads.append((name, job.payload[start : start + size]))
                start += size
    return uploads
