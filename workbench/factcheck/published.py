"""A check as readers get it: plain values, frozen with a revision of its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workbench.factcheck.gates import Place
from workbench.factcheck.rules import Bearing, Medium, Rating, Relation, SourceKind
from workbench.factcheck.scales import ScaleValue

SAYING = (Relation.ASSERTS, Relation.MENTIONS)  # who denies or limits it has not made the claim
Words = Mapping[str, str]


@dataclass(frozen=True)
class Organisation:
    """What a desk says of itself; the longer texts are Markdown by language.

    ``method_url`` and ``corrections_url`` are its own public pages.
    """

    name: str
    url: str
    contact: str
    is_nonpartisan: bool
    funding: Words
    method: Words
    corrections: Words
    method_url: str
    corrections_url: str


@dataclass(frozen=True)
class Claimant:
    """Who made a claim; ``same_as`` is a page about them. Only somebody named can be an author."""

    name: str
    is_person: bool
    is_named: bool
    same_as: str | None = None


@dataclass(frozen=True)
class Appearance:
    """Where a claim stands, and who makes it there; what is not known is none.

    ``quote`` is empty, and the title unknown, where the article is withdrawn: ``is_closed``.
    ``place`` is its article as it is now, where that may be otherwise: the rules look at it,
    readers are not shown it.
    """

    id: str
    relation: Relation
    quote: str
    language: str
    title: str | None
    outlet: str | None
    author: str | None
    published: str | None
    url: str | None
    claimant: Claimant | None
    place: Place | None = None
    is_closed: bool = False

    @property
    def says_it(self) -> bool:
        """Whether the claim is made or passed on there, rather than denied or limited."""
        return self.relation in SAYING


@dataclass(frozen=True)
class Source:
    """A piece of evidence as it was when the verdict was given."""

    id: str
    question: str
    answer: str
    bearing: Bearing
    url: str
    title: str
    publisher: str
    origin: str
    published: str | None
    accessed: date
    archived_url: str | None
    passage: str
    medium: Medium
    kind: SourceKind
    is_independent: bool
    note: str
    is_later: bool


@dataclass(frozen=True)
class Search:
    """What was looked for, where and when, and what came of it."""

    query: str
    place: str
    searched_on: date
    outcome: str


@dataclass(frozen=True)
class Version:
    """A revision that was approved, and when; ``correction`` says why it replaced another."""

    number: int
    verdict: ScaleValue
    approved_at: datetime
    correction: str | None
    wording: str
    language: str

    @property
    def at(self) -> datetime:
        """When readers saw it first."""
        return self.approved_at


@dataclass(frozen=True)
class TakenBack:
    """That a check was withdrawn, when and why; it may have been approved anew since."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class PublishedCheck:
    """The newest approved verdict on a statement, with all that it rests on.

    ``versions`` are the approved revisions, the oldest first, the last one the one in force;
    ``withdrawals`` are those before it, the oldest first, too;
    ``author_id`` and ``approver_id`` are rows, none for a reviewer from outside.
    """

    id: str
    url: str
    wording: str
    language: str
    claim_type: str
    is_rated: bool
    worst_rating: int
    best_rating: int
    justification: str
    context: str
    appearances: Sequence[Appearance]
    featured: str | None
    sources: Sequence[Source]
    searches: Sequence[Search]
    versions: Sequence[Version]
    author_id: int
    approver_id: int | None
    organisation: Organisation
    withdrawals: Sequence[TakenBack] = ()

    @property
    def verdict(self) -> ScaleValue:
        """The verdict in force."""
        return self.versions[-1].verdict

    @property
    def rating(self) -> Rating:
        """The class of the verdict in force."""
        return self.verdict.rating

    @property
    def published_at(self) -> datetime:
        """When a verdict on the statement was first published."""
        return self.versions[0].approved_at

    @property
    def modified_at(self) -> datetime | None:
        """When what readers see last changed, if it ever did."""
        return self.versions[-1].approved_at if len(self.versions) > 1 else None

    @property
    def corrections(self) -> Sequence[Version]:
        """The versions that corrected an earlier one."""
        return [one for one in self.versions if one.correction]

    @property
    def history(self) -> Sequence[Version | TakenBack]:
        """What was published and what was taken back, in the order in which it happened."""
        return sorted([*self.versions, *self.withdrawals], key=lambda one: one.at)

    @property
    def is_reworded(self) -> bool:
        """Whether readers were once shown another wording."""
        return any(one.wording != self.wording for one in self.versions)

    @property
    def main_appearance(self) -> Appearance | None:
        """The appearance whose speaker, date and place stand with the claim."""
        for one in self.appearances:
            if one.id == self.featured and one.says_it:
                return one
        return next((one for one in self.appearances if one.says_it), None)

    @property
    def claimant(self) -> Claimant | None:
        """Who made the claim, where that is known."""
        main = self.main_appearance
        return main.claimant if main else None

    @property
    def claimed(self) -> str | None:
        """When the claim was made, as EDTF, where that is known."""
        main = self.main_appearance
        return main.published if main else None
