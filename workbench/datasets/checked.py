"""Statements, their verdicts and evidence, and what was corrected, as lines of a snapshot.

They are as many as people wrote, so that all of them are in memory at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from workbench.canonical import Json, JsonObject
from workbench.datasets.blocks import Place
from workbench.datasets.operations import to_instant
from workbench.datasets.queries import releases_with_verdict
from workbench.datasets.rights import span_writer
from workbench.factcheck.appearances import AppearanceView, feature, read_appearances
from workbench.factcheck.claimreview import review_of
from workbench.factcheck.frozen import FrozenEvidence
from workbench.factcheck.published import Search, Source
from workbench.factcheck.publishing import (
    ApprovedVerdict,
    Given,
    read_approved,
    read_corrections,
)
from workbench.factcheck.rules import State
from workbench.factcheck.scales import NumberedScale
from workbench.factcheck.tables import Statement, StatementLink, StatementRevision, WorkflowStep
from workbench.labelling.frames import Span
from workbench.projects.tables import Project

SUPPORTS = "supports"


@dataclass(frozen=True)
class Stated:
    """A statement as it is now, with its appearances, the featured one marked."""

    row: int
    id: str
    state: str
    revision: StatementRevision
    appearances: Sequence[AppearanceView]


@dataclass(frozen=True)
class CheckedLines:
    """The lines of a project's fact-checks, sorted; ``scales`` are those of the verdicts.

    ``revisions`` are the rows of the verdicts' revisions. ``left_out`` counts by reason.
    """

    statements: Sequence[JsonObject]
    verdicts: Sequence[JsonObject]
    evidence: Sequence[JsonObject]
    errata: Sequence[JsonObject]
    scales: Mapping[int, JsonObject]
    revisions: Sequence[int]
    left_out: Mapping[str, int]


def read_statements(session: Session, *, project_id: int) -> list[Stated]:
    """Return the statements of a project by public id."""
    later, step = aliased(StatementRevision), aliased(WorkflowStep)
    newest_step = select(func.max(step.id)).where(step.statement_id == Statement.id)
    newest_revision = select(func.max(later.number)).where(later.statement_id == Statement.id)
    rows = session.execute(
        select(Statement.id, Statement.public_id, WorkflowStep.state, StatementRevision)
        .join(WorkflowStep, WorkflowStep.statement_id == Statement.id)
        .join(StatementRevision, StatementRevision.statement_id == Statement.id)
        .where(
            Statement.project_id == project_id,
            WorkflowStep.id == newest_step.correlate(Statement).scalar_subquery(),
            StatementRevision.number == newest_revision.correlate(Statement).scalar_subquery(),
        )
    ).all()
    views = read_appearances(session, project_id=project_id, statements=[row[0] for row in rows])
    found = []
    for row, public_id, state, revision in rows:
        marked, _ = feature(views[row], revision.featured_id)
        found.append(Stated(row, public_id, state, revision, marked))
    return sorted(found, key=lambda one: one.id)


def list_claims(statements: Sequence[Stated]) -> set[str]:
    """Return the ids of the claims that are appearances."""
    views = (view for one in statements for view in one.appearances)
    return {view.claim.id for view in views if view.claim}


def checked_lines(
    session: Session,
    *,
    project: Project,
    statements: Sequence[Stated],
    places: Mapping[str, Place],
    base_url: str,
) -> CheckedLines:
    """Return the lines; ``places`` has by claim the gold claim that stands for it, if any."""
    links = _read_links(session, project.id)
    lines = [_statement(one, places, links.get(one.id, [])) for one in statements]
    known = {one.id: _known_appearances(line) for one, line in zip(statements, lines, strict=True)}
    approved = sorted(
        read_approved(session, project=project, base_url=base_url),
        key=lambda one: (one.check.id, one.frozen.number),
    )
    releases = releases_with_verdict(session, project_id=project.id)
    scales: dict[int, NumberedScale] = {
        one.frozen.scale.number: one.frozen.scale for one in approved
    }
    return CheckedLines(
        statements=lines,
        verdicts=[_verdict(one, known[one.check.id]) for one in approved],
        evidence=_evidence(approved),
        errata=[
            {
                "type": "erratum",
                "statement": one.statement,
                "verdict": f"{one.statement}.{one.new.number}" if one.new else None,
                "at": to_instant(one.at),
                "kind": "corrected" if one.new else "withdrawn",
                "reason": one.reason,
                "old": _judgement(one.statement, one.old),
                "new": _judgement(one.statement, one.new) if one.new else None,
                "releases": [
                    {"version": str(version), "records": _touched(one.statement, one.old)}
                    for version in releases.get(one.old.row, ())
                ],
            }
            for one in read_corrections(session, project=project, base_url=base_url)
        ],
        scales={number: scale.scale.document for number, scale in sorted(scales.items())},
        revisions=[one.frozen.row for one in approved],
        left_out={
            "appearances": sum(int(str(line["left_out"])) for line in lines),
            "withdrawn_statements": sum(one.state == State.WITHDRAWN for one in statements),
        },
    )


def _statement(one: Stated, places: Mapping[str, Place], links: Sequence[JsonObject]) -> JsonObject:
    appearances: list[Json] = []
    for view in sorted(one.appearances, key=lambda view: view.id):
        place = places.get(view.claim.id) if view.claim else None
        if place:
            appearances.append(
                {
                    "id": view.id,
                    "claim": place.claim,
                    "sentence": place.sentence,
                    "article": place.article,
                    "relation": view.relation.value,
                    "parts": [_part(span, place) for span in view.parts] if view.parts else None,
                    "featured": view.is_featured,
                }
            )
    return {
        "type": "statement",
        "id": one.id,
        "wording": one.revision.wording,
        "language": one.revision.language,
        "claim_type": one.revision.claim_type,
        "strategy": one.revision.strategy,
        "state": one.state,
        "appearances": appearances,
        "links": [*links],
        "left_out": len(one.appearances) - len(appearances),
    }


def _part(span: Span, place: Place) -> JsonObject:
    return {
        **span_writer(is_allowed=place.text_allowed)(span),
        "start_in_sentence": span.start - place.start,
        "end_in_sentence": span.end - place.start,
    }


def _known_appearances(line: JsonObject) -> set[str]:
    return {str(one["id"]) for one in cast("list[JsonObject]", line["appearances"])}


def _verdict(one: ApprovedVerdict, known: set[str]) -> JsonObject:
    check, frozen = one.check, one.frozen
    return {
        "type": "verdict",
        "id": f"{check.id}.{frozen.number}",
        "statement": check.id,
        "number": frozen.number,
        "rating": frozen.rating.value,
        "value": frozen.value.id,
        "words": dict(frozen.value.words),
        "scale": frozen.scale.number,
        "wording": frozen.wording,
        "justification": frozen.justification,
        "context": frozen.context or None,
        "correction": frozen.correction or None,
        "published_on": to_instant(one.approved_at)[:10],
        "changed_on": to_instant(one.replaced_at)[:10] if one.replaced_at else None,
        "is_current": one.replaced_at is None,
        "appearances": [*sorted(held.id for held in frozen.appearances if held.id in known)],
        "evidence": [*sorted(_evidence_id(held) for held in frozen.evidence)],
        "searches": [_search(search) for search in check.searches],
        "claim_review": review_of(check, language=check.language) if one.is_public else None,
    }


def _search(search: Search) -> JsonObject:
    return {
        "query": search.query,
        "place": search.place,
        "searched_on": search.searched_on.isoformat(),
        "outcome": search.outcome,
    }


def _evidence(approved: Sequence[ApprovedVerdict]) -> list[JsonObject]:
    """Return each piece of evidence once, as the newest verdict that rests on it sees it."""
    verdicts: dict[str, list[Json]] = {}
    lines: dict[str, JsonObject] = {}
    for one in approved:
        for held, source in zip(one.frozen.evidence, one.check.sources, strict=True):
            id_ = _evidence_id(held)
            verdicts.setdefault(id_, []).append(f"{one.check.id}.{one.frozen.number}")
            lines[id_] = _one_evidence(one.check.id, held, source)
    return [{**lines[id_], "verdicts": verdicts[id_]} for id_ in sorted(lines)]


def _one_evidence(statement: str, held: FrozenEvidence, source: Source) -> JsonObject:
    return {
        "type": "evidence",
        "id": _evidence_id(held),
        "statement": statement,
        "question": held.question,
        "answer": held.answer,
        "answer_type": held.answer_type.value,
        "bearing": held.bearing.value,
        "url": held.url,
        "title": held.title,
        "publisher": held.publisher,
        "origin": held.origin,
        "published": held.published,
        "accessed": held.accessed.isoformat(),
        "archived_url": held.archived_url,
        "passage": held.passage,
        "medium": held.medium.value,
        "source_kind": held.source_kind.value,
        "is_independent": held.is_independent,
        "is_later": source.is_later,
    }


def _evidence_id(held: FrozenEvidence) -> str:
    return f"{held.id}.{held.number}"


def _judgement(statement: str, given: Given) -> JsonObject:
    return {
        "id": f"{statement}.{given.number}",
        "rating": given.verdict.rating.value,
        "value": given.verdict.id,
        "words": dict(given.verdict.words),
    }


def _touched(statement: str, given: Given) -> list[Json]:
    """Return the records that a release with this verdict has of it."""
    return [
        {"config": "statements", "id": statement},
        {"config": "verdicts", "id": f"{statement}.{given.number}"},
    ]


def _read_links(session: Session, project_id: int) -> dict[str, list[JsonObject]]:
    """Return what each statement is to others, by id; what supports has a direction."""
    statements = session.execute(
        select(Statement.id, Statement.public_id).where(Statement.project_id == project_id)
    )
    ids = {row.id: row.public_id for row in statements}
    rows = session.execute(
        select(StatementLink.one_id, StatementLink.other_id, StatementLink.kind).where(
            StatementLink.project_id == project_id, StatementLink.removed_at.is_(None)
        )
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for one, other, kind in rows:
        for holder, held in _directions(ids[one], ids[other], kind):
            found.setdefault(holder, []).append((held, kind))
    return {
        holder: [{"kind": kind, "other": other} for other, kind in sorted(set(links))]
        for holder, links in found.items()
    }


def _directions(one: str, other: str, kind: str) -> Iterator[tuple[str, str]]:
    yield one, other
    if kind != SUPPORTS:
        yield other, one
