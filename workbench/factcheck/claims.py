"""Claims as the fact-check desk sees them: with sentence, article, and who says it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.queries import list_hidden_articles
from workbench.adjudication.tables import ClaimSource
from workbench.canonical import JsonObject
from workbench.corpus.queries import read_headings
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
from workbench.factcheck.rules import Relation
from workbench.labelling.answers import newest_revision, read_by_ids, read_parts
from workbench.labelling.frames import AUTHOR, UNSPECIFIED, Decision, Span
from workbench.labelling.registers import Registers, find_redirects, register_number
from workbench.labelling.remembered import stored_registers
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    AttributionLink,
    CarriedClaim,
    Claim,
    ClaimRevision,
)
from workbench.labelling.training import was_training
from workbench.storage.among import among

_RELATIONS = {"denies": Relation.DENIES, "wants": Relation.MENTIONS}
MAX_STEPS = 20  # from a claim to the one that stands for it: text editions, and the agreed answer


@dataclass(frozen=True)
class Source:
    """Who says a claim: ``id`` is of the register, or ``author`` or ``unspecified``.

    ``name`` is none where nobody is named; ``via`` are those who relay it, from the author inward.
    """

    id: str
    name: str | None
    kind: str | None
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """Where something is said: a sentence of an article, with what is known of that."""

    sentence_id: int
    position: int
    start: int
    sentence: str
    edition_id: int
    article_id: int
    slug: str
    heading: str
    outlet: str | None
    author: str | None
    published: str | None
    url: str | None
    language: str
    is_closed: bool


@dataclass(frozen=True)
class SeenClaim:
    """A claim as its newest answer has it; ``revision`` is none where that has it no more.

    ``parts`` are then those of its last revision. It is replaced when the sentence has an agreed
    answer and the claim is not of that.
    """

    row: int
    id: str
    revision: int | None
    last_revision: int
    is_agreed: bool
    is_replaced: bool
    parts: tuple[Span, ...]
    claim_type: str | None
    check_worthiness: str | None
    wording: str | None
    act: str | None
    source: Source
    passage: Passage

    @property
    def quote(self) -> str:
        """The words of the claim."""
        return " […] ".join(part.text for part in self.parts)

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The sentence cut into pieces, each with whether the claim has it."""
        return mark(self.passage.sentence, self.passage.start, self.parts)

    @property
    def relation(self) -> Relation:
        """What the claim does with a statement of the same words, by the verb that reports it."""
        return _RELATIONS.get(self.act or "", Relation.ASSERTS)


