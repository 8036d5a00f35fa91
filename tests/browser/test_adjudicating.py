"""The page where the agreed answer is made, by keyboard in a real browser."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.adjudicators import (
    LONG,
    PATH,
    SHORT,
    TEXT,
    Bench,
    change_first,
    make_shared_corpus,
    read,
    set_project,
    sit_down,
)
from tests.annotators import Desk
from tests.browser.workplace import Workplace
from tests.factories import claim_on
from tests.server import Server
from workbench.adjudication.tables import Adjudication
from workbench.storage.database import db

JUDGED: dict[str, Any] = {**LONG, "attributes": {"claim_type": "opinion", "check_worthiness": "no"}}
QUOTE = claim_on(TEXT, 30, 46)
Answers = dict[int, dict[str, Any]]


@pytest.fixture
def readers(app: Flask) -> dict[str, Desk]:
    """Three who differ in the first sentence by border and type, in the second altogether."""
    make_shared_corpus(app)
    set_project(app, overlap=3)
    return {
        "ada": read(app, "ada", SHORT, s2=QUOTE),
        "bob": read(app, "bob", JUDGED, s2=QUOTE),
        "eve": read(app, "eve", LONG),
    }


def sit_at(app: Flask, server: Server, page: Page, name: str = "lead") -> Workplace:
    """Let a new adjudicator's browser show the article."""
    bench = sit_down(app, name)
    work = Workplace(app, server.url, page, bench)
    work.sign_in(bench.user_id)
    bench.open()
    return work.open()


@pytest.fixture
def gold(app: Flask, server: Server, page: Page, readers: dict[str, Desk]) -> Workplace:
    """An adjudicator before what they said."""
    return sit_at(app, server, page)


def digit_of(work: Workplace, says: Callable[[Any], bool], position: int = 1) -> str:
    """Return the digit of whoever says something."""
    assert isinstance(work.desk, Bench)
    readings = work.desk.readings(position)
    [who] = [who for who, answer in readings.items() if answer["claims"] and says(answer)]
    return str("ABC".index(who) + 1)


def judges(answer: Any) -> bool:
    return bool(answer["claims"][0]["attributes"]["claim_type"] == "opinion")


def is_short(answer: Any) -> bool:
    return bool(answer["claims"][0]["parts"][0]["end"] == 26)


def row(work: Workplace, label: str) -> Any:
    return work.panel.locator(".sides tr", has=work.page.get_by_role("rowheader", name=label))


def go_to_row(work: Workplace, label: str) -> Workplace:
    """Press the arrow until the row is at hand."""
    for _ in range(9):
        if row(work, label).get_attribute("aria-current"):
            return work
        work.press("ArrowDown")
    raise AssertionError(f"no row {label!r}")


def outcomes(app: Flask) -> list[tuple[str, str | None, str | None]]:
    with app.app_context():
        made = db.session.scalars(select(Adjudication).order_by(Adjudication.id))
        return [(one.outcome, one.reason, one.note) for one in made]


def test_a_digit_takes_somebodys_whole_answer_and_undoing_takes_it_back(
    app: Flask, gold: Workplace
) -> None:
    digit = digit_of(gold, judges)
    gold.press(digit).wait_until_saved()

    [claim] = gold.claims(1)
    assert (claim["attributes"]["claim_type"], claim["parts"][0]["end"]) == ("opinion", 27)
    taken = row(gold, "Réponse entière").get_by_role("button", pressed=True)
    expect(taken).to_have_count(1)
    expect(gold.heard).to_contain_text("ABC"[int(digit) - 1])

    gold.press("Control+z")
    expect(gold.panel.get_by_role("heading", name="pas encore pris")).to_be_visible()
    gold.wait_until_saved()
    assert [one[0] for one in outcomes(app)] == ["accept", "reopen"]


