"""`workbench statement export`: what is published, as files."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from tests.press import add_statement, print_check, publish, take_back
from workbench.factcheck.claimreview import check_review
from workbench.factcheck.tables import Desk
from workbench.storage.database import transaction

Cli = Callable[..., Result]


def test_a_feed_holds_what_is_published_and_counts_the_rest(app: Flask, cli: Cli) -> None:
    case = print_check(app)
    with app.app_context(), transaction() as session:
        add_statement(session, case, 1)
        withdrawn = add_statement(session, case, 2)
        publish(session, withdrawn)
        take_back(session, withdrawn)

    result = cli("statement", "export", "--project", "demo")

    assert result.exit_code == 0, result.output
    feed = check_review(json.loads(result.stdout))
    (entry,) = feed["dataFeedElement"]  # type: ignore[misc]  # it was JSON
    assert case.statement in str(entry)
    assert result.stderr == (
        "Left out: 0 not rated, 1 not approved, 1 withdrawn, 0 against a rule.\n"
    )


def test_lines_are_reviews_and_the_same_every_time(app: Flask, cli: Cli) -> None:
    case = print_check(app)
    with app.app_context(), transaction() as session:
        publish(session, add_statement(session, case, 1))

    result = cli("statement", "export", "--project", "demo", "--format", "jsonl")
    again = cli("statement", "export", "--project", "demo", "--format", "jsonl")

    lines = [check_review(json.loads(line)) for line in result.stdout.splitlines()]
    assert len(lines) == 2
    assert again.stdout == result.stdout


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"publishes": False}, "does not publish"),
        ({"organisation": ""}, "which organisation"),
    ],
)
def test_a_desk_that_may_not_publish_is_told_why(
    app: Flask, cli: Cli, changes: dict[str, object], problem: str
) -> None:
    print_check(app)
    with app.app_context(), transaction() as session:
        session.execute(update(Desk).values(**changes))

    result = cli("statement", "export", "--project", "demo")

    assert result.exit_code == 2
    assert problem in result.stderr
    assert result.stdout == ""
