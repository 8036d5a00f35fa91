"""Reported words behind a verb of speech: clauses, infinitives, objects, quotations.

A unit is read from left to right; what one finding has used is not read again. Each frame of a verb
has a reader, and the first that fits says where the content stands.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from workbench.suggestions.according import read_according
from workbench.suggestions.cues import Group, act_of, find_group
from workbench.suggestions.findings import Finding, content_parts
from workbench.suggestions.french_people import (
    DOCUMENT_NOUNS,
    ONE_OF_TWO,
    ORGANISATION_NOUNS,
    ROLES,
    SPEAKING,
    is_animate,
)
from workbench.suggestions.french_verbs import VERBS, Act
from workbench.suggestions.french_words import (
    ADVERBS,
    AUXILIARIES,
    CLITICS,
    DETERMINERS,
    FINITE,
    OF,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME,
)
from workbench.suggestions.incises import read_behind_on
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import Phrase, is_adverb, is_verb_form, read_phrase
from workbench.suggestions.reading import QUOTED, Unit, fold
from workbench.suggestions.rules import QuoteType
from workbench.suggestions.subjects import find_subject, skip_adjuncts

_THAT = ("que", "qu'")
_WINDOW, _NEAR_WINDOW, _LONGEST_OBJECT, _FURTHEST_CLAUSE, _MOST_CLITICS = 24, 10, 14, 40, 4
_SHORT_OBJECT = 6
_CONTRASTS = word_set("tandis alors quand")
_IMPERSONAL = word_set("c' ce cela ça on")
_NO_SOURCE = word_set("je j' tu nous vous") | _IMPERSONAL
_NOBODY = word_set("personne nul nulle aucun aucune")
_CONNECTIVES = word_set("mais et puis avant tout alors")
_BEFORE_REPORT = (
    _CONNECTIVES
    | SUBJECT_PRONOUNS
    | CLITICS
    | word_set("ainsi aussi également en de d' toutefois surtout")
)
_BEFORE_REPORTS = word_set(", – — et mais - (")
_MAY_END = _BEFORE_REPORTS | word_set("; . avant")  # nothing else ends a content
_COMMENTS = word_set("lançant répondant citant réagissant")
_CONTINUES = word_set("et mais puis avant")
_LEADS = word_set("en tout avant pour et après manière façon jusqu'")
_ABOUT = word_set("au près plus environ moins")
_EXPLAINING = word_set("expliquer justifier")
_NUMBERS = word_set("dix vingt trente quarante cinquante soixante")
_IDEAS = word_set(
    "idée hypothèse thèse accusation accusations rumeur rumeurs existence possibilité éventualité",
    "notion",
)
# What follows an object, whatever it is, and what follows it only where it is quoted.
_BEHIND_OBJECT = word_set("lorsque selon tandis alors mais après malgré") | TIME - word_set(
    "soir matin midi"
)
_BEHIND_QUOTATION = word_set(
    "quand avant lors dans devant car auprès afin puis tout sur pour à au aux par",
)
_MARKS = frozenset(",;:.!?–—-()")
_STOPS_OBJECT = frozenset({";", ":", ".", "("}) | word_set("qui dont où parce lorsque quand alors")
# What asserts with one frame and asks with another: "plaide que", "plaide pour".
_WANTING = {
    "plaider": ("speech-act",),
    "militer": ("speech-act",),
    "suggérer": ("infinitive",),
}
_TO_A_NOUN = word_set("appeler exhorter inviter")
_CHARGES = word_set("accuser soupçonner suspecter reprocher")
_BEFORE_TITLE = word_set("dans sur chez à au pour")
_OF_THINGS_TOO = word_set(
    "garantir montrer révéler démontrer illustrer confirmer trouver apprendre exiger prévoir",
    "raconter",
)
_WITH_ADDRESSEE = word_set(
    "reprocher imputer demander proposer recommander conseiller suggérer ordonner",
)
_ABSTRACT = ("tion", "tions", "sion", "sions", "ment", "ance", "ence", "ture", "ité", "age")
_ASKED_FOR = word_set(
    "retrait départ report enquête moratoire gel fin baisse hausse abandon excuses mise maintien",
    "arrêt comptes délai délais grâce relaxe acquittement peine moyens accès audit référendum vote",
    "retour rejet envoi débat aide sursis plan accord loi création étude mesures soutien",
)
_IN_RE = re.compile(
    r".*(?:[aeo]ndre|[aeo]rdre|indre|(?:[fpt]|str)aire|dire|crire|lire|rire|boire|croire|clure|uire"
    r"|ettre|attre|aître|oître|être|ivre|ompre|incre|soudre|coudre|moudre|suffire|nuire)"
)
_PRONOUNS_BEFORE_INFINITIVE = CLITICS | word_set("pas plus jamais bien toujours déjà tout rien")
_NO_INFINITIVES = word_set(
    "dernier premier hier février leur autre notre votre quatre membre nombre titre ministre maire",
    "sur pour contre entre avenir plaisir espoir pouvoir soir lettre guerre terre affaire colère",
    "manière matière chiffre genre propre centre chambre septembre octobre novembre décembre",
    "cancer papier quartier métier chantier dossier courrier immobilier financier particulier",
    "histoire victoire territoire mémoire salaire affaires œuvre livre arbre offre ordre cadre",
    "cher amer fier entier régulier hiver mer fer désir loisir souvenir outre sombre",
)


class _Place(NamedTuple):
    """Where a verb's object may begin: behind it, behind its adverbs, behind all adjuncts."""

    unit: Unit
    group: Group
    near: int
    light: int
    far: int
    stop: int

    @property
    def starts(self) -> tuple[int, int]:
        return self.light, self.far

    def has(self, *frames: str) -> bool:
        known = self.group.cue.frames
        for frame in frames:  # noqa: SIM110  # any() takes three times as long, here most of all
            if frame in known:
                return True
        return False


