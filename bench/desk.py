"""The fact-check desk with 10,000 statements: the queue of claims, search, list, board, statement.

By the pages' own addresses, in one process. Three of ten sentences have a claim; a tenth of the
sentences has an agreed answer. Each statement has one claim, and one in ten contradicts another.
``--sentences 1000000`` makes a corpus of that size first, which takes ten minutes a database.
"""

import argparse
import gc
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, insert, select
from sqlalchemy.orm import Session

from bench.agreement import Answers
from bench.annotators import PROJECT, Workbench, database_of
from bench.corpus import OBJECTS, PLACES, SUBJECTS, VERBS, Density
from tests.people import browser_of, join, make_person
from workbench.app import create_app
from workbench.corpus.searching import search_text
from workbench.factcheck.tables import Appearance, Statement, StatementLink, StatementRevision
from workbench.factcheck.tables import WorkflowStep as Step
from workbench.labelling.tables import Annotation, Assignment, Claim, ClaimRevision
from workbench.projects.queries import project_by_slug
from workbench.projects.rules import Role
from workbench.settings import Settings
from workbench.storage.database import close_connections, db

BASE = f"/projects/{PROJECT}"
TIMES = 40
BUDGET = "≤ 200 ms"
AT_A_TIME = 5_000
COURSE = ("assigned", "in_review", "published", "in_review", "corrected")
DUE = date(2026, 11, 20)


class Desk(Answers):
    """Statements over the claims of a corpus, made as fast as the database takes them."""

    def make(self, statements: int, user: int) -> None:
        """Make statements, each with a claim, and links between some."""
        claims = self.session.execute(
            select(Claim.id, ClaimRevision.id)
            .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
            .order_by(Claim.id)
            .limit(statements)
        ).all()
        for number, (claim, revision) in enumerate(claims, 1):
            words = (self.chance.choice(some) for some in (SUBJECTS, VERBS, OBJECTS, PLACES))
            wording = f"{' '.join(words)}, affaire {number}."
            made = {"made_by": user, "made_at": self.now}
            public_id = f"statement{number:07}"
            states = COURSE[: number % (len(COURSE) + 1)]
            is_own = bool(states) and number % 7 == 0
            whose = {"assignee_id": user if is_own else None, "due_on": DUE if is_own else None}
            self.add(Statement, id=number, public_id=public_id, **whose, **made)
            for state in ("open", *states):
                self.add(Step, statement_id=number, state=state, **made)
            self.add(
                StatementRevision,
                id=number,
                statement_id=number,
                number=1,
                wording=wording,
                search_text=search_text(wording),
                language="fr",
                claim_type="fact",
                **made,
            )
            self.add(
                Appearance,
                public_id=f"appearance{number:06}",
                statement_id=number,
                claim_id=claim,
                noted_id=revision,
                parts=None,
                relation="asserts",
                **made,
            )
            if number % 10 == 0:
                self.add(
                    StatementLink,
                    public_id=f"link{number:012}",
                    one_id=number,
                    other_id=number - 1,
                    kind="contradicts",
                    **made,
                )
            if number % AT_A_TIME == 0:
                self.flush()
        self.flush()
        self.session.commit()

    def flush(self) -> None:
        """Insert what waits, what others refer to first."""
        rows, self.rows = self.rows, {}
        for table, waiting in rows.items():
            self.session.execute(insert(table.__table__), waiting)


def agree(session: Session) -> None:
    """Make the answers to a tenth of the sentences agreed ones."""
    table = Annotation.__table__
    session.execute(
        table.update()
        .where(table.c.sentence_id % 10 == 0)
        .values(answerer="gold", membership_id=None)
    )
    session.commit()


def addresses(client: FlaskClient, statements: int) -> dict[str, list[str]]:
    """Return what each row of the table asks for; the queue's pages follow one another."""
    pages = [f"{BASE}/claims/"]
    while len(pages) < TIMES:
        following = client.get(pages[-1]).text.partition('rel="next" href="')[2].partition('"')[0]
        if not following:
            break
        pages.append(following.replace("&amp;", "&"))
    numbers = [1 + 97 * number % statements for number in range(TIMES)]
    ones = [f"{BASE}/statements/statement{number:07}/" for number in numbers]
    return {
        "queue, page after page": pages,
        "queue, by words": [
            f"{BASE}/claims/?words={words}"
            for words in ("logiciels prot", '"jeux de données"', "reforme marche", "benali", "co")
        ],
        "queue, by words of few": [
            f"{BASE}/claims/?words=plateformes+prot%C3%A8gent+essais+lyon+march%C3%A9+{name}"
            for name in ("benali", "leroy", "henry")
        ],
        "queue, by speaker": [f"{BASE}/claims/?speaker={one}" for one in ("meta", "author")],
        "queue, by target": [f"{BASE}/claims/?target=open-models&claim_type=fact"],
        "queue, with none yet": [f"{BASE}/claims/?checked=no", f"{BASE}/claims/?checked=yes"],
        "statements": [f"{BASE}/statements/?page={number}" for number in (1, 50, 150)],
        "statements, by words": [
            f"{BASE}/statements/?search={words}"
            for words in ("affaire 9", "lyon gratuits", "puces")
        ],
        "board by state": [
            f"{BASE}/desk/board{asked}"
            for asked in ("", "?open=40", "?words=lyon+gratuits", "?assignee=me&late=yes")
        ],
        "my desk": [f"{BASE}/desk/"],
        "one statement": ones,
        "a group": [f"{one}group" for one in ones],
    }


def time_pages(client: FlaskClient, wanted: list[str]) -> tuple[float, float]:
    """Return median and 95th percentile in seconds."""
    seconds = []
    for number in range(max(TIMES, len(wanted))):
        began = time.perf_counter()
        answer = client.get(wanted[number % len(wanted)])
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    return statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=1)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | sentences | claims | statements | page | p50 | p95 | budget |")
    print("|--|--:|--:|--:|--|--:|--:|--|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
            settings = Settings(data_dir=Path(name) / "data", database_url=url)
            bench = Workbench(settings, args.sentences, args.people, Density.PRESS)
            app = create_app(bench.settings)
            engine = create_engine(settings.database)
            with Session(engine) as session:
                session.execute(delete(Assignment).where(Assignment.membership_id.is_(None)))
                Answers(session).store()
                agree(session)
            user = make_person(app, "felix@example.org", name="Felix")
            with app.app_context():
                project = project_by_slug(db.session(), slug=PROJECT).id
            join(app, project, "felix@example.org", {Role.FACT_CHECKER})
            with Session(engine) as session:
                Desk(session).make(args.statements, user)
                claims = session.query(Claim).count()
                if kind == "PostgreSQL":
                    session.connection().exec_driver_sql("ANALYZE")
                    session.commit()  # else what was found out is lost
            engine.dispose()
            client = browser_of(app, user)
            gc.collect()
            gc.freeze()  # A server has made nothing of all this; looking through it takes 0.2 s.
            for page, wanted in addresses(client, args.statements).items():
                time_pages(client, wanted[:1])  # What is remembered and compiled once.
                middle, most = time_pages(client, wanted)
                print(
                    f"| {kind} | {args.sentences:,} | {claims:,} | {args.statements:,} | {page} |"
                    f" {1000 * middle:.0f} ms | {1000 * most:.0f} ms | {BUDGET} |",
                    flush=True,
                )
            with app.app_context():
                close_connections()


if __name__ == "__main__":
    main()
