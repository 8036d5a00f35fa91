"""Statements: made of claims and reworded, where they appear, and what becomes of that."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from tests.adjudicators import SHORT, change_first, make_shared_corpus, read, sit_down
from tests.annotators import Desk, open_desk
from tests.factcheckers import Checker, claim_of, make_one, sit_at_desk
from tests.factories import make_article
from tests.people import send
from tests.statements import counted_statements, query_plan
from workbench.clock import utc_now
from workbench.corpus.operations import withdraw_article
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.factcheck.appearances import (
    AppearanceView,
    Change,
    add_appearance,
    feature,
    find_moved,
    find_part,
    keep_appearance,
    read_appearances,
)
from workbench.factcheck.claims import find_claim
from workbench.factcheck.erasure import blank_parts
from workbench.factcheck.queries import current_revision, current_state, find_statement
from workbench.factcheck.rules import Relation, State
from workbench.factcheck.statements import (
    StaleWordingError,
    Wording,
    list_revisions,
    reword_statement,
)
from workbench.factcheck.tables import Appearance, Statement, StatementRevision, WorkflowStep
from workbench.labelling.frames import Span
from workbench.storage.database import db, transaction

STATEMENTS = "/projects/demo/statements/"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Ada has read the article and claims something in its first sentence."""
    make_shared_corpus(app)
    return read(app, "ada", SHORT)


@pytest.fixture
def checker(app: Flask, desk: Desk) -> Checker:
    return sit_at_desk(app)


def appear(checker: Checker, statement: str, claim: str, **values: object) -> str:
    with checker.app.app_context(), transaction() as session:
        return add_appearance(
            session,
            project_id=checker.project_id,
            statement=statement,
            claim=claim,
            **{"relation": Relation.ASSERTS, "parts": None, **values},  # type: ignore[arg-type]
            by=checker.user_id,
            now=utc_now(),
        ).public_id


def views(checker: Checker, statement: str, reader: int | None = None) -> list[AppearanceView]:
    with checker.app.app_context():
        session = db.session()
        row = find_statement(session, project_id=checker.project_id, public_id=statement).id
        place = {"project_id": checker.project_id, "statements": [row]}
        found = read_appearances(session, **place, reader=reader)[row]
        if any(view.change for view in found):
            assert find_moved(session, **place) == [row]
        return found


def _urgent(checker: Checker, number: int) -> dict[str, object]:
    return {
        "project_id": checker.project_id,
        "public_id": f"urgent{number}",
        "assignee_id": checker.user_id,
        "due_on": date(2026, 1, 1),
        "made_by": checker.user_id,
        "made_at": utc_now(),
    }


def _worded(statement: Statement) -> dict[str, object]:
    return _made(statement) | {
        "number": 1,
        "wording": "Autre chose.",
        "search_text": "autre chose",
        "language": "fr",
        "claim_type": "fact",
    }


def _begun(statement: Statement) -> dict[str, object]:
    return _made(statement) | {"state": State.ASSIGNED}


def _made(statement: Statement) -> dict[str, object]:
    return {
        "project_id": statement.project_id,
        "statement_id": statement.id,
        "made_by": statement.made_by,
        "made_at": statement.made_at,
    }


def test_a_statement_is_made_of_a_claim_and_the_claim_appears_in_it(
    checker: Checker, desk: Desk
) -> None:
    claim = claim_of(desk)
    form = checker.client.get(f"{STATEMENTS}new?claim={claim}").text
    assert "OpenAI a fermé ses modèles</textarea>" in form
    assert "Made of" not in form

    made = send(
        checker.client,
        f"{STATEMENTS}new",
        number="0",
        claim=claim,
        wording="OpenAI a fermé ses modèles en 2020.",
        language="fr",
        claim_type="fact",
        strategy="",
    )

    page = checker.client.get(made.location).text
    assert "OpenAI a fermé ses modèles en 2020." in page
    assert "<mark>OpenAI a fermé ses modèles</mark>" in page
    with checker.app.app_context():
        row = db.session().scalars(select(Statement.id)).one()
        assert current_state(db.session(), statement_id=row) is State.OPEN


def test_who_rewords_second_is_told_and_sees_both(checker: Checker) -> None:
    statement = make_one(checker)
    fields = {"claim": "", "language": "fr", "claim_type": "fact", "strategy": ""}
    path = f"{STATEMENTS}{statement}/edit"
    send(checker.client, path, number="1", wording="La première.", **fields)

    second = send(checker.client, path, number="1", wording="La seconde.", **fields)

    assert second.status_code == 412
    assert "La première." in second.text
    assert "La seconde." in second.text
    assert 'name="number" type="hidden" value="2"' in second.text


