"""Words of a range of text: what stands between two blanks is remembered, and decides little."""

import pytest

from workbench.suggestions.reading import read_words

RANGES = (
    ("Les 12 000 euros de M. Roux", ["les", "12 000", "euros", "de", "m.", "roux"]),
    ("dit M.", ["dit", "m", "."]),  # What is no more of the range follows nothing.
    ("Jusqu'à  l’AFP, dit-il", ["jusqu'", "à", "l'", "AFP", ",", "dit", "-il"]),
    ("a" * 50 + " " + "a" * 50, ["a" * 50, "a" * 50]),
)


@pytest.mark.parametrize(("text", "words"), RANGES)
def test_words_of_a_range_are_folded_and_stand_where_they_are_said_to(
    text: str, words: list[str]
) -> None:
    for _ in ("anew", "remembered"):
        read, starts, ends, _ = read_words(f"Oui {text} non", 4, 4 + len(text), [])
        printed = [f"Oui {text}"[slice(*span)] for span in zip(starts, ends, strict=True)]
        assert read == words
        assert [word.replace("’", "'").lower() for word in printed] == [w.lower() for w in words]
