"""What the rules suggest is shown in Label Studio, and is nobody's answer there or here."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import update

from tests.annotators import make_corpus
from tests.label_studio import LabelStudio
from tests.proxy import open_proxy
from tests.suggested import quotation, suggest, whole_sentence
from tests.synced import Pair
from workbench.canonical import Json, JsonObject
from workbench.errors import FetchError
from workbench.labelling import suggesting
from workbench.labelstudio.predicting import MODEL
from workbench.labelstudio.rules import SyncKind
from workbench.projects.tables import Project
from workbench.settings import Settings
from workbench.storage.database import transaction

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SAID = "« Les modèles ouverts gagnent 🚀 », a dit Zoé."
WORTH = "Meta a publié dix modèles en 2024."


@pytest.fixture
def pair(app: Flask, settings: Settings, either_label_studio: LabelStudio) -> Pair:
    """The project ``demo``; of its article's two sentences rules have found one claim each."""
    make_corpus(app, SAID, WORTH)
    pair = Pair(app, settings, either_label_studio, either_label_studio.url)
    desk = pair.open_desk()
    zoe: JsonObject = {"register": "speaker", "id": "z" * 16, "name": "Zoé", "kind": "person"}
    assert desk.post("registers", zoe).status_code == 200
    quoted = quotation(desk.text, "Les modèles ouverts gagnent 🚀", speaker="Zoé", cue="a dit")
    suggest(app, quoted, whole_sentence(desk.text, WORTH))
    return pair


def predicted(pair: Pair) -> list[str]:
    """Return the words of the claims that the only task there shows as predictions."""
    (task,) = pair.tasks()
    path = f"/api/predictions/?task={task['id']}"
    return [
        item["value"]["text"]
        for one in pair.server.call("GET", path)
        for item in one["result"]
        if item.get("value", {}).get("labels") == ["claim"]
    ]


def take_over(pair: Pair) -> None:
    """Submit there what is predicted, as Anna."""
    (task,) = pair.tasks()
    (prediction,) = pair.server.call("GET", f"/api/predictions/?task={task['id']}")
    body: JsonObject = {"result": prediction["result"], "completed_by": pair.account("anna")}
    pair.server.call("POST", f"/api/tasks/{task['id']}/annotations/", body)


def hold_back(pair: Pair, percent: int) -> None:
    with pair.app.app_context(), transaction() as session:
        session.execute(update(Project).values(suggestion_free_percent=percent))


def test_suggestions_go_there_once_and_are_no_answers(pair: Pair) -> None:
    pair.connect()

    plan = pair.run(SyncKind.PUSH, is_plan=True)
    first, again = pair.run(), pair.run()

    assert plan.counts == first.counts == {"tasks_made": 1, "predictions_given": 1}
    assert again.counts.keys() <= {"tasks_read"}
    assert predicted(pair) == ["Les modèles ouverts gagnent 🚀", WORTH]
    assert pair.count_claims() == len(pair.annotations()) == 0
    there = pair.server.call("GET", f"/api/projects/{pair.remote_id}/")
    assert there["model_version"] == MODEL
    pair.check_equal()


def test_a_task_that_is_made_again_gets_its_suggestions_again(pair: Pair) -> None:
    pair.connect()
    pair.run()
    before = predicted(pair)
    (task,) = pair.tasks()
    pair.server.call("DELETE", f"/api/tasks/{task['id']}/")

    run = pair.run()

    assert run.counts == {"tasks_gone": 1, "tasks_made": 1, "predictions_given": 1}
    assert predicted(pair) == before
    pair.check_equal()


def test_what_is_taken_over_there_comes_back_as_it_was_suggested(pair: Pair) -> None:
    pair.connect()
    pair.run()
    take_over(pair)

    run = pair.run()

    said = pair.said(pair.desks["anna"])
    (quoted,), (worth,) = said[1].claims, said[2].claims
    assert run.problems == ()
    assert [link.speaker for link in quoted.chain] == ["author", "z" * 16]
    assert (quoted.chain[1].mention.text, quoted.chain[1].cue.text) == ("Zoé", "a dit")
    assert (worth.attributes["claim_type"], [link.speaker for link in worth.chain]) == (
        "fact",
        ["author"],
    )
    pair.desks["anna"].open()
    ids = [one["id"] for one in pair.desks["anna"].page["suggestions"]]
    assert [quoted.suggestion, worth.suggestion] == ids
    pair.check_equal()


