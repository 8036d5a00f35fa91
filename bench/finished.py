"""A project that three have finished, in a workbench of its own, for what reads all of it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.agreement import PEOPLE, Answers
from bench.annotators import Workbench, database_of
from bench.corpus import Density
from workbench.settings import Settings


@contextmanager
def finished_project(kind: str, sentences: int) -> Iterator[tuple[str, Path]]:
    """Make it in a database of a kind; lend the database's address and a folder beside it."""
    with tempfile.TemporaryDirectory() as name, database_of(kind) as url:
        settings = Settings(data_dir=Path(name) / "data", database_url=url)
        Workbench(settings, sentences, PEOPLE, Density.PRESS)
        engine = create_engine(settings.database)
        with Session(engine) as session:
            Answers(session).store()
        engine.dispose()
        yield settings.database, Path(name)
