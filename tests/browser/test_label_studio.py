"""Label Studio's own editor: what people do there comes back, and nothing else changes."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.annotators import open_desk
from tests.factories import NOW, make_project
from tests.label_studio import EMAIL, PASSWORD, LabelStudio
from tests.synced import Pair
from workbench.corpus.importing import NamedFile
from workbench.labelling.frames import ClaimFrame, Link, Span, StanceFrame
from workbench.labelling.importing import import_files
from workbench.labelstudio.config import make_config, write_config
from workbench.labelstudio.connections import link_person
from workbench.labelstudio.convert import (
    Article,
    Place,
    Said,
    write_annotation,
    write_result,
    write_task,
)
from workbench.labelstudio.reading import read_result
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder
from workbench.settings import Settings
from workbench.storage.database import transaction

pytestmark = pytest.mark.labelstudio

CONFIG = make_config(
    parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text())),
    language="fr",
)
TEXT = "«\u202fIl pleut 🚀\u202f», dit Zoé, qui «\u202frefuse\u202f» Meta. Et puis non."
HALF = TEXT.index(" Et")
PLACES = (Place(1, 0, HALF), Place(2, HALF + 1, len(TEXT)))
DRAG = """quote => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let found = null;
    while (texts.nextNode()) {
        const start = texts.currentNode.data.indexOf(quote);
        if (start < 0 || texts.currentNode.parentElement.closest("[class*=task]")) continue;
        const range = document.createRange();
        range.setStart(texts.currentNode, start);
        range.setEnd(texts.currentNode, start + quote.length);
        const box = range.getBoundingClientRect();
        if (box.width) found = [box.left, box.right, (box.top + box.bottom) / 2];
    }
    return found;
}"""


def span(quote: str) -> Span:
    start = TEXT.index(quote)
    return Span(start, start + len(quote), quote)


CLAIM = ClaimFrame(
    "k3v9x2mq7rt1abcd",
    (span("Il pleut 🚀"), span("refuse")),
    {"claim_type": "fact", "time_scope": "2023-12"},
    (Link("author"), Link("zoe", span("Zoé"), span("dit"), {"quote_type": "mixed"})),
    "s7",
)
STANCE = StanceFrame(CLAIM.id, "zoe", "meta", None, "against", {})
SAID = Said(1, "claims", {"confidence": "sure"}, (CLAIM,), (STANCE,))


@pytest.fixture
def editor(browser: Browser, label_studio: LabelStudio) -> Iterator[Page]:
    """A browser signed in to Label Studio."""
    context = browser.new_context(
        base_url=label_studio.url, viewport={"width": 1600, "height": 1000}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/user/login/")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    context.close()


def test_what_is_changed_and_drawn_in_the_editor_comes_back(
    editor: Page, label_studio: LabelStudio
) -> None:
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    names = ({"author": "l’auteur", "zoe": "Zoé"}, {"meta": "Meta"})
    article = Article("a.1", "a", "Un essai", TEXT, sha256, PLACES, *names)
    result = write_result(TEXT, PLACES, [SAID], CONFIG).result
    project = label_studio.call(
        "POST", "/api/projects/", {"title": "Essai", "label_config": write_config(CONFIG)}
    )["id"]
    (task,) = label_studio.call(
        "POST",
        f"/api/projects/{project}/import?return_task_ids=true",
        [write_task(article, [write_annotation(result)])],
    )["task_ids"]

    editor.goto(f"/projects/{project}/data?task={task}", wait_until="domcontentloaded")
    editor.locator(".htx-highlight").first.click()
    editor.get_by_text("Chiffre").click()
    editor.keyboard.press("Escape")
    editor.get_by_text("Affirmation", exact=True).first.click()
    left, right, height = editor.evaluate(DRAG, "Et puis non")
    editor.mouse.move(left + 1, height)
    editor.mouse.down()
    editor.mouse.move(right, height, steps=10)
    editor.mouse.up()
    with editor.expect_response(lambda answer: answer.request.method == "PATCH"):
        editor.locator("button:visible", has_text="Update").click()

    (exported,) = label_studio.call("GET", f"/api/projects/{project}/export?exportType=JSON")
    found = read_result(TEXT, PLACES, exported["annotations"][0]["result"], CONFIG)
    first, second = found.said
    changed = first.claims[0]
    assert found.refused == ()
    assert changed.attributes == {"claim_type": "number", "time_scope": "2023-12"}
    assert (changed.id, changed.parts, changed.chain) == (CLAIM.id, CLAIM.parts, CLAIM.chain)
    assert (first.attributes, first.stances) == (SAID.attributes, SAID.stances)
    assert [one.parts for one in second.claims] == [(span("Et puis non"),)]
    assert found.drawn == {second.claims[0].id}


EDITED = "002_ce2e5229d9ed911e"


@pytest.fixture
def five(app: Flask, settings: Settings, label_studio: LabelStudio) -> Pair:
    """The demo's five articles on both sides, and an annotator with an account there."""
    folder = resource_folder("seeds") / "articles"
    with app.app_context():
        with transaction() as session:
            project_id = make_project(session).id
        files = []
        for path in sorted(folder.glob("*.txt")):
            # One character for another, as people write them in French.
            changed = {0xA0: "\u202f", ord("?"): "🚀"} if path.stem == EDITED else {}
            text = path.read_bytes().decode().translate(changed)
            files.append(NamedFile(path.name, text.encode()))
        slugs = {
            slug
            for batch in import_files(files, project_id=project_id, by=None)
            for outcome in batch
            for slug in outcome.articles
        }
    pair = Pair(app, settings, label_studio, label_studio.url)
    slug = next(slug for slug in slugs if slug.startswith("002"))
    pair.desks["olga"] = open_desk(app, slug, "olga")
    pair.connect()
    people = label_studio.call("GET", "/api/users/")
    with app.app_context(), transaction() as session:
        link_person(
            session,
            project_id=project_id,
            remote_id=next(one["id"] for one in people if one["email"] == EMAIL),
            membership_id=pair.desks["olga"].membership_id,
            by=None,
            now=NOW,
        )
    assert pair.run().counts == {"tasks_made": 5, "predictions_given": 5}
    return pair


