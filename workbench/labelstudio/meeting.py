"""One person's answers to a text, as they are here and as they are there, brought together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from workbench.clock import utc_now
from workbench.errors import WorkbenchError
from workbench.labelling.frames import Decision
from workbench.labelling.rules import UNREAD, continued_positions
from workbench.labelstudio.client import RemoteAnnotation, RemoteTask, number_of
from workbench.labelstudio.convert import Article as Task
from workbench.labelstudio.convert import Said, hide_astral
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import GONE, THERE, Known, Mark, Sent, read_base, write_base
from workbench.labelstudio.local import Answers, Edition, Reader
from workbench.labelstudio.merging import (
    Merged,
    Theirs,
    agree,
    find_equal,
    merge,
    read_theirs,
    read_to_the_end,
)
from workbench.labelstudio.outbox import subject_of
from workbench.labelstudio.reading import read_result
from workbench.labelstudio.rules import Count, SyncProblemError
from workbench.labelstudio.seen import hash_seen, reads_whole
from workbench.labelstudio.settling import are_listed, count_new, keep_conflicts


@dataclass(frozen=True)
class Compared:
    """One person's answers to a text on both sides, and what is to be done about them."""

    edition: Edition
    reader: Reader
    here: Answers
    known: Known | None
    annotation: RemoteAnnotation | None
    sent: Sent | None
    unique_id: UUID
    base: tuple[Said, ...]
    earlier: tuple[Said, ...]
    theirs: Theirs
    merged: Merged


@dataclass(frozen=True)
class Meeting:
    """One person's answers to a text on both sides, merged; ``ours`` with what was saved."""

    unique_id: UUID
    base: tuple[Said, ...]
    ours: tuple[Said, ...]
    merged: Merged
    is_saved: bool


def is_same_text(exchange: Exchange, task: RemoteTask, text: str) -> bool:
    """Tell, and name it if not, whether a task still has the text that it was made of."""
    if task.data.get("text") == hide_astral(text):
        exchange.rewritten.discard(str(task.uid))
        return True
    exchange.rewritten.add(str(task.uid))
    exchange.waits = True
    exchange.report.add(
        str(task.uid),
        SyncProblemError(
            "The text was changed there, so nothing of its task is read: delete the task, and"
            " a push makes it again."
        ),
    )
    return False


def sort_annotations(
    exchange: Exchange, task: RemoteTask, known: Mapping[int, Mark]
) -> tuple[dict[int, RemoteAnnotation], set[int]]:
    """Return the annotation of each person, and the people of whom nothing can be told."""
    numbers = {number_of(one.unique_id): member for member, one in known.items()}
    ids = {one.remote_id: member for member, one in known.items()}
    found: dict[int, RemoteAnnotation] = {}
    unclear: set[int] = set()

    def rank(one: RemoteAnnotation) -> tuple[bool, bool, int]:
        return one.number not in numbers, one.id not in ids, one.id

    for one in sorted(task.annotations, key=rank):
        mine, whose = numbers.get(one.number or 0), exchange.people.get(one.person or 0)
        by_id = ids.get(one.id)
        if mine is None and by_id and (one.number is None or known[by_id].account == one.person):
            mine = by_id
        member = mine or whose
        problem = _doubt(exchange, one, mine, whose, known[mine].account if mine else None)
        if member is not None and member in found and not one.is_skipped:
            problem = SyncProblemError(
                "Annotation #%(number)s is the person's second one, and not read: delete one.",
                number=one.id,
            )
        elif one.is_skipped:
            exchange.report.counts[Count.SKIPPED] += 1
            unclear |= {member or 0} - found.keys()
        elif problem:
            unclear |= {mine or 0, whose or 0} - found.keys()
        elif member is not None:
            found[member] = one
        if problem and not one.is_skipped:
            exchange.waits |= one.person not in exchange.terms.nobody
            exchange.report.add(str(task.uid), problem)
    return found, unclear - found.keys()


