"""Lend a second process to work that takes long, and spare both of them looks for cycles."""

import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from threading import Thread

from workbench.errors import WorkbenchError

ALLOCATIONS = 200_000  # between two looks for cycles, which lines of a snapshot do not have
SHARED_BYTES = 30_000_000  # of a snapshot; from here a second process repays its start


class ProcessLostError(WorkbenchError):
    """A process that helped was killed; nothing was made."""

    code = "process_lost"
    status = 503


def has_two_cores() -> bool:
    """Tell whether a second process would have a core for itself."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux has it.
    return (len(affinity(0)) if affinity else os.cpu_count() or 1) > 1


@contextmanager
def second_process() -> Iterator[ProcessPoolExecutor]:
    """Lend an executor of one process, which ends when this one does, even if that is killed.

    Else it would write on into the draft of a build that has begun anew. An error in the block ends
    it at once. ``ProcessLostError`` where it is itself killed in the middle of its work.
    """
    context = get_context("spawn")
    watched, held = context.Pipe(duplex=False)
    try:
        with (
            held,
            watched,
            ProcessPoolExecutor(
                1, mp_context=context, initializer=_watch, initargs=(watched,)
            ) as processes,
        ):
            try:
                yield processes
            except BaseException:
                held.close()
                raise
    except BrokenProcessPool as error:
        raise ProcessLostError(
            "The second process of this work was killed, maybe for want of memory; nothing was"
            " made: try again."
        ) from error


@contextmanager
def few_collections() -> Iterator[None]:
    """Let Python look for cycles less often: lines have none, and it takes half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _watch(held: Connection) -> None:
    Thread(target=_end_when_let_go, args=(held,), daemon=True).start()


def _end_when_let_go(held: Connection) -> None:
    wait([held])  # Nobody ever sends: its other end was closed, or its process is gone.
    os._exit(1)
