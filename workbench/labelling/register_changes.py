"""What leads do to a register: accept, change and merge entries, and take a merge back.

Each is one more register revision with what was there before, so that every state can be told.
Answers are never touched: a merged entry stays as a redirect, which figures and files follow.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import Json, JsonObject, content_hash
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.labelling.registers import (
    lock_registers,
    parse_registers,
    record_change,
    register_number,
)
from workbench.labelling.tables import Speaker, Target
from workbench.storage.database import share_project

REGISTERS = ("speaker", "target")

_Row = TypeVar("_Row", Speaker, Target)


@dataclass(frozen=True)
class Entry:
    """An entry with all that is known of it; ``document`` is as a register file has it."""

    row: int
    register: str
    id: str
    document: JsonObject
    proposed: bool
    merged_into: str | None

    @property
    def state(self) -> str:
        """What tells this state of the entry from a later one."""
        return content_hash(self.document)


def get_entry(session: Session, *, project_id: int, register: str, public_id: str) -> Entry:
    """Return an entry of a register; ``NotFoundError`` without one."""
    return _entry_of(session, _get_row(session, project_id, register, public_id))


def accept_entry(
    session: Session, *, project_id: int, register: str, public_id: str, by: int, now: datetime
) -> int:
    """Take a proposed entry into the register and return the register's number."""
    row = _hold_row(session, project_id, register, public_id)
    if not row.proposed:
        return register_number(session, project_id=project_id)
    row.proposed = False
    change: JsonObject = {"action": "accept", "register": register, "id": public_id}
    return _record(session, project_id, change, by, now)


def change_entry(
    session: Session,
    *,
    project_id: int,
    register: str,
    document: JsonObject,
    state: str,
    by: int,
    now: datetime,
) -> int:
    """Give an entry these words, as a register file would, and return the register's number.

    Raises ``ConflictError`` when the entry is not in ``state`` any more.
    """
    row = _hold_row(session, project_id, register, str(document.get("id")))
    before = _entry_of(session, row)
    if before.document == document:
        return register_number(session, project_id=project_id)
    if before.state != state:
        raise ConflictError("Somebody has changed this entry meanwhile; look at how it is now.")
    _check(session, project_id, register, before.document, document)
    row.kind = str(document["kind"])
    row.aliases = document.get("aliases", [])
    row.note = _maybe(document.get("note"))
    if isinstance(row, Speaker):
        row.name = str(document["name"])
        row.named = bool(document["named"])
        row.periphrases = document.get("periphrases", [])
        row.role = _maybe(document.get("role"))
        row.wikidata = _maybe(document.get("wikidata"))
        row.employer_id = _row_id(session, project_id, document.get("employer"))
    else:
        row.labels = document["label"]
        row.questions = document.get("question", {})
        row.speaker_id = _row_id(session, project_id, document.get("speaker"))
    change: JsonObject = {
        "action": "change",
        "register": register,
        "id": before.id,
        "before": before.document,
        "after": document,
    }
    return _record(session, project_id, change, by, now)


def merge_entries(
    session: Session,
    *,
    project_id: int,
    register: str,
    public_id: str,
    into: str,
    by: int,
    now: datetime,
) -> int:
    """Let an entry stand for another one from now on; return the register's number.

    Both must stand for themselves, so that no merge goes in a circle.
    """
    row = _hold_row(session, project_id, register, public_id)
    other = _get_row(session, project_id, register, into)
    if row.id == other.id:
        raise InvalidInputError("An entry cannot be merged with itself; choose another one.")
    if row.merged_into_id == other.id:
        return register_number(session, project_id=project_id)
    if row.merged_into_id is not None:
        raise ConflictError("This entry is merged already; take that back first.")
    if other.merged_into_id is not None:
        raise ConflictError("The other entry is merged itself; choose the one it went into.")
    row.merged_into_id = other.id
    change: JsonObject = {"action": "merge", "register": register, "id": public_id, "into": into}
    return _record(session, project_id, change, by, now)


