"""A published check in the words of schema.org."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.published import CHECK, CORRECTED, FIRST, LIMITED, META, SAID, SCALE, SUPPORTING
from workbench.canonical import Json, JsonObject
from workbench.factcheck.claimreview import (
    InvalidReviewError,
    check_review,
    count_reviews,
    feed_of,
    review_of,
)
from workbench.factcheck.published import Claimant, PublishedCheck

VOCABULARY = json.loads((Path(__file__).parent / "schema-org.json").read_text())
LITERALS = {str: {"Text", "URL", "Date", "DateTime"}, int: {"Number"}}
UNPROVEN = replace(CHECK, versions=(replace(FIRST, verdict=SCALE.values["not_enough_evidence"]),))
ANONYMOUS = replace(SAID, url=None, title="Un tract", outlet=None, published="2023-12~")
HOMELESS = replace(CHECK, appearances=(ANONYMOUS,), sources=())


def part(document: JsonObject, *path: str) -> Json:
    found: Json = document
    for name in path:
        found = cast(JsonObject, found).get(name)
    return found


def walk(value: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield each property with the type it stands in and its value."""
    if isinstance(value, dict):
        for name, held in value.items():
            for one in held if isinstance(held, list) else [held]:
                if not name.startswith("@"):
                    yield str(value["@type"]), name, one
                yield from walk(one)


def lineage(name: str) -> set[str]:
    return {name}.union(*map(lineage, VOCABULARY["types"].get(name, ())))


@pytest.mark.parametrize("check", [CHECK, CORRECTED, UNPROVEN, HOMELESS])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_term_is_schema_orgs_for_its_type(check: PublishedCheck, language: str) -> None:
    terms = [*walk(review_of(check, language=language)), *walk(feed_of([check]))]

    assert terms
    for kind, name, value in terms:
        known = VOCABULARY["properties"][name]
        assert lineage(kind) & set(known["domain"]), (kind, name)
        held = lineage(str(value["@type"])) if isinstance(value, dict) else LITERALS[type(value)]
        assert held & set(known["range"]), (kind, name, value)


@pytest.mark.parametrize("check", [CHECK, CORRECTED, UNPROVEN, HOMELESS])
def test_every_document_is_valid_by_its_schema(check: PublishedCheck) -> None:
    check_review(review_of(check, language="fr"))
    check_review(feed_of([check, check]))


def test_a_review_says_what_was_checked_and_how_it_is_rated() -> None:
    review = review_of(CHECK, language="fr")

    assert review["claimReviewed"] == "Llama 2 is open source."
    assert review["url"] == CHECK.url
    assert part(review, "author", "name") == "The desk"
    assert review["reviewRating"] == {
        "@type": "Rating",
        "ratingValue": 5,
        "worstRating": 1,
        "bestRating": 5,
        "alternateName": "Vrai",
        "ratingExplanation": "The weights may be downloaded.",
    }


def test_a_verdict_without_enough_evidence_has_words_and_no_number() -> None:
    rating = cast(JsonObject, review_of(UNPROVEN, language="en")["reviewRating"])

    assert rating["alternateName"] == "Unproven"
    assert not {"ratingValue", "worstRating", "bestRating"} & set(rating)


def test_the_author_of_the_claim_is_who_made_it() -> None:
    claim = cast(JsonObject, review_of(CHECK, language="en")["itemReviewed"])

    assert claim["author"] == {
        "@type": "Organization",
        "name": "Meta",
        "sameAs": "https://www.wikidata.org/wiki/Q380",
    }
    assert claim["datePublished"] == "2023-12"


@pytest.mark.parametrize(
    "claimant", [None, Claimant("the opponents", is_person=False, is_named=False)]
)
def test_a_claim_of_nobody_with_a_name_has_no_author(claimant: Claimant | None) -> None:
    check = replace(CHECK, appearances=(replace(SAID, claimant=claimant),))

    assert part(review_of(check, language="en"), "itemReviewed", "author") is None


def test_an_article_that_limits_or_denies_the_claim_is_no_appearance_of_it() -> None:
    claim = cast(JsonObject, review_of(CHECK, language="en")["itemReviewed"])

    assert [part(one, "url") for one in cast(list[JsonObject], claim["appearance"])] == [SAID.url]
    assert part(claim, "firstAppearance", "url") == SAID.url


def test_the_first_appearance_is_the_earliest_dated_one() -> None:
    earlier = replace(SAID, id="a3", url="https://earlier.example/", published="2022")
    check = replace(CHECK, appearances=(SAID, ANONYMOUS, earlier))

    review = review_of(check, language="en")

    assert part(review, "itemReviewed", "firstAppearance", "url") == "https://earlier.example/"
    assert part(review, "itemReviewed", "datePublished") == "2023-12"


def test_an_appearance_without_address_is_a_work_with_its_title_and_known_date() -> None:
    dated = replace(ANONYMOUS, published="2023-12-05")
    check = replace(CHECK, appearances=(dated,))

    (work,) = cast(
        list[JsonObject], part(review_of(check, language="en"), "itemReviewed", "appearance")
    )

    assert work == {
        "@type": "CreativeWork",
        "name": "Un tract",
        "datePublished": "2023-12-05",
        "inLanguage": "fr",
    }


@pytest.mark.parametrize("date", [None, "2023?", "2023-12~", "2023-11/2024-02"])
def test_a_claim_of_no_certain_date_has_none(date: str | None) -> None:
    check = replace(CHECK, appearances=(replace(SAID, published=date),))

    assert "datePublished" not in json.dumps(review_of(check, language="en")["itemReviewed"])


def test_sources_are_cited_with_their_copies() -> None:
    (source,) = cast(list[JsonObject], review_of(CHECK, language="en")["citation"])

    assert source["url"] == SUPPORTING.url
    assert source["archivedAt"] == SUPPORTING.archived_url
    assert part(source, "publisher", "name") == "Meta"


def test_a_correction_says_when_and_why() -> None:
    review = review_of(CORRECTED, language="en")

    assert review["datePublished"] == "2026-11-23T09:30:00+00:00"
    assert review["dateModified"] == "2026-11-24T09:30:00+00:00"
    assert part(review, "reviewRating", "alternateName") == "Misleading or disputed"
    (correction,) = cast(list[JsonObject], review["correction"])
    assert correction["text"] == "The licence restricts use."
    assert "dateModified" not in review_of(CHECK, language="en")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x", "https://"])
def test_an_address_that_is_none_is_left_out(address: str) -> None:
    check = replace(
        CHECK,
        appearances=(replace(SAID, url=address, claimant=replace(META, same_as=address)), LIMITED),
        sources=(replace(SUPPORTING, archived_url=address),),
    )

    text = json.dumps(review_of(check, language="en"))

    assert f'"{address}"' not in text


def test_reviews_are_counted_however_deep() -> None:
    assert count_reviews(review_of(CHECK, language="en")) == 1
    assert count_reviews(feed_of([CHECK, CORRECTED])) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("claimReviewed", ""),
        ("datePublished", "yesterday"),
        ("inLanguage", "de"),
        ("reviewRating", {"@type": "Rating", "ratingValue": 5}),
        ("mood", "good"),
    ],
)
def test_a_document_that_is_not_valid_is_refused_with_its_place(name: str, value: Json) -> None:
    document = {**review_of(CHECK, language="en"), name: value}

    with pytest.raises(InvalidReviewError):
        check_review(document)
