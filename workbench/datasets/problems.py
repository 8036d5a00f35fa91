"""What is wrong with a release, each in one sentence that says where."""

from collections import Counter
from dataclasses import dataclass, field

MOST_PER_FILE = 20


@dataclass(frozen=True)
class Problem:
    """What is wrong with a release, in one sentence: in which file, in which line, what."""

    path: str
    line: int | None
    what: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.what}."


@dataclass
class Problems:
    """Collects problems: of one file the first few, since one cause may spoil all of its lines."""

    found: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, path: str, line: int | None, what: str) -> None:
        """Note a problem, if the file has not enough of them."""
        self.counts[path] += 1
        if self.counts[path] <= MOST_PER_FILE:
            self.found.append(Problem(path, line, what))
