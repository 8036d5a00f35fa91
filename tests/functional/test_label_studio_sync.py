"""Nothing is lost and nothing doubled between the workbench and a real Label Studio."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.label_studio import EMAIL, LabelStudio
from tests.server import environment
from tests.stances import stance_of
from tests.synced import Pair, choose, draw, drop, save_claim, save_upon
from workbench.accounts.tables import User
from workbench.app import command_group
from workbench.canonical import JsonObject
from workbench.clock import utc_now
from workbench.corpus.operations import erase_article, restore_article, withdraw_article
from workbench.corpus.queries import find_article
from workbench.errors import ConflictError, StaleRevisionError
from workbench.factcheck.erasure import erase_person
from workbench.jobs.queries import list_jobs
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.frames import AUTHOR, ClaimFrame
from workbench.labelstudio.client import Server, TokenRefusedError
from workbench.labelstudio.connections import get_connection, link_person
from workbench.labelstudio.erasure import forget_agreed, forget_person
from workbench.labelstudio.rules import ConflictState, SyncKind
from workbench.labelstudio.runs import JOB, is_due, request_due, request_sync
from workbench.labelstudio.settling import list_conflicts
from workbench.labelstudio.tables import RemoteProject, SyncRun
from workbench.projects.operations import set_roles
from workbench.projects.rules import Role
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


def test_a_push_brings_texts_and_answers_and_a_second_one_nothing(pair: Pair) -> None:
    anna = pair.open_desk()
    save_claim(anna, 1, "OpenAI a fermé ses modèles")
    anna.save(3)
    pair.connect()

    plan = pair.run(SyncKind.PUSH, is_plan=True)
    assert pair.tasks() == []
    first, again = pair.run(SyncKind.PUSH), pair.run(SyncKind.PUSH)

    assert plan.counts == first.counts == {"tasks_made": 1, "answers_made": 1}
    assert again.counts == {}
    (annotation,) = pair.annotations()
    assert not annotation["ground_truth"]
    pair.check_equal()


@pytest.fixture
def anna(pair: Pair) -> Desk:
    """An annotator whose two claims have gone to a connected project."""
    desk = pair.open_desk()
    save_claim(desk, 1, "OpenAI a fermé ses modèles")
    save_claim(desk, 2, "C'est une erreur")
    pair.connect()
    pair.run()
    return desk


def first_claim(pair: Pair, desk: Desk, position: int) -> ClaimFrame:
    (claim,) = pair.said(desk)[position].claims
    return claim


def link(pair: Pair, account: int, membership_id: int | None) -> None:
    which = {"project_id": pair.project_id, "remote_id": account}
    with pair.app.app_context(), transaction() as session:
        link_person(session, **which, membership_id=membership_id, by=None, now=utc_now())


def set_annotator(pair: Pair, desk: Desk, *, is_one: bool) -> None:
    which = {"project_id": pair.project_id, "user_id": desk.user_id}
    roles = {Role.ANNOTATOR} if is_one else ()
    with pair.app.app_context(), transaction() as session:
        set_roles(session, **which, roles=roles, by=None, now=utc_now())


def own_account(pair: Pair) -> int:
    people = pair.server.call("GET", "/api/users/")
    return next(one["id"] for one in people if one["email"] == EMAIL)


def test_different_claims_edited_on_both_sides_both_survive(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=2))
    save_claim(anna, 1, "OpenAI a fermé")

    plan = pair.run(is_plan=True)
    run = pair.run()

    assert plan.counts == run.counts
    assert run.counts == {"tasks_read": 1, "sentences_saved": 1, "answers_changed": 1}
    assert first_claim(pair, anna, 1).parts[0].text == "OpenAI a fermé"
    assert first_claim(pair, anna, 2).attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_the_same_claim_edited_on_both_sides_is_one_conflict(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    save_claim(anna, 2, "une erreur")

    run, plan, again = pair.run(), pair.run(is_plan=True), pair.run()

    assert (run.counts["conflicts_opened"], again.counts.get("conflicts_opened")) == (1, None)
    assert plan.counts == again.counts
    (listed,) = pair.conflicts()
    sides = (listed.conflict.base, listed.conflict.ours, listed.conflict.theirs)
    assert [
        (side.claims[0].parts[0].end, side.claims[0].attributes["claim_type"]) for side in sides
    ] == [
        (26, "fact"),
        (14, "fact"),
        (26, "opinion"),
    ]
    assert "une erreur" in str(pair.annotations())  # Nothing else is held up.
    assert first_claim(pair, anna, 1).parts[0].end == 14


@pytest.mark.parametrize("take", [ConflictState.OURS, ConflictState.THEIRS, ConflictState.EDITED])
def test_a_settled_conflict_is_said_on_both_sides(
    pair: Pair, anna: Desk, take: ConflictState
) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    ours, theirs = pair.conflicts()[0].conflict.ours, pair.conflicts()[0].conflict.theirs
    edited = replace(
        ours, claims=(replace(ours.claims[0], attributes=theirs.claims[0].attributes),)
    )
    chosen = {ConflictState.OURS: ours, ConflictState.THEIRS: theirs, ConflictState.EDITED: edited}

    pair.settle(take, edited if take is ConflictState.EDITED else None)
    pair.run()

    assert pair.said(anna)[1].claims == chosen[take].claims
    pair.check_equal()


def test_what_was_changed_here_since_it_was_shown_is_not_written_over(
    pair: Pair, anna: Desk
) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    (before,) = pair.conflicts()
    save_claim(anna, 1, "OpenAI")

    for take in (ConflictState.OURS, ConflictState.THEIRS):
        with pytest.raises(StaleRevisionError, match="look at both again"):
            pair.settle(take, shown=before.shown)

    (after,) = pair.conflicts()
    assert (after.conflict.ours.claims, len(after.conflict.theirs.claims)) == (
        pair.said(anna)[1].claims,
        1,
    )
    pair.settle(ConflictState.THEIRS, shown=after.shown)
    pair.run()
    assert first_claim(pair, anna, 1).parts[0].end == 26
    pair.check_equal()


def test_a_sentence_decided_otherwise_since_is_met_again_before_it_is_settled(
    pair: Pair, anna: Desk
) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    save_upon(anna, 1, decision="no_claim")

    with pytest.raises(ConflictError, match="bring both sides together again"):
        pair.settle(ConflictState.THEIRS)

    assert pair.said(anna)[1].decision == "no_claim"
    pair.run()
    pair.settle(ConflictState.THEIRS)
    pair.run()
    assert first_claim(pair, anna, 1).attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_a_claim_deleted_there_and_edited_here_is_a_conflict(pair: Pair, anna: Desk) -> None:
    pair.edit(drop("claim"))
    save_claim(anna, 1, "OpenAI a fermé")

    pair.run()

    (listed,) = pair.conflicts()
    assert (listed.conflict.position, listed.conflict.theirs.claims) == (1, ())
    assert (
        2 not in pair.said(anna) or not pair.said(anna)[2].claims
    )  # Deleted there, untouched here.
    pair.settle(ConflictState.OURS)
    pair.run()
    assert first_claim(pair, anna, 1).parts[0].end == 14
    pair.check_equal()


@pytest.mark.parametrize("take", [ConflictState.OURS, ConflictState.THEIRS])
def test_a_page_that_was_open_there_since_before_a_change_of_ours_undoes_nothing(
    pair: Pair, anna: Desk, take: ConflictState
) -> None:
    (stale,) = pair.annotations()
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    choose("claim_type", "opinion", in_sentence=2)(stale["result"])

    pair.server.call("PATCH", f"/api/annotations/{stale['id']}/", {"result": stale["result"]})
    run, again = pair.run(), pair.run()

    assert (run.counts["conflicts_opened"], again.counts.get("conflicts_opened")) == (1, None)
    (listed,) = pair.conflicts()
    assert (listed.conflict.position, listed.conflict.is_put_back) == (1, True)
    assert first_claim(pair, anna, 1).parts[0].end == 14
    assert first_claim(pair, anna, 2).attributes["claim_type"] == "opinion"
    pair.settle(take)
    pair.run()
    assert first_claim(pair, anna, 1).parts[0].end == (14 if take is ConflictState.OURS else 26)
    pair.check_equal()


def test_what_was_saved_there_after_a_change_of_ours_may_be_taken_back_there(
    pair: Pair, anna: Desk
) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=2))
    pair.run()
    (before,) = pair.annotations()
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    pair.edit(choose("claim_type", "number", in_sentence=2))
    pair.run()

    pair.server.call("PATCH", f"/api/annotations/{before['id']}/", {"result": before["result"]})

    assert pair.run().counts == {"tasks_read": 1, "sentences_saved": 2}
    assert first_claim(pair, anna, 1).parts[0].end == 26
    pair.check_equal()


def test_an_annotation_deleted_there_takes_back_what_nobody_edited(pair: Pair, anna: Desk) -> None:
    (annotation,) = pair.annotations()
    save_claim(anna, 2, "une erreur")
    pair.server.call("DELETE", f"/api/annotations/{annotation['id']}/")

    run = pair.run()

    assert run.counts["answers_gone"] == run.counts["conflicts_opened"] == 1
    assert not pair.said(anna)[1].claims
    pair.settle(ConflictState.OURS)
    pair.run()
    pair.check_equal()
    assert [one.parts[0].text for one in pair.said(anna)[2].claims] == ["une erreur"]


def test_a_task_deleted_there_is_made_again(pair: Pair, anna: Desk) -> None:
    (task,) = pair.tasks()
    pair.server.call("DELETE", f"/api/tasks/{task['id']}/")

    run = pair.run()

    assert run.counts == {"tasks_gone": 1, "tasks_made": 1, "answers_made": 1}
    assert first_claim(pair, anna, 1).parts[0].end == 26
    pair.check_equal()


def test_an_import_given_up_for_lost_that_comes_in_late_writes_over_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_tasks, sent = Server.import_tasks, []

    def be_killed(*request: object) -> None:
        sent.append(request)
        raise KeyboardInterrupt

    def come_late(*request: object) -> dict[str, int]:
        import_tasks(*sent[0])
        return import_tasks(*request)

    anna = pair.open_desk()
    save_claim(anna, 1, "OpenAI a fermé ses modèles")
    pair.connect()
    monkeypatch.setattr(Server, "import_tasks", be_killed)
    with pytest.raises(KeyboardInterrupt):
        pair.run()
    save_claim(anna, 1, "OpenAI a fermé")
    monkeypatch.setattr(Server, "import_tasks", come_late)
    pair.run()

    pair.run()

    assert first_claim(pair, anna, 1).parts[0].text == "OpenAI a fermé"
    pair.settle(ConflictState.OURS)
    pair.run()
    pair.check_equal()


@pytest.fixture
def leave_unseen(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What lets a run be killed when a change of ours has arrived there."""
    update = Server.update_annotation

    def be_killed(*request: object) -> None:
        update(*request)
        raise KeyboardInterrupt

    def leave() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Server, "update_annotation", be_killed)
            with pytest.raises(KeyboardInterrupt):
                pair.run()

    return leave


