"""An account that was linked to the wrong annotator is put right, and nothing is lost by it."""

from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES
from tests.functional.test_editions import correct
from tests.functional.test_scheme_change import change, document
from tests.label_studio import LabelStudio
from tests.people import browser_of, join, make_person, send
from tests.server import environment
from tests.synced import Pair, choose, claim_at, draw, drop, save_claim, save_upon
from workbench.app import command_group
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.labelstudio.connections import (
    get_connection,
    link_person,
    list_annotators,
    list_people,
    list_remote_projects,
)
from workbench.labelstudio.people import Annotator
from workbench.labelstudio.rules import SyncKind
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import close_connections, db, transaction
from workbench.storage.migrations import downgrade, upgrade

pytestmark = pytest.mark.parametrize(
    ("either_label_studio", "database_url"),
    [
        ("fake", "sqlite"),
        pytest.param("fake", "postgresql", marks=pytest.mark.postgresql),
        pytest.param("real", "sqlite", marks=pytest.mark.labelstudio),
    ],
    indirect=True,
)

FIRST = "OpenAI a fermé ses modèles"


@pytest.fixture
def pair(app: Flask, settings: Settings, either_label_studio: LabelStudio) -> Pair:
    """The project ``demo`` with one article, not yet connected."""
    make_corpus(app)
    return Pair(app, settings, either_label_studio, either_label_studio.url)


class Mixed:
    """Carol has an account there, which is linked to Bob, who has none."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.bob_name = f"p{uuid4().hex[:12]}"
        self.bob = open_desk(pair.app, "article", self.bob_name)
        self.carol, self.there = pair.sign_up()
        self.carol_name = next(name for name, one in pair.desks.items() if one is self.carol)
        self.account = int(self.there.call("GET", "/api/current-user/whoami")["id"])

    def link(self, desk: Desk) -> list[str]:
        """Say whose Carol's account is; return in whose name its answers are until then."""
        return link(self.pair, self.account, desk)

    def draw(self, label: str, words: str) -> None:
        """Let Carol draw a region there, in her annotation or a new one."""
        start = self.carol.text.index(words)
        drawn: list[JsonObject] = []
        draw(label, start, start + len(words))(drawn)
        (task,) = self.pair.tasks()
        mine = [one for one in task["annotations"] if one["completed_by"] == self.account]
        if mine:
            path, drawn = f"/api/annotations/{mine[0]['id']}/", [*mine[0]["result"], *drawn]
            self.there.call("PATCH", path, {"result": drawn})
        else:
            path = f"/api/tasks/{task['id']}/annotations/"
            self.there.call("POST", path, {"result": drawn})

    def decided(self, desk: Desk, *, edition: int = 1) -> dict[int, str]:
        """Return how somebody decides here, of each sentence that they have read."""
        said = self.pair.said(desk, edition=edition)
        return {at: one.decision for at, one in sorted(said.items()) if one.decision != "unread"}


def link(pair: Pair, account: int, desk: Desk) -> list[str]:
    which = {"project_id": pair.project_id, "remote_id": account}
    with pair.app.app_context(), transaction() as session:
        made = link_person(
            session, **which, membership_id=desk.membership_id, by=None, now=utc_now()
        )
        return [one.email for one in made or ()]


@pytest.fixture
def mixed(pair: Pair) -> Mixed:
    """Of Carol's account somebody said that it was Bob's, before anything went."""
    mixed = Mixed(pair)
    pair.connect()
    assert mixed.link(mixed.bob) == []
    pair.run()
    return mixed


