"""Training: a learner trains first, sees the differences, and begins real work at the score."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.annotators import Desk
from tests.factories import NOW, claim_on
from tests.functional.test_scheme_change import asking, change, document
from tests.people import browser_of, join, make_person, send
from tests.suggested import suggest, whole_sentence
from tests.training import (
    LESSON,
    TRAINING,
    School,
    make_learner,
    make_school,
    membership_of,
    quoted,
    read_all,
)
from workbench.accounts.tables import AuditEvent
from workbench.corpus.operations import erase_article, withdraw_article
from workbench.corpus.queries import find_article
from workbench.datasets.records import RecordKind, sentence_records
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.precision import Which, measure_precision
from workbench.labelling.queries import Change, revisions_after
from workbench.labelling.tables import (
    Assignment,
    TrainingArticle,
    TrainingPass,
    TrainingReason,
    TrainingTry,
)
from workbench.labelling.training import unseen_lessons
from workbench.projects.operations import end_membership
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.storage.base import Base
from workbench.storage.database import db, transaction

HOME = "/"
SECRET = "Because Meta says so."


@pytest.fixture
def school(app: Flask) -> School:
    """The lesson is marked, and the training is on."""
    school = make_school(app)
    assert school.mark() == 303
    assert school.switch_on() == 303
    return school


def start(client: FlaskClient, slug: str) -> int:
    return send(client, f"/projects/demo/annotate/{slug}/start").status_code


def learn_well(desk: Desk) -> None:
    read_all(desk, claim_on(desk.text, 0, 27), quoted(desk))


def learn_badly(desk: Desk) -> None:
    read_all(desk, None, quoted(desk, "openai", claim_type="fact"))


def differences(desk: Desk) -> str:
    answer = desk.client.get(f"{desk.base}differences")
    assert answer.status_code == 200, answer.text
    return answer.text


def download(client: FlaskClient, kind: str) -> str:
    with client.get(f"/projects/demo/download/{kind}.jsonl") as answer:
        return answer.text


def rows(app: Flask, table: type[Base]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def give_reason(school: School, position: int = 2, text: str = SECRET) -> int:
    return school.post("articles/lesson/reasons", position=str(position), text=text)


def test_real_work_is_closed_to_a_learner_until_they_reach_the_score(school: School) -> None:
    client = make_learner(school.app)

    assert start(client, "work") == 403
    home = client.get(HOME).text
    assert "/annotate/lesson/start" in home
    assert "/annotate/work/start" not in home
    assert home.index("annotate/lesson/") < home.index("annotate/work/")
    assert "70" in client.get("/projects/demo/annotate/work/").text


@pytest.mark.parametrize("is_good", [False, True])
def test_a_learner_goes_on_with_what_is_open(school: School, is_good: bool) -> None:
    desk = school.learner()
    (learn_well if is_good else learn_badly)(desk)

    reply = desk.post("finish").json

    assert reply
    assert reply["differences"] == f"{desk.base}differences"
    assert bool(reply["next"]) is is_good


def test_the_score_opens_real_work(school: School) -> None:
    lotte = school.learner("lotte")
    learn_well(lotte)

    assert start(lotte.client, "work") == 303
    assert "/annotate/work/" in lotte.client.get(HOME).text


def test_a_score_below_the_mark_keeps_it_closed_and_another_try_opens_it(school: School) -> None:
    desk = school.learner()
    learn_badly(desk)
    assert start(desk.client, "work") == 403

    again = send(desk.client, f"{desk.base}again")
    assert again.status_code == 303
    desk.open()
    learn_well(desk)

    assert start(desk.client, "work") == 303
    assert rows(school.app, TrainingTry) == 2
    assert "100" in school.lead.get(TRAINING).text


def test_what_the_reference_was_never_asked_counts_for_nothing(school: School) -> None:
    change(school.app, document(asking("novelty")))
    lena = school.learner()
    said = {"claim_type": "fact", "check_worthiness": "yes", "novelty": "yes"}

    read_all(
        lena,
        claim_on(lena.text, 0, 27, attributes=said),
        quoted(lena, novelty="yes"),
        scheme=2,
    )

    with school.app.app_context():
        shares = db.session.scalars(select(TrainingTry.shares)).one()
    assert shares["claim_type"] == [2, 2]
    assert "novelty" not in shares


def test_differences_are_named_with_the_reason_and_the_rule(school: School) -> None:
    assert give_reason(school) == 303
    desk = school.learner()
    learn_badly(desk)

    page = differences(desk)

    assert SECRET in page
    for words in ("2 of 3", "1 of 2", "Meta", "Opinion", "#rule-", "#s2"):
        assert words in page, words
    assert "1 sentence where you agree" in page


def test_a_learner_sees_no_reference_before_they_finish(school: School) -> None:
    give_reason(school)
    desk = school.learner()

    assert desk.client.get(f"{desk.base}differences").status_code == 403
    page = desk.client.get(desk.base).text
    assert SECRET not in page
    assert json.loads(json.dumps(desk.page["answers"])) == []

    learn_badly(desk)
    send(desk.client, f"{desk.base}again")
    assert desk.client.get(f"{desk.base}differences").status_code == 403


@pytest.mark.parametrize("kind", ["gold", "all"])
def test_other_roles_show_a_learner_no_reference_either(school: School, kind: str) -> None:
    client = make_learner(school.app)
    with school.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(school.app, project, "lena@example.org", {Role.ADJUDICATOR, Role.DATA_USER})

    assert '"meta"' not in download(client, kind)
    assert client.get(f"{TRAINING}articles/lesson/").status_code == 403
    assert "Un titre" in client.get("/projects/demo/download").text
    assert '"meta"' in download(school.lead, kind)


@pytest.mark.parametrize("kind", RecordKind)
def test_what_is_answered_in_training_is_in_no_dataset(school: School, kind: RecordKind) -> None:
    def records() -> list[object]:
        with school.app.app_context():
            project = project_by_slug(db.session(), slug="demo").id
            return list(sentence_records(db.session(), project_id=project, kind=kind))

    before = records()
    learn_badly(school.learner())

    assert records() == before


def test_what_is_decided_in_training_says_nothing_about_a_rule(school: School) -> None:
    offered = whole_sentence(" ".join(LESSON), LESSON[0])
    suggest(school.app, offered, slug="lesson")
    desk = school.learner()
    suggestions: list[dict[str, str]] = desk.page["suggestions"]  # type: ignore[assignment]
    rejection = {"id": "d" * 20, "suggestion": suggestions[0]["id"], "decision": "rejected"}
    assert desk.post("suggestions", rejection).status_code == 200

    with school.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        precision = measure_precision(db.session(), Which(project))
    assert sum(one.decided for one in precision) == 0


def test_what_is_answered_in_training_is_handed_on_to_nobody(school: School) -> None:
    def changes() -> list[Change]:
        with school.app.app_context():
            project = project_by_slug(db.session(), slug="demo").id
            return revisions_after(db.session(), project_id=project, cursor=0)

    before = changes()

    learn_badly(school.learner())

    assert len(before) == len(LESSON)
    assert changes() == before


def test_a_lead_who_has_still_to_train_sees_no_questions_about_it(school: School) -> None:
    (first, *_), path = school.reference.page["sentences"], "/projects/demo/questions/"  # type: ignore
    span = {"start": 0, "end": 6, "text": "OpenAI"}
    asked = {"id": "q" * 20, "sentence": first["id"], "span": span, "claim": None, "text": SECRET}
    assert school.reference.post("questions", asked).status_code == 200
    user = make_person(school.app, "lina@example.org")
    with school.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
    join(school.app, project, "lina@example.org", {Role.MANAGER, Role.ANNOTATOR})
    lead = browser_of(school.app, user)

    assert SECRET not in lead.get(path).text
    assert lead.get(f"{path}{'q' * 20}/").status_code == 404
    assert SECRET in school.lead.get(path).text


def test_training_takes_nobody_elses_place(school: School) -> None:
    learn_badly(school.learner())
    assert school.post("settings", percent="70") == 303

    client = make_learner(school.app, "paul")

    assert "/annotate/work/start" in client.get(HOME).text
    with school.app.app_context():
        taken = select(Assignment).where(Assignment.membership_id.is_not(None))
        slots = db.session.scalars(taken.order_by(Assignment.id)).all()
        assert [slot.is_training for slot in slots] == [False, True]


def test_who_has_finished_real_work_before_needs_no_training(school: School) -> None:
    assert start(school.reference.client, "work") == 303


def test_a_lead_lets_somebody_through_and_it_is_written_down(school: School) -> None:
    desk = school.learner()
    member = str(desk.page["person"]["id"])  # type: ignore[index,call-overload]

    assert school.post(f"people/{member}") == 303

    assert start(desk.client, "work") == 303
    with school.app.app_context():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "pass_training").order_by(AuditEvent.id)
        ).all()[-1]
        assert event.details == {"reason": "lead"}


def test_work_begun_before_training_goes_on(app: Flask) -> None:
    school = make_school(app)
    begun = school.learner(slug="work")
    school.mark()
    school.switch_on()

    assert begun.save(1).status_code == 200
    assert begun.client.get(begun.base).status_code == 200
    assert start(begun.client, "lesson") == 303


def test_a_lesson_begun_before_it_was_one_is_one_when_it_is_finished(app: Flask) -> None:
    school = make_school(app)
    desk = school.learner()
    school.mark()
    school.switch_on()

    learn_badly(desk)

    assert "2 of 3" in differences(desk)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("articles/", {"reference": "lesson 0000000000000000"}),
        ("articles/", {"reference": "nothing nobody"}),
        ("articles/lesson/reasons", {"position": "99", "text": "x"}),
        ("articles/lesson/reasons", {"position": "9" * 30, "text": "x"}),
        ("articles/lesson/reasons", {"position": "1", "text": "x" * 2001}),
        ("settings", {"percent": "0"}),
        ("settings", {"percent": "101", "is_on": "y"}),
        ("people/0000000000000000", {}),
    ],
)
def test_what_does_not_exist_is_refused(school: School, path: str, fields: dict[str, str]) -> None:
    before = [rows(school.app, table) for table in (TrainingArticle, TrainingReason, TrainingPass)]

    assert school.post(path, **fields) in {404, 422}

    after = [rows(school.app, table) for table in (TrainingArticle, TrainingReason, TrainingPass)]
    assert after == before


def test_a_learners_own_answers_are_no_reference(school: School) -> None:
    desk = school.learner()
    learn_well(desk)

    assert school.mark("lesson", desk) == 422
    assert membership_of(school.app, desk.user_id) not in school.lead.get(TRAINING).text


def test_training_is_not_switched_on_without_an_article(app: Flask) -> None:
    school = make_school(app)

    assert school.switch_on() == 422


def test_the_last_article_stays_while_training_is_on(school: School) -> None:
    school.post("articles/lesson/unmark")
    assert rows(school.app, TrainingArticle) == 1

    school.post("settings", percent="70")
    school.post("articles/lesson/unmark")
    assert rows(school.app, TrainingArticle) == 0


def test_a_withdrawn_article_trains_nobody_and_both_sides_are_told(school: School) -> None:
    desk = school.learner()
    learn_badly(desk)
    with school.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        article = find_article(session, project_id=project, name="lesson").id
        withdraw_article(
            session, project_id=project, article_id=article, reason="A try.", by=None, now=NOW
        )

    assert desk.client.get(f"{desk.base}differences").status_code == 422
    assert "nothing to train on" in desk.client.get(HOME).text
    assert "new annotators cannot begin" in school.lead.get(TRAINING).text


def test_a_reference_who_has_left_stays_the_reference(school: School) -> None:
    with school.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        end_membership(
            session, project_id=project, user_id=school.reference.user_id, by=None, now=NOW
        )
    desk = school.learner()
    learn_badly(desk)

    assert "2 of 3" in differences(desk)
    assert "has left" in school.lead.get(TRAINING).text


def test_erasing_an_article_takes_the_reasons_with_it(school: School) -> None:
    give_reason(school)
    with school.app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        article = find_article(session, project_id=project, name="lesson").id
        erase_article(
            session, project_id=project, article_id=article, reason="A try.", by=None, now=NOW
        )
        blank_quotes(session, article_id=article)

    assert rows(school.app, TrainingReason) == 0


def test_a_reason_of_too_many_characters_is_shown_again_for_shortening(school: School) -> None:
    fields = {"position": "2", "text": "x" * 2001}
    page = send(school.lead, f"{TRAINING}articles/lesson/reasons", page=TRAINING, **fields)

    assert page.status_code == 422
    assert "A reason may have 2000 characters; this one has 2001." in page.text
    assert re.findall("<details open>|x{2001}|maxlength", page.text) == [
        "<details open>",
        "x" * 2001,
    ]


def test_an_empty_reason_takes_it_away(school: School) -> None:
    give_reason(school)
    give_reason(school, text="Another.")
    assert "Another." in school.lead.get(f"{TRAINING}articles/lesson/").text

    give_reason(school, text=" ")

    assert rows(school.app, TrainingReason) == 0
    assert school.post("articles/lesson/reasons", position="1") == 303


def test_the_lead_sees_tries_scores_and_what_is_most_often_missed(school: School) -> None:
    for name in ("lena", "lotte"):
        learn_badly(school.learner(name))

    page = school.lead.get(TRAINING).text

    assert "2 of 2 learners" in page
    assert "Who says it 0 of 2" in page
    assert page.count("1 try") == 2


def test_articles_are_trained_on_in_the_order_the_lead_gives(school: School) -> None:
    desk = school.reference
    desk.base = "/projects/demo/annotate/work/"
    assert start(desk.client, "work") == 303
    desk.open()
    read_all(desk)
    assert school.mark("work") == 303
    client = make_learner(school.app)

    def first() -> str:
        home = client.get(HOME).text
        return min(("lesson", "work"), key=lambda slug: home.index(f"annotate/{slug}/"))

    assert first() == "lesson"
    assert school.post("articles/work/up") == 303
    assert first() == "work"


def test_nobody_who_does_not_learn_has_unseen_lessons(school: School) -> None:
    with school.app.app_context():
        project = project_by_slug(db.session(), slug="demo").id
        rita = unseen_lessons(db.session(), project_id=project, user_id=school.reference.user_id)

    assert rita == set()
    assert browser_of(school.app, school.reference.user_id).get(HOME).status_code == 200
