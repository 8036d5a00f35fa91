"""Which task there is which text: some are gone, some came in, some are there twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from workbench.labelstudio.client import SweptTask
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import Link
from workbench.labelstudio.rules import Count, SyncProblemError


def find_tasks(exchange: Exchange, swept: Sequence[SweptTask]) -> None:
    """Compare all tasks there with those that are known; what differs is taken from there."""
    links, report = exchange.ledger.links, exchange.report
    there: dict[str, dict[int, str]] = defaultdict(dict)
    foreign = 0
    for one in swept:
        if one.uid in exchange.local.editions:
            there[one.uid][one.id] = one.made_at
        else:
            foreign += 1
    if foreign:
        report.add(
            exchange.title,
            SyncProblemError(
                "%(count)s tasks there are none of ours, and left alone.", count=foreign
            ),
        )
    for uid, ids in there.items():
        link = links.get(uid)
        if link is None:
            adopt_tasks(exchange, {uid: min(ids)})
        elif link.remote_id not in ids or link.made_at not in {None, ids[link.remote_id]}:
            _relink(exchange, uid, min(ids))
        if len(ids) > 1:
            report.add(
                uid,
                SyncProblemError(
                    "The task is there %(count)s times: what is said in others than"
                    " #%(number)s is not read.",
                    count=len(ids),
                    number=links[uid].remote_id,
                ),
            )
    for uid in [uid for uid in links if uid not in there]:
        lose_task(exchange, uid)
    if not exchange.is_plan:
        exchange.ledger.date_tasks(swept)


def adopt_tasks(
    exchange: Exchange, found: Mapping[str, int], given: Mapping[str, str] | None = None
) -> None:
    """Take tasks there for ours, with the answers that were sent with them.

    ``given`` are the hashes of what they were made of, where that is known.
    """
    ledger = exchange.ledger
    for uid, number in found.items():
        ledger.links[uid] = Link(uid, 0, number, (given or {}).get(uid, ""))
    if exchange.is_plan:
        return
    with ledger.writing() as session:
        ledger.put_tasks(session, [ledger.links[uid] for uid in found])
        sent = exchange.outbox.take_tasks(session, found)
        ledger.put_answers(session, {ledger.links[uid].row: one for uid, one in sent.items()})
        ledger.step(session)


def lose_task(exchange: Exchange, uid: str) -> None:
    """Forget a task that is gone there: the text is here, and the next push brings it back."""
    exchange.report.counts[Count.TASKS_GONE] += 1
    if uid in exchange.wanted:
        exchange.report.add(
            uid, SyncProblemError("The task was deleted there; a push makes it again.")
        )
    link = exchange.ledger.links.pop(uid)
    if not exchange.is_plan:
        exchange.ledger.forget(link)


def _relink(exchange: Exchange, uid: str, number: int) -> None:
    """Take another task for one that is gone: that it lacks answers deletes none here."""
    ledger, local = exchange.ledger, exchange.local
    link = ledger.links.pop(uid)
    with ledger.writing() as session:
        before = [*ledger.read_known(session, [link])[uid]]
    if not exchange.is_plan:
        ledger.forget(link)
    adopt_tasks(exchange, {uid: number})
    exchange.swept_at = None  # It may have been there for long.
    with ledger.writing() as session:
        for member in before:
            if member in local.readers:
                exchange.outbox.note(session, local.editions[uid], local.readers[member])
