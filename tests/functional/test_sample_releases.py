"""The releases that come with the program: whole, and made anew byte for byte."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench.app import command_group
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


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ((b'"slug":"', b'"slug":"../../../'), ".slug is "),
        ((b'"texts":{"en":"#', b'"texts":{"../x":"#'), '.texts has a name that is "../x"'),
        ((b'"type":"sentence"', b'"type":"sent'), " is no JSON object"),
        ((b'"type":"sentence"', b'"type":"sentences"'), " has no type that is known"),
    ],
)
def test_a_changed_snapshot_makes_nothing(
    change: tuple[bytes, bytes], problem: str, tmp_path: Path
) -> None:
    lines = (SAMPLES[0] / "snapshot.jsonl").read_bytes().split(b"\n")
    number = next(at for at, line in enumerate(lines) if change[0] in line)
    lines[number] = lines[number].replace(*change)
    snapshot, output = tmp_path / "in" / "snapshot.jsonl", tmp_path / "out" / "release"
    snapshot.parent.mkdir()
    output.parent.mkdir()
    snapshot.write_bytes(b"\n".join(lines))

    command = ["release", "rebuild", str(snapshot), "--output", str(output)]
    result = CliRunner().invoke(command_group(), command)

    assert (result.exit_code, f"line {number + 1}:" in result.output) == (2, True)
    assert problem in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert list(output.parent.iterdir()) == []


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    command = ["release", "rebuild", str(SAMPLES[0] / "snapshot.jsonl"), "--output", str(tmp_path)]

    result = CliRunner().invoke(command_group(), command)

    said = f"Error: {tmp_path} is there already: give --output a folder that is not.\n"
    assert (result.exit_code, result.output) == (2, said)
    assert list(tmp_path.iterdir()) == []
