"""A statement with a claim of an article, and evidence for it."""

import threading
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from flask import Flask
from sqlalchemy import update

from tests.adjudicators import SHORT, make_shared_corpus, read
from tests.factcheckers import Checker, claim_of, make_one, sit_at_desk
from tests.hostile import Site, local_names
from workbench.app import JOBS
from workbench.clock import utc_now
from workbench.corpus.tables import Article
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.evidence import (
    EvidenceItem,
    GivenEvidence,
    add_evidence,
    edit_evidence,
    find_evidence,
)
from workbench.factcheck.keeping import (
    FETCH,
    RECHECK,
    KeptPage,
    read_kept,
    request_fetch,
    run_fetch,
)
from workbench.factcheck.queries import find_statement
from workbench.factcheck.rules import AnswerType, Bearing, Medium, Relation, SourceKind
from workbench.fetching import Door
from workbench.jobs.runner import run_waiting_jobs
from workbench.storage.database import db, transaction

ARTICLE_URL = "https://www.journal.example/articles/42"
GIVEN = GivenEvidence(
    question="Les modèles sont-ils fermés ?",
    answer="Oui, depuis 2019.",
    answer_type=AnswerType.ABSTRACTIVE,
    bearing=Bearing.SUPPORTS,
    url="https://office.example/report",
    title="Rapport annuel",
    publisher="Office des modèles",
    origin="own count",
    published="2023-11",
    accessed=date(2024, 1, 15),
    archived_url=None,
    passage="Les modèles sont fermés.",
    medium=Medium.WEB_TEXT,
    source_kind=SourceKind.PRIMARY,
    is_independent=True,
    note="",
)


@dataclass
class Case:
    """A fact-checker's statement, with one appearance, and what is done to its evidence."""

    app: Flask
    checker: Checker
    statement: str

    @property
    def path(self) -> str:
        """The address of the statement's page."""
        return f"/projects/demo/statements/{self.statement}/"

    def add(self, given: GivenEvidence = GIVEN, now: datetime | None = None, **more: object) -> str:
        """Add evidence, or what differs from it, and return its id."""
        private: frozenset[str] = more.pop("private_hosts", frozenset())  # type: ignore[assignment]
        with self.app.app_context(), transaction() as session:
            return add_evidence(
                session,
                project_id=self.checker.project_id,
                statement=self.statement,
                given=replace(given, **more),  # type: ignore[arg-type]
                by=self.checker.user_id,
                now=now or utc_now(),
                private_hosts=private,
            )

    def edit(self, evidence: str, base: int, given: GivenEvidence, **more: object) -> int:
        """Write evidence down anew."""
        with self.app.app_context(), transaction() as session:
            return edit_evidence(
                session,
                project_id=self.checker.project_id,
                statement=self.statement,
                evidence=evidence,
                base=base,
                given=given,
                by=self.checker.user_id,
                now=utc_now(),
                **more,  # type: ignore[arg-type]
            )

    def find(self, evidence: str) -> EvidenceItem:
        """Return evidence as it is now."""
        with self.app.app_context():
            return find_evidence(db.session(), statement_id=self.row, public_id=evidence)

    @property
    def row(self) -> int:
        """The statement's row."""
        with self.app.app_context():
            return find_statement(
                db.session(), project_id=self.checker.project_id, public_id=self.statement
            ).id

    def fetch(self, evidence: str, *, keep: bool = True) -> KeptPage:
        """Let a job fetch the page of evidence; return what is known of it then."""
        with self.app.app_context(), transaction() as session:
            request_fetch(
                session,
                project_id=self.checker.project_id,
                statement=self.statement,
                evidence=evidence,
                keep=keep,
                by=self.checker.user_id,
                now=utc_now(),
            )
        self.work()
        return self.page(evidence)

    def page(self, evidence: str) -> KeptPage:
        """Return what is known of the page of evidence."""
        item = self.find(evidence)
        with self.app.app_context():
            return read_kept(db.session(), items=[item])[item.revision]

    def work(self) -> None:
        """Carry out the jobs that wait."""
        run_waiting_jobs(
            self.app.extensions[JOBS], app_context=self.app.app_context, stop=threading.Event()
        )


def open_case(app: Flask, published: str | None = "2023-12") -> Case:
    """Let a checker make a statement of what an article of this date claims."""
    make_shared_corpus(app)
    desk = read(app, "ada", SHORT)
    with app.app_context(), transaction() as session:
        session.execute(update(Article).values(published=published, url=ARTICLE_URL))
    checker = sit_at_desk(app)
    case = Case(app, checker, make_one(checker))
    with app.app_context(), transaction() as session:
        add_appearance(
            session,
            project_id=checker.project_id,
            statement=case.statement,
            claim=claim_of(desk),
            relation=Relation.ASSERTS,
            parts=None,
            by=checker.user_id,
            now=utc_now(),
        )
    return case


def let_fetch(app: Flask, site: Site, **changes: object) -> None:
    """Let the jobs of an application fetch pages of a site on this machine, and no others."""
    door = Door(
        **{"private_hosts": frozenset({site.place}), "resolve": local_names()} | changes  # type: ignore[arg-type]
    )
    handler = partial(run_fetch, door=door, pause=0, again=0)
    app.extensions[JOBS] |= {FETCH: handler, RECHECK: handler}
