"""What a report of agreement says: figures with their names, and why one has no value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

LOWER_BAND, UPPER_BAND = 0.667, 0.8
BANDS_SOURCE = (
    "Krippendorff (2004, p. 241): rely only on variables with alpha ≥ 0.800; draw tentative"
    " conclusions from 0.667 to 0.800; discard data below."
)


class Measure(StrEnum):
    """How a figure is computed; alphas are 1 for perfect agreement and 0 for chance."""

    NOMINAL = "alpha_nominal"
    ORDINAL = "alpha_ordinal"
    MASI = "alpha_masi"
    F1 = "f1"
    OVERLAP = "mean_overlap"
    SHARE = "share"
    OUTCOME = "share_of_suggestions"

    @property
    def is_alpha(self) -> bool:
        """Whether it is Krippendorff's alpha, which is corrected for chance."""
        return self in {Measure.NOMINAL, Measure.ORDINAL, Measure.MASI}


class Undefined(StrEnum):
    """Why there is no value, or no interval."""

    ONE_ANNOTATOR = "one_annotator"
    NOTHING_COMPARED = "nothing_compared"
    NO_VARIATION = "no_variation"
    ONE_ARTICLE = "one_article"
    FEW_DRAWS = "few_draws"
    NO_SPREAD = "no_spread"
    NO_SUGGESTIONS = "no_suggestions"

    @property
    def words(self) -> str:
        """The reason as a phrase."""
        return _WORDS[self]


_WORDS = {
    Undefined.ONE_ANNOTATOR: "no article was finished by two annotators",
    Undefined.NOTHING_COMPARED: "no two have anything to compare",
    Undefined.NO_VARIATION: "everybody gave the same value everywhere",
    Undefined.ONE_ARTICLE: "none of one article",
    Undefined.FEW_DRAWS: "none: most articles lack it or never vary",
    Undefined.NO_SPREAD: "none: alike everywhere",
    Undefined.NO_SUGGESTIONS: "no suggestion was there",
}


@dataclass(frozen=True)
class Figure:
    """One figure: a value with its interval, or why there is none; never NaN.

    ``n`` counts what was compared: sentences, claims, or pairs of them; ``prevalence`` has each
    value's share of all that were compared, the most frequent first; ``observed`` is how many
    pairs of values are the same, before chance is taken out.
    """

    name: str
    measure: Measure
    value: float | None
    undefined: Undefined | None
    low: float | None = None
    high: float | None = None
    no_interval: Undefined | None = None
    n: int = 0
    articles: int = 0
    observed: float | None = None
    prevalence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Between:
    """The figures between two: annotators, or one and all others, or one and the gold."""

    one: str
    other: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Period:
    """The figures of some articles, by when the last of those compared finished them."""

    begins: datetime
    ends: datetime
    figures: Sequence[Figure]


class Arm(StrEnum):
    """Whether a sentence's suggestions were to be seen before its first answer."""

    SHOWN = "shown"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Outcomes:
    """What became of so many suggestions, each once for everybody who read its sentence.

    ``first_words`` and ``first_all`` count those whose words, or all that they say, the first
    answer has; the rest are by the answer as it stands.
    """

    of: int = 0
    first_words: int = 0
    first_all: int = 0
    as_proposed: int = 0
    changed: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Difference:
    """By how much a figure is higher where suggestions are shown, with its interval."""

    value: float | None
    undefined: Undefined | None
    low: float | None = None
    high: float | None = None
    no_interval: Undefined | None = None


@dataclass(frozen=True)
class Contrast:
    """One figure in both arms."""

    shown: Figure
    withheld: Figure
    difference: Difference


@dataclass(frozen=True)
class Arms:
    """Figures of the sentences with suggestions and of those without them at first, side by side.

    ``shown``, ``withheld`` and ``left_out`` count sentences: the last belong to neither arm, since
    the share was changed meanwhile or an answer came from elsewhere. ``suggestions`` has what
    became of suggestions, ``figures`` where annotators agree.
    """

    shown: int
    withheld: int
    left_out: int
    figures: Sequence[Contrast]
    suggestions: Sequence[Contrast]


@dataclass(frozen=True)
class Report:
    """Where annotators agree and where not, over articles that at least two have finished.

    ``left_out`` counts sentences that somebody left undecided: these are no values. ``arms`` are
    none where no sentence was ever to be read without its suggestions. ``settled``
    has each beside the agreed answers, ``disputed`` on those sentences alone where readers differ.
    """

    annotators: Sequence[str]
    articles: int
    sentences: int
    left_out: int
    figures: Sequence[Figure]
    pairs: Sequence[Between] = ()
    rest: Sequence[Between] = ()
    settled: Sequence[Between] = ()
    disputed: Sequence[Between] = ()
    periods: Sequence[Period] = ()
    arms: Arms | None = None
