"""The suggestion-free arm: which sentences were read without suggestions, and what became of these.

A sentence's suggestions are withheld until its first answer in a share of sentences that is drawn
for always; the share itself may be changed. A sentence is in an arm if it was in the same one all
the while that the article was read, and every first answer to it is a person's own.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, cast

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.tables import AuditEvent
from workbench.agreement.figures import Arm, Outcomes
from workbench.canonical import JsonObject
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import newest_revision, read_by_ids
from workbench.labelling.frames import ClaimFrame, SentenceId
from workbench.labelling.origins import Suggested, claim_origins, is_accepted
from workbench.labelling.precision import read_speaker_names, stored_claim, with_stored_claim
from workbench.labelling.suggesting import REJECTED, is_withheld
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    ClaimRevision,
    Suggestion,
    SuggestionDecision,
    SuggestionRun,
)
from workbench.projects.tables import Project
from workbench.storage.among import among
from workbench.storage.database import read_columns

Row = tuple[object, ...]


@dataclass(frozen=True)
class Shares:
    """What share of sentences had no suggestions at first, and since when; of a seed.

    ``percents`` has one more than ``changes``: the first was in force before all of these.
    ``foreign`` has by the row of a sentence the memberships whose first answer came from elsewhere:
    from an earlier edition, or an import.
    """

    project_id: int
    seed: str
    changes: Sequence[datetime]
    percents: Sequence[int]
    foreign: Mapping[int, Collection[int | None]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def has_any(self) -> bool:
        """Whether any sentence was ever to be read without its suggestions."""
        return any(self.percents)

    def between(self, begin: datetime | None, end: datetime) -> set[int]:
        """Return the shares that were in force in a time; it may begin with the project."""
        first = bisect_right(self.changes, begin) if begin else 0
        return set(self.percents[first : bisect_right(self.changes, end) + 1])

    def arm_of(self, sentence: SentenceId, percents: Collection[int]) -> Arm | None:
        """Return the arm of a sentence while these shares were in force, if it was one."""
        drawn = {is_withheld(self.seed, str(sentence), percent) for percent in percents}
        if len(drawn) > 1:
            return None
        return Arm.WITHHELD if drawn.pop() else Arm.SHOWN


@dataclass(frozen=True)
class Readers:
    """Who has read a text edition: their memberships, and from when till when they worked."""

    memberships: frozenset[int]
    began_at: datetime | None
    ended_at: datetime


@dataclass(frozen=True)
class ArmsOfEdition:
    """The sentences of an edition that are in an arm, by position, and what became of suggestions.

    A suggestion belongs to the sentence where it begins. One that begins where suggestions were
    shown but touches a sentence where they were not was hidden for a while, and is left out.
    """

    arms: Mapping[int, Arm]
    outcomes: Mapping[Arm, Outcomes]


def read_shares(session: Session, *, project_id: int) -> Shares:
    """Return what the settings of a project have said so far."""
    project = session.get_one(Project, project_id)
    events = session.execute(
        select(AuditEvent.at, AuditEvent.details)
        .where(AuditEvent.project_id == project_id, AuditEvent.action == "change_project")
        .order_by(AuditEvent.id)
    )
    changes: list[datetime] = []
    percents = [0]
    for at, details in events:
        match details:
            case {"suggestion_free_percent": int(percent)}:
                changes.append(at)
                percents.append(percent)
    if not changes:
        percents = [project.suggestion_free_percent]
    shares = Shares(project_id, project.seed, changes, percents)
    if not shares.has_any:
        return shares
    foreign: dict[int, list[int | None]] = {}
    for row in read_columns(session, _select_foreign(), {"project": project_id}):
        foreign.setdefault(row.sentence_id, []).append(row.membership_id)
    return replace(shares, foreign=foreign)


def read_arms(
    session: Session, shares: Shares, *, editions: Mapping[int, Readers]
) -> dict[int, ArmsOfEdition]:
    """Return the arms of some editions, by row."""
    sentences = _read_sentences(session, shares, editions)
    outcomes = _read_outcomes(session, shares.project_id, sentences, editions)
    arms: dict[int, dict[int, Arm]] = {edition: {} for edition in editions}
    for one in sentences.values():
        if one.arm:
            arms[one.edition][one.position] = one.arm
    return {
        edition: ArmsOfEdition(theirs, outcomes.get(edition, {}))
        for edition, theirs in arms.items()
    }


class _Placed(NamedTuple):
    """A sentence, where it stands, and the arm that it is in."""

    edition: int
    position: int
    range: tuple[int, int]
    arm: Arm | None


def _read_sentences(
    session: Session, shares: Shares, editions: Mapping[int, Readers]
) -> dict[int, _Placed]:
    values = {"project": shares.project_id, "ids": list(editions)}
    percents = {id_: shares.between(one.began_at, one.ended_at) for id_, one in editions.items()}
    found = {}
    for row in read_columns(session, _select_sentences(), values):
        name = SentenceId(row.article, row.number, row.position)
        arm = shares.arm_of(name, percents[row.edition_id])
        if row.id in shares.foreign and not editions[row.edition_id].memberships.isdisjoint(
            shares.foreign[row.id]
        ):
            arm = None
        found[row.id] = _Placed(row.edition_id, row.position, (row.start, row.end), arm)
    return found


@dataclass(frozen=True)
class _Claimed:
    """A claim, and the row of the suggestion that it came from."""

    frame: ClaimFrame
    suggestion: int | None


@dataclass(frozen=True)
class _Said:
    """What one person said of a sentence: the claims of the first answer, and of the newest."""

    first_at: datetime
    first: Sequence[_Claimed]
    newest: Sequence[_Claimed]


@dataclass(frozen=True)
class _Proposed:
    """A suggestion, the sentence where it begins, and the run that made it."""

    row: int
    run: int
    sentence: int
    suggested: Suggested

    @property
    def touched(self) -> Sequence[int]:
        """The positions of all sentences that it touches."""
        return cast("list[int]", self.suggested.frame["sentences"])


def _read_outcomes(
    session: Session,
    project_id: int,
    sentences: Mapping[int, _Placed],
    editions: Mapping[int, Readers],
) -> dict[int, dict[Arm, Outcomes]]:
    """Return what became of the suggestions, by edition and arm."""
    shown = {(one.edition, one.position) for one in sentences.values() if one.arm is Arm.SHOWN}
    proposed = [
        one
        for one in _read_proposed(session, project_id, editions)
        for home in [sentences[one.sentence]]
        if home.arm is Arm.WITHHELD
        or all((home.edition, position) in shown for position in one.touched)
    ]
    said = _read_said(session, project_id, {one.sentence for one in proposed})
    runs = _read_runs(session, editions)
    rejected = {
        (row.suggestion_id, row.membership_id)
        for row in read_by_ids(session, select_decisions(), [one.row for one in proposed])
        if row.decision == REJECTED
    }
    counts: dict[tuple[int, Arm], Counter[str]] = {}
    for one in proposed:
        home = sentences[one.sentence]
        for membership in editions[home.edition].memberships:
            theirs = said.get((one.sentence, membership))
            if home.arm and theirs and _newest(runs[home.edition], theirs.first_at) == one.run:
                became = _judge(one, home, theirs, (one.row, membership) in rejected)
                counts.setdefault((home.edition, home.arm), Counter()).update(["of", *became])
    found: dict[int, dict[Arm, Outcomes]] = {}
    for (edition, arm), counted in counts.items():
        found.setdefault(edition, {})[arm] = Outcomes(**counted)
    return found


def _judge(one: _Proposed, home: _Placed, said: _Said, is_rejected: bool) -> Iterator[str]:
    """Yield what became of a suggestion with one person, as ``Outcomes`` calls it."""
    start, end = home.range
    frame = one.suggested.frame
    parts = [part for part in cast("list[list[int]]", frame["parts"]) if start <= part[0] < end]

    def has_words(claim: _Claimed) -> bool:
        return [[part.start, part.end] for part in claim.frame.parts] == parts

    def says_all(claim: _Claimed) -> bool:
        return has_words(claim) and is_accepted(
            claim_origins(claim.frame, one.suggested, home.range)
        )

    if any(map(has_words, said.first)):
        yield "first_words"
    if any(map(says_all, said.first)):
        yield "first_all"
    if any(claim.suggestion == one.row and not says_all(claim) for claim in said.newest):
        yield "changed"
    elif any(map(says_all, said.newest)):
        yield "as_proposed"
    elif is_rejected:
        yield "rejected"


def _read_proposed(session: Session, project_id: int, editions: Collection[int]) -> list[_Proposed]:
    names = read_speaker_names(session, project_id)
    return [
        _Proposed(
            row.id,
            row.run_id,
            row.sentence_id,
            Suggested(row.rule, row.rule_version, cast(JsonObject, row.frame), names),
        )
        for row in read_columns(session, _select_proposed(), {"ids": list(editions)})
    ]


def _read_runs(
    session: Session, editions: Collection[int]
) -> dict[int, list[tuple[datetime, int]]]:
    """Return when each run of the rules read an edition, in that order."""
    found: dict[int, list[tuple[datetime, int]]] = {edition: [] for edition in editions}
    for row in read_columns(session, _select_runs(), {"ids": list(editions)}):
        found[row.edition_id].append((row.made_at, row.id))
    return found


def _newest(runs: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    """Return the run whose suggestions were there at a moment."""
    return next((run for made_at, run in reversed(runs) if made_at <= at), None)


def _read_said(
    session: Session, project_id: int, sentences: Collection[int]
) -> dict[tuple[int, int], _Said]:
    """Return what people said of these sentences, by sentence and membership."""
    rows = read_by_ids(session, _select_answers(), list(sentences), {"project": project_id})
    wanted = {row.first for row in rows} | {row.newest for row in rows}
    claims: dict[int, list[_Claimed]] = {}
    for row in read_by_ids(session, _select_claims(), list(wanted)):
        claimed = _Claimed(stored_claim(row), row.suggestion_id)
        claims.setdefault(row.annotation_revision_id, []).append(claimed)
    return {
        (row.sentence_id, row.membership_id): _Said(
            row.first_at, claims.get(row.first, ()), claims.get(row.newest, ())
        )
        for row in rows
    }


@cache  # Building a statement takes longer than running it.
def _select_sentences() -> Select[*Row]:
    return (
        select(
            Sentence.id,
            Sentence.edition_id,
            Sentence.position,
            Sentence.start,
            Sentence.end,
            TextEdition.number,
            Article.public_id.label("article"),
        )
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Sentence.project_id == bindparam("project"),
            among(Sentence.edition_id),
        )
    )


@cache
def _select_foreign() -> Select[*Row]:
    """Select the sentences to which somebody's first answer came from elsewhere."""
    return (
        select(Annotation.sentence_id, Annotation.membership_id)
        .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
        .where(
            AnnotationRevision.project_id == bindparam("project"),
            AnnotationRevision.number == 1,
            AnnotationRevision.cause != "human",
        )
    )


