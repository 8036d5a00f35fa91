"""What the rules note about a unit before speakers are resolved and sentences cut."""

from dataclasses import dataclass, field

from workbench.suggestions.french_verbs import Act
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import Phrase
from workbench.suggestions.reading import QUOTED, Unit
from workbench.suggestions.rules import QuoteType, Range


@dataclass(slots=True, eq=False)
class Finding:
    """A content, the words that attribute it, and the phrase of who says it, all of a unit."""

    unit: Unit
    rule: str
    parts: list[Range]
    quote_type: QuoteType
    act: Act
    cue: Range | None
    speaker: Phrase | None
    carried: bool = False  # Nobody is named: the speaker of the words before.
    cue_word: str = ""
    words: list[Range] = field(default_factory=list)  # the words used up, first and stop


def content_parts(unit: Unit, first: int, stop: int) -> tuple[list[Range], QuoteType] | None:
    """Return the content that some words make, trimmed, and how much of it is quoted."""
    words = unit.words
    while first < stop and words[first] in _TRIMMED:
        first += 1
    while stop > first and words[stop - 1] in _TRIMMED:
        stop -= 1
    if first >= stop:
        return None
    quoted = [index for index in unit.quotations if first <= index < stop]
    if quoted and _JOINING.issuperset(words[first:stop]):
        parts = [
            (unit.quotations[index].inner_start, unit.quotations[index].inner_end)
            for index in quoted
        ]
        return [part for part in parts if part[0] < part[1]], QuoteType.DIRECT
    kind = QuoteType.MIXED if quoted else QuoteType.INDIRECT
    return [(unit.starts[first], unit.ends[stop - 1])], kind


_TRIMMED = word_set(", . : ; – — - ! ? … ...")
_JOINING = frozenset(
    {QUOTED, "et", ",", "(", ")", "[", "]", "...", "…", "puis", ";", ".", "ou", "mais", "ni"}
)
