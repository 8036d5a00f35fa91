"""Sources named by a preposition: *selon X*, *d'après X*, *pour X*, *aux yeux de X*."""

from typing import NamedTuple

from workbench.suggestions.french_people import ROLES, SPEAKING
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import Phrase, read_phrase, with_apposition
from workbench.suggestions.reading import QUOTED, Unit

# What is measured by, no source: "selon les jours", "selon le calendrier".
_MEASURES = word_set(
    "époque époques civilisations cultures version versions goûts appétit",
    "jours jour cas besoins besoin modalités modalité critères critère calendrier taille âge âges",
    "région régions pays saison saisons type types goût goûts moyens méthode méthodes procédure",
    "procédures règles règle circonstances humeur humeurs période périodes envie envies situation",
    "situations niveau niveaux principe principes formule formules usage usages manière façon",
    "heure heures disponibilité disponibilités nature ordre revenus revenu conditions condition",
    "nombre quantité degré rythme plan schéma logique tradition coutume préférences années année",
    "mois semaines communes commune département départements secteur secteurs lieu lieux endroits",
    "poids sexe gravité importance ancienneté barème grille arrivages météo temps marée marées que",
    "qu' si le moment possibilités capacités capacité échelle axe axes ligne lignes mode modes",
    "termes profil profils place marques modèle modèles variétés espèces élèves hauteur distance",
)
_PHRASES = (  # more than one word; the cue is the first that carries meaning
    ("à", "en", "croire"),
    ("aux", "yeux", "de"),
    ("aux", "yeux", "d'"),
    ("aux", "yeux", "du"),
    ("aux", "yeux", "des"),
    ("aux", "dires", "de"),
    ("aux", "dires", "du"),
    ("aux", "dires", "des"),
    ("aux", "dires", "d'"),
    ("au", "dire", "de"),
    ("de", "l'", "avis", "de"),
    ("de", "l'", "avis", "des"),
    ("de", "l'", "avis", "du"),
    ("de", "l'", "aveu", "de"),
    ("de", "l'", "aveu", "du"),
    ("à", "l'", "en", "croire"),
    ("si", "l'", "on", "en", "croit"),
    ("si", "on", "en", "croit"),
    ("dixit",),
)
_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _phrase in _PHRASES:
    _BY_FIRST.setdefault(_phrase[0], []).append(_phrase)
# No source begins with any other word.
SOURCE_OPENERS = frozenset(_BY_FIRST) | word_set("selon d' pour de")
_CUES = word_set("d'après croire yeux avis dixit dires dire aveu croit")


class According(NamedTuple):
    """A source phrase: its cue, its words, who it names."""

    first: int
    cue: tuple[int, int]
    stop: int
    subject: Phrase


def read_according(unit: Unit, at: int) -> According | None:
    """Read the source that begins at a word; None for a measure or a destination."""
    return _read_source(unit, at) if unit.words[at] in SOURCE_OPENERS else None


def _read_source(unit: Unit, at: int) -> According | None:
    words, size = unit.words, len(unit.words)
    word = words[at]
    if word == "selon":
        begin, cue = at + 1, (at, at + 1)
    elif word == "d'" and words[at + 1 : at + 2] == ["après"]:
        begin, cue = at + 2, (at, at + 2)
    elif word == "pour":
        return _read_for(unit, at)
    elif word == "de" and at + 1 < size and words[at + 1] in ("source", "sources"):
        phrase = read_phrase(unit, at + 1)
        return According(at, (at, at + 1), phrase.stop, phrase) if phrase else None
    else:
        pattern = next(
            (p for p in _BY_FIRST.get(word, ()) if tuple(words[at : at + len(p)]) == p), None
        )
        if pattern is None:
            return None
        begin = at + len(pattern)
        word_at = next(i for i in range(at, begin) if words[i] in _CUES)
        cue = (word_at, word_at + 1)
        if pattern[-1] in ("du", "des"):
            begin -= 1
    if begin >= size:
        return None
    phrase = read_phrase(unit, begin)
    if phrase and words[begin] in ("du", "des") and begin > at + 1 and phrase.stop > begin + 1:
        phrase = phrase._replace(first=begin + (word != "selon"))  # the article is *de*'s
    if phrase is None or (phrase.name is None and _is_measure(unit, phrase)):
        return None
    named = with_apposition(unit, phrase)
    return According(at, cue, named.stop, named)


_AUTHOR = word_set("moi nous toi vous")  # "selon moi" is the author's own word


def _is_measure(unit: Unit, phrase: Phrase) -> bool:
    words = unit.words[phrase.first : phrase.stop]
    return (
        words[-1] in ("que", "qu'")
        or phrase.head in _AUTHOR
        or phrase.head in _MEASURES
        or (words[2:3] != [] and words[1] in ("type", "même", "mêmes") and words[2] in _MEASURES)
    )


def _read_for(unit: Unit, at: int) -> According | None:
    """Read "pour X," where X can think: a person, a pronoun, people of a part in the world."""
    words = unit.words
    phrase = read_phrase(unit, at + 1)
    if phrase is None or phrase.stop >= len(words):
        return None
    phrase = with_apposition(unit, phrase)
    person = phrase.pronoun or phrase.head in ROLES or _speaks(phrase.head)
    if phrase.name is not None and not person:
        first, stop = phrase.name
        person = stop - first > 1 or words[first] in ("m.", "mme")
    if not person or words[phrase.stop] not in (",", QUOTED, ".", "–", "—", ":"):
        return None
    return According(at, (at, at + 1), phrase.stop, phrase)


def _speaks(head: str) -> bool:
    return head in SPEAKING or (head.endswith("s") and (head[:-1] in ROLES or head in _GROUPS))


_GROUPS = word_set(
    "syndicats associations opposants partisans défenseurs écologistes économistes experts",
    "analystes autorités enquêteurs avocats élus habitants riverains chercheurs scientifiques",
    "spécialistes ong organisations parents salariés agriculteurs observateurs auteurs détracteurs",
    "critiques",
)
