"""The place of a quoted passage in the text of its page."""

import pytest

from workbench.factcheck.passages import find_passage

TEXT = "Meta dit :\u00a0« Llama 2 est\nouvert ». Deux fois. Deux  fois."


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("Meta dit", "Meta dit"),
        ("Llama 2 est ouvert", "Llama 2 est\nouvert"),
        ("Meta dit : « Llama 2 est ouvert ».", "Meta dit :\u00a0« Llama 2 est\nouvert »."),
        ("Deux fois", "Deux fois"),
        ("Deux\tfois", None),
        ("Llama 3", None),
        ("llama 2", None),
        (" \n", None),
        ("", None),
        ("Meta (dit)*", None),
    ],
)
def test_a_passage_is_found_as_it_stands_or_alike_but_for_blanks(
    passage: str, found: str | None
) -> None:
    span = find_passage(TEXT, passage)

    assert (span.text if span else None) == found
    assert span is None or TEXT[span.start : span.end] == span.text


def test_a_long_search_ends() -> None:
    assert find_passage("a " * 500_000, "a " * 2_000 + "b") is None