def test_ones_type_with_anothers_border(app: Flask, gold: Workplace) -> None:
    go_to_row(gold, "Ce qui est avancé").press(digit_of(gold, is_short))
    expect(gold.panel.get_by_role("heading", name="il reste une question")).to_be_visible()
    gold.press("Enter")
    expect(gold.asked).to_contain_text("Genre")
    gold.press("Escape")
    go_to_row(gold, "Genre").press(digit_of(gold, judges)).wait_until_saved()

    [claim] = gold.claims(1)
    assert (claim["parts"][0]["end"], claim["attributes"]["claim_type"]) == (26, "opinion")
    assert [one[0] for one in outcomes(app)] == ["edit", "edit"]


def test_fields_edit_the_draft_of_what_agrees(gold: Workplace) -> None:
    gold.press("a")
    expect(gold.panel.get_by_role("heading", name="La réponse retenue")).to_be_visible()
    gold.press("y", "3", "w", "1", "Escape", "Shift+a", "Shift+ArrowLeft").wait_until_saved()

    [claim] = gold.claims(1)
    assert claim["attributes"]["claim_type"] == "cause"
    assert claim["parts"][0]["end"] < 27


def test_nothing_here_whatever_they_say(app: Flask, gold: Workplace) -> None:
    gold.press("x").wait_until_saved()

    assert gold.answers()[1]["decision"] == "no_claim"
    assert outcomes(app) == [("reject_all", None, None)]


def test_the_reason_and_the_note_go_with_the_decision(app: Flask, gold: Workplace) -> None:
    gold.press("m")
    expect(gold.panel.get_by_role("group", name="Motif")).to_be_visible()
    gold.press("4", digit_of(gold, judges), "m", "m")
    gold.page.keyboard.type("Sans le point.")
    gold.press("Enter").wait_until_saved()

    made = outcomes(app)
    assert made[0] == ("accept", "boundary_rule", None)
    assert made[-1] == ("accept", "boundary_rule", "Sans le point.")
    expect(gold.panel.locator(".why")).to_contain_text("Sans le point.")
    gold.open()
    expect(gold.panel.locator(".why")).to_contain_text("Sans le point.")
    gold.press("m", "0").wait_until_saved()
    assert outcomes(app)[-1] == ("accept", None, "Sans le point.")


def test_what_is_put_off_is_passed_by_and_found_again(app: Flask, gold: Workplace) -> None:
    gold.press("m", "2", "l")
    assert "erreur" in gold.here
    gold.wait_until_saved()
    assert outcomes(app) == [("defer", "ambiguous_text", None)]
    gold.press("x", "End")
    assert "fermé" in gold.here
    gold.press("l")
    assert "erreur" in gold.here
    gold.press("k").wait_until_saved().open()
    assert [one[0] for one in outcomes(app)].count("defer") == 1
    expect(gold.panel.get_by_role("heading", name="à trancher plus tard")).to_be_visible()

    gold.press(digit_of(gold, judges)).wait_until_saved()

    assert gold.answers()[1]["claims"]
    assert outcomes(app)[-1] == ("accept", "ambiguous_text", None)


def test_putting_off_can_be_undone(app: Flask, gold: Workplace) -> None:
    gold.press("l", "Control+z").wait_until_saved()

    expect(gold.panel.get_by_role("heading", name="à trancher")).to_be_visible()
    assert [one[0] for one in outcomes(app)] == ["defer", "reopen"]
    gold.press("x").wait_until_saved()
    assert outcomes(app)[-1][0] == "reject_all"


def test_a_decided_sentence_is_opened_again_with_its_history(app: Flask, gold: Workplace) -> None:
    gold.press("m", "3", "x").wait_until_saved()
    gold.press("q")
    sheet = gold.page.get_by_role("dialog")
    expect(sheet.get_by_role("row", name="rien ici")).to_contain_text("étourderie")
    gold.press("Enter")
    expect(sheet).to_be_hidden()
    expect(gold.told).to_contain_text("historique")
    gold.wait_until_saved().open()
    gold.press("q")

    expect(sheet.get_by_role("row")).to_have_count(2)
    assert [one[0] for one in outcomes(app)] == ["reject_all", "reopen"]


