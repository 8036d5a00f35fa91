"""Reporting clauses beside or between quoted words: « … », a dit X, « … »."""

from typing import NamedTuple

from workbench.suggestions.according import SOURCE_OPENERS, read_according
from workbench.suggestions.french_people import ORGANISATION_NOUNS, SPEAKING, is_animate
from workbench.suggestions.french_verbs import VERBS, Act
from workbench.suggestions.french_words import ADVERBS, AUXILIARIES, CLITICS
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import (
    Phrase,
    is_adverb,
    read_bare,
    read_phrase,
    with_apposition,
)
from workbench.suggestions.reading import QUOTED, Unit
from workbench.suggestions.subjects import skip_adjuncts

OPENERS = frozenset({",", "-", "–", "—", "(", "…", "...", ".", "!", "?"})
_LEADS = word_set("ainsi alors encore aussi comme")
_MADE_TO = word_set(
    "fait font faisait fera veut veulent tient tenu voulu préfère préféré vient cru pris mis",
    "souhaité met mettent peut prend va",
)
_WHERE = word_set("à au aux chez dans de du des côté parmi")
_ASIDES = tuple(
    phrase.split()
    for phrase in (
        "de son côté",
        "de leur côté",
        "pour sa part",
        "pour leur part",
        "à son tour",
        "à leur tour",
    )
)
_D_ADVERBS = word_set("emblée ailleurs abord entrée avance")
_SPOKEN = word_set("valoir savoir croire remarquer observer entendre comprendre")
_LINKS = frozenset({"à", "de", "d'", "bon", "soin", "jusqu'", "en", *CLITICS})
_ENDS = frozenset({",", ".", "!", "?", ";", ":", ")", "-", "–", "—", "…", "...", QUOTED})
_ADJUNCTS, _ADDRESSEE = 40, 14
_INVERTED = frozenset(
    word
    for word, cues in VERBS.items()
    if any(cue.form in ("finite", "conditional") and "i" in cue.frames for cue in cues)
)
# No reporting clause begins with any other word, openers and adverbs apart.
_MAY_REPORT = SOURCE_OPENERS | CLITICS | AUXILIARIES | _MADE_TO | _INVERTED | {"dixit"}


class Incise(NamedTuple):
    """A reporting clause: its words, its cue, who says it, what the speaker does."""

    first: int
    stop: int
    cue: tuple[int, int]
    subject: Phrase
    act: Act


class _Verb(NamedTuple):
    """The verb of an inverted clause: its cue, the word behind it, its clitic subject."""

    cue: int
    stop: int
    subject: Phrase | None


def read_incise(unit: Unit, at: int) -> Incise | None:
    """Read the reporting clause that begins at a word (after a quotation or a comma)."""
    words, size = unit.words, len(unit.words)
    first = at
    while at < size and words[at] in OPENERS and at < first + 2:
        at += 1
    while at < size and (words[at] in _LEADS or is_adverb(words[at])):
        at += 1
    if at >= size or words[at] not in _MAY_REPORT:
        return None
    may_be_source = words[at] != "pour" or words[at - 1] == ","
    if may_be_source and (according := read_according(unit, at)):
        return Incise(first, according.stop, according.cue, according.subject, Act.ASSERTS)
    while at < size and words[at] in CLITICS and words[at] not in ("la", "les"):
        at += 1
    verb = _read_verb(unit, at) if at < size else None
    if verb is None or _measures(words, verb.stop):
        return None
    somebody = verb.subject if verb.subject and verb.subject.head == "on" else None
    named = read_behind_on(unit, _skip_adverbs(unit, verb.stop)) if somebody else verb.subject
    subject = named or somebody or _inverted_subject(unit, verb.stop)
    if subject is None:
        return None
    stop = _skip_adverbs(unit, verb.stop) if verb.subject else subject.stop
    stop = max(stop, subject.stop)
    cues = [cue for cue in VERBS.get(words[verb.cue], ()) if {"i", "N"} & set(cue.frames)]
    # What is quoted is said, whatever it denies: « C'est faux », dément X.
    act = Act.WANTS if cues and cues[0].act is Act.WANTS else Act.ASSERTS
    return Incise(first, stop, (verb.cue, verb.cue + 1), subject, act)


def _measures(words: list[str], at: int) -> bool:
    """Tell what a verb puts a figure on from what it reports: "estime à 300 le nombre de …"."""
    preposition, figure, article = [*words[at : at + 3], "", "", ""][:3]
    return preposition == "à" and figure[:1].isdigit() and article in ("le", "la", "l'", "les")


