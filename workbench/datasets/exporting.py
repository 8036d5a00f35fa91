"""What a project has, for the writers of other people's formats."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.canonical import JsonObject
from workbench.corpus.tables import TextEdition
from workbench.datasets.formats.checks import Check, FeaturedClaims
from workbench.datasets.formats.documents import Document, gold_documents, record_documents
from workbench.datasets.formats.format import Head
from workbench.datasets.formats.writing import choices_of, find_checks
from workbench.datasets.records import RecordKind, sentence_records
from workbench.datasets.snapshots import open_snapshot
from workbench.datasets.snapshotting import SnapshotHead, write_snapshot
from workbench.projects.queries import get_project
from workbench.projects.tables import SchemeRevision


def project_documents(
    session: Session, *, project_id: int, kind: RecordKind, reader: int | None = None
) -> Iterator[Document]:
    """Yield the project's answers by article, with all texts: for those who may see them.

    Which they are, and what ``reader`` is for, ``sentence_records`` says.
    """

    def text_of(sha256: str) -> str | None:
        chosen = select(TextEdition.text).where(
            TextEdition.project_id == project_id, TextEdition.sha256 == sha256
        )
        return session.scalars(chosen.limit(1)).one()

    records = sentence_records(session, project_id=project_id, kind=kind, reader=reader)
    return record_documents(records, text_of)


def project_checks(
    session: Session, *, project_id: int, base_url: str, instant: datetime
) -> list[Check]:
    """Return the project's statements with approved verdicts and evidence, as a release has them.

    The caller has opened one instant; ``base_url`` is where the project's pages are.
    """
    with TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / "snapshot.jsonl"
        head = SnapshotHead(instant=instant, base_url=base_url)
        write_snapshot(session, path, project_id=project_id, head=head, allow_unsettled=True)
        snapshot = open_snapshot(path)
        featured = FeaturedClaims(snapshot.lines("statement"))
        for document in gold_documents(snapshot.articles()):
            featured.look_in(document)
        return find_checks(snapshot, featured)


def project_head(session: Session, *, project_id: int) -> Head:
    """Return what is the same for all documents of a project."""
    project = get_project(session, project_id=project_id)
    schemes = session.scalars(
        select(SchemeRevision.document)
        .where(SchemeRevision.project_id == project_id)
        .order_by(SchemeRevision.number)
    )
    documents = [cast(JsonObject, document) for document in schemes]
    return Head(project.name, project.language, choices_of(documents), documents[-1])
