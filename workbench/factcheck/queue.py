"""The queue of claims to be checked: agreed ones first, then those of single answers.

Each part is ordered by check-worthiness, then the newest first. A claim that an agreed answer
replaces, that a corrected text has carried on, or that an earlier answer has in the same words is
not listed twice. However many claims there are, a page looks at a bounded number of them: one that
comes back short says from where to look further.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from workbench.adjudication.tables import ClaimSource
from workbench.corpus.searching import Words, matches_at, parse_words, select_matching
from workbench.corpus.tables import Article, Sentence, SentenceSearch, TextEdition
from workbench.factcheck.claims import (
    SeenClaim,
    count_annotators,
    find_ancestors,
    has_agreed_answer,
    list_hidden,
    read_claims,
)
from workbench.factcheck.queries import newest_wording
from workbench.factcheck.tables import Appearance, Statement, StatementRevision
from workbench.labelling.answers import newest_revision, read_parts
from workbench.labelling.frames import AUTHOR, UNSPECIFIED
from workbench.labelling.registers import (
    SpeakerEntry,
    TargetEntry,
    find_redirects,
    register_number,
)
from workbench.labelling.remembered import stored_registers
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    AttributionLink,
    CarriedClaim,
    Claim,
    ClaimRevision,
    Stance,
)
from workbench.labelling.training import was_training

PAGE = 50
COUNTED = 200  # claims at most, for the first page, where that takes no longer
WINDOW = 20_000  # claims that one page looks at, in their order, where nothing narrows them down
FEW_AGREED = 5_000  # as many are sorted at once; among more, one soon comes upon a page of them
FEW_FILTERED = 20_000  # if one may look in vain: as many as one window
FEW_ARTICLES = 500
FEW_CLAIMS = 5_000  # of one speaker, or towards one target: as FEW_AGREED
FEW_SENTENCES = 10_000  # with the words sought
LISTED = 500  # of them are named one by one
TOP = 2
MOST = 2**31 - 1  # of a row, on PostgreSQL
UNNAMED = (AUTHOR, UNSPECIFIED)

Asked = Callable[[type[ClaimRevision]], ColumnElement[bool]]


class Part(StrEnum):
    """The parts of the queue, in their order."""

    AGREED = "agreed"
    SINGLE = "single"


@dataclass(frozen=True)
class Filters:
    """What is looked for; an empty one takes everything.

    ``speaker`` and ``target`` are ids of the registers, ``article`` a slug; ``since`` and ``until``
    are days, compared with the earliest day that an article's date may mean.
    """

    words: str = ""
    speaker: str = ""
    target: str = ""
    outlet: str = ""
    since: str = ""
    until: str = ""
    claim_type: str = ""
    article: str = ""
    checked: str = ""


@dataclass(frozen=True)
class At:
    """A place in the queue: a part, and the claim revision after which it goes on."""

    part: Part
    rank: int | None = None
    revision: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether it is the queue's beginning."""
        return self == At(Part.AGREED)

    def __str__(self) -> str:
        said = (self.part.value, self.rank, self.revision)
        return ".".join(str(one) for one in said if one is not None)


@dataclass(frozen=True)
class Gathered:
    """A statement that a claim is with."""

    id: str
    wording: str
    language: str


