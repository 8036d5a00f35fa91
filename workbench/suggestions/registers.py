"""What a suggestion takes from a register: who relays the words, which targets they name.

A stance has a value only where a word says it outright: *prône*, *s'oppose à*, *accuse*.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress

from workbench.suggestions.findings import Finding
from workbench.suggestions.french_verbs import VERBS
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.reading import fold
from workbench.suggestions.rules import Range, Stance, Words
from workbench.suggestions.signs import RELAYS, read_signs

_FAVOUR = word_set("prôner défendre plaider militer préconiser saluer soutenir louer encenser")
_AGAINST = word_set(
    "s'opposer dénoncer critiquer rejeter condamner accuser reprocher fustiger récuser réfuter",
    "déplorer stigmatiser vilipender blâmer pourfendre",
)
_MEDIUM = r"(?:quotidien |hebdomadaire |journal |magazine |mensuel |chaîne |radio |site |station )?"
_NAME = r"[A-ZÀ-Þ][\w’'&.-]*(?:[ \u00a0](?:(?:du|de|des|la|le) )?[A-ZÀ-Þ][\w’'&.-]*)*"
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_GOES_ON = re.compile(r"\w")
_MOST_PIECES = 50_000
_RELAY = re.compile(
    r"(?:(?:entretien|interview|tribune|confidence)s?\b[^.«»\"]{0,30}?\s(?:à|au|aux|avec|dans)"
    r"|(?:interrogée?s?|citée?s?|contactée?s?|jointe?s?|relayée?s?|rapportée?s?)\s(?:par|dans)"
    r"|au\smicro\s(?:de|du)|(?<=\s)à(?=\sl['’]A)|(?<=\s)à(?=\sl['’](?:hebdomadaire|agence)\s)"
    r"|(?<=\s)au(?=\s(?:quotidien|journal|magazine|Monde|Figaro|Parisien|Point)\b)"
    rf"|told|interview\swith)\s(?:l['’]|la |le |les |the )?{_MEDIUM}({_NAME})"
)


@dataclass(frozen=True)
class Register:
    """The targets of a project: their ids, and the words by which each is known."""

    targets: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def find(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and id of each target that folded words name, the longest names first.

        A name stands between marks or blanks, and no name inside another.
        """
        behind = 0
        pieces = folded.split(" ")
        openings = [*map(self._openings.__getitem__, pieces)]
        for number in compress(range(len(pieces)), openings):  # few begin any
            place = sum(map(len, pieces[:number]), start=number)
            for at, aliases in openings[number]:
                start = place + at
                for alias in aliases if start >= behind else ():
                    end = start + len(alias)
                    if folded.startswith(alias, start) and not _GOES_ON.match(folded, end):
                        yield start, end, self.ids_by_alias[alias]
                        behind = end
                        break

    @cached_property
    def _openings(self) -> "_Openings":
        return _Openings(self._aliases_by_opening)

    @cached_property
    def _aliases_by_opening(self) -> dict[str, list[str]]:
        """The aliases that begin with each word or mark, the longest first."""
        aliases: dict[str, list[str]] = {}
        for alias in sorted(self.ids_by_alias, key=lambda alias: (-len(alias), alias)):
            aliases.setdefault(_TOKEN.findall(alias)[0], []).append(alias)
        return aliases

    @cached_property
    def ids_by_alias(self) -> dict[str, str]:
        """Which target each alias stands for; the first that claims it."""
        ids: dict[str, str] = {}
        for target, aliases in self.targets.items():
            for alias in aliases:
                ids.setdefault(fold(alias.strip()), target)
        ids.pop("", None)
        return ids


class _Openings(dict[str, list[tuple[int, list[str]]]]):
    """Where in what stands between two blanks aliases may begin, and which; nowhere in most."""

    def __init__(self, aliases_by_opening: Mapping[str, list[str]]) -> None:
        super().__init__()
        self._aliases = aliases_by_opening

    def __missing__(self, piece: str) -> list[tuple[int, list[str]]]:
        if len(self) >= _MOST_PIECES:
            self.clear()
        openings = self[piece] = [
            (token.start(), self._aliases[token[0]])
            for token in _TOKEN.finditer(piece)
            if token[0] in self._aliases
        ]
        return openings


def find_relay(text: str, start: int, end: int, parts: Sequence[Range]) -> str | None:
    """Return which medium relays the words, if the sentence around them says so."""
    if not read_signs(text[start:end], english=False).bits & RELAYS:
        return None
    for match in _RELAY.finditer(text, start, end):
        if not any(first <= match.start() < stop for first, stop in parts):
            return match[1].rstrip(".")
    return None


def find_stances(text: str, finding: Finding, register: Register | None) -> tuple[Stance, ...]:
    """Return the targets that the content or the object of its cue names, each once."""
    if register is None or not register.ids_by_alias:
        return ()
    content = finding.parts[0][0]
    spans = [(content, finding.parts[-1][1])]
    if finding.cue and finding.cue[1] < content:
        spans.insert(0, (finding.cue[1], content))  # "accuse X de": X is the target
    found: dict[str, Stance] = {}
    for start, stop in spans:
        for first, last, target in register.find(fold(text[start:stop])):
            words = Words(start + first, start + last, text[start + first : start + last])
            outright = finding.rule in _OUTRIGHT or stop <= content
            value = _value_of(finding.cue_word) if outright else None
            found.setdefault(target, Stance(target, words, value))
    return tuple(found.values())


def _value_of(cue_word: str) -> str | None:
    lemmas = {cue.lemma for cue in VERBS.get(cue_word, ())}
    return "favor" if lemmas & _FAVOUR else "against" if lemmas & _AGAINST else None


_OUTRIGHT = word_set("speech-act verb-quotation denial")
