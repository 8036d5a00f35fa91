"""Cases: a text edition with what each annotator says of it, by letter, and what was decided."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from string import ascii_uppercase
from typing import cast

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.clusters import Compared, compare_readings, mean_weight
from workbench.adjudication.queries import leave_out_unfinished, policy_of
from workbench.adjudication.rules import (
    Outcome,
    Policy,
    Reason,
    SentenceReading,
    Settled,
    Settlement,
    is_taken_back,
    read_sentences,
    settle,
)
from workbench.adjudication.tables import Adjudication
from workbench.canonical import Json
from workbench.corpus.queries import SentenceInZone, find_article, read_sentences_of
from workbench.corpus.rules import in_chunks
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import ForbiddenError
from workbench.labelling.answers import (
    IDS_AT_A_TIME,
    StoredAnswer,
    answerer_of,
    load_answers,
    read_by_ids,
)
from workbench.labelling.frames import Answer, SentenceId, follow_redirects
from workbench.labelling.queries import Matter, Piece, get_matter, piece_columns
from workbench.labelling.registers import Registers, find_redirects
from workbench.labelling.rules import AssignmentState, closed_article
from workbench.labelling.scheme_changes import CAUSE
from workbench.labelling.slots import counts_as_slot
from workbench.labelling.tables import GOLD, AnnotationRevision, Assignment
from workbench.labelling.training import hides_answers
from workbench.projects.scheme import Scheme
from workbench.projects.tables import Membership, Project

Answers = Mapping[int, StoredAnswer]
LEAST_TO_COMPARE = 2


@dataclass(frozen=True)
class Reader:
    """Somebody with a slot of a text edition; ``letter`` is what adjudicators call them."""

    letter: str
    membership_id: int
    is_finished: bool


@dataclass(frozen=True)
class CaseFile:
    """Which text edition of an article is adjudicated, and who has read it."""

    piece: Piece
    readers: tuple[Reader, ...]
    is_open: bool

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letters of the readers by the words under which they answer."""
        return {answerer_of(reader.membership_id): reader.letter for reader in self.readers}


@dataclass(frozen=True)
class Decided:
    """The newest thing that was decided of a sentence, and what was ``earlier``, in its order."""

    id: str
    row: int
    outcome: Outcome
    reason: Reason | None
    note: str | None
    compared: frozenset[str]
    made_at: datetime
    earlier: tuple["Decided", ...] = ()


@dataclass(frozen=True)
class Tally:
    """How much of an article differs, and how far it is adjudicated; sentences.

    ``difficulty`` is from 0 to 1. ``settled`` were decided by somebody; ``changed`` are those of
    them with other answers since; ``open`` wait for a decision.
    """

    read: int
    differ: int
    settled: int
    deferred: int
    changed: int
    open: int
    difficulty: float

    @property
    def is_done(self) -> bool:
        """Whether nothing waits for an adjudicator."""
        return not (self.open or self.deferred or self.changed)


