"""Reads of whole articles with everybody's answers, and what these come to."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.rules import (
    Policy,
    SentenceReading,
    Settled,
    Settlement,
    read_sentences,
    settle,
)
from workbench.corpus.queries import SentenceInZone, read_sentences_of
from workbench.corpus.tables import Article, TextEdition
from workbench.labelling.answers import StoredAnswer, answerer_of, load_answers
from workbench.labelling.coverage import find_newest_scheme, zones_outside
from workbench.labelling.frames import Answer, SentenceId, follow_redirects
from workbench.labelling.registers import Registers, find_redirects, load_registers
from workbench.labelling.rules import AssignmentState, is_complete
from workbench.labelling.slots import has_begun, is_unfinished
from workbench.labelling.tables import GOLD, Assignment
from workbench.labelling.training import unseen_lessons
from workbench.projects.queries import get_project
from workbench.projects.scheme import Scheme
from workbench.projects.tables import Membership, Project

BATCH_CHARACTERS = 100_000


@dataclass(frozen=True)
class AnsweredEdition:
    """A text edition with its sentences, and the newest answers to them by who answers.

    ``gold`` has no answer in which something is still asked; ``all_gold`` has these, too.

    ``answers`` has an entry, maybe an empty one, for everybody who began the article, but for
    those who trained on it; ``extra`` are those of them whose slot lapsed, whose answers settle
    nothing. An edition is blind when others' answers are left out, because whoever
    reads still works on it or has still to train on it.
    """

    article: Article
    edition: TextEdition
    scheme: Scheme
    sentences: Sequence[SentenceInZone]
    outside: frozenset[int]
    answers: Mapping[str, Mapping[int, StoredAnswer]]
    extra: frozenset[str]
    gold: Mapping[int, StoredAnswer]
    all_gold: Mapping[int, StoredAnswer]
    is_blind: bool

    @property
    def has_answers(self) -> bool:
        """Tell whether anybody has answered anything, be it hidden from whoever reads."""
        return self.is_blind or bool(self.gold) or any(self.answers.values())

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """Where the sentences begin and end."""
        return [(sentence.start, sentence.end) for sentence in self.sentences]

    @cached_property
    def readings(self) -> dict[str, list[SentenceReading]]:
        """What each sentence counts as for everybody in ``answers``, in the order of the text."""
        return {
            who: read_sentences(self.ranges, _bare(theirs)) for who, theirs in self.answers.items()
        }

    def settle(self, policy: Policy) -> list[Settlement]:
        """Settle every sentence, in the order of the text."""
        return settle(
            self.ranges,
            [self.readings[who] for who in sorted(self.answers.keys() - self.extra, key=int)],
            _bare(self.gold),
            policy=policy,
            scheme=self.scheme,
        )


@dataclass(frozen=True)
class Part:
    """One of so many parts of a project's articles, about as long as the others; 0 is the first."""

    number: int
    of: int


def read_answered_editions(
    session: Session,
    *,
    project_id: int,
    reader: int | None = None,
    article_id: int | None = None,
    part: Part | None = None,
) -> Iterator[AnsweredEdition]:
    """Yield the project's articles with everybody's answers, by slug; a few at a time in memory.

    With ``article_id`` only that one, with ``part`` only those of a part. Withdrawn and erased ones
    are left out, merged register entries replaced. ``reader`` is the user who will see it: an
    article they still work on, or have to train on, hides others' answers from them. What was
    answered in training is left out.
    """
    scheme = find_newest_scheme(session, project_id=project_id)
    whole = _Whole(
        project_id=project_id,
        registers=load_registers(session, project_id=project_id),
        scheme=scheme,
        outside=zones_outside(scheme),
        own=_unfinished_slots(session, project_id, reader),
        unseen=_unseen(session, project_id, reader),
    )
    for batch in _batches(session, project_id, article_id, part):
        yield from _read_batch(session, whole, batch)


def read_agreed_editions(
    session: Session, *, project_id: int, reader: int | None = None, article_id: int | None = None
) -> Iterator[AnsweredEdition]:
    """Yield each article once: on the newest of its texts that anybody has answered.

    Where nobody has answered any, on its newest text; all else is as in
    ``read_answered_editions``.
    """
    editions = read_answered_editions(
        session, project_id=project_id, reader=reader, article_id=article_id
    )
    yield from choose_agreed(editions)


def choose_agreed(editions: Iterable[AnsweredEdition]) -> Iterator[AnsweredEdition]:
    """Yield of each article's editions, which follow one another, the one that is agreed on."""
    chosen: AnsweredEdition | None = None
    for edition in editions:
        if chosen and chosen.article.id != edition.article.id:
            yield chosen
            chosen = None
        if chosen is None or not chosen.has_answers or edition.has_answers:
            chosen = edition
    if chosen:
        yield chosen


