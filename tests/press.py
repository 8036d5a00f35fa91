"""A desk that publishes, with a check that two people made."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cases import WORDING, Case, open_case
from tests.factories import NOW
from workbench.corpus.operations import edit_article
from workbench.corpus.queries import find_article
from workbench.corpus.readers.source import Metadata
from workbench.corpus.rules import EDITABLE
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.publishing import PublicDesk, find_desk
from workbench.factcheck.reviewing import approve, ask_review
from workbench.factcheck.rules import Bearing, Relation
from workbench.factcheck.statements import Wording, make_statement, reword_statement
from workbench.factcheck.verdicts import find_newest
from workbench.factcheck.workflow import reopen, withdraw
from workbench.labelling.register_changes import change_entry, get_entry
from workbench.labelling.tables import AttributionLink, Claim, Speaker
from workbench.storage.database import transaction

BASE = "https://checks.example.org"
DISCLOSED = {
    "publishes": True,
    "organisation": "The desk",
    "organisation_url": "https://desk.example.org/",
    "contact": "errors@desk.example.org",
    "is_nonpartisan": True,
    "funding": {"en": "Our readers.", "fr": "Nos lecteurs."},
}
LATER = NOW + timedelta(hours=1)


def open_press(session: Session, slug: str = "demo", **changes: object) -> Case:
    """Make a desk that publishes, with a statement and a primary source, not yet judged."""
    case = open_case(session, slug=slug, **changes)  # type: ignore[arg-type]  # tests say what they like
    case.add_evidence(session)
    case.set_desk(session, **DISCLOSED)
    return case


def publish(
    session: Session,
    case: Case,
    value: str = "supported",
    *,
    now: datetime = NOW,
    **changes: object,
) -> None:
    """Let one person judge the statement and another approve it."""
    case.judge(session, value, now=now, **changes)
    review(session, case, now=now)


def review(session: Session, case: Case, *, now: datetime = NOW) -> None:
    """Let another person approve what one has judged."""
    newest = find_newest(session, statement_id=case.row)
    assert newest
    place = {"project_id": case.project_id, "statement": case.statement, "number": newest.number}
    ask_review(session, **place, by=case.people["felix"], now=now)
    approve(session, **place, note="", by=case.people["greta"], now=now)


def correct(session: Session, case: Case, reason: str = "The licence was overlooked.") -> None:
    """Replace the published verdict by another, with evidence against the statement."""
    case.add_evidence(session, bearing=Bearing.REFUTES)
    publish(
        session,
        case,
        "conflicting",
        now=LATER,
        correction=reason,
        context="The licence forbids some uses.",
    )


def take_back(
    session: Session,
    case: Case,
    reason: str = "The claim was never made.",
    now: datetime = LATER,
) -> None:
    """Withdraw the statement."""
    withdraw(
        session,
        project_id=case.project_id,
        public_id=case.statement,
        reason=reason,
        by=case.people["felix"],
        now=now,
    )


def reword(session: Session, case: Case, wording: str) -> None:
    """Give the statement another wording."""
    reword_statement(
        session,
        project_id=case.project_id,
        public_id=case.statement,
        wording=Wording(wording, "fr", "fact"),
        base=1,
        by=case.people["felix"],
        now=LATER,
    )


def take_up(session: Session, case: Case) -> None:
    """Reopen the withdrawn statement."""
    reopen(
        session,
        project_id=case.project_id,
        public_id=case.statement,
        reason="It was made after all.",
        by=case.people["felix"],
        now=LATER,
    )


def edit(session: Session, case: Case, **changes: str | None) -> None:
    """Say other things of the claim's article: date, outlet, author, title or address."""
    (slug,) = case.articles
    article = find_article(session, project_id=case.project_id, name=slug)
    known = {name: getattr(article, name) for name in EDITABLE}
    edit_article(
        session,
        project_id=case.project_id,
        article_id=article.id,
        metadata=Metadata(**known | changes),
        by=case.people["mona"],
        now=LATER,
    )


def let_speak(session: Session, case: Case) -> Speaker:
    """Let somebody of the register say the claim."""
    speaker = session.scalars(
        select(Speaker).where(Speaker.project_id == case.project_id).order_by(Speaker.id)
    ).first()
    assert speaker
    author = session.scalars(
        select(AttributionLink).where(AttributionLink.project_id == case.project_id)
    ).one()
    kept = {
        column.name: getattr(author, column.name)
        for column in AttributionLink.__table__.columns
        if column.name != "id"
    }
    link = {"depth": 1, "source": "speaker", "speaker_id": speaker.id}
    session.add(AttributionLink(**kept | link))
    session.flush()
    return speaker


def rename(session: Session, case: Case, speaker: str, name: str) -> None:
    """Give somebody another name in the register."""
    entry = get_entry(session, project_id=case.project_id, register="speaker", public_id=speaker)
    change_entry(
        session,
        project_id=case.project_id,
        register="speaker",
        document=entry.document | {"name": name},
        state=entry.state,
        by=case.people["mona"],
        now=LATER,
    )


def add_statement(session: Session, case: Case, number: int) -> Case:
    """Make another statement of the desk, with the same claim and evidence of its own."""
    by = case.people["felix"]
    made = make_statement(
        session,
        project_id=case.project_id,
        wording=Wording(f"{WORDING} {number}", "fr", "fact"),
        by=by,
        now=NOW,
    )
    add_appearance(
        session,
        project_id=case.project_id,
        statement=made.public_id,
        claim=session.scalars(select(Claim.public_id).order_by(Claim.id)).first() or "",
        relation=Relation.ASSERTS,
        parts=None,
        by=by,
        now=NOW,
    )
    another = replace(case, statement=made.public_id, row=made.id)
    another.add_evidence(session)
    return another


def desk_of(session: Session, slug: str = "demo") -> PublicDesk:
    """Return the desk as readers find it."""
    return find_desk(session, slug=slug, base_url=BASE)


def print_check(app: Flask, **changes: object) -> Case:
    """Publish a check in an application; return what it is of."""
    with app.app_context(), transaction() as session:
        case = open_press(session)
        publish(session, case, **changes)  # type: ignore[arg-type]  # tests say what they like
        return case