@dataclass(frozen=True)
class Entry:
    """A claim in the queue with the statements it is with.

    ``annotators`` have the same words; of an agreed claim none are told.
    """

    claim: SeenClaim
    statements: Sequence[Gathered]
    annotators: int


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue; ``further`` is where the next one begins, ``hidden`` are articles.

    ``found`` counts the claims from the page's place on, if that is the queue's beginning; there
    may be more of them where it does not look at all.
    """

    entries: Sequence[Entry]
    further: At | None
    hidden: int
    found: int
    is_all: bool


def parse_place(text: str) -> At:
    """Read a place in the queue from an address; the beginning where it says none of ours."""
    part, *numbers = text.split(".")
    if part not in set(Part) or not all(one.isascii() and one.isdecimal() for one in numbers):
        return At(Part.AGREED)
    match [min(int(one[:18]), MOST) for one in numbers]:
        case [rank] if rank <= TOP:
            return At(Part(part), rank)
        case [rank, revision] if rank <= TOP:
            return At(Part(part), rank, revision)
    return At(Part(part))


def read_queue(
    session: Session, *, project_id: int, reader: int, filters: Filters, at: At
) -> QueuePage:
    """Return the next claims from a place on, as one person may see them."""
    hidden = list_hidden(session, project_id=project_id, reader=reader)
    search = _Search.of(session, project_id, filters, hidden)
    is_cheap = search.narrow or filters == Filters()
    wanted = max(PAGE, COUNTED) if at.is_first and is_cheap else PAGE
    found: list[_Place] = []
    further: At | None = at
    is_enough = False
    while further is not None and not is_enough and len(found) < wanted:
        look = search.look(further, wanted - len(found))
        found += look.places
        further, is_enough = look.further, look.is_enough
    page = found[:PAGE]
    claims = read_claims(session, project_id=project_id, claims=[one.claim for one in page])
    shown = [claims[one.claim] for one in page if one.claim in claims]
    gathered = _read_statements(session, project_id, shown)
    annotators = count_annotators(session, project_id=project_id, claims=shown)
    return QueuePage(
        entries=[
            Entry(claim, gathered[claim.row], annotators.get(claim.row, 0)) for claim in shown
        ],
        further=page[-1].at if len(found) > PAGE else further,
        hidden=len(hidden),
        found=len(found),
        is_all=further is None,
    )


@dataclass(frozen=True)
class _Place:
    """A claim where it stands in the queue."""

    claim: int
    at: At


@dataclass(frozen=True)
class _Look:
    """What a look into one part of the queue brought; with enough, the page ends."""

    places: list[_Place]
    further: At | None
    is_enough: bool


@dataclass(frozen=True)
class _Search:
    """A search in the queue, its filters read.

    ``narrow`` are conditions that an index serves: what they leave is sorted. Without any, claims
    are looked at in their order. ``own`` are those of both that ask what a claim says: of several
    with the same words the first that they find is listed. They read what one claim has, since an
    index is no help where each claim is compared with those beside it.
    """

    session: Session
    project_id: int
    narrow: tuple[ColumnElement[bool], ...]
    others: tuple[ColumnElement[bool], ...]
    own: tuple[Asked, ...]
    few_agreed: bool

    @classmethod
    def of(
        cls, session: Session, project_id: int, filters: Filters, hidden: frozenset[int]
    ) -> "_Search":
        """Read the filters."""
        narrow: list[ColumnElement[bool]] = []
        others: list[ColumnElement[bool]] = []
        own: list[Asked] = []
        if hidden:
            others.append(Article.id.not_in(sorted(hidden)))
        if filters.words.strip():
            is_few, has_words = _has_words(session, parse_words(filters.words))
            (narrow if is_few else others).append(has_words)
        if filters.speaker or filters.target:
            number = register_number(session, project_id=project_id)
            registers = stored_registers(session, project_id=project_id, number=number)
            if filters.speaker:
                rows = _rows_of(registers.speakers, filters.speaker)
                said = select(AttributionLink.id).where(AttributionLink.speaker_id.in_(rows))
                is_few = filters.speaker not in UNNAMED and _is_few(session, said, FEW_CLAIMS)
                own.append(partial(_is_said_by, filters.speaker, rows, is_few=False))
                is_said = _is_said_by(filters.speaker, rows, ClaimRevision, is_few=is_few)
                (narrow if is_few else others).append(is_said)
            if filters.target:
                rows = _rows_of(registers.targets, filters.target)
                held = select(Stance.id).where(Stance.target_id.in_(rows))
                is_few = _is_few(session, held, FEW_CLAIMS)
                own.append(partial(_is_towards, rows, is_few=False))
                is_held = _is_towards(rows, ClaimRevision, is_few=is_few)
                (narrow if is_few else others).append(is_held)
        if about := _about_article(filters):
            articles = select(Article.id).where(Article.project_id == project_id, *about)
            few = session.scalars(articles.limit(FEW_ARTICLES + 1)).all()
            if len(few) <= FEW_ARTICLES:
                narrow.append(_is_in(project_id, few))
            else:
                others += about
        if filters.claim_type:
            own.append(partial(_is_of, filters.claim_type))
            others.append(own[-1](ClaimRevision))
        if filters.checked in {"yes", "no"}:
            others.append(_is_checked() if filters.checked == "yes" else ~_is_checked())
        return cls(
            session,
            project_id,
            tuple(narrow),
            tuple(others),
            tuple(own),
            few_agreed=not narrow
            and _has_few_agreed(session, project_id, FEW_FILTERED if others else FEW_AGREED),
        )

    def look(self, at: At, wanted: int) -> _Look:
        """Look for so many claims from a place on, in one part of the queue or of its order."""
        if self.narrow or (at.part is Part.AGREED and self.few_agreed):
            return self._look_sorted(at, wanted)
        return self._look_in_order(at, wanted)

    def _look_sorted(self, at: At, wanted: int) -> _Look:
        rank = rank_of(self.session)
        after = []
        if at.revision is not None:
            is_next = and_(rank == at.rank, ClaimRevision.id < at.revision)
            after.append(or_(rank < at.rank, is_next))
        found = self._read(at.part, after, wanted, Annotation.project_id == self.project_id)
        if len(found) > wanted:
            return _cut(found)
        return _Look(found, _next_part(at.part), is_enough=False)

    def _look_in_order(self, at: At, wanted: int) -> _Look:
        rank, worth = rank_of(self.session), TOP if at.rank is None else at.rank
        begins = [ClaimRevision.project_id == self.project_id, rank == worth]
        if at.revision is not None:
            begins.append(ClaimRevision.id < at.revision)
        edge = self.session.scalar(
            select(ClaimRevision.id)
            .where(*begins)
            .order_by(ClaimRevision.id.desc())
            .offset(WINDOW)
            .limit(1)
        )
        within = [*begins, ClaimRevision.id > edge] if edge is not None else begins
        found = self._read(at.part, within, wanted)
        if len(found) > wanted:
            return _cut(found)
        if edge is not None:
            return _Look(found, At(at.part, worth, edge + 1), is_enough=True)
        following = At(at.part, worth - 1) if worth else _next_part(at.part)
        return _Look(found, following, is_enough=False)

    def _read(
        self,
        part: Part,
        within: Sequence[ColumnElement[bool]],
        wanted: int,
        *more: ColumnElement[bool],
    ) -> list[_Place]:
        """Read one claim more than is wanted, so that it shows whether there are others."""
        rank = rank_of(self.session)
        rows = self.session.execute(
            select(ClaimRevision.claim_id, ClaimRevision.id, rank.label("rank"))
            .join(AnnotationRevision, AnnotationRevision.id == ClaimRevision.annotation_revision_id)
            .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .join(TextEdition, TextEdition.id == Sentence.edition_id)
            .join(Article, Article.id == TextEdition.article_id)
            .where(
                *within,
                *more,
                *self.narrow,
                *self.others,
                *_stands(self.project_id),
                *_PARTS[part](self.own),
            )
            .order_by(rank.desc(), ClaimRevision.id.desc())
            .limit(wanted + 1)
        )
        return [_Place(row.claim_id, At(part, row.rank, row.id)) for row in rows]


def list_worthiest(
    session: Session, *, project_id: int, reader: int, most: int
) -> list[tuple[int, int]]:
    """Return the most check-worthy claims that stand, with their revisions, agreed ones first.

    At most so many; those of articles that the reader still labels are left out.
    """
    hidden = list_hidden(session, project_id=project_id, reader=reader)
    found: list[tuple[int, int]] = []
    for part in Part:
        rows = session.execute(
            select(ClaimRevision.claim_id, ClaimRevision.id)
            .join(AnnotationRevision, AnnotationRevision.id == ClaimRevision.annotation_revision_id)
            .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .join(TextEdition, TextEdition.id == Sentence.edition_id)
            .join(Article, Article.id == TextEdition.article_id)
            .where(
                ClaimRevision.project_id == project_id,
                rank_of(session) == TOP,
                Article.id.not_in(sorted(hidden)),
                *_stands(project_id),
                *_PARTS[part](()),
            )
            .order_by(ClaimRevision.id.desc())
            .limit(most - len(found))
        )
        found += [(row.claim_id, row.id) for row in rows]
    return found


def find_listed(session: Session, *, project_id: int, claims: Sequence[int]) -> frozenset[int]:
    """Return which of these claims, by row, the queue lists: of those with the same words one."""
    found = session.scalars(
        select(ClaimRevision.claim_id)
        .join(AnnotationRevision, AnnotationRevision.id == ClaimRevision.annotation_revision_id)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(
            Annotation.project_id == project_id,
            ClaimRevision.claim_id.in_(claims),
            *_stands(project_id),
            or_(*_is_agreed(), and_(*_is_single(()))),
        )
    )
    return frozenset(found)


def rank_of(session: Session) -> ColumnElement[int]:
    """Select how check-worthy a claim is, 2 to 0, as the index over it says it."""
    value = (
        "claim_revision.attributes::jsonb ->> 'check_worthiness'"
        if session.get_bind().dialect.name == "postgresql"
        else "json_extract(claim_revision.attributes, '$.check_worthiness')"
    )
    return literal_column(f"CASE {value} WHEN 'yes' THEN 2 WHEN 'maybe' THEN 1 ELSE 0 END", Integer)


def _cut(found: list[_Place]) -> _Look:
    """Leave out the one that was read beyond what is wanted."""
    return _Look(found[:-1], found[-2].at, is_enough=True)


def _next_part(part: Part) -> At | None:
    return At(Part.SINGLE) if part is Part.AGREED else None


def _stands(project_id: int) -> list[ColumnElement[bool]]:
    """Select claims of the newest answers, in the newest text they were carried to.

    PostgreSQL takes what equals a subquery for one row, and then reads whole tables for each of
    many: that no later answer is there it judges better.
    """
    later = aliased(AnnotationRevision)
    return [
        ~exists().where(
            later.annotation_id == AnnotationRevision.annotation_id,
            later.number > AnnotationRevision.number,
        ),
        Article.withdrawn_at.is_(None),
        ~exists().where(
            CarriedClaim.project_id == project_id,
            CarriedClaim.from_claim_id == ClaimRevision.claim_id,
        ),
    ]


def _is_agreed(_own: Sequence[Asked] = ()) -> list[ColumnElement[bool]]:
    return [Annotation.answerer == literal_column("'gold'")]  # as the index says it


def _is_single(own: Sequence[Asked]) -> list[ColumnElement[bool]]:
    return [
        Annotation.answerer != GOLD,
        ~has_agreed_answer(),
        ~was_training(Annotation.membership_id),
        ~_is_repeated(own),
    ]


_PARTS: dict[Part, Callable[[Sequence[Asked]], list[ColumnElement[bool]]]] = {
    Part.AGREED: _is_agreed,
    Part.SINGLE: _is_single,
}


def _is_repeated(own: Sequence[Asked]) -> ColumnElement[bool]:
    """Select whether a claim of somebody else that is listed has the same words of the sentence.

    It is the earlier one, or one that stands in a newer text already; what is asked of a claim,
    such as who says it, holds for it as well.
    """
    other, claim = aliased(Annotation), aliased(ClaimRevision)
    return (
        select(claim.id)
        .select_from(other)
        .join(claim, claim.annotation_revision_id == newest_revision(other))
        .where(
            other.project_id == Annotation.project_id,
            other.sentence_id == Annotation.sentence_id,
            other.id != Annotation.id,
            claim.parts == ClaimRevision.parts,
            or_(claim.claim_id < ClaimRevision.claim_id, _is_carried(claim)),
            ~was_training(other.membership_id),
            *(asked(claim) for asked in own),
        )
        .correlate(Annotation, ClaimRevision, Article)
        .exists()
    )


def _is_carried(claim: type[ClaimRevision]) -> ColumnElement[bool]:
    """Select whether a claim stands in a newer text."""
    held, answer, later = (
        aliased(ClaimRevision),
        aliased(AnnotationRevision),
        aliased(AnnotationRevision),
    )
    return (
        select(CarriedClaim.id)
        .join(held, held.claim_id == CarriedClaim.to_claim_id)
        .join(answer, answer.id == held.annotation_revision_id)
        .where(
            CarriedClaim.from_claim_id == claim.claim_id,
            ~exists().where(
                later.annotation_id == answer.annotation_id, later.number > answer.number
            ),
        )
        .correlate(claim)
        .exists()
    )


def _has_words(session: Session, words: Words | None) -> tuple[bool, ColumnElement[bool]]:
    """Tell whether few sentences have these words, and select their claims; signs are in none."""
    if words is None:
        return True, false()
    found = select_matching(session, SentenceSearch.sentence_id, words)
    count = _count(session, found, FEW_SENTENCES)
    if count <= LISTED:  # named, so that the index is not asked anew for each part
        return True, Annotation.sentence_id.in_(session.scalars(found).all())
    if count <= FEW_SENTENCES:
        return True, Annotation.sentence_id.in_(found)
    return False, matches_at(words, Annotation.sentence_id)


def _is_few(session: Session, rows: Select[int], most: int) -> bool:
    """Tell whether there are no more of these rows than can be sorted at once."""
    return _count(session, rows, most) <= most


def _count(session: Session, rows: Select[int], most: int) -> int:
    """Count these rows, no further than one beyond ``most``."""
    counted = select(func.count()).select_from(rows.limit(most + 1).subquery())
    return session.scalar(counted) or 0


def _is_said_by(
    speaker: str, rows: Sequence[int], claim: type[ClaimRevision], *, is_few: bool
) -> ColumnElement[bool]:
    """Select the claims whose chain ends with somebody."""
    link, deeper = aliased(AttributionLink), aliased(AttributionLink)
    if speaker == AUTHOR:  # who stands at the beginning only, so that nobody comes after
        return ~exists().where(deeper.claim_revision_id == claim.id, deeper.depth > 0)
    is_last = ~(
        select(deeper.id)
        .where(deeper.claim_revision_id == link.claim_revision_id, deeper.depth > link.depth)
        .correlate(link)
        .exists()
    )
    if is_few:
        return claim.id.in_(
            select(link.claim_revision_id).where(link.speaker_id.in_(rows), is_last)
        )
    is_theirs = link.source == speaker if speaker in UNNAMED else _unindexed(link.speaker_id, rows)
    return (
        select(link.id)
        .where(link.claim_revision_id == claim.id, is_theirs, is_last)
        .correlate(claim)
        .exists()
    )


def _is_towards(
    rows: Sequence[int], claim: type[ClaimRevision], *, is_few: bool
) -> ColumnElement[bool]:
    """Select the claims with a stance towards something, their own or their sentence's."""
    if is_few:
        held = aliased(ClaimRevision)
        return claim.id.in_(
            select(held.id)
            .join(Stance, Stance.annotation_revision_id == held.annotation_revision_id)
            .where(
                Stance.target_id.in_(rows),
                or_(Stance.claim_id.is_(None), Stance.claim_id == held.claim_id),
            )
        )
    return (
        select(Stance.id)
        .where(
            Stance.annotation_revision_id == claim.annotation_revision_id,
            _unindexed(Stance.target_id, rows),
            or_(Stance.claim_id.is_(None), Stance.claim_id == claim.claim_id),
        )
        .correlate(claim)
        .exists()
    )


