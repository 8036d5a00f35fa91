"""A report of agreement, from readings to figures."""

import pickle
from collections.abc import Mapping, Sequence

import pytest

from tests.readings import FIELDS, NOON, ORDERS, plant, right_articles, tally_of
from workbench.agreement.comparing import ReadClaim, Reading, ReadStance
from workbench.agreement.figures import Figure, Measure, Undefined
from workbench.agreement.reporting import ReadArticle, SettledArticle, Tally
from workbench.agreement.units import (
    CLAIM_FOUND,
    HAS_CLAIM,
    SPEAKER,
    SPLIT,
    STANCE,
    TARGETS,
    collect_units,
)


def by_name(figures: Sequence[Figure]) -> Mapping[str, Figure]:
    return {figure.name: figure for figure in figures}


def reading(*words: str, claims: Sequence[ReadClaim] = ()) -> Reading:
    return Reading(dict(enumerate(words, 1)), claims)


def test_a_sentence_that_a_claim_runs_into_has_a_claim() -> None:
    units = collect_units([reading("claims", "continues"), reading("claims", "claims")])

    assert units.values[HAS_CLAIM] == {("claim", "claim"): 2}


@pytest.mark.parametrize("word", ["undecided", "unread"])
def test_who_decides_nothing_is_no_negative(word: str) -> None:
    one = reading(word, "no_claim")
    other = reading("claims", "no_claim", claims=[ReadClaim(1, ((0, 10),))])

    units = collect_units([one, other])

    assert units.values[HAS_CLAIM] == {("no_claim", "no_claim"): 1}
    assert (CLAIM_FOUND, (0, 1)) not in units.ratios
    assert units.left_out == (word == "undecided")


def test_a_claim_that_only_one_has_is_not_found() -> None:
    claims = [ReadClaim(1, ((0, 10),)), ReadClaim(1, ((20, 30),))]

    units = collect_units([reading("claims", claims=claims), reading("claims", claims=claims[:1])])

    assert units.ratios[CLAIM_FOUND, (0, 1)] == (2, 3)


def test_one_against_several_is_found_and_counts_as_that_alone() -> None:
    whole = [ReadClaim(1, ((0, 30),), {"kind": "fact"})]
    pieces = [ReadClaim(1, ((10 * n, 10 * n + 10),), {"kind": "opinion"}) for n in range(3)]

    units = collect_units([reading("claims", claims=whole), reading("claims", claims=pieces)])

    assert units.ratios[SPLIT, (0, 1)] == (1, 1)
    assert units.ratios[CLAIM_FOUND, (0, 1)] == (2, 2)
    assert set(units.values) == {HAS_CLAIM}


def test_a_claim_by_two_speakers_is_not_a_split_one() -> None:
    whole = ReadClaim(1, ((0, 30),), {"speaker": "anna"})
    twice = [whole, ReadClaim(1, ((0, 30),), {"speaker": "meta"})]

    units = collect_units([reading("claims", claims=[whole]), reading("claims", claims=twice)])

    assert units.ratios[SPLIT, (0, 1)] == (0, 1)
    assert units.values[SPEAKER] == {("anna", "anna"): 1}


def test_three_who_found_the_same_claim_make_one_unit() -> None:
    claims = [ReadClaim(1, ((start, 30),), {"speaker": who}) for start, who in enumerate("abb")]

    units = collect_units([reading("claims", claims=[claim]) for claim in claims])

    assert units.values[SPEAKER] == {("a", "b", "b"): 1}


def test_stances_are_compared_of_the_same_holder_and_target() -> None:
    mine = {ReadStance("open", "favor", "anna"), ReadStance("law", "favor", "anna")}
    theirs = {ReadStance("open", "against", "anna"), ReadStance("law", "favor", "meta")}
    claims = [ReadClaim(1, ((0, 9),), stances=frozenset(each)) for each in (mine, theirs)]

    units = collect_units([reading("claims", claims=[claim]) for claim in claims])

    assert units.values[STANCE] == {("favor", "against"): 1}
    assert units.values[TARGETS] == {(frozenset({"open", "law"}),) * 2: 1}


