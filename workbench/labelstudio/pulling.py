"""Reads what people say in the tasks there, and has it met with what is said here."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from workbench.clock import utc_now
from workbench.labelstudio.client import RemoteAnnotation, RemoteTask, SweptTask
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import Mark
from workbench.labelstudio.matching import adopt_tasks, find_tasks
from workbench.labelstudio.meeting import compare, is_same_text, meet, sort_annotations
from workbench.labelstudio.relinking import is_only_ours, release, split_lost
from workbench.labelstudio.rules import Count
from workbench.labelstudio.seen import is_seen
from workbench.storage.database import db

TAKEN = 10  # tasks at a time, while nobody else writes to SQLite
OVERLAP = timedelta(seconds=60)  # of two readings: what is committed late there is still seen
WHOLE_EVERY = timedelta(days=1)
_T = TypeVar("_T")
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


def pull(exchange: Exchange) -> None:
    """Take in what changed there; once a day, and while something waits, look at all tasks.

    A task that is as it is known is taken in at once. Whatever else there is waits until all
    tasks were seen, and so is known to be another one, to be there twice or to be gone.
    """
    now, links = utc_now(), exchange.ledger.links
    watermark = exchange.server.read_watermark(exchange.at)
    is_whole = exchange.watermark is None or (
        exchange.swept_at is None or now - exchange.swept_at > WHOLE_EVERY
    )
    since = None if is_whole or exchange.watermark is None else _earlier(exchange.watermark)
    seen, apart = _read(exchange, since) if watermark else ([], [])
    if is_whole:
        find_tasks(exchange, seen)
    elif apart or (watermark.tasks if watermark else 0) != len(links):
        find_tasks(exchange, exchange.server.sweep_tasks(exchange.at))
    elif not exchange.is_plan:
        exchange.ledger.date_tasks(seen)
    for some in _cut(iter(apart)):
        _take(exchange, some)
    # What waits may be settled by something else than a change there: so all is read again.
    swept_at = None if exchange.waits else now if is_whole else exchange.swept_at
    changed_at = watermark.changed_at if watermark else None
    exchange.ledger.change_project(watermark=changed_at, swept_at=swept_at)


def _read(exchange: Exchange, since: str | None) -> tuple[list[SweptTask], list[RemoteTask]]:
    """Take in the tasks that are as they are known; return which were seen, and the others."""
    seen: list[SweptTask] = []
    apart: list[RemoteTask] = []
    for some in _read_ahead(_cut(exchange.server.read_tasks(exchange.at, since=since))):
        seen += [SweptTask(one.id, one.uid, one.made_at, one.changed_at) for one in some]
        if since is None:
            _adopt_new(exchange, some)
        apart += [one for one in some if not _is_known(exchange, one)]
        _take(exchange, [one for one in some if _is_known(exchange, one)])
    return seen, apart


def _adopt_new(exchange: Exchange, tasks: Sequence[RemoteTask]) -> None:
    """Take the first task there of each text that has none yet for ours."""
    new: dict[str, int] = {}
    for one in tasks:
        if one.uid in exchange.local.editions and one.uid not in exchange.ledger.links:
            new.setdefault(one.uid, one.id)
    if new:
        adopt_tasks(exchange, new)


def _is_known(exchange: Exchange, task: RemoteTask) -> bool:
    link = exchange.ledger.links.get(task.uid or "")
    return link is not None and link.remote_id == task.id and link.made_at in {None, task.made_at}


def _cut(tasks: Iterator[RemoteTask]) -> Iterator[list[RemoteTask]]:
    while some := [*islice(tasks, TAKEN)]:
        yield some


def _read_ahead(some: Iterator[_T]) -> Iterator[_T]:
    """Yield what there is, asked for by another thread while what came before is worked on."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, some, None)
        while (one := following.result()) is not None:
            following = reader.submit(next, some, None)
            yield one


