"""What is read of a finished release for its page."""

from pathlib import Path

import pytest

from tests.released import build_release
from workbench.canonical import canonical_json
from workbench.datasets.differing import Change
from workbench.datasets.history import CHANGES, read_changes
from workbench.datasets.reading import read_card, read_some_changes, read_told
from workbench.datasets.rules import ChangeKind, Step


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    made = [
        Change(ChangeKind.ADDED, kind, str(number), None, {"text": "x", "type": "speaker"})
        for number in range(4)
        for kind in ("speaker", "target")
    ]
    lines = ",\n".join(canonical_json(one.document()) for one in made)
    about = '"counts":{"speaker":{"added":4}},"previous":{"version":"1.0.0"},"step":"minor"'
    path = tmp_path / CHANGES
    path.write_text(f'{{"changes":[\n{lines}\n],{about}}}\n')
    return path


def test_changes_are_counted_from_their_end_and_paged_by_kind(changes: Path) -> None:
    told = read_told(changes)
    some = list(read_some_changes(changes, kind="target", offset=1, limit=2))

    assert told
    assert (told.step, told.previous) == (Step.MINOR, "1.0.0")
    assert told.counts == {"speaker": {ChangeKind.ADDED: 4}}
    assert [(one["type"], one["id"]) for one in some] == [("target", "1"), ("target", "2")]
    assert list(read_some_changes(changes, kind=None, offset=0, limit=9)) == [
        *read_changes(changes)
    ]
    assert read_told(changes.with_name("none.json")) is None


def test_a_card_gives_its_programs_and_pictures(tmp_path: Path) -> None:
    release = build_release(tmp_path / "1.0.0")
    card = read_card(release / "README.md")

    assert card.text.lstrip().startswith("# ")
    assert {one.library for one in card.snippets} == {"pandas", "datasets", "duckdb", "polars"}
    assert [one.path for one in card.pictures] == [
        "pictures/agreement.svg",
        "pictures/coverage.svg",
    ]
    assert card.pictures[1].alt.startswith("Of 13 sentences that need a decision")
