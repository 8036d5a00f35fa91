"""The page that tells who gets checked."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cases import make_claim, open_case
from tests.factories import NOW
from tests.people import browser_of
from tests.press import DISCLOSED, open_press, publish, take_back
from workbench.corpus.tables import Article
from workbench.factcheck.appearances import add_appearance
from workbench.factcheck.rules import Relation
from workbench.factcheck.weighing import read_balance, read_unchecked
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import stored_registers
from workbench.labelling.tables import Claim, ClaimRevision, Stance, Target
from workbench.storage.database import transaction


def take_side(session: Session, value: str) -> None:
    """Let all claims be on one side of the register's first target."""
    target = session.scalars(select(Target).order_by(Target.id)).first()
    assert target
    for claim in session.scalars(select(ClaimRevision)):
        session.add(
            Stance(
                project_id=claim.project_id,
                annotation_revision_id=claim.annotation_revision_id,
                position=1,
                claim_id=claim.claim_id,
                holder="author",
                speaker_id=None,
                target_id=target.id,
                target_span=None,
                value=value,
                attributes={},
            )
        )
    session.flush()


def find_worth(session: Session, worth: str) -> None:
    """Let all claims be so much worth checking."""
    for claim in session.scalars(select(ClaimRevision)):
        assert isinstance(claim.attributes, dict)
        claim.attributes = {**claim.attributes, "check_worthiness": worth}
    session.flush()


def test_a_claim_is_checked_once_its_verdict_is_approved(session: Session) -> None:
    case = open_case(session)
    case.add_evidence(session)
    take_side(session, "favor")

    def whole() -> tuple[int, int, int]:
        found = read_balance(session, project_id=case.project_id, reader=case.people["felix"])
        return found.balance.whole.checked, found.balance.whole.total, len(found.unchecked)

    assert whole() == (0, 1, 1)
    publish(session, case)
    assert whole() == (1, 1, 0)
    take_back(session, case)
    assert whole() == (0, 1, 1)


def test_sides_speakers_and_outlets_are_told(session: Session) -> None:
    case = open_case(session)
    take_side(session, "against")
    session.execute(update(Article).values(author="A. Martin"))

    found = read_balance(session, project_id=case.project_id, reader=case.people["felix"])

    (sides,) = found.balance.targets
    assert (sides.favor.total, sides.against.total) == (0, 1)
    assert sides.target in found.targets
    assert [one.of for one in found.balance.speakers] == ["A. Martin"]
    assert [one.of for one in found.balance.outlets] == ["Le Journal"]
    ((claim, _),) = read_unchecked(session, project_id=case.project_id, rows=found.unchecked)
    assert claim.passage.outlet == "Le Journal"


@pytest.mark.parametrize("worth", ["maybe", "no"])
def test_what_is_not_worth_it_is_not_counted(session: Session, worth: str) -> None:
    case = open_case(session)
    find_worth(session, worth)

    found = read_balance(session, project_id=case.project_id, reader=case.people["felix"])

    assert found.balance.whole.total == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_pictures_with_their_numbers(app: Flask, language: str) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        case.add_evidence(session)
        case.set_desk(session, **DISCLOSED)
        take_side(session, "favor")
        number = register_number(session, project_id=case.project_id)
        registers = stored_registers(session, project_id=case.project_id, number=number)
        label = registers.targets[0].labels[language]
    client = browser_of(app, case.people["felix"])

    page = client.get("/projects/demo/balance/", headers={"Accept-Language": language}).text

    assert page.count("<svg") >= 3
    assert label in page
    assert "0/1" in page
    assert {"fr": "trop peu", "en": "too few"}[language] in page
    assert "statements/new?claim=" in page


def test_an_empty_project_says_so(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_case(session)
        find_worth(session, "no")
    client = browser_of(app, case.people["felix"])

    page = client.get("/projects/demo/balance/", headers={"Accept-Language": "en"}).text

    assert "No claim is marked as worth checking yet." in page


def test_checking_only_those_against_is_said_on_the_page(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        case = open_press(session)
        for number in range(9):
            make_claim(session, case.project_id, "demo", name=f"article{number}")
        take_side(session, "favor")
        ids = session.scalars(select(Claim.id).order_by(Claim.id)).all()
        session.execute(update(Stance).where(Stance.claim_id.in_(ids[::2])).values(value="against"))
        names = session.scalars(select(Claim.public_id).where(Claim.id.in_(ids[2::2]))).all()
        for name in names:
            add_appearance(
                session,
                project_id=case.project_id,
                statement=case.statement,
                claim=name,
                relation=Relation.ASSERTS,
                parts=None,
                by=case.people["felix"],
                now=NOW,
            )
        publish(session, case)
    client = browser_of(app, case.people["felix"])

    page = client.get("/projects/demo/balance/", headers={"Accept-Language": "en"}).text

    assert "Claims for it are checked significantly less (0 of 5)" in page
    assert "claims against it (5 of 5)" in page
