"""Read the claims that the balance of a desk's choice is counted from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.stances import Side, side_of
from workbench.corpus.tables import Article, Sentence, TextEdition
from workbench.factcheck.balance import Balance, Worthy, weigh
from workbench.factcheck.claims import (
    SeenClaim,
    count_annotators,
    list_hidden,
    read_claims,
    resolve_claims,
)
from workbench.factcheck.publishing import list_settled
from workbench.factcheck.queue import list_worthiest
from workbench.factcheck.tables import VerdictAppearance
from workbench.labelling.answers import read_by_ids
from workbench.labelling.frames import AUTHOR, UNSPECIFIED
from workbench.labelling.registers import find_redirects, register_number
from workbench.labelling.remembered import stored_registers
from workbench.labelling.tables import (
    Annotation,
    AttributionLink,
    Claim,
    ClaimRevision,
    Stance,
)
from workbench.storage.among import among

MOST = 20_000  # claims that are weighed while somebody waits for the page
SIDES = (Side.FAVOR, Side.AGAINST)


@dataclass(frozen=True)
class Weighed:
    """The balance with the names of what it counts, and the claims that nobody has checked.

    ``unchecked`` are rows of claims, agreed ones first; ``hidden`` counts articles left out because
    the reader labels them; with ``is_cut`` there are more claims than were weighed.
    """

    balance: Balance
    targets: Mapping[str, Mapping[str, str]]
    unchecked: Sequence[int]
    hidden: int
    is_cut: bool


def read_balance(session: Session, *, project_id: int, reader: int) -> Weighed:
    """Weigh the most check-worthy claims that a person may see.

    A claim is checked when a verdict that is approved, and was not withdrawn, is about it or about
    one that it stands for.
    """
    rows = list_worthiest(session, project_id=project_id, reader=reader, most=MOST + 1)
    is_cut, rows = len(rows) > MOST, rows[:MOST]
    checked = _list_checked(session, project_id)
    revisions = [revision for _, revision in rows]
    speakers = _read_speakers(session, revisions)
    sides = _read_sides(session, revisions)
    # Read last: who and what the claims name has an entry by then.
    number = register_number(session, project_id=project_id)
    registers = stored_registers(session, project_id=project_id, number=number)
    names = {entry.row: entry.id for entry in registers.speakers}
    redirects = find_redirects(registers.speakers)
    titles = {entry.id: entry.name for entry in registers.speakers}
    targets = {entry.row: entry.id for entry in registers.targets}
    merged = find_redirects(registers.targets)
    places = _read_places(session, revisions)

    def name_speaker(revision: int) -> str:
        source, speaker = speakers.get(revision, (AUTHOR, None))
        if source == AUTHOR:
            return places[revision].author or ""
        if source == UNSPECIFIED or speaker is None:
            return ""
        entry = names[speaker]
        return titles[redirects.get(entry, entry)]

    def name_target(row: int) -> str:
        entry = targets[row]
        return merged.get(entry, entry)

    claims = [
        Worthy(
            row=claim,
            speaker=name_speaker(revision),
            outlet=places[revision].outlet or "",
            sides=frozenset((name_target(row), side) for row, side in sides.get(revision, ())),
            is_checked=claim in checked,
        )
        for claim, revision in rows
    ]
    return Weighed(
        balance=weigh(claims),
        targets={entry.id: entry.labels for entry in registers.targets},
        unchecked=[one.row for one in claims if not one.is_checked],
        hidden=len(list_hidden(session, project_id=project_id, reader=reader)),
        is_cut=is_cut,
    )


def read_unchecked(
    session: Session, *, project_id: int, rows: Sequence[int]
) -> list[tuple[SeenClaim, int]]:
    """Return claims that nobody has checked, in the order given, each with how many have it.

    Of an agreed claim nobody is counted.
    """
    found = read_claims(session, project_id=project_id, claims=rows)
    annotators = count_annotators(session, project_id=project_id, claims=found.values())
    return [(found[row], annotators.get(row, 0)) for row in rows if row in found]


@dataclass(frozen=True)
class _Place:
    outlet: str | None
    author: str | None


def _list_checked(session: Session, project_id: int) -> Collection[int]:
    """Return the claims that approved verdicts are about, and those that stand for them today."""
    revisions = list_settled(session, project_id=project_id)
    rows = read_by_ids(session, _select_frozen(), revisions)
    claims = {int(str(row.claim_id)) for row in rows}
    return claims | set(resolve_claims(session, project_id=project_id, claims=claims).values())


def _read_speakers(session: Session, revisions: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    return {
        row.claim_revision_id: (row.source, row.speaker_id)
        for row in read_by_ids(session, _select_last_links(), revisions)
    }


def _read_sides(session: Session, revisions: Sequence[int]) -> dict[int, set[tuple[int, Side]]]:
    found: dict[int, set[tuple[int, Side]]] = {}
    for row in read_by_ids(session, _select_stances(), revisions):
        side = side_of(row.value)
        if side in SIDES:
            found.setdefault(row.id, set()).add((row.target_id, side))
    return found


def _read_places(session: Session, revisions: Sequence[int]) -> dict[int, _Place]:
    return {
        row.id: _Place(row.outlet, row.author)
        for row in read_by_ids(session, _select_places(), revisions)
    }


@cache  # Building a statement takes longer than running it.
def _select_frozen() -> Select[*tuple[object, ...]]:
    return (
        select(ClaimRevision.claim_id)
        .join(VerdictAppearance, VerdictAppearance.claim_revision_id == ClaimRevision.id)
        .where(among(VerdictAppearance.verdict_revision_id))
    )


@cache
def _select_last_links() -> Select[*tuple[object, ...]]:
    deeper = aliased(AttributionLink)
    last = (
        select(func.max(deeper.depth))
        .where(deeper.claim_revision_id == AttributionLink.claim_revision_id)
        .correlate(AttributionLink)
        .scalar_subquery()
    )
    return select(
        AttributionLink.claim_revision_id, AttributionLink.source, AttributionLink.speaker_id
    ).where(
        among(AttributionLink.claim_revision_id),
        AttributionLink.depth == last,
    )


@cache
def _select_stances() -> Select[*tuple[object, ...]]:
    """Select the stances of claims: their own, or those of the sentence that belong to none."""
    return (
        select(ClaimRevision.id, Stance.target_id, Stance.value)
        .join(Stance, Stance.annotation_revision_id == ClaimRevision.annotation_revision_id)
        .where(
            among(ClaimRevision.id),
            or_(Stance.claim_id.is_(None), Stance.claim_id == ClaimRevision.claim_id),
        )
    )


@cache
def _select_places() -> Select[*tuple[object, ...]]:
    return (
        select(ClaimRevision.id, Article.outlet, Article.author)
        .join(Claim, Claim.id == ClaimRevision.claim_id)
        .join(Annotation, Annotation.id == Claim.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .join(Article, Article.id == TextEdition.article_id)
        .where(among(ClaimRevision.id))
    )
