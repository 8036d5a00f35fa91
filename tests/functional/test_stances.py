"""The map of stances: what is settled, for whom, and the pages and files that show it."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html import unescape

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.compared import run_jobs
from tests.factories import NOW, make_article
from tests.functional.test_editions import correct
from tests.people import browser_of, join, make_person, send
from tests.stances import TEXT, make_stances, stance_of
from workbench.adjudication import stance_reading
from workbench.adjudication.stance_map import HOLDERS, TARGETS, show_part
from workbench.adjudication.stance_words import NUMBERS
from workbench.adjudication.stances import Held, Order, count_stances
from workbench.corpus.tables import Article
from workbench.jobs.tables import Job
from workbench.labelling.register_changes import merge_entries
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.database import db, transaction

PAGE = "/projects/demo/stances/"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_stances(app)


@pytest.fixture
def lead(app: Flask, desk: Desk) -> FlaskClient:
    return make_reader(app, Role.MANAGER)


def make_reader(app: Flask, role: Role) -> FlaskClient:
    user = make_person(app, "lead@example.org", name="Lead")
    join(app, project_of(app), "lead@example.org", {role})
    return browser_of(app, user)


def project_of(app: Flask) -> int:
    with app.app_context():
        return project_by_slug(db.session(), slug="demo").id


def make_many(holders: int, targets: int) -> list[Held]:
    """Make stances of so many holders on so many targets, some often."""
    return [
        Held(number, f"holder-{number % holders}", f"target-{number % targets}", value, is_own=True)
        for number in range(3 * holders + 7)
        for value in ("favor", "against")[: 1 + number % 2]
    ]


def change_article(app: Flask, **values: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(**values))


def table_of(answer: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer)))


def words_of(page: str) -> str:
    return " ".join(page.split())


def test_the_map_tells_what_is_said_from_what_is_described(lead: FlaskClient) -> None:
    page = lead.get(PAGE).text

    assert 'aria-label="OpenAI – closed AI models: for 1 (described by others)"' in page
    assert 'aria-label="Meta – OpenAI: against 1 (said by themselves)"' in page
    assert "Should AI models be kept closed?" in page


def test_a_cell_leads_to_its_sentences_with_their_words_marked(lead: FlaskClient) -> None:
    page = lead.get(f"{PAGE}sentences?holder=meta&target=openai").text

    assert "<mark>C&#39;est une erreur </mark>" in page
    assert "/projects/demo/articles/article/#s2" in page
    assert "Un titre" in page
    assert "OpenAI a fermé" not in page


def test_choices_leave_out_what_is_not_wanted(lead: FlaskClient) -> None:
    def names(query: str) -> set[str]:
        table = table_of(lead.get(f"{PAGE}map.csv?{query}").text)
        return {row["holder"] for row in table}

    assert names("") == {"openai", "meta"}
    assert names("own=1") == {"meta"}
    assert names("named=1") == {"openai", "meta"}
    assert names("least=2") == set()
    assert names("article=article") == {"openai", "meta"}
    assert names("article=other") == names("outlet=other") == set()
    assert "No stance is left with these choices." in lead.get(f"{PAGE}?least=2").text


@pytest.mark.parametrize("query", ["order=best", "least=many", "least=12345678"])
def test_choices_that_do_not_exist_are_refused(lead: FlaskClient, query: str) -> None:
    assert lead.get(f"{PAGE}?{query}").status_code == 422


def test_the_table_is_for_programs(lead: FlaskClient) -> None:
    assert table_of(lead.get(f"{PAGE}map.csv").text)[0] == {
        "holder": "meta",
        "holder_name": "Meta",
        "holder_kind": "organisation",
        "holder_named": "1",
        "target": "openai",
        "target_name": "OpenAI",
        "stance": "against",
        "said_by": "holder",
        "sentences": "1",
    }


def test_the_command_line_prints_the_same(cli: Callable[..., Result], lead: FlaskClient) -> None:
    table = cli("stance", "map", "--project", "demo", "--format", "csv").output
    assert table == lead.get(f"{PAGE}map.csv").text
    assert "closed AI models" in cli("stance", "map", "--project", "demo").output
    drawing = cli("stance", "map", "--project", "demo", "--format", "svg", "--language", "fr")
    assert "Qui est pour, qui est contre" in drawing.output
    own = cli("stance", "map", "--project", "demo", "--own", "--named", "--least", "1").output
    assert "OpenAI" in own
    assert "closed AI models" not in own


def test_the_picture_stands_alone_whatever_names_are(app: Flask, lead: FlaskClient) -> None:
    change_article(app, published="2023-12", title="A < B & \x0c “C”")
    for name in ("map.svg", "timeline.svg", "timeline.svg?holder=meta"):
        answer = lead.get(f"{PAGE}{name}")
        drawing = ET.fromstring(answer.text)  # noqa: S314  # our own
        assert drawing.tag.endswith("svg")
        assert answer.mimetype == "image/svg+xml"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "http" not in answer.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2023-12", "December 2023"),
        ("2023-12-05", "5 December 2023"),
        ("2021/2024?", "2021 – 2024 (uncertain)"),
        (None, "date unknown"),
        ("9999", "9999"),
        ("2023-12-05~", "about 5 December 2023"),
        ("0001-01-01", "1 January 1"),
    ],
)
def test_time_is_as_precise_as_the_date(
    app: Flask, lead: FlaskClient, published: str | None, words: str
) -> None:
    change_article(app, published=published)

    page = lead.get(f"{PAGE}timeline?target=openai").text

    assert f"<td>{words}" in page
    doubts = re.findall(r">([?~]+)</text>", page)
    assert doubts == ([published[-1]] if published and published[-1] in "?~" else [])
    (link,) = set(re.findall(r'href="(/projects/demo/stances/sentences[^"]*published[^"]*)"', page))
    assert "<mark>" in lead.get(unescape(link)).text
    assert ('class="band"' in page) == (published in {"2023-12", "2021/2024?", "9999"})


def test_time_is_shown_for_whom_or_what_is_chosen(lead: FlaskClient) -> None:
    page = lead.get(f"{PAGE}timeline?subject=holder.meta").text
    assert "Stances over time: Meta" in page
    assert ('class="legend"' in page, NUMBERS["en"] in page) == (True, False)  # not cut in it
    assert NUMBERS["en"] in lead.get(f"{PAGE}timeline.svg?subject=holder.meta").text
    assert "Stances over time: OpenAI" in lead.get(f"{PAGE}timeline?subject=target.openai").text
    nobody = lead.get(f"{PAGE}timeline?subject=holder.nobody").text
    assert "Stances over time: closed AI models" in nobody


def test_nothing_to_see_is_said(app: Flask) -> None:
    make_corpus(app)
    lead = make_reader(app, Role.DATA_USER)

    for page in ("", "timeline", "sentences"):
        assert "No stance is settled yet." in lead.get(f"{PAGE}{page}").text
    assert lead.get(f"{PAGE}map.svg").status_code == 200
    assert lead.get(f"{PAGE}timeline.svg").status_code == 404


def test_who_may_not_read_articles_gets_no_link_to_them(app: Flask, desk: Desk) -> None:
    page = make_reader(app, Role.DATA_USER).get(f"{PAGE}sentences").text

    assert "<mark>C&#39;est une erreur </mark>" in page
    assert "/articles/" not in page


def test_an_author_is_one_person_only_where_a_name_says_so(app: Flask, desk: Desk) -> None:
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        other = make_article(session, project, name="other").slug
    second = open_desk(app, other, "bert")
    for at_work in (desk, second):
        at_work.save(3, stances=[stance_of(None, "author", "meta", "favor")])
    lead = make_reader(app, Role.MANAGER)

    def authors() -> list[str]:
        table = table_of(lead.get(f"{PAGE}map.csv").text)
        return [row["holder_name"] for row in table if row["target"] == "meta"]

    assert authors() == ["author of “Un titre”", "author of “Un titre”"]
    change_article(app, author="Ève Durand")
    assert authors() == ["Ève Durand (author)"]


def test_merged_entries_are_one(app: Flask, lead: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        merge_entries(
            session,
            project_id=project_by_slug(session, slug="demo").id,
            register="speaker",
            public_id="openai",
            into="meta",
            by=1,
            now=NOW,
        )
    table = table_of(lead.get(f"{PAGE}map.csv").text)
    assert [(row["holder"], row["target"]) for row in table] == [
        ("meta", "closed-models"),
        ("meta", "openai"),
    ]


def test_withdrawn_articles_are_left_out(app: Flask, lead: FlaskClient) -> None:
    change_article(app, withdrawn_at=NOW)
    assert "No stance is settled yet." in lead.get(PAGE).text


def test_who_still_labels_an_article_is_shown_nothing_of_it(app: Flask, desk: Desk) -> None:
    bert = open_desk(app, name="bert")
    join(app, project_of(app), "bert@example.org", {Role.ADJUDICATOR})

    page = bert.client.get(PAGE).text

    assert "1 article on which you still work" in page
    assert "Meta" not in page
    assert table_of(bert.client.get(f"{PAGE}map.csv").text) == []
    assert "erreur" not in bert.client.get(f"{PAGE}sentences").text


def test_what_differs_is_not_settled(app: Flask, desk: Desk) -> None:
    open_desk(app, name="bert").save(2)
    table = table_of(make_reader(app, Role.MANAGER).get(f"{PAGE}map.csv").text)
    assert [row["holder"] for row in table] == ["openai"]


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every project as too large to be read while somebody waits."""
    monkeypatch.setattr(stance_reading, "MOST_CHARACTERS", 0)


