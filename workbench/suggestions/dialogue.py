"""Speech that the layout shows: lines after a dash, answers after a name and a colon.

A whole turn is one quotation, sentence by sentence; who asks in an interview is not quoted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.suggestions.findings import Finding
from workbench.suggestions.french_verbs import Act
from workbench.suggestions.lexicon import word_set
from workbench.suggestions.phrases import Phrase
from workbench.suggestions.quoting import read_interrupted
from workbench.suggestions.reading import Unit, read_words
from workbench.suggestions.rules import QuoteType, Range

_LABEL = re.compile(
    r"^[ \t]*((?:[A-ZÀ-Þ][\w’'.-]*)(?:[ \u00a0](?:[A-ZÀ-Þ][\w’'.-]*|d[eu]|des|la|le|d’|et)){0,5})"
    r"[ \u00a0\u202f]?(:)[ \u00a0](?=[^\s«\"“])",
    re.MULTILINE,
)
_DASH = re.compile(r"^[ \t]*([—–]|-(?=[ \u00a0]))[ \u00a0\u202f]?(?=[^\s])", re.MULTILINE)
_INDENT, _DASHES = " \t", ("—", "–", "-")
_QUESTIONER = word_set("q question r réponse answer a journaliste")
_NOT_LABELS = word_set(
    "résultat conclusion note bilan exemple attention à lire photo source objectif",
)
_FIRST_PERSON = re.compile(
    r"\b(?:je|j['’]|nous|mon|ma|mes|notre|nos|on|i|we|my|our)\b", re.IGNORECASE
)
_SPEAKS = re.compile(r"\b(?:je|j['’]|nous|i|we)(?!\w)", re.IGNORECASE)
_QUESTION = re.compile(r"^(?![«\"“—–-])[^\n«\"“]{8,400}\?[ \t]*$", re.MULTILINE)
_FEWEST_QUESTIONS, _FEWEST_LINES, _NEIGHBOURS = 2, 2, 3


@dataclass(frozen=True, slots=True)
class Turn:
    """Sentences ``first`` to before ``stop`` that somebody speaks, and what is found in them."""

    first: int
    stop: int
    finding: Finding | None  # None for a question of the interviewer


def find_turns(text: str, sentences: Sequence[Range]) -> list[Turn]:
    """Return the turns of interviews and dialogues, in order."""
    turns = [*_labelled(text, sentences)] or [*_questioned(text, sentences)]
    if any(line.lstrip(_INDENT).startswith(_DASHES) for line in text.split("\n")):
        turns += _dashed(text, sentences)
    return sorted(turns, key=lambda turn: turn.first)


def _lines(text: str, sentences: Sequence[Range]) -> Iterator[tuple[int, int]]:
    """Yield the sentences of each line as first and stop."""
    first = 0
    for number in range(1, len(sentences) + 1):
        if (
            number == len(sentences)
            or "\n" in text[sentences[number - 1][1] : sentences[number][0]]
        ):
            yield first, number
            first = number


def _labelled(text: str, sentences: Sequence[Range]) -> Iterator[Turn]:
    labels = {match.start(1): match for match in _LABEL.finditer(text)} if ":" in text else {}
    if not labels:
        return
    lines = list(_lines(text, sentences))
    turns = [
        (first, stop, labels[sentences[first][0]])
        for first, stop in lines
        if sentences[first][0] in labels
        and labels[sentences[first][0]][1].lower() not in _NOT_LABELS
    ]
    asking = {
        match[1]
        for first, stop, match in turns
        if text[sentences[stop - 1][0] : sentences[stop - 1][1]].rstrip().endswith("?")
    }
    asked = bool(asking) or any(
        text[sentences[stop - 1][0] : sentences[stop - 1][1]].rstrip().endswith("?")
        for _, stop in lines
    )
    answering = [turn for turn in turns if turn[2][1] not in asking]
    if not asked or not answering:
        return
    asked_before = {
        stop for first, stop in lines if text[slice(*sentences[stop - 1])].rstrip().endswith("?")
    }
    often = Counter(match[1] for *_, match in turns)
    for first, stop, match in turns:
        # "Économie : une année difficile" is a heading, whatever else the text asks.
        known = often[match[1]] > 1 or match[1].lower() in _QUESTIONER
        if not known and first not in asked_before:
            continue
        if match[1] in asking:
            yield Turn(first, stop, None)
            continue
        start = match.end()
        parts = [(max(start, begin), end) for begin, end in sentences[first:stop] if end > start]
        words, starts, ends, _ = read_words(text, match.start(1), match.end(1), [])
        unit = Unit(text, match.start(1), match.end(1), first, stop, words, starts, ends, {})
        anonymous = match[1].lower() in _QUESTIONER
        speaker = Phrase(0, len(words), (0, len(words)), words[0], "", plural=False, pronoun=False)
        yield Turn(
            first,
            stop,
            Finding(
                unit,
                "interview",
                parts,
                QuoteType.DIRECT,
                Act.ASSERTS,
                match.span(2),
                None if anonymous else speaker,
                carried=anonymous,
                cue_word=":",
            ),
        )


def _questioned(text: str, sentences: Sequence[Range]) -> Iterator[Turn]:
    """Yield the answers where lines that only ask take turns with lines in the first person."""
    if text.count("?") < _FEWEST_QUESTIONS or len(_QUESTION.findall(text)) < _FEWEST_QUESTIONS:
        return
    lines = list(_lines(text, sentences))
    asks = [
        bool(_QUESTION.fullmatch(text[sentences[first][0] : sentences[stop - 1][1]]))
        for first, stop in lines
    ]
    answered = sum(
        asks_first
        and not asks_next
        and bool(_SPEAKS.search(text, sentences[line[0]][0], sentences[line[1] - 1][1]))
        for asks_first, asks_next, line in zip(asks, asks[1:], lines[1:], strict=False)
    )
    if answered < _FEWEST_QUESTIONS:
        return  # An article with questions for headings.
    asked = False
    for (first, stop), question in zip(lines, asks, strict=True):
        content = text[sentences[first][0] : sentences[stop - 1][1]]
        if question:
            asked = True
            yield Turn(first, stop, None)
        elif asked and _FIRST_PERSON.search(content) and content[0] not in '«"“—–':
            yield Turn(first, stop, _unattributed(text, sentences, first, stop, "interview"))
        else:
            asked = False


def _unattributed(
    text: str, sentences: Sequence[Range], first: int, stop: int, rule: str
) -> Finding:
    """Return what nobody is named for: in an interview the person it is with."""
    start, end = sentences[first][0], sentences[stop - 1][1]
    unit = Unit(text, start, end, first, stop, [], [], [], {})
    parts = list(sentences[first:stop])
    carried = rule == "interview"
    return Finding(unit, rule, parts, QuoteType.DIRECT, Act.ASSERTS, None, None, carried=carried)


def _dashed(text: str, sentences: Sequence[Range]) -> Iterator[Turn]:
    """Yield the lines after a dash that somebody speaks; a list is none."""
    dashes = {match.start(1): match.end() for match in _DASH.finditer(text)}
    lines = [
        (first, stop)
        for first, stop in _lines(text, sentences)
        if sentences[first][0] in dashes and text[sentences[stop - 1][1] - 1] in ".!?…"
    ]
    for first, stop in lines:
        start, end = dashes[sentences[first][0]], sentences[stop - 1][1]
        finding = read_interrupted(text, (start, end), (first, stop))
        if finding:
            finding.rule = "dialogue"
            yield Turn(first, stop, finding)
            continue
        near = sum(1 for other, _ in lines if abs(other - first) <= _NEIGHBOURS)
        listed = first > 0 and text[sentences[first - 1][1] - 1] == ":"
        long_dash = text[sentences[first][0]] != "-"
        if long_dash and near >= _FEWEST_LINES and text[start].isupper() and not listed:
            finding = _unattributed(text, sentences, first, stop, "dialogue")
            finding.parts = [(max(start, begin), close) for begin, close in finding.parts]
            yield Turn(first, stop, finding)
