import pytest

from workbench.corpus.language import detect_language
from workbench.resources import resource_folder


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le débat fait rage", "fr"),
        ("The debate rages", "en"),
        ("L’innovation ouverte, selon Meta", "fr"),
        ("It’s open, isn’t it?", "en"),
        ("Meta says « l'ouverture » is what it wants", "en"),
        ("Selon le New York Times, the Gray Lady", "fr"),
        ("OpenAI, Google, Meta", "fr"),
        ("", "fr"),
    ],
)
def test_function_words_decide_and_a_tie_is_french_unless_said(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_where_no_word_tells_it_is_the_language_that_was_named() -> None:
    assert detect_language("OpenAI, Google, Meta", otherwise="en") == "en"
    assert detect_language("Le débat fait rage", otherwise="en") == "fr"


def test_the_seed_articles_are_french() -> None:
    articles = sorted((resource_folder("seeds") / "articles").glob("*.txt"))

    assert [detect_language(path.read_text("utf-8")) for path in articles] == ["fr"] * 5
