"""Verdicts of one's own, given before seeing those of others, and how far these agree.

A desk asks for them or not. What counts for agreement is what somebody gave first: later revisions
were written with the others in sight.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.tables import User
from workbench.agreement.figures import Figure, Measure, Undefined
from workbench.agreement.words import VERDICT_CLASS
from workbench.corpus.text import refuse_unstorable
from workbench.errors import ConflictError, InvalidInputError, StaleRevisionError
from workbench.factcheck.desks import read_desk
from workbench.factcheck.frozen import freeze
from workbench.factcheck.gates import never_rated
from workbench.factcheck.queries import (
    current_revision,
    current_state,
    is_decided,
    is_judged,
    is_rated,
    read_scheme,
    withdrawals,
)
from workbench.factcheck.rules import Rating, State
from workbench.factcheck.scales import ScaleValue, find_scales, install_scale
from workbench.factcheck.tables import (
    FINAL,
    Statement,
    Verdict,
    VerdictRevision,
)
from workbench.factcheck.workflow import list_checkers, open_statement
from workbench.storage.base import PUBLIC_ID

MAX_REASONS = 5_000


@dataclass(frozen=True)
class OwnVerdict:
    """A verdict as somebody gives it for themselves; ``id`` is the idempotency key."""

    id: str
    base: int
    value: str
    justification: str


@dataclass(frozen=True)
class Judgement:
    """What one person thinks of a statement: now, and before seeing the others (``first``)."""

    name: str
    number: int
    value: ScaleValue
    first: ScaleValue
    justification: str
    made_at: datetime


@dataclass(frozen=True)
class JudgementsView:
    """The verdicts of single people as one reader may see them.

    ``is_asked`` says that the desk asks for them; ``others`` are empty, and only counted, until
    the reader has given their own.
    """

    is_asked: bool
    may_judge: bool
    own: Judgement | None
    others: tuple[Judgement, ...]
    count: int


@dataclass(frozen=True)
class VerdictAgreement:
    """How far those who judged the same statements agree; ``people`` is how many judged at all."""

    figure: Figure
    people: int
    statements: int


def judge(
    session: Session, *, project_id: int, statement: str, given: OwnVerdict, by: int, now: datetime
) -> VerdictRevision:
    """Give one's own verdict, or change it; nobody else's is shown before.

    The same id and content again answer as the first time. Raises ``ConflictError`` where the desk
    does not ask for it, or the verdict is published and would be no judgement of one's own.
    """
    if not PUBLIC_ID.fullmatch(given.id):
        raise InvalidInputError("“%(id)s” is no id: small letters and digits.", id=given.id[:40])
    words = _text(given.justification)
    held = open_statement(session, project_id=project_id, public_id=statement)
    verdict = session.scalar(
        select(Verdict).where(Verdict.statement_id == held.id, Verdict.person_id == by)
    )
    newest = _newest(session, verdict) if verdict else None
    if repeated := _find_repeated(session, held, given, words, verdict):
        return repeated
    has_own = has_judged(session, statement=held, user_id=by)
    _refuse_late(session, held, has_own=has_own)
    number = newest.number if newest else 0
    base = number if has_own else 0
    if given.base != base:
        raise _not_resting_on(base)
    scale = install_scale(session, project_id=project_id, now=now)
    value = scale.value(given.value)
    if verdict is None:
        person = session.get_one(User, by)
        verdict = Verdict(
            project_id=project_id, statement_id=held.id, judge=person.public_id, person_id=by
        )
        session.add(verdict)
        session.flush()
    revision = VerdictRevision(
        project_id=project_id,
        public_id=given.id,
        verdict_id=verdict.id,
        number=number + 1,
        statement_revision_id=current_revision(session, statement_id=held.id).id,
        scale_revision_id=scale.row,
        value=value.id,
        rating=value.rating.value,
        justification=words,
        context=None,
        correction=None,
        author_id=by,
        made_at=now,
    )
    session.add(revision)
    session.flush()
    freeze(session, statement=held, revision=revision)
    record_event(
        session,
        "judge_statement",
        f"verdict {revision.public_id}",
        project_id=project_id,
        by=by,
        now=now,
        details={"statement": held.public_id, "number": revision.number},
    )
    return revision


def _not_resting_on(base: int) -> StaleRevisionError:
    error = StaleRevisionError(
        "You have no verdict here to change: where a statement was reopened, everybody gives theirs"
        " anew."
    )
    if base:
        error = StaleRevisionError(
            "You have given revision %(number)s of your verdict elsewhere meanwhile; look at that"
            " one first.",
            number=base,
        )
    error.extra = {"newest": {"number": base}}
    return error


def has_judged(session: Session, *, statement: Statement, user_id: int) -> bool:
    """Tell whether somebody has given a verdict of their own since a statement was reopened."""
    return bool(session.scalar(select(is_judged(user_id)).where(Statement.id == statement.id)))


def is_kept_blind(session: Session, *, statement: Statement, reader: int) -> bool:
    """Tell whether a fact-checker has still to judge before they may see what others think.

    Once a verdict is approved it is too late for one of one's own: whoever joins later reviews
    corrections as anybody else. An opinion has nothing to hide, unless it was a fact before.
    """
    desk = read_desk(session, project_id=statement.project_id)
    return desk.blind_verdicts and _must_judge(session, statement, reader)


def _must_judge(session: Session, statement: Statement, reader: int) -> bool:
    return (
        reader in list_checkers(session, project_id=statement.project_id)
        and not has_judged(session, statement=statement, user_id=reader)
        and not _is_decided(session, statement)
        and (_is_rated(session, statement) or _has_verdicts(session, statement))
    )


def describe_judgements(session: Session, *, statement: Statement, reader: int) -> JudgementsView:
    """Return the verdicts of single people on a statement as this reader may see them."""
    found = _read_judgements(session, statement)
    own = found.pop(reader, None)
    desk = read_desk(session, project_id=statement.project_id)
    is_asked = desk.blind_verdicts and _is_rated(session, statement)
    may_judge = (
        is_asked
        and reader in list_checkers(session, project_id=statement.project_id)
        and (own is not None or not _is_decided(session, statement))
    )
    is_hidden = desk.blind_verdicts and own is None and _must_judge(session, statement, reader)
    return JudgementsView(
        is_asked=is_asked,
        may_judge=may_judge,
        own=own,
        others=() if is_hidden else tuple(found.values()),
        count=len(found) + (own is not None),
    )


def measure_agreement(session: Session, *, project_id: int) -> VerdictAgreement:
    """Return Krippendorff's alpha (nominal) of the classes that people gave before seeing others'.

    Statements take the place of articles: they are drawn for the interval.
    """
    import numpy as np  # noqa: PLC0415

    from workbench.agreement.coefficients import (  # noqa: PLC0415  # numpy, which few processes need
        Coincidences,
        estimate_alpha,
        marginals,
        observed_agreement,
    )

    units, people = _read_first_classes(session, project_id)
    values = [rating.value for rating in Rating]
    statements = sorted({statement for statement, _ in units})
    rows = [
        (
            statements.index(statement),
            values.index(min(pair)),
            values.index(max(pair)),
            1 / (len(given) - 1),
        )
        for statement, given in units
        for pair in combinations(given, 2)
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    used = sorted({*columns[1], *columns[2]})
    table = Coincidences(
        [values[place] for place in used],
        np.array(columns[0], dtype=np.intp),
        np.array([used.index(place) for place in columns[1]], dtype=np.intp),
        np.array([used.index(place) for place in columns[2]], dtype=np.intp),
        np.array(columns[3], dtype=float),
    )
    estimate = estimate_alpha(table, Measure.NOMINAL, seed=project_id)
    counts = marginals(table)
    undefined = estimate.undefined
    if undefined is Undefined.NOTHING_COMPARED and people < 2:  # noqa: PLR2004  # two to compare
        undefined = Undefined.ONE_ANNOTATOR
    figure = Figure(
        name=VERDICT_CLASS,
        measure=Measure.NOMINAL,
        value=estimate.value,
        undefined=undefined,
        low=estimate.low,
        high=estimate.high,
        no_interval=estimate.no_interval,
        n=len(units),
        articles=len(statements),
        observed=observed_agreement(table),
        prevalence=dict(
            sorted(
                (
                    (str(table.values[place]), float(counts[place] / counts.sum()))
                    for place in range(len(counts))
                ),
                key=lambda item: -item[1],
            )
        ),
    )
    return VerdictAgreement(figure=figure, people=people, statements=len(statements))


def _read_first_classes(
    session: Session, project_id: int
) -> tuple[list[tuple[int, list[str]]], int]:
    """Return the classes first given to each statement by two or more, and by how many people.

    A statement that was reopened is judged anew, and is another unit each time.
    """
    rows = session.execute(
        select(
            Verdict.statement_id,
            withdrawals(Verdict.statement_id, since=VerdictRevision.made_at).label("round"),
            Verdict.person_id,
            VerdictRevision.rating,
        )
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .where(Verdict.project_id == project_id, Verdict.judge != FINAL)
        .order_by(Verdict.statement_id, Verdict.id, VerdictRevision.number)
    ).all()
    first: dict[tuple[int, int], dict[int | None, str]] = {}
    for row in rows:
        first.setdefault((row.statement_id, row.round), {}).setdefault(row.person_id, row.rating)
    units = [
        (statement, list(given.values()))
        for (statement, _), given in first.items()
        if len(given) > 1
    ]
    return units, len({row.person_id for row in rows})


def _read_judgements(session: Session, statement: Statement) -> dict[int, Judgement]:
    rows = session.execute(
        select(User.id, User.name, VerdictRevision)
        .select_from(Verdict)
        .join(User, User.id == Verdict.person_id)
        .join(VerdictRevision, VerdictRevision.verdict_id == Verdict.id)
        .where(
            Verdict.statement_id == statement.id,
            withdrawals(Verdict.statement_id, since=VerdictRevision.made_at) == 0,
        )
        .order_by(func.lower(User.name), Verdict.id, VerdictRevision.number)
    ).all()
    scales = find_scales(session, rows={row[2].scale_revision_id for row in rows})
    found: dict[int, Judgement] = {}
    for person_id, name, revision in rows:
        value = scales[revision.scale_revision_id].value(revision.value)
        before = found.get(person_id)
        found[person_id] = Judgement(
            name=name,
            number=revision.number,
            value=value,
            first=before.first if before else value,
            justification=revision.justification,
            made_at=revision.made_at,
        )
    return found


def _is_decided(session: Session, statement: Statement) -> bool:
    """Tell whether a verdict on a statement was approved since it was last reopened."""
    return bool(session.scalar(select(is_decided()).where(Statement.id == statement.id)))


def _is_rated(session: Session, statement: Statement) -> bool:
    wording = current_revision(session, statement_id=statement.id)
    return is_rated(read_scheme(session, project_id=statement.project_id), wording.claim_type)


def _has_verdicts(session: Session, statement: Statement) -> bool:
    """Tell whether anybody has given a verdict on a statement, whatever became of it."""
    given = select(Verdict.id).where(Verdict.statement_id == statement.id).limit(1)
    return session.scalar(given) is not None


def _refuse_late(session: Session, statement: Statement, *, has_own: bool) -> None:
    if not read_desk(session, project_id=statement.project_id).blind_verdicts:
        raise ConflictError("The desk does not ask for verdicts of one's own.")
    if current_state(session, statement_id=statement.id) is State.WITHDRAWN:
        raise ConflictError("The statement is withdrawn; reopen it first.")
    if not has_own and _is_decided(session, statement):
        raise ConflictError("The verdict is published; one of your own would follow it.")
    if not _is_rated(session, statement):
        raise never_rated()


def _find_repeated(
    session: Session,
    statement: Statement,
    given: OwnVerdict,
    words: str,
    verdict: Verdict | None,
) -> VerdictRevision | None:
    row = session.scalar(
        select(VerdictRevision).where(
            VerdictRevision.project_id == statement.project_id,
            VerdictRevision.public_id == given.id,
        )
    )
    if row is None:
        return None
    is_same = (
        verdict is not None
        and row.verdict_id == verdict.id
        and given.base in {0, row.number - 1}
        and (row.value, row.justification) == (given.value, words)
    )
    if not is_same:
        raise ConflictError("Another verdict has this id already; begin a new one.")
    return row


def _newest(session: Session, verdict: Verdict) -> VerdictRevision | None:
    return session.scalar(
        select(VerdictRevision)
        .where(VerdictRevision.verdict_id == verdict.id)
        .order_by(VerdictRevision.number.desc())
        .limit(1)
    )


def _text(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > MAX_REASONS:
        raise InvalidInputError("At most %(most)s characters.", most=MAX_REASONS)
    refuse_unstorable(words, "text")
    return words