class _Content(NamedTuple):
    """The words of a content, and the rule that has found them."""

    rule: str
    first: int
    stop: int


def read_reported(
    unit: Unit, first: int, stop: int, speaker: Phrase | None = None
) -> Iterator[Finding]:
    """Yield what verbs of speech among these words report, in order.

    ``speaker`` is who has spoken in the unit before these words.
    """
    words = unit.words
    behind = first  # what has been found
    for at in [place for place in range(first, stop) if words[place] in VERBS]:
        if at < behind:
            continue
        group = find_group(unit, at)
        finding = _read_group(unit, group, stop, speaker) if group else None
        if finding:
            yield finding
            speaker = finding.speaker or speaker
            behind = finding.words[-1][1]


def _read_group(unit: Unit, group: Group, stop: int, earlier: Phrase | None) -> Finding | None:
    act = act_of(group)
    if act is None or group.cue.form == "conditional" or _is_general_advice(unit, group):
        return None
    content = _find_content(unit, group, stop)
    cut = content_parts(unit, content.first, content.stop) if content else None
    if content is None or cut is None:
        return None
    parts, kind = cut
    subject = _agent(unit, group) if group.passive else subject_of(unit, group, earlier)
    if subject is not None and subject.head == "on":
        subject = _before_on(unit, subject.first) or subject
    nobody = subject is not None and subject.head == "on" and kind is not QuoteType.INDIRECT
    if nobody:
        subject = None
    if subject is not None and subject.head in _NO_SOURCE:
        return None
    if subject is not None and group.negated and _is_nobody(unit, subject):
        return None  # "Personne ne conteste que": the author says it, of nobody.
    if kind is QuoteType.INDIRECT and _is_of_things(group, content, unit, subject):
        return None
    if content.rule in _WANTING.get(group.cue.lemma, ()):
        act = Act.WANTS
    return Finding(
        unit,
        "denial" if act is Act.DENIES else content.rule,
        parts,
        kind,
        act,
        (unit.starts[group.at], unit.ends[group.at]),
        subject,
        carried=subject is None and not group.passive and not nobody,
        cue_word=unit.words[group.at],
        words=[(group.first, content.stop)],
    )


# --- who says it ---------------------------------------------------------------------------------


