"""What suggestions do to annotators: both arms, from answers to the report."""

import json
from collections.abc import Mapping

import jsonschema
import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import claim_on
from tests.suggested import quotation, suggest
from workbench.adjudication.agreeing import Agreement, report_agreement
from workbench.agreement.document import read_report, report_document
from workbench.agreement.figures import Arms, Undefined
from workbench.cli.agreement_text import print_html, print_text
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.labelling.suggesting import is_withheld
from workbench.labelling.tables import AnnotationRevision, Suggestion
from workbench.projects.operations import change_project
from workbench.projects.queries import project_by_slug
from workbench.resources import resource_folder
from workbench.storage.database import db, transaction

SCHEMA = resource_folder("schemas") / "agreement-report.v1.schema.json"
WORDS = ("Un", "Deux", "Trois")
SENTENCES = (*(f"« {word} », dit Meta." for word in WORDS), "Rien.")
TEXT = " ".join(SENTENCES)
WITHHELD = 2  # the only sentence without suggestions at first


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """Two who read three sentences with suggestions, those of the second only afterwards."""
    make_corpus(app, *SENTENCES)
    suggest(app, *(quotation(TEXT, word, speaker="Meta", cue="dit") for word in WORDS))
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        article = session.scalars(select(Article.public_id)).one()
        project.seed = next(seed for seed in map(str, range(1000)) if draws_one(seed, article))
        project.suggestion_free_percent = 50
        project.overlap = 2
    return [open_desk(app, name=name) for name in ("anna", "bert")]


def draws_one(seed: str, article: str) -> bool:
    drawn = [place for place in range(1, 5) if is_withheld(seed, f"{article}.1.{place}", 50)]
    return drawn == [WITHHELD]


def claim(desk: Desk, number: int, *, accepts: bool = True, **changes: object) -> dict[str, object]:
    """Return what the suggestion of a sentence says as a claim, accepted or made by hand."""
    start = TEXT.index(WORDS[number - 1])
    cue, meta = TEXT.index("dit"), TEXT.index("Meta")  # where the suggestions have them
    link = {
        "speaker": "meta",
        "mention": {"start": meta, "end": meta + 4, "text": "Meta"},
        "cue": {"start": cue, "end": cue + 3, "text": "dit"},
        "attributes": {"quote_type": "direct", "act": "asserts"},
    }
    with desk.app.app_context():
        suggestions = db.session.scalars(select(Suggestion.public_id).order_by(Suggestion.id)).all()
    made = claim_on(
        TEXT,
        start,
        start + len(WORDS[number - 1]),
        id=f"claim{desk.user_id:04}{desk.sent:07}",
        suggestion=suggestions[number - 1] if accepts else None,
        attributes={"claim_type": "opinion"},
        chain=[{"speaker": "author"}, link],
    )
    return {**made, **changes}


def answer(desk: Desk, number: int, *claims: object, base: str | None = None) -> str:
    decision = "claims" if claims else "no_claim"
    saved = desk.save(number, base=base, decision=decision, claims=list(claims))
    assert saved.status_code == 200, saved.text
    return str(saved.json["id"])


def reject(desk: Desk, number: int) -> None:
    with desk.app.app_context():
        suggestions = db.session.scalars(select(Suggestion.public_id).order_by(Suggestion.id)).all()
    desk.sent += 1
    id_ = f"decision{1000 * desk.user_id + desk.sent:016}"
    said = {"id": id_, "suggestion": suggestions[number - 1], "decision": "rejected"}
    assert desk.post("suggestions", said).status_code == 200


def read_all(desks: list[Desk]) -> None:
    """Let both accept the first and reject the third; bert alone finds the second by himself."""
    anna, bert = desks
    for desk in desks:
        answer(desk, 1, claim(desk, 1))
        reject(desk, 3)
        answer(desk, 3)
        answer(desk, 4)
    answer(anna, 2, claim(anna, 2), base=answer(anna, 2))
    answer(bert, 2, claim(bert, 2, accepts=False))
    for desk in desks:
        assert desk.post("finish").status_code == 200


def report(app: Flask) -> Agreement:
    """Return the report, which is the same once written and read as JSON by its schema."""
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo")
        found = report_agreement(db.session(), project_id=project.id)
    document = json.loads(json.dumps(report_document(found.report, project="", names=found.names)))
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert report_document(read_report(document), project="", names=found.names) == document
    return found


def arms_of(app: Flask) -> Arms:
    found = report(app).report.arms
    assert found
    return found