def compare(
    exchange: Exchange,
    session: Session,
    text: Task,
    reader: Reader,
    here: Answers,
    *,
    known: Known | None,
    annotation: RemoteAnnotation | None,
    is_another_s: bool = False,
) -> Compared | None:
    """Merge one person's answers to a text, and name what cannot be taken.

    Nothing is to be done on either side, and all waits, where it says something new that may not be
    the person's own. What is said in an annotation that ``is_another_s`` the person did not say.
    """
    edition = exchange.local.editions[text.uid]
    unique_id = known.unique_id if known else uuid4()
    base: tuple[Said, ...] = ()
    earlier: tuple[Said, ...] = ()
    if known and not _is_of_earlier_try(known, annotation):
        base, earlier = known.base, known.earlier if annotation else ()
    sent = exchange.outbox.read_sent(session, edition, reader) if known and annotation else None
    went = read_base(sent.base) if sent else ()
    ours = tuple(here.said.values())
    seed = subject_of(edition, reader)  # The same under another connection, too.
    theirs = _read(exchange, session, text, annotation, base=base, ours=ours, sent=went, seed=seed)
    if annotation and known and sent:
        is_made = known.remote_id is None and annotation.number == number_of(sent.unique_id)
        if is_made or _is_seen(went, theirs, base=base):
            base = went
    is_met = sent or (known and (known.remote_id or known.base))
    if annotation and not is_met:  # Never, or not since it was another's.
        base = theirs.said if is_another_s else find_equal(ours, theirs.said)
    olds = read_to_the_end(earlier) if exchange.terms.submitted_means_read else earlier
    merged = merge(base, ours, theirs.said, left_alone=theirs.left_alone, earlier=olds)
    row = known.row if known else 0
    is_new = merged.here or not are_listed(session, answer_id=row, conflicts=merged.conflicts)
    if is_new and annotation and (problem := _doubt_news(exchange, annotation)):
        exchange.waits = True
        exchange.report.add(edition.uid, problem)
        return None
    for refused in theirs.refused:
        exchange.report.add(f"{edition.uid}, {refused.place}", SyncProblemError(refused.reason))
    if base and annotation is None:
        exchange.report.count_once(Count.ANSWERS_GONE, subject_of(edition, reader), 1)
    if earlier and not merged.conflicts and merge(base, base, theirs.said).here:
        earlier = ()  # They have saved since we wrote, and what we wrote was on their page.
    return Compared(
        edition, reader, here, known, annotation, sent, unique_id, base, earlier, theirs, merged
    )


def says_only(
    exchange: Exchange,
    session: Session,
    text: Task,
    reader: Reader,
    here: Answers,
    *,
    known: Known,
    annotation: RemoteAnnotation,
) -> bool:
    """Tell whether an annotation says what was agreed with somebody, or went, and nothing else."""
    edition, ours = exchange.local.editions[text.uid], tuple(here.said.values())
    sent = exchange.outbox.read_sent(session, edition, reader)
    went, seed = read_base(sent.base) if sent else (), subject_of(edition, reader)
    theirs = _read(
        exchange, session, text, annotation, base=known.base, ours=ours, sent=went, seed=seed
    )
    bases = (known.base, went)
    return not theirs.refused and any(not merge(one, one, theirs.said).here for one in bases)


def _is_seen(went: Sequence[Said], theirs: Theirs, *, base: Sequence[Said]) -> bool:
    """Tell whether anything of a change of ours is there, which arrived as a whole then."""
    seen = agree(base, went, theirs.said, left_alone=theirs.left_alone)
    return bool(merge(base, base, seen).here)


def _is_of_earlier_try(known: Known, annotation: RemoteAnnotation | None) -> bool:
    """Tell whether an annotation came with an import given up for lost, and was said before."""
    if annotation is None or annotation.number is None or known.remote_id is not None:
        return False
    return annotation.number != number_of(known.unique_id)


def meet(
    exchange: Exchange, session: Session, compared: Sequence[Compared]
) -> list[tuple[Compared, Meeting]]:
    """Save here what is to be saved, and keep what is agreed on then."""
    if exchange.is_plan:
        return [(one, _plan(exchange, session, one)) for one in compared]
    refused = _begin(exchange, session, compared) if exchange.saves else {}
    return [
        (one, _meet(exchange, session, one, refused.get((one.reader, one.edition.uid))))
        for one in compared
    ]


