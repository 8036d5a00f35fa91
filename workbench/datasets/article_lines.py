"""Write the articles of a snapshot, by one process or by two that read the same instant.

The lines and all that is counted are the same either way: each process takes the articles of a
half of the text, and the halves are put together in the order of slugs.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from workbench.adjudication.agreeing import AgreementCount
from workbench.adjudication.queries import (
    AnsweredEdition,
    Part,
    choose_agreed,
    count_characters,
    read_answered_editions,
)
from workbench.agreement.comparing import Reading
from workbench.canonical import canonical_line
from workbench.datasets.aggregating import Method
from workbench.datasets.blocks import CHARACTERS_AT_A_TIME, BlockWriter, Named
from workbench.datasets.checked import list_claims, read_statements
from workbench.datasets.reprints import group_reprints
from workbench.datasets.soft_labels import open_labeller
from workbench.labelling.readings import reading_of
from workbench.labelling.tables import GOLD
from workbench.processes import few_collections
from workbench.projects.queries import get_project
from workbench.storage.second_reader import SecondReader

if TYPE_CHECKING:
    from workbench.agreement.reporting import Tally  # numpy, which few processes need

SHARED_CHARACTERS = 1_000_000  # of all texts; from here a second process repays its start
FIRST_HALF, SECOND_HALF = Part(0, 2), Part(1, 2)
WHOLE = Part(0, 1)
WRITE_BUFFER = 1 << 20

OnArticle = Callable[[int], None]  # is told how many articles are written


@dataclass(frozen=True)
class ArticleTask:
    """Which articles are to be written, and how; pseudonyms are made from ``secret``."""

    project_id: int
    secret: str
    soft: Method
    allow_unsettled: bool


@dataclass
class ArticleLines:
    """What was written: what the lines name, and whether their texts are there.

    ``unread`` articles were left out; ``skipped`` sentences are of articles that were only counted,
    because one before them was not settled that must be.
    """

    named: Named
    texts: set[bool] = field(default_factory=set)
    unread: int = 0
    skipped: int = 0

    def join(self, later: "ArticleLines") -> None:
        """Add what comes after these."""
        self.named.join(later.named)
        self.texts |= later.texts
        self.unread += later.unread
        self.skipped += later.skipped


def repays_second_reader(session: Session, *, project_id: int) -> bool:
    """Tell whether a project has so much text that a second process is worth its start."""
    return count_characters(session, project_id=project_id) >= SHARED_CHARACTERS


def write_articles(
    session: Session,
    path: Path,
    task: ArticleTask,
    *,
    second: SecondReader | None,
    agreement: AgreementCount,
    on_article: OnArticle,
) -> ArticleLines:
    """Write all article lines to a file, and count who agrees with whom in them."""
    if second is None:
        return _write_part(session, path, task, WHOLE, agreement=agreement, on_article=on_article)
    rest = path.with_name(f"{path.name}.rest")
    try:
        future = second.submit(partial(_write_second_half, path=rest, task=task))
        lines = _write_part(
            session,
            path,
            task,
            FIRST_HALF,
            agreement=agreement,
            on_article=lambda done: on_article(2 * done),
        )
        later, tally = future.result()
        lines.join(later)
        agreement.join(tally)
        with path.open("ab") as file, rest.open("rb") as more:
            shutil.copyfileobj(more, file, WRITE_BUFFER)
    finally:
        rest.unlink(missing_ok=True)
    return lines


def _write_part(
    session: Session,
    path: Path,
    task: ArticleTask,
    part: Part,
    *,
    agreement: AgreementCount,
    on_article: OnArticle = lambda _done: None,
) -> ArticleLines:
    """Write the articles of a part; once one is not settled that must be, only count."""
    project_id = task.project_id
    writer = BlockWriter(
        session,
        project=get_project(session, project_id=project_id),
        secret=task.secret,
        labeller=open_labeller(session, project_id=project_id, method=task.soft),
        groups=group_reprints(session, project_id=project_id),
        wanted=list_claims(read_statements(session, project_id=project_id)),
    )
    lines = ArticleLines(writer.named)
    counts = writer.named.counts

    def kept() -> Iterator[AnsweredEdition]:
        editions = read_answered_editions(session, project_id=project_id, part=part)
        for done, edition in enumerate(choose_agreed(_count_agreement(agreement, editions)), 1):
            on_article(done)
            if not edition.has_answers:
                lines.unread += 1
            elif task.allow_unsettled or not counts["unsettled"]:
                yield edition
            else:
                lines.skipped += len(edition.sentences)
                counts["unsettled"] += writer.count_unsettled(edition)

    with few_collections(), path.open("wb", WRITE_BUFFER) as file:
        for block in writer.write(kept()):
            lines.texts.add(bool(block.article["text_allowed"]))
            file.write(canonical_line(block.article))
            file.writelines(map(canonical_line, block.sentences))
    return lines


def _count_agreement(
    agreement: AgreementCount, editions: Iterable[AnsweredEdition]
) -> Iterator[AnsweredEdition]:
    """Yield editions as they come, and count how far those who finished them agree."""
    waiting: dict[int, dict[str, Reading]] = {}
    characters = 0
    for edition in editions:
        if slots := agreement.slots.get(edition.edition.id):
            given = {GOLD: edition.all_gold} | {
                slot.answerer: edition.answers.get(slot.answerer, {}) for slot in slots
            }
            waiting[edition.edition.id] = {
                who: reading_of(
                    agreement.reader,
                    edition.sentences,
                    {position: stored.answer for position, stored in theirs.items()},
                )
                for who, theirs in given.items()
                if theirs
            }
            characters += edition.edition.length
            if characters >= CHARACTERS_AT_A_TIME:
                agreement.add(waiting)
                waiting, characters = {}, 0
        yield edition
    agreement.add(waiting)


def _write_second_half(
    session: Session, *, path: Path, task: ArticleTask
) -> tuple[ArticleLines, "Tally"]:
    agreement = AgreementCount(session, project_id=task.project_id)
    lines = _write_part(session, path, task, SECOND_HALF, agreement=agreement)
    return lines, agreement.tally