def mark(sentence: str, start: int, parts: Iterable[Span]) -> list[tuple[str, bool]]:
    """Cut a sentence that starts at ``start`` of its text into pieces, marked or not."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for part in parts:
        first = min(max(part.start - start, at), len(sentence))
        last = min(max(part.end - start, first), len(sentence))
        pieces += [(sentence[at:first], False), (sentence[first:last], True)]
        at = last
    pieces.append((sentence[at:], False))
    return [(words, is_marked) for words, is_marked in pieces if words]


def list_hidden(session: Session, *, project_id: int, reader: int | None) -> frozenset[int]:
    """Return the articles whose claims a person may not see yet, since they label them."""
    if reader is None:
        return frozenset()
    hidden = list_hidden_articles(session, project_id=project_id, reader=reader)
    return frozenset(article.id for article in hidden)


def find_claim(
    session: Session, *, project_id: int, public_id: str, reader: int | None
) -> SeenClaim:
    """Return a claim of the project that stands today, or the one that stands for it.

    ``NotFoundError`` for one that is withdrawn, or hidden from the reader.
    """
    row = session.scalar(
        select(Claim.id).where(Claim.project_id == project_id, Claim.public_id == public_id)
    )
    if row is not None:
        now = resolve_claims(session, project_id=project_id, claims=[row])[row]
        claim = read_claims(session, project_id=project_id, claims=[now]).get(now)
        hidden = list_hidden(session, project_id=project_id, reader=reader)
        if (
            claim is not None
            and claim.revision is not None
            and not claim.passage.is_closed
            and claim.passage.article_id not in hidden
        ):
            return claim
    raise NotFoundError("There is no such claim, or it was withdrawn.")


def resolve_claims(session: Session, *, project_id: int, claims: Collection[int]) -> dict[int, int]:
    """Return for each claim the one that stands for it: the agreed one, in the newest text."""
    found = {claim: claim for claim in claims}
    pending = set(claims)
    for _ in range(MAX_STEPS):
        if not pending:
            break
        steps = _next_claims(session, project_id, sorted(pending))
        found = {claim: steps.get(end, end) for claim, end in found.items()}
        pending = set(steps.values())
    return found


def find_ancestors(
    session: Session, *, project_id: int, claims: Collection[int]
) -> dict[int, set[int]]:
    """Return for each claim those that it stands for, itself among them."""
    found: dict[int, set[int]] = {claim: {claim} for claim in claims}
    pending: dict[int, set[int]] = {claim: {claim} for claim in claims}
    for _ in range(MAX_STEPS):
        wanted = sorted({one for some in pending.values() for one in some})
        if not wanted:
            break
        before: dict[int, set[int]] = {}
        for row in read_by_ids(session, _select_before(), wanted, {"project": project_id}):
            before.setdefault(row.child, set()).add(row.parent)
        for claim, some in pending.items():
            new = {one for child in some for one in before.get(child, ())} - found[claim]
            found[claim] |= new
            pending[claim] = new
    return found


def read_claims(
    session: Session, *, project_id: int, claims: Collection[int]
) -> dict[int, SeenClaim]:
    """Return these claims as they are in the newest answers, by row; training is left out."""
    values = {"project": project_id}
    rows = read_by_ids(session, _select_claims(), sorted(set(claims)), values)
    return {claim.row: claim for claim in _read(session, project_id, rows)}


def read_noted(
    session: Session, *, project_id: int, revisions: Collection[int]
) -> dict[int, SeenClaim]:
    """Return claims as these revisions of them had them, by the revisions' rows."""
    values = {"project": project_id}
    rows = read_by_ids(session, _select_noted(), sorted(set(revisions)), values)
    return {claim.last_revision: claim for claim in _read(session, project_id, rows)}


def count_annotators(
    session: Session, *, project_id: int, claims: Collection[SeenClaim]
) -> dict[int, int]:
    """Count for each claim that is not agreed who has one of the same words there, by its row."""
    single = [claim for claim in claims if not claim.is_agreed]
    sentences = sorted({claim.passage.sentence_id for claim in single})
    alike: dict[object, set[int]] = {}
    for row in read_by_ids(session, _select_beside(), sentences, {"project": project_id}):
        alike.setdefault((row.sentence_id, read_parts(row.parts)), set()).add(row.id)
    return {
        claim.row: len(alike.get((claim.passage.sentence_id, claim.parts), ())) for claim in single
    }


def _read(
    session: Session, project_id: int, rows: Sequence[Row[*tuple[object, ...]]]
) -> Iterator[SeenClaim]:
    if not rows:
        return
    chains = _read_chains(session, [row.last_revision for row in rows])
    number = register_number(session, project_id=project_id)
    names = _Names(stored_registers(session, project_id=project_id, number=number))
    headings = read_headings(session, article_ids={row.article_id for row in rows})
    for row in rows:
        attributes: JsonObject = row.attributes if isinstance(row.attributes, dict) else {}
        chain = chains.get(row.last_revision, ())
        yield SeenClaim(
            row=row.id,
            id=row.public_id,
            revision=row.revision,
            last_revision=row.last_revision,
            is_agreed=row.answerer == GOLD,
            is_replaced=row.answerer != GOLD and row.has_agreed,
            parts=read_parts(row.parts),
            claim_type=_text(attributes.get("claim_type")),
            check_worthiness=_text(attributes.get("check_worthiness")),
            wording=_text(attributes.get("normalised_claim")),
            act=_act_of(chain),
            source=names.read(chain, row.author),
            passage=Passage(
                sentence_id=row.sentence_id,
                position=row.position,
                start=row.start,
                sentence=row.sentence,
                edition_id=row.edition_id,
                article_id=row.article_id,
                slug=row.slug,
                heading=headings[row.article_id],
                outlet=row.outlet,
                author=row.author,
                published=row.published,
                url=row.url,
                language=row.language,
                is_closed=row.is_closed,
            ),
        )


