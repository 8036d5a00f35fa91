"""schema.org's ClaimReview as JSON-LD: a feed of the reviews that the project publishes."""

from collections.abc import Iterator, Sequence

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.formats.checks import (
    Check,
    CheckFormat,
    keep_check,
    lose_check,
    standing_verdict,
)
from workbench.datasets.losses import Account
from workbench.factcheck.claimreview import join_reviews

REASONS = {"unpublished": "The project does not publish the check."}


def write(checks: Sequence[Check], account: Account) -> Iterator[str]:
    """Yield the feed; a review names the sources of the evidence as its citations."""
    reviews: list[JsonObject] = []
    for check in checks:
        verdict = standing_verdict(check, account)
        if verdict is None:
            continue
        review = verdict["claim_review"]
        if isinstance(review, dict):
            keep_check(account)
            account.export("evidence", len(check.frozen))
            reviews.append(review)
        else:
            lose_check(
                Check(check.statement, (verdict,), tuple(check.frozen)), account, "unpublished"
            )
    yield f"{canonical_json(join_reviews(reviews))}\n"


CLAIM_REVIEW = CheckFormat(
    name="claimreview",
    title="ClaimReview",
    files="`claimreview.jsonld`",
    single="claimreview.jsonld",
    keeps={
        "statements": "what is reviewed",
        "verdicts": "the review of the one that stands",
        "evidence": "its source, as a citation",
    },
    omits={},
    reasons=REASONS,
    write=write,
)