@pytest.mark.parametrize("kind", [SyncKind.SYNC, SyncKind.PUSH])
def test_what_went_unseen_and_was_undone_here_since_stays_undone(
    pair: Pair, anna: Desk, leave_unseen: Callable[[], None], kind: SyncKind
) -> None:
    anna.save(3)
    pair.run()
    save_claim(anna, 1, "OpenAI a fermé")
    save_upon(anna, 3, decision="undecided")
    save_claim(anna, 4, "Nul ne le sait")
    leave_unseen()
    assert "Nul ne le sait" in str(pair.annotations())
    save_claim(anna, 1, "OpenAI a fermé ses modèles")
    save_upon(anna, 3, decision="no_claim")
    save_upon(anna, 4, decision="no_claim")

    run = pair.run(kind)

    assert run.counts.keys() <= {"tasks_read", "answers_changed"}
    said = pair.said(anna)
    assert first_claim(pair, anna, 1).parts[0].end == 26
    assert (said[3].decision, said[4].decision) == ("no_claim", "no_claim")
    pair.check_equal()


def test_what_was_said_there_after_a_change_that_went_unseen_is_kept(
    pair: Pair, anna: Desk, leave_unseen: Callable[[], None]
) -> None:
    save_claim(anna, 1, "OpenAI a fermé")
    save_claim(anna, 4, "Nul ne le sait")
    leave_unseen()
    pair.edit(choose("claim_type", "opinion", in_sentence=2))
    pair.edit(choose("claim_type", "number", in_sentence=4))
    pair.run(SyncKind.PULL)
    pair.edit(choose("claim_type", "fact", in_sentence=2))

    run = pair.run()

    assert "conflicts_opened" not in run.counts
    found = [first_claim(pair, anna, at).attributes["claim_type"] for at in (2, 4)]
    assert found == ["fact", "number"]
    pair.check_equal()


