"""Clauses with their source at the head: "Selon X, le texte est prêt."."""

from collections.abc import Iterator, Set

from workbench.suggestions.according import According, read_according
from workbench.suggestions.findings import Finding, content_parts
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.french_words import SUBJECT_PRONOUNS
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.quoting import is_apposition
from workbench.suggestions.reading import QUOTED, Unit
from workbench.suggestions.reported import end_of_content

_BEGINS = word_set("selon d' pour à aux de au si")
_BEFORE = word_set(", . ; : mais et car or que – — qu'")
_MOST_APPOSITIONS, _LONGEST_APPOSITION = 3, 30


def read_sources(unit: Unit, free: Set[int]) -> Iterator[Finding]:
    """Yield each clause that begins with its source."""
    words, size = unit.words, len(unit.words)
    for at, word in enumerate(words):
        if word not in _BEGINS or at not in free:
            continue
        if at and (words[at - 1] not in _BEFORE or (words[at - 1] == "," and word == "pour")):
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
