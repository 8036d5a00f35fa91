"""The annotation workspace: what a person does there, and what the server has of it afterwards."""

import json
from collections.abc import Callable
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import Result
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.factories import make_annotator, make_project
from tests.server import Server
from workbench.storage.database import transaction

QUOTATION = "L’innovation ouverte et transparente est essentielle"


def test_a_quotation_is_labelled_by_keys_alone_and_exported_exactly(
    alliance: Workplace, cli: Callable[..., Result]
) -> None:
    alliance.turn_to(QUOTATION).press("e", "c", "5", "2", "t", "1", "1", "Enter")
    alliance.wait_until_saved().open()

    records = map(
        json.loads,
        cli("annotation", "export", "--project", "demo", "--kind", "all").stdout.splitlines(),
    )
    [record] = [one for one in records if one["claims"]]
    [claim] = record["claims"]
    [part] = claim["parts"]
    link = claim["chain"][-1]
    [stance] = record["stances"]
    text = alliance.desk.text
    assert text[part["start"] : part["end"]] == part["text"]
    assert part["text"].startswith(QUOTATION)
    assert part["text"].endswith("et les avantages pour tous")
    assert (claim["attributes"]["claim_type"], claim["attributes"]["check_worthiness"]) == (
        "opinion",
        "no",
    )
    assert link["speaker"]["name"] == "AI Alliance"
    assert link["mention"]["text"] == "les membres de l’AI Alliance"
    assert link["cue"]["text"] == "écrivent"
    assert link["attributes"]["quote_type"] == "direct"
    assert (stance["value"], stance["target_span"]["text"]) == (
        "favor",
        "L’innovation ouverte et transparente",
    )


def test_a_power_cut_between_two_decisions_loses_and_doubles_nothing(
    work: Workplace, server: Server
) -> None:
    work.press("c", "1", "3").wait_until_saved()
    server.kill()
    work.turn_to("Pourquoi").press("n")
    expect(work.status).to_contain_text("1")
    server.start()

    work.wait_until_saved()

    answers = work.answers()
    assert [(answers[n]["decision"], answers[n]["number"]) for n in (1, 3)] == [
        ("claims", 3),
        ("no_claim", 1),
    ]


def test_decisions_made_without_a_network_arrive_once(work: Workplace) -> None:
    work.page.context.set_offline(True)
    work.press("n", "u", "b", "c", "1")
    expect(work.status).to_contain_text("5")

    work.page.context.set_offline(False)
    work.wait_until_saved()

    answers = work.answers()
    assert [answers[n]["decision"] for n in (1, 2, 3, 4)] == [
        "no_claim",
        "undecided",
        "not_annotatable",
        "claims",
    ]
    assert [answers[n]["number"] for n in (1, 2, 3, 4)] == [1, 1, 1, 2]


def test_unsent_decisions_outlive_the_page(work: Workplace) -> None:
    work.page.route("**/answers", lambda route: route.abort())
    work.press("n", "u")
    expect(work.status).to_contain_text("2")
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.open()
    expect(work.status).to_contain_text("2")
    work.page.unroute("**/answers")

    work.wait_until_saved()

    assert {n: answer["decision"] for n, answer in work.answers().items()} == {
        1: "no_claim",
        2: "undecided",
    }


def test_an_answer_that_was_lost_on_its_way_is_sent_again(work: Workplace) -> None:
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    work.page.route("**/answers", lose_the_first)
    work.press("n").wait_until_saved()

    assert lost == [200]
    assert work.answers()[1]["number"] == 1


def test_after_signing_in_again_what_waited_goes_out(work: Workplace) -> None:
    work.page.context.clear_cookies()
    work.press("n")
    expect(work.trouble.get_by_role("link")).to_be_visible()

    work.sign_in(work.desk.user_id)
    work.trouble.get_by_role("button").click()
    work.wait_until_saved()

    assert work.answers()[1]["decision"] == "no_claim"


def test_another_person_on_the_same_browser_never_sends_it(work: Workplace) -> None:
    work.page.context.clear_cookies()
    work.press("n")
    expect(work.trouble.get_by_role("link")).to_be_visible()
    with work.app.app_context(), transaction() as session:
        project = make_project(session, "other")
        stranger, _ = make_annotator(session, project, "bea")

    work.sign_in(stranger)
    work.trouble.get_by_role("button").click()

    expect(work.trouble).to_contain_text("autre personne")
    assert work.answers() == {}


def test_a_second_tab_shows_both_answers_and_the_person_chooses(work: Workplace) -> None:
    other = work.open(work.page.context.new_page())
    work.press("n").wait_until_saved()
    other.press("u", "k")

    other.panel.get_by_role("alert").get_by_role("button").first.click()
    other.wait_until_saved()

    assert (work.answers()[1]["decision"], work.answers()[1]["number"]) == ("undecided", 2)


