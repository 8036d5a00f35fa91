"""Answers of any shape, carried to a shifted text and back, stay the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.test_frames import TEXT, answers
from workbench.corpus.aligning import align
from workbench.corpus.segmentation import segment
from workbench.labelling.carrying import Fate, carry
from workbench.labelling.frames import Answer, SentenceId, answer_problems

BORDERS = segment(TEXT)
OPENINGS = st.sampled_from(["", "Titre\n", "Un titre. Un chapeau.\n\n"])


@given(answers(), OPENINGS, st.sampled_from(["", "\nPublicité"]))
def test_what_is_carried_quotes_the_new_text(given: Answer, opening: str, end: str) -> None:
    new = f"{opening}{TEXT}{end}"
    borders = segment(new)
    given = replace(given, sentence=SentenceId("article", 1, 1))
    found = carry(given, align(TEXT, BORDERS, new, borders), edition=2)
    assert (found.fate is Fate.ORPHANED) == (not found.pieces)
    for position, piece in found.pieces.items():
        assert not answer_problems(piece, new, *borders[position - 1])
        assert piece.sentence.position == position


@given(answers(), OPENINGS)
def test_an_answer_carried_there_and_back_is_the_same(given: Answer, opening: str) -> None:
    text = "".join(f"Ligne {number} : {line}\n" for number, line in enumerate(TEXT.splitlines()))
    new = f"{opening}{text}"
    borders, shifted = segment(text), segment(new)
    given = replace(given, sentence=SentenceId("article", 1, 1), claims=(), base=None)
    given = replace(
        given, stances=tuple(replace(one, claim=None, target_span=None) for one in given.stances)
    )
    there = carry(given, align(text, borders, new, shifted), edition=2)
    assert there.fate is Fate.EXACT
    (piece,) = there.pieces.values()
    back = carry(piece, align(new, shifted, text, borders), edition=1)
    assert back.fate is Fate.EXACT
    assert back.pieces == {1: given}