def has_agreed_answer(sentence: type[Sentence] = Sentence) -> ColumnElement[bool]:
    """Select whether a sentence has an agreed answer that was not taken back."""
    agreed, revision = aliased(Annotation), aliased(AnnotationRevision)
    return (
        select(agreed.id)
        .join(revision, revision.id == newest_revision(agreed))
        .where(
            agreed.project_id == sentence.project_id,
            agreed.sentence_id == sentence.id,
            agreed.answerer == GOLD,
            or_(
                revision.decision != Decision.CLAIMS,
                select(ClaimRevision.id)
                .where(ClaimRevision.annotation_revision_id == revision.id)
                .correlate(revision)
                .exists(),
            ),
        )
        .correlate(sentence)
        .exists()
    )


@dataclass(frozen=True)
class _Link:
    source: str
    speaker_id: int | None
    attributes: JsonObject


class _Names:
    """Says who speaks, merged entries of the register followed."""

    def __init__(self, registers: Registers) -> None:
        self._by_row = {entry.row: entry.id for entry in registers.speakers}
        self._entries = {entry.id: entry for entry in registers.speakers}
        self._redirects = find_redirects(registers.speakers)

    def read(self, chain: Sequence[_Link], author: str | None) -> Source:
        """Return the innermost of a chain, with those before it but for the author."""
        if not chain or chain[-1].source == AUTHOR:
            return Source(AUTHOR, author, None)
        via = tuple(self._name(link) for link in chain[1:-1])
        last = chain[-1]
        if last.source == UNSPECIFIED or last.speaker_id is None:
            return Source(UNSPECIFIED, None, None, via)
        entry = self._entries[self._id(last.speaker_id)]
        return Source(entry.id, entry.name, entry.kind, via)

    def _name(self, link: _Link) -> str:
        return self._entries[self._id(link.speaker_id)].name if link.speaker_id else "…"

    def _id(self, row: int) -> str:
        public_id = self._by_row[row]
        return self._redirects.get(public_id, public_id)


def _next_claims(session: Session, project_id: int, claims: Sequence[int]) -> dict[int, int]:
    rows = read_by_ids(session, _select_next(), claims, {"project": project_id})
    # What comes later goes first: the agreed claim that was made from one, else of its words.
    return {row.claim: row.following for row in sorted(rows, key=lambda row: row.kind)}


def _read_chains(session: Session, revisions: Sequence[int]) -> dict[int, list[_Link]]:
    found: dict[int, list[_Link]] = {}
    for row in read_by_ids(session, _select_links(), revisions):
        attributes = row.attributes if isinstance(row.attributes, dict) else {}
        link = _Link(row.source, row.speaker_id, attributes)
        found.setdefault(row.claim_revision_id, []).append(link)
    return found


def _act_of(chain: Sequence[_Link]) -> str | None:
    return _text(chain[-1].attributes.get("act")) if chain else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


