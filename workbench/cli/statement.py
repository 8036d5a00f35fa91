"""`workbench statement`: what a project's fact-check desk publishes, as files."""

from collections.abc import Iterator

import click

from workbench.canonical import canonical_json
from workbench.cli.opening import in_workbench, opened_settings, project_option
from workbench.factcheck.claimreview import check_review, feed_of, review_of
from workbench.factcheck.published import PublishedCheck
from workbench.factcheck.publishing import (
    LeftOut,
    count_left_out,
    demand_desk,
    read_all_checks,
)
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, read_one_instant


@click.group()
def statement() -> None:
    """Hand out what is checked and published."""


@statement.command("export")
@project_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["claimreview", "jsonl"]),
    default="claimreview",
    show_default=True,
    help="One feed of schema.org's ClaimReviews, or one ClaimReview a line.",
)
@in_workbench
def export(project: str, format_: str) -> None:
    """Print the published checks of a project, the newest first.

    Each is what its public page says, in the language of the statement. Opinions and predictions,
    what is not approved, withdrawn, or breaks a rule is left out, and counted.
    """
    settings = opened_settings()
    session = db.session()
    read_one_instant(session)
    found = project_by_slug(session, slug=project)
    desk = demand_desk(session, project=found, base_url=settings.base_url)
    checks = read_all_checks(session, desk=desk)
    for line in _lines(checks, format_):
        click.echo(line)
    click.echo(_say(count_left_out(session, desk=desk)), err=True)


def _lines(checks: Iterator[PublishedCheck], format_: str) -> Iterator[str]:
    if format_ == "jsonl":
        for check in checks:
            yield canonical_json(check_review(review_of(check, language=check.language)))
    else:
        yield canonical_json(check_review(feed_of(checks)))


def _say(left: LeftOut) -> str:
    return (
        f"Left out: {left.not_rated} not rated, {left.not_approved} not approved,"
        f" {left.withdrawn} withdrawn, {left.against_rules} against a rule."
    )