@dataclass(frozen=True)
class Case:
    """A text edition with its readings by letter, the agreed answers, and what was decided.

    ``stands_for`` has the earlier revisions that a revision by a change of scheme stands for.
    """

    file: CaseFile
    policy: Policy
    sentences: Sequence[SentenceInZone]
    outside: frozenset[int]
    readings: Mapping[str, Answers]
    gold: Answers
    scheme: Scheme
    decided: Mapping[int, Decided]
    stands_for: Mapping[str, Collection[str]]

    @cached_property
    def _ranges(self) -> list[tuple[int, int]]:
        return [(one.start, one.end) for one in self.sentences]

    @cached_property
    def _read(self) -> dict[str, list[SentenceReading]]:
        return {
            who: read_sentences(self._ranges, _bare(theirs))
            for who, theirs in self.readings.items()
        }

    @cached_property
    def compared(self) -> dict[int, Compared]:
        """Every sentence that needs a decision and that anybody has read, compared."""
        found = compare_readings(self._read)
        return {place: one for place, one in found.items() if place not in self.outside}

    @cached_property
    def agreed(self) -> frozenset[int]:
        """The sentences to which two or more, and all who read them, gave the same answer."""
        return frozenset(
            position
            for position, one in self.compared.items()
            if one.agrees and len(one.readings) >= LEAST_TO_COMPARE
        )

    @cached_property
    def finished_gold(self) -> dict[int, StoredAnswer]:
        """The agreed answers without those in which something is still asked."""
        return leave_out_unfinished(self.gold, self.scheme)

    @cached_property
    def settlements(self) -> list[Settlement]:
        """How every sentence is settled by now, in the order of the text."""
        return self._settle(self.finished_gold)

    @cached_property
    def to_decide(self) -> frozenset[int]:
        """The sentences that nothing settles but an adjudicator, who may have done it already."""
        return self._unsettled(self._settle({}))

    @cached_property
    def open(self) -> frozenset[int]:
        """The sentences that are not settled by now, nor put off."""
        return self._unsettled(self.settlements) - self.deferred

    @cached_property
    def settled(self) -> frozenset[int]:
        """The sentences that have an agreed answer in which nothing is asked any more."""
        return frozenset(
            position
            for position, stored in self.finished_gold.items()
            if not is_taken_back(stored.answer) and position not in self.outside
        )

    @cached_property
    def deferred(self) -> frozenset[int]:
        """The sentences of which the last word was to decide later."""
        return frozenset(
            position
            for position, one in self.decided.items()
            if one.outcome is Outcome.DEFER and position not in self.outside
        )

    @cached_property
    def changed(self) -> frozenset[int]:
        """The settled sentences with other answers today than those that were compared."""
        return frozenset(
            position
            for position in self.settled
            if position in self.decided and not self._is_as_compared(position)
        )

    def _is_as_compared(self, position: int) -> bool:
        """Tell whether the readers answer what was compared; a change of scheme is no answer."""
        compared = self.decided[position].compared
        answers = [theirs[position] for theirs in self.readings.values() if position in theirs]
        return len(answers) == len(compared) and all(
            one.answer.id in compared
            or not compared.isdisjoint(self.stands_for.get(one.answer.id, ()))
            for one in answers
        )

    def newest(self, position: int) -> frozenset[str]:
        """Return the newest revisions of what the readers answered to a sentence."""
        return frozenset(
            theirs[position].answer.id for theirs in self.readings.values() if position in theirs
        )

    def first_answer(self, position: int) -> StoredAnswer:
        """Return the answer to a sentence whose giver's letter comes first."""
        return next(
            theirs[position] for _, theirs in sorted(self.readings.items()) if position in theirs
        )

    def same_claims(self, claim: str) -> Sequence[str]:
        """Return the ids of the claims that stand for a reader's claim, that one included."""
        return self._same_claims[claim]

    @cached_property
    def _same_claims(self) -> dict[str, list[str]]:
        found = {}
        for one in self.compared.values():
            for cluster in one.clusters:
                for row in cluster.rows:
                    ids = [claim.id for claim in row.claims.values()]
                    found.update(dict.fromkeys(ids, ids))
        return found

    def tally(self) -> Tally:
        """Count how much differs, and how far the case is."""
        differ = sum(not one.agrees for one in self.compared.values())
        return Tally(
            read=len(self.compared),
            differ=differ,
            settled=len(self.settled - self.deferred),
            deferred=len(self.deferred),
            changed=len(self.changed - self.deferred),
            open=len(self.open),
            difficulty=mean_weight(self.compared),
        )

    def _settle(self, gold: Answers) -> list[Settlement]:
        return settle(
            self._ranges,
            [theirs for _, theirs in sorted(self._read.items())],
            _bare(gold),
            policy=self.policy,
            scheme=self.scheme,
        )

    def _unsettled(self, settlements: Sequence[Settlement]) -> frozenset[int]:
        return frozenset(
            position
            for position, one in enumerate(settlements, start=1)
            if one.settled is Settled.UNSETTLED and position not in self.outside
        )


