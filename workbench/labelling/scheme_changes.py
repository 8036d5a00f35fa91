"""Change the label scheme of a project that has answers: told first, then carried out as a job.

No answer is rewritten. What is mapped or asked again is one more revision of the answer, with the
cause ``scheme_change``; everything else keeps the scheme revision that it was given under.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, func, or_, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.accounts.operations import record_act, record_event
from workbench.accounts.tables import User
from workbench.canonical import Json, JsonObject, content_hash
from workbench.clock import utc_now
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.errors import InvalidInputError, StaleRevisionError
from workbench.jobs.operations import request_job
from workbench.jobs.runner import JobRun
from workbench.labelling.answers import StoredAnswer, load_answers, newest_revision
from workbench.labelling.checking import CheckedAnswer, Place
from workbench.labelling.frames import Answer, SentenceId, answer_hash
from workbench.labelling.refitting import is_asked_again, refit_answer
from workbench.labelling.registers import Registers, load_registers
from workbench.labelling.remembered import StoredScheme, stored_scheme
from workbench.labelling.rules import SCHEME_CHANGE, AssignmentState
from workbench.labelling.storing import NewRevision, insert_revisions
from workbench.labelling.tables import (
    GOLD,
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    ClaimRevision,
    Stance,
    Suggestion,
)
from workbench.projects.operations import record_scheme
from workbench.projects.queries import list_schemes, newest_scheme
from workbench.projects.scheme import parse_scheme
from workbench.projects.scheme_changes import (
    FieldChange,
    Step,
    check_steps,
    compare_schemes,
    parse_step,
)
from workbench.projects.tables import Membership, SchemeRevision
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project, transaction

JOB = "scheme_change"
CAUSE = SCHEME_CHANGE
BATCH = 100


@dataclass(frozen=True)
class Touched:
    """How many newest answers have a label, by the name of whoever gave them; and agreed ones.

    ``since`` is when the label was first given, if ever: what was released later may have it.
    """

    people: Mapping[str, int]
    agreed: int
    since: datetime | None

    @property
    def answers(self) -> int:
        """How many there are in all."""
        return sum(self.people.values()) + self.agreed


@dataclass(frozen=True)
class Plan:
    """What a new document changes, and which answers each label in question is in."""

    base: int
    fields: Sequence[FieldChange]
    touched: Mapping[tuple[str, str], Touched]

    @property
    def changes(self) -> list[FieldChange]:
        """The fields of which anything changes."""
        return [one for one in self.fields if one.changes]


@dataclass(frozen=True)
class Requested:
    """The scheme's new revision, and the job that takes the steps where there are any."""

    number: int
    job: str | None


@dataclass(frozen=True)
class Tally:
    """How many answers were mapped, are asked again, and were left as they are."""

    mapped: int = 0
    asked: int = 0
    left: int = 0

    def json(self) -> JsonObject:
        """Return the numbers by their names."""
        return {"mapped": self.mapped, "asked": self.asked, "left": self.left}

    @property
    def all(self) -> int:
        """How many answers were looked at."""
        return self.mapped + self.asked + self.left

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(self.mapped + other.mapped, self.asked + other.asked, self.left + other.left)


def plan_change(
    session: Session, *, project_id: int, document: Json, without: Collection[int] = ()
) -> Plan:
    """Say what the document would change; nothing is written.

    ``without`` are articles to leave out of the counts, because they are hidden from whoever asks.
    Raises ``InvalidInputError`` where the document is no scheme or breaks a permanent name.
    """
    newest = newest_scheme(session, project_id=project_id)
    if content_hash(document) == newest.sha256:
        raise InvalidInputError("This is the label scheme that the project has; nothing changes.")
    fields = compare_schemes(
        parse_scheme(newest.document),
        parse_scheme(document),
        earlier=list_schemes(session, project_id=project_id),
    )
    places = {(one.name, value.name): one.on for one in fields for value in one.to_decide()}
    places |= {
        (one.name, value.name): one.on
        for one in fields
        for value in one.values
        if value.kind == "retired"
    }
    return Plan(
        base=newest.number,
        fields=fields,
        touched={
            place: _count_touched(session, project_id, place, on, without)
            for place, on in places.items()
        },
    )


