"""The exchange with one project of Label Studio, step by step; each may be the last.

Theirs comes first: each task that changed is merged with what is here, and saved here at once.
What is to be said there is noted, then written, and agreed on only when it was seen to be there.
So a run that ends anywhere is simply followed by another one. Texts go as one task each, found
again by their ``uid``; nothing is written without a look at what is there.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.corpus.tables import Sentence
from workbench.errors import WorkbenchError
from workbench.fetching import UnclearError
from workbench.labelling.frames import Decision
from workbench.labelling.queries import revisions_after
from workbench.labelling.rules import UNREAD, continued_positions
from workbench.labelling.tables import GOLD, Annotation, Assignment
from workbench.labelstudio.client import (
    ChangedThereError,
    GoneThereError,
    RefusedThereError,
    RemoteAnnotation,
    Server,
    SweptTask,
    TaskName,
    number_of,
)
from workbench.labelstudio.client import RemoteTask as TaskThere
from workbench.labelstudio.config import find_differences, hash_config, read_config, write_config
from workbench.labelstudio.convert import Article as Task
from workbench.labelstudio.convert import Said, write_annotation, write_result
from workbench.labelstudio.local import Answers, Edition, Local, Reader, write_data
from workbench.labelstudio.merging import (
    Conflict,
    Merged,
    Theirs,
    agree,
    merge,
    read_said,
    read_theirs,
    said_json,
)
from workbench.labelstudio.reading import read_result
from workbench.labelstudio.rules import Count, Report, SyncKind, SyncProblemError
from workbench.labelstudio.settling import keep_conflicts
from workbench.labelstudio.tables import RemoteAnswer, RemoteProject, RemoteTask, RemoteWrite
from workbench.projects.queries import get_project
from workbench.projects.rules import WorkGiven
from workbench.storage.database import db, transaction

IMPORTED = 50  # tasks at a time, with everybody's answers
TAKEN = 10  # tasks at a time, while nobody else writes to SQLite
PAUSE_SECONDS = 3.0  # between two looks at what may still be coming in
LOOKS = 10
OVERLAP = timedelta(seconds=60)  # of two readings: what is committed late there is still seen
WHOLE_EVERY = timedelta(days=1)
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_THERE, _GONE = "there", "gone"
_TASK, _ANSWER = "task", "answer"
AGAIN: JsonObject = {"again": True}  # Something could not be saved here.

Step = Callable[[Session], None]


@dataclass(frozen=True)
class Terms:
    """What is agreed for a whole connection."""

    submitted_means_read: bool
    people: Mapping[int, int]  # memberships by the numbers of accounts there
    names: Mapping[int, str]  # e-mail addresses by the same


@dataclass
class _Link:
    """A text edition and its task there."""

    uid: str
    row: int
    remote_id: int
    data_sha: str
    made_at: str | None = None


@dataclass(frozen=True)
class _Known:
    """What is stored of one person's answers to a task."""

    row: int
    unique_id: UUID
    remote_id: int | None
    base: tuple[Said, ...]


@dataclass(frozen=True)
class _Sent:
    """What went there of one person's answers, so that it may have arrived."""

    unique_id: UUID
    base: tuple[Said, ...]


@dataclass(frozen=True)
class _Meeting:
    """One person's answers to a text on both sides, merged; ``ours`` with what was saved."""

    unique_id: UUID
    base: tuple[Said, ...]
    ours: tuple[Said, ...]
    merged: Merged
    is_saved: bool


