"""Suggestions at the workspace: taken, changed, rejected, undone in one step; the guideline."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import Result
from flask import Flask
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select, update

from tests.annotators import make_corpus
from tests.browser.workplace import ACTION_COUNTS, COUNT_ACTIONS, Workplace
from tests.factories import SENTENCES, make_project
from tests.server import Server
from tests.suggested import quotation, stance, suggest, whole_sentence
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.labelling.importing import suggest_articles
from workbench.labelling.tables import SuggestionDecision
from workbench.projects.tables import Project
from workbench.resources import resource_folder
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
FACT = whole_sentence(TEXT, SENTENCES[0])
QUOTED = quotation(TEXT, "C'est une erreur", speaker="Meta", cue="affirme")


@pytest.fixture
def work(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before four sentences, of which the first two have a suggestion."""
    make_corpus(app)
    suggest(app, FACT, QUOTED)
    return Workplace.of_new_annotator(app, server.url, page)


def cards(work: Workplace) -> Any:
    return work.panel.locator(".suggestion")


def rejected(work: Workplace) -> list[bool]:
    """Return what the server says of each suggestion, after everything was sent."""
    work.wait_until_saved()
    suggestions = cast(list[dict[str, Any]], work.desk.open()["suggestions"])
    return [one["rejected"] for one in suggestions]


def test_an_answer_with_what_travels_beside_it_counts_as_one(work: Workplace) -> None:
    work.press("j")
    expect(cards(work)).to_have_count(1)
    work.page.context.set_offline(True)

    work.press("a", "k", "n")

    expect(work.status).to_contain_text("2 pas encore envoyées")
    work.page.context.set_offline(False)
    work.wait_until_saved()


def test_a_suggestion_is_taken_by_one_key_and_given_back_by_another(work: Workplace) -> None:
    work.press("j")
    expect(cards(work)).to_contain_text("incise")
    expect(work.heard).to_contain_text("1 suggestion")

    work.press("a").wait_until_saved()

    [claim] = work.claims(2)
    link = claim["chain"][1]
    suggestions = cast(list[dict[str, Any]], work.desk.page["suggestions"])
    assert claim["suggestion"] == suggestions[1]["id"]
    assert [part["text"] for part in claim["parts"]] == ["C'est une erreur"]
    assert (claim["attributes"]["claim_type"], claim["attributes"]["check_worthiness"]) == (
        "opinion",
        "no",
    )
    assert (link["speaker"], link["mention"]["text"], link["cue"]["text"]) == (
        "meta",
        "Meta",
        "affirme",
    )
    assert link["attributes"]["quote_type"] == "direct"
    expect(cards(work)).to_have_count(0)
    expect(work.heard).to_contain_text("Suggestion acceptée")

    work.press("Control+z")
    expect(cards(work)).to_have_count(1)
    work.wait_until_saved()
    assert work.claims(2) == []


def test_the_card_names_the_rule_and_the_signs_it_found(
    app: Flask, server: Server, page: Page
) -> None:
    make_corpus(app)
    suggest(app, {**FACT, "reason": "dit; figure: 1,5 million, comparison: première, past"})
    work = Workplace.of_new_annotator(app, server.url, page)

    expect(cards(work)).to_contain_text("check-worthy")
    expect(cards(work)).to_contain_text(
        "chiffre « 1,5 million », comparaison « première », fait passé"
    )


def test_what_a_suggestion_leaves_open_is_asked(app: Flask, server: Server, page: Page) -> None:
    make_corpus(app)
    suggest(app, {**QUOTED, "claim_type": "fact", "certain": False, "hearsay": True})
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("j", "a")
    expect(work.asked).to_contain_text("À vérifier")
    work.press("2").wait_until_saved()

    [claim] = work.claims(2)
    assert (claim["attributes"]["check_worthiness"], claim["attributes"]["modality"]) == (
        "maybe",
        "hearsay",
    )
    assert claim["chain"][1]["attributes"]["speaker_certainty"] == "inferred"


def test_a_taken_suggestion_has_its_borders_at_hand(work: Workplace) -> None:
    work.press("j", "Shift+A", "Shift+ArrowLeft").wait_until_saved()

    [claim] = work.claims(2)
    assert [part["text"] for part in claim["parts"]] == ["C'est une"]
    assert claim["suggestion"]
    work.press("Control+z", "Control+z")
    expect(cards(work)).to_have_count(1)


