"""What is done with articles: described, given zones, withdrawn, restored, erased; by page too."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_article
from tests.factories import make_project as make_whole_project
from tests.people import browser_of, csrf_token, join, make_person, make_project, send
from tests.statements import counted_statements, query_plan
from workbench.accounts.tables import AuditEvent
from workbench.corpus.correcting import read_correction
from workbench.corpus.operations import (
    add_edition,
    change_zone,
    edit_article,
    erase_article,
    restore_article,
    store_files,
    withdraw_article,
)
from workbench.corpus.preparing import prepare_file
from workbench.corpus.queries import (
    count_articles,
    find_article,
    list_articles,
    newest_edition,
    read_headings,
    read_sentences,
    read_version,
)
from workbench.corpus.readers import Metadata
from workbench.corpus.rules import PreparedArticle, PreparedFile
from workbench.corpus.tables import Article, SourceFile, TextEdition, ZoneMark
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

ARTICLE = "/projects/demo/articles/article/"


@pytest.fixture
def article(session: Session) -> Article:
    return make_article(session, make_whole_project(session).id)


def actions(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def edit(session: Session, article: Article, **fields: str | None) -> None:
    metadata = Metadata(**{"language": "fr", **fields})  # type: ignore[arg-type]
    edit_article(
        session,
        project_id=article.project_id,
        article_id=article.id,
        metadata=metadata,
        by=None,
        now=NOW,
    )


def which(article: Article) -> dict[str, int]:
    return {"project_id": article.project_id, "article_id": article.id}


def test_what_is_said_of_an_article_is_all_that_is_known(
    session: Session, article: Article
) -> None:
    edit(session, article, title="Titre", published="2023-12?")
    edit(session, article, outlet="Le Matin", language="en")

    assert (article.title, article.outlet, article.published) == (None, "Le Matin", None)
    assert article.language == "en"
    assert actions(session)[-2:] == ["edit_article", "edit_article"]


def test_saying_the_same_again_leaves_no_trace(session: Session, article: Article) -> None:
    edit(session, article, title="Titre")
    before = actions(session)

    edit(session, article, title="Titre")

    assert actions(session) == before


def test_the_newest_mark_says_the_zone_and_earlier_ones_stay(
    session: Session, article: Article
) -> None:
    for zone in ("caption", "caption", "glossary"):
        change_zone(session, **which(article), position=2, zone=zone, by=None, now=NOW)

    edition = newest_edition(session, **which(article))
    sentences = read_sentences(session, project_id=article.project_id, edition_id=edition.id)
    assert [sentence.zone for sentence in sentences] == ["body", "glossary", "body", "body"]
    marks = select(ZoneMark.zone).where(ZoneMark.sentence_id == sentences[1].id)
    assert session.scalars(marks.order_by(ZoneMark.id)).all() == ["body", "caption", "glossary"]


def test_a_sentence_that_is_not_there_has_no_zone(session: Session, article: Article) -> None:
    with pytest.raises(NotFoundError):
        change_zone(session, **which(article), position=5, zone="body", by=None, now=NOW)


def test_a_withdrawn_article_can_come_back(session: Session, article: Article) -> None:
    withdraw_article(session, **which(article), reason="Asked by the author", by=None, now=NOW)
    assert count_articles(session, project_id=article.project_id, withdrawn=False) == 0

    restore_article(session, **which(article), by=None, now=NOW)

    assert count_articles(session, project_id=article.project_id, withdrawn=False) == 1
    assert actions(session)[-2:] == ["withdraw_article", "restore_article"]


def test_withdrawing_needs_a_reason_and_happens_once(session: Session, article: Article) -> None:
    with pytest.raises(InvalidInputError):
        withdraw_article(session, **which(article), reason=" ", by=None, now=NOW)
    with pytest.raises(ConflictError):
        restore_article(session, **which(article), by=None, now=NOW)
    withdraw_article(session, **which(article), reason="Why", by=None, now=NOW)
    with pytest.raises(ConflictError):
        withdraw_article(session, **which(article), reason="Why", by=None, now=NOW)


def test_an_erased_article_keeps_hashes_and_offsets_only(
    session: Session, article: Article
) -> None:
    edition = newest_edition(session, **which(article))
    kept = (edition.sha256, edition.length)
    sentences = read_sentences(session, project_id=article.project_id, edition_id=edition.id)

    erase_article(session, **which(article), reason="A court said so", by=None, now=NOW)

    session.expire_all()
    assert session.scalars(select(TextEdition.text)).all() == [""]
    assert session.scalars(select(SourceFile.content)).all() == [b""]
    assert (edition.sha256, edition.length) == kept
    assert sentences == read_sentences(
        session, project_id=article.project_id, edition_id=edition.id
    )
    assert article.withdrawn_at == article.erased_at == NOW
    with pytest.raises(ConflictError):
        restore_article(session, **which(article), by=None, now=NOW)


def test_the_file_is_blanked_though_its_other_articles_stay(session: Session) -> None:
    project_id = make_whole_project(session).id
    file = prepare_file("two.jsonl", b'{"text": "One.", "id": "a"}\n{"text": "Two.", "id": "b"}\n')
    store_files(session, project_id=project_id, files=[file], by=None, now=NOW)
    article = find_article(session, project_id=project_id, name="a")

    erase_article(session, **which(article), reason="Why", by=None, now=NOW)

    assert session.scalar(select(SourceFile.content)) == b""
    assert set(session.scalars(select(TextEdition.text))) == {"", "Two."}


def test_erasing_blanks_the_files_of_corrections_too(session: Session, article: Article) -> None:
    old = read_version(session, edition=newest_edition(session, **which(article)))
    correction = read_correction("new.txt", b"Neuf.", old=old, language="fr")
    add_edition(
        session,
        **which(article),
        after=1,
        version=correction.version,
        file=correction.file,
        by=None,
        now=NOW,
    )
    before = session.scalars(select(SourceFile.content).order_by(SourceFile.id)).all()

    erase_article(session, **which(article), reason="Why", by=None, now=NOW)

    assert before[1:] == [b"Neuf."]
    assert session.scalars(select(SourceFile.content)).all() == [b"", b""]


def test_an_erased_text_does_not_come_back_by_import(session: Session) -> None:
    project_id = make_whole_project(session).id
    file = prepare_file("a.txt", b"A text.")
    store_files(session, project_id=project_id, files=[file], by=None, now=NOW)
    article = find_article(session, project_id=project_id, name="a")
    erase_article(session, **which(article), reason="Why", by=None, now=NOW)

    (outcome,), _ = store_files(session, project_id=project_id, files=[file], by=None, now=NOW)

    assert outcome.state == "known"
    assert session.scalars(select(TextEdition.text)).all() == [""]


def test_articles_of_another_project_are_not_found(session: Session, article: Article) -> None:
    with pytest.raises(NotFoundError):
        find_article(session, project_id=article.project_id + 1, name=article.slug)


@pytest.mark.parametrize("search", ["élysée", "ELYSEE", "matin", "100%", "_"])
def test_articles_are_found_by_their_words(session: Session, search: str) -> None:
    project_id = make_whole_project(session).id
    metadata = Metadata(title="À l’Élysée, 100% d_accord", outlet="Le Matin", language="fr")
    make_article(session, project_id, name=metadata.title or "", metadata=metadata)
    make_article(session, project_id, "Un autre.", name="autre")

    found = list_articles(session, project_id=project_id, search=search)

    assert [listed.article.title for listed in found] == [metadata.title]


@pytest.mark.parametrize("search", ["Édouard parle", "parle au", "Édouard parle au …"])
def test_an_article_without_title_is_found_by_how_it_opens(session: Session, search: str) -> None:
    project_id = make_whole_project(session).id
    untitled = Metadata(language="fr")
    make_article(session, project_id, "Édouard parle au Sénat.", name="a1", metadata=untitled)
    make_article(session, project_id, "Un autre.", name="a2", metadata=untitled)

    (found,) = list_articles(session, project_id=project_id, search=search)

    assert found.heading == "Édouard parle au Sénat."
    assert count_articles(session, project_id=project_id, search=search) == 1


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    """A manager's browser, in the project ``demo`` with one article."""
    return _member(app, Role.MANAGER)


