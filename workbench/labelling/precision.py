"""How often each rule's suggestions are accepted: what people decided on them, counted.

What counts is one person's decision on one suggestion, as it stands now: accepted if a claim of
their newest answer came from it, else rejected if they said so last. A claim that changed
something the suggestion said is accepted with changes; `origins` tells which. What learners decide
in training does not count.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from workbench.agreement.proportions import Proportion, estimate_proportion
from workbench.canonical import JsonObject
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import newest_revision, read_parts, read_span
from workbench.labelling.frames import AUTHOR, Attributes, ClaimFrame, Link
from workbench.labelling.origins import Suggested, claim_origins, is_accepted
from workbench.labelling.registers import find_redirects, load_registers
from workbench.labelling.suggesting import REJECTED
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    AttributionLink,
    ClaimRevision,
    Suggestion,
    SuggestionDecision,
    SuggestionRun,
)
from workbench.labelling.training import was_training
from workbench.suggestions.rules import RULES

Columns = tuple[object, ...]


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

    def is_in_period(self, moment: datetime) -> bool:
        """Tell whether what was decided then counts."""
        day = moment.date()
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


class _Decided(NamedTuple):
    rule: str
    version: int
    run: int
    outcome: _Outcome
    at: datetime


def measure_precision(session: Session, which: Which) -> list[RulePrecision]:
    """Return the precision of every rule, each version on its own, by name and version.

    A rule is there in its present version even if it has proposed nothing.
    """
    decided = _read_decisions(session, which)
    counts = Counter(
        (one.rule, one.version, one.outcome)
        for one in decided.values()
        if which.is_in_period(one.at)
    )
    waiting = _count_waiting(session, which, {id_: one for (id_, _), one in decided.items()})
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


def _read_decisions(session: Session, which: Which) -> dict[tuple[int, int], _Decided]:
    """Return the decisions as they stand, by suggestion and membership."""
    decided = {
        (row.id, row.membership_id): _decided(row, _Outcome.REJECTED)
        for row in session.execute(_select_rejected(which))
    }
    for row, is_kept in _read_accepted(session, which):
        said = _decided(row, _Outcome.AS_PROPOSED if is_kept else _Outcome.CHANGED)
        pair = row.id, row.membership_id
        decided[pair] = max(decided.get(pair, said), said)
    return decided


def _decided(row: Row[*Columns], outcome: _Outcome) -> _Decided:
    return _Decided(row.rule, row.rule_version, row.run_id, outcome, row.made_at)


def _count_waiting(
    session: Session, which: Which, decided: Mapping[int, _Decided]
) -> Counter[tuple[str, int]]:
    """Count by rule and version what is shown now and nobody has ever decided on."""
    rows = session.execute(_select_shown(which)).all()
    shown = {row.run_id for row in rows}
    waiting: Counter[tuple[str, int]] = Counter()
    for row in rows:
        waiting[row.rule, row.rule_version] += row.number
    waiting.subtract((one.rule, one.version) for one in decided.values() if one.run in shown)
    return waiting


def _read_accepted(session: Session, which: Which) -> Iterator[tuple[Row[*Columns], bool]]:
    """Yield the claims of newest answers that came from a suggestion, and whether all is kept."""
    registers = load_registers(session, project_id=which.project_id)
    names = {
        entry.id: frozenset(name.casefold() for name in (entry.name, *entry.aliases))
        for entry in registers.speakers
    }
    redirects = find_redirects(registers.speakers)
    speakers = {entry.row: redirects.get(entry.id, entry.id) for entry in registers.speakers}
    for row in session.execute(_select_accepted(which)):
        suggested = Suggested(row.rule, row.rule_version, cast(JsonObject, row.frame), names)
        origins = claim_origins(_claim(row, speakers), suggested, (row.start, row.end))
        yield row, is_accepted(origins)


def _claim(row: Row[*Columns], speakers: Mapping[int, str]) -> ClaimFrame:
    """Make of a row what is compared with a suggestion: content, attributes, the last link."""
    chain: tuple[Link, ...] = ()
    if row.depth is not None:
        last = Link(
            speakers.get(row.speaker_id, row.source),
            read_span(row.mention),
            read_span(row.cue),
            cast(Attributes, row.link_attributes),
        )
        chain = (*(Link(AUTHOR) for _ in range(row.depth)), last)
    return ClaimFrame("", read_parts(row.parts), cast(Attributes, row.attributes), chain)


def _select_rejected(which: Which) -> Select[*Columns]:
    later = aliased(SuggestionDecision)
    newest = (
        select(func.max(later.id))
        .where(
            later.suggestion_id == SuggestionDecision.suggestion_id,
            later.membership_id == SuggestionDecision.membership_id,
        )
        .scalar_subquery()
    )
    return (
        select(
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
            *which.articles(),
            SuggestionDecision.project_id == which.project_id,
            SuggestionDecision.decision == REJECTED,
            SuggestionDecision.id == newest,
            ~was_training(SuggestionDecision.membership_id),
        )
    )


def _select_accepted(which: Which) -> Select[*Columns]:
    deeper = aliased(AttributionLink)
    deepest = (
        select(func.max(deeper.depth))
        .where(deeper.claim_revision_id == ClaimRevision.id)
        .scalar_subquery()
    )
    return (
        select(
            Suggestion.id,
            Suggestion.rule,
            Suggestion.rule_version,
            Suggestion.run_id,
            Suggestion.frame,
            Annotation.membership_id,
            AnnotationRevision.made_at,
            Sentence.start,
            Sentence.end,
            ClaimRevision.parts,
            ClaimRevision.attributes,
            AttributionLink.depth,
            AttributionLink.source,
            AttributionLink.speaker_id,
            AttributionLink.mention,
            AttributionLink.cue,
            AttributionLink.attributes.label("link_attributes"),
        )
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .join(Suggestion, Suggestion.id == ClaimRevision.suggestion_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .outerjoin(
            AttributionLink,
            and_(
                AttributionLink.claim_revision_id == ClaimRevision.id,
                AttributionLink.depth == deepest,
            ),
        )
        .where(
            *which.articles(),
            Annotation.project_id == which.project_id,
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
