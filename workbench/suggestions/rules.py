"""What a rule proposes, and the table of all rules with their versions and explanations."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from workbench.suggestions.french_verbs import Act

Range = tuple[int, int]


class QuoteType(StrEnum):
    """How much of the content stands between marks: all, nothing, a part."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


@dataclass(frozen=True)
class Rule:
    """A rule's name, its version (raised with each change of what it finds), what it looks for."""

    name: str
    version: int
    explanation: dict[str, str]


class Words(NamedTuple):
    """A half-open code-point range of the text, and the characters that stand there."""

    start: int
    end: int
    text: str


class Stance(NamedTuple):
    """A target of the register that the content names, and the value if a word says it."""

    target: str
    span: Words
    value: str | None


class Suggestion(NamedTuple):
    """A claim that a rule proposes.

    ``parts`` are the pieces of the content, cut at incises and between sentences: accepting makes
    one claim per sentence. ``speaker`` is the fullest form of the name the text gives, None for
    the author of the text or where nobody is named. ``via`` is who relays the words.
    """

    rule: str
    rule_version: int
    parts: tuple[Range, ...]
    quote_type: QuoteType | None
    act: Act
    speaker: str | None
    mention: Words | None
    cue: Words | None
    check_worthy: bool
    hearsay: bool
    reason: str
    sentences: tuple[int, ...]
    certain: bool = True
    via: str | None = None
    claim_type: str | None = None
    stances: tuple[Stance, ...] = ()

    def with_more(self, parts: Sequence[Range], sentences: Sequence[int]) -> "Suggestion":
        """Return the suggestion with more content behind its own."""
        return self._replace(parts=(*self.parts, *parts), sentences=(*self.sentences, *sentences))

    @property
    def chain(self) -> tuple[str, ...]:
        """Return who says it from the author inward, over who relays it."""
        return tuple(filter(None, ("author", self.via, self.speaker)))

    @property
    def start(self) -> int:
        """Return where the content begins."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """Return where the content ends."""
        return self.parts[-1][1]


def _rule(name: str, version: int, *, fr: str, en: str) -> Rule:
    return Rule(name, version, {"fr": fr, "en": en})


RULES = {
    rule.name: rule
    for rule in (
        _rule(
            "incise",
            4,
            fr="Une citation entre guillemets, et une incise qui l'attribue (« … », a dit X).",
            en="Words between marks, and a reporting clause beside them (“…”, said X).",
        ),
        _rule(
            "incise-inside",
            5,
            fr="Une incise à l'intérieur des guillemets ou d'une phrase sans guillemets.",
            en="A reporting clause inside the marks, or in a sentence without marks.",
        ),
        _rule(
            "colon",
            3,
            fr="Deux-points près d'une citation, ou devant ce qu'un verbe de parole annonce.",
            en="A colon beside words between marks, or before what a verb of speech announces.",
        ),
        _rule(
            "verb-quotation",
            3,
            fr="Un verbe de parole dont le complément est entre guillemets, en tout ou en partie.",
            en="A verb of speech whose object stands between marks, all of it or a part.",
        ),
        _rule(
            "that-clause",
            4,
            fr="Un verbe de parole suivi de « que ».",
            en="A verb of speech with “that”.",
        ),
        _rule(
            "infinitive",
            3,
            fr="Un verbe de parole suivi d'un infinitif (assure avoir, promet de, accuse de).",
            en="A verb of speech with an infinitive (claims to have, accuses of).",
        ),
        _rule(
            "speech-act",
            3,
            fr="Un verbe qui nomme un acte de parole, avec ce dont il s'agit (dénonce, réclame).",
            en="A verb that names an act of speech, with what it is about (denounces, demands).",
        ),
        _rule(
            "according-to",
            3,
            fr="« Selon », « d'après », « pour », « aux yeux de » et celui qui le dit.",
            en="“According to”, “in the eyes of”, and who says so.",
        ),
        _rule(
            "denial",
            4,
            fr="Un verbe qui nie ou conteste ce qui suit.",
            en="A verb that denies or disputes what follows.",
        ),
        _rule(
            "carried-on",
            3,
            fr="Une citation sans mot repère, qui garde la source de la précédente.",
            en="A quotation without a cue, which keeps the speaker of the one before.",
        ),
        _rule(
            "free-indirect",
            3,
            fr="Un conditionnel qui continue des propos rapportés, sans mot repère.",
            en="A conditional that carries on reported words without a cue.",
        ),
        _rule(
            "dialogue",
            2,
            fr="Une réplique après un tiret.",
            en="A line of dialogue after a dash.",
        ),
        _rule(
            "interview",
            3,
            fr="Une réponse d'entretien après le nom de la personne.",
            en="An answer of an interview after the person's name.",
        ),
        _rule(
            "press-conditional",
            2,
            fr="Un conditionnel de presse : le texte rapporte sans garantir.",
            en="A press conditional: the text reports without vouching.",
        ),
        _rule(
            "check-worthy",
            3,
            fr="Un chiffre, un fait daté, une comparaison ou une cause que l'on peut vérifier.",
            en="A figure, a dated fact, a comparison or a cause that can be checked.",
        ),
    )
}
