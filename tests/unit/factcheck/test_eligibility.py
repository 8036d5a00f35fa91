"""The rules that a check must keep before it is published, each broken in turn."""

from dataclasses import replace

import pytest

from tests.published import (
    CHECK,
    CORRECTED,
    DESK,
    FIRST,
    LIMITED,
    META,
    REFUTING,
    SAID,
    SCALE,
    SECOND,
    SUPPORTING,
)
from workbench.factcheck.eligibility import (
    LANGUAGES,
    RULES,
    UnpublishableError,
    list_advice,
    list_breaches,
    list_missing_disclosures,
    refuse_breaches,
)
from workbench.factcheck.published import Organisation, PublishedCheck
from workbench.factcheck.rules import SourceKind

WORDLESS = replace(FIRST.verdict, alternate_name={"en": "True", "fr": ""})
UNNUMBERED = replace(FIRST.verdict, rating_value=None)
BEYOND = replace(FIRST.verdict, rating_value=6)
UNPROVEN = replace(FIRST, verdict=SCALE.values["not_enough_evidence"])
FACT_CHECK = replace(SUPPORTING, kind=SourceKind.FACT_CHECK)

BROKEN = [
    ("R1", replace(CHECK, appearances=())),
    ("R1", replace(CHECK, appearances=(LIMITED,))),
    ("R1", replace(CHECK, appearances=(replace(SAID, outlet="The  DESK"),))),
    ("R1", replace(CHECK, appearances=(replace(SAID, claimant=replace(META, name="the desk")),))),
    ("R2", replace(CHECK, justification=" ")),
    ("R2", replace(CHECK, justification="---")),
    ("R2", replace(CHECK, wording=" ")),
    ("R3", replace(CHECK, versions=(replace(FIRST, verdict=WORDLESS),))),
    ("R4", replace(CHECK, sources=())),
    ("R4", replace(CHECK, sources=(replace(SUPPORTING, kind=SourceKind.SECONDARY),))),
    ("R4", replace(CHECK, sources=(replace(SUPPORTING, url="javascript:alert(1)"),))),
    ("R4", replace(CHECK, sources=(replace(SUPPORTING, publisher=" "),))),
    ("R4", replace(CHECK, versions=(UNPROVEN,))),
    ("R4", replace(CORRECTED, sources=(SUPPORTING,))),
    ("R5", replace(CHECK, organisation=replace(DESK, corrections={}))),
    ("R5", replace(CORRECTED, versions=(FIRST, replace(SECOND, correction=None)))),
    ("R7", replace(CHECK, versions=(replace(FIRST, verdict=UNNUMBERED),))),
    ("R7", replace(CHECK, versions=(replace(FIRST, verdict=BEYOND),))),
    ("R8", replace(CHECK, organisation=replace(DESK, name=""))),
    ("R8", replace(CHECK, organisation=replace(DESK, url="javascript:alert(1)"))),
    ("R8", replace(CHECK, organisation=replace(DESK, contact=""))),
    ("R8", replace(CHECK, organisation=replace(DESK, funding={"en": " "}))),
    ("R8", replace(CHECK, organisation=replace(DESK, is_nonpartisan=False))),
    ("R10", replace(CHECK, organisation=replace(DESK, method={}))),
    ("R11", replace(CHECK, wording="x" * 501)),
    ("R12", replace(CHECK, sources=(replace(SUPPORTING, url=SAID.url or ""),))),
    ("R12", replace(CHECK, sources=(replace(FACT_CHECK, id="e5"),))),
    ("R13", replace(CHECK, sources=(replace(SUPPORTING, archived_url=None, passage=" "),))),
    ("R14", replace(CHECK, claim_type="opinion")),
    ("R14", replace(CHECK, claim_type="prediction")),
    ("R14", replace(CHECK, is_rated=False)),
    ("R15", replace(CORRECTED, context=" ")),
    ("R16", replace(CHECK, approver_id=CHECK.author_id)),
    ("R17", replace(CHECK, appearances=(replace(SAID, url=META.same_as),))),
]


@pytest.mark.parametrize("check", [CHECK, CORRECTED, replace(CHECK, approver_id=None)])
def test_a_check_that_keeps_all_rules_passes(check: PublishedCheck) -> None:
    refuse_breaches(check)


@pytest.mark.parametrize(("rule", "check"), BROKEN)
def test_each_rule_is_named_when_it_is_broken(rule: str, check: PublishedCheck) -> None:
    assert rule in [one.rule.id for one in list_breaches(check)]

    with pytest.raises(UnpublishableError, match=r"^Rule R\d+: \S") as refusal:
        refuse_breaches(check)

    assert rule in str(refusal.value.extra["rules"])


def test_a_page_with_two_reviews_breaks_the_sixth_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    # Our own markup cannot hold two; the rule is there for the day it can.
    monkeypatch.setattr("workbench.factcheck.eligibility.count_reviews", lambda document: 2)

    assert [one.rule.id for one in list_breaches(CHECK)] == ["R6"]


def test_a_long_wording_is_advice_and_stops_nothing() -> None:
    check = replace(CHECK, wording="x" * 76)

    assert list_breaches(check) == []
    assert [one.rule.id for one in list_advice(check)] == ["R11"]
    assert list_advice(CHECK) == []


def test_every_rule_is_there_and_said_in_both_languages() -> None:
    assert sorted({int(one.id[1:]) for one in RULES}) == list(range(1, 18))
    assert all(one.words[language] for one in RULES for language in LANGUAGES)


def test_every_rule_that_stops_something_is_broken_by_a_case_above() -> None:
    broken = {rule for rule, _ in BROKEN} | {"R6"}

    assert broken == {one.id for one in RULES if not one.is_advice}


def test_the_evidence_of_a_conflict_comes_from_both_sides() -> None:
    only_one = replace(CORRECTED, sources=(REFUTING,))

    assert [one.rule.id for one in list_breaches(only_one)] == ["R4"]


def test_a_desk_without_disclosures_is_told_all_of_them() -> None:
    blank = Organisation("", "", "", False, {}, {}, {}, "https://a.example/", "https://a.example/")

    assert len(list_missing_disclosures(blank)) == 7
    assert list_missing_disclosures(DESK) == []