def _is_nobody(unit: Unit, subject: Phrase) -> bool:
    """Tell "personne" without an article, and "aucun élu"."""
    words, first = unit.words, subject.first
    return words[first] in _NOBODY or (first > 0 and words[first - 1] in _NOBODY)


def _before_on(unit: Unit, at: int) -> Phrase | None:
    """Return who *on* is: "Du côté de la préfecture, on assure", "Au ministère, on dit"."""
    words = unit.words
    if at < 2 or words[at - 1] != ",":  # noqa: PLR2004  # a place and a comma
        return None
    first = next((i + 1 for i in range(at - 2, -1, -1) if words[i] in _MARKS), 0)
    phrase = read_behind_on(unit, first)
    return phrase if phrase and phrase.stop == at - 1 else None


def _is_of_things(group: Group, content: _Content, unit: Unit, subject: Phrase | None) -> bool:
    """Tell "les murs garantissent que" and "la route annonce un virage" from speech."""
    strict = group.cue.lemma in _OF_THINGS_TOO
    if strict and subject and subject.plural and not (subject.name or subject.pronoun):
        return subject.head not in DOCUMENT_NOUNS and not is_animate(subject.head.rstrip("s"))
    needed = strict or content.rule == "speech-act"
    return needed and not _can_speak(unit, subject)


def _can_speak(unit: Unit, subject: Phrase | None) -> bool:
    """Tell who could perform an act of speech from what could not: "la route annonce un virage"."""
    if subject is None:
        return False
    if subject.head in DOCUMENT_NOUNS or unit.words[subject.stop - 1] in ONE_OF_TWO:
        return True
    if subject.name or subject.pronoun or subject.plural or is_animate(subject.head):
        return True
    words = takewhile(lambda word: word not in OF, unit.words[subject.first : subject.stop])
    return any(word in ORGANISATION_NOUNS or word in ROLES or word in SPEAKING for word in words)


def subject_of(unit: Unit, group: Group, earlier: Phrase | None) -> Phrase | None:
    """Return the subject of a verb group; ``earlier`` is who has spoken before in the unit."""
    words = unit.words
    if group.clitic is not None:
        return read_phrase(unit, group.clitic)
    before = words[group.first - 1] if group.first else ""
    participle = group.cue.form == "present"
    if earlier and (participle or before in _CONTINUES or words[group.first] in _CONTINUES):
        return earlier
    led = words[group.first] in _LEADS or group.first == group.at
    if participle or (group.cue.form == "infinitive" and led):
        return main_subject(unit, group.first)
    return find_subject(unit, group.first)


def _is_general_advice(unit: Unit, group: Group) -> bool:
    """Tell "il est recommandé de", said by nobody, from "il a été reproché"."""
    words = unit.words
    if group.cue.lemma == "dire" and words[group.first] in ("se", "s'"):
        return words[group.stop : group.stop + 1] != [] and "que" in words[group.stop :][:3]
    if group.cue.lemma == "convenir":
        return group.first > 0 and words[group.first - 1] == "il"
    if not group.passive:
        return False
    past = "été" in words[group.first : group.at]
    by = words[group.stop : group.stop + 1] == ["par"]
    return (
        not past
        and not by
        and group.first > 0
        and words[group.first - 1] == "il"
        and (group.cue.lemma not in _CHARGES)
    )


def _agent(unit: Unit, group: Group) -> Phrase | None:
    """Return who did what a passive tells: "accusé par X de"."""
    by = unit.words[group.stop : group.stop + 1] == ["par"]
    return read_phrase(unit, group.stop + 1) if by else None


def main_subject(unit: Unit, before: int) -> Phrase | None:
    """Return the subject of the nearest finite verb before a word, else of the one behind it."""
    for at in range(before - 1, -1, -1):
        if unit.words[at] in (";", ":"):
            break
        subject = _subject_at(unit, at)
        if subject and subject.head not in _IMPERSONAL:
            return subject
    return _following_subject(unit, before)


def _subject_at(unit: Unit, at: int) -> Phrase | None:
    word = unit.words[at]
    group = find_group(unit, at) if word in VERBS else None
    if group and group.cue.form in ("finite", "past", "conditional") and not group.passive:
        if group.clitic is not None:
            return read_phrase(unit, group.clitic)
        return find_subject(unit, group.first)
    if word in AUXILIARIES and word not in ("ayant", "étant"):
        return find_subject(unit, at)
    return None


