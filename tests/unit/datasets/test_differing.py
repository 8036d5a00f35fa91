"""What differs between two snapshots, what version that makes, and the old one brought up."""

import json
from pathlib import Path

import pytest

from workbench.canonical import Json, JsonObject, canonical_json
from workbench.datasets.differing import (
    Change,
    comparable,
    count_added,
    count_changes,
    key_of,
    list_changes,
    replay,
    tell_change,
)
from workbench.datasets.rules import (
    ChangeKind,
    Step,
    Version,
    decide_step,
    next_version,
)
from workbench.errors import InvalidInputError, UnreadableFileError

HEAD: JsonObject = {"type": "release", "version": "1.0.0"}
META: JsonObject = {"type": "speaker", "id": "meta", "name": "Meta"}
SAID: JsonObject = {"type": "statement", "id": "s1", "wording": "Llama est ouvert."}
MISTAKE: JsonObject = {"type": "erratum", "statement": "s1", "verdict": "s1.1", "at": "2026-11-22"}


def answer(who: str, decision: str) -> JsonObject:
    return {"annotator": f"annotator-{who}", "decision": decision}


def sentence(article: str, position: int, **changes: Json) -> JsonObject:
    line: JsonObject = {
        "type": "sentence",
        "id": f"{article}.1.{position}",
        "text": f'Il dit : «\u202f"type":"sentence","zone":\u202f» {position}.',
        "answers": [answer("a", "claims"), answer("b", "no_claim")],
        "gold": {"decision": "claims", "claims": []},
        "zone": "body",
    }
    return {**line, **changes}


def article(name: str, **changes: Json) -> list[JsonObject]:
    line: JsonObject = {"type": "article", "id": name, "slug": f"slug-{name}", "title": "Un titre"}
    return [{**line, **changes}, sentence(name, 1), sentence(name, 2)]


OLD = [HEAD, META, *article("a"), *article("b"), SAID, {"type": "agreement", "alpha": 0.5}]
TALLIES = [
    ("nothing", OLD, {}, Step.PATCH),
    ("the head", [{**HEAD, "version": "9.9.9"}, *OLD[1:]], {}, Step.PATCH),
    ("an erratum more", [*OLD, MISTAKE], {"erratum": {"added": 1}}, Step.MINOR),
    (
        "an article more",
        [*OLD[:8], *article("c"), *OLD[8:]],
        {"article": {"added": 1}, "sentence": {"added": 2}},
        Step.MINOR,
    ),
    (
        "an article less",
        [*OLD[:2], *OLD[5:]],
        {"article": {"removed": 1}, "sentence": {"removed": 2}},
        Step.MAJOR,
    ),
    (
        "the order of articles",
        [*OLD[:2], *article("b"), *article("a", slug="z"), *OLD[8:]],
        {"article": {"changed": 1}},
        Step.MAJOR,
    ),
    (
        "a gold answer",
        [*OLD[:3], sentence("a", 1, gold={"decision": "no_claim", "claims": []}), *OLD[4:]],
        {"sentence": {"changed": 1}},
        Step.MAJOR,
    ),
    (
        "other pseudonyms in another order",
        [
            *OLD[:3],
            sentence("a", 1, answers=[answer("c", "no_claim"), answer("d", "claims")]),
            *OLD[4:],
        ],
        {},
        Step.PATCH,
    ),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old.jsonl", OLD)


def write(path: Path, lines: list[JsonObject]) -> Path:
    path.write_text("".join(f"{canonical_json(line)}\n" for line in lines))
    return path


def compare(old: Path, new: Path, **splits: dict[tuple[str, str], str]) -> list[Change]:
    given = {"old_splits": {}, "new_splits": {}, **splits}
    return [*list_changes(old, new, **given)]


@pytest.mark.parametrize(
    ("new", "tally", "step"), [case[1:] for case in TALLIES], ids=[c[0] for c in TALLIES]
)
def test_changes_are_counted_decide_the_version_and_can_be_replayed(
    tmp_path: Path, old: Path, new: list[JsonObject], tally: dict[str, dict[str, int]], step: Step
) -> None:
    changes = compare(old, write(tmp_path / "new.jsonl", new))

    assert count_changes(changes) == tally
    assert decide_step(count_changes(changes)) is step
    written = [json.loads(canonical_json(change.document())) for change in changes]
    records = {key_of(line): line for line in replay(OLD, written)}
    assert records == {
        key_of(line): comparable(line)
        for line in new
        if line["type"] not in {"release", "agreement"}
    }


def test_without_an_old_one_everything_was_added(old: Path) -> None:
    assert count_added(old) == {
        "speaker": {"added": 1},
        "article": {"added": 2},
        "sentence": {"added": 4},
        "statement": {"added": 1},
    }


def test_an_article_that_moves_across_splits_is_major(old: Path) -> None:
    (change,) = compare(
        old,
        old,
        old_splits={("article", "a"): "train", ("article", "b"): "test"},
        new_splits={("article", "a"): "test", ("article", "c"): "test"},
    )

    assert change.document() == {
        "change": "moved",
        "type": "article",
        "id": "a",
        "fields": [],
        "record": None,
        "from": "train",
        "to": "test",
    }
    assert decide_step(count_changes([change])) is Step.MAJOR
    assert [*tell_change(change)] == ["moved article a: train → test"]


def test_a_change_is_told_field_by_field() -> None:
    before = sentence("a", 1)
    after = sentence(
        "a", 1, answers=[answer("a", "claims")], gold={"decision": "x" * 90, "claims": []}
    )

    told = [*tell_change(Change(ChangeKind.CHANGED, "sentence", "a.1.1", before, after))]

    assert told[1:] == [
        "  answers: 2 entries → 1 entry",
        f'  gold.decision: "claims" → "{"x" * 58}…',
    ]


def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, old: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"type": "dog"}\n')

    with pytest.raises(UnreadableFileError, match="no record"):
        compare(old, wrong)


@pytest.mark.parametrize(
    ("step", "used", "version"),
    [
        (Step.FIRST, [], "1.0.0"),
        (Step.PATCH, ["1.0.0"], "1.0.1"),
        (Step.MINOR, ["1.0.9", "1.0.10"], "1.1.0"),
        (Step.MAJOR, ["1.4.2"], "2.0.0"),
        (Step.MINOR, ["2.0.0", "1.9.0"], "2.1.0"),  # the highest, were it withdrawn
    ],
)
def test_the_step_goes_up_from_the_highest_version_ever_used(
    step: Step, used: list[str], version: str
) -> None:
    assert str(next_version(step, used=map(Version.parse, used))) == version


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [("1.0.0", "there is 1.2.0 already"), ("1.2.1", "would promise too much"), ("1.3.0", "")],
)
def test_a_version_asked_for_may_not_promise_too_much(wanted: str, problem: str) -> None:
    used = [Version(1, 2, 0)]

    if problem:
        with pytest.raises(InvalidInputError, match=problem):
            next_version(Step.MINOR, used=used, wanted=Version.parse(wanted))
    else:
        assert next_version(Step.MINOR, used=used, wanted=Version.parse(wanted))


@pytest.mark.parametrize("text", ["1.0", "01.0.0", "1.0.0-beta", "v1.0.0", "1.0.٣", "", "../.."])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="three numbers"):
        Version.parse(text)
