"""A stretch of text as words: whole sentences, with each quotation in marks as a single word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.suggestions.french_words import FUNCTION_WORDS
from workbench.suggestions.marks import Quotation

_BEFORE_CAPITAL = frozenset(".!?…:–—-«")
_MOST_WORDS, _MOST_PIECES, _LONGEST_PIECE = 100_000, 50_000, 40
QUOTED = "«»"  # the word that stands for a quotation

_CLITIC = r"(?:t[-‑]|t['’])?(?:ils?|elles?|on|je|nous|vous|tu|ce)\b"
_WORD = re.compile(
    rf"""
    [a-zà-öø-ÿ]++(?=[ ,])                                      # most words, told at once
  | [A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]++(?![\w’'.&‑-])
  | [,;:!?()…«»]
  | \d+(?:[.,\u00a0\u202f\x20]\d+)*
  | (?:[A-ZÀ-Þ]\.[-‑]?)+(?=[\s\w])                            # initials: J.-P.
  | (?:MM?|[MD]r|Pr|Me|Mgr|Mme|St|Mrs|Ms|Sgt|Sen|Gov|Rep|Lt|Col|Gen|Capt|Prof|Rev)\.(?=\s)
  | [^\W_]+(?:['’](?=[^\W_]|\Z)                               # elided: l' qu'
            |(?:(?:[-‑&](?!{_CLITIC})|\.(?=\w\w))[^\W_]+)*)
  | [-‑]{_CLITIC}                                             # a-t-il
  | \.\.\.|[^\w\s]
    """,
    re.VERBOSE,
)
# The one word that holds a blank: 12 000. A search skips to the blanks.
_SPACED_NUMBER = re.compile(r" (?<=\d )\d")


@dataclass(slots=True, eq=False)
class Unit:
    """Sentences that quotations hold together; ``words`` are folded, the text is as it was."""

    text: str
    start: int
    end: int
    first_sentence: int
    stop_sentence: int
    words: list[str]
    starts: list[int]
    ends: list[int]
    quotations: dict[int, Quotation]  # by the place of their word

    def is_capital(self, index: int) -> bool:
        """Tell whether a word is written with a capital of its own, no sentence's."""
        if not self.text[self.starts[index]].isupper():
            return False
        first = index == 0 or self.words[index - 1] in _BEFORE_CAPITAL
        return not (first and self.words[index] in FUNCTION_WORDS)

    def printed(self, first: int, stop: int) -> str:
        """Return the text of some words, blanks and all."""
        return self.text[self.starts[first] : self.ends[stop - 1]]


def fold(text: str) -> str:
    """Return the text in small letters with one kind of apostrophe and hyphen."""
    return text.lower().replace("’", "'").replace("‑", "-")


def split_units(
    sentences: Sequence[tuple[int, int]], quotations: Sequence[Quotation]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield (first sentence, stop, first quotation, stop): a quotation never crosses two units."""
    at = quote = 0
    size, most = len(sentences), len(quotations)
    while at < size:
        start, end = sentences[at]
        while quote < most and quotations[quote].end <= start:
            quote += 1  # in a line that is left out, such as a caption
        first, first_quote = at, quote
        at += 1
        while quote < most and quotations[quote].start < end:
            while at < size and quotations[quote].end > sentences[at][0]:
                end = sentences[at][1]
                at += 1
            quote += 1
        yield first, at, first_quote, quote


def read_words(
    text: str, start: int, end: int, quotations: Sequence[Quotation]
) -> tuple[list[str], list[int], list[int], dict[int, Quotation]]:
    """Return the words of a range, where they start and end, and the quotations among them."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    quoted: dict[int, Quotation] = {}

    def read_to(stop: int) -> None:
        place = at
        stretch = text[at:stop]
        pieces = [stretch] if _SPACED_NUMBER.search(stretch) else stretch.split(" ")
        in_pieces = [*map(_BEFORE_BLANK.__getitem__, pieces[:-1]), _AT_END[pieces[-1]]]
        for whole, size, in_piece in in_pieces:
            behind = place + size
            if whole:
                words.append(whole)
                starts.append(place)
                ends.append(behind)
            else:
                for word, first, last in in_piece:
                    words.append(word)
                    starts.append(place + first)
                    ends.append(place + last)
            place = behind + 1

    at = start
    for quotation in quotations:
        read_to(max(at, quotation.start))
        quoted[len(words)] = quotation
        words.append(QUOTED)
        starts.append(max(start, quotation.start))
        ends.append(quotation.end)
        at = quotation.end
    read_to(end)
    return words, starts, ends, quoted


class _Folded(dict[str, str]):
    """Words in small letters; letters of an acronym are no words: "AI" is not "ai"."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS:
            self.clear()
        acronym = word.isupper() and len(word) > 1 and word.isalnum()
        folded = self[word] = word if acronym else fold(word)
        return folded


_Placed = tuple[str, int, int]  # a folded word, where it starts and ends in its piece
_Piece = tuple[str, int, list[_Placed]]  # its word where it is one and no more, length, words


class _Pieces(dict[str, _Piece]):
    """The words of what stands between two blanks: most pieces come again and again."""

    def __init__(self, behind: str) -> None:
        super().__init__()
        self._behind = behind  # what follows a piece, since it may decide: "M. Roux"

    def __missing__(self, piece: str) -> _Piece:
        words = [
            (_FOLDED[found[0]], found.start(), found.end())
            for found in _WORD.finditer(piece + self._behind)
        ]
        (word, *place), size = words[0] if words else ("", 0, 0), len(piece)
        read = (word if place == [0, size] else "", size, words)
        if size <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = read
        return read


_FOLDED = _Folded()
_BEFORE_BLANK, _AT_END = _Pieces(" "), _Pieces("")
