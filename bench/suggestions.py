"""Suggested quotations beside gold: spans, speakers, cues, scare quotes, check-worthy sentences.

A quotation suggested and one in the gold match where their contents overlap by at least half of
their union (greedily, the largest overlap first). Speaker and cue are counted over the matched;
a speaker is right where it is the gold's but for case, a leading article and a civil title. A
scare quote is taken for speech where a suggestion that matches no quotation overlaps with it by
half. `--gold FILE` names a file written as `tests/suggestions/gold`; `--errors` lists what is
wrong.
"""

import argparse
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.suggestions.gold import DEV, Paragraph, Quotation, Span, read_gold
from workbench.suggestions.rules import Suggestion
from workbench.suggestions.suggesting import suggest

SHORTEST_MEASUREMENT = 0.5  # seconds
TARGETS = {
    "direct, exact F1": 0.95,
    "all, overlap F1": 0.85,
    "speaker": 0.85,
    "cue": 0.92,
    "type": 0.0,
    "act": 0.0,
    "hearsay": 0.0,
    "scare quotes kept": 8 / 9,
    "check-worthy F1": 0.75,
}
_ARTICLE = re.compile(
    r"(?:(?:le|la|les|un|une|the|an?|mm?\.?|mme|mlle|me|dr|mr\.?|ms\.?)\s|l')(?=\w)"
)


