"""What is kept of one project there: its tasks, and what both sides last agreed on in each."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json
from workbench.clock import utc_now
from workbench.labelstudio.client import RemoteAnnotation, SweptTask
from workbench.labelstudio.convert import Said
from workbench.labelstudio.local import Edition
from workbench.labelstudio.merging import read_said, said_json
from workbench.labelstudio.settling import keep_conflicts
from workbench.labelstudio.tables import RemoteAnswer, RemoteProject, RemoteTask
from workbench.storage.database import db, transaction

THERE, GONE = "there", "gone"

Step = Callable[[Session], None]


@dataclass
class Link:
    """A text edition and its task there."""

    uid: str
    row: int
    remote_id: int
    data_sha: str
    made_at: str | None = None


@dataclass(frozen=True)
class Mark:
    """By what one person's annotation of a task is known again."""

    row: int
    unique_id: UUID
    remote_id: int | None
    account: int | None
    seen_sha: str | None


@dataclass(frozen=True)
class Known(Mark):
    """What is stored of one person's answers to a task."""

    base: tuple[Said, ...]
    earlier: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Sent:
    """What went there of one person's answers, so that it may have arrived.

    ``base`` is what is agreed on if it did, as it is stored, and ``seen_sha`` of the annotation if
    that says all of it.
    """

    unique_id: UUID
    base: Json
    seen_sha: str | None = None


