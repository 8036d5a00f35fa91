"""What adjudicators do: decide, take what agrees, put off; nothing that was decided is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.adjudication.cases import (
    Case,
    CaseFile,
    describe_readings,
    find_case_file,
    open_case,
)
from workbench.adjudication.checking import (
    CheckedAdjudication,
    Deferral,
    Grounds,
    check_adjudication,
)
from workbench.adjudication.rules import Outcome, is_taken_back
from workbench.adjudication.tables import Adjudication, ClaimSource
from workbench.canonical import JsonObject
from workbench.corpus.queries import find_article
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, StaleRevisionError
from workbench.labelling.answers import StoredAnswer, load_answers
from workbench.labelling.checking import Place, find_gold_place
from workbench.labelling.editions import hold_article
from workbench.labelling.frames import (
    Answer,
    Decision,
    SentenceId,
    answer_json,
    canonical_frame,
    follow_redirects,
)
from workbench.labelling.operations import SavedRevision, submit_annotation
from workbench.labelling.queries import Matter
from workbench.labelling.registers import find_redirects, register_number
from workbench.labelling.remembered import stored_registers
from workbench.labelling.rules import CONTINUES, continued_positions, is_complete
from workbench.labelling.tables import AnnotationRevision, Claim, ClaimRevision
from workbench.projects.queries import get_project
from workbench.projects.tables import GuidelineRevision, SchemeRevision
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project


class StaleAnswersError(StaleRevisionError):
    """Somebody has answered anew since an adjudicator compared the answers."""

    code = "stale_answers"


@dataclass(frozen=True)
class SavedAdjudication:
    """What the browser is told once the database has the decision."""

    saved: SavedRevision
    outcome: Outcome


def submit_adjudication(
    session: Session, *, checked: CheckedAdjudication, slug: str, by: int, now: datetime
) -> SavedAdjudication:
    """Record a new revision of the agreed answer to a sentence, and what it rests on.

    The same id and content again answer as the first time. Raises what ``submit_annotation``
    raises; ``StaleAnswersError`` with the readings when those that were compared are not the
    newest; ``ForbiddenError`` while the adjudicator has to label the article themselves.
    What the outcome is follows from the answers, never from the browser.
    """
    project = get_project(session, project_id=checked.answer.project_id)
    file = find_case_file(session, project=project, slug=slug, reader=by)
    return _submit(session, file, checked, by=by, now=now)


def defer(
    session: Session, *, project_id: int, slug: str, given: Deferral, by: int, now: datetime
) -> None:
    """Record that a sentence is to be decided later; an agreed answer that it has stays.

    The same again changes nothing; raises as ``submit_adjudication`` does.
    """
    hold_article(session, find_article(session, project_id=project_id, name=slug))
    project = get_project(session, project_id=project_id)
    file = find_case_file(session, project=project, slug=slug, reader=by)
    place = find_gold_place(session, project_id=project_id, slug=slug, sentence=given.sentence)
    _refuse_other_edition(file, place, given.sentence)
    if first := _find(session, project_id, given.id):
        said = (first.sentence_id, first.outcome, first.reason, first.note)
        grounds = given.grounds
        if said != (place.sentence_id, Outcome.DEFER, grounds.reason, grounds.note):
            raise ConflictError("Something else has this id already; make a new one.")
        return
    at = _Place(project_id, place.sentence_id, given.sentence)
    _refuse_stale(_read_present(session, file, at), given.grounds)
    row = _make_row(at, given.id, given.grounds, by=by, now=now)
    row.outcome, row.annotation_revision_id = Outcome.DEFER.value, None
    session.add(row)
    session.flush()


def take_all_agreed(
    session: Session, *, project_id: int, slug: str, by: int, now: datetime
) -> list[str]:
    """Make agreed answers of what all who read a sentence have answered alike; return their ids.

    Sentences that have one, or that the settings count as settled anyway, are left alone.
    """
    share_project(session, project_id)
    project = get_project(session, project_id=project_id)
    file = find_case_file(session, project=project, slug=slug, reader=by)
    case, matter = open_case(session, project=project, file=file)
    taken: list[str] = []
    for position in _list_agreed(case):
        payload = _copy_agreed(session, case, matter, position)
        checked = check_adjudication(session, project_id=project_id, slug=slug, payload=payload)
        _submit(session, file, checked, by=by, now=now)
        taken.append(checked.answer.answer.id)
    return taken


def derive_outcome(answer: Answer, readings: Iterable[Answer]) -> Outcome:
    """Tell what an agreed answer makes of the answers it was made from."""
    if is_taken_back(answer):
        return Outcome.REOPEN
    if canonical_frame(answer) in {canonical_frame(one) for one in readings}:
        return Outcome.ACCEPT
    has_nothing = answer.decision is Decision.NO_CLAIM and not answer.stances
    return Outcome.REJECT_ALL if has_nothing else Outcome.EDIT


def _submit(
    session: Session, file: CaseFile, checked: CheckedAdjudication, *, by: int, now: datetime
) -> SavedAdjudication:
    answer = checked.answer
    _refuse_other_edition(file, answer.place, answer.answer.sentence)
    saved = submit_annotation(session, checked=answer, by=by, now=now)
    if first := _find(session, answer.project_id, saved.id):
        return SavedAdjudication(saved, Outcome(first.outcome))
    place = _Place(answer.project_id, answer.place.sentence_id, answer.answer.sentence)
    readings = _read_present(session, file, place)
    _refuse_stale(readings, checked.grounds)
    outcome = derive_outcome(answer.answer, [stored.answer for stored in readings.values()])
    revision = session.scalars(
        select(AnnotationRevision.id).where(
            AnnotationRevision.project_id == answer.project_id,
            AnnotationRevision.public_id == saved.id,
        )
    ).one()
    row = _make_row(place, saved.id, checked.grounds, by=by, now=now)
    row.outcome, row.annotation_revision_id = outcome.value, revision
    session.add(row)
    _add_sources(session, checked)
    session.flush()
    return SavedAdjudication(saved, outcome)


@dataclass(frozen=True)
class _Place:
    """A sentence, by its row and by its public id."""

    project_id: int
    sentence_id: int
    sentence: SentenceId


def _find(session: Session, project_id: int, public_id: str) -> Adjudication | None:
    return session.scalar(
        select(Adjudication).where(
            Adjudication.project_id == project_id, Adjudication.public_id == public_id
        )
    )


def _read_present(session: Session, file: CaseFile, place: _Place) -> dict[str, StoredAnswer]:
    """Return the newest answers to a sentence by the letters of those who gave them."""
    number = register_number(session, project_id=place.project_id)
    registers = stored_registers(session, project_id=place.project_id, number=number)
    redirects = find_redirects(registers.speakers), find_redirects(registers.targets)
    stored = load_answers(
        session,
        project_id=place.project_id,
        sentences={place.sentence_id: place.sentence},
        registers=registers,
    )
    return {
        file.letters[one.answerer]: one._replace(answer=follow_redirects(one.answer, *redirects))
        for one in stored
        if one.answerer in file.letters
    }


def _make_row(
    place: _Place, public_id: str, grounds: Grounds, *, by: int, now: datetime
) -> Adjudication:
    return Adjudication(
        project_id=place.project_id,
        public_id=public_id,
        sentence_id=place.sentence_id,
        compared=sorted(grounds.compared),
        reason=grounds.reason,
        note=grounds.note,
        made_by=by,
        made_at=now,
    )


def _add_sources(session: Session, checked: CheckedAdjudication) -> None:
    """Keep which claims the agreed ones were made from; each pair once."""
    project_id = checked.answer.project_id
    wanted = {one for claims in checked.sources.values() for one in claims}
    if not wanted:
        return
    rows = session.execute(
        select(Claim.public_id, Claim.id)
        .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
        .join(AnnotationRevision, AnnotationRevision.id == ClaimRevision.annotation_revision_id)
        .where(
            AnnotationRevision.project_id == project_id,
            AnnotationRevision.public_id.in_(checked.grounds.compared),
            Claim.public_id.in_(wanted),
        )
    )
    sources = dict(rows.all())
    if unknown := wanted - sources.keys():
        raise InvalidInputError(
            "The claim %(id)s is in none of the answers that were compared.", id=min(unknown)
        )
    own = session.execute(
        select(Claim.public_id, Claim.id).where(
            Claim.project_id == project_id, Claim.public_id.in_(checked.sources)
        )
    )
    claims = dict(own.all())
    known = session.execute(
        select(ClaimSource.gold_claim_id, ClaimSource.claim_id).where(
            ClaimSource.project_id == project_id, ClaimSource.gold_claim_id.in_(claims.values())
        )
    )
    pairs = {
        (claims[claim], sources[one]) for claim in checked.sources for one in checked.sources[claim]
    }
    for gold_claim_id, claim_id in sorted(pairs - {(gold, claim) for gold, claim in known}):
        session.add(
            ClaimSource(project_id=project_id, gold_claim_id=gold_claim_id, claim_id=claim_id)
        )


def _list_agreed(case: Case) -> list[int]:
    """Return the sentences whose answer can be taken over as it is, in the order of the text.

    Nothing is taken where a sentence only continues a claim, nor that it has none where an
    agreed claim already runs into it, nor an answer in which something is still asked.
    """
    continued = continued_positions(
        [(one.start, one.end) for one in case.sentences],
        [claim.parts for stored in case.gold.values() for claim in stored.answer.claims],
    )
    found = []
    for position in sorted(case.agreed & case.to_decide - case.settled - case.deferred):
        (reading, *_) = case.compared[position].readings.values()
        is_refused = reading.decision == Decision.NO_CLAIM and position in continued
        if (
            reading.answer
            and reading.decision != CONTINUES
            and not is_refused
            and is_complete(reading.answer, case.scheme)
        ):
            found.append(position)
    return found


def _copy_agreed(session: Session, case: Case, matter: Matter, position: int) -> JsonObject:
    """Return the answer that all gave to a sentence as an adjudicator would send it."""
    stored = case.first_answer(position)
    answer = stored.answer
    ids = {claim.id: make_public_id() for claim in answer.claims}
    own = case.gold.get(position)
    copied = replace(
        answer,
        id=make_public_id(),
        base=own.answer.id if own else None,
        claims=tuple(replace(claim, id=ids[claim.id]) for claim in answer.claims),
        stances=tuple(
            replace(stance, claim=ids[stance.claim] if stance.claim else None)
            for stance in answer.stances
        ),
    )
    return {
        **answer_json(copied),
        "scheme": session.get_one(SchemeRevision, stored.scheme_revision_id).number,
        "guideline": session.get_one(GuidelineRevision, stored.guideline_revision_id).number,
        "registers": matter.register_number,
        "elapsed_ms": 0,
        "adjudication": {
            "compared": [*sorted(case.newest(position))],
            "sources": {ids[claim.id]: [*case.same_claims(claim.id)] for claim in answer.claims},
        },
    }


def _refuse_other_edition(file: CaseFile, place: Place, sentence: SentenceId) -> None:
    if place.edition_id != file.piece.edition_id:
        raise NotFoundError(
            "The sentence %(sentence)s is not of the text that is adjudicated.",
            sentence=str(sentence),
        )


def _refuse_stale(readings: Mapping[str, StoredAnswer], grounds: Grounds) -> None:
    if grounds.compared == {stored.answer.id for stored in readings.values()}:
        return
    error = StaleAnswersError(
        "Somebody has changed their answer to this sentence since; compare again and decide."
    )
    error.extra = {"readings": describe_readings(readings)}
    raise error
