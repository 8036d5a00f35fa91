"""Whole editions as several people read them, slim enough to compare a hundred thousand sentences.

``answers`` reads everything that was said; this reads what readings are compared by, and nothing
that is only shown.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from workbench.agreement.comparing import Range, ReadClaim, Reading, ReadStance
from workbench.corpus.queries import SentenceInZone, read_sentences_of
from workbench.labelling.answers import newest_decision, newest_revision, read_by_ids
from workbench.labelling.frames import AUTHOR, Answer, Attributes, ClaimFrame, Decision, Span
from workbench.labelling.registers import Registers, find_redirects
from workbench.labelling.rules import words_of
from workbench.labelling.tables import (
    Annotation,
    AttributionLink,
    ClaimRevision,
    Stance,
)
from workbench.labelling.training import CUE, SPEAKER, asked_values, compared_fields
from workbench.projects.scheme import Field, Scheme
from workbench.storage.among import among

Row = tuple[object, ...]
Rows = Mapping[int, Sequence[DatabaseRow[*Row]]]


@dataclass(frozen=True)
class ReaderOf:
    """What is needed to read any edition of a project: its scheme and its registers."""

    project_id: int
    fields: Sequence[Field]
    outside: frozenset[str]
    speakers: Mapping[int, str]
    targets: Mapping[int, str]


def reader_of(*, project_id: int, scheme: Scheme, registers: Registers) -> ReaderOf:
    """Return what reads the editions of a project; merged register entries are followed."""
    speakers, targets = find_redirects(registers.speakers), find_redirects(registers.targets)
    return ReaderOf(
        project_id=project_id,
        fields=compared_fields(scheme),
        outside=frozenset(zone.name for zone in scheme.zones.values() if not zone.annotatable),
        speakers={one.row: speakers.get(one.id, one.id) for one in registers.speakers},
        targets={one.row: targets.get(one.id, one.id) for one in registers.targets},
    )


def read_readings(
    session: Session, reader: ReaderOf, *, edition_ids: Collection[int], answerers: Collection[str]
) -> dict[int, dict[str, Reading]]:
    """Return the newest answers to these editions, by edition and who answers, as readings.

    Of ``answerers`` only. A sentence that needs no decision is left out; one without a decision is
    unread.
    """
    sentences = read_sentences_of(session, project_id=reader.project_id, edition_ids=edition_ids)
    homes = {one.id: edition for edition, those in sentences.items() for one in those}
    wanted = frozenset(answerers)
    rows = [
        row
        for row in read_by_ids(
            session, _select_newest(), list(homes), {"project": reader.project_id}
        )
        if row.answerer in wanted
    ]
    by_reader: dict[tuple[int, str], list[DatabaseRow[*Row]]] = {}
    for row in rows:
        by_reader.setdefault((homes[row.sentence_id], row.answerer), []).append(row)
    with_claims = [row.id for row in rows if row.decision == Decision.CLAIMS]
    claims = _group(read_by_ids(session, _select_claims(), with_claims))
    claim_rows = [row.id for some in claims.values() for row in some]
    stored = _Stored(
        reader,
        claims,
        _group(read_by_ids(session, _select_links(), claim_rows)),
        _group(read_by_ids(session, _select_stances(), [row.id for row in rows])),
    )
    found: dict[int, dict[str, Reading]] = {edition: {} for edition in sentences}
    for (edition, answerer), answers in by_reader.items():
        found[edition][answerer] = stored.read(sentences[edition], answers)
    return found


def reading_of(
    reader: ReaderOf, sentences: Sequence[SentenceInZone], answers: Mapping[int, Answer]
) -> Reading:
    """Return the same reading of one person's whole answers, by position, merged entries replaced.

    For those who have read them for something else already.
    """
    claims: list[ReadClaim] = []
    alone: dict[int, frozenset[ReadStance]] = {}
    decisions: dict[int, Decision] = {}
    for sentence in sentences:
        answer = answers.get(sentence.position)
        if answer is None or sentence.zone in reader.outside:
            continue
        decisions[sentence.position] = answer.decision
        if answer.stances or answer.decision == Decision.CLAIMS:
            stances: dict[str | None, frozenset[ReadStance]] = {}
            for one in answer.stances:
                stance = ReadStance(one.target, one.value, one.holder)
                stances[one.claim] = stances.get(one.claim, frozenset()) | {stance}
            if answer.decision == Decision.CLAIMS:
                claims += [
                    _read_claim(
                        reader, sentence.position, claim, stances.get(claim.id, frozenset())
                    )
                    for claim in answer.claims
                ]
            if None in stances:
                alone[sentence.position] = stances[None]
    return _make_reading(reader, sentences, decisions, claims, alone)


def _read_claim(
    reader: ReaderOf, position: int, claim: ClaimFrame, stances: frozenset[ReadStance]
) -> ReadClaim:
    last = claim.chain[-1] if claim.chain else None
    cue = (last.cue.start, last.cue.end) if last and last.cue else None
    values = _values(
        reader,
        claim.attributes,
        last.speaker if last else None,
        cue,
        last.attributes if last else {},
    )
    ranges = tuple((part.start, part.end) for part in claim.parts)
    return ReadClaim(position, ranges, values, stances)


def _values(
    reader: ReaderOf,
    attributes: Attributes,
    speaker: str | None,
    cue: Range | None,
    of_link: Attributes,
) -> dict[str, Hashable]:
    """Return what is compared of a claim; nobody has said who says it where there is no speaker."""
    values: dict[str, Hashable] = {}
    is_reported = speaker is not None and speaker != AUTHOR
    if speaker is not None:
        values[SPEAKER] = speaker
    if is_reported:
        values[CUE] = cue
    return values | asked_values(reader.fields, attributes, of_link, is_reported=is_reported)


def _make_reading(
    reader: ReaderOf,
    sentences: Sequence[SentenceInZone],
    decisions: Mapping[int, Decision],
    claims: Sequence[ReadClaim],
    alone: Mapping[int, frozenset[ReadStance]],
) -> Reading:
    words = words_of(
        [(sentence.start, sentence.end) for sentence in sentences],
        decisions,
        [
            (claim.sentence, [Span(start, end, "") for start, end in claim.ranges])
            for claim in claims
        ],
    )
    return Reading(
        {
            sentence.position: word
            for sentence, word in zip(sentences, words, strict=True)
            if sentence.zone not in reader.outside
        },
        claims,
        alone,
    )


@dataclass(frozen=True)
class _Stored:
    """Rows by the row that they belong to."""

    reader: ReaderOf
    claims: Rows
    links: Rows
    stances: Rows

    def read(
        self, sentences: Sequence[SentenceInZone], answers: Iterable[DatabaseRow[*Row]]
    ) -> Reading:
        """Return what one person's answers come to."""
        by_row = {row.sentence_id: row for row in answers}
        decisions: dict[int, Decision] = {}
        claims: list[ReadClaim] = []
        alone: dict[int, frozenset[ReadStance]] = {}
        for sentence in sentences:
            if sentence.zone in self.reader.outside:
                continue
            row = by_row.get(sentence.id)
            if row is not None:
                decisions[sentence.position] = Decision(row.decision)
            if row is not None and (row.id in self.claims or row.id in self.stances):
                stances = self._stances(row.id)
                claims += self._claims(row.id, sentence.position, stances)
                if None in stances:
                    alone[sentence.position] = stances[None]
        return _make_reading(self.reader, sentences, decisions, claims, alone)

    def _claims(
        self,
        revision_id: int,
        position: int,
        stances: Mapping[int | None, frozenset[ReadStance]],
    ) -> list[ReadClaim]:
        return [
            self._claim(position, row, stances.get(row.claim_id, frozenset()))
            for row in self.claims.get(revision_id, ())
        ]

    def _claim(
        self,
        position: int,
        claim: DatabaseRow[*Row],
        stances: frozenset[ReadStance],
    ) -> ReadClaim:
        last = next(iter(self.links.get(claim.id, ())), None)
        cue = (last.cue["start"], last.cue["end"]) if last and last.cue else None
        values = _values(
            self.reader,
            cast(Attributes, claim.attributes),
            self._name(last.source, last.speaker_id) if last else None,
            cue,
            last.attributes if last else {},
        )
        ranges = tuple((part["start"], part["end"]) for part in claim.parts)
        return ReadClaim(position, ranges, values, stances)

    def _stances(self, revision_id: int) -> dict[int | None, frozenset[ReadStance]]:
        found: dict[int | None, frozenset[ReadStance]] = {}
        for row in self.stances.get(revision_id, ()):
            stance = ReadStance(
                self.reader.targets[row.target_id],
                row.value,
                self._name(row.holder, row.speaker_id),
            )
            found[row.claim_id] = found.get(row.claim_id, frozenset()) | {stance}
        return found

    def _name(self, source: str, speaker: int | None) -> str:
        return source if speaker is None else self.reader.speakers[speaker]


