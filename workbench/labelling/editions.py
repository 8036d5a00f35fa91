"""Correct an article's text: its next edition, and what becomes of slots, answers and questions.

Slots in which somebody is at work stay on their edition; those that are finished go over to the
new one with every answer that is exact, and are worked on again if that leaves anything open.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.accounts.operations import record_act
from workbench.corpus.operations import add_edition
from workbench.corpus.queries import SentenceInZone, get_article, newest_edition
from workbench.corpus.rules import PreparedFile, Version
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import ConflictError, NotFoundError
from workbench.labelling.answers import StoredAnswer, answerer_of, load_answers
from workbench.labelling.carrying import Fate, join_answers, rename_claims
from workbench.labelling.checking import CheckedAnswer, Place
from workbench.labelling.frames import Answer, answer_hash, span_json
from workbench.labelling.passages import (
    NEW_EDITION,
    Carried,
    CarriedQuestion,
    Passage,
    Standing,
    find_passage,
    open_passage,
    read_carried,
    read_carried_questions,
)
from workbench.labelling.registers import load_registers
from workbench.labelling.remembered import StoredScheme, register_rows, stored_scheme
from workbench.labelling.rules import (
    UNREAD,
    AssignmentState,
    answer_reading,
    closed_article,
    continued_positions,
)
from workbench.labelling.slots import lock_article
from workbench.labelling.storing import NewRevision, insert_revisions
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    Assignment,
    CarriedAnswer,
    CarriedClaim,
    Claim,
)
from workbench.labelling.training import find_mark
from workbench.projects.tables import Membership, SchemeRevision
from workbench.storage.base import make_public_id
from workbench.storage.bulk import insert_rows
from workbench.storage.database import share_project


@dataclass(frozen=True)
class Written:
    """An answer as it was written on the new edition, and the revisions it was made from."""

    sentence_id: int
    revision: int
    public_id: str
    made_from: Sequence[int]


@dataclass(frozen=True)
class Corrected:
    """What a correction did: the new edition, the fates of answers, the agreed ones carried."""

    edition: int
    fates: Counter[Fate]
    staying: int
    gold: Sequence[Written]


def correct_article(
    session: Session,
    *,
    project_id: int,
    article_id: int,
    after: int,
    version: Version,
    file: PreparedFile | None = None,
    by: int | None,
    now: datetime,
) -> Corrected:
    """Give an article its next text and carry what is certain; ``after`` is the edition corrected.

    Raises ``ConflictError`` when that is not the newest any more, when the text is erased, or
    while others train on the article.
    """
    share_project(session, project_id)
    lock_article(session, article_id=article_id)
    article = get_article(session, project_id=project_id, article_id=article_id)
    if find_mark(session, project_id=project_id, article_id=article_id):
        raise ConflictError(
            "People train on %(slug)s: take it out of the training before you correct it.",
            slug=article.slug,
        )
    # Saves in flight end first.
    slots = session.scalars(
        select(Assignment)
        .where(Assignment.project_id == project_id, Assignment.article_id == article_id)
        .order_by(Assignment.number)
        .with_for_update()
    ).all()
    old = newest_edition(session, project_id=project_id, article_id=article_id)
    new = add_edition(
        session,
        project_id=project_id,
        article_id=article_id,
        after=after,
        version=version,
        file=file,
        by=by,
        now=now,
    )
    passage = open_passage(session, article=article, old=old, new=new)
    fates: Counter[Fate] = Counter()
    staying = 0
    for slot in slots:
        if slot.is_training:
            continue
        if _stays(session, slot):
            staying += 1
        elif slot.membership_id is None or not _has_answers(session, slot):
            _move_slot(session, slot, new, now)
        else:
            fates += _pass_on(session, passage, slot, slot.membership_id, now)
    gold, agreed = _carry_exact(session, passage, GOLD, None, now)
    return Corrected(new.number, fates + agreed, staying, gold)


def carry_on(session: Session, *, project_id: int, assignment_id: int, now: datetime) -> None:
    """Take a slot that was just finished over to the article's newest edition, if there is one."""
    slot = session.get_one(Assignment, assignment_id)
    session.refresh(slot)
    new = newest_edition(session, project_id=project_id, article_id=slot.article_id)
    if slot.is_training or slot.edition_id == new.id:
        return
    article = get_article(session, project_id=project_id, article_id=slot.article_id)
    old = session.get_one(TextEdition, slot.edition_id)
    if slot.membership_id is not None:
        passage = open_passage(session, article=article, old=old, new=new)
        _pass_on(session, passage, slot, slot.membership_id, now)


