"""The rules reach their targets on the gold, and take no longer than the text is long."""

import pytest

from bench.suggestions import TARGETS, score
from tests.suggestions.gold import read_gold
from workbench.suggestions.marks import find_quotations
from workbench.suggestions.suggesting import suggest

FIGURES = score(read_gold()).figures()


@pytest.mark.parametrize(("figure", "target"), TARGETS.items(), ids=list(TARGETS))
def test_the_rules_reach_their_target(figure: str, target: float) -> None:
    assert FIGURES[figure] >= target


@pytest.mark.parametrize("text", ["«" * 300_000, " " * 300_000, '"' * 300_000, "« a » " * 50_000])
def test_a_text_of_marks_or_blanks_alone_is_read(text: str) -> None:
    assert suggest(text, [(0, len(text))]) == []
    assert len(find_quotations(text)) <= len(text)
