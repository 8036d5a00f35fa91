"""Each format of the small snapshot: what is written, and what it says it lost."""

import json
from pathlib import Path

import pytest
from cassis import load_cas_from_xmi, load_typesystem
from jsonschema import Draft202012Validator

from tests.snapshots import SNAPSHOT, small_lines, write_lines
from workbench.canonical import JsonObject
from workbench.datasets.formats import CHECK_FORMATS, FORMATS
from workbench.datasets.formats.writing import write_formats
from workbench.datasets.losses import join_losses
from workbench.datasets.snapshots import open_snapshot
from workbench.factcheck.claimreview import check_review
from workbench.resources import resource_folder

OPEN, CLOSED = "orvault-ouvre-son-modele", "proteger-en-fermant"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small snapshot in every format."""
    folder = tmp_path_factory.mktemp("formats")
    write_formats(open_snapshot(SNAPSHOT), folder)
    return folder


def account(folder: Path, name: str) -> JsonObject:
    return json.loads((folder / name / "losses.json").read_text())


def lost(folder: Path, name: str, kind: str) -> JsonObject:
    return account(folder, name)["kinds"][kind]["lost_records"]


def test_every_format_has_its_files_and_an_account_that_is_valid(folder: Path) -> None:
    accounts = [json.loads(path.read_text()) for path in folder.glob("*/losses.json")]
    losses = join_losses({"dataset": "demo", "version": "1.0.0"}, "0" * 64, accounts)

    assert {one["format"] for one in accounts} == {*FORMATS, *CHECK_FORMATS}
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {*FORMATS, *CHECK_FORMATS}
    schema = resource_folder("schemas") / "losses.v1.schema.json"
    Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(losses)


def test_tokens_stand_where_they_say_with_their_tags(folder: Path) -> None:
    lines = (folder / "conll" / f"{OPEN}.conll").read_text().splitlines()

    assert "restera\t61\t68\tI-fact\tO\tO" in lines
    assert "Mona\t80\t84\tO\tB-mention\tO" in lines
    assert "🤖\t241\t242\tI-number\tO\tO" in lines
    assert "# decision = unsettled" in lines
    assert lost(folder, "conll", "claims") == {"several_parts": ["c-cost", "c-does"]}


def test_a_text_that_may_not_be_passed_on_is_lost_where_it_is_needed(folder: Path) -> None:
    together = account(folder, "brat")["kinds"]["claims"]["lost_together"]

    assert together == {"text_withheld": {"count": 2, "articles": ["b2closed"]}}
    written = {path.stem for path in folder.rglob("*") if path.stem == CLOSED}
    assert written == {CLOSED}
    assert [path.parent.name for path in folder.rglob(f"{CLOSED}.*")] == ["w3c"]


def test_a_web_annotation_of_a_withheld_text_has_places_and_short_quotes(folder: Path) -> None:
    page = json.loads((folder / "w3c" / f"{CLOSED}.jsonld").read_text())
    kinds = {
        one["motivation"]: [selector["type"] for selector in one["target"]["selector"]]
        for one in page["items"]
    }

    assert page["claims:article"]["claims:text"] is None
    assert kinds["tagging"] == ["TextPositionSelector", "TextQuoteSelector"]
    assert kinds["classifying"] == ["TextPositionSelector"]


def test_a_cas_counts_in_utf_16_and_reads_in_code_points(folder: Path) -> None:
    written = (folder / "xmi" / f"{OPEN}.xmi").read_text()
    types = load_typesystem((folder / "xmi" / "TypeSystem.xml").read_text())
    cas = load_cas_from_xmi(written, typesystem=types)

    (claim,) = [one for one in cas.select("claims.Claim") if one.id == "c-count"]
    assert (claim.begin, claim.end) == (231, 278)
    assert claim.get_covered_text() == "le modèle 🤖 a été téléchargé un million de fois"
    assert 'begin="231" end="279" id="c-count"' in written  # the robot counts twice
    assert [link.speaker for link in claim.chain.elements] == [
        "author",
        "le-quotidien",
        "institut-lumen",
    ]


def test_averitec_asks_and_answers(folder: Path) -> None:
    (claim,) = json.loads((folder / "averitec" / "averitec.json").read_text())

    assert (claim["label"], claim["speaker"]) == (
        "Conflicting Evidence/Cherrypicking",
        "Mona Delmas",
    )
    assert (claim["claim_types"], claim["claim_date"]) == (["Numerical Claim"], "2025-03-04")
    assert claim["fact_checking_strategies"] == ["Numerical Comparison"]
    (question,) = claim["questions"]
    assert question["answers"][0]["answer_type"] == "Extractive"
    assert lost(folder, "averitec", "verdicts") == {"earlier": ["st-cost.1"]}


def test_fever_leaves_out_what_it_has_no_class_for(folder: Path) -> None:
    assert (folder / "fever" / "fever.jsonl").read_text() == ""
    assert lost(folder, "fever", "statements") == {"no_class": ["st-cost"]}


def test_the_feed_of_reviews_is_valid(folder: Path) -> None:
    feed = json.loads((folder / "claimreview" / "claimreview.jsonld").read_text())

    assert check_review(feed)["dataFeedElement"][0]["item"]["@type"] == "ClaimReview"


@pytest.mark.parametrize(
    ("rating", "label", "sets"),
    [
        ("refuted", "REFUTES", [["st-cost", "ev-report.1"]]),
        ("supported", "SUPPORTS", [["st-cost", None]]),
        ("not_enough_evidence", "NOT ENOUGH INFO", [["st-cost", None]]),
    ],
)
def test_fever_has_the_evidence_that_bears_out_the_label(
    tmp_path: Path, rating: str, label: str, sets: list[list[str | None]]
) -> None:
    lines = small_lines()
    for line in lines:
        if line["type"] == "verdict":
            line["rating"] = rating
        elif line["type"] == "evidence":
            line["bearing"] = "refutes"

    write_formats(open_snapshot(write_lines(tmp_path / "snapshot.jsonl", lines)), tmp_path)

    (claim,) = map(json.loads, (tmp_path / "fever" / "fever.jsonl").read_text().splitlines())
    assert (claim["label"], [one[0][:2] for one in claim["evidence"]]) == (label, sets)


def test_the_docs_say_what_each_format_keeps() -> None:
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")

    for one in (*FORMATS.values(), *CHECK_FORMATS.values()):
        row = next(line for line in page.splitlines() if f"(`{one.name}`)" in line)
        for said in (one.title, one.files, *one.keeps.values(), *one.omits.values()):
            assert said in row