def test_a_rejected_suggestion_goes_and_comes_back(work: Workplace) -> None:
    work.press("x")
    expect(cards(work)).to_have_count(0)
    expect(work.heard).to_contain_text("Suggestion rejetée")
    assert rejected(work) == [True, False]

    work.press("Control+z")
    expect(cards(work)).to_have_count(1)
    assert rejected(work) == [False, False]


@pytest.mark.parametrize("key", ["n", "u"])
def test_a_decision_without_claims_rejects_what_is_suggested_in_one_step(
    work: Workplace, key: str
) -> None:
    work.press(key)
    expect(work.heard).to_contain_text("Suggestion rejetée")
    assert rejected(work) == [True, False]

    work.press("Control+z")
    expect(cards(work)).to_have_count(1)
    assert rejected(work) == [False, False]
    assert work.answers()[1]["claims"] == []


@pytest.mark.parametrize("reloads", [False, True])
def test_what_no_claim_rejected_is_taken_all_the_same_in_one_step(
    work: Workplace, reloads: bool
) -> None:
    work.press("j", "n").wait_until_saved()
    if reloads:
        work.open()
    work.press("k", "k", "k", "j")
    expect(cards(work)).to_contain_text("Suggestion rejetée")

    work.press("a").wait_until_saved()

    assert work.claims(2)[0]["suggestion"]
    assert rejected(work) == [False, False]
    work.press("Control+z")
    assert rejected(work) == [False, True]
    assert work.answers()[2]["decision"] == "no_claim"


def test_a_claim_after_no_claim_takes_the_rejection_back(work: Workplace) -> None:
    work.press("j", "n", "k").select("Meta").press("c")

    expect(cards(work)).to_contain_text("incise")
    assert rejected(work) == [False, False]


def test_what_no_claim_rejected_comes_back_to_hand(work: Workplace) -> None:
    work.press("n", "k", "l")

    expect(cards(work)).to_contain_text("Accepter")
    assert rejected(work) == [False, False]
    assert work.answers()[1]["decision"] == "no_claim"


def test_a_suggestion_rejected_by_itself_stays_so_beside_another_decision(work: Workplace) -> None:
    work.press("x", "n", "k", "a")
    expect(work.told).to_contain_text("Rien n’est suggéré ici")

    work.press("c")
    assert rejected(work) == [True, False]


def test_a_claim_by_hand_on_the_same_words_settles_a_suggestion(work: Workplace) -> None:
    work.press("c")

    expect(cards(work)).to_have_count(0)
    work.press("j").select("C'est une").press("c")
    expect(cards(work)).to_have_count(0)


def test_a_claim_of_the_whole_sentence_leaves_what_is_suggested_inside(
    app: Flask, server: Server, page: Page
) -> None:
    text = "Selon Meta, la ville a supprimé 200 emplois municipaux en 2024."
    make_corpus(app, text)
    suggest(app, quotation(text, text[12:-1], speaker="Meta", cue="Selon"))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("c").wait_until_saved()
    work.open()

    expect(cards(work)).to_have_count(1)
    work.press("a").wait_until_saved()
    assert [len(claim["parts"][0]["text"]) for claim in work.claims(1)] == [
        len(text),
        len(text) - 13,
    ]


def test_words_beside_a_suggestion_do_not_settle_it(work: Workplace) -> None:
    work.press("j").select("erreur", "Meta").press("c")

    expect(cards(work)).to_have_count(1)


