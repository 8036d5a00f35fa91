"""Writes there what is said here: texts as tasks, and people's answers as annotations."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from workbench.corpus.tables import Sentence
from workbench.labelling.queries import revisions_after
from workbench.labelling.tables import GOLD, Annotation
from workbench.labelstudio.client import RefusedThereError
from workbench.labelstudio.config import (
    Config,
    find_differences,
    hash_config,
    keep_controls,
    read_config,
    write_config,
)
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import THERE
from workbench.labelstudio.predicting import give_predictions
from workbench.labelstudio.rules import Count, SyncProblemError
from workbench.labelstudio.tables import RemoteAnswer, RemoteProject, RemoteTask
from workbench.labelstudio.writing_answers import write_answers
from workbench.labelstudio.writing_tasks import change_tasks, delete_tasks, make_tasks
from workbench.storage.database import db


def push(exchange: Exchange) -> None:
    """Write there what is said here and not there."""
    _collect(exchange)
    if not _give_config(exchange):
        return
    delete_tasks(exchange)
    make_tasks(exchange)
    change_tasks(exchange)
    give_predictions(exchange)
    write_answers(exchange)


def _collect(exchange: Exchange) -> None:
    """Note whose answers have changed since the last push, or could not be pushed before."""
    ledger, local = exchange.ledger, exchange.local
    cursor = db.session.get_one(RemoteProject, ledger.row).cursor
    whose: set[tuple[str, int]] = set()
    while changes := revisions_after(db.session(), project_id=ledger.project_id, cursor=cursor):
        cursor = changes[-1].cursor
        whose |= {
            (one.sentence.rpartition(".")[0], int(one.answerer))
            for one in changes
            if one.answerer != GOLD
        }
    with ledger.writing() as session:
        whose |= _find_unsent(exchange, session)
        members = local.readers.keys() & {*exchange.accounts, *_list_answerers(exchange, session)}
        for uid, member in sorted(whose):
            if uid in ledger.links and member in members:
                exchange.outbox.note(session, local.editions[uid], local.readers[member])
        if not exchange.is_plan:
            session.get_one(RemoteProject, ledger.row).cursor = cursor


def _list_answerers(exchange: Exchange, session: Session) -> set[int]:
    """Return who has answers there, be they linked to nobody there just now: theirs wait."""
    rows = session.scalars(
        select(RemoteAnswer.membership_id)
        .join(RemoteTask, RemoteTask.id == RemoteAnswer.remote_task_id)
        .where(RemoteTask.remote_project_id == exchange.ledger.row)
        .distinct()
    )
    return {*rows}


def _find_unsent(exchange: Exchange, session: Session) -> set[tuple[str, int]]:
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
            Annotation.project_id == exchange.ledger.project_id,
            Annotation.membership_id.in_(exchange.accounts),
            RemoteTask.remote_project_id == exchange.ledger.row,
            RemoteTask.state == THERE,
            RemoteAnswer.id.is_(None),
        )
        .distinct()
    )
    uids = {one.id: one.uid for one in exchange.local.editions.values()}
    return {
        (uids[edition], member)
        for edition, member in rows
        if member is not None and edition in uids
    }


def _give_config(exchange: Exchange) -> bool:
    """Give the project there our configuration where the label scheme was changed.

    A field that is gone here stays there as long as an annotation has a value of it. Tell whether
    answers may be written.
    """
    local = exchange.local
    if _hash(local.config) == exchange.config_sha:
        return True
    project = exchange.server.read_project(exchange.at, made_at=exchange.made_at)
    there = read_config(project.config)
    kept = keep_controls(local.config, there, local.known)
    is_old = exchange.config_sha in map(_hash, local.earlier)
    is_due = is_old or bool(find_differences(kept, there))
    if exchange.is_plan:
        exchange.report.counts[Count.CONFIGS_CHANGED] += is_due
        return True
    gone = sorted(kept.controls.keys() - local.config.controls.keys())
    if gone and _change_config(exchange, local.config):
        return True
    if gone:
        _tell_used(exchange, gone)
    if not is_due or _change_config(exchange, kept):
        return True
    exchange.report.add(
        exchange.title,
        SyncProblemError(
            "The labelling configuration cannot be changed there, so nothing is written: an"
            " annotation has a region of a control that the project does not have."
        ),
    )
    return False


def _change_config(exchange: Exchange, wanted: Config) -> bool:
    """Change the configuration there; tell whether annotations there let it be changed."""
    try:
        changed = exchange.server.change_config(exchange.at, write_config(wanted))
    except RefusedThereError:
        return False
    exchange.report.counts[Count.CONFIGS_CHANGED] += 1
    exchange.keep_config(hash_config(changed.config))
    return True


def _tell_used(exchange: Exchange, controls: Sequence[str]) -> None:
    exchange.report.add(
        exchange.title,
        SyncProblemError(
            "Annotations there still say %(names)s, which the label scheme has no more: it is"
            " asked there until they are changed, and what is newly said is not brought here.",
            names=", ".join(controls),
        ),
    )


def _hash(config: Config) -> str:
    return hash_config(write_config(config))
