"""BIO columns in the manner of CoNLL: a token a line, a blank line after each sentence.

A column can hold one span at a time, so of claims that overlap the first one stays. Tokens are
words, and signs one by one; their offsets are code points of the article's text.
"""

import re
from collections.abc import Iterator, Sequence

from workbench.datasets.formats.documents import Document, Labelled
from workbench.datasets.formats.format import Books, Format, Piece
from workbench.labelling.frames import ClaimFrame, Span

TOKEN = re.compile(r"\w[\w\u0300-\u036f]*|[^\w\s]")
COLUMNS = ("token", "start", "end", "claim", "mention", "cue")
CLAIM = "claim"  # The label of a claim whose type nobody said.
_OUTSIDE = "O"

REASONS = {
    "several_parts": "A run of tags is one range, and the claim has several parts.",
    "other_sentence": "Tags end with their sentence, and the claim goes on in another.",
    "within_token": "The claim begins or ends within a token.",
    "overlap": "A token has one tag in a column, and the claim overlaps one before it.",
}


def write(document: Document, books: Books) -> Iterator[Piece]:
    """Yield the article's file of tokens."""
    text = document.text or ""
    lines = [
        f"# article = {document.slug}",
        f"# sha256 = {document.sha256}",
        f"# columns = {' '.join(COLUMNS)}",
    ]
    for sentence in document.sentences:
        books.add_sentence(sentence)
        tokens = [found.span() for found in TOKEN.finditer(text, sentence.start, sentence.end)]
        tags = _tag(document, sentence, tokens, books)
        lines += [f"# sentence = {sentence.id}", f"# decision = {sentence.decision}"]
        lines += [
            "\t".join((text[start:end], str(start), str(end), *row))
            for (start, end), row in zip(tokens, tags, strict=True)
        ]
        lines.append("")
    yield Piece(f"{document.path}.conll", "\n".join(lines) + "\n")


def _tag(
    document: Document, sentence: Labelled, tokens: Sequence[tuple[int, int]], books: Books
) -> list[tuple[str, str, str]]:
    claims, mentions, cues = (_Column(tokens) for _ in range(3))
    for claim in sentence.claims:
        reason = _obstacle(claim, sentence) or claims.put(
            claim.parts[0], claim.attributes.get("claim_type") or CLAIM
        )
        if reason:
            books.lose_claim(document, sentence, claim, reason)
            continue
        books.add_claim(claim)
        for link in claim.chain:
            for column, span, label in (
                (mentions, link.mention, "mention"),
                (cues, link.cue, "cue"),
            ):
                if span:
                    column.put(span, label)
    for stance in sentence.stances:
        books.add_stance(stance)
    return list(zip(claims.tags, mentions.tags, cues.tags, strict=True))


def _obstacle(claim: ClaimFrame, sentence: Labelled) -> str | None:
    if len(claim.parts) > 1:
        return "several_parts"
    return "other_sentence" if claim.parts[0].end > sentence.end else None


class _Column:
    """The tags of one column of a sentence."""

    def __init__(self, tokens: Sequence[tuple[int, int]]) -> None:
        self.tags = [_OUTSIDE] * len(tokens)
        self._starts = {start: at for at, (start, _) in enumerate(tokens)}
        self._ends = {end: at for at, (_, end) in enumerate(tokens)}

    def put(self, span: Span, label: str) -> str | None:
        """Tag a span, or return the code why it cannot be."""
        first, last = self._starts.get(span.start), self._ends.get(span.end)
        if first is None or last is None:
            return "within_token"
        if any(tag != _OUTSIDE for tag in self.tags[first : last + 1]):
            return "overlap"
        self.tags[first : last + 1] = [f"B-{label}", *[f"I-{label}"] * (last - first)]
        return None


CONLL = Format(
    name="conll",
    title="BIO columns (CoNLL)",
    files="`ARTICLE.conll`",
    keeps={
        "sentences": "a comment before the sentence",
        "claims": "BIO tags, the claim's type as label; of one part, within the sentence",
        "parts": "the claim's one part",
        "attributes": "`claim_type`",
    },
    omits={
        "attributions": "who says it is not kept; mentions and cues are columns without names",
        "stances": "the format has no place for stances",
    },
    reasons=REASONS,
    attributes=frozenset({"claim_type"}),
    needs_text=True,
    write=write,
)
