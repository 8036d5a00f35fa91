"""Where sentences begin and end in French and English press text.

Every line is apart (a line is what `str.splitlines` calls one). Inside a line, `_STOP` finds the
few places where a sentence could end, at the speed of a regular expression, and `_ends_sentence`
decides each of them from the word before and the words after; most end plainly, which is known
sooner. Parentheses and brackets are passed
over whole: what stands in them, `(...)` and `[...]` too, belongs to the sentence around them. The
words that decide are in `segmentation_words`.

Work grows linearly with the text, whatever it holds: each repeated part of `_STOP` is possessive or
bounded, and a decision looks at what `_STOP` has matched and a few characters before it.
"""

import re
from functools import lru_cache

from workbench.corpus.segmentation_words import (
    BEFORE_CAPITAL,
    BEFORE_FUNCTION_WORD,
    BEFORE_NUMBER,
    BEFORE_X,
    FUNCTION_WORDS,
    LETTERED_NOUNS,
    NAME_PARTICLES,
    NAMES_WITH_MARK,
    NEVER_LAST,
    SPEECH_VERBS,
)

# Stored with each text edition; raise it when a rule changes.
VERSION = "1"

# Zero-width and direction marks: text, not white space, but as if absent beside a boundary.
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"

_BEHIND_MARK = rf"""
    (?:
      (?<![:;=][(\[])                 # an aside, no smiley: closed soon, pairs inside it closed too
      (?P<aside>
        (?<=\() [^()]{{0,500}}+ (?: \( [^()]{{0,500}}+ \) [^()]{{0,500}}+ )*+ \)
      | (?<=\[) [^\[\]]{{0,500}}+ \]
      )
    |
      (?<![(\[])                      # or marks: . ... ?! and, with blanks, ! ! ! or . . .
      (?P<marks> [.!?…‼⁇⁈⁉]*+ (?: \s?[!?…‼⁇⁈⁉]++ | \s\.(?![\w.]) )*+ )
    )
    (?P<close> (?: \s?[»›”] | [“‘](?!\S) | ["'’)\]}}*¹²³{_UNSEEN}] | \s?\[\d{{1,3}}\] )*+ )
                                    # „closes“, [12]: a note
    (?P<loose> \s"(?=\s) )?+          # closes or opens: only counting tells
    (?P<gap> \s*+ )
    (?=
      (?P<lead>                       # what may stand before the first word of a sentence
        (?: (?: (?P<quote> [«‹“„‘"'(\[{{] ) | (?:…|\.\.\.) [)\]]? | [-–—•●▪■►▶→*¡¿{_UNSEEN}] )
            \s? ){{0,8}}
      )
      (?P<word> [^\W_]*+ ['’]?+ )
      (?P<then> \s?\w | \. )?
    )
    """
# A plain set first: the search skips to it, and to a single character sooner. Most lines have only
# periods, and most of these stand plainly between a word, a blank and a capital.
_OTHER_MARKS = "!?…‼⁇⁈⁉(["
_ANY_MARK = rf"[.{re.escape(_OTHER_MARKS)}]"
_PLAIN = r"(?P<plain> (?<=[^\W_]\.) [ ] ) (?=[A-ZÀ-ÖØ-Þ])"
_STOP = re.compile(rf"{_ANY_MARK}{_BEHIND_MARK}", re.VERBOSE)
_PLAIN_OR_STOP = re.compile(rf"{_ANY_MARK}(?:{_PLAIN}|{_BEHIND_MARK})", re.VERBOSE)
_PLAIN_OR_STOP_AT_PERIOD = re.compile(rf"\.(?:{_PLAIN}|{_BEHIND_MARK})", re.VERBOSE)

_LOUD = frozenset("!?‼⁇⁈⁉")

# No sentence begins with these, nor with the end of the line.
_CONTINUES = frozenset(",;:.!?…%/&=|)]}»”<>+") | {""}

# No sentence yet, though a mark follows: "1.", "2.3.", "IV.", "A.", "P.-S.", "« ..."
_LABEL = re.compile(r"[\W_]*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,4}|[^\W\d_]|P\.-?S|N\.-?B)?[\W_]*")
_LONGEST_LABEL = 12

# The tables' words keep inner dots and hyphens: "J.-C", "c.-à-d".
_WORD_BREAK = re.compile(r"[\s«»‹›“”\"‘’'()\[\]{}/,;:–—]")
_LONGEST_WORD = 24
_MOST_PIECES = 20_000
_SHORTEST_FULL_WORD = 5
_SHORTEST_CLAUSE = 3

