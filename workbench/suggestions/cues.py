"""Which words of a unit attribute something: verbs of speech in their verb groups."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from workbench.suggestions.french_verbs import VERBS, Act, Cue
from workbench.suggestions.french_words import (
    ADVERBS,
    AUXILIARIES,
    CLITICS,
    DETERMINERS,
    MODALS,
    NEGATIONS,
    OF,
    PREPOSITIONS,
    TIME,
)
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import is_adverb
from workbench.suggestions.reading import Unit

_NEARBY, _LONGEST_ASIDE, _FURTHEST_PARTICIPLE = 6, 14, 40
_BE = word_set("est sont était étaient sera seront serait seraient fut furent été es suis être")
_BETWEEN = TIME | word_set(
    "été lui-même elle-même eux-mêmes elles-mêmes quant à lui elle eux pour sa leur part de son",
    "côté tour en effet outre revanche par d' même ensuite dans la foulée",
)
_HAVE = word_set("a ont avait avaient aura auront")
_COORDINATES = word_set("et mais puis")
_NEVER_PASSIVE = word_set("convenir intervenir")
# With these a reflexive pronoun is an addressee or marks a mood: "s'est demandé", "se dit prêt".
_REFLEXIVE_AS_WELL = word_set(
    "dire déclarer interroger demander exclamer défendre plaindre réjouir rappeler montrer",
)
_ADJECTIVES = word_set(
    "vive vives nouvelle première autre autres même seule violente récente forte fortes simple",
    "jeune grande petite nombreuses",
)
_NO_DENIAL = word_set("exclure rejeter récuser")  # not excluded is not asserted
_BELIEFS = word_set("croire penser considérer estimer juger")
_HESITATIONS = word_set("hésite hésitent hésité cesse cessé")
_BEFORE_INFINITIVE = word_set("avant jusqu' manière façon après")


class Group(NamedTuple):
    """A verb group: where it begins, its cue, where it ends, and how it is used."""

    first: int
    at: int
    stop: int
    cue: Cue
    negated: bool = False
    passive: bool = False
    clitic: int | None = None  # the word that is its subject: "-t-il"


def find_group(unit: Unit, at: int) -> Group | None:
    """Return the verb group whose cue is this word; None where the word is no verb of speech."""
    if unit.words[at] not in VERBS or (unit.is_capital(at) and at):
        return None
    for read, cue in _readings(unit.words[at]):
        if group := read(unit, at, cue):
            return group
    return None


@cache  # One entry for each form in the table of verbs.
def _readings(word: str) -> "list[tuple[_Reader, Cue]]":
    """Return the ways to read a form of a verb, those that are no reflexive one first."""
    readings = []
    for form, read in _READERS.items():
        for reflexive in (False, True):
            fitting = [
                cue for cue in VERBS[word] if cue.form == form and _is_only(cue) is reflexive
            ]
            if fitting:
                readings.append((read, _merge(fitting)))
    return readings


def _is_only(cue: Cue) -> bool:
    """Tell a verb that is always reflexive."""
    return cue.lemma.startswith(("s'", "se-"))


def act_of(group: Group) -> Act | None:
    """Return what the speaker does with the content; None where nothing is put forward."""
    if not group.negated:
        return group.cue.act
    if group.cue.act is Act.DENIES and group.cue.lemma not in _NO_DENIAL:
        return Act.ASSERTS  # "ne nie pas"
    return Act.DENIES if group.cue.lemma in _BELIEFS else None


def _merge(cues: list[Cue]) -> Cue:
    first = cues[0]
    if len(cues) == 1:
        return first
    frames = "".join(cue.frames for cue in cues)
    return Cue(first.lemma, frames, first.act, first.form, first.noun)


def _back_over_clitics(unit: Unit, at: int) -> tuple[int, set[str]]:
    """Return where a verb's pronouns and negation begin, and which they are."""
    words = unit.words
    first = at
    while first > 0 and words[first - 1] in CLITICS:
        # "le" before a verb is a pronoun only behind a subject: "il le dit", not "le dit".
        if words[first - 1] in ("le", "la", "les", "leur", "en") and first > 1:
            before = words[first - 2]
            if before in PREPOSITIONS or before in ("et", ",", "ou", ".", "que"):
                break
        first -= 1
    return first, set(words[first:at])


def _is_reflexive(clitics: set[str]) -> bool:
    return not clitics.isdisjoint(("se", "s'"))


def _is_negated(clitics: set[str]) -> bool:
    return not clitics.isdisjoint(("ne", "n'"))


def _may_be_reflexive(cue: Cue) -> bool:
    return "r" in cue.frames or cue.lemma in _REFLEXIVE_AS_WELL


def _read_past(unit: Unit, at: int, cue: Cue) -> Group | None:
    """Read "a déclaré", "n'a pas nié", "s'est-il indigné", "a-t-elle ajouté"."""
    words = unit.words
    back = _find_auxiliary(unit, at)
    if back is None and words[at - 1] in _COORDINATES and _is_behind_another(unit, at):
        return Group(at, at, at + 1, cue)  # "a appelé au calme et fustigé"
    if back is None:
        return None
    between = words[back + 1 : at]
    first, clitics = _back_over_clitics(unit, back)
    reflexive = _is_reflexive(clitics)
    passive = "été" in between or (
        words[back] in _BE and not reflexive and cue.lemma not in _NEVER_PASSIVE
    )
    if reflexive and not passive and not _may_be_reflexive(cue):
        return None
    clitic = next((i for i in range(back + 1, at) if words[i].startswith("-")), None)
    negated = _is_negated(clitics) or not NEGATIONS.isdisjoint(between)
    return Group(first, at, at + 1, cue, negated, passive, clitic)


