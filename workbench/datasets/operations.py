"""What people do with releases: ask for one, record one that is built, take one back."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.canonical import JsonObject
from workbench.datasets.aggregating import Method
from workbench.datasets.queries import (
    KnownFile,
    KnownRelease,
    find_release,
    list_frozen,
    list_releases,
)
from workbench.datasets.rules import Version
from workbench.datasets.tables import FrozenTest, Release, ReleaseFile, ReleaseVerdict
from workbench.errors import ConflictError, InvalidInputError
from workbench.factcheck.tables import FINAL, Statement, Verdict, VerdictRevision
from workbench.jobs.operations import forget_jobs, request_job
from workbench.jobs.queries import list_jobs
from workbench.jobs.rules import JobStatus
from workbench.projects.tables import Project
from workbench.storage.base import make_public_id
from workbench.storage.database import share_project
from workbench.storage.drafts import draft_folder

JOB = "release"
KEPT = 10  # of ended jobs
MAX_REASON = 2000
PERCENT = 100
TOMBSTONE = "WITHDRAWN.json"
AT_A_TIME = 500


class TakenVersionError(ConflictError):
    """A release has the version already, be it withdrawn."""

    code = "taken_version"
    exit_code = 2


@dataclass(frozen=True)
class Wanted:
    """How a release is wanted; ``is_trial``: only told what it would be."""

    allow_unsettled: bool = False
    soft_labels: Method = Method.VOTES
    version: Version | None = None
    is_trial: bool = False

    def arguments(self) -> JsonObject:
        """Return it as a job keeps it."""
        return {
            "allow_unsettled": self.allow_unsettled,
            "soft_labels": self.soft_labels.value,
            "version": str(self.version) if self.version else None,
            "is_trial": self.is_trial,
        }

    @classmethod
    def read(cls, arguments: Mapping[str, object]) -> "Wanted":
        """Return what a job was asked for."""
        version = arguments["version"]
        return cls(
            allow_unsettled=bool(arguments["allow_unsettled"]),
            soft_labels=Method(str(arguments["soft_labels"])),
            version=None if version is None else Version.parse(str(version)),
            is_trial=bool(arguments["is_trial"]),
        )


@dataclass(frozen=True)
class BuiltRelease:
    """What is recorded of a release whose folder is whole.

    ``verdicts`` are statements with the number of the revision that holds in the release: what
    corrects that names the release. ``tests`` are the kinds and ids of what is in the test split.
    """

    version: Version
    previous: Version | None
    snapshot: str
    manifest: str
    instant: datetime
    counts: Mapping[str, int]
    files: Sequence[KnownFile]
    verdicts: Sequence[tuple[str, int]]
    tests: Sequence[tuple[str, str]]


def release_folder(exports: Path, dataset: str, version: Version) -> Path:
    """Return where a release lies."""
    return exports / dataset / str(version)


def find_build(session: Session, *, project_id: int) -> JobStatus | None:
    """Return the build of a project that is under way, if any."""
    jobs = list_jobs(session, project_id=project_id, kind=JOB)
    return next((job for job in jobs if not job.has_ended), None)


def request_build(
    session: Session, *, project_id: int, wanted: Wanted, by: int | None, now: datetime
) -> str:
    """Ask for a release, or for what it would be, and return the job's public id.

    One at a time is built: ``ConflictError`` while another is under way.
    """
    # One at a time on PostgreSQL: two would both find none under way.
    session.execute(
        select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)
    )
    if find_build(session, project_id=project_id) is not None:
        raise ConflictError("A release of this project is being built; wait until it is done.")
    releases = list_releases(session, project_id=project_id)
    if wanted.version and any(one.version == wanted.version for one in releases):
        raise TakenVersionError(
            "There is a release %(version)s already; a version is given once.",
            version=wanted.version,
        )
    forget_jobs(session, project_id=project_id, kind=JOB, keep=KEPT)
    return request_job(
        session,
        kind=JOB,
        arguments=wanted.arguments(),
        payload=None,
        project_id=project_id,
        by=by,
        now=now,
        total=PERCENT,
    )


def record_release(
    session: Session, *, project_id: int, built: BuiltRelease, by: int | None, now: datetime
) -> None:
    """Write down a release that is whole, its files, verdicts, and what stays in its test split.

    The version must not be taken: the unique constraint has the last word.
    """
    share_project(session, project_id)
    before = None if built.previous is None else str(built.previous)
    row = Release(
        project_id=project_id,
        public_id=make_public_id(),
        version=str(built.version),
        previous_id=session.scalar(
            select(Release.id).where(Release.project_id == project_id, Release.version == before)
        ),
        snapshot_id=built.snapshot,
        content_hash=built.manifest,
        instant=built.instant,
        counts=dict(built.counts),
        made_by=by,
        made_at=now,
        withdrawn_by=None,
        withdrawn_at=None,
        withdrawal=None,
    )
    session.add(row)
    session.flush()
    own = {"project_id": project_id, "release_id": row.id}
    session.add_all(
        ReleaseFile(**own, path=one.path, size=one.size, sha256=one.sha256) for one in built.files
    )
    session.add_all(
        ReleaseVerdict(**own, verdict_revision_id=revision)
        for revision in _verdict_rows(session, project_id, built.verdicts)
    )
    frozen = list_frozen(session, project_id=project_id)
    session.add_all(
        FrozenTest(**own, kind=kind, item=item)
        for kind, item in built.tests
        if item not in frozen[kind]
    )
    session.flush()
    record_event(
        session, "build_release", f"release {built.version}", project_id=project_id, by=by, now=now
    )


def withdraw_release(
    session: Session, *, project_id: int, version: str, reason: str, by: int | None, now: datetime
) -> KnownRelease:
    """Take a release back for a reason: from now on nobody is given its files.

    Its version stays taken. ``bury_release`` then removes the files themselves.
    """
    share_project(session, project_id)
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        raise InvalidInputError(
            "Give a reason of 1 to %(most)s characters; everybody who looks for the release"
            " reads it.",
            most=MAX_REASON,
        )
    release = find_release(session, project_id=project_id, version=version)
    row = session.get_one(Release, release.id, with_for_update={"key_share": True})
    if row.withdrawn_at is not None:
        raise ConflictError("Release %(version)s is withdrawn already.", version=version)
    row.withdrawn_by, row.withdrawn_at, row.withdrawal = by, now, reason
    session.flush()
    record_event(
        session,
        "withdraw_release",
        f"release {release.version}",
        project_id=project_id,
        by=by,
        now=now,
    )
    return find_release(session, project_id=project_id, version=version)


def bury_release(folder: Path, *, dataset: str, release: KnownRelease) -> None:
    """Leave of a withdrawn release's folder only ``WITHDRAWN.json``, which says why.

    Doing it again does no harm; it ends what a killed program began.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with draft_folder(folder) as draft:
        stone = draft / folder.name
        stone.mkdir()
        (stone / TOMBSTONE).write_bytes(tombstone(dataset, release))
        if folder.exists():
            folder.rename(draft / "withdrawn")
        stone.rename(folder)
        shutil.rmtree(draft / "withdrawn", ignore_errors=True)


