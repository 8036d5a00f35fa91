"""Lend a second process to work that takes long, and never leave it behind."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

SHARED_BYTES = 30_000_000  # of a snapshot; from here a second process repays its start


def second_process() -> ProcessPoolExecutor:
    """Return an executor of one process, which ends when this one does, even if that is killed.

    Else it would write on into the draft of a build that has begun anew.
    """
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_watch_parent)


def _watch_parent() -> None:
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
