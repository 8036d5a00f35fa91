"""What is counted in a snapshot: its own head says the same."""

from pathlib import Path
from typing import Any

import pytest

from tests.snapshots import SNAPSHOT, small_lines, write_lines
from workbench.datasets.counting import Counts, count_snapshot
from workbench.datasets.snapshots import open_snapshot


@pytest.fixture(scope="module")
def counts() -> Counts:
    return count_snapshot(open_snapshot(SNAPSHOT))


def test_the_head_counts_the_same(counts: Counts) -> None:
    said = counts.head["counts"]

    counted = {
        "articles": counts.articles,
        "sentences": counts.sentences,
        "characters": counts.characters,
        "settled.outside": counts.outside,
        **{f"settled.{how}": counts.settled[how] for how in ("adjudicated", "single", "unread")},
        "claims": counts.claims,
        "stances": counts.stances.total(),
        "annotators": counts.annotators,
        "suggestions": sum(rule.made for rule in counts.rules.values()),
        "soft_labels": counts.soft,
        "speakers": counts.speaker_kinds.total(),
        "targets": len(counts.targets),
        "statements": counts.statements.total(),
        "verdicts": counts.verdicts,
        "evidence": counts.evidence.total(),
        "errata": counts.errata,
        "unsettled": counts.settled["unsettled"],
    }
    assert counted == {name: said[name] for name in counted}


def test_what_is_counted_apart_adds_up(counts: Counts) -> None:
    assert counts.zones.total() == counts.sentences
    assert counts.settled.total() == counts.decisions.total() == counts.required
    assert counts.readers.total() == counts.coverage.sentences == counts.required
    assert sum(one.sentences for one in counts.outlets.values()) == counts.required
    assert sum(one.articles for one in counts.rights.values()) == counts.articles
    assert counts.claim_origins.total() == counts.sources.total() == counts.claims
    assert counts.fields["claim"]["claim_type"].total() <= counts.claims
    assert counts.full_articles == 1
    assert counts.published == ["2025-03", "2025-03-04"]


def test_characters_that_nobody_sees_are_counted_in_what_is_published(tmp_path: Path) -> None:
    lines: list[Any] = small_lines()
    for line in lines:
        if line["type"] == "article" and line["text"]:
            line["text"] += "\u202e\u200b\u200b"

    counts = count_snapshot(open_snapshot(write_lines(tmp_path / "snapshot.jsonl", lines)))

    assert counts.hidden == {"bidi": 1, "zero-width": 2}
    assert counts.hidden_articles == 1