class Exchange:
    """A run over one project there. A plan reads on both sides and writes on none."""

    def __init__(
        self,
        server: Server,
        remote_project: int,
        terms: Terms,
        report: Report,
        *,
        kind: SyncKind,
        is_plan: bool,
        step: Step,
    ) -> None:
        session = db.session()
        row = session.get_one(RemoteProject, remote_project)
        self._server, self._terms, self._report = server, terms, report
        self._row, self._at, self._made_at = row.id, row.remote_id, row.remote_made_at
        self._title, self._config_sha = row.remote_title, row.config_sha
        self._watermark, self._swept_at = row.watermark, row.swept_at
        self._project_id, self._connection_id = row.project_id, row.connection_id
        self._only = row.membership_id
        self._kind, self._is_plan, self._step = kind, is_plan, step
        self._local = Local(session, row.project_id)
        self._people = {
            account: member
            for account, member in terms.people.items()
            if member in self._local.readers
        }
        self._accounts = {
            member: account
            for account, member in sorted(self._people.items(), reverse=True)
            if self._only in {None, member}
        }
        self._wanted = _wanted(session, self._local, self._only)
        rows = session.scalars(
            select(RemoteTask).where(
                RemoteTask.remote_project_id == row.id, RemoteTask.state == _THERE
            )
        )
        uids = {one.id: one.uid for one in self._local.editions.values()}
        self._links = {
            uids[one.edition_id]: _Link(
                uids[one.edition_id], one.id, one.remote_id, one.data_sha, one.remote_made_at
            )
            for one in rows
            if one.edition_id in uids
        }
        self._waits = False
        self._gone: set[tuple[str, str]] = set()
        self._noted: set[str] = set()  # of a plan, which writes nothing down
        self._planned: dict[tuple[Count, str, str], int] = {}
        session.rollback()

    def run(self) -> None:
        """Do what is to be done, or find out what that would be."""
        project = self._server.read_project(self._at, made_at=self._made_at)
        may_write = self._check_config(project.config)
        self._find_tasks()
        if self._kind is not SyncKind.PUSH:
            self._pull()
        if self._kind is not SyncKind.PULL and may_write:
            self._push()
        if not self._is_plan and any(link.made_at is None for link in self._links.values()):
            self._date_tasks(self._server.sweep_tasks(self._at))

    # Theirs.

    def _check_config(self, there: str) -> bool:
        """Tell whether anything may be written: not where they ask something else than we do."""
        if hash_config(there) == self._config_sha:
            return True
        differences = find_differences(self._local.config, read_config(there))
        for one in differences:
            self._report.add(self._title, SyncProblemError(one))
        if differences:
            self._report.add(
                self._title,
                SyncProblemError(
                    "The labelling configuration was changed there, so nothing is written: put it"
                    " back as it was, or connect anew."
                ),
            )
            return False
        self._keep_config(hash_config(there))
        return True

    def _keep_config(self, sha: str) -> None:
        self._config_sha = sha
        self._change_row(config_sha=sha)

    def _change_row(self, **values: object) -> None:
        if not self._is_plan:
            with transaction() as session:
                session.execute(
                    update(RemoteProject).where(RemoteProject.id == self._row).values(**values)
                )

    def _find_tasks(self) -> None:
        """Compare the tasks there with those that are known: some are gone, some came in."""
        there: dict[str, dict[int, str]] = defaultdict(dict)
        foreign = 0
        swept = self._server.sweep_tasks(self._at)
        for one in swept:
            if one.uid in self._local.editions:
                there[one.uid][one.id] = one.made_at
            else:
                foreign += 1
        if foreign:
            self._report.add(
                self._title,
                SyncProblemError(
                    "%(count)s tasks there are none of ours, and left alone.", count=foreign
                ),
            )
        for uid, ids in there.items():
            link = self._links.get(uid)
            if link is None:
                self._adopt({uid: min(ids)})
            elif link.remote_id not in ids or link.made_at not in {None, ids[link.remote_id]}:
                self._relink(uid, min(ids))
            if len(ids) > 1:
                self._report.add(
                    uid,
                    SyncProblemError(
                        "The task is there %(count)s times: what is said in others than"
                        " #%(number)s is not read.",
                        count=len(ids),
                        number=self._links[uid].remote_id,
                    ),
                )
        for uid in [uid for uid in self._links if uid not in there]:
            self._lose(uid)
        if not self._is_plan:
            self._date_tasks(swept)

    def _date_tasks(self, swept: Sequence[SweptTask]) -> None:
        """Note when tasks were made there: the number of a deleted one may be given again."""
        links = {(link.uid, link.remote_id): link for link in self._links.values()}
        with transaction() as session:
            for one in swept:
                link = links.get((one.uid or "", one.id))
                if link is not None and link.made_at is None:
                    link.made_at = one.made_at
                    session.get_one(RemoteTask, link.row).remote_made_at = one.made_at

    def _adopt(self, found: Mapping[str, int], given: Mapping[str, str] | None = None) -> None:
        """Take tasks there for ours, with the answers that were sent with them.

        ``given`` are the hashes of what they were made of, where that is known.
        """
        for uid, number in found.items():
            self._links[uid] = _Link(uid, 0, number, (given or {}).get(uid, ""))
        if self._is_plan:
            return
        with transaction() as session:
            for uid, number in found.items():
                row = self._put_task(session, uid, number)
                self._links[uid].row = row
                sent = self._find_write(session, _TASK, uid)
                if sent is not None:
                    self._put_answers(session, row, sent.payload)
                    session.delete(sent)
            self._step(session)

    def _put_task(self, session: Session, uid: str, number: int) -> int:
        edition = self._local.editions[uid]
        row = session.scalar(
            select(RemoteTask).where(
                RemoteTask.remote_project_id == self._row, RemoteTask.edition_id == edition.id
            )
        )
        if row is None:
            row = RemoteTask(
                project_id=self._project_id,
                remote_project_id=self._row,
                edition_id=edition.id,
            )
            session.add(row)
        row.remote_id, row.state, row.data_sha = number, _THERE, self._links[uid].data_sha
        row.remote_made_at = None
        session.flush()
        return row.id

    def _put_answers(self, session: Session, task: int, payload: Json) -> None:
        """Note that answers went with a task, and what was thereby agreed on."""
        for member, sent in _read_sent(payload).items():
            row = self._get_answer(session, task, member)
            row.unique_id, row.base = str(sent.unique_id), _write_base(sent.base)
            row.remote_id, row.state = None, _THERE

    def _get_answer(self, session: Session, task: int, member: int) -> RemoteAnswer:
        row = session.scalar(
            select(RemoteAnswer).where(
                RemoteAnswer.remote_task_id == task, RemoteAnswer.membership_id == member
            )
        )
        if row is None:
            row = RemoteAnswer(
                project_id=self._project_id,
                remote_task_id=task,
                membership_id=member,
                unique_id=str(uuid4()),
                remote_id=None,
                base=[],
                state=_THERE,
            )
            session.add(row)
        return row

    def _relink(self, uid: str, number: int) -> None:
        """Take another task for one that is gone: that it lacks answers deletes none here."""
        link = self._links.pop(uid)
        edition = self._local.editions[uid]
        with self._writing() as session:
            before = [*self._read_known(session, [link])[uid]]
        if not self._is_plan:
            self._forget(link)
        self._adopt({uid: number})
        self._swept_at = None  # It may have been there for long.
        with self._writing() as session:
            for member in before:
                if member in self._local.readers:
                    self._note(session, edition, self._local.readers[member])

    def _lose(self, uid: str) -> None:
        """Forget a task that is gone there: the text is here, and the next push brings it back."""
        self._report.counts[Count.TASKS_GONE] += 1
        if uid in self._wanted:
            self._report.add(
                uid, SyncProblemError("The task was deleted there; a push makes it again.")
            )
        link = self._links.pop(uid)
        if not self._is_plan:
            self._forget(link)

    def _forget(self, link: _Link) -> None:
        """Forget what was agreed on a task that is not there any more."""
        with transaction() as session:
            answers = session.scalars(
                select(RemoteAnswer).where(RemoteAnswer.remote_task_id == link.row)
            )
            for answer in answers.all():
                answer.state, answer.base, answer.remote_id = _GONE, [], None
                keep_conflicts(
                    session,
                    answer=answer,
                    connection_id=self._connection_id,
                    conflicts=(),
                    left_alone=(),
                    now=utc_now(),
                )
            session.get_one(RemoteTask, link.row).state = _GONE
            self._step(session)

    def _pull(self) -> None:
        now = utc_now()
        newest = self._server.read_watermark(self._at)
        is_whole = self._watermark is None or (
            self._swept_at is None or now - self._swept_at > WHOLE_EVERY
        )
        if newest is not None:
            since = None if is_whole or self._watermark is None else _earlier(self._watermark)
            tasks = self._server.read_tasks(self._at, since=since)
            while some := [*islice(tasks, TAKEN)]:
                self._take(some)
        # What waits may be settled by something else than a change there: so all is read again.
        swept_at = None if self._waits else now if is_whole else self._swept_at
        self._change_row(watermark=newest, swept_at=swept_at)

    def _take(self, tasks: Sequence[TaskThere]) -> None:
        """Take in what people say in tasks there."""
        ours = [one for one in tasks if self._is_linked(one)]
        self._report.counts[Count.TASKS_READ] += len(ours)
        self._local.remember(db.session(), [self._local.editions[str(one.uid)] for one in ours])
        with self._writing() as session:
            known = self._read_known(session, [self._links[str(one.uid)] for one in ours])
            said = [one for one in ours if one.annotations or str(one.uid) in known]
            editions = [self._local.editions[str(one.uid)] for one in said]
            texts = self._local.texts(session, editions)
            here = self._local.answers(session, editions)
            for task in said:
                text = texts[str(task.uid)]
                if self._is_same_text(task, text):
                    self._meet_all(session, task, text, here[text.uid], known.get(text.uid, {}))
            if not self._is_plan:
                self._step(session)

    def _is_linked(self, task: TaskThere) -> bool:
        """Tell whether a task is to be read: none of ours are named elsewhere, or came just now."""
        link = self._links.get(task.uid or "")
        is_ours = link is not None and link.remote_id == task.id
        if is_ours and self._local.editions[str(task.uid)].is_withdrawn:
            self._waits = True
            return False
        return is_ours

    def _meet_all(
        self,
        session: Session,
        task: TaskThere,
        text: Task,
        here: Mapping[int, Answers],
        known: Mapping[int, _Known],
    ) -> None:
        found, unclear = self._sort(task, known)
        for member in sorted({*found, *known} - unclear):
            reader = self._local.readers.get(member)
            if reader is None or self._only not in {None, member}:
                continue
            meeting = self._meet(
                session,
                text,
                reader,
                here[member],
                known=known.get(member),
                annotation=found.get(member),
            )
            self._waits |= bool(meeting.merged.left_alone) or not meeting.is_saved
            if meeting.merged.written or not meeting.is_saved:
                edition = self._local.editions[text.uid]
                self._note(session, edition, reader, again=not meeting.is_saved)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Open a transaction, or of a plan a read."""
        if self._is_plan:
            yield db.session()
            db.session.rollback()
        else:
            with transaction() as session:
                yield session

    def _is_same_text(self, task: TaskThere, text: Task) -> bool:
        if task.data.get("text") == write_data(text)["text"]:
            return True
        self._waits = True
        self._report.add(
            text.uid,
            SyncProblemError(
                "The text was changed there, so nothing of its task is read: delete the task, and"
                " a push makes it again."
            ),
        )
        return False

    def _read_known(self, session: Session, links: Sequence[_Link]) -> dict[str, dict[int, _Known]]:
        """Return what is stored of people's answers to tasks, by uid and membership."""
        uids = {link.row: link.uid for link in links}
        found: dict[str, dict[int, _Known]] = defaultdict(dict)
        rows = session.scalars(select(RemoteAnswer).where(RemoteAnswer.remote_task_id.in_(uids)))
        for one in rows:
            found[uids[one.remote_task_id]][one.membership_id] = _Known(
                one.id, UUID(one.unique_id), one.remote_id, _read_base(one.base)
            )
        return found

    def _sort(
        self, task: TaskThere, known: Mapping[int, _Known]
    ) -> tuple[dict[int, RemoteAnnotation], set[int]]:
        """Return the annotation of each person, and the people of whom nothing can be told."""
        numbers = {number_of(one.unique_id): member for member, one in known.items()}
        ids = {one.remote_id: member for member, one in known.items()}
        found: dict[int, RemoteAnnotation] = {}
        unclear: set[int] = set()

        def rank(one: RemoteAnnotation) -> tuple[bool, bool, int]:
            return one.number not in numbers, one.id not in ids, one.id

        for one in sorted(task.annotations, key=rank):
            mine = numbers.get(one.number or 0)
            if one.number is None:
                mine = ids.get(one.id)
            whose = self._people.get(one.person or 0)
            member = mine or whose
            problem = self._doubt(one, mine, whose)
            if member is not None and member in found and not one.is_skipped:
                problem = SyncProblemError(
                    "Annotation #%(number)s is the person's second one, and not read: delete one.",
                    number=one.id,
                )
            elif one.is_skipped:
                self._report.counts[Count.SKIPPED] += 1
                unclear |= {member or 0} - found.keys()
            elif problem:
                unclear |= {mine or 0, whose or 0} - found.keys()
            elif member is not None:
                found[member] = one
            if problem and not one.is_skipped:
                self._waits = True
                self._report.add(str(task.uid), problem)
        return found, unclear - found.keys()

    def _doubt(
        self, one: RemoteAnnotation, mine: int | None, whose: int | None
    ) -> SyncProblemError | None:
        """Say why an annotation cannot be taken for somebody's, if it cannot."""
        if mine is None and whose is None:
            return SyncProblemError(
                "Who %(person)s is here is not known, so what they answered waits.",
                person=self._terms.names.get(one.person or 0, f"#{one.person}"),
            )
        if None not in {mine, whose} and mine != whose:
            return SyncProblemError(
                "Annotation #%(number)s was given to somebody else there, and waits.",
                number=one.id,
            )
        if self._only is not None and (mine or whose) != self._only:
            return SyncProblemError(
                "Annotation #%(number)s is not of the annotator whose project this is; it waits.",
                number=one.id,
            )
        return None

    def _meet(
        self,
        session: Session,
        text: Task,
        reader: Reader,
        here: Answers,
        *,
        known: _Known | None,
        annotation: RemoteAnnotation | None,
    ) -> _Meeting:
        """Merge one person's answers to a text; save here what is to be saved."""
        edition = self._local.editions[text.uid]
        unique_id = known.unique_id if known else uuid4()
        base = known.base if known else ()
        if annotation and not base:
            base = self._read_sent(session, edition, reader)
        ours = tuple(here.said.values())
        theirs = self._read(session, text, annotation, base, ours, seed=str(unique_id))
        merged = merge(base, ours, theirs.said, left_alone=theirs.left_alone)
        for refused in theirs.refused:
            self._report.add(f"{edition.uid}, {refused.place}", SyncProblemError(refused.reason))
        if base and annotation is None:
            self._gone.add((edition.uid, reader.member))
            self._report.counts[Count.ANSWERS_GONE] = len(self._gone)
        if self._is_plan:
            self._plan(edition, reader, merged)
            return _Meeting(unique_id, base, ours, merged, True)
        is_saved = True
        if self._saves:
            ours, is_saved = self._save(session, edition, reader, here, merged)
        before = known.base if known else ()
        base = agree(base, ours, theirs.said, left_alone=theirs.left_alone)
        if known or annotation:
            row = self._get_answer(session, self._links[edition.uid].row, reader.membership_id)
            row.unique_id = str(unique_id)
            if base != before:
                row.base = _write_base(base)
            row.remote_id = annotation.id if annotation else None
            row.state = _THERE if annotation else _GONE
            session.flush()
            opened, gone = keep_conflicts(
                session,
                answer=row,
                connection_id=self._connection_id,
                conflicts=merged.conflicts,
                left_alone=merged.left_alone,
                now=utc_now(),
            )
            self._report.counts[Count.CONFLICTS_OPENED] += opened
            self._report.counts[Count.CONFLICTS_GONE] += gone
        return _Meeting(unique_id, base, ours, merged, is_saved)

    def _plan(self, edition: Edition, reader: Reader, merged: Merged) -> None:
        if self._saves:
            self._count_once(Count.SENTENCES_SAVED, edition, reader, merged.here)
        self._count_once(Count.CONFLICTS_OPENED, edition, reader, merged.conflicts)

    def _count_once(
        self, count: Count, edition: Edition, reader: Reader, what: Sequence[Said | Conflict]
    ) -> None:
        """Count what a plan meets, which it meets again as nothing is done about it."""
        key = (count, edition.uid, reader.member)
        self._report.counts[count] += len(what) - self._planned.get(key, 0)
        self._planned[key] = len(what)

    @property
    def _saves(self) -> bool:
        return self._kind is not SyncKind.PUSH

    def _read(
        self,
        session: Session,
        text: Task,
        annotation: RemoteAnnotation | None,
        base: Sequence[Said],
        ours: Sequence[Said],
        *,
        seed: str,
    ) -> Theirs:
        """Return what an annotation says; one that was deleted, or never was, says nothing."""
        if annotation is None:
            return Theirs(())
        found = read_result(text.text, text.sentences, annotation.result, self._local.config)
        theirs = read_theirs(found, base=base, ours=ours, scheme=self._local.scheme, seed=seed)
        # What we wrote was submitted by nobody; what was left out of it was not read either.
        own = {None, self._server.me.id}
        is_submitted = annotation.number is None or annotation.changed_by not in own
        if not (self._terms.submitted_means_read and is_submitted):
            return theirs
        ranges = [(one.start, one.end) for one in text.sentences]
        continued = continued_positions(
            ranges, [claim.parts for one in theirs.said for claim in one.claims]
        )
        said = {one.position for one in theirs.said if one.decision != UNREAD or one.claims}
        unsaid = self._local.asked(session, self._local.editions[text.uid])
        unsaid -= continued | said | theirs.left_alone
        read = [one for one in theirs.said if one.position not in unsaid]
        return replace(theirs, said=(*read, *(Said(at, Decision.NO_CLAIM) for at in unsaid)))

    def _save(
        self, session: Session, edition: Edition, reader: Reader, here: Answers, merged: Merged
    ) -> tuple[tuple[Said, ...], bool]:
        """Save what is new here; return what is said here then, and whether all of it was saved."""
        ours, is_whole = {**here.said}, True
        try:
            if merged.here:
                self._local.begin(session, edition, reader, now=utc_now())
        except WorkbenchError as error:
            self._report.add(edition.uid, error)
            return tuple(ours.values()), False
        for said in merged.here:
            base = here.revisions.get(said.position)
            try:
                self._local.save(session, edition, reader, said, base=base, now=utc_now())
            except WorkbenchError as error:
                self._report.add(f"{edition.uid}.{said.position}", error)
                is_whole = False
            else:
                ours[said.position] = said
                self._report.counts[Count.SENTENCES_SAVED] += 1
        return tuple(ours.values()), is_whole

    # Ours.

    def _push(self) -> None:
        self._collect()
        self._give_config()
        self._delete_tasks()
        self._make_tasks()
        self._change_tasks()
        self._write_answers()

    def _collect(self) -> None:
        """Note whose answers have changed since the last push, or could not be pushed before."""
        cursor = db.session.get_one(RemoteProject, self._row).cursor
        subjects: set[tuple[str, int]] = set()
        while changes := revisions_after(db.session(), project_id=self._project_id, cursor=cursor):
            cursor = changes[-1].cursor
            subjects |= {
                (one.sentence.rpartition(".")[0], int(one.answerer))
                for one in changes
                if one.answerer != GOLD
            }
        with self._writing() as session:
            subjects |= self._find_unsent(session)
            for uid, member in sorted(subjects):
                if uid in self._links and member in self._accounts:
                    self._note(session, self._local.editions[uid], self._local.readers[member])
            if not self._is_plan:
                session.get_one(RemoteProject, self._row).cursor = cursor

    def _find_unsent(self, session: Session) -> set[tuple[str, int]]:
        """Return whose answers there are to tasks in which they have no annotation yet."""
        rows = session.execute(
            select(Sentence.edition_id, Annotation.membership_id)
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .join(RemoteTask, RemoteTask.edition_id == Sentence.edition_id)
            .outerjoin(
                RemoteAnswer,
                and_(
                    RemoteAnswer.remote_task_id == RemoteTask.id,
                    RemoteAnswer.membership_id == Annotation.membership_id,
                ),
            )
            .where(
                Annotation.project_id == self._project_id,
                Annotation.membership_id.in_(self._accounts),
                RemoteTask.remote_project_id == self._row,
                RemoteTask.state == _THERE,
                RemoteAnswer.id.is_(None),
            )
            .distinct()
        )
        uids = {one.id: one.uid for one in self._local.editions.values()}
        return {
            (uids[edition], member)
            for edition, member in rows
            if member is not None and edition in uids
        }

    def _note(
        self, session: Session, edition: Edition, reader: Reader, *, again: bool = False
    ) -> None:
        """Note that one person's answers to a text are to be written there, or met again."""
        subject = f"{edition.uid}/{reader.member}"
        if self._is_plan:
            self._noted.add(subject)
            return
        row = self._find_write(session, _ANSWER, subject)
        row = row or self._add_write(session, _ANSWER, subject, {})
        if again and row.state == "pending":
            row.payload = AGAIN

    def _note_going(self, edition: Edition, reader: Reader, sent: _Sent) -> None:
        """Note what is just about to go, so that it is known again if nobody sees it arrive."""
        member = reader.membership_id
        with transaction() as session:
            answer = self._get_answer(session, self._links[edition.uid].row, member)
            answer.unique_id = str(sent.unique_id)
            subject = f"{edition.uid}/{reader.member}"
            row = self._find_write(session, _ANSWER, subject)
            row = row or self._add_write(session, _ANSWER, subject, {})
            row.payload, row.state, row.tries = _write_sent({member: sent}), "sent", row.tries + 1

    def _done(self, session: Session, edition: Edition, reader: Reader) -> None:
        session.execute(
            delete(RemoteWrite).where(
                RemoteWrite.remote_project_id == self._row,
                RemoteWrite.operation == _ANSWER,
                RemoteWrite.subject == f"{edition.uid}/{reader.member}",
            )
        )

    def _find_write(self, session: Session, operation: str, subject: str) -> RemoteWrite | None:
        return session.scalar(
            select(RemoteWrite).where(
                RemoteWrite.remote_project_id == self._row,
                RemoteWrite.operation == operation,
                RemoteWrite.subject == subject,
            )
        )

    def _add_write(
        self, session: Session, operation: str, subject: str, payload: JsonObject
    ) -> RemoteWrite:
        row = RemoteWrite(
            project_id=self._project_id,
            remote_project_id=self._row,
            operation=operation,
            subject=subject,
            payload=payload,
            state="pending",
            tries=0,
            problem=None,
        )
        session.add(row)
        session.flush()
        return row

    def _read_sent(self, session: Session, edition: Edition, reader: Reader) -> tuple[Said, ...]:
        """Return what was sent and may have arrived without our having seen it."""
        row = self._find_write(session, _ANSWER, f"{edition.uid}/{reader.member}")
        sent = _read_sent(row.payload) if row and row.state == "sent" else {}
        return sent[reader.membership_id].base if reader.membership_id in sent else ()

    def _give_config(self) -> None:
        """Give the project there our configuration where the label scheme was changed."""
        wanted = write_config(self._local.config)
        if hash_config(wanted) == self._config_sha:
            return
        there = read_config(self._server.read_project(self._at, made_at=self._made_at).config)
        if not find_differences(self._local.config, there):
            return
        self._report.counts[Count.CONFIGS_CHANGED] += 1
        if not self._is_plan:
            self._keep_config(hash_config(self._server.change_config(self._at, wanted).config))

    def _delete_tasks(self) -> None:
        """Delete the tasks of texts that were erased here."""
        for uid in [uid for uid in self._links if self._local.editions[uid].is_erased]:
            link = self._links.pop(uid)
            self._report.counts[Count.TASKS_DELETED] += 1
            if not self._is_plan:
                self._server.delete_task(TaskName(link.remote_id, uid))
                self._forget(link)

    def _make_tasks(self) -> None:
        new = [self._local.editions[uid] for uid in self._wanted if uid not in self._links]
        for start in range(0, len(new), IMPORTED):
            self._import(new[start : start + IMPORTED])

    def _import(self, editions: Sequence[Edition]) -> None:
        session = db.session()
        texts = self._local.texts(session, editions)
        here = self._local.answers(session, editions)
        session.rollback()
        tasks: dict[str, JsonObject] = {}
        sent: dict[str, dict[int, _Sent]] = {}
        for uid, text in texts.items():
            given = self._write_people(text, here[uid])
            sent[uid] = {member: one for member, (one, _) in given.items()}
            annotations: list[Json] = [annotation for _, annotation in given.values()]
            tasks[uid] = {"data": write_data(text), "annotations": annotations}
        if self._is_plan:
            self._count_made(sent)
            return
        self._note_sent(sent)
        try:
            ids = self._send_tasks([*tasks.values()])
        except RefusedThereError as error:
            if len(editions) > 1:  # One that does not fit keeps all out.
                middle = len(editions) // 2
                self._import(editions[:middle])
                self._import(editions[middle:])
                return
            self._fail(_TASK, editions[0].uid, error)
            return
        self._count_made(sent)
        self._adopt(ids, {one.uid: self._local.data_sha(one) for one in editions})

    def _count_made(self, sent: Mapping[str, Mapping[int, _Sent]]) -> None:
        self._report.counts[Count.TASKS_MADE] += len(sent)
        self._report.counts[Count.ANSWERS_MADE] += sum(map(len, sent.values()))

    def _write_people(
        self, text: Task, here: Mapping[int, Answers]
    ) -> dict[int, tuple[_Sent, JsonObject]]:
        """Return what goes with a task by membership: what it says, and the annotation."""
        given = {}
        for member, answers in here.items():
            said = merge((), answers.said.values(), ()).there
            account = self._accounts.get(member)
            if account is None or not said:
                continue
            written = write_result(text.text, text.sentences, said, self._local.config)
            lost = {one.position for one in written.losses}
            base = tuple(one for one in said if one.position not in lost)
            one = _Sent(uuid4(), base)
            annotation = write_annotation(written.result)
            told: JsonObject = {"id": number_of(one.unique_id), "completed_by": account}
            given[member] = (one, annotation | told)
        return given

    def _note_sent(self, sent: Mapping[str, Mapping[int, _Sent]]) -> None:
        """Note what is just about to go, so that it is known again if nobody sees it arrive."""
        with transaction() as session:
            for uid, answers in sent.items():
                row = self._find_write(session, _TASK, uid)
                row = row or self._add_write(session, _TASK, uid, {})
                row.payload, row.state, row.tries = _write_sent(answers), "sent", row.tries + 1

    def _send_tasks(self, tasks: Sequence[JsonObject]) -> dict[str, int]:
        """Import tasks; where it is unclear whether they arrived, wait until that is clear."""
        for _ in range(LOOKS):
            try:
                return self._server.import_tasks(self._at, tasks)
            except UnclearError:
                self._wait(tasks)
        return self._server.import_tasks(self._at, tasks)

    def _wait(self, tasks: Sequence[JsonObject]) -> None:
        """Wait until two looks find the same: an import that was not answered may still go on."""
        uids = [str(cast(JsonObject, task["data"])["uid"]) for task in tasks]
        before = None
        for _ in range(LOOKS):
            time.sleep(PAUSE_SECONDS)
            found = self._server.find_tasks(self._at, uids)
            if found == before:
                return
            before = found

    def _fail(self, operation: str, subject: str, error: WorkbenchError) -> None:
        self._report.add(subject, error)
        with transaction() as session:
            row = self._find_write(session, operation, subject)
            if row is not None:
                row.state, row.problem = "failed", str(error)

    def _change_tasks(self) -> None:
        """Give tasks their titles and the register entries to choose from, where they changed."""
        changed = [
            self._local.editions[uid]
            for uid, link in self._links.items()
            if uid in self._wanted
            and link.data_sha != self._local.data_sha(self._local.editions[uid])
        ]
        self._report.counts[Count.TASKS_CHANGED] += len(changed)
        for edition in [] if self._is_plan else changed:
            link = self._links[edition.uid]
            (text,) = self._local.texts(db.session(), [edition]).values()
            db.session.rollback()
            try:
                self._server.change_task(TaskName(link.remote_id, edition.uid), write_data(text))
            except GoneThereError:
                self._lose(edition.uid)
                continue
            link.data_sha = self._local.data_sha(edition)
            with transaction() as session:
                session.get_one(RemoteTask, link.row).data_sha = link.data_sha
                self._step(session)

    def _write_answers(self) -> None:
        members = {one.member: one for one in self._local.readers.values()}
        rows = db.session.scalars(
            select(RemoteWrite.subject)
            .where(RemoteWrite.remote_project_id == self._row, RemoteWrite.operation == _ANSWER)
            .order_by(RemoteWrite.id)
        )
        subjects = sorted({*rows, *self._noted})
        db.session.rollback()
        for subject in subjects:
            uid, _, member = subject.partition("/")
            is_of_task = uid in self._links and not self._local.editions[uid].is_withdrawn
            if is_of_task and members[member].membership_id in self._accounts:
                try:
                    self._write_answer(uid, members[member])
                except GoneThereError:
                    self._server.read_project(self._at, made_at=self._made_at)
                    # The next run finds out what is gone.
                except (ChangedThereError, RefusedThereError) as error:
                    self._fail(_ANSWER, subject, error)

    def _write_answer(self, uid: str, reader: Reader) -> None:
        """Write one person's answers to a text, if they say more than is there."""
        edition, link = self._local.editions[uid], self._links[uid]
        name, member = TaskName(link.remote_id, uid), reader.membership_id
        if self._is_unchanged(edition, reader):
            return
        task = self._server.read_task(name)
        with self._writing() as session:
            (text,) = self._local.texts(session, [edition]).values()
            if not self._is_same_text(task, text):
                return
            here = self._local.answers(session, [edition])[uid][member]
            known = self._read_known(session, [link])[uid]
            found, unclear = self._sort(task, known)
            if member in unclear:
                return
            annotation = found.get(member)
            meeting = self._meet(
                session, text, reader, here, known=known.get(member), annotation=annotation
            )
            merged = meeting.merged
            is_due = bool(merged.written) and not merged.left_alone
            if not self._is_plan and not merged.written and meeting.is_saved:
                self._done(session, edition, reader)
        if not is_due:
            return
        self._report.counts[Count.ANSWERS_CHANGED if annotation else Count.ANSWERS_MADE] += 1
        if self._is_plan:
            return
        written = write_result(text.text, text.sentences, merged.there, self._local.config)
        lost = {one.position for one in written.losses}
        there = [one for one in merged.there if one.position not in lost]
        agreed = agree(meeting.base, meeting.ours, there, left_alone=lost)
        self._note_going(edition, reader, _Sent(meeting.unique_id, agreed))
        if annotation is None:
            made = self._server.create_annotation(
                name, written.result, unique_id=meeting.unique_id, person=self._accounts[member]
            )
        else:
            made = self._server.update_annotation(name, annotation, written.result)
        if made.result != written.result:  # An earlier try of ours that has been edited since.
            return
        with transaction() as session:
            row = self._get_answer(session, link.row, member)
            row.unique_id, row.remote_id = str(meeting.unique_id), made.id
            row.base, row.state = _write_base(agreed), _THERE
            self._done(session, edition, reader)
            self._step(session)

    def _is_unchanged(self, edition: Edition, reader: Reader) -> bool:
        """Tell, and note, that nothing here differs from what was agreed, as after a pull."""
        with self._writing() as session:
            of_task = self._read_known(session, [self._links[edition.uid]])[edition.uid]
            known = of_task.get(reader.membership_id)
            here = self._local.answers(session, [edition])[edition.uid][reader.membership_id]
            base = known.base if known else ()
            row = self._find_write(session, _ANSWER, f"{edition.uid}/{reader.member}")
            is_open = row is not None and (row.state != "pending" or row.payload == AGAIN)
            if is_open or merge(base, here.said.values(), base).written:
                return False
            if not self._is_plan:
                self._done(session, edition, reader)
            return True


