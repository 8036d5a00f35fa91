"""What is found of a text in a corrected one, and what is not."""

import pytest

from workbench.corpus.aligning import Alignment, align

A, B, C, D = "Meta ouvre.", "OpenAI ferme.", "Musk attaque.", "Tous attendent."


def compare(old: list[str], new: list[str]) -> Alignment:
    return align(*in_one(old), *in_one(new))


def in_one(sentences: list[str]) -> tuple[str, list[tuple[int, int]]]:
    ranges, place = [], 0
    for sentence in sentences:
        ranges.append((place, place + len(sentence)))
        place += len(sentence) + 1
    return " ".join(sentences), ranges


@pytest.mark.parametrize(
    ("old", "new", "same", "elsewhere"),
    [
        pytest.param([A, B], [A, B], {0: 0, 1: 1}, {}, id="nothing changed"),
        pytest.param([A, B], [C, A, B], {0: 1, 1: 2}, {}, id="shifted"),
        pytest.param([A, B, C], [A, C], {0: 0, 2: 1}, {}, id="taken out"),
        pytest.param([A, B, C, D], [B, C, D, A], {1: 0, 2: 1, 3: 2}, {0: 3}, id="moved"),
        pytest.param([A, B], [B, A], {}, {0: 1, 1: 0}, id="swapped: neither stayed"),
        pytest.param([A], [A, A], {}, {}, id="twice now: two places as good"),
        pytest.param([A, A], [A], {}, {}, id="once now"),
        pytest.param([A, B, A], [A, C, A], {0: 0, 2: 2}, {}, id="told apart by both ends"),
        pytest.param([B, A, C], [B, A, D, A, C], {0: 0, 2: 4}, {}, id="a neighbour each"),
        pytest.param([B, A, C, A, D], [B, A, C, A, D], dict.fromkeys(range(5)), {}, id="repeated"),
    ],
)
def test_sentences_are_matched(
    old: list[str], new: list[str], same: dict[int, int | None], elsewhere: dict[int, int]
) -> None:
    found = compare(old, new)
    assert found.same == {one: one if two is None else two for one, two in same.items()}
    assert found.elsewhere == elsewhere


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param([A, f"{B} {C}", D], [A, B, C, D], {1: (1, 2)}, id="split"),
        pytest.param([A, B, C, D], [A, f"{B} {C}", D], {1: (1,), 2: (1,)}, id="merged"),
        pytest.param(
            [A, "Musk ataque OpenAI.", D], [A, "Musk attaque OpenAI.", D], {1: (1,)}, id="typo"
        ),
        pytest.param([A, B, D], [A, "Rien de tel ici.", D], {}, id="another sentence"),
        pytest.param(
            ["Il a dit non.", "Il a dit oui."],
            ["Il a dit tout.", "Il a dit rien."],
            {},
            id="two that are as like",
        ),
    ],
)
def test_changed_sentences_are_found_where_it_is_certain(
    old: list[str], new: list[str], changed: dict[int, tuple[int, ...]]
) -> None:
    assert compare(old, new).changed == changed


@pytest.mark.parametrize(
    ("old", "quote", "new", "found"),
    [
        pytest.param([A, B], "OpenAI", [C, A, B], ("OpenAI", True), id="shifted"),
        pytest.param([A, "Musk ataque."], "Musk", [A, C], ("Musk", False), id="beside a typo"),
        pytest.param([A, "Musk ataque."], "ataque", [A, C], None, id="the typo itself"),
        pytest.param([A, B, C, D], "Meta", [B, C, D, A], ("Meta", False), id="moved"),
        pytest.param([A, B], "ouvre. OpenAI", [A, B], ("ouvre. OpenAI", True), id="over a border"),
        pytest.param([A, B], "ouvre. OpenAI", [A, C, B], None, id="something came between"),
        pytest.param(["Oui, il dit oui."], "oui", ["Oui ! Il dit oui."], ("oui", False), id="case"),
        pytest.param(["Il vit."], "Il", ["Il va, Il va."], None, id="two places as good"),
        pytest.param(
            ["Il vit."], "Il", ["Il va, Il vit !"], ("Il", False), id="one goes on better"
        ),
        pytest.param(
            ["Musk dit que tout est perdu."],
            "que tout est perdu",
            ["Rien de neuf ici.", "On entend dire que tout est perdu parmi eux."],
            ("que tout est perdu", False),
            id="one place in all",
        ),
        pytest.param(
            [A, "Musk s'en va."], "Musk", ["Musk reste.", A], None, id="in another sentence"
        ),
    ],
)
def test_a_quote_is_located(
    old: list[str], quote: str, new: list[str], found: tuple[str, bool] | None
) -> None:
    alignment = compare(old, new)
    start = alignment.old.index(quote)
    located = alignment.locate(start, start + len(quote))
    assert found == (located and (alignment.new[located.start : located.end], located.is_exact))


def test_repeating_without_end_is_given_up_quickly() -> None:
    found = compare(["Oui."] * 400, ["Oui."] * 401)
    assert not found.same
    assert found.locate(0, 3) is None
