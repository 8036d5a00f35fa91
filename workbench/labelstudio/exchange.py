"""What a run over one project of Label Studio stands on: both sides, and what links them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.canonical import JsonObject
from workbench.errors import WorkbenchError
from workbench.labelling.tables import Assignment
from workbench.labelstudio.client import Server
from workbench.labelstudio.ledger import Ledger, Step
from workbench.labelstudio.local import Local
from workbench.labelstudio.outbox import Outbox
from workbench.labelstudio.rules import Report, SyncKind
from workbench.labelstudio.tables import RemoteProject
from workbench.projects.queries import get_project
from workbench.projects.rules import WorkGiven
from workbench.storage.database import db


@dataclass(frozen=True)
class Terms:
    """What is agreed for a whole connection."""

    submitted_means_read: bool
    people: Mapping[int, int]  # memberships by the numbers of accounts there
    names: Mapping[int, str]  # e-mail addresses by the same
    nobody: Collection[int]  # accounts of which somebody said that they are nobody here
    written_by: Collection[int]  # accounts by which we wrote there, now or earlier


class Exchange:
    """A run over one project there. A plan reads on both sides and writes on none.

    ``people`` are memberships by account, ``accounts`` the other way round; ``only`` is the one
    whose project it is. What ``ours`` saved there we wrote: no account that is an annotator's by
    now, unless it still is what we write by. ``waits`` once something must be read again;
    ``rewritten`` are the uids of tasks whose text was changed there, as far as they were looked at.
    ``read_by`` is what may be another tomorrow of what answers there are read by.
    """

    def __init__(
        self,
        server: Server,
        remote_project: int,
        terms: Terms,
        report: Report,
        *,
        kind: SyncKind,
        is_plan: bool,
        step: Step,
    ) -> None:
        session = db.session()
        row = session.get_one(RemoteProject, remote_project)
        self.server, self.terms, self.report = server, terms, report
        self.kind, self.is_plan = kind, is_plan
        self.at, self.made_at, self.title = row.remote_id, row.remote_made_at, row.remote_title
        self.config_sha, self.only = row.config_sha, row.membership_id
        self.watermark, self.swept_at = row.watermark, row.swept_at
        self.local = Local(session, row.project_id)
        self.people = {
            account: member
            for account, member in terms.people.items()
            if member in self.local.readers
        }
        self.ours = {server.me.id} | ({*terms.written_by} - self.people.keys())
        self.accounts = {
            member: account
            for account, member in sorted(self.people.items(), reverse=True)
            if self.only in {None, member}
        }
        self.wanted = _wanted(session, self.local, self.only)
        self.ledger = Ledger(
            session,
            row,
            self.local.editions,
            accounts=self.accounts,
            is_plan=is_plan,
            step=step,
        )
        self.outbox = Outbox(self.ledger)
        self.waits = False
        self.rewritten: set[str] = set()
        self.read_by: JsonObject = {
            "workbench": installed_version("claim-workbench"),
            "scheme": self.local.scheme_number,
            "language": self.local.language,
            "me": server.me.id,
        }
        session.rollback()

    @property
    def saves(self) -> bool:
        """Whether what people say there is saved here."""
        return self.kind is not SyncKind.PUSH

    def fail(self, operation: str, subject: str, error: WorkbenchError) -> None:
        """Name what could not be written there; the next run tries again."""
        self.report.add(subject, error)
        self.outbox.fail(operation, subject, error)

    def keep_config(self, sha: str) -> None:
        """Keep which labelling configuration the project there has."""
        self.config_sha = sha
        self.ledger.change_project(config_sha=sha)


def _wanted(session: Session, local: Local, only: int | None) -> Collection[str]:
    """Return the uids of the texts that are to be tasks.

    An annotator's own project has what they have, or all where people choose freely.
    """
    wanted = {one.id: one.uid for one in local.editions.values() if one.is_wanted}
    given = get_project(session, project_id=local.project_id).work_given
    if only is not None and given != WorkGiven.FREE:
        held = select(Assignment.edition_id).where(
            Assignment.project_id == local.project_id, Assignment.membership_id == only
        )
        mine = {*session.scalars(held)}
        wanted = {id_: uid for id_, uid in wanted.items() if id_ in mine}
    return dict.fromkeys(wanted.values())