def _take(exchange: Exchange, tasks: Sequence[RemoteTask]) -> None:
    """Take in what people say in tasks there."""
    local, ledger = exchange.local, exchange.ledger
    ours = [one for one in tasks if _is_linked(exchange, one)]
    exchange.report.counts[Count.TASKS_READ] += len(ours)
    changed, numbers, lost = _find_changed(exchange, ours)
    by_uid, editions = {one.uid: one for one in ours}, [local.editions[uid] for uid in changed]
    local.remember(db.session(), editions)
    with ledger.writing() as session:
        ledger.number_answers(session, numbers)
        known = ledger.read_known(session, [ledger.links[uid] for uid in changed])
        texts, here = local.texts(session, editions), local.answers(session, editions)
        changed = {  # It may be erased meanwhile.
            uid: found if is_same_text(exchange, by_uid[uid], texts[uid].text) else {}
            for uid, found in changed.items()
        }
        ours_alone = {
            annotation.id
            for uid, marks in lost.items()
            for annotation in changed[uid].values()
            if annotation
            and is_only_ours(
                exchange,
                session,
                texts[uid],
                annotation,
                lost={at: known[uid][at] for at in marks},
                here=here[uid],
            )
        }
        for uid, marks in lost.items():
            release(exchange, session, local.editions[uid], marks, here[uid])
            known[uid] = {at: one for at, one in known[uid].items() if at not in marks}
        compared = [
            one
            for uid, found in changed.items()
            for member, annotation in found.items()
            if (
                one := compare(
                    exchange,
                    session,
                    texts[uid],
                    local.readers[member],
                    here[uid][member],
                    known=known[uid].get(member),
                    annotation=annotation,
                    is_another_s=annotation is not None and annotation.id in ours_alone,
                )
            )
        ]
        for one, meeting in meet(exchange, session, compared):
            exchange.waits |= bool(one.theirs.refused) or not meeting.is_saved
            if meeting.merged.written or not meeting.is_saved:
                again = not meeting.is_saved
                exchange.outbox.note(session, one.edition, one.reader, again=again)
        if not exchange.is_plan:
            ledger.step(session)


_Changed = dict[str, dict[int, RemoteAnnotation | None]]
_Lost = dict[str, dict[int, Mark]]


def _find_changed(
    exchange: Exchange, tasks: Sequence[RemoteTask]
) -> tuple[_Changed, dict[int, RemoteAnnotation], _Lost]:
    """Return what people say in tasks there that has to be looked at, by uid and membership.

    Of all else, return which annotations were not seen there yet. Last come those that are of an
    account which is somebody else's now, by uid and by whose they were.
    """
    local, ledger, session = exchange.local, exchange.ledger, db.session()
    links = [ledger.links[str(one.uid)] for one in tasks]
    editions = [local.editions[link.uid] for link in links]
    texts = local.whole_texts(session, editions)
    marks = ledger.read_marks(session, links)
    newest = local.newest(session, [one.id for one in editions])
    changed: _Changed = defaultdict(dict)
    numbers: dict[int, RemoteAnnotation] = {}
    lost: _Lost = {}
    for task, edition in zip(tasks, editions, strict=True):
        known = marks.get(edition.uid, {})
        is_said = bool(task.annotations or known)
        if not is_said or not is_same_text(exchange, task, texts[edition.id]):
            continue
        known, gone = split_lost(exchange, known)
        if gone:
            lost[edition.uid], changed[edition.uid] = gone, {}
        found, unclear = sort_annotations(exchange, task, known)
        for member in sorted({*found, *known} - unclear):
            if member not in local.readers or exchange.only not in {None, member}:
                continue
            mark, annotation = known.get(member), found.get(member)
            row = newest.get((edition.id, member), 0)
            if not is_seen(exchange, session, edition, annotation, mark, newest=row):
                changed[edition.uid][member] = annotation
            elif mark and annotation and None in {mark.remote_id, mark.account}:
                numbers[mark.row] = annotation
    session.rollback()
    return changed, numbers, lost


def _is_linked(exchange: Exchange, task: RemoteTask) -> bool:
    """Tell whether a task is to be read: none of ours are named elsewhere, or came just now."""
    link = exchange.ledger.links.get(task.uid or "")
    is_ours = link is not None and link.remote_id == task.id
    if is_ours and exchange.local.editions[str(task.uid)].is_withdrawn:
        exchange.waits = True
        return False
    return is_ours


def _earlier(watermark: str) -> str:
    moment = datetime.strptime(watermark, _MOMENT).replace(tzinfo=UTC)
    return (moment - OVERLAP).strftime(_MOMENT)
