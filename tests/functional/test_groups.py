"""Statements beside one another, and what is proposed: on the five articles of the demo."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.demos import make_debate, make_debate_without_desk
from tests.people import browser_of
from tests.statements import counted_statements, query_plan
from workbench.accounts.queries import user_by_email
from workbench.clock import utc_now
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.links import add_link, read_group, read_links, remove_link
from workbench.factcheck.listing import count_listed, list_statements
from workbench.factcheck.proposals import (
    LikeClaim,
    LikeStatement,
    dismiss_claim,
    propose_claims,
    propose_statements,
    telling_words,
)
from workbench.factcheck.queries import current_revision
from workbench.factcheck.rules import LinkKind, Relation
from workbench.factcheck.statements import Wording, make_statement, reword_statement
from workbench.factcheck.tables import Statement
from workbench.storage.database import db, transaction

pytestmark = pytest.mark.begins_with(make=make_debate_without_desk)

OPEN = "Llama 2 est open source."
LIMITED = "Les restrictions de Llama 2 l’éloignent de l’idéal open source."
# The articles of the demo by their order, which their slugs begin with.
FIRST, SECOND, FOURTH = "000", "001", "003"


class Desk:
    """A fact-checker at the demo's desk."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.user = user_by_email(session, email="felix@example.org").id

    def make(self, wording: str) -> Statement:
        return make_statement(
            self.session,
            project_id=1,
            wording=Wording(wording, "fr", "fact"),
            by=self.user,
            now=utc_now(),
        )

    def propose(self, statement: Statement) -> list[LikeClaim]:
        wording = current_revision(self.session, statement_id=statement.id).wording
        return propose_claims(
            self.session, project_id=1, statement=statement, wording=wording, hidden=()
        )

    def propose_statements(self, statement: Statement) -> list[LikeStatement]:
        return propose_statements(
            self.session,
            project_id=1,
            statement=statement,
            wording=current_revision(self.session, statement_id=statement.id).wording,
            links=read_links(self.session, project_id=1, statements=[statement.id]),
        )

    def gather(self, statement: Statement, relations: dict[str, Relation], word: str) -> None:
        """Confirm what is proposed of these articles and has this word."""
        for one in self.propose(statement):
            article = one.claim.passage.slug[:3]
            if article in relations and word in one.claim.quote:
                add_appearance(
                    self.session,
                    project_id=1,
                    statement=statement.public_id,
                    claim=one.claim.id,
                    relation=relations[article],
                    parts=None,
                    by=self.user,
                    now=utc_now(),
                )

    def link(self, one: Statement, other: Statement, kind: LinkKind) -> str:
        return add_link(
            self.session,
            project_id=1,
            one=one.public_id,
            other=other.public_id,
            kind=kind,
            by=self.user,
            now=utc_now(),
        ).public_id


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context(), transaction() as session:
        yield Desk(session)


def test_like_claims_are_found_by_their_sentences(desk: Desk) -> None:
    if desk.session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL has an index of words of its own")
    statement = desk.make(OPEN)
    with counted_statements() as statements:
        desk.propose(statement)

    [asked] = [one for one in statements if "sentence_search_words" in one]
    steps = query_plan(desk.session, asked)

    assert any("SEARCH annotation" in one and "sentence_id=?" in one for one in steps)
    assert not any("claim" in one and "project_id=?" in one for one in steps)


def test_llama_2_and_its_limits_are_one_group_with_a_contradiction(desk: Desk) -> None:
    is_open, is_limited = desk.make(OPEN), desk.make(LIMITED)
    desk.gather(is_open, {SECOND: Relation.ASSERTS, FOURTH: Relation.ASSERTS}, "Llama 2")
    desk.gather(is_limited, {FIRST: Relation.ASSERTS}, "restrictions")
    (proposed,) = desk.propose_statements(is_open)
    desk.link(is_open, is_limited, LinkKind.CONTRADICTS)

    group = read_group(desk.session, project_id=1, statement_id=is_limited.id, reader=desk.user)

    assert proposed.statement.wording == LIMITED
    assert [one.statement.wording for one in group.members] == [OPEN, LIMITED]
    said = [
        view.claim.passage.slug[:3]
        for one in group.members
        for view in one.appearances
        if view.claim
    ]
    assert sorted(said) == [FIRST, SECOND, FOURTH]
    assert len(group.contradictions) == 1


def test_a_statement_that_is_said_and_limited_is_disputed(desk: Desk) -> None:
    is_open = desk.make(OPEN)
    desk.gather(is_open, {FIRST: Relation.LIMITS, FOURTH: Relation.ASSERTS}, "Llama 2")

    group = read_group(desk.session, project_id=1, statement_id=is_open.id, reader=desk.user)

    assert [one.statement.wording for one in group.disputed] == [OPEN]
    assert not group.contradictions


