"""Foreign files are anybody's: whatever is wrong is said in a sentence, and never guessed at."""

import json
from pathlib import Path

import pytest

from workbench.datasets.formats import READABLE
from workbench.datasets.formats import reading as reading_module
from workbench.datasets.formats.reading import FoundDocument, SourceFile
from workbench.datasets.importing import read_label_map
from workbench.errors import InvalidInputError

TEXT = "Il pleut 💩 à Lens.\nPuis non."


def read(format_: str, folder: Path, content: str | bytes, name: str = "a.ann") -> FoundDocument:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (found,) = READABLE[format_].read(SourceFile(path, name))
    return found


@pytest.mark.parametrize("format_", ["jsonl", "doccano", "w3c", "label-studio"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe{}", "is not UTF-8"),
        (b"[" * 200_000, "nested too deeply|is no JSON"),
        (b"[1]", "is no JSON object"),
        (b'{"a": NaN}', "is no JSON"),
        (b'{"a": "\\ud800"}', "lone surrogate"),
        (b'{"a": "\\u0000"}', "a NUL"),
    ],
)
def test_what_is_no_object_of_json_is_refused(
    tmp_path: Path, format_: str, content: bytes, problem: str
) -> None:
    with pytest.raises(InvalidInputError, match=rf"a\.json.*({problem})"):
        read(format_, tmp_path, content, "a.json")


def test_a_line_or_file_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "MAX_LINE_BYTES", 20)
    monkeypatch.setattr(reading_module, "MAX_WHOLE_BYTES", 20)
    line = json.dumps({"text": "a long enough line"})

    with pytest.raises(InvalidInputError, match="line 1: is longer than 20 bytes"):
        read("doccano", tmp_path, line)
    with pytest.raises(InvalidInputError, match="has more than 20 bytes"):
        read("w3c", tmp_path, line)


def test_a_brat_text_is_beside_its_annotations_and_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"there is no a\.txt beside it"):
        read("brat", tmp_path, "")

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("secret")
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere" / "a.txt")

    with pytest.raises(InvalidInputError, match=r"there is no a\.txt beside it"):
        read("brat", tmp_path, "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("T1\tClaim", "is no span"),
        ("T1\tClaim 0 x\tIl", "is no span"),
        ("T1\tClaim -1 2\tIl", "is no span"),
        ("T1\tClaim 0 99\tIl", "goes from 0 to 99, which is no range of the text (0 to 28)"),
        ("T1\tClaim 0 2\tEl", "quotes “El”, but the text reads “Il”"),
        ("A1\tclaim_type T9 fact", "names T9, which is no span before it"),
        ("A1\tclaim_type", "is no attribute: a name and a span are needed"),
        ("E1\tSays:T1", "is a relation or event, which has no place in a claim"),
        ("R1\tkin Arg1:T1 Arg2:T1", "is a relation or event, which has no place in a claim"),
        ("*\tEquiv T1 T2", "is a relation or event, which has no place in a claim"),
    ],
)
def test_a_line_of_brat_that_does_not_fit_is_named(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT)

    found = read("brat", tmp_path, f"{line}\n")

    (unfit,) = found.unfit
    assert str(unfit).startswith(f"a.ann, line 1: {problem}")


def test_foreign_brat_spans_are_claims_by_their_type(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    lines = [
        "T1\tFait 0 8;9 10\tIl pleut 💩",
        "T2\tMention 13 17\tLens",
        "#1\tAnnotatorNotes T1\thm",
    ]

    found = read("brat", tmp_path, "".join(f"{line}\n" for line in lines))

    assert [(one.label, [part.text for part in one.claim.parts]) for one in found.claims] == [
        ("Fait", ["Il pleut", "💩"]),
        ("Mention", ["Lens"]),
    ]
    assert found.unfit == ()


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ({"chain": 3}, "has a note whose chain is no list"),
        ({"chain": [{}]}, "has a note with a link that names no speaker"),
        (
            {"chain": [{"speaker": "m", "cue": "T7"}]},
            "has a note that names a span which is not there",
        ),
        (
            {"chain": [], "attributes": {"modality": 3}},
            "has an attribute 'modality' that is no text",
        ),
    ],
)
def test_a_note_of_ours_that_was_tampered_with_is_named(
    tmp_path: Path, note: dict[str, object], problem: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)

    found = read(
        "brat", tmp_path, f"T1\tClaim 0 2\tIl\n#1\tAnnotatorNotes T1\t{json.dumps(note)}\n"
    )

    assert [str(one) for one in found.unfit] == [f"a.ann, line 1: {problem}"]


def annotation(**changes: object) -> dict[str, object]:
    selector = {"type": "TextPositionSelector", "start": 0, "end": 2}
    target = {"source": "https://example.org/a", "selector": selector}
    return {"type": "Annotation", "body": {"value": "fact"}, "target": target, **changes}


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (3, "is no object"),
        (annotation(target=None), "has no target with selectors"),
        (annotation(target=[]), "has no target"),
        (annotation(body=[]), "has no body that says what it is"),
        (
            annotation(body={"purpose": "commenting", "value": "hm"}),
            "has no body that says what it is",
        ),
        (annotation(body={"value": 3}), "has no body with a text as its value"),
        (
            annotation(
                target={
                    "source": "https://example.org/a",
                    "selector": {"type": "TextQuoteSelector", "exact": "Il"},
                }
            ),
            "has no TextPositionSelector; a quote alone is not looked for",
        ),
        (
            annotation(target={**annotation()["target"], "source": "https://example.org/b"}),  # type: ignore[dict-item]  # is one
            "is on another source than the annotations before it",
        ),
    ],
)
def test_a_web_annotation_that_does_not_fit_is_named(
    tmp_path: Path, item: object, problem: str
) -> None:
    page = {"type": "AnnotationPage", "items": [annotation(), item]}

    found = read("w3c", tmp_path, json.dumps(page))

    assert [str(one) for one in found.unfit] == [f"a.ann, annotation 2: {problem}"]
    assert [(one.label, one.claim.parts[0].start) for one in found.claims] == [("fact", 0)]


def test_newer_doccano_entities_are_read_too(tmp_path: Path) -> None:
    line = {
        "text": TEXT,
        "entities": [{"id": 1, "label": "fact", "start_offset": 0, "end_offset": 8}],
        "relations": [{"from_id": 1, "to_id": 1, "type": "x"}],
    }

    found = read("doccano", tmp_path, json.dumps(line))

    assert [one.claim.parts[0].text for one in found.claims] == ["Il pleut"]
    assert [one.reason for one in found.unfit] == ["has relations, which have no place in a claim"]


def test_a_record_that_breaks_the_schema_is_named(tmp_path: Path) -> None:
    found = read("jsonl", tmp_path, '{"format": "sentence-record.v1"}')

    assert [one.place for one in found.unfit] == ["a.ann, line 1"]
    assert "is no sentence record: it has no" in found.unfit[0].reason


@pytest.mark.parametrize("document", [[], {"fact": 3}])
def test_a_map_of_labels_is_words_and_claim_types(document: object) -> None:
    with pytest.raises(InvalidInputError, match="map of labels"):
        read_label_map(document)  # type: ignore[arg-type]  # is JSON
