"""Corrected texts: what goes over to the next edition, what is confirmed, what is listed."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on
from tests.functional.test_adjudication import set_project, sit_down
from tests.functional.test_scheme_change import NO_FACT, agree_on_the_first, change
from workbench.adjudication.cases import find_case_file, open_case
from workbench.adjudication.editions import confirm_agreed, correct_article
from workbench.adjudication.queries import count_settled, read_answered_editions
from workbench.adjudication.tables import Adjudication, ClaimSource
from workbench.canonical import JsonObject
from workbench.corpus.correcting import Correction, correct_text, move_borders
from workbench.corpus.operations import erase_article
from workbench.corpus.queries import find_article, newest_edition, read_version
from workbench.corpus.tables import ZoneMark
from workbench.datasets.records import RecordKind, sentence_records
from workbench.errors import ConflictError, InvalidInputError
from workbench.labelling.answers import answerer_of
from workbench.labelling.carrying import Fate
from workbench.labelling.editions import Corrected, confirm_moved, confirm_question
from workbench.labelling.passages import find_passage, read_carried
from workbench.labelling.tables import (
    AnnotationRevision,
    Assignment,
    CarriedAnswer,
    CarriedClaim,
    Claim,
    Question,
    TrainingArticle,
)
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)
TYPO = TEXT.replace("Nul ne le sait", "Nul ne le savait")
CLAIM = claim_on(TEXT, 0, len(SENTENCES[0]))


def plan(app: Flask, text: str | None = None, lines: str | None = None) -> Correction:
    with app.app_context():
        session = db.session()
        project = project_by_slug(session, slug="demo")
        article = find_article(session, project_id=project.id, name="article")
        edition = newest_edition(session, project_id=project.id, article_id=article.id)
        old = read_version(session, edition=edition)
        session.rollback()
    if lines is not None:
        return move_borders(lines, old=old)
    return correct_text(text or "", old=old, language="fr")


def correct(
    app: Flask, text: str | None = None, *, lines: str | None = None, after: int = 1
) -> Corrected:
    correction = plan(app, text, lines)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        article = find_article(session, project_id=project.id, name="article")
        return correct_article(
            session,
            project_id=project.id,
            article_id=article.id,
            after=after,
            version=correction.version,
            by=None,
            now=NOW,
        )


def answered(app: Flask, name: str = "anna", **first: object) -> Desk:
    """Let somebody answer all four sentences: a claim in the first one."""
    desk = open_desk(app, name=name)
    desk.save(1, **({"decision": "claims", "claims": [CLAIM]} | first))
    for position in (2, 3, 4):
        assert desk.save(position).status_code == 200
    return desk


def finished(app: Flask, name: str = "anna", **first: object) -> Desk:
    desk = answered(app, name, **first)
    assert desk.post("finish").status_code == 200
    return desk


def own(claim: Mapping[str, object], name: str) -> JsonObject:
    return {**claim, "id": f"{claim['id']}{name}"}  # type: ignore[dict-item]


def standings(desk: Desk) -> dict[int, str]:
    """Return where each of a person's answers stands, by its place in the text before."""
    with desk.app.app_context():
        session = db.session()
        slot = session.scalars(
            select(Assignment).where(Assignment.membership_id == desk.membership_id)
        ).one()
        article = find_article(session, project_id=slot.project_id, name="article")
        who = answerer_of(desk.membership_id)
        passage = find_passage(session, article=article, edition_id=slot.edition_id, answerer=who)
        assert passage
        return {
            one.position: one.standing.value for one in read_carried(session, passage, answerer=who)
        }


def confirm(desk: Desk, position: int, revision: str | None = None) -> None:
    with desk.app.app_context(), transaction() as session:
        slot = session.scalars(
            select(Assignment).where(Assignment.membership_id == desk.membership_id)
        ).one()
        article = find_article(session, project_id=slot.project_id, name="article")
        confirm_moved(
            session,
            article=article,
            edition_id=slot.edition_id,
            membership_id=desk.membership_id,
            position=position,
            revision=revision or f"revision{1000 * desk.user_id + position:016}",
            by=desk.user_id,
            now=NOW,
        )


