"""Work without a network: it outlives the page, and arrives once, in the order it was made."""

import json
import re
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, Route, expect
from sqlalchemy import func, select, update

from tests.annotators import make_corpus
from tests.browser.workplace import Workplace
from tests.server import Server
from workbench.accounts.tables import BrowserSession
from workbench.clock import utc_now
from workbench.labelling.tables import AnnotationRevision, Speaker
from workbench.storage.database import db, transaction

MANY = " ".join(f"Le chiffre numéro {number} reste à lire." for number in range(1, 38))
KEPT = """async () => {
    const database = await new Promise((done) => {
        const request = indexedDB.open("claim-workbench");
        request.onsuccess = () => done(request.result);
    });
    const store = database.transaction("entries").objectStore("entries");
    return new Promise((done) => {
        store.getAll().onsuccess = (event) => done(event.target.result);
    });
}"""
CHANGE = """(change) => new Promise((done) => {
    indexedDB.open("claim-workbench").onsuccess = (opened) => {
        const transaction = opened.target.result.transaction("entries", "readwrite");
        transaction.oncomplete = done;
        transaction.objectStore("entries").openCursor().onsuccess = ({ target }) => {
            const cursor = target.result;
            const entry = cursor.value;
            for (const [place, value] of Object.entries(change)) {
                const names = place.split(".");
                const last = names.pop();
                names.reduce((found, name) => found[name], entry)[last] = value;
            }
            cursor.update(entry);
        };
    };
})"""


@pytest.fixture
def long_work(app: Flask, server: Server, page: Page) -> Workplace:
    """A new annotator before an article of 37 sentences."""
    return Workplace.of_new_annotator(app, server.url, page, make_corpus(app, MANY))


def decide_forty_times(work: Workplace) -> None:
    """Decide 36 sentences, one of them twice, and say of the last that somebody new claims it."""
    work.press(*"nub" * 12, "k", "n", "c", "1", "s", "0")
    expect(work.panel.get_by_role("combobox")).to_be_focused()
    work.page.keyboard.type("Une Inconnue")
    work.press("Enter", "1")


@pytest.mark.parametrize("drop", range(20))
def test_forty_decisions_without_a_network_arrive_once_and_in_order(
    long_work: Workplace, drop: int
) -> None:
    work = long_work
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.page.context.set_offline(True)
    decide_forty_times(work)
    expect(work.status).to_contain_text("40 ")
    made = [entry["body"]["id"] for entry in kept(work, 41) if entry["kind"] == "answer"]
    with pytest.raises(Error):
        work.page.reload()

    work.page.route("**/answers", dropping(after=2 * drop))
    work.page.context.set_offline(False)
    work.open().wait_until_saved()

    with work.app.app_context():
        arrived = db.session().scalars(
            select(AnnotationRevision.public_id).order_by(AnnotationRevision.id)
        )
        assert arrived.all() == made
        new = db.session().scalars(select(Speaker.name).where(Speaker.proposed)).all()
    assert (len(made), new) == (40, ["Une Inconnue"])


def kept(work: Workplace, count: int) -> list[dict[str, Any]]:
    """Wait until the browser keeps that many entries, and return them."""
    while len(entries := work.page.evaluate(KEPT)) < count:
        work.page.wait_for_timeout(50)
    return cast(list[dict[str, Any]], entries)


def dropping(after: int) -> Any:
    """Let the line drop once more: a request is lost, or only its reply."""
    asked: list[bool] = []

    def pass_on(route: Route) -> None:
        asked.append(True)
        if len(asked) != after + 1:
            return route.continue_()
        if after % 4:
            route.fetch()
        return route.abort()

    return pass_on


def test_after_a_week_it_goes_out_from_the_first_page_after_signing_in(work: Workplace) -> None:
    work.page.context.set_offline(True)
    work.press("n", "u")
    kept(work, 2)
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.page.goto("about:blank")
    a_week_ago = utc_now() - timedelta(days=7)
    with work.app.app_context(), transaction() as session:
        newest = select(func.max(BrowserSession.id)).scalar_subquery()
        session.execute(
            update(BrowserSession)
            .where(BrowserSession.id == newest)
            .values(last_seen=a_week_ago, created_at=a_week_ago)
        )

    work.page.context.set_offline(False)
    work.page.goto(f"{work.url}/")
    assert "/sign-in" in work.page.url
    work.sign_in(work.desk.user_id)
    work.page.goto(f"{work.url}/")

    expect(work.page.locator("#unsent")).to_contain_text("envoyé.")
    assert [answer["decision"] for answer in work.answers().values()] == ["no_claim", "undecided"]