def test_keys_lead_from_difference_to_difference(gold: Workplace) -> None:
    assert "fermé" in gold.here
    expect(gold.page.locator(".s[data-standing=agreed]")).to_have_count(2)
    gold.press("j")
    assert "erreur" in gold.here
    gold.press("j")
    expect(gold.told).to_contain_text("dernière différence")
    gold.press("k")
    assert "fermé" in gold.here
    gold.press("Enter")
    expect(gold.told).to_contain_text("Pas encore tranché")
    for _ in range(9):
        if "Pourquoi" in gold.here:
            break
        gold.press("ArrowDown")
    expect(gold.panel).to_contain_text("Tous disent la même chose")
    expect(gold.page.locator("[data-place=count]")).to_contain_text("2 sur 2")


def test_an_arrow_too_many_does_not_lead_away(gold: Workplace) -> None:
    go_to_row(gold, "Genre").press("ArrowDown")
    expect(gold.told).to_contain_text("dernière ligne")
    assert "fermé" in gold.here
    gold.press("ArrowDown")
    assert "erreur" in gold.here


def test_what_agrees_is_taken_at_once_where_it_does_not_settle_itself(
    app: Flask, gold: Workplace
) -> None:
    gold.press("=")
    expect(gold.told).to_contain_text("plus rien à reprendre")
    set_project(app, unanimous_settles=False)
    gold.open().press("=")

    expect(gold.told).to_contain_text("2 phrases reprises")
    assert [one[0] for one in outcomes(app)] == ["accept", "accept"]
    expect(gold.page.locator("[data-place=count]")).to_contain_text("2 sur 4")


def test_one_agreed_sentence_is_taken_by_itself(app: Flask, gold: Workplace) -> None:
    set_project(app, unanimous_settles=False)
    gold.open().press("j", "j", "a").wait_until_saved()

    assert gold.answers()[3]["decision"] == "no_claim"
    assert outcomes(app) == [("accept", None, None)]


def test_an_answer_that_changed_meanwhile_is_told_and_compared_again(
    app: Flask, gold: Workplace, readers: dict[str, Desk]
) -> None:
    digit = digit_of(gold, judges)
    change_first(readers["eve"])

    gold.press(digit)

    expect(gold.panel.get_by_role("alert")).to_contain_text("comparez de nouveau")
    expect(row(gold, "Réponse entière")).to_contain_text("Je ne sais pas")
    expect(gold.panel).not_to_contain_text("Votre décision tient")
    expect(gold.panel.get_by_role("button", name="Prendre celle-ci")).to_have_count(0)
    assert outcomes(app) == []
    gold.panel.get_by_role("button", name="Décider ainsi quand même").click()
    gold.wait_until_saved()
    assert outcomes(app) == [("accept", None, None)]
    assert gold.answers()[1]["claims"]


def test_an_answer_that_changed_afterwards_is_marked_to_be_looked_at(
    gold: Workplace, readers: dict[str, Desk]
) -> None:
    gold.press("x").wait_until_saved()
    gold.press("j", "x").wait_until_saved()
    change_first(readers["eve"])

    gold.open().press("End")

    expect(gold.panel).to_contain_text("Quelqu’un a modifié sa réponse")
    expect(gold.page.locator(".s[data-standing=changed]")).to_have_count(1)
    assert gold.answers()[1]["decision"] == "no_claim"
    gold.press(digit_of(gold, judges)).wait_until_saved()
    expect(gold.page.locator(".s[data-standing=changed]")).to_have_count(0)