def read(desk: Desk) -> dict[int, tuple[str, list[str]]]:
    """Return decisions and quotes by position, as the workspace shows them today."""
    page = desk.open()
    return {
        int(answer["sentence"].rsplit(".", 1)[1]): (  # type: ignore[index, union-attr]
            answer["decision"],  # type: ignore[index, call-overload]
            [claim["parts"][0]["text"] for claim in answer["claims"]],  # type: ignore[index, call-overload]
        )
        for answer in page["answers"]  # type: ignore[union-attr]
    }


def test_in_a_queue_a_finished_article_that_comes_back_stays_with_its_person(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    set_project(app, work_given="queue")

    correct(app, f"Un nouveau chapeau.\n{TEXT}")

    with app.app_context():
        slots = select(Assignment.state, Assignment.lease_until)
        of_desk = slots.where(Assignment.membership_id == desk.membership_id)
        assert db.session.execute(of_desk).all() == [("working", None)]


def test_finished_answers_go_over_whole_when_the_text_only_shifts(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)

    corrected = correct(app, f"Un nouveau chapeau.\n{TEXT}")

    assert corrected.fates == {Fate.EXACT: 4}
    assert read(desk) == {
        2: ("claims", [SENTENCES[0]]),
        3: ("no_claim", []),
        4: ("no_claim", []),
        5: ("no_claim", []),
    }
    assert desk.page["edition"]["number"] == 2  # type: ignore[index, call-overload]
    # The new sentence is to be read.
    assert desk.page["assignment"]["state"] == "working"  # type: ignore[index, call-overload]
    assert desk.post("finish").status_code == 422
    assert desk.save(1).status_code == 200
    assert desk.post("finish").status_code == 200


def test_a_carried_answer_says_why_and_from_what_it_was_made(app: Flask) -> None:
    make_corpus(app)
    finished(app)

    correct(app, TYPO)

    with app.app_context():
        session = db.session()
        causes = session.scalars(
            select(AnnotationRevision.cause).order_by(AnnotationRevision.id)
        ).all()
        assert [*causes] == ["human"] * 4 + ["new_edition"] * 3
        pairs = session.execute(
            select(CarriedAnswer.from_revision_id, CarriedAnswer.to_revision_id, CarriedAnswer.fate)
        ).all()
        assert len(pairs) == 3
        assert {fate for *_, fate in pairs} == {"exact"}
        claims = session.scalars(select(Claim.id).order_by(Claim.id)).all()
        (carried,) = session.scalars(select(CarriedClaim)).all()
        assert (carried.from_claim_id, carried.to_claim_id) == (claims[0], claims[1])


def test_a_moved_answer_waits_until_its_annotator_confirms_it(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    correct(app, TYPO)
    assert standings(desk) == {1: "carried", 2: "carried", 3: "carried", 4: "to_confirm"}
    assert 4 not in read(desk)

    confirm(desk, 4)
    confirm(desk, 4)

    assert standings(desk)[4] == "carried"
    assert read(desk)[4] == ("no_claim", [])
    assert [answer["number"] for answer in desk.page["answers"]] == [1, 1, 1, 1]  # type: ignore[index, union-attr, call-overload]
    assert desk.post("finish").status_code == 200


def test_an_orphaned_answer_stays_where_it_was(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)

    corrected = correct(app, " ".join(SENTENCES[:3]))

    assert corrected.fates == {Fate.EXACT: 3, Fate.ORPHANED: 1}
    assert standings(desk) == {1: "carried", 2: "carried", 3: "carried", 4: "orphaned"}
    with pytest.raises(ConflictError, match="answer the sentence anew"):
        confirm(desk, 4)


def test_who_is_at_work_finishes_on_the_text_they_began(app: Flask) -> None:
    make_corpus(app)
    desk = answered(app)

    corrected = correct(app, TYPO)

    assert (corrected.staying, corrected.fates) == (1, {})
    assert desk.save(4, base=f"revision{1000 * desk.user_id + 4:016}").status_code == 200
    assert desk.open()["edition"]["number"] == 1  # type: ignore[index, call-overload]
    told = desk.post("finish").json
    assert (told["state"], told["next"]["is_corrected"]) == ("working", True)  # type: ignore[index]
    assert told["next"]["url"] == desk.base  # type: ignore[index]
    assert desk.open()["edition"]["number"] == 2  # type: ignore[index, call-overload]
    assert standings(desk) == {1: "carried", 2: "carried", 3: "carried", 4: "to_confirm"}


def test_who_has_answered_nothing_reads_the_new_text_at_once(app: Flask) -> None:
    make_corpus(app)
    desk = open_desk(app)

    correct(app, TYPO)

    # A page left open still says of the text before what its reader decided.
    assert desk.save(1).status_code == 200
    assert desk.open()["edition"]["number"] == 2  # type: ignore[index, call-overload]
    assert standings(desk) == {1: "to_confirm"}


def test_an_answer_changed_late_on_the_old_text_is_offered_again(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    late = desk.answer(2, base=f"revision{1000 * desk.user_id + 2:016}", decision="undecided")
    correct(app, TYPO)

    assert desk.post("answers", late).status_code == 200

    assert standings(desk)[2] == "to_confirm"
    with pytest.raises(ConflictError, match="changed meanwhile"):
        confirm(desk, 2)
    confirm(desk, 2, str(late["id"]))
    assert read(desk)[2] == ("undecided", [])


def test_a_new_label_scheme_asks_for_no_carried_answer_again(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    correct(app, TYPO)
    with app.app_context(), transaction() as session:
        second = session.scalars(
            select(AnnotationRevision).order_by(AnnotationRevision.id).offset(1).limit(1)
        ).one()
        columns = [column.name for column in AnnotationRevision.__table__.columns]
        kept = {name: getattr(second, name) for name in columns}
        kept |= {"id": None, "number": 2, "public_id": "x" * 16, "cause": "scheme_change"}
        session.add(AnnotationRevision(**kept))

    assert standings(desk) == {1: "carried", 2: "carried", 3: "carried", 4: "to_confirm"}


def test_an_answer_given_anew_is_not_overwritten(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    correct(app, TYPO)
    desk.open()

    assert desk.save(4, decision="undecided").status_code == 200

    assert standings(desk)[4] == "answered"
    with pytest.raises(ConflictError):
        confirm(desk, 4)
    assert read(desk)[4] == ("undecided", [])


def test_a_carried_answer_can_be_changed_like_any_other(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    correct(app, TYPO)
    answers: list[dict[str, object]] = desk.open()["answers"]  # type: ignore[assignment]
    carried = {name: answers[0][name] for name in ("attributes", "claims", "stances", "decision")}

    changed = desk.answer(1, **carried, base=answers[0]["id"])

    assert desk.post("answers", changed).status_code == 200


def test_split_and_merged_sentences_are_confirmed_and_joined(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    lines = f"{SENTENCES[0]} {SENTENCES[1]}\n{SENTENCES[2]}\nNul ne\nle sait."

    corrected = correct(app, lines=lines)

    assert corrected.fates == {Fate.EXACT: 1, Fate.MOVED: 3}
    for position in (1, 2, 4):
        confirm(desk, position)
    assert read(desk) == {
        1: ("claims", [SENTENCES[0]]),
        2: ("no_claim", []),
        3: ("no_claim", []),
        4: ("no_claim", []),
    }
    with app.app_context():
        session = db.session()
        assert session.scalar(select(func.count(Claim.id))) == 2
        assert session.scalar(select(func.count(CarriedClaim.id))) == 1
    assert desk.post("finish").status_code == 200


def test_answers_that_contradict_after_a_merge_are_not_joined(app: Flask) -> None:
    make_corpus(app)
    desk = open_desk(app)
    for position, decision in enumerate(["no_claim", "undecided", "no_claim", "no_claim"], start=1):
        desk.save(position, decision=decision)
    desk.post("finish")
    correct(app, lines=f"{SENTENCES[0]} {SENTENCES[1]}\n{SENTENCES[2]}\n{SENTENCES[3]}")

    confirm(desk, 1)

    with pytest.raises(ConflictError, match="contradict"):
        confirm(desk, 2)


def test_zones_go_over_with_their_sentences(app: Flask) -> None:
    make_corpus(app, zones=("headline", "body", "caption", "body"))

    correct(app, f"Ceci est neuf. {TYPO}")

    with app.app_context():
        marks = db.session().scalars(select(ZoneMark.zone).order_by(ZoneMark.id)).all()
        assert [*marks[5:]] == ["headline", "body", "caption", "body"]


def test_who_finishes_on_the_earlier_text_sees_no_answers_to_the_new_one(app: Flask) -> None:
    make_corpus(app)
    set_project(app, overlap=2)
    finished(app)
    ben = answered(app, "ben", claims=[own(CLAIM, "ben")])

    correct(app, TYPO)

    with app.app_context():
        project_id = project_by_slug(db.session(), slug="demo").id
        editions = read_answered_editions(db.session(), project_id=project_id, reader=ben.user_id)
        assert [(*one.answers,) for one in editions] == [(answerer_of(ben.membership_id),), ()]


def test_the_gold_has_an_article_once_though_somebody_finishes_on_the_earlier_text(
    app: Flask,
) -> None:
    make_corpus(app)
    set_project(app, overlap=2)
    finished(app)
    answered(app, "ben", claims=[own(CLAIM, "ben")])

    correct(app, TYPO)

    with app.app_context():
        session = db.session()
        project_id = project_by_slug(session, slug="demo").id
        gold = sentence_records(session, project_id=project_id, kind=RecordKind.GOLD)
        everybody = sentence_records(session, project_id=project_id, kind=RecordKind.ALL)
        assert [record["edition"]["number"] for record in gold] == [2] * 4  # type: ignore[index, call-overload]
        assert {record["edition"]["number"] for record in everybody} == {1, 2}  # type: ignore[index, call-overload]
        assert count_settled(session, project_id=project_id).total() == 4


def test_the_gold_is_of_the_earlier_text_until_anybody_answers_the_new_one(app: Flask) -> None:
    make_corpus(app)
    answered(app)

    correct(app, TYPO)

    with app.app_context():
        project_id = project_by_slug(db.session(), slug="demo").id
        gold = sentence_records(db.session(), project_id=project_id, kind=RecordKind.GOLD)
        assert [record["edition"]["number"] for record in gold] == [1] * 4  # type: ignore[index, call-overload]


def test_questions_go_where_their_words_are(app: Flask) -> None:
    make_corpus(app)
    desk = answered(app)
    sentences: list[dict[str, str]] = desk.page["sentences"]  # type: ignore[assignment]
    for number, (position, quote) in enumerate([(1, "OpenAI"), (4, "Nul")], start=1):
        start = TEXT.index(quote)
        body: JsonObject = {
            "id": f"question{number:012}",
            "sentence": sentences[position - 1]["id"],
            "span": {"start": start, "end": start + len(quote), "text": quote},
            "claim": None,
            "text": "Pourquoi ?",
        }
        assert desk.post("questions", body).status_code == 200
    desk.post("finish")

    correct(app, f"Neuf. {TYPO}")

    with app.app_context():
        session = db.session()
        spans = session.scalars(select(Question.span).order_by(Question.id)).all()
        assert [span["start"] for span in spans] == [6, TEXT.index("Nul")]  # type: ignore[index, call-overload]
    with app.app_context(), transaction() as session:
        slot = session.scalars(
            select(Assignment).where(Assignment.membership_id == desk.membership_id)
        ).one()
        article = find_article(session, project_id=slot.project_id, name="article")
        confirm_question(
            session,
            article=article,
            edition_id=slot.edition_id,
            membership_id=desk.membership_id,
            question="question000000000002",
            by=desk.user_id,
            now=NOW,
        )
        spans = session.scalars(select(Question.span).order_by(Question.id)).all()
        assert spans[1]["start"] == TEXT.index("Nul") + 6  # type: ignore[index, call-overload]
        article.withdrawn_at = NOW
        with pytest.raises(InvalidInputError, match="withdrawn"):
            confirm_question(
                session,
                article=article,
                edition_id=slot.edition_id,
                membership_id=desk.membership_id,
                question="question000000000002",
                by=desk.user_id,
                now=NOW,
            )


@pytest.mark.parametrize(
    ("text", "problem"),
    [(TEXT, "Nothing changed"), (f"{TEXT}\n\n", "Nothing changed"), (" ", "empty")],
)
def test_a_correction_has_to_correct_something(app: Flask, text: str, problem: str) -> None:
    make_corpus(app)

    with pytest.raises(InvalidInputError, match=problem):
        correct(app, text)


def test_a_text_corrected_meanwhile_is_looked_at_first(app: Flask) -> None:
    make_corpus(app)
    correct(app, TYPO)

    with pytest.raises(ConflictError, match="corrected meanwhile"):
        correct(app, f"{TYPO} Encore.")


def test_an_article_that_others_train_on_is_not_corrected(app: Flask) -> None:
    make_corpus(app)
    desk = finished(app)
    with app.app_context(), transaction() as session:
        slot = session.scalars(select(Assignment)).one()
        mark = {"project_id": slot.project_id, "article_id": slot.article_id, "position": 1}
        made = {"made_by": desk.user_id, "made_at": NOW, "reference_id": desk.membership_id}
        session.add(TrainingArticle(**mark, **made))

    with pytest.raises(ConflictError, match="People train"):
        correct(app, TYPO)


def test_the_agreed_answer_goes_over_with_what_it_rests_on(app: Flask) -> None:
    make_corpus(app)
    set_project(app, overlap=2)
    anna = finished(app, claims=[own(CLAIM, "anna")])
    ben = finished(app, "ben", claims=[own(CLAIM, "ben")])
    bench = sit_down(app)
    bench.open()
    for position in (1, 4):
        saved = bench.post("answers", bench.take(position, "A"))
        assert saved.status_code == 200, saved.text

    correct(app, TYPO)

    with app.app_context():
        session = db.session()
        rows = session.scalars(select(Adjudication).order_by(Adjudication.id)).all()
        carried = session.scalars(
            select(AnnotationRevision.public_id).where(AnnotationRevision.cause == "new_edition")
        ).all()
        assert len(rows) == 3
        assert rows[2].outcome == rows[0].outcome
        assert {*rows[2].compared} < {*carried}  # type: ignore[misc]
        assert session.scalar(select(func.count(ClaimSource.id))) == 2
        project_id = rows[0].project_id
    for desk in (anna, ben):
        confirm(desk, 4)
        assert desk.post("finish").status_code == 200
    with app.app_context(), transaction() as session:
        article = find_article(session, project_id=project_id, name="article")
        edition = newest_edition(session, project_id=project_id, article_id=article.id)
        confirm_agreed(
            session,
            article=article,
            edition_id=edition.id,
            position=4,
            revision=rows[1].public_id,
            by=bench.user_id,
            now=NOW,
        )
    page = bench.open()
    assert page["edition"]["number"] == 2  # type: ignore[index, call-overload]
    assert len(page["answers"]) == 2  # type: ignore[arg-type]
    with app.app_context():
        project = project_by_slug(db.session(), slug="demo")
        article = find_case_file(
            db.session(), project=project, slug="article", reader=bench.user_id
        )
        case, _matter = open_case(db.session(), project=project, file=article)
        assert (case.settled, case.changed) == ({1, 4}, set())


def test_who_is_at_work_again_after_corrections_gets_no_agreed_answer(app: Flask) -> None:
    make_corpus(app)
    set_project(app, overlap=2)
    anna = finished(app, claims=[own(CLAIM, "anna")])
    finished(app, "ben", claims=[own(CLAIM, "ben")])
    bench = sit_down(app)
    bench.open()
    assert bench.post("answers", bench.take(1, "A")).status_code == 200

    correct(app, TYPO)
    lines = [f"{SENTENCES[0]} {SENTENCES[1]}", SENTENCES[2], "Nul ne le savait."]
    correct(app, lines="\n".join(lines), after=2)

    with app.app_context():
        session = db.session()
        project_id = project_by_slug(session, slug="demo").id
        gold = sentence_records(
            session, project_id=project_id, kind=RecordKind.GOLD, reader=anna.user_id
        )
        assert [*gold] == []


def test_what_was_agreed_before_a_change_of_scheme_goes_over_with_what_it_rests_on(
    app: Flask,
) -> None:
    bench = agree_on_the_first(app)
    change(app, NO_FACT, "claim_type.fact=number")

    correct(app, TYPO)

    page = bench.open()
    assert page["edition"]["number"] == 2  # type: ignore[index, call-overload]
    assert bench.sentence(1) in page["decided"]  # type: ignore[operator]
    assert page["changed"] == []


def test_a_sentence_of_the_text_before_is_not_put_off_any_more(app: Flask) -> None:
    bench = agree_on_the_first(app)
    compared = [one["id"] for one in bench.readings(2).values()]
    correct(app, TYPO)

    late = {"id": "d" * 16, "sentence": bench.sentence(2), "compared": compared}

    assert bench.post("defer", late).status_code == 404


def test_an_erased_text_stays_erased(app: Flask) -> None:
    make_corpus(app)
    correction = plan(app, TYPO)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        article = find_article(session, project_id=project.id, name="article")
        which = {"project_id": project.id, "article_id": article.id}
        erase_article(session, **which, reason="Asked", by=None, now=NOW)
        with pytest.raises(ConflictError, match="erased"):
            correct_article(session, **which, after=1, version=correction.version, by=None, now=NOW)


def test_the_command_line_corrects_an_article(
    app: Flask, cli: Callable[..., Result], tmp_path: Path
) -> None:
    make_corpus(app)
    finished(app)
    file = tmp_path / "corrected.txt"
    file.write_text(TYPO)

    done = cli("article", "correct", "article", file, "--project", "demo")

    assert done.exit_code == 0, done.output
    assert done.output == (
        "article has edition 2: 3 of 4 sentences stay. Answers: 3 carried, 1 to confirm,"
        " 0 without a place; at work on edition 1: 0.\n"
    )
    assert "edition:   2" in cli("article", "show", "article", "--project", "demo").output
    again = cli("article", "correct", "article", file, "--project", "demo")
    assert (again.exit_code, again.stderr) == (
        2,
        "Error: Nothing changed: the article has this very text already.\n",
    )


def test_another_articles_text_is_asked_about(
    app: Flask, cli: Callable[..., Result], tmp_path: Path
) -> None:
    make_corpus(app)
    file = tmp_path / "other.txt"
    file.write_text("Un tout autre texte. Il parle d'autre chose.")
    call = ("article", "correct", "article", file, "--project", "demo")

    asked = cli(*call, input="n\n")

    assert asked.exit_code == 1
    assert "Only 0 of 4 sentences stay" in asked.output
    assert cli(*call, "--yes").exit_code == 0


def test_a_file_of_several_articles_corrects_none(
    app: Flask, cli: Callable[..., Result], tmp_path: Path
) -> None:
    make_corpus(app)
    file = tmp_path / "two.jsonl"
    file.write_text('{"text": "Un."}\n{"text": "Deux."}\n')

    refused = cli("article", "correct", "article", file, "--project", "demo")

    assert refused.exit_code == 2
    assert "two.jsonl has 2 articles" in refused.stderr
