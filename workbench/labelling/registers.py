"""The registers: who speaks and what stances are towards; read, proposed to, filled from a file.

Every change is a register revision with a number; an answer is stamped with the newest one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import cast

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.rules import parse_name
from workbench.canonical import Json, JsonObject, canonical_json
from workbench.corpus.text import refuse_unstorable
from workbench.documents import find_flaw
from workbench.errors import ConflictError, InvalidInputError
from workbench.labelling.frames import AUTHOR, UNSPECIFIED
from workbench.labelling.parsing import BROWSER_ID, REGISTER_ID
from workbench.labelling.tables import RegisterRevision, Speaker, Target
from workbench.projects.tables import Project
from workbench.storage.database import read_columns, share_project

SPEAKER_KINDS = ("person", "organisation", "group", "document")
TARGET_KINDS = ("idea", "actor")


@dataclass(frozen=True)
class SpeakerEntry:
    """Somebody who says something; ``merged_into`` is the id that stands for it now."""

    row: int
    id: str
    name: str
    kind: str
    named: bool
    aliases: tuple[str, ...]
    periphrases: tuple[str, ...]
    proposed: bool
    merged_into: str | None

    def json(self) -> JsonObject:
        """Return the entry as the workspace gets it."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "named": self.named,
            "aliases": [*self.aliases],
            "periphrases": [*self.periphrases],
            "proposed": self.proposed,
            "merged_into": self.merged_into,
        }


@dataclass(frozen=True)
class TargetEntry:
    """What a stance can be towards; labels, questions by language."""

    row: int
    id: str
    kind: str
    labels: Mapping[str, str]
    questions: Mapping[str, str]
    aliases: tuple[str, ...]
    proposed: bool
    merged_into: str | None

    def json(self) -> JsonObject:
        """Return the entry as the workspace gets it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "labels": dict(self.labels),
            "aliases": [*self.aliases],
            "proposed": self.proposed,
            "merged_into": self.merged_into,
        }


@dataclass(frozen=True)
class Registers:
    """Both registers of a project, in the order in which entries were made."""

    speakers: tuple[SpeakerEntry, ...]
    targets: tuple[TargetEntry, ...]

    @cached_property
    def written(self) -> str:
        """Both as the workspace gets them, in canonical JSON: written once for all who open it."""
        return canonical_json(
            {
                "speakers": [entry.json() for entry in self.speakers],
                "targets": [entry.json() for entry in self.targets],
            }
        )


@dataclass(frozen=True)
class Proposal:
    """A new entry as an annotator proposes it; ``id`` was made by the browser."""

    register: str
    id: str
    name: str
    kind: str


def load_registers(session: Session, *, project_id: int) -> Registers:
    """Return all entries of the project's registers, merged ones included."""
    values = {"project": project_id}
    speakers = read_columns(session, _select_speakers(), values).all()
    targets = read_columns(session, _select_targets(), values).all()
    speaker_ids = {row.id: row.public_id for row in speakers}
    target_ids = {row.id: row.public_id for row in targets}
    return Registers(
        speakers=tuple(
            SpeakerEntry(
                row=row.id,
                id=row.public_id,
                name=row.name,
                kind=row.kind,
                named=row.named,
                aliases=_texts(row.aliases),
                periphrases=_texts(row.periphrases),
                proposed=row.proposed,
                merged_into=speaker_ids.get(row.merged_into_id),
            )
            for row in speakers
        ),
        targets=tuple(
            TargetEntry(
                row=row.id,
                id=row.public_id,
                kind=row.kind,
                labels=_words(row.labels),
                questions=_words(row.questions),
                aliases=_texts(row.aliases),
                proposed=row.proposed,
                merged_into=target_ids.get(row.merged_into_id),
            )
            for row in targets
        ),
    )


@cache  # Building a statement takes longer than running it.
def _select_speakers() -> Select[*tuple[object, ...]]:
    return (
        select(
            Speaker.id,
            Speaker.public_id,
            Speaker.name,
            Speaker.kind,
            Speaker.named,
            Speaker.aliases,
            Speaker.periphrases,
            Speaker.proposed,
            Speaker.merged_into_id,
        )
        .where(Speaker.project_id == bindparam("project"))
        .order_by(Speaker.id)
    )


@cache
def _select_targets() -> Select[*tuple[object, ...]]:
    return (
        select(
            Target.id,
            Target.public_id,
            Target.kind,
            Target.labels,
            Target.questions,
            Target.aliases,
            Target.proposed,
            Target.merged_into_id,
        )
        .where(Target.project_id == bindparam("project"))
        .order_by(Target.id)
    )


