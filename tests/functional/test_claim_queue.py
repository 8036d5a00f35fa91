"""The queue of claims: what is listed once, in which order, for whom, and by which filters."""

import pytest
from flask import Flask

from tests.adjudicators import SHORT, TEXT, make_shared_corpus, read, sit_down
from tests.annotators import Desk, open_desk
from tests.factcheckers import Checker, claim_of, make_one, sit_at_desk
from tests.factories import SENTENCES, claim_on, make_article
from tests.functional.test_editions import TYPO, correct
from tests.programs import program_of
from tests.statements import counted_statements
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.operations import edit_article, withdraw_article
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.corpus.searching import index_now
from workbench.factcheck import queue
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.queue import At, Entry, Filters, Part, parse_place, read_queue
from workbench.factcheck.rules import Relation
from workbench.storage.database import db, transaction

PATH = "/projects/demo/claims/"


def worth(start: int, end: int, worth: str | None, **changes: object) -> JsonObject:
    attributes = {"claim_type": "fact", "check_worthiness": worth}
    return claim_on(TEXT, start, end, **{"attributes": attributes, **changes})


def said_by(speaker: str) -> JsonObject:
    link = {
        "speaker": speaker,
        "mention": None,
        "cue": None,
        "attributes": {"quote_type": "direct"},
    }
    return worth(30, 46, "maybe", chain=[{"speaker": "author"}, link])


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Ada claims something of every worth; the index of words is made."""
    make_shared_corpus(app)
    desk = read(app, "ada", SHORT, s2=said_by("meta"), s4=worth(75, 90, "no"))
    with app.app_context():
        index_now(1)
    return desk


@pytest.fixture
def checker(app: Flask, desk: Desk) -> Checker:
    return sit_at_desk(app)


def listed(checker: Checker, reader: int | None = None, **filters: str) -> list[Entry]:
    """All pages of the queue, one after the other."""
    entries: list[Entry] = []
    at: At | None = parse_place("")
    with checker.app.app_context():
        while at is not None:
            page = read_queue(
                db.session(),
                project_id=checker.project_id,
                reader=reader or checker.user_id,
                filters=Filters(**filters),
                at=at,
            )
            entries += page.entries
            at = page.further
    return entries


def quotes(checker: Checker, reader: int | None = None, **filters: str) -> list[str]:
    return [entry.claim.quote for entry in listed(checker, reader, **filters)]


def test_claims_come_by_how_much_they_are_worth_checking(checker: Checker) -> None:
    assert quotes(checker) == ["OpenAI a fermé ses modèles", "C'est une erreur", "Nul ne le sait."]


def test_agreed_claims_come_first_and_replace_the_answers_to_their_sentence(
    app: Flask, checker: Checker
) -> None:
    read(app, "bob", worth(0, 27, "yes"))
    bench = sit_down(app)
    bench.open()
    agreed = worth(75, 90, "no", id="goldclaim0000001")
    decided = bench.post("answers", bench.decision(4, decision="claims", claims=[agreed]))
    assert decided.status_code == 200, decided.text

    entries = listed(checker)

    assert next((one.claim.quote, one.claim.is_agreed) for one in entries) == (
        "Nul ne le sait.",
        True,
    )
    assert [one.claim.quote for one in entries].count("Nul ne le sait.") == 1


def test_what_two_have_marked_alike_is_listed_once(app: Flask, checker: Checker) -> None:
    read(app, "bob", SHORT)

    assert quotes(checker).count("OpenAI a fermé ses modèles") == 1
    assert [one.annotators for one in listed(checker)] == [2, 1, 1]
    assert "2 annotators" in checker.client.get(PATH).text


def test_what_two_have_marked_alike_is_found_by_whoever_either_says_said_it(
    app: Flask, checker: Checker
) -> None:
    read(app, "bob", s2=worth(30, 46, "maybe"))  # by the author; Ada has it from Meta

    for speaker in ("", "meta", "author"):
        assert quotes(checker, speaker=speaker).count("C'est une erreur") == 1


def test_what_stands_in_a_corrected_text_is_not_listed_from_the_earlier_one(app: Flask) -> None:
    make_shared_corpus(app)
    open_desk(app, name="bob").save(1, decision="claims", claims=[replace_id(SHORT, "bob" * 6)])
    read(app, "ada", SHORT)
    correct(app, TYPO)

    (entry,) = listed(sit_at_desk(app))

    assert entry.claim.quote == "OpenAI a fermé ses modèles"


def test_programs_get_of_claims_alike_one(app: Flask, checker: Checker) -> None:
    read(app, "bob", SHORT)

    items = program_of(app, checker.user_id).get("/projects/demo/claims").json["items"]

    assert sorted(one["quote"] for one in items) == sorted(quotes(checker))


@pytest.mark.parametrize("signs", ["*", "…", "🙂", " - "])
def test_signs_are_no_words_and_find_nothing(checker: Checker, signs: str) -> None:
    statement = make_one(checker)

    assert quotes(checker, words=signs) == []
    for page in ("statements/?search=", "desk/board?words="):
        address = f"/projects/demo/{page}"
        assert f"/statements/{statement}/" in checker.client.get(address).text
        assert f"/statements/{statement}/" not in checker.client.get(f"{address}{signs}").text


def test_the_first_page_counts_what_is_found(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "3 claims" in checker.client.get(PATH).text
    assert "1 claim" in checker.client.get(f"{PATH}?speaker=meta").text
    monkeypatch.setattr(queue, "PAGE", 1)
    monkeypatch.setattr(queue, "COUNTED", 2)
    first = checker.client.get(PATH).text
    assert "at least 2 claims" in first.lower()
    assert quotes(checker) == ["OpenAI a fermé ses modèles", "C'est une erreur", "Nul ne le sait."]


def test_a_claim_that_was_taken_back_is_not_listed(checker: Checker, desk: Desk) -> None:
    (base,) = [one for one in desk.open()["answers"] if one["sentence"].endswith(".1")]  # type: ignore[union-attr,index,call-overload]
    desk.post("answers", desk.answer(1, base=base["id"], decision="undecided"))  # type: ignore[index,call-overload]

    assert quotes(checker) == ["C'est une erreur", "Nul ne le sait."]


def test_a_withdrawn_article_is_not_listed(checker: Checker) -> None:
    with checker.app.app_context(), transaction() as session:
        withdraw_article(
            session,
            project_id=checker.project_id,
            article_id=find_article(session, project_id=checker.project_id, name="article").id,
            reason="Retiré.",
            by=None,
            now=utc_now(),
        )

    assert quotes(checker) == []


def test_who_still_labels_the_article_does_not_see_its_claims(app: Flask, checker: Checker) -> None:
    bob = open_desk(app, name="bob")

    assert quotes(checker, bob.user_id) == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"speaker": "meta"}, 1),
        ({"speaker": "author"}, 2),
        ({"speaker": "unspecified"}, 0),
        ({"speaker": "nobody-known"}, 0),
        ({"target": "meta"}, 0),
        ({"words": "modeles"}, 1),
        ({"words": "ERREUR affirme"}, 1),
        ({"words": "absent"}, 0),
        ({"outlet": "Le Monde"}, 3),
        ({"outlet": "Autre"}, 0),
        ({"since": "2023-12-01"}, 3),
        ({"since": "2023-12-02"}, 0),
        ({"until": "2023-11-30"}, 0),
        ({"until": "2023-12-31"}, 3),
        ({"claim_type": "fact"}, 3),
        ({"claim_type": "opinion"}, 0),
        ({"article": "article"}, 3),
        ({"article": "other"}, 0),
        ({"checked": "no"}, 3),
        ({"checked": "yes"}, 0),
        ({"words": "modeles", "speaker": "meta"}, 0),
    ],
)
@pytest.mark.parametrize("few", [0, 5000])
def test_filters_leave_what_they_name(
    checker: Checker,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    filters: dict[str, str],
    count: int,
) -> None:
    for name in ("FEW_AGREED", "FEW_ARTICLES", "FEW_CLAIMS", "FEW_SENTENCES"):
        monkeypatch.setattr(queue, name, few)
    with checker.app.app_context(), transaction() as session:
        edit_article(
            session,
            project_id=checker.project_id,
            article_id=find_article(session, project_id=checker.project_id, name="article").id,
            metadata=Metadata(language="fr", outlet="Le Monde", published="2023-12"),
            by=None,
            now=utc_now(),
        )

    assert len(quotes(checker, **filters)) == count


def test_pages_follow_one_another_and_a_page_looks_at_few(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = quotes(checker)
    monkeypatch.setattr(queue, "PAGE", 1)

    assert quotes(checker) == whole
    assert quotes(checker, article="article") == whole
    monkeypatch.setattr(queue, "PAGE", 50)
    monkeypatch.setattr(queue, "WINDOW", 1)
    assert quotes(checker) == whole


def test_a_claim_with_a_statement_says_so(checker: Checker, desk: Desk) -> None:
    statement = make_one(checker)
    with checker.app.app_context(), transaction() as session:
        add_appearance(
            session,
            project_id=checker.project_id,
            statement=statement,
            claim=claim_of(desk),
            relation=Relation.ASSERTS,
            parts=None,
            by=checker.user_id,
            now=utc_now(),
        )

    first, *_ = listed(checker)

    assert [one.id for one in first.statements] == [statement]
    assert [one.claim.quote for one in listed(checker, checked="yes")] == [first.claim.quote]
    assert len(listed(checker, checked="no")) == 2


@pytest.mark.parametrize(
    "place", ["", "x", "agreed.", "agreed.9.9", "single.1.x", "single.2.99999999999999999999"]
)
def test_a_place_of_no_queue_is_a_beginning(checker: Checker, place: str) -> None:
    assert checker.client.get(f"{PATH}?at={place}").status_code == 200
    assert parse_place(str(At(Part.SINGLE, 1, 7))) == At(Part.SINGLE, 1, 7)


def test_the_page_costs_as_many_statements_with_more_claims(app: Flask, checker: Checker) -> None:
    checker.client.get(PATH)
    with counted_statements() as few:
        checker.client.get(PATH)
    with app.app_context(), transaction() as session:
        make_article(session, checker.project_id, *SENTENCES, name="more")
    read_more = open_desk(app, "more", "carl")
    for position in (1, 2, 4):
        start = {1: 0, 2: 30, 4: 75}[position]
        mine = replace_id(worth(start, start + 10, "yes"), f"carl{start:012}")
        read_more.save(position, decision="claims", claims=[mine])

    with counted_statements() as many:
        page = checker.client.get(PATH).text

    assert page.count('class="place"') == 6
    assert len(many) == len(few) <= 24


def replace_id(claim: JsonObject, id_: str) -> JsonObject:
    return {**claim, "id": id_}


def test_the_page_leads_to_a_statement(checker: Checker) -> None:
    page = checker.client.get(PATH, headers={"Accept-Language": "fr"}).text

    assert "<mark>OpenAI a fermé ses modèles</mark>." in page
    assert "une seule réponse" in page
    assert "/statements/new?claim=" in page
    assert "<mark>" not in checker.client.get(f"{PATH}?words=rien").text


def test_filters_are_kept_from_page_to_page(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 1)

    page = checker.client.get(f"{PATH}?article=article").text

    assert "article=article&amp;at=single.2." in page


def test_dates_that_are_none_are_refused_with_a_sentence(checker: Checker) -> None:
    for asked, said in {
        "since=hier": "hier is not a date: write",
        "since=2024-13": "2024-13 is not a date: write",
        "until=zzz": "zzz is not a date: write",
        "until=2024-02-30": "2024-02-30 is not a date: write",
        "since=0000": "0000 is not a date: write",
        "since=2024-02&until=2024-01": "The period ends before it begins",
    }.items():
        refused = checker.client.get(f"{PATH}?{asked}")
        assert refused.status_code == 422, asked
        assert said in refused.text, asked
    for asked in ("since=2023&until=2023", "since=2023-12&until=2023-12-01"):
        assert checker.client.get(f"{PATH}?{asked}").status_code == 200, asked
    assert "<mark>" in checker.client.get(f"{PATH}?since=&until=+").text
