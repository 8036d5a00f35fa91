"""A release: time and memory at 100,000 sentences that three have finished.

The corpus is that of ``bench.agreement``. Snapshot and files are made by one command, as they are
in a build; checking is another one. The start of each and the second process that it lends itself
are included, and load no more than a build does; the seconds of processors are beside those of the
clock, which others' work makes longer. Memory is that of both processes together at their peak,
what they share counted once, as Linux tells it.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from workbench.datasets.releasing import write_release
from workbench.datasets.snapshotting import SnapshotHead, write_snapshot
from workbench.datasets.verifying import verify_release
from workbench.projects.queries import project_by_slug

PROJECT, BASE = "bench", "https://checks.example.org"
INSTANT = datetime(2026, 11, 22, 18, tzinfo=UTC)
BUDGETS = {"snapshot and files": 30, "check": 20}
MEGABYTES = 900  # at most, of both processes
LOOK_EVERY_SECONDS = 0.25


@dataclass(frozen=True)
class Spent:
    """What a phase took."""

    seconds: float
    processor: float
    megabytes: float


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


def build(url: str, folder: Path) -> None:
    """Write the snapshot, and all files from it."""
    write(url, folder)
    write_files(url, folder)


PHASES: dict[str, Callable[[str, Path], None]] = {
    "snapshot and files": build,
    "snapshot": write,
    "files": write_files,
    "check": check,
}


def measure(phase: str, url: str, folder: Path) -> Spent:
    """Run a phase in a process of its own."""
    began = time.perf_counter()
    # Not as a module: the second process would load that, too, before it is asked to do anything.
    start = "import sys; from bench.releases import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", start, "--phase", phase, url, str(folder)]
    process = subprocess.Popen(words)
    megabytes = 0.0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        megabytes = max(megabytes, sum(map(proportional, family(process.pid))))
        time.sleep(LOOK_EVERY_SECONDS)
    _, status, used = ended
    assert status == 0
    return Spent(time.perf_counter() - began, used.ru_utime + used.ru_stime, megabytes)


def family(process: int) -> list[int]:
    """Return a process and all that it has started, and so on."""
    found = [process]
    for one in found:
        with suppress(OSError):
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


def proportional(process: int) -> float:
    """Return the memory of a process in MB, its share of what others have too; 0 if it is gone."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return 0.0


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
    # What is measured starts without what only makes the project.
    from bench.agreement import PEOPLE  # noqa: PLC0415
    from bench.finished import finished_project  # noqa: PLC0415

    print("| database | sentences × annotators | phase | seconds | processor | memory MB |")
    print("|--|--|--|--:|--:|--:|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        with finished_project(kind, args.sentences) as (url, folder):
            for phase, budget in BUDGETS.items():
                one = measure(phase, url, folder)
                print(
                    f"| {kind} | {args.sentences:,} × {PEOPLE} | {phase} |"
                    f" {one.seconds:.1f} ≤ {budget} | {one.processor:.1f} |"
                    f" {one.megabytes:.0f} ≤ {MEGABYTES} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
