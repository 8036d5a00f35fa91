"""Corrections before they are stored: other borders, other words, and what a page keeps of them."""

import pytest

from workbench.corpus.correcting import (
    BY_HAND,
    compare,
    correct_text,
    move_borders,
    pack,
    unpack,
    write_lines,
)
from workbench.corpus.rules import Version
from workbench.errors import InvalidInputError

TEXT = "Un titre\n\nIl dit non.  Elle dit\u00a0oui.\n"
OLD = Version(TEXT, [(0, 8), (10, 21), (23, 36)], ["headline", "body", "caption"], "1")


def quotes(version: Version) -> list[str]:
    return [version.text[start:end] for start, end in version.sentences]


@pytest.mark.parametrize(
    ("lines", "sentences", "zones"),
    [
        pytest.param(
            "Un titre\nIl dit non. Elle dit\u00a0oui.",
            ["Un titre", "Il dit non.  Elle dit\u00a0oui."],
            ["headline", "body"],
            id="merged",
        ),
        pytest.param(
            "Un titre\r\nIl dit\r\n\r\n non.\r\nElle dit oui.\r\n",
            ["Un titre", "Il dit", "non.", "Elle dit\u00a0oui."],
            ["headline", "body", "body", "caption"],
            id="split, as a browser sends it",
        ),
    ],
)
def test_lines_become_sentences(lines: str, sentences: list[str], zones: list[str]) -> None:
    new = move_borders(lines, old=OLD).version
    assert (quotes(new), [*new.zones], new.segmenter) == (sentences, zones, BY_HAND)
    assert new.text == TEXT


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (write_lines(OLD), "Nothing changed"),
        ("Un titre\nIl dit oui.\nElle dit oui.", "Line 2 says something else"),
        ("Un titre\nIl dit non.", "Line 2 says something else"),
        (f"{write_lines(OLD)}\nEncore.", "Line 4 says something else"),
        ("", "says something else"),
    ],
)
def test_lines_say_the_text_and_nothing_else(lines: str, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        move_borders(lines, old=OLD)


def test_a_zone_goes_with_the_words_that_stayed() -> None:
    found = correct_text(TEXT.replace("Il dit non.", "Il a dit que non."), old=OLD, language="fr")
    assert quotes(found.version)[1] == "Il a dit que non."
    assert found.version.zones[2] == "caption"
    assert (found.kept, found.is_doubtful) == (2, False)


def test_another_text_is_doubtful() -> None:
    assert correct_text("Rien de tout cela.", old=OLD, language="fr").is_doubtful


def test_a_page_keeps_a_version_whole() -> None:
    halves = Version(TEXT, [(0, 2), (2, 8)], ["body", "body"], BY_HAND)
    assert unpack(TEXT, pack(halves)) == halves
    assert unpack(TEXT.replace("\n", "\r\n"), pack(OLD)) == OLD
    with pytest.raises(InvalidInputError):
        compare(OLD, unpack(TEXT, pack(OLD)))


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "[]",
        '{"segmenter":"1","pieces":[]}',
        '{"segmenter":"1","pieces":[[0,99,"body"]]}',
        '{"segmenter":"1","pieces":[[0,8,"body"],[4,9,"body"]]}',
        '{"segmenter":"1","pieces":[[0,8,"cellar"]]}',
        '{"segmenter":"2","pieces":[[0,8,"body"]]}',
        '{"segmenter":"1","pieces":[["0",8,"body"]]}',
        "[" * 100_000,
    ],
)
def test_what_does_not_fit_is_refused(packed: str) -> None:
    with pytest.raises(InvalidInputError, match="do not fit"):
        unpack(TEXT, packed)
