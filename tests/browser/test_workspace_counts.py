"""How many actions two whole articles take: the demo answers, with what the rules suggest."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from playwright.sync_api import Page

from tests.annotators import open_desk
from tests.browser.player import Frame, Player
from tests.browser.workplace import ACTION_COUNTS, COUNT_ACTIONS, Workplace
from tests.factories import make_project
from tests.server import Server
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.labelling.importing import suggest_articles
from workbench.resources import resource_folder
from workbench.storage.database import transaction

MOST = 400
ARTICLES = {"Article 2": "001_261cb179200dd163", "Article 3": "002_ce2e5229d9ed911e"}
IDENTITIES = ("id", "claim", "suggestion", "annotator", "revision", "origin")


def demo_answers(slug: str) -> dict[int, Frame]:
    """Return the answers of the first demo annotator to an article, by position."""
    lines = (resource_folder("seeds") / "demo" / "answers.jsonl").read_text().splitlines()
    return {
        one["position"]: one["answer"]
        for one in map(json.loads, lines)
        if (one["annotator"], one["article"]) == ("noor", slug)
    }


def counted(article: str) -> dict[str, int]:
    """Return the counts of an article in the table of docs/action-counts.md."""
    rows = [
        [cell.strip(" *") for cell in line.split("|")[1:-1]]
        for line in ACTION_COUNTS.read_text().split("## Two whole articles", 1)[1].splitlines()
        if line.startswith("| ")
    ]
    column = rows[0].index(article)
    return {row[0]: int(row[column]) for row in rows[1:] if row[column].isdigit()}


def told(record: Frame) -> Any:
    """Return what a record says: no ids, times and origins, nor where targets are named."""

    def bare(part: Any) -> Any:
        if isinstance(part, list):
            return [bare(one) for one in part]
        if not isinstance(part, dict):
            return part
        left_out = (*IDENTITIES, "target_span")
        return {name: bare(value) for name, value in part.items() if name not in left_out}

    # A stance belongs to a claim: the claim's words stand for its id.
    words = {claim["id"]: claim["parts"] for claim in record["claims"]}
    stances = [{**bare(one), "of": bare(words.get(one["claim"]))} for one in record["stances"]]
    return {
        **bare({name: value for name, value in record.items() if name != "stances"}),
        "stances": sorted(stances, key=json.dumps),
        "speakers": [[link["speaker"] for link in one["chain"]] for one in record["claims"]],
    }


@pytest.fixture
def begin(app: Flask, server: Server, page: Page) -> Callable[[str], Workplace]:
    """Let a new annotator begin an article, with what the rules suggest."""

    def begin(name: str) -> Workplace:
        path = resource_folder("seeds") / "articles" / f"{name}.txt"
        with app.app_context():
            with transaction() as session:
                project_id = make_project(session).id
            file = NamedFile(path.name, path.read_bytes())
            [[outcome]] = import_in_batches([file], project_id=project_id, by=None)
            suggest_articles(project_id)
        return Workplace.of_new_annotator(app, server.url, page, outcome.articles[0])

    return begin


def exported(cli: Callable[..., Result]) -> Iterator[list[Frame]]:
    """Yield for each annotator the records of the export."""
    printed = cli("annotation", "export", "--project", "demo", "--kind", "all").stdout
    records = [one for one in map(json.loads, printed.splitlines()) if one["kind"] == "annotator"]
    for annotator in sorted({str(one["annotator"]) for one in records}):
        yield [one for one in records if one["annotator"] == annotator]


@pytest.mark.parametrize("article", ARTICLES)
def test_an_article_takes_as_many_actions_as_the_docs_say(
    app: Flask, begin: Callable[[str], Workplace], cli: Callable[..., Result], article: str
) -> None:
    work = begin(ARTICLES[article])
    slug = ARTICLES[article].replace("_", "-")
    answers = demo_answers(slug)
    player = Player(work)
    work.page.evaluate(COUNT_ACTIONS)

    for position, answer in answers.items():
        player.answer(position, answer)
    actions = work.page.evaluate("actions")
    work.wait_until_saved()

    assert actions == player.counts.total()
    another = open_desk(app, slug, "noor")
    for position, answer in answers.items():
        said = {name: answer[name] for name in ("decision", "attributes", "claims", "stances")}
        assert another.save(position, **said).status_code == 200
    first, second = ([told(one) for one in records] for records in exported(cli))
    assert first == second
    assert {**player.counts, "in all": actions} == counted(article)


def test_two_articles_take_no_more_actions_than_they_may() -> None:
    assert sum(counted(article)["in all"] for article in ARTICLES) <= MOST