def _begin(
    exchange: Exchange, session: Session, compared: Sequence[Compared]
) -> dict[tuple[Reader, str], WorkbenchError]:
    """Let people have begun what they answered there; return what they may not begin."""
    due: dict[Reader, list[Edition]] = defaultdict(list)
    for one in compared:
        if one.merged.here:
            due[one.reader].append(one.edition)
    return {
        (reader, uid): error
        for reader, editions in due.items()
        for uid, error in exchange.local.begin(session, editions, reader, now=utc_now()).items()
    }


def _meet(
    exchange: Exchange, session: Session, one: Compared, refused: WorkbenchError | None
) -> Meeting:
    ledger, left_alone = exchange.ledger, one.theirs.left_alone
    ours, is_saved = tuple(one.here.said.values()), True
    if refused is not None:
        exchange.report.add(one.edition.uid, refused)
        is_saved = False
    elif exchange.saves:
        ours, is_saved = _save(exchange, session, one)
    before = one.known.base if one.known else ()
    base = agree(one.base, ours, one.theirs.said, left_alone=left_alone)
    if one.known or one.annotation:
        task = ledger.links[one.edition.uid].row
        row = ledger.get_answer(session, task, one.reader.membership_id)
        row.unique_id = str(one.unique_id)
        if base != before:
            row.base = write_base(base)
        if one.earlier != (one.known.earlier if one.known else ()):
            row.earlier = write_base(one.earlier)
        if one.annotation and (row.remote_id != one.annotation.id or row.account is None):
            row.account = one.annotation.person
        row.remote_id = one.annotation.id if one.annotation else None
        row.state = THERE if one.annotation else GONE
        row.seen_sha = _hash_agreed(exchange, session, one, base)
        if one.sent:
            exchange.outbox.take_answer(session, one.edition, one.reader)
        session.flush()
        opened, gone = keep_conflicts(
            session,
            answer=row,
            connection_id=ledger.connection_id,
            conflicts=one.merged.conflicts,
            left_alone=one.merged.left_alone,
            now=utc_now(),
        )
        exchange.report.counts[Count.CONFLICTS_OPENED] += opened
        exchange.report.counts[Count.CONFLICTS_GONE] += gone
    return Meeting(one.unique_id, base, ours, one.merged, is_saved)


def _hash_agreed(
    exchange: Exchange, session: Session, one: Compared, base: Sequence[Said]
) -> str | None:
    """Return the hash of an annotation that says what is agreed on, all of it and nothing else."""
    if one.annotation is None or one.theirs.refused or merge(base, base, one.theirs.said).here:
        return None
    return hash_seen(exchange, session, one.edition, one.annotation, newest=one.here.newest)


def _doubt(
    exchange: Exchange,
    one: RemoteAnnotation,
    mine: int | None,
    whose: int | None,
    account: int | None,
) -> SyncProblemError | None:
    """Say why an annotation cannot be taken for somebody's, if it cannot.

    ``account`` is of which it was when it was ``mine``.
    """
    if one.person in exchange.terms.nobody:
        return SyncProblemError(
            "%(person)s is nobody here, as somebody said, so what they answered is not read.",
            person=exchange.terms.names[one.person or 0],
        )
    if mine is None and whose is None:
        return _unknown(exchange, one)
    if None not in {mine, whose} and mine != whose:
        return _doubt_move(exchange, one, account)
    if exchange.only is not None and (mine or whose) != exchange.only:
        return SyncProblemError(
            "Annotation #%(number)s is not of the annotator whose project this is; it waits.",
            number=one.id,
        )
    return None


def _doubt_move(exchange: Exchange, one: RemoteAnnotation, account: int | None) -> SyncProblemError:
    """Say why an annotation waits that was one person's and is another's by its account."""
    person = exchange.terms.names.get(one.person or 0, f"#{one.person}")
    if account not in {None, one.person}:
        return SyncProblemError(
            "Annotation #%(number)s was given to somebody else there, and waits.",
            number=one.id,
        )
    if exchange.only is not None:
        return SyncProblemError(
            "Annotation #%(number)s is of %(person)s, who is another annotator here by now, and in"
            " the project of the one they were: it waits until it is deleted there, or the account"
            " is linked as it was.",
            number=one.id,
            person=person,
        )
    if account is None:
        return SyncProblemError(
            "Annotation #%(number)s is of %(person)s, who was another annotator here before it was"
            " noted of whom it is: it waits until that account is linked as it was, both sides have"
            " met, and it is linked anew.",
            number=one.id,
            person=person,
        )
    return SyncProblemError(
        "Annotation #%(number)s is of %(person)s, who is another annotator here by now: it"
        " waits until answers are brought here, and comes in that name then.",
        number=one.id,
        person=person,
    )