def test_signing_out_with_unsent_work_asks(work: Workplace) -> None:
    work.page.route("**/answers", lambda route: route.abort())
    work.press("n")
    leave(work)

    dialog = work.page.get_by_role("dialog", name="Tout n’est pas encore envoyé")
    expect(dialog).to_contain_text("1 de vos décisions")
    dialog.get_by_role("button", name="Rester connecté").click()
    expect(dialog).to_be_hidden()
    leave(work)
    dialog.get_by_role("button", name="Se déconnecter quand même").click()
    work.page.wait_for_url("**/sign-in")

    [kept] = work.page.evaluate(KEPT)
    assert kept["body"]["decision"] == "no_claim"


def test_signing_out_with_nothing_unsent_asks_nothing(work: Workplace) -> None:
    work.press("n").wait_until_saved()

    leave(work)

    work.page.wait_for_url("**/sign-in")


def leave(work: Workplace) -> None:
    work.page.locator("header .me").click()
    work.page.get_by_role("button", name="Se déconnecter", exact=True).click()


def meddled(work: Workplace, change: dict[str, object]) -> Workplace:
    """Have an answer wait in the browser, change what is stored, and open the page again."""
    signed_out = {"code": "signed_out"}
    work.page.route("**/answers", lambda route: route.fulfill(status=401, json=signed_out))
    work.press("c")
    expect(work.trouble.get_by_role("link")).to_be_visible()  # nothing is tried again by itself
    kept(work, 1)
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.page.goto(f"{work.url}/healthz")
    work.page.evaluate(CHANGE, change)
    work.page.unroute("**/answers")
    return work.open()


MEDDLED: dict[str, dict[str, object]] = {
    "another quote": {"body.claims.0.parts.0.text": "Jamais écrit."},
    "another place": {"body.claims.0.parts.0.end": 10**9},
    "no list": {"body.claims": "x"},
    "an unknown type": {"body.claims.0.attributes": {"claim_type": "zzz"}},
    "an unknown decision": {"body.decision": "zzz"},
    "an unknown speaker": {"body.claims.0.chain": [{"speaker": "author"}, {"speaker": "zzz"}]},
    "another sentence": {"body.sentence": "elsewhere.1.1", "sentence": "elsewhere.1.1"},
    "an address elsewhere": {"url": "/projects/demo/annotate/none/answers", "sentence": "x.1.1"},
}


@pytest.mark.parametrize("change", MEDDLED.values(), ids=MEDDLED)
def test_an_entry_that_was_meddled_with_is_refused_shown_and_kept(
    work: Workplace, change: dict[str, object]
) -> None:
    meddled(work, change)

    shown = work.page.locator(".trouble, .refusal")
    expect(shown.filter(has_text=re.compile("refusée|Non enregistrée"))).not_to_have_count(0)
    assert len(work.page.evaluate(KEPT)) == 1
    assert work.answers() == {}

    work.turn_to("affirme Meta").press("n")
    expect(work.status).to_contain_text("1")
    assert [answer["decision"] for answer in work.answers().values()] == ["no_claim"]


def test_what_nothing_can_be_made_of_is_kept_as_a_file_or_dropped(work: Workplace) -> None:
    meddled(work, {"body.claims": "x"})

    with work.page.expect_download() as download:
        work.trouble.get_by_role("link", name="la garder").click()
    kept = json.loads(download.value.path().read_text())
    work.trouble.get_by_role("button", name="la jeter").click()

    expect(work.trouble).to_be_empty()
    assert kept["claims"] == "x"
    assert work.page.evaluate(KEPT) == []


def test_what_is_refused_outside_the_workspace_says_why_and_is_chosen_about(
    work: Workplace,
) -> None:
    work.page.route("**/annotate/**", leave_out_posts)
    work.press("n", "m")
    work.page.keyboard.insert_text("Why?")
    work.press("Control+Enter")
    kept(work, 2)
    work.page.on("dialog", lambda dialog: dialog.accept())
    work.page.goto("about:blank")
    work.page.goto(f"{work.url}/healthz")
    work.page.evaluate(CHANGE, {"body.decision": "zzz"})
    work.page.unroute("**/annotate/**")
    work.page.goto(f"{work.url}/")

    line = work.page.locator("#unsent")
    expect(line).to_contain_text("decision is none of claims")
    expect(line).to_contain_text("1 de vos décisions")
    expect(line.get_by_role("link", name="ouvrir son article")).to_have_attribute(
        "href", f"{work.desk.base}"
    )
    with work.page.expect_download() as download:
        line.get_by_role("link", name="la garder").click()
    assert json.loads(download.value.path().read_text())["decision"] == "zzz"
    line.get_by_role("button", name="la jeter").click()

    expect(line).to_contain_text("envoyé.")
    expect(line.get_by_role("link")).to_have_text(
        "Afficher cette page telle qu’elle est maintenant"
    )
    assert work.page.evaluate(KEPT) == []


def leave_out_posts(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()
