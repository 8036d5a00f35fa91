"""What statements are to one another, and the groups that they make."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_act
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.factcheck.appearances import AppearanceView, read_appearances
from workbench.factcheck.queries import find_statement, newest_wording
from workbench.factcheck.rules import LinkKind, Relation
from workbench.factcheck.statements import open_statement
from workbench.factcheck.tables import Statement, StatementLink, StatementRevision
from workbench.storage.base import make_public_id

MAX_GROUP = 200  # statements on one page
CONNECTING = (LinkKind.CONTRADICTS, LinkKind.SUPPORTS, LinkKind.SAME)
OPPOSING = (Relation.DENIES, Relation.LIMITS)


@dataclass(frozen=True)
class Linked:
    """A statement in a group or at the other end of a link."""

    row: int
    id: str
    wording: str
    language: str


@dataclass(frozen=True)
class Link:
    """A link as a pair: what ``one`` is to ``other``."""

    id: str
    kind: LinkKind
    one: Linked
    other: Linked


@dataclass(frozen=True)
class Member:
    """A statement of a group with its appearances."""

    statement: Linked
    appearances: Sequence[AppearanceView]

    @property
    def asserting(self) -> list[AppearanceView]:
        """The appearances that assert it."""
        return [one for one in self.appearances if one.relation is Relation.ASSERTS]

    @property
    def opposing(self) -> list[AppearanceView]:
        """The appearances that deny or limit it."""
        return [one for one in self.appearances if one.relation in OPPOSING]


@dataclass(frozen=True)
class Group:
    """Statements that links connect, with every claim in them.

    It is cut when there are more than fit on a page.
    """

    members: Sequence[Member]
    links: Sequence[Link]
    is_cut: bool

    def said_of(self, statement: Linked) -> Sequence[AppearanceView]:
        """The appearances of one of its statements."""
        return next((one.appearances for one in self.members if one.statement == statement), ())

    @property
    def contradictions(self) -> list[Link]:
        """The pairs that contradict one another."""
        return [link for link in self.links if link.kind is LinkKind.CONTRADICTS]

    @property
    def disputed(self) -> list[Member]:
        """The statements that one claim asserts and another denies or limits."""
        return [one for one in self.members if one.asserting and one.opposing]


def add_link(
    session: Session,
    *,
    project_id: int,
    one: str,
    other: str,
    kind: LinkKind,
    by: int,
    now: datetime,
) -> StatementLink:
    """Say what a statement is to another; that they differ refuses a proposal.

    Raises ``ConflictError`` when the two are linked already: that link is taken away first.
    """
    held, _ = open_statement(session, project_id=project_id, public_id=one)
    second = find_statement(session, project_id=project_id, public_id=other)
    if held.id == second.id:
        raise InvalidInputError("A statement is not linked to itself: choose another one.")
    for link in read_links(session, project_id=project_id, statements=[held.id]):
        if second.id in {link.one.row, link.other.row} and link.kind is not LinkKind.DIFFERENT:
            raise ConflictError(
                "These two statements are linked already: take that link away first."
            )
    row = StatementLink(
        project_id=project_id,
        public_id=make_public_id(),
        one_id=held.id,
        other_id=second.id,
        kind=kind.value,
        made_by=by,
        made_at=now,
        removed_by=None,
        removed_at=None,
    )
    session.add(row)
    session.flush()
    record_act(
        session,
        held,
        "link_statements",
        by=by,
        now=now,
        details={"link": row.public_id, "kind": row.kind},
    )
    return row


def remove_link(
    session: Session, *, project_id: int, statement: str, link: str, by: int, now: datetime
) -> None:
    """Take a link of a statement away; that it was there stays."""
    held, _ = open_statement(session, project_id=project_id, public_id=statement)
    row = session.scalar(
        select(StatementLink).where(
            StatementLink.project_id == project_id,
            StatementLink.public_id == link,
            or_(StatementLink.one_id == held.id, StatementLink.other_id == held.id),
            StatementLink.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFoundError("There is no such link of this statement.")
    row.removed_by, row.removed_at = by, now
    session.flush()
    record_act(
        session,
        held,
        "unlink_statements",
        by=by,
        now=now,
        details={"link": row.public_id, "kind": row.kind},
    )


def read_links(session: Session, *, project_id: int, statements: Collection[int]) -> list[Link]:
    """Return the links of these statements, those that were refused among them, in order."""
    wanted = sorted(statements)
    rows = session.scalars(
        select(StatementLink)
        .where(
            StatementLink.project_id == project_id,
            StatementLink.removed_at.is_(None),
            or_(StatementLink.one_id.in_(wanted), StatementLink.other_id.in_(wanted)),
        )
        .order_by(StatementLink.id)
    ).all()
    ends = read_wordings(session, {end for row in rows for end in (row.one_id, row.other_id)})
    return [
        Link(row.public_id, LinkKind(row.kind), ends[row.one_id], ends[row.other_id])
        for row in rows
    ]


def read_wordings(session: Session, statements: Collection[int]) -> dict[int, Linked]:
    """Return the newest wordings of statements by their rows."""
    if not statements:
        return {}
    rows = session.execute(
        select(
            Statement.id,
            Statement.public_id,
            StatementRevision.wording,
            StatementRevision.language,
        )
        .join(StatementRevision, StatementRevision.id == newest_wording())
        .where(Statement.id.in_(sorted(statements)))
    )
    return {row.id: Linked(row.id, row.public_id, row.wording, row.language) for row in rows}


def read_group(session: Session, *, project_id: int, statement_id: int, reader: int) -> Group:
    """Return the statements that links connect with this one, and all that is said of them."""
    found = {statement_id}
    pending = found
    while pending and len(found) <= MAX_GROUP:
        links = read_links(session, project_id=project_id, statements=pending)
        ends = {
            end.row for link in links if link.kind in CONNECTING for end in (link.one, link.other)
        }
        pending = ends - found
        found = found | pending
    members = sorted(found)[:MAX_GROUP]
    links = [
        link
        for link in read_links(session, project_id=project_id, statements=members)
        if link.kind in CONNECTING and {link.one.row, link.other.row} <= found
    ]
    wordings = read_wordings(session, members)
    appearances = read_appearances(
        session, project_id=project_id, statements=members, reader=reader
    )
    return Group(
        members=[Member(wordings[row], appearances[row]) for row in members],
        links=links,
        is_cut=len(found) > MAX_GROUP,
    )
