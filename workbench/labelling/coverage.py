"""The coverage ledger: what every sentence that needs a decision counts as, in every slot.

A slot is in it once it has a person; its words add up to the sentences of its edition that need a
decision, whatever has been read. ``read_ledger`` yields sentence by sentence, ``count_coverage``
lets the database add up, and both come to the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    Case,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Integer

from workbench.accounts.tables import User
from workbench.corpus.queries import SentenceInZone, newest_zone, read_sentences_of
from workbench.corpus.rules import fold
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.labelling.answers import Value, newest_revision, read_by_ids, read_parts
from workbench.labelling.frames import Decision, Span
from workbench.labelling.remembered import stored_scheme
from workbench.labelling.rules import CONTINUES, UNREAD, words_of
from workbench.labelling.slots import counts_as_slot
from workbench.labelling.tables import Annotation, AnnotationRevision, Assignment, ClaimRevision
from workbench.labelling.training import find_hidden
from workbench.projects.queries import newest_scheme
from workbench.projects.scheme import Scheme
from workbench.projects.tables import Membership

EDITIONS_AT_A_TIME = 100

Row = tuple[object, ...]


@dataclass(frozen=True)
class CoveredSlot:
    """A slot that has a person, and how many sentences of its edition count as what in it."""

    slot: str
    article_id: int
    article: str
    edition_id: int
    membership_id: int
    name: str
    words: Mapping[str, int]

    @property
    def sentences(self) -> int:
        """How many sentences need a decision."""
        return sum(self.words.values())

    @property
    def read(self) -> int:
        """How many of them have one."""
        return self.sentences - self.words[UNREAD]


@dataclass(frozen=True)
class Covered:
    """The slots of an article or of a person, added up."""

    id: int
    name: str
    slots: Sequence[CoveredSlot]

    @property
    def words(self) -> Counter[str]:
        """How many sentences count as what, each once in each slot."""
        return add_words(self.slots)


@dataclass(frozen=True)
class CoveredArticle(Covered):
    """An article by its slug: its sentences that need a decision, and those that nobody has read.

    They are those of the text editions that somebody has a slot of; of the newest where nobody has.
    """

    sentences: int
    never_read: int


@dataclass(frozen=True)
class Coverage:
    """How far a project is read, by article and by person.

    ``hidden`` articles are left out: whoever asks has still to finish them.
    """

    articles: Sequence[CoveredArticle]
    people: Sequence[Covered]
    hidden: Collection[int]

    @property
    def words(self) -> Counter[str]:
        """How many sentences count as what, each once in each slot."""
        return sum((one.words for one in self.articles), Counter())


class LedgerRow(NamedTuple):
    """What a sentence counts as in one slot."""

    article: str
    edition: int
    position: int
    slot: str
    annotator: str
    word: str


def in_ledger(slot: type[Assignment] = Assignment) -> ColumnElement[bool]:
    """Select the slots that are in the ledger, whatever they are of."""
    return and_(counts_as_slot(slot), slot.membership_id.is_not(None))


def find_zones_outside(session: Session, *, project_id: int) -> frozenset[str]:
    """Return the zones whose sentences need no decision."""
    return zones_outside(find_newest_scheme(session, project_id=project_id))


def find_newest_scheme(session: Session, *, project_id: int) -> Scheme:
    """Return the label scheme that a project has now."""
    number = newest_scheme(session, project_id=project_id).number
    return stored_scheme(session, project_id=project_id, number=number).scheme


def zones_outside(scheme: Scheme) -> frozenset[str]:
    """Return the zones of a label scheme whose sentences need no decision."""
    return frozenset(zone.name for zone in scheme.zones.values() if not zone.annotatable)


def read_ledger(
    session: Session, *, project_id: int, article_id: int | None = None
) -> Iterator[LedgerRow]:
    """Yield the ledger of a project, or of one article, by slug, edition, slot and position.

    Withdrawn and erased articles are left out. Few editions at a time are in memory.
    """
    outside = find_zones_outside(session, project_id=project_id)
    of_article = true() if article_id is None else Article.id == article_id
    slots: dict[int, list[_Slot]] = {}
    for row in session.execute(_select_slots(project_id).where(of_article)):
        slots.setdefault(row.edition_id, []).append(_Slot(**row._mapping))
    editions = sorted(
        slots, key=lambda edition: (slots[edition][0].slug, slots[edition][0].edition)
    )
    for start in range(0, len(editions), EDITIONS_AT_A_TIME):
        some = editions[start : start + EDITIONS_AT_A_TIME]
        sentences = read_sentences_of(session, project_id=project_id, edition_ids=some)
        answers = _Answers(session, project_id, sentences)
        for edition in some:
            for slot in slots[edition]:
                words = answers.words(edition, slot.membership_id)
                for sentence, word in zip(sentences[edition], words, strict=True):
                    if sentence.zone not in outside:
                        yield LedgerRow(
                            slot.slug, slot.edition, sentence.position, slot.slot, slot.name, word
                        )


class NeverRead(NamedTuple):
    """A sentence that nobody has read, with its words."""

    position: int
    text: str


def list_never_read(session: Session, *, project_id: int, article_id: int) -> list[NeverRead]:
    """List the sentences of an article that need a decision and have none in any slot."""
    outside = find_zones_outside(session, project_id=project_id)
    rows = list(read_ledger(session, project_id=project_id, article_id=article_id))
    read = {(row.edition, row.position) for row in rows if row.word != UNREAD}
    needed = _select_needed(project_id, outside, Article.id == article_id).subquery()
    sentences = session.execute(
        select(
            TextEdition.number,
            Sentence.position,
            func.substr(
                TextEdition.text, Sentence.start + 1, Sentence.end - Sentence.start, type_=String
            ),
        )
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(Sentence.id.in_(select(needed.c.sentence_id).where(needed.c.is_unread == 1)))
        .order_by(TextEdition.number, Sentence.position)
    )
    return [
        NeverRead(position, text)
        for edition, position, text in sentences
        if (edition, position) not in read
    ]


def count_coverage(session: Session, *, project_id: int, reader: int | None = None) -> Coverage:
    """Count the ledger of a project by a few statements, as one person may see it."""
    hidden = find_hidden(session, project_id=project_id, user_id=reader)
    outside = find_zones_outside(session, project_id=project_id)
    shown = Article.id.not_in(hidden)
    slots, continued = _count_slots(session, project_id, outside, shown)
    needed = _select_needed(project_id, outside, shown).subquery()
    counts = session.execute(
        select(
            needed.c.article_id, needed.c.slug, func.count(), func.sum(needed.c.is_unread)
        ).group_by(needed.c.article_id, needed.c.slug)
    ).all()
    reached = select(needed.c.article_id, needed.c.is_unread).where(
        needed.c.sentence_id.in_(bindparam("ids", expanding=True))
    )
    read_after_all = Counter[int]()
    for row in read_by_ids(session, reached, sorted(continued)):
        read_after_all[row.article_id] += row.is_unread
    by_article, by_person = defaultdict(list), defaultdict(list)
    for slot in slots:
        by_article[slot.article_id].append(slot)
        by_person[slot.membership_id].append(slot)
    people = [Covered(key, theirs[0].name, theirs) for key, theirs in by_person.items()]
    articles = [
        CoveredArticle(key, slug, by_article[key], sentences, unread - read_after_all[key])
        for key, slug, sentences, unread in counts
    ]
    return Coverage(
        sorted(articles, key=lambda one: one.name),
        sorted(people, key=lambda one: (fold(one.name), one.id)),
        hidden,
    )


def add_words(slots: Iterable[CoveredSlot]) -> Counter[str]:
    """Add up what the sentences of some slots count as."""
    total = Counter[str]()
    for slot in slots:
        total.update(slot.words)
    return total


def count_slots(
    session: Session, *, project_id: int, which: ColumnElement[bool]
) -> list[CoveredSlot]:
    """Count the words of some slots of the ledger, chosen by article or slot."""
    outside = find_zones_outside(session, project_id=project_id)
    return _count_slots(session, project_id, outside, which)[0]


def count_needed(
    session: Session, *, project_id: int, edition_ids: Collection[int]
) -> dict[int, int]:
    """Count the sentences of some editions that need a decision."""
    outside = find_zones_outside(session, project_id=project_id)
    values: dict[str, Value] = {"project": project_id, "outside": sorted(outside)}
    rows = read_by_ids(session, _select_counts(), sorted(edition_ids), values)
    return {row.edition_id: row.sentences for row in rows}


@dataclass(frozen=True)
class _Slot:
    """A slot in the ledger."""

    slot: str
    article_id: int
    slug: str
    edition_id: int
    edition: int
    membership_id: int
    name: str


class _Answers:
    """The newest answers to some editions, without what only is shown."""

    def __init__(
        self,
        session: Session,
        project_id: int,
        sentences: Mapping[int, Sequence[SentenceInZone]],
    ) -> None:
        self._ranges = {
            edition: [(one.start, one.end) for one in those] for edition, those in sentences.items()
        }
        places = {
            one.id: (edition, one.position) for edition, those in sentences.items() for one in those
        }
        self._decisions: dict[tuple[int, int], dict[int, Decision]] = {}
        self._claims: dict[tuple[int, int], list[tuple[int, Sequence[Span]]]] = {}
        for row in read_by_ids(session, _select_answers(), list(places), {"project": project_id}):
            edition, position = places[row.sentence_id]
            key = (edition, row.membership_id)
            self._decisions.setdefault(key, {})[position] = Decision(row.decision)
            if row.parts:
                self._claims.setdefault(key, []).append((position, read_parts(row.parts)))

    def words(self, edition: int, membership_id: int) -> list[str]:
        """Return what each sentence of an edition counts as for one member."""
        key = (edition, membership_id)
        return words_of(
            self._ranges[edition], self._decisions.get(key, {}), self._claims.get(key, ())
        )


@cache  # Building it takes longer than running it.
def _select_answers() -> Select[*Row]:
    """Select each newest decision of annotators, once for each of its claims."""
    return (
        select(
            Annotation.sentence_id,
            Annotation.membership_id,
            AnnotationRevision.decision,
            ClaimRevision.parts,
        )
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .outerjoin(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .where(
            Annotation.project_id == bindparam("project"),  # The unique index begins with it.
            Annotation.sentence_id.in_(bindparam("ids", expanding=True)),
            Annotation.membership_id.is_not(None),
        )
    )


def _select_slots(project_id: int) -> Select[*Row]:
    return (
        select(
            Assignment.public_id.label("slot"),
            Article.id.label("article_id"),
            Article.slug,
            Assignment.edition_id,
            TextEdition.number.label("edition"),
            Assignment.membership_id,
            User.name,
        )
        .select_from(Assignment)
        .join(Article, Article.id == Assignment.article_id)
        .join(TextEdition, TextEdition.id == Assignment.edition_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(Assignment.project_id == project_id, in_ledger(), _is_kept())
        .order_by(Assignment.edition_id, Assignment.number)
    )


def _is_kept() -> ColumnElement[bool]:
    return and_(Article.withdrawn_at.is_(None), Article.erased_at.is_(None))


def _count_slots(
    session: Session, project_id: int, outside: frozenset[str], which: ColumnElement[bool]
) -> tuple[list[CoveredSlot], set[int]]:
    """Return the slots, and the sentences that continue a claim with no decision of their own."""
    slots = session.execute(_select_slots(project_id).where(which)).all()
    own = {(row.edition_id, row.membership_id) for row in slots}
    editions = sorted({edition for edition, _ in own})
    values: dict[str, Value] = {"project": project_id, "outside": sorted(outside)}
    needed = count_needed(session, project_id=project_id, edition_ids=editions)
    words: dict[tuple[int, int], Counter[str]] = {key: Counter() for key in own}
    for row in read_by_ids(session, _select_words(), editions, values):
        if (row.edition_id, row.membership_id) in own:
            words[row.edition_id, row.membership_id][row.word] = row.sentences
    continued = set()
    for key, sentence, before in _find_continued(session, editions, values):
        if key in own:
            words[key][before] -= 1
            words[key][CONTINUES] += 1
            if before == UNREAD:
                continued.add(sentence)
    for (edition, _), counts in words.items():
        counts[UNREAD] = 0
        counts[UNREAD] = needed.get(edition, 0) - counts.total()
    covered = [
        CoveredSlot(
            row.slot,
            row.article_id,
            row.slug,
            row.edition_id,
            row.membership_id,
            row.name,
            words[row.edition_id, row.membership_id],
        )
        for row in slots
    ]
    return covered, continued


@cache
def _select_counts() -> Select[*Row]:
    """Count the sentences of some editions that need a decision."""
    return (
        select(Sentence.edition_id, func.count().label("sentences"))
        .where(*_of_editions(), _is_needed())
        .group_by(Sentence.edition_id)
    )


@cache
def _select_words() -> Select[*Row]:
    """Count what the answers to some editions make their sentences count as, each alone."""
    word = _word(AnnotationRevision).label("word")
    return (
        _from_answers(
            select(
                Sentence.edition_id, Annotation.membership_id, word, func.count().label("sentences")
            )
        )
        .where(*_of_editions(), _is_needed(), Annotation.membership_id.is_not(None))
        .group_by(Sentence.edition_id, Annotation.membership_id, word)
    )


def _from_answers(chosen: Select[*Row]) -> Select[*Row]:
    return (
        chosen.select_from(Sentence)
        .join(
            Annotation,
            and_(
                Annotation.project_id == Sentence.project_id, Annotation.sentence_id == Sentence.id
            ),
        )
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
    )


def _of_editions() -> Sequence[ColumnElement[bool]]:
    return (
        Sentence.project_id == bindparam("project"),
        Sentence.edition_id.in_(bindparam("ids", expanding=True)),
    )


def _is_needed(sentence: type[Sentence] = Sentence) -> ColumnElement[bool]:
    """Select the sentences that need a decision."""
    return newest_zone(sentence).not_in(bindparam("outside", expanding=True))


def _find_continued(
    session: Session, editions: Sequence[int], values: Mapping[str, Value]
) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Yield the sentences that a claim of before runs into, and have none of their own.

    Each once for each member who says so: edition and member, sentence, and what it would count
    as without that claim.
    """
    found = {
        (row.edition_id, row.membership_id, row.sentence_id): row.word
        for row in read_by_ids(session, _select_reached(), editions, values)
        if row.word != Decision.CLAIMS
        if any(part.start < row.end and row.start < part.end for part in read_parts(row.parts))
    }
    for (edition, membership, sentence), word in found.items():
        yield (edition, membership), sentence, word


