"""Compile ``answers.txt`` of ``seeds/demo`` and ``seeds/invented``, written by hand.

Run as ``python tools/demo_answers.py``; it refuses words that the sentence does not have, or has
twice. An article opens with ``@ FILE``, then each block is one sentence:

    16                                the answer of both annotators, or
    16 elie                           where the second one differs
    16 settled noor slip :: NOTE      what stands in the end: from whom, why
    16 N                              a decision without claims: N, U or B
    - TYPE WORTH key=value :: WORDS   a claim; without words, the whole sentence
      < SPEAKER | MENTION | CUE | KIND OF SPEECH | key=value    a link, outermost first
      + HOLDER VALUE TARGET key=value                           a stance; HOLDER may be left out

``a [..] b`` runs from a to b, ``a | b`` has two parts, ``-`` is nothing, and ``x {a} y`` is the a
between x and y. Apostrophes and blanks of any kind are the same; offsets count code points. What
is settled says what it was made from: the answers compared, and whose claims share words with it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from workbench.canonical import JsonObject, canonical_json
from workbench.corpus.preparing import prepare_file
from workbench.corpus.rules import PreparedArticle, base_slug
from workbench.errors import InvalidInputError
from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    ClaimFrame,
    Decision,
    Link,
    SentenceId,
    Span,
    StanceFrame,
    answer_json,
)

SEEDS = Path(__file__).parent.parent / "seeds"
DEMO, INVENTED = SEEDS / "demo", SEEDS / "invented"
ARTICLES = {DEMO: SEEDS / "articles", INVENTED: INVENTED / "articles"}
BEGINS = {  # When the two annotators sat down to it.
    "noor": datetime.fromisoformat("2025-03-03T09:00:00+00:00"),
    "elie": datetime.fromisoformat("2025-03-04T13:30:00+00:00"),
}
SETTLED = "settled"
SETTLED_FROM = datetime.fromisoformat("2025-03-05T10:00:00+00:00")
LATER = {DEMO: timedelta(), INVENTED: timedelta(days=7)}
DECISIONS = {"N": Decision.NO_CLAIM, "U": Decision.UNDECIDED, "B": Decision.NOT_ANNOTATABLE}
VALUES = {"favor", "against", "neutral"}
HEAD = re.compile(
    r"(\d+)(?: (noor|elie|settled))?(?: (noor|elie|edited) (\w+) :: (.+))?(?: ([NUB]))?"
)
ALIKE = str.maketrans({"’": "'", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})

Blocks = dict[tuple[int, str | None], "Block"]


@dataclass(frozen=True)
class Block:
    """One answer as it is written: sentence, person, lines, and how it was settled."""

    position: int
    whose: str | None
    decision: Decision
    lines: tuple[str, ...] = ()
    origin: str | None = None
    reason: str | None = None
    note: str | None = None


def read_source(source: str) -> dict[str, Blocks]:
    """Return the blocks of each article; ``InvalidInputError`` names a line of no known kind."""
    articles: dict[str, Blocks] = {}
    blocks: Blocks = {}
    key = None
    for line in source.splitlines():
        if line.startswith("@ "):
            blocks = articles[line[2:]] = {}
        elif head := HEAD.fullmatch(line):
            position, whose, origin, reason, note, decision = head.groups()
            key = int(position), whose
            if key in blocks:
                raise InvalidInputError(f"The demo answers have this sentence twice: {line}")
            decided = DECISIONS.get(decision, Decision.CLAIMS)
            note = note and note.replace("'", "’")
            blocks[key] = Block(*key, decided, (), origin, reason, note)
        elif key and line.lstrip().startswith(("- ", "< ", "+ ")):
            blocks[key] = replace(blocks[key], lines=(*blocks[key].lines, line.strip()))
        elif line and not line.startswith("#"):
            raise InvalidInputError(f"The demo answers have a line that is none: {line}")
    return articles


def build_answer(block: Block, within: Span, slug: str, whose: str) -> Answer:
    """Return the answer a block describes for the sentence ``within``; its ids never change."""
    answer = Answer(
        id=_make_id(whose, slug, block.position),
        base=None,
        sentence=SentenceId(slug, 1, block.position),
        decision=block.decision,
        attributes={},
    )
    for line in block.lines:
        kind, rest = line[0], line[2:]
        *before, last = answer.claims or (None,)
        if kind == "-":
            claim = _read_claim(rest, within, _make_id(answer.id, len(answer.claims)))
            answer = replace(answer, claims=(*answer.claims, claim))
        elif kind == "<" and last:
            last = replace(last, chain=(*last.chain, _read_link(rest, within)))
            answer = replace(answer, claims=(*before, last))
        else:
            answer = replace(answer, stances=(*answer.stances, _read_stance(rest, last)))
    return answer


def _read_claim(line: str, within: Span, claim_id: str) -> ClaimFrame:
    labels, _, words = line.partition(" :: ")
    claim_type, *others = labels.split()
    attributes = {"claim_type": claim_type}
    if others and "=" not in others[0]:
        attributes["check_worthiness"] = others.pop(0)
    parts = [find_span(part, within) for part in words.split(" | ")] if words else [within]
    return ClaimFrame(claim_id, tuple(parts), attributes | _pairs(others), (Link(AUTHOR),))


def _read_link(line: str, within: Span) -> Link:
    speaker, mention, cue, speech, *others = line.split(" | ")
    return Link(
        speaker,
        None if mention == "-" else find_span(mention, within),
        None if cue == "-" else find_span(cue, within),
        {"quote_type": speech} | _pairs(" ".join(others).split()),
    )


def _read_stance(line: str, claim: ClaimFrame | None) -> StanceFrame:
    words = line.split()
    innermost = claim.chain[-1].speaker if claim else AUTHOR
    holder = innermost if words[0] in VALUES else words.pop(0)
    value, target, *others = words
    return StanceFrame(claim.id if claim else None, holder, target, None, value, _pairs(others))


def find_span(words: str, within: Span) -> Span:
    """Return where ``words`` stand in a sentence; ``InvalidInputError`` unless in one place."""
    pattern = re.escape(words.translate(ALIKE)).replace(re.escape(" [..] "), ".+?")
    pattern = pattern.replace(r"\{", "(?P<span>").replace(r"\}", ")")
    found = [*re.finditer(rf"(?<!\w){pattern}(?!\w)", within.text.translate(ALIKE))]
    if len(found) != 1:
        raise InvalidInputError(f"“{words}” stands {len(found)} times, not once, in: {within.text}")
    start, end = found[0].span("span" if "{" in words else 0)
    return Span(within.start + start, within.start + end, within.text[start:end])


def _pairs(words: Iterable[str]) -> dict[str, str | None]:
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _make_id(*names: str | int) -> str:
    return hashlib.sha256("/".join(map(str, ("demo", *names))).encode()).hexdigest()[:20]


def _guess_pace(answer: Answer, sentence: Span) -> int:
    """Return a plausible time for an answer in ms: reading, marking, and what differs by chance."""
    links = sum(len(claim.chain) - 1 for claim in answer.claims)
    marked = 3100 * len(answer.claims) + 5200 * links + 3300 * len(answer.stances)
    return 1300 + 31 * len(sentence.text) + marked + int(answer.id[:4], 16) % 2900


def compile_answers(folder: Path, source: str) -> Iterator[JsonObject]:
    """Yield the lines of ``answers.jsonl``: one annotator after the other, in reading order."""
    articles = read_source(source)
    for annotator, begin in BEGINS.items():
        now = begin + LATER[folder]
        for name, blocks in articles.items():
            now += timedelta(minutes=6)
            article = _read_article(folder, name)
            slug = base_slug(article.name)
            for position, whose in blocks:
                if whose is not None:
                    continue
                sentence = _sentence(article, position)
                chosen = _find_block(blocks, position, annotator)
                answer = build_answer(chosen, sentence, slug, annotator)
                elapsed = _guess_pace(answer, sentence)
                now += timedelta(milliseconds=elapsed + 800)
                yield {
                    "annotator": annotator,
                    "article": slug,
                    "edition_sha256": edition_hash(article),
                    "position": position,
                    "made_at": now.isoformat(timespec="milliseconds"),
                    "elapsed_ms": elapsed,
                    "answer": _bare(answer),
                }


def compile_adjudication(folder: Path, source: str) -> Iterator[JsonObject]:
    """Yield the lines of ``adjudication.jsonl``: what stands where the two differ, and why."""
    now = SETTLED_FROM + LATER[folder]
    for name, blocks in read_source(source).items():
        article = _read_article(folder, name)
        slug = base_slug(article.name)
        for (position, whose), block in blocks.items():
            if whose != SETTLED:
                continue
            sentence = _sentence(article, position)
            readings = [
                build_answer(_find_block(blocks, position, annotator), sentence, slug, annotator)
                for annotator in BEGINS
            ]
            taken = _find_block(blocks, position, block.origin)
            chosen = block if block.origin == "edited" else taken
            answer = build_answer(chosen, sentence, slug, SETTLED)
            elapsed = _guess_pace(answer, sentence) + 90 * len(block.note or "")
            now += timedelta(milliseconds=elapsed + 800)
            yield {
                "article": slug,
                "position": position,
                "from": block.origin,
                "made_at": now.isoformat(timespec="milliseconds"),
                "elapsed_ms": elapsed,
                "answer": _bare(answer),
                "adjudication": {
                    "compared": sorted(reading.id for reading in readings),
                    "reason": block.reason,
                    "note": block.note,
                    "sources": _find_sources(answer, readings),
                },
            }


def _find_block(blocks: Blocks, position: int, annotator: str | None) -> Block:
    return blocks.get((position, annotator), blocks[position, None])


def _find_sources(answer: Answer, readings: Iterable[Answer]) -> JsonObject:
    """Return the claims that each of the answer's claims was made from: what overlaps it."""
    claims = [claim for reading in readings for claim in reading.claims]
    return {
        own.id: [
            claim.id
            for claim in claims
            if any(a.start < b.end and b.start < a.end for a in own.parts for b in claim.parts)
        ]
        for own in answer.claims
    }


def edition_hash(article: PreparedArticle) -> str:
    """Return by what the text of an article is known."""
    return hashlib.sha256(article.text.encode()).hexdigest()


def _read_article(folder: Path, name: str) -> PreparedArticle:
    (path,) = ARTICLES[folder].glob(f"{name}.*")
    return prepare_file(path.name, path.read_bytes()).articles[0]


def _sentence(article: PreparedArticle, position: int) -> Span:
    start, end = article.sentences[position - 1]
    return Span(start, end, article.text[start:end])


def _bare(answer: Answer) -> JsonObject:
    return {name: value for name, value in answer_json(answer).items() if name != "sentence"}


def write_lines(path: Path, lines: Iterable[JsonObject]) -> None:
    """Write a file of JSON lines."""
    path.write_text("".join(f"{canonical_json(line)}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    for folder in ARTICLES:
        written = (folder / "answers.txt").read_text("utf-8")
        write_lines(folder / "answers.jsonl", compile_answers(folder, written))
        write_lines(folder / "adjudication.jsonl", compile_adjudication(folder, written))