def count_settled(
    session: Session, *, project_id: int, reader: int | None = None
) -> Counter[Settled | None]:
    """Count how the sentences are settled; under none, those outside the ledger."""
    policy = policy_of(get_project(session, project_id=project_id))
    counts: Counter[Settled | None] = Counter()
    for edition in read_agreed_editions(session, project_id=project_id, reader=reader):
        if not edition.is_blind:
            settlements = edition.settle(policy)
            counts.update(
                None if sentence.position in edition.outside else settlement.settled
                for sentence, settlement in zip(edition.sentences, settlements, strict=True)
            )
    return counts


def leave_out_unfinished(
    gold: Mapping[int, StoredAnswer], scheme: Scheme
) -> dict[int, StoredAnswer]:
    """Return the agreed answers without those in which something is still asked."""
    return {position: one for position, one in gold.items() if is_complete(one.answer, scheme)}


def policy_of(project: Project) -> Policy:
    """Return what settles a sentence by itself in the project."""
    return Policy(
        single=project.single_settles,
        unanimous=project.unanimous_settles,
        majority=project.majority_settles,
    )


def count_characters(session: Session, *, project_id: int) -> int:
    """Return how long the project's texts are, all together: how much work counting would be."""
    lengths = select(func.sum(TextEdition.length)).where(TextEdition.project_id == project_id)
    return session.scalar(lengths) or 0


def list_hidden_articles(session: Session, *, project_id: int, reader: int) -> list[Article]:
    """List the articles whose answers by others are hidden from a person who works on them.

    Those they have still to train on are among them.
    """
    unseen = _unseen(session, project_id, reader)
    mine, others = aliased(Assignment), aliased(Assignment)
    works_on = (  # asked of their few articles, not of each article
        select(mine.article_id)
        .join(Membership, Membership.id == mine.membership_id)
        .where(
            mine.project_id == project_id,
            Membership.user_id == reader,
            Membership.ended_at.is_(None),
            is_unfinished(mine),
            select(others.id)
            .where(
                others.project_id == project_id,
                others.article_id == mine.article_id,
                others.id != mine.id,
                has_begun(others),
            )
            .exists(),
        )
    )
    return list(
        session.scalars(
            select(Article)
            .where(
                Article.project_id == project_id,
                Article.withdrawn_at.is_(None),
                or_(Article.id.in_(works_on), Article.id.in_(unseen)),
            )
            .order_by(Article.slug)
        )
    )


def find_blind_articles(session: Session, *, project_id: int, reader: int) -> dict[str, str | None]:
    """Return the articles, by public id, that a person still works on or has to train on.

    Nothing of others on them is for their eyes. With each stands the word under which they answer
    there themselves, if they have begun.
    """
    own = _unfinished_slots(session, project_id, reader)
    wanted = own.keys() | _unseen(session, project_id, reader)
    rows = session.execute(
        select(Article.id, Article.public_id).where(Article.id.in_(sorted(wanted)))
    )
    return {row.public_id: own.get(row.id) for row in rows}


@dataclass(frozen=True)
class _Whole:
    """What every batch needs to know of the project."""

    project_id: int
    registers: Registers
    scheme: Scheme
    outside: frozenset[str]
    own: Mapping[int, str]
    unseen: frozenset[int]