@pytest.mark.parametrize("kind", [SyncKind.SYNC, SyncKind.PUSH])
def test_a_bare_copy_of_a_deleted_task_takes_nothing_back(
    pair: Pair, anna: Desk, kind: SyncKind
) -> None:
    (task,) = pair.tasks()
    copied = f"/api/projects/{pair.remote_id}/import"
    pair.server.call("POST", copied, [{"data": task["data"]}])
    pair.run()
    pair.server.call("DELETE", f"/api/tasks/{task['id']}/")

    run = pair.run(kind)

    assert run.counts["answers_made"] == 1
    assert "answers_gone" not in run.counts
    assert pair.count_claims() == 2
    pair.check_equal()


@pytest.mark.parametrize("kind", [SyncKind.SYNC, SyncKind.PUSH])
def test_a_bare_task_that_got_the_number_of_a_deleted_one_takes_nothing_back(
    pair: Pair, anna: Desk, kind: SyncKind
) -> None:
    (task,) = pair.tasks()
    pair.server.call("DELETE", f"/api/tasks/{task['id']}/")
    copied = f"/api/projects/{pair.remote_id}/import"
    pair.server.call("POST", copied, [{"data": task["data"]}])
    assert [one["id"] for one in pair.tasks()] == [task["id"]]

    run = pair.run(kind)

    assert "answers_gone" not in run.counts
    assert pair.count_claims() == 2
    pair.check_equal()


