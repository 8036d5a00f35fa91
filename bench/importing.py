"""Importing with segmentation, zones and suggestions: press-like articles, and the worst case.

By one process of the command line, its start included; its CPU time tells what one core does.
"""

import argparse
import tempfile
from pathlib import Path

from bench.annotators import Workbench, database_of
from bench.corpus import Density
from workbench.settings import Settings


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    args = parser.parse_args(arguments)
    print("| database | articles | sentences/s | sentences/s of a core | budget |")
    print("|--|--|--:|--:|--|")
    for kind in args.database or ["SQLite", "PostgreSQL"]:
        for density in Density:
            with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
                settings = Settings(data_dir=Path(name) / "data", database_url=url)
                bench = Workbench(settings, args.sentences, 0, density)
            speeds = (args.sentences / bench.import_seconds, args.sentences / bench.import_cpu)
            print(f"| {kind} | {density} | {speeds[0]:,.0f} | {speeds[1]:,.0f} | ≥ 20,000 |")


if __name__ == "__main__":
    main()
