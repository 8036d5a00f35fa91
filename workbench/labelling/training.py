"""Training: who learns, on which articles, and how their answers compare with the reference.

A learner is an annotator of a project that trains, who has no pass yet. Their answers to the
training articles count for their score and for nothing else.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import cast

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.accounts.tables import User
from workbench.agreement.comparing import (
    CONTENT,
    Judged,
    ReadClaim,
    Reading,
    ReadStance,
    Share,
    Shares,
    add_shares,
    compare,
    mean_share,
)
from workbench.corpus.queries import SentenceInZone, read_sentences
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import NotFoundError
from workbench.labelling.answers import StoredAnswer, answerer_of, load_answers
from workbench.labelling.frames import (
    AUTHOR,
    Answer,
    Attributes,
    ClaimFrame,
    Link,
    SentenceId,
    follow_redirects,
)
from workbench.labelling.registers import Registers, find_redirects, load_registers
from workbench.labelling.remembered import stored_scheme
from workbench.labelling.rules import (
    UNREAD,
    AssignmentState,
    answer_reading,
    continued_positions,
)
from workbench.labelling.slots import is_unfinished, select_at_hand
from workbench.labelling.tables import (
    Assignment,
    Training,
    TrainingArticle,
    TrainingPass,
    TrainingReason,
    TrainingTry,
)
from workbench.labelling.threads import Viewer
from workbench.projects.queries import newest_scheme
from workbench.projects.rules import Action, Role, may
from workbench.projects.scheme import Field, Scheme
from workbench.projects.tables import Membership

USUAL_PERCENT = 70
SPEAKER, VIA, CUE = "speaker", "via", "cue"


@dataclass(frozen=True)
class TrainingRule:
    """Whether new annotators of a project train first, and the score they need."""

    is_on: bool
    percent: int


@dataclass(frozen=True)
class Try:
    """What agreed with the reference when a learner finished an article once."""

    shares: Shares
    missed: Mapping[int, Sequence[str]]
    made_at: datetime

    @property
    def score(self) -> int | None:
        """The score of this try, in per cent."""
        return score_of(self.shares)


@dataclass(frozen=True)
class Lesson:
    """A training article as one learner has it; ``state`` is none before they begin it."""

    article_id: int
    slug: str
    state: AssignmentState | None
    tries: Sequence[Try]


@dataclass(frozen=True)
class Learner:
    """A member on their way through the training; ``passed`` says why they need none."""

    project_id: int
    membership_id: int
    person: str
    name: str
    percent: int
    passed: str | None
    lessons: Sequence[Lesson]

    @property
    def shares(self) -> Shares:
        """What agreed in the newest try of every article together."""
        return add_shares(lesson.tries[-1].shares for lesson in self.lessons if lesson.tries)

    @property
    def done(self) -> int:
        """How many of the articles they have finished at least once."""
        return sum(bool(lesson.tries) for lesson in self.lessons)

    @property
    def score(self) -> int | None:
        """The score over the articles finished so far, in per cent."""
        return score_of(self.shares)

    @property
    def is_through(self) -> bool:
        """Whether they may begin real work: by a pass, or by the score in every article."""
        return self.passed is not None or (
            bool(self.lessons)
            and all(
                lesson.tries and reaches(lesson.tries[-1].shares, self.percent)
                for lesson in self.lessons
            )
        )


@dataclass(frozen=True)
class Mark:
    """An article marked for training, with the member whose answers are the reference."""

    article_id: int
    article: str
    slug: str
    language: str
    position: int
    reference_id: int
    reference: str
    has_reference_left: bool
    edition_id: int | None
    is_withdrawn: bool


@dataclass(frozen=True)
class Compared:
    """A learner's answers beside the reference, sentence by sentence."""

    text: str
    sentences: Sequence[SentenceInZone]
    scheme: Scheme
    registers: Registers
    own: Mapping[int, Answer]
    reference: Mapping[int, Answer]
    words: tuple[Mapping[int, str], Mapping[int, str]]
    claims: tuple[Sequence[ClaimFrame], Sequence[ClaimFrame]]
    judged: Sequence[Judged]

    @property
    def differences(self) -> list[Judged]:
        """What differs, each once: of a claim that only one of them has, that it is there."""
        return [
            one
            for one in self.judged
            if not one.agrees and (one.is_matched or one.component == CONTENT)
        ]


