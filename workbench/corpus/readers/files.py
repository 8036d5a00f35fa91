"""Read article files by the endings of their names, each whole or not at all."""

import unicodedata
from dataclasses import replace
from pathlib import PurePosixPath

from workbench.corpus.readers.lists import MANIFEST, read_csv, read_jsonl
from workbench.corpus.readers.source import ArticleSource, Metadata, make_source
from workbench.corpus.text import decode
from workbench.errors import InvalidInputError

_LONGEST_NAME = 255


def read_file(name: str, data: bytes, *, metadata: Metadata | None = None) -> list[ArticleSource]:
    """Return the articles of a file; what a manifest says of it goes before what it says itself.

    The name only tells the format: it is never opened, and one that could be a path is refused.
    """
    check_name(name)
    read = _READERS.get(ending(name))
    if read is None:
        raise InvalidInputError(
            "%(name)s is of no kind that can be read: give %(kinds)s.",
            name=name,
            kinds=", ".join(ENDINGS),
        )
    if metadata is None:
        return read(name, data)
    if read in (read_jsonl, read_csv):
        raise InvalidInputError(
            "%(name)s says itself what is known of its articles: remove it from %(manifest)s.",
            name=name,
            manifest=MANIFEST,
        )
    return [
        replace(source, metadata=metadata.completed_by(source.metadata))
        for source in read(name, data)
    ]


def check_name(name: str) -> None:
    """Refuse a file name that could be a path, or that does not show what it is."""
    hidden = any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name)
    if hidden or not name.strip(". ") or "/" in name or "\\" in name:
        raise InvalidInputError(
            "%(name)s is not the name of a file: give one such as article.txt, without folders.",
            name=f"{name[:80]!a}",
        )
    if len(name.encode()) > _LONGEST_NAME:
        raise InvalidInputError(
            "%(name)s is too long a name: a file name may have %(most)s bytes.",
            name=name[:80],
            most=_LONGEST_NAME,
        )


def ending(name: str) -> str:
    """Return the ending of a file name, such as ``.txt``, in lower case."""
    return PurePosixPath(name).suffix.lower()


def _read_text(name: str, data: bytes) -> list[ArticleSource]:
    return [make_source(name, decode(data, name=name), Metadata())]


def _read_html(name: str, data: bytes) -> list[ArticleSource]:
    # Loaded when a page is read: the parsers cost a server's start a quarter of a second.
    from workbench.corpus.readers.pages import read_html  # noqa: PLC0415

    return read_html(name, data)


_READERS = {
    ".txt": _read_text,
    ".md": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
}
ENDINGS = tuple(_READERS)
