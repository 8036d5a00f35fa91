"""How a project's articles are cut into parts."""

import pytest

from workbench.adjudication.queries import cut_into_parts


@pytest.mark.parametrize(
    ("lengths", "parts"),
    [
        ([], []),
        ([("a", 9)], [0]),
        ([("a", 5), ("b", 5)], [0, 1]),
        ([("a", 1), ("b", 8), ("c", 1)], [0, 0, 1]),
        ([("a", 1), ("b", 2), ("b", 9), ("b", 9), ("c", 1)], [0, 0, 0, 0, 1]),
        ([("a", 0), ("b", 0)], [0, 0]),
    ],
)
def test_texts_of_an_article_stay_together(
    lengths: list[tuple[str, int]], parts: list[int]
) -> None:
    assert cut_into_parts(lengths, 2) == parts