def score_of(shares: Shares) -> int | None:
    """Return the score in whole per cent, rounded down so that it never promises too much."""
    mean = mean_share(shares)
    return None if mean is None else int(100 * mean)


def reaches(shares: Shares, percent: int) -> bool:
    """Tell whether the mean over the components is at least so many per cent."""
    mean = mean_share(shares)
    return mean is not None and mean >= Fraction(percent, 100)


def read_rule(session: Session, *, project_id: int) -> TrainingRule:
    """Return whether the project trains, and the score it asks for."""
    training = session.scalar(select(Training).where(Training.project_id == project_id))
    if training is None:
        return TrainingRule(is_on=False, percent=USUAL_PERCENT)
    return TrainingRule(training.since is not None, training.percent)


def list_own_trainings(session: Session, *, user_id: int) -> list[Learner]:
    """Return the trainings a person is in, by project; none of projects that do not train."""
    return _read_learners(session, and_(Membership.user_id == user_id, _is_learning()))


def find_learner(session: Session, *, project_id: int, membership_id: int) -> Learner | None:
    """Return the member's training, unless the project does not train or they have their pass."""
    found = _read_learners(
        session,
        and_(Membership.project_id == project_id, Membership.id == membership_id, _is_learning()),
    )
    return found[0] if found else None


def list_learners(session: Session, *, project_id: int) -> list[Learner]:
    """Return the training of every present annotator of the project, passed or not, by name."""
    return _read_learners(session, Membership.project_id == project_id)


def viewer_of(session: Session, *, project_id: int, user_id: int, roles: frozenset[Role]) -> Viewer:
    """Return somebody with these roles as one who looks at the project's questions."""
    if not may(roles, Action.ANSWER_QUESTIONS):
        return Viewer(user_id, is_lead=False)
    return Viewer(
        user_id,
        is_lead=True,
        unseen=unseen_lessons(session, project_id=project_id, user_id=user_id),
        is_adjudicator=may(roles, Action.ADJUDICATE),
    )


def unseen_lessons(session: Session, *, project_id: int, user_id: int) -> set[int]:
    """Return the articles whose reference is hidden from a person who has still to learn on them.

    As long as they are learners, also those they have not begun.
    """
    mine = list_own_trainings(session, user_id=user_id)
    return {
        lesson.article_id
        for learner in mine
        if learner.project_id == project_id and not learner.is_through
        for lesson in learner.lessons
        if lesson.state is not AssignmentState.FINISHED
    }


def find_hidden(session: Session, *, project_id: int, user_id: int | None) -> frozenset[int]:
    """Return the articles on which others' work is hidden from a person for now; none for nobody.

    They have still to finish or to learn on them, whether or not anybody else has begun.
    """
    if user_id is None:
        return frozenset()
    at_hand = session.scalars(select_at_hand(project_id, user_id))
    return frozenset(at_hand) | unseen_lessons(session, project_id=project_id, user_id=user_id)


