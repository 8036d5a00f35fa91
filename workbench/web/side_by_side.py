"""Two editions of a text side by side: what stayed, what changed by which words, what is new."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from workbench.corpus.aligning import Alignment

SAME, CHANGED, MOVED, CAME, GONE, NEW = "same", "changed", "moved", "came", "gone", "new"
# So many unchanged sentences in a row are folded away.
MOST_UNFOLDED = 3

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class ShownPiece:
    """A sentence of one side; its words, each with whether the other side lacks them."""

    position: int
    words: Sequence[tuple[bool, str]]


@dataclass(frozen=True)
class ShownRow:
    """Sentences that belong together; ``other`` is where a moved one stands on the other side."""

    kind: str
    old: Sequence[ShownPiece]
    new: Sequence[ShownPiece]
    other: int | None = None


@dataclass(frozen=True)
class ShownBlock:
    """Rows one after the other; many that stayed the same are folded."""

    is_folded: bool
    rows: Sequence[ShownRow]


def lay_out(alignment: Alignment) -> list[ShownBlock]:
    """Return both texts in rows, in the order of the new one."""
    blocks = []
    for is_same, group in groupby(_rows(alignment), key=lambda row: row.kind == SAME):
        rows = [*group]
        blocks.append(ShownBlock(is_same and len(rows) > MOST_UNFOLDED, rows))
    return blocks


def row_of(blocks: Sequence[ShownBlock], position: int, homes: Collection[int] = ()) -> ShownRow:
    """Return the row that has the old sentence at a position.

    Where it has no new sentence beside it, those at ``homes`` stand there: where words of it went.
    """
    rows = [row for block in blocks for row in block.rows]
    found = next(row for row in rows if position in [one.position for one in row.old])
    if found.new:
        return found
    return replace(found, new=[one for row in rows for one in row.new if one.position in homes])


def _rows(alignment: Alignment) -> Iterator[ShownRow]:
    count = (len(alignment.old_sentences), len(alignment.new_sentences))
    old = new = 0
    for next_old, next_new in [*alignment.same.items(), count]:
        yield from _between(alignment, range(old, next_old), range(new, next_new))
        if next_old < count[0]:
            yield _row(alignment, SAME, [next_old], [next_new])
        old, new = next_old + 1, next_new + 1


def _between(alignment: Alignment, olds: range, news: range) -> Iterator[ShownRow]:
    """Yield the rows between two sentences that stayed."""
    came = {two: one for one, two in alignment.elsewhere.items()}
    left = [*news]
    waiting = [*olds]
    while waiting:
        one = waiting.pop(0)
        homes = {*alignment.changed.get(one, ())}
        if not homes:
            moved = alignment.elsewhere.get(one)
            yield _row(alignment, GONE if moved is None else MOVED, [one], [], moved)
            continue
        together = [one]
        while waiting and homes & {*alignment.changed.get(waiting[0], ())}:
            together.append(waiting.pop(0))
            homes |= {*alignment.changed[together[-1]]}
        while left and left[0] < min(homes):
            yield _new_row(alignment, left.pop(0), came)
        left = [two for two in left if two not in homes]
        yield _row(alignment, CHANGED, together, sorted(homes))
    for two in left:
        yield _new_row(alignment, two, came)


def _new_row(alignment: Alignment, two: int, came: dict[int, int]) -> ShownRow:
    return _row(alignment, CAME if two in came else NEW, [], [two], came.get(two))


def _row(
    alignment: Alignment,
    kind: str,
    olds: Sequence[int],
    news: Sequence[int],
    other: int | None = None,
) -> ShownRow:
    before = [alignment.old[slice(*alignment.old_sentences[one])] for one in olds]
    after = [alignment.new[slice(*alignment.new_sentences[two])] for two in news]
    marked = kind == CHANGED and "".join(" ".join(before).split()) != "".join(
        " ".join(after).split()
    )
    left = _mark(before, after) if marked else [[(False, text)] for text in before]
    right = _mark(after, before) if marked else [[(False, text)] for text in after]
    return ShownRow(
        kind,
        [ShownPiece(one + 1, words) for one, words in zip(olds, left, strict=True)],
        [ShownPiece(two + 1, words) for two, words in zip(news, right, strict=True)],
        None if other is None else other + 1,
    )


def _mark(these: Sequence[str], others: Sequence[str]) -> list[list[tuple[bool, str]]]:
    """Mark in each of these texts the words that the others, taken together, lack."""
    tokens = _TOKENS.findall(" ".join(others))
    marked = []
    for text in these:
        own = _TOKENS.findall(text)
        matcher = SequenceMatcher(a=own, b=tokens, autojunk=False)
        words: list[tuple[bool, str]] = []
        done = 0
        for start, _, size in matcher.get_matching_blocks():
            if done < start:
                words.append((True, "".join(own[done:start])))
            if size:
                words.append((False, "".join(own[start : start + size])))
            done = start + size
        marked.append(words)
    return marked
