"""What is done with articles: stored, described, given zones, withdrawn, restored, erased."""

from collections.abc import Container, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act, record_event
from workbench.canonical import JsonObject
from workbench.corpus.queries import (
    get_article,
    known_articles,
    newest_edition,
    newest_zone,
    taken_slugs,
)
from workbench.corpus.readers.source import Metadata
from workbench.corpus.rules import (
    EDITABLE,
    FileOutcome,
    ImportState,
    PreparedArticle,
    PreparedFile,
    StoredArticle,
    Version,
    base_slug,
    check_reason,
    fold,
    make_slug,
    shorten,
)
from workbench.corpus.searching import forget_sentences, request_indexing
from workbench.corpus.storing import insert_edition, insert_files, keep_source
from workbench.corpus.tables import (
    EditionSource,
    Sentence,
    SourceFile,
    TextEdition,
    ZoneMark,
)
from workbench.errors import ConflictError, NotFoundError
from workbench.storage.database import share_project


def store_files(
    session: Session,
    *,
    project_id: int,
    files: Sequence[PreparedFile],
    by: int | None,
    now: datetime,
) -> tuple[list[FileOutcome], list[StoredArticle]]:
    """Store each file with all its articles, or say why not; known bytes change nothing.

    Returns what became of each file, and the articles that were stored.
    """
    share_project(session, project_id)
    hashes = {file.sha256 for file in files}
    known = dict(known_articles(session, project_id=project_id, hashes=hashes))
    taken = taken_slugs(session, project_id=project_id, wanted=_wanted_slugs(files))
    outcomes, new = [], []
    for file in files:
        if file.sha256 in known:
            outcomes.append(FileOutcome(file.name, ImportState.KNOWN, known[file.sha256]))
        elif double := _double_id(file, taken):
            outcomes.append(_refuse_double(file, double))
        else:
            slugs = _choose_slugs(file, taken)
            known[file.sha256] = slugs
            new.append((file, slugs))
            outcomes.append(FileOutcome(file.name, ImportState.IMPORTED, slugs, file.sentences))
    stored = insert_files(session, project_id=project_id, files=new, by=by, now=now)
    for (file, _), source in zip(new, stored.sources, strict=True):
        details: JsonObject = {"sha256": file.sha256, "articles": len(file.articles)}
        record_event(
            session,
            "import_file",
            f"source_file {source}",
            project_id=project_id,
            by=by,
            now=now,
            details=details,
        )
    return outcomes, stored.articles


def edit_article(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    metadata: Metadata,
    by: int | None,
    now: datetime,
) -> None:
    """Say of an article what ``metadata`` says, and no more; its language must be said."""
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    new = {name: getattr(metadata, name) for name in EDITABLE}
    changed = sorted(name for name, value in new.items() if getattr(article, name) != value)
    if changed:
        for name in changed:
            setattr(article, name, new[name])
        record_act(
            session, article, "edit_article", by=by, now=now, details={"changed": [*changed]}
        )


