"""Label Studio's own exports as files: whose answers they have, and what is none of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.datasets.formats.labelstudio import read
from workbench.datasets.formats.reading import FoundDocument, SourceFile
from workbench.errors import InvalidInputError
from workbench.labelstudio.config import make_config, write_config
from workbench.projects.scheme import parse_scheme
from workbench.resources import resource_folder

SCHEME = parse_scheme(json.loads((resource_folder("seeds") / "claims.v1.json").read_text()))
DATA = {"text": "Il pleut. Oui.", "sha256": "0" * 64, "sentences": [[0, 9], [10, 14]], "slug": "s"}


def region(label: str, start: int, end: int, id_: str = "_Ka4zsWoeo") -> Any:
    value = {"start": start, "end": end, "text": "", "labels": [label]}
    return {"id": id_, "from_name": "span", "to_name": "text", "type": "labels", "value": value}


def annotation(*result: Any, **said: Any) -> Any:
    return {"completed_by": 7, "was_cancelled": False, "result": [*result], **said}


def found(folder: Path, *tasks: Any) -> list[FoundDocument]:
    (folder / "labels.xml").write_text(write_config(make_config(SCHEME, language="en")))
    (folder / "export.json").write_text(json.dumps(tasks))
    return [*read(SourceFile(folder / "export.json", "export.json"))]


def test_each_annotation_is_somebodys_and_skips_are_nobodys(tmp_path: Path) -> None:
    person = {"id": 8, "email": "anna@example.org"}
    task = {
        "data": DATA,
        "annotations": [
            annotation(region("no_claim", 0, 9)),
            annotation(region("claim", 0, 8), completed_by=person),
            annotation(was_cancelled=True),
        ],
    }

    one, other = found(tmp_path, task)

    assert (one.annotator, other.annotator) == ("7", "anna@example.org")
    assert [(said.start, said.decision) for said in one.decisions] == [(0, "no_claim")]
    assert [(claim.claim.id, claim.name) for claim in other.claims] == [("", "1/_Ka4zsWoeo")]


def test_what_is_not_understood_is_listed_by_task_and_region(tmp_path: Path) -> None:
    task = {"data": DATA, "annotations": [annotation(region("Foo", 0, 9))]}

    (document,) = found(tmp_path, task)

    assert [str(one) for one in document.unfit] == [
        "export.json, task 1, _Ka4zsWoeo: has the label “Foo”, which is none of the label scheme's"
    ]


@pytest.mark.parametrize(
    ("quoted", "end", "is_taken"),
    [("Il\\npleut.", 9, True), ("Il pleut", 9, False), ("Oui.", 9, False), ("Il pleut.", 8, False)],
)
def test_a_region_that_quotes_other_words_is_listed(
    tmp_path: Path, quoted: str, end: int, is_taken: bool
) -> None:
    one = region("claim", 0, end)
    one["value"]["text"] = quoted

    (document,) = found(tmp_path, {"data": DATA, "annotations": [annotation(one)]})

    assert bool(document.claims) is is_taken
    assert [str(one).split("quotes ")[1:] for one in document.unfit] == (
        [] if is_taken else [[f"“{quoted}”, but the text reads “{'Il pleut.'[:end]}”"]]
    )


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"data": DATA},
        {"data": {"text": "Il pleut."}, "annotations": [annotation()]},
        {"data": {**DATA, "sentences": [[0, "9"]]}, "annotations": [annotation()]},
    ],
)
def test_a_task_that_we_did_not_make_is_refused(tmp_path: Path, task: Any) -> None:
    (document,) = found(tmp_path, task)

    assert [one.place for one in document.unfit] == ["export.json, task 1"]


def test_without_the_configuration_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("[]")

    with pytest.raises(InvalidInputError, match=r"there is no labels\.xml beside it"):
        [*read(SourceFile(tmp_path / "export.json", "export.json"))]
