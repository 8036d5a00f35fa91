"""Source files, articles, their text editions, sentences and zone marks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.storage.base import Base, MaybeUserId, ProjectId, RowId


class SourceFile(Base):
    """The bytes of a file as they came; blank once an article in it is erased."""

    __tablename__ = "source_file"
    __table_args__ = (
        UniqueConstraint("project_id", "sha256"),
        UniqueConstraint("project_id", "public_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    imported_by: Mapped[MaybeUserId]
    imported_at: Mapped[datetime]


class Article(Base):
    """A text with what is known of it; what the source does not say stays empty."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("project_id", "slug"),
        UniqueConstraint("project_id", "public_id"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        Index(None, "source_file_id"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    public_id: Mapped[str] = mapped_column(String(64))
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_file.id"))
    slug: Mapped[str] = mapped_column(String(64))
    title: Mapped[str | None] = mapped_column(String(500))
    outlet: Mapped[str | None] = mapped_column(String(200))
    author: Mapped[str | None] = mapped_column(String(200))
    published: Mapped[str | None] = mapped_column(String(32))
    url: Mapped[str | None] = mapped_column(String(2000))
    language: Mapped[str] = mapped_column(String(8))
    rights: Mapped[str | None] = mapped_column(String(500))
    imported_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class TextEdition(Base):
    """One immutable text of an article; every offset refers to one. Erasing blanks the text."""

    __tablename__ = "text_edition"
    __table_args__ = (
        UniqueConstraint("project_id", "article_id", "number"),
        Index(None, "article_id", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    text: Mapped[str]
    length: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    segmenter: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


class EditionSource(Base):
    """The file that a corrected text came in; one written on a page has none."""

    __tablename__ = "edition_source"
    __table_args__ = (UniqueConstraint("project_id", "edition_id"), Index(None, "source_file_id"))

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("text_edition.id"))
    source_file_id: Mapped[int] = mapped_column(ForeignKey("source_file.id"))


class Sentence(Base):
    """A half-open code-point range of a text edition; positions count from 1."""

    __tablename__ = "sentence"
    __table_args__ = (
        UniqueConstraint("project_id", "edition_id", "position"),
        CheckConstraint('start >= 0 AND start < "end"', name="range"),
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("text_edition.id"))
    position: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]


class ZoneMark(Base):
    """What part of the page a sentence belongs to; the newest mark counts."""

    __tablename__ = "zone_mark"
    __table_args__ = (
        CheckConstraint(
            "zone IN ('headline', 'standfirst', 'body', 'caption', 'glossary', 'boilerplate')",
            name="zone",
        ),
        Index(None, "sentence_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[RowId]
    project_id: Mapped[ProjectId]
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    zone: Mapped[str] = mapped_column(String(16))
    marked_by: Mapped[MaybeUserId]
    marked_at: Mapped[datetime]


class SentenceSearch(Base):
    """The words of a sentence, folded, with a blank between them; a job fills it after an import.

    Over it lies each database's own index of words, which a migration has made.
    """

    __tablename__ = "sentence_search"
    __table_args__ = (Index(None, "project_id", "sentence_id"),)

    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"), primary_key=True)
    project_id: Mapped[ProjectId]
    search_text: Mapped[str]