@cache
def _select_proposed() -> Select[*Row]:
    return (
        select(
            Suggestion.id,
            Suggestion.run_id,
            Suggestion.sentence_id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.frame,
        )
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(among(SuggestionRun.edition_id))
        .order_by(Suggestion.id)
    )


@cache
def _select_runs() -> Select[*Row]:
    return (
        select(SuggestionRun.id, SuggestionRun.edition_id, SuggestionRun.made_at)
        .where(among(SuggestionRun.edition_id))
        .order_by(SuggestionRun.id)
    )


@cache
def _select_answers() -> Select[*Row]:
    first = aliased(AnnotationRevision)
    return (
        select(
            Annotation.sentence_id,
            Annotation.membership_id,
            first.id.label("first"),
            first.made_at.label("first_at"),
            newest_revision().label("newest"),
        )
        .select_from(Annotation)
        .join(first, and_(first.annotation_id == Annotation.id, first.number == 1))
        .where(
            Annotation.project_id == bindparam("project"),  # The unique index begins with it.
            among(Annotation.sentence_id),
            Annotation.membership_id.is_not(None),
        )
    )


@cache
def _select_claims() -> Select[*Row]:
    return with_stored_claim(
        select(ClaimRevision.annotation_revision_id, ClaimRevision.suggestion_id)
        .select_from(ClaimRevision)
        .where(among(ClaimRevision.annotation_revision_id))
    )


@cache
def select_decisions() -> Select[*Row]:
    """Select the last word of each person on each suggestion, of the rows ``ids``."""
    later = aliased(SuggestionDecision)
    newest = (
        select(func.max(later.id))
        .where(
            later.suggestion_id == SuggestionDecision.suggestion_id,
            later.membership_id == SuggestionDecision.membership_id,
        )
        .scalar_subquery()
    )
    return select(
        SuggestionDecision.suggestion_id,
        SuggestionDecision.membership_id,
        SuggestionDecision.decision,
    ).where(
        among(SuggestionDecision.suggestion_id),
        SuggestionDecision.id == newest,
    )
