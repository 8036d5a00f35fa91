"""What programs change beside answers and verdicts: by the operations of the pages."""

import threading

import pytest
from flask import Flask

from tests.adjudicators import TEXT, make_shared_corpus, read_by_two, sit_down
from tests.annotators import make_corpus, open_desk
from tests.clashes import WORDS, make_clashes
from tests.factcheckers import sit_at_desk
from tests.people import join, make_person
from tests.programs import Program, program_of
from tests.releases import put_release
from tests.stances import make_stances
from tests.suggested import suggest, whole_sentence
from tests.synced import save_claim
from workbench.app import JOBS
from workbench.jobs.runner import run_waiting_jobs
from workbench.projects.rules import Role
from workbench.settings import Settings

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
P = "/projects/demo"
THERE = f"{P}/label-studio"


def somebody(app: Flask, *roles: Role, email: str = "ada@example.org") -> Program:
    """Let a program ask for a new person of the project ``demo``."""
    user = make_person(app, email, name=email.partition("@")[0].title())
    join(app, 1, email, roles)
    return program_of(app, user)


@ON_SQLITE
def test_a_statement_is_given_to_a_checker_and_talked_about(app: Flask) -> None:
    make_shared_corpus(app)
    gina = program_of(app, sit_at_desk(app, "gina").user_id)
    made = {"wording": "La terre est ronde.", "language": "fr", "claim_type": "fact"}
    one = f"{P}/statements/{gina.post(f'{P}/statements', made).json['id']}"
    said = {"id": "c" * 16, "text": "Qui le sait ?"}

    (checker,) = gina.get(f"{P}/checkers").json["items"]
    given = gina.post(f"{one}/assign", {"checker": checker["id"], "due_on": "2999-01-01"})
    state = gina.get(one).json["state"]
    past = gina.post(f"{one}/assign", {"checker": checker["id"], "due_on": "2001-01-01"})
    other = gina.post(f"{one}/assign", {"checker": "nobody"})
    nobody = gina.post(f"{one}/assign", {"checker": None})
    comments = [gina.post(f"{one}/comments", said).status_code for _ in range(2)]
    twice = gina.post(f"{one}/comments", {**said, "text": "Moi."})

    assert (given.status_code, given.json["due_on"], state) == (200, "2999-01-01", "assigned")
    assert (past.status_code, other.status_code, nobody.json["checker"]) == (422, 422, None)
    assert gina.get(one).json["state"] == "open"
    assert (comments, twice.status_code) == ([201, 201], 409)
    assert [item["text"] for item in gina.get(f"{one}/comments").json["items"]] == [said["text"]]


@ON_SQLITE
def test_what_is_known_of_an_article_is_changed(app: Flask) -> None:
    make_corpus(app)
    program, one = somebody(app, Role.MANAGER), f"{P}/articles/article"
    known = program.get(one).json
    fields = ("title", "outlet", "author", "published", "url", "language", "rights")
    body = {name: known[name] for name in fields}

    edited = program.post(f"{one}/metadata", {**body, "title": "  Un  titre ", "author": None})
    wrong = program.post(f"{one}/metadata", {**body, "published": "yesterday"})
    zones = {"zones": [{"position": 1, "zone": "caption"}, {"position": 2, "zone": "caption"}]}
    marked = program.post(f"{one}/zones", zones)
    beyond = program.post(f"{one}/zones", {"zones": [{"position": 999, "zone": "body"}]})
    gone = program.post(f"{one}/withdraw", {"reason": "Un doublon."})
    again = program.post(f"{one}/withdraw", {"reason": "Un doublon."})
    back = program.post(f"{one}/restore")

    assert (edited.json["title"], edited.json["author"]) == ("Un titre", None)
    assert (wrong.status_code, marked.status_code, beyond.status_code) == (422, 200, 404)
    found = program.get(f"{one}/sentences?limit=2").json["items"]
    assert [sentence["zone"] for sentence in found] == ["caption", "caption"]
    assert (gone.json["is_withdrawn"], again.status_code) == (True, 409)
    assert back.json["is_withdrawn"] is False


