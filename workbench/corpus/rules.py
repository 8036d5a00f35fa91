"""What a file has become once it is read, what is made of it, and how articles are named."""

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from workbench.canonical import JsonObject
from workbench.corpus.readers.source import Metadata
from workbench.errors import InvalidInputError, WorkbenchError

T = TypeVar("T")

SLUG_LENGTH = 56  # Leaves room for a number behind it.
MAX_REASON_LENGTH = 500
SHOWN_ARTICLES = 10
EDITABLE = ("title", "outlet", "author", "published", "url", "language", "rights")

HEADING_LENGTH = 100
NOT_THE_ARTICLE = ("caption", "boilerplate")

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "’": "-", "'": "-"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_SEARCHED = re.compile(r"[a-z]+|[0-9]+")


@dataclass(frozen=True)
class PreparedArticle:
    """An article ready to be stored: its text cut into sentences, each in a zone.

    ``place`` names it in messages, ``name`` is what its slug is made from; its metadata says
    the language.
    """

    place: str
    name: str
    text: str
    metadata: Metadata
    sentences: tuple[tuple[int, int], ...]
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """One text of an article: cut into sentences, each in a zone, and what cut them."""

    text: str
    sentences: Sequence[tuple[int, int]]
    zones: Sequence[str]
    segmenter: str


@dataclass(frozen=True)
class StoredArticle:
    """An article just stored: the row of its edition, and those of its sentences in their order."""

    edition_id: int
    article: PreparedArticle
    sentence_ids: Sequence[int]


@dataclass(frozen=True)
class PreparedFile:
    """A file that was read without fault: its bytes and every article in it."""

    name: str
    content: bytes
    sha256: str
    articles: tuple[PreparedArticle, ...]

    @property
    def sentences(self) -> int:
        """How many sentences its articles have."""
        return sum(len(article.sentences) for article in self.articles)


class ImportState(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file: the slugs of its articles, or why it was refused.

    ``problem`` keeps the values of its message apart, so that a page can say it in another
    language.
    """

    name: str
    state: ImportState
    articles: tuple[str, ...] = ()
    sentences: int = 0
    problem: str | None = None
    values: JsonObject = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why the file was refused, in English."""
        return (self.problem or "") % self.values if self.values else self.problem or ""


def refuse_file(name: str, error: WorkbenchError) -> FileOutcome:
    """Return that a file was refused, and why."""
    values: JsonObject = {key: str(value) for key, value in error.values.items()}
    return FileOutcome(name, ImportState.REFUSED, problem=error.message, values=values)


def outcome_as_json(outcome: FileOutcome) -> JsonObject:
    """Return an outcome as a job's result keeps it, with its first articles."""
    return {
        "name": outcome.name,
        "state": outcome.state.value,
        "articles": list(outcome.articles[:SHOWN_ARTICLES]),
        "count": len(outcome.articles),
        "sentences": outcome.sentences,
        "problem": outcome.problem,
        "values": outcome.values,
    }


def in_chunks(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Cut a list into pieces, since a statement can only name so many values."""
    return (items[start : start + size] for start in range(0, len(items), size))


def check_reason(reason: str) -> str:
    """Return a reason without outer blanks; one must be given, on at most 500 characters."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > MAX_REASON_LENGTH or not reason.isprintable():
        raise InvalidInputError("Give a reason of 1 to 500 characters.")
    return reason


def make_slug(wanted: str, taken: Container[str]) -> str:
    """Make a name for an address of lower-case letters, digits and hyphens, not ``taken`` yet."""
    slug = base_slug(wanted)
    free, number = slug, 1
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def base_slug(wanted: str) -> str:
    """Make the name that an article gets when nobody has it yet."""
    return shorten(fold(wanted)) or "article"


def fold(text: str) -> str:
    """Write ``text`` in lower-case letters without accents, digits, and hyphens between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SEPARATORS.sub("-", letters).strip("-")


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched: folded, letters apart from digits.

    So *GPT4*, *GPT-4* and *gpt 4* are the same, and every database sees the same words.
    """
    return _SEARCHED.findall(fold(text))


def shorten(words: str) -> str:
    """Cut words joined by hyphens to the length of a slug, between two words where it can be."""
    if len(words) <= SLUG_LENGTH:
        return words
    short, _, _ = words[: SLUG_LENGTH + 1].rpartition("-")
    return short if len(short) > SLUG_LENGTH // 2 else words[:SLUG_LENGTH].strip("-")


def heading_of(title: str | None, opening: str | None, slug: str) -> str:
    """Say what to call an article: its title, else how its text opens, else its slug."""
    words = title or opening or slug
    if len(words) <= HEADING_LENGTH:
        return words
    return f"{words[:HEADING_LENGTH].rsplit(None, 1)[0]} …"
