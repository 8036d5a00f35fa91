"""The inbox of conflicts: what both sides changed, each in its own way, until it is settled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import Json, JsonObject, canonical_json, content_hash
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, StaleRevisionError
from workbench.labelling.answers import load_answers
from workbench.labelling.frames import SentenceId
from workbench.labelling.registers import load_registers
from workbench.labelstudio.convert import Said
from workbench.labelstudio.local import Local
from workbench.labelstudio.merging import (
    Conflict,
    Item,
    Kind,
    is_fitting,
    only,
    read_said,
    said_json,
    say,
    settle,
)
from workbench.labelstudio.rules import ConflictState
from workbench.labelstudio.tables import (
    RemoteAnswer,
    RemoteTask,
    RemoteWrite,
    SyncConflict,
)
from workbench.storage.base import make_public_id


@dataclass(frozen=True)
class ListedConflict:
    """A conflict with whose it is; ``sentence`` is its public id.

    Of an open one ``ours`` is what is said here now.
    """

    id: str
    sentence: str
    edition_id: int
    membership_id: int
    state: ConflictState
    conflict: Conflict
    opened_at: datetime
    settled_by: int | None
    settled_at: datetime | None

    @property
    def shown(self) -> str:
        """What tells whether both sides still say what somebody was shown."""
        return _hash_shown(self.conflict)


def keep_conflicts(
    session: Session,
    *,
    answer: RemoteAnswer,
    connection_id: int,
    conflicts: Sequence[Conflict],
    left_alone: Collection[int],
    now: datetime,
) -> tuple[int, int]:
    """Bring the open conflicts of one person's answers up to date; count what came and what went.

    Those of sentences in ``left_alone`` stay as they are.
    """
    open_ = {
        name: row
        for name, row in _find_open(session, answer.id).items()
        if row.position not in left_alone
    }
    opened = 0
    for one in conflicts:
        row = open_.pop(_name(one), None)
        if row is None:
            opened += 1
            row = SyncConflict(
                project_id=answer.project_id,
                connection_id=connection_id,
                public_id=make_public_id(),
                remote_answer_id=answer.id,
                position=one.position,
                item=_write_item(one.item),
                state=ConflictState.OPEN.value,
                opened_at=now,
            )
            session.add(row)
        row.base, row.ours, row.theirs = map(said_json, (one.base, one.ours, one.theirs))
    for row in open_.values():
        row.state, row.settled_at = ConflictState.GONE.value, now
    session.flush()
    return opened, len(open_)


def count_new(session: Session, *, answer_id: int, conflicts: Sequence[Conflict]) -> int:
    """Count the conflicts of one person's answers that are not open already."""
    return len({*map(_name, conflicts)} - _find_open(session, answer_id).keys())


def are_listed(session: Session, *, answer_id: int, conflicts: Sequence[Conflict]) -> bool:
    """Tell whether conflicts of one person's answers are open already, and theirs says the same."""
    if not conflicts:
        return True
    open_ = {name: row.theirs for name, row in _find_open(session, answer_id).items()}
    return all(
        canonical_json(open_.get(_name(one))) == canonical_json(said_json(one.theirs))
        for one in conflicts
    )


def count_conflicts(session: Session, *, project_id: int) -> int:
    """Count what is to be settled in a project."""
    return (
        session.scalar(
            select(func.count(SyncConflict.id)).where(
                SyncConflict.project_id == project_id, SyncConflict.state == ConflictState.OPEN
            )
        )
        or 0
    )