def tombstone(dataset: str, release: KnownRelease) -> bytes:
    """Return what stays in the folder of a withdrawn release."""
    document = {
        "format": "withdrawn.v1",
        "dataset": dataset,
        "version": str(release.version),
        "snapshot": release.snapshot,
        "manifest": release.manifest,
        "withdrawn_at": release.withdrawn_at and to_instant(release.withdrawn_at),
        "reason": release.withdrawal,
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read_tombstone(folder: Path) -> str | None:
    """Return why a release was withdrawn, if its folder has nothing but the sentence on that."""
    stone = folder / TOMBSTONE
    if not stone.is_file() or [path.name for path in folder.iterdir()] != [TOMBSTONE]:
        return None
    try:
        document = json.loads(stone.read_bytes())
    except ValueError:
        return None
    reason = document.get("reason") if isinstance(document, dict) else None
    return reason if isinstance(reason, str) else None


def to_instant(moment: datetime) -> str:
    """Write a moment in UTC to the second, ``2026-11-22T18:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _verdict_rows(
    session: Session, project_id: int, verdicts: Sequence[tuple[str, int]]
) -> list[int]:
    found: list[int] = []
    for begin in range(0, len(verdicts), AT_A_TIME):
        some = verdicts[begin : begin + AT_A_TIME]
        found += session.scalars(
            select(VerdictRevision.id)
            .join(Verdict, Verdict.id == VerdictRevision.verdict_id)
            .join(Statement, Statement.id == Verdict.statement_id)
            .where(
                Statement.project_id == project_id,
                Verdict.judge == FINAL,
                tuple_(Statement.public_id, VerdictRevision.number).in_(some),
            )
            .order_by(VerdictRevision.id)
        )
    return found
