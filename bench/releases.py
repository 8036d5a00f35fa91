"""Make the files of a release from a snapshot of many sentences with three annotations each."""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from workbench.canonical import JsonObject, canonical_json
from workbench.datasets.releasing import write_release
from workbench.datasets.snapshots import ArticleBlock, Snapshot, open_snapshot

SAMPLE = Path(__file__).parents[1] / "tests/data/snapshot.jsonl"
THIRD = "annotator-ffffffffffff"
BUDGET_SECONDS = 10


def grow_snapshot(target: Path, sentences: int) -> None:
    """Write a snapshot with the sample's first article over and over, read by three people."""
    sample = open_snapshot(SAMPLE)
    block = next(sample.articles())
    copies = -(-sentences // len(block.sentences))
    counts = cast(JsonObject, sample.head["counts"])
    head = {
        **sample.head,
        "previous": None,
        "frozen_test": {"articles": [], "statements": []},
        "counts": {**counts, "articles": copies, "sentences": copies * len(block.sentences)},
    }
    registers = ("scheme", "guideline", "verdict_scale", "speaker", "target")
    with target.open("w", encoding="utf-8") as file:
        file.write(f"{canonical_json(head)}\n")
        file.writelines(f"{canonical_json(one)}\n" for one in _lines(sample, *registers))
        template = "".join(f"{canonical_json(one)}\n" for one in _template(block))
        for number in range(copies):
            copy = template.replace("a1open", f"a{number:07}").replace('"c-', f'"c{number:07}-')
            file.write(copy.replace('"slug":"', f'"slug":"{number:07}-'))
        for one in _lines(sample, "agreement"):
            file.write(f"{canonical_json(one)}\n")


def _template(block: ArticleBlock) -> Iterator[JsonObject]:
    yield {**block.article, "annotators": 3}
    for line in block.sentences:
        answers = cast("list[JsonObject]", line["answers"])
        yield {**line, "answers": [*answers, {**answers[0], "annotator": THIRD}]}


def _lines(sample: Snapshot, *types: str) -> Iterator[JsonObject]:
    for type_ in types:
        yield from sample.lines(type_)


def _megabytes(folder: Path, pattern: str) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob(pattern)) / 1e6:.0f}"


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        snapshot, folder = Path(name) / "snapshot.jsonl", Path(name) / "release"
        grow_snapshot(snapshot, args.sentences)
        folder.mkdir()
        started: dict[str, float] = {}
        seconds: dict[str, float] = {}

        def note(part: str, done: int, of: int) -> None:
            started.setdefault(part, time.perf_counter())
            if done == of:
                seconds[part] = time.perf_counter() - started[part]

        begun = time.perf_counter()
        write_release(snapshot, folder, on_progress=note)
        whole = time.perf_counter() - begun
        lines = sum(1 for _ in (folder / "data/sentences.jsonl").open("rb"))
        print(
            f"{lines} sentences; snapshot {snapshot.stat().st_size / 1e6:.0f} MB, JSON Lines"
            f" {_megabytes(folder / 'data', '*.jsonl')} MB, Parquet"
            f" {_megabytes(folder, '*.parquet')} MB\n"
        )
    print(f"| part | s, budget of all ≤ {BUDGET_SECONDS} |\n|--|--:|")
    for part, took in seconds.items():
        print(f"| {part} | {took:.2f} |")
    print(f"| all | {whole:.2f} |")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    other = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nMost memory: {own:.0f} MiB, the second process {other:.0f} MiB")


if __name__ == "__main__":
    main()