def list_conflicts(
    session: Session, *, project_id: int, is_open: bool = True, limit: int | None = None
) -> list[ListedConflict]:
    """List conflicts, the oldest open ones first, or those that were settled, the newest first."""
    is_of_kind = (SyncConflict.state == ConflictState.OPEN) == is_open
    order = SyncConflict.id if is_open else SyncConflict.id.desc()
    rows = session.execute(
        select(
            SyncConflict,
            RemoteTask.edition_id,
            RemoteAnswer.membership_id,
            Sentence.id,
            Article.public_id,
            TextEdition.number,
        )
        .join(RemoteAnswer, RemoteAnswer.id == SyncConflict.remote_answer_id)
        .join(RemoteTask, RemoteTask.id == RemoteAnswer.remote_task_id)
        .join(TextEdition, TextEdition.id == RemoteTask.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .join(
            Sentence,
            (Sentence.edition_id == TextEdition.id) & (Sentence.position == SyncConflict.position),
        )
        .where(SyncConflict.project_id == project_id, is_of_kind)
        .order_by(order)
        .limit(limit)
    ).all()
    names = {
        sentence: SentenceId(article, number, row.position)
        for row, _, _, sentence, article, number in rows
    }
    said = _read_said(session, project_id, names) if is_open else {}
    return [
        ListedConflict(
            row.public_id,
            str(names[sentence]),
            edition_id,
            membership_id,
            ConflictState(row.state),
            _with_ours(_read_conflict(row), said.get((sentence, str(membership_id))))
            if is_open
            else _read_conflict(row),
            row.opened_at,
            row.settled_by,
            row.settled_at,
        )
        for row, edition_id, membership_id, sentence, _, _ in rows
    ]


def refuse_unseen(one: Conflict, shown: str) -> None:
    """Raise ``StaleRevisionError`` unless both sides say what somebody was shown."""
    if (newest := _hash_shown(one)) != shown:
        error = StaleRevisionError(
            "What one of the sides says was changed since it was shown: look at both again, and"
            " then choose."
        )
        ours, theirs = said_json(one.ours), said_json(one.theirs)
        error.extra = {"newest": {"shown": newest, "ours": ours, "theirs": theirs}}
        raise error


def settle_conflict(
    session: Session,
    *,
    project_id: int,
    conflict: str,
    take: ConflictState,
    edited: Said | None = None,
    shown: str,
    by: int | None,
    now: datetime,
) -> None:
    """Settle a conflict for ``OURS``, ``THEIRS`` or what was ``EDITED``; the next sync writes it.

    ``StaleRevisionError`` where a side says something else than was ``shown``, ``ConflictError``
    for a conflict that is settled already, ``InvalidInputError`` for an edit that labelling does
    not take.
    """
    if take not in {ConflictState.OURS, ConflictState.THEIRS, ConflictState.EDITED}:
        raise InvalidInputError("A conflict is settled for ours, theirs or what was edited.")
    if (edited is not None) != (take is ConflictState.EDITED):
        raise InvalidInputError("Only an edited conflict says what is to stand.")
    row = session.scalar(
        select(SyncConflict)
        .where(SyncConflict.project_id == project_id, SyncConflict.public_id == conflict)
        .with_for_update(of=SyncConflict)
    )
    if row is None:
        raise NotFoundError("There is no such conflict in this project.")
    if row.state != ConflictState.OPEN:
        raise ConflictError("The conflict is settled already.")
    answer = session.get_one(RemoteAnswer, row.remote_answer_id)
    task = session.get_one(RemoteTask, answer.remote_task_id)
    local = Local(session, project_id)
    edition = next(one for one in local.editions.values() if one.id == task.edition_id)
    reader = local.readers[answer.membership_id]
    here = local.answers(session, [edition])[edition.uid][reader.membership_id]
    found = _with_ours(_read_conflict(row), here.said.get(row.position))
    refuse_unseen(found, shown)
    if take is not ConflictState.OURS:
        said = here.said.get(found.position, Said(found.position, "unread"))
        chosen = found.theirs if edited is None else edited
        if not is_fitting(said, found, chosen):
            raise ConflictError(
                "The sentence was decided otherwise here since: bring both sides together again,"
                " and then settle what is left."
            )
        refused = local.save(
            session,
            edition,
            reader,
            {found.position: settle(said, found, chosen)},
            upon=here.revisions,
            now=now,
            by=by,
        )
        for error in refused.values():
            raise error
    base = {one.position: one for one in map(read_said, cast(list[Json], answer.base))}
    before = base.get(found.position, Said(found.position, "unread"))
    base[found.position] = settle(before, found, found.theirs)
    answer.base, answer.seen_sha = [said_json(one) for _, one in sorted(base.items())], None
    row.state, row.settled_by, row.settled_at = take.value, by, now
    _note(session, task, f"{edition.uid}/{reader.member}")
    record_event(
        session,
        "settle_sync_conflict",
        f"conflict {row.public_id}",
        project_id=project_id,
        by=by,
        now=now,
        details={"take": take.value},
    )


def _find_open(session: Session, answer_id: int) -> dict[tuple[int, str], SyncConflict]:
    rows = session.scalars(
        select(SyncConflict).where(
            SyncConflict.remote_answer_id == answer_id, SyncConflict.state == ConflictState.OPEN
        )
    )
    return {(one.position, canonical_json(one.item)): one for one in rows}


def _name(conflict: Conflict) -> tuple[int, str]:
    return conflict.position, canonical_json(_write_item(conflict.item))


def _note(session: Session, task: RemoteTask, subject: str) -> None:
    """Note that somebody's answers are to be written there, unless they are noted already."""
    noted = select(RemoteWrite.id).where(
        RemoteWrite.remote_project_id == task.remote_project_id,
        RemoteWrite.operation == "answer",
        RemoteWrite.subject == subject,
    )
    if session.scalar(noted) is None:
        session.add(
            RemoteWrite(
                project_id=task.project_id,
                remote_project_id=task.remote_project_id,
                operation="answer",
                subject=subject,
                payload={},
                state="pending",
                tries=0,
                problem=None,
            )
        )


def _read_said(
    session: Session, project_id: int, sentences: Mapping[int, SentenceId]
) -> dict[tuple[int, str], Said]:
    """Return what everybody says here of sentences now, by the sentence's row and answerer."""
    if not sentences:
        return {}
    registers = load_registers(session, project_id=project_id)
    stored = load_answers(session, project_id=project_id, sentences=sentences, registers=registers)
    return {(one.sentence_row, one.answerer): say(one.answer) for one in stored}


def _with_ours(one: Conflict, said: Said | None) -> Conflict:
    """Return a conflict with what is said here now, given all that is said of its sentence."""
    return replace(one, ours=only(said or Said(one.position, "unread"), one.item))


def _hash_shown(one: Conflict) -> str:
    return content_hash([said_json(one.ours), said_json(one.theirs)])[:12]


def _read_conflict(row: SyncConflict) -> Conflict:
    base, ours, theirs = (read_said(one) for one in (row.base, row.ours, row.theirs))
    return Conflict(row.position, _read_item(row.item), base, ours, theirs)


def _write_item(item: Item) -> JsonObject:
    return {"kind": item.kind.value, "names": [*item.names]}


def _read_item(stored: Json) -> Item:
    match stored:
        case {"kind": str(kind), "names": list(names)}:
            return Item(Kind(kind), tuple(str(name) for name in names))
    raise ValueError("a stored conflict names no item")
