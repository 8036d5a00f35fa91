"""Which phrase before a verb is its subject, and what may stand between a verb and its object."""

from itertools import takewhile

from workbench.suggestions.french_words import (
    ADVERBS,
    CIVILITIES,
    CLITICS,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE,
    NEGATIONS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME,
    TIME_NOUNS,
)
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import (
    ENDS,
    FIRST_NAMES,
    LONGEST_PHRASE,
    PUNCTUATION,
    Phrase,
    describe,
    is_adverb,
    is_verb_form,
    make_pronoun,
    read_phrase,
    runs_on,
)
from workbench.suggestions.reading import QUOTED, Unit

_DASHES = frozenset("-–—")
_SET_OFF = frozenset({",", ")", *_DASHES})
_JOINS = word_set("et mais puis ou or avant")
_BREAKS = PUNCTUATION | word_set("que qu' si dont où")
_IMPERSONAL = word_set("c' ce cela ça on")
_NEUTRAL = word_set("nous vous c' ce cela ça")
_OPENS_RELATIVE = word_set("qui dont que où lequel laquelle ancien ancienne")
_OPENS_CLAUSE = word_set(", ; : mais et car que qu' or )")
_SKIPPED = (
    word_set(
        "mais et or car donc puis enfin ensuite ainsi alors pourtant cependant toutefois aussi si",
        "néanmoins bref quant comme",
    )
    | TIME
    | NEGATIONS
    | (ADVERBS - DETERMINERS)
)
_NO_PREPOSITIONS = word_set("des du d' de")  # articles as well
_ECHOES = word_set("lui elle eux elles")
_MONTHS = word_set(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
_NOT_ADJUNCTS = word_set("de d' du des selon")
_LONGEST_PARENTHESIS, _DEEPEST, _LONGEST_ASIDE = 60, 3, 12


# --- the subject before a verb -------------------------------------------------------------------


def find_subject(unit: Unit, verb: int, *, depth: int = 0) -> Phrase | None:
    """Return the subject that stands before the verb group that begins at ``verb``."""
    words = unit.words
    at = _over_clitics(unit, verb)
    if at < 0 or depth > _DEEPEST:
        return None
    word = words[at]
    if word in SUBJECT_PRONOUNS or word in _NEUTRAL:
        return make_pronoun(at, word)
    if word.startswith("-") and len(word) > 1:
        return read_phrase(unit, at)
    if word in _SET_OFF:
        return _subject_over_parenthesis(unit, at)
    if word in _JOINS:
        return _subject_of_earlier_verb(unit, at, depth)
    return _phrase_before(unit, at)


def _phrase_before(unit: Unit, at: int) -> Phrase | None:
    words = unit.words
    if words[at] == "qui":
        return _antecedent(unit, at - 1 if at and words[at - 1] == "," else at)
    if words[at] in _BREAKS:
        return None
    phrase = read_back(unit, at + 1)
    if phrase is None:  # "X, fleuron français en IA dit": a bare noun stands beside X
        comma = _clause_start(unit, at + 1) - 1
        return read_back(unit, comma) if comma > 0 and words[comma] == "," else None
    return phrase


def _over_clitics(unit: Unit, verb: int) -> int:
    """Return the last word before a verb that belongs to no pronoun, adverb or negation of it."""
    words = unit.words
    at = verb - 1
    while at >= 0 and (
        words[at] in CLITICS or words[at] in ADVERBS or is_adverb(words[at]) or words[at] == "pas"
    ):
        at -= 1
    return at


def _antecedent(unit: Unit, stop: int) -> Phrase | None:
    """Return whom a relative clause is about: over "cheffe de file des écologistes," if need be."""
    phrase = read_back(unit, stop)
    if phrase is None or phrase.name or phrase.pronoun or phrase.first <= 1:
        return phrase
    bare = unit.words[phrase.first] not in DETERMINERS and unit.words[phrase.first - 1] == ","
    return (read_back(unit, phrase.first - 1) if bare else None) or phrase


def _subject_over_parenthesis(unit: Unit, at: int) -> Phrase | None:
    """Read over what a comma, bracket or dash closes: a relative clause, an apposition."""
    openings = _find_openings(unit, at)
    if not openings:  # What stands before the comma is the subject itself.
        return read_back(unit, at)
    for opening in openings:
        outer = read_back(unit, opening)
        inner = _read_whole(unit, opening + 1, at)
        if outer is None:
            if inner and inner.name and inner.first == inner.mention[0]:
                return inner  # "Le maire (PS) de Nantes, Johanna Rolland,"
            continue
        if outer.name is None and inner and inner.name and inner.first == inner.mention[0]:
            return inner  # "Le PDG de Meta, Mark Zuckerberg,"
        clause = outer.first == 0 or unit.words[outer.first - 1] in _OPENS_CLAUSE
        if clause or len(openings) == 1:
            return outer
    return read_back(unit, openings[0])


def _find_openings(unit: Unit, at: int) -> list[int]:
    """Return where a parenthesis may open, the nearest first; a relative clause settles it."""
    words = unit.words
    mark = {")": "("}.get(words[at], words[at])
    openings = []
    for before in range(at - 1, max(-1, at - _LONGEST_PARENTHESIS), -1):
        if words[before] == mark:
            if words[before + 1] in _OPENS_RELATIVE:
                return [before]
            openings.append(before)
        elif words[before] in (";", ":"):
            break
    return openings


def _read_whole(unit: Unit, first: int, stop: int) -> Phrase | None:
    phrase = read_phrase(unit, first, stop)
    if phrase and unit.words[phrase.stop : phrase.stop + 1] == ["("]:  # "Luc Perrin (PS)"
        return phrase if _close_bracket(unit, phrase.stop) == stop else None
    return phrase if phrase and phrase.stop >= stop - 1 else None


def _subject_of_earlier_verb(unit: Unit, at: int, depth: int) -> Phrase | None:
    """Find whose verb a verb behind *et* or *mais* continues."""
    words = unit.words
    for verb in range(at - 1, -1, -1):
        word = words[verb]
        if word in (";", ":"):
            return None
        if word in FINITE or is_verb_form(word) or word.endswith(("aient", "èrent")):
            subject = find_subject(unit, verb, depth=depth + 1)
            if subject and not (subject.pronoun and subject.head in _IMPERSONAL):
                return subject
    return None


def read_back(unit: Unit, stop: int) -> Phrase | None:
    """Read the phrase that ends before a word: the last one that no preposition governs."""
    words = unit.words
    first = _clause_start(unit, stop)
    while first < stop and (words[first] in _SKIPPED or is_adverb(words[first])):
        first += 1
    if first < stop and words[first] in PREPOSITIONS and words[first] not in _NO_PREPOSITIONS:
        first = _fresh_phrase(unit, first + 1, stop, governed=True)
    phrase = read_phrase(unit, first, stop) if first < stop else None
    while phrase and phrase.stop < stop:
        # A second phrase of its own is the subject; anything else is a part not understood.
        fresh = _fresh_phrase(unit, phrase.stop, stop)
        behind = words[phrase.stop]
        if behind in ENDS:  # "Une étude publiée dans la revue Nature"
            return phrase
        if fresh >= stop or behind in PREPOSITIONS or behind in ("et", "comme"):
            return describe(unit, first, stop)
        first = fresh
        phrase = read_phrase(unit, first, stop)
    return phrase


def _clause_start(unit: Unit, stop: int) -> int:
    words = unit.words
    first = stop
    while first > 0 and stop - first < LONGEST_PHRASE:
        word = words[first - 1]
        joins = word in ("et", "ou", "comme", "nous", "vous")
        if word in PUNCTUATION or (word == QUOTED and first == 1):
            break
        if not joins and (word in CONJUNCTIONS or word in SUBJECT_PRONOUNS):
            break
        if first < stop and (word in FINITE or is_verb_form(word)):
            break
        first -= 1
    return first


def _fresh_phrase(unit: Unit, first: int, stop: int, *, governed: bool = False) -> int:
    """Return where a phrase begins that nothing governs; ``governed`` passes over one that is."""
    words = unit.words
    at = first
    if governed:
        while at < stop and (words[at] in PREPOSITIONS or words[at] in DETERMINERS):
            at += 1
        at += 1
    for place in range(at, stop):
        begins = words[place] in DETERMINERS or words[place] in CIVILITIES or unit.is_capital(place)
        before = words[place - 1]
        inside = (unit.is_capital(place) and unit.is_capital(place - 1)) or runs_on(unit, place)
        if begins and not inside and before not in PREPOSITIONS and before not in DETERMINERS:
            return place
    return stop


# --- between a verb and its object ---------------------------------------------------------------


def skip_adjuncts(unit: Unit, at: int, limit: int) -> int:
    """Pass over adverbs, times, places and addressees: "lundi, devant la presse," and so on."""
    end = min(len(unit.words), at + limit)
    while at < end:
        after = _skip_one(unit, at)
        if after == at:
            break
        at = after
    return at


def _skip_one(unit: Unit, at: int) -> int:
    """Return the word behind one adjunct; the same word where none stands."""
    words, size = unit.words, len(unit.words)
    word = words[at]
    following = words[at + 1] if at + 1 < size else ""
    if word == "," and following in _ECHOES and words[at + 2 : at + 3] == [","]:
        return at + 3
    if word == "," or word in _DASHES or word in ADVERBS or word in TIME or is_adverb(word):
        return at + 1
    if word.isdigit():
        return _skip_date(unit, at)
    if word == "(":
        return _close_bracket(unit, at)
    if word in ("en", "tout") and following.endswith("ant"):
        phrase = read_phrase(unit, at + 2)
        return phrase.stop if phrase else at + 2
    return _skip_phrase(unit, at)


def _skip_date(unit: Unit, at: int) -> int:
    """Pass over "12 juin 2025" and "1er juillet"; a number of anything else is no adjunct."""
    words = [*unit.words[at + 1 : at + 4], "", "", ""]
    month = 1 if words[0] == "er" else 0
    if words[month] not in _MONTHS:
        return at
    return at + month + (3 if words[month + 1].isdigit() else 2)


def _skip_phrase(unit: Unit, at: int) -> int:
    words, word = unit.words, unit.words[at]
    if word in ("ce", "cette", "le", "la", "l'") and _is_time(unit, at):
        times = takewhile(lambda w: w in TIME_NOUNS or w[:1].isdigit(), words[at + 2 :])
        return at + 2 + sum(1 for _ in times)
    if word in PREPOSITIONS and word not in _NOT_ADJUNCTS:
        return _skip_prepositional(unit, at)
    return at


def _close_bracket(unit: Unit, at: int) -> int:
    end = min(len(unit.words), at + _LONGEST_ASIDE)
    return next((i + 1 for i in range(at, end) if unit.words[i] == ")"), at)


def _is_time(unit: Unit, at: int) -> bool:
    following = unit.words[at + 1 : at + 3]
    return bool(following) and (
        following[0][:1].isdigit() or any(word in TIME_NOUNS for word in following)
    )


def _skip_prepositional(unit: Unit, at: int) -> int:
    words, size = unit.words, len(unit.words)
    after = at + 1
    while after < size and words[after] in PREPOSITIONS:
        after += 1
    if after >= size or words[after] == QUOTED or words[after].endswith(("er", "ir", "oir")):
        return at  # « … », or "pour vérifier": no adjunct of the verb before
    phrase = read_phrase(unit, after)
    if phrase:  # "à l'AFP Yves Le Goff": the name is no more of the addressee
        return next(
            (
                i
                for i in range(phrase.first + 1, phrase.stop)
                if words[i].split("-")[0] in FIRST_NAMES
                and unit.is_capital(i - 1)
                and words[i - 1] not in FIRST_NAMES
            ),
            phrase.stop,
        )
    return at if words[after] in PUNCTUATION else after + 1
