"""What a verdict needs before it may be published, gate by gate."""

from dataclasses import replace

import pytest

from workbench.factcheck.gates import (
    Case,
    GateName,
    Place,
    Source,
    UnmetGatesError,
    check_gates,
    demand,
)
from workbench.factcheck.rules import Bearing, Rating, SourceKind

SOURCE = Source(
    id="e1",
    title="Model card",
    bearing=Bearing.SUPPORTS,
    kind=SourceKind.PRIMARY,
    is_independent=True,
    publisher="Meta",
    origin="Meta",
    url="https://example.org/card",
    archived_url=None,
    passage="Model weights can be downloaded.",
)
SECOND_HAND = replace(SOURCE, kind=SourceKind.SECONDARY, publisher="Le Monde", origin="AFP")
OTHER = replace(
    SECOND_HAND,
    id="e2",
    publisher="The Times",
    origin="its own reporter",
    url="https://times.example/report",
)
AGAINST = replace(SOURCE, id="e3", bearing=Bearing.REFUTES, url="https://example.org/licence")
COPY = "https://web.archive.org/web/20231207/https://example.org/article"
CARD_COPY = "https://web.archive.org/web/20231207/https://example.org/card"
TIMES_COPY = "https://web.archive.org/web/20231207/https://times.example/report"
SHORT = "https://archive.ph/AbCdE"
CASE = Case(
    wording="Llama 2 is open source.",
    claim_type="fact",
    places=(Place("https://example.org/article", "A paper"),),
    rating=Rating.SUPPORTED,
    justification="The weights may be downloaded.",
    context="",
    sources=(SOURCE,),
    searches=0,
    author=1,
    approver=2,
)
REFUTED = replace(CASE, rating=Rating.REFUTED, sources=(AGAINST,))
CONFLICTING = replace(
    CASE, rating=Rating.CONFLICTING, sources=(SOURCE, AGAINST), context="The licence restricts it."
)
ONE_REPORT = replace(CONFLICTING, sources=(SOURCE, replace(AGAINST, url=SOURCE.url)))
UNPROVEN = replace(CASE, rating=Rating.NOT_ENOUGH_EVIDENCE, sources=(), searches=1)


def unmet(case: Case) -> list[GateName]:
    return [gate.name for gate in check_gates(case) if not gate.is_met]


@pytest.mark.parametrize("case", [CASE, REFUTED, CONFLICTING, UNPROVEN], ids=lambda one: one.rating)
def test_a_verdict_with_its_proof_passes(case: Case) -> None:
    assert unmet(case) == []
    demand(check_gates(case))


def test_one_report_may_speak_for_both_sides() -> None:
    assert unmet(ONE_REPORT) == []


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (replace(CASE, places=()), GateName.APPEARANCE),
        (replace(CASE, organisation=" a  PAPER "), GateName.APPEARANCE),
        (
            replace(CASE, places=(Place("https://example.org/article", "A paper", says_it=False),)),
            GateName.APPEARANCE,
        ),
        (replace(CASE, organisation="The Desk", claimant="the  desk"), GateName.APPEARANCE),
        (replace(CASE, wording=" "), GateName.WORDING),
        (replace(CASE, wording="x" * 501), GateName.WORDING),
        (replace(CASE, claim_type="opinion"), GateName.CHECKABLE),
        (replace(CASE, claim_type="prediction"), GateName.CHECKABLE),
        (replace(CASE, is_rated=False), GateName.CHECKABLE),
        (replace(CASE, rating=None), GateName.VERDICT),
        (replace(CASE, sources=()), GateName.PROOF),
        (replace(CASE, sources=(AGAINST,)), GateName.PROOF),
        (replace(CASE, sources=(replace(SOURCE, is_independent=False),)), GateName.PROOF),
        (replace(CASE, sources=(replace(SOURCE, bearing=Bearing.CONTEXT),)), GateName.PROOF),
        (replace(CASE, sources=(SECOND_HAND,)), GateName.PROOF),
        (replace(REFUTED, sources=(SOURCE,)), GateName.PROOF),
        (replace(CONFLICTING, sources=(SOURCE,)), GateName.BOTH_SIDES),
        (replace(CONFLICTING, sources=(AGAINST,)), GateName.BOTH_SIDES),
        (
            replace(CONFLICTING, sources=(SOURCE, replace(AGAINST, is_independent=False))),
            GateName.BOTH_SIDES,
        ),
        (replace(CONFLICTING, context="  "), GateName.CONTEXT),
        (replace(CONFLICTING, context="\u200b \u2060"), GateName.CONTEXT),
        (replace(UNPROVEN, searches=0), GateName.SEARCHED),
        (replace(CASE, justification="\n"), GateName.JUSTIFICATION),
        (replace(CASE, justification="---"), GateName.JUSTIFICATION),
        (replace(CASE, justification="\u200b &nbsp; \u2060 &#8203;"), GateName.JUSTIFICATION),
        (replace(CASE, sources=(SOURCE, replace(AGAINST, passage=" "))), GateName.STORED),
        (
            replace(CASE, places=(Place("http://www.example.org/card/#top", None),)),
            GateName.OWN_PAGE,
        ),
        (
            replace(CASE, sources=(SOURCE, replace(AGAINST, archived_url=COPY))),
            GateName.OWN_PAGE,
        ),
        (
            replace(CASE, claimant_page="https://example.org/article"),
            GateName.CLAIMANT_PAGE,
        ),
        (replace(CASE, approver=None), GateName.SECOND_PERSON),
        (replace(CASE, approver=1), GateName.SECOND_PERSON),
    ],
)
def test_one_thing_missing_closes_one_gate_and_is_named(case: Case, name: GateName) -> None:
    assert unmet(case) == [name]
    with pytest.raises(UnmetGatesError) as refused:
        demand(check_gates(case))
    (gate,) = refused.value.gates
    assert str(refused.value) == str(gate.missing)