def test_two_adjudicators_see_both_decisions(app: Flask, gold: Workplace) -> None:
    other = sit_down(app, "boss")
    other.open()
    assert other.post("answers", other.decision(1, decision="undecided")).status_code == 200

    gold.press(digit_of(gold, judges))

    refusal = gold.panel.get_by_role("alert")
    expect(refusal).to_contain_text("Jugement")
    expect(refusal).to_contain_text("Je ne sais pas")
    refusal.get_by_role("button", name="Garder la mienne").click()
    gold.wait_until_saved()
    assert gold.answers()[1]["claims"]
    assert [one[0] for one in outcomes(app)] == ["edit", "accept"]


def test_two_adjudicators_who_say_the_same_have_nothing_to_choose(
    app: Flask, gold: Workplace
) -> None:
    digit = digit_of(gold, judges)
    other = sit_down(app, "boss")
    other.open()
    assert other.post("answers", other.take(1, "ABC"[int(digit) - 1])).status_code == 200

    gold.press(digit)

    expect(gold.page.locator("[data-place=hint]")).to_contain_text("il reste celle-là")
    expect(gold.panel.get_by_role("alert")).to_have_count(0)
    assert len(outcomes(app)) == 1


def test_what_is_taken_offline_is_sent_later(app: Flask, gold: Workplace) -> None:
    gold.page.context.set_offline(True)
    gold.press("m", "3", "x", "j", "l", "k")
    expect(gold.status).to_contain_text("2")
    gold.page.context.set_offline(False)
    gold.wait_until_saved()

    assert outcomes(app) == [("reject_all", "slip", None), ("defer", None, None)]


def test_what_was_not_sent_is_there_after_a_reload(app: Flask, gold: Workplace) -> None:
    posts = re.compile(r"/article/(answers|defer)$")
    gold.page.route(posts, lambda route: route.abort())
    gold.press("m", "3", digit_of(gold, judges), "j", "m", "2", "l", "k")
    expect(gold.status).to_contain_text("2")
    gold.page.once("dialog", lambda dialog: dialog.accept())
    gold.open()
    expect(gold.panel.locator(".why")).to_contain_text("étourderie")
    expect(gold.page.locator(".s[data-standing=deferred]")).to_have_count(1)
    gold.page.unroute(posts)
    gold.press("j", "x").wait_until_saved()

    assert outcomes(app) == [
        ("accept", "slip", None),
        ("defer", "ambiguous_text", None),
        ("accept", "ambiguous_text", None),
    ]


def test_a_click_takes_a_cell(gold: Workplace) -> None:
    go_to_row(gold, "Genre")
    row(gold, "Genre").get_by_role("button", name="Jugement").click()
    gold.wait_until_saved()

    assert gold.claims(1)[0]["attributes"]["claim_type"] == "opinion"


def test_all_keys_are_listed(gold: Workplace) -> None:
    gold.press("?")
    sheet = gold.page.get_by_role("dialog")
    for words in ("rien ici, quoi qu’ils disent", "prendre ce que dit A", "trancher plus tard"):
        expect(sheet).to_contain_text(words)
    gold.page.goto("/account/keys")
    expect(gold.page.locator("main")).to_contain_text("Rien ici, quoi qu’ils disent")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_the_page_is_accessible_and_fits(gold: Workplace, scheme: str, width: int) -> None:
    gold.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    gold.page.set_viewport_size({"width": width, "height": 844})
    problems = []
    for keys in (["ArrowDown"], ["1"], ["m"], ["Escape", "q"]):
        gold.press(*keys)
        found = Axe().run(gold.page).response["violations"]
        problems += [one for one in found if one["impact"] in {"serious", "critical"}]
        assert not gold.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    assert problems == []


