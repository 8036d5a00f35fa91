"""What a suggestion takes from a register: who relays the words, which targets they name.

A stance has a value only where a word says it outright: *prône*, *s'oppose à*, *accuse*.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workbench.suggestions.findings import Finding
from workbench.suggestions.french_verbs import VERBS
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.reading import fold
from workbench.suggestions.rules import Range, Stance, Words

_FAVOUR = word_set("prôner défendre plaider militer préconiser saluer soutenir louer encenser")
_AGAINST = word_set(
    "s'opposer dénoncer critiquer rejeter condamner accuser reprocher fustiger récuser réfuter",
    "déplorer stigmatiser vilipender blâmer pourfendre",
)
_MEDIUM = r"(?:quotidien |hebdomadaire |journal |magazine |mensuel |chaîne |radio |site |station )?"
_NAME = r"[A-ZÀ-Þ][\w’'&.-]*(?:[ \u00a0](?:(?:du|de|des|la|le) )?[A-ZÀ-Þ][\w’'&.-]*)*"
_WORD = re.compile(r"[^\W_]+")
_RELAY = re.compile(
    r"(?:(?:entretien|interview|tribune|confidence)s?\b[^.«»\"]{0,30}?\s(?:à|au|aux|avec|dans)"
    r"|(?:interrogée?s?|citée?s?|contactée?s?|jointe?s?|relayée?s?|rapportée?s?)\s(?:par|dans)"
    r"|au\smicro\s(?:de|du)|(?<=\s)à(?=\sl['’]A)|(?<=\s)à(?=\sl['’](?:hebdomadaire|agence)\s)"
    r"|(?<=\s)au(?=\s(?:quotidien|journal|magazine|Monde|Figaro|Parisien|Point)\b)"
    rf"|told|interview\swith)\s(?:l['’]|la |le |les |the )?{_MEDIUM}({_NAME})"
)


# Where none of these stands, ``_RELAY`` matches nothing; told at a fraction of its cost.
_RELAYING = (
    *("entretien", "interview", "tribune", "confidence", "interrogé", "cité", "contacté", "joint"),
    *("relayé", "rapporté", "micro", "l'A", "l’A", "hebdomadaire", "agence", "quotidien"),
    *("journal", "magazine", "Monde", "Figaro", "Parisien", "Point", "told"),
)  # fmt: skip


@dataclass(frozen=True)
class Register:
    """The targets of a project: their ids, and the words by which each is known."""

    targets: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def pattern(self) -> "re.Pattern[str] | None":
        """All words of all targets, the longest first."""
        aliases = sorted(self.ids_by_alias, key=lambda alias: (-len(alias), alias))
        if not aliases:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, aliases))})(?!\w)")

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first word of each alias, ``""`` for one of marks alone."""
        return frozenset(next(iter(_WORD.findall(alias)), "") for alias in self.ids_by_alias)

    def may_find(self, folded: str) -> bool:
        """Tell whether ``pattern`` can match, at a fraction of its cost."""
        words = self.first_words
        return "" in words or not words.isdisjoint(_WORD.findall(folded))

    @cached_property
    def ids_by_alias(self) -> dict[str, str]:
        """Which target each alias stands for; the first that claims it."""
        ids: dict[str, str] = {}
        for target, aliases in self.targets.items():
            for alias in aliases:
                ids.setdefault(fold(alias.strip()), target)
        ids.pop("", None)
        return ids


def _may_relay(text: str) -> bool:
    """Tell cheaply whether a text can say who relays somebody's words."""
    for word in _RELAYING:  # noqa: SIM110  # any() takes three times as long
        if word in text:
            return True
    return False


def find_relay(text: str, start: int, end: int, parts: Sequence[Range]) -> str | None:
    """Return which medium relays the words, if the sentence around them says so."""
    sentences = text[start:end]
    if not _may_relay(sentences):
        return None
    for match in _RELAY.finditer(text, start, end):
        if not any(first <= match.start() < stop for first, stop in parts):
            return match[1].rstrip(".")
    return None


def find_stances(text: str, finding: Finding, register: Register | None) -> tuple[Stance, ...]:
    """Return the targets that the content or the object of its cue names, each once."""
    if register is None or register.pattern is None:
        return ()
    lemmas = {cue.lemma for cue in VERBS.get(finding.cue_word, ())}
    value = "favor" if lemmas & _FAVOUR else "against" if lemmas & _AGAINST else None
    first, last = finding.parts[0][0], finding.parts[-1][1]
    spans = [(first, last)]
    if finding.cue and finding.cue[1] < first:
        spans.insert(0, (finding.cue[1], first))  # "accuse X de": X is the target
    found: dict[str, Stance] = {}
    for start, stop in spans:
        folded = fold(text[start:stop])
        matches = register.pattern.finditer(folded) if register.may_find(folded) else ()
        for match in matches:
            at = start + match.start()
            words = Words(at, start + match.end(), text[at : start + match.end()])
            target = register.ids_by_alias[match[0]]
            outright = value if finding.rule in _OUTRIGHT or stop <= first else None
            found.setdefault(target, Stance(target, words, outright))
    return tuple(found.values())


_OUTRIGHT = word_set("speech-act verb-quotation denial")