def shares(arms: Arms) -> Mapping[str, tuple[float | None, float | None]]:
    return {one.shown.name: (one.shown.value, one.withheld.value) for one in arms.suggestions}


def test_what_became_of_suggestions_is_told_by_arm(app: Flask, desks: list[Desk]) -> None:
    read_all(desks)

    arms = arms_of(app)

    assert (arms.shown, arms.withheld, arms.left_out) == (3, 1, 0)
    assert shares(arms) == {
        "first_words": (0.5, 0.5),
        "first_all": (0.5, 0.5),
        "as_proposed": (0.5, 1),
        "changed": (0, 0),
        "rejected": (0.5, 0),
    }
    counts = {(one.shown.n, one.withheld.n) for one in arms.suggestions}
    assert counts == {(4, 2)}


def test_a_changed_border_is_no_find_but_an_acceptance_with_changes(
    app: Flask, desks: list[Desk]
) -> None:
    read_all(desks)
    desk = desks[0]
    newest = next(one for one in desk.open()["answers"] if one["sentence"].endswith(".1"))  # type: ignore
    start = TEXT.index("Un") - 2
    parts = [{"start": start, "end": start + 4, "text": TEXT[start : start + 4]}]
    answer(desk, 1, claim(desk, 1, parts=parts), base=newest["id"])  # type: ignore[index,call-overload]

    found = shares(arms_of(app))

    assert found["changed"] == (0.25, 0)
    assert found["as_proposed"] == (0.25, 1)
    assert found["first_all"] == (0.5, 0.5)


def test_one_article_has_no_interval_and_says_so(app: Flask, desks: list[Desk]) -> None:
    read_all(desks)
    found = report(app)

    page = print_html(found, "demo")

    assert found.report.arms
    assert {one.difference.no_interval for one in found.report.arms.suggestions} == {
        Undefined.ONE_ARTICLE
    }
    assert "1 of the sentences compared, beside 3 with suggestions" in " ".join(
        print_text(found, "demo").split()
    )
    assert "With and without suggestions" in page
    assert "avec suggestions" in print_text(found, "demo", "fr").lower()


def test_without_a_share_the_report_says_that_nothing_is_measured(
    app: Flask, desks: list[Desk]
) -> None:
    with app.app_context(), transaction() as session:
        project_by_slug(session, slug="demo").suggestion_free_percent = 0
    read_all(desks)

    found = report(app)

    assert found.report.arms is None
    assert "no share of the sentences is set" in " ".join(print_text(found, "demo").split())


def test_a_share_that_was_changed_meanwhile_leaves_its_sentences_out(
    app: Flask, desks: list[Desk]
) -> None:
    read_all(desks)
    for percent in (50, 0):
        set_share(app, percent)
    desks[1].post("reopen")
    assert desks[1].post("finish").status_code == 200

    arms = arms_of(app)

    assert (arms.shown, arms.withheld, arms.left_out) == (3, 0, 1)
    assert "none of the sentences compared" in " ".join(print_text(report(app), "demo").split())


def set_share(app: Flask, percent: int) -> None:
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        change_project(
            session,
            project_id=project.id,
            name=project.name,
            overlap=project.overlap,
            single_settles=True,
            unanimous_settles=True,
            majority_settles=False,
            suggestion_free_percent=percent,
            by=None,
            now=utc_now(),
        )


def test_an_answer_that_came_from_elsewhere_is_in_neither_arm(
    app: Flask, desks: list[Desk]
) -> None:
    read_all(desks)
    with app.app_context(), transaction() as session:
        first = select(AnnotationRevision.id).order_by(AnnotationRevision.id).limit(1)
        changed = update(AnnotationRevision).where(AnnotationRevision.id == first.scalar_subquery())
        session.execute(changed.values(cause="import"))

    arms = arms_of(app)

    assert (arms.shown, arms.withheld, arms.left_out) == (2, 1, 1)
    assert {one.shown.n for one in arms.suggestions} == {2}


def test_sentences_without_suggestions_say_so(app: Flask) -> None:
    make_corpus(app, *SENTENCES)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.suggestion_free_percent = 50
        project.overlap = 2
    for name in ("anna", "bert"):
        desk = open_desk(app, name=name)
        for number in range(1, 5):
            answer(desk, number)
        assert desk.post("finish").status_code == 200

    found = arms_of(app).suggestions

    assert {one.difference.undefined for one in found} == {Undefined.NO_SUGGESTIONS}