def test_an_article_labelled_in_the_editor_from_its_suggestions_comes_back_whole(
    editor: Page, five: Pair
) -> None:
    desk = five.desks["olga"]
    slug = desk.base.rstrip("/").rpartition("/")[2]
    desk.open()
    suggested = {one["id"]: one for one in desk.page["suggestions"]}
    task = next(one for one in five.tasks() if one["data"]["slug"] == slug)
    end = desk.text.index("l'IA 🚀") + len("l'IA 🚀")
    words = desk.text[end - len("le monde de l'IA 🚀") : end]

    editor.goto(f"/projects/{five.remote_id}/data?task={task['id']}", wait_until="domcontentloaded")
    editor.locator(".htx-highlight").first.wait_for()
    editor.get_by_text("Affirmation", exact=True).first.click()
    left, right, height = editor.evaluate(DRAG, words.replace("🚀", "□"))
    editor.mouse.move(left + 1, height)
    editor.mouse.down()
    editor.mouse.move(right, height, steps=10)
    editor.mouse.up()
    editor.get_by_text(words.replace("🚀", "□"), exact=True).click()
    editor.get_by_text("Chiffre").locator("visible=true").first.click()
    with editor.expect_response(
        lambda answer: answer.request.method == "POST" and "/annotations" in answer.url
    ):
        editor.locator("button:visible", has_text="Submit").click()
    run = five.run()

    said = five.said(desk, slug).values()
    claims = [claim for one in said for claim in one.claims]
    drawn = [claim for claim in claims if claim.suggestion is None]
    taken = [claim for claim in claims if claim.suggestion is not None]
    assert run.problems == ()
    assert [claim.parts[0].text for claim in drawn] == [words]
    assert drawn[0].attributes["claim_type"] == "number"
    assert {claim.suggestion for claim in taken} == suggested.keys()
    for claim in taken:
        frame, link = suggested[claim.suggestion], claim.chain[-1] if claim.chain else None
        if link is not None and link.mention is not None:
            assert [link.mention.start, link.mention.end] == frame["mention"]
        assert all([part.start, part.end] in frame["parts"] for part in claim.parts)
    assert any("\u202f" in part.text for claim in claims for part in claim.parts)
    five.check_equal()