def _wanted(session: Session, local: Local, only: int | None) -> Collection[str]:
    """Return the uids of the texts that are to be tasks.

    An annotator's own project has what they have, or all where people choose freely.
    """
    wanted = {one.id: one.uid for one in local.editions.values() if one.is_wanted}
    given = get_project(session, project_id=local.project_id).work_given
    if only is not None and given != WorkGiven.FREE:
        held = select(Assignment.edition_id).where(
            Assignment.project_id == local.project_id, Assignment.membership_id == only
        )
        mine = {*session.scalars(held)}
        wanted = {id_: uid for id_, uid in wanted.items() if id_ in mine}
    return dict.fromkeys(wanted.values())


def _earlier(watermark: str) -> str:
    moment = datetime.strptime(watermark, _MOMENT).replace(tzinfo=UTC)
    return (moment - OVERLAP).strftime(_MOMENT)


def _write_base(base: Sequence[Said]) -> Json:
    return [said_json(one) for one in base]


def _read_base(stored: Json) -> tuple[Said, ...]:
    return tuple(read_said(one) for one in cast(list[Json], stored))


def _write_sent(answers: Mapping[int, _Sent]) -> JsonObject:
    return {
        str(member): {"unique_id": str(one.unique_id), "base": _write_base(one.base)}
        for member, one in answers.items()
    }


def _read_sent(payload: Json) -> dict[int, _Sent]:
    """Read what ``_write_sent`` wrote."""
    found = {}
    for member, one in payload.items() if isinstance(payload, dict) else ():
        match one:
            case {"unique_id": str(unique_id), "base": base}:
                found[int(member)] = _Sent(UUID(unique_id), _read_base(base))
    return found