def _group(rows: Iterable[DatabaseRow[*Row]]) -> Rows:
    """Put rows under the row they belong to, which is named ``home``."""
    found: dict[int, list[DatabaseRow[*Row]]] = {}
    for row in rows:
        found.setdefault(row.home, []).append(row)
    return found


@cache  # Building a statement takes longer than running it.
def _select_newest() -> Select[*Row]:
    return select(
        newest_revision().label("id"),
        newest_decision().label("decision"),
        Annotation.sentence_id,
        Annotation.answerer,
    ).where(
        Annotation.project_id == bindparam("project"),  # The unique index begins with it.
        among(Annotation.sentence_id),
    )


@cache
def _select_claims() -> Select[*Row]:
    return (
        select(
            ClaimRevision.id,
            ClaimRevision.annotation_revision_id.label("home"),
            ClaimRevision.claim_id,
            ClaimRevision.parts,
            ClaimRevision.attributes,
        )
        .where(among(ClaimRevision.annotation_revision_id))
        .order_by(ClaimRevision.annotation_revision_id, ClaimRevision.position)
    )


@cache
def _select_links() -> Select[*Row]:
    """Select the last link of each chain: who says it."""
    deeper = aliased(AttributionLink)
    last = select(func.max(deeper.depth)).where(
        deeper.claim_revision_id == AttributionLink.claim_revision_id
    )
    return select(
        AttributionLink.claim_revision_id.label("home"),
        AttributionLink.source,
        AttributionLink.speaker_id,
        AttributionLink.cue,
        AttributionLink.attributes,
    ).where(
        among(AttributionLink.claim_revision_id),
        AttributionLink.depth == last.scalar_subquery(),
    )


@cache
def _select_stances() -> Select[*Row]:
    return (
        select(
            Stance.annotation_revision_id.label("home"),
            Stance.claim_id,
            Stance.holder,
            Stance.speaker_id,
            Stance.target_id,
            Stance.value,
        )
        .where(among(Stance.annotation_revision_id))
        .order_by(Stance.annotation_revision_id, Stance.position)
    )
