"""One's own keys: told while they are chosen, and meant everywhere in the workspace."""

from playwright.sync_api import expect

from tests.browser.workplace import Workplace
from workbench.accounts.operations import set_keys
from workbench.storage.database import transaction


def test_chosen_keys_work_and_are_shown(work: Workplace) -> None:
    own = {"next": ";", "no_claim": ",", "claim_type": ":", "speaker": "-"}
    own |= {"grow": "h", "sheet": "e"}
    with work.app.app_context(), transaction() as session:
        set_keys(session, user_id=work.desk.user_id, keys=own)
    work.open()
    expect(work.page.locator("[data-place=welcome]")).to_contain_text(", : aucune")

    work.press(";", "h")
    expect(work.picked).to_have_text("C'est une erreur")
    work.press("Escape", "Shift+H", "Escape", "c", "d")
    expect(work.told).to_contain_text("(-)")
    work.press(":")
    expect(work.asked.locator("kbd").first).to_have_text(":")
    work.press("5", ";", ",").wait_until_saved()
    work.press("e")

    assert work.answers()[3]["decision"] == "no_claim"
    assert "j" not in work.page.locator("[data-place=toolbar]").inner_text().lower().split()
    sheet = work.page.get_by_role("dialog")
    expect(sheet.get_by_role("row", name="Phrase suivante").first).to_contain_text(";")
    sheet.get_by_role("link", name="Choisir vos propres touches").click()
    expect(work.page.get_by_label("Phrase suivante")).to_have_value(";")


def test_a_clash_is_told_while_it_is_typed(work: Workplace) -> None:
    work.page.goto(f"{work.url}/account/keys")
    box = work.page.get_by_label("Phrase suivante")

    box.fill("K")
    clash = box.evaluate("box => box.validationMessage")
    box.fill(";")

    assert clash == "K ferait à la fois « Phrase suivante » et « Phrase précédente »."
    assert box.evaluate("box => box.validationMessage") == ""
    box.press("7")
    assert "chiffre" in box.evaluate("box => box.validationMessage")
    expect(box).to_have_value(";")


def test_a_mark_where_shift_means_more_is_told_and_its_box_is_at_hand(work: Workplace) -> None:
    work.page.goto(f"{work.url}/account/keys")
    box = work.page.get_by_label("Accepter la suggestion")

    box.fill(",")
    told = box.evaluate("box => box.validationMessage")
    work.page.evaluate("document.querySelector('form.keys').noValidate = true")
    box.press("Enter")

    assert "avec Maj, la touche fait autre chose" in told
    expect(work.page.locator("small.error")).to_have_text(told)
    expect(box).to_be_focused()
