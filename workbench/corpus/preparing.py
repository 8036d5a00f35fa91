"""Read a file into articles, cut them into sentences and find the zones: no database, no clock."""

import hashlib
from dataclasses import replace
from pathlib import PurePath

from workbench.corpus.language import Language, detect_language
from workbench.corpus.readers import ArticleSource, Metadata, read_file
from workbench.corpus.rules import PreparedArticle, PreparedFile
from workbench.corpus.segmentation import segment
from workbench.corpus.zones import mark_zones


def prepare_file(
    name: str, content: bytes, *, metadata: Metadata | None = None, language: Language = "fr"
) -> PreparedFile:
    """Make a file ready to be stored; ``metadata`` is what a manifest says of it.

    ``language`` is that of articles which neither say theirs nor are long enough to tell it.
    Raises ``InvalidInputError`` where anything in it is not as it should be.
    """
    return PreparedFile(
        name=name,
        content=content,
        sha256=hash_bytes(content),
        articles=tuple(
            prepare_article(source, name, language=language)
            for source in read_file(name, content, metadata=metadata)
        ),
    )


def prepare_article(
    source: ArticleSource, file_name: str, *, language: Language
) -> PreparedArticle:
    """Cut an article's text into sentences and give each its zone."""
    text, metadata = source.text, source.metadata
    sentences = tuple(segment(text))
    return PreparedArticle(
        place=source.place,
        name=metadata.id or metadata.title or PurePath(file_name).stem,
        text=text,
        metadata=replace(
            metadata, language=metadata.language or detect_language(text, otherwise=language)
        ),
        sentences=sentences,
        zones=tuple(
            mark_zones(text, sentences, captions=source.captions, headings=source.headings)
        ),
    )


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 by which a file's bytes are known, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
