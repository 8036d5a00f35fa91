"""Where the quoted passage of a piece of evidence stands in the text of its page."""

import re
from bisect import bisect_right
from itertools import accumulate

from workbench.labelling.frames import Span


def find_passage(text: str, passage: str) -> Span | None:
    """Return the place of a passage: letter by letter, else alike but for blanks, and only once."""
    wanted = " ".join(passage.split())
    if not wanted:
        return None
    start = text.find(passage)
    if start >= 0:
        return Span(start, start + len(passage), passage)
    words = list(re.finditer(r"\S+", text))
    collapsed = " ".join(word[0] for word in words)
    at = collapsed.find(wanted)
    if at < 0 or collapsed.find(wanted, at + 1) >= 0:
        return None
    begins = list(accumulate((len(word[0]) + 1 for word in words), initial=0))

    def place(offset: int) -> int:
        number = bisect_right(begins, offset) - 1
        return words[number].start() + offset - begins[number]

    first, last = place(at), place(at + len(wanted) - 1) + 1
    return Span(first, last, text[first:last])