def test_a_changed_configuration_stops_what_is_written_but_not_what_is_read(
    pair: Pair, anna: Desk
) -> None:
    path = f"/api/projects/{pair.remote_id}/"
    config = pair.server.call("GET", path)["label_config"]
    narrower = config.replace('<Label value="Coupure', "")
    other = config.replace(
        "</View>", '<Choices name="mood" toName="text"><Choice value="x"/></Choices></View>', 1
    )
    assert narrower == config
    pair.server.call("PATCH", path, {"label_config": other})
    pair.edit(choose("claim_type", "opinion", in_sentence=2))
    save_claim(anna, 1, "OpenAI a fermé")

    run = pair.run()

    assert run.counts == {"tasks_read": 1, "sentences_saved": 1}
    assert "mood" in str(run.problems[0])
    pair.server.call("PATCH", path, {"label_config": config})
    pair.run()
    pair.check_equal()


def test_a_revoked_token_ends_the_run_in_one_sentence(pair: Pair, anna: Desk) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        pair.run(token="f" * 40)
    pair.run()
    assert str(caught.value).count(". ") == 0


def test_what_is_drawn_there_comes_here_once(pair: Pair, anna: Desk) -> None:
    start = anna.text.index("Nul")
    pair.edit(draw("claim", start, start + 15))

    first, again = pair.run(), pair.run()

    assert (first.counts["sentences_saved"], "sentences_saved" in again.counts) == (1, False)
    assert first_claim(pair, anna, 4).parts[0].text == "Nul ne le sait."
    pair.check_equal()


def test_what_was_drawn_there_is_not_doubled_by_another_connection(pair: Pair, anna: Desk) -> None:
    pair.edit(draw("claim", anna.text.index("Nul"), anna.text.index("Nul") + 15))
    pair.run()
    pair.disconnect()

    pair.connect()
    pair.run()

    assert pair.count_claims() == 3
    pair.check_equal()


def test_a_conflict_is_open_once_when_a_project_is_connected_again(pair: Pair, anna: Desk) -> None:
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 1, "OpenAI")
    pair.run()
    (before,) = pair.conflicts()

    pair.disconnect()
    assert pair.conflicts() == []
    pair.connect()
    pair.run()

    (after,) = pair.conflicts()
    assert (after.sentence, after.id == before.id) == (before.sentence, False)
    with pair.app.app_context():
        (gone,) = list_conflicts(db.session(), project_id=pair.project_id, is_open=False)
    assert (gone.id, gone.state) == (before.id, ConflictState.GONE)


def test_what_an_earlier_account_of_ours_wrote_is_the_annotator_s(pair: Pair, anna: Desk) -> None:
    save_claim(anna, 1, "OpenAI a fermé")
    pair.run()
    pair.disconnect()
    save_claim(anna, 2, "une erreur")
    save_upon(anna, 3, decision="undecided")
    pair.connect()
    other = pair.server.sign_up(f"{uuid4().hex}@example.org")

    plan, run = (pair.run(is_plan=one, token=other.token) for one in (True, False))

    assert (plan.problems, plan.counts) == (run.problems, run.counts)
    assert (run.problems, run.counts["answers_changed"]) == ((), 1)
    assert "undecided" in str(pair.annotations()[0]["result"])
    assert [one.conflict.position for one in pair.conflicts()] == [2]


def test_an_earlier_account_of_ours_that_is_an_annotator_s_by_now_speaks_for_itself(
    pair: Pair, anna: Desk
) -> None:
    ben = open_desk(pair.app, "article", f"p{uuid4().hex[:12]}")
    earlier, other = own_account(pair), pair.server.sign_up(f"{uuid4().hex}@example.org")
    pair.run(token=other.token)
    link(pair, earlier, ben.membership_id)
    pair.edit(choose("claim_type", "opinion", in_sentence=1))

    run = pair.run(token=other.token)

    assert "which is somebody else's" in run.problems[0].message
    assert first_claim(pair, anna, 1).attributes["claim_type"] == "fact"


def test_what_cannot_be_understood_is_listed_and_left_alone(pair: Pair, anna: Desk) -> None:
    pair.edit(draw("Unknown", 0, 3))
    save_claim(anna, 1, "OpenAI a fermé")

    run = pair.run()

    assert "answers_changed" not in run.counts
    assert run.problems
    pair.edit(drop("Unknown"))
    pair.run()
    pair.check_equal()
    assert first_claim(pair, anna, 1).parts[0].end == 14