def check_choices(plan: Plan, *, base: int, steps: Sequence[Step]) -> None:
    """Refuse a ``base`` that is not the newest revision any more, and steps that fit no label."""
    check_base(plan, base=base)
    check_steps(steps, plan.fields)


def check_base(plan: Plan, *, base: int) -> None:
    """Refuse a ``base`` that is not the newest revision any more."""
    if plan.base != base:
        error = StaleRevisionError(
            "The label scheme was changed elsewhere meanwhile: it is at revision %(number)s. Look"
            " at the plan again.",
            number=plan.base,
        )
        error.extra = {"newest": {"number": plan.base}}
        raise error


def change_scheme(
    session: Session,
    *,
    project_id: int,
    document: Json,
    base: int,
    steps: Sequence[Step],
    by: int | None,
    now: datetime,
) -> Requested:
    """Make the document the newest scheme and ask for the job that takes the steps.

    Raises ``StaleRevisionError`` when ``base`` is not the newest revision any more.
    """
    share_project(session, project_id)
    plan = plan_change(session, project_id=project_id, document=document)
    check_choices(plan, base=base, steps=steps)
    revision = record_scheme(session, project_id=project_id, document=document, by=by, now=now)
    if not steps:
        return Requested(revision.number, None)
    record_event(
        session,
        "change_scheme",
        f"scheme {revision.number}",
        project_id=project_id,
        by=by,
        now=now,
        details={"steps": [str(step) for step in steps]},
    )
    total = sum(plan.touched[step.field, step.value].answers for step in steps)
    job = request_job(
        session,
        kind=JOB,
        arguments={"scheme": revision.number, "steps": [str(step) for step in steps]},
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=total,
    )
    return Requested(revision.number, job)


def run_scheme_change(run: JobRun) -> None:
    """Take the steps of a change, a hundred answers at a time; it goes on where it was."""
    match run.job.arguments, run.job.result:
        case {"scheme": int(number), "steps": list(steps)}, result:
            pass
        case _:
            raise InvalidInputError("The job does not say which steps to take.")
    assert run.job.project_id is not None  # noqa: S101  # change_scheme wants one
    cursor, tally = 0, Tally()
    match result:
        case {"cursor": int(cursor), "mapped": int(mapped), "asked": int(asked), "left": int(left)}:
            tally = Tally(mapped, asked, left)
    change = _Change(
        run.job.project_id, number, [parse_step(str(step)) for step in steps], run.job.created_by
    )
    while True:
        with transaction() as session:
            found = change.take(session, after=cursor, now=utc_now())
            if found is None:
                return
            cursor, more = found
            tally = tally.plus(more)
            run.record(session, done=tally.all, result={"cursor": cursor, **tally.json()})


def list_scheme_revisions(
    session: Session, *, project_id: int, without: Collection[int] = ()
) -> list[tuple[int, datetime, int]]:
    """List the scheme's revisions, newest first: number, when, and how many answers stand on it.

    ``without`` are articles to leave out of the counts.
    """
    standing = (
        select(AnnotationRevision.scheme_revision_id, func.count().label("answers"))
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(Annotation.project_id == project_id, TextEdition.article_id.not_in(without))
        .group_by(AnnotationRevision.scheme_revision_id)
        .subquery()
    )
    rows = session.execute(
        select(
            SchemeRevision.number,
            SchemeRevision.created_at,
            func.coalesce(standing.c.answers, 0),
        )
        .outerjoin(standing, standing.c.scheme_revision_id == SchemeRevision.id)
        .where(SchemeRevision.project_id == project_id)
        .order_by(SchemeRevision.number.desc())
    )
    return [(number, made_at, answers) for number, made_at, answers in rows]


def _count_touched(
    session: Session,
    project_id: int,
    place: tuple[str, str],
    on: str,
    without: Collection[int],
) -> Touched:
    rows = session.execute(
        select(Annotation.answerer, User.name, func.count())
        .select_from(Annotation)
        .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .outerjoin(Membership, Membership.id == Annotation.membership_id)
        .outerjoin(User, User.id == Membership.user_id)
        .where(
            Annotation.project_id == project_id,
            TextEdition.article_id.not_in(without),
            _has_label(*place, on),
        )
        .group_by(Annotation.answerer, User.name)
        .order_by(User.name, Annotation.answerer)
    )
    people: dict[str, int] = {}
    agreed = 0
    for answerer, name, count in rows:
        if answerer == GOLD:
            agreed = count
        else:
            people[name] = people.get(name, 0) + count
    first = select(func.min(AnnotationRevision.made_at)).where(
        AnnotationRevision.project_id == project_id, _has_label(*place, on)
    )
    return Touched(people, agreed, session.scalar(first) if people or agreed else None)