def test_a_case_is_settled_and_what_is_settled_contested(app: Flask) -> None:
    make_shared_corpus(app)
    bob = program_of(app, read_by_two(app)["bob"].user_id)
    lead = sit_down(app)
    program = program_of(app, lead.user_id)
    lead.open()
    case = f"{P}/cases/article"

    (queued,) = program.get(f"{P}/cases").json["items"]
    shown = program.get(case).json
    (first,) = [one for one in shown["sentences"] if one["position"] == 1]
    letters = [one["who"] for one in shown["readings"][first["id"]]]
    later = {"id": "later" * 4, "sentence": first["id"], "compared": ["x" * 16]}
    stale = program.post(f"{case}/defer", later)
    later["compared"] = [one["answer"]["id"] for one in shown["readings"][first["id"]]]
    deferred = program.post(f"{case}/defer", {**later, "note": "Demain."})
    early = bob.post(f"{P}/own/article/contests", {"position": 1, "text": "Non."})
    decision = lead.decision(1)
    settled = [program.post(f"{case}/answers", decision) for _ in range(2)]
    objected = bob.post(f"{P}/own/article/contests", {"position": 1, "text": "Non."})
    (waiting,) = program.get(f"{P}/contests").json["items"]
    answer = f"{P}/contests/{waiting['id']}/answer"
    answers = [program.post(answer, {"text": "Si."}).status_code for _ in range(2)]

    assert (queued["article"], queued["open"], letters) == ("article", 1, ["A", "B"])
    assert (stale.status_code, deferred.status_code, early.status_code) == (412, 200, 403)
    assert [one.json["outcome"] for one in settled] == ["reject_all", "reject_all"]
    assert program.get(case).json["decided"][first["id"]]["outcome"] == "reject_all"
    assert (objected.status_code, waiting["text"], answers) == (201, "Non.", [200, 409])
    assert [one["answer"] for one in bob.get(f"{P}/own/article/contests").json["items"]] == ["Si."]
    assert "bob" not in program.get(f"{P}/contests").text
    reopened = program.post(
        f"{case}/answers", lead.decision(1, base=decision["id"], decision="claims")
    )
    assert reopened.json["outcome"] == "reopen"


