"""What is as both sides left it is not read again, and that hides no change of either."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus
from tests.factories import make_article
from tests.functional.test_scheme_change import adding, change, document
from tests.label_studio import LabelStudio
from tests.statements import counted_statements
from tests.synced import Pair, choose, draw, save_claim
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.operations import change_zone
from workbench.corpus.queries import find_article
from workbench.labelstudio.erasure import forget_agreed
from workbench.labelstudio.rules import ConflictState, SyncKind
from workbench.labelstudio.runs import ListedRun
from workbench.labelstudio.tables import RemoteAnswer, RemoteProject, RemoteTask, RemoteWrite
from workbench.settings import Settings
from workbench.storage.database import db, transaction

pytestmark = pytest.mark.parametrize(
    ("either_label_studio", "database_url"),
    [
        ("fake", "sqlite"),
        pytest.param("fake", "postgresql", marks=pytest.mark.postgresql),
        pytest.param("real", "sqlite", marks=pytest.mark.labelstudio),
    ],
    indirect=True,
)


@pytest.fixture
def pair(app: Flask, settings: Settings, either_label_studio: LabelStudio) -> Pair:
    """The project ``demo`` with one article, not yet connected."""
    make_corpus(app)
    return Pair(app, settings, either_label_studio, either_label_studio.url)


@pytest.fixture
def anna(pair: Pair) -> Desk:
    """An annotator whose two claims have gone to a connected project, and were not read since."""
    desk = pair.open_desk()
    save_claim(desk, 1, "OpenAI a fermé ses modèles")
    save_claim(desk, 2, "C'est une erreur")
    pair.connect()
    pair.run(SyncKind.PUSH)
    return desk


def pull_all(pair: Pair) -> ListedRun:
    """Pull with a look at all tasks, as once a day."""
    with pair.app.app_context(), transaction() as session:
        session.execute(update(RemoteProject).values(swept_at=None, watermark=None))
    return pair.run(SyncKind.PULL)


def is_read_again(pair: Pair) -> bool:
    """Tell whether a pull of all reads the only annotation: only then it notes what is agreed."""
    with pair.app.app_context(), transaction() as session:
        session.execute(update(RemoteAnswer).values(base=[]))
    pull_all(pair)
    return bool(stored(pair).base)


def stored(pair: Pair) -> RemoteAnswer:
    """Return what is kept of the only annotation."""
    with pair.app.app_context():
        return db.session.scalars(select(RemoteAnswer)).one()


def noted(pair: Pair) -> list[str]:
    """Return what is to be written there."""
    with pair.app.app_context():
        return [*db.session.scalars(select(RemoteWrite.operation))]


def annotation_path(pair: Pair) -> str:
    return f"/api/annotations/{pair.annotations()[0]['id']}/"


def save_there(pair: Pair, _: Desk) -> None:
    """Save an annotation there as it is, as a person does who has looked at it."""
    pair.edit(lambda _: None)


def answer_here(_: Pair, anna: Desk) -> None:
    anna.save(3)


def change_scheme(pair: Pair, _: Desk) -> None:
    change(pair.app, document(adding("claim_type", "rumour")))


def forget_number(pair: Pair, _: Desk) -> None:
    """Make what is known be of another annotation, as one that was deleted and made anew is."""
    with pair.app.app_context(), transaction() as session:
        session.execute(update(RemoteAnswer).values(remote_id=10_000))


def test_what_was_written_is_not_read_again(pair: Pair, anna: Desk) -> None:
    assert not is_read_again(pair)
    assert stored(pair).remote_id == pair.annotations()[0]["id"]


def count_first_push(pair: Pair, texts: int) -> int:
    """Count the statements of the push that makes the tasks of new texts.

    Rows whose ids are to be known go into SQLite one by one, and are not counted.
    """
    with pair.app.app_context(), transaction() as session:
        for number in range(texts):
            make_article(session, pair.project_id, name=f"of-{texts}-{number}")
    with counted_statements() as statements:
        assert pair.run(SyncKind.PUSH).counts["tasks_made"] == texts
    return sum(not one.startswith("INSERT") for one in statements)


def test_a_push_of_many_texts_takes_no_more_statements(pair: Pair, anna: Desk) -> None:
    few, many = count_first_push(pair, 2), count_first_push(pair, 20)

    assert many == few
    with pair.app.app_context():
        dates = db.session.scalars(select(RemoteTask.remote_made_at)).all()
    assert len(dates) == 23
    assert None not in dates


def test_what_was_read_is_not_read_again(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=2))
    assert pair.run().counts["sentences_saved"] == 1
    assert is_read_again(pair)  # What was saved here is looked at once more.
    assert not is_read_again(pair)


@pytest.mark.parametrize("do", [save_there, answer_here, change_scheme, forget_number])
def test_whatever_may_matter_is_read_again(
    pair: Pair, anna: Desk, do: Callable[[Pair, Desk], None]
) -> None:
    pull_all(pair)
    do(pair, anna)
    assert is_read_again(pair)


def test_an_answer_here_is_noted_though_nothing_came(pair: Pair, anna: Desk) -> None:
    save_claim(anna, 1, "OpenAI a fermé")

    pull_all(pair)

    assert noted(pair) == ["answer"]
    assert pair.run(SyncKind.PUSH).counts == {"answers_changed": 1}
    assert "OpenAI a fermé ses" not in str(pair.annotations()[0]["result"])
    pair.check_equal()


def test_a_conflict_stays_open_until_it_is_settled(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    for _ in range(2):
        pull_all(pair)
        assert (len(pair.conflicts()), stored(pair).seen_sha) == (1, None)

    pair.settle(ConflictState.OURS)
    pair.run()

    assert pair.conflicts() == []
    pair.check_equal()


def test_a_conflict_goes_once_both_sides_say_the_same(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    pull_all(pair)

    save_claim(anna, 1, "OpenAI a fermé ses modèles", attributes={"claim_type": "opinion"})

    assert pull_all(pair).counts["conflicts_gone"] == 1


def test_what_is_not_understood_is_listed_each_time(pair: Pair, anna: Desk) -> None:
    pair.edit(draw("Unknown", 0, 3))
    first, again = pull_all(pair), pull_all(pair)
    assert len(first.problems) == 1
    assert first.problems == again.problems


def test_what_cannot_be_saved_is_tried_each_time(pair: Pair, anna: Desk) -> None:
    def name_somebody_unknown(result: list[JsonObject]) -> None:
        claim = next(one for one in result if one.get("id", "").startswith("1/"))
        claim["meta"]["workbench"]["chain"] += [{"speaker": "z" * 16, "attributes": {}}]

    pair.edit(name_somebody_unknown)
    first, again = pull_all(pair), pull_all(pair)
    assert len(first.problems) == 1
    assert (first.problems, stored(pair).seen_sha) == (again.problems, None)


def add_second(pair: Pair) -> None:
    body = {"result": [], "completed_by": pair.account("anna")}
    pair.server.call("POST", f"/api/tasks/{pair.tasks()[0]['id']}/annotations/", body)


def give_away(pair: Pair) -> None:
    pair.open_desk(name="noor")
    pair.server.call("PATCH", annotation_path(pair), {"completed_by": pair.account("noor")})


def change_text(pair: Pair) -> None:
    (task,) = pair.tasks()
    data = {**task["data"], "text": "Autre chose."}
    pair.server.call("PATCH", f"/api/tasks/{task['id']}/", {"data": data})


@pytest.mark.parametrize("do", [add_second, give_away, change_text])
def test_what_is_wrong_beside_it_is_said_each_time(
    pair: Pair, anna: Desk, do: Callable[[Pair], None]
) -> None:
    pull_all(pair)
    assert stored(pair).seen_sha
    do(pair)
    first, again = pull_all(pair), pull_all(pair)
    assert len(first.problems) == 1
    assert first.problems == again.problems
    assert len(pair.said(anna)) == 2


def test_what_is_deleted_there_is_taken_back(pair: Pair, anna: Desk) -> None:
    pull_all(pair)
    pair.server.call("DELETE", annotation_path(pair))
    assert pull_all(pair).counts["answers_gone"] == 1
    assert pair.count_claims() == 0


def test_a_skip_is_counted_each_time_and_takes_nothing_back(pair: Pair, anna: Desk) -> None:
    pull_all(pair)
    pair.server.call("PATCH", annotation_path(pair), {"was_cancelled": True})
    assert [pull_all(pair).counts["skipped"] for _ in range(2)] == [1, 1]
    assert pair.count_claims() == 2


def test_the_hash_goes_with_what_was_agreed(pair: Pair, anna: Desk) -> None:
    pull_all(pair)
    with pair.app.app_context(), transaction() as session:
        article = find_article(session, project_id=pair.project_id, name="article")
        forget_agreed(session, article_id=article.id)
    assert (stored(pair).base, stored(pair).seen_sha) == ([], None)


def test_a_page_that_was_open_since_before_is_looked_at(pair: Pair, anna: Desk) -> None:
    pull_all(pair)
    (stale,) = pair.annotations()
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    pull_all(pair)
    pair.server.call("PATCH", annotation_path(pair), {"result": stale["result"]})

    run = pull_all(pair)

    assert run.counts["conflicts_opened"] == 1
    assert pair.conflicts()[0].conflict.is_put_back


def test_a_sentence_that_is_asked_now_was_read_by_who_submitted(pair: Pair) -> None:
    ada = pair.open_desk(name="ada")
    pair.connect(submitted_means_read=True)
    mark(pair, "boilerplate")
    pair.run()
    body = {"result": [], "completed_by": pair.account("ada")}
    pair.server.call("POST", f"/api/tasks/{pair.tasks()[0]['id']}/annotations/", body)
    pull_all(pair)
    pull_all(pair)
    assert stored(pair).seen_sha
    assert 2 not in pair.said(ada)

    mark(pair, "body")
    pull_all(pair)

    assert pair.said(ada)[2].decision == "no_claim"


def mark(pair: Pair, zone: str) -> None:
    """Give the second sentence another zone."""
    with pair.app.app_context(), transaction() as session:
        article = find_article(session, project_id=pair.project_id, name="article")
        which = {"project_id": pair.project_id, "article_id": article.id}
        change_zone(session, **which, position=2, zone=zone, by=None, now=utc_now())
