"""Insert what files hold: table by table, many rows a statement, since an import has millions."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.corpus.rules import (
    EDITABLE,
    PreparedArticle,
    PreparedFile,
    StoredArticle,
    Version,
    in_chunks,
)
from workbench.corpus.segmentation import VERSION
from workbench.corpus.tables import (
    Article,
    EditionSource,
    Sentence,
    SourceFile,
    TextEdition,
    ZoneMark,
)
from workbench.storage.base import make_public_id
from workbench.storage.bulk import Row, insert_and_find, insert_rows
from workbench.storage.database import read_columns

NamedFile = tuple[PreparedFile, Sequence[str]]


class StoredFiles(NamedTuple):
    """The public ids of files just stored, in their order, and all their articles."""

    sources: list[str]
    articles: list[StoredArticle]


def insert_files(
    session: Session,
    *,
    project_id: int,
    files: Sequence[NamedFile],
    by: int | None,
    now: datetime,
) -> StoredFiles:
    """Insert files, each with the slugs of its articles."""
    sources = [_source_row(project_id, file, by, now) for file, _ in files]
    source_ids = insert_and_find(session, SourceFile, sources, known_by="public_id")
    articles = [article for file, _ in files for article in file.articles]
    article_rows = [
        _article_row(project_id, source_id, slug, article, now)
        for source_id, (file, slugs) in zip(source_ids, files, strict=True)
        for slug, article in zip(slugs, file.articles, strict=True)
    ]
    article_ids = insert_and_find(session, Article, article_rows, known_by="public_id")
    edition_rows = [
        _edition_row(project_id, article_id, article, now)
        for article_id, article in zip(article_ids, articles, strict=True)
    ]
    edition_ids = insert_and_find(session, TextEdition, edition_rows, known_by="article_id")
    sentence_ids: dict[int, list[int]] = {}
    for pairs in in_chunks(list(zip(edition_ids, articles, strict=True))):
        sentence_ids |= _insert_sentences(session, project_id, dict(pairs), now)
    return StoredFiles(
        [str(row["public_id"]) for row in sources],
        [
            StoredArticle(edition_id, article, sentence_ids[edition_id])
            for edition_id, article in zip(edition_ids, articles, strict=True)
        ],
    )


def insert_edition(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    number: int,
    version: Version,
    now: datetime,
) -> int:
    """Insert a further edition of an article with its sentences; return its row."""
    row = _edition_row(
        project_id, article_id, version, now, number=number, segmenter=version.segmenter
    )
    edition_id = session.scalars(insert(TextEdition).returning(TextEdition.id), [row]).one()
    _insert_sentences(session, project_id, {edition_id: version}, now)
    return edition_id


def keep_source(
    session: Session,
    *,
    project_id: int,
    edition_id: int,
    file: PreparedFile,
    by: int | None,
    now: datetime,
) -> None:
    """Keep the file that an edition came in; bytes that the project has already, once."""
    known = select(SourceFile.id).where(
        SourceFile.project_id == project_id, SourceFile.sha256 == file.sha256
    )
    source = session.scalar(known)
    if source is None:
        row = _source_row(project_id, file, by, now)
        (source,) = insert_and_find(session, SourceFile, [row], known_by="public_id")
    session.add(EditionSource(project_id=project_id, edition_id=edition_id, source_file_id=source))


def _insert_sentences(
    session: Session,
    project_id: int,
    editions: Mapping[int, PreparedArticle | Version],
    now: datetime,
) -> dict[int, list[int]]:
    """Insert the sentences of editions with their zones; return their rows by edition."""
    sentences = [
        (edition_id, position, start, end)
        for edition_id, article in editions.items()
        for position, (start, end) in enumerate(article.sentences, start=1)
    ]
    same: Row = {"project_id": project_id}
    insert_rows(session, Sentence, ("edition_id", "position", "start", "end"), sentences, same=same)
    # Reading the ids back is faster than RETURNING, on both databases.
    in_order = (
        select(Sentence.id)
        .where(Sentence.project_id == project_id, Sentence.edition_id.in_(editions))
        .order_by(Sentence.edition_id, Sentence.position)
    )
    ids = [id_ for (id_,) in read_columns(session, in_order, {})]
    zones = (zone for edition_id in sorted(editions) for zone in editions[edition_id].zones)
    insert_rows(
        session,
        ZoneMark,
        ("sentence_id", "zone"),
        zip(ids, zones, strict=True),
        same={**same, "marked_at": now},
    )
    rest = iter(ids)
    return {
        edition_id: list(islice(rest, len(editions[edition_id].sentences)))
        for edition_id in sorted(editions)
    }


def _source_row(project_id: int, file: PreparedFile, by: int | None, now: datetime) -> Row:
    return {
        "project_id": project_id,
        "public_id": make_public_id(),
        "name": file.name,
        "sha256": file.sha256,
        "content": file.content,
        "imported_by": by,
        "imported_at": now,
    }


def _article_row(
    project_id: int, source_id: int, slug: str, article: PreparedArticle, now: datetime
) -> Row:
    return {
        "project_id": project_id,
        "public_id": make_public_id(),
        "source_file_id": source_id,
        "slug": slug,
        "imported_at": now,
        "withdrawn_at": None,
        "erased_at": None,
        **{name: getattr(article.metadata, name) for name in EDITABLE},
    }


def _edition_row(
    project_id: int,
    article_id: int,
    article: PreparedArticle | Version,
    now: datetime,
    *,
    number: int = 1,
    segmenter: str = VERSION,
) -> Row:
    return {
        "project_id": project_id,
        "article_id": article_id,
        "number": number,
        "text": article.text,
        "length": len(article.text),
        "sha256": hashlib.sha256(article.text.encode()).hexdigest(),
        "segmenter": segmenter,
        "created_at": now,
    }
