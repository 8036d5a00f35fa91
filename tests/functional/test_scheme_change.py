"""A label scheme is changed under answers: told first, mapped, asked again or left."""

import copy
from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.adjudicators import Bench, make_shared_corpus, read_by_two, set_project, sit_down
from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on
from workbench.accounts.tables import AuditEvent
from workbench.app import JOB_HANDLERS
from workbench.canonical import JsonObject
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import run_waiting_jobs
from workbench.jobs.tables import Job
from workbench.labelling import scheme_changes
from workbench.labelling.board import Filter, read_board
from workbench.labelling.scheme_changes import change_scheme, list_scheme_revisions, plan_change
from workbench.labelling.tables import AnnotationRevision, Assignment, ClaimRevision
from workbench.projects.operations import default_scheme
from workbench.projects.queries import project_by_slug
from workbench.projects.scheme_changes import parse_step
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
Fields = dict[str, dict[str, object]]


def document(*changes: Callable[[Fields], object]) -> JsonObject:
    made = copy.deepcopy(default_scheme())
    fields = {field["name"]: field for field in made["fields"]}
    for change in changes:
        change(fields)
    made["fields"] = list(fields.values())
    return made


def without(field: str, value: str) -> Callable[[Fields], object]:
    def change(fields: Fields) -> None:
        fields[field]["values"] = [v for v in fields[field]["values"] if v["name"] != value]

    return change


def adding(field: str, value: str) -> Callable[[Fields], object]:
    new = {"name": value, "key": "9", "label": {"fr": value, "en": value}}
    return lambda fields: fields[field]["values"].append(new)


def asking(field: str) -> Callable[[Fields], object]:
    """Add a choice that is always asked of a claim."""
    new = {
        "name": field,
        "on": "claim",
        "kind": "choice",
        "ask": "always",
        "default": None,
        "key": "9",
        "label": {"fr": field, "en": field},
        "values": [
            {"name": value, "key": key, "label": {"fr": value, "en": value}}
            for key, value in (("1", "yes"), ("2", "no"))
        ],
    }
    return lambda fields: fields.update({field: new})


