"""Which checks may be published: the rules of fact-checking codes as one table.

Merged from Google's list of 2020 for ClaimReview and its change of 2021, the code of principles of
the International Fact-Checking Network, and the practice of AVeriTeC. What the gates of a verdict
look at already is asked of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workbench.errors import InvalidInputError
from workbench.factcheck.claimreview import count_reviews, review_of
from workbench.factcheck.gates import Case, GateName, Place, check_gates
from workbench.factcheck.gates import Source as Proof
from workbench.factcheck.published import Organisation, PublishedCheck, Words
from workbench.factcheck.rules import CLAIM_REVIEWED, Rating
from workbench.links import is_link

LANGUAGES = ("en", "fr")
Found = Iterator[InvalidInputError]


@dataclass(frozen=True)
class Rule:
    """One rule: its name, where it comes from, what it says, and how to find what breaks it.

    One that is advice is told to the desk and stops nothing.
    """

    id: str
    source: str
    words: Words
    look: Callable[[PublishedCheck], Found]
    is_advice: bool = False


@dataclass(frozen=True)
class Breach:
    """A rule that a check does not keep, and how, in one sentence."""

    rule: Rule
    problem: InvalidInputError


class UnpublishableError(InvalidInputError):
    """A check may not be published; ``breaches`` name the rules."""

    code = "unpublishable"

    def __init__(self, breaches: Sequence[Breach]) -> None:
        first = breaches[0]
        super().__init__(
            "Rule %(rule)s: %(problem)s", rule=first.rule.id, problem=str(first.problem)
        )
        self.breaches = breaches
        self.extra = {
            "rules": [{"rule": one.rule.id, "problem": str(one.problem)} for one in breaches]
        }


def list_breaches(check: PublishedCheck) -> list[Breach]:
    """List the rules that a check does not keep, in their order, advice left out."""
    return [
        Breach(rule, problem)
        for rule in RULES
        if not rule.is_advice
        for problem in rule.look(check)
    ]


def list_advice(check: PublishedCheck) -> list[Breach]:
    """List what would make a check better, and stops nothing."""
    return [
        Breach(rule, problem) for rule in RULES if rule.is_advice for problem in rule.look(check)
    ]


def refuse_breaches(check: PublishedCheck) -> None:
    """Raise ``UnpublishableError`` unless a check keeps all rules."""
    if breaches := list_breaches(check):
        raise UnpublishableError(breaches)


def list_missing_disclosures(organisation: Organisation) -> list[InvalidInputError]:
    """List what a desk has not yet said of itself, without which it publishes nothing."""
    return [
        *_undisclosed(organisation),
        *_without_policy(organisation),
        *_without_method(organisation),
    ]


def case_of(check: PublishedCheck) -> Case:
    """Return a check as the gates of a verdict look at it."""
    claimant = check.claimant
    return Case(
        wording=check.wording,
        claim_type=check.claim_type,
        places=[one.place or Place(one.url, one.outlet, one.says_it) for one in check.appearances],
        rating=check.rating,
        justification=check.justification,
        context=check.context,
        sources=[
            Proof(
                id=one.id,
                title=one.title,
                bearing=one.bearing,
                kind=one.kind,
                is_independent=one.is_independent,
                publisher=one.publisher,
                origin=one.origin,
                url=one.url,
                archived_url=one.archived_url,
                passage=one.passage,
            )
            for one in check.sources
        ],
        searches=len(check.searches),
        author=check.author_id,
        approver=check.approver_id,
        is_rated=check.is_rated,
        is_outside=check.approver_id is None,
        organisation=check.organisation.name,
        claimant=claimant.name if claimant else "",
        claimant_page=claimant.same_as if claimant else None,
    )


def _by_gates(*names: GateName) -> Callable[[PublishedCheck], Found]:
    def look(check: PublishedCheck) -> Found:
        for gate in check_gates(case_of(check)):
            if gate.name in names and gate.missing:
                yield gate.missing

    return look


def _conclusion_shown(check: PublishedCheck) -> Found:
    if not check.wording.strip():
        yield InvalidInputError("The claim has no wording, so readers cannot see what was checked.")
    yield from _by_gates(GateName.VERDICT, GateName.JUSTIFICATION)(check)


def _markup_equals_page(check: PublishedCheck) -> Found:
    for language in LANGUAGES:
        words = check.verdict.alternate_name.get(language, "").strip()
        if not words:
            yield InvalidInputError(
                "The scale has no words for the verdict %(name)s in the language %(language)s.",
                name=check.verdict.id,
                language=language,
            )


def _sources_traceable(check: PublishedCheck) -> Found:
    yield from _by_gates(GateName.PROOF, GateName.BOTH_SIDES, GateName.SEARCHED)(check)
    for one in check.sources:
        name = one.title or one.url
        if not is_link(one.url):
            yield InvalidInputError("The source “%(title)s” has no address.", title=name[:80])
        elif not one.publisher.strip():
            yield InvalidInputError("The source “%(title)s” names no publisher.", title=name[:80])


def _corrections_explained(check: PublishedCheck) -> Found:
    yield from _without_policy(check.organisation)
    before = check.versions[0]
    for one in check.versions[1:]:
        if one.verdict.id != before.verdict.id and not one.correction:
            yield InvalidInputError(
                "Revision %(number)s changes the published verdict and does not say why.",
                number=one.number,
            )
        before = one


def _one_review(check: PublishedCheck) -> Found:
    if any(count_reviews(review_of(check, language=one)) != 1 for one in LANGUAGES):
        yield InvalidInputError("A page holds one review of one claim.")


def _rating_on_scale(check: PublishedCheck) -> Found:
    value = check.verdict.rating_value
    if (value is None) is not (check.rating is Rating.NOT_ENOUGH_EVIDENCE):
        yield InvalidInputError(
            "A verdict has a number unless there is not enough evidence, and then it has none."
        )
    elif value is not None and not check.worst_rating <= value <= check.best_rating:
        yield InvalidInputError(
            "The verdict’s number %(value)s lies outside the scale of %(worst)s to %(best)s.",
            value=value,
            worst=check.worst_rating,
            best=check.best_rating,
        )


def _desk_disclosed(check: PublishedCheck) -> Found:
    yield from _undisclosed(check.organisation)


def _undisclosed(desk: Organisation) -> Found:
    if not desk.name.strip():
        yield InvalidInputError("The desk does not say which organisation publishes its checks.")
    if not is_link(desk.url):
        yield InvalidInputError("The desk does not give the address of its organisation’s site.")
    if not desk.contact.strip():
        yield InvalidInputError("The desk does not say how to reach it.")
    if not _is_filled(desk.funding):
        yield InvalidInputError("The desk does not say who pays for its work.")
    if not desk.is_nonpartisan:
        yield InvalidInputError("The desk does not declare that it belongs to no political party.")


def _without_policy(desk: Organisation) -> Found:
    if not _is_filled(desk.corrections):
        yield InvalidInputError(
            "The desk does not say how it corrects itself, and how readers report an error."
        )


def _method_published(check: PublishedCheck) -> Found:
    yield from _without_method(check.organisation)


def _without_method(desk: Organisation) -> Found:
    if not _is_filled(desk.method):
        yield InvalidInputError(
            "The desk does not say how it chooses claims, and how it checks and edits."
        )


def _same_standard(_check: PublishedCheck) -> Found:
    """Find nothing: no check shows it alone; ``balance`` counts it over all claims."""
    yield from ()


def _short_enough(check: PublishedCheck) -> Found:
    if len(check.wording) > CLAIM_REVIEWED:
        yield InvalidInputError(
            "The wording has %(length)s characters; search engines and feeds may cut it after"
            " %(most)s.",
            length=len(check.wording),
            most=CLAIM_REVIEWED,
        )


def _is_filled(texts: Words) -> bool:
    """Tell whether a text is there in at least one language."""
    return any(text.strip() for text in texts.values())


RULES = (
    Rule(
        "R1",
        "Google",
        {
            "en": "The claim comes from outside: somebody else made it.",
            "fr": "L’affirmation vient d’ailleurs : quelqu’un d’autre l’a faite.",
        },
        _by_gates(GateName.APPEARANCE),
    ),
    Rule(
        "R2",
        "Google",
        {
            "en": "Readers see what was checked, the conclusion, and why.",
            "fr": "On voit ce qui a été vérifié, la conclusion, et pourquoi.",
        },
        _conclusion_shown,
    ),
    Rule(
        "R3",
        "Google",
        {
            "en": "What machines read is what the page shows.",
            "fr": "Ce que lisent les machines est ce que montre la page.",
        },
        _markup_equals_page,
    ),
    Rule(
        "R4",
        "Google, IFCN 2",
        {
            "en": "Sources can be traced, and there are as many as the verdict needs.",
            "fr": "Les sources sont identifiables, et aussi nombreuses que le verdict l’exige.",
        },
        _sources_traceable,
    ),
    Rule(
        "R5",
        "Google, IFCN 5",
        {
            "en": "Errors can be reported; what was corrected says when and why.",
            "fr": "Une erreur peut être signalée ; tout rectificatif dit quand et pourquoi.",
        },
        _corrections_explained,
    ),
    Rule(
        "R6",
        "Google 2021",
        {
            "en": "A page holds one review of one claim.",
            "fr": "Une page porte une seule vérification d’une seule affirmation.",
        },
        _one_review,
    ),
    Rule(
        "R7",
        "Google",
        {
            "en": "The scale is published, and its numbers follow its words.",
            "fr": "L’échelle est publiée, et ses nombres suivent ses mots.",
        },
        _rating_on_scale,
    ),
    Rule(
        "R8",
        "Google, IFCN 1 and 3",
        {
            "en": "Who publishes, who pays, and that no party is behind it, is said.",
            "fr": "On dit qui publie, qui finance, et qu’aucun parti n’est derrière.",
        },
        _desk_disclosed,
    ),
    Rule(
        "R9",
        "IFCN 1",
        {
            "en": "Every side is checked by the same standard.",
            "fr": "Chaque camp est vérifié selon la même règle.",
        },
        _same_standard,
        is_advice=True,
    ),
    Rule(
        "R10",
        "IFCN 4",
        {
            "en": "How claims are chosen, checked and edited is published.",
            "fr": "La façon de choisir, de vérifier et de rédiger est publiée.",
        },
        _method_published,
    ),
    Rule(
        "R11",
        "AVeriTeC",
        {
            "en": "The claim can be understood alone, in at most 500 characters.",
            "fr": "L’énoncé se comprend seul, en 500 caractères au plus.",
        },
        _by_gates(GateName.WORDING),
    ),
    Rule(
        "R11",
        "Google",
        {
            "en": "The claim is short enough for search engines and feeds.",
            "fr": "L’énoncé est assez court pour les moteurs et les flux.",
        },
        _short_enough,
        is_advice=True,
    ),
    Rule(
        "R12",
        "AVeriTeC",
        {
            "en": "No evidence is the article itself; other fact-checks alone do not do.",
            "fr": "L’article même n’est pas une preuve, ni d’autres vérifications seules.",
        },
        _by_gates(GateName.OWN_PAGE, GateName.OTHER_FACT_CHECKS),
    ),
    Rule(
        "R13",
        "AVeriTeC, Cofacts",
        {
            "en": "Every source is archived, or its passage kept.",
            "fr": "Chaque source est archivée, ou son passage conservé.",
        },
        _by_gates(GateName.STORED),
    ),
    Rule(
        "R14",
        "AVeriTeC, IFCN",
        {
            "en": "Opinions and predictions are not rated.",
            "fr": "Les opinions et les prédictions ne reçoivent pas de verdict.",
        },
        _by_gates(GateName.CHECKABLE),
    ),
    Rule(
        "R15",
        "schema.org issue 2056",
        {
            "en": "What is true and misleads, or is disputed, comes with its context.",
            "fr": "Ce qui est vrai mais trompeur, ou disputé, est donné avec son contexte.",
        },
        _by_gates(GateName.CONTEXT),
    ),
    Rule(
        "R16",
        "AVeriTeC",
        {
            "en": "Two people: whoever approves is not the author.",
            "fr": "Deux personnes : qui approuve n’est pas l’auteur.",
        },
        _by_gates(GateName.SECOND_PERSON),
    ),
    Rule(
        "R17",
        "schema.org issue 1828",
        {
            "en": "The page about the claimant is not the article itself.",
            "fr": "La page sur l’auteur de l’affirmation n’est pas l’article lui-même.",
        },
        _by_gates(GateName.CLAIMANT_PAGE),
    ),
)
