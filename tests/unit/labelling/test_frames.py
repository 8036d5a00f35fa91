"""Answers as values: their spans held against the text, their content compared."""

from dataclasses import replace

import pytest

from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_hash,
    answer_problems,
    canonical_frame,
    follow_redirects,
)

TEXT = "Il pleut 💩, dit Meta. Il neige, dit IBM."
START, END = 0, 22
CLAIM = ClaimFrame(
    id="claim1",
    parts=(Span(0, 8, "Il pleut"), Span(9, 10, "💩")),
    attributes={"claim_type": "fact"},
    chain=(Link(AUTHOR), Link("meta", Span(16, 20, "Meta"), Span(12, 15, "dit"), {"act": "x"})),
)
STANCE = StanceFrame("claim1", "meta", "openai", None, "favor", {"stance_strength": "clear"})
ANSWER = Answer(
    id="revision1",
    base=None,
    sentence=SentenceId("article", 1, 1),
    decision=Decision.CLAIMS,
    attributes={"confidence": "sure"},
    claims=(CLAIM,),
    stances=(STANCE,),
)


def with_parts(*parts: Span) -> Answer:
    return replace(ANSWER, claims=(replace(CLAIM, parts=parts),))


def test_spans_are_counted_in_code_points() -> None:
    assert answer_problems(ANSWER, TEXT, START, END) == []


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([Span(0, 8, "il pleut")], "quotes “il pleut”, but the text reads “Il pleut”"),
        ([Span(0, 0, "")], "no range"),
        ([Span(8, 3, "")], "no range"),
        ([Span(0, 400, "x")], "no range of the text (0 to 40)"),
        ([Span(9, 10, "💩"), Span(0, 8, "Il pleut")], "before the part in front of it"),
        ([Span(0, 8, "Il pleut"), Span(3, 8, "pleut")], "before the part in front of it"),
        ([Span(22, 24, "Il")], "outside the sentence (0 to 22)"),
    ],
)
def test_a_wrong_span_is_named(parts: list[Span], problem: str) -> None:
    (found,) = answer_problems(with_parts(*parts), TEXT, START, END)

    assert str(found).startswith("claims[0]")
    assert problem in str(found)


def test_a_claim_may_run_beyond_its_sentence() -> None:
    beyond = with_parts(Span(0, 8, TEXT[:8]), Span(22, 30, TEXT[22:30]))

    assert answer_problems(beyond, TEXT, START, END) == []


def test_mention_cue_and_target_are_held_against_the_text_too() -> None:
    link = Link("meta", Span(16, 20, "IBM"), Span(12, 15, "nie"), {})
    wrong = replace(
        ANSWER,
        claims=(replace(CLAIM, chain=(Link(AUTHOR), link)),),
        stances=(replace(STANCE, target_span=Span(0, 2, "Elle")),),
    )

    places = [one.values["place"] for one in answer_problems(wrong, TEXT, START, END)]

    assert places == [
        "claims[0].chain[1].mention",
        "claims[0].chain[1].cue",
        "stances[0].target_span",
    ]


def test_ids_and_times_do_not_count_when_answers_are_compared() -> None:
    other = replace(
        ANSWER,
        id="revision2",
        base="revision1",
        claims=(replace(CLAIM, id="claim2"),),
        stances=(replace(STANCE, claim="claim2"),),
    )

    assert canonical_frame(other) == canonical_frame(ANSWER)
    assert answer_hash(other) != answer_hash(ANSWER)


@pytest.mark.parametrize(
    "other",
    [
        replace(ANSWER, attributes={"confidence": "unsure"}),
        replace(ANSWER, claims=(replace(CLAIM, attributes={"claim_type": "cause"}),)),
        replace(ANSWER, claims=(replace(CLAIM, chain=(Link(AUTHOR),)),)),
        with_parts(CLAIM.parts[0]),
        replace(ANSWER, stances=()),
        replace(ANSWER, stances=(replace(STANCE, claim=None),)),
        replace(ANSWER, stances=(replace(STANCE, value="against"),)),
        Answer("revision1", None, ANSWER.sentence, Decision.NO_CLAIM, {}),
    ],
)
def test_what_is_said_counts(other: Answer) -> None:
    assert canonical_frame(other) != canonical_frame(ANSWER)
    assert answer_hash(other) != answer_hash(ANSWER)


def test_merged_entries_are_replaced_wherever_they_are_named() -> None:
    followed = follow_redirects(ANSWER, {"meta": "meta-platforms"}, {"openai": "open-ai"})

    assert followed.claims[0].chain[1].speaker == "meta-platforms"
    assert (followed.stances[0].holder, followed.stances[0].target) == ("meta-platforms", "open-ai")
    assert follow_redirects(ANSWER, {"ibm": "x"}, {}) is ANSWER