def test_nothing_is_written_beside_what_belongs_to_no_sentence(pair: Pair, anna: Desk) -> None:
    blank = anna.text.index(" «")
    pair.edit(draw("Unknown", blank, blank + 6))
    anna.save(3)

    runs = [pair.run() for _ in range(2)]

    assert [len(run.problems) for run in runs] == [1, 1]
    assert "Unknown" in str(pair.annotations())
    pair.edit(drop("Unknown"))
    pair.run()
    pair.check_equal()


def test_what_is_edited_while_an_account_is_nobody_s_goes_as_soon_as_it_is_somebody_s(
    pair: Pair,
) -> None:
    lena = open_desk(pair.app, "article", "lena")

    save_claim(lena, 1, "OpenAI a fermé ses modèles")
    account = own_account(pair)
    pair.connect()
    link(pair, account, lena.membership_id)
    pair.run(SyncKind.PUSH)
    link(pair, account, None)
    save_claim(lena, 1, "OpenAI a fermé")
    pair.run(SyncKind.PUSH)
    link(pair, account, lena.membership_id)

    assert pair.run(SyncKind.PUSH).counts == {"answers_changed": 1}
    pair.check_equal()


def test_an_answer_of_somebody_unknown_waits(pair: Pair, anna: Desk) -> None:
    (task,) = pair.tasks()
    pair.server.call("POST", f"/api/tasks/{task['id']}/annotations/", {"result": []})
    run = pair.run()
    assert [one.message for one in run.problems] == [
        "Who %(person)s is here is not known, so what they answered waits."
    ]
    assert pair.run().problems == run.problems  # As long as nobody says who that is.


def test_what_somebody_else_changed_in_an_annotation_waits_for_its_annotator(pair: Pair) -> None:
    (noor, noor_there), (_, ada_there) = pair.sign_up(), pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    save_claim(noor, 2, "C'est une erreur")
    pair.connect()
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=ada_there)
    edited = pair.annotations()
    save_claim(noor, 2, "une erreur")

    runs = [pair.run(is_plan=True), pair.run(), pair.run()]

    (problem,) = runs[0].problems
    assert "which is somebody else's" in problem.message
    assert [(run.counts, run.problems) for run in runs] == [({"tasks_read": 1}, (problem,))] * 3
    assert first_claim(pair, noor, 1).attributes["claim_type"] == "fact"
    assert pair.annotations() == edited
    pair.edit(lambda _: None, by=noor_there)
    pair.run()
    assert first_claim(pair, noor, 1).attributes["claim_type"] == "opinion"
    assert "une erreur" in str(pair.annotations())
    pair.check_equal()


def test_what_both_an_annotator_and_somebody_else_changed_is_no_conflict_yet(pair: Pair) -> None:
    (noor, noor_there), (_, ada_there) = pair.sign_up(), pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect()
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=ada_there)
    save_claim(noor, 1, "OpenAI a fermé")

    run = pair.run()

    assert (run.counts, len(run.problems), pair.conflicts()) == ({"tasks_read": 1}, 1, [])
    pair.edit(lambda _: None, by=noor_there)
    pair.run()
    assert len(pair.conflicts()) == 1


def test_what_somebody_else_saved_as_it_was_holds_nothing_up(pair: Pair) -> None:
    (noor, _), (_, ada_there) = pair.sign_up(), pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect()
    pair.run()
    pair.edit(lambda _: None, by=ada_there)
    save_claim(noor, 1, "OpenAI a fermé")

    run = pair.run()

    assert (run.counts, run.problems) == ({"answers_changed": 1, "tasks_read": 1}, ())
    pair.check_equal()


def test_a_conflict_that_is_listed_holds_nothing_up_whoever_saves_it(pair: Pair) -> None:
    (noor, noor_there), (_, ada_there) = pair.sign_up(), pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    save_claim(noor, 2, "C'est une erreur")
    pair.connect()
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=noor_there)
    save_claim(noor, 1, "OpenAI a fermé")
    pair.run()
    pair.edit(lambda _: None, by=ada_there)
    save_claim(noor, 2, "une erreur")
    assert pair.run().counts == {"answers_changed": 1, "tasks_read": 1}
    listed = pair.conflicts()
    pair.edit(choose("claim_type", "prediction", in_sentence=1), by=ada_there)

    runs = [pair.run() for _ in range(2)]

    assert all("which is somebody else's" in run.problems[0].message for run in runs)
    assert pair.conflicts() == listed