@cache  # Building a statement takes longer than running it.
def _select_claims() -> Select[*tuple[object, ...]]:
    last = aliased(ClaimRevision)
    last_revision = (
        select(func.max(last.id))
        .where(last.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    shown = aliased(ClaimRevision)
    return _select_passages(shown).join(shown, shown.id == last_revision).where(among(Claim.id))


@cache
def _select_beside() -> Select[*tuple[object, ...]]:
    """Select the claims of single answers to sentences; training is left out."""
    return (
        select(Annotation.id, Annotation.sentence_id, ClaimRevision.parts)
        .join(ClaimRevision, ClaimRevision.annotation_revision_id == newest_revision())
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Annotation.project_id == bindparam("project"),
            among(Annotation.sentence_id),
            Annotation.answerer != GOLD,
            ~was_training(Annotation.membership_id),
        )
    )


@cache
def _select_noted() -> Select[*tuple[object, ...]]:
    noted = aliased(ClaimRevision)
    return _select_passages(noted).join(noted, noted.claim_id == Claim.id).where(among(noted.id))


def _select_passages(shown: type[ClaimRevision]) -> Select[*tuple[object, ...]]:
    newest = aliased(ClaimRevision)
    return (
        select(
            Claim.id,
            Claim.public_id,
            newest.id.label("revision"),
            shown.id.label("last_revision"),
            shown.parts,
            shown.attributes,
            Annotation.answerer,
            has_agreed_answer().label("has_agreed"),
            Sentence.id.label("sentence_id"),
            Sentence.position,
            Sentence.start,
            func.substr(TextEdition.text, Sentence.start + 1, Sentence.end - Sentence.start).label(
                "sentence"
            ),
            TextEdition.id.label("edition_id"),
            Article.id.label("article_id"),
            Article.slug,
            Article.outlet,
            Article.author,
            Article.published,
            Article.url,
            Article.language,
            Article.withdrawn_at.is_not(None).label("is_closed"),
        )
        .select_from(Claim)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .outerjoin(
            newest,
            and_(
                newest.claim_id == Claim.id,
                newest.annotation_revision_id == newest_revision(),
            ),
        )
        .where(
            Claim.project_id + 0 == bindparam("project"),  # SQLite would read all of the project's
            ~was_training(Annotation.membership_id),
        )
    )


@cache
def _select_links() -> Select[*tuple[object, ...]]:
    return (
        select(
            AttributionLink.claim_revision_id,
            AttributionLink.source,
            AttributionLink.speaker_id,
            AttributionLink.attributes,
        )
        .where(among(AttributionLink.claim_revision_id))
        .order_by(AttributionLink.claim_revision_id, AttributionLink.depth)
    )


@cache
def _select_next() -> CompoundSelect[*tuple[object, ...]]:
    """Select the claims that stand for others, by one statement for all kinds of steps."""
    return union_all(_select_carried_to(), _select_agreed_alike(), _select_agreed())


def _select_carried_to() -> Select[*tuple[object, ...]]:
    return (
        select(
            literal(1).label("kind"),
            CarriedClaim.from_claim_id.label("claim"),
            func.max(CarriedClaim.to_claim_id).label("following"),
        )
        .where(
            CarriedClaim.project_id == bindparam("project"),
            among(CarriedClaim.from_claim_id),
        )
        .group_by(CarriedClaim.from_claim_id)
    )


def _select_agreed() -> Select[*tuple[object, ...]]:
    """Select the agreed claims that were made from others and stand today."""
    agreed = aliased(Claim)
    return (
        select(literal(3), ClaimSource.claim_id, func.min(ClaimSource.gold_claim_id))
        .join(agreed, agreed.id == ClaimSource.gold_claim_id)
        .join(Annotation, Annotation.id == agreed.annotation_id)
        .where(
            ClaimSource.project_id == bindparam("project"),
            among(ClaimSource.claim_id),
            exists().where(
                ClaimRevision.claim_id == agreed.id,
                ClaimRevision.annotation_revision_id == newest_revision(),
            ),
        )
        .group_by(ClaimSource.claim_id)
    )


def _select_agreed_alike() -> Select[*tuple[object, ...]]:
    """Select the agreed claims of the same sentence that have the very words of others."""
    gold, agreed = aliased(Annotation), aliased(ClaimRevision)
    return (
        select(literal(2), Claim.id, func.min(agreed.claim_id))
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
        .join(
            gold,
            and_(
                gold.project_id == Annotation.project_id,
                gold.sentence_id == Annotation.sentence_id,
                gold.answerer == GOLD,
            ),
        )
        .join(agreed, agreed.annotation_revision_id == newest_revision(gold))
        .where(
            Claim.project_id == bindparam("project"),
            among(Claim.id),
            Annotation.answerer != GOLD,
            agreed.parts == ClaimRevision.parts,
        )
        .group_by(Claim.id)
    )


@cache
def _select_before() -> CompoundSelect[*tuple[object, ...]]:
    """Select the claims that others stand for."""
    sources = select(
        ClaimSource.gold_claim_id.label("child"), ClaimSource.claim_id.label("parent")
    ).where(
        ClaimSource.project_id == bindparam("project"),
        among(ClaimSource.gold_claim_id),
    )
    carried = select(CarriedClaim.to_claim_id, CarriedClaim.from_claim_id).where(
        CarriedClaim.project_id == bindparam("project"),
        among(CarriedClaim.to_claim_id),
    )
    return union_all(sources, carried)
