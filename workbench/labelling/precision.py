"""How often each rule's suggestions are accepted: what people decided on them, counted.

What counts is one person's decision on one suggestion, as it stands now: accepted if a claim of
their newest answer came from it, else rejected if they said so last. A claim that changed
something the suggestion said is accepted with changes; `origins` tells which. What learners decide
in training does not count.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import cache
from typing import NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from workbench.agreement.proportions import Proportion, estimate_proportion
from workbench.canonical import JsonObject
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import newest_revision, read_parts, read_span
from workbench.labelling.frames import AUTHOR, Attributes, ClaimFrame, Link
from workbench.labelling.origins import Suggested, claim_origins, is_accepted
from workbench.labelling.registers import find_redirects, load_registers
from workbench.labelling.remembered import Recent
from workbench.labelling.suggesting import REJECTED
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    ClaimRevision,
    Suggestion,
    SuggestionDecision,
    SuggestionRun,
)
from workbench.labelling.training import was_training
from workbench.storage.database import read_columns
from workbench.suggestions.rules import RULES

ARTICLES_AT_A_TIME = 50
MAX_COUNTS = 50_000

Columns = tuple[object, ...]
Names = Mapping[str, frozenset[str]]  # of speakers, by row: the number as a word


@dataclass(frozen=True)
class Which:
    """The suggestions and decisions that count.

    ``article`` is a slug; decisions of the days from ``since`` to ``until`` (UTC) count, both
    included; of ``except_articles``, rows, nothing does.
    """

    project_id: int
    article: str | None = None
    since: date | None = None
    until: date | None = None
    except_articles: Collection[int] = ()

    def is_in_period(self, day: date) -> bool:
        """Tell whether what was decided on that day counts."""
        return (self.since or day) <= day <= (self.until or day)

    def articles(self) -> Iterator[ColumnElement[bool]]:
        """Yield what is asked of an article, in a statement over its table."""
        yield Article.project_id == self.project_id
        yield Article.erased_at.is_(None)
        if self.article is not None:
            yield Article.slug == self.article
        if self.except_articles:
            yield Article.id.not_in(self.except_articles)


@dataclass(frozen=True)
class RulePrecision:
    """What became of the suggestions of one version of a rule.

    ``waiting`` are suggestions of the newest run on which nobody has decided.
    """

    rule: str
    version: int
    as_proposed: int = 0
    changed: int = 0
    rejected: int = 0
    waiting: int = 0

    @property
    def decided(self) -> int:
        """How many decisions there are."""
        return self.as_proposed + self.changed + self.rejected

    @property
    def precision(self) -> Proportion | None:
        """The share of decisions that accept, with changes or without; None of no decision."""
        return estimate_proportion(self.as_proposed + self.changed, self.decided)

    @property
    def exact_precision(self) -> Proportion | None:
        """The share of decisions that accept and change nothing; None of no decision."""
        return estimate_proportion(self.as_proposed, self.decided)


class _Outcome(IntEnum):
    """What became of a suggestion; of several claims from it, the greatest one counts."""

    REJECTED = 0
    AS_PROPOSED = 1
    CHANGED = 2


class _Said(NamedTuple):
    """That one person decided on a suggestion of a rule, and when."""

    rule: str
    version: int
    run: int
    outcome: _Outcome
    at: datetime


class _State(NamedTuple):
    """What the decisions on an article depend on; all but the learners only ever grows."""

    revisions: int
    decisions: int
    learners: frozenset[int]


@dataclass(frozen=True)
class _Counted:
    """The decisions on one article in one state.

    ``by_day`` counts decisions by rule, version, outcome and day, ``decided`` the suggestions
    decided on by run, rule and version; ``speakers`` are the names under which the register then
    knew those who say the claims.
    """

    state: _State
    by_day: Mapping[tuple[str, int, _Outcome, date], int]
    decided: Mapping[tuple[int, str, int], int]
    speakers: Names


_REMEMBERED: WeakKeyDictionary[Engine, Recent[int, _Counted]] = WeakKeyDictionary()


def measure_precision(session: Session, which: Which) -> list[RulePrecision]:
    """Return the precision of every rule, each version on its own, by name and version.

    A rule is there in its present version even if it has proposed nothing. What was counted in an
    article is remembered until somebody decides there again.
    """
    counts: Counter[tuple[str, int, _Outcome]] = Counter()
    decided: Counter[tuple[int, str, int]] = Counter()
    for article in _count_decisions(session, which):
        decided.update(article.decided)
        for (rule, version, outcome, day), number in article.by_day.items():
            if which.is_in_period(day):
                counts[rule, version, outcome] += number
    waiting = _count_waiting(session, which, decided)
    versions = {(rule.name, rule.version) for rule in RULES.values()}
    versions |= waiting.keys() | {(rule, version) for rule, version, _ in counts}
    return [
        RulePrecision(
            rule,
            version,
            as_proposed=counts[rule, version, _Outcome.AS_PROPOSED],
            changed=counts[rule, version, _Outcome.CHANGED],
            rejected=counts[rule, version, _Outcome.REJECTED],
            waiting=waiting[rule, version],
        )
        for rule, version in sorted(versions)
    ]


def _count_decisions(session: Session, which: Which) -> Iterator[_Counted]:
    """Yield what was decided on each article; few articles at a time are in memory."""
    remembered = _REMEMBERED.setdefault(
        session.get_bind().engine, Recent(MAX_COUNTS, lambda one: 1 + len(one.by_day))
    )
    names = read_speaker_names(session, which.project_id)
    states = _read_states(session, which)
    anew: list[int] = []
    for article_id, state in states.items():
        known = remembered.get(article_id)
        if known and known.state == state and known.speakers.items() <= names.items():
            yield known
        else:
            anew.append(article_id)
    for start in range(0, len(anew), ARTICLES_AT_A_TIME):
        ids = anew[start : start + ARTICLES_AT_A_TIME]
        said = _read_decisions(session, which.project_id, ids, names)
        for article_id in ids:
            counted = _count(states[article_id], *said[article_id])
            if not session.info.get("writing"):
                remembered.put(article_id, counted)
            yield counted


def _count(state: _State, said: Mapping[tuple[int, int], _Said], speakers: Names) -> _Counted:
    suggestions = {id_: (one.run, one.rule, one.version) for (id_, _), one in said.items()}
    return _Counted(
        state,
        Counter((one.rule, one.version, one.outcome, one.at.date()) for one in said.values()),
        Counter(suggestions.values()),
        speakers,
    )


def _count_waiting(
    session: Session, which: Which, decided: Mapping[tuple[int, str, int], int]
) -> Counter[tuple[str, int]]:
    """Count by rule and version what is shown now and nobody has ever decided on."""
    waiting: Counter[tuple[str, int]] = Counter()
    for row in session.execute(_select_shown(which)):
        of_rule = row.run_id, row.rule, row.rule_version
        waiting[row.rule, row.rule_version] += row.number - decided.get(of_rule, 0)
    return waiting


def read_speaker_names(session: Session, project_id: int) -> dict[str, frozenset[str]]:
    """Return the names of each speaker by row; a merged one has those of whom it is now."""
    speakers = load_registers(session, project_id=project_id).speakers
    redirects = find_redirects(speakers)
    names = {
        entry.id: frozenset(name.casefold() for name in (entry.name, *entry.aliases))
        for entry in speakers
    }
    return {str(entry.row): names[redirects.get(entry.id, entry.id)] for entry in speakers}


def _read_states(session: Session, which: Which) -> dict[int, _State]:
    """Return the state of each article on which somebody has decided something."""
    revisions = _read_numbers(session, _select_revisions(which))
    decisions = _read_numbers(session, _select_decisions(which))
    learners: dict[int, set[int]] = {}
    for row in session.execute(_select_learners(which)):
        learners.setdefault(row.id, set()).add(row.membership_id)
    return {
        id_: _State(revisions.get(id_, 0), decisions.get(id_, 0), frozenset(learners.get(id_, ())))
        for id_ in sorted(revisions.keys() | decisions.keys())
    }


def _read_numbers(session: Session, statement: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(statement)}


def _read_decisions(
    session: Session, project_id: int, article_ids: Sequence[int], names: Names
) -> dict[int, tuple[dict[tuple[int, int], _Said], dict[str, frozenset[str]]]]:
    """Return by article the decisions as they stand, by suggestion and membership, and speakers."""
    found: dict[int, tuple[dict[tuple[int, int], _Said], dict[str, frozenset[str]]]] = {
        id_: ({}, {}) for id_ in article_ids
    }
    values = {"project": project_id, "articles": list(article_ids)}
    for row in read_columns(session, _select_rejected(), values):
        said, _ = found[row.article_id]
        said[row.id, row.membership_id] = _said(row, _Outcome.REJECTED)
    for row in read_columns(session, _select_accepted(), values):
        said, speakers = found[row.article_id]
        claim = stored_claim(row)
        speakers |= {
            link.speaker: names[link.speaker] for link in claim.chain if link.speaker in names
        }
        suggested = Suggested(row.rule, row.rule_version, cast(JsonObject, row.frame), names)
        is_kept = is_accepted(claim_origins(claim, suggested, (row.start, row.end)))
        one = _said(row, _Outcome.AS_PROPOSED if is_kept else _Outcome.CHANGED)
        pair = row.id, row.membership_id
        said[pair] = max(said.get(pair, one), one)
    return found


def _said(row: Row[*Columns], outcome: _Outcome) -> _Said:
    return _Said(row.rule, row.rule_version, row.run_id, outcome, row.made_at)


def with_stored_claim(statement: Select[*Columns]) -> Select[*Columns]:
    """Let a statement over ``ClaimRevision`` read what ``stored_claim`` makes a claim of, too."""
    deeper, relay = aliased(AttributionLink), aliased(AttributionLink)
    deepest = (
        select(func.max(deeper.depth))
        .where(deeper.claim_revision_id == ClaimRevision.id)
        .scalar_subquery()
    )
    last = and_(
        AttributionLink.claim_revision_id == ClaimRevision.id, AttributionLink.depth == deepest
    )
    before = and_(
        relay.claim_revision_id == ClaimRevision.id, relay.depth == AttributionLink.depth - 1
    )
    return (
        statement.add_columns(
            ClaimRevision.parts,
            ClaimRevision.attributes,
            AttributionLink.depth,
            AttributionLink.source,
            AttributionLink.speaker_id,
            AttributionLink.mention,
            AttributionLink.cue,
            AttributionLink.attributes.label("link_attributes"),
            relay.speaker_id.label("relay_id"),
        )
        .outerjoin(AttributionLink, last)
        .outerjoin(relay, before)
    )


def stored_claim(row: Row[*Columns]) -> ClaimFrame:
    """Make of a row what is compared with a suggestion: content, attributes, the last links."""
    chain: tuple[Link, ...] = ()
    if row.depth is not None:
        last = Link(
            row.source if row.speaker_id is None else str(row.speaker_id),
            read_span(row.mention),
            read_span(row.cue),
            cast(Attributes, row.link_attributes),
        )
        before = (*(Link(AUTHOR) for _ in range(row.depth)),)
        if row.relay_id is not None:
            before = (*before[:-1], Link(str(row.relay_id)))
        chain = (*before, last)
    return ClaimFrame("", read_parts(row.parts), cast(Attributes, row.attributes), chain)


def _select_revisions(which: Which) -> Select[int, int]:
    return (
        select(Article.id, func.count())
        .join(TextEdition, TextEdition.article_id == Article.id)
        .join(Sentence, Sentence.edition_id == TextEdition.id)
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
        .where(*which.articles(), Annotation.project_id == which.project_id)
        .group_by(Article.id)
    )


def _select_decisions(which: Which) -> Select[int, int]:
    return (
        select(Article.id, func.count())
        .join(TextEdition, TextEdition.article_id == Article.id)
        .join(SuggestionRun, SuggestionRun.edition_id == TextEdition.id)
        .join(Suggestion, Suggestion.run_id == SuggestionRun.id)
        .join(SuggestionDecision, SuggestionDecision.suggestion_id == Suggestion.id)
        .where(*which.articles(), SuggestionDecision.project_id == which.project_id)
        .group_by(Article.id)
    )


def _select_learners(which: Which) -> Select[*Columns]:
    return (
        select(Article.id, Assignment.membership_id)
        .join(Assignment, Assignment.article_id == Article.id)
        .where(*which.articles(), Assignment.is_training, Assignment.membership_id.is_not(None))
    )


@cache  # Building a statement takes longer than running it.
def _select_rejected() -> Select[*Columns]:
    later = aliased(SuggestionDecision)
    newest = (
        select(func.max(later.id))
        .where(
            later.suggestion_id == SuggestionDecision.suggestion_id,
            later.membership_id == SuggestionDecision.membership_id,
        )
        .scalar_subquery()
    )
    runs = (
        select(SuggestionRun.id)
        .join(TextEdition, TextEdition.id == SuggestionRun.edition_id)
        .where(TextEdition.article_id.in_(bindparam("articles", expanding=True)))
    )
    suggestions = select(Suggestion.id).where(Suggestion.run_id.in_(runs))
    return (
        select(
            Article.id.label("article_id"),
            Suggestion.id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.run_id,
            SuggestionDecision.membership_id,
            SuggestionDecision.made_at,
        )
        .join(Suggestion, Suggestion.id == SuggestionDecision.suggestion_id)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .join(TextEdition, TextEdition.id == SuggestionRun.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            SuggestionDecision.suggestion_id.in_(suggestions),
            SuggestionDecision.decision == REJECTED,
            SuggestionDecision.id == newest,
            ~was_training(SuggestionDecision.membership_id),
        )
    )


@cache
def _select_accepted() -> Select[*Columns]:
    sentences = (
        select(Sentence.id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id.in_(bindparam("articles", expanding=True)))
    )
    return with_stored_claim(
        select(
            Article.id.label("article_id"),
            Suggestion.id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.run_id,
            Suggestion.frame,
            Annotation.membership_id,
            AnnotationRevision.made_at,
            Sentence.start,
            Sentence.end,
        )
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .join(Suggestion, Suggestion.id == ClaimRevision.suggestion_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Annotation.project_id == bindparam("project"),  # The unique index begins with it.
            Annotation.sentence_id.in_(sentences),
            Annotation.membership_id.is_not(None),  # The agreed answer is nobody's own decision.
            ~was_training(Annotation.membership_id),
        )
    )


def _select_shown(which: Which) -> Select[*Columns]:
    newest_run = (
        select(func.max(SuggestionRun.id))
        .join(TextEdition, TextEdition.id == SuggestionRun.edition_id)
        .where(SuggestionRun.project_id == which.project_id)
        .group_by(TextEdition.article_id)
    )
    return (
        select(
            Suggestion.run_id,
            Suggestion.rule,
            Suggestion.rule_version,
            func.count().label("number"),
        )
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .join(TextEdition, TextEdition.id == SuggestionRun.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            *which.articles(),
            Article.withdrawn_at.is_(None),
            Suggestion.run_id.in_(newest_run),
        )
        .group_by(Suggestion.run_id, Suggestion.rule, Suggestion.rule_version)
    )
