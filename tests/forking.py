"""Start workbenches from a process that has loaded the program: half a second less for each.

``python -m tests.forking`` forks for each line of JSON it reads, and ends when its input does.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass
class Forked:
    """A started workbench, as ``subprocess.Popen`` would give it back."""

    pid: int

    def poll(self) -> int | None:
        """Return 0 once it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return None
        return 0

    def wait(self, timeout: float = 60) -> int:
        """Wait until it has ended."""
        give_up = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > give_up:
                raise subprocess.TimeoutExpired("workbench", timeout)
            time.sleep(0.01)
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)


def fork_workbench(*arguments: str, folder: Path, environ: dict[str, str], log: Path) -> Forked:
    """Run ``workbench ARGUMENTS`` in a folder, with its output in a file."""
    order = {"arguments": arguments, "folder": str(folder), "environ": environ, "log": str(log)}
    starter = _starter()
    starter.stdin.write(f"{json.dumps(order)}\n")
    starter.stdin.flush()
    return Forked(int(starter.stdout.readline()))


@cache
def _starter() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.forking"]
    return subprocess.Popen(
        command,
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def fork_on_order() -> None:
    """Load the program, then fork for each order; nobody waits for those who have ended."""
    import workbench.app  # noqa: F401, PLC0415  # what takes the time
    from workbench.__main__ import main  # noqa: PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        if pid := os.fork():
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environ"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number, file in enumerate((nothing, log, log)):
            os.dup2(file, number)
        sys.argv = ["workbench", *order["arguments"]]
        main()


if __name__ == "__main__":
    fork_on_order()
