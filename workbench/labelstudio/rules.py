"""Words of the exchange: what is asked for, what became of it, and what stands open."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from workbench.canonical import Json, JsonObject
from workbench.errors import WorkbenchError

MOST_PROBLEMS = 500


class SyncKind(StrEnum):
    """Which way things go; ``SYNC`` is both, theirs first."""

    PUSH = "push"
    PULL = "pull"
    SYNC = "sync"


class ConnectionState(StrEnum):
    """Whether a connection is used."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class ConflictState(StrEnum):
    """How a conflict was settled; ``GONE`` by both sides coming to say the same."""

    OPEN = "open"
    OURS = "ours"
    THEIRS = "theirs"
    EDITED = "edited"
    GONE = "gone"


class Count(StrEnum):
    """What a run counts; in the plan of one, what it would do."""

    CONFIGS_CHANGED = "configs_changed"
    TASKS_MADE = "tasks_made"
    TASKS_CHANGED = "tasks_changed"
    TASKS_DELETED = "tasks_deleted"
    TASKS_GONE = "tasks_gone"  # there, by others
    PREDICTIONS_GIVEN = "predictions_given"  # of one task each
    TASKS_READ = "tasks_read"
    ANSWERS_MADE = "answers_made"  # there: annotations
    ANSWERS_CHANGED = "answers_changed"
    ANSWERS_GONE = "answers_gone"
    SENTENCES_SAVED = "sentences_saved"  # here
    CONFLICTS_OPENED = "conflicts_opened"
    CONFLICTS_GONE = "conflicts_gone"
    SKIPPED = "skipped"


class SyncProblemError(WorkbenchError):
    """Something of one task or person could not be brought across; all else was."""

    code = "sync_problem"
    status = 409


@dataclass(frozen=True)
class Problem:
    """What could not be done, of which task or person, to be said in any language."""

    subject: str
    message: str
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass
class Report:
    """What a run did and could not do."""

    counts: Counter[Count] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0
    _counted: dict[tuple[Count, str], int] = field(default_factory=dict)

    def count_once(self, count: Count, subject: str, number: int) -> None:
        """Count what a run may meet again, such as a plan, as nothing is done about it."""
        self.counts[count] += number - self._counted.get((count, subject), 0)
        self._counted[count, subject] = number

    def add(self, subject: str, error: WorkbenchError) -> None:
        """Name what could not be done once, as long as there is room."""
        values = {name: str(value) for name, value in error.values.items()}
        problem = Problem(subject, error.message, values)
        if problem in self.problems:
            return
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.left_out += 1

    def counts_json(self) -> JsonObject:
        """Return the counts as they are stored."""
        left_out = {"problems_left_out": self.left_out} if self.left_out else {}
        return {**{one.value: count for one, count in self.counts.items() if count}, **left_out}

    def problems_json(self) -> list[Json]:
        """Return the problems as they are stored; ``read_problems`` reads them back."""
        return [
            {"subject": one.subject, "message": one.message, "values": {**one.values}}
            for one in self.problems
        ]


def read_problems(stored: Json) -> list[Problem]:
    """Read what ``problems_json`` wrote."""
    found = []
    for one in stored if isinstance(stored, list) else []:
        match one:
            case {"subject": str(subject), "message": str(message), "values": dict(values)}:
                told = {name: str(value) for name, value in values.items()}
                found.append(Problem(subject, message, told))
    return found
