"""The tour of the README for somebody who only listens: roles, names, and what is announced."""

import pytest
from playwright.sync_api import expect

from tests.browser.workplace import Workplace

HEARD = [
    ("e", "L’innovation ouverte et transparente est essentielle"),
    (
        "c",
        "Affirmation ajoutée. Genre ? 1 Fait, 2 Chiffre, 3 Cause ou effet, 4 Position, 5 Jugement",
    ),
    ("5", "Genre, Jugement. Qui le dit ? 1 l’auteur de l’article, 2 AI Alliance"),
    ("2", "l’auteur de l’article › AI Alliance, direct, Mot repère « écrivent »."),
    ("t", "Envers quoi ? 1 source ouverte pour les modèles d'IA"),
    ("1", "1 pour, 2 contre"),
    ("1", "AI Alliance, pour, source ouverte pour les modèles d'IA."),
    ("g", "Quel genre ?"),
    ("g", "refermée"),
    ("Enter", "Plusieurs entreprises figurant dans le groupe"),
]


def test_each_key_of_the_tour_says_what_it_did_and_what_is_asked_next(alliance: Workplace) -> None:
    alliance.turn_to("membres")
    expect(alliance.heard).to_contain_text("pas encore décidée")

    for key, words in HEARD:
        alliance.press(key)
        expect(alliance.heard).to_contain_text(words)

    alliance.wait_until_saved()
    expect(alliance.page.get_by_role("status").filter(has_text="Plusieurs")).to_have_count(1)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("region", "Article"),
        ("complementary", "Votre réponse"),
        ("region", "Actions"),
        ("progressbar", "Phrases décidées"),
        ("heading", "Phrase 1 : pas encore décidée"),
        ("button", "phrase suivante"),
        ("button", "Terminer"),
        ("group", "Cette phrase"),
    ],
)
def test_the_parts_of_the_workspace_are_found_by_role_and_name(
    work: Workplace, role: str, name: str
) -> None:
    expect(work.page.get_by_role(role, name=name, exact=False).first).to_be_visible()  # type: ignore[arg-type]


def test_an_answer_is_given_by_the_names_of_its_buttons(work: Workplace) -> None:
    panel = work.panel
    panel.get_by_role("button", name="Affirmation Quelqu’un").click()
    panel.get_by_role("button", name="Fait").click()
    panel.get_by_role("button", name="oui").click()
    panel.get_by_role("button", name="l’auteur").first.click()
    work.wait_until_saved()

    [claim] = work.claims(1)
    assert (claim["attributes"]["claim_type"], claim["attributes"]["check_worthiness"]) == (
        "fact",
        "yes",
    )