def test_every_wording_stays_and_the_same_words_make_no_other(checker: Checker) -> None:
    statement = make_one(checker)
    with checker.app.app_context(), transaction() as session:
        for text, base in (("Autre chose.", 1), (" Autre  chose. ", 2)):
            reword_statement(
                session,
                project_id=checker.project_id,
                public_id=statement,
                wording=Wording(text, "fr", "number", "consultation"),
                base=base,
                by=checker.user_id,
                now=utc_now(),
            )
        with pytest.raises(StaleWordingError):
            reword_statement(
                session,
                project_id=checker.project_id,
                public_id=statement,
                wording=Wording("Trop tard.", "fr", "fact"),
                base=1,
                by=checker.user_id,
                now=utc_now(),
            )
        row = find_statement(session, project_id=checker.project_id, public_id=statement)
        revisions = list_revisions(session, statement_id=row.id)

        assert [one.wording for one in revisions] == ["Autre chose.", "OpenAI a fermé ses modèles."]


@pytest.mark.parametrize(
    "wording",
    [
        Wording("Oui.", "de", "fact"),
        Wording("Oui.", "fr", "rumour"),
        Wording("Oui.", "fr", "fact", "x"),
    ],
)
def test_only_words_of_our_lists_are_taken(checker: Checker, wording: Wording) -> None:
    with pytest.raises(InvalidInputError):
        make_one(checker, wording)


def test_opinions_are_made_and_marked_not_rated(checker: Checker) -> None:
    statement = make_one(checker, Wording("Meta a raison.", "fr", "opinion"))

    assert (
        "non noté"
        in checker.client.get(f"{STATEMENTS}{statement}/", headers={"Accept-Language": "fr"}).text
    )


def test_a_claim_appears_once_with_each_relation(checker: Checker, desk: Desk) -> None:
    statement, claim = make_one(checker), claim_of(desk)
    appear(checker, statement, claim)
    appear(checker, statement, claim, relation=Relation.MENTIONS)

    with pytest.raises(ConflictError):
        appear(checker, statement, claim)

    assert [one.relation for one in views(checker, statement)] == ["asserts", "mentions"]


def test_words_of_a_claim_are_found_by_where_they_begin_and_end(
    checker: Checker, desk: Desk
) -> None:
    with checker.app.app_context():
        claim = find_claim(
            db.session(), project_id=checker.project_id, public_id=claim_of(desk), reader=None
        )

    assert find_part(claim, "", "") is None
    assert [part.text for part in find_part(claim, "a fermé", "modèles") or ()] == [
        "a fermé ses modèles"
    ]
    for first, last in (("absent", ""), ("e", ""), ("modèles", "OpenAI")):
        with pytest.raises(InvalidInputError):
            find_part(claim, first, last)


def test_a_changed_claim_flags_its_appearance_until_somebody_looked(
    checker: Checker, desk: Desk
) -> None:
    statement, claim = make_one(checker), claim_of(desk)
    appearance = appear(checker, statement, claim)
    assert [one.change for one in views(checker, statement)] == [None]

    change_first(desk)

    assert [one.change for one in views(checker, statement)] == [Change.WITHDRAWN]
    with checker.app.app_context(), transaction() as session:
        keep_appearance(
            session,
            project_id=checker.project_id,
            statement=statement,
            appearance=appearance,
            by=checker.user_id,
            now=utc_now(),
        )
    (kept,) = views(checker, statement)
    assert kept.change is None
    assert kept.quote == "OpenAI a fermé ses modèles"


def test_all_of_ones_statements_are_watched(checker: Checker, desk: Desk) -> None:
    statement = make_one(checker)
    appear(checker, statement, claim_of(desk))
    with checker.app.app_context(), transaction() as session:
        session.execute(update(Statement).values(assignee_id=checker.user_id))
        session.execute(insert(Statement), [_urgent(checker, number) for number in range(300)])
        rows = session.execute(select(Statement)).scalars().all()
        session.execute(insert(StatementRevision), [_worded(one) for one in rows[1:]])
        session.execute(insert(WorkflowStep), [_begun(one) for one in rows[1:]])
    own_desk = "/projects/demo/desk/"
    assert "a claim has changed" not in checker.client.get(own_desk).text

    change_first(desk)

    assert checker.client.get(own_desk).text.count("a claim has changed") == 1


def test_a_claim_reads_as_the_agreed_one_made_of_it(
    app: Flask, checker: Checker, desk: Desk
) -> None:
    statement = make_one(checker)
    appear(checker, statement, claim_of(desk))
    read(app, "bob", SHORT)
    bench = sit_down(app)
    bench.open()

    assert bench.post("answers", bench.take(1, "A")).status_code == 200

    (view,) = views(checker, statement)
    assert view.claim
    assert view.claim.is_agreed
    assert view.change is None


def test_an_agreed_answer_without_the_claim_flags_its_appearance(
    app: Flask, checker: Checker, desk: Desk
) -> None:
    statement = make_one(checker)
    appear(checker, statement, claim_of(desk))
    read(app, "bob", SHORT)
    bench = sit_down(app)
    bench.open()

    assert bench.post("answers", bench.decision(1)).status_code == 200

    assert [one.change for one in views(checker, statement)] == [Change.REPLACED]


