"""When a job may be taken, how long it is held, and when it is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workbench.canonical import Json, JsonObject
from workbench.errors import WorkbenchError
from workbench.messages import Message

LEASE = timedelta(seconds=60)
FARTHEST_LEASE = timedelta(hours=1)  # A later one is of a clock that was put right.
RENEW_SECONDS = 15.0
# A job that kills its runner each time, by its need of memory say, must not do so for ever.
MAX_ATTEMPTS = 10


class LeaseLostError(WorkbenchError):
    """Somebody else holds the job by now; what was being written is not kept."""

    code = "lease_lost"
    status = 409


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class JobStatus:
    """What can be seen of a job from outside."""

    public_id: str
    kind: str
    arguments: JsonObject
    state: JobState
    done: int
    total: int
    result: Json
    problem: Message | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {JobState.DONE, JobState.FAILED}


@dataclass(frozen=True)
class HeldJob:
    """A job as its holder has it; ``done`` and ``result`` tell a resumed one where it was."""

    id: int
    holder: str
    kind: str
    project_id: int | None
    arguments: JsonObject
    payload: bytes
    done: int
    result: Json
    created_by: int | None


def is_poison(attempts: int) -> bool:
    """Tell whether a job was interrupted so often that it must be its own fault."""
    return attempts >= MAX_ATTEMPTS