def letter_of(number: int) -> str:
    """Return the letter of a reader by their place from 0: A to Z, then AA, AB and so on."""
    more, last = divmod(number, len(ascii_uppercase))
    return (letter_of(more - 1) if more else "") + ascii_uppercase[last]


def list_case_files(
    session: Session, *, project: Project, slug: str | None = None
) -> list[CaseFile]:
    """Return the text edition of each present article, or of one, that people have read, by slug.

    Of several the newest. It is open for adjudication once everybody whose slot it is has
    finished, and stays so once anything is decided. The letters follow the project's seed.
    """
    one = () if slug is None else (Article.slug == slug,)
    rows = session.execute(
        select(
            Assignment.state,
            Assignment.membership_id,
            Membership.public_id.label("member"),
            *piece_columns(),
        )
        .select_from(Assignment)
        .join(Article, Article.id == Assignment.article_id)
        .join(TextEdition, TextEdition.id == Assignment.edition_id)
        .outerjoin(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == project.id,
            counts_as_slot(),
            Article.withdrawn_at.is_(None),
            Article.erased_at.is_(None),
            *one,
        )
    )
    slots: dict[Piece, list[_Slot]] = {}
    for state, membership_id, member, *piece in rows:
        slots.setdefault(Piece(*piece), []).append(_Slot(state, membership_id, member))
    newest = {
        piece.slug: piece for piece in sorted(slots, key=lambda one: (one.slug, one.edition_number))
    }
    editions = None if slug is None else [piece.edition_id for piece in newest.values()]
    begun = _editions_begun(session, project.id, editions)
    return [_open_file(project, piece, slots[piece], begun) for piece in newest.values()]


def find_case_file(session: Session, *, project: Project, slug: str, reader: int) -> CaseFile:
    """Return the file of an article that a person may adjudicate now.

    Raises ``ForbiddenError`` as long as somebody still works on it, and to whoever has still to
    label it themselves; ``InvalidInputError`` for a withdrawn article.
    """
    article = find_article(session, project_id=project.id, name=slug)
    if article.withdrawn_at is not None:
        raise closed_article(is_erased=article.erased_at is not None)
    if hides_answers(session, project_id=project.id, article_id=article.id, user_id=reader):
        raise ForbiddenError(
            "You have still to label this article yourself; its answers show once you have"
            " finished it."
        )
    files = list_case_files(session, project=project, slug=article.slug)
    if not files or not files[0].is_open:
        raise ForbiddenError(
            "This article is compared once everybody who is to label it has finished it."
        )
    return files[0]


def open_case(session: Session, *, project: Project, file: CaseFile) -> tuple[Case, Matter]:
    """Return one case, and what the page that shows it needs, with the agreed answers."""
    matter = get_matter(session, project_id=project.id, piece=file.piece)
    answers = [(file, one) for one in matter.answers]
    names = {one.id: file.piece.sentence_id(one.position) for one in matter.sentences}
    decided = _read_decided(session, names, dict.fromkeys(names, file))
    case = _make_case(
        file,
        policy=policy_of(project),
        sentences=matter.sentences,
        answers=_split(answers, matter.registers).get(file.piece.edition_id, {}),
        decided=decided.get(file.piece.edition_id, {}),
        scheme=matter.scheme.scheme,
        stands_for=_read_what_stands(session, project.id, matter.answers),
    )
    gold = [one for one in matter.answers if one.answerer == GOLD]
    return case, replace(matter, answers=gold)