_INITIALS = re.compile(  # J, J-P, U.S, a.m, J.-C, Ph.D
    r"[^\W\d_](?:-[^\W\d_])?|(?:[^\W\d_]\.-?)+[^\W\d_]"
    r"|(?:[A-ZÀ-Þ][a-zà-ÿ]?\.-?)+[A-ZÀ-Þ][a-zà-ÿ]?"
)
_NUMBER = re.compile(r"\d|[VXLC][IVXLC]*\b|I[IVXLC]+\b|I(?=[,.;:)])|[A-Z]\.?\s?\d")
_MIXED_CASE = re.compile(r"[^\W\d_]{1,8}[A-Z]")  # iOS, eBay, xAI, wikiHow
_ATTRIBUTION = re.compile(
    rf"(?:[A-ZÀ-Þ][\w.'’-]{{0,30}}\s){{1,3}}(?:{'|'.join(sorted(SPEECH_VERBS))})\b"
)

# The seed articles come with this marker in front of their first paragraph, on the same line.
_DATE_MARKER = re.compile(r"\s*(date \d{4}(?:-\d\d){0,2})(?=\s)")


def segment(text: str) -> list[tuple[int, int]]:
    """Return the sentences' (start, end) code-point ranges.

    They are in order and apart, `text[start:end]` has no outer white space (as `str.strip` sees
    it), and nothing but white space stands outside them. Any text will do.
    """
    sentences: list[tuple[int, int]] = []
    offset = 0
    if marker := _DATE_MARKER.match(text):
        sentences.append(marker.span(1))
        offset = marker.end()
    for line in text[offset:].splitlines(keepends=True):
        if body := line.strip():
            begin = offset + line.index(body[0])
            sentences += [(begin + start, begin + end) for start, end in _segment_line(body)]
        offset += len(line)
    return sentences


def _segment_line(line: str) -> list[tuple[int, int]]:
    """Return the sentences of a line that has no outer white space."""
    sentences = []
    start = quotes = counted = 0
    any_mark = any(mark in line for mark in _OTHER_MARKS)
    for found in (_PLAIN_OR_STOP if any_mark else _PLAIN_OR_STOP_AT_PERIOD).finditer(line):
        if _ends_plainly(found, start):
            sentences.append((start, found.end() - 1))
            start = found.end()
            continue
        stop = _STOP.match(line, found.start()) if found["plain"] else found
        if stop is None or not _ends_sentence(stop, start):
            continue
        end, next_start = stop.end("close"), stop.end("gap")
        if stop["loose"]:
            quotes += line.count('"', counted, end)
            counted = end
            if quotes % 2:  # One is open, so this one closes it.
                end = stop.end("loose")
            else:
                next_start = stop.end("loose") - 1
        sentences.append((start, end))
        start = next_start
    sentences.append((start, len(line)))
    return sentences


def _ends_plainly(found: re.Match[str], start: int) -> bool:
    """Tell at once what ``_ends_sentence`` would: a plain period behind a full word of a clause."""
    return (
        found.lastgroup == "plain"
        and found.start() - start > _LONGEST_LABEL
        and not _may_abbreviate(_piece_before(found, start))
    )


def _ends_sentence(stop: re.Match[str], start: int) -> bool:
    """Tell whether the sentence that begins at `start` ends at `stop`."""
    if not stop["gap"]:
        return _has_lost_its_blank(stop, start)
    if not stop["word"] and stop.string[stop.end("lead") : stop.end("lead") + 1] in _CONTINUES:
        return False
    if stop["aside"]:
        return not _small_letter_follows(stop) and _is_clause(stop["aside"], stop.start() == start)
    return not _is_label(stop, start) and _ends_with_marks(stop, start)


def _ends_with_marks(stop: re.Match[str], start: int) -> bool:
    marks = stop.string[stop.start() : stop.end("marks")]
    if marks == ".":
        return _ends_with_period(stop, start)
    if _LOUD.isdisjoint(marks):
        return _ends_with_ellipsis(stop)
    return _ends_with_loud_mark(stop, start)


