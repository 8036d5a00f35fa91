"""Invented French press articles of any number, the same ones each time."""

import json
import random
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

SENTENCES_PER_ARTICLE = 60
ARTICLES_PER_FILE = 2_000


class Density(StrEnum):
    """How many sentences are somebody's words: each of them, or as many as in the press.

    Of 139 sentences of the five articles that come with the program, 42 are.
    """

    QUOTATIONS = "each sentence a quotation"
    PRESS = "3 of 10 sentences a quotation, as in the press"


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
PLACES = (
    "à Lyon",
    "en Europe",
    "depuis la réforme",
    "sans contrepartie",
    "pour la troisième année",
)
CIRCUMSTANCES = (
    "après plusieurs mois de travaux",
    "alors que le marché ralentit",
    "malgré une concurrence de plus en plus vive",
    "avec le soutien de partenaires installés à l’étranger",
    "ce qui change les habitudes de toute une profession",
    "comme le prévoit le calendrier de la réforme",
    "faute de moyens suffisants pour aller plus loin cette année",
)


def sentences(count: int, seed: int, density: Density) -> Iterator[str]:
    """Yield ``count`` sentences."""
    chance = random.Random(seed)  # noqa: S311  # texts, not secrets
    for number in range(count):
        subject, verb, thing, place, circumstance, person = (
            chance.choice(words)
            for words in (SUBJECTS, VERBS, OBJECTS, PLACES, CIRCUMSTANCES, PEOPLE)
        )
        core = f"{subject} {verb} {thing} {place}"
        if density is Density.QUOTATIONS:
            core += f", selon {number + 3} sources"
            yield f"{core}." if number % 5 else f"« {core} », affirme {person}."
            continue
        core += f", {circumstance}"
        match number % 10:
            case 0:
                yield f"« {core} », affirme {person}."
            case 3:
                yield f"Selon {person}, {core[0].lower()}{core[1:]}."
            case 6:
                yield f"{person[0].upper()}{person[1:]} estime que {core[0].lower()}{core[1:]}."
            case _:
                yield f"{core}."


def write_corpus(folder: Path, count: int, density: Density = Density.QUOTATIONS) -> None:
    """Write articles with ``count`` sentences in all as files of JSON Lines."""
    articles = -(-count // SENTENCES_PER_ARTICLE)
    for first in range(0, articles, ARTICLES_PER_FILE):
        with (folder / f"{first:06}.jsonl").open("w", encoding="utf-8") as file:
            for seed in range(first, min(articles, first + ARTICLES_PER_FILE)):
                file.write(json.dumps(article(seed, count, density), ensure_ascii=False) + "\n")


def article(seed: int, count: int, density: Density) -> dict[str, str]:
    """Make one article; the last one has what is left of ``count`` sentences."""
    here = min(SENTENCES_PER_ARTICLE, count - seed * SENTENCES_PER_ARTICLE)
    words = list(sentences(here, seed, density))
    paragraphs = [" ".join(words[at : at + 6]) for at in range(0, here, 6)]
    return {"title": f"Article {seed}", "text": "\n".join(paragraphs), "language": "fr"}