def _following_subject(unit: Unit, at: int) -> Phrase | None:
    """Return the subject of the clause behind a gerund that opens the sentence."""
    words = unit.words
    if any(word in AUXILIARIES for word in words[:at]):
        return None
    for comma in range(at, min(len(words) - 1, at + _FURTHEST_CLAUSE)):
        if words[comma] == "," and (phrase := read_phrase(unit, comma + 1)):
            return phrase
    return None


# --- what is said --------------------------------------------------------------------------------


def _find_content(unit: Unit, group: Group, stop: int) -> _Content | None:
    words = unit.words
    near = group.stop
    if group.passive and words[near : near + 1] == ["par"]:
        agent = read_phrase(unit, near + 1)
        near = agent.stop if agent else near
    far = min(skip_adjuncts(unit, near, _WINDOW), stop)
    if near >= stop or far >= stop:
        return None
    light = near
    while light < stop and (words[light] in ADVERBS or is_adverb(words[light])):
        light += 1
    place = _Place(unit, group, near, light, far, stop)
    for read in _readers_of(group.cue.lemma, group.cue.frames):
        if content := read(place):
            return content
    return None


def _read_that(place: _Place) -> _Content | None:
    for at in (place.near, place.far):
        if place.unit.words[at] in _THAT:
            return _content(place, "that-clause", at + 1)
    return None


def _read_quotation(place: _Place) -> _Content | None:
    words = place.unit.words
    if words[place.far] != QUOTED or not (place.has("i", "n", "N") or _sees(place)):
        return None
    if words[place.far - 1] == "," and place.far != place.near:
        return None
    if place.group.cue.lemma == "appeler":  # it gives a name
        return None
    return _Content("verb-quotation", place.far, _end_of_object(place, place.far))


def _sees(place: _Place) -> bool:
    """Tell "y voit une « dérive »" and "voit dans ce texte une « dérive »" from seeing."""
    if not place.has("V"):
        return False
    words, group = place.unit.words, place.group
    return "y" in words[group.first : group.at] or words[place.near] in ("dans", "en", "là")


def _read_infinitive(place: _Place) -> _Content | None:
    words = place.unit.words
    for at in place.starts:
        if place.has("v") and _is_infinitive(place.unit, at):
            return _content(place, "infinitive", at)
        quoted = words[at + 1 : at + 2] == [QUOTED]
        if (
            place.has("d")
            and words[at] in ("de", "d'")
            and (quoted or _is_infinitive(place.unit, at + 1))
        ):
            return _content(place, "infinitive", at + 1)
    return None


def _read_addressed(place: _Place) -> _Content | None:
    """Read "accuse X de", "reproche à X de", "demande à X de": the content is behind X."""
    unit, words, lemma = place.unit, place.unit.words, place.group.cue.lemma
    at = place.light
    if words[at] in ("à", "au", "aux"):
        at += 1
        at += words[at : at + 1] == ["l'"]
    elif lemma in _WITH_ADDRESSEE and place.group.first == place.group.at:
        return None  # "propose des outils de plus"
    end = _end_of_person(unit, at, place.stop)
    if end is None:
        if not place.group.passive and place.group.first == place.group.at:
            return None
        end = at  # "lui reproche de", "l'accuse de"
    return _content_behind_person(place, end) if end < place.stop else None


def _content_behind_person(place: _Place, at: int) -> _Content | None:
    word = place.unit.words[at]
    if word in OF:
        return _content(place, "infinitive", at + (word in ("de", "d'")))
    if place.group.cue.lemma in ("reprocher", "imputer") and word in DETERMINERS:
        return _content(place, "speech-act", at)
    if word in _THAT and place.has("q"):
        return _content(place, "that-clause", at + 1)
    return None