def find_redirects(entries: Iterable[SpeakerEntry | TargetEntry]) -> dict[str, str]:
    """Return for each merged entry the id that stands for it now, through every merge."""
    merged = {entry.id: entry.merged_into for entry in entries if entry.merged_into}
    redirects = {}
    for start in merged:
        end = start
        for _ in merged:  # A merge that was made in a circle ends somewhere in it.
            if end not in merged:
                break
            end = merged[end]
        redirects[start] = end
    return redirects


def register_number(session: Session, *, project_id: int) -> int:
    """Return the number of the newest register revision; 0 before the first."""
    newest = select(func.max(RegisterRevision.number)).where(
        RegisterRevision.project_id == project_id
    )
    return session.scalar(newest) or 0


def parse_proposal(payload: Json) -> Proposal:
    """Read what a browser proposes: ``{"register", "id", "name" or "label", "kind"}``."""
    entry = payload if isinstance(payload, dict) else {}
    register = entry.get("register")
    words, kinds = {
        "speaker": ("name", SPEAKER_KINDS),
        "target": ("label", TARGET_KINDS),
    }.get(register if isinstance(register, str) else "", ("", ()))
    if entry.keys() != {"register", "id", words, "kind"}:
        raise InvalidInputError(
            "A proposal has register (speaker or target), id, kind, and name or label."
        )
    public_id, name, kind = entry["id"], entry[words], entry["kind"]
    if not isinstance(public_id, str) or not BROWSER_ID.fullmatch(public_id):
        raise InvalidInputError("The id of a proposal is 16 to 32 small letters and digits.")
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidInputError("The kind is one of %(kinds)s.", kinds=", ".join(kinds))
    name = parse_name(name if isinstance(name, str) else "")
    return Proposal(str(register), public_id, name, kind)


def propose_entry(
    session: Session, *, project_id: int, proposal: Proposal, language: str, by: int, now: datetime
) -> int:
    """Add a proposed entry and return the register's number; a repeat changes nothing.

    ``language`` is the one a target's label is written in. Raises ``ConflictError`` when the id
    is another entry's.
    """
    share_project(session, project_id)
    lock_registers(session, project_id)
    change: JsonObject = {
        "action": "propose",
        "register": proposal.register,
        "id": proposal.id,
        "name": proposal.name,
        "kind": proposal.kind,
    }
    table = Speaker if proposal.register == "speaker" else Target
    taken = select(table.id).where(table.project_id == project_id, table.public_id == proposal.id)
    if session.scalar(taken) is not None:
        return _number_of_repeat(session, project_id, change)
    if table is Speaker:
        session.add(_proposed_speaker(project_id, proposal, by, now))
    else:
        session.add(_proposed_target(project_id, proposal, language, by, now))
    return record_change(session, project_id, change, by=by, now=now)


def install_registers(
    session: Session, *, project_id: int, document: Json, by: int | None, now: datetime
) -> int:
    """Add the entries of a register file that the project lacks; return the register's number.

    Entries that are there stay as they are, so that a second time changes nothing.
    """
    entries = parse_registers(document)
    share_project(session, project_id)
    lock_registers(session, project_id)
    speakers = _ids_by_name(session, Speaker, project_id)
    targets = _ids_by_name(session, Target, project_id)
    added: JsonObject = {
        "action": "install",
        "speakers": [entry["id"] for entry in entries["speakers"] if entry["id"] not in speakers],
        "targets": [entry["id"] for entry in entries["targets"] if entry["id"] not in targets],
    }
    if not added["speakers"] and not added["targets"]:
        return register_number(session, project_id=project_id)
    new_speakers = [
        _installed_speaker(project_id, entry, by, now)
        for entry in entries["speakers"]
        if entry["id"] not in speakers
    ]
    session.add_all(new_speakers)
    session.flush()
    speakers |= {speaker.public_id: speaker.id for speaker in new_speakers}
    employers = {str(entry["id"]): entry.get("employer") for entry in entries["speakers"]}
    for speaker in new_speakers:
        speaker.employer_id = speakers.get(str(employers[speaker.public_id]))
    session.add_all(
        _installed_target(project_id, entry, speakers, by, now)
        for entry in entries["targets"]
        if entry["id"] not in targets
    )
    record_event(
        session,
        "install_registers",
        "registers",
        project_id=project_id,
        by=by,
        now=now,
        details={"speakers": len(new_speakers)},
    )
    return record_change(session, project_id, added, by=by, now=now)


