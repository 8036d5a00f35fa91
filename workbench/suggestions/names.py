"""Who a mention is: the fullest form of a name that the text gives, pronouns and titles resolved.

A short name joins the longer one that ends or begins with it. A title beside a name (*Mark
Zuckerberg, PDG de Meta*) makes the title alone stand for the person; a pronoun stands for the
nearest one before it that agrees, those who spoke or opened a clause first. Nothing is gathered
before it is asked for, and no look-back is longer than a few sentences.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from workbench.suggestions import english_people
from workbench.suggestions.french_people import (
    BEHIND_FRANCE,
    DEMONYMS,
    DOCUMENT_NOUNS,
    FEMALE_NAMES,
    FEMININE_ROLES,
    INSTITUTIONS,
    MALE_NAMES,
    MASCULINE_ROLES,
    OFFICES,
    ONE_OF_TWO,
    ORGANISATION_NOUNS,
    ROLE_ADJECTIVES,
    ROLES,
    SPEAKING,
    TITLES,
    is_animate,
)
from workbench.suggestions.french_words import (
    CIVILITIES,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE,
    FUNCTION_WORDS,
    OF,
    PREPOSITIONS,
)
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.marks import Quotation
from workbench.suggestions.phrases import Phrase, read_phrase
from workbench.suggestions.reading import Unit, fold, read_words

_BEHIND_CAPITAL = r"(?:\.(?:[-‑]?[A-ZÀ-Þ]\.)*(?=\s)|\w*(?:[-‑&’']\w+)*)"
_CAPITAL = rf"[A-ZÀ-Þ]{_BEHIND_CAPITAL}"
# What stands before is looked at behind the capital, to which a search skips at once.
_FIRST_CAPITAL = rf"[A-ZÀ-Þ](?<!\w[A-ZÀ-Þ]){_BEHIND_CAPITAL}"
_PARTICLES = r"(?:(?:de|du|des|la|le|van|von|der|den|ben|bin|ibn|al|el|da|dos|di)[ \u00a0]|d[’'])"
_MORE = rf"[ \u00a0]{_PARTICLES}{{0,2}}{_CAPITAL}"
_NAME = re.compile(rf"{_FIRST_CAPITAL}(?:{_MORE}|[ \u00a0]\d+(?:\.\d+)?(?![\w,]))*")
_LONG_NAME = re.compile(rf"{_FIRST_CAPITAL}(?:{_MORE})+")
_OF = re.compile(r"[ \u00a0](?:de|du|des|d['’])")
_ELIDED = re.compile(r"(?:l|d|qu|c|j|n|s|m|t|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_WORD = re.compile(r"[\w’'‑&.-]+")
_PARTICLE = re.compile(r"(?:de|du|des|la|le|d['’])\s*")
_BLANKS = re.compile(r"\s*")
_LAST_WORD = re.compile(r"(\w+\.?)\s*$")
_ROLE_AFTER = re.compile(
    r"\s*(?:,\s*|\(\s*|\s)(?:(?:le|la|l['’]|un|une|son|sa|leur|qui\s(?:est|dirige)|qui)\s*)?"
    r"((?:[^\W\d_]+[-\s]?){1,3})"
)
_ENGLISH_ROLE_AFTER = re.compile(
    r"\s*(?:,\s*|\(\s*|\s)(?:(?:the|an?|its|his|her|their|who\s(?:is|runs|leads))\s+)?"
    r"((?:[^\W\d_]+[-\s]?){1,4})"
)
_PERSON_BEHIND = re.compile(r",?\s+who\b|,\s+\d\d?,")  # "Lopez, 29, said"
_CLAUSE = re.compile(r"[.;:!?«»\"“”()\n]")
_WORDS = re.compile(r"[^\W\d_]+(?:[-‑][^\W\d_]+)*['’]?")
_FIRST_NAMES = MALE_NAMES | FEMALE_NAMES
_NO_NAMES = FUNCTION_WORDS | word_set(
    "the a an he she it they we i you this that in on at for but and",
)
_ENGLISH_NO_NAMES = _NO_NAMES | english_people.NO_NAMES
_CIVILITIES = tuple(CIVILITIES)
_LAST_LETTERS = frozenset(title[-1] for title in CIVILITIES)
_DEFINITE = word_set("le la l' ce cet cette son sa")
# They stand for an organisation that has been named.
_GENERIC = word_set(
    "entreprise société groupe association ong compagnie start-up startup firme constructeur",
    "éditeur fabricant géant parti syndicat fédération agence institut banque enseigne marque",
    "organisation institution juridiction collectif club fondation confédération union",
    "multinationale opérateur équipementier avionneur transporteur assureur distributeur",
    "coopérative laboratoire structure organisme coalition alliance plateforme filiale industriel",
    "company group firm agency",
)
_PLACES = word_set("sur dans chez depuis")
_LINKS_OF_ROLES = word_set("de d' du des à au aux en par")
_HEADS_OF_STATE = tuple(
    phrase.split()
    for phrase in (
        "chef de l' état",
        "chef du gouvernement",
        "chef de l' exécutif",
        "chef de la diplomatie",
        "cheffe du gouvernement",
        "cheffe de l' exécutif",
        "cheffe de la diplomatie",
        "locataire de l' élysée",
        "locataire de la maison-blanche",
        "locataire de matignon",
        "hôte de l' élysée",
    )
)
_SECTORS = word_set("géant constructeur fabricant éditeur leader spécialiste champion")
_ENGLISH_LINKS = word_set("of for at in from with 's s")
_THIS = ("ce", "cet", "cette")
_OF_LAWYERS = ("Me ", "Me\u00a0", "Maître ", "Mes ")
_BACK_TO = word_set("le la l' ce cet cette the")
_POINTERS = word_set("dernier dernière intéressé intéressée")
_DEMONYM_ENDINGS = ("ais", "aise", "ois", "oise", "ien", "ienne", "éen", "éenne", "ain", "aine")
_FEMININE_ENDINGS = ("ine", "ette", "elle", "ienne", "iane", "lyne", "ssa", "lia", "nia", "ina")
_FURTHEST_ROLE, _MOST_WORDS_TO_ROLE = 90, 9
_MOST_WORDS_OF_ONE = 4  # "the former prime minister"
LONGEST_SENTENCE = 5000  # What is longer is no prose, and is not read.
_FURTHEST_SENTENCES = 40
_MOST_NAMESAKES = 8
_MOST_RUNS = 20_000
_SHORT_OPENING = 8
_LONGEST_NOUN = 20
_ALIKE = {"pdg": "patron", "patron": "pdg"}


@dataclass(slots=True, eq=False)
class Somebody:
    """A person or an organisation that a text names."""

    name: str
    person: bool
    gender: str
    roles: set[str] = field(default_factory=set)


Who = Somebody | str  # a name, or the words of a phrase that no name is found for


class _Name(NamedTuple):
    """A name as it stands in the text, without what precedes it; ``gender`` as its title shows."""

    start: int
    end: int
    words: tuple[str, ...]
    gender: str
    courtesy: bool


_Piece = tuple[int, int, tuple[str, ...], str | None]  # start, end, words, title of a name


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Somebody who has spoken, and where."""

    position: int
    who: Who
    gender: str
    plural: bool