def _end_of_person(unit: Unit, at: int, stop: int) -> int | None:
    """Return where the person ends whom a verb addresses: before *de* and what is said."""
    phrase = read_phrase(unit, at)
    if phrase is None:
        return None
    words = unit.words
    for place in range(at + 1, min(phrase.stop + 1, stop)):
        if words[place] in ("de", "d'") and (
            _is_infinitive(unit, place + 1) or words[place + 1 : place + 2] == [QUOTED]
        ):
            return place
    return phrase.name[1] if phrase.name and phrase.name[1] < phrase.stop else phrase.stop


def _read_appeal(place: _Place) -> _Content | None:
    """Read "appelle à", "exhorte X à"."""
    if place.group.passive:
        return None
    words = place.unit.words
    for at in range(place.light, min(place.stop, place.light + _LONGEST_OBJECT)):
        if words[at] in (",", ";", ":", ".", *_THAT):
            break
        if words[at] in ("à", "au", "aux"):
            first = at + (words[at] == "à")
            quoted = words[first : first + 1] == [QUOTED]
            noun = at == place.light and place.group.cue.lemma in _TO_A_NOUN  # "à la grève"
            if noun or quoted or _is_infinitive(place.unit, first):
                return _content(place, "infinitive", first)
    return None


def _read_favour(place: _Place) -> _Content | None:
    """Read "plaide pour", "milite en faveur de"."""
    words, at = place.unit.words, place.light
    if words[at] == "pour":
        following = words[at + 1 : at + 2]
        return _content(place, "speech-act", at + 1 + (following in (["que"], ["qu'"])))
    if words[at : at + 2] == ["en", "faveur"]:
        following = words[at + 2 : at + 3]
        return _content(place, "speech-act", at + 2 + (following in (["de"], ["d'"])))
    return None


def _read_object(place: _Place) -> _Content | None:
    words = place.unit.words
    for at in place.starts:
        others = words[at] == "d'" and words[at + 1 : at + 2] == ["autres"]
        if place.group.passive or not (others or _determines(words[at])):
            continue
        if place.group.cue.lemma == "demander" and not _is_abstract(words, at + 1):
            continue  # "demande un café"
        first = _after_idea(words, at)
        end = _end_of_object(place, first)
        by = place.group.cue.lemma in _EXPLAINING and "par" in words[first:end]
        if place.has("n") or by or (place.has("N") and first > at):
            return _Content("speech-act", first, end)
    return None


def _determines(word: str) -> bool:
    """Tell an article or a number: "dix-huit mois", "3.000 euros"."""
    return word in DETERMINERS or word[:1].isdigit() or word.split("-", maxsplit=1)[0] in _NUMBERS


def _read_governed(place: _Place) -> _Content | None:
    """Read "alerte sur une pénurie", "met en garde contre", "parle d'une « pénurie »"."""
    if place.group.passive:
        return None
    words = place.unit.words
    for at in range(place.near, min(place.stop - 1, place.near + _NEAR_WINDOW)):
        word, behind = words[at], words[at + 1]
        if word in (",", ";", ":", ".", QUOTED, *_THAT):
            break
        article = word in ("du", "des")
        named = article or _determines(behind) or behind in _ABOUT or behind == QUOTED
        if (place.has("s") and word == "sur" and named) or (place.has("c") and word == "contre"):
            return _Content("speech-act", at + 1, _end_of_object(place, at + 1))
        if at == place.light and word in OF and place.has("e", "E") and named:
            first = at if article else at + 1
            end = _end_of_object(place, first)
            quoted = QUOTED in words[first:end]
            if place.has("e") or (quoted and behind != QUOTED):  # "parle d'« effet de serre »"
                return _Content("verb-quotation" if quoted else "speech-act", first, end)
    return None


def _is_abstract(words: list[str], at: int) -> bool:
    noun = words[at] if at < len(words) else ""
    return noun.endswith(_ABSTRACT) or noun in _ASKED_FOR


def _after_idea(words: list[str], at: int) -> int:
    """Pass over "l'idée de" and "le fait que": the idea itself is the content."""
    if words[at : at + 2] == ["le", "fait"] and words[at + 2 : at + 3] in (["que"], ["qu'"]):
        return at + 3
    if not words[at + 1 : at + 2] or words[at + 1] not in _IDEAS:
        return at
    link = words[at + 2] if at + 2 < len(words) else ""
    if link in ("de", "d'", *_THAT):
        return at + 3
    if link == "selon":
        return at + 4
    return at + 2 if link in ("du", "des") else at