def _batches(
    session: Session, project_id: int, article_id: int | None, part: Part | None
) -> Iterator[list[int]]:
    """Yield edition rows by slug and number: the newest of each article, and those begun."""
    later = aliased(TextEdition)
    newest = select(func.max(later.number)).where(
        later.project_id == project_id, later.article_id == Article.id
    )
    begun = select(Assignment.id).where(
        Assignment.project_id == project_id,
        Assignment.article_id == Article.id,
        Assignment.edition_id == TextEdition.id,
        Assignment.is_training.is_(False),
        has_begun(),
    )
    rows = session.execute(
        select(Article.slug, TextEdition.number, TextEdition.id, TextEdition.length)
        .join(TextEdition, TextEdition.article_id == Article.id)
        .where(
            Article.project_id == project_id,
            TextEdition.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
            true() if article_id is None else Article.id == article_id,
            or_(TextEdition.number == newest.scalar_subquery(), begun.exists()),
        )
    ).all()
    batch: list[int] = []
    characters = 0
    rows = sorted(rows, key=lambda row: (row.slug, row.number))  # as no collation would
    if part is not None:
        parts = cut_into_parts([(row.slug, row.length) for row in rows], part.of)
        rows = [row for row, number in zip(rows, parts, strict=True) if number == part.number]
    for row in rows:
        batch.append(row.id)
        characters += row.length
        if characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def cut_into_parts(lengths: Sequence[tuple[str, int]], parts: int) -> list[int]:
    """Return for each text, given its article and length, the number of its part; rising.

    An article is in the part in which it begins; the texts of one follow one another.
    """
    whole = sum(length for _, length in lengths)
    numbers: list[int] = []
    begun = 0
    for place, (article, length) in enumerate(lengths):
        is_same = place > 0 and lengths[place - 1][0] == article
        numbers.append(numbers[-1] if is_same else min(begun * parts // max(whole, 1), parts - 1))
        begun += length
    return numbers


def _read_batch(
    session: Session, whole: _Whole, edition_ids: Sequence[int]
) -> Iterator[AnsweredEdition]:
    articles = session.execute(
        select(Article, TextEdition)
        .join(TextEdition, TextEdition.article_id == Article.id)
        .where(TextEdition.id.in_(edition_ids))
    )
    pairs = {edition.id: (article, edition) for article, edition in articles}
    sentences = read_sentences_of(session, project_id=whole.project_id, edition_ids=edition_ids)
    extra = _find_extra(session, whole, pairs)
    answers = _read_answers(session, whole, pairs, sentences, extra)
    for edition_id in edition_ids:
        article, edition = pairs[edition_id]
        everybody = answers[edition_id]
        gold = everybody.pop(GOLD)
        me = whole.own.get(article.id)
        mine = {me: everybody[me]} if me in everybody else {}
        is_busy = me is not None or article.id in whole.unseen
        is_blind = is_busy and (bool(gold) or len(everybody) > len(mine))
        yield AnsweredEdition(
            article=article,
            edition=edition,
            scheme=whole.scheme,
            sentences=sentences[edition_id],
            outside=frozenset(
                sentence.position
                for sentence in sentences[edition_id]
                if sentence.zone in whole.outside
            ),
            answers=mine if is_blind else everybody,
            extra=extra[edition_id],
            gold={} if is_blind else leave_out_unfinished(gold, whole.scheme),
            all_gold={} if is_blind else gold,
            is_blind=is_blind,
        )


def _read_answers(
    session: Session,
    whole: _Whole,
    pairs: Mapping[int, tuple[Article, TextEdition]],
    sentences: Mapping[int, Sequence[SentenceInZone]],
    extra: Mapping[int, frozenset[str]],
) -> dict[int, dict[str, dict[int, StoredAnswer]]]:
    """Return the answers by edition, who answers, and position.

    Those without any yet are among them, unless their slot lapsed.
    """
    slots = session.execute(
        select(Assignment.edition_id, Assignment.membership_id, Assignment.is_training).where(
            Assignment.project_id == whole.project_id,
            Assignment.edition_id.in_(pairs),
            has_begun(),
        )
    )
    trained = set()
    answers: dict[int, dict[str, dict[int, StoredAnswer]]] = {
        edition_id: {GOLD: {}} for edition_id in pairs
    }
    for edition_id, membership_id, is_training in slots:
        if membership_id is not None and is_training:
            trained.add((edition_id, answerer_of(membership_id)))
        elif membership_id is not None and answerer_of(membership_id) not in extra[edition_id]:
            answers[edition_id][answerer_of(membership_id)] = {}
    names, homes = {}, {}
    for edition_id, (article, edition) in pairs.items():
        for sentence in sentences[edition_id]:
            name = SentenceId(article.public_id, edition.number, sentence.position)
            names[sentence.id], homes[sentence.id] = name, edition_id
    speakers = find_redirects(whole.registers.speakers)
    targets = find_redirects(whole.registers.targets)
    for stored in load_answers(
        session, project_id=whole.project_id, sentences=names, registers=whole.registers
    ):
        home = homes[stored.sentence_row]
        if (home, stored.answerer) in trained:
            continue
        answer = follow_redirects(stored.answer, speakers, targets)
        theirs = answers[home].setdefault(stored.answerer, {})
        theirs[answer.sentence.position] = (
            stored if answer is stored.answer else stored._replace(answer=answer)
        )
    return answers


def _find_extra(
    session: Session, whole: _Whole, edition_ids: Collection[int]
) -> dict[int, frozenset[str]]:
    """Return by edition whose slot lapsed, by the word under which they answer."""
    rows = session.execute(
        select(Assignment.edition_id, Assignment.membership_id).where(
            Assignment.project_id == whole.project_id,
            Assignment.edition_id.in_(edition_ids),
            Assignment.state == AssignmentState.LAPSED,
        )
    )
    found: dict[int, set[str]] = {edition_id: set() for edition_id in edition_ids}
    for edition_id, membership_id in rows:
        if membership_id is not None:
            found[edition_id].add(answerer_of(membership_id))
    return {edition_id: frozenset(names) for edition_id, names in found.items()}


def _unfinished_slots(session: Session, project_id: int, reader: int | None) -> dict[int, str]:
    """Return the articles the person still works on, with the word by which they answer.

    On whichever edition they are: the answers of those who went on to a later one are hidden, too.
    """
    if reader is None:
        return {}
    rows = session.execute(
        select(Assignment.article_id, Assignment.membership_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == project_id,
            Membership.user_id == reader,
            Membership.ended_at.is_(None),  # Who annotates no more works on nothing.
            is_unfinished(),
        )
    )
    return {
        article_id: answerer_of(membership_id)
        for article_id, membership_id in rows
        if membership_id is not None
    }


def _unseen(session: Session, project_id: int, reader: int | None) -> frozenset[int]:
    if reader is None:
        return frozenset()
    return frozenset(unseen_lessons(session, project_id=project_id, user_id=reader))


def _bare(answers: Mapping[int, StoredAnswer]) -> dict[int, Answer]:
    return {position: stored.answer for position, stored in answers.items()}
