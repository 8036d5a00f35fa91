"""How articles are named, what is refused, and what an import's outcome says."""

import pytest

from workbench.corpus.rules import (
    FileOutcome,
    ImportState,
    check_reason,
    fold,
    in_chunks,
    make_slug,
    outcome_as_json,
    refuse_file,
)
from workbench.errors import InvalidInputError
from workbench.storage.base import PUBLIC_ID

LONG = "une phrase qui ne veut pas finir et qui continue encore et encore"


@pytest.mark.parametrize(
    ("wanted", "slug"),
    [
        ("L’IA ouverte : œuvre d’Élysée ?", "l-ia-ouverte-oeuvre-d-elysee"),
        ("000_e7126b3bda593139", "000-e7126b3bda593139"),
        ("Straße", "strasse"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本語", "article"),
        ("", "article"),
        (LONG, "une-phrase-qui-ne-veut-pas-finir-et-qui-continue-encore"),
        ("x" * 300, "x" * 56),
    ],
)
def test_a_slug_is_made_of_what_an_address_can_hold(wanted: str, slug: str) -> None:
    assert make_slug(wanted, set()) == slug
    assert PUBLIC_ID.fullmatch(slug)


def test_a_taken_slug_gets_the_first_free_number() -> None:
    assert make_slug("Été", {"ete", "ete-2"}) == "ete-3"


def test_folding_takes_away_accents_and_capitals() -> None:
    assert fold("ÉCOLE ouverte") == fold("école  Ouverte") == "ecole-ouverte"


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "a\u202eb"])
def test_a_reason_must_say_something_that_can_be_read(reason: str) -> None:
    with pytest.raises(InvalidInputError):
        check_reason(reason)


def test_a_reason_keeps_its_words() -> None:
    assert check_reason("  the author\nasked ") == "the author asked"


def test_an_outcome_keeps_the_values_of_its_message_apart() -> None:
    outcome = refuse_file("a.txt", InvalidInputError("%(name)s has %(n)s bytes.", name="a", n=3))

    assert (outcome.state, outcome.reason) == (ImportState.REFUSED, "a has 3 bytes.")
    assert outcome_as_json(outcome)["values"] == {"name": "a", "n": "3"}


def test_a_percent_sign_in_a_message_without_values_is_just_that() -> None:
    assert refuse_file("a", InvalidInputError("100% wrong")).reason == "100% wrong"


def test_a_kept_outcome_names_only_the_first_articles() -> None:
    slugs = tuple(f"a-{number}" for number in range(5000))

    kept = outcome_as_json(FileOutcome("a.jsonl", ImportState.IMPORTED, slugs, 9))

    assert (kept["articles"], kept["count"]) == (list(slugs[:10]), 5000)


def test_chunks_hold_everything_in_order() -> None:
    assert [list(chunk) for chunk in in_chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
