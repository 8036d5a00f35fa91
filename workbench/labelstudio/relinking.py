"""An account there was linked to the wrong annotator, and is linked to the right one now.

What came from there is in the wrong one's answers, and what they said here may have gone there in
the other's name. It comes to the right one as if it were new; the wrong one's sentences are again
what they themselves last said of them here, and what was said between stays among the revisions.
"""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.labelling.rules import UNREAD
from workbench.labelstudio.client import RemoteAnnotation, number_of
from workbench.labelstudio.convert import Article as Task
from workbench.labelstudio.convert import Said
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import Known, Mark
from workbench.labelstudio.local import Answers, Edition
from workbench.labelstudio.meeting import says_only
from workbench.labelstudio.outbox import subject_of
from workbench.labelstudio.rules import Count

_M = TypeVar("_M", bound=Mark)


def split_lost(exchange: Exchange, known: Mapping[int, _M]) -> tuple[dict[int, _M], dict[int, _M]]:
    """Return what stands, and what is of an account that is somebody else's now, by membership.

    In a project of one's own nothing is anybody else's; before a push all waits for a pull.
    """
    if exchange.only is not None or not exchange.saves:
        return {**known}, {}
    lost = {
        member
        for member, one in known.items()
        if exchange.people.get(one.account or 0) not in {None, member}
    }
    return (
        {member: one for member, one in known.items() if member not in lost},
        {member: one for member, one in known.items() if member in lost},
    )


def release(
    exchange: Exchange,
    session: Session,
    edition: Edition,
    lost: Mapping[int, Mark],
    here: dict[int, Answers],
) -> None:
    """Let those who lost an annotation of a text say what they said themselves; changes ``here``.

    What they may not say any more is named, and open again.
    """
    local, report, outbox = exchange.local, exchange.report, exchange.outbox
    for member, mark in lost.items():
        reader, before = local.readers.get(member), here[member]
        if reader is None:
            continue
        own = local.read_own(session, edition, reader)
        due = {at: said for at, said in own.items() if said != before.said.get(at)}
        if exchange.is_plan:
            lost_by = f"{subject_of(edition, reader)}, lost"
            report.count_once(Count.SENTENCES_SAVED, lost_by, len(due))
            local.plan(edition, reader, due)
        else:
            now, upon = utc_now(), before.revisions
            refused = local.save(session, edition, reader, due, upon=upon, now=now)
            for at, error in refused.items():
                report.add(f"{edition.uid}.{at}", error)
            unread = {at: Said(at, UNREAD) for at in refused}
            left = local.save(session, edition, reader, unread, upon=upon, now=now)
            report.counts[Count.SENTENCES_SAVED] += len(due) - len(left)
            report.counts[Count.CONFLICTS_GONE] += exchange.ledger.release(session, mark.row)
            outbox.cross_off(session, edition, reader)
        here[member] = local.answers(session, [edition])[edition.uid][member]
        outbox.note(session, edition, reader)  # They may have an account of their own.


def is_only_ours(
    exchange: Exchange,
    session: Session,
    text: Task,
    annotation: RemoteAnnotation,
    *,
    lost: Mapping[int, Known],
    here: Mapping[int, Answers],
) -> bool:
    """Tell whether an annotation is as we wrote it for another annotator, who said all of it.

    What came from there they did not say, nor what stands there besides what was agreed with them.
    """
    if annotation.number is None:
        return False
    if annotation.changed_by not in {None, *exchange.ours} - {annotation.person}:
        return False
    before = (  # The number may be of somebody whose it was still before.
        (member, one)
        for member, one in lost.items()
        if one.remote_id == annotation.id or number_of(one.unique_id) == annotation.number
    )
    member, known = next(before, (0, None))
    reader = exchange.local.readers.get(member)
    if known is None or reader is None:
        return False
    edition = exchange.local.editions[text.uid]
    return not exchange.local.has_come(session, edition, reader) and says_only(
        exchange, session, text, reader, here[member], known=known, annotation=annotation
    )