def _has_label(name: str, value: str, on: str) -> ColumnElement[bool]:
    """Tell in a statement over answers whether the present revision has the label."""
    if name == "stance_value":
        return (
            select(Stance.id)
            .where(Stance.annotation_revision_id == AnnotationRevision.id, Stance.value == value)
            .exists()
        )
    written = f'"{name}":"{value}"'  # Attributes are canonical JSON: this is how it is written.
    if on == "annotation":
        return _contains(AnnotationRevision.attributes, written)
    if on == "stance":
        return (
            select(Stance.id)
            .where(
                Stance.annotation_revision_id == AnnotationRevision.id,
                _contains(Stance.attributes, written),
            )
            .exists()
        )
    claims = select(ClaimRevision.id).where(
        ClaimRevision.annotation_revision_id == AnnotationRevision.id
    )
    if on == "claim":
        return claims.where(_contains(ClaimRevision.attributes, written)).exists()
    return (
        claims.join(AttributionLink, AttributionLink.claim_revision_id == ClaimRevision.id)
        .where(_contains(AttributionLink.attributes, written))
        .exists()
    )


def _contains(column: InstrumentedAttribute[Json], written: str) -> ColumnElement[bool]:
    return type_coerce(column, Text).contains(written, autoescape=True)


@dataclass(frozen=True)
class _Touch:
    """An answer that a step is about, with where it stands and who may be asked."""

    annotation_id: int
    answerer: str
    place: Place
    sentence: SentenceId
    made_by: int
    is_erased: bool
    may_be_asked: bool