def _unindexed(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], rows: Sequence[int]
) -> ColumnElement[bool]:
    """Compare a column so that SQLite reads no index of it, which would name far too many rows."""
    return (column + 0).in_(rows)


def _about_article(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.article:
        found.append(Article.slug == filters.article)
    if filters.outlet:
        found.append(Article.outlet == filters.outlet)
    if filters.since:
        found.append(_earliest_day() >= filters.since)
    if filters.until:
        found.append(_earliest_day() <= filters.until)
    return found


def _earliest_day() -> ColumnElement[str]:
    """Select the earliest day that an article's date may mean, as ``dates.sort_key`` says it."""
    date = Article.published
    return case(
        (date.like("____-__-__%"), func.substr(date, 1, 10)),
        (date.like("____-__%"), func.substr(date, 1, 7).concat("-01")),
        else_=func.substr(date, 1, 4).concat("-01-01"),
    )


def _is_in(project_id: int, articles: Sequence[int]) -> ColumnElement[bool]:
    editions = select(TextEdition.id).where(
        TextEdition.project_id == project_id, TextEdition.article_id.in_(articles)
    )
    return Annotation.sentence_id.in_(
        select(Sentence.id).where(
            Sentence.project_id == project_id, Sentence.edition_id.in_(editions)
        )
    )


def _is_of(claim_type: str, claim: type[ClaimRevision]) -> ColumnElement[bool]:
    """Select the claims of a type; what is stored is canonical, so that it reads one way only."""
    name = "".join(letter for letter in claim_type if letter.isalnum() or letter == "_")
    written = type_coerce(claim.attributes, Text)
    return written.contains(f'"claim_type":"{name}"', autoescape=True)


def _is_checked() -> ColumnElement[bool]:
    """Select the claims that are with a statement: they, or what they stand for."""
    home, noted = aliased(Annotation), aliased(ClaimRevision)
    here = (
        select(Appearance.id)
        .join(Claim, Claim.id == Appearance.claim_id)
        .join(noted, noted.id == Appearance.noted_id)
        .join(home, home.id == Claim.annotation_id)
        .where(
            home.project_id == Annotation.project_id,
            home.sentence_id == Annotation.sentence_id,
            Appearance.removed_at.is_(None),
            or_(
                Appearance.claim_id == ClaimRevision.claim_id,
                noted.parts == ClaimRevision.parts,
                exists().where(
                    ClaimSource.project_id == home.project_id,
                    ClaimSource.gold_claim_id == ClaimRevision.claim_id,
                    ClaimSource.claim_id == Appearance.claim_id,
                ),
            ),
        )
        .correlate(Annotation, ClaimRevision)
        .exists()
    )
    before = (
        select(Appearance.id)
        .join(CarriedClaim, CarriedClaim.from_claim_id == Appearance.claim_id)
        .where(CarriedClaim.to_claim_id == ClaimRevision.claim_id, Appearance.removed_at.is_(None))
        .correlate(ClaimRevision)
        .exists()
    )
    return or_(here, before)


def _has_few_agreed(session: Session, project_id: int, most: int) -> bool:
    agreed = select(Annotation.id).where(Annotation.project_id == project_id, *_is_agreed())
    return _is_few(session, agreed, most)


def _rows_of(entries: Sequence[SpeakerEntry | TargetEntry], public_id: str) -> list[int]:
    """Return the rows of an entry of a register and of all that were merged into it."""
    redirects = find_redirects(entries)
    return [entry.row for entry in entries if redirects.get(entry.id, entry.id) == public_id]


def _read_statements(
    session: Session, project_id: int, claims: Sequence[SeenClaim]
) -> dict[int, list[Gathered]]:
    """Return the statements that claims are with, they or those that they stand for."""
    ancestors = find_ancestors(session, project_id=project_id, claims=[one.row for one in claims])
    beside = session.scalars(
        select(Claim.id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .where(
            Annotation.project_id == project_id,
            Annotation.sentence_id.in_({one.passage.sentence_id for one in claims}),
        )
    )
    wanted = {one for some in ancestors.values() for one in some} | set(beside)
    noted = aliased(ClaimRevision)
    rows = session.execute(
        select(
            Appearance.claim_id,
            Annotation.sentence_id,
            noted.parts,
            Statement.public_id,
            StatementRevision.wording,
            StatementRevision.language,
        )
        .join(noted, noted.id == Appearance.noted_id)
        .join(Claim, Claim.id == Appearance.claim_id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Statement, Statement.id == Appearance.statement_id)
        .join(StatementRevision, StatementRevision.id == newest_wording())
        .where(
            Appearance.project_id == project_id,
            Appearance.claim_id.in_(wanted),
            Appearance.removed_at.is_(None),
        )
        .order_by(Statement.id)
    ).all()
    found: dict[int, dict[str, Gathered]] = {one.row: {} for one in claims}
    for row in rows:
        for claim in claims:
            is_alike = (
                row.sentence_id == claim.passage.sentence_id
                and read_parts(row.parts) == claim.parts
            )
            if is_alike or row.claim_id in ancestors[claim.row]:
                found[claim.row][row.public_id] = Gathered(row.public_id, row.wording, row.language)
    return {row: list(some.values()) for row, some in found.items()}
