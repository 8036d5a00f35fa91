"""The workbench as people run it: processes of its own behind a port of this machine."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from tests.forking import Forked, fork_workbench
from workbench.settings import Settings

WORKBENCH = Path(sys.executable).with_name("workbench")
PATIENCE_SECONDS = 60


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Settings) -> dict[str, str]:
    """Return this process's environment with the settings in it as ``WORKBENCH_…``."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("WORKBENCH_")}
    for field in fields(settings):
        value = getattr(settings, field.name)
        text = str(int(value)) if isinstance(value, bool) else str(value)
        kept[f"WORKBENCH_{field.name.upper()}"] = text
    return kept


@dataclass
class Server:
    """A started workbench; its output goes to a log beside its data."""

    settings: Settings
    command: Sequence[str | Path] = (WORKBENCH, "serve")
    process: subprocess.Popen[bytes] | Forked | None = None
    name: str = ""
    is_forked: bool = False

    @property
    def url(self) -> str:
        """The address of its pages."""
        return self.settings.base_url

    @property
    def log(self) -> str:
        """Everything it has printed since it was first started."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.settings.data_dir.with_suffix(f".{self.name}log")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = self._fork() if self.is_forked else self._run()
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise RuntimeError(f"the workbench did not start:\n{self.log}")
            time.sleep(0.02)

    def _run(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                cwd=self.settings.data_dir,
                env=environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _fork(self) -> Forked:
        return fork_workbench(
            *map(str, self.command[1:]),
            folder=self.settings.data_dir,
            environ=environment(self.settings),
            log=self._log,
        )

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_SECONDS)
            finally:
                self.kill()

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            while self._listens():  # its workers die a moment after it
                time.sleep(0.01)
            self.process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.settings.host, self.settings.port)) == 0

    def _answers(self) -> bool:
        address = (self.settings.host, self.settings.port)
        connection = http.client.HTTPConnection(*address, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False


@contextmanager
def running_server(
    settings: Settings, *command: str | Path, is_forked: bool = False
) -> Iterator[Server]:
    """Run the workbench for the time of the block."""
    server = Server(settings, command or (WORKBENCH, "serve"), is_forked=is_forked)
    server.start()
    try:
        yield server
    finally:
        server.stop()
