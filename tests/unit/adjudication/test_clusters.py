"""Where readings differ: which claims stand for one another, and who has which value."""

from collections.abc import Mapping, Sequence
from itertools import count

import pytest

from workbench.adjudication.clusters import Compared, SlotValues, compare_readings, mean_weight
from workbench.adjudication.rules import read_sentences
from workbench.labelling.frames import (
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
)

TEXT = "Un deux. Trois six. Neuf dix."
SENTENCES = [(0, 8), (9, 19), (20, 29)]
IDS = count(1)
AUTHORS = (Link("author"),)


def span(start: int, end: int) -> Span:
    return Span(start, end, TEXT[start:end])


def claim(
    *parts: tuple[int, int], chain: Sequence[Link] = AUTHORS, **attributes: str
) -> ClaimFrame:
    spans = tuple(span(*part) for part in parts)
    return ClaimFrame(f"claim{next(IDS)}", spans, {"claim_type": "fact", **attributes}, (*chain,))


def said_by(speaker: str, cue: tuple[int, int] | None = None, act: str = "asserts") -> list[Link]:
    return [Link("author"), Link(speaker, None, span(*cue) if cue else None, {"act": act})]


def answer(
    *claims: ClaimFrame,
    position: int = 1,
    decision: str = "no_claim",
    stances: Sequence[StanceFrame] = (),
) -> Answer:
    chosen = Decision.CLAIMS if claims else Decision(decision)
    place = SentenceId("article", 1, position)
    return Answer(f"revision{next(IDS)}", None, place, chosen, {}, claims, (*stances,))


def compare_voices(voices: Mapping[str, Mapping[int, Answer]]) -> dict[int, Compared]:
    return compare_readings({who: read_sentences(SENTENCES, voices[who]) for who in voices})


def compare(**voices: Answer) -> Compared:
    return compare_voices({who: {1: one} for who, one in voices.items()})[1]


def written(slot: SlotValues) -> str:
    name = ".".join(str(part) for part in (slot.name, slot.link, slot.target) if part is not None)
    values = " / ".join(f"{''.join(one.who)} {one.value}" for one in slot.values)
    return f"{name}: {values}"


def differing(compared: Compared) -> list[str]:
    slots = [slot for cluster in compared.clusters for row in cluster.rows for slot in row.slots]
    return [written(slot) for slot in (*compared.slots, *slots) if not slot.agrees]


def test_what_is_the_same_agrees_whatever_its_ids() -> None:
    compared = compare(A=answer(claim((0, 7))), B=answer(claim((0, 7))))

    assert (compared.agrees, compared.clusters[0].agrees, compared.weight) == (True, True, 0)
    assert differing(compared) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (claim((0, 7)), claim((0, 8)), ["content: A [[0, 7]] / B [[0, 8]]"]),
        (claim((0, 7)), claim((0, 7), claim_type="cause"), ["claim_type: A fact / B cause"]),
        (claim((0, 7)), claim((0, 7), chain=said_by("meta")), ["speaker.0: A author / B meta"]),
        (claim((0, 7)), claim((0, 7), chain=()), ["speaker.0: A author / B None"]),
        (
            claim((0, 7), chain=said_by("meta", (3, 7))),
            claim((0, 7), chain=said_by("meta", None, act="denies")),
            ["cue.0: A [3, 7] / B None", "act.0: A asserts / B denies"],
        ),
        (
            claim((0, 7), chain=[Link("author"), Link("meta"), Link("musk")]),
            claim((0, 7), chain=[Link("author"), Link("musk")]),
            ["speaker.1: A meta / B None"],
        ),
    ],
)
def test_each_slot_says_who_has_which_value(
    one: ClaimFrame, other: ClaimFrame, expected: list[str]
) -> None:
    assert differing(compare(A=answer(one), B=answer(other))) == expected


def test_a_stance_is_compared_by_its_target() -> None:
    mine, theirs = claim((0, 7)), claim((0, 7))
    stance = StanceFrame(mine.id, "author", "open-weights", None, "favor", {})

    (line,) = differing(compare(A=answer(mine, stances=[stance]), B=answer(theirs)))

    assert line.startswith("stance.open-weights: A [{")
    assert line.endswith("/ B None")


def test_two_against_one_are_named_first() -> None:
    three = {"A": claim((0, 7), claim_type="cause"), "B": claim((0, 7)), "C": claim((0, 7))}

    compared = compare(**{who: answer(one) for who, one in three.items()})

    assert differing(compared) == ["claim_type: BC fact / A cause"]


def test_whoever_has_no_such_claim_lacks_it_and_differs_in_the_decision() -> None:
    compared = compare(A=answer(claim((0, 7))), B=answer())

    assert differing(compared) == ["decision: A claims / B no_claim"]
    assert [row.lacking for row in compared.clusters[0].rows] == [("B",)]


def test_whoever_has_not_read_the_sentence_lacks_nothing() -> None:
    voices = {"A": {1: answer(claim((0, 7)))}, "B": {}}

    compared = compare_voices(voices)

    assert compared.keys() == {1}
    assert compared[1].clusters[0].rows[0].lacking == ()
    assert compared[1].agrees


def test_a_split_claim_stands_in_one_cluster_with_its_pieces() -> None:
    whole, pieces = claim((0, 7)), [claim((0, 2)), claim((3, 7))]

    (cluster,) = compare(A=answer(whole), B=answer(*pieces)).clusters

    assert [sorted(row.claims) for row in cluster.rows] == [["B"], ["A", "B"]]
    assert cluster.rows[1].claims == {"A": whole, "B": pieces[1]}


def test_claims_are_in_one_cluster_through_a_third() -> None:
    compared = compare(
        A=answer(claim((0, 3))), B=answer(claim((2, 6))), C=answer(claim((5, 7)), claim((7, 8)))
    )

    sizes = [sum(len(row.claims) for row in cluster.rows) for cluster in compared.clusters]
    assert sizes == [3, 1]


def test_a_cluster_stands_with_the_sentence_of_its_first_claim() -> None:
    voices = {
        "A": {1: answer(claim((5, 12)))},
        "B": {1: answer(), 2: answer(claim((9, 12)), position=2)},
    }

    compared = compare_voices(voices)

    assert [len(compared[position].clusters) for position in (1, 2)] == [1, 0]
    assert [slot.values[0].value for slot in compared[2].slots] == ["continues"]


def test_grave_differences_weigh_more_and_agreement_nothing() -> None:
    base = claim((0, 7))
    worse = [
        answer(claim((0, 7))),
        answer(claim((0, 8))),
        answer(claim((0, 7), claim_type="cause")),
        answer(claim((0, 7), chain=said_by("meta"))),
        answer(),
    ]

    weights = [compare(A=answer(base), B=one).weight for one in worse]

    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (0, 1)
    assert mean_weight({1: compare(A=answer(base), B=worse[-1]), 2: compare(A=answer())}) == 0.5
    assert mean_weight({}) == 0
