"""Invented readings of invented articles: what everybody agrees on, and errors to plant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workbench.agreement.comparing import ReadClaim, Reading, ReadStance
from workbench.agreement.figures import Arm
from workbench.agreement.reporting import ReadArticle, SettledArticle, Tally

FIELDS = ("claim_type", "check_worthiness", "quote_type")
ORDERS = {"check_worthiness": ("no", "maybe", "yes")}
SENTENCES, LENGTH = 8, 100
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEXT = {
    "fact": "number",
    "number": "fact",
    "no": "yes",
    "maybe": "no",
    "yes": "maybe",
    "direct": "indirect",
    "indirect": "direct",
    "anna": "meta",
    "meta": "anna",
    "favor": "against",
    "against": "favor",
    "open": "law",
    "law": "open",
}

Claims = list[ReadClaim]


def read_article(number: int) -> Reading:
    """Return what is right of an article: two claims in each sentence but the last two."""
    claims = [
        read_claim(sentence, half, number + sentence + half)
        for sentence in range(1, SENTENCES - 1)
        for half in (0, 1)
    ]
    words = dict.fromkeys(range(1, SENTENCES + 1), "no_claim")
    return Reading({**words, **{claim.sentence: "claims" for claim in claims}}, claims)


def read_claim(sentence: int, half: int, turn: int) -> ReadClaim:
    """Return a claim of 40 characters; its values change from turn to turn."""
    start = LENGTH * sentence + 50 * half
    target, holder = ("open", "law")[turn // 2 % 2], ("anna", "meta")[turn % 2]
    return ReadClaim(
        sentence,
        ((start, start + 40),),
        {
            "claim_type": ("fact", "number")[turn % 2],
            "check_worthiness": ("no", "maybe", "yes")[turn % 3],
            "quote_type": ("direct", "indirect")[turn // 3 % 2],
            "speaker": ("anna", "meta")[turn // 2 % 2],
            "cue": (start + 41, start + 47),
        },
        frozenset({ReadStance(target, ("favor", "against")[turn // 4 % 2], holder)}),
    )


def change_value(name: str) -> Callable[[ReadClaim], Claims]:
    """Plant another value of one field."""
    return lambda claim: [
        replace(claim, values={**claim.values, name: NEXT[str(claim.values[name])]})
    ]


def move_cue(claim: ReadClaim) -> Claims:
    """Plant a cue that begins later."""
    start = claim.ranges[0][0]
    return [replace(claim, values={**claim.values, "cue": (start + 43, start + 47)})]


def move_border(claim: ReadClaim) -> Claims:
    """Plant a claim that begins later."""
    ((start, end),) = claim.ranges
    return [replace(claim, ranges=((start + 3, end),))]


def cut(claim: ReadClaim) -> Claims:
    """Plant two claims in the place of one."""
    ((start, end),) = claim.ranges
    return [
        replace(claim, ranges=((start, start + 15),)),
        replace(claim, ranges=((start + 15, end),)),
    ]


def change_stance(claim: ReadClaim, name: str) -> Claims:
    """Plant another target or another value of the stance."""
    return [
        replace(
            claim,
            stances=frozenset(
                ReadStance(
                    NEXT[one.target] if name == "target" else one.target,
                    NEXT[str(one.value)] if name == "value" else one.value,
                    one.holder,
                )
                for one in claim.stances
            ),
        )
    ]


ERRORS: Mapping[str, Callable[[ReadClaim], Claims]] = {
    "claim_found": lambda claim: [],
    "split": cut,
    "boundary": move_border,
    "claim_type": change_value("claim_type"),
    "check_worthiness": change_value("check_worthiness"),
    "quote_type": change_value("quote_type"),
    "speaker": change_value("speaker"),
    "cue": move_cue,
    "stance_value": lambda claim: change_stance(claim, "value"),
    "stance_target": lambda claim: change_stance(claim, "target"),
}


def plant(reading: Reading, error: str, places: set[int]) -> Reading:
    """Return the reading with an error of one kind in some of its claims.

    Only the first claim of a sentence is missed, so that the sentence keeps its decision.
    """
    if error == "has_claim":
        words = {
            position: "not_annotatable" if word == "no_claim" and position in places else word
            for position, word in reading.decisions.items()
        }
        return replace(reading, decisions=words)
    claims = [
        one
        for place, claim in enumerate(reading.claims)
        for one in (
            ERRORS[error](claim)
            if place in places and (error != "claim_found" or place % 2 == 0)
            else [claim]
        )
    ]
    return replace(reading, claims=claims)


def tally_of(*articles: Mapping[str, Reading], gold: Reading | None = None) -> Tally:
    """Count articles, a day between one and the next."""
    people = sorted({person for readings in articles for person in readings})
    tally = Tally(FIELDS, ORDERS, people)
    for number, readings in enumerate(articles):
        settled = SettledArticle(gold, disputed=frozenset(gold.decisions)) if gold else None
        tally.add(ReadArticle(readings, NOON + timedelta(days=number), settled))
    return tally


def tally_arms(
    articles: Sequence[Mapping[str, Reading]], arms: Sequence[Mapping[int, Arm]]
) -> Tally:
    """Count articles whose sentences are in these arms."""
    tally = Tally(FIELDS, ORDERS, sorted(articles[0]), has_arms=True)
    for readings, of_article in zip(articles, arms, strict=True):
        tally.add(ReadArticle(readings, NOON, arms=of_article))
    return tally


def right_articles(count: int, *people: str) -> Iterator[dict[str, Reading]]:
    """Yield articles that everybody reads rightly."""
    for number in range(count):
        yield dict.fromkeys(people, read_article(number))