@dataclass(frozen=True)
class _Change:
    """A change of scheme as it is carried out."""

    project_id: int
    number: int
    steps: Sequence[Step]
    by: int | None

    def take(self, session: Session, *, after: int, now: datetime) -> tuple[int, Tally] | None:
        """Take the steps of the next answers; return the last one's row, none when all are done."""
        share_project(session, self.project_id)
        scheme = stored_scheme(session, project_id=self.project_id, number=self.number)
        touched = self._find_next(session, scheme, after)
        if not touched:
            return None
        slots = self._hold_slots(session, touched)
        registers = load_registers(session, project_id=self.project_id)
        stored = load_answers(
            session,
            project_id=self.project_id,
            sentences={one.place.sentence_id: one.sentence for one in touched},
            registers=registers,
        )
        answers = {(one.sentence_row, one.answerer): one for one in stored}
        writer = _Writer(session, self, scheme, registers, slots, now)
        tally = Tally()
        for one in touched:
            tally = tally.plus(writer.take(one, answers[one.place.sentence_id, one.answerer]))
        return touched[-1].annotation_id, tally

    def _find_next(self, session: Session, scheme: StoredScheme, after: int) -> list[_Touch]:
        fields = scheme.scheme.fields
        rows = session.execute(
            select(
                Annotation.id,
                Annotation.answerer,
                AnnotationRevision.made_by,
                Assignment.id,
                Article.id,
                TextEdition.id,
                Sentence.id,
                Sentence.start,
                Sentence.end,
                Article.public_id,
                TextEdition.number,
                Sentence.position,
                Article.erased_at.is_not(None),
                and_(
                    Article.withdrawn_at.is_(None),
                    Membership.ended_at.is_(None),
                    Assignment.edition_id == TextEdition.id,
                    Assignment.is_training.is_(False),
                    Assignment.state != AssignmentState.LAPSED.value,
                ),
            )
            .select_from(Annotation)
            .join(AnnotationRevision, AnnotationRevision.id == newest_revision())
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .join(TextEdition, TextEdition.id == Sentence.edition_id)
            .join(Article, Article.id == TextEdition.article_id)
            .outerjoin(Membership, Membership.id == Annotation.membership_id)
            .outerjoin(
                Assignment,
                and_(
                    Assignment.project_id == Annotation.project_id,
                    Assignment.article_id == Article.id,
                    Assignment.membership_id == Annotation.membership_id,
                ),
            )
            .where(
                Annotation.project_id == self.project_id,
                Annotation.id > after,
                AnnotationRevision.scheme_revision_id < scheme.id,
                or_(
                    *(
                        _has_label(step.field, step.value, fields[step.field].on)
                        for step in self.steps
                    )
                ),
            )
            .order_by(Annotation.id)
            .limit(BATCH)
        )
        return [
            _Touch(
                annotation_id=row[0],
                answerer=row[1],
                made_by=row[2],
                place=Place(*row[3:9]),
                sentence=SentenceId(row[9], row[10], row[11]),
                is_erased=row[12],
                may_be_asked=bool(row[13]),
            )
            for row in rows
        ]

    def _hold_slots(self, session: Session, touched: Sequence[_Touch]) -> dict[int, Assignment]:
        ids = {one.place.assignment_id for one in touched} - {None}
        agreed = [one.place.sentence_id for one in touched if one.answerer == GOLD]
        session.execute(
            select(Sentence.id)
            .where(Sentence.id.in_(agreed))
            .order_by(Sentence.id)
            .with_for_update(key_share=True)
        )
        rows = session.scalars(
            select(Assignment)
            .where(Assignment.id.in_(ids))
            .order_by(Assignment.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return {slot.id: slot for slot in rows}


@dataclass(frozen=True)
class _Writer:
    """Writes the revisions of one batch."""

    session: Session
    change: _Change
    scheme: StoredScheme
    registers: Registers
    slots: Mapping[int, Assignment]
    now: datetime

    def take(self, touched: _Touch, stored: StoredAnswer) -> Tally:
        """Take the steps of one answer and say what became of it."""
        asks = is_asked_again(stored.answer, self.change.steps)
        is_past = stored.scheme_revision_id >= self.scheme.id  # Answered again meanwhile.
        if touched.is_erased or is_past or (asks and not touched.may_be_asked):
            return Tally(left=1)
        answer = refit_answer(stored.answer, self.scheme.scheme, self.change.steps)
        self._write(touched, stored, answer)
        if not asks:
            return Tally(mapped=1)
        self._reopen(touched)
        return Tally(asked=1)

    def _write(self, touched: _Touch, stored: StoredAnswer, answer: Answer) -> None:
        answer = replace(answer, id=make_public_id(), base=stored.answer.id)
        by = self.change.by
        checked = CheckedAnswer(
            project_id=self.change.project_id,
            membership_id=None if touched.answerer == GOLD else int(touched.answerer),
            place=touched.place,
            answer=answer,
            content_hash=answer_hash(answer),
            scheme=self.scheme,
            guideline_id=stored.guideline_revision_id,
            register_number=stored.register_number,
            elapsed_ms=0,
            speakers={entry.id: entry.row for entry in self.registers.speakers},
            targets={entry.id: entry.row for entry in self.registers.targets},
            suggestions=self._find_suggestions(answer),
        )
        by = touched.made_by if by is None else by
        revision = NewRevision(checked, stored.number + 1, by=by, now=self.now, cause=CAUSE)
        insert_revisions(self.session, [revision])

    def _find_suggestions(self, answer: Answer) -> dict[str, int]:
        if not answer.suggestions:
            return {}
        rows = self.session.execute(
            select(Suggestion.public_id, Suggestion.id).where(
                Suggestion.project_id == self.change.project_id,
                Suggestion.public_id.in_(answer.suggestions),
            )
        )
        return {public_id: row for public_id, row in rows}  # noqa: C416  # rows are no pairs to mypy

    def _reopen(self, touched: _Touch) -> None:
        slot = self.slots.get(touched.place.assignment_id or 0)
        if slot is None or slot.state != AssignmentState.FINISHED:
            return
        # Lent without end: nobody loses a whole reading for a question that came while away.
        self.session.execute(
            update(Assignment)
            .where(Assignment.id == slot.id)
            .values(state=AssignmentState.WORKING.value, finished_at=None, lease_until=None)
        )
        record_act(
            self.session,
            slot,
            "reopen_assignment",
            by=self.change.by,
            now=self.now,
            details={"scheme": self.change.number},
        )