def test_what_was_taken_for_somebody_else_s_comes_in_the_right_name(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    mixed.draw("no_claim", "C'est une erreur")
    pair.run()
    assert mixed.decided(bob) == {1: "claims", 2: "no_claim"}
    (before,) = pair.annotations()

    assert mixed.link(carol) == [f"{mixed.bob_name}@example.org"]
    plan = pair.run(is_plan=True)
    assert mixed.decided(carol) == {}
    run = pair.run()

    assert plan.counts == run.counts == {"tasks_read": 1, "sentences_saved": 4}
    assert (plan.problems, run.problems) == ((), ())
    assert mixed.decided(carol) == {1: "claims", 2: "no_claim"}
    assert pair.said(carol)[1].claims[0].parts[0].text == FIRST
    assert mixed.decided(bob) == {}  # It is among his revisions.
    (after,) = pair.annotations()
    assert (after["result"], after["completed_by"]) == (before["result"], mixed.account)
    pair.check_equal()


def test_each_goes_on_in_their_own_name(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    mixed.link(carol)
    pair.run()

    mixed.draw("no_claim", "C'est une erreur")
    save_upon(carol, 3, decision="undecided")
    save_upon(bob, 4, decision="undecided")
    pair.run()

    assert mixed.decided(carol) == {1: "claims", 2: "no_claim", 3: "undecided"}
    assert mixed.decided(bob) == {4: "undecided"}
    (annotation,) = pair.annotations()
    labels = [one["value"]["labels"] for one in annotation["result"] if "labels" in one["value"]]
    assert sorted(labels) == [["claim"], ["no_claim"], ["undecided"]]
    pair.check_equal()


def test_what_somebody_said_here_stays_theirs(pair: Pair) -> None:
    mixed = Mixed(pair)
    bob, carol = mixed.bob, mixed.carol
    save_upon(bob, 2, decision="undecided")
    pair.connect()
    mixed.link(bob)
    pair.run()  # His answer goes, as Carol's.
    assert len(pair.annotations()) == 1
    assert mixed.link(carol) == [f"{mixed.bob_name}@example.org"]

    plan, run = pair.run(is_plan=True), pair.run()

    assert plan.counts == run.counts == {"tasks_read": 1, "answers_changed": 1}
    assert mixed.decided(bob) == {2: "undecided"}
    assert mixed.decided(carol) == {}
    assert [one["result"] for one in pair.annotations()] == [[]]
    pair.check_equal()
    pair.server.sign_up(f"{mixed.bob_name}@example.org")
    pair.run()  # Now that he has an account of his own.
    whose = {one["completed_by"]: "undecided" in str(one) for one in pair.annotations()}
    assert whose == {mixed.account: False, pair.account(mixed.bob_name): True}
    pair.check_equal()


def test_what_stood_against_somebody_s_answer_is_not_theirs(pair: Pair) -> None:
    mixed = Mixed(pair)
    bob, carol = mixed.bob, mixed.carol
    save_claim(bob, 1, "OpenAI a fermé ses modèles")
    pair.connect()
    mixed.link(bob)
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=mixed.there)
    save_claim(bob, 1, "OpenAI")
    pair.run()
    assert len(pair.conflicts()) == 1
    save_upon(bob, 2, decision="undecided")
    pair.run()  # It goes there, and nobody has saved since.

    mixed.link(carol)
    pair.run()

    (said,) = pair.said(carol)[1].claims
    assert said.attributes["claim_type"] == "opinion"
    assert mixed.decided(bob) == {1: "claims", 2: "undecided"}


def test_what_could_not_be_saved_here_is_not_emptied_there(pair: Pair) -> None:
    mixed = Mixed(pair)
    bob, carol = mixed.bob, mixed.carol
    save_claim(bob, 1, "modèles. « C'est une erreur")
    pair.connect()
    mixed.link(bob)
    pair.run()
    mixed.draw("no_claim", "C'est une erreur")
    assert "continues a claim" in pair.run().problems[0].message
    save_upon(bob, 3, decision="undecided")
    pair.run()  # It goes there, and nobody has saved since.
    (before,) = pair.annotations()
    assert before["updated_by"] != mixed.account

    mixed.link(carol)
    pair.run()

    (after,) = pair.annotations()
    assert after["result"] == before["result"]
    pair.edit(drop("claim"), by=mixed.there)
    pair.run()
    assert mixed.decided(carol) == {2: "no_claim", 3: "undecided"}
    assert mixed.decided(bob) == {1: "claims", 3: "undecided"}
    pair.check_equal()


def test_a_sentence_is_again_as_its_annotator_left_it_and_no_conflict_stays(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    mixed.draw("no_claim", "C'est une erreur")
    pair.run()
    save_claim(bob, 1, "OpenAI a fermé")
    pair.run()
    save_claim(bob, 1, "OpenAI")
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=mixed.there)
    pair.run()
    assert len(pair.conflicts()) == 1

    mixed.link(carol)
    plan, run = pair.run(is_plan=True), pair.run()

    assert plan.counts["sentences_saved"] == run.counts["sentences_saved"]
    assert (pair.conflicts(), run.counts["conflicts_gone"]) == ([], 1)
    assert mixed.decided(bob) == {1: "claims"}
    assert pair.said(bob)[1].claims[0].parts[0].text == "OpenAI"
    assert mixed.decided(carol) == {1: "claims", 2: "no_claim"}
    assert pair.said(carol)[1].claims[0].attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_a_second_correction_doubles_nothing(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    save_upon(bob, 3, decision="undecided")
    mixed.link(carol)
    pair.run()
    save_claim(carol, 1, "OpenAI")
    pair.run()  # The claim has an id of hers there now.

    assert mixed.link(bob) != []
    plan, run = pair.run(is_plan=True), pair.run()

    assert plan.counts == run.counts
    assert [one.parts[0].text for one in pair.said(bob)[1].claims] == ["OpenAI"]
    assert mixed.decided(bob) == {1: "claims", 3: "undecided"}
    assert [one.parts[0].text for one in pair.said(carol)[1].claims] == ["OpenAI"]  # She said so.
    assert len(pair.annotations()) == 1
    pair.check_equal()


def test_a_correction_that_is_taken_back_before_a_run_changes_nothing(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    mixed.link(carol)
    mixed.link(bob)

    assert pair.run().counts == {"tasks_read": 1}
    assert (mixed.decided(bob), mixed.decided(carol)) == ({1: "claims"}, {})


def test_a_push_alone_writes_nothing_over_what_is_to_come(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    (before,) = pair.annotations()
    save_claim(bob, 1, "OpenAI a fermé")
    save_upon(carol, 2, decision="undecided")
    mixed.link(carol)

    run = pair.run(SyncKind.PUSH)

    assert [one["result"] for one in pair.annotations()] == [before["result"]]
    assert "waits until answers are brought here" in str(run.problems[0])
    pair.run()
    assert mixed.decided(carol) == {1: "claims", 2: "undecided"}
    pair.check_equal()


def test_who_changes_places_with_another_gets_back_what_is_theirs(pair: Pair) -> None:
    bob, bob_there = pair.sign_up()
    carol, carol_there = pair.sign_up()
    accounts = [
        int(one.call("GET", "/api/current-user/whoami")["id"]) for one in (bob_there, carol_there)
    ]
    pair.connect()
    cross(pair, accounts, [carol, bob])
    pair.run()
    (task,) = pair.tasks()
    for there, words in ((bob_there, FIRST), (carol_there, "C'est une erreur")):
        start, drawn = bob.text.index(words), list[JsonObject]()
        draw("no_claim", start, start + len(words))(drawn)
        there.call("POST", f"/api/tasks/{task['id']}/annotations/", {"result": drawn})
    pair.run()
    assert ([*pair.said(bob)], [*pair.said(carol)]) == ([2], [1])

    save_upon(bob, 3, decision="undecided")
    cross(pair, accounts, [bob, carol])
    plan, run = pair.run(is_plan=True), pair.run()

    assert (plan.counts, plan.problems) == (run.counts, run.problems)

    now = [
        {at for at, one in pair.said(desk).items() if one.decision != "unread"}
        for desk in (bob, carol)
    ]
    assert now == [{1, 3}, {2}]
    assert len(pair.annotations()) == 2
    pair.check_equal()


def cross(pair: Pair, accounts: list[int], desks: list[Desk]) -> None:
    """Say of two accounts whose they are, by way of nobody."""
    which = {"project_id": pair.project_id, "remote_id": accounts[0]}
    with pair.app.app_context(), transaction() as session:
        link_person(session, **which, membership_id=None, by=None, now=utc_now())
    link(pair, accounts[1], desks[1])
    link(pair, accounts[0], desks[0])


def test_an_annotation_known_by_its_number_alone_is_not_gone_while_nobody_s(
    pair: Pair,
) -> None:
    desk, there = pair.sign_up()
    save_claim(desk, 1, FIRST)
    pair.connect()
    pair.run()
    pair.disconnect()
    pair.connect()
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=there)
    which = {"project_id": pair.project_id}
    account = int(there.call("GET", "/api/current-user/whoami")["id"])
    with pair.app.app_context(), transaction() as session:
        link_person(session, **which, remote_id=account, membership_id=None, by=None, now=utc_now())

    run = pair.run()

    assert (run.counts.get("answers_gone"), pair.count_claims()) == (None, 1)


def test_who_is_who_stays_as_it_was_said_when_a_project_is_connected_again(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    pair.sign_up()
    other = pair.account([*pair.desks][-1])
    which = {"project_id": pair.project_id, "membership_id": None, "by": None, "now": utc_now()}
    pair.run()  # By now the other account is known.
    with pair.app.app_context(), transaction() as session:
        link_person(session, remote_id=other, **which)
    mixed.draw("claim", FIRST)
    pair.run()
    pair.disconnect()

    pair.connect()
    pair.run()

    with pair.app.app_context():
        connection = get_connection(db.session(), project_id=pair.project_id)
        people = {one.id: one for one in list_people(db.session(), connection_id=connection.id)}
    assert people[mixed.account].membership_id == bob.membership_id
    assert (people[other].membership_id, people[other].is_nobody) == (None, True)
    assert (mixed.decided(bob), mixed.decided(carol)) == ({1: "claims"}, {})
    assert mixed.link(carol) == [f"{mixed.bob_name}@example.org"]
    pair.run()
    assert (mixed.decided(bob), mixed.decided(carol)) == ({}, {1: "claims"})
    pair.check_equal()


def test_what_both_had_said_in_the_same_words_is_there_once(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    save_claim(bob, 1, FIRST)
    pair.run()
    mixed.draw("no_claim", "C'est une erreur")
    pair.run()
    claim = claim_at(carol, FIRST, id="saidbycarol00001")
    save_upon(carol, 1, decision="claims", claims=[claim])

    mixed.link(carol)
    pair.run()

    assert [one.id for one in pair.said(carol)[1].claims] == ["saidbycarol00001"]
    (annotation,) = pair.annotations()
    labels = [one["value"].get("labels") for one in annotation["result"] if "value" in one]
    assert labels.count(["claim"]) == 1
    assert (mixed.decided(carol)[2], mixed.decided(bob)) == ("no_claim", {1: "claims"})
    pair.check_equal()


def test_the_page_and_the_command_say_what_becomes_of_the_answers(
    mixed: Mixed, settings: Settings
) -> None:
    pair, carol = mixed.pair, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    user = make_person(pair.app, "lead@example.org")
    join(pair.app, pair.project_id, "lead@example.org", [Role.MANAGER])
    lead, page = browser_of(pair.app, user), "/projects/demo/label-studio/"
    names = {one.email: one for one in people_of(pair)}
    hers, his = (names[f"{name}@example.org"] for name in (mixed.carol_name, mixed.bob_name))

    send(lead, f"{page}people/{mixed.account}", member=str(hers.membership_id))
    told = f"What was said there in the name of {his.name} comes in the name of {hers.name} the"
    assert told in unescape(lead.get(page).text)
    mixed.link(mixed.bob)
    host = urlsplit(pair.url).netloc
    opened = replace(settings, allowed_private_hosts=host)
    run = CliRunner().invoke(
        command_group(),
        ["labelstudio", "people", "--project", "demo", "--link", f"{hers.email}={hers.email}"],
        env=environment(opened),
    )
    assert run.exit_code == 0, run.output
    assert f"Note: {told} next time" in run.stderr
    pair.run()
    assert mixed.decided(carol) == {1: "claims"}


def people_of(pair: Pair) -> list[Annotator]:
    with pair.app.app_context():
        return list_annotators(db.session(), project_id=pair.project_id)


def test_what_was_exchanged_by_an_older_program_can_be_put_right(
    mixed: Mixed, settings: Settings
) -> None:
    pair, carol = mixed.pair, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    with pair.app.app_context():
        close_connections()
    downgrade(settings.database, "0021")
    upgrade(settings.database)

    mixed.link(carol)
    pair.run()

    assert mixed.decided(carol) == {1: "claims"}
    pair.check_equal()


def test_what_an_older_program_corrected_moves_once_it_is_known_whose_it_was(
    mixed: Mixed, settings: Settings
) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    mixed.draw("claim", FIRST)
    pair.run()
    mixed.link(carol)
    with pair.app.app_context():
        close_connections()
    downgrade(settings.database, "0021")
    upgrade(settings.database)

    first = pair.run()
    assert "linked as it was, both sides have met" in first.problems[0].message
    mixed.draw("no_claim", "C'est une erreur")
    mixed.link(bob)
    assert pair.run().problems == ()
    assert mixed.link(carol) == [f"{mixed.bob_name}@example.org"]
    pair.run()

    assert mixed.decided(carol) == {1: "claims", 2: "no_claim"}
    assert mixed.decided(bob) == {}
    pair.check_equal()


def test_in_a_project_of_one_s_own_nothing_is_moved(pair: Pair) -> None:
    mixed = Mixed(pair)
    pair.connect(is_apart=True)
    mixed.link(mixed.bob)
    pair.run()
    with pair.app.app_context():
        used = list_remote_projects(
            db.session(), connection_id=get_connection(db.session(), project_id=pair.project_id).id
        )
        pair.remote_id = next(
            one.remote_id for one in used if one.membership_id == mixed.bob.membership_id
        )
    mixed.draw("claim", FIRST)
    pair.run()
    assert mixed.decided(mixed.bob) == {1: "claims"}

    assert mixed.link(mixed.carol) == []
    first, again = pair.run(), pair.run()

    assert mixed.decided(mixed.bob) == {1: "claims"}
    assert mixed.decided(mixed.carol) == {}
    assert first.problems == again.problems
    assert "in the project of the one they were" in first.problems[0].message
    (annotation,) = pair.annotations()
    pair.server.call("DELETE", f"/api/annotations/{annotation['id']}/")
    assert pair.run().problems == ()
    assert mixed.decided(mixed.bob) == {}


def test_what_the_exchange_s_own_account_drew_comes_in_the_right_name(pair: Pair) -> None:
    bob, carol = (open_desk(pair.app, "article", f"p{uuid4().hex[:12]}") for _ in range(2))
    save_upon(bob, 1, decision="undecided")
    pair.connect()
    account = int(pair.server.call("GET", "/api/current-user/whoami")["id"])
    link(pair, account, bob)
    pair.run()
    start = bob.text.index("C'est une erreur")
    pair.edit(draw("no_claim", start, start + 16))
    link(pair, account, carol)

    pair.run()

    assert pair.said(carol)[2].decision == "no_claim"
    assert {at: one.decision for at, one in pair.said(bob).items()} == {1: "undecided"}
    pair.check_equal()


def test_what_a_third_one_saved_last_waits_for_the_right_one(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    _, ben_there = pair.sign_up()
    mixed.draw("claim", FIRST)
    pair.run()
    pair.edit(lambda _: None, by=ben_there)
    mixed.link(carol)

    first, again = pair.run(), pair.run()

    assert "which is somebody else's" in first.problems[0].message
    assert first.problems == again.problems
    assert (mixed.decided(bob), mixed.decided(carol)) == ({}, {})
    assert len(pair.annotations()[0]["result"]) == 1
    pair.edit(lambda _: None, by=mixed.there)
    pair.run()
    assert mixed.decided(carol) == {1: "claims"}
    pair.check_equal()


def test_a_link_put_back_gives_nobody_what_another_said(pair: Pair) -> None:
    mixed = Mixed(pair)
    bob, carol = mixed.bob, mixed.carol
    save_claim(bob, 1, "OpenAI")
    save_upon(bob, 2, decision="undecided")
    save_upon(carol, 1, decision="no_claim")
    pair.connect()
    pair.run()
    (before,) = pair.annotations()
    mixed.link(bob)
    pair.run()  # His answers go, in place of hers.
    assert pair.annotations()[0]["result"] != before["result"]

    assert mixed.link(carol) == [f"{mixed.bob_name}@example.org"]
    plan, run = pair.run(is_plan=True), pair.run()

    assert (plan.counts, plan.problems) == (run.counts, run.problems)
    assert pair.conflicts() == []
    assert mixed.decided(carol) == {1: "no_claim"}
    assert mixed.decided(bob) == {1: "claims", 2: "undecided"}
    (after,) = pair.annotations()
    assert after["result"] == before["result"]
    pair.check_equal()


def test_a_link_put_back_doubles_nothing_that_was_said_on_both_sides(pair: Pair) -> None:
    mixed = Mixed(pair)
    bob, carol = mixed.bob, mixed.carol
    save_claim(carol, 1, FIRST)
    pair.connect()
    pair.run()
    pair.edit(lambda _: None, by=mixed.there)
    save_upon(bob, 3, decision="undecided")
    mixed.link(bob)
    pair.run()  # With his own answer her claim goes there again, by an id of his.
    assert mixed.decided(bob) == {1: "claims", 3: "undecided"}

    mixed.link(carol)
    pair.run()

    (claim,) = pair.said(carol)[1].claims
    assert claim.id == f"claim{1:016}"
    (annotation,) = pair.annotations()
    labels = [one["value"].get("labels") for one in annotation["result"] if "value" in one]
    assert labels.count(["claim"]) == 1
    assert (mixed.decided(bob), pair.conflicts()) == ({3: "undecided"}, [])
    pair.check_equal()


def test_what_was_carried_to_a_corrected_text_is_no_more_theirs_than_before(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    save_claim(bob, 3, SENTENCES[2])
    mixed.draw("no_claim", FIRST)
    mixed.draw("no_claim", "C'est une erreur")
    pair.run()
    save_upon(bob, 4, decision="no_claim")
    assert bob.post("finish").status_code == 200
    correct(pair.app, f"Un nouveau chapeau.\n{bob.text}")
    pair.run()
    mixed.link(carol)

    plan, run = pair.run(is_plan=True), pair.run()

    assert (plan.counts, plan.problems) == (run.counts, run.problems)
    assert mixed.decided(bob, edition=2) == {4: "claims", 5: "no_claim"}
    assert {2, 3} <= mixed.decided(carol, edition=2).keys()
    assert mixed.decided(bob) == {3: "claims", 4: "no_claim"}
    assert pair.run().counts.keys() == {"tasks_read"}


def test_what_the_label_scheme_has_no_more_is_put_back_without_it(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    possible = {"claim_type": "fact", "check_worthiness": "yes", "modality": "possible"}
    save_claim(bob, 1, FIRST, attributes=possible)
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=mixed.there)
    pair.run()
    assert pair.said(bob)[1].claims[0].attributes["claim_type"] == "opinion"
    change(pair.app, document(lambda fields: fields.pop("modality")))
    mixed.link(carol)

    pair.run()

    (claim,) = pair.said(bob)[1].claims
    assert {**claim.attributes} == {"claim_type": "fact", "check_worthiness": "yes"}


def test_sentences_are_put_back_in_the_order_of_the_text(
    app: Flask, settings: Settings, either_label_studio: LabelStudio
) -> None:
    make_corpus(app, *["Pourquoi ?"] * 6, *SENTENCES[:2])
    mixed = Mixed(Pair(app, settings, either_label_studio, either_label_studio.url))
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    save_upon(bob, 8, decision="no_claim")
    pair.connect()
    mixed.link(bob)
    pair.run()
    start, end = (bob.text.index(words) for words in ("ses modèles", " affirme"))
    pair.edit(drop("no_claim"), by=mixed.there)
    pair.edit(draw("claim", start, end), by=mixed.there)
    pair.run()
    assert mixed.decided(bob) == {7: "claims"}
    mixed.link(carol)

    run = pair.run()

    assert run.problems == ()
    assert mixed.decided(bob) == {8: "no_claim"}
    assert mixed.decided(carol) == {7: "claims"}
    pair.check_equal()


def test_what_cannot_be_said_any_more_is_open_again(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    save_upon(bob, 2, decision="no_claim")
    pair.run()
    pair.edit(drop("no_claim"), by=mixed.there)
    mixed.draw("claim", "C'est une erreur")
    pair.run()
    assert mixed.decided(bob) == {2: "claims"}
    save_upon(bob, 1, decision="claims", claims=[claim_at(bob, "modèles. « C'est")])
    mixed.link(carol)

    plan, run, again = pair.run(is_plan=True), pair.run(), pair.run()

    assert plan.counts == run.counts
    assert mixed.decided(bob) == {1: "claims"}
    assert pair.said(carol)[2].claims[0].parts[0].text == "C'est une erreur"
    (problem,) = run.problems
    assert "continues a claim that you marked in an earlier one" in problem.message
    assert again.problems == ()
    pair.check_equal()


def test_what_was_put_back_stays_theirs_on_a_corrected_text(mixed: Mixed) -> None:
    pair, bob, carol = mixed.pair, mixed.bob, mixed.carol
    save_claim(bob, 1, FIRST)
    pair.run()
    pair.edit(drop("claim"), by=mixed.there)
    mixed.draw("no_claim", FIRST)
    pair.run()
    assert mixed.decided(bob) == {1: "no_claim"}
    mixed.link(carol)
    pair.run()
    assert mixed.decided(bob) == {1: "claims"}
    for position in (2, 3, 4):
        save_upon(bob, position, decision="no_claim")
    assert bob.post("finish").status_code == 200
    correct(pair.app, f"Un nouveau chapeau.\n{bob.text}")
    mixed.link(bob)
    pair.run()
    mixed.link(carol)

    pair.run()

    kept = {2: "claims", 3: "no_claim", 4: "no_claim", 5: "no_claim"}
    assert mixed.decided(bob, edition=2) == kept
