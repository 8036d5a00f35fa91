"""Writes people's answers there as annotations, of tasks that are there already.

Before each is written its task is looked at, and merged with what is here: what somebody said
there meanwhile is not written over.
"""

from workbench.labelstudio.client import (
    ChangedThereError,
    GoneThereError,
    RefusedThereError,
    TaskName,
)
from workbench.labelstudio.convert import write_result
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import THERE, Sent, write_base
from workbench.labelstudio.local import Edition, Reader
from workbench.labelstudio.meeting import compare, is_same_text, meet, sort_annotations
from workbench.labelstudio.merging import agree, merge, remember
from workbench.labelstudio.outbox import ANSWER
from workbench.labelstudio.relinking import is_only_ours, split_lost
from workbench.labelstudio.rules import Count
from workbench.storage.database import db


def write_answers(exchange: Exchange) -> None:
    """Write there what is noted, as far as it goes."""
    ledger, local = exchange.ledger, exchange.local
    members = {one.member: one for one in local.readers.values()}
    subjects = exchange.outbox.list_answers(db.session())
    db.session.rollback()
    for subject in subjects:
        uid, _, member = subject.partition("/")
        is_of_task = uid in ledger.links and not local.editions[uid].is_withdrawn
        if is_of_task and members[member].membership_id in exchange.accounts:
            try:
                _write_answer(exchange, uid, members[member])
            except GoneThereError:
                exchange.server.read_project(exchange.at, made_at=exchange.made_at)
                # The next run finds out what is gone.
            except (ChangedThereError, RefusedThereError) as error:
                exchange.fail(ANSWER, subject, error)


def _write_answer(exchange: Exchange, uid: str, reader: Reader) -> None:
    """Write one person's answers to a text, if they say more than is there."""
    ledger, local, server = exchange.ledger, exchange.local, exchange.server
    edition, link, member = local.editions[uid], ledger.links[uid], reader.membership_id
    name = TaskName(link.remote_id, uid)
    if _is_unchanged(exchange, edition, reader):
        return
    task = server.read_task(name)
    with ledger.writing() as session:
        (text,) = local.texts(session, [edition]).values()
        if not is_same_text(exchange, task, text.text):
            return
        answers = local.answers(session, [edition])[uid]
        known, lost = split_lost(exchange, ledger.read_known(session, [link])[uid])
        found, unclear = sort_annotations(exchange, task, known)
        annotation, mine = found.get(member), known.get(member)
        compared = (
            compare(
                exchange,
                session,
                text,
                reader,
                answers[member],
                known=mine,
                annotation=annotation,
                is_another_s=annotation is not None
                and is_only_ours(exchange, session, text, annotation, lost=lost, here=answers),
            )
            if member not in unclear
            else None
        )
        if compared is None:
            return
        ((_, meeting),) = meet(exchange, session, [compared])
        merged = meeting.merged
        is_due = bool(merged.written) and not compared.theirs.refused
        if not exchange.is_plan and not merged.written and meeting.is_saved:
            exchange.outbox.cross_off(session, edition, reader)
        if not exchange.is_plan and is_due and annotation:
            earlier = remember(compared.earlier, compared.theirs.said, merged.written)
            row = ledger.get_answer(session, link.row, member)
            row.earlier, row.seen_sha = write_base(earlier), None
    if not is_due:
        return
    exchange.report.counts[Count.ANSWERS_CHANGED if annotation else Count.ANSWERS_MADE] += 1
    if exchange.is_plan:
        return
    written = write_result(text.text, text.sentences, merged.there, local.config)
    left_out = {one.position for one in written.losses}
    there = [one for one in merged.there if one.position not in left_out]
    agreed = agree(meeting.base, meeting.ours, there, left_alone=left_out)
    exchange.outbox.note_answer(edition, reader, Sent(meeting.unique_id, write_base(agreed)))
    if annotation is None:
        made = server.create_annotation(
            name, written.result, unique_id=meeting.unique_id, person=exchange.accounts[member]
        )
    else:
        made = server.update_annotation(name, annotation, written.result)
    if made.result != written.result:  # An earlier try of ours that has been edited since.
        return
    with ledger.writing() as session:
        row = ledger.get_answer(session, link.row, member)
        row.unique_id, row.remote_id = str(meeting.unique_id), made.id
        row.account = exchange.accounts[member]
        row.base, row.state, row.seen_sha = write_base(agreed), THERE, None
        exchange.outbox.cross_off(session, edition, reader)
        ledger.step(session)


def _is_unchanged(exchange: Exchange, edition: Edition, reader: Reader) -> bool:
    """Tell, and note, that nothing here differs from what was agreed, as after a pull."""
    ledger, member = exchange.ledger, reader.membership_id
    with ledger.writing() as session:
        stored = ledger.read_known(session, [ledger.links[edition.uid]])[edition.uid]
        stands, lost = split_lost(exchange, stored)
        known = stands.get(member)
        here = exchange.local.answers(session, [edition])[edition.uid][member]
        base = known.base if known else ()
        is_open = exchange.outbox.is_open(session, edition, reader)
        if is_open or lost or merge(base, here.said.values(), base).written:
            return False
        if not exchange.is_plan:
            exchange.outbox.cross_off(session, edition, reader)
        return True
