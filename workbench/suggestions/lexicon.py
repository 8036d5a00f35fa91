"""How the word lists of this package are written: words apart by blanks, a line a group."""


def word_set(*lines: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(" ".join(lines).split())
