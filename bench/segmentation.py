"""Sentence segmentation beside four kept libraries.

F1 is that of sentence ends inside a text: the exact end positions of all sentences but the last,
counted over all texts of a file together. Speed is characters per second on one core, over the
same texts. Every library is handed one line at a time, since a line always ends a sentence here;
none scores worse that way. `--data DIR` names a folder of JSON Lines with `text` and
`sentences` ([start, end] ranges), and `lang` or a file name that begins with the language.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path

from workbench.corpus import segmentation

Spans = Sequence[tuple[int, int]]
Segmenter = Callable[[str, str], Spans]

ROOT = Path(__file__).parents[1]
HARD_CASES = ROOT / "tests/unit/corpus/hard_cases.jsonl"
SEEDS = ROOT / "seeds/articles"
SHORTEST_MEASUREMENT = 0.3  # seconds


@dataclass(frozen=True)
class Text:
    content: str
    language: str
    gold: Spans = ()


def load_ours() -> Segmenter:
    return lambda text, language: segmentation.segment(text)


def load_choppa() -> Segmenter:
    choppa = import_module("choppa")
    with resources.as_file(resources.files("choppa") / "data/srx") as rules:
        document = choppa.SrxDocument(ruleset=str(rules / "languagetool_segment.srx"))
    return by_line(
        lambda line, language: locate(
            line, choppa.SrxTextIterator(document, f"{language}_one", line)
        )
    )


def load_nupunkt() -> Segmenter:
    nupunkt = import_module("nupunkt")
    return by_line(lambda line, language: nupunkt.sentence_spans(line))


def load_pysbd() -> Segmenter:
    pysbd = import_module("pysbd")
    readers = {
        language: pysbd.Segmenter(language=language, clean=False) for language in ("fr", "en")
    }
    return by_line(lambda line, language: locate(line, readers[language].segment(line)))


def load_sentencex() -> Segmenter:
    sentencex = import_module("sentencex")
    return by_line(lambda line, language: locate(line, sentencex.segment(language, line)))


SEGMENTERS = {
    "workbench": load_ours,
    "choppa-srx": load_choppa,
    "nupunkt": load_nupunkt,
    "pysbd": load_pysbd,
    "sentencex": load_sentencex,
}


def by_line(segment: Segmenter) -> Segmenter:
    def segment_lines(text: str, language: str) -> Spans:
        spans, offset = [], 0
        for line in text.splitlines(keepends=True):
            if line.strip():
                spans += [(offset + a, offset + b) for a, b in segment(line, language)]
            offset += len(line)
        return spans

    return segment_lines


def locate(text: str, sentences: Iterable[str]) -> Spans:
    """Find sentences given as strings again, one after the other."""
    spans, at = [], 0
    for sentence in map(str.strip, sentences):
        start = text.find(sentence, at)
        if sentence and start >= 0:
            at = start + len(sentence)
            spans.append((start, at))
    return spans


def boundary_f1(segment: Segmenter, texts: Sequence[Text]) -> float:
    right = found = wanted = 0
    for text in texts:
        gold = {end for _, end in text.gold[:-1]}
        ours = {end for _, end in segment(text.content, text.language)[:-1]}
        right += len(gold & ours)
        found += len(ours)
        wanted += len(gold)
    return 2 * right / (found + wanted)


def characters_per_second(segment: Segmenter, texts: Sequence[Text]) -> float:
    rounds, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < SHORTEST_MEASUREMENT:
        for text in texts:
            segment(text.content, text.language)
        rounds += 1
    return rounds * sum(len(text.content) for text in texts) / elapsed


def read_texts(path: Path) -> list[Text]:
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Text(record["text"], record.get("lang", path.name[:2]), record["sentences"])
        for record in records
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of .jsonl files with gold sentences")
    folder = parser.parse_args().data
    paths = sorted(folder.glob("*.jsonl")) if folder else [HARD_CASES]
    gold = {path.stem: read_texts(path) for path in paths}
    seeds = [Text(path.read_text(encoding="utf-8"), "fr") for path in sorted(SEEDS.glob("*.txt"))]
    timed = [text for texts in gold.values() for text in texts] if folder else seeds

    print(f"| segmenter | {' | '.join(f'{name} F1' for name in gold)} | Mchar/s |")
    print("| --- |" + " ---: |" * (len(gold) + 1))
    for name, load in SEGMENTERS.items():
        try:
            segment = load()
        except ImportError:
            print(f"| {name} | not installed: see the dependency group `bench` |", flush=True)
            continue
        scores = [f"{boundary_f1(segment, texts):.4f}" for texts in gold.values()]
        speed = characters_per_second(segment, timed) / 1e6
        print(f"| {' | '.join([name, *scores, f'{speed:.2f}'])} |", flush=True)


if __name__ == "__main__":
    main()