def test_what_is_with_a_statement_or_was_refused_is_proposed_no_more(desk: Desk) -> None:
    is_open = desk.make(OPEN)
    first, second, *_ = desk.propose(is_open)
    desk.gather(is_open, {first.claim.passage.slug[:3]: Relation.ASSERTS}, first.claim.quote)
    for _ in range(2):
        dismiss_claim(
            desk.session,
            project_id=1,
            statement=is_open.public_id,
            claim=second.claim.row,
            by=desk.user,
            now=utc_now(),
        )

    left = {one.claim.quote for one in desk.propose(is_open)}

    assert not {first.claim.quote, second.claim.quote} & left


def test_claims_of_both_annotators_are_proposed_once(desk: Desk) -> None:
    quotes = [one.claim.quote for one in desk.propose(desk.make(OPEN))]

    assert len(quotes) == len(set(quotes))


def test_a_refused_statement_is_proposed_no_more_and_is_in_no_group(desk: Desk) -> None:
    one, other = desk.make(OPEN), desk.make(LIMITED)
    desk.link(one, other, LinkKind.DIFFERENT)

    assert desk.propose_statements(one) == []
    group = read_group(desk.session, project_id=1, statement_id=one.id, reader=desk.user)
    assert len(group.members) == 1


def test_two_statements_have_one_link_until_it_is_taken_away(desk: Desk) -> None:
    one, other = desk.make(OPEN), desk.make(LIMITED)
    link = desk.link(one, other, LinkKind.SUPPORTS)
    with pytest.raises(ConflictError):
        desk.link(other, one, LinkKind.SAME)
    with pytest.raises(InvalidInputError):
        desk.link(one, one, LinkKind.SAME)

    for public_id in (other.public_id, one.public_id):
        try:
            remove_link(
                desk.session,
                project_id=1,
                statement=public_id,
                link=link,
                by=desk.user,
                now=utc_now(),
            )
        except NotFoundError:
            assert public_id == one.public_id

    assert read_links(desk.session, project_id=1, statements=[one.id]) == []


@pytest.mark.parametrize(
    ("wording", "count"), [("Oui.", 1), ("est", 0), ("Llama", 1), ("Llama 2 ouvert", 3)]
)
def test_telling_words_are_looked_for(wording: str, count: int) -> None:
    assert len(telling_words(wording)) == count


def test_statements_are_searched_by_their_newest_words(desk: Desk) -> None:
    is_open = desk.make(OPEN)
    desk.make(LIMITED)
    reword_statement(
        desk.session,
        project_id=1,
        public_id=is_open.public_id,
        wording=Wording("Llama 2 est téléchargeable.", "fr", "fact"),
        base=1,
        by=desk.user,
        now=utc_now(),
    )

    def found(search: str, state: str = "") -> list[str]:
        rows = list_statements(desk.session, project_id=1, search=search, state=state)
        assert count_listed(desk.session, project_id=1, search=search, state=state) == len(rows)
        return [one.wording for one in rows]

    assert found("TELECHARGEABLE ") == ["Llama 2 est téléchargeable."]
    assert found("open source ") == [LIMITED]
    assert found("llama", "open") == [LIMITED, "Llama 2 est téléchargeable."]
    assert found("llama", "published") == []


def test_the_pages_show_pairs_and_proposals(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        desk = Desk(session)
        one, other = desk.make(OPEN), desk.make(LIMITED)
        desk.gather(one, {SECOND: Relation.ASSERTS, FOURTH: Relation.ASSERTS}, "Llama 2")
        desk.link(one, other, LinkKind.CONTRADICTS)
        user, address = desk.user, f"/projects/open-ai-debate/statements/{one.public_id}/"
    client = browser_of(app, user)

    page = client.get(address).text
    group = client.get(f"{address}group").text

    assert "contradicts" in page
    assert "Claims of like words" in page
    assert group.count('class="pair"') == 1
    assert "2 statements, 1 contradiction." in group


def test_a_statement_page_asks_the_database_little_with_a_verdict_and_without(app: Flask) -> None:
    with app.app_context():
        make_debate()
        session = db.session()
        user = user_by_email(session, email="felix@example.org").id
        statements = session.scalars(select(Statement.public_id)).all()
    client, counts = browser_of(app, user), []

    for statement in statements:
        with counted_statements() as asked:
            client.get(f"/projects/open-ai-debate/statements/{statement}/")
        counts.append(len(asked))

    assert max(counts) <= 93, counts
    assert min(counts) <= 52, counts
