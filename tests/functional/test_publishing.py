"""What readers see of a desk: approved verdicts, frozen, and only while it publishes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cases import WORDING, Case
from tests.factories import NOW, make_project
from tests.press import (
    BASE,
    DISCLOSED,
    LATER,
    correct,
    desk_of,
    edit,
    open_press,
    publish,
    review,
    reword,
    take_back,
    take_up,
)
from workbench.corpus.tables import Article
from workbench.errors import NotFoundError
from workbench.factcheck.claimreview import check_review, review_of
from workbench.factcheck.erasure import blank_parts
from workbench.factcheck.published import PublishedCheck
from workbench.factcheck.publishing import (
    Correction,
    LeftOut,
    Wanted,
    Withdrawal,
    count_checks,
    count_corrections,
    count_left_out,
    describe_standing,
    list_addresses,
    list_checks,
    list_corrections,
    list_desks,
    read_all_checks,
    read_check,
    without_later_evidence,
)
from workbench.factcheck.rules import Bearing, Rating
from workbench.factcheck.statements import Wording, make_statement
from workbench.factcheck.tables import (
    Desk,
    EvidenceRevision,
    Statement,
    StatementRevision,
    VerdictAppearance,
)
from workbench.projects.queries import get_project

ALL = Wanted()


@pytest.fixture
def case(session: Session) -> Case:
    """A desk that publishes, with a statement that nobody has judged."""
    return open_press(session)


def read(session: Session, case: Case) -> PublishedCheck | Withdrawal:
    return read_check(session, desk=desk_of(session), statement=case.statement)


def see(session: Session, case: Case) -> PublishedCheck:
    found = read(session, case)
    assert isinstance(found, PublishedCheck)
    return found


def seen(session: Session, wanted: Wanted = ALL) -> list[str]:
    return [one.id for one in list_checks(session, desk=desk_of(session), wanted=wanted, limit=50)]


def test_an_approved_verdict_is_published_with_what_it_froze(session: Session, case: Case) -> None:
    publish(session, case)

    check = see(session, case)

    assert check.wording == WORDING
    assert check.rating is Rating.SUPPORTED
    assert check.url == f"{BASE}/checks/demo/{case.statement}/"
    (appearance,) = check.appearances
    assert (appearance.quote, appearance.outlet) == ("OpenAI a fermé ses modèles", "Le Journal")
    (source,) = check.sources
    assert source.publisher == "OpenAI"
    assert seen(session) == [case.statement]
    check_review(review_of(check, language="fr"))


def test_nothing_is_seen_before_somebody_approved_it(session: Session, case: Case) -> None:
    case.judge(session)

    assert seen(session) == []
    with pytest.raises(NotFoundError):
        read(session, case)


@pytest.mark.parametrize(
    "changes",
    [
        {"publishes": False},
        {"organisation": ""},
        {"organisation_url": ""},
        {"organisation_url": "javascript:alert(1)"},
        {"contact": ""},
        {"funding": {"en": "", "fr": " "}},
        {"is_nonpartisan": False},
        {"method": {}},
        {"corrections": {"en": ""}},
    ],
    ids=str,
)
def test_a_desk_that_hides_who_it_is_publishes_nothing(
    session: Session, case: Case, changes: dict[str, object]
) -> None:
    publish(session, case)
    session.execute(update(Desk).values(**changes))

    assert list_desks(session, base_url=BASE) == []
    with pytest.raises(NotFoundError):
        desk_of(session)


def test_later_changes_alter_nothing_that_is_published(session: Session, case: Case) -> None:
    publish(session, case)
    before = see(session, case)

    case.add_evidence(session, bearing=Bearing.REFUTES)
    reword(session, case, "OpenAI ferme tout.")

    assert see(session, case) == before


def test_searches_noted_until_the_approval_are_published(session: Session, case: Case) -> None:
    case.judge(session, "not_enough_evidence")
    case.log_search(session, now=LATER)
    review(session, case, now=LATER)
    case.log_search(session, now=LATER + timedelta(hours=1))

    assert len(see(session, case).searches) == 1


def test_a_draft_of_another_verdict_stays_unseen(session: Session, case: Case) -> None:
    publish(session, case)

    case.add_evidence(session, bearing=Bearing.REFUTES)
    case.judge(session, "conflicting", correction="Not so.", context="Partly.", now=LATER)

    check = see(session, case)
    assert check.rating is Rating.SUPPORTED
    assert len(check.versions) == len(check.sources) == 1


def test_a_correction_says_what_changed_and_when(session: Session, case: Case) -> None:
    publish(session, case)

    correct(session, case)

    check = see(session, case)
    assert check.rating is Rating.CONFLICTING
    assert (check.published_at, check.modified_at) == (NOW, LATER)
    assert [one.verdict.id for one in check.versions] == ["supported", "conflicting"]
    (correction,) = list_corrections(session, desk=desk_of(session), limit=50)
    assert correction.reason == "The licence was overlooked."
    assert correction.before
    assert correction.after
    assert (correction.before.id, correction.after.id) == ("supported", "conflicting")


def test_what_is_withdrawn_keeps_its_reason_and_no_rating(session: Session, case: Case) -> None:
    publish(session, case)

    take_back(session, case)

    found = read(session, case)
    assert isinstance(found, Withdrawal)
    assert found.reason == "The claim was never made."
    assert seen(session) == []
    (correction,) = list_corrections(session, desk=desk_of(session), limit=50)
    assert correction.before is correction.after is None


def test_what_was_corrected_and_withdrawn_stays_on_record_for_ever(
    session: Session, case: Case
) -> None:
    publish(session, case)
    recorded: list[Correction] = []

    def say_more() -> None:
        """Look at the record: it has one entry more, and the others are as they were."""
        found = list_corrections(session, desk=desk_of(session), limit=50)
        assert found[1:] == recorded
        assert count_corrections(session, desk=desk_of(session)) == len(found)
        recorded.insert(0, found[0])

    correct(session, case)
    say_more()
    for day in (1, 2):
        take_back(session, case, f"Never said {day}.", now=LATER + timedelta(days=day))
        say_more()
        take_up(session, case)
        now = LATER + timedelta(days=day, hours=1)
        publish(session, case, "conflicting", now=now, correction="Said.", context="Some.")
        say_more()
    session.execute(update(Article).values(outlet="The desk"))  # It breaks a rule by now.

    assert list_corrections(session, desk=desk_of(session), limit=50) == [
        replace(one, is_shown=False) for one in recorded
    ]
    ids = [one.id for one in recorded if one.after is None]
    assert ids == [f"{case.statement}-withdrawn-2", f"{case.statement}-withdrawn"]


def test_a_check_tells_all_that_happened_to_it(session: Session, case: Case) -> None:
    publish(session, case)
    take_back(session, case)
    take_up(session, case)
    publish(session, case, now=LATER + timedelta(hours=1), correction="It was made.")

    check = see(session, case)

    assert [type(one).__name__ for one in check.history] == ["Version", "TakenBack", "Version"]
    review = check_review(review_of(check, language="en"))
    assert [one["text"] for one in review["correction"]] == [  # type: ignore[index, union-attr, call-overload]  # it was checked
        "Retiré\N{NO-BREAK SPACE}: The claim was never made.",
        "It was made.",
    ]


def test_what_is_taken_up_again_stays_withdrawn_until_it_is_approved(
    session: Session, case: Case
) -> None:
    publish(session, case)
    take_back(session, case)
    take_up(session, case)
    assert isinstance(read(session, case), Withdrawal)

    publish(session, case, now=LATER, correction="It was made after all.")

    assert see(session, case).rating is Rating.SUPPORTED


def test_a_statement_withdrawn_before_it_was_published_was_never_there(
    session: Session, case: Case
) -> None:
    take_back(session, case)

    with pytest.raises(NotFoundError):
        read(session, case)
    assert list_corrections(session, desk=desk_of(session), limit=50) == []


@pytest.mark.parametrize("word", ["opinion", "prediction"])
def test_an_opinion_is_never_published_however_it_came_there(
    session: Session, case: Case, word: str
) -> None:
    publish(session, case)
    session.execute(update(StatementRevision).values(claim_type=word))

    assert seen(session) == []
    assert list(read_all_checks(session, desk=desk_of(session))) == []
    with pytest.raises(NotFoundError):
        read(session, case)
    assert count_left_out(session, desk=desk_of(session)).not_rated == 1


def test_what_breaks_a_rule_later_is_not_seen_any_more(session: Session, case: Case) -> None:
    publish(session, case)
    session.execute(update(Article).values(outlet="The desk"))

    assert seen(session) == []
    assert count_checks(session, desk=desk_of(session), wanted=ALL) == 0
    assert list_addresses(session, desk=desk_of(session), limit=50) == []
    with pytest.raises(NotFoundError):
        read(session, case)
    statement = session.get_one(Statement, case.row)
    project = get_project(session, project_id=case.project_id)
    standing = describe_standing(session, project=project, statement=statement, base_url=BASE)
    assert [one.rule.id for one in standing.breaches] == ["R1"]
    assert not standing.is_public


def test_a_link_stored_by_hand_keeps_a_check_from_readers(session: Session, case: Case) -> None:
    publish(session, case)
    session.execute(update(EvidenceRevision).values(url="javascript:alert(1)"))

    assert seen(session) == []


def test_another_projects_statement_is_not_found_under_this_name(
    session: Session, case: Case
) -> None:
    other = open_press(session, "other")
    publish(session, other)

    with pytest.raises(NotFoundError):
        read_check(session, desk=desk_of(session), statement=other.statement)
    assert seen(session) == []


def test_only_projects_that_publish_are_listed(session: Session, case: Case) -> None:
    make_project(session, "silent")

    assert [desk.slug for desk in list_desks(session, base_url=BASE)] == ["demo"]
    with pytest.raises(NotFoundError):
        desk_of(session, "silent")


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 1),
        (Wanted("ferme MODELES"), 1),
        (Wanted("100%"), 0),
        (Wanted(ratings=[Rating.SUPPORTED]), 1),
        (Wanted(ratings=[Rating.REFUTED]), 0),
    ],
    ids=str,
)
def test_checks_are_found_by_words_and_verdict(
    session: Session, case: Case, wanted: Wanted, count: int
) -> None:
    publish(session, case)

    assert len(seen(session, wanted)) == count
    assert count_checks(session, desk=desk_of(session), wanted=wanted) == count


def test_evidence_later_than_the_claim_is_marked_and_can_be_left_out(
    session: Session, case: Case
) -> None:
    session.execute(update(Article).values(published="2023-10"))
    publish(session, case)

    check = see(session, case)

    assert [one.is_later for one in check.sources] == [True]
    assert without_later_evidence(check) == []


def test_of_a_claim_without_date_nothing_is_later(session: Session, case: Case) -> None:
    publish(session, case)

    check = see(session, case)

    assert check.claimed is None
    assert without_later_evidence(check) is None


def test_a_withdrawn_article_is_named_and_no_longer_quoted(session: Session, case: Case) -> None:
    publish(session, case)
    session.execute(update(Article).values(withdrawn_at=LATER))

    (appearance,) = see(session, case).appearances

    assert appearance.quote == ""
    assert appearance.title is None
    assert appearance.outlet == "Le Journal"


def test_an_erased_article_leaves_no_words_in_what_verdicts_keep(
    session: Session, case: Case
) -> None:
    edit(session, case, title=None)
    publish(session, case)
    before = session.scalars(select(VerdictAppearance.known)).one()
    article = session.scalars(select(Article)).one()

    blank_parts(session, article_id=article.id)

    after = session.scalars(select(VerdictAppearance.known)).one()
    assert isinstance(before, dict)
    assert str(before["title"]).startswith(WORDING)
    assert after == before | {"title": article.slug}


def test_what_is_left_out_is_counted_by_reason(session: Session, case: Case) -> None:
    publish(session, case)
    for kind in ("fact", "opinion", "prediction"):
        make_statement(
            session,
            project_id=case.project_id,
            wording=Wording(f"{WORDING} {kind}", "fr", kind),
            by=case.people["felix"],
            now=NOW,
        )

    left = count_left_out(session, desk=desk_of(session))

    assert left == LeftOut(not_rated=2, not_approved=1, withdrawn=0, against_rules=0)


def test_a_desk_is_told_what_keeps_a_statement_from_readers(session: Session, case: Case) -> None:
    statement = session.get_one(Statement, case.row)
    project = get_project(session, project_id=case.project_id)

    before = describe_standing(session, project=project, statement=statement, base_url=BASE)
    publish(session, case)
    after = describe_standing(session, project=project, statement=statement, base_url=BASE)
    case.set_desk(session, **DISCLOSED | {"publishes": False})
    silent = describe_standing(session, project=project, statement=statement, base_url=BASE)

    assert (before.is_approved, before.is_public) == (False, False)
    assert (after.is_approved, after.is_public) == (True, True)
    assert (silent.is_approved, silent.is_public, silent.publishes) == (True, False, False)
