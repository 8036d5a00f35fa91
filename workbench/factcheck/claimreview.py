"""A published check as schema.org's ClaimReview, in JSON-LD: the only place that knows its names.

The properties are those that Google and Full Fact document, and a few of schema.org that readers
of such files may ignore. The documents are described by ``schemas/claimreview.v1.schema.json``.
"""

import re
from collections.abc import Iterable

from workbench.canonical import Json, JsonObject
from workbench.documents import find_flaw
from workbench.errors import WorkbenchError
from workbench.factcheck.prose import plain_prose
from workbench.factcheck.published import (
    Appearance,
    Claimant,
    Organisation,
    PublishedCheck,
    Source,
    TakenBack,
    Version,
)
from workbench.links import is_link

CONTEXT = "https://schema.org"
SCHEMA = "claimreview.v1"
_WITHDRAWN = {"en": "Withdrawn: ", "fr": "Retiré\N{NO-BREAK SPACE}: "}
_PLAIN_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)


class InvalidReviewError(WorkbenchError):
    """A document that we made is not what its schema says: a fault of ours, and not sent out."""

    code = "invalid_review"


def review_of(check: PublishedCheck, *, language: str) -> JsonObject:
    """Return the ClaimReview of a check; ``language`` is that of the verdict's words.

    What is not known is left out: the author of a claim by somebody unnamed, the number of a
    verdict that has none, a date that is uncertain.
    """
    return {"@context": CONTEXT, **_review(check, language)}


def feed_of(checks: Iterable[PublishedCheck], *, language: str | None = None) -> JsonObject:
    """Return the ClaimReviews of many checks as one feed, each in its own language by default."""
    return {
        "@context": CONTEXT,
        "@type": "DataFeed",
        "dataFeedElement": [
            {
                "@type": "DataFeedItem",
                "dateModified": check.versions[-1].approved_at.isoformat(),
                "item": _review(check, language or check.language),
            }
            for check in checks
        ],
    }


def join_reviews(reviews: Iterable[JsonObject]) -> JsonObject:
    """Return ClaimReviews that were made before, each a document of its own, as one feed."""
    return {
        "@context": CONTEXT,
        "@type": "DataFeed",
        "dataFeedElement": [
            {
                "@type": "DataFeedItem",
                "dateModified": review.get("dateModified", review["datePublished"]),
                "item": {name: value for name, value in review.items() if name != "@context"},
            }
            for review in reviews
        ],
    }


def count_reviews(document: Json) -> int:
    """Count the ClaimReviews in a document, however deep."""
    if isinstance(document, list):
        return sum(map(count_reviews, document))
    if isinstance(document, dict):
        return (document.get("@type") == "ClaimReview") + sum(map(count_reviews, document.values()))
    return 0


def check_review(document: JsonObject) -> JsonObject:
    """Return a ClaimReview, or a feed of them, that is valid by our own schema."""
    error = find_flaw(SCHEMA, document)
    if error is not None:
        place = ".".join(map(str, error.path)) or "its top"
        raise InvalidReviewError(
            "The ClaimReview is not valid at %(place)s: %(problem)s",
            place=place,
            problem=error.message[:300],
        )
    return document


def _review(check: PublishedCheck, language: str) -> JsonObject:
    return _known(
        {
            "@type": "ClaimReview",
            "url": check.url,
            "claimReviewed": check.wording,
            "author": _organisation(check.organisation),
            "datePublished": check.published_at.isoformat(),
            "dateModified": check.modified_at.isoformat() if check.modified_at else None,
            "inLanguage": check.language,
            "itemReviewed": _claim(check),
            "reviewRating": _rating(check, language),
            "citation": [_citation(one) for one in check.sources],
            "correction": [
                _correction(one, check.language)
                for one in check.history
                if isinstance(one, TakenBack) or one.correction
            ],
        }
    )


def _organisation(organisation: Organisation) -> JsonObject:
    return {
        "@type": "Organization",
        "name": organisation.name,
        "url": organisation.url,
        "publishingPrinciples": organisation.method_url,
        "correctionsPolicy": organisation.corrections_url,
    }


def _rating(check: PublishedCheck, language: str) -> JsonObject:
    verdict = check.verdict
    is_number = verdict.rating_value is not None
    return _known(
        {
            "@type": "Rating",
            "ratingValue": verdict.rating_value,
            "worstRating": check.worst_rating if is_number else None,
            "bestRating": check.best_rating if is_number else None,
            "alternateName": verdict.alternate_name[language],
            "ratingExplanation": plain_prose(check.justification),
        }
    )


def _claim(check: PublishedCheck) -> JsonObject:
    saying = [one for one in check.appearances if one.says_it]
    dated = [one for one in saying if plain_date(one.published)]
    first = min(dated, key=lambda one: plain_date(one.published) or "", default=None)
    return _known(
        {
            "@type": "Claim",
            "@id": f"{check.url}#claim",
            "author": _author(check.claimant),
            "datePublished": plain_date(check.claimed),
            "appearance": [_work(one) for one in saying],
            "firstAppearance": _work(first) if first else None,
        }
    )


def _author(claimant: Claimant | None) -> JsonObject | None:
    if claimant is None or not claimant.is_named:
        return None
    return _known(
        {
            "@type": "Person" if claimant.is_person else "Organization",
            "name": claimant.name,
            "sameAs": _address(claimant.same_as),
        }
    )


def _work(appearance: Appearance) -> JsonObject:
    """An article; one without an address is a work with what else is known of it."""
    outlet: JsonObject | None = (
        {"@type": "Organization", "name": appearance.outlet} if appearance.outlet else None
    )
    return _known(
        {
            "@type": "CreativeWork",
            "url": _address(appearance.url),
            "name": appearance.title,
            "publisher": outlet,
            "datePublished": plain_date(appearance.published),
            "inLanguage": appearance.language,
        }
    )


def _citation(source: Source) -> JsonObject:
    return _known(
        {
            "@type": "CreativeWork",
            "url": _address(source.url),
            "archivedAt": _address(source.archived_url),
            "name": source.title,
            "publisher": {"@type": "Organization", "name": source.publisher},
            "datePublished": plain_date(source.published),
        }
    )


def _correction(one: Version | TakenBack, language: str) -> JsonObject:
    return {
        "@type": "CorrectionComment",
        "text": f"{_WITHDRAWN[language]}{one.reason}"
        if isinstance(one, TakenBack)
        else one.correction or "",
        "datePublished": one.at.isoformat(),
    }


def plain_date(edtf: str | None) -> str | None:
    """Return a date that is certain, to the year, the month or the day; none of any other."""
    return edtf if edtf and _PLAIN_DATE.fullmatch(edtf) else None


def _address(url: str | None) -> str | None:
    return url if url and is_link(url) else None


def _known(entries: JsonObject) -> JsonObject:
    return {name: value for name, value in entries.items() if value not in (None, "", [])}
