"""Makes, changes and deletes the tasks there: one for each text that is read here.

A new task takes everybody's answers with it. What an import left unclear is looked at until it is
clear, so that no task is there twice.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import cast
from uuid import uuid4

from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.fetching import UnclearError
from workbench.labelstudio.client import (
    GoneThereError,
    RefusedThereError,
    RemoteAnnotation,
    TaskName,
    number_of,
)
from workbench.labelstudio.convert import Article as Task
from workbench.labelstudio.convert import hide_astral, write_annotation, write_result
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import Sent, write_base
from workbench.labelstudio.local import Answers, Edition, write_data
from workbench.labelstudio.matching import adopt_tasks, lose_task
from workbench.labelstudio.meeting import is_same_text
from workbench.labelstudio.merging import merge
from workbench.labelstudio.outbox import TASK
from workbench.labelstudio.rules import Count
from workbench.labelstudio.seen import hash_seen
from workbench.labelstudio.tables import RemoteTask
from workbench.storage.database import db

IMPORTED = 50  # tasks at a time, with everybody's answers
PAUSE_SECONDS = 3.0  # between two looks at what may still be coming in
LOOKS = 10


def delete_tasks(exchange: Exchange) -> None:
    """Delete the tasks of texts that were erased here."""
    ledger, editions = exchange.ledger, exchange.local.editions
    for uid in [uid for uid in ledger.links if editions[uid].is_erased]:
        link = ledger.links.pop(uid)
        exchange.report.counts[Count.TASKS_DELETED] += 1
        if not exchange.is_plan:
            exchange.server.delete_task(TaskName(link.remote_id, uid))
            ledger.forget(link)


def make_tasks(exchange: Exchange) -> None:
    """Make a task of each text that is none yet."""
    editions, links = exchange.local.editions, exchange.ledger.links
    new = [editions[uid] for uid in exchange.wanted if uid not in links]
    batches = (new[start : start + IMPORTED] for start in range(0, len(new), IMPORTED))
    with ThreadPoolExecutor(1) as sender:  # It sends while the next ones are written.
        going: _Going | None = None
        for some in batches:
            batch = _prepare(exchange, some)
            if going is not None:
                _adopt(exchange, going)
            going = None if exchange.is_plan else _send(exchange, batch, sender)
        if going is not None:
            _adopt(exchange, going)


def change_tasks(exchange: Exchange) -> None:
    """Give tasks their titles and the register entries to choose from, where they changed.

    A task whose text was changed there keeps it: labels may have been drawn over its words.
    """
    ledger, local = exchange.ledger, exchange.local
    changed = [
        local.editions[uid]
        for uid, link in ledger.links.items()
        if uid in exchange.wanted and link.data_sha != local.data_sha(local.editions[uid])
    ]
    for edition in changed:
        link = ledger.links[edition.uid]
        (text,) = local.texts(db.session(), [edition]).values()
        db.session.rollback()
        try:
            task = exchange.server.read_task(TaskName(link.remote_id, edition.uid))
            # What an import took from a file has its emoji still.
            there = hide_astral(str(task.data.get("text")))
            read = replace(task, data={**task.data, "text": there})
            if not is_same_text(exchange, read, text.text):
                continue
            exchange.report.counts[Count.TASKS_CHANGED] += 1
            if exchange.is_plan:
                continue
            exchange.server.change_task(task, write_data(text))
        except GoneThereError:
            lose_task(exchange, edition.uid)
            continue
        link.data_sha = local.data_sha(edition)
        with ledger.writing() as session:
            session.get_one(RemoteTask, link.row).data_sha = link.data_sha
            ledger.step(session)


@dataclass(frozen=True)
class _Batch:
    """Texts as tasks, and what is sent with each, by uid."""

    editions: Sequence[Edition]
    tasks: Sequence[JsonObject]
    sent: Mapping[str, Mapping[int, Sent]]


_Going = tuple[_Batch, Future[dict[str, int]]]


def _prepare(exchange: Exchange, editions: Sequence[Edition]) -> _Batch:
    """Write texts as tasks, with everybody's answers; of a plan, only count them."""
    local, session = exchange.local, db.session()
    texts = local.texts(session, editions)
    here = local.answers(session, editions)
    tasks: list[JsonObject] = []
    sent: dict[str, dict[int, Sent]] = {}
    for uid, text in texts.items():
        given = _write_people(exchange, session, text, here[uid])
        sent[uid] = {member: one for member, (one, _) in given.items()}
        annotations: list[Json] = [annotation for _, annotation in given.values()]
        tasks.append({"data": write_data(text), "annotations": annotations})
    session.rollback()
    if exchange.is_plan:
        _count_made(exchange, sent)
    return _Batch(editions, tasks, sent)


