"""What single words are signs of, at the speed of a table: figures, causes, wishes, reports.

A sentence's signs are those of its words together. Each word is looked at once and remembered, and
so is what stands between two blanks, so that either met again costs one look-up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice
from operator import or_
from typing import Generic, TypeVar

from workbench.suggestions.english_verbs import VERBS as ENGLISH_VERBS
from workbench.suggestions.french_people import FEMALE_NAMES, MALE_NAMES
from workbench.suggestions.french_verbs import VERBS
from workbench.suggestions.french_words import (
    DETERMINERS,
    FUNCTION_WORDS,
    MODALS,
    PREPOSITIONS,
)
from workbench.suggestions.lexicon import word_set

(
    FIGURE,
    COUNT,
    AUXILIARY,
    PARTICIPLE,
    COMPARISON,
    CAUSE,
    OPINION,
    FUTURE,
    PERSONAL,
    NAME,
    CONDITIONAL,
    OUGHT,
    REPORT,  # reports, whatever stands around it
    MAY_REPORT,  # a verb of speech that is a noun as well
    REPORTED,  # a participle: reports behind an auxiliary
    TO_REPORT,  # an infinitive: reports behind some verbs
    LEADS,  # one of those verbs
    INCISE,
    GOVERNS,  # what follows is a noun
    RELAYS,  # may say which medium relays words
    SOURCE,  # "de source sûre"
    MAY_NAME,  # without it nobody is named: no figure, and no capital but of words of grammar
) = (1 << bit for bit in range(22))

_AROUND_REPORTS = MAY_REPORT | REPORTED | TO_REPORT | AUXILIARY | LEADS
_WORD = re.compile(r"[^\W_]+")
_CAPITAL_OR_FIGURE = re.compile(r"[A-ZÀ-Þ\d]")
_NEVER_NAMES = FUNCTION_WORDS - MALE_NAMES - FEMALE_NAMES
_MOST_WORDS = 100_000
_INCISE_BEGINS, _FIRST_WORDS, _NEARBY = 40, 4, 8
_T = TypeVar("_T")

_COUNTS = word_set(
    "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt",
    "trente quarante cinquante soixante cent cents mille million millions milliard milliards",
    "moitié tiers quart quarts dizaine dizaines douzaine quinzaine vingtaine trentaine quarantaine",
    "cinquantaine centaine centaines millier milliers double triple doublé triplé quadruple",
    "pourcent record two three four five seven eight nine ten eleven twelve twenty thirty forty",
    "fifty hundred hundreds thousand thousands billion billions half third quarter percent dozen",
    "twice",
)
_AUXILIARIES = word_set(
    "a ont avait avaient est sont était étaient fut furent eut été eu was were had has have been",
    "did",
)
_COMPARISONS = word_set(
    "plus moins davantage supérieur supérieure supérieurs supérieures inférieur inférieure",
    "meilleur meilleure pire record contrairement premier première derniers dernière contre autant",
    "majorité more less fewer higher lower largest highest lowest worst most than first",
)
_CAUSES = word_set(
    "cause causé causée provoqué provoque provoquent entraîné entraîne entraînent résulte explique",
    "permis permet permettent favorise favorisé réduit réduisent réduire augmenté augmente",
    "augmentent diminué diminue baissé baisse reculé recule chuté chute progressé progresse grimpé",
    "hausse aggravé empêché empêche multiplié condamné tué tuées tués blessé blessés blessées mort",
    "morts décès supprimé licencié fermé perdu gagné atteint dépassé coûté coûte doublé raison",
    "grâce dû due because caused cost fell rose dropped led killed injured lost cut reduced",
    "increased",
)
_OPINIONS = word_set(
    "faut faudrait faudra doit doivent devons devez crois pense pensons estime juge trouve espère",
    "espérons souhaite souhaitons regrette inacceptable inadmissible honteux honteuse scandaleux",
    "formidable magnifique dommage heureux heureuse fier fiers fière triste absurde ridicule",
    "nécessaire essentiel essentielle indispensable préférable important importante injuste juste",
    "bon bonne mauvais mauvaise beau belle catastrophique merveilleux extraordinaire incroyable",
    "évident must should need believe hope think unacceptable shameful wonderful great terrible",
    "crucial",
)
_PERSONAL = word_set(
    "je j nous mon ma mes notre nos moi vous tu votre vos toi m t on we our i my us you me your",
)
_FUTURES = word_set(
    "will would could may might shall demain bientôt prochain prochaine prochains",
)
_FUTURE = re.compile(r".+(?:er|ir|dr|tr|vr|ur|aur|ser)(?:a|ont|ai|ons|ez)")
_NO_FUTURE = word_set(
    "opéra caméra tira mira vira retira attira inspira admira désira expira vrai",
)
_PARTICIPLE = re.compile(
    r".*(?:[^aeo]é|ée|és|ées|[^aeo]i|ie|is|ies|u|ue|us|ues|it|ite|ert|erte|aint)"
)
_CONDITIONAL = re.compile(
    r"(?:.*(?:[^éè]|é(?=e))er|.*ir|.*[dtv]r|aur|fer|verr|pourr)(?:ait|aient)",
)
_SOURCES = word_set("selon yeux dixit dires croire")
_ENGLISH_REPORTS = frozenset(ENGLISH_VERBS) | {"according"}
_FORMS = {"past": REPORTED, "infinitive": TO_REPORT}
_FRAMES = frozenset("qvdoapnsce")


@dataclass(slots=True, eq=False)
class Signs:
    """A sentence and the signs of all its words together, as bits."""

    sentence: str
    bits: int
    known: "_Known[int]"  # the signs of each word
    known_pieces: "_Known[list[int]]"  # of each word of what stands between two blanks

    def each(self, text: str) -> Iterator[int]:
        """Yield the signs of each word of the sentence or of a part of it."""
        return chain.from_iterable(map(self.known_pieces.__getitem__, text.split(" ")))


def read_signs(sentence: str, *, english: bool) -> Signs:
    """Return the signs of a sentence's words."""
    words, pieces, together = _ENGLISH if english else _FRENCH
    bits = reduce(or_, map(together.__getitem__, sentence.split(" ")), 0)
    return Signs(sentence, bits, words, pieces)


