"""How the workspace answers the hand: what keys pick, what is asked, what a person is told."""

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.server import Server

FURNITURE = ("Publicité du jour.", "Un modèle est sorti.", "À lire aussi.", "Il est libre.")
ZONES = ("boilerplate", "body", "boilerplate", "body")


@pytest.fixture
def furnished(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before two sentences and two lines that need no answer."""
    slug = make_corpus(app, *FURNITURE, zones=ZONES)
    return Workplace.of_new_annotator(app, server.url, page, slug)


def begin(app: Flask, server: Server, page: Page, *sentences: str) -> Workplace:
    return Workplace.of_new_annotator(app, server.url, page, make_corpus(app, *sentences))


def test_a_decision_over_claims_says_what_it_took_and_how_to_have_it_back(work: Workplace) -> None:
    work.press("c", "1", "1", "n")
    expect(work.told).to_contain_text("« OpenAI a fermé ses modèles. »")
    expect(work.told).to_contain_text("Ctrl Z")

    work.press("Control+z").wait_until_saved()

    expect(work.heard).to_contain_text("Phrase 1")
    assert len(work.claims(1)) == 1


def test_a_part_says_which_claim_it_went_to(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "5", "2")

    work.select("affirme").press("p")

    expect(work.told).to_contain_text("« C'est une erreur »")


def test_a_question_left_open_is_asked_where_the_person_left_off(work: Workplace) -> None:
    work.press("j", "j", "c").wait_until_saved()

    work.open()

    assert "Pourquoi" in work.here
    expect(work.asked).to_contain_text("Genre")


def test_a_sentence_that_is_a_quotation_is_nobodys_until_it_is_said_whose(
    app: Flask, server: Server, page: Page
) -> None:
    work = begin(app, server, page, "« Nous avons commencé tôt. »", "Il pleut.")

    work.press("c", "5")
    expect(work.asked).to_contain_text("Qui le dit")
    work.press("j", "c", "5")
    expect(work.asked).to_have_count(0)


def test_who_says_it_is_asked_anew_when_the_speaker_goes_or_the_words_become_a_quotation(
    work: Workplace,
) -> None:
    work.turn_to("affirme Meta").press("e", "c", "5", "2", "s", "Delete").wait_until_saved()
    expect(work.asked).to_contain_text("Qui le dit")
    removed = work.claims(2)[0]["chain"]
    work.press("1", "Delete", "c", "5", "p", "Shift+E").wait_until_saved()

    assert (removed, work.claims(2)[0]["chain"]) == ([], [])
    work.press("Enter")
    expect(work.asked).to_contain_text("Qui le dit")


def test_two_speakers_of_a_sentence_have_their_own_words(
    app: Flask, server: Server, page: Page
) -> None:
    text = "Meta et OpenAI s’opposent : l’un prône le partage, l’autre demande le secret."
    work = begin(app, server, page, text)
    for content, speaker in (("le partage", "Meta"), ("le secret", "OpenAI")):
        work.select(content).press("c", "1", "1")
        work.panel.locator(".option").filter(has_text=speaker).first.click()
    work.wait_until_saved()

    links = [claim["chain"][1] for claim in work.claims(1)]
    assert [link["cue"]["text"] for link in links] == ["prône", "demande"]


def test_a_border_far_away_comes_into_sight(app: Flask, server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 640})
    work = begin(app, server, page, f"Un {'très ' * 150}long jour.")

    work.press("e", "Shift+ArrowLeft")

    page.wait_for_function(
        """() => {
            const pane = document.querySelector(".read");
            const range = document.createRange(), node = pane.querySelector(".s").firstChild;
            range.setStart(node, node.length - 12);
            range.setEnd(node, node.length - 1);
            const last = range.getBoundingClientRect(), box = pane.getBoundingClientRect();
            return last.top > box.top && last.bottom < box.bottom;
        }"""
    )


def test_targets_inside_the_claim_come_first(app: Flask, server: Server, page: Page) -> None:
    text = "Un cadre de Meta affirme que Grok est libre."
    work = begin(app, server, page, text)

    work.press("e", "c", "1", "1", "1", "t")

    expect(work.panel.locator(".option bdi").first).to_have_text("ouverture de Grok")


def test_growing_takes_the_next_quotation_that_is_no_claim_yet(
    app: Flask, server: Server, page: Page
) -> None:
    text = "« Un deux trois », dit-il, « quatre cinq six », puis « sept huit neuf »."
    work = begin(app, server, page, text)
    work.press("e", "c", "5", "1")

    work.press("e")
    expect(work.picked).to_have_text("quatre cinq six")
    work.press("e")
    expect(work.picked).to_have_text("sept huit neuf")


def test_growing_right_after_a_claim_goes_on_and_leaves_it_as_it_is(
    app: Flask, server: Server, page: Page
) -> None:
    work = begin(app, server, page, "« Un deux trois », dit-il, puis « sept huit neuf ».")

    work.press("e", "c", "e")
    expect(work.picked).to_have_text("sept huit neuf")
    work.press("c").wait_until_saved()

    contents = [claim["parts"][0]["text"] for claim in work.claims(1)]
    assert contents == ["Un deux trois", "sept huit neuf"]


@pytest.mark.parametrize("key", ["p", "Shift+ArrowLeft"])
def test_a_new_claim_that_is_taken_in_hand_grows(
    app: Flask, server: Server, page: Page, key: str
) -> None:
    work = begin(app, server, page, "Il dit que cela va, « un deux trois », et rien ne presse.")

    work.press("e", "c", key, "e", "e").wait_until_saved()

    [claim] = work.claims(1)
    assert "que cela va, « un deux trois »" in claim["parts"][0]["text"]


def test_the_caret_begins_at_the_claim(work: Workplace) -> None:
    work.turn_to("affirme Meta").select("une erreur").press("c", "1", "1", "1")

    work.press("i")

    expect(work.picked).to_have_text("une")


def test_what_needs_no_answer_is_neither_counted_nor_walked_nor_picked(
    furnished: Workplace,
) -> None:
    expect(furnished.panel.get_by_role("heading", level=2)).to_contain_text("Phrase 2")
    furnished.press("i", "End", "ArrowRight")
    expect(furnished.picked).to_have_text("Il")
    furnished.press("Escape", "Escape")

    furnished.page.locator("details.folded").nth(1).evaluate("node => { node.open = true; }")
    furnished.select("lire")

    expect(furnished.told).to_contain_text("hors texte")
    expect(furnished.picked).to_have_count(0)


def test_a_cue_of_many_words_is_refused(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2")

    work.select("C'est", "affirme Meta").press("r")

    expect(work.told).to_contain_text("quatre mots")
    work.wait_until_saved()
    assert work.claims(2)[0]["chain"][1]["cue"]["text"] == "affirme"


def test_rare_fields_open_by_a_key_and_enter_or_escape_lead_back(work: Workplace) -> None:
    work.press("c", "1", "1", "o")
    expect(work.heard).to_contain_text("Moment dont il s’agit")
    work.panel.get_by_role("textbox").first.fill("2023-12")

    work.press("Enter")
    expect(work.page.locator(".read")).to_be_focused()
    work.panel.get_by_role("textbox").last.focus()
    work.press("Escape")
    expect(work.page.locator(".read")).to_be_focused()

    work.wait_until_saved()
    assert work.claims(1)[0]["attributes"]["time_scope"] == "2023-12"


def test_words_that_are_no_date_stay_where_they_were_typed(work: Workplace) -> None:
    work.press("c", "1", "1", "o", "o", "o")
    for wrong in ("oo", "2023-13", "2023-02-30", "2024/2023"):
        work.asked.get_by_role("textbox").fill(wrong)
        work.press("Enter")
        expect(work.told).to_contain_text(f"« {wrong} » n’est pas une date")
    work.press("Escape").wait_until_saved()
    expect(work.panel.get_by_role("textbox").first).to_have_value("2024/2023")
    assert work.claims(1)[0]["attributes"]["time_scope"] is None

    work.panel.get_by_role("textbox").first.fill("2023-02~/2024")
    work.press("Enter").wait_until_saved()

    assert work.claims(1)[0]["attributes"]["time_scope"] == "2023-02~/2024"
    expect(work.panel.locator("[aria-invalid]")).to_have_count(0)


def test_rare_fields_are_answered_one_after_the_other(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2", "o", "o")
    expect(work.asked).to_contain_text("Modalité")
    expect(work.panel.locator(".chip .digit")).to_have_count(work.asked.locator(".chip").count())

    work.press("2", "o")
    work.page.keyboard.type("2023")
    fields = (("Enter", "Formulation"), ("Enter", "Ce qu’il en fait"), ("ArrowDown", "Attitude"))
    for key, field in fields:
        work.press(key)
        expect(work.asked).to_contain_text(field)
    work.press("ArrowUp")
    expect(work.asked).to_contain_text("Ce qu’il en fait")
    work.press("o")
    expect(work.asked).to_contain_text("Attitude")
    work.press("3", "o", "2", "Enter").wait_until_saved()

    [claim] = work.claims(2)
    link = claim["chain"][1]["attributes"]
    assert claim["attributes"]["time_scope"] == "2023"
    assert claim["attributes"]["modality"] == "possible"
    assert (link["commitment"], link["speaker_certainty"]) == ("distances", "inferred")
    assert "Pourquoi" in work.here


@pytest.mark.parametrize("leave", ["key", "click"])
def test_a_reply_from_the_server_ends_no_writing(work: Workplace, leave: str) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2", "o", "o").wait_until_saved()
    # Answered in the middle of a date, which is one already.
    held: list[Route] = []
    work.page.route("**/answers", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks what it calls
    work.press("2", "o")
    work.page.keyboard.type("2023")
    expect(work.status).not_to_contain_text("✓")

    for request in held:
        request.continue_()
    work.page.unroute("**/answers")
    work.wait_until_saved()

    expect(work.asked).to_contain_text("Moment")
    if leave == "key":
        work.press("Enter")
        expect(work.asked).to_contain_text("Formulation")
    else:
        work.page.locator(".s").first.click()
    work.wait_until_saved()
    assert work.claims(2)[0]["attributes"]["time_scope"] == "2023"


def test_a_digit_opens_a_rare_field_and_another_answers_it(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2", "o")
    expect(work.heard).to_contain_text("1 Modalité")

    work.press("1", "2", "6", "3", "2")
    work.page.keyboard.type("2023")
    work.press("Enter", "j").wait_until_saved()

    [claim] = work.claims(2)
    assert (claim["attributes"]["modality"], claim["attributes"]["time_scope"]) == (
        "possible",
        "2023",
    )
    assert claim["chain"][1]["attributes"]["speaker_certainty"] == "unresolved"
    assert "Pourquoi" in work.here


def test_digits_alone_claim_a_sentence_and_go_on(work: Workplace) -> None:
    expect(work.panel.get_by_role("button", name="6 Prévision")).to_be_visible()
    work.press("1", "2")
    assert "affirme Meta" in work.here
    work.press("k", "7", "1").wait_until_saved()

    [claim] = work.claims(1)
    assert [part["text"] for part in claim["parts"]] == ["OpenAI a fermé ses modèles."]
    assert (claim["attributes"]["claim_type"], claim["attributes"]["check_worthiness"]) == (
        "fact",
        "maybe",
    )
    work.press("Control+z")
    expect(work.panel.get_by_role("group", name="Genre", exact=True)).to_be_visible()


def test_a_stance_before_the_last_digit_is_kept_and_the_sentence_goes_on(work: Workplace) -> None:
    work.press("4", "t")
    holder = work.panel.locator(".stance .option").filter(has_text="OpenAI").locator("kbd")
    work.press(str(holder.inner_text()), "1", "2")
    expect(work.asked).to_contain_text("À vérifier")
    work.press("1").wait_until_saved()

    [stance] = work.answers()[1]["stances"]  # type: ignore[misc]
    assert (stance["holder"], stance["value"]) == ("openai", "against")  # type: ignore[index]
    assert "affirme Meta" in work.here


def test_a_digit_claims_the_words_that_are_picked_and_stays(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "5")
    expect(work.asked).to_contain_text("Qui le dit")
    work.press("2").wait_until_saved()

    [claim] = work.claims(2)
    assert [part["text"] for part in claim["parts"]] == ["C'est une erreur"]
    assert "affirme Meta" in work.here


def test_a_stance_follows_when_the_speaker_is_corrected(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "5", "2", "t", "1", "1", "s")
    other = work.panel.locator(".option").filter(has_text="OpenAI").locator("kbd")
    work.press(str(other.inner_text())).wait_until_saved()

    [stance] = work.answers()[2]["stances"]  # type: ignore[misc]
    assert stance["holder"] == work.claims(2)[0]["chain"][1]["speaker"] == "openai"  # type: ignore[index]
    work.press("Control+z").wait_until_saved()
    [stance] = work.answers()[2]["stances"]  # type: ignore[misc]
    assert stance["holder"] == "meta"  # type: ignore[index]


def test_after_the_last_rare_field_they_are_folded(work: Workplace) -> None:
    work.press("c", "1", "1", "o", "o", "o", "Enter", "Enter", "o")
    expect(work.asked).to_contain_text("Assurance")

    work.press("o")

    expect(work.asked).to_have_count(0)
    expect(work.panel.get_by_role("button", name="plus")).to_have_attribute(
        "aria-keyshortcuts", "O"
    )


def test_escape_leads_out_of_every_field_and_arrows_back_to_the_claim(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "1", "1", "2")
    for key in ("y", "w", "s", "v", "r", "d", "t", "i"):
        work.press(key, "Escape")
        expect(work.page.locator("aside [data-open]")).to_have_count(0)
        expect(work.page.locator(".read")).to_be_focused()
    while work.panel.locator("section.card").count():
        work.press("Escape")

    work.press("ArrowRight")

    expect(work.panel.locator("section.card")).to_have_count(1)


def test_a_finished_article_says_why_its_buttons_do_nothing(work: Workplace) -> None:
    work.press("n", "n", "n", "n")
    work.page.get_by_role("button", name="Terminer").click()

    expect(work.panel).to_contain_text("rouvrez-le")
    for name in ("Affirmation", "Annuler"):
        button = work.page.locator(".toolbar").get_by_role("button", name=name, exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
    work.panel.get_by_role("button", name="Rouvrir").click()
    expect(work.page.get_by_role("button", name="Terminer")).to_be_visible()


def test_enter_finishes_once_it_is_told_that_it_does(work: Workplace) -> None:
    work.press("n", "n", "n")
    work.press("n")
    expect(work.told).to_contain_text("Entrée termine")
    work.press("k", "Enter")
    expect(work.page.locator("body[data-state=working]")).to_be_visible()

    work.press("Enter")
    expect(work.told).to_contain_text("Entrée termine")
    work.press("Enter")

    expect(work.page.locator("body[data-state=finished]")).to_be_visible()


def test_a_finished_article_leads_to_the_list_of_articles(work: Workplace) -> None:
    work.press("n", "n", "n", "n")
    work.page.get_by_role("button", name="Terminer").click()

    work.panel.get_by_role("link", name="liste des articles").click()

    expect(work.page.get_by_role("heading", name="Mon travail")).to_be_visible()


def test_keys_have_the_names_of_the_keyboard(work: Workplace) -> None:
    confirm = work.page.get_by_role("button", name="Continuer")
    expect(confirm.locator("kbd")).to_have_text("Entrée")
    expect(confirm).to_have_attribute("aria-keyshortcuts", "Enter")

    work.press("?")

    assert work.page.locator("dialog[open]").evaluate("sheet => sheet.scrollTop") == 0
    expect(work.page.get_by_role("dialog").locator("kbd", has_text="Maj").first).to_be_visible()


def test_a_name_made_here_is_known_while_it_waits_to_be_sent(work: Workplace) -> None:
    work.page.route("**/registers", lambda route: route.abort())
    work.press("c", "1", "1", "s", "0")
    work.page.keyboard.type("Une Inconnue")
    work.press("Enter", "1")
    expect(work.status).to_contain_text("⚠ 1")
    work.page.on("dialog", lambda dialog: dialog.accept())

    work.open()

    expect(work.panel.locator(".said")).to_contain_text("Une Inconnue")


def test_a_keycap_stands_where_a_key_leads_next(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "5", "2")
    items = work.panel.locator(".attribution .item")
    expect(items.filter(has_text="Mot repère")).to_have_attribute("aria-keyshortcuts", "R")
    work.press("r")
    named = items.filter(has_text="Nommé dans le texte")
    expect(named).to_have_attribute("aria-keyshortcuts", "R")
    work.press("r")
    expect(named).to_have_attribute("aria-pressed", "true")

    work.press("t")
    holder = work.panel.locator(".stance .said")
    expect(holder).to_have_attribute("aria-keyshortcuts", "S")
    work.press("s", "s")

    expect(work.panel.get_by_role("combobox")).to_be_focused()


def test_the_sheet_of_keys_names_those_of_the_mention_and_the_holder(work: Workplace) -> None:
    work.press("?")

    sheet = work.page.get_by_role("dialog")
    for keys, opened in (("R R", "Nommé dans le texte"), ("T S", "Qui prend position")):
        expect(sheet.get_by_role("row").filter(has_text=opened)).to_contain_text(keys)


def test_an_open_question_is_asked_again_after_undo_and_after_a_refused_claim(
    work: Workplace,
) -> None:
    work.press("c", "1", "Control+z")
    expect(work.asked).to_contain_text("Genre")
    work.press("c")
    expect(work.told).to_contain_text("déjà une affirmation")

    work.press("5").wait_until_saved()

    [claim] = work.claims(1)
    assert claim["attributes"]["claim_type"] == "opinion"


def test_c_out_of_habit_makes_no_second_claim_of_the_words_that_enter_took(
    work: Workplace,
) -> None:
    work.turn_to("affirme Meta").press("i", "Shift+ArrowRight", "Enter", "c")
    expect(work.told).to_contain_text("déjà une affirmation")

    work.press("5").wait_until_saved()

    assert len(work.claims(2)) == 1


def test_a_field_key_selects_the_only_claim(work: Workplace) -> None:
    work.turn_to("affirme Meta").press("e", "c", "5", "2")
    while work.panel.locator("section.card").count():
        work.press("Escape")

    work.press("s")
    expect(work.asked).to_contain_text("Qui le dit")
    work.press("Escape", "i", "Enter", "5", "1", "Escape", "Escape", "s")

    expect(work.told).to_contain_text("Quelle affirmation")


def test_the_rule_of_a_question_ends_as_a_question(work: Workplace) -> None:
    work.press("c", "1")

    expect(work.panel.locator(".rule b")).to_have_text("À vérifier ?")


def test_the_first_decision_closes_the_welcome(work: Workplace) -> None:
    welcome = work.page.locator(".welcome")
    expect(welcome).to_be_visible()

    work.press("n")

    expect(welcome).to_be_hidden()
    expect(work.open().page.locator(".welcome")).to_be_hidden()
