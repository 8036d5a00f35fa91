"""The registers of a project: filled from a file, asked again, erased articles' quotes blanked."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.annotators import make_corpus, open_desk
from tests.factories import NOW, SENTENCES, claim_on, make_project
from workbench.canonical import JsonObject
from workbench.corpus.operations import erase_article
from workbench.corpus.queries import find_article
from workbench.labelling.answers import load_answers
from workbench.labelling.erasure import blank_quotes
from workbench.labelling.frames import SentenceId
from workbench.labelling.registers import (
    Registers,
    install_registers,
    load_registers,
    register_number,
)
from workbench.labelling.tables import Annotation, AttributionLink, ClaimRevision, Speaker, Stance
from workbench.projects.queries import project_by_slug
from workbench.storage.database import db, transaction

TEXT = " ".join(SENTENCES)


@pytest.fixture
def document() -> JsonObject:
    return {
        "format": "registers.v1",
        "speakers": [
            {"id": "ada", "name": "Ada", "kind": "person", "named": True, "employer": "firm"},
            {"id": "firm", "name": "Firm", "kind": "organisation", "named": True},
        ],
        "targets": [{"id": "firm", "kind": "actor", "label": {"en": "Firm"}, "speaker": "firm"}],
    }


def install(session: Session, project_id: int, document: JsonObject) -> int:
    return install_registers(session, project_id=project_id, document=document, by=None, now=NOW)


def test_the_seeds_fill_both_registers_once(session: Session) -> None:
    project = make_project(session).id
    first = load_registers(session, project_id=project)

    assert (len(first.speakers), len(first.targets)) == (37, 13)
    assert register_number(session, project_id=project) == 1


def test_a_second_time_adds_only_what_is_new(session: Session, document: JsonObject) -> None:
    project = make_project(session).id
    assert install(session, project, document) == 2
    session.scalars(select(Speaker).where(Speaker.public_id == "ada")).one().name = "Ada L."
    document["speakers"].append(
        {"id": "bob", "name": "Bob", "kind": "person", "named": True, "employer": "firm"}
    )

    assert [install(session, project, document) for _ in range(2)] == [3, 3]
    added = session.scalars(select(Speaker).order_by(Speaker.id)).all()[-3:]
    assert [speaker.name for speaker in added] == ["Ada L.", "Firm", "Bob"]
    assert added[0].employer_id == added[2].employer_id == added[1].id


def test_answers_name_entries_that_came_after_the_registers_were_read(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    claim = claim_on(TEXT, 0, 27, chain=[{"speaker": "author"}, {"speaker": "meta"}])
    stance = {"claim": None, "holder": "meta", "target": "meta", "value": "favor"}
    assert desk.save(1, decision="claims", claims=[claim], stances=[stance]).status_code == 200

    with app.app_context():
        session = db.session()
        (answer,) = load_answers(
            session,
            project_id=project_by_slug(session, slug="demo").id,
            sentences={
                session.scalars(select(Annotation.sentence_id)).one(): SentenceId("article", 1, 1)
            },
            registers=Registers(speakers=(), targets=()),
        )

    assert answer.answer.claims[0].chain[-1].speaker == "meta"
    assert (answer.answer.stances[0].holder, answer.answer.stances[0].target) == ("meta", "meta")


def test_erasing_an_article_blanks_every_quote_and_keeps_the_offsets(app: Flask) -> None:
    desk = open_desk(app, make_corpus(app))
    span = {"start": 0, "end": 6, "text": "OpenAI"}
    chain = [{"speaker": "author"}, {"speaker": "meta", "mention": span, "cue": span}]
    attributes = {"claim_type": "fact", "normalised_claim": "OpenAI a fermé ses modèles."}
    claim = claim_on(TEXT, 0, 27, (28, 40), chain=chain, attributes=attributes)
    stance = {"claim": None, "holder": "meta", "target": "meta", "value": "favor"}
    answer = desk.answer(
        1, decision="claims", claims=[claim], stances=[{**stance, "target_span": span}]
    )
    desk.post("answers", answer)
    desk.save(1, base=answer["id"], decision="claims", claims=[{**claim, "chain": chain[:1]}])

    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo").id
        article = find_article(session, project_id=project, name="article")
        erase_article(
            session, project_id=project, article_id=article.id, reason="right", by=None, now=NOW
        )
        blank_quotes(session, article_id=article.id)

    with app.app_context():
        stored = [
            *db.session.scalars(select(ClaimRevision.parts)),
            *db.session.scalars(select(ClaimRevision.attributes)),
            *db.session.scalars(select(AttributionLink.mention)),
            *db.session.scalars(select(AttributionLink.cue)),
            *db.session.scalars(select(Stance.target_span)),
        ]
        parts = db.session.scalars(select(ClaimRevision.parts)).all()
    assert not any(word in json.dumps(stored) for word in ("OpenAI", "modèles", "erreur"))
    assert (
        parts
        == [
            [{"start": 0, "end": 27, "text": ""}, {"start": 28, "end": 40, "text": ""}],
        ]
        * 2
    )
    assert {"start": 0, "end": 6, "text": ""} in stored
    assert desk.save(1).status_code == 422
