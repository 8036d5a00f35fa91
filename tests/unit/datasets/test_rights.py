"""Which wordings of rights let a text be passed on."""

import pytest

from workbench.datasets.rights import allows_text, quote, span_writer
from workbench.labelling.frames import Span


@pytest.mark.parametrize(
    "rights",
    [
        "CC BY 4.0",
        "CC-BY-4.0",
        "cc by-sa 3.0 FR",
        "CC BY-NC-ND 4.0",
        "CC0",
        "CC0-1.0",
        "Creative Commons Attribution 4.0 International",
        "Creative Commons Zero",
        "https://creativecommons.org/licenses/by-sa/4.0/",
        "https://creativecommons.org/licenses/by/4.0/deed.fr",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "Domaine public",
        "Domaine public (auteur mort en 1912)",
        "dans le domaine public",
        "Public domain.",
        "In the public domain, published 1890",
        "Licence Ouverte 2.0",
        "Licence ouverte / Open licence version 2.0",
        "Etalab-2.0",
        "Sous licence CC BY 4.0, La Gazette",
        "Licence : CC BY 4.0",
        "Apache-2.0",
        "Apache-2.0, invented for the workbench",
        "OGL-UK-3.0",
    ],
)
def test_a_free_licence_or_the_public_domain_lets_the_text_go(rights: str) -> None:
    assert allows_text(rights)


@pytest.mark.parametrize(
    "rights",
    [
        None,
        "",
        "Tous droits réservés",
        "© Le Monde 2024",
        "All rights reserved",
        "CC BY-NC-ND?",
        "CC BY 4.0 ?",
        "CC BY 4.0 (à vérifier)",
        "not CC BY 4.0",
        "CC BYE 4.0",
        "CC BY 4.0, sauf photographies et texte",
        "CC BY 4.0; all other rights reserved",
        "Domaine public : non",
        "Domaine public payant",
        "Public domain? unknown",
        "CC",
        "Creative Commons",
        "free",
        "libre de droits",
        "Mit Genehmigung des Verlags",
        "Mitchell Press",
        "Licence Mediapart",
        "https://creativecommons.org.example.com/licenses/by/4.0/",
        "https://example.org/licenses/by/4.0/",
        "Publié sous CC BY 4.0 sur un autre site",
        "apache",
        "fair use",
    ],
)
def test_whatever_else_is_said_keeps_it(rights: str | None) -> None:
    assert not allows_text(rights)


@pytest.mark.parametrize(("length", "is_shown"), [(80, True), (81, False)])
def test_a_text_that_stays_is_quoted_shortly_and_hashed(length: int, is_shown: bool) -> None:
    span = Span(0, length, "é" * length)

    written = span_writer(is_allowed=False)(span)

    assert (written["text"] is not None) is is_shown
    assert len(str(written["sha256"])) == 64
    assert quote("é") == "é"
    assert span_writer(is_allowed=True)(span) == {**vars(span), "sha256": None}
