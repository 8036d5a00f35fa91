"""The pages that everybody may read: what they show, and what they never let out."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from tests.cases import WORDING, Case
from tests.press import (
    LATER,
    add_statement,
    correct,
    edit,
    let_speak,
    open_press,
    print_check,
    publish,
    rename,
    reword,
    take_back,
    take_up,
)
from workbench.corpus.tables import Article
from workbench.factcheck.claimreview import check_review, count_reviews
from workbench.factcheck.tables import (
    Desk,
    Erratum,
    EvidenceRevision,
    SearchLog,
    Statement,
    StatementRevision,
    VerdictAppearance,
    VerdictRevision,
    WorkflowStep,
)
from workbench.factcheck.verdicts import describe
from workbench.labelling.tables import Speaker
from workbench.storage.database import db, transaction

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--"
ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = ("", "method", "corrections", "feed.atom", "errata.atom")


@pytest.fixture
def case(app: Flask) -> Case:
    """A check that is published."""
    return print_check(app)


def address(case: Case, more: str = "/") -> str:
    return f"/checks/demo/{case.statement}{more}"


def markup(page: str) -> dict[str, object]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    document: dict[str, object] = json.loads(block)
    return document


def all_of(client: FlaskClient, case: Case) -> dict[str, str]:
    paths = [f"/checks/demo/{page}" for page in PAGES] + [
        "/checks/",
        "/checks/demo.json",
        "/sitemap.xml",
        address(case),
        address(case, ".json"),
        address(case, "/?time_safe=1"),
    ]
    return {path: client.get(path).text for path in paths}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_check_shows_what_its_markup_says(client: FlaskClient, case: Case, language: str) -> None:
    answer = client.get(f"{address(case)}?lang={language}")

    assert answer.status_code == 200
    review = check_review(markup(answer.text))  # type: ignore[arg-type]  # it was JSON
    rating = review["reviewRating"]
    assert isinstance(rating, dict)
    text = unescape(re.sub(r"<[^>]+>", "", answer.text.split("<body", 1)[1]))
    for shown in (review["claimReviewed"], rating["alternateName"], rating["ratingExplanation"]):
        assert str(shown) in text
    assert {"fr": "Vrai", "en": "True"}[language] == rating["alternateName"]
    assert review["url"] == f"http://localhost{address(case)}" or str(review["url"]).endswith(
        address(case)
    )
    assert count_reviews(review) == 1


def test_a_check_says_who_where_when_and_by_what(client: FlaskClient, case: Case) -> None:
    page = client.get(f"{address(case)}?lang=en").text

    for shown in (
        "Le Journal",
        "date unknown",
        "Verified",
        "The weights are no longer published.",
        "Are the weights published?",
        "primary source",
        "makes the claim",
        "Report an error",
        "How we work",
        "Cite this check",
        'rel="noopener noreferrer nofollow"',
    ):
        assert shown in page, shown
    assert f'<h1 lang="fr">{WORDING}</h1>' in page


def test_nobody_is_named_but_the_organisation(client: FlaskClient, case: Case) -> None:
    for path, text in all_of(client, case).items():
        for name in ("Felix", "Greta", "Mona", "felix@", "greta@"):
            assert name not in text, path


def test_a_correction_stands_on_top_and_in_the_feed(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        correct(session, case)

    page = client.get(f"{address(case)}?lang=en").text

    assert page.index("The licence was overlooked.") < page.index("<h1")
    assert "Misleading or disputed" in page
    assert "The licence forbids some uses." in page
    assert "dateModified" in page
    feed = etree.fromstring(client.get("/checks/demo/errata.atom?lang=en").data)
    (entry,) = feed.iter(f"{ATOM}entry")
    summary = entry.findtext(f"{ATOM}summary")
    assert summary == "True is now Misleading or disputed: The licence was overlooked."
    assert "The licence was overlooked." in client.get("/checks/demo/corrections").text


def test_a_withdrawn_check_gives_its_reason_and_no_verdict(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        take_back(session, case)

    page, data = client.get(f"{address(case)}?lang=en"), client.get(address(case, ".json"))

    assert (page.status_code, data.status_code) == (410, 410)
    assert "The claim was never made." in page.text
    assert data.json
    assert data.json["reason"] == "The claim was never made."
    assert "noindex" in page.text
    for text in all_of(client, case).values():
        assert "Verified" not in text.split('class="search"')[0]
        assert "ratingValue" not in text
    assert case.statement not in client.get("/sitemap.xml").text
    assert case.statement not in client.get("/checks/demo/feed.atom").text


def test_readers_see_which_wording_and_verdict_stood_there_before(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        reword(session, case, "OpenAI a fermé une partie de ses modèles.")
        correct(session, case)
        take_back(session, case, now=LATER + timedelta(days=1))
        take_up(session, case)
        publish(session, case, now=LATER + timedelta(days=2), correction="It was said.")

    page = client.get(f"{address(case)}?lang=en").text
    history = unescape(re.sub(r"<[^>]+>", "", page.split('<ol class="history">')[1]))
    feed = client.get("/checks/demo/errata.atom?lang=en").text
    listed = client.get("/checks/demo/corrections?lang=en").text

    told = (
        *("published · True", WORDING, "changed · Misleading or disputed"),
        *("The licence was overlooked.", "une partie", "withdrawn · The claim was never made."),
        *("published again · True", "It was said."),
    )
    places = [history.index(words) for words in told]
    assert places == sorted(places)
    for text in (feed, listed):
        assert "The wording was:" in text
        assert WORDING in text
        assert "The claim was never made." in text


def test_readers_are_told_that_an_article_is_not_quoted_any_more(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    told = "This article was withdrawn: its words and its title are no longer shown."
    assert told not in client.get(f"{address(case)}?lang=en").text
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(withdrawn_at=LATER))

    page = client.get(f"{address(case)}?lang=en").text

    assert told in page


def test_a_correction_that_leaves_the_verdict_says_so(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        publish(session, case, now=LATER, correction="Somebody else said it.")

    feed = client.get("/checks/demo/errata.atom?lang=en").text

    assert "True as before: Somebody else said it." in feed


def test_whatever_strangers_write_after_the_address_is_no_command(
    client: FlaskClient, case: Case
) -> None:
    names = ("endpoint", "_anchor", "_method", "_scheme", "_external", "slug", "values", "self")
    asked = dict.fromkeys(names, "é&lang=xx")

    for path in ("/checks/", "/checks/demo/", "/checks/demo/method", address(case)):
        for query in (asked, {"_method": "POST"}, {"_scheme": ""}):
            answer = client.get(path, query_string=query)
            assert answer.status_code == 200
            assert f'hreflang="fr" href="{path}?' in answer.text


def test_a_draft_is_nowhere(app: Flask, client: FlaskClient, case: Case) -> None:
    before = all_of(client, case)
    etags = {path: client.get(path).headers.get("ETag") for path in before}
    with app.app_context(), transaction() as session:
        case.add_evidence(session, publisher="Secret press")
        case.judge(session, "supported", justification="Secret reason.", correction="Secret.")

    after = all_of(client, case)

    assert after == before
    assert {path: client.get(path).headers.get("ETag") for path in after} == etags


def test_before_anything_is_approved_there_is_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        case.judge(session)

    assert client.get(address(case)).status_code == 404
    assert client.get(address(case, ".json")).status_code == 404
    assert "Nothing is published here yet." in client.get("/checks/demo/?lang=en").text
    for path in ("/checks/demo.json", "/sitemap.xml", "/checks/demo/feed.atom"):
        assert case.statement not in client.get(path).text


def test_a_desk_that_does_not_publish_looks_like_none(app: Flask, client: FlaskClient) -> None:
    case = print_check(app)
    with app.app_context(), transaction() as session:
        session.execute(update(Desk).values(publishes=False))

    for page in PAGES:
        answer = client.get(f"/checks/demo/{page}")
        missing = client.get(f"/checks/nothing/{page}")
        assert answer.status_code == 404
        assert answer.text == missing.text
    assert client.get(address(case)).status_code == 404
    assert "The desk" not in client.get("/checks/").text


def test_another_projects_check_is_not_found_here(app: Flask, client: FlaskClient) -> None:
    print_check(app)
    with app.app_context(), transaction() as session:
        other = open_press(session, "other")
        publish(session, other)

    assert client.get(f"/checks/other/{other.statement}/").status_code == 200
    for more in ("/", ".json", "/?time_safe=1"):
        assert client.get(address(other, more)).status_code == 404


def test_no_page_sets_a_cookie_or_depends_on_one(client: FlaskClient, case: Case) -> None:
    paths = list(all_of(client, case))
    plain = {path: client.get(path) for path in [*paths, "/checks/nothing/", "/checks/a/b/c"]}
    client.set_cookie("language", "fr")
    client.set_cookie("workbench", "nonsense")

    for path, answer in plain.items():
        assert "Set-Cookie" not in answer.headers, path
        if answer.status_code == 200:
            assert "Cookie" not in answer.headers.get("Vary", ""), path
            assert client.get(path).text == answer.text, path


def change_known(session: Session, case: Case) -> None:
    """Say everything otherwise that is known of the article, and of who speaks there."""
    edit(
        session,
        case,
        title="Un autre titre",
        outlet="La Gazette",
        author="A. Martin",
        published="2023-10",
        url="https://press.example.org/elsewhere",
        language="en",
    )
    speaker = session.scalars(select(Speaker).order_by(Speaker.id)).first()
    assert speaker
    rename(session, case, speaker.public_id, "Another name")


def test_what_becomes_known_of_an_article_or_speaker_rewrites_no_published_check(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        let_speak(session, case)
        publish(session, case)
    before = all_of(client, case)

    with app.app_context(), transaction() as session:
        change_known(session, case)
        row = session.get_one(Statement, case.row)
        told = describe(session, statement=row, reader=None).changes

    assert all_of(client, case) == before
    assert [str(one) for one in told] == [
        "The article “Un titre” is now called “Un autre titre”.",
        "The outlet of “Un titre” was changed.",
        "The author of “Un titre” was changed.",
        "The date of “Un titre” was changed.",
        "The address of “Un titre” was changed.",
        "The language of “Un titre” was changed.",
        "What the register says of who speaks in “Un titre” was changed.",
    ]


def test_the_next_approved_revision_tells_what_is_known_by_then(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        let_speak(session, case)
        publish(session, case)
        change_known(session, case)
        publish(session, case, now=LATER, correction="The date was wrong.")
        row = session.get_one(Statement, case.row)
        assert describe(session, statement=row, reader=None).changes == ()

    page = client.get(f"{address(case)}?lang=en").text
    review = markup(page)

    assert all(one in page for one in ("Un autre titre", "La Gazette", "Another name"))
    assert "Un titre" not in page
    assert review["itemReviewed"]["author"]["name"] == "Another name"  # type: ignore[index]  # it was JSON
    assert review["itemReviewed"]["datePublished"] == "2023-10"  # type: ignore[index]  # it was JSON
    assert str(review["dateModified"]).startswith(LATER.isoformat()[:16])


def test_a_check_from_before_what_was_known_was_kept_tells_what_is_known_now(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(VerdictAppearance).values(known=None))
        edit(session, case, outlet="La Gazette")
        row = session.get_one(Statement, case.row)
        assert describe(session, statement=row, reader=None).changes == ()

    assert "La Gazette" in client.get(address(case)).text


def test_an_address_that_turns_out_to_be_the_evidences_takes_a_check_off_the_site(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        edit(session, case, url=session.scalars(select(EvidenceRevision.url)).one())

    assert client.get(address(case)).status_code == 404


def test_a_copy_is_asked_after_by_its_tag(app: Flask, client: FlaskClient, case: Case) -> None:
    answer = client.get(address(case))
    tag = {"If-None-Match": answer.headers["ETag"]}

    again = client.get(address(case), headers=tag)
    with app.app_context(), transaction() as session:
        correct(session, case)
    corrected = client.get(address(case), headers=tag)

    assert answer.headers["Cache-Control"] in {"public, no-cache", "no-cache, public"}
    assert "Accept-Language" in answer.headers["Vary"]
    assert (again.status_code, corrected.status_code) == (304, 200)


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [("fr", "en", "fr"), ("en", "fr", "en"), ("", "fr", "fr"), ("", "", "fr"), ("xx", "en", "en")],
)
def test_the_reader_chooses_the_language_of_the_page(
    client: FlaskClient, case: Case, asked: str, header: str, language: str
) -> None:
    answer = client.get(
        f"{address(case)}?lang={asked}", headers={"Accept-Language": header} if header else {}
    )

    assert f'<html lang="{language}">' in answer.text


def test_words_of_people_are_words_on_every_page(app: Flask, client: FlaskClient) -> None:
    case = print_check(app)
    with app.app_context(), transaction() as session:
        correct(session, case)
        case.log_search(session)
        session.execute(update(StatementRevision).values(wording=ATTACK, search_text=ATTACK))
        session.execute(update(Article).values(title=ATTACK, outlet=ATTACK, author=ATTACK))
        words = ("question", "answer", "title", "publisher", "passage", "note")
        session.execute(update(EvidenceRevision).values(dict.fromkeys(words, ATTACK)))
        words = ("justification", "context", "correction")
        session.execute(update(VerdictRevision).values(dict.fromkeys(words, ATTACK)))
        session.execute(update(Erratum).values(reason=ATTACK))
        session.execute(update(WorkflowStep).values(reason=ATTACK))
        session.execute(update(SearchLog).values(query=ATTACK, place=ATTACK, outcome=ATTACK))
        texts = {"en": ATTACK, "fr": ATTACK}
        session.execute(
            update(Desk).values(
                organisation=f"desk {ATTACK}",
                contact=ATTACK,
                funding=texts,
                method=texts,
                corrections=texts,
            )
        )

    pages = all_of(client, case)
    assert client.get(address(case)).status_code == 200
    with app.app_context(), transaction() as session:
        take_back(session, case, ATTACK)
    pages["withdrawn"] = client.get(address(case)).text

    for path, text in pages.items():
        assert "<script>" not in text or path.endswith(".json"), path
        assert "<img" not in text or path.endswith(".json"), path
        if path.endswith((".atom", ".xml")):
            etree.fromstring(text.encode())
    assert markup(pages[address(case)])["claimReviewed"] == ATTACK


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_link_that_somebody_put_into_the_database_leads_nowhere(
    app: Flask, client: FlaskClient, case: Case, link: str
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(EvidenceRevision).values(archived_url=link))
        session.execute(update(Article).values(url=f"{link}2"))
        session.execute(
            update(VerdictRevision).values(
                justification=f"[a]({link}) <a href='{link}'>b</a> ![c]({link})"
            )
        )

    answer = client.get(address(case))

    assert answer.status_code == 200
    assert f'href="{link}' not in answer.text
    assert f'src="{link}' not in answer.text


def test_the_time_safe_view_drops_later_evidence_and_its_markup(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        edit(session, case, published="2023-10")
        publish(session, case)

    whole = client.get(f"{address(case)}?lang=en").text
    early = client.get(f"{address(case)}?lang=en&time_safe=1").text

    assert "1 source is later than the claim." in whole
    assert "The weights are no longer published." not in early
    assert '<script type="application/ld+json">' in whole
    assert "<script" not in early


def test_a_claim_without_date_has_no_time_safe_view(client: FlaskClient, case: Case) -> None:
    page = client.get(f"{address(case)}?lang=en&time_safe=1").text

    assert "The date of the claim is unknown" in page
    assert "The weights are no longer published." in page


def test_the_list_is_searched_filtered_and_paged(
    app: Flask, client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert case.statement in client.get("/checks/demo/?q=modèles&verdict=verified").text
    for sought in ("nothing", "*", "🙂"):
        assert case.statement not in client.get(f"/checks/demo/?q={sought}").text
    assert case.statement not in client.get("/checks/demo/?verdict=disputed").text
    assert case.statement in client.get("/checks/demo/?verdict=anything&page=99").text

    assert client.get("/checks/demo/?q=" + "x" * 5000).status_code == 200


def test_the_feeds_and_the_map_name_the_check(client: FlaskClient, case: Case) -> None:
    feed = etree.fromstring(client.get("/checks/demo/feed.atom?lang=en").data)
    (entry,) = feed.iter(f"{ATOM}entry")
    sitemap = client.get("/sitemap.xml")

    assert entry.findtext(f"{ATOM}title") == f"{WORDING} — True"
    assert entry.findtext(f"{ATOM}summary") == "It says so itself."
    assert str(entry.findtext(f"{ATOM}id")).endswith(address(case))
    assert address(case) in sitemap.text
    assert sitemap.mimetype == "application/xml"
    etree.fromstring(sitemap.data)
    robots = client.get("/robots.txt").text
    assert "Allow: /checks/\n" in robots
    assert "Disallow: /\n" in robots


def test_what_breaks_a_rule_since_is_not_in_the_map(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(outlet="The desk"))

    assert client.get(address(case)).status_code == 404
    assert address(case) not in client.get("/sitemap.xml").text


def test_french_colons_stand_apart(client: FlaskClient, case: Case) -> None:
    page, feed = (
        client.get(f"{path}?lang=fr").text for path in (address(case), "/checks/demo/feed.atom")
    )

    assert f"<title>Vrai\N{NO-BREAK SPACE}: {WORDING}" in page
    assert "The desk\N{NO-BREAK SPACE}: " in feed


def test_the_same_review_is_sent_as_data(client: FlaskClient, case: Case) -> None:
    answer = client.get(address(case, ".json"))
    feed = client.get("/checks/demo.json")

    assert answer.mimetype == "application/ld+json"
    assert answer.json == markup(client.get(f"{address(case)}?lang=fr").text)
    assert feed.json
    check_review(feed.json)
    assert count_reviews(feed.json) == 1


@pytest.mark.parametrize("page", ["/checks/demo/", "/checks/demo/feed.atom", "/checks/demo.json"])
def test_a_list_costs_the_same_few_statements_however_long(
    app: Flask, client: FlaskClient, page: str
) -> None:
    case = print_check(app)
    client.get(page)  # The registers are remembered from the first time on.
    few = count_statements(app, client, page)
    with app.app_context(), transaction() as session:
        for number in range(3):
            publish(session, add_statement(session, case, number))
    client.get(page)  # Whether a check keeps all rules is remembered, too.

    assert count_statements(app, client, page) == few


def count_statements(app: Flask, client: FlaskClient, page: str) -> int:
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    assert client.get(page).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith("BEGIN")])


def test_marks_of_writing_direction_stay_in_the_wording(
    client: FlaskClient, app: Flask, case: Case
) -> None:
    turned = f"\N{RIGHT-TO-LEFT OVERRIDE}{WORDING}"
    with app.app_context(), transaction() as session:
        session.execute(update(StatementRevision).values(wording=turned))

    page = client.get(f"{address(case)}?lang=en").text

    assert (
        f": \N{FIRST STRONG ISOLATE}{turned}\N{POP DIRECTIONAL ISOLATE} · The desk</title>" in page
    )
    assert '<span class="judge">The desk</span>' in page