def test_what_is_moved_into_another_sentence_there_is_no_suggestion_of_it(pair: Pair) -> None:
    pair.connect()
    pair.run()
    take_over(pair)
    pair.run()

    def move(result: list[JsonObject]) -> None:
        start = len(SAID) + 1
        for one in result:
            if "value" in one and one["value"]["start"] == start:  # type: ignore[index,call-overload]
                one["value"]["start"] = start - len(" Zoé.")  # type: ignore[index,call-overload]

    pair.edit(move)
    run = pair.run()

    said = pair.said(pair.desks["anna"])
    _, moved = said[1].claims
    assert (run.problems, 2 in said and said[2].claims) == ((), ())
    assert (moved.parts[0].text, moved.suggestion) == (f"Zoé. {WORTH}", None)
    pair.check_equal()


def test_sentences_without_suggestions_have_none_there(pair: Pair) -> None:
    pair.connect()
    hold_back(pair, 100)
    assert "predictions_given" not in pair.run().counts
    assert predicted(pair) == []
    hold_back(pair, 0)
    pair.run()
    assert len(predicted(pair)) == 2
    hold_back(pair, 100)

    assert pair.run().counts["predictions_given"] == 1
    assert predicted(pair) == []
    pair.check_equal()


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_task_whose_text_was_changed_there_keeps_what_was_predicted(
    pair: Pair, is_answered: bool
) -> None:
    pair.connect()
    pair.run()
    if is_answered:
        take_over(pair)
    (task,) = pair.tasks()
    path, data = f"/api/tasks/{task['id']}/", task["data"]
    pair.server.call("PATCH", path, {"data": {**data, "text": f"Hier, {data['text']}"}})
    lea: JsonObject = {"register": "speaker", "id": "l" * 16, "name": "Léa", "kind": "person"}
    assert pair.desks["anna"].post("registers", lea).status_code == 200
    hold_back(pair, 100)

    plan, run = pair.run(is_plan=True), pair.run()

    assert plan.counts.keys() == run.counts.keys() <= {"tasks_read"}
    assert "The text was changed there" in run.problems[0].message
    assert len(predicted(pair)) == 2
    pair.server.call("PATCH", path, {"data": data})
    assert pair.run().counts["predictions_given"] == 1
    assert predicted(pair) == []


def test_a_changed_rule_replaces_what_it_said_and_nobody_else_s(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.connect()
    pair.run()
    (task,) = pair.tasks()
    other: list[Json] = [{"task": task["id"], "result": [], "model_version": "theirs"}]
    pair.server.call("POST", f"/api/projects/{pair.remote_id}/import/predictions", other)
    monkeypatch.setattr(suggesting, "VERSION", "2" * 64)
    suggest(pair.app, whole_sentence(pair.desks["anna"].text, "dix modèles en 2024"))

    pair.run()

    assert predicted(pair) == ["dix modèles en 2024"]
    there = pair.server.call("GET", f"/api/predictions/?task={task['id']}")
    assert sorted(one["model_version"] for one in there) == ["theirs", MODEL]
    pair.check_equal()


def test_what_somebody_rejected_is_not_in_a_project_of_their_own(pair: Pair) -> None:
    desk = pair.desks["anna"]
    pair.connect(is_apart=True)
    pair.run()
    assert len(predicted(pair)) == 2
    desk.open()
    rejected: JsonObject = {
        "id": "r" * 16,
        "suggestion": desk.page["suggestions"][0]["id"],
        "decision": "rejected",
    }
    assert desk.post("suggestions", rejected).status_code == 200

    assert pair.run().counts["predictions_given"] == 1
    assert predicted(pair) == [WORTH]
    pair.check_equal()


def test_predictions_that_nobody_saw_arrive_are_not_doubled(pair: Pair) -> None:
    with open_proxy(pair.url) as proxy:
        through = dataclasses.replace(pair, url=proxy.url)
        through.connect()
        proxy.on(1, "import/predictions", lambda: True)
        with pytest.raises(FetchError):
            through.run()

        through.run()

        assert len(predicted(through)) == 2
        through.check_equal()
