"""A second process that reads the same instant of the database as this one."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from sqlalchemy import URL, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from workbench.processes import has_two_cores, second_process
from workbench.storage.database import (
    engine_options,
    join_instant,
    read_one_instant,
    share_instant,
)

Found = TypeVar("Found")


@dataclass(frozen=True)
class SecondReader:
    """A second process, which reads the same instant as the first."""

    processes: ProcessPoolExecutor
    url: URL

    def submit(self, work: Callable[[Session], Found]) -> Future[Found]:
        """Let it do some work with its session; work and what it comes to must be pickled."""
        return self.processes.submit(_do, self.url, work)


@contextmanager
def open_instant(session: Session, *, shared: bool) -> Iterator[SecondReader | None]:
    """End the session's open read and begin one of one instant, as long as the block lasts.

    Where that is to be ``shared``, and there are two cores, a second process reads the same. If it
    is killed, the block ends with ``ProcessLostError``.
    """
    if not (shared and has_two_cores()):
        read_one_instant(session)
        yield None
        return
    url = session.get_bind().engine.url
    with second_process() as processes:
        processes.submit(_connect, url).result()  # It starts while nobody waits to write.
        with share_instant(session) as instant:
            processes.submit(_join, url, instant).result()
        yield SecondReader(processes, url)


@cache  # A second process has one, from when it starts until it ends.
def _reading(url: URL) -> Session:
    return Session(create_engine(url, poolclass=NullPool, **engine_options(url.drivername)))


def _connect(url: URL) -> None:
    with _reading(url).get_bind().engine.connect():
        pass


def _join(url: URL, instant: str | None) -> None:
    join_instant(_reading(url), instant)


def _do(url: URL, work: Callable[[Session], Found]) -> Found:
    return work(_reading(url))
