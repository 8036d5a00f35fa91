"""What every reader hands on: a text in the form of an edition, and what its source says of it."""

from dataclasses import dataclass, replace

from workbench.corpus.dates import leading_date
from workbench.corpus.language import Language
from workbench.corpus.text import check_article_length, normalise


@dataclass(frozen=True)
class Metadata:
    """What is known of an article; None is what nobody has said."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    language: Language | None = None
    rights: str | None = None
    id: str | None = None

    def completed_by(self, other: "Metadata") -> "Metadata":
        """Return this metadata with what it does not say taken from the other."""
        return replace(other, **{name: value for name, value in vars(self).items() if value})


@dataclass(frozen=True)
class ArticleSource:
    """One article as a file gives it; ``place`` names it in messages: ``news.jsonl line 3``.

    ``captions`` and ``headings`` are those lines of the text that the file itself marks as such.
    """

    place: str
    text: str
    metadata: Metadata
    captions: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()


def make_source(
    place: str,
    text: str,
    metadata: Metadata,
    *,
    captions: frozenset[str] = frozenset(),
    headings: frozenset[str] = frozenset(),
) -> ArticleSource:
    """Return the article, its text normalised; a leading date marker dates it if nothing else."""
    text = normalise(text, place)
    check_article_length(text, place)
    if marker := leading_date(text):
        metadata = metadata.completed_by(Metadata(published=marker[0]))
    return ArticleSource(place, text, metadata, captions, headings)
