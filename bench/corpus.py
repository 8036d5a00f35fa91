"""Invented French press articles of any number, the same ones each time."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

SENTENCES_PER_ARTICLE = 60
ARTICLES_PER_FILE = 2_000

PEOPLE = (
    "Anne Leroy",
    "Karim Benali",
    "Julie Marchand",
    "le ministère",
    "la fédération",
    "Paul Henry",
)
SUBJECTS = (
    "Les modèles ouverts",
    "Les éditeurs de logiciels",
    "Les laboratoires publics",
    "Les fabricants de puces",
    "Les plateformes de presse",
)
VERBS = ("publient", "vendent", "protègent", "partagent", "comparent")
OBJECTS = (
    "leurs jeux de données",
    "une partie du code",
    "les poids de leurs modèles",
    "des outils gratuits",
    "leurs résultats d'essais",
)
PLACES = ("à Lyon", "en Europe", "depuis 2021", "sans contrepartie", "pour la troisième année")


def sentences(count: int, seed: int) -> Iterator[str]:
    """Yield ``count`` sentences, one in five a quotation with its speaker."""
    chance = random.Random(seed)  # noqa: S311  # texts, not secrets
    for number in range(count):
        subject, verb, thing, place = (
            chance.choice(words) for words in (SUBJECTS, VERBS, OBJECTS, PLACES)
        )
        core = f"{subject} {verb} {thing} {place}, selon {number + 3} sources"
        if number % 5:
            yield f"{core}."
        else:
            yield f"« {core} », affirme {chance.choice(PEOPLE)}."


def write_corpus(folder: Path, count: int) -> None:
    """Write articles with ``count`` sentences in all as files of JSON Lines."""
    articles = -(-count // SENTENCES_PER_ARTICLE)
    for first in range(0, articles, ARTICLES_PER_FILE):
        with (folder / f"{first:06}.jsonl").open("w", encoding="utf-8") as file:
            for seed in range(first, min(articles, first + ARTICLES_PER_FILE)):
                file.write(json.dumps(article(seed, count), ensure_ascii=False) + "\n")


def article(seed: int, count: int) -> dict[str, str]:
    """Make one article; the last one has what is left of ``count`` sentences."""
    here = min(SENTENCES_PER_ARTICLE, count - seed * SENTENCES_PER_ARTICLE)
    words = list(sentences(here, seed))
    paragraphs = [" ".join(words[at : at + 6]) for at in range(0, here, 6)]
    return {"title": f"Article {seed}", "text": "\n".join(paragraphs), "language": "fr"}
