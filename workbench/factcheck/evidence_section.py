"""The evidence of a statement as its page shows it: what each piece is, and how its page fares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from workbench.factcheck.appearances import AppearanceView, feature, read_appearances
from workbench.factcheck.dates import is_later
from workbench.factcheck.evidence import (
    Claimants,
    EvidenceItem,
    is_own_page,
    list_evidence,
    own_pages,
    read_claimants,
)
from workbench.factcheck.keeping import FetchJob, KeptPage, read_jobs, read_kept, read_page_text
from workbench.factcheck.passages import find_passage
from workbench.factcheck.queries import current_revision
from workbench.factcheck.tables import Statement


@dataclass(frozen=True)
class ShownEvidence:
    """A piece of evidence with what its page was found to be, and how its date stands."""

    item: EvidenceItem
    page: KeptPage
    job: FetchJob | None
    is_later: bool
    is_own_page: bool

    @property
    def is_undated(self) -> bool:
        """Whether nobody knows if it was there when the claim was made."""
        return self.item.given.published is None


@dataclass(frozen=True)
class EvidenceSection:
    """A statement's evidence; the time-safe view leaves out what is later than the claim.

    ``claim_date`` is that of the appearance that stands with the statement. Without it there is
    no time-safe view.
    """

    shown: tuple[ShownEvidence, ...]
    left_out: int
    removed: int
    claim_date: str | None
    is_time_safe: bool
    wants_time_safe: bool

    @property
    def is_under_way(self) -> bool:
        """Whether a page is being fetched."""
        return any(one.job is not None and one.job.is_under_way for one in self.shown)

    @property
    def later(self) -> int:
        """How many pieces are later than the claim, left out or not."""
        return self.left_out or sum(one.is_later for one in self.shown)


def describe(
    session: Session,
    *,
    statement: Statement,
    appearances: Sequence[AppearanceView],
    claim_date: str | None,
    time_safe: bool = False,
) -> EvidenceSection:
    """Return the evidence of a statement that appears here and was made at that date."""
    everything = list_evidence(session, statement_id=statement.id, with_removed=True)
    items = [item for item in everything if not item.is_removed]
    pages = read_kept(session, items=items)
    jobs = read_jobs(session, project_id=statement.project_id, evidence={item.id for item in items})
    own = own_pages(appearances)
    shown = [
        ShownEvidence(
            item=item,
            page=with_anchor(session, item, pages[item.revision]),
            job=jobs.get(item.id),
            is_later=is_later(item.given.published, claim_date),
            is_own_page=is_own_page(item.given, own),
        )
        for item in items
    ]
    is_time_safe = time_safe and claim_date is not None
    kept = [one for one in shown if not (is_time_safe and one.is_later)]
    return EvidenceSection(
        shown=tuple(kept),
        left_out=len(shown) - len(kept),
        removed=len(everything) - len(items),
        claim_date=claim_date,
        is_time_safe=is_time_safe,
        wants_time_safe=time_safe,
    )


def list_time_safe(session: Session, *, statement: Statement) -> list[EvidenceItem] | None:
    """Return the evidence that is not later than the claim; none for a claim without a date."""
    appearances = _read_appearances(session, statement, None)
    featured_id = current_revision(session, statement_id=statement.id).featured_id
    _, featured = feature(appearances, featured_id)
    if featured is None or featured.published is None:
        return None
    items = list_evidence(session, statement_id=statement.id)
    return [item for item in items if not is_later(item.given.published, featured.published)]


def claimants_of(session: Session, *, statement: Statement, reader: int) -> Claimants:
    """Return who says the statement, as far as a person may see it."""
    appearances = _read_appearances(session, statement, reader)
    return read_claimants(session, project_id=statement.project_id, appearances=appearances)


def _read_appearances(
    session: Session, statement: Statement, reader: int | None
) -> list[AppearanceView]:
    return read_appearances(
        session, project_id=statement.project_id, statements=[statement.id], reader=reader
    )[statement.id]


def with_anchor(session: Session, item: EvidenceItem, page: KeptPage) -> KeptPage:
    """Return what is known of a page, its passage looked for if that was worded anew since."""
    if page.kept_at is None or not page.has_text or item.made_at <= page.kept_at:
        return page
    if page.anchor and page.anchor.text.split() == item.given.passage.split():
        return page
    return replace(
        page,
        anchor=find_passage(
            read_page_text(session, item=item, sha256=page.sha256), item.given.passage
        ),
    )