def confirm_moved(
    session: Session,
    *,
    article: Article,
    edition_id: int,
    membership_id: int | None,
    position: int,
    revision: str,
    by: int,
    now: datetime,
) -> list[Written]:
    """Confirm what became of one's answer to a sentence of the earlier edition.

    ``revision`` is the one that was looked at: ``ConflictError`` if it is not the newest any
    more. Without a member the agreed answer is meant. What is carried already stays as it is.
    """
    hold_article(session, article)
    answerer = GOLD if membership_id is None else answerer_of(membership_id)
    passage = find_passage(session, article=article, edition_id=edition_id, answerer=answerer)
    found = read_carried(session, passage, answerer=answerer) if passage else []
    chosen = next((one for one in found if one.position == position), None)
    if passage is None or chosen is None:
        raise NotFoundError("There is no answer to sentence %(number)s.", number=position)
    if chosen.stored.answer.id != revision:
        raise ConflictError("The answer was changed meanwhile; look at it once more.")
    if chosen.standing is Standing.CARRIED:
        return []
    if chosen.standing is not Standing.TO_CONFIRM:
        raise ConflictError("This answer cannot be carried; answer the sentence anew.")
    carrier = _Carrier(session, passage, answerer, membership_id, now, by)
    return carrier.write(
        [(home, [*_beside(found, chosen, home), chosen]) for home in chosen.outcome.pieces]
    )


def confirm_question(
    session: Session,
    *,
    article: Article,
    edition_id: int,
    membership_id: int,
    question: str,
    by: int,
    now: datetime,
) -> None:
    """Put one's question at the words that its own have become."""
    hold_article(session, article)
    answerer = answerer_of(membership_id)
    passage = find_passage(session, article=article, edition_id=edition_id, answerer=answerer)
    found = read_carried_questions(session, passage, user_id=by) if passage else []
    for one in found:
        if one.question.public_id == question and passage and one.span:
            _move_question(session, passage, one, by=by, now=now)
            return
    raise NotFoundError("There is no such question in this project.")


def hold_article(session: Session, article: Article) -> None:
    """Let nobody correct or erase the article until the transaction ends; refuse a closed one."""
    share_project(session, article.project_id)
    lock_article(session, article_id=article.id)
    session.refresh(article)
    if article.withdrawn_at is not None:
        raise closed_article(is_erased=article.erased_at is not None)


def _stays(session: Session, slot: Assignment) -> bool:
    """Tell whether somebody is at work in a slot: their answers finish on their edition."""
    is_finished = slot.finished_at is not None or slot.state == AssignmentState.FINISHED
    return not is_finished and slot.membership_id is not None and _has_answers(session, slot)


