"""Clauses with their source at the head: "Selon X, le texte est prêt."."""

from collections.abc import Iterator, Set

from workbench.suggestions.according import According, read_according
from workbench.suggestions.findings import Finding, content_parts
from workbench.suggestions.french_people import DOCUMENT_NOUNS
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.french_words import SUBJECT_PRONOUNS
from workbench.suggestions.incises import Incise, close_incise, read_incise, speaks
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.quoting import is_apposition
from workbench.suggestions.reading import QUOTED, Unit
from workbench.suggestions.reported import end_of_content

_BEGINS = word_set("selon d' pour à aux de au si comme ainsi")
_BEFORE = word_set(", . ; : mais et car or que – — qu'")
_MOST_APPOSITIONS, _LONGEST_APPOSITION = 3, 30


def read_sources(unit: Unit, used: Set[int]) -> Iterator[Finding]:
    """Yield each clause that begins with its source."""
    words, size = unit.words, len(unit.words)
    for at in [place for place, word in enumerate(words) if word in _BEGINS]:
        if at in used:
            continue
        word = words[at]
        if at and (words[at - 1] not in _BEFORE or (words[at - 1] == "," and word == "pour")):
            continue
        if word in ("comme", "ainsi"):
            if finding := _read_as_said(unit, at):
                yield finding
            continue
        according = read_according(unit, at)
        begin = _after_apposition(unit, according) if according else None
        if according is None or begin is None:
            continue
        end = end_of_content(unit, begin, size)
        content = content_parts(unit, begin, end)
        if content is None:
            continue
        first, stop = according.cue
        yield Finding(
            unit,
            "according-to",
            *content,
            Act.ASSERTS,
            (unit.starts[first], unit.ends[stop - 1]),
            according.subject,
            cue_word=words[first],
            words=[(at, end)],
        )


def _read_as_said(unit: Unit, at: int) -> Finding | None:
    """Read "Comme le rappelle X, le texte est prêt"."""
    words, size = unit.words, len(unit.words)
    if "," not in words[at + 1 :]:  # behind which the content would stand
        return None
    incise = read_incise(unit, at + (words[at : at + 2] == ["ainsi", "que"]))
    if incise is None or incise.first + 1 > size or not _may_say(unit, incise):
        return None
    end = close_incise(unit, incise)
    if words[end : end + 1] != [","] or words[incise.cue[0] - 1] == ",":
        return None
    stop = end_of_content(unit, end + 1, size)
    content = content_parts(unit, end + 1, stop)
    if content is None:
        return None
    first, last = incise.cue
    return Finding(
        unit,
        "incise-inside",
        *content,
        incise.act,
        (unit.starts[first], unit.ends[last - 1]),
        incise.subject,
        cue_word=words[first],
        words=[(at, stop)],
    )


def _may_say(unit: Unit, incise: Incise) -> bool:
    subject = incise.subject
    return subject.pronoun or subject.head in DOCUMENT_NOUNS or speaks(unit, subject)


def _opens_clause(unit: Unit, at: int) -> bool:
    """Tell "selon la légende elle a" from "selon la légende de la ville,"."""
    return at < len(unit.words) and unit.words[at] in SUBJECT_PRONOUNS


def _after_apposition(unit: Unit, according: According) -> int | None:
    """Return where the content begins behind "selon X, directeur de Y,"."""
    words, size = unit.words, len(unit.words)
    if _opens_clause(unit, according.stop):
        return according.stop
    ends = (",", QUOTED, ":", ".", ";")
    at = next((i for i in range(according.stop, size) if words[i] in ends), size)
    if at >= size or words[at] in (".", ";"):
        return None
    if words[at] == QUOTED and words[at + 1 : at + 2] != [","]:
        return at
    at += words[at] == QUOTED  # "dans la revue « Nature »,"
    begin = at + 1
    for _ in range(_MOST_APPOSITIONS):
        if not is_apposition(unit, begin):
            break
        window = range(begin, min(size, begin + _LONGEST_APPOSITION))
        comma = next((i for i in window if words[i] == ","), None)
        if comma is None:
            break
        begin = comma + 1
    return begin if begin < size else None