def may_report(signs: Signs) -> bool:
    """Tell cheaply whether a sentence without marks can report somebody's words."""
    sentence, bits = signs.sentence, signs.bits
    if bits & REPORT or sentence.startswith("Pour "):
        return True
    if bits & SOURCE and "e source" in sentence:
        return True
    if bits & (MAY_REPORT | REPORTED | TO_REPORT) and _reports(signs):
        return True
    if bits & INCISE and ":" in sentence:
        return True
    return bool(bits & INCISE) and "," in sentence and _has_incise(signs)


def _has_incise(signs: Signs) -> bool:
    """Tell whether a verb of reporting clauses stands soon behind a comma."""
    for clause in signs.sentence.split(",")[1:]:
        for sign in islice(signs.each(clause[:_INCISE_BEGINS]), _FIRST_WORDS):
            if sign & INCISE:
                return True
    return False


def _reports(signs: Signs) -> bool:
    """Tell whether a verb of speech stands where a verb would: no article before it."""
    before = 0
    auxiliary = leads = -_NEARBY  # where the last of each stands
    for at, sign in enumerate(signs.each(signs.sentence)):
        if sign & _AROUND_REPORTS:  # most words do neither
            if (
                (sign & MAY_REPORT and not before & GOVERNS)
                or (sign & REPORTED and at - auxiliary < _NEARBY)
                or (sign & TO_REPORT and at - leads < _NEARBY)
            ):
                return True
            if sign & AUXILIARY:
                auxiliary = at
            if sign & LEADS:
                leads = at
        before = sign
    return False


def find_sign(signs: Signs, sign: int) -> str:
    """Return the first word that is a sign."""
    words = _WORD.findall(signs.sentence)
    return next((word for word in words if signs.known[word] & sign), "")


