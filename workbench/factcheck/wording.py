"""Whether a wording can stand alone: what is refused, and what is only warned of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from workbench.corpus.rules import fold
from workbench.corpus.text import refuse_unstorable
from workbench.errors import InvalidInputError
from workbench.factcheck.rules import CLAIM_REVIEWED, MAX_WORDING

# As they are folded: without accents and apostrophes, blanks between words. Without "l", "le", "la"
# and "les", which are articles nearly always.
_PRONOUNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fr": (
            *("il", "elle", "ils", "elles", "on", "lui", "leur", "leurs", "eux", "son", "sa"),
            *("ses", "cela", "ceci", "ca", "celui ci", "celle ci", "ceux ci", "celles ci"),
            *("celui la", "celle la", "ceux la", "celles la", "ce dernier", "cette derniere"),
            *("ces derniers", "ces dernieres", "ce", "cet", "cette", "ces", "y", "en"),
            *("nous", "notre", "nos", "je", "j", "mon", "ma", "mes", "me", "m", "moi", "vous"),
        ),
        "en": (
            *("he", "she", "it", "they", "him", "her", "them", "his", "hers", "its", "their"),
            *("theirs", "this", "these", "those", "the latter", "the former", "we"),
            *("us", "our", "ours", "i", "my", "mine", "me", "you", "your"),
        ),
    }
)
# What these stand in is no pronoun: "en open source", "en 2023", "ce que".
_NOT_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fr": ("il y a", "il faut", "il est possible", "ce qui", "ce que", "ce qu", "y compris"),
        "en": ("it is possible", "it is known"),
    }
)
_TIMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fr": (
            *("hier", "avant hier", "aujourd hui", "demain", "apres demain", "cette semaine"),
            *("cette annee", "cet ete", "cet hiver", "ce mois", "ce mois ci", "ce jour"),
            *("la semaine derniere", "la semaine prochaine", "le mois dernier", "l an dernier"),
            *("l annee derniere", "l annee prochaine", "le mois prochain", "recemment"),
            *("actuellement", "desormais", "maintenant", "bientot", "dernierement", "lundi"),
            *("mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "deja"),
        ),
        "en": (
            *("yesterday", "today", "tomorrow", "tonight", "this week", "this month"),
            *("this year", "last week", "last month", "last year", "next week", "next month"),
            *("next year", "recently", "currently", "now", "soon", "monday", "tuesday"),
            *("wednesday", "thursday", "friday", "saturday", "sunday", "already", "lately"),
        ),
    }
)


class WarningKind(StrEnum):
    """What makes a wording less fit to be checked and published; it may stand all the same."""

    PRONOUN = "pronoun"
    TIME = "time"
    LONG = "long"


@dataclass(frozen=True)
class WordingWarning:
    """A warning with the words of the wording that it is about, as they stand there."""

    kind: WarningKind
    words: tuple[str, ...] = ()
    length: int = 0


def check_wording(text: str) -> str:
    """Return a wording on one line without outer blanks; 1 to 500 characters."""
    wording = " ".join(text.split())
    if not wording:
        raise InvalidInputError("Word what is to be checked.")
    if len(wording) > MAX_WORDING:
        raise InvalidInputError(
            "The wording has %(count)s characters; at most %(most)s.",
            count=len(wording),
            most=MAX_WORDING,
        )
    refuse_unstorable(wording, "wording")
    if not wording.isprintable():
        raise InvalidInputError("The wording has a character that nobody can see: remove it.")
    return wording


def warn_of(wording: str, language: str) -> list[WordingWarning]:
    """List what a reader without the article could not resolve, and a length beyond 75."""
    words = _Words(wording)
    times = words.find(_TIMES.get(language, ()))
    whole = words.find(_NOT_IN.get(language, ()))
    pronouns = [
        place
        for place in words.find(_PRONOUNS.get(language, ()))
        if not any(_overlap(place, other) for other in (*times, *whole))
        and not words.is_preposition(place)
    ]
    found = []
    if pronouns:
        found.append(WordingWarning(WarningKind.PRONOUN, words.quote(pronouns)))
    if times:
        found.append(WordingWarning(WarningKind.TIME, words.quote(times)))
    if len(wording) > CLAIM_REVIEWED:
        found.append(WordingWarning(WarningKind.LONG, length=len(wording)))
    return found


_Place = tuple[int, int]


class _Words:
    """A wording as a row of folded words, each with its place in it."""

    def __init__(self, wording: str) -> None:
        self._wording = wording
        self._folded: list[str] = []
        self._places: list[_Place] = []
        for match in re.finditer(r"\w+", wording):
            for word in fold(match[0]).split("-"):
                if word:
                    self._folded.append(word)
                    self._places.append(match.span())

    def find(self, sought: tuple[str, ...]) -> list[_Place]:
        """Return where these words or rows of words stand, the longest of each place only."""
        rows = {tuple(one.split()) for one in sought}
        longest = max(map(len, rows), default=0)
        found: list[_Place] = []
        at = 0
        while at < len(self._folded):
            for length in range(min(longest, len(self._folded) - at), 0, -1):
                if tuple(self._folded[at : at + length]) in rows:
                    found.append((at, at + length))
                    at += length
                    break
            else:
                at += 1
        return found

    def is_preposition(self, place: _Place) -> bool:
        """Tell whether a word that may be either is followed by a noun: "en open source"."""
        first, end = place
        return (
            self._folded[first] == "en"
            and end < len(self._folded)
            and not self._folded[end].endswith(("ait", "ent", "ont", "ant"))
            and self._folded[end] not in {"est", "a", "fait", "sera", "font"}
        )

    def quote(self, places: list[_Place]) -> tuple[str, ...]:
        """Return the words at these places as they stand in the wording first, each once."""
        quotes: dict[str, str] = {}
        for first, end in places:
            words = self._wording[self._places[first][0] : self._places[end - 1][1]]
            quotes.setdefault(words.casefold(), words)
        return tuple(quotes.values())


def _overlap(one: _Place, other: _Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]