def read_cases(
    session: Session,
    *,
    project: Project,
    files: Collection[CaseFile],
    registers: Registers,
    scheme: Scheme,
) -> list[Case]:
    """Return the cases of several files, by as many statements as for one."""
    editions = [file.piece.edition_id for file in files]
    sentences = read_sentences_of(session, project_id=project.id, edition_ids=editions)
    names: dict[int, SentenceId] = {}
    homes: dict[int, CaseFile] = {}
    for file in files:
        for one in sentences[file.piece.edition_id]:
            names[one.id], homes[one.id] = file.piece.sentence_id(one.position), file
    stored = load_answers(session, project_id=project.id, sentences=names, registers=registers)
    answers = _split(((homes[one.sentence_row], one) for one in stored), registers)
    stands_for = _read_what_stands(session, project.id, stored)
    decided = _read_decided(session, names, homes)
    return [
        _make_case(
            file,
            policy=policy_of(project),
            sentences=sentences[file.piece.edition_id],
            answers=answers.get(file.piece.edition_id, {}),
            decided=decided.get(file.piece.edition_id, {}),
            scheme=scheme,
            stands_for=stands_for,
        )
        for file in files
    ]


def stands_still(
    given: type[AnnotationRevision], now: type[AnnotationRevision]
) -> ColumnElement[bool]:
    """Select whether an answer is as it was given: nothing came since but changes of scheme."""
    between = aliased(AnnotationRevision)
    answered = select(between.id).where(
        between.annotation_id == given.annotation_id,
        between.number > given.number,
        between.number <= now.number,
        between.cause != CAUSE,
    )
    return and_(
        now.annotation_id == given.annotation_id, now.number >= given.number, ~answered.exists()
    )


def describe_readings(readings: Mapping[str, StoredAnswer]) -> list[Json]:
    """Return the answers to a sentence as a page's script gets them, by letter."""
    return [{"who": who, "answer": readings[who].json()} for who in sorted(readings)]


def describe_decided(case: Case) -> dict[str, Json]:
    """Return what was decided of each sentence as a page's script gets it, by its public id."""
    return {
        str(case.file.piece.sentence_id(position)): {
            **_describe_decision(one),
            "id": one.id,
            "compared": [*sorted(one.compared)],
            "earlier": [_describe_decision(before) for before in one.earlier],
        }
        for position, one in sorted(case.decided.items())
    }


def _describe_decision(one: Decided) -> dict[str, Json]:
    return {
        "outcome": one.outcome.value,
        "reason": one.reason.value if one.reason else None,
        "note": one.note,
        "made_at": one.made_at.isoformat(),
    }


def _split(
    answers: Iterable[tuple[CaseFile, StoredAnswer]], registers: Registers
) -> dict[int, dict[str, dict[int, StoredAnswer]]]:
    """Return answers by edition, answerer and position; people's with merged entries replaced."""
    redirects = find_redirects(registers.speakers), find_redirects(registers.targets)
    found: dict[int, dict[str, dict[int, StoredAnswer]]] = {}
    for file, stored in answers:
        answer = stored.answer
        if stored.answerer != GOLD:
            answer = follow_redirects(answer, *redirects)
        theirs = found.setdefault(file.piece.edition_id, {}).setdefault(stored.answerer, {})
        theirs[answer.sentence.position] = stored._replace(answer=answer)
    return found


def _make_case(
    file: CaseFile,
    *,
    policy: Policy,
    sentences: Sequence[SentenceInZone],
    answers: Mapping[str, Answers],
    decided: Mapping[int, Decided],
    scheme: Scheme,
    stands_for: Mapping[str, Collection[str]],
) -> Case:
    outside = {zone.name for zone in scheme.zones.values() if not zone.annotatable}
    return Case(
        file=file,
        policy=policy,
        sentences=sentences,
        outside=frozenset(one.position for one in sentences if one.zone in outside),
        readings={
            reader.letter: answers.get(answerer_of(reader.membership_id), {})
            for reader in file.readers
        },
        gold=answers.get(GOLD, {}),
        scheme=scheme,
        decided=decided,
        stands_for=stands_for,
    )