def _is_behind_another(unit: Unit, at: int) -> bool:
    """Tell whether a participle shares the auxiliary of one before it."""
    words = unit.words
    for back in range(at - 2, max(0, at - _FURTHEST_PARTICIPLE), -1):
        if words[back] in (";", ":", "."):
            return False
        if words[back] in _HAVE:
            return True
    return False


def _find_auxiliary(unit: Unit, at: int) -> int | None:
    """Return the auxiliary of a participle: near, or before an aside between commas."""
    words = unit.words
    if at > 1 and words[at - 1] == ",":  # "ont, dans un propos liminaire, regretté"
        opening = range(at - 2, max(0, at - _LONGEST_ASIDE), -1)
        comma = next((i for i in opening if words[i] == ","), 0)
        return comma - 1 if comma and words[comma - 1] in AUXILIARIES else None
    for back in range(at - 1, max(-1, at - 1 - _NEARBY), -1):
        word = words[back]
        if word in AUXILIARIES:
            return back
        light = word in ADVERBS or word in NEGATIONS or word in _BETWEEN or is_adverb(word)
        if not light and not word.startswith("-"):
            return None
    return None


def _read_finite(unit: Unit, at: int, cue: Cue) -> Group | None:
    words = unit.words
    first, clitics = _back_over_clitics(unit, at)
    inverted = at + 1 < len(words) and words[at + 1].startswith("-") and len(words[at + 1]) > 1
    if not inverted and not _stands_as_verb(unit, first, at, cue):
        return None
    reflexive = _is_reflexive(clitics)
    if reflexive and not _may_be_reflexive(cue):
        return None
    if _is_only(cue) and not reflexive and not inverted:
        return None
    clitic = at + 1 if inverted else None
    return Group(first, at, at + 1 + inverted, cue, _is_negated(clitics), clitic=clitic)


def _stands_as_verb(unit: Unit, first: int, at: int, cue: Cue) -> bool:
    """Tell "il critique" from "la critique"."""
    words = unit.words
    before = words[first - 1] if first else ""
    if first < at:
        return not (cue.noun and first == 0 and words[first] in DETERMINERS)
    if (
        before in ("le", "la", "les", "l'", "leur")
        or before in OF
        or before in PREPOSITIONS
        or before in ("quel", "quelle")
    ):
        return False
    if not cue.noun:
        return True
    qualified = at > 1 and words[at - 2] in DETERMINERS and before in _ADJECTIVES
    return at > 0 and before not in DETERMINERS and not qualified


def _read_present(unit: Unit, at: int, cue: Cue) -> Group | None:
    """Read ", affirmant que" and "en assurant que"."""
    first, clitics = _back_over_clitics(unit, at)
    if first and unit.words[first - 1] in ("en", "tout"):
        first -= 1
    return Group(first, at, at + 1, cue, _is_negated(clitics))


def _read_infinitive(unit: Unit, at: int, cue: Cue) -> Group | None:
    """Read "a tenu à préciser", "vient d'annoncer", "avant de conclure", "fait savoir"."""
    words = unit.words
    first, clitics = _back_over_clitics(unit, at)
    negated = _is_negated(clitics)
    back = first - 1
    while back >= 0 and (words[back] in ("de", "d'", "à") or words[back] in ADVERBS):
        back -= 1
    if back < 0:
        return None
    word = words[back]
    if word in MODALS:
        return _read_modal(unit, back, at, cue, negated=negated)
    linked = words[first - 1] in ("de", "d'", "à")
    if (word in _BEFORE_INFINITIVE and linked) or word in ("pour", "et"):
        return Group(back, at, at + 1, cue, negated)
    return None


def _read_modal(unit: Unit, modal: int, at: int, cue: Cue, *, negated: bool) -> Group:
    words = unit.words
    first = modal
    while first > 0 and (
        words[first - 1] in AUXILIARIES
        or words[first - 1] in CLITICS
        or words[first - 1] in ADVERBS
        or words[first - 1].startswith("-")
    ):
        first -= 1
    if words[modal] not in _HESITATIONS:
        negated = negated or _is_negated(set(words[first:modal]))
    clitic = next((i for i in range(first, at) if words[i].startswith("-")), None)
    return Group(first, at, at + 1, cue, negated, clitic=clitic)


def _read_idiom(unit: Unit, at: int, cue: Cue) -> Group | None:
    """Read "met en garde", "ont mis en garde", "fait état"."""
    words = unit.words
    back = at - 1
    if cue.lemma == "mettre-en-garde":
        if words[back] != "en":
            return None
        back -= 1
    while back > 0 and (words[back] in TIME or words[back] in ADVERBS):
        back -= 1
    if back < 1 or words[back] not in _LIGHT_VERBS[cue.lemma]:
        return None
    form = "present" if words[back].endswith("ant") else "finite"
    auxiliary = _find_auxiliary(unit, back)
    begin = back if auxiliary is None else auxiliary
    if words[back] == "mis" and auxiliary is None:
        return None
    first, clitics = _back_over_clitics(unit, begin)
    negated = _is_negated(clitics)
    return Group(first, at, at + 1, replace(cue, form=form), negated)


_LIGHT_VERBS = {
    "mettre-en-garde": word_set("met mettent mettait mettaient mis mettant"),
    "faire-état": word_set("fait font faisait faisaient faisant"),
    "faire-part": word_set("fait font faisait faisaient faisant"),
}
_Reader = Callable[[Unit, int, Cue], Group | None]
_READERS: dict[str, _Reader] = {
    "past": _read_past,
    "finite": _read_finite,
    "conditional": _read_finite,
    "present": _read_present,
    "infinitive": _read_infinitive,
    "idiom": _read_idiom,
}
