"""The exchange with one project of Label Studio, step by step; each may be the last.

Theirs comes first: each task that changed is merged with what is here, and saved here at once.
What is to be said there is noted, then written, and agreed on only when it was seen to be there.
So a run that ends anywhere is simply followed by another one. Texts go as one task each, found
again by their ``uid``; nothing is written without a look at what is there.
"""

from workbench.labelstudio.config import find_differences, hash_config, keep_controls, read_config
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.matching import find_tasks
from workbench.labelstudio.pulling import pull
from workbench.labelstudio.pushing import push
from workbench.labelstudio.rules import SyncKind, SyncProblemError


def sync(exchange: Exchange) -> None:
    """Do what is to be done, or find out what that would be."""
    there = exchange.server.read_project(exchange.at, made_at=exchange.made_at)
    may_write = _check_config(exchange, there.config)
    if exchange.kind is SyncKind.PUSH:
        find_tasks(exchange, exchange.server.sweep_tasks(exchange.at))
    else:
        pull(exchange)
    if exchange.kind is not SyncKind.PULL and may_write:
        push(exchange)
    ledger = exchange.ledger
    if not exchange.is_plan and any(link.made_at is None for link in ledger.links.values()):
        ledger.date_tasks(exchange.server.sweep_tasks(exchange.at))


def _check_config(exchange: Exchange, there: str) -> bool:
    """Tell whether anything may be written: not where they ask something else than we do."""
    if hash_config(there) == exchange.config_sha:
        return True
    theirs, local = read_config(there), exchange.local
    asked = [keep_controls(one, theirs, local.known) for one in (local.config, *local.earlier)]
    differences = find_differences(asked[0], theirs)
    if not all(find_differences(one, theirs) for one in asked):
        differences = []  # Only words that people see were changed, be it of an earlier scheme.
    for one in differences:
        exchange.report.add(exchange.title, SyncProblemError(one.template, **one.values))
    if differences:
        exchange.report.add(
            exchange.title,
            SyncProblemError(
                "The labelling configuration was changed there, so nothing is written: put it"
                " back as it was, or connect anew."
            ),
        )
        return False
    exchange.keep_config(hash_config(there))
    return True