def test_several_suggestions_of_a_sentence_come_to_hand_in_turn(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« Non », dit Meta, et « Oui », dit OpenAI."
    make_corpus(app, text)
    suggest(
        app,
        quotation(text, "Non", speaker="Meta", cue="dit"),
        quotation(text, "Oui", speaker="OpenAI", cue="dit"),
    )
    work = Workplace.of_new_annotator(app, server.url, page)
    expect(cards(work)).to_have_count(2)

    work.press("l", "a").wait_until_saved()

    assert [claim["parts"][0]["text"] for claim in work.claims(1)] == ["Oui"]
    work.press("x")
    assert rejected(work) == [True, False]


def test_a_quotation_over_sentences_makes_a_claim_in_each_and_one_step(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« Il pleut. Il vente », dit Meta."
    make_corpus(app, "« Il pleut.", "Il vente », dit Meta.")
    suggest(app, quotation(text, "Il pleut.", "Il vente", speaker="Meta", cue="dit"))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a").wait_until_saved()
    expect(work.heard).to_contain_text("2 affirmations")
    taken = [(work.claims(n)[0]["parts"][0]["text"], work.claims(n)[0]["chain"]) for n in (1, 2)]
    work.press("Control+z").wait_until_saved()

    assert [words for words, _ in taken] == ["Il pleut.", "Il vente"]
    assert taken[0][1] == taken[1][1]
    assert [work.claims(n) for n in (1, 2)] == [[], []]


def test_a_quotation_leaves_a_sentence_as_it_was_decided(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« Il pleut. Il vente », dit Meta."
    make_corpus(app, "« Il pleut.", "Il vente », dit Meta.")
    work = Workplace.of_new_annotator(app, server.url, page)
    work.press("j", "n").wait_until_saved()
    suggest(app, quotation(text, "Il pleut.", "Il vente", speaker="Meta", cue="dit"))

    work.open().press("k", "a").wait_until_saved()

    assert (len(work.claims(1)), work.answers()[2]["decision"]) == (1, "no_claim")


def test_who_relays_a_quotation_stands_between(app: Flask, server: Server, page: Page) -> None:
    make_corpus(app)
    suggest(app, {**QUOTED, "via": "OpenAI"})
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("j", "a").wait_until_saved()

    chain = work.claims(2)[0]["chain"]
    assert [link["speaker"] for link in chain] == ["author", "openai", "meta"]


def test_a_speaker_nobody_knows_is_proposed_with_the_suggestion(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« C'est une erreur », affirme Zoé Inconnue."
    make_corpus(app, text)
    suggest(app, quotation(text, "C'est une erreur", speaker="Zoé Inconnue", cue="affirme"))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a")
    expect(cards(work)).to_contain_text("Qu’est-ce que « Zoé Inconnue »")
    work.press("1").wait_until_saved()

    [claim] = work.claims(1)
    speakers = cast(list[dict[str, Any]], work.desk.open()["speakers"])
    [entry] = [one for one in speakers if one["name"] == "Zoé Inconnue"]
    assert (entry["proposed"], entry["kind"]) == (True, "person")
    assert claim["chain"][1]["speaker"] == entry["id"]


def test_a_name_that_is_no_new_speaker_leaves_open_who_says_it(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« C'est une erreur », affirme le géant, selon OpenAI."
    make_corpus(app, text)
    content = quotation(text, "C'est une erreur", speaker="le géant", cue="affirme")
    suggest(app, {**content, "claim_type": "fact"})
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a", "0")
    expect(work.panel.get_by_role("option", name="OpenAI")).to_be_visible()
    page.keyboard.type("open")
    work.press("Enter")
    expect(work.asked).to_contain_text("À vérifier")
    work.wait_until_saved()

    link = work.claims(1)[0]["chain"][1]
    assert (link["speaker"], link["mention"]["text"]) == ("openai", "le géant")


@pytest.mark.parametrize("pronoun", ["l’autre", "Elle", "celui-ci"])
def test_a_pronoun_is_never_offered_as_a_new_speaker(
    app: Flask, server: Server, page: Page, pronoun: str
) -> None:
    text = f"« C'est une erreur », affirme {pronoun} après OpenAI."
    make_corpus(app, text)
    suggest(app, quotation(text, "C'est une erreur", speaker=pronoun, cue="affirme"))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a")
    expect(work.asked).to_contain_text("Qui le dit")
    work.select(pronoun).press("s", "0")
    expect(work.panel.get_by_role("combobox")).to_have_value("")
    page.keyboard.type(pronoun)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(work.panel.get_by_role("option").filter(has_text="Créer")).to_have_count(0)


def test_a_suggested_stance_is_put_down_or_asked(app: Flask, server: Server, page: Page) -> None:
    text = "« Meta est libre, OpenAI est fermé », dit Meta."
    stances = [stance(text, "meta", "Meta", "favor"), stance(text, "openai", "OpenAI", None)]
    make_corpus(app, text)
    content = "Meta est libre, OpenAI est fermé"
    suggest(app, quotation(text, content, speaker="Meta", cue="dit", stances=stances))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a")
    expect(work.heard).to_contain_text("Prise de position, OpenAI ?")
    work.press("2").wait_until_saved()

    given = cast(list[dict[str, Any]], work.answers()[1]["stances"])
    assert [(one["holder"], one["target"], one["value"]) for one in given] == [
        ("meta", "meta", "favor"),
        ("meta", "openai", "against"),
    ]


def test_a_suggested_stance_is_left_out_by_a_digit(app: Flask, server: Server, page: Page) -> None:
    text = "« Meta est libre, OpenAI est fermé », dit Meta."
    stances = [stance(text, "meta", "Meta", None), stance(text, "openai", "OpenAI", None)]
    make_corpus(app, text)
    content = "Meta est libre, OpenAI est fermé"
    suggest(app, quotation(text, content, speaker="Meta", cue="dit", stances=stances))
    work = Workplace.of_new_annotator(app, server.url, page)

    work.press("a", "0", "2").wait_until_saved()

    given = cast(list[dict[str, Any]], work.answers()[1]["stances"])
    assert [(one["target"], one["value"]) for one in given] == [("openai", "against")]


def test_what_is_taken_and_rejected_without_a_server_arrives_once_and_in_order(
    work: Workplace,
) -> None:
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url.rsplit("/", 1)[1])

    for path in ("**/answers", "**/suggestions"):
        work.page.route(path, lambda route: route.abort())
    work.press("x", "j", "a")
    expect(work.status).to_contain_text("2")
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.open()
    expect(cards(work)).to_have_count(0)
    work.press("k")
    expect(cards(work)).to_have_count(0)
    work.page.on("request", note)
    for path in ("**/answers", "**/suggestions"):
        work.page.unroute(path)

    assert rejected(work) == [True, False]
    assert len(work.claims(2)) == 1
    assert [name for name in sent if name != "csrf"][-2:] == ["suggestions", "answers"]
    with work.app.app_context():
        assert len(db.session().scalars(select(SuggestionDecision)).all()) == 1


def test_a_rejection_that_the_server_refuses_is_told_and_taken_back(work: Workplace) -> None:
    def refuse(route: Route) -> None:
        problem = {"title": "No", "status": 404, "detail": "Not of this text.", "code": "not_found"}
        route.fulfill(status=404, content_type="application/problem+json", body=json.dumps(problem))

    work.page.route("**/suggestions", refuse)

    work.press("x")

    expect(work.told).to_contain_text("Not of this text.")
    expect(cards(work)).to_have_count(1)
    work.press("n").wait_until_saved()


def test_a_sentence_of_the_share_without_suggestions_shows_them_after_its_answer(
    app: Flask, server: Server, page: Page
) -> None:
    make_corpus(app)
    suggest(app, FACT, QUOTED)
    with app.app_context(), transaction() as session:
        session.execute(update(Project).values(suggestion_free_percent=100))
    work = Workplace.of_new_annotator(app, server.url, page)
    assert "check-worthy" not in json.dumps(work.desk.page["suggestions"])
    expect(cards(work)).to_have_count(0)
    work.press("a")
    expect(work.told).to_contain_text("Rien n’est suggéré ici")

    work.press("n").wait_until_saved()

    expect(work.told).to_contain_text("Phrase 1")
    expect(cards(work)).to_have_count(0)
    work.press("k")
    expect(cards(work)).to_have_count(1)
    expect(work.panel.get_by_role("button", pressed=True)).to_contain_text("Aucune affirmation")
    work.press("a").wait_until_saved()
    assert work.claims(1)[0]["suggestion"]


@pytest.mark.parametrize(
    ("keys", "heading"),
    [
        ([], "La phrase avance-t-elle"),
        (["j", "a", "s"], "Qui le dit"),
        (["j", "a", "t"], "Pour ou contre"),
    ],
)
def test_the_guideline_opens_at_the_field_at_hand(
    work: Workplace, keys: list[str], heading: str
) -> None:
    work.press(*keys, "g")

    section = work.panel.locator(".ruling")
    expect(section.get_by_role("heading", level=2)).to_contain_text(heading)
    link = section.get_by_role("link", name="Le guide entier")
    expect(link).to_have_attribute("href", re.compile(r"/projects/demo/guideline/#rule-\d$"))
    expect(link).to_have_attribute("target", "_blank")
    work.press("g")
    expect(section).to_have_count(0)


def test_on_a_phone_the_guideline_is_a_sheet(work: Workplace) -> None:
    work.page.set_viewport_size({"width": 390, "height": 844})

    work.press("g")

    sheet = work.page.get_by_role("dialog")
    expect(sheet.get_by_role("heading").first).to_be_focused()
    work.press("g")
    expect(sheet).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_about_suggestions(work: Workplace, scheme: str) -> None:
    work.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    work.open()
    found = []
    for keys in ([], ["g"], ["g", "j"], ["a", "s", "g"]):
        work.press(*keys)
        found += [
            (keys, one["id"], one["nodes"][0]["html"])
            for one in Axe().run(work.page).response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    assert found == []


# --- how many actions one quotation takes --------------------------------------------------------

SPOKEN = "L’innovation ouverte et transparente"


def counted_steps(heading: str) -> Iterator[str]:
    """Yield the keys of the table under a heading of docs/action-counts.md."""
    [_, section] = ACTION_COUNTS.read_text().split(f"### {heading}\n", 1)
    for row in section.split("\n#", 1)[0].splitlines():
        if step := re.match(r"\| \d+ \| key `(\w)` \|", row):
            yield step[1].lower()


@pytest.fixture
def begin(app: Flask, server: Server, page: Page) -> Callable[[bool], Workplace]:
    """Let a new annotator begin the second article, with what the rules suggest or without."""

    def begin(is_suggested: bool) -> Workplace:
        path = resource_folder("seeds") / "articles" / "001_261cb179200dd163.txt"
        with app.app_context():
            with transaction() as session:
                project_id = make_project(session).id
            file = NamedFile(path.name, path.read_bytes())
            [[outcome]] = import_in_batches([file], project_id=project_id, by=None)
            [slug] = outcome.articles
            if is_suggested:
                suggest_articles(project_id)
        return Workplace.of_new_annotator(app, server.url, page, slug)

    return begin


@pytest.mark.parametrize(
    ("heading", "is_suggested", "most"), [("With a suggestion", True, 4), ("By hand", False, 12)]
)
def test_a_quotation_takes_as_many_actions_as_the_docs_say(
    begin: Callable[[bool], Workplace],
    cli: Callable[..., Result],
    heading: str,
    is_suggested: bool,
    most: int,
) -> None:
    work = begin(is_suggested).turn_to(SPOKEN)
    keys = list(counted_steps(heading))
    work.page.evaluate(COUNT_ACTIONS)

    work.press(*keys)
    actions = work.page.evaluate("actions")
    work.wait_until_saved()

    assert len(keys) == actions <= most
    assert f"**{actions} actions.**" in ACTION_COUNTS.read_text().split(f"### {heading}\n", 1)[1]
    assert recorded(cli) == {
        "type": "opinion",
        "speaker": "AI Alliance",
        "mention": "les membres de l’AI Alliance",
        "cue": "écrivent",
        "speech": "direct",
        "stance": ("favor", "open-models", SPOKEN),
    }


def recorded(cli: Callable[..., Result]) -> dict[str, object]:
    """Return what the export has of the one claim."""
    printed = cli("annotation", "export", "--project", "demo", "--kind", "all").stdout
    [record] = [one for one in map(json.loads, printed.splitlines()) if one["claims"]]
    [claim], [stance] = record["claims"], record["stances"]
    link = claim["chain"][-1]
    return {
        "type": claim["attributes"]["claim_type"],
        "speaker": link["speaker"]["name"],
        "mention": link["mention"]["text"],
        "cue": link["cue"]["text"],
        "speech": link["attributes"]["quote_type"],
        "stance": (stance["value"], stance["target"]["id"], stance["target_span"]["text"]),
    }
