"""Invented press paragraphs in which a linguist marked who says what: the gold of the rules.

``dev.txt`` is meant to be read and edited by hand. A paragraph is a block of lines:

- ``@ d01 fr dispatch incise``: its name, its language, the phenomena it was written for;
- ``+ …`` or ``- …``: one sentence a line, ``+`` where a reader would want it checked;
- ``¶``: the next sentence opens a new paragraph of the text;
- ``> 1 direct asserts Ana Roy``: quotation 1, its type, its act and its speaker; ``hearsay``
  may stand before the speaker; ``-`` for a speaker that the text nowhere names.

In a sentence ``{1|…}`` marks a part of the content of quotation 1, ``{1m|…}`` its mention,
``{1c|…}`` its cue (``{12m|…}``: of 1 and 2), ``{s|…}`` the words between quotation marks that
nobody says. ``~`` stands for U+00A0, ``^`` for U+202F.

Where the scheme leaves a choice, the gold takes this one:

- A content has neither outer marks nor incise nor the ``que`` or ``de`` before it, and no full
  stop unless that stands inside the marks. One part per sentence, and per piece around an incise.
- What opens new marks after a complete sentence is a new quotation; so is what a second cue
  brings ("… que A, ajoutant que B"). Without words of its own it has no mention and no cue.
- The type follows from the marks: all inside them is direct, some of it mixed, none indirect.
- A civil title belongs to the mention (*Mme Roy*), a function does not (*le maire Ana Roy*);
  the article belongs to a noun phrase (*la mairie*), not to a name (*Insee*), and so does what
  defines it (*les habitants du bourg*), but no apposition, participle or relative clause.
- A colon is the cue where no verb or preposition is. A reflexive pronoun is no part of a cue, nor
  is *fait* before an infinitive.
- Speech inside speech counts once: of marks within marks the outer, of a relay the first speaker.
- A press conditional without source is said by ``author``, as hearsay. Questions that an
  interviewer asks are no quotations; their answers are, with the colon after the name as cue.
- An indirect sentence that continues without cue what somebody said has that speaker.
- A title or a term in marks within a content is listed too: taken for speech when a quotation
  is exactly that.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Span = tuple[int, int]
QuoteType = Literal["direct", "indirect", "mixed"]
Act = Literal["asserts", "denies", "wants"]

DEV = Path(__file__).parent / "dev.txt"
SPACES = str.maketrans("~^", "\u00a0\u202f")
MARKUP = re.compile(r"\{(s|\d+[mc]?)\||\}")
QUOTATION = re.compile(r"> (\d) (direct|indirect|mixed) (asserts|denies|wants)( hearsay)? (\S.*)")


@dataclass(frozen=True)
class Quotation:
    """One quotation; spans are half-open code points of the paragraph."""

    parts: tuple[Span, ...]
    quote_type: QuoteType
    act: Act
    speaker: str | None
    mention: Span | None
    cue: Span | None
    hearsay: bool


@dataclass(frozen=True)
class Paragraph:
    """A text with all its quotations, in the order of their numbers."""

    id: str
    language: str
    phenomena: tuple[str, ...]
    text: str
    sentences: tuple[Span, ...]
    check_worthy: tuple[Span, ...]
    quotations: tuple[Quotation, ...]
    scare_quotes: tuple[Span, ...]


def read_gold(path: Path = DEV) -> list[Paragraph]:
    """Compile the paragraphs of a file."""
    return compile_gold(path.read_text(encoding="utf-8"))


def compile_gold(source: str) -> list[Paragraph]:
    """Compile the paragraphs of a source; a ValueError names the one that is malformed."""
    blocks = re.split(r"^@ ", source, flags=re.MULTILINE)[1:]
    return [_paragraph(block.strip().split("\n")) for block in blocks]


def _paragraph(lines: list[str]) -> Paragraph:
    name, language, *phenomena = lines[0].split()
    text = ""
    sentences: list[Span] = []
    check_worthy: list[Span] = []
    marked: dict[str, list[Span]] = {}
    break_before = ""
    for line in lines[1:]:
        if line[:2] in {"+ ", "- "}:
            start = len(text) + len(break_before)
            sentence, spans = _read_marks(name, line[2:].translate(SPACES))
            text += break_before + sentence
            sentences.append((start, len(text)))
            if line[0] == "+":
                check_worthy.append((start, len(text)))
            for label, (first, last) in spans:
                marked.setdefault(label, []).append((start + first, start + last))
            break_before = " "
        elif line == "¶":
            break_before = "\n\n"
        elif line and not line.startswith("> "):
            raise ValueError(f"{name}: a line begins with none of '+ ', '- ', '> ', '¶': {line!r}")
    quotations = tuple(
        _quotation(name, line, marked) for line in lines[1:] if line.startswith("> ")
    )
    scare_quotes = tuple(marked.pop("s", ()))
    if marked:
        raise ValueError(f"{name}: no line '> …' says whose these are: {sorted(marked)}")
    return Paragraph(
        id=name,
        language=language,
        phenomena=tuple(phenomena),
        text=text,
        sentences=tuple(sentences),
        check_worthy=tuple(check_worthy),
        quotations=quotations,
        scare_quotes=scare_quotes,
    )


def _read_marks(name: str, line: str) -> tuple[str, list[tuple[str, Span]]]:
    """Return the sentence without its marks, and every marked span under its label."""
    text = ""
    end = 0
    opened: list[tuple[str, int]] = []
    spans: list[tuple[str, Span]] = []
    for mark in MARKUP.finditer(line):
        text += line[end : mark.start()]
        end = mark.end()
        if mark[1]:
            opened.append((mark[1], len(text)))
        elif opened:
            labels, start = opened.pop()
            kind = labels.lstrip("0123456789")
            numbers = labels.removesuffix(kind) or [""]
            spans += [(number + kind, (start, len(text))) for number in numbers]
        else:
            raise ValueError(f"{name}: a brace closes nothing in {line!r}")
    text += line[end:]
    if opened or "{" in text:
        raise ValueError(f"{name}: a brace is left open in {line!r}")
    return text, sorted(spans, key=lambda found: found[1])


def _quotation(name: str, line: str, marked: dict[str, list[Span]]) -> Quotation:
    stated = QUOTATION.fullmatch(line)
    if not stated:
        raise ValueError(f"{name}: not '> number type act [hearsay] speaker': {line!r}")
    number, quote_type, act, hearsay, speaker = stated.groups()
    mentions = marked.pop(f"{number}m", [])
    cues = marked.pop(f"{number}c", [])
    if number not in marked or len(mentions) > 1 or len(cues) > 1:
        raise ValueError(f"{name}: quotation {number} needs a content, at most one mention and cue")
    return Quotation(
        parts=tuple(marked.pop(number)),
        quote_type=cast("QuoteType", quote_type),
        act=cast("Act", act),
        speaker=None if speaker == "-" else speaker,
        mention=mentions[0] if mentions else None,
        cue=cues[0] if cues else None,
        hearsay=bool(hearsay),
    )