def test_from_the_queue_to_gold_by_keyboard_alone(
    app: Flask, gold: Workplace, readers: dict[str, Desk]
) -> None:
    page = gold.page
    page.goto(PATH)
    link = page.locator(f"a[href='{PATH}article/']")
    for _ in range(20):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")

    gold.press(digit_of(gold, is_short), "m", "4", "Enter")
    assert "erreur" in gold.here
    gold.press("x", "m", "1", "Enter")
    expect(gold.told).to_contain_text("Entrée ramène à la liste")
    gold.press("Enter")
    page.wait_for_url(f"**{PATH}")

    expect(page.get_by_role("row", name="Un titre")).to_contain_text("terminé")
    assert isinstance(gold.desk, Bench)
    with gold.desk.client.get("/projects/demo/download/gold.jsonl") as file:
        records = [json.loads(line) for line in file.text.splitlines()]
    assert [one["settled"] for one in records] == ["adjudicated"] * 2 + ["unanimous"] * 2
    assert outcomes(app) == [
        ("accept", None, None),
        ("accept", "boundary_rule", None),
        ("accept", None, None),
        ("accept", "guideline_gap", None),
    ]


SAID = claim_on(
    TEXT,
    30,
    46,
    chain=[
        {"speaker": "author"},
        {
            "speaker": "unspecified",
            "mention": {"start": 58, "end": 62, "text": TEXT[58:62]},
            "cue": {"start": 50, "end": 57, "text": TEXT[50:57]},
            "attributes": {"quote_type": "direct"},
        },
    ],
)


def test_a_speaker_is_taken_with_what_belongs_to_them(
    app: Flask, server: Server, page: Page
) -> None:
    make_shared_corpus(app)
    read(app, "ada", s2=QUOTE)
    read(app, "bob", s2=SAID)
    gold = sit_at(app, server, page)

    who = digit_of(gold, lambda answer: len(answer["claims"][0]["chain"]) > 1, position=2)
    go_to_row(gold, "Qui le dit").press(who).wait_until_saved()

    [claim] = gold.claims(2)
    assert [link["speaker"] for link in claim["chain"]] == ["author", "unspecified"]
    assert claim["chain"][1]["cue"]["text"] == "affirme"
    gold.press(str(3 - int(who))).wait_until_saved()
    assert gold.claims(2)[0]["chain"] == [{"speaker": "author"}]


def test_of_several_claims_one_is_taken_and_another_left_out(
    app: Flask, server: Server, page: Page
) -> None:
    make_shared_corpus(app)
    first, second = claim_on(TEXT, 0, 6), claim_on(TEXT, 9, 26)
    read(app, "ada", first, second)
    read(app, "bob", second)
    gold = sit_at(app, server, page)
    expect(gold.panel.locator(".same").last).to_contain_text("fermé ses modèles")
    who = digit_of(gold, lambda answer: len(answer["claims"]) > 1)

    alone = gold.panel.locator(".same").first
    expect(alone).to_contain_text(f"{'ABC'[int(who) - 1]}\u00a0:")
    go_to_row(gold, "L’affirmation").press(who).wait_until_saved()
    assert [claim["parts"][0]["start"] for claim in gold.claims(1)] == [0, 9]
    gold.press(str(3 - int(who))).wait_until_saved()

    assert [claim["parts"][0]["start"] for claim in gold.claims(1)] == [9]


def test_a_claim_that_runs_on_settles_what_it_runs_into(
    app: Flask, server: Server, page: Page
) -> None:
    make_shared_corpus(app)
    read(app, "ada", claim_on(TEXT, 0, 46))
    read(app, "bob", LONG)
    gold = sit_at(app, server, page)
    who = digit_of(gold, lambda answer: answer["claims"][0]["parts"][0]["end"] == 46)

    gold.press("j", who)
    expect(gold.told).to_contain_text("tranchez là-bas")
    gold.press("k", who).wait_until_saved()

    expect(gold.page.locator(".s[data-standing=continues]")).to_have_count(1)
    expect(gold.page.locator("[data-place=count]")).to_contain_text("0 sur 2")
    gold.press("j", "x")
    expect(gold.told).to_contain_text("se poursuit")
