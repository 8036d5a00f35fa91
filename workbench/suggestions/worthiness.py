"""Which sentences a reader would want checked, and why: figures, dated facts, comparisons, causes.

Each sign of a sentence adds to a score or takes from it; the signs are those of work on
check-worthiness (figures, names, past tense, comparison): Hassan et al. 2017, "Toward automated
fact-checking: detecting check-worthy factual claims by ClaimBuster". Ages, days and hours are no
figures that anybody checks; opinions, predictions and questions are not checked.
"""

import re
from functools import cache
from typing import NamedTuple

from workbench.suggestions.french_words import FUNCTION_WORDS
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.reading import fold
from workbench.suggestions.signs import (
    CAUSE,
    COMPARISON,
    COUNT,
    FIGURE,
    FUTURE,
    NAME,
    OPINION,
    PERSONAL,
    Signs,
    find_sign,
    has_past,
)

_WEIGHTS = (
    ("figure", FIGURE, 6),
    ("count", COUNT, 4),
    ("cause", CAUSE, 2),
    ("comparison", COMPARISON, 1),
    ("name", NAME, 1),
    ("prediction", FUTURE, -2),
    ("opinion", OPINION, -1),
    ("personal", PERSONAL, -2),
)
_PAST, _DIRECT, _INDIRECT, _HEARSAY, _WANTED = 2, -2, 1, 3, -3
_THRESHOLD = 5
_NUMBER = re.compile(r"(\d[\d.,\u00a0\u202f]*)(?:er)?\s?(\w+)?")
_IDLE_UNITS = word_set(
    "ans an h heure heures janvier février mars avril mai juin juillet août septembre octobre",
    "novembre décembre january february march april may june july august september october",
    "november december à",
)
_NUMBERED = ("bus ", "ligne ", "route ", "page ", "article ", "loi ", "chapitre ", "numéro ")
_MOST_DIGITS_IDLE = 2
_FIGURE = re.compile(r"(?P<whole>\d(?<![\w.,]\d)\d*)(?:[.,\u00a0\u202f]\d+)*(?P<unit>[^\W\d_]*)")
_NAMED = re.compile(r"(?<!\w)([^\W\d_]*[A-ZÀ-Þ][^\W\d_]*)[ \u00a0\u202f-]$")
_WORD_BEHIND = re.compile(r"\s([^\W\d_]+)")
_MEASURE_BEHIND = re.compile(r"\s?[%€$£]")
_OPENING_MARKS = " \u00a0\u202f«»\"“”'‘—–-"
_SHORT_UNITS = word_set("km kg m g t cm mm ha l mw gw tw wh kwh go mo to")


class Judgement(NamedTuple):
    """Whether to check, what kind of claim it is, and the signs that tell."""

    worthy: bool
    claim_type: str
    reason: str


def judge(
    sentence: str,
    signs: Signs,
    *,
    quoted: str | None = None,
    hearsay: bool = False,
    wanted: bool = False,
) -> Judgement:
    """Judge a sentence by the signs of its words and by how it is quoted."""
    bits = signs.bits
    score = _HEARSAY * hearsay + _WANTED * wanted
    if quoted is not None:
        score += _DIRECT if quoted == "direct" else _INDIRECT
    plain = _score_of(bits & ~FIGURE)
    # What cannot change the answer is not looked for.
    if bits & FIGURE and score + plain + _PAST < _THRESHOLD and _is_idle(sentence):
        bits &= ~FIGURE
    score += _score_of(bits)
    past = _THRESHOLD - _PAST <= score < _THRESHOLD and has_past(signs)
    worthy = score + _PAST * past >= _THRESHOLD and not _asks(sentence)
    reason = ""
    if worthy:
        reasons = [
            f"{name}: {find_sign(signs, sign)}"
            for name, sign, weight in _WEIGHTS
            if bits & sign and weight > 0
        ]
        reason = ", ".join(
            [*reasons, *(["past"] if past else []), *(["hearsay"] if hearsay else [])]
        )
    typed = not wanted and (worthy or quoted is not None) and not bits & FUTURE
    if typed and bits & FIGURE and not _has_quantity(sentence):
        bits &= ~FIGURE
    return Judgement(worthy, "position" if wanted else _type_of(bits), reason)


def may_be_worthy(signs: Signs) -> bool:
    """Tell cheaply whether ``judge`` can find a sentence worth a check that nobody says."""
    return _score_of(signs.bits) + _PAST >= _THRESHOLD


@cache
def _score_of(bits: int) -> int:
    return sum(weight for _, sign, weight in _WEIGHTS if bits & sign)


def _is_idle(sentence: str) -> bool:
    """Tell whether all figures are ages, days or hours."""
    for number in _NUMBER.finditer(sentence):
        if len(number[1]) > _MOST_DIGITS_IDLE:
            return False
        unit = (number[2] or "").lower()
        if unit not in _IDLE_UNITS and not sentence[: number.start()].lower().endswith(_NUMBERED):
            return False
    return True


def _has_quantity(sentence: str) -> bool:
    """Tell whether a figure counts or dates something: no part of a name, no rank."""
    for number in _FIGURE.finditer(sentence):
        if number["unit"] and number["unit"].lower() not in _SHORT_UNITS:
            continue  # "2e", "1er", "4o"
        word = sentence.rfind(" ", 0, number.start() - 1) + 1
        named = _NAMED.search(sentence, word, number.start())
        if named is None or fold(named[1]) in FUNCTION_WORDS:
            return True
        opens = not sentence[: named.start(1)].strip(_OPENING_MARKS)
        behind = _WORD_BEHIND.match(sentence, number.end())
        counts = behind is not None and fold(behind[1]) not in FUNCTION_WORDS
        if len(number["whole"]) > _MOST_DIGITS_IDLE or (opens and counts):
            return True  # "Seuls 12 élèves", but "Llama 2 est gratuit"
        if _MEASURE_BEHIND.match(sentence, number.end()):
            return True
    return False


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"'»” \u00a0\u202f").endswith("?")


@cache
def _type_of(bits: int) -> str:
    """Return the first kind that fits, in the order of the scheme."""
    if bits & FUTURE:
        return "prediction"
    if bits & OPINION and not bits & FIGURE:
        return "opinion"
    if bits & FIGURE:
        return "number"
    return "cause" if bits & CAUSE else "fact"