def has_past(signs: Signs) -> bool:
    """Tell whether an auxiliary and a participle stand together: "a reculé", "ont déjà été"."""
    if not (signs.bits & AUXILIARY and signs.bits & PARTICIPLE):
        return False
    each = list(signs.each(signs.sentence))
    return any(
        one & AUXILIARY and (two | three) & PARTICIPLE
        for one, two, three in zip(each, each[1:], each[2:], strict=False)
    )


class _Known(dict[str, _T], Generic[_T]):
    """The signs of each word, or of each piece between blanks, met so far in a language."""

    def __init__(self, look_up: Callable[[str], _T]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> _T:
        if len(self) >= _MOST_WORDS:
            self.clear()
        signs = self[word] = self._look_up(word)
        return signs


def _look_at_english(printed: str) -> int:
    signs = _look_at(printed)
    return signs | REPORT if printed.lower() in _ENGLISH_REPORTS else signs


def _look_at_french(printed: str) -> int:
    word = printed.lower()
    signs = _look_at(printed)
    for cue in VERBS.get(word, ()):
        if not _FRAMES.isdisjoint(cue.frames) and cue.form != "conditional":
            signs |= _FORMS.get(cue.form, MAY_REPORT if cue.noun else REPORT)
        if "i" in cue.frames and cue.form in ("finite", "past"):
            signs |= INCISE
    if word in _SOURCES:
        signs |= REPORT | INCISE
    return signs


def _look_at(printed: str) -> int:
    word = printed.lower()
    signs = sum(sign for sign, words in _LISTS if word in words)
    signs |= sum(sign for sign, shape in _SHAPES if shape.fullmatch(word))
    if word in _NO_FUTURE:
        signs &= ~FUTURE
    if printed[0].isdigit():
        signs |= FIGURE
    # Words are read without the apostrophe of "L'usine", "D'après".
    if printed[0].isupper() and not {word, f"{word}'"} & FUNCTION_WORDS:
        signs |= NAME
    return signs


_LISTS = (
    (COUNT, _COUNTS),
    (AUXILIARY, _AUXILIARIES),
    (COMPARISON, _COMPARISONS),
    (CAUSE, _CAUSES),
    (OPINION, _OPINIONS),
    (PERSONAL, _PERSONAL),
    (FUTURE, _FUTURES),
    (LEADS, MODALS),
    (GOVERNS, DETERMINERS | PREPOSITIONS | {"l", "d"}),
    (OUGHT, frozenset({"devrait", "devraient"})),
)
_SHAPES = ((PARTICIPLE, _PARTICIPLE), (FUTURE, _FUTURE), (CONDITIONAL, _CONDITIONAL))


# Parts of words, without one of which no medium relays anything.
_RELAYING = (
    *("entretien", "interview", "tribune", "confidence", "interrogé", "cité", "contacté", "joint"),
    *("relayé", "rapporté", "micro", "l'A", "l’A", "hebdomadaire", "agence", "quotidien"),
    *("journal", "magazine", "Monde", "Figaro", "Parisien", "Point", "told"),
)  # fmt: skip


def _may_name(piece: str) -> bool:
    """Tell what may be in a name from small letters and from "Les", which opens a sentence."""
    grammar = piece.isalpha() and piece.lower() in _NEVER_NAMES
    return not grammar and _CAPITAL_OR_FIGURE.search(piece) is not None


def _with_pieces(words: _Known[int]) -> tuple[_Known[int], _Known[list[int]], _Known[int]]:
    """Return the signs of words, those of each word of a piece, and those of a piece together."""

    def look_up(piece: str) -> list[int]:
        return [words[word] for word in _WORD.findall(piece)]

    pieces = _Known(look_up)

    def look_at_all(piece: str) -> int:
        whole = (
            RELAYS * any(part in piece for part in _RELAYING)
            | REPORT * ("’après" in piece or "'après" in piece)
            | SOURCE * piece.startswith("source")
            | MAY_NAME * _may_name(piece)
        )
        return reduce(or_, pieces[piece], whole)

    return words, pieces, _Known(look_at_all)


_FRENCH = _with_pieces(_Known(_look_at_french))
_ENGLISH = _with_pieces(_Known(_look_at_english))
