"""Who made a claim, as readers are told: the innermost of its chain, or the article's author."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.factcheck.claims import SeenClaim
from workbench.factcheck.published import Claimant
from workbench.labelling.frames import AUTHOR
from workbench.labelling.tables import Speaker

PERSON = "person"
_WIKIDATA = "https://www.wikidata.org/wiki/"


def read_speakers(session: Session, *, project_id: int, ids: Collection[str]) -> dict[str, Speaker]:
    """Return entries of the register of speakers by their public ids."""
    if not ids:
        return {}
    rows = session.scalars(
        select(Speaker).where(Speaker.project_id == project_id, Speaker.public_id.in_(sorted(ids)))
    )
    return {row.public_id: row for row in rows}


def claimant_of(claim: SeenClaim, speakers: Mapping[str, Speaker]) -> Claimant | None:
    """Return who made a claim, where that is known: an article's own is its author's."""
    source, passage = claim.source, claim.passage
    if source.id == AUTHOR:
        if passage.author:
            return Claimant(passage.author, is_person=True, is_named=True)
        if passage.outlet:
            return Claimant(passage.outlet, is_person=False, is_named=True)
        return None
    speaker = speakers.get(source.id)
    if source.name is None or speaker is None:
        return None
    return Claimant(
        source.name,
        is_person=source.kind == PERSON,
        is_named=speaker.named,
        same_as=f"{_WIKIDATA}{speaker.wikidata}" if speaker.wikidata else None,
    )
