"""Which articles count as one text."""

import pytest

from workbench.datasets.reprints import join_alike, sketch

PARAGRAPHS = [f"Le paragraphe numéro {number} dit ce que nul autre ne dit." for number in range(6)]
TEXT = "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("other", "is_alike"),
    [
        (TEXT, True),
        (f"Un autre titre\n{TEXT.upper()}\nParis, AFP", True),
        ("\n".join(PARAGRAPHS[:3]), True),
        ("\n".join([*PARAGRAPHS[:2], *(f"{one} Et autre chose." for one in PARAGRAPHS)]), False),
        ("Rien de tout cela.", False),
        ("", False),
    ],
)
def test_a_reprint_is_one_group_with_its_source(other: str, is_alike: bool) -> None:
    groups = join_alike({7: sketch(TEXT), 9: sketch(other)})

    assert groups == {7: 7, 9: 7 if is_alike else 9}


def test_groups_join_through_others_and_are_named_by_the_first() -> None:
    left, right = frozenset({1, 2, 3}), frozenset({7, 8, 9})

    groups = join_alike({3: right, 1: left, 5: left | right, 6: frozenset({4})})

    assert groups == {1: 1, 3: 1, 5: 1, 6: 6}