class Cast:
    """Everybody a text names; says whom a phrase means."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[tuple[int, int]],
        quotations: Sequence[Quotation],
        *,
        nameless: Iterable[int] = (),
        english: bool = False,
    ) -> None:
        """Prepare to read a text; ``nameless`` are sentences that surely name nobody."""
        self._text = text
        self._english = english
        self._roles = english_people.ROLES if english else ROLES
        self._sentences = sentences
        self._starts = [start for start, _ in sentences]
        self._quotations = quotations
        self._quote_starts = [quotation.start for quotation in quotations]
        self._people: dict[tuple[str, ...], Somebody] = {}
        self._names_by_sentence: dict[int, Sequence[_Name]] = dict.fromkeys(nameless, ())
        self._bodies: dict[int, bool] = {}  # what ``_may_be_body`` has told, by place
        self._spoken: list[_Spoken] = []
        self._asides: list[tuple[int, int]] = []

    # --- who has spoken -----------------------------------------------------------------------

    def note_speaker(self, position: int, who: Who, phrase: Phrase | None) -> None:
        """Remember who has spoken, for the pronouns and quotations that follow."""
        if isinstance(who, Somebody) and (who.person or phrase is None):
            self._spoken.append(_Spoken(position, who, who.gender, plural=False))
        elif phrase is not None:
            gender = phrase.gender or _gender_of(phrase.head)
            self._spoken.append(_Spoken(position, who, gender, phrase.plural))

    def last_speaker(self, position: int) -> tuple[int, Who] | None:
        """Return where somebody spoke last before a place, and who."""
        for spoken in reversed(self._spoken):
            if spoken.position <= position:
                return spoken.position, spoken.who
        return None

    # --- whom a phrase means ------------------------------------------------------------------

    def resolve(self, unit: Unit, phrase: Phrase) -> Who:
        """Return whom a phrase means; its own words where no name is found."""
        position = unit.starts[phrase.first]
        if phrase.name and self._is_demonym(unit, phrase):
            found = self._recent(position, phrase.gender, plural=False)
            return found or unit.printed(phrase.first, phrase.stop)
        if phrase.name:
            return self._resolve_name(unit, *phrase.name, phrase)
        printed = unit.printed(phrase.first, phrase.stop)
        if self._english and not phrase.pronoun:
            named = self._by_english_role(unit, phrase, position)
            return named or self._same_noun(unit, phrase) or printed
        if phrase.head in ("intéressé", "intéressée"):  # never an organisation
            return self._unnamed_or_person(position, phrase) or printed
        if phrase.pronoun or phrase.head in _POINTERS:
            gender = phrase.gender or _gender_of(phrase.head)
            found = self._recent(position, gender, plural=phrase.plural)
            unnamed = found or self._unnamed_subject(position, gender, plural=phrase.plural)
            return unnamed or (phrase.head if phrase.pronoun else printed)
        return self._by_role(unit, phrase, position) or self._same_noun(unit, phrase) or printed

    def _same_noun(self, unit: Unit, phrase: Phrase) -> str | None:
        """Return the fuller words for "le porte-parole" where "un porte-parole du port" spoke."""
        words = unit.words[phrase.first : phrase.stop]
        if len(words) != 2 or words[0] not in _BACK_TO:  # noqa: PLR2004  # article and noun
            return None
        for spoken in reversed(self._spoken):
            who = None if spoken.plural else spoken.who
            if isinstance(who, str) and words[1] in _head_words(who, self._english)[1:]:
                return who
        return None

    def _unnamed_or_person(self, position: int, phrase: Phrase) -> Who | None:
        gender = _gender_of(phrase.head)
        found = self._recent(position, gender, plural=False)
        if found is None or _is_body(found):
            return self._unnamed_subject(position, gender, plural=False)
        return found

    def anybody_near(self, position: int) -> Somebody | None:
        """Return the nearest person named before a place, else the first one named behind it."""
        for name, who in self._names_before(position):
            if who.person and not self._is_quoted(name.start):
                return who
        at = bisect_right(self._starts, position)
        for number in range(at, min(at + 3, len(self._sentences))):
            for name in self._names_in(number):
                who = self._identify(name)
                if who.person and not self._is_quoted(name.start):
                    return who
        return None

    def _is_demonym(self, unit: Unit, phrase: Phrase) -> bool:
        """Tell "le Lyonnais", somebody known, from a name."""
        first, stop = phrase.name or (0, 0)
        word = unit.words[first]
        alone = stop == first + 1 and unit.words[phrase.first] in _DEFINITE
        demonym = word.endswith(_DEMONYM_ENDINGS) or word in DEMONYMS
        return alone and demonym and word not in self._long_names

    def _resolve_name(self, unit: Unit, first: int, stop: int, phrase: Phrase) -> Who:
        words = unit.words[first:stop]
        if "et" in words and unit.words[first] not in INSTITUTIONS:
            joint = unit.words.index("et", first)
            pair = [
                self._resolve_name(unit, *side, phrase)
                for side in ((first, joint), (joint + 1, stop))
            ]
            return " et ".join(who if isinstance(who, str) else who.name for who in pair)
        printed = unit.printed(first, stop)
        key = tuple(re.split(r"\s+", fold(printed)))
        name = _Name(
            unit.starts[first], unit.ends[stop - 1], key, phrase.gender, phrase.head in CIVILITIES
        )
        who = self._identify(name)
        if not who.gender and phrase.gender and not phrase.plural and who.person:
            who.gender = phrase.gender
        return who

    def _identify(self, name: _Name) -> Somebody:
        """Return whom a name names, under the fullest form of it."""
        known = self._people.get(name.words)
        if known and (not name.gender or not known.gender or known.gender == name.gender):
            return known
        known_first = name.words[1:] and name.words[0] in _FIRST_NAMES
        full = name if known_first else self._fullest(name)
        who = self._people.get(full.words)
        if who is None or (name.gender and who.gender and who.gender != name.gender):
            person = self._is_person(full)
            gender = (name.gender or self._gender(full)) if person else ""
            who = Somebody(self._text[full.start : full.end], person, gender)
            self._people[full.words] = who
        self._people[name.words] = who
        if name.words[0] in INSTITUTIONS:  # "l'Institut", once it is introduced
            self._people.setdefault(name.words[:1], who)
        return who

    def _fullest(self, name: _Name) -> _Name:
        words = name.words
        longer = [
            other
            for other in self._long_names.get(words[-1], ())
            if len(other.words) > len(words) and other.words[-len(words) :] == words
        ]
        if len(words) == 1:
            longer += [
                other
                for other in self._long_names.get("^" + words[0], ())
                if self._is_person(other) or other.words[-1].isupper() or words[0] in INSTITUTIONS
                or self._text[other.end - 1].isupper()
            ]  # fmt: skip
        for other in longer:
            gender = self._gender(other)
            if not name.gender or not gender or gender == name.gender:
                return other
        return name

    @cached_property
    def _long_names(self) -> dict[str, list[_Name]]:
        """All names of several words, by their last word, and by "^" and their first."""
        index: dict[str, list[_Name]] = {}
        printed: set[str] = set()
        seen: set[tuple[str, ...]] = set()
        for match in _LONG_NAME.finditer(self._text):
            if match[0] in printed:
                continue
            printed.add(match[0])
            for name in self._read_names(match):
                if not name.words[1:] or name.words in seen:
                    continue
                seen.add(name.words)
                for key in (name.words[-1], "^" + name.words[0]):
                    namesakes = index.setdefault(key, [])
                    if len(namesakes) < _MOST_NAMESAKES:
                        namesakes.append(name)
        return index

    # --- names in the text --------------------------------------------------------------------

    def _names_in(self, number: int) -> Sequence[_Name]:
        """Return the names in a sentence."""
        if number not in self._names_by_sentence:
            start, end = self._sentences[number]
            runs = _NAME.finditer(self._text, start, min(end, start + LONGEST_SENTENCE))
            self._names_by_sentence[number] = [
                name
                for run in runs
                if _read_run(run[0], self._english)
                for name in self._read_names(run)
                if name.start != start or not self._is_plain_word(name)
            ]
        return self._names_by_sentence[number]

    def _is_plain_word(self, name: _Name) -> bool:
        """Tell a sentence's first word from a name that opens it."""
        if len(name.words) > 1 or name.courtesy or name.words[0] in _FIRST_NAMES:
            return False
        word = name.words[0]
        if self._text[name.start : name.end].isupper() and len(word) > 1:
            return False
        if word in self._long_names or "^" + word in self._long_names or (word,) in self._people:
            return False
        if self._english and _PERSON_BEHIND.match(self._text, name.end):
            return False
        following = _WORDS.match(self._text, name.end + 1)
        return following is None or fold(following[0]) not in FINITE

    def _read_names(self, run: re.Match[str]) -> Iterator[_Name]:
        """Yield the names in a run of capitals, each with the form of address before it."""
        at = run.start()
        for start, end, words, inside in _read_run(run[0], self._english):
            title = inside or self._title_before(at + start)
            gender = CIVILITIES[title] if title else ""
            yield _Name(at + start, at + end, words, gender, title is not None)

    def _title_before(self, start: int) -> str | None:
        tail = self._text[max(0, start - 12) : start].rstrip()
        if not (tail[-1:].lower() in _LAST_LETTERS and tail.lower().endswith(_CIVILITIES)):
            return None
        before = _LAST_WORD.search(tail)
        return fold(before[1]) if before and fold(before[1]) in CIVILITIES else None

    def _is_person(self, name: _Name) -> bool:
        first = name.words[0]
        if name.courtesy:
            return True
        if first in INSTITUTIONS or _is_medium(name):
            return False
        if first.split("-")[0] in _FIRST_NAMES or first.endswith(_FEMININE_ENDINGS[:5]):
            return True
        if self._english and _PERSON_BEHIND.match(self._text, name.end):
            return True
        printed = self._text[name.start : name.end].split()
        unlike = any(word.isupper() or word[-1].isdigit() for word in printed)
        if len(printed) not in (2, 3) or unlike or self._is_called_a_body(name):
            return False
        return any(True for _ in self._roles_beside(name))

    def _is_called_a_body(self, name: _Name) -> bool:
        """Tell "l'agence Europa Presse" from "l'éditeur Paul Roux"."""
        before = _LAST_WORD.search(self._text, max(0, name.start - _LONGEST_NOUN), name.start)
        noun = fold(before[1]) if before else ""
        return noun in ORGANISATION_NOUNS and not is_animate(noun)

    def _gender(self, name: _Name) -> str:
        if name.gender:
            return name.gender
        for form in (name.words[0], name.words[0].split("-")[0]):
            if (form in MALE_NAMES) is not (form in FEMALE_NAMES):
                return "m" if form in MALE_NAMES else "f"
        roles = list(self._roles_beside(name))
        if roles:
            return _gender_of(roles[0])
        return "f" if name.words[0].endswith(_FEMININE_ENDINGS) else ""

    def _is_quoted(self, position: int) -> bool:
        at = bisect_right(self._quote_starts, position) - 1
        inside = at >= 0 and self._quotations[at].end > position
        return inside and not any(start <= position < end for start, end in self._asides)

    def note_aside(self, start: int, end: int) -> None:
        """Remember words inside marks that the writer says: « A, dit X, B »."""
        self._asides.append((start, end))

    # --- roles --------------------------------------------------------------------------------

    def _roles_beside(self, name: _Name) -> Iterator[str]:
        """Yield the nouns of role in apposition to a name."""
        after = (_ENGLISH_ROLE_AFTER if self._english else _ROLE_AFTER).match(self._text, name.end)
        if after and not self._is_place(name):
            for word in re.split(r"[\s']+", fold(after[1])):
                if word in self._roles or after[1] in TITLES:
                    yield word
                    break
                if self._english and word in english_people.NO_NAMES:
                    break
                if not self._english and word not in ROLE_ADJECTIVES and word not in DETERMINERS:
                    break
        begin = max(0, name.start - _FURTHEST_ROLE)
        if not self._english and self._text[begin : name.start].endswith(_OF_LAWYERS):
            yield "avocate" if name.words[0].split("-")[0] in FEMALE_NAMES else "avocat"
            return
        clause = _CLAUSE.split(self._text[begin : name.start])[-1]
        for back, printed in enumerate(reversed(_WORDS.findall(clause))):
            word = fold(printed)
            if word in self._roles or printed in TITLES:
                yield word
                return
            stops = word in FINITE or word in CONJUNCTIONS or back > _MOST_WORDS_TO_ROLE
            if stops or (word in PREPOSITIONS and word not in _LINKS_OF_ROLES):
                return

    def _is_place(self, name: _Name) -> bool:
        """Tell "sur France Inter, le ministre", where somebody speaks, from an apposition."""
        before = _LAST_WORD.search(self._text, max(0, name.start - 12), name.start)
        placed = before is not None and fold(before[1]) in _PLACES
        return placed and (name.words[0] not in _FIRST_NAMES or _is_medium(name))

    @cached_property
    def _holders(self) -> dict[str, list[tuple[int, Somebody]]]:
        """Who holds a role, by its noun, with the places where the text says so."""
        holders: dict[str, list[tuple[int, Somebody]]] = {}
        for key, names in self._long_names.items():
            if key[0] == "^":
                continue
            for name in names:
                who = self._identify(name)
                for role in self._roles_beside(name):
                    who.roles.add(role)
                    if not who.gender:
                        who.gender = _gender_of(role)
                    if len(name.words) > 1:
                        who.person = True
                    holders.setdefault(role, []).append((name.start, who))
        return holders

    def _by_role(self, unit: Unit, phrase: Phrase, position: int) -> Who | None:
        """Return whom a definite phrase means: "le PDG de Meta", "l'organisation", "le second"."""
        words = unit.words[phrase.first : phrase.stop]
        if phrase.first and unit.words[phrase.first - 1] in ("du", "au"):
            words = ["le", *words]  # "aux yeux du maire"
        at = _head_of(words)
        if words[0] not in _DEFINITE or at >= len(words):
            return None
        head = words[at]
        if at + 1 == len(words) and head in ONE_OF_TWO:
            return self._of_pair(position, ONE_OF_TWO[head], phrase.gender)
        gender = phrase.gender or _gender_of(head)
        complement = not _LINKS_OF_ROLES.isdisjoint(words[at + 1 :])
        named = self._holder(head, position)
        if named is None:
            named = self._by_description(words, at, position, gender, plural=phrase.plural)
        if named is None and head in _SECTORS and not _has_capital(unit, phrase):
            return self._recent_organisation(position)  # "le géant de l'informatique"
        if named or words[0] in ("son", "sa") or complement:
            return named
        rest = words[at + 1 :]
        if head in _GENERIC and (not rest or (rest[1:] == [] and _is_origin(rest[0]))):
            return self._recent_organisation(position)
        known = _stands_for_one(words, at)
        person = is_animate(head)
        return self._recent(position, gender, plural=False, person=person) if known else None

    def _by_description(
        self, words: Sequence[str], at: int, position: int, gender: str, *, plural: bool
    ) -> Somebody | None:
        """Return whom an office or epithet describes that the text nowhere sets beside a name."""
        head = words[at]
        described = head in ROLES and not plural
        if described and (named := self._named_next(position, gender)):
            return named
        complement = not _LINKS_OF_ROLES.isdisjoint(words[at + 1 :])
        if not complement:
            return None
        leads = any(words[at : at + len(heads)] == heads for heads in _HEADS_OF_STATE)
        if leads or _is_epithet(words, at):
            return self._recent_person(position, gender)
        return self._spoke_untitled(position, gender) if described and head in OFFICES else None

    def _by_english_role(self, unit: Unit, phrase: Phrase, position: int) -> Who | None:
        """Return whom "the minister", "the charity" or "the 43-year-old" means."""
        words = unit.words[phrase.first : phrase.stop]
        if (
            words[0] != "the"
            or not _ENGLISH_LINKS.isdisjoint(words)
            or len(words) > _MOST_WORDS_OF_ONE
        ):
            return None
        head = words[-1]
        if english_people.is_person(head):
            return self._holder(head, position) or self._recent_person(position, "")
        if head in english_people.ORGANISATIONS:
            return self._recent_organisation(position)
        return None

    def _holder(self, head: str, position: int) -> Somebody | None:
        if head not in self._roles and head not in TITLES:
            return None
        role = fold(head)
        holders = self._holders.get(role) or self._holders.get(_ALIKE.get(role, ""), [])
        before = [who for at, who in holders if at <= position]
        return before[-1] if before else holders[0][1] if holders else None

    def _spoke_untitled(self, position: int, gender: str) -> Somebody | None:
        """Return who has just spoken, where the text has not yet said what the person is."""
        spoken = self._spoken[-1] if self._spoken else None
        if spoken is None or not isinstance(spoken.who, Somebody) or not spoken.who.person:
            return None
        number = bisect_right(self._starts, position) - 1
        near = spoken.position >= self._starts[max(0, number - 1)]
        return spoken.who if near and not spoken.who.roles and spoken.gender == gender else None

    def _named_next(self, position: int, gender: str) -> Somebody | None:
        """Return who opens the next sentence by a name that is new: the one just described."""
        number = bisect_right(self._starts, position)
        if number >= len(self._sentences) or "\n" in self._text[position : self._starts[number]]:
            return None
        start = self._starts[number]
        name = next(iter(self._names_in(number)), None)
        if name is None or not name.words[1:]:
            return None
        if fold(self._text[start : name.start]).strip() not in ("", "selon", "d'après", "pour"):
            return None
        if self._text.find(self._text[name.start : name.end]) < start:
            return None
        who = self._identify(name)
        if not who.person or (gender and who.gender and who.gender != gender):
            return None
        return None if any(True for _ in self._roles_beside(name)) else who

    # --- the nearest that agrees --------------------------------------------------------------

    def _names_before(self, position: int) -> Iterator[tuple[_Name, Somebody]]:
        """Yield names before a place, the nearest first, over the last sentences."""
        number = bisect_right(self._starts, position) - 1
        known = self._names_by_sentence
        for at in range(number, max(-1, number - _FURTHEST_SENTENCES), -1):
            names = known[at] if at in known else self._names_in(at)
            for name in reversed(names) if names else ():
                if name.end <= position:
                    yield name, self._identify(name)

    def _of_pair(self, position: int, which: int, gender: str) -> Somebody | None:
        """Return the first or second of the last two people named."""
        pair: list[Somebody] = []
        for name, who in self._names_before(position):
            if who.person and who not in pair and not self._is_quoted(name.start):
                pair.insert(0, who)
            if len(pair) == 2:  # noqa: PLR2004  # a pair
                chosen = pair[which]
                return chosen if not gender or chosen.gender in ("", gender) else pair[1 - which]
        return None

    def _recent_person(self, position: int, gender: str) -> Somebody | None:
        """Return who spoke last by name, or is named nearest, a person in any case."""
        for spoken in reversed(self._spoken):
            who = spoken.who
            if isinstance(who, Somebody) and who.person and _agrees(who, gender):
                return who
        for name, who in self._names_before(position):
            if who.person and _agrees(who, gender) and not self._is_quoted(name.start):
                return who
        unknown = (spoken.who for spoken in reversed(self._spoken))
        return next(
            (who for who in unknown if isinstance(who, Somebody) and _may_be_person(who)), None
        )

    def _recent_organisation(self, position: int) -> Somebody | None:
        for spoken in reversed(self._spoken):
            if isinstance(spoken.who, Somebody) and not spoken.who.person:
                return spoken.who
        for name, who in self._names_before(position):
            if not who.person and self._may_be_body(name) and not self._is_quoted(name.start):
                return who
        return None

    def _may_be_body(self, name: _Name) -> bool:
        """Tell an acronym, what a noun announces and what opens a sentence from other names."""
        may_be = self._bodies.get(name.start)
        if may_be is None:
            acronym = name.end - name.start > 1 and self._text[name.start : name.end].isupper()
            may_be = self._bodies[name.start] = (
                acronym
                or (self._english and len(name.words) > 1)
                or self._opens_sentence(name.start)
                or self._is_announced(name.start)
            )
        return may_be

    def _opens_sentence(self, start: int) -> bool:
        """Tell whether a name stands first in its sentence, but for an article."""
        begin = self._starts[bisect_right(self._starts, start) - 1]
        return start - begin <= len("les ")

    def _recent(
        self, position: int, gender: str, *, plural: bool, person: bool = False
    ) -> Who | None:
        """Return the nearest one before a place that agrees; ``person`` where no body is meant."""
        spoken = next(
            (
                spoken
                for spoken in reversed(self._spoken)
                if spoken.position < position
                and (spoken.plural == plural or (plural and _is_body(spoken.who)))
                and (not gender or not spoken.gender or spoken.gender == gender)
                and not (person and _is_collective(spoken.who))
            ),
            None,
        )
        named = self._nearest_named(position, gender, plural=plural, after=spoken)
        return named or (spoken.who if spoken else None)

    def _nearest_named(
        self, position: int, gender: str, *, plural: bool, after: _Spoken | None
    ) -> Somebody | None:
        floor = after.position if after else -1
        fallback = None
        for name, who in self._names_before(position):
            if name.start <= floor:
                break
            if plural == who.person or self._is_quoted(name.start):
                continue
            if plural and not self._opens_sentence(name.start):
                continue
            if not plural and gender and who.gender and who.gender != gender:
                continue
            if self._opens_clause(name.start):
                return who
            fallback = fallback or who
        return None if after else fallback

    def _unnamed_subject(self, position: int, gender: str, *, plural: bool) -> str | None:
        """Return the phrase that opens a sentence before, where it agrees: "son apprenti"."""
        number = bisect_right(self._starts, position) - 1
        for at in range(number - 1, max(-1, number - 3), -1):
            start, end = self._sentences[at]
            words, starts, ends, _ = read_words(self._text, start, end, [])
            unit = Unit(self._text, start, end, at, at + 1, words, starts, ends, {})
            comma = words.index(",") + 1 if "," in words[:_SHORT_OPENING] else 0
            for first in {0, comma}:
                phrase = read_phrase(unit, first)
                if phrase and phrase.plural == plural and _may_be(phrase, gender):
                    of = not OF.isdisjoint(words[first : phrase.stop])
                    qualified = words[first + 1] in ROLE_ADJECTIVES  # "l'ancien gérant"
                    stop = phrase.stop if of else min(phrase.stop, first + 2 + qualified)
                    return unit.printed(phrase.first, stop)
        return None

    def _is_announced(self, start: int) -> bool:
        words: list[str] = []
        for piece in reversed(self._text[max(0, start - 40) : start].split(" ")):
            words[:0] = _WORDS.findall(piece)
            if len(words) > 1:
                break
        return "ONG" in words[-2:] or not ORGANISATION_NOUNS.isdisjoint(map(fold, words[-2:]))

    def _opens_clause(self, start: int) -> bool:
        before = self._text[max(0, start - 14) : start].rstrip()
        if (
            not before
            or before[-1] in '.!?…:;,»”"('
            or "\n" in self._text[max(0, start - 2) : start]
        ):
            return True
        words = _WORDS.findall(fold(before))
        return not words or words[-1] not in PREPOSITIONS


