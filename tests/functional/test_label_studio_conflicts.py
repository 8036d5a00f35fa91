"""What both sides changed is shown side by side, and one key or form settles it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.annotators import Desk, make_corpus
from tests.label_studio import LabelStudio
from tests.people import browser_of, join, make_person, send
from tests.synced import Pair, choose, drop, save_claim
from workbench.canonical import JsonObject
from workbench.projects.rules import Role
from workbench.settings import Settings

pytestmark = pytest.mark.labelstudio

PAGE = "/projects/demo/label-studio/conflicts/"
WORDS = "OpenAI a fermé ses modèles"
Change = Callable[[list[JsonObject]], object]


@pytest.fixture
def pair(app: Flask, settings: Settings, label_studio: LabelStudio) -> Pair:
    make_corpus(app)
    return Pair(app, settings, label_studio, label_studio.url)


@pytest.fixture
def desk(pair: Pair) -> Desk:
    """Anna's work; both sides agree on it."""
    desk = pair.open_desk()
    save_claim(desk, 1, WORDS)
    pair.connect()
    pair.run()
    return desk


@pytest.fixture
def lead(app: Flask, pair: Pair, desk: Desk) -> FlaskClient:
    user = make_person(app)
    join(app, pair.project_id, "ada@example.org", [Role.MANAGER])
    return browser_of(app, user)


def clash(pair: Pair, desk: Desk, there: Change) -> None:
    """Change the type of the claim here, and something there."""
    save_claim(desk, 1, WORDS, attributes={"claim_type": "number", "check_worthiness": "yes"})
    pair.edit(there)
    pair.run()


def open_conflict(lead: FlaskClient) -> tuple[str, str]:
    """Return the address of the only conflict, and its page."""
    (path,) = re.findall(r'href="([^"]+/conflicts/[^"]+)"', lead.get(PAGE).text)
    return path, lead.get(path).text


def settle(lead: FlaskClient, path: str, page: str, **chosen: str) -> TestResponse:
    """Send the form of a conflict's page, with what the page shows."""
    (shown,) = re.findall(r'name="shown" type="hidden" value="(\w+)"', page)
    return send(lead, path, page=path, shown=shown, **chosen)


def type_here(pair: Pair, desk: Desk) -> str | None:
    claims = pair.said(desk)[1].claims
    return claims[0].attributes["claim_type"] if claims else None


@pytest.mark.parametrize(
    ("take", "stands"), [("ours", "number"), ("theirs", "cause"), ("edited", "number")]
)
def test_either_side_or_a_choice_from_both_stands_on_both(
    pair: Pair, desk: Desk, lead: FlaskClient, take: str, stands: str
) -> None:
    def change(result: list[JsonObject]) -> None:
        choose("claim_type", "cause", in_sentence=1)(result)
        choose("check_worthiness", "maybe", in_sentence=1)(result)

    clash(pair, desk, change)
    path, page = open_conflict(lead)
    assert page.count(f"<mark>{WORDS}</mark>") == 3
    assert [page.count(f">{word}</bdi>") for word in ("Fact", "Number")] == [1, 1]
    french = lead.get(path, headers={"Accept-Language": "fr"}).text
    assert "À vérifier ?\u00a0: <bdi>" in french
    assert settle(lead, path, page).status_code == 422

    chosen = {"from_there": "check_worthiness"} if take == "edited" else {}
    assert settle(lead, path, page, take=take, **chosen).location == PAGE
    assert type_here(pair, desk) == stands
    worthiness = pair.said(desk)[1].claims[0].attributes["check_worthiness"]
    assert worthiness == ("yes" if take == "ours" else "maybe")
    assert "There is nothing to settle" in lead.get(PAGE).text
    pair.run()
    pair.check_equal()
    assert lead.get(path).status_code == 404


def test_what_was_deleted_there_and_changed_here_is_taken_whole_or_not(
    pair: Pair, desk: Desk, lead: FlaskClient
) -> None:
    clash(pair, desk, drop("claim"))
    path, page = open_conflict(lead)
    assert "Nothing." in page
    assert 'value="edited"' not in page
    assert settle(lead, path, page, take="edited").status_code == 422
    settle(lead, path, page, take="theirs")
    assert type_here(pair, desk) is None


@pytest.mark.parametrize(("take", "stands"), [("theirs", "cause"), ("edited", "opinion")])
def test_what_was_changed_here_since_it_was_shown_is_shown_before_it_is_settled(
    pair: Pair, desk: Desk, lead: FlaskClient, take: str, stands: str
) -> None:
    def change(result: list[JsonObject]) -> None:
        choose("claim_type", "cause", in_sentence=1)(result)
        choose("check_worthiness", "maybe", in_sentence=1)(result)

    clash(pair, desk, change)
    path, page = open_conflict(lead)
    newest = {"claim_type": "opinion", "check_worthiness": "no"}
    save_claim(desk, 1, WORDS, attributes=newest)
    chosen = {"take": take, "from_there": "check_worthiness"}

    refused = settle(lead, path, page, **chosen)

    assert (refused.status_code, type_here(pair, desk)) == (412, "opinion")
    assert "look at both again" in refused.text
    assert [refused.text.count(f">{word}</bdi>") for word in ("Number", "Opinion")] == [0, 1]
    assert len(re.findall(r"<input[^>]* checked", refused.text)) == 2
    assert settle(lead, path, refused.text, **chosen).location == PAGE
    assert type_here(pair, desk) == stands
    pair.run()
    pair.check_equal()


def test_whoever_still_labels_the_article_is_not_shown_its_conflicts(
    app: Flask, pair: Pair, desk: Desk, lead: FlaskClient
) -> None:
    clash(pair, desk, choose("claim_type", "opinion", in_sentence=1))
    path, _ = open_conflict(lead)
    noor = pair.open_desk(name="noor")
    noor.open()
    join(app, pair.project_id, "noor@example.org", [Role.MANAGER, Role.ANNOTATOR])

    assert "1 is hidden from you" in noor.client.get(PAGE).text
    assert noor.client.get(path).status_code == 404
