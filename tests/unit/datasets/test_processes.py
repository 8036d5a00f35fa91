"""A second process helps, and ends with the one that it helps."""

import subprocess
import sys

PROGRAM = """
import os, time
from workbench.datasets.processes import second_process

other = second_process()
print(other.submit(os.getpid).result() != os.getpid(), flush=True)
other.submit(time.sleep, 600)
time.sleep(600)
"""


def test_a_second_process_ends_when_the_first_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"True\n"

        first.kill()

        assert first.stdout.read() == b""  # Nobody holds the pipe any more.
