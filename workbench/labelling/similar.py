"""Which entries of a register look alike: proposed to a person, never merged by the program.

Two names are alike when they are written the same but for case, accents and marks, when the
words of one are among the other's (*Altman*, *Sam Altman*), or when most of their groups of three
letters are the same (*Sam Altmann*).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from workbench.corpus.rules import fold

MOST = 3
_CONTAINED = 0.8
_ENOUGH = 0.6
_SHORTEST_WORD = 3


def find_similar(
    names: Mapping[str, Collection[str]], wanted: Collection[str], *, most: int = MOST
) -> dict[str, list[str]]:
    """Return for each wanted entry the others most like it, at most so many, the likest first."""
    folded = {entry: {fold(name) for name in all_} - {""} for entry, all_ in names.items()}
    owners: dict[str, set[str]] = defaultdict(set)
    for entry, all_ in folded.items():
        for name in all_:
            for group in _groups(name):
                owners[group].add(entry)
    found = {}
    for entry in wanted:
        near: set[str] = set()
        for name in folded[entry]:
            near.update(*(owners[group] for group in _groups(name)))
        scores = {one: _likeness(folded[entry], folded[one]) for one in near - {entry}}
        alike = [one for one, score in scores.items() if score >= _ENOUGH]
        found[entry] = sorted(alike, key=lambda one: (-scores[one], one))[:most]
    return found


def _likeness(names: Collection[str], others: Collection[str]) -> float:
    return max((_alike(name, other) for name in names for other in others), default=0.0)


def _alike(name: str, other: str) -> float:
    if name == other:
        return 1.0
    shorter, longer = sorted((set(name.split("-")), set(other.split("-"))), key=len)
    tells = any(len(word) >= _SHORTEST_WORD for word in shorter)
    if shorter <= longer and tells:
        return _CONTAINED
    groups, other_groups = _groups(name), _groups(other)
    return 2 * len(groups & other_groups) / (len(groups) + len(other_groups))


def _groups(name: str) -> set[str]:
    padded = f" {name} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