def test_the_other_answer_can_be_taken_and_mine_had_back(work: Workplace) -> None:
    other = work.open(work.page.context.new_page())
    work.press("n").wait_until_saved()
    other.press("u", "k")

    other.panel.get_by_role("alert").get_by_role("button").last.click()
    expect(other.panel.get_by_role("button", pressed=True)).to_contain_text("Aucune affirmation")
    other.press("Control+z").wait_until_saved()

    assert (work.answers()[1]["decision"], work.answers()[1]["number"]) == ("undecided", 2)


def test_a_sentence_that_needs_its_annotator_does_not_hide_that_the_session_is_over(
    work: Workplace,
) -> None:
    other = work.open(work.page.context.new_page())
    work.press("n").wait_until_saved()
    other.press("u")
    expect(other.trouble).to_have_text("La phrase 1 a besoin de vous")

    work.page.context.clear_cookies()
    other.press("u")

    expect(other.trouble).to_contain_text("Votre session est fermée")
    expect(other.trouble.get_by_role("link", name="Se connecter")).to_be_visible()
    expect(other.trouble.get_by_role("button", name="La phrase 1")).to_be_visible()


def test_what_the_server_refuses_stays_until_it_is_put_right(work: Workplace) -> None:
    def refuse(route: Route) -> None:
        problem = {"title": "No", "status": 422, "detail": "Not like this.", "code": "invalid"}
        route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))

    work.page.route("**/answers", refuse)
    work.press("c")
    expect(work.panel.get_by_role("alert")).to_contain_text("Not like this.")
    work.page.unroute("**/answers")

    work.press("1", "1").wait_until_saved()

    expect(work.panel.get_by_role("alert")).to_have_count(0)
    assert work.claims(1)


def test_undo_goes_back_to_the_sentence_and_redo_forth(work: Workplace) -> None:
    work.press("c", "1", "3", "Enter", "n")

    work.press("Control+z", "Control+z")
    assert work.here.startswith("OpenAI")
    work.press("Control+z", "Control+z").wait_until_saved()
    undone = work.answers()
    work.press("Control+Shift+z", "Control+y", "Control+y").wait_until_saved()

    assert [undone[n]["claims"] for n in (1, 2)] == [[], []]
    attributes = work.claims(1)[0]["attributes"]
    assert (attributes["claim_type"], attributes["check_worthiness"]) == ("fact", "yes")


def test_digits_go_by_the_key_and_letters_by_what_they_write(work: Workplace) -> None:
    keyboard = work.page.context.new_cdp_session(work.page)
    azerty = [("c", "KeyC"), ("é", "Digit2"), ('"', "Digit3")]

    for key, code in azerty:
        for kind in ("keyDown", "keyUp"):
            keyboard.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code})
    work.wait_until_saved()

    attributes = work.claims(1)[0]["attributes"]
    assert (attributes["claim_type"], attributes["check_worthiness"]) == ("number", "yes")


def test_words_selected_with_the_mouse_become_parts(alliance: Workplace) -> None:
    alliance.select("nnovation ouverte", "transparen").press("c", "1", "1", "1")
    alliance.select("chercheurs, de concept", "d’utilisateu").press("p").wait_until_saved()

    [claim] = alliance.claims(*alliance.answers())
    text = alliance.desk.text
    assert [text[part["start"] : part["end"]] for part in claim["parts"]] == [
        "innovation ouverte et transparente",
        "chercheurs, de concepteurs et d’utilisateurs",
    ]