NO_POSITION = document(without("claim_type", "position"))


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Somebody who has finished an article: a fact first, a position with a stance second."""
    make_corpus(app)
    return label(open_desk(app))


def label(desk: Desk, first: str = "fact", second: str = "position") -> Desk:
    claims = []
    for number, (sentence, claim_type) in enumerate(zip(SENTENCES, (first, second), strict=False)):
        start = TEXT.index(sentence)
        attributes = {"claim_type": claim_type, "check_worthiness": "yes"}
        claim = claim_on(TEXT, start, start + len(sentence), attributes=attributes)
        claims.append({**claim, "id": f"claim{desk.user_id:08}{number:08}"})
    stance = {"claim": claims[1]["id"], "holder": "author", "target": "meta", "value": "favor"}
    saved = [
        desk.save(1, decision="claims", claims=claims[:1]),
        desk.save(2, decision="claims", claims=claims[1:], stances=[stance]),
        desk.save(3),
        desk.save(4),
        desk.post("finish"),
    ]
    assert [one.status_code for one in saved] == [200] * 5, [one.text for one in saved]
    return desk


def project_id(app: Flask) -> int:
    with app.app_context():
        return project_by_slug(db.session, slug="demo").id


def change(app: Flask, scheme: JsonObject, *steps: str, base: int = 1) -> dict[str, int]:
    """Change the scheme, let the job run, and return what became of the answers."""
    with app.app_context(), transaction() as session:
        asked = change_scheme(
            session,
            project_id=project_by_slug(session, slug="demo").id,
            document=scheme,
            base=base,
            steps=[parse_step(step) for step in steps],
            by=None,
            now=NOW,
        )
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=Event())
    if asked.job is None:
        return {}
    status = job_of(app, asked.job)
    assert status.state == "done", status.problem
    return {name: status.result[name] for name in ("mapped", "asked", "left")}


def job_of(app: Flask, job: str) -> object:
    with app.app_context():
        return get_job(db.session(), project_id=project_id(app), public_id=job)


def history(app: Flask, position: int = 2) -> list[tuple[str, str, object]]:
    """Return cause, decision and types of claims of each revision of the first person's answer."""
    with app.app_context():
        rows = db.session.execute(
            select(AnnotationRevision, ClaimRevision.attributes)
            .outerjoin(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
            .where(AnnotationRevision.annotation_id == position)
            .order_by(AnnotationRevision.number)
        )
        return [
            (one.cause, one.decision, attributes and attributes["claim_type"])
            for one, attributes in rows
        ]


def own_answer(desk: Desk, position: int = 2) -> dict[str, object]:
    answers = {one["sentence"][-1]: one for one in desk.open()["answers"]}
    return answers[str(position)]


def test_the_plan_says_whose_answers_are_touched_and_writes_nothing(app: Flask, desk: Desk) -> None:
    label(open_desk(app, name="bert"), second="cause")
    with app.app_context():
        plan = plan_change(db.session(), project_id=project_id(app), document=NO_POSITION)

    assert plan.base == 1
    assert [field.name for field in plan.changes] == ["claim_type"]
    assert {place: dict(one.people) for place, one in plan.touched.items()} == {
        ("claim_type", "position"): {"anna": 1}
    }
    assert [one[0] for one in revisions(app)] == [1]


def revisions(app: Flask) -> list[tuple[int, int]]:
    with app.app_context():
        listed = list_scheme_revisions(db.session(), project_id=project_id(app))
        return [(number, answers) for number, _, answers in listed]


def test_a_retired_value_is_mapped_by_one_more_revision(app: Flask, desk: Desk) -> None:
    assert change(app, NO_POSITION, "claim_type.position=opinion") == {
        "mapped": 1,
        "asked": 0,
        "left": 0,
    }

    assert history(app) == [
        ("human", "claims", "position"),
        ("scheme_change", "claims", "opinion"),
    ]
    claim = own_answer(desk)["claims"][0]
    assert claim["attributes"]["check_worthiness"] == "no"  # not asked of opinions
    assert len(own_answer(desk)["stances"]) == 1
    assert revisions(app) == [(2, 1), (1, 3)]
    assert desk.page["assignment"]["state"] == "finished"


def test_what_is_asked_again_is_open_and_its_slot_too(app: Flask, desk: Desk) -> None:
    bert = label(open_desk(app, name="bert"), second="cause")

    tally = change(app, NO_POSITION, "claim_type.position?")

    assert tally == {"mapped": 0, "asked": 1, "left": 0}
    assert history(app)[-1] == ("scheme_change", "claims", None)
    assert desk.open()["assignment"]["state"] == "working"
    assert desk.page["asked_again"] == [2]
    assert "what is asked again is marked" in desk.client.get(desk.base).text
    home = desk.client.get("/").text
    assert ("1 sentence is asked again" in home, "3 of 4" in home) == (True, True)
    assert bert.open()["assignment"]["state"] == "finished"
    left = desk.post("finish")
    assert left.status_code == 422
    assert [left.json["unread"], [one[-1] for one in left.json["incomplete"]]] == [[], ["2"]]

    answer = own_answer(desk)
    claim = answer["claims"][0]
    claim["attributes"]["claim_type"] = "opinion"
    again = desk.answer(
        2, base=answer["id"], decision="claims", claims=[claim], stances=answer["stances"], scheme=2
    )
    assert desk.post("answers", again).status_code == 200
    assert "asked again" not in desk.client.get(desk.base).text + desk.client.get("/").text
    assert desk.post("finish").status_code == 200


def test_what_is_asked_again_is_not_done_on_the_board(app: Flask, desk: Desk) -> None:
    label(open_desk(app, name="bert"), first="position")  # Two of his are asked again.
    label(open_desk(app, name="cleo"), second="cause")

    change(app, NO_POSITION, "claim_type.position?")

    with app.app_context():
        found = read_board(
            db.session(),
            project_id=project_id(app),
            reader=0,
            wanted=Filter(),
            limit=200,
            page=1,
            now=NOW,
        )
    cells = found.articles[0].cells.values()
    assert [(cell.state, cell.percent) for cell in cells] == [
        *(("working", 75), ("working", 50), ("finished", 0))
    ]
    assert found.forecast.open_sentences == 1 + 2


def test_in_a_queue_what_is_asked_again_stays_with_its_person(app: Flask, desk: Desk) -> None:
    set_project(app, work_given="queue")

    change(app, NO_POSITION, "claim_type.position?")

    with app.app_context():
        slots = db.session.execute(select(Assignment.state, Assignment.lease_until)).all()
    assert ("working", None) in slots


def test_splitting_asks_again_exactly_where_the_value_stands(app: Flask, desk: Desk) -> None:
    split = document(adding("claim_type", "event"))

    assert change(app, split, "claim_type.fact?") == {"mapped": 0, "asked": 1, "left": 0}

    assert [history(app, position)[-1][2] for position in (1, 2)] == [None, "position"]


def test_what_is_left_keeps_its_revision_and_is_asked_when_worked_on(
    app: Flask, desk: Desk
) -> None:
    assert change(app, NO_POSITION) == {}

    assert history(app) == [("human", "claims", "position")]
    assert revisions(app) == [(2, 0), (1, 4)]
    assert own_answer(desk)["claims"][0]["attributes"]["claim_type"] is None
    assert desk.page["assignment"]["state"] == "finished"


def test_a_stance_that_is_asked_again_opens_its_sentence(app: Flask, desk: Desk) -> None:
    scheme = document(without("stance_value", "favor"))
    with pytest.raises(InvalidInputError, match="no stance goes without one"):
        change(app, scheme)

    assert change(app, scheme, "stance_value.favor?")["asked"] == 1

    answer = own_answer(desk)
    assert (answer["decision"], answer["claims"], answer["stances"]) == ("claims", [], [])
    assert [one[-1] for one in desk.post("finish").json["unread"]] == ["2"]


def test_a_stance_is_mapped(app: Flask, desk: Desk) -> None:
    scheme = document(without("stance_value", "favor"), adding("stance_value", "backs"))

    assert change(app, scheme, "stance_value.favor=backs")["mapped"] == 1

    assert own_answer(desk)["stances"][0]["value"] == "backs"


def test_who_has_left_is_not_asked_again(app: Flask, desk: Desk) -> None:
    with app.app_context(), transaction() as session:
        session.scalars(select(Assignment)).one().state = "lapsed"

    assert change(app, NO_POSITION, "claim_type.position?") == {"mapped": 0, "asked": 0, "left": 1}
    assert history(app) == [("human", "claims", "position")]


def test_answers_on_their_way_keep_their_scheme_and_are_taken(app: Flask, desk: Desk) -> None:
    change(app, NO_POSITION)
    answer = own_answer(desk, 3)
    claim = claim_on(TEXT, TEXT.index("Pourquoi"), TEXT.index("Pourquoi") + 8)
    claim["attributes"] = {"claim_type": "position", "check_worthiness": "no"}

    late = desk.save(3, base=answer["id"], decision="claims", claims=[claim], scheme=1)

    assert late.status_code == 200, late.text
    assert history(app, 3)[-1] == ("human", "claims", "position")


def test_an_answer_that_was_changed_meanwhile_is_shown_as_the_newest(
    app: Flask, desk: Desk
) -> None:
    before = own_answer(desk)
    change(app, NO_POSITION, "claim_type.position=opinion")

    stale = desk.save(2, base=before["id"], scheme=1)

    assert stale.status_code == 412
    assert stale.json["newest"]["claims"][0]["attributes"]["claim_type"] == "opinion"


def test_a_job_that_is_cut_goes_on_and_counts_each_answer_once(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheme_changes, "BATCH", 1)
    label(open_desk(app, name="bert"), first="position")
    real = scheme_changes._Change.take
    calls = []

    def cut(*args: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **named)

    monkeypatch.setattr(scheme_changes._Change, "take", cut)
    with pytest.raises(KeyboardInterrupt):
        change(app, NO_POSITION, "claim_type.position=fact")
    with app.app_context(), transaction() as session:
        session.execute(update(Job).values(lease_until=NOW))
    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=Event())

    with app.app_context():
        causes = db.session.scalars(
            select(AnnotationRevision.cause).where(AnnotationRevision.cause == "scheme_change")
        ).all()
        (job,) = db.session.scalars(select(Job))
        assert (len(causes), job.state, job.done, job.result["mapped"]) == (3, "done", 3, 3)


