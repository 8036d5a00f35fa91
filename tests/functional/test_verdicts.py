"""Verdicts: written, reviewed by a second person, corrected, withdrawn; each gate on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cases import ARTICLE_URL, Case, open_case
from tests.factories import NOW
from tests.press import edit
from workbench.accounts.operations import create_user
from workbench.accounts.rules import SpentLinkError
from workbench.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
)
from workbench.factcheck.board import read_own_desk
from workbench.factcheck.frozen import ChangedSinceError, read_frozen
from workbench.factcheck.gates import GateName, UnmetGatesError
from workbench.factcheck.judging import (
    OwnVerdict,
    describe_judgements,
    is_kept_blind,
    judge,
    measure_agreement,
)
from workbench.factcheck.queries import current_state
from workbench.factcheck.reviewing import (
    approve,
    approve_by_link,
    ask_review,
    invite_reviewer,
    list_invited,
    read_invited,
    return_by_link,
    return_verdict,
    revoke_reviewer,
)
from workbench.factcheck.rules import Bearing, State
from workbench.factcheck.scales import default_scale, read_scale, record_scale
from workbench.factcheck.statements import Wording, reword_statement
from workbench.factcheck.tables import (
    Appearance,
    Erratum,
    ReviewInvitation,
    Statement,
    VerdictScaleRevision,
    WorkflowStep,
)
from workbench.factcheck.verdicts import describe, find_approved, find_newest
from workbench.factcheck.workflow import assign, reopen, withdraw
from workbench.projects.operations import add_member, set_roles
from workbench.projects.rules import Role
from workbench.storage.base import make_public_id


@pytest.fixture
def case(session: Session) -> Case:
    """A statement with a claim and a primary source that supports it, on a desk of two."""
    case = open_case(session)
    case.add_evidence(session)
    return case


def ask(session: Session, case: Case, number: int = 1, by: str = "felix") -> None:
    ask_review(session, **place(case), number=number, by=case.people[by], now=NOW)


def sign(session: Session, case: Case, number: int = 1, by: str = "greta") -> None:
    approve(session, **place(case), number=number, note="", by=case.people[by], now=NOW)


def place(case: Case) -> dict[str, object]:
    return {"project_id": case.project_id, "statement": case.statement}


def state(session: Session, case: Case) -> State:
    return current_state(session, statement_id=case.row)


def publish(session: Session, case: Case, **changes: object) -> int:
    """Judge, ask and approve; return the number of the revision."""
    number = case.judge(session, **changes).number
    ask(session, case, number)
    sign(session, case, number)
    return number


def reword(session: Session, case: Case, claim_type: str = "fact") -> None:
    reword_statement(
        session,
        project_id=case.project_id,
        public_id=case.statement,
        wording=Wording("OpenAI ne publie plus ses modèles.", "fr", claim_type),
        base=1,
        by=case.people["felix"],
        now=NOW,
    )


def test_a_verdict_goes_from_its_author_to_a_second_person(session: Session, case: Case) -> None:
    case.judge(session)
    assert state(session, case) is State.OPEN
    ask(session, case)
    assert state(session, case) is State.IN_REVIEW
    assert find_approved(session, statement_id=case.row) is None

    sign(session, case)

    approved = find_approved(session, statement_id=case.row)
    assert approved
    assert state(session, case) is State.PUBLISHED
    frozen = read_frozen(session, revisions=[approved])[approved.id]
    assert (frozen.wording, frozen.value.id) == ("OpenAI a fermé ses modèles.", "supported")
    assert [one.bearing for one in frozen.evidence] == [Bearing.SUPPORTS]
    assert [one.quote for one in frozen.appearances] == ["OpenAI a fermé ses modèles"]


def test_nothing_is_approved_that_readers_would_not_see(session: Session, case: Case) -> None:
    session.execute(update(Appearance).values(relation="denies"))
    case.judge(session, justification="---")

    with pytest.raises(UnmetGatesError, match="2 things") as error:
        ask(session, case)

    assert [one.name for one in error.value.gates] == [GateName.APPEARANCE, GateName.JUSTIFICATION]


@pytest.mark.parametrize("role", [Role.FACT_CHECKER, Role.MANAGER])
def test_no_author_approves_their_own_verdict(session: Session, case: Case, role: Role) -> None:
    roles = {Role.FACT_CHECKER, role}
    felix = case.people["felix"]
    set_roles(session, project_id=case.project_id, user_id=felix, roles=roles, by=None, now=NOW)
    case.judge(session)
    ask(session, case)

    with pytest.raises(UnmetGatesError, match="Somebody else than the author"):
        sign(session, case, by="felix")
    with pytest.raises(ForbiddenError, match="does not review it"):
        return_verdict(session, **place(case), number=1, note="No.", by=felix, now=NOW)
    assert state(session, case) is State.IN_REVIEW


Change = Callable[[Session, Case], object]


@pytest.mark.parametrize(
    ("change", "given", "missing"),
    [
        (None, {"justification": " "}, "justification is empty"),
        (None, {"value": "refuted"}, "No evidence bears this verdict out"),
        (None, {"value": "conflicting"}, "needs a source that refutes it"),
        (None, {"value": "not_enough_evidence"}, "needs a search log"),
        (lambda session, case: case.add_evidence(session, passage=""), {}, "neither archived"),
        (
            lambda session, case: case.add_evidence(session, url=f"{ARTICLE_URL}#x"),
            {},
            "itself appears",
        ),
    ],
)
def test_a_review_is_asked_for_only_once_nothing_else_is_missing(
    session: Session, case: Case, change: Change | None, given: dict[str, str], missing: str
) -> None:
    if change:
        change(session, case)
    case.judge(session, **given)

    with pytest.raises(UnmetGatesError, match=missing):
        ask(session, case)
    assert state(session, case) is State.OPEN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda session, case: case.add_evidence(session), "was added"),
        (reword, "was reworded"),
        (lambda session, case: edit(session, case, published="2023-10"), "The date of “Un titre”"),
        (
            lambda session, case: case.set_desk(session, organisation="Le Journal"),
            "your own organisation",
        ),
    ],
)
def test_what_changes_during_a_review_closes_the_door(
    session: Session, case: Case, change: Change, said: str
) -> None:
    case.judge(session)
    ask(session, case)

    change(session, case)

    with pytest.raises((ChangedSinceError, UnmetGatesError), match=said):
        sign(session, case)
    assert state(session, case) is State.IN_REVIEW


def test_evidence_taken_away_is_named_and_a_new_revision_goes_on(session: Session) -> None:
    case = open_case(session)
    first = case.add_evidence(session)
    case.add_evidence(session)
    case.judge(session)
    ask(session, case)
    case.change_evidence(session, first, is_removed=True)

    with pytest.raises(ChangedSinceError, match=f"“Source {first}” was taken away"):
        sign(session, case)

    assert case.judge(session).number == 2
    assert state(session, case) is State.ASSIGNED
    ask(session, case, 2)
    sign(session, case, 2)
    assert state(session, case) is State.PUBLISHED


def test_the_same_verdict_sent_again_is_one_revision(session: Session, case: Case) -> None:
    first = case.judge(session, id="v" * 16)

    assert case.judge(session, id="v" * 16, base=0).id == first.id
    with pytest.raises(ConflictError, match="Another verdict has this id"):
        case.judge(session, "refuted", id="v" * 16, base=0)
    with pytest.raises(ConflictError, match="Another verdict has this id"):
        case.judge(session, id="v" * 16, base=0, by="greta")


def test_of_two_who_write_at_once_the_second_is_told_and_gets_both(
    session: Session, case: Case
) -> None:
    case.judge(session, justification="Mine.")

    with pytest.raises(StaleRevisionError, match="revision 1") as refused:
        case.judge(session, by="greta", base=0, justification="Hers.")
    assert refused.value.extra["newest"]["justification"] == "Mine."  # type: ignore[index,call-overload]
    reword(session, case)
    with pytest.raises(StaleRevisionError, match="reworded meanwhile"):
        case.judge(session, wording=1)
    assert case.judge(session, wording=2).number == 2


def test_a_returned_verdict_is_its_authors_again(session: Session, case: Case) -> None:
    case.judge(session)
    ask(session, case)
    greta = case.people["greta"]

    return_verdict(session, **place(case), number=1, note="Which weights?", by=greta, now=NOW)

    assert state(session, case) is State.ASSIGNED
    with pytest.raises(ConflictError, match="Nobody asks"):
        sign(session, case)
    ask(session, case)
    sign(session, case)
    assert state(session, case) is State.PUBLISHED


def test_a_correction_says_why_and_leaves_an_erratum(session: Session, case: Case) -> None:
    first = publish(session, case)
    case.add_evidence(session, bearing=Bearing.REFUTES)
    with pytest.raises(InvalidInputError, match="say in the correction why"):
        case.judge(session, "conflicting", context="Since June.")
    with pytest.raises(InvalidInputError, match="say in the correction why"):
        case.judge(session, "conflicting", context="Since June.", correction="\u200b")

    changes = {"correction": "A source was missing.", "context": "Since June."}
    second = publish(session, case, value="conflicting", **changes)

    assert (first, second) == (1, 2)
    assert state(session, case) is State.CORRECTED
    erratum = session.scalars(select(Erratum)).one()
    assert erratum.reason == "A source was missing."
    assert erratum.verdict_revision_id != erratum.corrected_id


def test_a_correction_that_is_returned_leaves_what_is_published(
    session: Session, case: Case
) -> None:
    publish(session, case)
    number = case.judge(session, correction="A word.", justification="Other words.").number
    ask(session, case, number)
    greta = case.people["greta"]

    return_verdict(session, **place(case), number=number, note="Why?", by=greta, now=NOW)

    approved = find_approved(session, statement_id=case.row)
    assert approved
    assert (approved.number, state(session, case)) == (1, State.PUBLISHED)


def test_what_is_withdrawn_is_approved_anew(session: Session, case: Case) -> None:
    publish(session, case)
    by = {"by": case.people["felix"], "now": NOW}
    whole = {"project_id": case.project_id, "public_id": case.statement}

    for unseen in (" ", "\u200b"):
        with pytest.raises(InvalidInputError, match="fill this in"):
            withdraw(session, **whole, reason=unseen, **by)
    withdraw(session, **whole, reason="Not ours to check.", **by)

    assert state(session, case) is State.WITHDRAWN
    with pytest.raises(ConflictError, match="withdrawn"):
        case.judge(session, correction="x")
    with pytest.raises(ConflictError, match="withdrawn"):
        assign(session, **whole, to=case.people["greta"], due_on=None, **by)
    reopen(session, **whole, reason="It is after all.", **by)
    assert state(session, case) is State.OPEN
    with pytest.raises(ConflictError, match="Only a withdrawn"):
        reopen(session, **whole, reason="Again.", **by)
    reasons = session.scalars(select(WorkflowStep.reason).where(WorkflowStep.reason.is_not(None)))
    assert list(reasons) == ["Not ours to check.", "It is after all."]


def test_a_withdrawn_review_is_no_review_any_more(session: Session, case: Case) -> None:
    case.judge(session)
    ask(session, case)
    by = {"by": case.people["felix"], "now": NOW}
    whole = {"project_id": case.project_id, "public_id": case.statement}
    withdraw(session, **whole, reason="Wait.", **by)

    with pytest.raises(ConflictError, match="Nobody asks"):
        sign(session, case)
    reopen(session, **whole, reason="Go on.", **by)
    with pytest.raises(ConflictError, match="Nobody asks"):
        sign(session, case)
    ask(session, case)
    sign(session, case)
    assert state(session, case) is State.PUBLISHED


def test_only_fact_checkers_are_given_statements(session: Session, case: Case) -> None:
    whole = {"project_id": case.project_id, "public_id": case.statement}
    by = {"by": case.people["mona"], "now": NOW}

    with pytest.raises(InvalidInputError, match="Only a fact-checker"):
        assign(session, **whole, to=case.people["mona"], due_on=None, **by)
    assign(session, **whole, to=case.people["greta"], due_on=NOW.date(), **by)
    assert state(session, case) is State.ASSIGNED
    assign(session, **whole, to=None, due_on=None, **by)
    assert state(session, case) is State.OPEN


@pytest.mark.parametrize("claim_type", ["opinion", "prediction"])
def test_what_is_no_fact_gets_no_verdict(session: Session, claim_type: str) -> None:
    case = open_case(session, claim_type=claim_type)
    case.set_desk(session, blind_verdicts=True)

    with pytest.raises(InvalidInputError, match="never rated"):
        own(session, case, "felix", "supported")
    case.set_desk(session, blind_verdicts=False)
    with pytest.raises(UnmetGatesError, match="never rated"):
        case.judge(session)


def test_an_opinion_asks_nobody_for_a_verdict(session: Session) -> None:
    case = open_case(session, claim_type="opinion")
    case.set_desk(session, blind_verdicts=True)
    felix = case.people["felix"]
    assign(
        session,
        project_id=case.project_id,
        public_id=case.statement,
        to=felix,
        due_on=None,
        by=felix,
        now=NOW,
    )
    statement = session.get_one(Statement, case.row)

    own_desk = read_own_desk(session, project_id=case.project_id, user_id=felix, today=NOW.date())

    assert ([card.row for card in own_desk.mine], own_desk.to_judge) == ([case.row], [])
    assert not is_kept_blind(session, statement=statement, reader=felix)
    assert not describe_judgements(session, statement=statement, reader=felix).is_asked


def test_who_calls_a_fact_an_opinion_learns_no_verdict(session: Session) -> None:
    case = open_case(session)
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "greta", "supported")
    reword(session, case, claim_type="opinion")
    statement = session.get_one(Statement, case.row)

    seen = describe_judgements(session, statement=statement, reader=case.people["felix"])

    assert (seen.count, seen.others) == (1, ())


# Somebody from outside


@pytest.fixture
def lonely(session: Session) -> Case:
    """The desk of one person who waits for a review."""
    case = open_case(session, checkers=("felix",))
    case.add_evidence(session)
    case.judge(session)
    ask(session, case)
    return case


def send_link(session: Session, case: Case, **changes: object) -> str:
    given = {"number": 1, "name": "Olga", "email": "olga@example.com", "by": case.people["felix"]}
    return invite_reviewer(session, **place(case), **given | changes, now=NOW)  # type: ignore[arg-type]


def by_link(session: Session, token: str, **changes: object) -> None:
    given = {"token": token, "name": "Olga O.", "note": "Seen.", "reader": None, "now": NOW}
    approve_by_link(session, **given | changes)  # type: ignore[arg-type]


def test_one_person_invites_somebody_from_outside(session: Session, lonely: Case) -> None:
    token = send_link(session, lonely)
    assert read_invited(session, token=token, now=NOW).verdict.number == 1
    assert token not in str(vars(session.scalars(select(ReviewInvitation)).one()))

    by_link(session, token)

    assert state(session, lonely) is State.PUBLISHED
    with pytest.raises(SpentLinkError):
        read_invited(session, token=token, now=NOW)
    with pytest.raises(SpentLinkError):
        by_link(session, token)


def test_a_reviewer_from_outside_may_return_it(session: Session, lonely: Case) -> None:
    token = send_link(session, lonely)

    return_by_link(session, token=token, name="Olga", note="Who says so?", reader=None, now=NOW)

    assert state(session, lonely) is State.ASSIGNED
    with pytest.raises(SpentLinkError):
        by_link(session, token)


def test_a_used_link_stays_used_when_the_author_asks_again(session: Session, lonely: Case) -> None:
    used, other = send_link(session, lonely), send_link(session, lonely)
    return_by_link(session, token=used, name="Olga", note="Who says so?", reader=None, now=NOW)
    later = NOW + timedelta(minutes=1)

    ask_review(session, **place(lonely), number=1, by=lonely.people["felix"], now=later)  # type: ignore[arg-type]

    for token in (used, other):
        with pytest.raises(SpentLinkError):
            read_invited(session, token=token, now=later)
        with pytest.raises(SpentLinkError):
            by_link(session, token, now=later)
    revision = find_newest(session, statement_id=lonely.row)
    assert revision
    sent = list_invited(session, verdict_revision=revision.id, now=later)
    assert [one.is_open for one in sent] == [False, False]


def test_a_link_used_at_the_moment_of_the_next_request_is_used(
    session: Session, lonely: Case
) -> None:
    used = send_link(session, lonely)
    return_by_link(session, token=used, name="Olga", note="Who says so?", reader=None, now=NOW)
    ask(session, lonely)

    with pytest.raises(SpentLinkError):
        by_link(session, used)
    by_link(session, send_link(session, lonely))


def test_a_link_opens_one_revision_for_a_while(session: Session, lonely: Case) -> None:
    token, other = send_link(session, lonely), send_link(session, lonely)
    with pytest.raises(SpentLinkError):
        by_link(session, token, now=NOW + timedelta(days=15))
    with pytest.raises(SpentLinkError):
        by_link(session, "no such token")
    newest = session.scalars(select(ReviewInvitation).order_by(ReviewInvitation.id.desc())).first()
    assert newest
    felix = lonely.people["felix"]
    revoke_reviewer(
        session, project_id=lonely.project_id, invitation=newest.public_id, by=felix, now=NOW
    )
    with pytest.raises(SpentLinkError):
        by_link(session, other)

    lonely.judge(session, justification="Better words.")
    ask(session, lonely, 2)

    with pytest.raises(SpentLinkError):
        by_link(session, token)
    assert state(session, lonely) is State.IN_REVIEW


def test_nobody_is_their_own_outside_reviewer(session: Session, lonely: Case) -> None:
    felix = lonely.people["felix"]
    token = send_link(session, lonely)
    with pytest.raises(ForbiddenError, match="for somebody else"):
        by_link(session, token, reader=felix)
    assert state(session, lonely) is State.IN_REVIEW


@pytest.mark.parametrize(
    "given",
    [
        {"email": "Felix@demo.example.org"},
        {"email": "FELIX+review@Demo.example.org"},
        {"email": "mona+1@demo.example.org"},
        {"name": "félix"},
        {"name": " FELIX "},
        {"name": "Ｍona"},
    ],
)
def test_nobody_of_the_project_is_invited_from_outside(
    session: Session, lonely: Case, given: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError, match="is of this project"):
        send_link(session, lonely, **given)

    token = send_link(session, lonely)

    with pytest.raises(InvalidInputError, match="Felix is of this project"):
        by_link(session, token, name="Félix")
    assert state(session, lonely) is State.IN_REVIEW


def test_a_member_of_today_uses_no_link_of_yesterday(session: Session, lonely: Case) -> None:
    token = send_link(session, lonely, email="olga+desk@example.com")
    create_user(session, email="olga@example.com", name="O.", by=None, now=NOW)
    place = {"project_id": lonely.project_id, "email": "olga@example.com", "by": None, "now": NOW}
    add_member(session, roles=[Role.ANNOTATOR], **place)  # type: ignore[arg-type]

    with pytest.raises(InvalidInputError, match="is of this project"):
        by_link(session, token)


def test_nobody_of_the_project_uses_a_link_under_another_name(
    session: Session, lonely: Case
) -> None:
    token = send_link(session, lonely)

    with pytest.raises(InvalidInputError, match="Mona is of this project"):
        by_link(session, token, reader=lonely.people["mona"])
    assert state(session, lonely) is State.IN_REVIEW


def test_where_a_colleague_can_review_nobody_is_invited(session: Session, case: Case) -> None:
    case.judge(session)
    ask(session, case)

    with pytest.raises(ConflictError, match="Greta can review it"):
        send_link(session, case)


def test_a_link_passes_no_gate_either(session: Session, lonely: Case) -> None:
    token = send_link(session, lonely)
    lonely.add_evidence(session, bearing=Bearing.REFUTES)

    with pytest.raises(ChangedSinceError):
        by_link(session, token)
    assert find_approved(session, statement_id=lonely.row) is None


# Blind verdicts


def own(
    session: Session, case: Case, name: str, value: str, *, now: datetime = NOW, **changes: object
) -> None:
    given = {"id": make_public_id(), "base": 0, "value": value, "justification": "I think so."}
    judge(
        session,
        **place(case),
        given=OwnVerdict(**given | changes),  # type: ignore[arg-type]
        by=case.people[name],
        now=now,
    )


def test_nobody_sees_others_verdicts_before_giving_their_own(session: Session, case: Case) -> None:
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "felix", "supported")
    statement = session.get_one(Statement, case.row)
    felix, greta, mona = (case.people[name] for name in ("felix", "greta", "mona"))

    with pytest.raises(ForbiddenError, match="Give your own verdict first"):
        case.judge(session, by="greta")
    case.judge(session)
    ask(session, case)
    with pytest.raises(ForbiddenError, match="Give your own verdict first"):
        sign(session, case)

    hers = describe_judgements(session, statement=statement, reader=greta)
    assert (hers.others, hers.count) == ((), 1)
    assert describe(session, statement=statement, reader=greta).newest is None
    assert describe(session, statement=statement, reader=felix).newest
    assert len(describe_judgements(session, statement=statement, reader=mona).others) == 1
    own(session, case, "greta", "refuted")
    seen = describe_judgements(session, statement=statement, reader=greta)
    assert [one.value.id for one in seen.others] == ["supported"]
    sign(session, case)
    assert state(session, case) is State.PUBLISHED


def test_a_verdict_of_ones_own_is_asked_for_and_in_time(session: Session, case: Case) -> None:
    with pytest.raises(ConflictError, match="does not ask"):
        own(session, case, "felix", "supported")
    publish(session, case)
    case.set_desk(session, blind_verdicts=True)
    with pytest.raises(ConflictError, match="is published"):
        own(session, case, "greta", "supported")
    case.judge(session, correction="Another source.")
    ask(session, case, 2)
    sign(session, case, 2)  # by greta, who came too late for one of her own
    assert state(session, case) is State.CORRECTED


def test_who_judges_from_an_old_revision_is_told_the_newest(session: Session, case: Case) -> None:
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "felix", "supported")
    own(session, case, "felix", "refuted", base=1)

    with pytest.raises(StaleRevisionError, match="revision 2") as refused:
        own(session, case, "felix", "supported", base=1)

    assert refused.value.extra == {"newest": {"number": 2}}
    own(session, case, "felix", "supported", base=2)


def test_a_statement_reopened_is_judged_blind_anew(session: Session, case: Case) -> None:
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "felix", "supported")
    own(session, case, "greta", "supported")
    publish(session, case)
    greta, later = case.people["greta"], NOW + timedelta(days=1)
    statement = session.get_one(Statement, case.row)
    for act in (withdraw, reopen):
        act(
            session,
            project_id=case.project_id,
            public_id=case.statement,
            reason="New facts.",
            by=case.people["felix"],
            now=later,
        )
    after = later + timedelta(days=1)

    with pytest.raises(StaleRevisionError) as refused:
        own(session, case, "felix", "refuted", base=1, now=after)
    own(session, case, "felix", "refuted", now=after)

    assert refused.value.extra == {"newest": {"number": 0}}
    hers = describe_judgements(session, statement=statement, reader=greta)
    assert (hers.own, hers.others, hers.count) == (None, (), 1)
    seen = describe(session, statement=statement, reader=greta)
    assert (seen.is_blind, seen.newest, seen.approved) == (True, None, None)
    with pytest.raises(ForbiddenError, match="Give your own verdict first"):
        case.judge(session, by="greta", correction="New facts.")
    own(session, case, "greta", "refuted", now=after)
    assert describe(session, statement=statement, reader=greta).approved
    found = measure_agreement(session, project_id=case.project_id)
    assert (found.figure.n, found.statements, found.figure.value) == (2, 1, 1.0)


def test_a_verdict_of_before_a_withdrawal_is_not_asked_for_unjudged(
    session: Session, case: Case
) -> None:
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "felix", "supported")
    case.judge(session)
    given = {"reason": "New facts.", "by": case.people["felix"], "now": NOW + timedelta(days=1)}
    for act in (withdraw, reopen):
        act(session, project_id=case.project_id, public_id=case.statement, **given)  # type: ignore[arg-type]

    with pytest.raises(ForbiddenError, match="Give your own verdict first"):
        ask(session, case)
    own(session, case, "felix", "refuted", now=NOW + timedelta(days=2))
    ask(session, case)
    assert state(session, case) is State.IN_REVIEW


def test_agreement_is_counted_of_what_was_given_first(session: Session, case: Case) -> None:
    found = measure_agreement(session, project_id=case.project_id)
    assert (found.figure.value, found.figure.undefined) == (None, "one_annotator")
    case.set_desk(session, blind_verdicts=True)
    own(session, case, "felix", "supported")
    own(session, case, "greta", "refuted")
    own(session, case, "greta", "supported", base=1)

    found = measure_agreement(session, project_id=case.project_id)

    assert (found.people, found.statements) == (2, 1)
    assert found.figure.value == pytest.approx(0)
    assert found.figure.prevalence == {"refuted": 0.5, "supported": 0.5}
    assert found.figure.no_interval == "one_article"


# The scale


def test_a_project_may_have_another_scale_and_verdicts_keep_theirs(
    session: Session, case: Case
) -> None:
    assert read_scale(session, project_id=case.project_id).row is None
    revision = case.judge(session)
    document = default_scale().document
    words = {"en": "Confirmed", "fr": "Avéré"}
    values = [
        {**one, "words": words} if one["id"] == "supported" else one for one in document["values"]
    ]  # type: ignore[call-overload,index,union-attr]

    new = record_scale(
        session,
        project_id=case.project_id,
        document={**document, "values": values},
        by=case.people["mona"],
        now=NOW,
    )

    assert new.number == 2
    assert len(session.scalars(select(VerdictScaleRevision)).all()) == 2
    frozen = read_frozen(session, revisions=[revision])[revision.id]
    assert frozen.value.words["fr"] == "Confirmé"
    with pytest.raises(StaleRevisionError, match="changed elsewhere"):
        record_scale(
            session, project_id=case.project_id, document=document, base=1, by=None, now=NOW
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"organisation": ""}, "which organisation"),
        ({"contact": ""}, "how to reach it"),
        ({"organisation_url": ""}, "address of its organisation"),
        ({"is_nonpartisan": False}, "no political party"),
        ({"funding": {}}, "who pays"),
        ({"method": {}}, "how it chooses claims"),
        ({"corrections": {"fr": " "}}, "corrects itself"),
        ({"organisation_url": "javascript:alert(1)"}, "no address of a page"),
        ({"contact": "nowhere"}, "no e-mail address"),
        ({"method": {"fr": "x" * 20_001}}, "At most 20000"),
    ],
)
def test_a_desk_publishes_once_readers_can_know_who_checks_and_how(
    session: Session, case: Case, changes: dict[str, object], said: str
) -> None:
    whole = {
        "publishes": True,
        "organisation": "The Desk",
        "organisation_url": "https://desk.example.org/",
        "contact": "desk@example.org",
        "is_nonpartisan": True,
        "funding": {"en": "Readers."},
    }

    with pytest.raises(InvalidInputError, match=said):
        case.set_desk(session, **whole | changes)
    case.set_desk(session, **whole)