@pytest.fixture
def twice(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before a sentence of two quotations."""
    make_corpus(app, "« La ville a menti », dit Meta, et « Rien ne presse ici », dit OpenAI.")
    return Workplace.of_new_annotator(app, server.url, page)


def test_a_part_kept_is_told_and_the_next_words_are_others(twice: Workplace) -> None:
    twice.press("e", "p")
    expect(twice.told).to_contain_text("1 morceau gardé")

    twice.press("e", "c").wait_until_saved()

    [claim] = twice.claims(1)
    assert [part["text"] for part in claim["parts"]] == ["La ville a menti", "Rien ne presse ici"]


@pytest.mark.parametrize("key", ["d", "r"])
def test_nobody_is_told_to_be_the_author_before_one_is_chosen(twice: Workplace, key: str) -> None:
    twice.press("e", "c", key)

    expect(twice.told).to_contain_text("Choisissez d’abord qui le dit (S).")


def test_words_are_picked_with_the_arrows_alone(work: Workplace) -> None:
    work.turn_to("affirme Meta").press(
        "i", "ArrowRight", "Shift+ArrowRight", "Enter", "1", "1", "1"
    )
    work.wait_until_saved()

    [claim] = work.claims(2)
    assert [part["text"] for part in claim["parts"]] == ["est une"]


def test_borders_move_and_links_stay(work: Workplace) -> None:
    work.turn_to("affirme Meta").press(
        "e", "c", "1", "1", "2", "p", "Shift+ArrowLeft", "ArrowRight"
    )
    work.wait_until_saved()

    [claim] = work.claims(2)
    assert [part["text"] for part in claim["parts"]] == ["est une"]
    assert claim["chain"][1]["cue"]["text"] == "affirme"


def test_picked_words_become_mention_and_cue(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1")
    work.select("Meta").press("s", "2")
    work.press("r", "0").select("affirme").press("r").wait_until_saved()

    [claim] = work.claims(2)
    link = claim["chain"][1]
    assert (link["mention"]["text"], link["cue"]["text"]) == ("Meta", "affirme")


def test_a_relaying_source_stands_between_author_and_speaker(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2", "v", "1").wait_until_saved()

    [claim] = work.claims(2)
    assert [link["speaker"] for link in claim["chain"]] == ["author", "openai", "meta"]


def test_two_claims_of_a_sentence_are_told_apart(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "5", "2")
    work.select("affirme Meta").press("c", "1", "1", "1")
    work.press("ArrowLeft", "y", "6", "ArrowRight", "Delete", "Control+z").wait_until_saved()

    assert [
        (claim["parts"][0]["text"], claim["attributes"]["claim_type"]) for claim in work.claims(2)
    ] == [("C'est une erreur", "prediction"), ("affirme Meta", "fact")]


def test_a_question_may_carry_a_stance_and_no_claim(work: Workplace) -> None:
    work.turn_to("Pourquoi").press("t", "1", "3").wait_until_saved()

    answer = work.answers()[3]
    [stance] = cast(list[dict[str, str]], answer["stances"])
    assert (answer["decision"], stance["value"], stance["claim"]) == ("no_claim", "neutral", None)


def test_a_target_is_typed_before_a_question_has_an_answer(work: Workplace) -> None:
    work.turn_to("Pourquoi")
    work.panel.locator(".stances").get_by_role("button", name="prise de position").click()
    work.press("t")
    expect(work.panel.get_by_role("combobox")).to_be_focused()
    work.page.evaluate("document.activeElement.blur()")
    work.page.keyboard.type("Un nouveau cap")
    work.press("Enter", "1", "1").wait_until_saved()

    [stance] = cast(list[dict[str, str]], work.answers()[3]["stances"])
    assert (list(work.answers()), work.answers()[3]["decision"]) == ([3], "no_claim")
    assert stance["value"] == "favor"
    expect(work.page.locator("[data-place=announcer]")).to_contain_text("Aucune affirmation")


def test_a_relay_has_the_marks_around_what_it_relays(
    app: Flask, server: Server, page: Page
) -> None:
    slug = make_corpus(app, "OpenAI écrit : « Meta affirme que le marché est ouvert. »")
    work = Workplace.of_new_annotator(app, server.url, page, slug)
    work.select("le marché", "ouvert").press("c", "1", "1", "1")
    work.panel.get_by_role("group", name="Qui le dit").get_by_role("button").first.click()
    by_name = work.panel.locator(".option")
    by_name.filter(has_text="Meta").click()
    work.press("v")
    by_name.filter(has_text="OpenAI").click()
    work.wait_until_saved()
    computed = [link["attributes"]["quote_type"] for link in work.claims(1)[0]["chain"][1:]]
    work.panel.get_by_role("button", name="▸").click()
    work.panel.locator(".attribution").first.get_by_role("button", name="direct").click()
    work.press("3").wait_until_saved()

    chain = work.claims(1)[0]["chain"]
    assert [link["speaker"] for link in chain] == ["author", "openai", "meta"]
    assert computed == ["direct", "indirect"]
    assert [link["attributes"]["quote_type"] for link in chain[1:]] == ["mixed", "indirect"]


def test_words_selected_elsewhere_bring_their_sentence_to_hand(work: Workplace) -> None:
    work.select("affirme Meta")
    assert "affirme Meta" in work.here

    work.press("n").wait_until_saved()

    assert list(work.answers()) == [2]


def test_only_stances_have_signs_and_enter_keeps_what_is_set(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2")
    work.panel.get_by_role("button", name="▸").click()
    expect(work.panel.locator(".chip.neutral")).not_to_contain_text("=")
    chip = work.panel.locator(".chip.subjective")
    chip.focus()
    work.press("Enter", "Enter").wait_until_saved()

    attributes = cast(dict[str, str], work.answers()[2]["attributes"])
    assert attributes["subjectivity"] == "subjective"


def test_a_speaker_made_on_the_spot_is_proposed_and_says_it(work: Workplace) -> None:
    work.press("c", "1", "1", "s", "0")
    expect(work.panel.get_by_role("combobox")).to_be_focused()
    work.page.keyboard.type("Une Inconnue")
    work.press("Enter", "1").wait_until_saved()

    [claim] = work.claims(1)
    [entry] = [one for one in work.desk.page["speakers"] if one["name"] == "Une Inconnue"]
    assert (entry["proposed"], entry["kind"]) == (True, "person")
    assert claim["chain"][1]["speaker"] == entry["id"]


def test_who_says_a_quotation_is_asked_until_it_is_answered(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "Enter", "s").wait_until_saved()
    assert "affirme Meta" in work.here
    assert work.claims(2)[0]["chain"] == []

    work.open().turn_to("affirme Meta")
    expect(work.asked).to_contain_text("Qui le dit")
    work.press("1", "Enter").wait_until_saved()

    assert work.claims(2)[0]["chain"] == [{"speaker": "author"}]
    assert "affirme Meta" not in work.here


def test_letters_are_only_letters_in_a_text_field(work: Workplace) -> None:
    work.press("c", "1", "1")
    work.panel.get_by_role("button", name="▸").click()
    work.panel.get_by_role("textbox").last.fill("")
    work.page.keyboard.type("nous buvons 1 thé")
    work.press("Escape").wait_until_saved()

    [claim] = work.claims(1)
    assert claim["attributes"]["normalised_claim"] == "nous buvons 1 thé"


def test_a_control_that_is_pressed_while_an_answer_arrives_is_clicked(work: Workplace) -> None:
    work.page.route("**/answers", lambda _: None)  # it stays on its way
    with work.page.expect_request("**/answers"):
        work.press("c", "1", "1")
    work.panel.get_by_role("button", name="▸").hover()
    work.page.mouse.down()
    work.page.unroute("**/answers")
    work.wait_until_saved()
    work.page.mouse.up()

    expect(work.panel.get_by_role("button", name="▾")).to_be_visible()


def test_what_is_drawn_while_a_text_is_typed_leaves_its_caret(work: Workplace) -> None:
    work.page.context.set_offline(True)
    work.press("c", "1", "1")
    work.panel.get_by_role("button", name="▸").click()
    work.panel.get_by_role("textbox").last.fill("")
    work.page.keyboard.type("nous thé")
    work.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    work.page.context.set_offline(False)
    work.wait_until_saved()
    work.page.keyboard.type("buvons du ")
    work.press("Escape").wait_until_saved()

    [claim] = work.claims(1)
    assert claim["attributes"]["normalised_claim"] == "nous buvons du thé"


def test_finishing_names_what_is_left(work: Workplace) -> None:
    work.press("n", "c", "j", "n")
    work.page.get_by_role("button", name="Terminer").click()

    left = work.page.get_by_role("dialog").get_by_role("listitem")
    expect(left).to_have_count(2)
    left.first.get_by_role("button").click()
    work.press("1", "1", "1", "End", "n")
    work.page.get_by_role("button", name="Terminer").click()

    expect(work.page.get_by_role("button", name="Rouvrir").first).to_be_visible()


def test_a_sentence_that_goes_on_a_claim_cannot_have_none(work: Workplace) -> None:
    work.select("a fermé", "C'est une erreur").press("c", "1", "1", "1", "j", "n")

    expect(work.page.locator("[data-place=hint]")).not_to_be_empty()
    work.wait_until_saved()
    assert list(work.answers()) == [1]


def test_offsets_are_code_points_behind_an_emoji(app: Flask, server: Server, page: Page) -> None:
    slug = make_corpus(app, "Oui 💡👩‍🔬 e\u0301tonnant, selon Meta.")
    work = Workplace.of_new_annotator(app, server.url, page, slug)

    work.select("tonnant").press("c", "1", "1", "2").wait_until_saved()

    [claim] = work.claims(1)
    [part] = claim["parts"]
    assert (part["text"], work.desk.text[part["start"] : part["end"]]) == (
        "e\u0301tonnant",
        "e\u0301tonnant",
    )
    assert claim["chain"][1]["cue"]["text"] == "selon"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(alliance: Workplace, scheme: str) -> None:
    alliance.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    keys = ["", "e", "c", "5", "2", "t", "1", "1", "s", "Escape", "g", "?"]

    alliance.turn_to(QUOTATION)
    found = []
    for key in keys:
        if key:
            alliance.press(key)
        violations = Axe().run(alliance.page).response["violations"]
        found += [
            (key, one["id"], one["nodes"][0]["html"])
            for one in violations
            if one["impact"] in {"serious", "critical"}
        ]

    assert found == []


def test_the_page_asks_for_little(alliance: Workplace) -> None:
    names: list[str] = alliance.page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => entry.name)"
    )

    assert 1 + len(names) <= 20