@pytest.mark.parametrize(
    ("one", "other", "enough"),
    [
        (SECOND_HAND, OTHER, True),
        (SECOND_HAND, replace(OTHER, origin="afp"), False),
        (SECOND_HAND, replace(OTHER, publisher="le  monde"), False),
        (SECOND_HAND, replace(OTHER, publisher="Le\u00a0Monde\u200b"), False),
        (SECOND_HAND, replace(OTHER, origin="A\u2060FP\u200b"), False),
        (SECOND_HAND, replace(OTHER, origin=""), False),
        (SECOND_HAND, replace(OTHER, publisher="AFP"), False),  # Le Monde has it from there.
        (SECOND_HAND, replace(OTHER, is_independent=False), False),
        (SECOND_HAND, replace(OTHER, bearing=Bearing.CONTEXT), False),
        (SECOND_HAND, replace(OTHER, url="http://www.example.org/card/#top"), False),
        (SECOND_HAND, replace(OTHER, archived_url=CARD_COPY), False),
        (replace(SECOND_HAND, archived_url=SHORT), replace(OTHER, archived_url=SHORT), False),
        (replace(SECOND_HAND, archived_url=SHORT), replace(OTHER, archived_url=TIMES_COPY), True),
    ],
)
def test_two_publishers_count_when_neither_has_it_from_the_other(
    one: Source, other: Source, enough: bool
) -> None:
    for sources in ((one, other), (other, one)):
        assert (unmet(replace(CASE, sources=sources)) == []) is enough


def test_a_page_under_two_publishers_is_named_as_one() -> None:
    twice = replace(OTHER, title="The card again", url=SECOND_HAND.url)

    (gate,) = [
        one for one in check_gates(replace(CASE, sources=(SECOND_HAND, twice))) if one.missing
    ]

    assert str(gate.missing).startswith("“Model card” and “The card again” are one page")
    third = replace(twice, id="e3", url="https://times.example/report")
    assert unmet(replace(CASE, sources=(SECOND_HAND, twice, third))) == []


def test_other_fact_checks_alone_are_no_proof() -> None:
    checks = tuple(replace(one, kind=SourceKind.FACT_CHECK) for one in (SECOND_HAND, OTHER))

    assert unmet(replace(CASE, sources=checks)) == [GateName.OTHER_FACT_CHECKS]
    assert unmet(replace(CASE, sources=(checks[0], OTHER))) == []
    both = (checks[0], replace(checks[1], bearing=Bearing.REFUTES))
    assert unmet(replace(CONFLICTING, sources=both)) == [GateName.OTHER_FACT_CHECKS]


def test_an_archived_source_needs_no_passage() -> None:
    archived = replace(
        SOURCE, passage="", archived_url="https://web.archive.org/web/2/https://x.org"
    )

    assert unmet(replace(CASE, sources=(archived,))) == []


def test_somebody_from_outside_may_be_the_second_person() -> None:
    assert unmet(replace(CASE, approver=None, is_outside=True)) == []


def test_everything_missing_is_listed_for_programs() -> None:
    case = replace(CASE, places=(), justification="", approver=None)

    with pytest.raises(UnmetGatesError, match="3 things are missing, the first: The statement"):
        demand(check_gates(case))
    with pytest.raises(UnmetGatesError) as refused:
        demand(check_gates(case), but=frozenset({GateName.SECOND_PERSON}))
    assert [gate["name"] for gate in refused.value.extra["gates"]] == [
        "appearance",
        "justification",
    ]  # type: ignore[index,union-attr]
