"""A second process helps, and ends with the one that it helps."""

import os
import subprocess
import sys
import time

import pytest

from workbench.processes import ProcessLostError, second_process

PROGRAM = """
import os, time
from workbench.processes import second_process

if __name__ == "__main__":
    with second_process() as other:
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


def test_it_is_told_when_the_second_process_is_killed() -> None:
    with pytest.raises(ProcessLostError, match="memory"), second_process() as other:
        other.submit(os._exit, 9).result()


def test_it_ends_at_once_where_the_work_is_broken_off() -> None:
    def break_off() -> None:
        with second_process() as other:
            assert other.submit(os.getpid).result() != os.getpid()
            other.submit(time.sleep, 600)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
