"""A label scheme that is changed here comes to Label Studio, and takes no answer with it."""

import pytest
from flask import Flask

from tests.annotators import Desk, make_corpus
from tests.functional.test_scheme_change import adding, change, document, without
from tests.label_studio import LabelStudio
from tests.synced import Pair, choose, draw, save_claim
from workbench.canonical import JsonObject
from workbench.labelstudio.config import read_config
from workbench.labelstudio.runs import ListedRun
from workbench.projects.scheme import parse_scheme
from workbench.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FIRST = "OpenAI a fermé ses modèles"


@pytest.fixture
def pair(app: Flask, settings: Settings, either_label_studio: LabelStudio) -> Pair:
    """Both sides have a position in the first sentence and a possible fact in the second."""
    make_corpus(app)
    pair = Pair(app, settings, either_label_studio, either_label_studio.url)
    desk = pair.open_desk()
    save_claim(desk, 1, FIRST, attributes={"claim_type": "position", "check_worthiness": "yes"})
    possible = {"claim_type": "fact", "check_worthiness": "yes", "modality": "possible"}
    save_claim(desk, 2, "C'est une erreur", attributes=possible)
    pair.connect()
    pair.run()
    return pair


@pytest.fixture
def anna(pair: Pair) -> Desk:
    return pair.desks["anna"]


def asked_there(pair: Pair, name: str) -> dict[str, str] | None:
    """Return the choices of a control there, with their words."""
    project = pair.server.call("GET", f"/api/projects/{pair.remote_id}/")
    control = read_config(project["label_config"]).controls.get(name)
    return {**control.values} if control else None


def done(run: ListedRun) -> dict[str, int]:
    """Return what a run counted but for what it only read."""
    return {name: count for name, count in run.counts.items() if name != "tasks_read"}


def test_a_new_value_and_a_new_word_come_there(pair: Pair) -> None:
    def reword(fields: dict[str, dict]) -> None:
        fields["claim_type"]["values"][0]["label"]["fr"] = "Constat"

    change(pair.app, document(adding("claim_type", "rumour"), reword))

    run = pair.run()

    assert done(run) == {"configs_changed": 1}
    assert asked_there(pair, "claim_type").items() >= {("rumour", "rumour"), ("fact", "Constat")}
    pair.edit(choose("claim_type", "rumour", in_sentence=2))
    pair.run()
    assert pair.said(pair.desks["anna"])[2].claims[0].attributes["claim_type"] == "rumour"
    pair.check_equal()


def test_only_a_new_word_comes_there_too(pair: Pair) -> None:
    def reword(fields: dict[str, dict]) -> None:
        fields["claim_type"]["values"][0]["label"]["fr"] = "Constat"

    change(pair.app, document(reword))
    assert done(pair.run()) == {"configs_changed": 1}
    assert asked_there(pair, "claim_type")["fact"] == "Constat"
    pair.check_equal()


def test_a_value_that_became_another_becomes_it_there(pair: Pair, anna: Desk) -> None:
    change(pair.app, document(without("claim_type", "position")), "claim_type.position=cause")

    run = pair.run()

    assert run.problems == ()
    assert done(run) == {"configs_changed": 1, "answers_changed": 1}
    (annotation,) = pair.annotations()
    chosen = [one["value"].get("choices") for one in annotation["result"] if "value" in one]
    assert ["cause"] in chosen
    assert ["position"] not in chosen
    assert pair.said(anna)[1].claims[0].attributes["claim_type"] == "cause"
    pair.check_equal()


def test_a_value_that_is_gone_here_stays_in_old_answers_on_both_sides(
    pair: Pair, anna: Desk
) -> None:
    change(pair.app, document(without("claim_type", "position")))
    before = pair.said(anna)
    pair.edit(choose("claim_type", "prediction", in_sentence=2))

    run = pair.run()

    assert run.problems == ()
    assert pair.said(anna)[1] == before[1]
    assert pair.said(anna)[2].claims[0].attributes["claim_type"] == "prediction"
    assert "position" not in asked_there(pair, "claim_type")
    pair.edit(choose("claim_type", "position", in_sentence=2))
    assert "claim_type is none of" in str(pair.run().problems)
    assert pair.said(anna)[2].claims[0].attributes["claim_type"] == "prediction"


def test_a_configuration_that_cannot_be_changed_there_keeps_everything_as_it_is(
    pair: Pair, anna: Desk
) -> None:
    region: list[JsonObject] = []
    draw("claim", 0, 6)(region)
    region[0]["from_name"] = "of another program"
    (task,) = pair.tasks()
    body: JsonObject = {"result": region}
    pair.server.call("POST", f"/api/tasks/{task['id']}/annotations/", body)
    change(pair.app, document(adding("claim_type", "rumour")))
    save_claim(anna, 1, "OpenAI a fermé")

    run = pair.run()

    assert "cannot be changed there" in str(run.problems)
    assert done(run) == {}
    assert "rumour" not in asked_there(pair, "claim_type")


def test_a_field_that_is_gone_here_is_asked_there_as_long_as_it_is_used(
    pair: Pair, anna: Desk
) -> None:
    scheme = document(lambda fields: fields.pop("modality"))
    parse_scheme(scheme)
    change(pair.app, scheme)
    pair.edit(choose("claim_type", "prediction", in_sentence=1))

    run, again = pair.run(), pair.run()

    (problem,) = run.problems
    assert "modality" in str(problem)
    assert again.problems == run.problems
    assert "answers_changed" not in again.counts
    assert "possible" in asked_there(pair, "modality")
    assert pair.said(anna)[1].claims[0].attributes["claim_type"] == "prediction"
    assert pair.said(anna)[2].claims[0].attributes["modality"] == "possible"
    fact = {"claim_type": "fact", "check_worthiness": "yes"}
    save_claim(anna, 2, "C'est une erreur", attributes=fact)
    pair.run()

    assert pair.run().problems == ()
    assert asked_there(pair, "modality") is None
    pair.check_equal()