def parse_registers(document: Json) -> dict[str, list[JsonObject]]:
    """Return the speakers and targets of a register file; every id once and every reference met."""
    error = find_flaw("registers.v1", document)
    if error is not None:
        raise InvalidInputError(f"Registers, at {error.json_path.lstrip('$.')}: {error.message}.")
    checked = cast("dict[str, list[JsonObject]]", document)
    for text in _texts_in(document):
        refuse_unstorable(text, "The register file")
    for name in ("speakers", "targets"):
        ids = [str(entry["id"]) for entry in checked[name]]
        if wrong := [id_ for id_ in ids if not REGISTER_ID.fullmatch(id_)]:
            raise InvalidInputError(f"Registers: {wrong[0]!r} is no id.")
        if doubled := sorted(id_ for id_ in set(ids) if ids.count(id_) > 1):
            raise InvalidInputError(f"Registers: two {name} have the id {doubled[0]}.")
        if reserved := {AUTHOR, UNSPECIFIED} & set(ids):
            raise InvalidInputError(f"Registers: the id {min(reserved)} is reserved.")
    speakers = {entry["id"] for entry in checked["speakers"]}
    wanted = [(entry["id"], entry.get("employer")) for entry in checked["speakers"]]
    wanted += [(entry["id"], entry.get("speaker")) for entry in checked["targets"]]
    for owner, speaker in wanted:
        if speaker is not None and speaker not in speakers:
            raise InvalidInputError(f"Registers: {owner} names {speaker}, who is no speaker.")
    return checked


def _number_of_repeat(session: Session, project_id: int, change: JsonObject) -> int:
    number = session.scalar(
        select(RegisterRevision.number).where(
            RegisterRevision.project_id == project_id, RegisterRevision.change == change
        )
    )
    if number is None:
        raise ConflictError("Another entry of the register has this id; make a new one.")
    return number


def record_change(
    session: Session, project_id: int, change: JsonObject, *, by: int | None, now: datetime
) -> int:
    """Add a register revision and return its number; whoever calls holds the registers."""
    number = register_number(session, project_id=project_id) + 1
    session.add(
        RegisterRevision(
            project_id=project_id, number=number, change=change, made_by=by, made_at=now
        )
    )
    session.flush()
    return number


def lock_registers(session: Session, project_id: int) -> None:
    """Hold the registers until the transaction ends; SQLite has one writer anyway."""
    session.execute(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    )


def _ids_by_name(
    session: Session, table: type[Speaker] | type[Target], project_id: int
) -> dict[str, int]:
    rows = session.execute(select(table.public_id, table.id).where(table.project_id == project_id))
    return {row.public_id: row.id for row in rows}


def _proposed_speaker(project_id: int, proposal: Proposal, by: int, now: datetime) -> Speaker:
    return Speaker(
        project_id=project_id,
        public_id=proposal.id,
        name=proposal.name,
        kind=proposal.kind,
        named=True,
        aliases=[proposal.name],
        periphrases=[],
        role=None,
        employer_id=None,
        note=None,
        wikidata=None,
        proposed=True,
        merged_into_id=None,
        created_by=by,
        created_at=now,
    )


def _proposed_target(
    project_id: int, proposal: Proposal, language: str, by: int, now: datetime
) -> Target:
    return Target(
        project_id=project_id,
        public_id=proposal.id,
        kind=proposal.kind,
        labels={language: proposal.name},
        questions={},
        aliases=[],
        speaker_id=None,
        note=None,
        proposed=True,
        merged_into_id=None,
        created_by=by,
        created_at=now,
    )


def _installed_speaker(
    project_id: int, entry: JsonObject, by: int | None, now: datetime
) -> Speaker:
    return Speaker(
        project_id=project_id,
        public_id=str(entry["id"]),
        name=str(entry["name"]),
        kind=str(entry["kind"]),
        named=bool(entry["named"]),
        aliases=entry.get("aliases", []),
        periphrases=entry.get("periphrases", []),
        role=_maybe(entry.get("role")),
        employer_id=None,
        note=_maybe(entry.get("note")),
        wikidata=_maybe(entry.get("wikidata")),
        proposed=False,
        merged_into_id=None,
        created_by=by,
        created_at=now,
    )


def _installed_target(
    project_id: int,
    entry: JsonObject,
    speakers: Mapping[str, int],
    by: int | None,
    now: datetime,
) -> Target:
    return Target(
        project_id=project_id,
        public_id=str(entry["id"]),
        kind=str(entry["kind"]),
        labels=entry["label"],
        questions=entry.get("question", {}),
        aliases=entry.get("aliases", []),
        speaker_id=speakers.get(str(entry.get("speaker"))),
        note=_maybe(entry.get("note")),
        proposed=False,
        merged_into_id=None,
        created_by=by,
        created_at=now,
    )


def _texts_in(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(text) for text in value) if isinstance(value, list) else ()


def _words(value: Json) -> dict[str, str]:
    return {name: str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def _maybe(value: Json) -> str | None:
    return None if value is None else str(value)