def _read_quoted_object(place: _Place) -> _Content | None:
    """Read "dénonce une « dérive »": an object a part of which is quoted."""
    words, first, commas = place.unit.words, place.near, 0
    is_quoted = QUOTED in words[first : first + _LONGEST_OBJECT]
    if not is_quoted or not (place.has("N", "n") or _sees(place)):
        return None
    if place.has("V") and words[first] in PREPOSITIONS:
        first = place.far  # "voit dans ce texte une « dérive »"
    for at in range(place.near, min(place.stop, place.near + _LONGEST_OBJECT)):
        word = words[at]
        if word == QUOTED:
            if (at == first and words[first - 1] == ",") or words[at - 1] in _BEFORE_TITLE:
                return None
            return _Content("verb-quotation", first, _end_of_object(place, at))
        if word in _STOPS_OBJECT or word in AUXILIARIES or word in SUBJECT_PRONOUNS:
            return None
        if word == ",":
            commas += 1
            first = at + 1
        if commas > 1 or (at > place.near and _is_finite_cue(place.unit, at)):
            return None
    return None


def _is_finite_cue(unit: Unit, at: int) -> bool:
    group = find_group(unit, at) if unit.words[at] in VERBS else None
    return group is not None and group.cue.form in ("finite", "past", "conditional")


_Reader = Callable[[_Place], _Content | None]
# In the order in which they are asked, each with the frames and the verbs for which it is.
_READERS: tuple[tuple[_Reader, str, Collection[str]], ...] = (
    (_read_that, "q", ()),
    (_read_quotation, "inNV", ()),
    (_read_infinitive, "vd", ()),
    (_read_addressed, "o", _WITH_ADDRESSEE),
    (_read_appeal, "a", ()),
    (_read_favour, "p", ()),
    (_read_governed, "sceE", ()),
    (_read_object, "nN", _EXPLAINING),
    (_read_quoted_object, "nNV", ()),
)


@cache  # One entry for each verb of the table.
def _readers_of(lemma: str, frames: str) -> list[_Reader]:
    return [
        read
        for read, its_frames, its_verbs in _READERS
        if lemma in its_verbs or not set(its_frames).isdisjoint(frames)
    ]


def _is_infinitive(unit: Unit, at: int) -> bool:
    words, size = unit.words, len(unit.words)
    end = min(size, at + _MOST_CLITICS)
    while at < end and words[at] in _PRONOUNS_BEFORE_INFINITIVE:
        at += 1
    if at >= size or words[at] in _NO_INFINITIVES:
        return False
    word = words[at]
    if word.endswith(("er", "ir", "oir")):
        return len(word) > len("fer")
    return bool(_IN_RE.fullmatch(word))


# --- where it ends -------------------------------------------------------------------------------


def _content(place: _Place, rule: str, first: int) -> _Content:
    return _Content(rule, first, end_of_content(place.unit, first, place.stop))


def _end_of_object(place: _Place, at: int) -> int:
    """Return where an object ends: at a comma or where something else begins."""
    unit, words, stop = place.unit, place.unit.words, place.stop
    quoted = words[at] == QUOTED and not _is_noun_phrase(unit, at)
    end = at + 1
    while end < stop:
        word = words[end]
        if word in (",", "mais", "ni") and words[end + 1 : end + 2] == [QUOTED]:
            end += 2  # « A », « B » are one object.
            continue
        if word in _MARKS or word in _BEHIND_OBJECT or (quoted and word in _BEHIND_QUOTATION):
            break
        if word == "et" and (_begins_report(unit, end, stop) or _begins_verb(unit, end + 1)):
            break
        end += 1
    return min(end, stop)


def _is_noun_phrase(unit: Unit, at: int) -> bool:
    """Tell « un choc de simplicité », whose complement may follow, from a clause."""
    quotation = unit.quotations[at]
    inner = unit.text[quotation.inner_start : quotation.inner_end]
    first = fold(inner).split()[0]
    return inner[:1].islower() and first in DETERMINERS and len(inner.split()) <= _SHORT_OBJECT