@cache
def _select_reached() -> Select[*Row]:
    """Select the sentences that may be in a claim which begins before them."""
    reached, answer, revision = (
        aliased(Sentence),
        aliased(Annotation),
        aliased(AnnotationRevision),
    )
    end = _last_end(ClaimRevision.parts)
    long = (
        _from_answers(
            select(
                Sentence.edition_id,
                Sentence.position,
                Annotation.membership_id,
                Annotation.answerer,
                ClaimRevision.parts,
                end.label("end"),
            )
        )
        .join(ClaimRevision, ClaimRevision.annotation_revision_id == AnnotationRevision.id)
        .where(*_of_editions(), Annotation.membership_id.is_not(None), end > Sentence.end)
        .cte("long")
        .prefix_with("MATERIALIZED")  # They are few; whatever else a planner begins with is not.
    )
    return (
        select(
            long.c.edition_id,
            long.c.membership_id,
            long.c.parts,
            reached.id.label("sentence_id"),
            reached.start,
            reached.end,
            func.coalesce(_word(revision), UNREAD).label("word"),
        )
        .select_from(long)
        .join(
            reached,
            and_(
                reached.project_id == bindparam("project"),
                reached.edition_id == long.c.edition_id,
                reached.position > long.c.position,
                reached.start < long.c.end,
            ),
        )
        .outerjoin(
            answer,
            and_(
                answer.project_id == reached.project_id,
                answer.sentence_id == reached.id,
                answer.answerer == long.c.answerer,
            ),
        )
        .outerjoin(revision, revision.id == newest_revision(answer))
        .where(_is_needed(reached))
    )


