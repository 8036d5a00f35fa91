"""What a wording is warned of, and what is refused."""

import pytest

from workbench.errors import InvalidInputError
from workbench.factcheck.wording import check_wording, warn_of


@pytest.mark.parametrize(
    ("language", "wording", "suspects"),
    [
        ("fr", "Il a fermé ses modèles.", ["Il", "ses"]),
        ("fr", "Il dit qu’il y va.", ["Il", "y"]),
        ("fr", "Meta, avec Llama 2, en fait partie.", ["en"]),
        ("fr", "Llama 2 est en open source.", []),
        ("fr", "Ce dernier l’a dit, et celui-ci aussi.", ["Ce dernier", "celui-ci"]),
        ("fr", "OpenAI a été fondée en 2015.", []),
        ("fr", "Cela entraînerait une hausse.", ["Cela"]),
        ("fr", "Il y a cinq modèles ouverts en Europe.", []),
        ("fr", "C’est leur idée.", ["leur"]),
        ("fr", "Grok sera ouvert cette semaine, et non hier.", ["cette semaine", "hier"]),
        ("en", "He said it was his.", ["He", "it", "his"]),
        ("en", "They closed the model last week.", ["They", "last week"]),
        ("en", "OpenAI says that GPT-4 is closed.", []),
        ("en", "This is true of these models.", ["This", "these"]),
    ],
)
def test_suspects_are_named_as_they_stand(language: str, wording: str, suspects: list[str]) -> None:
    found = [word for one in warn_of(wording, language) for word in one.words]

    assert found == suspects


def test_a_wording_beyond_75_characters_is_warned_of() -> None:
    assert warn_of("x" * 75, "fr") == []
    assert [one.length for one in warn_of("x" * 76, "fr")] == [76]


def test_a_wording_is_put_on_one_line() -> None:
    assert check_wording("  Llama 2\n est  ouvert. ") == "Llama 2 est ouvert."


@pytest.mark.parametrize("text", ["", " \n", "x" * 501, "a\0b", "a\u202eb"])
def test_no_wording_too_long_or_unseen(text: str) -> None:
    with pytest.raises(InvalidInputError):
        check_wording(text)
