"""The progress board and what is read: seconds a page takes, with a third of the slots in work.

By the pages' own addresses, in one process: 200 articles that 20 people read, each of them, and
100,000 sentences that three read.
"""

import argparse
import tempfile
from pathlib import Path

from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from bench.adjudication import TIMES, time_page
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

BOARD = f"/projects/{PROJECT}/progress/"
PAGES = {"board": BOARD, "what is read": f"{BOARD}coverage"}
SIZES = ((12_000, 20), (100_000, PEOPLE))  # sentences and people
IN_WORK = 3  # one slot of so many


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | sentences × people | page | seconds |")
    print("|--|--:|--|--:|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        for sentences, people in SIZES:
            measure(kind, sentences, people)


def measure(kind: str, sentences: int, people: int) -> None:
    """Print how long each page takes, the best of some times."""
    with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
        settings = Settings(data_dir=Path(name) / "data", database_url=url)
        bench = Workbench(settings, sentences, people, Density.PRESS)
        engine = create_engine(settings.database)
        with Session(engine) as session:
            Answers(session).store()
            some = update(Assignment).where(Assignment.id % IN_WORK == 0)
            session.execute(some.values(state="working", finished_at=None))
            session.commit()
        engine.dispose()
        app = create_app(bench.settings)
        user = make_person(app, "lead@example.org", name="Lead")
        with app.app_context():
            project = project_by_slug(db.session(), slug=PROJECT).id
        join(app, project, "lead@example.org", {Role.MANAGER})
        client = browser_of(app, user)
        for page, address in PAGES.items():
            seconds = min(time_page(client, address)[0] for _ in range(TIMES))
            print(f"| {kind} | {sentences:,} × {people} | {page} | {seconds:.2f} |", flush=True)
        with app.app_context():
            close_connections()


if __name__ == "__main__":
    main()
