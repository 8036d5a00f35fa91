"""From the bytes of a file to articles ready to be stored."""

import pytest

from workbench.corpus.preparing import prepare_file
from workbench.corpus.readers import Metadata
from workbench.errors import InvalidInputError


def test_a_file_becomes_sentences_with_zones_and_a_language() -> None:
    file = prepare_file("ia.txt", b"Un titre\n\nLe code est ouvert. Les poids aussi.\n")

    (article,) = file.articles

    assert [article.text[start:end] for start, end in article.sentences] == [
        "Un titre",
        "Le code est ouvert.",
        "Les poids aussi.",
    ]
    assert len(article.zones) == 3
    assert (article.name, article.metadata.language, file.sentences) == ("ia", "fr", 3)


def test_what_the_manifest_says_names_the_article() -> None:
    file = prepare_file(
        "a.txt", b"The code is open.", metadata=Metadata(title="Open", language="fr")
    )

    assert (file.articles[0].name, file.articles[0].metadata.language) == ("Open", "fr")


def test_one_bad_article_refuses_the_whole_file() -> None:
    with pytest.raises(InvalidInputError, match="line 2"):
        prepare_file("a.jsonl", b'{"text": "Good."}\n{"title": "no text"}\n')