def test_a_withdrawn_article_flags_what_it_said(checker: Checker, desk: Desk) -> None:
    statement, claim = make_one(checker), claim_of(desk)
    appear(checker, statement, claim)
    with checker.app.app_context(), transaction() as session:
        article = find_article(session, project_id=checker.project_id, name="article")
        withdraw_article(
            session,
            project_id=checker.project_id,
            article_id=article.id,
            reason="Retiré.",
            by=None,
            now=utc_now(),
        )

    assert [one.change for one in views(checker, statement)] == [Change.WITHDRAWN]
    with pytest.raises(NotFoundError):
        appear(checker, statement, claim)


def test_of_withdrawn_articles_alone_the_sentences_are_sought(app: Flask) -> None:
    with app.app_context(), counted_statements() as statements:
        find_moved(db.session(), project_id=1, statements=[1])

        plan = query_plan(db.session(), statements[-1])

    [search] = [step for step in plan if step.startswith("SEARCH sentence ")]
    assert "project_id=? AND edition_id=?" in search


def test_who_still_labels_an_article_does_not_see_its_claims(
    app: Flask, checker: Checker, desk: Desk
) -> None:

    statement = make_one(checker)
    appear(checker, statement, claim_of(desk))
    bob = open_desk(app, name="bob")

    assert [one.is_hidden for one in views(checker, statement, bob.user_id)] == [True]
    assert [one.quote for one in views(checker, statement, bob.user_id)] == [""]


def test_erasing_an_article_blanks_the_words_that_were_chosen(checker: Checker, desk: Desk) -> None:
    statement = make_one(checker)
    part = Span(0, 6, "OpenAI")
    appear(checker, statement, claim_of(desk), parts=[part])
    assert [one.quote for one in views(checker, statement)] == ["OpenAI"]

    with checker.app.app_context(), transaction() as session:
        article = find_article(session, project_id=checker.project_id, name="article")
        blank_parts(session, article_id=article.id)
        stored = session.scalars(select(Appearance.parts)).one()

    assert stored == [{"start": 0, "end": 6, "text": ""}]


@pytest.mark.parametrize(
    "parts", [[Span(0, 6, "Openai")], [Span(0, 40, "x")], [Span(7, 8, "a"), Span(0, 6, "OpenAI")]]
)
def test_parts_are_words_of_the_claim(checker: Checker, desk: Desk, parts: list[Span]) -> None:
    with pytest.raises(InvalidInputError):
        appear(checker, make_one(checker), claim_of(desk), parts=parts)


def test_a_claim_is_narrowed_to_some_of_its_words(checker: Checker, desk: Desk) -> None:
    statement = make_one(checker)
    appearance = appear(checker, statement, claim_of(desk))
    page = f"{STATEMENTS}{statement}/"
    chosen = f"{page}appearances/{appearance}/feature"
    send(checker.client, chosen, number=1)
    assert send(checker.client, chosen, number=1).status_code == 412

    send(
        checker.client,
        f"{page}appearances/{appearance}/change",
        relation="limits",
        first="ses modèles",
        last="",
    )

    (view,) = views(checker, statement)
    assert (view.relation, view.quote) == (Relation.LIMITS, "ses modèles")
    shown = checker.client.get(page).text
    assert "OpenAI a fermé </span><mark>ses modèles</mark>." in shown
    assert "stands with the statement" in shown


def test_words_that_are_not_there_change_nothing(checker: Checker, desk: Desk) -> None:
    statement = make_one(checker)
    appearance = appear(checker, statement, claim_of(desk))
    path = f"{STATEMENTS}{statement}/appearances/{appearance}/change"

    send(checker.client, path, relation="limits", first="rien de tel", last="")

    assert [one.id for one in views(checker, statement)] == [appearance]


def test_the_earliest_article_is_the_first_appearance_unless_another_is_chosen(
    app: Flask, checker: Checker, desk: Desk
) -> None:
    with app.app_context(), transaction() as session:
        for name, published in (("early", "2023"), ("undated", None)):
            metadata = Metadata(title=name, language="fr", published=published)
            make_article(session, checker.project_id, name=name, metadata=metadata)
    statement = make_one(checker)
    made = {}
    for number, name in enumerate(("undated", "early")):
        reader = open_desk(app, name, f"reader{number}")
        reader.save(1, decision="claims", claims=[{**SHORT, "id": f"{name:0<16}"}])
        made[name] = appear(checker, statement, claim_of(reader))

    first, second = views(checker, statement)
    assert (first.id, first.is_first, second.is_first) == (made["early"], True, False)
    send(checker.client, f"{STATEMENTS}{statement}/appearances/{made['undated']}/feature", number=1)

    with app.app_context():
        row = find_statement(db.session(), project_id=checker.project_id, public_id=statement)
        newest = current_revision(db.session(), statement_id=row.id)
        _, featured = feature(views(checker, statement), newest.featured_id)
    assert featured
    assert featured.id == made["undated"]