def _doubt_news(exchange: Exchange, one: RemoteAnnotation) -> SyncProblemError | None:
    """Say why what is new in somebody's annotation cannot be taken for theirs, if it cannot."""
    names = exchange.terms.names
    if one.person in names.keys() - exchange.people.keys():
        return _unknown(exchange, one)
    if one.changed_by is None or one.changed_by in {one.person, *exchange.ours}:
        return None
    return SyncProblemError(
        "%(person)s changed annotation #%(number)s, which is somebody else's: it waits until its"
        " annotator saves it.",
        number=one.id,
        person=names.get(one.changed_by, f"#{one.changed_by}"),
    )


def _unknown(exchange: Exchange, one: RemoteAnnotation) -> SyncProblemError:
    return SyncProblemError(
        "Who %(person)s is here is not known, so what they answered waits.",
        person=exchange.terms.names.get(one.person or 0, f"#{one.person}"),
    )


def _read(
    exchange: Exchange,
    session: Session,
    text: Task,
    annotation: RemoteAnnotation | None,
    *,
    base: Sequence[Said],
    ours: Sequence[Said],
    sent: Sequence[Said],
    seed: str,
) -> Theirs:
    """Return what an annotation says; one that was deleted, or never was, says nothing."""
    if annotation is None:
        return Theirs(())
    found = read_result(text.text, text.sentences, annotation.result, exchange.local.known)
    scheme = exchange.local.scheme
    theirs = read_theirs(found, base=base, ours=ours, sent=sent, scheme=scheme, seed=seed)
    if not exchange.terms.submitted_means_read:
        return theirs
    ranges = [(one.start, one.end) for one in text.sentences]
    continued = continued_positions(
        ranges, [claim.parts for one in theirs.said for claim in one.claims]
    )
    said = {one.position for one in theirs.said if one.decision != UNREAD or one.claims}
    before = {one.position: one.attributes for one in base if one.decision == Decision.NO_CLAIM}
    if reads_whole(exchange, annotation):
        unsaid = exchange.local.asked(session, exchange.local.editions[text.uid])
    else:  # What was read once stays so, whoever saves it.
        unsaid = {*before}
    unsaid -= continued | said | theirs.left_alone
    stances = {one.position: one.stances for one in theirs.said}
    kept = [one for one in theirs.said if one.position not in unsaid]
    read = (
        Said(at, Decision.NO_CLAIM, before.get(at, {}), stances=stances.get(at, ()))
        for at in unsaid
    )
    return replace(theirs, said=(*kept, *read))


def _save(exchange: Exchange, session: Session, one: Compared) -> tuple[tuple[Said, ...], bool]:
    """Save what is new here; return what is said here then, and whether all of it was saved."""
    said = {new.position: new for new in one.merged.here}
    if not said:
        return tuple(one.here.said.values()), True
    refused = exchange.local.save(
        session,
        one.edition,
        one.reader,
        said,
        parsed={
            new.position: answer
            for new, answer in one.theirs.parsed
            if said.get(new.position) == new
        },
        upon=one.here.revisions,
        now=utc_now(),
    )
    for position, why in refused.items():
        exchange.report.add(f"{one.edition.uid}.{position}", why)
    saved = {at: new for at, new in said.items() if at not in refused}
    exchange.report.counts[Count.SENTENCES_SAVED] += len(saved)
    return tuple((one.here.said | saved).values()), not refused


def _plan(exchange: Exchange, session: Session, one: Compared) -> Meeting:
    subject, report = subject_of(one.edition, one.reader), exchange.report
    if exchange.saves:
        report.count_once(Count.SENTENCES_SAVED, subject, len(one.merged.here))
    conflicts = one.merged.conflicts
    if conflicts:
        row = one.known.row if one.known else 0
        new = count_new(session, answer_id=row, conflicts=conflicts)
        report.count_once(Count.CONFLICTS_OPENED, subject, new)
    return Meeting(one.unique_id, one.base, tuple(one.here.said.values()), one.merged, True)
