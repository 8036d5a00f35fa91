"""What a release's version says, and what it may be: decided from what changed, by nobody."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import InvalidInputError

NUMBER = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)


class ChangeKind(StrEnum):
    """What became of a record between two releases; ``moved`` is from one split to another."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"


class Step(StrEnum):
    """Which number of the version goes up; a first release has none before it."""

    FIRST = "first"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


# By the type of the record, how many were added, changed, removed, moved.
Tally = Mapping[str, Mapping[ChangeKind, int]]


@dataclass(frozen=True, order=True)
class Version:
    """A release's number, MAJOR.MINOR.PATCH."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read ``1.0.0``; anything else is ``InvalidInputError``."""
        if not (found := NUMBER.fullmatch(text)):
            raise InvalidInputError(
                "%(text)s is no version; write three numbers such as 1.0.0.", text=repr(text)
            )
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def step(self, step: Step) -> "Version":
        """Return the version after this one."""
        if step is Step.MAJOR:
            return Version(self.major + 1, 0, 0)
        if step is Step.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


FIRST = Version(1, 0, 0)


def decide_step(tally: Tally) -> Step:
    """Say which number goes up: who has the old release must be able to trust the number.

    The same data is a patch and mere additions are minor; what was changed, removed or moved
    across splits makes results of before incomparable, and is major.
    """
    kinds = {kind for counts in tally.values() for kind, count in counts.items() if count}
    if kinds - {ChangeKind.ADDED}:
        return Step.MAJOR
    return Step.MINOR if kinds else Step.PATCH


def next_version(step: Step, *, used: Iterable[Version], wanted: Version | None = None) -> Version:
    """Return the version of a new release, above all that were ever used.

    ``wanted`` is taken if it is not below what the changes ask for, else ``InvalidInputError``.
    """
    highest = max(used, default=None)
    computed = FIRST if highest is None else highest.step(step)
    if wanted is None:
        return computed
    if highest is not None and wanted <= highest:
        raise InvalidInputError(
            "Version %(wanted)s cannot be given: there is %(highest)s already; leave the version"
            " out, or give one from %(computed)s on.",
            wanted=wanted,
            highest=highest,
            computed=computed,
        )
    if wanted < computed:
        raise InvalidInputError(
            "Version %(wanted)s would promise too much: these changes make it %(computed)s at"
            " least.",
            wanted=wanted,
            computed=computed,
        )
    return wanted
