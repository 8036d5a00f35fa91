"""Gates: what a verdict must have before it may be published, and what is missing of it.

The proof that each class of verdict needs follows the IFCN code of principles and the guidelines
of AVeriTeC (Schlichtkrull, Guo and Vlachos, 2023): a primary source or two publishers who have it
from different origins; both sides where evidence conflicts; a search log where there is not enough.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from workbench.errors import InvalidInputError
from workbench.factcheck.prose import has_words, plain_prose
from workbench.factcheck.rules import MAX_WORDING, Bearing, Rating, SourceKind
from workbench.links import same_page, share_page

NEVER_RATED = frozenset({"opinion", "prediction"})


class GateName(StrEnum):
    """What is looked at, in the order of the checklist."""

    APPEARANCE = "appearance"
    WORDING = "wording"
    CHECKABLE = "checkable"
    VERDICT = "verdict"
    PROOF = "proof"
    BOTH_SIDES = "both_sides"
    SEARCHED = "searched"
    OTHER_FACT_CHECKS = "other_fact_checks"
    CONTEXT = "context"
    JUSTIFICATION = "justification"
    STORED = "stored"
    OWN_PAGE = "own_page"
    CLAIMANT_PAGE = "claimant_page"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True)
class Gate:
    """A gate, and what is missing, as one sentence, where it is not met."""

    name: GateName
    missing: InvalidInputError | None

    @property
    def is_met(self) -> bool:
        """Whether nothing is missing."""
        return self.missing is None


@dataclass(frozen=True)
class Source:
    """A piece of evidence as the gates see it; ``origin`` is where the publisher has it from."""

    id: str
    title: str
    bearing: Bearing
    kind: SourceKind
    is_independent: bool
    publisher: str
    origin: str
    url: str
    archived_url: str | None
    passage: str

    @property
    def addresses(self) -> tuple[str, str | None]:
        """The address of the page, and of its copy in an archive."""
        return self.url, self.archived_url


@dataclass(frozen=True)
class Place:
    """Where the statement appears: the address and the outlet of an article, if they are known.

    Without ``says_it`` the article denies or limits the claim, and is no origin of it.
    """

    url: str | None
    outlet: str | None
    says_it: bool = True


@dataclass(frozen=True)
class Case:
    """All that decides whether a verdict may be published.

    ``rating`` is none while no verdict is chosen; ``searches`` counts the search log;
    ``organisation`` is the desk's own name, ``claimant`` who made the claim, where that is known,
    and ``claimant_page`` a page about them; ``is_rated`` is what the label scheme says of the type.
    Somebody outside the project approves as ``is_outside``, without a row of their own.
    """

    wording: str
    claim_type: str
    places: Sequence[Place]
    rating: Rating | None
    justification: str
    context: str
    sources: Sequence[Source]
    searches: int
    author: int | None
    approver: int | None = None
    is_rated: bool = True
    is_outside: bool = False
    organisation: str = ""
    claimant: str = ""
    claimant_page: str | None = None


class UnmetGatesError(InvalidInputError):
    """A verdict lacks what it needs; ``gates`` are those not met."""

    code = "gates_not_met"

    def __init__(self, gates: Sequence[Gate]) -> None:
        missing = [gate.missing for gate in gates if gate.missing]
        first = missing[0]
        if len(missing) == 1:
            super().__init__(first.message, **first.values)
        else:
            super().__init__(
                "%(number)s things are missing, the first: %(first)s",
                number=len(missing),
                first=str(first),
            )
        self.gates = gates
        self.extra = {
            "gates": [{"name": gate.name, "missing": str(gate.missing)} for gate in gates]
        }


def check_gates(case: Case) -> list[Gate]:
    """Return the gates that this verdict must pass, in the order of the checklist."""
    return [Gate(name, missing) for name, missing in _look(case)]


def demand(gates: Sequence[Gate], *, but: frozenset[GateName] = frozenset()) -> None:
    """Raise ``UnmetGatesError`` unless all of these are met, leaving some out."""
    unmet = [gate for gate in gates if not gate.is_met and gate.name not in but]
    if unmet:
        raise UnmetGatesError(unmet)


def never_rated() -> InvalidInputError:
    """Say that what a statement says cannot be rated."""
    return InvalidInputError(
        "Opinions and predictions are never rated; word as a fact what can be checked of it, or"
        " leave it without a verdict."
    )


def _look(case: Case) -> Iterator[tuple[GateName, InvalidInputError | None]]:
    yield GateName.APPEARANCE, _missing_appearance(case)
    yield GateName.WORDING, _missing_wording(case)
    yield GateName.CHECKABLE, _not_checkable(case)
    yield GateName.VERDICT, None if case.rating else InvalidInputError("No verdict is chosen yet.")
    match case.rating:
        case Rating.SUPPORTED:
            yield GateName.PROOF, _missing_proof(case, Bearing.SUPPORTS)
            yield GateName.OTHER_FACT_CHECKS, _only_fact_checks(case, {Bearing.SUPPORTS})
        case Rating.REFUTED:
            yield GateName.PROOF, _missing_proof(case, Bearing.REFUTES)
            yield GateName.OTHER_FACT_CHECKS, _only_fact_checks(case, {Bearing.REFUTES})
        case Rating.CONFLICTING:
            yield GateName.BOTH_SIDES, _missing_side(case)
            sides = {Bearing.SUPPORTS, Bearing.REFUTES}
            yield GateName.OTHER_FACT_CHECKS, _only_fact_checks(case, sides)
            yield GateName.CONTEXT, _missing_context(case)
        case Rating.NOT_ENOUGH_EVIDENCE:
            yield GateName.SEARCHED, _missing_search(case)
    yield GateName.JUSTIFICATION, _missing_justification(case)
    yield GateName.STORED, _missing_copy(case)
    yield GateName.OWN_PAGE, _own_page(case)
    yield GateName.CLAIMANT_PAGE, _claimant_is_article(case)
    yield GateName.SECOND_PERSON, _missing_person(case)


def _missing_appearance(case: Case) -> InvalidInputError | None:
    own = _fold(case.organisation)
    if not case.places:
        return InvalidInputError(
            "The statement appears nowhere yet: add a claim of an article that makes it."
        )
    if own and all(_fold(place.outlet or "") == own for place in case.places):
        return InvalidInputError(
            "The statement appears only in what your own organisation publishes: add a claim from"
            " outside."
        )
    if not any(place.says_it for place in case.places):
        return InvalidInputError(
            "No article makes the claim or passes it on: those that deny or limit it are no origin."
        )
    if own and _fold(case.claimant) == own:
        return InvalidInputError("Your own organisation made the claim: nobody checks themselves.")
    return None


def _missing_wording(case: Case) -> InvalidInputError | None:
    if not case.wording.strip():
        return InvalidInputError("The statement has no wording.")
    if len(case.wording) > MAX_WORDING:
        return InvalidInputError(
            "The wording has %(length)s characters and may have %(most)s.",
            length=len(case.wording),
            most=MAX_WORDING,
        )
    return None


def _not_checkable(case: Case) -> InvalidInputError | None:
    return None if case.is_rated and case.claim_type not in NEVER_RATED else never_rated()


def _missing_proof(case: Case, bearing: Bearing) -> InvalidInputError | None:
    counting = [one for one in _counting(case) if one.bearing is bearing]
    pairs = [pair for pair in combinations(counting, 2) if _differ(*pair)]
    if any(one.kind is SourceKind.PRIMARY for one in counting) or any(
        not share_page(one.addresses, other.addresses) for one, other in pairs
    ):
        return None
    if pairs:
        return InvalidInputError(
            "“%(title)s” and “%(other)s” are one page, and count once: add a primary source, or"
            " another page whose publisher names another origin.",
            title=pairs[0][0].title or pairs[0][0].url,
            other=pairs[0][1].title or pairs[0][1].url,
        )
    if len({_fold(one.publisher) for one in counting}) > 1:
        return InvalidInputError(
            "The publishers who bear this verdict out name no different origins: say for each where"
            " they have it from, or add a primary source."
        )
    if counting:
        return InvalidInputError(
            "Only one publisher bears this verdict out, and with no primary source: add one, or a"
            " second publisher who names another origin."
        )
    if any(one.bearing is bearing for one in case.sources):
        return InvalidInputError(
            "Only the claimant’s own pages bear this verdict out, and they prove nothing alone: add"
            " an independent primary source, or two publishers who name different origins."
        )
    return InvalidInputError(
        "No evidence bears this verdict out: add a primary source, or two publishers who name"
        " different origins."
    )


def _differ(one: Source, other: Source) -> bool:
    """Tell whether two have it from different origins, none of them from the other."""
    origins = {_fold(one.origin), _fold(other.origin)}
    publishers = {_fold(one.publisher), _fold(other.publisher)}
    if len(origins) < 2 or len(publishers) < 2 or "" in origins | publishers:  # noqa: PLR2004  # a pair
        return False
    return _fold(one.origin) != _fold(other.publisher) and _fold(other.origin) != _fold(
        one.publisher
    )


def _missing_side(case: Case) -> InvalidInputError | None:
    found = {one.bearing for one in _counting(case)}
    if Bearing.SUPPORTS not in found and Bearing.REFUTES not in found:
        return InvalidInputError(
            "Conflicting evidence needs a source that supports it and one that refutes it, both"
            " independent of the claimant; there is none."
        )
    if Bearing.SUPPORTS not in found:
        return InvalidInputError(
            "Conflicting evidence needs a source that supports it, independent of the claimant."
        )
    if Bearing.REFUTES not in found:
        return InvalidInputError(
            "Conflicting evidence needs a source that refutes it, independent of the claimant."
        )
    return None


def _only_fact_checks(case: Case, bearings: set[Bearing]) -> InvalidInputError | None:
    counting = [one for one in _counting(case) if one.bearing in bearings]
    if counting and all(one.kind is SourceKind.FACT_CHECK for one in counting):
        return InvalidInputError(
            "All the evidence that counts comes from other fact-checks: add a source of its own."
        )
    return None


def _missing_context(case: Case) -> InvalidInputError | None:
    if has_words(case.context):
        return None
    return InvalidInputError(
        "Say in the context note what readers must know so that they are not misled."
    )


def _missing_search(case: Case) -> InvalidInputError | None:
    if case.searches:
        return None
    return InvalidInputError(
        "Not enough evidence needs a search log: note what was looked for, where, when, and what"
        " came of it."
    )


def _missing_justification(case: Case) -> InvalidInputError | None:
    if not case.justification.strip():
        return InvalidInputError(
            "The justification is empty: say in words why this is the verdict."
        )
    if not has_words(plain_prose(case.justification)):
        return InvalidInputError("The justification has marks only, and no words.")
    return None


def _missing_copy(case: Case) -> InvalidInputError | None:
    for one in case.sources:
        if not one.archived_url and not one.passage.strip():
            return InvalidInputError(
                "The source “%(title)s” is neither archived nor has its passage stored.",
                title=one.title or one.url,
            )
    return None


def _own_page(case: Case) -> InvalidInputError | None:
    own = [place.url for place in case.places]
    for one in case.sources:
        if share_page(one.addresses, own):
            return InvalidInputError(
                "The source “%(title)s” is a page on which the statement itself appears, and no"
                " evidence for it.",
                title=one.title or one.url,
            )
    return None


def _claimant_is_article(case: Case) -> InvalidInputError | None:
    about = case.claimant_page
    if about and any(place.url and same_page(place.url, about) for place in case.places):
        return InvalidInputError(
            "The page about who made the claim is the article itself: %(url)s", url=about
        )
    return None


def _missing_person(case: Case) -> InvalidInputError | None:
    if case.is_outside or (case.approver is not None and case.approver != case.author):
        return None
    return InvalidInputError("Somebody else than the author has to approve it.")


def _counting(case: Case) -> list[Source]:
    """Return the evidence that can satisfy a gate: the claimant's own pages never do."""
    return [one for one in case.sources if one.is_independent]


def _fold(text: str) -> str:
    """Return a name without case, and without what nobody sees: "AFP" is one house."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = (one for one in plain if unicodedata.category(one) not in {"Cf", "Mn", "Me"})
    return " ".join("".join(seen).split())
