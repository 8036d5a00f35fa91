"""Suggestions: made with the import, shown to those who may see them, accepted or rejected."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.annotators import Desk, open_desk
from tests.compared import run_jobs
from tests.factories import claim_on, make_project
from tests.functional.test_editions import correct
from workbench.canonical import JsonObject
from workbench.corpus.importing import NamedFile, import_in_batches
from workbench.corpus.rules import StoredArticle
from workbench.datasets.records import RecordKind, sentence_records
from workbench.labelling.importing import import_files, suggest_articles
from workbench.labelling.suggesting import as_edition, editions_to_read, is_withheld
from workbench.labelling.tables import ClaimRevision, Suggestion, SuggestionDecision, SuggestionRun
from workbench.projects.tables import Project
from workbench.storage.database import db, transaction

QUOTED = "« Le marché est ouvert », affirme Meta. La pluie tombe."
DECIDED = {"id": "d" * 20, "decision": "rejected"}


def import_text(app: Flask, text: str = QUOTED, *, withheld_percent: int = 0) -> str:
    with app.app_context():
        with transaction() as session:
            project = make_project(session)
            project.suggestion_free_percent = withheld_percent
            project_id = project.id
        file = NamedFile("article.txt", text.encode())
        assert list(import_files([file], project_id=project_id, by=None))
    return "article"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return open_desk(app, import_text(app))


def first_of(page: JsonObject) -> JsonObject:
    return page["suggestions"][0]  # type: ignore[index,return-value,call-overload]


def test_an_import_brings_suggestions(desk: Desk) -> None:
    shown = first_of(desk.page)

    assert shown["rule"] in desk.page["rules"]
    assert shown["sentences"] == [1]
    (start, end), *_ = shown["parts"]
    assert QUOTED[start:end] == "Le marché est ouvert"
    assert (shown["speaker"], shown["rejected"]) == ("Meta", False)


def test_an_import_reads_what_the_database_has(app: Flask) -> None:
    text = f"{QUOTED}\nUn meeting à Lyon, le 3 mai. REUTERS/Jean Petit\n{QUOTED}"
    stored: list[StoredArticle] = []
    with app.app_context():
        with transaction() as session:
            project_id = make_project(session).id
        files = [NamedFile("a.txt", text.encode()), NamedFile("b.txt", QUOTED.encode())]
        list(import_in_batches(files, project_id=project_id, by=None, read=stored.extend))

        read = editions_to_read(db.session(), project_id=project_id, limit=2)

    assert [as_edition(article) for article in stored] == read
    assert len(stored[0].sentence_ids) > len(read[0].sentences), "a caption is not read"


def test_what_the_rules_have_read_is_not_read_again(app: Flask) -> None:
    import_text(app)

    with app.app_context():
        project_id = db.session.scalar(select(Project.id)) or 0
        assert suggest_articles(project_id) == 0
        assert db.session.scalar(select(func.count()).select_from(SuggestionRun)) == 1


def test_a_corrected_text_gets_its_suggestions_though_who_corrected_it_was_killed(
    app: Flask,
) -> None:
    import_text(app)
    run_jobs(app)  # What the import asked for is done, so that the job is the correction's own.

    correct(app, f"{QUOTED} Il neige.")  # Killed here, before it reads the new text.
    run_jobs(app)

    shown = first_of(open_desk(app).page)
    assert (shown["sentences"], shown["speaker"]) == ([1], "Meta")


def test_only_the_suggestions_of_the_newest_run_are_shown(desk: Desk) -> None:
    with desk.app.app_context():
        with transaction() as session:
            session.execute(update(SuggestionRun).values(version="old"))
            project_id = session.scalar(select(Project.id)) or 0
        assert suggest_articles(project_id) == 1
        assert db.session.scalar(select(func.count()).select_from(Suggestion)) == 2

    assert len(desk.open()["suggestions"]) == 1


def test_a_claim_says_which_suggestion_it_came_from(desk: Desk) -> None:
    suggestion = str(first_of(desk.page)["id"])
    claim = claim_on(QUOTED, 2, 22, suggestion=suggestion)

    saved = desk.save(1, decision="claims", claims=[claim])
    foreign = claim_on(QUOTED, 2, 22, id="c" * 20, suggestion="nobody")
    refused = desk.save(1, base=saved.json["id"], decision="claims", claims=[foreign])

    assert refused.status_code == 422
    assert desk.open()["answers"][0]["claims"][0]["suggestion"] == suggestion
    with desk.app.app_context():
        assert db.session.scalars(select(ClaimRevision.suggestion_id)).one() is not None


def test_a_suggestion_counts_in_its_own_sentences_only(desk: Desk) -> None:
    suggestion = str(first_of(desk.page)["id"])
    begin = QUOTED.index("La pluie")
    claim = claim_on(QUOTED, begin, len(QUOTED), suggestion=suggestion)

    refused = desk.save(2, decision="claims", claims=[claim])

    assert (refused.status_code, desk.open()["answers"]) == (422, [])


def test_a_record_tells_the_origin_of_each_slot(desk: Desk) -> None:
    shown = first_of(desk.page)
    cue, mention = (
        {"start": s, "end": e, "text": QUOTED[s:e]} for s, e in (shown["cue"], shown["mention"])
    )
    said = {"speaker": "meta", "cue": cue, "mention": None, "attributes": {"quote_type": "direct"}}
    claim = claim_on(QUOTED, 2, 22, suggestion=shown["id"], chain=[{"speaker": "author"}, said])
    desk.save(1, decision="claims", claims=[claim])

    with desk.app.app_context():
        project_id = db.session.scalar(select(Project.id)) or 0
        first, *_ = sentence_records(db.session(), project_id=project_id, kind=RecordKind.ALL)
    origin = first["claims"][0]["origin"]

    assert (origin["rule"], origin["rule_version"]) == (shown["rule"], shown["rule_version"])
    assert [origin[slot] for slot in ("content", "speaker", "cue", "quote_type", "act")] == [
        "machine"
    ] * 5
    assert (origin["mention"], origin["modality"]) == ("machine_edited", "human")
    assert mention["text"] == "Meta"


def test_a_rejection_is_kept_once_and_can_be_taken_back(desk: Desk) -> None:
    path, suggestion = "suggestions", str(first_of(desk.page)["id"])
    rejected = {**DECIDED, "suggestion": suggestion}

    answers = [desk.post(path, rejected).status_code for _ in range(2)]
    assert (answers, first_of(desk.open())["rejected"]) == ([200, 200], True)
    other = desk.post(path, {**rejected, "decision": "reopened"})
    assert other.status_code == 409
    desk.post(path, {**rejected, "id": "e" * 20, "decision": "reopened"})

    assert first_of(desk.open())["rejected"] is False
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SuggestionDecision)) == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"suggestion": "nobody"}, 404),
        ({"decision": "accepted"}, 422),
        ({"id": "x"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_a_decision_that_is_none_changes_nothing(
    desk: Desk, changes: JsonObject, status: int
) -> None:
    given = {**DECIDED, "suggestion": str(first_of(desk.page)["id"]), **changes}

    assert desk.post("suggestions", given).status_code == status
    assert first_of(desk.open())["rejected"] is False


def test_a_withheld_suggestion_comes_with_the_answer_to_the_first_save(app: Flask) -> None:
    desk = open_desk(app, import_text(app, withheld_percent=100))
    assert desk.page["suggestions"] == []

    first = desk.save(1).json
    again = desk.save(1, base=first["id"]).json

    assert [one["sentences"] for one in first["suggestions"]] == [[1]]
    assert "suggestions" not in again
    assert len(desk.open()["suggestions"]) == 1


def test_the_share_without_suggestions_is_drawn_by_seed_and_sentence() -> None:
    drawn = [is_withheld("seed", f"a.1.{number}", 20) for number in range(5000)]
    again = [is_withheld("seed", f"a.1.{number}", 20) for number in range(5000)]
    other = [is_withheld("other", f"a.1.{number}", 20) for number in range(5000)]

    assert drawn == again != other
    assert 900 < sum(drawn) < 1100
    assert not any(is_withheld("seed", f"a.1.{number}", 0) for number in range(100))
