"""What never changes once it is stored, remembered by the process: texts, revisions of schemes,
guidelines and registers, the rows of register entries.

Each save and each opening needs them, and none of them is worth a statement each time. Nothing is
remembered inside a transaction that writes: what it reads may be its own and never be committed.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Engine, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from workbench.corpus.tables import TextEdition
from workbench.errors import InvalidInputError
from workbench.labelling.registers import Registers, load_registers
from workbench.labelling.tables import Speaker, Target
from workbench.projects.queries import guideline_texts
from workbench.projects.scheme import Scheme, parse_scheme
from workbench.projects.tables import GuidelineRevision, SchemeRevision

MAX_CHARACTERS = 4_000_000
MAX_REVISIONS = 200
MAX_ENTRIES = 20_000

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, eq=False)  # What is made of a revision is remembered by the object.
class StoredScheme:
    """One revision of a project's label scheme, read."""

    id: int
    number: int
    scheme: Scheme


@dataclass(frozen=True)
class StoredGuideline:
    """One revision of a project's guideline: Markdown by language."""

    id: int
    texts: Mapping[str, str]


class Recent(Generic[_K, _V]):
    """The values used last, as many as their weights allow, and at least one."""

    def __init__(self, capacity: int, weigh: Callable[[_V], int]) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._values: OrderedDict[_K, _V] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: _K) -> _V | None:
        """Return the value if it is remembered."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: _K, value: _V) -> None:
        """Remember a value, in place of an older one, and forget those not used for longest."""
        with self._lock:
            if key in self._values:
                self._weight -= self._weigh(self._values.pop(key))
            self._values[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._capacity and len(self._values) > 1:
                _, forgotten = self._values.popitem(last=False)
                self._weight -= self._weigh(forgotten)


class _Memory:
    """What the process remembers of one database."""

    def __init__(self) -> None:
        self.texts: Recent[int, str] = Recent(MAX_CHARACTERS, len)
        self.schemes: Recent[tuple[int, int], StoredScheme] = Recent(MAX_REVISIONS, lambda _: 1)
        self.guidelines: Recent[tuple[int, int], StoredGuideline] = Recent(
            MAX_CHARACTERS, lambda guideline: sum(map(len, guideline.texts.values()))
        )
        self.registers: Recent[tuple[int, int], Registers] = Recent(
            MAX_ENTRIES, lambda registers: len(registers.speakers) + len(registers.targets)
        )
        self.entries: Recent[tuple[int, str, str], int] = Recent(MAX_ENTRIES, lambda _: 1)


_MEMORIES: WeakKeyDictionary[Engine, _Memory] = WeakKeyDictionary()


def edition_text(session: Session, *, edition_id: int) -> str:
    """Return the text of an edition."""

    def load() -> str:
        return session.execute(
            select(TextEdition.text).where(TextEdition.id == edition_id)
        ).scalar_one()

    return _recall(session, _memory(session).texts, edition_id, load)


def stored_scheme(session: Session, *, project_id: int, number: int) -> StoredScheme:
    """Return one revision of the project's label scheme."""

    def load() -> StoredScheme:
        row = session.execute(
            select(SchemeRevision.id, SchemeRevision.document).where(
                SchemeRevision.project_id == project_id, SchemeRevision.number == number
            )
        ).one_or_none()
        if row is None:
            raise InvalidInputError("The project has no label scheme %(number)s.", number=number)
        return StoredScheme(row.id, number, parse_scheme(row.document))

    return _recall(session, _memory(session).schemes, (project_id, number), load)


def stored_guideline(session: Session, *, project_id: int, number: int) -> StoredGuideline:
    """Return one revision of the project's guideline."""

    def load() -> StoredGuideline:
        found = session.scalar(
            select(GuidelineRevision).where(
                GuidelineRevision.project_id == project_id, GuidelineRevision.number == number
            )
        )
        if found is None:
            raise InvalidInputError("The project has no guideline %(number)s.", number=number)
        return StoredGuideline(found.id, guideline_texts(found))

    return _recall(session, _memory(session).guidelines, (project_id, number), load)


def stored_registers(session: Session, *, project_id: int, number: int) -> Registers:
    """Return the project's registers as they are at the revision ``number``, its newest."""
    return _recall(
        session,
        _memory(session).registers,
        (project_id, number),
        lambda: load_registers(session, project_id=project_id),
    )


def register_rows(
    session: Session, *, project_id: int, speakers: Sequence[str], targets: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Return the rows of ``speaker`` and ``target`` entries by public id; unknown ones lack."""
    recent = _memory(session).entries
    wanted = {"speaker": speakers, "target": targets}
    found: dict[str, dict[str, int]] = {
        register: {
            entry: row for entry in ids if (row := recent.get((project_id, register, entry)))
        }
        for register, ids in wanted.items()
    }
    if any(len(found[register]) < len(ids) for register, ids in wanted.items()):
        rows = session.execute(_select_entries(), {"project": project_id, **wanted})
        for register, entry, row in rows:
            found[register][entry] = row
            if not session.info.get("writing"):
                recent.put((project_id, register, entry), row)
    return found


@cache  # Building a statement takes longer than running it.
def _select_entries() -> CompoundSelect[str, str, int]:
    return union_all(
        *(
            select(literal(register), table.public_id, table.id).where(
                table.project_id == bindparam("project"),
                table.public_id.in_(bindparam(register, expanding=True)),
            )
            for register, table in (("speaker", Speaker), ("target", Target))
        )
    )


def _memory(session: Session) -> _Memory:
    engine = session.get_bind().engine
    return _MEMORIES.get(engine) or _MEMORIES.setdefault(engine, _Memory())


def _recall(session: Session, recent: Recent[_K, _V], key: _K, load: Callable[[], _V]) -> _V:
    value = recent.get(key)
    if value is None:
        value = load()
        if not session.info.get("writing"):
            recent.put(key, value)
    return value