def test_what_is_changed_there_after_somebody_left_the_project_waits(pair: Pair) -> None:
    noor, noor_there = pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect()
    pair.run()
    set_annotator(pair, noor, is_one=False)
    assert pair.run().problems == ()
    pair.edit(choose("claim_type", "opinion", in_sentence=1), by=noor_there)
    edited = pair.annotations()

    runs = [pair.run(), pair.run()]

    assert [one.message for run in runs for one in run.problems] == [
        "Who %(person)s is here is not known, so what they answered waits."
    ] * 2
    assert first_claim(pair, noor, 1).attributes["claim_type"] == "fact"
    assert pair.annotations() == edited
    set_annotator(pair, noor, is_one=True)
    pair.run()
    assert first_claim(pair, noor, 1).attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_who_is_said_to_be_nobody_stays_so(pair: Pair) -> None:
    noor = pair.open_desk(name="noor")
    pair.connect()
    pair.run()
    account = pair.account("noor")
    link(pair, account, None)
    (task,) = pair.tasks()
    drawn = {"result": [], "completed_by": account}
    pair.server.call("POST", f"/api/tasks/{task['id']}/annotations/", drawn)

    run = pair.run()

    assert [one.message for one in run.problems] == [
        "%(person)s is nobody here, as somebody said, so what they answered is not read."
    ]
    with pair.app.app_context():  # Nothing waits for it, as it would of somebody unknown.
        assert db.session.scalar(select(RemoteProject.swept_at)) is not None
    link(pair, account, noor.membership_id)
    run = pair.run()
    assert (run.counts["tasks_read"], run.problems) == (1, ())


def test_what_is_changed_in_the_annotation_of_nobody_changes_nobody_s_answer(
    pair: Pair, anna: Desk
) -> None:
    link(pair, pair.account("anna"), None)
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    save_claim(anna, 2, "une erreur")

    run = pair.run()

    assert (run.counts, len(run.problems)) == ({"tasks_read": 1}, 1)
    assert first_claim(pair, anna, 1).attributes["claim_type"] == "fact"
    link(pair, pair.account("anna"), anna.membership_id)
    pair.run()
    assert first_claim(pair, anna, 1).attributes["claim_type"] == "opinion"
    assert "une erreur" in str(pair.annotations())
    pair.check_equal()


def test_somebody_s_first_answer_there_begins_the_article_here(pair: Pair, anna: Desk) -> None:
    noor = pair.open_desk(name="noor")
    noor_there = next(
        one["id"]
        for one in pair.server.call("GET", "/api/users/")
        if one["email"].startswith("noor")
    )
    (task,) = pair.tasks()
    region: list[JsonObject] = []
    draw("no_claim", 0, len("OpenAI a fermé ses modèles."))(region)
    path = f"/api/tasks/{task['id']}/annotations/"
    pair.server.call("POST", path, {"result": region, "completed_by": noor_there})

    pair.run()

    assert pair.said(noor)[1].decision == "no_claim"
    pair.check_equal()


def test_submitted_means_read_where_a_connection_says_so(pair: Pair) -> None:
    noor = pair.open_desk(name="noor")
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect(submitted_means_read=True)
    pair.run()
    assert [*pair.said(noor)] == [1]  # What we wrote was submitted by nobody.
    ada = pair.open_desk(name="ada")
    (task,) = pair.tasks()
    people = {one["email"]: one["id"] for one in pair.server.call("GET", "/api/users/")}
    body: JsonObject = {"result": [], "completed_by": people["ada@example.org"]}
    pair.server.call("POST", f"/api/tasks/{task['id']}/annotations/", body)

    pair.run()

    assert {said.decision for said in pair.said(ada).values()} == {"no_claim"}
    assert len(pair.said(ada)) == 4
    pair.check_equal()


def test_what_another_account_of_ours_wrote_was_submitted_by_nobody(pair: Pair) -> None:
    noor = pair.open_desk(name="noor")
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect(submitted_means_read=True)
    pair.run()
    save_claim(noor, 1, "OpenAI a fermé")
    pair.run()
    other = pair.server.sign_up(f"{uuid4().hex}@example.org")

    run = pair.run(token=other.token)

    assert run.counts == {"tasks_read": 1}
    assert [*pair.said(noor)] == [1]


def test_what_went_there_is_submitted_by_nobody_who_shares_our_account(pair: Pair) -> None:
    lena = open_desk(pair.app, "article", "lena")
    save_claim(lena, 1, "OpenAI a fermé ses modèles")
    pair.connect(submitted_means_read=True)
    link(pair, own_account(pair), lena.membership_id)
    pair.run()
    pair.edit(choose("claim_type", "opinion", in_sentence=1))

    pair.run()

    assert {at: said.decision for at, said in pair.said(lena).items()} == {1: "claims"}
    assert first_claim(pair, lena, 1).attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_what_was_read_stays_so_whoever_saves_it_next(pair: Pair) -> None:
    noor, noor_there = pair.sign_up()
    save_claim(noor, 1, "OpenAI a fermé ses modèles")
    pair.connect(submitted_means_read=True)
    pair.run()
    pair.edit(lambda _: None, by=noor_there)
    pair.run(SyncKind.PULL)
    pair.edit(lambda _: None)

    run = pair.run()

    assert (run.counts.get("sentences_saved"), pair.conflicts()) == (None, [])
    assert [said.decision for said in pair.said(noor).values()] == ["claims", *["no_claim"] * 3]
    pair.check_equal()


