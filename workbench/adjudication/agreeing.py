"""Read who agrees with whom: finished articles of at least two, batch by batch, into a report."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.tables import User
from workbench.adjudication.queries import (
    BATCH_CHARACTERS,
    Part,
    count_characters,
    cut_into_parts,
    policy_of,
)
from workbench.agreement.comparing import Reading
from workbench.agreement.figures import Report
from workbench.agreement.units import SPEAKER, TARGETS
from workbench.agreement.words import LANGUAGES, Names
from workbench.corpus.rules import fold
from workbench.corpus.tables import Article, TextEdition
from workbench.labelling.answers import answerer_of
from workbench.labelling.arms import ArmsOfEdition, Readers, read_arms, read_shares
from workbench.labelling.readings import read_readings, reader_of
from workbench.labelling.registers import Registers, load_registers
from workbench.labelling.remembered import stored_scheme
from workbench.labelling.rules import AssignmentState
from workbench.labelling.slots import counts_as_slot
from workbench.labelling.tables import GOLD, Assignment
from workbench.projects.queries import get_project, newest_scheme
from workbench.projects.scheme import Scheme, Words
from workbench.projects.tables import Membership
from workbench.storage.second_reader import open_instant

if TYPE_CHECKING:
    from workbench.agreement.reporting import Tally

SHARED_CHARACTERS = 2_000_000  # of all texts; from here a second process repays its start
WHOLE, FIRST_HALF, SECOND_HALF = Part(0, 1), Part(0, 2), Part(1, 2)
NO_ARMS = ArmsOfEdition({}, {})
ORDINAL = ("check_worthiness",)  # whose values the scheme lists from least to most


@dataclass(frozen=True)
class Agreement:
    """A report of agreement, with the names of annotators and of values by the ids that it uses.

    ``finished`` counts what anybody has finished, by so many ``finishers``.
    """

    report: Report
    names: Mapping[str, str]
    values: Names
    finished: int
    finishers: int


@dataclass(frozen=True)
class FinishedSlot:
    """A finished slot: who answers, by their two ids and their name, and when they finished."""

    article_id: int
    answerer: str
    public_id: str
    name: str
    membership_id: int
    started_at: datetime | None
    finished_at: datetime
    length: int


class AgreementCount:
    """Counts who agrees with whom, a few text editions at a time; see ``report_agreement``.

    ``slots`` has by edition the finished slots of those that at least two have finished; ``tally``
    is what was counted so far.
    """

    def __init__(
        self, session: Session, *, project_id: int, articles: Collection[int] | None = None
    ) -> None:
        """Read what is compared; of ``articles`` only, where they are named."""
        from workbench.agreement.reporting import (  # noqa: PLC0415  # numpy, which few processes need
            Tally,
        )

        self._session = session
        self._project = get_project(session, project_id=project_id)
        number = newest_scheme(session, project_id=project_id).number
        self._scheme = stored_scheme(session, project_id=project_id, number=number).scheme
        self._registers = load_registers(session, project_id=project_id)
        self.reader = reader_of(
            project_id=project_id, scheme=self._scheme, registers=self._registers
        )
        fields = self.reader.fields
        orders = {field.name: [*field.values] for field in fields if field.name in ORDINAL}
        slots = read_finished_slots(session, project_id=project_id)
        if articles is not None:
            chosen = frozenset(articles)
            slots = {key: theirs for key, theirs in slots.items() if theirs[0].article_id in chosen}
        self._finished = [slot for theirs in slots.values() for slot in theirs]
        self._names = {slot.public_id: slot.name for slot in self._finished}
        people = sorted(self._names, key=lambda one: (fold(self._names[one]), one))
        self._shares = read_shares(session, project_id=project_id)
        self.tally = Tally(
            [field.name for field in fields], orders, people, has_arms=self._shares.has_any
        )
        self._asked = [field.name for field in fields if field.ask == "always"]
        self.slots = {key[1]: theirs for key, theirs in sorted(slots.items()) if len(theirs) > 1}

    def add(self, editions: Mapping[int, Mapping[str, Reading]]) -> None:
        """Count editions of ``slots``, each as everybody reads it, by the word of who answers.

        In the order of ``slots``, or equal data would give other numbers.
        """
        from workbench.adjudication.settling import settle_readings  # noqa: PLC0415  # as above
        from workbench.agreement.reporting import ReadArticle  # noqa: PLC0415  # as above

        arms: Mapping[int, ArmsOfEdition] = {}
        if self._shares.has_any:
            readers = {edition_id: _readers(self.slots[edition_id]) for edition_id in editions}
            arms = read_arms(self._session, self._shares, editions=readers)
        policy = policy_of(self._project)
        for edition_id, by_answerer in editions.items():
            theirs = self.slots[edition_id]
            readings = {
                slot.public_id: by_answerer[slot.answerer]
                for slot in theirs
                if slot.answerer in by_answerer
            }
            if len(readings) > 1:
                last = max(slot.finished_at for slot in theirs)
                settled = settle_readings(
                    [*readings.values()],
                    by_answerer.get(GOLD),
                    policy=policy,
                    asked=self._asked,
                )
                of_arms = arms.get(edition_id, NO_ARMS)
                self.tally.add(ReadArticle(readings, last, settled, of_arms.arms, of_arms.outcomes))

    def join(self, later: "Tally") -> None:
        """Add what another process has counted of the editions that come after these."""
        self.tally.join(later)

    def agreement(self) -> Agreement:
        """Return what was counted; the same data give the same intervals."""
        seed = int.from_bytes(hashlib.sha256(self._project.seed.encode()).digest()[:8], "big")
        return Agreement(
            report=self.tally.report(seed=seed),
            names=self._names,
            values=name_values(self._scheme, self._registers),
            finished=len(self._finished),
            finishers=len(self._names),
        )


def report_agreement(
    session: Session,
    *,
    project_id: int,
    articles: Collection[int] | None = None,
    record: Callable[[int], None] = lambda _done: None,
) -> Agreement:
    """Return where annotators agree, over the articles that at least two have finished.

    All is read at one instant, which begins here and ends with the session's next rollback; of a
    large project by two processes, to the same figures. Only finished slots of the same text
    edition count, and no training; merged register entries
    are one. Of ``articles`` only, where they are named: whoever still works on one is to get no
    figure of it. The same data give the same intervals. ``record`` is told how many are counted.
    """
    shared = count_characters(session, project_id=project_id) >= SHARED_CHARACTERS
    with open_instant(session, shared=shared) as second:
        count = AgreementCount(session, project_id=project_id, articles=articles)
        if second is None:
            _count_part(session, count, WHOLE, record)
        else:
            later = second.submit(
                partial(_count_second_half, project_id=project_id, articles=articles)
            )
            total = len(count.slots)
            _count_part(session, count, FIRST_HALF, lambda done: record(min(2 * done, total)))
            count.join(later.result())
    return count.agreement()


def _count_second_half(
    session: Session, *, project_id: int, articles: Collection[int] | None
) -> "Tally":
    count = AgreementCount(session, project_id=project_id, articles=articles)
    _count_part(session, count, SECOND_HALF, lambda _done: None)
    return count.tally


def _count_part(
    session: Session, count: AgreementCount, part: Part, record: Callable[[int], None]
) -> None:
    """Read and count a few editions at a time; ``record`` is told how many are counted."""
    lengths = [(str(id_), len(theirs) * theirs[0].length) for id_, theirs in count.slots.items()]
    parts = cut_into_parts(lengths, part.of)
    wanted = {
        edition: theirs
        for (edition, theirs), number in zip(count.slots.items(), parts, strict=True)
        if number == part.number
    }
    done = 0
    for batch in _batches(wanted):
        answerers = {GOLD}.union(slot.answerer for theirs in batch.values() for slot in theirs)
        found = read_readings(session, count.reader, edition_ids=batch, answerers=answerers)
        count.add({edition_id: found[edition_id] for edition_id in batch})
        done += len(batch)
        record(done)


def _readers(slots: Collection[FinishedSlot]) -> Readers:
    began = [slot.started_at for slot in slots]
    return Readers(
        memberships=frozenset(slot.membership_id for slot in slots),
        began_at=None if None in began else min(filter(None, began)),
        ended_at=max(slot.finished_at for slot in slots),
    )


def name_values(scheme: Scheme, registers: Registers) -> Names:
    """Return what people call the fields of a scheme and their values, speakers and targets."""

    def said(words: Words) -> Words:
        return {code: words.get(code) or next(iter(words.values()), "") for code in LANGUAGES}

    reserved = {name: said(words) for name, words in scheme.reserved_speakers.items()}
    speakers = {one.id: dict.fromkeys(LANGUAGES, one.name) for one in registers.speakers}
    return Names(
        fields={field.name: said(field.label) for field in scheme.fields.values()},
        values={
            **{
                field.name: {value.name: said(value.label) for value in field.values.values()}
                for field in scheme.fields.values()
            },
            SPEAKER: reserved | speakers,
            TARGETS: {one.id: said(one.labels) for one in registers.targets},
        },
    )


def read_finished_slots(
    session: Session, *, project_id: int
) -> dict[tuple[str, int], list[FinishedSlot]]:
    """Return the finished slots by the article's slug and the row of the edition."""
    rows = session.execute(
        select(
            Article.slug,
            Article.id.label("article_id"),
            Assignment.edition_id,
            Assignment.membership_id,
            Assignment.started_at,
            Assignment.finished_at,
            TextEdition.length,
            Membership.public_id,
            User.name,
        )
        .join(Article, Article.id == Assignment.article_id)
        .join(TextEdition, TextEdition.id == Assignment.edition_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Assignment.project_id == project_id,
            Assignment.state == AssignmentState.FINISHED.value,
            counts_as_slot(),
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
        )
        .order_by(Assignment.edition_id, Assignment.number)
    ).all()
    slots: dict[tuple[str, int], list[FinishedSlot]] = {}
    for row in rows:
        if row.membership_id is not None:
            who = answerer_of(row.membership_id)
            slot = FinishedSlot(
                row.article_id,
                who,
                row.public_id,
                row.name,
                row.membership_id,
                row.started_at,
                row.finished_at,
                row.length,
            )
            slots.setdefault((row.slug, row.edition_id), []).append(slot)
    return slots


def _batches(
    slots: Mapping[int, list[FinishedSlot]],
) -> Iterator[dict[int, list[FinishedSlot]]]:
    """Yield a few editions at a time, so that memory stays bounded."""
    batch: dict[int, list[FinishedSlot]] = {}
    characters = 0
    for edition_id, theirs in slots.items():
        batch[edition_id] = theirs
        characters += theirs[0].length
        if characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = {}, 0
    if batch:
        yield batch