class Ledger:
    """The stored side of a run; of a plan, which writes nothing down, only read."""

    def __init__(
        self,
        session: Session,
        row: RemoteProject,
        editions: Mapping[str, Edition],
        *,
        accounts: Mapping[int, int],
        is_plan: bool,
        step: Step,
    ) -> None:
        self.row, self.project_id, self.connection_id = row.id, row.project_id, row.connection_id
        self.is_plan, self.step = is_plan, step
        self._editions, self._accounts = editions, accounts
        tasks = session.scalars(
            select(RemoteTask).where(
                RemoteTask.remote_project_id == row.id, RemoteTask.state == THERE
            )
        )
        uids = {one.id: one.uid for one in editions.values()}
        self.links = {
            uids[one.edition_id]: Link(
                uids[one.edition_id], one.id, one.remote_id, one.data_sha, one.remote_made_at
            )
            for one in tasks
            if one.edition_id in uids
        }

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction, or of a plan a read."""
        if self.is_plan:
            yield db.session()
            db.session.rollback()
        else:
            with transaction() as session:
                yield session

    def change_project(self, **values: object) -> None:
        """Keep something of the whole project there."""
        if not self.is_plan:
            with transaction() as session:
                session.execute(
                    update(RemoteProject).where(RemoteProject.id == self.row).values(**values)
                )

    def date_tasks(self, swept: Sequence[SweptTask]) -> None:
        """Note when tasks were made there: the number of a deleted one may be given again."""
        undated = {(one.uid, one.remote_id): one for one in self.links.values() if not one.made_at}
        dated: dict[int, str] = {}
        for one in swept:
            link = undated.get((one.uid or "", one.id))
            if link is not None:
                link.made_at = dated[link.row] = one.made_at
        if not dated:
            return
        with transaction() as session:
            session.execute(
                update(RemoteTask),
                [{"id": row, "remote_made_at": made_at} for row, made_at in dated.items()],
            )

    def put_tasks(self, session: Session, links: Sequence[Link]) -> None:
        """Keep which tasks texts are there."""
        editions = {link.uid: self._editions[link.uid].id for link in links}
        stored = session.scalars(
            select(RemoteTask).where(
                RemoteTask.remote_project_id == self.row,
                RemoteTask.edition_id.in_(editions.values()),
            )
        )
        rows = {one.edition_id: one for one in stored}
        for edition in editions.values():
            if edition not in rows:
                rows[edition] = RemoteTask(
                    project_id=self.project_id, remote_project_id=self.row, edition_id=edition
                )
                session.add(rows[edition])
            elif rows[edition].predicted_sha is not None:  # Given to the task before, not to this.
                rows[edition].predicted_from, rows[edition].predicted_sha = None, ""
        for link in links:
            row = rows[editions[link.uid]]
            row.remote_id, row.state, row.data_sha = link.remote_id, THERE, link.data_sha
            row.remote_made_at = None
        session.flush()
        for link in links:
            link.row = rows[editions[link.uid]].id

    def put_answers(self, session: Session, sent: Mapping[int, Mapping[int, Sent]]) -> None:
        """Keep that answers went with tasks, and what was thereby agreed on.

        ``sent`` has them by the task's row and by membership.
        """
        stored = session.scalars(select(RemoteAnswer).where(RemoteAnswer.remote_task_id.in_(sent)))
        rows = {(one.remote_task_id, one.membership_id): one for one in stored}
        for task, answers in sent.items():
            for member, one in answers.items():
                row = rows.get((task, member)) or self._add_answer(session, task, member)
                row.unique_id, row.base, row.earlier = str(one.unique_id), one.base, []
                row.remote_id, row.state, row.seen_sha = None, THERE, one.seen_sha
                row.account = self._accounts.get(member)

    def get_answer(self, session: Session, task: int, member: int) -> RemoteAnswer:
        """Return the row of one person's answers to a task, which may be a new one."""
        row = session.scalar(
            select(RemoteAnswer).where(
                RemoteAnswer.remote_task_id == task, RemoteAnswer.membership_id == member
            )
        )
        return row or self._add_answer(session, task, member)

    def _add_answer(self, session: Session, task: int, member: int) -> RemoteAnswer:
        row = RemoteAnswer(
            project_id=self.project_id,
            remote_task_id=task,
            membership_id=member,
            unique_id=str(uuid4()),
            remote_id=None,
            account=self._accounts.get(member),
            base=[],
            earlier=[],
            state=THERE,
        )
        session.add(row)
        return row

    def read_marks(self, session: Session, links: Sequence[Link]) -> dict[str, dict[int, Mark]]:
        """Return by what people's annotations are known again, by uid and membership."""
        uids = {link.row: link.uid for link in links}
        found: dict[str, dict[int, Mark]] = defaultdict(dict)
        rows = session.execute(
            select(
                RemoteAnswer.remote_task_id,
                RemoteAnswer.membership_id,
                RemoteAnswer.id,
                RemoteAnswer.unique_id,
                RemoteAnswer.remote_id,
                RemoteAnswer.account,
                RemoteAnswer.seen_sha,
            ).where(RemoteAnswer.remote_task_id.in_(uids))
        )
        for task, member, row, unique_id, remote_id, account, seen_sha in rows:
            mark = Mark(row, UUID(unique_id), remote_id, account, seen_sha)
            found[uids[task]][member] = mark
        return found

    def number_answers(self, session: Session, found: Mapping[int, RemoteAnnotation]) -> None:
        """Keep which annotations answers are there, and whose, by the rows of the answers."""
        if found and not self.is_plan:
            session.execute(
                update(RemoteAnswer),
                [
                    {"id": row, "remote_id": one.id, "account": one.person}
                    for row, one in found.items()
                ],
            )

    def read_known(self, session: Session, links: Sequence[Link]) -> dict[str, dict[int, Known]]:
        """Return what is stored of people's answers to tasks, by uid and membership."""
        uids = {link.row: link.uid for link in links}
        found: dict[str, dict[int, Known]] = defaultdict(dict)
        rows = session.scalars(select(RemoteAnswer).where(RemoteAnswer.remote_task_id.in_(uids)))
        for one in rows:
            found[uids[one.remote_task_id]][one.membership_id] = Known(
                one.id,
                UUID(one.unique_id),
                one.remote_id,
                one.account,
                one.seen_sha,
                read_base(one.base),
                read_base(one.earlier),
            )
        return found

    def forget(self, link: Link) -> None:
        """Forget what was agreed on a task that is not there any more."""
        with transaction() as session:
            answers = session.scalars(
                select(RemoteAnswer).where(RemoteAnswer.remote_task_id == link.row)
            )
            for answer in answers.all():
                self._forget_answer(session, answer)
            session.get_one(RemoteTask, link.row).state = GONE
            self.step(session)

    def release(self, session: Session, row: int) -> int:
        """Forget that an annotation was somebody's; count the conflicts that went with it."""
        answer = session.get_one(RemoteAnswer, row)
        answer.unique_id, answer.account = str(uuid4()), self._accounts.get(answer.membership_id)
        return self._forget_answer(session, answer)

    def _forget_answer(self, session: Session, answer: RemoteAnswer) -> int:
        answer.state, answer.remote_id = GONE, None
        answer.base, answer.earlier, answer.seen_sha = [], [], None
        _, gone = keep_conflicts(
            session,
            answer=answer,
            connection_id=self.connection_id,
            conflicts=(),
            left_alone=(),
            now=utc_now(),
        )
        return gone


def write_base(base: Sequence[Said]) -> Json:
    """Return what was agreed on as it is stored."""
    return [said_json(one) for one in base]


def read_base(stored: Json) -> tuple[Said, ...]:
    """Read what ``write_base`` wrote."""
    return tuple(read_said(one) for one in cast(list[Json], stored))