@ON_SQLITE
def test_a_question_is_asked_answered_and_settled(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    anna, lead = program_of(app, desk.user_id), somebody(app, Role.MANAGER)
    own = anna.get(f"{P}/own/article").json
    words = {"start": 0, "end": 6, "text": own["text"][:6]}
    asked = {"id": "q" * 16, "sentence": own["sentences"][0]["id"], "span": words, "text": "Qui ?"}

    made = [anna.post(f"{P}/own/article/questions", asked).status_code for _ in range(2)]
    wrong = anna.post(f"{P}/own/article/questions", {**asked, "id": "r" * 16, "colour": "red"})
    (listed,) = lead.get(f"{P}/questions?state=open").json["items"]
    one = f"{P}/questions/{listed['id']}"
    replied = lead.post(f"{one}/messages", {"id": "m" * 16, "text": "Elle."}).json
    settled = lead.post(f"{one}/settle").json["is_settled"]
    left = lead.get(f"{P}/questions?state=open").json["items"]
    reopened = anna.post(f"{one}/reopen").json["is_settled"]

    assert (made, wrong.status_code, listed["asker"]) == ([201, 201], 422, "anna")
    assert [message["text"] for message in replied["messages"]] == ["Qui ?", "Elle."]
    assert (settled, left, reopened) == (True, [], False)
    assert anna.post(f"{one}/read", {"message": "m" * 16}).status_code == 200
    assert somebody(app, Role.ANNOTATOR, email="bo@example.org").get(one).status_code == 404


@ON_SQLITE
def test_a_proposed_speaker_is_accepted_and_merged(app: Flask) -> None:
    anna = program_of(app, open_desk(app, make_corpus(app)).user_id)
    lead = somebody(app, Role.ADJUDICATOR)
    ids = ["a" * 16, "b" * 16]

    for public_id, name in zip(ids, ("Ada Lovelace", "A. Lovelace"), strict=True):
        given = {"register": "speaker", "id": public_id, "name": name, "kind": "person"}
        assert anna.post(f"{P}/own/article/registers", given).status_code == 201
    one, other = (f"{P}/registers/speaker/{public_id}" for public_id in ids)
    accepted = lead.post(f"{one}/accept").json
    changed = {
        "state": accepted["state"],
        "document": {**accepted["document"], "aliases": ["Comtesse"]},
    }
    first = lead.post(f"{one}/change", changed)
    stale = lead.post(f"{one}/change", {**changed, "document": accepted["document"]})
    merged = lead.post(f"{other}/merge", {"into": ids[0]}).json
    circle = lead.post(f"{one}/merge", {"into": ids[1]})
    back = lead.post(f"{other}/unmerge").json

    assert (accepted["is_proposed"], merged["merged_into"]) == (False, ids[0])
    assert (first.json["document"]["aliases"], stale.status_code) == (["Comtesse"], 409)
    assert (circle.status_code, back["merged_into"]) == (409, None)
    names = {entry["name"] for entry in anna.get(f"{P}/own/article/registers").json["speakers"]}
    assert {"Ada Lovelace", "A. Lovelace"} <= names


@ON_SQLITE
def test_slots_go_from_one_annotator_to_another(app: Flask) -> None:
    open_desk(app, make_corpus(app))
    lead = somebody(app, Role.MANAGER)
    somebody(app, Role.ANNOTATOR, email="bo@example.org")
    people = {one["name"]: one["id"] for one in lead.get(f"{P}/members").json["items"]}
    slots = f"{P}/articles/article/slots"

    (held,) = lead.get(slots).json["items"]
    given = lead.post(f"{P}/slots/{held['slot']}/hand-over", {"member": people["Bo"]})
    after = {one["name"]: one for one in lead.get(slots).json["items"]}
    extra = lead.post(f"{P}/articles/article/annotators", {"members": [people["anna"]]})
    paused = lead.post(f"{P}/members/{people['Bo']}/pause", {"frees_slots": True})
    again = lead.post(f"{P}/slots/{after['Bo']['slot']}/take-back")
    left = lead.get(slots).json

    assert (held["name"], given.json) == ("anna", {"article": "article"})
    assert {name: one["state"] for name, one in after.items()} == {"anna": "lapsed", "Bo": "open"}
    assert (extra.json, paused.json, again.status_code) == ({"given": 1}, {"is_paused": True}, 409)
    assert (left["open"], [one["name"] for one in left["items"]]) == (1, ["anna"])
    assert lead.post(f"{P}/members/{people['Bo']}/resume").json == {"is_paused": False}


@ON_SQLITE
def test_a_manager_changes_members_and_settings(app: Flask) -> None:
    make_corpus(app)
    lead = somebody(app, Role.MANAGER)
    make_person(app, "bo@example.org", name="Bo")

    known = lead.post(f"{P}/members", {"email": "bo@example.org", "roles": ["annotator"]})
    new = lead.post(f"{P}/members", {"email": "new@example.org", "roles": ["annotator"]})
    listed = lead.get(f"{P}/members").json
    people = {one["name"]: one["id"] for one in listed["items"]}
    roles = lead.post(f"{P}/members/{people['Bo']}/roles", {"roles": ["adjudicator"]})
    last = lead.post(f"{P}/members/{people['Ada']}/end")
    (invited,) = listed["invitations"]
    left = lead.post(f"{P}/invitations/{invited['id']}/revoke").json
    settings = lead.get(f"{P}/settings").json
    work = settings.pop("work")
    changed = lead.post(f"{P}/settings", {**settings, "overlap": 3, "single_settles": False})
    wrong = lead.post(f"{P}/settings", {**settings, "overlap": "3"})
    rules = {name: value for name, value in work.items() if name != "overlap"}
    given = lead.post(f"{P}/settings/work", {**rules, "given": "queue"})

    assert (known.json["link"], "/invitation/" in new.json["link"]) == (None, True)
    assert (roles.json["roles"], last.status_code) == (["adjudicator"], 409)
    assert (invited["email"], left["invitations"]) == ("new@example.org", [])
    assert (changed.json["overlap"], changed.json["single_settles"]) == (3, False)
    assert (wrong.status_code, given.json["work"]["given"]) == (422, "queue")


@ON_SQLITE
def test_a_release_is_tried_by_a_job_and_taken_back(app: Flask, settings: Settings) -> None:
    make_corpus(app)
    put_release(app, settings, 1, {"README.md": b"x"})
    lead = somebody(app, Role.MANAGER)

    asked = lead.post(f"{P}/builds", {"allow_unsettled": True})
    second = lead.post(f"{P}/builds", {})
    taken = lead.post(f"{P}/builds", {"version": "1"})
    with app.app_context():
        run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())
    job = lead.get(asked.json["url"].removeprefix("/api/v1")).json
    gone = lead.post(f"{P}/releases/1.0.0/withdraw", {"reason": "Une erreur."})

    assert [asked.status_code, second.status_code, taken.status_code] == [202, 409, 422]
    assert job["state"] in {"done", "failed"}
    assert (gone.status_code, gone.json["withdrawal"]) == (200, "Une erreur.")
    assert [path.name for path in (settings.export_dir / "demo/1.0.0").iterdir()] == [
        "WITHDRAWN.json"
    ]


