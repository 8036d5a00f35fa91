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


def run_jobs(app: Flask) -> None:
    """Carry out the jobs that wait, as the runner does."""
    run_waiting_jobs(app.extensions[JOBS], app_context=app.app_context, stop=threading.Event())