def test_of_two_changes_the_second_is_told(app: Flask, desk: Desk) -> None:
    change(app, NO_POSITION)

    with pytest.raises(StaleRevisionError, match="is at revision 2"):
        change(app, document(adding("claim_type", "event")), base=1)
    with pytest.raises(InvalidInputError, match="nothing changes"):
        change(app, NO_POSITION, base=2)


def test_the_change_is_in_the_audit(app: Flask, desk: Desk) -> None:
    change(app, NO_POSITION, "claim_type.position?")

    with app.app_context():
        found = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    actions = {one.action: one.details for one in found}
    assert actions["change_scheme"] == {"steps": ["claim_type.position?"]}
    assert actions["reopen_assignment"] == {"scheme": 2}


def agree_on_the_first(app: Flask) -> Bench:
    """Two who differ, and a lead who has taken the first one's answer over."""
    make_shared_corpus(app)
    read_by_two(app)
    bench = sit_down(app)
    bench.open()
    assert bench.post("answers", bench.take(1, "A")).status_code == 200
    return bench


NO_FACT = document(without("claim_type", "fact"))


def test_agreed_answers_are_mapped_and_not_to_be_looked_at_again(app: Flask) -> None:
    bench = agree_on_the_first(app)

    tally = change(app, NO_FACT, "claim_type.fact=number")

    assert tally == {"mapped": 3, "asked": 0, "left": 0}
    page = bench.open()
    (agreed,) = page["answers"]
    assert (agreed["number"], agreed["claims"][0]["attributes"]["claim_type"]) == (2, "number")
    assert page["changed"] == []