@pytest.mark.usefixtures("_large")
def test_a_large_project_is_counted_by_a_job(app: Flask, lead: FlaskClient, desk: Desk) -> None:
    assert "The stances are not counted yet." in lead.get(PAGE).text
    send(lead, f"{PAGE}count")
    send(lead, f"{PAGE}count")
    assert "Waiting to count" in lead.get(PAGE, headers={"HX-Request": "true"}).text
    run_jobs(app)
    with app.app_context():
        assert db.session.scalar(select(func.count(Job.id))) == 1
    done = lead.get(PAGE, headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"

    assert "against 1 (said by themselves)" in lead.get(PAGE).text
    assert "<mark>C&#39;est une erreur </mark>" in lead.get(f"{PAGE}sentences?holder=meta").text

    desk.save(3)
    old = lead.get(PAGE).text
    assert "answers or articles have changed since" in old
    assert "against 1 (said by themselves)" in old
    change_article(app, withdrawn_at=NOW)
    assert "against 1" not in lead.get(PAGE).text


@pytest.mark.usefixtures("_large")
def test_who_still_labels_an_article_is_not_told_that_others_answer_it(
    app: Flask, lead: FlaskClient, desk: Desk
) -> None:
    bert = open_desk(app, name="bert")
    join(app, project_of(app), "bert@example.org", {Role.ADJUDICATOR})
    send(lead, f"{PAGE}count")
    run_jobs(app)
    before = bert.client.get(PAGE).text

    desk.save(3)

    assert "have changed since" in lead.get(PAGE).text
    assert "have changed since" not in before + bert.client.get(PAGE).text


@pytest.mark.usefixtures("_large")
def test_a_counted_project_hides_what_its_reader_still_labels(
    app: Flask, lead: FlaskClient
) -> None:
    send(lead, f"{PAGE}count")
    run_jobs(app)
    bert = open_desk(app, name="bert")
    join(app, project_of(app), "bert@example.org", {Role.ADJUDICATOR})

    assert table_of(bert.client.get(f"{PAGE}map.csv").text) == []
    assert len(table_of(lead.get(f"{PAGE}map.csv").text)) == 2


def test_of_a_corrected_article_the_newest_text_counts(app: Flask, lead: FlaskClient) -> None:
    correct(app, TEXT.replace("Nul ne le sait", "Nul ne le savait"))

    assert len(table_of(lead.get(f"{PAGE}map.csv").text)) == 2
    page = lead.get(f"{PAGE}sentences?holder=meta").text
    assert '/projects/demo/articles/article/"' in page  # no place in a text that has changed


def test_what_does_not_fit_on_a_page_is_added_up() -> None:
    found = count_stances(make_many(200, 30))
    shown = show_part(found, Order.CAMPS)

    assert (len(shown.holders), shown.other_holders) == (HOLDERS, 200 - HOLDERS)
    assert (len(shown.targets), shown.other_targets) == (TARGETS, 30 - TARGETS)
    for target in shown.targets:
        inside = sum(cell.total for one in shown.holders if (cell := shown.cell(one, target)))
        assert inside + shown.others_on(target).total == found.of_targets[target].total
