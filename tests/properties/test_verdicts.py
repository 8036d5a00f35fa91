"""No sequence of what people do at the desk leaves a published verdict that a gate forbids."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cases import ARTICLE_URL, WORDING, Case, open_case
from tests.factories import NOW
from workbench.app import create_app
from workbench.errors import WorkbenchError
from workbench.factcheck.frozen import FrozenVerdict, read_frozen
from workbench.factcheck.gates import Case as Facts
from workbench.factcheck.gates import Place, Source, check_gates
from workbench.factcheck.judging import OwnVerdict, judge
from workbench.factcheck.queries import current_revision, current_state
from workbench.factcheck.reviewing import (
    approve,
    approve_by_link,
    ask_review,
    invite_reviewer,
    return_by_link,
    return_verdict,
)
from workbench.factcheck.rules import Bearing, Rating, ReviewStep, SourceKind, State
from workbench.factcheck.statements import Wording, reword_statement
from workbench.factcheck.tables import Approval, Evidence, SearchLog
from workbench.factcheck.verdicts import find_approved, find_newest
from workbench.factcheck.workflow import assign, reopen, withdraw
from workbench.settings import Settings
from workbench.storage.base import make_public_id
from workbench.storage.database import close_connections, transaction
from workbench.storage.migrations import upgrade

PEOPLE = st.sampled_from(["felix", "greta", "hugo"])
VALUES = st.sampled_from([rating.value for rating in Rating])
WORDS = st.sampled_from(["", "It says so."])


@pytest.fixture(scope="module")
def desk_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all examples; each is rolled back."""
    folder: Path = tmp_path_factory.mktemp("desk")
    settings_ = Settings(data_dir=folder, database_url=f"sqlite:///{folder}/desk.sqlite3")
    upgrade(settings_.database)
    app = create_app(settings_)
    yield app
    with app.app_context():
        close_connections()


@contextmanager
def rolled_back(app: Flask) -> Iterator[Session]:
    """Lend a session of which nothing stays."""
    with app.app_context(), transaction() as session:
        yield session
        session.rollback()