def test_the_report_names_who_differs() -> None:
    articles = list(right_articles(6, "ann", "bea", "cid"))
    wrong = [
        {**each, "cid": plant(each["cid"], "claim_type", {0, 1 + number})}
        for number, each in enumerate(articles)
    ]

    report = tally_of(*wrong, gold=articles[0]["ann"]).report(seed=3)

    types = {
        (each.one, each.other): by_name(each.figures)["claim_type"].value
        for each in (*report.pairs, *report.rest)
    }
    assert report.annotators == ["ann", "bea", "cid"]
    assert [pair for pair, value in types.items() if value == 1] == [("ann", "bea")]
    assert types["ann", "cid"] == types["bea", "cid"]
    assert types["cid", "rest"] == pytest.approx(types["ann", "cid"], abs=0.01)
    assert types["cid", "rest"] < types["ann", "rest"] < 1  # type: ignore[operator]
    assert [each.one for each in report.settled] == report.annotators


def test_gold_is_compared_apart() -> None:
    articles = list(right_articles(2, "ann", "bea"))
    gold = plant(articles[0]["ann"], "speaker", {0, 1, 2})

    report = tally_of(*articles, gold=gold).report(seed=3)

    assert by_name(report.figures)["speaker"].value == 1
    assert [by_name(each.figures)["speaker"].value != 1 for each in report.settled] == [True, True]


def test_periods_go_by_when_articles_were_finished() -> None:
    articles = list(right_articles(9, "ann", "bea"))
    late = [{**each, "bea": plant(each["bea"], "speaker", {0, 5})} for each in articles[6:]]

    report = tally_of(*articles[:6], *late).report(seed=3)

    assert [by_name(each.figures)["speaker"].value == 1 for each in report.periods] == [
        True,
        True,
        False,
    ]
    assert report.periods[0].begins == NOON


def test_without_articles_every_figure_says_what_is_missing() -> None:
    report = tally_of().report(seed=3)

    assert {figure.undefined for figure in report.figures} == {Undefined.ONE_ANNOTATOR}
    assert report.pairs == report.rest == report.periods == []


def test_prevalence_stands_beside_alpha() -> None:
    report = tally_of(*right_articles(3, "ann", "bea")).report(seed=3)

    figure = by_name(report.figures)[HAS_CLAIM]

    assert figure.measure is Measure.NOMINAL
    assert figure.prevalence == {"claim": 0.75, "no_claim": 0.25}
    assert (figure.n, figure.articles, figure.observed) == (24, 3, 1)


def test_what_all_say_alike_flatters_and_what_is_disputed_does_not() -> None:
    right = next(right_articles(1, "ann"))["ann"]
    wrong = plant(right, "speaker", {0, 1})
    gold = SettledArticle(right, frozenset({1}), frozenset(right.decisions) - {1})
    tally = Tally(FIELDS, ORDERS, ["ann", "bea"])
    tally.add(ReadArticle({"ann": right, "bea": wrong}, NOON, gold))

    report = tally.report(seed=None)

    settled, disputed = (
        [by_name(each.figures)["speaker"] for each in several]
        for several in (report.settled, report.disputed)
    )
    assert [one.observed for one in settled] == [1, pytest.approx(10 / 12)]
    assert [one.observed for one in disputed] == [1, 0]
    assert [one.n for one in settled + disputed] == [12, 12, 2, 2]


def test_without_agreed_answers_nobody_stands_against_them() -> None:
    report = tally_of(*right_articles(2, "ann", "bea")).report(seed=3)

    assert report.settled == report.disputed == []


def test_tallies_of_parts_join_to_that_of_the_whole() -> None:
    three, two = list(right_articles(3, "ann", "bea", "cem")), list(right_articles(2, "bea", "ann"))
    wrong = {**three[1], "ann": plant(three[1]["ann"], "speaker", {0, 1})}
    articles = [*three, wrong, *two, {**two[1], "bea": plant(two[1]["bea"], "stance_target", {0})}]
    people, gold = ["ann", "bea", "cem"], three[0]["ann"]
    whole, first, second = (Tally(FIELDS, ORDERS, people) for _ in range(3))
    for number, readings in enumerate(articles):
        disputed = frozenset(gold.decisions)
        article = ReadArticle(readings, NOON, SettledArticle(gold, disputed))
        for tally in (whole, first if number < 4 else second):
            tally.add(article)

    first.join(pickle.loads(pickle.dumps(second)))  # noqa: S301  # as another process sends it

    assert first.report(seed=7) == whole.report(seed=7)
