"""Read articles, their newest text edition, and its sentences with their newest zone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import AuditEvent
from workbench.corpus.rules import (
    HEADING_LENGTH,
    NOT_THE_ARTICLE,
    Version,
    fold,
    heading_of,
    in_chunks,
)
from workbench.corpus.tables import (
    Article,
    EditionSource,
    Sentence,
    SourceFile,
    TextEdition,
    ZoneMark,
)
from workbench.errors import NotFoundError, StaleRevisionError
from workbench.storage.database import read_columns


class SentenceInZone(NamedTuple):
    """A sentence of an edition with the zone that its newest mark gives it."""

    id: int
    position: int
    start: int
    end: int
    zone: str


@dataclass(frozen=True)
class ListedArticle:
    """An article in a list, with the number of sentences of its newest edition."""

    article: Article
    heading: str
    sentences: int


def list_articles(
    session: Session,
    *,
    project_id: int,
    search: str = "",
    withdrawn: bool | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ListedArticle]:
    """List a project's articles, the newest import first.

    ``search`` is looked for in heading, outlet, author and slug; ``withdrawn`` keeps only those
    that are, or only those that are not.
    """
    page = (
        select(Article.id)
        .where(*_chosen(project_id, search, withdrawn))
        .order_by(Article.id.desc())
        .limit(limit)
        .offset(offset)
    )
    later = aliased(TextEdition)
    newest = select(func.max(later.number)).where(later.article_id == Article.id).scalar_subquery()
    count = (
        select(func.count())
        .select_from(Sentence)
        .where(
            Sentence.project_id == Article.project_id,
            Sentence.edition_id == TextEdition.id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Article, count)
        .join(TextEdition, and_(TextEdition.article_id == Article.id, TextEdition.number == newest))
        .where(Article.id.in_(page.subquery().select()))
        .order_by(Article.id.desc())
    ).all()
    headings = read_headings(session, article_ids=[article.id for article, _ in rows])
    return [ListedArticle(article, headings[article.id], count) for article, count in rows]


def count_articles(
    session: Session, *, project_id: int, search: str = "", withdrawn: bool | None = None
) -> int:
    """Count the articles that ``list_articles`` would list without a limit."""
    chosen = select(func.count(Article.id)).where(*_chosen(project_id, search, withdrawn))
    return session.scalar(chosen) or 0


def list_outlets(session: Session, *, project_id: int, most: int = 500) -> list[str]:
    """List the outlets of a project's articles by name."""
    named = (
        select(Article.outlet)
        .where(Article.project_id == project_id, Article.outlet.is_not(None))
        .distinct()
        .order_by(Article.outlet)
        .limit(most)
    )
    return [outlet for outlet in session.scalars(named) if outlet]


def find_article(session: Session, *, project_id: int, name: str) -> Article:
    """Return the article with this slug or public id."""
    found = session.scalars(
        select(Article).where(
            Article.project_id == project_id,
            or_(Article.slug == name, Article.public_id == name),
        )
    ).all()
    if not found:
        raise NotFoundError("There is no article %(name)s in this project.", name=name[:80])
    return next((article for article in found if article.slug == name), found[0])


def find_slug(session: Session, *, project_id: int, name: str) -> str:
    """Return the slug of the article with this slug or public id; the name itself without any."""
    is_slug = Article.slug == name
    found = session.scalar(
        select(Article.slug)
        .where(Article.project_id == project_id, or_(is_slug, Article.public_id == name))
        .order_by(is_slug.desc())
    )
    return name if found is None else found


def newest_edition(session: Session, *, project_id: int, article_id: int) -> TextEdition:
    """Return the article's text as it is annotated today."""
    edition = session.scalar(
        select(TextEdition)
        .where(TextEdition.project_id == project_id, TextEdition.article_id == article_id)
        .order_by(TextEdition.number.desc())
        .limit(1)
    )
    if edition is None:
        raise NotFoundError("There is no such article in this project.")
    return edition


def refuse_older(base: int, *, newest: int, slug: str) -> None:
    """Raise ``StaleRevisionError`` where the edition that was looked at is not the newest."""
    if base != newest:
        error = StaleRevisionError(
            "The text of %(slug)s was corrected meanwhile: it has edition %(number)s now. Look at"
            " that one first.",
            slug=slug,
            number=newest,
        )
        error.extra = {"newest": {"number": newest}}
        raise error


