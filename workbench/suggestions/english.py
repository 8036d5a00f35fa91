"""The same rules for English: "…," X said; X said that …; according to X; denied, urged, accused.

English shows less than French: the subject stands before the verb, or behind it in an inverted
reporting clause, and *that* may be left out.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from workbench.suggestions.english_people import is_many
from workbench.suggestions.english_verbs import (
    ACCUSING,
    ADVERBS,
    AFTER_SUBJECT,
    AUXILIARIES,
    BOUNDARIES,
    CLAUSAL,
    DENOUNCING,
    NO_CLAUSE,
    NOUNS,
    PLAIN,
    PREPOSITIONS,
    PRONOUNS,
    SAYING,
    SUBORDINATING,
    TITLES,
    UNDERTAKING,
    VERBS,
    WEEKDAYS,
)
from workbench.suggestions.findings import Finding, content_parts
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import Phrase
from workbench.suggestions.reading import QUOTED, Unit
from workbench.suggestions.rules import QuoteType, Range

_ENDS = frozenset(",;:.!?()–—-")
_OPENS_ADJUNCT = word_set("in at on after during asked speaking following")
_ADDRESSED = word_set("tell inform assure remind warn")
_OBJECTS = word_set("him her them me us you")
_LISTENERS = word_set(
    "reporters journalists lawmakers mps investors analysts ministers colleagues supporters jurors",
    "delegates police members fans parents workers staff shareholders viewers readers congress",
)
_TO_BE = (["is"], ["was"], ["would"])
_OPENS_ANOTHER = word_set("and but while whereas though although")
_LONGEST_SUBJECT = 7
_CONNECTIVES = word_set("but and so yet")
_PARTICIPLES = word_set(
    "published released obtained seen reviewed conducted commissioned issued based led written",
    "posted dated filed quoted cited",
)
_QUALIFYING = tuple([word] for word in sorted(_PARTICIPLES))
_NO_SOURCE = word_set("it i you we who which that")
_NEGATIONS = word_set("not never n't didn")
_STOPS_WINDOW = word_set("; : . who which as about in")
_ENDS_OBJECT = word_set(", ; after before")
_LONGEST_CLAUSE, _LONGEST_PHRASE, _WINDOW, _NEAR = 14, 20, 10, 3
_SHORTEST_CLAUSE = 2


@dataclass(frozen=True, slots=True)
class _Clause:
    """A reporting clause: its cue, who says it, the word behind."""

    cue: int
    subject: Phrase
    stop: int


def read_english(unit: Unit) -> Iterator[Finding]:
    """Yield what the reporting words of a unit attribute."""
    used: set[int] = set()
    for read in (_read_around, _read_according, _read_verbs, _read_colons):
        for finding in read(unit, used):
            for first, stop in finding.words:
                used.update(range(first, stop))
            yield finding


def _finding(
    unit: Unit,
    rule: str,
    content: tuple[list[Range], QuoteType],
    cue: int,
    *,
    subject: Phrase | None,
    used: Range,
) -> Finding:
    word = unit.words[cue]
    act = VERBS[word].act if word in VERBS else Act.ASSERTS
    if rule == "verb-quotation" and word in VERBS and VERBS[word].lemma == "call":
        act = Act.ASSERTS  # "called it “misleading”"
    return Finding(
        unit,
        "denial" if act is Act.DENIES else "according-to" if word == "according" else rule,
        *content,
        act,
        (unit.starts[cue], unit.ends[cue]),
        subject,
        carried=subject is None,
        cue_word=word,
        words=[used],
    )


# --- reporting clauses beside a content ----------------------------------------------------------


def _read_around(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    """Read "…," X said. and "…," said X, "…"; also behind words without marks."""
    del used  # nothing is yet
    words, size = unit.words, len(unit.words)
    at = begin = 0
    while at < size:
        if words[at] in (";", ":"):
            begin = at + 1
        clause = _clause_behind(unit, begin, at)
        last = at if words[at] == QUOTED else at - 1
        first = last if words[last] == QUOTED and _is_apart(unit, begin, last) else begin
        content = content_parts(unit, first, last + 1) if clause else None
        if clause is None or content is None:
            at += 1
            continue
        parts, kind = content
        stop = clause.stop
        if kind is QuoteType.DIRECT and words[stop : stop + 2] == [",", QUOTED]:
            quotation = unit.quotations[stop + 1]
            parts.append((quotation.inner_start, quotation.inner_end))
            stop += 2
        yield _finding(
            unit, "incise", (parts, kind), clause.cue, subject=clause.subject, used=(first, stop)
        )
        begin = at = max(stop, at + 1)


def _clause_behind(unit: Unit, begin: int, at: int) -> _Clause | None:
    words, size = unit.words, len(unit.words)
    if at + 1 >= size:
        return None
    if words[at] == QUOTED:
        comma = words[at + 1] == ","
        quotation = unit.quotations[at]
        closes = unit.text[quotation.inner_end : quotation.end].lstrip()[:1] == ","
        ends = unit.text[quotation.inner_end - 1] in "?!.—"
        return _read_clause(unit, at + 1 + comma) if comma or closes or ends else None
    if words[at] not in (",", "?", "!") or at <= begin:
        return None
    clause = None if words[at + 1] in SUBORDINATING else _read_clause(unit, at + 1)
    if clause is None or (words[begin] in _OPENS_ADJUNCT and clause.subject.first > at + 1):
        return None
    behind = words[clause.stop] if clause.stop < size else "."
    if behind == "that" or behind not in _ENDS | AFTER_SUBJECT:
        return None
    return clause if _stands_beside(unit, at + 1, clause) else None


def _stands_beside(unit: Unit, at: int, clause: _Clause) -> bool:
    """Tell ", X said" from an apposition whose verb reports what follows."""
    words = unit.words
    first = min(clause.cue, clause.subject.first)
    return all(
        word in ADVERBS or word in _CONNECTIVES or word in AUXILIARIES for word in words[at:first]
    )


def _is_apart(unit: Unit, begin: int, at: int) -> bool:
    return at == begin or unit.words[at - 1] in (",", ":", ".", QUOTED)


def _read_clause(unit: Unit, at: int) -> _Clause | None:
    """Read "X said", "said X" or "according to X" at a word."""
    words, size = unit.words, len(unit.words)
    if at >= size:
        return None
    if words[at] == "according" and words[at + 1 : at + 2] == ["to"]:
        subject = _read_subject(unit, at + 2)
        return _Clause(at, subject, _over_participle(unit, subject)) if subject else None
    verb = VERBS.get(words[at])
    if verb and verb.finite:
        object_follows = words[at + 1 : at + 2] != [] and words[at + 1] in NO_CLAUSE
        said = verb.lemma in SAYING and not object_follows
        subject = _read_subject(unit, at + 1) if said else None
        return _Clause(at, subject, _over_participle(unit, subject)) if subject else None
    for cue in range(at + 1, min(size, at + _LONGEST_CLAUSE)):
        if words[cue] == QUOTED or (words[cue] in _ENDS and words[cue] != ","):
            break
        if words[cue] in VERBS and VERBS[words[cue]].finite and not _is_capital(unit, cue):
            subject = _subject_before(unit, cue, at)
            stop = cue + 1
            while stop < size and words[stop] in ADVERBS:
                stop += 1
            return _Clause(cue, subject, stop) if subject else None
    return None


# --- who says it ---------------------------------------------------------------------------------


def _read_subject(unit: Unit, at: int) -> Phrase | None:
    """Read who stands behind a verb, to the next mark or clause."""
    words, size = unit.words, len(unit.words)
    stops = _ENDS | AFTER_SUBJECT | {QUOTED}
    end = next((i for i in range(at, size) if words[i] in stops), size)
    subject = _describe(unit, at, end)
    if subject is None or subject.name or subject.pronoun or words[end : end + 1] != [","]:
        return subject
    close = next((i for i in range(end + 1, size) if words[i] in stops), size)
    name = _describe(unit, end + 1, close)  # "said one neighbor, Frank Delaney."
    alone = name and name.name and name.name[0] == name.first and name.stop > name.first + 1
    return name if alone else subject


def _over_participle(unit: Unit, subject: Phrase) -> int:
    """Return the word behind a subject and the participle that qualifies it."""
    return subject.stop + (unit.words[subject.stop : subject.stop + 1] in _QUALIFYING)


def _subject_before(unit: Unit, verb: int, floor: int = 0) -> Phrase | None:
    """Return who stands before a verb: over a parenthesis, but over no conjunction."""
    words = unit.words
    end = verb
    while end > floor and (words[end - 1] in AUXILIARIES or _is_adverb(words[end - 1])):
        end -= 1
    before = words[end - 1] if end > floor else ""
    if before in ("and", "but"):
        return None
    if before != ",":
        return _phrase_to(unit, end, floor)
    opening = next((i for i in range(end - 2, floor - 1, -1) if words[i] == ","), None)
    if opening is None:
        return None
    inner = _describe(unit, opening + 1, end - 1)
    outer = _phrase_to(unit, opening, floor)
    named = inner and inner.name and inner.first == inner.name[0]
    return inner if outer and outer.name is None and named else outer


def _phrase_to(unit: Unit, end: int, floor: int) -> Phrase | None:
    words = unit.words
    stops = _ENDS | BOUNDARIES | {QUOTED}
    first = next((i + 1 for i in range(end - 1, floor - 1, -1) if words[i] in stops), floor)
    return _describe(unit, first, end)


def _describe(unit: Unit, first: int, stop: int) -> Phrase | None:
    words = unit.words
    while first < stop and (words[first] in ADVERBS or words[first] in _CONNECTIVES):
        first += 1
    while stop > first and _is_adverb(words[stop - 1]):
        stop -= 1
    stop = next((i for i in range(first + 2, stop) if words[i] in _PARTICIPLES), stop)
    if first >= stop or stop - first > _LONGEST_PHRASE:
        return None
    head = words[first]
    if head in PRONOUNS and stop == first + 1:
        many = head in ("they", "we")
        return Phrase(first, stop, None, head, PRONOUNS[head], plural=many, pronoun=True)
    if any(_is_verb(unit, i) or words[i] in CLAUSAL for i in range(first + 1, stop)):
        return None
    name = _find_name(unit, first, stop)
    plural = name is None and (words[stop - 1].endswith("s") or words[stop - 1] == "police")
    return Phrase(first, stop, name, words[stop - 1], "", plural=plural, pronoun=False)


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or word.endswith("ly")


def _is_verb(unit: Unit, at: int) -> bool:
    word = unit.words[at]
    return word in VERBS and VERBS[word].finite and word not in NOUNS and not _is_capital(unit, at)


def _is_capital(unit: Unit, at: int) -> bool:
    return unit.text[unit.starts[at]].isupper()


def _find_name(unit: Unit, first: int, stop: int) -> Range | None:
    """Return the capitals that end a phrase and that no preposition or article governs."""
    words = unit.words
    begin = stop
    articles = ("the", "a", "an")
    while begin > first and _is_capital(unit, begin - 1) and words[begin - 1] not in articles:
        begin -= 1
    while begin < stop and words[begin].strip(".").lower() in TITLES:
        begin += 1
    if begin == first and stop == first + 1 and is_many(words[first].lower()):
        return None
    before = words[begin - 1] if begin > first else ""
    governed = before in PREPOSITIONS and before not in ("the", "and")
    inside = before == "the" and begin > first + 1 and words[begin - 2] in PREPOSITIONS
    return None if begin >= stop or governed or inside else (begin, stop)


# --- contents behind a reporting word ------------------------------------------------------------


def _read_according(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    words, size = unit.words, len(unit.words)
    for at in range(size - 2):
        if words[at] != "according" or words[at + 1] != "to" or at in used:
            continue
        subject = _read_subject(unit, at + 2)
        if subject is None or subject.stop >= size:
            continue
        end = next((i for i in range(subject.stop, size) if words[i] in (",", QUOTED)), size)
        content = content_parts(unit, end, size)
        if content:
            yield _finding(unit, "according-to", content, at, subject=subject, used=(at, size))


def _read_verbs(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    words, size = unit.words, len(unit.words)
    at = 0
    earlier: Phrase | None = None
    while at < size:
        finding = None
        if at not in used and words[at] in VERBS and not _is_capital(unit, at):
            finding = _read_verb(unit, at, earlier)
        if finding and used.isdisjoint(range(*finding.words[0])):
            yield finding
            earlier = finding.speaker
            at = max(finding.words[0][1], at + 1)
        else:
            at += 1


def _read_verb(unit: Unit, at: int, earlier: Phrase | None) -> Finding | None:
    words, size = unit.words, len(unit.words)
    found = _content_behind(unit, at)
    if found is None or not _NEGATIONS.isdisjoint(words[max(0, at - _NEAR) : at]):
        return None
    rule, begin = found
    end = _end_of_content(unit, begin, size)
    if rule in ("speech-act", "denial") or words[begin : begin + 1] == [QUOTED]:
        end = next((i for i in range(begin + 1, end) if words[i] in _ENDS_OBJECT), end)
    subject = _subject_before(unit, at)
    if subject is None and earlier and words[at - 1] in (",", "and", "but", "while"):
        subject = earlier
    content = content_parts(unit, begin, end)
    if content is None or subject is None or unit.words[subject.first] in _NO_SOURCE:
        return None
    return _finding(unit, rule, content, at, subject=subject, used=(at, end))


_Found = tuple[str, int] | None


def _content_behind(unit: Unit, at: int) -> _Found:
    """Return rule and first word of what a verb reports."""
    words, size = unit.words, len(unit.words)
    verb = VERBS[words[at]]
    after = at + 1
    while after < size and (
        words[after] in ADVERBS
        or (words[after] == "on" and words[after + 1 : after + 2] and words[after + 1] in WEEKDAYS)
    ):
        after += 1
    if after >= size:
        return None
    if verb.act is Act.WANTS or verb.lemma in ACCUSING:
        return _read_addressed(unit, at, after)
    if verb.act is Act.DENIES:
        return "denial", after + (words[after] == "that")
    if verb.lemma in DENOUNCING:
        return ("verb-quotation", after) if QUOTED in words[after : after + _WINDOW] else None
    return _read_clause_behind(unit, at, after)


def _read_addressed(unit: Unit, at: int, after: int) -> _Found:
    """Read "accused X of", "urged X to", "called for"."""
    words = unit.words
    lemma = VERBS[words[at]].lemma
    links = {"of", "for"} if lemma in ACCUSING else {"to", "for"} if lemma == "call" else {"to"}
    for place in range(after, min(len(words), after + _WINDOW)):
        if words[place] in links:
            return "infinitive", place + 1
        if words[place] == QUOTED and lemma == "call":
            return "verb-quotation", place  # "called it “misleading”"
        if words[place] in _ENDS:
            break
    return ("speech-act", after) if lemma == "demand" else None


def _read_clause_behind(unit: Unit, at: int, after: int) -> _Found:
    words = unit.words
    for place in range(after, min(len(words), after + _WINDOW)):
        if words[place] == "that":
            pronoun = words[place + 1 : place + 2] in _TO_BE  # "said that was untrue"
            return "that-clause", place if pronoun else place + 1
        if words[place] == QUOTED:
            if not CLAUSAL.isdisjoint(words[after:place]):
                break  # "said the findings were “a wake-up call”"
            return "verb-quotation", place
        if words[place] in _STOPS_WINDOW:
            break
    verb = VERBS[words[at]]
    if verb.lemma in _ADDRESSED:
        after = _skip_addressee(unit, after)
    if after >= len(words):
        return None
    if verb.lemma in UNDERTAKING and words[after] == "to":
        return "infinitive", after + 1
    plain = verb.lemma in PLAIN and verb.finite and words[at] not in NOUNS
    clause = words[after] not in NO_CLAUSE and len(words) - after > _SHORTEST_CLAUSE
    return ("that-clause", after) if plain and clause else None


def _skip_addressee(unit: Unit, at: int) -> int:
    """Pass over whom somebody tells: "the Guardian", "reporters", "him"; not over a clause."""
    words, size = unit.words, len(unit.words)
    if words[at] in _OBJECTS or words[at] in _LISTENERS:
        return at + 1
    after = at + (words[at] in ("the", "a", "an", "his", "her", "their", "its"))
    while after < size and (_is_capital(unit, after) or words[after] in _LISTENERS):
        after += 1
    behind = words[after] if after < size else "."
    named = after > at + (words[at] == "the") and behind not in CLAUSAL and behind not in VERBS
    return after if named else at


def _end_of_content(unit: Unit, begin: int, size: int) -> int:
    words = unit.words
    passed = set(PRONOUNS) | {"but", "and"} | AUXILIARIES
    for at in range(begin + 1, size):
        if words[at] == ";":
            return at
        if words[at] in (",", "and", "but"):
            ahead = next((i for i in range(at + 1, size) if words[i] not in passed), size)
            if ahead < size and words[ahead] in VERBS and _reports(unit, ahead):
                return at
            if words[at] == "," and _another_reports(unit, at + 1):
                return at
    return size


def _reports(unit: Unit, verb: int) -> bool:
    announces = unit.words[verb + 1 : verb + 3] == [":", QUOTED]
    return announces or _content_behind(unit, verb) is not None


def _another_reports(unit: Unit, at: int) -> bool:
    """Tell whether a clause with a subject and a verb of speech of its own begins at a word."""
    words = unit.words
    if words[at : at + 1] == [] or words[at] not in _OPENS_ANOTHER:
        return False
    for verb in range(at + 2, min(len(words), at + _LONGEST_SUBJECT)):
        if words[verb] in _ENDS or words[verb] == QUOTED or words[verb] in CLAUSAL:
            return False
        if _is_verb(unit, verb):
            return _reports(unit, verb) and _phrase_to(unit, verb, at + 1) is not None
    return False


def _read_colons(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    words = unit.words
    for at, quotation in unit.quotations.items():
        if at in used or at <= 1 or words[at - 1] != ":":
            continue
        cue = next((i for i in range(at - 2, -1, -1) if words[i] in VERBS), at - 1)
        subject = _subject_before(unit, cue)
        if cue == at - 1:  # "Coach Bill Ferris was less impressed:"
            verb = next((i for i in range(at - 1) if words[i] in CLAUSAL), cue)
            subject = _subject_before(unit, verb) or subject
        elif words[cue - 1] in ("before", "after"):  # "before adding:"
            subject = None
        content = [(quotation.inner_start, quotation.inner_end)], QuoteType.DIRECT
        yield _finding(unit, "colon", content, cue, subject=subject, used=(at, at + 1))