def hides_answers(session: Session, *, project_id: int, article_id: int, user_id: int) -> bool:
    """Tell whether others' answers to an article are hidden from a person for now."""
    unfinished = session.scalar(
        select(Assignment.id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(
            Assignment.project_id == project_id,
            Assignment.article_id == article_id,
            is_unfinished(),
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )
    unseen = unseen_lessons(session, project_id=project_id, user_id=user_id)
    return unfinished is not None or article_id in unseen


def list_marks(session: Session, *, project_id: int) -> list[Mark]:
    """Return the training articles of a project in their order, withdrawn ones too."""
    rows = session.execute(_select_marks().where(TrainingArticle.project_id == project_id))
    return [Mark(**row._mapping) for row in rows]


def find_mark(session: Session, *, project_id: int, article_id: int) -> Mark | None:
    """Return the article's mark, if it is a training article."""
    row = session.execute(
        _select_marks().where(
            TrainingArticle.project_id == project_id, TrainingArticle.article_id == article_id
        )
    ).one_or_none()
    return Mark(**row._mapping) if row else None


def get_mark(session: Session, *, project_id: int, slug: str) -> Mark:
    """Return the mark of a training article."""
    for mark in list_marks(session, project_id=project_id):
        if mark.slug == slug:
            return mark
    raise NotFoundError("This article is not marked for training.")


def list_references(
    session: Session, *, project_id: int, viewer: int | None
) -> list[tuple[Article, Membership, str]]:
    """Return what may be a reference: who finished which article for real, by article and name.

    Not of an article that the viewer still works on: they are not to know who has finished it.
    """
    rows = session.execute(
        select(Article, Membership, User.name)
        .join(Assignment, Assignment.article_id == Article.id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Article.project_id == project_id,
            Assignment.project_id == project_id,
            Article.withdrawn_at.is_(None),
            Assignment.state == AssignmentState.FINISHED.value,
            Assignment.is_training.is_(False),
            Article.id.not_in(select_at_hand(project_id, viewer)),
        )
        .order_by(Article.id, func.lower(User.name), Membership.id)
    )
    return [(article, membership, name) for article, membership, name in rows]


def read_tries(session: Session, *, assignment_id: int) -> Sequence[Try]:
    """Return a learner's tries of one article, the newest last."""
    return _read_tries(session, [assignment_id]).get(assignment_id, ())


def read_reasons(session: Session, *, edition_id: int) -> dict[int, str]:
    """Return the leads' reasons by the position of the sentence."""
    rows = session.execute(
        select(Sentence.position, TrainingReason.text)
        .join(TrainingReason, TrainingReason.sentence_id == Sentence.id)
        .where(
            Sentence.edition_id == edition_id,
            # The unique indexes begin with the project.
            Sentence.project_id == TrainingReason.project_id,
        )
    )
    return {row.position: row.text for row in rows}


def compare_with_reference(
    session: Session, *, project_id: int, mark: Mark, membership_id: int
) -> Compared:
    """Compare a member's newest answers to a training article with those of its reference."""
    edition = session.get_one(TextEdition, mark.edition_id)
    sentences = read_sentences(session, project_id=project_id, edition_id=edition.id)
    number = newest_scheme(session, project_id=project_id).number
    scheme = stored_scheme(session, project_id=project_id, number=number).scheme
    registers = load_registers(session, project_id=project_id)
    redirects = find_redirects(registers.speakers), find_redirects(registers.targets)
    names = {one.id: SentenceId(mark.article, edition.number, one.position) for one in sentences}
    own, reference = (
        _by_position(
            load_answers(
                session,
                project_id=project_id,
                sentences=names,
                registers=registers,
                answerer=answerer_of(whose),
            ),
            redirects,
        )
        for whose in (membership_id, mark.reference_id)
    )
    return compare_answers(
        own,
        reference,
        text=edition.text,
        sentences=sentences,
        scheme=scheme,
        registers=registers,
    )


def compare_answers(
    own: Mapping[int, Answer],
    reference: Mapping[int, Answer],
    *,
    text: str,
    sentences: Sequence[SentenceInZone],
    scheme: Scheme,
    registers: Registers,
) -> Compared:
    """Compare answers by position with a reference, in the sentences that this one decides."""
    words = _words(own, sentences, scheme), _words(reference, sentences, scheme)
    known = {position for position, word in words[1].items() if word != UNREAD}
    claims = _claims(own, known), _claims(reference, known)
    judged = compare(
        _reading(own, words[0], claims[0], known, scheme),
        _reading(reference, words[1], claims[1], known, scheme),
    )
    return Compared(text, sentences, scheme, registers, own, reference, words, claims, judged)


def compared_fields(scheme: Scheme) -> list[Field]:
    """Return the choices that are compared: those asked of a claim, and of who says it."""
    return [
        field
        for field in (*scheme.on("claim"), *scheme.on("link"))
        if field.kind == "choice" and field.ask != "more"
    ]


def asked_values(
    fields: Iterable[Field], attributes: Attributes, of_link: Attributes, *, is_reported: bool
) -> dict[str, Hashable]:
    """Return what a claim and its last link have of these fields; none where nothing was chosen.

    What was not asked is left out: a field that came later, and of the author's own claims what a
    reporter would add.
    """
    return {
        field.name: given[field.name]
        for field in fields
        for given in (attributes if field.on == "claim" else of_link,)
        if field.name in given
        and (field.ask == "always" or is_reported)
        and field.fixed_value(given) is None
    }


def _is_learning() -> ColumnElement[bool]:
    return and_(Training.since.is_not(None), TrainingPass.id.is_(None))


def _read_learners(session: Session, which: ColumnElement[bool]) -> list[Learner]:
    rows = session.execute(_select_learners().where(which)).all()
    if not rows:
        return []
    lessons = _read_lessons(session, [row.membership_id for row in rows])
    return [
        Learner(
            project_id=row.project_id,
            membership_id=row.membership_id,
            person=row.person,
            name=row.name,
            percent=USUAL_PERCENT if row.percent is None else row.percent,
            passed=row.passed,
            lessons=lessons.get(row.membership_id, ()),
        )
        for row in rows
    ]


@cache  # Building a statement takes longer than running it.
def _select_learners() -> Select[*tuple[object, ...]]:
    return (
        select(
            Membership.project_id,
            Membership.id.label("membership_id"),
            User.public_id.label("person"),
            User.name,
            Training.percent,
            TrainingPass.reason.label("passed"),
        )
        .join(User, User.id == Membership.user_id)
        .outerjoin(Training, Training.project_id == Membership.project_id)
        .outerjoin(
            TrainingPass,
            and_(
                TrainingPass.project_id == Membership.project_id,
                TrainingPass.membership_id == Membership.id,
            ),
        )
        .where(Membership.role == Role.ANNOTATOR, Membership.ended_at.is_(None))
        .order_by(func.lower(User.name), Membership.id)
    )


@cache
def _select_marks() -> Select[*tuple[object, ...]]:
    return (
        select(
            TrainingArticle.article_id,
            Article.public_id.label("article"),
            Article.slug,
            Article.language,
            TrainingArticle.position,
            TrainingArticle.reference_id,
            User.name.label("reference"),
            Membership.ended_at.is_not(None).label("has_reference_left"),
            Assignment.edition_id,
            Article.withdrawn_at.is_not(None).label("is_withdrawn"),
        )
        .join(Article, Article.id == TrainingArticle.article_id)
        .join(Membership, Membership.id == TrainingArticle.reference_id)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.project_id == TrainingArticle.project_id,
                Assignment.article_id == TrainingArticle.article_id,
                Assignment.membership_id == TrainingArticle.reference_id,
            ),
        )
        .order_by(TrainingArticle.position, TrainingArticle.id)
    )