def unmerge_entry(
    session: Session, *, project_id: int, register: str, public_id: str, by: int, now: datetime
) -> int:
    """Take a merge back and return the register's number; what went into the entry stays there."""
    row = _hold_row(session, project_id, register, public_id)
    into = _entry_of(session, row).merged_into
    if into is None:
        return register_number(session, project_id=project_id)
    row.merged_into_id = None
    change: JsonObject = {"action": "unmerge", "register": register, "id": public_id, "from": into}
    return _record(session, project_id, change, by, now)


def _record(session: Session, project_id: int, change: JsonObject, by: int, now: datetime) -> int:
    record_event(
        session,
        f"{change['action']}_register_entry",
        f"{change['register']} {change['id']}",
        project_id=project_id,
        by=by,
        now=now,
        details={name: change[name] for name in ("into", "from") if name in change},
    )
    return record_change(session, project_id, change, by=by, now=now)


def _hold_row(session: Session, project_id: int, register: str, public_id: str) -> Speaker | Target:
    share_project(session, project_id)
    lock_registers(session, project_id)
    return _get_row(session, project_id, register, public_id)


def _get_row(session: Session, project_id: int, register: str, public_id: str) -> Speaker | Target:
    if register not in REGISTERS:
        raise NotFoundError("There are two registers, speaker and target.")
    found = (
        _find(session, Speaker, project_id, public_id)
        if register == "speaker"
        else _find(session, Target, project_id, public_id)
    )
    if found is None:
        raise NotFoundError("The register has no entry %(entry)s.", entry=public_id[:80])
    return found


def _find(session: Session, table: type[_Row], project_id: int, public_id: str) -> _Row | None:
    return session.scalar(
        select(table)
        .where(table.project_id == project_id, table.public_id == public_id)
        .execution_options(populate_existing=True)  # As it is now that the registers are held.
    )


def _entry_of(session: Session, row: Speaker | Target) -> Entry:
    document = (
        _speaker_document(session, row)
        if isinstance(row, Speaker)
        else _target_document(session, row)
    )
    return Entry(
        row=row.id,
        register="speaker" if isinstance(row, Speaker) else "target",
        id=row.public_id,
        document={name: value for name, value in document.items() if value not in (None, [], {})},
        proposed=row.proposed,
        merged_into=_public_id(session, type(row), row.merged_into_id),
    )


def _speaker_document(session: Session, row: Speaker) -> JsonObject:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "named": row.named,
        "aliases": row.aliases,
        "periphrases": row.periphrases,
        "role": row.role,
        "employer": _public_id(session, Speaker, row.employer_id),
        "note": row.note,
        "wikidata": row.wikidata,
    }


def _target_document(session: Session, row: Target) -> JsonObject:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "label": row.labels,
        "question": row.questions,
        "aliases": row.aliases,
        "speaker": _public_id(session, Speaker, row.speaker_id),
        "note": row.note,
    }


def _check(
    session: Session, project_id: int, register: str, before: JsonObject, after: JsonObject
) -> None:
    """Refuse words that no register file could have; those referred to are looked up here."""
    reference = {"speaker": "employer", "target": "speaker"}[register]
    alone: JsonObject = {name: value for name, value in after.items() if name != reference}
    speakers, targets = ([alone], []) if register == "speaker" else ([], [alone])
    parse_registers({"format": "registers.v1", "speakers": [*speakers], "targets": [*targets]})
    if after.get(reference) == after["id"] and register == "speaker":
        raise InvalidInputError("Nobody is their own employer.")
    if after.get(reference) != before.get(reference) and after.get(reference) is not None:
        _get_row(session, project_id, "speaker", str(after[reference]))


def _row_id(session: Session, project_id: int, public_id: Json) -> int | None:
    return (
        None if public_id is None else _get_row(session, project_id, "speaker", str(public_id)).id
    )


def _public_id(
    session: Session, table: type[Speaker] | type[Target], row: int | None
) -> str | None:
    return None if row is None else session.scalar(select(table.public_id).where(table.id == row))


def _maybe(value: Json) -> str | None:
    return None if value is None else str(value)
