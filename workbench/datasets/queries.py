"""Read the releases of a project: which there are, their files, and what they have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from workbench.adjudication.queries import list_hidden_articles
from workbench.datasets.rules import Version
from workbench.datasets.tables import FrozenTest, Release, ReleaseFile, ReleaseVerdict
from workbench.errors import ForbiddenError, GoneError, NotFoundError

_T = TypeVar("_T")


@dataclass(frozen=True)
class KnownRelease:
    """A finished release; ``size`` in bytes is of all its files.

    ``snapshot`` is the SHA-256 of its snapshot, ``manifest`` that of its ``MANIFEST.sha256``. A
    withdrawn one has a reason and no files any more.
    """

    id: int
    public_id: str
    version: Version
    previous: Version | None
    snapshot: str
    manifest: str
    instant: datetime
    counts: Mapping[str, int]
    made_at: datetime
    made_by: int | None
    withdrawn_at: datetime | None
    withdrawal: str | None
    files: int
    size: int

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.withdrawn_at is not None


@dataclass(frozen=True)
class KnownFile:
    """A file of a release: its path in the release's folder, its size in bytes and its hash."""

    path: str
    size: int
    sha256: str


def list_releases(session: Session, *, project_id: int) -> list[KnownRelease]:
    """List a project's releases, withdrawn ones too, the newest version first."""
    found = [_known(row) for row in session.execute(_select(project_id)).all()]
    return sorted(found, key=lambda one: one.version, reverse=True)


def find_release(session: Session, *, project_id: int, version: str) -> KnownRelease:
    """Return one release of a project by its version, ``1.0.0``."""
    row = session.execute(_select(project_id).where(Release.version == version)).one_or_none()
    if row is None:
        raise NotFoundError("There is no release %(version)s.", version=version)
    return _known(row)


def versions_since(
    session: Session, *, project_id: int, moments: Mapping[_T, datetime | None]
) -> dict[_T, list[Version]]:
    """List for each moment the versions that stand and were released since, the newest first."""
    standing = [
        one for one in list_releases(session, project_id=project_id) if not one.is_withdrawn
    ]
    return {
        what: [one.version for one in standing if moment is not None and one.instant >= moment]
        for what, moment in moments.items()
    }


def list_versions(session: Session, *, projects: Collection[int]) -> dict[int, list[Version]]:
    """List by project the versions of its releases that stand, the newest first."""
    rows = session.execute(
        select(Release.project_id, Release.version).where(
            Release.project_id.in_(sorted(projects)), Release.withdrawn_at.is_(None)
        )
    )
    found: dict[int, list[Version]] = {}
    for project_id, version in rows:
        found.setdefault(project_id, []).append(Version.parse(version))
    return {project: sorted(versions, reverse=True) for project, versions in found.items()}


def newest_standing(releases: Sequence[KnownRelease]) -> KnownRelease | None:
    """Return the newest release that was not withdrawn, of those listed."""
    return next((one for one in releases if not one.is_withdrawn), None)


def list_files(session: Session, *, release_id: int) -> list[KnownFile]:
    """List the files of a release by path; of a withdrawn one, those that it had."""
    rows = session.execute(
        select(ReleaseFile.path, ReleaseFile.size, ReleaseFile.sha256)
        .where(ReleaseFile.release_id == release_id)
        .order_by(ReleaseFile.path)
    )
    found = [KnownFile(row.path, row.size, row.sha256) for row in rows]
    return sorted(found, key=lambda one: one.path)  # databases sort letters differently


def find_file(session: Session, *, release: KnownRelease, path: str) -> KnownFile:
    """Return a file that may be downloaded; of a withdrawn release there is none any more."""
    refuse_withdrawn(release)
    row = session.execute(
        select(ReleaseFile.path, ReleaseFile.size, ReleaseFile.sha256).where(
            ReleaseFile.release_id == release.id, ReleaseFile.path == path
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(
            "Release %(version)s has no file %(path)s.", version=release.version, path=path
        )
    return KnownFile(row.path, row.size, row.sha256)


def refuse_withdrawn(release: KnownRelease) -> None:
    """Refuse what a withdrawn release has no more; ``GoneError`` has the reason."""
    if release.is_withdrawn:
        raise GoneError(
            "Release %(version)s was withdrawn: %(reason)s",
            version=release.version,
            reason=release.withdrawal,
        )


def refuse_blind(session: Session, *, project_id: int, reader: int) -> None:
    """Refuse who still works on an article: a release would show them others' answers to it."""
    hidden = list_hidden_articles(session, project_id=project_id, reader=reader)
    if hidden:
        raise ForbiddenError(
            "You still work on %(count)s articles of this project; a release has others' answers"
            " to them, and is yours once you have finished.",
            count=len(hidden),
        )


def list_frozen(session: Session, *, project_id: int) -> dict[str, list[str]]:
    """List what any release had in its test split, by ``article`` and ``statement``."""
    rows = session.execute(
        select(FrozenTest.kind, FrozenTest.item).where(FrozenTest.project_id == project_id)
    ).all()
    return {
        kind: sorted(row.item for row in rows if row.kind == kind)
        for kind in ("article", "statement")
    }


def releases_with_verdict(session: Session, *, project_id: int) -> dict[int, list[Version]]:
    """Return by a verdict revision's row the releases in which it holds, withdrawn ones too."""
    rows = session.execute(
        select(ReleaseVerdict.verdict_revision_id, Release.version)
        .join(Release, Release.id == ReleaseVerdict.release_id)
        .where(ReleaseVerdict.project_id == project_id)
        .order_by(ReleaseVerdict.verdict_revision_id, Release.id)
    )
    found: dict[int, list[Version]] = {}
    for row in rows:
        found.setdefault(row.verdict_revision_id, []).append(Version.parse(row.version))
    return found


def _select(project_id: int) -> Select[Release, str | None, int, int]:
    before = aliased(Release)
    of_it = ReleaseFile.release_id == Release.id
    return (
        select(
            Release,
            before.version.label("previous"),
            select(func.count(ReleaseFile.id)).where(of_it).scalar_subquery().label("files"),
            select(func.coalesce(func.sum(ReleaseFile.size), 0))
            .where(of_it)
            .scalar_subquery()
            .label("size"),
        )
        .outerjoin(before, before.id == Release.previous_id)
        .where(Release.project_id == project_id)
    )


def _known(row: object) -> KnownRelease:
    release, previous, files, size = cast(tuple[Release, str | None, int, int], row)
    return KnownRelease(
        id=release.id,
        public_id=release.public_id,
        version=Version.parse(release.version),
        previous=Version.parse(previous) if previous else None,
        snapshot=release.snapshot_id,
        manifest=release.content_hash,
        instant=release.instant,
        counts=cast(Mapping[str, int], release.counts),
        made_at=release.made_at,
        made_by=release.made_by,
        withdrawn_at=release.withdrawn_at,
        withdrawal=release.withdrawal,
        files=files,
        size=int(size),
    )