def read_behind_on(unit: Unit, at: int) -> Phrase | None:
    """Read who *on* is: "a-t-on appris auprès du parquet", "dit-on à la mairie"."""
    words = unit.words
    if at + 1 >= len(words):
        return None
    if words[at : at + 2] == ["du", "côté"]:
        at += 2
    elif words[at] == "auprès":
        at += 1
    elif words[at] == "de" and words[at + 1] in ("source", "sources"):
        return read_phrase(unit, at + 1)
    elif words[at] not in _WHERE:
        return None
    if at >= len(words):
        return None
    contracted = words[at] in ("au", "aux", "du", "des", "côté")
    phrase = (read_bare if contracted else read_phrase)(unit, at + 1)
    return phrase if phrase and speaks(unit, phrase) else None


def speaks(unit: Unit, phrase: Phrase) -> bool:
    """Tell people and bodies from things that cannot say anything."""
    head = phrase.head
    return bool(
        phrase.name
        or is_animate(head.removesuffix("s") if phrase.plural else head)
        or head in ORGANISATION_NOUNS
        or head in SPEAKING
    )


def close_incise(unit: Unit, incise: Incise) -> int:
    """Return the word behind the whole clause with its adjuncts."""
    words, size = unit.words, len(unit.words)
    end = min(size, incise.stop + _ADJUNCTS)
    return next((at for at in range(incise.stop, end) if words[at] in _ENDS), end)


def _inverted_subject(unit: Unit, at: int) -> Phrase | None:
    """Read the subject behind a verb: "a déclaré à l'AFP Jean Dupont"."""
    at = _skip_adverbs(unit, at)
    subject = read_phrase(unit, at)
    if subject is None:
        moved = skip_adjuncts(unit, at, _ADDRESSEE)
        if moved < len(unit.words) and unit.words[moved - 1] != ",":
            subject = read_phrase(unit, moved)
    if subject is None or subject.head in ("c'", "ce"):
        return None
    if subject.pronoun and not unit.words[subject.first].startswith("-"):
        return None
    return with_apposition(unit, subject)


def _skip_adverbs(unit: Unit, at: int) -> int:
    words, size = unit.words, len(unit.words)
    while at < size:
        if words[at] == "d'" and words[at + 1 : at + 2] and words[at + 1] in _D_ADVERBS:
            at += 2
        elif words[at : at + 3] in _ASIDES:
            at += 3
        elif words[at] in ADVERBS or is_adverb(words[at]):
            at += 1
        else:
            break
    return at


def _read_verb(unit: Unit, at: int) -> _Verb | None:
    words, size = unit.words, len(unit.words)
    if words[at] in AUXILIARIES:
        return _read_compound(unit, at)
    if words[at] in _MADE_TO and (made := _read_made_to(unit, at, None)):
        return made
    if words[at] == "dixit":
        return _Verb(at, at + 1, None)
    if words[at] not in _INVERTED:
        return None
    if at + 1 < size and words[at + 1].startswith("-"):
        return _Verb(at, at + 2, read_phrase(unit, at + 1))
    return _Verb(at, at + 1, None)


def _read_compound(unit: Unit, at: int) -> _Verb | None:
    """Read "a déclaré", "a-t-il déclaré", "a tenu à préciser"."""
    words, size = unit.words, len(unit.words)
    subject = None
    at += 1
    if at < size and words[at].startswith("-"):
        subject = read_phrase(unit, at)
        at += 1
    at = _skip_adverbs(unit, at)
    if at >= size:
        return None
    if words[at] in _MADE_TO:
        return _read_made_to(unit, at, subject)
    if any(cue.form == "past" for cue in VERBS.get(words[at], ())):
        return _Verb(at, at + 1, subject)
    return None


def _read_made_to(unit: Unit, at: int, subject: Phrase | None) -> _Verb | None:
    """Read "fait valoir X", "a tenu à préciser X", "met en garde X", "veut croire X"."""
    words, size = unit.words, len(unit.words)
    at += 1
    if at < size and words[at].startswith("-"):
        subject = subject or read_phrase(unit, at)
        at += 1
    at = _skip_adverbs(unit, at)
    if words[at : at + 2] == ["en", "garde"]:
        return _Verb(at + 1, at + 2, subject)
    while at < size and words[at] in _LINKS:
        at += 1
    if at >= size:
        return None
    infinitive = any(cue.form == "infinitive" for cue in VERBS.get(words[at], ()))
    return _Verb(at, at + 1, subject) if infinitive or words[at] in _SPOKEN else None
