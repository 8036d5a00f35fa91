"""The releases that come with the program: whole, and made anew byte for byte."""

from pathlib import Path

import pytest

from workbench.datasets.manifests import list_files
from workbench.datasets.releasing import write_release
from workbench.datasets.verifying import verify_release

EXPORTS = Path(__file__).parents[2] / "exports"
SAMPLES = sorted(EXPORTS.glob("sample-*/*"))


def read_files(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in list_files(folder)}


def test_one_has_its_texts_and_one_may_not_have_them() -> None:
    assert [sample.parent.name for sample in SAMPLES] == [
        "sample-invented-press",
        "sample-open-ai-debate",
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.parent.name for sample in SAMPLES])
def test_a_sample_is_made_anew_from_its_snapshot(sample: Path, tmp_path: Path) -> None:
    write_release(sample / "snapshot.jsonl", tmp_path, on_progress=lambda *_: None)

    made, kept = (
        {path: (folder / path).read_bytes() for path in list_files(folder)}
        for folder in (tmp_path, sample)
    )
    assert made == kept


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.parent.name for sample in SAMPLES])
def test_a_sample_is_whole(sample: Path) -> None:
    assert verify_release(sample) == []