# --- runs of capitals -----------------------------------------------------------------------------


@lru_cache(_MOST_RUNS)
def _read_run(run: str, english: bool) -> list[_Piece]:
    """Return the names that a run of capitals consists of; none for a word of grammar."""
    if fold(run) in (_ENGLISH_NO_NAMES if english else _NO_NAMES):
        return []
    pieces = (_clean(run, *piece, english=english) for piece in _split(run))
    return [piece for piece in pieces if piece]


def _split(run: str) -> Iterator[tuple[int, int]]:
    """Cut a run of capitals at *de*, unless something holds it together, and at first names."""
    at = 0
    for joint in _OF.finditer(run):
        first = fold(run[at : joint.start()]).split()
        held = not first or (first[-1].split("-")[0] in _FIRST_NAMES and len(first) == 1)
        if held or first[0] in INSTITUTIONS:
            continue
        yield from _split_at_first_name(run, at, joint.start())
        at = next(i for i in range(joint.end(), len(run)) if run[i].isupper())
    yield from _split_at_first_name(run, at, len(run))


def _split_at_first_name(run: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut "Économie Bruno Le Maire" before the first name of the person."""
    words = list(_WORD.finditer(run, start, end))
    if len(words) <= 2:  # noqa: PLR2004  # a first name alone begins no person
        yield start, end
        return
    for before, word in pairwise(words):
        previous = fold(before[0])
        if (
            fold(word[0]).split("-")[0] in _FIRST_NAMES
            and previous.split("-")[0] not in _FIRST_NAMES
            and word is not words[-1]
            and not previous.endswith(".")
            and previous not in CIVILITIES
        ):
            yield start, before.end()
            start = word.start()
    yield start, end


def _clean(run: str, start: int, end: int, *, english: bool) -> _Piece | None:
    """Take off what is no name: a first word of grammar, a form of address, a title."""
    begin, title = _skip_openers(run, start, end, english=english)
    if begin is None:
        return None
    while end > begin and not run[end - 1].isalnum():
        end -= 1
    if end <= begin:
        return None
    return begin, end, tuple(fold(run[begin:end]).split()), title


def _skip_openers(
    run: str, start: int, end: int, *, english: bool
) -> tuple[int | None, str | None]:
    """Return where the name begins behind words of grammar and titles, and the last title."""
    no_names = _ENGLISH_NO_NAMES if english else _NO_NAMES
    title = None
    while start < end:
        if elided := _ELIDED.match(run, start, end):
            start = elided.end()
            if start < end and not run[start].isupper():
                return None, None
            continue
        match = _WORD.match(run, start, end)
        if match is None:
            return None, None
        word = fold(match[0])
        if word in CIVILITIES:
            title = word
        elif (
            match[0] not in TITLES
            and not (english and word.strip(".") in english_people.TITLES)
            and (word not in no_names or (word in _FIRST_NAMES and not english))
        ):
            break
        start = _BLANKS.match(run, match.end(), end).end()  # type: ignore[union-attr]  # matches all
        if rest := _PARTICLE.match(run, start, end):
            start = rest.end()
    return start, title


# --- signs of people and bodies -------------------------------------------------------------------


def _agrees(who: Somebody, gender: str) -> bool:
    return not gender or who.gender in ("", gender)


def _has_capital(unit: Unit, phrase: Phrase) -> bool:
    return any(unit.is_capital(at) for at in range(phrase.first + 1, phrase.stop))


def _is_origin(word: str) -> bool:
    """Tell an adjective of where somebody is from: "américain", "suédoise"."""
    return word.endswith((*_DEMONYM_ENDINGS, "and", "ande", "que"))


def _is_medium(name: _Name) -> bool:
    """Tell "France Inter" from "France Gall"."""
    second = name.words[1] if name.words[1:] else ""
    return name.words[0] == "france" and (second in BEHIND_FRANCE or second[:1].isdigit())


def _is_body(who: Who) -> bool:
    """Tell an organisation that is named, of which "ils" may be said."""
    return isinstance(who, Somebody) and not who.person


def _is_epithet(words: Sequence[str], at: int) -> bool:
    """Tell "l'ancien maire de Royan" and "ce passionné d'oiseaux", who have been named."""
    if words[0] in _THIS:
        return words[at] not in ORGANISATION_NOUNS and words[at] not in DOCUMENT_NOUNS
    return words[0] == "l'" and words[1] in ("ancien", "ancienne", "ex") and at > 1


def _may_be_person(who: Somebody) -> bool:
    """Tell "Ernst Halder", whose first name no list has, from an acronym or an institution."""
    words = who.name.split()
    printed = all(word[:1].isupper() and word[1:].islower() for word in words)
    two = len(words) == 2 and printed  # noqa: PLR2004  # a first name and a surname
    return who.person or (two and fold(words[0]) not in INSTITUTIONS)


def _is_collective(who: Who) -> bool:
    """Tell "la défense" and the Insee from a person."""
    if isinstance(who, Somebody):
        return not _may_be_person(who)
    heads = re.split(r"[\s']+", fold(who))[:2]
    return heads[-1] in SPEAKING or (heads[-1] in ORGANISATION_NOUNS and not is_animate(heads[-1]))


def _head_of(words: Sequence[str]) -> int:
    """Return which word of "l'ancien ministre" is its head."""
    at = 1
    while (
        at + 1 < len(words)
        and words[at] in ROLE_ADJECTIVES
        and (words[at + 1] in ROLES or words[at + 1] in ROLE_ADJECTIVES)
    ):
        at += 1
    return at


def _stands_for_one(words: Sequence[str], at: int) -> bool:
    """Tell "le rameur" and "cette bobineuse", somebody known, from an office of its own."""
    head = words[at]
    if head in ORGANISATION_NOUNS:
        return False
    if words[0] in _THIS:
        return head not in DOCUMENT_NOUNS
    return is_animate(head) and head not in OFFICES


def _may_be(phrase: Phrase, gender: str) -> bool:
    """Tell whether a pronoun of a gender may stand for a phrase without a name."""
    head = phrase.head.removesuffix("s") if phrase.plural else phrase.head
    named = phrase.name is not None and not phrase.plural  # "les éleveurs de la Coordination"
    person = is_animate(head) and not named and not phrase.pronoun
    return person and (phrase.gender or _gender_of(phrase.head)) in ("", gender)


@lru_cache(_MOST_RUNS)
def _head_words(phrase: str, english: bool) -> list[str]:
    """Return the words of a phrase up to the first *de* or *of*."""
    words = fold(phrase)
    return (words.split(" of ") if english else _OF.split(words))[0].split()


def _gender_of(word: str) -> str:
    if word in MASCULINE_ROLES or word in ("dernier", "intéressé"):
        return "m"
    if word in FEMININE_ROLES or word in ("dernière", "intéressée"):
        return "f"
    return ""
