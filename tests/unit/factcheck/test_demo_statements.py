"""The file of what the demo's fact-checkers do: what can be told of it without a database."""

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest

from workbench.canonical import JsonObject
from workbench.cli.demo import DEBATE
from workbench.cli.demo_statements import DESK, STATEMENTS, Act, read_acts
from workbench.factcheck.evidence import check_evidence
from workbench.factcheck.wording import WarningKind, check_wording, warn_of
from workbench.storage.base import PUBLIC_ID

ACTS = read_acts(DEBATE.answers)


def read_claims() -> dict[str, str]:
    files = (DEBATE.answers / name for name in ("answers.jsonl", "adjudication.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return {
        claim["id"]: " […] ".join(part["text"] for part in claim["parts"])
        for line in lines
        for claim in line["answer"]["claims"]
    }


def read_statements() -> list[JsonObject]:
    lines = (DEBATE.answers / STATEMENTS).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def of_kind(*kinds: str) -> list[Act]:
    return [act for act in ACTS if act.do in kinds]


def test_appearances_have_words_of_claims_in_the_demo_answers() -> None:
    claims = read_claims()

    assert len(of_kind("appear")) > len(read_statements())
    for act in of_kind("appear"):
        assert act.words["words"] in claims[act.words["claim"]]


@pytest.mark.parametrize("act", of_kind("evidence"), ids=lambda act: act.words.get("at", ""))
def test_evidence_reads_without_a_network(act: Act) -> None:
    assert act.evidence is not None
    assert check_evidence(act.evidence, now=act.at) == act.evidence
    assert act.evidence.passage
    assert act.evidence.origin
    assert act.evidence.archived_url is None


def test_an_address_has_the_same_publisher_and_date_wherever_it_is_used() -> None:
    used = {act.evidence for act in of_kind("evidence") if act.evidence}
    pages = {(one.url, one.title, one.publisher, one.published) for one in used}

    assert len(pages) == len({one.url for one in used}) < len(used)


def test_wordings_stand_alone_once_they_are_reworded() -> None:
    newest = {act.statement: act.words for act in of_kind("make", "reword")}

    for words in newest.values():
        assert check_wording(words["wording"]) == words["wording"]
        kinds = {one.kind for one in warn_of(words["wording"], "fr")}
        assert kinds <= {WarningKind.LONG}


def test_ids_are_fixed_and_used_once() -> None:
    ids = [*(act.words["id"] for act in ACTS if "id" in act.words), *map(str, _statement_ids())]

    assert all(PUBLIC_ID.fullmatch(one) for one in ids)
    assert max(Counter(ids).values()) == 1


def test_times_are_fixed_and_rise() -> None:
    assert all(one.at < next_.at for one, next_ in pairwise(ACTS))
    for entry in read_statements():
        acts = entry["acts"]
        assert isinstance(acts, list)
        times = [datetime.fromisoformat(str(act["at"])) for act in acts if isinstance(act, dict)]
        assert times == sorted(times)


def test_the_desk_says_that_it_is_a_demo() -> None:
    desk = json.loads((DEBATE.answers / DESK).read_text("utf-8"))

    assert desk["organisation"] == "Démo, pas une vraie vérification · Demo, not a real fact-check"
    assert "not a real fact-check" in desk["before_method"]["en"]


def _statement_ids() -> list[object]:
    return [entry["id"] for entry in read_statements()]