def _select_needed(
    project_id: int, outside: frozenset[str], which: ColumnElement[bool]
) -> Select[*Row]:
    """Select the sentences that need a decision, with 1 for those that no slot has one for."""
    later = aliased(TextEdition)
    newest = select(func.max(later.number)).where(later.article_id == Article.id).scalar_subquery()
    of_article = select(Assignment.id).where(
        Assignment.project_id == project_id, Assignment.article_id == Article.id, in_ledger()
    )
    is_read = (
        select(Annotation.id)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(Assignment, Assignment.membership_id == Annotation.membership_id)
        .where(
            Annotation.project_id == project_id,
            Annotation.sentence_id == Sentence.id,
            Assignment.project_id == project_id,
            Assignment.article_id == Article.id,
            Assignment.edition_id == Sentence.edition_id,
            in_ledger(),
            _word(AnnotationRevision) != UNREAD,
        )
        .correlate(Sentence, Article)
    )
    return (
        select(
            Article.id.label("article_id"),
            Article.slug,
            Sentence.id.label("sentence_id"),
            case((is_read.exists(), 0), else_=1).label("is_unread"),
        )
        .select_from(Article)
        .join(TextEdition, TextEdition.article_id == Article.id)
        .join(
            Sentence, and_(Sentence.project_id == project_id, Sentence.edition_id == TextEdition.id)
        )
        .where(
            Article.project_id == project_id,
            TextEdition.project_id == project_id,
            Sentence.project_id == project_id,
            _is_kept(),
            which,
            or_(
                of_article.where(Assignment.edition_id == TextEdition.id).exists(),
                and_(~of_article.exists(), TextEdition.number == newest),
            ),
            newest_zone().not_in(outside),
        )
    )


class _last_end(GenericFunction[int]):  # noqa: N801  # stands in statements like a function
    """Where the last of a claim's parts ends."""

    type = Integer()
    inherit_cache = True


@compiles(_last_end, "sqlite")
def _last_end_in_sqlite(element: _last_end, compiler: SQLCompiler, **options: object) -> str:
    parts = compiler.process(element.clauses, **options)
    return f"json_extract({parts}, '$[#-1].end')"


@compiles(_last_end, "postgresql")
def _last_end_in_postgresql(element: _last_end, compiler: SQLCompiler, **options: object) -> str:
    parts = compiler.process(element.clauses, **options)
    return f"CAST(CAST({parts} AS json) -> -1 ->> 'end' AS integer)"


def _word(revision: type[AnnotationRevision]) -> Case[str]:
    """Select what an answer alone makes its sentence count as: ``rules.reading`` in SQL."""
    claims = (
        select(ClaimRevision.id)
        .where(ClaimRevision.annotation_revision_id == revision.id)
        .correlate(revision)
        .exists()
    )
    return case(
        (claims, Decision.CLAIMS.value),
        (revision.decision == Decision.CLAIMS.value, UNREAD),
        else_=revision.decision,
    )
