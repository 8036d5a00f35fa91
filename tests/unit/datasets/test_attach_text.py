"""attach_text.py, run as the program that it is, in a release that has no texts."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.released import article_text, build_release, rows
from workbench.datasets.columns import CONFIGS

SLUG = "orvault-ouvre-son-modele"
HAS = "data-with-text has the words of 1 of 1 articles.\n"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the same release with its texts and without."""
    folder = tmp_path_factory.mktemp("releases")
    return (
        build_release(folder / "full", is_open=True),
        build_release(folder / "bare", is_open=True, stand_off=True),
    )


@pytest.fixture
def bare(releases: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(releases[1], tmp_path / "bare"))


def attach(release: Path, copies: dict[str, bytes]) -> "subprocess.CompletedProcess[str]":
    folder = release.parent / "copies"
    folder.mkdir()
    for name, content in copies.items():
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", release / "attach_text.py", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def without_hashes(value: Any) -> Any:
    if isinstance(value, list):
        return [without_hashes(one) for one in value]
    if isinstance(value, dict):
        return {key: without_hashes(one) for key, one in value.items() if key != "sha256"}
    return value


def test_a_lawful_copy_gives_every_sentence_and_span_its_words(
    releases: tuple[Path, Path], bare: Path
) -> None:
    text = article_text(releases[0])
    as_edited = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()

    done = attach(bare, {f"{SLUG}.txt": as_edited})

    assert (done.returncode, done.stdout, done.stderr) == (0, HAS, "")
    assert rows(bare, "sentences")[0]["text"] is None
    for config in CONFIGS:
        found = rows(bare, config, data="data-with-text")
        assert without_hashes(found) == without_hashes(rows(releases[0], config)), config


@pytest.mark.parametrize(("ends", "code"), [("\n", 0), ("\r\n", 0), ("\n\n", 2), (" ", 2)])
def test_one_line_end_more_at_the_end_is_an_editors(
    releases: tuple[Path, Path], bare: Path, ends: str, code: int
) -> None:
    done = attach(bare, {f"{SLUG}.txt": (article_text(releases[0]) + ends).encode()})

    assert (done.returncode, (bare / "data-with-text").exists()) == (code, code == 0)


@pytest.mark.parametrize(
    ("copies", "problem"),
    [
        ({f"{SLUG}.txt": b"Something else."}, "is not the text that was annotated"),
        ({f"{SLUG}.txt": b"\xff\xfe"}, "is not UTF-8: byte 0"),
        ({"other.txt": b"x"}, "is named like no article"),
        ({}, "has no file SLUG.txt"),
    ],
)
def test_a_wrong_copy_is_one_sentence_and_nothing_is_written(
    bare: Path, copies: dict[str, bytes], problem: str
) -> None:
    done = attach(bare, copies)

    assert done.returncode == 2
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (bare / "data-with-text").exists()


def test_what_was_attached_before_is_not_overwritten(
    releases: tuple[Path, Path], bare: Path
) -> None:
    (bare / "data-with-text").mkdir()

    done = attach(bare, {f"{SLUG}.txt": article_text(releases[0]).encode()})

    assert (done.returncode, "is there already" in done.stderr) == (2, True)


def test_only_a_release_that_lacks_texts_has_the_program(releases: tuple[Path, Path]) -> None:
    assert [(folder / "attach_text.py").exists() for folder in releases] == [False, True]
