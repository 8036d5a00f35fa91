"""How sentences are settled, from the readings of several people."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from workbench.adjudication.rules import (
    Policy,
    SentenceReading,
    Settlement,
    read_sentences,
    settle,
)
from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
)
from workbench.projects.operations import default_scheme
from workbench.projects.scheme import parse_scheme

SCHEME = parse_scheme(default_scheme())
TEXT = "Un deux. Trois six. Neuf dix."
SENTENCES = [(0, 8), (9, 19), (20, 29)]
IDS = count(1)


def answer(position: int, *claims: Sequence[tuple[int, int]], decision: str = "no_claim") -> Answer:
    """Make an answer with new ids; each claim is given by its parts."""
    return Answer(
        id=f"revision{next(IDS)}",
        base=None,
        sentence=SentenceId("article", 1, position),
        decision=Decision.CLAIMS if claims else Decision(decision),
        attributes={"confidence": "sure"},
        claims=tuple(
            ClaimFrame(
                id=f"claim{next(IDS)}",
                parts=tuple(Span(start, end, TEXT[start:end]) for start, end in parts),
                attributes={"claim_type": "fact"},
                chain=(Link(AUTHOR),),
            )
            for parts in claims
        ),
    )


def person(*answers: Answer) -> dict[int, Answer]:
    return {one.sentence.position: one for one in answers}


def read(people: Sequence[dict[int, Answer]]) -> list[list[SentenceReading]]:
    return [read_sentences(SENTENCES, theirs) for theirs in people]


def results(*people: dict[int, Answer], gold: Sequence[Answer] = (), **options: bool) -> list[str]:
    policy = Policy(**{"majority": True, **options})
    found = settle(SENTENCES, read(people), person(*gold), policy=policy, scheme=SCHEME)
    return [f"{one.settled.value} {one.decision}" for one in found]


SHORT = [(0, 8)]
ACROSS = [(0, 8), (9, 14)]
INSIDE_SECOND = [(15, 18)]


def test_the_order_of_claims_and_their_ids_do_not_count() -> None:
    one = person(answer(1, [(0, 2)], [(3, 7)]))
    other = person(answer(1, [(3, 7)], [(0, 2)]))

    assert results(one, other)[0] == "unanimous claims"


def test_of_equal_answers_the_first_person_gives_the_wording() -> None:
    people = [person(answer(1, SHORT)) for _ in range(3)]

    settlements = settle(SENTENCES, read(people), {}, policy=Policy(), scheme=SCHEME)

    assert settlements[0].answer == people[0][1]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        # Everybody's claim runs into the second sentence.
        ([person(answer(1, ACROSS))], "continues continues"),
        ([person(answer(1, ACROSS)), person(answer(1, ACROSS))], "continues continues"),
        # A decision that is no claim of its own gives way to the claim that runs into it.
        ([person(answer(1, ACROSS), answer(2, decision="undecided"))], "continues continues"),
        # Claims of its own do not.
        ([person(answer(1, ACROSS), answer(2, INSIDE_SECOND))], "single claims"),
        # One says it continues, the other that there is no claim, and the claim is disputed.
        ([person(answer(1, ACROSS)), person(answer(1, SHORT), answer(2))], "unsettled None"),
        # Both agree that it continues, but not what: there is nothing settled to be continued.
        (
            [person(answer(1, ACROSS)), person(answer(1, [(0, 2), (9, 14)]))],
            "unsettled None",
        ),
        # Two of three settle the claim, and with it what it runs into.
        (
            [person(answer(1, ACROSS)), person(answer(1, ACROSS)), person(answer(1, SHORT))],
            "continues continues",
        ),
        # Somebody's own claim there stays in dispute, whatever runs into the sentence.
        (
            [
                person(answer(1, ACROSS)),
                person(answer(1, ACROSS), answer(2, INSIDE_SECOND)),
            ],
            "unsettled None",
        ),
    ],
)
def test_a_sentence_reads_by_what_runs_into_it(
    people: list[dict[int, Answer]], expected: str
) -> None:
    assert results(*people)[1] == expected


def test_an_adjudicated_answer_outweighs_all_others() -> None:
    people = [person(answer(1, SHORT)), person(answer(1)), person(answer(1))]

    assert results(*people, gold=[answer(1, ACROSS)]) == [
        "adjudicated claims",
        "continues continues",
        "unread unread",
    ]


def test_a_refused_single_answer_settles_neither_its_sentence_nor_the_next() -> None:
    people = [person(answer(1, ACROSS))]

    assert results(*people, single=False)[:2] == ["unsettled None"] * 2


def test_a_project_may_refuse_to_count_what_all_or_most_say() -> None:
    alike = [person(answer(1)), person(answer(1)), person(answer(1))]
    most = [*alike[:2], person(answer(1, SHORT))]

    assert results(*alike, unanimous=False)[0] == "unsettled None"
    assert results(*most)[0] == "majority no_claim"
    assert results(*most, majority=False)[0] == "unsettled None"


def test_an_agreed_answer_that_was_taken_back_settles_nothing() -> None:
    people = [person(answer(1)), person(answer(1))]

    assert results(*people, gold=[answer(1, decision="claims")])[0] == "unanimous no_claim"


def test_a_stance_makes_a_difference() -> None:
    stance = StanceFrame(None, AUTHOR, "openai", None, "favor", {})
    with_stance = Answer(
        "revision", None, SentenceId("article", 1, 1), Decision.NO_CLAIM, {}, (), (stance,)
    )
    without = Answer("other", None, with_stance.sentence, Decision.NO_CLAIM, {})

    assert results({1: with_stance}, {1: without})[0] == "unsettled None"


def test_what_is_unsettled_shows_nobodys_wording() -> None:
    people = [person(answer(1)), person(answer(1, SHORT))]

    found = settle(SENTENCES, read(people), {}, policy=Policy(), scheme=SCHEME)

    assert found[0] == Settlement(found[0].settled, None, None)


@pytest.mark.parametrize(
    "gap", [{"chain": ()}, {"attributes": {"claim_type": None}}], ids=["speaker", "type"]
)
@pytest.mark.parametrize("people", [1, 2, 3])
def test_what_is_not_answered_to_the_end_settles_nothing(
    people: int, gap: dict[str, object]
) -> None:
    whole = answer(1, SHORT)
    part = replace(whole, claims=(replace(whole.claims[0], **gap),))  # type: ignore[arg-type]

    assert results(*[person(whole)] * people)[0].endswith("claims")
    assert results(*[person(part)] * people)[0] == "unsettled None"
    assert results(person(part), person(part), person(whole))[0] == "unsettled None"
    assert results(person(whole), person(part), person(whole))[0] == "majority claims"