def read_version(session: Session, *, edition: TextEdition) -> Version:
    """Return an edition as a value: its text, its sentences, their newest zones."""
    sentences = read_sentences(session, project_id=edition.project_id, edition_id=edition.id)
    return Version(
        edition.text,
        [(sentence.start, sentence.end) for sentence in sentences],
        [sentence.zone for sentence in sentences],
        edition.segmenter,
    )


def read_sentences(session: Session, *, project_id: int, edition_id: int) -> list[SentenceInZone]:
    """Return the edition's sentences in order, each with its newest zone, by one statement."""
    values = {"project": project_id, "edition": edition_id}
    return [SentenceInZone(*row) for row in read_columns(session, _select_sentences(), values)]


@cache  # Building it takes longer than running it.
def _select_sentences() -> Select[int, int, int, int, str]:
    return (
        select(Sentence.id, Sentence.position, Sentence.start, Sentence.end, newest_zone())
        .where(
            Sentence.project_id == bindparam("project"), Sentence.edition_id == bindparam("edition")
        )
        .order_by(Sentence.position)
    )


def read_sentences_of(
    session: Session, *, project_id: int, edition_ids: Collection[int]
) -> dict[int, list[SentenceInZone]]:
    """Return the sentences of several editions, by edition, as ``read_sentences`` does of one.

    By one statement for 500 of them.
    """
    found: dict[int, list[SentenceInZone]] = {edition_id: [] for edition_id in edition_ids}
    for some in in_chunks(list(found)):
        values = {"project": project_id, "editions": some}
        for row in read_columns(session, _select_sentences_of(), values).all():
            edition_id, id_, position, start, end, zone = row
            found[edition_id].append(SentenceInZone(id_, position, start, end, zone))
    return found


@cache
def _select_sentences_of() -> Select[int, int, int, int, int, str]:
    return (
        select(
            Sentence.edition_id,
            Sentence.id,
            Sentence.position,
            Sentence.start,
            Sentence.end,
            newest_zone().label("zone"),
        )
        .where(
            Sentence.project_id == bindparam("project"),
            Sentence.edition_id.in_(bindparam("editions", expanding=True)),
        )
        .order_by(Sentence.edition_id, Sentence.position)
    )


def newest_zone(sentence: type[Sentence] = Sentence) -> ColumnElement[str]:
    """Select the zone of a sentence, as part of a statement over the sentence table."""
    return (
        select(ZoneMark.zone)
        .where(ZoneMark.sentence_id == sentence.id)
        .order_by(ZoneMark.id.desc())
        .limit(1)
        .correlate(sentence)
        .scalar_subquery()
    )


def read_headings(session: Session, *, article_ids: Collection[int]) -> dict[int, str]:
    """Return what to call each of these articles on a page, by one statement for 500 of them.

    An article without a title is called by how its text opens, furniture apart.
    """
    return {
        row.id: heading_of(row.title, _first_line(row.opening), row.slug)
        for some in in_chunks(list(article_ids))
        for row in session.execute(_select_headings(), {"ids": some})
    }


@cache
def _select_headings() -> Select[int, str | None, str | None, str]:
    ids: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
    return select(Article.id, Article.title, _opening().label("opening"), Article.slug).where(
        Article.id.in_(ids)
    )


def read_headings_by_slug(
    session: Session, *, project_id: int, slugs: Collection[str]
) -> dict[str, str]:
    """Return what to call each of the project's articles with these slugs."""
    ids = {
        row.id: row.slug
        for some in in_chunks(sorted(slugs))
        for row in session.execute(
            select(Article.id, Article.slug).where(
                Article.project_id == project_id, Article.slug.in_(some)
            )
        )
    }
    return {ids[key]: heading for key, heading in read_headings(session, article_ids=ids).items()}