def _ends_with_period(stop: re.Match[str], start: int) -> bool:
    """Decide for a single period, which may belong to an abbreviation."""
    if not _may_abbreviate(_piece_before(stop, start)) and not _small_letter_follows(stop):
        return True
    previous, word = _words_before(stop, start)
    if word in NEVER_LAST:
        return False
    if word.lower() in BEFORE_NUMBER and _NUMBER.match(stop.string, stop.end("gap")):
        return False
    if word in BEFORE_CAPITAL:
        return stop["word"][:1].isupper()
    if word in BEFORE_FUNCTION_WORD or _is_initial(word, previous):
        return _function_word_follows(stop)
    return not _small_letter_follows(stop) or _ends_before_small_letter(stop, word)


def _piece_before(stop: re.Match[str], start: int) -> str:
    """Return what stands between the last blank and a stop."""
    at = stop.start()
    return stop.string[max(start, at - _LONGEST_WORD) : at].rpartition(" ")[2]


@lru_cache(_MOST_PIECES)
def _may_abbreviate(piece: str) -> bool:
    """Tell whether what stands between a blank and a period ends with a word of the tables."""
    word = _WORD_BREAK.split(piece)[-1]
    return (
        word in NEVER_LAST
        or word.lower() in BEFORE_NUMBER
        or word in BEFORE_CAPITAL
        or word in BEFORE_FUNCTION_WORD
        or _INITIALS.fullmatch(word) is not None
    )


def _ends_before_small_letter(stop: re.Match[str], word: str) -> bool:
    """Tell a sentence that lacks its capital from an attribution and an unknown abbreviation."""
    if stop["close"]:  # "It is over." he said.
        return False
    if stop["quote"] or not word:  # . (he slept)   (...). he slept
        return True
    if "." in word:
        return False
    # French keyboards have no À, so that a small one often begins sentences.
    return stop["word"] == "à" or len(word) >= _SHORTEST_FULL_WORD


def _ends_with_ellipsis(stop: re.Match[str]) -> bool:
    is_amount = not stop["lead"] and stop["word"][:1].isdigit()  # à savoir... 30 F
    return not is_amount and not _small_letter_follows(stop)


def _ends_with_loud_mark(stop: re.Match[str], start: int) -> bool:
    if _words_before(stop, start)[1] in NAMES_WITH_MARK:
        return _function_word_follows(stop)
    if stop["close"] and _ATTRIBUTION.match(stop.string, stop.end("gap")):
        return False
    return not _small_letter_follows(stop) or stop["quote"] is not None


def _has_lost_its_blank(stop: re.Match[str], start: int) -> bool:
    """Tell "the end.The next day" from names and addresses: Node.js, lemonde.fr."""
    if stop["aside"] or not _function_word_follows(stop):
        return False
    previous, last = _words_before(stop, start)
    word = last or previous  # "prêt ?On" has a blank before its mark.
    return word.isalpha() and word.islower() and not _INITIALS.fullmatch(word)


def _is_clause(aside: str, apart: bool) -> bool:
    """Tell "(He laughs out loud.)", or "(Laughter.)" on its own, from "(sic !)" and "(...)"."""
    content = aside[:-1].rstrip("\u00a0\u202f »”\"'")
    has_words = len(content.split()) >= _SHORTEST_CLAUSE or (
        apart and any(map(str.isalpha, content))
    )
    return has_words and content.endswith((".", "!", "?", "…"))


def _is_label(stop: re.Match[str], start: int) -> bool:
    at = stop.start()
    return at - start <= _LONGEST_LABEL and bool(_LABEL.fullmatch(stop.string, start, at))


def _is_initial(word: str, previous: str) -> bool:
    if previous.lower() in LETTERED_NOUNS or (word == "X" and previous in BEFORE_X):
        return False
    is_unit = len(word) == 1 and word.islower() and previous[-1:].isdigit()  # 3 m
    return not is_unit and _INITIALS.fullmatch(word) is not None


def _small_letter_follows(stop: re.Match[str]) -> bool:
    return stop["word"][:1].islower() and not _MIXED_CASE.match(stop["word"])


def _function_word_follows(stop: re.Match[str]) -> bool:
    word, then = stop["word"].replace("’", "'"), stop["then"] or ""
    if word in NAME_PARTICLES:
        return then.strip().islower()
    return then != "." and (word in FUNCTION_WORDS or word.rstrip("'") in FUNCTION_WORDS)


def _words_before(stop: re.Match[str], start: int) -> tuple[str, str]:
    """Return the last two words of the sentence so far, `""` for none."""
    at = stop.start()
    *_, previous, word = "", *_WORD_BREAK.split(stop.string[max(start, at - _LONGEST_WORD) : at])
    return previous, word