@ON_SQLITE
def test_agreement_is_counted_when_asked_for(app: Flask) -> None:
    make_shared_corpus(app)
    read_by_two(app)
    program = somebody(app, Role.MANAGER, email="lead@example.org")

    none = program.get(f"{P}/agreement").json["detail"]
    asked = program.post(f"{P}/agreement/count").json
    soon = program.get(f"{P}/agreement").json["detail"]
    with app.app_context():
        run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())
    again = program.post(f"{P}/agreement/count").json

    assert (asked["is_current"], asked["is_counting"]) == (False, True)
    assert (again["is_current"], again["is_counting"]) == (True, False)
    assert ("/agreement/count" in none, "being counted" in soon) == (True, True)
    assert program.get(f"{P}/agreement").status_code == 200


@ON_SQLITE
def test_a_suggestion_is_rejected_and_taken_up_again(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    suggest(app, whole_sentence(TEXT, TEXT[:20]))
    anna, own = program_of(app, desk.user_id), f"{P}/own/article/suggestions"

    (shown,) = anna.get(own).json["items"]
    suggested = shown["id"]

    def decide(decision: str, number: int) -> int:
        body = {"id": f"decision{number:08}", "suggestion": suggested, "decision": decision}
        return anna.post(own, body).status_code

    states = [decide("rejected", 1), decide("rejected", 1), decide("reopened", 1)]
    (rejected,) = anna.get(own).json["items"]
    back = decide("reopened", 2)

    assert (shown["rejected"], rejected["rejected"]) == (False, True)
    assert (states, back, decide("perhaps", 3)) == ([200, 200, 409], 200, 422)
    assert anna.get(own).json["items"] == [shown]


@ON_SQLITE
def test_the_map_of_stances_is_counted_page_by_page(app: Flask) -> None:
    make_stances(app)
    program = somebody(app, Role.MANAGER, email="lead@example.org")

    whole = program.get(f"{P}/stances").json
    first = program.get(f"{P}/stances?limit=1").json
    second = program.get(first["next"].removeprefix("/api/v1")).json
    own = program.get(f"{P}/stances?own=true&language=fr").json
    wrong = program.get(f"{P}/stances?own=1")
    again = program.post(f"{P}/stances/count").json

    assert [(one["holder"], one["target"], one["stance"]) for one in whole["items"]] == [
        ("meta", "openai", "against"),
        ("openai", "closed-models", "favor"),
    ]
    assert [*first["items"], *second["items"]] == whole["items"]
    assert (second["next"], len(own["items"]), wrong.status_code) == (None, 1, 422)
    assert again == {"is_current": True, "counted_at": None, "is_counting": False}


@ON_SQLITE
def test_a_connection_with_label_studio_rests_goes_on_and_runs(app: Flask) -> None:
    make_clashes(app)
    lead = somebody(app, Role.MANAGER)

    resting = lead.post(f"{THERE}/pause").json
    refused = lead.post(f"{THERE}/runs", {"kind": "sync", "is_trial": False})
    going = lead.post(f"{THERE}/resume").json["state"]
    asked = lead.post(f"{THERE}/runs", {"kind": "sync", "is_trial": False})
    job = lead.get(asked.json["url"].removeprefix("/api/v1")).json

    assert (resting["state"], resting["projects"]) == ("paused", [{"number": 1, "title": "Débat"}])
    assert "token" not in str(resting)
    assert (refused.status_code, going, asked.status_code) == (409, "active", 202)
    assert job["state"] == "waiting"
    assert lead.get(f"{THERE}/runs").json == {"items": [], "next": None}
    assert lead.get(f"{THERE}/runs/{job['id']}").status_code == 404


@ON_SQLITE
def test_what_both_sides_changed_is_settled_for_one(app: Flask) -> None:
    make_clashes(app)
    lead = somebody(app, Role.MANAGER)

    (first, second) = lead.get(f"{THERE}/conflicts").json["items"]
    one = lead.get(f"{THERE}/conflicts?limit=1").json
    address, shown = f"{THERE}/conflicts/{first['id']}/settle", first["shown"]
    edited = lead.post(address, {"take": "edited", "shown": shown})
    unseen = lead.post(address, {"take": "theirs"})
    left = lead.post(address, {"take": "theirs", "shown": shown}).json
    again = lead.post(address, {"take": "ours", "shown": shown})

    words = [first[side]["claims"][0]["parts"][0]["text"] for side in ("base", "ours", "theirs")]
    assert words == [WORDS, WORDS, WORDS[:6]]
    assert (one["items"], len(one["next"]) > 0) == ([first], True)
    assert (edited.status_code, unseen.status_code) == (422, 422)
    assert (left["items"], again.status_code) == ([second], 409)


@ON_SQLITE
def test_what_was_changed_here_since_a_program_was_shown_it_is_not_written_over(app: Flask) -> None:
    anna = make_clashes(app)
    lead = somebody(app, Role.MANAGER)
    before = lead.get(f"{THERE}/conflicts").json["items"][0]
    save_claim(anna, 1, WORDS[:14])

    address, body = f"{THERE}/conflicts/{before['id']}/settle", {"take": "theirs"}
    refused = lead.post(address, {**body, "shown": before["shown"]})
    after = lead.get(f"{THERE}/conflicts").json["items"][0]
    settled = lead.post(address, {**body, "shown": after["shown"]})

    assert [one["ours"]["claims"][0]["parts"][0]["text"] for one in (before, after)] == [
        WORDS,
        WORDS[:14],
    ]
    assert (refused.status_code, refused.json["code"]) == (412, "stale_revision")
    assert "look at both again" in refused.json["detail"]
    assert refused.json["newest"] == {name: after[name] for name in ("shown", "ours", "theirs")}
    assert settled.status_code == 200


@ON_SQLITE
def test_conflicts_of_an_article_that_one_labels_are_not_told(app: Flask) -> None:
    make_clashes(app)
    lead = somebody(app, Role.MANAGER)
    (conflict, _) = lead.get(f"{THERE}/conflicts").json["items"]
    noor = open_desk(app, "article", "noor")
    noor.open()
    join(app, 1, "noor@example.org", [Role.MANAGER, Role.ANNOTATOR])
    program = program_of(app, noor.user_id)

    assert program.get(f"{THERE}/conflicts").json["items"] == []
    settled = program.post(
        f"{THERE}/conflicts/{conflict['id']}/settle", {"take": "ours", "shown": "0"}
    )
    assert settled.status_code == 404