def _read_lessons(session: Session, memberships: Collection[int]) -> dict[int, list[Lesson]]:
    rows = session.execute(
        select(
            Membership.id,
            Article.id.label("article_id"),
            Article.slug,
            Assignment.id.label("assignment_id"),
            Assignment.state,
        )
        .join(TrainingArticle, TrainingArticle.project_id == Membership.project_id)
        .join(Article, Article.id == TrainingArticle.article_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.project_id == Membership.project_id,
                Assignment.article_id == Article.id,
                Assignment.membership_id == Membership.id,
            ),
        )
        .where(
            Membership.id.in_(memberships),
            Article.withdrawn_at.is_(None),
            # Their own answers are nobody's lesson.
            TrainingArticle.reference_id != Membership.id,
        )
        .order_by(TrainingArticle.position, TrainingArticle.id)
    ).all()
    tries = _read_tries(session, [row.assignment_id for row in rows if row.assignment_id])
    lessons: dict[int, list[Lesson]] = {}
    for row in rows:
        state = AssignmentState(row.state) if row.state else None
        lesson = Lesson(row.article_id, row.slug, state, tries.get(row.assignment_id, ()))
        lessons.setdefault(row.id, []).append(lesson)
    return lessons


def _read_tries(session: Session, assignments: Sequence[int]) -> dict[int, list[Try]]:
    tries: dict[int, list[Try]] = {}
    if not assignments:
        return tries
    for row in session.scalars(
        select(TrainingTry)
        .where(TrainingTry.assignment_id.in_(assignments))
        .order_by(TrainingTry.assignment_id, TrainingTry.number)
    ):
        counts = cast(dict[str, list[int]], row.shares)
        missed = cast(dict[str, list[str]], row.missed)
        one = Try(
            shares={name: Share(*count) for name, count in counts.items()},
            missed={int(position): names for position, names in missed.items()},
            made_at=row.made_at,
        )
        tries.setdefault(row.assignment_id, []).append(one)
    return tries


