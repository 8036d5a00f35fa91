"""Where a statement appears: claims of articles, or parts of them, and what has changed since.

Speaker, date and place come from them. What becomes of a claim afterwards flags its appearance and
alters nothing: a person looks, and keeps it or takes it away.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.operations import record_act
from workbench.canonical import Json
from workbench.corpus.dates import sort_key
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.factcheck.claims import (
    SeenClaim,
    Source,
    find_claim,
    list_hidden,
    mark,
    read_claims,
    read_noted,
    resolve_claims,
)
from workbench.factcheck.rules import Relation
from workbench.factcheck.statements import copy_revision, open_statement
from workbench.factcheck.tables import Appearance, Statement
from workbench.labelling.answers import newest_revision, read_by_ids, read_parts
from workbench.labelling.frames import Span, span_json
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    CarriedClaim,
    Claim,
    ClaimRevision,
)
from workbench.storage.among import among
from workbench.storage.base import make_public_id


class Change(StrEnum):
    """What became of a claim since somebody last looked at its appearance."""

    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True)
class AppearanceView:
    """An appearance as it reads today.

    ``claim`` is the one that stands for what was chosen: the agreed one, in the newest text. It
    is none while it is hidden from the reader. The speaker, the date and the place are the claim's.
    ``parts`` are none where all of the claim is meant.
    """

    row: int
    id: str
    statement_id: int
    relation: Relation
    claim: SeenClaim | None
    parts: tuple[Span, ...] | None
    change: Change | None
    is_first: bool
    is_featured: bool
    made_at: datetime

    @property
    def is_hidden(self) -> bool:
        """Whether the reader still labels the article, and so must not see its claims."""
        return self.claim is None

    @property
    def quote(self) -> str:
        """The words that say it."""
        return " […] ".join(part.text for part in self._spans)

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The sentence cut into pieces, each with whether it is among the words that say it."""
        if self.claim is None:
            return []
        passage = self.claim.passage
        return mark(passage.sentence, passage.start, self._spans)

    @property
    def published(self) -> str | None:
        """When it was said: the date of the article, as EDTF."""
        return self.claim.passage.published if self.claim else None

    @property
    def source(self) -> Source | None:
        """Who said it: the innermost of the claim's chain."""
        return self.claim.source if self.claim else None

    @property
    def _spans(self) -> tuple[Span, ...]:
        return self.parts or (self.claim.parts if self.claim else ())


def read_appearances(
    session: Session, *, project_id: int, statements: Collection[int], reader: int | None = None
) -> dict[int, list[AppearanceView]]:
    """Return the appearances of statements by the statements' rows, the earliest article first.

    Articles without a date come last. What the reader may not see yet is there without its claim.
    """
    rows = session.scalars(
        select(Appearance)
        .where(
            Appearance.project_id == project_id,
            Appearance.statement_id.in_(list(statements)),
            Appearance.removed_at.is_(None),
        )
        .order_by(Appearance.id)
    ).all()
    found: dict[int, list[AppearanceView]] = {statement: [] for statement in statements}
    for view in _describe(session, project_id, rows, reader):
        found[view.statement_id].append(view)
    return {statement: _in_order(views) for statement, views in found.items()}


def read_whole(session: Session, *, statement: Statement) -> list[AppearanceView]:
    """Return all appearances of one statement, none of them hidden."""
    return read_appearances(session, project_id=statement.project_id, statements=[statement.id])[
        statement.id
    ]


def hide_claims(views: Sequence[AppearanceView], hidden: Collection[int]) -> list[AppearanceView]:
    """Return a statement's appearances without their claims in articles that are hidden."""
    return _in_order(_hide(views, hidden))