def test_nothing_is_published_that_a_gate_forbids(desk_app: Flask) -> None:
    class AtThisDesk(DeskMachine):
        app = desk_app

    test = AtThisDesk.TestCase()
    test.settings = settings(
        max_examples=70,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    test.runTest()


class DeskMachine(RuleBasedStateMachine):
    """Three fact-checkers and outsiders who do whatever they can to one statement."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.session = self.stack.enter_context(rolled_back(self.app))
        self.now = NOW
        self.tokens: list[str] = []
        self.ids: list[str] = []
        self.approved: dict[int, FrozenVerdict] = {}
        self.refused = 0

    @initialize(is_lonely=st.booleans(), has_proof=st.booleans())
    def open_desk(self, is_lonely: bool, has_proof: bool) -> None:
        checkers = ("felix",) if is_lonely else ("felix", "greta", "hugo")
        self.case: Case = open_case(self.session, checkers=checkers)
        for name in {"greta", "hugo"} - {*checkers}:
            self.case.people[name] = self.case.people["felix"]
        if has_proof:
            self.case.log_search(self.session)
            for bearing in (Bearing.SUPPORTS, Bearing.REFUTES):
                self.case.add_evidence(self.session, bearing=bearing)

    def teardown(self) -> None:
        self.stack.close()

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Do something as one transaction would: all of it, or nothing when it is refused."""
        self.now += timedelta(minutes=1)
        point = self.session.begin_nested()
        try:
            yield
        except WorkbenchError:
            self.refused += 1
            point.rollback()
            self.session.expire_all()
        else:
            point.commit()

    @property
    def place(self) -> dict[str, object]:
        return {"project_id": self.case.project_id, "statement": self.case.statement}

    def number(self) -> int:
        newest = find_newest(self.session, statement_id=self.case.row)
        return newest.number if newest else 0

    @rule(
        bearing=st.sampled_from(Bearing),
        kind=st.sampled_from(SourceKind),
        is_independent=st.booleans(),
        publisher=st.sampled_from(["A", "B"]),
        origin=st.sampled_from(["A", "B", "C", ""]),
        passage=WORDS,
        is_own_page=st.sampled_from([False, False, False, True]),
    )
    def add_evidence(self, *, is_own_page: bool, **changes: object) -> None:
        url = ARTICLE_URL if is_own_page else ""
        self.case.add_evidence(self.session, url=url, **changes)  # type: ignore[arg-type]

    @rule(is_removed=st.booleans(), bearing=st.sampled_from(Bearing), data=st.data())
    def change_evidence(self, data: st.DataObject, **changes: object) -> None:
        known = self.session.scalars(
            select(Evidence.public_id).where(Evidence.statement_id == self.case.row)
        ).all()
        if known:
            self.case.change_evidence(self.session, data.draw(st.sampled_from(known)), **changes)

    @rule()
    def log_search(self) -> None:
        self.case.log_search(self.session)

    @rule(
        text=st.sampled_from(["OpenAI a fermé ses modèles.", "OpenAI ne publie plus ses modèles."]),
        claim_type=st.sampled_from(["fact", "fact", "fact", "opinion", "prediction"]),
    )
    def reword(self, text: str, claim_type: str) -> None:
        with self.trying():
            reword_statement(
                self.session,
                project_id=self.case.project_id,
                public_id=self.case.statement,
                wording=Wording(text, "fr", claim_type),
                base=current_revision(self.session, statement_id=self.case.row).number,
                by=self.case.people["felix"],
                now=self.now,
            )

    @rule(by=PEOPLE, value=VALUES, justification=WORDS, context=WORDS, correction=WORDS)
    def write(self, by: str, value: str, **given: str) -> None:
        wording = current_revision(self.session, statement_id=self.case.row).number
        with self.trying():
            self.case.judge(self.session, value, by=by, wording=wording, now=self.now, **given)

    @rule(by=PEOPLE, other=PEOPLE, value=VALUES)
    def publish(self, by: str, other: str, value: str) -> None:
        self.carry_through(by=by, other=other, value=value, between="nothing")

    @rule(
        by=PEOPLE,
        other=PEOPLE,
        value=VALUES,
        between=st.sampled_from(["nothing", "nothing", "evidence", "wording", "own_page", "desk"]),
    )
    def carry_through(self, by: str, other: str, value: str, between: str) -> None:
        """Write, ask and approve in one go, with something between that may forbid it."""
        words = {"justification": "So.", "context": "But.", "correction": "Wrong before."}
        self.write(by=by, value=value, **words)
        self.ask(by=by)
        self.invite(by=by)
        match between:
            case "evidence":
                self.case.add_evidence(self.session, passage="")
            case "own_page":
                self.case.add_evidence(self.session, url=ARTICLE_URL)
            case "wording":
                self.reword(f"{WORDING} {self.now}", "opinion")
            case "desk":
                self.case.set_desk(self.session, organisation="Le Journal")
        self.sign(by=other, is_stale=False)
        if self.tokens:
            self.open_link(self.tokens[-1], reader=None, approves=True)
        self.case.set_desk(self.session, organisation="")

    @rule(by=PEOPLE, value=VALUES)
    def give_own(self, by: str, value: str) -> None:
        given = OwnVerdict(make_public_id(), 0, value, "")
        with self.trying():
            judge(self.session, **self.place, given=given, by=self.case.people[by], now=self.now)

    @rule(is_blind=st.booleans())
    def change_desk(self, is_blind: bool) -> None:
        self.case.set_desk(self.session, blind_verdicts=is_blind)

    @rule(by=PEOPLE)
    def ask(self, by: str) -> None:
        with self.trying():
            ask_review(
                self.session,
                **self.place,
                number=self.number(),
                by=self.case.people[by],
                now=self.now,
            )

    @rule(by=PEOPLE, is_stale=st.sampled_from([False, False, True]))
    def sign(self, by: str, is_stale: bool) -> None:
        number = self.number() - is_stale
        with self.trying():
            approve(
                self.session,
                **self.place,
                number=number,
                note="",
                by=self.case.people[by],
                now=self.now,
            )

    @rule(by=PEOPLE)
    def send_back(self, by: str) -> None:
        with self.trying():
            return_verdict(
                self.session,
                **self.place,
                number=self.number(),
                note="No.",
                by=self.case.people[by],
                now=self.now,
            )

    @rule(by=PEOPLE)
    def invite(self, by: str) -> None:
        with self.trying():
            self.tokens.append(
                invite_reviewer(
                    self.session,
                    **self.place,
                    number=self.number(),
                    name="Olga",
                    email="olga@example.com",
                    by=self.case.people[by],
                    now=self.now,
                )
            )

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), reader=st.none() | PEOPLE, approves=st.booleans())
    def use_link(self, data: st.DataObject, reader: str | None, approves: bool) -> None:
        self.open_link(data.draw(st.sampled_from(self.tokens)), reader, approves)

    def open_link(self, token: str, reader: str | None, approves: bool) -> None:
        act = approve_by_link if approves else return_by_link
        with self.trying():
            act(
                self.session,
                token=token,
                name="Olga",
                note="Seen.",
                reader=self.case.people[reader] if reader else None,
                now=self.now,
            )

    @rule(to=st.none() | PEOPLE)
    def give_to(self, to: str | None) -> None:
        with self.trying():
            assign(
                self.session,
                project_id=self.case.project_id,
                public_id=self.case.statement,
                to=self.case.people[to] if to else None,
                due_on=None,
                by=self.case.people["mona"],
                now=self.now,
            )

    @rule(takes_off=st.booleans())
    def withdraw_or_reopen(self, takes_off: bool) -> None:
        act = withdraw if takes_off else reopen
        with self.trying():
            act(
                self.session,
                project_id=self.case.project_id,
                public_id=self.case.statement,
                reason="So.",
                by=self.case.people["felix"],
                now=self.now,
            )

    @invariant()
    def what_is_published_passes_every_gate(self) -> None:
        approved = find_approved(self.session, statement_id=self.case.row)
        state = current_state(self.session, statement_id=self.case.row)
        if approved is None:
            assert state not in {State.PUBLISHED, State.CORRECTED}
            return
        frozen = read_frozen(self.session, revisions=[approved])[approved.id]
        (step,) = self.session.scalars(
            select(Approval).where(
                Approval.verdict_revision_id == approved.id,
                Approval.step == ReviewStep.APPROVED,
            )
        )
        facts = self.facts(frozen, approver=step.made_by, is_outside=step.made_by is None)
        assert [gate.name for gate in check_gates(facts) if not gate.is_met] == []

    @invariant()
    def what_was_approved_never_changes(self) -> None:
        approved = find_approved(self.session, statement_id=self.case.row)
        if approved is not None:
            frozen = read_frozen(self.session, revisions=[approved])[approved.id]
            assert self.approved.setdefault(approved.id, frozen) == frozen

    def facts(self, frozen: FrozenVerdict, *, approver: int | None, is_outside: bool) -> Facts:
        searched = select(SearchLog.id).where(SearchLog.statement_id == self.case.row)
        return Facts(
            wording=frozen.wording,
            claim_type=frozen.claim_type,
            places=[
                Place(one.claim.passage.url, one.claim.passage.outlet) for one in frozen.appearances
            ],
            rating=frozen.rating,
            justification=frozen.justification,
            context=frozen.context,
            sources=[
                Source(
                    id=one.id,
                    title=one.title,
                    bearing=one.bearing,
                    kind=one.source_kind,
                    is_independent=one.is_independent,
                    publisher=one.publisher,
                    origin=one.origin,
                    url=one.url,
                    archived_url=one.archived_url,
                    passage=one.passage,
                )
                for one in frozen.evidence
            ],
            searches=len(self.session.scalars(searched).all()),
            author=frozen.author_id,
            approver=approver,
            is_outside=is_outside,
        )
