"""A corrected text, or other sentence borders, before anything is stored: no database, no clock."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.canonical import Json, canonical_json
from workbench.corpus.aligning import Alignment, Range, align
from workbench.corpus.language import Language
from workbench.corpus.preparing import prepare_article, prepare_file
from workbench.corpus.readers import Metadata
from workbench.corpus.readers.source import make_source
from workbench.corpus.rules import PreparedArticle, PreparedFile, Version
from workbench.corpus.segmentation import VERSION
from workbench.corpus.text import normalise
from workbench.corpus.zones import Zone
from workbench.errors import InvalidInputError

# A text of which less than this stayed as it was is rather another one.
HALF = 0.5

BY_HAND = "by hand"  # what cut the sentences


@dataclass(frozen=True)
class Correction:
    """The next edition of an article's text, beside the one it follows, and the file it came in."""

    version: Version
    alignment: Alignment
    file: PreparedFile | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether less than half of the sentences stayed: it may be another article's text."""
        return self.kept < HALF * len(self.alignment.old_sentences)

    @property
    def kept(self) -> int:
        """How many sentences are there word for word, in the same place or elsewhere."""
        return len(self.alignment.same) + len(self.alignment.elsewhere)


def read_correction(name: str, content: bytes, *, old: Version, language: Language) -> Correction:
    """Read the corrected text from a file that holds one article; what else it says is left."""
    file = prepare_file(name, content, language=language)
    if len(file.articles) != 1:
        raise InvalidInputError(
            "%(name)s has %(count)s articles; give a file with the one article to correct.",
            name=name,
            count=len(file.articles),
        )
    return replace(_correct(old, file.articles[0]), file=file)


def correct_text(text: str, *, old: Version, language: Language) -> Correction:
    """Take a corrected text as it was written on a page."""
    source = make_source("text", text.rstrip("\n"), Metadata(language=language))
    return _correct(old, prepare_article(source, "text", language=language))


def move_borders(lines: str, *, old: Version) -> Correction:
    """Cut the same text into other sentences, one to a line; white space does not count.

    Raises ``InvalidInputError`` where the lines say anything else than the text.
    """
    sentences = _read_lines(lines, old.text)
    zones = [
        old.zones[max(index for index, (first, _) in enumerate(old.sentences) if first <= start)]
        for start, _ in sentences
    ]
    return compare(old, Version(old.text, sentences, zones, BY_HAND))


def write_lines(version: Version) -> str:
    """Write a text with one sentence to a line, as ``move_borders`` reads it."""
    return "\n".join(
        " ".join(version.text[start:end].splitlines()) for start, end in version.sentences
    )


def pack(version: Version) -> str:
    """Write what a page has to keep of a version beside its text, between showing and doing."""
    pieces: list[Json] = [
        [start, end, zone]
        for (start, end), zone in zip(version.sentences, version.zones, strict=True)
    ]
    return canonical_json({"segmenter": version.segmenter, "pieces": pieces})


def unpack(text: str, packed: str) -> Version:
    """Read a version back; ``InvalidInputError`` if it does not fit the text."""
    try:
        match json.loads(packed):
            case {"segmenter": str(segmenter), "pieces": [*pieces]} if (
                segmenter in {VERSION, BY_HAND} and pieces
            ):
                version = _read_pieces(normalise(text, "text"), pieces, segmenter)
                edges = [0, *(edge for pair in version.sentences for edge in pair)]
                is_whole = all(start < end for start, end in version.sentences)
                if is_whole and edges == sorted(edges) and edges[-1] <= len(version.text):
                    return version
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidInputError("The sentences do not fit the text; begin the correction again.")


def compare(old: Version, new: Version) -> Correction:
    """Set a version beside the one before; ``InvalidInputError`` if nothing changed."""
    if old.text.strip() == new.text.strip() and _quotes(old) == _quotes(new):
        raise InvalidInputError("Nothing changed: the article has this very text already.")
    return Correction(new, align(old.text, old.sentences, new.text, new.sentences))


def _correct(old: Version, article: PreparedArticle) -> Correction:
    new = Version(article.text, article.sentences, article.zones, VERSION)
    found = compare(old, new)
    zones = [*new.zones]
    for one, zone in reversed([*enumerate(old.zones)]):
        for home in found.alignment.homes(one):
            zones[home] = zone
    return replace(found, version=replace(new, zones=zones))


def _quotes(version: Version) -> list[str]:
    return [version.text[start:end] for start, end in version.sentences]


def _read_pieces(text: str, pieces: Sequence[Json], segmenter: str) -> Version:
    ranges, zones = [], []
    for piece in pieces:
        match piece:
            case [int(start), int(end), str(zone)]:
                ranges.append((start, end))
                zones.append(Zone(zone).value)
            case _:
                raise ValueError
    return Version(text, ranges, zones, segmenter)


def _read_lines(lines: str, text: str) -> list[Range]:
    place, sentences = 0, []
    for number, line in enumerate(lines.splitlines(), start=1):
        start = None
        for letter in "".join(line.split()):
            place = _skip_blanks(text, place)
            if text[place : place + 1] != letter:
                raise _other_words(number)
            start = place if start is None else start
            place += 1
        if start is not None:
            sentences.append((start, place))
    if _skip_blanks(text, place) < len(text):
        raise _other_words(len(lines.splitlines()))
    return sentences


def _skip_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _other_words(line: int) -> InvalidInputError:
    return InvalidInputError(
        "Line %(line)s says something else than the text: here only the ends of lines change."
        " Correct the text itself as a new text.",
        line=line,
    )