def _opening() -> ColumnElement[str | None]:
    """Select how the text of an article without a title opens, furniture apart."""
    edition = aliased(TextEdition)
    newest = (
        select(edition.id)
        .where(edition.article_id == Article.id)
        .order_by(edition.number.desc())
        .limit(1)
        .correlate(Article)
        .scalar_subquery()
    )
    of_article = (
        select(func.substr(TextEdition.text, Sentence.start + 1, HEADING_LENGTH + 1, type_=String))
        .join(Sentence, Sentence.edition_id == TextEdition.id)
        .where(
            Sentence.project_id == Article.project_id,
            Sentence.edition_id == newest,
            newest_zone().not_in(NOT_THE_ARTICLE),
        )
        .order_by(Sentence.position)
        .limit(1)
        .correlate(Article)
        .scalar_subquery()
    )
    return case((Article.title.is_(None), of_article))


def opening_line(text: str, sentences: Sequence[SentenceInZone]) -> str:
    """Return how an edition's text opens, furniture apart, as far as it names an article."""
    for sentence in sentences:
        if sentence.zone not in NOT_THE_ARTICLE:
            return _first_line(text[sentence.start : sentence.start + HEADING_LENGTH + 1])
    return ""


def _first_line(text: str | None) -> str:
    return next(iter((text or "").splitlines()), "")


def get_article(session: Session, *, project_id: int, article_id: int) -> Article:
    """Return the project's article with this row id."""
    article = session.get(Article, article_id)
    if article is None or article.project_id != project_id:
        raise NotFoundError("There is no such article in this project.")
    return article


def read_reason(session: Session, *, article: Article) -> str | None:
    """Return why the article was last withdrawn or erased, in the words of who did it."""
    details = session.scalar(
        select(AuditEvent.details)
        .where(
            AuditEvent.project_id == article.project_id,
            AuditEvent.subject == f"article {article.public_id}",
            AuditEvent.action.in_(("withdraw_article", "erase_article")),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    match details:
        case {"reason": str(reason)}:
            return reason
    return None


def known_articles(
    session: Session, *, project_id: int, hashes: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return which of these SHA-256 are of files the project has, with their articles' slugs.

    Those by which texts were corrected are among them.
    """
    found = (
        select(SourceFile.sha256, Article.slug)
        .where(SourceFile.project_id == project_id, SourceFile.sha256.in_(hashes))
        .order_by(Article.id)
    )
    imported = found.join(Article, Article.source_file_id == SourceFile.id)
    corrected = (
        found.join(EditionSource, EditionSource.source_file_id == SourceFile.id)
        .join(TextEdition, TextEdition.id == EditionSource.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
    )
    known: dict[str, tuple[str, ...]] = {}
    for sha256, slug in (*session.execute(imported), *session.execute(corrected)):
        known[sha256] = (*known.get(sha256, ()), slug)
    return known


def taken_slugs(session: Session, *, project_id: int, wanted: Collection[str]) -> set[str]:
    """Return which of these slugs are taken, and all numbered ones that could be in the way.

    Those are the ones that begin like a slug that is taken or wanted more than once.
    """
    of_project = Article.project_id == project_id
    taken: set[str] = set()
    counts = Counter(wanted)
    for some in in_chunks(sorted(counts)):
        taken |= set(
            session.scalars(select(Article.slug).where(of_project, Article.slug.in_(some)))
        )
    for slug in sorted(taken | {slug for slug, count in counts.items() if count > 1}):
        numbered = Article.slug.startswith(f"{slug}-", autoescape=True)
        taken |= set(session.scalars(select(Article.slug).where(of_project, numbered)))
    return taken


def _chosen(project_id: int, search: str, withdrawn: bool | None) -> list[ColumnElement[bool]]:
    chosen = [Article.project_id == project_id]
    if withdrawn is not None:
        is_withdrawn = Article.withdrawn_at.is_not(None)
        chosen.append(is_withdrawn if withdrawn else ~is_withdrawn)
    chosen.append(_matches(search) if search else true())
    return chosen


def _matches(search: str) -> ColumnElement[bool]:
    search = search.removesuffix("…").rstrip()  # A long heading is shown cut.
    columns = (Article.title, _opening(), Article.outlet, Article.author)
    found = [column.icontains(search, autoescape=True) for column in columns]
    if folded := fold(search):  # SQLite's lower() leaves accented capitals as they are.
        found.append(Article.slug.contains(folded, autoescape=True))
    return or_(*found)
