"""The queue of adjudication: articles that all have finished, the hardest first.

To know how hard an article is, all its answers are compared; what came of it is remembered by the
process until anything is added to the article.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from workbench.adjudication.cases import CaseFile, Tally, list_case_files, read_cases
from workbench.adjudication.queries import list_hidden_articles, policy_of
from workbench.adjudication.tables import Adjudication
from workbench.corpus.tables import Sentence, ZoneMark
from workbench.labelling.registers import register_number
from workbench.labelling.remembered import Recent, stored_registers, stored_scheme
from workbench.labelling.tables import Annotation, AnnotationRevision
from workbench.projects.queries import newest_scheme
from workbench.projects.tables import Project

SENTENCES_AT_ONCE = 2000
MAX_TALLIES = 50_000

Key = tuple[object, ...]


@dataclass(frozen=True)
class Queued:
    """An article that is open for adjudication; ``tally`` is none until it has been compared."""

    file: CaseFile
    tally: Tally | None


@dataclass(frozen=True)
class Queue:
    """All articles that are open, the hardest first, what is done last.

    ``hidden`` wait until the person has labelled them; ``uncompared`` were too many for once.
    """

    articles: Sequence[Queued]
    hidden: int
    uncompared: int


_TALLIES: WeakKeyDictionary[Engine, Recent[Key, Tally]] = WeakKeyDictionary()


def read_queue(session: Session, *, project: Project, reader: int) -> Queue:
    """Return the queue as one person may see it, by a fixed number of statements.

    Of the articles that nobody has asked for since they were last added to, it compares no more
    at once than have ``SENTENCES_AT_ONCE`` sentences; those come last until the next time.
    """
    files = [file for file in list_case_files(session, project=project) if file.is_open]
    hidden = {
        article.id
        for article in list_hidden_articles(session, project_id=project.id, reader=reader)
    }
    shown = [file for file in files if file.piece.article_id not in hidden]
    tallies = _recall(session, project, shown)
    articles = [Queued(file, tallies.get(file.piece.edition_id)) for file in shown]
    return Queue(
        articles=sorted(articles, key=_hardest_first),
        hidden=len(files) - len(shown),
        uncompared=sum(one.tally is None for one in articles),
    )


def _hardest_first(queued: Queued) -> tuple[bool, bool, float, str]:
    tally = queued.tally
    if tally is None:
        return (True, False, 0, queued.file.piece.slug)
    return (False, tally.is_done, -tally.difficulty, queued.file.piece.slug)


def _recall(session: Session, project: Project, files: Collection[CaseFile]) -> dict[int, Tally]:
    """Return the tallies of the files by edition: those that are remembered, and some more."""
    recent = _TALLIES.setdefault(session.get_bind().engine, Recent(MAX_TALLIES, lambda _tally: 1))
    registers = register_number(session, project_id=project.id)
    scheme = newest_scheme(session, project_id=project.id).number
    sizes = _sizes(session, project.id)
    keys: dict[CaseFile, Key] = {
        file: (
            file,
            sizes.get(file.piece.edition_id),
            registers,
            scheme,
            policy_of(project),
        )
        for file in files
    }
    known = {file: tally for file in files if (tally := recent.get(keys[file]))}
    some: list[CaseFile] = []
    room = SENTENCES_AT_ONCE
    for file in files:
        if file not in known and (room > 0 or not some):
            some.append(file)
            room -= sizes[file.piece.edition_id][0]
    for case in read_cases(
        session,
        project=project,
        files=some,
        registers=stored_registers(session, project_id=project.id, number=registers),
        scheme=stored_scheme(session, project_id=project.id, number=scheme).scheme,
    ):
        known[case.file] = case.tally()
        recent.put(keys[case.file], known[case.file])
    return {file.piece.edition_id: tally for file, tally in known.items()}


def _sizes(session: Session, project_id: int) -> dict[int, tuple[int, ...]]:
    """Count by edition what is only ever added to: sentences, revisions, decisions, zone marks."""
    counts = [
        select(Sentence.edition_id, func.count()).where(Sentence.project_id == project_id),
        select(Sentence.edition_id, func.count())
        .select_from(AnnotationRevision)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(AnnotationRevision.project_id == project_id),
        select(Sentence.edition_id, func.count())
        .select_from(Adjudication)
        .join(Sentence, Sentence.id == Adjudication.sentence_id)
        .where(Adjudication.project_id == project_id),
        select(Sentence.edition_id, func.count())
        .select_from(ZoneMark)
        .join(Sentence, Sentence.id == ZoneMark.sentence_id)
        .where(Sentence.project_id == project_id),
    ]
    sizes: dict[int, list[int]] = {}
    for number, count in enumerate(counts):
        for edition_id, found in session.execute(count.group_by(Sentence.edition_id)):
            sizes.setdefault(edition_id, [0] * len(counts))[number] = found
    return {edition_id: tuple(found) for edition_id, found in sizes.items()}