def _by_position(
    stored: Iterable[StoredAnswer], redirects: tuple[Mapping[str, str], Mapping[str, str]]
) -> dict[int, Answer]:
    answers = (follow_redirects(one.answer, *redirects) for one in stored)
    return {answer.sentence.position: answer for answer in answers}


def _words(
    answers: Mapping[int, Answer], sentences: Sequence[SentenceInZone], scheme: Scheme
) -> dict[int, str]:
    """Return what each sentence that needs a decision counts as."""
    continued = continued_positions(
        [(one.start, one.end) for one in sentences],
        [claim.parts for answer in answers.values() for claim in answer.claims],
    )
    return {
        one.position: answer_reading(
            answers.get(one.position), is_continued=one.position in continued
        )
        for one in sentences
        if one.zone not in scheme.zones or scheme.zones[one.zone].annotatable
    }


def _claims(answers: Mapping[int, Answer], known: Collection[int]) -> list[ClaimFrame]:
    return [
        claim
        for position, answer in answers.items()
        if position in known
        for claim in answer.claims
    ]


def _reading(
    answers: Mapping[int, Answer],
    words: Mapping[int, str],
    claims: Sequence[ClaimFrame],
    known: Collection[int],
    scheme: Scheme,
) -> Reading:
    """Return a reading of the sentences that the reference has decided."""
    homes = {claim.id: answer for answer in answers.values() for claim in answer.claims}
    return Reading(
        decisions={position: word for position, word in words.items() if position in known},
        claims=[_read_claim(claim, homes[claim.id], scheme) for claim in claims],
        stances={
            position: stances
            for position, answer in answers.items()
            if position in known and (stances := _stances(answer, None))
        },
    )


def _read_claim(claim: ClaimFrame, answer: Answer, scheme: Scheme) -> ReadClaim:
    """Return what is compared of a claim; what is not asked of it is left out."""
    link = claim.chain[-1] if claim.chain else Link(AUTHOR)
    values: dict[str, Hashable] = {
        SPEAKER: link.speaker if claim.chain else None,
        VIA: tuple(between.speaker for between in claim.chain[1:-1]) or None,
    }
    is_reported = link.speaker != AUTHOR
    if is_reported:
        values[CUE] = (link.cue.start, link.cue.end) if link.cue else None
    values |= asked_values(
        compared_fields(scheme), claim.attributes, link.attributes, is_reported=is_reported
    )
    return ReadClaim(
        sentence=answer.sentence.position,
        ranges=tuple((part.start, part.end) for part in claim.parts),
        values=values,
        stances=_stances(answer, claim.id),
    )


def _stances(answer: Answer, claim: str | None) -> frozenset[ReadStance]:
    return frozenset(
        ReadStance(stance.target, stance.value, stance.holder)
        for stance in answer.stances
        if stance.claim == claim
    )


def of_lesson(gated: Collection[int]) -> ColumnElement[bool]:
    """Select whether an article is one that a member of ``gated`` has to learn on."""
    if not gated:
        return false()
    marked = (
        select(TrainingArticle.id)
        .where(
            TrainingArticle.project_id == Membership.project_id,
            TrainingArticle.article_id == Article.id,
            TrainingArticle.reference_id != Membership.id,
        )
        .correlate(Membership, Article)
        .exists()
    )
    return and_(Membership.id.in_(gated), marked)


def was_training(
    membership: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
) -> ColumnElement[bool]:
    """Select whether a member trained on the article, in a statement over the article table."""
    return (
        select(Assignment.id)
        .where(
            Assignment.project_id == Article.project_id,
            Assignment.article_id == Article.id,
            Assignment.membership_id == membership,
            Assignment.is_training,
        )
        .correlate_except(Assignment)
        .exists()
    )