@pytest.fixture
def fact_checker(app: Flask) -> FlaskClient:
    """A browser of somebody who may read articles and no more."""
    return _member(app, Role.FACT_CHECKER)


def _member(app: Flask, role: Role) -> FlaskClient:
    project_id = make_project(app)
    person = make_person(app)
    join(app, project_id, "ada@example.org", [role])
    with app.app_context(), transaction() as session:
        make_article(session, project_id, "Un titre.", "Un <b>texte</b>.")
    return browser_of(app, person)


def test_the_list_leads_to_the_article(manager: FlaskClient) -> None:
    page = manager.get("/projects/demo/articles/").text

    assert f'href="{ARTICLE}"' in page
    assert 'href="/projects/demo/articles/import"' in page


def test_the_list_says_date_and_language_in_words(app: Flask, manager: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        metadata = Metadata(published="2023-12~", language="en")
        make_article(session, 1, "Words.", name="dated", metadata=metadata)

    page = manager.get("/projects/demo/articles/").text

    assert "about December 2023" in page
    assert ">English</td>" in page


def test_an_empty_list_tells_how_to_import(app: Flask) -> None:
    project_id, person = make_project(app), make_person(app)
    join(app, project_id, "ada@example.org", [Role.MANAGER])

    page = browser_of(app, person).get("/projects/demo/articles/").text

    assert "There are no articles yet." in page
    assert 'href="/projects/demo/articles/import"' in page


def test_a_search_that_finds_nothing_says_so(manager: FlaskClient) -> None:
    assert "No article is found." in manager.get("/projects/demo/articles/?search=zebra").text


def test_the_list_comes_in_pages(app: Flask, manager: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        for number in range(60):
            make_article(session, 1, f"Texte {number}.", name=f"n{number}")

    first, second = (
        manager.get(f"/projects/demo/articles/?page={number}").text for number in (1, 2)
    )

    assert [len(re.findall(r"<tr>\s*<td>", page)) for page in (first, second)] == [50, 11]


def test_the_text_is_shown_as_text(manager: FlaskClient) -> None:
    assert "Un &lt;b&gt;texte&lt;/b&gt;." in manager.get(ARTICLE).text


def test_metadata_is_changed_by_the_form(app: Flask, manager: FlaskClient) -> None:
    fields = dict.fromkeys(("outlet", "author", "url", "rights"), "")

    answer = send(
        manager,
        ARTICLE,
        page=ARTICLE,
        title=" Un  titre ",
        published="2023-12~",
        language="en",
        **fields,
    )

    assert answer.status_code == 303
    with app.app_context():
        article = find_article(db.session(), project_id=1, name="article")
        assert (article.title, article.published, article.outlet) == ("Un titre", "2023-12~", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("published", "last year"), ("url", "javascript:alert(1)"), ("title", "a\u0007b")],
)
def test_metadata_that_breaks_the_schema_is_refused(
    manager: FlaskClient, field: str, value: str
) -> None:
    fields = dict.fromkeys(("title", "outlet", "author", "published", "url", "rights"), "")

    answer = send(manager, ARTICLE, page=ARTICLE, **{**fields, "language": "fr", field: value})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def zone_names(browser: FlaskClient) -> list[str]:
    return re.findall(r'name="(zone-\d+-\w+)"', browser.get(ARTICLE).text)


def test_only_zones_that_were_changed_are_marked(manager: FlaskClient) -> None:
    assert zone_names(manager) == ["zone-1-body", "zone-2-body"]

    answer = send(
        manager,
        f"{ARTICLE}zones",
        page=ARTICLE,
        **{"zone-1-body": "headline", "zone-2-body": "body"},
    )

    assert answer.status_code == 303
    assert zone_names(manager) == ["zone-1-headline", "zone-2-body"]
    # A page that was opened before does not undo it.
    send(manager, f"{ARTICLE}zones", page=ARTICLE, **{"zone-1-body": "body"})
    assert zone_names(manager)[0] == "zone-1-headline"


@pytest.mark.parametrize("fields", [{"zone-1-body": "cellar"}, {"other": "body"}])
def test_zones_that_do_not_exist_are_refused(manager: FlaskClient, fields: dict[str, str]) -> None:
    answer = send(manager, f"{ARTICLE}zones", page=ARTICLE, **fields)

    assert answer.status_code == 422


def test_withdrawing_asks_why_and_can_be_undone(manager: FlaskClient) -> None:
    address = f"{ARTICLE}withdraw"

    assert send(manager, address, page=address, reason="").status_code == 422
    assert send(manager, address, page=address, reason="Author asked").status_code == 303
    assert "withdrawn" in manager.get(ARTICLE).text
    assert send(manager, f"{ARTICLE}restore", page=ARTICLE).status_code == 303
    assert ">withdrawn<" not in manager.get(ARTICLE).text


def test_erasing_asks_why_and_blanks_the_text(app: Flask, manager: FlaskClient) -> None:
    address = f"{ARTICLE}erase"
    assert "cannot be undone" in manager.get(address).text

    assert send(manager, address, page=address, reason="A court said so").status_code == 303

    page = manager.get(ARTICLE).text
    assert "The text was erased" in page
    assert "texte" not in page
    with app.app_context():
        assert db.session.scalars(select(TextEdition.text)).all() == [""]


def test_a_reader_sees_no_form(fact_checker: FlaskClient) -> None:
    page = fact_checker.get(ARTICLE).text

    assert "<select" not in page
    assert f'action="{ARTICLE}' not in page
    token = csrf_token(fact_checker)
    for path in ("", "zones", "restore", "erase", "withdraw"):
        answer = fact_checker.post(f"{ARTICLE}{path}", data={"csrf_token": token})
        assert answer.status_code == 403


def test_a_long_article_comes_in_pages(app: Flask, manager: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        make_article(session, 1, *(f"Phrase {n}." for n in range(401)), name="long")

    page = manager.get("/projects/demo/articles/long/?page=2").text

    assert re.findall(r'name="(zone-\d+-\w+)"', page) == ["zone-401-body"]


def test_characters_that_nobody_sees_are_told_of(app: Flask, manager: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        make_article(session, 1, "Un\u202e mot\u200b.", name="hidden")

    page = manager.get("/projects/demo/articles/hidden/").text
    assert "2 characters that nobody sees" in page
    assert "<code>U+202E</code> Right-to-left override · sentence 1" in page


def test_the_page_says_why_an_article_was_withdrawn(manager: FlaskClient) -> None:
    send(manager, f"{ARTICLE}withdraw", reason="the author <asked>")

    assert "the author &lt;asked&gt;" in manager.get(ARTICLE).text


@pytest.mark.parametrize(
    ("title", "sentences", "heading"),
    [
        ("Le titre", {"Un corps.": "body"}, "Le titre"),
        (None, {"Publicité": "boilerplate", "Le vrai début.": "body"}, "Le vrai début."),
        (None, {"mot " * 40 + "fin.": "body"}, ("mot " * 24).strip() + " …"),
        (None, {"Publicité": "boilerplate"}, "article"),
    ],
)
def test_an_article_is_called_by_its_title_or_how_it_opens(
    session: Session, title: str | None, sentences: dict[str, str], heading: str
) -> None:
    project = make_whole_project(session)
    metadata = Metadata(title=title, language="fr")
    make_article(session, project.id, *sentences, zones=[*sentences.values()], metadata=metadata)

    listed = list_articles(session, project_id=project.id)

    assert [entry.heading for entry in listed] == [heading]


def test_names_that_meet_are_numbered_apart(session: Session) -> None:
    project = make_whole_project(session)
    for number, name in enumerate(["新闻", "новости", "dep-2"]):
        make_article(session, project.id, f"Texte {number}.", name=name)
    same = [
        PreparedArticle("dep", "dep", text, Metadata(language="fr"), ((0, 6),), ("body",))
        for text in ("Un un.", "Le le.")
    ]
    file = PreparedFile("dep.jsonl", b"dep", "0" * 64, tuple(same))
    [outcome], _ = store_files(session, project_id=project.id, files=[file], by=None, now=NOW)

    slugs = [listed.article.slug for listed in list_articles(session, project_id=project.id)]
    assert sorted(slugs) == ["article", "article-2", "dep", "dep-2", "dep-3"]
    assert outcome.articles == ("dep", "dep-3")


def test_a_heading_reads_the_sentences_of_its_own_article_alone(
    session: Session, article: Article
) -> None:
    with counted_statements() as statements:
        read_headings(session, article_ids=[article.id])

    [statement] = statements
    plan = query_plan(session, statement)

    [search] = [step for step in plan if step.startswith("SEARCH sentence")]
    assert "project_id=? AND edition_id=?" in search