@dataclass(frozen=True)
class _Slot:
    """A slot of a text edition."""

    state: str
    membership_id: int | None
    member: str | None


def _open_file(
    project: Project, piece: Piece, slots: Sequence[_Slot], begun: Collection[int]
) -> CaseFile:
    def drawn(slot: _Slot) -> str:
        return hashlib.sha256(f"{project.seed} {piece.article} {slot.member}".encode()).hexdigest()

    people = sorted((slot for slot in slots if slot.membership_id is not None), key=drawn)
    readers = tuple(
        Reader(letter_of(number), slot.membership_id, slot.state == AssignmentState.FINISHED)
        for number, slot in enumerate(people)
        if slot.membership_id is not None
    )
    enough = LEAST_TO_COMPARE if project.single_settles else 1
    is_finished = all(slot.state == AssignmentState.FINISHED for slot in slots)
    is_complete = len(readers) >= enough and is_finished
    return CaseFile(piece, readers, is_complete or piece.edition_id in begun)


def _editions_begun(
    session: Session, project_id: int, editions: Collection[int] | None
) -> set[int]:
    """Return the editions, of these or of all, of which anything was decided."""
    begun = (
        select(Sentence.edition_id)
        .join(Adjudication, Adjudication.sentence_id == Sentence.id)
        .where(Sentence.project_id == project_id, Adjudication.project_id == project_id)
        .distinct()
    )
    if editions is not None:
        begun = begun.where(Sentence.edition_id.in_(editions))
    return set(session.scalars(begun))


def _read_decided(
    session: Session, names: Mapping[int, SentenceId], homes: Mapping[int, CaseFile]
) -> dict[int, dict[int, Decided]]:
    """Return the newest decisions by edition and position, with those before them."""
    found: dict[int, dict[int, Decided]] = {}
    for row in read_by_ids(session, _select_decided(), list(names)):
        home = found.setdefault(homes[row.sentence_id].piece.edition_id, {})
        position = names[row.sentence_id].position
        before = home.get(position)
        home[position] = Decided(
            id=row.public_id,
            row=row.id,
            outcome=Outcome(row.outcome),
            reason=Reason(row.reason) if row.reason else None,
            note=row.note,
            compared=frozenset(cast(list[str], row.compared)),
            made_at=row.made_at,
            earlier=(*before.earlier, before) if before else (),
        )
    return found


def _read_what_stands(
    session: Session, project_id: int, answers: Iterable[StoredAnswer]
) -> dict[str, set[str]]:
    """Return the earlier revisions that those which changes of scheme made stand for, by id."""
    given, now = aliased(AnnotationRevision), aliased(AnnotationRevision)
    found: dict[str, set[str]] = {}
    changed = [one.answer.id for one in answers if one.cause == CAUSE]
    for some in in_chunks(changed, IDS_AT_A_TIME):
        rows = session.execute(
            select(now.public_id, given.public_id)
            .select_from(now)
            .join(given, stands_still(given, now))
            .where(now.project_id == project_id, now.public_id.in_(some))
        )
        for newest, earlier in rows:
            found.setdefault(newest, set()).add(earlier)
    return found


@cache  # Building a statement takes longer than running it.
def _select_decided() -> Select[*tuple[object, ...]]:
    return (
        select(
            Adjudication.id,
            Adjudication.public_id,
            Adjudication.sentence_id,
            Adjudication.outcome,
            Adjudication.reason,
            Adjudication.note,
            Adjudication.compared,
            Adjudication.made_at,
        )
        .where(Adjudication.sentence_id.in_(bindparam("ids", expanding=True)))
        .order_by(Adjudication.id)
    )


def _bare(answers: Answers) -> dict[int, Answer]:
    return {position: stored.answer for position, stored in answers.items()}
