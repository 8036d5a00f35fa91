"""What is still to be written there, noted first: so a run that ends anywhere loses nothing."""

from collections.abc import Collection, Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.errors import WorkbenchError
from workbench.labelstudio.ledger import Ledger, Sent
from workbench.labelstudio.local import Edition, Reader
from workbench.labelstudio.tables import RemoteWrite
from workbench.storage.database import transaction

TASK, ANSWER = "task", "answer"
AGAIN: JsonObject = {"again": True}  # Something could not be saved here.


class Outbox:
    """The rows of ``remote_write`` for one project there; a plan's are noted nowhere."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._planned: set[str] = set()

    def note(
        self, session: Session, edition: Edition, reader: Reader, *, again: bool = False
    ) -> None:
        """Note that one person's answers to a text are to be written there, or met again."""
        subject = subject_of(edition, reader)
        if self._ledger.is_plan:
            self._planned.add(subject)
            return
        row = self._find(session, ANSWER, subject) or self._add(session, ANSWER, subject)
        if again and row.state == "pending":
            row.payload = AGAIN

    def note_tasks(self, sent: Mapping[str, Mapping[int, Sent]]) -> None:
        """Note which tasks are just about to go, so that they are known if they arrive unseen."""
        with transaction() as session:
            rows = self._find_tasks(session, sent)
            for uid, answers in sent.items():
                row = rows.get(uid) or self._add(session, TASK, uid)
                row.payload, row.state, row.tries = _write_sent(answers), "sent", row.tries + 1

    def note_answer(self, edition: Edition, reader: Reader, sent: Sent) -> None:
        """Note which answers are just about to go, so that they are known if they arrive unseen."""
        ledger, member = self._ledger, reader.membership_id
        with transaction() as session:
            answer = ledger.get_answer(session, ledger.links[edition.uid].row, member)
            answer.unique_id = str(sent.unique_id)
            subject = subject_of(edition, reader)
            row = self._find(session, ANSWER, subject) or self._add(session, ANSWER, subject)
            row.payload, row.state, row.tries = _write_sent({member: sent}), "sent", row.tries + 1

    def take_tasks(self, session: Session, uids: Collection[str]) -> dict[str, dict[int, Sent]]:
        """Return what went with tasks that were seen to be there, and note it no more."""
        rows = self._find_tasks(session, uids)
        for row in rows.values():
            session.delete(row)
        return {uid: _read_sent(row.payload) for uid, row in rows.items()}

    def read_sent(self, session: Session, edition: Edition, reader: Reader) -> Sent | None:
        """Return which answers were sent and may have arrived without our having seen it."""
        row = self._find(session, ANSWER, subject_of(edition, reader))
        sent = _read_sent(row.payload) if row and row.state == "sent" else {}
        return sent.get(reader.membership_id)

    def take_answer(self, session: Session, edition: Edition, reader: Reader) -> None:
        """Note that of answers sent is in the base now what has arrived, and may be changed."""
        row = self._find(session, ANSWER, subject_of(edition, reader))
        if row is not None:
            row.state = "pending"

    def is_open(self, session: Session, edition: Edition, reader: Reader) -> bool:
        """Tell whether answers must be looked at there, whatever they say here."""
        row = self._find(session, ANSWER, subject_of(edition, reader))
        return row is not None and (row.state != "pending" or row.payload == AGAIN)

    def list_answers(self, session: Session) -> list[str]:
        """List whose answers to which texts are to be written there."""
        rows = session.scalars(
            select(RemoteWrite.subject).where(
                RemoteWrite.remote_project_id == self._ledger.row, RemoteWrite.operation == ANSWER
            )
        )
        return sorted({*rows, *self._planned})

    def cross_off(self, session: Session, edition: Edition, reader: Reader) -> None:
        """Note no more that one person's answers to a text are to be written there."""
        session.execute(
            delete(RemoteWrite).where(
                RemoteWrite.remote_project_id == self._ledger.row,
                RemoteWrite.operation == ANSWER,
                RemoteWrite.subject == subject_of(edition, reader),
            )
        )

    def fail(self, operation: str, subject: str, error: WorkbenchError) -> None:
        """Note why something could not be written there."""
        with transaction() as session:
            row = self._find(session, operation, subject)
            if row is not None:
                row.state, row.problem = "failed", error.sentence

    def _find_tasks(self, session: Session, uids: Collection[str]) -> dict[str, RemoteWrite]:
        rows = session.scalars(
            select(RemoteWrite).where(
                RemoteWrite.remote_project_id == self._ledger.row,
                RemoteWrite.operation == TASK,
                RemoteWrite.subject.in_(uids),
            )
        )
        return {row.subject: row for row in rows}

    def _find(self, session: Session, operation: str, subject: str) -> RemoteWrite | None:
        return session.scalar(
            select(RemoteWrite).where(
                RemoteWrite.remote_project_id == self._ledger.row,
                RemoteWrite.operation == operation,
                RemoteWrite.subject == subject,
            )
        )

    def _add(self, session: Session, operation: str, subject: str) -> RemoteWrite:
        row = RemoteWrite(
            project_id=self._ledger.project_id,
            remote_project_id=self._ledger.row,
            operation=operation,
            subject=subject,
            payload={},
            state="pending",
            tries=0,
            problem=None,
        )
        session.add(row)
        return row


def subject_of(edition: Edition, reader: Reader) -> str:
    """Return the name of one person's answers to a text."""
    return f"{edition.uid}/{reader.member}"


def _write_sent(answers: Mapping[int, Sent]) -> JsonObject:
    return {
        str(member): {
            "unique_id": str(one.unique_id),
            "base": one.base,
            "seen_sha": one.seen_sha,
        }
        for member, one in answers.items()
    }


def _read_sent(payload: Json) -> dict[int, Sent]:
    """Read what ``_write_sent`` wrote."""
    found = {}
    for member, one in payload.items() if isinstance(payload, dict) else ():
        match one:
            case {"unique_id": str(unique_id), "base": base, **more}:
                seen_sha = cast(str | None, more.get("seen_sha"))
                found[int(member)] = Sent(UUID(unique_id), base, seen_sha)
    return found
