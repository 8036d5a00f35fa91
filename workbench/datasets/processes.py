"""Lend a second process to work that takes long, and spare both of them looks for cycles."""

import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

ALLOCATIONS = 200_000  # between two looks for cycles, which lines of a snapshot do not have
SHARED_BYTES = 30_000_000  # of a snapshot; from here a second process repays its start


def second_process() -> ProcessPoolExecutor:
    """Return an executor of one process, which ends when this one does, even if that is killed.

    Else it would write on into the draft of a build that has begun anew.
    """
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_watch_parent)


@contextmanager
def few_collections() -> Iterator[None]:
    """Let Python look for cycles less often: lines have none, and it takes half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _watch_parent() -> None:
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