def test_a_stance_beside_no_claim_is_kept_where_submitted_means_read(pair: Pair) -> None:
    noor, noor_there = pair.sign_up()
    stance = stance_of(None, AUTHOR, "open-models", "favor")
    save_upon(noor, 3, decision="claims", claims=[], stances=[stance])
    pair.connect(submitted_means_read=True)
    pair.run()
    pair.edit(lambda _: None, by=noor_there)

    pair.run()

    said = pair.said(noor)
    assert [said[at].decision for at in (1, 2, 3, 4)] == ["no_claim"] * 4
    assert [one.value for one in said[3].stances] == ["favor"]
    pair.check_equal()


def test_the_task_of_an_erased_text_is_deleted_there(pair: Pair, anna: Desk) -> None:
    save_claim(anna, 1, "OpenAI")
    pair.run()
    save_claim(anna, 1, "OpenAI a fermé")
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    pair.run()
    assert "OpenAI a fermé ses modèles" in pair.stored()  # From before the first change.
    with pair.app.app_context(), transaction() as session:
        article = find_article(session, project_id=pair.project_id, name="article")
        which = {"project_id": pair.project_id, "article_id": article.id}
        erase_article(session, **which, reason="Asked.", by=None, now=utc_now())
        blank_quotes(session, article_id=article.id)
        forget_agreed(session, article_id=article.id)

    run = pair.run()

    assert run.counts == {"tasks_deleted": 1}
    assert "OpenAI" not in pair.stored()
    pair.check_equal()


def test_a_withdrawn_text_rests_on_both_sides(pair: Pair, anna: Desk) -> None:
    with pair.app.app_context(), transaction() as session:
        article = find_article(session, project_id=pair.project_id, name="article")
        which = {"project_id": pair.project_id, "article_id": article.id}
        withdraw_article(session, **which, reason="Looked at.", by=None, now=utc_now())
    pair.edit(choose("claim_type", "opinion", in_sentence=1))

    assert pair.run().counts == {}
    with pair.app.app_context(), transaction() as session:
        restore_article(session, **which, by=None, now=utc_now())
    pair.run()

    assert first_claim(pair, anna, 1).attributes["claim_type"] == "opinion"
    pair.check_equal()


def test_a_new_title_and_a_new_speaker_come_to_the_task(pair: Pair, anna: Desk) -> None:
    proposal = {"register": "speaker", "id": "a" * 16, "name": "Zoé Müller", "kind": "person"}
    assert anna.post("registers", proposal).status_code == 200

    run = pair.run()

    assert run.counts["tasks_changed"] == 1
    assert "Zoé Müller" in str(pair.tasks()[0]["data"]["speakers"])
    pair.check_equal()


def test_a_text_that_was_changed_there_is_not_put_back_under_labels_of_other_words(
    pair: Pair, anna: Desk
) -> None:
    (task,) = pair.tasks()
    changed = {**task["data"], "text": f"Hier, {task['data']['text']}"}
    pair.server.call("PATCH", f"/api/tasks/{task['id']}/", {"data": changed})
    pair.edit(draw("no_claim", 6 + anna.text.index("Nul"), 6 + len(anna.text)))
    before = pair.said(anna)
    proposal = {"register": "speaker", "id": "a" * 16, "name": "Zoé Müller", "kind": "person"}
    assert anna.post("registers", proposal).status_code == 200

    runs = [pair.run() for _ in range(2)]

    assert pair.tasks()[0]["data"] == changed
    assert pair.said(anna) == before
    for run in runs:
        assert run.counts.get("tasks_changed") is None
        (problem,) = run.problems
        assert "delete the task" in str(problem)


def test_a_text_with_its_emoji_there_is_given_as_their_editor_counts_it(
    app: Flask, settings: Settings, either_label_studio: LabelStudio
) -> None:
    make_corpus(app, "Le barrage 💧 cède.")
    pair = Pair(app, settings, either_label_studio, either_label_studio.url)
    anna = pair.open_desk()
    pair.connect()
    pair.run()
    (task,) = pair.tasks()
    as_in_a_file = {**task["data"], "text": anna.text}
    pair.server.call("PATCH", f"/api/tasks/{task['id']}/", {"data": as_in_a_file})
    proposal = {"register": "speaker", "id": "a" * 16, "name": "Zoé Müller", "kind": "person"}
    assert anna.post("registers", proposal).status_code == 200

    assert pair.run().counts["tasks_changed"] == 1

    assert pair.tasks()[0]["data"]["text"] == "Le barrage □ cède."
    pair.check_equal()