def _has_answers(session: Session, slot: Assignment) -> bool:
    answered = (
        select(Annotation.id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(
            Annotation.project_id == slot.project_id,
            Annotation.membership_id == slot.membership_id,
            Sentence.project_id == slot.project_id,
            Sentence.edition_id == slot.edition_id,
        )
        .limit(1)
    )
    return session.scalar(answered) is not None


def _pass_on(
    session: Session, passage: Passage, slot: Assignment, membership_id: int, now: datetime
) -> Counter[Fate]:
    """Take a finished slot over to the new edition with all that is exact."""
    answerer = answerer_of(membership_id)
    _, fates = _carry_exact(session, passage, answerer, membership_id, now)
    user_id = session.get_one(Membership, membership_id).user_id
    for one in read_carried_questions(session, passage, user_id=user_id):
        if one.fate is Fate.EXACT:
            _move_question(session, passage, one, by=None, now=now)
    _move_slot(session, slot, passage.new, now)
    if slot.state == AssignmentState.FINISHED and _leaves_open(session, passage, answerer):
        # Lent without end: nobody loses a whole reading for a correction made while away.
        slot.state, slot.finished_at = AssignmentState.WORKING.value, None
        slot.lease_until = None
        session.flush()
    return fates


def _move_slot(session: Session, slot: Assignment, new: TextEdition, now: datetime) -> None:
    slot.edition_id = new.id
    session.flush()
    record_act(
        session,
        slot,
        "move_assignment",
        by=None,
        now=now,
        details={"edition": new.number},
    )


def _move_question(
    session: Session, passage: Passage, one: CarriedQuestion, *, by: int | None, now: datetime
) -> None:
    if one.span is None:
        return
    home = passage.alignment.sentence_at(one.span.start)
    if home is None:
        return
    question = one.question
    question.sentence_id = passage.new_sentences[home].id
    question.span = span_json(one.span)
    if question.claim_id is not None:
        question.claim_id = (
            session.scalar(
                select(CarriedClaim.to_claim_id)
                .where(
                    CarriedClaim.project_id == passage.project_id,
                    CarriedClaim.from_claim_id == question.claim_id,
                )
                .order_by(CarriedClaim.id.desc())
                .limit(1)
            )
            or question.claim_id
        )
    session.flush()
    record_act(
        session,
        question,
        "move_question",
        by=by,
        now=now,
        details={"edition": passage.new.number},
    )


def _leaves_open(session: Session, passage: Passage, answerer: str) -> bool:
    """Tell whether a sentence of the new edition has still to be decided."""
    stored = load_answers(
        session,
        project_id=passage.project_id,
        sentences=passage.new_names(),
        registers=load_registers(session, project_id=passage.project_id),
        answerer=answerer,
    )
    answers = {one.answer.sentence.position: one.answer for one in stored}
    continued = continued_positions(
        [(one.start, one.end) for one in passage.new_sentences],
        [claim.parts for one in stored for claim in one.answer.claims],
    )
    return any(
        answer_reading(answers.get(one.position), is_continued=one.position in continued) == UNREAD
        for one in passage.new_sentences
        if one.position not in passage.outside
    )


def _carry_exact(
    session: Session,
    passage: Passage,
    answerer: str,
    membership_id: int | None,
    now: datetime,
) -> tuple[list[Written], Counter[Fate]]:
    found = read_carried(session, passage, answerer=answerer)
    carrier = _Carrier(session, passage, answerer, membership_id, now, None)
    written = carrier.write(
        [
            (home, [one])
            for one in found
            if one.standing is Standing.TO_CONFIRM and one.outcome.fate is Fate.EXACT
            for home in one.outcome.pieces
        ]
    )
    return written, Counter(one.outcome.fate for one in found)


def _beside(found: Sequence[Carried], chosen: Carried, home: int) -> list[Carried]:
    """Return the other answers that were carried to the same sentence: it was merged."""
    return [
        one
        for one in found
        if one.position != chosen.position
        and one.standing is Standing.CARRIED
        and home in one.outcome.pieces
    ]


class _Present(NamedTuple):
    """The newest revision of an answer that is there already; by default none."""

    public_id: str | None = None
    number: int = 0
    cause: str = NEW_EDITION


NOTHING = _Present()


@dataclass(frozen=True)
class _Pending:
    """An answer about to be written, what it is made from, and the ids its claims get."""

    sentence: SentenceInZone
    answer: Answer
    sources: Sequence[Carried]
    names: Mapping[str, str]

    @property
    def newest(self) -> StoredAnswer:
        """The last of the answers it is made from, whose stamps it keeps."""
        return self.sources[-1].stored


@dataclass(frozen=True)
class _Carrier:
    """Writes one answerer's answers on the new edition."""

    session: Session
    passage: Passage
    answerer: str
    membership_id: int | None
    now: datetime
    by: int | None

    def write(self, homes: Sequence[tuple[int, Sequence[Carried]]]) -> list[Written]:
        """Write the answers that these become, by position; nothing over one given by hand."""
        present = self._read_present([self._sentence(home).id for home, _ in homes])
        pending = [
            self._join(home, sorted(sources, key=lambda one: one.position))
            for home, sources in homes
            if present.get(self._sentence(home).id, NOTHING).cause == NEW_EDITION
        ]
        known = self._known_claims([one.answer for one in pending])
        named = [self._name(one, known, present) for one in pending]
        rows = register_rows(
            self.session,
            project_id=self.passage.project_id,
            speakers=sorted({name for one in named for name in one.answer.speakers}),
            targets=sorted({name for one in named for name in one.answer.targets}),
        )
        schemes = self._read_schemes({one.newest.scheme_revision_id for one in named})
        revisions = [
            NewRevision(
                self._check(one, rows, schemes),
                present.get(one.sentence.id, NOTHING).number + 1,
                by=one.sources[-1].made_by if self.by is None else self.by,
                now=self.now,
                cause=NEW_EDITION,
            )
            for one in named
        ]
        insert_revisions(self.session, revisions)
        return self._record(named)

    def _sentence(self, home: int) -> SentenceInZone:
        return self.passage.new_sentences[home - 1]

    def _read_present(self, sentences: Sequence[int]) -> dict[int, _Present]:
        """Return the newest revisions that these sentences have already, by sentence."""
        rows = self.session.execute(
            select(
                Annotation.sentence_id,
                AnnotationRevision.public_id,
                AnnotationRevision.number,
                AnnotationRevision.cause,
            )
            .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
            .where(
                Annotation.project_id == self.passage.project_id,
                Annotation.sentence_id.in_(sentences),
                Annotation.answerer == self.answerer,
            )
            .order_by(AnnotationRevision.number)
        )
        return {row.sentence_id: _Present(*row[1:]) for row in rows}

    def _join(self, home: int, sources: Sequence[Carried]) -> _Pending:
        joined: Answer | None = sources[0].outcome.pieces[home]
        for one in sources[1:]:
            joined = joined and join_answers(joined, one.outcome.pieces[home])
        if joined is None:
            raise ConflictError(
                "The answers to these sentences contradict each other now that they are one;"
                " answer the sentence anew."
            )
        return _Pending(self._sentence(home), joined, sources, {})

    def _known_claims(self, answers: Sequence[Answer]) -> dict[str, str]:
        """Return the ids that claims have on the new edition already, by those of before."""
        before, after = aliased(Claim), aliased(Claim)
        rows = self.session.execute(
            select(before.public_id, after.public_id)
            .join(CarriedClaim, CarriedClaim.from_claim_id == before.id)
            .join(after, after.id == CarriedClaim.to_claim_id)
            .join(Annotation, Annotation.id == after.annotation_id)
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .where(
                before.project_id == self.passage.project_id,
                CarriedClaim.project_id == self.passage.project_id,
                before.public_id.in_([claim.id for one in answers for claim in one.claims]),
                Sentence.edition_id == self.passage.new.id,
            )
        )
        return dict(rows.all())

    def _name(
        self, one: _Pending, known: Mapping[str, str], present: Mapping[int, _Present]
    ) -> _Pending:
        """Give an answer its own ids, and its claims those that they have or new ones."""
        names = {claim.id: known.get(claim.id) or make_public_id() for claim in one.answer.claims}
        base = present.get(one.sentence.id, NOTHING).public_id
        answer = rename_claims(
            replace(one.answer, id=make_public_id(), base=base), names.__getitem__
        )
        return replace(one, answer=answer, names=names)

    def _read_schemes(self, rows: Collection[int]) -> dict[int, StoredScheme]:
        project_id = self.passage.project_id
        numbers = self.session.execute(
            select(SchemeRevision.id, SchemeRevision.number).where(SchemeRevision.id.in_(rows))
        )
        return {
            row: stored_scheme(self.session, project_id=project_id, number=number)
            for row, number in numbers.all()
        }

    def _check(
        self,
        one: _Pending,
        rows: Mapping[str, Mapping[str, int]],
        schemes: Mapping[int, StoredScheme],
    ) -> CheckedAnswer:
        edition, sentence = self.passage.new, one.sentence
        return CheckedAnswer(
            project_id=self.passage.project_id,
            membership_id=self.membership_id,
            place=Place(
                None, edition.article_id, edition.id, sentence.id, sentence.start, sentence.end
            ),
            answer=one.answer,
            content_hash=answer_hash(one.answer),
            scheme=schemes[one.newest.scheme_revision_id],
            guideline_id=one.newest.guideline_revision_id,
            register_number=one.newest.register_number,
            elapsed_ms=0,
            speakers=rows["speaker"],
            targets=rows["target"],
            suggestions={},
        )

    def _record(self, named: Sequence[_Pending]) -> list[Written]:
        """Keep from which revisions and claims the new ones were made."""
        project_id, session = self.passage.project_id, self.session
        revisions = dict(
            session.execute(
                select(AnnotationRevision.public_id, AnnotationRevision.id).where(
                    AnnotationRevision.project_id == project_id,
                    AnnotationRevision.public_id.in_([one.answer.id for one in named]),
                )
            ).all()
        )
        insert_rows(
            session,
            CarriedAnswer,
            ("from_revision_id", "to_revision_id", "fate"),
            [
                (source.row, revisions[one.answer.id], source.outcome.fate.value)
                for one in named
                for source in one.sources
            ],
            same={"project_id": project_id, "made_by": self.by, "made_at": self.now},
        )
        names = {old: new for one in named for old, new in one.names.items()}
        both = [*names, *names.values()]
        claims = dict(
            session.execute(
                select(Claim.public_id, Claim.id).where(
                    Claim.project_id == project_id, Claim.public_id.in_(both)
                )
            ).all()
        )
        known = set(
            session.scalars(
                select(CarriedClaim.to_claim_id).where(
                    CarriedClaim.to_claim_id.in_([claims[new] for new in names.values()])
                )
            )
        )
        insert_rows(
            session,
            CarriedClaim,
            ("from_claim_id", "to_claim_id"),
            [(claims[old], claims[new]) for old, new in names.items() if claims[new] not in known],
            same={"project_id": project_id},
        )
        return [
            Written(
                one.sentence.id,
                revisions[one.answer.id],
                one.answer.id,
                [source.row for source in one.sources],
            )
            for one in named
        ]