def _send(exchange: Exchange, batch: _Batch, sender: Executor) -> _Going:
    exchange.outbox.note_tasks(batch.sent)
    return batch, sender.submit(_import, exchange, batch.tasks)


def _adopt(exchange: Exchange, going: _Going) -> None:
    """Take what was sent for ours once it is there; of what was refused name what is wrong."""
    batch, imported = going
    editions = batch.editions
    try:
        ids = imported.result()
    except RefusedThereError as error:
        if len(editions) == 1:
            exchange.fail(TASK, editions[0].uid, error)
            return
        middle = len(editions) // 2  # One that does not fit keeps all out.
        with ThreadPoolExecutor(1) as sender:
            for half in (editions[:middle], editions[middle:]):
                _adopt(exchange, _send(exchange, _prepare(exchange, half), sender))
        return
    _count_made(exchange, batch.sent)
    adopt_tasks(exchange, ids, {one.uid: exchange.local.data_sha(one) for one in editions})


def _count_made(exchange: Exchange, sent: Mapping[str, Mapping[int, Sent]]) -> None:
    exchange.report.counts[Count.TASKS_MADE] += len(sent)
    exchange.report.counts[Count.ANSWERS_MADE] += sum(map(len, sent.values()))


def _write_people(
    exchange: Exchange, session: Session, text: Task, here: Mapping[int, Answers]
) -> dict[int, tuple[Sent, JsonObject]]:
    """Return what goes with a task by membership: what it says, and the annotation."""
    given = {}
    for member, answers in here.items():
        said = merge((), answers.said.values(), ()).there
        account = exchange.accounts.get(member)
        if account is None or not said:
            continue
        written = write_result(text.text, text.sentences, said, exchange.local.config)
        lost = {one.position for one in written.losses}
        base = tuple(one for one in said if one.position not in lost)
        unique_id = uuid4()
        number = number_of(unique_id)
        arrived = RemoteAnnotation(
            id=0,
            person=account,
            result=written.result,
            number=number,
            changed_at="",
            changed_by=None,
            is_skipped=False,
            is_ground_truth=False,
        )
        edition, newest = exchange.local.editions[text.uid], answers.newest
        seen_sha = hash_seen(exchange, session, edition, arrived, newest=newest)
        sent = Sent(unique_id, write_base(base), None if lost else seen_sha)
        told: JsonObject = {"id": number, "completed_by": account}
        given[member] = (sent, write_annotation(written.result) | told)
    return given


def _import(exchange: Exchange, tasks: Sequence[JsonObject]) -> dict[str, int]:
    """Import tasks; where it is unclear whether they arrived, wait until that is clear."""
    for _ in range(LOOKS):
        try:
            return exchange.server.import_tasks(exchange.at, tasks)
        except UnclearError:
            _wait(exchange, tasks)
    return exchange.server.import_tasks(exchange.at, tasks)


def _wait(exchange: Exchange, tasks: Sequence[JsonObject]) -> None:
    """Wait until two looks find the same: an import that was not answered may still go on."""
    uids = [str(cast(JsonObject, task["data"])["uid"]) for task in tasks]
    before = None
    for _ in range(LOOKS):
        time.sleep(PAUSE_SECONDS)
        found = exchange.server.find_tasks(exchange.at, uids)
        if found == before:
            return
        before = found