@dataclass
class Tally:
    """What was right, what was suggested, what the gold has."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.wanted)

    @property
    def share(self) -> float:
        return self.right / max(1, self.wanted)


@dataclass
class Score:
    """The figures of one set of paragraphs, and the errors in words."""

    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in TARGETS})
    errors: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        return {
            name: tally.f1 if name.endswith("F1") else tally.share
            for name, tally in self.tallies.items()
        }

    def count(self, name: str, right: bool, complaint: str) -> None:
        tally = self.tallies[name]
        tally.right += right
        tally.wanted += 1
        if not right:
            self.errors.append(f"{name:>17} {complaint}")


def characters(parts: Iterable[Span]) -> set[int]:
    return {at for start, end in parts for at in range(start, end)}


def overlap(left: Iterable[Span], right: Iterable[Span]) -> float:
    ours, theirs = characters(left), characters(right)
    return len(ours & theirs) / max(1, len(ours | theirs))


def same_speaker(left: str | None, right: str | None) -> bool:
    return plain(left) == plain(right)


def plain(name: str | None) -> str:
    return _ARTICLE.sub("", (name or "").lower().replace("’", "'"), count=1)


def score(paragraphs: Sequence[Paragraph]) -> Score:
    result = Score()
    for paragraph in paragraphs:
        language = "en" if paragraph.language == "en" else "fr"
        found = suggest(paragraph.text, paragraph.sentences, language)
        quoted = [suggestion for suggestion in found if suggestion.quote_type]
        compare(result, paragraph, quoted)
        worthy = {
            paragraph.sentences[number]
            for suggestion in found
            if suggestion.check_worthy
            for number in suggestion.sentences
        }
        tally = result.tallies["check-worthy F1"]
        tally.right += len(worthy & set(paragraph.check_worthy))
        tally.found += len(worthy)
        tally.wanted += len(paragraph.check_worthy)
        for span in sorted(worthy ^ set(paragraph.check_worthy)):
            sign = "+" if span in worthy else "-"
            result.errors.append(f"  check-worthy {sign} {paragraph.id} {text(paragraph, [span])}")
    return result


def text(paragraph: Paragraph, parts: Iterable[Span]) -> str:
    return " | ".join(paragraph.text[start:end] for start, end in parts)


def compare(result: Score, paragraph: Paragraph, quoted: Sequence[Suggestion]) -> None:
    gold = paragraph.quotations
    direct_gold = {quotation.parts for quotation in gold if quotation.quote_type == "direct"}
    direct = {suggestion.parts for suggestion in quoted if suggestion.quote_type == "direct"}
    exact = result.tallies["direct, exact F1"]
    exact.right += len(direct & direct_gold)
    exact.found += len(direct)
    exact.wanted += len(direct_gold)
    for parts in sorted(direct ^ direct_gold):
        sign = "+" if parts in direct else "-"
        result.errors.append(f"  direct {sign} {paragraph.id} {text(paragraph, parts)}")
    pairs = match(gold, quoted)
    tally = result.tallies["all, overlap F1"]
    tally.right += len(pairs)
    tally.found += len(quoted)
    tally.wanted += len(gold)
    for quotation in gold:
        if quotation not in [wanted for wanted, _ in pairs]:
            result.errors.append(f"  missed {paragraph.id} {text(paragraph, quotation.parts)}")
    for suggestion in quoted:
        if suggestion not in [ours for _, ours in pairs]:
            result.errors.append(
                f"  too many {paragraph.id} [{suggestion.rule}] {suggestion.speaker}: "
                f"{text(paragraph, suggestion.parts)}"
            )
    for wanted, ours in pairs:
        where = f"{paragraph.id} {text(paragraph, wanted.parts)[:60]!r}"
        result.count(
            "speaker",
            same_speaker(wanted.speaker, ours.speaker),
            f"{where}: {ours.speaker!r}, not {wanted.speaker!r}",
        )
        cue = (ours.cue.start, ours.cue.end) if ours.cue else None
        result.count("cue", cue == wanted.cue, f"{where}: {ours.cue and ours.cue.text!r}")
        result.count("type", ours.quote_type == wanted.quote_type, f"{where}: {ours.quote_type}")
        result.count("act", ours.act == wanted.act, f"{where}: {ours.act}")
        result.count("hearsay", ours.hearsay == wanted.hearsay, f"{where}: {ours.hearsay}")
    unmatched = [ours for ours in quoted if ours not in [found for _, found in pairs]]
    for span in paragraph.scare_quotes:
        taken = any(overlap([span], [part]) >= 0.5 for ours in unmatched for part in ours.parts)
        result.count("scare quotes kept", not taken, f"{paragraph.id} {text(paragraph, [span])}")


def match(
    gold: Sequence[Quotation], quoted: Sequence[Suggestion]
) -> list[tuple[Quotation, Suggestion]]:
    pairs = [
        (overlap(wanted.parts, ours.parts), one, other)
        for one, wanted in enumerate(gold)
        for other, ours in enumerate(quoted)
    ]
    matched: dict[int, int] = {}
    for share, one, other in sorted(pairs, reverse=True):
        if share >= 0.5 and one not in matched and other not in matched.values():
            matched[one] = other
    return [(gold[one], quoted[other]) for one, other in sorted(matched.items())]


def sentences_per_second(paragraphs: Sequence[Paragraph]) -> float:
    rounds, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < SHORTEST_MEASUREMENT:
        for paragraph in paragraphs:
            suggest(paragraph.text, paragraph.sentences)
        rounds += 1
    return rounds * sum(len(paragraph.sentences) for paragraph in paragraphs) / elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, default=DEV, help="the gold to measure against")
    parser.add_argument("--errors", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    paragraphs = read_gold(options.gold)
    sets = {
        "all": paragraphs,
        "French": [paragraph for paragraph in paragraphs if paragraph.language == "fr"],
        "English": [paragraph for paragraph in paragraphs if paragraph.language == "en"],
    }
    scores = {name: score(chosen) for name, chosen in sets.items()}
    print(f"| figure | wanted | {' | '.join(sets)} |")
    print("| --- |" + " ---: |" * (len(sets) + 1))
    for figure, target in TARGETS.items():
        row = [f"{scores[name].figures()[figure]:.3f}" for name in sets]
        print(f"| {figure} | {f'{target:.2f}' if target else ''} | {' | '.join(row)} |")
    speed = sentences_per_second(sets["French"])
    print(f"\n{speed:,.0f} French sentences a second on one core, each full of quotations.")
    if options.errors:
        print("\n".join(["", *scores["all"].errors]))


if __name__ == "__main__":
    main()
