"""What the rules find in the five articles that come with the program."""

import pytest

from workbench.corpus.segmentation import segment
from workbench.resources import resource_folder
from workbench.suggestions.rules import Suggestion
from workbench.suggestions.suggesting import suggest

ARTICLES = [
    path.read_text(encoding="utf-8")
    for path in sorted((resource_folder("seeds") / "articles").glob("*.txt"))
]
FOUND = [suggest(text, segment(text)) for text in ARTICLES]

CASES = [  # article, words of the content, speaker, quote type, act, cue
    (2, "L’innovation ouverte et", "les membres de l’AI Alliance", "direct", "asserts", "écrivent"),
    (2, "alternative « solide »", "Forrest Narrod", "mixed", "asserts", "selon"),
    (2, "Il s’agit d’une approche", "Darío Gil", "direct", "asserts", "confie"),
    (2, "Nous pensons qu’il est", "Nick Clegg", "direct", "asserts", "commente"),
    (
        2,
        "les modèles ouverts risquent",
        "les opposants à l’open source",
        "indirect",
        "asserts",
        "assurent",
    ),
    (2, "Si vous pensez que", "Darío Gil", "direct", "asserts", "assure"),
    (3, "sa start-up xAI allait", "Elon Musk", "indirect", "asserts", "annoncé"),
    (3, "la mission initiale", "Elon Musk", "mixed", "asserts", "accusé"),
    (3, "Nous avons commencé par", "Arthur Mensch", "direct", "asserts", "précise"),
    (3, "un abandon de l'open source", "Arthur Mensch", "indirect", "denies", "réfute"),
    (3, "L'activité commerciale", "Arthur Mensch", "direct", "asserts", None),
    (3, "il faut qu'on soit transparent", "Audrey Herblin-Stoop", "mixed", "asserts", "Selon"),
    (3, "Musk proclame mener", "OpenAI", "direct", "asserts", ":"),
    (3, "nous avons tous compris", "Open AI", "direct", "asserts", "explique"),
    (5, "un avenir open-source", "Mark Zuckerberg", "indirect", "wants", "plaidé"),
    (5, "un écosystème open-source profite", "Mark Zuckerberg", "indirect", "asserts", "Selon"),
    (5, "Le modèle économique", "Mark Zuckerberg", "direct", "asserts", "écrit"),
    (5, "rendre les modèles d'IA disponibles", "Mark Zuckerberg", "indirect", "asserts", "affirme"),
    (5, "Cela entraînerait des", "Mark Zuckerberg", "indirect", "asserts", None),
    (5, "les modèles propriétaires ne sont", "Mark Zuckerberg", "indirect", "asserts", "rétorqué"),
]


def holding(article: int, words: str) -> Suggestion:
    """Return the only suggestion of an article whose content holds some words."""
    text = ARTICLES[article - 1]
    [found] = [
        one for one in FOUND[article - 1] if one.quote_type and words in text[one.start : one.end]
    ]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"A{case[0]} {case[1]}")
def test_a_quotation_has_its_speaker_type_act_and_cue(
    case: tuple[int, str, str, str, str, str | None],
) -> None:
    article, words, *wanted = case

    found = holding(article, words)

    cue = found.cue.text if found.cue else None
    assert [found.speaker, found.quote_type, found.act, cue] == wanted


def test_a_quotation_reopened_behind_a_comma_is_one_suggestion_of_three_sentences() -> None:
    found = holding(5, "Il est nécessaire que l'open source")

    assert (len(found.parts), len(found.sentences)) == (3, 3)
    assert ARTICLES[4][found.end - 8 : found.end] == "société."


def test_a_conditional_with_a_date_is_hearsay_and_a_mere_possibility_is_none() -> None:
    assert holding(2, "devrait d’ailleurs présenter").hearsay
    assert not [one for one in FOUND[0] if one.hearsay]


@pytest.mark.parametrize("words", ['"ouverte"', '"open models"', "« grok » signifie"])
def test_marks_around_a_term_are_no_speech(words: str) -> None:
    quoted = [
        text[one.start : one.end]
        for text, found in zip(ARTICLES, FOUND, strict=True)
        for one in found
        if one.quote_type
    ]

    assert not [content for content in quoted if words in content]
