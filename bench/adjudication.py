"""Adjudication at 100,000 sentences that three have finished: the queue and an article's page.

By the pages' own addresses, in one process. The queue compares no more than a few thousand
sentences a time, so that it is asked for until everything is compared.
"""

import argparse
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from bench.agreement import PEOPLE, Answers
from bench.annotators import PROJECT, Workbench, database_of
from bench.corpus import Density
from tests.people import browser_of, join, make_person
from workbench.app import create_app
from workbench.labelling.tables import Assignment
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import close_connections, db

QUEUE = f"/projects/{PROJECT}/adjudicate/"
TIMES = 5


def measure(client: FlaskClient) -> dict[str, float]:
    """Return the seconds that each page takes."""
    first, answer = time_page(client, QUEUE)
    while "hx-get" in answer:
        _, answer = time_page(client, QUEUE)
    again = min(time_page(client, QUEUE)[0] for _ in range(TIMES))
    page = answer.partition(f'class="title" href="{QUEUE}')[2].partition('"')[0]
    article = min(time_page(client, QUEUE + page)[0] for _ in range(TIMES))
    return {"queue, first": first, "queue, all compared": again, "article": article}


def time_page(client: FlaskClient, address: str) -> tuple[float, str]:
    """Ask for a page; return the seconds and the page."""
    began = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - began, answer.text


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | sentences | page | seconds |")
    print("|--|--:|--|--:|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
            settings = Settings(data_dir=Path(name) / "data", database_url=url)
            bench = Workbench(settings, args.sentences, PEOPLE, Density.PRESS)
            engine = create_engine(settings.database)
            with Session(engine) as session:
                session.execute(delete(Assignment).where(Assignment.membership_id.is_(None)))
                Answers(session).store()
            engine.dispose()
            app = create_app(bench.settings)
            user = make_person(app, "lead@example.org", name="Lead")
            with app.app_context():
                project = project_by_slug(db.session(), slug=PROJECT).id
            join(app, project, "lead@example.org", {Role.ADJUDICATOR})
            for page, seconds in measure(browser_of(app, user)).items():
                print(f"| {kind} | {args.sentences:,} | {page} | {seconds:.2f} |", flush=True)
            with app.app_context():
                close_connections()


if __name__ == "__main__":
    main()
