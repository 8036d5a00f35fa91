"""Noun phrases around a reporting word: its subject before it, its subject behind it.

No parser: a phrase is read word by word until a word that cannot belong to it. What it yields is
where the phrase stands, its name if it has one, and what agreement shows of it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from workbench.suggestions.french_people import (
    FEMALE_NAMES,
    INSTITUTIONS,
    MALE_NAMES,
    ORGANISATION_NOUNS,
    ROLES,
    TITLES,
    is_animate,
)
from workbench.suggestions.french_verbs import VERBS
from workbench.suggestions.french_words import (
    ADVERBS,
    CIVILITIES,
    CLITICS,
    CONJUNCTIONS,
    DEMONSTRATIVES,
    DETERMINERS,
    FINITE,
    NEGATIONS,
    OF,
    PREPOSITIONS,
    STRONG_PRONOUNS,
    SUBJECT_PRONOUNS,
    TIME,
    TIME_NOUNS,
)
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.reading import QUOTED, Unit

LONGEST_PHRASE = 30
_MOST_WORDS = 20_000
FIRST_NAMES = MALE_NAMES | FEMALE_NAMES
_NO_NAMES = word_set("premier première ministre président présidente état")  # "le Premier ministre"
_PARTICLES = word_set(
    "de d' du des le la van von der den ben bin ibn al el da dos di del san saint",
)
PUNCTUATION = frozenset(',;:.!?…()[]«»"“”–—-/')
_TAKES_A = word_set(
    "ministre secrétaire maître maîtresse professeur professeure chercheur chercheuse délégué",
    "déléguée responsable directeur directrice avocat avocate chef cheffe candidat candidate",
    "conseiller conseillère adjoint adjointe commissaire économiste enseignant enseignante",
    "enseignante-chercheuse analyste expert experte représentant représentante haut-commissaire",
    "rapporteur procureur général générale conférences médecin infirmier infirmière opposants",
    "ingénieur ingénieure juge président porte-parole historien historienne sociologue doctorant",
    "doctorante étudiant étudiante opposé spécialiste ambassadeur ambassadrice vice-président",
    "coordinateur coordinatrice agent agente défenseur défenseure stratégiste gérant élue élu",
    "mairie travaux",
)
_GENDERS = {
    "le": "m", "un": "m", "ce": "m", "cet": "m", "mon": "m", "ton": "m", "la": "f", "une": "f",
    "cette": "f", "ma": "f", "ta": "f", "sa": "f", "il": "m", "elle": "f", "ils": "m", "elles": "f",
    "celui-ci": "m", "celle-ci": "f", "ceux-ci": "m", "celles-ci": "f", "eux": "m", "aucun": "m",
}  # fmt: skip
_PLURALS = word_set(
    "les des ces mes tes ses nos vos leurs plusieurs certains certaines quelques ils elles eux",
    "deux trois quatre cinq six sept huit neuf dix tous toutes ceux celles ceux-ci celles-ci",
    "d'autres beaucoup divers diverses",
)


class Phrase(NamedTuple):
    """A noun phrase or pronoun: its words, those of its name, its head, what agreement shows."""

    first: int
    stop: int
    name: tuple[int, int] | None
    head: str
    gender: str
    plural: bool
    pronoun: bool
    titled: bool = False  # A form of address stands before the name.

    @property
    def mention(self) -> tuple[int, int]:
        """Return the words that name somebody: the name with its civil title, else all."""
        if self.name is None:
            return self.first, self.stop
        return self.name[0] - self.titled, self.name[1]


def read_phrase(unit: Unit, first: int, stop: int | None = None) -> Phrase | None:
    """Read the phrase that begins at a word, to ``stop`` at most; None where none does."""
    words = unit.words
    size = len(words) if stop is None else stop
    if first >= size:
        return None
    word = words[first]
    if word.startswith("-"):
        return make_pronoun(first, word[1:].removeprefix("t-").removeprefix("t'"))
    if word in SUBJECT_PRONOUNS or (word in STRONG_PRONOUNS and word != "nous"):
        return make_pronoun(first, word)
    at = first
    while at < size and words[at] in _BEFORE_ARTICLE:
        at += 1
    if at >= size or not _begins_phrase(unit, at):
        return None
    end = _Extent(unit, at, size).read()
    return describe(unit, first, end) if end > first else None


def _begins_phrase(unit: Unit, at: int) -> bool:
    word = unit.words[at]
    if word in _OPENERS or unit.is_capital(at):
        return True
    return (
        word in ("de", "d'")
        and unit.words[at + 1 : at + 2] != []
        and (unit.words[at + 1] in _INDEFINITE)
    )


_BEFORE_ARTICLE = word_set("tout tous toute toutes même seul seule")
_INDEFINITE = word_set("autres nombreux nombreuses certains")
_BARE = word_set("sources source responsables experts analystes syndicats associations")
_OPENERS = DETERMINERS | DEMONSTRATIVES | frozenset(CIVILITIES) | ROLES | _BARE


_ARTICLES_OF_TITLES = word_set("le la les l'")
_MANY = word_set(
    "dizaine douzaine quinzaine vingtaine trentaine quarantaine cinquantaine soixantaine centaine",
    "millier poignée majorité douzaines dizaines centaines milliers nombre",
)


def read_bare(unit: Unit, first: int) -> Phrase | None:
    """Read the phrase whose article a preposition has taken up: "(au) ministère de la Santé"."""
    words = unit.words
    if first >= len(words) or words[first] in PUNCTUATION:
        return None
    end = _Extent(unit, first, len(words)).read()
    return describe(unit, first, end) if end > first else None


class _Extent:
    """How far a phrase goes: each kind of word says how many words it takes, none to end it."""

    def __init__(self, unit: Unit, first: int, size: int) -> None:
        self.unit = unit
        self.words = unit.words
        self.first = self.at = self.end = first
        self.size = min(size, first + LONGEST_PHRASE)
        self.noun = self.name = False

    def read(self) -> int:
        """Return where the phrase ends: behind its last noun or name."""
        self._skip_demonstrative()
        while self.at < self.size:
            taken = self._take()
            if not taken:
                break
            self.at += taken
        return self.end

    def _skip_demonstrative(self) -> None:
        words, at = self.words, self.at
        if words[at] in DEMONSTRATIVES and words[at] not in DETERMINERS:
            self._count_noun(1)
            self.at += 1
        elif words[at] == "l'" and words[at + 1 : at + 2] in (["un"], ["une"], ["autre"]):
            self._count_noun(2)
            self.at += 2

    def _count_noun(self, taken: int) -> int:
        self.noun = True
        self.end = self.at + taken
        return taken

    def _take(self) -> int:
        word = self.words[self.at]
        if word in _TAKERS:
            return _TAKERS[word](self)
        if self.unit.is_capital(self.at) and (self.at > self.first or word not in DETERMINERS):
            self.name = True
            return self._count_noun(1)
        if word in DETERMINERS:
            return self._take_determiner()
        ends = word in _CLOSED or (word in TIME and (self.noun or self.at > self.first + 1))
        ends = ends or (self.noun and (word in ADVERBS or self._is_verb(word)))
        ends = ends or (self.noun and word.endswith("ant") and not is_animate(word))
        return 0 if ends or word.startswith("-") else self._count_noun(1)

    def _is_verb(self, word: str) -> bool:
        return is_verb_form(word) and self.words[self.at - 1] not in OF

    def _take_quotation(self) -> int:
        following = self.words[self.at + 1 : self.at + 2]
        return int(self.noun and following != [] and following[0] not in PUNCTUATION)

    def _take_of(self) -> int:
        following = self.words[self.at + 1 : self.at + 2]
        return int(self.at == self.first or (following != [] and following[0] not in PUNCTUATION))

    def _take_determiner(self) -> int:
        if self.at > self.first and runs_on(self.unit, self.at):
            return 1
        before = self.words[self.at - 1] if self.at > self.first else "et"
        return int(before in PREPOSITIONS or before in DETERMINERS or before in ("et", "ou", "ni"))

    def _take_and(self) -> int:
        return int(self.noun and _may_coordinate(self.unit, self.at + 1))

    def _take_to(self) -> int:
        """Take *à* behind a role ("ministre à la Transition"), *en* in "metteur en scène"."""
        words, at = self.words, self.at
        if words[at] == "en" and words[at + 1 : at + 2] and words[at + 1] in _AFTER_EN:
            return self._count_noun(2)
        takes_more = not self.name and not _TAKES_A.isdisjoint(words[max(self.first, at - 6) : at])
        time = at + 1 < len(words) and (words[at + 1] in TIME_NOUNS or words[at + 1][:1].isdigit())
        return int(takes_more and not time and _MEDIA.isdisjoint(words[at + 1 : at + 3]))

    def _take_without(self) -> int:
        following = self.words[self.at + 1 : self.at + 2]
        return self._count_noun(2) if following in (["frontières"], ["emploi"]) else 0


_AFTER_EN = word_set("chef charge exercice scène droit herbe")
_MEDIA = word_set(
    "AFP quotidien hebdomadaire journal magazine presse radio télévision chaîne agence antenne",
    "micro site revue mensuel journaliste journalistes média médias Reuters",
)
ENDS = word_set(
    "consulté consultée consultés publié publiée publiés publiées obtenu obtenue paru parue daté",
    "datée signé signée dévoilé dévoilée diffusé diffusée rendu rendue relayé rédigé rédigée remis",
    "remise mandaté mandatée réuni réunis réunie réunies installé installée basé basée situé",
    "située interrogé interrogée interrogés interrogées cité citée cités citées joint jointe",
    "contacté contactée présent présente venu venue invité invitée cela ceci ça âgé âgée",
    "visiblement citant ayant étant devant selon",
)


_CLOSED = (
    (PREPOSITIONS | CONJUNCTIONS | FINITE | SUBJECT_PRONOUNS | NEGATIONS | CLITICS | ENDS)
    - DETERMINERS
    - OF
)
_TAKERS: dict[str, Callable[[_Extent], int]] = {
    **dict.fromkeys(PUNCTUATION, lambda _: 0),
    **dict.fromkeys(OF, _Extent._take_of),
    **dict.fromkeys(("à", "au", "aux", "en"), _Extent._take_to),
    QUOTED: _Extent._take_quotation,
    "et": _Extent._take_and,
    "sans": _Extent._take_without,
}


def runs_on(unit: Unit, at: int) -> bool:
    """Tell the article inside a name that a noun announces: "le collectif Sauvons l'Hôpital"."""
    words = unit.words
    return (
        1 < at < len(words) - 1
        and words[at] in ("l'", "la", "le", "les")
        and unit.is_capital(at - 1)
        and unit.is_capital(at + 1)
        and words[at - 2] in ORGANISATION_NOUNS
    )


def _may_coordinate(unit: Unit, at: int) -> bool:
    words = unit.words
    if at >= len(words):
        return False
    word = words[at]
    return (
        unit.is_capital(at)
        or word
        in ("le", "la", "les", "l'", "son", "sa", "ses", "leur", "leurs", "d'", "de", "des", "du")
        or word in CIVILITIES
        or word in ROLES
    )


def is_verb_form(word: str) -> bool:
    """Tell a form that is surely a verb of speech."""
    return word in _VERB_FORMS


_VERB_FORMS = frozenset(
    word
    for word, cues in VERBS.items()
    if any(cue.form in ("finite", "conditional") and not cue.noun for cue in cues)
)


def make_pronoun(first: int, word: str) -> Phrase:
    """Return the phrase of a pronoun."""
    return Phrase(
        first, first + 1, None, word, _GENDERS.get(word, ""), word in _PLURALS, pronoun=True
    )


def describe(unit: Unit, first: int, stop: int) -> Phrase | None:
    """Find head, name and agreement in the words of a phrase."""
    words = unit.words
    while stop > first and (words[stop - 1] in OF or words[stop - 1] in ("et", "ou", "ni")):
        stop -= 1
    if stop == first or (stop == first + 1 and words[first] in DETERMINERS):
        return None
    at = first
    gender, plural = "", False
    while at < stop and (words[at] in DETERMINERS or words[at] in ("tout", "même", "d'", "de")):
        gender = gender or _GENDERS.get(words[at], "")
        plural = plural or words[at] in _PLURALS
        at += 1
    head = words[at] if at < stop else words[first]
    if words[first] in DEMONSTRATIVES:
        gender, plural = _GENDERS.get(words[first], ""), words[first] in _PLURALS
    if head in CIVILITIES:
        gender = CIVILITIES[head] or gender
        plural = plural or head.rstrip(".") in ("mm", "mmes", "messieurs")
    name = _find_name(unit, at, stop)
    before = name[0] - 1 if name else first
    if name and before >= first and words[before] in _ARTICLES_OF_TITLES:
        name = (before, name[1]) if unit.is_capital(before) else name  # "selon Le Monde"
    if "et" in words[at:stop] or (head in _MANY and words[at + 1 : at + 2] in (["de"], ["d'"])):
        plural = True
    titled = name is not None and name[0] > first and words[name[0] - 1] in CIVILITIES
    return Phrase(first, stop, name, head, gender, plural, pronoun=False, titled=titled)


def _find_name(unit: Unit, first: int, stop: int) -> tuple[int, int] | None:
    """Return the words of the name a phrase is about: no name after *de* is."""
    words = unit.words
    at = first
    found: tuple[int, int] | None = None
    while at < stop:
        if not unit.is_capital(at) or words[at] == QUOTED:
            at += 1
            continue
        title = at + 1 < stop and (words[at] in CIVILITIES or words[at] in _NO_NAMES)
        if title or "prix" in words[max(first, at - 1) : at + 1]:  # "le Prix Nobel Paul Roux"
            at += 1
            continue
        end = _end_of_name(unit, at, stop)
        begin = _begin_of_name(unit, first, at, end)
        if begin < end and found is None:
            announced = begin > first and words[begin - 1] in ORGANISATION_NOUNS
            if words[begin] in INSTITUTIONS or announced:
                return (begin, stop)
            found = (begin, end)
        elif begin < end and found and "et" in words[found[1] : begin]:
            found = (found[0], end)
        at = max(end, at + 1)
    return found


def _begin_of_name(unit: Unit, first: int, at: int, end: int) -> int:
    """Return where the name of a run of capitals begins: behind a title and what *de* governs."""
    words = unit.words
    governed = at > first and (
        words[at - 1] in OF
        or words[at - 1] in ("à", "au", "aux", "en")
        or (words[at - 1] in DETERMINERS and at - 2 >= first and words[at - 2] in (*OF, "à"))
    )
    single = end == at + 1 or unit.printed(at, end).isupper()
    inside = single and not OF.isdisjoint(words[first:at])  # "le patron des députés LR"
    party = end > at + 2 and unit.printed(at, at + 1).isupper()  # "le sénateur LR Bruno Retaud"
    person = party and words[at + 1].split("-")[0] in FIRST_NAMES
    if not governed and not inside and words[at] not in TITLES:
        return at + 1 if person and begins_with_role(words, first, at) else at
    # "le ministre de l'Économie Bruno Le Maire": the person begins at the first name.
    return next((i for i in range(at + 1, end) if words[i].split("-")[0] in FIRST_NAMES), end)


def begins_with_role(words: Sequence[str], first: int, stop: int) -> bool:
    """Tell whether a noun of role stands in a phrase before its name."""
    return any(word in ROLES for word in words[first:stop])


def _end_of_name(unit: Unit, first: int, stop: int) -> int:
    words = unit.words
    at = first + 1
    while at < stop:
        if unit.is_capital(at) or (words[at][:1].isdigit() and not words[at - 1].isdigit()):
            at += 1
            continue
        ahead = at
        while ahead < stop and ahead < at + 2 and words[ahead] in _PARTICLES:
            ahead += 1
        if ahead == at or ahead >= stop or not unit.is_capital(ahead):
            break
        joins = words[at] not in OF or words[first].split("-")[0] in FIRST_NAMES
        if not joins:
            break
        at = ahead + 1
    return at


def with_apposition(unit: Unit, phrase: Phrase) -> Phrase:
    """Return the name set off behind a title ("le maire, Raymond Chabot"), else the phrase."""
    words = unit.words
    at = phrase.stop
    if phrase.name or phrase.pronoun or words[at : at + 1] != [","]:
        return phrase
    if phrase.head not in ROLES and words[phrase.first] not in _TITLED:
        return phrase
    name = read_phrase(unit, at + 1)
    if name is None or name.name is None:
        return phrase
    first, stop = name.name
    courtesy = words[name.first] in CIVILITIES
    alone = courtesy or (name.first == first and stop - first > 1)
    behind = words[name.stop] if name.stop < len(words) else "."
    if alone and (behind in PUNCTUATION or behind in PREPOSITIONS or behind in _RELATIVES):
        return name._replace(gender=name.gender or phrase.gender)
    return phrase


_TITLED = word_set("son sa le la l'")
_RELATIVES = word_set("qui que qu' dont")


@lru_cache(_MOST_WORDS)
def is_adverb(word: str) -> bool:
    """Tell an adverb in -ment from the nouns that end so, as far as its shape shows."""
    return word.endswith(("emment", "amment", "ément", "lement", "rement", "vement", "sement",
                          "tement", "quement", "nement", "iment", "dument", "dûment")) and (
        word not in _MENT_NOUNS
    )  # fmt: skip


_MENT_NOUNS = word_set(
    "gouvernement parlement bâtiment élément règlement traitement événement évènement changement",
    "réchauffement développement mouvement financement investissement établissement équipement",
    "licenciement appartement département logement document argument sentiment médicament",
    "recrutement renseignement enseignement rassemblement versement classement engagement",
    "environnement comportement jugement paiement ralentissement renforcement stationnement",
    "fonctionnement affrontement effondrement allongement confinement aménagement gisement",
    "événementiel lancement prélèvement placement ciment supplément complément effectivement-dit",
    "avertissement soulèvement agrément châtiment régiment tournement détournement vêtement",
    "tempérament testament soulagement écartement lotissement amendement remboursement",
    "redressement avancement retournement",
)
