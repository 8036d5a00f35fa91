"""A release: time and memory at 100,000 sentences that three have finished, phase by phase.

The corpus is that of ``bench.agreement``. Each phase is a process of its own, its start and the
second process that it lends itself included; the seconds of processors are beside those of the
clock, which others' work makes longer. Memory is that of the larger process at its peak.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import workbench.app  # noqa: F401  # for all tables
from bench.agreement import PEOPLE, Answers
from bench.annotators import PROJECT, Workbench, database_of
from bench.corpus import Density
from tests.press import BASE
from workbench.datasets.releasing import write_release
from workbench.datasets.snapshotting import SnapshotHead, write_snapshot
from workbench.datasets.verifying import verify_release
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings

INSTANT = datetime(2026, 11, 22, 18, tzinfo=UTC)
BUDGETS = {"snapshot": 18, "files": 12, "check": 20, "snapshot and files": 30}
MEGABYTES = 450  # at most, of a process


@dataclass(frozen=True)
class Spent:
    """What a phase took."""

    seconds: float
    processor: float
    megabytes: float

    def __add__(self, after: "Spent") -> "Spent":
        return Spent(
            self.seconds + after.seconds,
            self.processor + after.processor,
            max(self.megabytes, after.megabytes),
        )


def write(url: str, folder: Path) -> None:
    """Write the snapshot."""
    engine = create_engine(url)
    with Session(engine) as session:
        write_snapshot(
            session,
            folder / "snapshot.jsonl",
            project_id=project_by_slug(session, slug=PROJECT).id,
            head=SnapshotHead(instant=INSTANT, base_url=BASE),
            allow_unsettled=True,
        )
    engine.dispose()


def write_files(_url: str, folder: Path) -> None:
    """Write all files of the release from its snapshot."""
    release = folder / "release"
    release.mkdir()
    write_release(folder / "snapshot.jsonl", release, on_progress=lambda *_: None)


def check(_url: str, folder: Path) -> None:
    """Check the release again."""
    problems = verify_release(folder / "release")
    assert problems == [], problems[0]


PHASES: dict[str, Callable[[str, Path], None]] = {
    "snapshot": write,
    "files": write_files,
    "check": check,
}


def measure(phase: str, url: str, folder: Path) -> Spent:
    """Run a phase in a process of its own."""
    began = time.perf_counter()
    words = [sys.executable, "-m", "bench.releases", "--phase", phase, url, str(folder)]
    process = subprocess.Popen(words)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    processor = used.ru_utime + used.ru_stime
    return Spent(time.perf_counter() - began, processor, used.ru_maxrss / 1024)


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    parser.add_argument("--phase", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.phase:
        phase, url, folder = args.phase
        PHASES[phase](url, Path(folder))
        return
    print("| database | sentences × annotators | phase | seconds | processor | memory MB |")
    print("|--|--|--|--:|--:|--:|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
            settings = Settings(data_dir=Path(name) / "data", database_url=url)
            Workbench(settings, args.sentences, PEOPLE, Density.PRESS)
            engine = create_engine(settings.database)
            with Session(engine) as session:
                Answers(session).store()
            engine.dispose()
            spent = {phase: measure(phase, settings.database, Path(name)) for phase in PHASES}
            spent["snapshot and files"] = spent["snapshot"] + spent["files"]
            for phase, one in spent.items():
                print(
                    f"| {kind} | {args.sentences:,} × {PEOPLE} | {phase} |"
                    f" {one.seconds:.1f} ≤ {BUDGETS[phase]} | {one.processor:.1f} |"
                    f" {one.megabytes:.0f} ≤ {MEGABYTES} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
