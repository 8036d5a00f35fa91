"""What became of suggestions."""

from dataclasses import replace

from tests.factories import NOW
from workbench.canonical import JsonObject
from workbench.corpus.queries import SentenceInZone
from workbench.datasets.proposed import ProposedIn
from workbench.datasets.rights import span_writer, write_hashed
from workbench.labelling.answers import StoredAnswer
from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
)
from workbench.labelling.origins import Suggested

TEXT = "« Tout est ouvert », dit Mona. Puis rien."
SENTENCE = SentenceInZone(id=5, position=1, start=0, end=30, zone="body")
FRAME: JsonObject = {
    "parts": [[2, 17]],
    "quote_type": "direct",
    "act": "asserts",
    "speaker": "Mona",
    "via": None,
    "mention": [25, 29],
    "cue": [21, 24],
    "check_worthy": False,
    "hearsay": False,
    "certain": True,
    "claim_type": None,
    "reason": "dit",
    "stances": [{"target": "open", "value": None, "span": [10, 16]}],
}
NAMES = {"mona": frozenset({"mona"})}
CLAIM = ClaimFrame(
    id="claim1",
    parts=(Span(2, 17, TEXT[2:17]),),
    attributes={},
    chain=(
        Link(AUTHOR),
        Link(
            "mona",
            Span(25, 29, "Mona"),
            Span(21, 24, "dit"),
            {"quote_type": "direct", "act": "asserts"},
        ),
    ),
    suggestion="made",
)


def answered(*claims: ClaimFrame) -> dict[int, StoredAnswer]:
    """Return somebody's answer to the sentence, by position."""
    decision = Decision.CLAIMS if claims else Decision.NO_CLAIM
    answer = Answer("answer1", None, SentenceId("article", 1, 1), decision, {}, claims)
    return {1: StoredAnswer(answer, 5, "1", 1, NOW, "human", 1, 1, 1)}


def test_a_suggestion_counts_who_took_changed_refused_or_left_it() -> None:
    proposed = ProposedIn(
        made={"made": Suggested("incise", 3, FRAME, NAMES)},
        newest={5: ["made"]},
        rejected={("made", "3")},
    )
    answers = {
        "1": answered(CLAIM),
        "2": answered(replace(CLAIM, parts=(Span(2, 6, "Tout"),))),
        "3": answered(),
        "4": answered(),
        "5": {},
    }

    (found,) = proposed.describe(SENTENCE, TEXT, answers, span_writer(is_allowed=True))
    (hidden,) = proposed.describe(SENTENCE, TEXT, answers, write_hashed)

    assert isinstance(found, dict)
    assert isinstance(hidden, dict)
    assert found["decided"] == {"accepted": 1, "edited": 1, "rejected": 1, "open": 2}
    assert (found["id"], found["start"], found["end"]) == ("s1", 2, 17)
    assert found["mention"] == {"start": 25, "end": 29, "text": "Mona", "sha256": None}
    assert hidden["mention"]["text"] is None  # type: ignore[index,call-overload]


def test_suggestions_stand_in_the_order_of_the_text_whatever_their_rows() -> None:
    later: JsonObject = {**FRAME, "parts": [[25, 29]]}
    made = {"b": Suggested("incise", 3, later, NAMES), "a": Suggested("incise", 3, FRAME, NAMES)}
    write = span_writer(is_allowed=True)

    one, other = (
        ProposedIn(made, {5: order}).describe(SENTENCE, TEXT, {}, write)
        for order in (["a", "b"], ["b", "a"])
    )

    assert one == other
    assert [line["start"] for line in one] == [2, 25]  # type: ignore[index,call-overload]