def test_commands_do_the_same(pair: Pair, anna: Desk, settings: Settings) -> None:
    save_claim(anna, 1, "OpenAI a fermé")
    pair.edit(choose("claim_type", "opinion", in_sentence=1))
    known = replace(settings, allowed_private_hosts=pair.url.removeprefix("http://"))

    def call(*words: str) -> str:
        command = ["labelstudio", *words, "--project", "demo"]
        result = CliRunner().invoke(command_group(), command, env=environment(known))
        assert result.exit_code == 0, result.output
        return result.output

    assert "1 conflicts opened" in call("sync", "--dry-run")
    assert "1 conflicts opened" in call("sync")
    (listed,) = call("conflicts", "--format", "jsonl").splitlines()
    id_, seen = (json.loads(listed)[name] for name in ("id", "shown"))
    call("settle", id_, "--take", "ours", "--shown", seen)
    assert "1 answers changed" in call("push")
    assert "nothing to do" in call("pull")
    pair.check_equal()


def test_a_connection_is_synced_when_its_time_has_come(pair: Pair, anna: Desk) -> None:
    with pair.app.app_context():
        with transaction() as session:
            get_connection(session, project_id=pair.project_id).sync_minutes = 5
        soon, later = utc_now() + timedelta(minutes=4), utc_now() + timedelta(minutes=6)
        assert [is_due(db.session(), now=when) for when in (soon, later)] == [False, True]
        for _ in range(2):
            with transaction() as session:
                request_due(session, now=later)
        assert len(list_jobs(db.session(), project_id=pair.project_id, kind=JOB)) == 1


def test_pulls_that_hints_ask_for_put_off_no_sync(pair: Pair, anna: Desk) -> None:
    with pair.app.app_context(), transaction() as session:
        get_connection(session, project_id=pair.project_id).sync_minutes = 5
        began = timedelta(minutes=6)
        session.execute(update(SyncRun).values(started_at=utc_now() - began))
    pair.run(SyncKind.PULL)

    with pair.app.app_context():
        assert is_due(db.session(), now=utc_now())
        with transaction() as session:
            which = {"project_id": pair.project_id, "by": None, "now": utc_now()}
            request_sync(session, kind=SyncKind.PULL, **which)
            request_due(session, now=utc_now())
        jobs = list_jobs(db.session(), project_id=pair.project_id, kind=JOB)
        assert {job.arguments["kind"] for job in jobs} == {"pull", "sync"}


def test_in_projects_of_their_own_nobody_sees_another_s_answers(pair: Pair) -> None:
    save_claim(pair.open_desk(name="anna"), 1, "OpenAI a fermé ses modèles")
    noor = pair.open_desk(name="noor")
    save_claim(noor, 2, "C'est une erreur")
    pair.connect(is_apart=True)

    run = pair.run()

    assert run.counts == {"tasks_made": 2, "answers_made": 2}
    assert [one["completed_by"] for one in pair.annotations()] == [pair.account("anna")]
    start = noor.text.index("OpenAI")
    pair.edit(draw("claim", start, start + 6))
    pair.run()
    assert [*pair.said(noor)] == [2]
    assert pair.run(is_plan=True).counts.keys() <= {"tasks_read"}


@pytest.mark.parametrize("is_erased", [False, True])
def test_who_joins_later_gets_a_project_of_their_own_whoever_left(
    pair: Pair, *, is_erased: bool
) -> None:
    first, _ = pair.sign_up()
    (name,) = pair.desks
    pair.connect(is_apart=True)
    pair.run()
    if is_erased:
        with pair.app.app_context(), transaction() as session:
            forget_person(session, email=f"{name}@example.org")
            erase_person(session, email=f"{name}@example.org", by=None, now=utc_now())
    else:
        set_annotator(pair, first, is_one=False)
    namesake, _ = pair.sign_up()
    with pair.app.app_context(), transaction() as session:
        session.get_one(User, namesake.user_id).name = name

    run = pair.run()

    assert (run.problem, run.problems) == (None, ())
    with pair.app.app_context():
        rows = db.session.scalars(select(RemoteProject).order_by(RemoteProject.id)).all()
        left, joined = [(one.membership_id, one.remote_title) for one in rows]
    hidden = f"#{pair.remote_id}" if is_erased else name
    assert left == (first.membership_id, f"{pair.title} · {hidden}")
    assert joined == (namesake.membership_id, f"{pair.title} · {name} 2")
