"""What holds of the sentences of any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus.segmentation import segment

# What rules look for, so that it meets in every order, among any characters.
WORDS = (
    "M. etc. p. U.S. J. 12 3.5 Le Il le à iOS Yahoo! Smith said I IV. l' D' the.The date 2023-12"
)
MARKS = ". ! ? … ... ( ) [ ] (...) […] « » “ ” \" ' ’ - — • : ; , [1]"
BLANKS = [" ", "\u00a0", "\u202f", "\t", "\n", "\r\n", "\u2028", "\u200b", "\ufeff"]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
PIECES = st.sampled_from([*BLANKS, *BLANKS, *MARKS.split(), *WORDS.split(), "e\u0301", "😀"])
TEXTS = st.lists(PIECES | st.text(CHARACTERS, max_size=3)).map("".join)
# The date marker counts only at the start of a text: no line may look like one.
LINES = TEXTS.map(lambda text: "".join(text.splitlines()).replace("date", "jour"))
OUTER_BLANKS = st.text(" \n\t\u00a0\u202f\u3000", max_size=5)


@given(TEXTS)
def test_sentences_are_in_order_trimmed_and_leave_out_only_white_space(text: str) -> None:
    position = 0
    for start, end in segment(text):
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


@given(TEXTS)
def test_no_sentence_crosses_a_line(text: str) -> None:
    assert all(len(text[start:end].splitlines()) == 1 for start, end in segment(text))


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n", "\n\n", "\u2028", "\x0c"]))
def test_a_text_has_the_sentences_of_its_lines(lines: list[str], line_break: str) -> None:
    expected, offset = [], 0
    for line in lines:
        expected += [(offset + start, offset + end) for start, end in segment(line)]
        offset += len(line) + len(line_break)
    assert segment(line_break.join(lines)) == expected


@given(TEXTS, OUTER_BLANKS, OUTER_BLANKS)
def test_white_space_around_a_text_only_shifts(text: str, before: str, after: str) -> None:
    shifted = [(start + len(before), end + len(before)) for start, end in segment(text)]
    assert segment(before + text + after) == shifted


@given(LINES.map(lambda line: line.replace('"', "")))
def test_a_sentence_alone_is_one_sentence(line: str) -> None:
    # Straight quotation marks apart, which are counted along the line.
    for start, end in segment(line):
        assert segment(line[start:end]) == [(0, end - start)]


@pytest.mark.parametrize("before", ["", "Il dort. (", '"'])
@pytest.mark.parametrize(
    "piece",
    [
        *BLANKS,
        *MARKS.split(),
        *WORDS.split(),
        *["a.", "a. ", "A.", "M. ", ". ", "! ", ". . ", '. " ', " »", "« . ", "— ", "Il. ", "\x0c"],
        *["(a ", "(a)", "((a)", "(a(b)", "(a(b)c)", "[a ", "[[a]", ".(", ".)", '."', ".«", ".[1]"],
    ],
)
def test_a_run_of_anything_takes_linear_work(piece: str, before: str) -> None:
    # Quadratic work on so many characters would take minutes, and be noticed.
    text = before + piece * (300_000 // len(piece))
    assert bool(segment(text)) == bool(text.strip())