def find_moved(session: Session, *, project_id: int, statements: Sequence[int]) -> list[int]:
    """Return those of these statements, in their order, of which a claim may read otherwise now.

    By what indexes tell, however many there are: what has changed, ``read_appearances`` knows.
    """
    noted, answer, later = (
        aliased(ClaimRevision),
        aliased(AnnotationRevision),
        aliased(AnnotationRevision),
    )
    own, agreed, settled = aliased(Annotation), aliased(Annotation), aliased(AnnotationRevision)
    is_answered_anew = exists().where(
        later.annotation_id == answer.annotation_id, later.number > answer.number
    )
    is_settled_since = exists().where(
        agreed.project_id == own.project_id,
        agreed.sentence_id == own.sentence_id,
        agreed.answerer == GOLD,
        agreed.id != own.id,
        settled.annotation_id == agreed.id,
        or_(Appearance.looked_at.is_(None), settled.made_at > Appearance.looked_at),
    )
    is_carried = exists().where(
        CarriedClaim.project_id == project_id, CarriedClaim.from_claim_id == noted.claim_id
    )
    # Of few articles: asked once, not of each appearance, and before any sentence is read.
    withdrawn = (
        select(TextEdition.id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(Article.project_id == project_id, Article.withdrawn_at.is_not(None))
    )
    closed = select(Sentence.id).where(
        Sentence.project_id == project_id, Sentence.edition_id.in_(withdrawn)
    )
    chosen = (
        select(Appearance.statement_id)
        .join(noted, noted.id == Appearance.noted_id)
        .join(answer, answer.id == noted.annotation_revision_id)
        .join(own, own.id == answer.annotation_id)
        .where(
            Appearance.project_id == project_id,
            among(Appearance.statement_id),
            Appearance.removed_at.is_(None),
            or_(
                is_answered_anew,
                is_settled_since,
                is_carried,
                own.sentence_id.in_(closed),
            ),
        )
    )
    moved = {row.statement_id for row in read_by_ids(session, chosen, statements)}
    return [row for row in statements if row in moved]


def feature(
    views: Sequence[AppearanceView], featured_id: int | None
) -> tuple[list[AppearanceView], AppearanceView | None]:
    """Say which of a statement's appearances is featured: the chosen one, else the first."""
    chosen = next((view for view in views if view.row == featured_id), None)
    chosen = chosen or next((view for view in views if view.is_first), None)
    marked = [replace(view, is_featured=view is chosen) for view in views]
    return marked, next((view for view in marked if view.is_featured), None)


def add_appearance(
    session: Session,
    *,
    project_id: int,
    statement: str,
    claim: str,
    relation: Relation,
    parts: Sequence[Span] | None,
    by: int,
    now: datetime,
) -> Appearance:
    """Say that a claim, or these parts of it, says something of a statement.

    Raises ``ConflictError`` when it is there already, ``InvalidInputError`` when a part is not
    of the claim's words.
    """
    held, _ = open_statement(session, project_id=project_id, public_id=statement)
    chosen = find_claim(session, project_id=project_id, public_id=claim, reader=by)
    assert chosen.revision is not None  # noqa: S101  # find_claim gives none that was withdrawn
    if parts is not None:
        check_parts(chosen, parts)
    stored: Json = [span_json(part) for part in parts] if parts else None
    for view in read_appearances(session, project_id=project_id, statements=[held.id])[held.id]:
        same = view.claim is not None and view.claim.row == chosen.row
        if same and view.relation is relation and view.parts == (tuple(parts) if parts else None):
            raise ConflictError("The statement has this claim already.")
    appearance = Appearance(
        project_id=project_id,
        public_id=make_public_id(),
        statement_id=held.id,
        claim_id=chosen.row,
        noted_id=chosen.revision,
        parts=stored,
        relation=relation.value,
        made_by=by,
        made_at=now,
        looked_at=now,
        removed_by=None,
        removed_at=None,
    )
    session.add(appearance)
    session.flush()
    record_act(
        session,
        held,
        "add_appearance",
        by=by,
        now=now,
        details={"appearance": appearance.public_id},
    )
    return appearance


def remove_appearance(
    session: Session, *, project_id: int, statement: str, appearance: str, by: int, now: datetime
) -> None:
    """Take an appearance away; that it was there stays."""
    held, row = _open(session, project_id, statement, appearance)
    row.removed_by, row.removed_at = by, now
    session.flush()
    record_act(
        session, held, "remove_appearance", by=by, now=now, details={"appearance": row.public_id}
    )


def change_appearance(
    session: Session,
    *,
    project_id: int,
    statement: str,
    appearance: str,
    relation: Relation,
    first: str,
    last: str,
    by: int,
    now: datetime,
) -> Appearance:
    """Put another appearance of the same claim in the place of one, with these of its words.

    What stands with the statement goes on to do so. Raises as ``find_part`` and
    ``add_appearance`` do.
    """
    held, newest = open_statement(session, project_id=project_id, public_id=statement)
    row = _find(session, held, appearance)
    (view,) = _describe(session, project_id, [row], by)
    if view.claim is None:
        raise NotFoundError("There is no such appearance of this statement.")
    parts = find_part(view.claim, first, last)
    remove_appearance(
        session, project_id=project_id, statement=statement, appearance=appearance, by=by, now=now
    )
    changed = add_appearance(
        session,
        project_id=project_id,
        statement=statement,
        claim=view.claim.id,
        relation=relation,
        parts=parts,
        by=by,
        now=now,
    )
    if newest.featured_id == row.id:
        copy_revision(
            session, statement=held, newest=newest, featured_id=changed.id, by=by, now=now
        )
    return changed


def keep_appearance(
    session: Session, *, project_id: int, statement: str, appearance: str, by: int, now: datetime
) -> None:
    """Note that somebody looked at what became of the claim, and that the appearance stands."""
    held, row = _open(session, project_id, statement, appearance)
    (view,) = _describe(session, project_id, [row], by)
    if view.claim is None:
        raise NotFoundError("There is no such appearance of this statement.")
    row.noted_id = view.claim.revision or view.claim.last_revision
    row.looked_at = now
    session.flush()
    record_act(
        session, held, "keep_appearance", by=by, now=now, details={"appearance": row.public_id}
    )


def feature_appearance(
    session: Session,
    *,
    project_id: int,
    statement: str,
    appearance: str,
    base: int,
    by: int,
    now: datetime,
) -> None:
    """Let this appearance's speaker, date and place stand with the statement: a new revision."""
    held, newest = open_statement(session, project_id=project_id, public_id=statement, base=base)
    row = _find(session, held, appearance)
    if newest.featured_id == row.id:
        return
    copy_revision(session, statement=held, newest=newest, featured_id=row.id, by=by, now=now)
    record_act(
        session, held, "feature_appearance", by=by, now=now, details={"appearance": row.public_id}
    )


def find_part(claim: SeenClaim, first: str, last: str) -> tuple[Span, ...] | None:
    """Return the words of a claim from ``first`` to ``last``; none where neither is given.

    ``InvalidInputError`` when they do not stand in the claim, or more than once.
    """
    first, last = first.strip(), last.strip()
    if not first and not last:
        return None
    for part in claim.parts:
        start = part.text.find(first)
        end = part.text.find(last, start + len(first) if last != first else start)
        if start < 0 or end < 0:
            continue
        if first and part.text.count(first) > 1:
            raise InvalidInputError(
                "“%(words)s” stands there more than once: give more words.", words=first[:40]
            )
        end = end + len(last) if last else len(part.text)
        start_of_all = part.start + start
        return (Span(start_of_all, part.start + end, part.text[start:end]),)
    raise InvalidInputError(
        "The claim does not have these words in one piece: copy them from its sentence."
    )


def check_parts(claim: SeenClaim, parts: Sequence[Span]) -> None:
    """Refuse parts that are not words of the claim, in its order."""
    at = 0
    for part in parts:
        home = next(
            (one for one in claim.parts if one.start <= part.start < part.end <= one.end), None
        )
        if home is None or part.start < at:
            raise InvalidInputError("The parts are words of the claim, in their order.")
        if home.text[part.start - home.start : part.end - home.start] != part.text:
            raise InvalidInputError(
                "The part quotes “%(quote)s”, but the claim reads otherwise there; load the page"
                " again.",
                quote=part.text[:40],
            )
        at = part.end


def _describe(
    session: Session, project_id: int, rows: Sequence[Appearance], reader: int | None
) -> list[AppearanceView]:
    """Return appearances as they read today, by a fixed number of statements."""
    standing = resolve_claims(session, project_id=project_id, claims={row.claim_id for row in rows})
    claims = read_claims(session, project_id=project_id, claims=standing.values())
    noted = {claim.last_revision: claim for claim in claims.values()}  # most have not changed
    others = {row.noted_id for row in rows} - set(noted)
    noted |= read_noted(session, project_id=project_id, revisions=others)
    answered = _read_times(session, {claim.row for claim in claims.values()})
    views = []
    for row in rows:
        claim = claims.get(standing[row.claim_id])
        parts = change = None
        if claim is not None:
            change = _change_of(
                claim, noted.get(row.noted_id), looked_at=row.looked_at, times=answered[claim.row]
            )
            parts = _fit(read_parts(row.parts), claim) if row.parts else None
        views.append(
            AppearanceView(
                row=row.id,
                id=row.public_id,
                statement_id=row.statement_id,
                relation=Relation(row.relation),
                claim=claim,
                parts=parts,
                change=change,
                is_first=False,
                is_featured=False,
                made_at=row.made_at,
            )
        )
    hidden = list_hidden(session, project_id=project_id, reader=reader) if rows else ()
    return _hide(views, hidden)


def _hide(views: Sequence[AppearanceView], hidden: Collection[int]) -> list[AppearanceView]:
    return [
        replace(view, claim=None, parts=None, change=None)
        if view.claim and view.claim.passage.article_id in hidden
        else view
        for view in views
    ]


@dataclass(frozen=True)
class _Times:
    """When the answer of a claim was last changed, and when its sentence last got an agreed one."""

    answered: datetime | None
    agreed: datetime | None
    closed: datetime | None


def _change_of(
    claim: SeenClaim,
    noted: SeenClaim | None,
    *,
    looked_at: datetime | None,
    times: _Times,
) -> Change | None:
    def is_new(moment: datetime | None) -> bool:
        return looked_at is None or moment is None or moment > looked_at

    if claim.passage.is_closed:
        return Change.WITHDRAWN if is_new(times.closed) else None
    if claim.revision is None:
        return Change.WITHDRAWN if is_new(times.answered) else None
    if claim.is_replaced and is_new(times.agreed):
        return Change.REPLACED
    if noted is not None and noted.last_revision != claim.revision and _says(noted) != _says(claim):
        return Change.CHANGED
    return None


def _says(claim: SeenClaim) -> tuple[object, ...]:
    """Return what a change of the claim would change for the statement."""
    quotes = tuple(part.text for part in claim.parts)
    return quotes, claim.claim_type, claim.act, claim.source.id, claim.source.via


def _fit(parts: tuple[Span, ...], claim: SeenClaim) -> tuple[Span, ...]:
    """Return the parts at their places in the claim of now, or as they were chosen."""
    fitted = []
    for part in parts:
        places = [
            Span(one.start + at, one.start + at + len(part.text), part.text)
            for one in claim.parts
            if part.text and (at := one.text.find(part.text)) >= 0
        ]
        same = [place for place in places if place.start == part.start]
        fitted += (same or places)[:1]
    return tuple(fitted) if len(fitted) == len(parts) else parts


def _read_times(session: Session, claims: Iterable[int]) -> dict[int, _Times]:
    agreed = (
        select(func.max(AnnotationRevision.made_at))
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .where(
            Annotation.project_id == Sentence.project_id,
            Annotation.sentence_id == Sentence.id,
            Annotation.answerer == GOLD,
        )
        .correlate(Sentence)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Claim.id, AnnotationRevision.made_at, agreed, Article.withdrawn_at)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(Claim.id.in_(sorted(claims)))
    )
    return {row[0]: _Times(row[1], row[2], row[3]) for row in rows}


def _in_order(views: list[AppearanceView]) -> list[AppearanceView]:
    """Return a statement's appearances by date, and say which is the first that asserts it."""

    def key(view: AppearanceView) -> tuple[bool, str, int]:
        date = view.published
        return (date is None, sort_key(date) if date else "", view.row)

    ordered = sorted(views, key=key)
    asserting = [view for view in ordered if view.relation is Relation.ASSERTS]
    first = next(iter(asserting or ordered), None)
    return [replace(view, is_first=view is first) for view in ordered]


def _open(
    session: Session, project_id: int, statement: str, appearance: str
) -> tuple[Statement, Appearance]:
    held, _ = open_statement(session, project_id=project_id, public_id=statement)
    return held, _find(session, held, appearance)


def _find(session: Session, statement: Statement, appearance: str) -> Appearance:
    row = session.scalar(
        select(Appearance).where(
            Appearance.project_id == statement.project_id,
            Appearance.public_id == appearance,
            Appearance.statement_id == statement.id,
            Appearance.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFoundError("There is no such appearance of this statement.")
    return row
