"""Articles that several have finished, and the reports of agreement that jobs count of them."""

import threading

from flask import Flask

from tests.annotators import Desk, make_corpus, open_desk
from tests.factories import SENTENCES, claim_on, make_article
from tests.training import read_all
from workbench.app import JOBS
from workbench.canonical import JsonObject
from workbench.jobs.runner import run_waiting_jobs
from workbench.projects.queries import project_by_slug
from workbench.storage.database import transaction

TEXT = " ".join(SENTENCES)
FIRST = claim_on(TEXT, 0, 27)


def quoted(speaker: str) -> JsonObject:
    """Return a claim in direct speech."""
    link = {
        "speaker": speaker,
        "mention": None,
        "cue": {"start": 50, "end": 57, "text": "affirme"},
        "attributes": {"quote_type": "direct"},
    }
    return claim_on(TEXT, 30, 47, chain=[{"speaker": "author"}, link])


def make_compared(app: Flask) -> list[Desk]:
    """Make two articles that anna and bert have finished; of the speaker in one they differ."""
    slug = make_corpus(app)
    with app.app_context(), transaction() as session:
        project = project_by_slug(session, slug="demo")
        project.overlap = 2
        other = make_article(session, project.id, name="other").slug
    anna = open_desk(app, slug)
    read_all(anna, FIRST, quoted("meta"))
    bert = open_desk(app, slug, "bert")
    read_all(bert, FIRST, quoted("openai"))
    for desk in (anna, bert):
        desk.base = desk.base.replace(slug, other)
        token = desk.client.get("/csrf").json["token"]
        began = desk.client.post(f"{desk.base}start", data={"csrf_token": token})
        assert began.status_code == 303, began.text
        desk.open()
        read_all(desk, FIRST, quoted("meta"))
    return [anna, bert]


def make_weighed(app: Flask) -> list[Desk]:
    """Make an article of thirty sentences that three finished, each with slips of their own.

    That is enough for a model of annotators to weigh decisions and types.
    """
    sentences = [f"Le laboratoire numéro {number} publie ses poids." for number in range(10, 40)]
    slug = make_corpus(app, *sentences)
    with app.app_context(), transaction() as session:
        project_by_slug(session, slug="demo").overlap = 3
    desks = []
    for person, name in enumerate(("anna", "bert", "cleo")):
        desk = open_desk(app, slug, name)
        start = 0
        for place, sentence in enumerate(sentences):
            is_opinion = (place % 3 == 0) != (place % 8 == person)
            has_claim = (place % 5 > 0) != (place % 11 == person)
            claim = claim_on(
                desk.text,
                start,
                start + len(sentence),
                id=f"claim{person:06}{place:06}",
                attributes={
                    "claim_type": "opinion" if is_opinion else "fact",
                    "check_worthiness": "no",
                },
            )
            answer: JsonObject = {"decision": "claims", "claims": [claim]} if has_claim else {}
            saved = desk.save(place + 1, **answer)
            assert saved.status_code == 200, saved.text
            start += len(sentence) + 1
        assert desk.post("finish").status_code == 200
        desks.append(desk)
    return desks


def run_jobs(app: Flask) -> None:
    """Carry out the jobs that wait, as the runner does."""
    run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())