def _begins_verb(unit: Unit, at: int) -> bool:
    """Tell "et le fera condamner", "et a porté plainte" from a second object."""
    words = unit.words
    if words[at : at + 1] and words[at] in ("le", "la", "les", "l'"):
        at += 1
        return at < len(words) and words[at] in FINITE
    if at >= len(words):
        return False
    if words[at] in FINITE or words[at] in SUBJECT_PRONOUNS or is_verb_form(words[at]):
        return True
    group = find_group(unit, at) if words[at] in VERBS else None
    return group is not None and group.cue.form == "past"  # "a salué X et exhorté Y à"


def end_of_content(unit: Unit, at: int, stop: int) -> int:
    """Return where reported words end: where another report begins, else with the sentence."""
    words = unit.words
    for place in range(at, stop):
        word = words[place]
        if word not in _MAY_END:
            continue
        if word == ";" or (word == "." and place + 1 < stop):
            return place
        if word in _BEFORE_REPORTS and _begins_report(unit, place, stop):
            return place
        if word == "," and _contrasts(unit, place + 1, stop):
            return place
        if word == "avant" and _is_before_speaking(unit, place + 1, stop):
            return place
    return stop


def _contrasts(unit: Unit, at: int, stop: int) -> bool:
    """Tell ", tandis que le second plaide pour" from a clause of the content."""
    words = unit.words
    if at + 2 >= stop or words[at] not in _CONTRASTS:
        return False
    at += 1 + (words[at + 1] in _THAT)
    for verb in range(at + 1, min(stop, at + _LONGEST_OBJECT)):
        if words[verb] in _MARKS or words[verb] in _THAT:
            return False
        group = find_group(unit, verb) if words[verb] in VERBS else None
        if group and group.cue.form in ("finite", "past") and not group.passive:
            return _reports_behind(unit, group, stop) or _governs(unit, group)
    return False


def _governs(unit: Unit, group: Group) -> bool:
    """Tell whether an object of a verb of speech stands right behind it."""
    frames, behind = (
        group.cue.frames,
        unit.words[group.stop] if group.stop < len(unit.words) else "",
    )
    return (
        ("p" in frames and behind == "pour")
        or ("d" in frames and behind in ("de", "d'"))
        or ("n" in frames and behind in DETERMINERS)
    )


def _is_before_speaking(unit: Unit, at: int, stop: int) -> bool:
    """Tell "avant de conclure", or of leaving: an infinitive that says no more of the content."""
    words = unit.words
    return at + 1 < stop and words[at] in ("de", "d'") and _is_infinitive(unit, at + 1)


def _begins_report(unit: Unit, at: int, stop: int) -> bool:
    """Tell whether behind a comma or conjunction a report of its own begins."""
    words = unit.words
    place = at + 1
    while place < stop and words[place] in _BEFORE_REPORT:
        place += 1
    if place >= stop:
        return False
    if words[place] == "selon" or words[place : place + 2] == ["d'", "après"]:
        return read_according(unit, place) is not None
    if words[place] in _COMMENTS:
        return True
    while place < stop and (
        words[place] in AUXILIARIES or words[place] in ADVERBS or words[place].startswith("-")
    ):
        place += 1
    group = find_group(unit, place) if place < stop and words[place] in VERBS else None
    if group is None or (group.passive and group.first < group.at):
        return False
    if group.cue.form == "infinitive" and words[group.first] != "avant":
        return False
    return _reports_behind(unit, group, stop)


def _reports_behind(unit: Unit, group: Group, stop: int) -> bool:
    """Tell whether a verb group is followed by what it reports, or is inverted."""
    words, after = unit.words, group.stop
    if group.clitic is not None or after >= stop:
        return group.clitic is not None
    ahead = min(skip_adjuncts(unit, after, _NEAR_WINDOW), stop - 1)
    if "q" in group.cue.frames and (words[after] in _THAT or words[ahead] in _THAT):
        return True
    return words[ahead] == QUOTED or words[after] == ":"