def test_changes_one_after_the_other_give_nobody_anything_to_look_at_again(app: Flask) -> None:
    bench = agree_on_the_first(app)
    change(app, NO_FACT, "claim_type.fact=number")

    scheme = document(without("claim_type", "fact"), without("claim_type", "number"))
    change(app, scheme, "claim_type.number=opinion", base=2)

    assert bench.open()["answers"][0]["number"] == 3
    assert bench.page["changed"] == []


def test_an_answer_under_a_later_scheme_is_left_by_a_job_that_comes_late(
    app: Flask, desk: Desk
) -> None:
    with app.app_context(), transaction() as session:
        asked = {"project_id": project_by_slug(session, slug="demo").id, "by": None, "now": NOW}
        step = parse_step("claim_type.position=opinion")
        change_scheme(session, document=NO_POSITION, base=1, steps=[step], **asked)
        change_scheme(session, document=document(), base=2, steps=[], **asked)
    answer = own_answer(desk)
    body = {"decision": "claims", "claims": answer["claims"], "stances": answer["stances"]}
    assert desk.save(2, base=answer["id"], scheme=3, **body).status_code == 200

    run_waiting_jobs(JOB_HANDLERS, app_context=app.app_context, stop=Event())

    assert history(app)[-1] == ("human", "claims", "position")


def test_agreed_answers_are_left_where_annotators_are_asked_again(app: Flask) -> None:
    bench = agree_on_the_first(app)

    tally = change(app, NO_FACT, "claim_type.fact?")

    assert tally == {"mapped": 0, "asked": 2, "left": 1}
    assert bench.open()["answers"][0]["number"] == 1