def change_zone(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    position: int,
    zone: str,
    by: int | None,
    now: datetime,
) -> None:
    """Mark a sentence of the article's newest edition with a zone; earlier marks stay."""
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    edition = newest_edition(session, project_id=project_id, article_id=article_id)
    row = session.execute(
        select(Sentence.id, newest_zone()).where(
            Sentence.project_id == project_id,
            Sentence.edition_id == edition.id,
            Sentence.position == position,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("The article has no sentence %(position)s.", position=position)
    sentence_id, present = row
    if zone == present:
        return
    session.add(
        ZoneMark(
            project_id=project_id, sentence_id=sentence_id, zone=zone, marked_by=by, marked_at=now
        )
    )
    details: JsonObject = {"sentence": position, "zone": zone}
    record_act(session, article, "change_zone", by=by, now=now, details=details)


def add_edition(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    after: int,
    version: Version,
    file: PreparedFile | None = None,
    by: int | None,
    now: datetime,
) -> TextEdition:
    """Give an article a further text, after the edition of this number; those before stay.

    The bytes of the file that it came in, if any, are kept as those of an import are.
    Raises ``ConflictError`` when that is not the newest any more. What becomes of the answers is
    ``labelling.editions.correct_article``, which calls this.
    """
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    if article.erased_at is not None:
        raise ConflictError(
            "The text of %(slug)s was erased; it cannot come back.", slug=article.slug
        )
    present = newest_edition(session, project_id=project_id, article_id=article_id)
    if present.number != after:
        raise ConflictError(
            "The text of %(slug)s was corrected meanwhile: it has edition %(number)s now. Look at"
            " that one first.",
            slug=article.slug,
            number=present.number,
        )
    edition_id = insert_edition(
        session,
        project_id=project_id,
        article_id=article_id,
        number=after + 1,
        version=version,
        now=now,
    )
    if file is not None:
        keep_source(
            session, project_id=project_id, edition_id=edition_id, file=file, by=by, now=now
        )
    request_indexing(session, project_id=project_id, by=by, now=now)
    edition = session.get_one(TextEdition, edition_id)
    details: JsonObject = {"edition": edition.number, "sha256": edition.sha256}
    record_act(session, article, "correct_article", by=by, now=now, details=details)
    return edition


def withdraw_article(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    """Take an article out of queues and later exports; its answers stay, and it can come back."""
    reason = check_reason(reason)
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    if article.withdrawn_at is not None:
        raise ConflictError("The article %(slug)s is withdrawn already.", slug=article.slug)
    article.withdrawn_at = now
    record_act(session, article, "withdraw_article", by=by, now=now, details={"reason": reason})


def restore_article(
    session: Session, *, project_id: int, article_id: int, by: int | None, now: datetime
) -> None:
    """Bring a withdrawn article back into queues and exports."""
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    if article.erased_at is not None:
        raise ConflictError(
            "The text of %(slug)s was erased; it cannot come back.", slug=article.slug
        )
    if article.withdrawn_at is None:
        raise ConflictError("The article %(slug)s is not withdrawn.", slug=article.slug)
    article.withdrawn_at = None
    record_act(session, article, "restore_article", by=by, now=now)


def erase_article(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    """Blank an article's text for good, and the bytes of the files it came in.

    Hashes, lengths, the offsets of sentences and the file's other articles stay. The quotes in
    labels are blanked by ``labelling.erasure.blank_quotes``, which belongs in the same transaction;
    ``storage.database.empty_journal`` comes after it.
    """
    reason = check_reason(reason)
    share_project(session, project_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    if article.erased_at is not None:
        raise ConflictError("The article %(slug)s is erased already.", slug=article.slug)
    article.erased_at = now
    article.withdrawn_at = article.withdrawn_at or now
    session.execute(update(TextEdition).where(TextEdition.article_id == article_id).values(text=""))
    forget_sentences(session, article_id=article_id)
    corrected = (
        select(EditionSource.source_file_id)
        .join(TextEdition, TextEdition.id == EditionSource.edition_id)
        .where(TextEdition.article_id == article.id)
    )
    sources = or_(SourceFile.id == article.source_file_id, SourceFile.id.in_(corrected))
    session.execute(update(SourceFile).where(sources).values(content=b""))
    record_act(session, article, "erase_article", by=by, now=now, details={"reason": reason})


def _wanted_slugs(files: Sequence[PreparedFile]) -> list[str]:
    return [base_slug(article.name) for file in files for article in file.articles]


def _double_id(file: PreparedFile, taken: Container[str]) -> PreparedArticle | None:
    """Find an article whose id, meant to name it for good, names another one already."""
    return next(
        (
            article
            for article in file.articles
            if article.metadata.id and shorten(fold(article.metadata.id)) in taken
        ),
        None,
    )


def _refuse_double(file: PreparedFile, article: PreparedArticle) -> FileOutcome:
    return FileOutcome(
        file.name,
        ImportState.REFUSED,
        problem="%(place)s has the id %(id)s, which another article of the project has: change it.",
        values={"place": article.place, "id": article.metadata.id},
    )


def _choose_slugs(file: PreparedFile, taken: set[str]) -> tuple[str, ...]:
    slugs = []
    for article in file.articles:
        slug = make_slug(article.name, taken)
        taken.add(slug)
        slugs.append(slug)
    return tuple(slugs)
